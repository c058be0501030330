/* SPDX-License-Identifier: MIT */
/*
 * undo_record.c - from a transaction to a step on a stack.
 *
 * Called at the end of a transaction, when what it deleted is still there: what a step may make again gets KEEP before
 * the collector comes. Everything that can fail comes first, so a transaction is recorded or it is not.
 */
#include "base/platform.h"
#include "base/sort.h"
#include "doc/branch.h"
#include "doc/integrate.h"
#include "doc/redo.h"
#include "history/undo.h"

/* ------------------------------------------------------------------------
 * A transaction as a step
 */

typedef struct part {
    const yt_touch *touch;
    uint32_t order;
} part;

static bool comes_before(const void *a, const void *b) {
    return ((const part *)a)->order < ((const part *)b)->order;
}

static uint32_t state_after(const yata_txn *txn, const yt_touch *touch) {
    return txn->doc->txn == txn ? yt_state(txn->doc, touch->slot) : touch->after;
}

/* What it inserted, clients in the order of their first blocks in the document: that of slots. What it deleted, clients
 * in the order of its deletions. Both orders are those of Yjs: undo makes items in the order of the deletions. */
static bool fill(const yata_txn *txn, part *parts, yt_step *step) {
    yata_doc *doc = txn->doc;
    uint32_t n = 0;
    for (uint32_t i = 0; i < txn->touched.len; i++) {
        const yt_touch *touch = &txn->touched.data[i];
        if (touch->before < state_after(txn, touch)) parts[n++] = (part){touch, touch->slot};
    }
    yt_sort(parts, n, sizeof *parts, comes_before);
    for (uint32_t i = 0; i < n; i++) {
        const yt_touch *touch = parts[i].touch;
        if (!yt_id_set_add(&doc->mem, &step->insertions, yt_client_at(doc, touch->slot)->client, touch->before,
                           state_after(txn, touch) - touch->before))
            return false;
    }
    n = 0;
    for (uint32_t i = 0; i < txn->touched.len; i++) {
        const yt_touch *touch = &txn->touched.data[i];
        if (touch->deleted.count) parts[n++] = (part){touch, touch->deletion};
    }
    yt_sort(parts, n, sizeof *parts, comes_before);
    for (uint32_t i = 0; i < n; i++) {
        uint64_t client = yt_client_at(doc, parts[i].touch->slot)->client;
        yt_run run;
        for (yt_runs_iter it = yt_runs_begin(&parts[i].touch->deleted); yt_runs_next(&it, &run);)
            if (!yt_id_set_add(&doc->mem, &step->deletions, client, run.clock, run.len)) return false;
    }
    return true;
}

yt_step *yt_step_of(yt_member *member, const yata_txn *txn) {
    enum { FEW = 4 };
    yt_mem *mem = &member->doc->mem;
    yt_step *step = yt_step_new(member);
    if (!step) return NULL;
    part few[FEW];
    size_t size = txn->touched.len > FEW ? txn->touched.len * sizeof(part) : 0;
    part *parts = size ? yt_alloc(mem, size) : few;
    bool done = parts && fill(txn, parts, step);
    if (size && parts) yt_free(mem, parts, size);
    if (done) return step;
    yt_step_free(member->undo, step);
    return NULL;
}

static bool add_set(yt_mem *mem, yt_id_set *to, const yt_id_set *from) {
    for (uint32_t i = 0; i < from->len; i++) {
        yt_run run;
        for (yt_runs_iter it = yt_runs_begin(&from->clients[i].runs); yt_runs_next(&it, &run);)
            if (!yt_id_set_add(mem, to, from->clients[i].client, run.clock, run.len)) return false;
    }
    return true;
}

/* ------------------------------------------------------------------------
 * Is it to be recorded?
 */
static bool changes_something(const yata_txn *txn) {
    for (uint32_t i = 0; i < txn->touched.len; i++)
        if (txn->touched.data[i].before < txn->touched.data[i].after || txn->touched.data[i].deleted.count) return true;
    return false;
}

static bool concerns(yt_member *member, const yata_txn *txn) {
    if (member->whole) return true;
    for (uint32_t i = 0; i < txn->changed.len; i++) {
        const yt_branch *branch = yt_txn_changed(txn->doc, &txn->changed.data[i]);
        if (branch && yt_undo_branch_in_scope(member, branch)) return true;
    }
    return false;
}

