/* SPDX-License-Identifier: MIT */
/* redo.c - what undo leaves on items: ids through cuts, joins and collecting, and KEEP. */
#include "doc/redo.h"
#include "../peer.h"
#include "doc/integrate.h"
#include <yata/position.h>

static yt_ref unit(const peer *p, uint32_t clock) {
    return yt_item_find(yt_client_at(p->doc, 0), clock);
}

static void expect_now(const peer *p, uint32_t clock, uint32_t item_clock, uint32_t diff) {
    uint32_t at = 99;
    yt_ref ref = yt_follow_redone(p->doc, (yt_id){0, clock}, &at);
    cr_assert_neq(ref, 0);
    cr_assert_eq(yt_at(p->doc, ref)->id.clock, item_clock);
    cr_assert_eq(at, diff);
}

/* "abcd" (0-3), deleted, and "ABCD" (4-7) as if undo had made it. */
static void replaced(peer *p, bool keep_deleted) {
    yata_doc_options options = yata_doc_options_default();
    options.client_id = 1;
    options.keep_deleted = keep_deleted;
    peer_open_with(p, options);
    yata_type t = text_root(p);
    write_text(p, t, 0, "abcd");
    erase_text(p, t, 0, 4);
    write_text(p, t, 0, "ABCD");
    cr_assert(yt_redone_put(p->doc, unit(p, 0), (yt_id){0, 4}));
    sound(p);
}

Test(redo, follows) {
    peer p;
    replaced(&p, true);
    expect_now(&p, 0, 4, 0);
    expect_now(&p, 3, 4, 3);
    expect_now(&p, 5, 4, 1);
    /* twice: "ABCD" was replaced in its turn, and its replacement grew */
    erase_text(&p, text_root(&p), 0, 4);
    write_text(&p, text_root(&p), 0, "wxyz");
    cr_assert(yt_redone_put(p.doc, unit(&p, 4), (yt_id){0, 8}));
    expect_now(&p, 2, 8, 2);
    peer_close(&p);
}

Test(redo, halves_have_both_an_id_and_do_not_join) {
    peer p;
    replaced(&p, true);
    yt_ref right;
    begin(&p);
    OK(yt_split_item(p.txn, unit(&p, 0), 1, &right));
    yt_id id;
    cr_assert(yt_redone_get(p.doc, right, &id));
    cr_assert_eq(id.clock, 5);
    commit(&p);
    cr_assert_eq(unit(&p, 1), right); /* still two blocks */
    expect_now(&p, 3, 4, 3);
    yt_redone_drop(p.doc, unit(&p, 0));
    cr_assert_not(yt_redone_get(p.doc, unit(&p, 0), &id));
    yt_redone_drop(p.doc, unit(&p, 0)); /* nothing */
    expect_now(&p, 0, 0, 0);
    cr_assert(yt_redone_put(p.doc, unit(&p, 0), (yt_id){0, 4})); /* in the place that became free */
    expect_now(&p, 0, 4, 0);
    cr_assert_eq(p.doc->redone.ids.len, 2);
    peer_close(&p);
}

/* A tombstone keeps its id; a collected stretch has none. */
Test(redo, collected) {
    peer p;
    replaced(&p, false);
    expect_now(&p, 1, 4, 1);
    peer_close(&p);

    peer_open(&p, 1);
    yata_type a = array_root(&p), t = put_type(&p, a, 0, YATA_KIND_TEXT, "");
    write_text(&p, t, 0, "ab");
    cr_assert(yt_redone_put(p.doc, unit(&p, 1), (yt_id){0, 0}));
    erase_array(&p, a, 0, 1);
    uint32_t diff;
    cr_assert_eq(yt_follow_redone(p.doc, (yt_id){0, 2}, &diff), 0);
    cr_assert_eq(p.doc->redone.by_item.len, 0);
    peer_close(&p);
}

Test(redo, keep) {
    peer p;
    peer_open(&p, 1);
    yata_type a = array_root(&p), t = put_type(&p, a, 0, YATA_KIND_TEXT, "");
    write_text(&p, t, 0, "ab");
    yt_keep_item(p.doc, unit(&p, 1), true);
    cr_assert(yt_at(p.doc, unit(&p, 0))->flags & YT_ITEM_KEEP);
    erase_array(&p, a, 0, 1);
    cr_assert_eq(yt_at(p.doc, unit(&p, 0))->content, YT_TYPE); /* kept, and with it what is in it */
    cr_assert_eq(yt_at(p.doc, unit(&p, 1))->content, YT_STRING);
    yt_keep_item(p.doc, unit(&p, 1), false);
    cr_assert_not(yt_at(p.doc, unit(&p, 0))->flags & YT_ITEM_KEEP);
    peer_close(&p);
}

Test(redo, positions) {
    peer p;
    replaced(&p, true);
    write_text(&p, text_root(&p), 0, "__");
    yata_position position = {.has_item = true, .item = {1, 2}};
    yata_type type;
    uint32_t index;
    OK(yata_position_resolve(&position, p.doc, true, &type, &index));
    cr_assert_eq(index, 4);
    OK(yata_position_resolve(&position, p.doc, false, &type, &index));
    cr_assert_eq(index, 0); /* the tombstone stands in front */
    peer_close(&p);
}

static void open_replaced(peer *p) {
    replaced(p, true);
}
static bool cut(peer *p) {
    yt_ref right;
    if (yata_txn_begin(p->doc, no_bytes(), &p->txn)) return false;
    yata_status status = yt_split_item(p->txn, unit(p, 0), 2, &right);
    return !yata_txn_commit(p->txn) && !status;
}
Test(redo, without_memory) {
    fail_each(open_replaced, cut);
}
