/* SPDX-License-Identifier: MIT */
/*
 * update_v2.c - any bytes as an update of format v2, for a document chosen by the first byte.
 *
 * Refused bytes change nothing. Accepted ones leave a sound document, which is stored in format v2 and loaded as the
 * same; and they do the same when they come in the form in which Yata writes them.
 */
#include "target.h"

/* What yjs wrote, in v1: nothing; text among tombstones; nested types; a block that waits for another client. */
static const char *const bases[] = {
    "0000",
    "01050100040101740161810100048401040166c10104010501c401060105015901010201040601",
    "010701002701016d016d01280001000171017d012701016d01610008000102017d012701016d017402040001040574f09f91"
    "8d2700010001640100",
    "0108010004010174016184010001620a018401020164840103016584010401662701016d016b0008000106027d017d020101"
    "010103",
};

static counted_memory memory;

static yata_doc *make(const char *base) {
    yata_allocator allocator = counted_allocator(&memory);
    yata_doc_options options = target_options(&allocator);
    yata_doc *doc;
    yata_buffer bytes;
    yata_buffer_init(&bytes, NULL);
    hex_append(&bytes, base);
    REQUIRE(yata_doc_new(&options, &doc) == YATA_OK);
    REQUIRE(yata_doc_apply(doc, bytes_of(&bytes), no_bytes(), NULL) == YATA_OK);
    yata_buffer_free(&bytes);
    return doc;
}

static void count_event(void *ctx, yata_doc *doc, const yata_txn *txn, yata_bytes update) {
    (void)doc, (void)txn;
    REQUIRE(yata_update_check_v2(update, NULL).status == YATA_OK);
    ++*(uint32_t *)ctx;
}

static yata_buffer state_of(const yata_doc *doc) {
    yata_buffer out;
    yata_buffer_init(&out, NULL);
    REQUIRE(yata_doc_encode_state_v2(doc, &out) == YATA_OK);
    return out;
}

static void require_loads(const yata_doc *doc, yata_bytes state) {
    yata_buffer vector, again;
    yata_buffer_init(&vector, NULL);
    yata_buffer_init(&again, NULL);
    yata_doc *copy = make("0000");
    REQUIRE(yata_doc_apply_v2(copy, state, no_bytes(), NULL) == YATA_OK);
    require_valid(copy);
    REQUIRE(yata_doc_encode_state_vector(doc, &vector) == YATA_OK);
    REQUIRE(yata_doc_encode_state_vector(copy, &again) == YATA_OK);
    require_equal("state vectors", &vector, &again);
    yata_doc_free(copy);
    yata_buffer_free(&vector);
    yata_buffer_free(&again);
}

static void require_same_in_usual_form(const char *base, yata_bytes update, const yata_buffer *state) {
    yata_buffer usual;
    yata_buffer_init(&usual, NULL);
    REQUIRE(yata_update_convert(update, YATA_UPDATE_V2, YATA_UPDATE_V2, &usual, NULL) == YATA_OK);
    yata_doc *twin = make(base);
    REQUIRE(yata_doc_apply_v2(twin, bytes_of(&usual), no_bytes(), NULL) == YATA_OK);
    yata_buffer twin_state = state_of(twin);
    require_equal("states", state, &twin_state);
    yata_doc_free(twin);
    yata_buffer_free(&usual);
    yata_buffer_free(&twin_state);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    if (size == 0) return 0;
    uint8_t *bytes = malloc(size - 1 ? size - 1 : 1); /* exact, so that a sanitizer sees a read beyond */
    REQUIRE(bytes);
    memcpy(bytes, data + 1, size - 1);
    yata_bytes update = {bytes, size - 1};
    const char *base = bases[data[0] % (sizeof bases / sizeof *bases)];
    uint32_t events = 0, subscription;
    yata_doc *doc = make(base);
    yata_buffer before = state_of(doc);
    REQUIRE(yata_doc_observe_update_v2(doc, count_event, &events, &subscription) == YATA_OK);
    yata_status status = yata_doc_apply_v2(doc, update, no_bytes(), NULL);
    yata_status checked = yata_update_check_v2(update, NULL).status;
    require_valid(doc);
    yata_buffer after = state_of(doc);
    if (status == YATA_OK) {
        REQUIRE(checked == YATA_OK);
        require_loads(doc, bytes_of(&after));
        require_same_in_usual_form(base, update, &after);
    } else {
        REQUIRE(checked == status || status == YATA_ERR_LIMIT);
        REQUIRE(events == 0);
        require_equal("states", &before, &after);
    }
    yata_buffer_free(&before);
    yata_buffer_free(&after);
    yata_doc_free(doc);
    REQUIRE(memory.live == 0);
    free(bytes);
    return 0;
}
