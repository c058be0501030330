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
