/* SPDX-License-Identifier: MIT */
/*
 * seq_tree.h - the order-statistic tree over a long list (spec/design.md, "Positions").
 *
 * Derived data: a list with a tree and one without are the same list. What changes a list of a branch with a tree tells
 * the tree here, and nothing of that can fail: if memory lacks, the tree goes (branch->tree is NULL then) and positions
 * are found by walking again. All times are O(log items), leaves being walked.
 */
#ifndef YT_DOC_SEQ_TREE_H
#define YT_DOC_SEQ_TREE_H

#include "doc/model.h"

#if YT_SEQ_TREE

/* What one item adds to the sums. */
yt_seq_sum yt_seq_sum_of(const yata_doc *doc, const yt_item *it);

/* Makes the tree of a list that is not empty, with nothing opened. False: no memory. O(1). */
bool yt_seq_tree_build(yata_doc *doc, yt_branch *branch);
/* Its items are as if there never had been one. O(items). */
void yt_seq_tree_drop(yata_doc *doc, yt_branch *branch);
/* The same where no item is left, or nobody will ask for their leaves. */
void yt_seq_tree_free(yata_doc *doc, yt_branch *branch);

/* `ref` was linked into the list; all sums above it grow by `more`, which is what it adds, or, where it was cut from
 * its left neighbour, what both add now beyond what that one did. */
void yt_seq_tree_insert(yata_doc *doc, yt_branch *branch, yt_ref ref, yt_seq_sum more);
/* `ref`, which added `less`, was unlinked; it still knows its neighbours. */
void yt_seq_tree_remove(yata_doc *doc, yt_branch *branch, yt_ref ref, yt_seq_sum less);
/* `ref` adds that much more than before, modulo 2^32. */
void yt_seq_tree_add(yt_branch *branch, const yt_item *it, yt_seq_sum more);

/* `writer`: the document, if it is the writer who asks. Then what he asks for is opened, and each item is walked over
 * once; a reader walks as far as the gap is long (seq_tree.c). */

/* The visible item that shows unit number `index`, 1 <= index <= branch->units; *start: units before it. */
yt_ref yt_seq_tree_find(const yata_doc *doc, const yt_branch *branch, uint32_t index, yata_doc *writer,
                        uint32_t *start);
/* Sums over the items before `ref`. */
yt_seq_sum yt_seq_tree_before(const yata_doc *doc, const yt_branch *branch, yt_ref ref, yata_doc *writer);
/* The next item behind `ref` that is visible (if so wanted) or a format, 0 if there is none. ref 0: from the start. */
yt_ref yt_seq_tree_next(const yata_doc *doc, const yt_branch *branch, yt_ref ref, bool visible, yata_doc *writer);

/* A format came, as a new item or back from the dead. */
void yt_seq_tree_note_format(yata_doc *doc, yt_branch *branch, const yt_item *format);
/* The keys of formats up to `ref`, itself included, have numbers below the one returned; YT_NONE: that is not known. */
uint32_t yt_seq_tree_keys(const yata_doc *doc, const yt_branch *branch, yt_ref ref, yata_doc *writer);
/* After that: the last format of a key up to `ref`, itself included, or the last with value null; 0: there is none. */
yt_ref yt_seq_tree_format(const yata_doc *doc, const yt_branch *branch, yt_ref ref, uint32_t key, bool null);
/* The first one behind `ref` (0: of all). */
yt_ref yt_seq_tree_format_behind(const yata_doc *doc, const yt_branch *branch, yt_ref ref, uint32_t key);

/* NULL if all is well, else what is not. */
const char *yt_seq_tree_check(const yata_doc *doc, const yt_branch *branch);

#else

/* Without trees nobody gets here: no branch has one. */
static inline yt_seq_sum yt_seq_sum_of(const yata_doc *doc, const yt_item *it) {
    (void)doc, (void)it;
    return (yt_seq_sum){0, 0};
}
static inline bool yt_seq_tree_build(yata_doc *doc, yt_branch *branch) {
    (void)doc, (void)branch;
    return false;
}
static inline void yt_seq_tree_drop(yata_doc *doc, yt_branch *branch) {
    (void)doc, (void)branch;
}
static inline void yt_seq_tree_free(yata_doc *doc, yt_branch *branch) {
    (void)doc, (void)branch;
}
static inline void yt_seq_tree_insert(yata_doc *doc, yt_branch *branch, yt_ref ref, yt_seq_sum more) {
    (void)doc, (void)branch, (void)ref, (void)more;
}
static inline void yt_seq_tree_remove(yata_doc *doc, yt_branch *branch, yt_ref ref, yt_seq_sum less) {
    (void)doc, (void)branch, (void)ref, (void)less;
}
static inline void yt_seq_tree_add(yt_branch *branch, const yt_item *it, yt_seq_sum more) {
    (void)branch, (void)it, (void)more;
}
static inline yt_ref yt_seq_tree_find(const yata_doc *doc, const yt_branch *branch, uint32_t index, yata_doc *writer,
                                      uint32_t *start) {
    (void)doc, (void)branch, (void)index, (void)writer;
    *start = 0;
    return 0;
}
static inline yt_seq_sum yt_seq_tree_before(const yata_doc *doc, const yt_branch *branch, yt_ref ref,
                                            yata_doc *writer) {
    (void)doc, (void)branch, (void)ref, (void)writer;
    return (yt_seq_sum){0, 0};
}
static inline yt_ref yt_seq_tree_next(const yata_doc *doc, const yt_branch *branch, yt_ref ref, bool visible,
                                      yata_doc *writer) {
    (void)doc, (void)branch, (void)ref, (void)visible, (void)writer;
    return 0;
}
static inline void yt_seq_tree_note_format(yata_doc *doc, yt_branch *branch, const yt_item *format) {
    (void)doc, (void)branch, (void)format;
}
static inline uint32_t yt_seq_tree_keys(const yata_doc *doc, const yt_branch *branch, yt_ref ref, yata_doc *writer) {
    (void)doc, (void)branch, (void)ref, (void)writer;
    return YT_NONE;
}
static inline yt_ref yt_seq_tree_format(const yata_doc *doc, const yt_branch *branch, yt_ref ref, uint32_t key,
                                        bool null) {
    (void)doc, (void)branch, (void)ref, (void)key, (void)null;
    return 0;
}
static inline yt_ref yt_seq_tree_format_behind(const yata_doc *doc, const yt_branch *branch, yt_ref ref, uint32_t key) {
    (void)doc, (void)branch, (void)ref, (void)key;
    return 0;
}
static inline const char *yt_seq_tree_check(const yata_doc *doc, const yt_branch *branch) {
    (void)doc;
    return branch->tree ? "a tree in a build without trees" : NULL;
}

#endif

#endif
