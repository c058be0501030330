/* SPDX-License-Identifier: MIT */
/* undo.c - the undo manager. What bytes come of it is compared with yjs by tests/differential/undo.mjs. */
#include "../peer.h"
#include <yata/undo.h>

static uint64_t time_now;
static uint64_t read_time(void *ctx) {
    (void)ctx;
    return time_now;
}

static yata_undo *manager(peer *p, yata_undo_options options) {
    yata_undo *undo = NULL;
    options.now = read_time;
    OK(yata_undo_new(p->doc, &options, &undo));
    return undo;
}

/* A manager of that type which records every edit as a step. */
static yata_undo *manager_of(peer *p, yata_type type) {
    yata_undo_options options = yata_undo_options_default();
    options.capture_timeout = -1;
    yata_undo *undo = manager(p, options);
    OK(yata_undo_add_scope(undo, type));
    return undo;
}

/* A peer with a text, and a manager for that. */
static yata_undo *open_text(peer *p, yata_type *text) {
    peer_open(p, 1);
    *text = text_root(p);
    return manager_of(p, *text);
}

static void undo_once(yata_undo *undo, bool expected) {
    bool changed = !expected;
    OK(yata_undo_undo(undo, &changed));
    cr_assert_eq(changed, expected);
}

static void redo_once(yata_undo *undo, bool expected) {
    bool changed = !expected;
    OK(yata_undo_redo(undo, &changed));
    cr_assert_eq(changed, expected);
}

static void expect_stacks(const yata_undo *undo, uint32_t undos, uint32_t redos) {
    cr_assert_eq(yata_undo_count(undo, YATA_UNDO_STACK), undos);
    cr_assert_eq(yata_undo_count(undo, YATA_REDO_STACK), redos);
    cr_assert_eq(yata_undo_can_undo(undo), undos > 0);
    cr_assert_eq(yata_undo_can_redo(undo), redos > 0);
}

static void edit_as(peer *p, yata_type text, const char *origin, const char *what) {
    yata_bytes o = {(const uint8_t *)origin, strlen(origin)};
    uint32_t len;
    OK(yata_text_length(text, &len));
    OK(yata_txn_begin(p->doc, o, &p->txn));
    OK(yata_text_insert(text, p->txn, len, str_of(what)));
    commit(p);
}

/* ------------------------------------------------------------------------
 * Undo and redo
 */
Test(undo, text) {
    peer p;
    yata_type t;
    yata_undo *undo = open_text(&p, &t);
    undo_once(undo, false);
    redo_once(undo, false);
    write_text(&p, t, 0, "hello");
    erase_text(&p, t, 1, 3);
    write_text(&p, t, 1, "X");
    expect_stacks(undo, 3, 0);
    undo_once(undo, true);
    expect_text(t, "ho");
    undo_once(undo, true);
    expect_text(t, "hello");
    undo_once(undo, true);
    expect_text(t, "");
    expect_stacks(undo, 0, 3);
    redo_once(undo, true);
    redo_once(undo, true);
    expect_text(t, "ho");
    redo_once(undo, true);
    expect_text(t, "hXo");
    undo_once(undo, true);
    write_text(&p, t, 0, "new "); /* nothing is left to be redone */
    expect_stacks(undo, 3, 0);
    expect_text(t, "new ho");
    sound(&p);
    yata_undo_free(undo);
    peer_close(&p);
}

/* What others wrote stays, inside what is undone, too. */
Test(undo, others) {
    peer a, b;
    peer_open(&a, 1);
    peer_open(&b, 2);
    yata_type t = text_root(&a), other = text_root(&b);
    yata_undo *undo = manager_of(&a, t);
    OK(yata_undo_remove_origin(undo, no_bytes()));
    OK(yata_undo_add_origin(undo, (yata_bytes){(const uint8_t *)"me", 2}));
    edit_as(&a, t, "me", "abc");
    send_all(&a, &b);
    write_text(&b, other, 1, "__");
    send_all(&b, &a);
    expect_text(t, "a__bc");
    expect_stacks(undo, 1, 0);
    undo_once(undo, true);
    expect_text(t, "__");
    redo_once(undo, true);
    send_all(&a, &b);
    expect_text(t, "a__bc");
    expect_text(other, "a__bc");
    peer_close(&a); /* with its manager */
    peer_close(&b);
}

Test(undo, nested) {
    peer p;
    peer_open(&p, 1);
    yata_type m = map_root(&p), inner, text;
    yata_undo *undo = manager_of(&p, m);
    OK(yata_map_set_type(m, begin(&p), STR("k"), YATA_KIND_ARRAY, STR(""), &inner));
    OK(yata_array_push_type(inner, p.txn, YATA_KIND_TEXT, STR(""), &text));
    OK(yata_text_insert(text, p.txn, 0, STR("deep")));
    commit(&p);
    set_int(&p, m, "k", 1); /* replaces it */
    expect_json(m, "{\"k\":1}");
    undo_once(undo, true);
    expect_json(m, "{\"k\":[\"deep\"]}");
    cr_assert_not(yata_type_alive(text)); /* it is a new one */
    redo_once(undo, true);
    expect_json(m, "{\"k\":1}");
    undo_once(undo, true);
    undo_once(undo, true);
    expect_json(m, "{}");
    sound(&p);
    peer_close(&p);
}

