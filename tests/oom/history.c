/* SPDX-License-Identifier: MIT */
/*
 * history.c - undo, its steps and ids.
 *
 * Undo happens or does not: refused, the document has the same content and the stacks the same height, and the same
 * call succeeds. A transaction that cannot be recorded is there without a step, so edits whose steps count are made
 * while memory does not fail; recording has a scenario of its own.
 */
#include "oom/steps.h"
#include <yata/undo.h>
#include <yata/weak.h>

/* Between these nothing fails, and nothing is counted. */
static uint64_t calm(scenario *s) {
    uint64_t left = s->memory.fail_at ? s->memory.fail_at - s->memory.calls : 0;
    s->memory.fail_at = 0;
    return left;
}
static void alarm_again(scenario *s, uint64_t left) {
    if (left) s->memory.fail_at = s->memory.calls + left;
}

static yata_undo *manager(scenario *s, yata_doc *doc) {
    yata_undo_options options = yata_undo_options_default();
    yata_undo *undo = NULL;
    options.capture_timeout = -1;
    TRY(yata_undo_new(doc, &options, &undo));
    TRY(yata_undo_set_whole_document(undo, true));
    TRY(yata_undo_add_origin(undo, (yata_bytes){(const uint8_t *)"origin", 6}));
    return undo;
}

static void json_of(scenario *s, yata_buffer *out) {
    yata_buffer_init(out, NULL);
    for (uint32_t i = 0; i < s->doc_count; i++) REQUIRE(yata_doc_to_json(s->docs[i], out) == YATA_OK);
}

typedef yata_status undo_fn(yata_undo *undo, bool *changed);

/* All or nothing. */
static void step(scenario *s, yata_undo *undo, undo_fn *fn) {
    uint32_t undos = yata_undo_count(undo, YATA_UNDO_STACK), redos = yata_undo_count(undo, YATA_REDO_STACK);
    bool changed;
    yata_buffer before, after;
    uint64_t left = calm(s);
    json_of(s, &before);
    alarm_again(s, left);
    yata_status status = fn(undo, &changed);
    if (status == YATA_ERR_MEMORY) scenario_failed(s, __FILE__, __LINE__);
    if (status == YATA_ERR_MEMORY && !changed) {
        json_of(s, &after);
        REQUIRE(bytes_equal(bytes_of(&before), bytes_of(&after)));
        REQUIRE(yata_undo_count(undo, YATA_UNDO_STACK) == undos && yata_undo_count(undo, YATA_REDO_STACK) == redos);
        yata_buffer_free(&after);
        status = fn(undo, &changed);
    }
    REQUIRE(changed && (status == YATA_OK || status == YATA_ERR_MEMORY));
    yata_buffer_free(&before);
}

static void see_all(scenario *s) {
    for (uint32_t i = 0; i < s->doc_count; i++) see_json(s, s->docs[i]);
}

/* Back and forth through all steps, twice. Undo that happened without its step being recorded ends a way. */
static void walk(scenario *s, yata_undo *undo) {
    for (int round = 0; round < 2; round++) {
        while (yata_undo_can_undo(undo)) step(s, undo, yata_undo_undo);
        see_all(s);
        while (yata_undo_can_redo(undo)) step(s, undo, yata_undo_redo);
        see_all(s);
    }
}

/* ------------------------------------------------------------------------
 * What steps are about
 */
static const yata_value one = {.kind = YATA_VALUE_INT, .u.integer = 1};

static void edit_text(yata_doc *doc, yata_txn *txn, uint32_t round) {
    yata_type t;
    REQUIRE(yata_doc_root(doc, str_of("t"), YATA_KIND_TEXT, &t) == YATA_OK);
    if (round == 0) REQUIRE(yata_text_insert(t, txn, 0, str_of("some text to be cut")) == YATA_OK);
    if (round > 0) REQUIRE(yata_text_delete(t, txn, round * 2, 3) == YATA_OK);
    if (round > 0) REQUIRE(yata_text_insert(t, txn, round, str_of("new")) == YATA_OK);
}

