/* SPDX-License-Identifier: MIT */
/* chunk.c - slices of text and of values: put, join, drop. */
#include "doc/chunk.h"
#include "../peer.h"

static yata_bytes raw(const char *text) {
    return (yata_bytes){(const uint8_t *)text, strlen(text)};
}

static yt_slice put(peer *p, const char *text) {
    yt_slice slice;
    cr_assert(yt_text_put(p->doc, raw(text), no_bytes(), &slice));
    return slice;
}

static void expect_slice(const peer *p, yt_slice slice, const char *text) {
    cr_assert(!memcmp(yt_text(p->doc, slice), text, strlen(text)), "%s", text);
}

/* Integers below 64 take two bytes: 7d and the number. */
static yt_slice put_values(peer *p, uint8_t from, uint32_t count) {
    uint8_t bytes[128];
    for (uint32_t i = 0; i < count; i++) {
        bytes[2 * i] = 0x7d;
        bytes[2 * i + 1] = (uint8_t)(from + i);
    }
    yt_slice slice;
    cr_assert(yt_values_put(p->doc, (yata_bytes){bytes, 2 * count}, count, &slice));
    return slice;
}

static void expect_values(const peer *p, yt_slice slice, uint8_t from, uint32_t count) {
    cr_assert_eq(yt_elements(p->doc, slice, count).len, 2 * count);
    for (uint32_t i = 0; i < count; i++) {
        yata_bytes one = yt_elements(p->doc, (yt_slice){slice.chunk, slice.at + i}, 1);
        cr_assert_eq(one.len, 2);
        cr_assert_eq(one.data[1], from + i);
    }
}

static size_t memory_of(const peer *p) {
    size_t bytes = 0;
    for (uint32_t i = 0; i < p->doc->chunks.all.len; i++) {
        const yt_chunk *c = &p->doc->chunks.all.data[i];
        if (c->data) bytes += c->cap + c->ends_cap * sizeof *c->ends;
    }
    return bytes;
}

/* No item holds these slices: check would miss them. */
static void let_go(peer *p) {
    for (uint32_t i = 0; i < p->doc->chunks.all.len; i++) p->doc->chunks.all.data[i].refs = 0;
}

static void close_chunks(peer *p) {
    cr_assert_eq(p->doc->chunks.bytes, memory_of(p));
    for (uint32_t i = 0; i < p->doc->chunks.all.len; i++)
        cr_assert(!p->doc->chunks.all.data[i].data || !p->doc->chunks.all.data[i].refs);
    peer_close(p);
}

Test(chunk, puts_share_a_chunk) {
    peer p;
    peer_open(&p, 1);
    yt_slice a = put(&p, "hello"), b = put(&p, "world"), ab;
    cr_assert_eq(a.chunk, b.chunk);
    cr_assert_eq(b.at, 5);
    cr_assert(yt_text_put(p.doc, raw("x"), raw("yz"), &ab));
    expect_slice(&p, a, "hello");
    expect_slice(&p, ab, "xyz");
    cr_assert_eq(yt_chunk_at(p.doc, a.chunk)->refs, 3);
    for (int i = 0; i < 3; i++) yt_chunk_drop(p.doc, a.chunk);
    close_chunks(&p);
}

/* The chunk that is being filled is emptied by its last slice, any other goes. */
Test(chunk, the_last_slice_takes_the_chunk_with_it) {
    peer p;
    peer_open(&p, 1);
    yt_slice a = put(&p, "gone");
    yt_chunk_drop(p.doc, a.chunk);
    yt_slice b = put(&p, "anew");
    cr_assert_eq(b.chunk, a.chunk);
    cr_assert_eq(b.at, 0);
    char large[3000];
    memset(large, 'x', sizeof large);
    large[sizeof large - 1] = 0;
    yt_slice c = put(&p, large);
    cr_assert_neq(c.chunk, b.chunk);
    yt_chunk_keep(p.doc, b.chunk);
    yt_chunk_drop(p.doc, b.chunk);
    cr_assert_not_null(yt_chunk_at(p.doc, b.chunk)->data);
    yt_chunk_drop(p.doc, b.chunk);
    cr_assert_null(yt_chunk_at(p.doc, b.chunk)->data);
    cr_assert_eq(p.doc->chunks.free, b.chunk);
    memset(large, 'y', sizeof large - 1);
    yt_slice d = put(&p, large); /* takes the free place */
    cr_assert_eq(d.chunk, b.chunk);
    expect_slice(&p, c, "xxx");
    yt_chunk_drop(p.doc, c.chunk);
    yt_chunk_drop(p.doc, d.chunk);
    close_chunks(&p);
}

