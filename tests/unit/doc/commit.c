/* SPDX-License-Identifier: MIT */
/*
 * commit.c - the order of what happens at the end of a transaction, and transactions that end inside callbacks: each
 * event has exactly its own blocks.
 */
#include "../peer.h"

/* What callbacks saw: letters, and updates. */
typedef struct seen {
    peer *p;
    yata_type text;
    char log[200];
    yata_buffer updates[10];
    uint32_t count;
    uint32_t edits; /* to be made in callbacks */
} seen;

static void note(seen *s, char c) {
    size_t n = strlen(s->log);
    cr_assert_lt(n + 1, sizeof s->log);
    s->log[n] = c;
}

static void keep_update(void *ctx, yata_doc *doc, const yata_txn *txn, yata_bytes update) {
    seen *s = ctx;
    cr_assert_eq(yata_txn_doc(txn), doc);
    note(s, 'u');
    yata_buffer_init(&s->updates[s->count], NULL);
    OK(yata_buffer_append(&s->updates[s->count++], update.data, update.len));
    cr_assert(yata_doc_check(doc, NULL));
}

static void close_seen(seen *s) {
    for (uint32_t i = 0; i < s->count; i++) yata_buffer_free(&s->updates[i]);
    s->count = 0;
}

/* All updates, applied one after the other, make the same document. */
static void expect_replay(seen *s) {
    peer q;
    peer_open(&q, 99);
    for (uint32_t i = 0; i < s->count; i++) OK(take_bytes(&q, bytes_of(&s->updates[i])));
    cr_assert_eq(q.doc->pending.blocks, 0);
    expect_same_state(s->p, &q);
    peer_close(&q);
}

Test(commit, statuses) {
    peer p;
    peer_open(&p, 1);
    yata_txn *txn = begin(&p), fake = *txn;
    FAILS(YATA_ERR_STATE, yata_txn_commit(&fake)); /* not the open one */
    commit(&p);
    peer_close(&p);
}

static void write_more(void *ctx, yata_doc *doc, const yata_txn *txn, yata_bytes update) {
    seen *s = ctx;
    (void)txn;
    (void)update;
    note(s, 'w');
    if (!s->edits) return;
    s->edits--;
    yata_txn *mine;
    OK(yata_txn_begin(doc, no_bytes(), &mine));
    OK(yata_text_insert(s->text, mine, 1, STR("+")));
    if (s->edits) OK(yata_text_delete(s->text, mine, 0, 1));
    OK(yata_txn_commit(mine));
    note(s, 'W');
}

Test(commit, transactions_inside_update_callbacks) {
    peer p;
    peer_open(&p, 1);
    seen s = {.p = &p, .text = text_root(&p), .edits = 4};
    uint32_t a, b;
    OK(yata_doc_observe_update(p.doc, write_more, &s, &a));
    OK(yata_doc_observe_update(p.doc, keep_update, &s, &b));
    write_text(&p, s.text, 0, "abcdefgh");
    cr_assert_str_eq(s.log, "wWuwWuwWuwWuwu"); /* never one inside the other */
    cr_assert_eq(s.count, 5);
    expect_bytes(&s.updates[0], "01 01 01 00 04 01 01 74 08 6162636465666768 00");
    expect_bytes(&s.updates[1], "01 01 01 08 c4 01 00 01 01 01 2b 01 01 01 00 01");
    expect_replay(&s);
    close_seen(&s);
    peer_close(&p);
}

/* Two observers write: both transactions are told to both, in order. */
Test(commit, two_writers) {
    peer p;
    peer_open(&p, 1);
    seen s = {.p = &p, .text = text_root(&p)}, other = {.p = &p, .text = s.text};
    uint32_t id;
    OK(yata_doc_observe_update(p.doc, write_more, &s, &id));
    OK(yata_doc_observe_update(p.doc, write_more, &other, &id));
    OK(yata_doc_observe_update(p.doc, keep_update, &s, &id));
    write_text(&p, s.text, 0, "abc");
    s.edits = other.edits = 2;
    write_text(&p, s.text, 0, "def");
    cr_assert_eq(s.count, 2 + 4);
    expect_replay(&s);
    close_seen(&s);
    peer_close(&p);
}

/* A transaction that stays open when the callback returns goes on afterwards. */
static void leave_open(void *ctx, yata_doc *doc, const yata_txn *txn, yata_bytes update) {
    seen *s = ctx;
    (void)txn;
    (void)update;
    if (!s->edits) return;
    s->edits--;
    OK(yata_txn_begin(doc, no_bytes(), &s->p->txn));
    OK(yata_text_insert(s->text, s->p->txn, 0, STR("open ")));
}

