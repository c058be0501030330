/* SPDX-License-Identifier: MIT */
/*
 * json_read.c - JSON text (RFC 8259) to lib0 "any" bytes, as writeAny(JSON.parse(text)) gives them (spec/lib0.md).
 *
 * Values are appended as they come. How many a container holds is known at its end only, so one byte is kept for the
 * count, and what follows moves when it needs more. Members are put in JavaScript's order afterwards, all at once.
 *
 * Invariant: `open` holds the containers whose end has not been read, innermost last.
 */
#include "base/number.h"
#include "base/utf.h"
#include "base/vec.h"
#include "wire/any.h"

typedef struct container {
    size_t count_at; /* in the output: the byte kept for the count */
    uint32_t count;
    bool object;
} container;

typedef struct parsing {
    yt_reader *r;
    yt_writer *w;
    bool objects; /* there is one whose members may have to be put in order */
    YT_VEC(container) open;
} parsing;

static void fail(parsing *k) {
    yt_reader_fail_at(k->r, YATA_ERR_JSON, k->r->pos);
}

static bool good(const parsing *k) {
    return yt_reader_ok(k->r) && !k->w->failed;
}

static void skip_space(parsing *k) {
    yt_reader *r = k->r;
    while (r->pos < r->end && (*r->pos == ' ' || *r->pos == '\n' || *r->pos == '\r' || *r->pos == '\t')) r->pos++;
}

/* The next byte that is no space, 0 at the end. */
static uint8_t peek(parsing *k) {
    skip_space(k);
    return k->r->pos < k->r->end ? *k->r->pos : 0;
}

static bool accept(parsing *k, uint8_t c) {
    if (peek(k) != c) return false;
    k->r->pos++;
    return true;
}

static void expect(parsing *k, uint8_t c) {
    if (!accept(k, c)) fail(k);
}

/* ------------------------------------------------------------------------
 * Strings
 */
