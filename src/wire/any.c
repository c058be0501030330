/* SPDX-License-Identifier: MIT */
/*
 * any.c - reading, skipping, viewing and writing lib0 "any" values (spec/lib0.md).
 *
 * Values nest, so readers keep a small fixed stack: one word for each level, nothing is allocated and nothing recurses.
 *
 * A value is canonical if JavaScript would write these very bytes after reading them. The hard part are the members of
 * objects: each name once, integer-like names first. A filter of 64 bits says of most names at once that they are new;
 * for the others the earlier members are walked again, as long as the walks stay within a multiple of the bytes read.
 * Beyond that the answer is "not canonical", which is always safe: the caller then lets canonical.c rewrite the value.
 */
#include "wire/any.h"
#include "base/utf.h"

#define INTEGER_MAX 2147483647.0     /* largest that lib0 writes as an integer */
#define SAFE_MAX    9007199254740991 /* 2^53 - 1 */
#define NAN_BITS    UINT64_C(0x7FF8000000000000)

/* ------------------------------------------------------------------------
 * Numbers
 */
static double double_from(uint64_t bits) {
    double x;
    memcpy(&x, &bits, sizeof x);
    return x;
}

static uint64_t double_bits(double x) {
    uint64_t bits;
    memcpy(&bits, &x, sizeof bits);
    return bits;
}

static double float32_from(uint32_t bits) {
    float x;
    memcpy(&x, &bits, sizeof x);
    return (double)x;
}

static bool is_integer(double x, double max) {
    if (!(x >= -max && x <= max)) return false;
    double whole = (double)(int64_t)x;
    return !(whole < x) && !(whole > x);
}

/* The float32 that is exactly this double; false for NaN and all that need more bits. */
static bool to_float32(double x, uint32_t *out) {
    uint64_t bits = double_bits(x), fraction = bits & ((UINT64_C(1) << 52) - 1);
    uint32_t sign = (uint32_t)(bits >> 63) << 31;
    int32_t exponent = (int32_t)(bits >> 52 & 0x7FF) - 1023;
    *out = sign;
    if (!(bits << 1)) return true;
    if (exponent == 1024) {
        *out = sign | UINT32_C(0x7F800000);
        return fraction == 0;
    }
    int32_t lost = 29; /* low bits that a float32 has not */
    if (exponent < -126) {
        lost += -126 - exponent;
        fraction |= UINT64_C(1) << 52;
    }
    if (exponent > 127 || lost > 52 || fraction & ((UINT64_C(1) << lost) - 1)) return false;
    uint32_t biased = exponent < -126 ? 0 : (uint32_t)(exponent + 127);
    *out = sign | biased << 23 | (uint32_t)(fraction >> lost);
    return true;
}

/* Of at most 31 bits. */
static void write_integer(yt_writer *w, int64_t x) {
    if (!yt_writer_reserve(w, 11)) return;
    w->data[w->len] = YT_ANY_INTEGER;
    w->len = (size_t)(yt_put_var_int(w->data + w->len + 1, x) - w->data);
}

void yt_any_write_number(yt_writer *w, double x) {
    if (is_integer(x, INTEGER_MAX)) {
        if (x == 0 && double_bits(x) != 0) {
            yt_write_u8(w, YT_ANY_INTEGER);
            yt_write_u8(w, 0x40);
        } else {
            write_integer(w, (int64_t)x);
        }
    } else {
        yt_any_write_float(w, x);
    }
}

void yt_any_write_float(yt_writer *w, double x) {
    uint32_t narrow;
    if (to_float32(x, &narrow)) {
        yt_write_u8(w, YT_ANY_FLOAT32);
        yt_write_u32_be(w, narrow);
    } else {
        yt_write_u8(w, YT_ANY_FLOAT64);
        yt_write_u64_be(w, x == x ? double_bits(x) : NAN_BITS);
    }
}

static bool canonical_float32(uint32_t bits, bool keep_floats) {
    double x = float32_from(bits);
    return x == x && (keep_floats || !is_integer(x, INTEGER_MAX));
}

static bool canonical_float64(uint64_t bits, bool keep_floats) {
    double x = double_from(bits);
    uint32_t narrow;
    return (keep_floats || !is_integer(x, INTEGER_MAX)) && !to_float32(x, &narrow);
}

/* ------------------------------------------------------------------------
 * Skipping
 */

/* varUint of checked bytes. */
static uint64_t get_var_uint(const uint8_t **p) {
    uint64_t x = 0;
    uint32_t shift = 0;
    for (;; shift += 7) {
        uint8_t byte = *(*p)++;
        if (shift < 64) x |= (uint64_t)(byte & 0x7F) << shift;
        if (byte < 0x80) return x;
    }
}

