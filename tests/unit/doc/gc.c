/* SPDX-License-Identifier: MIT */
/* gc.c - what is left of deleted content. States are those of yjs 13.6.33 after the same edits. */
#include "doc/gc.h"
#include "../peer.h"

/* m.a = [1, {k: "deep"}, "x"], then m.a is deleted. */
static void nested(peer *p) {
    yata_type m = map_root(p), a, n, t;
    OK(yata_map_set_type(m, begin(p), STR("a"), YATA_KIND_ARRAY, STR(""), &a));
    commit(p);
    yata_value one = INT(1), x = TEXT("x");
    begin(p);
    OK(yata_array_insert(a, p->txn, 0, &one, 1));
    OK(yata_array_insert_type(a, p->txn, 1, YATA_KIND_MAP, STR(""), &n));
    OK(yata_array_insert(a, p->txn, 2, &x, 1));
    commit(p);
    begin(p);
    OK(yata_map_set_type(n, p->txn, STR("k"), YATA_KIND_TEXT, STR(""), &t));
    OK(yata_text_insert(t, p->txn, 0, STR("deep")));
    commit(p);
    static const char before[] = "01 06 01 00 27 01 01 6d 01 61 00 08 00 01 00 01 7d01 87 01 01 01 88 01 02 01 77 01 78"
                                 "27 00 01 02 01 6b 02 04 00 01 04 04 64656570";
    char hex[300];
    snprintf(hex, sizeof hex, "%s 00", before);
    expect_state(p, hex);
    expect_json(m, "{\"a\":[1,{\"k\":\"deep\"},\"x\"]}");
    OK(yata_map_delete(m, begin(p), STR("a")));
    commit(p);
    expect_json(m, "{}");
    snprintf(hex, sizeof hex, "%s 01 01 01 00 09", before);
    expect_state(p, p->doc->keep_deleted ? hex : "01 02 01 00 21 01 01 6d 01 61 01 00 08 01 01 01 00 09");
}

Test(gc, on) {
    peer p;
    peer_open(&p, 1);
    nested(&p);
    cr_assert_eq(p.doc->pool.live, 1);
    cr_assert_eq(p.doc->chunks.text == YT_NONE || !p.doc->chunks.all.data[p.doc->chunks.text].refs, true);
    peer_close(&p);
}

Test(gc, off) {
    peer p;
    peer_open_keeping(&p, 1);
    nested(&p);
    cr_assert_eq(p.doc->pool.live, 6);
    peer_close(&p);
}

/* A deleted item in a living type keeps its place and loses its content, whatever it was. */
Test(gc, places_stay) {
    peer p;
    peer_open(&p, 1);
    yata_type a = array_root(&p);
    static const uint8_t data[] = {1, 2, 3};
    yata_value values[] = {INT(1), PLAIN(BINARY, .u.binary = {data, 3}), TEXT("x")};
    OK(yata_array_insert(a, begin(&p), 0, values, 3));
    OK(yata_array_insert_type(a, p.txn, 3, YATA_KIND_XML_ELEMENT, STR("p"), NULL));
    commit(&p);
    cr_assert_eq(block_count(&p), 4);
    erase_array(&p, a, 0, 4);
    cr_assert_eq(block_count(&p), 1);
    cr_assert_eq(yt_at(p.doc, branch_of(a)->first)->content, YT_DELETED);
    cr_assert_eq(yt_at(p.doc, branch_of(a)->first)->len, 4);
    peer_close(&p);
}

/* What somebody wants to keep for undoing is left alone. */
Test(gc, kept_items_stay_whole) {
    peer p;
    peer_open(&p, 1);
    yata_type t = text_root(&p);
    write_text(&p, t, 0, "keep");
    write_text(&p, t, 0, "drop");
    yt_at(p.doc, branch_of(t)->last)->flags |= YT_ITEM_KEEP;
    erase_text(&p, t, 0, 8);
    cr_assert_eq(yt_at(p.doc, branch_of(t)->last)->content, YT_STRING);
    cr_assert_eq(yt_at(p.doc, branch_of(t)->first)->content, YT_DELETED);
    expect_text(t, "");
    peer_close(&p);
}

/* GCs of several clients, in one go. */
Test(gc, content_of_many_clients) {
    peer p;
    peer_open(&p, 1);
    OK(take(&p, "01 01 05 00 07 01 01 61 00 00"));
    for (uint32_t client = 10; client < 60; client++) {
        char hex[60];
        snprintf(hex, sizeof hex, "01 02 %02x 00 08 00 05 00 01 7d05 08 00 05 00 01 7d06 00", client);
        OK(take(&p, hex));
    }
    cr_assert_eq(p.doc->pool.live, 101);
    OK(take(&p, "00 01 05 01 00 01"));
    cr_assert_eq(p.doc->pool.live, 1);
    cr_assert_eq(block_count(&p), 51);
    peer_close(&p);
}

/* Collecting needs no memory: it happens where there is none. */
static yata_type array;

static void open_nested(peer *p) {
    peer_open(p, 1);
    array = array_root(p);
    yata_type inner = put_type(p, array, 0, YATA_KIND_ARRAY, "");
    for (int64_t i = 0; i < 20; i++) put_int(p, inner, 0, i);
    OK(yata_array_delete(array, begin(p), 0, 1));
}

static bool collect(peer *p) {
    OK(yata_txn_commit(p->txn));
    sound(p);
    cr_assert_eq(p->doc->pool.live, 1);
    cr_assert_eq(block_count(p), 2);
    return true;
}

Test(gc, without_memory) {
    fail_each(open_nested, collect);
}

Test(gc, collects_on_demand_what_a_document_keeps) {
    peer p;
    peer_open_keeping(&p, 1);
    yata_type t = text_root(&p), list = root(&p, "a", YATA_KIND_ARRAY), inner;
    yata_value one = INT(1);
    write_text(&p, t, 0, "hello");
    begin(&p);
    OK(yata_array_insert_type(list, p.txn, 0, YATA_KIND_ARRAY, STR(""), &inner));
    OK(yata_array_insert(inner, p.txn, 0, &one, 1));
    commit(&p);
    begin(&p);
    OK(yata_text_delete(t, p.txn, 1, 3));
    OK(yata_array_delete(list, p.txn, 0, 1));
    commit(&p);
    FAILS(YATA_ERR_ARGUMENT, yata_txn_collect(NULL));
    begin(&p);
    OK(yata_txn_collect(p.txn));
    OK(yata_txn_collect(p.txn)); /* nothing is left */
    commit(&p);
    sound(&p);
    expect_state(&p,
                 "01 05 01 00 04 01 01 74 01 68 81 01 00 03 84 01 03 01 6f 01 01 01 61 01 00 01 01 01 02 01 03 05 02");
    peer_close(&p);
}
