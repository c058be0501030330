/* SPDX-License-Identifier: MIT */
/*
 * integrate.c - the heart: cutting items and placing new ones (spec/integrate.md).
 *
 * Every step that can fail comes before the first change, so an item is in the document or it is not.
 *
 * The conflict scan asks two questions of an item: was it passed in this scan, and was it passed since the last time
 * the answer moved? Both are "at which step was it passed?", which is kept in a small array, then, for long scans, in
 * an array by item handle whose values only grow, so that it needs no clearing. Without memory for it the answer is
 * found by walking again.
 */
#include "doc/integrate.h"

#include "doc/branch.h"
#include "doc/content.h"
#include "doc/delete.h"
#include "doc/grow.h"
#include "doc/pool.h"
#include "doc/redo.h"
#include "doc/seq_index.h"
#include "doc/instance.h"
#include "doc/weak_links.h"

/* ------------------------------------------------------------------------
 * Splitting
 */
static void link_right_half(yata_doc *doc, yt_ref left, yt_ref right, uint32_t diff) {
    yt_item *l = yt_at(doc, left), *r = yt_at(doc, right);
    r->id.slot = l->id.slot;
    r->id.clock = l->id.clock + diff;
    r->origin.slot = l->id.slot;
    r->origin.clock = l->id.clock + diff - 1;
    r->right_origin = l->right_origin;
    r->parent = l->parent;
    r->flags = l->flags; /* REDONE was set before */
    if (yt_is_keyed(l)) r->u.key = l->u.key;
    r->left = left;
    r->right = l->right;
    l->right = right;
    yt_branch *branch = yt_branch_at(doc, l->parent);
    if (r->right)
        yt_at(doc, r->right)->left = right;
    else if (yt_is_keyed(r))
        yt_entry_find(branch, r->u.key)->item = right;
    else
        branch->last = right;
}

yata_status yt_split(yata_txn *txn, uint32_t slot, yt_place *place, uint32_t diff, yt_ref *right) {
    yata_doc *doc = txn->doc;
    yt_client *client = yt_client_at(doc, slot);
    yt_ref left = yt_entry_at(client, *place).item;
    if (!yt_vec_reserve(&doc->mem, &txn->merge, 1)) return YATA_ERR_MEMORY;
    *right = yt_item_new(doc);
    if (!*right) return YATA_ERR_MEMORY;
    yt_item *l = yt_at(doc, left), *r = yt_at(doc, *right);
    yt_entry entry = {l->id.clock + diff, *right};
    uint32_t units = yt_units(doc, l);
    yt_id redone;
    if (yt_redone_get(doc, left, &redone) && !yt_redone_put(doc, *right, (yt_id){redone.slot, redone.clock + diff})) {
        yt_item_free(doc, *right);
        return YATA_ERR_MEMORY;
    }
    if (!yt_store_insert(doc, client, place, entry)) {
        yt_redone_drop(doc, *right);
        yt_item_free(doc, *right);
        return YATA_ERR_MEMORY;
    }
    if (!yt_content_split(doc, l, diff, r)) {
        yt_store_remove(doc, client, *place);
        yt_redone_drop(doc, *right);
        yt_item_free(doc, *right);
        return YATA_ERR_MEMORY;
    }
    if (client->txn == txn->number) { /* it can be merged again, and is counted as what append.c has counted */
        yt_touch *touch = &txn->touched.data[client->touch];
        touch->joins += entry.clock >= touch->counted && entry.clock < touch->settled;
    }
    doc->placed = 0;
    link_right_half(doc, left, *right, diff);
    uint32_t grown = yt_units(doc, l) + yt_units(doc, r) - units;
    if (!yt_is_keyed(l)) {
        yt_branch *branch = yt_branch_at(doc, l->parent);
        if (!yt_is_visible(l)) grown = 0;
        branch->units += grown; /* a pair that became two U+FFFD is longer in some units */
        yt_seq_cut(doc, branch, *right, grown);
    }
    yt_vec_put(&txn->merge, r->id);
    doc->near.slot = slot;
    doc->near.block = *place;
    return YATA_OK;
}

