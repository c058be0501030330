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

/* The longest run: a number with a sign, and how often it comes. */
enum { RUN_BYTES = 20 };

static inline uint8_t *put_run_u8(uint8_t *p, uint8_t value, uint64_t count_before) {
    if (YT_LIKELY(count_before)) p = yt_put_var_uint(p, count_before - 1);
    *p++ = value;
    return p;
}

static inline uint8_t *put_run_uint(uint8_t *p, uint64_t value, uint64_t count) {
    if (count == 1) return yt_put_var_int(p, (int64_t)value);
    if (value)
        p = yt_put_var_int(p, -(int64_t)value);
    else
        *p++ = 0x40; /* the zero that is negative */
    return yt_put_var_uint(p, count - 2);
}

static inline uint8_t *put_run_diff(uint8_t *p, int64_t step, uint64_t count) {
    p = yt_put_var_int(p, step * 2 + (count > 1));
    return count > 1 ? yt_put_var_uint(p, count - 2) : p;
}

/* Room for so many runs at the end of the column; NULL: no memory. */
static inline uint8_t *open_runs(yt_rle_out *c, uint32_t runs) {
    return yt_writer_reserve(&c->w, (size_t)runs * RUN_BYTES) ? c->w.data + c->w.len : NULL;
}
static inline void close_runs(yt_rle_out *c, const uint8_t *p) {
    c->w.len = (size_t)(p - c->w.data);
}

void yt_rle_flush_uint(yt_rle_out *c) {
    uint8_t *p = c->count ? open_runs(c, 1) : NULL;
    if (p) close_runs(c, put_run_uint(p, c->value, c->count));
}

void yt_rle_flush_diff(yt_rle_out *c) {
    uint8_t *p = c->count ? open_runs(c, 1) : NULL;
    if (p) close_runs(c, put_run_diff(p, c->step, c->count));
}

void yt_rle_put_u8(yt_rle_out *c, uint8_t value) {
    if (c->value != value || !c->count) {
        uint8_t *p = open_runs(c, 1);
        if (!p) return;
        close_runs(c, put_run_u8(p, value, c->count));
        c->value = value;
        c->count = 0;
    }
    c->count++;
}

/* A column begins as if zeros came before it: the first zero opens no run of its own. */
void yt_rle_repeat_uint(yt_rle_out *c, uint64_t value, uint32_t count) {
    if (c->value != value && count) {
        yt_rle_flush_uint(c);
        c->value = value;
        c->count = 0;
    }
    c->count += count;
}

void yt_rle_put_uint(yt_rle_out *c, uint64_t value) {
    yt_rle_repeat_uint(c, value, 1);
}

void yt_rle_put_diff(yt_rle_out *c, uint32_t value) {
    int64_t step = (int64_t)value - (int64_t)c->value;
    if (c->step != step) {
        yt_rle_flush_diff(c);
        c->step = step;
        c->count = 0;
    }
    c->value = value;
    c->count++;
}

/* ------------------------------------------------------------------------
 * Writing many values
 *
 * First where the run that is open ends, and each that follows: changes[i] tells whether value i begins another one.
 * Then the runs that have ended. Each value is compared with the one in memory before it, and loops go on to a multiple
 * of LANES, over repetitions of the last value, so that a compiler may take as many values at once.
 */
enum { LANES = 8, FEW = 6 };

static inline uint32_t whole_lanes(uint32_t count) {
    return (count + LANES - 1) / LANES * LANES;
}

/* Returns how many runs end; ends[k] is the value behind run k. */
static inline uint32_t list_ends(const uint32_t *changes, uint32_t count, uint8_t *ends) {
    uint32_t runs = 0;
    for (uint32_t i = 0; i < count; i += LANES) {
        for (uint32_t j = i; j < i + LANES; j++) {
            ends[runs] = (uint8_t)j;
            runs += changes[j];
        }
    }
    return runs;
}

void yt_rle_put_u8s(yt_rle_out *c, uint8_t line[YT_RLE_LINE], uint32_t count) {
    uint32_t changes[YT_RLE_BATCH];
    uint8_t ends[YT_RLE_BATCH], *values = line + 1;
    if (count < FEW) {
        for (uint32_t i = 0; i < count; i++) yt_rle_put_u8(c, values[i]);
        return;
    }
    line[0] = (uint8_t)c->value;
    for (uint32_t i = count; i < whole_lanes(count); i++) line[i + 1] = line[i];
    for (uint32_t i = 0; i < whole_lanes(count); i++) changes[i] = line[i + 1] != line[i];
    changes[0] |= !c->count;
    uint32_t runs = list_ends(changes, count, ends), start = ends[0];
    c->count += runs ? start : count;
    uint8_t *p = runs ? open_runs(c, runs) : NULL;
    if (!p) return;
    p = put_run_u8(p, values[start], c->count);
    for (uint32_t run = 1; run < runs; run++) {
        p = put_run_u8(p, values[ends[run]], ends[run] - start);
        start = ends[run];
    }
    close_runs(c, p);
    c->value = values[start];
    c->count = count - start;
}

