/* SPDX-License-Identifier: MIT */
/*
 * undo_again.c - a new item in the place of a deleted one (Yjs: redoItem; spec/undo.md, "Making again").
 *
 * The new item stands between the nearest neighbours of the old one that live under the same type; of a map entry it
 * becomes the value, if what was set since was set by what is being undone or may be undone. Types that were deleted
 * with what is in them are made first; the way up is kept on a list, so that their depth is nobody's stack.
 *
 * Each step is logged, so that all of them can be taken back.
 */
#include "doc/branch.h"
#include "doc/content.h"
#include "doc/integrate.h"
#include "doc/pending.h"
#include "doc/pool.h"
#include "doc/redo.h"
#include "history/undo.h"

static yt_ref owner_of(const yata_doc *doc, yt_ref ref) {
    return yt_branch_at(doc, yt_at(doc, ref)->parent)->owner;
}

/* The item that begins with what took the place of this one; 0: nothing did, or it was collected. */
static yata_status successor(yata_txn *txn, yt_ref ref, yt_ref *out) {
    yt_id id;
    *out = 0;
    return yt_redone_get(txn->doc, ref, &id) ? yt_clean_start(txn, id.slot, id.clock, out) : YATA_OK;
}

static yata_id public_id(const yata_doc *doc, yt_ref ref) {
    const yt_item *it = yt_at(doc, ref);
    yata_id id = {yt_client_at(doc, it->id.slot)->client, it->id.clock};
    return id;
}

/* Is this item among those that are to be made again? */
static bool wanted(const yt_again *a, yt_ref ref) {
    yata_id id = public_id(a->txn->doc, ref);
    return yt_id_set_contains(&a->step->deletions, id) && !yt_id_set_contains(&a->step->insertions, id) &&
           yt_undo_in_scope(a->member, ref);
}

/* ------------------------------------------------------------------------
 * Its place
 */
typedef struct place {
    yt_branch *branch;
    yt_ref left, right;
    bool found;
} place;

/* The nearest of the items `ref`, its left (or right) neighbour, and so on, that stands in a type of this owner, or
 * whose successor does. */
static yata_status nearest(yata_txn *txn, yt_ref ref, bool left, yt_ref owner, yt_ref *out) {
    const yata_doc *doc = txn->doc;
    for (; ref; ref = left ? yt_at(doc, ref)->left : yt_at(doc, ref)->right) {
        for (yt_ref trace = ref; trace;) {
            if (owner_of(doc, trace) == owner) {
                *out = trace;
                return YATA_OK;
            }
            yata_status status = successor(txn, trace, &trace);
            if (status) return status;
        }
    }
    *out = 0;
    return YATA_OK;
}

/* Was it deleted by a step that is on a stack, other than the ones that are being undone? */
static bool deleted_by_step(const yt_again *a, yata_id id) {
    for (int stack = 0; stack < 2; stack++) {
        const yt_steps *steps = &a->member->undo->stacks[stack];
        uint32_t n = stack == (int)a->stack ? a->below : steps->len;
        for (uint32_t i = n; i-- > 0;)
            if (steps->data[i]->member == a->member && yt_id_set_contains(&steps->data[i]->deletions, id)) return true;
    }
    return false;
}

/* May what took the place of a map entry give way? */
static bool gives_way(const yt_again *a, yt_ref ref) {
    if (yt_at(a->txn->doc, ref)->flags & YT_ITEM_REDONE) return true;
    yata_id id = public_id(a->txn->doc, ref);
    return yt_id_set_contains(&a->step->insertions, id) || deleted_by_step(a, id);
}

static yt_ref current(const yt_branch *branch, uint32_t key) {
    const yt_map_entry *entry = yt_entry_find(branch, key);
    return entry ? entry->item : 0;
}

static yata_status find_entry(const yt_again *a, yt_ref ref, place *p) {
    const yata_doc *doc = a->txn->doc;
    uint32_t key = yt_at(doc, ref)->u.key;
    if (!yt_at(doc, ref)->right || a->member->undo->options.overwrite_remote) {
        p->left = current(p->branch, key);
        return YATA_OK;
    }
    yt_ref left = ref;
    for (yt_ref right = yt_at(doc, left)->right; right && gives_way(a, right); right = yt_at(doc, left)->right) {
        left = right;
        while (yt_at(doc, left)->flags & YT_ITEM_REDONE) {
            yata_status status = successor(a->txn, left, &left);
            p->found &= left != 0;
            if (status || !left) return status;
        }
    }
    if (yt_at(doc, left)->right) p->found = false; /* somebody else has set the entry */
    /* In a type that was made again, too, the chain begins anew. */
    p->left = owner_of(doc, left) == p->branch->owner ? left : current(p->branch, key);
    return YATA_OK;
}

static yata_status find_place(const yt_again *a, yt_ref ref, place *p) {
    yata_txn *txn = a->txn;
    const yata_doc *doc = txn->doc;
    const yt_item *it = yt_at(doc, ref);
    yt_ref owner = owner_of(doc, ref);
    *p = (place){yt_branch_at(doc, it->parent), 0, 0, true};
    if (owner && yt_is_deleted(yt_at(doc, owner))) {
        yata_status status = YATA_OK;
        while (!status && owner && (yt_at(doc, owner)->flags & YT_ITEM_REDONE)) status = successor(txn, owner, &owner);
        p->found = owner && yt_at(doc, owner)->content == YT_TYPE;
        if (status || !p->found) return status;
        p->branch = yt_branch_at(doc, yt_at(doc, owner)->chunk);
    }
    if (yt_is_keyed(it)) return find_entry(a, ref, p);
    yata_status status = nearest(txn, it->left, true, owner, &p->left);
    return status ? status : nearest(txn, ref, false, owner, &p->right);
}

