/* SPDX-License-Identifier: MIT */
/*
 * canonical.c - rewriting a lib0 "any" value as JavaScript would write it after reading it (spec/lib0.md).
 *
 * The members of an object go to the output in the order of arrival. When its end is reached their order is looked at:
 * mostly it is right already, else the bytes of the object are arranged anew. Inner objects end first, so that a level
 * is moved as a whole and never looked into again. Equal names are found with a hash table: nothing is quadratic.
 *
 * Invariant: `members` holds the members of open objects only, those of the innermost last.
 */
#include "base/hash.h"
#include "base/sort.h"
#include "base/vec.h"
#include "wire/any.h"

#define FEW 16 /* members of an object that are compared each with each */

typedef struct member {
    size_t at;      /* in the output */
    size_t name;    /* where the bytes of its name are */
    uint32_t len;   /* of the name */
    uint32_t index; /* of an integer-like name, else YT_NONE */
} member;

typedef struct place {
    uint64_t rank; /* integer-like names first, ascending; then the others in the order of their first appearance */
    uint32_t member;
} place;

typedef struct open_value {
    size_t count_at;  /* in the output: where the count is */
    uint32_t left;    /* values still to come */
    uint32_t members; /* objects: the first of its members; YT_NONE: an array */
} open_value;

typedef struct rewriting {
    yt_writer *w;
    yt_mem *mem;
    YT_VEC(open_value) open;
    YT_VEC(member) members;
    YT_VEC(place) places;
} rewriting;

static yata_str name_of(const rewriting *k, const member *m) {
    return (yata_str){(const char *)k->w->data + m->name, m->len};
}

/* ------------------------------------------------------------------------
 * The order of members
 */
static bool numbers_in_place(const member *m, uint32_t n) {
    for (uint32_t i = 1; i < n; i++) {
        if (m[i].index != YT_NONE && (m[i - 1].index == YT_NONE || m[i - 1].index >= m[i].index)) return false;
    }
    return true;
}

static bool few_names_differ(const rewriting *k, const member *m, uint32_t n) {
    for (uint32_t i = 1; i < n; i++) {
        for (uint32_t j = 0; j < i; j++) {
            if (m[j].len != m[i].len) continue;
            if (!m[i].len || !memcmp(name_of(k, &m[j]).data, name_of(k, &m[i]).data, m[i].len)) return false;
        }
    }
    return true;
}

static bool rank_before(const void *a, const void *b) {
    return ((const place *)a)->rank < ((const place *)b)->rank;
}

/* Fills `places` with the last member of each name, in their final order. False: no memory. */
static bool find_places(rewriting *k, const member *m, uint32_t n) {
    yt_strings names = {0};
    k->places.len = 0;
    bool ok = yt_vec_reserve(k->mem, &k->places, n);
    for (uint32_t i = 0; i < n && ok; i++) {
        uint32_t id = yt_strings_intern(k->mem, &names, name_of(k, &m[i])); /* ids are dense, in order of arrival */
        if (id == YT_NONE) {
            ok = false;
        } else if (id < k->places.len) {
            k->places.data[id].member = i;
        } else {
            uint64_t rank = m[i].index != YT_NONE ? m[i].index : (UINT64_C(1) << 32) + id;
            yt_vec_put(&k->places, ((place){rank, i}));
        }
    }
    yt_strings_free(k->mem, &names);
    if (ok) yt_sort(k->places.data, k->places.len, sizeof *k->places.data, rank_before);
    return ok;
}

/* Writes count and members of the ended object once more, in the order of `places`. */
static void rewrite_members(rewriting *k, size_t count_at, const member *m, uint32_t n) {
    yt_writer *w = k->w, anew;
    size_t end = w->len;
    yt_writer_init(&anew, k->mem);
    yt_write_var_uint(&anew, k->places.len);
    for (uint32_t i = 0; i < k->places.len; i++) {
        uint32_t which = k->places.data[i].member;
        size_t next = which + 1 < n ? m[which + 1].at : end;
        yt_write_bytes(&anew, w->data + m[which].at, next - m[which].at);
    }
    w->failed |= anew.failed;
    w->len = count_at;
    yt_write_bytes(w, anew.data, anew.len);
    yt_writer_free(&anew);
}

static void end_object(rewriting *k, const open_value *object) {
    uint32_t n = k->members.len - object->members;
    k->members.len = object->members;
    if (n < 2 || k->w->failed) return;
    const member *m = k->members.data + object->members;
    bool in_place = numbers_in_place(m, n);
    if (in_place && n <= FEW && few_names_differ(k, m, n)) return;
    if (!find_places(k, m, n)) {
        k->w->failed = true;
    } else if (!in_place || k->places.len < n) {
        rewrite_members(k, object->count_at, m, n);
    }
}

/* ------------------------------------------------------------------------
 * The walk
 */
static void copy_string(rewriting *k, yt_reader *r) {
    yata_bytes bytes = yt_read_var_bytes(r);
    yt_write_var_bytes(k->w, bytes.data, bytes.len);
}

static void copy_key(rewriting *k, yt_reader *r) {
    member m = {k->w->len, 0, 0, YT_NONE};
    yata_bytes bytes = yt_read_var_bytes(r);
    yata_str name = {(const char *)bytes.data, bytes.len};
    uint32_t index;
    yt_write_var_bytes(k->w, bytes.data, bytes.len);
    if (yt_any_key_index(name, &index)) m.index = index;
    m.name = k->w->len - bytes.len;
    m.len = (uint32_t)bytes.len;
    if (bytes.len > UINT32_MAX || !yt_vec_reserve(k->mem, &k->members, 1)) {
        k->w->failed = true;
        return;
    }
    yt_vec_put(&k->members, m);
}

