/* SPDX-License-Identifier: MIT */
/*
 * erase.c - the shortest way for what is taken back.
 *
 * Who presses the key for "delete" again and again cuts one character off an item each time; commit collects it and
 * merges it into the tombstone beside it, which the key strokes before have left there:
 *
 *   text  [h e l l o][###]      [h e l l][o][###]      [h e l l][####]
 *           item    tombstone       cut, deleted          collected, merged
 *
 * What comes out is the same two items with the border between them moved; here it is moved at once. It is done only
 * where commit could not merge anything else thereby. The first key stroke of that kind, and a selection that is
 * deleted, cut something out of an item, which is made a tombstone at once, too; to merge it is left to commit. All of
 * it is done where nobody is told of single items: observers of types and of stages, undo, weak links, and documents
 * that keep what is deleted have them made, and collected in the end (is_unwatched).
 */
#include "doc/erase.h"

#include "doc/branch.h"
#include "doc/content.h"
#include "doc/delete.h"
#include "doc/integrate.h"
#include "doc/seq_index.h"

/* Does nobody look at items before they are collected and merged? */
static bool is_unwatched(const yata_doc *doc) {
    return !doc->type_observers && !doc->histories && !doc->stages.len && !doc->weak && !doc->keep_deleted &&
           !doc->cleaning;
}

/* An item of which nothing is known that a part of it would have to know, too. */
static bool is_plain_text(const yata_doc *doc, const yt_item *it) {
    return it->content == YT_STRING && !it->flags && (!it->wide || doc->unit == YATA_OFFSET_UTF16);
}

/* A tombstone: collected, or to be collected at the end of this transaction, which has deleted it. */
static bool is_tombstone(const yata_txn *txn, const yt_item *it) {
    if (it->flags != YT_ITEM_DELETED) return false;
    if (it->content != YT_STRING) return it->content == YT_DELETED;
    const yt_touch *touch = yt_txn_find(txn, it->id.slot);
    return touch && yt_runs_contains(&touch->deleted, it->id.clock) &&
           yt_runs_contains(&touch->deleted, yt_last_id(it).clock);
}

/* Might the block at this place be merged into the one before it? */
static bool might_merge(const yata_doc *doc, const yt_client *client, yt_place place) {
    yt_place before = place;
    if (!yt_place_prev(client, &before)) return false;
    yt_ref left = yt_entry_at(client, before).item, right = yt_entry_at(client, place).item;
    if (!left || !right || yt_at(doc, right)->left != left) return false;
    const yt_item *l = yt_at(doc, left), *r = yt_at(doc, right);
    return yt_is_deleted(l) == yt_is_deleted(r) && yt_continues(l, r);
}

/* Does the general way end in a border that has moved, for this text and the tombstone to its right, or (at_start) to
 * its left? *place: the right one of the two in the block list. The general way also tries to merge the block behind
 * these two, and the one before a tombstone on the left: there must be nothing to merge. (Behind a tombstone it is
 * tried at the end of this transaction anyhow, if that deletes anything the general way.) */
static bool is_border(const yata_txn *txn, yt_ref ref, bool at_start, yt_place *place) {
    const yata_doc *doc = txn->doc;
    const yt_item *it = yt_at(doc, ref);
    yt_ref beside = at_start ? it->left : it->right;
    if (!beside || !is_plain_text(doc, it)) return false;
    const yt_item *tomb = yt_at(doc, beside), *left = at_start ? tomb : it, *right = at_start ? it : tomb;
    if (!yt_continues(left, right) || !is_tombstone(txn, tomb)) return false;
    const yt_client *client = yt_client_at(doc, it->id.slot);
    *place = yt_store_seek(client, yt_store_near(doc, it->id.slot), right->id.clock);
    yt_place before = *place, next = *place;
    if (!at_start) return txn->garbage || !yt_place_next(client, &next) || !might_merge(doc, client, next);
    if (yt_place_next(client, &next) && might_merge(doc, client, next)) return false;
    yt_place_prev(client, &before);
    return !might_merge(doc, client, before);
}

/* Notes that clocks are deleted. False: no memory. */
static bool note(yata_txn *txn, yt_branch *branch, uint32_t slot, uint32_t clock, uint32_t len) {
    yata_doc *doc = txn->doc;
    if (!yt_txn_change(txn, branch, YT_NONE) || yt_delete_reserve(txn, slot)) return false;
    yt_touch *touch = yt_txn_touch(txn, slot);
    yt_runs_add_near(&doc->mem, &touch->deleted, &doc->near.own, clock, len);
    yt_runs_add_near(&doc->mem, &yt_client_at(doc, slot)->deleted, &doc->near.all, clock, len);
    yt_txn_number(txn, touch);
    return true;
}

