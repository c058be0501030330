/* SPDX-License-Identifier: MIT */
/*
 * arena.c - parts in a chain, each twice the one before up to a limit.
 *
 *     last -> [head|used used ....left....] -> [head|used] -> [head|used]
 *
 * Parts start small because many arenas hold a few bytes, and stop doubling because what is left of the last one is
 * lost. A request that is large for the next part gets a part of its own, put behind the last, whose rest stays usable.
 *
 * Invariant: memory is handed out in multiples of YT_ARENA_ALIGN, so the free place is always aligned.
 */
#include "base/arena.h"
#include "base/config.h"

#define YT_ARENA_ALIGN 8
#define YT_ARENA_FIRST 256
#define YT_ARENA_LARGE 65536

struct yt_arena_part {
    struct yt_arena_part *before;
    size_t size; /* head included */
};

enum { HEAD = (sizeof(struct yt_arena_part) + YT_ARENA_ALIGN - 1) / YT_ARENA_ALIGN * YT_ARENA_ALIGN };

void yt_arena_free(yt_mem *mem, yt_arena *arena) {
    for (struct yt_arena_part *part = arena->last; part;) {
        struct yt_arena_part *before = part->before;
        yt_free(mem, part, part->size);
        part = before;
    }
    arena->last = NULL;
    arena->left = 0;
}

size_t yt_arena_bytes(const yt_arena *arena) {
    size_t bytes = 0;
    for (const struct yt_arena_part *part = arena->last; part; part = part->before) bytes += part->size;
    return bytes;
}

void yt_arena_reset(yt_mem *mem, yt_arena *arena) {
    struct yt_arena_part *last = arena->last;
    if (!last) return;
    yt_arena rest = {last->before, 0};
    yt_arena_free(mem, &rest);
    last->before = NULL;
    arena->left = last->size - HEAD;
}

static struct yt_arena_part *new_part(yt_mem *mem, size_t size) {
    struct yt_arena_part *part = yt_alloc(mem, size);
    if (part) part->size = size;
    return part;
}

void *yt_arena_alloc(yt_mem *mem, yt_arena *arena, size_t size) {
    if (size > SIZE_MAX / 2) return NULL;
    if (size == 0) size = 1;
    size = (size + YT_ARENA_ALIGN - 1) / YT_ARENA_ALIGN * YT_ARENA_ALIGN;

    struct yt_arena_part *last = arena->last;
    if (size > arena->left) {
        size_t next = last ? last->size * 2 : YT_ARENA_FIRST;
        if (next > YT_ARENA_LARGE) next = YT_ARENA_LARGE;
        if (last && size > next / 4) {
            struct yt_arena_part *own = new_part(mem, HEAD + size);
            if (!own) return NULL;
            own->before = last->before;
            last->before = own;
            return (uint8_t *)own + HEAD;
        }
        if (next < HEAD + size) next = HEAD + size;
        struct yt_arena_part *part = new_part(mem, next);
        if (!part) return NULL;
        part->before = last;
        arena->last = last = part;
        arena->left = next - HEAD;
    }
    uint8_t *place = (uint8_t *)last + (last->size - arena->left);
    arena->left -= size;
    return place;
}