/* Nobody's stack is as deep as a document. */
Test(undo, deep) {
    enum { DEPTH = 20000 };
    peer p;
    peer_open(&p, 1);
    yata_type a = array_root(&p), at = a;
    yata_undo *undo = manager_of(&p, a);
    begin(&p);
    for (int i = 0; i < DEPTH; i++) OK(yata_array_push_type(at, p.txn, YATA_KIND_ARRAY, STR(""), &at));
    OK(yata_txn_commit(p.txn));
    OK(yata_array_delete(a, begin(&p), 0, 1));
    OK(yata_txn_commit(p.txn));
    undo_once(undo, true);
    at = a;
    for (int i = 0; i < DEPTH; i++) {
        yata_value value;
        OK(yata_array_get(at, 0, &value));
        at = value.u.type;
    }
    undo_once(undo, true);
    expect_json(a, "[]");
    peer_close(&p);
}

/* ------------------------------------------------------------------------
 * Map entries that others set
 */
static void contested(yata_undo_options options, const char *expected) {
    peer a, b;
    peer_open(&a, 1);
    peer_open(&b, 2);
    yata_type m = map_root(&a), other = map_root(&b);
    options.capture_timeout = -1;
    yata_undo *undo = manager(&a, options);
    OK(yata_undo_add_scope(undo, m));
    set_int(&a, m, "k", 1);
    set_int(&a, m, "k", 2);
    send_all(&a, &b);
    set_int(&b, other, "k", 3);
    yata_buffer update = state_of(&b);
    OK(yata_doc_apply(a.doc, bytes_of(&update), (yata_bytes){(const uint8_t *)"net", 3}, NULL));
    yata_buffer_free(&update);
    bool changed;
    OK(yata_undo_undo(undo, &changed));
    expect_json(m, expected);
    sound(&a);
    peer_close(&a);
    peer_close(&b);
}

Test(undo, map_entries_of_others) {
    yata_undo_options options = yata_undo_options_default();
    contested(options, "{\"k\":3}");
    options.overwrite_remote = true;
    contested(options, "{\"k\":1}");
}

/* ------------------------------------------------------------------------
 * Steps
 */
Test(undo, timeout) {
    peer p;
    peer_open(&p, 1);
    yata_type t = text_root(&p);
    time_now = 0;
    yata_undo *undo = manager(&p, yata_undo_options_default());
    OK(yata_undo_add_scope(undo, t));
    write_text(&p, t, 0, "a");
    time_now += 499;
    write_text(&p, t, 1, "b");
    time_now += 499; /* it counts from the last edit */
    write_text(&p, t, 2, "c");
    expect_stacks(undo, 1, 0);
    time_now += 500;
    write_text(&p, t, 3, "d");
    expect_stacks(undo, 2, 0);
    OK(yata_undo_stop(undo));
    write_text(&p, t, 4, "e");
    expect_stacks(undo, 3, 0);
    undo_once(undo, true);
    write_text(&p, t, 4, "f"); /* not with the step below */
    expect_stacks(undo, 3, 0);
    undo_once(undo, true);
    undo_once(undo, true);
    undo_once(undo, true);
    expect_text(t, "");
    peer_close(&p);
}

Test(undo, the_clock_of_the_platform) {
    peer p;
    peer_open(&p, 1);
    yata_type t = text_root(&p);
    yata_undo *undo;
    yata_undo_options options = yata_undo_options_default();
    options.capture_timeout = 1000000;
    OK(yata_undo_new(p.doc, &options, &undo));
    OK(yata_undo_add_scope(undo, t));
    write_text(&p, t, 0, "a");
    write_text(&p, t, 1, "b");
    expect_stacks(undo, 1, 0);
    peer_close(&p);
}

Test(undo, scope) {
    peer p;
    peer_open(&p, 1);
    yata_type t = text_root(&p), a = array_root(&p), none = {NULL, 0, 0};
    yata_undo *undo = manager_of(&p, t);
    OK(yata_undo_add_scope(undo, t));
    put_int(&p, a, 0, 1);
    expect_stacks(undo, 0, 0);
    begin(&p); /* of a transaction that concerns both only a part is undone */
    yata_value two = INT(2);
    OK(yata_array_push(a, p.txn, &two, 1));
    OK(yata_text_insert(t, p.txn, 0, STR("x")));
    commit(&p);
    undo_once(undo, true);
    expect_json(a, "[1,2]");
    expect_text(t, "");
    OK(yata_undo_set_whole_document(undo, true));
    put_int(&p, a, 0, 0);
    undo_once(undo, true);
    expect_json(a, "[1,2]");
    OK(yata_undo_set_whole_document(undo, false));
    OK(yata_undo_remove_scope(undo, t));
    FAILS(YATA_ERR_NOT_FOUND, yata_undo_remove_scope(undo, t));
    write_text(&p, t, 0, "y");
    expect_stacks(undo, 0, 1);
    FAILS(YATA_ERR_ARGUMENT, yata_undo_add_scope(undo, none));
    peer_close(&p);
}

