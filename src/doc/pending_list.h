/* SPDX-License-Identifier: MIT */
/*
 * pending_list.h - the waiting blocks of one client, by clock.
 *
 *   pages  [ - - b b ][ b b b ][ b ... ]        `head` of the first are gone
 *
 * Pages, so that blocks may come in any order: one that comes between others moves at most one page.
 */
#ifndef YT_DOC_PENDING_LIST_H
#define YT_DOC_PENDING_LIST_H

#include "doc/model.h"

/* Blocks in one page. */
enum { YT_PENDING_PAGE = 256 };

typedef struct yt_pending_place {
    uint32_t page, at;
} yt_pending_place;

/* Frees the pages, not the blocks. */
void yt_pending_list_free(yt_mem *mem, yt_pending_list *list);
/* Puts a block behind all that begin at its clock or before. False: no memory. O(log n + page). */
bool yt_pending_list_add(yt_mem *mem, yt_pending_list *list, yt_pending_block *block);
/* Takes the first out; NULL: there is none. */
yt_pending_block *yt_pending_list_pop(yt_mem *mem, yt_pending_list *list);

static inline yt_pending_place yt_pending_list_begin(const yt_pending_list *list) {
    return (yt_pending_place){0, list->head};
}
/* The first that begins behind the clock. O(log n). */
yt_pending_place yt_pending_list_behind(const yt_pending_list *list, uint32_t clock);
/* NULL at the end. */
static inline const yt_block *yt_pending_list_at(const yt_pending_list *list, yt_pending_place place) {
    return place.page < list->pages.len ? &list->pages.data[place.page].blocks[place.at]->block : NULL;
}
static inline yt_pending_place yt_pending_list_next(const yt_pending_list *list, yt_pending_place place) {
    if (++place.at == list->pages.data[place.page].len) place = (yt_pending_place){place.page + 1, 0};
    return place;
}
/* NULL: nothing is before that place. */
const yt_block *yt_pending_list_before(const yt_pending_list *list, yt_pending_place place);

#endif
