/* SPDX-License-Identifier: MIT */
/* steps.h - what scenarios begin with, and how they note what they see. */
#ifndef YATA_TESTS_STEPS_H
#define YATA_TESTS_STEPS_H

#include "oom/scenario.h"

static inline bool next_random(void *ctx, uint64_t *out) {
    uint64_t *random = ctx;
    *out = *random += 0x9E3779B97F4A7C15u;
    return true;
}

static inline yata_doc *new_doc_with(scenario *s, uint64_t client, yata_doc_options options) {
    options.client_id = client;
    options.allocator = &s->allocator;
    options.random = next_random;
    options.random_ctx = &s->random;
    yata_doc *doc = NULL;
    TRY(yata_doc_new(&options, &doc));
    REQUIRE(s->doc_count < SCENARIO_DOCS);
    return s->docs[s->doc_count++] = doc;
}

static inline yata_doc *new_doc(scenario *s, uint64_t client, yata_offset_unit unit, bool keep_deleted) {
    yata_doc_options options = yata_doc_options_default();
    options.offset_unit = unit;
    options.keep_deleted = keep_deleted;
    return new_doc_with(s, client, options);
}

static inline yata_txn *begin(scenario *s, yata_doc *doc) {
    yata_txn *txn = NULL;
    TRY(yata_txn_begin(doc, (yata_bytes){(const uint8_t *)"origin", 6}, &txn));
    return txn;
}

static inline yata_type root(scenario *s, yata_doc *doc, const char *name, yata_kind kind) {
    yata_type type;
    TRY(yata_doc_root(doc, str_of(name), kind, &type));
    return type;
}

static inline void see(scenario *s, yata_bytes bytes) {
    REQUIRE(yata_buffer_append(&s->seen, bytes.data, bytes.len) == YATA_OK);
    REQUIRE(yata_buffer_append(&s->seen, "\n", 1) == YATA_OK);
}

static inline void see_json(scenario *s, yata_doc *doc) {
    yata_buffer out;
    yata_buffer_init(&out, &s->allocator);
    TRY(yata_doc_to_json(doc, &out));
    see(s, bytes_of(&out));
    yata_buffer_free(&out);
}

/* The state, taken through a buffer that had something in it: a failure must not touch that. */
static inline void encode(scenario *s, yata_doc *doc, yata_bytes vector, yata_buffer *out) {
    yata_buffer_init(out, &s->allocator);
    TRY(yata_doc_encode_diff(doc, vector, out));
}

/* Another document with the same content. */
static inline yata_doc *copy(scenario *s, yata_doc *doc) {
    yata_buffer state;
    encode(s, doc, no_bytes(), &state);
    yata_doc *other = new_doc(s, 77, YATA_OFFSET_UTF16, false);
    TRY(yata_doc_apply(other, bytes_of(&state), no_bytes(), NULL));
    yata_buffer_free(&state);
    see_json(s, other);
    return other;
}

#endif
