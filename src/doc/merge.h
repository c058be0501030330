/* SPDX-License-Identifier: MIT */
/* merge.h - joining blocks that follow each other in every respect. */
#ifndef YT_DOC_MERGE_H
#define YT_DOC_MERGE_H

#include "doc/txn.h"

/* Joins what this transaction made, cut or deleted with its neighbours, as Yjs does at the end of a transaction: the
 * bytes of the state depend on it. Where memory for a join lacks, the blocks stay apart. */
void yt_merge(yata_txn *txn);

#endif
