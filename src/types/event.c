/* SPDX-License-Identifier: MIT */
/*
 * event.c - who is called for a change, and what an event knows: its target and the transaction. Paths and keys are
 * computed from these when they are asked for; deltas in event_delta.c.
 */
#include "types/event.h"

#include "doc/branch.h"
#include "doc/content.h"
#include "doc/seq_index.h"

/* ------------------------------------------------------------------------
 * Subscriptions
 */
static yata_status subscribe(yata_type type, yt_type_observer observer, uint32_t *subscription) {
    yt_branch *branch;
    yata_status status = yt_branch_resolve(type, &branch);
    if (status) return status;
    yata_doc *doc = type.doc;
    if (doc->observer_id == UINT32_MAX) return YATA_ERR_LIMIT;
    if (!yt_vec_reserve(&doc->mem, &branch->observers, 1)) return YATA_ERR_MEMORY;
    observer.id = ++doc->observer_id;
    yt_vec_put(&branch->observers, observer);
    doc->type_observers++;
    doc->notify_types = yt_notify_types;
    *subscription = observer.id;
    return YATA_OK;
}

yata_status yata_type_observe(yata_type type, yata_event_fn fn, void *ctx, uint32_t *subscription) {
    if (!fn || !subscription) return YATA_ERR_ARGUMENT;
    return subscribe(type, (yt_type_observer){.fn.shallow = fn, .ctx = ctx}, subscription);
}

yata_status yata_type_observe_deep(yata_type type, yata_deep_event_fn fn, void *ctx, uint32_t *subscription) {
    if (!fn || !subscription) return YATA_ERR_ARGUMENT;
    return subscribe(type, (yt_type_observer){.deep = true, .fn.deep = fn, .ctx = ctx}, subscription);
}

/* Places of observers that left during a round; nobody is being called now. */
static void drop_left(yata_doc *doc, yt_branch *branch) {
    uint32_t n = 0;
    for (uint32_t i = 0; i < branch->observers.len; i++)
        if (branch->observers.data[i].id) branch->observers.data[n++] = branch->observers.data[i];
    doc->type_observers -= branch->observers.len - n;
    branch->observers.len = n;
}

yata_status yata_type_unobserve(yata_type type, uint32_t subscription) {
    yt_branch *branch;
    yata_status status = yt_branch_resolve(type, &branch);
    if (status) return status;
    for (uint32_t i = 0; i < branch->observers.len && subscription; i++) {
        if (branch->observers.data[i].id != subscription) continue;
        branch->observers.data[i].id = 0;
        if (type.doc->notifying)
            type.doc->left_observers = true;
        else
            drop_left(type.doc, branch);
        return YATA_OK;
    }
    return YATA_ERR_NOT_FOUND;
}

/* ------------------------------------------------------------------------
 * A round of calls
 */
static bool is_alive(const yata_doc *doc, const yata_event *event) {
    return yt_txn_changed(doc, event->change) != NULL;
}

/* Each key once, at the place of its first change. */
static bool unite_keys(yata_doc *doc, yt_change *change) {
    yt_u64_map seen = {0};
    uint32_t n = 0;
    bool ok = true;
    for (uint32_t i = 0; i < change->keys.len && ok; i++) {
        uint32_t key = change->keys.data[i];
        if (yt_u64_map_get(&seen, key) != YT_NONE) continue;
        ok = yt_u64_map_put(&doc->mem, &seen, key, i);
        change->keys.data[n++] = key;
    }
    yt_u64_map_free(&doc->mem, &seen);
    if (ok) change->keys.len = n;
    return ok;
}

static void call_shallow(const yt_branch *branch, const yata_event *event) {
    uint32_t n = branch->observers.len;
    for (uint32_t i = 0; i < n; i++) { /* also when one of them deletes the type: it is collected later */
        yt_type_observer observer = branch->observers.data[i];
        if (observer.id && !observer.deep) observer.fn.shallow(observer.ctx, event);
    }
}

static uint32_t depth_below(const yata_doc *doc, const yt_branch *branch, const yt_branch *top) {
    uint32_t depth = 0;
    for (; branch != top && branch->owner; depth++) branch = yt_branch_at(doc, yt_at(doc, branch->owner)->parent);
    return depth;
}

/* A type that is observed deep, and an event at or below it. */
typedef struct deep_call {
    yata_type type;
    yata_event *event;
} deep_call;

