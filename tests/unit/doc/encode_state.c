/* SPDX-License-Identifier: MIT */
/* encode_state.c - states, differences, state vectors. Bytes are those of yjs 13.6.33 for the same documents. */
#include "../peer.h"
#include "doc/encode_state.h"

static yata_buffer diff_of(const peer *p, const char *state_vector) {
    yata_buffer out, sv = bytes_from(state_vector);
    yata_buffer_init(&out, NULL);
    OK(yata_doc_encode_diff(p->doc, bytes_of(&sv), &out));
    yata_buffer_free(&sv);
    return out;
}

static void expect_diff(const peer *p, const char *state_vector, const char *hex) {
    yata_buffer diff = diff_of(p, state_vector);
    expect_bytes(&diff, hex);
    yata_buffer_free(&diff);
}

static void expect_state_vector(const peer *p, const char *hex) {
    yata_buffer out;
    yata_buffer_init(&out, NULL);
    OK(yata_doc_encode_state_vector(p->doc, &out));
    expect_bytes(&out, hex);
    yata_buffer_free(&out);
}

Test(encode_state, statuses) {
    peer p;
    peer_open(&p, 1);
    yata_buffer out;
    yata_buffer_init(&out, NULL);
    FAILS(YATA_ERR_ARGUMENT, yata_doc_encode_state(NULL, &out));
    FAILS(YATA_ERR_ARGUMENT, yata_doc_encode_state(p.doc, NULL));
    FAILS(YATA_ERR_ARGUMENT, yata_doc_encode_diff(p.doc, (yata_bytes){NULL, 1}, &out));
    FAILS(YATA_ERR_ARGUMENT, yata_doc_encode_state_vector(NULL, &out));
    FAILS(YATA_ERR_ARGUMENT, yata_doc_encode_state_vector(p.doc, NULL));
    FAILS(YATA_ERR_ARGUMENT, yata_doc_encode_missing(NULL, &out));
    FAILS(YATA_ERR_ARGUMENT, yata_doc_encode_missing(p.doc, NULL));
    yata_buffer bad = bytes_from("02 05 01");
    FAILS(YATA_ERR_END, yata_doc_encode_diff(p.doc, bytes_of(&bad), &out));
    cr_assert_eq(out.len, 0);
    yata_buffer_free(&bad);
    peer_close(&p);
}

Test(encode_state, an_empty_document) {
    peer p;
    peer_open(&p, 1);
    expect_state(&p, "00 00");
    expect_state_vector(&p, "00");
    expect_diff(&p, "00", "00 00");
    text_root(&p);
    expect_state(&p, "00 00"); /* roots without content are not told */
    peer_close(&p);
}

/* yjs: three clients, one after the other, each on top of the one before. */
static void open_three(peer *p) {
    peer_open(p, 1);
    OK(take(p, "01 01 05 00 04 01 01 74 05 68656c6c6f 00"));
    OK(take(p, "01 02 0a 00 c4 05 01 05 02 02 5859 28 01 01 6d 01 6b 01 7d05 00"));
    OK(take(p, "01 01 f3a8fc01 00 08 01 01 61 03 7d01 77 02 6162 7d03 00"));
    OK(take(p, "00 01 05 01 01 02"));
}

Test(encode_state, differences_to_a_peer) {
    peer p;
    open_three(&p);
    expect_state_vector(&p, "03 f3a8fc01 03 0a 03 05 05");
    static const char deletions[] = "01 05 01 01 02";
    char hex[300];
    snprintf(hex, sizeof hex,
             "03 01 f3a8fc01 00 08 01 01 61 03 7d01 77 02 6162 7d03"
             "  02 0a 00 c4 05 01 05 02 02 5859 28 01 01 6d 01 6b 01 7d05"
             "  04 05 00 04 01 01 74 01 68 81 05 00 01 81 05 01 01 84 05 02 02 6c6f %s",
             deletions);
    expect_state(&p, hex);
    expect_diff(&p, "00", hex);
    /* Behind the beginning of a block: its rest, with an origin. */
    snprintf(hex, sizeof hex,
             "03 01 f3a8fc01 01 88 f3a8fc01 00 02 77 02 6162 7d03"
             "  02 0a 01 c4 0a 00 05 02 01 59 28 01 01 6d 01 6b 01 7d05"
             "  01 05 04 84 05 03 01 6f %s",
             deletions);
    expect_diff(&p, "03 f3a8fc01 01 0a 01 05 04", hex);
    /* Everything is known, and more: only the deletions. */
    snprintf(hex, sizeof hex, "00 %s", deletions);
    expect_diff(&p, "03 f3a8fc01 03 0a 03 05 05", hex);
    expect_diff(&p, "04 f3a8fc01 63 0a 63 05 63 06 01", hex);
    peer_close(&p);
}

