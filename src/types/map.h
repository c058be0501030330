/* SPDX-License-Identifier: MIT */
/* map.h - map entries by key (map.c). */
#ifndef YT_TYPES_MAP_H
#define YT_TYPES_MAP_H

#include "doc/model.h"

/* A new item as the value of a key. YATA_ERR_ARGUMENT, YATA_ERR_UTF8. */
yata_status yt_map_put(yata_txn *txn, yt_branch *branch, yata_str key, const yt_block *content, yt_ref *out);
/* The item that is the value of a key, 0 if there is none. */
yt_ref yt_map_find(const yata_doc *doc, const yt_branch *branch, yata_str key);

#endif
