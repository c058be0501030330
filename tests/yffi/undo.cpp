/* SPDX-License-Identifier: MIT */
/* undo.cpp - undo managers. */
#include "check.h"

static std::string text_in(YDoc *doc) {
    Branch *text = ytext(doc, "t");
    YTransaction *txn = ydoc_read_transaction(doc);
    std::string out = take(ytext_string(text, txn));
    ytransaction_commit(txn);
    return out;
}
static void insert(YDoc *doc, uint32_t at, const char *what, const char *origin = "", const char *name = "t") {
    Branch *text = ytext(doc, name);
    YTransaction *txn = ydoc_write_transaction(doc, (uint32_t)std::strlen(origin), origin);
    ytext_insert(text, txn, at, what, nullptr);
    ytransaction_commit(txn);
}
static void erase(YDoc *doc, uint32_t at, uint32_t n, const char *origin = "") {
    Branch *text = ytext(doc, "t");
    YTransaction *txn = ydoc_write_transaction(doc, (uint32_t)std::strlen(origin), origin);
    ytext_remove_range(text, txn, at, n);
    ytransaction_commit(txn);
}
/* A manager that takes each transaction as a step of its own, looking at the text "t". */
static YUndoManager *single_steps(YDoc *doc) {
    YUndoManagerOptions options = {0};
    YUndoManager *mgr = yundo_manager(&options);
    yundo_manager_add_scope(mgr, doc, ytext(doc, "t"));
    return mgr;
}
static uint32_t undos(YUndoManager *mgr) {
    return yundo_manager_undo_stack_len(mgr);
}
static uint32_t redos(YUndoManager *mgr) {
    return yundo_manager_redo_stack_len(mgr);
}
/* As from a peer, under an origin that nobody looks at. */
static void receive(YDoc *from, YDoc *to) {
    YTransaction *a = ydoc_read_transaction(from), *b = ydoc_write_transaction(to, 6, "remote");
    CHECK(apply_v1(b, diff(a, state_vector(b))) == 0);
    ytransaction_commit(b);
    ytransaction_commit(a);
}

CASE(yundomanager_undo_redo) {
    YDoc *a = doc_with(1), *b = doc_with(2);
    YUndoManager *mgr = yundo_manager(nullptr);
    yundo_manager_add_scope(mgr, a, ytext(a, "t"));
    yundo_manager_add_scope(mgr, a, ytext(a, "t"));

    insert(a, 0, "test");
    erase(a, 0, 4);
    CHECK(undos(mgr) == 1); /* within 500 ms */
    yundo_manager_undo(mgr);
    CHECK(text_in(a) == "");

    yundo_manager_add_origin(mgr, 5, "local");
    insert(a, 0, "abc", "local");
    insert(b, 0, "xyz");
    receive(a, b);
    receive(b, a);
    CHECK(undos(mgr) == 1 && redos(mgr) == 0);
    CHECK(yundo_manager_undo(mgr) == 1);
    CHECK(text_in(a) == "xyz");
    CHECK(undos(mgr) == 0 && redos(mgr) == 1);
    CHECK(yundo_manager_undo(mgr) == 0);
    CHECK(yundo_manager_redo(mgr) == 1);
    CHECK(text_in(a) == "abcxyz");
    CHECK(yundo_manager_redo(mgr) == 0);

    receive(a, b);
    erase(b, 0, 1);
    receive(b, a);
    CHECK(yundo_manager_undo(mgr) == 1);
    CHECK(text_in(a) == "xyz");
    CHECK(yundo_manager_redo(mgr) == 1);
    CHECK(text_in(a) == "bcxyz");

    yundo_manager_stop(mgr);
    erase(a, 1, 3, "local");
    CHECK(text_in(a) == "bz");
    CHECK(yundo_manager_undo(mgr) == 1);
    CHECK(text_in(a) == "bcxyz");

    yundo_manager_destroy(mgr);
    ydoc_destroy(a);
    ydoc_destroy(b);
}

