/* SPDX-License-Identifier: MIT */
/*
 * fixture.h - what unit tests of the lower layers begin and end with: an account over a counting allocator, and copies
 * of bytes that end where they end.
 */
#ifndef YATA_TESTS_UNIT_FIXTURE_H
#define YATA_TESTS_UNIT_FIXTURE_H

#include "base/memory.h"
#include "harness/allocator.h"

typedef struct counted_mem {
    counted_memory memory;
    yata_allocator allocator;
    yt_mem mem;
} counted_mem;

static inline void counted_begin(counted_mem *c) {
    memset(c, 0, sizeof *c);
    c->allocator = counted_allocator(&c->memory);
    yt_mem_init(&c->mem, &c->allocator);
}

/* Nothing may be left. */
static inline void counted_end(counted_mem *c) {
    REQUIRE(c->memory.live == 0);
    REQUIRE(c->mem.used == 0);
}

/* From now on call number `n` fails, and all that follow; 0: none. */
static inline void counted_fail(counted_mem *c, uint64_t n) {
    c->memory.fail_at = n ? c->memory.calls + n : 0;
    c->memory.fail_after = n != 0;
}

/* A copy of exactly this size, so that a sanitizer sees a read of one byte beyond it. Free it with free. */
static inline yata_bytes exact_copy(yata_bytes bytes) {
    uint8_t *copy = malloc(bytes.len ? bytes.len : 1);
    REQUIRE(copy);
    if (bytes.len) memcpy(copy, bytes.data, bytes.len);
    return (yata_bytes){copy, bytes.len};
}

#endif
