/* SPDX-License-Identifier: MIT */
/*
 * exchange.c - a conversation: several updates for a document that has been edited, with local edits in between.
 *
 * input := { kind length bytes }*, one byte each for kind and length
 *   kind 0..3: apply the bytes    4: answer the bytes as a state vector    5: type them    6: delete at byte[0]
 * Whatever was accepted, the document stays valid and its state can be loaded elsewhere. A second document with narrow
 * limits is given the same: what it refuses leaves no trace there.
 */
#include "target.h"

enum { NARROW_BYTES = 1200, NARROW_CLIENTS = 2 };

typedef struct conversation {
    yata_doc *doc;
    yata_type text;
} conversation;

static void answer(const conversation *c, yata_bytes vector) {
    yata_buffer out;
    yata_buffer_init(&out, NULL);
    yata_status status = yata_doc_encode_diff(c->doc, vector, &out);
    REQUIRE(status == (vector.len ? yata_state_vector_check(vector).status : YATA_OK)); /* no bytes: no clock */
    REQUIRE(status || yata_update_check(bytes_of(&out), NULL).status == YATA_OK);
    REQUIRE(!status || out.len == 0);
    yata_buffer_free(&out);
}

static void edit(const conversation *c, uint8_t kind, yata_bytes bytes) {
    yata_txn *txn;
    uint32_t len;
    if (yata_text_length(c->text, &len)) return;
    uint32_t at = bytes.len && len ? bytes.data[0] % (len + 1) : 0;
    REQUIRE(yata_txn_begin(c->doc, bytes, &txn) == YATA_OK);
    if (kind == 5) {
        yata_status status = yata_text_insert(c->text, txn, at, str_from(bytes));
        REQUIRE(status == YATA_OK || status == YATA_ERR_UTF8 || status == YATA_ERR_LIMIT);
    } else if (at < len) {
        REQUIRE(yata_text_delete(c->text, txn, at, (len - at + 1) / 2) == YATA_OK);
    }
    REQUIRE(yata_txn_commit(txn) == YATA_OK);
}

static void apply_narrowly(yata_doc *narrow, yata_bytes update) {
    yata_buffer before, after;
    yata_pending waiting, still;
    yata_memory known, then;
    yata_buffer_init(&before, NULL);
    yata_buffer_init(&after, NULL);
    REQUIRE(yata_doc_encode_state(narrow, &before) == YATA_OK);
    yata_doc_pending(narrow, &waiting);
    yata_doc_memory(narrow, &known);
    if (yata_doc_apply(narrow, update, no_bytes(), NULL) != YATA_OK) {
        REQUIRE(yata_doc_encode_state(narrow, &after) == YATA_OK);
        yata_doc_pending(narrow, &still);
        yata_doc_memory(narrow, &then);
        require_equal("the state before and after a refusal", &before, &after);
        REQUIRE(waiting.blocks == still.blocks && waiting.deletes == still.deletes && waiting.bytes == still.bytes);
        REQUIRE(known.item_count == then.item_count && known.client_count == then.client_count);
    }
    yata_doc_memory(narrow, &then);
    REQUIRE(then.client_count <= NARROW_CLIENTS);
    require_valid(narrow);
    yata_buffer_free(&before);
    yata_buffer_free(&after);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    counted_memory memory = {0};
    yata_allocator allocator = counted_allocator(&memory);
    yata_doc_options options = target_options(&allocator);
    conversation c;
    REQUIRE(yata_doc_new(&options, &c.doc) == YATA_OK);
    REQUIRE(yata_doc_root(c.doc, str_of("t"), YATA_KIND_TEXT, &c.text) == YATA_OK);
    yata_doc *narrow;
    options.limits = (yata_limits){.pending_bytes = NARROW_BYTES, .clients = NARROW_CLIENTS};
    REQUIRE(yata_doc_new(&options, &narrow) == YATA_OK);
    options.limits = (yata_limits){0};

    for (size_t at = 0; size - at >= 2;) {
        uint8_t kind = data[at] % 7;
        size_t len = data[at + 1] < size - at - 2 ? data[at + 1] : size - at - 2;
        yata_bytes bytes = {data + at + 2, len};
        if (kind < 4) {
            (void)yata_doc_apply(c.doc, bytes, no_bytes(), NULL);
            apply_narrowly(narrow, bytes);
        } else if (kind == 4)
            answer(&c, bytes);
        else
            edit(&c, kind, bytes);
        require_valid(c.doc);
        at += 2 + len;
    }

    yata_buffer state, vector, other;
    yata_buffer_init(&state, NULL);
    yata_buffer_init(&vector, NULL);
    yata_buffer_init(&other, NULL);
    REQUIRE(yata_doc_encode_state(c.doc, &state) == YATA_OK);
    REQUIRE(yata_doc_encode_state_vector(c.doc, &vector) == YATA_OK);
    yata_doc *copy;
    REQUIRE(yata_doc_new(&options, &copy) == YATA_OK);
    REQUIRE(yata_doc_apply(copy, bytes_of(&state), no_bytes(), NULL) == YATA_OK);
    require_valid(copy);
    REQUIRE(yata_doc_encode_state_vector(copy, &other) == YATA_OK);
    /* Contradicting updates can wait for a parent here which their rest, cut and sent on, does not name any more. And
     * blocks that no peer could have made end where their order of arrival puts them (tests/hostile/README.md). */
    yata_pending pending;
    yata_doc_pending(c.doc, &pending);
    if (!pending.blocks)
        require_equal("the state vector, and that of a document loaded from the state", &vector, &other);

    yata_doc_free(copy);
    yata_doc_free(c.doc);
    yata_doc_free(narrow);
    yata_buffer_free(&other);
    yata_buffer_free(&vector);
    yata_buffer_free(&state);
    REQUIRE(memory.live == 0);
    return 0;
}
