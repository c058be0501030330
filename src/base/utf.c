/* SPDX-License-Identifier: MIT */
/*
 * utf.c - validation and measuring of UTF-8, eight bytes a step where it can.
 *
 * Counting needs no decoding: a character is counted at its first byte, so in a word of eight bytes it is enough to
 * count those that do not continue a character (10xxxxxx), and those that start one of four bytes (1111xxxx), which is
 * two UTF-16 units. A word may begin or end inside a character without harm.
 */
#include "base/utf.h"
#include "base/config.h"

#define ONES  UINT64_C(0x0101010101010101)
#define HIGHS YT_UTF8_HIGHS

static uint64_t load8(const uint8_t *p) {
    uint64_t x;
    memcpy(&x, p, 8);
    return x;
}

/* Each byte of `flags` is 0 or 1: their sum. */
static uint32_t sum8(uint64_t flags) {
    return (uint32_t)(flags * ONES >> 56);
}

static uint32_t word_continuations(uint64_t x) {
    return sum8(x >> 7 & ~x >> 6 & ONES);
}

static uint32_t word_scalars(uint64_t x) {
    return 8 - word_continuations(x);
}

static uint32_t word_units(uint64_t x) {
    if (YT_LIKELY(!(x & HIGHS))) return 8;
    return 8 - word_continuations(x) + sum8(x >> 7 & x >> 6 & x >> 5 & x >> 4 & ONES);
}

static bool continues(uint8_t byte) {
    return (byte & 0xC0) == 0x80;
}

/* Bytes of the well-formed character at p (first byte not ASCII), 0 if there is none: Unicode, table 3-7. */
static uint32_t character(const uint8_t *p, size_t n) {
    uint8_t first = p[0];
    if (first < 0xC2 || first > 0xF4) return 0;
    if (first < 0xE0) return n >= 2 && continues(p[1]) ? 2 : 0;
    if (first < 0xF0) {
        if (n < 3 || !continues(p[1]) || !continues(p[2])) return 0;
        if (first == 0xE0 && p[1] < 0xA0) return 0; /* overlong  */
        if (first == 0xED && p[1] > 0x9F) return 0; /* surrogate */
        return 3;
    }
    if (n < 4 || !continues(p[1]) || !continues(p[2]) || !continues(p[3])) return 0;
    if (first == 0xF0 && p[1] < 0x90) return 0; /* overlong   */
    if (first == 0xF4 && p[1] > 0x8F) return 0; /* > U+10FFFF */
    return 4;
}

bool yt_utf8_scan(const uint8_t *p, size_t n, yt_utf8_info *info, size_t *bad) {
    if (YT_LIKELY(yt_utf8_is_ascii(p, n))) {
        if (info) info->utf16 = info->scalars = n;
        return true;
    }
    size_t at = 0, continuations = 0, pairs = 0;
    while (at < n) {
        if (n - at >= 8 && !(load8(p + at) & HIGHS)) {
            at += 8;
            continue;
        }
        if (p[at] < 0x80) {
            at++;
            continue;
        }
        uint32_t size = character(p + at, n - at);
        if (size == 0) {
            if (bad) *bad = at;
            return false;
        }
        continuations += size - 1;
        pairs += size == 4;
        at += size;
    }
    if (info) {
        info->scalars = n - continuations;
        info->utf16 = info->scalars + pairs;
    }
    return true;
}

size_t yt_utf8_count_utf16(const uint8_t *p, size_t n) {
    size_t at = 0, units = 0;
    for (; n - at >= 8; at += 8) units += word_units(load8(p + at));
    for (; at < n; at++) units += continues(p[at]) ? 0 : p[at] >= 0xF0 ? 2 : 1;
    return units;
}

size_t yt_utf8_count_scalars(const uint8_t *p, size_t n) {
    size_t at = 0, scalars = 0;
    for (; n - at >= 8; at += 8) scalars += word_scalars(load8(p + at));
    for (; at < n; at++) scalars += !continues(p[at]);
    return scalars;
}

size_t yt_utf8_at_utf16(const uint8_t *p, size_t n, size_t units, bool *inside) {
    size_t at = 0;
    *inside = false;
    /* `units` is what is still to be passed. */
    while (n - at >= 8 && units >= 8) { /* a word holds at most 8 units and a half */
        uint32_t word = word_units(load8(p + at));
        if (word > units) break;
        units -= word;
        at += 8;
    }
    for (; at < n; at++) {
        if (continues(p[at])) continue;
        if (units == 0) return at;
        uint32_t width = p[at] >= 0xF0 ? 2 : 1;
        if (width > units) {
            *inside = true;
            return at;
        }
        units -= width;
    }
    return n;
}

size_t yt_utf8_at_scalar(const uint8_t *p, size_t n, size_t scalars) {
    size_t at = 0;
    while (n - at >= 8 && scalars >= 8) {
        scalars -= word_scalars(load8(p + at));
        at += 8;
    }
    for (; at < n; at++) {
        if (continues(p[at])) continue;
        if (scalars == 0) return at;
        scalars--;
    }
    return n;
}
