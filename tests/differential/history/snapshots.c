/* SPDX-License-Identifier: MIT */
/*
 * snapshots.c - the lines about snapshots.
 *
 * yjs cannot restore; what must come of it is known all the same: the content of the document made from the snapshot.
 */
#include "replay.h"

#include "../../harness/bytes.h"

enum { SNAPSHOTS = 16 };
static yata_snapshot *snapshots[SNAPSHOTS];

void snapshots_close(void) {
    for (int i = 0; i < SNAPSHOTS; i++) {
        yata_snapshot_free(snapshots[i]);
        snapshots[i] = NULL;
    }
}

/* "-" is none. */
static const yata_snapshot *snapshot_at(uint32_t i) {
    if (strcmp(word(i), "-") == 0) return NULL;
    REQUIRE(number(i) < SNAPSHOTS && snapshots[number(i)]);
    return snapshots[number(i)];
}

/* snap NUMBER V1 V2 */
static void take_snapshot(void) {
    yata_snapshot *taken, *by_v1, *by_v2;
    yata_buffer bytes, v1 = bytes_at(2), v2 = bytes_at(3);
    yata_buffer_init(&bytes, NULL);
    REQUIRE(number(1) < SNAPSHOTS);
    for (int u = 0; u < UNITS; u++) {
        REQUIRE(yata_snapshot_take(replay.docs[u], NULL, &taken) == YATA_OK);
        bytes.len = 0;
        REQUIRE(yata_snapshot_encode(taken, &bytes) == YATA_OK);
        expect_hex("a snapshot in format v1", &bytes, 2);
        bytes.len = 0;
        REQUIRE(yata_snapshot_encode_v2(taken, &bytes) == YATA_OK);
        expect_hex("a snapshot in format v2", &bytes, 3);
        if (u)
            yata_snapshot_free(taken);
        else
            snapshots[number(1)] = taken;
    }
    if (yata_snapshot_decode(bytes_of(&v1), NULL, &by_v1, NULL)) differ("the verdict on a snapshot in format v1");
    if (yata_snapshot_decode_v2(bytes_of(&v2), NULL, &by_v2, NULL)) differ("the verdict on a snapshot in format v2");
    if (!yata_snapshot_equal(by_v1, by_v2) || !yata_snapshot_equal(by_v1, snapshots[number(1)]))
        differ("what was decoded");
    yata_snapshot_free(by_v1);
    yata_snapshot_free(by_v2);
    yata_buffer_free(&bytes);
    yata_buffer_free(&v1);
    yata_buffer_free(&v2);
}

/* same NUMBER NUMBER 0|1 */
static void compare_snapshots(void) {
    replay.compared++;
    if (yata_snapshot_equal(snapshot_at(1), snapshot_at(2)) != (number(3) != 0))
        differ("whether two snapshots are equal");
}

/* contains NUMBER V1 V2 0|1 */
static void find_update(void) {
    yata_buffer v1 = bytes_at(2), v2 = bytes_at(3);
    bool first, second;
    if (yata_snapshot_contains_update(snapshot_at(1), bytes_of(&v1), &first, NULL)) differ("the verdict on an update");
    if (yata_snapshot_contains_update_v2(snapshot_at(1), bytes_of(&v2), &second, NULL))
        differ("the verdict on an update of format v2");
    replay.compared++;
    if (first != (number(4) != 0) || second != first) differ("whether a snapshot contains an update");
    yata_buffer_free(&v1);
    yata_buffer_free(&v2);
}

/* ------------------------------------------------------------------------
 * Types
 */
static void must(yata_status status) {
    if (status) differ(yata_status_name(status));
}

typedef struct users {
    yata_builder builder;
} users;

static void name_user(void *ctx, yata_snapshot_change change, yata_id id, yata_value *out) {
    users *u = ctx;
    yata_value user = {.kind = YATA_VALUE_INT, .u.integer = (int64_t)id.client};
    yata_value type = {.kind = YATA_VALUE_STRING, .u.string = str_of(change ? "added" : "removed")};
    yata_builder_free(&u->builder);
    yata_builder_init(&u->builder, NULL);
    yata_builder_begin_object(&u->builder);
    yata_builder_key(&u->builder, str_of("type"));
    yata_builder_add(&u->builder, &type);
    yata_builder_key(&u->builder, str_of("user"));
    yata_builder_add(&u->builder, &user);
    yata_builder_end(&u->builder);
    REQUIRE(yata_builder_finish(&u->builder, out) == YATA_OK);
}

