/* SPDX-License-Identifier: MIT */
/*
 * content.c - contents of items: import from a block, cut, join, view. Items here stand in no list: they are released
 * by hand before the document is checked.
 */
#include "doc/content.h"
#include "../peer.h"
#include "doc/pool.h"

#define EURO     "\xE2\x82\xAC"
#define EMOJI    "\xF0\x9F\x98\x80"
#define REPLACED "\xEF\xBF\xBD"

static yata_bytes raw(const char *text) {
    return (yata_bytes){(const uint8_t *)text, strlen(text)};
}

static yt_block text_block(const char *text, uint32_t len) {
    return (yt_block){.content = YT_STRING, .len = len, .data = raw(text)};
}

/* Three values: 1, "ab", null. */
static const uint8_t three[] = {0x7d, 1, 0x77, 2, 'a', 'b', 0x7e};
static yt_block values_block(uint8_t content) {
    return (yt_block){.content = content, .len = 3, .data = {three, sizeof three}};
}

static yt_ref import_from(peer *p, const yt_block *b, uint32_t offset) {
    yt_ref ref = yt_item_new(p->doc);
    cr_assert(yt_content_import(p->doc, ref, b, offset));
    return ref;
}

static yt_ref import_text(peer *p, const char *text, uint32_t len) {
    yt_block b = text_block(text, len);
    return import_from(p, &b, 0);
}

static void expect_item(const peer *p, yt_ref ref, const char *text, uint32_t len) {
    const yt_item *it = yt_at(p->doc, ref);
    yt_block b;
    yt_content_view(p->doc, it, &b);
    cr_assert_eq(b.content, YT_STRING);
    cr_assert_eq(b.len, len);
    cr_assert(bytes_equal(b.data, raw(text)), "%.*s for %s", (int)b.data.len, (const char *)b.data.data, text);
    cr_assert_eq(yt_text_bytes(p->doc, it), strlen(text));
}

/* ------------------------------------------------------------------------
 * Import
 */
Test(content, text_is_imported_from_any_unit_on) {
    peer p;
    peer_open(&p, 1);
    yt_block b = text_block("a" EURO EMOJI "z", 5);
    static const char *const tails[] = {"a" EURO EMOJI "z", EURO EMOJI "z", EMOJI "z", REPLACED "z", "z"};
    for (uint32_t offset = 0; offset < 5; offset++) {
        yt_ref ref = import_from(&p, &b, offset);
        expect_item(&p, ref, tails[offset], 5 - offset);
        yt_item_discard(p.doc, ref);
    }
    peer_close(&p);
}

Test(content, values_are_imported_from_any_element_on) {
    static const uint8_t starts[] = {0, 2, 6};
    peer p;
    peer_open(&p, 1);
    for (uint8_t kind = YT_JSON; kind <= YT_ANY; kind += YT_ANY - YT_JSON) {
        yt_block b = values_block(kind), view;
        for (uint32_t offset = 0; offset < 3; offset++) {
            yt_ref ref = import_from(&p, &b, offset);
            yt_content_view(p.doc, yt_at(p.doc, ref), &view);
            cr_assert_eq(view.content, kind);
            cr_assert_eq(view.len, 3 - offset);
            yata_bytes rest = {three + starts[offset], sizeof three - starts[offset]};
            cr_assert(bytes_equal(view.data, rest));
            yt_item_discard(p.doc, ref);
        }
    }
    peer_close(&p);
}

