/* SPDX-License-Identifier: MIT */
/* scenarios.c - one scenario for each area of the interface. */
#include "oom/steps.h"

static void texts(scenario *s, yata_offset_unit unit) {
    yata_doc *doc = new_doc(s, 1, unit, unit == YATA_OFFSET_UTF8);
    yata_type t = root(s, doc, "t", YATA_KIND_TEXT);
    for (uint32_t i = 0; i < 40; i++) {
        yata_txn *txn = begin(s, doc);
        uint32_t length;
        REQUIRE(yata_text_length(t, &length) == YATA_OK);
        uint32_t at = unit == YATA_OFFSET_UTF8 ? 0 : (i * 7) % (length + 1);
        TRY(yata_text_insert(t, txn, at, str_of(i % 3 ? "plain" : "\xC3\xA9\xF0\x9F\x98\x80")));
        if (i % 4 == 3) TRY(yata_text_delete(t, txn, 0, 1 + (unit == YATA_OFFSET_UTF8 ? (i % 3 ? 0u : 1u) : i % 2)));
        COMMIT(txn);
    }
    yata_buffer out;
    yata_buffer_init(&out, &s->allocator);
    TRY(yata_text_read(t, &out));
    see(s, bytes_of(&out));
    yata_buffer_free(&out);
    copy(s, doc);
}

static void text_utf16(scenario *s) {
    texts(s, YATA_OFFSET_UTF16);
}
static void text_utf8(scenario *s) {
    texts(s, YATA_OFFSET_UTF8);
}
static void text_scalar(scenario *s) {
    texts(s, YATA_OFFSET_SCALAR);
}

static void long_text(scenario *s) {
    yata_doc *doc = new_doc(s, 1, YATA_OFFSET_UTF16, false);
    yata_type t = root(s, doc, "t", YATA_KIND_TEXT);
    char words[3000];
    memset(words, 'w', sizeof words);
    yata_txn *txn = begin(s, doc);
    TRY(yata_text_insert(t, txn, 0, (yata_str){words, sizeof words}));
    COMMIT(txn);
    for (uint32_t i = 0; i < 20; i++) {
        txn = begin(s, doc);
        TRY(yata_text_insert(t, txn, i * 90, str_of("x")));
        TRY(yata_text_delete(t, txn, i * 80 + 3, 30));
        COMMIT(txn);
    }
    copy(s, doc);
}

static void arrays(scenario *s) {
    yata_doc *doc = new_doc(s, 1, YATA_OFFSET_UTF16, false);
    yata_type a = root(s, doc, "a", YATA_KIND_ARRAY), inner;
    static const uint8_t binary[] = {1, 2, 255};
    yata_buffer bytes;
    yata_buffer_init(&bytes, &s->allocator);
    yata_value object;
    TRY(yata_value_from_json(str_of("{\"k\":[1,2.5,null,\"\\u00e9\"],\"o\":{}}"), &bytes, &object, NULL));
    yata_value values[] = {
        {.kind = YATA_VALUE_NULL},
        {.kind = YATA_VALUE_BOOL, .u.boolean = true},
        {.kind = YATA_VALUE_INT, .u.integer = INT64_C(1) << 40},
        {.kind = YATA_VALUE_FLOAT, .u.number = 0.1},
        {.kind = YATA_VALUE_STRING, .u.string = str_of("string")},
        {.kind = YATA_VALUE_BINARY, .u.binary = {binary, sizeof binary}},
        object,
    };
    for (uint32_t i = 0; i < 12; i++) {
        yata_txn *txn = begin(s, doc);
        TRY(yata_array_insert(a, txn, i, values, sizeof values / sizeof *values));
        TRY(yata_array_push(a, txn, &values[i % 7], 1));
        TRY(yata_array_insert_type(a, txn, i / 2, YATA_KIND_ARRAY, str_of(""), &inner));
        TRY(yata_array_push(inner, txn, values, 3));
        TRY(yata_array_push_type(inner, txn, YATA_KIND_XML_ELEMENT, str_of("p"), &inner));
        TRY(yata_map_set(inner, txn, str_of("id"), &values[4]));
        TRY(yata_array_delete(a, txn, i, 4));
        COMMIT(txn);
    }
    yata_buffer_free(&bytes);
    see_json(s, doc);
    copy(s, doc);
}

