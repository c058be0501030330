/* SPDX-License-Identifier: MIT */
/*
 * json_path.c - compiling paths (spec/json-path.md, "Grammar").
 *
 * One pass over the text, one step for each sign. Where yrs takes what cannot be meant (numbers that are none in
 * ranges, "$" in the middle) it is refused; an open last bracket is accepted, because programs have it.
 */
#include "types/json_path.h"

#include "base/config.h"
#include "base/utf.h"

#define NUMBER_MAX INT64_C(0xFFFFFFFF)

typedef struct parser {
    yata_json_path *path;
    size_t at;
    yata_fault fault;
} parser;

static bool fail_at(parser *p, yata_status status, size_t at) {
    if (!p->fault.status) p->fault = (yata_fault){status, at};
    return false;
}

static bool fail(parser *p) {
    return fail_at(p, YATA_ERR_VALUE, p->at);
}

/* The sign here, 0 at the end. */
static unsigned char peek(const parser *p) {
    return p->at < p->path->len ? (unsigned char)p->path->text[p->at] : 0;
}

static bool take(parser *p, char c) {
    bool here = p->at < p->path->len && p->path->text[p->at] == c;
    p->at += here;
    return here;
}

static bool is_digit(unsigned char c) {
    return c >= '0' && c <= '9';
}

