/* SPDX-License-Identifier: MIT */
/*
 * undo.c - the manager: what it looks at, its stacks, who listens (spec/undo.md).
 */
#include "history/undo.h"

#include "base/platform.h"
#include "doc/branch.h"
#include "doc/redo.h"

enum { DEFAULT_TIMEOUT = 500 };

yata_undo_options yata_undo_options_default(void) {
    yata_undo_options options;
    memset(&options, 0, sizeof options);
    return options;
}

/* ------------------------------------------------------------------------
 * Is it in the scope?
 */
static uint32_t find_type(const yata_undo *undo, uint32_t ref, uint32_t generation) {
    for (uint32_t i = 0; i < undo->scope.len; i++)
        if (undo->scope.data[i].ref == ref && undo->scope.data[i].generation == generation) return i;
    return YT_NONE;
}

/* The next type of the scope around this one, known ones included. */
static bool look_up(const yata_undo *undo, const yt_branch *branch, uint32_t *steps) {
    for (*steps = 0;; ++*steps) {
        uint32_t known = yt_u64_map_get(&undo->known, branch->ref);
        if (known != YT_NONE) return known;
        if (find_type(undo, branch->ref, branch->generation) != YT_NONE) return true;
        if (!branch->owner) return false;
        branch = yt_branch_at(undo->doc, yt_at(undo->doc, branch->owner)->parent);
    }
}

bool yt_undo_branch_in_scope(yata_undo *undo, const yt_branch *branch) {
    enum { FAR = 16 };
    uint32_t steps;
    if (undo->whole) return true;
    bool found = look_up(undo, branch, &steps);
    /* Deep down the answer is noted for all that was passed; without memory for it, the way is long again. */
    if (steps > FAR)
        for (; steps; steps--) {
            if (!yt_u64_map_put(&undo->doc->mem, &undo->known, branch->ref, found)) break;
            branch = yt_branch_at(undo->doc, yt_at(undo->doc, branch->owner)->parent);
        }
    return found;
}

bool yt_undo_in_scope(yata_undo *undo, yt_ref ref) {
    return yt_undo_branch_in_scope(undo, yt_branch_at(undo->doc, yt_at(undo->doc, ref)->parent));
}

void yt_undo_forget_known(yata_undo *undo) {
    if (undo->known.cap) yt_u64_map_free(&undo->doc->mem, &undo->known);
}

/* ------------------------------------------------------------------------
 * Steps that go
 */
void yt_step_free(yata_undo *undo, yt_step *step) {
    yt_mem *mem = &undo->doc->mem;
    void *meta = step->meta;
    yt_id_set_free(mem, &step->insertions);
    yt_id_set_free(mem, &step->deletions);
    yt_free(mem, step, sizeof *step);
    if (meta && undo->options.free_meta) undo->options.free_meta(undo->options.ctx, meta);
}

/* Clears KEEP where the step set it. Yjs cuts items at the ends of the runs, and joins them again; what comes of it is
 * that an item keeps KEEP of which a part stands in another step, and that what it stands in loses it. */
static void unkeep(yata_undo *undo, const yt_step *step) {
    yata_doc *doc = undo->doc;
    for (uint32_t i = 0; i < step->deletions.len; i++) {
        uint32_t slot = yt_slot_find(doc, step->deletions.clients[i].client);
        const yt_client *client = yt_client_at(doc, slot);
        yt_run run;
        for (yt_runs_iter it = yt_runs_begin(&step->deletions.clients[i].runs); yt_runs_next(&it, &run);) {
            yt_place place = yt_store_find(client, run.clock);
            do {
                const yt_entry *entry = yt_entry_at(client, place);
                if (entry->clock >= run.clock + run.len) break;
                if (!entry->item || !yt_undo_in_scope(undo, entry->item)) continue;
                yt_item *item = yt_at(doc, entry->item);
                if (!(item->flags & YT_ITEM_KEEP)) continue;
                bool whole = entry->clock >= run.clock && item->len <= run.clock + run.len - entry->clock;
                yt_keep_item(doc, entry->item, false);
                if (!whole) item->flags |= YT_ITEM_KEEP;
            } while (yt_place_next(client, &place));
        }
    }
}

/* Frees the steps of a stack; what they kept can be collected when something around it is deleted again. */
static void forget(yata_undo *undo, yata_undo_stack stack) {
    yt_steps *steps = &undo->stacks[stack];
    uint32_t n = steps->len;
    steps->len = 0;
    for (uint32_t i = 0; i < n; i++) {
        unkeep(undo, steps->data[i]);
        yt_step_free(undo, steps->data[i]);
    }
    yt_undo_forget_known(undo);
}

/* ------------------------------------------------------------------------
 * Making, freeing
 */
