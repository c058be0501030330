/* SPDX-License-Identifier: MIT */
/* apply.c - updates come in: status codes, order, blocks that are known, client ids that clash. */
#include "../peer.h"

/* ------------------------------------------------------------------------
 * Statuses
 */
Test(apply, arguments) {
    peer p, q;
    peer_open(&p, 1);
    peer_open(&q, 2);
    yata_bytes nothing = {NULL, 3};
    FAILS(YATA_ERR_ARGUMENT, yata_doc_apply(NULL, no_bytes(), no_bytes(), NULL));
    FAILS(YATA_ERR_ARGUMENT, yata_doc_apply(p.doc, nothing, no_bytes(), NULL));
    FAILS(YATA_ERR_ARGUMENT, yata_doc_apply(p.doc, (yata_bytes){(const uint8_t *)"\0\0", 2}, nothing, NULL));
    FAILS(YATA_ERR_ARGUMENT, yata_txn_apply(NULL, no_bytes(), NULL));
    FAILS(YATA_ERR_ARGUMENT, yata_txn_apply(begin(&p), nothing, NULL));
    commit(&p);
    peer_close(&p);
    peer_close(&q);
}

/* Refused bytes change nothing, and say where they are wrong. */
Test(apply, refused_bytes) {
    peer p;
    peer_open(&p, 1);
    OK(take(&p, "01 01 05 00 04 01 01 74 01 61 00"));
    yata_apply_result result;
    yata_buffer update = bytes_from("01 01 05 01 84 05 00 01 62");
    FAILS(YATA_ERR_END, yata_doc_apply(p.doc, bytes_of(&update), no_bytes(), &result));
    cr_assert_eq(result.fault.status, YATA_ERR_END);
    cr_assert_eq(result.fault.offset, 9);
    cr_assert_not(result.pending);
    begin(&p);
    FAILS(YATA_ERR_END, yata_txn_apply(p.txn, bytes_of(&update), NULL));
    cr_assert(yata_txn_local(p.txn));
    commit(&p);
    FAILS(YATA_ERR_END, yata_doc_apply(p.doc, no_bytes(), no_bytes(), NULL));
    expect_text(text_root(&p), "a");
    yata_buffer_free(&update);
    peer_close(&p);
}

Test(apply, longer_than_the_limit) {
    yata_doc_options options = yata_doc_options_default();
    options.client_id = 1;
    options.limits.update_bytes = 10;
    peer p;
    peer_open_with(&p, options);
    OK(take(&p, "01 01 05 00 00 01 00"));
    FAILS(YATA_ERR_LIMIT, take(&p, "01 01 05 01 04 01 01 74 01 61 00"));
    peer_close(&p);
}

Test(apply, more_clients_than_the_limit) {
    yata_doc_options options = yata_doc_options_default();
    options.client_id = 1;
    options.limits.clients = 2;
    peer p;
    peer_open_with(&p, options);
    OK(take(&p, "02 01 06 00 00 01 01 05 00 00 01 00"));
    FAILS(YATA_ERR_LIMIT, take(&p, "01 01 07 00 00 01 00"));
    FAILS(YATA_ERR_LIMIT, yata_text_insert(text_root(&p), begin(&p), 0, STR("x")));
    commit(&p);
    OK(take(&p, "01 01 06 01 00 01 00"));
    peer_close(&p);
}

static void open_for_clients(peer *p, uint32_t clients) {
    yata_doc_options options = yata_doc_options_default();
    options.client_id = 1;
    options.limits.clients = clients;
    peer_open_with(p, options);
}

/* An update that brings known clients and too many new ones leaves nothing behind, of neither. */
Test(apply, too_many_clients_in_the_middle) {
    static const char many[] =
        "03 01 07 00 84 05 00 01 62 01 06 00 84 05 00 01 63 01 05 01 84 05 00 01 64 01 05 01 00 01";
    peer p;
    open_for_clients(&p, 2);
    OK(take(&p, "01 01 05 00 04 01 01 74 01 61 00"));
    yata_buffer before = state_of(&p);
    FAILS(YATA_ERR_LIMIT, take(&p, many));
    yata_buffer after = state_of(&p);
    cr_assert(bytes_equal(bytes_of(&before), bytes_of(&after)));
    cr_assert_eq(p.doc->clients.len, 1);
    yata_buffer_free(&before);
    yata_buffer_free(&after);
    peer_close(&p);
    open_for_clients(&p, 3);
    OK(take(&p, "01 01 05 00 04 01 01 74 01 61 00"));
    OK(take(&p, many));
    peer_close(&p);
}

