/* SPDX-License-Identifier: MIT */
/*
 * value.c - bytes that claim to be an array or object come in through the public interface: they are walked, printed
 * and put into a document, and whoever accepts them must have accepted them everywhere.
 */
#include "target.h"

/* Walks all of it; nesting is followed along the first branch only, the rest is printed by to_json. */
static void walk(const yata_value *value) {
    yata_value at = *value, element;
    yata_value_iter iter;
    yata_str key;
    for (;;) {
        REQUIRE(yata_value_iter_init(&iter, &at) == YATA_OK);
        uint32_t n = 0;
        bool nested = false;
        yata_value inner = at;
        while (yata_value_iter_next(&iter, &key, &element)) {
            n++;
            if (!nested && (element.kind == YATA_VALUE_ARRAY || element.kind == YATA_VALUE_OBJECT)) {
                nested = true;
                inner = element;
            }
        }
        REQUIRE(n == yata_value_count(&at));
        if (!nested) return;
        at = inner;
    }
}

static void try_as(yata_value_kind kind, yata_bytes bytes) {
    counted_memory memory = {0};
    yata_allocator allocator = counted_allocator(&memory);
    yata_doc_options options = target_options(&allocator);
    yata_value value = {.kind = kind, .u.any = bytes};
    yata_value_iter iter;
    yata_doc *doc;
    yata_txn *txn;
    yata_type array;
    bool good = yata_value_iter_init(&iter, &value) == YATA_OK;

    REQUIRE(yata_doc_new(&options, &doc) == YATA_OK);
    REQUIRE(yata_doc_root(doc, str_of("a"), YATA_KIND_ARRAY, &array) == YATA_OK);
    REQUIRE(yata_txn_begin(doc, no_bytes(), &txn) == YATA_OK);
    yata_status status = yata_array_insert(array, txn, 0, &value, 1);
    REQUIRE((status == YATA_OK) == good);
    REQUIRE(yata_txn_commit(txn) == YATA_OK);
    require_valid(doc);
    if (good) {
        yata_buffer given, stored;
        yata_value back;
        yata_buffer_init(&given, &allocator);
        yata_buffer_init(&stored, &allocator);
        walk(&value);
        REQUIRE(yata_array_get(array, 0, &back) == YATA_OK);
        walk(&back);
        REQUIRE(yata_value_to_json(&value, &given) == YATA_OK);
        REQUIRE(yata_value_to_json(&back, &stored) == YATA_OK);
        require_equal("a value, and what the document holds", &given, &stored);
        yata_buffer_free(&given);
        yata_buffer_free(&stored);
    }
    yata_doc_free(doc);
    REQUIRE(memory.live == 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    yata_bytes bytes = {data, size};
    try_as(YATA_VALUE_ARRAY, bytes);
    try_as(YATA_VALUE_OBJECT, bytes);
    return 0;
}
