/* SPDX-License-Identifier: MIT */
/* update_read.c - whole updates: order, what is left out, checks between fields, and what hostile input costs. */
#include "session.h"
#include "harness/random.h"
#include <criterion/criterion.h>

static yata_fault read_hex(counted_mem *c, yata_buffer *bytes, const char *hex, yt_update *u) {
    *bytes = bytes_from(hex);
    return read_update(&c->mem, bytes_of(bytes), u);
}

static void expect_fault(const char *hex, yata_status status, size_t offset) {
    counted_mem c;
    counted_begin(&c);
    yata_buffer bytes;
    yt_update u;
    yata_fault fault = read_hex(&c, &bytes, hex, &u);
    cr_assert_eq(fault.status, status, "%s: %s at %zu", hex, yata_status_name(fault.status), fault.offset);
    cr_assert_eq(fault.offset, offset, "%s: at %zu", hex, fault.offset);
    if (fault.status == YATA_OK) yt_update_free(&c.mem, &u);
    yata_buffer_free(&bytes);
    counted_end(&c);
}

Test(update_read, empty) {
    counted_mem c;
    counted_begin(&c);
    yata_buffer bytes;
    yt_update u;
    cr_assert_eq(read_hex(&c, &bytes, "0000", &u).status, YATA_OK);
    cr_assert_eq(u.blocks.len, 0);
    cr_assert_eq(u.sections.len, 0);
    cr_assert(yt_id_set_is_empty(&u.deletes));
    cr_assert_eq(c.memory.calls, 0);
    yt_update_free(&c.mem, &u);
    yata_buffer_free(&bytes);
    counted_end(&c);
}

/* Clients descending, then clocks ascending, then as they came. */
Test(update_read, sections_are_sorted) {
    counted_mem c;
    counted_begin(&c);
    yata_buffer bytes;
    yt_update u;
    cr_assert_eq(read_hex(&c, &bytes,
                          "06"
                          "01 04 00 0001"
                          "01 09 05 0002"
                          "02 09 01 0003 0001"
                          "00 0b 00"
                          "01 09 05 0a07"
                          "01 04 00 0005"
                          "00",
                          &u)
                     .status,
                 YATA_OK);
    static const struct {
        uint64_t client;
        uint32_t clock, count, len;
    } expected[] = {{9, 1, 2, 3}, {9, 5, 1, 2}, {9, 5, 1, 7}, {4, 0, 1, 1}, {4, 0, 1, 5}};
    cr_assert_eq(u.sections.len, 5);
    cr_assert_eq(u.blocks.len, 6);
    for (uint32_t i = 0; i < 5; i++) {
        yt_section section = u.sections.data[i];
        const yt_block *b = &u.blocks.data[section.first];
        cr_assert_eq(section.client, expected[i].client);
        cr_assert_eq(section.count, expected[i].count);
        cr_assert_eq(b->id.client, section.client);
        cr_assert_eq(b->id.clock, expected[i].clock);
        cr_assert_eq(b->len, expected[i].len);
    }
    yt_update_free(&c.mem, &u);
    yata_buffer_free(&bytes);
    counted_end(&c);
}

Test(update_read, blocks_without_length_are_left_out) {
    counted_mem c;
    counted_begin(&c);
    yata_buffer bytes;
    yt_update u;
    cr_assert_eq(read_hex(&c, &bytes, "02 03 07 00 04010174 00 0000 04010174 0161 01 06 00 0a00 00", &u).status,
                 YATA_OK);
    cr_assert_eq(u.blocks.len, 1);
    cr_assert_eq(u.sections.len, 1);
    cr_assert_eq(u.sections.data[0].count, 1);
    cr_assert_eq(u.blocks.data[0].id.clock, 0);
    yt_update_free(&c.mem, &u);
    yata_buffer_free(&bytes);
    counted_end(&c);
}

