/* SPDX-License-Identifier: MIT */
/*
 * pending.c - what arrives before what it needs: in any order, twice, with holes, from several clients that wait for
 * each other; limits; what is missing. States with something pending are those of yjs 13.6.33 after the same updates.
 */
#include "doc/pending.h"
#include "../peer.h"
#include "harness/random.h"

static void expect_pending(const peer *p, uint32_t blocks, uint32_t deletes) {
    yata_pending pending;
    yata_doc_pending(p->doc, &pending);
    cr_assert_eq(pending.blocks, blocks, "%u blocks wait", pending.blocks);
    cr_assert_eq(pending.deletes, deletes, "%u deletions wait", pending.deletes);
    cr_assert_eq(pending.bytes > 0, blocks > 0);
    if (blocks) return;
    cr_assert_eq(p->doc->pending.clients.len, 0);
    cr_assert_eq(p->doc->pending.index.len, 0);
}

static void expect_missing(const peer *p, const char *hex) {
    yata_buffer out;
    yata_buffer_init(&out, NULL);
    OK(yata_doc_encode_missing(p->doc, &out));
    expect_bytes(&out, hex);
    yata_buffer_free(&out);
}

/* ------------------------------------------------------------------------
 * One client
 */

/* yjs: client 1 inserts "ab" (first), then "cd" behind it (second), then deletes the a (third). */
static const char first[] = "01 01 01 00 04 01 01 74 02 6162 00", second[] = "01 01 01 02 84 01 01 02 6364 00";
static const char third[] = "00 01 01 01 00 01";

Test(pending, a_later_block_a_deletion_then_the_first) {
    peer p;
    peer_open(&p, 3);
    yata_apply_result result;
    yata_buffer update = bytes_from(second);
    OK(yata_doc_apply(p.doc, bytes_of(&update), no_bytes(), &result));
    yata_buffer_free(&update);
    cr_assert(result.pending);
    expect_pending(&p, 1, 0);
    expect_missing(&p, "01 01 00");
    expect_state(&p, "01 01 01 02 84 01 01 02 6364 00");
    OK(take(&p, third));
    expect_pending(&p, 1, 1);
    expect_state(&p, "01 01 01 02 84 01 01 02 6364 01 01 01 00 01");
    OK(take(&p, first));
    expect_pending(&p, 0, 0);
    expect_missing(&p, "00");
    expect_state(&p, "01 02 01 00 01 01 01 74 01 84 01 00 03 626364 01 01 01 00 01");
    expect_text(text_root(&p), "bcd");
    peer_close(&p);
}

/* Each letter in an update of its own, each behind the one before. */
static void letters(char updates[][60], uint32_t n) {
    snprintf(updates[0], 60, "01 01 05 00 04 01 01 74 01 41 00");
    for (uint32_t i = 1; i < n; i++) snprintf(updates[i], 60, "01 01 05 %02x 84 05 %02x 01 %02x 00", i, i - 1, 'A' + i);
}

