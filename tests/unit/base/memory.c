/* SPDX-License-Identifier: MIT */
/* memory.c - the account, growing arrays, the arena, and the platform below them. */
#include "base/arena.h"
#include "base/platform.h"
#include "base/vec.h"
#include "fixture.h"
#include "harness/random.h"
#include <criterion/criterion.h>

Test(memory, the_account_follows_every_call) {
    counted_mem c;
    counted_begin(&c);
    uint8_t *a = yt_alloc(&c.mem, 10), *b = yt_calloc(&c.mem, 20);
    for (uint32_t i = 0; i < 20; i++) cr_assert_eq(b[i], 0);
    cr_assert_eq(c.mem.used, 30);
    a = yt_realloc(&c.mem, a, 10, 100);
    cr_assert_eq(c.mem.used, 120);
    a = yt_realloc(&c.mem, a, 100, 1);
    cr_assert_eq(c.mem.used, 21);
    cr_assert_eq(c.mem.peak, 120);
    yt_free(&c.mem, a, 1);
    yt_free(&c.mem, b, 20);
    yt_free(&c.mem, NULL, 0);
    cr_assert_eq(c.mem.peak, 120);
    counted_end(&c);
}

Test(memory, a_refused_call_changes_nothing) {
    counted_mem c;
    counted_begin(&c);
    char *a = yt_realloc(&c.mem, NULL, 0, 4);
    memcpy(a, "abc", 4);
    counted_fail(&c, 1);
    cr_assert_null(yt_alloc(&c.mem, 1));
    cr_assert_null(yt_calloc(&c.mem, 1));
    cr_assert_null(yt_realloc(&c.mem, a, 4, 8));
    cr_assert_eq(c.mem.used, 4);
    cr_assert_str_eq(a, "abc");
    yt_free(&c.mem, a, 4);
    counted_end(&c);
}

Test(memory, without_an_allocator_every_call_fails) {
    yt_mem mem = {.allocator = {NULL, NULL, NULL, NULL}};
    cr_assert_null(yt_alloc(&mem, 1));
    cr_assert_null(yt_calloc(&mem, 1));
}

Test(memory, the_default_allocator_is_that_of_the_platform) {
    yt_mem mem;
    yt_mem_init(&mem, NULL);
    cr_assert_eq(yata_allocator_default(), yt_platform_allocator());
    uint8_t *a = yt_alloc(&mem, 100);
    cr_assert_not_null(a);
    a = yt_realloc(&mem, a, 100, 200);
    yt_free(&mem, a, 200);
    cr_assert_eq(mem.used, 0);
}

Test(memory, random_numbers_differ) {
    uint64_t a, b;
    cr_assert(yt_platform_random(&a));
    cr_assert(yt_platform_random(&b));
    cr_assert_neq(a, b);
}

Test(memory, growing_by_half) {
    counted_mem c;
    counted_begin(&c);
    uint32_t cap = 0;
    uint32_t *array = yt_grow(&c.mem, NULL, &cap, 1, sizeof *array);
    cr_assert_eq(cap, 4);
    cr_assert_eq(yt_grow(&c.mem, array, &cap, 4, sizeof *array), array);
    for (uint32_t need = 5; need < 10000; need = cap + 1) {
        uint32_t before = cap;
        array = yt_grow(&c.mem, array, &cap, need, sizeof *array);
        cr_assert(cap >= need && cap == before + before / 2);
    }
    array = yt_grow(&c.mem, array, &cap, 100000, sizeof *array);
    cr_assert_eq(cap, 100000);
    uint32_t kept = cap;
    counted_fail(&c, 1);
    cr_assert_null(yt_grow(&c.mem, array, &cap, cap + 1, sizeof *array));
    cr_assert_eq(cap, kept);
    yt_free(&c.mem, array, cap * sizeof *array);
    counted_end(&c);
}

Test(memory, growing_beyond_all_memory) {
    counted_mem c;
    counted_begin(&c);
    uint32_t cap = 0;
    cr_assert_null(yt_grow(&c.mem, NULL, &cap, UINT32_MAX, SIZE_MAX / 2));
    cr_assert_null(yt_grow(&c.mem, NULL, &cap, 2, SIZE_MAX / 2 + 1));
    counted_fail(&c, 1); /* one is possible, if not four */
    cr_assert_null(yt_grow(&c.mem, NULL, &cap, 1, SIZE_MAX / 2));
    cap = UINT32_MAX - 1;
    cr_assert_null(yt_grow(&c.mem, &cap, &cap, UINT32_MAX, 1));
    cr_assert_eq(cap, UINT32_MAX - 1);
    counted_end(&c);
}