Test(undo, origins) {
    peer p;
    peer_open(&p, 1);
    yata_type t = text_root(&p);
    yata_undo *one = manager_of(&p, t), *two = manager_of(&p, t);
    OK(yata_undo_add_origin(one, (yata_bytes){(const uint8_t *)"me", 2}));
    edit_as(&p, t, "me", "a");
    edit_as(&p, t, "you", "b");
    edit_as(&p, t, "", "c");
    expect_stacks(one, 2, 0);
    expect_stacks(two, 1, 0);
    OK(yata_undo_remove_origin(one, no_bytes()));
    FAILS(YATA_ERR_NOT_FOUND, yata_undo_remove_origin(one, no_bytes()));
    edit_as(&p, t, "", "d");
    expect_stacks(one, 2, 0);
    undo_once(one, true); /* "c"; the other does not track it */
    expect_text(t, "abd");
    expect_stacks(two, 2, 0);
    OK(yata_undo_add_origin(two, yata_undo_origin(one)));
    undo_once(one, true);
    expect_stacks(two, 3, 0);
    undo_once(two, true);
    expect_text(t, "abd");
    cr_assert_eq(yata_undo_origin(one).len, 8);
    cr_assert_not(bytes_equal(yata_undo_origin(one), yata_undo_origin(two)));
    yata_undo_free(one);
    yata_undo_free(two);
    peer_close(&p);
}

static bool not_types(void *ctx, const yata_undo_deletion *deletion) {
    int *asked = ctx;
    ++*asked;
    cr_assert_eq(deletion->parent.doc != NULL, true);
    return deletion->value.kind != YATA_VALUE_TYPE;
}

Test(undo, may_delete) {
    peer p;
    peer_open(&p, 1);
    yata_type m = map_root(&p);
    int asked = 0;
    yata_undo_options options = yata_undo_options_default();
    options.may_delete = not_types;
    options.ctx = &asked;
    yata_undo *undo = manager(&p, options);
    OK(yata_undo_set_whole_document(undo, true));
    yata_value one = INT(1);
    OK(yata_map_set_type(m, begin(&p), STR("type"), YATA_KIND_MAP, STR(""), NULL));
    OK(yata_map_set(m, p.txn, STR("value"), &one));
    commit(&p);
    undo_once(undo, true);
    expect_json(m, "{\"type\":{}}");
    cr_assert_eq(asked, 2);
    peer_close(&p);
}

static bool capture_none(void *ctx, const yata_txn *txn) {
    (void)ctx;
    return yata_txn_origin(txn).len == 0;
}

Test(undo, capture) {
    peer p;
    peer_open(&p, 1);
    yata_type t = text_root(&p);
    yata_undo_options options = yata_undo_options_default();
    options.capture = capture_none;
    yata_undo *undo = manager(&p, options);
    OK(yata_undo_add_scope(undo, t));
    OK(yata_undo_add_origin(undo, (yata_bytes){(const uint8_t *)"me", 2}));
    edit_as(&p, t, "me", "a");
    expect_stacks(undo, 0, 0);
    edit_as(&p, t, "", "b");
    undo_once(undo, true); /* has an origin, too, and so cannot be redone */
    expect_stacks(undo, 0, 0);
    expect_text(t, "a");
    peer_close(&p);
}

/* yjs#41b: formats that are cleaned away after an update from outside are nobody's edit. */
Test(undo, cleaning_of_formats_is_not_recorded) {
    peer a, b;
    peer_open(&a, 1);
    peer_open(&b, 2);
    yata_type t = text_root(&a), other = text_root(&b);
    yata_buffer json;
    yata_value bold;
    yata_buffer_init(&json, NULL);
    OK(yata_value_from_json(STR("{\"bold\":true}"), &json, &bold, NULL));
    write_text(&a, t, 0, "abc");
    OK(yata_text_format(t, begin(&a), 0, 3, &bold));
    commit(&a);
    send_all(&a, &b);
    yata_undo *undo = manager_of(&a, t);
    erase_text(&b, other, 0, 3);
    yata_buffer update = state_of(&b);
    OK(yata_doc_apply(a.doc, bytes_of(&update), (yata_bytes){(const uint8_t *)"net", 3}, NULL));
    expect_stacks(undo, 0, 0);
    yata_buffer_free(&update);
    yata_buffer_free(&json);
    peer_close(&a);
    peer_close(&b);
}

/* ------------------------------------------------------------------------
 * Events, metadata
 */
