/* SPDX-License-Identifier: MIT */
/*
 * rle.h - lib0's run-length coded columns (spec/update-v2.md, "Columns").
 *
 *   u8     value [count-1] value [count-1] ... value          the last count is missing: that value goes on for ever
 *   uint   varInt value | varInt -value, varUint count-2      zero is negative, too
 *   diff   varInt 2*step | varInt 2*step+1, varUint count-2   each value is the one before plus the step
 *   text   text of all strings | uint column of their UTF-16 lengths
 *
 * A few bytes can stand for 2^53 values, so nothing here loops over a count: runs are counted down value by value.
 * Columns that are read are windows into a larger input; their faults go to the reader of the whole, so that offsets
 * are those of the whole.
 */
#ifndef YT_WIRE_RLE_H
#define YT_WIRE_RLE_H

#include "wire/reader.h"
#include "wire/writer.h"

typedef struct yt_rle_in {
    const uint8_t *pos, *end;
    int64_t value;
    int64_t step;  /* diff columns */
    uint64_t left; /* values of this run still to come; UINT64_MAX: no end */
} yt_rle_in;

void yt_rle_in_init(yt_rle_in *c, yata_bytes bytes);
uint8_t yt_rle_next_u8(yt_rle_in *c, yt_reader *whole);
/* Up to 2^53-1. */
uint64_t yt_rle_next_uint(yt_rle_in *c, yt_reader *whole);
/* Up to 2^32-1: YATA_ERR_LIMIT above, YATA_ERR_NUMBER below zero. */
uint32_t yt_rle_next_diff(yt_rle_in *c, yt_reader *whole);

/* A signed number of up to three bytes, from where at least so many are: what is behind it, or NULL if it is longer.
 * `sign` is that of zero, too. */
static inline const uint8_t *yt_quick_int(const uint8_t *p, uint32_t *magnitude, bool *negative) {
    uint32_t x = p[0] & 0x3F;
    *negative = p[0] & 0x40;
    if (p[0] < 0x80) {
        *magnitude = x;
        return p + 1;
    }
    x |= (p[1] & 0x7FU) << 6;
    if (p[1] < 0x80) {
        *magnitude = x;
        return p + 2;
    }
    *magnitude = x | (uint32_t)p[2] << 13;
    return p[2] < 0x80 ? p + 3 : NULL;
}
static inline uint8_t yt_rle_quick_u8(yt_rle_in *c, yt_reader *whole) {
    if (YT_LIKELY(c->left)) {
        c->left -= c->left != UINT64_MAX;
        return (uint8_t)c->value;
    }
    if (YT_UNLIKELY(c->end - c->pos < 3 || c->pos[1] >= 0x80)) return yt_rle_next_u8(c, whole);
    c->value = c->pos[0];
    c->left = c->pos[1]; /* one less than it comes, and that one is taken */
    c->pos += 2;
    return (uint8_t)c->value;
}
/* The next value as above, where it is in the run that is open, or alone in the next one. */
static inline uint64_t yt_rle_quick_uint(yt_rle_in *c, yt_reader *whole) {
    uint32_t x;
    bool negative;
    if (YT_LIKELY(c->left)) {
        c->left--;
        return (uint64_t)c->value;
    }
    const uint8_t *p = c->end - c->pos >= 3 ? yt_quick_int(c->pos, &x, &negative) : NULL;
    if (YT_UNLIKELY(!p || negative)) return yt_rle_next_uint(c, whole);
    c->pos = p;
    c->value = x;
    return x;
}
static inline uint32_t yt_rle_quick_diff(yt_rle_in *c, yt_reader *whole) {
    uint32_t x;
    bool negative;
    const uint8_t *p = !c->left && c->end - c->pos >= 3 ? yt_quick_int(c->pos, &x, &negative) : NULL;
    if (YT_UNLIKELY(!p || (x & 1))) return yt_rle_next_diff(c, whole);
    int64_t value = c->value + (negative ? -(int64_t)(x / 2) : (int64_t)(x / 2));
    if (YT_UNLIKELY(value < 0 || value > UINT32_MAX)) return yt_rle_next_diff(c, whole);
    c->pos = p;
    c->value = value;
    return (uint32_t)value;
}

typedef struct yt_rle_text_in {
    yt_rle_in lengths;
    const uint8_t *pos, *end;
    uint64_t units; /* that are left, in UTF-16 */
    bool ascii;
    bool half; /* `pos` is a character of which the first half was taken */
} yt_rle_text_in;

/* A string of the column. A length that ends or begins between the halves of a surrogate pair leaves half a character,
 * which stands for U+FFFD: `bytes` has neither half. */
typedef struct yt_rle_string {
    yata_bytes bytes;
    uint32_t units;
    bool half_before, half_behind;
} yt_rle_string;

/* Checks that the text is UTF-8. */
void yt_rle_text_in_init(yt_rle_text_in *c, yata_bytes bytes, yt_reader *whole);
/* YATA_ERR_END: longer than what is left of the text. */
yt_rle_string yt_rle_next_string(yt_rle_text_in *c, yt_reader *whole);

typedef struct yt_rle_out {
    yt_writer w;
    uint64_t value, count;
    int64_t step;
} yt_rle_out;

void yt_rle_out_init(yt_rle_out *c, yt_mem *mem);
/* Write the run that is open, also at the end of a column; u8 columns need none there. */
void yt_rle_flush_uint(yt_rle_out *c);
void yt_rle_flush_diff(yt_rle_out *c);
void yt_rle_put_u8(yt_rle_out *c, uint8_t value);
void yt_rle_put_uint(yt_rle_out *c, uint64_t value);
void yt_rle_put_diff(yt_rle_out *c, uint32_t value);
/* Many values, line[1] to line[count]; what is before and behind them in the line is overwritten. Where runs begin and
 * end among them, and how long a step is when written, decides no jumps: it cannot be foreseen, and a jump that was
 * foreseen wrongly costs more than writing the value. */
enum { YT_RLE_BATCH = 64, YT_RLE_LINE = 1 + YT_RLE_BATCH }; /* the most values, and the length of their line */
void yt_rle_put_u8s(yt_rle_out *c, uint8_t line[YT_RLE_LINE], uint32_t count);
void yt_rle_put_uints(yt_rle_out *c, uint32_t line[YT_RLE_LINE], uint32_t count);
void yt_rle_put_diffs(yt_rle_out *c, uint32_t line[YT_RLE_LINE], uint32_t count);
void yt_rle_repeat_uint(yt_rle_out *c, uint64_t value, uint32_t count); /* one value so many times */

#endif