Test(update_read, clocks_stay_in_range) {
    expect_fault("01 01 01 feffffff0f 0001 00", YATA_OK, 0);
    expect_fault("01 01 01 ffffffff0f 0001 00", YATA_ERR_LIMIT, 8);
    expect_fault("01 02 01 00 00ffffffff0f 0001 00", YATA_ERR_LIMIT, 10);
    expect_fault("01 02 01 00 0affffffff0f 0a00 00", YATA_OK, 0);
    expect_fault("01 01 01 feffffff0f 04010174 026162 00", YATA_ERR_LIMIT, 8);
    expect_fault("00 01 01 01 feffffff0f 02", YATA_ERR_LIMIT, 4);
}

Test(update_read, blocks_build_on_what_is_there) {
    expect_fault("01 01 07 05 84 07 04 0161 00", YATA_OK, 0);
    expect_fault("01 01 07 05 84 07 05 0161 00", YATA_ERR_VALUE, 4); /* itself */
    expect_fault("01 01 07 05 84 07 06 0161 00", YATA_ERR_VALUE, 4); /* later */
    expect_fault("01 01 07 05 84 08 06 0161 00", YATA_OK, 0);        /* of another client */
    expect_fault("01 01 07 05 44 07 04 0161 00", YATA_OK, 0);
    expect_fault("01 01 07 05 44 07 05 0161 00", YATA_ERR_VALUE, 4);
    expect_fault("01 01 07 05 44 08 05 0161 00", YATA_OK, 0);
    expect_fault("01 01 07 05 04 00 07 04 0161 00", YATA_OK, 0);
    expect_fault("01 01 07 05 04 00 07 05 0161 00", YATA_ERR_VALUE, 4);
    expect_fault("01 01 07 05 04 00 08 05 0161 00", YATA_OK, 0);
    /* the second block of a section, and one of no length */
    expect_fault("01 02 07 05 0003 84 07 08 0161 00", YATA_ERR_VALUE, 6);
    expect_fault("01 02 07 05 0003 84 07 08 00 00", YATA_ERR_VALUE, 6);
    expect_fault("01 02 07 05 0003 84 07 07 0161 00", YATA_OK, 0);
}

Test(update_read, refuses_what_is_too_long) {
    counted_mem c;
    counted_begin(&c);
    yata_buffer bytes = bytes_from("01 01 01 00 04010174 03616263 00");
    yt_update u;
    yata_fault fault = yt_update_read(&c.mem, &yt_decoder_v1, bytes_of(&bytes), bytes.len - 1, &u);
    cr_assert_eq(fault.status, YATA_ERR_LIMIT);
    cr_assert_eq(fault.offset, bytes.len - 1);
    fault = yt_update_read(&c.mem, &yt_decoder_v1, bytes_of(&bytes), bytes.len, &u);
    cr_assert_eq(fault.status, YATA_OK);
    yt_update_free(&c.mem, &u);
    yata_buffer_free(&bytes);
    counted_end(&c);
}

/* ------------------------------------------------------------------------
 * Memory
 */

static void put_number(yata_buffer *out, uint64_t x) {
    do {
        uint8_t byte = (uint8_t)((x & 0x7F) | (x > 0x7F ? 0x80 : 0));
        REQUIRE(yata_buffer_append(out, &byte, 1) == YATA_OK);
        x >>= 7;
    } while (x);
}

static void put_hex(yata_buffer *out, const char *hex) {
    yata_buffer bytes = bytes_from(hex);
    REQUIRE(yata_buffer_append(out, bytes.data, bytes.len) == YATA_OK);
    yata_buffer_free(&bytes);
}

static void expect_cheap(const yata_buffer *bytes, yata_status status, const char *what) {
    counted_mem c;
    counted_begin(&c);
    yt_update u;
    yata_fault fault = read_update(&c.mem, bytes_of(bytes), &u);
    cr_assert_eq(fault.status, status, "%s: %s at %zu", what, yata_status_name(fault.status), fault.offset);
    cr_assert_leq(c.mem.peak, 64 * bytes->len + 65536, "%s: %zu for %zu", what, c.mem.peak, bytes->len);
    if (fault.status == YATA_OK) yt_update_free(&c.mem, &u);
    counted_end(&c);
}

