/* SPDX-License-Identifier: MIT */
/*
 * memory.c - every allocation of the library passes here.
 *
 * Why an account: a document tells what it costs, and tests prove that what was taken is given back. Sizes are handed
 * back to the allocator on realloc and free, so that it needs no headers of its own.
 *
 * Invariant: `used` is the sum of the sizes of all live blocks; a refused call changes nothing.
 */
#include "base/config.h"
#include "base/memory.h"
#include "base/platform.h"

const yata_allocator *yata_allocator_default(void) {
    return yt_platform_allocator();
}

void yt_mem_init(yt_mem *mem, const yata_allocator *allocator) {
    memset(mem, 0, sizeof *mem);
    if (!allocator) allocator = yt_platform_allocator();
    if (allocator) mem->allocator = *allocator;
}

static void account(yt_mem *mem, size_t taken, size_t given_back) {
    mem->used = mem->used - given_back + taken;
    if (mem->used > mem->peak) mem->peak = mem->used;
}

void *yt_alloc(yt_mem *mem, size_t size) {
    YT_ASSERT(size > 0);
    if (!mem->allocator.alloc) return NULL;
    void *ptr = mem->allocator.alloc(mem->allocator.ctx, size);
    if (ptr) account(mem, size, 0);
    return ptr;
}

void *yt_calloc(yt_mem *mem, size_t size) {
    void *ptr = yt_alloc(mem, size);
    if (ptr) memset(ptr, 0, size);
    return ptr;
}

void *yt_realloc(yt_mem *mem, void *ptr, size_t old_size, size_t new_size) {
    if (!ptr) return yt_alloc(mem, new_size);
    YT_ASSERT(new_size > 0);
    void *moved = mem->allocator.realloc(mem->allocator.ctx, ptr, old_size, new_size);
    if (moved) account(mem, new_size, old_size);
    return moved;
}

void yt_free(yt_mem *mem, void *ptr, size_t size) {
    if (!ptr) return;
    mem->allocator.free(mem->allocator.ctx, ptr, size);
    account(mem, 0, size);
}

void *yt_grow(yt_mem *mem, void *array, uint32_t *cap, uint32_t need, size_t element) {
    if (need <= *cap && array) return array;
    uint32_t wanted = *cap > UINT32_MAX - *cap / 2 ? UINT32_MAX : *cap + *cap / 2;
    if (wanted < need) wanted = need;
    if (wanted < 4) wanted = 4;
    if (wanted > SIZE_MAX / element) {
        wanted = need;
        if (wanted > SIZE_MAX / element) return NULL;
    }
    void *grown = yt_realloc(mem, array, (size_t)*cap * element, (size_t)wanted * element);
    if (grown) *cap = wanted;
    return grown;
}
