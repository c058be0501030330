/* SPDX-License-Identifier: MIT */
/* content.h - what an item holds: import from a block, split, join, drop, view. */
#ifndef YT_DOC_CONTENT_H
#define YT_DOC_CONTENT_H

#include "doc/chunk.h"

static inline yt_slice yt_slice_of(const yt_item *it) {
    yt_slice slice = {it->chunk, it->at};
    return slice;
}

/* Gives `it` the content of b from clock `offset` on, and sets content and len. For TYPE the branch is made, with owner
 * `ref`. The block's views are copied. False: no memory, nothing changed. */
bool yt_content_import(yata_doc *doc, yt_ref ref, const yt_block *b, uint32_t offset);
/* Releases it. DELETED and TYPE hold nothing here: the branch of a TYPE is freed by whoever frees the item. */
void yt_content_drop(yata_doc *doc, const yt_item *it);

/* Frees an item that did not get into the document, with its content. */
void yt_item_discard(yata_doc *doc, yt_ref ref);

/* Cuts content at clock `diff` (0 < diff < len) of left: the rest becomes right's. Sets content, chunk, at, wide and
 * both lengths. A cut inside a surrogate pair replaces both halves by U+FFFD. False: no memory, nothing changed. */
bool yt_content_split(yata_doc *doc, yt_item *left, uint32_t diff, yt_item *right);
/* Appends right's content to left's, if the kinds allow it, and sets left's length. False: they don't, or no memory. */
bool yt_content_join(yata_doc *doc, yt_item *left, const yt_item *right);

/* The block's content fields (content, len, data, name, type_ref) as views of the document. */
void yt_content_view(const yata_doc *doc, const yt_item *it, yt_block *b);
/* Element `i` of ANY or JSON, or the only value of other kinds, as a value. */
void yt_content_value(const yata_doc *doc, const yt_item *it, uint32_t i, yata_value *out);

/* Element `i` of an item that is read as part of an array: as above, but of a STRING the character that holds code unit
 * `i`; of a surrogate pair each half is U+FFFD. O(i) in text that is not ASCII. */
void yt_content_element(const yata_doc *doc, const yt_item *it, uint32_t i, yata_value *out);

/* UTF-8 bytes of a STRING. */
uint32_t yt_text_bytes(const yata_doc *doc, const yt_item *it);
/* Length in the document's offset unit, deleted or not. */
static inline uint32_t yt_units(const yata_doc *doc, const yt_item *it);
uint32_t yt_units_wide(const yata_doc *doc, const yt_item *it); /* of a text that is not ASCII */
/* Clock offset inside `it` of a unit offset (0 <= units <= its units). False: it lies inside a character, which the
 * unit does not allow. */
static inline bool yt_units_to_clocks(const yata_doc *doc, const yt_item *it, uint32_t units, uint32_t *clocks);
bool yt_units_to_clocks_wide(const yata_doc *doc, const yt_item *it, uint32_t units, uint32_t *clocks);
/* Units of the first `clocks` clocks. */
uint32_t yt_clocks_to_units(const yata_doc *doc, const yt_item *it, uint32_t clocks);

/* Puts the content of a block (a text or values, as the item has them) behind that of the item, if there is room where
 * that ends. False: there is none; nothing changed. */
bool yt_content_grow(yata_doc *doc, yt_item *it, const yt_block *content);
/* Leaves the first `len` clocks of a text or of values, which end between two characters. */
void yt_content_cut(const yata_doc *doc, yt_item *it, uint32_t len);
/* Is there no surrogate pair over the border between these clocks of a text and those before? */
bool yt_text_has_border(const yata_doc *doc, const yt_item *it, uint32_t clocks);
/* Leaves the clocks [from, to) of a text, both at such borders. */
void yt_text_keep(const yata_doc *doc, yt_item *it, uint32_t from, uint32_t to);
/* What `wide` is of a text. */
static inline uint16_t yt_text_wide(uint32_t bytes, uint32_t len) {
    uint32_t wide = bytes - len; /* UTF-8 is never shorter than UTF-16 counted in units */
    return wide < YT_WIDE_MANY ? (uint16_t)wide : YT_WIDE_MANY;
}

/* Is a clock a unit all through the item? */
static inline bool yt_units_are_clocks(const yata_doc *doc, const yt_item *it) {
    return it->content != YT_STRING || !it->wide || doc->unit == YATA_OFFSET_UTF16;
}
static inline uint32_t yt_units(const yata_doc *doc, const yt_item *it) {
    return YT_LIKELY(yt_units_are_clocks(doc, it)) ? it->len : yt_units_wide(doc, it);
}
/* The units that can be seen. Walks over a list meet dead and living items in no order that a processor could foresee:
 * the common case has no branch that depends on it. */
static inline uint32_t yt_visible_units(const yata_doc *doc, const yt_item *it) {
    enum { UNCOUNTED = 1 << YT_GC | 1 << YT_DELETED | 1 << YT_FORMAT | 1 << YT_SKIP };
    if (YT_UNLIKELY(it->wide)) return yt_is_visible(it) ? yt_units(doc, it) : 0;
    _Static_assert(YT_ITEM_DELETED == 1, "the lowest bit of either hides it");
    uint32_t hidden = ((uint32_t)UNCOUNTED >> it->content | it->flags) & 1;
    return it->len & (hidden - 1);
}
static inline bool yt_units_to_clocks(const yata_doc *doc, const yt_item *it, uint32_t units, uint32_t *clocks) {
    *clocks = units;
    return YT_LIKELY(yt_units_are_clocks(doc, it)) || yt_units_to_clocks_wide(doc, it, units, clocks);
}

#endif