/* Who waits is known: the wait ends without a refusal, and what else comes, an edit too, finds the place taken. */
Test(apply, clients_that_wait_count) {
    peer p;
    open_for_clients(&p, 2);
    OK(take(&p, "01 01 05 00 84 06 00 01 62 00")); /* 5 waits for 6 */
    FAILS(YATA_ERR_LIMIT, take(&p, "02 01 08 00 84 06 00 01 63 01 07 00 04 01 01 74 01 64 00"));
    OK(take(&p, "01 01 05 01 84 05 00 01 65 00")); /* no new one */
    OK(take(&p, "01 01 07 00 0a 01 00"));          /* nothing but a hole */
    OK(take(&p, "01 01 06 00 04 01 01 74 01 61 00"));
    expect_text(text_root(&p), "abe");
    FAILS(YATA_ERR_LIMIT, yata_text_insert(text_root(&p), begin(&p), 0, STR("x")));
    commit(&p);
    peer_close(&p);
    open_for_clients(&p, 1);
    OK(take(&p, "01 01 05 01 84 05 00 01 62 00"));
    FAILS(YATA_ERR_LIMIT, yata_text_insert(text_root(&p), begin(&p), 0, STR("x")));
    commit(&p);
    OK(take(&p, "01 01 05 00 04 01 01 74 01 61 00"));
    expect_text(text_root(&p), "ab");
    peer_close(&p);
}

/* Blocks under our own id that wait have our place. */
Test(apply, the_own_client_waits) {
    peer p;
    open_for_clients(&p, 1);
    OK(take(&p, "01 01 01 01 84 01 00 01 62 00"));
    OK(yata_text_insert(text_root(&p), begin(&p), 0, STR("x")));
    commit(&p);
    peer_close(&p);
}

/* ------------------------------------------------------------------------
 * Transactions
 */
Test(apply, in_a_transaction) {
    peer p, q;
    peer_open(&p, 1);
    peer_open(&q, 2);
    yata_type t = text_root(&p);
    begin(&p);
    cr_assert(yata_txn_local(p.txn));
    OK(yata_text_insert(t, p.txn, 0, STR("here")));
    yata_buffer update = bytes_from("01 01 05 00 04 01 01 74 05 7468657265 00");
    OK(yata_txn_apply(p.txn, bytes_of(&update), NULL));
    cr_assert_not(yata_txn_local(p.txn));
    OK(yata_text_insert(t, p.txn, 4, STR(" and ")));
    yata_txn *other = begin(&q);
    FAILS(YATA_ERR_STATE, yata_text_insert(t, other, 0, STR("x"))); /* a transaction of another document */
    commit(&q);
    commit(&p);
    expect_text(t, "here and there");
    yata_buffer_free(&update);
    peer_close(&p);
    peer_close(&q);
}

/* A document's update inside its open transaction belongs to it. */
Test(apply, joins_the_open_transaction) {
    peer p;
    peer_open(&p, 1);
    begin(&p);
    OK(take(&p, "01 01 05 00 04 01 01 74 01 61 00"));
    cr_assert_eq(p.doc->txn, p.txn);
    cr_assert_not(yata_txn_local(p.txn));
    commit(&p);
    expect_text(text_root(&p), "a");
    peer_close(&p);
}

/* ------------------------------------------------------------------------
 * Order
 */

/* Sections and blocks of one update that need each other across clients. */
Test(apply, blocks_wait_for_each_other_inside_an_update) {
    peer p;
    peer_open(&p, 1);
    OK(take(&p, "03 02 07 00 84 06 00 01 63 84 05 01 01 65"
                "   02 06 00 84 05 00 01 62 84 07 00 01 64"
                "   02 05 00 04 01 01 74 01 61 84 06 01 01 66 00"));
    expect_text(text_root(&p), "abcdfe");
    peer_close(&p);
}

