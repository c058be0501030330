/* SPDX-License-Identifier: MIT */
/*
 * id_runs.h - a set of clocks of ONE client as sorted, disjoint, non-adjacent runs.
 *
 * Runs live in pages under a small directory, so adding in the middle of a million runs moves at most one page:
 *
 *   directory  [page 0 | page 1 | ... ]          by first clock
 *   page       [clock,len][clock,len]...         at most YT_RUN_PAGE, sorted
 *
 * A set with few runs is one small page without a directory. A directory may hold one empty page in reserve, behind
 * its last page; while the set is held (yt_runs_hold), any number of them.
 */
#ifndef YT_IDS_ID_RUNS_H
#define YT_IDS_ID_RUNS_H

#include "base/config.h"
#include "base/memory.h"

typedef struct yt_run {
    uint32_t clock, len; /* clock + len <= 2^32 - 1 */
} yt_run;

/* Runs in one page. Long enough that a directory stays small, short enough that a memmove of one is nothing. */
#define YT_RUN_PAGE 128

typedef struct yt_run_page {
    yt_run *runs;
    uint32_t len, cap;
} yt_run_page;

typedef struct yt_runs {
    union {
        yt_run_page one;    /* page_cap == 0: the only page, of any capacity up to YT_RUN_PAGE */
        yt_run_page *pages; /* page_cap > 0: the directory; all pages have capacity YT_RUN_PAGE */
    } u;
    uint32_t page_count, page_cap;
    uint32_t count; /* runs in all pages */
    bool held;      /* pages that become empty are kept */
} yt_runs;

void yt_runs_free(yt_mem *mem, yt_runs *runs);
/* Makes it empty. True: it has room for runs, but for no more than `most`; else it is as if freed. */
static inline bool yt_runs_clear(yt_mem *mem, yt_runs *runs, uint32_t most) {
    if (runs->page_cap || runs->u.one.cap - 1 >= most) {
        if (runs->page_cap || runs->u.one.cap) yt_runs_free(mem, runs);
        return false;
    }
    runs->u.one.len = runs->page_count = runs->count = 0;
    runs->held = false;
    return true;
}
/* After this, one yt_runs_add cannot fail. */
bool yt_runs_reserve(yt_mem *mem, yt_runs *runs);
/* After this, one yt_runs_add at or behind the last run cannot fail: sets that grow need no spare page. */
static inline bool yt_runs_reserve_last(yt_mem *mem, yt_runs *runs) {
    const yt_run_page *pages = runs->page_cap ? runs->u.pages : &runs->u.one;
    if (runs->page_count && pages[runs->page_count - 1].len < pages[runs->page_count - 1].cap) return true;
    return yt_runs_reserve(mem, runs);
}
/* Adds [clock, clock+len), joining what touches or overlaps. len 0: nothing. False: no memory, nothing changed.
 * O(log n + page), plus the runs swallowed. */
bool yt_runs_add_anywhere(yt_mem *mem, yt_runs *runs, uint32_t clock, uint32_t len);

/* Where something was added last, or nowhere any more. */
typedef struct yt_runs_near {
    uint32_t page, at;
} yt_runs_near;
/* The run there, if [clock, end) is at its start or its end and reaches no other; else NULL. */
static inline yt_run *yt_runs_beside(const yt_runs *runs, const yt_runs_near *near, uint32_t clock, uint32_t end) {
    if (near->page >= runs->page_count) return NULL;
    const yt_run_page *page = &(runs->page_cap ? runs->u.pages : &runs->u.one)[near->page];
    if (near->at >= page->len) return NULL;
    yt_run *run = &page->runs[near->at];
    if (end == run->clock) return (near->at ? run[-1].clock + run[-1].len < clock : near->page == 0) ? run : NULL;
    if (clock != run->clock + run->len) return NULL;
    return (near->at + 1 < page->len ? end < run[1].clock : near->page + 1 == runs->page_count) ? run : NULL;
}
static inline void yt_run_lengthen(yt_run *run, uint32_t clock, uint32_t end) {
    if (end == run->clock) run->clock = clock;
    run->len += end - clock;
}
/* Adds the first one, if there is room. */
static inline bool yt_runs_add_first(yt_runs *runs, uint32_t clock, uint32_t len) {
    if (runs->page_count || runs->page_cap || !runs->u.one.cap) return false;
    runs->u.one.runs[0] = (yt_run){clock, len};
    runs->u.one.len = runs->page_count = runs->count = 1;
    return true;
}
/* As yt_runs_add, when it probably makes a run longer there, in which case it is O(1). */
bool yt_runs_add_near(yt_mem *mem, yt_runs *runs, yt_runs_near *near, uint32_t clock, uint32_t len);

