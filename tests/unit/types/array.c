/* SPDX-License-Identifier: MIT */
/* array.c - shared arrays. States are those of yjs 13.6.33 after the same edits. */
#include "../peer.h"
#include "harness/random.h"

static void expect_length(yata_type array, uint32_t expected) {
    uint32_t length = 99;
    OK(yata_array_length(array, &length));
    cr_assert_eq(length, expected);
}

Test(array, statuses) {
    peer p, q;
    peer_open(&p, 1);
    peer_open(&q, 2);
    yata_type a = array_root(&p), t = text_root(&p), none = {NULL, 0, 0}, x = root(&p, "x", YATA_KIND_UNTYPED), out;
    yata_value one = INT(1), type = PLAIN(TYPE, .u.type = a);
    yata_value bad = PLAIN(STRING, .u.string = {"\xFF", 1}), seen;
    uint32_t length;
    yata_txn *closed = begin(&q), *txn = begin(&p);
    commit(&q);
    FAILS(YATA_ERR_ARGUMENT, yata_array_insert(none, txn, 0, &one, 1));
    FAILS(YATA_ERR_ARGUMENT, yata_array_insert(a, NULL, 0, &one, 1));
    FAILS(YATA_ERR_TYPE, yata_array_insert(t, txn, 0, &one, 1));
    FAILS(YATA_ERR_TYPE, yata_array_insert(x, txn, 0, &one, 1)); /* for writing it must be typed */
    FAILS(YATA_ERR_ARGUMENT, yata_array_insert(a, txn, 0, NULL, 1));
    FAILS(YATA_ERR_ARGUMENT, yata_array_insert(a, txn, 0, &one, (size_t)UINT32_MAX + 1));
    FAILS(YATA_ERR_ARGUMENT, yata_array_insert(a, txn, 0, &type, 1));
    FAILS(YATA_ERR_UTF8, yata_array_insert(a, txn, 0, &bad, 1));
    FAILS(YATA_ERR_RANGE, yata_array_insert(a, txn, 1, &one, 1));
    FAILS(YATA_ERR_TYPE, yata_array_push(t, txn, &one, 1));
    FAILS(YATA_ERR_RANGE, yata_array_insert_type(a, txn, 1, YATA_KIND_MAP, STR(""), &out));
    FAILS(YATA_ERR_ARGUMENT, yata_array_insert_type(a, txn, 0, YATA_KIND_UNTYPED, STR(""), &out));
    FAILS(YATA_ERR_ARGUMENT, yata_array_insert_type(a, txn, 0, (yata_kind)8, STR(""), &out));
    FAILS(YATA_ERR_ARGUMENT, yata_array_insert_type(a, txn, 0, YATA_KIND_XML_ELEMENT, (yata_str){NULL, 0}, &out));
    FAILS(YATA_ERR_UTF8, yata_array_insert_type(a, txn, 0, YATA_KIND_XML_HOOK, STR("\xC0"), &out));
    FAILS(YATA_ERR_TYPE, yata_array_insert_type(t, txn, 0, YATA_KIND_MAP, STR(""), &out));
    FAILS(YATA_ERR_TYPE, yata_array_push_type(t, txn, YATA_KIND_MAP, STR(""), &out));
    FAILS(YATA_ERR_ARGUMENT, yata_array_push_type(a, txn, (yata_kind)77, STR(""), &out));
    FAILS(YATA_ERR_TYPE, yata_array_delete(t, txn, 0, 0));
    FAILS(YATA_ERR_RANGE, yata_array_delete(a, txn, 0, 1));
    FAILS(YATA_ERR_RANGE, yata_array_delete(a, txn, 1, 0));
    OK(yata_array_delete(a, txn, 0, 0));
    OK(yata_array_insert(a, txn, 0, NULL, 0));
    OK(yata_array_push(a, txn, NULL, 0));
    FAILS(YATA_ERR_ARGUMENT, yata_array_length(a, NULL));
    FAILS(YATA_ERR_ARGUMENT, yata_array_length(none, &length));
    FAILS(YATA_ERR_TYPE, yata_array_length(t, &length));
    FAILS(YATA_ERR_ARGUMENT, yata_array_get(a, 0, NULL));
    FAILS(YATA_ERR_RANGE, yata_array_get(a, 0, &seen));
    FAILS(YATA_ERR_TYPE, yata_array_get(t, 0, &seen));
    commit(&p);
    FAILS(YATA_ERR_STATE, yata_array_insert(a, closed == txn ? closed : txn, 0, &one, 1)); /* nothing is open */
    expect_state(&p, "00 00");
    peer_close(&p);
    peer_close(&q);
}