/* An entry that is a plain value, a type with content, a subdocument and a weak link in turn. */
static void edit_map(yata_doc *doc, yata_txn *txn, uint32_t round) {
    yata_type m, t, inner;
    yata_subdoc subdoc;
    yata_link link;
    yata_quote range = {.start = 2, .end = 5};
    yata_subdoc_options options = {.guid = str_of("guid"), .auto_load = true};
    REQUIRE(yata_doc_root(doc, str_of("m"), YATA_KIND_MAP, &m) == YATA_OK);
    REQUIRE(yata_doc_root(doc, str_of("t"), YATA_KIND_TEXT, &t) == YATA_OK);
    switch (round % 4) {
    case 0:
        REQUIRE(yata_map_set_doc(m, txn, str_of("k"), &options, &subdoc) == YATA_OK);
        break;
    case 1:
        REQUIRE(yata_map_set_type(m, txn, str_of("k"), YATA_KIND_ARRAY, str_of(""), &inner) == YATA_OK);
        REQUIRE(yata_array_push(inner, txn, &one, 1) == YATA_OK);
        REQUIRE(yata_array_push_doc(inner, txn, &options, &subdoc) == YATA_OK);
        break;
    case 2:
        REQUIRE(yata_type_quote(t, &range, &link) == YATA_OK);
        REQUIRE(yata_map_set_link(m, txn, str_of("k"), &link, &inner) == YATA_OK);
        break;
    default:
        REQUIRE(yata_map_set(m, txn, str_of("k"), &one) == YATA_OK);
    }
}

static void edit(scenario *s, yata_doc *doc, uint32_t round) {
    uint64_t left = calm(s);
    yata_txn *txn = begin(s, doc);
    edit_text(doc, txn, round);
    edit_map(doc, txn, round);
    COMMIT(txn);
    alarm_again(s, left);
}

void scenario_undo(scenario *s) {
    yata_doc *doc = new_doc(s, 1, YATA_OFFSET_UTF16, false);
    yata_undo *undo = manager(s, doc);
    for (uint32_t round = 0; round < 5; round++) edit(s, doc, round);
    walk(s, undo);
    TRY(yata_undo_clear(undo, true, true));
    yata_undo_free(undo);
    copy(s, doc);
}

/* Types in types that are made again from the outside in, by another client than the one that made them. */
void scenario_undo_deep(scenario *s) {
    yata_doc *doc = new_doc(s, 1, YATA_OFFSET_UTF16, false);
    uint64_t left = calm(s);
    yata_type m = root(s, doc, "m", YATA_KIND_MAP), inner = m;
    yata_txn *txn = begin(s, doc);
    for (int i = 0; i < 20; i++) TRY(yata_map_set_type(inner, txn, str_of("k"), YATA_KIND_MAP, str_of(""), &inner));
    TRY(yata_map_set(inner, txn, str_of("deep"), &one));
    COMMIT(txn);
    TRY(yata_doc_set_client_id(doc, 2));
    alarm_again(s, left);
    yata_undo *undo = manager(s, doc);
    left = calm(s);
    txn = begin(s, doc);
    TRY(yata_map_set(m, txn, str_of("k"), &one));
    COMMIT(txn);
    alarm_again(s, left);
    walk(s, undo);
    copy(s, doc);
}

/* So many deleted runs that their sets have pages, which are joined, given back and cut again. */
void scenario_undo_many(scenario *s) {
    enum { MANY = 330 };
    yata_doc *doc = new_doc(s, 1, YATA_OFFSET_UTF16, false);
    uint64_t left = calm(s);
    yata_type a = root(s, doc, "a", YATA_KIND_ARRAY), m = root(s, doc, "m", YATA_KIND_MAP), inner;
    yata_txn *txn = begin(s, doc);
    for (int i = 0; i < MANY; i++) TRY(yata_array_push(a, txn, &one, 1));
    TRY(yata_map_set_type(m, txn, str_of("k"), YATA_KIND_ARRAY, str_of(""), &inner));
    for (int i = 0; i < MANY; i++) TRY(yata_array_push(inner, txn, &one, 1));
    for (uint32_t i = 0; i < MANY; i++) TRY(yata_array_delete(a, txn, i / 2, i % 2));
    COMMIT(txn);
    yata_undo *undo = manager(s, doc);
    txn = begin(s, doc);
    TRY(yata_map_set(m, txn, str_of("k"), &one)); /* all that is in the array, with it */
    TRY(yata_array_delete(a, txn, 0, MANY / 2));
    COMMIT(txn);
    step(s, undo, yata_undo_undo);
    alarm_again(s, left);
    step(s, undo, yata_undo_redo);
    see_all(s);
}

