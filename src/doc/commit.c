/* SPDX-License-Identifier: MIT */
/*
 * commit.c - the end of a transaction. The order is the specification (Yjs's cleanupTransactions):
 *
 *   1 observers of types are called, through doc->notify_types           types/event.c
 *     and then those who record transactions for undo                    history/undo.c
 *   2 superfluous formats are removed, in a transaction of their own     format.c
 *   3 what was deleted is collected                                      gc.c
 *   4 blocks are merged                                                  merge.c
 *   5 a client id somebody else uses is left
 *   6 observers of updates are called                                    observer.c
 *   7 observers of subdocuments are called                               instance.c
 *
 * with observers of the stages in between (stage.h).
 *
 * A transaction that ends while another one is being cleaned up (in a callback) waits behind it.
 */
#include "doc/format.h"
#include "doc/gc.h"
#include "doc/merge.h"
#include "doc/observer.h"
#include "doc/stage.h"
#include "doc/instance.h"
#include "doc/weak_links.h"

#include <yata/doc.h>

/* A client id nobody is known to use. */
static uint64_t fresh_client_id(const yata_doc *doc) {
    uint64_t id = doc->client_id, random;
    if (doc->random(doc->random_ctx, &random)) id = random & UINT32_MAX;
    /* It is used already, or there is no randomness: the increment is odd, and so steps through all 32-bit numbers. */
    while (!id || yt_slot_find(doc, id) != YT_NONE) id = (id + 0x9E3779B1u) & UINT32_MAX;
    return id;
}

/* Removes superfluous formats in a transaction of its own, which is then cleaned up in its turn. */
static yata_status clean_formats(const yata_txn *ended) {
    yata_txn *txn;
    yata_status status = yata_txn_begin(ended->doc, (yata_bytes){NULL, 0}, &txn);
    if (status) return status;
    txn->internal = true;
    status = yt_format_clean_after(txn, ended);
    yata_status committed = yata_txn_commit(txn);
    return status ? status : committed;
}

/* Tells those who record transactions. */
static yata_status record(yata_txn *txn) {
    yata_status status = YATA_OK;
    for (yt_history *h = txn->doc->histories; h; h = h->next) {
        yata_status s = h->ended ? h->ended(h, txn) : YATA_OK;
        if (!status) status = s;
    }
    return status;
}

/* Frees those that left while they could not be freed. */
static void drop_left_histories(yata_doc *doc) {
    for (yt_history **at = &doc->histories; *at;) {
        yt_history *h = *at;
        if (h->ended || h->busy) {
            at = &h->next;
            continue;
        }
        *at = h->next;
        h->free(h);
    }
}

static yata_status clean_up(yata_txn *txn) {
    yata_doc *doc = txn->doc;
    yata_status unnoted = YATA_OK;
    yt_notify_stage(doc, YATA_STAGE_OBSERVERS, txn);
    bool observed = doc->type_observers != 0; /* they may all leave meanwhile */
    if (doc->weak && observed && !yt_weak_note_changes(txn)) unnoted = YATA_ERR_MEMORY;
    yata_status told = observed ? doc->notify_types(txn) : YATA_OK;
    if (!txn->local && (!observed || told)) yt_format_note_changes(txn);
    yata_status recorded = doc->histories ? record(txn) : YATA_OK;
    yt_notify_stage(doc, YATA_STAGE_AFTER, txn);
    yata_status cleaned = txn->cleaning ? clean_formats(txn) : YATA_OK;
    if (txn->garbage && !doc->keep_deleted) yt_gc(txn);
    yt_merge(txn);
    if (txn->clash) doc->client_id = fresh_client_id(doc);
    yt_notify_stage(doc, YATA_STAGE_CLEANED, txn);
    yata_status notified = doc->observers.len ? yt_notify_update(txn) : YATA_OK;
    yata_status listed = txn->subdocs ? yt_notify_subdocs(txn) : YATA_OK;
    if (unnoted) return unnoted;
    return told ? told : recorded ? recorded : cleaned ? cleaned : notified ? notified : listed;
}

/* Is nobody to be told of it, and is there nothing to do but to collect and to merge? Then no other transaction can
 * begin before it is gone. */
static bool is_quiet(const yata_txn *txn) {
    const yata_doc *doc = txn->doc;
    if (doc->stages.len | doc->type_observers | doc->observers.len | doc->cleaning || doc->histories) return false;
    return txn->local && !(txn->cleaning | txn->clash) && !txn->subdocs;
}

/* Behind those that ended before it and are being cleaned up, or at once. */
static YT_APART yata_status end_in_turn(yata_txn *txn) {
    yata_doc *doc = txn->doc;
    if (doc->cleanup_last)
        doc->cleanup_last->next = txn;
    else
        doc->cleanup = txn;
    doc->cleanup_last = txn;
    if (doc->cleaning) return YATA_OK;

    yata_status status = YATA_OK;
    doc->cleaning = true;
    while (doc->cleanup) {
        yata_txn *head = doc->cleanup;
        yata_status s = clean_up(head);
        if (!status) status = s;
        doc->cleanup = head->next;
        if (!doc->cleanup) doc->cleanup_last = NULL;
        yt_txn_free(head);
    }
    doc->cleaning = false;
    if (doc->histories) drop_left_histories(doc);
    yt_notify_stage(doc, YATA_STAGE_AFTER_ALL, NULL);
    return status;
}

yata_status yata_txn_commit(yata_txn *txn) {
    if (!txn) return YATA_ERR_ARGUMENT;
    yata_doc *doc = txn->doc;
    if (doc->txn != txn) return YATA_ERR_STATE;
    if (--txn->depth) return YATA_OK;
    doc->txn = NULL;
    for (uint32_t i = 0; i < txn->touched.len; i++)
        txn->touched.data[i].after = yt_state(doc, txn->touched.data[i].slot);
    if (is_quiet(txn)) {
        if (txn->garbage && !doc->keep_deleted) yt_gc(txn);
        yt_merge(txn);
        yt_txn_free(txn);
        return YATA_OK;
    }
    return end_in_turn(txn);
}
