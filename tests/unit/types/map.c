/* SPDX-License-Identifier: MIT */
/* map.c - shared maps, and attributes. States are those of yjs 13.6.33 after the same edits. */
#include "../peer.h"

static void expect_size(yata_type map, uint32_t expected) {
    uint32_t size = 99;
    OK(yata_map_size(map, &size));
    cr_assert_eq(size, expected);
}

Test(map, statuses) {
    peer p;
    peer_open(&p, 1);
    yata_type m = map_root(&p), a = array_root(&p), none = {NULL, 0, 0}, x = root(&p, "x", YATA_KIND_UNTYPED), out;
    yata_value one = INT(1), type = PLAIN(TYPE, .u.type = m), doc = PLAIN(DOC, .u.string = {"g", 1}), seen;
    yata_value bad = PLAIN(STRING, .u.string = {"\xFF", 1}), null_binary = PLAIN(BINARY, .u.binary = {NULL, 1});
    yata_str broken = {NULL, 1};
    uint32_t size;
    yata_map_iter it;
    yata_txn *txn = begin(&p);
    FAILS(YATA_ERR_ARGUMENT, yata_map_set(none, txn, STR("k"), &one));
    FAILS(YATA_ERR_ARGUMENT, yata_map_set(m, NULL, STR("k"), &one));
    FAILS(YATA_ERR_ARGUMENT, yata_map_set(m, txn, STR("k"), NULL));
    FAILS(YATA_ERR_ARGUMENT, yata_map_set(m, txn, broken, &one));
    FAILS(YATA_ERR_ARGUMENT, yata_map_set(m, txn, STR("k"), &type));
    FAILS(YATA_ERR_ARGUMENT, yata_map_set(m, txn, STR("k"), &doc));
    FAILS(YATA_ERR_ARGUMENT, yata_map_set(m, txn, STR("k"), &null_binary));
    FAILS(YATA_ERR_UTF8, yata_map_set(m, txn, STR("\xFF"), &one));
    FAILS(YATA_ERR_UTF8, yata_map_set(m, txn, STR("k"), &bad));
    FAILS(YATA_ERR_TYPE, yata_map_set(a, txn, STR("k"), &one));
    FAILS(YATA_ERR_TYPE, yata_map_set(x, txn, STR("k"), &one));
    FAILS(YATA_ERR_TYPE, yata_map_set_type(a, txn, STR("k"), YATA_KIND_MAP, STR(""), &out));
    FAILS(YATA_ERR_ARGUMENT, yata_map_set_type(m, txn, STR("k"), YATA_KIND_UNTYPED, STR(""), &out));
    FAILS(YATA_ERR_UTF8, yata_map_set_type(m, txn, STR("\xFF"), YATA_KIND_MAP, STR(""), &out));
    FAILS(YATA_ERR_TYPE, yata_map_delete(a, txn, STR("k")));
    FAILS(YATA_ERR_ARGUMENT, yata_map_delete(m, txn, broken));
    FAILS(YATA_ERR_NOT_FOUND, yata_map_delete(m, txn, STR("k")));
    FAILS(YATA_ERR_TYPE, yata_map_clear(a, txn));
    OK(yata_map_clear(m, txn));
    FAILS(YATA_ERR_TYPE, yata_map_get(a, STR("k"), &seen));
    FAILS(YATA_ERR_ARGUMENT, yata_map_get(m, broken, &seen));
    FAILS(YATA_ERR_NOT_FOUND, yata_map_get(m, STR("k"), &seen));
    FAILS(YATA_ERR_NOT_FOUND, yata_map_get(x, STR("k"), NULL));
    FAILS(YATA_ERR_ARGUMENT, yata_map_size(m, NULL));
    FAILS(YATA_ERR_TYPE, yata_map_size(a, &size));
    FAILS(YATA_ERR_TYPE, yata_map_iter_init(&it, a));
    cr_assert_not(yata_map_iter_next(&it, NULL, NULL));
    commit(&p);
    FAILS(YATA_ERR_STATE, yata_map_set(m, txn, STR("k"), &one));
    expect_state(&p, "00 00");
    peer_close(&p);
}

