/* SPDX-License-Identifier: MIT */
/* id_map.c - id maps: adding, removing, walking, algebra and bytes, and what Yjs 14 and pycrdt make of the same. */
#include "ids/id_map.h"
#include "../fixture.h"
#include "../vectors.h"
#include <criterion/criterion.h>

#define OK(call) cr_assert_eq((call), YATA_OK)

static yata_id_map *new_map(counted_mem *c) {
    yata_id_map *map = NULL;
    OK(yata_id_map_new(&c->allocator, &map));
    return map;
}

static yata_attribute number(const char *name, int64_t i) {
    return (yata_attribute){str_of(name), {YATA_VALUE_INT, {.integer = i}}};
}

static void add(yata_id_map *map, uint64_t client, uint32_t clock, uint32_t len, const char *name, int64_t i) {
    yata_attribute attribute = number(name, i);
    OK(yata_id_map_add(map, (yata_id){client, clock}, len, &attribute, 1));
}

static yata_bytes hex(const char *word, yata_buffer *out) {
    *out = bytes_from(strcmp(word, "-") == 0 ? "" : word);
    return bytes_of(out);
}

static yata_id_map *decoded(counted_mem *c, const char *word, yata_id_format format) {
    yata_buffer bytes;
    yata_id_map *map = new_map(c);
    yata_fault fault;
    yata_status status = yata_id_map_decode(map, hex(word, &bytes), format, NULL, &fault);
    cr_assert_eq(status, YATA_OK, "%s: %s at %zu", word, yata_status_name(status), fault.offset);
    yata_buffer_free(&bytes);
    return map;
}

static void expect_encoded(const yata_id_map *map, yata_id_format format, const char *word) {
    yata_buffer expected, seen;
    yata_buffer_init(&seen, NULL);
    hex(word, &expected);
    OK(yata_id_map_encode(map, format, &seen));
    if (!bytes_equal(bytes_of(&expected), bytes_of(&seen))) bytes_print(stderr, "seen", bytes_of(&seen));
    cr_assert(bytes_equal(bytes_of(&expected), bytes_of(&seen)), "%s", word);
    yata_buffer_free(&expected);
    yata_buffer_free(&seen);
}

/* clock+len{name=value ...} for each run, numbers only. */
static void expect_runs(const yata_id_map *map, const char *expected) {
    char seen[1024] = "";
    size_t at = 0;
    yata_id_map_iter it = yata_id_map_begin(map);
    for (yata_attributed run; yata_id_map_next(&it, &run);) {
        at += (size_t)snprintf(seen + at, sizeof seen - at, "%s%u:%u+%u{", at ? " " : "", (unsigned)run.first.client,
                               run.first.clock, run.len);
        for (uint32_t i = 0; i < run.count; i++) {
            yata_attribute a;
            OK(yata_id_map_attribute(map, &run, i, &a));
            at += (size_t)snprintf(seen + at, sizeof seen - at, "%s%.*s=%d", i ? " " : "", (int)a.name.len, a.name.data,
                                   (int)a.value.u.integer);
        }
        at += (size_t)snprintf(seen + at, sizeof seen - at, "}");
    }
    cr_assert_str_eq(seen, expected);
}

