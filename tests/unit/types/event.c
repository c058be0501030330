/* SPDX-License-Identifier: MIT */
/*
 * event.c and event_delta.c - who is told of a change, and what: keys, paths and deltas, which are those of yjs 13.6.33
 * for the same edits.
 */
#include <yata/delta.h>
#include <yata/event.h>
#include "../peer.h"

/* What was told, as text. */
typedef struct notes {
    peer *p;
    yata_buffer text;
    yata_type watched;
    uint32_t id, calls;
    void (*then)(struct notes *n, const yata_event *event); /* done inside the callback */
} notes;

static void add(notes *n, const char *text) {
    OK(yata_buffer_append(&n->text, text, strlen(text)));
}

static void add_value(notes *n, const yata_value *value) {
    if (value->kind == YATA_VALUE_UNDEFINED)
        add(n, "-");
    else
        OK(yata_value_to_json(value, &n->text));
}

static void tell_keys(notes *n, const yata_event *event) {
    static const char *const actions[] = {"+", "~", "!"};
    yata_key_iter it = yata_event_keys(event);
    yata_key_change change;
    while (yata_key_iter_next(&it, &change)) {
        add(n, actions[change.action]);
        OK(yata_buffer_append(&n->text, change.key.data, change.key.len));
        add(n, "(");
        add_value(n, &change.old_value);
        add(n, ">");
        add_value(n, &change.new_value);
        add(n, ")");
    }
}

static void tell_path(notes *n, const yata_event *event) {
    size_t length = yata_event_path_length(event);
    yata_path_step step;
    for (size_t i = 0; i < length; i++) {
        OK(yata_event_path_at(event, i, &step));
        char text[32];
        if (step.is_key)
            snprintf(text, sizeof text, "/%.*s", (int)step.key.len, step.key.data);
        else
            snprintf(text, sizeof text, "/%u", step.index);
        add(n, text);
    }
    FAILS(YATA_ERR_RANGE, yata_event_path_at(event, length, &step));
    yata_path_step all[16];
    cr_assert_lt(length, 16);
    OK(yata_event_path(event, all, length));
    FAILS(YATA_ERR_RANGE, yata_event_path(event, all, length + 1));
    FAILS(YATA_ERR_ARGUMENT, yata_event_path(event, NULL, length + 1));
    for (size_t i = 0; i < length; i++) {
        OK(yata_event_path_at(event, i, &step));
        cr_assert_eq(all[i].is_key, step.is_key);
        cr_assert_eq(all[i].index, step.index);
        cr_assert_eq(all[i].key.data, step.key.data);
    }
}

static void tell_delta(notes *n, const yata_event *event) {
    yata_delta *delta;
    OK(yata_delta_new(&n->p->allocator, &delta));
    OK(yata_event_delta(event, delta));
    if (yata_delta_count(delta)) OK(yata_delta_to_json(delta, &n->text));
    yata_delta_free(delta);
}

static void tell(notes *n, const yata_event *event) {
    cr_assert_eq(yata_txn_doc(yata_event_txn(event)), n->p->doc);
    tell_path(n, event);
    tell_keys(n, event);
    tell_delta(n, event);
}

static void shallow(void *ctx, const yata_event *event) {
    notes *n = ctx;
    n->calls++;
    cr_assert_eq(yata_event_target(event).ref, n->watched.ref);
    cr_assert_eq(yata_event_current_target(event).ref, n->watched.ref);
    tell(n, event);
    add(n, ";");
    if (n->then) n->then(n, event);
}

static void deep(void *ctx, const yata_event *const *events, size_t count, const yata_txn *txn) {
    notes *n = ctx;
    n->calls++;
    for (size_t i = 0; i < count; i++) {
        cr_assert_eq(yata_event_txn(events[i]), txn);
        cr_assert_eq(yata_event_current_target(events[i]).ref, n->watched.ref);
        add(n, i ? "|" : "");
        add(n, yata_event_list_changed(events[i]) ? "L" : "K");
        tell(n, events[i]);
    }
    add(n, ";");
    if (n->then) n->then(n, events[0]);
}

static void watch(notes *n, peer *p, yata_type type, bool is_deep) {
    memset(n, 0, sizeof *n);
    n->p = p;
    n->watched = type;
    yata_buffer_init(&n->text, NULL);
    OK(is_deep ? yata_type_observe_deep(type, deep, n, &n->id) : yata_type_observe(type, shallow, n, &n->id));
}

/* What was told since the last time. */
static void expect_told(notes *n, const char *expected) {
    expect_seen(&n->text, expected);
    n->text.len = 0;
}

static yata_value json_value(yata_buffer *bytes, const char *json) {
    yata_value value;
    yata_buffer_init(bytes, NULL);
    OK(yata_value_from_json(str_of(json), bytes, &value, NULL));
    return value;
}

