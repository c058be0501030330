/* SPDX-License-Identifier: MIT */
/* gc.h - collecting what was deleted. */
#ifndef YT_DOC_GC_H
#define YT_DOC_GC_H

#include "doc/txn.h"

/* Replaces the content of everything deleted in this transaction by its length, except what is to be kept; what was
 * inside deleted types becomes GCs. Never fails, gives memory back. Handles of collected items are freed. */
void yt_gc(yata_txn *txn);

#endif
