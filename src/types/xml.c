/* SPDX-License-Identifier: MIT */
/*
 * xml.c - XML types: children, which are sequences as those of arrays, and ways through the tree.
 *
 * What a walk needs to find back up is in the tree itself: a type knows its item, and the item its place
 * (spec/types.md, "XML").
 */
#include "base/letter_case.h"
#include "base/utf.h"
#include "doc/branch.h"
#include "doc/content.h"
#include "types/insert.h"
#include "types/sequence.h"
#include "types/xml_string.h"

#include <yata/xml.h>

enum {
    PARENTS = YT_KIND(YATA_KIND_XML_FRAGMENT) | YT_KIND(YATA_KIND_XML_ELEMENT),
    XML = PARENTS | YT_KIND(YATA_KIND_XML_TEXT) | YT_KIND(YATA_KIND_XML_HOOK)
};

/* ------------------------------------------------------------------------
 * Children
 */
static yata_status open_for_child(yata_type parent, const yata_txn *txn, yata_kind kind, yata_str name,
                                  yt_branch **branch, yt_block *content) {
    yata_status status = yt_open(parent, txn, PARENTS, branch);
    if (!status && ((unsigned)kind > YATA_KIND_XML_TEXT || !(YT_KIND(kind) & XML))) status = YATA_ERR_ARGUMENT;
    return status ? status : yt_type_content(kind, name, content);
}

yata_status yata_xml_insert(yata_type parent, yata_txn *txn, uint32_t index, yata_kind kind, yata_str name,
                            yata_type *out) {
    yt_branch *branch;
    yt_block content;
    yt_ref ref;
    yata_status status = open_for_child(parent, txn, kind, name, &branch, &content);
    if (!status) status = yt_sequence_put(txn, branch, index, &content, &ref);
    if (!status && out) *out = yt_type_of(txn->doc, ref);
    return status;
}

yata_status yata_xml_insert_after(yata_type parent, yata_txn *txn, yata_type child, yata_kind kind, yata_str name,
                                  yata_type *out) {
    yt_branch *branch, *before;
    yt_block content;
    yt_ref left = 0, ref;
    yata_status status = open_for_child(parent, txn, kind, name, &branch, &content);
    if (!status && child.doc) {
        if (child.doc != parent.doc) return YATA_ERR_ARGUMENT;
        status = yt_branch_resolve(child, &before);
        if (status) return status;
        left = before->owner;
        if (!left || yt_at(txn->doc, left)->parent != branch->ref || yt_is_keyed(yt_at(txn->doc, left)))
            return YATA_ERR_ARGUMENT;
    }
    if (!status) status = yt_sequence_put_after(txn, branch, left, &content, &ref);
    if (!status && out) *out = yt_type_of(txn->doc, ref);
    return status;
}

yata_status yata_xml_push(yata_type parent, yata_txn *txn, yata_kind kind, yata_str name, yata_type *out) {
    yt_branch *branch;
    yata_status status = yt_open(parent, txn, PARENTS, &branch);
    return status ? status : yata_xml_insert(parent, txn, branch->len, kind, name, out);
}

yata_status yata_xml_delete(yata_type parent, yata_txn *txn, uint32_t index, uint32_t len) {
    yt_branch *branch;
    yata_status status = yt_open(parent, txn, PARENTS, &branch);
    return status ? status : yt_sequence_delete(txn, branch, index, len);
}

yata_status yata_xml_length(yata_type parent, uint32_t *out) {
    yt_branch *branch;
    if (!out) return YATA_ERR_ARGUMENT;
    yata_status status = yt_look(parent, PARENTS, &branch);
    if (!status) *out = branch->len;
    return status;
}

yata_status yata_xml_get(yata_type parent, uint32_t index, yata_type *out) {
    yt_branch *branch;
    yt_seq_pos pos;
    if (!out) return YATA_ERR_ARGUMENT;
    yata_status status = yt_look(parent, PARENTS, &branch);
    if (!status && index >= branch->len) status = YATA_ERR_RANGE;
    if (!status) status = yt_sequence_find(parent.doc, branch, index + 1, &pos);
    if (status) return status;
    if (yt_at(parent.doc, pos.item)->content != YT_TYPE) return YATA_ERR_TYPE;
    *out = yt_type_of(parent.doc, pos.item);
    return YATA_OK;
}

/* ------------------------------------------------------------------------
 * The tree
 */

/* The first living type from `ref` on, to the right or to the left; 0: none. */
static yt_ref living_type(const yata_doc *doc, yt_ref ref, bool leftwards) {
    while (ref) {
        const yt_item *it = yt_at(doc, ref);
        if (it->content == YT_TYPE && !yt_is_deleted(it)) break;
        ref = leftwards ? it->left : it->right;
    }
    return ref;
}

