/* SPDX-License-Identifier: MIT */
/*
 * update_memory.c - what merge, diff and convert take from the allocator, at most, over and above a document's absence:
 * nothing but open inputs and output. The output is counted with its room, once more while it moves to a larger place,
 * and in format v2 once more as columns. Deletions are collected before they are written: a run of two to four bytes
 * takes 16, and more while their list grows.
 */
#include "../fixture.h"
#include <criterion/criterion.h>

#define OK(call) cr_assert_eq((call), YATA_OK)

enum { OPEN_INPUT = 384, FIXED = 32 * 1024 };

typedef struct messages {
    yata_buffer bytes;
    size_t *ends;
    size_t count;
} messages;

static void on_update(void *ctx, yata_doc *doc, const yata_txn *txn, yata_bytes update) {
    (void)doc, (void)txn;
    messages *m = ctx;
    OK(yata_buffer_append(&m->bytes, update.data, update.len));
    m->ends[m->count++] = m->bytes.len;
}

/* Words at any place of a text, now and then a deletion; each is an update. */
static yata_doc *write_all(messages *m, uint32_t n) {
    yata_doc_options options = yata_doc_options_default();
    yata_doc *doc;
    yata_type t;
    yata_txn *txn;
    uint32_t subscription, length, random = 1;
    options.client_id = 1;
    OK(yata_doc_new(&options, &doc));
    OK(yata_doc_root(doc, str_of("t"), YATA_KIND_TEXT, &t));
    OK(yata_doc_observe_update(doc, on_update, m, &subscription));
    for (uint32_t i = 0; i < n; i++) {
        random = random * 1664525 + 1013904223;
        OK(yata_txn_begin(doc, no_bytes(), &txn));
        OK(yata_text_length(t, &length));
        if (length && random >> 24 < 26)
            OK(yata_text_delete(t, txn, (random >> 8) % length, 1));
        else
            OK(yata_text_insert(t, txn, (random >> 8) % (length + 1), str_of("word")));
        OK(yata_txn_commit(txn));
    }
    return doc;
}

typedef struct meter {
    counted_memory memory;
    yata_allocator allocator;
    yata_buffer out;
} meter;

static void meter_begin(meter *m) {
    m->memory = (counted_memory){0};
    m->allocator = counted_allocator(&m->memory);
    yata_buffer_init(&m->out, &m->allocator);
}

/* Returns the length of the output. */
static size_t meter_end(meter *m, size_t inputs, size_t factor, const char *what) {
    size_t len = m->out.len, most = factor * len + inputs * OPEN_INPUT + FIXED;
    cr_assert(m->memory.peak <= most, "%s: %zu bytes of memory, %zu of output", what, m->memory.peak, len);
    yata_buffer_free(&m->out);
    cr_assert_eq(m->memory.live, 0);
    return len;
}

static void expect_bounded(uint32_t n) {
    messages m = {.ends = malloc(n * sizeof *m.ends)};
    yata_bytes *updates = malloc(n * sizeof *updates);
    cr_assert(m.ends && updates);
    yata_buffer_init(&m.bytes, NULL);
    yata_doc *doc = write_all(&m, n);
    yata_memory of_doc;
    yata_doc_memory(doc, &of_doc);
    for (size_t i = 0; i < m.count; i++) {
        size_t from = i ? m.ends[i - 1] : 0;
        updates[i] = (yata_bytes){m.bytes.data + from, m.ends[i] - from};
    }
    yata_buffer v1, v2;
    yata_buffer_init(&v1, NULL);
    yata_buffer_init(&v2, NULL);
    OK(yata_doc_encode_state(doc, &v1));
    OK(yata_doc_encode_state_v2(doc, &v2));
    static const uint8_t none[] = {0};
    uint8_t late[] = {1, 1, 0xFF, 0xFF, 0xFF, 0x7F}; /* client 1 is known up to a clock that it never reaches */
    yata_bytes twice[] = {bytes_of(&v1), bytes_of(&v1)}, twice_v2[] = {bytes_of(&v2), bytes_of(&v2)};
    meter k;
    meter_begin(&k);
    OK(yata_update_merge(updates, m.count, &k.out, NULL));
    meter_end(&k, m.count, 4, "merge");
    meter_begin(&k);
    OK(yata_update_merge(twice, 2, &k.out, NULL));
    meter_end(&k, 2, 4, "merge of two");
    meter_begin(&k);
    OK(yata_update_merge_v2(twice_v2, 2, &k.out, NULL));
    meter_end(&k, 2, 4, "merge of two, v2");
    meter_begin(&k);
    OK(yata_update_diff(bytes_of(&v1), (yata_bytes){none, 1}, &k.out, NULL));
    meter_end(&k, 1, 4, "diff");
    meter_begin(&k); /* nothing but the deletions */
    OK(yata_update_diff(bytes_of(&v1), (yata_bytes){late, sizeof late}, &k.out, NULL));
    cr_assert_lt(k.memory.peak, of_doc.used / 8 + FIXED);
    cr_assert_lt(meter_end(&k, 1, 16, "a small diff"), v1.len / 2);
    meter_begin(&k);
    OK(yata_update_diff_v2(bytes_of(&v2), (yata_bytes){none, 1}, &k.out, NULL));
    meter_end(&k, 1, 4, "diff, v2");
    meter_begin(&k);
    OK(yata_update_convert(bytes_of(&v1), YATA_UPDATE_V1, YATA_UPDATE_V2, &k.out, NULL));
    meter_end(&k, 1, 4, "v1 to v2");
    meter_begin(&k);
    OK(yata_update_convert(bytes_of(&v2), YATA_UPDATE_V2, YATA_UPDATE_V1, &k.out, NULL));
    meter_end(&k, 1, 4, "v2 to v1");
    yata_buffer_free(&v1);
    yata_buffer_free(&v2);
    yata_buffer_free(&m.bytes);
    yata_doc_free(doc);
    free(m.ends);
    free(updates);
}

Test(update_memory, open_inputs_and_output) {
    expect_bounded(1000);
    expect_bounded(10000);
    expect_bounded(100000);
}
