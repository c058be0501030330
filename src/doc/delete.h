/* SPDX-License-Identifier: MIT */
/* delete.h - marking items as deleted, with all that is in them. */
#ifndef YT_DOC_DELETE_H
#define YT_DOC_DELETE_H

#include "doc/txn.h"

/* A walk through what is alive in a type, depth first, the list before the entries: the order in which Yjs deletes.
 *   yt_inside walk = yt_inside_begin(doc, branch); while ((ref = yt_inside_next(&walk))) ... */
typedef struct yt_inside {
    const yata_doc *doc;
    const yt_branch *top, *branch;
    yt_ref ref;     /* next in the list of `branch`, 0: at its end */
    uint32_t entry; /* then, next of its entries */
} yt_inside;
yt_inside yt_inside_begin(const yata_doc *doc, const yt_branch *branch);
yt_ref yt_inside_next(yt_inside *walk);

/* Items that are to be deleted together. */
typedef YT_VEC(yt_ref) yt_refs;

/* Adds the item, behind all that is in it and alive; nothing if it is deleted. No recursion. False: no memory. */
bool yt_delete_gather(yata_txn *txn, yt_ref ref, yt_refs *refs);
/* Deletes them, all or (out of memory) none. */
yata_status yt_delete_gathered(yata_txn *txn, const yt_refs *refs);
/* Both for one item. */
yata_status yt_delete(yata_txn *txn, yt_ref ref);
/* Deletes the item and what is in it, behind what was deleted before, all or nothing: `log` gets what was deleted.
 * Until yt_delete_let_go the transaction keeps what taking it back will need. */
yata_status yt_delete_logged(yata_txn *txn, yt_ref ref, yt_refs *log);
/* Revives what stands in the log from place `from` on: what this transaction deleted, all of whose neighbours are as
 * they were. Cannot fail. */
void yt_delete_revert(yata_txn *txn, yt_refs *log, uint32_t from);
void yt_delete_let_go(yata_txn *txn);
/* Marks one item that holds no live type, after yt_delete_reserve and yt_txn_change. Cannot fail. */
void yt_delete_mark(yata_txn *txn, yt_ref ref);
/* The opposite, for the newest item of its client, which is about to go. False: no memory, nothing changed. */
bool yt_delete_unmark_new(yata_txn *txn, yt_ref ref);
/* Deletes the clocks [clock, clock + len) of a client, all known, cutting items at both ends. */
yata_status yt_delete_range(yata_txn *txn, uint32_t slot, uint32_t clock, uint32_t len);
/* Room to mark one item of this client. */
yata_status yt_delete_reserve(yata_txn *txn, uint32_t slot);

#endif
