/* SPDX-License-Identifier: MIT */
/*
 * run.c - replays the programs of program.mjs and compares every byte with what yjs answered.
 *
 *   stream   := program* 'Z'
 *   program  := 'P' seed stages+nesting*2+trees*4 peers { client keepDeleted unit } record*
 *   record   := '#' step                             what follows belongs to this step
 *             | 'B' peer origin | 'E' events           a local transaction begins, ends; 'j' update: applied inside
 *             | op type ...                          inside one: i d I f e M + (text) a p n T x (array) s t u c (map)
 *             | 'A' peer origin v2 update events     apply
 *             | 'S' peer state state2 | 'V' peer vector | 'D' peer vector diff diff2 | 'W' peer blocks deletes
 *             | 'J' peer root kind json | 'Q' peer type delta | '=' peer type attributes
 *             | 'o' peer type number deep+delta*2 | 'r' peer number    observe, unobserve
 *             | 'K' | 'X' op* 'Y'                      inside an observer (observe.c)
 *             | '<' | '@' | '>' | '%'                XML and subdocuments (tree.c)
 *             | '^'                                    undo managers (undo.c)
 *             | 'm' | 'q' | 'v' | 'k' | 'N' | 'O'      updates without a document (without.c)
 *             | '!' quirk                              yjs was put right (excuse.c)
 *             | 'F'                                    yjs threw: nothing more is compared in this program
 *   type     := root kind n { 0 index | 1 key | 2 embedded }   the step leads to a type; embedded: counts types in a
 * text events: 'L', the calls of observers, how many updates, and each, how many of format v2, and each. Numbers are
 * varints, strings and bytes have their length in front.
 *
 * usage: run [--verbose] [--all] < stream          --all: go on with the next program after a difference
 */
#include "run.h"

struct field {
    struct field *next;
    uint8_t data[];
};

struct run_state run;

/* ---- reading ---- */

int letter(void) {
    return getchar();
}

uint64_t number(void) {
    uint64_t v = 0;
    for (unsigned shift = 0;; shift += 7) {
        int c = getchar();
        REQUIRE(c != EOF && shift < 64);
        v |= (uint64_t)(c & 127) << shift;
        if (c < 128) return v;
    }
}

yata_bytes bytes(void) {
    size_t len = (size_t)number();
    field *f = malloc(sizeof *f + len);
    REQUIRE(f);
    f->next = run.fields;
    run.fields = f;
    REQUIRE(fread(f->data, 1, len, stdin) == len);
    return (yata_bytes){f->data, len};
}

static void fields_free(void) {
    while (run.fields) {
        field *next = run.fields->next;
        free(run.fields);
        run.fields = next;
    }
}

/* ---- telling ---- */

void print_log(const char *label, yata_bytes update, bool v2) {
    yata_buffer out;
    yata_buffer_init(&out, NULL);
    yata_fault fault;
    yata_status status = v2 ? yata_update_log_v2(update, &out, &fault) : yata_update_log(update, &out, &fault);
    printf("%s:\n%.*s", label, (int)out.len, out.data ? (const char *)out.data : "");
    if (status != YATA_OK) printf("  (%s at %zu)\n", yata_status_name(status), fault.offset);
    yata_buffer_free(&out);
}

void fail(const char *what) {
    printf("seed %llu step %llu: %s\n", (unsigned long long)run.seed, (unsigned long long)run.step, what);
    fflush(stdout);
    run.dead = true;
    run.failed++;
    if (!run.all) exit(1);
}

void expect_ok(yata_status status, const char *what) {
    if (run.dead || status == YATA_OK) return;
    printf("%s: ", yata_status_name(status));
    fail(what);
}

void expect_bytes(const char *what, yata_bytes expected, yata_bytes got, content kind) {
    run.checks++;
    if (run.dead || bytes_equal(expected, got)) return;
    if (!run.all || run.verbose) {
        bytes_print(stdout, "  yjs ", expected);
        bytes_print(stdout, "  yata", got);
        if (kind != PLAIN) {
            print_log("  yjs", expected, kind == UPDATE_V2);
            print_log("  yata", got, kind == UPDATE_V2);
        }
    }
    fail(what);
}

static void say(const char *what, uint64_t who) {
    if (run.verbose && !run.dead) printf("%s %llu\n", what, (unsigned long long)who);
}

