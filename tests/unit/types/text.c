/* SPDX-License-Identifier: MIT */
/* text.c - plain text in all three offset units. States are those of yjs 13.6.33 after the same edits. */
#include "../peer.h"
#include "harness/random.h"

#define ACUTE "\xC3\xA9"
#define EURO  "\xE2\x82\xAC"
#define EMOJI "\xF0\x9F\x98\x80"
#define LOST  "\xEF\xBF\xBD"

static void expect_length(yata_type text, uint32_t expected) {
    uint32_t length = 99;
    OK(yata_text_length(text, &length));
    cr_assert_eq(length, expected);
}

Test(text, statuses) {
    peer p;
    peer_open(&p, 1);
    yata_type t = text_root(&p), a = array_root(&p), none = {NULL, 0, 0}, x = root(&p, "x", YATA_KIND_UNTYPED);
    yata_str broken = {NULL, 1}, huge = {"", (size_t)UINT32_MAX + 1};
    yata_buffer out;
    yata_buffer_init(&out, NULL);
    yata_text_iter it;
    yata_value v;
    uint32_t length;
    yata_txn *txn = begin(&p);
    FAILS(YATA_ERR_ARGUMENT, yata_text_insert(none, txn, 0, STR("x")));
    FAILS(YATA_ERR_ARGUMENT, yata_text_insert(t, NULL, 0, STR("x")));
    FAILS(YATA_ERR_TYPE, yata_text_insert(a, txn, 0, STR("x")));
    FAILS(YATA_ERR_TYPE, yata_text_insert(x, txn, 0, STR("x")));
    FAILS(YATA_ERR_ARGUMENT, yata_text_insert(t, txn, 0, broken));
    FAILS(YATA_ERR_LIMIT, yata_text_insert(t, txn, 0, huge));
    FAILS(YATA_ERR_UTF8, yata_text_insert(t, txn, 0, STR("\xED\xA0\x80"))); /* half of a pair */
    FAILS(YATA_ERR_RANGE, yata_text_insert(t, txn, 1, STR("x")));
    FAILS(YATA_ERR_RANGE, yata_text_insert(t, txn, 1, STR("")));
    OK(yata_text_insert(t, txn, 0, STR("")));
    OK(yata_text_insert(t, txn, 0, (yata_str){NULL, 0}));
    FAILS(YATA_ERR_TYPE, yata_text_delete(a, txn, 0, 0));
    FAILS(YATA_ERR_RANGE, yata_text_delete(t, txn, 0, 1));
    FAILS(YATA_ERR_RANGE, yata_text_delete(t, txn, 1, 0));
    OK(yata_text_delete(t, txn, 0, 0));
    FAILS(YATA_ERR_ARGUMENT, yata_text_length(t, NULL));
    FAILS(YATA_ERR_TYPE, yata_text_length(a, &length));
    OK(yata_text_length(x, &length));
    FAILS(YATA_ERR_ARGUMENT, yata_text_read(t, NULL));
    FAILS(YATA_ERR_TYPE, yata_text_read(a, &out));
    FAILS(YATA_ERR_TYPE, yata_text_iter_init(&it, a));
    cr_assert_not(yata_text_iter_next(&it, &v));
    commit(&p);
    FAILS(YATA_ERR_STATE, yata_text_insert(t, txn, 0, STR("x")));
    expect_state(&p, "00 00");
    peer_close(&p);
}

/* yjs: insert(0, "hello"), delete(1, 3), insert(1, "XY"), insert(0, "<"), insert(length, ">") */
Test(text, edits) {
    peer p;
    peer_open(&p, 1);
    yata_type t = text_root(&p);
    write_text(&p, t, 0, "hello");
    erase_text(&p, t, 1, 3);
    write_text(&p, t, 1, "XY");
    write_text(&p, t, 0, "<");
    write_text(&p, t, 5, ">");
    expect_text(t, "<hXYo>");
    expect_length(t, 6);
    expect_state(&p, "0106010004010174016881010003840103016fc401030104025859440100013c840104013e0101010103");
    peer_close(&p);
}

/* One edit at every place of "aé€😀z", in each unit. */
Test(text, every_place_in_every_unit) {
    static const yata_offset_unit units[] = {YATA_OFFSET_UTF16, YATA_OFFSET_UTF8, YATA_OFFSET_SCALAR};
    static const char whole[] = "a" ACUTE EURO EMOJI "z";
    static const uint32_t byte_at[] = {0, 1, 3, 6, 10, 11};
    for (int u = 0; u < 3; u++) {
        static const uint32_t places[3][6] = {{0, 1, 2, 3, 5, 6}, {0, 1, 3, 6, 10, 11}, {0, 1, 2, 3, 4, 5}};
        for (int i = 0; i < 6; i++) {
            peer p;
            peer_open_unit(&p, 1, units[u]);
            yata_type t = text_root(&p);
            write_text(&p, t, 0, whole);
            expect_length(t, places[u][5]);
            write_text(&p, t, places[u][i], "-");
            char expected[20];
            snprintf(expected, sizeof expected, "%.*s-%s", (int)byte_at[i], whole, whole + byte_at[i]);
            expect_text(t, expected);
            erase_text(&p, t, places[u][i], 1);
            expect_text(t, whole);
            if (i < 5) {
                erase_text(&p, t, places[u][i], places[u][i + 1] - places[u][i]);
                snprintf(expected, sizeof expected, "%.*s%s", (int)byte_at[i], whole, whole + byte_at[i + 1]);
                expect_text(t, expected);
            }
            peer_close(&p);
        }
    }
}

