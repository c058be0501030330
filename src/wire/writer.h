/* SPDX-License-Identifier: MIT */
/*
 * writer.h - growable output with a sticky error (spec/lib0.md).
 *
 * Only memory can fail: then `failed` is set and further writes do nothing.
 */
#ifndef YT_WIRE_WRITER_H
#define YT_WIRE_WRITER_H

#include "base/config.h"
#include "base/memory.h"

typedef struct yt_writer {
    yt_mem *mem;
    uint8_t *data;
    size_t len, cap;
    bool failed;
} yt_writer;

static inline void yt_writer_init(yt_writer *w, yt_mem *mem) {
    w->mem = mem;
    w->data = NULL;
    w->len = w->cap = 0;
    w->failed = false;
}
void yt_writer_free(yt_writer *w);
/* About so much will be written. Without memory nothing happens. */
void yt_writer_hint(yt_writer *w, size_t n);
bool yt_writer_widen(yt_writer *w, size_t n); /* where there is no room */
/* Room for n more bytes? Sets `failed` if not. */
static inline bool yt_writer_reserve(yt_writer *w, size_t n) {
    return YT_LIKELY(!w->failed && n <= w->cap - w->len) || yt_writer_widen(w, n);
}

/* Numbers through a plain pointer, where room was made: what is behind them. At most 10 bytes; a clock at most 5. */
static inline uint8_t *yt_put_var_uint(uint8_t *p, uint64_t x) {
    for (; x >= 0x80; x >>= 7) *p++ = (uint8_t)(x | 0x80);
    *p++ = (uint8_t)x;
    return p;
}
/* Bytes that it takes. */
static inline size_t yt_var_uint_size(uint64_t x) {
    size_t n = 1;
    while (x >>= 7) n++;
    return n;
}
/* The same for 32 bits. */
static inline uint8_t *yt_put_clock(uint8_t *p, uint32_t x) {
    p[0] = (uint8_t)x;
    if (x < 0x80) return p + 1;
    p[0] = (uint8_t)(x | 0x80);
    p[1] = (uint8_t)(x >> 7);
    if (x < 0x4000) return p + 2;
    p[1] = (uint8_t)(x >> 7 | 0x80);
    p[2] = (uint8_t)(x >> 14);
    if (YT_LIKELY(x < 0x200000)) return p + 3;
    return yt_put_var_uint(p + 2, x >> 14);
}
static inline uint8_t *yt_put_var_int(uint8_t *p, int64_t x) { /* 0 is +0 */
    uint64_t magnitude = x < 0 ? 0 - (uint64_t)x : (uint64_t)x, sign = x < 0 ? 0x40 : 0;
    p[0] = (uint8_t)(magnitude | sign);
    if (magnitude < 0x40) return p + 1;
    p[0] = (uint8_t)((magnitude & 0x3F) | sign | 0x80);
    p[1] = (uint8_t)(magnitude >> 6);
    if (magnitude < 0x2000) return p + 2;
    p[1] = (uint8_t)(magnitude >> 6 | 0x80);
    p[2] = (uint8_t)(magnitude >> 13);
    if (YT_LIKELY(magnitude < 0x100000)) return p + 3;
    return yt_put_var_uint(p + 2, magnitude >> 13);
}

/* Four bytes, the first one lowest, of which `size` count. */
static inline uint8_t *yt_put_word(uint8_t *p, uint32_t word, size_t size) {
    p[0] = (uint8_t)word;
    p[1] = (uint8_t)(word >> 8);
    p[2] = (uint8_t)(word >> 16);
    p[3] = (uint8_t)(word >> 24);
    return p + size;
}

/* The same for a text, to where there is room for it and 16 bytes more; `readable` is the memory from `from` on. Most
 * texts are short: two words without a call. */
static inline uint8_t *yt_put_bytes(uint8_t *to, const uint8_t *from, size_t n, size_t readable) {
    if (YT_LIKELY(n <= 16 && readable >= 16))
        memcpy(to, from, 16);
    else
        memcpy(to, from, n);
    return to + n;
}

void yt_write_u8(yt_writer *w, uint8_t x);
void yt_write_u32_be(yt_writer *w, uint32_t x);
void yt_write_u64_be(yt_writer *w, uint64_t x);
void yt_write_var_uint(yt_writer *w, uint64_t x);
void yt_write_var_int(yt_writer *w, int64_t x); /* x = 0 is +0; write 0x40 for -0 */
void yt_write_bytes(yt_writer *w, const void *data, size_t n);
void yt_write_text(yt_writer *w, const char *text);                /* its characters, without the end */
void yt_write_var_bytes(yt_writer *w, const void *data, size_t n); /* varUint length + bytes; strings too */

/* Appends what was written to a public buffer; frees the writer in either case. */
yata_status yt_writer_to_buffer(yt_writer *w, yata_buffer *out);

#endif
