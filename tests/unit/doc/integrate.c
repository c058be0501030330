/* SPDX-License-Identifier: MIT */
/*
 * integrate.c - cuts and places. Where texts of many clients are expected, the order is that of yjs 13.6.33 for the
 * same inserts.
 */
#include "doc/integrate.h"
#include "../peer.h"
#include "harness/random.h"

/* ------------------------------------------------------------------------
 * Cuts
 */
Test(integrate, clean_ends_and_starts) {
    peer p;
    peer_open(&p, 1);
    yata_type t = text_root(&p);
    write_text(&p, t, 0, "abcdef");
    yata_txn *txn = begin(&p);
    yt_ref ref, whole;
    OK(yt_clean_start(txn, 0, 0, &whole)); /* nothing to cut */
    OK(yt_clean_end(txn, 0, 5, &ref));
    cr_assert_eq(ref, whole);
    cr_assert_eq(block_count(&p), 1);
    OK(yt_clean_end(txn, 0, 1, &ref)); /* ab|cdef */
    cr_assert_eq(ref, whole);
    cr_assert_eq(yt_at(p.doc, ref)->len, 2);
    OK(yt_clean_start(txn, 0, 4, &ref)); /* ab|cd|ef */
    cr_assert_eq(yt_at(p.doc, ref)->id.clock, 4);
    cr_assert_eq(yt_at(p.doc, ref)->origin.clock, 3);
    cr_assert_eq(block_count(&p), 3);
    sound(&p);
    commit(&p);
    cr_assert_eq(block_count(&p), 1); /* whole again */
    expect_text(t, "abcdef");
    peer_close(&p);
}

Test(integrate, gcs_are_not_cut) {
    peer p;
    peer_open(&p, 1);
    OK(take(&p, "01 01 05 00 00 0A 00"));
    yata_txn *txn = begin(&p);
    uint32_t slot = yt_slot_find(p.doc, 5);
    yt_ref ref = 7;
    OK(yt_clean_start(txn, slot, 3, &ref));
    cr_assert_eq(ref, 0);
    ref = 7;
    OK(yt_clean_end(txn, slot, 3, &ref));
    cr_assert_eq(ref, 0);
    cr_assert_eq(block_count(&p), 1);
    commit(&p);
    peer_close(&p);
}

/* The last of a chain is cut: the entry of the key then names the right half. */
Test(integrate, a_cut_in_a_chain) {
    peer p;
    peer_open(&p, 1);
    OK(take(&p, "01 01 05 00 28 01 01 6d 01 6b 03 7d01 7d02 7d03 00")); /* a foreign peer put three values at m.k */
    yata_type m = map_root(&p);
    expect_json(m, "{\"k\":3}");
    yata_txn *txn = begin(&p);
    yt_ref ref;
    OK(yt_clean_start(txn, yt_slot_find(p.doc, 5), 2, &ref));
    sound(&p);
    cr_assert_eq(branch_of(m)->entries.data[0].item, ref);
    commit(&p);
    cr_assert_eq(block_count(&p), 1);
    cr_assert_neq(branch_of(m)->entries.data[0].item, ref);
    expect_json(m, "{\"k\":3}");
    peer_close(&p);
}

static void open_text(peer *p) {
    peer_open(p, 1);
    write_text(p, text_root(p), 0, "abc\xF0\x9F\x98\x80");
    OK(yata_txn_begin(p->doc, no_bytes(), &p->txn));
}

static bool cut_pair(peer *p) {
    yt_ref ref;
    yata_status status = yt_clean_start(p->txn, 0, 4, &ref);
    cr_assert(status == YATA_OK || status == YATA_ERR_MEMORY);
    sound(p);
    status |= yata_txn_commit(p->txn);
    return status == YATA_OK;
}

/* Room for many blocks is full, so that the block list has to grow, too. */
static void open_four(peer *p) {
    peer_open(p, 1);
    yata_type t = text_root(p);
    write_text(p, t, 0, "abcd");
    write_text(p, t, 0, "-");
    write_text(p, t, 0, "-");
    write_text(p, t, 0, "-");
    OK(yata_txn_begin(p->doc, no_bytes(), &p->txn));
}

static bool cut_fifth(peer *p) {
    yt_ref ref;
    bool done = yt_clean_end(p->txn, 0, 1, &ref) == YATA_OK;
    sound(p);
    return yata_txn_commit(p->txn) == YATA_OK && done;
}

