/* SPDX-License-Identifier: MIT */
/*
 * id_set_object.c - id sets as values: a caller makes them, joins and compares them, writes and reads them
 * (spec/id-sets.md).
 *
 * Operations on two sets walk both in order and build a third, which then takes the place of the first: so a failure
 * leaves everything as it was, and the cost is that of reading both once.
 *
 * Invariant: `order` names each client of `ids` once, ascending.
 */
#include "ids/id_set_object.h"
#include "base/config.h"
#include "base/sort.h"

#define CLIENT_MAX ((UINT64_C(1) << 53) - 1)

/* ------------------------------------------------------------------------
 * Life
 */
yata_status yata_id_set_new(const yata_allocator *allocator, yata_id_set **out) {
    if (!out) return YATA_ERR_ARGUMENT;
    yt_mem mem;
    yt_mem_init(&mem, allocator);
    yata_id_set *set = yt_calloc(&mem, sizeof *set);
    if (!set) return YATA_ERR_MEMORY;
    set->mem = mem;
    *out = set;
    return YATA_OK;
}

static void empty(yata_id_set *set) {
    yt_id_set_free(&set->mem, &set->ids);
    yt_vec_free(&set->mem, &set->order);
}

void yata_id_set_free(yata_id_set *set) {
    if (!set) return;
    empty(set);
    yt_mem mem = set->mem;
    yt_free(&mem, set, sizeof *set);
}

void yata_id_set_clear(yata_id_set *set) {
    if (set) empty(set);
}

/* ------------------------------------------------------------------------
 * Order
 */
typedef struct numbered {
    uint64_t client;
    uint32_t place;
} numbered;

static bool client_before(const void *a, const void *b) {
    return ((const numbered *)a)->client < ((const numbered *)b)->client;
}

/* Makes the order, after clients were added to `ids`. */
static bool put_in_order(yata_id_set *set) {
    uint32_t n = set->ids.len;
    if (set->order.len == n) return true;
    if (!yt_vec_reserve(&set->mem, &set->order, n - set->order.len)) return false;
    numbered *sorted = yt_alloc(&set->mem, n * sizeof *sorted);
    if (!sorted) return false;
    for (uint32_t i = 0; i < n; i++) sorted[i] = (numbered){set->ids.clients[i].client, i};
    yt_sort(sorted, n, sizeof *sorted, client_before);
    for (uint32_t i = 0; i < n; i++) set->order.data[i] = sorted[i].place;
    set->order.len = n;
    yt_free(&set->mem, sorted, n * sizeof *sorted);
    return true;
}

/* Where a client stands or would stand in the order. */
static uint32_t order_of(const yata_id_set *set, uint64_t client) {
    uint32_t low = 0, high = set->order.len;
    if (high && yt_id_set_at(set, high - 1)->client < client) return high;
    while (low < high) {
        uint32_t mid = low + (high - low) / 2;
        if (yt_id_set_at(set, mid)->client < client)
            low = mid + 1;
        else
            high = mid;
    }
    return low;
}

/* ------------------------------------------------------------------------
 * Ids
 */
static yata_status check_run(const yata_id_set *set, yata_id first, uint32_t len) {
    if (!set) return YATA_ERR_ARGUMENT;
    return first.client > CLIENT_MAX || len > YT_CLOCK_MAX - first.clock ? YATA_ERR_LIMIT : YATA_OK;
}

/* Adds a run of which is known that it is possible. */
static bool add(yata_id_set *set, uint64_t client, yt_run run) {
    if (!yt_vec_reserve(&set->mem, &set->order, 1)) return false;
    uint32_t place = set->ids.len;
    if (!yt_id_set_add(&set->mem, &set->ids, client, run.clock, run.len)) return false;
    if (set->ids.len == place) return true;
    uint32_t at = order_of(set, client);
    memmove(set->order.data + at + 1, set->order.data + at, (set->order.len - at) * sizeof *set->order.data);
    set->order.data[at] = place;
    set->order.len++;
    return true;
}

yata_status yata_id_set_add(yata_id_set *set, yata_id first, uint32_t len) {
    yata_status status = check_run(set, first, len);
    if (status || len == 0) return status;
    return add(set, first.client, (yt_run){first.clock, len}) ? YATA_OK : YATA_ERR_MEMORY;
}

yata_status yata_id_set_remove(yata_id_set *set, yata_id first, uint32_t len) {
    yata_status status = check_run(set, first, len);
    if (status) return status;
    yt_runs *runs = yt_id_set_runs(&set->ids, first.client);
    return !runs || yt_runs_remove(&set->mem, runs, first.clock, len) ? YATA_OK : YATA_ERR_MEMORY;
}

bool yata_id_set_contains(const yata_id_set *set, yata_id id) {
    return set && yt_id_set_contains(&set->ids, id);
}

