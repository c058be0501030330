/* SPDX-License-Identifier: MIT */
/* events.cpp - observers of types and documents, subdocuments, sticky indexes, snapshots, queries. */
#include "check.h"

/* What an observer saw, as text. */
struct Log {
    std::string seen;
    int calls = 0;
};

static std::string path_of(YPathSegment *path, const uint32_t &len) {
    std::string out = "/";
    for (uint32_t i = 0; i < len; i++)
        out += path[i].tag == Y_EVENT_PATH_KEY ? std::string(path[i].value.key) + "/"
                                               : std::to_string(path[i].value.index) + "/";
    ypath_destroy(path, len);
    return out;
}

static std::string show_text_delta(YDeltaOut *delta, const uint32_t &n) {
    std::string out;
    for (uint32_t i = 0; i < n; i++) {
        const YDeltaOut &op = delta[i];
        out += op.tag == Y_EVENT_CHANGE_ADD ? "+" : op.tag == Y_EVENT_CHANGE_DELETE ? "-" : "=";
        out += std::to_string(op.len);
        if (op.insert) out += show(op.insert);
        std::map<std::string, std::string> attrs;
        for (uint32_t k = 0; k < op.attributes_len; k++) attrs[op.attributes[k].key] = show(&op.attributes[k].value);
        for (auto &a : attrs) out += " " + a.first + ":" + a.second;
        out += ";";
    }
    ytext_delta_destroy(delta, n);
    return out;
}

static std::string show_list_delta(YEventChange *delta, const uint32_t &n) {
    std::string out;
    for (uint32_t i = 0; i < n; i++) {
        out += delta[i].tag == Y_EVENT_CHANGE_ADD ? "+" : delta[i].tag == Y_EVENT_CHANGE_DELETE ? "-" : "=";
        out += std::to_string(delta[i].len);
        for (uint32_t k = 0; delta[i].values && k < delta[i].len; k++) out += " " + show(&delta[i].values[k]);
        out += ";";
    }
    yevent_delta_destroy(delta, n);
    return out;
}

static std::string show_keys(YEventKeyChange *keys, const uint32_t &n) {
    std::map<std::string, std::string> all;
    for (uint32_t i = 0; i < n; i++)
        all[keys[i].key] = std::to_string(keys[i].tag) + (keys[i].old_value ? " " + show(keys[i].old_value) : "") +
                           (keys[i].new_value ? " > " + show(keys[i].new_value) : "");
    yevent_keys_destroy(keys, n);
    std::string out;
    for (auto &k : all) out += k.first + ":" + k.second + ";";
    return out;
}

static void on_text(void *state, const YTextEvent *e) {
    YTextEvent copy = *e;
    Log *log = (Log *)state;
    uint32_t n = 0, len = 0;
    log->calls++;
    std::string path = path_of(ytext_event_path(&copy, &len), len);
    log->seen = path + show_text_delta(ytext_event_delta(&copy, &n), n);
    CHECK(ytype_kind(ytext_event_target(&copy)) == Y_TEXT);
}

CASE(ytext_observe) {
    YDoc *doc = doc_with(1);
    Branch *text = ytext(doc, "t");
    Log log;
    YTransaction *txn = write(doc);
    Observer sub = text_observe(text, &log, on_text);
    ytext_insert(text, txn, 0, "abcd", nullptr);
    ytransaction_commit(txn);
    CHECK(log.seen == "/+1'abcd';");
    txn = write(doc);
    ytext_remove_range(text, txn, 1, 2);
    ytransaction_commit(txn);
    CHECK(log.seen == "/=1;-2;");
    txn = write(doc);
    ytext_insert(text, txn, 1, "X", nullptr);
    ytransaction_commit(txn);
    CHECK(log.seen == "/=1;+1'X';");
    txn = write(doc);
    char *k[] = {(char *)"b"};
    YInput yes = yinput_bool(1), attrs = yinput_json_map(k, &yes, 1);
    ytext_format(text, txn, 1, 1, &attrs);
    ytransaction_commit(txn);
    CHECK(log.seen == "/=1;=1 b:true;");
    CHECK(log.calls == 4);
    ytransaction_commit(write(doc)); /* nothing happens */
    CHECK(log.calls == 4);
    sub.stop();
    txn = write(doc);
    ytext_insert(text, txn, 1, "Y", nullptr);
    ytransaction_commit(txn);
    CHECK(log.calls == 4);
    ydoc_destroy(doc);
}