Test(text, places_inside_a_character) {
    peer p;
    peer_open_unit(&p, 1, YATA_OFFSET_UTF8);
    yata_type t = text_root(&p);
    write_text(&p, t, 0, "a" EURO "b");
    yata_txn *txn = begin(&p);
    FAILS(YATA_ERR_RANGE, yata_text_insert(t, txn, 2, STR("x")));
    FAILS(YATA_ERR_RANGE, yata_text_insert(t, txn, 3, STR("")));
    FAILS(YATA_ERR_RANGE, yata_text_delete(t, txn, 2, 2));
    FAILS(YATA_ERR_RANGE, yata_text_delete(t, txn, 1, 2));
    FAILS(YATA_ERR_RANGE, yata_text_delete(t, txn, 2, 0));
    commit(&p);
    expect_text(t, "a" EURO "b");
    cr_assert_eq(block_count(&p), 1);
    peer_close(&p);
}

/* yjs: "a😀b", then delete(2, 1): both halves are lost. */
Test(text, half_of_a_pair_is_deleted) {
    peer p;
    peer_open(&p, 1);
    yata_type t = text_root(&p);
    write_text(&p, t, 0, "a" EMOJI "b");
    erase_text(&p, t, 2, 1);
    expect_text(t, "a" LOST "b");
    expect_state(&p, "01 03 01 00 04 01 01 74 04 61 efbfbd 81 01 01 01 84 01 02 01 62 01 01 01 02 01");
    expect_length(t, 3);
    write_text(&p, t, 0, EMOJI);
    write_text(&p, t, 1, "-");
    expect_text(t, LOST "-" LOST "a" LOST "b");
    peer_close(&p);
}

/* More than 65,535 bytes of UTF-8 beyond the units, in one item, edited in its middle. */
Test(text, very_wide_text) {
    enum { EUROS = 50000 };
    char *whole = malloc(3 * EUROS + 1);
    for (size_t i = 0; i < EUROS; i++) memcpy(whole + 3 * i, EURO, 3);
    whole[3 * EUROS] = 0;
    for (int u = YATA_OFFSET_UTF16; u <= YATA_OFFSET_SCALAR; u++) {
        uint32_t width = u == YATA_OFFSET_UTF8 ? 3 : 1;
        peer p, q;
        peer_open_unit(&p, 1, (yata_offset_unit)u);
        peer_open(&q, 2);
        yata_type t = text_root(&p);
        write_text(&p, t, 0, whole);
        cr_assert_eq(yt_at(p.doc, branch_of(t)->first)->wide, YT_WIDE_MANY);
        expect_length(t, EUROS * width);
        write_text(&p, t, 25000 * width, "middle");
        erase_text(&p, t, 25000 * width, 6);
        expect_text(t, whole);
        erase_text(&p, t, 10 * width, (EUROS - 20) * width);
        expect_text(t, whole + 3 * (EUROS - 20));
        send_all(&p, &q);
        expect_text(text_root(&q), whole + 3 * (EUROS - 20));
        peer_close(&p);
        peer_close(&q);
    }
    free(whole);
}

Test(text, pieces) {
    peer p;
    peer_open(&p, 1);
    yata_type t = text_root(&p), inner;
    yata_value embed = INT(5), v;
    write_text(&p, t, 0, "abcd");
    OK(yata_text_embed(t, begin(&p), 2, &embed, NULL));
    OK(yata_text_embed_type(t, p.txn, 4, YATA_KIND_MAP, STR(""), NULL, &inner));
    commit(&p);
    erase_text(&p, t, 0, 1);
    yata_text_iter it;
    OK(yata_text_iter_init(&it, t));
    static const yata_value_kind kinds[] = {YATA_VALUE_STRING, YATA_VALUE_INT, YATA_VALUE_STRING, YATA_VALUE_TYPE,
                                            YATA_VALUE_STRING};
    for (int i = 0; i < 5; i++) {
        cr_assert(yata_text_iter_next(&it, &v));
        cr_assert_eq(v.kind, kinds[i]);
        if (i == 3) cr_assert_eq(v.u.type.ref, inner.ref);
    }
    cr_assert_not(yata_text_iter_next(&it, &v));
    expect_text(t, "bcd");
    expect_length(t, 5);
    peer_close(&p);
}