/* The pool and the block list have room, the texts have not. */
static void open_long_pair(peer *p) {
    peer_open(p, 1);
    char text[205] = "\xF0\x9F\x98\x80";
    memset(text + 4, 'x', 200);
    write_text(p, text_root(p), 0, text);
    OK(yata_txn_begin(p->doc, no_bytes(), &p->txn));
}

static bool cut_long_pair(peer *p) {
    yt_ref ref;
    bool done = yt_clean_start(p->txn, 0, 1, &ref) == YATA_OK;
    sound(p);
    cr_assert_eq(block_count(p), 1u + done);
    return yata_txn_commit(p->txn) == YATA_OK && done;
}

Test(integrate, cuts_without_memory) {
    fail_each(open_long_pair, cut_long_pair);
    fail_each(open_text, cut_pair);
    fail_each(open_four, cut_fifth);
}

/* ------------------------------------------------------------------------
 * Conflicts
 */

/* 24 clients each type a capital into the empty text and a small letter before it. */
static void many_clients(peer *p, bool backwards) {
    for (uint32_t k = 0; k < 24; k++) {
        uint32_t i = backwards ? 23 - k : k;
        char hex[100];
        snprintf(hex, sizeof hex, "01 02 %02x 00 04 01 01 74 01 %02x 44 %02x 00 01 %02x 00", 100 - 3 * i, 65 + i,
                 100 - 3 * i, 97 + i);
        OK(take(p, hex));
    }
}

static const char many[] = "xXwWvVuUtTsSrRqQpPoOnNmMlLkKjJiIhHgGfFeEdDcCbBaA";

Test(integrate, many_clients_at_one_place) {
    for (int backwards = 0; backwards < 2; backwards++) {
        peer p;
        peer_open(&p, 1);
        many_clients(&p, backwards != 0);
        expect_text(text_root(&p), many);
        peer_close(&p);
    }
}

/* Blocks of client c behind `origin`, with `len` letters; all without right origin, so that scans are long. */
static void behind(peer *p, uint64_t c, uint64_t origin, const char *text) {
    char hex[200];
    int n = snprintf(hex, sizeof hex, "01 01 %02x 00 84 %02x 00 %02x ", (unsigned)c, (unsigned)origin,
                     (unsigned)strlen(text));
    for (const char *t = text; *t; t++) n += snprintf(hex + n, sizeof hex - (size_t)n, "%02x", (unsigned)*t);
    snprintf(hex + n, sizeof hex - (size_t)n, " 00");
    OK(take(p, hex));
}

/* A chain of concurrent inserts, each behind another client's first letter: the scan meets origins it passed long
 * ago, and must know whether that was before the answer last moved. */
static void forest(peer *p, uint64_t seed) {
    rng r = rng_from(99);
    uint64_t order[90];
    unsigned origin[90];
    for (uint32_t i = 0; i < 90; i++) {
        order[i] = i;
        origin[i] = i ? 10 + rng_below(&r, i) / (1 + rng_below(&r, 3)) : 9;
    }
    r = rng_from(seed);
    for (uint32_t i = 89; seed && i > 0; i--) {
        uint32_t k = rng_below(&r, i + 1);
        uint64_t swap = order[i];
        order[i] = order[k];
        order[k] = swap;
    }
    OK(take(p, "01 01 09 00 04 01 01 74 01 5b 00"));
    for (uint32_t i = 0; i < 90; i++) {
        uint32_t k = (uint32_t)order[i];
        char text[3] = {(char)('!' + k), 0, 0};
        behind(p, 10 + k, origin[k], text);
    }
}

Test(integrate, the_order_does_not_depend_on_the_arrival) {
    peer first;
    peer_open(&first, 1);
    forest(&first, 0);
    yata_buffer expected;
    yata_buffer_init(&expected, NULL);
    OK(yata_text_read(text_root(&first), &expected));
    cr_assert_eq(expected.len, 91);
    OK(yata_buffer_append(&expected, "", 1));
    for (uint64_t seed = 1; seed < 12; seed++) {
        peer p;
        peer_open(&p, 1);
        forest(&p, seed);
        expect_text(text_root(&p), (const char *)expected.data);
        peer_close(&p);
    }
    /* The same without memory for marks: it walks again. */
    peer p;
    peer_open(&p, 1);
    OK(take(&p, "01 01 09 00 04 01 01 74 01 5b 00"));
    peer_close(&p);
    yata_buffer_free(&expected);
    peer_close(&first);
}

