/* SPDX-License-Identifier: MIT */
/*
 * append.c - the short way into the document.
 *
 * In an update nearly every block is the next one of its client, is text, values or a tombstone of a list, and stands
 * between two items that are neighbours when it comes, because nobody else wrote there at the same time. For such a
 * block all that apply.c and integrate.c do comes down to: find its left neighbour, link it in. This file does just
 * that, in one loop, and gives back to them whatever it cannot be sure about. It changes nothing of the result.
 *
 * The left neighbour is mostly the block before, or stands next to it in the list: one types on where one was.
 */
#include "doc/append.h"

#include "doc/content.h"
#include "doc/integrate.h"
#include "doc/pool.h"
#include "doc/seq_index.h"

typedef struct run {
    yata_txn *txn;
    yata_doc *doc;
    yt_client *client;
    yt_touch *touch;
    uint32_t slot;
    uint32_t parent; /* a branch that takes items as they are */
    yt_branch *branch;
    yt_ref last; /* the item made last */
} run;

static inline bool ends_at(const yata_doc *doc, yt_ref ref, yt_id id) {
    const yt_item *it = yt_at(doc, ref);
    return it->id.slot == id.slot && it->id.clock + it->len - 1 == id.clock;
}

/* The item that ends with this id, as it is: 0 if there is none without a cut. */
static yt_ref find_end(const run *r, yt_id id) {
    const yata_doc *doc = r->doc;
    if (r->last) {
        if (ends_at(doc, r->last, id)) return r->last;
        yt_ref left = yt_at(doc, r->last)->left, right = yt_at(doc, r->last)->right;
        if (left && ends_at(doc, left, id)) return left;
        if (right && ends_at(doc, right, id)) return right;
    }
    const yt_client *client = yt_client_at(doc, id.slot);
    if (id.clock >= client->state) return 0;
    yt_ref ref = yt_item_find(client, id.clock);
    return ref && ends_at(doc, ref, id) ? ref : 0;
}

/* The neighbours of a block; false: not between two neighbours, or not plainly so. */
static inline bool find_neighbours(const run *r, const yt_block *b, yt_item *it) {
    yata_doc *doc = r->doc;
    it->origin = it->right_origin = (yt_id){YT_NONE, 0};
    if (b->info & YT_INFO_RIGHT) it->right_origin = (yt_id){yt_slot_near(doc, b->right.client), b->right.clock};
    if (b->info & YT_INFO_ORIGIN) {
        it->origin = (yt_id){yt_slot_near(doc, b->origin.client), b->origin.clock};
        it->left = it->origin.slot == YT_NONE ? 0 : find_end(r, it->origin);
        if (!it->left) return false;
        it->right = yt_at(doc, it->left)->right;
    } else { /* at the front, where the block before was put, too */
        it->left = 0;
        it->right = r->last;
        if (!it->right || yt_at(doc, it->right)->left) return false;
    }
    if (!it->right) return !(b->info & YT_INFO_RIGHT);
    return (b->info & YT_INFO_RIGHT) && yt_id_equal(yt_at(doc, it->right)->id, it->right_origin);
}

/* The list in which they stand, if it is one that was noted in this transaction and lives. */
static inline bool find_list(run *r, yt_item *it) {
    const yt_item *neighbour = yt_at(r->doc, it->left ? it->left : it->right);
    if (yt_is_keyed(neighbour)) return false;
    it->parent = neighbour->parent;
    if (YT_LIKELY(it->parent == r->parent)) return true;
    yt_branch *branch = yt_branch_at(r->doc, it->parent);
    if (branch->change_txn != r->txn->number) return false;
    if (branch->owner && yt_is_deleted(yt_at(r->doc, branch->owner))) return false;
    r->parent = it->parent;
    r->branch = branch;
    return true;
}

static bool is_plain(const yt_block *b) {
    return b->content == YT_STRING || b->content == YT_DELETED || b->content == YT_ANY;
}

/* Room for the notes on a tombstone that is the newest block? */
static inline bool reserve_deleted(const run *r) {
    yt_mem *mem = &r->doc->mem;
    return yt_runs_reserve_last(mem, &r->touch->deleted) && yt_runs_reserve_last(mem, &r->client->deleted);
}

static inline void note_deleted(const run *r, const yt_item *it) {
    yt_mem *mem = &r->doc->mem;
    if (!r->touch->deletion) r->touch->deletion = ++r->txn->deletions;
    yt_runs_add(mem, &r->touch->deleted, it->id.clock, it->len);
    yt_runs_add(mem, &r->client->deleted, it->id.clock, it->len);
}

static inline void link_in(const run *r, const yt_item *it, yt_ref ref) {
    yata_doc *doc = r->doc;
    yt_branch *branch = r->branch;
    if (it->left)
        yt_at(doc, it->left)->right = ref;
    else
        branch->first = ref;
    if (it->right)
        yt_at(doc, it->right)->left = ref;
    else
        branch->last = ref;
    yt_seq_linked(doc, branch, ref);
    if (it->content == YT_DELETED) return;
    branch->len += it->len;
    branch->units += yt_units(doc, it);
}

static bool append(run *r, const yt_block *b) {
    yata_doc *doc = r->doc;
    if (!is_plain(b) || b->id.clock != r->client->state || b->parent == YT_PARENT_ID) return false;
    yt_item found;
    if (!find_neighbours(r, b, &found) || !find_list(r, &found)) return false;
    yt_ref ref = yt_item_new(doc);
    if (!ref) return false;
    yt_item *it = yt_at(doc, ref);
    it->id = (yt_id){r->slot, b->id.clock};
    it->origin = found.origin;
    it->right_origin = found.right_origin;
    it->left = found.left;
    it->right = found.right;
    it->parent = found.parent;
    bool deleted = b->content == YT_DELETED;
    if (deleted) it->flags = YT_ITEM_DELETED;
    if (!yt_content_import(doc, ref, b, 0)) {
        yt_item_free(doc, ref);
        return false;
    }
    if ((deleted && !reserve_deleted(r)) || !yt_store_append(doc, r->client, (yt_entry){it->id.clock, ref})) {
        yt_item_discard(doc, ref);
        return false;
    }
    r->client->state += it->len;
    link_in(r, it, ref);
    if (deleted) note_deleted(r, it);
    r->last = ref;
    return true;
}

uint32_t yt_append(yata_txn *txn, uint32_t slot, const yt_block *blocks, uint32_t count) {
    yata_doc *doc = txn->doc;
    yt_client *client = yt_client_at(doc, slot);
    if (client->txn != txn->number || client->client == doc->client_id || !client->state) return 0;
    run r = {.txn = txn, .doc = doc, .client = client, .slot = slot, .parent = YT_NONE};
    r.touch = &txn->touched.data[client->touch];
    r.last = yt_store_last(client)->item;
    uint32_t n = 0;
    while (n < count && append(&r, &blocks[n])) n++;
    return n;
}
