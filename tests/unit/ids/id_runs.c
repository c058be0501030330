/* SPDX-License-Identifier: MIT */
/* id_runs.c - runs of clocks against a bitmap: every operation, many pages, and an allocator that fails. */
#include "ids/id_runs.h"
#include "harness/allocator.h"
#include "harness/random.h"
#include <criterion/criterion.h>

enum { CLOCKS = 12000 };

typedef struct fixture {
    counted_memory memory;
    yata_allocator allocator;
    yt_mem mem;
    yt_runs runs;
    bool bits[CLOCKS];
} fixture;

static void begin(fixture *f) {
    memset(f, 0, sizeof *f);
    f->allocator = counted_allocator(&f->memory);
    yt_mem_init(&f->mem, &f->allocator);
}

static void end(fixture *f) {
    yt_runs_free(&f->mem, &f->runs);
    cr_assert_eq(f->memory.live, 0);
    cr_assert_eq(f->mem.used, 0);
    cr_assert_eq(f->runs.count, 0);
}

static bool add(fixture *f, uint32_t clock, uint32_t len) {
    if (!yt_runs_add(&f->mem, &f->runs, clock, len)) return false;
    memset(f->bits + clock, true, len);
    return true;
}

static bool take(fixture *f, uint32_t clock, uint32_t len) {
    if (!yt_runs_remove(&f->mem, &f->runs, clock, len)) return false;
    memset(f->bits + clock, false, len);
    return true;
}

/* The runs are those of the bitmap, by iteration and by search. */
static void compare(const fixture *f) {
    cr_assert(yt_runs_check(&f->runs));
    yt_runs_iter it = yt_runs_begin(&f->runs);
    uint32_t count = 0;
    for (uint32_t clock = 0; clock < CLOCKS;) {
        if (!f->bits[clock]) {
            clock++;
            continue;
        }
        uint32_t first = clock;
        while (clock < CLOCKS && f->bits[clock]) clock++;
        yt_run run;
        cr_assert(yt_runs_next(&it, &run));
        cr_assert_eq(run.clock, first);
        cr_assert_eq(run.len, clock - first);
        count++;
    }
    yt_run none;
    cr_assert_not(yt_runs_next(&it, &none));
    uint32_t back = 0, behind = CLOCKS;
    for (it = yt_runs_end(&f->runs); yt_runs_prev(&it, &none); back++) {
        cr_assert_lt(none.clock, behind);
        cr_assert(f->bits[none.clock] && f->bits[none.clock + none.len - 1]);
        behind = none.clock;
    }
    cr_assert_eq(back, count);
    cr_assert_eq(count, f->runs.count);
}

static void compare_find(const fixture *f, uint32_t clock) {
    cr_assert_eq(yt_runs_contains(&f->runs, clock), f->bits[clock]);
    uint32_t first = clock;
    while (first < CLOCKS && !f->bits[first]) first++;
    yt_run run;
    bool found = yt_runs_find(&f->runs, clock, &run);
    cr_assert_eq(found, first < CLOCKS);
    if (!found) {
        cr_assert(run.clock == 0 && run.len == 0);
    } else if (first == clock) {
        cr_assert(run.clock <= clock && clock - run.clock < run.len);
    } else {
        cr_assert_eq(run.clock, first);
    }
}

Test(id_runs, empty) {
    fixture f;
    begin(&f);
    yt_run run;
    cr_assert_not(yt_runs_find(&f.runs, 0, &run));
    cr_assert_not(yt_runs_contains(&f.runs, 7));
    cr_assert(yt_runs_add(&f.mem, &f.runs, 5, 0));
    cr_assert(yt_runs_remove(&f.mem, &f.runs, 5, 5));
    cr_assert(yt_runs_check(&f.runs));
    cr_assert_eq(f.memory.calls, 0);
    end(&f);
}

Test(id_runs, one_run_costs_one_allocation) {
    fixture f;
    begin(&f);
    for (uint32_t clock = 0; clock < 1000; clock++) cr_assert(add(&f, clock, 1));
    cr_assert_eq(f.runs.count, 1);
    cr_assert_eq(f.memory.calls, 1);
    cr_assert_leq(f.memory.live, 4 * sizeof(yt_run));
    compare(&f);
    end(&f);
}

