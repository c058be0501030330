/* SPDX-License-Identifier: MIT */
/*
 * yundo.c - undo managers.
 *
 * A manager of yffi may span documents, one of the core belongs to one. So there is one of the core for each document,
 * a PART, and every step carries a number that tells their order.
 *
 * Callbacks may do anything, also destroy the manager or clear its document: parts that are over lose their core at
 * once, and go, as the manager does, when no callback runs any more.
 *
 * Invariant: the meta of every step of the core is a `step`, made when the step was added; NULL if there was no memory
 * for it, and then it counts as the oldest.
 */
#include "yffi/handles.h"
#include "yffi/vector.h"

enum { DEFAULT_TIMEOUT = 500 };

typedef struct step {
    uint64_t number;
    void *meta; /* the caller's */
} step;

/* A step that a callback is being told of. */
typedef struct telling {
    struct telling *outer;
    step *step; /* NULL once it is gone */
} telling;

typedef struct yr_part {
    YUndoManager *manager;
    YDoc *doc; /* a reference; NULL: it is over, as `core` is */
    yata_undo *core;
    uint32_t subscription;
    struct yr_part *next, **at; /* of the same document */
} part;

struct YUndoManager {
    int32_t timeout; /* milliseconds */
    uint64_t steps;  /* numbers given out */
    YR_VECTOR(part *) parts;
    YR_VECTOR(yata_buffer) origins;
    yr_sub *subs;
    uint64_t sub_order;
    telling *tells;
    uint32_t running; /* callbacks, undo and redo */
    bool going;       /* undo or redo */
    bool ended;       /* to be freed */
};

/* ------------------------------------------------------------------------
 * Making and ending
 */
YUndoManager *yundo_manager(const YUndoManagerOptions *options) {
    YUndoManager *mgr = calloc(1, sizeof *mgr);
    if (!mgr) return NULL;
    mgr->timeout = options ? options->capture_timeout_millis : -1;
    if (mgr->timeout < 0) mgr->timeout = DEFAULT_TIMEOUT;
    return mgr;
}

/* The core may be in the middle of something, and frees itself only then: nothing of it shall come back here. */
static void end_part(part *p) {
    YDoc *doc = p->doc;
    if (!doc) return;
    yr_lock(doc);
    *p->at = p->next;
    if (p->next) p->next->at = p->at;
    yata_undo *core = p->core;
    (void)yata_undo_unobserve(core, p->subscription);
    (void)yata_undo_clear(core, true, true);
    p->core = NULL;
    p->doc = NULL;
    yata_undo_free(core);
    yr_unlock(doc);
    ydoc_destroy(doc);
}

/* What is over goes, if nothing runs that may look at it. */
static void sweep(YUndoManager *mgr) {
    if (mgr->running) return;
    uint32_t kept = 0;
    for (uint32_t i = 0; i < mgr->parts.len; i++) {
        part *p = mgr->parts.data[i];
        if (p->core)
            mgr->parts.data[kept++] = p;
        else
            free(p);
    }
    mgr->parts.len = kept;
    if (!mgr->ended) return;
    free(mgr->parts.data);
    free(mgr);
}

void yundo_manager_destroy(YUndoManager *mgr) {
    if (!mgr || mgr->ended) return;
    for (uint32_t i = 0; i < mgr->parts.len; i++) end_part(mgr->parts.data[i]);
    while (mgr->subs) yr_drop_sub(mgr->subs);
    for (uint32_t i = 0; i < mgr->origins.len; i++) yata_buffer_free(&mgr->origins.data[i]);
    free(mgr->origins.data);
    mgr->origins.data = NULL;
    mgr->origins.len = mgr->origins.cap = 0;
    mgr->ended = true;
    sweep(mgr);
}

void yr_undo_leave(YDoc *doc) {
    while (doc->undos) {
        YUndoManager *mgr = doc->undos->manager;
        end_part(doc->undos);
        sweep(mgr);
    }
}

/* ------------------------------------------------------------------------
 * Events
 */
