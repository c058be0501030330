/* SPDX-License-Identifier: MIT */
/* txn.h - what a transaction records. */
#ifndef YT_DOC_TXN_H
#define YT_DOC_TXN_H

#include "doc/store.h"

/* The record of a client in this transaction, made at the first touch; NULL: no memory. Good until the next new one. */
yt_touch *yt_txn_touch(yata_txn *txn, uint32_t slot);
/* The client's state when the transaction began. */
uint32_t yt_txn_before(const yata_txn *txn, uint32_t slot);
/* Is `txn` the open transaction of its document? */
yata_status yt_txn_writable(const yata_txn *txn, const yata_doc *doc);
void yt_txn_free(yata_txn *txn);

#endif
