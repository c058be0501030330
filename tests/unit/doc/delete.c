/* SPDX-License-Identifier: MIT */
/* delete.c - tombstones: ranges, types with all that is in them, however deep. */
#include "doc/delete.h"
#include "../peer.h"

enum { DEEP = 100000 };

/* a[0] holds an array, whose [0] holds an array, ... `depth` of them; inside the last a number. */
static yata_type nest(peer *p, yata_type type, uint32_t depth) {
    begin(p);
    for (uint32_t i = 0; i < depth; i++) OK(yata_array_push_type(type, p->txn, YATA_KIND_ARRAY, STR(""), &type));
    yata_value one = INT(1);
    OK(yata_array_push(type, p->txn, &one, 1));
    OK(yata_txn_commit(p->txn));
    return type;
}

/* The same as maps, by key. */
static yata_type nest_maps(peer *p, yata_type type, uint32_t depth) {
    begin(p);
    for (uint32_t i = 0; i < depth; i++) OK(yata_map_set_type(type, p->txn, STR("k"), YATA_KIND_MAP, STR(""), &type));
    OK(yata_txn_commit(p->txn));
    return type;
}

static void expect_nested_json(yata_type type, const char *opening, const char *inner, const char *closing,
                               uint32_t depth) {
    yata_buffer json;
    yata_buffer_init(&json, NULL);
    OK(yata_type_to_json(type, &json));
    size_t o = strlen(opening), c = strlen(closing), n = strlen(inner);
    cr_assert_eq(json.len, depth * (o + c) + n);
    cr_assert(!memcmp(json.data, opening, o) && !memcmp(json.data + (depth - 1) * o, opening, o));
    cr_assert(!memcmp(json.data + depth * o, inner, n));
    cr_assert(!memcmp(json.data + json.len - c, closing, c));
    yata_buffer_free(&json);
}

/* Nothing here recurses: not deleting, collecting, printing, encoding, applying, checking. */
Test(delete, a_hundred_thousand_levels) {
    for (int keep = 0; keep < 2; keep++) {
        peer p, q;
        if (keep)
            peer_open_keeping(&p, 1);
        else
            peer_open(&p, 1);
        peer_open(&q, 2);
        yata_type a = array_root(&p), last = nest(&p, a, DEEP), length = last;
        expect_nested_json(a, "[", "1", "]", DEEP + 1);
        send_all(&p, &q);
        expect_nested_json(array_root(&q), "[", "1", "]", DEEP + 1);
        cr_assert(yata_type_alive(length));
        erase_array(&p, a, 0, 1);
        expect_json(a, "[]");
        cr_assert_not(yata_type_alive(last));
        cr_assert_eq(p.doc->pool.live, keep ? DEEP + 1 : 1);
        send_all(&p, &q);
        expect_json(array_root(&q), "[]");
        cr_assert_eq(q.doc->pool.live, 1);
        if (!keep) expect_state(&p, "01 02 01 00 01 01 01 61 01 00 a08d06 01 01 01 00 a18d06");
        if (!keep) expect_same_state(&p, &q);
        peer_close(&p);
        peer_close(&q);
    }
}

Test(delete, a_hundred_thousand_maps) {
    peer p;
    peer_open(&p, 1);
    yata_type m = map_root(&p);
    nest_maps(&p, m, DEEP);
    expect_nested_json(m, "{\"k\":", "{}", "}", DEEP);
    OK(yata_map_clear(m, begin(&p)));
    commit(&p);
    expect_json(m, "{}");
    cr_assert_eq(p.doc->pool.live, 1);
    peer_close(&p);
}

