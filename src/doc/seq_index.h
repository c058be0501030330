/* SPDX-License-Identifier: MIT */
/*
 * seq_index.h - position <-> item within a sequence.
 *
 * Positions are in the document's offset unit and count visible items. Behind this interface stand a walk from the
 * nearest of three known places (the start, the end, and the cursor left by the last edit, so that neighbouring edits
 * are O(1)) and, for lists in which somebody had to walk far, a tree (seq_tree.h). Whoever changes a sequence says so
 * here.
 *
 * Who may build: only the writer. While a transaction is open, or being cleaned up, nobody else may look at the
 * document, so what is asked then may build the tree of a list, and open more of it; what is asked at other times
 * changes nothing, and any number of threads may ask.
 */
#ifndef YT_DOC_SEQ_INDEX_H
#define YT_DOC_SEQ_INDEX_H

#include "doc/model.h"

/* The place behind unit number `index`: `offset` clocks into `item` (1 <= offset <= len), before which stand `start`
 * units. item 0: the very start. */
typedef struct yt_seq_pos {
    yt_ref item;
    uint32_t offset;
    uint32_t start;
} yt_seq_pos;

/* YATA_ERR_RANGE: beyond the end, or inside a character where the unit does not allow it. O(log items) with a tree, and
 * in a transaction; else O(items). */
yata_status yt_seq_find(yata_doc *doc, yt_branch *branch, uint32_t index, yt_seq_pos *out);
/* Units before an item. Costs the same. */
uint32_t yt_seq_start(const yata_doc *doc, const yt_branch *branch, yt_ref ref);
bool yt_seq_has_tree(const yt_branch *branch);
/* Somebody has walked over YT_SEQ_FAR items: is there a tree now? */
bool yt_seq_walked_far(yata_doc *doc, yt_branch *branch);
/* The next item behind `ref` (0: from the start) that is not deleted, or that is a format and not deleted; 0 if there
 * is none. Tombstones, and text, are not walked over where there is a tree. */
yt_ref yt_seq_next_living(yata_doc *doc, yt_branch *branch, yt_ref ref);
yt_ref yt_seq_next_format(const yata_doc *doc, const yt_branch *branch, yt_ref ref);
/* Formats that are not deleted up to an item, itself included; 0: none. Only where there is a tree. */
uint32_t yt_seq_formats_to(const yata_doc *doc, const yt_branch *branch, yt_ref ref);

/* Formats by key, where there is a tree: what holds behind an item is found without passing what is before it. Keys
 * have numbers, below the one returned; YT_NONE: they are not known. */
uint32_t yt_seq_format_keys(const yata_doc *doc, const yt_branch *branch, yt_ref ref);
/* After that: the last one up to `ref`, itself included; 0: there is none. O(log items) as long as there are not many
 * keys: 16 are told apart, of more several are searched through together. */
yt_ref yt_seq_format_of_key(const yata_doc *doc, const yt_branch *branch, yt_ref ref, uint32_t key);
/* Where a key that is in force behind `ref` began to be so, whatever its value: formats up to there. */
uint32_t yt_seq_format_since(const yata_doc *doc, const yt_branch *branch, yt_ref ref, uint32_t key);

/* An edit ended at this item, before which stand `start` units. */
void yt_seq_edited(yt_branch *branch, yt_ref item, uint32_t start);
/* The same, told by how many units stand before its end. */
void yt_seq_written(const yata_doc *doc, yt_branch *branch, yt_ref item, uint32_t end);

/* The item was linked into the list of the branch. */
void yt_seq_linked(yata_doc *doc, yt_branch *branch, yt_ref ref);
/* It was unlinked, and knows its old neighbours. */
void yt_seq_unlinked(yata_doc *doc, yt_branch *branch, yt_ref ref);
/* It is going to be deleted. */
void yt_seq_deleted(const yata_doc *doc, yt_branch *branch, const yt_item *it);
/* It was deleted, and is not any more. */
void yt_seq_revived(yata_doc *doc, yt_branch *branch, const yt_item *it);
/* It shows that many units more, modulo 2^32, at its end. */
void yt_seq_resized(yt_branch *branch, yt_ref ref, const yt_item *it, uint32_t more);
/* The same of the cursor's item, by who writes where the pen is or erases where the eraser is: it stays there. */
void yt_seq_longer(yt_branch *branch, const yt_item *it, uint32_t more);
/* `right` was cut from its left neighbour and linked; both together show `grown` units more than the one did. */
void yt_seq_cut(yata_doc *doc, yt_branch *branch, yt_ref right, uint32_t grown);
/* The content of `right` went to its left neighbour, which showed `left_units` before, and `right` was unlinked. */
void yt_seq_merged(yata_doc *doc, yt_branch *branch, yt_ref left, yt_ref right, uint32_t left_units);

/* Frees what belongs to the index of the branch; it is built again when it is needed. O(items) if there was a tree. */
void yt_seq_drop(yata_doc *doc, yt_branch *branch);
/* The same for a branch that nobody will look at again. O(1). */
void yt_seq_free(yata_doc *doc, yt_branch *branch);

/* Units that an item adds to its sequence: 0 if it is deleted or not countable. */
uint32_t yt_seq_units(const yata_doc *doc, const yt_item *it);
/* For check(): NULL if all is well. */
const char *yt_seq_check(const yata_doc *doc, const yt_branch *branch);

#endif