static void say_bytes(const char *what, yata_bytes b) {
    if (run.verbose && !run.dead) bytes_print(stdout, what, b);
}

/* ---- a program ---- */

static void on_update(void *ctx, yata_doc *doc, const yata_txn *txn, yata_bytes update) {
    (void)doc, (void)txn;
    peer *p = ctx;
    yata_buffer *event = &p->event[p->events < EVENTS ? p->events : EVENTS - 1];
    p->events++;
    log_letter(p, 'u');
    event->len = 0;
    REQUIRE(yata_buffer_append(event, update.data, update.len) == YATA_OK);
}

static void on_update_v2(void *ctx, yata_doc *doc, const yata_txn *txn, yata_bytes update) {
    (void)doc, (void)txn;
    peer *p = ctx;
    yata_buffer *event = &p->event_v2[p->events_v2 < EVENTS ? p->events_v2 : EVENTS - 1];
    p->events_v2++;
    event->len = 0;
    REQUIRE(yata_buffer_append(event, update.data, update.len) == YATA_OK);
}

static void program_end(void) {
    undo_end();
    for (uint32_t i = 0; i < run.peer_count; i++) {
        yata_doc_free(run.peers[i].doc);
        for (int e = 0; e < EVENTS; e++) {
            yata_buffer_free(&run.peers[i].event[e]);
            yata_buffer_free(&run.peers[i].event_v2[e]);
        }
        observers_end(&run.peers[i]);
    }
    run.peer_count = 0;
    run.txn = NULL;
    if (run.memory.live != 0) fail("memory leaks");
}

static void program_begin(void) {
    program_end();
    run.dead = run.nested = false;
    run.seed = number();
    uint64_t flags = number();
    run.stages = flags & 1;
    run.nesting = flags & 2;
    run.trees = flags & 4;
    run.peer_count = (uint32_t)number();
    REQUIRE(run.peer_count <= PEERS);
    say("program", run.seed);
    for (uint32_t i = 0; i < run.peer_count; i++) {
        peer *p = &run.peers[i];
        yata_doc_options options = yata_doc_options_default();
        options.client_id = number();
        options.keep_deleted = number() != 0;
        options.offset_unit = (yata_offset_unit)number();
        options.allocator = &run.allocator;
        if (run.verbose)
            printf("peer %u: client %llu%s unit %d\n", i, (unsigned long long)options.client_id,
                   options.keep_deleted ? " keep_deleted" : "", (int)options.offset_unit);
        *p = (peer){0};
        for (int e = 0; e < EVENTS; e++) {
            yata_buffer_init(&p->event[e], NULL);
            yata_buffer_init(&p->event_v2[e], NULL);
        }
        REQUIRE(yata_doc_new(&options, &p->doc) == YATA_OK);
        uint32_t subscription;
        observers_begin(p);
        if (run.trees) trees_begin(p);
        REQUIRE(yata_doc_observe_update(p->doc, on_update, p, &subscription) == YATA_OK);
        REQUIRE(yata_doc_observe_update_v2(p->doc, on_update_v2, p, &subscription) == YATA_OK);
    }
    run.programs++;
    if (run.programs % 1000 == 0) fprintf(stderr, "%llu programs\n", (unsigned long long)run.programs);
}

peer *peer_number(void) {
    uint64_t i = number();
    REQUIRE(i < run.peer_count);
    run.writer = (uint32_t)i;
    return &run.peers[i];
}

/* With transactions inside observers, events of yjs hold blocks of later ones, too. */
static void check_updates(const yata_buffer *event, uint32_t events, bool v2) {
    uint64_t expected = number();
    REQUIRE(events <= EVENTS);
    for (uint32_t i = 0; i < expected; i++) {
        yata_bytes update = bytes();
        if (run.dead) continue;
        if (i < events) {
            if (run.nested && !bytes_equal(update, bytes_of(&event[i])) &&
                holds_later_blocks(update, &event[i], events - i - 1, v2))
                excuse(30);
            else
                expect_bytes("update event", update, bytes_of(&event[i]), v2 ? UPDATE_V2 : UPDATE);
        } else {
            print_log("  yjs", update, v2);
            fail("an update event is missing");
        }
    }
    if (!run.dead && events > expected) {
        if (expected < EVENTS) print_log("  yata", bytes_of(&event[expected]), v2);
        fail("one update event too many");
    }
}