static void maps(scenario *s) {
    yata_doc *doc = new_doc(s, 1, YATA_OFFSET_UTF16, false);
    yata_type m = root(s, doc, "m", YATA_KIND_MAP), inner = m;
    for (uint32_t i = 0; i < 60; i++) {
        char name[16];
        snprintf(name, sizeof name, "key %u", i % 25);
        yata_value value = {.kind = YATA_VALUE_INT, .u.integer = i};
        yata_txn *txn = begin(s, doc);
        TRY(yata_map_set(i % 10 == 9 ? inner : m, txn, str_of(name), &value));
        if (i % 6 == 5) TRY(yata_map_set_type(m, txn, str_of("type"), YATA_KIND_MAP, str_of(""), &inner));
        if (i % 8 == 7) TRY(yata_map_delete(m, txn, str_of("key 0")));
        if (i % 8 == 6) TRY(yata_map_set(m, txn, str_of("key 0"), &value));
        if (i == 40) TRY(yata_map_clear(m, txn));
        COMMIT(txn);
        if (i == 40) inner = m;
    }
    see_json(s, doc);
    copy(s, doc);
}

/* Types with content inside are deleted and collected. */
static void deletions(scenario *s) {
    yata_doc *doc = new_doc(s, 1, YATA_OFFSET_UTF16, false);
    yata_type a = root(s, doc, "a", YATA_KIND_ARRAY), m, t;
    for (uint32_t i = 0; i < 6; i++) {
        yata_txn *txn = begin(s, doc);
        TRY(yata_array_insert_type(a, txn, 0, YATA_KIND_MAP, str_of(""), &m));
        for (char key = 'a'; key < 'h'; key++) {
            TRY(yata_map_set_type(m, txn, (yata_str){&key, 1}, YATA_KIND_TEXT, str_of(""), &t));
            TRY(yata_text_insert(t, txn, 0, str_of("text in a map in an array")));
            TRY(yata_text_delete(t, txn, 3, 4));
        }
        COMMIT(txn);
        if (i % 2 == 0) continue;
        txn = begin(s, doc);
        TRY(yata_array_delete(a, txn, 0, 1));
        COMMIT(txn);
        REQUIRE(yata_text_insert(t, txn, 0, str_of("x")) != YATA_OK);
    }
    see_json(s, doc);
    copy(s, doc);
}

/* Two peers that edit at the same time and tell each other, late and twice. */
static void two_peers(scenario *s) {
    yata_doc *one = new_doc(s, 1, YATA_OFFSET_UTF16, false), *two = new_doc(s, 2, YATA_OFFSET_UTF16, true);
    yata_type t1 = root(s, one, "t", YATA_KIND_TEXT), t2 = root(s, two, "t", YATA_KIND_TEXT);
    for (uint32_t i = 0; i < 8; i++) {
        yata_txn *txn = begin(s, one);
        TRY(yata_text_insert(t1, txn, 0, str_of("one ")));
        COMMIT(txn);
        txn = begin(s, two);
        TRY(yata_text_insert(t2, txn, 0, str_of("two ")));
        if (i % 2) TRY(yata_text_delete(t2, txn, 2, 4));
        COMMIT(txn);
        yata_buffer vector, update;
        yata_buffer_init(&vector, &s->allocator);
        TRY(yata_doc_encode_state_vector(one, &vector));
        encode(s, two, bytes_of(&vector), &update);
        for (int twice = 0; twice < 2; twice++) TRY(yata_doc_apply(one, bytes_of(&update), no_bytes(), NULL));
        yata_buffer_free(&update);
        encode(s, one, no_bytes(), &update);
        if (i % 3 == 0) TRY(yata_doc_apply(two, bytes_of(&update), no_bytes(), NULL));
        yata_buffer_free(&update);
        yata_buffer_free(&vector);
    }
    see_json(s, one);
    see_json(s, two);
}

