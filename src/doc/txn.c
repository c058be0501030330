/* SPDX-License-Identifier: MIT */
/*
 * txn.c - opening transactions, and their notes.
 *
 * A client is noted when it is first touched, by a number in its record: the cost of a transaction does not depend on
 * how many clients the document knows. The record of the last transaction is kept for the next, so that a keystroke
 * asks for no memory for it. What happens at the end is in commit.c.
 */
#include "doc/txn.h"

#include "base/sort.h"
#include "doc/stage.h"
#include "doc/instance.h"

#include <yata/doc.h>

/* Notes of each kind that the spare transaction may have room for; and so many can be searched one by one. */
enum { SPARE_NOTES = 64, SPARE_RUNS = 16, FEW = 8 };

static YT_APART yata_txn *txn_new(yata_doc *doc, yata_bytes origin) {
    yata_txn *txn = doc->spare ? doc->spare : yt_calloc(&doc->mem, sizeof *txn);
    if (!txn) return NULL;
    if (origin.len) {
        bool fits = origin.len <= sizeof txn->short_origin;
        txn->origin = fits ? txn->short_origin : yt_alloc(&doc->mem, origin.len);
        if (!txn->origin) {
            if (txn != doc->spare) yt_free(&doc->mem, txn, sizeof *txn);
            return NULL;
        }
        memcpy(txn->origin, origin.data, origin.len);
        txn->origin_len = origin.len;
        txn->rare |= !fits;
    }
    doc->spare = NULL;
    txn->doc = doc;
    return txn;
}

static inline yata_txn *txn_next(yata_doc *doc, yata_bytes origin) {
    yata_txn *txn = doc->spare;
    if (!txn || origin.len) return txn_new(doc, origin);
    doc->spare = NULL;
    return txn;
}

static bool slot_before(const void *a, const void *b) {
    return ((const yt_touch_place *)a)->slot < ((const yt_touch_place *)b)->slot;
}

/* A transaction that has ended is about to be followed by another one. That may touch the same clients, whose records
 * then no longer tell where they are in `touched`: this list does. Without memory for it `touched` is searched. */
static YT_APART void list_slots(yata_txn *txn) {
    uint32_t n = txn->touched.len;
    if (n <= FEW || txn->by_slot.len || !yt_vec_reserve(&txn->doc->mem, &txn->by_slot, n)) return;
    for (uint32_t i = 0; i < n; i++) yt_vec_put(&txn->by_slot, ((yt_touch_place){txn->touched.data[i].slot, i}));
    yt_sort(txn->by_slot.data, n, sizeof *txn->by_slot.data, slot_before);
}

/* After 2^32 transactions old numbers would be taken for new ones. 0 marks what no transaction touched. */
static YT_APART void forget_numbers(yata_doc *doc) {
    for (uint32_t i = 0; i < doc->clients.len; i++) doc->clients.data[i].txn = 0;
    for (uint32_t i = 0; i < doc->branches.len; i++) {
        yt_branch *branch = yt_branch_at(doc, i);
        if (branch) branch->change_txn = branch->cleaning = 0;
    }
    doc->txn_number = 1;
}

yata_status yata_txn_begin(yata_doc *doc, yata_bytes origin, yata_txn **out) {
    if (!doc || !out || (origin.len && !origin.data)) return YATA_ERR_ARGUMENT;
    if (!doc->txn) {
        yata_txn *txn = txn_next(doc, origin);
        if (!txn) return YATA_ERR_MEMORY;
        txn->local = true;
        if (doc->cleanup_last) list_slots(doc->cleanup_last);
        if (++doc->txn_number == 0) forget_numbers(doc);
        txn->number = doc->txn_number;
        doc->txn = txn;
        txn->depth++;
        *out = txn;
        if (YT_LIKELY(!doc->stages.len)) return YATA_OK;
        if (!doc->cleanup) yt_notify_stage(doc, YATA_STAGE_BEFORE_ALL, NULL);
        yt_notify_stage(doc, YATA_STAGE_BEFORE, txn);
        return YATA_OK;
    }
    doc->txn->depth++;
    *out = doc->txn;
    return YATA_OK;
}