/* A value against a word: a type by its name, anything else as JSON. */
static void expect_value(const yata_value *value, uint32_t i) {
    if (value->kind == YATA_VALUE_TYPE) {
        yata_type expected;
        replay.compared++;
        if (!type_at(value->u.type.doc, i, &expected) || expected.ref != value->u.type.ref ||
            expected.generation != value->u.type.generation)
            differ("a type of the past");
        return;
    }
    yata_buffer json;
    yata_buffer_init(&json, NULL);
    must(yata_value_to_json(value, &json));
    expect_hex("a value of the past", &json, i);
    yata_buffer_free(&json);
}

/* delta TYPE NUMBER BEFORE USERS [VALUE ATTRIBUTES]... */
static void compare_delta(void) {
    for (int u = 0; u < UNITS; u++) {
        yata_type type;
        yata_delta *delta;
        users who;
        yata_builder_init(&who.builder, NULL);
        if (!type_at(replay.docs[u], 1, &type)) differ("whether a type is there");
        REQUIRE(yata_delta_new(NULL, &delta) == YATA_OK);
        must(yata_snapshot_text(snapshot_at(2), snapshot_at(3), type, number(4) ? name_user : NULL, &who, delta));
        if (replay.count != 5 + 2 * yata_delta_count(delta)) differ("the number of operations");
        for (uint32_t i = 0; i < yata_delta_count(delta); i++) {
            yata_delta_op op;
            must(yata_delta_at(delta, i, &op));
            expect_value(op.values, 5 + 2 * i);
            if (strcmp(word(6 + 2 * i), "-") != 0)
                expect_value(&op.attributes, 6 + 2 * i);
            else if (op.attributes.kind != YATA_VALUE_UNDEFINED)
                differ("whether there are attributes");
        }
        yata_delta_free(delta);
        yata_builder_free(&who.builder);
    }
}

/* cut NUMBER */
static void cut(void) {
    for (int u = 0; u < UNITS; u++) {
        yata_type t;
        yata_delta *delta;
        REQUIRE(yata_delta_new(NULL, &delta) == YATA_OK);
        REQUIRE(yata_doc_root_find(replay.docs[u], str_of("t"), &t) == YATA_OK);
        must(yata_snapshot_text(snapshot_at(1), NULL, t, NULL, NULL, delta));
        yata_delta_free(delta);
    }
}

/* list TYPE NUMBER VALUE... */
static void compare_list(void) {
    for (int u = 0; u < UNITS; u++) {
        yata_type type;
        yata_snapshot_list list;
        yata_value value;
        uint32_t i = 3;
        if (!type_at(replay.docs[u], 1, &type)) differ("whether a type is there");
        must(yata_snapshot_list_init(&list, snapshot_at(2), type));
        for (; yata_snapshot_list_next(&list, &value); i++) expect_value(&value, i);
        if (i != replay.count) differ("the length of a list of the past");
    }
}

/* map TYPE NUMBER [KEY VALUE]... */
static void compare_map(void) {
    for (int u = 0; u < UNITS; u++) {
        yata_type type;
        yata_snapshot_map map;
        yata_str key;
        yata_value value;
        uint32_t i = 3;
        if (!type_at(replay.docs[u], 1, &type)) differ("whether a type is there");
        must(yata_snapshot_map_init(&map, snapshot_at(2), type));
        for (; yata_snapshot_map_next(&map, &key, &value); i += 2) {
            yata_buffer name = bytes_at(i);
            if (!bytes_equal(bytes_of(&name), (yata_bytes){(const uint8_t *)key.data, key.len})) differ("a key");
            yata_buffer_free(&name);
            expect_value(&value, i + 1);
        }
        if (i != replay.count) differ("the number of keys of the past");
    }
}

/* entry TYPE NUMBER KEY VALUE, or none */
static void compare_entry(void) {
    for (int u = 0; u < UNITS; u++) {
        yata_type type;
        yata_value value;
        yata_buffer key = bytes_at(3);
        if (!type_at(replay.docs[u], 1, &type)) differ("whether a type is there");
        yata_status status = yata_snapshot_map_get(snapshot_at(2), type, str_from(bytes_of(&key)), &value);
        if (strcmp(word(4), "none") == 0) {
            if (status != YATA_ERR_NOT_FOUND) differ("whether there was a key");
        } else {
            must(status);
            expect_value(&value, 4);
        }
        yata_buffer_free(&key);
    }
}

