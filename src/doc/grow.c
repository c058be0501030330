/* SPDX-License-Identifier: MIT */
/*
 * grow.c - the shortest way for what is typed.
 *
 * Who types makes one item for each key stroke, and commit merges it into the one before. What comes out is the item
 * before with more content, and the client with more clocks; here it is made so at once. A hundred thousand key strokes
 * in one transaction are then one item, not a hundred thousand until commit.
 *
 * Within the transaction it can be told from the long way by one thing: an item may be old in front and new behind.
 * Everybody who asks what is new asks for clocks, but for observers of types, who are told of items. So nothing grows
 * while there are such, and when the first one comes, what has grown is cut where the transaction began.
 */
#include "doc/grow.h"

#include "base/utf.h"
#include "doc/content.h"
#include "doc/erase.h"
#include "doc/integrate.h"
#include "doc/seq_index.h"

/* Would commit merge a new item of this kind, between these two, into the left one? */
static bool would_merge(yata_doc *doc, const yt_item *left, yt_ref right, const yt_block *content) {
    if (left->content != content->content || left->right != right) return false;
    if (left->content != YT_STRING && left->content != YT_ANY) return false;
    if (left->flags & (YT_ITEM_DELETED | YT_ITEM_KEYED | YT_ITEM_REDONE | YT_ITEM_LINKED)) return false;
    if (left->flags & YT_ITEM_KEEP) return false; /* what is typed is kept only once it was merged, at the commit */
    if (left->right && (yt_at(doc, left->right)->flags & YT_ITEM_LINKED)) return false; /* it would be LINKED, too */
    uint32_t slot = left->id.slot;
    if (slot != yt_slot_near(doc, doc->client_id) || left->id.clock + left->len != yt_state(doc, slot)) return false;
    if (content->len > YT_CLOCK_MAX - yt_state(doc, slot)) return false;
    return right ? yt_id_equal(left->right_origin, yt_at(doc, right)->id) : left->right_origin.slot == YT_NONE;
}

static uint32_t units_of(const yata_doc *doc, const yt_block *content) {
    if (content->content != YT_STRING || doc->unit == YATA_OFFSET_UTF16) return content->len;
    if (doc->unit == YATA_OFFSET_UTF8) return (uint32_t)content->data.len;
    return (uint32_t)yt_utf8_count_scalars(content->data.data, content->data.len);
}

bool yt_grow_item(yata_txn *txn, yt_branch *branch, yt_ref left, yt_ref right, const yt_block *content) {
    yata_doc *doc = txn->doc;
    if (!left || doc->type_observers) return false;
    yt_item *it = yt_at(doc, left);
    if (!would_merge(doc, it, right, content)) return false;
    if (!yt_txn_touch(txn, it->id.slot) || !yt_txn_change(txn, branch, YT_NONE)) return false;
    if (!yt_content_grow(doc, it, content)) return false;
    uint32_t units = units_of(doc, content);
    yt_client_at(doc, it->id.slot)->state += content->len;
    branch->wide |= it->wide != 0;
    branch->len += content->len;
    branch->units += units;
    yt_seq_resized(branch, left, it, units);
    return true;
}

bool yt_grow_at(yata_txn *txn, yt_branch *branch, uint32_t index, const yt_block *content) {
    const yata_doc *doc = txn->doc;
    yt_ref left = branch->cursor;
    if (!left || branch->formatted || index < branch->cursor_index) return false;
    const yt_item *it = yt_at(doc, left);
    if (!yt_is_visible(it) || index - branch->cursor_index != yt_units(doc, it)) return false;
    if (it->right && yt_is_deleted(yt_at(doc, it->right))) return false; /* a new item would stand behind that */
    return yt_grow_item(txn, branch, left, it->right, content);
}

void yt_shrink(yata_doc *doc, yt_ref ref, uint32_t len) {
    yt_item *it = yt_at(doc, ref);
    yt_branch *branch = yt_branch_at(doc, it->parent);
    uint32_t units = yt_units(doc, it), clocks = it->len - len;
    yt_content_cut(doc, it, len);
    units -= yt_units(doc, it);
    branch->len -= clocks;
    branch->units -= units;
    yt_seq_resized(branch, ref, it, 0 - units);
}

/* Cuts before a clock, which may be the next one. */
static bool cut_before(yata_txn *txn, uint32_t slot, uint32_t clock) {
    yt_ref ref;
    return clock == yt_state(txn->doc, slot) || !yt_clean_start(txn, slot, clock, &ref);
}

/* So that each item is new or not, and deleted in this transaction or not. */
static bool cut_new(yata_txn *txn) {
    for (uint32_t i = 0; i < txn->touched.len; i++) {
        const yt_touch *touch = &txn->touched.data[i];
        uint32_t slot = touch->slot, before = touch->before;
        yt_run run;
        if (!cut_before(txn, slot, before)) return false;
        for (yt_runs_iter it = yt_runs_begin(&touch->deleted); yt_runs_next(&it, &run) && run.clock < before;) {
            uint32_t end = run.clock + run.len < before ? run.clock + run.len : before;
            if (!cut_before(txn, slot, run.clock) || !cut_before(txn, slot, end)) return false;
            if (!yt_unerase(txn, slot, run.clock, end)) return false;
        }
    }
    return true;
}

bool yt_grown_apart(yata_doc *doc) {
    bool done = !doc->txn || cut_new(doc->txn);
    for (yata_txn *txn = doc->cleanup; done && txn; txn = txn->next) done = txn->merged || cut_new(txn);
    return done;
}