/* A Skip, and a section of the same client twice, which is legal. */
Test(apply, skips_and_repeated_sections) {
    peer p;
    peer_open(&p, 1);
    OK(take(&p, "01 03 05 00 04 01 01 74 01 61 0a 02 84 05 02 01 64 00"));
    expect_text(text_root(&p), "a");
    OK(take(&p, "02 01 05 01 84 05 00 01 62 01 05 02 84 05 01 01 63 00"));
    expect_text(text_root(&p), "abcd");
    OK(take(&p, "01 01 05 04 0a 05 00")); /* nothing but a Skip */
    cr_assert_eq(p.doc->pending.blocks, 0);
    peer_close(&p);
}

Test(apply, again_and_in_parts) {
    peer p;
    peer_open(&p, 1);
    OK(take(&p, "01 01 05 00 04 01 01 74 05 6162636465 00"));
    OK(take(&p, "01 01 05 00 04 01 01 74 05 6162636465 00"));
    OK(take(&p, "01 01 05 03 84 05 02 05 6465666768 00")); /* de are known */
    expect_text(text_root(&p), "abcdefgh");
    cr_assert_eq(block_count(&p), 1);
    OK(take(&p, "01 01 06 00 00 03 00"));
    OK(take(&p, "01 01 06 01 00 05 00"));
    cr_assert_eq(yt_client_at(p.doc, yt_slot_find(p.doc, 6))->state, 6);
    OK(take(&p, "01 01 07 00 08 01 01 61 03 7d01 7d02 7d03 00"));
    OK(take(&p, "01 01 07 02 88 07 01 03 7d03 7d04 7d05 00"));
    expect_json(array_root(&p), "[1,2,3,4,5]");
    peer_close(&p);
}

/* Of a block whose beginning is known the origin is cut, too, even between the halves of a pair. yjs 13.6.33. */
Test(apply, origin_of_what_is_known_in_part) {
    peer p;
    peer_open(&p, 9);
    OK(take(&p, "01 01 01 00 04 01 01 74 05 f09f9880 62 00"));
    OK(take(&p, "01 01 01 02 84 01 00 02 6263 00"));
    expect_text(text_root(&p), "\xEF\xBF\xBD\xEF\xBF\xBD"
                               "bc");
    expect_state(&p, "01 01 01 00 04 01 01 74 08 efbfbd efbfbd 6263 00");
    peer_close(&p);
}

/* spec/quirks.md, Q147: yjs throws at that, and loses what follows. */
Test(apply, known_in_part_and_collected) {
    peer p;
    peer_open(&p, 1);
    OK(take(&p, "01 01 05 00 00 02 00"));
    OK(take(&p, "02 01 05 00 04 01 01 74 03 616263 01 04 00 04 01 01 74 01 78 00"));
    expect_text(text_root(&p), "x");
    expect_state(&p, "02 01 05 00 00 03 01 04 00 04 01 01 74 01 78 01 05 01 00 03");
    peer_close(&p);
}

/* Text of no length is legal on the wire. yjs 13.6.33 ignores it, too. */
Test(apply, empty_text) {
    peer p;
    peer_open(&p, 1);
    OK(take(&p, "01 02 05 00 04 01 01 74 00 04 01 01 74 01 61 00"));
    expect_text(text_root(&p), "a");
    peer_close(&p);
}

/* ------------------------------------------------------------------------
 * Somebody else writes under our name
 */
static uint64_t next_random;

static bool counting(void *ctx, uint64_t *out) {
    (void)ctx;
    *out = next_random++ | UINT64_C(1) << 32; /* ids have 32 bits */
    return true;
}

Test(apply, a_client_id_that_clashes_is_left) {
    yata_doc_options options = yata_doc_options_default();
    options.client_id = 7;
    options.random = counting;
    next_random = 8;
    peer p;
    peer_open_with(&p, options);
    OK(take(&p, "01 01 06 00 04 01 01 74 01 61 00"));
    cr_assert_eq(yata_doc_client_id(p.doc), 7);
    OK(take(&p, "01 01 07 00 84 06 00 01 62 00"));
    cr_assert_eq(yata_doc_client_id(p.doc), 8);
    write_text(&p, text_root(&p), 2, "c");
    expect_state(&p, "03 01 08 00 84 07 00 01 63 01 07 00 84 06 00 01 62 01 06 00 04 01 01 74 01 61 00");
    OK(take(&p, "01 01 08 00 84 07 00 01 63 00")); /* our own, back again: no clash */
    cr_assert_eq(yata_doc_client_id(p.doc), 8);
    peer_close(&p);
}