/* ------------------------------------------------------------------------
 * Documents
 */

/* past NUMBER KEEP STATE, or past NUMBER none */
static void compare_past(void) {
    for (int u = 0; u < UNITS; u++) {
        yata_doc *past;
        yata_doc_options options = yata_doc_options_default();
        options.client_id = 5000;
        if (strcmp(word(2), "none") == 0) {
            if (yata_snapshot_to_doc(snapshot_at(1), replay.docs[u], &options, &past) != YATA_ERR_STATE)
                differ("whether the past is there");
            continue;
        }
        options.keep_deleted = number(2) != 0;
        must(yata_snapshot_to_doc(snapshot_at(1), replay.docs[u], &options, &past));
        yata_buffer state;
        yata_buffer_init(&state, NULL);
        must(yata_doc_encode_state(past, &state));
        expect_hex("the document of the past", &state, 3);
        state.len = 0;
        must(yata_snapshot_encode_state(snapshot_at(1), replay.docs[u], &state));
        yata_doc *again;
        REQUIRE(yata_doc_new(&options, &again) == YATA_OK);
        must(yata_doc_apply(again, bytes_of(&state), no_bytes(), NULL));
        state.len = 0;
        must(yata_doc_encode_state(again, &state));
        expect_hex("the document of the past by format v1", &state, 3);
        yata_buffer_free(&state);
        yata_doc_free(again);
        yata_doc_free(past);
    }
}

static void expect_same_type(yata_type a, yata_type b);

static void expect_same_value(const yata_value *a, const yata_value *b) {
    replay.compared++;
    if (a->kind != b->kind) differ("the kind of a restored value");
    if (a->kind == YATA_VALUE_TYPE) {
        expect_same_type(a->u.type, b->u.type);
        return;
    }
    yata_buffer x, y;
    yata_buffer_init(&x, NULL);
    yata_buffer_init(&y, NULL);
    must(yata_value_to_json(a, &x));
    must(yata_value_to_json(b, &y));
    if (!bytes_equal(bytes_of(&x), bytes_of(&y))) differ("a restored value");
    yata_buffer_free(&x);
    yata_buffer_free(&y);
}

static void expect_same_text(yata_type a, yata_type b) {
    yata_delta *x, *y;
    REQUIRE(yata_delta_new(NULL, &x) == YATA_OK && yata_delta_new(NULL, &y) == YATA_OK);
    must(yata_text_to_delta(a, x));
    must(yata_text_to_delta(b, y));
    if (yata_delta_count(x) != yata_delta_count(y)) differ("a restored text");
    for (size_t i = 0; i < yata_delta_count(x); i++) {
        yata_delta_op p, q;
        must(yata_delta_at(x, i, &p));
        must(yata_delta_at(y, i, &q));
        expect_same_value(p.values, q.values);
        expect_same_value(&p.attributes, &q.attributes);
    }
    yata_delta_free(x);
    yata_delta_free(y);
}

static void expect_same_list(yata_type a, yata_type b) {
    yata_array_iter i, j;
    yata_value x, y;
    must(yata_array_iter_init(&i, a));
    must(yata_array_iter_init(&j, b));
    while (yata_array_iter_next(&i, &x)) {
        if (!yata_array_iter_next(&j, &y)) differ("the length of a restored list");
        expect_same_value(&x, &y);
    }
    if (yata_array_iter_next(&j, &y)) differ("the length of a restored list");
}

static void expect_same_map(yata_type a, yata_type b) {
    yata_map_iter i;
    yata_str key;
    yata_value x, y;
    uint32_t m, n;
    must(yata_map_size(a, &m));
    must(yata_map_size(b, &n));
    if (m != n) differ("the size of a restored map");
    must(yata_map_iter_init(&i, a));
    while (yata_map_iter_next(&i, &key, &x)) {
        if (yata_map_get(b, key, &y)) differ("a restored key");
        expect_same_value(&x, &y);
    }
}