enum { MANY = 30000 };

/* Shapes chosen to cost as much memory for a byte as possible. */
Test(update_read, hostile_shapes_cost_little) {
    static const struct {
        const char *what, *section, *block;
    } shapes[] = {
        {"collected", NULL, "0001"},
        {"holes", NULL, "0a01"},
        {"nothing", NULL, "0000"},
        {"roots", NULL, "04 01 00 0161"},
        {"values", NULL, "08 01 00 01 7e"},
        {"unusual values", NULL, "08 01 00 01 7b3ff0000000000000"},
        {"formats", NULL, "06 01 00 00 0130"},
        {"embedded lists", NULL, "05 01 00 0d 5b302c302c302c302c302c305d"},
        {"a section each", "01", "0001"},
        {"two in a section", "02", "0001 0001"},
    };
    for (size_t i = 0; i < sizeof shapes / sizeof *shapes; i++) {
        yata_buffer bytes;
        yata_buffer_init(&bytes, NULL);
        put_number(&bytes, shapes[i].section ? MANY : 1);
        if (!shapes[i].section) {
            put_number(&bytes, MANY);
            put_hex(&bytes, "01 00");
        }
        for (uint32_t n = 0; n < MANY; n++) {
            if (shapes[i].section) {
                put_hex(&bytes, shapes[i].section);
                put_number(&bytes, n % 100);
                put_number(&bytes, 0);
            }
            put_hex(&bytes, shapes[i].block);
        }
        put_hex(&bytes, "00");
        expect_cheap(&bytes, YATA_OK, shapes[i].what);
        yata_buffer_free(&bytes);
    }
}

Test(update_read, hostile_deletions_cost_little) {
    for (uint32_t runs = 1; runs <= 2; runs++) {
        yata_buffer bytes;
        yata_buffer_init(&bytes, NULL);
        put_hex(&bytes, "00");
        put_number(&bytes, MANY);
        for (uint32_t n = 0; n < MANY; n++) {
            put_number(&bytes, n * 3);
            put_number(&bytes, runs);
            put_hex(&bytes, runs == 1 ? "0001" : "0501 0001");
        }
        expect_cheap(&bytes, YATA_OK, "a client each");
        yata_buffer_free(&bytes);
        yata_buffer_init(&bytes, NULL);
        put_hex(&bytes, "00 01 01");
        put_number(&bytes, MANY);
        for (uint32_t n = 0; n < MANY; n++) {
            put_number(&bytes, runs == 1 ? 2 * n : 2 * (MANY - n));
            put_number(&bytes, 1);
        }
        expect_cheap(&bytes, YATA_OK, "a run each");
        yata_buffer_free(&bytes);
    }
}

/* A count that the input cannot hold reserves nothing. */
Test(update_read, counts_reserve_nothing_in_advance) {
    yata_buffer bytes = bytes_from("01 ffffff07 01 00 (100*00)");
    expect_cheap(&bytes, YATA_ERR_END, "blocks");
    yata_buffer_free(&bytes);
    bytes = bytes_from("ffffffff0f (100*00)");
    expect_cheap(&bytes, YATA_ERR_END, "sections");
    yata_buffer_free(&bytes);
    bytes = bytes_from("00 ffffff07 (100*00)");
    expect_cheap(&bytes, YATA_ERR_END, "clients");
    yata_buffer_free(&bytes);
}

/* Sections that grow the array again and again: no more than a constant factor is copied or kept. */
Test(update_read, growing_sections) {
    yata_buffer bytes;
    yata_buffer_init(&bytes, NULL);
    put_number(&bytes, 200);
    for (uint32_t n = 0; n < 200; n++) {
        put_number(&bytes, n);
        put_number(&bytes, 1);
        put_number(&bytes, n * 1000);
        for (uint32_t i = 0; i < n; i++) put_hex(&bytes, "0001");
    }
    put_hex(&bytes, "00");
    counted_mem c;
    counted_begin(&c);
    yt_update u;
    cr_assert_eq(read_update(&c.mem, bytes_of(&bytes), &u).status, YATA_OK);
    cr_assert_eq(u.blocks.len, 199 * 200 / 2);
    cr_assert_lt(c.memory.calls, 60);
    cr_assert_leq(c.mem.peak, 64 * bytes.len + 65536);
    yt_update_free(&c.mem, &u);
    yata_buffer_free(&bytes);
    counted_end(&c);
}

