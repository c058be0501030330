/* SPDX-License-Identifier: MIT */
/*
 * restore.c - back to an old state by going forward (spec/snapshots.md, "Restoring").
 *
 * Types are worked off in pairs, what a type was and the type that is to be it. A type that was there all the time is
 * both: in it, what is new is deleted and what was deleted is inserted anew right behind its tombstone. A type that was
 * deleted has a new one as its partner, which is filled from the start. Nested types add a pair each, so that depth
 * costs neither stack nor time.
 */
#include "doc/branch.h"
#include "doc/content.h"
#include "doc/delete.h"
#include "history/snapshot.h"
#include "types/insert.h"

typedef struct pair {
    yt_branch *was, *is;
} pair;

typedef struct restoration {
    const yata_snapshot *snapshot;
    yata_txn *txn;
    yata_doc *doc;
    YT_VEC(pair) pairs;
} restoration;

/* ------------------------------------------------------------------------
 * Is everything there?
 */
static bool is_known_as_deleted(const yata_snapshot *snapshot, uint64_t client, uint32_t from, uint32_t to) {
    const yt_runs *runs = yt_id_set_find(&snapshot->deletes, client);
    yt_run run;
    return runs && yt_runs_find(runs, from, &run) && run.clock <= from && to <= run.clock + run.len;
}

/* Was no content of this client collected that the snapshot shows? */
static bool has_all(const yata_snapshot *snapshot, const yata_doc *doc, yt_state_entry state) {
    const yt_client *client = yt_client_at(doc, yt_slot_find(doc, state.client));
    yt_place place = yt_store_find(client, 0);
    do {
        const yt_entry entry = yt_entry_at(client, place);
        if (entry.clock >= state.clock) break;
        if (entry.item && yt_at(doc, entry.item)->content != YT_DELETED) continue;
        uint32_t end = entry.clock + yt_place_len(client, place);
        if (!is_known_as_deleted(snapshot, state.client, entry.clock, end < state.clock ? end : state.clock))
            return false;
    } while (yt_place_next(client, &place));
    return true;
}

/* ------------------------------------------------------------------------
 * Pairs
 */
static yata_status add_pair(restoration *r, yt_branch *was, yt_branch *is) {
    pair both = {was, is};
    if (!yt_vec_reserve(&r->doc->mem, &r->pairs, 1)) return YATA_ERR_MEMORY;
    yt_vec_put(&r->pairs, both);
    return YATA_OK;
}

static yt_branch *branch_in(const restoration *r, yt_ref ref) {
    return yt_branch_at(r->doc, yt_at(r->doc, ref)->chunk);
}

/* A type that is to stay: look into it. */
static yata_status keep(restoration *r, yt_ref ref) {
    return yt_at(r->doc, ref)->content == YT_TYPE ? add_pair(r, branch_in(r, ref), branch_in(r, ref)) : YATA_OK;
}

/* Inserts the content of `ref` again. */
static yata_status copy(restoration *r, yt_ref ref, yt_branch *to, yt_ref left, yt_ref right, uint32_t key) {
    yt_block content;
    yt_ref made;
    yt_block_clear(&content);
    yt_content_view(r->doc, yt_at(r->doc, ref), &content);
    yata_status status = yt_insert(r->txn, to, left, right, key, &content, &made);
    if (!status && content.content == YT_TYPE) status = add_pair(r, branch_in(r, ref), branch_in(r, made));
    return status;
}

/* ------------------------------------------------------------------------
 * One pair
 */
static yata_status restore_list(restoration *r, yt_branch *branch) {
    yata_status status = YATA_OK;
    for (yt_ref ref = branch->first, next; ref && !status; ref = next) {
        const yt_item *it = yt_at(r->doc, ref);
        bool was = yt_snapshot_shows_item(r->snapshot, r->doc, it), is = !yt_is_deleted(it);
        next = it->right;
        if (was && is) status = keep(r, ref);
        if (!was && is) status = yt_delete(r->txn, ref);
        if (was && !is) status = copy(r, ref, branch, ref, next, YT_NONE);
    }
    return status;
}

static yata_status restore_entries(restoration *r, yt_branch *branch) {
    yata_status status = YATA_OK;
    for (uint32_t i = 0; i < branch->entries.len && !status; i++) {
        const yt_map_entry *entry = &branch->entries.data[i];
        yt_ref was = yt_snapshot_entry(r->snapshot, r->doc, entry);
        bool is = !yt_is_deleted(yt_at(r->doc, entry->item));
        if (was && was == entry->item && is)
            status = keep(r, was);
        else if (was)
            status = copy(r, was, branch, entry->item, 0, entry->key);
        else if (is)
            status = yt_delete(r->txn, entry->item);
    }
    return status;
}

/* Fills a new type. */
static yata_status fill(restoration *r, const yt_branch *was, yt_branch *is) {
    yata_status status = YATA_OK;
    for (yt_ref ref = was->first; ref && !status; ref = yt_at(r->doc, ref)->right)
        if (yt_snapshot_shows_item(r->snapshot, r->doc, yt_at(r->doc, ref)))
            status = copy(r, ref, is, is->last, 0, YT_NONE);
    for (uint32_t i = 0; i < was->entries.len && !status; i++) {
        yt_ref ref = yt_snapshot_entry(r->snapshot, r->doc, &was->entries.data[i]);
        if (ref) status = copy(r, ref, is, 0, 0, was->entries.data[i].key);
    }
    return status;
}

static yata_status restore_all(restoration *r) {
    yata_status status = yt_snapshot_cut(r->snapshot, r->txn);
    for (uint32_t i = 0; i < r->doc->roots.len && !status; i++) {
        yt_branch *root = yt_branch_at(r->doc, r->doc->roots.data[i]);
        status = add_pair(r, root, root);
    }
    for (uint32_t i = 0; i < r->pairs.len && !status; i++) {
        pair p = r->pairs.data[i];
        if (p.was == p.is) {
            status = restore_list(r, p.is);
            if (!status) status = restore_entries(r, p.is);
        } else {
            status = fill(r, p.was, p.is);
        }
    }
    return status;
}

yata_status yata_snapshot_restore(const yata_snapshot *snapshot, yata_txn *txn) {
    if (!snapshot || !txn) return YATA_ERR_ARGUMENT;
    restoration r = {.snapshot = snapshot, .txn = txn, .doc = txn->doc};
    yata_status status = yt_txn_writable(txn, r.doc);
    if (!status) status = yt_snapshot_check(snapshot, r.doc);
    for (uint32_t i = 0; i < snapshot->states.len && !status; i++)
        if (!has_all(snapshot, r.doc, snapshot->states.entries[i])) status = YATA_ERR_GONE;
    if (!status) status = restore_all(&r);
    yt_vec_free(&r.doc->mem, &r.pairs);
    return status;
}
