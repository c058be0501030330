/* SPDX-License-Identifier: MIT */
/* any.c - lib0 values against lib0 (tests/vectors/lib0.txt): reading, canonical form, skipping, views, writing. */
#include "wire/any.h"
#include "fixture.h"
#include "harness/random.h"
#include "vectors.h"
#include <criterion/criterion.h>

/* Appends the value in its canonical form, wherever it came from. Reads exact copies, so that sanitizers see all. */
static yt_writer canonical_of(yt_mem *mem, yata_bytes bytes, bool *canonical) {
    yt_reader r;
    yt_writer w;
    yata_bytes copy = exact_copy(bytes);
    yt_reader_init(&r, copy.data, copy.len);
    yata_bytes any = yt_any_read(&r, false, canonical);
    yt_writer_init(&w, mem);
    if (yt_reader_ok(&r)) {
        cr_assert(any.data == copy.data && yt_any_skip(any.data, r.end) == r.pos);
        yt_any_write_canonical(&w, any);
    }
    free((void *)copy.data);
    return w;
}

Test(any, what_lib0_writes_is_canonical) {
    counted_mem c;
    counted_begin(&c);
    vectors v = vectors_open("lib0.txt");
    while (vectors_next(&v, "any")) {
        yata_buffer bytes = vectors_bytes(v.a);
        bool canonical;
        yt_writer w = canonical_of(&c.mem, bytes_of(&bytes), &canonical);
        cr_assert(bytes_equal((yata_bytes){w.data, w.len}, bytes_of(&bytes)), "%.80s", v.a);
        cr_assert(canonical || bytes.len > 500, "%.80s", v.a); /* it may say no when there are many members */
        yt_writer_free(&w);
        yata_buffer_free(&bytes);
    }
    vectors_close(&v);
    counted_end(&c);
}

Test(any, what_lib0_reads_is_written_like_lib0) {
    counted_mem c;
    counted_begin(&c);
    vectors v = vectors_open("lib0.txt");
    while (vectors_next(&v, "read")) {
        yata_buffer bytes = vectors_bytes(v.a);
        bool canonical;
        yt_writer w = canonical_of(&c.mem, bytes_of(&bytes), &canonical);
        if (strcmp(v.b, "error") == 0) {
            cr_assert(w.len == 0 && !canonical, "%s", v.a);
        } else {
            yata_buffer expected = vectors_bytes(v.b);
            cr_assert(bytes_equal((yata_bytes){w.data, w.len}, bytes_of(&expected)), "%s", v.a);
            cr_assert_eq(canonical, w.len <= bytes.len && memcmp(w.data, bytes.data, w.len) == 0, "%s", v.a);
            yata_buffer_free(&expected);
        }
        yt_writer_free(&w);
        yata_buffer_free(&bytes);
    }
    vectors_close(&v);
    counted_end(&c);
}

static void expect_fault(const char *hex, yata_status status, size_t offset) {
    yata_buffer buffer = bytes_from(hex);
    yata_bytes bytes = exact_copy(bytes_of(&buffer));
    yt_reader r;
    bool canonical = true;
    yt_reader_init(&r, bytes.data, bytes.len);
    cr_assert(yt_any_read(&r, false, &canonical).len == 0 && !canonical);
    cr_assert_eq(r.fault.status, status, "%s: %s", hex, yata_status_name(r.fault.status));
    cr_assert_eq(r.fault.offset, offset, "%s: at %zu", hex, r.fault.offset);
    cr_assert_neq(yt_any_check(bytes, bytes.len ? bytes.data[0] : 0, false, &canonical), YATA_OK);
    free((void *)bytes.data);
    yata_buffer_free(&buffer);
}

