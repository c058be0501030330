/* SPDX-License-Identifier: MIT */
/* observer.h - who wants to know. */
#ifndef YT_DOC_OBSERVER_H
#define YT_DOC_OBSERVER_H

#include "doc/txn.h"

/* Encodes and hands out the update of a transaction, if anybody listens and anything changed. */
yata_status yt_notify_update(const yata_txn *txn);
void yt_observers_free(yata_doc *doc);

#endif
