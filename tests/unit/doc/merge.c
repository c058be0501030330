/* SPDX-License-Identifier: MIT */
/* merge.c - which blocks are joined at commit. States are those of yjs 13.6.33 after the same edits. */
#include "doc/merge.h"
#include "../peer.h"
#include "harness/random.h"

/* Typing abc, deleting b, typing X in its place, deleting all. */
Test(merge, new_blocks_join_what_is_before_them) {
    peer p;
    peer_open(&p, 1);
    yata_type t = text_root(&p);
    write_text(&p, t, 0, "a");
    write_text(&p, t, 1, "b");
    write_text(&p, t, 2, "c");
    expect_state(&p, "01 01 01 00 04 01 01 74 03 616263 00");
    erase_text(&p, t, 1, 1);
    expect_state(&p, "01 03 01 00 04 01 01 74 01 61 81 01 00 01 84 01 01 01 63 01 01 01 01 01");
    write_text(&p, t, 1, "X");
    expect_state(&p, "01 04 01 00 04 01 01 74 01 61 81 01 00 01 84 01 01 01 63 c4 01 01 01 02 01 58 01 01 01 01 01");
    erase_text(&p, t, 0, 3);
    expect_state(&p, "01 03 01 00 01 01 01 74 02 81 01 01 01 c1 01 01 01 02 01 01 01 01 00 04");
    peer_close(&p);
}

/* Many pieces made in one transaction, each directly behind the one before. */
Test(merge, a_transaction_of_many_pieces) {
    peer p;
    peer_open(&p, 1);
    yata_type t = text_root(&p), a = array_root(&p);
    begin(&p);
    for (uint32_t i = 0; i < 3000; i++) {
        yata_value v = INT(i);
        OK(yata_text_insert(t, p.txn, i, STR("x")));
        if (i % 1000 == 0) OK(yata_array_insert(a, p.txn, i / 1000, &v, 1));
    }
    commit(&p);
    cr_assert_eq(block_count(&p), 7); /* x, 0, a thousand x, 1, ... */
    write_text(&p, t, 3000, "y");
    cr_assert_eq(block_count(&p), 7);
    peer_close(&p);
}

/* Blocks that are cut and not changed are whole again after the transaction. */
Test(merge, cuts_heal) {
    peer p;
    peer_open(&p, 1);
    yata_type t = text_root(&p), a = array_root(&p);
    write_text(&p, t, 0, "0123456789");
    yata_value values[] = {INT(1), INT(2), INT(3), INT(4)};
    OK(yata_array_insert(a, begin(&p), 0, values, 4));
    commit(&p);
    begin(&p);
    for (uint32_t i = 9; i > 0; i--) OK(yata_text_insert(t, p.txn, i, STR("-")));
    OK(yata_array_insert(a, p.txn, 2, values, 1));
    cr_assert_gt(block_count(&p), 20);
    commit(&p);
    begin(&p);
    for (uint32_t i = 9; i > 0; i--) OK(yata_text_delete(t, p.txn, 2 * i - 1, 1));
    commit(&p);
    expect_text(t, "0123456789");
    expect_json(a, "[1,2,1,3,4]");
    cr_assert_eq(block_count(&p), 10 + 9 + 3); /* the dashes in between keep the digits apart */
    peer_close(&p);
}

/* A place where two known blocks meet again, because the transaction cut at them on the way. */
Test(merge, known_blocks_heal) {
    peer p;
    peer_open(&p, 1);
    OK(take(&p, "01 01 05 00 04 01 01 74 04 61626364 00"));
    OK(take(&p, "01 01 06 00 c4 05 01 05 02 01 78 00"));
    cr_assert_eq(block_count(&p), 3);
    OK(take(&p, "01 01 06 00 c4 05 00 05 03 01 78 00")); /* known, and lies about its place */
    cr_assert_eq(block_count(&p), 3);
    expect_text(text_root(&p), "abxcd");
    peer_close(&p);
}

Test(merge, the_first_block_of_a_client) {
    peer p;
    peer_open(&p, 1);
    yata_type t = text_root(&p);
    write_text(&p, t, 0, "abcd");
    erase_text(&p, t, 0, 1); /* the cut, the deletion and the first block are at one place */
    erase_text(&p, t, 0, 1);
    cr_assert_eq(block_count(&p), 2);
    expect_text(t, "cd");
    erase_text(&p, t, 0, 2);
    cr_assert_eq(block_count(&p), 1);
    peer_close(&p);
}