/* A transaction of which all notes are freed but for their room. */
static YT_APART void free_room(yata_txn *txn) {
    yata_doc *doc = txn->doc;
    if (txn->roomy) yt_runs_free(&doc->mem, &txn->touched.data[0].deleted);
    yt_vec_free(&doc->mem, &txn->touched);
    yt_vec_free(&doc->mem, &txn->changed);
    yt_vec_free(&doc->mem, &txn->merge);
    yt_free(&doc->mem, txn, sizeof *txn);
}

/* What only some transactions note. */
static YT_APART void free_rare_notes(yata_txn *txn) {
    yt_mem *mem = &txn->doc->mem;
    for (uint32_t i = 1; i < txn->touched.len; i++) yt_runs_free(mem, &txn->touched.data[i].deleted);
    for (uint32_t i = 0; i < txn->changed.len; i++)
        if (txn->changed.data[i].keys.cap) yt_vec_free(mem, &txn->changed.data[i].keys);
    if (txn->by_slot.cap) yt_vec_free(mem, &txn->by_slot);
    if (txn->subdocs) yt_subdoc_notes_free(txn);
    if (txn->origin && txn->origin != txn->short_origin) yt_free(mem, txn->origin, txn->origin_len);
}

/* Is what a transaction notes in lists so small that the next one may have them? */
static inline bool is_small(const yata_txn *txn) {
    if (txn->merge.cap > SPARE_NOTES) return false;
    return !txn->rare || (txn->touched.cap <= SPARE_NOTES && txn->changed.cap <= SPARE_NOTES);
}

void yt_txn_free(yata_txn *txn) {
    yata_doc *doc = txn->doc;
    bool small = is_small(txn);
    if (txn->rare) free_rare_notes(txn);
    if (txn->touched.len) txn->roomy = yt_runs_clear(&doc->mem, &txn->touched.data[0].deleted, SPARE_RUNS);
    txn->touched.len = txn->changed.len = txn->merge.len = 0;
    if (YT_UNLIKELY(!small || doc->spare)) {
        free_room(txn);
    } else {
        memset(txn, 0, offsetof(yata_txn, doc));
        doc->spare = txn;
    }
}

void yt_txn_cancel(yata_txn *txn) {
    if (--txn->depth) return;
    YT_ASSERT(!txn->touched.len);
    txn->doc->txn = NULL;
    yt_txn_free(txn);
}

void yt_txn_drop_spare(yata_doc *doc) {
    if (doc->spare) free_room(doc->spare);
    doc->spare = NULL;
}

yt_touch *yt_txn_touch_first(yata_txn *txn, uint32_t slot) {
    yata_doc *doc = txn->doc;
    yt_client *client = yt_client_at(doc, slot);
    if (!yt_vec_reserve(&doc->mem, &txn->touched, 1)) return NULL;
    client->txn = txn->number;
    client->touch = txn->touched.len;
    yt_touch *touch = &txn->touched.data[txn->touched.len++];
    txn->rare |= client->touch > 0;
    touch->slot = slot;
    touch->before = touch->after = client->state;
    touch->deletion = 0;
    touch->counted = touch->settled = touch->joins = 0;
    if (!client->touch && txn->roomy)
        txn->roomy = false; /* the room is there */
    else
        touch->deleted = (yt_runs){0};
    return touch;
}

/* A later transaction has touched it, too, or nobody has. */
static const yt_touch *find_listed(const yata_txn *txn, uint32_t slot) {
    const yt_touch_place *places = txn->by_slot.data;
    uint32_t low = 0, high = txn->by_slot.len;
    while (low < high) {
        uint32_t mid = low + (high - low) / 2;
        if (places[mid].slot < slot)
            low = mid + 1;
        else
            high = mid;
    }
    return low < txn->by_slot.len && places[low].slot == slot ? &txn->touched.data[places[low].at] : NULL;
}