Test(update_read, out_of_memory_at_each_call) {
    yata_buffer bytes = bytes_from("04"
                                   "01 01 00 0001"
                                   "02 02 00 05 01 00 0135 0002"
                                   "09 03 00 0001 0001 0001 0001 0001 0001 0001 0001 0001"
                                   "01 04 00 0001"
                                   "02 01 02 0001 0501 02 01 0101");
    uint64_t n = 1;
    for (bool failed = true; failed; n++) {
        counted_mem c;
        counted_begin(&c);
        counted_fail(&c, n);
        yt_update u;
        yata_fault fault = read_update(&c.mem, bytes_of(&bytes), &u);
        failed = c.memory.failures > 0;
        cr_assert_eq(fault.status, failed ? YATA_ERR_MEMORY : YATA_OK);
        if (!failed) yt_update_free(&c.mem, &u);
        counted_end(&c);
    }
    cr_assert_gt(n, 10);
    yata_buffer_free(&bytes);
}

/* ------------------------------------------------------------------------
 * Plain blocks are read by the dozen, or one by one: to the same blocks and faults
 */
static uint32_t none_is_plain(yt_decoder *d, yata_id *id, yt_block *blocks, uint32_t most, uint32_t *kept) {
    (void)d, (void)id, (void)blocks, (void)most;
    *kept = 0;
    return 0;
}

static yata_id some_id(rng *r, yata_id before) {
    static const uint32_t ranges[] = {100, 1000, 100000, UINT32_MAX};
    uint64_t clients[] = {before.client, before.client, before.client, 3, 5};
    uint32_t below = ranges[rng_below(r, 4)];
    return (yata_id){clients[rng_below(r, 5)], rng_below(r, below < before.clock ? below : before.clock + 2)};
}

/* Mostly texts and tombstones between neighbours; a few that are not, or that no update may have. */
static yt_block some_block(rng *r, yata_id id, char *text) {
    yt_block b = {.id = id, .content = YT_DELETED, .len = rng_below(r, 5)};
    if (rng_one_in(r, 8)) b.len = rng_below(r, 3000000);
    if (rng_one_in(r, 2)) {
        b.content = YT_STRING;
        b.len = rng_below(r, rng_one_in(r, 10) ? 200 : 20);
        for (uint32_t i = 0; i < b.len; i++) text[i] = (char)('a' + i % 26);
        b.data = (yata_bytes){(const uint8_t *)text, b.len};
        if (b.len > 2 && rng_one_in(r, 4)) {
            memcpy(text + b.len - 2, "\xC3\xA4", 2);
            b.len--;
        }
    }
    if (rng_one_in(r, 10)) b = (yt_block){.id = id, .content = YT_GC, .len = 1 + rng_below(r, 3)};
    if (b.content == YT_GC) return b;
    if (!rng_one_in(r, 4)) b.info |= YT_INFO_ORIGIN, b.origin = some_id(r, id);
    if (!rng_one_in(r, 4)) b.info |= YT_INFO_RIGHT, b.right = some_id(r, id);
    if (rng_one_in(r, 20)) b.info |= YT_INFO_KEY, b.key = (yata_str){"k", 1};
    if (!(b.info & (YT_INFO_ORIGIN | YT_INFO_RIGHT))) {
        b.parent = YT_PARENT_ROOT;
        b.parent_root = (yata_str){"t", 1};
    }
    return b;
}