/* yjs: insert(0, [1, "x"]), insert(1, [2.5, bin]), push([true]), delete(1, 2), push([null]), insert(1, [{}]) */
Test(array, edits) {
    peer p;
    peer_open(&p, 1);
    yata_type a = array_root(&p);
    static const uint8_t bytes[] = {9, 8};
    yata_value first[] = {INT(1), TEXT("x")};
    yata_value second[] = {PLAIN(FLOAT, .u.number = 2.5), PLAIN(BINARY, .u.binary = {bytes, 2})};
    yata_value yes = PLAIN(BOOL, .u.boolean = true), null = PLAIN(NULL, .u.integer = 0);
    yata_value object = PLAIN(OBJECT, .u.any = {(const uint8_t *)"\x76\0", 2});
    OK(yata_array_insert(a, begin(&p), 0, first, 2));
    commit(&p);
    expect_state(&p, "01 01 01 00 08 01 01 61 02 7d01 77 01 78 00");
    OK(yata_array_insert(a, begin(&p), 1, second, 2));
    commit(&p);
    expect_json(a, "[1,2.5,{\"$binary\":\"CQg=\"},\"x\"]");
    OK(yata_array_push(a, begin(&p), &yes, 1));
    commit(&p);
    expect_length(a, 5);
    erase_array(&p, a, 1, 2);
    expect_json(a, "[1,\"x\",true]");
    OK(yata_array_push(a, begin(&p), &null, 1));
    commit(&p);
    OK(yata_array_insert(a, begin(&p), 1, &object, 1)); /* in front of what was deleted there */
    commit(&p);
    expect_json(a, "[1,{},\"x\",true,null]");
    expect_state(&p, "01 05 01 00 08 01 01 61 01 7d01 88 01 00 01 77 01 78 c1 01 00 01 01 02 88 01 01 02 78 7e"
                     "c8 01 00 01 02 01 76 00 01 01 01 02 02");
    peer_close(&p);
}

Test(array, elements_by_index_and_in_order) {
    peer p;
    peer_open(&p, 1);
    yata_type a = array_root(&p), inner;
    for (int64_t i = 0; i < 50; i++) put_int(&p, a, (uint32_t)i / 2, i);
    inner = put_type(&p, a, 7, YATA_KIND_MAP, "");
    erase_array(&p, a, 20, 5);
    expect_length(a, 46);
    yata_array_iter it;
    yata_value v, w;
    OK(yata_array_iter_init(&it, a));
    for (uint32_t i = 0; i < 46; i++) {
        OK(yata_array_get(a, i, &v));
        cr_assert(yata_array_iter_next(&it, &w));
        cr_assert_eq(v.kind, i == 7 ? YATA_VALUE_TYPE : YATA_VALUE_INT);
        if (i == 7)
            cr_assert(v.u.type.ref == inner.ref && w.u.type.ref == inner.ref);
        else
            cr_assert_eq(v.u.integer, w.u.integer);
    }
    cr_assert_not(yata_array_iter_next(&it, &w));
    FAILS(YATA_ERR_RANGE, yata_array_get(a, 46, &v));
    FAILS(YATA_ERR_TYPE, yata_array_iter_init(&it, text_root(&p)));
    cr_assert_not(yata_array_iter_next(&it, &w));
    peer_close(&p);
}

