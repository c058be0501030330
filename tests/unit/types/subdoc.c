/* SPDX-License-Identifier: MIT */
/*
 * subdoc.c - subdocuments: their bytes, their events in the order of yjs 13.6.33, their documents.
 *
 * A log has one letter for each update event, and for each event about subdocuments the guids: [+added -removed
 * ~loaded].
 */
#include "doc/instance.h"
#include "../peer.h"

typedef struct watched {
    peer p;
    char log[1024];
    void (*inside)(struct watched *w, const yata_subdocs_event *event); /* called once */
} watched;

static void add(watched *w, const char *text, size_t n) {
    size_t len = strlen(w->log);
    cr_assert(len + n < sizeof w->log);
    memcpy(w->log + len, text, n);
    w->log[len + n] = 0;
}

static void add_guids(watched *w, char sign, const yata_subdoc *list, size_t count) {
    for (size_t i = 0; i < count; i++) {
        yata_str guid;
        OK(yata_subdoc_guid(list[i], &guid));
        char space[2] = {sign, 0};
        if (w->log[strlen(w->log) - 1] != '[') add(w, " ", 1);
        add(w, space, 1);
        add(w, guid.data, guid.len);
    }
}

static void on_update(void *ctx, yata_doc *doc, const yata_txn *txn, yata_bytes update) {
    (void)doc, (void)txn, (void)update;
    add(ctx, "u", 1);
}

static void on_subdocs(void *ctx, yata_doc *doc, const yata_txn *txn, const yata_subdocs_event *event) {
    watched *w = ctx;
    cr_assert_eq(doc, w->p.doc);
    cr_assert_eq(yata_txn_doc(txn), doc);
    add(w, "[", 1);
    add_guids(w, '+', event->added, event->added_count);
    add_guids(w, '-', event->removed, event->removed_count);
    add_guids(w, '~', event->loaded, event->loaded_count);
    add(w, "]", 1);
    void (*inside)(watched *, const yata_subdocs_event *) = w->inside;
    w->inside = NULL;
    if (inside) inside(w, event);
}

static void open_watched(watched *w, uint64_t client) {
    uint32_t subscription;
    memset(w, 0, sizeof *w);
    peer_open(&w->p, client);
    OK(yata_doc_observe_update(w->p.doc, on_update, w, &subscription));
    OK(yata_doc_observe_subdocs(w->p.doc, on_subdocs, w, &subscription));
}

static void expect_log(watched *w, const char *expected) {
    cr_assert_str_eq(w->log, expected);
    w->log[0] = 0;
    sound(&w->p);
}

static yata_subdoc set_doc(watched *w, const char *key, const char *guid) {
    yata_subdoc made = {NULL, 0, 0};
    yata_subdoc_options options = {.guid = str_of(guid)};
    OK(yata_map_set_doc(map_root(&w->p), begin(&w->p), str_of(key), &options, &made));
    commit(&w->p);
    return made;
}

static yata_subdoc doc_at(yata_type array, uint32_t index) {
    yata_subdoc found = {NULL, 0, 0};
    OK(yata_array_get_doc(array, index, &found));
    return found;
}

static yata_subdoc doc_of(peer *p, const char *key) {
    yata_subdoc found = {NULL, 0, 0};
    OK(yata_map_get_doc(map_root(p), str_of(key), &found));
    return found;
}

static void expect_live(const peer *p, const char *expected) {
    char all[256] = "";
    for (uint32_t i = 0; i < yata_doc_subdoc_count(p->doc); i++) {
        yata_subdoc s;
        yata_str guid;
        OK(yata_doc_subdoc_at(p->doc, i, &s));
        OK(yata_subdoc_guid(s, &guid));
        snprintf(all + strlen(all), sizeof all - strlen(all), "%s%.*s", i ? " " : "", (int)guid.len, guid.data);
    }
    cr_assert_str_eq(all, expected);
}