static yata_buffer some_update(rng *r, const yt_encoder_ops *format, yt_mem *mem) {
    enum { CLIENTS = 3 };
    char text[256];
    yata_buffer out;
    yata_buffer_init(&out, &mem->allocator);
    yt_encoder e;
    format->init(&e, mem);
    e.ops->sections(&e, CLIENTS);
    for (uint32_t i = 0; i < CLIENTS; i++) {
        static const uint64_t clients[CLIENTS] = {3, 0x1234567, (UINT64_C(1) << 53) - 1};
        yata_id id = {clients[i], rng_one_in(r, 2) ? 0 : rng_below(r, 300000)};
        uint32_t blocks = rng_below(r, 80);
        e.ops->section(&e, blocks, id.client, id.clock);
        while (blocks--) {
            yt_block b = some_block(r, id, text);
            e.ops->block(&e, &b, 0);
            id.clock += b.len;
        }
    }
    e.ops->delete_clients(&e, 0);
    cr_assert_eq(e.ops->finish(&e, &out), YATA_OK);
    return out;
}

static void expect_same_block(const yt_block *a, const yt_block *b) {
    cr_assert_eq(a->id.client, b->id.client);
    cr_assert_eq(a->id.clock, b->id.clock);
    cr_assert_eq(a->len, b->len);
    cr_assert_eq(a->content, b->content);
    cr_assert_eq(a->info, b->info);
    cr_assert_eq(a->parent, b->parent);
    cr_assert_eq(a->origin.client, b->origin.client);
    cr_assert_eq(a->origin.clock, b->origin.clock);
    cr_assert_eq(a->right.client, b->right.client);
    cr_assert_eq(a->right.clock, b->right.clock);
    cr_assert_eq(a->data.len, b->data.len);
    cr_assert(!a->data.len || !memcmp(a->data.data, b->data.data, a->data.len));
    cr_assert_eq(a->name.len + a->key.len, b->name.len + b->key.len);
}

/* True: it was an update. */
static bool expect_same_reading(const yt_decoder_ops *format, yata_bytes bytes) {
    yt_decoder_ops one_by_one = *format;
    one_by_one.plain = none_is_plain;
    counted_mem c;
    counted_begin(&c);
    yata_bytes exact = exact_copy(bytes);
    yt_update a, b;
    yata_fault fa = yt_update_read(&c.mem, format, exact, SIZE_MAX, &a);
    yata_fault fb = yt_update_read(&c.mem, &one_by_one, exact, SIZE_MAX, &b);
    cr_assert_eq(fa.status, fb.status);
    cr_assert_eq(fa.offset, fb.offset);
    if (!fa.status) {
        cr_assert_eq(a.blocks.len, b.blocks.len);
        cr_assert_eq(a.sections.len, b.sections.len);
        for (uint32_t i = 0; i < a.blocks.len; i++) expect_same_block(&a.blocks.data[i], &b.blocks.data[i]);
        yt_update_free(&c.mem, &a);
        yt_update_free(&c.mem, &b);
    }
    free((void *)exact.data);
    counted_end(&c);
    return !fa.status;
}

Test(update_read, plain_blocks_as_one_by_one) {
    uint32_t good = 0, bad = 0;
    for (uint64_t seed = 1; seed <= 300; seed++) {
        rng r = rng_from(seed);
        counted_mem c;
        counted_begin(&c);
        const yt_decoder_ops *format = seed % 2 ? &yt_decoder_v1 : &yt_decoder_v2;
        yata_buffer update = some_update(&r, seed % 2 ? &yt_encoder_v1 : &yt_encoder_v2, &c.mem);
        good += expect_same_reading(format, bytes_of(&update));
        for (uint32_t i = 0; i < 60 && update.len; i++) {
            uint8_t *at = &update.data[rng_below(&r, (uint32_t)update.len)], was = *at;
            *at = (uint8_t)rng_next(&r);
            size_t len = rng_one_in(&r, 3) ? rng_below(&r, (uint32_t)update.len) : update.len;
            bad += !expect_same_reading(format, (yata_bytes){update.data, len});
            *at = was;
        }
        yata_buffer_free(&update);
        cr_assert_eq(c.memory.live, 0);
    }
    cr_assert(good > 20, "%u updates of 300", good);
    cr_assert(bad > 5000, "%u mutants", bad);
}
