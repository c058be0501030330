/* SPDX-License-Identifier: MIT */
/*
 * memory.h - the allocator with an account.
 *
 * Everything allocates through a yt_mem, which counts bytes and can refuse.
 * A failed call returns NULL and changes nothing.
 */
#ifndef YT_BASE_MEMORY_H
#define YT_BASE_MEMORY_H

#include <yata/base.h>

typedef struct yt_mem {
    yata_allocator allocator;
    size_t used, peak;
    /* Values in it keep 5.0 apart from 5 (yata_doc_options). It is here because whoever reads or writes values for a
     * document has its memory at hand, and nothing else of it. */
    bool keep_floats;
} yt_mem;

/* allocator: NULL for the platform's; then `allocator.alloc` may stay NULL (freestanding) and every call fails. */
void yt_mem_init(yt_mem *mem, const yata_allocator *allocator);

void *yt_alloc(yt_mem *mem, size_t size);                                   /* size > 0 */
void *yt_calloc(yt_mem *mem, size_t size);                                  /* zeroed   */
void *yt_realloc(yt_mem *mem, void *ptr, size_t old_size, size_t new_size); /* ptr may be NULL with old_size 0 */
void yt_free(yt_mem *mem, void *ptr, size_t size);                          /* NULL is fine */

/* Makes an array of `*cap` elements hold at least `need`, growing by half (at least 4). NULL if it cannot; the old
 * array is then untouched. 32-bit counts: documents refuse more. */
void *yt_grow(yt_mem *mem, void *array, uint32_t *cap, uint32_t need, size_t element);

/* Room for that many bytes behind what is there; false: no memory, nothing changed. */
bool yt_buffer_reserve(yata_buffer *buffer, size_t more);

#endif
