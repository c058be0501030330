/* SPDX-License-Identifier: MIT */
/* erase.c - what is taken back moves a border; whoever needs items to be cut and collected finds them so. */
#include "doc/erase.h"
#include "../peer.h"
#include "harness/random.h"

static void ignore(void *ctx, yata_doc *doc, const yata_txn *txn) {
    (void)ctx;
    (void)doc;
    (void)txn;
}

static void ignore_event(void *ctx, const yata_event *event) {
    (void)ctx;
    (void)event;
}

static void keep_update(void *ctx, yata_doc *doc, const yata_txn *txn, yata_bytes update) {
    (void)doc;
    (void)txn;
    ((yata_buffer *)ctx)->len = 0;
    OK(yata_buffer_append(ctx, update.data, update.len));
}

/* "abcdef|gh" with a tombstone at the bar; *t: the text. */
static void open_with_tombstone(peer *p, yata_offset_unit unit, yata_type *t) {
    peer_open_unit(p, 1, unit);
    *t = text_root(p);
    write_text(p, *t, 0, "abcdefXgh");
    erase_text(p, *t, 6, 1);
    cr_assert_eq(block_count(p), 3);
}

static bool erased(peer *p, yata_type t, uint32_t index, uint32_t len) {
    bool done = yt_erase(begin(p), branch_of(t), index, len);
    commit(p);
    return done;
}

Test(erase, a_border_moves) {
    for (int unit = 0; unit < 3; unit++) {
        peer p;
        yata_type t;
        open_with_tombstone(&p, (yata_offset_unit)unit, &t);
        cr_assert(erased(&p, t, 4, 2)); /* to the left ... */
        expect_text(t, "abcdgh");
        cr_assert(erased(&p, t, 4, 1)); /* ... and to the right */
        expect_text(t, "abcdh");
        cr_assert_eq(block_count(&p), 3);
        cr_assert_not(erased(&p, t, 3, 2)); /* of two items */
        expect_text(t, "abcdh");
        peer_close(&p);
    }
}

/* What has no tombstone beside it becomes one, and commit merges it with those it reaches. */
Test(erase, parts_are_cut_out) {
    for (int unit = 0; unit < 3; unit++) {
        peer p;
        yata_type t;
        open_with_tombstone(&p, (yata_offset_unit)unit, &t);
        cr_assert(erased(&p, t, 2, 2)); /* "ab|ef|gh" */
        cr_assert_eq(block_count(&p), 5);
        cr_assert(erased(&p, t, 0, 1)); /* "|b|ef|gh" */
        cr_assert_eq(block_count(&p), 6);
        cr_assert(erased(&p, t, 3, 2)); /* all of an item: "|b|ef|" */
        expect_text(t, "bef");
        cr_assert_eq(block_count(&p), 5);
        cr_assert(erased(&p, t, 1, 2)); /* between two: "|b|" */
        cr_assert_eq(block_count(&p), 3);
        cr_assert(erased(&p, t, 0, 1));
        expect_text(t, "");
        cr_assert_eq(block_count(&p), 1);
        peer_close(&p);
    }
}

/* Key strokes go on where the last one was, in one transaction or several: the items are those of the long way. */
Test(erase, key_strokes_go_on) {
    for (int each = 0; each < 2; each++) {
        peer p;
        peer_open(&p, 1);
        yata_type t = text_root(&p);
        if (!each) begin(&p);
        for (uint32_t i = 0; i < 40; i++) {
            if (each) begin(&p);
            OK(yata_text_insert(t, p.txn, i, STR("x")));
            sound(&p);
            if (each) commit(&p);
        }
        for (uint32_t i = 0; i < 10; i++) { /* the key for "back" before 30, then the one for "delete" behind 10 */
            if (each) begin(&p);
            OK(yata_text_delete(t, p.txn, 29 - i, 1));
            sound(&p);
            if (each) commit(&p);
        }
        for (uint32_t i = 0; i < 5; i++) {
            if (each) begin(&p);
            OK(yata_text_delete(t, p.txn, 10, 1));
            sound(&p);
            if (each) commit(&p);
        }
        if (!each) commit(&p);
        sound(&p);
        expect_state(&p,
                     "01 05 01 00 04 01 01 74 0a 78787878787878787878 81 01 09 05 84 01 0e 05 7878787878 81 01 13 0a "
                     "84 01 1d 0a 78787878787878787878 01 01 02 0a 05 14 0a");
        peer_close(&p);
    }
}

