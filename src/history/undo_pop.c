/* SPDX-License-Identifier: MIT */
/*
 * undo_pop.c - undoing the top step of a stack (Yjs: popStackItem).
 *
 * First what the step touched is looked up and cut where it begins and ends, which changes nothing. Then its deletions
 * are made again, then its insertions are deleted, from the last to the first. When memory ends, all is taken back.
 */
#include "doc/branch.h"
#include "doc/content.h"
#include "doc/integrate.h"
#include "doc/redo.h"
#include "history/undo.h"

#include <yata/doc.h>

typedef struct pop {
    yt_again again;
    yt_refs inserted, deleted; /* by the step, as far as undoing concerns them */
} pop;

/* ------------------------------------------------------------------------
 * What the step touched
 */
static yata_status add(const yata_txn *txn, yt_refs *refs, yt_ref ref) {
    if (!yt_vec_reserve(&txn->doc->mem, refs, 1)) return YATA_ERR_MEMORY;
    yt_vec_put(refs, ref);
    return YATA_OK;
}

/* Of an inserted item that was deleted and made again, what took its place counts. */
static yata_status find_inserted(void *ctx, yt_ref ref) {
    pop *p = ctx;
    yata_txn *txn = p->again.txn;
    const yata_doc *doc = txn->doc;
    if (yt_at(doc, ref)->flags & YT_ITEM_REDONE) {
        uint32_t diff;
        ref = yt_follow_redone(doc, yt_at(doc, ref)->id, &diff);
        if (!ref) return YATA_OK;
        yt_id id = yt_at(doc, ref)->id;
        yata_status status = yt_clean_start(txn, id.slot, id.clock + diff, &ref);
        if (status) return status;
    }
    if (yt_is_deleted(yt_at(doc, ref)) || !yt_undo_in_scope(p->again.member, ref)) return YATA_OK;
    return add(txn, &p->inserted, ref);
}

static yata_status find_deleted(void *ctx, yt_ref ref) {
    pop *p = ctx;
    const yata_doc *doc = p->again.txn->doc;
    const yt_item *it = yt_at(doc, ref);
    yata_id id = {yt_client_at(doc, it->id.slot)->client, it->id.clock};
    if (!yt_undo_in_scope(p->again.member, ref) || yt_id_set_contains(&p->again.step->insertions, id)) return YATA_OK;
    return add(p->again.txn, &p->deleted, ref);
}

static yata_status each(pop *p, const yt_id_set *set, yt_each_fn *fn) {
    for (uint32_t i = 0; i < set->len; i++) {
        yt_run run;
        for (yt_runs_iter it = yt_runs_begin(&set->clients[i].runs); yt_runs_next(&it, &run);) {
            yata_status status = yt_each_item(p->again.txn, set->clients[i].client, run, fn, p);
            if (status) return status;
        }
    }
    return YATA_OK;
}

/* ------------------------------------------------------------------------
 * Undoing it
 */
static bool may_delete(const yt_member *member, yt_ref ref) {
    const yata_undo_options *options = &member->undo->options;
    if (!options->may_delete) return true;
    const yata_doc *doc = member->doc;
    const yt_item *it = yt_at(doc, ref);
    yata_undo_deletion deletion;
    memset(&deletion, 0, sizeof deletion);
    deletion.id = (yata_id){yt_client_at(doc, it->id.slot)->client, it->id.clock};
    deletion.len = it->len;
    deletion.parent = yt_branch_handle(doc, yt_branch_at(doc, it->parent));
    deletion.is_key = yt_is_keyed(it);
    if (deletion.is_key) deletion.key = yt_strings_get(&doc->strings, it->u.key);
    if (it->content != YT_FORMAT) yt_content_value(doc, it, 0, &deletion.value);
    return options->may_delete(options->ctx, &deletion);
}

static yata_status undo_step(pop *p, bool *changed) {
    yata_status status = each(p, &p->again.step->insertions, find_inserted);
    if (!status) status = each(p, &p->again.step->deletions, find_deleted);
    for (uint32_t i = 0; i < p->deleted.len && !status; i++) {
        bool done;
        status = yt_make_again(&p->again, p->deleted.data[i], &done);
        *changed |= !status && done;
    }
    for (uint32_t i = p->inserted.len; i-- > 0 && !status;) {
        if (!may_delete(p->again.member, p->inserted.data[i])) continue;
        status = yt_delete_logged(p->again.txn, p->inserted.data[i], &p->again.log);
        *changed = true;
    }
    return status;
}

/* Work lists have their room from the undo before; what is small stays for the next. */
static void take_room(pop *p) {
    yt_member *member = p->again.member;
    p->inserted = member->room[0];
    p->deleted = member->room[1];
    p->again.log = member->room[2];
    p->again.path = member->room[3];
    p->again.made = member->made_room;
}

enum { ROOM = 64 };

static yt_refs small_room(yt_mem *mem, yt_refs refs) {
    if (refs.cap > ROOM) yt_vec_free(mem, &refs);
    refs.len = 0;
    return refs;
}

