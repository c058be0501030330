/* SPDX-License-Identifier: MIT */
/* grow.h - writing on, where one wrote before, without a new item. */
#ifndef YT_DOC_GROW_H
#define YT_DOC_GROW_H

#include "doc/txn.h"

/* Puts a block's content, of our own, between two neighbours by making `left` longer: if it is our newest item and a
 * new item would be merged into it at commit anyway. False: it is not so, or memory lacks; nothing was changed then,
 * but notes may have been taken as for any new item. O(content), and O(log left) where that is a long text beyond
 * ASCII. */
bool yt_grow_item(yata_txn *txn, yt_branch *branch, yt_ref left, yt_ref right, const yt_block *content);
/* The same at `index` of a text, if that is the end of the item edited last and nothing else would be put there. */
bool yt_grow_at(yata_txn *txn, yt_branch *branch, uint32_t index, const yt_block *content);
/* The same for ASCII, with all checks of a public call, where the pen is: there it is O(more), and a few dozen
 * instructions. */
bool yt_type_on(yata_type text, yata_txn *txn, uint32_t index, yata_str str);
/* An edit ended at the cursor of a text: puts the pen down behind it, if typing on would make its item grow. */
void yt_pen_down(yata_doc *doc, yt_branch *branch);
/* Takes the last clocks of an item of ours away again, down to `len`, which is where it had ended when it was grown. */
void yt_shrink(yata_doc *doc, yt_ref ref, uint32_t len);
/* Somebody begins to observe types, to whom items are new or are not: cuts those that grew in transactions of which
 * observers will be told. False: no memory. */
bool yt_grown_apart(yata_doc *doc);

#endif
