/* SPDX-License-Identifier: MIT */
/* observer.c - subscriptions to updates, in both formats, and their ends inside callbacks. */
#include "../peer.h"

typedef struct watcher {
    uint32_t id, calls;
    struct watcher *leaves; /* whose subscription ends when this one is called */
    bool joins;             /* subscribes another one when called */
    yata_buffer last;
} watcher;

static void called(void *ctx, yata_doc *doc, const yata_txn *txn, yata_bytes update) {
    watcher *w = ctx;
    (void)txn;
    w->calls++;
    w->last.len = 0;
    OK(yata_buffer_append(&w->last, update.data, update.len));
    if (w->leaves) {
        OK(yata_doc_unobserve_update(doc, w->leaves->id));
        FAILS(YATA_ERR_NOT_FOUND, yata_doc_unobserve_update(doc, w->leaves->id));
        w->leaves = NULL;
    }
    if (w->joins) {
        static watcher joined;
        memset(&joined, 0, sizeof joined);
        yata_buffer_init(&joined.last, NULL);
        OK(yata_doc_observe_update(doc, called, &joined, &joined.id));
        w->joins = false;
        w->leaves = &joined; /* with the next call */
    }
}

static void watch(peer *p, watcher *w) {
    memset(w, 0, sizeof *w);
    yata_buffer_init(&w->last, NULL);
    OK(yata_doc_observe_update(p->doc, called, w, &w->id));
}

Test(observer, statuses) {
    peer p;
    peer_open(&p, 1);
    uint32_t id;
    FAILS(YATA_ERR_ARGUMENT, yata_doc_observe_update(NULL, called, NULL, &id));
    FAILS(YATA_ERR_ARGUMENT, yata_doc_observe_update(p.doc, NULL, NULL, &id));
    FAILS(YATA_ERR_ARGUMENT, yata_doc_observe_update(p.doc, called, NULL, NULL));
    FAILS(YATA_ERR_ARGUMENT, yata_doc_unobserve_update(NULL, 1));
    FAILS(YATA_ERR_ARGUMENT, yata_doc_unobserve_update(p.doc, 0));
    FAILS(YATA_ERR_NOT_FOUND, yata_doc_unobserve_update(p.doc, 1));
    p.memory.fail_at = p.memory.calls + 1;
    FAILS(YATA_ERR_MEMORY, yata_doc_observe_update(p.doc, called, NULL, &id));
    p.memory.fail_at = 0;
    p.doc->observer_id = UINT32_MAX;
    FAILS(YATA_ERR_LIMIT, yata_doc_observe_update(p.doc, called, NULL, &id));
    peer_close(&p);
}

Test(observer, everybody_is_told_what_changed) {
    peer p;
    peer_open(&p, 1);
    watcher a, b;
    watch(&p, &a);
    watch(&p, &b);
    cr_assert_neq(a.id, b.id);
    yata_type t = text_root(&p);
    write_text(&p, t, 0, "abc");
    expect_bytes(&a.last, "01 01 01 00 04 01 01 74 03 616263 00");
    write_text(&p, t, 3, "d"); /* merged into the first block, told as a part of it */
    expect_bytes(&b.last, "01 01 01 03 84 01 02 01 64 00");
    erase_text(&p, t, 1, 1);
    expect_bytes(&a.last, "00 01 01 01 01 01");
    begin(&p);
    commit(&p); /* nothing happened */
    OK(take(&p, "01 01 01 00 04 01 01 74 03 616263 00"));
    OK(take(&p, "01 01 07 05 00 03 00")); /* it has to wait */
    cr_assert_eq(a.calls, 3);
    OK(take(&p, "01 01 07 00 00 05 00"));
    expect_bytes(&a.last, "01 01 07 00 00 08 00");
    OK(yata_doc_unobserve_update(p.doc, a.id));
    write_text(&p, t, 0, "x");
    cr_assert_eq(a.calls, 4);
    cr_assert_eq(b.calls, 5);
    yata_buffer_free(&a.last);
    yata_buffer_free(&b.last);
    peer_close(&p);
}

/* Several clients, by descending id; blocks and deletions of what was there. */
Test(observer, changes_of_many_clients) {
    peer p;
    peer_open(&p, 1);
    watcher a;
    OK(take(&p, "01 01 05 00 04 01 01 74 03 616263 00"));
    watch(&p, &a);
    OK(take(&p, "02 01 06 00 84 05 00 01 78 01 07 00 84 05 01 01 79 02 05 01 01 01 06 01 00 01"));
    expect_bytes(&a.last, "02 01 07 00 84 05 01 01 79 01 06 00 81 05 00 01 02 06 01 00 01 05 01 01 01");
    expect_text(text_root(&p), "acy");
    yata_buffer_free(&a.last);
    peer_close(&p);
}

Test(observer, both_formats) {
    peer p;
    peer_open(&p, 1);
    watcher a, b;
    watch(&p, &a);
    memset(&b, 0, sizeof b);
    yata_buffer_init(&b.last, NULL);
    OK(yata_doc_observe_update_v2(p.doc, called, &b, &b.id));
    write_text(&p, text_root(&p), 0, "abc");
    cr_assert_eq(a.calls + b.calls, 2);
    peer q;
    peer_open(&q, 2);
    OK(yata_doc_apply_v2(q.doc, bytes_of(&b.last), no_bytes(), NULL));
    expect_same_state(&p, &q);
    OK(yata_doc_unobserve_update(p.doc, a.id)); /* v2 alone */
    write_text(&p, text_root(&p), 0, "d");
    OK(yata_doc_apply_v2(q.doc, bytes_of(&b.last), no_bytes(), NULL));
    expect_same_state(&p, &q);
    yata_buffer_free(&a.last);
    yata_buffer_free(&b.last);
    peer_close(&p);
    peer_close(&q);
}

Test(observer, leaving_inside_a_callback) {
    peer p;
    peer_open(&p, 1);
    watcher a, b, c;
    watch(&p, &a);
    watch(&p, &b);
    watch(&p, &c);
    a.leaves = &b; /* later in this round: not called any more */
    c.leaves = &a; /* earlier: was called */
    yata_type t = text_root(&p);
    write_text(&p, t, 0, "x");
    cr_assert(a.calls == 1 && b.calls == 0 && c.calls == 1);
    cr_assert_eq(p.doc->observers.len, 1);
    c.leaves = &c;
    write_text(&p, t, 0, "x");
    cr_assert(a.calls == 1 && b.calls == 0 && c.calls == 2);
    cr_assert_eq(p.doc->observers.len, 0);
    write_text(&p, t, 0, "x");
    cr_assert_eq(c.calls, 2);
    yata_buffer_free(&a.last);
    yata_buffer_free(&b.last);
    yata_buffer_free(&c.last);
    peer_close(&p);
}

Test(observer, joining_inside_a_callback) {
    peer p;
    peer_open(&p, 1);
    watcher a;
    watch(&p, &a);
    a.joins = true;
    yata_type t = text_root(&p);
    write_text(&p, t, 0, "x");
    cr_assert_eq(p.doc->observers.len, 2);
    cr_assert_eq(a.leaves->calls, 0); /* from the next round on */
    watcher *joined = a.leaves;
    write_text(&p, t, 0, "y"); /* a ends it before its turn */
    cr_assert_eq(joined->calls, 0);
    cr_assert_eq(p.doc->observers.len, 1);
    yata_buffer_free(&a.last);
    peer_close(&p);
}
