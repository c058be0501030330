/* SPDX-License-Identifier: MIT */
/*
 * undo.c - the manager: its documents, what it looks at in them, who listens (spec/undo.md).
 *
 * A manager goes at once, or when nothing of it is running any more. Members cannot always go with it: one whose
 * document is just cleaning up is in the hands of that, stays behind without a manager, and is freed by the document.
 */
#include "history/undo.h"

#include "base/platform.h"
#include "doc/branch.h"
#include "doc/integrate.h"
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
static uint32_t find_type(const yt_member *member, uint32_t ref, uint32_t generation) {
    for (uint32_t i = 0; i < member->scope.len; i++)
        if (member->scope.data[i].ref == ref && member->scope.data[i].generation == generation) return i;
    return YT_NONE;
}

/* The next type of the scope around this one, known ones included. */
static bool look_up(const yt_member *member, const yt_branch *branch, uint32_t *steps) {
    for (*steps = 0;; ++*steps) {
        uint32_t known = yt_u64_map_get(&member->known, branch->ref);
        if (known != YT_NONE) return known;
        if (find_type(member, branch->ref, branch->generation) != YT_NONE) return true;
        if (!branch->owner) return false;
        branch = yt_branch_at(member->doc, yt_at(member->doc, branch->owner)->parent);
    }
}

bool yt_undo_branch_in_scope(yt_member *member, const yt_branch *branch) {
    enum { FAR = 16 };
    uint32_t steps;
    if (member->whole) return true;
    bool found = look_up(member, branch, &steps);
    /* Deep down the answer is noted for all that was passed; without memory for it, the way is long again. */
    if (steps > FAR)
        for (; steps; steps--) {
            if (!yt_u64_map_put(&member->doc->mem, &member->known, branch->ref, found)) break;
            branch = yt_branch_at(member->doc, yt_at(member->doc, branch->owner)->parent);
        }
    return found;
}

bool yt_undo_in_scope(yt_member *member, yt_ref ref) {
    return yt_undo_branch_in_scope(member, yt_branch_at(member->doc, yt_at(member->doc, ref)->parent));
}

void yt_undo_forget_known(yt_member *member) {
    if (member->known.cap) yt_u64_map_free(&member->doc->mem, &member->known);
}

/* ------------------------------------------------------------------------
 * Steps that go
 */
yt_step *yt_step_new(yt_member *member) {
    yt_step *step = member->spare ? member->spare : yt_calloc(&member->doc->mem, sizeof *step);
    if (step) step->member = member;
    member->spare = NULL;
    return step;
}

static void free_spare(yt_mem *mem, yt_step *step) {
    yt_id_set_free(mem, &step->insertions);
    yt_id_set_free(mem, &step->deletions);
    yt_free(mem, step, sizeof *step);
}

void yt_step_free(const yata_undo *undo, yt_step *step) {
    yt_mem *mem = &step->member->doc->mem;
    void *meta = step->meta;
    if (step->member->spare) {
        free_spare(mem, step);
    } else { /* whoever undoes makes a step for each that goes */
        yt_id_set_clear(mem, &step->insertions);
        yt_id_set_clear(mem, &step->deletions);
        step->meta = NULL;
        step->member->spare = step;
    }
    if (meta && undo->options.free_meta) undo->options.free_meta(undo->options.ctx, meta);
}

/* Cuts an item at this clock if it was made again. Without memory it stays whole. */
static void cut_redone(yata_doc *doc, uint32_t slot, uint32_t clock) {
    if (clock >= yt_state(doc, slot)) return;
    yt_ref ref = yt_item_find(yt_client_at(doc, slot), clock);
    if (!ref || !(yt_at(doc, ref)->flags & YT_ITEM_REDONE)) return;
    yata_txn notes = {.doc = doc}; /* nothing is joined again: no transaction has to know */
    (void)yt_clean_start(&notes, slot, clock, &ref);
    yt_vec_free(&doc->mem, &notes.merge);
}

/* Clears KEEP where the step set it. Yjs cuts items at the ends of the runs, and joins them again, but for those that
 * were made again; what comes of it is that an item keeps KEEP of which a part stands in another step, and that what it
 * stands in loses it. */