Test(any, faults_and_their_places) {
    expect_fault("", YATA_ERR_END, 0);
    expect_fault("00", YATA_ERR_KIND, 0);
    expect_fault("75 02 7e 73", YATA_ERR_KIND, 3);
    expect_fault("80", YATA_ERR_KIND, 0);
    expect_fault("7d", YATA_ERR_END, 1);
    expect_fault("7d bfffffffffffff20", YATA_ERR_NUMBER, 1);
    expect_fault("7c 000000", YATA_ERR_END, 4);
    expect_fault("7b 00000000000000", YATA_ERR_END, 8);
    expect_fault("7a", YATA_ERR_END, 1);
    expect_fault("77 02 61", YATA_ERR_END, 1);
    expect_fault("77 02 61ff", YATA_ERR_UTF8, 3);
    expect_fault("74 02 61", YATA_ERR_END, 1);
    expect_fault("74 80", YATA_ERR_END, 2);
    expect_fault("75 02 7e", YATA_ERR_END, 1);
    expect_fault("75 ffffffffffffff0f", YATA_ERR_END, 1);
    expect_fault("76 02 00 7e 00", YATA_ERR_END, 1);
    expect_fault("76 01 05 7e", YATA_ERR_END, 2);
    expect_fault("76 01 01 ff 7e", YATA_ERR_UTF8, 3);
    expect_fault("76 02 01 61 7e 80", YATA_ERR_END, 6);
    expect_fault("76 02 01 61 7e 80 80", YATA_ERR_END, 7);
}

Test(any, depth) {
    bool canonical;
    yata_buffer bytes;
    yata_buffer_init(&bytes, NULL);
    for (uint32_t i = 0; i < YT_ANY_DEPTH; i++) {
        cr_assert_eq(yata_buffer_append(&bytes, i % 2 ? "\x75\x01" : "\x76\x01\x01x", i % 2 ? 2 : 4), YATA_OK);
    }
    size_t at = bytes.len;
    cr_assert_eq(yata_buffer_append(&bytes, "\x7e", 1), YATA_OK);
    cr_assert_eq(yt_any_check(bytes_of(&bytes), 118, false, &canonical), YATA_OK);
    cr_assert(canonical);
    cr_assert(yt_any_skip(bytes.data, bytes.data + bytes.len) == bytes.data + bytes.len);
    bytes.data[at] = 0x75;
    cr_assert_eq(yata_buffer_append(&bytes, "\0", 1), YATA_OK);
    yt_reader r;
    yt_reader_init(&r, bytes.data, bytes.len);
    yt_any_read(&r, false, &canonical);
    cr_assert_eq(r.fault.status, YATA_ERR_LIMIT);
    cr_assert_eq(r.fault.offset, at);
    yata_buffer_free(&bytes);
}

/* A million levels in a small input neither recurse nor take long. */
Test(any, hostile_depth) {
    yata_buffer bytes = bytes_from("(1000000*75)");
    bool canonical;
    cr_assert_eq(yt_any_check(bytes_of(&bytes), 117, false, &canonical), YATA_ERR_LIMIT);
    memset(bytes.data, 1, bytes.len);
    for (size_t i = 0; i < bytes.len; i += 2) bytes.data[i] = 0x75;
    cr_assert_eq(yt_any_check(bytes_of(&bytes), 117, false, &canonical), YATA_ERR_LIMIT);
    yata_buffer_free(&bytes);
}

Test(any, check_wants_the_whole_and_the_tag) {
    bool canonical;
    cr_assert_eq(yt_any_check((yata_bytes){NULL, 1}, 117, false, &canonical), YATA_ERR_ARGUMENT);
    cr_assert_eq(yt_any_check((yata_bytes){NULL, 0}, 117, false, &canonical), YATA_ERR_END);
    cr_assert_eq(yt_any_check((yata_bytes){(const uint8_t *)"\x76\0", 2}, 117, false, &canonical), YATA_ERR_VALUE);
    cr_assert_eq(yt_any_check((yata_bytes){(const uint8_t *)"\x75\0\0", 3}, 117, false, &canonical), YATA_ERR_VALUE);
    cr_assert_eq(yt_any_check((yata_bytes){(const uint8_t *)"\x75\0", 2}, 117, false, &canonical), YATA_OK);
}

