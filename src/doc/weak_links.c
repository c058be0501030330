/* SPDX-License-Identifier: MIT */
/*
 * weak_links.c - where weak links lead, and who is told when that changes (weak_links.h).
 *
 * yrs keeps for every item the links that lead to it, and moves them along as items are cut and joined. Here a range is
 * walked when somebody asks: an edit inside it costs nothing, and what was cut, inserted or collected meanwhile cannot
 * be missed. Only documents with links and with observers pay, for the ranges in types that changed.
 *
 * Invariant: the table has exactly the links that are in the document and not deleted, and whose beginning was there
 * when they came.
 */
#include "doc/weak_links.h"

#include "doc/branch.h"
#include "doc/integrate.h"
#include "doc/store.h"
#include "doc/txn.h"

/* ------------------------------------------------------------------------
 * Ranges
 */
yt_ref yt_link_item(const yata_doc *doc, yata_id id) {
    uint32_t slot = yt_slot_find(doc, id.client);
    if (slot == YT_NONE || id.clock >= yt_state(doc, slot)) return 0;
    return yt_item_find(yt_client_at(doc, slot), id.clock);
}

/* The type of which an open end is one end. */
static const yt_branch *open_branch(const yata_doc *doc, const yata_link_end *end) {
    if (end->root.data) return yt_root_find(doc, end->root);
    yt_ref ref = yt_link_item(doc, end->id);
    return ref && yt_at(doc, ref)->content == YT_TYPE ? yt_branch_at(doc, yt_at(doc, ref)->chunk) : NULL;
}

static void begin_entry(yt_quote *q, yt_ref ref) {
    while (yt_at(q->doc, ref)->right) ref = yt_at(q->doc, ref)->right;
    q->ref = ref;
    q->from = yt_at(q->doc, ref)->len - 1;
    q->end.slot = YT_NONE;
}

bool yt_quote_begin(yt_quote *q, const yata_doc *doc, const yata_link *link) {
    *q = (yt_quote){.doc = doc, .end = {YT_NONE, 0}, .end_after = link->end.after};
    if (!link->end.open) {
        q->end = (yt_id){yt_slot_find(doc, link->end.id.client), link->end.id.clock};
        if (q->end.slot == YT_NONE) return false;
    }
    if (link->start.open) {
        q->branch = open_branch(doc, &link->start);
        if (q->branch) q->ref = q->branch->first;
        return q->branch != NULL;
    }
    yt_ref ref = yt_link_item(doc, link->start.id);
    if (!ref) return false;
    const yt_item *it = yt_at(doc, ref);
    q->branch = yt_branch_at(doc, it->parent);
    if (yt_is_keyed(it)) {
        begin_entry(q, ref);
        return true;
    }
    q->ref = ref;
    q->from = link->start.id.clock - it->id.clock + link->start.after;
    if (q->from == it->len) {
        /* The range could be empty: it then ends at the element behind which it begins. */
        q->done = q->end.slot == it->id.slot && q->end.clock == it->id.clock + it->len - 1;
        q->ref = it->right;
        q->from = 0;
    }
    return true;
}

bool yt_quote_next(yt_quote *q, yt_ref *ref, uint32_t *from, uint32_t *to) {
    while (q->ref && !q->done) {
        const yt_item *it = yt_at(q->doc, q->ref);
        *ref = q->ref;
        *from = q->from;
        *to = it->len;
        q->ref = it->right;
        q->from = 0;
        if (it->id.slot == q->end.slot && q->end.clock >= it->id.clock && q->end.clock - it->id.clock < it->len) {
            *to = q->end.clock - it->id.clock + q->end_after;
            q->done = true;
        }
        if (*from < *to) return true;
    }
    return false;
}

/* ------------------------------------------------------------------------
 * The table
 */
static struct yt_weak *table(yata_doc *doc) {
    if (doc->weak) return doc->weak;
    struct yt_weak *made = yt_calloc(&doc->mem, sizeof *made);
    if (made) made->free = YT_NONE;
    return doc->weak = made;
}

void yt_weak_free(yata_doc *doc) {
    if (!doc->weak) return;
    yt_vec_free(&doc->mem, &doc->weak->entries);
    yt_u64_map_free(&doc->mem, &doc->weak->heads);
    yt_u64_map_free(&doc->mem, &doc->weak->places);
    yt_free(&doc->mem, doc->weak, sizeof *doc->weak);
    doc->weak = NULL;
}

/* The type that the link leads into. False: no memory. *quoted is NULL if there is none. */
static bool find_quoted(yata_doc *doc, const yata_link *link, const yt_branch **quoted) {
    if (link->start.open && link->start.root.data) {
        *quoted = yt_root(doc, link->start.root);
        return *quoted != NULL;
    }
    yt_quote q;
    *quoted = yt_quote_begin(&q, doc, link) ? q.branch : NULL;
    return true;
}