Test(commit, a_transaction_left_open_by_a_callback) {
    peer p;
    peer_open(&p, 1);
    seen s = {.p = &p, .text = text_root(&p), .edits = 1};
    uint32_t id;
    OK(yata_doc_observe_update(p.doc, leave_open, &s, &id));
    OK(yata_doc_observe_update(p.doc, keep_update, &s, &id));
    OK(yata_text_insert(s.text, begin(&p), 0, STR("text")));
    OK(yata_txn_commit(p.txn));
    cr_assert_not_null(p.doc->txn);
    commit(&p);
    expect_text(s.text, "open text");
    expect_replay(&s);
    close_seen(&s);
    peer_close(&p);
}

/* Updates that arrive inside a callback. */
static void apply_inside(void *ctx, yata_doc *doc, const yata_txn *txn, yata_bytes update) {
    seen *s = ctx;
    (void)update;
    note(s, yata_txn_local(txn) ? 'l' : 'r');
    if (!s->edits) return;
    s->edits--;
    yata_buffer bytes = bytes_from("01 01 05 00 84 01 00 02 7879 01 01 01 01 01"); /* xy behind a, and b is deleted */
    OK(yata_doc_apply(doc, bytes_of(&bytes), no_bytes(), NULL));
    yata_buffer_free(&bytes);
}

Test(commit, updates_inside_callbacks) {
    peer p;
    peer_open(&p, 1);
    seen s = {.p = &p, .text = text_root(&p), .edits = 1};
    uint32_t id;
    OK(yata_doc_observe_update(p.doc, apply_inside, &s, &id));
    OK(yata_doc_observe_update(p.doc, keep_update, &s, &id));
    write_text(&p, s.text, 0, "abc");
    cr_assert_str_eq(s.log, "luru");
    expect_text(s.text, "acxy");
    expect_replay(&s);
    close_seen(&s);
    peer_close(&p);
}

/* ------------------------------------------------------------------------
 * Stages
 */
static void stage(void *ctx, yata_doc *doc, const yata_txn *txn) {
    seen *s = ctx;
    cr_assert_eq(doc, s->p->doc);
    if (txn) cr_assert_eq(yata_txn_doc(txn), doc);
}
static void stage_0(void *ctx, yata_doc *doc, const yata_txn *txn) {
    stage(ctx, doc, txn);
    cr_assert_null(txn);
    note(ctx, '<');
}
static void stage_1(void *ctx, yata_doc *doc, const yata_txn *txn) {
    stage(ctx, doc, txn);
    note(ctx, '(');
}
static void stage_2(void *ctx, yata_doc *doc, const yata_txn *txn) {
    stage(ctx, doc, txn);
    note(ctx, 'o');
}
static void stage_3(void *ctx, yata_doc *doc, const yata_txn *txn) {
    stage(ctx, doc, txn);
    note(ctx, 'a');
}
static void stage_4(void *ctx, yata_doc *doc, const yata_txn *txn) {
    stage(ctx, doc, txn);
    note(ctx, ')');
}
static void stage_5(void *ctx, yata_doc *doc, const yata_txn *txn) {
    stage(ctx, doc, txn);
    cr_assert_null(txn);
    note(ctx, '>');
}
static void type_changed(void *ctx, const yata_event *event) {
    (void)event;
    note(ctx, 't');
}

Test(commit, the_order_of_all_callbacks) {
    peer p;
    peer_open(&p, 1);
    seen s = {.p = &p, .text = text_root(&p)};
    static const yata_txn_fn stages[] = {stage_0, stage_1, stage_2, stage_3, stage_4, stage_5};
    uint32_t id;
    for (int i = 5; i >= 0; i--) OK(yata_doc_observe_txn(p.doc, (yata_txn_stage)i, stages[i], &s, &id));
    OK(yata_doc_observe_update(p.doc, write_more, &s, &id));
    OK(yata_type_observe(s.text, type_changed, &s, &id));
    write_text(&p, s.text, 0, "abc");
    cr_assert_str_eq(s.log, "<(ota)w>");
    memset(s.log, 0, sizeof s.log);
    s.edits = 1;
    write_text(&p, s.text, 0, "abc");
    cr_assert_str_eq(s.log, "<(ota)w(Wota)w>");
    memset(s.log, 0, sizeof s.log);
    begin(&p);
    commit(&p); /* nothing changed */
    cr_assert_str_eq(s.log, "<(oa)>");
    peer_close(&p);
}

