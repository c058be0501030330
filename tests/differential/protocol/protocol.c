/* SPDX-License-Identifier: MIT */
/*
 * protocol.c - replays the programs of protocol.mjs with Yata and compares every byte with what y-protocols made.
 *
 *   stream   := program* 'Z'
 *   program  := 'P' seed now peers { client } record*
 *   record   := 'L' peer json | 'F' peer name json | 'A' peer update | 'R' peer n { client } | 'T' now    awareness
 *             | 'C' peer message n { client } update | 'l' peer log | 'M' update modified
 *             | 'i' peer at text | 'd' peer at len | 'm' peer key value                                   edits
 *             | 'u' peer n { message } | 's' peer message | 'g' peer message reply | 'e' peer state vector
 *             | 'x' reason message
 *
 * Each peer has a hub with two sessions: `in` is given all messages, `out` is where everything must come out again.
 *
 * usage: protocol < stream
 */
#include "harness/bytes.h"

#include <yata/yata.h>

enum { PEERS = 4 };

typedef struct peer {
    yata_doc *doc;
    yata_awareness *awareness;
    yata_sync_hub *hub;
    yata_sync *in, *out;
    yata_buffer log;
} peer;

static struct {
    peer peers[PEERS];
    uint32_t peer_count;
    uint64_t seed, now, programs, checks;
    yata_buffer field[4];
    int fields;
} run;

/* ---- reading ---- */
static uint64_t number(void) {
    uint64_t x = 0;
    for (unsigned shift = 0;; shift += 7) {
        int c = getchar();
        REQUIRE(c != EOF && shift < 64);
        x |= (uint64_t)(c & 127) << shift;
        if (c < 128) return x;
    }
}

/* Valid until four more were read. */
static yata_bytes bytes(void) {
    yata_buffer *field = &run.field[run.fields++ % 4];
    size_t len = (size_t)number();
    field->len = 0;
    for (size_t i = 0; i < len; i++) {
        int c = getchar();
        uint8_t byte = (uint8_t)c;
        REQUIRE(c != EOF && yata_buffer_append(field, &byte, 1) == YATA_OK);
    }
    return (yata_bytes){field->data ? field->data : (const uint8_t *)"", len};
}

static yata_str text(void) {
    return str_from(bytes());
}

static peer *peer_number(void) {
    uint64_t i = number();
    REQUIRE(i < run.peer_count);
    return &run.peers[i];
}

/* ---- comparing ---- */
static void same(const char *what, yata_bytes expected, yata_bytes seen) {
    run.checks++;
    if (bytes_equal(expected, seen)) return;
    printf("seed %llu: %s differs\n", (unsigned long long)run.seed, what);
    bytes_print(stdout, "y-protocols", expected);
    bytes_print(stdout, "yata       ", seen);
    exit(1);
}

static void good(yata_status status, const char *what) {
    if (status == YATA_OK) return;
    printf("seed %llu: %s: %s\n", (unsigned long long)run.seed, what, yata_status_name(status));
    exit(1);
}

/* ---- peers ---- */
static uint64_t time_of(void *ctx) {
    (void)ctx;
    return run.now;
}

static void log_clients(yata_buffer *log, char sign, const uint64_t *clients, size_t count) {
    char word[32];
    for (size_t i = 0; i < count; i++) {
        int n = snprintf(word, sizeof word, " %c%llu", sign, (unsigned long long)clients[i]);
        REQUIRE(yata_buffer_append(log, word, (size_t)n) == YATA_OK);
    }
}

static void log_event(yata_buffer *log, const char *name, const yata_awareness_event *event) {
    REQUIRE(yata_buffer_append(log, name, strlen(name)) == YATA_OK);
    REQUIRE(yata_buffer_append(log, event->origin.data, event->origin.len) == YATA_OK);
    log_clients(log, '+', event->added, event->added_count);
    log_clients(log, '~', event->updated, event->updated_count);
    log_clients(log, '-', event->removed, event->removed_count);
    REQUIRE(yata_buffer_append(log, "\n", 1) == YATA_OK);
}

static void on_change(void *ctx, yata_awareness *a, const yata_awareness_event *event) {
    (void)a;
    log_event(ctx, "change ", event);
}

static void on_update(void *ctx, yata_awareness *a, const yata_awareness_event *event) {
    (void)a;
    log_event(ctx, "update ", event);
}

static void drain(yata_sync *s) {
    yata_bytes message;
    do good(yata_sync_next(s, &message), "next");
    while (message.data);
}