Test(chunk, chunks_double_up_to_a_limit) {
    peer p;
    peer_open(&p, 1);
    uint32_t most = 0;
    for (uint32_t i = 0; i < 4000; i++) {
        yt_slice slice = put(&p, "0123456789");
        if (yt_chunk_at(p.doc, slice.chunk)->cap > most) most = yt_chunk_at(p.doc, slice.chunk)->cap;
    }
    cr_assert_eq(most, YT_CHUNK_BYTES);
    cr_assert_leq(p.doc->chunks.all.len, 7 + 40000 / YT_CHUNK_BYTES + 1);
    cr_assert_eq(p.doc->chunks.bytes, memory_of(&p));
    let_go(&p);
    peer_close(&p);
}

Test(chunk, an_announced_load_gets_one_chunk) {
    peer p;
    peer_open(&p, 1);
    yt_chunks_expect(p.doc, YT_CHUNK_BYTES, YT_CHUNK_BYTES, 10);
    cr_assert_eq(p.doc->chunks.all.len, 0); /* no need */
    yt_chunks_expect(p.doc, 100000, 100000, 5);
    cr_assert_eq(p.doc->chunks.all.len, 2);
    yt_chunks_expect(p.doc, 200000, 0, 20000); /* nothing was put: the first two go */
    uint32_t live = 0;
    for (uint32_t i = 0; i < p.doc->chunks.all.len; i++) live += p.doc->chunks.all.data[i].data != NULL;
    cr_assert_eq(live, 2);
    p.memory.fail_at = p.memory.calls + 1;
    p.memory.fail_after = true;
    yt_chunks_expect(p.doc, 300000, 300000, 5); /* a hint */
    p.memory.fail_at = 0;
    cr_assert_eq(yt_chunk_at(p.doc, p.doc->chunks.text)->cap, 200000);
    close_chunks(&p);
}

/* ------------------------------------------------------------------------
 * Joining text
 */
Test(chunk, neighbours_join_where_they_are) {
    peer p;
    peer_open(&p, 1);
    yt_slice a = put(&p, "hello"), b = put(&p, "world");
    cr_assert(yt_text_join(p.doc, &a, 5, b, 5));
    cr_assert_eq(a.at, 0);
    expect_slice(&p, a, "helloworld");
    cr_assert_eq(yt_chunk_at(p.doc, a.chunk)->refs, 1);
    yt_chunk_drop(p.doc, a.chunk);
    close_chunks(&p);
}

Test(chunk, what_is_not_at_the_end_moves) {
    peer p;
    peer_open(&p, 1);
    yt_slice a = put(&p, "one "), between = put(&p, "between"), b = put(&p, "two");
    cr_assert(yt_text_join(p.doc, &a, 4, b, 3));
    cr_assert_neq(a.chunk, between.chunk);
    expect_slice(&p, a, "one two");
    expect_slice(&p, between, "between");
    cr_assert_eq(yt_chunk_at(p.doc, between.chunk)->refs, 1);
    yt_slice more = put(&p, " and three");
    uint32_t chunk = a.chunk;
    cr_assert(yt_text_join(p.doc, &a, 7, more, 10)); /* it is at the end now, and fills its chunk: it grows there */
    cr_assert_eq(a.chunk, chunk);
    expect_slice(&p, a, "one two and three");
    yt_chunk_drop(p.doc, a.chunk);
    yt_chunk_drop(p.doc, between.chunk);
    close_chunks(&p);
}

/* A run at the end of a chunk that others fill does not make that chunk grow. */
Test(chunk, a_small_run_does_not_grow_a_shared_chunk) {
    peer p;
    peer_open(&p, 1);
    char other[61];
    memset(other, 'o', 60);
    other[60] = 0;
    yt_slice shared = put(&p, other), a = put(&p, "abc"), b = put(&p, "0123456789"), was = a;
    cr_assert_eq(a.chunk, shared.chunk);
    cr_assert_neq(b.chunk, shared.chunk);
    cr_assert(yt_text_join(p.doc, &a, 3, b, 10));
    cr_assert(a.chunk != was.chunk && a.chunk != b.chunk);
    expect_slice(&p, a, "abc0123456789");
    yt_chunk_drop(p.doc, a.chunk);
    yt_chunk_drop(p.doc, shared.chunk);
    close_chunks(&p);
}

