/* SPDX-License-Identifier: MIT */
/*
 * store.c - the block lists (drawn in store.h).
 *
 * Inserting in the middle moves at most one page and its directory; appending, the common case, moves nothing. The
 * first page of a client starts with four entries, because most clients of a busy document have few.
 */
#include "doc/store.h"

enum { FIRST_ENTRIES = 4 };

/* ------------------------------------------------------------------------
 * Clients
 */
uint32_t yt_slot_find(const yata_doc *doc, uint64_t client) {
    return yt_u64_map_get(&doc->slots, client);
}

uint32_t yt_slot(yata_doc *doc, uint64_t client) {
    uint32_t slot = yt_slot_near(doc, client);
    if (slot != YT_NONE) return slot;
    if (!yt_vec_reserve(&doc->mem, &doc->clients, 1)) return YT_NONE;
    if (!yt_u64_map_put(&doc->mem, &doc->slots, client, doc->clients.len)) return YT_NONE;
    yt_client c = {.client = client};
    yt_vec_put(&doc->clients, c);
    return doc->clients.len - 1;
}

static size_t page_size(uint32_t cap) {
    return sizeof(yt_page) + cap * sizeof(yt_entry);
}

static void page_free(yata_doc *doc, yt_page *page) {
    doc->block_bytes -= page_size(page->cap);
    yt_free(&doc->mem, page, page_size(page->cap));
}

void yt_clients_trim(yata_doc *doc) {
    for (uint32_t i = 0; i < doc->clients.len; i++) {
        yt_client *client = yt_client_at(doc, i);
        yt_runs_trim(&doc->mem, &client->deleted);
        yt_page *page = client->page_count ? client->pages[client->page_count - 1] : NULL;
        if (!page || page->len == page->cap) continue;
        yt_page *small = yt_realloc(&doc->mem, page, page_size(page->cap), page_size(page->len));
        if (!small) continue;
        doc->block_bytes -= page_size(small->cap) - page_size(small->len);
        small->cap = small->len;
        client->pages[client->page_count - 1] = small;
    }
}

void yt_clients_free(yata_doc *doc) {
    for (uint32_t i = 0; i < doc->clients.len; i++) {
        yt_client *client = yt_client_at(doc, i);
        for (uint32_t k = 0; k < client->page_count; k++) page_free(doc, client->pages[k]);
        yt_free(&doc->mem, client->pages, client->page_cap * sizeof *client->pages);
        yt_runs_free(&doc->mem, &client->deleted);
    }
    yt_vec_free(&doc->mem, &doc->clients);
    yt_u64_map_free(&doc->mem, &doc->slots);
}

/* ------------------------------------------------------------------------
 * Places
 */
yt_place yt_store_search(const yt_client *client, uint32_t clock) {
    /* The last page, and there the last entry, whose clock is <= clock. Halving what is left without asking whether it
     * was found makes no branch that could be guessed wrong. */
    yt_page *const *pages = client->pages;
    if (pages[client->page_count - 1]->entries[0].clock <= clock) {
        pages += client->page_count - 1;
    } else {
        for (uint32_t n = client->page_count, half; n > 1; n -= half) {
            half = n / 2;
            pages = pages[half]->entries[0].clock <= clock ? pages + half : pages;
        }
    }
    const yt_entry *entry = (*pages)->entries;
    for (uint32_t n = (*pages)->len, half; n > 1; n -= half) {
        half = n / 2;
        entry = entry[half].clock <= clock ? entry + half : entry;
    }
    yt_place place = {(uint32_t)(pages - client->pages), (uint32_t)(entry - (*pages)->entries)};
    return place;
}

yt_place yt_store_seek(const yt_client *client, yt_place near, uint32_t clock) {
    enum { STEPS = 8 };
    if (near.page < client->page_count && near.at < client->pages[near.page]->len) {
        const yt_page *page = client->pages[near.page];
        uint32_t at = near.at, steps = 0;
        while (at && page->entries[at].clock > clock && steps < STEPS) at--, steps++;
        while (at + 1 < page->len && page->entries[at + 1].clock <= clock && steps < STEPS) at++, steps++;
        if (page->entries[at].clock <= clock && at + 1 < page->len && page->entries[at + 1].clock > clock)
            return (yt_place){near.page, at};
    }
    return yt_store_find(client, clock);
}

uint32_t yt_place_len(const yt_client *client, yt_place place) {
    uint32_t clock = yt_entry_at(client, place)->clock;
    if (!yt_place_next(client, &place)) return client->state - clock;
    return yt_entry_at(client, place)->clock - clock;
}

/* ------------------------------------------------------------------------
 * Insert, remove
 */
static yt_page *page_new(yata_doc *doc, uint32_t cap) {
    yt_page *page = yt_alloc(&doc->mem, page_size(cap));
    if (!page) return NULL;
    page->len = 0;
    page->cap = cap;
    doc->block_bytes += page_size(cap);
    return page;
}

