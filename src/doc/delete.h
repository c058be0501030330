/* SPDX-License-Identifier: MIT */
/* delete.h - marking items as deleted, with all that is in them. */
#ifndef YT_DOC_DELETE_H
#define YT_DOC_DELETE_H

#include "doc/txn.h"

/* Items that are to be deleted together. */
typedef YT_VEC(yt_ref) yt_refs;

/* Adds the item, behind all that is in it and alive; nothing if it is deleted. No recursion. False: no memory. */
bool yt_delete_gather(yata_txn *txn, yt_ref ref, yt_refs *refs);
/* Deletes them, all or (out of memory) none. */
yata_status yt_delete_gathered(yata_txn *txn, const yt_refs *refs);
/* Both for one item. */
yata_status yt_delete(yata_txn *txn, yt_ref ref);
/* Marks one item that holds no live type, after yt_delete_reserve and yt_txn_change. Cannot fail. */
void yt_delete_mark(yata_txn *txn, yt_ref ref);
/* Deletes the clocks [clock, clock + len) of a client, all known, cutting items at both ends. */
yata_status yt_delete_range(yata_txn *txn, uint32_t slot, uint32_t clock, uint32_t len);
/* Room to mark one item of this client. */
yata_status yt_delete_reserve(yata_txn *txn, uint32_t slot);

#endif
