/* SPDX-License-Identifier: MIT */
/*
 * format.h - formats of rich text, on items: what holds at a place, and removal of formats that change nothing.
 *
 * A format is an item (key, value) that holds from its place on, until the next one of the same key; value null ends
 * it.
 */
#ifndef YT_DOC_FORMAT_H
#define YT_DOC_FORMAT_H

#include "doc/chunk.h"
#include "doc/txn.h"

/* Keys and values in force, in the order in which they came: JavaScript's Map. Views: of chunks, which do not move
 * inside an operation, or of the caller. */
typedef struct yt_attribute {
    yata_bytes key, value; /* value: one canonical any */
    yt_slice home;         /* the format they are views of; chunk YT_NONE: the caller's */
    uint32_t mark;         /* whatever a holder wants to remember; sorting uses it */
    uint32_t name;         /* of the index */
} yt_attribute;

/* More than a few are found through an index. Then a removed one leaves a place without value, which is passed over
 * (yt_attribute_there), until half of the places are such. */
typedef struct yt_attributes {
    YT_VEC(yt_attribute) all;
    uint32_t gone;
    struct yt_attribute_index *index;
} yt_attributes;

static inline bool yt_attribute_there(const yt_attribute *attribute) {
    return attribute->value.len != 0;
}
static inline uint32_t yt_attributes_count(const yt_attributes *attributes) {
    return attributes->all.len - attributes->gone;
}

void yt_attributes_free(yt_mem *mem, yt_attributes *attributes);
const yt_attribute *yt_attribute_entry(const yt_attributes *attributes, yata_bytes key);
/* Its value, NULL if it is not there. */
const yata_bytes *yt_attribute_get(const yt_attributes *attributes, yata_bytes key);
/* False: no memory, nothing changed. */
bool yt_attribute_put(yt_mem *mem, yt_attributes *attributes, yt_attribute attribute);
/* The same of a caller's key and value. */
bool yt_attribute_set(yt_mem *mem, yt_attributes *attributes, yata_bytes key, yata_bytes value);
void yt_attribute_remove(yt_attributes *attributes, yata_bytes key);
/* Brings them into the order of the members of a JavaScript object: names that are indexes first, ascending. */
void yt_attributes_arrange(yt_attributes *attributes);
/* Sorts by any order of whole entries; afterwards no place is without value. */
void yt_attributes_sort(yt_attributes *attributes, bool (*before)(const void *a, const void *b));
bool yt_attributes_copy(yt_mem *mem, yt_attributes *to, const yt_attributes *from);

extern const yata_bytes yt_any_null;
/* The value of a key, null if it is not there. */
yata_bytes yt_attribute_or_null(const yt_attributes *attributes, yata_bytes key);

/* The same value (=== of JavaScript): equal scalars; arrays, objects and binary only if they are one thing, that is,
 * the same bytes in memory. */
bool yt_attribute_same(yata_bytes a, yata_bytes b);
/* Equal as attributes: the same, or arrays, objects or binary whose members are the same, in any order; so nested ones
 * are never equal. */
bool yt_attribute_equal(yata_bytes a, yata_bytes b);

yata_bytes yt_format_key(const yata_doc *doc, const yt_item *format);
yata_bytes yt_format_value(const yata_doc *doc, const yt_item *format);
yt_attribute yt_format_attribute(const yata_doc *doc, const yt_item *format);
/* Brings `current` up to date behind this format. mem: of `current`; who only reads has one of his own. */
bool yt_format_pass(const yata_doc *doc, yt_mem *mem, yt_attributes *current, const yt_item *format);

/* Removes what is superfluous between `start` and the next visible item, before which `at_start` holds. `current` is
 * what holds at `here`, an item of that stretch or behind it, and is corrected. */
yata_status yt_format_clean_gap(yata_txn *txn, yt_ref start, yt_ref here, const yt_attributes *at_start,
                                yt_attributes *current);

/* The same by the rules of yrs: up to the next text behind `here`, deleted or not, what is not in force there or was
 * before. */
yata_status yt_format_clean_behind(yata_txn *txn, yt_ref start, yt_ref here, const yt_attributes *at_start,
                                   yt_attributes *current);

/* After a transaction that came from outside: removes formats that became superfluous, in the open transaction `txn`.
 * Every peer does this by itself, and all remove the same ones. */
yata_status yt_format_clean_after(yata_txn *txn, const yata_txn *ended);
/* Whether there is anything to look at is decided when the observers of a changed text have been called: what observers
 * do later to texts does not count. */
void yt_format_note_change(yata_txn *ended, const yt_branch *branch);
void yt_format_note_changes(yata_txn *ended);

#endif