typedef struct round {
    yata_doc *doc;
    const yata_txn *txn;
    YT_VEC(yata_event) events;
    YT_VEC(deep_call) calls;
    YT_VEC(const yata_event *) list; /* of one deep call */
} round;

static bool has_deep(const yt_branch *branch) {
    for (uint32_t i = 0; i < branch->observers.len; i++)
        if (branch->observers.data[i].id && branch->observers.data[i].deep) return true;
    return false;
}

static bool note_ancestors(round *r, yata_event *event) {
    for (const yt_branch *b = yt_txn_changed(r->doc, event->change); b;) {
        if (b->observers.len && has_deep(b)) {
            if (!yt_vec_reserve(&r->doc->mem, &r->calls, 1)) return false;
            yt_vec_put(&r->calls, ((deep_call){yt_branch_handle(r->doc, b), event}));
        }
        b = b->owner ? yt_branch_at(r->doc, yt_at(r->doc, b->owner)->parent) : NULL;
    }
    return true;
}

/* The list of the type's events that are alive, shorter paths first, those of one length as they came. */
static bool gather(round *r, uint32_t from, const yt_branch *branch) {
    uint32_t deepest = 0, count = 0;
    r->list.len = 0;
    for (uint32_t i = from; i < r->calls.len; i++) {
        deep_call *call = &r->calls.data[i];
        if (call->type.ref != branch->ref || !call->event || !is_alive(r->doc, call->event)) continue;
        call->event->depth = depth_below(r->doc, yt_txn_changed(r->doc, call->event->change), branch);
        if (call->event->depth > deepest) deepest = call->event->depth;
        count++;
    }
    if (!yt_vec_reserve(&r->doc->mem, &r->list, count)) return false;
    for (uint32_t depth = 0, next; count && depth <= deepest; depth = next) {
        next = deepest + 1; /* the next depth that occurs */
        for (uint32_t i = from; i < r->calls.len; i++) {
            deep_call *call = &r->calls.data[i];
            if (call->type.ref != branch->ref || !call->event || !is_alive(r->doc, call->event)) continue;
            if (call->event->depth == depth) {
                call->event->current = call->type;
                yt_vec_put(&r->list, call->event);
                call->event = NULL;
            } else if (call->event->depth < next) {
                next = call->event->depth;
            }
        }
    }
    return true;
}

static yata_status call_deep(round *r) {
    for (uint32_t i = 0; i < r->calls.len; i++) {
        yt_branch *branch;
        if (!r->calls.data[i].event || yt_branch_resolve(r->calls.data[i].type, &branch)) continue;
        if (!gather(r, i, branch)) return YATA_ERR_MEMORY;
        uint32_t n = branch->observers.len;
        for (uint32_t k = 0; k < n && r->list.len; k++) {
            yt_type_observer observer = branch->observers.data[k];
            if (observer.id && observer.deep) observer.fn.deep(observer.ctx, r->list.data, r->list.len, r->txn);
        }
    }
    return YATA_OK;
}

static yata_status call_all(round *r) {
    const yata_txn *txn = r->txn;
    uint32_t n = txn->changed.len;
    if (!n) return YATA_OK;
    if (!yt_vec_reserve(&r->doc->mem, &r->events, n)) return YATA_ERR_MEMORY;
    for (uint32_t i = 0; i < n; i++) {
        yt_change *change = &txn->changed.data[i];
        yt_branch *branch = yt_txn_changed(r->doc, change);
        if (!branch) continue;
        if (!unite_keys(r->doc, change)) return YATA_ERR_MEMORY;
        yata_type type = yt_branch_handle(r->doc, branch);
        yt_vec_put(&r->events, ((yata_event){txn, change, type, type, 0}));
        yata_event *event = &r->events.data[r->events.len - 1];
        if (!note_ancestors(r, event)) return YATA_ERR_MEMORY;
        call_shallow(branch, event);
    }
    return call_deep(r);
}

yata_status yt_notify_types(const yata_txn *txn) {
    round r = {.doc = txn->doc, .txn = txn};
    yata_doc *doc = txn->doc;
    doc->notifying++;
    yata_status status = call_all(&r);
    if (!--doc->notifying && doc->left_observers) {
        for (uint32_t i = 0; i < doc->branches.len; i++)
            if (doc->branches.data[i].branch) drop_left(doc, doc->branches.data[i].branch);
        doc->left_observers = false;
    }
    yt_vec_free(&doc->mem, &r.events);
    yt_vec_free(&doc->mem, &r.calls);
    yt_vec_free(&doc->mem, &r.list);
    return status;
}

