/* SPDX-License-Identifier: MIT */
/* pool.h - items by handle: fixed-size records in slabs, which never move. */
#ifndef YT_DOC_POOL_H
#define YT_DOC_POOL_H

#include "doc/model.h"

void yt_pool_free(yata_doc *doc);
/* A zeroed item, or 0 when out of memory. O(1). */
yt_ref yt_item_new(yata_doc *doc);
/* Gives the handle back; the content must have been dropped. O(1). */
void yt_item_free(yata_doc *doc, yt_ref ref);

#endif
