/* SPDX-License-Identifier: MIT */
/*
 * undo.c - undo managers: what undo.mjs did with those of yjs.
 *
 *   record := '^' what manager ...
 *   what   := 0 peer timeout overwrite filter n origin*     make | 6 free
 *           | 1 (1 | 0 peer type)                           add to the scope: the document, a type
 *           | 2 index                                       remove from the scope: a type, or (beyond them) the
 * document | 3 changed events | 4 changed events           undo, redo | 5 undo redo log lengths of the stacks, events
 *           | 9 | 10 undo redo | 11 add origin              stop, clear, add or remove an origin
 *   without a manager: 8 milliseconds                      the clock goes on
 *           | 12 peer changed filter overwrite ids ids     undo what has these ids: inserted, deleted
 *   ids    := n (client n (clock len)*)*
 */
#include "run.h"

enum { MANAGERS = 6 };

typedef struct manager {
    peer *peer;
    yata_undo *undo;
    uint64_t filter;
    uintptr_t metas;
    yata_buffer log;
    yata_type scope[64];
    uint32_t types;
} manager;

static manager managers[MANAGERS];
static uint64_t clock_now;

static uint64_t read_clock(void *ctx) {
    (void)ctx;
    return clock_now;
}

static bool capture(void *ctx, const yata_txn *txn) {
    (void)ctx;
    yata_bytes origin = yata_txn_origin(txn);
    return !(origin.len == 4 && memcmp(origin.data, "skip", 4) == 0);
}

static bool may_delete(void *ctx, const yata_undo_deletion *deletion) {
    const manager *m = ctx;
    REQUIRE(deletion->len > 0 && deletion->parent.doc == m->peer->doc);
    if (m->filter == 1) return deletion->value.kind != YATA_VALUE_TYPE;
    return deletion->id.clock % 3 != 0;
}

static void on_event(void *ctx, yata_undo *undo, const yata_undo_event *event) {
    manager *m = ctx;
    char text[64];
    REQUIRE(undo == m->undo);
    if (event->what == YATA_UNDO_CLEARED) {
        snprintf(text, sizeof text, "c%d%d;", event->undo_stack_cleared, event->redo_stack_cleared);
    } else {
        if (event->what == YATA_UNDO_ADDED) *event->meta = (void *)++m->metas;
        yata_bytes own = yata_undo_origin(undo);
        bool is_own = bytes_equal(own, event->origin);
        snprintf(text, sizeof text, "%c%d:%u:%u:%.*s;", "aup"[event->what], (int)event -> stack,
                 (unsigned)(uintptr_t)*event -> meta, (unsigned)event -> changed_count,
                 is_own ? 3 : (int)event -> origin.len,
                 is_own              ? "own"
                 : event->origin.len ? (const char *)event->origin.data
                                     : "");
    }
    REQUIRE(yata_buffer_append(&m->log, text, strlen(text)) == YATA_OK);
}

static void drop(manager *m) {
    if (!m->peer) return;
    yata_buffer_free(&m->log);
    *m = (manager){0};
}

void undo_end(void) {
    for (int i = 0; i < MANAGERS; i++) drop(&managers[i]); /* the managers themselves go with their documents */
    clock_now = 1000;
}

static void make(manager *m) {
    drop(m);
    m->peer = peer_number();
    yata_undo_options options = yata_undo_options_default();
    uint64_t timeout = number();
    options.capture_timeout = timeout ? (int32_t)timeout : -1;
    options.overwrite_remote = number() != 0;
    options.now = read_clock;
    options.capture = capture;
    m->filter = number();
    if (m->filter) options.may_delete = may_delete;
    options.ctx = m;
    yata_buffer_init(&m->log, NULL);
    uint64_t origins = number();
    uint32_t subscription;
    if (run.verbose)
        printf("manager of %u: timeout %d overwrite %d filter %d\n", run.writer, options.capture_timeout,
               options.overwrite_remote, (int)m->filter);
    if (!run.dead) {
        expect_ok(yata_undo_new(m->peer->doc, &options, &m->undo), "undo new");
        expect_ok(yata_undo_observe(m->undo, on_event, m, &subscription), "undo observe");
        expect_ok(yata_undo_remove_origin(m->undo, no_bytes()), "undo remove origin");
    }
    while (origins-- > 0) {
        yata_bytes origin = bytes();
        if (!run.dead) expect_ok(yata_undo_add_origin(m->undo, origin), "undo add origin");
    }
}

static void add_scope(manager *m) {
    if (number()) {
        if (run.verbose) printf("scope: document\n");
        if (!run.dead) expect_ok(yata_undo_set_whole_document(m->undo, true), "scope");
        return;
    }
    (void)peer_number();
    if (run.verbose) printf("scope: ");
    yata_type type = target();
    if (run.verbose) printf("\n");
    if (run.dead) return;
    expect_ok(yata_undo_add_scope(m->undo, type), "scope");
    for (uint32_t i = 0; i < m->types; i++)
        if (m->scope[i].ref == type.ref && m->scope[i].generation == type.generation) return;
    REQUIRE(m->types < 64);
    m->scope[m->types++] = type;
}

