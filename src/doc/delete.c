/* SPDX-License-Identifier: MIT */
/*
 * delete.c - tombstones.
 *
 * Deleting a type deletes what is in it. The branches below it are threaded through their `next` into a list with
 * children before parents, which takes neither stack nor memory, whatever the depth.
 *
 * What belongs together is deleted together: first all clocks are noted as deleted, which can fail and be taken back,
 * then all items are marked, which cannot. The sets of clocks are held meanwhile, so that taking back cannot fail.
 */
#include "doc/delete.h"

#include "doc/branch.h"
#include "doc/content.h"
#include "doc/integrate.h"
#include "doc/seq_index.h"
#include "doc/instance.h"
#include "doc/weak_links.h"

yata_status yt_delete_reserve(yata_txn *txn, uint32_t slot) {
    yata_doc *doc = txn->doc;
    yt_touch *touch = yt_txn_touch(txn, slot);
    if (!touch || !yt_runs_reserve(&doc->mem, &touch->deleted) ||
        !yt_runs_reserve(&doc->mem, &yt_client_at(doc, slot)->deleted))
        return YATA_ERR_MEMORY;
    return YATA_OK;
}

static void mark(yata_txn *txn, yt_ref ref) {
    yata_doc *doc = txn->doc;
    yt_item *it = yt_at(doc, ref);
    yt_branch *branch = yt_branch_at(doc, it->parent);
    if (yt_is_keyed(it)) {
        if (!it->right) branch->live--;
    } else {
        yt_seq_deleted(doc, branch, it);
        if (yt_content_countable(it->content)) {
            branch->len -= it->len;
            branch->units -= yt_units(doc, it);
        }
        branch->formats -= it->content == YT_FORMAT;
    }
    it->flags |= YT_ITEM_DELETED;
    txn->garbage |= it->content != YT_DELETED;
    if (it->content == YT_TYPE) {
        yt_txn_unchange(txn, yt_branch_at(doc, it->chunk));
        if (yt_is_weak(yt_branch_at(doc, it->chunk))) yt_weak_deleted(txn, yt_branch_at(doc, it->chunk));
    }
    if (it->content == YT_DOC) yt_subdoc_deleted(txn, ref);
}

static void add_clocks(yata_txn *txn, const yt_item *it) {
    yata_doc *doc = txn->doc;
    yt_touch *touch = yt_txn_touch(txn, it->id.slot);
    yt_runs_add_near(&doc->mem, &touch->deleted, &doc->near.own, it->id.clock, it->len);
    yt_runs_add_near(&doc->mem, &yt_client_at(doc, it->id.slot)->deleted, &doc->near.all, it->id.clock, it->len);
}

static void number_client(yata_txn *txn, yt_ref ref) {
    yt_txn_number(txn, yt_txn_touch(txn, yt_at(txn->doc, ref)->id.slot));
}

void yt_delete_mark(yata_txn *txn, yt_ref ref) {
    mark(txn, ref);
    add_clocks(txn, yt_at(txn->doc, ref));
    number_client(txn, ref);
}

/* Notes what a deletion changes, but for its clocks. */
static bool note_change(yata_txn *txn, const yt_item *it) {
    if (!yt_txn_change(txn, yt_branch_at(txn->doc, it->parent), yt_is_keyed(it) ? it->u.key : YT_NONE)) return false;
    return it->content != YT_DOC || yt_subdoc_reserve(txn);
}

/* The notes on a deletion alone. */
static bool note(yata_txn *txn, yt_ref ref) {
    const yt_item *it = yt_at(txn->doc, ref);
    if (!note_change(txn, it) || yt_delete_reserve(txn, it->id.slot)) return false;
    add_clocks(txn, it);
    return true;
}

/* The same of one of many: the notes can be taken back. */
static bool note_held(yata_txn *txn, yt_ref ref) {
    uint32_t slot = yt_at(txn->doc, ref)->id.slot;
    yt_touch *touch = yt_txn_touch(txn, slot);
    if (!touch) return false;
    yt_runs_hold(&touch->deleted);
    yt_runs_hold(&yt_client_at(txn->doc, slot)->deleted);
    return note(txn, ref);
}

static void let_go(yata_txn *txn, uint32_t slot) {
    yt_mem *mem = &txn->doc->mem;
    yt_touch *touch = yt_txn_touch(txn, slot);
    if (touch) yt_runs_let_go(mem, &touch->deleted);
    yt_runs_let_go(mem, &yt_client_at(txn->doc, slot)->deleted);
}

void yt_delete_let_go(yata_txn *txn) {
    for (uint32_t i = 0; i < txn->touched.len; i++) let_go(txn, txn->touched.data[i].slot);
}

