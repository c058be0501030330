/* SPDX-License-Identifier: MIT */
/*
 * allocator.h - an allocator that counts, and that can be told to fail.
 *
 * It checks the contract of yata_allocator: sizes come back as they went out, nothing is freed twice, realloc is never
 * called with nothing. `live` is 0 when nothing leaks. Numbers of calls start at 1; alloc and realloc both count.
 */
#ifndef YATA_TESTS_ALLOCATOR_H
#define YATA_TESTS_ALLOCATOR_H

#include "harness/bytes.h"

typedef struct counted_memory {
    size_t live, peak; /* bytes handed out */
    uint64_t calls;    /* alloc and realloc so far */
    uint64_t fail_at;  /* this call fails; 0: none */
    bool fail_after;   /* and so do all that follow */
    uint64_t failures; /* calls that were refused */
} counted_memory;

/* In front of each block: its size, kept away from what overruns by a byte. */
typedef union counted_head {
    struct {
        size_t size;
        uint32_t mark;
    } block;
    uint64_t align_number;
    void *align_pointer;
    long double align_most;
} counted_head;

enum { COUNTED_LIVE = 0x59617461, COUNTED_DEAD = 0x64656164 };

static inline bool counted_refuses(counted_memory *m) {
    m->calls++;
    if (m->fail_at == 0 || m->calls < m->fail_at || (m->calls > m->fail_at && !m->fail_after)) return false;
    m->failures++;
    return true;
}

static inline void *counted_alloc(void *ctx, size_t size) {
    counted_memory *m = ctx;
    if (counted_refuses(m)) return NULL;
    counted_head *head = malloc(sizeof *head + size);
    REQUIRE(head);
    head->block.size = size;
    head->block.mark = COUNTED_LIVE;
    memset(head + 1, 0xA5, size);
    m->live += size;
    if (m->live > m->peak) m->peak = m->live;
    return head + 1;
}

static inline void counted_free(void *ctx, void *ptr, size_t size) {
    counted_memory *m = ctx;
    if (!ptr) return;
    counted_head *head = (counted_head *)ptr - 1;
    REQUIRE(head->block.mark == COUNTED_LIVE);
    REQUIRE(head->block.size == size);
    head->block.mark = COUNTED_DEAD;
    memset(ptr, 0x5A, size);
    m->live -= size;
    free(head);
}

/* Always moves: whoever keeps the old address is found out. */
static inline void *counted_realloc(void *ctx, void *ptr, size_t old_size, size_t new_size) {
    REQUIRE(ptr && new_size > 0);
    void *moved = counted_alloc(ctx, new_size);
    if (!moved) return NULL;
    memcpy(moved, ptr, old_size < new_size ? old_size : new_size);
    counted_free(ctx, ptr, old_size);
    return moved;
}

static inline yata_allocator counted_allocator(counted_memory *m) {
    return (yata_allocator){m, counted_alloc, counted_realloc, counted_free};
}

#endif
