/* SPDX-License-Identifier: MIT */
/*
 * check.c - every invariant of model.h, proved by looking at everything. For tests, fuzzers and debugging; O(document).
 */
#include "base/utf.h"
#include "doc/branch.h"
#include "doc/content.h"
#include "doc/redo.h"
#include "doc/seq_index.h"
#include "doc/text_marks.h"
#include "doc/store.h"
#include "doc/instance.h"

#include <yata/doc.h>

typedef struct totals {
    uint32_t items;      /* seen in block lists */
    uint32_t list_items; /* seen in lists and chains */
    uint32_t types;
    uint32_t slices;
    uint32_t docs; /* living DOC items */
    uint32_t redone;
} totals;

/* 2 and 8: one entry and its item. NULL: fine. */
static const char *check_item(const yata_doc *doc, uint32_t slot, const yt_entry *entry, uint32_t len, totals *t) {
    const yt_item *it = yt_at(doc, entry->item);
    if (it->id.slot != slot || it->id.clock != entry->clock) return "2: an entry and its item have different ids";
    if (it->len != len) return "2: an item does not reach to the next block";
    t->redone += (it->flags & YT_ITEM_REDONE) != 0;
    if (it->parent >= doc->branches.len || !yt_branch_at(doc, it->parent)) return "3: an item has no parent";
    if (it->content == YT_TYPE) {
        t->types++;
        const yt_branch *branch = it->chunk < doc->branches.len ? yt_branch_at(doc, it->chunk) : NULL;
        if (!branch || branch->owner != entry->item) return "9: a type item and its branch do not name each other";
        return NULL;
    }
    if (it->content == YT_DELETED) return yt_is_deleted(it) ? NULL : "6: an item without content is not deleted";
    if (it->chunk >= doc->chunks.all.len || !yt_chunk_at(doc, it->chunk)->data) return "8: a slice of no chunk";
    t->slices++;
    t->docs += it->content == YT_DOC && !yt_is_deleted(it);
    const yt_chunk *c = yt_chunk_at(doc, it->chunk);
    if (it->content != YT_STRING) {
        uint32_t elements = it->content == YT_FORMAT || it->content == YT_DOC ? 2 : it->len;
        return it->at > c->count || elements > c->count - it->at ? "8: a slice reaches beyond its chunk" : NULL;
    }
    uint32_t bytes = yt_text_bytes(doc, it);
    yt_utf8_info info;
    if (it->at > c->len || bytes > c->len - it->at) return "8: a text reaches beyond its chunk";
    if (!yt_text_marks_check(c, it->at, it->at + bytes)) return "8: a mark of a text is wrong";
    if (!yt_utf8_scan(c->data + it->at, bytes, &info, NULL)) return "8: a text is not UTF-8";
    return info.utf16 != it->len ? "8: the length of a text is wrong" : NULL;
}

/* 1, 2, 6 */
static const char *check_client(const yata_doc *doc, uint32_t slot, totals *t) {
    const yt_client *client = yt_client_at(doc, slot);
    if (yt_slot_find(doc, client->client) != slot) return "1: a client is not found by its id";
    uint32_t clock = 0;
    yt_run run = {0, 0};
    yt_runs_iter deleted = yt_runs_begin(&client->deleted);
    uint32_t end = 0; /* of the run of deleted blocks that is being looked at */
    bool in_run = false;
    if (!yt_runs_check(&client->deleted)) return "6: the set of deleted clocks is out of order";
    for (uint32_t p = 0; p < client->page_count; p++) {
        const yt_page *page = client->pages[p];
        if (!page->len || page->len > page->cap || page->cap > YT_PAGE_ENTRIES)
            return "1: a page is empty or over-full";
        for (uint32_t i = 0; i < page->len; i++) {
            const yt_entry entry = yt_page_entry(page, i);
            yt_place place = {p, i};
            uint32_t len = yt_place_len(client, place);
            if (entry.clock != clock || !len || len > client->state - clock) return "1: blocks are not contiguous";
            if (entry.item) {
                t->items++;
                const char *what = check_item(doc, slot, &entry, len, t);
                if (what) return what;
                if (page->row && yt_branch_at(doc, yt_at(doc, entry.item)->parent)->owner)
                    return "1: a row has an item that may become a GC";
            }
            if (!entry.item || yt_is_deleted(yt_at(doc, entry.item))) {
                if (!in_run && (!yt_runs_next(&deleted, &run) || run.clock != clock))
                    return "6: a deleted clock is not in the set";
                in_run = true;
                end = clock + len;
            } else {
                if (in_run && run.clock + run.len != end) return "6: a clock in the set is not deleted";
                in_run = false;
            }
            clock += len;
        }
    }
    if (in_run && run.clock + run.len != end) return "6: a clock in the set is not deleted";
    if (yt_runs_next(&deleted, &run)) return "6: a clock in the set is not deleted";
    return clock == client->state ? NULL : "1: the blocks end before the client's state";
}