/* Takes the last note back. False: no memory, the note stays; never if it is held. */
static bool take_back(yata_txn *txn, yt_ref ref) {
    yata_doc *doc = txn->doc;
    const yt_item *it = yt_at(doc, ref);
    yt_runs *own = &yt_txn_touch(txn, it->id.slot)->deleted, *all = &yt_client_at(doc, it->id.slot)->deleted;
    if (!yt_runs_remove(&doc->mem, own, it->id.clock, it->len)) return false;
    if (yt_runs_remove(&doc->mem, all, it->id.clock, it->len)) return true;
    yt_runs_add(&doc->mem, own, it->id.clock, it->len);
    return false;
}

static void take_back_held(yata_txn *txn, yt_ref ref) {
    bool back = take_back(txn, ref);
    YT_ASSERT(back);
    (void)back;
}

/* Threads the live branches below `branch`, itself included, children before parents. */
static yt_branch *thread(const yata_doc *doc, yt_branch *branch) {
    yt_branch *todo = branch, *done = NULL;
    branch->next = NULL;
    while (todo) {
        yt_branch *b = todo;
        todo = b->next;
        b->next = done;
        done = b;
        for (uint32_t i = 0; i <= b->entries.len; i++) { /* the list, then each chain from its end */
            bool list = i == b->entries.len;
            yt_ref ref = list ? b->first : b->entries.data[i].item;
            while (ref) {
                const yt_item *it = yt_at(doc, ref);
                if (it->content == YT_TYPE && !yt_is_deleted(it)) {
                    yt_branch *child = yt_branch_at(doc, it->chunk);
                    child->next = todo;
                    todo = child;
                }
                ref = list ? it->right : it->left;
            }
        }
    }
    return done;
}

yt_inside yt_inside_begin(const yata_doc *doc, const yt_branch *branch) {
    return (yt_inside){doc, branch, branch, branch->first, 0};
}

/* The way back is found by the owners. */
yt_ref yt_inside_next(yt_inside *w) {
    const yata_doc *doc = w->doc;
    for (;;) {
        yt_ref at = w->ref;
        if (at) {
            w->ref = yt_at(doc, at)->right;
        } else if (w->entry < w->branch->entries.len) {
            at = w->branch->entries.data[w->entry++].item;
        } else if (w->branch == w->top) {
            return 0;
        } else {
            const yt_item *owner = yt_at(doc, w->branch->owner);
            bool keyed = yt_is_keyed(owner);
            w->branch = yt_branch_at(doc, owner->parent);
            w->ref = keyed ? 0 : owner->right;
            w->entry = keyed ? (uint32_t)(yt_entry_find(w->branch, owner->u.key) - w->branch->entries.data) + 1 : 0;
            continue;
        }
        const yt_item *it = yt_at(doc, at);
        if (yt_is_deleted(it)) continue;
        if (it->content == YT_TYPE) {
            w->branch = yt_branch_at(doc, it->chunk);
            w->ref = w->branch->first;
            w->entry = 0;
        }
        return at;
    }
}

/* What was deleted before this transaction may now merge with its neighbours, but no note of this transaction leads
 * there. */
static void note_merge(yata_txn *txn, const yt_item *it) {
    if (it->id.clock < yt_txn_before(txn, it->id.slot) && yt_vec_reserve(&txn->doc->mem, &txn->merge, 1))
        yt_vec_put(&txn->merge, it->id);
}

static bool gather(yata_txn *txn, yt_ref ref, yt_refs *refs) {
    if (!yt_vec_reserve(&txn->doc->mem, refs, 1)) return false;
    yt_vec_put(refs, ref);
    return true;
}

static bool gather_content(yata_txn *txn, const yt_branch *branch, yt_refs *refs) {
    const yata_doc *doc = txn->doc;
    for (yt_ref ref = branch->first; ref; ref = yt_at(doc, ref)->right) {
        if (yt_is_deleted(yt_at(doc, ref)))
            note_merge(txn, yt_at(doc, ref));
        else if (!gather(txn, ref, refs))
            return false;
    }
    for (uint32_t i = 0; i < branch->entries.len; i++) {
        yt_ref ref = branch->entries.data[i].item;
        if (yt_is_deleted(yt_at(doc, ref))) note_merge(txn, yt_at(doc, ref));
        for (; ref; ref = yt_at(doc, ref)->left)
            if (!yt_is_deleted(yt_at(doc, ref)) && !gather(txn, ref, refs)) return false;
    }
    return true;
}

