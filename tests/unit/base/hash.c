/* SPDX-License-Identifier: MIT */
/* hash.c - the tables against arrays that know everything, and without memory. */
#include "base/hash.h"
#include "fixture.h"
#include "harness/random.h"
#include <criterion/criterion.h>

Test(u64_map, random_operations) {
    counted_mem c;
    counted_begin(&c);
    enum { KEYS = 500 };
    uint64_t keys[KEYS];
    uint32_t values[KEYS];
    yt_u64_map map = {0};
    rng r = rng_from(7);
    for (uint32_t i = 0; i < KEYS; i++) {
        keys[i] = i < 100 ? i : i < 200 ? (uint64_t)i << 40 : rng_next(&r);
        values[i] = YT_NONE;
    }
    for (uint32_t step = 0; step < 50000; step++) {
        uint32_t i = rng_below(&r, KEYS);
        if (rng_below(&r, 100) < (step / 5000 % 2 ? 30u : 60u)) {
            values[i] = rng_below(&r, 1000);
            cr_assert(yt_u64_map_put(&c.mem, &map, keys[i], values[i]));
        } else {
            values[i] = YT_NONE;
            yt_u64_map_remove(&map, keys[i]);
        }
        if (step % 100) continue;
        uint32_t live = 0;
        for (uint32_t k = 0; k < KEYS; k++) {
            cr_assert_eq(yt_u64_map_get(&map, keys[k]), values[k]);
            live += values[k] != YT_NONE;
        }
        cr_assert_eq(map.len, live);
    }
    yt_u64_map_free(&c.mem, &map);
    counted_end(&c);
}

Test(u64_map, empty) {
    yt_u64_map map = {0};
    yt_mem mem;
    yt_mem_init(&mem, NULL);
    cr_assert_eq(yt_u64_map_get(&map, 0), YT_NONE);
    yt_u64_map_remove(&map, 0);
    yt_u64_map_free(&mem, &map);
}

Test(u64_map, without_memory_nothing_changes) {
    counted_mem c;
    counted_begin(&c);
    yt_u64_map map = {0};
    counted_fail(&c, 1);
    cr_assert(!yt_u64_map_put(&c.mem, &map, 1, 1));
    cr_assert_eq(yt_u64_map_get(&map, 1), YT_NONE);
    counted_fail(&c, 0);
    uint32_t n = 0;
    for (; n < 6; n++) cr_assert(yt_u64_map_put(&c.mem, &map, n, n + 10));
    counted_fail(&c, 1);
    while (yt_u64_map_put(&c.mem, &map, n, n + 10)) n++;
    cr_assert_eq(map.len, n);
    cr_assert(yt_u64_map_put(&c.mem, &map, 0, 99)); /* replacing needs none */
    cr_assert_eq(yt_u64_map_get(&map, 0), 99);
    for (uint32_t i = 1; i < n; i++) cr_assert_eq(yt_u64_map_get(&map, i), i + 10);
    cr_assert_eq(yt_u64_map_get(&map, n), YT_NONE);
    yt_u64_map_free(&c.mem, &map);
    counted_end(&c);
}

/* Handles in a row, handles in steps of powers of two, and any. */
static uint32_t u32_key(rng *r, uint32_t i) {
    return i < 200 ? i : i < 400 ? (i - 199) << 20 : i < 600 ? UINT32_MAX - i * 4096 : (uint32_t)rng_next(r);
}

Test(u32_map, random_operations) {
    for (uint64_t round = 0; round < 10; round++) { /* factors are drawn for each */
        counted_mem c;
        counted_begin(&c);
        enum { KEYS = 900 };
        uint32_t keys[KEYS], values[KEYS];
        yt_u32_map map = {0};
        rng r = rng_from(7 + round);
        for (uint32_t i = 0; i < KEYS; i++) {
            keys[i] = u32_key(&r, i);
            values[i] = YT_NONE;
        }
        for (uint32_t step = 0; step < 20000; step++) {
            uint32_t i = rng_below(&r, KEYS);
            if (rng_below(&r, 100) < (step / 3000 % 2 ? 30u : 60u)) {
                values[i] = rng_below(&r, 1000);
                cr_assert(yt_u32_map_put(&c.mem, &map, keys[i], values[i]));
            } else {
                values[i] = YT_NONE;
                yt_u32_map_remove(&map, keys[i]);
            }
            if (step % 500) continue;
            uint32_t live = 0;
            for (uint32_t k = 0; k < KEYS; k++) {
                cr_assert_eq(yt_u32_map_get(&map, keys[k]), values[k]);
                live += values[k] != YT_NONE;
            }
            cr_assert_eq(map.len, live);
        }
        yt_u32_map_free(&c.mem, &map);
        counted_end(&c);
    }
}