/* Four updates of one client and a deletion, the last first. */
static void out_of_order(scenario *s) {
    static const char *const updates[] = {
        "00010a010002",         "01010a03c40a000a01016400", "01010a02440a00016300",
        "01010a01840a00016200", "01010a0004010174016100",
    };
    yata_doc *doc = new_doc(s, 1, YATA_OFFSET_UTF16, false);
    for (uint32_t i = 0; i < sizeof updates / sizeof *updates; i++) {
        yata_buffer update, out;
        yata_buffer_init(&update, NULL);
        hex_append(&update, updates[i]);
        TRY(yata_doc_apply(doc, bytes_of(&update), no_bytes(), NULL));
        yata_buffer_init(&out, &s->allocator);
        TRY(yata_doc_encode_missing(doc, &out));
        see(s, bytes_of(&out));
        out.len = 0;
        TRY(yata_doc_encode_state(doc, &out));
        see(s, bytes_of(&out));
        yata_buffer_free(&out);
        yata_buffer_free(&update);
    }
    copy(s, doc);
}

/* One character from each of many clients: tables grow. */
static void many_clients(scenario *s) {
    yata_doc *doc = new_doc(s, 1, YATA_OFFSET_UTF16, false);
    for (uint32_t client = 2; client < 150; client++) {
        uint8_t update[] = {1, 1, (uint8_t)(client | 128), (uint8_t)(client >> 7), 0, 4, 1, 1, 't', 1, 'x', 0};
        TRY(yata_doc_apply(doc, (yata_bytes){update, sizeof update}, no_bytes(), NULL));
    }
    copy(s, doc);
}

static void on_update(void *ctx, yata_doc *doc, const yata_txn *txn, yata_bytes update) {
    (void)doc, (void)txn, (void)update;
    (*(uint32_t *)ctx)++;
}

typedef struct reaction {
    scenario *s;
    uint32_t left;
} reaction;

/* Writes from inside a callback; memory may be missing there too, and then nothing is written. */
static void on_update_write(void *ctx, yata_doc *doc, const yata_txn *txn, yata_bytes update) {
    (void)txn, (void)update;
    reaction *r = ctx;
    if (r->left == 0) return;
    r->left--;
    yata_txn *mine;
    yata_type type;
    if (yata_txn_begin(doc, no_bytes(), &mine) != YATA_OK) return;
    if (yata_doc_root(doc, str_of("log"), YATA_KIND_TEXT, &type) == YATA_OK)
        (void)yata_text_insert(type, mine, 0, str_of("!"));
    (void)yata_txn_commit(mine);
}

static void observers(scenario *s) {
    yata_doc *doc = new_doc(s, 1, YATA_OFFSET_UTF16, false);
    yata_type t = root(s, doc, "t", YATA_KIND_TEXT);
    uint32_t calls = 0, subscriptions[12], writing;
    reaction r = {s, 3};
    for (uint32_t i = 0; i < 12; i++) TRY(yata_doc_observe_update(doc, on_update, &calls, &subscriptions[i]));
    TRY(yata_doc_observe_update(doc, on_update_write, &r, &writing));
    for (uint32_t i = 0; i < 12; i++) {
        yata_txn *txn = begin(s, doc), *inner = begin(s, doc);
        TRY(yata_text_insert(t, txn, 0, str_of("word ")));
        COMMIT(inner);
        COMMIT(txn);
        TRY(yata_doc_unobserve_update(doc, subscriptions[i]));
    }
    yata_buffer out;
    yata_buffer_init(&out, &s->allocator);
    TRY(yata_text_read(t, &out));
    see(s, bytes_of(&out));
    yata_buffer_free(&out);
}

static void apply_inside(scenario *s) {
    yata_doc *doc = new_doc(s, 1, YATA_OFFSET_UTF16, false);
    static const uint8_t update[] = {1, 1, 9, 0, 4, 1, 1, 't', 3, 'a', 'b', 'c', 0};
    yata_txn *txn = begin(s, doc);
    yata_type t = root(s, doc, "t", YATA_KIND_TEXT);
    TRY(yata_text_insert(t, txn, 0, str_of("own")));
    yata_apply_result result;
    TRY(yata_txn_apply(txn, (yata_bytes){update, sizeof update}, &result));
    TRY(yata_text_delete(t, txn, 1, 3));
    COMMIT(txn);
    copy(s, doc);
}