Test(subdoc, bytes_and_options) {
    watched w;
    open_watched(&w, 1);
    yata_type l = root(&w.p, "l", YATA_KIND_ARRAY);
    yata_buffer bytes;
    yata_value meta, seen, five = INT(5);
    yata_buffer_init(&bytes, NULL);
    OK(yata_value_from_json(STR("{\"x\":1}"), &bytes, &meta, NULL));
    yata_subdoc_options g2 = {.guid = STR("g2"), .keep_deleted = true, .auto_load = true, .meta = &meta};
    yata_subdoc_options g3 = {.guid = STR("g3"), .defer = true};
    begin(&w.p);
    OK(yata_array_insert_doc(l, w.p.txn, 0, &g2, NULL));
    OK(yata_array_insert(l, w.p.txn, 1, &five, 1));
    OK(yata_array_insert_doc(l, w.p.txn, 2, &g3, NULL));
    commit(&w.p);
    expect_log(&w, "u[+g2 +g3 ~g2]");
    expect_state(&w.p,
                 "01 03 01 00 09 01 01 6c 02 6732 76 03 02 6763 79 08 6175746f4c6f6164 78 04 6d657461 76 01 01 78 7d01"
                 "| 88 01 00 01 7d 05 | 89 01 01 02 6733 76 00 | 00");
    bool flag = false;
    yata_subdoc a = doc_at(l, 0), b = doc_at(l, 2);
    yata_str text;
    OK(yata_subdoc_auto_load(a, &flag));
    cr_assert(flag);
    OK(yata_subdoc_should_load(a, &flag));
    cr_assert(flag);
    OK(yata_subdoc_should_load(b, &flag));
    cr_assert_not(flag);
    OK(yata_subdoc_auto_load(b, &flag));
    cr_assert_not(flag);
    OK(yata_subdoc_meta(a, &seen));
    cr_assert_eq(seen.kind, YATA_VALUE_OBJECT);
    OK(yata_subdoc_meta(b, &seen));
    cr_assert_eq(seen.kind, YATA_VALUE_NULL);
    OK(yata_subdoc_options_value(a, &seen));
    cr_assert_eq(yata_value_count(&seen), 3);
    OK(yata_subdoc_collection_id(a, &text));
    cr_assert_eq(text.len, 0);
    expect_json(l, "[{\"$doc\":\"g2\"},5,{\"$doc\":\"g3\"}]");
    expect_live(&w.p, "g2 g3");
    yata_buffer_free(&bytes);
    peer_close(&w.p);
}

/* Members for those who know them; those that stand there already are replaced, where they stand. */
Test(subdoc, options_for_others) {
    watched w;
    open_watched(&w, 1);
    yata_type l = root(&w.p, "l", YATA_KIND_ARRAY);
    yata_buffer bytes;
    yata_value more, seen;
    bool flag = true;
    yata_buffer_init(&bytes, NULL);
    OK(yata_value_from_json(STR("{\"x\":1,\"autoLoad\":false}"), &bytes, &more, NULL));
    yata_subdoc_options options = {.guid = STR("g"), .auto_load = true, .more = &more};
    begin(&w.p);
    OK(yata_array_push_doc(l, w.p.txn, &options, NULL));
    yata_value five = INT(5);
    options.more = &five;
    FAILS(YATA_ERR_ARGUMENT, yata_array_push_doc(l, w.p.txn, &options, NULL));
    yata_value broken = {.kind = YATA_VALUE_OBJECT, .u = {.any = {(const uint8_t *)"v\x01", 2}}};
    options.more = &broken;
    FAILS(YATA_ERR_END, yata_array_push_doc(l, w.p.txn, &options, NULL));
    commit(&w.p);
    expect_state(&w.p, "01 01 01 00 09 01 01 6c 01 67 76 02 08 6175746f4c6f6164 79 01 78 7d 01 | 00");
    OK(yata_subdoc_auto_load(doc_at(l, 0), &flag));
    cr_assert_not(flag);
    OK(yata_subdoc_options_value(doc_at(l, 0), &seen));
    cr_assert_eq(yata_value_count(&seen), 2);
    yata_buffer_free(&bytes);
    peer_close(&w.p);
}

/* Each line of events is what yjs says to the same calls. */
Test(subdoc, events_in_the_order_of_yjs) {
    watched a, b;
    open_watched(&a, 1);
    open_watched(&b, 2);
    set_doc(&a, "k", "g1");
    expect_log(&a, "u[+g1 ~g1]");
    send_all(&a.p, &b.p);
    expect_log(&b, "u[+g1]");
    yata_subdoc s = doc_of(&b.p, "k");
    OK(yata_subdoc_load(s));
    OK(yata_subdoc_load(s));
    expect_log(&b, "[~g1]");
    OK(yata_subdoc_destroy(s));
    expect_log(&b, "[+g1 -g1]");
    FAILS(YATA_ERR_GONE, yata_subdoc_load(s));
    FAILS(YATA_ERR_GONE, yata_subdoc_destroy(s));
    cr_assert_not(yata_subdoc_alive(s));
    bool loaded = true;
    OK(yata_subdoc_should_load(doc_of(&b.p, "k"), &loaded));
    cr_assert_not(loaded);
    set_doc(&a, "k", "g4");
    expect_log(&a, "u[+g4 -g1 ~g4][-g1]");
    send_all(&a.p, &b.p);
    expect_log(&b, "u[+g4 -g1][-g1]");
    expect_live(&b.p, "g4");
    expect_same_state(&a.p, &b.p);
    peer_close(&a.p);
    peer_close(&b.p);
}

