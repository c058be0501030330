/* SPDX-License-Identifier: MIT */
/*
 * id_runs.c - sorted runs of clocks in pages.
 *
 * Most sets are tiny (one run per transaction) and most additions go to the end, so a set starts as one plain array
 * and adding looks at the last run first. Only a full page makes a directory.
 *
 * In a directory every page has room for YT_RUN_PAGE runs, so that an insertion needs memory only when its page is
 * full, and then exactly one page: that page is taken from the slot behind the last one, where yt_runs_reserve puts it.
 * Slots from page_count on are therefore empty but may own memory.
 *
 * A cut that finds its page full and no memory moves one run on to the next page that has room. So as long as no page
 * is given back, which is what holding a set means, it has room for as many runs as it ever had.
 *
 * Invariant: runs are sorted, never empty, and never touch; no page below page_count is empty; the spare pages stand
 * in the slots from page_count on without a gap.
 */
#include "ids/id_runs.h"
#include "base/config.h"

typedef struct place {
    uint32_t page, at;
} place;

static uint32_t run_end(yt_run run) {
    return run.clock + run.len;
}

/* The pages, whatever the form. */
static yt_run_page *pages_of(yt_runs *runs) {
    return runs->page_cap ? runs->u.pages : &runs->u.one;
}

static const yt_run_page *pages_of_const(const yt_runs *runs) {
    return runs->page_cap ? runs->u.pages : &runs->u.one;
}

void yt_runs_free(yt_mem *mem, yt_runs *runs) {
    if (runs->page_cap) {
        for (uint32_t i = 0; i < runs->page_cap; i++) {
            yt_free(mem, runs->u.pages[i].runs, runs->u.pages[i].cap * sizeof(yt_run));
        }
        yt_free(mem, runs->u.pages, runs->page_cap * sizeof(yt_run_page));
    } else {
        yt_free(mem, runs->u.one.runs, runs->u.one.cap * sizeof(yt_run));
    }
    memset(runs, 0, sizeof *runs);
}

/* The first run of a page that ends at or behind the clock; there is one. */
static inline uint32_t first_in(const yt_run_page *page, uint32_t clock) {
    const yt_run *run = page->runs;
    for (uint32_t n = page->len, half; n > 1; n -= half) {
        half = n / 2;
        run += half & (0 - (uint32_t)(run_end(run[half - 1]) < clock));
    }
    return (uint32_t)(run - page->runs);
}

/* The first run that ends at or after `clock`; {page_count, 0} if there is none. Halving what is left without asking
 * whether it was found makes no branch that could be guessed wrong. */
static place lower_bound(const yt_runs *runs, uint32_t clock) {
    const yt_run_page *pages = pages_of_const(runs), *page = pages;
    place found = {runs->page_count, 0};
    if (!runs->page_count) return found;
    const yt_run_page *last = pages + runs->page_count - 1;
    if (run_end(last->runs[last->len - 1]) < clock) return found; /* the newest deletion: the others are not read */
    for (uint32_t n = runs->page_count, half; n > 1; n -= half) {
        half = n / 2;
        page += half & (0 - (uint32_t)(run_end(page[half - 1].runs[page[half - 1].len - 1]) < clock));
    }
    found.page = (uint32_t)(page - pages);
    found.at = first_in(page, clock);
    return found;
}

/* ------------------------------------------------------------------------
 * Room
 */

static bool grow_one(yt_mem *mem, yt_run_page *one) {
    uint32_t cap = one->cap + one->cap / 2;
    if (cap < 4) cap = 4;
    if (cap > YT_RUN_PAGE) cap = YT_RUN_PAGE;
    yt_run *grown = yt_realloc(mem, one->runs, one->cap * sizeof(yt_run), cap * sizeof(yt_run));
    if (!grown) return false;
    one->runs = grown;
    one->cap = cap;
    return true;
}

/* Makes a directory of at least page_count + 1 slots. */
static bool grow_directory(yt_mem *mem, yt_runs *runs) {
    yt_run_page one = runs->u.one;
    bool was_one = runs->page_cap == 0;
    uint32_t cap = runs->page_cap;
    yt_run_page *grown = yt_grow(mem, was_one ? NULL : runs->u.pages, &cap, runs->page_count + 1, sizeof(yt_run_page));
    if (!grown) return false;
    memset(grown + runs->page_cap, 0, (cap - runs->page_cap) * sizeof(yt_run_page));
    if (was_one) grown[0] = one;
    runs->u.pages = grown;
    runs->page_cap = cap;
    return true;
}