static bool wants(yt_member *member, const yata_txn *txn) {
    const yata_undo_options *options = &member->undo->options;
    if (txn->internal || !changes_something(txn)) return false;
    if (options->capture && !options->capture(options->ctx, txn)) return false;
    return concerns(member, txn) && yt_undo_tracks(member, txn);
}

/* ------------------------------------------------------------------------
 * What happens besides
 */

/* Is the type in the list? Once it is long, that is known from `seen`. */
static bool is_listed(const yt_types *list, const yt_u32_map *seen, uint32_t ref) {
    if (seen->len) return yt_u32_map_get(seen, ref) != YT_NONE;
    for (uint32_t i = 0; i < list->len; i++)
        if (list->data[i].ref == ref) return true;
    return false;
}

static bool list(yt_mem *mem, yt_types *list, yt_u32_map *seen, yata_type type) {
    enum { FEW = 8 };
    if (!yt_vec_reserve(mem, list, 1)) return false;
    yt_vec_put(list, type);
    if (list->len <= FEW) return true;
    for (uint32_t i = seen->len; i < list->len; i++)
        if (!yt_u32_map_put(mem, seen, list->data[i].ref, 0)) return false;
    return true;
}

/* Types that changed, and what they stand in, each once. */
static bool list_changed(const yata_txn *txn, yt_types *out) {
    yata_doc *doc = txn->doc;
    yt_mem *mem = &doc->mem;
    yt_u32_map seen = {0};
    bool done = true;
    for (uint32_t i = 0; i < txn->changed.len && done; i++) {
        const yt_branch *b = yt_txn_changed(doc, &txn->changed.data[i]);
        while (b && done && !is_listed(out, &seen, b->ref)) {
            done = list(mem, out, &seen, yt_branch_handle(doc, b));
            b = b->owner ? yt_branch_at(doc, yt_at(doc, b->owner)->parent) : NULL;
        }
    }
    yt_u32_map_free(mem, &seen);
    return done;
}

yata_status yt_each_item(yata_txn *txn, uint64_t client, yt_run run, yt_each_fn *fn, void *ctx) {
    uint32_t slot = yt_slot_find(txn->doc, client), clock = run.clock, end = run.clock + run.len;
    while (clock < end) {
        const yt_client *c = yt_client_at(txn->doc, slot);
        yt_place place = yt_store_find(c, clock);
        yt_entry entry = yt_entry_at(c, place);
        yt_ref ref = entry.item, rest;
        uint32_t next = entry.clock + yt_place_len(c, place);
        yata_status status = YATA_OK;
        if (ref && entry.clock < clock) status = yt_clean_start(txn, slot, clock, &ref);
        if (!status && ref && next > end) status = yt_clean_start(txn, slot, end, &rest);
        if (next > end) next = end;
        if (!status && ref) status = fn(ctx, ref);
        if (status) return status;
        clock = next;
    }
    return YATA_OK;
}

static yata_status each_deleted(const yt_step *step, yata_txn *txn, yt_each_fn *fn, void *ctx) {
    for (uint32_t i = 0; i < step->deletions.len; i++) {
        yt_run run;
        for (yt_runs_iter it = yt_runs_begin(&step->deletions.clients[i].runs); yt_runs_next(&it, &run);) {
            yata_status status = yt_each_item(txn, step->deletions.clients[i].client, run, fn, ctx);
            if (status) return status;
        }
    }
    return YATA_OK;
}

/* The items that a step deletes: which it is, if it is one. */
typedef struct looked {
    uint32_t count;
    yt_ref ref;
} looked;

static yata_status look(void *ctx, yt_ref ref) {
    looked *l = ctx;
    l->count++;
    l->ref = ref;
    return YATA_OK;
}

static yata_status keep(void *ctx, yt_ref ref) {
    yt_member *member = ctx;
    if (yt_undo_in_scope(member, ref)) yt_keep_item(member->doc, ref, true);
    return YATA_OK;
}

static bool read_clock(const yata_undo *undo, uint64_t *now) {
    *now = 0;
    if (!undo->options.now) return yt_platform_ticks(now);
    *now = undo->options.now(undo->options.ctx);
    return true;
}

