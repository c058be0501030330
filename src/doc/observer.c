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

static yata_status observe(yata_doc *doc, bool v2, yata_update_fn fn, void *ctx, uint32_t *subscription) {
    if (!doc || !fn || !subscription) return YATA_ERR_ARGUMENT;
    if (doc->observer_id == UINT32_MAX) return YATA_ERR_LIMIT;
    if (!yt_vec_reserve(&doc->mem, &doc->observers, 1)) return YATA_ERR_MEMORY;
    yt_observer observer = {++doc->observer_id, v2, fn, ctx};
    yt_vec_put(&doc->observers, observer);
    *subscription = observer.id;
    return YATA_OK;
}

yata_status yata_doc_observe_update(yata_doc *doc, yata_update_fn fn, void *ctx, uint32_t *subscription) {
    return observe(doc, false, fn, ctx, subscription);
}

yata_status yata_doc_observe_update_v2(yata_doc *doc, yata_update_fn fn, void *ctx, uint32_t *subscription) {
    return observe(doc, true, fn, ctx, subscription);
}

yata_status yata_doc_unobserve_update(yata_doc *doc, uint32_t subscription) {
    if (!doc || !subscription) return YATA_ERR_ARGUMENT;
    for (uint32_t i = 0; i < doc->observers.len; i++) {
        if (doc->observers.data[i].id != subscription) continue;
        doc->observers.data[i].id = 0;
        if (!doc->notifying) yt_vec_drop_unset(&doc->observers, id);
        return YATA_OK;
    }
    return YATA_ERR_NOT_FOUND;
}

/* The update in this format, if one of the first `n` observers wants it. */
static yata_status encode_for(const yata_txn *txn, uint32_t n, bool v2, yata_buffer *out, bool *empty) {
    for (uint32_t i = 0; i < n; i++) {
        const yt_observer *observer = &txn->doc->observers.data[i];
        if (observer->id && observer->v2 == v2)
            return yt_encode_txn(txn, v2 ? &yt_encoder_v2 : &yt_encoder_v1, out, empty);
    }
    return YATA_OK;
}

yata_status yt_notify_update(const yata_txn *txn) {
    yata_doc *doc = txn->doc;
    uint32_t n = doc->observers.len;
    if (!n) return YATA_OK;
    yata_buffer update[2]; /* v1, v2 */
    yata_buffer_init(&update[0], &doc->mem.allocator);
    yata_buffer_init(&update[1], &doc->mem.allocator);
    bool empty = true;
    yata_status status = encode_for(txn, n, false, &update[0], &empty);
    if (!status) status = encode_for(txn, n, true, &update[1], &empty);
    if (!status && !empty) {
        doc->notifying++;
        for (uint32_t i = 0; i < n; i++) {
            yt_observer observer = doc->observers.data[i];
            yata_bytes bytes = {update[observer.v2].data, update[observer.v2].len};
            if (observer.id && bytes.len) observer.fn(observer.ctx, doc, txn, bytes);
        }
        if (!--doc->notifying) yt_vec_drop_unset(&doc->observers, id);
    }
    yata_buffer_free(&update[0]);
    yata_buffer_free(&update[1]);
    return status;
}
