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

/* Of fewer blocks it does not pay to count those that commit could merge. */
enum { MANY = 8 };

typedef struct run {
    yata_txn *txn;
    yata_doc *doc;
    yt_client *client;
    yt_touch *touch;
    uint32_t slot;
    uint32_t parent; /* a branch that takes items as they are */
    yt_branch *branch;
    yt_ref last; /* the newest block of the client, 0 if that is not an item */
    yt_item *last_item;
    uint32_t page;     /* of a block list: where an origin was found last */
    yt_ref *ends, end; /* see below; `end` where there is no table */
    uint32_t ends_mask;
    bool counts; /* blocks that could be merged into the one before */
    uint32_t joins, counted;
    yt_run deleted; /* tombstones that are still to be noted; there is room for the note */
} run;

/* Where a block goes. */
typedef struct gap {
    yt_id origin, right_origin;
    yt_ref left, right;
    yt_item *left_item, *right_item; /* NULL: none */
} gap;

static inline bool ends_at(const yt_item *it, yt_id id) {
    return yt_id_equal(yt_last_id(it), id);
}

/* ------------------------------------------------------------------------
 * Ends of items
 *
 * An origin is the end of an item. Where many blocks come, the item that was last to end with a clock is noted by the
 * clock's low bits: most origins are found there, and a search through cold pages is saved. Whether it is the right one
 * the item tells.
 */
enum { MOST_ENDS = 1 << 14, FEW_ENDS = 1 << 9 }; /* 64 kB; of fewer blocks the pages are few, too */

void yt_ends_open(yata_doc *doc, size_t blocks) {
    uint32_t count = MOST_ENDS;
    while (count > blocks) count /= 2;
    if (count < FEW_ENDS) return;
    doc->ends.items = yt_calloc(&doc->mem, count * sizeof *doc->ends.items);
    doc->ends.count = doc->ends.items ? count : 0;
}

void yt_ends_close(yata_doc *doc) {
    yt_free(&doc->mem, doc->ends.items, doc->ends.count * sizeof *doc->ends.items);
    doc->ends = (yt_ends){0};
}

/* Where it is noted. Without a table in one place, which tells of the newest item. */
static inline yt_ref *ends_place(run *r, uint32_t clock) {
    return &r->ends[clock & r->ends_mask];
}

/* ------------------------------------------------------------------------
 * One by one
 */
/* The item with the clock, which is below the client's state; 0: a GC. */
static yt_ref search_origin(run *r, const yt_client *client, uint32_t clock) {
    yt_place place = yt_store_search_page(client, r->page, clock);
    r->page = place.page;
    return yt_entry_at(client, place).item;
}

static inline bool is_left(const yata_doc *doc, gap *g, yt_ref ref) {
    g->left = ref;
    return ref && (g->left_item = yt_at(doc, ref), ends_at(g->left_item, g->origin));
}

/* The item that ends with the origin, as it is: false if there is none without a cut. */
static inline bool find_left(run *r, gap *g) {
    const yata_doc *doc = r->doc;
    if (r->last) {
        g->left = r->last;
        g->left_item = r->last_item;
        if (ends_at(g->left_item, g->origin)) return true;
        if (is_left(doc, g, r->last_item->left) || is_left(doc, g, r->last_item->right)) return true;
    }
    const yt_client *client = yt_client_at(doc, g->origin.slot);
    if (g->origin.clock >= client->state) return false;
    return is_left(doc, g, *ends_place(r, g->origin.clock)) ||
           is_left(doc, g, search_origin(r, client, g->origin.clock));
}

static inline yt_id id_of(const run *r, yata_id id) {
    yt_id own = {r->slot, id.clock};
    if (YT_UNLIKELY(id.client != r->client->client)) own.slot = yt_slot_near(r->doc, id.client);
    return own;
}