static yata_buffer last_insert;

static void open_forest(peer *p) {
    peer_open(p, 1);
    OK(take(p, "01 01 09 00 04 01 01 74 01 5b 00"));
    for (unsigned k = 40; k > 0; k--) { /* newest in front: each comes to stand first, and has the others behind it */
        char text[2] = {(char)('!' + k), 0};
        behind(p, 10 + k, 9, text);
        char hex[60];
        snprintf(hex, sizeof hex, "01 01 %02x 00 84 %02x 00 01 2e 00", 60 + k, 10 + k);
        OK(take(p, hex));
    }
    cr_assert_null(p->doc->marks);
    last_insert = bytes_from("01 01 70 00 84 09 00 01 7a 00");
}

/* Passes all 80 items. */
static bool insert_last(peer *p) {
    yata_status status = yata_doc_apply(p->doc, bytes_of(&last_insert), no_bytes(), NULL);
    bool done = status == YATA_OK;
    cr_assert(done || status == YATA_ERR_MEMORY);
    p->memory.fail_at = 0;
    OK(yata_doc_apply(p->doc, bytes_of(&last_insert), no_bytes(), NULL));
    const yt_item *last = yt_at(p->doc, branch_of(text_root(p))->last);
    cr_assert_eq(yt_client_at(p->doc, last->id.slot)->client, 0x70);
    yata_buffer_free(&last_insert);
    return done;
}

Test(integrate, long_scans_without_memory_for_marks) {
    fail_each(open_forest, insert_last);
}

/* The number of steps ever marked grows; before it runs over, all marks are cleared. */
Test(integrate, marks_begin_anew) {
    peer p;
    open_forest(&p);
    cr_assert(insert_last(&p));
    cr_assert_not_null(p.doc->marks);
    p.doc->mark = UINT32_MAX / 2 + 1;
    for (uint32_t i = 0; i < p.doc->marks_cap; i++) p.doc->marks[i] = UINT32_MAX / 2 + 1 - i;
    OK(take(&p, "01 01 71 00 84 09 00 01 7b 00"));
    cr_assert_lt(p.doc->mark, 1000);
    const yt_item *last = yt_at(p.doc, branch_of(text_root(&p))->last);
    cr_assert_eq(yt_client_at(p.doc, last->id.slot)->client, 0x71);
    peer_close(&p);
}

/* ------------------------------------------------------------------------
 * Keys
 */

/* yjs: d1 sets m.k to 1, 2; d2 takes that and sets it to "two", meanwhile d1 sets it to "one", and l to true. */
static const char one[] =
    "01 03 01 00 21 01 01 6d 01 6b 02 a8 01 01 01 77 03 6f6e65 28 01 01 6d 01 6c 01 78 01 01 01 00 02";
static const char two[] = "02 01 02 00 a8 01 01 01 77 03 74776f 01 01 00 21 01 01 6d 01 6b 02 01 01 01 00 02";

Test(integrate, the_last_of_a_chain_wins) {
    for (int order = 0; order < 2; order++) {
        peer p;
        peer_open(&p, 9);
        OK(take(&p, order ? two : one));
        OK(take(&p, order ? one : two));
        expect_state(&p, "02 01 02 00 a8 01 01 01 77 03 74776f 02 01 00 21 01 01 6d 01 6b 03 28 01 01 6d 01 6c 01 78"
                         "01 01 01 00 03");
        expect_json(map_root(&p), "{\"k\":\"two\",\"l\":true}");
        uint32_t size;
        OK(yata_map_size(map_root(&p), &size));
        cr_assert_eq(size, 2);
        peer_close(&p);
    }
}

/* The chain without an origin: the first item of the key is looked for by the key. */
Test(integrate, concurrent_first_values_of_a_key) {
    for (int order = 0; order < 2; order++) {
        peer p;
        peer_open(&p, 9);
        OK(take(&p, order ? "01 01 03 00 28 01 01 6d 01 6b 01 7d03 00" : "01 01 04 00 28 01 01 6d 01 6b 01 7d04 00"));
        OK(take(&p, order ? "01 01 04 00 28 01 01 6d 01 6b 01 7d04 00" : "01 01 03 00 28 01 01 6d 01 6b 01 7d03 00"));
        expect_json(map_root(&p), "{\"k\":4}");
        cr_assert_eq(yt_chain_first(p.doc, branch_of(map_root(&p)), 99), 0);
        peer_close(&p);
    }
}