typedef struct listener {
    yata_buffer seen;
    uintptr_t next;
    int freed;
    bool free_it, clear_it, edit_it;
    yata_type text;
} listener;

static void on_event(void *ctx, yata_undo *undo, const yata_undo_event *event) {
    listener *l = ctx;
    char text[80];
    if (event->what == YATA_UNDO_ADDED) *event->meta = (void *)++l->next;
    snprintf(text, sizeof text, "%c%d:%u:%u ", "aupc"[event->what], (int)event -> stack,
             event -> meta ? (unsigned)(uintptr_t)*event -> meta : 0, (unsigned)event -> changed_count);
    OK(yata_buffer_append(&l->seen, text, strlen(text)));
    cr_assert_eq(event->txn != NULL, event->what == YATA_UNDO_ADDED || event->what == YATA_UNDO_UPDATED);
    if (event->txn) FAILS(YATA_ERR_STATE, yata_undo_undo(undo, NULL));
    if (l->clear_it) {
        l->clear_it = false;
        OK(yata_undo_clear(undo, true, true));
    }
    if (l->edit_it) {
        l->edit_it = false;
        yata_txn *txn;
        OK(yata_txn_begin(yata_undo_doc(undo), no_bytes(), &txn));
        OK(yata_text_insert(l->text, txn, 0, STR("+")));
        OK(yata_txn_commit(txn));
    }
    if (l->free_it) yata_undo_free(undo);
}

static void free_meta(void *ctx, void *meta) {
    listener *l = ctx;
    cr_assert(meta != NULL);
    l->freed++;
}

static yata_undo *listen(peer *p, listener *l, uint32_t *subscription) {
    yata_undo_options options = yata_undo_options_default();
    memset(l, 0, sizeof *l);
    yata_buffer_init(&l->seen, NULL);
    options.free_meta = free_meta;
    options.ctx = l;
    yata_undo *undo = manager(p, options);
    l->text = text_root(p);
    OK(yata_undo_add_scope(undo, l->text));
    OK(yata_undo_observe(undo, on_event, l, subscription));
    return undo;
}

Test(undo, events) {
    peer p;
    listener l;
    uint32_t subscription;
    peer_open(&p, 1);
    yata_undo *undo = listen(&p, &l, &subscription);
    write_text(&p, l.text, 0, "a");
    write_text(&p, l.text, 0, "b");
    undo_once(undo, true);
    redo_once(undo, true);
    expect_seen(&l.seen, "a0:1:1 u0:1:1 a1:2:1 p0:1:1 a0:3:1 p1:2:1 ");
    cr_assert_eq(l.freed, 2);
    cr_assert_eq((uintptr_t)*yata_undo_meta(undo, YATA_UNDO_STACK, 0), 3);
    cr_assert_null(yata_undo_meta(undo, YATA_UNDO_STACK, 1));
    OK(yata_undo_unobserve(undo, subscription));
    FAILS(YATA_ERR_NOT_FOUND, yata_undo_unobserve(undo, subscription));
    l.seen.len = 0;
    OK(yata_undo_clear(undo, true, true));
    cr_assert_eq(l.freed, 3);
    cr_assert_eq(l.seen.len, 0);
    yata_buffer_free(&l.seen);
    peer_close(&p);
}

/* In its own observers a manager can be cleared, edited under, and freed. */
Test(undo, observers_that_act) {
    for (int when = 0; when < 3; when++) {
        peer p;
        listener l;
        uint32_t subscription;
        peer_open(&p, 1);
        yata_undo *undo = listen(&p, &l, &subscription);
        write_text(&p, l.text, 0, "a");
        OK(yata_undo_stop(undo));
        l.edit_it = when == 0;
        write_text(&p, l.text, 0, "b");
        if (when == 0) expect_text(l.text, "+ba");
        l.clear_it = when == 1;
        l.free_it = when == 2;
        bool changed;
        OK(yata_undo_undo(undo, &changed));
        cr_assert(changed);
        sound(&p);
        yata_buffer_free(&l.seen);
        if (when == 1) expect_stacks(undo, 0, 0);
        peer_close(&p);
    }
}

Test(undo, clear) {
    peer p;
    yata_type t;
    yata_undo *undo = open_text(&p, &t);
    write_text(&p, t, 0, "abc");
    erase_text(&p, t, 0, 1);
    undo_once(undo, true);
    expect_stacks(undo, 1, 1);
    OK(yata_undo_clear(undo, false, true));
    expect_stacks(undo, 1, 0);
    OK(yata_undo_clear(undo, true, true));
    expect_stacks(undo, 0, 0);
    undo_once(undo, false);
    expect_text(t, "abc");
    peer_close(&p);
}

