/* SPDX-License-Identifier: MIT */
/* number.c - doubles as text: against node (tests/vectors/lib0.txt), printf and strtod. */
#include "base/number.h"
#include "fixture.h"
#include "harness/random.h"
#include "vectors.h"
#include <criterion/criterion.h>
#include <math.h>

static double from_bits(uint64_t bits) {
    double x;
    memcpy(&x, &bits, sizeof x);
    return x;
}

static uint64_t to_bits(double x) {
    uint64_t bits;
    memcpy(&bits, &x, sizeof bits);
    return bits;
}

/* Neighbours of a positive double. */
static double above(double x) {
    return from_bits(to_bits(x) + 1);
}
static double below(double x) {
    return from_bits(to_bits(x) - 1);
}

static const char *printed(double x) {
    static char text[YT_NUMBER_MAX + 1];
    size_t n = yt_number_print(x, text);
    cr_assert_leq(n, YT_NUMBER_MAX);
    text[n] = 0;
    return text;
}

/* All of the text must be the number; read from a copy of exactly its size. */
static double parsed(const char *text) {
    double x = 12345;
    size_t n = strlen(text);
    yata_bytes copy = exact_copy((yata_bytes){(const uint8_t *)text, n});
    cr_assert_eq(yt_number_parse((const char *)copy.data, n, &x), n, "%.60s", text);
    free((void *)copy.data);
    return x;
}

static void check_text(const char *text) {
    double expected = strtod(text, NULL), x = parsed(text);
    cr_assert_eq(to_bits(x), to_bits(expected), "%.60s: %a, not %a", text, x, expected);
}

Test(number, printed_like_node) {
    vectors v = vectors_open("lib0.txt");
    while (vectors_next(&v, "print")) {
        double x = from_bits(strtoull(v.a, NULL, 16));
        cr_assert_str_eq(printed(x), v.b);
        if (isfinite(x) && x != 0) cr_assert_eq(to_bits(parsed(v.b)), to_bits(x));
    }
    vectors_close(&v);
}

/* The doubles of lib0.mjs, made the same way. */
static double shaped(rng *r, uint32_t i) {
    uint64_t bits = rng_next(r);
    switch (i % 8) {
    case 1:
        bits &= ~((UINT64_C(1) << rng_next(r) % 52) - 1);
        break;
    case 2:
        bits &= (UINT64_C(1) << 53) - 1;
        break;
    case 3:
        bits = (bits & ~(UINT64_C(0x7FF) << 52)) | (1023 + bits % 64) << 52;
        break;
    case 4:
        return (double)(bits % 1000000000) / 1000;
    case 5:
        return (double)(bits >> 11) / 9007199254740992.0;
    default:
        break;
    }
    return from_bits(bits);
}

Test(number, twenty_thousand_printed_like_node) {
    vectors v = vectors_open("lib0.txt");
    while (vectors_next(&v, "prints")) {
        rng r = rng_from(strtoull(v.a, NULL, 10));
        uint64_t sum = UINT64_C(0xCBF29CE484222325);
        for (uint32_t i = 0; i < 256; i++) {
            const char *text = printed(shaped(&r, i));
            for (; *text; text++) sum = (sum ^ (uint8_t)*text) * UINT64_C(0x100000001B3);
            sum = (sum ^ '\n') * UINT64_C(0x100000001B3);
        }
        cr_assert_eq(sum, strtoull(v.b, NULL, 16), "block %s", v.a);
    }
    cr_assert_eq(v.seen, 80);
    vectors_close(&v);
}

Test(number, what_is_printed_reads_back) {
    rng r = rng_from(21);
    for (uint32_t i = 0; i < 40000; i++) {
        double x = shaped(&r, i);
        if (!isfinite(x)) continue;
        const char *text = printed(x);
        double back = parsed(text);
        cr_assert_eq(to_bits(back), to_bits(x), "%a printed as %s", x, text);
        cr_assert_eq(to_bits(strtod(text, NULL)), to_bits(x));
    }
}

Test(number, every_power_of_two_and_its_neighbours) {
    for (int e = -1074; e < 1024; e++) {
        double x = from_bits(e < -1022 ? UINT64_C(1) << (e + 1074) : (uint64_t)(e + 1023) << 52);
        double around[] = {x, below(x), above(x), -x};
        for (uint32_t i = 0; i < 4; i++) {
            char text[64];
            if (around[i] != 0) cr_assert_eq(to_bits(parsed(printed(around[i]))), to_bits(around[i]));
            snprintf(text, sizeof text, "%.17g", around[i]);
            check_text(text);
        }
    }
}

Test(number, powers_of_ten) {
    for (int e = -400; e <= 400; e++) {
        char text[64];
        const char *const heads[] = {
            "1", "9", "1.7976931348623157", "4.9406564584124654", "2.2250738585072011", "9007199254740993"};
        for (uint32_t i = 0; i < 6; i++) {
            snprintf(text, sizeof text, "%se%d", heads[i], e);
            check_text(text);
            snprintf(text, sizeof text, "-%sE+%d", heads[i], e < 0 ? -e : e);
            check_text(text);
        }
    }
}

Test(number, texts_of_many_digits) {
    rng r = rng_from(22);
    char text[1300];
    for (uint32_t i = 0; i < 4000; i++) {
        uint32_t digits = 1 + rng_below(&r, i % 10 ? 40 : 1200), point = rng_below(&r, digits + 1), n = 0;
        for (uint32_t k = 0; k < digits; k++) {
            if (k == point && k > 0) text[n++] = '.';
            text[n++] = (char)((k == 0 ? '1' : '0') + (i % 7 ? rng_below(&r, 9) : 0));
        }
        snprintf(text + n, 20, "e%d", (int)rng_below(&r, 700) - 350);
        check_text(text);
    }
}

