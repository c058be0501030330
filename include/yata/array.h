/* SPDX-License-Identifier: MIT */
/* array.h - shared arrays (Y.Array). Indexes and lengths count elements. */
#ifndef YATA_ARRAY_H
#define YATA_ARRAY_H

#include <yata/doc.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Inserts `count` plain values before `index` (at most the length, else YATA_ERR_RANGE). All or nothing.
 * TYPE and DOC values are YATA_ERR_ARGUMENT, see insert_type. UNDEFINED is taken: Yjs reads it, though its own arrays
 * refuse it from a caller. */
YATA_API yata_status yata_array_insert(yata_type array, yata_txn *txn, uint32_t index, const yata_value *values,
                                       size_t count);
/* After the very last element, deleted ones included: what push() of Yjs does. It may differ in bytes, never in
 * content, from an insert at the length. */
YATA_API yata_status yata_array_push(yata_type array, yata_txn *txn, const yata_value *values, size_t count);
/* Inserts an empty shared type. name: tag of XML elements, name of hooks; ignored for others. */
YATA_API yata_status yata_array_insert_type(yata_type array, yata_txn *txn, uint32_t index, yata_kind kind,
                                            yata_str name, yata_type *out);
YATA_API yata_status yata_array_push_type(yata_type array, yata_txn *txn, yata_kind kind, yata_str name,
                                          yata_type *out);
/* Deletes [index, index+len); beyond the end: YATA_ERR_RANGE and nothing changes. */
YATA_API yata_status yata_array_delete(yata_type array, yata_txn *txn, uint32_t index, uint32_t len);
YATA_API yata_status yata_array_length(yata_type array, uint32_t *out);
/* out: a view, valid until the next change of the document. YATA_ERR_RANGE at or beyond the length. */
YATA_API yata_status yata_array_get(yata_type array, uint32_t index, yata_value *out);

/* Walks the elements in order, O(1) each. Any change of the document ends the walk. */
typedef struct yata_array_iter {
    yata_type array;
    uint32_t item, offset;
} yata_array_iter;
YATA_API yata_status yata_array_iter_init(yata_array_iter *iter, yata_type array);
YATA_API bool yata_array_iter_next(yata_array_iter *iter, yata_value *out);

#ifdef __cplusplus
}
#endif
#endif