/* The neighbours of a block; false: not between two neighbours, or not plainly so. */
static inline bool find_gap(run *r, const yt_block *b, gap *g) {
    g->origin = g->right_origin = (yt_id){YT_NONE, 0};
    if (b->info & YT_INFO_RIGHT) g->right_origin = id_of(r, b->right);
    if (YT_LIKELY(b->info & YT_INFO_ORIGIN)) {
        g->origin = id_of(r, b->origin);
        if (g->origin.slot == YT_NONE || !find_left(r, g)) return false;
        g->right = g->left_item->right;
    } else { /* at the front, where the block before was put, too */
        g->left = 0;
        g->left_item = NULL;
        g->right = r->last;
        if (!g->right || r->last_item->left) return false;
    }
    g->right_item = g->right ? yt_at(r->doc, g->right) : NULL;
    if (!g->right) return !(b->info & YT_INFO_RIGHT);
    return (b->info & YT_INFO_RIGHT) && yt_id_equal(g->right_item->id, g->right_origin);
}

/* Is this a list that lives? Client and list are then noted. */
static inline bool find_list(run *r, const yt_item *neighbour) {
    if (yt_is_keyed(neighbour)) return false;
    if (YT_LIKELY(neighbour->parent == r->parent)) return true;
    yt_branch *branch = yt_branch_at(r->doc, neighbour->parent);
    if (branch->owner && yt_is_deleted(yt_at(r->doc, branch->owner))) return false;
    if (!yt_txn_change(r->txn, branch, YT_NONE)) return false;
    r->parent = neighbour->parent;
    r->branch = branch;
    return true;
}

static YT_APART void note_deleted(run *r) {
    yt_mem *mem = &r->doc->mem;
    if (!r->deleted.len) return;
    yt_txn_number(r->txn, r->touch);
    yt_runs_add(mem, &r->touch->deleted, r->deleted.clock, r->deleted.len);
    yt_runs_add(mem, &r->client->deleted, r->deleted.clock, r->deleted.len);
    r->deleted.len = 0;
}

/* A tombstone is the newest block: notes it together with the one before, or makes room for another note. */
static inline bool reserve_deleted(run *r, const yt_block *b) {
    if (r->deleted.len && r->deleted.clock + r->deleted.len == b->id.clock) return true;
    note_deleted(r);
    yt_mem *mem = &r->doc->mem;
    return yt_runs_reserve_last(mem, &r->touch->deleted) && yt_runs_reserve_last(mem, &r->client->deleted);
}

/* Fills a new item. False: no memory. */
static inline bool fill(run *r, const yt_block *b, const gap *g, yt_ref ref, yt_item *it) {
    it->id = (yt_id){r->slot, b->id.clock};
    it->origin = g->origin;
    it->right_origin = g->right_origin;
    it->left = g->left;
    it->right = g->right;
    it->len = b->len;
    it->parent = r->parent;
    it->u.leaf = 0;
    it->content = b->content;
    it->flags = b->content == YT_DELETED ? YT_ITEM_DELETED : 0;
    if (r->doc->weak && g->left && g->right) it->flags |= (g->left_item->flags | g->right_item->flags) & YT_ITEM_LINKED;
    it->wide = 0;
    it->chunk = it->at = 0;
    if (b->content == YT_DELETED) return reserve_deleted(r, b);
    if (b->content != YT_STRING || !yt_text_append(r->doc, b, &it->chunk, &it->at))
        return yt_content_import(r->doc, ref, b, 0);
    it->wide = yt_text_wide((uint32_t)b->data.len, b->len);
    return true;
}

static inline void link_in(const run *r, const gap *g, const yt_item *it, yt_ref ref) {
    yt_branch *branch = r->branch;
    r->doc->placed = 0;
    if (g->left)
        g->left_item->right = ref;
    else
        branch->first = ref;
    if (g->right)
        g->right_item->left = ref;
    else
        branch->last = ref;
    if (branch->cursor || branch->tree) yt_seq_linked(r->doc, branch, ref);
    if (it->content == YT_DELETED) return;
    branch->len += it->len;
    branch->wide |= it->wide != 0;
    branch->units += it->wide ? yt_units(r->doc, it) : it->len;
}