bool yt_runs_reserve(yt_mem *mem, yt_runs *runs) {
    if (runs->page_cap == 0) {
        yt_run_page *one = &runs->u.one;
        if (one->len < one->cap) return true;
        if (one->cap < YT_RUN_PAGE) return grow_one(mem, one);
    }
    if (runs->page_count >= runs->page_cap && !grow_directory(mem, runs)) return false;
    yt_run_page *spare = &runs->u.pages[runs->page_count];
    if (spare->runs) return true;
    spare->runs = yt_alloc(mem, YT_RUN_PAGE * sizeof(yt_run));
    if (!spare->runs) return false;
    spare->cap = YT_RUN_PAGE;
    return true;
}

/* Splits the full page at `*at`, whose spare page exists, so that a run can be inserted there. */
static void split_page(yt_runs *runs, place *at) {
    yt_run_page *pages = runs->u.pages;
    yt_run_page spare = pages[runs->page_count];
    yt_run_page *full = &pages[at->page];
    memmove(full + 2, full + 1, (runs->page_count - at->page - 1) * sizeof *full);
    runs->page_count++;
    /* What is appended at the end of a page starts the next one: pages of a growing set are full. */
    uint32_t keep = at->at == full->len ? full->len : full->len / 2;
    spare.len = full->len - keep;
    memcpy(spare.runs, full->runs + keep, spare.len * sizeof(yt_run));
    full->len = keep;
    full[1] = spare;
    if (at->at >= keep) {
        at->page++;
        at->at -= keep;
    }
}

/* Inserts a run that touches no other; room was reserved. */
static void insert(yt_runs *runs, place at, yt_run run) {
    yt_run_page *pages = pages_of(runs);
    if (at.page == runs->page_count) {
        if (at.page == 0) {
            runs->page_count = 1;
            pages[0].len = 0;
        } else {
            at.page--;
            at.at = pages[at.page].len;
        }
    }
    if (pages[at.page].len == YT_RUN_PAGE) split_page(runs, &at);
    yt_run_page *page = &pages_of(runs)[at.page];
    memmove(page->runs + at.at + 1, page->runs + at.at, (page->len - at.at) * sizeof(yt_run));
    page->runs[at.at] = run;
    page->len++;
    runs->count++;
}

/* Does inserting at this place need memory that is not there? */
static bool has_room(const yt_runs *runs, place at) {
    const yt_run_page *pages = pages_of_const(runs);
    if (runs->page_count == 0) return pages[0].cap > 0;
    const yt_run_page *page = &pages[at.page < runs->page_count ? at.page : runs->page_count - 1];
    return page->len < page->cap;
}

/* ------------------------------------------------------------------------
 * Taking runs out
 */

/* The same, but all of them stay as spares. */
static void set_pages_aside(yt_runs *runs, uint32_t from, uint32_t to) {
    yt_run_page *pages = runs->u.pages;
    for (uint32_t i = to; i-- > from;) {
        yt_run_page spare = {pages[i].runs, 0, pages[i].cap};
        runs->page_count--;
        memmove(pages + i, pages + i + 1, (runs->page_count - i) * sizeof *pages);
        pages[runs->page_count] = spare;
    }
}

/* Removes empty pages [from, to) from the directory; one of them may stay as the spare. */
static void drop_pages(yt_mem *mem, yt_runs *runs, uint32_t from, uint32_t to) {
    if (runs->page_cap == 0) {
        runs->page_count = 0;
        runs->u.one.len = 0;
        return;
    }
    if (runs->held) {
        set_pages_aside(runs, from, to);
        return;
    }
    yt_run_page *pages = runs->u.pages;
    yt_run_page spare = {0};
    bool have_spare = runs->page_count < runs->page_cap && pages[runs->page_count].runs;
    if (have_spare) spare = pages[runs->page_count];
    for (uint32_t i = from; i < to; i++) {
        if (spare.runs)
            yt_free(mem, pages[i].runs, pages[i].cap * sizeof(yt_run));
        else
            spare = pages[i];
    }
    memmove(pages + from, pages + to, (runs->page_count - to) * sizeof *pages);
    uint32_t slots = runs->page_count + have_spare;
    runs->page_count -= to - from;
    memset(pages + runs->page_count, 0, (slots - runs->page_count) * sizeof *pages);
    spare.len = 0;
    pages[runs->page_count] = spare;
}