static yata_status give(const yata_doc *doc, yt_ref ref, yata_type *out) {
    if (!out) return YATA_ERR_ARGUMENT;
    if (!ref) return YATA_ERR_NOT_FOUND;
    *out = yt_type_of(doc, ref);
    return YATA_OK;
}

yata_status yata_xml_first_child(yata_type parent, yata_type *out) {
    yt_branch *branch;
    yata_status status = yt_look(parent, PARENTS, &branch);
    return status ? status : give(parent.doc, living_type(parent.doc, branch->first, false), out);
}

static yata_status sibling(yata_type type, bool leftwards, yata_type *out) {
    yt_branch *branch;
    yata_status status = yt_branch_resolve(type, &branch);
    if (status) return status;
    if (!branch->owner) return YATA_ERR_NOT_FOUND;
    const yt_item *owner = yt_at(type.doc, branch->owner);
    if (yt_is_keyed(owner)) return YATA_ERR_NOT_FOUND;
    return give(type.doc, living_type(type.doc, leftwards ? owner->left : owner->right, leftwards), out);
}

yata_status yata_xml_next_sibling(yata_type type, yata_type *out) {
    return sibling(type, false, out);
}

yata_status yata_xml_prev_sibling(yata_type type, yata_type *out) {
    return sibling(type, true, out);
}

yata_status yata_type_parent(yata_type type, yata_type *out) {
    yt_branch *branch;
    if (!out) return YATA_ERR_ARGUMENT;
    yata_status status = yt_branch_resolve(type, &branch);
    if (status) return status;
    if (!branch->owner) return YATA_ERR_NOT_FOUND;
    *out = yt_branch_handle(type.doc, yt_branch_at(type.doc, yt_at(type.doc, branch->owner)->parent));
    return YATA_OK;
}

/* ------------------------------------------------------------------------
 * The walk: `item` is where to look next, in the sequence of `branch`.
 */
yata_status yata_xml_walk_init(yata_xml_walk *walk, yata_type root) {
    yt_branch *branch;
    yata_status status = yt_look(root, PARENTS, &branch);
    *walk = (yata_xml_walk){root, root.ref, status ? 0 : branch->first};
    if (status) walk->root.doc = NULL;
    return status;
}

/* The next living type, as its branch; NULL at the end. */
static const yt_branch *step(yata_xml_walk *walk) {
    const yata_doc *doc = walk->root.doc;
    if (!doc) return NULL;
    for (;;) {
        yt_ref ref = living_type(doc, walk->item, false);
        if (ref) {
            const yt_branch *found = yt_branch_at(doc, yt_at(doc, ref)->chunk);
            bool down = (YT_KIND(found->kind) & PARENTS) != 0;
            if (down) walk->branch = found->ref;
            walk->item = down ? found->first : yt_at(doc, ref)->right;
            return found;
        }
        if (walk->branch == walk->root.ref) {
            walk->item = 0;
            return NULL;
        }
        const yt_item *owner = yt_at(doc, yt_branch_at(doc, walk->branch)->owner);
        walk->branch = owner->parent;
        walk->item = owner->right;
    }
}

bool yata_xml_walk_next(yata_xml_walk *walk, yata_type *out) {
    const yt_branch *found = step(walk);
    if (found) *out = yt_branch_handle(walk->root.doc, found);
    return found != NULL;
}

bool yata_xml_walk_next_named(yata_xml_walk *walk, yata_str name, yata_type *out) {
    if (!name.len || !name.data || !yt_utf8_scan((const uint8_t *)name.data, name.len, NULL, NULL)) return false;
    for (const yt_branch *found; (found = step(walk)) != NULL;) {
        if (found->kind != YATA_KIND_XML_ELEMENT || found->name == YT_NONE) continue;
        if (!yt_equal_upper(yt_strings_get(&walk->root.doc->strings, found->name), name)) continue;
        *out = yt_branch_handle(walk->root.doc, found);
        return true;
    }
    return false;
}

yata_status yata_xml_find(yata_type root, yata_str name, yata_type *out) {
    yata_xml_walk walk;
    if (!out) return YATA_ERR_ARGUMENT;
    yata_status status = yata_xml_walk_init(&walk, root);
    if (status) return status;
    return yata_xml_walk_next_named(&walk, name, out) ? YATA_OK : YATA_ERR_NOT_FOUND;
}

/* ------------------------------------------------------------------------
 * As text
 */
yata_status yata_xml_to_string(yata_type type, yata_buffer *out) {
    if (!out) return YATA_ERR_ARGUMENT;
    yt_branch *branch;
    yata_status status = yt_look(type, XML, &branch);
    if (status) return status;
    yt_mem mem;
    yt_mem_init(&mem, &out->allocator);
    yt_writer w;
    yt_writer_init(&w, &mem);
    yt_xml_to_string(&w, type.doc, branch, (yata_kind)branch->kind);
    return yt_writer_to_buffer(&w, out);
}
