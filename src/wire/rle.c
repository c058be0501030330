/* SPDX-License-Identifier: MIT */
/*
 * rle.c - see rle.h and spec/update-v2.md, "Columns".
 *
 * lib0 reads zero where a column has ended. That makes a truncated update look whole, so here it is YATA_ERR_END.
 *
 * Invariant: while left > 0, `value` is the value of the run that was given last (diff: the last value itself).
 */
#include "wire/rle.h"
#include "base/utf.h"

/* ------------------------------------------------------------------------
 * Reading
 */
void yt_rle_in_init(yt_rle_in *c, yata_bytes bytes) {
    *c = (yt_rle_in){bytes.data, bytes.data ? bytes.data + bytes.len : bytes.data, 0, 0, 0};
}

/* A reader of the window whose offsets are those of the whole. */
static yt_reader window(const yt_rle_in *c, const yt_reader *whole) {
    return (yt_reader){whole->start, c->pos, c->end, {YATA_OK, 0}};
}

/* Back from the window. False: it has a fault, which is now that of the whole. */
static bool close_window(yt_rle_in *c, const yt_reader *r, yt_reader *whole) {
    c->pos = r->pos;
    if (yt_reader_ok(r)) return true;
    c->left = 0;
    c->end = c->pos;
    yt_reader_fail_at(whole, r->fault.status, r->fault.offset ? whole->start + r->fault.offset : whole->start);
    return false;
}

uint8_t yt_rle_next_u8(yt_rle_in *c, yt_reader *whole) {
    if (c->left == 0) {
        if (!yt_reader_ok(whole)) return 0;
        yt_reader r = window(c, whole);
        c->value = yt_read_u8(&r);
        c->left = r.pos < r.end ? yt_read_var_uint(&r) + 1 : UINT64_MAX;
        if (!close_window(c, &r, whole)) return 0;
    }
    if (c->left != UINT64_MAX) c->left--;
    return (uint8_t)c->value;
}

uint64_t yt_rle_next_uint(yt_rle_in *c, yt_reader *whole) {
    if (c->left == 0) {
        if (!yt_reader_ok(whole)) return 0;
        yt_reader r = window(c, whole);
        bool negative_zero;
        c->value = yt_read_var_int(&r, &negative_zero);
        c->left = 1;
        if (c->value < 0 || negative_zero) {
            c->value = -c->value;
            c->left = yt_read_var_uint(&r) + 2;
        }
        if (!close_window(c, &r, whole)) return 0;
    }
    c->left--;
    return (uint64_t)c->value;
}

uint32_t yt_rle_next_diff(yt_rle_in *c, yt_reader *whole) {
    if (c->left == 0) {
        if (!yt_reader_ok(whole)) return 0;
        yt_reader r = window(c, whole);
        int64_t x = yt_read_var_int(&r, NULL);
        bool counted = x & 1;
        c->step = (x - counted) / 2;
        c->left = counted ? yt_read_var_uint(&r) + 2 : 1;
        if (!close_window(c, &r, whole)) return 0;
    }
    c->left--;
    c->value += c->step;
    if (c->value < 0 || c->value > YT_CLOCK_MAX) {
        yt_reader_fail_at(whole, c->value < 0 ? YATA_ERR_NUMBER : YATA_ERR_LIMIT, c->pos);
        yt_rle_in_init(c, (yata_bytes){NULL, 0});
    }
    return (uint32_t)c->value;
}

void yt_rle_text_in_init(yt_rle_text_in *c, yata_bytes bytes, yt_reader *whole) {
    yt_rle_in_init(&c->lengths, bytes);
    yt_reader r = window(&c->lengths, whole);
    yt_utf8_info info;
    yata_str text = yt_read_var_string(&r, &info);
    close_window(&c->lengths, &r, whole);
    c->pos = (const uint8_t *)text.data;
    c->end = c->pos ? c->pos + text.len : c->pos;
    c->units = info.utf16;
    c->ascii = info.utf16 == text.len;
    c->half = false;
}

yt_rle_string yt_rle_next_string(yt_rle_text_in *c, yt_reader *whole) {
    yt_rle_string out = {{NULL, 0}, 0, false, false};
    const uint8_t *fault = c->lengths.pos;
    uint64_t units = yt_rle_next_uint(&c->lengths, whole);
    if (!yt_reader_ok(whole)) return out;
    if (units > c->units || units > YT_CLOCK_MAX) {
        yt_reader_fail_at(whole, units > c->units ? YATA_ERR_END : YATA_ERR_LIMIT, fault);
        return out;
    }
    out.units = (uint32_t)units;
    c->units -= units;
    if (units && c->half) {
        out.half_before = true;
        c->half = false;
        c->pos += 4;
        units--;
    }
    size_t n = (size_t)units;
    if (!c->ascii && n) n = yt_utf8_at_utf16(c->pos, (size_t)(c->end - c->pos), n, &c->half);
    out.half_behind = c->half && units;
    out.bytes = (yata_bytes){c->pos, n};
    if (n) c->pos += n;
    return out;
}

/* ------------------------------------------------------------------------
 * Writing
 */
void yt_rle_out_init(yt_rle_out *c, yt_mem *mem) {
    yt_writer_init(&c->w, mem);
    c->value = c->count = 0;
    c->step = 0;
}

void yt_rle_put_u8(yt_rle_out *c, uint8_t value) {
    yt_rle_open open;
    if (!yt_rle_open_out(c, 1, &open)) return;
    yt_rle_next_run_u8(&open, value);
    yt_rle_close_out(c, &open);
}

void yt_rle_put_uint(yt_rle_out *c, uint64_t value) {
    yt_rle_open open;
    if (!yt_rle_open_out(c, 1, &open)) return;
    yt_rle_next_run_uint(&open, value);
    yt_rle_close_out(c, &open);
}

void yt_rle_put_diff(yt_rle_out *c, uint32_t value) {
    yt_rle_open open;
    if (!yt_rle_open_out(c, 1, &open)) return;
    yt_rle_next_run_diff(&open, value);
    yt_rle_close_out(c, &open);
}

void yt_rle_flush_uint(yt_rle_out *c) {
    if (!c->count || !yt_writer_reserve(&c->w, YT_RLE_RUN)) return;
    c->w.len = (size_t)(yt_rle_run_uint(c->w.data + c->w.len, c->value, c->count) - c->w.data);
}

void yt_rle_flush_diff(yt_rle_out *c) {
    if (!c->count || !yt_writer_reserve(&c->w, YT_RLE_RUN)) return;
    c->w.len = (size_t)(yt_rle_run_diff(c->w.data + c->w.len, c->step, c->count) - c->w.data);
}
