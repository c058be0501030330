/* SPDX-License-Identifier: MIT */
/*
 * utf.h - UTF-8 and its length in UTF-16 code units and scalar values.
 *
 * All functions but yt_utf8_scan expect valid UTF-8.
 */
#ifndef YT_BASE_UTF_H
#define YT_BASE_UTF_H

#include "base/config.h"

#include <yata/base.h>

typedef struct yt_utf8_info {
    size_t utf16;   /* length in UTF-16 code units   */
    size_t scalars; /* length in scalar values       */
} yt_utf8_info;     /* ASCII: utf16 == byte length   */

/* Validates (no surrogates, no overlong forms, <= U+10FFFF) and measures. On a fault: false and *bad (may be NULL)
 * is the offset of the first byte of the bad sequence. Fast for ASCII (8 bytes a step). */
bool yt_utf8_scan(const uint8_t *p, size_t n, yt_utf8_info *info, size_t *bad);

size_t yt_utf8_count_utf16(const uint8_t *p, size_t n);
size_t yt_utf8_count_scalars(const uint8_t *p, size_t n);

/* Byte offset of the UTF-16 offset `units`; `*inside` is true when it lies in the middle of a surrogate pair: the
 * result is then the offset of that 4-byte character's first byte. Past the end: n. */
size_t yt_utf8_at_utf16(const uint8_t *p, size_t n, size_t units, bool *inside);
/* Byte offset of the scalar offset. */
size_t yt_utf8_at_scalar(const uint8_t *p, size_t n, size_t scalars);
/* Is it ASCII? Short strings are the rule: their ends are looked at by words that overlap, not byte by byte. */
#define YT_UTF8_HIGHS UINT64_C(0x8080808080808080)
static inline bool yt_utf8_is_ascii(const uint8_t *p, size_t n) {
    if (n >= 8) {
        uint64_t word;
        for (size_t at = 0; n - at > 8; at += 8) {
            memcpy(&word, p + at, 8);
            if (word & YT_UTF8_HIGHS) return false;
        }
        memcpy(&word, p + n - 8, 8);
        return !(word & YT_UTF8_HIGHS);
    }
    if (n >= 4) {
        uint32_t first, last;
        memcpy(&first, p, 4);
        memcpy(&last, p + n - 4, 4);
        return !((first | last) & (uint32_t)YT_UTF8_HIGHS);
    }
    return n == 0 || !((p[0] | p[n / 2] | p[n - 1]) & 0x80);
}
/* The same of at most YT_UTF8_SHORT bytes, where so many can be read; the length decides no branch, which would often
 * be guessed wrong. */
enum { YT_UTF8_SHORT = 16 };
static inline bool yt_utf8_is_short_ascii(const uint8_t *p, size_t n) {
    static const uint8_t highs[2 * YT_UTF8_SHORT] = {0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80,
                                                     0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80};
    uint64_t text[2], mask[2]; /* of n bytes the highest bits */
    memcpy(text, p, sizeof text);
    memcpy(mask, highs + YT_UTF8_SHORT - n, sizeof mask);
    return !((text[0] & mask[0]) | (text[1] & mask[1]));
}
/* Is this byte offset a character boundary (n is one)? */
static inline bool yt_utf8_is_boundary(const uint8_t *p, size_t n, size_t at) {
    return at >= n ? at == n : (p[at] & 0xC0) != 0x80;
}

#endif