static const uint8_t *skip_var_bytes(const uint8_t *p) {
    uint64_t n = get_var_uint(&p);
    return p + n;
}

static yata_str get_string(const uint8_t **p) {
    uint64_t n = get_var_uint(p);
    yata_str str = {(const char *)*p, (size_t)n};
    *p += n;
    return str;
}

static bool tag_nests(uint8_t tag) {
    return tag == YT_ANY_ARRAY || tag == YT_ANY_OBJECT;
}

/* Behind the checked value with this tag, whose content is at p and which is no container. */
static const uint8_t *skip_scalar(const uint8_t *p, uint8_t tag) {
    switch (tag) {
    case YT_ANY_STRING:
    case YT_ANY_BINARY:
        return skip_var_bytes(p);
    case YT_ANY_INTEGER:
        while (*p >= 0x80) p++;
        return p + 1;
    case YT_ANY_FLOAT32:
        return p + 4;
    case YT_ANY_FLOAT64:
    case YT_ANY_BIGINT:
        return p + 8;
    default:
        return p;
    }
}

static const uint8_t *skip_nested(const uint8_t *p) {
    uint32_t left[YT_ANY_DEPTH]; /* values still to come at each level */
    uint8_t object[(YT_ANY_DEPTH + 7) / 8];
    uint32_t depth = 0;
    for (;;) {
        uint8_t tag = *p++;
        if (tag_nests(tag)) {
            YT_ASSERT(depth < YT_ANY_DEPTH);
            left[depth] = (uint32_t)get_var_uint(&p);
            uint8_t bit = (uint8_t)(1u << depth % 8);
            if (depth % 8 == 0) object[depth / 8] = 0;
            object[depth / 8] = (uint8_t)(tag == YT_ANY_OBJECT ? object[depth / 8] | bit : object[depth / 8] & ~bit);
            depth++;
        } else {
            p = skip_scalar(p, tag);
        }
        while (depth && left[depth - 1] == 0) depth--;
        if (depth == 0) break;
        left[depth - 1]--;
        if (object[(depth - 1) / 8] >> (depth - 1) % 8 & 1) p = skip_var_bytes(p);
    }
    return p;
}

const uint8_t *yt_any_skip(const uint8_t *p, const uint8_t *end) {
    p = tag_nests(*p) ? skip_nested(p) : skip_scalar(p + 1, *p);
    YT_ASSERT(p <= end);
    (void)end;
    return p;
}

/* ------------------------------------------------------------------------
 * Reading
 */
bool yt_any_key_index(yata_str key, uint32_t *index) {
    if (key.len == 0 || key.len > 10 || key.data[0] < '0' || key.data[0] > '9') return false;
    if (key.data[0] == '0' && key.len > 1) return false;
    uint64_t x = 0;
    for (size_t i = 0; i < key.len; i++) {
        if (key.data[i] < '0' || key.data[i] > '9') return false;
        x = x * 10 + (uint64_t)(key.data[i] - '0');
    }
    *index = (uint32_t)x;
    return x < UINT32_MAX;
}

#define NOT_AN_OBJECT UINT32_MAX
#define WALK_CREDIT   8 /* bytes that may be walked again for each byte read */

typedef struct level {
    uint32_t left;    /* values still to come */
    uint32_t members; /* objects: where the first member is, from the start of the whole value */
} level;

typedef struct reading {
    yt_reader *r;
    const uint8_t *first;
    bool canonical, keep_floats;
    uint32_t depth;
    uint64_t filter; /* names of the innermost object; all bits set when they were not followed */
    uint64_t walked;
    level levels[YT_ANY_DEPTH];
} reading;

/* After a varint: was it in the shortest form? */
static void expect_shortest(reading *k, const uint8_t *start) {
    if (k->r->pos - start > 1 && k->r->pos[-1] == 0) k->canonical = false;
}

static uint64_t filter_bit(yata_str key) {
    uint64_t head = 0, tail = 0;
    size_t n = key.len < 8 ? key.len : 8;
    if (n) {
        memcpy(&head, key.data, n);
        memcpy(&tail, key.data + key.len - n, n);
    }
    head = (head ^ (tail << 13 | tail >> 51) ^ key.len) * UINT64_C(0x9E3779B97F4A7C15);
    return UINT64_C(1) << (head >> 58);
}

