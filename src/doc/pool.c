/* SPDX-License-Identifier: MIT */
/*
 * pool.c - items in slabs of equal size, so that a handle is found by a shift, a mask and one load.
 *
 * Freed items form a chain and are given out first: a document that merges as much as it types stays small.
 */
#include "doc/pool.h"

void yt_pool_free(yata_doc *doc) {
    yt_pool *pool = &doc->pool;
    for (uint32_t i = 0; i < pool->slab_count; i++) yt_free(&doc->mem, pool->slabs[i], YT_SLAB_ITEMS * sizeof(yt_item));
    yt_free(&doc->mem, pool->slabs, (size_t)pool->slab_cap * sizeof *pool->slabs);
    *pool = (yt_pool){0};
}

static bool add_slab(yata_doc *doc) {
    yt_pool *pool = &doc->pool;
    if (pool->slab_count == pool->slab_cap) {
        if (pool->slab_count == UINT32_MAX / YT_SLAB_ITEMS) return false; /* handles would run out */
        yt_item **slabs = yt_grow(&doc->mem, pool->slabs, &pool->slab_cap, pool->slab_count + 1, sizeof *slabs);
        if (!slabs) return false;
        pool->slabs = slabs;
    }
    yt_item *slab = yt_alloc(&doc->mem, YT_SLAB_ITEMS * sizeof(yt_item));
    if (!slab) return false;
    pool->slabs[pool->slab_count++] = slab;
    if (!pool->made) pool->made = 1; /* handle 0 means none */
    return true;
}

yt_ref yt_item_take_slab(yata_doc *doc) {
    if (!add_slab(doc)) return 0;
    doc->pool.live++;
    return doc->pool.made++;
}

yt_ref yt_item_new(yata_doc *doc) {
    yt_ref ref = yt_item_take(doc);
    if (ref) memset(yt_at(doc, ref), 0, sizeof(yt_item));
    return ref;
}

void yt_item_free(yata_doc *doc, yt_ref ref) {
    yt_item *it = yt_at(doc, ref);
    doc->placed = 0;
    it->left = doc->pool.free;
    doc->pool.free = ref;
    doc->pool.live--;
}

/* The slabs that stay: up to the last one that has more items than freed ones. */
static uint32_t slabs_in_use(const yata_doc *doc, uint32_t *freed) {
    const yt_pool *pool = &doc->pool;
    for (yt_ref ref = pool->free; ref; ref = yt_at(doc, ref)->left) freed[ref / YT_SLAB_ITEMS]++;
    uint32_t n = pool->slab_count;
    for (; n; n--) {
        uint32_t first = (n - 1) * YT_SLAB_ITEMS, end = first + YT_SLAB_ITEMS;
        uint32_t given = pool->made < end ? (pool->made > first ? pool->made - first : 0) : YT_SLAB_ITEMS;
        if (first == 0) given--; /* handle 0 is nobody's */
        if (given > freed[n - 1]) break;
    }
    return n;
}

void yt_pool_trim(yata_doc *doc) {
    yt_pool *pool = &doc->pool;
    if (!pool->slab_count) return;
    size_t size = pool->slab_count * sizeof(uint32_t);
    uint32_t *freed = yt_calloc(&doc->mem, size);
    if (!freed) return;
    uint32_t keep = slabs_in_use(doc, freed);
    yt_free(&doc->mem, freed, size);
    if (keep == pool->slab_count) return;
    for (yt_ref *at = &pool->free; *at;) {
        yt_ref next = yt_at(doc, *at)->left;
        if (*at / YT_SLAB_ITEMS >= keep)
            *at = next;
        else
            at = &yt_at(doc, *at)->left;
    }
    while (pool->slab_count > keep)
        yt_free(&doc->mem, pool->slabs[--pool->slab_count], YT_SLAB_ITEMS * sizeof(yt_item));
    if (pool->made > keep * YT_SLAB_ITEMS) pool->made = keep * YT_SLAB_ITEMS;
}
