/* SPDX-License-Identifier: MIT */
/*
 * hub.c - one document and all who are connected to it: what changes is encoded once and put into every queue.
 *
 * The document is listened to only while somebody is connected. An update that could not be told for want of memory
 * (the transaction then says so) would leave the peers behind in silence: so the hub notes that a transaction changed
 * something before its update is due, and if none came, every session has to catch up.
 */
#include "sync/presence.h"
#include "sync/session.h"

#include "doc/model.h"

yata_status yata_sync_hub_new(yata_doc *doc, yata_awareness *awareness, const yata_allocator *allocator,
                              yata_sync_hub **out) {
    if (!out) return YATA_ERR_ARGUMENT;
    *out = NULL;
    yt_mem mem;
    yt_mem_init(&mem, allocator);
    if (!doc || !mem.allocator.alloc) return YATA_ERR_ARGUMENT;
    yata_sync_hub *hub = yt_calloc(&mem, sizeof *hub);
    if (!hub) return YATA_ERR_MEMORY;
    hub->mem = mem;
    hub->doc = doc;
    hub->awareness = awareness;
    *out = hub;
    return YATA_OK;
}

void yata_sync_hub_free(yata_sync_hub *hub) {
    if (!hub) return;
    while (hub->sessions.len) {
        yata_sync *last = hub->sessions.data[hub->sessions.len - 1];
        if (last)
            yata_sync_free(last);
        else
            hub->sessions.len--;
    }
    yt_vec_free(&hub->mem, &hub->sessions);
    yt_vec_free(&hub->mem, &hub->list);
    yt_u64_map_free(&hub->mem, &hub->owners);
    yt_mem mem = hub->mem;
    yt_free(&mem, hub, sizeof *hub);
}

uint32_t yata_sync_hub_connected(const yata_sync_hub *hub) {
    return hub ? hub->connected : 0;
}

size_t yata_sync_hub_memory(const yata_sync_hub *hub) {
    if (!hub) return 0;
    size_t bytes = hub->mem.used;
    for (uint32_t i = 0; i < hub->sessions.len; i++) {
        const yata_sync *s = hub->sessions.data[i];
        if (s) bytes += s->vector.cap + s->made.cap;
    }
    return bytes;
}

/* ------------------------------------------------------------------------
 * Documents
 */
static void fall_behind(yata_sync_hub *hub) {
    hub->expected = false;
    for (uint32_t i = 0; i < hub->sessions.len; i++) {
        yata_sync *s = hub->sessions.data[i];
        if (s && s->connected) yt_sync_offer(s, YATA_MESSAGE_UPDATE, NULL);
    }
}

static void on_update(void *ctx, yata_doc *doc, const yata_txn *txn, yata_bytes update) {
    yata_sync_hub *hub = ctx;
    (void)doc;
    hub->expected = false;
    yt_shared *message = NULL;
    bool made = false;
    for (uint32_t i = 0; i < hub->sessions.len; i++) {
        yata_sync *s = hub->sessions.data[i];
        if (!s || !s->connected || s->behind) continue;
        if (s == hub->source && txn->number == hub->source_number) continue;
        if (!made) message = yt_shared_new(&hub->mem, YATA_MESSAGE_UPDATE, update);
        made = true;
        yt_sync_offer(s, YATA_MESSAGE_UPDATE, message);
    }
    yt_shared_drop(&hub->mem, message);
}

static void on_cleaned(void *ctx, yata_doc *doc, const yata_txn *txn) {
    yata_sync_hub *hub = ctx;
    (void)doc;
    if (hub->expected) fall_behind(hub);
    for (uint32_t i = 0; i < txn->touched.len && !hub->expected; i++) {
        const yt_touch *touch = &txn->touched.data[i];
        hub->expected = touch->after > touch->before || touch->deleted.count > 0;
    }
}

static void on_all(void *ctx, yata_doc *doc, const yata_txn *txn) {
    yata_sync_hub *hub = ctx;
    (void)doc, (void)txn;
    if (hub->expected) fall_behind(hub);
}

/* ------------------------------------------------------------------------
 * Awareness
 */
static void disown(yata_sync_hub *hub, uint64_t client) {
    uint32_t slot = yt_u64_map_get(&hub->owners, client);
    if (slot == YT_NONE) return;
    hub->sessions.data[slot]->clients--;
    yt_u64_map_remove(&hub->owners, client);
}

/* Without memory nobody owns the client, and it stays until it is outdated. */
static void own(yata_sync_hub *hub, yata_sync *s, uint64_t client) {
    if (client == hub->awareness->client_id || yt_u64_map_get(&hub->owners, client) == s->slot) return;
    disown(hub, client);
    if (yt_u64_map_put(&hub->mem, &hub->owners, client, s->slot)) s->clients++;
}

static void note_owners(yata_sync_hub *hub, const yata_awareness_event *event) {
    for (size_t i = 0; i < event->removed_count; i++) disown(hub, event->removed[i]);
    if (event->cause != YATA_AWARENESS_APPLIED || !hub->source) return;
    for (size_t i = 0; i < event->added_count + event->updated_count; i++) {
        uint64_t client = i < event->added_count ? event->added[i] : event->updated[i - event->added_count];
        const yt_presence *p = yt_presence_find(hub->awareness, client);
        if (p && p->state) own(hub, hub->source, client); /* it may have gone in the same update */
    }
}