/* The same where both sets were noted in just before, and need no more room. False: it is not so. */
static bool note_beside(yata_txn *txn, yt_branch *branch, uint32_t slot, uint32_t clock, uint32_t len) {
    yata_doc *doc = txn->doc;
    yt_run *run = yt_runs_beside(&yt_client_at(doc, slot)->deleted, &doc->near.all, clock, clock + len), *own;
    if (!run || !yt_txn_change(txn, branch, YT_NONE)) return false;
    yt_touch *touch = yt_txn_touch(txn, slot);
    if (!touch) return false;
    if ((own = yt_runs_beside(&touch->deleted, &doc->near.own, clock, clock + len)))
        yt_run_lengthen(own, clock, clock + len);
    else if (yt_runs_add_first(&touch->deleted, clock, len))
        doc->near.own = (yt_runs_near){0, 0};
    else
        return false;
    yt_run_lengthen(run, clock, clock + len);
    yt_txn_number(txn, touch);
    return true;
}

static void collect(yata_doc *doc, yt_item *it) {
    yt_content_drop(doc, it);
    it->content = YT_DELETED;
    it->chunk = it->at = 0;
    it->wide = 0;
}

/* `right` begins that many clocks later, modulo 2^32. */
static void move_start(const yata_doc *doc, yt_item *right, yt_place place, uint32_t by) {
    right->id.clock += by;
    right->origin.clock += by;
    yt_store_move_start(yt_client_at(doc, right->id.slot), place, by);
}

/* May more be erased beside this border later, unless the sequence changes? */
static bool stays_border(const yata_txn *txn, const yt_item *it, bool at_start, yt_place place) {
    if (it->wide || at_start || txn->garbage) return !it->wide; /* is_border has looked behind and before */
    const yt_client *client = yt_client_at(txn->doc, it->id.slot);
    return !yt_place_next(client, &place) || !might_merge(txn->doc, client, place);
}

/* Moves the border of the item that ends the range, beside the tombstone there. False: there is no such border. */
static bool move_border(yata_txn *txn, yt_branch *branch, const yt_seq_pos *end, uint32_t len, bool at_start) {
    yata_doc *doc = txn->doc;
    yt_item *it = yt_at(doc, end->item);
    yt_place place;
    if (!is_border(txn, end->item, at_start, &place)) return false;
    uint32_t from = at_start ? len : 0, to = at_start ? it->len : it->len - len;
    if (!yt_text_has_border(doc, it, at_start ? from : to)) return false;
    if (!note(txn, branch, it->id.slot, at_start ? it->id.clock : it->id.clock + to, len)) return false;
    doc->near.slot = it->id.slot;
    doc->near.block = place;
    yt_text_keep(doc, it, from, to);
    yt_item *tomb = yt_at(doc, at_start ? it->left : it->right);
    if (tomb->content != YT_DELETED) collect(doc, tomb);
    tomb->len += len;
    move_start(doc, at_start ? it : tomb, place, at_start ? len : 0 - len);
    branch->len -= len;
    branch->units -= len;
    yt_seq_resized(branch, end->item, it, 0 - len);
    yt_seq_edited(branch, end->item, end->start);
    if (stays_border(txn, it, at_start, place)) branch->tool = at_start ? YT_ERASER_AT_START : YT_ERASER_AT_END;
    return true;
}

/* What was cut out is a tombstone now, and `rest` (0: there is none) is what was behind it in its item `left`, if
 * `from` clocks of that stand before it. Puts cursor and eraser where somebody goes on erasing. */
static void stay_beside(yata_txn *txn, yt_branch *branch, const yt_seq_pos *end, uint32_t from, yt_ref rest,
                        yt_place place) {
    const yata_doc *doc = txn->doc;
    yt_seq_edited(branch, from || !rest ? end->item : rest, end->start);
    if (from) {
        if (stays_border(txn, yt_at(doc, end->item), false, place)) branch->tool = YT_ERASER_AT_END;
    } else if (rest && is_border(txn, rest, true, &txn->doc->near.block)) {
        branch->tool = YT_ERASER_AT_START;
    }
}

/* Cuts a part, or all, of one item out: it is a tombstone at once, which commit tries to merge as any that is new.
 * False: memory lacks; the item may have been cut then, which heals at commit. */
