/* SPDX-License-Identifier: MIT */
/*
 * awareness_event.c - what observers of an awareness are told.
 *
 * The lists are made before anything changes, so that a change is either told or does not happen.
 */
#include "sync/presence.h"

/* ------------------------------------------------------------------------
 * Lists
 */
bool yt_news_add(yata_awareness *a, yt_awareness_news *news, yt_news what, uint64_t client) {
    if (!a->observers.len) return true;
    if (!yt_vec_reserve(&a->mem, &news->added, 1) || !yt_vec_reserve(&a->mem, &news->updated, 1) ||
        !yt_vec_reserve(&a->mem, &news->removed, 1) || !yt_vec_reserve(&a->mem, &news->changed, 1) ||
        !yt_vec_reserve(&a->mem, &news->gone, 1))
        return false;
    switch (what) {
    case YT_NEWS_ADDED:
        yt_vec_put(&news->added, client);
        break;
    case YT_NEWS_CHANGED:
        yt_vec_put(&news->changed, client);
        yt_vec_put(&news->updated, client);
        break;
    case YT_NEWS_UPDATED:
        yt_vec_put(&news->updated, client);
        break;
    case YT_NEWS_GONE:
        yt_vec_put(&news->gone, client);
        yt_vec_put(&news->removed, client);
        break;
    case YT_NEWS_REMOVED:
        yt_vec_put(&news->removed, client);
        break;
    }
    return true;
}

void yt_news_free(yata_awareness *a, yt_awareness_news *news) {
    yt_vec_free(&a->mem, &news->added);
    yt_vec_free(&a->mem, &news->updated);
    yt_vec_free(&a->mem, &news->removed);
    yt_vec_free(&a->mem, &news->changed);
    yt_vec_free(&a->mem, &news->gone);
}

/* ------------------------------------------------------------------------
 * Subscriptions: as those of documents (doc/observer.c)
 */
static void call(yata_awareness *a, bool update, const yata_awareness_event *event) {
    if (!event->added_count && !event->updated_count && !event->removed_count) return;
    uint32_t n = a->observers.len;
    a->notifying++;
    for (uint32_t i = 0; i < n; i++) {
        yt_awareness_observer observer = a->observers.data[i];
        if (observer.id && observer.update == update) observer.fn(observer.ctx, a, event);
    }
    if (!--a->notifying) yt_vec_drop_unset(&a->observers, id);
}

void yt_news_tell(yata_awareness *a, yt_awareness_news *news, yata_awareness_cause cause, yata_bytes origin) {
    yata_awareness_event event = {
        .added = news->added.data,
        .added_count = news->added.len,
        .updated = news->changed.data,
        .updated_count = news->changed.len,
        .removed = news->gone.data,
        .removed_count = news->gone.len,
        .cause = cause,
        .origin = origin,
    };
    call(a, false, &event);
    event.updated = news->updated.data;
    event.updated_count = news->updated.len;
    event.removed = news->removed.data;
    event.removed_count = news->removed.len;
    call(a, true, &event);
    yt_news_free(a, news);
}

static yata_status observe(yata_awareness *a, bool update, yata_awareness_fn fn, void *ctx, uint32_t *subscription) {
    if (!a || !fn || !subscription) return YATA_ERR_ARGUMENT;
    if (a->observer_id == UINT32_MAX) return YATA_ERR_LIMIT;
    if (!yt_vec_reserve(&a->mem, &a->observers, 1)) return YATA_ERR_MEMORY;
    yt_awareness_observer observer = {++a->observer_id, update, fn, ctx};
    yt_vec_put(&a->observers, observer);
    if (!update) a->change_observers++;
    *subscription = observer.id;
    return YATA_OK;
}

yata_status yata_awareness_observe_change(yata_awareness *a, yata_awareness_fn fn, void *ctx, uint32_t *subscription) {
    return observe(a, false, fn, ctx, subscription);
}

yata_status yata_awareness_observe_update(yata_awareness *a, yata_awareness_fn fn, void *ctx, uint32_t *subscription) {
    return observe(a, true, fn, ctx, subscription);
}

yata_status yata_awareness_unobserve(yata_awareness *a, uint32_t subscription) {
    if (!a || !subscription) return YATA_ERR_ARGUMENT;
    for (uint32_t i = 0; i < a->observers.len; i++) {
        if (a->observers.data[i].id != subscription) continue;
        a->observers.data[i].id = 0;
        if (!a->observers.data[i].update) a->change_observers--;
        if (!a->notifying) yt_vec_drop_unset(&a->observers, id);
        return YATA_OK;
    }
    return YATA_ERR_NOT_FOUND;
}