Test(id_runs, joins_what_touches_or_overlaps) {
    fixture f;
    begin(&f);
    cr_assert(add(&f, 10, 5) && add(&f, 20, 5) && add(&f, 30, 5));
    cr_assert_eq(f.runs.count, 3);
    cr_assert(add(&f, 15, 5)); /* touches both */
    cr_assert_eq(f.runs.count, 2);
    cr_assert(add(&f, 8, 3));  /* overlaps to the left */
    cr_assert(add(&f, 12, 2)); /* inside */
    cr_assert(add(&f, 33, 9)); /* grows the last */
    cr_assert(add(&f, 0, 60)); /* swallows all */
    cr_assert_eq(f.runs.count, 1);
    compare(&f);
    end(&f);
}

Test(id_runs, removes_and_cuts) {
    fixture f;
    begin(&f);
    cr_assert(add(&f, 0, 100));
    cr_assert(take(&f, 40, 20)); /* cuts */
    cr_assert(take(&f, 0, 5));   /* from the left */
    cr_assert(take(&f, 95, 50)); /* from the right */
    cr_assert(take(&f, 38, 24)); /* both sides of the hole */
    compare(&f);
    cr_assert_eq(f.runs.count, 2);
    cr_assert(take(&f, 0, 500));
    compare(&f);
    cr_assert_eq(f.runs.count, 0);
    cr_assert(add(&f, 3, 3));
    compare(&f);
    end(&f);
}

Test(id_runs, ends_of_the_clock) {
    fixture f;
    begin(&f);
    cr_assert(yt_runs_add(&f.mem, &f.runs, UINT32_MAX - 1, 1));
    cr_assert(yt_runs_add(&f.mem, &f.runs, 0, 1));
    cr_assert(yt_runs_contains(&f.runs, UINT32_MAX - 1));
    cr_assert_not(yt_runs_contains(&f.runs, UINT32_MAX));
    cr_assert(yt_runs_add(&f.mem, &f.runs, 0, UINT32_MAX));
    cr_assert_eq(f.runs.count, 1);
    cr_assert(yt_runs_remove(&f.mem, &f.runs, 1, UINT32_MAX - 2));
    cr_assert_eq(f.runs.count, 2);
    cr_assert(yt_runs_check(&f.runs));
    end(&f);
}

Test(id_runs, appending_fills_pages) {
    fixture f;
    begin(&f);
    for (uint32_t i = 0; i < CLOCKS / 2; i++) cr_assert(add(&f, 2 * i, 1));
    compare(&f);
    cr_assert_eq(f.runs.page_count, (CLOCKS / 2 + YT_RUN_PAGE - 1) / YT_RUN_PAGE);
    cr_assert(add(&f, 1, CLOCKS - 1)); /* swallows whole pages */
    cr_assert_eq(f.runs.count, 1);
    cr_assert_eq(f.runs.page_count, 1);
    compare(&f);
    end(&f);
}

Test(id_runs, inserting_in_front) {
    fixture f;
    begin(&f);
    for (uint32_t i = CLOCKS / 2; i-- > 0;) cr_assert(add(&f, 2 * i, 1));
    compare(&f);
    for (uint32_t clock = 0; clock < CLOCKS; clock += 7) compare_find(&f, clock);
    end(&f);
}

/* Removing page after page in turns from both sides leaves pages that are joined. */
Test(id_runs, shrinking_gives_pages_back) {
    fixture f;
    begin(&f);
    for (uint32_t i = 0; i < CLOCKS / 2; i++) cr_assert(add(&f, 2 * i, 1));
    uint32_t full = f.runs.page_count;
    for (uint32_t i = 0; i < CLOCKS / 2; i++) {
        if (i % 16 != 0) cr_assert(take(&f, 2 * i, 1));
    }
    compare(&f);
    cr_assert_lt(f.runs.page_count, full / 3);
    end(&f);
}

