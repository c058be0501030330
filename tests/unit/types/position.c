/* SPDX-License-Identifier: MIT */
/* position.c - relative positions. Bytes and JSON are those of yjs 13.6.33; random places: tests/differential/history.
 */
#include "../peer.h"

#include <yata/position.h>

#define EMOJI "\xF0\x9F\x98\x80"

static yata_position at(yata_type type, uint32_t index, int64_t assoc) {
    yata_position p;
    OK(yata_position_from_index(type, index, assoc, &p));
    return p;
}

static void expect_written(const yata_position *p, const char *hex, const char *json) {
    yata_buffer out;
    yata_buffer_init(&out, NULL);
    OK(yata_position_encode(p, &out));
    expect_bytes(&out, hex);
    out.len = 0;
    OK(yata_position_to_json(p, &out));
    expect_seen(&out, json);
    yata_buffer_free(&out);
}

static void expect_place(const peer *p, const yata_position *position, yata_type type, uint32_t index) {
    yata_type seen;
    uint32_t i = 99;
    OK(yata_position_resolve(position, p->doc, true, &seen, &i));
    cr_assert_eq(seen.ref, type.ref);
    cr_assert_eq(i, index);
}

static yata_status resolve(const peer *p, const yata_position *position) {
    return yata_position_resolve(position, p->doc, true, NULL, NULL);
}

Test(position, bytes_and_json) {
    peer p;
    peer_open(&p, 1);
    yata_type t = text_root(&p), a = array_root(&p);
    write_text(&p, t, 0, "abc");
    yata_type n = put_type(&p, a, 0, YATA_KIND_TEXT, "");
    yata_position q = at(t, 1, 0);
    expect_written(&q, "00 01 01 00", "{\"tname\":\"t\",\"item\":{\"client\":1,\"clock\":1},\"assoc\":0}");
    q = at(t, 1, -1);
    expect_written(&q, "00 01 00 41", "{\"tname\":\"t\",\"item\":{\"client\":1,\"clock\":0},\"assoc\":-1}");
    q = at(t, 3, 0);
    expect_written(&q, "01 01 74 00", "{\"tname\":\"t\",\"assoc\":0}");
    q = at(t, 0, -1);
    expect_written(&q, "01 01 74 41", "{\"tname\":\"t\",\"assoc\":-1}");
    q = at(n, 0, 0);
    expect_written(&q, "02 01 03 00", "{\"type\":{\"client\":1,\"clock\":3},\"assoc\":0}");
    write_text(&p, n, 0, "x");
    q = at(n, 0, 9007199254740991);
    expect_written(
        &q, "00 01 04 bf ff ff ff ff ff ff 1f",
        "{\"type\":{\"client\":1,\"clock\":3},\"item\":{\"client\":1,\"clock\":4},\"assoc\":9007199254740991}");
    yata_type quoted = root(&p, "\"\n", YATA_KIND_TEXT);
    q = at(quoted, 0, 0);
    expect_written(&q, "01 02 22 0a 00", "{\"tname\":\"\\\"\\n\",\"assoc\":0}");
    peer_close(&p);
}

Test(position, stays) {
    peer p;
    peer_open(&p, 1);
    yata_type t = text_root(&p);
    write_text(&p, t, 0, "abcd");
    yata_position before = at(t, 2, -1), behind = at(t, 2, 0), end = at(t, 4, 0), start = at(t, 0, -1);
    write_text(&p, t, 2, "XY");
    expect_place(&p, &before, t, 2);
    expect_place(&p, &behind, t, 4);
    write_text(&p, t, 6, "!");
    write_text(&p, t, 0, "<");
    expect_place(&p, &end, t, 8);
    expect_place(&p, &start, t, 0);
    erase_text(&p, t, 2, 4); /* <acd! -> the anchors "b" and "c" are gone */
    expect_text(t, "<ad!");
    expect_place(&p, &before, t, 2);
    expect_place(&p, &behind, t, 2);
    peer_close(&p);
}

Test(position, deleted_types) {
    for (int keep = 0; keep < 2; keep++) {
        peer p;
        if (keep)
            peer_open_keeping(&p, 1);
        else
            peer_open(&p, 1);
        yata_type a = array_root(&p), n = put_type(&p, a, 0, YATA_KIND_TEXT, "");
        write_text(&p, n, 0, "abc");
        yata_position inside = at(n, 2, 0), end = at(n, 3, 0);
        erase_array(&p, a, 0, 1);
        yata_type seen;
        uint32_t index = 99;
        if (keep) { /* as in Yjs: the type that is gone, index 0 */
            OK(yata_position_resolve(&inside, p.doc, true, &seen, &index));
            cr_assert_eq(seen.ref, n.ref);
            cr_assert_eq(index, 0);
            cr_assert_not(yata_type_alive(seen));
            OK(resolve(&p, &end));
        } else {
            FAILS(YATA_ERR_GONE, resolve(&p, &inside));
            FAILS(YATA_ERR_GONE, resolve(&p, &end));
        }
        FAILS(YATA_ERR_GONE, yata_position_from_index(n, 0, 0, &inside));
        peer_close(&p);
    }
}