static void call(YUndoManager *mgr, yr_topic topic, YUndoEvent *event) {
    uint64_t last = 0;
    for (yr_sub *sub; (sub = yr_next_sub(mgr->subs, topic, &last));)
        ((void (*)(void *, const YUndoEvent *))sub->cb)(sub->state, event);
}

static void free_step(void *ctx, void *meta) {
    for (telling *t = ((YUndoManager *)ctx)->tells; t; t = t->outer)
        if (t->step == meta) t->step = NULL;
    free(meta);
}

static step *new_step(void) {
    step *made = malloc(sizeof *made);
    if (made) *made = (step){0, NULL};
    return made;
}

/* An edit in one document came between: what follows in the others is a step of its own. */
static void stop_others(const YUndoManager *mgr, const part *p) {
    for (uint32_t i = 0; i < mgr->parts.len; i++)
        if (mgr->parts.data[i] != p && mgr->parts.data[i]->core) (void)yata_undo_stop(mgr->parts.data[i]->core);
}

static void on_step(void *ctx, yata_undo *core, const yata_undo_event *event) {
    part *p = ctx;
    YUndoManager *mgr = p->manager;
    (void)core;
    if (event->what == YATA_UNDO_CLEARED || mgr->ended) return;
    if (event->what == YATA_UNDO_ADDED) *event->meta = new_step();
    telling t = {mgr->tells, event->meta ? *event->meta : NULL};
    if (event->what != YATA_UNDO_POPPED) {
        if (t.step) t.step->number = ++mgr->steps;
        stop_others(mgr, p);
    }
    if (event->what == YATA_UNDO_UPDATED || !mgr->subs) return;
    YUndoEvent out = {.kind = event->stack == YATA_UNDO_STACK ? Y_KIND_UNDO : Y_KIND_REDO,
                      .origin = event->origin.len ? (const char *)event->origin.data : NULL,
                      .origin_len = (uint32_t)event->origin.len,
                      .meta = t.step ? t.step->meta : NULL};
    mgr->tells = &t;
    mgr->running++;
    call(mgr, event->what == YATA_UNDO_ADDED ? YR_UNDO_ADDED : YR_UNDO_POPPED, &out);
    mgr->running--;
    mgr->tells = t.outer;
    if (t.step) t.step->meta = out.meta;
    sweep(mgr);
}

typedef void (*fn)(void);

static yr_sub *observe(YUndoManager *mgr, yr_topic topic, uint32_t key_len, const char *key, void *state, fn cb) {
    if (!mgr || mgr->ended) return NULL;
    return yr_make_sub(&mgr->subs, &mgr->sub_order, topic, key_len, key, state, cb);
}

#if YFFI_ABI < 28

YSubscription *yundo_manager_observe_added(YUndoManager *mgr, void *state,
                                           void (*callback)(void *, const YUndoEvent *)) {
    return observe(mgr, YR_UNDO_ADDED, 0, NULL, state, (fn)callback);
}
YSubscription *yundo_manager_observe_popped(YUndoManager *mgr, void *state,
                                            void (*callback)(void *, const YUndoEvent *)) {
    return observe(mgr, YR_UNDO_POPPED, 0, NULL, state, (fn)callback);
}

#else

static uint8_t unobserve(YUndoManager *mgr, yr_topic topic, uint32_t key_len, const char *key) {
    return mgr && yr_drop_sub_key(mgr->subs, topic, key_len, key);
}