/* Adding at or behind the last run, without a search. False: not that case. */
static inline bool yt_runs_add_last(yt_runs *runs, uint32_t clock, uint32_t end) {
    if (runs->page_count == 0) return false;
    yt_run_page *page = &(runs->page_cap ? runs->u.pages : &runs->u.one)[runs->page_count - 1];
    yt_run *last = &page->runs[page->len - 1];
    uint32_t last_end = last->clock + last->len;
    if (clock < last->clock) return false;
    if (clock <= last_end) {
        if (end > last_end) last->len = end - last->clock;
        return true;
    }
    if (page->len == page->cap) return false;
    page->runs[page->len++] = (yt_run){clock, end - clock};
    runs->count++;
    return true;
}
static inline bool yt_runs_add(yt_mem *mem, yt_runs *runs, uint32_t clock, uint32_t len) {
    YT_ASSERT(len <= UINT32_MAX - clock);
    return len == 0 || yt_runs_add_last(runs, clock, clock + len) || yt_runs_add_anywhere(mem, runs, clock, len);
}
/* Removes [clock, clock+len), cutting runs. False: no memory (a cut needs one more run), nothing changed. */
bool yt_runs_remove(yt_mem *mem, yt_runs *runs, uint32_t clock, uint32_t len);
/* From now on what is added, of clocks that were not there, can be removed again without memory, the last first: that
 * cannot fail. Until it is let go. */
static inline void yt_runs_hold(yt_runs *runs) {
    runs->held = true;
}
void yt_runs_let_go(yt_mem *mem, yt_runs *runs);
/* Frees spare pages of a set that is not held. */
void yt_runs_trim(yt_mem *mem, yt_runs *runs);
bool yt_runs_contains(const yt_runs *runs, uint32_t clock);
/* First run that ends after `clock`: {0,0} with found=false if none. O(log n). */
bool yt_runs_find(const yt_runs *runs, uint32_t clock, yt_run *out);

/* for (yt_runs_iter it = yt_runs_begin(&runs); yt_runs_next(&it, &run);) */
typedef struct yt_runs_iter {
    const yt_runs *runs;
    uint32_t page, at;
} yt_runs_iter;
yt_runs_iter yt_runs_begin(const yt_runs *runs);
/* From the first run that ends after `clock` on. O(log n). */
yt_runs_iter yt_runs_from(const yt_runs *runs, uint32_t clock);
bool yt_runs_next(yt_runs_iter *it, yt_run *out);
/* Page `i` of page_count, for loops over very many runs. */
static inline const yt_run_page *yt_runs_page(const yt_runs *runs, uint32_t i) {
    return (runs->page_cap ? runs->u.pages : &runs->u.one) + i;
}
/* for (yt_runs_iter it = yt_runs_end(&runs); yt_runs_prev(&it, &run);) */
yt_runs_iter yt_runs_end(const yt_runs *runs);
bool yt_runs_prev(yt_runs_iter *it, yt_run *out);

/* Memory that it has. O(pages). */
size_t yt_runs_bytes(const yt_runs *runs);

/* Sorted, disjoint, non-adjacent, no empty page? For check(). */
bool yt_runs_check(const yt_runs *runs);

#endif
