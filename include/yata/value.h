/* SPDX-License-Identifier: MIT */
/*
 * value.h - plain values: what maps and arrays hold besides shared types.
 *
 * They are the values of lib0's "any" encoding (spec/lib0.md): undefined, null,
 * booleans, integers, floats, big integers, strings, binary, arrays, objects.
 * Arrays and objects are carried as their lib0 bytes, inside the document and
 * in this interface alike; read them with yata_value_iter, make them with
 * yata_builder or from JSON text.
 */
#ifndef YATA_VALUE_H
#define YATA_VALUE_H

#include <yata/base.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef enum yata_value_kind {
    YATA_VALUE_UNDEFINED = 0,
    YATA_VALUE_NULL = 1,
    YATA_VALUE_BOOL = 2,
    YATA_VALUE_INT = 3,    /* a number without fraction; on the wire |i| <= 2^31-1     */
    YATA_VALUE_FLOAT = 4,  /* any other number                                         */
    YATA_VALUE_BIGINT = 5, /* JavaScript's 123n; 64 bits on the wire                   */
    YATA_VALUE_STRING = 6,
    YATA_VALUE_BINARY = 7,
    YATA_VALUE_ARRAY = 8,  /* u.any: one whole lib0 "any" of tag 117                   */
    YATA_VALUE_OBJECT = 9, /* u.any: one whole lib0 "any" of tag 118, key order kept   */
    YATA_VALUE_TYPE = 10,  /* u.type: a shared type (only read; made by *_insert_type) */
    YATA_VALUE_DOC = 11    /* u.string: guid of a subdocument (only read; subdoc.h)    */
} yata_value_kind;

/* As output: views into the document, valid until its next change.
 * As input: views of the caller's memory, copied before the call returns. */
typedef struct yata_value {
    yata_value_kind kind;
    union {
        bool boolean;
        int64_t integer; /* INT (|i| <= 2^53-1) and BIGINT */
        double number;   /* FLOAT */
        struct {
            int64_t integer; /* the same */
            bool is_float;   /* of an INT that was read: it is a float on the wire, as JavaScript writes whole
                                numbers beyond 2^31-1, and as any may be in documents that keep floats
                                (yata_doc_options). To write it again as one, make it a FLOAT */
        } typed;
        yata_str string;
        yata_bytes binary;
        yata_bytes any;
        yata_type type;
    } u;
} yata_value;

/* Walks the elements of an ARRAY or the members of an OBJECT, in their order.
 * Shape: yata_value_iter it; yata_value_iter_init(&it, &v);
 *        while (yata_value_iter_next(&it, &key, &value)) ...                     */
typedef struct yata_value_iter {
    const uint8_t *pos, *end;
    uint32_t left;
    bool object;
} yata_value_iter;

/* YATA_ERR_TYPE if the value is neither ARRAY nor OBJECT, and any fault of its bytes. O(size): they are
 * checked before the first step, because a caller may bring them. */
YATA_API yata_status yata_value_iter_init(yata_value_iter *iter, const yata_value *value);
/* False at the end. `key` ({NULL,0} in arrays, may be NULL) and `value` are views. O(size of the value). */
YATA_API bool yata_value_iter_next(yata_value_iter *iter, yata_str *key, yata_value *value);
/* Elements or members; 0 for other kinds. O(1). */
YATA_API uint32_t yata_value_count(const yata_value *value);

/* Builds one array or object. Calls nest: begin_* opens, end closes.
 *   yata_builder b; yata_builder_init(&b, NULL);
 *   yata_builder_begin_object(&b); yata_builder_key(&b, key); yata_builder_add(&b, &v);
 *   yata_builder_end(&b); yata_builder_finish(&b, &value); ...use value...; yata_builder_free(&b);
 * Errors stick and are reported by finish. */
typedef struct yata_builder {
    yata_buffer bytes;
    yata_status status;
    uint32_t depth;
    struct yata_builder_level *levels;
    uint32_t levels_cap;
    bool keep_floats; /* to be set after init: FLOAT 5.0 does not become 5. For documents that keep floats */
} yata_builder;

YATA_API void yata_builder_init(yata_builder *builder, const yata_allocator *allocator);
YATA_API void yata_builder_begin_array(yata_builder *builder);
YATA_API void yata_builder_begin_object(yata_builder *builder);
YATA_API void yata_builder_key(yata_builder *builder, yata_str key);
YATA_API void yata_builder_add(yata_builder *builder, const yata_value *value);
YATA_API void yata_builder_end(yata_builder *builder);
/* The value lives in the builder, until its next call. YATA_ERR_STATE if something is still open. */
YATA_API yata_status yata_builder_finish(yata_builder *builder, yata_value *out);
YATA_API void yata_builder_free(yata_builder *builder);

/* Parses JSON text (RFC 8259) into lib0 bytes appended to `bytes`, and gives the value over them.
 * The value is a view of `bytes`, valid until it changes. fault (may be NULL): where it went wrong. */
YATA_API yata_status yata_value_from_json(yata_str json, yata_buffer *bytes, yata_value *out, yata_fault *fault);

/* Appends the value as JSON, as JavaScript's JSON.stringify prints it: undefined members are left out, undefined
 * in arrays and NaN are null. What JSON lacks: big integers print as integers, binary as {"$binary":"<base64>"},
 * subdocuments as {"$doc":"<guid>"}. Shared types print their content: nothing, when they were deleted meanwhile, as
 * those that an event names can be; collected ones are YATA_ERR_GONE. */
YATA_API yata_status yata_value_to_json(const yata_value *value, yata_buffer *out);

#ifdef __cplusplus
}
#endif
#endif