static void free_now(yt_history *history) {
    yata_undo *undo = (yata_undo *)(void *)history;
    yt_mem *mem = &undo->doc->mem;
    for (int stack = 0; stack < 2; stack++) {
        for (uint32_t i = 0; i < undo->stacks[stack].len; i++) yt_step_free(undo, undo->stacks[stack].data[i]);
        yt_vec_free(mem, &undo->stacks[stack]);
    }
    for (uint32_t i = 0; i < undo->origins.len; i++)
        yt_free(mem, undo->origins.data[i].data, undo->origins.data[i].len);
    yt_vec_free(mem, &undo->origins);
    yt_vec_free(mem, &undo->scope);
    yt_u64_map_free(mem, &undo->known);
    yt_vec_free(mem, &undo->changed[0]);
    yt_vec_free(mem, &undo->changed[1]);
    yt_vec_free(mem, &undo->observers);
    yt_free(mem, undo, sizeof *undo);
}

/* Two managers of one document never have the same origin. */
static void set_origin(yata_undo *undo) {
    static const uint8_t name[4] = {'u', 'n', 'd', 'o'};
    uint32_t number = ++undo->doc->history_number;
    memcpy(undo->origin, name, sizeof name);
    for (int i = 0; i < 4; i++) undo->origin[4 + i] = (uint8_t)(number >> (8 * i));
}

yata_status yata_undo_new(yata_doc *doc, const yata_undo_options *options, yata_undo **out) {
    if (!doc || !out) return YATA_ERR_ARGUMENT;
    yata_undo *undo = yt_calloc(&doc->mem, sizeof *undo);
    if (!undo) return YATA_ERR_MEMORY;
    undo->base.ended = yt_undo_record;
    undo->base.free = free_now;
    undo->doc = doc;
    if (options) undo->options = *options;
    if (!undo->options.capture_timeout) undo->options.capture_timeout = DEFAULT_TIMEOUT;
    if (!yt_vec_reserve(&doc->mem, &undo->origins, 1)) {
        yt_free(&doc->mem, undo, sizeof *undo);
        return YATA_ERR_MEMORY;
    }
    yt_vec_put(&undo->origins, ((yt_origin){NULL, 0}));
    set_origin(undo);
    yt_history **at = &doc->histories;
    while (*at) at = &(*at)->next;
    *at = &undo->base;
    *out = undo;
    return YATA_OK;
}

void yata_undo_free(yata_undo *undo) {
    if (!undo) return;
    undo->base.ended = NULL;                            /* from now on it records nothing */
    if (undo->base.busy || undo->doc->cleaning) return; /* it is freed when this is over */
    forget(undo, YATA_UNDO_STACK);
    forget(undo, YATA_REDO_STACK);
    yt_history **at = &undo->doc->histories;
    while (*at != &undo->base) at = &(*at)->next;
    *at = undo->base.next;
    free_now(&undo->base);
}

yata_doc *yata_undo_doc(const yata_undo *undo) {
    return undo ? undo->doc : NULL;
}

/* ------------------------------------------------------------------------
 * Scope
 */
yata_status yata_undo_add_scope(yata_undo *undo, yata_type type) {
    yt_branch *branch;
    if (!undo || type.doc != undo->doc) return YATA_ERR_ARGUMENT;
    yata_status status = yt_branch_resolve(type, &branch);
    if (status || find_type(undo, type.ref, type.generation) != YT_NONE) return status;
    if (!yt_vec_reserve(&undo->doc->mem, &undo->scope, 1)) return YATA_ERR_MEMORY;
    yt_vec_put(&undo->scope, type);
    return YATA_OK;
}

yata_status yata_undo_remove_scope(yata_undo *undo, yata_type type) {
    if (!undo || type.doc != undo->doc) return YATA_ERR_ARGUMENT;
    uint32_t at = find_type(undo, type.ref, type.generation);
    if (at == YT_NONE) return YATA_ERR_NOT_FOUND;
    undo->scope.len--;
    memmove(undo->scope.data + at, undo->scope.data + at + 1, (undo->scope.len - at) * sizeof *undo->scope.data);
    return YATA_OK;
}

yata_status yata_undo_set_whole_document(yata_undo *undo, bool whole) {
    if (!undo) return YATA_ERR_ARGUMENT;
    undo->whole = whole;
    return YATA_OK;
}

/* ------------------------------------------------------------------------
 * Origins
 */
static uint32_t find_origin(const yata_undo *undo, yata_bytes origin) {
    for (uint32_t i = 0; i < undo->origins.len; i++) {
        const yt_origin *o = &undo->origins.data[i];
        if (o->len == origin.len && (!o->len || !memcmp(o->data, origin.data, o->len))) return i;
    }
    return YT_NONE;
}

yata_status yata_undo_add_origin(yata_undo *undo, yata_bytes origin) {
    if (!undo || (origin.len && !origin.data)) return YATA_ERR_ARGUMENT;
    yt_mem *mem = &undo->doc->mem;
    if (find_origin(undo, origin) != YT_NONE) return YATA_OK;
    if (!yt_vec_reserve(mem, &undo->origins, 1)) return YATA_ERR_MEMORY;
    yt_origin copy = {NULL, origin.len};
    if (origin.len) {
        copy.data = yt_alloc(mem, origin.len);
        if (!copy.data) return YATA_ERR_MEMORY;
        memcpy(copy.data, origin.data, origin.len);
    }
    yt_vec_put(&undo->origins, copy);
    return YATA_OK;
}