Test(u32_map, without_memory_nothing_changes) {
    counted_mem c;
    counted_begin(&c);
    yt_u32_map map = {0};
    cr_assert_eq(yt_u32_map_get(&map, 0), YT_NONE);
    yt_u32_map_remove(&map, 0);
    counted_fail(&c, 1);
    cr_assert(!yt_u32_map_put(&c.mem, &map, 1, 1));
    cr_assert_eq(yt_u32_map_get(&map, 1), YT_NONE);
    counted_fail(&c, 0);
    uint32_t n = 0;
    for (; n < 6; n++) cr_assert(yt_u32_map_put(&c.mem, &map, n, n + 10));
    counted_fail(&c, 1);
    while (yt_u32_map_put(&c.mem, &map, n, n + 10)) n++;
    cr_assert_eq(map.len, n);
    cr_assert(yt_u32_map_put(&c.mem, &map, 0, 99)); /* replacing needs none */
    cr_assert_eq(yt_u32_map_get(&map, 0), 99);
    for (uint32_t i = 1; i < n; i++) cr_assert_eq(yt_u32_map_get(&map, i), i + 10);
    cr_assert_eq(yt_u32_map_get(&map, n), YT_NONE);
    cr_assert_eq(yt_u32_map_bytes(&map), c.mem.used);
    yt_u32_map_free(&c.mem, &map);
    counted_end(&c);
}

static yata_str numbered(char *text, uint32_t i) {
    return (yata_str){text, (size_t)snprintf(text, 32, "%.*s%u", (int)(i % 20), "abcdefghijklmnopqrst", i)};
}

Test(strings, ids_are_dense_and_bytes_stay) {
    counted_mem c;
    counted_begin(&c);
    yt_strings strings = {0};
    char text[32];
    const char *addresses[2000];
    cr_assert_eq(yt_strings_find(&strings, str_of("a")), YT_NONE);
    for (uint32_t i = 0; i < 2000; i++) {
        yata_str str = numbered(text, i);
        cr_assert_eq(yt_strings_find(&strings, str), YT_NONE);
        cr_assert_eq(yt_strings_intern(&c.mem, &strings, str), i);
        addresses[i] = yt_strings_get(&strings, i).data;
    }
    for (uint32_t i = 0; i < 2000; i++) {
        yata_str str = numbered(text, i), got = yt_strings_get(&strings, i);
        cr_assert_eq(yt_strings_intern(&c.mem, &strings, str), i);
        cr_assert_eq(yt_strings_find(&strings, str), i);
        cr_assert(got.data == addresses[i] && got.len == str.len && !memcmp(got.data, str.data, str.len));
    }
    yt_strings_free(&c.mem, &strings);
    counted_end(&c);
}

Test(strings, the_empty_string_zero_bytes_and_prefixes) {
    counted_mem c;
    counted_begin(&c);
    yt_strings strings = {0};
    const yata_str list[] = {{NULL, 0}, {"a", 1}, {"a\0", 2}, {"a\0b", 3}, {"ab", 2}, {"\0", 1}};
    for (uint32_t i = 0; i < 6; i++) cr_assert_eq(yt_strings_intern(&c.mem, &strings, list[i]), i);
    for (uint32_t i = 0; i < 6; i++) cr_assert_eq(yt_strings_find(&strings, list[i]), i);
    cr_assert_eq(yt_strings_find(&strings, (yata_str){"", 0}), 0);
    cr_assert_eq(yt_strings_get(&strings, 0).len, 0);
    yt_strings_free(&c.mem, &strings);
    counted_end(&c);
}

Test(strings, every_failing_allocation) {
    for (uint64_t n = 1; n < 40; n++) {
        counted_mem c;
        counted_begin(&c);
        yt_strings strings = {0};
        char text[32];
        uint32_t made = 0, missed = 0;
        counted_fail(&c, n);
        c.memory.fail_after = false;
        for (uint32_t i = 0; i < 200; i++) {
            uint32_t id = yt_strings_intern(&c.mem, &strings, numbered(text, i));
            if (id == YT_NONE) {
                missed++;
                cr_assert_eq(yt_strings_find(&strings, numbered(text, i)), YT_NONE);
            } else {
                cr_assert_eq(id, made++);
            }
        }
        cr_assert_eq(missed, c.memory.failures);
        cr_assert_eq(strings.len, made);
        yt_strings_free(&c.mem, &strings);
        counted_end(&c);
    }
}

Test(strings, too_long) {
    if (SIZE_MAX <= UINT32_MAX) cr_skip_test("no such string");
    counted_mem c;
    counted_begin(&c);
    yt_strings strings = {0};
    cr_assert_eq(yt_strings_intern(&c.mem, &strings, (yata_str){"", (size_t)UINT32_MAX + 1}), YT_NONE);
    counted_end(&c);
}
