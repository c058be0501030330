/* SPDX-License-Identifier: MIT */
/* snapshot.h - snapshots from inside. */
#ifndef YT_HISTORY_SNAPSHOT_H
#define YT_HISTORY_SNAPSHOT_H

#include "doc/txn.h"
#include "ids/state_vector.h"

#include <yata/snapshot.h>

struct yata_snapshot {
    yt_mem mem;
    yt_state_vector states; /* no entry with clock 0 */
    yt_id_set deletes;
};

/* How many clocks of an item, from `offset` on, are alike in a snapshot; *visible: shown or not. At least 1. */
uint32_t yt_snapshot_piece(const yata_snapshot *snapshot, const yata_doc *doc, const yt_item *it, uint32_t offset,
                           bool *visible);
/* Is the item, which was cut at the borders, shown? snapshot NULL: is it now? */
bool yt_snapshot_shows_item(const yata_snapshot *snapshot, const yata_doc *doc, const yt_item *it);
/* The item that was the value of a key; 0: there was none. */
yt_ref yt_snapshot_entry(const yata_snapshot *snapshot, const yata_doc *doc, const yt_map_entry *entry);
/* The branch of a handle, also if it is deleted, as long as it is there. */
yata_status yt_snapshot_look(yata_type type, unsigned kinds, yt_branch **out);

/* Cuts all items that lie partly in the snapshot or in its deletions. They merge at the end of the transaction. */
yata_status yt_snapshot_cut(const yata_snapshot *snapshot, yata_txn *txn);
/* Can the document tell of that state? */
yata_status yt_snapshot_check(const yata_snapshot *snapshot, const yata_doc *doc);

#endif
