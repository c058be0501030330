/* SPDX-License-Identifier: MIT */
/*
 * pending_list.c - blocks by clock, in pages (drawn in pending_list.h).
 *
 * Invariant: no page is empty; `head` is below the length of the first page, 0 where there is none.
 */
#include "doc/pending_list.h"

void yt_pending_list_free(yt_mem *mem, yt_pending_list *list) {
    for (uint32_t i = 0; i < list->pages.len; i++) {
        yt_pending_page *page = &list->pages.data[i];
        yt_free(mem, page->blocks, page->cap * sizeof *page->blocks);
    }
    yt_vec_free(mem, &list->pages);
    list->head = list->count = 0;
}

/* ------------------------------------------------------------------------
 * Places
 */
static uint32_t first_of(const yt_pending_list *list, uint32_t page) {
    return page ? 0 : list->head;
}

yt_pending_place yt_pending_list_behind(const yt_pending_list *list, uint32_t clock) {
    uint32_t low = 0, high = list->pages.len; /* the first page that ends behind the clock */
    while (low < high) {
        uint32_t mid = low + (high - low) / 2;
        const yt_pending_page *page = &list->pages.data[mid];
        if (page->blocks[page->len - 1]->block.id.clock <= clock)
            low = mid + 1;
        else
            high = mid;
    }
    yt_pending_place place = {low, 0};
    if (low == list->pages.len) return place;
    const yt_pending_page *page = &list->pages.data[low];
    place.at = first_of(list, low);
    for (high = page->len; place.at < high;) {
        uint32_t mid = place.at + (high - place.at) / 2;
        if (page->blocks[mid]->block.id.clock <= clock)
            place.at = mid + 1;
        else
            high = mid;
    }
    return place;
}

const yt_block *yt_pending_list_before(const yt_pending_list *list, yt_pending_place place) {
    if (place.page < list->pages.len && place.at > first_of(list, place.page)) {
        place.at--;
    } else {
        if (!place.page) return NULL;
        place.at = list->pages.data[--place.page].len - 1;
    }
    return yt_pending_list_at(list, place);
}

/* ------------------------------------------------------------------------
 * Adding
 */
/* An empty page at `at`; NULL: no memory. */
static yt_pending_page *add_page(yt_mem *mem, yt_pending_list *list, uint32_t at, uint32_t cap) {
    if (!yt_vec_reserve(mem, &list->pages, 1)) return NULL;
    yt_pending_block **blocks = yt_alloc(mem, cap * sizeof *blocks);
    if (!blocks) return NULL;
    memmove(list->pages.data + at + 1, list->pages.data + at, (list->pages.len - at) * sizeof *list->pages.data);
    list->pages.len++;
    list->pages.data[at] = (yt_pending_page){blocks, 0, cap};
    return &list->pages.data[at];
}

/* Makes room in the page of `place`, which then is in a page with room. */
static bool make_room(yt_mem *mem, yt_pending_list *list, yt_pending_place *place) {
    yt_pending_page *page = &list->pages.data[place->page];
    if (page->len < page->cap) return true;
    if (page->cap < YT_PENDING_PAGE) {
        yt_pending_block **grown = yt_grow(mem, page->blocks, &page->cap, page->len + 1, sizeof *grown);
        if (grown) page->blocks = grown;
        return grown;
    }
    if (!place->page && list->head) { /* close the gap in front */
        page->len -= list->head;
        memmove(page->blocks, page->blocks + list->head, page->len * sizeof *page->blocks);
        place->at -= list->head;
        list->head = 0;
        return true;
    }
    /* What comes at an end begins a page of its own: lists that grow there have full pages. */
    uint32_t len = page->len, keep = len / 2;
    if (place->page + 1 == list->pages.len && place->at == len) keep = len;
    if (!place->page && place->at == 0) keep = 0;
    yt_pending_page *upper = add_page(mem, list, place->page + 1, page->cap);
    if (!upper) return false;
    page = upper - 1;
    upper->len = len - keep;
    memcpy(upper->blocks, page->blocks + keep, upper->len * sizeof *upper->blocks);
    page->len = keep;
    if (place->at > keep || keep == len) {
        place->at -= keep;
        place->page++;
    }
    return true;
}

bool yt_pending_list_add(yt_mem *mem, yt_pending_list *list, yt_pending_block *block) {
    yt_pending_place place = yt_pending_list_behind(list, block->block.id.clock);
    if (place.page == list->pages.len) { /* behind all */
        if (!place.page && !add_page(mem, list, 0, 1)) return false;
        place.page = list->pages.len - 1;
        place.at = list->pages.data[place.page].len;
    }
    if (!place.page && place.at == list->head && list->head) { /* where one was taken out */
        list->pages.data[0].blocks[--list->head] = block;
        list->count++;
        return true;
    }
    if (!make_room(mem, list, &place)) return false;
    yt_pending_page *page = &list->pages.data[place.page];
    memmove(page->blocks + place.at + 1, page->blocks + place.at, (page->len - place.at) * sizeof *page->blocks);
    page->blocks[place.at] = block;
    page->len++;
    list->count++;
    return true;
}

yt_pending_block *yt_pending_list_pop(yt_mem *mem, yt_pending_list *list) {
    if (!list->count) return NULL;
    yt_pending_page *page = &list->pages.data[0];
    yt_pending_block *block = page->blocks[list->head++];
    list->count--;
    if (list->head < page->len) return block;
    list->head = 0;
    yt_free(mem, page->blocks, page->cap * sizeof *page->blocks);
    list->pages.len--;
    memmove(list->pages.data, list->pages.data + 1, list->pages.len * sizeof *list->pages.data);
    if (!list->pages.len) yt_vec_free(mem, &list->pages);
    return block;
}
