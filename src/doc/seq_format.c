/* SPDX-License-Identifier: MIT */
/*
 * seq_format.c - formats by key, in the tree over a list (seq_tree.c).
 *
 * What holds at a place of a formatted text is asked by key: which is the last format of that key before it? So that
 * whole subtrees can be passed over, each node has a word for each child: bit k stands for key number k of the tree,
 * modulo 16, bit 16 + k for those that end it (value null). A bit is set where there is such a format below; where
 * there was one it may stay, which costs looking there in vain, and nothing else.
 */
#include "doc/format.h"
#include "doc/seq_node.h"
#include "doc/seq_tree.h"

enum { KEY_BITS = 16 }; /* for keys, and as many for their ends */

/* ------------------------------------------------------------------------
 * Words
 */
static bool is_null(yata_bytes value) {
    return value.len == 1 && value.data[0] == yt_any_null.data[0];
}

static yata_str key_of(const yata_doc *doc, const yt_item *format) {
    yata_bytes key = yt_format_key(doc, format);
    return (yata_str){(const char *)key.data, key.len};
}

static uint32_t key_bit(uint32_t key, bool null) {
    return UINT32_C(1) << (key % KEY_BITS + (null ? KEY_BITS : 0));
}

/* Of a key that has a number; else 0. */
static uint32_t bits_of(const yata_doc *doc, const yt_item *format, uint32_t key) {
    if (key == YT_NONE) return 0;
    return key_bit(key, false) | (is_null(yt_format_value(doc, format)) ? key_bit(key, true) : 0);
}

uint32_t yt_seq_format_bits(const yata_doc *doc, const yt_seq_tree *tree, const yt_item *format) {
    return bits_of(doc, format, yt_strings_find(&tree->keys, key_of(doc, format)));
}

uint32_t yt_seq_format_learn(yata_doc *doc, yt_seq_tree *tree, const yt_item *format) {
    uint32_t key = yt_strings_intern(&doc->mem, &tree->keys, key_of(doc, format));
    tree->blind |= key == YT_NONE;
    return bits_of(doc, format, key);
}

void yt_seq_tree_note_format(yata_doc *doc, yt_branch *branch, const yt_item *format) {
    yt_seq_tree *tree = branch->tree;
    uint32_t bits = yt_seq_format_learn(doc, tree, format), at = yt_seq_leaf_at(tree, format->u.leaf)->at;
    for (uint32_t ref = yt_seq_leaf_at(tree, format->u.leaf)->node; ref != YT_NONE;) {
        yt_seq_node *node = yt_seq_node_at(tree, ref);
        node->keys[at] |= bits;
        at = node->at;
        ref = node->parent;
    }
}

/* ------------------------------------------------------------------------
 * Asking
 */
typedef struct wanted_format {
    yata_str key;
    uint32_t bit;
    bool null;
} wanted_format;

static wanted_format format_of_key(const yt_seq_tree *tree, uint32_t key, bool null) {
    return (wanted_format){yt_strings_get(&tree->keys, key), key_bit(key, null), null};
}

static bool is_wanted(const yata_doc *doc, yt_ref ref, const wanted_format *w) {
    const yt_item *it = yt_at(doc, ref);
    if (!yt_is_format(it)) return false;
    yata_str key = key_of(doc, it);
    return key.len == w->key.len && (!key.len || !memcmp(key.data, w->key.data, key.len)) &&
           (!w->null || is_null(yt_format_value(doc, it)));
}

/* Behind or before `ref` in its leaf; 0: not there. */
static yt_ref wanted_beside(const yata_doc *doc, yt_ref ref, const wanted_format *w, bool forward) {
    uint32_t leaf = yt_at(doc, ref)->u.leaf;
    do ref = forward ? yt_at(doc, ref)->right : yt_at(doc, ref)->left;
    while (ref && yt_at(doc, ref)->u.leaf == leaf && !is_wanted(doc, ref, w));
    return ref && yt_at(doc, ref)->u.leaf == leaf ? ref : 0;
}

/* The first of a leaf, or the last. */
static yt_ref wanted_in(const yata_doc *doc, const yt_seq_leaf *leaf, const wanted_format *w, bool forward) {
    yt_ref found = 0, ref = leaf->first;
    for (uint32_t i = leaf->count; i && !(forward && found); i--, ref = yt_at(doc, ref)->right)
        if (is_wanted(doc, ref, w)) found = ref;
    return found;
}

static bool may_have(const yt_seq_node *node, uint32_t i, const wanted_format *w) {
    return node->sum[i].marks && (node->keys[i] & w->bit);
}

/* The nearest of those formats behind `ref`, or before it; ref 0: the first of all. */
static yt_ref seek_format(const yata_doc *doc, const yt_seq_tree *tree, yt_ref ref, const wanted_format *w,
                          bool forward) {
    uint32_t above = tree->root, at = 0; /* what is left of a node: from `at` on, or what is before `at` */
    if (ref) {
        yt_ref found = wanted_beside(doc, ref, w, forward);
        if (found) return found;
        const yt_seq_leaf *leaf = yt_seq_leaf_at(tree, yt_at(doc, ref)->u.leaf);
        above = leaf->node;
        at = leaf->at + (forward ? 1u : 0u);
    }
    for (;;) {
        const yt_seq_node *node = yt_seq_node_at(tree, above);
        while (forward ? at < node->len && !may_have(node, at, w) : at && !may_have(node, at - 1, w))
            at = forward ? at + 1 : at - 1;
        if (at == (forward ? node->len : 0u)) {
            if (node->parent == YT_NONE) return 0;
            at = node->at + (forward ? 1u : 0u);
            above = node->parent;
            continue;
        }
        uint32_t child = node->child[forward ? at : at - 1];
        if (node->bottom) {
            yt_ref found = child == YT_SEQ_GAP ? 0 : wanted_in(doc, yt_seq_leaf_at(tree, child), w, forward);
            if (found) return found;
            at = forward ? at + 1 : at - 1;
        } else {
            above = child;
            at = forward ? 0 : yt_seq_node_at(tree, child)->len;
        }
    }
}

yt_ref yt_seq_tree_format(const yata_doc *doc, const yt_branch *branch, yt_ref ref, uint32_t key, bool null) {
    wanted_format w = format_of_key(branch->tree, key, null);
    return is_wanted(doc, ref, &w) ? ref : seek_format(doc, branch->tree, ref, &w, false);
}

yt_ref yt_seq_tree_format_behind(const yata_doc *doc, const yt_branch *branch, yt_ref ref, uint32_t key) {
    wanted_format w = format_of_key(branch->tree, key, false);
    return seek_format(doc, branch->tree, ref, &w, true);
}
