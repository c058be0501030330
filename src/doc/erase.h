/* SPDX-License-Identifier: MIT */
/* erase.h - deleting text beside what was deleted before, without a new item. */
#ifndef YT_DOC_ERASE_H
#define YT_DOC_ERASE_H

#include "doc/txn.h"

/* Deletes the units [index, index + len) of a text, len > 0, by moving the border between an item and the tombstone
 * beside it: if the general way would cut the item there, collect what was cut off and merge it into that tombstone,
 * and merge nothing else. False: it is not so, or memory lacks; nothing was changed then, but notes may have been taken
 * as for any deletion. O(log n), and O(item) where that is a text beyond ASCII. */
bool yt_erase(yata_txn *txn, yt_branch *branch, uint32_t index, uint32_t len);
/* What was erased of old clocks [clock, end), where blocks begin and end, gets a text of the same length again, for
 * observers who want to know how much was deleted. False: no memory; some of it may have. */
bool yt_unerase(yata_txn *txn, uint32_t slot, uint32_t clock, uint32_t end);

#endif
