/* SPDX-License-Identifier: MIT */
/*
 * event.c - who is called for a change, and what an event knows: its target and the transaction. Paths and keys are
 * computed from these when they are asked for; deltas in event_delta.c.
 */
#include "types/event.h"

#include "base/sort.h"
#include "doc/branch.h"
#include "doc/content.h"
#include "doc/format.h"
#include "doc/grow.h"
#include "doc/seq_index.h"
#include "doc/weak_links.h"

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
    if (!doc->type_observers && !yt_grown_apart(doc)) return YATA_ERR_MEMORY;
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
    doc->type_observers -= branch->observers.len;
    yt_vec_drop_unset(&branch->observers, id);
    doc->type_observers += branch->observers.len;
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

/* A type that is observed deep, and an event at or below it. */
typedef struct deep_call {
    yata_type type;
    yata_event *event;
    uint32_t depth; /* of the event's target below the type */
    uint32_t next;  /* call of the same type, YT_NONE: none */
    bool first;     /* ... and none before it */
} deep_call;

/* The way from a type up to the nearest one that is observed deep, itself included. */
typedef struct way {
    uint32_t from, steps;
    uint32_t top; /* YT_NONE: nobody up there observes deep */
} way;

typedef struct round {
    yata_doc *doc;
    yata_txn *txn;
    YT_VEC(yata_event) events;
    YT_VEC(deep_call) calls;
    yt_u64_map last;                 /* type -> its last call */
    YT_VEC(const yata_event *) list; /* of one deep call */
    YT_VEC(const yt_branch *) links; /* met above one change */
    YT_VEC(way) ways;
    yt_u64_map way_from; /* type -> place in `ways` */
} round;

enum { STRIDE = 64 };

static bool has_deep(const yt_branch *branch) {
    for (uint32_t i = 0; i < branch->observers.len; i++)
        if (branch->observers.data[i].id && branch->observers.data[i].deep) return true;
    return false;
}

static const yt_branch *parent_of(const yata_doc *doc, const yt_branch *b) {
    return b->owner ? yt_branch_at(doc, yt_at(doc, b->owner)->parent) : NULL;
}

/* Of long ways every 64th step is remembered, so that many changes far below do not go the same way up again and again.
 * Usual ways are shorter and need no memory. */
static bool find_way(round *r, const yt_branch *b, way *out) {
    uint32_t old = r->ways.len;
    *out = (way){b->ref, 0, YT_NONE};
    for (; b; b = parent_of(r->doc, b), out->steps++) {
        out->top = b->observers.len && has_deep(b) ? b->ref : YT_NONE;
        if (out->top != YT_NONE) break;
        if (out->steps < STRIDE) continue;
        uint32_t known = yt_u64_map_get(&r->way_from, b->ref);
        if (known != YT_NONE) {
            out->top = r->ways.data[known].top;
            out->steps += r->ways.data[known].steps;
            break;
        }
        if (out->steps % STRIDE) continue;
        if (!yt_vec_reserve(&r->doc->mem, &r->ways, 1)) return false;
        yt_vec_put(&r->ways, ((way){b->ref, out->steps, YT_NONE}));
    }
    for (uint32_t i = old; i < r->ways.len; i++) {
        r->ways.data[i].steps = out->steps - r->ways.data[i].steps;
        r->ways.data[i].top = out->top;
        if (!yt_u64_map_put(&r->doc->mem, &r->way_from, r->ways.data[i].from, i)) return false;
    }
    return true;
}

static bool note_call(round *r, uint32_t branch, yata_event *event, uint32_t depth) {
    uint32_t before = yt_u64_map_get(&r->last, branch), n = r->calls.len;
    if (before != YT_NONE && r->calls.data[before].event == event) return true; /* it is above a link, too */
    if (!yt_vec_reserve(&r->doc->mem, &r->calls, 1) || !yt_u64_map_put(&r->doc->mem, &r->last, branch, n)) return false;
    yata_type type = yt_branch_handle(r->doc, yt_branch_at(r->doc, branch));
    yt_vec_put(&r->calls, ((deep_call){type, event, depth, YT_NONE, before == YT_NONE}));
    if (before != YT_NONE) r->calls.data[before].next = n;
    return true;
}

/* path: YT_NONE, or the length of all the way from the root, where b is not above the event's target. */
static bool note_up_from(round *r, const yt_branch *b, yata_event *event, uint32_t path) {
    for (uint32_t depth = 0; b; depth++) {
        way up;
        if (!find_way(r, b, &up)) return false;
        if (up.top == YT_NONE) return true;
        depth += up.steps;
        if (!note_call(r, up.top, event, path == YT_NONE ? depth : path)) return false;
        b = parent_of(r->doc, yt_branch_at(r->doc, up.top));
    }
    return true;
}

/* Links that lead to the type or to what it stands in, each once. */
static bool find_links_above(round *r, const yt_branch *b) {
    for (; b && b->owner; b = parent_of(r->doc, b)) {
        uint32_t place = YT_NONE;
        for (const yt_branch *weak; (weak = yt_weak_next_to(r->doc, b->owner, &place));) {
            bool known = false;
            for (uint32_t i = 0; i < r->links.len && !known; i++) known = r->links.data[i] == weak;
            if (known) continue;
            if (!yt_vec_reserve(&r->doc->mem, &r->links, 1)) return false;
            yt_vec_put(&r->links, weak);
        }
    }
    return true;
}

