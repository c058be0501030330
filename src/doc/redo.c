/* SPDX-License-Identifier: MIT */
/*
 * redo.c - ids of items that took the place of others (drawn in redo.h), and KEEP.
 *
 * Free places of `ids` form a chain through `clock`, with slot YT_NONE.
 */
#include "doc/redo.h"

bool yt_redone_get(const yata_doc *doc, yt_ref ref, yt_id *out) {
    if (!(yt_at(doc, ref)->flags & YT_ITEM_REDONE)) return false;
    *out = doc->redone.ids.data[yt_u32_map_get(&doc->redone.by_item, ref)];
    return true;
}

bool yt_redone_put(yata_doc *doc, yt_ref ref, yt_id id) {
    yt_redone *table = &doc->redone;
    bool reuse = table->free != 0;
    if (!reuse && !yt_vec_reserve(&doc->mem, &table->ids, 1)) return false;
    uint32_t at = reuse ? table->free - 1 : table->ids.len;
    if (!yt_u32_map_put(&doc->mem, &table->by_item, ref, at)) return false;
    if (reuse) {
        table->free = table->ids.data[at].clock;
        table->ids.data[at] = id;
    } else {
        yt_vec_put(&table->ids, id);
    }
    yt_at(doc, ref)->flags |= YT_ITEM_REDONE;
    return true;
}

void yt_redone_drop(yata_doc *doc, yt_ref ref) {
    yt_item *it = yt_at(doc, ref);
    if (!(it->flags & YT_ITEM_REDONE)) return;
    yt_redone *table = &doc->redone;
    uint32_t at = yt_u32_map_get(&table->by_item, ref);
    yt_u32_map_remove(&table->by_item, ref);
    table->ids.data[at] = (yt_id){YT_NONE, table->free};
    table->free = at + 1;
    it->flags &= (uint8_t)~YT_ITEM_REDONE;
}

void yt_redone_free(yata_doc *doc) {
    yt_vec_free(&doc->mem, &doc->redone.ids);
    yt_u32_map_free(&doc->mem, &doc->redone.by_item);
}

yt_ref yt_follow_redone(const yata_doc *doc, yt_id id, uint32_t *diff) {
    for (;;) {
        yt_ref ref = yt_item_find(yt_client_at(doc, id.slot), id.clock);
        if (!ref) return 0;
        *diff = id.clock - yt_at(doc, ref)->id.clock;
        if (!yt_redone_get(doc, ref, &id)) return ref;
        id.clock += *diff;
    }
}

void yt_keep_item(yata_doc *doc, yt_ref ref, bool keep) {
    while (ref) {
        yt_item *it = yt_at(doc, ref);
        if (((it->flags & YT_ITEM_KEEP) != 0) == keep) return;
        it->flags ^= YT_ITEM_KEEP;
        ref = yt_branch_at(doc, it->parent)->owner;
    }
}

bool yt_redone_check(const yata_doc *doc, uint32_t flagged) {
    uint32_t used = 0;
    for (uint32_t i = 0; i < doc->redone.ids.len; i++) {
        yt_id id = doc->redone.ids.data[i];
        if (id.slot == YT_NONE) continue;
        used++;
        if (id.slot >= doc->clients.len || id.clock >= yt_state(doc, id.slot)) return false;
    }
    return used == flagged && doc->redone.by_item.len == flagged;
}
