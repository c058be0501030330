/* SPDX-License-Identifier: MIT */
/* yxml.c - XML elements and fragments: children and ways through the tree. (Attributes: ymap.c, texts: ytext.c.) */
#include "yffi/handles.h"

struct YXmlTreeWalker {
    YDoc *doc; /* a reference */
    yata_xml_walk walk;
};

static bool is_parent(const Branch *xml) {
    int8_t tag = xml ? yr_branch_tag(xml) : 0;
    return tag == Y_XML_ELEM || tag == Y_XML_FRAG;
}

static bool is_xml(const Branch *branch) {
    int8_t tag = branch ? yr_branch_tag(branch) : 0;
    return tag == Y_XML_ELEM || tag == Y_XML_FRAG || tag == Y_XML_TEXT;
}

static YOutput *node(const Branch *near, yata_type type) {
    Branch *branch = yr_branch(near->doc, type);
    return is_xml(branch) ? yr_output_branch(branch) : NULL;
}

/* ------------------------------------------------------------------------
 * As text
 */
char *yxmlelem_tag(const Branch *xml) {
    yata_str name;
    if (!xml || yr_tag(xml->type) != Y_XML_ELEM || yata_type_name(xml->type, &name)) return NULL;
    return yr_copy(name);
}

static char *markup(const Branch *xml, const YTransaction *txn) {
    yata_buffer out;
    if (!xml || !yr_reads(txn)) return NULL;
    yata_buffer_init(&out, &yr_allocator);
    return yr_string(&out, yr_markup(xml->type, &out));
}

char *yxmlelem_string(const Branch *xml, const YTransaction *txn) {
    return is_parent(xml) ? markup(xml, txn) : NULL;
}

char *yxmltext_string(const Branch *txt, const YTransaction *txn) {
    return yr_is_text(txt) ? markup(txt, txn) : NULL;
}

/* ------------------------------------------------------------------------
 * Children
 */
uint32_t yxmlelem_child_len(const Branch *xml, const YTransaction *txn) {
    uint32_t len = 0;
    if (!is_parent(xml) || !yr_reads(txn) || yata_xml_length(xml->type, &len)) return 0;
    return len;
}

static Branch *insert(const Branch *xml, YTransaction *txn, uint32_t index, yata_kind kind, const char *name) {
    yata_type made;
    if (!is_parent(xml) || !yr_writes(txn)) return NULL;
    if (yata_xml_insert(xml->type, txn->core, index, kind, yr_str(name), &made)) return NULL;
    return yr_branch(xml->doc, made);
}

Branch *yxmlelem_insert_elem(const Branch *xml, YTransaction *txn, uint32_t index, const char *name) {
    return name ? insert(xml, txn, index, YATA_KIND_XML_ELEMENT, name) : NULL;
}

Branch *yxmlelem_insert_text(const Branch *xml, YTransaction *txn, uint32_t index) {
    return insert(xml, txn, index, YATA_KIND_XML_TEXT, NULL);
}

void yxmlelem_remove_range(const Branch *xml, YTransaction *txn, uint32_t index, uint32_t len) {
    if (is_parent(xml) && yr_writes(txn)) (void)yata_xml_delete(xml->type, txn->core, index, len);
}

const YOutput *yxmlelem_get(const Branch *xml, const YTransaction *txn, uint32_t index) {
    yata_type child;
    if (!is_parent(xml) || !yr_reads(txn) || yata_xml_get(xml->type, index, &child)) return NULL;
    return node(xml, child);
}

YOutput *yxmlelem_first_child(const Branch *xml) {
    yata_type child;
    if (!is_parent(xml) || yata_xml_first_child(xml->type, &child)) return NULL;
    return node(xml, child);
}

/* ------------------------------------------------------------------------
 * The tree
 */
YOutput *yxml_next_sibling(const Branch *xml, const YTransaction *txn) {
    yata_type sibling;
    if (!xml || !yr_reads(txn) || yata_xml_next_sibling(xml->type, &sibling)) return NULL;
    return node(xml, sibling);
}

YOutput *yxml_prev_sibling(const Branch *xml, const YTransaction *txn) {
    yata_type sibling;
    if (!xml || !yr_reads(txn) || yata_xml_prev_sibling(xml->type, &sibling)) return NULL;
    return node(xml, sibling);
}

Branch *yxmlelem_parent(const Branch *xml) {
    yata_type parent;
    if (!xml || yata_type_parent(xml->type, &parent)) return NULL;
    Branch *branch = yr_branch(xml->doc, parent);
    return is_xml(branch) ? branch : NULL;
}

YXmlTreeWalker *yxmlelem_tree_walker(const Branch *xml, const YTransaction *txn) {
    YXmlTreeWalker *walker = is_parent(xml) && yr_reads(txn) ? malloc(sizeof *walker) : NULL;
    if (!walker) return NULL;
    walker->doc = ydoc_clone(xml->doc);
    (void)yata_xml_walk_init(&walker->walk, xml->type);
    return walker;
}

YOutput *yxmlelem_tree_walker_next(YXmlTreeWalker *iterator) {
    yata_type type;
    while (iterator && yata_xml_walk_next(&iterator->walk, &type)) {
        Branch *branch = yr_branch(iterator->doc, type);
        if (!branch || is_xml(branch)) return yr_output_branch(branch);
    }
    return NULL;
}

void yxmlelem_tree_walker_destroy(YXmlTreeWalker *iter) {
    if (!iter) return;
    ydoc_destroy(iter->doc);
    free(iter);
}
