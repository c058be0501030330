/* SPDX-License-Identifier: MIT */
/*
 * observer.c - subscriptions, in the order in which they were made.
 *
 * A round calls those who were subscribed when it began and still are. Unsubscribing inside a round leaves an empty
 * place, which goes when no round is running, so that nobody is called twice or missed.
 */
#include "doc/observer.h"

#include "doc/encode_state.h"

void yt_observers_free(yata_doc *doc) {
    yt_vec_free(&doc->mem, &doc->observers);
}

yata_status yata_doc_observe_update(yata_doc *doc, yata_update_fn fn, void *ctx, uint32_t *subscription) {
    if (!doc || !fn || !subscription) return YATA_ERR_ARGUMENT;
    if (doc->observer_id == UINT32_MAX) return YATA_ERR_LIMIT;
    if (!yt_vec_reserve(&doc->mem, &doc->observers, 1)) return YATA_ERR_MEMORY;
    yt_observer observer = {++doc->observer_id, fn, ctx};
    yt_vec_put(&doc->observers, observer);
    *subscription = observer.id;
    return YATA_OK;
}

static void compact(yata_doc *doc) {
    uint32_t n = 0;
    for (uint32_t i = 0; i < doc->observers.len; i++)
        if (doc->observers.data[i].id) doc->observers.data[n++] = doc->observers.data[i];
    doc->observers.len = n;
}

yata_status yata_doc_unobserve_update(yata_doc *doc, uint32_t subscription) {
    if (!doc || !subscription) return YATA_ERR_ARGUMENT;
    for (uint32_t i = 0; i < doc->observers.len; i++) {
        if (doc->observers.data[i].id != subscription) continue;
        doc->observers.data[i].id = 0;
        if (!doc->notifying) compact(doc);
        return YATA_OK;
    }
    return YATA_ERR_NOT_FOUND;
}

yata_status yt_notify_update(const yata_txn *txn) {
    yata_doc *doc = txn->doc;
    uint32_t n = doc->observers.len;
    if (!n) return YATA_OK;
    yata_buffer update;
    yata_buffer_init(&update, &doc->mem.allocator);
    bool empty;
    yata_status status = yt_encode_txn(txn, &update, &empty);
    if (!status && !empty) {
        yata_bytes bytes = {update.data, update.len};
        doc->notifying++;
        for (uint32_t i = 0; i < n; i++) {
            yt_observer observer = doc->observers.data[i];
            if (observer.id) observer.fn(observer.ctx, doc, txn, bytes);
        }
        if (!--doc->notifying) compact(doc);
    }
    yata_buffer_free(&update);
    return status;
}
