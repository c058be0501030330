/* SPDX-License-Identifier: MIT */
/*
 * delta.h - sequences and changes of sequences as lists of operations.
 *
 * The delta format of Quill and Yjs: insert something, retain or delete a stretch; texts have attributes on inserts and
 * retains. A delta owns what it holds. Lengths are in the offset unit of the document that it comes from or is applied
 * to.
 *
 * Source: "Delta Format" in the Yjs documentation.
 */
#ifndef YATA_DELTA_H
#define YATA_DELTA_H

#include <yata/doc.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef enum yata_delta_kind { YATA_DELTA_INSERT = 0, YATA_DELTA_RETAIN = 1, YATA_DELTA_DELETE = 2 } yata_delta_kind;

typedef struct yata_delta_op {
    yata_delta_kind kind;
    uint32_t len; /* RETAIN, DELETE: units */
    /* INSERT: of texts one value, a STRING of any length or an embed or a shared type; of arrays and XML one or more
     * elements */
    const yata_value *values;
    size_t count;
    yata_value attributes; /* an OBJECT, or UNDEFINED where there are none; null in it ends a format */
} yata_delta_op;

typedef struct yata_delta yata_delta;

/* allocator: NULL for the default. */
YATA_API yata_status yata_delta_new(const yata_allocator *allocator, yata_delta **out);
YATA_API void yata_delta_free(yata_delta *delta);
YATA_API size_t yata_delta_count(const yata_delta *delta);
/* A view, valid until the delta changes. YATA_ERR_RANGE. */
YATA_API yata_status yata_delta_at(const yata_delta *delta, size_t i, yata_delta_op *out);
/* Appends a copy. Checked: YATA_ERR_ARGUMENT, YATA_ERR_UTF8. */
YATA_API yata_status yata_delta_push(yata_delta *delta, const yata_delta_op *op);
/* Appends the operations of a JSON array: [{"insert": ..., "attributes": {...}}, {"retain": 3}, {"delete": 1}].
 * YATA_ERR_JSON, YATA_ERR_VALUE for what is no operation. Nothing is appended on failure. */
YATA_API yata_status yata_delta_from_json(yata_delta *delta, yata_str json, yata_fault *fault);
/* Appends the operations as such an array; shared types print their content. */
YATA_API yata_status yata_delta_to_json(const yata_delta *delta, yata_buffer *out);

/* The whole text as inserts: runs with equal attributes, embeds one by one. Appends to `delta`. O(text). */
YATA_API yata_status yata_text_to_delta(yata_type text, yata_delta *delta);
/* Applies it from the start of the text. Inserts and retains give exactly their attributes; retaining past the end
 * makes line feeds, deleting past it stops there, as in Yjs. Inserted shared types cannot be copied: YATA_ERR_ARGUMENT,
 * and nothing is done. Out of memory half-way, it may have been done in part. */
YATA_API yata_status yata_text_apply_delta(yata_type text, yata_txn *txn, const yata_delta *delta);

#ifdef __cplusplus
}
#endif
#endif
