/* SPDX-License-Identifier: MIT */
/* reader.c - lib0 primitives from bytes, and where the faults lie. */
#include "wire/reader.h"
#include "base/utf.h"
#include "fixture.h"
#include "vectors.h"
#include "wire/writer.h"
#include <criterion/criterion.h>

/* A reader over exactly these bytes; they are freed by done. */
typedef struct input {
    yt_reader r;
    yata_bytes bytes;
} input;

static input input_of(const char *hex) {
    yata_buffer buffer = bytes_from(hex);
    input in;
    in.bytes = exact_copy(bytes_of(&buffer));
    yata_buffer_free(&buffer);
    yt_reader_init(&in.r, in.bytes.data, in.bytes.len);
    return in;
}

static void done(input *in) {
    free((void *)in->bytes.data);
}

static void expect_fault(input *in, yata_status status, size_t offset) {
    cr_assert_eq(in->r.fault.status, status, "%s", yata_status_name(in->r.fault.status));
    cr_assert_eq(in->r.fault.offset, offset, "at %zu", in->r.fault.offset);
    cr_assert(!yt_reader_ok(&in->r) && yt_reader_left(&in->r) == 0);
    /* After a fault everything is empty, and the fault stays. */
    bool negative_zero;
    yt_utf8_info info;
    cr_assert_eq(yt_read_var_uint(&in->r), 0);
    cr_assert_eq(yt_read_var_int(&in->r, &negative_zero), 0);
    cr_assert_eq(yt_read_clock(&in->r), 0);
    cr_assert_eq(yt_read_count(&in->r, 1), 0);
    cr_assert_eq(yt_read_u8(&in->r), 0);
    cr_assert_eq(yt_read_u32_be(&in->r), 0);
    cr_assert_eq(yt_read_u64_be(&in->r), 0);
    cr_assert_eq(yt_read_bytes(&in->r, 1).len, 0);
    cr_assert_eq(yt_read_var_bytes(&in->r).len, 0);
    cr_assert_eq(yt_read_var_string(&in->r, &info).len, 0);
    cr_assert_eq(in->r.fault.status, status);
    cr_assert_eq(in->r.fault.offset, offset);
    done(in);
}

Test(reader, numbers_of_lib0) {
    vectors v = vectors_open("lib0.txt");
    while (vectors_next(&v, "uint")) {
        input in = input_of(v.b);
        cr_assert_eq(yt_read_var_uint(&in.r), strtoull(v.a, NULL, 10));
        cr_assert(yt_reader_ok(&in.r) && yt_reader_left(&in.r) == 0);
        done(&in);
    }
    vectors_close(&v);
    v = vectors_open("lib0.txt");
    while (vectors_next(&v, "int")) {
        input in = input_of(v.b);
        bool negative_zero;
        cr_assert_eq(yt_read_var_int(&in.r, &negative_zero), strtoll(v.a, NULL, 10));
        cr_assert_eq(negative_zero, strcmp(v.a, "-0") == 0);
        cr_assert(yt_reader_ok(&in.r) && yt_reader_left(&in.r) == 0);
        done(&in);
    }
    vectors_close(&v);
}

Test(reader, long_forms_are_legal) {
    static const struct {
        const char *hex;
        uint64_t x;
    } cases[] = {{"8000", 0},
                 {"(100*80) 00", 0},
                 {"8100", 1},
                 {"81 (50*80) 00", 1},
                 {"ffffffffffffff8f00", (UINT64_C(1) << 53) - 1}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        input in = input_of(cases[i].hex);
        cr_assert_eq(yt_read_var_uint(&in.r), cases[i].x);
        cr_assert(yt_reader_ok(&in.r) && yt_reader_left(&in.r) == 0);
        done(&in);
    }
    input in = input_of("c000 c0 (80*80) 00 c100");
    bool negative_zero;
    cr_assert(yt_read_var_int(&in.r, &negative_zero) == 0 && negative_zero);
    cr_assert(yt_read_var_int(&in.r, NULL) == 0);
    cr_assert(yt_read_var_int(&in.r, &negative_zero) == -1 && !negative_zero);
    done(&in);
}

Test(reader, numbers_that_are_too_large) {
    static const char *const uints[] = {"ffffffffffffff10", "ffffffffffffff1f", "80808080808080 10", "(8*80) 01",
                                        "(20*80) 01",       "(8*ff) 00",        "(9*ff) 01"};
    static const char *const ints[] = {"bfffffffffffff20", "bfffffffffffffff00", "(7*80) 20", "ff (8*ff) 01",
                                       "(30*80) 7f"};
    for (size_t i = 0; i < sizeof uints / sizeof *uints; i++) {
        input in = input_of(uints[i]);
        cr_assert_eq(yt_read_var_uint(&in.r), 0);
        expect_fault(&in, YATA_ERR_NUMBER, 0);
    }
    for (size_t i = 0; i < sizeof ints / sizeof *ints; i++) {
        input in = input_of(ints[i]);
        cr_assert_eq(yt_read_var_int(&in.r, NULL), 0);
        expect_fault(&in, YATA_ERR_NUMBER, 0);
    }
}

