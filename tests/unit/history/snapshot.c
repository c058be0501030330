/* SPDX-License-Identifier: MIT */
/* snapshot.c - snapshots as bytes and as sets; bytes are those of yjs 13.6.33. Random ones: tests/differential/history.
 */
#include "../peer.h"

#include <yata/snapshot.h>
#include <yata/subdoc.h>
#include <yata/xml.h>

static yata_snapshot *taken(const peer *p) {
    yata_snapshot *s = NULL;
    OK(yata_snapshot_take(p->doc, &p->allocator, &s));
    return s;
}

static void expect_written(const yata_snapshot *s, const char *v1, const char *v2) {
    yata_buffer out;
    yata_buffer_init(&out, NULL);
    OK(yata_snapshot_encode(s, &out));
    expect_bytes(&out, v1);
    out.len = 0;
    OK(yata_snapshot_encode_v2(s, &out));
    expect_bytes(&out, v2);
    yata_buffer_free(&out);
}

static yata_snapshot *decoded(const char *hex, bool v2) {
    yata_snapshot *s = NULL;
    yata_buffer bytes = bytes_from(hex);
    OK((v2 ? yata_snapshot_decode_v2 : yata_snapshot_decode)(bytes_of(&bytes), NULL, &s, NULL));
    yata_buffer_free(&bytes);
    return s;
}

Test(snapshot, bytes) {
    peer p;
    peer_open(&p, 1);
    yata_type t = text_root(&p);
    yata_snapshot *empty = taken(&p);
    expect_written(empty, "00 00", "00 00");
    write_text(&p, t, 0, "abc");
    erase_text(&p, t, 0, 1);
    yata_snapshot *s = taken(&p);
    expect_written(s, "01 01 01 00 01 | 01 01 03", "01 01 01 00 00 | 01 01 03");
    erase_text(&p, t, 1, 1);
    OK(take(&p, "01 01 ac02 00 01 01 01 74 02 | 00")); /* client 300, deleted content */
    yata_snapshot *two = taken(&p);
    expect_written(two, "02 ac02 01 00 02 01 02 00 01 02 01 | 02 ac02 02 01 03",
                   "02 ac02 01 00 01 01 02 00 00 01 00 | 02 ac02 02 01 03");
    yata_snapshot_free(empty);
    yata_snapshot_free(s);
    yata_snapshot_free(two);
    peer_close(&p);
}

Test(snapshot, one_form) {
    yata_snapshot *a = decoded("02 01 03 05 01 00 01 01 02 07 00 | 03 01 08 02 00 07 01", false);
    expect_written(a, "01 01 02 00 03 05 01 | 02 07 01 01 08", "01 01 02 00 02 02 00 | 02 07 01 01 08");
    yata_snapshot *b = decoded("01 01 02 00 02 02 00 | 02 07 01 01 08 ffff", true);
    cr_assert(yata_snapshot_equal(a, b));
    yata_snapshot *c = decoded("01 01 02 00 02 03 00 | 02 07 01 01 08", true);
    cr_assert_not(yata_snapshot_equal(a, c));
    yata_snapshot *d = decoded("01 01 02 00 02 02 00 | 02 07 01 01 09", true);
    cr_assert_not(yata_snapshot_equal(a, d));
    cr_assert(yata_snapshot_equal(NULL, NULL) && !yata_snapshot_equal(a, NULL));
    cr_assert(yata_snapshot_shows(a, (yata_id){1, 3}));
    cr_assert_not(yata_snapshot_shows(a, (yata_id){1, 2}));
    cr_assert_not(yata_snapshot_shows(a, (yata_id){1, 8}));
    cr_assert_not(yata_snapshot_shows(a, (yata_id){5, 0}));
    cr_assert_not(yata_snapshot_shows(NULL, (yata_id){1, 3}));
    yata_snapshot_free(a);
    yata_snapshot_free(b);
    yata_snapshot_free(c);
    yata_snapshot_free(d);
    yata_snapshot_free(NULL);
}

