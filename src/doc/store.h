/* SPDX-License-Identifier: MIT */
/*
 * store.h - blocks by client: find, insert, remove, split.
 *
 *   client ── pages[0] [c0 c1 c2 ...]   sorted by clock, at most YT_PAGE_ENTRIES each
 *          ── pages[1] [...]
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
static inline uint32_t yt_state(const yata_doc *doc, uint32_t slot) {
    return slot == YT_NONE ? 0 : doc->clients.data[slot].state;
}

/* The place of the block that contains the clock, which must be below the client's state. O(log n). */
static inline yt_place yt_store_find(const yt_client *client, uint32_t clock);
yt_place yt_store_search(const yt_client *client, uint32_t clock); /* where it is not the newest */
/* The same, when it is probably not far from a place that may even no longer exist. */
yt_place yt_store_seek(const yt_client *client, yt_place near, uint32_t clock);
static inline yt_entry *yt_entry_at(const yt_client *client, yt_place place) {
    return &client->pages[place.page]->entries[place.at];
}
/* The newest block; there is one. */
static inline const yt_entry *yt_store_last(const yt_client *client) {
    const yt_page *page = client->pages[client->page_count - 1];
    return &page->entries[page->len - 1];
}
static inline yt_place yt_store_find(const yt_client *client, uint32_t clock) {
    const yt_page *page = client->pages[client->page_count - 1];
    YT_ASSERT(clock < client->state);
    if (page->entries[page->len - 1].clock <= clock) return (yt_place){client->page_count - 1, page->len - 1};
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
    return yt_entry_at(client, yt_store_find(client, clock))->item;
}

/* Inserts an entry behind `place` (which it updates to the new entry's place). False: no memory, nothing changed. */
bool yt_store_insert(yata_doc *doc, yt_client *client, yt_place *place, yt_entry entry);
/* Appends; the caller then raises `state`. */
static inline bool yt_store_append(yata_doc *doc, yt_client *client, yt_entry entry);
void yt_store_pop(yata_doc *doc, yt_client *client); /* takes the last append back */
/* Removes the entry there; what is before it does not move. */
void yt_store_remove(yata_doc *doc, yt_client *client, yt_place place);

bool yt_store_append_page(yata_doc *doc, yt_client *client, yt_entry entry); /* where the last page may be full */
static inline bool yt_store_append(yata_doc *doc, yt_client *client, yt_entry entry) {
    if (YT_LIKELY(client->page_count)) {
        yt_page *page = client->pages[client->page_count - 1];
        if (YT_LIKELY(page->len < page->cap)) {
            page->entries[page->len++] = entry;
            return true;
        }
    }
    return yt_store_append_page(doc, client, entry);
}

#endif
