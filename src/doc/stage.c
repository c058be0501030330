/* SPDX-License-Identifier: MIT */
/* stage.c - observers of transactions, in the order in which they subscribed (as observer.c). */
#include "doc/stage.h"

yata_status yata_doc_observe_txn(yata_doc *doc, yata_txn_stage stage, yata_txn_fn fn, void *ctx,
                                 uint32_t *subscription) {
    if (!doc || !fn || !subscription || (unsigned)stage > YATA_STAGE_AFTER_ALL) return YATA_ERR_ARGUMENT;
    if (doc->observer_id == UINT32_MAX) return YATA_ERR_LIMIT;
    if (!yt_vec_reserve(&doc->mem, &doc->stages, 1)) return YATA_ERR_MEMORY;
    yt_stage_observer observer = {++doc->observer_id, stage, fn, ctx};
    yt_vec_put(&doc->stages, observer);
    *subscription = observer.id;
    return YATA_OK;
}

yata_status yata_doc_unobserve_txn(yata_doc *doc, uint32_t subscription) {
    if (!doc || !subscription) return YATA_ERR_ARGUMENT;
    for (uint32_t i = 0; i < doc->stages.len; i++) {
        if (doc->stages.data[i].id != subscription) continue;
        doc->stages.data[i].id = 0;
        if (!doc->notifying) yt_vec_drop_unset(&doc->stages, id);
        return YATA_OK;
    }
    return YATA_ERR_NOT_FOUND;
}

void yt_notify_stages(yata_doc *doc, yata_txn_stage stage, const yata_txn *txn) {
    uint32_t n = doc->stages.len;
    doc->notifying++;
    for (uint32_t i = 0; i < n; i++) {
        yt_stage_observer observer = doc->stages.data[i];
        if (observer.id && observer.stage == stage) observer.fn(observer.ctx, doc, txn);
    }
    if (!--doc->notifying) yt_vec_drop_unset(&doc->stages, id);
}