static void expect_fault(const char *hex, bool v2, yata_status status, size_t offset) {
    yata_buffer bytes = bytes_from(hex);
    yata_bytes exact = exact_copy(bytes_of(&bytes));
    yata_fault fault;
    yata_snapshot *s = (yata_snapshot *)&fault;
    FAILS(status, (v2 ? yata_snapshot_decode_v2 : yata_snapshot_decode)(exact, NULL, &s, &fault));
    cr_assert(!s && fault.status == status);
    cr_assert_eq(fault.offset, offset);
    free((void *)exact.data);
    yata_buffer_free(&bytes);
}

Test(snapshot, bad_bytes) {
    for (int v2 = 0; v2 < 2; v2++) {
        expect_fault("", v2, YATA_ERR_END, 0);
        expect_fault("00", v2, YATA_ERR_END, 1);
        expect_fault("05 01", v2, YATA_ERR_END, 0);
        expect_fault("01 01 02 00 01", v2, YATA_ERR_END, 2);
        expect_fault("01 01 01 00 ffffffff 10 00", v2, YATA_ERR_LIMIT, 4);
        expect_fault("01 01 01 05 ffffffff 0f 00", v2, YATA_ERR_LIMIT, 3);
        expect_fault("00 01 ffffffffffffff7f 01", v2, YATA_ERR_NUMBER, 2);
        expect_fault("00 7f 01 01", v2, YATA_ERR_END, 1);
    }
    yata_snapshot *s;
    FAILS(YATA_ERR_ARGUMENT, yata_snapshot_decode((yata_bytes){NULL, 3}, NULL, &s, NULL));
    FAILS(YATA_ERR_ARGUMENT, yata_snapshot_take(NULL, NULL, &s));
    FAILS(YATA_ERR_ARGUMENT, yata_snapshot_encode(NULL, NULL));
}

Test(snapshot, contains) {
    static const struct {
        const char *update;
        bool contained;
    } cases[] = {
        {"00 00", true},
        {"01 01 01 00 04 01 01 74 03 616263 | 00", true},
        {"01 01 01 00 04 01 01 74 04 61626364 | 00", false},
        {"01 01 02 00 04 01 01 74 01 61 | 00", false},
        {"00 | 01 01 01 01 01", true},
        {"00 | 01 01 01 01 02", false},
        {"00 | 01 01 01 00 02", false},
        {"00 | 01 02 01 00 01", false},
    };
    yata_snapshot *s = decoded("01 01 01 01 01 | 01 01 03", false);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        yata_buffer update = bytes_from(cases[i].update), v2;
        bool contained = !cases[i].contained;
        yata_buffer_init(&v2, NULL);
        OK(yata_snapshot_contains_update(s, bytes_of(&update), &contained, NULL));
        cr_assert_eq(contained, cases[i].contained, "%s", cases[i].update);
        OK(yata_update_convert(bytes_of(&update), YATA_UPDATE_V1, YATA_UPDATE_V2, &v2, NULL));
        OK(yata_snapshot_contains_update_v2(s, bytes_of(&v2), &contained, NULL));
        cr_assert_eq(contained, cases[i].contained, "%s", cases[i].update);
        yata_buffer_free(&update);
        yata_buffer_free(&v2);
    }
    bool contained = true;
    yata_fault fault;
    FAILS(YATA_ERR_END, yata_snapshot_contains_update(s, (yata_bytes){(const uint8_t *)"\1", 1}, &contained, &fault));
    cr_assert(contained && fault.status == YATA_ERR_END);
    yata_snapshot_free(s);
}

