/* SPDX-License-Identifier: MIT */
/* utf.c - every sequence of few bytes, and long texts, against decoding one character after the other. */
#include "base/utf.h"
#include "fixture.h"
#include "harness/random.h"
#include <criterion/criterion.h>

/* The shortest description of UTF-8: decode, and compare with what encoding gives. Length of the character, or 0. */
static size_t decode(const uint8_t *p, size_t n, uint32_t *out) {
    static const uint32_t least[] = {0, 0, 0x80, 0x800, 0x10000};
    size_t len = p[0] < 0x80 ? 1 : p[0] < 0xC0 ? 0 : p[0] < 0xE0 ? 2 : p[0] < 0xF0 ? 3 : p[0] < 0xF8 ? 4 : 0;
    if (len == 0 || len > n) return 0;
    uint32_t c = len == 1 ? p[0] : p[0] & (0x7Fu >> len);
    for (size_t i = 1; i < len; i++) {
        if (p[i] < 0x80 || p[i] > 0xBF) return 0;
        c = c << 6 | (p[i] & 0x3F);
    }
    *out = c;
    return c < least[len] || (c >= 0xD800 && c < 0xE000) || c > 0x10FFFF ? 0 : len;
}

static void check(const uint8_t *p, size_t n) {
    yata_bytes copy = exact_copy((yata_bytes){p, n});
    size_t at = 0, units = 0, scalars = 0, bad = SIZE_MAX;
    yt_utf8_info info;
    while (at < n) {
        uint32_t c;
        size_t len = decode(p + at, n - at, &c);
        if (len == 0) break;
        at += len;
        units += c > 0xFFFF ? 2 : 1;
        scalars++;
    }
    bool valid = yt_utf8_scan(copy.data, n, &info, &bad);
    cr_assert_eq(valid, at == n);
    if (valid) {
        cr_assert(info.utf16 == units && info.scalars == scalars);
        cr_assert_eq(yt_utf8_count_utf16(copy.data, n), units);
        cr_assert_eq(yt_utf8_count_scalars(copy.data, n), scalars);
    } else {
        cr_assert_eq(bad, at);
        cr_assert(!yt_utf8_scan(copy.data, n, NULL, NULL));
    }
    free((void *)copy.data);
}

Test(utf, every_sequence_of_two_bytes_and_many_of_four) {
    static const uint8_t edges[] = {0x00, 0x41, 0x7F, 0x80, 0x8F, 0x90, 0x9F, 0xA0, 0xBF, 0xC0, 0xC1, 0xC2, 0xDF,
                                    0xE0, 0xE1, 0xEC, 0xED, 0xEE, 0xEF, 0xF0, 0xF1, 0xF3, 0xF4, 0xF5, 0xF8, 0xFF};
    enum { N = sizeof edges };
    uint8_t p[4];
    for (uint32_t x = 0; x < 0x10000; x++) {
        p[0] = (uint8_t)(x >> 8);
        p[1] = (uint8_t)x;
        check(p, 1);
        check(p, 2);
    }
    for (uint32_t x = 0; x < N * N * N * N; x++) {
        p[0] = edges[x % N];
        p[1] = edges[x / N % N];
        p[2] = edges[x / N / N % N];
        p[3] = edges[x / N / N / N];
        check(p, 3);
        check(p, 4);
    }
}

/* Random valid text; `mix` 0: ASCII only. */
static size_t make_text(rng *r, uint8_t *p, size_t cap, uint32_t mix) {
    static const char *const others[] = {"é", "ß", "日", "…", "😀", "𝄞"};
    size_t n = 0;
    while (n + 4 <= cap) {
        if (rng_below(r, 10) < mix) {
            const char *c = others[rng_below(r, 6)];
            memcpy(p + n, c, strlen(c));
            n += strlen(c);
        } else {
            p[n++] = (uint8_t)('a' + rng_below(r, 26));
        }
    }
    return n;
}

Test(utf, long_texts) {
    rng r = rng_from(11);
    uint8_t p[300];
    for (uint32_t i = 0; i < 3000; i++) {
        size_t n = make_text(&r, p, 4 + rng_below(&r, 290), i % 11);
        check(p, n);
        if (n == 0) continue;
        p[rng_below(&r, (uint32_t)n)] = (uint8_t)rng_next(&r);
        check(p, n);
        check(p, rng_below(&r, (uint32_t)n));
    }
}

static void check_offsets(const uint8_t *p, size_t n) {
    size_t units = 0, scalars = 0;
    bool inside;
    for (size_t at = 0; at < n;) {
        uint32_t c;
        size_t len = decode(p + at, n - at, &c);
        cr_assert_eq(yt_utf8_at_utf16(p, n, units, &inside), at);
        cr_assert(!inside);
        cr_assert_eq(yt_utf8_at_scalar(p, n, scalars), at);
        cr_assert(yt_utf8_is_boundary(p, n, at));
        if (c > 0xFFFF) {
            cr_assert_eq(yt_utf8_at_utf16(p, n, units + 1, &inside), at);
            cr_assert(inside);
        }
        for (size_t i = 1; i < len; i++) cr_assert(!yt_utf8_is_boundary(p, n, at + i));
        units += c > 0xFFFF ? 2 : 1;
        scalars++;
        at += len;
    }
    for (size_t beyond = 0; beyond < 20; beyond++) {
        cr_assert_eq(yt_utf8_at_utf16(p, n, units + beyond, &inside), n);
        cr_assert(!inside);
        cr_assert_eq(yt_utf8_at_scalar(p, n, scalars + beyond), n);
        cr_assert_eq(yt_utf8_is_boundary(p, n, n + beyond), beyond == 0);
    }
    cr_assert_eq(yt_utf8_at_utf16(p, n, SIZE_MAX, &inside), n);
    cr_assert_eq(yt_utf8_at_scalar(p, n, SIZE_MAX), n);
}

Test(utf, short_ascii_is_what_stands_in_the_text) {
    for (size_t n = 0; n <= YT_UTF8_SHORT; n++) {
        for (size_t high = 0; high < YT_UTF8_SHORT; high++) {
            uint8_t text[YT_UTF8_SHORT];
            memset(text, 0x7F, sizeof text);
            text[high] = 0x80;
            cr_assert_eq(yt_utf8_is_short_ascii(text, n), high >= n, "byte %zu of %zu", high, n);
            cr_assert_eq(yt_utf8_is_short_ascii(text, n), yt_utf8_is_ascii(text, n), "byte %zu of %zu", high, n);
        }
    }
}

Test(utf, offsets) {
    rng r = rng_from(12);
    uint8_t p[120];
    check_offsets(NULL, 0);
    for (uint32_t i = 0; i < 500; i++) {
        size_t n = make_text(&r, p, 4 + rng_below(&r, 110), i % 11);
        yata_bytes copy = exact_copy((yata_bytes){p, n});
        check_offsets(copy.data, n);
        free((void *)copy.data);
    }
}

Test(utf, nothing) {
    yt_utf8_info info;
    cr_assert(yt_utf8_scan(NULL, 0, &info, NULL));
    cr_assert(info.utf16 == 0 && info.scalars == 0);
    cr_assert_eq(yt_utf8_count_utf16(NULL, 0), 0);
    cr_assert_eq(yt_utf8_count_scalars(NULL, 0), 0);
}