Test(delete, everything_in_a_type_goes_with_it) {
    for (int keep = 0; keep < 2; keep++) {
        peer p;
        if (keep)
            peer_open_keeping(&p, 1);
        else
            peer_open(&p, 1);
        yata_type a = array_root(&p), m = put_type(&p, a, 0, YATA_KIND_MAP, ""), inner, text;
        set_int(&p, m, "k", 1);
        set_int(&p, m, "k", 2); /* a chain of two, the first is deleted already */
        set_int(&p, m, "gone", 3);
        OK(yata_map_delete(m, begin(&p), STR("gone")));
        OK(yata_map_set_type(m, p.txn, STR("a"), YATA_KIND_ARRAY, STR(""), &inner));
        commit(&p);
        put_int(&p, inner, 0, 1);
        put_int(&p, inner, 0, 2);
        text = put_type(&p, inner, 1, YATA_KIND_TEXT, "");
        write_text(&p, text, 0, "abc");
        erase_text(&p, text, 1, 1);
        erase_array(&p, inner, 0, 1);
        expect_json(a, "[{\"k\":2,\"a\":[\"ac\",1]}]");
        uint32_t state = yt_client_at(p.doc, 0)->state;
        erase_array(&p, a, 0, 1);
        expect_json(a, "[]");
        yt_run all;
        cr_assert(yt_runs_find(&yt_client_at(p.doc, 0)->deleted, 0, &all));
        cr_assert(all.clock == 0 && all.len == state);
        cr_assert_eq(block_count(&p) > 2, keep);
        cr_assert_not(yata_type_alive(m) || yata_type_alive(inner) || yata_type_alive(text));
        peer_close(&p);
    }
}

Test(delete, ranges_cut_only_what_lives) {
    peer p;
    peer_open(&p, 1);
    yata_type t = text_root(&p);
    write_text(&p, t, 0, "abcdefghij");
    erase_text(&p, t, 3, 4); /* abc[defg]hij */
    OK(take(&p, "00 01 01 01 04 02"));
    cr_assert_eq(block_count(&p), 3);
    OK(take(&p, "00 01 01 01 02 06"));
    expect_text(t, "abij");
    OK(take(&p, "00 01 01 01 09 01"));
    expect_text(t, "abi");
    OK(take(&p, "00 01 01 03 00 01 02 02 08 01"));
    expect_text(t, "b");
    OK(take(&p, "00 01 01 01 00 0a"));
    expect_text(t, "");
    cr_assert_eq(block_count(&p), 1);
    OK(take(&p, "00 01 01 01 00 0a")); /* again */
    peer_close(&p);
}

/* Deleted by somebody else, in the same transaction as the type that holds it. */
Test(delete, twice_in_one_transaction) {
    peer p;
    peer_open(&p, 1);
    yata_type a = array_root(&p), inner = put_type(&p, a, 0, YATA_KIND_ARRAY, "");
    put_int(&p, inner, 0, 5);
    begin(&p);
    OK(yata_array_delete(inner, p.txn, 0, 1));
    OK(yata_array_delete(a, p.txn, 0, 1));
    FAILS(YATA_ERR_GONE, yata_array_delete(inner, p.txn, 0, 0));
    commit(&p);
    expect_state(&p, "01 02 01 00 01 01 01 61 01 00 01 01 01 01 00 02");
    peer_close(&p);
}

/* Clients in the order in which Yjs comes to them: parents before what is in them, lists before entries. The cleaning
 * of formats goes by it. */
Test(delete, numbers_clients_as_they_are_come_to) {
    peer peers[4];
    for (uint32_t i = 0; i < 4; i++) peer_open(&peers[i], 9 - i); /* 9 makes the array, 8 the map, 7 what is in it */
    put_int(&peers[0], array_root(&peers[0]), 0, 0);
    (void)put_type(&peers[0], array_root(&peers[0]), 1, YATA_KIND_ARRAY, "");
    send_all(&peers[0], &peers[1]);
    yata_value value;
    OK(yata_array_get(array_root(&peers[1]), 1, &value));
    (void)put_type(&peers[1], value.u.type, 0, YATA_KIND_MAP, "");
    send_all(&peers[1], &peers[2]);
    OK(yata_array_get(array_root(&peers[2]), 1, &value));
    OK(yata_array_get(value.u.type, 0, &value));
    set_int(&peers[2], value.u.type, "k", 1);
    send_all(&peers[2], &peers[3]);
    OK(yata_array_get(array_root(&peers[3]), 1, &value));
    put_int(&peers[3], value.u.type, 1, 1); /* 6: behind the map, so after what is in the map */
    OK(yata_array_delete(array_root(&peers[3]), begin(&peers[3]), 1, 1));
    uint64_t order[4] = {0};
    cr_assert_eq(peers[3].txn->deletions, 4);
    for (uint32_t i = 0; i < peers[3].txn->touched.len; i++) {
        const yt_touch *touch = &peers[3].txn->touched.data[i];
        order[touch->deletion - 1] = yt_client_at(peers[3].doc, touch->slot)->client;
    }
    for (uint32_t i = 0; i < 4; i++) cr_assert_eq(order[i], 9 - i);
    commit(&peers[3]);
    for (uint32_t i = 0; i < 4; i++) peer_close(&peers[i]);
}