Test(subdoc, comings_and_goings_in_one_transaction) {
    watched w;
    open_watched(&w, 1);
    yata_type l = array_root(&w.p);
    yata_subdoc s = {NULL, 0, 0};
    yata_subdoc_options g5 = {.guid = STR("g5")}, lazy = {.guid = STR("g8"), .defer = true};
    OK(yata_array_push_doc(l, begin(&w.p), &g5, &s)); /* came and went, loaded */
    OK(yata_array_delete(l, w.p.txn, 0, 1));
    commit(&w.p);
    expect_log(&w, "u[~g5]");
    FAILS(YATA_ERR_GONE, yata_subdoc_guid(s, &(yata_str){NULL, 0}));
    OK(yata_array_push_doc(l, begin(&w.p), &lazy, &s)); /* nobody was to load it */
    OK(yata_array_delete(l, w.p.txn, 0, 1));
    commit(&w.p);
    expect_log(&w, "u");
    OK(yata_array_push_doc(l, begin(&w.p), &lazy, &s));
    OK(yata_subdoc_load(s));
    commit(&w.p);
    expect_log(&w, "u[+g8 ~g8]");
    OK(yata_array_push_doc(l, begin(&w.p), &g5, &s));
    OK(yata_subdoc_destroy(s));
    commit(&w.p);
    expect_log(&w, "u[+g5 +g5 -g5 ~g5]");
    begin(&w.p); /* destroyed, and its successor deleted with the item */
    OK(yata_subdoc_destroy(doc_at(l, 1)));
    OK(yata_array_delete(l, w.p.txn, 1, 1));
    commit(&w.p);
    expect_log(&w, "u[-g5]");
    s = doc_at(l, 0);
    begin(&w.p); /* deleted, then destroyed */
    OK(yata_array_delete(l, w.p.txn, 0, 1));
    OK(yata_subdoc_destroy(s));
    commit(&w.p);
    expect_log(&w, "u[-g8]");
    expect_live(&w.p, "");
    peer_close(&w.p);
}

Test(subdoc, deletions_of_types_go_depth_first) {
    watched w;
    open_watched(&w, 1);
    yata_type m = map_root(&w.p), x = {NULL, 0, 0}, y = {NULL, 0, 0};
    yata_subdoc_options o[4] = {{.guid = STR("a")}, {.guid = STR("b")}, {.guid = STR("c")}, {.guid = STR("d")}};
    begin(&w.p);
    OK(yata_map_set_type(m, w.p.txn, STR("x"), YATA_KIND_MAP, STR(""), &x));
    OK(yata_map_set_doc(x, w.p.txn, STR("1"), &o[0], NULL));
    OK(yata_map_set_type(x, w.p.txn, STR("2"), YATA_KIND_ARRAY, STR(""), &y));
    OK(yata_array_push_doc(y, w.p.txn, &o[1], NULL));
    OK(yata_array_push_doc(y, w.p.txn, &o[2], NULL));
    OK(yata_map_set_doc(x, w.p.txn, STR("3"), &o[3], NULL));
    commit(&w.p);
    expect_log(&w, "u[+a +b +c +d ~a ~b ~c ~d]");
    OK(yata_array_delete(y, begin(&w.p), 0, 1));
    OK(yata_map_delete(m, w.p.txn, STR("x")));
    commit(&w.p);
    expect_log(&w, "u[-b -a -c -d][-b][-a][-c][-d]");
    cr_assert_eq(w.p.doc->subdocs->held, 0);
    peer_close(&w.p);
}

/* Inserted and deleted elsewhere: loaded, if autoLoad says so, but never there. Collected: nothing. */
Test(subdoc, deleted_before_it_arrived) {
    watched w;
    open_watched(&w, 1);
    OK(take(&w.p, "01 01 09 00 01 01 01 61 01 | 01 09 01 00 01"));
    expect_log(&w, "u");
    peer_close(&w.p);
    open_watched(&w, 1);
    OK(take(&w.p, "01 01 09 00 09 01 01 61 01 68 76 01 08 6175746f4c6f6164 78 | 01 09 01 00 01"));
    expect_log(&w, "u[~h]");
    expect_live(&w.p, "");
    peer_close(&w.p);
}

