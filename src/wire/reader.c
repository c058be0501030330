/* SPDX-License-Identifier: MIT */
/*
 * reader.c - lib0 primitives from bytes (spec/lib0.md).
 *
 * Where a fault lies: a number that is too large or a length that cannot be at its first byte, missing bytes at the end
 * of the input, bad text at the bad character.
 *
 * Invariant: start <= pos <= end; after a fault pos == end, so that every read fails without asking for the status.
 */
#include "wire/reader.h"
#include "base/utf.h"

void yt_reader_fail_at(yt_reader *r, yata_status status, const uint8_t *at) {
    if (r->fault.status == YATA_OK) {
        r->fault.status = status;
        r->fault.offset = (size_t)(at - r->start);
    }
    r->end = r->pos;
}

static void fail_at_end(yt_reader *r) {
    yt_reader_fail_at(r, YATA_ERR_END, r->end);
}

/* Adds the groups of seven bits that follow to `x`, of which `shift` bits are known. */
static uint64_t read_groups(yt_reader *r, const uint8_t *first, uint64_t x, uint32_t shift) {
    for (; shift + 7 <= 53 && r->pos < r->end; shift += 7) {
        uint8_t byte = *r->pos++;
        x |= (uint64_t)(byte & 0x7F) << shift;
        if (byte < 0x80) return x;
    }
    for (;;) {
        if (r->pos == r->end) {
            fail_at_end(r);
            return 0;
        }
        uint8_t byte = *r->pos++;
        uint64_t group = byte & 0x7F;
        /* Zero groups may follow without end: JavaScript reads them, too. */
        if (group && (shift >= 53 || group >> (53 - shift))) {
            yt_reader_fail_at(r, YATA_ERR_NUMBER, first);
            return 0;
        }
        if (group) x |= group << shift;
        if (byte < 0x80) return x;
        if (shift < 56) shift += 7;
    }
}

uint64_t yt_read_var_uint_slow(yt_reader *r) {
    const uint8_t *p = r->pos;
    if (YT_LIKELY(yt_reader_left(r) >= 7)) {
        /* Up to 49 bits, so nothing can be too large. Less one, a byte takes away the flag of the byte before it. */
        uint64_t x = p[0];
        for (uint32_t i = 1; i < 7; i++) {
            x += ((uint64_t)p[i] - 1) << 7 * i;
            if (p[i] >= 0x80) continue;
            r->pos = p + i + 1;
            return x;
        }
    }
    return read_groups(r, p, 0, 0);
}

int64_t yt_read_var_int(yt_reader *r, bool *negative_zero) {
    if (negative_zero) *negative_zero = false;
    const uint8_t *first = r->pos;
    if (r->pos == r->end) {
        fail_at_end(r);
        return 0;
    }
    uint8_t byte = *r->pos++;
    uint64_t magnitude = byte & 0x3F;
    if (byte & 0x80) magnitude = read_groups(r, first, magnitude, 6);
    if (!yt_reader_ok(r) || !(byte & 0x40)) return (int64_t)magnitude;
    if (negative_zero) *negative_zero = magnitude == 0;
    return -(int64_t)magnitude;
}

uint32_t yt_read_clock_slow(yt_reader *r) {
    const uint8_t *first = r->pos;
    uint64_t x = yt_read_var_uint(r);
    if (x <= YT_CLOCK_MAX) return (uint32_t)x;
    yt_reader_fail_at(r, YATA_ERR_LIMIT, first);
    return 0;
}

uint32_t yt_read_count(yt_reader *r, size_t min_bytes) {
    YT_ASSERT(min_bytes > 0);
    const uint8_t *first = r->pos;
    uint64_t n = yt_read_var_uint(r);
    if (n > yt_reader_left(r) / min_bytes) {
        yt_reader_fail_at(r, YATA_ERR_END, first);
        return 0;
    }
    if (n > UINT32_MAX) {
        yt_reader_fail_at(r, YATA_ERR_LIMIT, first);
        return 0;
    }
    return (uint32_t)n;
}

uint8_t yt_read_u8(yt_reader *r) {
    if (r->pos == r->end) {
        fail_at_end(r);
        return 0;
    }
    return *r->pos++;
}

static uint64_t read_be(yt_reader *r, uint32_t bytes) {
    if (yt_reader_left(r) < bytes) {
        fail_at_end(r);
        return 0;
    }
    uint64_t x = 0;
    for (uint32_t i = 0; i < bytes; i++) x = x << 8 | *r->pos++;
    return x;
}

uint32_t yt_read_u32_be(yt_reader *r) {
    return (uint32_t)read_be(r, 4);
}

uint64_t yt_read_u64_be(yt_reader *r) {
    return read_be(r, 8);
}

yata_bytes yt_read_bytes(yt_reader *r, size_t n) {
    if (yt_reader_left(r) < n) {
        fail_at_end(r);
        return (yata_bytes){NULL, 0};
    }
    yata_bytes bytes = {r->pos, n};
    if (n) r->pos += n;
    return bytes;
}

yata_bytes yt_read_var_bytes(yt_reader *r) {
    const uint8_t *first = r->pos;
    uint64_t n = yt_read_var_uint(r);
    if (n > yt_reader_left(r)) {
        yt_reader_fail_at(r, YATA_ERR_END, first);
        n = 0;
    }
    if (!yt_reader_ok(r)) return (yata_bytes){NULL, 0};
    return yt_read_bytes(r, (size_t)n);
}

yata_str yt_read_var_string(yt_reader *r, struct yt_utf8_info *info) {
    if (info) memset(info, 0, sizeof *info);
    yata_bytes bytes = yt_read_var_bytes(r);
    size_t bad;
    if (yt_utf8_scan(bytes.data, bytes.len, info, &bad)) return (yata_str){(const char *)bytes.data, bytes.len};
    if (info) memset(info, 0, sizeof *info);
    yt_reader_fail_at(r, YATA_ERR_UTF8, bytes.data + bad);
    return (yata_str){NULL, 0};
}
