/* SPDX-License-Identifier: MIT */
/*
 * weak.h - weak links: shared types that show what stands elsewhere in the document.
 *
 * A link leads to a map entry, whatever its value is or will be, or quotes a range of a text or a sequence, with
 * everything that is inserted into the range later. What it leads to does not know of it and may be deleted.
 *
 * Weak links are those of yrs. Yjs cannot read updates that contain one (spec/quirks.md, Q94).
 *
 * Make a yata_link first; insert it, as often as you like, as a shared type of kind YATA_KIND_WEAK; from its handle
 * yata_link_of gives the yata_link back. Whoever observes that type (yata_type_observe) is told when what it leads to
 * changes; of such an event only target, path and transaction say anything.
 *
 * Sources: "Weak links" in the documentation of yrs; spec/weak.md.
 */
#ifndef YATA_WEAK_H
#define YATA_WEAK_H

#include <yata/delta.h>
#include <yata/doc.h>

#ifdef __cplusplus
extern "C" {
#endif

/* One end of a range. */
typedef struct yata_link_end {
    bool open;     /* not at an element: the beginning, or the end, of the type                               */
    bool after;    /* the range begins, or ends, behind the element rather than before it                     */
    yata_id id;    /* the element; of an open end the item that holds the type, if that is not a root         */
    yata_str root; /* of an open end: the name of the root; data NULL if it is not one. Valid as long as the
                      document, or as long as the caller's memory                                             */
} yata_link_end;

/* What a weak link leads to. Both ends at one element: to that element, or the map entry that it belongs to. */
typedef struct yata_link {
    yata_link_end start, end;
} yata_link;

/* ------------------------------------------------------------------------
 * Making
 */

/* Leads to an entry of a map (or an attribute). YATA_ERR_NOT_FOUND if the key was never set; it may be deleted. */
YATA_API yata_status yata_map_link(yata_type map, yata_str key, yata_link *out);

/* A range of a sequence, in the offset unit of its kind (texts) or in elements. */
typedef struct yata_quote {
    uint32_t start, end;               /* the elements at both ends: both must be there, excluded or not      */
    bool start_open, end_open;         /* from the beginning, to the end: no element at that end              */
    bool start_excluded, end_excluded; /* what is inserted right behind, or before, the element then belongs
                                          to the range, the element does not                                  */
} yata_quote;
/* Quotes a text, an array or the children of an XML type. YATA_ERR_RANGE if an end is not in the sequence, or they are
 * the wrong way round. */
YATA_API yata_status yata_type_quote(yata_type type, const yata_quote *range, yata_link *out);

/* ------------------------------------------------------------------------
 * Inserting. out: NULL, or receives the handle of the link. Ids that nobody has made are YATA_ERR_ARGUMENT.
 */
YATA_API yata_status yata_map_set_link(yata_type map, yata_txn *txn, yata_str key, const yata_link *link,
                                       yata_type *out);
YATA_API yata_status yata_array_insert_link(yata_type array, yata_txn *txn, uint32_t index, const yata_link *link,
                                            yata_type *out);
/* attributes: as in yata_text_embed. */
YATA_API yata_status yata_text_embed_link(yata_type text, yata_txn *txn, uint32_t index, const yata_link *link,
                                          const yata_value *attributes, yata_type *out);

/* ------------------------------------------------------------------------
 * Reading. They take what yata_link_of gives, and links that were not inserted yet.
 */
YATA_API yata_status yata_link_of(yata_type weak, yata_link *out);
/* Are both ends at one element: does it lead to a map entry, or quote just that element? */
YATA_API bool yata_link_single(const yata_link *link);
/* The value of the map entry now, or the first element of the range. YATA_ERR_NOT_FOUND: there is none any more. */
YATA_API yata_status yata_link_deref(const yata_doc *doc, const yata_link *link, yata_value *out);
/* The type that is quoted, and where the elements at the ends are now: *start is the index of the first, *end that of
 * the last, excluded or not; of those that were deleted where they would stand. Open ends: 0 and the length.
 * YATA_ERR_NOT_FOUND: they were collected. */
YATA_API yata_status yata_link_range(const yata_doc *doc, const yata_link *link, yata_type *type, uint32_t *start,
                                     uint32_t *end);

/* Walks the elements of the range that are not deleted; of texts each run of characters, embed or type. The document
 * must not change meanwhile. O(range). */
typedef struct yata_link_iter {
    const yata_doc *doc;
    uint32_t item, at, to; /* the block that is being walked and its clocks that are left */
    uint32_t next;         /* the block behind it */
    uint32_t end_slot, end_clock;
    bool end_after, done;
} yata_link_iter;
YATA_API yata_status yata_link_iter_init(yata_link_iter *iter, const yata_doc *doc, const yata_link *link);
YATA_API bool yata_link_iter_next(yata_link_iter *iter, yata_value *out);
/* Appends the text of the range. */
YATA_API yata_status yata_link_read_text(const yata_doc *doc, const yata_link *link, yata_buffer *out);
/* Appends the text of the range with its formats as tags, as XML texts are printed. */
YATA_API yata_status yata_link_read_xml(const yata_doc *doc, const yata_link *link, yata_buffer *out);

#ifdef __cplusplus
}
#endif
#endif
