/* SPDX-License-Identifier: MIT */
/*
 * xml.h - XML: fragments, elements, texts and hooks (Y.XmlFragment, Y.XmlElement, Y.XmlText, Y.XmlHook).
 *
 * Fragments and elements have children: elements, texts, hooks, and fragments. This header is about children and the
 * tree; for the rest XML types are what other types are:
 *   attributes of elements and texts, content of hooks   map.h    (values of any kind, types and subdocuments included)
 *   text and formats of texts                            text.h
 *   name of elements and hooks                           yata_type_name
 *
 * Where a type was not yet asked for by kind (UNTYPED roots), these functions answer YATA_ERR_TYPE.
 * Sources: "Y.XmlFragment" and "Y.XmlElement" in the Yjs documentation; spec/types.md.
 */
#ifndef YATA_XML_H
#define YATA_XML_H

#include <yata/doc.h>

#ifdef __cplusplus
extern "C" {
#endif

/* ------------------------------------------------------------------------
 * Children
 *
 * `parent` is an XML_FRAGMENT or XML_ELEMENT. Indexes count children.
 */

/* Inserts a new, empty child before `index` (at most the length, else YATA_ERR_RANGE). kind: one of XML_*; name: tag of
 * elements, name of hooks, ignored for others. out: may be NULL. */
YATA_API yata_status yata_xml_insert(yata_type parent, yata_txn *txn, uint32_t index, yata_kind kind, yata_str name,
                                     yata_type *out);
/* The same right behind a child; {NULL, 0, 0}: as the first. YATA_ERR_ARGUMENT if it is no child of `parent`. */
YATA_API yata_status yata_xml_insert_after(yata_type parent, yata_txn *txn, yata_type child, yata_kind kind,
                                           yata_str name, yata_type *out);
/* Behind the last child. */
YATA_API yata_status yata_xml_push(yata_type parent, yata_txn *txn, yata_kind kind, yata_str name, yata_type *out);
/* Deletes [index, index+len); beyond the end: YATA_ERR_RANGE and nothing changes. */
YATA_API yata_status yata_xml_delete(yata_type parent, yata_txn *txn, uint32_t index, uint32_t len);
YATA_API yata_status yata_xml_length(yata_type parent, uint32_t *out);
/* YATA_ERR_RANGE at or beyond the length; YATA_ERR_TYPE where a foreign peer has put a plain value: yata_array_get
 * reads it, and yata_array_iter walks all children. */
YATA_API yata_status yata_xml_get(yata_type parent, uint32_t index, yata_type *out);

/* ------------------------------------------------------------------------
 * The tree
 *
 * YATA_ERR_NOT_FOUND: there is none. Children that are plain values are passed over. O(1), but for deleted siblings.
 */
YATA_API yata_status yata_xml_first_child(yata_type parent, yata_type *out);
/* Of any type that stands in a sequence. */
YATA_API yata_status yata_xml_next_sibling(yata_type type, yata_type *out);
YATA_API yata_status yata_xml_prev_sibling(yata_type type, yata_type *out);
/* The type that holds this one, of whatever kinds they are; a root has none. */
YATA_API yata_status yata_type_parent(yata_type type, yata_type *out);

/* Walks all descendants in document order: a type, then what is in it. It goes down into elements and fragments; what
 * is inside texts and hooks is not part of the tree. No memory, whatever the depth. Any change of the document ends the
 * walk. */
typedef struct yata_xml_walk {
    yata_type root;
    uint32_t branch, item;
} yata_xml_walk;
YATA_API yata_status yata_xml_walk_init(yata_xml_walk *walk, yata_type root);
YATA_API bool yata_xml_walk_next(yata_xml_walk *walk, yata_type *out);
/* The next element with this tag name, upper and lower case being the same. Yjs knows no other queries. */
YATA_API bool yata_xml_walk_next_named(yata_xml_walk *walk, yata_str name, yata_type *out);
/* The first of all descendants: querySelector(). YATA_ERR_NOT_FOUND. */
YATA_API yata_status yata_xml_find(yata_type root, yata_str name, yata_type *out);

/* ------------------------------------------------------------------------
 * As text
 */

/* Appends what toString() of Yjs prints: <tag a="1">...</tag>, tags in lower case, attributes sorted, formats of texts
 * as tags around them, nothing escaped (so it is meant for people, not for parsers). */
YATA_API yata_status yata_xml_to_string(yata_type type, yata_buffer *out);

#ifdef __cplusplus
}
#endif
#endif
