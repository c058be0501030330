/* SPDX-License-Identifier: MIT */
/*
 * undo_ids.c - ids of steps, and undoing what has given ids.
 *
 * Ids are a step: they are put on the stack of a manager that is there for this one undo.
 */
#include "history/undo.h"
#include "ids/id_set_object.h"

static bool gather(yt_id_gathering *to, const yt_id_set *from) {
    for (uint32_t i = 0; i < from->len; i++) {
        yt_run run;
        for (yt_runs_iter it = yt_runs_begin(&from->clients[i].runs); yt_runs_next(&it, &run);)
            if (!yt_id_set_add(&to->mem, &to->ids, from->clients[i].client, run.clock, run.len)) return false;
    }
    return true;
}

yata_status yata_undo_step_ids(const yata_undo *undo, yata_undo_stack stack, uint32_t i, yata_id_set *inserts,
                               yata_id_set *deletes) {
    if (!undo) return YATA_ERR_ARGUMENT;
    if (i >= yata_undo_count(undo, stack)) return YATA_ERR_RANGE;
    const yt_step *step = undo->stacks[stack].data[i];
    yt_id_gathering made = yt_id_gather(&undo->doc->mem.allocator), deleted = made;
    bool ok = (!inserts || gather(&made, &step->insertions)) && (!deletes || gather(&deleted, &step->deletions));
    yata_status status = yt_id_gathered(&made, inserts, ok ? YATA_OK : YATA_ERR_MEMORY);
    return yt_id_gathered(&deleted, deletes, status);
}

/* Of one client: what is in `runs`, known, and not in `others`. */
static bool add_runs(yt_mem *mem, yt_id_set *to, uint64_t client, uint32_t state, const yt_runs *runs,
                     const yt_runs *others) {
    yt_run run, other;
    for (yt_runs_iter it = yt_runs_begin(runs); yt_runs_next(&it, &run);) {
        uint32_t at = run.clock, end = run.clock + run.len < state ? run.clock + run.len : state;
        while (at < end) {
            uint32_t to_clock = end, next = end;
            if (others && yt_runs_find(others, at, &other) && other.clock < end) {
                to_clock = other.clock > at ? other.clock : at;
                next = other.clock + other.len;
            }
            if (!yt_id_set_add(mem, to, client, at, to_clock - at)) return false;
            at = next;
        }
    }
    return true;
}

/* What is in `set`, has arrived, and is not in `others`. */
static bool add_ids(yata_doc *doc, yt_id_set *to, const yata_id_set *set, const yata_id_set *others) {
    for (uint32_t i = 0; set && i < set->ids.len; i++) {
        const yt_id_set_client *from = &set->ids.clients[i];
        uint32_t slot = yt_slot_find(doc, from->client);
        if (slot == YT_NONE) continue;
        const yt_runs *but = others ? yt_id_set_find(&others->ids, from->client) : NULL;
        if (!add_runs(&doc->mem, to, from->client, yt_state(doc, slot), &from->runs, but)) return false;
    }
    return true;
}

static yata_status push(yata_undo *undo, const yata_id_set *inserts, const yata_id_set *deletes) {
    yata_doc *doc = undo->doc;
    yt_steps *steps = &undo->stacks[YATA_UNDO_STACK];
    if (!yt_vec_reserve(&doc->mem, steps, 1)) return YATA_ERR_MEMORY;
    yt_step *step = yt_step_new(undo->members.data[0]);
    if (!step) return YATA_ERR_MEMORY;
    yt_vec_put(steps, step);
    if (!add_ids(doc, &step->insertions, inserts, deletes) || !add_ids(doc, &step->deletions, deletes, inserts))
        return YATA_ERR_MEMORY;
    return YATA_OK;
}

yata_status yata_undo_ids(yata_doc *doc, const yata_id_set *inserts, const yata_id_set *deletes,
                          const yata_undo_options *options, bool *changed) {
    yata_undo_options own = yata_undo_options_default();
    yata_undo *undo;
    if (changed) *changed = false;
    if (!doc) return YATA_ERR_ARGUMENT;
    if (doc->txn || doc->cleaning) return YATA_ERR_STATE;
    if (options) {
        own.may_delete = options->may_delete;
        own.overwrite_remote = options->overwrite_remote;
        own.ctx = options->ctx;
    }
    yata_status status = yata_undo_new(doc, &own, &undo);
    if (status) return status;
    status = yata_undo_set_whole_document(undo, true);
    if (!status) status = push(undo, inserts, deletes);
    if (!status) status = yata_undo_undo(undo, changed);
    yata_undo_free(undo);
    return status;
}
