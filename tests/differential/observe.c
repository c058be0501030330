/* SPDX-License-Identifier: MIT */
/*
 * observe.c - observers of types and of transactions, whose calls are written down in order and compared with those
 * that observe.mjs wrote down.
 *
 * A program may make transactions inside observers. Then the stream says after each call of an observer of a type: 'K',
 * or 'X' operations 'Y'; and from the first of those on, for each delta that is asked, '~' 0 or (it is not compared)
 * '~' 1. A yata that calls more or fewer observers than yjs is found by that, too.
 */
#include "run.h"

/* ---- writing down ---- */

static void log_text(peer *p, const char *text) {
    REQUIRE(yata_buffer_append(&p->log, text, strlen(text)) == YATA_OK);
}

static void log_number(peer *p, uint64_t n) {
    char text[24];
    snprintf(text, sizeof text, "%llu", (unsigned long long)n);
    log_text(p, text);
}

static void log_json(peer *p, const yata_value *value) {
    yata_kind kind = YATA_KIND_UNTYPED;
    if (value->kind == YATA_VALUE_UNDEFINED) {
        log_text(p, "undefined");
    } else if (value->kind == YATA_VALUE_TYPE) { /* it may be deleted: its name only */
        log_text(p, "type");
        if (yata_type_alive(value->u.type) && yata_type_kind(value->u.type, &kind) == YATA_OK) log_number(p, kind);
    } else {
        expect_ok(yata_value_to_json(value, &p->log), "value_to_json");
    }
}

static void log_key(peer *p, yata_str key) {
    yata_value value = {.kind = YATA_VALUE_STRING, .u.string = key};
    log_json(p, &value);
}

void log_letter(peer *p, char c) {
    char text[2] = {c, '\0'};
    log_text(p, text);
}

/* Whether a delta that is asked after a transaction inside an observer is compared: not if yjs has merged, in a text
 * with formats, what several transactions did. */
static bool is_compared(void) {
    int c = letter();
    if (c == '~') return number() == 0;
    ungetc(c, stdin);
    fail("an observer is called that yjs did not call");
    return false;
}

static void log_event(peer *p, const yata_event *event, bool with_delta) {
    static const char *const actions[] = {",add", ",update", ",delete"};
    yata_kind kind = YATA_KIND_UNTYPED;
    yata_path_step step;
    yata_key_change change;
    if (!yata_type_alive(yata_event_target(event))) { /* deleted by an observer that was called before */
        log_text(p, "{gone}");
        return;
    }
    expect_ok(yata_type_kind(yata_event_target(event), &kind), "target");
    log_text(p, "{");
    log_number(p, kind);
    log_text(p, yata_event_list_changed(event) ? " list [" : " [");
    for (size_t i = 0; i < yata_event_path_length(event); i++) {
        expect_ok(yata_event_path_at(event, i, &step), "path");
        if (i) log_text(p, ",");
        if (step.is_key)
            log_key(p, step.key);
        else
            log_number(p, step.index);
    }
    log_text(p, "] ");
    for (yata_key_iter iter = yata_event_keys(event); yata_key_iter_next(&iter, &change);) {
        log_text(p, "(");
        log_key(p, change.key);
        log_text(p, actions[change.action]);
        if (change.action != YATA_KEY_ADD) log_text(p, ",");
        if (change.action != YATA_KEY_ADD) log_json(p, &change.old_value);
        if (change.action != YATA_KEY_DELETE) log_text(p, ",");
        if (change.action != YATA_KEY_DELETE) log_json(p, &change.new_value);
        log_text(p, ")");
    }
    if (with_delta && run.nested && !is_compared()) {
        run.unseen++;
    } else if (with_delta) {
        yata_delta *delta;
        expect_ok(yata_delta_new(&run.allocator, &delta), "delta_new");
        p->asking = true;
        expect_ok(yata_event_delta(event, delta), "event_delta");
        p->asking = false;
        expect_ok(yata_delta_to_json(delta, &p->log), "delta_to_json");
        yata_delta_free(delta);
    }
    log_text(p, "}");
}

/* ---- being called ---- */