static bool begins_name(unsigned char c) {
    return c >= 0x80 || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

/* ------------------------------------------------------------------------
 * Steps
 */
static bool put_step(parser *p, yt_path_step_kind kind, uint32_t first, uint32_t count) {
    yt_path_step step = {kind, first, count};
    if (!yt_vec_reserve(&p->path->mem, &p->path->steps, 1)) return fail_at(p, YATA_ERR_MEMORY, p->at);
    yt_vec_put(&p->path->steps, step);
    return true;
}

static bool put_name(parser *p, size_t from, size_t to) {
    yata_str name = {p->path->text + from, to - from};
    if (!yt_vec_reserve(&p->path->mem, &p->path->names, 1)) return fail_at(p, YATA_ERR_MEMORY, p->at);
    yt_vec_put(&p->path->names, name);
    return true;
}

static bool put_number(parser *p, int64_t number) {
    if (!yt_vec_reserve(&p->path->mem, &p->path->numbers, 1)) return fail_at(p, YATA_ERR_MEMORY, p->at);
    yt_vec_put(&p->path->numbers, number);
    return true;
}

static bool read_name(parser *p) {
    size_t from = p->at;
    if (!begins_name(peek(p))) return fail(p);
    while (begins_name(peek(p)) || is_digit(peek(p)) || peek(p) == '_') p->at++;
    return put_name(p, from, p->at) && put_step(p, YT_STEP_MEMBER, p->path->names.len - 1, 1);
}

/* Digits, perhaps with a sign; an index has 32 bits with it. */
static bool read_number(parser *p, bool with_sign, int64_t max, int64_t *out) {
    size_t from = p->at;
    bool negative = with_sign && take(p, '-');
    if (with_sign && !negative) take(p, '+');
    if (!is_digit(peek(p))) return fail(p);
    for (*out = 0; is_digit(peek(p)); p->at++)
        if (*out <= max) *out = *out * 10 + (peek(p) - '0');
    if (*out > max + negative) return fail_at(p, YATA_ERR_VALUE, from);
    if (negative) *out = -*out;
    return true;
}

/* ------------------------------------------------------------------------
 * Brackets
 */
static void skip_spaces(parser *p) {
    while (take(p, ' ') || take(p, '\t')) {
    }
}

/* Behind the last thing in a bracket. */
static bool close(parser *p) {
    return p->at == p->path->len || take(p, ']') || fail(p);
}

/* 'name', 'name', ... */
static bool read_names(parser *p) {
    uint32_t first = p->path->names.len;
    do {
        skip_spaces(p);
        size_t from = p->at + 1;
        if (!take(p, '\'')) return fail(p);
        while (p->at < p->path->len && peek(p) != '\'') p->at++;
        if (!take(p, '\'')) return fail(p);
        if (!put_name(p, from, p->at - 1)) return false;
        skip_spaces(p);
    } while (take(p, ','));
    uint32_t count = p->path->names.len - first;
    return close(p) && put_step(p, count == 1 ? YT_STEP_MEMBER : YT_STEP_MEMBERS, first, count);
}

/* [from]:[to][:[step]], standing at the first colon. */
static bool read_range(parser *p, int64_t from) {
    uint32_t first = p->path->numbers.len;
    int64_t to = NUMBER_MAX, step = 1;
    p->at++;
    if (is_digit(peek(p)) && !read_number(p, false, NUMBER_MAX, &to)) return false;
    if (take(p, ':') && is_digit(peek(p))) {
        size_t at = p->at;
        if (!read_number(p, false, NUMBER_MAX, &step)) return false;
        if (!step) return fail_at(p, YATA_ERR_VALUE, at);
    }
    return close(p) && put_number(p, from) && put_number(p, to) && put_number(p, step) &&
           put_step(p, YT_STEP_RANGE, first, 3);
}

/* Numbers, or a range. */
static bool read_numbers(parser *p) {
    uint32_t first = p->path->numbers.len;
    size_t from = p->at;
    do {
        int64_t number;
        skip_spaces(p);
        bool is_index = !is_digit(peek(p)) || p->path->numbers.len > first;
        if (!read_number(p, true, is_index ? INT32_MAX : NUMBER_MAX, &number)) return false;
        if (peek(p) == ':' && p->path->numbers.len == first && is_digit((unsigned char)p->path->text[from]))
            return read_range(p, number);
        if (number > INT32_MAX) return fail_at(p, YATA_ERR_VALUE, from);
        if (!put_number(p, number)) return false;
        skip_spaces(p);
    } while (take(p, ','));
    uint32_t count = p->path->numbers.len - first;
    return close(p) && put_step(p, count == 1 ? YT_STEP_INDEX : YT_STEP_INDEXES, first, count);
}

static bool read_bracket(parser *p) {
    switch (peek(p)) {
    case '*':
        p->at++;
        return close(p) && put_step(p, YT_STEP_ALL, 0, 0);
    case '\'':
        return read_names(p);
    case ':':
        return read_range(p, 0);
    case '?':
        return fail_at(p, YATA_ERR_KIND, p->at);
    default:
        return read_numbers(p);
    }
}

static bool read_step(parser *p) {
    if (peek(p) == '$' && p->at) return fail(p); /* from the document again for each place: exponential */
    if (take(p, '$')) return put_step(p, YT_STEP_ROOT, 0, 0);
    if (take(p, '@')) return put_step(p, YT_STEP_HERE, 0, 0);
    if (take(p, '*')) return put_step(p, YT_STEP_ALL, 0, 0);
    if (take(p, '[')) return read_bracket(p);
    if (!take(p, '.')) return read_name(p);
    if (take(p, '.')) return put_step(p, YT_STEP_DESCEND, 0, 0);
    if (take(p, '*')) return put_step(p, YT_STEP_ALL, 0, 0);
    return read_name(p);
}

/* ------------------------------------------------------------------------
 * Entry
 */
static yata_status parse(yata_json_path *path, yata_fault *fault) {
    parser p = {path, 0, {YATA_OK, 0}};
    size_t bad;
    if (!yt_utf8_scan((const uint8_t *)path->text, path->len, NULL, &bad)) fail_at(&p, YATA_ERR_UTF8, bad);
    while (!p.fault.status && p.at < path->len) read_step(&p);
    *fault = p.fault;
    return p.fault.status;
}

yata_status yata_json_path_compile(yata_str path, const yata_allocator *allocator, yata_json_path **out,
                                   yata_fault *fault) {
    yata_fault ignored;
    if (!fault) fault = &ignored;
    *fault = (yata_fault){YATA_OK, 0};
    if (!out || (path.len && !path.data)) return YATA_ERR_ARGUMENT;
    *out = NULL;
    if (path.len > YT_CLOCK_MAX) return fault->status = YATA_ERR_LIMIT;
    yt_mem mem;
    yt_mem_init(&mem, allocator);
    if (!mem.allocator.alloc) return YATA_ERR_ARGUMENT;
    yata_json_path *compiled = yt_calloc(&mem, sizeof *compiled);
    if (!compiled) return fault->status = YATA_ERR_MEMORY;
    compiled->mem = mem;
    compiled->len = path.len;
    compiled->text = yt_alloc(&compiled->mem, path.len + 1);
    if (compiled->text) memcpy(compiled->text, path.len ? path.data : "", path.len);
    yata_status status = compiled->text ? parse(compiled, fault) : (fault->status = YATA_ERR_MEMORY);
    if (status)
        yata_json_path_free(compiled);
    else
        *out = compiled;
    return status;
}

void yata_json_path_free(yata_json_path *path) {
    if (!path) return;
    yt_vec_free(&path->mem, &path->steps);
    yt_vec_free(&path->mem, &path->names);
    yt_vec_free(&path->mem, &path->numbers);
    if (path->text) yt_free(&path->mem, path->text, path->len + 1);
    yt_mem mem = path->mem;
    yt_free(&mem, path, sizeof *path);
}
