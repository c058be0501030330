/* SPDX-License-Identifier: MIT */
/* delete.h - marking items as deleted, with all that is in them. */
#ifndef YT_DOC_DELETE_H
#define YT_DOC_DELETE_H

#include "doc/txn.h"

/* Marks the item; a type's content first, innermost first, so that running out of memory leaves a valid document in
 * which some of the content is deleted. Nothing if it is deleted already. No recursion. */
yata_status yt_delete(yata_txn *txn, yt_ref ref);
/* Marks one item that holds no live type, after yt_delete_reserve and yt_txn_change. Cannot fail. */
void yt_delete_mark(yata_txn *txn, yt_ref ref);
/* Deletes the clocks [clock, clock + len) of a client, all known, cutting items at both ends. */
yata_status yt_delete_range(yata_txn *txn, uint32_t slot, uint32_t clock, uint32_t len);
/* Room to mark one item of this client. */
yata_status yt_delete_reserve(yata_txn *txn, uint32_t slot);

#endif