static void unkeep(const yt_step *step) {
    yata_doc *doc = step->member->doc;
    bool some_redone = doc->redone.by_item.len != 0;
    for (uint32_t i = 0; i < step->deletions.len; i++) {
        uint32_t slot = yt_slot_find(doc, step->deletions.clients[i].client);
        const yt_client *client = yt_client_at(doc, slot);
        yt_run run;
        for (yt_runs_iter it = yt_runs_begin(&step->deletions.clients[i].runs); yt_runs_next(&it, &run);) {
            if (some_redone) cut_redone(doc, slot, run.clock);
            if (some_redone) cut_redone(doc, slot, run.clock + run.len);
            yt_place place = yt_store_find(client, run.clock);
            do {
                const yt_entry entry = yt_entry_at(client, place);
                if (entry.clock >= run.clock + run.len) break;
                if (!entry.item || !yt_undo_in_scope(step->member, entry.item)) continue;
                yt_item *item = yt_at(doc, entry.item);
                if (!(item->flags & YT_ITEM_KEEP)) continue;
                bool whole = entry.clock >= run.clock && item->len <= run.clock + run.len - entry.clock;
                yt_keep_item(doc, entry.item, false);
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
        unkeep(steps->data[i]);
        yt_step_free(undo, steps->data[i]);
    }
    for (uint32_t i = 0; i < undo->members.len; i++) yt_undo_forget_known(undo->members.data[i]);
}

/* Takes the steps of a document from both stacks. */
static void drop_steps(yata_undo *undo, yt_member *member, bool lasts) {
    for (int stack = 0; stack < 2; stack++) {
        yt_steps *steps = &undo->stacks[stack];
        uint32_t kept = 0;
        for (uint32_t i = 0; i < steps->len; i++) {
            yt_step *step = steps->data[i];
            if (step->member != member) {
                steps->data[kept++] = step;
                continue;
            }
            if (lasts) unkeep(step);
            yt_step_free(undo, step);
        }
        steps->len = kept;
    }
    yt_undo_forget_known(member);
}

/* ------------------------------------------------------------------------
 * Documents of a manager
 */
static void free_member(yt_member *member) {
    yt_mem *mem = &member->doc->mem;
    yt_vec_free(mem, &member->scope);
    yt_u64_map_free(mem, &member->known);
    yt_vec_free(mem, &member->changed[0]);
    yt_vec_free(mem, &member->changed[1]);
    if (member->spare) free_spare(mem, member->spare);
    for (int i = 0; i < 4; i++) yt_vec_free(mem, &member->room[i]);
    yt_vec_free(mem, &member->made_room);
    yt_free(mem, member, sizeof *member);
}

/* Its document knows it no more, or as one that is over. */
static void part(yt_member *member) {
    member->undo = NULL;
    member->base.ended = NULL;
    member->base.busy = 0;
    if (member->doc->cleaning) return; /* which frees it in the end */
    yt_history **at = &member->doc->histories;
    while (*at != &member->base) at = &(*at)->next;
    *at = member->base.next;
    free_member(member);
}

static void free_manager(yata_undo *undo) {
    yt_mem *mem = &undo->doc->mem;
    for (int stack = 0; stack < 2; stack++) {
        for (uint32_t i = 0; i < undo->stacks[stack].len; i++) yt_step_free(undo, undo->stacks[stack].data[i]);
        yt_vec_free(mem, &undo->stacks[stack]);
    }
    for (uint32_t i = 0; i < undo->origins.len; i++)
        yt_free(mem, undo->origins.data[i].data, undo->origins.data[i].len);
    yt_vec_free(mem, &undo->origins);
    yt_vec_free(mem, &undo->observers);
    for (uint32_t i = 0; i < undo->members.len; i++) part(undo->members.data[i]);
    yt_vec_free(mem, &undo->members);
    yt_free(mem, undo, sizeof *undo);
}

static void remove_member(yata_undo *undo, const yt_member *member) {
    uint32_t at = 0;
    while (undo->members.data[at] != member) at++;
    undo->members.len--;
    memmove(undo->members.data + at, undo->members.data + at + 1,
            (undo->members.len - at) * sizeof *undo->members.data);
}

/* A document is freed, or is done with a member that is over. It is not in its list any more. */
static void leave_document(yt_history *history) {
    yt_member *member = (yt_member *)(void *)history;
    yata_undo *undo = member->undo;
    if (undo) {
        YT_ASSERT(!undo->busy); /* nobody frees a document inside the callbacks of its manager */
        drop_steps(undo, member, false);
        remove_member(undo, member);
        if (member->doc == undo->doc) free_manager(undo);
    }
    free_member(member);
}

static yt_member *find_member(const yata_undo *undo, const yata_doc *doc) {
    for (uint32_t i = 0; i < undo->members.len; i++)
        if (undo->members.data[i]->doc == doc) return undo->members.data[i];
    return NULL;
}

/* NULL: no memory. */
static yt_member *add_member(yata_undo *undo, yata_doc *doc) {
    yt_member *member = find_member(undo, doc);
    if (member) return member;
    if (!yt_vec_reserve(&undo->doc->mem, &undo->members, 1)) return NULL;
    member = yt_calloc(&doc->mem, sizeof *member);
    if (!member) return NULL;
    member->base.ended = yt_undo_record;
    member->base.free = leave_document;
    member->base.busy = undo->busy;
    member->undo = undo;
    member->doc = doc;
    yt_history **at = &doc->histories;
    while (*at) at = &(*at)->next;
    *at = &member->base;
    yt_vec_put(&undo->members, member);
    return member;
}

/* ------------------------------------------------------------------------
 * Making, freeing
 */

/* Two managers whose first document is the same never have the same origin. */
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
    undo->doc = doc;
    if (options) undo->options = *options;
    if (!undo->options.capture_timeout) undo->options.capture_timeout = DEFAULT_TIMEOUT;
    if (!yt_vec_reserve(&doc->mem, &undo->origins, 1) || !add_member(undo, doc)) {
        free_manager(undo);
        return YATA_ERR_MEMORY;
    }
    yt_vec_put(&undo->origins, ((yt_origin){NULL, 0}));
    set_origin(undo);
    *out = undo;
    return YATA_OK;
}

void yt_undo_enter(yata_undo *undo) {
    undo->busy++;
    for (uint32_t i = 0; i < undo->members.len; i++) undo->members.data[i]->base.busy++;
}

void yt_undo_leave(yata_undo *undo) {
    if (!--undo->busy) yt_vec_drop_unset(&undo->observers, id);
    for (uint32_t i = 0; i < undo->members.len; i++) undo->members.data[i]->base.busy--;
    if (undo->left) yata_undo_free(undo);
}

void yata_undo_free(yata_undo *undo) {
    if (!undo) return;
    undo->left = true;
    for (uint32_t i = 0; i < undo->members.len; i++) undo->members.data[i]->base.ended = NULL; /* records nothing */
    if (undo->busy) return; /* it is freed when this is over */
    forget(undo, YATA_UNDO_STACK);
    forget(undo, YATA_REDO_STACK);
    free_manager(undo);
}

yata_doc *yata_undo_doc(const yata_undo *undo) {
    return undo ? undo->doc : NULL;
}

/* ------------------------------------------------------------------------
 * Scope
 */
yata_status yata_undo_add_scope(yata_undo *undo, yata_type type) {
    yt_branch *branch;
    if (!undo || !type.doc) return YATA_ERR_ARGUMENT;
    yata_status status = yt_branch_resolve(type, &branch);
    if (status) return status;
    yt_member *member = add_member(undo, type.doc);
    if (!member) return YATA_ERR_MEMORY;
    if (find_type(member, type.ref, type.generation) != YT_NONE) return YATA_OK;
    if (!yt_vec_reserve(&member->doc->mem, &member->scope, 1)) return YATA_ERR_MEMORY;
    yt_vec_put(&member->scope, type);
    return YATA_OK;
}

yata_status yata_undo_remove_scope(yata_undo *undo, yata_type type) {
    if (!undo || !type.doc) return YATA_ERR_ARGUMENT;
    yt_member *member = find_member(undo, type.doc);
    uint32_t at = member ? find_type(member, type.ref, type.generation) : YT_NONE;
    if (at == YT_NONE) return YATA_ERR_NOT_FOUND;
    member->scope.len--;
    memmove(member->scope.data + at, member->scope.data + at + 1,
            (member->scope.len - at) * sizeof *member->scope.data);
    return YATA_OK;
}

yata_status yata_undo_set_whole_document(yata_undo *undo, bool whole) {
    if (!undo) return YATA_ERR_ARGUMENT;
    undo->members.data[0]->whole = whole;
    return YATA_OK;
}

yata_status yata_undo_add_document(yata_undo *undo, yata_doc *doc) {
    if (!undo || !doc) return YATA_ERR_ARGUMENT;
    yt_member *member = add_member(undo, doc);
    if (!member) return YATA_ERR_MEMORY;
    member->whole = true;
    return YATA_OK;
}

yata_status yata_undo_remove_document(yata_undo *undo, yata_doc *doc) {
    if (!undo || !doc || doc == undo->doc) return YATA_ERR_ARGUMENT;
    yt_member *member = find_member(undo, doc);
    if (!member) return YATA_ERR_NOT_FOUND;
    if (undo->busy || doc->cleaning) return YATA_ERR_STATE;
    drop_steps(undo, member, true);
    remove_member(undo, member);
    part(member);
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

bool yt_undo_tracks(const yt_member *member, const yata_txn *txn) {
    yata_bytes origin = {txn->origin, txn->origin_len};
    return txn->undo == &member->base || find_origin(member->undo, origin) != YT_NONE;
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

yata_doc *yata_undo_step_doc(const yata_undo *undo, yata_undo_stack stack, uint32_t i) {
    return i < yata_undo_count(undo, stack) ? undo->stacks[stack].data[i]->member->doc : NULL;
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

yata_status yata_undo_unobserve(yata_undo *undo, uint32_t subscription) {
    if (!undo || !subscription) return YATA_ERR_ARGUMENT;
    for (uint32_t i = 0; i < undo->observers.len; i++) {
        if (undo->observers.data[i].id != subscription) continue;
        undo->observers.data[i].id = 0;
        if (!undo->busy) yt_vec_drop_unset(&undo->observers, id);
        return YATA_OK;
    }
    return YATA_ERR_NOT_FOUND;
}

void yt_undo_notify(yata_undo *undo, yata_undo_event *event) {
    uint32_t n = undo->observers.len;
    yt_undo_enter(undo);
    for (uint32_t i = 0; i < n; i++) {
        yt_undo_observer observer = undo->observers.data[i];
        if (observer.id) observer.fn(observer.ctx, undo, event);
    }
    yt_undo_leave(undo);
}
