/* SPDX-License-Identifier: MIT */
/* ids.c - the ids that a transaction, or a whole document, made and deleted (spec/id-sets.md). */
#include "doc/store.h"
#include "ids/id_set_object.h"

static bool add_runs(yt_id_gathering *g, uint64_t client, const yt_runs *runs) {
    yt_run run;
    for (yt_runs_iter it = yt_runs_begin(runs); yt_runs_next(&it, &run);)
        if (!yt_id_set_add(&g->mem, &g->ids, client, run.clock, run.len)) return false;
    return true;
}

yata_status yata_txn_ids(const yata_txn *txn, yata_id_set *inserts, yata_id_set *deletes) {
    if (!txn) return YATA_ERR_ARGUMENT;
    yt_id_gathering made = yt_id_gather(&txn->doc->mem.allocator), deleted = made;
    bool ok = true;
    for (uint32_t i = 0; i < txn->touched.len && ok; i++) {
        const yt_touch *touch = &txn->touched.data[i];
        const yt_client *client = yt_client_at(txn->doc, touch->slot);
        /* A transaction that is open has not noted yet where it ends. */
        uint32_t after = txn == txn->doc->txn ? client->state : touch->after;
        if (inserts) ok = yt_id_set_add(&made.mem, &made.ids, client->client, touch->before, after - touch->before);
        if (deletes && ok) ok = add_runs(&deleted, client->client, &touch->deleted);
    }
    yata_status status = yt_id_gathered(&made, inserts, ok ? YATA_OK : YATA_ERR_MEMORY);
    return yt_id_gathered(&deleted, deletes, status);
}

yata_status yata_doc_ids(const yata_doc *doc, yata_id_set *inserts, yata_id_set *deletes) {
    if (!doc) return YATA_ERR_ARGUMENT;
    yt_id_gathering made = yt_id_gather(&doc->mem.allocator), deleted = made;
    bool ok = true;
    for (uint32_t slot = 0; slot < doc->clients.len && ok; slot++) {
        const yt_client *client = yt_client_at(doc, slot);
        if (inserts) ok = yt_id_set_add(&made.mem, &made.ids, client->client, 0, client->state);
        if (deletes && ok) ok = add_runs(&deleted, client->client, &client->deleted);
    }
    yata_status status = yt_id_gathered(&made, inserts, ok ? YATA_OK : YATA_ERR_MEMORY);
    return yt_id_gathered(&deleted, deletes, status);
}
