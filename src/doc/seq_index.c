/* SPDX-License-Identifier: MIT */
/*
 * seq_index.c - positions, by a walk or by the tree (seq_index.h).
 *
 * The cursor is an item of the sequence together with the number of units before it. Splitting the item keeps both
 * true; a local edit puts the cursor where it ended; every other change forgets it. Pen and eraser are lifted by every
 * change; who types or erases puts them down again (grow.c, erase.c).
 *
 * A walk that takes longer than YT_SEQ_FAR steps has the tree made, if the writer walks, and opened as far as he goes
 * (seq_tree.c). There is no other rule for when a list is long enough: a list in which nobody gets far from the cursor
 * needs no tree, however long it is.
 */
#include "doc/seq_index.h"

#include "doc/content.h"
#include "doc/seq_tree.h"
#include "doc/text_marks.h"

/* With a tree, so many steps from a known place are tried before it is asked. */
enum { NEAR = 8 };

uint32_t yt_seq_units(const yata_doc *doc, const yt_item *it) {
    return yt_visible_units(doc, it);
}

/* Where this is false at compile time, nothing refers to seq_tree.c. */
static bool has_tree(const yt_branch *branch) {
    return YT_SEQ_TREE && branch->tree;
}

/* The document, if it is in the writer's hands: then whoever asks may change the tree. NULL: anybody may be reading. */
static yata_doc *writer_of(const yata_doc *doc) {
    const yata_txn *txn = doc->txn ? doc->txn : doc->cleanup;
    return txn ? txn->doc : NULL;
}

bool yt_seq_has_tree(const yt_branch *branch) {
    return has_tree(branch);
}

bool yt_seq_walked_far(yata_doc *doc, yt_branch *branch) {
    if (!YT_SEQ_TREE) return false;
    return branch->tree || (writer_of(doc) && yt_seq_tree_build(doc, branch));
}

/* ------------------------------------------------------------------------
 * Finding
 */
typedef struct walk {
    yt_ref ref;     /* 0: the end */
    uint32_t start; /* units before it */
} walk;

static uint32_t distance(uint32_t a, uint32_t b) {
    return a < b ? b - a : a - b;
}

/* The nearest known place. */
static walk nearest(const yt_branch *branch, uint32_t index) {
    walk w = {branch->first, 0};
    uint32_t best = index;
    if (branch->cursor && distance(branch->cursor_index, index) < best) {
        best = distance(branch->cursor_index, index);
        w = (walk){branch->cursor, branch->cursor_index};
    }
    if (branch->units - index < best) w = (walk){0, branch->units};
    return w;
}

/* Goes on to the visible item with start < index <= start + units. False: not in that many steps. */
static bool go(const yata_doc *doc, const yt_branch *branch, uint32_t index, uint32_t steps, walk *w) {
    if (index <= w->start) {
        do {
            if (!steps--) return false;
            w->ref = w->ref ? yt_at(doc, w->ref)->left : branch->last;
            w->start -= yt_seq_units(doc, yt_at(doc, w->ref));
        } while (index <= w->start);
        return true;
    }
    for (;;) {
        uint32_t units = yt_seq_units(doc, yt_at(doc, w->ref));
        if (index - w->start <= units) return true;
        if (!steps--) return false;
        w->start += units;
        w->ref = yt_at(doc, w->ref)->right;
    }
}

yata_status yt_seq_find(yata_doc *doc, yt_branch *branch, uint32_t index, yt_seq_pos *out) {
    *out = (yt_seq_pos){0, 0, 0};
    if (index > branch->units) return YATA_ERR_RANGE;
    if (!index) return YATA_OK;
    walk w = nearest(branch, index);
    if (!go(doc, branch, index, has_tree(branch) ? NEAR : YT_SEQ_FAR, &w)) {
        if (yt_seq_walked_far(doc, branch))
            w.ref = yt_seq_tree_find(doc, branch, index, writer_of(doc), &w.start);
        else
            go(doc, branch, index, UINT32_MAX, &w);
        if (doc->txn) yt_seq_edited(branch, w.ref, w.start); /* it was far: who writes will ask for places beside it */
    }
    out->item = w.ref;
    out->start = w.start;
    if (doc->txn) yt_text_mark(doc, yt_at(doc, w.ref));
    return yt_units_to_clocks(doc, yt_at(doc, w.ref), index - w.start, &out->offset) ? YATA_OK : YATA_ERR_RANGE;
}