static yata_sync *session(peer *p) {
    yata_sync_options options = yata_sync_options_default();
    options.origin = (yata_bytes){(const uint8_t *)"net", 3};
    yata_sync *s = NULL;
    good(yata_sync_new(p->hub, &options, &s), "session");
    good(yata_sync_connect(s), "connect");
    drain(s);
    return s;
}

static void peer_open(peer *p, uint64_t client) {
    uint32_t subscription;
    yata_doc_options options = yata_doc_options_default();
    options.client_id = client;
    good(yata_doc_new(&options, &p->doc), "document");
    yata_awareness_options watched = yata_awareness_options_default();
    watched.client_id = client;
    watched.now = time_of;
    good(yata_awareness_new(&watched, &p->awareness), "awareness");
    yata_buffer_init(&p->log, NULL);
    good(yata_awareness_observe_change(p->awareness, on_change, &p->log, &subscription), "observe");
    good(yata_awareness_observe_update(p->awareness, on_update, &p->log, &subscription), "observe");
    good(yata_sync_hub_new(p->doc, p->awareness, NULL, &p->hub), "hub");
    p->in = session(p);
    p->out = session(p);
}

static void peers_close(void) {
    for (uint32_t i = 0; i < run.peer_count; i++) {
        peer *p = &run.peers[i];
        const char *what = NULL;
        if (!yata_doc_check(p->doc, &what)) FAIL(what ? what : "check");
        yata_sync_hub_free(p->hub);
        yata_awareness_free(p->awareness);
        yata_doc_free(p->doc);
        yata_buffer_free(&p->log);
    }
    run.peer_count = 0;
}

static void begin_program(void) {
    peers_close();
    run.seed = number();
    run.now = number();
    uint32_t n = (uint32_t)number();
    REQUIRE(n <= PEERS);
    run.programs++;
    for (run.peer_count = 0; run.peer_count < n; run.peer_count++) peer_open(&run.peers[run.peer_count], number());
}

/* ---- awareness ---- */
static void set_local(void) {
    peer *p = peer_number();
    good(yata_awareness_set_local(p->awareness, text(), NULL), "set local");
}

static void set_field(void) {
    peer *p = peer_number();
    yata_str name = text(), json = text();
    good(yata_awareness_set_local_field(p->awareness, name, json, NULL), "set field");
}

static void apply_awareness(void) {
    peer *p = peer_number();
    yata_bytes update = bytes();
    good(yata_awareness_apply(p->awareness, update, (yata_bytes){(const uint8_t *)"net", 3}, NULL), "apply awareness");
}

static size_t clients(uint64_t *out, size_t max) {
    size_t n = (size_t)number();
    REQUIRE(n <= max);
    for (size_t i = 0; i < n; i++) out[i] = number();
    return n;
}

static void remove_clients(void) {
    uint64_t list[64];
    peer *p = peer_number();
    size_t n = clients(list, 64);
    good(yata_awareness_remove(p->awareness, list, n, (yata_bytes){(const uint8_t *)"gone", 4}), "remove");
}

static void pass_time(void) {
    run.now = number();
    for (uint32_t i = 0; i < run.peer_count; i++) good(yata_awareness_tick(run.peers[i].awareness), "tick");
}

static void compare_awareness(void) {
    static const uint8_t query[] = {3};
    uint64_t list[64];
    peer *p = peer_number();
    yata_bytes all = bytes(), seen;
    drain(p->in);
    good(yata_sync_receive(p->in, (yata_bytes){query, 1}, NULL), "query");
    good(yata_sync_next(p->in, &seen), "next");
    same("the message of all states", all, seen);
    size_t n = clients(list, 64);
    yata_buffer out;
    yata_buffer_init(&out, NULL);
    good(yata_awareness_encode(p->awareness, list, n, &out), "encode");
    same("an awareness update", bytes(), bytes_of(&out));
    yata_buffer_free(&out);
}

static void compare_log(void) {
    peer *p = peer_number();
    same("the events", bytes(), bytes_of(&p->log));
    p->log.len = 0;
}

static yata_status by_server(void *ctx, const yata_awareness_entry *entry, yata_buffer *out) {
    (void)ctx;
    yata_status status = yata_buffer_append(out, "{\"was\":", 7);
    if (!status) status = yata_buffer_append(out, entry->json.data, entry->json.len);
    return status ? status : yata_buffer_append(out, ",\"by\":\"server\"}", 15);
}

static void modify(void) {
    yata_bytes update = bytes();
    yata_buffer out;
    yata_buffer_init(&out, NULL);
    good(yata_awareness_update_modify(update, by_server, NULL, &out, NULL), "modify");
    same("a modified update", bytes(), bytes_of(&out));
    yata_buffer_free(&out);
}