/* ------------------------------------------------------------------------
 * What cannot stand where it wants to
 */
Test(integrate, content_that_came_deleted) {
    peer p;
    peer_open(&p, 1);
    OK(take(&p, "01 01 05 00 01 01 01 74 04 00"));
    yata_type t = text_root(&p);
    expect_text(t, "");
    cr_assert(yt_runs_contains(&yt_client_at(p.doc, 0)->deleted, 3));
    OK(take(&p, "01 01 06 00 c4 05 01 05 02 01 78 00")); /* x in the middle of it */
    expect_text(t, "x");
    cr_assert_eq(block_count(&p), 3);
    peer_close(&p);
}

/* The array a.0 is deleted; then its first element arrives from another peer. */
Test(integrate, children_of_the_deleted_are_born_deleted) {
    static const char array[] = "01 01 05 00 07 01 01 61 00 00", child[] = "01 01 06 00 08 00 05 00 02 7d01 7d02 00";
    static const char keyed[] = "01 01 07 00 28 00 05 00 01 6b 01 7d01 00", gone[] = "00 01 05 01 00 01";
    static const char nested[] = "01 01 08 00 07 00 05 00 01 00";
    for (int keep = 0; keep < 2; keep++) {
        peer p;
        if (keep)
            peer_open_keeping(&p, 1);
        else
            peer_open(&p, 1);
        OK(take(&p, array));
        OK(take(&p, gone));
        OK(take(&p, child));
        OK(take(&p, keyed));
        OK(take(&p, nested));
        expect_json(array_root(&p), "[]");
        for (uint32_t slot = 1; slot < 4; slot++) {
            cr_assert(yt_runs_contains(&yt_client_at(p.doc, slot)->deleted, 0));
            cr_assert_eq(yt_item_find(yt_client_at(p.doc, slot), 0) == 0, !keep);
        }
        /* What refers to them is collected with them, or deleted like them. */
        OK(take(&p, "01 01 09 00 88 06 00 01 7d05 00"));
        OK(take(&p, "01 01 0a 00 48 06 01 01 7d05 00"));
        OK(take(&p, "01 01 0b 00 08 00 08 00 01 7d05 00"));
        expect_json(array_root(&p), "[]");
        peer_close(&p);
    }
}

/* A parent that is an ordinary value: as in yjs, what stands in it becomes a GC. */
Test(integrate, a_parent_that_is_no_type) {
    peer p;
    peer_open(&p, 1);
    OK(take(&p, "01 01 05 00 08 01 01 61 01 7d01 00"));
    OK(take(&p, "01 01 06 00 08 00 05 00 02 7d01 7d02 00"));
    expect_json(array_root(&p), "[1]");
    cr_assert_eq(yt_item_find(yt_client_at(p.doc, 1), 1), 0);
    expect_state(&p, "02 01 06 00 00 02 01 05 00 08 01 01 61 01 7d01 01 06 01 00 02");
    peer_close(&p);
}

/* Neighbours in two different lists, which no honest peer sends: the left one decides. */
Test(integrate, neighbours_of_two_lists) {
    peer p;
    peer_open(&p, 1);
    OK(take(&p, "01 01 05 00 04 01 01 74 02 6162 00"));
    OK(take(&p, "01 01 06 00 04 01 01 75 02 6364 00"));
    OK(take(&p, "01 01 07 00 c4 05 00 06 00 01 78 00"));
    OK(take(&p, "01 01 08 00 c4 06 01 05 01 01 79 00"));
    expect_text(text_root(&p), "abx"); /* b is of an older client, and c does not end the scan */
    expect_text(root(&p, "u", YATA_KIND_TEXT), "cdy");
    peer_close(&p);
}