static void on_array(void *state, const YArrayEvent *e) {
    Log *log = (Log *)state;
    uint32_t n = 0, len = 0;
    log->calls++;
    std::string path = path_of(yarray_event_path(e, &len), len);
    log->seen = path + show_list_delta(yarray_event_delta(e, &n), n);
    CHECK(yarray_len(yarray_event_target(e)) < 100);
}

CASE(yarray_observe) {
    YDoc *doc = doc_with(1);
    Branch *array = yarray(doc, "a");
    Log log;
    Observer sub = array_observe(array, &log, on_array);
    YInput items[] = {yinput_long(1), yinput_string("two"), yinput_bool(1), yinput_yarray(nullptr, 0)};
    YTransaction *txn = write(doc);
    yarray_insert_range(array, txn, 0, items, 4);
    ytransaction_commit(txn);
    CHECK(log.seen == "/+4 int 1 'two' true type 1;");
    txn = write(doc);
    yarray_remove_range(array, txn, 1, 2);
    ytransaction_commit(txn);
    CHECK(log.seen == "/=1;-2;");
    txn = write(doc);
    yarray_insert_range(array, txn, 1, items, 1);
    ytransaction_commit(txn);
    CHECK(log.seen == "/=1;+1 int 1;");
    sub.stop();
    txn = write(doc);
    yarray_remove_range(array, txn, 0, 3);
    ytransaction_commit(txn);
    CHECK(log.calls == 3);
    ydoc_destroy(doc);
}

static void on_map(void *state, const YMapEvent *e) {
    Log *log = (Log *)state;
    uint32_t n = 0, len = 0;
    log->calls++;
    std::string path = path_of(ymap_event_path(e, &len), len);
    log->seen = path + show_keys(ymap_event_keys(e, &n), n);
    CHECK(ytype_kind(ymap_event_target(e)) == Y_MAP);
}

CASE(ymap_observe) {
    YDoc *doc = doc_with(1);
    Branch *map = ymap(doc, "m");
    Log log;
    Observer sub = map_observe(map, &log, on_map);
    YInput a = yinput_string("value1"), b = yinput_long(2), c = yinput_string("value3");
    YTransaction *txn = write(doc);
    ymap_insert(map, txn, "key1", &a);
    ymap_insert(map, txn, "key2", &b);
    ytransaction_commit(txn);
    CHECK(log.seen == "/key1:4 > 'value1';key2:4 > int 2;");
    txn = write(doc);
    ymap_remove(map, txn, "key1");
    ymap_insert(map, txn, "key2", &c);
    ytransaction_commit(txn);
    CHECK(log.seen == "/key1:5 'value1';key2:6 int 2 > 'value3';");
    sub.stop();
    txn = write(doc);
    ymap_insert(map, txn, "key1", &a);
    ytransaction_commit(txn);
    CHECK(log.calls == 2);
    ydoc_destroy(doc);
}

static void on_xmltext(void *state, const YXmlTextEvent *e) {
    Log *log = (Log *)state;
    uint32_t n = 0, k = 0, len = 0;
    log->calls++;
    std::string path = path_of(yxmltext_event_path(e, &len), len);
    std::string delta = show_text_delta(yxmltext_event_delta(e, &n), n);
    log->seen = path + delta + show_keys(yxmltext_event_keys(e, &k), k);
    CHECK(ytype_kind(yxmltext_event_target(e)) == Y_XML_TEXT);
}

CASE(yxmltext_observe) {
    YDoc *doc = doc_with(1);
    Branch *fragment = yxmlfragment(doc, "x");
    YTransaction *txn = write(doc);
    Branch *text = yxmlelem_insert_text(fragment, txn, 0);
    ytransaction_commit(txn);
    Log log;
    Observer sub = xmltext_observe(text, &log, on_xmltext);
    txn = write(doc);
    yxmltext_insert(text, txn, 0, "abcd", nullptr);
    ytransaction_commit(txn);
    CHECK(log.seen == "/+1'abcd';");
    txn = write(doc);
    yxmltext_remove_range(text, txn, 1, 2);
    YInput v = yinput_long(1);
    yxmltext_insert_attr(text, txn, "k", &v);
    ytransaction_commit(txn);
    CHECK(log.seen == "/=1;-2;k:4 > int 1;");
    sub.stop();
    txn = write(doc);
    yxmltext_insert(text, txn, 0, "x", nullptr);
    ytransaction_commit(txn);
    CHECK(log.calls == 2);
    ydoc_destroy(doc);
}