static void destroy_first(watched *w, const yata_subdocs_event *event) {
    (void)w;
    OK(yata_subdoc_destroy(event->added[0]));
}

Test(subdoc, destroyed_in_its_event) {
    watched w;
    open_watched(&w, 1);
    w.inside = destroy_first;
    set_doc(&w, "k", "i");
    expect_log(&w, "u[+i ~i][+i -i]");
    expect_live(&w.p, "i");
    peer_close(&w.p);
}

Test(subdoc, options_of_others_are_kept) {
    /* {"shouldLoad":1,"autoLoad":"","gc":0,"collectionid":"c","meta":undefined,"else":[]} */
    static const char update[] =
        "01 01 09 00 09 01 01 61 01 68 76 06 0a 73686f756c644c6f6164 7d 01 08 6175746f4c6f6164 77 00"
        "02 6763 7d 00 0c 636f6c6c656374696f6e6964 77 01 63 04 6d657461 7f 04 656c7365 75 00 | 00";
    watched w;
    open_watched(&w, 1);
    OK(take(&w.p, update));
    expect_log(&w, "u[+h ~h]");
    expect_state(&w.p, update);
    yata_subdoc s = doc_at(array_root(&w.p), 0);
    bool flag = true;
    yata_str id;
    yata_value meta;
    yata_doc *doc;
    OK(yata_subdoc_auto_load(s, &flag));
    cr_assert_not(flag);
    OK(yata_subdoc_should_load(s, &flag));
    cr_assert(flag);
    OK(yata_subdoc_collection_id(s, &id));
    cr_assert(id.len == 1 && id.data[0] == 'c');
    OK(yata_subdoc_meta(s, &meta));
    cr_assert_eq(meta.kind, YATA_VALUE_NULL);
    OK(yata_subdoc_doc(s, &doc));
    cr_assert(doc->keep_deleted);
    OK(yata_subdoc_destroy(s));
    expect_log(&w, "[+h -h]");
    expect_state(&w.p, update);
    peer_close(&w.p);
}

Test(subdoc, documents) {
    watched w;
    open_watched(&w, 7);
    yata_subdoc s = set_doc(&w, "k", "g"), inner = {NULL, 0, 0};
    yata_doc *doc, *again, *deep;
    yata_str id;
    OK(yata_doc_set_collection_id(w.p.doc, STR("mine")));
    OK(yata_subdoc_collection_id(s, &id));
    cr_assert(id.len == 4 && !memcmp(id.data, "mine", 4));
    OK(yata_subdoc_doc(s, &doc));
    OK(yata_subdoc_doc(s, &again));
    cr_assert_eq(doc, again);
    cr_assert_eq(yata_doc_client_id(doc), 7);
    peer sub = {.doc = doc};
    set_int(&sub, map_root(&sub), "x", 1);
    expect_doc_json(&sub, "{\"m\":{\"x\":1}}");
    OK(yata_map_set_doc(map_root(&sub), begin(&sub), STR("deep"), NULL, &inner));
    commit(&sub);
    OK(yata_subdoc_doc(inner, &deep));
    OK(yata_subdoc_collection_id(inner, &id));
    cr_assert(id.len == 4 && !memcmp(id.data, "mine", 4));
    yata_doc_free(doc); /* it is not ours */
    cr_assert(yata_subdoc_alive(inner));
    peer_close(&w.p);
}

Test(subdoc, random_guids) {
    peer p;
    peer_open(&p, 1);
    yata_type m = map_root(&p);
    yata_subdoc a = {NULL, 0, 0}, b = {NULL, 0, 0};
    OK(yata_map_set_doc(m, begin(&p), STR("a"), NULL, &a));
    OK(yata_map_set_doc(m, p.txn, STR("b"), NULL, &b));
    commit(&p);
    yata_str x, y;
    OK(yata_subdoc_guid(a, &x));
    OK(yata_subdoc_guid(b, &y));
    cr_assert(x.len == 36 && y.len == 36 && memcmp(x.data, y.data, 36) != 0);
    for (int i = 0; i < 36; i++) {
        bool dash = i == 8 || i == 13 || i == 18 || i == 23;
        cr_assert(dash ? x.data[i] == '-' : strchr("0123456789abcdef", x.data[i]) != NULL);
    }
    cr_assert(x.data[14] == '4' && strchr("89ab", x.data[19]));
    peer_close(&p);
}

