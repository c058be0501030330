/* SPDX-License-Identifier: MIT */
/*
 * seq_index.h - position <-> item within a sequence.
 *
 * Positions are in the document's offset unit and count visible items. This is the interface of the position index;
 * behind it stands a walk from the nearest of three known places: the start, the end, and the cursor left by the last
 * edit, so that neighbouring edits are O(1). Whoever changes a sequence says so here.
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

/* YATA_ERR_RANGE: beyond the end, or inside a character where the unit does not allow it. Changes nothing, so that
 * any number of readers may ask at the same time. */
yata_status yt_seq_find(const yata_doc *doc, const yt_branch *branch, uint32_t index, yt_seq_pos *out);

/* An edit ended at this item, before which stand `start` units. */
void yt_seq_edited(yt_branch *branch, yt_ref item, uint32_t start);
/* Something of the sequence changed at a place that is not told. */
void yt_seq_changed(yt_branch *branch);
/* `right` was merged into `left`, which showed `left_units` units before. */
void yt_seq_merged(yt_branch *branch, yt_ref left, yt_ref right, uint32_t left_units);
/* Units that an item adds to its sequence: 0 if it is deleted or not countable. */
uint32_t yt_seq_units(const yata_doc *doc, const yt_item *it);
/* For check(). */
bool yt_seq_check(const yata_doc *doc, const yt_branch *branch);

#endif