/* Typing: each join copies what is new and nothing else, but for a few moves. */
Test(chunk, a_growing_run_moves_seldom) {
    peer p;
    peer_open(&p, 1);
    yt_slice run = put(&p, "0"), other = put(&p, "other");
    uint32_t moves = 0, len = 1;
    for (uint32_t i = 1; i < 20000; i++) {
        char digit[2] = {(char)('0' + i % 10), 0};
        yt_slice b = put(&p, digit), o = put(&p, "interleaved");
        const uint8_t *at = yt_text(p.doc, run);
        cr_assert(yt_text_join(p.doc, &run, len++, b, 1));
        moves += at != yt_text(p.doc, run);
        yt_chunk_drop(p.doc, o.chunk);
    }
    cr_assert_lt(moves, 40);
    const uint8_t *text = yt_text(p.doc, run);
    for (uint32_t i = 0; i < 20000; i++) cr_assert_eq(text[i], '0' + i % 10);
    cr_assert_eq(p.doc->chunks.bytes, memory_of(&p));
    yt_chunk_drop(p.doc, run.chunk);
    yt_chunk_drop(p.doc, other.chunk);
    close_chunks(&p);
}

Test(chunk, joins_of_nothing) {
    peer p;
    peer_open(&p, 1);
    yt_slice a = put(&p, ""), between = put(&p, "x"), b = put(&p, "");
    cr_assert(yt_text_join(p.doc, &a, 0, b, 0));
    yt_slice c = put(&p, "");
    cr_assert(yt_text_join(p.doc, &c, 0, between, 1));
    expect_slice(&p, c, "x");
    yt_chunk_drop(p.doc, a.chunk);
    yt_chunk_drop(p.doc, c.chunk);
    close_chunks(&p);
}

/* ------------------------------------------------------------------------
 * Values
 */
Test(chunk, values_join_where_they_are) {
    peer p;
    peer_open(&p, 1);
    yt_slice a = put_values(&p, 0, 3), b = put_values(&p, 3, 2);
    cr_assert(yt_values_join(p.doc, &a, 3, b, 2));
    expect_values(&p, a, 0, 5);
    cr_assert_eq(yt_elements(p.doc, a, 0).len, 0);
    yt_chunk_drop(p.doc, a.chunk);
    close_chunks(&p);
}

Test(chunk, values_move_and_grow) {
    peer p;
    peer_open(&p, 1);
    yt_slice a = put_values(&p, 0, 3), between = put_values(&p, 50, 2);
    for (uint8_t n = 3; n < 60; n++) {
        yt_slice other = put_values(&p, 60, 1), b = put_values(&p, n, 1);
        cr_assert(yt_values_join(p.doc, &a, n, b, 1));
        expect_values(&p, a, 0, n + 1);
        yt_chunk_drop(p.doc, other.chunk);
    }
    expect_values(&p, between, 50, 2);
    cr_assert_eq(p.doc->chunks.bytes, memory_of(&p));
    yt_chunk_drop(p.doc, a.chunk);
    yt_chunk_drop(p.doc, between.chunk);
    close_chunks(&p);
}

Test(chunk, a_small_run_of_values_does_not_grow_a_shared_chunk) {
    peer p;
    peer_open(&p, 1);
    yt_slice shared = put_values(&p, 0, 7), a = put_values(&p, 10, 1), b = put_values(&p, 11, 2), was = a;
    cr_assert_eq(a.chunk, shared.chunk);
    cr_assert_neq(b.chunk, shared.chunk);
    cr_assert(yt_values_join(p.doc, &a, 1, b, 2));
    cr_assert(a.chunk != was.chunk && a.chunk != b.chunk);
    expect_values(&p, a, 10, 3);
    yt_chunk_drop(p.doc, a.chunk);
    yt_chunk_drop(p.doc, shared.chunk);
    close_chunks(&p);
}

Test(chunk, raw_elements) {
    peer p;
    peer_open(&p, 1);
    yata_bytes key = raw("key"), value = raw("value"), none = no_bytes();
    yt_slice a, b, c;
    cr_assert(yt_elements_put(p.doc, key, &value, &a));
    cr_assert(yt_elements_put(p.doc, none, NULL, &b));
    cr_assert(yt_elements_put(p.doc, none, &none, &c));
    cr_assert(bytes_equal(yt_elements(p.doc, a, 1), key));
    cr_assert(bytes_equal(yt_elements(p.doc, (yt_slice){a.chunk, a.at + 1}, 1), value));
    cr_assert(bytes_equal(yt_elements(p.doc, a, 2), raw("keyvalue")));
    cr_assert_eq(yt_elements(p.doc, b, 1).len, 0);
    cr_assert_eq(b.at, 2);
    cr_assert_eq(c.at, 3);
    for (int i = 0; i < 3; i++) yt_chunk_drop(p.doc, a.chunk);
    close_chunks(&p);
}