/* Each of these looks at items before they are collected, or keeps them. */
Test(erase, not_where_somebody_looks) {
    for (int who = 0; who < 5; who++) {
        peer p;
        yata_type t;
        uint32_t subscription;
        yata_undo *undo = NULL;
        open_with_tombstone(&p, YATA_OFFSET_UTF16, &t);
        if (who == 0) OK(yata_type_observe(map_root(&p), ignore_event, NULL, &subscription));
        if (who == 1) OK(yata_doc_observe_txn(p.doc, YATA_STAGE_CLEANED, ignore, NULL, &subscription));
        if (who == 2) OK(yata_undo_new(p.doc, NULL, &undo));
        if (who == 3) p.doc->keep_deleted = true;
        if (who == 4) {
            yata_value bold = PLAIN(OBJECT, .u.any = {(const uint8_t *)"\x76\x01\x01"
                                                                       "bx",
                                                      5});
            OK(yata_text_format(t, begin(&p), 0, 1, &bold));
            commit(&p);
        }
        cr_assert_not(erased(&p, t, 5, 1));
        if (undo) yata_undo_free(undo);
        peer_close(&p);
    }
}

/* A surrogate pair is not cut, and in other units than UTF-16 nothing beyond ASCII is. */
Test(erase, whole_characters) {
    peer p;
    peer_open_unit(&p, 1, YATA_OFFSET_UTF16);
    yata_type t = text_root(&p);
    write_text(&p, t, 0, "a\xF0\x9F\x98\x80\xE4\xBD\xA0X");
    erase_text(&p, t, 4, 1);
    cr_assert(erased(&p, t, 3, 1));
    expect_text(t, "a\xF0\x9F\x98\x80");
    cr_assert_not(erased(&p, t, 2, 1));
    cr_assert(erased(&p, t, 1, 2));
    expect_text(t, "a");
    cr_assert_eq(block_count(&p), 2);
    peer_close(&p);

    peer_open_unit(&p, 1, YATA_OFFSET_SCALAR);
    t = text_root(&p);
    write_text(&p, t, 0, "a\xC3\xA9X");
    erase_text(&p, t, 2, 1);
    cr_assert_not(erased(&p, t, 1, 1));
    peer_close(&p);
}

/* An update that says the text in two blocks which could be one: the general way merges them beside what it deletes, so
 * it has to be taken. "ab" "cd" [e] | [f] "gh" */
Test(erase, not_where_more_would_merge) {
    for (int at_end = 0; at_end < 2; at_end++) {
        peer p;
        peer_open(&p, 1);
        yata_type t = text_root(&p);
        if (at_end) /* "ab", tombstone, tombstone */
            OK(take(&p, "01 03 05 00 04 01 01 74 02 61 62 81 05 01 01 81 05 02 01 01 05 01 02 02"));
        else /* tombstone, tombstone, "ab" */
            OK(take(&p, "01 03 05 00 01 01 01 74 01 81 05 00 01 84 05 01 02 61 62 01 05 01 00 02"));
        if (block_count(&p) == 3) /* applying merges what is new */
            cr_assert_not(erased(&p, t, at_end ? 1 : 0, 1));
        peer_close(&p);
    }
}

typedef struct two_ways {
    peer p[2]; /* the first is watched, and so goes the general way */
    yata_type t[2];
    yata_buffer update[2], state;
    uint32_t len, at;
} two_ways;

static void open_ways(two_ways *w, uint64_t client, yata_offset_unit unit, int watch) {
    uint32_t subscription;
    w->len = w->at = 0;
    for (int k = 0; k < 2; k++) {
        peer_open_unit(&w->p[k], client, unit);
        w->t[k] = text_root(&w->p[k]);
        yata_buffer_init(&w->update[k], NULL);
        OK(yata_doc_observe_update(w->p[k].doc, keep_update, &w->update[k], &subscription));
        map_root(&w->p[k]);
    }
    if (watch == 0) OK(yata_doc_observe_txn(w->p[0].doc, YATA_STAGE_CLEANED, ignore, NULL, &subscription));
    if (watch == 1) OK(yata_type_observe(map_root(&w->p[0]), ignore_event, NULL, &subscription));
}

static void close_ways(two_ways *w) {
    for (int k = 0; k < 2; k++) {
        yata_buffer_free(&w->update[k]);
        peer_close(&w->p[k]);
    }
}

