/* SPDX-License-Identifier: MIT */
/* json.c - shared types as JSON. */
#include "../peer.h"

static void expect_json_as(yata_type type, yata_kind kind, const char *expected) {
    yata_buffer out;
    yata_buffer_init(&out, NULL);
    OK(yata_type_to_json_as(type, kind, &out));
    expect_seen(&out, expected);
    yata_buffer_free(&out);
}

Test(json, statuses) {
    peer p;
    peer_open(&p, 1);
    yata_buffer out;
    yata_buffer_init(&out, NULL);
    yata_type m = map_root(&p), none = {NULL, 0, 0};
    yata_value v = PLAIN(TYPE, .u.type = m);
    FAILS(YATA_ERR_ARGUMENT, yata_type_to_json(m, NULL));
    FAILS(YATA_ERR_ARGUMENT, yata_type_to_json(none, &out));
    FAILS(YATA_ERR_ARGUMENT, yata_type_to_json_as(none, YATA_KIND_MAP, &out));
    FAILS(YATA_ERR_ARGUMENT, yata_type_to_json_as(m, YATA_KIND_MAP, NULL));
    FAILS(YATA_ERR_ARGUMENT, yata_type_to_json_as(m, (yata_kind)9, &out));
    FAILS(YATA_ERR_TYPE, yata_type_to_json_as(m, YATA_KIND_ARRAY, &out));
    FAILS(YATA_ERR_ARGUMENT, yata_doc_to_json(NULL, &out));
    FAILS(YATA_ERR_ARGUMENT, yata_doc_to_json(p.doc, NULL));
    FAILS(YATA_ERR_ARGUMENT, yata_value_to_json(NULL, &out));
    FAILS(YATA_ERR_ARGUMENT, yata_value_to_json(&v, NULL));
    cr_assert_eq(out.len, 0);
    OK(yata_value_to_json(&v, &out)); /* a shared type prints its content */
    v = INT(7);
    OK(yata_value_to_json(&v, &out));
    expect_seen(&out, "{}7");
    yata_buffer_free(&out);
    peer_close(&p);
}

/* All roots, nested types, and what JSON lacks. */
Test(json, a_whole_document) {
    peer p;
    peer_open(&p, 1);
    static const uint8_t bytes[] = {1, 2, 3};
    yata_type a = array_root(&p), m = map_root(&p), t = text_root(&p), inner, deep;
    root(&p, "empty", YATA_KIND_UNTYPED);
    root(&p, "quote\"", YATA_KIND_TEXT);
    yata_value values[] = {PLAIN(BINARY, .u.binary = {bytes, 3}), PLAIN(FLOAT, .u.number = -0.0),
                           PLAIN(BIGINT, .u.integer = 5), PLAIN(STRING, .u.string = STR("\n\xE2\x82\xAC\"\\"))};
    yata_value undefined = PLAIN(UNDEFINED, .u.integer = 0);
    begin(&p);
    OK(yata_array_insert(a, p.txn, 0, values, 4));
    OK(yata_array_insert_type(a, p.txn, 1, YATA_KIND_MAP, STR(""), &inner));
    OK(yata_map_set(inner, p.txn, STR("u"), &undefined));
    OK(yata_map_set_type(inner, p.txn, STR("x"), YATA_KIND_XML_FRAGMENT, STR(""), &deep));
    OK(yata_map_set_type(inner, p.txn, STR("h"), YATA_KIND_XML_HOOK, STR("hook"), &deep));
    OK(yata_map_set(deep, p.txn, STR("in"), &values[2]));
    OK(yata_map_set_type(inner, p.txn, STR("a"), YATA_KIND_ARRAY, STR(""), &deep));
    OK(yata_array_push_type(deep, p.txn, YATA_KIND_ARRAY, STR(""), &deep));
    OK(yata_array_push_type(deep, p.txn, YATA_KIND_TEXT, STR(""), &deep));
    OK(yata_text_insert(deep, p.txn, 0, STR("deep")));
    OK(yata_map_set(inner, p.txn, STR("v"), &undefined));
    OK(yata_text_insert(t, p.txn, 0, STR("text")));
    OK(yata_map_set(m, p.txn, STR("k"), &undefined));
    commit(&p);
    expect_doc_json(&p, "{\"a\":[{\"$binary\":\"AQID\"},{\"x\":\"\",\"h\":{\"in\":5},\"a\":[[\"deep\"]]},0,5,"
                        "\"\\n\xE2\x82\xAC\\\"\\\\\"],\"m\":{},\"t\":\"text\",\"quote\\\"\":\"\"}");
    peer_close(&p);
}