/* 3, 5, 7 for one list or chain that ends at `last`. */
static const char *check_list(const yata_doc *doc, const yt_branch *branch, yt_ref last, uint32_t key, yt_ref *first,
                              uint32_t *len, uint32_t *units, uint32_t *formats, totals *t) {
    bool dead = branch->owner && yt_is_deleted(yt_at(doc, branch->owner));
    *first = 0;
    *len = *units = *formats = 0;
    if (last && yt_at(doc, last)->right) return "3: the last item has a right neighbour";
    for (yt_ref ref = last; ref; ref = yt_at(doc, ref)->left) {
        const yt_item *it = yt_at(doc, ref);
        if (++t->list_items > t->items) return "3: a list has a circle, or an item is in two lists";
        if (it->parent != branch->ref) return "3: an item stands in a foreign list";
        if (yt_is_keyed(it) != (key != YT_NONE) || (yt_is_keyed(it) && it->u.key != key))
            return "4: an item has a wrong key";
        if (it->left && yt_at(doc, it->left)->right != ref) return "3: left and right do not agree";
        if (dead && !yt_is_deleted(it)) return "7: an item in a deleted type is not deleted";
        *formats += yt_is_format(it);
        if (yt_is_visible(it)) {
            *len += it->len;
            *units += yt_units(doc, it);
            if (it->content == YT_STRING && it->wide && !yt_is_keyed(it) && !branch->wide)
                return "5: a branch does not know that a text in it is not ASCII";
        }
        *first = ref;
    }
    return NULL;
}

static const char *check_branch(const yata_doc *doc, const yt_branch *branch, totals *t) {
    yt_ref first;
    uint32_t len, units, formats, live = 0;
    const char *what = check_list(doc, branch, branch->last, YT_NONE, &first, &len, &units, &formats, t);
    if (what) return what;
    if (first != branch->first) return "3: the first item of a branch is not the end of its list";
    if (len != branch->len || units != branch->units) return "5: the length of a branch is wrong";
    if (formats != branch->formats) return "5: the number of formats of a branch is wrong";
    for (uint32_t i = 0; i < branch->entries.len; i++) {
        const yt_map_entry *entry = &branch->entries.data[i];
        if (yt_entry_find(branch, entry->key) != entry) return "4: a key is not found";
        what = check_list(doc, branch, entry->item, entry->key, &first, &len, &units, &formats, t);
        if (what) return what;
        if (!entry->item) return "4: a key has no item";
        live += !yt_is_deleted(yt_at(doc, entry->item));
    }
    if (live != branch->live) return "5: the number of live keys is wrong";
    return yt_seq_check(doc, branch);
}

static const char *check_all(const yata_doc *doc) {
    totals t = {0, 0, 0, 0, 0, 0};
    uint32_t owned = 0, refs = 0;
    for (uint32_t slot = 0; slot < doc->clients.len; slot++) {
        const char *what = check_client(doc, slot, &t);
        if (what) return what;
    }
    for (uint32_t i = 0; i < doc->branches.len; i++) {
        const yt_branch *branch = yt_branch_at(doc, i);
        if (!branch) continue;
        owned += branch->owner != 0;
        const char *what = check_branch(doc, branch, &t);
        if (what) return what;
    }
    for (uint32_t i = 0; i < doc->chunks.all.len; i++)
        if (doc->chunks.all.data[i].data) refs += doc->chunks.all.data[i].refs;
    if (t.items != doc->pool.live) return "1: an item is in no block list";
    if (t.items != t.list_items) return "3: an item stands in no list";
    if (owned != t.types) return "9: a branch has no item";
    if (!yt_subdocs_check(doc, t.docs)) return "10: a subdocument and its item do not name each other";
    if (!yt_redone_check(doc, t.redone)) return "11: ids of items that took the place of others are wrong";
    if (refs != t.slices) return "8: the references to chunks do not add up";
    return NULL;
}

bool yata_doc_check(const yata_doc *doc, const char **what) {
    const char *broken = doc ? check_all(doc) : "no document";
    if (what) *what = broken;
    return !broken;
}
