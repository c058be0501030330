/* SPDX-License-Identifier: MIT */
/*
 * hash.h - hash maps, in the three shapes the engine needs.
 *
 *   yt_u64_map   uint64_t key -> uint32_t value            (client -> slot)
 *   yt_u32_map   uint32_t key -> uint32_t value            (interned key -> entry, item -> what took its place)
 *   yt_strings   byte strings <-> dense uint32_t ids       (map keys, root names, format keys)
 *
 * All are open addressing tables without deletion tombstones; iteration order is never exposed, ids are dense and in
 * order of arrival, so results do not depend on hashes. An attacker who chooses keys is met with a seed per table.
 */
#ifndef YT_BASE_HASH_H
#define YT_BASE_HASH_H

#include "base/arena.h"
#include "base/memory.h"

typedef struct yt_u64_map {
    uint64_t *keys;
    uint32_t *values; /* UINT32_MAX: empty place */
    uint32_t len, cap;
    uint64_t seed;
} yt_u64_map;

#define YT_NONE UINT32_MAX

void yt_u64_map_free(yt_mem *mem, yt_u64_map *map);
uint32_t yt_u64_map_get(const yt_u64_map *map, uint64_t key); /* YT_NONE if absent */
/* Inserts or replaces; value != YT_NONE. False: no memory, nothing changed. */
bool yt_u64_map_put(yt_mem *mem, yt_u64_map *map, uint64_t key, uint32_t value);
/* Removes (backward shift). No-op if absent. */
void yt_u64_map_remove(yt_u64_map *map, uint64_t key);

/* The same for what counts from 0: handles and the ids below. Smaller, and a place is one read of memory. */
typedef struct yt_u32_map {
    struct yt_u32_place *places;
    uint32_t len, cap, shift;
    uint32_t factors[2];
} yt_u32_map;

void yt_u32_map_free(yt_mem *mem, yt_u32_map *map);
uint32_t yt_u32_map_get(const yt_u32_map *map, uint32_t key);
bool yt_u32_map_put(yt_mem *mem, yt_u32_map *map, uint32_t key, uint32_t value);
void yt_u32_map_remove(yt_u32_map *map, uint32_t key);
size_t yt_u32_map_bytes(const yt_u32_map *map);

typedef struct yt_strings {
    struct yt_string **pages; /* by id: their bytes, and where those are */
    uint32_t len, page_count, pages_cap;
    struct yt_string_place *table;
    uint32_t table_cap;
    uint64_t seed;
    yt_arena bytes; /* of the long ones */
} yt_strings;

void yt_strings_free(yt_mem *mem, yt_strings *strings);
/* Memory that it has; that of the map. */
size_t yt_strings_bytes(const yt_strings *strings);
static inline size_t yt_u64_map_bytes(const yt_u64_map *map) {
    return (size_t)map->cap * (sizeof(uint64_t) + sizeof(uint32_t));
}
/* The id of these bytes, YT_NONE if they are not interned. */
uint32_t yt_strings_find(const yt_strings *strings, yata_str str);
/* Interns: the id, or YT_NONE when out of memory. The bytes are copied and never move. */
uint32_t yt_strings_intern(yt_mem *mem, yt_strings *strings, yata_str str);
yata_str yt_strings_get(const yt_strings *strings, uint32_t id);

#endif
