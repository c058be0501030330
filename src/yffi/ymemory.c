/* SPDX-License-Identifier: MIT */
/*
 * ymemory.c - memory that is handed to callers of libyrs.h.
 *
 * Strings and bytes come from malloc one by one. Everything that has parts is an arena: a chain of blocks, the first of
 * which starts with a header right before the pointer the caller gets, so that releasing needs neither a walk nor the
 * count that the caller passes.
 */
#include "yffi/handles.h"

static void *get(void *ctx, size_t size) {
    (void)ctx;
    return malloc(size);
}
static void *resize(void *ctx, void *ptr, size_t old_size, size_t new_size) {
    (void)ctx;
    (void)old_size;
    return realloc(ptr, new_size);
}
static void release(void *ctx, void *ptr, size_t size) {
    (void)ctx;
    (void)size;
    free(ptr);
}
const yata_allocator yr_allocator = {NULL, get, resize, release};

/* ------------------------------------------------------------------------
 * Strings and bytes
 */
char *yr_string(yata_buffer *buffer, yata_status status) {
    if (!status) status = yata_buffer_append(buffer, "", 1);
    if (!status) return (char *)buffer->data;
    yata_buffer_free(buffer);
    return NULL;
}

char *yr_bytes(yata_buffer *buffer, yata_status status, uint32_t *len) {
    if (!status && (buffer->len > UINT32_MAX || !len)) status = YATA_ERR_LIMIT;
    if (status) {
        yata_buffer_free(buffer);
        return NULL;
    }
    *len = (uint32_t)buffer->len;
    return (char *)buffer->data;
}

char *yr_copy(yata_str str) {
    char *copy = malloc(str.len + 1);
    if (!copy) return NULL;
    if (str.len) memcpy(copy, str.data, str.len);
    copy[str.len] = 0;
    return copy;
}

void ystring_destroy(char *str) {
    free(str);
}

void ybinary_destroy(char *ptr, uint32_t len) {
    (void)len;
    free(ptr);
}

/* ------------------------------------------------------------------------
 * Arenas
 */
enum { BLOCK = 512 };

typedef struct yr_held {
    struct yr_held *next;
    YDoc *doc;
} yr_held;

/* One more block, with room for that much. */
static bool more(yr_arena *arena, size_t size) {
    if (size < BLOCK) size = BLOCK;
    yr_block *block = malloc(sizeof *block + size);
    arena->failed = !block;
    if (!block) return false;
    block->next = NULL;
    block->held = NULL;
    arena->last = arena->last->next = block;
    arena->at = (char *)block->data;
    arena->end = arena->at + size;
    return true;
}

static bool has_room(yr_arena *arena, size_t size) {
    return !arena->failed && ((size_t)(arena->end - arena->at) >= size || more(arena, size));
}

void *yr_arena_get(yr_arena *arena, size_t size) {
    size = yr_aligned(size);
    if (!has_room(arena, size)) return NULL;
    void *out = arena->at;
    arena->at += size;
    return memset(out, 0, size);
}

char *yr_arena_string(yr_arena *arena, yata_str str) {
    if (!has_room(arena, str.len + 1)) return NULL;
    arena->end -= str.len + 1;
    if (str.len) memcpy(arena->end, str.data, str.len);
    arena->end[str.len] = 0;
    return arena->end;
}

void yr_arena_hold(yr_arena *arena, YDoc *doc) {
    yr_held *held = yr_arena_get(arena, sizeof *held);
    if (!held) return;
    yr_doc_keep(doc);
    *held = (yr_held){arena->first->held, doc};
    arena->first->held = held;
}

void yr_arena_free(void *begun) {
    if (!begun) return;
    yr_block *block = (yr_block *)((char *)begun - offsetof(yr_block, data));
    for (yr_held *held = block->held; held; held = held->next) ydoc_destroy(held->doc);
    while (block) {
        yr_block *next = block->next;
        free(block);
        block = next;
    }
}

void *yr_arena_end(yr_arena *arena, void *begun) {
    if (!arena->failed) return begun;
    yr_arena_free(begun);
    return NULL;
}

void youtput_destroy(YOutput *val) {
    yr_arena_free(val);
}
void ymap_entry_destroy(YMapEntry *value) {
    yr_arena_free(value);
}
void yxmlattr_destroy(YXmlAttr *attr) {
    yr_arena_free(attr);
}
