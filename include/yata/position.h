/* SPDX-License-Identifier: MIT */
/*
 * position.h - relative positions: places in a sequence that stay where they are while others edit.
 *
 * An index means another place as soon as somebody inserts before it. A relative position names the unit beside the
 * place instead, or the end of the type that it is in. It is a plain value: copy it, send it, resolve it where and when
 * the index is needed. Its bytes and its JSON are those of Yjs.
 *
 * Sources: "Relative Positions" in the Yjs documentation; spec/positions.md.
 */
#ifndef YATA_POSITION_H
#define YATA_POSITION_H

#include <yata/doc.h>

#ifdef __cplusplus
extern "C" {
#endif

/* At least one of item, type and root is there. With an item it is the unit beside the place, and type or root are only
 * told along; without one the place is an end of that type. */
typedef struct yata_position {
    bool has_item, has_type, has_root;
    yata_id item;
    yata_id type;  /* the unit that made the type, when it is nested */
    yata_str root; /* its name, when it is a root: a view of what the position was made from */
    /* Which neighbour is meant. 0 or more: the unit behind the place, or the end of the type; what is inserted at the
     * place comes before it. Less than 0: the unit before the place, or the start. At most 2^53-1 either way. */
    int64_t assoc;
} yata_position;

/* Made by ----------------------------------------------------------------- */

/* The place before `index` in any type that is a sequence (also the start of a map, which has no units). index: as in
 * text.h for texts and untyped roots, elements for arrays and XML; beyond the length, or inside a character:
 * YATA_ERR_RANGE. The root's name is a view, valid as long as the document. O(finding the index). */
YATA_API yata_status yata_position_from_index(yata_type type, uint32_t index, int64_t assoc, yata_position *out);

/* From what yata_position_encode or Yjs wrote. Without an association at the end it is 0. What stands behind is
 * ignored. The root's name is a view of `bytes`. Refused: status and, in fault (may be NULL), where. */
YATA_API yata_status yata_position_decode(yata_bytes bytes, yata_position *out, yata_fault *fault);

/* From JSON text: {"item": {"client": 1, "clock": 2}, "type": {...}, "tname": "name", "assoc": 0}, each of them also
 * null or missing, other members ignored. None of item, type and tname, or one of another form: YATA_ERR_VALUE. The
 * root's name is appended to `name`, of which it is a view. fault may be NULL. */
YATA_API yata_status yata_position_from_json(yata_str json, yata_buffer *name, yata_position *out, yata_fault *fault);

/* Written as -------------------------------------------------------------- */

/* Appends the bytes: only the first of item, root and type is written. */
YATA_API yata_status yata_position_encode(const yata_position *position, yata_buffer *out);
/* Appends JSON text: all that is there, in the order type, tname, item, assoc. */
YATA_API yata_status yata_position_to_json(const yata_position *position, yata_buffer *out);

/* Used for ---------------------------------------------------------------- */

/* Where it is now: the type, and the index in it (unit: as above). A deleted unit stands for where it was; a place in a
 * deleted type has index 0, and functions on that type answer YATA_ERR_GONE. An index that would lie inside a character
 * is that of its start.
 * follow_redone: where undo brought a deleted unit back, the position follows it. Only the document that did the undo
 * knows; pass false where all peers must get the same answer.
 * YATA_ERR_NOT_FOUND: the unit, type or root has not arrived here yet; YATA_ERR_GONE: it was collected.
 * O(log n) in a transaction and in sequences that were searched in one, else O(items before it). */
YATA_API yata_status yata_position_resolve(const yata_position *position, const yata_doc *doc, bool follow_redone,
                                           yata_type *type, uint32_t *index);

/* Do both say the same, with all their parts? */
YATA_API bool yata_position_equal(const yata_position *a, const yata_position *b);

#ifdef __cplusplus
}
#endif
#endif
