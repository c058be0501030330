/* SPDX-License-Identifier: MIT */
/*
 * state_vector.h - client -> the clock expected next (spec/update-v1.md).
 */
#ifndef YT_IDS_STATE_VECTOR_H
#define YT_IDS_STATE_VECTOR_H

#include "base/hash.h"
#include "wire/reader.h"
#include "wire/writer.h"

typedef struct yt_state_entry {
    uint64_t client;
    uint32_t clock;
} yt_state_entry;

typedef struct yt_state_vector {
    yt_state_entry *entries; /* in order of arrival, one per client */
    uint32_t len, cap;
    yt_u64_map index; /* client -> place; only once there are more than a few */
} yt_state_vector;

void yt_state_vector_free(yt_mem *mem, yt_state_vector *sv);
uint32_t yt_state_vector_get(const yt_state_vector *sv, uint64_t client); /* 0 if absent */
/* Sets (replacing). False: no memory. */
bool yt_state_vector_set(yt_mem *mem, yt_state_vector *sv, uint64_t client, uint32_t clock);
/* Reads one; the last entry of a client wins, as in Yjs. Clocks above 2^32-1 are kept as 2^32-1: nothing is newer. */
void yt_state_vector_read(yt_mem *mem, yt_state_vector *sv, yt_reader *r);
/* Sorts `entries` by descending client (the order on the wire); in place, no memory, O(n log n). */
void yt_state_entries_sort(yt_state_entry *entries, uint32_t n);
/* Writes entries that are sorted, leaving out clock 0. */
void yt_state_entries_write(const yt_state_entry *entries, uint32_t n, yt_writer *w);

#endif
