/* SPDX-License-Identifier: MIT */
/*
 * hash.c - open addressing with linear probing, at most three quarters full.
 *
 * XXH64 is small, needs no vectors and gives the same quality on every machine. Keys of 32 bits are mixed by two
 * multiplications. Each table draws a seed, or its factors, when it first gets memory, so that keys chosen by an
 * attacker do not collide everywhere at once; results do not depend on it, because no order of places is ever shown.
 *
 * Invariant: from the home place of a key to the key itself no place is empty (hence removal shifts back).
 */
#include "base/hash.h"
#include "base/arena.h"
#include "base/config.h"
#include "base/platform.h"

/* XXH64 alone is used: no intrinsics, and no malloc even where unused functions are compiled (-O0). */
#define XXH_INLINE_ALL
#define XXH_VECTOR 0
#include <stdlib.h>
#define malloc(size) NULL
#define free(ptr)    ((void)(ptr))
#include <xxhash.h>
#undef malloc
#undef free

#define FIRST_CAP 8
#define LAST_CAP  (UINT32_C(1) << 30)

static uint64_t new_seed(const void *salt) {
    uint64_t seed;
    if (yt_platform_random(&seed)) return seed;
    uintptr_t place = (uintptr_t)salt; /* no better source: differs at least from table to table */
    return XXH64(&place, sizeof place, 0);
}

/* Capacity for one more than `len`, or 0 when `cap` will do. */
static uint32_t wider(uint32_t len, uint32_t cap) {
    if (cap && len < cap / 4 * 3) return 0;
    return cap ? cap * 2 : FIRST_CAP;
}

/* ------------------------------------------------------------------------
 * uint64_t -> uint32_t
 */
static uint32_t u64_home(const yt_u64_map *map, uint64_t key) {
    return (uint32_t)XXH64(&key, sizeof key, map->seed) & (map->cap - 1);
}

/* The place of the key, or the empty one where it would go. */
static uint32_t u64_place(const yt_u64_map *map, uint64_t key) {
    uint32_t at = u64_home(map, key);
    while (map->values[at] != YT_NONE && map->keys[at] != key) at = (at + 1) & (map->cap - 1);
    return at;
}

static size_t u64_bytes(uint32_t cap) {
    return (size_t)cap * (sizeof(uint64_t) + sizeof(uint32_t));
}

void yt_u64_map_free(yt_mem *mem, yt_u64_map *map) {
    yt_free(mem, map->keys, u64_bytes(map->cap));
    memset(map, 0, sizeof *map);
}

uint32_t yt_u64_map_get(const yt_u64_map *map, uint64_t key) {
    if (map->len == 0) return YT_NONE;
    return map->values[u64_place(map, key)];
}

static bool u64_widen(yt_mem *mem, yt_u64_map *map, uint32_t cap) {
    if (cap > LAST_CAP) return false;
    yt_u64_map wide = *map;
    wide.keys = yt_alloc(mem, u64_bytes(cap)); /* keys and values are one block */
    if (!wide.keys) return false;
    wide.values = (uint32_t *)(void *)(wide.keys + cap);
    wide.cap = cap;
    if (map->cap == 0) wide.seed = new_seed(wide.keys);
    memset(wide.values, 0xFF, (size_t)cap * sizeof *wide.values);
    for (uint32_t i = 0; i < map->cap; i++) {
        if (map->values[i] == YT_NONE) continue;
        uint32_t at = u64_place(&wide, map->keys[i]);
        wide.keys[at] = map->keys[i];
        wide.values[at] = map->values[i];
    }
    yt_free(mem, map->keys, u64_bytes(map->cap));
    *map = wide;
    return true;
}

bool yt_u64_map_put(yt_mem *mem, yt_u64_map *map, uint64_t key, uint32_t value) {
    YT_ASSERT(value != YT_NONE);
    if (map->len) {
        uint32_t at = u64_place(map, key);
        if (map->values[at] != YT_NONE) {
            map->values[at] = value;
            return true;
        }
    }
    uint32_t cap = wider(map->len, map->cap);
    if (cap && !u64_widen(mem, map, cap)) return false;
    uint32_t at = u64_place(map, key);
    map->keys[at] = key;
    map->values[at] = value;
    map->len++;
    return true;
}