/* Objects of 100,000 members, in the worst orders; each name twice, integer-like, descending. */
Test(any, many_members_are_not_quadratic) {
    counted_mem c;
    counted_begin(&c);
    enum { MANY = 100000 };
    for (uint32_t shape = 0; shape < 4; shape++) {
        yt_writer w;
        yt_writer_init(&w, &c.mem);
        yt_write_u8(&w, 118);
        yt_write_var_uint(&w, MANY);
        for (uint32_t i = 0; i < MANY; i++) {
            char name[32];
            uint32_t x = shape == 0 ? i : shape == 1 ? MANY - i : i % (MANY / 2);
            yt_write_var_bytes(&w, name, (size_t)snprintf(name, sizeof name, shape == 3 ? "name %u" : "%u", x));
            yt_any_write_number(&w, i);
        }
        bool canonical;
        yt_writer first = canonical_of(&c.mem, (yata_bytes){w.data, w.len}, &canonical);
        yt_writer second = canonical_of(&c.mem, (yata_bytes){first.data, first.len}, &canonical);
        cr_assert(bytes_equal((yata_bytes){first.data, first.len}, (yata_bytes){second.data, second.len}));
        yata_value value;
        yt_any_view((yata_bytes){first.data, first.len}, &value);
        cr_assert_eq(yata_value_count(&value), shape < 2 ? MANY : MANY / 2);
        yata_value_iter iter;
        yata_str key;
        yata_value member;
        cr_assert_eq(yata_value_iter_init(&iter, &value), YATA_OK);
        for (uint32_t i = 0; yata_value_iter_next(&iter, &key, &member); i++) {
            uint32_t expected = shape == 0 ? i : shape == 1 ? MANY - 1 - i : i + MANY / 2;
            cr_assert_eq(member.u.integer, expected);
        }
        yt_writer_free(&w);
        yt_writer_free(&first);
        yt_writer_free(&second);
    }
    counted_end(&c);
}

Test(any, canonical_with_every_failing_allocation) {
    /* few members in disorder, many, nested, a string in between */
    static const char *const texts[] = {
        "7602 0131 78 0130 78",
        "7503 7603 0162 7501 7602 0132 78 0131 79 0162 7e 0161 770161 7d8000 7603 00 78 00 79 00 7e"};
    for (uint32_t t = 0; t < 2; t++) {
        yata_buffer bytes = bytes_from(texts[t]);
        for (uint64_t n = 1;; n++) {
            counted_mem c;
            counted_begin(&c);
            yt_writer w;
            yt_writer_init(&w, &c.mem);
            yt_write_u8(&w, 9);
            counted_fail(&c, n);
            yt_any_write_canonical(&w, bytes_of(&bytes));
            bool failed = w.failed;
            cr_assert_eq(failed, c.memory.failures > 0);
            cr_assert_eq(w.data[0], 9);
            if (failed) cr_assert_eq(w.len, 1);
            yt_writer_free(&w);
            counted_end(&c);
            if (!failed) break;
        }
        yata_buffer_free(&bytes);
    }
}

Test(any, indexes_among_names) {
    static const struct {
        const char *name;
        bool is;
        uint32_t index;
    } cases[] = {
        {"0", true, 0},           {"1", true, 1},           {"10", true, 10},         {"4294967294", true, 4294967294u},
        {"4294967295", false, 0}, {"4294967296", false, 0}, {"9999999999", false, 0}, {"10000000000", false, 0},
        {"", false, 0},           {"00", false, 0},         {"01", false, 0},         {"-1", false, 0},
        {"1.5", false, 0},        {"1a", false, 0},         {"a", false, 0},          {"+1", false, 0},
        {" 1", false, 0}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        uint32_t index;
        cr_assert_eq(yt_any_key_index(str_of(cases[i].name), &index), cases[i].is, "%s", cases[i].name);
        if (cases[i].is) cr_assert_eq(index, cases[i].index);
    }
}

static yata_value view_of(const char *hex, yata_buffer *bytes) {
    yata_value value;
    *bytes = bytes_from(hex);
    yt_any_view(bytes_of(bytes), &value);
    return value;
}

