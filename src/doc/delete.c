/* SPDX-License-Identifier: MIT */
/*
 * delete.c - tombstones.
 *
 * Deleting a type deletes what is in it. The branches below it are threaded through their `next` into a list with
 * children before parents, which takes neither stack nor memory, whatever the depth.
 */
#include "doc/delete.h"

#include "doc/branch.h"
#include "doc/content.h"
#include "doc/integrate.h"
#include "doc/seq_index.h"

yata_status yt_delete_reserve(yata_txn *txn, uint32_t slot) {
    yata_doc *doc = txn->doc;
    yt_touch *touch = yt_txn_touch(txn, slot);
    if (!touch || !yt_runs_reserve(&doc->mem, &touch->deleted) ||
        !yt_runs_reserve(&doc->mem, &yt_client_at(doc, slot)->deleted))
        return YATA_ERR_MEMORY;
    return YATA_OK;
}

void yt_delete_mark(yata_txn *txn, yt_ref ref) {
    yata_doc *doc = txn->doc;
    yt_item *it = yt_at(doc, ref);
    yt_branch *branch = yt_branch_at(doc, it->parent);
    if (yt_is_keyed(it)) {
        if (!it->right) branch->live--;
    } else {
        yt_seq_changed(branch);
        if (yt_content_countable(it->content)) {
            branch->len -= it->len;
            branch->units -= yt_units(doc, it);
        }
    }
    it->flags |= YT_ITEM_DELETED;
    if (it->content == YT_TYPE) yt_txn_unchange(txn, yt_branch_at(doc, it->chunk));
    yt_runs_add(&doc->mem, &yt_txn_touch(txn, it->id.slot)->deleted, it->id.clock, it->len);
    yt_runs_add(&doc->mem, &yt_client_at(doc, it->id.slot)->deleted, it->id.clock, it->len);
}

static yata_status note_and_mark(yata_txn *txn, yt_ref ref) {
    const yt_item *it = yt_at(txn->doc, ref);
    yata_status status = yt_delete_reserve(txn, it->id.slot);
    if (status) return status;
    if (!yt_txn_change(txn, yt_branch_at(txn->doc, it->parent), yt_is_keyed(it) ? it->u.key : YT_NONE))
        return YATA_ERR_MEMORY;
    yt_delete_mark(txn, ref);
    return YATA_OK;
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

/* What was deleted before this transaction may now merge with its neighbours, but no note of this transaction leads
 * there. */
static void note_merge(yata_txn *txn, const yt_item *it) {
    if (it->id.clock < yt_txn_before(txn, it->id.slot) && yt_vec_reserve(&txn->doc->mem, &txn->merge, 1))
        yt_vec_put(&txn->merge, it->id);
}

static yata_status delete_content(yata_txn *txn, const yt_branch *branch) {
    const yata_doc *doc = txn->doc;
    yata_status status = YATA_OK;
    for (yt_ref ref = branch->first; ref && !status; ref = yt_at(doc, ref)->right) {
        if (yt_is_deleted(yt_at(doc, ref)))
            note_merge(txn, yt_at(doc, ref));
        else
            status = note_and_mark(txn, ref);
    }
    for (uint32_t i = 0; i < branch->entries.len && !status; i++) {
        yt_ref ref = branch->entries.data[i].item;
        if (yt_is_deleted(yt_at(doc, ref))) note_merge(txn, yt_at(doc, ref));
        for (; ref && !status; ref = yt_at(doc, ref)->left)
            if (!yt_is_deleted(yt_at(doc, ref))) status = note_and_mark(txn, ref);
    }
    return status;
}

yata_status yt_delete(yata_txn *txn, yt_ref ref) {
    const yt_item *it = yt_at(txn->doc, ref);
    if (yt_is_deleted(it)) return YATA_OK;
    if (it->content == YT_TYPE) {
        for (const yt_branch *b = thread(txn->doc, yt_branch_at(txn->doc, it->chunk)); b; b = b->next) {
            yata_status status = delete_content(txn, b);
            if (status) return status;
        }
    }
    return note_and_mark(txn, ref);
}

yata_status yt_delete_range(yata_txn *txn, uint32_t slot, uint32_t clock, uint32_t len) {
    yata_doc *doc = txn->doc;
    uint32_t end = clock + len;
    while (clock < end) {
        yt_client *client = yt_client_at(doc, slot);
        yt_place place = yt_store_find(client, clock);
        yt_ref ref = yt_entry_at(client, place)->item;
        uint32_t start = yt_entry_at(client, place)->clock, size = yt_place_len(client, place);
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
