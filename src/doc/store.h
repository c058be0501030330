/* SPDX-License-Identifier: MIT */
/*
 * store.h - blocks by client: find, insert, remove, split.
 *
 *   client ── pages[0]  clocks [ c0 c1 c2 ... ]   sorted, at most YT_PAGE_ENTRIES in each page; room for `cap`
 *          │            items  [ i0 i1 i2 ... ]   0: a GC
 *          ── pages[1]  clocks [ c0 c1 c2 ... ]   a ROW: the items are row, row + 1, row + 2, ... and not written down
 *
 * Blocks that come one after the other get items one after the other, so that most pages of a loaded document are rows.
 * A row becomes a page with items, which takes memory, where somebody puts an item in the middle, or takes one out.
 * Where an item may become a GC, which cannot fail, there is no row: that is in lists that are not those of roots.
 */
#ifndef YT_DOC_STORE_H
#define YT_DOC_STORE_H

#include "doc/model.h"

/* Slot of a client id, YT_NONE if unknown. */
uint32_t yt_slot_find(const yata_doc *doc, uint64_t client);
/* The same, for the writer: who asks for the same few clients again and again gets by without hashing. */
static inline uint32_t yt_slot_near(yata_doc *doc, uint64_t client) {
    uint32_t *near = &doc->near_slots[client % (sizeof doc->near_slots / sizeof *doc->near_slots)];
    if (YT_LIKELY(*near < doc->clients.len && doc->clients.data[*near].client == client)) return *near;
    uint32_t slot = yt_slot_find(doc, client);
    if (slot != YT_NONE) *near = slot;
    return slot;
}
/* The same, made if unknown; YT_NONE: no memory. The limit of clients is kept by who adds
 * some (yt_pending_admits). */
uint32_t yt_slot(yata_doc *doc, uint64_t client);
/* Gives back room of the last pages, and spare pages of the sets of deleted clocks. */
void yt_clients_trim(yata_doc *doc);
void yt_clients_free(yata_doc *doc);
static inline yt_client *yt_client_at(const yata_doc *doc, uint32_t slot) {
    return &doc->clients.data[slot];
}
/* What is deleted of a client, NULL if it is unknown; of a yata_doc, for yt_known_ids. */
const yt_runs *yt_deleted_of(const void *doc, uint64_t client);
static inline uint32_t yt_state(const yata_doc *doc, uint32_t slot) {
    return slot == YT_NONE ? 0 : doc->clients.data[slot].state;
}

/* The place of the block that contains the clock, which must be below the client's state. O(log n). */
static inline yt_place yt_store_find(const yt_client *client, uint32_t clock);
yt_place yt_store_search(const yt_client *client, uint32_t clock); /* where it is not the newest */
/* The same, probably in this page or one of the newest. O(log of the distance to the end). */
yt_place yt_store_search_page(const yt_client *client, uint32_t page, uint32_t clock);
/* The same, when it is probably not far from a place that may even no longer exist. */
yt_place yt_store_seek(const yt_client *client, yt_place near, uint32_t clock);
/* Where blocks of this client were cut or erased last; it may no longer exist. */
static inline yt_place yt_store_near(const yata_doc *doc, uint32_t slot) {
    return doc->near.slot == slot ? doc->near.block : (yt_place){YT_NONE, 0};
}
static inline yt_ref yt_page_item(const yt_page *page, uint32_t i) {
    return page->row ? page->row + i : page->clocks[page->cap + i];
}
static inline yt_entry yt_page_entry(const yt_page *page, uint32_t i) {
    return (yt_entry){page->clocks[i], yt_page_item(page, i)};
}
static inline yt_entry yt_entry_at(const yt_client *client, yt_place place) {
    return yt_page_entry(client->pages[place.page], place.at);
}
/* The newest block; there is one. */
static inline yt_entry yt_store_last(const yt_client *client) {
    const yt_page *page = client->pages[client->page_count - 1];
    return yt_page_entry(page, page->len - 1);
}
static inline yt_place yt_store_find(const yt_client *client, uint32_t clock) {
    const yt_page *page = client->pages[client->page_count - 1];
    YT_ASSERT(clock < client->state);
    if (page->clocks[page->len - 1] <= clock) return (yt_place){client->page_count - 1, page->len - 1};
    return yt_store_search(client, clock);
}
static inline bool yt_place_next(const yt_client *client, yt_place *place) { /* false at the end */
    if (place->at + 1 < client->pages[place->page]->len) {
        place->at++;
        return true;
    }
    if (place->page + 1 >= client->page_count) return false;
    place->page++;
    place->at = 0;
    return true;
}
static inline bool yt_place_prev(const yt_client *client, yt_place *place) { /* false at the start */
    if (place->at) {
        place->at--;
        return true;
    }
    if (!place->page) return false;
    place->page--;
    place->at = client->pages[place->page]->len - 1;
    return true;
}
/* Clocks of the block there. */
uint32_t yt_place_len(const yt_client *client, yt_place place);
/* The item there, 0: a GC. */
static inline yt_ref yt_item_find(const yt_client *client, uint32_t clock) {
    return yt_entry_at(client, yt_store_find(client, clock)).item;
}