Test(id_map, adding_cuts_and_joins) {
    counted_mem c;
    counted_begin(&c);
    yata_id_map *map = new_map(&c);
    cr_assert(yata_id_map_is_empty(map));
    add(map, 1, 10, 10, "a", 1);
    add(map, 1, 20, 5, "a", 1);
    expect_runs(map, "1:10+15{a=1}");
    add(map, 1, 12, 3, "b", 2);
    expect_runs(map, "1:10+2{a=1} 1:12+3{a=1 b=2} 1:15+10{a=1}");
    add(map, 1, 5, 10, "c", 3); /* what begins earlier is named first */
    expect_runs(map, "1:5+5{c=3} 1:10+2{c=3 a=1} 1:12+3{c=3 a=1 b=2} 1:15+10{a=1}");
    add(map, 1, 15, 1, "a", 1);
    expect_runs(map, "1:5+5{c=3} 1:10+2{c=3 a=1} 1:12+3{c=3 a=1 b=2} 1:15+10{a=1}");
    OK(yata_id_map_remove(map, (yata_id){1, 11}, 3));
    expect_runs(map, "1:5+5{c=3} 1:10+1{c=3 a=1} 1:14+1{c=3 a=1 b=2} 1:15+10{a=1}");
    OK(yata_id_map_remove(map, (yata_id){1, 17}, 2));
    expect_runs(map, "1:5+5{c=3} 1:10+1{c=3 a=1} 1:14+1{c=3 a=1 b=2} 1:15+2{a=1} 1:19+6{a=1}");
    cr_assert(yata_id_map_contains(map, (yata_id){1, 16}));
    cr_assert_not(yata_id_map_contains(map, (yata_id){1, 17}));
    cr_assert_not(yata_id_map_contains(map, (yata_id){2, 16}));
    cr_assert_eq(yata_id_map_run_count(map), 5);
    OK(yata_id_map_remove(map, (yata_id){1, 0}, 100));
    cr_assert(yata_id_map_is_empty(map));
    yata_id_map_free(map);
    yata_id_map_free(NULL);
    counted_end(&c);
}

/* A list is a set: named in another order it is the same, and runs that touch join. */
Test(id_map, lists_are_sets) {
    counted_mem c;
    counted_begin(&c);
    yata_id_map *map = new_map(&c), *other = new_map(&c);
    yata_attribute ab[] = {number("a", 1), number("b", 2), number("a", 1)}, ba[] = {number("b", 2), number("a", 1)};
    OK(yata_id_map_add(map, (yata_id){1, 0}, 2, ab, 3));
    OK(yata_id_map_add(map, (yata_id){1, 2}, 2, ba, 2));
    expect_runs(map, "1:0+4{a=1 b=2}");
    bool equal = true;
    OK(yata_id_map_equal(map, other, &equal));
    cr_assert_not(equal);
    OK(yata_id_map_add(other, (yata_id){1, 0}, 4, ba, 1));
    OK(yata_id_map_equal(map, other, &equal));
    cr_assert_not(equal);
    OK(yata_id_map_add(other, (yata_id){1, 0}, 4, ba, 2));
    OK(yata_id_map_equal(map, other, &equal));
    cr_assert(equal);
    add(other, 1, 3, 1, "a", 2);
    OK(yata_id_map_equal(map, other, &equal));
    cr_assert_not(equal);
    OK(yata_id_map_add(map, (yata_id){7, 0}, 4, NULL, 0)); /* without attributes */
    expect_runs(map, "1:0+4{a=1 b=2} 7:0+4{}");
    yata_id_map_free(map);
    yata_id_map_free(other);
    counted_end(&c);
}

Test(id_map, slices_have_no_gap) {
    counted_mem c;
    counted_begin(&c);
    yata_id_map *map = new_map(&c);
    add(map, 1, 2, 3, "a", 1);
    add(map, 1, 8, 4, "b", 1);
    static const struct {
        uint32_t clock, len;
        bool known;
    } expected[] = {{0, 2, false}, {2, 3, true}, {5, 3, false}, {8, 2, true}};
    yata_id_map_slice_iter it = yata_id_map_slice(map, (yata_id){1, 0}, 10);
    yata_attributed run;
    for (size_t i = 0; i < 4; i++) {
        cr_assert(yata_id_map_slice_next(&it, &run));
        cr_assert_eq(run.first.clock, expected[i].clock);
        cr_assert_eq(run.len, expected[i].len);
        cr_assert_eq(run.known, expected[i].known);
        yata_attribute a;
        cr_assert_eq(yata_id_map_attribute(map, &run, 0, &a), run.known ? YATA_OK : YATA_ERR_RANGE);
    }
    cr_assert_not(yata_id_map_slice_next(&it, &run));
    it = yata_id_map_slice(map, (yata_id){1, 3}, 1);
    cr_assert(yata_id_map_slice_next(&it, &run) && run.known && run.first.clock == 3 && run.len == 1);
    cr_assert_not(yata_id_map_slice_next(&it, &run));
    it = yata_id_map_slice(map, (yata_id){2, 3}, 4);
    cr_assert(yata_id_map_slice_next(&it, &run) && !run.known && run.len == 4);
    it = yata_id_map_slice(map, (yata_id){1, 11}, UINT32_MAX);
    cr_assert(yata_id_map_slice_next(&it, &run) && run.known && run.len == 1);
    cr_assert(yata_id_map_slice_next(&it, &run) && !run.known && run.first.clock == 12);
    cr_assert_not(yata_id_map_slice_next(&it, &run));
    yata_id_map_free(map);
    counted_end(&c);
}

