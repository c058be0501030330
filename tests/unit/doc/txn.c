/* SPDX-License-Identifier: MIT */
/* txn.c - opening transactions, and what they note. */
#include "doc/txn.h"
#include "doc/integrate.h"
#include "../peer.h"

Test(txn, statuses) {
    peer p;
    peer_open(&p, 1);
    yata_txn *txn;
    FAILS(YATA_ERR_ARGUMENT, yata_txn_begin(NULL, no_bytes(), &txn));
    FAILS(YATA_ERR_ARGUMENT, yata_txn_begin(p.doc, no_bytes(), NULL));
    FAILS(YATA_ERR_ARGUMENT, yata_txn_begin(p.doc, (yata_bytes){NULL, 1}, &txn));
    FAILS(YATA_ERR_ARGUMENT, yata_txn_commit(NULL));
    FAILS(YATA_ERR_ARGUMENT, yt_txn_writable(NULL, p.doc));
    begin(&p);
    FAILS(YATA_ERR_ARGUMENT, yt_txn_writable(p.txn, NULL));
    OK(yt_txn_writable(p.txn, p.doc));
    commit(&p);
    cr_assert_null(yata_txn_doc(NULL));
    cr_assert_eq(yata_txn_origin(NULL).len, 0);
    cr_assert_not(yata_txn_local(NULL));
    peer_close(&p);
}

Test(txn, the_origin_is_copied) {
    peer p;
    peer_open(&p, 1);
    char origin[] = "origin";
    OK(yata_txn_begin(p.doc, (yata_bytes){(const uint8_t *)origin, 6}, &p.txn));
    memset(origin, 'x', 6);
    cr_assert(bytes_equal(yata_txn_origin(p.txn), (yata_bytes){(const uint8_t *)"origin", 6}));
    cr_assert_eq(yata_txn_doc(p.txn), p.doc);
    yata_txn *inner;
    OK(yata_txn_begin(p.doc, (yata_bytes){(const uint8_t *)"other", 5}, &inner));
    cr_assert_eq(inner, p.txn); /* joined: its origin is ignored */
    cr_assert_eq(yata_txn_origin(inner).len, 6);
    OK(yata_txn_commit(inner));
    commit(&p);
    peer_close(&p);
}

Test(txn, nesting) {
    peer p;
    peer_open(&p, 1);
    yata_type t = text_root(&p);
    begin(&p);
    for (int depth = 0; depth < 10; depth++) {
        begin(&p);
        OK(yata_text_insert(t, p.txn, 0, STR("x")));
    }
    for (int depth = 0; depth < 10; depth++) {
        OK(yata_txn_commit(p.txn));
        cr_assert_eq(p.doc->txn, p.txn);
        OK(yt_txn_writable(p.txn, p.doc));
    }
    commit(&p);
    cr_assert_null(p.doc->txn);
    cr_assert_eq(block_count(&p), 10);
    peer_close(&p);
}

Test(txn, an_open_transaction_is_dropped_with_the_document) {
    peer p;
    peer_open(&p, 1);
    yata_type t = text_root(&p);
    begin(&p);
    OK(yata_text_insert(t, p.txn, 0, STR("x")));
    peer_close(&p);
}

Test(txn, clients_are_noted_once) {
    peer p;
    peer_open(&p, 1);
    uint32_t slot = yt_slot(p.doc, 5);
    OK(take(&p, "01 01 05 00 00 03 00"));
    begin(&p);
    cr_assert_eq(yt_txn_before(p.txn, slot), 3);
    cr_assert_null(yt_txn_find(p.txn, slot));
    yt_touch *touch = yt_txn_touch(p.txn, slot);
    cr_assert(touch->slot == slot && touch->before == 3);
    cr_assert_eq(yt_txn_touch(p.txn, slot), touch);
    cr_assert_eq(yt_txn_find(p.txn, slot), touch);
    cr_assert_eq(yt_txn_before(p.txn, slot), 3);
    cr_assert_eq(p.txn->touched.len, 1);
    commit(&p);
    peer_close(&p);
}

/* A transaction made by an observer touches what the observed one has touched, too. */
static void touch_all(void *ctx, yata_doc *doc, const yata_txn *txn) {
    yata_txn *later;
    if (!*(uint32_t *)ctx) return;
    OK(yata_txn_begin(doc, no_bytes(), &later));
    for (uint32_t slot = doc->clients.len - 1; slot-- > 0;) cr_assert_not_null(yt_txn_touch(later, slot));
    for (uint32_t slot = 0; slot < doc->clients.len; slot++) {
        const yt_touch *touch = yt_txn_find(txn, slot), *second = yt_txn_find(later, slot);
        bool in_first = slot > 0 && slot < doc->clients.len - 1;
        cr_assert_eq(touch != NULL, in_first);
        if (touch) cr_assert(touch->slot == slot && touch->after == 2);
        cr_assert_eq(second != NULL, slot < doc->clients.len - 1);
        if (second) cr_assert(second->slot == slot && second != touch);
    }
    cr_assert_eq(txn->by_slot.len > 0, *(uint32_t *)ctx > 8);
    *(uint32_t *)ctx = 0; /* the second one is not followed by a third */
    OK(yata_txn_commit(later));
}

Test(txn, clients_are_found_when_touched_again) {
    for (uint32_t clients = 1; clients < 40; clients += 5) {
        peer p;
        uint32_t subscription;
        peer_open(&p, 1);
        for (uint32_t i = 0; i < clients + 2; i++) cr_assert_eq(yt_slot(p.doc, 10 + i), i);
        for (uint32_t i = 0; i < clients; i++)
            cr_assert(yt_integrate_gc(begin(&p), i + 1, 1) == YATA_OK && (commit(&p), true));
        uint32_t first = clients;
        OK(yata_doc_observe_txn(p.doc, YATA_STAGE_CLEANED, touch_all, &first, &subscription));
        begin(&p);
        for (uint32_t i = clients; i > 0; i--) OK(yt_integrate_gc(p.txn, i, 1));
        commit(&p);
        cr_assert_eq(first, 0);
        peer_close(&p);
    }
}

