/* SPDX-License-Identifier: MIT */
/*
 * ysync.c - sessions of the sync protocol (additions of ours), in the manner of yffi.
 *
 * The core joins a document and its sessions in a hub. Here nobody sees hubs: a document has one for each awareness
 * that its sessions were made with, as long as there are any.
 */
#include "yffi/handles.h"

struct yr_hub {
    struct yr_hub *next;
    YDoc *doc;             /* a reference */
    YAwareness *awareness; /* a reference; may be NULL */
    yata_sync_hub *core;
    uint32_t sessions;
};

struct YSync {
    struct yr_hub *hub;
    yata_sync *core;
    void *state;
    void (*wake)(void *, YSync *);
    struct YSync *next; /* of those that ended */
    bool ended;
};

/* ------------------------------------------------------------------------
 * Hubs
 */
static struct yr_hub *hub_of(YDoc *doc, YAwareness *awareness) {
    for (struct yr_hub *hub = doc->hubs; hub; hub = hub->next)
        if (hub->awareness == awareness) return hub;
    struct yr_hub *hub = calloc(1, sizeof *hub);
    if (!hub) return NULL;
    if (yata_sync_hub_new(doc->core, awareness ? awareness->core : NULL, &yr_allocator, &hub->core)) {
        free(hub);
        return NULL;
    }
    hub->doc = ydoc_clone(doc);
    hub->awareness = awareness;
    if (awareness) yr_awareness_keep(awareness);
    hub->next = doc->hubs;
    doc->hubs = hub;
    return hub;
}

static void leave_hub(struct yr_hub *hub) {
    if (--hub->sessions) return;
    YDoc *doc = hub->doc;
    struct yr_hub **at = &doc->hubs;
    while (*at != hub) at = &(*at)->next;
    *at = hub->next;
    yata_sync_hub_free(hub->core);
    if (hub->awareness) yr_awareness_drop(hub->awareness);
    free(hub);
    ydoc_destroy(doc);
}

/* ------------------------------------------------------------------------
 * Making and ending
 */
static void on_wake(void *ctx, yata_sync *core) {
    YSync *sync = ctx;
    (void)core;
    if (sync->wake && !sync->ended) sync->wake(sync->state, sync);
}

YSync *ysync(YDoc *doc, YAwareness *awareness, const YSyncOptions *options) {
    static const YSyncOptions none;
    if (!doc || (awareness && (awareness->ended || awareness->doc != doc))) return NULL;
    if (!options) options = &none;
    if (options->origin_len && !options->origin) return NULL;
    YSync *sync = calloc(1, sizeof *sync);
    if (!sync) return NULL;
    yata_sync_options core = yata_sync_options_default();
    core.origin = yr_view(options->origin, options->origin_len);
    core.read_only = options->read_only != 0;
    core.denied_reason = yr_str(options->denied_reason);
    core.message_bytes = options->message_bytes;
    core.queue_bytes = options->queue_bytes;
    core.wake = on_wake;
    core.ctx = sync;
    sync->state = options->state;
    sync->wake = options->wake;
    YTransaction hold;
    bool held = yr_enter(doc, &hold);
    sync->hub = hub_of(doc, awareness);
    if (sync->hub) sync->hub->sessions++;
    bool made = sync->hub && !yata_sync_new(sync->hub->core, &core, &sync->core);
    if (!made && sync->hub) leave_hub(sync->hub);
    if (held) yr_release(&hold);
    if (made) return sync;
    free(sync);
    return NULL;
}

/* ------------------------------------------------------------------------
 * Calls: with the lock of the document, or inside this thread's own transaction
 */
typedef struct entered {
    YTransaction hold;
    YDoc *doc; /* a reference: the session may have the last one */
    bool held;
} entered;

static void enter(YSync *sync, entered *e) {
    e->doc = ydoc_clone(sync->hub->doc);
    e->held = yr_enter(e->doc, &e->hold);
}

static void leave(entered *e) {
    if (e->held) yr_release(&e->hold);
    ydoc_destroy(e->doc);
}

/* Callbacks may destroy sessions, of which the core wants none freed inside one: that is done when the thread leaves
 * the document. */
void ysync_destroy(YSync *sync) {
    entered e;
    if (!sync || sync->ended) return;
    enter(sync, &e);
    yata_sync_disconnect(sync->core);
    sync->ended = true;
    sync->next = e.doc->ended_syncs;
    e.doc->ended_syncs = sync;
    leave(&e);
}

YR_APART void yr_syncs_sweep(YDoc *doc) {
    while (doc->ended_syncs) {
        YSync *sync = doc->ended_syncs;
        doc->ended_syncs = sync->next;
        yata_sync_free(sync->core);
        leave_hub(sync->hub);
        free(sync);
    }
}

uint8_t ysync_connect(YSync *sync) {
    entered e;
    if (!sync || sync->ended) return ERR_CODE_OTHER;
    enter(sync, &e);
    yata_status status = yata_sync_connect(sync->core);
    leave(&e);
    return yr_error_code(status);
}

void ysync_disconnect(YSync *sync) {
    entered e;
    if (!sync || sync->ended) return;
    enter(sync, &e);
    yata_sync_disconnect(sync->core);
    leave(&e);
}

/* ------------------------------------------------------------------------
 * Messages
 */
uint8_t ysync_receive(YSync *sync, const char *frame, uint32_t frame_len) {
    entered e;
    if (!sync || sync->ended || (frame_len && !frame)) return ERR_CODE_OTHER;
    enter(sync, &e);
    /* In this thread's own transaction, reading included, nothing can be applied. */
    yata_status status = e.held ? yata_sync_receive(sync->core, yr_view(frame, frame_len), NULL) : YATA_ERR_STATE;
    leave(&e);
    return yr_error_code(status);
}

char *ysync_next(YSync *sync, uint32_t *len) {
    entered e;
    yata_bytes message = {NULL, 0};
    if (len) *len = 0;
    if (!sync || sync->ended || !len) return NULL;
    enter(sync, &e);
    char *copy = yata_sync_next(sync->core, &message) || !message.data || message.len > UINT32_MAX
                     ? NULL
                     : yr_copy((yata_str){(const char *)message.data, message.len});
    leave(&e);
    if (copy) *len = (uint32_t)message.len;
    return copy;
}

uint8_t ysync_has_next(const YSync *sync) {
    return sync && !sync->ended && yata_sync_has_next(sync->core);
}

uint8_t ysync_synced(const YSync *sync) {
    yata_sync_state state;
    if (!sync || sync->ended) return 0;
    yata_sync_state_of(sync->core, &state);
    return state.connected && state.synced;
}