Test(encode_state, what_lacks_comes_from_the_difference) {
    peer p, q;
    open_three(&p);
    peer_open(&q, 2);
    OK(take(&q, "01 01 05 00 04 01 01 74 05 68656c6c6f 00"));
    yata_buffer sv;
    yata_buffer_init(&sv, NULL);
    OK(yata_doc_encode_state_vector(q.doc, &sv));
    yata_buffer diff;
    yata_buffer_init(&diff, NULL);
    OK(yata_doc_encode_diff(p.doc, bytes_of(&sv), &diff));
    OK(take_bytes(&q, bytes_of(&diff)));
    expect_same_state(&p, &q);
    yata_buffer_free(&sv);
    yata_buffer_free(&diff);
    peer_close(&p);
    peer_close(&q);
}

/* A peer that stopped inside a surrogate pair. */
Test(encode_state, a_difference_inside_a_pair) {
    peer p;
    peer_open(&p, 1);
    OK(take(&p, "01 01 05 00 04 01 01 74 06 61 F09F9880 62 00"));
    expect_diff(&p, "01 05 02", "01 01 05 02 84 05 01 04 efbfbd 62 00");
    peer_close(&p);
}

/* Blocks of a transaction that were merged with others before it is told, cut on both sides. */
static yata_buffer told;

static void keep(void *ctx, yata_doc *doc, const yata_txn *txn, yata_bytes update) {
    peer *p = ctx;
    (void)txn;
    told.len = 0;
    OK(yata_buffer_append(&told, update.data, update.len));
    if (yata_doc_client_id(doc) != p->doc->client_id) return;
}

Test(encode_state, transactions_of_parts_of_blocks) {
    peer p;
    peer_open(&p, 1);
    uint32_t id;
    yata_buffer_init(&told, NULL);
    OK(yata_doc_observe_update(p.doc, keep, &p, &id));
    OK(take(&p, "01 01 05 00 00 03 00"));
    OK(take(&p, "01 01 05 03 00 04 00"));
    expect_bytes(&told, "01 01 05 03 00 04 00");
    OK(take(&p, "01 01 06 00 08 01 01 61 02 7d01 7d02 00"));
    OK(take(&p, "01 01 06 02 88 06 01 02 7d03 7d04 00"));
    expect_bytes(&told, "01 01 06 02 88 06 01 02 7d03 7d04 00");
    OK(take(&p, "01 01 07 00 01 01 01 61 02 00"));
    OK(take(&p, "01 01 07 02 81 07 01 02 00"));
    expect_bytes(&told, "01 01 07 02 81 07 01 02 01 07 01 02 02");
    yata_buffer_free(&told);
    peer_close(&p);
}

/* Transactions that end before an earlier one is told, and grow its last blocks, which are then cut at their ends. */
static uint32_t rounds;
static peer follower;

static void grow(void *ctx, yata_doc *doc, const yata_txn *txn, yata_bytes update) {
    peer *p = ctx;
    (void)txn;
    OK(take_bytes(&follower, update));
    if (!rounds) return;
    rounds--;
    for (int i = 0; i < 3; i++) {
        yata_txn *mine;
        OK(yata_txn_begin(doc, no_bytes(), &mine));
        uint32_t length;
        OK(yata_text_length(text_root(p), &length));
        yata_value v = INT(i);
        if (i == 1) OK(yata_array_push(array_root(p), mine, &v, 1));
        OK(yata_text_insert(text_root(p), mine, length, i ? STR("\xF0\x9F\x98\x80z") : STR("b\xC3\xA9")));
        if (i == 0) OK(yata_array_push(array_root(p), mine, &v, 1));
        OK(yata_txn_commit(mine));
    }
}