static bool has_b(void *ctx, const yata_id_map *map, const yata_attributed *run) {
    (void)ctx;
    for (uint32_t i = 0; i < run->count; i++) {
        yata_attribute a;
        OK(yata_id_map_attribute(map, run, i, &a));
        if (a.name.len == 1 && *a.name.data == 'b') return true;
    }
    return false;
}

Test(id_map, sets_and_filters) {
    counted_mem c;
    counted_begin(&c);
    yata_id_map *map = new_map(&c);
    yata_id_set *set = NULL, *back = NULL;
    OK(yata_id_set_new(&c.allocator, &set));
    OK(yata_id_set_new(&c.allocator, &back));
    OK(yata_id_set_add(set, (yata_id){3, 4}, 5));
    OK(yata_id_set_add(set, (yata_id){2, 4}, 5));
    yata_attribute a = number("a", 1);
    OK(yata_id_map_add_set(map, set, &a, 1));
    expect_runs(map, "2:4+5{a=1} 3:4+5{a=1}");
    add(map, 2, 8, 2, "b", 2);
    add(map, 4, 8, 2, "b", 2);
    OK(yata_id_map_to_set(map, back));
    OK(yata_id_set_merge(back, set));
    cr_assert_eq(yata_id_set_run_count(back), 3);
    cr_assert(yata_id_set_contains(back, (yata_id){2, 9}));
    yata_id_map *less = NULL;
    OK(yata_id_map_copy(map, &less));
    OK(yata_id_map_diff_set(less, set));
    expect_runs(less, "2:9+1{b=2} 4:8+2{b=2}");
    OK(yata_id_map_filter(map, has_b, NULL));
    expect_runs(map, "2:8+1{a=1 b=2} 2:9+1{b=2} 4:8+2{b=2}");
    OK(yata_id_map_intersect_set(map, set));
    expect_runs(map, "2:8+1{a=1 b=2}");
    yata_id_map_free(map);
    yata_id_map_free(less);
    yata_id_set_free(set);
    yata_id_set_free(back);
    counted_end(&c);
}

Test(id_map, refused_attributes) {
    counted_mem c;
    counted_begin(&c);
    yata_id_map *map = new_map(&c);
    yata_attribute bad = number("\xFF", 1);
    cr_assert_eq(yata_id_map_add(map, (yata_id){1, 0}, 1, &bad, 1), YATA_ERR_UTF8);
    bad = number("a", INT64_MAX);
    cr_assert_neq(yata_id_map_add(map, (yata_id){1, 0}, 1, &bad, 1), YATA_OK);
    cr_assert_eq(yata_id_map_add(map, (yata_id){1, UINT32_MAX}, 1, NULL, 0), YATA_ERR_LIMIT);
    cr_assert_eq(yata_id_map_add(map, (yata_id){1, 1}, 1, NULL, 1), YATA_ERR_ARGUMENT);
    cr_assert(yata_id_map_is_empty(map));
    yata_id_map_free(map);
    counted_end(&c);
}