/* Joins a page with its right neighbour when both are nearly empty. */
static void join_pages(yt_mem *mem, yt_runs *runs, uint32_t at) {
    if (at + 1 >= runs->page_count) return;
    yt_run_page *left = &runs->u.pages[at], *right = left + 1;
    if (left->len + right->len > YT_RUN_PAGE / 2) return;
    memcpy(left->runs + left->len, right->runs, right->len * sizeof(yt_run));
    left->len += right->len;
    drop_pages(mem, runs, at + 1, at + 2);
}

static void erase_in_page(yt_run_page *page, uint32_t from, uint32_t to) {
    memmove(page->runs + from, page->runs + to, (page->len - to) * sizeof(yt_run));
    page->len -= to - from;
}

/* Erases the runs from `from` up to, not including, `to`, which step() made: never a place behind a page's last run. */
static void erase(yt_mem *mem, yt_runs *runs, place from, place to) {
    yt_run_page *pages = pages_of(runs);
    if (from.page == to.page) {
        if (from.at == to.at) return;
        runs->count -= to.at - from.at;
        erase_in_page(&pages[from.page], from.at, to.at);
    } else {
        for (uint32_t i = from.page + 1; i < to.page; i++) runs->count -= pages[i].len;
        runs->count -= pages[from.page].len - from.at;
        pages[from.page].len = from.at;
        if (to.at > 0) {
            runs->count -= to.at;
            erase_in_page(&pages[to.page], 0, to.at);
        }
    }
    uint32_t first_empty = from.page + (pages[from.page].len > 0);
    if (first_empty < to.page) drop_pages(mem, runs, first_empty, to.page);
    join_pages(mem, runs, from.page);
    if (from.page > 0) join_pages(mem, runs, from.page - 1);
}

static place step(const yt_runs *runs, place at) {
    if (++at.at == pages_of_const(runs)[at.page].len) {
        at.page++;
        at.at = 0;
    }
    return at;
}

/* ------------------------------------------------------------------------
 * The set
 */

/* As lower_bound, where it is one of a few behind that place, as deleting item by item often goes on, or in its page:
 * so the directory need not be searched, which reads a run of each page that it compares. */
static place seek(const yt_runs *runs, const yt_runs_near *near, uint32_t clock) {
    enum { STEPS = 4 };
    if (near->page < runs->page_count) {
        const yt_run_page *page = &pages_of_const(runs)[near->page];
        uint32_t at = near->at, end = page->len - at > STEPS ? at + STEPS : page->len - 1;
        if (at < page->len && run_end(page->runs[at]) < clock)
            while (at < end)
                if (clock <= run_end(page->runs[++at])) return (place){near->page, at};
        if (page->len && page->runs[0].clock <= clock && clock <= run_end(page->runs[page->len - 1]))
            return (place){near->page, first_in(page, clock)};
    }
    return lower_bound(runs, clock);
}

/* *near: where somebody added before, then where this was added. */
static bool add(yt_mem *mem, yt_runs *runs, uint32_t clock, uint32_t len, yt_runs_near *near) {
    uint32_t end = clock + len;
    place at = seek(runs, near, clock);
    *near = (yt_runs_near){at.page, at.at};
    yt_run *run = at.page < runs->page_count ? &pages_of(runs)[at.page].runs[at.at] : NULL;
    if (!run || run->clock > end) {
        if (!has_room(runs, at) && !yt_runs_reserve(mem, runs)) return false;
        insert(runs, at, (yt_run){clock, len});
        return true;
    }

    /* It joins with this run and swallows those behind it that it reaches. */
    if (clock < run->clock) {
        run->len += run->clock - clock;
        run->clock = clock;
    }
    if (end <= run_end(*run)) return true;
    place next = step(runs, at), past = next;
    while (past.page < runs->page_count) {
        const yt_run other = pages_of(runs)[past.page].runs[past.at];
        if (other.clock > end) break;
        if (run_end(other) > end) end = run_end(other);
        past = step(runs, past);
    }
    run->len = end - run->clock;
    if (next.page != past.page || next.at != past.at) erase(mem, runs, next, past);
    return true;
}

