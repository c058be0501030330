/* SPDX-License-Identifier: MIT */
/* session.c - see session.h. Reading order: comparing, targets of edits, edits, exchange, the end. */
#include "property/session.h"

static uint32_t below(session *s, uint32_t n) {
    return s->source.below(s->source.ctx, n);
}

/* ---- comparing an engine with its twin ---- */

static void put(yata_buffer *out, const char *text) {
    REQUIRE(yata_buffer_append(out, text, strlen(text)) == YATA_OK);
}

static void put_type(yata_type type, yata_buffer *out);

static void put_value(const yata_value *value, yata_buffer *out) {
    if (value->kind == YATA_VALUE_TYPE)
        put_type(value->u.type, out);
    else
        REQUIRE(yata_value_to_json(value, out) == YATA_OK);
}

static void put_array(yata_type array, yata_buffer *out) {
    yata_array_iter iter;
    yata_value value;
    uint32_t length, n = 0;
    put(out, "[");
    REQUIRE(yata_array_iter_init(&iter, array) == YATA_OK);
    REQUIRE(yata_array_length(array, &length) == YATA_OK);
    while (yata_array_iter_next(&iter, &value)) {
        if (n++) put(out, ",");
        put_value(&value, out);
    }
    REQUIRE(n == length);
    put(out, "]");
}

/* Keys in alphabetical order: the twin does not know in which order they were set. */
static void put_map(yata_type map, yata_buffer *out) {
    yata_map_iter iter;
    yata_value value, found;
    yata_str key;
    uint32_t size, n = 0, seen = 0;
    REQUIRE(yata_map_iter_init(&iter, map) == YATA_OK);
    while (yata_map_iter_next(&iter, &key, &value)) {
        REQUIRE(key.len == 1);
        REQUIRE(yata_map_get(map, key, &found) == YATA_OK && found.kind == value.kind);
        seen++;
    }
    put(out, "{");
    for (char letter = 1; letter < 127; letter++) {
        if (yata_map_get(map, (yata_str){&letter, 1}, &value) != YATA_OK) continue;
        char name[8];
        snprintf(name, sizeof name, "%s\"%c\":", n++ ? "," : "", letter);
        put(out, name);
        put_value(&value, out);
    }
    put(out, "}");
    REQUIRE(yata_map_size(map, &size) == YATA_OK);
    REQUIRE(n == size && n == seen);
}

/* Recursion: as deep as session_edit nests types. */
static void put_type(yata_type type, yata_buffer *out) {
    yata_kind kind;
    REQUIRE(yata_type_kind(type, &kind) == YATA_OK);
    if (kind == YATA_KIND_ARRAY) {
        put_array(type, out);
    } else if (kind == YATA_KIND_MAP) {
        put_map(type, out);
    } else {
        REQUIRE(kind == YATA_KIND_TEXT);
        put(out, "\"");
        REQUIRE(yata_text_read(type, out) == YATA_OK);
        put(out, "\"");
    }
}

static const oracle_what root_what[SESSION_ROOTS] = {ORACLE_TEXT, ORACLE_ARRAY, ORACLE_MAP};
static const char *const root_name[SESSION_ROOTS] = {"t", "a", "m"};

static yata_kind kind_of(oracle_what what) {
    return what == ORACLE_TEXT ? YATA_KIND_TEXT : what == ORACLE_ARRAY ? YATA_KIND_ARRAY : YATA_KIND_MAP;
}

static yata_type root_of(yata_doc *doc, uint32_t root) {
    yata_type type;
    REQUIRE(yata_doc_root(doc, str_of(root_name[root]), kind_of(root_what[root]), &type) == YATA_OK);
    return type;
}

static yata_id root_id(uint32_t root) {
    return (yata_id){ORACLE_ROOT, root};
}

static void print_update(const char *label, uint32_t peer, yata_bytes update) {
    yata_buffer log;
    yata_buffer_init(&log, NULL);
    (void)yata_update_log(update, &log, NULL);
    fprintf(stderr, "%s %u\n%.*s", label, peer, (int)log.len, (const char *)log.data);
    yata_buffer_free(&log);
}

static void print_state(uint32_t peer, const yata_doc *doc) {
    yata_buffer state;
    yata_buffer_init(&state, NULL);
    if (yata_doc_encode_state(doc, &state) == YATA_OK) print_update("state of", peer, bytes_of(&state));
    yata_buffer_free(&state);
}