static inline bool could_join(const yt_item *left, const yt_item *right) {
    return yt_continues(left, right) && right->content == left->content &&
           ((right->flags ^ left->flags) & YT_ITEM_DELETED) == 0;
}

/* Counts what commit would merge. Mostly it is nothing: whoever wrote the update merged all that could be, and where a
 * block could once be merged into the one before, another one comes between them later. */
static inline void count_joins(run *r, const gap *g, const yt_item *it) {
    if (!g->left) return;
    if (g->left == r->last && could_join(g->left_item, it)) r->joins++;
    if (g->right && YT_UNLIKELY(could_join(g->left_item, g->right_item)) && g->right_item->id.slot == r->slot &&
        g->right_item->id.clock >= r->counted)
        r->joins--;
}

static bool append(run *r, const yt_block *b) {
    yata_doc *doc = r->doc;
    if (b->content != YT_STRING && b->content != YT_DELETED && b->content != YT_ANY) return false;
    if (b->id.clock != r->client->state || b->parent == YT_PARENT_ID) return false;
    gap g;
    if (!find_gap(r, b, &g) || !find_list(r, g.left ? g.left_item : g.right_item)) return false;
    yt_ref ref = yt_item_take(doc);
    if (!ref) return false;
    yt_item *it = yt_at(doc, ref);
    if (!fill(r, b, &g, ref, it)) {
        yt_item_free(doc, ref);
        return false;
    }
    yt_entry entry = {b->id.clock, ref};
    if (!(r->branch->owner ? yt_store_append(doc, r->client, entry) : yt_store_append_row(doc, r->client, entry))) {
        yt_item_discard(doc, ref);
        return false;
    }
    if (r->counts) count_joins(r, &g, it);
    r->client->state += it->len;
    *ends_place(r, r->client->state - 1) = ref;
    link_in(r, &g, it, ref);
    if (it->content == YT_DELETED) {
        if (!r->deleted.len) r->deleted.clock = b->id.clock;
        r->deleted.len += b->len;
    }
    r->last = ref;
    r->last_item = it;
    return true;
}

/* ------------------------------------------------------------------------
 * Many in a row
 *
 * While all that comes is text and tombstones of one client in one list, between items that all have ids of this
 * client, most of what is asked above has the same answer each time: here it is asked once. The newest item and its
 * neighbours stay in registers; mostly one of them is the origin.
 *
 *       before ── newest ── behind        a block stands behind one of the three, or the way to its origin is searched
 */
typedef struct spot {
    yt_ref ref; /* 0: none, and no item */
    yt_item *it;
} spot;

typedef struct row {
    yt_item *const *slabs;
    yt_page *page;
    spot before, newest, behind;
    uint32_t state, made;
    uint32_t joins, len, units;
} row;

static inline spot spot_at(const row *w, yt_ref ref) {
    return (spot){ref, ref ? &w->slabs[ref / YT_SLAB_ITEMS][ref % YT_SLAB_ITEMS] : NULL};
}

static inline bool ends_with(const spot *s, uint32_t slot, uint32_t clock) {
    return s->ref && ends_at(s->it, (yt_id){slot, clock});
}

/* How many blocks there is room for; 0: they cannot come in a row. */
static uint32_t row_begin(const run *r, row *w, uint32_t count) {
    const yata_doc *doc = r->doc;
    const yt_client *client = r->client;
    const yt_branch *branch = r->branch;
    if (!r->last || branch->cursor || branch->tree || doc->weak) return 0;
    if (doc->pool.free || r->last_item->parent != r->parent) return 0;
    *w = (row){.slabs = doc->pool.slabs, .page = client->pages[client->page_count - 1]};
    w->state = client->state;
    w->made = doc->pool.made;
    YT_ASSERT(!w->page->row || !branch->owner);
    if (w->page->row && w->page->row + w->page->len != w->made) return 0;
    w->newest = (spot){r->last, r->last_item};
    w->before = spot_at(w, r->last_item->left);
    w->behind = spot_at(w, r->last_item->right);
    uint32_t items = doc->pool.slab_count * YT_SLAB_ITEMS - w->made, entries = w->page->cap - w->page->len;
    if (count > items) count = items;
    return count < entries ? count : entries;
}