Test(content, every_kind_is_viewed_as_it_came) {
    peer p;
    peer_open(&p, 1);
    static const uint8_t null_any[] = {0x7e};
    yata_bytes null_bytes = {null_any, 1};
    yt_block blocks[] = {
        {.content = YT_DELETED, .len = 9},
        {.content = YT_BINARY, .len = 1, .data = raw("bin")},
        {.content = YT_BINARY, .len = 1},
        {.content = YT_EMBED, .len = 1, .data = null_bytes},
        {.content = YT_FORMAT, .len = 1, .name = STR("bold"), .data = null_bytes},
        {.content = YT_DOC, .len = 1, .name = STR("guid"), .data = null_bytes},
        {.content = YT_TYPE, .len = 1, .type_ref = 2},
        {.content = YT_TYPE, .len = 1, .type_ref = 3, .name = STR("p")},
    };
    for (size_t i = 0; i < sizeof blocks / sizeof *blocks; i++) {
        yt_ref ref = import_from(&p, &blocks[i], 0);
        yt_block view;
        yt_content_view(p.doc, yt_at(p.doc, ref), &view);
        cr_assert_eq(view.content, blocks[i].content);
        cr_assert_eq(view.len, blocks[i].len);
        cr_assert_eq(view.type_ref, blocks[i].type_ref);
        cr_assert(bytes_equal(view.data, blocks[i].data));
        cr_assert_eq(view.name.len, blocks[i].name.len);
        if (view.name.len) cr_assert(!memcmp(view.name.data, blocks[i].name.data, view.name.len));
        yt_item_discard(p.doc, ref);
    }
    cr_assert_eq(p.doc->pool.live, 0);
    peer_close(&p);
}

Test(content, values_as_readers_see_them) {
    peer p;
    peer_open(&p, 1);
    yt_block b = values_block(YT_ANY);
    yt_block doc = {.content = YT_DOC, .len = 1, .name = STR("guid"), .data = raw("\x7e")};
    yt_block type = {.content = YT_TYPE, .len = 1, .type_ref = 1}, gone = {.content = YT_DELETED, .len = 1};
    yt_block binary = {.content = YT_BINARY, .len = 1, .data = raw("x")};
    yt_ref values = import_from(&p, &b, 0), d = import_from(&p, &doc, 0), t = import_from(&p, &type, 0);
    yt_ref g = import_from(&p, &gone, 0), bin = import_from(&p, &binary, 0), s = import_text(&p, "text", 4);
    yata_value v;
    yt_content_value(p.doc, yt_at(p.doc, values), 0, &v);
    cr_assert(v.kind == YATA_VALUE_INT && v.u.integer == 1);
    yt_content_value(p.doc, yt_at(p.doc, values), 1, &v);
    cr_assert(v.kind == YATA_VALUE_STRING && v.u.string.len == 2);
    yt_content_value(p.doc, yt_at(p.doc, values), 2, &v);
    cr_assert_eq(v.kind, YATA_VALUE_NULL);
    yt_content_value(p.doc, yt_at(p.doc, d), 0, &v);
    cr_assert(v.kind == YATA_VALUE_DOC && v.u.string.len == 4);
    yt_content_value(p.doc, yt_at(p.doc, t), 0, &v);
    cr_assert(v.kind == YATA_VALUE_TYPE && branch_of(v.u.type)->kind == YATA_KIND_MAP);
    yt_content_value(p.doc, yt_at(p.doc, bin), 0, &v);
    cr_assert(v.kind == YATA_VALUE_BINARY && v.u.binary.len == 1);
    yt_content_value(p.doc, yt_at(p.doc, s), 0, &v);
    cr_assert(v.kind == YATA_VALUE_STRING && v.u.string.len == 4);
    yt_content_value(p.doc, yt_at(p.doc, g), 0, &v);
    cr_assert_eq(v.kind, YATA_VALUE_UNDEFINED);
    yt_content_element(p.doc, yt_at(p.doc, values), 0, &v);
    cr_assert(v.kind == YATA_VALUE_INT);
    yt_ref all[] = {values, d, t, g, bin, s};
    for (int i = 0; i < 6; i++) yt_item_discard(p.doc, all[i]);
    peer_close(&p);
}

/* As an array, a text is its UTF-16 units. */
Test(content, units_of_a_text_as_elements) {
    peer p;
    peer_open(&p, 1);
    yt_ref ref = import_text(&p, "a\xC3\xA9" EURO EMOJI "z", 6);
    static const char *const units[] = {"a", "\xC3\xA9", EURO, REPLACED, REPLACED, "z"};
    for (uint32_t i = 0; i < 6; i++) {
        yata_value v;
        yt_content_element(p.doc, yt_at(p.doc, ref), i, &v);
        cr_assert_eq(v.kind, YATA_VALUE_STRING);
        cr_assert_eq(v.u.string.len, strlen(units[i]));
        cr_assert(!memcmp(v.u.string.data, units[i], v.u.string.len));
    }
    yt_item_discard(p.doc, ref);
    peer_close(&p);
}