/* What the program does inside this call. */
static void inside(const watch *w) {
    if (!run.nesting || run.dead) return;
    int c = letter();
    if (c == 'K') return;
    if (c != 'X') {
        ungetc(c, stdin);
        fail("an observer is called that yjs did not call");
        return;
    }
    yata_txn *outer = run.txn;
    run.nested = true;
    expect_ok(yata_txn_begin(w->peer->doc, no_bytes(), &run.txn), "begin inside an observer");
    while ((c = letter()) != 'Y') REQUIRE(record(c));
    if (!run.dead) expect_ok(yata_txn_commit(run.txn), "commit inside an observer");
    run.txn = outer;
}

static void on_event(void *ctx, const yata_event *event) {
    const watch *w = ctx;
    if (run.dead) return;
    log_number(w->peer, w->number);
    log_event(w->peer, event, w->delta);
    inside(w);
}

static void on_deep(void *ctx, const yata_event *const *events, size_t count, const yata_txn *txn) {
    const watch *w = ctx;
    if (run.dead) return;
    if (count && yata_event_txn(events[0]) != txn) fail("another transaction");
    log_number(w->peer, w->number);
    log_text(w->peer, "[");
    for (size_t i = 0; i < count; i++) log_event(w->peer, events[i], w->delta);
    log_text(w->peer, "]");
    inside(w);
}

static peer *peer_of(const yata_doc *doc) {
    for (uint32_t i = 0; i < run.peer_count; i++)
        if (run.peers[i].doc == doc) return &run.peers[i];
    REQUIRE(false);
    return NULL;
}

/* Reading a delta opens a transaction in yjs always, here only if there is something to remove: its beginning is not
 * compared. */
static void on_stage(void *ctx, yata_doc *doc, const yata_txn *txn) {
    peer *p = peer_of(doc);
    char stage = *(const char *)ctx;
    if (run.dead || (stage == 'b' && p->asking)) return;
    log_letter(p, stage);
    if (stage != 'c') return;
    if (!yata_txn_local(txn)) log_letter(p, '-');
    yata_bytes origin = yata_txn_origin(txn);
    REQUIRE(yata_buffer_append(&p->log, origin.data, origin.len) == YATA_OK);
}

/* ---- subscribing ---- */

void observers_begin(peer *p) {
    static const char stages[] = "Abocez";
    uint32_t subscription;
    yata_buffer_init(&p->log, NULL);
    for (int i = YATA_STAGE_BEFORE_ALL; run.stages && i <= YATA_STAGE_AFTER_ALL; i++)
        REQUIRE(yata_doc_observe_txn(p->doc, (yata_txn_stage)i, on_stage, (void *)(uintptr_t)&stages[i],
                                     &subscription) == YATA_OK);
}

void observers_end(peer *p) {
    yata_buffer_free(&p->log);
}

void observe_type(void) {
    peer *p = peer_number();
    yata_type type = target();
    uint64_t name = number(), flags = number();
    if (run.verbose) printf("observe %llu\n", (unsigned long long)name);
    if (run.dead) return;
    for (int i = 0; i < WATCHES; i++) {
        watch *w = &p->watches[i];
        if (w->number) continue;
        *w = (watch){.peer = p, .number = name, .type = type, .deep = flags & 1, .delta = flags & 2};
        expect_ok(w->deep ? yata_type_observe_deep(type, on_deep, w, &w->subscription)
                          : yata_type_observe(type, on_event, w, &w->subscription),
                  "observe");
        return;
    }
    REQUIRE(false);
}

void unobserve_type(void) {
    peer *p = peer_number();
    uint64_t name = number();
    for (int i = 0; i < WATCHES && !run.dead; i++) {
        watch *w = &p->watches[i];
        if (w->number != name) continue;
        yata_status status = yata_type_unobserve(w->type, w->subscription);
        if (status != (yata_type_alive(w->type) ? YATA_OK : YATA_ERR_GONE)) fail("unobserve");
        w->number = 0;
    }
}

void check_log(peer *p) {
    for (int c; (c = letter()) != 'L';) REQUIRE(record(c)); /* calls that are missing here */
    yata_bytes expected = bytes();
    if (run.verbose && !run.dead) printf("log %.*s\n", (int)expected.len, (const char *)expected.data);
    run.checks++;
    if (!run.dead && !bytes_equal(expected, bytes_of(&p->log))) {
        printf("  yjs  %.*s\n  yata %.*s\n", (int)expected.len, (const char *)expected.data, (int)p->log.len,
               (const char *)p->log.data);
        for (uint32_t i = 0; i < p->events && i < EVENTS; i++) print_log("  yata", bytes_of(&p->event[i]), false);
        fail("calls of observers");
    }
    p->log.len = 0;
}