/* yjs: set b, a, b again; delete a; set c to undefined, a to "x" */
Test(map, entries) {
    peer p;
    peer_open(&p, 1);
    yata_type m = map_root(&p);
    yata_value undefined = PLAIN(UNDEFINED, .u.integer = 0), x = TEXT("x"), v;
    set_int(&p, m, "b", 1);
    set_int(&p, m, "a", 2);
    set_int(&p, m, "b", 3);
    expect_json(m, "{\"b\":3,\"a\":2}");
    OK(yata_map_delete(m, begin(&p), STR("a")));
    commit(&p);
    expect_size(m, 1);
    FAILS(YATA_ERR_NOT_FOUND, yata_map_get(m, STR("a"), &v));
    FAILS(YATA_ERR_NOT_FOUND, yata_map_delete(m, begin(&p), STR("a")));
    OK(yata_map_set(m, p.txn, STR("c"), &undefined));
    OK(yata_map_set(m, p.txn, STR("a"), &x));
    commit(&p);
    expect_size(m, 3);
    OK(yata_map_get(m, STR("c"), &v));
    cr_assert_eq(v.kind, YATA_VALUE_UNDEFINED);
    OK(yata_map_get(m, STR("a"), NULL));
    expect_json(m, "{\"b\":3,\"a\":\"x\"}"); /* in the order of the first set; undefined does not print */
    expect_state(&p, "01 05 01 00 21 01 01 6d 01 62 01 21 01 01 6d 01 61 01 a8 01 00 01 7d03 28 01 01 6d 01 63 01 7f"
                     "a8 01 01 01 77 01 78 01 01 01 00 02");
    yata_map_iter it;
    yata_str key;
    OK(yata_map_iter_init(&it, m));
    static const char keys[] = "bac";
    for (int i = 0; i < 3; i++) {
        cr_assert(yata_map_iter_next(&it, i == 2 ? NULL : &key, i == 1 ? NULL : &v));
        if (i < 2) cr_assert(key.len == 1 && key.data[0] == keys[i]);
        if (i == 2) cr_assert_eq(v.kind, YATA_VALUE_UNDEFINED);
    }
    cr_assert_not(yata_map_iter_next(&it, &key, &v));
    OK(yata_map_clear(m, begin(&p)));
    commit(&p);
    expect_size(m, 0);
    expect_json(m, "{}");
    OK(yata_map_iter_init(&it, m));
    cr_assert_not(yata_map_iter_next(&it, &key, &v));
    peer_close(&p);
}

/* More keys than are looked at one by one; the empty key; keys with a nul. */
Test(map, many_keys) {
    peer p, q;
    peer_open(&p, 1);
    yata_type m = map_root(&p);
    begin(&p);
    for (int64_t i = 0; i < 500; i++) {
        char key[8];
        snprintf(key, sizeof key, "%lld", (long long)(i * 7 % 500));
        yata_value v = INT(i * 7 % 500);
        OK(yata_map_set(m, p.txn, str_of(key), &v));
    }
    yata_value v = INT(-1);
    OK(yata_map_set(m, p.txn, (yata_str){NULL, 0}, &v));
    OK(yata_map_set(m, p.txn, STR("a\0b"), &v));
    commit(&p);
    expect_size(m, 502);
    peer_open(&q, 2);
    send_all(&p, &q);
    yata_type n = map_root(&q);
    for (int64_t i = 0; i < 500; i++) {
        char key[8];
        snprintf(key, sizeof key, "%lld", (long long)i);
        OK(yata_map_get(n, str_of(key), &v));
        cr_assert_eq(v.u.integer, i);
    }
    OK(yata_map_get(n, STR(""), &v));
    OK(yata_map_get(n, STR("a\0b"), &v));
    FAILS(YATA_ERR_NOT_FOUND, yata_map_get(n, STR("a"), &v));
    FAILS(YATA_ERR_NOT_FOUND, yata_map_get(n, STR("500"), &v));
    peer_close(&p);
    peer_close(&q);
}

Test(map, nested_types_and_values_of_all_kinds) {
    peer p;
    peer_open(&p, 1);
    yata_type m = map_root(&p), inner, seen_type;
    static const uint8_t bytes[] = {255};
    yata_value values[] = {PLAIN(NULL, .u.integer = 0),
                           PLAIN(BOOL, .u.boolean = false),
                           PLAIN(FLOAT, .u.number = 0.5),
                           PLAIN(BIGINT, .u.integer = INT64_MIN),
                           PLAIN(BINARY, .u.binary = {bytes, 1}),
                           TEXT("s"),
                           PLAIN(ARRAY, .u.any = {(const uint8_t *)"\x75\x01\x7e", 3})};
    begin(&p);
    for (uint32_t i = 0; i < sizeof values / sizeof *values; i++) {
        char key[2] = {(char)('0' + i), 0};
        OK(yata_map_set(m, p.txn, str_of(key), &values[i]));
    }
    OK(yata_map_set_type(m, p.txn, STR("t"), YATA_KIND_MAP, STR(""), &inner));
    OK(yata_map_set_type(m, p.txn, STR("e"), YATA_KIND_XML_ELEMENT, STR("br"), NULL));
    commit(&p);
    for (uint32_t i = 0; i < sizeof values / sizeof *values; i++) {
        char key[2] = {(char)('0' + i), 0};
        yata_value v;
        OK(yata_map_get(m, str_of(key), &v));
        cr_assert_eq(v.kind, values[i].kind);
    }
    yata_value v;
    OK(yata_map_get(m, STR("t"), &v));
    seen_type = v.u.type;
    cr_assert(seen_type.ref == inner.ref && v.kind == YATA_VALUE_TYPE);
    expect_json(m, "{\"0\":null,\"1\":false,\"2\":0.5,\"3\":-9223372036854775808,\"4\":{\"$binary\":\"/w==\"},"
                   "\"5\":\"s\",\"6\":[null],\"t\":{},\"e\":\"<br></br>\"}");
    set_int(&p, m, "t", 1); /* the map that it replaces is gone */
    cr_assert_not(yata_type_alive(inner));
    peer_close(&p);
}