/* A new page at `at` of the directory. */
static yt_page *add_page(yata_doc *doc, yt_client *client, uint32_t at, uint32_t cap) {
    if (client->page_count == client->page_cap) {
        uint32_t old = client->page_cap, cap_now = old ? old * 2 : 1;
        yt_page **pages = yt_realloc(&doc->mem, client->pages, old * sizeof *pages, cap_now * sizeof *pages);
        if (!pages) return NULL;
        client->pages = pages;
        client->page_cap = cap_now;
    }
    yt_page *page = page_new(doc, cap);
    if (!page) return NULL;
    memmove(client->pages + at + 1, client->pages + at, (client->page_count - at) * sizeof *client->pages);
    client->pages[at] = page;
    client->page_count++;
    return page;
}

static yt_page *grow_page(yata_doc *doc, yt_client *client, uint32_t at) {
    yt_page *page = client->pages[at];
    uint32_t cap = page->cap * 2 < YT_PAGE_ENTRIES ? page->cap * 2 : YT_PAGE_ENTRIES;
    yt_page *grown = yt_realloc(&doc->mem, page, page_size(page->cap), page_size(cap));
    if (!grown) return NULL;
    doc->block_bytes += page_size(cap) - page_size(grown->cap);
    grown->cap = cap;
    client->pages[at] = grown;
    return grown;
}

bool yt_store_insert(yata_doc *doc, yt_client *client, yt_place *place, yt_entry entry) {
    uint32_t page_at = place->page, at = place->at + 1;
    yt_page *page = client->pages[page_at];
    if (page->len == page->cap) {
        if (page->cap < YT_PAGE_ENTRIES) {
            page = grow_page(doc, client, page_at);
            if (!page) return false;
        } else if (at == page->len && page_at + 1 == client->page_count) {
            return yt_store_append(doc, client, entry) && (place->page = page_at + 1, place->at = 0, true);
        } else { /* the upper half moves to a page of its own */
            yt_page *upper = add_page(doc, client, page_at + 1, YT_PAGE_ENTRIES);
            if (!upper) return false;
            uint32_t half = page->len / 2;
            upper->len = page->len - half;
            memcpy(upper->entries, page->entries + half, upper->len * sizeof *upper->entries);
            page->len = half;
            if (at > half) {
                page = upper;
                page_at++;
                at -= half;
            }
        }
    }
    memmove(page->entries + at + 1, page->entries + at, (page->len - at) * sizeof *page->entries);
    page->entries[at] = entry;
    page->len++;
    place->page = page_at;
    place->at = at;
    return true;
}

bool yt_store_append_page(yata_doc *doc, yt_client *client, yt_entry entry) {
    yt_page *page = client->page_count ? client->pages[client->page_count - 1] : NULL;
    if (!page)
        page = add_page(doc, client, 0, FIRST_ENTRIES);
    else if (page->len == page->cap)
        page = page->cap < YT_PAGE_ENTRIES ? grow_page(doc, client, client->page_count - 1)
                                           : add_page(doc, client, client->page_count, YT_PAGE_ENTRIES);
    if (!page) return false;
    page->entries[page->len++] = entry;
    return true;
}

static void drop_page(yata_doc *doc, yt_client *client, uint32_t at) {
    page_free(doc, client->pages[at]);
    client->page_count--;
    memmove(client->pages + at, client->pages + at + 1, (client->page_count - at) * sizeof *client->pages);
}

/* Pours page at + 1 into page `at`, if together they leave room to grow. */
static bool join_pages(yata_doc *doc, yt_client *client, uint32_t at) {
    yt_page *left = client->pages[at], *right = client->pages[at + 1];
    if (left->len + right->len > left->cap - left->cap / 4) return false;
    memcpy(left->entries + left->len, right->entries, right->len * sizeof *right->entries);
    left->len += right->len;
    drop_page(doc, client, at + 1);
    return true;
}

void yt_store_remove(yata_doc *doc, yt_client *client, yt_place place) {
    yt_page *page = client->pages[place.page];
    page->len--;
    memmove(page->entries + place.at, page->entries + place.at + 1, (page->len - place.at) * sizeof *page->entries);
    if (page->len >= YT_PAGE_ENTRIES / 4) return;
    if (!page->len)
        drop_page(doc, client, place.page);
    else if (!(place.at == 0 && place.page && join_pages(doc, client, place.page - 1)) &&
             place.page + 1 < client->page_count)
        join_pages(doc, client, place.page);
}

void yt_store_pop(yata_doc *doc, yt_client *client) {
    yt_place last = {client->page_count - 1, client->pages[client->page_count - 1]->len - 1};
    yt_store_remove(doc, client, last);
}