Test(merge, gcs_of_one_client_are_one) {
    peer p;
    peer_open(&p, 1);
    OK(take(&p, "01 02 05 00 00 03 00 04 00"));
    OK(take(&p, "01 01 05 07 00 02 00"));
    cr_assert_eq(block_count(&p), 1);
    OK(take(&p, "01 01 05 09 04 01 01 74 01 61 00")); /* an item does not join a GC */
    cr_assert_eq(block_count(&p), 2);
    OK(take(&p, "00 01 05 01 09 01"));
    cr_assert_eq(block_count(&p), 2);
    peer_close(&p);
}

Test(merge, chains_of_a_key) {
    peer p;
    peer_open(&p, 1);
    OK(take(&p, "01 03 05 00 28 01 01 6d 01 6b 01 7d01 a8 05 00 01 7d02 a8 05 01 01 7d03 00"));
    yata_type m = map_root(&p);
    expect_json(m, "{\"k\":3}");
    cr_assert_eq(block_count(&p), 2); /* two tombstones, one value */
    OK(yata_map_delete(m, begin(&p), STR("k")));
    commit(&p);
    cr_assert_eq(block_count(&p), 1);
    cr_assert_eq(yt_at(p.doc, branch_of(m)->entries.data[0].item)->len, 3);
    peer_close(&p);
}

Test(merge, the_flag_of_what_is_kept_goes_along) {
    peer p;
    peer_open(&p, 1);
    yata_type t = text_root(&p);
    write_text(&p, t, 0, "ab");
    begin(&p);
    OK(yata_text_insert(t, p.txn, 2, STR("c")));
    yt_at(p.doc, branch_of(t)->last)->flags |= YT_ITEM_KEEP;
    commit(&p);
    cr_assert_eq(block_count(&p), 1);
    cr_assert(yt_at(p.doc, branch_of(t)->first)->flags & YT_ITEM_KEEP);
    peer_close(&p);
}

/* Thousands of blocks in many pages, joined from all sides: pages are poured together while places are held. */
Test(merge, many_pages) {
    peer p;
    peer_open(&p, 1);
    yata_type t = text_root(&p);
    for (uint32_t i = 0; i < 1500; i++) { /* every other letter is a block of its own */
        begin(&p);
        OK(yata_text_insert(t, p.txn, 0, STR("a")));
        OK(yata_txn_commit(p.txn));
    }
    sound(&p);
    rng r = rng_from(5);
    for (uint32_t left = 1500; left > 0;) {
        uint32_t at = rng_below(&r, left), len = 1 + rng_below(&r, 40);
        if (len > left - at) len = left - at;
        erase_text(&p, t, at, len);
        left -= len;
    }
    cr_assert_eq(yt_at(p.doc, branch_of(t)->first)->content, YT_DELETED);
    peer_close(&p);
}

Test(merge, whole_pages_of_deletions_in_one_transaction) {
    peer p;
    peer_open(&p, 1);
    yata_type a = array_root(&p);
    begin(&p);
    for (int64_t i = 0; i < 2000; i++) {
        yata_value v = INT(i);
        OK(yata_array_insert(a, p.txn, 0, &v, 1));
    }
    commit(&p);
    cr_assert_eq(block_count(&p), 2000);
    yata_type inner = put_type(&p, a, 0, YATA_KIND_ARRAY, "");
    begin(&p);
    for (int64_t i = 0; i < 2000; i++) {
        yata_value v = INT(i);
        OK(yata_array_insert(inner, p.txn, 0, &v, 1));
    }
    commit(&p);
    erase_array(&p, a, 0, 1); /* 2000 GCs become one */
    cr_assert_eq(block_count(&p), 2002);
    cr_assert_leq(yt_client_at(p.doc, 0)->page_count, 10);
    peer_close(&p);
}

/* ------------------------------------------------------------------------
 * Without memory blocks stay apart, and everything else is as it should be
 */
static yata_type text;

static void open_apart(peer *p) {
    peer_open(p, 1);
    text = text_root(p);
    write_text(p, text, 0, "one");
    begin(p);
    OK(yata_text_insert(text, p->txn, 0, STR("zero")));
    OK(yata_text_insert(text, p->txn, 7, STR("two, which is long enough not to fit into the chunk of the others")));
    OK(yata_text_insert(text, p->txn, 72, STR("three, which is long enough not to fit into the chunk of the others")));
}

static bool merge_all(peer *p) {
    OK(yata_txn_commit(p->txn));
    expect_text(text, "zeroonetwo, which is long enough not to fit into the chunk of the others"
                      "three, which is long enough not to fit into the chunk of the others");
    return true;
}

Test(merge, without_memory) {
    fail_each(open_apart, merge_all);
}
