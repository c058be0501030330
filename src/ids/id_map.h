/* SPDX-License-Identifier: MIT */
/*
 * id_map.h - runs of ids with lists of attributes (spec/id-sets.md).
 *
 *   clients   4 -> [clock len list][clock len list]...    clients ascending, runs ascending and disjoint
 *   lists     interned arrays of attributes, each attribute once          list 0 is the first that came
 *   attributes  interned: name (4 bytes, its number), then the value as a canonical any
 *   names       interned strings
 *
 * Lists, attributes and names stay until the map is freed; only those that a run names are written. Maps with one
 * history have one form: nothing depends on hashes.
 */
#ifndef YT_IDS_ID_MAP_H
#define YT_IDS_ID_MAP_H

#include "base/hash.h"
#include "base/vec.h"
#include "wire/any.h"
#include <yata/id_map.h>

typedef struct yt_attr_run {
    uint32_t clock, len, list;
} yt_attr_run;

typedef YT_VEC(yt_attr_run) yt_attr_runs;

typedef struct yt_attr_client {
    uint64_t client;
    yt_attr_runs runs; /* not empty */
} yt_attr_client;

typedef struct yt_attr_book {
    yt_strings names, attributes, lists;
    YT_VEC(uint32_t) marks; /* by attribute: the number of the question that met it last */
    uint32_t question;
} yt_attr_book;

struct yata_id_map {
    yt_mem mem;
    YT_VEC(yt_attr_client) clients;
    yt_attr_book book;
};

/* The attributes of a list: `count` numbers, each of 4 bytes, perhaps not aligned. */
yata_str yt_attr_list(const yt_attr_book *book, uint32_t list, uint32_t *count);
static inline uint32_t yt_attr_at(yata_str list, uint32_t i) {
    uint32_t attribute;
    memcpy(&attribute, list.data + 4 * (size_t)i, 4);
    return attribute;
}
/* Name and value of an attribute. */
yata_str yt_attr_name(const yt_attr_book *book, uint32_t attribute, uint32_t *name);
yata_bytes yt_attr_value(const yt_attr_book *book, uint32_t attribute);
/* Interns; YT_NONE: no memory. any: canonical. */
uint32_t yt_attr_intern(yt_mem *mem, yt_attr_book *book, yata_str name, yata_bytes any);
uint32_t yt_attr_intern_list(yt_mem *mem, yt_attr_book *book, const uint32_t *attributes, uint32_t count);
/* The list of all of a, then what b has besides. YT_NONE: no memory. O(length of both). */
uint32_t yt_attr_join(yt_mem *mem, yt_attr_book *book, uint32_t a, uint32_t b);
/* The same attributes in whatever order? O(length). */
bool yt_attr_same(yt_attr_book *book, uint32_t a, uint32_t b);
void yt_attr_book_free(yt_mem *mem, yt_attr_book *book);

/* The place of a client, or where it would stand. */
uint32_t yt_attr_client_place(const yata_id_map *map, uint64_t client);
/* The runs of a client, NULL if it has none. */
const yt_attr_runs *yt_attr_runs_of(const yata_id_map *map, uint64_t client);
/* The place of the first run that ends behind `clock`. */
uint32_t yt_attr_run_place(const yt_attr_runs *runs, uint32_t clock);

/* ------------------------------------------------------------------------
 * Making the runs of a map anew: put in order, then exchanged for the old ones.
 */
typedef struct yt_attr_build {
    yt_mem *mem;
    yt_attr_book *book;
    YT_VEC(yt_attr_client) clients;
    bool failed; /* for want of memory: what follows is ignored */
} yt_attr_build;
yt_attr_build yt_attr_build_for(yata_id_map *map);
/* Clients and clocks ascend; a run that touches the last one and has its attributes joins it. Empty: nothing. */
void yt_attr_put(yt_attr_build *b, uint64_t client, uint32_t from, uint32_t to, uint32_t list);
/* Both, where `a` is the older; each ascending. */
void yt_attr_put_union(yt_attr_build *b, uint64_t client, const yt_attr_run *a, uint32_t a_len,
                       const yt_attr_run *other, uint32_t other_len);
void yt_attr_build_free(yt_attr_build *b);
/* The runs are now those of the map; or YATA_ERR_MEMORY, and the map is as it was. */
yata_status yt_attr_build_finish(yt_attr_build *b, yata_id_map *map);

#endif
