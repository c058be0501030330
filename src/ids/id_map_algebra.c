/* SPDX-License-Identifier: MIT */
/*
 * id_map_algebra.c - union, difference and intersection of id maps, and whether two are the same (spec/id-sets.md).
 *
 * The lists of the other map get their numbers in this map's book the first time a run has them; each list is thus
 * carried over once, however many runs share it.
 */
#include "ids/id_map.h"
#include "base/config.h"
#include "ids/id_set_object.h"

/* The numbers of another book's attributes and lists in this one; YT_NONE: not known yet. */
typedef struct carrier {
    yt_mem *mem;
    yt_attr_book *to;
    const yt_attr_book *from;
    uint32_t *attributes, *lists;
} carrier;

static uint32_t *no_numbers(yt_mem *mem, uint32_t n) {
    uint32_t *numbers = yt_alloc(mem, (n + (size_t)1) * sizeof *numbers);
    if (numbers) memset(numbers, 0xFF, (n + (size_t)1) * sizeof *numbers);
    return numbers;
}

static bool carrier_open(carrier *c, yata_id_map *to, const yata_id_map *from) {
    *c = (carrier){.mem = &to->mem, .to = &to->book, .from = &from->book};
    c->attributes = no_numbers(c->mem, c->from->attributes.len);
    c->lists = no_numbers(c->mem, c->from->lists.len);
    return c->attributes && c->lists;
}

static void carrier_close(carrier *c) {
    yt_free(c->mem, c->attributes, (c->from->attributes.len + (size_t)1) * sizeof *c->attributes);
    yt_free(c->mem, c->lists, (c->from->lists.len + (size_t)1) * sizeof *c->lists);
}

static uint32_t carry_attribute(carrier *c, uint32_t attribute) {
    uint32_t *known = &c->attributes[attribute];
    if (*known == YT_NONE)
        *known =
            yt_attr_intern(c->mem, c->to, yt_attr_name(c->from, attribute, NULL), yt_attr_value(c->from, attribute));
    return *known;
}

static uint32_t carry_list(carrier *c, uint32_t list) {
    if (c->lists[list] != YT_NONE) return c->lists[list];
    uint32_t count, carried = YT_NONE;
    yata_str numbers = yt_attr_list(c->from, list, &count);
    uint32_t *mine = no_numbers(c->mem, count);
    bool ok = mine != NULL;
    for (uint32_t i = 0; i < count && ok; i++) {
        mine[i] = carry_attribute(c, yt_attr_at(numbers, i));
        ok = mine[i] != YT_NONE;
    }
    if (ok) carried = yt_attr_intern_list(c->mem, c->to, mine, count);
    yt_free(c->mem, mine, (count + (size_t)1) * sizeof *mine);
    return c->lists[list] = carried;
}

/* The runs of a client of the other map, with lists of this book. False: no memory. */
static bool carry_runs(carrier *c, const yt_attr_runs *runs, yt_attr_runs *out) {
    out->len = 0;
    if (!yt_vec_reserve(c->mem, out, runs->len)) return false;
    for (uint32_t i = 0; i < runs->len; i++) {
        yt_attr_run run = runs->data[i];
        run.list = carry_list(c, run.list);
        if (run.list == YT_NONE) return false;
        yt_vec_put(out, run);
    }
    return true;
}

yata_status yata_id_map_merge(yata_id_map *map, const yata_id_map *other) {
    if (!map || !other) return YATA_ERR_ARGUMENT;
    if (map == other) return YATA_OK;
    carrier c;
    yt_attr_build b = yt_attr_build_for(map);
    yt_attr_runs carried = {0};
    b.failed = !carrier_open(&c, map, other);
    uint32_t i = 0, k = 0;
    while (!b.failed && (i < map->clients.len || k < other->clients.len)) {
        const yt_attr_client *x = i < map->clients.len ? &map->clients.data[i] : NULL;
        const yt_attr_client *y = k < other->clients.len ? &other->clients.data[k] : NULL;
        if (x && y && x->client > y->client) x = NULL;
        if (x && y && x->client < y->client) y = NULL;
        if (y && !carry_runs(&c, &y->runs, &carried)) b.failed = true;
        yt_attr_put_union(&b, x ? x->client : y->client, x ? x->runs.data : NULL, x ? x->runs.len : 0,
                          y ? carried.data : NULL, y ? carried.len : 0);
        i += x != NULL;
        k += y != NULL;
    }
    yt_vec_free(&map->mem, &carried);
    carrier_close(&c);
    return yt_attr_build_finish(&b, map);
}

