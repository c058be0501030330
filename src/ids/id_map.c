/* SPDX-License-Identifier: MIT */
/*
 * id_map.c - id maps: runs of ids with attributes, changed in place and walked (spec/id-sets.md).
 *
 * Where a run is added or removed only the runs that it touches are looked at; they are exchanged for what is made of
 * them. What lies behind them in the same client moves.
 *
 * Invariants: clients ascend and have runs; the runs of a client ascend, are not empty and do not overlap; of two that
 * touch the attributes differ.
 */
#include "ids/id_map.h"
#include "base/config.h"
#include "base/utf.h"

#define CLIENT_MAX ((UINT64_C(1) << 53) - 1)

/* ------------------------------------------------------------------------
 * Life
 */
yata_status yata_id_map_new(const yata_allocator *allocator, yata_id_map **out) {
    if (!out) return YATA_ERR_ARGUMENT;
    yt_mem mem;
    yt_mem_init(&mem, allocator);
    yata_id_map *map = yt_calloc(&mem, sizeof *map);
    if (!map) return YATA_ERR_MEMORY;
    map->mem = mem;
    *out = map;
    return YATA_OK;
}

static void free_clients(yt_mem *mem, yt_attr_client *clients, uint32_t len, uint32_t cap) {
    for (uint32_t i = 0; i < len; i++) yt_vec_free(mem, &clients[i].runs);
    yt_free(mem, clients, cap * sizeof *clients);
}

void yata_id_map_free(yata_id_map *map) {
    if (!map) return;
    free_clients(&map->mem, map->clients.data, map->clients.len, map->clients.cap);
    yt_attr_book_free(&map->mem, &map->book);
    yt_mem mem = map->mem;
    yt_free(&mem, map, sizeof *map);
}

yata_status yata_id_map_copy(const yata_id_map *map, yata_id_map **out) {
    if (!map || !out) return YATA_ERR_ARGUMENT;
    yata_id_map *made;
    yata_status status = yata_id_map_new(&map->mem.allocator, &made);
    if (status) return status;
    status = yata_id_map_merge(made, map);
    if (status)
        yata_id_map_free(made);
    else
        *out = made;
    return status;
}

/* ------------------------------------------------------------------------
 * Finding
 */
uint32_t yt_attr_client_place(const yata_id_map *map, uint64_t client) {
    uint32_t low = 0, high = map->clients.len;
    while (low < high) {
        uint32_t mid = low + (high - low) / 2;
        if (map->clients.data[mid].client < client)
            low = mid + 1;
        else
            high = mid;
    }
    return low;
}

const yt_attr_runs *yt_attr_runs_of(const yata_id_map *map, uint64_t client) {
    uint32_t place = yt_attr_client_place(map, client);
    if (place == map->clients.len || map->clients.data[place].client != client) return NULL;
    return &map->clients.data[place].runs;
}

static uint32_t run_end(yt_attr_run run) {
    return run.clock + run.len;
}

uint32_t yt_attr_run_place(const yt_attr_runs *runs, uint32_t clock) {
    uint32_t low = 0, high = runs->len;
    while (low < high) {
        uint32_t mid = low + (high - low) / 2;
        if (run_end(runs->data[mid]) <= clock)
            low = mid + 1;
        else
            high = mid;
    }
    return low;
}

/* ------------------------------------------------------------------------
 * Building
 */
yt_attr_build yt_attr_build_for(yata_id_map *map) {
    return (yt_attr_build){.mem = &map->mem, .book = &map->book};
}

/* The runs of the client that is being put. */
static yt_attr_runs *runs_for(yt_attr_build *b, uint64_t client) {
    uint32_t n = b->clients.len;
    if (!n || b->clients.data[n - 1].client != client) {
        YT_ASSERT(!n || b->clients.data[n - 1].client < client);
        if (!yt_vec_reserve(b->mem, &b->clients, 1)) return NULL;
        yt_attr_client fresh = {.client = client};
        yt_vec_put(&b->clients, fresh);
    }
    yt_attr_runs *runs = &b->clients.data[b->clients.len - 1].runs;
    return yt_vec_reserve(b->mem, runs, 1) ? runs : NULL;
}