bool yata_id_set_is_empty(const yata_id_set *set) {
    return !set || yt_id_set_is_empty(&set->ids);
}

uint32_t yata_id_set_client_count(const yata_id_set *set) {
    uint32_t n = 0;
    for (uint32_t i = 0; set && i < set->ids.len; i++) n += set->ids.clients[i].runs.count > 0;
    return n;
}

uint32_t yata_id_set_run_count(const yata_id_set *set) {
    return set ? yt_id_set_run_count(&set->ids) : 0;
}

/* ------------------------------------------------------------------------
 * Walking
 */
yata_id_set_iter yata_id_set_begin(const yata_id_set *set) {
    return (yata_id_set_iter){set, 0, 0, 0};
}

bool yata_id_set_next(yata_id_set_iter *iter, yata_id *first, uint32_t *len) {
    while (iter->set && iter->client < iter->set->order.len) {
        const yt_id_set_client *client = yt_id_set_at(iter->set, iter->client);
        yt_runs_iter at = {&client->runs, iter->page, iter->at};
        yt_run run;
        if (yt_runs_next(&at, &run)) {
            iter->page = at.page;
            iter->at = at.at;
            *first = (yata_id){client->client, run.clock};
            *len = run.len;
            return true;
        }
        iter->client++;
        iter->page = iter->at = 0;
    }
    return false;
}

bool yata_id_set_equal(const yata_id_set *a, const yata_id_set *b) {
    yata_id_set_iter x = yata_id_set_begin(a), y = yata_id_set_begin(b);
    for (;;) {
        yata_id first = {0, 0}, other = {0, 0};
        uint32_t len = 0, other_len = 0;
        bool more = yata_id_set_next(&x, &first, &len);
        if (more != yata_id_set_next(&y, &other, &other_len)) return false;
        if (!more) return true;
        if (first.client != other.client || first.clock != other.clock || len != other_len) return false;
    }
}

/* ------------------------------------------------------------------------
 * Algebra
 */

/* What belongs to a set while it is being built; `mem` is that of the set that it will become. */
typedef struct build {
    yata_id_set set;
    bool failed;
} build;

static build build_for(const yata_id_set *set) {
    build b = {0};
    b.set.mem = set->mem;
    return b;
}

static void put(build *b, uint64_t client, uint32_t from, uint32_t to) {
    if (from < to && !b->failed && !add(&b->set, client, (yt_run){from, to - from})) b->failed = true;
}

static void put_all(build *b, const yt_id_set_client *client) {
    yt_run run;
    for (yt_runs_iter it = yt_runs_begin(&client->runs); yt_runs_next(&it, &run);)
        put(b, client->client, run.clock, run.clock + run.len);
}

/* The built set takes the place of the old one. */
static yata_status finish(build *b, yata_id_set *set) {
    if (b->failed) {
        empty(&b->set);
        set->mem = b->set.mem; /* its account */
        return YATA_ERR_MEMORY;
    }
    yata_id_set old = *set;
    old.mem = b->set.mem;
    set->ids = b->set.ids;
    set->order.data = b->set.order.data;
    set->order.len = b->set.order.len;
    set->order.cap = b->set.order.cap;
    empty(&old);
    set->mem = old.mem;
    return YATA_OK;
}

static void put_union(build *b, const yt_id_set_client *x, const yt_id_set_client *y) {
    yt_runs_iter i = yt_runs_begin(&x->runs), k = yt_runs_begin(&y->runs);
    yt_run a, c;
    bool more_a = yt_runs_next(&i, &a), more_c = yt_runs_next(&k, &c);
    while (more_a || more_c) { /* ascending, so that each is added at the end */
        if (more_a && (!more_c || a.clock <= c.clock)) {
            put(b, x->client, a.clock, a.clock + a.len);
            more_a = yt_runs_next(&i, &a);
        } else {
            put(b, x->client, c.clock, c.clock + c.len);
            more_c = yt_runs_next(&k, &c);
        }
    }
}

/* The runs of x that are, or are not, in y. */
static void put_common(build *b, const yt_id_set_client *x, const yt_runs *y, bool inside) {
    yt_runs_iter i = yt_runs_begin(&x->runs), k = yt_runs_begin(y);
    yt_run a, c;
    bool more = yt_runs_next(&k, &c);
    while (yt_runs_next(&i, &a)) {
        uint32_t from = a.clock, end = a.clock + a.len;
        while (more && c.clock < end) {
            uint32_t c_end = c.clock + c.len, low = c.clock > from ? c.clock : from, high = c_end < end ? c_end : end;
            if (low < high) {
                put(b, x->client, inside ? low : from, inside ? high : low);
                from = high;
            }
            if (c_end > end) break;
            more = yt_runs_next(&k, &c);
        }
        if (!inside) put(b, x->client, from, end);
    }
}