/* Steps of two documents. Also what is added, asked and taken away. */
void scenario_undo_two(scenario *s) {
    yata_doc *a = new_doc(s, 1, YATA_OFFSET_UTF16, false), *b = new_doc(s, 2, YATA_OFFSET_UTF16, false);
    yata_undo *undo = manager(s, a);
    yata_id_set *inserts = NULL, *deletes = NULL;
    yata_buffer bytes;
    TRY(yata_undo_add_document(undo, b));
    TRY(yata_undo_add_scope(undo, root(s, b, "t", YATA_KIND_TEXT)));
    for (uint32_t round = 0; round < 4; round++) edit(s, round % 2 ? a : b, round / 2);
    TRY(yata_id_set_new(&s->allocator, &inserts));
    TRY(yata_id_set_new(&s->allocator, &deletes));
    TRY(yata_undo_step_ids(undo, YATA_UNDO_STACK, 3, inserts, deletes));
    yata_buffer_init(&bytes, &s->allocator);
    TRY(yata_id_set_encode(inserts, YATA_IDS_V2, &bytes));
    TRY(yata_id_set_encode(deletes, YATA_IDS_V1, &bytes));
    see(s, bytes_of(&bytes));
    yata_buffer_free(&bytes);
    yata_id_set_free(inserts);
    yata_id_set_free(deletes);
    walk(s, undo);
    TRY(yata_undo_remove_document(undo, b));
    see_all(s);
}

/* Recording: with or without a step, the edits are there. */
void scenario_recording(scenario *s) {
    yata_doc *doc = new_doc(s, 1, YATA_OFFSET_UTF16, false);
    yata_undo *undo = manager(s, doc);
    yata_type t = root(s, doc, "t", YATA_KIND_TEXT);
    for (uint32_t i = 0; i < 6; i++) {
        yata_txn *txn = begin(s, doc);
        TRY(yata_text_insert(t, txn, i, str_of("abcdef")));
        if (i > 1) TRY(yata_text_delete(t, txn, i + 3, 4));
        COMMIT(txn);
    }
    REQUIRE(yata_undo_count(undo, YATA_UNDO_STACK) >= 1);
    see_all(s);
    yata_undo_free(undo);
    copy(s, doc);
}

/* The ids of a transaction, undone, and undone once more. */
void scenario_undo_ids(scenario *s) {
    yata_doc *doc = new_doc(s, 1, YATA_OFFSET_UTF16, true);
    yata_id_set *inserts = NULL, *deletes = NULL, *all = NULL;
    edit(s, doc, 0);
    TRY(yata_id_set_new(&s->allocator, &inserts));
    TRY(yata_id_set_new(&s->allocator, &deletes));
    TRY(yata_id_set_new(&s->allocator, &all));
    yata_txn *txn = begin(s, doc);
    uint64_t left = calm(s);
    edit_text(doc, txn, 1);
    edit_map(doc, txn, 1);
    alarm_again(s, left);
    TRY(yata_txn_ids(txn, inserts, deletes));
    COMMIT(txn);
    for (int i = 0; i < 2; i++) {
        bool changed;
        yata_status status = yata_undo_ids(doc, inserts, deletes, NULL, &changed);
        if (status == YATA_ERR_MEMORY) scenario_failed(s, __FILE__, __LINE__);
        if (status == YATA_ERR_MEMORY && !changed) status = yata_undo_ids(doc, inserts, deletes, NULL, &changed);
        REQUIRE(changed);
        see_json(s, doc);
    }
    TRY(yata_doc_ids(doc, all, NULL));
    TRY(yata_id_set_diff(all, inserts));
    TRY(yata_id_set_merge(all, deletes));
    TRY(yata_id_set_intersect(all, all));
    yata_buffer bytes;
    yata_buffer_init(&bytes, &s->allocator);
    TRY(yata_id_set_encode(all, YATA_IDS_YRS, &bytes));
    see(s, bytes_of(&bytes));
    yata_buffer_free(&bytes);
    yata_id_set_free(inserts);
    yata_id_set_free(deletes);
    yata_id_set_free(all);
}
