/* SPDX-License-Identifier: MIT */
/*
 * events.c - rich text and its deltas, events, reading.
 *
 * An observer may not be called when memory fails at the end of a transaction, so what it sees is required to be right
 * but not noted.
 */
#include "oom/steps.h"

static void delta_json(scenario *s, yata_type text, yata_buffer *json) {
    yata_delta *delta = NULL;
    yata_buffer_init(json, &s->allocator);
    TRY(yata_delta_new(&s->allocator, &delta));
    TRY(yata_text_to_delta(text, delta));
    TRY(yata_delta_to_json(delta, json));
    yata_delta_free(delta);
}

/* The text; and a copy has the same formats. Which ones there are is not noted: formatting may be done in part. */
static void see_text(scenario *s, yata_doc *doc, yata_type text) {
    yata_buffer out, json, other;
    yata_buffer_init(&out, &s->allocator);
    TRY(yata_text_read(text, &out));
    see(s, bytes_of(&out));
    delta_json(s, text, &json);
    delta_json(s, root(s, copy(s, doc), "t", YATA_KIND_TEXT), &other);
    REQUIRE(bytes_equal(bytes_of(&json), bytes_of(&other)));
    yata_buffer_free(&out);
    yata_buffer_free(&json);
    yata_buffer_free(&other);
}

static yata_value json_value(scenario *s, const char *json, yata_buffer *bytes) {
    yata_value value;
    yata_buffer_init(bytes, &s->allocator);
    TRY(yata_value_from_json(str_of(json), bytes, &value, NULL));
    return value;
}

/* More format keys than are compared one by one. */
#define TEN_KEYS "\"a\":1,\"b\":2,\"c\":3,\"d\":4,\"e\":5,\"f\":6,\"g\":7,\"h\":8,\"i\":9,\"j\":10"

static void rich_text(scenario *s, yata_edit_rules rules) {
    yata_doc_options options = yata_doc_options_default();
    options.rules = rules;
    yata_doc *doc = new_doc_with(s, 1, options);
    yata_type t = root(s, doc, "t", YATA_KIND_TEXT), inner;
    yata_buffer bytes[3];
    yata_value bold = json_value(s, "{\"bold\":true,\"10\":{\"x\":[1]}}", &bytes[0]);
    yata_value plain = json_value(s, "{\"bold\":null}", &bytes[1]), many = json_value(s, "{" TEN_KEYS "}", &bytes[2]);
    yata_txn *txn = begin(s, doc);
    TRY(yata_text_insert(t, txn, 0, str_of("some words to format")));
    TRY(yata_text_format(t, txn, 5, 5, &bold));
    TRY(yata_text_embed(t, txn, 7, &bold, &bold));
    TRY(yata_text_embed_type(t, txn, 3, YATA_KIND_MAP, str_of(""), NULL, &inner));
    TRY(yata_map_set(inner, txn, str_of("k"), &bold));
    COMMIT(txn);
    see_text(s, doc, t);
    txn = begin(s, doc);
    TRY(yata_text_format(t, txn, 6, 8, &many));
    TRY(yata_text_format(t, txn, 6, 2, &plain));
    TRY(yata_text_delete(t, txn, 6, 8));
    COMMIT(txn);
    see_text(s, doc, t);
    for (int i = 0; i < 3; i++) yata_buffer_free(&bytes[i]);
}

void scenario_rich_text(scenario *s) {
    rich_text(s, YATA_RULES_YJS);
}

void scenario_rich_text_as_yrs(scenario *s) {
    rich_text(s, YATA_RULES_YRS);
}