Test(memory, vectors) {
    counted_mem c;
    counted_begin(&c);
    YT_VEC(uint32_t) v = {0};
    for (uint32_t i = 0; i < 100; i++) {
        cr_assert(yt_vec_reserve(&c.mem, &v, 1));
        yt_vec_put(&v, i);
    }
    counted_fail(&c, 1);
    cr_assert(!yt_vec_reserve(&c.mem, &v, 1000));
    cr_assert(!yt_vec_reserve(&c.mem, &v, UINT32_MAX));
    for (uint32_t i = 0; i < 100; i++) cr_assert_eq(v.data[i], i);
    yt_vec_free(&c.mem, &v);
    counted_end(&c);
}

Test(arena, pieces_are_aligned_and_do_not_overlap) {
    counted_mem c;
    counted_begin(&c);
    enum { PIECES = 2000 };
    static uint8_t *pieces[PIECES];
    static size_t sizes[PIECES];
    yt_arena arena = {0};
    rng r = rng_from(1);
    for (uint32_t i = 0; i < PIECES; i++) {
        sizes[i] = rng_one_in(&r, 50) ? rng_below(&r, 40000) : rng_below(&r, 100);
        pieces[i] = yt_arena_alloc(&c.mem, &arena, sizes[i]);
        cr_assert_not_null(pieces[i]);
        cr_assert_eq((uintptr_t)pieces[i] % 8, 0);
        memset(pieces[i], (int)i, sizes[i]);
    }
    for (uint32_t i = 0; i < PIECES; i++) {
        for (size_t k = 0; k < sizes[i]; k++) cr_assert_eq(pieces[i][k], (uint8_t)i);
    }
    yt_arena_free(&c.mem, &arena);
    yt_arena_free(&c.mem, &arena);
    counted_end(&c);
}

Test(arena, small_pieces_cost_little) {
    counted_mem c;
    counted_begin(&c);
    yt_arena arena = {0};
    for (uint32_t i = 0; i < 100000; i++) cr_assert_not_null(yt_arena_alloc(&c.mem, &arena, 8));
    cr_assert_lt(c.mem.used, 900000);
    cr_assert_lt(c.memory.calls, 30);
    yt_arena_free(&c.mem, &arena);
    counted_end(&c);
}

Test(arena, a_large_piece_leaves_the_open_part_usable) {
    counted_mem c;
    counted_begin(&c);
    yt_arena arena = {0};
    cr_assert_not_null(yt_arena_alloc(&c.mem, &arena, 1));
    size_t left = arena.left;
    cr_assert_not_null(yt_arena_alloc(&c.mem, &arena, 100000));
    cr_assert_eq(arena.left, left);
    yt_arena_free(&c.mem, &arena);
    cr_assert_not_null(yt_arena_alloc(&c.mem, &arena, 100000));
    yt_arena_free(&c.mem, &arena);
    counted_end(&c);
}

Test(arena, without_memory) {
    counted_mem c;
    counted_begin(&c);
    yt_arena arena = {0};
    counted_fail(&c, 1);
    cr_assert_null(yt_arena_alloc(&c.mem, &arena, 1));
    counted_fail(&c, 0);
    cr_assert_null(yt_arena_alloc(&c.mem, &arena, SIZE_MAX));
    char *kept = yt_arena_alloc(&c.mem, &arena, 4);
    memcpy(kept, "abc", 4);
    counted_fail(&c, 1);
    cr_assert_null(yt_arena_alloc(&c.mem, &arena, 300));  /* a part of its own */
    cr_assert_null(yt_arena_alloc(&c.mem, &arena, 5000)); /* the same */
    size_t left = arena.left;
    while (arena.left >= 8) cr_assert_not_null(yt_arena_alloc(&c.mem, &arena, 8));
    cr_assert_lt(arena.left, left);
    cr_assert_null(yt_arena_alloc(&c.mem, &arena, 8)); /* the next part */
    cr_assert_str_eq(kept, "abc");
    yt_arena_free(&c.mem, &arena);
    counted_end(&c);
}
