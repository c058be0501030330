/* SPDX-License-Identifier: MIT */
/*
 * memory.c - one update while memory fails.
 *
 * input := number update; the call of that number (two bytes) to the allocator fails, and with an odd first byte of the
 * update all calls after it. The document must stay valid, and the same update, applied again with memory at
 * hand, must lead where it would have led at once.
 */
#include "target.h"

static void state_of(const yata_doc *doc, yata_buffer *out) {
    yata_buffer_init(out, NULL);
    REQUIRE(yata_doc_encode_state(doc, out) == YATA_OK);
}

static yata_status load(const yata_allocator *allocator, yata_bytes update, yata_doc **out) {
    yata_doc_options options = target_options(allocator);
    REQUIRE(yata_doc_new(&options, out) == YATA_OK);
    return yata_doc_apply(*out, update, no_bytes(), NULL);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    if (size < 3) return 0;
    yata_bytes update = {data + 2, size - 2};
    counted_memory plenty = {0}, scarce = {0};
    yata_allocator good = counted_allocator(&plenty), bad = counted_allocator(&scarce);
    yata_doc *expected, *doc;
    yata_doc_options options = target_options(&bad);

    yata_status status = load(&good, update, &expected);
    REQUIRE(yata_doc_new(&options, &doc) == YATA_OK);
    scarce.fail_at = scarce.calls + 1 + (uint64_t)(data[0] | data[1] << 8) % 1024;
    scarce.fail_after = data[2] & 1;
    yata_status first = yata_doc_apply(doc, update, no_bytes(), NULL);
    scarce.fail_at = 0;
    require_valid(doc);
    REQUIRE(first == status || (first == YATA_ERR_MEMORY && scarce.failures > 0));

    REQUIRE(yata_doc_apply(doc, update, no_bytes(), NULL) == status);
    require_valid(doc);
    yata_buffer a, b;
    state_of(expected, &a);
    state_of(doc, &b);
    require_equal("the state, and that after memory failed", &a, &b);
    yata_buffer_free(&a);
    yata_buffer_free(&b);
    yata_doc_free(expected);
    yata_doc_free(doc);
    REQUIRE(plenty.live == 0 && scarce.live == 0);
    return 0;
}