bool yt_weak_prepare(yata_doc *doc, const yt_branch *weak) {
    const yt_branch *quoted;
    yata_link link = yt_weak_link(doc, weak);
    if (!find_quoted(doc, &link, &quoted)) return false;
    if (!quoted) return true;
    struct yt_weak *t = table(doc);
    if (!t) return false;
    uint32_t place = t->free;
    if (place == YT_NONE) {
        if (!yt_vec_reserve(&doc->mem, &t->entries, 1)) return false;
        place = t->entries.len;
    }
    uint32_t next = yt_u64_map_get(&t->heads, quoted->ref);
    if (!yt_u64_map_put(&doc->mem, &t->places, weak->ref, place)) return false;
    if (!yt_u64_map_put(&doc->mem, &t->heads, quoted->ref, place)) {
        yt_u64_map_remove(&t->places, weak->ref);
        return false;
    }
    yt_weak_entry entry = {weak->ref, quoted->ref, quoted->generation, next};
    if (place == t->entries.len) {
        yt_vec_put(&t->entries, entry);
    } else {
        t->free = t->entries.data[place].next;
        t->entries.data[place] = entry;
    }
    return true;
}

void yt_weak_forget(yata_doc *doc, uint32_t branch) {
    struct yt_weak *t = doc->weak;
    uint32_t place = t ? yt_u64_map_get(&t->places, branch) : YT_NONE;
    if (place == YT_NONE) return;
    yt_u64_map_remove(&t->places, branch);
    yt_weak_entry *entry = &t->entries.data[place];
    uint32_t head = yt_u64_map_get(&t->heads, entry->quoted);
    if (head != place) {
        yt_weak_entry *before = &t->entries.data[head];
        while (before->next != place) before = &t->entries.data[before->next];
        before->next = entry->next;
    } else if (entry->next == YT_NONE) {
        yt_u64_map_remove(&t->heads, entry->quoted);
    } else {
        bool put = yt_u64_map_put(&doc->mem, &t->heads, entry->quoted, entry->next); /* replaces */
        YT_ASSERT(put);
        (void)put;
    }
    *entry = (yt_weak_entry){YT_NONE, 0, 0, t->free};
    t->free = place;
}

/* The first, and the next, link into a type, YT_NONE at the end. A place in the table of branches may have been given
 * to another type. */
static uint32_t live_from(const struct yt_weak *t, const yt_branch *quoted, uint32_t place) {
    while (place != YT_NONE && t->entries.data[place].generation != quoted->generation)
        place = t->entries.data[place].next;
    return place;
}

static uint32_t first_into(const yata_doc *doc, const yt_branch *quoted) {
    const struct yt_weak *t = doc->weak;
    return t ? live_from(t, quoted, yt_u64_map_get(&t->heads, quoted->ref)) : YT_NONE;
}

static uint32_t next_into(const yata_doc *doc, const yt_branch *quoted, uint32_t place) {
    return live_from(doc->weak, quoted, doc->weak->entries.data[place].next);
}

static const yt_branch *link_at(const yata_doc *doc, uint32_t place) {
    return yt_branch_at(doc, doc->weak->entries.data[place].branch);
}

/* ------------------------------------------------------------------------
 * Marks
 */

/* Marks without cutting. */
static void mark_range(yata_doc *doc, const yata_link *link) {
    yt_quote q;
    yt_ref ref;
    uint32_t from, to;
    if (!yt_quote_begin(&q, doc, link)) return;
    while (yt_quote_next(&q, &ref, &from, &to)) yt_at(doc, ref)->flags |= YT_ITEM_LINKED;
}

void yt_weak_integrated(yata_txn *txn, const yt_branch *weak) {
    yata_doc *doc = txn->doc;
    yata_link link = yt_weak_link(doc, weak);
    yt_quote q;
    yt_ref ref, half;
    uint32_t from, to;
    if (!yt_quote_begin(&q, doc, &link)) return;
    bool entry = q.ref && yt_is_keyed(yt_at(doc, q.ref));
    while (yt_quote_next(&q, &ref, &from, &to)) {
        if (!entry && to < yt_at(doc, ref)->len) (void)yt_split_item(txn, ref, to, &half);
        if (!entry && from && !yt_split_item(txn, ref, from, &half)) ref = half;
        yt_at(doc, ref)->flags |= YT_ITEM_LINKED;
        if (!q.done && !entry) q.ref = yt_at(doc, ref)->right;
    }
}

static void unmark_range(yata_txn *txn, const yata_link *link) {
    yata_doc *doc = txn->doc;
    yt_quote q;
    yt_ref ref;
    uint32_t from, to;
    if (!yt_quote_begin(&q, doc, link)) return;
    while (yt_quote_next(&q, &ref, &from, &to)) {
        yt_item *it = yt_at(doc, ref);
        if (!(it->flags & YT_ITEM_LINKED)) continue;
        it->flags &= (uint8_t)~YT_ITEM_LINKED;
        if (yt_content_countable(it->content) && yt_vec_reserve(&doc->mem, &txn->merge, 1))
            yt_vec_put(&txn->merge, it->id);
    }
}