static void check(session *s, uint32_t peer) {
    session_peer *p = &s->peers[peer];
    const char *broken = NULL;
    if (!yata_doc_check(p->doc, &broken)) {
        fprintf(stderr, "peer %u: %s\n", peer, broken ? broken : "check");
        FAIL("yata_doc_check");
    }
    yata_pending pending;
    yata_doc_pending(p->doc, &pending);
    if ((pending.blocks + pending.deletes != 0) != (oracle_pending(p->twin) != 0)) {
        fprintf(stderr, "peer %u: waiting: engine %u blocks, %u deletions; twin %u\n", peer, pending.blocks,
                pending.deletes, oracle_pending(p->twin));
        FAIL("the same things wait in engine and twin");
    }
    yata_buffer engine, twin;
    yata_buffer_init(&engine, NULL);
    yata_buffer_init(&twin, NULL);
    for (uint32_t i = 0; i < SESSION_ROOTS; i++) {
        engine.len = twin.len = 0;
        put_type(root_of(p->doc, i), &engine);
        oracle_json(p->twin, root_id(i), root_what[i], &twin);
        if (bytes_equal(bytes_of(&engine), bytes_of(&twin))) continue;
        fprintf(stderr, "peer %u, root %s\nengine %.*s\ntwin   %.*s\n", peer, root_name[i], (int)engine.len,
                (const char *)engine.data, (int)twin.len, (const char *)twin.data);
        print_state(peer, p->doc);
        FAIL("the engine equals its twin");
    }
    yata_buffer_free(&engine);
    yata_buffer_free(&twin);
}

/* The state loaded into a fresh document is the same document, with the same things waiting. */
static void check_reload(session *s, uint32_t peer) {
    session_peer *p = &s->peers[peer];
    yata_buffer state, again, vector, vector_again;
    yata_buffer_init(&state, NULL);
    yata_buffer_init(&again, NULL);
    yata_buffer_init(&vector, NULL);
    yata_buffer_init(&vector_again, NULL);
    yata_doc_options options = yata_doc_options_default();
    options.client_id = 4000000000u;
    options.keep_deleted = true;
    options.allocator = &s->allocator;
    yata_doc *doc;
    REQUIRE(yata_doc_new(&options, &doc) == YATA_OK);
    REQUIRE(yata_doc_encode_state(p->doc, &state) == YATA_OK);
    yata_fault fault = yata_update_check(bytes_of(&state), &s->allocator);
    REQUIRE(fault.status == YATA_OK);
    REQUIRE(yata_doc_apply(doc, bytes_of(&state), no_bytes(), NULL) == YATA_OK);
    REQUIRE(yata_doc_check(doc, NULL));
    REQUIRE(yata_doc_encode_state_vector(p->doc, &vector) == YATA_OK);
    REQUIRE(yata_doc_encode_state_vector(doc, &vector_again) == YATA_OK);
    REQUIRE(bytes_equal(bytes_of(&vector), bytes_of(&vector_again)));
    yata_pending a, b;
    yata_doc_pending(p->doc, &a);
    yata_doc_pending(doc, &b);
    REQUIRE((a.blocks != 0) == (b.blocks != 0) && (a.deletes != 0) == (b.deletes != 0));
    yata_buffer left, right;
    yata_buffer_init(&left, NULL);
    yata_buffer_init(&right, NULL);
    for (uint32_t i = 0; i < SESSION_ROOTS; i++) {
        put_type(root_of(p->doc, i), &left);
        put_type(root_of(doc, i), &right);
    }
    REQUIRE(bytes_equal(bytes_of(&left), bytes_of(&right)));
    yata_doc_free(doc);
    yata_buffer_free(&left);
    yata_buffer_free(&right);
    yata_buffer_free(&state);
    yata_buffer_free(&again);
    yata_buffer_free(&vector);
    yata_buffer_free(&vector_again);
}

void session_normal_form(yata_doc *doc, yata_buffer *out) {
    yata_doc_options options = yata_doc_options_default();
    options.client_id = 4000000001u;
    yata_doc *fresh;
    REQUIRE(yata_doc_new(&options, &fresh) == YATA_OK);
    yata_buffer state;
    yata_buffer_init(&state, NULL);
    REQUIRE(yata_doc_encode_state(doc, &state) == YATA_OK);
    REQUIRE(yata_doc_apply(fresh, bytes_of(&state), no_bytes(), NULL) == YATA_OK);
    REQUIRE(yata_doc_encode_state(fresh, out) == YATA_OK);
    yata_doc_free(fresh);
    yata_buffer_free(&state);
}