/* Only what stands on top can be joined: a step of another document in between ends it. */
static bool joins(const yt_member *member, bool has_clock, uint64_t now) {
    const yata_undo *undo = member->undo;
    const yt_steps *steps = &undo->stacks[YATA_UNDO_STACK];
    if (undo->doing || !undo->joining || !has_clock || !steps->len) return false;
    if (steps->data[steps->len - 1]->member != member) return false;
    uint64_t since = now < undo->last_change ? 0 : now - undo->last_change;
    return undo->options.capture_timeout > 0 && since < (uint64_t)undo->options.capture_timeout;
}

/* Joins the step to the top one. Without memory for it the step stays alone; what was added to the top one already is
 * then in both, which changes nothing: each unit is inserted and deleted once. */
static bool join(const yata_undo *undo, yt_step *step) {
    yt_mem *mem = &step->member->doc->mem;
    yt_step *top = undo->stacks[YATA_UNDO_STACK].data[undo->stacks[YATA_UNDO_STACK].len - 1];
    if (!add_set(mem, &top->deletions, &step->deletions) || !add_set(mem, &top->insertions, &step->insertions))
        return false;
    yt_step_free(undo, step);
    return true;
}

/* ------------------------------------------------------------------------
 * Recording
 */
static yata_status prepare(yt_member *member, yata_txn *txn, yata_undo_stack stack, bool own, yt_step **step,
                           looked *deleted) {
    yata_undo *undo = member->undo;
    *step = own && undo->made ? undo->made : yt_step_of(member, txn);
    if (own) undo->made = NULL;
    if (!*step) return YATA_ERR_MEMORY;
    yata_status status = YATA_OK;
    if (!yt_vec_reserve(&undo->doc->mem, &undo->stacks[stack], 1)) status = YATA_ERR_MEMORY;
    if (!status) status = each_deleted(*step, txn, look, deleted); /* cuts, so that the next time nothing has to be */
    if (!status) return YATA_OK;
    yt_step_free(undo, *step);
    return status;
}

static yata_status record(yt_member *member, yata_txn *txn) {
    yata_undo *undo = member->undo;
    bool own = txn->undo == &member->base;
    yt_undo_doing doing = own ? undo->doing : YT_NOTHING;
    bool wanted = wants(member, txn), listed = true;
    yt_undo_forget_known(member);
    yt_types *changed = &member->changed[own];
    changed->len = 0;
    if (undo->observers.len && (own || wanted)) listed = list_changed(txn, changed); /* POPPED tells them, too */
    if (!wanted) return listed ? YATA_OK : YATA_ERR_MEMORY;
    yata_undo_stack stack = doing == YT_UNDOING ? YATA_REDO_STACK : YATA_UNDO_STACK;
    yt_step *step;
    looked deleted = {0, 0};
    yata_status status = prepare(member, txn, stack, own, &step, &deleted);
    if (status) return status;

    uint64_t now;
    bool has_clock = read_clock(undo, &now), joined = false;
    if (doing == YT_UNDOING) undo->joining = false; /* the next edit begins a step */
    bool clears = doing == YT_NOTHING && undo->stacks[YATA_REDO_STACK].len;
    if (clears) (void)yata_undo_clear(undo, false, true); /* before something is kept: it lets go, and may cut */
    if (deleted.count == 1 && !clears)
        (void)keep(member, deleted.ref);
    else if (deleted.count)
        (void)each_deleted(step, txn, keep, member);
    yt_undo_forget_known(member);
    if (doing == YT_NOTHING) {
        joined = joins(member, has_clock, now) && join(undo, step);
        undo->joining = has_clock;
        undo->last_change = now;
    }
    yt_steps *steps = &undo->stacks[stack];
    if (!joined) yt_vec_put(steps, step);
    yata_undo_event event = {.what = joined ? YATA_UNDO_UPDATED : YATA_UNDO_ADDED, .stack = stack, .txn = txn};
    event.doc = member->doc;
    event.origin = yata_txn_origin(txn);
    event.meta = &steps->data[steps->len - 1]->meta;
    event.changed = changed->data;
    event.changed_count = changed->len;
    yt_undo_notify(undo, &event);
    return listed ? YATA_OK : YATA_ERR_MEMORY;
}

yata_status yt_undo_record(yt_history *history, yata_txn *txn) {
    yt_member *member = (yt_member *)(void *)history;
    yata_undo *undo = member->undo;
    yt_undo_enter(undo);
    yata_status status = record(member, txn);
    yt_undo_leave(undo);
    return status;
}
