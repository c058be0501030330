/* SPDX-License-Identifier: MIT */
/*
 * store.c - block lists, against a plain array of clocks. The blocks are GCs, so that the document stays sound while
 * its lists are changed by hand.
 */
#include "doc/store.h"
#include "../peer.h"
#include "harness/random.h"

enum { MOST = 6000 };

typedef struct model {
    peer p;
    yt_client *client;
    uint32_t clocks[MOST], count, state;
} model;

static void open_model(model *m) {
    peer_open(&m->p, 1);
    m->count = m->state = 0;
    uint32_t slot = yt_slot(m->p.doc, 42);
    cr_assert_eq(slot, 0);
    m->client = yt_client_at(m->p.doc, slot);
}

static void append(model *m, uint32_t len) {
    yt_entry entry = {m->state, 0};
    cr_assert(yt_store_append(m->p.doc, m->client, entry));
    cr_assert(yt_runs_add(&m->p.doc->mem, &m->client->deleted, m->state, len));
    m->clocks[m->count++] = m->state;
    m->state += len;
    m->client->state = m->state;
}

/* Cuts block i, one clock behind its start. */
static void cut(model *m, uint32_t i) {
    yt_place place = yt_store_find(m->client, m->clocks[i]);
    yt_entry entry = {m->clocks[i] + 1, 0};
    cr_assert(yt_store_insert(m->p.doc, m->client, &place, entry));
    cr_assert_eq(yt_entry_at(m->client, place).clock, entry.clock);
    memmove(m->clocks + i + 2, m->clocks + i + 1, (m->count - i - 1) * sizeof *m->clocks);
    m->clocks[i + 1] = entry.clock;
    m->count++;
}

/* Joins block i to the one before it, whose place must stay good. */
static void join(model *m, uint32_t i) {
    yt_place before = yt_store_find(m->client, m->clocks[i - 1]);
    yt_store_remove(m->p.doc, m->client, yt_store_find(m->client, m->clocks[i]));
    cr_assert_eq(yt_entry_at(m->client, before).clock, m->clocks[i - 1]);
    memmove(m->clocks + i, m->clocks + i + 1, (m->count - i - 1) * sizeof *m->clocks);
    m->count--;
}

static uint32_t len_of(const model *m, uint32_t i) {
    return (i + 1 < m->count ? m->clocks[i + 1] : m->state) - m->clocks[i];
}

static void compare(const model *m) {
    size_t bytes = 0;
    uint32_t i = 0;
    for (uint32_t k = 0; k < m->client->page_count; k++) {
        const yt_page *page = m->client->pages[k];
        bytes += sizeof *page + (page->row ? 1 : 2) * page->cap * sizeof *page->clocks;
        for (uint32_t at = 0; at < page->len; at++, i++) {
            yt_place place = {k, at}, found = yt_store_find(m->client, m->clocks[i]);
            cr_assert_eq(page->clocks[at], m->clocks[i]);
            cr_assert_eq(yt_place_len(m->client, place), len_of(m, i));
            cr_assert(found.page == k && found.at == at);
            found = yt_store_find(m->client, m->clocks[i] + len_of(m, i) - 1);
            cr_assert(found.page == k && found.at == at);
        }
    }
    cr_assert_eq(i, m->count);
    cr_assert_eq(m->p.doc->block_bytes, bytes);
    sound(&m->p);
}

Test(store, slots_are_dense_and_found_again) {
    peer p;
    peer_open(&p, 1);
    cr_assert_eq(yt_slot_find(p.doc, 5), YT_NONE);
    cr_assert_eq(yt_state(p.doc, YT_NONE), 0);
    for (uint64_t i = 0; i < 1000; i++) cr_assert_eq(yt_slot(p.doc, i * i + 3), i);
    for (uint64_t i = 0; i < 1000; i++) {
        cr_assert_eq(yt_slot(p.doc, i * i + 3), i);
        cr_assert_eq(yt_slot_find(p.doc, i * i + 3), i);
    }
    cr_assert_eq(yt_state(p.doc, 999), 0);
    peer_close(&p);
}

static void open_empty(peer *p) {
    peer_open(p, 1);
}