Test(snapshot, needs_what_was) {
    peer p, other;
    peer_open(&p, 1);
    peer_open_keeping(&other, 2);
    yata_type t = text_root(&p);
    write_text(&p, t, 0, "abc");
    yata_snapshot *s = taken(&p);
    yata_doc *past = (yata_doc *)&p;
    yata_buffer out;
    yata_buffer_init(&out, NULL);
    OK(yata_buffer_append(&out, "x", 1));
    FAILS(YATA_ERR_STATE, yata_snapshot_to_doc(s, p.doc, NULL, &past));
    cr_assert_null(past);
    FAILS(YATA_ERR_STATE, yata_snapshot_restore(s, begin(&p)));
    commit(&p);
    FAILS(YATA_ERR_NOT_FOUND, yata_snapshot_encode_state(s, other.doc, &out));
    FAILS(YATA_ERR_NOT_FOUND, yata_snapshot_restore(s, begin(&other)));
    commit(&other);
    cr_assert_eq(out.len, 1);
    erase_text(&p, t, 1, 1); /* collected here, so a peer that keeps gets it without content */
    send_all(&p, &other);
    FAILS(YATA_ERR_GONE, yata_snapshot_restore(s, begin(&other)));
    commit(&other);
    expect_text(text_root(&other), "ac");
    FAILS(YATA_ERR_ARGUMENT, yata_snapshot_restore(NULL, NULL));
    FAILS(YATA_ERR_ARGUMENT, yata_snapshot_to_doc(s, NULL, NULL, &past));
    yata_buffer_free(&out);
    yata_snapshot_free(s);
    peer_close(&p);
    peer_close(&other);
}

/* yjs: createDocFromSnapshot; what came later is cut off. */
Test(snapshot, document) {
    peer p;
    peer_open_keeping(&p, 1);
    yata_type t = text_root(&p);
    write_text(&p, t, 0, "world");
    yata_snapshot *s = taken(&p);
    write_text(&p, t, 5, "!!");
    erase_text(&p, t, 0, 2);
    yata_buffer before = state_of(&p), out;
    yata_buffer_init(&out, NULL);
    OK(yata_snapshot_encode_state(s, p.doc, &out));
    expect_bytes(&out, "01 02 01 00 04 01 01 74 02 776f | 84 01 01 03 726c64 | 00");
    yata_buffer after = state_of(&p);
    cr_assert(bytes_equal(bytes_of(&before), bytes_of(&after)), "what was cut is merged again");
    yata_doc *past;
    OK(yata_snapshot_to_doc(s, p.doc, NULL, &past));
    yata_type seen;
    OK(yata_doc_root(past, STR("t"), YATA_KIND_TEXT, &seen));
    expect_text(seen, "world");
    yata_doc_free(past);
    yata_buffer_free(&before);
    yata_buffer_free(&after);
    yata_buffer_free(&out);
    yata_snapshot_free(s);
    peer_close(&p);
}

static void open_edited(peer *p) {
    peer_open_keeping(p, 1);
    yata_type a = array_root(p), n = put_type(p, a, 0, YATA_KIND_MAP, "");
    set_int(p, n, "k", 1);
    write_text(p, text_root(p), 0, "hello");
    OK(yata_map_set_type(map_root(p), begin(p), STR("k"), YATA_KIND_ARRAY, STR(""), &n));
    commit(p);
    put_int(p, n, 0, 5);
}

static yata_snapshot *marked; /* fail_each has no room for it */

static bool try_restore(peer *p) {
    yata_txn *txn;
    if (yata_txn_begin(p->doc, no_bytes(), &txn)) return false;
    yata_status status = yata_snapshot_restore(marked, txn), committed = yata_txn_commit(txn);
    return !status && !committed;
}

static void open_for_restore(peer *p) {
    open_edited(p);
    yata_snapshot_free(marked);
    OK(yata_snapshot_take(p->doc, NULL, &marked));
    erase_array(p, array_root(p), 0, 1);
    set_int(p, map_root(p), "k", 2);
    set_int(p, map_root(p), "l", 3);
    erase_text(p, text_root(p), 1, 3);
    write_text(p, text_root(p), 1, "XX");
}

Test(snapshot, restore) {
    peer p;
    open_for_restore(&p);
    expect_doc_json(&p, "{\"a\":[],\"t\":\"hXXo\",\"m\":{\"k\":2,\"l\":3}}");
    cr_assert(try_restore(&p));
    expect_doc_json(&p, "{\"a\":[{\"k\":1}],\"t\":\"hello\",\"m\":{\"k\":[5]}}");
    sound(&p);
    peer_close(&p);
    fail_each(open_for_restore, try_restore);
    yata_snapshot_free(marked);
    marked = NULL;
}