Test(commit, subscriptions_to_stages) {
    peer p;
    peer_open(&p, 1);
    seen s = {.p = &p};
    uint32_t a, b;
    FAILS(YATA_ERR_ARGUMENT, yata_doc_observe_txn(NULL, YATA_STAGE_AFTER, stage_3, &s, &a));
    FAILS(YATA_ERR_ARGUMENT, yata_doc_observe_txn(p.doc, YATA_STAGE_AFTER, NULL, &s, &a));
    FAILS(YATA_ERR_ARGUMENT, yata_doc_observe_txn(p.doc, YATA_STAGE_AFTER, stage_3, &s, NULL));
    FAILS(YATA_ERR_ARGUMENT, yata_doc_observe_txn(p.doc, (yata_txn_stage)6, stage_3, &s, &a));
    p.memory.fail_at = p.memory.calls + 1;
    FAILS(YATA_ERR_MEMORY, yata_doc_observe_txn(p.doc, YATA_STAGE_AFTER, stage_3, &s, &a));
    p.memory.fail_at = 0;
    OK(yata_doc_observe_txn(p.doc, YATA_STAGE_AFTER, stage_3, &s, &a));
    OK(yata_doc_observe_txn(p.doc, YATA_STAGE_AFTER, stage_3, &s, &b));
    FAILS(YATA_ERR_ARGUMENT, yata_doc_unobserve_txn(NULL, a));
    FAILS(YATA_ERR_ARGUMENT, yata_doc_unobserve_txn(p.doc, 0));
    FAILS(YATA_ERR_NOT_FOUND, yata_doc_unobserve_txn(p.doc, b + 1));
    OK(yata_doc_unobserve_txn(p.doc, a));
    FAILS(YATA_ERR_NOT_FOUND, yata_doc_unobserve_txn(p.doc, a));
    begin(&p);
    commit(&p);
    cr_assert_str_eq(s.log, "a");
    p.doc->observer_id = UINT32_MAX;
    FAILS(YATA_ERR_LIMIT, yata_doc_observe_txn(p.doc, YATA_STAGE_AFTER, stage_3, &s, &a));
    peer_close(&p);
}

static uint32_t leaving[2];

static void leave_both(void *ctx, yata_doc *doc, const yata_txn *txn) {
    (void)txn;
    note(ctx, 'x');
    for (int i = 0; i < 2; i++) OK(yata_doc_unobserve_txn(doc, leaving[i]));
    uint32_t id;
    OK(yata_doc_observe_txn(doc, YATA_STAGE_AFTER, stage_3, ctx, &id)); /* not called in this round */
}

Test(commit, leaving_a_stage_inside_a_callback) {
    peer p;
    peer_open(&p, 1);
    seen s = {.p = &p};
    OK(yata_doc_observe_txn(p.doc, YATA_STAGE_AFTER, leave_both, &s, &leaving[0]));
    OK(yata_doc_observe_txn(p.doc, YATA_STAGE_AFTER, stage_2, &s, &leaving[1]));
    begin(&p);
    commit(&p);
    cr_assert_str_eq(s.log, "x");
    begin(&p);
    commit(&p);
    cr_assert_str_eq(s.log, "xa");
    cr_assert_eq(p.doc->stages.len, 1);
    peer_close(&p);
}

/* ------------------------------------------------------------------------
 * Without memory: an update that cannot be encoded is told by the status
 */
static seen told;

static void open_observed(peer *p) {
    uint32_t id;
    peer_open(p, 1);
    told = (seen){.p = p, .text = text_root(p)};
    OK(yata_doc_observe_update(p->doc, keep_update, &told, &id));
    OK(yata_doc_observe_update_v2(p->doc, keep_update, &told, &id));
    OK(yata_text_insert(told.text, begin(p), 0, STR("text")));
}

static bool commit_observed(peer *p) {
    yata_status status = yata_txn_commit(p->txn);
    cr_assert(status == YATA_OK || status == YATA_ERR_MEMORY);
    cr_assert_eq(told.count, status ? 0 : 2);
    close_seen(&told);
    expect_text(told.text, "text");
    return status == YATA_OK;
}

Test(commit, without_memory) {
    fail_each(open_observed, commit_observed);
}

/* Formats that became superfluous are removed in a transaction of its own: if it cannot begin, the status says so. */
static void open_formatted(peer *p) {
    peer_open(p, 1);
    yata_type t = text_root(p);
    write_text(p, t, 0, "abc");
    yata_value bold;
    yata_buffer bytes;
    yata_buffer_init(&bytes, NULL);
    OK(yata_value_from_json(STR("{\"b\":true}"), &bytes, &bold, NULL));
    OK(yata_text_format(t, begin(p), 0, 2, &bold));
    commit(p);
    yata_buffer_free(&bytes);
}

static bool delete_formatted(peer *p) {
    yata_buffer update = bytes_from("00 01 01 01 00 03");
    yata_status status = yata_doc_apply(p->doc, bytes_of(&update), no_bytes(), NULL);
    yata_buffer_free(&update);
    cr_assert(status == YATA_OK || status == YATA_ERR_MEMORY);
    return status == YATA_OK;
}

Test(commit, cleaning_without_memory) {
    fail_each(open_formatted, delete_formatted);
}