/* What a step deleted is there as long as the step is; what comes after is collected. */
Test(undo, keeps_what_it_needs) {
    peer p;
    yata_type t;
    yata_undo *undo = open_text(&p, &t);
    write_text(&p, t, 0, "abc");
    erase_text(&p, t, 0, 3);
    expect_state(&p, "01 01 01 00 04 01 01 74 03 616263 01 01 01 00 03");
    OK(yata_undo_clear(undo, true, true));
    yata_undo_free(undo);
    write_text(&p, t, 0, "d");
    erase_text(&p, t, 0, 1);
    peer_close(&p);
}

/* What is made again is kept; what is typed behind it, and deleted at once, is not. */
Test(undo, typed_behind_what_was_made_again) {
    peer p;
    yata_type t;
    yata_undo *undo = open_text(&p, &t);
    write_text(&p, t, 0, "ab");
    erase_text(&p, t, 0, 2);
    undo_once(undo, true);
    OK(yata_undo_remove_origin(undo, no_bytes()));
    begin(&p);
    OK(yata_text_insert(t, p.txn, 2, STR("xyz")));
    OK(yata_text_delete(t, p.txn, 2, 3));
    commit(&p);
    expect_state(&p, "01 03 01 00 04 01 01 74 02 6162 44 01 00 02 6162 81 01 01 03 01 01 02 00 02 04 03");
    peer_close(&p);
}

/* ------------------------------------------------------------------------
 * Several documents
 */
static void two_documents(peer *a, peer *b, yata_type *ta, yata_type *tb, yata_undo **undo) {
    peer_open(a, 1);
    peer_open(b, 2);
    *ta = text_root(a);
    *tb = text_root(b);
    *undo = manager_of(a, *ta);
    OK(yata_undo_add_scope(*undo, *tb));
}

/* One order of steps for both; each is undone in its own document. */
Test(undo, two_documents_one_order) {
    peer a, b;
    yata_type ta, tb;
    yata_undo *undo;
    two_documents(&a, &b, &ta, &tb, &undo);
    write_text(&a, ta, 0, "one");
    write_text(&b, tb, 0, "two");
    write_text(&a, ta, 3, "three");
    write_text(&b, root(&b, "other", YATA_KIND_TEXT), 0, "not in the scope");
    expect_stacks(undo, 3, 0);
    cr_assert_eq(yata_undo_step_doc(undo, YATA_UNDO_STACK, 0), a.doc);
    cr_assert_eq(yata_undo_step_doc(undo, YATA_UNDO_STACK, 1), b.doc);
    cr_assert_null(yata_undo_step_doc(undo, YATA_UNDO_STACK, 3));
    undo_once(undo, true);
    expect_text(ta, "one");
    expect_text(tb, "two");
    undo_once(undo, true);
    expect_text(tb, "");
    undo_once(undo, true);
    expect_text(ta, "");
    expect_stacks(undo, 0, 3);
    redo_once(undo, true);
    redo_once(undo, true);
    expect_text(ta, "one");
    expect_text(tb, "two");
    /* Something new, in either of them, ends redoing in both. */
    write_text(&b, tb, 0, "new ");
    expect_stacks(undo, 3, 0);
    undo_once(undo, true);
    expect_text(tb, "two");
    peer_close(&b);
    peer_close(&a);
}

/* Edits join the step on top only if it is of the same document. */
Test(undo, two_documents_join_apart) {
    peer a, b;
    peer_open(&a, 1);
    peer_open(&b, 2);
    yata_type ta = text_root(&a), tb = text_root(&b);
    time_now = 1000;
    yata_undo *undo = manager(&a, yata_undo_options_default());
    OK(yata_undo_set_whole_document(undo, true));
    OK(yata_undo_add_document(undo, b.doc));
    write_text(&a, ta, 0, "a");
    write_text(&a, ta, 1, "a");
    expect_stacks(undo, 1, 0);
    write_text(&b, tb, 0, "b");
    write_text(&a, ta, 2, "c");
    write_text(&a, ta, 3, "d");
    expect_stacks(undo, 3, 0);
    undo_once(undo, true);
    expect_text(ta, "aa");
    undo_once(undo, true);
    expect_text(tb, "");
    yata_undo_free(undo);
    peer_close(&a);
    peer_close(&b);
}

/* Steps that change nothing are passed over, through the documents; an open transaction in the way is a status. */
Test(undo, two_documents_steps_without_effect) {
    peer a, b;
    yata_type ta, tb;
    yata_undo *undo;
    two_documents(&a, &b, &ta, &tb, &undo);
    write_text(&a, ta, 0, "a");
    write_text(&b, tb, 0, "b");
    OK(yata_undo_remove_origin(undo, no_bytes()));
    erase_text(&b, tb, 0, 1); /* by somebody else: nothing is left to undo there */
    begin(&b);
    FAILS(YATA_ERR_STATE, yata_undo_undo(undo, NULL));
    commit(&b);
    expect_stacks(undo, 2, 0);
    begin(&a);
    FAILS(YATA_ERR_STATE, yata_undo_undo(undo, NULL));
    commit(&a);
    expect_stacks(undo, 1, 0);
    undo_once(undo, true);
    expect_text(ta, "");
    peer_close(&b);
    peer_close(&a);
}

