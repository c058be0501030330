/* SPDX-License-Identifier: MIT */
/*
 * pool.c - items in slabs of equal size, so that a handle is found by a shift, a mask and one load.
 *
 * Freed items form a chain and are given out first: a document that merges as much as it types stays small. Where it is
 * known that many items will come, many slabs are one allocation, a row; a handle does not tell.
 */
#include "doc/pool.h"

#define SLAB_BYTES (YT_SLAB_ITEMS * sizeof(yt_item))

/* Frees the slabs from the last one down to `keep`, which begins no row in its middle. */
static void free_slabs(yata_doc *doc, uint32_t keep) {
    yt_pool *pool = &doc->pool;
    while (pool->slab_count > keep) {
        uint32_t count = 1;
        if (pool->rows.len) {
            const yt_slab_row *row = &pool->rows.data[pool->rows.len - 1];
            if (row->first + row->count == pool->slab_count) {
                count = row->count;
                pool->rows.len--;
            }
        }
        pool->slab_count -= count;
        yt_free(&doc->mem, pool->slabs[pool->slab_count], (size_t)count * SLAB_BYTES);
    }
}

void yt_pool_free(yata_doc *doc) {
    yt_pool *pool = &doc->pool;
    free_slabs(doc, 0);
    yt_vec_free(&doc->mem, &pool->rows);
    yt_free(&doc->mem, pool->slabs, (size_t)pool->slab_cap * sizeof *pool->slabs);
    *pool = (yt_pool){0};
}

/* How many slabs to ask for at once: for what is expected, but not more than there are or the input's length vouches
 * for. */
static uint32_t slabs_wanted(const yt_pool *pool) {
    uint32_t wanted = pool->expected / YT_SLAB_ITEMS;
    uint32_t most = pool->vouched > pool->slab_count ? pool->vouched : pool->slab_count;
    if (wanted > most) wanted = most;
    return wanted ? wanted : 1;
}

static bool add_slabs(yata_doc *doc, uint32_t count) {
    yt_pool *pool = &doc->pool;
    if (count > UINT32_MAX / YT_SLAB_ITEMS - pool->slab_count) return false; /* handles would run out */
    const size_t bytes = count * SLAB_BYTES;
    if (bytes / SLAB_BYTES != count) return false; /* more than a size of 32 bits can say */
    if (pool->slab_cap - pool->slab_count < count) {
        yt_item **slabs = yt_grow(&doc->mem, pool->slabs, &pool->slab_cap, pool->slab_count + count, sizeof *slabs);
        if (!slabs) return false;
        pool->slabs = slabs;
    }
    if (count > 1 && !yt_vec_reserve(&doc->mem, &pool->rows, 1)) return false;
    yt_item *slab = yt_alloc(&doc->mem, bytes);
    if (!slab) return false;
    if (count > 1) yt_vec_put(&pool->rows, ((yt_slab_row){pool->slab_count, count}));
    for (uint32_t i = 0; i < count; i++) pool->slabs[pool->slab_count++] = slab + (size_t)i * YT_SLAB_ITEMS;
    if (!pool->made) pool->made = 1; /* handle 0 means none */
    return true;
}

void yt_pool_expected(yata_doc *doc) {
    yt_pool *pool = &doc->pool;
    uint32_t need = pool->made / YT_SLAB_ITEMS + 1;
    pool->expected = pool->vouched = 0;
    if (!pool->rows.len || need >= pool->slab_count) return;
    yt_slab_row *row = &pool->rows.data[pool->rows.len - 1];
    if (row->first + row->count != pool->slab_count || row->first >= need) return;
    uint32_t count = need - row->first;
    yt_item *moved = yt_realloc(&doc->mem, pool->slabs[row->first], row->count * SLAB_BYTES, count * SLAB_BYTES);
    if (!moved) return;
    row->count = count;
    for (uint32_t i = 0; i < count; i++) pool->slabs[row->first + i] = moved + (size_t)i * YT_SLAB_ITEMS;
    pool->slab_count = need;
}

yt_ref yt_item_take_slab(yata_doc *doc) {
    uint32_t wanted = slabs_wanted(&doc->pool);
    if (!(wanted > 1 && add_slabs(doc, wanted)) && !add_slabs(doc, 1)) return 0;
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

/* The slabs that stay: up to the last one that has more items than freed ones, or the end of its row. */
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
    for (uint32_t i = 0; i < pool->rows.len; i++) {
        const yt_slab_row *row = &pool->rows.data[i];
        if (row->first < n && n < row->first + row->count) n = row->first + row->count;
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
    free_slabs(doc, keep);
    if (pool->made > keep * YT_SLAB_ITEMS) pool->made = keep * YT_SLAB_ITEMS;
}
