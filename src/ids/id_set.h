/* SPDX-License-Identifier: MIT */
/*
 * id_set.h - a set of ids: runs per client. On the wire: a delete set (spec/update-v1.md).
 */
#ifndef YT_IDS_ID_SET_H
#define YT_IDS_ID_SET_H

#include "base/hash.h"
#include "ids/id_runs.h"
#include "wire/reader.h"
#include "wire/writer.h"

typedef struct yt_id_set_client {
    uint64_t client;
    yt_runs runs;
} yt_id_set_client;

typedef struct yt_id_set {
    yt_id_set_client *clients; /* in order of arrival */
    uint32_t len, cap;
    bool roomy;       /* it is empty, and the first place has room for runs */
    yt_u64_map index; /* client -> place; only once there are more than a few */
} yt_id_set;

void yt_id_set_free(yt_mem *mem, yt_id_set *set);
/* Empties it; room for a few clients stays, and for a few runs of one. */
void yt_id_set_clear(yt_mem *mem, yt_id_set *set);
bool yt_id_set_add(yt_mem *mem, yt_id_set *set, uint64_t client, uint32_t clock, uint32_t len);
/* The runs of a client, NULL if it has none. */
const yt_runs *yt_id_set_find(const yt_id_set *set, uint64_t client);
yt_runs *yt_id_set_runs(yt_id_set *set, uint64_t client); /* the same, to be changed */
bool yt_id_set_contains(const yt_id_set *set, yata_id id);
bool yt_id_set_is_empty(const yt_id_set *set);
uint32_t yt_id_set_run_count(const yt_id_set *set);
size_t yt_id_set_bytes(const yt_id_set *set); /* memory that it has */

/* Ids that are known by somebody else, of each client. */
typedef struct yt_known_ids {
    const yt_runs *(*of)(const void *ctx, uint64_t client); /* NULL: none */
    const void *ctx;
} yt_known_ids;
/* A walk through those of one client, beside runs that come in order. */
typedef struct yt_known_walk {
    yt_runs_iter at;
    yt_run run;
} yt_known_walk;
static inline yt_known_walk yt_known_begin(const yt_known_ids *known, uint64_t client) {
    const yt_runs *runs = known ? known->of(known->ctx, client) : NULL;
    return (yt_known_walk){runs ? yt_runs_begin(runs) : (yt_runs_iter){0}, {0, 0}};
}
/* Are all of [clock, end) known? False, too, if runs did not come in order. A few steps, or O(log n) if it is far. */
static inline bool yt_known_covers(yt_known_walk *walk, uint32_t clock, uint32_t end) {
    enum { FEW_STEPS = 4 };
    if (!walk->at.runs) return false;
    for (uint32_t steps = 0; walk->run.clock + walk->run.len < end; steps++) {
        if (steps == FEW_STEPS) walk->at = yt_runs_from(walk->at.runs, clock);
        if (steps > FEW_STEPS || !yt_runs_next(&walk->at, &walk->run)) break;
    }
    return walk->run.clock <= clock && end <= walk->run.clock + walk->run.len;
}

/* Some became known since: goes on from that clock. */
static inline void yt_known_changed(yt_known_walk *walk, uint32_t clock) {
    if (walk->at.runs) *walk = (yt_known_walk){yt_runs_from(walk->at.runs, clock), {0, 0}};
}

/* Reads a v1 delete set and adds it; counts are checked against the bytes that are left, clock + len against 2^32-1
 * (YATA_ERR_LIMIT). Faults, and YATA_ERR_MEMORY, go to the reader. Empty runs and clients without runs are legal. */
void yt_id_set_read_v1(yt_mem *mem, yt_id_set *set, yt_reader *r);
/* The same, but runs that are known (NULL: none are) are checked, and not added. */
void yt_id_set_read_unknown_v1(yt_mem *mem, yt_id_set *set, const yt_known_ids *known, yt_reader *r);
/* Writes it as Yjs does: clients descending, runs sorted; clients without runs are left out. Needs memory to sort. */
void yt_id_set_write_v1(const yt_id_set *set, yt_writer *w);
/* The same in format v2: the gap to the run before, and lengths less one, so that no run is empty. */
void yt_id_set_read_v2(yt_mem *mem, yt_id_set *set, yt_reader *r);
void yt_id_set_write_v2(const yt_id_set *set, yt_writer *w);
/* One client of it. */
void yt_id_set_write_client(const yt_id_set_client *client, bool v2, yt_writer *w);

#endif