/* Inserts a run at a place in a page, which may be behind its last one; if it is full, the run that falls out at the
 * end (or, to the left, at the beginning) is returned. */
static yt_run push_right(yt_run_page *page, uint32_t at, yt_run run) {
    bool full = page->len == YT_RUN_PAGE;
    if (at == YT_RUN_PAGE) return run;
    yt_run out = full ? page->runs[page->len - 1] : run;
    memmove(page->runs + at + 1, page->runs + at, (page->len - at - full) * sizeof run);
    page->runs[at] = run;
    page->len += !full;
    return out;
}

static yt_run push_left(yt_run_page *page, uint32_t at, yt_run run) {
    if (page->len < YT_RUN_PAGE) return push_right(page, at, run);
    if (at == 0) return run;
    yt_run out = page->runs[0];
    memmove(page->runs, page->runs + 1, (at - 1) * sizeof run);
    page->runs[at - 1] = run;
    return out;
}

/* Inserts a run without memory, moving one from page to page up to the nearest that has room. False: all are full. */
static bool insert_by_moving(yt_runs *runs, place at, yt_run run) {
    if (runs->page_cap == 0) return false;
    yt_run_page *pages = runs->u.pages;
    uint32_t right = at.page, left = at.page;
    while (right < runs->page_count && pages[right].len == YT_RUN_PAGE) right++;
    while (left > 0 && pages[left].len == YT_RUN_PAGE) left--;
    if (right < runs->page_count) {
        run = push_right(&pages[at.page], at.at, run);
        for (uint32_t i = at.page; i < right;) run = push_right(&pages[++i], 0, run);
    } else if (pages[left].len < YT_RUN_PAGE) {
        run = push_left(&pages[at.page], at.at, run);
        for (uint32_t i = at.page; i > left;) {
            i--;
            run = push_left(&pages[i], pages[i].len, run);
        }
    } else {
        return false;
    }
    runs->count++;
    return true;
}

bool yt_runs_add_anywhere(yt_mem *mem, yt_runs *runs, uint32_t clock, uint32_t len) {
    yt_runs_near near = {UINT32_MAX, 0};
    return add(mem, runs, clock, len, &near);
}

/* Makes the run there longer, at its start or its end, if it reaches no other thereby. */
static bool lengthen(yt_runs *runs, const yt_runs_near *near, uint32_t clock, uint32_t end) {
    yt_run *run = yt_runs_beside(runs, near, clock, end);
    if (run) yt_run_lengthen(run, clock, end);
    return run != NULL;
}

bool yt_runs_add_near(yt_mem *mem, yt_runs *runs, yt_runs_near *near, uint32_t clock, uint32_t len) {
    uint32_t end = clock + len;
    if (!len || yt_runs_add_last(runs, clock, end) || lengthen(runs, near, clock, end)) return true;
    return add(mem, runs, clock, len, near);
}

bool yt_runs_remove(yt_mem *mem, yt_runs *runs, uint32_t clock, uint32_t len) {
    YT_ASSERT(len <= YT_CLOCK_MAX - clock);
    if (len == 0 || runs->page_count == 0) return true;
    uint32_t end = clock + len;
    place at = lower_bound(runs, clock);
    if (at.page == runs->page_count) return true;
    yt_run *run = &pages_of(runs)[at.page].runs[at.at];
    if (run->clock < clock && run_end(*run) > end) {
        yt_run right = {end, run_end(*run) - end}, cut = {run->clock, clock - run->clock};
        place behind = {at.page, at.at + 1};
        bool room = has_room(runs, at) || yt_runs_reserve(mem, runs);
        if (!room && !insert_by_moving(runs, behind, right)) return false;
        if (!room) at = lower_bound(runs, cut.clock); /* it may have moved, too */
        pages_of(runs)[at.page].runs[at.at] = cut;
        if (room) insert(runs, behind, right);
        return true;
    }
    if (run->clock < clock) {
        run->len = clock - run->clock;
        at = step(runs, at);
    }
    place past = at;
    while (past.page < runs->page_count) {
        yt_run *other = &pages_of(runs)[past.page].runs[past.at];
        if (run_end(*other) > end) {
            if (other->clock < end) {
                other->len = run_end(*other) - end;
                other->clock = end;
            }
            break;
        }
        past = step(runs, past);
    }
    if (at.page != past.page || at.at != past.at) erase(mem, runs, at, past);
    return true;
}

