/* SPDX-License-Identifier: MIT */
/*
 * json_path.c - any text as a path.
 *
 * Refused with a place in the text, or compiled; then it walks a document to its end, twice with the same results, and
 * changes nothing. Memory of a compiled path is bounded by its length.
 */
#include "target.h"

enum { RESULTS = 100000 };

static yata_doc *open_doc(const yata_allocator *allocator) {
    static const char json[] = "{\"a\":[1,{\"b\":{\"a\":2}},[]],\"b\":\"x\"}";
    yata_doc_options options = target_options(allocator);
    yata_doc *doc;
    yata_txn *txn;
    yata_type m, a, n, x, e;
    yata_buffer bytes;
    yata_value value;
    yata_buffer_init(&bytes, allocator);
    REQUIRE(yata_value_from_json(str_of(json), &bytes, &value, NULL) == YATA_OK);
    REQUIRE(yata_doc_new(&options, &doc) == YATA_OK);
    REQUIRE(yata_doc_root(doc, str_of("m"), YATA_KIND_MAP, &m) == YATA_OK);
    REQUIRE(yata_doc_root(doc, str_of("x"), YATA_KIND_XML_FRAGMENT, &x) == YATA_OK);
    REQUIRE(yata_txn_begin(doc, no_bytes(), &txn) == YATA_OK);
    REQUIRE(yata_map_set(m, txn, str_of("a"), &value) == YATA_OK);
    REQUIRE(yata_map_set_type(m, txn, str_of("b"), YATA_KIND_ARRAY, str_of(""), &a) == YATA_OK);
    for (int i = 0; i < 3; i++) REQUIRE(yata_array_push(a, txn, &value, 1) == YATA_OK);
    REQUIRE(yata_array_delete(a, txn, 1, 1) == YATA_OK);
    REQUIRE(yata_array_push_type(a, txn, YATA_KIND_MAP, str_of(""), &n) == YATA_OK);
    REQUIRE(yata_map_set(n, txn, str_of("a"), &value) == YATA_OK);
    REQUIRE(yata_xml_push(x, txn, YATA_KIND_XML_ELEMENT, str_of("p"), &e) == YATA_OK);
    REQUIRE(yata_map_set(e, txn, str_of("a"), &value) == YATA_OK);
    REQUIRE(yata_xml_push(e, txn, YATA_KIND_XML_TEXT, str_of(""), NULL) == YATA_OK);
    REQUIRE(yata_txn_commit(txn) == YATA_OK);
    yata_buffer_free(&bytes);
    return doc;
}

static uint32_t walk(const yata_json_path *path, yata_doc *doc, yata_buffer *seen) {
    yata_json_path_walk *w;
    yata_value value;
    uint32_t n = 0;
    REQUIRE(yata_json_path_select(path, doc, NULL, &w) == YATA_OK);
    for (; n < RESULTS && yata_json_path_next(w, &value); n++)
        if (seen->len < 4096) REQUIRE(yata_value_to_json(&value, seen) == YATA_OK);
    REQUIRE(yata_json_path_status(w) == YATA_OK);
    yata_json_path_end(w);
    return n;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    counted_memory memory = {0};
    yata_allocator allocator = counted_allocator(&memory);
    yata_json_path *path;
    yata_fault fault;
    yata_status status = yata_json_path_compile((yata_str){(const char *)data, size}, &allocator, &path, &fault);
    REQUIRE(status == fault.status && fault.offset <= size);
    REQUIRE(memory.peak <= 128 * size + 1024);
    if (!status && size < 256) {
        yata_doc *doc = open_doc(&allocator);
        yata_buffer before, after, first, second;
        yata_buffer_init(&before, &allocator);
        yata_buffer_init(&after, &allocator);
        yata_buffer_init(&first, &allocator);
        yata_buffer_init(&second, &allocator);
        REQUIRE(yata_doc_encode_state(doc, &before) == YATA_OK);
        uint32_t n = walk(path, doc, &first);
        if (n < RESULTS) REQUIRE(walk(path, doc, &second) == n);
        if (n < RESULTS) require_equal("two walks", &first, &second);
        REQUIRE(yata_doc_encode_state(doc, &after) == YATA_OK);
        require_equal("the states", &before, &after);
        yata_buffer_free(&before);
        yata_buffer_free(&after);
        yata_buffer_free(&first);
        yata_buffer_free(&second);
        yata_doc_free(doc);
    }
    yata_json_path_free(path);
    REQUIRE(memory.live == 0);
    return 0;
}