yata_status yt_split_item(yata_txn *txn, yt_ref left, uint32_t diff, yt_ref *right) {
    yt_id id = yt_at(txn->doc, left)->id;
    yt_place place = yt_store_seek(yt_client_at(txn->doc, id.slot), yt_store_near(txn->doc, id.slot), id.clock);
    return yt_split(txn, id.slot, &place, diff, right);
}

yata_status yt_clean_end(yata_txn *txn, uint32_t slot, uint32_t clock, yt_ref *out) {
    yt_client *client = yt_client_at(txn->doc, slot);
    if (clock + 1 == client->state) { /* the newest: that is where somebody goes on typing */
        *out = yt_store_last(client).item;
        return YATA_OK;
    }
    yt_place place = yt_store_find(client, clock);
    *out = yt_entry_at(client, place).item;
    if (!*out) return YATA_OK;
    const yt_item *it = yt_at(txn->doc, *out);
    uint32_t diff = clock - it->id.clock + 1;
    yt_ref right;
    return diff == it->len ? YATA_OK : yt_split(txn, slot, &place, diff, &right);
}

yata_status yt_clean_start(yata_txn *txn, uint32_t slot, uint32_t clock, yt_ref *out) {
    yt_client *client = yt_client_at(txn->doc, slot);
    yt_place place = yt_store_find(client, clock);
    *out = yt_entry_at(client, place).item;
    if (!*out) return YATA_OK;
    const yt_item *it = yt_at(txn->doc, *out);
    return clock == it->id.clock ? YATA_OK : yt_split(txn, slot, &place, clock - it->id.clock, out);
}

/* ------------------------------------------------------------------------
 * The conflict scan
 */
enum { FEW = 16 };

typedef struct scan {
    yata_doc *doc;
    yt_ref first;    /* where it began                                        */
    uint32_t n;      /* items passed                                          */
    uint32_t moved;  /* how many had been passed when `left` last moved       */
    bool marked;     /* steps are in doc->marks, as doc->mark + step          */
    yt_ref few[FEW]; /* else, the first of them are here                      */
} scan;

static bool begin_marks(scan *s) {
    yata_doc *doc = s->doc;
    if (doc->marks_cap < doc->pool.made) {
        uint32_t old = doc->marks_cap;
        uint32_t *marks = yt_grow(&doc->mem, doc->marks, &doc->marks_cap, doc->pool.made, sizeof *marks);
        if (!marks) return false;
        memset(marks + old, 0, (doc->marks_cap - old) * sizeof *marks);
        doc->marks = marks;
    }
    if (doc->mark > UINT32_MAX / 2) {
        memset(doc->marks, 0, doc->marks_cap * sizeof *doc->marks);
        doc->mark = 0;
    }
    for (uint32_t i = 0; i < FEW; i++) doc->marks[s->few[i]] = doc->mark + i + 1;
    s->marked = true;
    return true;
}

static void pass(scan *s, yt_ref ref) {
    if (s->n < FEW)
        s->few[s->n] = ref;
    else if (s->marked || (s->n == FEW && begin_marks(s)))
        s->doc->marks[ref] = s->doc->mark + s->n + 1;
    s->n++;
}

/* The step at which an item was passed, from 1; 0 if it was not. */
static uint32_t step_of(const scan *s, yt_ref ref) {
    if (!ref) return 0;
    if (s->marked) {
        uint32_t mark = s->doc->marks[ref];
        return mark > s->doc->mark ? mark - s->doc->mark : 0;
    }
    if (s->n <= FEW) {
        for (uint32_t i = s->n; i-- > 0;)
            if (s->few[i] == ref) return i + 1;
        return 0;
    }
    yt_ref at = s->first;
    for (uint32_t i = 1; i <= s->n; i++, at = yt_at(s->doc, at)->right)
        if (at == ref) return i;
    return 0;
}

