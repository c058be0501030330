/* SPDX-License-Identifier: MIT */
/*
 * id_map.h - attributes of ids: who made them, when, why (attribution).
 *
 * A map gives runs of clocks of each client a list of attributes, each a name and any plain value. Runs do not overlap,
 * and neighbours with the same attributes are one run. Two attributes are the same when name and value are; a list
 * holds each once, in the order in which they came. Names with a meaning for Yjs 14: insert, insertAt, delete,
 * deleteAt, format, formatAt; names that begin with '_' are not shown.
 *
 * A map has its own memory and belongs to the caller. A function that fails leaves the map as it was.
 *
 * Sources: "IdMap" in the source of Yjs 14; spec/id-sets.md.
 */
#ifndef YATA_ID_MAP_H
#define YATA_ID_MAP_H

#include <yata/id_set.h>
#include <yata/value.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct yata_id_map yata_id_map;

/* value: no shared type, no subdocument. As output: views into the map, valid until it is freed or changed. */
typedef struct yata_attribute {
    yata_str name;
    yata_value value;
} yata_attribute;

/* A run of ids with one list of attributes. */
typedef struct yata_attributed {
    yata_id first;
    uint32_t len;
    bool known;              /* false: these ids are not in the map (only yata_id_map_slice) */
    uint32_t count;          /* attributes */
    uint32_t attribute_list; /* for yata_id_map_attribute */
} yata_attributed;

/* allocator: NULL for the default. Copied. */
YATA_API yata_status yata_id_map_new(const yata_allocator *allocator, yata_id_map **out);
YATA_API void yata_id_map_free(yata_id_map *map); /* NULL is fine */
YATA_API yata_status yata_id_map_copy(const yata_id_map *map, yata_id_map **out);

/* Gives [first, first + len) these attributes, beside those that they have. Limits as in yata_id_set_add; bad names or
 * values are a status. Without attributes the ids are in the map all the same. Where lists are joined, that of the run
 * that begins earlier comes first, and of two that begin together the older. O(log runs of the client + runs behind).
 */
YATA_API yata_status yata_id_map_add(yata_id_map *map, yata_id first, uint32_t len, const yata_attribute *attributes,
                                     uint32_t count);
YATA_API yata_status yata_id_map_remove(yata_id_map *map, yata_id first, uint32_t len);
YATA_API bool yata_id_map_contains(const yata_id_map *map, yata_id id);
YATA_API bool yata_id_map_is_empty(const yata_id_map *map);
YATA_API uint32_t yata_id_map_run_count(const yata_id_map *map);
/* *equal: the same ids with the same attributes, in whatever order lists name them? O(both). */
YATA_API yata_status yata_id_map_equal(const yata_id_map *a, const yata_id_map *b, bool *equal);

/* Walks the runs, clients and clocks ascending. The map must not change meanwhile. */
typedef struct yata_id_map_iter {
    const yata_id_map *map;
    uint32_t client, at;
} yata_id_map_iter;
YATA_API yata_id_map_iter yata_id_map_begin(const yata_id_map *map);
YATA_API bool yata_id_map_next(yata_id_map_iter *iter, yata_attributed *out);
/* Walks [first, first + len) without a gap: what is not in the map comes as a run that is not `known`. */
typedef struct yata_id_map_slice_iter {
    const yata_id_map *map;
    uint32_t client, at, end;
    yata_id next;
} yata_id_map_slice_iter;
YATA_API yata_id_map_slice_iter yata_id_map_slice(const yata_id_map *map, yata_id first, uint32_t len);
YATA_API bool yata_id_map_slice_next(yata_id_map_slice_iter *iter, yata_attributed *out);
/* Attribute i of a run; YATA_ERR_RANGE beyond its count. */
YATA_API yata_status yata_id_map_attribute(const yata_id_map *map, const yata_attributed *run, uint32_t i,
                                           yata_attribute *out);

/* ------------------------------------------------------------------------
 * Algebra, into `map`. O(runs of both).
 */
YATA_API yata_status yata_id_map_merge(yata_id_map *map, const yata_id_map *other);
/* Takes out the ids that `other` has, whatever their attributes. */
YATA_API yata_status yata_id_map_diff(yata_id_map *map, const yata_id_map *other);
YATA_API yata_status yata_id_map_diff_set(yata_id_map *map, const yata_id_set *other);
/* Keeps the ids that both have, with the attributes of both. */
YATA_API yata_status yata_id_map_intersect(yata_id_map *map, const yata_id_map *other);
YATA_API yata_status yata_id_map_intersect_set(yata_id_map *map, const yata_id_set *other);
/* Keeps the runs for which `keep` says so. It must not change the map. */
typedef bool (*yata_id_map_filter_fn)(void *ctx, const yata_id_map *map, const yata_attributed *run);
YATA_API yata_status yata_id_map_filter(yata_id_map *map, yata_id_map_filter_fn keep, void *ctx);
/* Adds all ids of a set, with these attributes. */
YATA_API yata_status yata_id_map_add_set(yata_id_map *map, const yata_id_set *set, const yata_attribute *attributes,
                                         uint32_t count);
/* Adds all ids of the map to a set. */
YATA_API yata_status yata_id_map_to_set(const yata_id_map *map, yata_id_set *set);

/* ------------------------------------------------------------------------
 * Bytes. V2: encodeIdMap of Yjs 14. V1 and YRS: what yrs and pycrdt write. The forms cannot be told apart by looking.
 */

/* Appends the map. */
YATA_API yata_status yata_id_map_encode(const yata_id_map *map, yata_id_format format, yata_buffer *out);
/* Merges what the bytes say into the map. used, fault: as in yata_id_set_decode. Runs that go back or overlap, a client
 * that comes twice and numbers of attributes beyond the next new one are YATA_ERR_VALUE. */
YATA_API yata_status yata_id_map_decode(yata_id_map *map, yata_bytes bytes, yata_id_format format, size_t *used,
                                        yata_fault *fault);

#ifdef __cplusplus
}
#endif
#endif