/* A document that goes takes its steps along; the first takes the manager. */
Test(undo, documents_that_go) {
    for (int how = 0; how < 3; how++) {
        peer a, b;
        yata_type ta, tb;
        yata_undo *undo;
        two_documents(&a, &b, &ta, &tb, &undo);
        write_text(&a, ta, 0, "a");
        write_text(&b, tb, 0, "bcd");
        erase_text(&b, tb, 0, 2);
        undo_once(undo, true);
        expect_stacks(undo, 2, 1);
        if (how == 0) {
            peer_close(&b);
            expect_stacks(undo, 1, 0);
            undo_once(undo, true);
            expect_text(ta, "");
            peer_close(&a);
            continue;
        }
        if (how == 1) {
            FAILS(YATA_ERR_ARGUMENT, yata_undo_remove_document(undo, a.doc));
            OK(yata_undo_remove_document(undo, b.doc));
            FAILS(YATA_ERR_NOT_FOUND, yata_undo_remove_document(undo, b.doc));
            expect_stacks(undo, 1, 0);
            write_text(&b, tb, 0, "not recorded");
            expect_stacks(undo, 1, 0);
            OK(yata_undo_add_document(undo, b.doc));
            write_text(&b, tb, 0, "recorded");
            expect_stacks(undo, 2, 0);
        }
        peer_close(&a); /* with the manager */
        write_text(&b, tb, 0, "goes on");
        peer_close(&b);
    }
}

/* Freed inside a callback of another document than its first. */
static void free_it(void *ctx, yata_undo *undo, const yata_undo_event *event) {
    (void)ctx;
    cr_assert(event->doc);
    FAILS(YATA_ERR_STATE, yata_undo_remove_document(undo, event->doc));
    yata_undo_free(undo);
}
Test(undo, freed_by_an_edit_of_another_document) {
    peer a, b;
    yata_type ta, tb;
    yata_undo *undo;
    uint32_t subscription;
    two_documents(&a, &b, &ta, &tb, &undo);
    write_text(&a, ta, 0, "a");
    OK(yata_undo_observe(undo, free_it, NULL, &subscription));
    write_text(&b, tb, 0, "b");
    write_text(&b, tb, 0, "c");
    write_text(&a, ta, 0, "d");
    cr_assert_null(a.doc->histories);
    cr_assert_null(b.doc->histories);
    peer_close(&a);
    peer_close(&b);
}

/* An observer of one document's undo that edits the other: that is a step of its own. */
typedef struct follower {
    peer *other;
    yata_type text;
    uint32_t edits;
} follower;
static void follow(void *ctx, yata_doc *doc, const yata_txn *txn, yata_bytes update) {
    follower *f = ctx;
    (void)doc, (void)txn, (void)update;
    f->edits++;
    write_text(f->other, f->text, 0, "x");
}
Test(undo, one_document_follows_the_other) {
    peer a, b;
    yata_type ta, tb;
    yata_undo *undo;
    uint32_t subscription;
    two_documents(&a, &b, &ta, &tb, &undo);
    write_text(&a, ta, 0, "a");
    follower f = {&b, tb, 0};
    OK(yata_doc_observe_update(a.doc, follow, &f, &subscription));
    undo_once(undo, true);
    cr_assert_eq(f.edits, 1);
    expect_text(ta, "");
    expect_text(tb, "x");
    expect_stacks(undo, 1, 0); /* the step of the redo stack was cleared by the new edit */
    cr_assert_eq(yata_undo_step_doc(undo, YATA_UNDO_STACK, 0), b.doc);
    peer_close(&b);
    peer_close(&a);
}

/* ------------------------------------------------------------------------
 * By ids
 */
static yata_id_set *no_ids(void) {
    yata_id_set *set = NULL;
    OK(yata_id_set_new(NULL, &set));
    return set;
}

static bool undo_ids(peer *p, const yata_id_set *inserts, const yata_id_set *deletes) {
    bool changed;
    OK(yata_undo_ids(p->doc, inserts, deletes, NULL, &changed));
    sound(p);
    return changed;
}

