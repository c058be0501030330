/* SPDX-License-Identifier: MIT */
/*
 * state_vector.c - client -> next clock, and its bytes (spec/update-v1.md, "State vector").
 *
 * A vector of a few clients is searched from its end, where the client that was set last usually is; more of them get
 * a hash index. Entries stay in order of arrival, so nothing depends on hashes.
 *
 * Invariant: above YT_FEW entries every one of them is in the index; up to there it is not asked.
 */
#include "ids/state_vector.h"
#include "base/config.h"
#include "base/sort.h"

/* Up to here a linear search costs no more than hashing. */
#define YT_FEW 8

void yt_state_vector_free(yt_mem *mem, yt_state_vector *sv) {
    yt_free(mem, sv->entries, sv->cap * sizeof *sv->entries);
    yt_u64_map_free(mem, &sv->index);
    memset(sv, 0, sizeof *sv);
}

/* The place of a client, YT_NONE if it is absent. */
static uint32_t place_of(const yt_state_vector *sv, uint64_t client) {
    if (sv->len > YT_FEW) return yt_u64_map_get(&sv->index, client);
    for (uint32_t i = sv->len; i-- > 0;) {
        if (sv->entries[i].client == client) return i;
    }
    return YT_NONE;
}

uint32_t yt_state_vector_get(const yt_state_vector *sv, uint64_t client) {
    uint32_t place = place_of(sv, client);
    return place == YT_NONE ? 0 : sv->entries[place].clock;
}

/* Makes the index hold what it must hold once `client` is the last entry. */
static bool index_next(yt_mem *mem, yt_state_vector *sv, uint64_t client) {
    if (sv->len < YT_FEW) return true;
    if (sv->len == YT_FEW) {
        for (uint32_t i = 0; i < sv->len; i++) {
            if (!yt_u64_map_put(mem, &sv->index, sv->entries[i].client, i)) return false;
        }
    }
    return yt_u64_map_put(mem, &sv->index, client, sv->len);
}

bool yt_state_vector_set(yt_mem *mem, yt_state_vector *sv, uint64_t client, uint32_t clock) {
    uint32_t place = place_of(sv, client);
    if (place != YT_NONE) {
        sv->entries[place].clock = clock;
        return true;
    }
    if (sv->len == sv->cap) {
        yt_state_entry *grown = yt_grow(mem, sv->entries, &sv->cap, sv->len + 1, sizeof *grown);
        if (!grown) return false;
        sv->entries = grown;
    }
    if (!index_next(mem, sv, client)) return false;
    sv->entries[sv->len++] = (yt_state_entry){client, clock};
    return true;
}

void yt_state_vector_read(yt_mem *mem, yt_state_vector *sv, yt_reader *r) {
    for (uint32_t left = yt_read_count(r, 2); left > 0 && yt_reader_ok(r); left--) {
        const uint8_t *start = r->pos;
        uint64_t client = yt_read_var_uint(r);
        uint64_t clock = yt_read_var_uint(r);
        if (!yt_reader_ok(r)) return;
        if (clock > YT_CLOCK_MAX) clock = YT_CLOCK_MAX;
        if (!yt_state_vector_set(mem, sv, client, (uint32_t)clock)) yt_reader_fail_at(r, YATA_ERR_MEMORY, start);
    }
}

static bool higher_client(const void *a, const void *b) {
    return ((const yt_state_entry *)a)->client > ((const yt_state_entry *)b)->client;
}

void yt_state_entries_sort(yt_state_entry *entries, uint32_t n) {
    yt_sort(entries, n, sizeof *entries, higher_client);
}

void yt_state_entries_write(const yt_state_entry *entries, uint32_t n, yt_writer *w) {
    uint32_t written = 0;
    for (uint32_t i = 0; i < n; i++) written += entries[i].clock > 0;
    yt_write_var_uint(w, written);
    for (uint32_t i = 0; i < n; i++) {
        if (entries[i].clock == 0) continue;
        yt_write_var_uint(w, entries[i].client);
        yt_write_var_uint(w, entries[i].clock);
    }
}