bool yt_delete_gather(yata_txn *txn, yt_ref ref, yt_refs *refs) {
    const yt_item *it = yt_at(txn->doc, ref);
    if (yt_is_deleted(it)) return true;
    if (it->content == YT_TYPE) {
        yt_subdocs_order(txn, yt_branch_at(txn->doc, it->chunk));
        for (const yt_branch *b = thread(txn->doc, yt_branch_at(txn->doc, it->chunk)); b; b = b->next)
            if (!gather_content(txn, b, refs)) return false;
    }
    if (it->content == YT_DOC) yt_subdoc_order(txn, ref);
    return gather(txn, ref, refs);
}

/* Numbers the clients of an item and of what is in it, in the order in which Yjs deletes. */
static void number_below(yata_txn *txn, yt_ref top) {
    const yata_doc *doc = txn->doc;
    const yt_item *it = yt_at(doc, top);
    number_client(txn, top);
    if (it->content != YT_TYPE) return;
    yt_inside walk = yt_inside_begin(doc, yt_branch_at(doc, it->chunk));
    for (yt_ref ref; (ref = yt_inside_next(&walk));) number_client(txn, ref);
}

/* The items are noted and still live. Those that were asked for have the same parent as the last one. */
static void number_clients(yata_txn *txn, const yt_refs *refs) {
    const yata_doc *doc = txn->doc;
    uint32_t slot = YT_NONE;
    bool several = false;
    for (uint32_t i = 0; i < refs->len; i++) {
        const yt_item *it = yt_at(doc, refs->data[i]);
        if (yt_txn_touch(txn, it->id.slot)->deletion) continue;
        several |= slot != YT_NONE && slot != it->id.slot;
        slot = it->id.slot;
    }
    if (slot == YT_NONE) return;
    uint32_t parent = yt_at(doc, refs->data[refs->len - 1])->parent;
    for (uint32_t i = 0; several && i < refs->len; i++)
        if (yt_at(doc, refs->data[i])->parent == parent) number_below(txn, refs->data[i]);
    for (uint32_t i = 0; i < refs->len; i++) number_client(txn, refs->data[i]);
}

/* Notes a deletion in the transaction alone. */
static bool note_own(yata_txn *txn, yt_ref ref) {
    const yt_item *it = yt_at(txn->doc, ref);
    yt_touch *touch = note_change(txn, it) ? yt_txn_touch(txn, it->id.slot) : NULL;
    return touch && yt_runs_add_near(&txn->doc->mem, &touch->deleted, &txn->doc->near.own, it->id.clock, it->len);
}

/* Takes out of the clients' sets what note_first has put there: all that is in the transaction's before that place. */
static void take_back_first(yata_txn *txn, uint32_t touched, yt_runs_iter it) {
    yata_doc *doc = txn->doc;
    yt_run run;
    for (;;) {
        yt_touch *touch = &txn->touched.data[touched];
        yt_runs *all = &yt_client_at(doc, touch->slot)->deleted;
        while (yt_runs_prev(&it, &run)) {
            bool back = yt_runs_remove(&doc->mem, all, run.clock, run.len);
            YT_ASSERT(back);
            (void)back;
        }
        yt_runs_let_go(&doc->mem, all);
        if (!touched--) return;
        it = yt_runs_end(&txn->touched.data[touched].deleted);
    }
}

/* The first deletions of a transaction: they are sorted by noting them there, so that each client's set is gone through
 * once, and gets runs that are as long as can be. False: no memory, nothing is noted. */
static bool note_first(yata_txn *txn, const yt_refs *refs) {
    yata_doc *doc = txn->doc;
    bool noted = true;
    for (uint32_t i = 0; noted && i < refs->len; i++) noted = note_own(txn, refs->data[i]);
    for (uint32_t i = 0; noted && i < txn->touched.len; i++) {
        yt_touch *touch = &txn->touched.data[i];
        yt_runs *all = &yt_client_at(doc, touch->slot)->deleted;
        yt_run run;
        if (!touch->deleted.count) continue;
        yt_runs_hold(all);
        yt_runs_iter it = yt_runs_begin(&touch->deleted), at = it;
        while (noted && yt_runs_next(&it, &run)) {
            noted = yt_runs_add_near(&doc->mem, all, &doc->near.all, run.clock, run.len);
            if (noted) at = it;
        }
        if (!noted) take_back_first(txn, i, at);
    }
    for (uint32_t i = 0; !noted && i < txn->touched.len; i++) yt_runs_free(&doc->mem, &txn->touched.data[i].deleted);
    return noted;
}

/* One by one, in order, as what is taken back later is taken back in the opposite order. False: the same. */
static bool note_each(yata_txn *txn, const yt_refs *refs) {
    uint32_t noted = 0;
    while (noted < refs->len && note_held(txn, refs->data[noted])) noted++;
    bool all = noted == refs->len;
    while (!all && noted) take_back_held(txn, refs->data[--noted]);
    return all;
}