static void on_xml(void *state, const YXmlEvent *e) {
    Log *log = (Log *)state;
    uint32_t n = 0, k = 0, len = 0;
    log->calls++;
    std::string path = path_of(yxmlelem_event_path(e, &len), len);
    std::string delta = show_list_delta(yxmlelem_event_delta(e, &n), n);
    log->seen = path + delta + show_keys(yxmlelem_event_keys(e, &k), k);
    CHECK(ytype_kind(yxmlelem_event_target(e)) == Y_XML_ELEM);
}

CASE(yxmlelement_observe) {
    YDoc *doc = doc_with(1);
    Branch *fragment = yxmlfragment(doc, "x");
    YTransaction *txn = write(doc);
    Branch *xml = yxmlelem_insert_elem(fragment, txn, 0, "div");
    ytransaction_commit(txn);
    Log log;
    Observer sub = xmlelem_observe(xml, &log, on_xml);
    YInput a = yinput_string("v1"), b = yinput_string("v2"), c = yinput_string("v3");
    txn = write(doc);
    yxmlelem_insert_attr(xml, txn, "a", &a);
    yxmlelem_insert_attr(xml, txn, "b", &b);
    ytransaction_commit(txn);
    CHECK(log.seen == "/a:4 > 'v1';b:4 > 'v2';");
    txn = write(doc);
    yxmlelem_insert_attr(xml, txn, "a", &c);
    yxmlelem_remove_attr(xml, txn, "b");
    ytransaction_commit(txn);
    CHECK(log.seen == "/a:6 'v1' > 'v3';b:5 'v2';");
    txn = write(doc);
    yxmlelem_insert_elem(xml, txn, 0, "p");
    yxmlelem_insert_text(xml, txn, 1);
    ytransaction_commit(txn);
    CHECK(log.seen == "/+2 type 4 type 5;");
    txn = write(doc);
    yxmlelem_remove_range(xml, txn, 1, 1);
    ytransaction_commit(txn);
    CHECK(log.seen == "/=1;-1;");
    txn = write(doc);
    yxmlelem_insert_elem(xml, txn, 1, "q");
    ytransaction_commit(txn);
    CHECK(log.seen == "/=1;+1 type 4;");
    sub.stop();
    txn = write(doc);
    yxmlelem_insert_elem(xml, txn, 0, "p");
    ytransaction_commit(txn);
    CHECK(log.calls == 5);
    ydoc_destroy(doc);
}

static void on_deep(void *state, uint32_t n, const YEvent *events) {
    Log *log = (Log *)state;
    log->calls++;
    log->seen = "";
    for (uint32_t i = 0; i < n; i++) {
        uint32_t len = 0;
        YPathSegment *path = nullptr;
        switch (events[i].tag) {
        case Y_ARRAY:
            path = yarray_event_path(&events[i].content.array, &len);
            break;
        case Y_MAP:
            path = ymap_event_path(&events[i].content.map, &len);
            break;
        case Y_TEXT:
            path = ytext_event_path(&events[i].content.text, &len);
            break;
        default:
            CHECK(false);
        }
        log->seen += std::to_string(events[i].tag) + path_of(path, len) + " ";
    }
}

CASE(yarray_deep_observe) {
    YDoc *doc = doc_with(1);
    Branch *array = yarray(doc, "a");
    YTransaction *txn = write(doc);
    YInput map = yinput_ymap(nullptr, nullptr, 0), v = yinput_string("v");
    yarray_insert_range(array, txn, 0, &map, 1);
    ytransaction_commit(txn);
    Log log;
    Observer sub = observe_deep(array, &log, on_deep);
    txn = write(doc);
    YOutput *cell = yarray_get(array, txn, 0);
    ymap_insert(youtput_read_ymap(cell), txn, "k", &v);
    yarray_insert_range(array, txn, 0, &v, 1);
    youtput_destroy(cell);
    ytransaction_commit(txn);
    CHECK(log.seen == "1/ 2/1/ ");
    sub.stop();
    ydoc_destroy(doc);
}