const yt_touch *yt_txn_find(const yata_txn *txn, uint32_t slot) {
    const yt_client *client = yt_client_at(txn->doc, slot);
    if (client->txn == txn->number) return &txn->touched.data[client->touch];
    if (txn->number == txn->doc->txn_number) return NULL; /* there is no later one */
    if (txn->by_slot.len) return find_listed(txn, slot);
    for (uint32_t i = 0; i < txn->touched.len; i++)
        if (txn->touched.data[i].slot == slot) return &txn->touched.data[i];
    return NULL;
}

uint32_t yt_txn_before(const yata_txn *txn, uint32_t slot) {
    const yt_client *client = yt_client_at(txn->doc, slot);
    return client->txn == txn->number ? txn->touched.data[client->touch].before : client->state;
}

bool yt_txn_change_first(yata_txn *txn, yt_branch *branch, uint32_t key) {
    yata_doc *doc = txn->doc;
    if (branch->change_txn != txn->number) {
        if (branch->owner) {
            const yt_item *owner = yt_at(doc, branch->owner);
            if (yt_is_deleted(owner) || owner->id.clock >= yt_txn_before(txn, owner->id.slot)) return true;
        }
        if (!yt_vec_reserve(&doc->mem, &txn->changed, 1)) return false;
        branch->change_txn = txn->number;
        branch->change = txn->changed.len;
        txn->rare |= branch->change > 0;
        txn->changed.data[txn->changed.len++] =
            (yt_change){.branch = branch->ref, .generation = branch->generation, .list = key == YT_NONE};
        if (key == YT_NONE) return true;
    }
    yt_change *change = &txn->changed.data[branch->change];
    if (key == YT_NONE) {
        change->list = true;
    } else if (doc->type_observers) {
        if (!yt_vec_reserve(&doc->mem, &change->keys, 1)) return false;
        yt_vec_put(&change->keys, key);
        txn->rare = true;
    }
    return true;
}

yt_branch *yt_txn_changed(const yata_doc *doc, const yt_change *change) {
    if (change->branch == YT_NONE) return NULL;
    yt_branch *branch = yt_branch_at(doc, change->branch);
    if (!branch || branch->generation != change->generation) return NULL;
    return branch->owner && yt_is_deleted(yt_at(doc, branch->owner)) ? NULL : branch;
}

void yt_txn_unchange(yata_txn *txn, const yt_branch *branch) {
    if (branch->change_txn == txn->number) txn->changed.data[branch->change].branch = YT_NONE;
}

yata_status yt_txn_writable(const yata_txn *txn, const yata_doc *doc) {
    if (!txn || !doc) return YATA_ERR_ARGUMENT;
    return doc->txn == txn ? YATA_OK : YATA_ERR_STATE; /* `txn` may have ended: it is not looked into */
}

void yata_txn_changes(const yata_txn *txn, const yata_update_visitor *visitor) {
    if (!txn || !visitor) return;
    for (uint32_t i = 0; i < txn->touched.len && visitor->client; i++) {
        const yt_touch *touch = &txn->touched.data[i];
        uint64_t client = yt_client_at(txn->doc, touch->slot)->client;
        if (touch->after > touch->before && !visitor->client(visitor->ctx, client, touch->before, touch->after)) return;
    }
    for (uint32_t i = 0; i < txn->touched.len && visitor->deleted; i++) {
        const yt_touch *touch = &txn->touched.data[i];
        yata_id id = {yt_client_at(txn->doc, touch->slot)->client, 0};
        yt_run run;
        for (yt_runs_iter it = yt_runs_begin(&touch->deleted); yt_runs_next(&it, &run);) {
            id.clock = run.clock;
            if (!visitor->deleted(visitor->ctx, id, run.len)) return;
        }
    }
}

yata_doc *yata_txn_doc(const yata_txn *txn) {
    return txn ? txn->doc : NULL;
}

yata_bytes yata_txn_origin(const yata_txn *txn) {
    yata_bytes origin = {txn ? txn->origin : NULL, txn ? txn->origin_len : 0};
    return origin;
}

bool yata_txn_local(const yata_txn *txn) {
    return txn && txn->local;
}
