/* SPDX-License-Identifier: MIT */
/*
 * yawareness.c - who is there and what they say of themselves (additions of ours), in the manner of yffi.
 *
 * Whatever changes an awareness may also add to what the sessions of its document have to send, and these hear of edits
 * of other threads. So it is done with the lock of the document, or in this thread's own transaction.
 */
#if !defined(_DEFAULT_SOURCE)
#define _DEFAULT_SOURCE /* clock_gettime under -std=c11 */
#endif
#include "yffi/handles.h"

#include <time.h>

static uint64_t ticks(void *ctx) {
    struct timespec now;
    (void)ctx;
#if defined(_WIN32)
    if (timespec_get(&now, TIME_UTC) != TIME_UTC) return 0;
#else
    if (clock_gettime(CLOCK_MONOTONIC, &now)) return 0;
#endif
    return (uint64_t)now.tv_sec * 1000 + (uint64_t)now.tv_nsec / 1000000;
}

/* ------------------------------------------------------------------------
 * Making and ending
 */
YAwareness *yawareness(YDoc *doc, uint32_t timeout_millis) {
    YAwareness *made = doc ? calloc(1, sizeof *made) : NULL;
    if (!made) return NULL;
    yata_awareness_options options = yata_awareness_options_default();
    options.client_id = yata_doc_client_id(doc->core);
    options.allocator = &yr_allocator;
    options.outdated_ms = timeout_millis;
    options.now = ticks;
    if (yata_awareness_new(&options, &made->core)) {
        free(made);
        return NULL;
    }
    made->refs = 1;
    made->doc = ydoc_clone(doc);
    (void)yata_awareness_set_local(made->core, (yata_str){NULL, 0}, NULL);
    return made;
}

void yr_awareness_keep(YAwareness *awareness) {
    awareness->refs++;
}

/* Not while its observers run: the last of their calls does it then. */
void yr_awareness_drop(YAwareness *awareness) {
    if (--awareness->refs) return;
    YDoc *doc = awareness->doc;
    yata_awareness_free(awareness->core);
    free(awareness);
    ydoc_destroy(doc);
}

void yawareness_destroy(YAwareness *awareness) {
    if (!awareness || awareness->ended) return;
    awareness->ended = true;
    while (awareness->subs) yr_drop_sub(awareness->subs);
    yr_awareness_drop(awareness);
}

/* ------------------------------------------------------------------------
 * States
 */
uint64_t yawareness_client_id(const YAwareness *awareness) {
    return awareness ? yata_awareness_client_id(awareness->core) : 0;
}

typedef struct entered {
    YTransaction hold;
    YDoc *doc;
    bool held;
} entered;

static void enter(YAwareness *awareness, entered *e) {
    yr_awareness_keep(awareness); /* observers may destroy it */
    e->doc = awareness->doc;
    e->held = yr_enter(e->doc, &e->hold);
}

static uint8_t leave(YAwareness *awareness, entered *e, yata_status status) {
    if (e->held) yr_release(&e->hold);
    yr_awareness_drop(awareness);
    return yr_error_code(status);
}

uint8_t yawareness_set_state(YAwareness *awareness, const char *json) {
    entered e;
    if (!awareness) return ERR_CODE_OTHER;
    enter(awareness, &e);
    return leave(awareness, &e, yata_awareness_set_local(awareness->core, yr_str(json), NULL));
}

uint8_t yawareness_set_field(YAwareness *awareness, const char *name, const char *json) {
    entered e;
    if (!awareness || !name || !json) return ERR_CODE_OTHER;
    enter(awareness, &e);
    return leave(awareness, &e, yata_awareness_set_local_field(awareness->core, yr_str(name), yr_str(json), NULL));
}

char *yawareness_state(const YAwareness *awareness, uint64_t client_id) {
    yata_str json;
    if (!awareness || yata_awareness_state(awareness->core, client_id, &json)) return NULL;
    return yr_copy(json);
}

uint64_t *yawareness_clients(const YAwareness *awareness, uint32_t *len) {
    if (len) *len = 0;
    if (!awareness || !len) return NULL;
    uint32_t n = 0, most = yata_awareness_count(awareness->core);
    yata_str json;
    uint64_t *clients = malloc((most ? most : 1) * sizeof *clients);
    yata_awareness_iter it = yata_awareness_states(awareness->core);
    while (clients && n < most && yata_awareness_iter_next(&it, &clients[n], &json)) n++;
    *len = clients ? n : 0;
    return clients;
}

void yawareness_clients_destroy(uint64_t *clients, uint32_t len) {
    (void)len;
    free(clients);
}

/* ------------------------------------------------------------------------
 * Updates
 */
char *yawareness_encode(const YAwareness *awareness, const uint64_t *clients, uint32_t clients_len, uint32_t *len) {
    yata_buffer out;
    if (!awareness) return NULL;
    yata_buffer_init(&out, &yr_allocator);
    yata_status status = clients ? yata_awareness_encode(awareness->core, clients, clients_len, &out)
                                 : yata_awareness_encode_all(awareness->core, &out);
    return yr_bytes(&out, status, len);
}