yata_status yata_id_set_copy(const yata_id_set *set, yata_id_set **out) {
    if (!set || !out) return YATA_ERR_ARGUMENT;
    yata_id_set *made;
    yata_status status = yata_id_set_new(&set->mem.allocator, &made);
    if (status) return status;
    build b = build_for(made);
    for (uint32_t i = 0; i < set->order.len; i++) put_all(&b, yt_id_set_at(set, i));
    status = finish(&b, made);
    if (status)
        yata_id_set_free(made);
    else
        *out = made;
    return status;
}

yata_status yata_id_set_merge(yata_id_set *set, const yata_id_set *other) {
    if (!set || !other) return YATA_ERR_ARGUMENT;
    if (set == other) return YATA_OK;
    build b = build_for(set);
    uint32_t i = 0, k = 0;
    while (i < set->order.len || k < other->order.len) {
        const yt_id_set_client *x = i < set->order.len ? yt_id_set_at(set, i) : NULL;
        const yt_id_set_client *y = k < other->order.len ? yt_id_set_at(other, k) : NULL;
        if (x && y && x->client == y->client) {
            put_union(&b, x, y);
            i++;
            k++;
        } else if (x && (!y || x->client < y->client)) {
            put_all(&b, x);
            i++;
        } else {
            put_all(&b, y);
            k++;
        }
    }
    return finish(&b, set);
}

yata_status yt_id_gathered(yt_id_gathering *gathering, yata_id_set *set, yata_status status) {
    yata_id_set made = {.mem = gathering->mem, .ids = gathering->ids};
    if (!status && set) status = put_in_order(&made) ? yata_id_set_merge(set, &made) : YATA_ERR_MEMORY;
    empty(&made);
    *gathering = (yt_id_gathering){.mem = made.mem};
    return status;
}

static yata_status keep(yata_id_set *set, const yata_id_set *other, bool inside) {
    static const yt_runs none = {0};
    if (!set || !other) return YATA_ERR_ARGUMENT;
    build b = build_for(set);
    for (uint32_t i = 0; i < set->order.len; i++) {
        const yt_id_set_client *x = yt_id_set_at(set, i);
        const yt_runs *y = yt_id_set_find(&other->ids, x->client);
        put_common(&b, x, y ? y : &none, inside);
    }
    return finish(&b, set);
}

yata_status yata_id_set_diff(yata_id_set *set, const yata_id_set *other) {
    return keep(set, other, false);
}

yata_status yata_id_set_intersect(yata_id_set *set, const yata_id_set *other) {
    return keep(set, other, true);
}

/* ------------------------------------------------------------------------
 * Bytes
 */
static bool known_format(yata_id_format format) {
    return format == YATA_IDS_V1 || format == YATA_IDS_V2 || format == YATA_IDS_YRS;
}

yata_status yata_id_set_encode(const yata_id_set *set, yata_id_format format, yata_buffer *out) {
    if (!set || !out || !known_format(format)) return YATA_ERR_ARGUMENT;
    yt_mem mem;
    yt_mem_init(&mem, &out->allocator);
    yt_writer w;
    yt_writer_init(&w, &mem);
    yt_write_var_uint(&w, yata_id_set_client_count(set));
    uint32_t n = set->order.len;
    for (uint32_t i = 0; i < n; i++) {
        const yt_id_set_client *client = yt_id_set_at(set, format == YATA_IDS_YRS ? i : n - 1 - i);
        if (client->runs.count) yt_id_set_write_client(client, format == YATA_IDS_V2, &w);
    }
    return yt_writer_to_buffer(&w, out);
}

yata_status yata_id_set_decode(yata_id_set *set, yata_bytes bytes, yata_id_format format, size_t *used,
                               yata_fault *fault) {
    yata_fault ignored;
    if (!fault) fault = &ignored;
    *fault = (yata_fault){YATA_ERR_ARGUMENT, 0};
    if (!set || (bytes.len && !bytes.data) || !known_format(format)) return YATA_ERR_ARGUMENT;
    yt_reader r;
    yt_reader_init(&r, bytes.data, bytes.len);
    yt_id_gathering read = yt_id_gather(&set->mem.allocator);
    if (format == YATA_IDS_V2)
        yt_id_set_read_v2(&read.mem, &read.ids, &r);
    else
        yt_id_set_read_v1(&read.mem, &read.ids, &r);
    if (yt_reader_ok(&r) && !used && yt_reader_left(&r)) yt_reader_fail_at(&r, YATA_ERR_VALUE, r.pos);
    *fault = r.fault;
    fault->status = yt_id_gathered(&read, set, fault->status);
    if (!fault->status && used) *used = yt_reader_offset(&r);
    return fault->status;
}