static bool make_slot(peer *p) {
    uint32_t slot = yt_slot(p->doc, 77);
    cr_assert_eq(yt_slot_find(p->doc, 77), slot);
    return slot != YT_NONE;
}

Test(store, a_slot_without_memory) {
    fail_each(open_empty, make_slot);
}

Test(store, thousands_are_appended) {
    model m;
    open_model(&m);
    for (uint32_t i = 0; i < 5000; i++) append(&m, 1 + i % 3);
    compare(&m);
    yt_place place = {0, 0};
    uint32_t n = 1;
    while (yt_place_next(m.client, &place)) n++;
    cr_assert_eq(n, 5000);
    cr_assert_eq(m.client->page_count, (5000 + YT_PAGE_ENTRIES - 1) / YT_PAGE_ENTRIES);
    for (; n > 1; n--) cr_assert(yt_place_prev(m.client, &place));
    cr_assert_not(yt_place_prev(m.client, &place));
    cr_assert_eq(place.page + place.at, 0);
    peer_close(&m.p);
}

Test(store, full_pages_are_split_in_the_middle) {
    model m;
    open_model(&m);
    for (uint32_t i = 0; i < 2 * YT_PAGE_ENTRIES; i++) append(&m, 4);
    cr_assert_eq(m.client->page_count, 2);
    cut(&m, 3); /* lower half */
    compare(&m);
    cr_assert_eq(m.client->page_count, 3);
    cut(&m, m.count - 7); /* upper half */
    compare(&m);
    cr_assert_eq(m.client->page_count, 4);
    peer_close(&m.p);
}

/* Cutting the last block of a full page is like appending: no page is halved. */
Test(store, the_end_of_a_full_list_begins_a_page) {
    model m;
    open_model(&m);
    for (uint32_t i = 0; i < YT_PAGE_ENTRIES; i++) append(&m, 4);
    cut(&m, m.count - 1);
    compare(&m);
    cr_assert_eq(m.client->page_count, 2);
    cr_assert_eq(m.client->pages[0]->len, YT_PAGE_ENTRIES);
    cut(&m, YT_PAGE_ENTRIES - 1 + 1); /* the new one grows */
    compare(&m);
    peer_close(&m.p);
}

Test(store, removing_joins_sparse_pages) {
    model m;
    open_model(&m);
    for (uint32_t i = 0; i < 8 * YT_PAGE_ENTRIES; i++) append(&m, 1);
    while (m.count > 40) { /* from the back, the front and the middle */
        for (uint32_t i = m.count - 1; i > m.count * 3 / 4; i--) join(&m, i);
        for (uint32_t i = m.count / 4; i > 0; i--) join(&m, i);
        join(&m, m.count / 2);
        compare(&m);
    }
    cr_assert_leq(m.client->page_count, 2);
    while (m.count > 1) join(&m, 1);
    compare(&m);
    cr_assert_eq(m.client->page_count, 1);
    peer_close(&m.p);
}

Test(store, a_page_that_ran_empty_goes) {
    model m;
    open_model(&m);
    for (uint32_t i = 0; i < YT_PAGE_ENTRIES + 1; i++) append(&m, 2);
    cr_assert_eq(m.client->page_count, 2);
    join(&m, m.count - 1);
    cr_assert_eq(m.client->page_count, 1);
    compare(&m);
    append(&m, 2);
    compare(&m);
    peer_close(&m.p);
}

Test(store, any_order_of_changes) {
    model m;
    open_model(&m);
    rng r = rng_from(7);
    for (uint32_t i = 0; i < 100; i++) append(&m, 1000);
    for (uint32_t round = 0; round < 20; round++) {
        bool grow = round % 4 < 2;
        for (uint32_t step = 0; step < 400; step++) {
            uint32_t i = rng_below(&r, m.count);
            if (rng_one_in(&r, grow ? 8 : 2)) {
                if (i) join(&m, i);
            } else if (len_of(&m, i) > 1 && m.count < MOST) {
                cut(&m, i);
            } else if (grow) {
                append(&m, 1 + rng_below(&r, 50));
            }
        }
        compare(&m);
    }
    peer_close(&m.p);
}

