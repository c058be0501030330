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
/* Room for n more bytes? Sets `failed` if not. */
bool yt_writer_reserve(yt_writer *w, size_t n);

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
