/* SPDX-License-Identifier: MIT */
/* stage.h - who wants to know how far a transaction is. */
#ifndef YT_DOC_STAGE_H
#define YT_DOC_STAGE_H

#include "doc/model.h"

/* Calls the observers of that stage. */
static inline void yt_notify_stage(yata_doc *doc, yata_txn_stage stage, const yata_txn *txn);
void yt_notify_stages(yata_doc *doc, yata_txn_stage stage, const yata_txn *txn); /* where there are any */

static inline void yt_notify_stage(yata_doc *doc, yata_txn_stage stage, const yata_txn *txn) {
    if (doc->stages.len) yt_notify_stages(doc, stage, txn);
}

#endif