Test(store, no_memory_changes_nothing) {
    model m;
    open_model(&m);
    m.p.memory.fail_after = true;
    uint32_t refused = 0;
    for (uint32_t i = 0; i < 2 * YT_PAGE_ENTRIES; i++) {
        yt_entry entry = {m.state, 0};
        yt_place last = {m.client->page_count - 1, 0};
        if (i) last.at = m.client->pages[last.page]->len - 1;
        bool full = !i || m.client->pages[last.page]->len == m.client->pages[last.page]->cap;
        for (uint64_t n = 1; full && n <= 2; n++) {
            m.p.memory.fail_at = m.p.memory.calls + n;
            uint64_t calls = m.p.memory.calls;
            if (n == 1 || !i || m.client->page_count == m.client->page_cap) {
                cr_assert_not(yt_store_append(m.p.doc, m.client, entry));
                cr_assert_gt(m.p.memory.calls, calls);
                refused++;
            }
            if (i && n == 1) {
                yt_place place = last;
                cr_assert_not(yt_store_insert(m.p.doc, m.client, &place, entry));
            }
            m.p.memory.fail_at = 0;
            if (n == 2) break;
            if (i && m.client->page_count != m.client->page_cap) break;
            if (i && m.client->pages[last.page]->cap < YT_PAGE_ENTRIES) break;
        }
        append(&m, 2);
    }
    cr_assert_geq(refused, 5);
    m.p.memory.fail_at = m.p.memory.calls + 1;
    yt_place place = {0, 10};
    yt_entry entry = {m.clocks[10] + 1, 0};
    cr_assert_not(yt_store_insert(m.p.doc, m.client, &place, entry));
    m.p.memory.fail_at = 0;
    compare(&m);
    peer_close(&m.p);
}

/* ------------------------------------------------------------------------
 * Rows
 */
enum { ALTERNATING = 4 * YT_PAGE_ENTRIES };

/* Every other character of a text is deleted: so many blocks, which were one. */
static void open_alternating(peer *p) {
    peer from;
    char text[ALTERNATING + 1];
    memset(text, 'a', ALTERNATING);
    text[ALTERNATING] = 0;
    peer_open(&from, 2);
    write_text(&from, text_root(&from), 0, text);
    for (uint32_t i = 0; i < ALTERNATING / 2; i++) erase_text(&from, text_root(&from), i, 1);
    peer_open(p, 1);
    text_root(p);
    send_all(&from, p);
    expect_same_state(&from, p);
    peer_close(&from);
    cr_assert_eq(block_count(p), ALTERNATING);
}

static uint32_t rows(const peer *p) {
    const yt_client *client = yt_client_at(p->doc, 0);
    uint32_t n = 0;
    for (uint32_t i = 0; i < client->page_count; i++) n += client->pages[i]->row != 0;
    return n;
}

Test(store, loaded_blocks_are_rows) {
    peer p;
    open_alternating(&p);
    cr_assert_eq(yt_client_at(p.doc, 0)->page_count, 4);
    cr_assert_eq(rows(&p), 3); /* the first block came another way */
    erase_text(&p, text_root(&p), ALTERNATING / 2 - 9, 1);
    cr_assert_eq(rows(&p), 2);
    yata_doc_trim(p.doc);
    sound(&p);
    write_text(&p, text_root(&p), ALTERNATING / 4, "b");
    erase_text(&p, text_root(&p), 0, ALTERNATING / 2);
    sound(&p);
    cr_assert_lt(block_count(&p), 8);
    expect_text(text_root(&p), "");
    peer_close(&p);
}

static bool erase_all(peer *p) {
    yata_txn *txn;
    if (yata_txn_begin(p->doc, no_bytes(), &txn)) return false;
    yata_status status = yata_text_delete(text_root(p), txn, 0, ALTERNATING / 2);
    yata_status committed = yata_txn_commit(txn);
    sound(p);
    return !status && !committed;
}

/* Without memory to take entries out of rows blocks stay apart. */
Test(store, rows_and_failing_memory) {
    fail_each(open_alternating, erase_all);
}