static void expect_same_type(yata_type a, yata_type b) {
    yata_kind kind, other;
    must(yata_type_kind(a, &kind));
    must(yata_type_kind(b, &other));
    if (kind != other) differ("the kind of a restored type");
    if (kind == YATA_KIND_TEXT || kind == YATA_KIND_XML_TEXT)
        expect_same_text(a, b);
    else if (kind != YATA_KIND_MAP && kind != YATA_KIND_XML_HOOK)
        expect_same_list(a, b);
    if (kind != YATA_KIND_ARRAY && kind != YATA_KIND_XML_FRAGMENT) expect_same_map(a, b);
}

/* A document with the same content and the same roots. */
static yata_doc *copy_of(yata_doc *doc, yata_bytes state) {
    yata_doc *copy;
    yata_doc_options options = yata_doc_options_default();
    options.client_id = 6000;
    options.keep_deleted = true;
    options.offset_unit = yata_doc_offset_unit(doc);
    REQUIRE(yata_doc_new(&options, &copy) == YATA_OK);
    for (uint32_t i = 0; i < yata_doc_root_count(doc); i++) {
        yata_str name;
        yata_type type;
        yata_kind kind;
        must(yata_doc_root_at(doc, i, &name, &type));
        must(yata_type_kind(type, &kind));
        must(yata_doc_root(copy, name, kind, &type));
    }
    must(yata_doc_apply(copy, state, no_bytes(), NULL));
    return copy;
}

static void expect_same_doc(yata_doc *a, yata_doc *b) {
    for (uint32_t i = 0; i < yata_doc_root_count(a); i++) {
        yata_str name;
        yata_type x, y;
        must(yata_doc_root_at(a, i, &name, &x));
        must(yata_doc_root_find(b, name, &y));
        expect_same_type(x, y);
    }
}

/* restore NUMBER: in a copy, and what a peer sees of it; twice, the second time after other edits. */
static void restore(void) {
    yata_doc *doc = replay.docs[yata_doc_offset_unit(replay.docs[0])];
    yata_buffer state, old;
    yata_buffer_init(&state, NULL);
    yata_buffer_init(&old, NULL);
    yata_status status = yata_snapshot_encode_state_v2(snapshot_at(1), doc, &old);
    if (status == YATA_ERR_STATE) {
        yata_txn *txn;
        REQUIRE(yata_txn_begin(doc, no_bytes(), &txn) == YATA_OK);
        if (yata_snapshot_restore(snapshot_at(1), txn) != YATA_ERR_STATE) differ("whether the past is there");
        REQUIRE(yata_txn_commit(txn) == YATA_OK);
        yata_buffer_free(&old);
        return;
    }
    must(status);
    must(yata_doc_encode_state(doc, &state));
    yata_doc *copy = copy_of(doc, bytes_of(&state)), *past = copy_of(doc, (yata_bytes){(const uint8_t *)"\0\0", 2});
    must(yata_doc_apply_v2(past, bytes_of(&old), no_bytes(), NULL));
    for (int again = 0; again < 2; again++) {
        yata_txn *txn;
        const char *what;
        REQUIRE(yata_txn_begin(copy, no_bytes(), &txn) == YATA_OK);
        must(yata_snapshot_restore(snapshot_at(1), txn));
        must(yata_txn_commit(txn));
        if (!yata_doc_check(copy, &what)) differ(what);
        expect_same_doc(past, copy);
        state.len = 0;
        must(yata_doc_encode_state(copy, &state));
        yata_doc *peer = copy_of(doc, bytes_of(&state));
        expect_same_doc(past, peer);
        yata_doc_free(peer);
    }
    yata_buffer_free(&state);
    yata_buffer_free(&old);
    yata_doc_free(past);
    yata_doc_free(copy);
}

bool snapshot_line(void) {
    static const struct {
        const char *name;
        void (*run)(void);
    } commands[] = {
        {"snap", take_snapshot},
        {"same", compare_snapshots},
        {"contains", find_update},
        {"delta", compare_delta},
        {"cut", cut},
        {"list", compare_list},
        {"map", compare_map},
        {"entry", compare_entry},
        {"past", compare_past},
        {"restore", restore},
    };
    for (size_t i = 0; i < sizeof commands / sizeof *commands; i++)
        if (strcmp(word(0), commands[i].name) == 0) {
            commands[i].run();
            return true;
        }
    return false;
}