void check_events(peer *p) {
    check_log(p);
    check_updates(p->event, p->events, false);
    check_updates(p->event_v2, p->events_v2, true);
    run.nested = false;
    p->events = p->events_v2 = 0;
    const char *broken = NULL;
    if (!run.dead && !yata_doc_check(p->doc, &broken)) fail(broken ? broken : "check");
}

static void apply(void) {
    peer *p = peer_number();
    yata_bytes origin = bytes();
    bool v2 = number() != 0;
    yata_bytes update = bytes();
    say(v2 ? "apply v2 to" : "apply to", run.writer);
    say_bytes("  update", update);
    if (run.verbose && !run.dead) print_log("  update", update, v2);
    if (!run.dead) expect_ok((v2 ? yata_doc_apply_v2 : yata_doc_apply)(p->doc, update, origin, NULL), "apply");
    check_events(p);
}

static void check_json(void) {
    peer *p = peer_number();
    yata_str name = str_from(bytes());
    yata_kind kind = (yata_kind)number();
    yata_bytes expected = bytes();
    if (run.dead) return;
    yata_buffer out;
    yata_buffer_init(&out, NULL);
    yata_type type;
    if (yata_doc_root_find(p->doc, name, &type) == YATA_OK) {
        expect_ok(yata_type_to_json_as(type, kind, &out), "to_json_as");
        expect_bytes("JSON, read as", expected, bytes_of(&out), PLAIN);
    }
    out.len = 0;
    expect_ok(yata_doc_root(p->doc, name, kind, &type), "root");
    if (!run.dead) expect_ok(yata_type_to_json(type, &out), "to_json");
    if (run.verbose)
        printf("json of %u %.*s: %.*s\n", run.writer, (int)name.len, name.data, (int)expected.len,
               (const char *)expected.data);
    expect_bytes("JSON", expected, bytes_of(&out), PLAIN);
    yata_buffer_free(&out);
}

static void check_delta(void) {
    (void)peer_number();
    yata_type type = target();
    yata_bytes expected = bytes();
    if (run.dead) return;
    yata_delta *delta;
    yata_buffer out;
    yata_buffer_init(&out, NULL);
    expect_ok(yata_delta_new(&run.allocator, &delta), "delta_new");
    expect_ok(yata_text_to_delta(type, delta), "to_delta");
    expect_ok(yata_delta_to_json(delta, &out), "delta_to_json");
    if (run.verbose) printf("delta of %u %.*s\n", run.writer, (int)expected.len, (const char *)expected.data);
    expect_bytes("delta", expected, bytes_of(&out), PLAIN);
    yata_buffer_free(&out);
    yata_delta_free(delta);
}

static void check_attributes(void) {
    (void)peer_number();
    yata_type type = target();
    yata_bytes expected = bytes();
    if (run.dead) return;
    yata_map_iter iter;
    yata_str key;
    yata_value value;
    yata_buffer out;
    yata_buffer_init(&out, NULL);
    expect_ok(yata_map_iter_init(&iter, type), "attributes");
    REQUIRE(yata_buffer_append(&out, "{", 1) == YATA_OK);
    while (!run.dead && yata_map_iter_next(&iter, &key, &value)) {
        if (value.kind == YATA_VALUE_UNDEFINED) continue;
        yata_value name = {.kind = YATA_VALUE_STRING, .u.string = key};
        if (out.len > 1) REQUIRE(yata_buffer_append(&out, ",", 1) == YATA_OK);
        expect_ok(yata_value_to_json(&name, &out), "key");
        REQUIRE(yata_buffer_append(&out, ":", 1) == YATA_OK);
        expect_ok(yata_value_to_json(&value, &out), "attribute");
    }
    REQUIRE(yata_buffer_append(&out, "}", 1) == YATA_OK);
    if (run.verbose) printf("attributes %.*s\n", (int)expected.len, (const char *)expected.data);
    expect_bytes("attributes", expected, bytes_of(&out), PLAIN);
    yata_buffer_free(&out);
}

