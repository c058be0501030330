/* SPDX-License-Identifier: MIT */
/* rle.c - columns in both directions: what lib0 wrote, what it would not write, and runs that nobody could count. */
#include "../fixture.h"
#include "../words.h"
#include "wire/rle.h"
#include <criterion/criterion.h>

static uint64_t value_of(const words *w, uint32_t i) {
    return strtoull(w->at[3 + i], NULL, 10);
}

static void expect_written(counted_mem *c, const words *w, uint32_t n, yata_bytes expected) {
    yt_rle_out column;
    yt_rle_out_init(&column, &c->mem);
    const char *kind = w->at[1];
    for (uint32_t i = 0; i < n; i++) {
        if (strcmp(kind, "u8") == 0) yt_rle_put_u8(&column, (uint8_t)value_of(w, i));
        if (strcmp(kind, "uint") == 0) yt_rle_put_uint(&column, value_of(w, i));
        if (strcmp(kind, "diff") == 0) yt_rle_put_diff(&column, (uint32_t)value_of(w, i));
    }
    if (strcmp(kind, "uint") == 0) yt_rle_flush_uint(&column);
    if (strcmp(kind, "diff") == 0) yt_rle_flush_diff(&column);
    yata_bytes written = {column.w.data, column.w.len};
    if (!bytes_equal(expected, written)) bytes_print(stdout, "written", written);
    cr_assert(bytes_equal(expected, written), "%s", kind);
    yt_writer_free(&column.w);
}

static void expect_read(const words *w, uint32_t n, yata_bytes bytes) {
    yt_reader whole;
    yt_reader_init(&whole, bytes.data, bytes.len);
    yt_rle_in column;
    yt_rle_in_init(&column, bytes);
    const char *kind = w->at[1];
    for (uint32_t i = 0; i < n; i++) {
        uint64_t read = strcmp(kind, "u8") == 0     ? yt_rle_next_u8(&column, &whole)
                        : strcmp(kind, "uint") == 0 ? yt_rle_next_uint(&column, &whole)
                                                    : yt_rle_next_diff(&column, &whole);
        cr_assert_eq(read, value_of(w, i), "%s %u", kind, i);
    }
    cr_assert(yt_reader_ok(&whole));
    cr_assert_eq(column.pos, column.end);
    if (strcmp(kind, "u8") == 0 && n > 0) return; /* its last value goes on for ever */
    (void)(strcmp(kind, "uint") == 0 ? yt_rle_next_uint(&column, &whole) : yt_rle_next_diff(&column, &whole));
    cr_assert_eq(whole.fault.status, YATA_ERR_END);
    cr_assert_eq(whole.fault.offset, bytes.len);
}

static void expect_strings(const words *w, uint32_t n, yata_bytes bytes) {
    yt_reader whole;
    yt_reader_init(&whole, bytes.data, bytes.len);
    yt_rle_text_in column;
    yt_rle_text_in_init(&column, bytes, &whole);
    for (uint32_t i = 0; i < n; i++) {
        yata_buffer expected = words_bytes(w, 3 + i);
        yt_rle_string s = yt_rle_next_string(&column, &whole);
        cr_assert(bytes_equal(bytes_of(&expected), s.bytes) && !s.half_before && !s.half_behind);
        yata_buffer_free(&expected);
    }
    cr_assert(yt_reader_ok(&whole));
    cr_assert_eq(column.units, 0);
    (void)yt_rle_next_string(&column, &whole);
    cr_assert_eq(whole.fault.status, YATA_ERR_END);
}

Test(rle, what_lib0_wrote) {
    uint32_t seen = 0;
    words w = words_open("updates.txt");
    while (words_next(&w)) {
        if (!words_is(&w, "column")) continue;
        counted_mem c;
        counted_begin(&c);
        yata_buffer bytes = words_bytes(&w, 2);
        yata_bytes exact = exact_copy(bytes_of(&bytes));
        uint32_t n = (uint32_t)strtoul(w.at[3], NULL, 10);
        for (uint32_t i = 3; i + 1 < WORDS; i++) w.at[i] = w.at[i + 1];
        if (strcmp(w.at[1], "text") == 0) {
            expect_strings(&w, n, exact);
        } else {
            expect_read(&w, n, exact);
            expect_written(&c, &w, n, exact);
        }
        free((void *)exact.data);
        yata_buffer_free(&bytes);
        counted_end(&c);
        seen++;
    }
    words_close(&w);
    cr_assert_gt(seen, 40);
}