static void random_step(fixture *f, rng *r, uint32_t longest, uint32_t removals) {
    uint32_t clock = rng_below(r, CLOCKS);
    uint32_t len = rng_below(r, longest + 1);
    if (len > CLOCKS - clock) len = CLOCKS - clock;
    uint64_t failures = f->memory.failures;
    bool done = rng_below(r, 100) < removals ? take(f, clock, len) : add(f, clock, len);
    cr_assert(done || f->memory.failures > failures);
}

static void random_session(uint64_t seed, uint32_t failing) {
    fixture f;
    begin(&f);
    rng r = rng_from(seed);
    for (uint32_t phase = 0; phase < 8; phase++) {
        uint32_t longest = (uint32_t[]){1, 3, 3, 40, 3, 1, 900, 2}[phase];
        uint32_t removals = (uint32_t[]){5, 10, 60, 50, 20, 50, 70, 10}[phase];
        for (uint32_t i = 0; i < 3000; i++) {
            if (failing) {
                f.memory.fail_at = rng_one_in(&r, failing) ? f.memory.calls + 1 : 0;
            }
            random_step(&f, &r, longest, removals);
            if (i % 500 == 0) compare(&f);
            if (i % 10 == 0) compare_find(&f, rng_below(&r, CLOCKS));
        }
        compare(&f);
    }
    end(&f);
}

Test(id_runs, random_sessions) {
    for (uint64_t seed = 1; seed <= 12; seed++) random_session(seed, 0);
}

/* Somebody deletes to and fro; the place of the last addition may belong to runs that are no more. */
Test(id_runs, adding_near) {
    for (uint64_t seed = 1; seed <= 20; seed++) {
        fixture f;
        rng r = rng_from(seed);
        yt_runs_near near = {UINT32_MAX, 0};
        uint32_t low = CLOCKS / 2, high = low;
        begin(&f);
        for (uint32_t i = 0; i < 3000; i++) {
            uint32_t len = rng_below(&r, 3);
            if (rng_one_in(&r, 20)) low = high = rng_below(&r, CLOCKS);
            if (rng_one_in(&r, 30)) cr_assert(take(&f, rng_below(&r, CLOCKS - 200), 200));
            bool back = rng_one_in(&r, 2) && low >= len;
            uint32_t at = back ? low - len : high;
            if (at + len > CLOCKS) continue;
            cr_assert(yt_runs_add_near(&f.mem, &f.runs, &near, at, len));
            memset(f.bits + at, true, len);
            if (back)
                low = at;
            else
                high = at + len;
            if (i % 10 == 0) compare(&f);
        }
        compare(&f);
        end(&f);
    }
}

Test(id_runs, cleared_with_its_room) {
    fixture f;
    begin(&f);
    cr_assert_not(yt_runs_clear(&f.mem, &f.runs, 4)); /* no room */
    cr_assert(add(&f, 5, 1));
    cr_assert(yt_runs_clear(&f.mem, &f.runs, 4));
    memset(f.bits, 0, sizeof f.bits);
    compare(&f);
    uint64_t calls = f.memory.calls;
    for (uint32_t i = 0; i < 4; i++) cr_assert(add(&f, i * 2, 1));
    cr_assert_eq(f.memory.calls, calls);
    cr_assert(add(&f, 8, 1));
    cr_assert_not(yt_runs_clear(&f.mem, &f.runs, 4)); /* too much */
    cr_assert_eq(f.memory.live, 0);
    end(&f);
}

Test(id_runs, random_sessions_without_memory) {
    for (uint64_t seed = 1; seed <= 6; seed++) random_session(seed, 2);
}

/* After a reserve one addition, wherever it is, succeeds although the allocator does not. */
Test(id_runs, reserve_is_a_promise) {
    fixture f;
    begin(&f);
    rng r = rng_from(5);
    for (uint32_t i = 0; i < 20000; i++) {
        f.memory.fail_at = 0;
        f.memory.fail_after = false;
        cr_assert(yt_runs_reserve(&f.mem, &f.runs));
        f.memory.fail_at = f.memory.calls + 1;
        f.memory.fail_after = true;
        cr_assert(add(&f, rng_below(&r, CLOCKS / 2) * 2, 1));
        if (rng_one_in(&r, 4)) cr_assert(take(&f, rng_below(&r, CLOCKS / 2) * 2, 1));
        if (i % 2000 == 0) compare(&f);
    }
    compare(&f);
    end(&f);
}

