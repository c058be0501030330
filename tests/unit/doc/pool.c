/* SPDX-License-Identifier: MIT */
/* pool.c - item handles. */
#include "doc/pool.h"
#include "../peer.h"

Test(pool, handles_are_dense_and_never_0) {
    peer p;
    peer_open(&p, 1);
    for (yt_ref expected = 1; expected <= 3 * YT_SLAB_ITEMS; expected++) {
        cr_assert_eq(yt_item_new(p.doc), expected);
        cr_assert_eq(yt_at(p.doc, expected)->len, 0);
    }
    cr_assert_eq(p.doc->pool.live, 3 * YT_SLAB_ITEMS);
    for (yt_ref ref = 1; ref <= 3 * YT_SLAB_ITEMS; ref++) yt_item_free(p.doc, ref);
    peer_close(&p);
}

Test(pool, items_do_not_move) {
    peer p;
    peer_open(&p, 1);
    const yt_item *first = yt_at(p.doc, yt_item_new(p.doc));
    for (uint32_t i = 0; i < 1000; i++) yt_item_new(p.doc);
    cr_assert_eq(yt_at(p.doc, 1), first);
    for (yt_ref ref = 1; ref <= 1001; ref++) yt_item_free(p.doc, ref);
    peer_close(&p);
}

Test(pool, freed_items_come_first_and_empty) {
    peer p;
    peer_open(&p, 1);
    yt_ref a = yt_item_new(p.doc), b = yt_item_new(p.doc), c = yt_item_new(p.doc);
    yt_at(p.doc, b)->len = 7;
    yt_item_free(p.doc, a);
    yt_item_free(p.doc, b);
    cr_assert_eq(yt_item_new(p.doc), b);
    cr_assert_eq(yt_at(p.doc, b)->len, 0);
    cr_assert_eq(yt_at(p.doc, b)->left, 0);
    cr_assert_eq(yt_item_new(p.doc), a);
    yt_item_free(p.doc, a);
    yt_item_free(p.doc, b);
    yt_item_free(p.doc, c);
    cr_assert_eq(p.doc->pool.live, 0);
    peer_close(&p);
}

/* The directory, then the slab. */
Test(pool, without_memory) {
    peer p;
    peer_open(&p, 1);
    for (uint64_t n = 1; n <= 2; n++) {
        p.memory.fail_at = p.memory.calls + n;
        cr_assert_eq(yt_item_new(p.doc), 0);
        cr_assert_eq(p.doc->pool.live, 0);
    }
    p.memory.fail_at = 0;
    cr_assert_eq(yt_item_new(p.doc), 1);
    yt_item_free(p.doc, 1);
    peer_close(&p);
}

/* The last slab whose items all have a handle. */
Test(pool, handles_run_out) {
    peer p;
    peer_open(&p, 1);
    yt_pool before = p.doc->pool;
    p.doc->pool.slab_count = p.doc->pool.slab_cap = UINT32_MAX / YT_SLAB_ITEMS;
    p.doc->pool.made = p.doc->pool.slab_count * YT_SLAB_ITEMS;
    cr_assert_eq(yt_item_new(p.doc), 0);
    p.doc->pool = before;
    peer_close(&p);
}

/* What is expected comes in rows of slabs, which are trimmed as a whole; without memory for a row, slab by slab. */
Test(pool, rows_of_slabs) {
    peer p;
    peer_open(&p, 1);
    yt_pool *pool = &p.doc->pool;
    enum { ITEMS = 16 * YT_SLAB_ITEMS };
    pool->expected = ITEMS;
    for (uint32_t i = 1; i < ITEMS; i++) {
        if (i == 4 * YT_SLAB_ITEMS) {
            p.memory.fail_at = p.memory.calls + 1; /* the directory grows; then the slab alone */
            p.memory.fail_after = false;
        }
        yt_ref ref = yt_item_new(p.doc);
        cr_assert_eq(ref, i);
        yt_at(p.doc, ref)->id.clock = i;
    }
    cr_assert_eq(p.memory.failures, 1);
    cr_assert_geq(pool->rows.len, 2);
    cr_assert_leq(pool->slab_count, 2 * 16);
    for (uint32_t i = 1; i < ITEMS; i++) cr_assert_eq(yt_at(p.doc, i)->id.clock, i);
    pool->expected = 0;
    uint32_t all = pool->slab_count;
    const yt_slab_row last = pool->rows.data[pool->rows.len - 1];
    cr_assert_eq(last.first + last.count, all);
    for (uint32_t i = ITEMS - 1; i > (last.first + 1) * YT_SLAB_ITEMS; i--) yt_item_free(p.doc, i);
    yt_pool_trim(p.doc);
    cr_assert_eq(pool->slab_count, all); /* an item is left in the row */
    for (uint32_t i = (last.first + 1) * YT_SLAB_ITEMS; i >= last.first * YT_SLAB_ITEMS; i--) yt_item_free(p.doc, i);
    yt_pool_trim(p.doc);
    cr_assert_eq(pool->slab_count, last.first);
    for (uint32_t i = 1; i < last.first * YT_SLAB_ITEMS; i++) yt_item_free(p.doc, i);
    yt_pool_trim(p.doc);
    cr_assert_eq(pool->slab_count, 0);
    cr_assert_eq(yt_item_new(p.doc), 1);
    yt_item_free(p.doc, 1);
    peer_close(&p);
}