Test(array, nested_types) {
    peer p;
    peer_open(&p, 1);
    yata_type a = array_root(&p), inner, last;
    begin(&p);
    OK(yata_array_push_type(a, p.txn, YATA_KIND_ARRAY, STR("ignored"), &inner));
    OK(yata_array_push_type(a, p.txn, YATA_KIND_XML_ELEMENT, STR("P"), NULL));
    OK(yata_array_insert_type(a, p.txn, 1, YATA_KIND_TEXT, STR(""), &last));
    OK(yata_array_insert_type(inner, p.txn, 0, YATA_KIND_MAP, STR(""), NULL));
    commit(&p);
    write_text(&p, last, 0, "text");
    expect_json(a, "[[{}],\"text\",\"<p></p>\"]");
    peer_close(&p);
}

/* Deleting across many items, with cuts at both ends and deleted ones in between. */
Test(array, deletions_across_items) {
    peer p;
    peer_open(&p, 1);
    yata_type a = array_root(&p);
    yata_value values[] = {INT(0), INT(1), INT(2), INT(3), INT(4), INT(5)};
    OK(yata_array_insert(a, begin(&p), 0, values, 6));
    OK(yata_array_insert(a, p.txn, 3, values, 6));
    commit(&p);
    erase_array(&p, a, 4, 1);
    expect_json(a, "[0,1,2,0,2,3,4,5,3,4,5]");
    erase_array(&p, a, 2, 7);
    expect_json(a, "[0,1,4,5]");
    erase_array(&p, a, 0, 4);
    expect_json(a, "[]");
    peer_close(&p);
}

/* A foreign text under a name that is read and written as an array: its elements are UTF-16 units, whatever the unit of
 * the document. */
Test(array, text_where_an_array_is_expected) {
    static const yata_offset_unit units[] = {YATA_OFFSET_UTF16, YATA_OFFSET_UTF8, YATA_OFFSET_SCALAR};
    for (int u = 0; u < 3; u++) {
        peer p;
        peer_open_unit(&p, 1, units[u]);
        yata_type a = array_root(&p);
        OK(take(&p, "01 02 05 00 04 01 01 61 0a 61 C3A9 E282AC F09F9880 88 05 04 01 7d07 00"));
        expect_length(a, 6);
        static const char *const seen[] = {"a", "\xC3\xA9", "\xE2\x82\xAC", "\xEF\xBF\xBD", "\xEF\xBF\xBD"};
        yata_array_iter it;
        yata_value v;
        OK(yata_array_iter_init(&it, a));
        for (uint32_t i = 0; i < 6; i++) {
            for (int k = 0; k < 2; k++) {
                if (k)
                    cr_assert(yata_array_iter_next(&it, &v));
                else
                    OK(yata_array_get(a, i, &v));
                cr_assert_eq(v.kind, i < 5 ? YATA_VALUE_STRING : YATA_VALUE_INT);
                if (i < 5) cr_assert(!memcmp(v.u.string.data, seen[i], v.u.string.len));
            }
        }
        put_int(&p, a, 6, 8);
        put_int(&p, a, 2, 9);
        put_int(&p, a, 3, 10);
        expect_json(a, "[\"a\",\"\xC3\xA9\",9,10,\"\xE2\x82\xAC\",\"\\ud83d\",\"\\ude00\",7,8]");
        erase_array(&p, a, 1, 2);
        expect_json(a, "[\"a\",10,\"\xE2\x82\xAC\",\"\\ud83d\",\"\\ude00\",7,8]");
        begin(&p);
        OK(yata_array_push(a, p.txn, &v, 1));
        OK(yata_array_delete(a, p.txn, 4, 2));
        commit(&p);
        expect_json(a, "[\"a\",10,\"\xE2\x82\xAC\",\"\xEF\xBF\xBD\",8,7]");
        peer_close(&p);
    }
}