static bool no_random(void *ctx, uint64_t *out) {
    (void)ctx;
    (void)out;
    return false;
}
static bool always_5(void *ctx, uint64_t *out) {
    (void)ctx;
    *out = 5;
    return true;
}

/* A source of randomness that has none, or always the same, is no reason to keep the id, nor to look for ever. */
Test(apply, clashes_without_good_randomness) {
    bool (*sources[])(void *, uint64_t *) = {no_random, always_5};
    for (int i = 0; i < 2; i++) {
        yata_doc_options options = yata_doc_options_default();
        options.client_id = 5;
        options.random = sources[i];
        peer p;
        peer_open_with(&p, options);
        OK(take(&p, "01 01 05 00 04 01 01 74 01 61 00"));
        cr_assert_neq(yata_doc_client_id(p.doc), 5);
        cr_assert_neq(yata_doc_client_id(p.doc), 0);
        write_text(&p, text_root(&p), 1, "b");
        expect_text(text_root(&p), "ab");
        peer_close(&p);
    }
}

/* ------------------------------------------------------------------------
 * All kinds of content, and what becomes of them without memory
 */
static const char everything[] =
    "02 08 06 00"
    "  84 05 00 01 78"                             /* x behind the a */
    "  28 01 01 6d 01 6b 02 7d01 7d02"             /* m.k */
    "  27 01 01 6d 01 6e 01"                       /* m.n: a map */
    "  28 00 06 03 01 70 01 78"                    /* m.n.p: true */
    "  23 00 06 03 01 62 02 0102"                  /* m.n.b: binary */
    "  29 00 06 03 01 64 01 67 7600"               /* m.n.d: a subdocument */
    "  46 05 00 01 69 04 74727565"                 /* italic, before the a */
    "  02 01 01 6a 02 01 31 09 756e646566696e6564" /* root j: legacy JSON 1 and undefined */
    "  01 05 00 04 01 01 74 05 61F09F9880"
    "  00";

static void open_empty(peer *p) {
    peer_open(p, 1);
}

static bool apply_everything(peer *p) {
    yata_buffer update = bytes_from(everything);
    yata_status status = yata_doc_apply(p->doc, bytes_of(&update), no_bytes(), NULL);
    cr_assert(status == YATA_OK || status == YATA_ERR_MEMORY);
    sound(p);
    p->memory.fail_at = 0;
    OK(yata_doc_apply(p->doc, bytes_of(&update), no_bytes(), NULL));
    yata_buffer_free(&update);
    expect_text(text_root(p), "a\xF0\x9F\x98\x80x");
    expect_json(map_root(p), "{\"k\":2,\"n\":{\"p\":true,\"b\":{\"$binary\":\"AQI=\"},\"d\":{\"$doc\":\"g\"}}}");
    expect_json(root(p, "j", YATA_KIND_ARRAY), "[1,null]");
    return status == YATA_OK;
}

Test(apply, every_kind_of_content) {
    peer p;
    peer_open(&p, 1);
    cr_assert(apply_everything(&p));
    peer_close(&p);
}

Test(apply, without_memory) {
    fail_each(open_empty, apply_everything);
}

/* The rest of a block whose beginning stands elsewhere: it follows its beginning. */
Test(apply, a_rest_with_another_parent) {
    peer p;
    peer_open(&p, 9);
    OK(take(&p, "01 01 01 00 28 01 01 6d 01 6b 01 7d01 00"));
    OK(take(&p, "01 01 01 00 04 01 01 74 03 616263 00"));
    expect_text(text_root(&p), "");
    peer_close(&p);
}

/* Large loads: many pages, chunks made in one piece, in both directions of the order of clients. */
Test(apply, a_large_update) {
    peer p, q;
    peer_open(&p, 1);
    yata_type t = text_root(&p), a = array_root(&p);
    begin(&p);
    for (uint32_t i = 0; i < 5000; i++) {
        yata_value v = INT(i);
        OK(yata_text_insert(t, p.txn, i / 2 * 2, STR("ab")));
        OK(yata_array_insert(a, p.txn, i / 2, &v, 1));
    }
    commit(&p);
    peer_open(&q, 2);
    send_all(&p, &q);
    expect_same_state(&p, &q);
    send_all(&p, &q);
    expect_same_state(&p, &q);
    peer_close(&p);
    peer_close(&q);
}