yt_ref yt_chain_first(const yata_doc *doc, const yt_branch *branch, uint32_t key) {
    const yt_map_entry *entry = yt_entry_find(branch, key);
    yt_ref ref = entry ? entry->item : 0;
    while (ref && yt_at(doc, ref)->left) ref = yt_at(doc, ref)->left;
    return ref;
}

static yt_ref list_first(const yata_doc *doc, const yt_branch *branch, const yt_item *it) {
    return yt_is_keyed(it) ? yt_chain_first(doc, branch, it->u.key) : branch->first;
}

/* Was the item to its right placed just before, by the same client, behind the same origin? Then a scan would pass what
 * that one passed, and come to the same end: who writes backwards, each item in front of the one before, would else
 * pass for each of them all that others wrote there. What is already there cannot name that item, which is what the
 * new one alone has to its right. */
static bool is_in_front_of_placed(const yata_doc *doc, const yt_item *it) {
    if (!doc->placed || it->right != doc->placed || yt_is_keyed(it)) return false;
    const yt_item *placed = yt_at(doc, doc->placed);
    return placed->id.slot == it->id.slot && placed->parent == it->parent && yt_id_equal(placed->origin, it->origin) &&
           yt_id_equal(placed->id, it->right_origin);
}

/* The left neighbour of `it`: Yjs's Item.integrate, with steps in place of its two sets. */
static yt_ref find_left(yata_doc *doc, const yt_branch *branch, const yt_item *it) {
    yt_ref left = it->left;
    if (left ? yt_at(doc, left)->right == it->right : it->right && !yt_at(doc, it->right)->left) return left;
    if (is_in_front_of_placed(doc, it)) return yt_at(doc, it->right)->left;
    scan s = {.doc = doc};
    s.first = left ? yt_at(doc, left)->right : list_first(doc, branch, it);
    uint64_t client = yt_client_at(doc, it->id.slot)->client;
    for (yt_ref o = s.first; o && o != it->right; o = yt_at(doc, o)->right) {
        const yt_item *other = yt_at(doc, o);
        pass(&s, o);
        if (yt_id_equal(it->origin, other->origin)) {
            if (yt_client_at(doc, other->id.slot)->client < client) {
                left = o;
                s.moved = s.n;
            } else if (yt_id_equal(it->right_origin, other->right_origin)) {
                break; /* both stand between the same neighbours: the client decides, and it is to the right */
            }
        } else if (other->origin.slot != YT_NONE) {
            yt_ref origin = yt_item_find(yt_client_at(doc, other->origin.slot), other->origin.clock);
            uint32_t step = step_of(&s, origin);
            if (!step) break;
            if (step <= s.moved) {
                left = o;
                s.moved = s.n;
            }
        } else {
            break;
        }
    }
    if (s.marked) doc->mark += s.n;
    return left;
}

/* ------------------------------------------------------------------------
 * Placing
 */
static void link_item(yata_doc *doc, yt_branch *branch, yt_ref ref, yt_ref left) {
    yt_item *it = yt_at(doc, ref);
    it->left = left;
    if (left) {
        it->right = yt_at(doc, left)->right;
        yt_at(doc, left)->right = ref;
    } else {
        it->right = list_first(doc, branch, it);
        if (!yt_is_keyed(it)) branch->first = ref;
    }
    if (it->right) {
        yt_at(doc, it->right)->left = ref;
    } else if (!yt_is_keyed(it)) {
        branch->last = ref;
    } else {
        yt_map_entry *entry = yt_entry_find(branch, it->u.key);
        if (entry)
            entry->item = ref;
        else
            yt_entry_put(doc, branch, it->u.key, ref);
        branch->live++;
    }
}