static void row_end(run *r, const row *w) {
    yata_doc *doc = r->doc;
    doc->pool.live += w->made - doc->pool.made;
    doc->pool.made = w->made;
    doc->placed = 0;
    r->client->state = w->state;
    r->branch->len += w->len;
    r->branch->units += w->units;
    r->joins += w->joins;
    r->last = w->newest.ref;
    r->last_item = w->newest.it;
}

/* The item that ends with the origin, and the one behind it. */
static inline bool row_gap(run *r, const row *w, uint32_t origin, spot *left, spot *right) {
    if (origin + 1 == w->state) { /* the newest has the newest clock */
        *left = w->newest;
        *right = w->behind;
        return true;
    }
    if (ends_with(&w->before, r->slot, origin)) {
        *left = w->before;
        *right = w->newest;
        return true;
    }
    if (ends_with(&w->behind, r->slot, origin)) {
        *left = w->behind;
    } else {
        *left = spot_at(w, *ends_place(r, origin));
        if (!ends_with(left, r->slot, origin)) {
            *left = spot_at(w, search_origin(r, r->client, origin));
            if (!ends_with(left, r->slot, origin)) return false;
        }
    }
    *right = spot_at(w, left->it->right);
    return true;
}

/* Takes the content. False: another way is needed. */
static inline bool row_content(run *r, row *w, const yt_block *b, yt_item *it) {
    it->content = b->content;
    if (b->content == YT_DELETED) {
        if (!reserve_deleted(r, b)) return false;
        if (!r->deleted.len) r->deleted.clock = w->state;
        r->deleted.len += b->len;
        it->flags = YT_ITEM_DELETED;
        it->wide = 0;
        it->chunk = it->at = 0;
        return true;
    }
    if (b->content != YT_STRING || !yt_text_append(r->doc, b, &it->chunk, &it->at)) return false;
    it->flags = 0;
    it->wide = yt_text_wide((uint32_t)b->data.len, b->len);
    w->len += b->len;
    if (YT_LIKELY(!it->wide)) {
        w->units += b->len;
    } else {
        it->len = b->len; /* is needed to count */
        w->units += yt_units(r->doc, it);
        r->branch->wide = true;
    }
    return true;
}

/* could_join, of two items of one client whose clocks follow each other. No branch: it is as good as random. */
static inline uint32_t row_joins(const yt_item *left, const yt_item *right) {
    return (uint32_t)yt_id_equal(right->right_origin, left->right_origin) &
           (uint32_t)yt_id_equal(right->origin, yt_last_id(left)) & (right->content == left->content) &
           (((right->flags ^ left->flags) & YT_ITEM_DELETED) == 0);
}