CASE(ymap_deep_observe) {
    YDoc *doc = doc_with(1);
    Branch *map = ymap(doc, "m");
    Log log;
    Observer sub = observe_deep(map, &log, on_deep);
    YTransaction *txn = write(doc);
    YInput inner = yinput_ymap(nullptr, nullptr, 0), list = yinput_yarray(nullptr, 0), v = yinput_long(1);
    ymap_insert(map, txn, "map", &inner);
    ytransaction_commit(txn);
    CHECK(log.seen == "2/ ");
    txn = write(doc);
    YOutput *cell = ymap_get(map, txn, "map");
    Branch *nested = youtput_read_ymap(cell);
    youtput_destroy(cell);
    ymap_insert(nested, txn, "array", &list);
    ytransaction_commit(txn);
    CHECK(log.seen == "2/map/ ");
    txn = write(doc);
    cell = ymap_get(nested, txn, "array");
    yarray_insert_range(youtput_read_yarray(cell), txn, 0, &v, 1);
    youtput_destroy(cell);
    ytransaction_commit(txn);
    CHECK(log.seen == "1/map/array/ ");
    sub.stop();
    txn = write(doc);
    ymap_remove(map, txn, "map");
    ytransaction_commit(txn);
    CHECK(log.calls == 3);
    ydoc_destroy(doc);
}

CASE(array_event_observer_target) {
    YDoc *doc = doc_with(1);
    Branch *array = yarray(doc, "a");
    uint32_t len = 0;
    Observer sub = array_observe(
        array, &len, [](void *s, const YArrayEvent *e) { *(uint32_t *)s = yarray_len(yarray_event_target(e)); });
    YTransaction *txn = write(doc);
    YInput value = {Y_JSON_NUM, 1, {}};
    value.value.num = 25;
    yarray_insert_range(array, txn, 0, &value, 1);
    ytransaction_commit(txn);
    CHECK(len == 1);
    sub.stop();
    ydoc_destroy(doc);
}

/* ------------------------------------------------------------------------
 * Documents
 */
struct Bytes {
    std::string last;
    int calls = 0;
};
static void on_bytes(void *state, uint32_t len, const char *bytes) {
    Bytes *b = (Bytes *)state;
    b->last = std::string(bytes, len);
    b->calls++;
}

CASE(ydoc_observe_updates) {
    YDoc *doc = doc_with(1), *peer = doc_with(2);
    Branch *text = ytext(doc, "t");
    ytext(peer, "t");
    Bytes v1, v2;
    Observer first = observe_updates_v1(peer, &v1, on_bytes), second = observe_updates_v2(peer, &v2, on_bytes);
    YTransaction *a = write(doc), *b = write(peer);
    ytext_insert(text, a, 0, "hello world", nullptr);
    std::string update = diff(a, state_vector(b));
    CHECK(apply_v1(b, update) == 0);
    uint32_t len;
    std::string same = take(ytransaction_state_diff_v2(a, nullptr, 0, &len), len);
    ytransaction_commit(a);
    ytransaction_commit(b);
    CHECK(v1.calls == 1 && v1.last == update);
    CHECK(v2.calls == 1 && v2.last == same);
    b = write(peer);
    CHECK(apply_v1(b, update) == 0); /* known already */
    ytransaction_commit(b);
    CHECK(v1.calls == 1 && v2.calls == 1);
    first.stop();
    second.stop();
    b = write(peer);
    ytext_insert(ytext_len(text, b) ? ytype_get(b, "t") : nullptr, b, 0, "x", nullptr);
    ytransaction_commit(b);
    CHECK(v1.calls == 1 && v2.calls == 1);
    ydoc_destroy(doc);
    ydoc_destroy(peer);
}

static std::string show_vector(const YStateVector &v) {
    std::map<uint64_t, uint32_t> all;
    for (uint32_t i = 0; i < v.entries_count; i++) all[v.client_ids[i]] = v.clocks[i];
    std::string out;
    for (auto &e : all) out += std::to_string(e.first) + ":" + std::to_string(e.second) + " ";
    return out;
}

static void on_after(void *state, YAfterTransactionEvent *e) {
    Log *log = (Log *)state;
    log->calls++;
    log->seen = show_vector(e->before_state) + "> " + show_vector(e->after_state) + "-";
    for (uint32_t i = 0; i < e->delete_set.entries_count; i++)
        for (uint32_t k = 0; k < e->delete_set.ranges[i].len; k++)
            log->seen += " " + std::to_string(e->delete_set.client_ids[i]) + ":" +
                         std::to_string(e->delete_set.ranges[i].seq[k].start) + "-" +
                         std::to_string(e->delete_set.ranges[i].seq[k].end);
}