Test(text, reading_appends) {
    peer p;
    peer_open(&p, 1);
    yata_type t = text_root(&p);
    write_text(&p, t, 0, "one");
    counted_memory memory = {0};
    yata_allocator allocator = counted_allocator(&memory);
    yata_buffer out;
    yata_buffer_init(&out, &allocator);
    OK(yata_buffer_append(&out, ">", 1));
    OK(yata_text_read(t, &out));
    expect_seen(&out, ">one");
    char *large = malloc(2001);
    memset(large, 'x', 2000);
    large[2000] = 0;
    write_text(&p, t, 1, large);
    memory.fail_at = memory.calls + 1;
    memory.fail_after = true;
    FAILS(YATA_ERR_MEMORY, yata_text_read(t, &out));
    expect_seen(&out, ">one"); /* nothing of it */
    free(large);
    yata_buffer_free(&out);
    peer_close(&p);
}

/* Against a plain string, two peers that exchange what they have. */
Test(text, any_order_of_edits) {
    static const char *const pieces[] = {"x", "yz ", ACUTE, EURO "-" ACUTE};
    static const uint32_t lengths[] = {1, 3, 1, 3};
    peer p;
    peer_open_unit(&p, 1, YATA_OFFSET_SCALAR);
    yata_type t = text_root(&p);
    const char *model[600];
    uint32_t n = 0;
    rng r = rng_from(21);
    for (uint32_t step = 0; step < 500; step++) {
        uint32_t at = rng_below(&r, n + 1), piece = rng_below(&r, 4);
        if (rng_one_in(&r, 3) || n > 590) {
            uint32_t len = rng_below(&r, 5) % (n - at + 1);
            erase_text(&p, t, at, len);
            memmove(model + at, model + at + len, (n - at - len) * sizeof *model);
            n -= len;
            continue;
        }
        write_text(&p, t, at, pieces[piece]);
        memmove(model + at + lengths[piece], model + at, (n - at) * sizeof *model);
        const char *from = pieces[piece];
        for (uint32_t i = 0; i < lengths[piece]; i++) {
            model[at + i] = from;
            do from++;
            while (((uint8_t)*from & 0xC0) == 0x80);
        }
        n += lengths[piece];
    }
    yata_buffer expected;
    yata_buffer_init(&expected, NULL);
    for (uint32_t i = 0; i < n; i++) {
        size_t len = 1;
        while (((uint8_t)model[i][len] & 0xC0) == 0x80) len++;
        OK(yata_buffer_append(&expected, model[i], len));
    }
    OK(yata_buffer_append(&expected, "", 1));
    expect_text(t, (const char *)expected.data);
    expect_length(t, n);
    yata_buffer_free(&expected);
    peer_close(&p);
}

/* ------------------------------------------------------------------------
 * Without memory: nothing changes
 */
static yata_type text;

static void open_pieces(peer *p) {
    peer_open(p, 1);
    text = text_root(p);
    write_text(p, text, 0, "0123456789");
    write_text(p, text, 5, EMOJI);
    erase_text(p, text, 2, 1);
}

static bool insert_piece(peer *p) {
    if (yata_txn_begin(p->doc, no_bytes(), &p->txn)) return false;
    yata_status status = yata_text_insert(text, p->txn, 3,
                                          STR("a piece that is longer than what the chunk has left, so "
                                              "that it needs another one"));
    cr_assert(status == YATA_OK || status == YATA_ERR_MEMORY);
    sound(p);
    if (status) expect_text(text, "0134" EMOJI "56789");
    OK(yata_txn_commit(p->txn));
    return !status;
}

static bool delete_pieces(peer *p) {
    if (yata_txn_begin(p->doc, no_bytes(), &p->txn)) return false;
    yata_status status = yata_text_delete(text, p->txn, 1, 7);
    cr_assert(status == YATA_OK || status == YATA_ERR_MEMORY);
    sound(p);
    expect_text(text, status ? "0134" EMOJI "56789" : "0789");
    OK(yata_txn_commit(p->txn));
    return !status;
}

Test(text, without_memory) {
    fail_each(open_pieces, insert_piece);
    fail_each(open_pieces, delete_pieces);
}

Test(text, indexes_inside_characters_move_to_their_end) {
    peer p, q;
    peer_open_unit(&p, 1, YATA_OFFSET_UTF8);
    peer_open(&q, 2);
    yata_type bytes = text_root(&p), units = text_root(&q);
    write_text(&p, bytes, 0,
               "a\xE2\x82\xAC"
               "b");
    write_text(&q, units, 0,
               "a\xF0\x9F\x98\x80"
               "b");
    static const uint32_t in_bytes[] = {0, 1, 4, 4, 4, 5}, in_units[] = {0, 1, 3, 3, 4};
    for (uint32_t i = 0; i < 6; i++) {
        uint32_t at = i;
        OK(yata_text_round_up(bytes, &at));
        cr_assert_eq(at, in_bytes[i]);
    }
    for (uint32_t i = 0; i < 5; i++) {
        uint32_t at = i;
        OK(yata_text_round_up(units, &at));
        cr_assert_eq(at, in_units[i]);
    }
    uint32_t beyond = 6;
    FAILS(YATA_ERR_RANGE, yata_text_round_up(bytes, &beyond));
    FAILS(YATA_ERR_RANGE, yata_text_round_up(units, &beyond));
    FAILS(YATA_ERR_ARGUMENT, yata_text_round_up(units, NULL));
    peer_close(&p);
    peer_close(&q);
}