/* ------------------------------------------------------------------------
 * What an event says
 */
yata_type yata_event_target(const yata_event *event) {
    return event->target;
}

yata_type yata_event_current_target(const yata_event *event) {
    return event->current;
}

const yata_txn *yata_event_txn(const yata_event *event) {
    return event->txn;
}

bool yata_event_list_changed(const yata_event *event) {
    return event->change->list;
}

size_t yata_event_path_length(const yata_event *event) {
    const yata_doc *doc = event->txn->doc;
    return depth_below(doc, yt_branch_at(doc, event->target.ref), yt_branch_at(doc, event->current.ref));
}

yata_status yata_event_path_at(const yata_event *event, size_t i, yata_path_step *out) {
    const yata_doc *doc = event->txn->doc;
    size_t length = yata_event_path_length(event);
    if (i >= length) return YATA_ERR_RANGE;
    const yt_branch *branch = yt_branch_at(doc, event->target.ref);
    for (size_t up = length - 1 - i; up; up--) branch = yt_branch_at(doc, yt_at(doc, branch->owner)->parent);
    const yt_item *owner = yt_at(doc, branch->owner);
    *out = (yata_path_step){.is_key = yt_is_keyed(owner)};
    if (out->is_key) {
        out->key = yt_strings_get(&doc->strings, owner->u.key);
        return YATA_OK;
    }
    out->index = yt_seq_start(doc, yt_branch_at(doc, owner->parent), branch->owner);
    return YATA_OK;
}

/* Also what transactions made inside observers have added since is new: the document is looked at as it is now. Who has
 * not touched a client in this transaction finds its state then in the next one that has. */
bool yt_event_adds(const yata_event *event, const yt_item *it) {
    const yata_doc *doc = event->txn->doc;
    const yt_touch *touch = NULL;
    for (const yata_txn *txn = event->txn; txn && !touch; txn = txn->next) touch = yt_txn_find(txn, it->id.slot);
    if (!touch && doc->txn) touch = yt_txn_find(doc->txn, it->id.slot);
    return touch && it->id.clock >= touch->before;
}

bool yt_event_deletes(const yata_event *event, const yt_item *it) {
    const yt_touch *touch = yt_txn_find(event->txn, it->id.slot);
    return touch && yt_runs_contains(&touch->deleted, it->id.clock);
}

yata_key_iter yata_event_keys(const yata_event *event) {
    return (yata_key_iter){event, 0};
}

static void last_value(const yata_doc *doc, const yt_item *it, yata_value *out) {
    yt_content_value(doc, it, it->content == YT_STRING ? 0 : it->len - 1, out);
}

/* What became of a key. False: in the end nothing. */
static bool key_change(const yata_event *event, yt_ref ref, yata_key_change *out) {
    const yata_doc *doc = event->txn->doc;
    const yt_item *it = yt_at(doc, ref);
    bool deleted = yt_event_deletes(event, it);
    if (!yt_event_adds(event, it)) {
        out->action = YATA_KEY_DELETE;
        last_value(doc, it, &out->old_value);
        return deleted;
    }
    yt_ref before = it->left;
    while (before && yt_event_adds(event, yt_at(doc, before))) before = yt_at(doc, before)->left;
    bool replaced = before && yt_event_deletes(event, yt_at(doc, before));
    if (deleted && !replaced) return false;
    out->action = deleted ? YATA_KEY_DELETE : replaced ? YATA_KEY_UPDATE : YATA_KEY_ADD;
    if (replaced) last_value(doc, yt_at(doc, before), &out->old_value);
    if (!deleted) last_value(doc, it, &out->new_value);
    return true;
}

bool yata_key_iter_next(yata_key_iter *iter, yata_key_change *out) {
    const yata_event *event = iter->event;
    const yata_doc *doc = event->txn->doc;
    const yt_branch *branch = yt_branch_at(doc, event->target.ref);
    while (iter->at < event->change->keys.len) {
        uint32_t key = event->change->keys.data[iter->at++];
        memset(out, 0, sizeof *out);
        out->key = yt_strings_get(&doc->strings, key);
        if (key_change(event, yt_entry_find(branch, key)->item, out)) return true;
    }
    return false;
}
