/* SPDX-License-Identifier: MIT */
/* txn.h - what a transaction records. */
#ifndef YT_DOC_TXN_H
#define YT_DOC_TXN_H

#include "doc/store.h"

/* The record of a client in this transaction, made at the first touch; NULL: no memory. Good until the next new one. */
static inline yt_touch *yt_txn_touch(yata_txn *txn, uint32_t slot);
/* The record of a client, also of a transaction that has ended; NULL: not touched. O(log clients touched). */
const yt_touch *yt_txn_find(const yata_txn *txn, uint32_t slot);
/* The client's state when the transaction began. */
uint32_t yt_txn_before(const yata_txn *txn, uint32_t slot);
/* Something of this client was deleted: numbers it behind those of which something was before. */
static inline void yt_txn_number(yata_txn *txn, yt_touch *touch) {
    if (!touch->deletion) touch->deletion = ++txn->deletions;
}
/* Notes that the branch is about to change: in the entry of `key`, or in its sequence (YT_NONE). Types that are new in
 * this transaction, or deleted, are not noted. False: no memory. */
static inline bool yt_txn_change(yata_txn *txn, yt_branch *branch, uint32_t key);
/* The branch of a note, NULL if it was deleted since. */
yt_branch *yt_txn_changed(const yata_doc *doc, const yt_change *change);
/* The branch is being deleted: there is no change of it to tell. */
void yt_txn_unchange(yata_txn *txn, const yt_branch *branch);
/* Is `txn` the open transaction of its document? */
yata_status yt_txn_writable(const yata_txn *txn, const yata_doc *doc);
/* Instead of a commit, where nothing happened since the transaction was begun, and nobody was told that it was: it
 * never was. */
void yt_txn_cancel(yata_txn *txn);
void yt_txn_free(yata_txn *txn);
void yt_txn_drop_spare(yata_doc *doc);

/* All but the common case of the two above: that it was done before. */
yt_touch *yt_txn_touch_first(yata_txn *txn, uint32_t slot);
bool yt_txn_change_first(yata_txn *txn, yt_branch *branch, uint32_t key);

static inline yt_touch *yt_txn_touch(yata_txn *txn, uint32_t slot) {
    const yt_client *client = yt_client_at(txn->doc, slot);
    return YT_LIKELY(client->txn == txn->number) ? &txn->touched.data[client->touch] : yt_txn_touch_first(txn, slot);
}
static inline bool yt_txn_change(yata_txn *txn, yt_branch *branch, uint32_t key) {
    if (YT_UNLIKELY(branch->change_txn != txn->number || key != YT_NONE)) return yt_txn_change_first(txn, branch, key);
    txn->changed.data[branch->change].list = true;
    return true;
}

#endif