/* Against a plain array. */
Test(array, any_order_of_edits) {
    peer p;
    peer_open(&p, 1);
    yata_type a = array_root(&p);
    int64_t model[400];
    uint32_t n = 0;
    rng r = rng_from(11);
    for (int64_t step = 0; step < 600; step++) {
        uint32_t at = rng_below(&r, n + 1), count = 1 + rng_below(&r, 4);
        if (rng_one_in(&r, 2) && n + count <= 400) {
            yata_value values[4] = {INT(step), INT(step + 1000), INT(step + 2000), INT(step + 3000)};
            OK(yata_array_insert(a, begin(&p), at, values, count));
            memmove(model + at + count, model + at, (n - at) * sizeof *model);
            for (uint32_t i = 0; i < count; i++) model[at + i] = values[i].u.integer;
            n += count;
        } else {
            if (count > n - at) count = n - at;
            OK(yata_array_delete(a, begin(&p), at, count));
            memmove(model + at, model + at + count, (n - at - count) * sizeof *model);
            n -= count;
        }
        commit(&p);
    }
    expect_length(a, n);
    for (uint32_t i = 0; i < n; i++) {
        yata_value v;
        OK(yata_array_get(a, i, &v));
        cr_assert_eq(v.u.integer, model[i]);
    }
    peer q;
    peer_open(&q, 2);
    send_all(&p, &q);
    expect_same_state(&p, &q);
    peer_close(&p);
    peer_close(&q);
}

/* ------------------------------------------------------------------------
 * Without memory: all or nothing
 */
static yata_type array;

static void open_filled(peer *p) {
    peer_open(p, 1);
    array = array_root(p);
    yata_value values[] = {INT(0), INT(1), INT(2), INT(3)};
    OK(yata_array_insert(array, begin(p), 0, values, 4));
    OK(yata_array_insert(array, p->txn, 2, values, 2));
    commit(p);
}

static bool insert_many(peer *p) {
    static const uint8_t bytes[] = {1};
    yata_value values[] = {INT(7), PLAIN(BINARY, .u.binary = {bytes, 1}), INT(8),
                           PLAIN(BINARY, .u.binary = {bytes, 1})};
    if (yata_txn_begin(p->doc, no_bytes(), &p->txn)) return false;
    yata_status status = yata_array_insert(array, p->txn, 1, values, 4);
    cr_assert(status == YATA_OK || status == YATA_ERR_MEMORY);
    sound(p);
    expect_length(array, status ? 6 : 10);
    OK(yata_txn_commit(p->txn));
    p->memory.fail_at = 0;
    expect_json(array, status ? "[0,1,0,1,2,3]" : "[0,7,{\"$binary\":\"AQ==\"},8,{\"$binary\":\"AQ==\"},1,0,1,2,3]");
    return status == YATA_OK;
}

static bool delete_many(peer *p) {
    if (yata_txn_begin(p->doc, no_bytes(), &p->txn)) return false;
    yata_status status = yata_array_delete(array, p->txn, 1, 4);
    cr_assert(status == YATA_OK || status == YATA_ERR_MEMORY);
    sound(p);
    expect_length(array, status ? 6 : 2);
    OK(yata_txn_commit(p->txn));
    return status == YATA_OK;
}

static bool insert_types(peer *p) {
    if (yata_txn_begin(p->doc, no_bytes(), &p->txn)) return false;
    yata_type out;
    yata_status a = yata_array_insert_type(array, p->txn, 3, YATA_KIND_XML_ELEMENT, STR("p"), &out);
    yata_status b = yata_array_push_type(array, p->txn, YATA_KIND_MAP, STR(""), &out);
    expect_length(array, 6u + !a + !b);
    OK(yata_txn_commit(p->txn));
    return !a && !b;
}

Test(array, without_memory) {
    fail_each(open_filled, insert_many);
    fail_each(open_filled, delete_many);
    fail_each(open_filled, insert_types);
}

Test(array, takes_undefined) {
    peer p;
    peer_open(&p, 1);
    yata_type a = array_root(&p);
    yata_value undefined = PLAIN(UNDEFINED, .u.integer = 0), seen;
    begin(&p);
    OK(yata_array_insert(a, p.txn, 0, &undefined, 1));
    OK(yata_array_push(a, p.txn, &undefined, 1));
    commit(&p);
    OK(yata_array_get(a, 1, &seen));
    cr_assert_eq(seen.kind, YATA_VALUE_UNDEFINED);
    peer_close(&p);
}