/* All but so many. */
static void free_spares(yt_mem *mem, yt_runs *runs, uint32_t keep) {
    for (uint32_t i = runs->page_count + keep; i < runs->page_cap && runs->u.pages[i].runs; i++) {
        yt_free(mem, runs->u.pages[i].runs, runs->u.pages[i].cap * sizeof(yt_run));
        runs->u.pages[i] = (yt_run_page){NULL, 0, 0};
    }
}

void yt_runs_let_go(yt_mem *mem, yt_runs *runs) {
    runs->held = false;
    free_spares(mem, runs, 1);
}

void yt_runs_trim(yt_mem *mem, yt_runs *runs) {
    free_spares(mem, runs, 0);
}

yt_runs_iter yt_runs_from(const yt_runs *runs, uint32_t clock) {
    place at = lower_bound(runs, clock);
    if (at.page < runs->page_count && run_end(pages_of_const(runs)[at.page].runs[at.at]) == clock) at = step(runs, at);
    return (yt_runs_iter){runs, at.page, at.at};
}

bool yt_runs_find(const yt_runs *runs, uint32_t clock, yt_run *out) {
    yt_runs_iter it = yt_runs_from(runs, clock);
    *out = (yt_run){0, 0};
    return yt_runs_next(&it, out);
}

bool yt_runs_contains(const yt_runs *runs, uint32_t clock) {
    yt_run run;
    return yt_runs_find(runs, clock, &run) && run.clock <= clock;
}

yt_runs_iter yt_runs_begin(const yt_runs *runs) {
    return (yt_runs_iter){runs, 0, 0};
}

bool yt_runs_next(yt_runs_iter *it, yt_run *out) {
    if (it->page >= it->runs->page_count) return false;
    const yt_run_page *page = &pages_of_const(it->runs)[it->page];
    *out = page->runs[it->at];
    if (++it->at == page->len) {
        it->page++;
        it->at = 0;
    }
    return true;
}

yt_runs_iter yt_runs_end(const yt_runs *runs) {
    return (yt_runs_iter){runs, runs->page_count, 0};
}

bool yt_runs_prev(yt_runs_iter *it, yt_run *out) {
    if (!it->at) {
        if (!it->page) return false;
        it->at = pages_of_const(it->runs)[--it->page].len;
    }
    *out = pages_of_const(it->runs)[it->page].runs[--it->at];
    return true;
}

size_t yt_runs_bytes(const yt_runs *runs) {
    if (!runs->page_cap) return runs->u.one.cap * sizeof(yt_run);
    size_t bytes = runs->page_cap * sizeof(yt_run_page);
    for (uint32_t i = 0; i < runs->page_cap; i++) bytes += runs->u.pages[i].cap * sizeof(yt_run);
    return bytes;
}

bool yt_runs_check(const yt_runs *runs) {
    const yt_run_page *pages = pages_of_const(runs);
    uint32_t count = 0;
    const yt_run *last = NULL;
    if (runs->page_cap == 0 ? runs->page_count > 1 : runs->page_count > runs->page_cap) return false;
    for (uint32_t i = 0; i < runs->page_count; i++) {
        if (pages[i].len == 0 || pages[i].len > pages[i].cap || pages[i].cap > YT_RUN_PAGE) return false;
        if (runs->page_cap && pages[i].cap != YT_RUN_PAGE) return false;
        for (uint32_t k = 0; k < pages[i].len; k++) {
            const yt_run *run = &pages[i].runs[k];
            if (run->len == 0 || run->len > YT_CLOCK_MAX - run->clock) return false;
            if (last && run_end(*last) >= run->clock) return false;
            last = run;
        }
        count += pages[i].len;
    }
    for (uint32_t i = runs->page_count; i < runs->page_cap; i++) {
        if (pages[i].len != 0) return false;
        if (i > runs->page_count && pages[i].runs && (!runs->held || !pages[i - 1].runs)) return false;
    }
    return count == runs->count;
}