/* ------------------------------------------------------------------------
 * Without memory
 */
static yata_type root_array, root_text;

static void open_nested(peer *p) {
    peer_open(p, 1);
    root_array = array_root(p);
    root_text = text_root(p);
    yata_type inner = nest(p, root_array, 5);
    for (int64_t i = 0; i < 5; i++) put_int(p, inner, 0, i);
    write_text(p, root_text, 0, "0123456789");
    write_text(p, root_text, 5, "-");
}

static bool delete_all(peer *p) {
    if (yata_txn_begin(p->doc, no_bytes(), &p->txn)) return false;
    yata_status status = yata_array_delete(root_array, p->txn, 0, 1);
    sound(p);
    if (!status) status = yata_text_delete(root_text, p->txn, 2, 6);
    sound(p);
    cr_assert(status == YATA_OK || status == YATA_ERR_MEMORY);
    yata_status committed = yata_txn_commit(p->txn);
    cr_assert(committed == YATA_OK || committed == YATA_ERR_MEMORY);
    return !status && !committed;
}

static bool delete_from_outside(peer *p) {
    yata_buffer update = bytes_from("00 01 01 02 00 08 0c 06");
    yata_status status = yata_doc_apply(p->doc, bytes_of(&update), no_bytes(), NULL);
    cr_assert(status == YATA_OK || status == YATA_ERR_MEMORY);
    sound(p);
    p->memory.fail_at = 0;
    OK(yata_doc_apply(p->doc, bytes_of(&update), no_bytes(), NULL));
    expect_json(root_array, "[]");
    expect_text(root_text, "0-789");
    yata_buffer_free(&update);
    return status == YATA_OK;
}

/* Numbers of two clients, each with one in another list between it and the next: no two deletions touch. */
static void open_apart(peer *p) {
    enum { MANY = 200 };
    peer q;
    peer_open(p, 1);
    peer_open(&q, 2);
    root_array = array_root(p);
    for (peer *who = p; who; who = who == p ? &q : NULL) {
        yata_type others;
        yata_value one = INT(1);
        begin(who);
        OK(yata_doc_root(who->doc, STR("others"), YATA_KIND_ARRAY, &others));
        for (uint32_t i = 0; i < MANY; i++) {
            OK(yata_array_insert(array_root(who), who->txn, i % 2 ? i : 0, &one, 1));
            OK(yata_array_push(others, who->txn, &one, 1));
        }
        commit(who);
    }
    send_all(&q, p);
    peer_close(&q);
}

static bool delete_apart(peer *p) {
    if (yata_txn_begin(p->doc, no_bytes(), &p->txn)) return false;
    uint32_t all, left;
    OK(yata_array_length(root_array, &all));
    yata_status status = yata_array_delete(root_array, p->txn, 1, all - 1);
    sound(p);
    OK(yata_array_length(root_array, &left));
    cr_assert(status == YATA_OK ? left == 1 : status == YATA_ERR_MEMORY && left == all);
    cr_assert_eq(p->txn->deletions, status ? 0 : 2);
    for (uint32_t i = 0; i < p->txn->touched.len; i++) cr_assert_eq(p->txn->touched.data[i].deleted.count > 0, !status);
    yata_status committed = yata_txn_commit(p->txn);
    cr_assert(committed == YATA_OK || committed == YATA_ERR_MEMORY);
    return !status && !committed;
}

Test(delete, without_memory) {
    fail_each(open_nested, delete_all);
    fail_each(open_nested, delete_from_outside);
    fail_each(open_apart, delete_apart);
}