CASE(ydoc_observe_after_transaction) {
    YDoc *doc = doc_with(1);
    Branch *text = ytext(doc, "t");
    Log log;
    Observer sub = observe_after_transaction(doc, &log, on_after);
    log.calls = 0; /* with keys the subscribing transaction may be told of */
    YTransaction *txn = write(doc);
    ytext_insert(text, txn, 0, "hello world", nullptr);
    ytransaction_commit(txn);
    CHECK(log.calls == 1 && log.seen == "1:0 > 1:11 -");
    txn = write(doc);
    ytext_remove_range(text, txn, 2, 7);
    ytransaction_commit(txn);
    CHECK(log.calls == 2 && log.seen == "1:11 > 1:11 - 1:2-9");
    ytransaction_commit(write(doc));
    CHECK(log.calls == 3 && log.seen == "1:11 > 1:11 -");
    ytext(doc, "other");
    CHECK(log.calls == 4);
    ytransaction_commit(ydoc_read_transaction(doc));
    CHECK(log.calls == 4);
    sub.stop();
    int calls = log.calls;
    txn = write(doc);
    ytext_insert(text, txn, 0, "x", nullptr);
    ytransaction_commit(txn);
    CHECK(log.calls == calls);
    ydoc_destroy(doc);
}

CASE(reading_inside_callbacks) {
    YDoc *doc = doc_with(1);
    static Branch *text;
    static YDoc *self;
    self = doc;
    text = ytext(doc, "t");
    Log log;
    Observer sub = text_observe(text, &log, [](void *s, const YTextEvent *e) {
        Log *l = (Log *)s;
        l->calls++;
        CHECK(!ydoc_write_transaction(self, 0, nullptr));
        (void)e;
#ifndef UPSTREAM
        YTransaction *txn = ydoc_read_transaction(self);
        CHECK(txn != nullptr);
        l->seen = take(ytext_string(text, txn));
        ytransaction_commit(txn);
        uint32_t len;
        const char *origin = ytransaction_origin((const YTransaction *)e->txn, &len);
        l->seen += " by " + std::string(origin, len);
#endif
    });
    YTransaction *txn = ydoc_write_transaction(doc, 2, "me");
    ytext_insert(text, txn, 0, "abc", nullptr);
    ytransaction_commit(txn);
    CHECK(log.calls == 1);
    BETTER(log.seen == "abc by me");
    sub.stop();
    ydoc_destroy(doc);
}

CASE(observers_may_leave_in_their_call) {
    YDoc *doc = doc_with(1);
    Branch *text = ytext(doc, "t");
    static Observer one, two;
    static int calls;
    calls = 0;
    one = text_observe(text, nullptr, [](void *, const YTextEvent *) {
        calls++;
        one.stop();
    });
    two = text_observe(text, nullptr, [](void *, const YTextEvent *) { calls += 10; });
    for (int i = 0; i < 2; i++) {
        YTransaction *txn = write(doc);
        ytext_insert(text, txn, 0, "x", nullptr);
        ytransaction_commit(txn);
    }
    CHECK(calls == 21);
    two.stop();
    ydoc_destroy(doc);
}

#if YFFI_ABI < 28
CASE(handles_outlive_documents) {
    YDoc *doc = doc_with(1);
    YSubscription *sub = ytext_observe(ytext(doc, "t"), nullptr, [](void *, const YTextEvent *) {});
    YSubscription *other = ydoc_observe_clear(doc, nullptr, [](void *, YDoc *) {});
    ydoc_destroy(doc);
    yunobserve(sub);
    yunobserve(other);
    BETTER((yunobserve(nullptr), true));
}
#else
CASE(keys_are_replaced) {
    YDoc *doc = doc_with(1);
    Branch *text = ytext(doc, "t");
    static int calls;
    calls = 0;
    ytext_observe(text, 1, "k", nullptr, [](void *, const YTextEvent *) { calls++; });
    ytext_observe(text, 1, "k", nullptr, [](void *, const YTextEvent *) { calls += 10; });
    ytext_observe(text, 0, nullptr, nullptr, [](void *, const YTextEvent *) { calls += 100; });
    YTransaction *txn = write(doc);
    ytext_insert(text, txn, 0, "x", nullptr);
    ytransaction_commit(txn);
    CHECK(calls == 110);
    CHECK(yunobserve(text, 1, "k") == 1);
    BETTER(yunobserve(text, 1, "k") == 0);
    CHECK(yunobserve(text, 0, nullptr) == 1);
    CHECK(yunobserve_deep(text, 1, "k") == 0);
    BETTER(yunobserve(nullptr, 0, nullptr) == 0);
    txn = write(doc);
    CHECK(ytransaction_unobserve_updates_v1(txn, 1, "u") == 0);
    CHECK(ytransaction_unobserve_clear(txn, 1, "u") == 0 && ytransaction_unobserve_subdocs(txn, 1, "u") == 0);
    CHECK(ytransaction_unobserve_after_transaction(txn, 1, "u") == 0 &&
          ytransaction_unobserve_updates_v2(txn, 1, "u") == 0);
    ytransaction_commit(txn);
    ydoc_destroy(doc);
}
#endif