void yt_attr_put(yt_attr_build *b, uint64_t client, uint32_t from, uint32_t to, uint32_t list) {
    if (b->failed || from >= to) return;
    yt_attr_runs *runs = list == YT_NONE ? NULL : runs_for(b, client);
    if (!runs) {
        b->failed = true;
        return;
    }
    yt_attr_run *last = runs->len ? &runs->data[runs->len - 1] : NULL;
    YT_ASSERT(!last || run_end(*last) <= from);
    if (last && run_end(*last) == from && yt_attr_same(b->book, last->list, list)) {
        last->len += to - from;
        return;
    }
    yt_attr_run run = {from, to - from, list};
    yt_vec_put(runs, run);
}

void yt_attr_put_union(yt_attr_build *b, uint64_t client, const yt_attr_run *a, uint32_t a_len,
                       const yt_attr_run *other, uint32_t other_len) {
    uint32_t i = 0, k = 0;
    uint32_t a_from = a_len ? a[0].clock : 0, k_from = other_len ? other[0].clock : 0;
    while (i < a_len && k < other_len && !b->failed) {
        uint32_t a_end = run_end(a[i]), k_end = run_end(other[k]);
        uint32_t end = a_end < k_end ? a_end : k_end;
        if (a_from < k_from) {
            end = a_end < k_from ? a_end : k_from;
            yt_attr_put(b, client, a_from, end, a[i].list);
            a_from = end;
        } else if (k_from < a_from) {
            end = k_end < a_from ? k_end : a_from;
            yt_attr_put(b, client, k_from, end, other[k].list);
            k_from = end;
        } else {
            bool older = a[i].clock <= other[k].clock; /* which began first */
            uint32_t first = older ? a[i].list : other[k].list, second = older ? other[k].list : a[i].list;
            yt_attr_put(b, client, a_from, end, yt_attr_join(b->mem, b->book, first, second));
            a_from = k_from = end;
        }
        if (a_from == a_end && ++i < a_len) a_from = a[i].clock;
        if (k_from == k_end && ++k < other_len) k_from = other[k].clock;
    }
    for (; i < a_len; a_from = ++i < a_len ? a[i].clock : 0) yt_attr_put(b, client, a_from, run_end(a[i]), a[i].list);
    for (; k < other_len; k_from = ++k < other_len ? other[k].clock : 0)
        yt_attr_put(b, client, k_from, run_end(other[k]), other[k].list);
}

void yt_attr_build_free(yt_attr_build *b) {
    free_clients(b->mem, b->clients.data, b->clients.len, b->clients.cap);
    memset(&b->clients, 0, sizeof b->clients);
}

yata_status yt_attr_build_finish(yt_attr_build *b, yata_id_map *map) {
    if (b->failed) {
        yt_attr_build_free(b);
        return YATA_ERR_MEMORY;
    }
    free_clients(&map->mem, map->clients.data, map->clients.len, map->clients.cap);
    map->clients.data = b->clients.data;
    map->clients.len = b->clients.len;
    map->clients.cap = b->clients.cap;
    return YATA_OK;
}

/* ------------------------------------------------------------------------
 * Changing
 */

/* Exchanges the runs [from, to) of the client at `place` for those that were built (of this client, or none). */
static yata_status exchange(yata_id_map *map, uint32_t place, uint32_t from, uint32_t to, yt_attr_build *b) {
    yt_attr_runs *runs = &map->clients.data[place].runs;
    uint32_t n = b->clients.len ? b->clients.data[0].runs.len : 0, old = to - from;
    if (b->failed || (n > old && !yt_vec_reserve(&map->mem, runs, n - old))) {
        yt_attr_build_free(b);
        return YATA_ERR_MEMORY;
    }
    memmove(runs->data + from + n, runs->data + to, (runs->len - to) * sizeof *runs->data);
    if (n) memcpy(runs->data + from, b->clients.data[0].runs.data, n * sizeof *runs->data);
    runs->len = runs->len - old + n;
    yt_attr_build_free(b);
    if (runs->len == 0) {
        yt_vec_free(&map->mem, runs);
        map->clients.len--;
        memmove(map->clients.data + place, map->clients.data + place + 1,
                (map->clients.len - place) * sizeof *map->clients.data);
    }
    return YATA_OK;
}

static yata_status add_client(yata_id_map *map, uint32_t place, uint64_t client, yt_attr_run run) {
    if (!yt_vec_reserve(&map->mem, &map->clients, 1)) return YATA_ERR_MEMORY;
    yt_attr_client fresh = {.client = client};
    if (!yt_vec_reserve(&map->mem, &fresh.runs, 1)) return YATA_ERR_MEMORY;
    yt_vec_put(&fresh.runs, run);
    memmove(map->clients.data + place + 1, map->clients.data + place,
            (map->clients.len - place) * sizeof *map->clients.data);
    map->clients.data[place] = fresh;
    map->clients.len++;
    return YATA_OK;
}