static bool no_random(void *ctx, uint64_t *out) {
    (void)ctx, (void)out;
    return false;
}

Test(subdoc, what_is_refused) {
    peer p;
    yata_doc_options options = yata_doc_options_default();
    options.client_id = 1;
    options.random = no_random;
    peer_open_with(&p, options);
    yata_type m = map_root(&p), a = array_root(&p), t = text_root(&p);
    yata_subdoc s = {NULL, 0, 0};
    yata_subdoc_options bad = {.guid = STR("\xff")}, fine = {.guid = STR("")}, worse = {.guid = {NULL, 1}};
    yata_value type = PLAIN(TYPE, .u.type = m);
    yata_subdoc_options odd = {.guid = STR("g"), .meta = &type};
    yata_doc *doc;
    begin(&p);
    FAILS(YATA_ERR_ARGUMENT, yata_map_set_doc(m, p.txn, STR("k"), NULL, &s)); /* no randomness for a guid */
    FAILS(YATA_ERR_UTF8, yata_map_set_doc(m, p.txn, STR("k"), &bad, &s));
    FAILS(YATA_ERR_ARGUMENT, yata_map_set_doc(m, p.txn, STR("k"), &worse, &s));
    FAILS(YATA_ERR_ARGUMENT, yata_map_set_doc(m, p.txn, STR("k"), &odd, &s));
    FAILS(YATA_ERR_UTF8, yata_map_set_doc(m, p.txn, STR("\xff"), &fine, &s));
    FAILS(YATA_ERR_TYPE, yata_map_set_doc(a, p.txn, STR("k"), &fine, &s));
    FAILS(YATA_ERR_TYPE, yata_array_push_doc(t, p.txn, &fine, &s));
    FAILS(YATA_ERR_RANGE, yata_array_insert_doc(a, p.txn, 1, &fine, &s));
    FAILS(YATA_ERR_ARGUMENT, yata_array_push_doc(a, NULL, &fine, &s));
    OK(yata_array_push_doc(a, p.txn, &fine, &s));
    commit(&p);
    put_int(&p, a, 0, 5);
    set_int(&p, m, "k", 5);
    FAILS(YATA_ERR_TYPE, yata_array_get_doc(a, 0, &s));
    FAILS(YATA_ERR_RANGE, yata_array_get_doc(a, 2, &s));
    FAILS(YATA_ERR_TYPE, yata_map_get_doc(m, STR("k"), &s));
    FAILS(YATA_ERR_NOT_FOUND, yata_map_get_doc(m, STR("l"), &s));
    FAILS(YATA_ERR_RANGE, yata_doc_subdoc_at(p.doc, 1, &s));
    FAILS(YATA_ERR_ARGUMENT, yata_doc_subdoc_at(NULL, 0, &s));
    FAILS(YATA_ERR_ARGUMENT, yata_subdoc_doc((yata_subdoc){NULL, 0, 0}, &doc));
    FAILS(YATA_ERR_ARGUMENT, yata_subdoc_load((yata_subdoc){p.doc, 99, 0}));
    FAILS(YATA_ERR_GONE, yata_subdoc_load((yata_subdoc){p.doc, 0, 99}));
    FAILS(YATA_ERR_NOT_FOUND, yata_doc_unobserve_subdocs(p.doc, 99));
    FAILS(YATA_ERR_ARGUMENT, yata_doc_unobserve_subdocs(p.doc, 0));
    cr_assert_eq(yata_doc_subdoc_count(NULL), 0);
    peer_close(&p);
}

static void unsubscribe(void *ctx, yata_doc *doc, const yata_txn *txn, const yata_subdocs_event *event) {
    (void)txn, (void)event;
    OK(yata_doc_unobserve_subdocs(doc, *(uint32_t *)ctx));
}

Test(subdoc, unsubscribing) {
    watched w;
    open_watched(&w, 1);
    uint32_t id = 0, own = 0;
    OK(yata_doc_observe_subdocs(w.p.doc, unsubscribe, &own, &own));
    OK(yata_doc_observe_subdocs(w.p.doc, on_subdocs, &w, &id));
    set_doc(&w, "k", "g");
    expect_log(&w, "u[+g ~g][+g ~g]");
    OK(yata_doc_unobserve_subdocs(w.p.doc, id));
    FAILS(YATA_ERR_NOT_FOUND, yata_doc_unobserve_subdocs(w.p.doc, own));
    set_doc(&w, "k", "h");
    expect_log(&w, "u[+h -g ~h][-g]");
    peer_close(&w.p);
}