uint8_t yawareness_apply(YAwareness *awareness, const char *update, uint32_t update_len, uint32_t origin_len,
                         const char *origin) {
    entered e;
    if (!awareness || !update || (origin_len && !origin)) return ERR_CODE_OTHER;
    enter(awareness, &e);
    yata_bytes bytes = yr_view(update, update_len), from = yr_view(origin, origin_len);
    return leave(awareness, &e, yata_awareness_apply(awareness->core, bytes, from, NULL));
}

uint8_t yawareness_remove(YAwareness *awareness, const uint64_t *clients, uint32_t clients_len) {
    entered e;
    if (!awareness || (clients_len && !clients)) return ERR_CODE_OTHER;
    enter(awareness, &e);
    yata_bytes none = {NULL, 0};
    return leave(awareness, &e, yata_awareness_remove(awareness->core, clients, clients_len, none));
}

uint8_t yawareness_tick(YAwareness *awareness) {
    entered e;
    if (!awareness) return ERR_CODE_OTHER;
    enter(awareness, &e);
    return leave(awareness, &e, yata_awareness_tick(awareness->core));
}

/* ------------------------------------------------------------------------
 * Observers: one of the core for all of a kind
 */
static void call(YAwareness *awareness, yr_topic topic, const yata_awareness_event *event) {
    static const char causes[] = {[YATA_AWARENESS_LOCAL] = Y_AWARENESS_LOCAL,
                                  [YATA_AWARENESS_APPLIED] = Y_AWARENESS_APPLIED,
                                  [YATA_AWARENESS_REMOVED] = Y_AWARENESS_REMOVED,
                                  [YATA_AWARENESS_TIMEOUT] = Y_AWARENESS_TIMEOUT};
    bool given = event->cause == YATA_AWARENESS_APPLIED && event->origin.len;
    YAwarenessEvent out = {.cause = causes[event->cause],
                           .added_len = (uint32_t)event->added_count,
                           .updated_len = (uint32_t)event->updated_count,
                           .removed_len = (uint32_t)event->removed_count,
                           .added = event->added,
                           .updated = event->updated,
                           .removed = event->removed,
                           .origin = given ? (const char *)event->origin.data : NULL,
                           .origin_len = given ? (uint32_t)event->origin.len : 0};
    uint64_t last = 0;
    for (yr_sub *sub; (sub = yr_next_sub(awareness->subs, topic, &last));)
        ((void (*)(void *, const YAwarenessEvent *))sub->cb)(sub->state, &out);
}

static void on_change(void *ctx, yata_awareness *core, const yata_awareness_event *event) {
    (void)core;
    call(ctx, YR_AWARENESS_CHANGE, event);
}

static void on_update(void *ctx, yata_awareness *core, const yata_awareness_event *event) {
    (void)core;
    call(ctx, YR_AWARENESS_UPDATE, event);
}

typedef void (*fn)(void);

static yr_sub *observe(YAwareness *awareness, yr_topic topic, uint32_t key_len, const char *key, void *state, fn cb) {
    bool change = topic == YR_AWARENESS_CHANGE;
    if (!awareness || awareness->ended || !cb) return NULL;
    uint32_t *id = change ? &awareness->change_id : &awareness->update_id;
    yata_status status = YATA_OK;
    if (!*id && change) status = yata_awareness_observe_change(awareness->core, on_change, awareness, id);
    if (!*id && !change) status = yata_awareness_observe_update(awareness->core, on_update, awareness, id);
    if (status) return NULL;
    return yr_make_sub(&awareness->subs, &awareness->sub_order, topic, key_len, key, state, cb);
}

#if YFFI_ABI < 28

YSubscription *yawareness_observe_change(YAwareness *awareness, void *state,
                                         void (*cb)(void *, const YAwarenessEvent *)) {
    return observe(awareness, YR_AWARENESS_CHANGE, 0, NULL, state, (fn)cb);
}
YSubscription *yawareness_observe_update(YAwareness *awareness, void *state,
                                         void (*cb)(void *, const YAwarenessEvent *)) {
    return observe(awareness, YR_AWARENESS_UPDATE, 0, NULL, state, (fn)cb);
}

#else

static uint8_t unobserve(YAwareness *awareness, yr_topic topic, uint32_t key_len, const char *key) {
    return awareness && yr_drop_sub_key(awareness->subs, topic, key_len, key);
}

void yawareness_observe_change(YAwareness *awareness, uint32_t key_len, const char *key, void *state,
                               void (*cb)(void *, const YAwarenessEvent *)) {
    (void)unobserve(awareness, YR_AWARENESS_CHANGE, key_len, key);
    (void)observe(awareness, YR_AWARENESS_CHANGE, key_len, key, state, (fn)cb);
}
uint8_t yawareness_unobserve_change(YAwareness *awareness, uint32_t key_len, const char *key) {
    return unobserve(awareness, YR_AWARENESS_CHANGE, key_len, key);
}
void yawareness_observe_update(YAwareness *awareness, uint32_t key_len, const char *key, void *state,
                               void (*cb)(void *, const YAwarenessEvent *)) {
    (void)unobserve(awareness, YR_AWARENESS_UPDATE, key_len, key);
    (void)observe(awareness, YR_AWARENESS_UPDATE, key_len, key, state, (fn)cb);
}
uint8_t yawareness_unobserve_update(YAwareness *awareness, uint32_t key_len, const char *key) {
    return unobserve(awareness, YR_AWARENESS_UPDATE, key_len, key);
}

#endif