Test(reader, numbers_that_end_too_early) {
    static const char *const cases[] = {"", "80", "ff", "(6*ff)", "(7*ff)", "(8*80)", "(40*80)"};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        input in = input_of(cases[i]);
        size_t len = in.bytes.len;
        cr_assert_eq(yt_read_var_uint(&in.r), 0);
        expect_fault(&in, YATA_ERR_END, len);
        in = input_of(cases[i]);
        cr_assert_eq(yt_read_var_int(&in.r, NULL), 0);
        expect_fault(&in, YATA_ERR_END, len);
    }
}

Test(reader, clocks) {
    input in = input_of("00 ffffffff0f");
    cr_assert_eq(yt_read_clock(&in.r), 0);
    cr_assert_eq(yt_read_clock(&in.r), UINT32_MAX);
    cr_assert(yt_reader_ok(&in.r));
    done(&in);
    in = input_of("05 8080808010");
    cr_assert_eq(yt_read_clock(&in.r), 5);
    cr_assert_eq(yt_read_clock(&in.r), 0);
    expect_fault(&in, YATA_ERR_LIMIT, 1);
}

Test(reader, counts_that_the_rest_cannot_hold) {
    input in = input_of("02 00 00 00 00");
    cr_assert_eq(yt_read_count(&in.r, 2), 2);
    done(&in);
    in = input_of("07 03 00 00 00 00 00");
    cr_assert_eq(yt_read_u8(&in.r), 7);
    cr_assert_eq(yt_read_count(&in.r, 2), 0);
    expect_fault(&in, YATA_ERR_END, 1);
    in = input_of("ffffffffffffff0f");
    cr_assert_eq(yt_read_count(&in.r, 1), 0);
    expect_fault(&in, YATA_ERR_END, 0);
    in = input_of("00");
    cr_assert_eq(yt_read_count(&in.r, SIZE_MAX), 0);
    cr_assert(yt_reader_ok(&in.r));
    done(&in);
}

Test(reader, fixed_width) {
    input in = input_of("ff 01020304 0102030405060708 aa");
    cr_assert_eq(yt_read_u8(&in.r), 255);
    cr_assert_eq(yt_read_u32_be(&in.r), 0x01020304);
    cr_assert_eq(yt_read_u64_be(&in.r), UINT64_C(0x0102030405060708));
    cr_assert_eq(yt_reader_offset(&in.r), 13);
    cr_assert_eq(yt_read_u32_be(&in.r), 0);
    expect_fault(&in, YATA_ERR_END, 14);
    in = input_of("00000000000000");
    yt_read_u64_be(&in.r);
    expect_fault(&in, YATA_ERR_END, 7);
}

Test(reader, bytes_and_strings) {
    input in = input_of("00 02 abcd 03 e282ac 00 ee ff");
    cr_assert_eq(yt_read_var_bytes(&in.r).len, 0);
    yata_bytes bytes = yt_read_var_bytes(&in.r);
    cr_assert(bytes.len == 2 && bytes.data == in.bytes.data + 2);
    yt_utf8_info info;
    yata_str str = yt_read_var_string(&in.r, &info);
    cr_assert(str.len == 3 && info.utf16 == 1 && info.scalars == 1);
    cr_assert_eq(yt_read_var_string(&in.r, NULL).len, 0);
    bytes = yt_read_bytes(&in.r, 2);
    cr_assert(bytes.len == 2 && bytes.data[1] == 0xFF && yt_reader_ok(&in.r));
    cr_assert_eq(yt_read_bytes(&in.r, 0).len, 0);
    cr_assert(yt_reader_ok(&in.r));
    cr_assert_eq(yt_read_bytes(&in.r, 1).len, 0);
    expect_fault(&in, YATA_ERR_END, 11);
}

Test(reader, lengths_beyond_the_end) {
    input in = input_of("00 03 6162");
    yt_read_u8(&in.r);
    cr_assert_eq(yt_read_var_bytes(&in.r).len, 0);
    expect_fault(&in, YATA_ERR_END, 1);
    in = input_of("ffffffffffffff0f 61");
    cr_assert_eq(yt_read_var_string(&in.r, NULL).len, 0);
    expect_fault(&in, YATA_ERR_END, 0);
    in = input_of("8080");
    cr_assert_eq(yt_read_var_string(&in.r, NULL).len, 0);
    expect_fault(&in, YATA_ERR_END, 2);
}

Test(reader, bad_text_is_found_at_its_character) {
    input in = input_of("05 61 62 eda080");
    yt_utf8_info info;
    cr_assert_eq(yt_read_var_string(&in.r, &info).len, 0);
    cr_assert(info.utf16 == 0 && info.scalars == 0);
    expect_fault(&in, YATA_ERR_UTF8, 3);
}

Test(reader, the_first_fault_stays) {
    input in = input_of("01 02 03");
    yt_reader_fail_at(&in.r, YATA_ERR_VALUE, in.bytes.data + 2);
    yt_reader_fail_at(&in.r, YATA_ERR_KIND, in.bytes.data);
    expect_fault(&in, YATA_ERR_VALUE, 2);
}

Test(reader, nothing) {
    yt_reader r;
    yt_reader_init(&r, NULL, 0);
    cr_assert(yt_reader_ok(&r) && yt_reader_left(&r) == 0 && yt_reader_offset(&r) == 0);
    cr_assert_eq(yt_read_bytes(&r, 0).len, 0);
    cr_assert(yt_reader_ok(&r));
}
