/* SPDX-License-Identifier: MIT */
/* stage.h - who wants to know how far a transaction is. */
#ifndef YT_DOC_STAGE_H
#define YT_DOC_STAGE_H

#include "doc/model.h"

/* Calls the observers of that stage. */
void yt_notify_stage(yata_doc *doc, yata_txn_stage stage, const yata_txn *txn);

#endif