/* ---- edits ---- */

typedef struct target {
    yata_type type; /* in the engine */
    yata_id id;     /* in the twin */
    oracle_what what;
} target;

static target pick_target(session *s, session_peer *p) {
    uint32_t root = below(s, SESSION_ROOTS);
    target t = {root_of(p->doc, root), root_id(root), root_what[root]};
    for (uint32_t depth = 0; depth < 4 && t.what != ORACLE_TEXT && below(s, 3) > 0; depth++) {
        yata_id id;
        oracle_what what;
        uint32_t index;
        char key;
        if (!oracle_child(p->twin, t.id, below(s, 3), &id, &what, &index, &key)) break;
        yata_value value;
        if (t.what == ORACLE_ARRAY)
            REQUIRE(yata_array_get(t.type, index, &value) == YATA_OK);
        else
            REQUIRE(yata_map_get(t.type, (yata_str){&key, 1}, &value) == YATA_OK);
        REQUIRE(value.kind == YATA_VALUE_TYPE);
        t = (target){value.u.type, id, what};
    }
    return t;
}

static const struct word {
    const char *utf8;
    uint16_t units[12];
    uint32_t count;
} words[] = {
    {"a", {'a'}, 1},
    {"b", {'b'}, 1},
    {"xyz", {'x', 'y', 'z'}, 3},
    {"\xC3\xA9", {0xE9}, 1},
    {"\xE6\x97\xA5\xE6\x9C\xAC", {0x65E5, 0x672C}, 2},
    {"\xF0\x9F\x98\x80", {0xD83D, 0xDE00}, 2},
    {"q\xF0\x9F\x98\x80\xF0\x9F\x91\x8Dw", {'q', 0xD83D, 0xDE00, 0xD83D, 0xDC4D, 'w'}, 6},
    {"hello world", {'h', 'e', 'l', 'l', 'o', ' ', 'w', 'o', 'r', 'l', 'd'}, 11},
};

static void edit_text(session *s, session_peer *p, yata_txn *txn, target t) {
    uint32_t length = oracle_length(p->twin, t.id), seen;
    REQUIRE(yata_text_length(t.type, &seen) == YATA_OK && seen == length);
    if (length == 0 || below(s, 5) < 3) {
        const struct word *w = &words[below(s, sizeof words / sizeof *words)];
        uint32_t at = below(s, length + 1);
        REQUIRE(yata_text_insert(t.type, txn, at, str_of(w->utf8)) == YATA_OK);
        oracle_text_insert(p->twin, t.id, at, w->units, w->count);
    } else {
        uint32_t at = below(s, length), most = length - at, len = 1 + below(s, most < 5 ? most : 5);
        REQUIRE(yata_text_delete(t.type, txn, at, len) == YATA_OK);
        oracle_delete(p->twin, t.id, at, len);
    }
    REQUIRE(yata_text_insert(t.type, txn, UINT32_MAX, str_of("x")) == YATA_ERR_RANGE);
}

static oracle_content pick_content(session *s) {
    if (below(s, 4) > 0) return (oracle_content){ORACLE_NUMBER, (int32_t)below(s, 100)};
    return (oracle_content){(oracle_what)(ORACLE_TEXT + below(s, 3)), 0};
}