static void copy_container(rewriting *k, yt_reader *r, bool object) {
    open_value opened = {k->w->len, (uint32_t)yt_read_var_uint(r), object ? k->members.len : YT_NONE};
    yt_write_var_uint(k->w, opened.left);
    if (!yt_vec_reserve(k->mem, &k->open, 1)) {
        k->w->failed = true;
        return;
    }
    yt_vec_put(&k->open, opened);
}

/* NaN has many forms: JavaScript keeps that of a float64, and widens that of a float32. In integers, because processors
 * do not agree on what becomes of them. */
static void copy_nan(rewriting *k, yt_reader *r, uint8_t tag) {
    uint64_t bits;
    if (tag == YT_ANY_FLOAT64) {
        bits = yt_read_u64_be(r);
    } else {
        uint32_t narrow = yt_read_u32_be(r);
        bits = (uint64_t)(narrow >> 31) << 63 | UINT64_C(0x7FF8) << 48 | (uint64_t)(narrow & 0x7FFFFF) << 29;
    }
    yt_write_u8(k->w, YT_ANY_FLOAT64);
    yt_write_u64_be(k->w, bits);
}

static void copy_number(rewriting *k, yata_bytes any) {
    yata_value value;
    yt_any_view(any, &value);
    bool keep = k->mem->keep_floats, whole = value.kind == YATA_VALUE_INT;
    double x = whole ? (double)value.u.integer : value.u.number;
    if (x != x) {
        yt_reader inside;
        yt_reader_init(&inside, any.data + 1, any.len - 1);
        copy_nan(k, &inside, any.data[0]);
    } else if (keep && any.data[0] != YT_ANY_INTEGER) {
        yt_any_write_float(k->w, x);
    } else if (keep && whole) {
        yt_write_u8(k->w, YT_ANY_INTEGER);
        yt_write_var_int(k->w, value.u.integer);
    } else {
        yt_any_write_number(k->w, x);
    }
}

static void copy_value(rewriting *k, yt_reader *r) {
    yata_bytes any = {r->pos, 0};
    uint8_t tag = yt_read_u8(r);
    switch (tag) {
    case YT_ANY_ARRAY:
    case YT_ANY_OBJECT:
        yt_write_u8(k->w, tag);
        copy_container(k, r, tag == YT_ANY_OBJECT);
        break;
    case YT_ANY_STRING:
    case YT_ANY_BINARY:
        yt_write_u8(k->w, tag);
        copy_string(k, r);
        break;
    case YT_ANY_INTEGER:
    case YT_ANY_FLOAT32:
    case YT_ANY_FLOAT64:
        r->pos = yt_any_skip(any.data, r->end);
        any.len = (size_t)(r->pos - any.data);
        copy_number(k, any);
        break;
    default:
        r->pos = yt_any_skip(any.data, r->end);
        yt_write_bytes(k->w, any.data, (size_t)(r->pos - any.data));
    }
}

void yt_any_write_canonical(yt_writer *w, yata_bytes any) {
    rewriting k = {.w = w, .mem = w->mem};
    size_t len = w->len;
    yt_reader r;
    yt_reader_init(&r, any.data, any.len);
    while (!w->failed) {
        copy_value(&k, &r);
        while (k.open.len && k.open.data[k.open.len - 1].left == 0 && !w->failed) {
            open_value ended = k.open.data[--k.open.len];
            if (ended.members != YT_NONE) end_object(&k, &ended);
        }
        if (k.open.len == 0 || w->failed) break;
        open_value *top = &k.open.data[k.open.len - 1];
        top->left--;
        if (top->members != YT_NONE) copy_key(&k, &r);
    }
    if (w->failed) w->len = len;
    yt_vec_free(k.mem, &k.open);
    yt_vec_free(k.mem, &k.members);
    yt_vec_free(k.mem, &k.places);
}

void yt_any_put_in_order(yt_writer *w, size_t start) {
    yata_bytes written = {w->data + start, w->len - start};
    yt_reader r;
    bool canonical;
    yt_reader_init(&r, written.data, written.len);
    yt_any_read(&r, w->mem->keep_floats, &canonical);
    if (canonical) return;
    yt_writer ordered;
    yt_writer_init(&ordered, w->mem);
    yt_any_write_canonical(&ordered, written);
    if (ordered.failed) {
        w->failed = true;
    } else {
        w->len = start;
        yt_write_bytes(w, ordered.data, ordered.len); /* never longer than before */
    }
    yt_writer_free(&ordered);
}

void yt_any_write_count(yt_writer *w, size_t at, uint32_t count) {
    if (count < 0x80) {
        w->data[at] = (uint8_t)count;
        return;
    }
    size_t len = w->len;
    yt_write_var_uint(w, count); /* at the end first: so its length is known, and the room made */
    if (w->failed) return;
    uint8_t bytes[10];
    size_t n = w->len - len;
    memcpy(bytes, w->data + len, n);
    memmove(w->data + at + n, w->data + at + 1, len - at - 1);
    memcpy(w->data + at, bytes, n);
    w->len = len + n - 1;
}
