/* SPDX-License-Identifier: MIT */
/*
 * gc.c - what is left of deleted content (spec/integrate.md, "Collecting").
 *
 * A deleted item in a living type keeps its place, since others are placed by it, and loses its content. What is inside
 * a deleted type places nobody: those items become GCs, bare lengths in the block list. Branches still to be emptied
 * are threaded through their `next`: no recursion.
 */
#include "doc/gc.h"

#include "doc/branch.h"
#include "doc/content.h"
#include "doc/pool.h"

#include <yata/doc.h>
#include "doc/redo.h"

static yt_ref collect_item(yata_doc *doc, yt_ref ref, bool keyed, yt_branch **todo) {
    yt_item *it = yt_at(doc, ref);
    yt_ref next = keyed ? it->left : it->right;
    if (it->content == YT_TYPE) {
        yt_branch *child = yt_branch_at(doc, it->chunk);
        child->next = *todo;
        *todo = child;
    }
    yt_content_drop(doc, it);
    yt_redone_drop(doc, ref);
    yt_client *client = yt_client_at(doc, it->id.slot);
    yt_store_collect(client, yt_store_find(client, it->id.clock));
    yt_item_free(doc, ref);
    return next;
}

/* Collects everything in a branch, and the branch. */
static void collect_branch(yata_doc *doc, yt_branch *branch) {
    branch->next = NULL;
    for (yt_branch *todo = branch; todo;) {
        yt_branch *b = todo;
        todo = b->next;
        for (yt_ref ref = b->first; ref;) ref = collect_item(doc, ref, false, &todo);
        for (uint32_t i = 0; i < b->entries.len; i++)
            for (yt_ref ref = b->entries.data[i].item; ref;) ref = collect_item(doc, ref, true, &todo);
        yt_branch_free(doc, b);
    }
}

static void collect(yata_doc *doc, yt_item *it) {
    if (it->content == YT_TYPE)
        collect_branch(doc, yt_branch_at(doc, it->chunk));
    else
        yt_content_drop(doc, it);
    it->content = YT_DELETED;
    it->chunk = it->at = 0;
    it->wide = 0;
}

/* Collects what is deleted in a run of one client; noted, if it is not this transaction that deletes it: what it
 * leaves may merge with its neighbours. */
static bool collect_run(yata_txn *txn, uint32_t slot, yt_run run, bool note, yt_place *from) {
    yata_doc *doc = txn->doc;
    yt_client *client = yt_client_at(doc, slot);
    yt_place place = yt_store_seek(client, *from, run.clock);
    *from = place;
    do {
        const yt_entry entry = yt_entry_at(client, place);
        if (entry.clock >= run.clock + run.len) break;
        if (note && !yt_vec_reserve(&doc->mem, &txn->merge, 1)) return false;
        if (note) yt_vec_put(&txn->merge, ((yt_id){slot, entry.clock}));
        if (!entry.item) continue;
        yt_item *item = yt_at(doc, entry.item);
        if (item->content == YT_DELETED) continue; /* it came like that */
        if (yt_is_deleted(item) && !(item->flags & YT_ITEM_KEEP)) collect(doc, item);
    } while (yt_place_next(client, &place));
    return true;
}

yata_status yata_txn_collect(yata_txn *txn) {
    if (!txn) return YATA_ERR_ARGUMENT;
    yata_doc *doc = txn->doc;
    if (doc->txn != txn) return YATA_ERR_STATE;
    bool ok = true;
    for (uint32_t slot = 0; slot < doc->clients.len && ok; slot++) {
        yt_run run;
        yt_place place = {0, 0};
        for (yt_runs_iter it = yt_runs_begin(&yt_client_at(doc, slot)->deleted); ok && yt_runs_next(&it, &run);)
            ok = collect_run(txn, slot, run, true, &place);
    }
    return ok ? YATA_OK : YATA_ERR_MEMORY;
}

void yt_gc(yata_txn *txn) {
    for (uint32_t i = 0; i < txn->touched.len; i++) {
        const yt_touch *touch = &txn->touched.data[i];
        yt_run run;
        yt_place place = yt_store_near(txn->doc, touch->slot);
        for (yt_runs_iter it = yt_runs_begin(&touch->deleted); yt_runs_next(&it, &run);)
            (void)collect_run(txn, touch->slot, run, false, &place);
    }
}