void yt_weak_deleted(yata_txn *txn, const yt_branch *weak) {
    yata_doc *doc = txn->doc;
    uint32_t place = doc->weak ? yt_u64_map_get(&doc->weak->places, weak->ref) : YT_NONE;
    if (place == YT_NONE) return;
    const yt_branch *quoted = yt_branch_at(doc, doc->weak->entries.data[place].quoted);
    bool there = quoted && quoted->generation == doc->weak->entries.data[place].generation;
    yata_link link = yt_weak_link(doc, weak);
    yt_weak_forget(doc, weak->ref);
    if (!there) return;
    unmark_range(txn, &link);
    for (uint32_t i = first_into(doc, quoted); i != YT_NONE; i = next_into(doc, quoted, i)) {
        link = yt_weak_link(doc, link_at(doc, i));
        mark_range(doc, &link);
    }
}

/* The table has room: it had it. What the range was cut into, it still is. */
void yt_weak_revived(yata_doc *doc, const yt_branch *weak) {
    bool put = yt_weak_prepare(doc, weak);
    YT_ASSERT(put);
    (void)put;
    yata_link link = yt_weak_link(doc, weak);
    mark_range(doc, &link);
}

/* ------------------------------------------------------------------------
 * Changes
 */
static bool is_new(const yata_txn *txn, const yt_item *it) {
    const yt_touch *touch = yt_txn_find(txn, it->id.slot);
    return touch && it->id.clock >= touch->before;
}

static bool is_touched(const yata_txn *txn, const yt_item *it) {
    const yt_touch *touch = yt_txn_find(txn, it->id.slot);
    return touch && (it->id.clock >= touch->before || yt_runs_contains(&touch->deleted, it->id.clock));
}

/* Was something in the range made or deleted? *keyed: it is the map entry. */
static bool range_touched(const yata_txn *txn, const yata_link *link, uint32_t *key) {
    const yata_doc *doc = txn->doc;
    yt_quote q;
    yt_ref ref;
    uint32_t from, to;
    *key = YT_NONE;
    if (!yt_quote_begin(&q, doc, link)) return false;
    while (yt_quote_next(&q, &ref, &from, &to)) {
        const yt_item *it = yt_at(doc, ref);
        if (!is_touched(txn, it)) continue;
        if (yt_is_keyed(it)) *key = it->u.key;
        return true;
    }
    return false;
}

static bool note_link(yata_txn *txn, const yt_branch *weak) {
    yata_doc *doc = txn->doc;
    uint32_t key;
    yata_link link = yt_weak_link(doc, weak);
    if (is_new(txn, yt_at(doc, weak->owner)) || !range_touched(txn, &link, &key)) return true;
    if (!yt_vec_reserve(&doc->mem, &txn->changed, 1)) return false;
    yt_change change = {.branch = weak->ref, .generation = weak->generation, .list = key == YT_NONE};
    yt_vec_put(&txn->changed, change);
    txn->rare = true;
    return true;
}

bool yt_weak_note_changes(yata_txn *txn) {
    const yata_doc *doc = txn->doc;
    uint32_t n = txn->changed.len;
    for (uint32_t i = 0; i < n; i++) {
        const yt_branch *quoted = yt_txn_changed(doc, &txn->changed.data[i]);
        uint32_t place = quoted ? first_into(doc, quoted) : YT_NONE;
        for (; place != YT_NONE; place = next_into(doc, quoted, place))
            if (!note_link(txn, link_at(doc, place))) return false;
    }
    return true;
}

static bool leads_to(const yata_doc *doc, const yt_branch *weak, yt_ref item) {
    yata_link link = yt_weak_link(doc, weak);
    yt_quote q;
    yt_ref ref;
    uint32_t from, to;
    if (!yt_quote_begin(&q, doc, &link)) return false;
    while (yt_quote_next(&q, &ref, &from, &to))
        if (ref == item) return true;
    return false;
}

const yt_branch *yt_weak_next_to(const yata_doc *doc, yt_ref item, uint32_t *place) {
    const yt_item *it = yt_at(doc, item);
    if (!doc->weak || !(it->flags & YT_ITEM_LINKED)) return NULL;
    const yt_branch *quoted = yt_branch_at(doc, it->parent);
    uint32_t i = *place == YT_NONE ? first_into(doc, quoted) : next_into(doc, quoted, *place);
    while (i != YT_NONE && !leads_to(doc, link_at(doc, i), item)) i = next_into(doc, quoted, i);
    *place = i;
    return i == YT_NONE ? NULL : link_at(doc, i);
}