Test(position, units) {
    static const uint32_t lengths[] = {5, 9, 4}, behind_emoji[] = {3, 5, 2};
    for (int u = 0; u < 3; u++) {
        peer p;
        peer_open_unit(&p, 1, (yata_offset_unit)u);
        yata_type t = text_root(&p);
        write_text(&p, t, 0, "a" EMOJI "\xC3\xA9\xC3\xA9");
        yata_position q = at(t, behind_emoji[u], 0);
        expect_written(&q, "00 01 03 00", "{\"tname\":\"t\",\"item\":{\"client\":1,\"clock\":3},\"assoc\":0}");
        expect_place(&p, &q, t, behind_emoji[u]);
        q = at(t, behind_emoji[u], -1);
        expect_written(&q, "00 01 02 41", "{\"tname\":\"t\",\"item\":{\"client\":1,\"clock\":2},\"assoc\":-1}");
        expect_place(&p, &q, t, behind_emoji[u]);
        q = at(t, lengths[u], 0);
        cr_assert_not(q.has_item);
        expect_place(&p, &q, t, lengths[u]);
        FAILS(YATA_ERR_RANGE, yata_position_from_index(t, lengths[u] + 1, 0, &q));
        q = (yata_position){.has_item = true, .item = {1, 2}}; /* the second half of the pair */
        expect_place(&p, &q, t, u == YATA_OFFSET_UTF16 ? 2 : 1);
        if (u == YATA_OFFSET_UTF8) FAILS(YATA_ERR_RANGE, yata_position_from_index(t, 3, 0, &q));
        peer_close(&p);
    }
}

Test(position, what_is_not_there) {
    peer p;
    peer_open(&p, 1);
    yata_type t = text_root(&p), a = array_root(&p);
    write_text(&p, t, 0, "abc");
    put_int(&p, a, 0, 5);
    yata_position q = {.has_item = true, .item = {1, 4}};
    FAILS(YATA_ERR_NOT_FOUND, resolve(&p, &q));
    q.item = (yata_id){2, 0};
    FAILS(YATA_ERR_NOT_FOUND, resolve(&p, &q));
    q = (yata_position){.has_type = true, .type = {1, 7}};
    FAILS(YATA_ERR_NOT_FOUND, resolve(&p, &q));
    q.type.clock = 1; /* a letter is no type */
    FAILS(YATA_ERR_GONE, resolve(&p, &q));
    q = (yata_position){.has_root = true, .root = STR("nobody")};
    FAILS(YATA_ERR_NOT_FOUND, resolve(&p, &q));
    cr_assert_eq(yata_doc_root_count(p.doc), 2, "asking makes no root");
    q = (yata_position){.assoc = 1};
    FAILS(YATA_ERR_ARGUMENT, resolve(&p, &q));
    FAILS(YATA_ERR_ARGUMENT, resolve(&p, NULL));
    FAILS(YATA_ERR_ARGUMENT, yata_position_resolve(&(yata_position){.has_item = true}, NULL, true, NULL, NULL));
    FAILS(YATA_ERR_ARGUMENT, yata_position_from_index(t, 0, INT64_C(1) << 53, &q));
    FAILS(YATA_ERR_ARGUMENT, yata_position_from_index(t, 0, 0, NULL));
    yata_buffer out;
    yata_buffer_init(&out, NULL);
    FAILS(YATA_ERR_ARGUMENT, yata_position_encode(&q, &out));
    FAILS(YATA_ERR_ARGUMENT, yata_position_to_json(&q, &out));
    q = (yata_position){.has_item = true, .item = {UINT64_C(1) << 53, 0}};
    FAILS(YATA_ERR_ARGUMENT, yata_position_encode(&q, &out));
    cr_assert_eq(out.len, 0);
    peer_close(&p);
}

static void expect_fault(const char *hex, yata_status status, size_t offset) {
    yata_buffer bytes = bytes_from(hex);
    yata_bytes exact = exact_copy(bytes_of(&bytes));
    yata_position q = {.assoc = 77};
    yata_fault fault = {YATA_OK, 0};
    FAILS(status, yata_position_decode(exact, &q, &fault));
    cr_assert_eq(fault.status, status);
    cr_assert_eq(fault.offset, offset);
    cr_assert(status == YATA_OK || q.assoc == 77, "nothing is written");
    free((void *)exact.data);
    yata_buffer_free(&bytes);
}

Test(position, bad_bytes) {
    expect_fault("", YATA_ERR_END, 0);
    expect_fault("03", YATA_ERR_KIND, 0);
    expect_fault("80 80", YATA_ERR_END, 2);
    expect_fault("00 01", YATA_ERR_END, 2);
    expect_fault("00 01 ffffffff 1f", YATA_ERR_LIMIT, 2);
    expect_fault("00 ffffffffffffffff 7f 00", YATA_ERR_NUMBER, 1);
    expect_fault("01 05 61", YATA_ERR_END, 1);
    expect_fault("01 02 61 ff 00", YATA_ERR_UTF8, 3);
    expect_fault("02 01 01 80", YATA_ERR_END, 4);
    expect_fault("02 01 01", YATA_OK, 0);
    expect_fault("02 01 01 00 ff ff", YATA_OK, 0);
}

