/* SPDX-License-Identifier: MIT */
/*
 * id_set.c - runs of ids per client, and their bytes (spec/update-v1.md, "Delete set").
 *
 * The set of one transaction has one client and one run; the set of an old document has thousands of each. So clients
 * are searched linearly while they are few, and through a hash index from then on.
 *
 * Invariant: above YT_FEW clients every one of them is in the index; up to there it is not asked.
 */
#include "ids/id_set.h"
#include "base/config.h"
#include "ids/state_vector.h"

/* Up to here a linear search costs no more than hashing. */
#define YT_FEW 8

/* So many runs' room may stay in an empty set. */
enum { ROOM = 16 };

void yt_id_set_free(yt_mem *mem, yt_id_set *set) {
    for (uint32_t i = 0; i < set->len; i++) yt_runs_free(mem, &set->clients[i].runs);
    if (set->roomy) yt_runs_free(mem, &set->clients[0].runs);
    yt_free(mem, set->clients, set->cap * sizeof *set->clients);
    yt_u64_map_free(mem, &set->index);
    memset(set, 0, sizeof *set);
}

void yt_id_set_clear(yt_mem *mem, yt_id_set *set) {
    if (set->cap > YT_FEW) {
        yt_id_set_free(mem, set);
        return;
    }
    for (uint32_t i = 1; i < set->len; i++) yt_runs_free(mem, &set->clients[i].runs);
    if (set->len) set->roomy = yt_runs_clear(mem, &set->clients[0].runs, ROOM);
    set->len = 0;
}

/* The place of a client, YT_NONE if it is absent. */
static uint32_t place_of(const yt_id_set *set, uint64_t client) {
    if (set->len > YT_FEW) {
        /* Runs arrive client by client. */
        if (set->clients[set->len - 1].client == client) return set->len - 1;
        return yt_u64_map_get(&set->index, client);
    }
    for (uint32_t i = set->len; i-- > 0;) {
        if (set->clients[i].client == client) return i;
    }
    return YT_NONE;
}

/* Makes the index hold what it must hold once `client` is the last one. */
static bool index_next(yt_mem *mem, yt_id_set *set, uint64_t client) {
    if (set->len < YT_FEW) return true;
    if (set->len == YT_FEW) {
        for (uint32_t i = 0; i < set->len; i++) {
            if (!yt_u64_map_put(mem, &set->index, set->clients[i].client, i)) return false;
        }
    }
    return yt_u64_map_put(mem, &set->index, client, set->len);
}

static bool add_client(yt_mem *mem, yt_id_set *set, uint64_t client, uint32_t clock, uint32_t len) {
    if (set->len == set->cap) {
        yt_id_set_client *grown = yt_grow(mem, set->clients, &set->cap, set->len + 1, sizeof *grown);
        if (!grown) return false;
        set->clients = grown;
    }
    yt_runs runs = {0};
    if (set->roomy) runs = set->clients[0].runs;
    set->roomy = false;
    if (!yt_runs_add(mem, &runs, clock, len)) return false; /* without memory there was no room, either */
    if (!index_next(mem, set, client)) {
        yt_runs_free(mem, &runs);
        return false;
    }
    set->clients[set->len++] = (yt_id_set_client){client, runs};
    return true;
}

bool yt_id_set_add(yt_mem *mem, yt_id_set *set, uint64_t client, uint32_t clock, uint32_t len) {
    if (len == 0) return true;
    uint32_t place = place_of(set, client);
    if (place == YT_NONE) return add_client(mem, set, client, clock, len);
    return yt_runs_add(mem, &set->clients[place].runs, clock, len);
}

const yt_runs *yt_id_set_find(const yt_id_set *set, uint64_t client) {
    uint32_t place = place_of(set, client);
    return place == YT_NONE ? NULL : &set->clients[place].runs;
}

yt_runs *yt_id_set_runs(yt_id_set *set, uint64_t client) {
    uint32_t place = place_of(set, client);
    return place == YT_NONE ? NULL : &set->clients[place].runs;
}

bool yt_id_set_contains(const yt_id_set *set, yata_id id) {
    const yt_runs *runs = yt_id_set_find(set, id.client);
    return runs && yt_runs_contains(runs, id.clock);
}

bool yt_id_set_is_empty(const yt_id_set *set) {
    for (uint32_t i = 0; i < set->len; i++) {
        if (set->clients[i].runs.count > 0) return false;
    }
    return true;
}

size_t yt_id_set_bytes(const yt_id_set *set) {
    size_t bytes = set->cap * sizeof *set->clients + yt_u64_map_bytes(&set->index);
    if (set->roomy) bytes += yt_runs_bytes(&set->clients[0].runs);
    for (uint32_t i = 0; i < set->len; i++) bytes += yt_runs_bytes(&set->clients[i].runs);
    return bytes;
}

