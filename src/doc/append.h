/* SPDX-License-Identifier: MIT */
/* append.h - blocks of an update that need nothing special, many at a time. */
#ifndef YT_DOC_APPEND_H
#define YT_DOC_APPEND_H

#include "doc/txn.h"

/* Integrates the first of these blocks of one client, as long as each can be put between two neighbours without
 * looking further, and tells how many that were. 0 also where memory lacks: whatever is left takes the general way,
 * which gives the reason. */
uint32_t yt_append(yata_txn *txn, uint32_t slot, const yt_block *blocks, uint32_t count);

/* From here on it is noted where items end, as that many blocks may come; where memory lacks, nothing is. No item may
 * be freed until it is closed. */
void yt_ends_open(yata_doc *doc, size_t blocks);
void yt_ends_close(yata_doc *doc);

#endif