/* ------------------------------------------------------------------------
 * The item
 */
static yata_status own_slot(yata_doc *doc, uint32_t *slot) {
    *slot = yt_slot_find(doc, doc->client_id);
    if (*slot != YT_NONE) return YATA_OK;
    if (!yt_pending_find(&doc->pending, doc->client_id) && !yt_pending_admits(doc, 1)) return YATA_ERR_LIMIT;
    *slot = yt_slot(doc, doc->client_id);
    return *slot == YT_NONE ? YATA_ERR_MEMORY : YATA_OK;
}

/* Content is shared, but for a type, which begins empty: what was in it has items of its own. */
static bool copy_content(yata_doc *doc, yt_ref to, const yt_item *from) {
    yt_item *it = yt_at(doc, to);
    it->len = from->len;
    it->content = from->content;
    if (from->content == YT_TYPE) {
        const yt_branch *branch = yt_branch_at(doc, from->chunk);
        yata_str name = branch->name == YT_NONE ? (yata_str){NULL, 0} : yt_strings_get(&doc->strings, branch->name);
        branch = yt_branch_new(doc, (yata_kind)branch->kind, to, name);
        if (!branch) return false;
        it->chunk = branch->ref;
        return true;
    }
    it->wide = from->wide;
    it->chunk = from->chunk;
    it->at = from->at;
    if (from->content != YT_DELETED) yt_chunk_keep(doc, from->chunk);
    return true;
}

static yata_status integrate(yt_again *a, yt_ref from, const place *p, yt_ref ref) {
    yata_txn *txn = a->txn;
    yata_doc *doc = txn->doc;
    const yt_item *it = yt_at(doc, ref);
    if (!yt_redone_put(doc, from, it->id)) return YATA_ERR_MEMORY;
    yata_status status = YATA_OK;
    if (yt_is_keyed(it) && p->left) status = yt_delete_logged(txn, p->left, &a->log); /* what it replaces */
    if (!status) status = yt_integrate(txn, ref);
    if (status) yt_redone_drop(doc, from);
    return status;
}

static yata_status make(yt_again *a, yt_ref from, const place *p) {
    yata_doc *doc = a->txn->doc;
    const yt_item *old = yt_at(doc, from);
    uint32_t slot, log = a->log.len;
    yata_status status = own_slot(doc, &slot);
    if (status) return status;
    if (!yt_vec_reserve(&doc->mem, &a->made, 1)) return YATA_ERR_MEMORY;
    yt_ref ref = yt_item_new(doc);
    if (!ref) return YATA_ERR_MEMORY;
    if (!copy_content(doc, ref, old)) {
        yt_item_free(doc, ref);
        return YATA_ERR_MEMORY;
    }
    yt_item *it = yt_at(doc, ref);
    it->id = (yt_id){slot, yt_state(doc, slot)};
    it->left = p->left;
    it->right = p->right;
    it->origin = p->left ? yt_last_id(yt_at(doc, p->left)) : (yt_id){YT_NONE, 0};
    it->right_origin = p->right ? yt_at(doc, p->right)->id : (yt_id){YT_NONE, 0};
    it->parent = p->branch->ref;
    if (yt_is_keyed(old)) {
        it->flags = YT_ITEM_KEYED;
        it->u.key = old->u.key;
    }
    status = integrate(a, from, p, ref);
    if (status) {
        yt_item_discard(doc, ref);
        yt_delete_revert(a->txn, &a->log, log);
        return status;
    }
    yt_keep_item(doc, ref, true);
    yt_vec_put(&a->made, ((yt_made){from, ref, log}));
    a->log_made = a->log.len;
    return YATA_OK;
}

yata_status yt_make_again(yt_again *a, yt_ref ref, bool *done) {
    yata_doc *doc = a->txn->doc;
    *done = true;
    if (yt_at(doc, ref)->flags & YT_ITEM_REDONE) return successor(a->txn, ref, &ref); /* cut there, as in Yjs */
    a->path.len = 0;
    for (;;) {
        if (!yt_vec_reserve(&doc->mem, &a->path, 1)) return YATA_ERR_MEMORY;
        yt_vec_put(&a->path, ref);
        yt_ref owner = owner_of(doc, ref);
        if (!owner || !yt_is_deleted(yt_at(doc, owner)) || (yt_at(doc, owner)->flags & YT_ITEM_REDONE)) break;
        *done = wanted(a, owner);
        if (!*done) return YATA_OK;
        ref = owner;
    }
    for (uint32_t i = a->path.len; i-- > 0;) {
        place p;
        yata_status status = find_place(a, a->path.data[i], &p);
        *done = p.found;
        if (!status && p.found) status = make(a, a->path.data[i], &p);
        if (status || !p.found) return status;
    }
    return YATA_OK;
}

void yt_unmake(yt_again *a) {
    yata_doc *doc = a->txn->doc;
    yt_delete_revert(a->txn, &a->log, a->log_made);
    while (a->made.len) {
        const yt_made *made = &a->made.data[--a->made.len];
        yt_id id = yt_at(doc, made->item)->id;
        yt_integrate_undo(a->txn, id.slot, id.clock);
        YT_ASSERT(yt_state(doc, id.slot) == id.clock);
        yt_redone_drop(doc, made->from);
        yt_delete_revert(a->txn, &a->log, made->log);
    }
}