Test(id_map, bad_bytes) {
    static const struct {
        const char *bytes;
        yata_id_format format;
        yata_status status;
    } bad[] = {
        {"", YATA_IDS_V2, YATA_ERR_END},
        {"09 01", YATA_IDS_V2, YATA_ERR_END},
        {"01 01 09 00 00 00", YATA_IDS_V2, YATA_ERR_END},
        {"01 01 01 00 00 05", YATA_IDS_V2, YATA_ERR_END},
        {"01 01 01 00 00 01 01 00 01 61 7e", YATA_IDS_V2, YATA_ERR_VALUE}, /* attribute 1 before 0 */
        {"01 01 01 00 00 01 00 01 01 61 7e", YATA_IDS_V2, YATA_ERR_VALUE}, /* name 1 before 0 */
        {"01 01 01 00 00 01 00 00 01 ff 7e", YATA_IDS_V2, YATA_ERR_UTF8},
        {"01 01 01 00 00 01 00 00 01 61 01", YATA_IDS_V2, YATA_ERR_KIND},
        {"01 01 01 ffffffff0f 00 00", YATA_IDS_V2, YATA_ERR_LIMIT},
        {"02 01 01 00 00 00 00 01 00 00 00", YATA_IDS_V2, YATA_ERR_VALUE}, /* the same client again */
        {"02 ffffffffffffff0f 01 00 00 00 01 01 00 00 00", YATA_IDS_V2, YATA_ERR_NUMBER},
        {"01 01 02 05 02 00 06 01 00", YATA_IDS_V1, YATA_ERR_VALUE}, /* runs overlap */
        {"01 01 02 05 02 00 01 01 00", YATA_IDS_V1, YATA_ERR_VALUE}, /* and go back */
        {"00 00", YATA_IDS_V1, YATA_ERR_VALUE},
    };
    counted_mem c;
    counted_begin(&c);
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        yata_id_map *map = new_map(&c);
        add(map, 4, 4, 4, "a", 1);
        yata_buffer bytes = bytes_from(bad[i].bytes);
        yata_bytes exact = exact_copy(bytes_of(&bytes));
        yata_fault fault;
        yata_status status = yata_id_map_decode(map, exact, bad[i].format, NULL, &fault);
        cr_assert_eq(status, bad[i].status, "%s: %s", bad[i].bytes, yata_status_name(status));
        cr_assert(fault.offset <= exact.len);
        expect_runs(map, "4:4+4{a=1}");
        free((void *)exact.data);
        yata_buffer_free(&bytes);
        yata_id_map_free(map);
    }
    counted_end(&c);
}

/* The example of spec/id-sets.md, in all forms; an empty run is nothing. */
Test(id_map, forms) {
    counted_mem c;
    counted_begin(&c);
    static const char v2[] = "02 | 01 02 | 00 02 01 00 00 06 696e73657274 77 03 426f62 | 02 01 02 00 01 01 08 "
                             "696e736572744174 7d05 | 08 01 04 00 01 01";
    yata_id_map *map = decoded(&c, v2, YATA_IDS_V2);
    expect_encoded(map, YATA_IDS_V2, v2);
    expect_encoded(map, YATA_IDS_YRS,
                   "02 | 01 02 | 00 03 01 00 00 06 696e73657274 77 03 426f62 | 05 02 02 00 01 01 08 "
                   "696e736572744174 7d05 | 08 01 04 01 01 01");
    yata_id_map *empty = decoded(&c, "01 01 02 03 00 00 | 03 00 00", YATA_IDS_V1);
    cr_assert(yata_id_map_is_empty(empty));
    yata_id_map_free(map);
    yata_id_map_free(empty);
    counted_end(&c);
}

static void expect_op(counted_mem *c, const char *a, const char *b, const char *result,
                      yata_status (*op)(yata_id_map *, const yata_id_map *)) {
    yata_id_map *x = decoded(c, a, YATA_IDS_V2), *y = decoded(c, b, YATA_IDS_V2);
    OK(op(x, y));
    expect_encoded(x, YATA_IDS_V2, result);
    expect_encoded(y, YATA_IDS_V2, b);
    yata_id_map_free(x);
    yata_id_map_free(y);
}