static void values(scenario *s) {
    yata_builder b;
    yata_value value = {.kind = YATA_VALUE_INT, .u.integer = 7}, built;
    yata_status status;
    for (int attempt = 0; attempt < 2; attempt++) { /* errors stick, so the whole is repeated */
        yata_builder_init(&b, &s->allocator);
        yata_builder_begin_object(&b);
        for (int i = 0; i < 20; i++) {
            yata_builder_key(&b, str_of("a key that takes some room"));
            yata_builder_begin_array(&b);
            yata_builder_add(&b, &value);
        }
        for (int i = 0; i < 20; i++) {
            yata_builder_end(&b);
            if (i < 19) continue;
            yata_builder_key(&b, str_of("last"));
            yata_builder_add(&b, &value);
        }
        yata_builder_end(&b);
        status = yata_builder_finish(&b, &built);
        if (status == YATA_OK) break;
        yata_builder_free(&b);
        if (status == YATA_ERR_MEMORY)
            scenario_failed(s, __FILE__, __LINE__);
        else
            REQUIRE(status == YATA_ERR_STATE);
    }
    if (status == YATA_OK) {
        yata_buffer json;
        yata_buffer_init(&json, &s->allocator);
        TRY(yata_value_to_json(&built, &json));
        see(s, bytes_of(&json));
        yata_buffer_free(&json);
        yata_builder_free(&b);
    }
}

/* A limit must not be taken for missing memory, nor the other way round. */
static void limits(scenario *s) {
    yata_doc_options options = {
        .client_id = 1, .allocator = &s->allocator, .limits = {.clients = 3, .pending_bytes = 700}};
    yata_doc *doc = NULL;
    static const char *const updates[] = {
        "0101050004010174016100",
        "010206008405000162840600016300",
        "0301090084050001620108008405000163010700840500016400",
        "010605098405080161840509016184050a016184050b016184050c016184050d016100",
        "01010501840500016500",
    };
    TRY(yata_doc_new(&options, &doc));
    s->docs[s->doc_count++] = doc;
    for (uint32_t i = 0; i < sizeof updates / sizeof *updates; i++) {
        yata_buffer update;
        yata_buffer_init(&update, NULL);
        hex_append(&update, updates[i]);
        yata_status status = yata_doc_apply(doc, bytes_of(&update), no_bytes(), NULL);
        if (status == YATA_ERR_MEMORY) {
            scenario_failed(s, __FILE__, __LINE__);
            status = yata_doc_apply(doc, bytes_of(&update), no_bytes(), NULL);
        }
        REQUIRE(status == (i == 2 || i == 3 ? YATA_ERR_LIMIT : YATA_OK));
        yata_buffer_free(&update);
    }
    copy(s, doc);
}

static void without_document(scenario *s) {
    yata_buffer update, out;
    yata_buffer_init(&update, NULL);
    hex_append(&update, "0103010004010174016108"
                        "010161027d017602016b770176016e7e0a0501020102000203");
    yata_fault fault = yata_update_check(bytes_of(&update), &s->allocator);
    if (fault.status == YATA_ERR_MEMORY) {
        scenario_failed(s, __FILE__, __LINE__);
        fault = yata_update_check(bytes_of(&update), &s->allocator);
    }
    REQUIRE(fault.status == YATA_OK || fault.status == YATA_ERR_KIND || fault.status == YATA_ERR_END);
    yata_buffer_init(&out, &s->allocator);
    yata_status status = yata_update_log(bytes_of(&update), &out, &fault);
    if (status == YATA_ERR_MEMORY) {
        scenario_failed(s, __FILE__, __LINE__);
        status = yata_update_log(bytes_of(&update), &out, &fault);
    }
    see(s, bytes_of(&out));
    yata_buffer_free(&out);
    yata_buffer_free(&update);
}

static void roots(scenario *s) {
    yata_doc *doc = new_doc(s, 0, YATA_OFFSET_UTF16, false);
    for (uint32_t i = 0; i < 40; i++) {
        char name[24];
        snprintf(name, sizeof name, "root number %u", i);
        (void)root(s, doc, name, (yata_kind)(i % 8));
    }
    yata_type type;
    REQUIRE(yata_doc_root_find(doc, str_of("root number 39"), &type) == YATA_OK);
    REQUIRE(yata_doc_root_count(doc) == 40);
    see_json(s, doc);
}