static void format(peer *p, yata_type t, uint32_t at, uint32_t len, const char *json) {
    yata_buffer bytes;
    yata_value attributes = json_value(&bytes, json);
    yata_txn *txn;
    OK(yata_txn_begin(p->doc, no_bytes(), &txn));
    OK(yata_text_format(t, txn, at, len, &attributes));
    OK(yata_txn_commit(txn));
    yata_buffer_free(&bytes);
}

/* ------------------------------------------------------------------------
 * Subscriptions
 */
Test(event, statuses) {
    peer p;
    peer_open(&p, 1);
    yata_type t = text_root(&p), none = {NULL, 0, 0};
    uint32_t id, other;
    FAILS(YATA_ERR_ARGUMENT, yata_type_observe(t, NULL, NULL, &id));
    FAILS(YATA_ERR_ARGUMENT, yata_type_observe(t, shallow, NULL, NULL));
    FAILS(YATA_ERR_ARGUMENT, yata_type_observe(none, shallow, NULL, &id));
    FAILS(YATA_ERR_ARGUMENT, yata_type_observe_deep(t, NULL, NULL, &id));
    FAILS(YATA_ERR_ARGUMENT, yata_type_observe_deep(t, deep, NULL, NULL));
    FAILS(YATA_ERR_ARGUMENT, yata_type_unobserve(none, 1));
    FAILS(YATA_ERR_NOT_FOUND, yata_type_unobserve(t, 1));
    p.memory.fail_at = p.memory.calls + 1;
    FAILS(YATA_ERR_MEMORY, yata_type_observe(t, shallow, NULL, &id));
    p.memory.fail_at = 0;
    OK(yata_type_observe(t, shallow, NULL, &id));
    OK(yata_type_observe_deep(t, deep, NULL, &other));
    cr_assert_eq(p.doc->type_observers, 2);
    FAILS(YATA_ERR_NOT_FOUND, yata_type_unobserve(t, 0));
    FAILS(YATA_ERR_NOT_FOUND, yata_type_unobserve(array_root(&p), id));
    OK(yata_type_unobserve(t, id));
    FAILS(YATA_ERR_NOT_FOUND, yata_type_unobserve(t, id));
    OK(yata_type_unobserve(t, other));
    cr_assert_eq(p.doc->type_observers, 0);
    write_text(&p, t, 0, "nobody is told");
    p.doc->observer_id = UINT32_MAX;
    FAILS(YATA_ERR_LIMIT, yata_type_observe(t, shallow, NULL, &id));
    FAILS(YATA_ERR_ARGUMENT, yata_event_delta(NULL, NULL));
    peer_close(&p);
}

/* Subscriptions end with the type. */
Test(event, observers_of_a_type_that_goes) {
    peer p;
    peer_open(&p, 1);
    yata_type a = array_root(&p), inner = put_type(&p, a, 0, YATA_KIND_TEXT, "");
    notes n;
    watch(&n, &p, inner, false);
    write_text(&p, inner, 0, "x");
    expect_told(&n, "[{\"insert\":\"x\"}];");
    begin(&p);
    OK(yata_text_insert(inner, p.txn, 0, STR("y")));
    OK(yata_array_delete(a, p.txn, 0, 1));
    commit(&p);
    expect_told(&n, "");
    cr_assert_eq(p.doc->type_observers, 0);
    FAILS(YATA_ERR_GONE, yata_type_unobserve(inner, n.id));
    FAILS(YATA_ERR_GONE, yata_type_observe(inner, shallow, NULL, &n.id));
    yata_buffer_free(&n.text);
    peer_close(&p);
}

/* ------------------------------------------------------------------------
 * Deltas
 */
Test(event, of_texts) {
    peer p;
    peer_open(&p, 1);
    yata_type t = text_root(&p);
    notes n;
    watch(&n, &p, t, false);
    write_text(&p, t, 0, "hello world");
    expect_told(&n, "[{\"insert\":\"hello world\"}];");
    format(&p, t, 0, 5, "{\"b\":true}");
    expect_told(&n, "[{\"retain\":5,\"attributes\":{\"b\":true}}];");
    yata_buffer bytes;
    yata_value value = json_value(&bytes, "{\"i\":1}");
    OK(yata_text_insert_with(t, begin(&p), 5, STR("!"), &value));
    commit(&p);
    yata_buffer_free(&bytes);
    expect_told(&n, "[{\"retain\":5},{\"insert\":\"!\",\"attributes\":{\"i\":1}}];");
    erase_text(&p, t, 2, 5);
    expect_told(&n, "[{\"retain\":2},{\"delete\":5},{\"retain\":5,\"attributes\":{\"i\":null}}];"); /* as yjs says */
    value = json_value(&bytes, "{\"x\":1}");
    OK(yata_text_embed(t, begin(&p), 1, &value, NULL));
    commit(&p);
    yata_buffer_free(&bytes);
    expect_told(&n, "[{\"retain\":1},{\"insert\":{\"x\":1}}];");
    begin(&p);
    OK(yata_text_insert(t, p.txn, 0, STR("ab")));
    OK(yata_text_delete(t, p.txn, 1, 3));
    format(&p, t, 2, 3, "{\"b\":null,\"c\":2}");
    commit(&p);
    expect_told(&n, "[{\"insert\":\"a\"},{\"delete\":2},{\"retain\":1,\"attributes\":{\"b\":true}},"
                    "{\"retain\":3,\"attributes\":{\"c\":2}}];");
    OK(yata_text_embed_type(t, begin(&p), 0, YATA_KIND_MAP, STR(""), NULL, NULL));
    commit(&p);
    expect_told(&n, "[{\"insert\":{}}];");
    set_int(&p, t, "k", 1); /* an attribute of the text itself */
    expect_told(&n, "+k(->1);");
    yata_buffer_free(&n.text);
    peer_close(&p);
}