/* Documents in documents in documents: freed one after the other. */
Test(subdoc, deep_documents) {
    enum { DEPTH = 2000 };
    peer p;
    peer_open(&p, 1);
    yata_doc *at = p.doc;
    for (int i = 0; i < DEPTH; i++) {
        peer q = {.doc = at};
        yata_subdoc_options options = {.guid = STR("g")};
        yata_subdoc s = {NULL, 0, 0};
        OK(yata_map_set_doc(map_root(&q), begin(&q), STR("k"), &options, &s));
        OK(yata_txn_commit(q.txn));
        OK(yata_subdoc_doc(s, &at));
    }
    peer_close(&p);
}

static void on_inner_update(void *ctx, yata_doc *doc, const yata_txn *txn, yata_bytes update) {
    (void)doc, (void)txn, (void)update;
    yata_subdoc s = *(yata_subdoc *)ctx;
    OK(yata_subdoc_destroy(s));
}

/* A callback of the inner document ends the inner document: it stays until it is idle. */
Test(subdoc, a_document_that_ends_itself) {
    watched w;
    open_watched(&w, 1);
    yata_subdoc s = set_doc(&w, "k", "g");
    yata_doc *doc;
    uint32_t id;
    OK(yata_subdoc_doc(s, &doc));
    OK(yata_doc_observe_update(doc, on_inner_update, &s, &id));
    peer sub = {.doc = doc};
    set_int(&sub, map_root(&sub), "x", 1);
    expect_doc_json(&sub, "{\"m\":{\"x\":1}}");
    expect_log(&w, "u[+g ~g][+g -g]");
    set_doc(&w, "l", "h"); /* now it goes */
    cr_assert_null(w.p.doc->subdocs->ended);
    peer_close(&w.p);
}

static void open_with_docs(peer *p) {
    peer_open(p, 1);
    yata_subdoc_options options = {.guid = STR("old"), .auto_load = true};
    yata_type nested = {NULL, 0, 0};
    yata_type m = map_root(p), a = array_root(p);
    OK(yata_map_set_doc(m, begin(p), STR("k"), &options, NULL));
    OK(yata_array_insert_type(a, p->txn, 0, YATA_KIND_ARRAY, STR(""), &nested));
    OK(yata_array_push_doc(nested, p->txn, &options, NULL));
    OK(yata_array_push_doc(nested, p->txn, &options, NULL));
    commit(p);
}

static void count_events(void *ctx, yata_doc *doc, const yata_txn *txn, const yata_subdocs_event *event) {
    (void)doc, (void)txn;
    *(size_t *)ctx += event->added_count + event->removed_count + event->loaded_count;
}

static bool try_docs(peer *p) {
    yata_type m = map_root(p), a = array_root(p);
    yata_subdoc s = {NULL, 0, 0};
    yata_subdoc_options options = {.guid = STR("new"), .collection_id = STR("collection")};
    yata_doc *doc;
    yata_txn *txn;
    uint32_t id;
    static size_t events;
    if (yata_doc_observe_subdocs(p->doc, count_events, &events, &id)) return false;
    if (yata_txn_begin(p->doc, no_bytes(), &txn)) return false;
    bool ok = !yata_map_set_doc(m, txn, STR("k"), &options, &s);
    ok = ok && !yata_subdoc_destroy(s) && !yata_map_get_doc(m, STR("k"), &s) && !yata_subdoc_load(s);
    ok = ok && !yata_subdoc_doc(s, &doc);
    ok = ok && !yata_array_delete(a, txn, 0, 1);
    return !yata_txn_commit(txn) && ok;
}

Test(subdoc, without_memory) {
    fail_each(open_with_docs, try_docs);
}

static yata_bytes arriving;

static bool try_apply(peer *p) {
    return !yata_doc_apply(p->doc, arriving, no_bytes(), NULL);
}

static void open_empty(peer *p) {
    peer_open(p, 9);
}

Test(subdoc, arriving_without_memory) {
    peer p;
    open_with_docs(&p);
    yata_buffer update = state_of(&p);
    peer_close(&p);
    arriving = bytes_of(&update);
    fail_each(open_empty, try_apply);
    yata_buffer_free(&update);
}