static void edit_array(session *s, session_peer *p, yata_txn *txn, target t) {
    uint32_t length = oracle_length(p->twin, t.id), seen;
    REQUIRE(yata_array_length(t.type, &seen) == YATA_OK && seen == length);
    if (length && below(s, 5) < 2) {
        uint32_t at = below(s, length), most = length - at, len = 1 + below(s, most < 3 ? most : 3);
        REQUIRE(yata_array_delete(t.type, txn, at, len) == YATA_OK);
        oracle_delete(p->twin, t.id, at, len);
        return;
    }
    bool push = below(s, 3) == 0;
    uint32_t at = below(s, length + 1);
    oracle_content content = pick_content(s);
    if (content.what == ORACLE_NUMBER) {
        yata_value values[4];
        uint32_t count = 1 + below(s, 4);
        for (uint32_t i = 0; i < count; i++) {
            values[i] = (yata_value){.kind = YATA_VALUE_INT, .u.integer = content.number + (int32_t)i};
            oracle_content one = {ORACLE_NUMBER, content.number + (int32_t)i};
            if (push)
                oracle_array_push(p->twin, t.id, one);
            else
                oracle_array_insert(p->twin, t.id, at + i, one);
        }
        REQUIRE((push ? yata_array_push(t.type, txn, values, count)
                      : yata_array_insert(t.type, txn, at, values, count)) == YATA_OK);
    } else {
        yata_type made;
        REQUIRE((push ? yata_array_push_type(t.type, txn, kind_of(content.what), str_of(""), &made)
                      : yata_array_insert_type(t.type, txn, at, kind_of(content.what), str_of(""), &made)) == YATA_OK);
        if (push)
            oracle_array_push(p->twin, t.id, content);
        else
            oracle_array_insert(p->twin, t.id, at, content);
    }
}

static void edit_map(session *s, session_peer *p, yata_txn *txn, target t) {
    char letter = (char)('a' + below(s, 4));
    yata_str key = {&letter, 1};
    if (below(s, 4) == 0) {
        bool had = oracle_map_delete(p->twin, t.id, letter);
        REQUIRE(yata_map_delete(t.type, txn, key) == (had ? YATA_OK : YATA_ERR_NOT_FOUND));
        return;
    }
    oracle_content content = pick_content(s);
    oracle_map_set(p->twin, t.id, letter, content);
    if (content.what == ORACLE_NUMBER) {
        yata_value value = {.kind = YATA_VALUE_INT, .u.integer = content.number};
        REQUIRE(yata_map_set(t.type, txn, key, &value) == YATA_OK);
    } else {
        yata_type made;
        REQUIRE(yata_map_set_type(t.type, txn, key, kind_of(content.what), str_of(""), &made) == YATA_OK);
    }
}

static void keep_update(session *s, yata_bytes bytes, oracle_message message) {
    if ((s->log_count & (s->log_count - 1)) == 0) {
        s->log = realloc(s->log, (s->log_count ? (size_t)s->log_count * 2 : 1) * sizeof *s->log);
        REQUIRE(s->log);
    }
    uint8_t *copy = malloc(bytes.len);
    REQUIRE(copy);
    memcpy(copy, bytes.data, bytes.len);
    s->log[s->log_count++] = (session_update){{copy, bytes.len}, message};
}

void session_edit(session *s, uint32_t peer) {
    session_peer *p = &s->peers[peer];
    yata_txn *txn;
    p->events = 0;
    REQUIRE(yata_txn_begin(p->doc, no_bytes(), &txn) == YATA_OK);
    for (uint32_t ops = 1 + below(s, 4); ops > 0; ops--) {
        target t = pick_target(s, p);
        if (t.what == ORACLE_TEXT)
            edit_text(s, p, txn, t);
        else if (t.what == ORACLE_ARRAY)
            edit_array(s, p, txn, t);
        else
            edit_map(s, p, txn, t);
    }
    REQUIRE(yata_txn_commit(txn) == YATA_OK);
    oracle_message message = oracle_take(p->twin);
    bool changed = message.entry_count || message.deleted_count;
    REQUIRE(p->events == (changed ? 1u : 0u));
    if (changed) keep_update(s, bytes_of(&p->event), message);
    if (changed && s->verbose) print_update("edit of", peer, bytes_of(&p->event));
    check(s, peer);
}

/* ---- the network ---- */

static void apply(session *s, uint32_t peer, yata_bytes update, const oracle_message *message) {
    session_peer *p = &s->peers[peer];
    p->events = 0;
    yata_apply_result result;
    if (s->verbose) print_update("apply to", peer, update);
    REQUIRE(yata_doc_apply(p->doc, update, no_bytes(), &result) == YATA_OK);
    REQUIRE(p->events <= 1);
    oracle_apply(p->twin, message);
    check(s, peer);
    REQUIRE(result.pending == (oracle_pending(p->twin) != 0));
}

void session_deliver(session *s, uint32_t peer, uint32_t update) {
    apply(s, peer, s->log[update].bytes, &s->log[update].message);
}

