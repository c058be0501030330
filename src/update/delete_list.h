/* SPDX-License-Identifier: MIT */
/*
 * delete_list.h - delete sets as they stand in updates, in order and unmerged.
 *
 * A yt_id_set has one form; what Yjs copies from update to update has not: runs may touch, come in any order and be
 * empty. 24 bytes a run, whose shortest form is two bytes on the wire.
 */
#ifndef YT_UPDATE_DELETE_LIST_H
#define YT_UPDATE_DELETE_LIST_H

#include "base/vec.h"
#include "update/codec.h"

typedef struct yt_deletion {
    uint64_t client;
    yt_run run;
    uint32_t place; /* in order of arrival */
} yt_deletion;

typedef YT_VEC(yt_deletion) yt_delete_list;

static inline void yt_delete_list_free(yt_mem *mem, yt_delete_list *list) {
    yt_vec_free(mem, list);
}
/* False: no memory. */
bool yt_delete_list_add(yt_mem *mem, yt_delete_list *list, uint64_t client, yt_run run);
/* Appends the delete set that comes next. Faults go to the decoder. */
void yt_delete_list_read(yt_decoder *d, yt_delete_list *list);
/* Clients descending, the runs of each ascending; runs that touch become one. */
void yt_delete_list_merge(yt_delete_list *list);
/* Writes it with clients descending, runs as they came (v2, which cannot say everything: merged). Sorts the list. */
void yt_delete_list_write(yt_delete_list *list, yt_encoder *e);

#endif
