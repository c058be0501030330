/* SPDX-License-Identifier: MIT */
/*
 * writer.c - lib0 primitives to bytes (spec/lib0.md), always in their shortest form.
 *
 * Invariant: len <= cap; after a failure what was written stays as it was until the writer is freed.
 */
#include "wire/writer.h"

#define FIRST_CAP 64

void yt_writer_free(yt_writer *w) {
    yt_free(w->mem, w->data, w->cap);
    w->data = NULL;
    w->len = w->cap = 0;
}

static bool grow(yt_writer *w, size_t n) {
    if (n > SIZE_MAX / 2 - w->len) return false;
    size_t cap = w->cap > SIZE_MAX / 4 ? w->len + n : w->cap * 2;
    if (cap < w->len + n) cap = w->len + n;
    if (cap < FIRST_CAP) cap = FIRST_CAP;
    uint8_t *data = yt_realloc(w->mem, w->data, w->cap, cap);
    if (!data) return false;
    w->data = data;
    w->cap = cap;
    return true;
}

void yt_writer_hint(yt_writer *w, size_t n) {
    enum { MORE = 64 }; /* those who write ask for somewhat more room than they need */
    if (!w->failed && n < SIZE_MAX - MORE && n + MORE > w->cap - w->len) (void)grow(w, n + MORE);
}

bool yt_writer_widen(yt_writer *w, size_t n) {
    if (!w->failed) w->failed = !grow(w, n);
    return !w->failed;
}

void yt_write_u8(yt_writer *w, uint8_t x) {
    if (yt_writer_reserve(w, 1)) w->data[w->len++] = x;
}

static void write_be(yt_writer *w, uint64_t x, uint32_t bytes) {
    if (!yt_writer_reserve(w, bytes)) return;
    while (bytes-- > 0) w->data[w->len++] = (uint8_t)(x >> (8 * bytes));
}

void yt_write_u32_be(yt_writer *w, uint32_t x) {
    write_be(w, x, 4);
}

void yt_write_u64_be(yt_writer *w, uint64_t x) {
    write_be(w, x, 8);
}

void yt_write_var_uint(yt_writer *w, uint64_t x) {
    if (!yt_writer_reserve(w, 10)) return;
    w->len = (size_t)(yt_put_var_uint(w->data + w->len, x) - w->data);
}

void yt_write_var_int(yt_writer *w, int64_t x) {
    if (!yt_writer_reserve(w, 10)) return;
    w->len = (size_t)(yt_put_var_int(w->data + w->len, x) - w->data);
}

void yt_write_bytes(yt_writer *w, const void *data, size_t n) {
    if (n == 0 || !yt_writer_reserve(w, n)) return;
    memcpy(w->data + w->len, data, n);
    w->len += n;
}

void yt_write_text(yt_writer *w, const char *text) {
    size_t n = 0;
    while (text[n]) n++;
    yt_write_bytes(w, text, n);
}

void yt_write_var_bytes(yt_writer *w, const void *data, size_t n) {
    yt_write_var_uint(w, n);
    yt_write_bytes(w, data, n);
}

static bool same_allocator(const yata_allocator *a, const yata_allocator *b) {
    return a->ctx == b->ctx && a->alloc == b->alloc && a->realloc == b->realloc && a->free == b->free;
}

yata_status yt_writer_to_buffer(yt_writer *w, yata_buffer *out) {
    if (w->failed) {
        yt_writer_free(w);
        return YATA_ERR_MEMORY;
    }
    /* An empty buffer of the same allocator takes the bytes as they are. */
    if (!out->data && w->data && same_allocator(&w->mem->allocator, &out->allocator)) {
        out->data = w->data;
        out->len = w->len;
        out->cap = w->cap;
        w->mem->used -= w->cap;
        w->data = NULL;
        w->len = w->cap = 0;
        return YATA_OK;
    }
    yata_status status = yata_buffer_append(out, w->data, w->len);
    yt_writer_free(w);
    return status;
}