/* ------------------------------------------------------------------------
 * Split and join
 */
static yt_ref split(peer *p, yt_ref left, uint32_t diff) {
    yt_ref right = yt_item_new(p->doc);
    cr_assert(yt_content_split(p->doc, yt_at(p->doc, left), diff, yt_at(p->doc, right)));
    return right;
}

Test(content, text_splits_and_joins_without_copies) {
    peer p;
    peer_open(&p, 1);
    static const char text[] = "a\xC3\xA9" EURO EMOJI "z";
    static const uint32_t cuts[] = {1, 2, 3, 5}, bytes[] = {1, 3, 6, 10};
    for (int i = 0; i < 4; i++) {
        yt_ref left = import_text(&p, text, 6), right;
        const uint8_t *place = yt_text(p.doc, yt_slice_of(yt_at(p.doc, left)));
        right = split(&p, left, cuts[i]);
        char head[16] = {0};
        memcpy(head, text, bytes[i]);
        expect_item(&p, left, head, cuts[i]);
        expect_item(&p, right, text + bytes[i], 6 - cuts[i]);
        cr_assert_eq(yt_text(p.doc, yt_slice_of(yt_at(p.doc, right))), place + bytes[i]);
        cr_assert(yt_content_join(p.doc, yt_at(p.doc, left), yt_at(p.doc, right)));
        expect_item(&p, left, text, 6);
        cr_assert_eq(yt_text(p.doc, yt_slice_of(yt_at(p.doc, left))), place);
        yt_item_free(p.doc, right);
        yt_item_discard(p.doc, left);
    }
    peer_close(&p);
}

Test(content, a_split_pair_becomes_two_replacement_characters) {
    static const char *const texts[] = {EMOJI, "a" EMOJI, EMOJI "z", "a" EMOJI "z"};
    static const char *const lefts[] = {REPLACED, "a" REPLACED, REPLACED, "a" REPLACED};
    static const char *const rights[] = {REPLACED, REPLACED, REPLACED "z", REPLACED "z"};
    peer p;
    peer_open(&p, 1);
    for (uint32_t i = 0; i < 4; i++) {
        uint32_t len = (uint32_t)strlen(texts[i]) - 2;
        yt_ref left = import_text(&p, texts[i], len), right = split(&p, left, 1 + i % 2);
        expect_item(&p, left, lefts[i], 1 + i % 2);
        expect_item(&p, right, rights[i], len - 1 - i % 2);
        cr_assert(yt_content_join(p.doc, yt_at(p.doc, left), yt_at(p.doc, right)));
        cr_assert_eq(yt_at(p.doc, left)->len, len); /* and stay so */
        cr_assert_eq(yt_text_bytes(p.doc, yt_at(p.doc, left)), strlen(texts[i]) + 2);
        yt_item_free(p.doc, right);
        yt_item_discard(p.doc, left);
    }
    peer_close(&p);
}

/* More than 65,535 bytes of UTF-8 beyond the number of units in one item: they are counted when needed. */
Test(content, very_wide_texts) {
    enum { EUROS = 40000 };
    peer p;
    peer_open(&p, 1);
    char *text = malloc(3 * EUROS + 1);
    for (size_t i = 0; i < EUROS; i++) memcpy(text + 3 * i, EURO, 3);
    text[3 * EUROS] = 0;
    yt_ref left = import_text(&p, text, EUROS);
    cr_assert_eq(yt_at(p.doc, left)->wide, YT_WIDE_MANY);
    expect_item(&p, left, text, EUROS);
    yt_ref right = split(&p, left, 1000); /* 1000 and 39000: wide on the right alone */
    cr_assert_eq(yt_at(p.doc, left)->wide, 2000);
    cr_assert_eq(yt_at(p.doc, right)->wide, YT_WIDE_MANY);
    expect_item(&p, right, text + 3000, EUROS - 1000);
    yt_ref third = split(&p, right, 32767); /* the largest that is not many */
    cr_assert_eq(yt_at(p.doc, right)->wide, 65534);
    expect_item(&p, right, text + 3 * (EUROS - 32767), 32767);
    cr_assert(yt_content_join(p.doc, yt_at(p.doc, right), yt_at(p.doc, third)));
    yt_item_free(p.doc, third);
    cr_assert_eq(yt_at(p.doc, right)->wide, YT_WIDE_MANY);
    cr_assert(yt_content_join(p.doc, yt_at(p.doc, left), yt_at(p.doc, right)));
    yt_item_free(p.doc, right);
    expect_item(&p, left, text, EUROS);
    yt_item_discard(p.doc, left);
    free(text);
    peer_close(&p);
}