/* Is `key` in its place behind the members from `members` to `at`? False also when finding out costs too much. */
static bool key_in_place(reading *k, const uint8_t *members, const uint8_t *at, yata_str key, bool numeric,
                         uint32_t index) {
    if (k->walked + (uint64_t)(at - members) > (uint64_t)(at - k->first) * WALK_CREDIT) return false;
    k->walked += (uint64_t)(at - members);
    while (members < at) {
        yata_str earlier = get_string(&members);
        uint32_t earlier_index;
        if (numeric && (!yt_any_key_index(earlier, &earlier_index) || earlier_index >= index)) return false;
        if (earlier.len == key.len && (!key.len || !memcmp(earlier.data, key.data, key.len))) return false;
        members = yt_any_skip(members, at);
    }
    return true;
}

static void read_key(reading *k, uint32_t members) {
    const uint8_t *at = k->r->pos;
    yata_bytes bytes = {NULL, 0};
    uint64_t n = yt_read_var_uint(k->r);
    expect_shortest(k, at);
    if (n > yt_reader_left(k->r)) {
        yt_reader_fail_at(k->r, YATA_ERR_END, at);
    } else {
        bytes = yt_read_bytes(k->r, (size_t)n);
    }
    size_t bad;
    if (!yt_utf8_scan(bytes.data, bytes.len, NULL, &bad)) yt_reader_fail_at(k->r, YATA_ERR_UTF8, bytes.data + bad);
    if (!yt_reader_ok(k->r) || !k->canonical) return;

    yata_str key = {(const char *)bytes.data, bytes.len};
    uint32_t index = 0;
    bool numeric = yt_any_key_index(key, &index);
    uint64_t bit = filter_bit(key);
    if (numeric || k->filter & bit) k->canonical = key_in_place(k, k->first + members, at, key, numeric, index);
    k->filter |= bit;
}

/* Length and bytes of a string or binary. */
static yata_bytes read_sized(reading *k) {
    const uint8_t *at = k->r->pos;
    yata_bytes bytes = yt_read_var_bytes(k->r);
    const uint8_t *data = bytes.data ? bytes.data : k->r->pos;
    if (data - at > 1 && data[-1] == 0) k->canonical = false;
    return bytes;
}

static void read_text(reading *k) {
    yata_bytes bytes = read_sized(k);
    size_t bad;
    if (!yt_utf8_scan(bytes.data, bytes.len, NULL, &bad)) yt_reader_fail_at(k->r, YATA_ERR_UTF8, bytes.data + bad);
}

static void read_integer(reading *k) {
    const uint8_t *at = k->r->pos;
    int64_t x = yt_read_var_int(k->r, NULL);
    expect_shortest(k, at);
    if (!k->keep_floats && (x > INT32_MAX || x < -INT32_MAX)) k->canonical = false;
}

static void read_container(reading *k, const uint8_t *at, bool object) {
    if (k->depth == YT_ANY_DEPTH) {
        yt_reader_fail_at(k->r, YATA_ERR_LIMIT, at);
        return;
    }
    uint32_t count = yt_read_count(k->r, object ? 2 : 1); /* an empty name and a tag; a tag */
    expect_shortest(k, at + 1);
    uint64_t members = (uint64_t)(k->r->pos - k->first);
    if (members >= NOT_AN_OBJECT) {
        k->canonical = false; /* cannot be followed */
        members = 0;
    }
    k->levels[k->depth++] = (level){count, object ? (uint32_t)members : NOT_AN_OBJECT};
    k->filter = 0;
}

static void read_one(reading *k) {
    const uint8_t *at = k->r->pos;
    uint8_t tag = yt_read_u8(k->r);
    if (!yt_reader_ok(k->r)) return;
    switch (tag) {
    case YT_ANY_UNDEFINED:
    case YT_ANY_NULL:
    case YT_ANY_FALSE:
    case YT_ANY_TRUE:
        break;
    case YT_ANY_INTEGER:
        read_integer(k);
        break;
    case YT_ANY_FLOAT32:
        if (!canonical_float32(yt_read_u32_be(k->r), k->keep_floats)) k->canonical = false;
        break;
    case YT_ANY_FLOAT64:
        if (!canonical_float64(yt_read_u64_be(k->r), k->keep_floats)) k->canonical = false;
        break;
    case YT_ANY_BIGINT:
        yt_read_u64_be(k->r);
        break;
    case YT_ANY_STRING:
        read_text(k);
        break;
    case YT_ANY_BINARY:
        read_sized(k);
        break;
    case YT_ANY_ARRAY:
    case YT_ANY_OBJECT:
        read_container(k, at, tag == YT_ANY_OBJECT);
        break;
    default:
        yt_reader_fail_at(k->r, YATA_ERR_KIND, at);
    }
}