CASE(yundomanager_steps) {
    YDoc *doc = doc_with(1);
    YUndoManagerOptions long_time = {1000000}, negative = {-1};
    YUndoManager *joined = yundo_manager(&long_time), *standard = yundo_manager(&negative), *single = single_steps(doc);
    yundo_manager_add_scope(joined, doc, ytext(doc, "t"));
    yundo_manager_add_scope(standard, doc, ytext(doc, "t"));
    insert(doc, 0, "a");
    insert(doc, 1, "b");
    CHECK(undos(joined) == 1 && undos(standard) == 1 && undos(single) == 2);
    yundo_manager_stop(joined);
    yundo_manager_stop(single);
    insert(doc, 2, "c");
    CHECK(undos(joined) == 2 && undos(standard) == 1 && undos(single) == 3);
    yundo_manager_destroy(standard);
    yundo_manager_destroy(single);
    /* What follows undo or redo is a step of its own. */
    CHECK(yundo_manager_undo(joined) == 1 && text_in(doc) == "ab");
    CHECK(undos(joined) == 1 && redos(joined) == 1);
    CHECK(yundo_manager_redo(joined) == 1 && text_in(doc) == "abc");
    insert(doc, 3, "d");
    CHECK(undos(joined) == 3 && redos(joined) == 0);
    /* Something new ends what could be redone. */
    CHECK(yundo_manager_undo(joined) == 1 && redos(joined) == 1);
    insert(doc, 3, "e");
    CHECK(redos(joined) == 0 && yundo_manager_redo(joined) == 0 && text_in(doc) == "abce");
    yundo_manager_clear(joined);
    CHECK(undos(joined) == 0 && redos(joined) == 0 && yundo_manager_undo(joined) == 0);
    CHECK(text_in(doc) == "abce");
    yundo_manager_clear(joined);
    yundo_manager_destroy(joined);
    ydoc_destroy(doc);
}

CASE(yundomanager_origins) {
    YDoc *doc = doc_with(1);
    YUndoManager *mgr = single_steps(doc);
    insert(doc, 0, "a");
    insert(doc, 1, "b", "me");
    CHECK(undos(mgr) == 1); /* without origins of its own: those that have none */
    yundo_manager_add_origin(mgr, 2, "me");
    yundo_manager_add_origin(mgr, 2, "me");
    insert(doc, 2, "c");
    CHECK(undos(mgr) == 1);
    insert(doc, 3, "d", "me");
    insert(doc, 4, "e", "you");
    CHECK(undos(mgr) == 2);
    yundo_manager_add_origin(mgr, 3, "you");
    insert(doc, 5, "f", "you");
    CHECK(undos(mgr) == 3);
    yundo_manager_remove_origin(mgr, 2, "me");
    yundo_manager_remove_origin(mgr, 7, "nobody!");
    insert(doc, 6, "g", "me");
    insert(doc, 7, "h");
    CHECK(undos(mgr) == 3);
    CHECK(yundo_manager_undo(mgr) == 1 && text_in(doc) == "abcdegh");
    yundo_manager_remove_origin(mgr, 3, "you");
    insert(doc, 7, "i");
    CHECK(undos(mgr) == 3); /* again those without one */
    CHECK(yundo_manager_undo(mgr) == 1 && text_in(doc) == "abcdegh");
    yundo_manager_destroy(mgr);
    ydoc_destroy(doc);
}

CASE(yundomanager_scope) {
    YDoc *doc = doc_with(1);
    YUndoManager *mgr = single_steps(doc);
    insert(doc, 0, "elsewhere", "", "other");
    CHECK(undos(mgr) == 0);
    Branch *map = ymap(doc, "m");
    YTransaction *txn = write(doc);
    YInput inner = yinput_yarray(nullptr, 0);
    ymap_insert(map, txn, "list", &inner);
    YOutput *cell = ymap_get(map, txn, "list");
    Branch *list = youtput_read_yarray(cell);
    youtput_destroy(cell);
    ytransaction_commit(txn);
    CHECK(undos(mgr) == 0);
    yundo_manager_add_scope(mgr, doc, map);
    txn = write(doc);
    YInput two[] = {yinput_long(1), yinput_string("x")};
    yarray_insert_range(list, txn, 0, two, 2);
    ytransaction_commit(txn);
    CHECK(undos(mgr) == 1 && yarray_len(list) == 2); /* with all that is in the type */
    CHECK(yundo_manager_undo(mgr) == 1 && yarray_len(list) == 0);
    CHECK(yundo_manager_redo(mgr) == 1 && yarray_len(list) == 2);
    /* A value that was replaced comes back. */
    txn = write(doc);
    YInput other = yinput_bool(1);
    ymap_insert(map, txn, "list", &other);
    ytransaction_commit(txn);
    CHECK(yundo_manager_undo(mgr) == 1);
    txn = ydoc_read_transaction(doc);
    CHECK(take(ymap_get_json(map, txn, "list")) == "[1,\"x\"]");
    ytransaction_commit(txn);
    yundo_manager_destroy(mgr);
    ydoc_destroy(doc);
}

