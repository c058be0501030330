/* SPDX-License-Identifier: MIT */
/*
 * reader.h - a bounded cursor over bytes with a sticky error (spec/lib0.md).
 *
 * After the first fault every read returns 0 or an empty view and `fault` keeps status and offset, so decoders stay
 * flat and check once at the end of a struct. Views point into the input.
 */
#ifndef YT_WIRE_READER_H
#define YT_WIRE_READER_H

#include "base/config.h"
#include <yata/base.h>

typedef struct yt_reader {
    const uint8_t *start, *pos, *end;
    yata_fault fault;
} yt_reader;

static inline void yt_reader_init(yt_reader *r, const uint8_t *data, size_t len) {
    r->start = r->pos = data;
    r->end = len ? data + len : data;
    r->fault.status = YATA_OK;
    r->fault.offset = 0;
}
static inline bool yt_reader_ok(const yt_reader *r) {
    return r->fault.status == YATA_OK;
}
static inline size_t yt_reader_left(const yt_reader *r) {
    return (size_t)(r->end - r->pos);
}
static inline size_t yt_reader_offset(const yt_reader *r) {
    return (size_t)(r->pos - r->start);
}

/* Records the first fault, at byte `at`, and empties the reader. */
void yt_reader_fail_at(yt_reader *r, yata_status status, const uint8_t *at);

uint64_t yt_read_var_uint_slow(yt_reader *r);
/* varUint up to 2^53-1; above: YATA_ERR_NUMBER. Non-minimal forms are legal. */
static inline uint64_t yt_read_var_uint(yt_reader *r) {
    if (YT_LIKELY(r->pos < r->end && *r->pos < 0x80)) return *r->pos++;
    return yt_read_var_uint_slow(r);
}
/* A number of up to four bytes (268 million edits) from where at least so many are: what is behind it, or NULL if it
 * is longer. For loops that keep their place in a register. */
enum { YT_QUICK_CLOCK = 4 };
static inline const uint8_t *yt_quick_clock(const uint8_t *p, uint32_t *out) {
    uint32_t x = p[0];
    if (p[0] < 0x80) {
        *out = x;
        return p + 1;
    }
    x += (p[1] - 1U) << 7; /* less one: takes the flag of the byte before away */
    if (p[1] < 0x80) {
        *out = x;
        return p + 2;
    }
    x += (p[2] - 1U) << 14;
    if (p[2] < 0x80) {
        *out = x;
        return p + 3;
    }
    *out = x + ((p[3] - 1U) << 21);
    return p[3] < 0x80 ? p + 4 : NULL;
}
uint32_t yt_read_clock_slow(yt_reader *r);
/* A clock or length: above 2^32-1 is YATA_ERR_LIMIT. */
static inline uint32_t yt_read_clock(yt_reader *r) {
    if (YT_LIKELY(yt_reader_left(r) >= YT_QUICK_CLOCK)) {
        uint32_t x;
        const uint8_t *p = yt_quick_clock(r->pos, &x);
        if (YT_LIKELY(p)) {
            r->pos = p;
            return x;
        }
    }
    return yt_read_clock_slow(r);
}
/* A count of things of at least `min_bytes` bytes each: more than the rest of the input can hold is YATA_ERR_END at
 * once. */
uint32_t yt_read_count(yt_reader *r, size_t min_bytes);
/* varInt, sign and magnitude up to 2^53-1. *negative_zero (may be NULL): it was -0. */
int64_t yt_read_var_int(yt_reader *r, bool *negative_zero);
uint8_t yt_read_u8(yt_reader *r);
uint32_t yt_read_u32_be(yt_reader *r);
uint64_t yt_read_u64_be(yt_reader *r);
/* `n` raw bytes. */
yata_bytes yt_read_bytes(yt_reader *r, size_t n);
/* varUint length + bytes. */
yata_bytes yt_read_var_bytes(yt_reader *r);
/* The same, checked to be UTF-8. info: NULL or receives its measures. */
struct yt_utf8_info;
yata_str yt_read_var_string(yt_reader *r, struct yt_utf8_info *info);

#endif