void scenario_deltas(scenario *s) {
    static const char json[] =
        "[{\"retain\":2,\"attributes\":{\"b\":true}},{\"insert\":\"new\",\"attributes\":{" TEN_KEYS
        "}},{\"insert\":{\"image\":\"u\"}},{\"delete\":3},{\"retain\":30},{\"insert\":\"end\"}]";
    yata_doc *doc = new_doc(s, 1, YATA_OFFSET_UTF16, false);
    yata_type t = root(s, doc, "t", YATA_KIND_TEXT);
    yata_delta *delta = NULL;
    yata_delta_op op;
    yata_value text = {.kind = YATA_VALUE_STRING, .u.string = str_of("pushed")};
    TRY(yata_delta_new(&s->allocator, &delta));
    TRY(yata_delta_from_json(delta, str_of(json), NULL));
    TRY(yata_delta_push(delta, &(yata_delta_op){.kind = YATA_DELTA_INSERT, .values = &text, .count = 1}));
    for (size_t i = 0; i < yata_delta_count(delta); i++) REQUIRE(yata_delta_at(delta, i, &op) == YATA_OK);
    yata_txn *txn = begin(s, doc);
    TRY(yata_text_insert(t, txn, 0, str_of("0123456789")));
    COMMIT(txn);
    yata_status status = YATA_OK;
    uint32_t length;
    for (int attempt = 0; attempt < 2; attempt++) { /* what was done of it stays: begin again from the same text */
        txn = begin(s, doc);
        REQUIRE(yata_text_length(t, &length) == YATA_OK);
        TRY(yata_text_delete(t, txn, 0, length));
        TRY(yata_text_insert(t, txn, 0, str_of("0123456789")));
        status = yata_text_apply_delta(t, txn, delta);
        if (status) scenario_failed(s, __FILE__, __LINE__);
        COMMIT(txn);
        if (status == YATA_OK) break;
        REQUIRE(status == YATA_ERR_MEMORY);
    }
    REQUIRE(status == YATA_OK);
    see_text(s, doc, t);
    yata_delta_free(delta);
}

typedef struct listener {
    scenario *s;
    uint32_t calls;
} listener;

static void listen(scenario *s, const yata_event *event) {
    yata_delta *delta = NULL;
    yata_buffer json;
    yata_path_step steps[4];
    size_t length = yata_event_path_length(event);
    yata_buffer_init(&json, &s->allocator);
    TRY(yata_delta_new(&s->allocator, &delta));
    TRY(yata_event_delta(event, delta));
    TRY(yata_delta_to_json(delta, &json));
    REQUIRE(length <= 4 && yata_event_path(event, steps, length) == YATA_OK);
    for (size_t i = 0; i < length; i++) REQUIRE(yata_event_path_at(event, i, &steps[i]) == YATA_OK);
    yata_key_iter keys = yata_event_keys(event);
    yata_key_change change;
    while (yata_key_iter_next(&keys, &change)) REQUIRE(change.key.len > 0);
    yata_delta_free(delta);
    yata_buffer_free(&json);
}

static void on_event(void *ctx, const yata_event *event) {
    listener *l = ctx;
    l->calls++;
    REQUIRE(yata_type_alive(yata_event_target(event)));
    listen(l->s, event);
}

static void on_deep(void *ctx, const yata_event *const *events, size_t count, const yata_txn *txn) {
    listener *l = ctx;
    l->calls++;
    for (size_t i = 0; i < count; i++) {
        REQUIRE(yata_event_txn(events[i]) == txn);
        listen(l->s, events[i]);
    }
}

static void on_txn(void *ctx, yata_doc *doc, const yata_txn *txn) {
    (void)doc, (void)txn;
    ++*(uint32_t *)ctx;
}

void scenario_events(scenario *s) {
    yata_doc *doc = new_doc(s, 1, YATA_OFFSET_UTF16, false), *other = new_doc(s, 2, YATA_OFFSET_UTF16, false);
    listener l = {s, 0};
    uint32_t stages = 0, ids[6], stage_ids[2];
    yata_type t[2], m[2], inner;
    yata_doc *docs[2] = {doc, other};
    yata_buffer bytes;
    yata_value bold = json_value(s, "{\"bold\":true}", &bytes), seven = {.kind = YATA_VALUE_INT, .u.integer = 7};
    for (int i = 0; i < 2; i++) {
        t[i] = root(s, docs[i], "t", YATA_KIND_TEXT);
        m[i] = root(s, docs[i], "m", YATA_KIND_MAP);
        TRY(yata_type_observe(t[i], on_event, &l, &ids[3 * i]));
        TRY(yata_type_observe(m[i], on_event, &l, &ids[3 * i + 1]));
        TRY(yata_type_observe_deep(m[i], on_deep, &l, &ids[3 * i + 2]));
        TRY(yata_doc_observe_txn(docs[i], i ? YATA_STAGE_AFTER : YATA_STAGE_BEFORE, on_txn, &stages, &stage_ids[i]));
    }
    yata_txn *txn = begin(s, doc);
    TRY(yata_text_insert(t[0], txn, 0, str_of("words")));
    TRY(yata_map_set_type(m[0], txn, str_of("inner"), YATA_KIND_MAP, str_of(""), &inner));
    COMMIT(txn);
    for (int i = 0; i < 3; i++) {
        txn = begin(s, doc);
        TRY(yata_map_set(inner, txn, str_of(i == 1 ? "k" : "l"), &seven));
        TRY(yata_map_set(m[0], txn, str_of("k"), &seven));
        TRY(yata_text_format(t[0], txn, (uint32_t)i, 2, &bold));
        TRY(yata_text_delete(t[0], txn, 4, 1));
        TRY(yata_text_insert(t[0], txn, 4, str_of("x")));
        COMMIT(txn);
        yata_buffer state;
        encode(s, doc, no_bytes(), &state);
        TRY(yata_doc_apply(other, bytes_of(&state), no_bytes(), NULL));
        yata_buffer_free(&state);
    }
    for (int i = 0; i < 2; i++) {
        TRY(yata_type_unobserve(t[i], ids[3 * i]));
        TRY(yata_type_unobserve(m[i], ids[3 * i + 2]));
        TRY(yata_doc_unobserve_txn(docs[i], stage_ids[i]));
    }
    see_json(s, doc);
    see_json(s, other);
    yata_buffer_free(&bytes);
}

