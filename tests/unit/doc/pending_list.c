/* SPDX-License-Identifier: MIT */
/* pending_list.c - blocks in any order of clocks, taken out in front, beside a plain sorted array. */
#include "doc/pending_list.h"
#include "../fixture.h"
#include "harness/random.h"
#include <criterion/criterion.h>

enum { MOST = 3000 };

typedef struct twin {
    counted_mem c;
    yt_pending_list list;
    yt_pending_block blocks[MOST];
    uint32_t sorted[MOST]; /* places in `blocks` */
    uint32_t made, first, count;
} twin;

static uint32_t clock_of(const twin *t, uint32_t i) {
    return t->blocks[t->sorted[i]].block.id.clock;
}

static bool add(twin *t, uint32_t clock) {
    yt_pending_block *b = &t->blocks[t->made];
    b->block.id.clock = clock;
    if (!yt_pending_list_add(&t->c.mem, &t->list, b)) return false;
    uint32_t at = t->first + t->count++;
    for (; at > t->first && clock_of(t, at - 1) > clock; at--) t->sorted[at] = t->sorted[at - 1];
    t->sorted[at] = t->made++;
    return true;
}

static void expect_same(const twin *t) {
    cr_assert_eq(t->list.count, t->count);
    uint32_t i = t->first;
    yt_pending_place place = yt_pending_list_begin(&t->list);
    for (const yt_block *b; (b = yt_pending_list_at(&t->list, place)); place = yt_pending_list_next(&t->list, place))
        cr_assert_eq(b, &t->blocks[t->sorted[i++]].block);
    cr_assert_eq(i, t->first + t->count);
}

static void expect_place_behind(const twin *t, uint32_t clock) {
    yt_pending_place place = yt_pending_list_behind(&t->list, clock);
    const yt_block *before = yt_pending_list_before(&t->list, place), *behind = yt_pending_list_at(&t->list, place);
    uint32_t i = t->first, end = t->first + t->count;
    while (i < end && clock_of(t, i) <= clock) i++;
    cr_assert_eq(before, i > t->first ? &t->blocks[t->sorted[i - 1]].block : NULL);
    cr_assert_eq(behind, i < end ? &t->blocks[t->sorted[i]].block : NULL);
}

static void take_out(twin *t) {
    yt_pending_block *b = yt_pending_list_pop(&t->c.mem, &t->list);
    cr_assert_eq(b, t->count ? &t->blocks[t->sorted[t->first]] : NULL);
    if (!t->count) return;
    t->first++;
    t->count--;
}

typedef enum arrival { FORWARDS, BACKWARDS, ANY, ORDERS } arrival;

static uint32_t next_clock(arrival order, uint32_t step, rng *r) {
    return order == FORWARDS ? step : order == BACKWARDS ? MOST - step : rng_below(r, MOST);
}

Test(pending_list, any_order) {
    static twin t;
    for (uint64_t seed = 0; seed < 12; seed++) {
        rng r = rng_from(seed);
        memset(&t, 0, sizeof t);
        counted_begin(&t.c);
        uint32_t pops = (uint32_t)seed / ORDERS; /* 0: none, 1: one in two, ... */
        for (uint32_t step = 0; t.made < MOST; step++) {
            cr_assert(add(&t, next_clock((arrival)(seed % ORDERS), step, &r)));
            if (pops && rng_one_in(&r, pops + 1)) take_out(&t);
            if (step % 97 == 0) expect_same(&t);
            if (step % 7 == 0) expect_place_behind(&t, rng_below(&r, MOST + 1));
        }
        expect_same(&t);
        while (t.count) take_out(&t);
        take_out(&t);
        yt_pending_list_free(&t.c.mem, &t.list);
        counted_end(&t.c);
    }
}

Test(pending_list, without_memory_nothing_changes) {
    static twin t;
    rng r = rng_from(1);
    memset(&t, 0, sizeof t);
    counted_begin(&t.c);
    while (t.made < MOST) {
        uint32_t clock = rng_below(&r, MOST);
        counted_fail(&t.c, 1);
        if (!add(&t, clock)) {
            counted_fail(&t.c, 0);
            expect_same(&t);
            cr_assert(add(&t, clock));
        }
        counted_fail(&t.c, 0);
    }
    expect_same(&t);
    yt_pending_list_free(&t.c.mem, &t.list);
    counted_end(&t.c);
}