Test(txn, changes_of_types) {
    peer p;
    peer_open(&p, 1);
    yata_type a = array_root(&p), old = put_type(&p, a, 0, YATA_KIND_ARRAY, ""), fresh;
    begin(&p);
    OK(yata_array_insert_type(a, p.txn, 1, YATA_KIND_ARRAY, STR(""), &fresh));
    yata_value v = INT(1);
    OK(yata_array_push(fresh, p.txn, &v, 1)); /* new in this transaction: not noted */
    OK(yata_array_push(old, p.txn, &v, 1));
    cr_assert_eq(p.txn->changed.len, 2);
    cr_assert_eq(yt_txn_changed(p.doc, &p.txn->changed.data[0]), branch_of(a));
    cr_assert_eq(yt_txn_changed(p.doc, &p.txn->changed.data[1]), branch_of(old));
    cr_assert(p.txn->changed.data[1].list);
    OK(yata_array_delete(a, p.txn, 0, 1)); /* old goes */
    cr_assert_null(yt_txn_changed(p.doc, &p.txn->changed.data[1]));
    commit(&p);
    peer_close(&p);
}

/* A branch that took the place of a changed one is another. */
Test(txn, changes_know_generations) {
    peer p;
    peer_open(&p, 1);
    yt_branch *branch = yt_branch_new(p.doc, YATA_KIND_MAP, 0, STR("x"));
    yt_change change = {.branch = branch->ref, .generation = branch->generation};
    cr_assert_eq(yt_txn_changed(p.doc, &change), branch);
    yt_branch_free(p.doc, branch);
    cr_assert_null(yt_txn_changed(p.doc, &change));
    branch = yt_branch_new(p.doc, YATA_KIND_MAP, 0, STR("x"));
    cr_assert_eq(branch->ref, change.branch);
    cr_assert_null(yt_txn_changed(p.doc, &change));
    peer_close(&p);
}

/* After 2^32 transactions numbers begin anew, and no old note must be taken for one of them. */
Test(txn, numbers_begin_anew) {
    peer p;
    peer_open(&p, 1);
    yata_type t = text_root(&p), a = array_root(&p), m = map_root(&p);
    write_text(&p, t, 0, "one"); /* number 1 */
    put_int(&p, a, 0, 1);        /* number 2 */
    p.doc->txn_number = UINT32_MAX - 1;
    set_int(&p, m, "k", 1); /* the last number */
    begin(&p);              /* number 1 again */
    cr_assert_eq(p.txn->number, 1);
    cr_assert_null(yt_txn_find(p.txn, 0));
    OK(yata_text_insert(t, p.txn, 3, STR("two"))); /* the text was changed by the other number 1 */
    cr_assert_eq(p.txn->changed.len, 1);
    commit(&p);
    put_int(&p, a, 1, 2);
    expect_text(t, "onetwo");
    expect_json(a, "[1,2]");
    peer_close(&p);
}

static void open_empty(peer *p) {
    peer_open(p, 1);
}

static bool begin_with_origin(peer *p) {
    yata_status status = yata_txn_begin(p->doc, (yata_bytes){(const uint8_t *)"origin", 6}, &p->txn);
    cr_assert(status == YATA_OK || status == YATA_ERR_MEMORY);
    cr_assert_eq(p->doc->txn != NULL, status == YATA_OK);
    if (!status) OK(yata_txn_commit(p->txn));
    return status == YATA_OK;
}

Test(txn, without_memory) {
    fail_each(open_empty, begin_with_origin);
}

typedef struct told {
    uint32_t clients, deletions;
    uint64_t client;
    uint32_t from, to, deleted_from, deleted_len;
} told;

static bool tell_client(void *ctx, uint64_t client, uint32_t from, uint32_t to) {
    told *t = ctx;
    t->clients++;
    t->client = client;
    t->from = from;
    t->to = to;
    return true;
}

static bool tell_deleted(void *ctx, yata_id first, uint32_t len) {
    told *t = ctx;
    t->deletions++;
    t->deleted_from = first.clock;
    t->deleted_len = len;
    return first.client == 1;
}

static void ask_changes(void *ctx, yata_doc *doc, const yata_txn *txn) {
    (void)doc;
    yata_update_visitor visitor = {.ctx = ctx, .client = tell_client, .deleted = tell_deleted}, nothing = {.ctx = ctx};
    yata_txn_changes(txn, &visitor);
    yata_txn_changes(txn, &nothing);
}

Test(txn, tells_what_it_did) {
    peer p;
    peer_open(&p, 1);
    told t = {0};
    uint32_t subscription;
    yata_type text = text_root(&p);
    OK(yata_doc_observe_txn(p.doc, YATA_STAGE_CLEANED, ask_changes, &t, &subscription));
    write_text(&p, text, 0, "hello");
    cr_assert(t.clients == 1 && t.client == 1 && t.from == 0 && t.to == 5 && !t.deletions);
    begin(&p);
    OK(yata_text_delete(text, p.txn, 1, 2));
    commit(&p);
    cr_assert(t.clients == 1 && t.deletions == 1 && t.deleted_from == 1 && t.deleted_len == 2);
    begin(&p);
    commit(&p);
    cr_assert(t.clients == 1 && t.deletions == 1);
    yata_txn_changes(NULL, NULL);
    peer_close(&p);
}