Test(event, lengths_are_in_the_unit_of_the_document) {
    static const yata_offset_unit units[] = {YATA_OFFSET_UTF16, YATA_OFFSET_UTF8, YATA_OFFSET_SCALAR};
    static const char *const expected[] = {
        "[{\"retain\":3},{\"delete\":1}];[{\"retain\":3},{\"insert\":\"-\"}];",
        "[{\"retain\":5},{\"delete\":3}];[{\"retain\":5},{\"insert\":\"-\"}];",
        "[{\"retain\":2},{\"delete\":1}];[{\"retain\":2},{\"insert\":\"-\"}];",
    };
    static const uint32_t at[] = {3, 5, 2}, len[] = {1, 3, 1};
    for (int u = 0; u < 3; u++) {
        peer p;
        peer_open_unit(&p, 1, units[u]);
        yata_type t = text_root(&p);
        write_text(&p, t, 0, "a\xF0\x9F\x98\x80\xE2\x82\xAC\xC3\xA9");
        notes n;
        watch(&n, &p, t, false);
        erase_text(&p, t, at[u], len[u]);
        write_text(&p, t, at[u], "-");
        expect_told(&n, expected[u]);
        yata_buffer_free(&n.text);
        peer_close(&p);
    }
}

Test(event, of_arrays) {
    peer p;
    peer_open(&p, 1);
    yata_type a = array_root(&p);
    notes n;
    watch(&n, &p, a, false);
    yata_value first[] = {INT(1), INT(2), INT(3)}, x = TEXT("x"), more[] = {INT(7), INT(8)}, nine = INT(9);
    OK(yata_array_insert(a, begin(&p), 0, first, 3));
    commit(&p);
    expect_told(&n, "[{\"insert\":[1,2,3]}];");
    OK(yata_array_insert(a, begin(&p), 1, &x, 1));
    commit(&p);
    expect_told(&n, "[{\"retain\":1},{\"insert\":[\"x\"]}];");
    erase_array(&p, a, 0, 2);
    expect_told(&n, "[{\"delete\":2}];");
    begin(&p);
    OK(yata_array_insert(a, p.txn, 1, more, 2));
    OK(yata_array_delete(a, p.txn, 0, 1));
    OK(yata_array_push(a, p.txn, &nine, 1));
    commit(&p);
    expect_told(&n, "[{\"delete\":1},{\"insert\":[7,8]},{\"retain\":1},{\"insert\":[9]}];");
    put_type(&p, a, 0, YATA_KIND_MAP, "");
    expect_told(&n, "[{\"insert\":[{}]}];");
    begin(&p); /* comes and goes: nothing to tell, but that it was touched */
    OK(yata_array_insert(a, p.txn, 0, more, 2));
    OK(yata_array_delete(a, p.txn, 0, 2));
    commit(&p);
    expect_told(&n, ";");
    yata_buffer_free(&n.text);
    peer_close(&p);
}

/* yjs: 1 makes "hello" bold, 2 makes 1 to 4 bold; a third is told of both. What the second brings and changes nothing
 * is removed when its delta is asked for, which is told in its turn. */
Test(event, deltas_remove_superfluous_formats) {
    peer p;
    peer_open(&p, 3);
    yata_type t = text_root(&p);
    OK(take(&p, "01010100040101740568656c6c6f00"));
    notes n;
    watch(&n, &p, t, false);
    OK(take(&p, "01030100040101740568656c6c6f460100016201318601040162046e756c6c00"));
    expect_told(&n, "[{\"retain\":5,\"attributes\":{\"b\":1}}];");
    OK(take(&p, "02020200c60100010101620131c6010301040162046e756c6c03010004010174016884010003656c6c840103016f00"));
    expect_told(&n, "[{\"retain\":4},{\"retain\":1,\"attributes\":{\"b\":null}}];;");
    expect_state(
        &p, "02020200c10100010101c6010301040162046e756c6c05010004010174016884010003656c6c840103016f4601000162013186"
            "01040162046e756c6c0102010001");
    yata_buffer_free(&n.text);
    peer_close(&p);
}

