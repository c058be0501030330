/* SPDX-License-Identifier: MIT */
/* rle.c - columns in both directions: what lib0 wrote, what it would not write, and runs that nobody could count. */
#include "../fixture.h"
#include "../words.h"
#include "harness/random.h"
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

/* ------------------------------------------------------------------------
 * Many values at once are written as one by one: in pieces of all lengths, with runs short and long, and steps from
 * those of one byte to those that take more than four.
 */
typedef struct kind {
    const char *name;
    void (*one)(yt_rle_out *c, uint32_t value);
    void (*many)(yt_rle_out *c, const uint32_t *values, uint32_t count);
    void (*flush)(yt_rle_out *c);
} kind;

static void one_u8(yt_rle_out *c, uint32_t value) {
    yt_rle_put_u8(c, (uint8_t)value);
}
static void many_u8s(yt_rle_out *c, const uint32_t *values, uint32_t count) {
    uint8_t line[YT_RLE_LINE];
    for (uint32_t i = 0; i < count; i++) line[i + 1] = (uint8_t)values[i];
    yt_rle_put_u8s(c, line, count);
}
static void flush_u8(yt_rle_out *c) {
    yt_rle_put_u8(c, (uint8_t)~c->value); /* the last count is written when another value comes */
}
static void one_uint(yt_rle_out *c, uint32_t value) {
    yt_rle_put_uint(c, value);
}
static void many_uints(yt_rle_out *c, const uint32_t *values, uint32_t count) {
    uint32_t line[YT_RLE_LINE];
    memcpy(line + 1, values, count * sizeof *line);
    yt_rle_put_uints(c, line, count);
}
static void many_diffs(yt_rle_out *c, const uint32_t *values, uint32_t count) {
    uint32_t line[YT_RLE_LINE];
    memcpy(line + 1, values, count * sizeof *line);
    yt_rle_put_diffs(c, line, count);
}

/* Mostly near the last one: the same, the same step again, or some other of `bits` bits at most. */
static uint32_t next_value(rng *random, uint32_t last, uint32_t *step, uint32_t bits) {
    switch (rng_below(random, 8)) {
    case 0:
        return 0;
    case 1:
    case 2:
        return last;
    case 3:
    case 4:
        return last + *step;
    default: {
        uint32_t mask = (uint32_t)((UINT64_C(1) << (1 + rng_below(random, bits))) - 1);
        uint32_t value =
            rng_one_in(random, 3) ? last ^ ((uint32_t)rng_next(random) & mask) : (uint32_t)rng_next(random) & mask;
        *step = value - last;
        return value;
    }
    }
}

static void expect_many_as_one_by_one(const kind *k, uint64_t seed) {
    counted_mem c;
    counted_begin(&c);
    yt_rle_out singly, together;
    yt_rle_out_init(&singly, &c.mem);
    yt_rle_out_init(&together, &c.mem);
    rng random = rng_from(seed);
    static const uint32_t widths[] = {1, 7, 14, 21, 25, 26, 27, 32};
    uint32_t bits = widths[rng_below(&random, sizeof widths / sizeof *widths)], last = 0, step = 1;
    for (uint32_t piece = 0; piece < 20; piece++) {
        uint32_t values[YT_RLE_BATCH], count = rng_below(&random, YT_RLE_BATCH + 1);
        for (uint32_t i = 0; i < count; i++) {
            values[i] = last = next_value(&random, last, &step, bits);
            k->one(&singly, values[i]);
        }
        k->many(&together, values, count);
        if (rng_one_in(&random, 8)) bits = widths[rng_below(&random, sizeof widths / sizeof *widths)];
    }
    cr_assert(singly.value == together.value && singly.count == together.count && singly.step == together.step,
              "%s, seed %llu", k->name, (unsigned long long)seed);
    k->flush(&singly);
    k->flush(&together);
    yata_bytes a = {singly.w.data, singly.w.len}, b = {together.w.data, together.w.len};
    cr_assert(bytes_equal(a, b), "%s, seed %llu", k->name, (unsigned long long)seed);
    yt_writer_free(&singly.w);
    yt_writer_free(&together.w);
    counted_end(&c);
}

Test(rle, many_values_as_one_by_one) {
    static const kind kinds[] = {
        {"u8", one_u8, many_u8s, flush_u8},
        {"uint", one_uint, many_uints, yt_rle_flush_uint},
        {"diff", yt_rle_put_diff, many_diffs, yt_rle_flush_diff},
    };
    for (uint64_t seed = 1; seed <= 2000; seed++)
        for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) expect_many_as_one_by_one(&kinds[i], seed);
}

/* Which of the values are written does not matter then, but that nothing else is. */
Test(rle, without_memory) {
    yt_mem mem;
    yt_mem_init(&mem, NULL);
    mem.allocator.alloc = NULL;
    uint32_t line[YT_RLE_LINE];
    uint8_t bytes[YT_RLE_LINE];
    for (uint32_t i = 0; i < YT_RLE_BATCH; i++) bytes[i + 1] = (uint8_t)(line[i + 1] = i * i);
    yt_rle_out columns[3];
    for (int i = 0; i < 3; i++) yt_rle_out_init(&columns[i], &mem);
    yt_rle_put_u8s(&columns[0], bytes, YT_RLE_BATCH);
    yt_rle_put_uints(&columns[1], line, YT_RLE_BATCH);
    yt_rle_put_diffs(&columns[2], line, YT_RLE_BATCH);
    for (int i = 0; i < 3; i++) cr_assert(columns[i].w.failed && columns[i].w.len == 0);
}
