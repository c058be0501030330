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

static size_t page_size(uint32_t cap, bool row) {
    return sizeof(yt_page) + (size_t)cap * (row ? 1 : 2) * sizeof(uint32_t);
}

static size_t size_of(const yt_page *page) {
    return page_size(page->cap, page->row);
}

static void page_free(yata_doc *doc, yt_page *page) {
    doc->block_bytes -= size_of(page);
    yt_free(&doc->mem, page, size_of(page));
}

static yt_page *page_new(yata_doc *doc, uint32_t cap, yt_ref row) {
    yt_page *page = yt_alloc(&doc->mem, page_size(cap, row));
    if (!page) return NULL;
    page->len = 0;
    page->cap = cap;
    page->row = row;
    doc->block_bytes += size_of(page);
    return page;
}

/* Copies entries to the end of a page that has room, and items. */
static void pour(yt_page *to, const yt_page *from, uint32_t first, uint32_t count) {
    memcpy(to->clocks + to->len, from->clocks + first, count * sizeof *to->clocks);
    uint32_t *items = to->clocks + to->cap + to->len;
    for (uint32_t i = 0; i < count; i++) items[i] = yt_page_item(from, first + i);
    to->len += count;
}

/* The same page with other room, and with items or, if it is one, as a row. NULL: no memory. */
static yt_page *remake_page(yata_doc *doc, yt_client *client, uint32_t at, uint32_t cap, bool row) {
    yt_page *old = client->pages[at], *page = page_new(doc, cap, row ? old->row : 0);
    if (!page) return NULL;
    if (page->row) {
        memcpy(page->clocks, old->clocks, old->len * sizeof *old->clocks);
        page->len = old->len;
    } else {
        pour(page, old, 0, old->len);
    }
    client->pages[at] = page;
    page_free(doc, old);
    return page;
}

bool yt_page_loosen(yata_doc *doc, yt_client *client, uint32_t at) {
    return !client->pages[at]->row || remake_page(doc, client, at, client->pages[at]->cap, false);
}

const yt_runs *yt_deleted_of(const void *doc, uint64_t client) {
    uint32_t slot = yt_slot_find(doc, client);
    return slot == YT_NONE ? NULL : &yt_client_at(doc, slot)->deleted;
}