/* ------------------------------------------------------------------------
 * Difference and intersection
 */

/* Sorted runs of the other side, whatever it is: of a map, or of a set (then their list is YT_NONE). */
typedef struct other_runs {
    const yt_attr_runs *runs;
    uint32_t at;
    yt_runs_iter plain;
} other_runs;

static bool other_next(other_runs *o, yt_attr_run *out) {
    if (o->runs) {
        if (o->at == o->runs->len) return false;
        *out = o->runs->data[o->at++];
        return true;
    }
    yt_run run;
    if (!o->plain.runs || !yt_runs_next(&o->plain, &run)) return false;
    *out = (yt_attr_run){run.clock, run.len, YT_NONE};
    return true;
}

/* Puts the parts of the client's runs that are in the other's (inside), or that are not. */
static void put_parts(yt_attr_build *b, const yt_attr_client *x, other_runs *o, carrier *c, bool inside) {
    yt_attr_run y = {0, 0, 0};
    bool more = other_next(o, &y);
    for (uint32_t i = 0; i < x->runs.len && !b->failed; i++) {
        yt_attr_run run = x->runs.data[i];
        uint32_t from = run.clock, end = run.clock + run.len;
        while (more && y.clock < end) {
            uint32_t y_end = y.clock + y.len, low = y.clock > from ? y.clock : from, high = y_end < end ? y_end : end;
            if (low < high && inside) {
                uint32_t list = run.list;
                if (y.list != YT_NONE) {
                    uint32_t carried = carry_list(c, y.list);
                    list = carried == YT_NONE ? YT_NONE : yt_attr_join(b->mem, b->book, list, carried);
                }
                yt_attr_put(b, x->client, low, high, list);
            } else if (low < high) {
                yt_attr_put(b, x->client, from, low, run.list);
            }
            if (low < high) from = high;
            if (y_end > end) break;
            more = other_next(o, &y);
        }
        if (!inside) yt_attr_put(b, x->client, from, end, run.list);
    }
}

static yata_status keep(yata_id_map *map, const yata_id_map *other, const yata_id_set *set, bool inside) {
    if (!map || (!other && !set)) return YATA_ERR_ARGUMENT;
    carrier c = {0};
    yt_attr_build b = yt_attr_build_for(map);
    if (other) b.failed = !carrier_open(&c, map, other);
    for (uint32_t i = 0; i < map->clients.len && !b.failed; i++) {
        const yt_attr_client *x = &map->clients.data[i];
        other_runs o = {0};
        if (other) o.runs = yt_attr_runs_of(other, x->client);
        const yt_runs *runs = set ? yt_id_set_find(&set->ids, x->client) : NULL;
        if (runs) o.plain = yt_runs_begin(runs);
        put_parts(&b, x, &o, &c, inside);
    }
    if (other) carrier_close(&c);
    return yt_attr_build_finish(&b, map);
}

yata_status yata_id_map_diff(yata_id_map *map, const yata_id_map *other) {
    return keep(map, other, NULL, false);
}

yata_status yata_id_map_diff_set(yata_id_map *map, const yata_id_set *other) {
    return keep(map, NULL, other, false);
}

yata_status yata_id_map_intersect(yata_id_map *map, const yata_id_map *other) {
    return map == other ? (map ? YATA_OK : YATA_ERR_ARGUMENT) : keep(map, other, NULL, true);
}

yata_status yata_id_map_intersect_set(yata_id_map *map, const yata_id_set *other) {
    return keep(map, NULL, other, true);
}

yata_status yata_id_map_filter(yata_id_map *map, yata_id_map_filter_fn wanted, void *ctx) {
    if (!map || !wanted) return YATA_ERR_ARGUMENT;
    yt_attr_build b = yt_attr_build_for(map);
    yata_id_map_iter it = yata_id_map_begin(map);
    yata_attributed run;
    while (!b.failed && yata_id_map_next(&it, &run))
        if (wanted(ctx, map, &run))
            yt_attr_put(&b, run.first.client, run.first.clock, run.first.clock + run.len, run.attribute_list);
    return yt_attr_build_finish(&b, map);
}

