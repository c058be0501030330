/* SPDX-License-Identifier: MIT */
/*
 * id_set_object.h - the id set that a caller owns: a yt_id_set with its memory, and its clients in order.
 *
 *   ids.clients  [ 9 | 4 | 7 ]       as they came
 *   order        [ 1 , 2 , 0 ]       places of clients, by client ascending
 */
#ifndef YT_IDS_ID_SET_OBJECT_H
#define YT_IDS_ID_SET_OBJECT_H

#include "base/vec.h"
#include "ids/id_set.h"
#include <yata/id_set.h>

struct yata_id_set {
    yt_mem mem;
    yt_id_set ids;
    YT_VEC(uint32_t) order;
};

/* The clients whose runs these are, by number; clients without runs are among them. */
static inline const yt_id_set_client *yt_id_set_at(const yata_id_set *set, uint32_t i) {
    return &set->ids.clients[set->order.data[i]];
}

/* A set that is being collected from what comes in any order, and is then added to a caller's at once. */
typedef struct yt_id_gathering {
    yt_mem mem;
    yt_id_set ids; /* add to it with yt_id_set_add */
} yt_id_gathering;
static inline yt_id_gathering yt_id_gather(const yata_allocator *allocator) {
    yt_id_gathering gathering = {0};
    yt_mem_init(&gathering.mem, allocator);
    return gathering;
}
/* Adds all of it to `set` (NULL: to nothing), unless `status` is a failure; frees the gathering. O(n log n) for its
 * clients, O(runs) of both. Returns the status, or YATA_ERR_MEMORY: then nothing was added. */
yata_status yt_id_gathered(yt_id_gathering *gathering, yata_id_set *set, yata_status status);

#endif