/* Elements and texts have attributes. */
Test(map, attributes) {
    peer p;
    peer_open(&p, 1);
    yata_type a = array_root(&p);
    static const yata_kind kinds[] = {YATA_KIND_XML_ELEMENT, YATA_KIND_XML_TEXT, YATA_KIND_XML_HOOK, YATA_KIND_TEXT};
    for (int i = 0; i < 4; i++) {
        yata_type t = put_type(&p, a, 0, kinds[i], "n");
        set_int(&p, t, "k", i);
        expect_size(t, 1);
        OK(yata_map_delete(t, begin(&p), STR("k")));
        commit(&p);
        expect_size(t, 0);
    }
    FAILS(YATA_ERR_TYPE, yata_map_size(put_type(&p, a, 0, YATA_KIND_XML_FRAGMENT, ""), &(uint32_t){0}));
    peer_close(&p);
}

/* A text as the value of a key, which no honest peer writes. */
Test(map, a_text_under_a_key) {
    peer p;
    peer_open(&p, 1);
    OK(take(&p, "01 01 05 00 24 01 01 6d 01 6b 03 616263 00"));
    yata_value v;
    OK(yata_map_get(map_root(&p), STR("k"), &v));
    cr_assert(v.kind == YATA_VALUE_STRING && v.u.string.len == 3);
    yata_map_iter it;
    OK(yata_map_iter_init(&it, map_root(&p)));
    cr_assert(yata_map_iter_next(&it, NULL, &v));
    cr_assert_eq(v.u.string.len, 3);
    peer_close(&p);
}

/* A walk over a map that is gone ends. */
Test(map, a_walk_over_what_was_deleted) {
    peer p;
    peer_open(&p, 1);
    yata_type a = array_root(&p), m = put_type(&p, a, 0, YATA_KIND_MAP, "");
    set_int(&p, m, "k", 1);
    yata_map_iter it;
    OK(yata_map_iter_init(&it, m));
    erase_array(&p, a, 0, 1);
    cr_assert_not(yata_map_iter_next(&it, NULL, NULL));
    peer_close(&p);
}

/* ------------------------------------------------------------------------
 * Without memory
 */
static yata_type map;

static void open_filled(peer *p) {
    peer_open(p, 1);
    map = map_root(p);
    for (char k = 'a'; k < 'i'; k++) set_int(p, map, (char[]){k, 0}, k);
}

static bool change(peer *p) {
    if (yata_txn_begin(p->doc, no_bytes(), &p->txn)) return false;
    yata_value v = TEXT("value"), seen;
    yata_status first = yata_map_set(map, p->txn, STR("a"), &v), ninth = yata_map_set(map, p->txn, STR("z"), &v);
    sound(p);
    yata_status type = yata_map_set_type(map, p->txn, STR("y"), YATA_KIND_XML_ELEMENT, STR("tag"), NULL);
    yata_status gone = yata_map_delete(map, p->txn, STR("b"));
    sound(p);
    OK(yata_txn_commit(p->txn));
    expect_size(map, 8u + !ninth + !type - !gone);
    OK(yata_map_get(map, STR("a"), &seen)); /* the old one or the new one */
    cr_assert_eq(seen.kind, first ? YATA_VALUE_INT : YATA_VALUE_STRING);
    return !first && !ninth && !type && !gone;
}

static bool clear(peer *p) {
    if (yata_txn_begin(p->doc, no_bytes(), &p->txn)) return false;
    yata_status status = yata_map_clear(map, p->txn);
    cr_assert(status == YATA_OK || status == YATA_ERR_MEMORY);
    OK(yata_txn_commit(p->txn));
    if (!status) expect_size(map, 0);
    return !status;
}

Test(map, without_memory) {
    fail_each(open_filled, change);
    fail_each(open_filled, clear);
}
