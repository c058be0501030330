/* SPDX-License-Identifier: MIT */
/*
 * format.h - formats of rich text, on items: what holds at a place, and removal of formats that change nothing.
 *
 * A format is an item (key, value) that holds from its place on, until the next one of the same key; value null ends
 * it.
 */
#ifndef YT_DOC_FORMAT_H
#define YT_DOC_FORMAT_H

#include "doc/txn.h"

/* Keys and values in force, in the order in which they came: JavaScript's Map. Views: of chunks, which do not move
 * inside an operation, or of the caller. */
typedef struct yt_attribute {
    yata_bytes key, value; /* value: one canonical any */
} yt_attribute;

typedef struct yt_attributes {
    YT_VEC(yt_attribute) all;
} yt_attributes;

void yt_attributes_free(yt_mem *mem, yt_attributes *attributes);
/* Its value, NULL if it is not there. */
const yata_bytes *yt_attribute_get(const yt_attributes *attributes, yata_bytes key);
/* False: no memory, nothing changed. */
bool yt_attribute_set(yt_mem *mem, yt_attributes *attributes, yata_bytes key, yata_bytes value);
void yt_attribute_remove(yt_attributes *attributes, yata_bytes key);
bool yt_attributes_copy(yt_mem *mem, yt_attributes *to, const yt_attributes *from);

extern const yata_bytes yt_any_null;
/* The value of a key, null if it is not there. */
yata_bytes yt_attribute_or_null(const yt_attributes *attributes, yata_bytes key);

/* Equal as attributes: the same bytes, or objects with equal members in any order. */
bool yt_attribute_equal(yata_bytes a, yata_bytes b);

yata_bytes yt_format_key(const yata_doc *doc, const yt_item *format);
yata_bytes yt_format_value(const yata_doc *doc, const yt_item *format);
static inline bool yt_is_format(const yt_item *it) {
    return it->content == YT_FORMAT && !yt_is_deleted(it);
}
/* Brings `current` up to date behind this format. */
bool yt_format_pass(yata_doc *doc, yt_attributes *current, const yt_item *format);

/* Removes what is superfluous between `start` and the next visible item, before which `at_start` holds. `current` is
 * what holds at `here`, an item of that stretch or behind it, and is corrected. */
yata_status yt_format_clean_gap(yata_txn *txn, yt_ref start, yt_ref here, const yt_attributes *at_start,
                                yt_attributes *current);

/* After a transaction that came from outside: removes formats that became superfluous, in the open transaction `txn`.
 * Every peer does this by itself, and all remove the same ones. */
yata_status yt_format_clean_after(yata_txn *txn, const yata_txn *ended);
/* Is there anything to look at? */
bool yt_format_needs_cleaning(const yata_txn *ended);

#endif