/* As somebody edits: goes on where the last edit was, types, takes back, deletes forward. */
static void edit(two_ways *w, rng *r, const char *word) {
    if (rng_one_in(r, 12)) w->at = rng_below(r, w->len + 1);
    uint32_t kind = rng_below(r, 5), n = 1 + (rng_one_in(r, 3) ? rng_below(r, 3) : 0);
    bool back = kind < 2 && w->at >= n, forward = kind == 2 && w->len - w->at >= n;
    if (back) w->at -= n;
    for (int k = 0; k < 2; k++) {
        if (back || forward)
            OK(yata_text_delete(w->t[k], w->p[k].txn, w->at, n));
        else
            OK(yata_text_insert(w->t[k], w->p[k].txn, w->at, str_of(word)));
        sound(&w->p[k]);
    }
    uint32_t before = w->len;
    OK(yata_text_length(w->t[0], &w->len));
    if (w->len > before) w->at += w->len - before;
}

static void transact(two_ways *w, rng *r, const char *const *words, uint32_t word_count) {
    begin(&w->p[0]);
    begin(&w->p[1]);
    for (uint32_t n = 1 + rng_below(r, 4); n; n--) edit(w, r, words[rng_below(r, word_count)]);
    commit(&w->p[0]);
    commit(&w->p[1]);
    cr_assert(bytes_equal(bytes_of(&w->update[0]), bytes_of(&w->update[1])));
    expect_same_state(&w->p[0], &w->p[1]);
}

/* The same edits by two clients, in each the short way and the general one: the same bytes after each transaction. */
Test(erase, changes_no_byte) {
    static const char *const words[] = {"a", "bc", "d", "\xE4\xBD\xA0x", "\xF0\x9F\x98\x80"};
    for (uint64_t seed = 1; seed <= 120; seed++) {
        rng r = rng_from(seed);
        two_ways w[2];
        yata_offset_unit unit = seed % 3 ? YATA_OFFSET_UTF16 : YATA_OFFSET_SCALAR;
        for (uint32_t c = 0; c < 2; c++) open_ways(&w[c], 3 - c, unit, (int)(seed % 2));
        for (uint32_t i = 0; i < 60; i++) {
            uint32_t c = rng_below(&r, 2);
            transact(&w[c], &r, words, seed % 4 == 0 ? 5 : seed % 4 == 1 ? 4 : 3);
            if (!rng_one_in(&r, 4)) continue;
            for (int k = 0; k < 2; k++) OK(take_bytes(&w[1 - c].p[k], bytes_of(&w[c].update[k])));
            OK(yata_text_length(w[1 - c].t[0], &w[1 - c].len));
            if (w[1 - c].at > w[1 - c].len) w[1 - c].at = w[1 - c].len;
            expect_same_state(&w[1 - c].p[0], &w[1 - c].p[1]);
        }
        close_ways(&w[0]);
        close_ways(&w[1]);
    }
}

static void count_deleted(void *ctx, const yata_event *event) {
    yata_delta *delta;
    yata_delta_op op;
    uint32_t *deleted = ctx;
    OK(yata_delta_new(NULL, &delta));
    OK(yata_event_delta(event, delta));
    for (size_t i = 0; i < yata_delta_count(delta); i++) {
        OK(yata_delta_at(delta, i, &op));
        if (op.kind == YATA_DELTA_DELETE) *deleted += op.len;
    }
    yata_delta_free(delta);
}

/* An observer that comes in the middle is told of what was deleted before it came, and of nothing older. */
Test(erase, is_cut_where_an_observer_comes) {
    peer p;
    yata_type t;
    uint32_t deleted = 0, subscription;
    open_with_tombstone(&p, YATA_OFFSET_UTF16, &t);
    begin(&p);
    OK(yata_text_delete(t, p.txn, 4, 2));
    OK(yata_text_delete(t, p.txn, 4, 1));
    cr_assert_eq(block_count(&p), 3);
    OK(yata_type_observe(t, count_deleted, &deleted, &subscription));
    sound(&p);
    commit(&p);
    cr_assert_eq(deleted, 3, "%u", deleted);
    cr_assert_eq(block_count(&p), 3); /* merged again */
    peer_close(&p);
}

static yata_type failing_text;
static void open_failing(peer *p) {
    open_with_tombstone(p, YATA_OFFSET_UTF16, &failing_text);
}
static bool try_erase(peer *p) {
    if (yata_txn_begin(p->doc, no_bytes(), &p->txn)) return false;
    yata_status back = yata_text_delete(failing_text, p->txn, 5, 1);
    yata_status forward = yata_text_delete(failing_text, p->txn, 5 + (back != YATA_OK), 1);
    yata_status committed = yata_txn_commit(p->txn);
    return !back && !forward && !committed;
}

Test(erase, without_memory) {
    fail_each(open_failing, try_erase);
}