/* Each failure on the way to the first directory leaves the set as it was. */
Test(id_runs, reserve_fails_at_each_step) {
    for (uint64_t fail_at = 1; fail_at < 40; fail_at++) {
        fixture f;
        begin(&f);
        f.memory.fail_at = fail_at;
        for (uint32_t i = 0; i < 3 * YT_RUN_PAGE; i++) {
            if (!yt_runs_reserve(&f.mem, &f.runs)) compare(&f);
            while (!add(&f, 2 * i, 1)) compare(&f);
        }
        compare(&f);
        end(&f);
    }
}

/* A set of many pages is held while runs come, most of which join others; they are taken out without memory. */
static void hold_and_take_back(uint32_t seed, uint32_t spread) {
    enum { MANY = 3000 };
    static struct { uint32_t clock, len; } log[MANY];
    static bool before[CLOCKS];
    fixture f;
    begin(&f);
    rng r = rng_from(seed);
    for (uint32_t clock = 0; clock + 4 < CLOCKS; clock += 2 + rng_below(&r, spread)) add(&f, clock, 1);
    memcpy(before, f.bits, sizeof before);
    yt_runs_hold(&f.runs);
    uint32_t n = 0;
    while (n < MANY) {
        uint32_t clock = rng_below(&r, CLOCKS - 2), len = 1 + rng_below(&r, 2);
        if (f.bits[clock] || (len == 2 && f.bits[clock + 1])) {
            if (rng_below(&r, 200) == 0) break;
            continue;
        }
        cr_assert(add(&f, clock, len));
        log[n].clock = clock;
        log[n++].len = len;
    }
    compare(&f);
    f.memory.fail_at = f.memory.calls + 1;
    f.memory.fail_after = true;
    while (n--) {
        cr_assert(take(&f, log[n].clock, log[n].len));
        cr_assert(yt_runs_check(&f.runs));
    }
    cr_assert(memcmp(before, f.bits, sizeof before) == 0);
    compare(&f);
    yt_runs_let_go(&f.mem, &f.runs);
    compare(&f);
    end(&f);
}

Test(id_runs, what_is_held_can_be_taken_back) {
    for (uint32_t seed = 1; seed <= 60; seed++) hold_and_take_back(seed, 1 + seed % 4);
}

Test(id_runs, check_sees_damage) {
    fixture f;
    begin(&f);
    for (uint32_t i = 0; i < 2 * YT_RUN_PAGE; i++) cr_assert(add(&f, 2 * i, 1));
    cr_assert(yt_runs_check(&f.runs));
    yt_run_page *page = &f.runs.u.pages[1];
    yt_run kept = page->runs[3];
    page->runs[3].len = 0;
    cr_assert_not(yt_runs_check(&f.runs));
    page->runs[3].len = 2;
    cr_assert_not(yt_runs_check(&f.runs));
    page->runs[3].len = UINT32_MAX;
    cr_assert_not(yt_runs_check(&f.runs));
    page->runs[3] = kept;
    f.runs.count++;
    cr_assert_not(yt_runs_check(&f.runs));
    f.runs.count--;
    page->cap--;
    cr_assert_not(yt_runs_check(&f.runs));
    page->cap++;
    uint32_t len = page->len;
    page->len = 0;
    cr_assert_not(yt_runs_check(&f.runs));
    page->len = len;
    f.runs.u.pages[f.runs.page_cap - 1].len = 1;
    cr_assert_not(yt_runs_check(&f.runs));
    f.runs.u.pages[f.runs.page_cap - 1].len = 0;
    uint32_t pages = f.runs.page_count;
    f.runs.page_count = f.runs.page_cap + 1;
    cr_assert_not(yt_runs_check(&f.runs));
    f.runs.page_count = pages;
    cr_assert(yt_runs_check(&f.runs));
    end(&f);
}
