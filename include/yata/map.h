/* SPDX-License-Identifier: MIT */
/* map.h - shared maps (Y.Map); also the attributes of XML elements and texts. Keys are UTF-8. */
#ifndef YATA_MAP_H
#define YATA_MAP_H

#include <yata/doc.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Sets a key to a plain value, also UNDEFINED. TYPE and DOC: YATA_ERR_ARGUMENT, see set_type. */
YATA_API yata_status yata_map_set(yata_type map, yata_txn *txn, yata_str key, const yata_value *value);
/* Sets a key to an empty shared type. name: tag of XML elements, name of hooks; ignored for others. */
YATA_API yata_status yata_map_set_type(yata_type map, yata_txn *txn, yata_str key, yata_kind kind, yata_str name,
                                       yata_type *out);
/* YATA_ERR_NOT_FOUND when there is no such key; nothing changes then. */
YATA_API yata_status yata_map_delete(yata_type map, yata_txn *txn, yata_str key);
/* Deletes every key. */
YATA_API yata_status yata_map_clear(yata_type map, yata_txn *txn);
/* out: a view, valid until the next change of the document; NULL to ask only. YATA_ERR_NOT_FOUND. */
YATA_API yata_status yata_map_get(yata_type map, yata_str key, yata_value *out);
/* Keys that have a value. O(1). */
YATA_API yata_status yata_map_size(yata_type map, uint32_t *out);

/* Walks the entries in the order in which their keys were first set. Any change of the document ends the walk. */
typedef struct yata_map_iter {
    yata_type map;
    uint32_t entry;
} yata_map_iter;
YATA_API yata_status yata_map_iter_init(yata_map_iter *iter, yata_type map);
YATA_API bool yata_map_iter_next(yata_map_iter *iter, yata_str *key, yata_value *out);

#ifdef __cplusplus
}
#endif
#endif
