/* SPDX-License-Identifier: MIT */
/*
 * seq_index.c - the linear form of the position index: a walk with a cursor (seq_index.h).
 *
 * The cursor is an item of the sequence together with the number of units before it. Splitting the item keeps both
 * true; a local edit puts the cursor where it ended; every other change forgets it.
 */
#include "doc/seq_index.h"

#include "doc/content.h"

uint32_t yt_seq_units(const yata_doc *doc, const yt_item *it) {
    return yt_is_visible(it) ? yt_units(doc, it) : 0;
}

static uint32_t distance(uint32_t a, uint32_t b) {
    return a < b ? b - a : a - b;
}

yata_status yt_seq_find(const yata_doc *doc, const yt_branch *branch, uint32_t index, yt_seq_pos *out) {
    *out = (yt_seq_pos){0, 0, 0};
    if (index > branch->units) return YATA_ERR_RANGE;
    if (!index) return YATA_OK;
    /* Wanted: the visible item with start < index <= start + units. */
    yt_ref ref = branch->first;
    uint32_t start = 0, best = index;
    if (branch->cursor && distance(branch->cursor_index, index) < best) {
        best = distance(branch->cursor_index, index);
        ref = branch->cursor;
        start = branch->cursor_index;
    }
    if (branch->units - index < best) {
        ref = 0;
        start = branch->units;
    }
    if (index <= start) { /* it lies to the left of `ref`, 0 being the end */
        ref = ref ? yt_at(doc, ref)->left : branch->last;
        while (start -= yt_seq_units(doc, yt_at(doc, ref)), index <= start) ref = yt_at(doc, ref)->left;
    } else {
        for (;;) {
            uint32_t units = yt_seq_units(doc, yt_at(doc, ref));
            if (index - start <= units) break;
            start += units;
            ref = yt_at(doc, ref)->right;
        }
    }
    out->item = ref;
    out->start = start;
    return yt_units_to_clocks(doc, yt_at(doc, ref), index - start, &out->offset) ? YATA_OK : YATA_ERR_RANGE;
}

void yt_seq_edited(yt_branch *branch, yt_ref item, uint32_t start) {
    branch->cursor = item;
    branch->cursor_index = start;
}

void yt_seq_changed(yt_branch *branch) {
    branch->cursor = 0;
}

void yt_seq_merged(yt_branch *branch, yt_ref left, yt_ref right, uint32_t left_units) {
    if (branch->cursor != right) return;
    branch->cursor = left;
    branch->cursor_index -= left_units;
}

bool yt_seq_check(const yata_doc *doc, const yt_branch *branch) {
    if (!branch->cursor) return true;
    uint32_t start = 0;
    for (yt_ref ref = branch->first; ref; ref = yt_at(doc, ref)->right) {
        if (ref == branch->cursor) return start == branch->cursor_index;
        start += yt_seq_units(doc, yt_at(doc, ref));
    }
    return false;
}