/* ---- documents ---- */
static void edit(int kind) {
    peer *p = peer_number();
    yata_txn *txn;
    yata_type type;
    drain(p->out);
    good(yata_doc_root(p->doc, str_of(kind == 'm' ? "m" : "t"), kind == 'm' ? YATA_KIND_MAP : YATA_KIND_TEXT, &type),
         "root");
    good(yata_txn_begin(p->doc, no_bytes(), &txn), "begin");
    if (kind == 'i') {
        uint32_t at = (uint32_t)number();
        good(yata_text_insert(type, txn, at, text()), "insert");
    } else if (kind == 'd') {
        uint32_t at = (uint32_t)number();
        good(yata_text_delete(type, txn, at, (uint32_t)number()), "delete");
    } else {
        yata_str key = text();
        yata_value value = {.kind = YATA_VALUE_INT, .u.integer = (int64_t)number()};
        good(yata_map_set(type, txn, key, &value), "set");
    }
    good(yata_txn_commit(txn), "commit");
}

static void compare_told(void) {
    peer *p = peer_number();
    yata_bytes seen;
    for (uint64_t n = number(); n > 0; n--) {
        yata_bytes expected = bytes();
        good(yata_sync_next(p->out, &seen), "next");
        same("an update message", expected, seen);
    }
    good(yata_sync_next(p->out, &seen), "next");
    same("silence", no_bytes(), seen);
}

static void compare_question(void) {
    peer *p = peer_number();
    yata_bytes expected = bytes(), seen;
    drain(p->in);
    good(yata_sync_request(p->in), "request");
    good(yata_sync_next(p->in, &seen), "next");
    same("step 1", expected, seen);
}

/* The sender is not told again; a question of ours (something waits) is none of y-protocols. */
static void give(void) {
    peer *p = peer_number();
    yata_bytes message = bytes(), reply = bytes(), seen;
    drain(p->in);
    drain(p->out);
    yata_pending before;
    yata_doc_pending(p->doc, &before);
    bool waited = before.blocks || before.deletes;
    good(yata_sync_receive(p->in, message, NULL), "receive");
    do good(yata_sync_next(p->in, &seen), "next");
    while (seen.len > 1 && seen.data[0] == 0 && (seen.data[1] == 0 || (waited && seen.data[1] == 2)));
    same("the reply", reply, seen);
}

static void compare_document(void) {
    peer *p = peer_number();
    yata_buffer out;
    yata_buffer_init(&out, NULL);
    good(yata_doc_encode_state(p->doc, &out), "state");
    same("the state", bytes(), bytes_of(&out));
    out.len = 0;
    good(yata_doc_encode_state_vector(p->doc, &out), "vector");
    same("the state vector", bytes(), bytes_of(&out));
    yata_buffer_free(&out);
}

static void compare_denied(void) {
    yata_str reason = text();
    yata_buffer out;
    yata_buffer_init(&out, NULL);
    good(yata_message_write_denied(&out, reason), "denied");
    same("the refusal", bytes(), bytes_of(&out));
    yata_buffer_free(&out);
}

static bool record(int c) {
    switch (c) {
    case 'P':
        begin_program();
        return true;
    case 'L':
        set_local();
        return true;
    case 'F':
        set_field();
        return true;
    case 'A':
        apply_awareness();
        return true;
    case 'R':
        remove_clients();
        return true;
    case 'T':
        pass_time();
        return true;
    case 'C':
        compare_awareness();
        return true;
    case 'l':
        compare_log();
        return true;
    case 'M':
        modify();
        return true;
    case 'i':
    case 'd':
    case 'm':
        edit(c);
        return true;
    case 'u':
        compare_told();
        return true;
    case 's':
        compare_question();
        return true;
    case 'g':
        give();
        return true;
    case 'e':
        compare_document();
        return true;
    case 'x':
        compare_denied();
        return true;
    default:
        return false;
    }
}

int main(void) {
    int c;
    for (int i = 0; i < 4; i++) yata_buffer_init(&run.field[i], NULL);
    while ((c = getchar()) != 'Z') {
        if (c == EOF || !record(c)) FAIL("the stream ended or makes no sense");
    }
    peers_close();
    for (int i = 0; i < 4; i++) yata_buffer_free(&run.field[i]);
    printf("%llu programs, %llu comparisons, no difference\n", (unsigned long long)run.programs,
           (unsigned long long)run.checks);
    return run.programs ? 0 : 1;
}