void yt_u64_map_remove(yt_u64_map *map, uint64_t key) {
    if (map->len == 0) return;
    uint32_t mask = map->cap - 1, hole = u64_place(map, key);
    if (map->values[hole] == YT_NONE) return;
    /* What follows moves into the hole unless that would put it before its home. */
    for (uint32_t at = (hole + 1) & mask; map->values[at] != YT_NONE; at = (at + 1) & mask) {
        uint32_t home = u64_home(map, map->keys[at]);
        if (((at - home) & mask) < ((at - hole) & mask)) continue;
        map->keys[hole] = map->keys[at];
        map->values[hole] = map->values[at];
        hole = at;
    }
    map->values[hole] = YT_NONE;
    map->len--;
}

/* ------------------------------------------------------------------------
 * uint32_t -> uint32_t
 */
struct yt_u32_place {
    uint32_t key, value; /* YT_NONE: empty */
};

/* The highest bits of a product are those that depend on all of the key. */
static uint32_t u32_home(const yt_u32_map *map, uint32_t key) {
    uint32_t x = key * map->factors[0];
    return (x ^ x >> 16) * map->factors[1] >> map->shift;
}

/* The place of the key, or the empty one where it would go. */
static uint32_t u32_place(const yt_u32_map *map, uint32_t key) {
    uint32_t at = u32_home(map, key);
    while (map->places[at].value != YT_NONE && map->places[at].key != key) at = (at + 1) & (map->cap - 1);
    return at;
}

size_t yt_u32_map_bytes(const yt_u32_map *map) {
    return (size_t)map->cap * sizeof *map->places;
}

void yt_u32_map_free(yt_mem *mem, yt_u32_map *map) {
    yt_free(mem, map->places, yt_u32_map_bytes(map));
    memset(map, 0, sizeof *map);
}

uint32_t yt_u32_map_get(const yt_u32_map *map, uint32_t key) {
    if (map->len == 0) return YT_NONE;
    return map->places[u32_place(map, key)].value;
}

static bool u32_widen(yt_mem *mem, yt_u32_map *map, uint32_t cap) {
    if (cap > LAST_CAP) return false;
    yt_u32_map wide = *map;
    wide.places = yt_alloc(mem, (size_t)cap * sizeof *wide.places);
    if (!wide.places) return false;
    if (map->cap == 0) {
        uint64_t seed = new_seed(wide.places);
        wide.factors[0] = (uint32_t)seed | 1;
        wide.factors[1] = (uint32_t)(seed >> 32) | 1;
        wide.shift = 32;
        for (uint32_t n = cap; n > 1; n /= 2) wide.shift--;
    } else {
        wide.shift--;
    }
    wide.cap = cap;
    memset(wide.places, 0xFF, yt_u32_map_bytes(&wide));
    for (uint32_t i = 0; i < map->cap; i++)
        if (map->places[i].value != YT_NONE) wide.places[u32_place(&wide, map->places[i].key)] = map->places[i];
    yt_free(mem, map->places, yt_u32_map_bytes(map));
    *map = wide;
    return true;
}

bool yt_u32_map_put(yt_mem *mem, yt_u32_map *map, uint32_t key, uint32_t value) {
    YT_ASSERT(value != YT_NONE);
    if (map->len) {
        uint32_t at = u32_place(map, key);
        if (map->places[at].value != YT_NONE) {
            map->places[at].value = value;
            return true;
        }
    }
    uint32_t cap = wider(map->len, map->cap);
    if (cap && !u32_widen(mem, map, cap)) return false;
    map->places[u32_place(map, key)] = (struct yt_u32_place){key, value};
    map->len++;
    return true;
}

void yt_u32_map_remove(yt_u32_map *map, uint32_t key) {
    if (map->len == 0) return;
    uint32_t mask = map->cap - 1, hole = u32_place(map, key);
    if (map->places[hole].value == YT_NONE) return;
    /* As above. */
    for (uint32_t at = (hole + 1) & mask; map->places[at].value != YT_NONE; at = (at + 1) & mask) {
        if (((at - u32_home(map, map->places[at].key)) & mask) < ((at - hole) & mask)) continue;
        map->places[hole] = map->places[at];
        hole = at;
    }
    map->places[hole].value = YT_NONE;
    map->len--;
}

/* ------------------------------------------------------------------------
 * Interned strings
 *
 * Looking one up reads its place in the table, which has its hash, and then the string, which has the bytes of a short
 * one in itself. Strings are in pages, so that they do not move.
 */
enum { PAGE = 16, SHORT = 16 };

struct yt_string {
    const char *data; /* in `bytes`, or in the arena */
    uint32_t len;
    char bytes[SHORT];
};

struct yt_string_place {
    uint32_t hash; /* spares comparisons, and hashing again when the table widens */
    uint32_t id;   /* + 1; 0: empty */
};

static struct yt_string *string_at(const yt_strings *strings, uint32_t id) {
    return &strings->pages[id / PAGE][id % PAGE];
}