static std::string seen;
static void on_added(void *state, const YUndoEvent *e) {
    seen += e->kind == Y_KIND_UNDO ? "+u" : "+r";
    seen += std::to_string(e->origin_len) + std::string(e->origin ? e->origin : "", e->origin_len == 2 ? 2 : 0);
    seen += e->meta ? "!" : "";
    if (state) ((YUndoEvent *)e)->meta = state;
}
static void on_popped(void *, const YUndoEvent *e) {
    seen +=
        (e->kind == Y_KIND_UNDO ? "-u" : "-r") + std::to_string(e->origin_len) + (e->meta ? (const char *)e->meta : "");
}

CASE(yundomanager_events) {
    YDoc *doc = doc_with(1);
    YUndoManager *mgr = single_steps(doc);
    yundo_manager_add_origin(mgr, 2, "me");
    char first[] = "one";
    seen.clear();
    Observer added = undo_observe_added(mgr, first, on_added), popped = undo_observe_popped(mgr, nullptr, on_popped);
    Observer updates = observe_updates_v2(doc, nullptr, [](void *, uint32_t, const char *) { seen += "."; });
    insert(doc, 0, "a", "me");
    CHECK(seen == "+u2me.");
    yundo_manager_undo(mgr);
    CHECK(seen == "+u2me.+r8.-u8one"); /* its own origin; what was noted comes back, once all is told */
    yundo_manager_redo(mgr);
    CHECK(seen == "+u2me.+r8.-u8one+u8.-r8one");
    added.stop();
    yundo_manager_undo(mgr);
    CHECK(seen == "+u2me.+r8.-u8one+u8.-r8one.-u8one");
    popped.stop();
    seen.clear();
    yundo_manager_redo(mgr); /* a step without a note */
    yundo_manager_undo(mgr);
    CHECK(seen == "..");
    updates.stop();
    yundo_manager_destroy(mgr);
    ydoc_destroy(doc);
}

#if YFFI_ABI >= 28
CASE(yundomanager_keys) {
    YDoc *doc = doc_with(1);
    YUndoManager *mgr = single_steps(doc);
    char first[] = "one", second[] = "two";
    seen.clear();
    yundo_manager_observe_added(mgr, 1, "k", first, on_added);
    yundo_manager_observe_added(mgr, 1, "k", second, on_added); /* in its place */
    yundo_manager_observe_popped(mgr, 0, nullptr, nullptr, on_popped);
    insert(doc, 0, "a");
    yundo_manager_undo(mgr);
    CHECK(seen == "+u0+r8-u8two");
    CHECK(yundo_manager_unobserve_added(mgr, 1, "k") == 1);
    CHECK(yundo_manager_unobserve_popped(mgr, 0, nullptr) == 1);
    BETTER(yundo_manager_unobserve_added(mgr, 1, "k") == 0 && yundo_manager_unobserve_popped(mgr, 0, nullptr) == 0);
    CHECK(yundo_manager_unobserve_added(mgr, 1, "x") == 0 && yundo_manager_unobserve_popped(mgr, 1, "x") == 0);
    yundo_manager_redo(mgr);
    CHECK(seen == "+u0+r8-u8two");
    yundo_manager_destroy(mgr);
    ydoc_destroy(doc);
}
#endif