void session_exchange(session *s, uint32_t from, uint32_t to, bool diff) {
    yata_buffer vector, update;
    yata_buffer_init(&vector, NULL);
    yata_buffer_init(&update, NULL);
    if (diff) REQUIRE(yata_doc_encode_state_vector(s->peers[to].doc, &vector) == YATA_OK);
    REQUIRE(yata_doc_encode_diff(s->peers[from].doc, bytes_of(&vector), &update) == YATA_OK);
    oracle_message message = oracle_state(s->peers[from].twin);
    apply(s, to, bytes_of(&update), &message);
    oracle_message_free(&message);
    yata_buffer_free(&vector);
    yata_buffer_free(&update);
}

void session_step(session *s) {
    uint32_t peer = below(s, s->peer_count), what = below(s, 16);
    if (s->log_count == 0 || what < 8) {
        session_edit(s, peer);
    } else if (what < 13) {
        uint32_t recent = s->log_count < 4 ? s->log_count : 4;
        session_deliver(s, peer, below(s, 2) ? s->log_count - 1 - below(s, recent) : below(s, s->log_count));
    } else if (what < 15) {
        session_exchange(s, below(s, s->peer_count), peer, what == 13);
    } else {
        check_reload(s, peer);
    }
}

/* ---- beginning and end ---- */

static void on_update(void *ctx, yata_doc *doc, const yata_txn *txn, yata_bytes update) {
    (void)doc, (void)txn;
    session_peer *p = ctx;
    p->events++;
    p->event.len = 0;
    REQUIRE(yata_buffer_append(&p->event, update.data, update.len) == YATA_OK);
}

void session_begin(session *s, session_source source, uint32_t peers) {
    static const uint64_t bases[] = {1, 300, 0xFFFFFFF0u, (UINT64_C(1) << 53) - 16};
    *s = (session){.source = source, .peer_count = peers, .verbose = getenv("YATA_VERBOSE") != NULL};
    REQUIRE(peers >= 1 && peers <= SESSION_PEERS);
    s->allocator = counted_allocator(&s->memory);
    uint64_t base = bases[below(s, 4)];
    bool down = below(s, 2);
    for (uint32_t i = 0; i < peers; i++) {
        session_peer *p = &s->peers[i];
        yata_doc_options options = yata_doc_options_default();
        options.client_id = base + (down ? peers - i : i);
        options.keep_deleted = below(s, 3) == 0;
        options.allocator = &s->allocator;
        REQUIRE(yata_doc_new(&options, &p->doc) == YATA_OK);
        p->twin = oracle_new(options.client_id, !options.keep_deleted);
        yata_buffer_init(&p->event, NULL);
        uint32_t subscription;
        REQUIRE(yata_doc_observe_update(p->doc, on_update, p, &subscription) == YATA_OK);
    }
}

void session_converge(session *s) {
    for (uint32_t peer = 0; peer < s->peer_count; peer++) {
        uint32_t turn = s->log_count ? below(s, s->log_count) : 0;
        for (uint32_t i = 0; i < s->log_count; i++) session_deliver(s, peer, (i + turn) % s->log_count);
    }
    yata_buffer first, other;
    yata_buffer_init(&first, NULL);
    yata_buffer_init(&other, NULL);
    session_normal_form(s->peers[0].doc, &first);
    for (uint32_t peer = 0; peer < s->peer_count; peer++) {
        REQUIRE(oracle_pending(s->peers[peer].twin) == 0);
        check_reload(s, peer);
        other.len = 0;
        session_normal_form(s->peers[peer].doc, &other);
        if (!bytes_equal(bytes_of(&first), bytes_of(&other))) {
            bytes_print(stderr, "peer 0", bytes_of(&first));
            bytes_print(stderr, "other ", bytes_of(&other));
            FAIL("all peers end in the same normal form");
        }
    }
    yata_buffer_free(&first);
    yata_buffer_free(&other);
}

void session_end(session *s) {
    for (uint32_t i = 0; i < s->peer_count; i++) {
        yata_doc_free(s->peers[i].doc);
        oracle_free(s->peers[i].twin);
        yata_buffer_free(&s->peers[i].event);
    }
    for (uint32_t i = 0; i < s->log_count; i++) {
        free((void *)s->log[i].bytes.data);
        oracle_message_free(&s->log[i].message);
    }
    free(s->log);
    REQUIRE(s->memory.live == 0);
}