/* ------------------------------------------------------------------------
 * Subdocuments
 */
static std::string guids(uint32_t n, YDoc **docs) {
    std::multiset<std::string> all;
    for (uint32_t i = 0; i < n; i++) {
        char *guid = ydoc_guid(docs[i]);
        all.insert(guid);
        ystring_destroy(guid);
    }
    std::string out;
    for (auto &g : all) out += g;
    return out;
}

static void on_subdocs(void *state, YSubdocsEvent *e) {
    Log *log = (Log *)state;
    log->calls++;
    log->seen = "|" + guids(e->added_len, e->added) + "|" + guids(e->removed_len, e->removed) + "|" +
                guids(e->loaded_len, e->loaded) + "|";
}

static YDoc *named(const char *guid, uint8_t flags) {
    YOptions o = yoptions();
    ystring_destroy((char *)o.guid);
    o.guid = guid;
    o.flags = flags;
    return ydoc_new_with_options(o);
}

static std::string subdocs_of(YTransaction *txn) {
    uint32_t n;
    YDoc **all = ytransaction_subdocs(txn, &n);
    std::string out = guids(n, all);
    if (OURS) free(all);
    return out;
}

CASE(ydoc_observe_subdocs) {
    YDoc *doc = doc_with(1), *peer = doc_with(2);
    Branch *map = ymap(doc, "mysubdocs");
    Log log;
    Observer sub = observe_subdocs(doc, &log, on_subdocs);
    YDoc *a = named("a", Y_OFFSET_UTF16 | Y_SHOULD_LOAD);
    YTransaction *txn = write(doc);
    YInput input = yinput_ydoc(a);
    ymap_insert(map, txn, "a", &input);
    ydoc_load(a, txn);
    ytransaction_commit(txn);
    CHECK(log.seen == "|a||a|");
    CHECK(ydoc_id(a) == 1);
    log.seen = "";
    txn = write(doc);
    YOutput *cell = ymap_get(map, txn, "a");
    ydoc_load(youtput_read_ydoc(cell), txn);
    youtput_destroy(cell);
    ytransaction_commit(txn);
    CHECK(log.seen == "");
    txn = write(doc);
    cell = ymap_get(map, txn, "a");
    ydoc_clear(youtput_read_ydoc(cell), txn);
    youtput_destroy(cell);
    ytransaction_commit(txn);
    CHECK(log.seen == "|a|a||");
    txn = write(doc);
    cell = ymap_get(map, txn, "a");
    CHECK(ydoc_should_load(youtput_read_ydoc(cell)) == 0);
    ydoc_load(youtput_read_ydoc(cell), txn);
    youtput_destroy(cell);
    ytransaction_commit(txn);
    CHECK(log.seen == "|||a|");
    YDoc *b = named("a", Y_OFFSET_UTF16);
    txn = write(doc);
    input = yinput_ydoc(b);
    ymap_insert(map, txn, "b", &input);
    ytransaction_commit(txn);
    CHECK(log.seen == "|a|||");
    txn = write(doc);
    ydoc_load(b, txn);
    ytransaction_commit(txn);
    CHECK(log.seen == "|||a|");
    YDoc *c = named("c", Y_OFFSET_UTF16 | Y_SHOULD_LOAD);
    txn = write(doc);
    input = yinput_ydoc(c);
    ymap_insert(map, txn, "c", &input);
    ydoc_load(c, txn);
    ytransaction_commit(txn);
    CHECK(log.seen == "|c||c|");
    txn = ydoc_read_transaction(doc);
    CHECK(subdocs_of(txn) == "aac");
    CHECK(take(ymap_get_json(map, txn, "c")) == "{\"guid\":\"c\"}");
    ytransaction_commit(txn);

    Log theirs;
    Observer other = observe_subdocs(peer, &theirs, on_subdocs);
    Branch *map2 = ymap(peer, "mysubdocs");
    sync(doc, peer);
    CHECK(theirs.seen == "|aac|||");
    txn = write(peer);
    cell = ymap_get(map2, txn, "a");
    ydoc_load(youtput_read_ydoc(cell), txn);
    youtput_destroy(cell);
    ytransaction_commit(txn);
    CHECK(theirs.seen == "|||a|");
    txn = write(peer);
    CHECK(subdocs_of(txn) == "aac");
    ymap_remove(map2, txn, "a");
    ytransaction_commit(txn);
    CHECK(theirs.seen == "||a||");
    txn = ydoc_read_transaction(peer);
    CHECK(subdocs_of(txn) == "ac");
    ytransaction_commit(txn);
    sub.stop();
    other.stop();
    for (YDoc *d : {a, b, c, doc, peer}) ydoc_destroy(d);
}