Test(content, values_and_tombstones_split_and_join) {
    peer p;
    peer_open(&p, 1);
    yt_block values = values_block(YT_JSON), gone = {.content = YT_DELETED, .len = 9};
    yt_ref left = import_from(&p, &values, 0), right = split(&p, left, 1);
    cr_assert_eq(yt_at(p.doc, left)->len, 1);
    cr_assert_eq(yt_at(p.doc, right)->len, 2);
    cr_assert(yt_content_join(p.doc, yt_at(p.doc, left), yt_at(p.doc, right)));
    cr_assert_eq(yt_at(p.doc, left)->len, 3);
    yt_item_free(p.doc, right);
    yt_ref dead = import_from(&p, &gone, 0), rest = split(&p, dead, 4);
    cr_assert_eq(yt_at(p.doc, rest)->len, 5);
    cr_assert(yt_content_join(p.doc, yt_at(p.doc, dead), yt_at(p.doc, rest)));
    cr_assert_eq(yt_at(p.doc, dead)->len, 9);
    cr_assert_not(yt_content_join(p.doc, yt_at(p.doc, left), yt_at(p.doc, dead))); /* other kinds */
    yt_item_free(p.doc, rest);
    yt_item_discard(p.doc, dead);
    yt_item_discard(p.doc, left);
    peer_close(&p);
}

Test(content, what_does_not_join) {
    peer p;
    peer_open(&p, 1);
    static const uint8_t kinds[] = {YT_BINARY, YT_EMBED, YT_FORMAT, YT_DOC};
    for (int i = 0; i < 4; i++) {
        yt_block b = {.content = kinds[i], .len = 1, .data = raw("\x7e"), .name = STR("k")};
        yt_ref left = import_from(&p, &b, 0), right = import_from(&p, &b, 0);
        cr_assert_not(yt_content_join(p.doc, yt_at(p.doc, left), yt_at(p.doc, right)));
        yt_item_discard(p.doc, left);
        yt_item_discard(p.doc, right);
    }
    yt_item huge = {.content = YT_DELETED, .len = YT_CLOCK_MAX}, one = {.content = YT_DELETED, .len = 1};
    cr_assert_not(yt_content_join(p.doc, &huge, &one));
    peer_close(&p);
}

/* ------------------------------------------------------------------------
 * Offset units
 */