static bool cut_out(yata_txn *txn, yt_branch *branch, const yt_seq_pos *end, uint32_t from, uint32_t len) {
    yata_doc *doc = txn->doc;
    const yt_item *it = yt_at(doc, end->item);
    uint32_t slot = it->id.slot;
    yt_ref dead = end->item, rest = 0;
    if (it->wide) return false;
    yt_place place = yt_store_seek(yt_client_at(doc, slot), yt_store_near(doc, slot), it->id.clock), next;
    if (from && yt_split(txn, slot, &place, from, &dead)) return false;
    yt_item *tomb = yt_at(doc, dead);
    next = place;
    if (len < tomb->len && yt_split(txn, slot, &next, len, &rest)) return false;
    if (!note(txn, branch, slot, tomb->id.clock, len)) return false;
    txn->garbage = true; /* commit is to merge around what this transaction deleted */
    yt_seq_deleted(doc, branch, tomb);
    tomb->flags = YT_ITEM_DELETED;
    collect(doc, tomb);
    branch->len -= len;
    branch->units -= len;
    doc->near.slot = slot;
    doc->near.block = next;
    if (rest && from) yt_place_prev(yt_client_at(doc, slot), &doc->near.block);
    stay_beside(txn, branch, end, from, rest, doc->near.block);
    return true;
}

bool yt_erase(yata_txn *txn, yt_branch *branch, uint32_t index, uint32_t len) {
    yata_doc *doc = txn->doc;
    yt_seq_pos end;
    if (branch->formatted || !is_unwatched(doc) || yt_seq_find(doc, branch, index + len, &end)) return false;
    const yt_item *it = yt_at(doc, end.item);
    if (index < end.start || !is_plain_text(doc, it)) return false;
    bool at_start = index == end.start, at_end = end.offset == it->len;
    if (at_start != at_end && move_border(txn, branch, &end, len, at_start)) return true;
    return cut_out(txn, branch, &end, index - end.start, len);
}

/* The item whose border the eraser is at, if [index, index + len) is the part of it beside; NULL: it is not. */
static inline yt_item *item_beside(const yata_doc *doc, const yt_branch *branch, uint32_t index, uint32_t len) {
    yt_item *it = yt_at(doc, branch->cursor);
    uint32_t from = branch->tool == YT_ERASER_AT_START ? 0 : it->len - len;
    return len - 1 < it->len - 1 && index == branch->cursor_index + from ? it : NULL;
}

bool yt_erase_on(yata_type text, yata_txn *txn, uint32_t index, uint32_t len) {
    yt_branch *branch = yt_branch_written(text, txn);
    if (!branch || branch->tool < YT_ERASER_AT_END) return false;
    yata_doc *doc = text.doc;
    yt_item *it = item_beside(doc, branch, index, len);
    if (!it || !is_unwatched(doc) || it->flags || doc->near.slot != it->id.slot) return false;
    bool at_start = branch->tool == YT_ERASER_AT_START;
    yt_item *tomb = yt_at(doc, at_start ? it->left : it->right), *right = at_start ? it : tomb;
    const yt_client *client = yt_client_at(doc, it->id.slot);
    yt_place place = doc->near.block;
    if (tomb->content != YT_DELETED || tomb->flags != YT_ITEM_DELETED) return false;
    if (place.page >= client->page_count || place.at >= client->pages[place.page]->len) return false;
    if (yt_entry_at(client, place).item != (at_start ? branch->cursor : it->right)) return false;
    if (!note_beside(txn, branch, it->id.slot, at_start ? it->id.clock : tomb->id.clock - len, len)) return false;
    it->at += at_start ? len : 0;
    it->len -= len;
    tomb->len += len;
    move_start(doc, right, place, at_start ? len : 0 - len);
    branch->len -= len;
    branch->units -= len;
    yt_seq_longer(branch, it, 0 - len);
    return true;
}

/* A text of that many clocks; what it says is never seen. */
static bool fill(yata_doc *doc, yt_ref ref, uint32_t len) {
    uint8_t *text = yt_alloc(&doc->mem, len);
    if (!text) return false;
    memset(text, '?', len);
    yt_block content = {.content = YT_STRING, .len = len, .data = {text, len}};
    bool filled = yt_content_import(doc, ref, &content, 0);
    yt_free(&doc->mem, text, len);
    return filled;
}

bool yt_unerase(yata_txn *txn, uint32_t slot, uint32_t clock, uint32_t end) {
    yata_doc *doc = txn->doc;
    const yt_client *client = yt_client_at(doc, slot);
    yt_place place = yt_store_find(client, clock);
    do {
        const yt_entry entry = yt_entry_at(client, place);
        if (entry.clock >= end) break;
        if (!entry.item || yt_at(doc, entry.item)->content != YT_DELETED) continue;
        if (!fill(doc, entry.item, yt_at(doc, entry.item)->len)) return false;
        txn->garbage = true;
    } while (yt_place_next(client, &place));
    return true;
}