void scenario_document(scenario *s) {
    yata_doc *doc = new_doc(s, 5, YATA_OFFSET_UTF16, false);
    TRY(yata_doc_apply(doc, s->document, no_bytes(), NULL));
    yata_type type;
    yata_txn *txn = begin(s, doc);
    for (uint32_t i = 0, n = yata_doc_root_count(doc); i < n; i++) {
        yata_str name;
        yata_kind kind;
        uint32_t length;
        REQUIRE(yata_doc_root_at(doc, i, &name, &type) == YATA_OK);
        REQUIRE(yata_type_guess_kind(type, &kind) == YATA_OK);
        if (kind == YATA_KIND_TEXT) {
            TRY(yata_doc_root(doc, name, kind, &type));
            REQUIRE(yata_text_length(type, &length) == YATA_OK);
            TRY(yata_text_insert(type, txn, length / 2, str_of("edit")));
            TRY(yata_text_delete(type, txn, 0, 2));
        } else if (kind == YATA_KIND_ARRAY) {
            TRY(yata_doc_root(doc, name, kind, &type));
            REQUIRE(yata_array_length(type, &length) == YATA_OK);
            if (length) TRY(yata_array_delete(type, txn, length / 2, 1));
        } else if (kind == YATA_KIND_MAP) {
            TRY(yata_doc_root(doc, name, kind, &type));
            TRY(yata_map_clear(type, txn));
        }
    }
    COMMIT(txn);
    see_json(s, doc);
    copy(s, doc);
}

static void see_xml(scenario *s, yata_type type) {
    yata_buffer out;
    yata_buffer_init(&out, &s->allocator);
    TRY(yata_xml_to_string(type, &out));
    see(s, bytes_of(&out));
    yata_buffer_free(&out);
}

static void xml(scenario *s) {
    yata_doc *doc = new_doc(s, 1, YATA_OFFSET_UTF16, false);
    yata_type x = root(s, doc, "x", YATA_KIND_XML_FRAGMENT), e, t, h;
    yata_buffer bytes;
    yata_value formats, number = {.kind = YATA_VALUE_INT, .u.integer = 5};
    yata_buffer_init(&bytes, &s->allocator);
    TRY(yata_value_from_json(str_of("{\"b\":{\"z\":1,\"a\":[1,2]},\"i\":\"word\"}"), &bytes, &formats, NULL));
    yata_txn *txn = begin(s, doc);
    TRY(yata_xml_insert(x, txn, 0, YATA_KIND_XML_ELEMENT, str_of("DIV"), &e));
    TRY(yata_xml_insert_after(x, txn, e, YATA_KIND_XML_HOOK, str_of("hook"), &h));
    TRY(yata_xml_push(e, txn, YATA_KIND_XML_TEXT, str_of(""), &t));
    TRY(yata_text_insert_with(t, txn, 0, str_of("formatted"), &formats));
    TRY(yata_map_set(e, txn, str_of("n"), &number));
    TRY(yata_map_set_type(e, txn, str_of("inner"), YATA_KIND_XML_ELEMENT, str_of("b"), NULL));
    COMMIT(txn);
    see_xml(s, x);
    txn = begin(s, doc);
    TRY(yata_xml_delete(x, txn, 0, 1));
    COMMIT(txn);
    see_xml(s, x);
    copy(s, doc);
    yata_buffer_free(&bytes);
}

static void on_subdocs(void *ctx, yata_doc *doc, const yata_txn *txn, const yata_subdocs_event *event) {
    (void)doc, (void)txn;
    for (size_t i = 0; i < event->removed_count; i++) REQUIRE(yata_subdoc_guid(event->removed[i], ctx) == YATA_OK);
}

/* An event may be left out, so what is seen does not depend on it. */
static void subdocuments(scenario *s) {
    yata_doc *doc = new_doc(s, 1, YATA_OFFSET_UTF16, false), *inner;
    yata_type a = root(s, doc, "a", YATA_KIND_ARRAY), m = root(s, doc, "m", YATA_KIND_MAP), nested;
    yata_value meta = {.kind = YATA_VALUE_STRING, .u.string = str_of("meta")};
    static const uint8_t more_bytes[] = {0x76, 1, 1, 'e', 0x7a, 0, 0, 0, 0, 0, 0, 0, 1};
    yata_value more = {.kind = YATA_VALUE_OBJECT, .u.any = {more_bytes, sizeof more_bytes}};
    yata_subdoc_options options = {
        .guid = str_of("g"), .auto_load = true, .meta = &meta, .collection_id = str_of("c"), .more = &more};
    yata_subdoc first, second;
    yata_str guid;
    uint32_t subscription;
    TRY(yata_doc_observe_subdocs(doc, on_subdocs, &guid, &subscription));
    TRY(yata_doc_set_collection_id(doc, str_of("collection")));
    yata_txn *txn = begin(s, doc);
    TRY(yata_array_insert_type(a, txn, 0, YATA_KIND_ARRAY, str_of(""), &nested));
    TRY(yata_array_push_doc(nested, txn, &options, &first));
    TRY(yata_map_set_doc(m, txn, str_of("k"), &options, &second));
    COMMIT(txn);
    TRY(yata_subdoc_doc(second, &inner));
    yata_txn *other = begin(s, inner);
    yata_type t = root(s, inner, "t", YATA_KIND_TEXT);
    TRY(yata_text_insert(t, other, 0, str_of("inside")));
    COMMIT(other);
    see_json(s, inner);
    see_json(s, doc);
    txn = begin(s, doc);
    TRY(yata_array_delete(a, txn, 0, 1));
    COMMIT(txn);
    copy(s, doc);
    see_json(s, doc);
}