void yundo_manager_observe_added(YUndoManager *mgr, uint32_t key_len, const char *key, void *state,
                                 void (*callback)(void *, const YUndoEvent *)) {
    (void)unobserve(mgr, YR_UNDO_ADDED, key_len, key);
    (void)observe(mgr, YR_UNDO_ADDED, key_len, key, state, (fn)callback);
}
uint8_t yundo_manager_unobserve_added(YUndoManager *mgr, uint32_t key_len, const char *key) {
    return unobserve(mgr, YR_UNDO_ADDED, key_len, key);
}
void yundo_manager_observe_popped(YUndoManager *mgr, uint32_t key_len, const char *key, void *state,
                                  void (*callback)(void *, const YUndoEvent *)) {
    (void)unobserve(mgr, YR_UNDO_POPPED, key_len, key);
    (void)observe(mgr, YR_UNDO_POPPED, key_len, key, state, (fn)callback);
}
uint8_t yundo_manager_unobserve_popped(YUndoManager *mgr, uint32_t key_len, const char *key) {
    return unobserve(mgr, YR_UNDO_POPPED, key_len, key);
}

#endif

/* ------------------------------------------------------------------------
 * Scope and origins
 */
static yata_bytes bytes_of(const yata_buffer *buffer) {
    return (yata_bytes){buffer->data, buffer->len};
}

/* Without origins of the caller, transactions that have none are recorded; with the first one that ends. */
static void track(const YUndoManager *mgr, const part *p) {
    if (!p->core || !mgr->origins.len) return;
    for (uint32_t i = 0; i < mgr->origins.len; i++)
        (void)yata_undo_add_origin(p->core, bytes_of(&mgr->origins.data[i]));
    (void)yata_undo_remove_origin(p->core, (yata_bytes){NULL, 0});
}

static part *new_part(YUndoManager *mgr, YDoc *doc) {
    part *p = yr_vector_reserve(&mgr->parts) ? calloc(1, sizeof *p) : NULL;
    if (!p) return NULL;
    yata_undo_options options = yata_undo_options_default();
    options.capture_timeout = mgr->timeout ? mgr->timeout : -1;
    options.free_meta = free_step;
    options.ctx = mgr;
    p->manager = mgr;
    yata_status status = yata_undo_new(doc->core, &options, &p->core);
    if (!status) status = yata_undo_observe(p->core, on_step, p, &p->subscription);
    if (status) {
        yata_undo_free(p->core);
        free(p);
        return NULL;
    }
    p->next = doc->undos;
    p->at = &doc->undos;
    if (p->next) p->next->at = &p->next;
    doc->undos = p;
    p->doc = ydoc_clone(doc);
    mgr->parts.data[mgr->parts.len++] = p;
    track(mgr, p);
    return p;
}

void yundo_manager_add_scope(YUndoManager *mgr, const YDoc *doc, const Branch *ytype) {
    if (!mgr || mgr->ended || !doc || !ytype || ytype->doc != doc) return;
    part *p = NULL;
    yr_lock(ytype->doc);
    for (uint32_t i = 0; i < mgr->parts.len; i++)
        if (mgr->parts.data[i]->doc == doc) p = mgr->parts.data[i];
    if (!p) p = new_part(mgr, ytype->doc);
    if (p) (void)yata_undo_add_scope(p->core, ytype->type);
    yr_unlock(ytype->doc);
}

static uint32_t find_origin(const YUndoManager *mgr, uint32_t len, const char *origin) {
    uint32_t i = 0;
    for (; i < mgr->origins.len; i++) {
        const yata_buffer *known = &mgr->origins.data[i];
        if (known->len == len && (!len || !memcmp(known->data, origin, len))) break;
    }
    return i;
}

void yundo_manager_add_origin(YUndoManager *mgr, uint32_t origin_len, const char *origin) {
    if (!mgr || mgr->ended || (origin_len && !origin)) return;
    if (find_origin(mgr, origin_len, origin) < mgr->origins.len || !yr_vector_reserve(&mgr->origins)) return;
    yata_buffer *made = &mgr->origins.data[mgr->origins.len];
    yata_buffer_init(made, &yr_allocator);
    if (yata_buffer_append(made, origin, origin_len)) return;
    mgr->origins.len++;
    for (uint32_t i = 0; i < mgr->parts.len; i++) track(mgr, mgr->parts.data[i]);
}