static yata_status add_run(yata_id_map *map, uint64_t client, yt_attr_run run) {
    uint32_t place = yt_attr_client_place(map, client);
    if (place == map->clients.len || map->clients.data[place].client != client)
        return add_client(map, place, client, run);
    const yt_attr_runs *runs = &map->clients.data[place].runs;
    uint32_t end = run_end(run), to;
    uint32_t from = run.clock ? yt_attr_run_place(runs, run.clock - 1) : 0; /* also the one that ends where it begins */
    for (to = from; to < runs->len && runs->data[to].clock <= end;) to++;
    yt_attr_build b = yt_attr_build_for(map);
    yt_attr_put_union(&b, client, runs->data + from, to - from, &run, 1);
    return exchange(map, place, from, to, &b);
}

static yata_status check_run(yata_id first, uint32_t len) {
    return first.client > CLIENT_MAX || len > YT_CLOCK_MAX - first.clock ? YATA_ERR_LIMIT : YATA_OK;
}

/* The list of a caller's attributes. */
static yata_status intern_list(yata_id_map *map, const yata_attribute *attributes, uint32_t count, uint32_t *list) {
    YT_VEC(uint32_t) numbers = {0};
    yt_writer any;
    yt_writer_init(&any, &map->mem);
    yata_status status = yt_vec_reserve(&map->mem, &numbers, count) ? YATA_OK : YATA_ERR_MEMORY;
    for (uint32_t i = 0; i < count && !status; i++) {
        yata_str name = attributes[i].name;
        if (name.len && !name.data)
            status = YATA_ERR_ARGUMENT;
        else if (!yt_utf8_scan((const uint8_t *)name.data, name.len, NULL, NULL))
            status = YATA_ERR_UTF8;
        any.len = 0;
        if (!status) status = yt_any_write_value(&any, &attributes[i].value);
        if (status) break;
        uint32_t number = yt_attr_intern(&map->mem, &map->book, name, (yata_bytes){any.data, any.len});
        if (number == YT_NONE)
            status = YATA_ERR_MEMORY;
        else
            yt_vec_put(&numbers, number);
    }
    if (!status) *list = yt_attr_intern_list(&map->mem, &map->book, numbers.data, numbers.len);
    if (!status && *list == YT_NONE) status = YATA_ERR_MEMORY;
    yt_writer_free(&any);
    yt_vec_free(&map->mem, &numbers);
    return status;
}

yata_status yata_id_map_add(yata_id_map *map, yata_id first, uint32_t len, const yata_attribute *attributes,
                            uint32_t count) {
    if (!map || (count && !attributes)) return YATA_ERR_ARGUMENT;
    uint32_t list = YT_NONE;
    yata_status status = check_run(first, len);
    if (status || len == 0) return status;
    status = intern_list(map, attributes, count, &list);
    return status ? status : add_run(map, first.client, (yt_attr_run){first.clock, len, list});
}

yata_status yata_id_map_add_set(yata_id_map *map, const yata_id_set *set, const yata_attribute *attributes,
                                uint32_t count) {
    if (!map || !set || (count && !attributes)) return YATA_ERR_ARGUMENT;
    uint32_t list = YT_NONE;
    yata_id_map *all;
    yata_status status = yata_id_map_new(&map->mem.allocator, &all);
    if (status) return status;
    status = intern_list(all, attributes, count, &list);
    yt_attr_build b = yt_attr_build_for(all);
    yata_id_set_iter it = yata_id_set_begin(set);
    yata_id first;
    uint32_t len;
    while (!status && yata_id_set_next(&it, &first, &len))
        yt_attr_put(&b, first.client, first.clock, first.clock + len, list);
    yata_status built = yt_attr_build_finish(&b, all);
    if (!status) status = built;
    if (!status) status = yata_id_map_merge(map, all);
    yata_id_map_free(all);
    return status;
}

