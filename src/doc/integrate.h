/* SPDX-License-Identifier: MIT */
/* integrate.h - YATA: where an item goes (spec/integrate.md). */
#ifndef YT_DOC_INTEGRATE_H
#define YT_DOC_INTEGRATE_H

#include "doc/txn.h"

/* Cuts the item at `place` behind `diff` clocks. The right half gets a place (place moves to it) and a handle. */
yata_status yt_split(yata_txn *txn, uint32_t slot, yt_place *place, uint32_t diff, yt_ref *right);
/* The same for an item by handle. */
yata_status yt_split_item(yata_txn *txn, yt_ref left, uint32_t diff, yt_ref *right);

/* The item that ends with (or begins at) this clock, which is known; items are cut to make it so. *out is 0 where the
 * block is a GC. */
yata_status yt_clean_end(yata_txn *txn, uint32_t slot, uint32_t clock, yt_ref *out);
yata_status yt_clean_start(yata_txn *txn, uint32_t slot, uint32_t clock, yt_ref *out);

/* Places a new item. Set before: id (at its client's state), origin, right_origin, parent, key and flags KEYED,
 * content, and left and right as it saw them. On success the item belongs to the document; on failure (memory) it is
 * not in it, and what it was to replace is still there. */
yata_status yt_integrate(yata_txn *txn, yt_ref ref);
/* Takes the newest items of a client, down to this clock, out of the document again: items that were integrated just
 * now, by an edit that could not be finished. What an item in a map replaced stays deleted. Cannot fail, but for items
 * that were deleted from the beginning: noting that they are not may take memory, and then they stay. */
void yt_integrate_undo(yata_txn *txn, uint32_t slot, uint32_t clock);
/* Appends a GC of `len` clocks to a client. */
yata_status yt_integrate_gc(yata_txn *txn, uint32_t slot, uint32_t len);

/* First item of the chain of a key, 0 if there is none. O(chain). */
yt_ref yt_chain_first(const yata_doc *doc, const yt_branch *branch, uint32_t key);

#endif