/* The end of an integer of up to 20 bits in canonical form, of which `left` bytes are there; NULL: it is not that. The
 * last byte of a canonical number is not 0, and -0 is left to others. */
static inline const uint8_t *short_integer(const uint8_t *p, size_t left) {
    if (left < 4 || p[0] != YT_ANY_INTEGER) return NULL;
    if (p[1] < 0x80) return p[1] != 0x40 ? p + 2 : NULL;
    if (p[2] < 0x80) return p[2] ? p + 3 : NULL;
    return p[3] < 0x80 && p[3] ? p + 4 : NULL;
}

yata_bytes yt_any_read(yt_reader *r, bool keep_floats, bool *canonical) {
    if (YT_LIKELY(yt_reader_ok(r))) {
        const uint8_t *start = r->pos, *end = short_integer(start, yt_reader_left(r));
        if (end) {
            r->pos = end;
            *canonical = true;
            return (yata_bytes){start, (size_t)(end - start)};
        }
    }
    reading k; /* levels are written before they are read */
    k.r = r;
    k.first = r->pos;
    k.canonical = true;
    k.keep_floats = keep_floats;
    k.depth = 0;
    k.filter = 0;
    k.walked = 0;
    for (;;) {
        read_one(&k);
        if (!yt_reader_ok(r)) break;
        while (k.depth && k.levels[k.depth - 1].left == 0) {
            k.depth--;
            k.filter = UINT64_MAX;
        }
        if (k.depth == 0) break;
        level *top = &k.levels[k.depth - 1];
        top->left--;
        if (top->members != NOT_AN_OBJECT) read_key(&k, top->members);
    }
    *canonical = k.canonical && yt_reader_ok(r);
    if (!yt_reader_ok(r)) return (yata_bytes){NULL, 0};
    return (yata_bytes){k.first, (size_t)(r->pos - k.first)};
}

yata_status yt_any_check(yata_bytes any, uint8_t tag, bool keep_floats, bool *canonical) {
    if (!any.data && any.len) return YATA_ERR_ARGUMENT;
    if (any.len && any.data[0] != tag) return YATA_ERR_VALUE;
    yt_reader r;
    yt_reader_init(&r, any.data, any.len);
    yt_any_read(&r, keep_floats, canonical);
    if (!yt_reader_ok(&r)) return r.fault.status;
    return yt_reader_left(&r) ? YATA_ERR_VALUE : YATA_OK;
}

/* ------------------------------------------------------------------------
 * Views
 */
static void view_number(double x, yata_value *out) {
    if (is_integer(x, (double)SAFE_MAX) && (x < 0 || x > 0 || double_bits(x) == 0)) {
        out->kind = YATA_VALUE_INT;
        out->u.typed.integer = (int64_t)x;
        out->u.typed.is_float = true;
    } else {
        out->kind = YATA_VALUE_FLOAT;
        out->u.number = x;
    }
}

/* The most frequent one, without a reader: it was checked. */
static void view_integer(yata_bytes any, yata_value *out) {
    const uint8_t *p = any.data + 1, *end = any.data + any.len;
    uint8_t first = p < end ? *p++ : 0, byte = first;
    uint64_t magnitude = first & 0x3F;
    for (uint32_t shift = 6; byte >= 0x80 && p < end; shift += 7) {
        byte = *p++;
        if (shift < 64) magnitude |= (uint64_t)(byte & 0x7F) << shift; /* what comes then is 0 */
    }
    if ((first & 0x40) && !magnitude) {
        out->kind = YATA_VALUE_FLOAT;
        out->u.number = -0.0;
    } else {
        out->kind = YATA_VALUE_INT;
        out->u.integer = first & 0x40 ? -(int64_t)magnitude : (int64_t)magnitude;
    }
}

