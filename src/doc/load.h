/* SPDX-License-Identifier: MIT */
/* load.h - an update into an empty document, placed while it is read. */
#ifndef YT_DOC_LOAD_H
#define YT_DOC_LOAD_H

#include "doc/model.h"

/* What was there before, which is nearly nothing, so that all that came can be taken back. */
typedef struct yt_load {
    yata_txn *txn; /* NULL: nothing is to be taken back */
    uint32_t roots;
} yt_load;

/* Can it be loaded into this document, in the open transaction (NULL: in a new one)? Only if everything that comes can
 * be taken back, and nobody is told of it meanwhile. */
bool yt_load_possible(const yata_doc *doc, const yata_txn *txn);

/* Reads blocks and places them, as long as each can be placed where it stands in the update and taken back; what
 * follows, and all deletions that are not done with it, are in `rest`, read and checked. On a failure everything is as
 * before, and `rest` is freed; the fault, if it is one of the update, is with the reader. In any case the reader is
 * closed. */
yata_status yt_load_blocks(yt_load *load, yata_txn *txn, yt_update_reader *in, yt_update *rest);

/* The update is refused after all: the document becomes as it was. Cannot fail. */
void yt_load_take_back(yt_load *load);

/* apply.c: integrates a block that lacks nothing, from clock `offset` on. */
yata_status yt_integrate_block(yata_txn *txn, const yt_block *b, uint32_t offset);

#endif