Test(undo, by_ids) {
    peer p;
    peer_open_keeping(&p, 1);
    yata_type t = text_root(&p);
    write_text(&p, t, 0, "abcdef"); /* 1:0 to 1:5 */
    erase_text(&p, t, 1, 2);        /* 1:1, 1:2   */
    write_text(&p, t, 1, "XYZ");    /* 1:6 to 1:8 */
    yata_id_set *inserts = no_ids(), *deletes = no_ids();
    OK(yata_id_set_add(inserts, (yata_id){1, 7}, 1));
    OK(yata_id_set_add(inserts, (yata_id){1, 5}, 1));
    OK(yata_id_set_add(inserts, (yata_id){1, 100}, 10)); /* not there ... */
    OK(yata_id_set_add(inserts, (yata_id){99, 0}, 10));  /* ... and its client neither */
    OK(yata_id_set_add(deletes, (yata_id){1, 2}, 1));
    OK(yata_id_set_add(deletes, (yata_id){7, 0}, 1));
    cr_assert(undo_ids(&p, inserts, deletes));
    expect_text(t, "acXZde");
    cr_assert_not(undo_ids(&p, inserts, NULL)); /* it is undone already */
    cr_assert_not(undo_ids(&p, NULL, NULL));
    /* What is in both sets is passed over. */
    OK(yata_id_set_add(inserts, (yata_id){1, 0}, 9));
    OK(yata_id_set_add(deletes, (yata_id){1, 0}, 9));
    cr_assert_not(undo_ids(&p, inserts, deletes));
    expect_text(t, "acXZde");
    cr_assert_null(p.doc->histories);
    yata_id_set_free(inserts);
    yata_id_set_free(deletes);
    peer_close(&p);
}

/* The ids of a transaction undo it, those of the undo redo it. */
static void take_ids(void *ctx, yata_doc *doc, const yata_txn *txn) {
    yata_id_set **sets = ctx;
    (void)doc;
    yata_id_set_clear(sets[0]);
    yata_id_set_clear(sets[1]);
    OK(yata_txn_ids(txn, sets[0], sets[1]));
}
Test(undo, by_the_ids_of_a_transaction) {
    peer p;
    uint32_t subscription;
    peer_open_keeping(&p, 1);
    yata_id_set *sets[2] = {no_ids(), no_ids()};
    yata_type t = text_root(&p), m = map_root(&p);
    write_text(&p, t, 0, "some text");
    set_int(&p, m, "k", 1);
    OK(yata_doc_observe_txn(p.doc, YATA_STAGE_AFTER, take_ids, sets, &subscription));
    yata_value two = INT(2);
    begin(&p);
    OK(yata_text_delete(t, p.txn, 0, 5));
    OK(yata_text_insert(t, p.txn, 0, STR("other ")));
    OK(yata_map_set(m, p.txn, STR("k"), &two));
    commit(&p);
    expect_doc_json(&p, "{\"t\":\"other text\",\"m\":{\"k\":2}}");
    cr_assert(undo_ids(&p, sets[0], sets[1]));
    expect_doc_json(&p, "{\"t\":\"some text\",\"m\":{\"k\":1}}");
    cr_assert(undo_ids(&p, sets[0], sets[1]));
    expect_doc_json(&p, "{\"t\":\"other text\",\"m\":{\"k\":2}}");
    yata_id_set_free(sets[0]);
    yata_id_set_free(sets[1]);
    peer_close(&p);
}

Test(undo, ids_of_a_step) {
    peer p;
    yata_type t;
    yata_undo *undo = open_text(&p, &t);
    write_text(&p, t, 0, "abc");
    erase_text(&p, t, 1, 2);
    yata_id_set *inserts = no_ids(), *deletes = no_ids();
    FAILS(YATA_ERR_RANGE, yata_undo_step_ids(undo, YATA_UNDO_STACK, 2, inserts, deletes));
    OK(yata_undo_step_ids(undo, YATA_UNDO_STACK, 0, inserts, deletes));
    OK(yata_undo_step_ids(undo, YATA_UNDO_STACK, 1, NULL, deletes));
    yata_buffer seen;
    yata_buffer_init(&seen, NULL);
    OK(yata_id_set_encode(inserts, YATA_IDS_V1, &seen));
    expect_bytes(&seen, "01 01 01 00 03");
    seen.len = 0;
    OK(yata_id_set_encode(deletes, YATA_IDS_V1, &seen));
    expect_bytes(&seen, "01 01 01 01 02");
    yata_buffer_free(&seen);
    yata_id_set_free(inserts);
    yata_id_set_free(deletes);
    peer_close(&p);
}