static void check_encoding(int what) {
    peer *p = peer_number();
    yata_bytes vector = what == 'D' ? bytes() : no_bytes();
    yata_bytes expected = bytes(), expected2 = what == 'V' ? no_bytes() : bytes();
    if (run.dead) return;
    yata_buffer out, out2;
    yata_buffer_init(&out, NULL);
    yata_buffer_init(&out2, NULL);
    if (what == 'S') {
        say_bytes("state", expected);
        expect_ok(yata_doc_encode_state(p->doc, &out), "encode_state");
        expect_bytes("state", expected, bytes_of(&out), UPDATE);
        expect_ok(yata_doc_encode_state_v2(p->doc, &out2), "encode_state_v2");
        expect_bytes("state, v2", expected2, bytes_of(&out2), UPDATE_V2);
    } else if (what == 'D') {
        expect_ok(yata_doc_encode_diff(p->doc, vector, &out), "encode_diff");
        if (!bytes_equal(expected, bytes_of(&out))) bytes_print(stdout, "  vector", vector);
        expect_bytes("diff", expected, bytes_of(&out), UPDATE);
        expect_ok(yata_doc_encode_diff_v2(p->doc, vector, &out2), "encode_diff_v2");
        expect_bytes("diff, v2", expected2, bytes_of(&out2), UPDATE_V2);
    } else {
        expect_ok(yata_doc_encode_state_vector(p->doc, &out), "encode_state_vector");
        expect_bytes("state vector", expected, bytes_of(&out), PLAIN);
    }
    yata_buffer_free(&out);
    yata_buffer_free(&out2);
}

static void check_pending(void) {
    peer *p = peer_number();
    bool blocks = number() != 0, deletes = number() != 0;
    if (run.dead) return;
    yata_pending pending;
    yata_doc_pending(p->doc, &pending);
    if ((pending.blocks != 0) != blocks)
        fail("pending blocks");
    else if ((pending.deletes != 0) != deletes)
        fail("pending deletes");
}

/* ---- operations ---- */

/* The embedded type of a text before which there are `before` others. */
static yata_value embedded_type(yata_type text, uint64_t before) {
    yata_text_iter iter;
    yata_value value = {0};
    expect_ok(yata_text_iter_init(&iter, text), "path: text");
    while (!run.dead && yata_text_iter_next(&iter, &value))
        if (value.kind == YATA_VALUE_TYPE && before-- == 0) return value;
    return (yata_value){0};
}

yata_type target(void) {
    yata_str root = str_from(bytes());
    yata_kind kind = (yata_kind)number();
    yata_type type = {0};
    if (!run.dead) expect_ok(yata_doc_root(run.peers[run.writer].doc, root, kind, &type), "root");
    if (run.verbose) printf("[%.*s", (int)root.len, root.data);
    for (uint64_t n = number(); n > 0; n--) {
        yata_value value = {0};
        uint64_t step = number();
        if (step == 2) {
            uint64_t before = number();
            if (run.verbose) printf(" embedded %llu", (unsigned long long)before);
            if (!run.dead) value = embedded_type(type, before);
        } else if (step == 0) {
            uint32_t index = (uint32_t)number();
            if (run.verbose) printf(" %u", index);
            if (!run.dead) expect_ok(yata_array_get(type, index, &value), "path: array");
        } else {
            yata_str key = str_from(bytes());
            if (run.verbose) printf(" \"%.*s\"", (int)key.len, key.data);
            if (!run.dead) expect_ok(yata_map_get(type, key, &value), "path: map");
        }
        if (run.dead) continue;
        if (value.kind != YATA_VALUE_TYPE) fail("path: not a type");
        type = value.u.type;
    }
    if (run.verbose) printf("] ");
    return type;
}

/* The values inside the lib0 array `any`; numbers without fraction are also tried as integers. */
static size_t values_in(yata_bytes any, yata_value *values, size_t most) {
    yata_value array = {.kind = YATA_VALUE_ARRAY, .u.any = any};
    yata_value_iter iter;
    if (run.dead) return 0;
    expect_ok(yata_value_iter_init(&iter, &array), "value");
    size_t n = 0;
    while (!run.dead && n < most && yata_value_iter_next(&iter, NULL, &values[n])) {
        yata_value *v = &values[n++];
        if (run.seed % 2 && v->kind == YATA_VALUE_FLOAT && v->u.number > -9007199254740992.0 &&
            v->u.number < 9007199254740992.0 && v->u.number != 0 && v->u.number == (double)(int64_t)v->u.number) {
            int64_t whole = (int64_t)v->u.number;
            *v = (yata_value){.kind = YATA_VALUE_INT, .u.integer = whole};
        }
    }
    return n;
}

