/* SPDX-License-Identifier: MIT */
/*
 * update.c - one update from a stranger.
 *
 * Refused: the document is as it was. Accepted: the document is valid, a second apply changes nothing, the readable
 * form can be printed, and its state, loaded elsewhere, gives the same state again.
 */
#include "target.h"

static void refused(const yata_doc *doc) {
    yata_buffer state;
    yata_buffer_init(&state, NULL);
    REQUIRE(yata_doc_encode_state(doc, &state) == YATA_OK);
    REQUIRE(state.len == 2 && state.data[0] == 0 && state.data[1] == 0);
    yata_buffer_free(&state);
}

static void accepted(yata_doc *doc, yata_bytes update, const yata_allocator *allocator) {
    yata_buffer state, again, text;
    yata_buffer_init(&state, NULL);
    yata_buffer_init(&again, NULL);
    yata_buffer_init(&text, NULL);
    REQUIRE(yata_doc_encode_state(doc, &state) == YATA_OK);
    REQUIRE(yata_doc_to_json(doc, &text) == YATA_OK);
    REQUIRE(yata_update_log(update, &text, NULL) == YATA_OK);

    REQUIRE(yata_doc_apply(doc, update, no_bytes(), NULL) == YATA_OK);
    require_valid(doc);
    REQUIRE(yata_doc_encode_state(doc, &again) == YATA_OK);
    require_equal("the state, and that after the same update again", &state, &again);

    yata_doc_options options = target_options(allocator);
    yata_doc *copy;
    REQUIRE(yata_doc_new(&options, &copy) == YATA_OK);
    REQUIRE(yata_doc_apply(copy, bytes_of(&state), no_bytes(), NULL) == YATA_OK);
    require_valid(copy);
    again.len = 0;
    REQUIRE(yata_doc_encode_state(copy, &again) == YATA_OK);
    require_equal("the state, and that of a document loaded from it", &state, &again);
    yata_doc_free(copy);

    yata_buffer_free(&text);
    yata_buffer_free(&again);
    yata_buffer_free(&state);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    counted_memory memory = {0};
    yata_allocator allocator = counted_allocator(&memory);
    yata_doc_options options = target_options(&allocator);
    yata_bytes update = {data, size};
    yata_apply_result result;
    yata_doc *doc;

    yata_fault fault = yata_update_check(update, &allocator);
    REQUIRE(memory.live == 0 && fault.offset <= size);
    REQUIRE(yata_doc_new(&options, &doc) == YATA_OK);
    yata_status status = yata_doc_apply(doc, update, no_bytes(), &result);
    require_valid(doc);
    REQUIRE(status == fault.status);
    if (status)
        refused(doc);
    else
        accepted(doc, update, &allocator);
    yata_doc_free(doc);
    REQUIRE(memory.live == 0);
    return 0;
}
