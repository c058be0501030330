/* SPDX-License-Identifier: MIT */
/* sequence.h - edits of sequences of elements: of arrays, and of the children of XML types (array.c). */
#ifndef YT_TYPES_SEQUENCE_H
#define YT_TYPES_SEQUENCE_H

#include "doc/seq_index.h"

/* The place behind `index` elements. They are clocks; YATA_ERR_RANGE beyond branch->len. */
yata_status yt_sequence_find(yata_doc *doc, yt_branch *branch, uint32_t index, yt_seq_pos *out);
/* A new item before `index`, right behind the element before it; YATA_ERR_RANGE. */
yata_status yt_sequence_put(yata_txn *txn, yt_branch *branch, uint32_t index, const yt_block *content, yt_ref *out);
/* Right behind `left`, 0: at the very start. */
yata_status yt_sequence_put_after(yata_txn *txn, yt_branch *branch, yt_ref left, const yt_block *content, yt_ref *out);
/* Behind everything, deleted items included. */
yata_status yt_sequence_push(yata_txn *txn, yt_branch *branch, const yt_block *content, yt_ref *out);
/* Deletes [index, index+len); YATA_ERR_RANGE. */
yata_status yt_sequence_delete(yata_txn *txn, yt_branch *branch, uint32_t index, uint32_t len);

#endif