void yundo_manager_remove_origin(YUndoManager *mgr, uint32_t origin_len, const char *origin) {
    if (!mgr || (origin_len && !origin)) return;
    uint32_t at = find_origin(mgr, origin_len, origin);
    if (at == mgr->origins.len) return;
    for (uint32_t i = 0; i < mgr->parts.len; i++)
        if (mgr->parts.data[i]->core)
            (void)yata_undo_remove_origin(mgr->parts.data[i]->core, bytes_of(&mgr->origins.data[at]));
    yata_buffer_free(&mgr->origins.data[at]);
    mgr->origins.data[at] = mgr->origins.data[--mgr->origins.len];
    if (mgr->origins.len) return;
    for (uint32_t i = 0; i < mgr->parts.len; i++)
        if (mgr->parts.data[i]->core) (void)yata_undo_add_origin(mgr->parts.data[i]->core, (yata_bytes){NULL, 0});
}

/* ------------------------------------------------------------------------
 * Undo and redo
 */

/* Of the core, which makes a transaction: not while anybody else is in one. */
static bool take_step(const part *p, bool redo) {
    bool changed = false;
    YTransaction *hold = yr_hold(p->doc);
    if (!hold) return false;
    if (redo)
        (void)yata_undo_redo(p->core, &changed);
    else
        (void)yata_undo_undo(p->core, &changed);
    yr_release(hold);
    return changed;
}

/* The part whose top step is the newest. */
static part *newest(const YUndoManager *mgr, yata_undo_stack stack) {
    part *best = NULL;
    uint64_t number = 0;
    for (uint32_t i = 0; i < mgr->parts.len; i++) {
        part *p = mgr->parts.data[i];
        uint32_t n = p->core ? yata_undo_count(p->core, stack) : 0;
        if (!n) continue;
        void **meta = yata_undo_meta(p->core, stack, n - 1);
        const step *s = meta ? *meta : NULL;
        if (best && (!s || s->number < number)) continue;
        best = p;
        number = s ? s->number : 0;
    }
    return best;
}

static uint8_t go(YUndoManager *mgr, bool redo) {
    yata_undo_stack stack = redo ? YATA_REDO_STACK : YATA_UNDO_STACK;
    if (!mgr || mgr->going || mgr->ended) return 0;
    mgr->going = true;
    mgr->running++;
    bool changed = false;
    for (part *p; !changed && (p = newest(mgr, stack));) {
        uint32_t before = yata_undo_count(p->core, stack);
        changed = take_step(p, redo);
        if (p->core && yata_undo_count(p->core, stack) >= before) break; /* it is not possible now */
    }
    mgr->going = false;
    mgr->running--;
    sweep(mgr);
    return changed;
}

uint8_t yundo_manager_undo(YUndoManager *mgr) {
    return go(mgr, false);
}
uint8_t yundo_manager_redo(YUndoManager *mgr) {
    return go(mgr, true);
}

/* Waits for readers on other threads: items change their marks. */
void yundo_manager_clear(YUndoManager *mgr) {
    for (uint32_t i = 0; mgr && i < mgr->parts.len; i++) {
        const part *p = mgr->parts.data[i];
        if (!p->core) continue;
        YDoc *doc = p->doc;
        yr_lock(doc);
        (void)yata_undo_clear(p->core, true, true);
        yr_unlock(doc);
    }
}

void yundo_manager_stop(YUndoManager *mgr) {
    if (mgr) stop_others(mgr, NULL);
}

static uint32_t count(const YUndoManager *mgr, yata_undo_stack stack) {
    uint32_t n = 0;
    for (uint32_t i = 0; mgr && i < mgr->parts.len; i++)
        if (mgr->parts.data[i]->core) n += yata_undo_count(mgr->parts.data[i]->core, stack);
    return n;
}

uint32_t yundo_manager_undo_stack_len(YUndoManager *mgr) {
    return count(mgr, YATA_UNDO_STACK);
}
uint32_t yundo_manager_redo_stack_len(YUndoManager *mgr) {
    return count(mgr, YATA_REDO_STACK);
}