uint32_t yt_seq_start(const yata_doc *doc, const yt_branch *branch, yt_ref ref) {
    if (has_tree(branch)) return yt_seq_tree_before(doc, branch, ref, writer_of(doc)).units;
    uint32_t units = 0;
    for (ref = yt_at(doc, ref)->left; ref; ref = yt_at(doc, ref)->left) units += yt_seq_units(doc, yt_at(doc, ref));
    return units;
}

yt_ref yt_seq_next_living(yata_doc *doc, yt_branch *branch, yt_ref ref) {
    for (uint32_t steps = 0;; steps++) {
        if (steps == (has_tree(branch) ? NEAR : YT_SEQ_FAR) && yt_seq_walked_far(doc, branch))
            return yt_seq_tree_next(doc, branch, ref, true, writer_of(doc));
        ref = ref ? yt_at(doc, ref)->right : branch->first;
        if (!ref || !yt_is_deleted(yt_at(doc, ref))) return ref;
    }
}

yt_ref yt_seq_next_format(const yata_doc *doc, const yt_branch *branch, yt_ref ref) {
    if (has_tree(branch)) return yt_seq_tree_next(doc, branch, ref, false, writer_of(doc));
    do ref = ref ? yt_at(doc, ref)->right : branch->first;
    while (ref && !yt_is_format(yt_at(doc, ref)));
    return ref;
}

uint32_t yt_seq_formats_to(const yata_doc *doc, const yt_branch *branch, yt_ref ref) {
    return ref ? yt_seq_tree_before(doc, branch, ref, writer_of(doc)).marks + yt_is_format(yt_at(doc, ref)) : 0;
}

uint32_t yt_seq_format_keys(const yata_doc *doc, const yt_branch *branch, yt_ref ref) {
    return has_tree(branch) ? yt_seq_tree_keys(doc, branch, ref, writer_of(doc)) : YT_NONE;
}

yt_ref yt_seq_format_of_key(const yata_doc *doc, const yt_branch *branch, yt_ref ref, uint32_t key) {
    return yt_seq_tree_format(doc, branch, ref, key, false);
}

uint32_t yt_seq_format_since(const yata_doc *doc, const yt_branch *branch, yt_ref ref, uint32_t key) {
    yt_ref ended = yt_seq_tree_format(doc, branch, ref, key, true);
    return yt_seq_formats_to(doc, branch, yt_seq_tree_format_behind(doc, branch, ended, key));
}

/* ------------------------------------------------------------------------
 * Changes
 */
static void lift(yt_branch *branch) {
    branch->tool = YT_TOOL_NONE;
}

static void forget(yt_branch *branch) {
    branch->cursor = 0;
    lift(branch);
}

void yt_seq_edited(yt_branch *branch, yt_ref item, uint32_t start) {
    branch->cursor = item;
    branch->cursor_index = start;
    lift(branch);
}

void yt_seq_written(const yata_doc *doc, yt_branch *branch, yt_ref item, uint32_t end) {
    if (branch->cursor == item) return; /* it grew: what is before it is as before */
    yt_seq_edited(branch, item, end - yt_seq_units(doc, yt_at(doc, item)));
}

void yt_seq_resized(yt_branch *branch, yt_ref ref, const yt_item *it, uint32_t more) {
    lift(branch);
    if (branch->cursor != ref) branch->cursor = 0;
    if (has_tree(branch)) yt_seq_tree_add(branch, it, (yt_seq_sum){more, 0});
}