/* Every kind of content comes back: a subdocument, bytes, legacy JSON, an embed, a format, elements with attributes. */
Test(snapshot, restore_every_kind) {
    peer p;
    peer_open_keeping(&p, 1);
    yata_type t = text_root(&p), m = map_root(&p), x = root(&p, "x", YATA_KIND_XML_FRAGMENT), e;
    yata_value bytes = PLAIN(BINARY, .u.binary = {(const uint8_t *)"\1\2", 2}), seven = INT(7);
    yata_subdoc_options options = {.guid = STR("guid")};
    OK(take(&p, "01 01 05 00 02 01 01 61 03 01 31 09 756e646566696e6564 07 7b226b223a317d | 00"));
    begin(&p);
    OK(yata_map_set_doc(m, p.txn, STR("d"), &options, NULL));
    OK(yata_map_set(m, p.txn, STR("b"), &bytes));
    OK(yata_text_insert(t, p.txn, 0, STR("ab")));
    OK(yata_text_embed(t, p.txn, 1, &seven, NULL));
    OK(yata_xml_push(x, p.txn, YATA_KIND_XML_ELEMENT, STR("p"), &e));
    OK(yata_map_set(e, p.txn, STR("k"), &seven));
    OK(yata_xml_push(e, p.txn, YATA_KIND_XML_TEXT, STR(""), &e));
    OK(yata_text_insert(e, p.txn, 0, STR("deep")));
    commit(&p);
    yata_buffer before, after;
    yata_buffer_init(&before, NULL);
    yata_buffer_init(&after, NULL);
    array_root(&p);
    OK(yata_doc_to_json(p.doc, &before));
    yata_snapshot *s = taken(&p);
    begin(&p);
    OK(yata_map_clear(m, p.txn));
    OK(yata_text_delete(t, p.txn, 0, 3));
    OK(yata_xml_delete(x, p.txn, 0, 1));
    OK(yata_array_delete(array_root(&p), p.txn, 0, 3));
    commit(&p);
    OK(yata_snapshot_restore(s, begin(&p)));
    commit(&p);
    OK(yata_doc_to_json(p.doc, &after));
    cr_assert(bytes_equal(bytes_of(&before), bytes_of(&after)), "%.*s", (int)after.len, (const char *)after.data);
    yata_buffer_free(&before);
    yata_buffer_free(&after);
    yata_snapshot_free(s);
    peer_close(&p);
}

/* What did not change stays the same units, so that an edit of a peer who knows nothing of it finds its place. */
Test(snapshot, restore_keeps_what_stays) {
    peer p, other;
    peer_open_keeping(&p, 1);
    peer_open_keeping(&other, 2);
    yata_type t = text_root(&p);
    write_text(&p, t, 0, "one two");
    yata_snapshot *s = taken(&p);
    write_text(&p, t, 3, "!");
    send_all(&p, &other);
    write_text(&other, text_root(&other), 8, " three");
    OK(yata_snapshot_restore(s, begin(&p)));
    commit(&p);
    expect_text(t, "one two");
    send_all(&other, &p);
    expect_text(t, "one two three");
    yata_snapshot_free(s);
    peer_close(&p);
    peer_close(&other);
}

static void mark(void *ctx, yata_snapshot_change change, yata_id id, yata_value *out) {
    uint32_t *calls = ctx;
    *out = INT(id.clock * 10 + change);
    (*calls)++;
}

static void expect_past(const yata_snapshot *s, const yata_snapshot *before, yata_type t, yata_snapshot_change_fn fn,
                        const char *json) {
    yata_delta *delta;
    yata_buffer out;
    uint32_t calls = 0;
    yata_buffer_init(&out, NULL);
    OK(yata_delta_new(NULL, &delta));
    OK(yata_snapshot_text(s, before, t, fn, &calls, delta));
    cr_assert_eq(calls > 0, fn != NULL);
    OK(yata_delta_to_json(delta, &out));
    expect_seen(&out, json);
    yata_delta_free(delta);
    yata_buffer_free(&out);
}

