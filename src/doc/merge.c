/* SPDX-License-Identifier: MIT */
/*
 * merge.c - fewer, longer blocks (spec/integrate.md, "Merging").
 *
 * Two items merge when the right one was made directly behind the left one and nothing came between. Yjs tries at three
 * kinds of places, in this order: around what was deleted, over all that is new, at cuts. Which blocks end up joined is
 * visible in the bytes, so the same places are tried here; within the new ones we go from left to right, which joins
 * the same blocks and lets a text grow at its end.
 */
#include "doc/merge.h"

#include "doc/branch.h"
#include "doc/content.h"
#include "doc/pool.h"
#include "doc/seq_index.h"

/* Would right, which stands behind left, have become part of it when it was written? */
static bool is_continued(const yt_item *l, const yt_item *r) {
    return yt_continues(l, r) && yt_is_deleted(l) == yt_is_deleted(r) &&
           !((l->flags | r->flags) & (YT_ITEM_REDONE | YT_ITEM_LINKED)) && l->content == r->content &&
           yt_content_splits(l->content);
}

/* False: no memory, or too long. */
static bool join_items(yata_doc *doc, yt_ref left, yt_ref right) {
    yt_item *l = yt_at(doc, left);
    const yt_item *r = yt_at(doc, right);
    uint32_t units = yt_seq_units(doc, l);
    if (!yt_content_join(doc, l, r)) return false;
    yt_branch *branch = yt_branch_at(doc, l->parent);
    l->flags |= r->flags & YT_ITEM_KEEP;
    l->right = r->right;
    if (r->right)
        yt_at(doc, r->right)->left = left;
    else if (yt_is_keyed(r))
        yt_entry_find(branch, r->u.key)->item = left;
    else
        branch->last = left;
    if (!yt_is_keyed(l)) yt_seq_merged(doc, branch, left, right, units);
    yt_item_free(doc, right);
    return true;
}

/* A quick look at a block and the one before it: can they be joined? Mostly they cannot. */
static inline bool is_joinable(const yata_doc *doc, yt_ref left, yt_ref right) {
    if (!right) return !left;
    const yt_item *r = yt_at(doc, right);
    return left && r->left == left && yt_is_deleted(r) == yt_is_deleted(yt_at(doc, left));
}

/* Did one of these transactions make or delete it? They were made inside observers and wait: their observers must find
 * it so, and it is merged at their end. */
static bool is_of(const yata_txn *later, const yt_item *it) {
    for (; later; later = later->next) {
        const yt_touch *touch = yt_txn_find(later, it->id.slot);
        if (!touch) continue;
        if (touch->before < touch->after && it->id.clock >= touch->before) return true;
        if (yt_runs_contains(&touch->deleted, it->id.clock)) return true;
    }
    return false;
}

/* Joins the block at `right` to the one before it, at `left`. Places behind `left` are then no longer good. */
static inline bool join(yata_doc *doc, const yata_txn *later, yt_client *client, yt_place left, yt_place right) {
    yt_ref l = yt_entry_at(client, left).item, r = yt_entry_at(client, right).item;
    if (!is_joinable(doc, l, r)) return false;
    if (l && !is_continued(yt_at(doc, l), yt_at(doc, r))) return false;
    if (l && later && (is_of(later, yt_at(doc, l)) || is_of(later, yt_at(doc, r)))) return false;
    if (!yt_store_loosen(doc, client, right) || (l && !join_items(doc, l, r))) return false;
    yt_store_remove(doc, client, right);
    return true;
}

/* Joins the block there to the one before it, that one to the one before, and so on: how many; place moves to the last.
 */
static inline uint32_t join_with_lefts(yata_doc *doc, const yata_txn *later, yt_client *client, yt_place *place) {
    uint32_t joined = 0;
    for (yt_place left = *place; yt_place_prev(client, &left) && join(doc, later, client, left, *place); joined++)
        *place = left;
    return joined;
}

/* Moves `place` to the next block that could join the one before it, of those with a clock below `end`: a quick look at
 * many. False: there is none. The block at `place` must not be the first. */
static bool find_joinable(const yata_doc *doc, const yt_client *client, yt_place *place, uint32_t end) {
    yt_place before = *place;
    yt_place_prev(client, &before);
    yt_ref left = yt_entry_at(client, before).item;
    for (uint32_t p = place->page, i = place->at; p < client->page_count; p++, i = 0) {
        const yt_page *page = client->pages[p];
        for (; i < page->len; i++) {
            yt_ref ref = yt_page_item(page, i);
            if (page->clocks[i] >= end) return false;
            if (is_joinable(doc, left, ref)) {
                *place = (yt_place){p, i};
                return true;
            }
            left = ref;
        }
    }
    return false;
}