/* A left neighbour with a key, a right one without. */
Test(integrate, neighbours_of_a_chain_and_a_list) {
    peer p;
    peer_open(&p, 1);
    OK(take(&p, "01 01 05 00 28 01 01 78 01 6b 01 7d01 00"));
    OK(take(&p, "01 01 06 00 08 01 01 78 01 7d02 00"));
    OK(take(&p, "01 01 07 00 c8 05 00 06 00 01 7d03 00"));
    OK(take(&p, "01 01 08 00 c8 06 00 05 00 01 7d04 00"));
    yata_type x = root(&p, "x", YATA_KIND_UNTYPED);
    yata_value v;
    OK(yata_map_get(x, STR("k"), &v));
    cr_assert_eq(v.u.integer, 3);
    cr_assert_eq(branch_of(x)->len, 2);
    peer_close(&p);
}

/* ------------------------------------------------------------------------
 * Limits and memory
 */

/* Client 1 has used all clocks but 5. */
static const char nearly[] = "01 01 01 00 00 faffffff0f 00";

Test(integrate, clocks_run_out) {
    peer p;
    peer_open(&p, 9);
    OK(take(&p, nearly));
    p.doc->client_id = 1; /* as if we were that client */
    yata_type t = text_root(&p);
    FAILS(YATA_ERR_LIMIT, yata_text_insert(t, begin(&p), 0, STR("toolong")));
    OK(yata_text_insert(t, p.txn, 0, STR("fits!")));
    FAILS(YATA_ERR_LIMIT, yata_text_insert(t, p.txn, 0, STR("x")));
    FAILS(YATA_ERR_LIMIT, yt_integrate_gc(p.txn, 0, 1));
    commit(&p);
    expect_text(t, "fits!");
    peer_close(&p);
}

static void open_mixed(peer *p) {
    peer_open(p, 1);
    OK(take(p, one));
    OK(take(p, "01 01 05 00 07 01 01 61 00 00")); /* an array in root a */
}

/* GC, keyed value that replaces, child of a nested type, text. */
static bool apply_mixed(peer *p) {
    static const char *const updates[] = {"01 01 20 00 00 05 00",
                                          two,
                                          "01 01 21 00 08 00 05 00 02 7d01 7d02 00",
                                          "01 01 22 00 04 01 01 74 03 616263 00",
                                          "01 01 23 00 28 01 01 6e 01 6b 01 7e 00",
                                          "00 01 05 01 00 01"};
    bool done = true;
    for (int i = 0; i < 6; i++) {
        yata_buffer update = bytes_from(updates[i]);
        yata_status status = yata_doc_apply(p->doc, bytes_of(&update), no_bytes(), NULL);
        cr_assert(status == YATA_OK || status == YATA_ERR_MEMORY);
        yata_buffer_free(&update);
        sound(p);
        done &= status == YATA_OK;
    }
    p->memory.fail_at = 0;
    for (int i = 0; i < 6; i++) OK(take(p, updates[i]));
    expect_json(map_root(p), "{\"k\":\"two\",\"l\":true}");
    expect_json(array_root(p), "[]");
    expect_text(text_root(p), "abc");
    expect_json(root(p, "n", YATA_KIND_MAP), "{\"k\":null}");
    return done;
}

Test(integrate, without_memory) {
    fail_each(open_mixed, apply_mixed);
}

/* Values that lose against the ones that are there, with an observer, for whom each key is noted. */
static void ignore_event(void *ctx, const yata_event *event) {
    (void)ctx;
    (void)event;
}

static void open_observed(peer *p) {
    uint32_t subscription;
    peer_open(p, 1);
    OK(take(p, "01 03 09 00 28 01 01 6d 01 61 01 7d01 28 01 01 6d 01 62 01 7d02 28 01 01 6d 01 63 01 7d03 00"));
    OK(yata_type_observe(map_root(p), ignore_event, NULL, &subscription));
}

static bool apply_losers(peer *p) {
    static const char losers[] = "01 04 03 00 28 01 01 6d 01 7a 01 7d01 28 01 01 6d 01 61 01 7d01 28 01 01 6d 01 62 01 "
                                 "7d02 28 01 01 6d 01 63 01 7d03 00";
    yata_buffer update = bytes_from(losers);
    yata_status status = yata_doc_apply(p->doc, bytes_of(&update), no_bytes(), NULL);
    cr_assert(status == YATA_OK || status == YATA_ERR_MEMORY);
    yata_buffer_free(&update);
    sound(p);
    p->memory.fail_at = 0;
    OK(take(p, losers));
    cr_assert_eq(block_count(p), 7);
    return status == YATA_OK;
}

Test(integrate, losers_without_memory_for_notes) {
    fail_each(open_observed, apply_losers);
}