/* The first `good` values can be read, the next one is refused there. */
static void expect_fault(char kind, const char *hex, uint32_t good, yata_status status, size_t offset) {
    yata_buffer bytes = bytes_from(hex);
    yata_bytes exact = exact_copy(bytes_of(&bytes));
    yt_reader whole;
    yt_reader_init(&whole, exact.data, exact.len);
    yt_rle_in column;
    yt_rle_in_init(&column, exact);
    for (uint32_t i = 0; i <= good; i++) {
        cr_assert(yt_reader_ok(&whole), "%s: value %u", hex, i);
        if (kind == 'b') (void)yt_rle_next_u8(&column, &whole);
        if (kind == 'u') (void)yt_rle_next_uint(&column, &whole);
        if (kind == 'd') (void)yt_rle_next_diff(&column, &whole);
    }
    cr_assert_eq(whole.fault.status, status, "%s: %s", hex, yata_status_name(whole.fault.status));
    cr_assert_eq(whole.fault.offset, offset, "%s: %zu", hex, whole.fault.offset);
    for (uint32_t i = 0; i < 3; i++) { /* it stays so */
        (void)yt_rle_next_u8(&column, &whole);
        (void)yt_rle_next_uint(&column, &whole);
        (void)yt_rle_next_diff(&column, &whole);
    }
    cr_assert_eq(whole.fault.offset, offset);
    free((void *)exact.data);
    yata_buffer_free(&bytes);
}

Test(rle, refusals) {
    expect_fault('b', "", 0, YATA_ERR_END, 0);
    expect_fault('b', "01 80", 0, YATA_ERR_END, 2);
    expect_fault('b', "01 01", 2, YATA_ERR_END, 2);
    expect_fault('u', "41", 0, YATA_ERR_END, 1);
    expect_fault('u', "80", 0, YATA_ERR_END, 1);
    expect_fault('u', "05", 1, YATA_ERR_END, 1);
    expect_fault('u', "bfffffffffffffffff7f", 0, YATA_ERR_NUMBER, 0);
    expect_fault('d', "03", 0, YATA_ERR_END, 1);
    expect_fault('d', "42", 0, YATA_ERR_NUMBER, 1);                          /* -1 */
    expect_fault('d', "02 44", 1, YATA_ERR_NUMBER, 2);                       /* 1, then -1 */
    expect_fault('d', "8080808040", 0, YATA_ERR_LIMIT, 5);                   /* 2^32 */
    expect_fault('d', "beffffff3f 02", 1, YATA_ERR_LIMIT, 6);                /* 2^32-1, then one more */
    expect_fault('d', "8180808010 ffffffffffffff0f", 3, YATA_ERR_LIMIT, 13); /* 2^30 again and again */
}

Test(rle, runs_without_end_cost_nothing) {
    /* 2^53+1 sevens */
    static const uint8_t sevens[] = {0x47, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0x0F};
    yt_reader whole;
    yt_reader_init(&whole, sevens, sizeof sevens);
    yt_rle_in column;
    yt_rle_in_init(&column, (yata_bytes){sevens, sizeof sevens});
    for (int i = 0; i < 1000; i++) cr_assert_eq(yt_rle_next_uint(&column, &whole), 7);
    cr_assert(yt_reader_ok(&whole));
    cr_assert_eq(column.left, (UINT64_C(1) << 53) + 1 - 1000);
}

Test(rle, strings_cut_in_a_pair) {
    /* "a😀b" as 2, 0, 2 units: the pair is cut */
    yata_buffer bytes = bytes_from("06 61f09f988062 02 00 02");
    yt_reader whole;
    yt_reader_init(&whole, bytes.data, bytes.len);
    yt_rle_text_in column;
    yt_rle_text_in_init(&column, bytes_of(&bytes), &whole);
    yt_rle_string s = yt_rle_next_string(&column, &whole);
    cr_assert(s.bytes.len == 1 && s.bytes.data[0] == 'a' && !s.half_before && s.half_behind && s.units == 2);
    s = yt_rle_next_string(&column, &whole);
    cr_assert(s.bytes.len == 0 && !s.half_before && !s.half_behind && s.units == 0);
    s = yt_rle_next_string(&column, &whole);
    cr_assert(s.bytes.len == 1 && s.bytes.data[0] == 'b' && s.half_before && !s.half_behind && s.units == 2);
    cr_assert(yt_reader_ok(&whole));
    yata_buffer_free(&bytes);
}

Test(rle, strings_that_are_not_there) {
    static const struct {
        const char *hex;
        yata_status status;
        size_t offset;
    } faults[] = {
        {"", YATA_ERR_END, 0},        {"05 6162", YATA_ERR_END, 0},    {"02 61ff 02", YATA_ERR_UTF8, 2},
        {"02 6162", YATA_ERR_END, 3}, {"02 6162 03", YATA_ERR_END, 3}, {"03 e697a5 02", YATA_ERR_END, 4},
    };
    for (size_t i = 0; i < sizeof faults / sizeof *faults; i++) {
        yata_buffer bytes = bytes_from(faults[i].hex);
        yt_reader whole;
        yt_reader_init(&whole, bytes.data, bytes.len);
        yt_rle_text_in column;
        yt_rle_text_in_init(&column, bytes_of(&bytes), &whole);
        (void)yt_rle_next_string(&column, &whole);
        cr_assert_eq(whole.fault.status, faults[i].status, "%s", faults[i].hex);
        cr_assert_eq(whole.fault.offset, faults[i].offset, "%s: %zu", faults[i].hex, whole.fault.offset);
        yata_buffer_free(&bytes);
    }
}