static void expect_set_op(counted_mem *c, const char *a, const char *b, const char *result,
                          yata_status (*op)(yata_id_map *, const yata_id_set *)) {
    yata_id_map *x = decoded(c, a, YATA_IDS_V2);
    yata_id_set *set = NULL;
    yata_buffer bytes;
    OK(yata_id_set_new(&c->allocator, &set));
    OK(yata_id_set_decode(set, hex(b, &bytes), YATA_IDS_V2, NULL, NULL));
    OK(op(x, set));
    expect_encoded(x, YATA_IDS_V2, result);
    yata_buffer_free(&bytes);
    yata_id_set_free(set);
    yata_id_map_free(x);
}

/* "add CLIENT CLOCK LEN ATTRIBUTE..." */
static void add_words(yata_id_map *map, const char **w, uint32_t n) {
    yata_attribute attributes[8];
    yata_buffer bytes[8];
    uint32_t count = n - 4;
    REQUIRE(count <= 8);
    for (uint32_t i = 0; i < count; i++) {
        yt_reader r;
        hex(w[4 + i], &bytes[i]);
        yt_reader_init(&r, bytes[i].data, bytes[i].len);
        attributes[i].name = yt_read_var_string(&r, NULL);
        yt_any_view((yata_bytes){r.pos, yt_reader_left(&r)}, &attributes[i].value);
    }
    yata_id first = {strtoull(w[1], NULL, 10), (uint32_t)strtoul(w[2], NULL, 10)};
    OK(yata_id_map_add(map, first, (uint32_t)strtoul(w[3], NULL, 10), attributes, count));
    for (uint32_t i = 0; i < count; i++) yata_buffer_free(&bytes[i]);
}

Test(id_map, as_yjs_does) {
    counted_mem c;
    counted_begin(&c);
    vectors v = vectors_open("ids.txt");
    const char *w[64];
    uint32_t n, maps = 0, pairs = 0;
    yata_id_map *map = new_map(&c);
    while ((n = vectors_words(&v, w, 64)) > 0) {
        if (strcmp(w[0], "add") == 0) {
            add_words(map, w, n);
        } else if (strcmp(w[0], "map") == 0) {
            expect_encoded(map, YATA_IDS_V2, w[1]);
            yata_id_map *same = decoded(&c, w[1], YATA_IDS_V2);
            bool equal = false;
            OK(yata_id_map_equal(map, same, &equal));
            cr_assert(equal);
            expect_encoded(same, YATA_IDS_V2, w[1]);
            yata_id_map_free(same);
            yata_id_map_free(map);
            map = new_map(&c);
            maps++;
        } else if (strcmp(w[0], "maps") == 0) {
            expect_op(&c, w[1], w[2], w[3], yata_id_map_merge);
            expect_op(&c, w[1], w[2], w[4], yata_id_map_diff);
            expect_op(&c, w[1], w[2], w[5], yata_id_map_intersect);
            pairs++;
        } else if (strcmp(w[0], "map-and-set") == 0) {
            expect_set_op(&c, w[1], w[2], w[3], yata_id_map_diff_set);
            expect_set_op(&c, w[1], w[2], w[4], yata_id_map_intersect_set);
        }
    }
    cr_assert(maps >= 100 && pairs >= 100);
    yata_id_map_free(map);
    vectors_close(&v);
    counted_end(&c);
}

static void expect_same(counted_mem *c, const char *a, const char *b, const char *result,
                        yata_status (*op)(yata_id_map *, const yata_id_map *)) {
    yata_id_map *x = decoded(c, a, YATA_IDS_YRS), *y = decoded(c, b, YATA_IDS_YRS),
                *z = decoded(c, result, YATA_IDS_YRS);
    OK(op(x, y));
    bool equal = false;
    OK(yata_id_map_equal(x, z, &equal));
    cr_assert(equal, "%s %s -> %s", a, b, result);
    yata_id_map_free(x);
    yata_id_map_free(y);
    yata_id_map_free(z);
}