static yata_status parse(const char *json, yata_position *out) {
    yata_buffer name;
    yata_buffer_init(&name, NULL);
    yata_fault fault;
    yata_status status = yata_position_from_json(str_of(json), &name, out, &fault);
    cr_assert_eq(fault.status, status);
    yata_buffer_free(&name);
    return status;
}

Test(position, json) {
    yata_position q;
    OK(parse("{\"item\":{\"client\":5,\"clock\":7,\"more\":[]}}", &q));
    cr_assert(q.has_item && !q.has_type && !q.has_root && q.item.client == 5 && q.item.clock == 7 && q.assoc == 0);
    OK(parse(
        " {\"type\":{\"clock\":1e1,\"client\":9007199254740991},\"item\":null,\"tname\":null,\"assoc\":-1,\"x\":1} ",
        &q));
    cr_assert(!q.has_item && q.has_type && q.type.client == YT_CLIENT_MAX && q.type.clock == 10 && q.assoc == -1);
    OK(parse("{\"tname\":\"\",\"assoc\":null}", &q));
    cr_assert(q.has_root && q.root.len == 0 && q.assoc == 0);
    static const char *const values[] = {
        "{}",
        "[]",
        "null",
        "{\"item\":null,\"type\":null}",
        "{\"item\":5}",
        "{\"item\":{}}",
        "{\"item\":{\"client\":1}}",
        "{\"item\":{\"client\":1,\"clock\":-1}}",
        "{\"item\":{\"client\":1,\"clock\":1.5}}",
        "{\"item\":{\"client\":1,\"clock\":4294967296}}",
        "{\"item\":{\"client\":9007199254740992,\"clock\":1}}",
        "{\"type\":{\"client\":\"1\",\"clock\":1}}",
        "{\"tname\":1}",
        "{\"tname\":\"t\",\"assoc\":\"0\"}",
        "{\"tname\":\"t\",\"assoc\":0.5}",
        "{\"tname\":\"t\",\"assoc\":1e300}",
    };
    for (size_t i = 0; i < sizeof values / sizeof *values; i++)
        cr_assert_eq(parse(values[i], &q), YATA_ERR_VALUE, "%s", values[i]);
    FAILS(YATA_ERR_JSON, parse("{\"item\"", &q));
    FAILS(YATA_ERR_ARGUMENT, yata_position_from_json(STR("{}"), NULL, &q, NULL));
}

/* The name stands in the caller's buffer, behind what was there. */
Test(position, name_in_json) {
    yata_buffer name;
    yata_position q;
    yata_buffer_init(&name, NULL);
    OK(yata_buffer_append(&name, "before", 6));
    OK(yata_position_from_json(STR("{\"tname\":\"\\u00e9\\n\",\"assoc\":3}"), &name, &q, NULL));
    cr_assert_eq(name.len, 9);
    cr_assert(q.root.len == 3 && !memcmp(q.root.data, "\xC3\xA9\n", 3) && q.assoc == 3);
    yata_buffer_free(&name);
}

Test(position, equality) {
    yata_position a = {.has_item = true, .item = {1, 2}, .has_root = true, .root = STR("t")}, b = a;
    cr_assert(yata_position_equal(&a, &b) && yata_position_equal(NULL, NULL) && !yata_position_equal(&a, NULL));
    b.assoc = -1;
    cr_assert_not(yata_position_equal(&a, &b));
    b = a;
    b.root = STR("u");
    cr_assert_not(yata_position_equal(&a, &b));
    b = a;
    b.has_root = false;
    cr_assert_not(yata_position_equal(&a, &b));
    b = a;
    b.item.clock = 3;
    cr_assert_not(yata_position_equal(&a, &b));
    b = a;
    b.has_type = true;
    cr_assert_not(yata_position_equal(&a, &b));
    b = a;
    b.type.clock = 8; /* there is none */
    cr_assert(yata_position_equal(&a, &b));
}

/* Text among the elements of an array counts one for each code unit, in every offset unit. */
Test(position, text_in_arrays) {
    for (int u = 0; u < 3; u++) {
        peer p;
        peer_open_unit(&p, 9, (yata_offset_unit)u);
        OK(take(&p, "01 02 01 00 04 01 01 61 06 c3a9 f09f9880 | 88 01 02 01 7d 05 | 00"));
        yata_type a = array_root(&p);
        yata_position q = at(a, 3, 0);
        cr_assert(q.has_item && q.item.client == 1 && q.item.clock == 3);
        expect_place(&p, &q, a, 3);
        q = at(a, 4, 0);
        expect_place(&p, &q, a, 4);
        q = at(a, 1, 0);
        expect_place(&p, &q, a, 1);
        peer_close(&p);
    }
}