void yt_rle_put_uints(yt_rle_out *c, uint32_t line[YT_RLE_LINE], uint32_t count) {
    uint32_t changes[YT_RLE_BATCH], *values = line + 1;
    uint8_t ends[YT_RLE_BATCH];
    if (count < FEW) {
        for (uint32_t i = 0; i < count; i++) yt_rle_put_uint(c, values[i]);
        return;
    }
    line[0] = 0;
    for (uint32_t i = count; i < whole_lanes(count); i++) line[i + 1] = line[i];
    for (uint32_t i = 0; i < whole_lanes(count); i++) changes[i] = line[i + 1] != line[i];
    changes[0] = values[0] != c->value;
    uint32_t runs = list_ends(changes, count, ends), start = ends[0];
    c->count += runs ? start : count;
    uint8_t *p = runs ? open_runs(c, runs) : NULL;
    if (!p) return;
    if (c->count) p = put_run_uint(p, c->value, c->count);
    for (uint32_t run = 1; run < runs; run++) {
        p = put_run_uint(p, values[start], ends[run] - start);
        start = ends[run];
    }
    close_runs(c, p);
    c->value = values[start];
    c->count = count - start;
}

/* Steps, and as what each is written if it comes once. */
typedef struct steps {
    int32_t line[1 + YT_RLE_BATCH];
    uint32_t word[YT_RLE_BATCH], size[YT_RLE_BATCH];
} steps;

/* False: some may take more than four bytes. */
static inline bool take_steps(steps *s, uint64_t last, uint32_t line[YT_RLE_LINE], uint32_t count) {
    uint32_t all = 0;
    line[0] = (uint32_t)last;
    for (uint32_t i = count; i < whole_lanes(count); i++) line[i + 1] = 0;
    for (uint32_t i = 0; i < whole_lanes(count); i++) {
        s->line[i + 1] = (int32_t)(line[i + 1] - line[i]);
        all |= line[i + 1];
    }
    for (uint32_t i = count; i < whole_lanes(count); i++) s->line[i + 1] = s->line[i];
    return (all | last) >> 26 == 0;
}

/* How long a number is, is as good as random, and a jump on it would mostly be foreseen wrongly: there is none. */
static inline void spell_steps(steps *s, uint32_t count) {
    for (uint32_t i = 0; i < whole_lanes(count); i++) {
        int32_t step = s->line[i + 1];
        uint32_t sign = 0 - (uint32_t)(step < 0), x = (((uint32_t)step ^ sign) - sign) * 2;
        uint32_t two = 0 - (uint32_t)((int32_t)x > 0x3F), three = 0 - (uint32_t)((int32_t)x > 0x1FFF),
                 four = 0 - (uint32_t)((int32_t)x > 0xFFFFF);
        x += (x & ~UINT32_C(0x3F)) * 3; /* 6 bits, then 7 in each byte */
        x += x & ~UINT32_C(0x7FFF);
        x += x & ~UINT32_C(0x7FFFFF);
        s->word[i] = x | (sign & 0x40) | (two & 0x80) | (three & 0x8000) | (four & 0x800000);
        s->size[i] = 1 - two - three - four;
    }
}

static void put_each_diff(yt_rle_out *c, const uint32_t *values, uint32_t count) {
    for (uint32_t i = 0; i < count; i++) yt_rle_put_diff(c, values[i]);
}

void yt_rle_put_diffs(yt_rle_out *c, uint32_t line[YT_RLE_LINE], uint32_t count) {
    uint32_t changes[YT_RLE_BATCH];
    uint8_t ends[YT_RLE_BATCH];
    steps s;
    if (count < FEW || !take_steps(&s, c->value, line, count)) {
        put_each_diff(c, line + 1, count);
        return;
    }
    s.line[0] = 0;
    for (uint32_t i = 0; i < whole_lanes(count); i++) changes[i] = s.line[i + 1] != s.line[i];
    changes[0] = s.line[1] != c->step;
    uint32_t runs = list_ends(changes, count, ends), start = ends[0];
    c->value = line[count];
    c->count += runs ? start : count;
    uint8_t *p = runs ? open_runs(c, runs) : NULL;
    if (!p) return;
    spell_steps(&s, count);
    if (c->count) p = put_run_diff(p, c->step, c->count);
    for (uint32_t run = 1; run < runs; run++) {
        uint32_t end = ends[run];
        if (YT_LIKELY(end - start == 1))
            p = yt_put_word(p, s.word[start], s.size[start]);
        else
            p = put_run_diff(p, s.line[start + 1], end - start);
        start = end;
    }
    close_runs(c, p);
    c->step = s.line[start + 1];
    c->count = count - start;
}