static yata_value object_value(void) {
    yata_value object = {.kind = YATA_VALUE_OBJECT, .u.any = bytes()};
    if (run.verbose && !run.dead) {
        yata_buffer json;
        yata_buffer_init(&json, NULL);
        if (yata_value_to_json(&object, &json) == YATA_OK) printf("%.*s ", (int)json.len, (const char *)json.data);
        yata_buffer_free(&json);
    }
    return object;
}

static void text_op(int op) {
    yata_type type = target();
    uint32_t at = (uint32_t)number();
    if (op == 'i' || op == 'I') {
        yata_str string = str_from(bytes());
        yata_value attributes = op == 'I' ? object_value() : (yata_value){0};
        if (run.verbose) printf("text insert %u \"%.*s\"\n", at, (int)string.len, string.data);
        if (run.dead) return;
        expect_ok(op == 'i' ? yata_text_insert(type, run.txn, at, string)
                            : yata_text_insert_with(type, run.txn, at, string, &attributes),
                  "text insert");
        return;
    }
    uint32_t len = (uint32_t)number();
    yata_value attributes = op == 'f' ? object_value() : (yata_value){0};
    if (run.verbose) printf("text %s %u %u\n", op == 'f' ? "format" : "delete", at, len);
    if (run.dead) return;
    expect_ok(op == 'f' ? yata_text_format(type, run.txn, at, len, &attributes)
                        : yata_text_delete(type, run.txn, at, len),
              "text delete or format");
}

static void delta_op(void) {
    yata_type type = target();
    yata_str json = str_from(bytes());
    yata_delta *delta;
    if (run.verbose) printf("apply delta %.*s\n", (int)json.len, json.data);
    if (run.dead) return;
    expect_ok(yata_delta_new(&run.allocator, &delta), "delta_new");
    expect_ok(yata_delta_from_json(delta, json, NULL), "delta_from_json");
    if (!run.dead) expect_ok(yata_text_apply_delta(type, run.txn, delta), "apply_delta");
    yata_delta_free(delta);
}

static void embed_op(int op) {
    yata_type type = target(), made;
    uint32_t at = (uint32_t)number();
    yata_kind kind = op == 'M' ? (yata_kind)number() : YATA_KIND_UNTYPED;
    yata_str name = op == 'M' ? str_from(bytes()) : str_of("");
    yata_value embed = {0};
    if (op == 'e') (void)values_in(bytes(), &embed, 1);
    yata_value attributes = object_value();
    if (run.verbose) printf("text embed %u %s\n", at, op == 'M' ? yata_kind_name(kind) : "a value");
    if (run.dead) return;
    expect_ok(op == 'e' ? yata_text_embed(type, run.txn, at, &embed, &attributes)
                        : yata_text_embed_type(type, run.txn, at, kind, name, &attributes, &made),
              "embed");
}

static void array_op(int op) {
    yata_type type = target(), made;
    uint32_t at = op == 'p' || op == 'T' ? 0 : (uint32_t)number();
    yata_value values[8];
    if (op == 'a' || op == 'p') {
        size_t n = values_in(bytes(), values, 8);
        if (run.verbose) printf("array %s %u: %zu values\n", op == 'a' ? "insert" : "push", at, n);
        if (run.dead) return;
        expect_ok(op == 'a' ? yata_array_insert(type, run.txn, at, values, n)
                            : yata_array_push(type, run.txn, values, n),
                  "array insert");
    } else if (op == 'x') {
        uint32_t len = (uint32_t)number();
        if (run.verbose) printf("array delete %u %u\n", at, len);
        if (!run.dead) expect_ok(yata_array_delete(type, run.txn, at, len), "array delete");
    } else {
        yata_kind kind = (yata_kind)number();
        yata_str name = str_from(bytes());
        if (run.verbose) printf("array insert %u type %s%s\n", at, yata_kind_name(kind), op == 'T' ? " (push)" : "");
        if (run.dead) return;
        expect_ok(op == 'n' ? yata_array_insert_type(type, run.txn, at, kind, name, &made)
                            : yata_array_push_type(type, run.txn, kind, name, &made),
                  "array insert type");
    }
}

