/* SPDX-License-Identifier: MIT */
/*
 * any.h - lib0 "any" values as bytes (spec/lib0.md).
 *
 * Inside the engine a plain value IS its bytes, in the form in which lib0 writes it ("canonical": minimal varints,
 * integers of at most 31 bits as integers, other numbers as float32 when exact, else float64; members of objects in the
 * order of JavaScript, each name once). Re-encoding is then a memcpy and equals what yjs writes after reading the same
 * value.
 */
#ifndef YT_WIRE_ANY_H
#define YT_WIRE_ANY_H

#include "wire/reader.h"
#include "wire/writer.h"
#include <yata/value.h>

/* Tags */
enum {
    YT_ANY_BINARY = 116,
    YT_ANY_ARRAY = 117,
    YT_ANY_OBJECT = 118,
    YT_ANY_STRING = 119,
    YT_ANY_TRUE = 120,
    YT_ANY_FALSE = 121,
    YT_ANY_BIGINT = 122,
    YT_ANY_FLOAT64 = 123,
    YT_ANY_FLOAT32 = 124,
    YT_ANY_INTEGER = 125,
    YT_ANY_NULL = 126,
    YT_ANY_UNDEFINED = 127
};

/* Reads and checks one value (depth at most YT_ANY_DEPTH: YATA_ERR_LIMIT). Returns its bytes in the input; `*canonical`
 * tells whether they are canonical; it may say no for a canonical object with many members, because nothing is
 * allocated to remember them. keep_floats: a float without fraction is canonical, too (yt_mem). No recursion. O(size).
 */
yata_bytes yt_any_read(yt_reader *r, bool keep_floats, bool *canonical);
/* Reads one value that must be the whole of `any` and of this tag: trailing bytes and other tags are YATA_ERR_VALUE. */
yata_status yt_any_check(yata_bytes any, uint8_t tag, bool keep_floats, bool *canonical);
/* Appends the canonical form of one checked value. O(size), while it works as much memory for its objects' members. */
void yt_any_write_canonical(yt_writer *w, yata_bytes any);
/* Values that are written while their counts are not known: one byte is kept for a count, later the count is put at
 * `at`, and what follows moves if it needs more. In the end the one value from `start` on is made canonical. */
void yt_any_write_count(yt_writer *w, size_t at, uint32_t count);
void yt_any_put_in_order(yt_writer *w, size_t start);
/* End of the checked value that starts at `p`. O(size), O(1) for scalars, strings and binary. */
const uint8_t *yt_any_skip(const uint8_t *p, const uint8_t *end);
/* A view of one checked value. */
void yt_any_view(yata_bytes any, yata_value *out);
/* Appends a value given by a caller, canonical. Bad UTF-8, TYPE, DOC, malformed `any`: a status, and nothing is
 * appended. */
yata_status yt_any_write_value(yt_writer *w, const yata_value *value);

/* Appends a number as lib0 does. */
void yt_any_write_number(yt_writer *w, double x);
/* Appends a float, also one without fraction, as yrs does from 0.28 on. */
void yt_any_write_float(yt_writer *w, double x);
/* The place of this name among an object's members in JavaScript: true for 0 to 2^32-2 in plain decimal, which come
 * first, ascending. */
bool yt_any_key_index(yata_str key, uint32_t *index);

/* JSON of one checked, canonical value, as JSON.stringify prints it; see yata_value_to_json for what JSON lacks.
 * Undefined at the top prints "null". */
void yt_any_to_json(yt_writer *w, yata_bytes any);
/* The same for the wire: binary is an object of its bytes, as to JSON.stringify. */
void yt_any_stringify(yt_writer *w, yata_bytes any);
/* Appends one checked, canonical value as JavaScript's String() prints it: "null", "1,2", "[object Object]", ... */
void yt_any_to_string(yt_writer *w, yata_bytes any);
/* Appends a JSON string literal of these bytes. */
void yt_json_write_string(yt_writer *w, yata_str str);
/* Appends base64 (with padding). */
void yt_json_write_base64(yt_writer *w, yata_bytes bytes);
/* Parses one JSON text that must end with the reader; appends canonical lib0 bytes. Faults go to the reader
 * (YATA_ERR_JSON, YATA_ERR_UTF8, YATA_ERR_LIMIT for depth), out of memory to the writer; either appends nothing; lone
 * surrogates in \u escapes become U+FFFD. Of members with equal names the last one wins, at the place of the first;
 * integer-like names come first, ascending: both as in JavaScript. */
void yt_json_read(yt_reader *r, yt_writer *any);
/* Appends the JSON of a value given by a caller. TYPE lives above this layer: YATA_ERR_ARGUMENT. */
yata_status yt_value_plain_to_json(const yata_value *value, yata_buffer *out);

#endif
