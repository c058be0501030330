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
void yt_rle_put_u8(yt_rle_out *c, uint8_t value);
void yt_rle_put_uint(yt_rle_out *c, uint64_t value);
void yt_rle_put_diff(yt_rle_out *c, uint32_t value);
/* Write the run that is open, at the end of a column; u8 columns need none. */
void yt_rle_flush_uint(yt_rle_out *c);
void yt_rle_flush_diff(yt_rle_out *c);

#endif