/* Legacy JSON, subdocuments, embeds under keys, formats under keys, all from a foreign peer. */
Test(json, foreign_content) {
    peer p;
    peer_open(&p, 1);
    OK(take(&p, "01 03 05 00 02 01 01 61 03 01 31 09 756e646566696e6564 04 6e756c6c" /* [1, undefined, null] */
                "  29 01 01 6d 01 64 04 67756964 7600"                               /* m.d: a subdocument */
                "  24 01 01 6d 01 74 02 6869 00"));                                  /* m.t: a text */
    OK(take(&p, "01 02 06 00 25 01 01 6d 01 65 07 7b2261223a317d"                    /* m.e: an embed */
                "  26 01 01 6d 01 66 01 62 04 74727565 00"));                        /* m.f: a format */
    expect_json(array_root(&p), "[1,null,null]");
    expect_json(map_root(&p), "{\"d\":{\"$doc\":\"guid\"},\"t\":\"hi\",\"e\":{\"a\":1}}");
    peer_close(&p);
}

/* A root that nobody typed, read as one thing and another. */
Test(json, untyped_roots) {
    peer p;
    peer_open(&p, 1);
    OK(take(&p, "01 02 05 00 04 01 01 78 03 616263 28 01 01 78 01 6b 01 7d01 00"));
    yata_type x = root(&p, "x", YATA_KIND_UNTYPED), y = root(&p, "y", YATA_KIND_UNTYPED);
    expect_json(x, "{\"k\":1}");
    expect_json_as(x, YATA_KIND_TEXT, "\"abc\"");
    expect_json_as(x, YATA_KIND_ARRAY, "[\"a\",\"b\",\"c\"]");
    expect_json_as(x, YATA_KIND_MAP, "{\"k\":1}");
    expect_json_as(x, YATA_KIND_XML_HOOK, "{\"k\":1}");
    expect_json_as(x, YATA_KIND_XML_FRAGMENT, "\"abc\"");
    expect_json_as(x, YATA_KIND_XML_TEXT, "\"abc\"");
    expect_json_as(x, YATA_KIND_XML_ELEMENT, "\"<undefined k=\\\"1\\\">abc</undefined>\"");
    expect_json_as(x, YATA_KIND_UNTYPED, "null");
    expect_json(y, "null");
    peer_close(&p);
}

Test(json, pairs_of_surrogates_as_elements) {
    peer p;
    peer_open(&p, 1);
    OK(take(&p, "01 02 05 00 04 01 01 61 0a 61 C3A9 E282AC F09F9880 88 05 04 01 78 00"));
    expect_json(array_root(&p), "[\"a\",\"\xC3\xA9\",\"\xE2\x82\xAC\",\"\\ud83d\",\"\\ude00\",true]");
    peer_close(&p);
}

/* Where there is no memory nothing is appended. */
static yata_status print(const peer *p, counted_memory *memory, int which) {
    yata_allocator allocator = counted_allocator(memory);
    yata_buffer out;
    yata_buffer_init(&out, &allocator);
    yata_type x = {p->doc, 0, 0};
    yata_status status = which == 0   ? yata_doc_to_json(p->doc, &out)
                         : which == 1 ? yata_type_to_json(x, &out)
                                      : yata_type_to_json_as(x, YATA_KIND_XML_FRAGMENT, &out);
    cr_assert_eq(out.len > 0, status == YATA_OK);
    yata_buffer_free(&out);
    cr_assert_eq(memory->live, 0);
    return status;
}

Test(json, without_memory) {
    peer p;
    peer_open(&p, 1);
    OK(take(&p, "01 05 05 00 07 01 01 78 03 01 70 28 00 05 00 01 6b 01 7701 31 07 00 05 00 06 04 00 05 02 02 6869"
                "06 00 05 02 01 62 04 74727565 00"));
    OK(take(&p, "01 02 06 00 08 01 01 61 01 77 01 78 28 01 01 6d 01 6b 01 78 00"));
    for (int which = 0; which < 3; which++) {
        for (uint64_t n = 1;; n++) {
            counted_memory memory = {.fail_at = n};
            yata_status status = print(&p, &memory, which);
            if (!memory.failures) {
                OK(status);
                break;
            }
            FAILS(YATA_ERR_MEMORY, status);
        }
    }
    peer_close(&p);
}