/* An event appended to a delta that holds something already. */
static void append_twice(notes *n, const yata_event *event) {
    yata_delta *delta;
    OK(yata_delta_new(NULL, &delta));
    for (int i = 0; i < 2; i++) {
        OK(yata_event_delta(event, delta));
        OK(yata_delta_push(delta, &(yata_delta_op){.kind = YATA_DELTA_RETAIN, .len = 1}));
    }
    OK(yata_event_delta(event, delta));
    OK(yata_event_delta(event, delta));
    OK(yata_delta_to_json(delta, &n->text));
    FAILS(YATA_ERR_ARGUMENT, yata_event_delta(event, NULL));
    yata_delta_free(delta);
}

Test(event, deltas_are_appended) {
    peer p;
    peer_open(&p, 1);
    notes a, t;
    watch(&a, &p, array_root(&p), false);
    watch(&t, &p, text_root(&p), false);
    a.then = t.then = append_twice;
    put_int(&p, a.watched, 0, 1);
    expect_told(&a, "[{\"insert\":[1]}];[{\"insert\":[1]},{\"retain\":1},{\"insert\":[1]},{\"retain\":1},"
                    "{\"insert\":[1]},{\"insert\":[1]}]");
    write_text(&p, t.watched, 0, "x");
    expect_told(&t, "[{\"insert\":\"x\"}];[{\"insert\":\"x\"},{\"retain\":1},{\"insert\":\"x\"},{\"retain\":1},"
                    "{\"insert\":\"x\"},{\"insert\":\"x\"}]");
    yata_buffer_free(&a.text);
    yata_buffer_free(&t.text);
    peer_close(&p);
}

/* ------------------------------------------------------------------------
 * Keys
 */
Test(event, of_maps) {
    peer p;
    peer_open(&p, 1);
    yata_type m = map_root(&p);
    yata_value one = INT(1), three = INT(3), five = INT(5), ten = INT(10);
    notes n;
    watch(&n, &p, m, false);
    set_int(&p, m, "k", 1);
    expect_told(&n, "+k(->1);");
    set_int(&p, m, "k", 2);
    expect_told(&n, "~k(1>2);");
    begin(&p);
    OK(yata_map_set(m, p.txn, STR("a"), &one));
    OK(yata_map_set(m, p.txn, STR("k"), &three));
    OK(yata_map_delete(m, p.txn, STR("a")));
    OK(yata_map_set(m, p.txn, STR("l"), &five));
    commit(&p);
    expect_told(&n, "~k(2>3)+l(->5);");
    OK(yata_map_delete(m, begin(&p), STR("k")));
    commit(&p);
    expect_told(&n, "!k(3>-);");
    set_int(&p, m, "k", 9);
    expect_told(&n, "+k(->9);");
    begin(&p);
    OK(yata_map_delete(m, p.txn, STR("k")));
    OK(yata_map_set(m, p.txn, STR("k"), &ten));
    commit(&p);
    expect_told(&n, "~k(9>10);");
    begin(&p);
    OK(yata_map_set(m, p.txn, STR("k"), &one));
    OK(yata_map_delete(m, p.txn, STR("k")));
    commit(&p);
    expect_told(&n, "!k(10>-);");
    yata_buffer_free(&n.text);
    peer_close(&p);
}

/* From outside: a value that loses is no change; one that wins is. */
Test(event, of_remote_values) {
    peer p;
    peer_open(&p, 1);
    OK(take(&p, "01 01 05 00 28 01 01 6d 01 6b 01 7d05 00"));
    notes n;
    watch(&n, &p, map_root(&p), false);
    OK(take(&p, "01 01 03 00 28 01 01 6d 01 6b 01 7d03 00"));
    expect_told(&n, ";");
    OK(take(&p, "01 01 07 00 28 01 01 6d 01 6b 01 7d07 00"));
    expect_told(&n, "~k(5>7);");
    OK(take(&p, "01 01 08 00 28 01 01 6d 01 6b 02 7d08 7d09 01 07 01 00 01"));
    expect_told(&n, "~k(7>9);");
    OK(take(&p, "01 01 09 00 24 01 01 6d 01 6b 03 616263 00"));
    expect_told(&n, "~k(9>\"abc\");");
    yata_buffer_free(&n.text);
    peer_close(&p);
}

/* ------------------------------------------------------------------------
 * Deep
 */