CASE(yundomanager_documents) {
    YDoc *a = doc_with(1), *b = doc_with(2);
    YUndoManagerOptions options = {1000000};
    YUndoManager *mgr = yundo_manager(&options);
    yundo_manager_add_scope(mgr, a, ytext(a, "t"));
    yundo_manager_add_scope(mgr, b, ytext(b, "t"));
    insert(a, 0, "1");
    insert(b, 0, "2");
    insert(b, 1, "3"); /* joins */
    insert(a, 1, "4"); /* does not: the other document came between */
    CHECK(undos(mgr) == 3);
    CHECK(yundo_manager_undo(mgr) == 1 && text_in(a) == "1" && text_in(b) == "23");
    CHECK(yundo_manager_undo(mgr) == 1 && text_in(a) == "1" && text_in(b) == "");
    CHECK(yundo_manager_undo(mgr) == 1 && text_in(a) == "" && text_in(b) == "");
    CHECK(undos(mgr) == 0 && redos(mgr) == 3);
    CHECK(yundo_manager_redo(mgr) == 1 && text_in(a) == "1" && text_in(b) == "");
    CHECK(yundo_manager_redo(mgr) == 1 && text_in(a) == "1" && text_in(b) == "23");
    /* Something new in one keeps what can be redone in the other. */
    insert(b, 2, "5");
    CHECK(redos(mgr) == 1 && yundo_manager_redo(mgr) == 1 && text_in(a) == "14");
    /* A document that is cleared is one of the manager no more. */
    uint32_t before = undos(mgr);
    ydoc_clear(a, nullptr);
    CHECK(before == 4 && undos(mgr) == 2);
    CHECK(yundo_manager_undo(mgr) == 1 && text_in(b) == "23" && text_in(a) == "14");
    yundo_manager_destroy(mgr);
    ydoc_destroy(a);
    ydoc_destroy(b);
}

/* The manager has a reference. */
CASE(yundomanager_outlives_handle) {
    YDoc *doc = doc_with(1);
    YUndoManager *mgr = single_steps(doc);
    Observer added = undo_observe_added(mgr, nullptr, on_added);
    insert(doc, 0, "a");
    ydoc_destroy(doc);
    CHECK(undos(mgr) == 1 && yundo_manager_undo(mgr) == 1 && redos(mgr) == 1);
    added.stop();
    yundo_manager_destroy(mgr);
}

CASE(yundomanager_kept_from_collection) {
    YDoc *doc = doc_with(1);
    YUndoManager *mgr = single_steps(doc);
    insert(doc, 0, "abc");
    erase(doc, 0, 3);
    YTransaction *txn = ydoc_write_transaction(doc, 2, "gc");
    ytransaction_force_gc(txn);
    ytransaction_commit(txn);
    CHECK(yundo_manager_undo(mgr) == 1 && text_in(doc) == "abc");
    yundo_manager_destroy(mgr);
    ydoc_destroy(doc);
}

#ifndef UPSTREAM

/* What aborts, waits for ever or crashes in yffi. */
CASE(yundomanager_errors) {
    YDoc *doc = doc_with(1), *other = doc_with(2);
    yundo_manager_destroy(nullptr);
    yundo_manager_clear(nullptr);
    yundo_manager_stop(nullptr);
    yundo_manager_add_scope(nullptr, doc, ytext(doc, "t"));
    yundo_manager_add_origin(nullptr, 1, "x");
    yundo_manager_remove_origin(nullptr, 1, "x");
    CHECK(!yundo_manager_undo(nullptr) && !yundo_manager_redo(nullptr) && !undos(nullptr) && !redos(nullptr));
    undo_observe_added(nullptr, nullptr, on_added);
    undo_observe_popped(nullptr, nullptr, on_popped);
    YUndoManager *mgr = single_steps(doc);
    undo_observe_added(mgr, nullptr, nullptr);
    yundo_manager_add_scope(mgr, nullptr, ytext(doc, "t"));
    yundo_manager_add_scope(mgr, doc, nullptr);
    yundo_manager_add_scope(mgr, other, ytext(doc, "t"));
    insert(other, 0, "x");
    CHECK(undos(mgr) == 0);
    yundo_manager_add_origin(mgr, 3, nullptr);
    yundo_manager_remove_origin(mgr, 3, nullptr);
    insert(doc, 0, "ab");
    insert(doc, 2, "cd");
    /* While there is a transaction. */
    YTransaction *txn = ydoc_read_transaction(doc);
    CHECK(yundo_manager_undo(mgr) == 0 && undos(mgr) == 2);
    ytransaction_commit(txn);
    txn = write(doc);
    CHECK(yundo_manager_undo(mgr) == 0 && yundo_manager_redo(mgr) == 0 && undos(mgr) == 2);
    yundo_manager_add_scope(mgr, doc, ytext(doc, "more"));
    yundo_manager_stop(mgr);
    ytransaction_commit(txn);
    CHECK(yundo_manager_undo(mgr) == 1 && text_in(doc) == "ab");
    txn = write(doc);
    yundo_manager_clear(mgr);
    CHECK(undos(mgr) == 0 && redos(mgr) == 0);
    yundo_manager_destroy(mgr);
    ytransaction_commit(txn);
    ydoc_destroy(doc);
    ydoc_destroy(other);
}