static void count(yata_doc *doc, yt_branch *branch, yt_ref ref) {
    const yt_item *it = yt_at(doc, ref);
    if (it->content == YT_FORMAT) {
        branch->formatted = true;
        branch->cleaned |= branch->kind == YATA_KIND_TEXT || branch->kind == YATA_KIND_XML_TEXT;
    }
    if (yt_is_keyed(it)) return;
    yt_seq_linked(doc, branch, ref);
    branch->formats += yt_is_format(it);
    if (!yt_content_countable(it->content)) return;
    branch->wide |= it->content == YT_STRING && it->wide;
    branch->len += it->len;
    branch->units += yt_units(doc, it);
}

/* A new value takes the links of the one it replaces; what comes between two items to one of which a link leads may be
 * in its range, and is not merged, as in yrs. */
static void inherit_links(yata_doc *doc, yt_item *it) {
    yt_item *left = it->left ? yt_at(doc, it->left) : NULL, *right = it->right ? yt_at(doc, it->right) : NULL;
    if (!yt_is_keyed(it)) {
        if (left && right) it->flags |= (left->flags | right->flags) & YT_ITEM_LINKED;
    } else if (left && !right) {
        it->flags |= left->flags & YT_ITEM_LINKED;
        left->flags &= (uint8_t)~YT_ITEM_LINKED;
    }
}

yata_status yt_integrate(yata_txn *txn, yt_ref ref) {
    yata_doc *doc = txn->doc;
    yt_item *it = yt_at(doc, ref);
    yt_branch *branch = yt_branch_at(doc, it->parent);
    if (it->len > YT_CLOCK_MAX - it->id.clock) return YATA_ERR_LIMIT;
    yt_ref left = find_left(doc, branch, it);
    bool last = left ? !yt_at(doc, left)->right : !list_first(doc, branch, it);

    if (!yt_txn_touch(txn, it->id.slot)) return YATA_ERR_MEMORY;
    if (!yt_txn_change(txn, branch, yt_is_keyed(it) ? it->u.key : YT_NONE)) return YATA_ERR_MEMORY;
    if (yt_is_keyed(it) && last && !yt_entry_reserve(doc, branch, it->u.key)) return YATA_ERR_MEMORY;
    if (it->content == YT_DOC && !yt_subdoc_prepare(txn, ref)) return YATA_ERR_MEMORY;
    const yt_branch *weak = it->content == YT_TYPE ? yt_branch_at(doc, it->chunk) : NULL;
    if (weak && !yt_is_weak(weak)) weak = NULL;
    if (weak && !yt_weak_prepare(doc, weak)) return YATA_ERR_MEMORY;
    bool dead = branch->owner && yt_is_deleted(yt_at(doc, branch->owner));
    bool deleted = it->content == YT_DELETED || dead || (yt_is_keyed(it) && !last); /* from the beginning */
    yt_entry entry = {it->id.clock, ref};
    bool replaces = yt_is_keyed(it) && last && left;
    yata_status status = deleted || replaces ? yt_delete_reserve(txn, it->id.slot) : YATA_OK;
    if (!status && !yt_store_append(doc, yt_client_at(doc, it->id.slot), entry)) status = YATA_ERR_MEMORY;
    if (!status && replaces) { /* the value that it replaces */
        status = yt_delete(txn, left);
        if (!status && deleted) status = yt_delete_reserve(txn, it->id.slot); /* the delete may have used it up */
        if (status) yt_store_pop(doc, yt_client_at(doc, it->id.slot));
    }
    if (status) {
        if (it->content == YT_DOC) yt_subdoc_cancel(doc, ref);
        if (weak) yt_weak_forget(doc, weak->ref);
        return status;
    }
    yt_client_at(doc, it->id.slot)->state += it->len;

    bool scanned = left != it->left;
    link_item(doc, branch, ref, left);
    doc->placed = scanned ? ref : 0;
    if (doc->weak) inherit_links(doc, it);
    count(doc, branch, ref);
    if (it->content == YT_DOC) yt_subdoc_integrated(txn, ref);
    if (deleted)
        yt_delete_mark(txn, ref);
    else if (weak)
        yt_weak_integrated(txn, weak);
    return YATA_OK;
}

