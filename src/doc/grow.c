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
#include "doc/branch.h"
#include "doc/chunk.h"
#include "doc/content.h"
#include "doc/erase.h"
#include "doc/integrate.h"
#include "doc/seq_index.h"

/* Would commit merge a new item of ours, of the same kind, between these two, into the left one? */
static bool would_merge(yata_doc *doc, const yt_item *left, yt_ref right) {
    if (left->content != YT_STRING && left->content != YT_ANY) return false;
    if (left->flags & (YT_ITEM_DELETED | YT_ITEM_KEYED | YT_ITEM_REDONE | YT_ITEM_LINKED)) return false;
    if (left->flags & YT_ITEM_KEEP) return false; /* what is typed is kept only once it was merged, at the commit */
    if (left->right != right) return false;
    if (right && (yt_at(doc, right)->flags & YT_ITEM_LINKED)) return false; /* it would be LINKED, too */
    const yt_client *client = yt_client_at(doc, left->id.slot);
    if (client->client != doc->client_id || left->id.clock + left->len != client->state) return false;
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
    if (it->content != content->content || content->len > YT_CLOCK_MAX - yt_state(doc, it->id.slot)) return false;
    if (!would_merge(doc, it, right)) return false;
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
    if (!yt_grow_item(txn, branch, left, it->right, content)) return false;
    yt_pen_down(txn->doc, branch);
    return true;
}

/* ------------------------------------------------------------------------
 * The pen: at its place nothing is asked again that only a change of the sequence could answer otherwise
 */
void yt_pen_down(yata_doc *doc, yt_branch *branch) {
    if (!branch->cursor || branch->formatted) return;
    yt_item *it = yt_at(doc, branch->cursor);
    if (it->content != YT_STRING || !would_merge(doc, it, it->right)) return;
    if (it->wide && (it->wide == YT_WIDE_MANY || doc->unit == YATA_OFFSET_SCALAR))
        return;                                                    /* its end is not seen at once */
    if (it->right && yt_is_deleted(yt_at(doc, it->right))) return; /* a new item would stand behind that */
    branch->tool = YT_PEN;
}

/* Is the end of the item, as the pen knows it, at this place? Bytes are clocks, and those that go beyond. */
static inline bool ends_at(const yata_doc *doc, const yt_branch *branch, const yt_item *it, uint32_t index) {
    uint32_t beyond = doc->unit == YATA_OFFSET_UTF8 ? it->wide : 0;
    return index - branch->cursor_index == it->len + beyond;
}

/* The chunk, if the item's text ends where it does and `more` bytes fit in. */
static inline yt_chunk *room_behind(const yata_doc *doc, const yt_item *it, size_t more) {
    yt_chunk *c = yt_chunk_at(doc, it->chunk);
    if (it->at + it->len + it->wide != c->len) return NULL;
    return more <= c->cap - c->len ? c : NULL;
}

bool yt_type_on(yata_type text, yata_txn *txn, uint32_t index, yata_str str) {
    yt_branch *branch = yt_branch_written(text, txn);
    yata_doc *doc = text.doc;
    if (!branch || branch->tool != YT_PEN || !str.data || !str.len) return false;
    if (doc->type_observers || doc->weak) return false; /* as above */
    yt_item *it = yt_at(doc, branch->cursor);
    yt_client *client = yt_client_at(doc, it->id.slot);
    if (!ends_at(doc, branch, it, index)) return false;
    if (it->flags || client->client != doc->client_id || client->state != it->id.clock + it->len) return false;
    yt_chunk *c = room_behind(doc, it, str.len);
    if (!c || str.len > YT_CLOCK_MAX - client->state) return false;
    if (!yt_utf8_is_ascii((const uint8_t *)str.data, str.len)) return false;
    if (!yt_txn_touch(txn, it->id.slot) || !yt_txn_change(txn, branch, YT_NONE)) return false;
    uint32_t len = (uint32_t)str.len;
    if (len == 1)
        c->data[c->len] = (uint8_t)str.data[0];
    else
        memcpy(c->data + c->len, str.data, len);
    c->len += len;
    it->len += len;
    client->state += len;
    branch->len += len;
    branch->units += len;
    yt_seq_longer(branch, it, len);
    return true;
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