Test(content, units_and_clocks) {
    static const yata_offset_unit units[] = {YATA_OFFSET_UTF16, YATA_OFFSET_UTF8, YATA_OFFSET_SCALAR};
    static const uint32_t at[3][6] = {{0, 1, 2, 3, 5, 6}, {0, 1, 3, 6, 10, 11}, {0, 1, 2, 3, 4, 5}};
    static const uint32_t clocks[] = {0, 1, 2, 3, 5, 6};
    for (int u = 0; u < 3; u++) {
        peer p;
        peer_open_unit(&p, 1, units[u]);
        yt_ref ref = import_text(&p, "a\xC3\xA9" EURO EMOJI "z", 6), plain = import_text(&p, "plain", 5);
        yt_block many = values_block(YT_ANY);
        yt_ref values = import_from(&p, &many, 0);
        cr_assert_eq(yt_units(p.doc, yt_at(p.doc, ref)), at[u][5]);
        for (int i = 0; i < 6; i++) {
            uint32_t seen;
            cr_assert(yt_units_to_clocks(p.doc, yt_at(p.doc, ref), at[u][i], &seen));
            cr_assert_eq(seen, clocks[i]);
            cr_assert_eq(yt_clocks_to_units(p.doc, yt_at(p.doc, ref), clocks[i]), at[u][i]);
        }
        uint32_t three_clocks;
        cr_assert(yt_units_to_clocks(p.doc, yt_at(p.doc, plain), 3, &three_clocks));
        cr_assert_eq(three_clocks, 3);
        cr_assert_eq(yt_clocks_to_units(p.doc, yt_at(p.doc, plain), 3), 3);
        cr_assert_eq(yt_units(p.doc, yt_at(p.doc, plain)), 5);
        cr_assert_eq(yt_units(p.doc, yt_at(p.doc, values)), 3);
        if (units[u] == YATA_OFFSET_UTF8) cr_assert_not(yt_units_to_clocks(p.doc, yt_at(p.doc, ref), 2, &three_clocks));
        yt_item_discard(p.doc, ref);
        yt_item_discard(p.doc, plain);
        yt_item_discard(p.doc, values);
        peer_close(&p);
    }
}

/* ------------------------------------------------------------------------
 * Without memory
 */
static void open_empty(peer *p) {
    peer_open(p, 1);
}

static bool import_all(peer *p) {
    yt_block blocks[] = {
        text_block("text", 4),
        values_block(YT_ANY),
        {.content = YT_BINARY, .len = 1, .data = raw("x")},
        {.content = YT_FORMAT, .len = 1, .name = STR("k"), .data = raw("\x7e")},
        {.content = YT_TYPE, .len = 1, .type_ref = 3, .name = STR("tag")},
    };
    bool done = true;
    for (size_t i = 0; i < sizeof blocks / sizeof *blocks; i++) {
        yt_ref ref = yt_item_new(p->doc);
        if (!ref) return false;
        if (yt_content_import(p->doc, ref, &blocks[i], 0)) {
            yt_item_discard(p->doc, ref);
        } else {
            yt_item_free(p->doc, ref);
            done = false;
        }
    }
    return done;
}

static yt_ref pair, rest;

static void open_pair(peer *p) {
    peer_open(p, 1);
    char text[] = "012345678901234567890123456789012345678901234567890" EMOJI "z";
    pair = import_text(p, text, 54);
    rest = yt_item_new(p->doc);
}

/* Both halves are written anew: a new chunk each. */
static bool split_pair(peer *p) {
    bool done = yt_content_split(p->doc, yt_at(p->doc, pair), 52, yt_at(p->doc, rest));
    if (done)
        yt_item_discard(p->doc, rest);
    else
        yt_item_free(p->doc, rest);
    cr_assert_eq(yt_at(p->doc, pair)->len, done ? 52 : 54);
    yt_item_discard(p->doc, pair);
    return done;
}

/* Room for the left half, but not for the right one. */
static void open_long_tail(peer *p) {
    peer_open(p, 1);
    char text[105] = EMOJI, other[151] = "";
    memset(text + 4, 'x', 100);
    memset(other, 'y', 150);
    pair = import_text(p, text, 102);
    yt_ref filling = import_text(p, other, 150);
    yt_item_free(p->doc, filling); /* its text stays: no item is checked for it */
    yt_chunk_at(p->doc, p->doc->chunks.text)->refs--;
    rest = yt_item_new(p->doc);
}

static bool split_long_tail(peer *p) {
    bool done = yt_content_split(p->doc, yt_at(p->doc, pair), 1, yt_at(p->doc, rest));
    cr_assert_eq(yt_at(p->doc, pair)->len, done ? 1 : 102);
    if (done)
        yt_item_discard(p->doc, rest);
    else
        yt_item_free(p->doc, rest);
    yt_item_discard(p->doc, pair);
    return done;
}

Test(content, without_memory) {
    fail_each(open_long_tail, split_long_tail);
    fail_each(open_empty, import_all);
    fail_each(open_pair, split_pair);
}
