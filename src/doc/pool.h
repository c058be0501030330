/* SPDX-License-Identifier: MIT */
/* pool.h - items by handle: fixed-size records in slabs, which never move. */
#ifndef YT_DOC_POOL_H
#define YT_DOC_POOL_H

#include "doc/model.h"

void yt_pool_free(yata_doc *doc);
/* A zeroed item, or 0 when out of memory. O(1). */
yt_ref yt_item_new(yata_doc *doc);
/* The same, with what it held before still in it: every field is to be set. */
yt_ref yt_item_take_slab(yata_doc *doc); /* where all slabs are full */
static inline yt_ref yt_item_take(yata_doc *doc) {
    yt_pool *pool = &doc->pool;
    yt_ref ref = pool->free;
    if (ref)
        pool->free = yt_at(doc, ref)->left;
    else if (pool->made < pool->slab_count * YT_SLAB_ITEMS)
        ref = pool->made++;
    else
        return yt_item_take_slab(doc);
    pool->live++;
    return ref;
}
/* Gives the handle back; the content must have been dropped. O(1). */
void yt_item_free(yata_doc *doc, yt_ref ref);
/* What `expected` told has come: gives back room that was made for it in vain. Items may move; handles stay. */
void yt_pool_expected(yata_doc *doc);
/* Gives back the slabs at the end that hold no item. O(freed items). */
void yt_pool_trim(yata_doc *doc);

#endif