Test(encode_state, blocks_that_grew_since) {
    peer p;
    peer_open(&p, 1);
    peer_open(&follower, 2);
    uint32_t id;
    rounds = 1;
    OK(yata_doc_observe_update(p.doc, grow, &p, &id));
    write_text(&p, text_root(&p), 0, "a");
    expect_text(text_root(&follower), "ab\xC3\xA9\xF0\x9F\x98\x80z\xF0\x9F\x98\x80z");
    expect_json(array_root(&follower), "[0,1]");
    cr_assert_eq(follower.doc->pending.blocks, 0);
    expect_same_state(&p, &follower);
    peer_close(&p);
    peer_close(&follower);
}

/* Where nothing is collected, a tombstone joins those of later transactions: it is cut at its end, too. */
static void delete_more(void *ctx, yata_doc *doc, const yata_txn *txn, yata_bytes update) {
    peer *p = ctx;
    (void)txn;
    OK(take_bytes(&follower, update));
    if (!rounds) return;
    rounds--;
    for (int i = 0; i < 4; i++) { /* twice in a text, twice in an array */
        yata_txn *mine;
        yata_value values[] = {INT(1), INT(2)};
        OK(yata_txn_begin(doc, no_bytes(), &mine));
        if (i < 2) {
            OK(yata_text_insert(text_root(p), mine, 1, STR("\xF0\x9F\x98\x80\xC3\xA9")));
            OK(yata_text_delete(text_root(p), mine, 1, 3));
        } else {
            OK(yata_array_push(array_root(p), mine, values, 2));
            OK(yata_array_delete(array_root(p), mine, 0, 2));
        }
        OK(yata_txn_commit(mine));
    }
}

Test(encode_state, tombstones_that_grew_since) {
    peer p;
    peer_open_keeping(&p, 1);
    peer_open_keeping(&follower, 2);
    uint32_t id;
    rounds = 1;
    OK(yata_doc_observe_update(p.doc, delete_more, &p, &id));
    write_text(&p, text_root(&p), 0, "a");
    expect_same_state(&p, &follower);
    peer_close(&p);
    peer_close(&follower);
}

/* The same in format v2: what it encodes is what v1 encodes. */
Test(encode_state, format_v2) {
    peer p, q;
    open_three(&p);
    peer_open(&q, 2);
    yata_buffer out, sv = bytes_from("03 f3a8fc01 01 0a 01 05 04");
    yata_buffer_init(&out, NULL);
    OK(yata_doc_encode_state_v2(p.doc, &out));
    OK(yata_doc_apply_v2(q.doc, bytes_of(&out), no_bytes(), NULL));
    expect_same_state(&p, &q);
    out.len = 0;
    OK(yata_doc_encode_diff_v2(p.doc, bytes_of(&sv), &out));
    begin(&q);
    OK(yata_txn_apply_v2(q.txn, bytes_of(&out), NULL));
    commit(&q);
    expect_same_state(&p, &q);
    FAILS(YATA_ERR_ARGUMENT, yata_doc_encode_state_v2(NULL, &out));
    FAILS(YATA_ERR_ARGUMENT, yata_doc_encode_diff_v2(p.doc, bytes_of(&sv), NULL));
    FAILS(YATA_ERR_ARGUMENT, yata_doc_apply_v2(NULL, no_bytes(), no_bytes(), NULL));
    FAILS(YATA_ERR_ARGUMENT, yata_txn_apply_v2(NULL, no_bytes(), NULL));
    yata_buffer_free(&out);
    yata_buffer_free(&sv);
    peer_close(&p);
    peer_close(&q);
}

/* ------------------------------------------------------------------------
 * With something pending
 */