yata_status yt_delete_gathered(yata_txn *txn, const yt_refs *refs) {
    uint32_t slot = YT_NONE;
    if (!refs->len) return YATA_OK;
    bool noted = txn->undo || txn->deletions ? note_each(txn, refs) : note_first(txn, refs);
    if (noted) number_clients(txn, refs);
    for (uint32_t i = 0; i < refs->len; i++) {
        if (noted) mark(txn, refs->data[i]);
        if (txn->undo || yt_at(txn->doc, refs->data[i])->id.slot == slot) continue; /* undo lets go at its end */
        slot = yt_at(txn->doc, refs->data[i])->id.slot;
        let_go(txn, slot);
    }
    return noted ? YATA_OK : YATA_ERR_MEMORY;
}

yata_status yt_delete_logged(yata_txn *txn, yt_ref ref, yt_refs *log) {
    uint32_t from = log->len;
    yata_status status = YATA_ERR_MEMORY;
    if (yt_delete_gather(txn, ref, log)) {
        status = YATA_OK;
        if (log->len > from) {
            yt_refs added = {log->data + from, log->len - from, 0};
            status = yt_delete_gathered(txn, &added);
        }
    }
    if (status) log->len = from;
    return status;
}

/* The opposite of mark(). */
static void unmark(yata_txn *txn, yt_ref ref) {
    yata_doc *doc = txn->doc;
    yt_item *it = yt_at(doc, ref);
    yt_branch *branch = yt_branch_at(doc, it->parent);
    if (yt_is_keyed(it)) {
        if (!it->right) branch->live++;
    } else {
        if (yt_content_countable(it->content)) {
            branch->len += it->len;
            branch->units += yt_units(doc, it);
        }
        branch->formats += it->content == YT_FORMAT;
    }
    it->flags &= (uint8_t)~YT_ITEM_DELETED;
    if (!yt_is_keyed(it)) yt_seq_revived(doc, branch, it);
    if (it->content == YT_DOC) yt_subdoc_revived(txn, ref);
    if (it->content != YT_TYPE) return;
    branch = yt_branch_at(doc, it->chunk);
    if (yt_is_weak(branch)) yt_weak_revived(doc, branch);
    if (branch->change_txn == txn->number) txn->changed.data[branch->change].branch = branch->ref;
}

bool yt_delete_unmark_new(yata_txn *txn, yt_ref ref) {
    if (!take_back(txn, ref)) return false;
    unmark(txn, ref);
    return true;
}

void yt_delete_revert(yata_txn *txn, yt_refs *log, uint32_t from) {
    while (log->len > from) {
        yt_ref ref = log->data[--log->len];
        take_back_held(txn, ref);
        unmark(txn, ref);
    }
}

yata_status yt_delete(yata_txn *txn, yt_ref ref) {
    const yt_item *it = yt_at(txn->doc, ref);
    if (yt_is_deleted(it)) return YATA_OK;
    if (it->content != YT_TYPE) { /* the common case needs no list */
        if (!note(txn, ref)) return YATA_ERR_MEMORY;
        mark(txn, ref);
        number_client(txn, ref);
        return YATA_OK;
    }
    yt_refs refs = {NULL, 0, 0};
    yata_status status = yt_delete_gather(txn, ref, &refs) ? yt_delete_gathered(txn, &refs) : YATA_ERR_MEMORY;
    yt_vec_free(&txn->doc->mem, &refs);
    return status;
}

yata_status yt_delete_range(yata_txn *txn, uint32_t slot, uint32_t clock, uint32_t len) {
    yata_doc *doc = txn->doc;
    uint32_t end = clock + len;
    while (clock < end) {
        yt_client *client = yt_client_at(doc, slot);
        yt_place place = yt_store_find(client, clock);
        yt_ref ref = yt_entry_at(client, place).item;
        uint32_t start = yt_entry_at(client, place).clock, size = yt_place_len(client, place);
        if (!ref || yt_is_deleted(yt_at(doc, ref))) { /* no need to cut what is deleted */
            clock = start + size;
            continue;
        }
        yata_status status = YATA_OK;
        if (start < clock) {
            status = yt_split(txn, slot, &place, clock - start, &ref);
            size -= clock - start;
        }
        if (!status && size > end - clock) {
            yt_ref rest;
            status = yt_split(txn, slot, &place, end - clock, &rest);
            size = end - clock;
        }
        if (!status) status = yt_delete(txn, ref);
        if (status) return status;
        clock += size;
    }
    return YATA_OK;
}