static uint32_t string_hash(const yt_strings *strings, yata_str str) {
    return (uint32_t)XXH64(str.len ? str.data : "", str.len, strings->seed);
}

/* The place of the string, or the empty one where it would go. */
static uint32_t string_place(const yt_strings *strings, yata_str str, uint32_t hash) {
    uint32_t mask = strings->table_cap - 1, at = hash & mask;
    for (; strings->table[at].id; at = (at + 1) & mask) {
        if (strings->table[at].hash != hash) continue;
        const struct yt_string *string = string_at(strings, strings->table[at].id - 1);
        if (string->len == str.len && (!str.len || !memcmp(string->data, str.data, str.len))) break;
    }
    return at;
}

void yt_strings_free(yt_mem *mem, yt_strings *strings) {
    yt_arena_free(mem, &strings->bytes);
    for (uint32_t i = 0; i < strings->page_count; i++) yt_free(mem, strings->pages[i], PAGE * sizeof(struct yt_string));
    yt_free(mem, strings->pages, (size_t)strings->pages_cap * sizeof *strings->pages);
    yt_free(mem, strings->table, (size_t)strings->table_cap * sizeof *strings->table);
    memset(strings, 0, sizeof *strings);
}

size_t yt_strings_bytes(const yt_strings *strings) {
    return yt_arena_bytes(&strings->bytes) + (size_t)strings->pages_cap * sizeof *strings->pages +
           (size_t)strings->page_count * PAGE * sizeof(struct yt_string) +
           (size_t)strings->table_cap * sizeof *strings->table;
}

uint32_t yt_strings_find(const yt_strings *strings, yata_str str) {
    if (strings->len == 0) return YT_NONE;
    uint32_t id = strings->table[string_place(strings, str, string_hash(strings, str))].id;
    return id ? id - 1 : YT_NONE;
}

static bool strings_widen(yt_mem *mem, yt_strings *strings, uint32_t cap) {
    if (cap > LAST_CAP) return false;
    struct yt_string_place *table = yt_calloc(mem, (size_t)cap * sizeof *table);
    if (!table) return false;
    if (strings->table_cap == 0) strings->seed = new_seed(table);
    for (uint32_t i = 0; i < strings->table_cap; i++) {
        if (!strings->table[i].id) continue;
        uint32_t at = strings->table[i].hash & (cap - 1);
        while (table[at].id) at = (at + 1) & (cap - 1);
        table[at] = strings->table[i];
    }
    yt_free(mem, strings->table, (size_t)strings->table_cap * sizeof *table);
    strings->table = table;
    strings->table_cap = cap;
    return true;
}

/* Room for one more string? */
static bool strings_reserve(yt_mem *mem, yt_strings *strings) {
    if (strings->len < strings->page_count * PAGE) return true;
    struct yt_string **pages =
        yt_grow(mem, strings->pages, &strings->pages_cap, strings->page_count + 1, sizeof *strings->pages);
    if (!pages) return false;
    strings->pages = pages;
    pages[strings->page_count] = yt_alloc(mem, PAGE * sizeof(struct yt_string));
    if (!pages[strings->page_count]) return false;
    strings->page_count++;
    return true;
}

uint32_t yt_strings_intern(yt_mem *mem, yt_strings *strings, yata_str str) {
    uint32_t hash = 0;
    if (strings->len) {
        hash = string_hash(strings, str);
        uint32_t id = strings->table[string_place(strings, str, hash)].id;
        if (id) return id - 1;
    }
    if (str.len > UINT32_MAX) return YT_NONE;

    uint32_t cap = wider(strings->len, strings->table_cap);
    if (cap && !strings_widen(mem, strings, cap)) return YT_NONE;
    if (!strings_reserve(mem, strings)) return YT_NONE;
    struct yt_string *string = string_at(strings, strings->len);
    char *data = str.len <= SHORT ? string->bytes : yt_arena_alloc(mem, &strings->bytes, str.len);
    if (!data) return YT_NONE;
    if (str.len) memcpy(data, str.data, str.len);

    if (!strings->len) hash = string_hash(strings, str); /* the seed is new */
    string->data = data;
    string->len = (uint32_t)str.len;
    strings->table[string_place(strings, str, hash)] = (struct yt_string_place){hash, strings->len + 1};
    return strings->len++;
}

yata_str yt_strings_get(const yt_strings *strings, uint32_t id) {
    YT_ASSERT(id < strings->len);
    const struct yt_string *string = string_at(strings, id);
    return (yata_str){string->data, string->len};
}