/* *near: a place that may be near, then where it ended. */
static void merge_deleted(yata_doc *doc, const yata_txn *later, yt_client *client, yt_run run, yt_place *near) {
    yt_place place = yt_store_seek(client, *near, run.clock + run.len - 1);
    yt_place_next(client, &place);
    yt_entry right = yt_entry_at(client, place);
    while (right.clock >= run.clock) {
        yt_place before = place;
        if (!yt_place_prev(client, &before)) break;
        yt_entry left = yt_entry_at(client, before);
        if (is_joinable(doc, left.item, right.item)) {
            join_with_lefts(doc, later, client, &place);
            if (!yt_place_prev(client, &place)) break;
            right = yt_entry_at(client, place);
        } else {
            place = before;
            right = left;
        }
    }
    *near = place;
}

/* Are there so few blocks from `before` on that a look at each shows that none can be joined to the one before it? */
static inline bool is_settled(const yata_doc *doc, const yt_client *client, uint32_t before) {
    enum { FEW = 3 };
    const yt_page *page = client->pages[client->page_count - 1];
    for (uint32_t at = page->len - 1, steps = 0; at && steps < FEW; at--, steps++) {
        if (is_joinable(doc, yt_page_item(page, at - 1), yt_page_item(page, at))) return false;
        if (page->clocks[at] <= before) return true;
    }
    return false;
}

/* Not what transactions made inside observers have added behind `after`: it must be found new by their observers, and
 * is merged at their end. */
static void merge_new(yata_doc *doc, const yata_txn *later, yt_client *client, uint32_t before, uint32_t after) {
    if (is_settled(doc, client, before)) return;
    yt_place right = yt_store_find(client, before), old = right;
    if (right.page + 1 == client->page_count && yt_store_last(client).clock < before) { /* the last block has grown */
        join_with_lefts(doc, later, client, &right);
        return;
    }
    bool first = !yt_place_prev(client, &old), joined = false;
    if (first && !yt_place_next(client, &right)) return;
    while (find_joinable(doc, client, &right, after)) {
        yt_place left = right;
        yt_place_prev(client, &left);
        if (join(doc, later, client, left, right)) {
            joined |= left.page == old.page && left.at == old.at;
            right = left;
        }
        if (!yt_place_next(client, &right)) break;
    }
    if (joined && !first) join_with_lefts(doc, later, client, &old);
}

static void merge_around(yata_doc *doc, const yata_txn *later, yt_client *client, uint32_t clock) {
    yt_place near = yt_store_near(doc, (uint32_t)(client - doc->clients.data));
    yt_place place = yt_store_seek(client, near, clock), next = place;
    if (yt_place_next(client, &next) && join_with_lefts(doc, later, client, &next) > 1) return;
    join_with_lefts(doc, later, client, &place); /* what was joined to it stood behind it */
}

/* Around what was deleted. (Around what was erased, erase.c has noted what could merge.) */
static void merge_all_deleted(const yata_txn *txn) {
    yata_doc *doc = txn->doc;
    for (uint32_t i = 0; i < txn->touched.len; i++) {
        const yt_touch *touch = &txn->touched.data[i];
        yt_run run;
        yt_place near = yt_store_near(doc, touch->slot);
        for (yt_runs_iter it = yt_runs_end(&touch->deleted);
             yt_runs_prev(&it, &run);) { /* from right to left, as in Yjs */
            /* What was new and is deleted is tried below, with its neighbours: joining in another order joins the same.
             */
            if (run.clock >= touch->before && run.clock + run.len < touch->after) continue;
            merge_deleted(doc, txn->next, yt_client_at(doc, touch->slot), run, &near);
        }
    }
}

/* Has one client's newest item grown, or is there a new one, and is that all? That is what most key strokes leave. */
static inline bool is_all_settled(const yata_txn *txn) {
    if (txn->garbage || txn->merge.len || txn->touched.len != 1) return false;
    const yt_touch *touch = &txn->touched.data[0];
    return touch->before < touch->after && is_settled(txn->doc, yt_client_at(txn->doc, touch->slot), touch->before);
}

static YT_APART void merge_all(yata_txn *txn) {
    yata_doc *doc = txn->doc;
    if (txn->garbage) merge_all_deleted(txn);
    for (uint32_t i = 0; i < txn->touched.len; i++) {
        const yt_touch *touch = &txn->touched.data[i];
        yt_client *client = yt_client_at(doc, touch->slot);
        uint32_t from = touch->before;
        if (touch->counted < touch->settled && !touch->joins && !txn->garbage && !doc->weak) {
            if (from < touch->counted) merge_new(doc, txn->next, client, from, touch->counted);
            from = touch->settled;
        }
        if (from < touch->after) merge_new(doc, txn->next, client, from, touch->after);
    }
    for (uint32_t i = txn->merge.len; i-- > 0;) {
        yt_id id = txn->merge.data[i];
        merge_around(doc, txn->next, yt_client_at(doc, id.slot), id.clock);
    }
}

void yt_merge(yata_txn *txn) {
    txn->merged = true;
    if (!is_all_settled(txn)) merge_all(txn);
}
