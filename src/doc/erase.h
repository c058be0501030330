/* SPDX-License-Identifier: MIT */
/* erase.h - deleting text of one item, beside what was deleted before even without a new one. */
#ifndef YT_DOC_ERASE_H
#define YT_DOC_ERASE_H

#include "doc/txn.h"

/* Deletes the units [index, index + len) of a text, len > 0, if they are in one item: by moving the border between it
 * and the tombstone beside it, where the general way would cut it, collect what was cut off and merge it into that
 * tombstone, and merge nothing else; or by making what is cut out of it a tombstone at once. False: it is not so, or
 * memory lacks; nothing was deleted then, but notes may have been taken and the item been cut as for any deletion.
 * O(log n), and O(item) where that is a text beyond ASCII. */
bool yt_erase(yata_txn *txn, yt_branch *branch, uint32_t index, uint32_t len);
/* The same, with all checks of a public call, beside what was erased last: O(1) but for the sums of the tree. */
bool yt_erase_on(yata_type text, yata_txn *txn, uint32_t index, uint32_t len);
/* What was erased of old clocks [clock, end), where blocks begin and end, gets a text of the same length again, for
 * observers who want to know how much was deleted. False: no memory; some of it may have. */
bool yt_unerase(yata_txn *txn, uint32_t slot, uint32_t clock, uint32_t end);

#endif