Test(any, views) {
    yata_buffer b;
    yata_value v = view_of("7f", &b);
    cr_assert_eq(v.kind, YATA_VALUE_UNDEFINED);
    yata_buffer_free(&b);
    v = view_of("7e", &b);
    cr_assert_eq(v.kind, YATA_VALUE_NULL);
    yata_buffer_free(&b);
    v = view_of("78", &b);
    cr_assert(v.kind == YATA_VALUE_BOOL && v.u.boolean);
    yata_buffer_free(&b);
    v = view_of("79", &b);
    cr_assert(v.kind == YATA_VALUE_BOOL && !v.u.boolean);
    yata_buffer_free(&b);
    v = view_of("7d 41", &b);
    cr_assert(v.kind == YATA_VALUE_INT && v.u.integer == -1);
    yata_buffer_free(&b);
    v = view_of("7d 40", &b);
    cr_assert(v.kind == YATA_VALUE_FLOAT && 1 / v.u.number < 0);
    yata_buffer_free(&b);
    v = view_of("7b 8000000000000000", &b);
    cr_assert(v.kind == YATA_VALUE_FLOAT && 1 / v.u.number < 0);
    yata_buffer_free(&b);
    v = view_of("7c 00000000", &b);
    cr_assert(v.kind == YATA_VALUE_INT && v.u.integer == 0);
    yata_buffer_free(&b);
    v = view_of("7c 4f000000", &b); /* 2^31: a number without fraction is an INT */
    cr_assert(v.kind == YATA_VALUE_INT && v.u.integer == INT64_C(2147483648));
    yata_buffer_free(&b);
    v = view_of("7b 433fffffffffffff", &b);
    cr_assert(v.kind == YATA_VALUE_INT && v.u.integer == INT64_C(9007199254740991));
    yata_buffer_free(&b);
    v = view_of("7b 4340000000000000", &b); /* 2^53 */
    cr_assert(v.kind == YATA_VALUE_FLOAT && v.u.number > 9007199254740991.0);
    yata_buffer_free(&b);
    v = view_of("7b 3fe0000000000000", &b);
    cr_assert(v.kind == YATA_VALUE_FLOAT && v.u.number > 0.49 && v.u.number < 0.51);
    yata_buffer_free(&b);
    v = view_of("7a ffffffffffffffff", &b);
    cr_assert(v.kind == YATA_VALUE_BIGINT && v.u.integer == -1);
    yata_buffer_free(&b);
    v = view_of("77 02 6162", &b);
    cr_assert(v.kind == YATA_VALUE_STRING && v.u.string.len == 2 && v.u.string.data[1] == 'b');
    yata_buffer_free(&b);
    v = view_of("74 02 6162", &b);
    cr_assert(v.kind == YATA_VALUE_BINARY && v.u.binary.len == 2 && v.u.binary.data[1] == 'b');
    yata_buffer_free(&b);
    v = view_of("75 01 7e", &b);
    cr_assert(v.kind == YATA_VALUE_ARRAY && v.u.any.data == b.data && v.u.any.len == 3);
    yata_buffer_free(&b);
    v = view_of("76 00", &b);
    cr_assert(v.kind == YATA_VALUE_OBJECT && v.u.any.len == 2);
    yata_buffer_free(&b);
}

/* Every vector viewed and written again is the same. */
Test(any, what_is_viewed_writes_back) {
    counted_mem c;
    counted_begin(&c);
    vectors v = vectors_open("lib0.txt");
    while (vectors_next(&v, "any")) {
        yata_buffer bytes = vectors_bytes(v.a);
        yata_value value;
        yt_writer w;
        yt_writer_init(&w, &c.mem);
        yt_any_view(bytes_of(&bytes), &value);
        cr_assert_eq(yt_any_write_value(&w, &value), YATA_OK);
        cr_assert(bytes_equal((yata_bytes){w.data, w.len}, bytes_of(&bytes)), "%.80s", v.a);
        yt_writer_free(&w);
        yata_buffer_free(&bytes);
    }
    vectors_close(&v);
    counted_end(&c);
}

static void expect_refused(const yata_value *value, yata_status status) {
    counted_mem c;
    counted_begin(&c);
    yt_writer w;
    yt_writer_init(&w, &c.mem);
    yt_write_u8(&w, 1);
    cr_assert_eq(yt_any_write_value(&w, value), status, "not %s", yata_status_name(status));
    cr_assert(w.len == 1 && !w.failed);
    yt_writer_free(&w);
    counted_end(&c);
}