/* Inserts an entry behind `place` (which it updates to the new entry's place). False: no memory, nothing changed. */
bool yt_store_insert(yata_doc *doc, yt_client *client, yt_place *place, yt_entry entry);
/* Appends; the caller then raises `state`. */
static inline bool yt_store_append(yata_doc *doc, yt_client *client, yt_entry entry);
/* The same for an item that will never be a GC. */
static inline bool yt_store_append_row(yata_doc *doc, yt_client *client, yt_entry entry);
void yt_store_pop(yata_doc *doc, yt_client *client); /* takes the last append back */
/* Removes the entry there; what is before it does not move. Of one in the middle of a page yt_store_loosen must have
 * been true, or it must just have been inserted. */
void yt_store_remove(yata_doc *doc, yt_client *client, yt_place place);
/* Can the entry there be removed? False: no memory. */
static inline bool yt_store_loosen(yata_doc *doc, yt_client *client, yt_place place);
/* The block there begins that many clocks later, modulo 2^32. */
static inline void yt_store_move_start(yt_client *client, yt_place place, uint32_t by) {
    client->pages[place.page]->clocks[place.at] += by;
}
/* The item there, of a list that is not a root's, becomes a GC. */
static inline void yt_store_collect(yt_client *client, yt_place place) {
    yt_page *page = client->pages[place.page];
    YT_ASSERT(!page->row);
    page->clocks[page->cap + place.at] = 0;
}

/* Where the last page is full, there is none, or it is of the other kind. */
bool yt_store_append_page(yata_doc *doc, yt_client *client, yt_entry entry, bool row);
static inline bool yt_store_append(yata_doc *doc, yt_client *client, yt_entry entry) {
    if (YT_LIKELY(client->page_count)) {
        yt_page *page = client->pages[client->page_count - 1];
        if (YT_LIKELY(page->len < page->cap && !page->row)) {
            page->clocks[page->cap + page->len] = entry.item;
            page->clocks[page->len++] = entry.clock;
            return true;
        }
    }
    return yt_store_append_page(doc, client, entry, false);
}
static inline bool yt_store_append_row(yata_doc *doc, yt_client *client, yt_entry entry) {
    if (YT_LIKELY(client->page_count)) {
        yt_page *page = client->pages[client->page_count - 1];
        bool row = page->row, full = page->len == page->cap;
        if (YT_LIKELY(!full && (!row || page->row + page->len == entry.item))) {
            if (!row) page->clocks[page->cap + page->len] = entry.item;
            page->clocks[page->len++] = entry.clock;
            return true;
        }
    }
    return yt_store_append_page(doc, client, entry, true);
}

bool yt_page_loosen(yata_doc *doc, yt_client *client, uint32_t at);
static inline bool yt_store_loosen(yata_doc *doc, yt_client *client, yt_place place) {
    const yt_page *page = client->pages[place.page];
    if (YT_LIKELY(!page->row || place.at == 0 || place.at + 1 == page->len)) return true;
    return yt_page_loosen(doc, client, place.page);
}

#endif