Test(event, paths) {
    peer p;
    peer_open(&p, 1);
    yata_type m = map_root(&p), a, t;
    yata_value ones[] = {INT(1), INT(2)}, five = INT(5), one = INT(1);
    notes n, inner;
    watch(&n, &p, m, true);
    OK(yata_map_set_type(m, begin(&p), STR("a"), YATA_KIND_ARRAY, STR(""), &a));
    commit(&p);
    expect_told(&n, "K+a(->[]);");
    begin(&p);
    OK(yata_array_insert(a, p.txn, 0, ones, 2));
    OK(yata_array_insert_type(a, p.txn, 2, YATA_KIND_TEXT, STR(""), &t));
    commit(&p);
    expect_told(&n, "L/a[{\"insert\":[1,2,\"\"]}];");
    watch(&inner, &p, a, true);
    write_text(&p, t, 0, "x");
    expect_told(&n, "L/a/2[{\"insert\":\"x\"}];");
    expect_told(&inner, "L/2[{\"insert\":\"x\"}];");
    begin(&p);
    OK(yata_text_insert(t, p.txn, 0, STR("y")));
    OK(yata_array_insert(a, p.txn, 0, &five, 1));
    OK(yata_map_set(m, p.txn, STR("z"), &one));
    commit(&p);
    expect_told(&n, "K+z(->1)|L/a[{\"insert\":[5]}]|L/a/3[{\"insert\":\"y\"}];"); /* shorter paths first */
    expect_told(&inner, "L[{\"insert\":[5]}]|L/3[{\"insert\":\"y\"}];");
    OK(yata_type_unobserve(m, n.id));
    write_text(&p, t, 0, "z");
    expect_told(&n, "");
    expect_told(&inner, "L/3[{\"insert\":\"z\"}];");
    yata_buffer_free(&n.text);
    yata_buffer_free(&inner.text);
    peer_close(&p);
}

/* Deep and shallow observers of one type, and what is deleted in the same transaction. */
Test(event, nothing_is_told_of_what_was_deleted) {
    peer p;
    peer_open(&p, 1);
    yata_type a = array_root(&p), inner = put_type(&p, a, 0, YATA_KIND_ARRAY, "");
    notes all, own;
    watch(&all, &p, a, true);
    watch(&own, &p, a, false);
    begin(&p);
    yata_value one = INT(1);
    OK(yata_array_push(inner, p.txn, &one, 1));
    OK(yata_array_push(a, p.txn, &one, 1));
    OK(yata_array_delete(a, p.txn, 0, 1));
    commit(&p);
    expect_told(&all, "L[{\"delete\":1},{\"insert\":[1]}];");
    expect_told(&own, "[{\"delete\":1},{\"insert\":[1]}];");
    yata_buffer_free(&all.text);
    yata_buffer_free(&own.text);
    peer_close(&p);
}

/* ------------------------------------------------------------------------
 * Inside callbacks
 */
static void leave(notes *n, const yata_event *event) {
    (void)event;
    OK(yata_type_unobserve(n->watched, n->id));
    FAILS(YATA_ERR_NOT_FOUND, yata_type_unobserve(n->watched, n->id));
    n->then = NULL;
}

Test(event, leaving_inside_a_callback) {
    peer p;
    peer_open(&p, 1);
    notes a, b, c;
    yata_type t = text_root(&p);
    watch(&a, &p, t, false);
    watch(&b, &p, t, true);
    watch(&c, &p, t, false);
    a.then = b.then = leave;
    write_text(&p, t, 0, "x");
    cr_assert(a.calls == 1 && b.calls == 1 && c.calls == 1);
    cr_assert_eq(p.doc->type_observers, 1);
    write_text(&p, t, 0, "y");
    cr_assert(a.calls == 1 && b.calls == 1 && c.calls == 2);
    yata_buffer_free(&a.text);
    yata_buffer_free(&b.text);
    yata_buffer_free(&c.text);
    peer_close(&p);
}

static notes joined;

static void join(notes *n, const yata_event *event) {
    (void)event;
    watch(&joined, n->p, n->watched, false);
    n->then = NULL;
}

Test(event, joining_inside_a_callback) {
    peer p;
    peer_open(&p, 1);
    notes a;
    yata_type t = text_root(&p);
    watch(&a, &p, t, false);
    a.then = join;
    write_text(&p, t, 0, "x");
    expect_told(&joined, ""); /* from the next transaction on */
    write_text(&p, t, 0, "y");
    expect_told(&joined, "[{\"insert\":\"y\"}];");
    yata_buffer_free(&a.text);
    yata_buffer_free(&joined.text);
    peer_close(&p);
}

/* A transaction inside a callback is told afterwards. */
static void write_once(notes *n, const yata_event *event) {
    (void)event;
    n->then = NULL;
    yata_txn *txn;
    OK(yata_txn_begin(n->p->doc, no_bytes(), &txn));
    OK(yata_text_insert(n->watched, txn, 0, STR("inner ")));
    OK(yata_txn_commit(txn));
    add(n, "written;");
}

Test(event, transactions_inside_callbacks) {
    peer p;
    peer_open(&p, 1);
    notes n;
    watch(&n, &p, text_root(&p), false);
    n.then = write_once;
    write_text(&p, n.watched, 0, "outer");
    expect_told(&n, "[{\"insert\":\"outer\"}];written;[{\"insert\":\"inner \"}];");
    expect_text(n.watched, "inner outer");
    yata_buffer_free(&n.text);
    peer_close(&p);
}