/* Reading needs no memory, but for what is appended to buffers. */
void scenario_reading(scenario *s) {
    yata_doc *doc = new_doc(s, 1, YATA_OFFSET_UTF16, false);
    yata_type a = root(s, doc, "a", YATA_KIND_ARRAY), x = root(s, doc, "x", YATA_KIND_XML_FRAGMENT);
    yata_type t = root(s, doc, "t", YATA_KIND_TEXT), m = root(s, doc, "m", YATA_KIND_MAP), e, found;
    yata_value seven = {.kind = YATA_VALUE_INT, .u.integer = 7}, value;
    yata_subdoc subdoc, again;
    bool loaded;
    yata_txn *txn = begin(s, doc);
    for (int i = 0; i < 4; i++) TRY(yata_array_push(a, txn, &seven, 1));
    TRY(yata_array_insert_doc(a, txn, 1, &(yata_subdoc_options){.guid = str_of("g")}, &subdoc));
    TRY(yata_map_set(m, txn, str_of("k"), &seven));
    TRY(yata_text_insert(t, txn, 0, str_of("text")));
    TRY(yata_xml_push(x, txn, YATA_KIND_XML_ELEMENT, str_of("p"), &e));
    TRY(yata_xml_push(e, txn, YATA_KIND_XML_ELEMENT, str_of("b"), &e));
    COMMIT(txn);
    uint64_t calls = s->memory.calls;
    yata_array_iter elements;
    yata_map_iter entries;
    yata_text_iter runs;
    yata_xml_walk walk;
    yata_str key;
    REQUIRE(yata_array_get(a, 2, &value) == YATA_OK && value.u.integer == 7);
    REQUIRE(yata_map_get(m, str_of("k"), &value) == YATA_OK && value.u.integer == 7);
    REQUIRE(yata_array_iter_init(&elements, a) == YATA_OK);
    while (yata_array_iter_next(&elements, &value)) continue;
    REQUIRE(yata_map_iter_init(&entries, m) == YATA_OK);
    while (yata_map_iter_next(&entries, &key, &value)) continue;
    REQUIRE(yata_text_iter_init(&runs, t) == YATA_OK);
    while (yata_text_iter_next(&runs, &value)) continue;
    REQUIRE(yata_xml_walk_init(&walk, x) == YATA_OK);
    while (yata_xml_walk_next(&walk, &found)) continue;
    REQUIRE(yata_xml_find(x, str_of("b"), &found) == YATA_OK && found.ref == e.ref);
    REQUIRE(yata_type_parent(e, &found) == YATA_OK && yata_xml_first_child(x, &e) == YATA_OK && found.ref == e.ref);
    REQUIRE(s->memory.calls == calls);
    TRY(yata_array_get_doc(a, 1, &again));
    TRY(yata_subdoc_load(again));
    REQUIRE(yata_subdoc_should_load(again, &loaded) == YATA_OK && loaded);
    TRY(yata_subdoc_destroy(again));
    REQUIRE(yata_doc_subdoc_count(doc) == 1 && yata_doc_subdoc_at(doc, 0, &again) == YATA_OK);
    yata_buffer out;
    yata_buffer_init(&out, &s->allocator);
    TRY(yata_type_to_json(a, &out));
    TRY(yata_type_to_json_as(t, YATA_KIND_TEXT, &out));
    see(s, bytes_of(&out));
    yata_buffer_free(&out);
}