yata_status yata_id_map_remove(yata_id_map *map, yata_id first, uint32_t len) {
    if (!map) return YATA_ERR_ARGUMENT;
    yata_status status = check_run(first, len);
    if (status || len == 0) return status;
    uint32_t place = yt_attr_client_place(map, first.client), end = first.clock + len, to;
    if (place == map->clients.len || map->clients.data[place].client != first.client) return YATA_OK;
    const yt_attr_runs *runs = &map->clients.data[place].runs;
    uint32_t from = yt_attr_run_place(runs, first.clock);
    for (to = from; to < runs->len && runs->data[to].clock < end;) to++;
    if (from == to) return YATA_OK;
    yt_attr_run left = runs->data[from], right = runs->data[to - 1];
    yt_attr_build b = yt_attr_build_for(map);
    yt_attr_put(&b, first.client, left.clock, first.clock, left.list);
    yt_attr_put(&b, first.client, end, run_end(right), right.list);
    return exchange(map, place, from, to, &b);
}

/* ------------------------------------------------------------------------
 * Looking
 */
bool yata_id_map_contains(const yata_id_map *map, yata_id id) {
    const yt_attr_runs *runs = map ? yt_attr_runs_of(map, id.client) : NULL;
    if (!runs) return false;
    uint32_t at = yt_attr_run_place(runs, id.clock);
    return at < runs->len && runs->data[at].clock <= id.clock;
}

bool yata_id_map_is_empty(const yata_id_map *map) {
    return !map || map->clients.len == 0;
}

uint32_t yata_id_map_run_count(const yata_id_map *map) {
    uint32_t count = 0;
    for (uint32_t i = 0; map && i < map->clients.len; i++) count += map->clients.data[i].runs.len;
    return count;
}

static yata_attributed view(const yata_id_map *map, uint64_t client, yt_attr_run run) {
    uint32_t count;
    yt_attr_list(&map->book, run.list, &count);
    return (yata_attributed){{client, run.clock}, run.len, true, count, run.list};
}

yata_id_map_iter yata_id_map_begin(const yata_id_map *map) {
    return (yata_id_map_iter){map, 0, 0};
}

bool yata_id_map_next(yata_id_map_iter *iter, yata_attributed *out) {
    const yata_id_map *map = iter->map;
    if (!map || iter->client >= map->clients.len) return false;
    const yt_attr_client *client = &map->clients.data[iter->client];
    *out = view(map, client->client, client->runs.data[iter->at]);
    if (++iter->at == client->runs.len) {
        iter->client++;
        iter->at = 0;
    }
    return true;
}

yata_id_map_slice_iter yata_id_map_slice(const yata_id_map *map, yata_id first, uint32_t len) {
    yata_id_map_slice_iter iter = {map, YT_NONE, 0, first.clock, first};
    iter.end = len > YT_CLOCK_MAX - first.clock ? YT_CLOCK_MAX : first.clock + len;
    const yt_attr_runs *runs = map ? yt_attr_runs_of(map, first.client) : NULL;
    if (!runs) return iter;
    iter.client = yt_attr_client_place(map, first.client);
    iter.at = yt_attr_run_place(runs, first.clock);
    return iter;
}

bool yata_id_map_slice_next(yata_id_map_slice_iter *iter, yata_attributed *out) {
    if (!iter->map || iter->next.clock >= iter->end) return false;
    const yt_attr_runs *runs = iter->client == YT_NONE ? NULL : &iter->map->clients.data[iter->client].runs;
    uint32_t from = iter->next.clock, to = iter->end;
    *out = (yata_attributed){iter->next, 0, false, 0, YT_NONE};
    if (runs && iter->at < runs->len) {
        yt_attr_run run = runs->data[iter->at];
        if (run.clock <= from) {
            if (run_end(run) < to) to = run_end(run);
            *out = view(iter->map, iter->next.client, run);
            out->first.clock = from;
            iter->at++;
        } else if (run.clock < to) {
            to = run.clock;
        }
    }
    out->len = to - from;
    iter->next.clock = to;
    return true;
}

yata_status yata_id_map_attribute(const yata_id_map *map, const yata_attributed *run, uint32_t i, yata_attribute *out) {
    if (!map || !run || !out || (run->known && run->attribute_list >= map->book.lists.len)) return YATA_ERR_ARGUMENT;
    uint32_t count = 0;
    yata_str list = {NULL, 0};
    if (run->known) list = yt_attr_list(&map->book, run->attribute_list, &count);
    if (i >= count) return YATA_ERR_RANGE;
    uint32_t attribute = yt_attr_at(list, i);
    out->name = yt_attr_name(&map->book, attribute, NULL);
    yt_any_view(yt_attr_value(&map->book, attribute), &out->value);
    return YATA_OK;
}
