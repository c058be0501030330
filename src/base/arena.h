/* SPDX-License-Identifier: MIT */
/* arena.h - bump allocation of bytes that live and die together; they never move. */
#ifndef YT_BASE_ARENA_H
#define YT_BASE_ARENA_H

#include "base/memory.h"

typedef struct yt_arena {
    struct yt_arena_part *last;
    size_t left; /* free bytes in `last` */
} yt_arena;

void yt_arena_free(yt_mem *mem, yt_arena *arena);
/* Forgets what was given out and keeps a part to go on with. */
void yt_arena_reset(yt_mem *mem, yt_arena *arena);
size_t yt_arena_bytes(const yt_arena *arena); /* of its parts. O(parts) */
/* NULL: no memory. Aligned for pointers. */
void *yt_arena_alloc(yt_mem *mem, yt_arena *arena, size_t size);

#endif