/* ------------------------------------------------------------------------
 * In front of what was placed before
 */
enum { WRITERS = 4, BACKWARDS_STEPS = 40 };

/* Updates of writers who do not see each other: they write in front of what they wrote, mostly. */
static void write_backwards(rng *r, uint64_t client, const yata_buffer *base, yata_buffer *updates) {
    peer p;
    peer_open(&p, client);
    OK(yata_doc_apply(p.doc, bytes_of(base), no_bytes(), NULL));
    yata_type text = text_root(&p);
    uint32_t at = rng_below(r, 4);
    for (uint32_t step = 0; step < BACKWARDS_STEPS; step++) {
        yata_buffer before, *update = &updates[step];
        yata_buffer_init(&before, NULL);
        yata_buffer_init(update, NULL);
        OK(yata_doc_encode_state_vector(p.doc, &before));
        uint32_t len;
        OK(yata_text_length(text, &len));
        if (rng_one_in(r, 12) || at > len) at = rng_below(r, len + 1);
        if (rng_one_in(r, 8) && at < len)
            erase_text(&p, text, at, 1);
        else
            write_text(&p, text, at, rng_one_in(r, 4) ? "xy" : "z");
        OK(yata_doc_encode_diff(p.doc, bytes_of(&before), update));
        yata_buffer_free(&before);
    }
    peer_close(&p);
}

/* Each writer's updates in their order, else in any. remember: false to make each scan from anew. */
static void deliver(peer *p, rng order, yata_buffer updates[WRITERS][BACKWARDS_STEPS], bool remember) {
    uint32_t at[WRITERS] = {0}, left = WRITERS * BACKWARDS_STEPS, writer = 0;
    while (left) {
        if (rng_one_in(&order, 10) || at[writer] == BACKWARDS_STEPS) writer = rng_below(&order, WRITERS);
        if (at[writer] == BACKWARDS_STEPS) continue;
        if (!remember) p->doc->placed = 0;
        OK(yata_doc_apply(p->doc, bytes_of(&updates[writer][at[writer]++]), no_bytes(), NULL));
        left--;
    }
    sound(p);
}

Test(integrate, in_front_of_what_was_placed) {
    static yata_buffer updates[WRITERS][BACKWARDS_STEPS];
    static const uint64_t clients[WRITERS] = {7, 3, 9, 5};
    for (uint64_t seed = 1; seed <= 40; seed++) {
        rng r = rng_from(seed);
        peer base, a, b;
        peer_open(&base, 1);
        write_text(&base, text_root(&base), 0, "base");
        yata_buffer state, sa, sb;
        yata_buffer_init(&state, NULL);
        yata_buffer_init(&sa, NULL);
        yata_buffer_init(&sb, NULL);
        OK(yata_doc_encode_state(base.doc, &state));
        for (uint32_t i = 0; i < WRITERS; i++) write_backwards(&r, clients[i], &state, updates[i]);
        peer_open(&a, 20);
        peer_open(&b, 21);
        OK(yata_doc_apply(a.doc, bytes_of(&state), no_bytes(), NULL));
        OK(yata_doc_apply(b.doc, bytes_of(&state), no_bytes(), NULL));
        deliver(&a, r, updates, true);
        deliver(&b, r, updates, false);
        OK(yata_doc_encode_state(a.doc, &sa));
        OK(yata_doc_encode_state(b.doc, &sb));
        cr_assert_eq(sa.len, sb.len);
        cr_assert_eq(memcmp(sa.data, sb.data, sa.len), 0);
        yata_buffer ta, tb;
        yata_buffer_init(&ta, NULL);
        yata_buffer_init(&tb, NULL);
        OK(yata_text_read(text_root(&a), &ta));
        OK(yata_text_read(text_root(&b), &tb));
        cr_assert_eq(ta.len, tb.len);
        cr_assert_eq(memcmp(ta.data, tb.data, ta.len), 0, "seed %u", (unsigned)seed);
        yata_buffer *all[] = {&state, &sa, &sb, &ta, &tb};
        for (uint32_t i = 0; i < 5; i++) yata_buffer_free(all[i]);
        for (uint32_t i = 0; i < WRITERS; i++)
            for (uint32_t k = 0; k < BACKWARDS_STEPS; k++) yata_buffer_free(&updates[i][k]);
        peer_close(&base);
        peer_close(&a);
        peer_close(&b);
    }
}