/* A list is told as changed also if an attribute of the same text came first. */
Test(event, of_an_attribute_and_a_list) {
    peer p, q;
    peer_open(&p, 1);
    peer_open(&q, 2);
    write_text(&p, text_root(&p), 0, "ab");
    send_all(&p, &q);
    notes n;
    watch(&n, &q, text_root(&q), true);
    yata_value one = INT(1);
    OK(yata_map_set(text_root(&p), begin(&p), STR("k"), &one));
    OK(yata_text_insert(text_root(&p), p.txn, 1, STR("x")));
    commit(&p);
    send_all(&p, &q);
    expect_told(&n, "L+k(->1)[{\"retain\":1},{\"insert\":\"x\"}];");
    yata_buffer_free(&n.text);
    peer_close(&p);
    peer_close(&q);
}

static void erase_twice(notes *n, const yata_event *event) {
    (void)event;
    n->then = NULL;
    if (branch_of(n->watched)->kind == YATA_KIND_ARRAY) {
        erase_array(n->p, n->watched, 0, 1);
        erase_array(n->p, n->watched, 0, 2);
    } else {
        erase_text(n->p, n->watched, 0, 1);
        erase_text(n->p, n->watched, 0, 2);
    }
}

/* The cleanup of the first transaction makes one tombstone of what the others delete; each tells its own part. */
Test(event, deletions_in_transactions_inside_callbacks) {
    peer p;
    peer_open_keeping(&p, 1);
    notes n;
    watch(&n, &p, array_root(&p), false);
    n.then = erase_twice;
    yata_value values[] = {INT(1), INT(2), INT(3), INT(4)};
    OK(yata_array_push(n.watched, begin(&p), values, 4));
    commit(&p);
    expect_told(&n, "[{\"insert\":[1,2,3,4]}];[{\"delete\":1}];[{\"delete\":2}];");
    yata_buffer_free(&n.text);
    watch(&n, &p, text_root(&p), false);
    n.then = erase_twice;
    write_text(&p, n.watched, 0, "1234");
    expect_told(&n, "[{\"insert\":\"1234\"}];[{\"delete\":1}];[{\"delete\":2}];");
    yata_buffer_free(&n.text);
    peer_close(&p);
}

static void push_nine(notes *n, const yata_event *event) {
    (void)event;
    n->then = NULL;
    yata_value nine = INT(9);
    OK(yata_array_push(n->watched, begin(n->p), &nine, 1));
    commit(n->p);
}

/* The cleanup of a deletion looks at both sides of its cuts: what waits for its own observers is not merged there. */
Test(event, insertions_in_transactions_inside_callbacks) {
    peer p;
    peer_open(&p, 1);
    yata_value values[] = {INT(1), INT(2), INT(3), INT(4)};
    OK(yata_array_push(array_root(&p), begin(&p), values, 4));
    commit(&p);
    notes n;
    watch(&n, &p, array_root(&p), false);
    n.then = push_nine;
    erase_array(&p, n.watched, 1, 1);
    expect_told(&n, "[{\"retain\":1},{\"delete\":1}];[{\"retain\":3},{\"insert\":[9]}];");
    yata_buffer_free(&n.text);
    peer_close(&p);
}

static void set_twice(notes *n, const yata_event *event) {
    (void)event;
    n->then = NULL;
    set_int(n->p, n->watched, "k", 2);
    set_int(n->p, n->watched, "k", 3);
}

/* The cleanup of the first transaction merges 1 and 2, which are both deleted by then. Yjs says that the second one
 * replaced 2 and the third nothing (quirk Q58). */
Test(event, old_values_in_transactions_inside_callbacks) {
    for (int keeping = 0; keeping < 2; keeping++) {
        peer p;
        if (keeping)
            peer_open_keeping(&p, 1);
        else
            peer_open(&p, 1);
        notes n;
        watch(&n, &p, map_root(&p), false);
        n.then = set_twice;
        set_int(&p, n.watched, "k", 1);
        expect_told(&n, "+k(->1);~k(1>3);~k(2>3);");
        yata_buffer_free(&n.text);
        peer_close(&p);
    }
}

/* A type that an event names says nothing any more once it is deleted, but what it was; collected it is gone. */
Test(event, deleted_types_print_as_empty) {
    static const struct {
        yata_kind kind;
        const char *name, *told;
    } kinds[] = {
        {YATA_KIND_ARRAY, "", "!a([]>-);"},
        {YATA_KIND_MAP, "", "!a({}>-);"},
        {YATA_KIND_TEXT, "", "!a(\"\">-);"},
        {YATA_KIND_XML_ELEMENT, "p", "!a(\"<p></p>\">-);"},
    };
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
        peer p;
        peer_open(&p, 1);
        notes n;
        yata_type m = map_root(&p), a;
        OK(yata_map_set_type(m, begin(&p), STR("a"), kinds[i].kind, str_of(kinds[i].name), &a));
        commit(&p);
        yata_value value = {.kind = YATA_VALUE_TYPE, .u.type = a};
        watch(&n, &p, m, false);
        OK(yata_map_delete(m, begin(&p), STR("a")));
        commit(&p);
        expect_told(&n, kinds[i].told);
        FAILS(YATA_ERR_GONE, yata_value_to_json(&value, &n.text));
        yata_buffer_free(&n.text);
        peer_close(&p);
    }
}