/* ------------------------------------------------------------------------
 * Without memory
 */
static void open_empty(peer *p) {
    peer_open(p, 1);
}

static bool put_text_and_values(peer *p) {
    yt_slice a, b, c;
    yata_bytes key = raw("k");
    bool text = yt_text_put(p->doc, raw("text"), no_bytes(), &a);
    bool values = yt_values_put(p->doc, raw("\x7e"), 1, &b);
    bool elements = yt_elements_put(p->doc, key, &key, &c);
    if (text) yt_chunk_drop(p->doc, a.chunk);
    if (values) yt_chunk_drop(p->doc, b.chunk);
    if (elements) yt_chunk_drop(p->doc, c.chunk);
    return text && values && elements;
}

Test(chunk, puts_without_memory) {
    fail_each(open_empty, put_text_and_values);
}

static yt_slice left, right;

static void open_texts(peer *p) {
    peer_open(p, 1);
    left = put(p, "left");
    put(p, "between");
    right = put(p, "right");
}

static bool join_texts(peer *p) {
    bool moved = yt_text_join(p->doc, &left, 4, right, 5);
    expect_slice(p, left, moved ? "leftright" : "left");
    if (!moved) expect_slice(p, right, "right");
    let_go(p);
    return moved;
}

static void open_values(peer *p) {
    peer_open(p, 1);
    left = put_values(p, 0, 2);
    put_values(p, 40, 1);
    right = put_values(p, 2, 3);
}

static bool join_values(peer *p) {
    bool moved = yt_values_join(p->doc, &left, 2, right, 3);
    expect_values(p, left, 0, moved ? 5 : 2);
    if (!moved) expect_values(p, right, 2, 3);
    let_go(p);
    return moved;
}

/* A run that fills its chunk and has to grow. */
static void open_full(peer *p) {
    peer_open(p, 1);
    char run[65];
    memset(run, 'r', 64);
    run[64] = 0;
    left = put(p, run);
    right = put(p, "right");
}

static bool join_full(peer *p) {
    bool grown = yt_text_join(p->doc, &left, 64, right, 5);
    expect_slice(p, left, grown ? "rrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrright" : "rrr");
    if (!grown) expect_slice(p, right, "right");
    let_go(p);
    return grown;
}

static void open_full_values(peer *p) {
    peer_open(p, 1);
    left = put_values(p, 0, 8);
    right = put_values(p, 8, 2);
}

static bool join_full_values(peer *p) {
    bool grown = yt_values_join(p->doc, &left, 8, right, 2);
    expect_values(p, left, 0, grown ? 10 : 8);
    if (!grown) expect_values(p, right, 8, 2);
    let_go(p);
    return grown;
}

/* Where growing fails, moving is tried: the join may still pass. */
Test(chunk, joins_without_memory) {
    fail_each(open_texts, join_texts);
    fail_each(open_values, join_values);
    fail_each(open_full, join_full);
    fail_each(open_full_values, join_full_values);
}

/* ------------------------------------------------------------------------
 * Sizes beyond 32 bits are refused before anything is asked of the allocator
 */
Test(chunk, too_large) {
    peer p;
    peer_open(&p, 1);
    yt_slice out;
    uint64_t calls = p.memory.calls;
    yata_bytes all = {(const uint8_t *)"", (size_t)UINT32_MAX + 1}, most = {(const uint8_t *)"", UINT32_MAX};
    yata_bytes one = {(const uint8_t *)"", 1};
    cr_assert_not(yt_text_put(p.doc, one, all, &out));
    cr_assert_not(yt_text_put(p.doc, one, most, &out));
    cr_assert_not(yt_values_put(p.doc, all, 1, &out));
    cr_assert_not(yt_elements_put(p.doc, most, &one, &out));
    yt_chunks_expect(p.doc, (size_t)UINT32_MAX + 1, 0, UINT32_MAX);
    cr_assert_eq(p.memory.calls, calls);
    close_chunks(&p);
}
