/* SPDX-License-Identifier: MIT */
/* seq_node.h - leaves, nodes and words of keys of the tree, for seq_tree.c and seq_format.c alone. */
#ifndef YT_DOC_SEQ_NODE_H
#define YT_DOC_SEQ_NODE_H

#include "doc/model.h"

enum { YT_SEQ_GAP = 0 }; /* this leaf stands for what was not opened yet */

static inline yt_seq_leaf *yt_seq_leaf_at(const yt_seq_tree *tree, uint32_t ref) {
    return &tree->leaves.data[ref];
}
static inline yt_seq_node *yt_seq_node_at(const yt_seq_tree *tree, uint32_t ref) {
    return &tree->nodes.data[ref];
}

/* The bits of a format in the words above it; 0: its key has no number. */
uint32_t yt_seq_format_bits(const yata_doc *doc, const yt_seq_tree *tree, const yt_item *format);
/* The same, after seeing to it that its key has a number; 0: no memory, the tree is blind then. */
uint32_t yt_seq_format_learn(yata_doc *doc, yt_seq_tree *tree, const yt_item *format);

#endif