void yt_any_view(yata_bytes any, yata_value *out) {
    memset(out, 0, sizeof *out);
    if (any.len && any.data[0] == YT_ANY_INTEGER) {
        view_integer(any, out);
        return;
    }
    yt_reader r;
    yt_reader_init(&r, any.data, any.len);
    uint8_t tag = yt_read_u8(&r);
    switch (tag) {
    case YT_ANY_NULL:
        out->kind = YATA_VALUE_NULL;
        break;
    case YT_ANY_TRUE:
    case YT_ANY_FALSE:
        out->kind = YATA_VALUE_BOOL;
        out->u.boolean = tag == YT_ANY_TRUE;
        break;
    case YT_ANY_FLOAT32:
        view_number(float32_from(yt_read_u32_be(&r)), out);
        break;
    case YT_ANY_FLOAT64:
        view_number(double_from(yt_read_u64_be(&r)), out);
        break;
    case YT_ANY_BIGINT:
        out->kind = YATA_VALUE_BIGINT;
        out->u.integer = (int64_t)yt_read_u64_be(&r);
        break;
    case YT_ANY_STRING: {
        yata_bytes bytes = yt_read_var_bytes(&r);
        out->kind = YATA_VALUE_STRING;
        out->u.string = (yata_str){(const char *)bytes.data, bytes.len};
        break;
    }
    case YT_ANY_BINARY:
        out->kind = YATA_VALUE_BINARY;
        out->u.binary = yt_read_var_bytes(&r);
        break;
    case YT_ANY_ARRAY:
    case YT_ANY_OBJECT:
        out->kind = tag == YT_ANY_ARRAY ? YATA_VALUE_ARRAY : YATA_VALUE_OBJECT;
        out->u.any = any;
        break;
    default:
        out->kind = YATA_VALUE_UNDEFINED;
    }
}

/* ------------------------------------------------------------------------
 * Writing
 */
static yata_status write_container(yt_writer *w, yata_bytes any, uint8_t tag) {
    bool canonical;
    yata_status status = yt_any_check(any, tag, w->mem->keep_floats, &canonical);
    if (status) return status;
    if (canonical) {
        yt_write_bytes(w, any.data, any.len);
    } else {
        yt_any_write_canonical(w, any);
    }
    return YATA_OK;
}

static yata_status write_whole(yt_writer *w, int64_t x) {
    if (x <= INT32_MAX && x >= -INT32_MAX) {
        write_integer(w, x);
        return YATA_OK;
    }
    if (x > SAFE_MAX || x < -SAFE_MAX) return YATA_ERR_NUMBER;
    if (w->mem->keep_floats) {
        yt_write_u8(w, YT_ANY_INTEGER);
        yt_write_var_int(w, x);
    } else {
        yt_any_write_number(w, (double)x);
    }
    return YATA_OK;
}

static yata_status write_sized(yt_writer *w, uint8_t tag, const void *data, size_t len) {
    if (!data && len) return YATA_ERR_ARGUMENT;
    if (tag == YT_ANY_STRING && !yt_utf8_scan(data, len, NULL, NULL)) return YATA_ERR_UTF8;
    yt_write_u8(w, tag);
    yt_write_var_bytes(w, data, len);
    return YATA_OK;
}

static yata_status write_value(yt_writer *w, const yata_value *value) {
    switch (value->kind) {
    case YATA_VALUE_UNDEFINED:
        yt_write_u8(w, YT_ANY_UNDEFINED);
        return YATA_OK;
    case YATA_VALUE_NULL:
        yt_write_u8(w, YT_ANY_NULL);
        return YATA_OK;
    case YATA_VALUE_BOOL:
        yt_write_u8(w, value->u.boolean ? YT_ANY_TRUE : YT_ANY_FALSE);
        return YATA_OK;
    case YATA_VALUE_INT:
        return write_whole(w, value->u.integer);
    case YATA_VALUE_FLOAT:
        if (w->mem->keep_floats)
            yt_any_write_float(w, value->u.number);
        else
            yt_any_write_number(w, value->u.number);
        return YATA_OK;
    case YATA_VALUE_BIGINT:
        yt_write_u8(w, YT_ANY_BIGINT);
        yt_write_u64_be(w, (uint64_t)value->u.integer);
        return YATA_OK;
    case YATA_VALUE_STRING:
        return write_sized(w, YT_ANY_STRING, value->u.string.data, value->u.string.len);
    case YATA_VALUE_BINARY:
        return write_sized(w, YT_ANY_BINARY, value->u.binary.data, value->u.binary.len);
    case YATA_VALUE_ARRAY:
        return write_container(w, value->u.any, YT_ANY_ARRAY);
    case YATA_VALUE_OBJECT:
        return write_container(w, value->u.any, YT_ANY_OBJECT);
    case YATA_VALUE_TYPE:
    case YATA_VALUE_DOC:
        break;
    }
    return YATA_ERR_ARGUMENT;
}

yata_status yt_any_write_value(yt_writer *w, const yata_value *value) {
    size_t len = w->len;
    yata_status status = write_value(w, value);
    if (status == YATA_OK && w->failed) status = YATA_ERR_MEMORY;
    if (status) w->len = len;
    return status;
}