static void map_op(int op) {
    yata_type type = target(), made;
    yata_str key = op == 'c' ? str_of("") : str_from(bytes());
    if (run.verbose) printf("map %c \"%.*s\"\n", op, (int)key.len, key.data);
    if (op == 's') {
        yata_value value;
        if (values_in(bytes(), &value, 1) == 1) expect_ok(yata_map_set(type, run.txn, key, &value), "map set");
    } else if (op == 't') {
        yata_kind kind = (yata_kind)number();
        yata_str name = str_from(bytes());
        if (!run.dead) expect_ok(yata_map_set_type(type, run.txn, key, kind, name, &made), "map set type");
    } else if (op == 'u') {
        bool has = number() != 0;
        if (run.dead) return;
        if (yata_map_delete(type, run.txn, key) != (has ? YATA_OK : YATA_ERR_NOT_FOUND)) fail("map delete");
    } else if (!run.dead) {
        expect_ok(yata_map_clear(type, run.txn), "map clear");
    }
}

static void begin(void) {
    peer *p = peer_number();
    yata_bytes origin = bytes();
    say("edit", run.writer);
    if (!run.dead) expect_ok(yata_txn_begin(p->doc, origin, &run.txn), "begin");
}

static void apply_inside(void) {
    yata_bytes update = bytes();
    if (run.verbose && !run.dead) print_log("apply inside", update, false);
    if (!run.dead) expect_ok(yata_txn_apply(run.txn, update, NULL), "apply inside");
}

static void end(void) {
    if (run.txn) expect_ok(yata_txn_commit(run.txn), "commit");
    run.txn = NULL;
    check_events(&run.peers[run.writer]);
}

bool record(int c) {
    switch (c) {
    case 'P':
        program_begin();
        return true;
    case '#':
        run.step = number();
        return true;
    case 'B':
        begin();
        return true;
    case 'E':
        end();
        return true;
    case 'A':
        apply();
        return true;
    case 'S':
    case 'V':
    case 'D':
        check_encoding(c);
        return true;
    case 'W':
        check_pending();
        return true;
    case 'j':
        apply_inside();
        return true;
    case '!':
        excuse(number());
        return true;
    case 'F':
        run.dead = true;
        return true;
    case 'N':
        check_meta();
        return true;
    case 'm':
        check_merge();
        return true;
    case 'q':
    case 'v':
    case 'k':
    case 'O':
        check_without(c);
        return true;
    case 'J':
        check_json();
        return true;
    case 'i':
    case 'I':
    case 'd':
    case 'f':
        text_op(c);
        return true;
    case 'Q':
        check_delta();
        return true;
    case '=':
        check_attributes();
        return true;
    case 'o':
        observe_type();
        return true;
    case 'r':
        unobserve_type();
        return true;
    case '~':
        (void)number();
        if (!run.dead) fail("a delta is not asked that yjs was asked");
        return true;
    case 'K': /* an observer was called in yjs */
    case 'X':
    case 'Y':
        if (!run.dead) fail("an observer is not called that yjs called");
        return true;
    case '+':
        delta_op();
        return true;
    case '<':
        child_op();
        return true;
    case '@':
        doc_op();
        return true;
    case '>':
        check_tree();
        return true;
    case '%':
        check_subdocs();
        return true;
    case '^':
        undo_op();
        return true;
    case 'e':
    case 'M':
        embed_op(c);
        return true;
    case 'a':
    case 'p':
    case 'n':
    case 'T':
    case 'x':
        array_op(c);
        return true;
    case 's':
    case 't':
    case 'u':
    case 'c':
        map_op(c);
        return true;
    default:
        return false;
    }
}

int main(int argc, char **argv) {
    for (int i = 1; i < argc; i++) {
        if (strcmp(argv[i], "--verbose") == 0) run.verbose = true;
        if (strcmp(argv[i], "--all") == 0) run.all = true;
    }
    run.allocator = counted_allocator(&run.memory);
    static char buffer[1 << 16];
    setvbuf(stdin, buffer, _IOFBF, sizeof buffer);
    int c;
    while ((c = letter()) != 'Z') {
        REQUIRE(c != EOF);
        REQUIRE(record(c));
        fields_free();
    }
    program_end();
    printf("%llu programs, %llu comparisons of bytes, %llu failed\n", (unsigned long long)run.programs,
           (unsigned long long)run.checks, (unsigned long long)run.failed);
    print_excused();
    return run.failed != 0;
}