static void see_place(scenario *s, const yata_position *position, const yata_doc *doc) {
    yata_buffer out;
    yata_type type;
    uint32_t index = 0;
    char place[24];
    yata_buffer_init(&out, &s->allocator);
    TRY(yata_position_encode(position, &out));
    TRY(yata_position_to_json(position, &out));
    see(s, bytes_of(&out));
    TRY(yata_position_resolve(position, doc, true, &type, &index));
    snprintf(place, sizeof place, "at %u", (unsigned)index);
    see(s, (yata_bytes){(const uint8_t *)place, strlen(place)});
    yata_buffer_free(&out);
}

static void positions(scenario *s) {
    yata_doc *doc = new_doc(s, 1, YATA_OFFSET_UTF8, false);
    yata_type t = root(s, doc, "t", YATA_KIND_TEXT);
    yata_position before, parsed;
    yata_buffer name;
    yata_buffer_init(&name, &s->allocator);
    yata_txn *txn = begin(s, doc);
    TRY(yata_text_insert(t, txn, 0, str_of("\xC3\xA9t\xC3\xA9")));
    COMMIT(txn);
    TRY(yata_position_from_index(t, 3, -1, &before));
    see_place(s, &before, doc);
    TRY(yata_position_from_json(str_of("{\"tname\":\"t\",\"assoc\":0}"), &name, &parsed, NULL));
    see_place(s, &parsed, doc);
    yata_buffer_free(&name);
}

static void see_past(scenario *s, const yata_snapshot *snapshot, const yata_snapshot *before, yata_type text) {
    yata_delta *delta;
    yata_buffer out;
    yata_buffer_init(&out, &s->allocator);
    TRY(yata_delta_new(&s->allocator, &delta));
    TRY(yata_snapshot_text(snapshot, before, text, NULL, NULL, delta));
    TRY(yata_delta_to_json(delta, &out));
    see(s, bytes_of(&out));
    yata_delta_free(delta);
    yata_buffer_free(&out);
}

static void snapshots(scenario *s) {
    yata_doc *doc = new_doc(s, 1, YATA_OFFSET_UTF16, true);
    yata_type t = root(s, doc, "t", YATA_KIND_TEXT), m = root(s, doc, "m", YATA_KIND_MAP), a;
    yata_value seven = {.kind = YATA_VALUE_INT, .u.integer = 7};
    yata_snapshot *old, *now, *read;
    yata_buffer bytes;
    yata_buffer_init(&bytes, &s->allocator);
    yata_txn *txn = begin(s, doc);
    TRY(yata_text_insert(t, txn, 0, str_of("abcdef")));
    TRY(yata_map_set_type(m, txn, str_of("k"), YATA_KIND_ARRAY, str_of(""), &a));
    TRY(yata_array_push(a, txn, &seven, 1));
    COMMIT(txn);
    TRY(yata_snapshot_take(doc, &s->allocator, &old));
    txn = begin(s, doc);
    TRY(yata_text_delete(t, txn, 1, 2));
    TRY(yata_text_insert(t, txn, 4, str_of("new")));
    TRY(yata_map_set(m, txn, str_of("k"), &seven));
    COMMIT(txn);
    TRY(yata_snapshot_take(doc, &s->allocator, &now));
    see_past(s, old, NULL, t);
    see_past(s, now, old, t);
    TRY(yata_snapshot_encode_v2(now, &bytes));
    TRY(yata_snapshot_decode_v2(bytes_of(&bytes), &s->allocator, &read, NULL));
    REQUIRE(yata_snapshot_equal(now, read));
    bytes.len = 0;
    TRY(yata_snapshot_encode(read, &bytes));
    see(s, bytes_of(&bytes));
    bytes.len = 0;
    TRY(yata_snapshot_encode_state(old, doc, &bytes));
    see(s, bytes_of(&bytes));
    yata_doc_options options = yata_doc_options_default();
    options.client_id = 9;
    options.allocator = &s->allocator;
    yata_doc *past;
    TRY(yata_snapshot_to_doc(old, doc, &options, &past));
    see_json(s, past);
    yata_doc_free(past);
    txn = begin(s, doc);
    TRY(yata_snapshot_restore(old, txn));
    COMMIT(txn);
    see_json(s, doc);
    yata_snapshot_free(old);
    yata_snapshot_free(now);
    yata_snapshot_free(read);
    yata_buffer_free(&bytes);
}