void yt_seq_longer(yt_branch *branch, const yt_item *it, uint32_t more) {
    if (has_tree(branch)) yt_seq_tree_add(branch, it, (yt_seq_sum){more, 0});
}

void yt_seq_linked(yata_doc *doc, yt_branch *branch, yt_ref ref) {
    forget(branch);
    if (has_tree(branch)) yt_seq_tree_insert(doc, branch, ref, yt_seq_sum_of(doc, yt_at(doc, ref)));
}

void yt_seq_unlinked(yata_doc *doc, yt_branch *branch, yt_ref ref) {
    forget(branch);
    if (has_tree(branch)) yt_seq_tree_remove(doc, branch, ref, yt_seq_sum_of(doc, yt_at(doc, ref)));
}

void yt_seq_deleted(const yata_doc *doc, yt_branch *branch, const yt_item *it) {
    forget(branch);
    if (!has_tree(branch)) return;
    yt_seq_sum sum = yt_seq_sum_of(doc, it);
    yt_seq_tree_add(branch, it, (yt_seq_sum){0 - sum.units, 0 - sum.marks});
}

void yt_seq_revived(yata_doc *doc, yt_branch *branch, const yt_item *it) {
    forget(branch);
    if (!has_tree(branch)) return;
    yt_seq_tree_add(branch, it, yt_seq_sum_of(doc, it));
    if (yt_is_format(it)) yt_seq_tree_note_format(doc, branch, it);
}

void yt_seq_cut(yata_doc *doc, yt_branch *branch, yt_ref right, uint32_t grown) {
    lift(branch);
    if (grown) branch->cursor = 0;
    if (has_tree(branch)) yt_seq_tree_insert(doc, branch, right, (yt_seq_sum){grown, 0});
}

void yt_seq_merged(yata_doc *doc, yt_branch *branch, yt_ref left, yt_ref right, uint32_t left_units) {
    lift(branch);
    if (branch->cursor == right) {
        branch->cursor = left;
        branch->cursor_index -= left_units;
    }
    if (!has_tree(branch)) return;
    const yt_item *l = yt_at(doc, left);
    yt_seq_sum moved = {0, 0};
    if (l->u.leaf != yt_at(doc, right)->u.leaf) {
        moved.units = yt_seq_units(doc, l) - left_units;
        yt_seq_tree_add(branch, l, moved);
    }
    yt_seq_tree_remove(doc, branch, right, moved);
}

void yt_seq_drop(yata_doc *doc, yt_branch *branch) {
    forget(branch);
    if (has_tree(branch)) yt_seq_tree_drop(doc, branch);
}

void yt_seq_free(yata_doc *doc, yt_branch *branch) {
    if (has_tree(branch)) yt_seq_tree_free(doc, branch);
}

/* ------------------------------------------------------------------------
 * Check
 */
const char *yt_seq_check(const yata_doc *doc, const yt_branch *branch) {
    if (has_tree(branch)) {
        const char *what = yt_seq_tree_check(doc, branch);
        if (what) return what;
    }
    for (yt_ref ref = branch->first; ref && !has_tree(branch); ref = yt_at(doc, ref)->right)
        if (yt_at(doc, ref)->u.leaf) return "11: an item names a leaf of no tree";
    if (branch->tool && (!branch->cursor || !yt_is_visible(yt_at(doc, branch->cursor))))
        return "5: a pen or an eraser is where there is no text";
    if (!branch->cursor) return NULL;
    uint32_t start = 0;
    for (yt_ref ref = branch->first; ref; ref = yt_at(doc, ref)->right) {
        if (ref == branch->cursor && start == branch->cursor_index) return NULL;
        start += yt_seq_units(doc, yt_at(doc, ref));
    }
    return "5: the cursor of a sequence is wrong";
}