/* The decimal text of the middle between x and the double above it, exactly; printf does the arithmetic. */
static void middle(char *text, size_t size, double x) {
    long double sum = (long double)x + (long double)above(x);
    snprintf(text, size, "%.1100Le", sum / 2);
}

Test(number, halfway_cases) {
    static char text[1300];
    rng r = rng_from(23);
    if (sizeof(long double) <= sizeof(double)) cr_skip_test("the middle cannot be computed");
    for (uint32_t i = 0; i < 3000; i++) {
        double x = fabs(shaped(&r, i % 4)); /* random, few digits, subnormal, everyday */
        if (!isfinite(x) || !isfinite(above(x))) continue;
        middle(text, sizeof text, x);
        check_text(text); /* a tie: to even */
        char *last = strchr(text, 'e') - 1;
        *last = '1';
        check_text(text); /* a little more */
        while (*last == '0' || *last == '1') last--;
        if (*last == '.') continue;
        (*last)--;
        check_text(text); /* a little less */
    }
}

Test(number, borders) {
    static const char *const texts[] = {"0",
                                        "-0",
                                        "0.0",
                                        "-0.0e5",
                                        "0e999999999999999999999",
                                        "1e999999999999999999999",
                                        "-1e999999999999999999999",
                                        "1e-999999999999999999999",
                                        "1.7976931348623157e308",
                                        "1.7976931348623158e308",
                                        "1.797693134862315807e308",
                                        "1.7976931348623159e308",
                                        "1.8e308",
                                        "1e309",
                                        "1e310",
                                        "5e-324",
                                        "4e-324",
                                        "3e-324",
                                        "2.4703282292062328e-324",
                                        "2.4703282292062327e-324",
                                        "2.4703282292062327208e-324",
                                        "1e-324",
                                        "1e-325",
                                        "2.2250738585072014e-308",
                                        "2.2250738585072011e-308",
                                        "9007199254740991",
                                        "9007199254740992",
                                        "9007199254740993",
                                        "9007199254740994",
                                        "9007199254740995",
                                        "18446744073709551615",
                                        "18446744073709551616",
                                        "0.000000000000000000000000000000000000000001",
                                        "100000000000000000000000",
                                        "8.5e22",
                                        "8.5e23",
                                        "8.5e-22",
                                        "0.1e1",
                                        "123e-2",
                                        "1e0",
                                        "1e-0",
                                        "1e+0",
                                        "1e0000000000000000000000022"};
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) check_text(texts[i]);
    cr_assert(signbit(parsed("-0")) && signbit(parsed("-1e-999")) && !signbit(parsed("0")));
}

Test(number, long_zeros) {
    static char text[12000];
    memset(text, '0', sizeof text);
    text[1] = '.';
    strcpy(text + 10000, "15e10001");
    cr_assert_eq(parsed(text), 150);
    memset(text, '0', sizeof text);
    text[0] = '1';
    strcpy(text + 10001, "e-10000");
    cr_assert_eq(parsed(text), 1);
    strcpy(text + 10001, ".000e-10002");
    cr_assert_eq(parsed(text), 0.01);
    /* 1, many zeros, 1: more than the 768 digits that are looked at */
    memset(text, '0', sizeof text);
    strcpy(text, "9007199254740993.");
    text[17] = '0';
    text[5000] = 0;
    cr_assert_eq(parsed(text), 9007199254740992.0);
    text[4999] = '1';
    cr_assert_eq(parsed(text), 9007199254740994.0);
}

Test(number, where_a_number_ends) {
    static const struct {
        const char *text;
        size_t used;
    } cases[] = {{"", 0},    {"-", 0},       {"+1", 0},    {".5", 0},    {"a", 0},        {"-a", 0},   {"-.5", 0},
                 {" 1", 0},  {"01", 1},      {"-01", 2},   {"00", 1},    {"1.", 1},       {"1.e5", 1}, {"1e", 1},
                 {"1e+", 1}, {"1e-", 1},     {"1e5.5", 3}, {"1.5.5", 3}, {"12a", 2},      {"1,2", 1},  {"1e5e5", 3},
                 {"0x1", 1}, {"1.5e+3]", 6}, {"0.5", 3},   {"-0.5 ", 4}, {"Infinity", 0}, {"NaN", 0}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        double x;
        yata_bytes copy = exact_copy((yata_bytes){(const uint8_t *)cases[i].text, strlen(cases[i].text)});
        cr_assert_eq(yt_number_parse((const char *)copy.data, copy.len, &x), cases[i].used, "%s", cases[i].text);
        free((void *)copy.data);
    }
}

Test(number, integers) {
    static const int64_t list[] = {0,         1,        -1, 9, 10, 99, 100, INT32_MAX, INT32_MIN, 9007199254740991,
                                   INT64_MAX, INT64_MIN};
    for (size_t i = 0; i < sizeof list / sizeof *list; i++) {
        char text[YT_NUMBER_MAX + 1], expected[40];
        text[yt_number_print_int(list[i], text)] = 0;
        snprintf(expected, sizeof expected, "%lld", (long long)list[i]);
        cr_assert_str_eq(text, expected);
    }
}

Test(number, what_json_lacks) {
    cr_assert_str_eq(printed(NAN), "null");
    cr_assert_str_eq(printed(INFINITY), "null");
    cr_assert_str_eq(printed(-INFINITY), "null");
    cr_assert_str_eq(printed(-0.0), "0");
}