void yt_clients_trim(yata_doc *doc) {
    for (uint32_t i = 0; i < doc->clients.len; i++) {
        yt_client *client = yt_client_at(doc, i);
        yt_runs_trim(&doc->mem, &client->deleted);
        yt_page *page = client->page_count ? client->pages[client->page_count - 1] : NULL;
        if (page && page->len < page->cap) (void)remake_page(doc, client, client->page_count - 1, page->len, true);
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
/* Halving what is left without asking whether it was found makes no branch that could be guessed wrong. */
static inline yt_place find_in(const yt_client *client, uint32_t page_at, uint32_t clock) {
    const yt_page *page = client->pages[page_at];
    const uint32_t *at = page->clocks;
    for (uint32_t n = page->len, half; n > 1; n -= half) {
        half = n / 2;
        at = at[half] <= clock ? at + half : at;
    }
    return (yt_place){page_at, (uint32_t)(at - page->clocks)};
}

yt_place yt_store_search(const yt_client *client, uint32_t clock) {
    /* The last page, and there the last entry, whose clock is <= clock. */
    yt_page *const *pages = client->pages;
    if (pages[client->page_count - 1]->clocks[0] <= clock) {
        pages += client->page_count - 1;
    } else {
        for (uint32_t n = client->page_count, half; n > 1; n -= half) {
            half = n / 2;
            pages = pages[half]->clocks[0] <= clock ? pages + half : pages;
        }
    }
    return find_in(client, (uint32_t)(pages - client->pages), clock);
}

static inline bool is_in(const yt_client *client, uint32_t page, uint32_t clock) {
    if (page >= client->page_count || client->pages[page]->clocks[0] > clock) return false;
    return page + 1 == client->page_count || client->pages[page + 1]->clocks[0] > clock;
}

/* From the newest page back in steps that double, then by halving: what is built on is mostly new, and so are the pages
 * that this reads; those that halving the whole list reads were not touched for long. */
static yt_place search_back(const yt_client *client, uint32_t clock) {
    yt_page *const *pages = client->pages;
    uint32_t first = client->page_count, n = 0, step = 1; /* the page is before `first`, or one of n from there on */
    do {
        n = step < first ? step : first;
        first -= n;
        step *= 2;
    } while (first && pages[first]->clocks[0] > clock);
    pages += first;
    for (uint32_t half; n > 1; n -= half) {
        half = n / 2;
        pages = pages[half]->clocks[0] <= clock ? pages + half : pages;
    }
    return find_in(client, (uint32_t)(pages - client->pages), clock);
}

yt_place yt_store_search_page(const yt_client *client, uint32_t page, uint32_t clock) {
    return is_in(client, page, clock) ? find_in(client, page, clock) : search_back(client, clock);
}

yt_place yt_store_seek(const yt_client *client, yt_place near, uint32_t clock) {
    enum { STEPS = 8 };
    if (near.page < client->page_count && near.at < client->pages[near.page]->len) {
        const yt_page *page = client->pages[near.page];
        uint32_t at = near.at, steps = 0;
        while (at && page->clocks[at] > clock && steps < STEPS) at--, steps++;
        while (at + 1 < page->len && page->clocks[at + 1] <= clock && steps < STEPS) at++, steps++;
        if (page->clocks[at] <= clock && at + 1 < page->len && page->clocks[at + 1] > clock)
            return (yt_place){near.page, at};
    }
    return yt_store_find(client, clock);
}

uint32_t yt_place_len(const yt_client *client, yt_place place) {
    uint32_t clock = yt_entry_at(client, place).clock;
    if (!yt_place_next(client, &place)) return client->state - clock;
    return yt_entry_at(client, place).clock - clock;
}

/* ------------------------------------------------------------------------
 * Insert, remove
 */
/* A new page at `at` of the directory. */
static yt_page *add_page(yata_doc *doc, yt_client *client, uint32_t at, uint32_t cap, yt_ref row) {
    if (client->page_count == client->page_cap) {
        uint32_t old = client->page_cap, cap_now = old ? old * 2 : 1;
        yt_page **pages = yt_realloc(&doc->mem, client->pages, old * sizeof *pages, cap_now * sizeof *pages);
        if (!pages) return NULL;
        client->pages = pages;
        client->page_cap = cap_now;
    }
    yt_page *page = page_new(doc, cap, row);
    if (!page) return NULL;
    memmove(client->pages + at + 1, client->pages + at, (client->page_count - at) * sizeof *client->pages);
    client->pages[at] = page;
    client->page_count++;
    return page;
}

static yt_page *grow_page(yata_doc *doc, yt_client *client, uint32_t at) {
    uint32_t cap = client->pages[at]->cap * 2;
    return remake_page(doc, client, at, cap < YT_PAGE_ENTRIES ? cap : YT_PAGE_ENTRIES, true);
}

bool yt_store_insert(yata_doc *doc, yt_client *client, yt_place *place, yt_entry entry) {
    uint32_t page_at = place->page, at = place->at + 1;
    if (!yt_page_loosen(doc, client, page_at)) return false;
    yt_page *page = client->pages[page_at];
    if (page->len == page->cap) {
        if (page->cap < YT_PAGE_ENTRIES) {
            page = grow_page(doc, client, page_at);
            if (!page) return false;
        } else if (at == page->len && page_at + 1 == client->page_count) {
            return yt_store_append(doc, client, entry) && (place->page = page_at + 1, place->at = 0, true);
        } else { /* the upper half moves to a page of its own */
            yt_page *upper = add_page(doc, client, page_at + 1, YT_PAGE_ENTRIES, 0);
            if (!upper) return false;
            uint32_t half = page->len / 2;
            pour(upper, page, half, page->len - half);
            page->len = half;
            if (at > half) {
                page = upper;
                page_at++;
                at -= half;
            }
        }
    }
    uint32_t *clocks = page->clocks, *items = clocks + page->cap;
    memmove(clocks + at + 1, clocks + at, (page->len - at) * sizeof *clocks);
    memmove(items + at + 1, items + at, (page->len - at) * sizeof *items);
    clocks[at] = entry.clock;
    items[at] = entry.item;
    page->len++;
    place->page = page_at;
    place->at = at;
    return true;
}

bool yt_store_append_page(yata_doc *doc, yt_client *client, yt_entry entry, bool row) {
    const yt_ref begins = row ? entry.item : 0;
    uint32_t last = client->page_count - 1; /* if there is one */
    if (!client->page_count) {
        if (!add_page(doc, client, 0, FIRST_ENTRIES, begins)) return false;
        last = 0;
    } else if (client->pages[last]->len == YT_PAGE_ENTRIES) {
        if (!add_page(doc, client, ++last, YT_PAGE_ENTRIES, begins)) return false;
    } else {
        const yt_page *page = client->pages[last];
        bool continued = page->row && row && page->row + page->len == entry.item;
        if (page->len == page->cap && !grow_page(doc, client, last)) return false;
        if (!continued && !yt_page_loosen(doc, client, last)) return false;
    }
    yt_page *page = client->pages[last];
    if (!page->row) page->clocks[page->cap + page->len] = entry.item;
    page->clocks[page->len++] = entry.clock;
    return true;
}

static void drop_page(yata_doc *doc, yt_client *client, uint32_t at) {
    page_free(doc, client->pages[at]);
    client->page_count--;
    memmove(client->pages + at, client->pages + at + 1, (client->page_count - at) * sizeof *client->pages);
}

/* Pours page at + 1 into page `at`, if together they leave room to grow. (Into a row it could fail.) */
static bool join_pages(yata_doc *doc, yt_client *client, uint32_t at) {
    yt_page *left = client->pages[at], *right = client->pages[at + 1];
    if (left->row || left->len + right->len > left->cap - left->cap / 4) return false;
    pour(left, right, 0, right->len);
    drop_page(doc, client, at + 1);
    return true;
}

void yt_store_remove(yata_doc *doc, yt_client *client, yt_place place) {
    yt_page *page = client->pages[place.page];
    page->len--;
    uint32_t *clocks = page->clocks, *items = clocks + page->cap, behind = page->len - place.at;
    YT_ASSERT(!page->row || !behind || !place.at);
    if (behind) {
        memmove(clocks + place.at, clocks + place.at + 1, behind * sizeof *clocks);
        if (page->row)
            page->row++;
        else
            memmove(items + place.at, items + place.at + 1, behind * sizeof *items);
    }
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
