/* SPDX-License-Identifier: MIT */
/* event.h - events from inside. */
#ifndef YT_TYPES_EVENT_H
#define YT_TYPES_EVENT_H

#include "doc/txn.h"

#include <yata/event.h>

struct yata_event {
    const yata_txn *txn;
    const yt_change *change;
    yata_type target, current;
    uint32_t depth; /* of the target below the current one */
};

/* The hook of doc->notify_types. */
yata_status yt_notify_types(yata_txn *txn);

/* Was this item made, was it deleted in the transaction? */
bool yt_event_adds(const yata_event *event, const yt_item *it);
bool yt_event_deletes(const yata_event *event, const yt_item *it);
/* How many of its units: several transactions may have deleted what is one item now. */
uint32_t yt_event_deleted_units(const yata_event *event, const yt_item *it);

#endif