/* Also those of links, as if what they lead to stood there, and so on. */
static bool note_ancestors(round *r, yata_event *event) {
    const yt_branch *branch = yt_txn_changed(r->doc, event->change);
    if (!note_up_from(r, branch, event, YT_NONE)) return false;
    if (!r->doc->weak) return true;
    r->links.len = 0;
    uint32_t path = 0;
    for (const yt_branch *b = branch; b && b->owner; b = parent_of(r->doc, b)) path++;
    bool ok = find_links_above(r, branch);
    for (uint32_t i = 0; i < r->links.len && ok; i++)
        ok = note_up_from(r, r->links.data[i], event, path) && find_links_above(r, r->links.data[i]);
    return ok;
}

/* Shorter paths first, those of one length as they came. */
static bool event_before(const void *a, const void *b) {
    const yata_event *x = *(const yata_event *const *)a, *y = *(const yata_event *const *)b;
    return x->depth != y->depth ? x->depth < y->depth : x < y;
}

/* The list of the type's events that are alive. */
static bool gather(round *r, uint32_t first) {
    r->list.len = 0;
    for (uint32_t i = first; i != YT_NONE; i = r->calls.data[i].next) {
        const deep_call *call = &r->calls.data[i];
        if (!is_alive(r->doc, call->event)) continue;
        if (!yt_vec_reserve(&r->doc->mem, &r->list, 1)) return false;
        call->event->depth = call->depth;
        call->event->current = call->type;
        yt_vec_put(&r->list, call->event);
    }
    yt_sort(r->list.data, r->list.len, sizeof *r->list.data, event_before);
    return true;
}

static yata_status call_deep(round *r) {
    for (uint32_t i = 0; i < r->calls.len; i++) {
        yt_branch *branch;
        if (!r->calls.data[i].first || yt_branch_resolve(r->calls.data[i].type, &branch)) continue;
        if (!gather(r, i)) return YATA_ERR_MEMORY;
        uint32_t n = branch->observers.len;
        for (uint32_t k = 0; k < n && r->list.len; k++) {
            yt_type_observer observer = branch->observers.data[k];
            if (observer.id && observer.deep) observer.fn.deep(observer.ctx, r->list.data, r->list.len, r->txn);
        }
    }
    return YATA_OK;
}

static yata_status call_all(round *r) {
    yata_txn *txn = r->txn;
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
        yt_format_note_change(txn, branch);
    }
    return call_deep(r);
}

yata_status yt_notify_types(yata_txn *txn) {
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
    yt_vec_free(&doc->mem, &r.links);
    yt_vec_free(&doc->mem, &r.ways);
    yt_u64_map_free(&doc->mem, &r.last);
    yt_u64_map_free(&doc->mem, &r.way_from);
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
    return event->depth;
}

/* The last step of the way to `branch`. */
static yata_path_step step_to(const yata_doc *doc, const yt_branch *branch) {
    const yt_item *owner = yt_at(doc, branch->owner);
    yata_path_step step = {.is_key = yt_is_keyed(owner)};
    if (step.is_key)
        step.key = yt_strings_get(&doc->strings, owner->u.key);
    else
        step.index = yt_seq_start(doc, yt_branch_at(doc, owner->parent), branch->owner);
    return step;
}

yata_status yata_event_path_at(const yata_event *event, size_t i, yata_path_step *out) {
    const yata_doc *doc = event->txn->doc;
    if (i >= event->depth) return YATA_ERR_RANGE;
    const yt_branch *branch = yt_branch_at(doc, event->target.ref);
    for (size_t up = event->depth - 1 - i; up; up--) branch = parent_of(doc, branch);
    *out = step_to(doc, branch);
    return YATA_OK;
}

yata_status yata_event_path(const yata_event *event, yata_path_step *out, size_t count) {
    const yata_doc *doc = event->txn->doc;
    if (!out && count) return YATA_ERR_ARGUMENT;
    if (count != event->depth) return YATA_ERR_RANGE;
    const yt_branch *branch = yt_branch_at(doc, event->target.ref);
    for (; count; count--, branch = parent_of(doc, branch)) out[count - 1] = step_to(doc, branch);
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

uint32_t yt_event_deleted_units(const yata_event *event, const yt_item *it) {
    const yata_doc *doc = event->txn->doc;
    const yt_touch *touch = yt_txn_find(event->txn, it->id.slot);
    uint32_t start = it->id.clock, end = start + it->len, units = 0;
    if (!touch) return 0;
    yt_run run;
    yt_runs_iter runs = yt_runs_from(&touch->deleted, start);
    while (yt_runs_next(&runs, &run) && run.clock < end) {
        uint32_t from = run.clock > start ? run.clock : start;
        uint32_t to = run.clock + run.len < end ? run.clock + run.len : end;
        if (from < to) units += yt_clocks_to_units(doc, it, to - start) - yt_clocks_to_units(doc, it, from - start);
    }
    return units;
}

/* Of a key only the last clock of an item was ever its value. Those before it may be of earlier transactions, which
 * were cleaned up before the observers of this one were called. */
static bool deletes_last(const yata_event *event, const yt_item *it) {
    const yt_touch *touch = yt_txn_find(event->txn, it->id.slot);
    return touch && yt_runs_contains(&touch->deleted, yt_last_id(it).clock);
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
    bool deleted = deletes_last(event, it);
    if (!yt_event_adds(event, it)) {
        out->action = YATA_KEY_DELETE;
        last_value(doc, it, &out->old_value);
        return deleted;
    }
    yt_ref before = it->left;
    while (before && yt_event_adds(event, yt_at(doc, before))) before = yt_at(doc, before)->left;
    bool replaced = before && deletes_last(event, yt_at(doc, before));
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
        const yt_map_entry *entry = yt_entry_find(branch, key); /* none: noted, then memory lacked for the item */
        if (entry && entry->item && key_change(event, entry->item, out)) return true;
    }
    return false;
}