static int32_t hex_value(uint8_t c) {
    if (c >= '0' && c <= '9') return c - '0';
    c |= 0x20;
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* Four hex digits at p; negative if they are not. */
static int32_t hex_unit(const uint8_t *p, const uint8_t *end) {
    int32_t unit = 0;
    if (end - p < 4) return -1;
    for (int i = 0; i < 4; i++) {
        int32_t digit = hex_value(p[i]);
        if (digit < 0) return -1;
        unit = unit * 16 + digit;
    }
    return unit;
}

static uint8_t *put_utf8(uint8_t *out, uint32_t c) {
    if (c < 0x80) {
        *out++ = (uint8_t)c;
        return out;
    }
    if (c < 0x800) {
        *out++ = (uint8_t)(0xC0 | c >> 6);
    } else {
        if (c < 0x10000) {
            *out++ = (uint8_t)(0xE0 | c >> 12);
        } else {
            *out++ = (uint8_t)(0xF0 | c >> 18);
            *out++ = (uint8_t)(0x80 | (c >> 12 & 0x3F));
        }
        *out++ = (uint8_t)(0x80 | (c >> 6 & 0x3F));
    }
    *out++ = (uint8_t)(0x80 | (c & 0x3F));
    return out;
}

/* The character of "\uXXXX", and of the second half behind it; *p is at the X. False: no hex digits. */
static bool parse_unicode(const uint8_t **p, const uint8_t *end, uint8_t **out) {
    int32_t unit = hex_unit(*p, end);
    if (unit < 0) return false;
    *p += 4;
    uint32_t c = (uint32_t)unit;
    if (c >= 0xD800 && c < 0xDC00 && end - *p >= 6 && (*p)[0] == '\\' && (*p)[1] == 'u') {
        int32_t low = hex_unit(*p + 2, end);
        if (low >= 0xDC00 && low < 0xE000) {
            *p += 6;
            c = 0x10000 + ((c - 0xD800) << 10) + ((uint32_t)low - 0xDC00);
        }
    }
    if (c >= 0xD800 && c < 0xE000) c = 0xFFFD; /* a half alone: what a text encoder makes of it */
    *out = put_utf8(*out, c);
    return true;
}

static uint8_t plain_escape(uint8_t c) {
    switch (c) {
    case 'b':
        return '\b';
    case 'f':
        return '\f';
    case 'n':
        return '\n';
    case 'r':
        return '\r';
    case 't':
        return '\t';
    case '"':
    case '\\':
    case '/':
        return c;
    default:
        return 0;
    }
}

/* Decodes the string whose bytes are [p, end), `end` at its closing quote. NULL, and *bad, if an escape is malformed.
 */
static uint8_t *unescape(const uint8_t *p, const uint8_t *end, uint8_t *out, const uint8_t **bad) {
    while (p < end) {
        if (*p != '\\') {
            *out++ = *p++;
            continue;
        }
        *bad = p++; /* the closing quote is behind: there is always a byte */
        uint8_t c = *p++;
        if (c == 'u') {
            if (!parse_unicode(&p, end, &out)) return NULL;
        } else {
            c = plain_escape(c);
            if (c == 0) return NULL;
            *out++ = c;
        }
    }
    return out;
}

/* Appends a varString; the opening quote has been read. */
static void parse_string(parsing *k) {
    yt_reader *r = k->r;
    yt_writer *w = k->w;
    const uint8_t *first = r->pos, *p = first, *bad = NULL;
    bool escapes = false;
    for (; p < r->end && *p != '"'; p++) {
        if (*p < 0x20) break;
        if (*p != '\\') continue;
        escapes = true;
        if (++p == r->end) break;
    }
    if (p >= r->end || *p != '"') {
        yt_reader_fail_at(r, YATA_ERR_JSON, p);
        return;
    }
    r->pos = p + 1;
    size_t raw = (size_t)(p - first);
    if (!escapes) {
        yt_write_var_bytes(w, first, raw);
        return;
    }
    /* Escapes only shrink. Decoded behind the longest possible length, then moved to the true one. */
    if (!yt_writer_reserve(w, raw + 10)) return;
    uint8_t *text = w->data + w->len + 10, *end = unescape(first, p, text, &bad);
    if (!end) {
        yt_reader_fail_at(r, YATA_ERR_JSON, bad);
        return;
    }
    size_t len = (size_t)(end - text), at = w->len + 10;
    yt_write_var_uint(w, len);
    memmove(w->data + w->len, w->data + at, len);
    w->len += len;
}

/* ------------------------------------------------------------------------
 * Values
 */
static void parse_word(parsing *k, const char *word, size_t len, uint8_t tag) {
    if (yt_reader_left(k->r) < len || memcmp(k->r->pos, word, len) != 0) {
        fail(k);
        return;
    }
    k->r->pos += len;
    yt_write_u8(k->w, tag);
}

static void parse_number(parsing *k) {
    double x;
    size_t used = yt_number_parse((const char *)k->r->pos, yt_reader_left(k->r), &x);
    if (used == 0) {
        fail(k);
        return;
    }
    k->r->pos += used;
    yt_any_write_number(k->w, x);
}

static void begin_container(parsing *k, bool object) {
    if (k->open.len == YT_ANY_DEPTH) {
        yt_reader_fail_at(k->r, YATA_ERR_LIMIT, k->r->pos);
        return;
    }
    k->r->pos++;
    yt_write_u8(k->w, object ? YT_ANY_OBJECT : YT_ANY_ARRAY);
    yt_write_u8(k->w, 0);
    if (!yt_vec_reserve(k->w->mem, &k->open, 1)) k->w->failed = true;
    if (!k->w->failed) yt_vec_put(&k->open, ((container){k->w->len - 1, 0, object}));
}

static void close_container(parsing *k) {
    container ended = k->open.data[--k->open.len];
    if (ended.object && ended.count > 1) k->objects = true;
    yt_any_write_count(k->w, ended.count_at, ended.count);
}

/* One value, of a container its opening bracket only. */
static void parse_value(parsing *k) {
    switch (peek(k)) {
    case '{':
        begin_container(k, true);
        break;
    case '[':
        begin_container(k, false);
        break;
    case '"':
        k->r->pos++;
        yt_write_u8(k->w, YT_ANY_STRING);
        parse_string(k);
        break;
    case 't':
        parse_word(k, "true", 4, YT_ANY_TRUE);
        break;
    case 'f':
        parse_word(k, "false", 5, YT_ANY_FALSE);
        break;
    case 'n':
        parse_word(k, "null", 4, YT_ANY_NULL);
        break;
    default:
        parse_number(k);
    }
}

/* Up to the value of the next member, or of the next element. */
static void parse_separators(parsing *k, container *top) {
    if (top->count > 0) expect(k, ',');
    if (top->count == UINT32_MAX) yt_reader_fail_at(k->r, YATA_ERR_LIMIT, k->r->pos);
    top->count++;
    if (!top->object || !yt_reader_ok(k->r)) return;
    expect(k, '"');
    if (yt_reader_ok(k->r)) parse_string(k);
    expect(k, ':');
}

static void parse_all(parsing *k) {
    parse_value(k);
    while (k->open.len && good(k)) {
        container *top = &k->open.data[k->open.len - 1];
        if (accept(k, top->object ? '}' : ']')) {
            close_container(k);
            continue;
        }
        parse_separators(k, top);
        if (good(k)) parse_value(k);
    }
    if (good(k) && peek(k) != 0) fail(k);
    if (good(k) && k->r->pos < k->r->end) fail(k); /* a zero byte */
}

void yt_json_read(yt_reader *r, yt_writer *any) {
    parsing k = {.r = r, .w = any};
    size_t start = any->len, bad;
    if (!yt_utf8_scan(r->pos, yt_reader_left(r), NULL, &bad)) yt_reader_fail_at(r, YATA_ERR_UTF8, r->pos + bad);
    if (good(&k)) parse_all(&k);
    if (good(&k) && k.objects) yt_any_put_in_order(any, start);
    if (!good(&k)) any->len = start;
    yt_vec_free(any->mem, &k.open);
}