/* The last of its chain. */
static void unlink_keyed(yata_doc *doc, yt_branch *branch, const yt_item *it) {
    YT_ASSERT(!it->right);
    branch->live -= !yt_is_deleted(it);
    if (it->left) {
        yt_at(doc, it->left)->right = 0;
        yt_entry_find(branch, it->u.key)->item = it->left;
    } else { /* it made the entry, which therefore is the newest */
        YT_ASSERT(branch->entries.data[branch->entries.len - 1].key == it->u.key);
        yt_u32_map_remove(&branch->entry_index, it->u.key);
        branch->entries.len--;
    }
}

static void unlink_item(yata_doc *doc, yt_ref ref) {
    const yt_item *it = yt_at(doc, ref);
    yt_branch *branch = yt_branch_at(doc, it->parent);
    if (yt_is_keyed(it)) {
        unlink_keyed(doc, branch, it);
        return;
    }
    if (it->left)
        yt_at(doc, it->left)->right = it->right;
    else
        branch->first = it->right;
    if (it->right)
        yt_at(doc, it->right)->left = it->left;
    else
        branch->last = it->left;
    yt_seq_unlinked(doc, branch, ref);
    branch->len -= yt_is_visible(it) ? it->len : 0;
    branch->units -= yt_seq_units(doc, it);
    branch->formats -= yt_is_format(it);
}

/* Notes for the merge at commit lead to what is there. */
static void forget_merges(yata_txn *txn, uint32_t slot, uint32_t clock) {
    uint32_t n = 0;
    for (uint32_t i = 0; i < txn->merge.len; i++) {
        yt_id id = txn->merge.data[i];
        if (id.slot != slot || id.clock < clock) txn->merge.data[n++] = id;
    }
    txn->merge.len = n;
}

void yt_integrate_undo(yata_txn *txn, uint32_t slot, uint32_t clock) {
    yata_doc *doc = txn->doc;
    forget_merges(txn, slot, clock);
    yt_touch *touch = yt_txn_touch(txn, slot);
    if (touch && touch->settled > clock) touch->settled = touch->counted;
    while (yt_state(doc, slot) > clock) {
        yt_client *client = yt_client_at(doc, slot);
        const yt_page *page = client->pages[client->page_count - 1];
        yt_entry last = yt_page_entry(page, page->len - 1);
        if (last.clock < clock) { /* older, and grown since */
            yt_shrink(doc, last.item, clock - last.clock);
            client->state = clock;
            return;
        }
        YT_ASSERT(last.item);
        const yt_item *it = yt_at(doc, last.item);
        if (yt_is_deleted(it)) {
            if (!yt_delete_unmark_new(txn, last.item)) return;
        } else if (it->content == YT_DOC) {
            yt_subdoc_deleted(txn, last.item); /* it came and went */
        }
        unlink_item(doc, last.item);
        yt_store_pop(doc, client);
        client->state = last.clock;
        yt_item_discard(doc, last.item);
    }
}

yata_status yt_integrate_gc(yata_txn *txn, uint32_t slot, uint32_t len) {
    yata_doc *doc = txn->doc;
    yt_client *client = yt_client_at(doc, slot);
    if (len > YT_CLOCK_MAX - client->state) return YATA_ERR_LIMIT;
    if (!yt_txn_touch(txn, slot) || !yt_runs_reserve(&doc->mem, &client->deleted)) return YATA_ERR_MEMORY;
    yt_entry entry = {client->state, 0};
    if (!yt_store_append(doc, client, entry)) return YATA_ERR_MEMORY;
    yt_runs_add(&doc->mem, &client->deleted, client->state, len);
    client->state += len;
    return YATA_OK;
}