/* The answers are those of yjs. */
Test(snapshot, marks) {
    peer p;
    peer_open_keeping(&p, 1);
    yata_type t = text_root(&p);
    write_text(&p, t, 0, "abcd");
    yata_snapshot *old = taken(&p);
    erase_text(&p, t, 1, 1);
    write_text(&p, t, 3, "X");
    yata_snapshot *now = taken(&p);
    expect_past(old, NULL, t, NULL, "[{\"insert\":\"abcd\"}]");
    expect_past(now, NULL, t, NULL, "[{\"insert\":\"acdX\"}]");
    expect_past(now, old, t, NULL,
                "[{\"insert\":\"a\"},{\"insert\":\"b\",\"attributes\":{\"ychange\":{\"type\":\"removed\"}}},"
                "{\"insert\":\"cd\"},{\"insert\":\"X\",\"attributes\":{\"ychange\":{\"type\":\"added\"}}}]");
    expect_past(now, old, t, mark,
                "[{\"insert\":\"a\"},{\"insert\":\"b\",\"attributes\":{\"ychange\":10}},"
                "{\"insert\":\"cd\"},{\"insert\":\"X\",\"attributes\":{\"ychange\":41}}]");
    expect_past(NULL, now, t, NULL, "[{\"insert\":\"acdX\"}]");
    yata_delta *delta;
    OK(yata_delta_new(NULL, &delta));
    FAILS(YATA_ERR_TYPE, yata_snapshot_text(now, NULL, map_root(&p), NULL, NULL, delta));
    FAILS(YATA_ERR_ARGUMENT, yata_snapshot_text(now, NULL, t, NULL, NULL, NULL));
    yata_delta_free(delta);
    yata_snapshot_free(old);
    yata_snapshot_free(now);
    peer_close(&p);
}

/* Elements that came in one item with later ones are told apart, where yjs shows all or none of them (quirks, Q74). */
Test(snapshot, parts_of_items) {
    peer p;
    peer_open_keeping(&p, 1);
    yata_type a = array_root(&p);
    put_int(&p, a, 0, 1);
    put_int(&p, a, 1, 2);
    yata_snapshot *s = taken(&p);
    put_int(&p, a, 2, 3);
    erase_array(&p, a, 0, 1);
    cr_assert_eq(block_count(&p), 2);
    yata_snapshot_list list;
    yata_value value;
    OK(yata_snapshot_list_init(&list, s, a));
    for (int64_t i = 1; i <= 2; i++) {
        cr_assert(yata_snapshot_list_next(&list, &value));
        cr_assert_eq(value.u.integer, i);
    }
    cr_assert_not(yata_snapshot_list_next(&list, &value));
    FAILS(YATA_ERR_TYPE, yata_snapshot_list_init(&list, s, map_root(&p)));
    cr_assert_not(yata_snapshot_list_next(&list, &value));
    FAILS(YATA_ERR_ARGUMENT, yata_snapshot_list_init(&list, NULL, a));
    yata_snapshot_free(s);
    peer_close(&p);
}

/* A type that is deleted now can be read as it was. */
Test(snapshot, deleted_types) {
    peer p;
    open_edited(&p);
    yata_snapshot *s = taken(&p);
    erase_array(&p, array_root(&p), 0, 1);
    set_int(&p, map_root(&p), "k", 7);
    yata_snapshot_list list;
    yata_snapshot_map map;
    yata_value value;
    yata_str key;
    OK(yata_snapshot_list_init(&list, s, array_root(&p)));
    cr_assert(yata_snapshot_list_next(&list, &value));
    cr_assert_eq(value.kind, YATA_VALUE_TYPE);
    cr_assert_not(yata_type_alive(value.u.type));
    OK(yata_snapshot_map_init(&map, s, value.u.type));
    cr_assert(yata_snapshot_map_next(&map, &key, &value));
    cr_assert(key.len == 1 && value.u.integer == 1);
    cr_assert_not(yata_snapshot_map_next(&map, &key, &value));
    OK(yata_snapshot_map_get(s, map_root(&p), STR("k"), &value));
    OK(yata_snapshot_list_init(&list, s, value.u.type));
    cr_assert(yata_snapshot_list_next(&list, &value));
    cr_assert_eq(value.u.integer, 5);
    FAILS(YATA_ERR_NOT_FOUND, yata_snapshot_map_get(s, map_root(&p), STR("l"), &value));
    FAILS(YATA_ERR_TYPE, yata_snapshot_map_get(s, array_root(&p), STR("k"), &value));
    yata_snapshot_free(s);
    peer_close(&p);
}
