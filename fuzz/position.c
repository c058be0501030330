/* SPDX-License-Identifier: MIT */
/*
 * position.c - any bytes as a relative position, and as the JSON of one.
 *
 * What is accepted is written in both forms and reads back as the same. Resolved in a small document it gives a place
 * that exists, or says why not.
 */
#include "target.h"

static void check_place(yata_doc *doc, const yata_position *p, bool follow) {
    yata_type type = {NULL, 0, 0};
    uint32_t index = 0;
    yata_status status = yata_position_resolve(p, doc, follow, &type, &index);
    REQUIRE(status == YATA_OK || status == YATA_ERR_NOT_FOUND || status == YATA_ERR_GONE);
    if (status || !yata_type_alive(type)) {
        REQUIRE(index == 0);
        return;
    }
    yata_position again;
    yata_kind kind;
    REQUIRE(yata_type_kind(type, &kind) == YATA_OK);
    status = yata_position_from_index(type, index, p->assoc, &again);
    if (kind == YATA_KIND_MAP) return; /* of an entry: no place of a sequence */
    REQUIRE(status == YATA_OK);
    uint32_t same = 0;
    REQUIRE(yata_position_resolve(&again, doc, follow, NULL, &same) == YATA_OK);
    REQUIRE(same == index);
}

static void check_places(const yata_position *p, const yata_allocator *allocator) {
    /* By yjs, client 1: "a", an emoji, "b", which is deleted; an array [text "x", 7]; a map {k: 1}. */
    static const uint8_t update[] = {0x01, 0x06, 0x01, 0x00, 0x04, 0x01, 0x01, 0x74, 0x05, 0x61, 0xf0, 0x9f, 0x98,
                                     0x80, 0x81, 0x01, 0x02, 0x01, 0x07, 0x01, 0x01, 0x61, 0x02, 0x88, 0x01, 0x04,
                                     0x01, 0x7d, 0x07, 0x04, 0x00, 0x01, 0x04, 0x01, 0x78, 0x28, 0x01, 0x01, 0x6d,
                                     0x01, 0x6b, 0x01, 0x7d, 0x01, 0x01, 0x01, 0x01, 0x03, 0x01};
    for (int unit = 0; unit < 3; unit++) {
        yata_doc_options options = target_options(allocator);
        options.offset_unit = (yata_offset_unit)unit;
        options.keep_deleted = unit == 1;
        yata_doc *doc;
        REQUIRE(yata_doc_new(&options, &doc) == YATA_OK);
        yata_type roots[3];
        REQUIRE(yata_doc_root(doc, str_of("t"), YATA_KIND_TEXT, &roots[0]) == YATA_OK);
        REQUIRE(yata_doc_root(doc, str_of("a"), YATA_KIND_ARRAY, &roots[1]) == YATA_OK);
        REQUIRE(yata_doc_root(doc, str_of("m"), YATA_KIND_MAP, &roots[2]) == YATA_OK);
        REQUIRE(yata_doc_apply(doc, (yata_bytes){update, sizeof update}, no_bytes(), NULL) == YATA_OK);
        check_place(doc, p, true);
        check_place(doc, p, false);
        yata_doc_free(doc);
    }
}

static void check_forms(const yata_position *p, const yata_allocator *allocator) {
    yata_buffer bytes, json, name;
    yata_position by_bytes, by_json;
    yata_buffer_init(&bytes, allocator);
    yata_buffer_init(&json, allocator);
    yata_buffer_init(&name, allocator);
    REQUIRE(yata_position_encode(p, &bytes) == YATA_OK);
    REQUIRE(yata_position_to_json(p, &json) == YATA_OK);
    REQUIRE(yata_position_decode(bytes_of(&bytes), &by_bytes, NULL) == YATA_OK);
    REQUIRE(yata_position_from_json(str_from(bytes_of(&json)), &name, &by_json, NULL) == YATA_OK);
    REQUIRE(yata_position_equal(p, &by_json));
    size_t len = bytes.len;
    REQUIRE(yata_position_encode(&by_bytes, &bytes) == YATA_OK);
    REQUIRE(bytes.len == 2 * len && memcmp(bytes.data, bytes.data + len, len) == 0);
    yata_buffer_free(&bytes);
    yata_buffer_free(&json);
    yata_buffer_free(&name);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    counted_memory memory = {0};
    yata_allocator allocator = counted_allocator(&memory);
    yata_fault fault = {YATA_OK, 0};
    yata_position p;
    yata_buffer name;
    yata_buffer_init(&name, &allocator);
    yata_status status = yata_position_decode((yata_bytes){data, size}, &p, &fault);
    REQUIRE(status == fault.status && fault.offset <= size);
    if (!status) {
        check_forms(&p, &allocator);
        check_places(&p, &allocator);
    }
    status = yata_position_from_json((yata_str){(const char *)data, size}, &name, &p, &fault);
    REQUIRE(status == fault.status && fault.offset <= size);
    if (!status) {
        check_forms(&p, &allocator);
        check_places(&p, &allocator);
    }
    yata_buffer_free(&name);
    REQUIRE(memory.live == 0);
    return 0;
}