static YUndoManager *victim;
static int calls;

/* Callbacks may do what they want with their manager. */
CASE(yundomanager_in_callbacks) {
    YDoc *doc = doc_with(1);
    victim = single_steps(doc);
    calls = 0;
    Observer undoing = undo_observe_popped(victim, doc, [](void *state, const YUndoEvent *) {
        calls++;
        CHECK(yundo_manager_undo(victim) == 0 && yundo_manager_redo(victim) == 0);
        YTransaction *txn = ydoc_read_transaction((YDoc *)state);
        CHECK(txn && !ydoc_write_transaction((YDoc *)state, 0, nullptr));
        ytransaction_commit(txn);
    });
    insert(doc, 0, "a");
    CHECK(yundo_manager_undo(victim) == 1 && calls == 1);
    undoing.stop();
    Observer clearing = undo_observe_added(victim, nullptr, [](void *, const YUndoEvent *e) {
        calls++;
        ((YUndoEvent *)e)->meta = victim;
        yundo_manager_clear(victim);
    });
    insert(doc, 0, "b");
    CHECK(calls == 2 && undos(victim) == 0);
    clearing.stop();
    Observer ending = undo_observe_added(victim, nullptr, [](void *, const YUndoEvent *) {
        calls++;
        yundo_manager_destroy(victim);
        yundo_manager_destroy(nullptr);
    });
    insert(doc, 0, "c");
    CHECK(calls == 3);
#if YFFI_ABI < 28
    ending.stop(); /* a handle stays the caller's */
#endif
    victim = single_steps(doc);
    insert(doc, 0, "d");
    Observer popping = undo_observe_popped(victim, nullptr, [](void *, const YUndoEvent *) {
        calls++;
        yundo_manager_destroy(victim);
    });
    CHECK(yundo_manager_undo(victim) == 1 && calls == 4 && text_in(doc) == "cb");
#if YFFI_ABI < 28
    popping.stop();
#endif
    /* The document is cleared in the middle of an undo. */
    victim = single_steps(doc);
    insert(doc, 0, "e");
    Observer text = text_observe(ytext(doc, "t"), doc, [](void *state, const YTextEvent *) {
        calls++;
        ydoc_clear((YDoc *)state, nullptr);
    });
    CHECK(yundo_manager_undo(victim) == 1 && calls == 5 && text_in(doc) == "cb");
    CHECK(undos(victim) == 0 && redos(victim) == 0);
    text.stop();
    /* The manager goes while a transaction ends that it would record. */
    yundo_manager_add_scope(victim, doc, ytext(doc, "t"));
    text = text_observe(ytext(doc, "t"), nullptr, [](void *, const YTextEvent *) {
        if (victim) calls++;
        yundo_manager_destroy(victim);
        victim = nullptr;
    });
    insert(doc, 0, "f");
    CHECK(calls == 6 && text_in(doc) == "fcb");
    text.stop();
    ydoc_destroy(doc);
}

#endif