static void json_path(scenario *s) {
    yata_doc *doc = new_doc(s, 1, YATA_OFFSET_UTF16, false);
    yata_type m = root(s, doc, "m", YATA_KIND_MAP), a;
    yata_value seven = {.kind = YATA_VALUE_INT, .u.integer = 7}, value;
    yata_json_path *path;
    yata_json_path_walk *walk;
    yata_txn *txn = begin(s, doc);
    TRY(yata_map_set_type(m, txn, str_of("k"), YATA_KIND_ARRAY, str_of(""), &a));
    TRY(yata_array_push(a, txn, &seven, 1));
    COMMIT(txn);
    TRY(yata_json_path_compile(str_of("$..['k','l'][0, -1]"), &s->allocator, &path, NULL));
    for (bool done = false; !done;) {
        TRY(yata_json_path_select(path, doc, NULL, &walk));
        uint32_t n = 0;
        while (yata_json_path_next(walk, &value)) n++;
        done = yata_json_path_status(walk) == YATA_OK;
        if (!done) scenario_failed(s, __FILE__, __LINE__);
        if (done) see(s, (yata_bytes){(const uint8_t *)"0123456789" + n, 1});
        yata_json_path_end(walk);
    }
    yata_json_path_free(path);
}

/* ------------------------------------------------------------------------
 * Awareness and sessions
 */
static void see_states(scenario *s, yata_awareness *a) {
    yata_buffer out;
    yata_buffer_init(&out, &s->allocator);
    TRY(yata_awareness_encode_all(a, &out));
    see(s, bytes_of(&out));
    yata_buffer_free(&out);
}

static uint64_t no_time(void *ctx) {
    return *(uint64_t *)ctx;
}

static void on_awareness(void *ctx, yata_awareness *a, const yata_awareness_event *event) {
    (void)a;
    *(size_t *)ctx += event->added_count + event->updated_count + event->removed_count;
}

static void awareness(scenario *s) {
    static const uint8_t update[] = {3, 7, 1, 7,   '{', '"', 'a', '"', ':', '1', '}',
                                     8, 1, 1, '1', 1,   9,   4,   'n', 'u', 'l', 'l'};
    uint64_t now = 0;
    size_t told = 0;
    uint32_t subscription;
    yata_awareness_options options = yata_awareness_options_default();
    options.client_id = 1;
    options.allocator = &s->allocator;
    options.now = no_time;
    options.now_ctx = &now;
    yata_awareness *a = NULL;
    TRY(yata_awareness_new(&options, &a));
    TRY(yata_awareness_observe_change(a, on_awareness, &told, &subscription));
    TRY(yata_awareness_observe_update(a, on_awareness, &told, &subscription));
    TRY(yata_awareness_set_local(a, str_of("{\"n\":[1,2]}"), NULL));
    TRY(yata_awareness_set_local_field(a, str_of("m"), str_of("{}"), NULL));
    TRY(yata_awareness_apply(a, (yata_bytes){update, sizeof update}, no_bytes(), NULL));
    see_states(s, a);
    TRY(yata_awareness_set_client_id(a, 2));
    TRY(yata_awareness_remove(a, (uint64_t[]){8}, 1, no_bytes()));
    now = 31000;
    TRY(yata_awareness_tick(a));
    see_states(s, a);
    char seen[32];
    snprintf(seen, sizeof seen, "%zu told", told);
    see(s, (yata_bytes){(const uint8_t *)seen, strlen(seen)});
    yata_awareness_free(a);
}