CASE(ydoc_clear_alone) {
    YDoc *doc = doc_with(1);
    Log log;
    Observer sub = observe_clear(doc, &log, [](void *s, YDoc *d) {
        ((Log *)s)->calls++;
        ((Log *)s)->seen = std::to_string(ydoc_id(d));
    });
    ydoc_clear(doc, nullptr);
    CHECK(log.calls == 1 && log.seen == "1");
    ydoc_clear(doc, nullptr);
    CHECK(log.calls == 1);
    BETTER((ydoc_clear(nullptr, nullptr), ydoc_load(nullptr, nullptr), true));
    if (YFFI_ABI < 28) sub.stop();
    ydoc_destroy(doc);
}

CASE(subdocuments_with_content) {
    YDoc *doc = doc_with(1), *inner = named("inner", Y_OFFSET_UTF16 | Y_SHOULD_LOAD);
    Branch *array = yarray(doc, "a"), *text = ytext(inner, "t");
    YTransaction *txn = write(inner);
    ytext_insert(text, txn, 0, "kept", nullptr);
    ytransaction_commit(txn);
    txn = write(doc);
    YInput input = yinput_ydoc(inner);
    yarray_insert_range(array, txn, 0, &input, 1);
    ytransaction_commit(txn);
    ydoc_destroy(inner);
    txn = ydoc_read_transaction(doc);
    YOutput *cell = yarray_get(array, txn, 0);
    YDoc *found = youtput_read_ydoc(cell);
    CHECK(found && ydoc_id(found) == 1);
    YTransaction *in = ydoc_read_transaction(found);
    CHECK(take(ytext_string(ytype_get(in, "t"), in)) == "kept");
    ytransaction_commit(in);
    youtput_destroy(cell);
    ytransaction_commit(txn);
    ydoc_destroy(doc);
}

/* ------------------------------------------------------------------------
 * Sticky indexes, snapshots, queries
 */
CASE(relative_position) {
    YDoc *doc = doc_with(1);
    Branch *text = ytext(doc, "t");
    YTransaction *txn = write(doc);
    ytext_insert(text, txn, 0, "1", nullptr);
    ytext_insert(text, txn, 0, "abc", nullptr);
    ytext_insert(text, txn, 0, "z", nullptr);
    ytext_insert(text, txn, 0, "y", nullptr);
    ytext_insert(text, txn, 0, "x", nullptr);
    uint32_t len = ytext_len(text, txn);
    for (int8_t assoc = -1; assoc <= 0; assoc++) {
        for (uint32_t i = 0; i < len; i++) {
            YStickyIndex *pos = ysticky_index_from_index(text, txn, i, assoc);
            CHECK(pos && ysticky_index_assoc(pos) == assoc);
            uint32_t n, index = 99;
            char *bytes = ysticky_index_encode(pos, &n);
            YStickyIndex *again = ysticky_index_decode(bytes, n);
            ybinary_destroy(bytes, n);
            char *json = ysticky_index_to_json(pos);
            YStickyIndex *third = ysticky_index_from_json(json);
            ystring_destroy(json);
            for (YStickyIndex *p : {pos, again, third}) {
                Branch *branch = nullptr;
                ysticky_index_read(p, txn, &branch, &index);
                CHECK(branch == text && index == i && ysticky_index_assoc(p) == assoc);
                ysticky_index_destroy(p);
            }
        }
    }
    CHECK(!ysticky_index_from_index(text, txn, len, 0) && !ysticky_index_from_index(text, txn, len + 5, -1));
    CHECK(!ysticky_index_decode("\7", 1) && !ysticky_index_from_json("{}") && !ysticky_index_from_json("x"));
    YStickyIndex *pos = ysticky_index_from_index(text, txn, 2, 0);
    CHECK(take(ysticky_index_to_json(pos)) == "{\"item\":{\"client\":1,\"clock\":4},\"assoc\":0}");
    ytext_insert(text, txn, 0, "--", nullptr);
    Branch *branch = nullptr;
    uint32_t index = 0;
    ysticky_index_read(pos, txn, &branch, &index);
    CHECK(index == 4);
    ytransaction_commit(txn);
    YDoc *empty = doc_with(2);
    txn = write(empty);
    branch = nullptr;
    index = 77;
    ysticky_index_read(pos, txn, &branch, &index);
    CHECK(!branch && index == 77);
    ytransaction_commit(txn);
    ysticky_index_destroy(pos);
    BETTER((ysticky_index_destroy(nullptr), !ysticky_index_encode(nullptr, &index)));
    ydoc_destroy(empty);
    ydoc_destroy(doc);
}