enum { LETTERS = 26 };
static const char alphabet[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ";

Test(pending, in_reverse_order) {
    char updates[LETTERS][60];
    letters(updates, LETTERS);
    peer p;
    peer_open(&p, 1);
    for (uint32_t i = LETTERS - 1; i > 0; i--) {
        OK(take(&p, updates[i]));
        expect_pending(&p, LETTERS - i, 0);
        expect_missing(&p, "01 05 00");
        expect_text(text_root(&p), "");
    }
    OK(take(&p, updates[0]));
    expect_pending(&p, 0, 0);
    expect_text(text_root(&p), alphabet);
    cr_assert_eq(block_count(&p), 1);
    peer_close(&p);
}

Test(pending, in_any_order_and_doubled) {
    char updates[LETTERS][60];
    letters(updates, LETTERS);
    for (uint64_t seed = 0; seed < 40; seed++) {
        rng r = rng_from(seed);
        uint32_t order[2 * LETTERS], n = seed % 2 ? 2 * LETTERS : LETTERS;
        for (uint32_t i = 0; i < n; i++) order[i] = i % LETTERS;
        for (uint32_t i = n - 1; i > 0; i--) {
            uint32_t k = rng_below(&r, i + 1), swap = order[i];
            order[i] = order[k];
            order[k] = swap;
        }
        peer p;
        peer_open(&p, 1);
        for (uint32_t i = 0; i < n; i++) OK(take(&p, updates[order[i]]));
        expect_pending(&p, 0, 0);
        expect_text(text_root(&p), alphabet);
        cr_assert_eq(block_count(&p), 1);
        peer_close(&p);
    }
}

Test(pending, holes) {
    char updates[8][60];
    letters(updates, 8);
    peer p;
    peer_open(&p, 1);
    OK(take(&p, updates[0]));
    OK(take(&p, updates[2]));
    OK(take(&p, updates[4]));
    OK(take(&p, updates[7]));
    expect_pending(&p, 3, 0);
    expect_missing(&p, "01 05 01");
    /* What waits is part of the state, behind Skips. */
    expect_state(&p, "01 07 05 00 04 01 01 74 01 41 0a 01 84 05 01 01 43 0a 01 84 05 03 01 45 0a 02 84 05 06 01 48 00");
    OK(take(&p, updates[1]));
    expect_text(text_root(&p), "ABC");
    expect_pending(&p, 2, 0);
    expect_missing(&p, "01 05 03");
    OK(take(&p, updates[6]));
    OK(take(&p, updates[3]));
    expect_text(text_root(&p), "ABCDE");
    OK(take(&p, updates[5]));
    expect_text(text_root(&p), "ABCDEFGH");
    expect_pending(&p, 0, 0);
    peer_close(&p);
}

/* A relay: the state of a document with holes carries everything to the next. */
Test(pending, goes_along_in_the_state) {
    char updates[8][60];
    letters(updates, 8);
    peer p, q;
    peer_open(&p, 1);
    peer_open(&q, 2);
    for (uint32_t i = 1; i < 8; i += 2) OK(take(&p, updates[i]));
    OK(take(&p, "00 01 05 02 02 01 06 01"));
    send_all(&p, &q);
    expect_same_state(&p, &q);
    expect_pending(&q, 4, 2);
    for (uint32_t i = 0; i < 8; i += 2) OK(take(&q, updates[i]));
    expect_text(text_root(&q), "ABDEFH");
    expect_pending(&q, 0, 0);
    peer_close(&p);
    peer_close(&q);
}

/* ------------------------------------------------------------------------
 * Blocks that overlap what waits
 */
Test(pending, the_same_clocks_in_other_pieces) {
    static const char *const orders[][4] = {
        /* CD, BCDE, EF; then A */
        {"01 01 05 02 84 05 01 02 4344 00", "01 01 05 01 84 05 00 04 42434445 00", "01 01 05 04 84 05 03 02 4546 00",
         NULL},
        {"01 01 05 01 84 05 00 04 42434445 00", "01 01 05 02 84 05 01 02 4344 00", "01 01 05 04 84 05 03 02 4546 00",
         NULL},
        {"01 01 05 04 84 05 03 02 4546 00", "01 01 05 03 84 05 02 02 4445 00", "01 01 05 01 84 05 00 03 424344 00",
         NULL},
        {"01 02 05 01 84 05 00 01 42 84 05 01 02 4344 00", "01 01 05 03 84 05 02 03 444546 00",
         "01 01 05 03 84 05 02 01 44 00", NULL},
    };
    for (size_t o = 0; o < sizeof orders / sizeof *orders; o++) {
        peer p;
        peer_open(&p, 1);
        for (int i = 0; orders[o][i]; i++) OK(take(&p, orders[o][i]));
        OK(take(&p, "01 01 05 00 04 01 01 74 01 41 00"));
        expect_pending(&p, 0, 0);
        expect_text(text_root(&p), "ABCDEF");
        peer_close(&p);
    }
}

/* A part of a surrogate pair overlaps: the merge cuts it as yjs does. */
Test(pending, overlaps_inside_a_pair) {
    peer p;
    peer_open(&p, 1);
    OK(take(&p, "01 01 05 01 84 05 00 02 6262 00"));          /* bb at 1 and 2 */
    OK(take(&p, "01 01 05 02 84 05 01 06 F09F9880 7a7a 00")); /* emoji at 2 and 3: its first half is there */
    OK(take(&p, "01 01 05 00 04 01 01 74 01 41 00"));
    expect_pending(&p, 0, 0);
    expect_text(text_root(&p), "Abb\xEF\xBF\xBDzz");
    peer_close(&p);
}

Test(pending, gcs_that_touch) {
    peer p;
    peer_open(&p, 1);
    OK(take(&p, "01 01 05 02 00 02 00"));
    OK(take(&p, "01 01 05 04 00 03 00"));
    expect_pending(&p, 1, 0);
    OK(take(&p, "01 01 05 01 00 01 00"));
    expect_pending(&p, 1, 0);
    expect_state(&p, "01 01 05 01 00 06 00");
    OK(take(&p, "01 01 05 00 00 01 00"));
    expect_pending(&p, 0, 0);
    cr_assert_eq(block_count(&p), 1);
    peer_close(&p);
}

/* ------------------------------------------------------------------------
 * Several clients
 */

/* a by 5; b by 6 behind it; c by 7 behind that; d by 5 behind that. */
static const char *const ring[] = {
    "01 01 05 00 04 01 01 74 01 61 00",
    "01 01 06 00 84 05 00 01 62 00",
    "01 01 07 00 84 06 00 01 63 00",
    "01 01 05 01 84 07 00 01 64 00",
};

Test(pending, clients_wait_for_each_other) {
    for (uint32_t order = 0; order < 256; order++) {
        uint32_t at[4] = {order & 3, order >> 2 & 3, order >> 4 & 3, order >> 6 & 3};
        bool all = (1u << at[0] | 1u << at[1] | 1u << at[2] | 1u << at[3]) == 15;
        if (!all) continue;
        peer p;
        peer_open(&p, 1);
        for (int i = 0; i < 4; i++) OK(take(&p, ring[at[i]]));
        expect_pending(&p, 0, 0);
        expect_text(text_root(&p), "abcd");
        peer_close(&p);
    }
}

/* spec/quirks.md, Q146: yjs notes only that 2 of client 5 is missing, and lets the x of client 9 wait for it. */
Test(pending, nothing_waits_longer_than_it_must) {
    char updates[4][60];
    letters(updates, 4);
    peer p;
    peer_open(&p, 1);
    OK(take(&p, "02 01 09 00 84 05 01 01 78 01 05 03 84 05 02 01 44 00"));
    expect_pending(&p, 2, 0);
    OK(take(&p, updates[0]));
    expect_pending(&p, 2, 0);
    OK(take(&p, updates[1]));
    expect_pending(&p, 1, 0);
    expect_text(text_root(&p), "ABx");
    OK(take(&p, updates[2]));
    expect_pending(&p, 0, 0);
    expect_text(text_root(&p), "ABCDx");
    peer_close(&p);
}

/* All of them wait for one, which many chains end at. */
Test(pending, many_wait_for_one) {
    peer p;
    peer_open(&p, 1);
    for (uint32_t i = 0; i < 50; i++) {
        char hex[60];
        snprintf(hex, sizeof hex, "01 02 %02x 00 84 05 %02x 01 %02x 84 05 %02x 01 %02x 00", 10 + i, i % 5, 'a' + i % 26,
                 i % 7, 'A' + i % 26);
        OK(take(&p, hex));
    }
    expect_pending(&p, 100, 0);
    expect_missing(&p, "01 05 00");
    OK(take(&p, "01 01 05 00 04 01 01 74 03 303132 00"));
    expect_missing(&p, "01 05 03");
    OK(take(&p, "01 01 05 03 84 05 02 04 33343536 00"));
    expect_pending(&p, 0, 0);
    yata_buffer text;
    yata_buffer_init(&text, NULL);
    OK(yata_text_read(text_root(&p), &text));
    cr_assert_eq(text.len, 107);
    yata_buffer_free(&text);
    peer_close(&p);
}

/* Clients that wait for the same one get something new, each in its turn: they are taken out of the chain and put back.
 */
Test(pending, looked_at_again_behind_others) {
    for (unsigned shift = 0; shift < 3; shift++) {
        peer p;
        peer_open(&p, 1);
        for (unsigned i = 0; i < 6; i++) {
            char hex[60];
            snprintf(hex, sizeof hex, "01 01 %02x %02x 84 05 00 01 %02x 00", 6 + (i < 3 ? i : (shift + i) % 3), i / 3,
                     'a' + i);
            OK(take(&p, hex));
        }
        expect_pending(&p, 6, 0);
        expect_missing(&p, "01 05 00");
        OK(take(&p, "01 01 05 00 04 01 01 74 01 41 00"));
        expect_pending(&p, 0, 0);
        uint32_t length;
        OK(yata_text_length(text_root(&p), &length));
        cr_assert_eq(length, 7);
        peer_close(&p);
    }
}

/* Blocks with everything that a copy has to carry: a root, a key, a name. */
Test(pending, all_fields_are_kept) {
    peer p;
    peer_open(&p, 1);
    OK(take(&p, "01 04 05 01 28 01 04 726f6f74 03 6b6579 01 77 01 76 27 01 04 726f6f74 02 656c 03 03 746167"
                "  06 01 04 74657874 04 626f6c64 04 74727565 29 01 04 726f6f74 01 64 04 67756964 7600 00"));
    expect_pending(&p, 4, 0);
    OK(take(&p, "01 01 05 00 00 01 00"));
    expect_pending(&p, 0, 0);
    expect_doc_json(&p, "{\"root\":{\"key\":\"v\",\"el\":\"<tag></tag>\",\"d\":{\"$doc\":\"guid\"}},\"text\":\"\"}");
    peer_close(&p);
}

/* What waits for a parent, and for a right neighbour. */
Test(pending, parents_and_right_neighbours) {
    peer p;
    peer_open(&p, 1);
    OK(take(&p, "01 01 06 00 08 00 05 00 01 7d07 00"));
    OK(take(&p, "01 01 07 00 48 06 00 01 7d06 00"));
    expect_pending(&p, 2, 0);
    expect_missing(&p, "02 06 00 05 00");
    OK(take(&p, "01 01 05 00 07 01 01 61 00 00"));
    expect_pending(&p, 0, 0);
    expect_json(array_root(&p), "[[6,7]]");
    peer_close(&p);
}

/* Two blocks that name each other can never be: they wait for ever, and do no harm. */
Test(pending, a_circle) {
    peer p;
    peer_open(&p, 1);
    OK(take(&p, "02 01 06 00 84 05 00 01 62 01 05 00 84 06 00 01 61 00"));
    expect_pending(&p, 2, 0);
    expect_missing(&p, "02 06 00 05 00");
    OK(take(&p, "01 01 07 00 04 01 01 74 01 63 00"));
    expect_pending(&p, 2, 0);
    expect_text(text_root(&p), "c");
    peer_close(&p);
}

/* Blocks of ours that come back to us before others: written here since, they wake what waits. */
Test(pending, wakes_for_what_was_written_here) {
    peer p;
    peer_open(&p, 5);
    OK(take(&p, "01 01 06 00 84 05 01 01 78 00"));
    OK(take(&p, "00 01 05 01 00 01"));
    expect_pending(&p, 1, 1);
    write_text(&p, text_root(&p), 0, "ab");
    expect_text(text_root(&p), "ab"); /* as in yjs, an update has to arrive */
    OK(take(&p, "00 00"));
    expect_text(text_root(&p), "bx");
    expect_pending(&p, 0, 0);
    peer_close(&p);
}

/* ------------------------------------------------------------------------
 * Deletions
 */
Test(pending, deletions_before_their_items) {
    peer p;
    peer_open(&p, 1);
    OK(take(&p, "00 02 05 02 01 02 06 01 09 01 00 01"));
    expect_pending(&p, 0, 3);
    expect_missing(&p, "02 09 00 05 00");
    expect_state(&p, "00 02 09 01 00 01 05 02 01 02 06 01");
    OK(take(&p, "01 01 05 00 04 01 01 74 02 6162 00")); /* the first half of the first */
    expect_text(text_root(&p), "a");
    expect_pending(&p, 0, 3);
    expect_missing(&p, "02 09 00 05 02");
    OK(take(&p, "01 01 05 02 84 05 01 03 636465 00"));
    expect_text(text_root(&p), "ade");
    expect_pending(&p, 0, 2);
    OK(take(&p, "01 01 05 05 84 05 04 03 666768 00"));
    expect_text(text_root(&p), "adefh");
    OK(take(&p, "01 01 09 00 00 01 00")); /* it was collected elsewhere */
    expect_pending(&p, 0, 0);
    peer_close(&p);
}

Test(pending, deletions_of_blocks_that_wait_themselves) {
    peer p;
    peer_open(&p, 1);
    OK(take(&p, "01 01 05 01 84 05 00 02 6263 01 05 01 01 01"));
    expect_pending(&p, 1, 1);
    OK(take(&p, "01 01 05 00 04 01 01 74 01 61 00"));
    expect_text(text_root(&p), "ac");
    expect_pending(&p, 0, 0);
    peer_close(&p);
}

/* ------------------------------------------------------------------------
 * Limits
 */
static void open_narrow(peer *p, size_t bytes) {
    yata_doc_options options = yata_doc_options_default();
    options.client_id = 1;
    options.limits.pending_bytes = bytes;
    peer_open_with(p, options);
}

Test(pending, more_than_may_wait) {
    peer p;
    open_narrow(&p, 3 * (sizeof(yt_pending_block) + 8));
    OK(take(&p, "01 01 05 01 84 05 00 01 42 00"));
    yata_buffer before = state_of(&p);
    FAILS(YATA_ERR_LIMIT, take(&p, "01 04 05 02 84 05 01 01 43 84 05 02 01 44 84 05 03 01 45 84 05 04 01 46 00"));
    yata_buffer after = state_of(&p);
    cr_assert(bytes_equal(bytes_of(&before), bytes_of(&after)));
    yata_buffer_free(&before);
    yata_buffer_free(&after);
    expect_pending(&p, 1, 0);
    /* Large, but nothing of it has to wait. */
    OK(take(&p, "01 06 07 00 04 01 01 74 01 41 84 07 00 01 42 84 07 01 01 43 84 07 02 01 44 84 07 03 01 45 84 07 04 01"
                "46 00"));
    expect_text(text_root(&p), "ABCDEF");
    OK(take(&p, "01 01 05 00 04 01 01 75 01 41 00"));
    expect_pending(&p, 0, 0);
    peer_close(&p);
}

/* Every other clock of client 5. */
static yata_buffer many_deletions(void) {
    yata_buffer update = bytes_from("00 01 05 64");
    for (uint8_t i = 0; i < 100; i += 2) {
        uint8_t run[] = {i, 1};
        OK(yata_buffer_append(&update, run, 2));
    }
    update.data[3] = 50;
    return update;
}

/* They count as long as they wait, and only then. */
Test(pending, more_deletions_than_may_wait) {
    peer p;
    open_narrow(&p, 40 * sizeof(yt_run));
    yata_buffer update = many_deletions();
    FAILS(YATA_ERR_LIMIT, take_bytes(&p, bytes_of(&update)));
    expect_pending(&p, 0, 0);
    OK(take(&p, "01 01 05 00 04 01 01 74 50 (80*61) 00")); /* 40 of them are of this text, 10 wait */
    OK(take_bytes(&p, bytes_of(&update)));
    expect_pending(&p, 0, 10);
    yata_buffer_free(&update);
    update = bytes_from("00 01 06 1f");
    for (uint8_t i = 0; i < 62; i += 2) {
        uint8_t run[] = {i, 1};
        OK(yata_buffer_append(&update, run, 2));
    }
    FAILS(YATA_ERR_LIMIT, take_bytes(&p, bytes_of(&update)));
    expect_pending(&p, 0, 10);
    yata_buffer_free(&update);
    OK(take(&p, "01 01 05 50 84 05 4f 14 (20*62) 00"));
    expect_pending(&p, 0, 0);
    peer_close(&p);
}

Test(pending, large_updates_of_which_a_part_waits) {
    peer p;
    open_narrow(&p, sizeof(yt_pending_block) + 8);
    /* Client 7: two letters and one that needs client 9; the rest of 7 waits, too. 8 needs 7 and is complete. */
    static const char part[] = "02 02 08 00 84 07 00 01 78 84 08 00 01 79"
                               "04 07 00 04 01 01 74 01 41 84 07 00 01 42 84 09 00 01 43 0a 01 00";
    OK(take(&p, part));
    expect_text(text_root(&p), "ABxy");
    expect_pending(&p, 1, 0);
    FAILS(YATA_ERR_LIMIT, take(&p, "01 01 06 04 84 06 03 01 43 00"));
    expect_pending(&p, 1, 0);
    peer_close(&p);
}

Test(pending, dry_runs_without_memory) {
    peer p;
    open_narrow(&p, 1);
    yata_buffer update = bytes_from("02 01 08 00 84 07 00 01 78 01 07 00 04 01 01 74 01 41 00");
    for (uint64_t n = 1;; n++) {
        p.memory.failures = 0;
        p.memory.fail_at = p.memory.calls + n;
        yata_status status = yata_doc_apply(p.doc, bytes_of(&update), no_bytes(), NULL);
        p.memory.fail_at = 0;
        sound(&p);
        if (!p.memory.failures) {
            OK(status);
            break;
        }
        cr_assert(status == YATA_OK || status == YATA_ERR_MEMORY);
    }
    expect_text(text_root(&p), "Ax");
    yata_buffer_free(&update);
    peer_close(&p);
}

/* ------------------------------------------------------------------------
 * Without memory
 */
static const char *const waiting[] = {
    "01 01 07 00 84 06 00 01 63 00",
    "01 01 05 01 84 07 00 01 64 00",
    "01 02 06 00 84 05 00 01 62 84 06 00 01 65 00",
    "00 01 05 01 00 01",
    "01 01 06 01 84 06 00 03 656667 00",
    "01 01 05 00 04 01 01 74 01 61 00",
};

static void open_empty(peer *p) {
    peer_open(p, 1);
}

static bool apply_waiting(peer *p) {
    bool done = true;
    for (int i = 0; i < 6; i++) {
        yata_buffer update = bytes_from(waiting[i]);
        yata_status status = yata_doc_apply(p->doc, bytes_of(&update), no_bytes(), NULL);
        cr_assert(status == YATA_OK || status == YATA_ERR_MEMORY);
        done &= status == YATA_OK;
        sound(p);
        yata_buffer missing;
        yata_buffer_init(&missing, NULL);
        OK(yata_doc_encode_missing(p->doc, &missing));
        yata_state_vector_iter entries;
        yata_id id;
        OK(yata_state_vector_iter_init(&entries, bytes_of(&missing)));
        while (yata_state_vector_iter_next(&entries, &id)) cr_assert(id.client >= 5 && id.client <= 7);
        OK(entries.fault.status);
        yata_buffer_free(&missing);
        if (status == YATA_ERR_MEMORY) { /* the same update again */
            p->memory.fail_at = 0;
            OK(yata_doc_apply(p->doc, bytes_of(&update), no_bytes(), NULL));
        }
        yata_buffer_free(&update);
    }
    expect_text(text_root(p), "befgcd");
    expect_pending(p, 0, 0);
    return done;
}

Test(pending, without_memory) {
    fail_each(open_empty, apply_waiting);
}

static bool add_deleted(void *ctx, yata_id id, uint32_t len) {
    uint32_t *sum = ctx;
    *sum += (uint32_t)id.client * 1000 + id.clock * 10 + len;
    return true;
}

Test(pending, can_be_looked_at) {
    peer p, q;
    peer_open(&p, 1);
    peer_open(&q, 2);
    yata_buffer all, rest, parked, vector;
    yata_buffer_init(&all, NULL);
    yata_buffer_init(&rest, NULL);
    yata_buffer_init(&parked, NULL);
    yata_buffer_init(&vector, NULL);
    OK(yata_doc_encode_pending(q.doc, &parked));
    cr_assert(parked.len == 2 && !parked.data[0] && !parked.data[1]);
    yata_type t = text_root(&p);
    write_text(&p, t, 0, "ab");
    OK(yata_doc_encode_state_vector(p.doc, &vector));
    write_text(&p, t, 2, "cd");
    begin(&p);
    OK(yata_text_delete(t, p.txn, 1, 1));
    commit(&p);
    OK(yata_doc_encode_diff(p.doc, (yata_bytes){vector.data, vector.len}, &rest));
    OK(yata_doc_apply(q.doc, (yata_bytes){rest.data, rest.len}, no_bytes(), NULL));
    parked.len = 0;
    OK(yata_doc_encode_pending(q.doc, &parked));
    static const uint8_t expected[] = {1, 1, 1, 2, 0x84, 1, 1, 2, 'c', 'd', 0};
    cr_assert(parked.len == sizeof expected && !memcmp(parked.data, expected, sizeof expected));
    uint32_t sum = 0;
    yata_update_visitor visitor = {.ctx = &sum, .deleted = add_deleted}, blind = {.ctx = &sum};
    yata_doc_visit_pending(q.doc, &visitor);
    cr_assert_eq(sum, 1011);
    yata_doc_visit_pending(q.doc, &blind);
    yata_doc_visit_pending(NULL, &visitor);
    FAILS(YATA_ERR_ARGUMENT, yata_doc_encode_pending(NULL, &parked));
    yata_buffer_free(&all);
    yata_buffer_free(&rest);
    yata_buffer_free(&parked);
    yata_buffer_free(&vector);
    peer_close(&p);
    peer_close(&q);
}