/* One that deletes the type: the others are still told, but there is nothing left to say. */
static yata_type holder;

static void delete_it(notes *n, const yata_event *event) {
    n->then = NULL;
    yata_txn *txn;
    OK(yata_txn_begin(n->p->doc, no_bytes(), &txn));
    OK(yata_array_delete(holder, txn, 0, 1));
    OK(yata_txn_commit(txn));
    yata_delta *delta;
    OK(yata_delta_new(NULL, &delta));
    FAILS(YATA_ERR_GONE, yata_event_delta(event, delta));
    yata_delta_free(delta);
}

Test(event, deleting_the_type_inside_a_callback) {
    peer p;
    peer_open(&p, 1);
    holder = array_root(&p);
    yata_type inner = put_type(&p, holder, 0, YATA_KIND_MAP, "");
    notes a, top;
    watch(&a, &p, inner, false);
    watch(&top, &p, holder, true);
    a.then = delete_it;
    set_int(&p, inner, "k", 1);
    expect_told(&a, "+k(->1);");
    expect_told(&top, "L[{\"delete\":1}];");
    cr_assert_eq(p.doc->type_observers, 1);
    yata_buffer_free(&a.text);
    yata_buffer_free(&top.text);
    peer_close(&p);
}

/* What an observer does to formats is cleaned by nobody, and what it deletes does not prevent cleaning: whether there
 * is anything to clean is settled, type by type, before observers of whole trees are called. */
static void edit_rich(notes *n, const yata_event *event) {
    (void)event;
    n->then = NULL;
    yata_buffer bytes;
    yata_value bold = json_value(&bytes, "{\"b\":1}");
    yata_txn *txn;
    OK(yata_txn_begin(n->p->doc, no_bytes(), &txn));
    OK(yata_text_insert_with(text_root(n->p), txn, 0, STR("bold"), &bold));
    OK(yata_array_delete(holder, txn, 0, 1));
    OK(yata_txn_commit(txn));
    yata_buffer_free(&bytes);
}

static void count_txn(void *ctx, yata_doc *doc, const yata_txn *txn) {
    (void)doc;
    (void)txn;
    ++*(uint32_t *)ctx;
}

/* How many transactions an update causes, when an observer edits both texts: `changed` is the one that is changed. */
static uint32_t transactions_of(bool changes_rich) {
    peer p, q;
    notes n;
    yata_type rich;
    uint32_t id, count = 0;
    peer_open(&p, 1);
    peer_open(&q, 2);
    holder = array_root(&p);
    OK(yata_array_insert_type(holder, begin(&p), 0, YATA_KIND_TEXT, STR(""), &rich));
    commit(&p);
    write_text(&p, rich, 0, "rich");
    format(&p, rich, 1, 2, "{\"b\":1}");
    write_text(&p, text_root(&p), 0, "plain");
    holder = array_root(&q);
    (void)text_root(&q);
    send_all(&p, &q);
    watch(&n, &q, holder, true);
    n.then = edit_rich;
    OK(yata_doc_observe_txn(q.doc, YATA_STAGE_CLEANED, count_txn, &count, &id));
    begin(&p);
    if (changes_rich) OK(yata_text_delete(rich, p.txn, 3, 1));
    OK(yata_text_insert(text_root(&p), p.txn, 0, STR("more ")));
    yata_value one = INT(1);
    OK(yata_array_push(array_root(&p), p.txn, &one, 1));
    commit(&p);
    send_all(&p, &q);
    cr_assert_eq(n.calls, 2);
    yata_buffer_free(&n.text);
    peer_close(&p);
    peer_close(&q);
    return count;
}

Test(event, cleaning_is_settled_before_deep_observers) {
    cr_assert_eq(transactions_of(false), 2); /* the update, the edit */
    cr_assert_eq(transactions_of(true), 3);  /* and the cleaning, though the text with formats is gone by then */
}

/* ------------------------------------------------------------------------
 * Without memory
 */
static notes told[2];

static void open_watched(peer *p) {
    peer_open(p, 1);
    yata_type m = map_root(p), a;
    OK(yata_map_set_type(m, begin(p), STR("a"), YATA_KIND_ARRAY, STR(""), &a));
    commit(p);
    watch(&told[0], p, m, true);
    watch(&told[1], p, a, true);
    yata_value one = INT(1);
    begin(p);
    OK(yata_array_push(a, p->txn, &one, 1));
    for (int i = 0; i < 9; i++) OK(yata_map_set(m, p->txn, (yata_str){&"123456789"[i], 1}, &one));
}