static bool list_clients(yata_sync_hub *hub, const yata_awareness_event *event, bool *own_listed) {
    size_t counts[] = {event->added_count, event->updated_count, event->removed_count};
    const uint64_t *lists[] = {event->added, event->updated, event->removed};
    hub->list.len = 0;
    *own_listed = false;
    for (int k = 0; k < 3; k++) {
        for (size_t i = 0; i < counts[k]; i++) {
            if (!yt_vec_reserve(&hub->mem, &hub->list, 1)) return false;
            yt_vec_put(&hub->list, lists[k][i]);
            *own_listed = *own_listed || lists[k][i] == hub->awareness->client_id;
        }
    }
    return true;
}

/* NULL: no memory. */
static yt_shared *awareness_message(yata_sync_hub *hub, const uint64_t *clients, size_t count) {
    yata_buffer update;
    yt_shared *message = NULL;
    yata_buffer_init(&update, &hub->mem.allocator);
    if (yata_awareness_encode(hub->awareness, clients, count, &update) == YATA_OK)
        message = yt_shared_new(&hub->mem, YATA_MESSAGE_AWARENESS, (yata_bytes){update.data, update.len});
    if (message && count == 1) {
        message->alone = true;
        message->client = clients[0];
    }
    yata_buffer_free(&update);
    return message;
}

static void on_awareness(void *ctx, yata_awareness *awareness, const yata_awareness_event *event) {
    yata_sync_hub *hub = ctx;
    yata_sync *source = event->cause == YATA_AWARENESS_APPLIED ? hub->source : NULL;
    bool own_listed, listed = list_clients(hub, event, &own_listed);
    note_owners(hub, event);
    yt_shared *message = NULL;
    bool made = false;
    for (uint32_t i = 0; i < hub->sessions.len; i++) {
        yata_sync *s = hub->sessions.data[i];
        if (!s || !s->connected || s == source || s->want_known) continue;
        if (!made && listed) message = awareness_message(hub, hub->list.data, hub->list.len);
        made = true;
        yt_sync_offer(s, YATA_MESSAGE_AWARENESS, message);
    }
    yt_shared_drop(&hub->mem, message);
    /* It spoke of us: our word goes back to it. */
    if (source && (own_listed || !listed)) {
        message = awareness_message(hub, &awareness->client_id, 1);
        yt_sync_offer(source, YATA_MESSAGE_AWARENESS, message);
        yt_shared_drop(&hub->mem, message);
    }
}

/* Their states came over a connection that is gone: when they are heard of again, the clock need not have gone on. */
void yt_hub_disown(yata_sync_hub *hub, yata_sync *s) {
    yata_awareness *a = hub->awareness;
    if (!a || !s->clients) return;
    hub->list.len = 0;
    for (uint32_t i = 0; i < a->known.len; i++) {
        yt_presence *p = &a->known.data[i];
        if (yt_u64_map_get(&hub->owners, p->client) != s->slot) continue;
        yt_u64_map_remove(&hub->owners, p->client);
        if (!p->state || !yt_vec_reserve(&hub->mem, &hub->list, 1)) continue;
        p->lapsed = true;
        yt_vec_put(&hub->list, p->client);
    }
    s->clients = 0;
    /* The list is taken along: observers make another one. */
    uint64_t *clients = hub->list.data;
    uint32_t count = hub->list.len, cap = hub->list.cap;
    memset(&hub->list, 0, sizeof hub->list);
    yata_awareness_remove(a, clients, count, s->options.origin);
    yt_free(&hub->mem, clients, cap * sizeof *clients);
}

/* ------------------------------------------------------------------------
 * Subscriptions
 */
void yt_hub_unlisten(yata_sync_hub *hub) {
    if (hub->update_subscription) yata_doc_unobserve_update(hub->doc, hub->update_subscription);
    if (hub->cleaned_subscription) yata_doc_unobserve_txn(hub->doc, hub->cleaned_subscription);
    if (hub->all_subscription) yata_doc_unobserve_txn(hub->doc, hub->all_subscription);
    if (hub->awareness_subscription) yata_awareness_unobserve(hub->awareness, hub->awareness_subscription);
    hub->update_subscription = hub->cleaned_subscription = hub->all_subscription = hub->awareness_subscription = 0;
    hub->expected = false;
}

yata_status yt_hub_listen(yata_sync_hub *hub) {
    yata_doc *doc = hub->doc;
    yata_status status = yata_doc_observe_update(doc, on_update, hub, &hub->update_subscription);
    if (!status) status = yata_doc_observe_txn(doc, YATA_STAGE_CLEANED, on_cleaned, hub, &hub->cleaned_subscription);
    if (!status) status = yata_doc_observe_txn(doc, YATA_STAGE_AFTER_ALL, on_all, hub, &hub->all_subscription);
    if (!status && hub->awareness)
        status = yata_awareness_observe_update(hub->awareness, on_awareness, hub, &hub->awareness_subscription);
    if (status) yt_hub_unlisten(hub);
    return status;
}
