/* SPDX-License-Identifier: MIT */
/*
 * any.h - lib0 "any" values as bytes (spec/lib0.md).
 *
 * Inside the engine a plain value IS its bytes, in the form in which lib0 writes it ("canonical": minimal varints,
 * integers of at most 31 bits as integers, other numbers as float32 when exact, else float64). Re-encoding is then a
 * memcpy and equals what yjs writes after reading the same value.
 */
#ifndef YT_WIRE_ANY_H
#define YT_WIRE_ANY_H

#include "wire/reader.h"
#include "wire/writer.h"
#include <yata/value.h>

/* Reads and checks one value (depth at most YT_ANY_DEPTH: YATA_ERR_LIMIT). Returns its bytes in the input; `*canonical`
 * tells whether they are canonical. No recursion, nothing allocated. O(size). */
yata_bytes yt_any_read(yt_reader *r, bool *canonical);
/* Appends the canonical form of one checked value. */
void yt_any_write_canonical(yt_writer *w, yata_bytes any);
/* End of the checked value that starts at `p`. O(size), O(1) for scalars, strings and binary. */
const uint8_t *yt_any_skip(const uint8_t *p, const uint8_t *end);
/* A view of one checked value. */
void yt_any_view(yata_bytes any, yata_value *out);
/* Appends a value given by a caller, canonical. Bad UTF-8, TYPE, DOC, malformed `any`: a status, and nothing is
 * appended. */
yata_status yt_any_write_value(yt_writer *w, const yata_value *value);

/* JSON of one checked value, as JSON.stringify prints it; see yata_value_to_json for what JSON lacks.
 * yt_any_is_undefined values at the top print "null" unless the caller leaves them out. */
void yt_any_to_json(yt_writer *w, yata_bytes any);
/* Appends a JSON string literal of these bytes. */
void yt_json_write_string(yt_writer *w, yata_str str);
/* Appends base64 (with padding). */
void yt_json_write_base64(yt_writer *w, yata_bytes bytes);
/* Parses one JSON text that must end with the reader; appends canonical lib0 bytes. Faults go to the reader
 * (YATA_ERR_JSON, YATA_ERR_LIMIT for depth); lone surrogates in \u escapes become U+FFFD. Of members with equal names
 * the last one wins, at the place of the first; integer-like names come first, ascending: both as in JavaScript. */
void yt_json_read(yt_reader *r, yt_writer *any);

#endif