/* yjs merges the state with what waits, and loses the bit of a key that is not written. */
Test(encode_state, keys_while_something_waits) {
    peer p;
    peer_open(&p, 1);
    OK(take(&p, "01 02 05 00 28 01 01 6d 01 6b 01 7d01 a8 05 00 01 7d02 00"));
    expect_state(&p, "01 02 05 00 21 01 01 6d 01 6b 01 a8 05 00 01 7d02 01 05 01 00 01");
    OK(take(&p, "00 01 09 01 00 01"));
    expect_state(&p, "01 02 05 00 21 01 01 6d 01 6b 01 88 05 00 01 7d02 02 09 01 00 01 05 01 00 01");
    peer_close(&p);
}

Test(encode_state, differences_while_something_waits) {
    peer p;
    peer_open(&p, 1);
    OK(take(&p, "01 01 05 00 04 01 01 74 02 6162 00"));
    OK(take(&p, "01 01 05 04 84 05 03 04 65666768 01 05 01 05 01"));
    OK(take(&p, "01 01 06 03 84 05 07 01 78 00"));
    expect_diff(&p, "00",
                "02 01 06 03 84 05 07 01 78 03 05 00 04 01 01 74 02 6162 0a 02 84 05 03 04 65666768"
                "01 05 01 05 01");
    expect_diff(&p, "01 05 01",
                "02 01 06 03 84 05 07 01 78 03 05 01 84 05 00 01 62 0a 02 84 05 03 04 65666768"
                "01 05 01 05 01");
    expect_diff(&p, "01 05 05", "02 01 06 03 84 05 07 01 78 01 05 05 84 05 04 03 666768 01 05 01 05 01");
    expect_diff(&p, "02 06 04 05 08", "00 01 05 01 05 01");
    expect_state_vector(&p, "01 05 02");
    peer_close(&p);
}

Test(encode_state, deletions_that_wait_join_those_that_do_not) {
    peer p;
    peer_open(&p, 1);
    OK(take(&p, "01 01 05 00 04 01 01 74 02 6162 00"));
    OK(take(&p, "00 01 05 01 01 04")); /* one of them is there */
    expect_state(&p, "01 02 05 00 04 01 01 74 01 61 81 05 00 01 01 05 01 01 04");
    peer_close(&p);
}

/* ------------------------------------------------------------------------
 * Without memory: the output is what it was
 */
static yata_status encode_with(const peer *p, counted_memory *memory, int which) {
    yata_allocator allocator = counted_allocator(memory);
    yata_buffer out;
    yata_buffer_init(&out, &allocator);
    yata_buffer sv = bytes_from("02 05 01 06 01");
    yata_status status = which == 0   ? yata_doc_encode_state(p->doc, &out)
                         : which == 1 ? yata_doc_encode_diff(p->doc, bytes_of(&sv), &out)
                         : which == 2 ? yata_doc_encode_state_vector(p->doc, &out)
                                      : yata_doc_encode_missing(p->doc, &out);
    cr_assert_eq(out.len > 0, status == YATA_OK);
    yata_buffer_free(&sv);
    yata_buffer_free(&out);
    cr_assert_eq(memory->live, 0);
    return status;
}

Test(encode_state, without_memory) {
    peer p;
    peer_open(&p, 1);
    OK(take(&p, "01 01 05 00 04 01 01 74 02 6162 00"));
    OK(take(&p, "01 01 05 04 84 05 03 04 65666768 02 05 02 01 01 05 01 06 01 00 01"));
    OK(take(&p, "01 01 06 03 84 05 07 01 78 00"));
    uint64_t calls = p.memory.calls;
    for (int which = 0; which < 4; which++) {
        for (uint64_t n = 1;; n++) {
            counted_memory memory = {.fail_at = n};
            yata_status status = encode_with(&p, &memory, which);
            if (!memory.failures) {
                OK(status);
                break;
            }
            FAILS(YATA_ERR_MEMORY, status);
        }
    }
    cr_assert_eq(p.memory.calls, calls, "readers use the memory of the output alone");
    peer_close(&p);
}