Test(any, values_that_are_refused) {
    const yata_bytes cut = {(const uint8_t *)"\x75\x02\x7e", 3}, other = {(const uint8_t *)"\x76\0", 2};
    yata_value list[] = {
        {.kind = YATA_VALUE_INT, .u.integer = INT64_C(9007199254740992)},
        {.kind = YATA_VALUE_INT, .u.integer = -INT64_C(9007199254740992)},
        {.kind = YATA_VALUE_STRING, .u.string = {"a\xff", 2}},
        {.kind = YATA_VALUE_STRING, .u.string = {NULL, 1}},
        {.kind = YATA_VALUE_BINARY, .u.binary = {NULL, 1}},
        {.kind = YATA_VALUE_ARRAY, .u.any = cut},
        {.kind = YATA_VALUE_ARRAY, .u.any = other},
        {.kind = YATA_VALUE_OBJECT, .u.any = {NULL, 0}},
        {.kind = YATA_VALUE_TYPE},
        {.kind = YATA_VALUE_DOC, .u.string = {"guid", 4}},
        {.kind = (yata_value_kind)99},
    };
    const yata_status expected[] = {YATA_ERR_NUMBER,   YATA_ERR_NUMBER,   YATA_ERR_UTF8,    YATA_ERR_ARGUMENT,
                                    YATA_ERR_ARGUMENT, YATA_ERR_END,      YATA_ERR_VALUE,   YATA_ERR_END,
                                    YATA_ERR_ARGUMENT, YATA_ERR_ARGUMENT, YATA_ERR_ARGUMENT};
    for (size_t i = 0; i < sizeof list / sizeof *list; i++) expect_refused(&list[i], expected[i]);
}

Test(any, values_of_callers_become_canonical) {
    counted_mem c;
    counted_begin(&c);
    static const uint8_t disorder[] = {118, 3, 1, '1', 124, 0x3F, 0x80, 0, 0, 1, '0', 121, 1, '1', 126};
    const yata_value value = {.kind = YATA_VALUE_OBJECT, .u.any = {disorder, sizeof disorder}};
    yt_writer w;
    yt_writer_init(&w, &c.mem);
    cr_assert_eq(yt_any_write_value(&w, &value), YATA_OK);
    cr_assert(w.len == 8 && memcmp(w.data, "\x76\x02\x01\x30\x79\x01\x31\x7e", 8) == 0);
    yt_writer_free(&w);
    yt_writer_init(&w, &c.mem);
    counted_fail(&c, 1);
    cr_assert_eq(yt_any_write_value(&w, &value), YATA_ERR_MEMORY);
    cr_assert_eq(w.len, 0);
    yt_writer_free(&w);
    counted_end(&c);
}

/* Random values, written by hand in random forms: canonical once is canonical for ever. */
static void make_value(yt_writer *w, rng *r, uint32_t depth) {
    uint32_t kind = rng_below(r, depth ? 12 : 10), n = rng_below(r, 6);
    char name[16];
    if (kind < 5) {
        yt_write_u8(w, (uint8_t)(120 + kind * 7 % 8 / 4 * 6 + kind % 2));
    } else if (kind < 7) {
        yt_write_u8(w, 125);
        yt_write_var_int(w, (int64_t)(rng_next(r) >> (12 + rng_below(r, 50))));
    } else if (kind < 9) {
        yt_write_u8(w, (uint8_t)(116 + 7 * (kind - 7)));
        yt_write_u64_be(w, kind == 7 ? UINT64_C(0x0700000000000000) : rng_next(r));
    } else if (kind == 9) {
        yt_write_u8(w, 119);
        yt_write_var_bytes(w, "text", n > 4 ? 4 : n);
    } else {
        yt_write_u8(w, kind == 10 ? 117 : 118);
        yt_write_var_uint(w, n);
        for (uint32_t i = 0; i < n; i++) {
            if (kind == 11)
                yt_write_var_bytes(w, name, (size_t)snprintf(name, 16, i % 2 ? "%u" : "k%u", rng_below(r, 5)));
            make_value(w, r, depth - 1);
        }
    }
}

Test(any, canonical_is_final) {
    counted_mem c;
    counted_begin(&c);
    rng r = rng_from(31);
    for (uint32_t i = 0; i < 3000; i++) {
        yt_writer w;
        yt_writer_init(&w, &c.mem);
        make_value(&w, &r, 1 + i % 5);
        bool canonical, again;
        yt_writer once = canonical_of(&c.mem, (yata_bytes){w.data, w.len}, &canonical);
        yt_writer twice = canonical_of(&c.mem, (yata_bytes){once.data, once.len}, &again);
        cr_assert(once.len > 0);
        cr_assert(bytes_equal((yata_bytes){once.data, once.len}, (yata_bytes){twice.data, twice.len}));
        if (canonical) cr_assert(bytes_equal((yata_bytes){once.data, once.len}, (yata_bytes){w.data, w.len}));
        yt_writer_free(&w);
        yt_writer_free(&once);
        yt_writer_free(&twice);
    }
    counted_end(&c);
}