static void forget_work(pop *p) {
    yt_member *member = p->again.member;
    yt_mem *mem = &member->doc->mem;
    member->room[0] = small_room(mem, p->inserted);
    member->room[1] = small_room(mem, p->deleted);
    member->room[2] = small_room(mem, p->again.log);
    member->room[3] = small_room(mem, p->again.path);
    if (p->again.made.cap > ROOM) yt_vec_free(mem, &p->again.made);
    p->again.made.len = 0;
    member->made_room = p->again.made;
}

/* One step, all or nothing. *made: the step of the transaction, for the other stack. */
static yata_status try_step(yata_undo *undo, yata_txn *txn, yata_undo_stack stack, uint32_t at, bool *changed,
                            yt_step **made) {
    pop p;
    memset(&p, 0, sizeof p);
    p.again.member = undo->stacks[stack].data[at]->member;
    p.again.txn = txn;
    p.again.stack = stack;
    p.again.below = at;
    p.again.step = undo->stacks[stack].data[at];
    take_room(&p);
    yata_status status = undo_step(&p, changed);
    if (!status && *changed) {
        *made = yt_step_of(p.again.member, txn);
        if (!*made) status = YATA_ERR_MEMORY;
    }
    if (status) {
        yt_unmake(&p.again);
        *changed = false;
    }
    forget_work(&p);
    return status;
}

/* Takes the steps above `at` from the stack; *popped: the one that changed something, if `changed`. */
static void take(yata_undo *undo, yata_undo_stack stack, uint32_t at, bool changed, yt_step **popped) {
    yt_steps *steps = &undo->stacks[stack];
    if (changed) *popped = steps->data[at];
    uint32_t from = changed ? at + 1 : at, n = steps->len;
    steps->len = at;
    for (uint32_t i = n; i-- > from;) yt_step_free(undo, steps->data[i]);
}

/* Steps of the document whose step is on top, until one changes something. */
static yata_status pop_steps(yata_undo *undo, yata_txn *txn, yata_undo_stack stack, yt_step **popped) {
    const yt_steps *steps = &undo->stacks[stack];
    uint32_t at = steps->len;
    const yt_member *member = steps->data[at - 1]->member;
    bool changed = false;
    yata_status status = YATA_OK;
    while (at && !changed && !status && steps->data[at - 1]->member == member)
        status = try_step(undo, txn, stack, --at, &changed, &undo->made);
    if (!status) take(undo, stack, at, changed, popped);
    return status;
}

/* ------------------------------------------------------------------------
 * Undo, redo
 */
static void tell_popped(yata_undo *undo, yata_undo_stack stack, yt_step *step) {
    yata_undo_event event = {.what = YATA_UNDO_POPPED, .stack = stack, .meta = &step->meta};
    event.doc = step->member->doc;
    event.origin = yata_undo_origin(undo);
    event.changed = step->member->changed[1].data;
    event.changed_count = step->member->changed[1].len;
    yt_undo_notify(undo, &event);
}

/* The transaction in the document whose step is on top. *below: steps that are left below those that it took. */
static yata_status run(yata_undo *undo, yata_undo_stack stack, yt_step **popped, uint32_t *below) {
    yt_member *member = undo->stacks[stack].data[undo->stacks[stack].len - 1]->member;
    yata_doc *doc = member->doc;
    yata_undo_stack other = stack == YATA_UNDO_STACK ? YATA_REDO_STACK : YATA_UNDO_STACK;
    yata_txn *txn;
    if (doc->txn || doc->cleaning) return YATA_ERR_STATE;
    if (!yt_vec_reserve(&undo->doc->mem, &undo->stacks[other], 1)) return YATA_ERR_MEMORY;
    yata_status status = yata_txn_begin(doc, yata_undo_origin(undo), &txn);
    if (status) return status;
    member->changed[1].len = 0;
    undo->doing = stack == YATA_UNDO_STACK ? YT_UNDOING : YT_REDOING;
    txn->undo = &member->base;
    status = pop_steps(undo, txn, stack, popped);
    *below = undo->stacks[stack].len;
    yt_undo_forget_known(member);
    yt_delete_let_go(txn);
    yata_status committed = yata_txn_commit(txn);
    undo->doing = YT_NOTHING;
    if (undo->made) yt_step_free(undo, undo->made); /* it was not to be recorded */
    undo->made = NULL;
    return status ? status : committed;
}

static yata_status do_undo(yata_undo *undo, yata_undo_stack stack, bool *changed) {
    yt_step *popped = NULL;
    if (changed) *changed = false;
    if (!undo) return YATA_ERR_ARGUMENT;
    if (undo->doing) return YATA_ERR_STATE;
    yt_undo_enter(undo); /* it stays, whatever the observers do */
    uint32_t below = undo->stacks[stack].len;
    yata_status status = YATA_OK;
    /* Those of another document in another transaction; not what observers recorded meanwhile. */
    while (!status && !popped && below && undo->stacks[stack].len == below) status = run(undo, stack, &popped, &below);
    if (popped) {
        if (changed) *changed = true;
        tell_popped(undo, stack, popped);
        yt_step_free(undo, popped);
    }
    yt_undo_leave(undo);
    return status;
}

yata_status yata_undo_undo(yata_undo *undo, bool *changed) {
    return do_undo(undo, YATA_UNDO_STACK, changed);
}

yata_status yata_undo_redo(yata_undo *undo, bool *changed) {
    return do_undo(undo, YATA_REDO_STACK, changed);
}
