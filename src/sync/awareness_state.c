/* SPDX-License-Identifier: MIT */
/*
 * awareness_state.c - states as JSON text.
 *
 * A state is kept as the text that JavaScript would send on after reading it, so that sending is a copy and bytes are
 * those of y-protocols. Whether two states differ is asked of values, not of text: the order of members says nothing.
 *
 * The comparison walks both values at once, breadth first: `open` holds pairs of containers that are still to be
 * compared. Equal bytes are equal values, so only what differs is opened.
 */
#include "base/sort.h"
#include "sync/presence.h"
#include "wire/any.h"

void yt_state_normalize(yt_reader *text, yt_writer *out, bool *null) {
    yt_writer any;
    yt_writer_init(&any, out->mem);
    *null = false;
    yt_json_read(text, &any);
    if (any.failed) out->failed = true;
    if (yt_reader_ok(text) && !any.failed) {
        size_t from = out->len;
        yt_any_to_json(out, (yata_bytes){any.data, any.len});
        /* By the text: a number beyond all doubles is sent on as null, too. */
        *null = !out->failed && out->len - from == 4 && memcmp(out->data + from, "null", 4) == 0;
    }
    yt_writer_free(&any);
}

typedef struct member {
    yata_bytes key, value;
} member;

typedef struct pair {
    yata_bytes a, b;
} pair;

typedef struct comparing {
    yt_mem *mem;
    YT_VEC(pair) open;
    YT_VEC(member) a, b; /* of the containers that are being compared */
    bool ok;
} comparing;

static bool same(yata_bytes a, yata_bytes b) {
    return a.len == b.len && memcmp(a.data, b.data, a.len) == 0;
}

static bool key_before(const void *a, const void *b) {
    yata_bytes x = ((const member *)a)->key, y = ((const member *)b)->key;
    int order = memcmp(x.data, y.data, x.len < y.len ? x.len : y.len);
    return order ? order < 0 : x.len < y.len;
}

static bool is_container(uint8_t tag) {
    return tag == YT_ANY_OBJECT || tag == YT_ANY_ARRAY;
}

/* 0 and -0, the only equal numbers with two forms. */
static bool is_zero(yata_bytes any) {
    return any.len == 2 && any.data[0] == YT_ANY_INTEGER && (any.data[1] & ~0x40) == 0;
}

static bool list_members(comparing *k, yata_bytes container, member **data, uint32_t *len, uint32_t *cap) {
    bool object = container.data[0] == YT_ANY_OBJECT;
    yt_reader r;
    yt_reader_init(&r, container.data + 1, container.len - 1);
    uint32_t count = (uint32_t)yt_read_var_uint(&r);
    *len = 0;
    if (!yt_vec_reserve_(k->mem, (void **)data, cap, 0, count, sizeof **data)) return false;
    while (*len < count) {
        member m = {.key = {(const uint8_t *)"", 0}};
        if (object) m.key = yt_read_var_bytes(&r);
        const uint8_t *end = yt_any_skip(r.pos, r.end);
        m.value = (yata_bytes){r.pos, (size_t)(end - r.pos)};
        r.pos = end;
        (*data)[(*len)++] = m;
    }
    if (object) yt_sort(*data, *len, sizeof **data, key_before);
    return true;
}

static bool compare_values(comparing *k, yata_bytes a, yata_bytes b) {
    if (same(a, b)) return true;
    if (a.data[0] != b.data[0] || !is_container(a.data[0])) return is_zero(a) && is_zero(b);
    k->ok = yt_vec_reserve(k->mem, &k->open, 1);
    if (k->ok) yt_vec_put(&k->open, ((pair){a, b}));
    return k->ok;
}

static bool compare_containers(comparing *k, pair p) {
    k->ok = list_members(k, p.a, &k->a.data, &k->a.len, &k->a.cap) &&
            list_members(k, p.b, &k->b.data, &k->b.len, &k->b.cap);
    if (!k->ok || k->a.len != k->b.len) return false;
    for (uint32_t i = 0; i < k->a.len; i++) {
        if (!same(k->a.data[i].key, k->b.data[i].key)) return false;
        if (!compare_values(k, k->a.data[i].value, k->b.data[i].value)) return false;
    }
    return true;
}

static bool compare_any(yt_mem *mem, yata_bytes a, yata_bytes b, bool *ok) {
    comparing k = {.mem = mem, .ok = true};
    bool equal = compare_values(&k, a, b);
    while (equal && k.open.len) equal = compare_containers(&k, k.open.data[--k.open.len]);
    yt_vec_free(mem, &k.open);
    yt_vec_free(mem, &k.a);
    yt_vec_free(mem, &k.b);
    *ok = k.ok;
    return equal;
}

bool yt_state_equal(yt_mem *mem, yata_bytes a, yata_bytes b, bool *ok) {
    *ok = true;
    if (same(a, b)) return true;
    yt_writer any_a, any_b;
    yt_reader r;
    yt_writer_init(&any_a, mem);
    yt_writer_init(&any_b, mem);
    yt_reader_init(&r, a.data, a.len);
    yt_json_read(&r, &any_a);
    yt_reader_init(&r, b.data, b.len);
    yt_json_read(&r, &any_b);
    *ok = !any_a.failed && !any_b.failed;
    bool equal = *ok && compare_any(mem, (yata_bytes){any_a.data, any_a.len}, (yata_bytes){any_b.data, any_b.len}, ok);
    yt_writer_free(&any_a);
    yt_writer_free(&any_b);
    return equal;
}
