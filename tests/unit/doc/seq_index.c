/* SPDX-License-Identifier: MIT */
/* seq_index.c - positions: walks from the start, the cursor and the end; what moves the cursor and what drops it. */
#include "doc/seq_index.h"
#include "doc/content.h"
#include "../peer.h"
#include "harness/random.h"

static yt_seq_pos place_of(yata_type type, uint32_t index) {
    yt_seq_pos pos;
    OK(yt_seq_find(type.doc, branch_of(type), index, &pos));
    return pos;
}

/* Every position, found by a walk over all items, from wherever the cursor is. */
static void expect_all_places(const peer *p, yata_type type) {
    yt_branch *branch = branch_of(type);
    uint32_t index = 0;
    for (yt_ref ref = branch->first; ref; ref = yt_at(p->doc, ref)->right) {
        uint32_t units = yt_seq_units(p->doc, yt_at(p->doc, ref)), start = index;
        for (uint32_t i = 1; i <= units; i++) {
            yt_seq_pos pos;
            yata_status status = yt_seq_find(p->doc, branch, ++index, &pos);
            cr_assert(pos.item == ref && pos.start == start, "position %u", index);
            if (p->doc->unit != YATA_OFFSET_UTF8) OK(status);
            if (!status) cr_assert_eq(yt_clocks_to_units(p->doc, yt_at(p->doc, ref), pos.offset), i);
        }
    }
    yt_seq_pos out;
    FAILS(YATA_ERR_RANGE, yt_seq_find(p->doc, branch, index + 1, &out));
    cr_assert_eq(place_of(type, 0).item, 0);
}

Test(seq_index, walks_from_the_start_the_end_and_the_cursor) {
    peer p;
    peer_open(&p, 1);
    yata_type t = array_root(&p);
    for (uint32_t i = 0; i < 60; i++) put_int(&p, t, i / 2, i); /* nothing merges: each goes into the middle */
    erase_array(&p, t, 10, 7);
    erase_array(&p, t, 40, 7);
    yt_branch *branch = branch_of(t);
    uint32_t index = 0;
    for (yt_ref ref = branch->first; ref; ref = yt_at(p.doc, ref)->right) { /* deleted ones, too */
        yt_seq_edited(branch, ref, index);
        cr_assert_null(yt_seq_check(p.doc, branch));
        expect_all_places(&p, t);
        index += yt_seq_units(p.doc, yt_at(p.doc, ref));
    }
    yt_seq_drop(p.doc, branch);
    expect_all_places(&p, t);
    peer_close(&p);
}

Test(seq_index, check_notices_a_wrong_cursor) {
    peer p;
    peer_open(&p, 1);
    yata_type t = text_root(&p);
    write_text(&p, t, 0, "abc");
    yt_branch *branch = branch_of(t);
    const char *what = NULL;
    yt_seq_edited(branch, branch->first, 1);
    cr_assert_not(yata_doc_check(p.doc, &what));
    cr_assert_str_eq(what, "5: the cursor of a sequence is wrong");
    yt_seq_edited(branch, 63, 0); /* an item that is not there */
    cr_assert_not(yata_doc_check(p.doc, NULL));
    yt_seq_drop(p.doc, branch);
    peer_close(&p);
}

/* An edit leaves the cursor where it was, so that the next one is found at once. */
Test(seq_index, edits_leave_the_cursor_behind) {
    peer p;
    peer_open(&p, 1);
    yata_type t = text_root(&p), a = array_root(&p);
    write_text(&p, t, 0, "0123456789");
    write_text(&p, t, 4, "x");
    yt_branch *branch = branch_of(t);
    cr_assert_eq(branch->cursor_index, 4);
    cr_assert_eq(yt_at(p.doc, branch->cursor)->id.clock, 10);
    write_text(&p, t, 5, "y"); /* merged into x: the cursor goes along */
    cr_assert_eq(branch->cursor_index, 4);
    cr_assert_eq(yt_at(p.doc, branch->cursor)->len, 2);
    erase_text(&p, t, 7, 2);
    cr_assert_eq(branch->cursor_index, 6);
    put_int(&p, a, 0, 1);
    put_int(&p, a, 1, 2);
    branch = branch_of(a);
    cr_assert_eq(branch->cursor_index, 0);
    cr_assert_eq(yt_at(p.doc, branch->cursor)->len, 2);
    peer_close(&p);
}