static inline bool row_append(run *r, row *w, const yt_block *b) {
    const uint64_t own = r->client->client;
    const bool has_right = b->info & YT_INFO_RIGHT;
    if (!(b->info & YT_INFO_ORIGIN) || b->parent == YT_PARENT_ID || b->id.clock != w->state) return false;
    if (b->origin.client != own || (has_right && b->right.client != own)) return false;
    spot left, right;
    if (!row_gap(r, w, b->origin.clock, &left, &right)) return false;
    if (left.it->parent != r->parent || yt_is_keyed(left.it) || has_right != (right.ref != 0)) return false;
    yt_id right_origin = {YT_NONE, 0};
    if (has_right) {
        right_origin = (yt_id){r->slot, b->right.clock};
        if (!yt_id_equal(right.it->id, right_origin)) return false;
    }
    spot self = spot_at(w, w->made);
    yt_item *it = self.it;
    if (!row_content(r, w, b, it)) return false;
    it->id = (yt_id){r->slot, w->state};
    it->origin = (yt_id){r->slot, b->origin.clock};
    it->right_origin = right_origin;
    it->left = left.ref;
    it->right = right.ref;
    it->len = b->len;
    it->parent = r->parent;
    it->u.leaf = 0;
    if (!w->page->row) w->page->clocks[w->page->cap + w->page->len] = self.ref;
    w->page->clocks[w->page->len++] = w->state;
    w->state += b->len;
    w->made++;
    *ends_place(r, w->state - 1) = self.ref;
    if (left.ref == w->newest.ref) w->joins += row_joins(left.it, it);
    if (has_right && b->right.clock == b->origin.clock + 1 && b->right.clock >= r->counted)
        w->joins -= row_joins(left.it, right.it);
    left.it->right = self.ref;
    if (right.ref)
        right.it->left = self.ref;
    else
        r->branch->last = self.ref;
    w->before = left;
    w->behind = right;
    w->newest = self;
    return true;
}

/* Places blocks as long as they come in a row: how many. */
static YT_APART uint32_t append_row(run *r, const yt_block *blocks, uint32_t count) {
    row w;
    uint32_t n = 0, most = row_begin(r, &w, count);
    if (!most) return 0;
    while (n < most && row_append(r, &w, &blocks[n])) n++;
    row_end(r, &w);
    return n;
}

/* Counts those, too, that came the general way since it was counted last, if they are few. */
static void count_others(run *r, yt_touch *touch) {
    const yt_client *client = r->client;
    yt_place place = yt_store_find(client, touch->settled), before = place;
    if (yt_entry_at(client, place).clock != touch->settled || !yt_place_prev(client, &before)) return;
    uint32_t joins = touch->joins, n = 0;
    yt_ref left = yt_entry_at(client, before).item;
    do {
        yt_ref right = yt_entry_at(client, place).item;
        if (!left || !right)
            joins += !left && !right;
        else if (yt_at(r->doc, right)->left == left)
            joins += could_join(yt_at(r->doc, left), yt_at(r->doc, right));
        left = right;
        if (++n > MANY) return;
    } while (yt_place_next(client, &place));
    touch->joins = joins;
    touch->settled = client->state;
}

/* Goes on where it was counted last, or, if it never was, begins here. */
static void count_begin(run *r) {
    yt_touch *touch = r->touch;
    if (touch->counted == touch->settled) {
        touch->counted = touch->settled = r->client->state;
        touch->joins = 0;
    } else if (touch->settled < r->client->state) {
        count_others(r, touch);
    }
    r->counts = touch->settled == r->client->state;
    r->counted = touch->counted;
    r->joins = touch->joins;
}

uint32_t yt_append(yata_txn *txn, uint32_t slot, const yt_block *blocks, uint32_t count) {
    yata_doc *doc = txn->doc;
    yt_client *client = yt_client_at(doc, slot);
    if (client->client == doc->client_id || !client->state) return 0;
    run r = {.txn = txn, .doc = doc, .client = client, .slot = slot, .parent = YT_NONE};
    r.ends = doc->ends.count ? doc->ends.items : &r.end;
    r.ends_mask = doc->ends.count ? doc->ends.count - 1 : 0;
    r.last = yt_store_last(client).item;
    if (r.last) r.last_item = yt_at(doc, r.last);
    r.touch = yt_txn_touch(txn, slot);
    if (!r.touch) return 0;
    if (count >= MANY) count_begin(&r);
    uint32_t n = 0;
    while (n < count) {
        if (r.branch && blocks[n].info & YT_INFO_ORIGIN) n += append_row(&r, blocks + n, count - n);
        if (n == count || !append(&r, &blocks[n])) break;
        n++;
    }
    note_deleted(&r);
    if (r.counts) {
        r.touch->settled = client->state;
        r.touch->joins = r.joins;
    }
    return n;
}