static void remove_scope(manager *m) {
    uint32_t at = (uint32_t)number();
    if (run.dead) return;
    if (at >= m->types) {
        expect_ok(yata_undo_set_whole_document(m->undo, false), "scope");
        return;
    }
    expect_ok(yata_undo_remove_scope(m->undo, m->scope[at]), "remove scope");
    memmove(m->scope + at, m->scope + at + 1, (--m->types - at) * sizeof *m->scope);
}

static void undo(manager *m, bool redo) {
    bool expected = number() != 0, changed = false;
    if (run.verbose && !run.dead) printf("%s\n", redo ? "redo" : "undo");
    if (!run.dead) expect_ok((redo ? yata_undo_redo : yata_undo_undo)(m->undo, &changed), "undo");
    if (!run.dead && changed != expected) fail(expected ? "undo changed nothing" : "undo changed something");
    check_events(m->peer);
}

static void look(manager *m) {
    uint64_t undos = number(), redos = number();
    yata_bytes log = bytes();
    if (run.dead) return;
    if (run.verbose)
        printf("stacks %u %u %.*s\n", (unsigned)undos, (unsigned)redos, (int)log.len, (const char *)log.data);
    if (yata_undo_count(m->undo, YATA_UNDO_STACK) != undos || yata_undo_count(m->undo, YATA_REDO_STACK) != redos) {
        printf("  yjs %u %u\n  yata %u %u\n", (unsigned)undos, (unsigned)redos,
               yata_undo_count(m->undo, YATA_UNDO_STACK), yata_undo_count(m->undo, YATA_REDO_STACK));
        fail("lengths of the stacks");
    }
    if (!run.dead && !bytes_equal(log, bytes_of(&m->log)))
        printf("  yjs  %.*s\n  yata %.*s\n", (int)log.len, (const char *)log.data, (int)m->log.len,
               m->log.len ? (const char *)m->log.data : "");
    expect_bytes("events of undo", log, bytes_of(&m->log), PLAIN);
    m->log.len = 0;
}

static void change_origin(manager *m) {
    bool add = number() != 0;
    yata_bytes origin = bytes();
    if (run.dead) return;
    yata_status status = (add ? yata_undo_add_origin : yata_undo_remove_origin)(m->undo, origin);
    if (!add && status == YATA_ERR_NOT_FOUND) status = YATA_OK;
    expect_ok(status, "origin");
}

static void clear(manager *m) {
    bool undos = number() != 0, redos = number() != 0;
    if (!run.dead) expect_ok(yata_undo_clear(m->undo, undos, redos), "clear");
}

static yata_id_set *read_ids(void) {
    yata_id_set *ids = NULL;
    REQUIRE(yata_id_set_new(NULL, &ids) == YATA_OK);
    for (uint64_t clients = number(); clients-- > 0;) {
        yata_id first = {number(), 0};
        for (uint64_t runs = number(); runs-- > 0;) {
            first.clock = (uint32_t)number();
            REQUIRE(yata_id_set_add(ids, first, (uint32_t)number()) == YATA_OK);
        }
    }
    return ids;
}

static void by_ids(void) {
    manager m = {.peer = peer_number()};
    bool expected = number() != 0, changed = false;
    m.filter = number();
    yata_undo_options options = yata_undo_options_default();
    options.overwrite_remote = number() != 0;
    if (m.filter) options.may_delete = may_delete;
    options.ctx = &m;
    yata_id_set *inserts = read_ids(), *deletes = read_ids();
    if (run.verbose && !run.dead) printf("undo by ids of %u\n", run.writer);
    if (!run.dead) expect_ok(yata_undo_ids(m.peer->doc, inserts, deletes, &options, &changed), "undo by ids");
    if (!run.dead && changed != expected) fail(expected ? "undo changed nothing" : "undo changed something");
    yata_id_set_free(inserts);
    yata_id_set_free(deletes);
    check_events(m.peer);
}

void undo_op(void) {
    uint64_t what = number();
    if (what == 12) {
        by_ids();
        return;
    }
    uint64_t n = number();
    if (what == 8) {
        clock_now += n;
        return;
    }
    REQUIRE(n < MANAGERS);
    manager *m = &managers[n];
    if (run.verbose && !run.dead && what != 5) printf("manager %u, %u: ", (unsigned)n, (unsigned)what);
    switch (what) {
    case 0:
        make(m);
        return;
    case 1:
        add_scope(m);
        return;
    case 2:
        remove_scope(m);
        return;
    case 3:
    case 4:
        undo(m, what == 4);
        return;
    case 5:
        look(m);
        return;
    case 6:
        if (!run.dead) yata_undo_free(m->undo);
        drop(m);
        return;
    case 9:
        if (!run.dead) expect_ok(yata_undo_stop(m->undo), "stop");
        return;
    case 10:
        clear(m);
        return;
    default:
        change_origin(m);
        return;
    }
}