Test(seq_index, a_merge_of_others_leaves_the_cursor) {
    yt_branch branch = {.cursor = 5, .cursor_index = 9};
    yt_seq_merged(NULL, &branch, 2, 3, 4);
    cr_assert(branch.cursor == 5 && branch.cursor_index == 9);
    yt_seq_merged(NULL, &branch, 4, 5, 4);
    cr_assert(branch.cursor == 4 && branch.cursor_index == 5);
}

/* What comes from outside may change any place. */
Test(seq_index, remote_changes_drop_the_cursor) {
    peer p, q;
    peer_open(&p, 1);
    peer_open(&q, 2);
    yata_type t = text_root(&p), u = text_root(&q);
    write_text(&p, t, 0, "hello");
    send_all(&p, &q);
    write_text(&q, u, 1, "-");
    write_text(&p, t, 5, "!");
    cr_assert_neq(branch_of(t)->cursor, 0);
    send_all(&q, &p);
    cr_assert_eq(branch_of(t)->cursor, 0);
    expect_text(t, "h-ello!");
    peer_close(&p);
    peer_close(&q);
}

Test(seq_index, units_count_characters_or_bytes) {
    static const yata_offset_unit units[] = {YATA_OFFSET_UTF16, YATA_OFFSET_UTF8, YATA_OFFSET_SCALAR};
    static const uint32_t lengths[] = {1 + 1 + 1 + 2, 1 + 2 + 3 + 4, 4};
    for (int i = 0; i < 3; i++) {
        peer p;
        peer_open_unit(&p, 1, units[i]);
        yata_type t = text_root(&p);
        write_text(&p, t, 0, "a\xC3\xA9\xE2\x82\xAC\xF0\x9F\x98\x80");
        cr_assert_eq(branch_of(t)->units, lengths[i]);
        cr_assert_eq(place_of(t, 1).offset, 1);
        uint32_t n = lengths[i];
        cr_assert_eq(place_of(t, n).offset, 5); /* clocks are UTF-16 */
        yt_seq_pos out;
        if (units[i] == YATA_OFFSET_UTF8) {
            static const uint32_t inside[] = {2, 4, 5, 7, 8, 9};
            for (int k = 0; k < 6; k++) FAILS(YATA_ERR_RANGE, yt_seq_find(p.doc, branch_of(t), inside[k], &out));
            cr_assert_eq(place_of(t, 3).offset, 2);
            cr_assert_eq(place_of(t, 6).offset, 3);
        }
        if (units[i] == YATA_OFFSET_SCALAR) cr_assert_eq(place_of(t, 3).offset, 3);
        peer_close(&p);
    }
}

/* A cut inside a surrogate pair makes a text longer in bytes and in characters: what stands behind it moves. */
Test(seq_index, a_broken_pair_moves_the_cursor) {
    static const yata_offset_unit units[] = {YATA_OFFSET_UTF16, YATA_OFFSET_UTF8, YATA_OFFSET_SCALAR};
    for (int i = 0; i < 3; i++) {
        peer p;
        peer_open_unit(&p, 1, units[i]);
        yata_type t = text_root(&p);
        /* client 2: an emoji, then (by client 3) an x that is known already, behind the first half of it */
        OK(take(&p, "01 01 02 00 04 01 01 74 04 F09F9880 00"));
        OK(take(&p, "01 01 03 00 84 02 01 01 62 00"));
        uint32_t end = branch_of(t)->units;
        write_text(&p, t, end, "z");
        cr_assert_neq(branch_of(t)->cursor, 0);
        OK(take(&p, "01 01 03 00 84 02 00 01 62 00"));
        expect_text(t, "\xEF\xBF\xBD\xEF\xBF\xBD"
                       "bz");
        expect_all_places(&p, t);
        peer_close(&p);
    }
}

Test(seq_index, any_order_of_edits) {
    peer p;
    peer_open_unit(&p, 1, YATA_OFFSET_SCALAR);
    yata_type t = text_root(&p);
    rng r = rng_from(3);
    static const char *const pieces[] = {"a", "\xC3\xA9t\xC3\xA9", "\xF0\x9F\x98\x80", "word "};
    for (uint32_t i = 0; i < 300; i++) {
        uint32_t n = branch_of(t)->units, at = rng_below(&r, n + 1);
        if (rng_one_in(&r, 3) && n)
            erase_text(&p, t, at / 2, (n - at / 2) < 3 ? n - at / 2 : 3);
        else
            write_text(&p, t, at, pieces[rng_below(&r, 4)]);
        if (i % 50 == 0) expect_all_places(&p, t);
    }
    peer_close(&p);
}
