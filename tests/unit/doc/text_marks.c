/* SPDX-License-Identifier: MIT */
/* text_marks.c - places in long texts are those that counting from the front finds. */
#include "doc/text_marks.h"
#include "../peer.h"
#include "base/utf.h"
#include "doc/content.h"
#include "harness/random.h"

static const char *const characters[] = {"a", "\xC3\xA9", "\xE4\xBD\xA0", "\xF0\x9F\x98\x80"};

static void write_random(yata_buffer *out, rng *r, uint32_t count) {
    out->len = 0;
    for (uint32_t i = 0; i < count; i++) {
        const char *c = characters[rng_below(r, 4)];
        OK(yata_buffer_append(out, c, strlen(c)));
    }
}

static void compare_places(const yata_doc *doc, const yt_item *it, rng *r) {
    yt_slice slice = yt_slice_of(it);
    const uint8_t *text = yt_text(doc, slice);
    uint32_t bytes = yt_text_bytes(doc, it);
    cr_assert_eq(yt_utf8_count_utf16(text, bytes), it->len);
    for (uint32_t i = 0; i < 200; i++) {
        uint32_t units = i < 2 ? i * it->len : rng_below(r, it->len + 1);
        bool inside, expected_inside;
        size_t at = yt_text_at_utf16(doc, slice, bytes, units, &inside);
        cr_assert_eq(at, yt_utf8_at_utf16(text, bytes, units, &expected_inside));
        cr_assert_eq(inside, expected_inside);
        cr_assert_eq(yt_text_count_utf16(doc, slice, at), yt_utf8_count_utf16(text, at));
    }
}

Test(text_marks, find_what_counting_finds) {
    for (uint64_t seed = 1; seed <= 10; seed++) {
        peer p;
        rng r = rng_from(seed);
        yata_buffer text;
        yata_buffer_init(&text, NULL);
        peer_open_unit(&p, 1, YATA_OFFSET_UTF16);
        yata_type t = text_root(&p);
        write_random(&text, &r, 3000 * (uint32_t)seed);
        OK(yata_text_insert(t, begin(&p), 0, str_from(bytes_of(&text))));
        commit(&p);
        for (uint32_t i = 0; i < 12; i++) { /* cut into pieces, whose slices begin anywhere */
            const yt_branch *branch = branch_of(t);
            OK(yata_text_insert(t, begin(&p), rng_below(&r, branch->units + 1), STR("|")));
            commit(&p);
            for (yt_ref ref = branch->first; ref; ref = yt_at(p.doc, ref)->right)
                compare_places(p.doc, yt_at(p.doc, ref), &r);
        }
        yata_buffer_free(&text);
        peer_close(&p);
    }
}

static uint32_t marks_of(const peer *p, yata_type t) {
    return yt_chunk_at(p->doc, yt_at(p->doc, branch_of(t)->first)->chunk)->count;
}

/* One key stroke behind a long text looks at a few hundred bytes of it; the marks grow with the text. */
Test(text_marks, grow_with_what_is_typed) {
    for (int unit = 0; unit < 3; unit++) {
        peer p;
        yata_buffer text;
        yata_buffer_init(&text, NULL);
        peer_open_unit(&p, 1, (yata_offset_unit)unit);
        yata_type t = text_root(&p);
        for (uint32_t i = 0; i < 40000; i++) OK(yata_buffer_append(&text, "\xE4\xBD\xA0", 3));
        OK(yata_text_insert(t, begin(&p), 0, str_from(bytes_of(&text))));
        commit(&p);
        cr_assert_eq(yt_at(p.doc, branch_of(t)->first)->wide, YT_WIDE_MANY);
        for (uint32_t i = 0; i < 300; i++) {
            OK(yata_text_insert(t, begin(&p), branch_of(t)->units, STR("\xC3\xA9")));
            OK(yata_txn_commit(p.txn));
        }
        sound(&p);
        cr_assert_geq(marks_of(&p, t), 40000 * 3 / 256);
        OK(yata_text_delete(t, begin(&p), 0, branch_of(t)->units)); /* the chunk goes, or begins anew */
        commit(&p);
        write_text(&p, t, 0, "x");
        yata_buffer_free(&text);
        peer_close(&p);
    }
}

static yata_type long_text;
static void open_long(peer *p) {
    yata_buffer text;
    yata_buffer_init(&text, NULL);
    peer_open_unit(p, 1, YATA_OFFSET_UTF16);
    long_text = text_root(p);
    for (uint32_t i = 0; i < 2000; i++) OK(yata_buffer_append(&text, "\xE4\xBD\xA0", 3));
    OK(yata_text_insert(long_text, begin(p), 0, str_from(bytes_of(&text))));
    commit(p);
    yata_buffer_free(&text);
}
static bool type_inside(peer *p) {
    if (yata_txn_begin(p->doc, no_bytes(), &p->txn)) return false;
    yata_status typed = yata_text_insert(long_text, p->txn, 1500, STR("x")), committed = yata_txn_commit(p->txn);
    return !typed && !committed;
}

Test(text_marks, are_only_a_hint) { /* without memory for them it is counted */
    fail_each(open_long, type_inside);
}