static void count_deep(void *ctx, const yata_event *const *events, size_t count, const yata_txn *txn) {
    (void)events;
    (void)txn;
    (void)ctx;
    told[0].calls += (uint32_t)count;
}

static bool commit_watched(peer *p) {
    for (int i = 0; i < 2; i++) { /* with callbacks that ask for nothing */
        uint32_t id;
        yata_buffer_free(&told[i].text);
        OK(yata_type_unobserve(told[i].watched, told[i].id));
        if (yata_type_observe_deep(told[i].watched, count_deep, NULL, &id)) {
            OK(yata_txn_commit(p->txn));
            return false;
        }
    }
    yata_status status = yata_txn_commit(p->txn);
    cr_assert(status == YATA_OK || status == YATA_ERR_MEMORY);
    if (!status) cr_assert_eq(told[0].calls, 3);
    return !status;
}

Test(event, without_memory) {
    fail_each(open_watched, commit_watched);
}

static void try_delta(void *ctx, const yata_event *event) {
    peer *p = ctx;
    yata_delta *delta;
    for (uint64_t n = 1;; n++) {
        p->memory.failures = 0;
        p->memory.fail_at = p->memory.calls + n;
        yata_status status = yata_delta_new(&p->allocator, &delta);
        if (!status) {
            status = yata_event_delta(event, delta);
            if (status) cr_assert_eq(yata_delta_count(delta), 0);
            yata_delta_free(delta);
        }
        p->memory.fail_at = 0;
        FAILS(p->memory.failures ? YATA_ERR_MEMORY : YATA_OK, status);
        if (!status) break;
    }
}

Test(event, deltas_without_memory) {
    peer p;
    peer_open(&p, 1);
    uint32_t id;
    yata_type t = text_root(&p), a = array_root(&p);
    write_text(&p, t, 0, "hello world");
    format(&p, t, 2, 4, "{\"b\":1}");
    OK(yata_type_observe(t, try_delta, &p, &id));
    OK(yata_type_observe(a, try_delta, &p, &id));
    begin(&p);
    format(&p, t, 0, 8, "{\"b\":2,\"c\":3}");
    format(&p, t, 3, 2, "{\"b\":null}");
    OK(yata_text_insert(t, p.txn, 1, STR("new")));
    OK(yata_text_delete(t, p.txn, 6, 2));
    yata_value values[] = {INT(1), TEXT("text")};
    OK(yata_array_push(a, p.txn, values, 2));
    commit(&p);
    peer_close(&p);
}

/* ------------------------------------------------------------------------
 * Long ways
 */
enum { LEVELS = 300 };

typedef struct depths {
    uint32_t calls, events;
    size_t longest;
} depths;

static void count_depths(void *ctx, const yata_event *const *events, size_t count, const yata_txn *txn) {
    (void)txn;
    depths *d = ctx;
    d->calls++;
    d->events += (uint32_t)count;
    for (size_t i = 0; i < count; i++) {
        size_t length = yata_event_path_length(events[i]);
        cr_assert(i == 0 || length >= yata_event_path_length(events[i - 1]));
        d->longest = length;
    }
}

static depths seen[2];

/* Arrays inside each other, observed at the root and half-way down. */
static void open_nested(peer *p) {
    uint32_t subscription;
    peer_open(p, 1);
    yata_type type = array_root(p);
    OK(yata_type_observe_deep(type, count_depths, &seen[0], &subscription));
    for (uint32_t i = 0; i < LEVELS; i++) {
        type = put_type(p, type, 0, YATA_KIND_ARRAY, "");
        if (i + 1 == LEVELS / 2) OK(yata_type_observe_deep(type, count_depths, &seen[1], &subscription));
    }
    memset(seen, 0, sizeof seen);
}

/* Changes each level; false: memory failed somewhere. */
static bool change_levels(peer *p) {
    yata_value value = INT(1);
    yata_type type = array_root(p);
    yata_txn *txn;
    bool ok = yata_txn_begin(p->doc, no_bytes(), &txn) == YATA_OK;
    if (!ok) return false;
    for (yata_value inner; yata_array_get(type, 0, &inner) == YATA_OK && inner.kind == YATA_VALUE_TYPE;) {
        type = inner.u.type;
        ok &= yata_array_push(type, txn, &value, 1) == YATA_OK;
    }
    return yata_txn_commit(txn) == YATA_OK && ok;
}

Test(event, changes_far_below) {
    peer p;
    open_nested(&p);
    cr_assert(change_levels(&p));
    cr_assert_eq(seen[0].calls, 1);
    cr_assert_eq(seen[0].events, LEVELS);
    cr_assert_eq(seen[0].longest, LEVELS);
    cr_assert_eq(seen[1].calls, 1);
    cr_assert_eq(seen[1].events, LEVELS / 2 + 1);
    cr_assert_eq(seen[1].longest, LEVELS / 2);
    peer_close(&p);
}

Test(event, changes_far_below_without_memory) {
    fail_each(open_nested, change_levels);
}
