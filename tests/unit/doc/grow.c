/* SPDX-License-Identifier: MIT */
/* grow.c - what is typed goes into the item before; whoever needs items to be new or old finds them so. */
#include "doc/grow.h"
#include "../peer.h"
#include "harness/random.h"

static void ignore(void *ctx, const yata_event *event) {
    (void)ctx;
    (void)event;
}

static uint32_t items_of(const peer *p) {
    yata_memory memory;
    yata_doc_memory(p->doc, &memory);
    return memory.item_count;
}

Test(grow, a_transaction_of_key_strokes_is_one_item) {
    peer p;
    peer_open(&p, 1);
    yata_type t = text_root(&p), a = array_root(&p);
    yata_value one = INT(1);
    begin(&p);
    for (uint32_t i = 0; i < 1000; i++) OK(yata_text_insert(t, p.txn, i, STR("x")));
    cr_assert_eq(items_of(&p), 1);
    for (uint32_t i = 0; i < 1000; i++) OK(yata_array_push(a, p.txn, &one, 1));
    cr_assert_eq(items_of(&p), 2);
    commit(&p);
    write_text(&p, t, 1000, "y"); /* something came between */
    write_text(&p, t, 1001, "z");
    cr_assert_eq(items_of(&p), 3);
    peer_close(&p);
}

/* The same edits where nothing grows, because somebody observes: the same bytes after each transaction. */
Test(grow, changes_no_byte) {
    static const char *const words[] = {"a", "bc", "\xC3\xA9", "\xF0\x9F\x98\x80", "\xE4\xBD\xA0x"};
    for (uint64_t seed = 1; seed <= 40; seed++) {
        rng r = rng_from(seed);
        peer p[2];
        yata_type t[2];
        uint32_t subscription;
        for (int k = 0; k < 2; k++) {
            peer_open_unit(&p[k], 1, seed % 2 ? YATA_OFFSET_SCALAR : YATA_OFFSET_UTF16);
            t[k] = text_root(&p[k]);
        }
        OK(yata_type_observe(map_root(&p[0]), ignore, NULL, &subscription));
        map_root(&p[1]);
        uint32_t at = 0, len = 0;
        for (uint32_t i = 0; i < 25; i++) {
            begin(&p[0]);
            begin(&p[1]);
            for (uint32_t n = rng_below(&r, 6); n; n--) {
                bool erase = len > 2 && rng_one_in(&r, 4);
                const char *word = words[rng_below(&r, seed % 2 ? 5 : 3)];
                if (rng_one_in(&r, 5)) at = rng_below(&r, len + 1);
                if (erase && at) at--;
                for (int k = 0; k < 2; k++) {
                    if (erase)
                        OK(yata_text_delete(t[k], p[k].txn, at, 1));
                    else
                        OK(yata_text_insert(t[k], p[k].txn, at, str_of(word)));
                    sound(&p[k]);
                }
                uint32_t before = len;
                OK(yata_text_length(t[0], &len));
                if (!erase) at += len - before;
            }
            commit(&p[0]);
            commit(&p[1]);
            expect_same_state(&p[0], &p[1]);
        }
        peer_close(&p[0]);
        peer_close(&p[1]);
    }
}

static void expect_added(void *ctx, const yata_event *event) {
    (void)event;
    ++*(int *)ctx;
}

/* An observer that comes in the middle is told of what was typed before it came, and of nothing older. */
Test(grow, is_cut_where_an_observer_comes) {
    peer p;
    peer_open(&p, 1);
    yata_type t = text_root(&p);
    write_text(&p, t, 0, "old");
    int calls = 0;
    uint32_t subscription;
    begin(&p);
    OK(yata_text_insert(t, p.txn, 3, STR("new")));
    cr_assert_eq(items_of(&p), 1);
    OK(yata_type_observe(t, expect_added, &calls, &subscription));
    cr_assert_eq(items_of(&p), 2);
    sound(&p);
    commit(&p);
    cr_assert_eq(calls, 1);
    cr_assert_eq(items_of(&p), 1); /* merged again */
    peer_close(&p);
}

Test(grow, shrinks_to_where_it_was) {
    for (int unit = 0; unit < 3; unit++) {
        peer p;
        peer_open_unit(&p, 1, (yata_offset_unit)unit);
        yata_type t = text_root(&p);
        write_text(&p, t, 0, "\xC3\xA9t");
        yata_buffer before = state_of(&p), after;
        begin(&p);
        yt_branch *branch = branch_of(t);
        uint32_t state = yt_state(p.doc, 0), units = branch->units;
        OK(yata_text_insert(t, p.txn, units, STR("\xF0\x9F\x98\x80!")));
        cr_assert_eq(items_of(&p), 1);
        yt_shrink(p.doc, branch->first, state);
        yt_client_at(p.doc, 0)->state = state;
        cr_assert_eq(branch->units, units);
        commit(&p);
        after = state_of(&p);
        cr_assert(bytes_equal(bytes_of(&before), bytes_of(&after)));
        yata_buffer_free(&before);
        yata_buffer_free(&after);
        peer_close(&p);
    }
}