/* All that both have to say. */
static void talk(scenario *s, yata_sync *a, yata_sync *b) {
    yata_bytes message = no_bytes();
    for (int quiet = 0, turn = 0; quiet < 2; turn++) {
        TRY(yata_sync_next(turn % 2 ? b : a, &message));
        quiet = message.data ? 0 : quiet + 1;
        if (message.data) TRY(yata_sync_receive(turn % 2 ? a : b, message, NULL));
    }
}

/* Updates that could not be queued or told come with a difference: both ends have the same in the end. */
static void sessions(scenario *s) {
    yata_doc *docs[2];
    yata_awareness *who[2] = {NULL, NULL};
    yata_sync_hub *hubs[2] = {NULL, NULL};
    yata_sync *session[2] = {NULL, NULL};
    for (uint64_t i = 0; i < 2; i++) {
        yata_awareness_options options = yata_awareness_options_default();
        yata_sync_options with = yata_sync_options_default();
        options.client_id = i + 1;
        options.allocator = &s->allocator;
        with.origin = (yata_bytes){(const uint8_t *)"net", 3};
        docs[i] = new_doc(s, i + 1, YATA_OFFSET_UTF16, false);
        TRY(yata_awareness_new(&options, &who[i]));
        TRY(yata_awareness_set_local(who[i], str_of("{}"), NULL));
        TRY(yata_sync_hub_new(docs[i], who[i], &s->allocator, &hubs[i]));
        TRY(yata_sync_new(hubs[i], &with, &session[i]));
        TRY(yata_sync_connect(session[i]));
    }
    for (uint32_t round = 0; round < 2; round++) {
        talk(s, session[0], session[1]);
        for (uint32_t i = 0; i < 6; i++) {
            yata_type t = root(s, docs[i % 2], "t", YATA_KIND_TEXT);
            yata_txn *txn = begin(s, docs[i % 2]);
            TRY(yata_text_insert(t, txn, 0, str_of(i % 2 ? "b" : "a")));
            COMMIT(txn);
        }
        TRY(yata_awareness_set_local(who[0], str_of("{\"at\":1}"), NULL));
        talk(s, session[0], session[1]);
        see_json(s, docs[0]);
        see_json(s, docs[1]);
        for (int i = 0; i < 2; i++) yata_sync_disconnect(session[i]);
        for (int i = 0; i < 2; i++) TRY(yata_sync_connect(session[i]));
    }
    for (int i = 0; i < 2; i++) {
        yata_sync_hub_free(hubs[i]);
        yata_awareness_free(who[i]);
    }
}

const scenario_entry scenarios[] = {
    {"text, UTF-16", text_utf16},
    {"text, UTF-8", text_utf8},
    {"text, scalars", text_scalar},
    {"long text", long_text},
    {"arrays", arrays},
    {"maps", maps},
    {"deletions", deletions},
    {"two peers", two_peers},
    {"out of order", out_of_order},
    {"many clients", many_clients},
    {"observers", observers},
    {"apply inside a transaction", apply_inside},
    {"limits", limits},
    {"values", values},
    {"updates without a document", without_document},
    {"roots", roots},
    {"xml", xml},
    {"format v2", scenario_format_v2},
    {"updates, each function", scenario_updates},
    {"rich text", scenario_rich_text},
    {"rich text as yrs", scenario_rich_text_as_yrs},
    {"deltas", scenario_deltas},
    {"events", scenario_events},
    {"reading", scenario_reading},
    {"subdocuments", subdocuments},
    {"positions", positions},
    {"snapshots", snapshots},
    {"JSON path", json_path},
    {"awareness", awareness},
    {"sessions", sessions},
    {"undo", scenario_undo},
    {"undo, types in types", scenario_undo_deep},
    {"undo, many runs", scenario_undo_many},
    {"undo, two documents", scenario_undo_two},
    {"recording", scenario_recording},
    {"undo by ids", scenario_undo_ids},
    {"id sets", scenario_id_sets},
    {"id maps", scenario_id_maps},
    {"weak links", scenario_weak_links},
};
const uint32_t scenario_count = sizeof scenarios / sizeof *scenarios;