CASE(ydoc_snapshots) {
    YDoc *doc = doc_with(1, Y_OFFSET_UTF16 | Y_SKIP_GC), *other = doc_with(2), *collecting = doc_with(3);
    Branch *text = ytext(doc, "t"), *theirs = ytext(other, "t");
    YTransaction *txn = write(doc);
    ytext_insert(text, txn, 0, "hello", nullptr);
    uint32_t len;
    std::string snapshot = take(ytransaction_snapshot(txn, &len), len);
    CHECK(snapshot == std::string("\0\1\1\5", 4));
    ytext_insert(text, txn, 5, " world", nullptr);
    std::string past = take(ytransaction_encode_state_from_snapshot_v1(txn, snapshot.data(), 4, &len), len);
    std::string past2 = take(ytransaction_encode_state_from_snapshot_v2(txn, snapshot.data(), 4, &len), len);
    BETTER(!ytransaction_encode_state_from_snapshot_v1(txn, "\xff", 1, &len));
    ytransaction_commit(txn);
    txn = write(other);
    CHECK(apply_v1(txn, past) == 0);
    CHECK(take(ytext_string(theirs, txn)) == "hello");
    CHECK(ytransaction_apply_v2(txn, past2.data(), (uint32_t)past2.size()) == 0);
    ytransaction_commit(txn);
    txn = ydoc_read_transaction(doc);
    past = take(ytransaction_encode_state_from_snapshot_v1(txn, snapshot.data(), 4, &len), len);
    ytransaction_commit(txn);
    YDoc *third = doc_with(4);
    theirs = ytext(third, "t");
    txn = write(third);
    CHECK(apply_v1(txn, past) == 0 && take(ytext_string(theirs, txn)) == "hello");
    ytransaction_commit(txn);
    txn = write(collecting);
    CHECK(!ytransaction_encode_state_from_snapshot_v1(txn, "\0\0", 2, &len));
    CHECK(!ytransaction_encode_state_from_snapshot_v2(txn, "\0\0", 2, &len));
    CHECK(take(ytransaction_snapshot(txn, &len), len) == std::string("\0\0", 2));
    ytransaction_commit(txn);
    for (YDoc *d : {doc, other, collecting, third}) ydoc_destroy(d);
}

CASE(jsonpath_queries) {
    YDoc *doc = doc_with(1);
    Branch *store = ymap(doc, "store");
    YTransaction *txn = write(doc);
    YInput books = yinput_json("[{\"price\":8.95},{\"price\":22.99},{\"title\":\"x\"}]");
    ymap_insert(store, txn, "book", &books);
    ytransaction_commit(txn);
    txn = ydoc_read_transaction(doc);
    YJsonPathIter *it = ytransaction_json_path(txn, "$.store.book[*].price");
    CHECK(shown(yjson_path_iter_next(it)) == "num 8.9499999999999993");
    CHECK(shown(yjson_path_iter_next(it)) == "num 22.989999999999998");
    CHECK(!yjson_path_iter_next(it));
    yjson_path_iter_destroy(it);
    CHECK(!ytransaction_json_path(txn, "$.store.book[?(@.price)]"));
    it = ytransaction_json_path(txn, "$.nothing");
    CHECK(it && !yjson_path_iter_next(it));
    yjson_path_iter_destroy(it);
    yjson_path_iter_destroy(nullptr);
    BETTER(!ytransaction_json_path(txn, nullptr) && !yjson_path_iter_next(nullptr));
    ytransaction_commit(txn);
    ydoc_destroy(doc);
}