uint32_t yt_id_set_run_count(const yt_id_set *set) {
    uint32_t count = 0;
    for (uint32_t i = 0; i < set->len; i++) count += set->clients[i].runs.count;
    return count;
}

void yt_id_set_read_v1(yt_mem *mem, yt_id_set *set, yt_reader *r) {
    yt_id_set_read_unknown_v1(mem, set, NULL, r);
}

void yt_id_set_read_unknown_v1(yt_mem *mem, yt_id_set *set, const yt_known_ids *known, yt_reader *r) {
    for (uint32_t clients = yt_read_count(r, 2); clients > 0 && yt_reader_ok(r); clients--) {
        uint64_t client = yt_read_var_uint(r);
        yt_runs *runs = NULL; /* of the client, once it has any */
        yt_known_walk walk = yt_known_begin(known, client);
        for (uint32_t left = yt_read_count(r, 2); left > 0 && yt_reader_ok(r); left--) {
            const uint8_t *start = r->pos, *p = NULL;
            uint32_t clock, len;
            if (YT_LIKELY(yt_reader_left(r) >= 2 * YT_QUICK_CLOCK)) p = yt_quick_clock(start, &clock);
            if (p) p = yt_quick_clock(p, &len);
            if (YT_LIKELY(p && len)) { /* three bytes each */
                if (yt_known_covers(&walk, clock, clock + len) ||
                    (runs && yt_runs_add_last(runs, clock, clock + len))) { /* in order */
                    r->pos = p;
                    continue;
                }
            }
            clock = yt_read_clock(r);
            len = yt_read_clock(r);
            if (!yt_reader_ok(r)) return;
            if (len > YT_CLOCK_MAX - clock)
                yt_reader_fail_at(r, YATA_ERR_LIMIT, start);
            else if (!yt_id_set_add(mem, set, client, clock, len))
                yt_reader_fail_at(r, YATA_ERR_MEMORY, start);
            else if (len)
                runs = yt_id_set_runs(set, client);
        }
    }
}

void yt_id_set_read_v2(yt_mem *mem, yt_id_set *set, yt_reader *r) {
    for (uint32_t clients = yt_read_count(r, 2); clients > 0 && yt_reader_ok(r); clients--) {
        uint64_t client = yt_read_var_uint(r);
        uint32_t end = 0;
        for (uint32_t left = yt_read_count(r, 2); left > 0 && yt_reader_ok(r); left--) {
            const uint8_t *start = r->pos;
            uint32_t gap = yt_read_clock(r), less = yt_read_clock(r);
            if (!yt_reader_ok(r)) return;
            if (gap > YT_CLOCK_MAX - end || less >= YT_CLOCK_MAX - end - gap)
                yt_reader_fail_at(r, YATA_ERR_LIMIT, start);
            else if (!yt_id_set_add(mem, set, client, end + gap, less + 1))
                yt_reader_fail_at(r, YATA_ERR_MEMORY, start);
            end += gap + less + 1;
        }
    }
}

void yt_id_set_write_client(const yt_id_set_client *client, bool v2, yt_writer *w) {
    yt_write_var_uint(w, client->client);
    yt_write_var_uint(w, client->runs.count);
    uint32_t end = 0;
    yt_run run;
    for (yt_runs_iter it = yt_runs_begin(&client->runs); yt_runs_next(&it, &run);) {
        yt_write_var_uint(w, v2 ? run.clock - end : run.clock);
        yt_write_var_uint(w, v2 ? run.len - 1 : run.len);
        end = run.clock + run.len;
    }
}

static void write_set(const yt_id_set *set, bool v2, yt_writer *w) {
    uint32_t clients = 0;
    for (uint32_t i = 0; i < set->len; i++) clients += set->clients[i].runs.count > 0;
    yt_write_var_uint(w, clients);
    if (clients == 0) return;

    /* A list of (client, place) is sorted by what sorts state vectors. */
    size_t size = clients * sizeof(yt_state_entry);
    yt_state_entry *order = yt_alloc(w->mem, size);
    if (!order) {
        w->failed = true;
        return;
    }
    uint32_t n = 0;
    for (uint32_t i = 0; i < set->len; i++) {
        if (set->clients[i].runs.count > 0) order[n++] = (yt_state_entry){set->clients[i].client, i};
    }
    yt_state_entries_sort(order, n);
    for (uint32_t i = 0; i < n; i++) yt_id_set_write_client(&set->clients[order[i].clock], v2, w);
    yt_free(w->mem, order, size);
}

void yt_id_set_write_v1(const yt_id_set *set, yt_writer *w) {
    write_set(set, false, w);
}

void yt_id_set_write_v2(const yt_id_set *set, yt_writer *w) {
    write_set(set, true, w);
}