yata_status yata_undo_remove_origin(yata_undo *undo, yata_bytes origin) {
    if (!undo || (origin.len && !origin.data)) return YATA_ERR_ARGUMENT;
    uint32_t at = find_origin(undo, origin);
    if (at == YT_NONE) return YATA_ERR_NOT_FOUND;
    yt_free(&undo->doc->mem, undo->origins.data[at].data, undo->origins.data[at].len);
    undo->origins.data[at] = undo->origins.data[--undo->origins.len];
    return YATA_OK;
}

bool yt_undo_tracks(const yata_undo *undo, const yata_txn *txn) {
    yata_bytes origin = {txn->origin, txn->origin_len};
    return txn->undo == &undo->base || find_origin(undo, origin) != YT_NONE;
}

yata_bytes yata_undo_origin(const yata_undo *undo) {
    yata_bytes origin = {undo ? undo->origin : NULL, undo ? sizeof undo->origin : 0};
    return origin;
}

/* ------------------------------------------------------------------------
 * Stacks
 */
yata_status yata_undo_clear(yata_undo *undo, bool undo_stack, bool redo_stack) {
    if (!undo) return YATA_ERR_ARGUMENT;
    if (!(undo_stack && undo->stacks[0].len) && !(redo_stack && undo->stacks[1].len)) return YATA_OK;
    if (undo_stack) forget(undo, YATA_UNDO_STACK);
    if (redo_stack) forget(undo, YATA_REDO_STACK);
    yata_undo_event event = {.what = YATA_UNDO_CLEARED};
    event.undo_stack_cleared = undo_stack;
    event.redo_stack_cleared = redo_stack;
    yt_undo_notify(undo, &event);
    return YATA_OK;
}

yata_status yata_undo_stop(yata_undo *undo) {
    if (!undo) return YATA_ERR_ARGUMENT;
    undo->joining = false;
    return YATA_OK;
}

uint32_t yata_undo_count(const yata_undo *undo, yata_undo_stack stack) {
    return undo && (unsigned)stack <= YATA_REDO_STACK ? undo->stacks[stack].len : 0;
}

bool yata_undo_can_undo(const yata_undo *undo) {
    return yata_undo_count(undo, YATA_UNDO_STACK) > 0;
}

bool yata_undo_can_redo(const yata_undo *undo) {
    return yata_undo_count(undo, YATA_REDO_STACK) > 0;
}

void **yata_undo_meta(yata_undo *undo, yata_undo_stack stack, uint32_t i) {
    return i < yata_undo_count(undo, stack) ? &undo->stacks[stack].data[i]->meta : NULL;
}

/* ------------------------------------------------------------------------
 * Observers
 */
yata_status yata_undo_observe(yata_undo *undo, yata_undo_fn fn, void *ctx, uint32_t *subscription) {
    if (!undo || !fn || !subscription) return YATA_ERR_ARGUMENT;
    if (undo->observer_id == UINT32_MAX) return YATA_ERR_LIMIT;
    if (!yt_vec_reserve(&undo->doc->mem, &undo->observers, 1)) return YATA_ERR_MEMORY;
    yt_undo_observer observer = {++undo->observer_id, fn, ctx};
    yt_vec_put(&undo->observers, observer);
    *subscription = observer.id;
    return YATA_OK;
}

static void drop_ended(yata_undo *undo) {
    uint32_t n = 0;
    for (uint32_t i = 0; i < undo->observers.len; i++)
        if (undo->observers.data[i].id) undo->observers.data[n++] = undo->observers.data[i];
    undo->observers.len = n;
}

yata_status yata_undo_unobserve(yata_undo *undo, uint32_t subscription) {
    if (!undo || !subscription) return YATA_ERR_ARGUMENT;
    for (uint32_t i = 0; i < undo->observers.len; i++) {
        if (undo->observers.data[i].id != subscription) continue;
        undo->observers.data[i].id = 0;
        if (!undo->base.busy) drop_ended(undo);
        return YATA_OK;
    }
    return YATA_ERR_NOT_FOUND;
}

void yt_undo_notify(yata_undo *undo, yata_undo_event *event) {
    uint32_t n = undo->observers.len;
    undo->base.busy++;
    for (uint32_t i = 0; i < n; i++) {
        yt_undo_observer observer = undo->observers.data[i];
        if (observer.id) observer.fn(observer.ctx, undo, event);
    }
    if (--undo->base.busy) return;
    drop_ended(undo);
    if (!undo->base.ended) yata_undo_free(undo); /* somebody wanted it freed; unless others are still busy with it */
}