Test(id_map, as_pycrdt_does) {
    counted_mem c;
    counted_begin(&c);
    vectors v = vectors_open("ids_pycrdt.txt");
    const char *w[64];
    uint32_t n, maps = 0, pairs = 0;
    while ((n = vectors_words(&v, w, 64)) > 0) {
        if (strcmp(w[0], "map") == 0) {
            yata_id_map *map = decoded(&c, w[1], YATA_IDS_YRS);
            yata_id_map_iter it = yata_id_map_begin(map);
            yata_attributed run;
            uint32_t i = 2;
            for (; yata_id_map_next(&it, &run); i++) {
                char seen[64];
                snprintf(seen, sizeof seen, "%llu:%u:%u", (unsigned long long)run.first.client, run.first.clock,
                         run.len);
                cr_assert(i < n && strcmp(seen, w[i]) == 0, "%s, not %s", seen, i < n ? w[i] : "the end");
            }
            cr_assert_eq(i, n);
            yata_id_map_free(map);
            maps++;
        } else if (strcmp(w[0], "as-set") == 0) {
            yata_id_map *map = decoded(&c, w[1], YATA_IDS_YRS);
            yata_id_set *set = NULL;
            yata_buffer seen, expected;
            yata_buffer_init(&seen, NULL);
            OK(yata_id_set_new(&c.allocator, &set));
            OK(yata_id_map_to_set(map, set));
            OK(yata_id_set_encode(set, YATA_IDS_YRS, &seen));
            cr_assert(bytes_equal(bytes_of(&seen), hex(w[2], &expected)));
            yata_buffer_free(&seen);
            yata_buffer_free(&expected);
            yata_id_set_free(set);
            yata_id_map_free(map);
        } else if (strcmp(w[0], "maps") == 0) {
            expect_same(&c, w[1], w[2], w[3], yata_id_map_merge);
            expect_same(&c, w[1], w[2], w[4], yata_id_map_diff);
            expect_same(&c, w[1], w[2], w[5], yata_id_map_intersect);
            pairs++;
        }
    }
    cr_assert(maps >= 100 && pairs >= 100);
    vectors_close(&v);
    counted_end(&c);
}

/* Whatever allocation fails, the map is sound and the next call succeeds. */
Test(id_map, memory) {
    for (uint64_t n = 1, met = 1; met; n++) {
        counted_mem c;
        counted_begin(&c);
        yata_id_map *map = new_map(&c), *other = new_map(&c), *copy = NULL;
        for (uint32_t i = 0; i < 6; i++) add(map, 50 - i, 3, 4, "a", i);
        for (uint32_t i = 0; i < 6; i++) add(other, 47 + i, 5, 7, i % 2 ? "a" : "b", i);
        yata_buffer bytes, out;
        hex("01 2f 01 04 06 01 00 00 06 696e73657274 76 02 0162 7d01 0161 7d02", &bytes);
        yata_buffer_init(&out, &c.allocator);
        counted_fail(&c, n);
        yata_attribute attributes[] = {number("x", 1), number("y", 2)};
        bool equal;
        yata_status status = yata_id_map_merge(map, other);
        if (!status) status = yata_id_map_add(map, (yata_id){49, 4}, 3, attributes, 2);
        if (!status) status = yata_id_map_remove(map, (yata_id){49, 5}, 1);
        if (!status) status = yata_id_map_intersect(map, other);
        if (!status) status = yata_id_map_copy(other, &copy);
        if (!status) status = yata_id_map_diff(copy, map);
        if (!status) status = yata_id_map_equal(map, other, &equal);
        if (!status) status = yata_id_map_decode(map, bytes_of(&bytes), YATA_IDS_V2, NULL, NULL);
        if (!status) status = yata_id_map_encode(map, YATA_IDS_V2, &out);
        met = c.memory.failures > 0;
        cr_assert_eq(status, met ? YATA_ERR_MEMORY : YATA_OK);
        counted_fail(&c, 0);
        OK(yata_id_map_merge(map, other));
        yata_buffer_free(&bytes);
        yata_buffer_free(&out);
        yata_id_map_free(map);
        yata_id_map_free(other);
        yata_id_map_free(copy);
        counted_end(&c);
    }
}