yata_status yata_id_map_to_set(const yata_id_map *map, yata_id_set *set) {
    if (!map || !set) return YATA_ERR_ARGUMENT;
    yt_id_gathering all = yt_id_gather(&set->mem.allocator);
    yata_status status = YATA_OK;
    yata_id_map_iter it = yata_id_map_begin(map);
    yata_attributed run;
    while (!status && yata_id_map_next(&it, &run))
        if (!yt_id_set_add(&all.mem, &all.ids, run.first.client, run.first.clock, run.len)) status = YATA_ERR_MEMORY;
    return yt_id_gathered(&all, set, status);
}

/* ------------------------------------------------------------------------
 * Equality
 */

/* What b calls its attributes is known by what a calls them. */
typedef struct comparison {
    const yt_attr_book *a, *b;
    uint32_t *a_of; /* by attribute of b: its number in a, YT_NONE if a has none */
    uint32_t *met;  /* by attribute of a: the number of the comparison that met it last */
    uint32_t round;
} comparison;

static void name_attributes(comparison *c, yt_writer *key) {
    for (uint32_t i = 0; i < c->b->attributes.len && !key->failed; i++) {
        uint32_t name = yt_strings_find(&c->a->names, yt_attr_name(c->b, i, NULL));
        if (name == YT_NONE) continue;
        yata_bytes value = yt_attr_value(c->b, i);
        key->len = 0;
        yt_write_bytes(key, &name, 4);
        yt_write_bytes(key, value.data, value.len);
        if (!key->failed)
            c->a_of[i] = yt_strings_find(&c->a->attributes, (yata_str){(const char *)key->data, key->len});
    }
}

static bool lists_equal(comparison *c, uint32_t a, uint32_t b) {
    uint32_t a_count, b_count;
    yata_str x = yt_attr_list(c->a, a, &a_count), y = yt_attr_list(c->b, b, &b_count);
    if (a_count != b_count) return false;
    c->round++;
    for (uint32_t i = 0; i < a_count; i++) c->met[yt_attr_at(x, i)] = c->round;
    for (uint32_t i = 0; i < b_count; i++) {
        uint32_t mine = c->a_of[yt_attr_at(y, i)];
        if (mine == YT_NONE || c->met[mine] != c->round) return false;
    }
    return true;
}

static bool runs_equal(comparison *c, const yata_id_map *a, const yata_id_map *b) {
    yata_id_map_iter i = yata_id_map_begin(a), k = yata_id_map_begin(b);
    for (;;) {
        yata_attributed x, y;
        bool more = yata_id_map_next(&i, &x);
        if (more != yata_id_map_next(&k, &y)) return false;
        if (!more) return true;
        if (x.first.client != y.first.client || x.first.clock != y.first.clock || x.len != y.len) return false;
        if (!lists_equal(c, x.attribute_list, y.attribute_list)) return false;
    }
}

yata_status yata_id_map_equal(const yata_id_map *a, const yata_id_map *b, bool *equal) {
    if (!a || !b || !equal) return YATA_ERR_ARGUMENT;
    yt_mem mem;
    yt_mem_init(&mem, &a->mem.allocator);
    comparison c = {.a = &a->book, .b = &b->book};
    c.a_of = no_numbers(&mem, c.b->attributes.len);
    c.met = no_numbers(&mem, c.a->attributes.len);
    yt_writer key;
    yt_writer_init(&key, &mem);
    key.failed = !c.a_of || !c.met;
    name_attributes(&c, &key);
    bool ok = !key.failed;
    if (ok) *equal = runs_equal(&c, a, b);
    yt_writer_free(&key);
    yt_free(&mem, c.a_of, (c.b->attributes.len + (size_t)1) * sizeof *c.a_of);
    yt_free(&mem, c.met, (c.a->attributes.len + (size_t)1) * sizeof *c.met);
    return ok ? YATA_OK : YATA_ERR_MEMORY;
}