Test(undo, arguments) {
    peer p;
    peer_open(&p, 1);
    yata_undo *undo = NULL;
    uint32_t subscription;
    FAILS(YATA_ERR_ARGUMENT, yata_undo_new(NULL, NULL, &undo));
    FAILS(YATA_ERR_ARGUMENT, yata_undo_new(p.doc, NULL, NULL));
    OK(yata_undo_new(p.doc, NULL, &undo));
    cr_assert_eq(yata_undo_doc(undo), p.doc);
    cr_assert_null(yata_undo_doc(NULL));
    FAILS(YATA_ERR_ARGUMENT, yata_undo_undo(NULL, NULL));
    FAILS(YATA_ERR_ARGUMENT, yata_undo_stop(NULL));
    FAILS(YATA_ERR_ARGUMENT, yata_undo_clear(NULL, true, true));
    FAILS(YATA_ERR_ARGUMENT, yata_undo_set_whole_document(NULL, true));
    FAILS(YATA_ERR_ARGUMENT, yata_undo_add_document(undo, NULL));
    FAILS(YATA_ERR_ARGUMENT, yata_undo_remove_document(undo, NULL));
    FAILS(YATA_ERR_ARGUMENT, yata_undo_step_ids(NULL, YATA_UNDO_STACK, 0, NULL, NULL));
    FAILS(YATA_ERR_ARGUMENT, yata_undo_ids(NULL, NULL, NULL, NULL, NULL));
    FAILS(YATA_ERR_ARGUMENT, yata_undo_observe(undo, NULL, NULL, &subscription));
    FAILS(YATA_ERR_ARGUMENT, yata_undo_unobserve(undo, 0));
    FAILS(YATA_ERR_ARGUMENT, yata_undo_add_origin(undo, (yata_bytes){NULL, 1}));
    FAILS(YATA_ERR_ARGUMENT, yata_undo_remove_origin(undo, (yata_bytes){NULL, 1}));
    cr_assert_eq(yata_undo_count(undo, (yata_undo_stack)7), 0);
    cr_assert_eq(yata_undo_origin(NULL).len, 0);
    yata_type t = text_root(&p);
    OK(yata_undo_add_scope(undo, t));
    write_text(&p, t, 0, "a");
    begin(&p);
    FAILS(YATA_ERR_STATE, yata_undo_undo(undo, NULL));
    commit(&p);
    OK(yata_undo_undo(undo, NULL));
    yata_undo_free(NULL);
    peer_close(&p);
}

/* ------------------------------------------------------------------------
 * Without memory
 */
static yata_undo *of_prepared;

/* Text, array and map with a type that was replaced, all in one step. */
static void prepare(peer *p) {
    peer_open(p, 1);
    yata_type t = text_root(p), a = array_root(p), m = map_root(p), inner;
    of_prepared = manager_of(p, m);
    OK(yata_undo_set_whole_document(of_prepared, true));
    begin(p);
    OK(yata_text_insert(t, p->txn, 0, STR("some text")));
    OK(yata_map_set_type(m, p->txn, STR("type"), YATA_KIND_TEXT, STR(""), &inner));
    OK(yata_text_insert(inner, p->txn, 0, STR("inside")));
    OK(yata_array_push_type(a, p->txn, YATA_KIND_MAP, STR(""), &inner));
    yata_value one = INT(1);
    OK(yata_map_set(inner, p->txn, STR("deep"), &one));
    OK(yata_map_set(m, p->txn, STR("gone"), &one));
    commit(p);
    begin(p);
    OK(yata_text_delete(t, p->txn, 2, 3));
    OK(yata_text_insert(t, p->txn, 2, STR("new")));
    OK(yata_map_set(m, p->txn, STR("type"), &one));
    OK(yata_map_delete(m, p->txn, STR("gone")));
    OK(yata_array_delete(a, p->txn, 0, 1));
    OK(yata_array_push_type(a, p->txn, YATA_KIND_TEXT, STR(""), NULL));
    commit(p);
}

/* All or nothing: refused, nothing has changed, and it can be done again. */
static bool undo_all(peer *p) {
    bool changed, met = false;
    yata_buffer was, is;
    yata_buffer_init(&was, NULL);
    yata_buffer_init(&is, NULL);
    OK(yata_doc_to_json(p->doc, &was));
    yata_status status = yata_undo_undo(of_prepared, &changed);
    if (status == YATA_ERR_MEMORY && !changed) {
        met = true;
        sound(p);
        OK(yata_doc_to_json(p->doc, &is));
        cr_assert(bytes_equal(bytes_of(&was), bytes_of(&is)), "%.*s became %.*s", (int)was.len, (const char *)was.data,
                  (int)is.len, (const char *)is.data);
        expect_stacks(of_prepared, 2, 0);
        p->memory.fail_at = 0;
        OK(yata_undo_undo(of_prepared, &changed));
        cr_assert(changed);
    }
    p->memory.fail_at = 0;
    yata_type m = map_root(p), t = text_root(p), a = array_root(p);
    expect_json(m, "{\"type\":\"inside\",\"gone\":1}");
    expect_json(t, "\"some text\"");
    expect_json(a, "[{\"deep\":1}]");
    redo_once(of_prepared, true);
    expect_json(m, "{\"type\":1}");
    undo_once(of_prepared, true);
    undo_once(of_prepared, true);
    expect_json(m, "{}");
    yata_buffer_free(&was);
    yata_buffer_free(&is);
    return !met && status == YATA_OK;
}

Test(undo, without_memory) {
    fail_each(prepare, undo_all);
}

/* A transaction that cannot be recorded is there all the same. */
static bool record(peer *p) {
    yata_type t = text_root(p);
    if (yata_txn_begin(p->doc, no_bytes(), &p->txn)) return false;
    yata_status status = yata_text_insert(t, p->txn, 0, STR("x"));
    if (!status) status = yata_text_delete(t, p->txn, 4, 1);
    yata_status committed = yata_txn_commit(p->txn);
    sound(p);
    return !status && !committed;
}

Test(undo, recording_without_memory) {
    fail_each(prepare, record);
}
