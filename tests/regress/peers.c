/* SPDX-License-Identifier: MIT */
/*
 * peers.c - one test for each defect that was found in other engines and reproduced with these bytes: what Yata does
 * with them. Where a comment names no engine it is yjs 13.6.33; what yjs does right was taken from it.
 *
 *   peers [NAME...]         all, or those
 *
 * Four are tested where their subject is: D10 (id maps of yrs) by as_pycrdt_does in tests/unit/ids/id_map.c, D11
 * (lengths and ends of messages) by written_as_in_y_protocols and refused in tests/unit/sync/message.c, D13 (cleaned
 * formats on the undo stack) by cleaning_of_formats_is_not_recorded in tests/unit/history/undo.c, D18 (awareness: who
 * is removed, who comes again) by nobody_removes_the_own_state and who_comes_again_is_added in
 * tests/unit/sync/awareness.c.
 */
#include "harness/allocator.h"
#include "named_test.h"

/* ---- documents and bytes ---- */

static void require_bytes(const yata_buffer *seen, const char *hex) {
    yata_buffer expected = bytes_from(hex);
    if (!bytes_equal(bytes_of(&expected), bytes_of(seen))) {
        bytes_print(stderr, "expected", bytes_of(&expected));
        bytes_print(stderr, "seen    ", bytes_of(seen));
        FAIL("other bytes");
    }
    yata_buffer_free(&expected);
}

static yata_doc *open_doc(uint64_t client) {
    yata_doc_options options = yata_doc_options_default();
    options.client_id = client;
    yata_doc *doc;
    REQUIRE(yata_doc_new(&options, &doc) == YATA_OK);
    return doc;
}

static void close_doc(yata_doc *doc) {
    const char *broken = NULL;
    if (!yata_doc_check(doc, &broken)) FAIL(broken ? broken : "yata_doc_check");
    yata_doc_free(doc);
}

static yata_status apply(yata_doc *doc, const char *hex) {
    yata_buffer update = bytes_from(hex);
    yata_status status = yata_doc_apply(doc, bytes_of(&update), no_bytes(), NULL);
    yata_buffer_free(&update);
    return status;
}

static void require_state(const yata_doc *doc, const char *hex) {
    yata_buffer state;
    yata_buffer_init(&state, NULL);
    REQUIRE(yata_doc_encode_state(doc, &state) == YATA_OK);
    require_bytes(&state, hex);
    yata_buffer_free(&state);
}

static yata_type root(yata_doc *doc, const char *name, yata_kind kind) {
    yata_type type;
    REQUIRE(yata_doc_root(doc, str_of(name), kind, &type) == YATA_OK);
    return type;
}

static void require_json(yata_doc *doc, const char *name, yata_kind kind, const char *expected) {
    yata_buffer json;
    yata_buffer_init(&json, NULL);
    REQUIRE(yata_type_to_json(root(doc, name, kind), &json) == YATA_OK);
    if (!bytes_equal(bytes_of(&json), (yata_bytes){(const uint8_t *)expected, strlen(expected)})) {
        fprintf(stderr, "%.*s\n", (int)json.len, (const char *)json.data);
        FAIL(expected);
    }
    yata_buffer_free(&json);
}

#define EMPTY "0000"

/* ---- D1 ---- */

/* yjs 14.0.0-rc.22 merges a text and its own beginning to the beginning, a hole and the end: c is lost. */
static void d1_merge_of_a_text_and_its_beginning(void) {
    static const char full[] = "01010100 04010174 05 6162636465 00", prefix[] = "01010100 04010174 02 6162 00";
    yata_buffer a = bytes_from(full), b = bytes_from(prefix), out;
    yata_buffer_init(&out, NULL);
    REQUIRE(yata_update_merge((yata_bytes[]){bytes_of(&a), bytes_of(&b)}, 2, &out, NULL) == YATA_OK);
    require_bytes(&out, full);
    out.len = 0;
    REQUIRE(yata_update_merge((yata_bytes[]){bytes_of(&b), bytes_of(&a)}, 2, &out, NULL) == YATA_OK);
    require_bytes(&out, "01020100 04010174 02 6162 | 840101 03 636465 00");
    yata_buffer_free(&a);
    yata_buffer_free(&b);
    yata_buffer_free(&out);
}

/* ---- D2 ---- */

/* Servers with yjs 14 or yrs send sections that begin with a skip (yjs#785). What follows waits, is sent on, and comes
 * in with the clocks that are missing, in either order. */
static void d2_section_that_begins_with_a_skip(void) {
    static const char skipping[] = "010201000a01 | 04010179 0171 | 00", missing[] = "01010100 | 04010174 0161 | 00";
    static const char both[] = "0102010004010174016104010179017100";
    yata_doc *doc = open_doc(9);
    REQUIRE(apply(doc, skipping) == YATA_OK);
    require_state(doc, "0101010104010179017100");
    REQUIRE(apply(doc, missing) == YATA_OK);
    require_state(doc, both);
    close_doc(doc);
    doc = open_doc(9);
    REQUIRE(apply(doc, missing) == YATA_OK && apply(doc, skipping) == YATA_OK);
    require_state(doc, both);
    close_doc(doc);
}

/* ---- D3 ---- */

/* yrs 0.27.3 writes the length of binary content twice in format v2. */
static void d3_binary_content_in_format_v2(void) {
    yata_buffer v1 = bytes_from("01010100 0301016102 0807 00"), out;
    yata_buffer_init(&out, NULL);
    REQUIRE(yata_update_convert(bytes_of(&v1), YATA_UPDATE_V1, YATA_UPDATE_V2, &out, NULL) == YATA_OK);
    require_bytes(&out, "0000010100000103030161010101000001010002 0807 00");
    yata_buffer_free(&v1);
    yata_buffer_free(&out);
}

/* ---- D4 ---- */

/* yrs reads one string too many in legacy JSON content and refuses the update. */
static void d4_legacy_json_content(void) {
    static const char update[] = "010201000201016103013109756e646566696e6564097b2278223a2279227d0401017405616674657200";
    yata_doc *doc = open_doc(9);
    REQUIRE(apply(doc, update) == YATA_OK);
    require_json(doc, "a", YATA_KIND_ARRAY, "[1,null,{\"x\":\"y\"}]");
    require_json(doc, "t", YATA_KIND_TEXT, "\"after\"");
    require_state(doc, update);
    close_doc(doc);
}

/* ---- D5 ---- */

/* yrs does not read the name of an XML hook, takes it for what follows, and loses the rest. */
static void d5_name_of_an_xml_hook(void) {
    static const char update[] = "0102010007010161 0504 686f6f6b 0401017405616674657200";
    yata_doc *doc = open_doc(9);
    REQUIRE(apply(doc, update) == YATA_OK);
    yata_value hook;
    yata_kind kind;
    yata_str name;
    REQUIRE(yata_array_get(root(doc, "a", YATA_KIND_ARRAY), 0, &hook) == YATA_OK);
    REQUIRE(yata_type_kind(hook.u.type, &kind) == YATA_OK && kind == YATA_KIND_XML_HOOK);
    REQUIRE(yata_type_name(hook.u.type, &name) == YATA_OK && name.len == 4 && memcmp(name.data, "hook", 4) == 0);
    require_json(doc, "t", YATA_KIND_TEXT, "\"after\"");
    require_state(doc, update);
    close_doc(doc);
}

/* ---- D6 ---- */

/* yrs ends the process with 200,000 arrays in each other; yjs throws. */
static void d6_deep_value(void) {
    enum { DEEP = 200000 };
    yata_buffer update = bytes_from("01010100 080101 6101");
    for (int i = 0; i < DEEP; i++) hex_append(&update, "7501");
    hex_append(&update, "7e00");
    yata_doc *doc = open_doc(9);
    REQUIRE(yata_doc_apply(doc, bytes_of(&update), no_bytes(), NULL) == YATA_ERR_LIMIT);
    require_state(doc, EMPTY);
    yata_buffer_free(&update);
    close_doc(doc);
}

/* ---- D7 ---- */

/* encode_diff of yrs (state_diff of yffi, get_update of pycrdt) leaves out what waits, so a relay loses it. */
static void d7_diff_with_what_waits(void) {
    static const char second[] = "01010101840100016200", first[] = "01010100 04010174016100";
    yata_doc *relay = open_doc(8), *peer = open_doc(9);
    REQUIRE(apply(relay, second) == YATA_OK);
    yata_buffer vector = bytes_from("00"), diff;
    yata_buffer_init(&diff, NULL);
    REQUIRE(yata_doc_encode_diff(relay, bytes_of(&vector), &diff) == YATA_OK);
    require_bytes(&diff, second);
    REQUIRE(yata_doc_apply(peer, bytes_of(&diff), no_bytes(), NULL) == YATA_OK && apply(peer, first) == YATA_OK);
    require_json(peer, "t", YATA_KIND_TEXT, "\"ab\"");
    yata_buffer_free(&vector);
    yata_buffer_free(&diff);
    close_doc(relay);
    close_doc(peer);
}

/* ---- D8 ---- */

/* yrs loses -0 and the order of members, and writes integers of more than 31 bits as integers. */
static void d8_numbers_and_order_of_members(void) {
    static const char update[] =
        "01010100 2801016d016b01 7604 017a 7d40 0162 7c4f000000 0161 7c3fc00000 0179 7dffffffff0f 00";
    yata_doc *doc = open_doc(9);
    REQUIRE(apply(doc, update) == YATA_OK);
    require_state(doc, update);
    close_doc(doc);
    doc = open_doc(1);
    yata_value value, array = {.kind = YATA_VALUE_OBJECT};
    yata_buffer any = bytes_from("7604 017a 7d40 0162 7c4f000000 0161 7c3fc00000 0179 7dffffffff0f");
    array.u.any = bytes_of(&any);
    value = array;
    yata_txn *txn;
    REQUIRE(yata_txn_begin(doc, no_bytes(), &txn) == YATA_OK);
    REQUIRE(yata_map_set(root(doc, "m", YATA_KIND_MAP), txn, str_of("k"), &value) == YATA_OK);
    REQUIRE(yata_txn_commit(txn) == YATA_OK);
    require_state(doc, update);
    yata_buffer_free(&any);
    close_doc(doc);
    doc = open_doc(1);
    value = (yata_value){.kind = YATA_VALUE_INT, .u.integer = (int64_t)1 << 31};
    REQUIRE(yata_txn_begin(doc, no_bytes(), &txn) == YATA_OK);
    REQUIRE(yata_map_set(root(doc, "m", YATA_KIND_MAP), txn, str_of("k"), &value) == YATA_OK);
    REQUIRE(yata_txn_commit(txn) == YATA_OK);
    require_state(doc, "01010100 2801016d016b01 7c4f000000 00");
    close_doc(doc);
}

/* ---- D9 ---- */

/* yrs drops `meta` of subdocuments and writes the other options in random order. */
static void d9_options_of_subdocuments(void) {
    static const char update[] =
        "01010100 2901016d0164 0167 7603 026763 79 086175746f4c6f6164 78 046d657461 7602 017a7d01 016175017e 00";
    yata_doc *doc = open_doc(9);
    REQUIRE(apply(doc, update) == YATA_OK);
    yata_subdoc subdoc;
    yata_value meta;
    yata_buffer json;
    yata_buffer_init(&json, NULL);
    REQUIRE(yata_map_get_doc(root(doc, "m", YATA_KIND_MAP), str_of("d"), &subdoc) == YATA_OK);
    REQUIRE(yata_subdoc_meta(subdoc, &meta) == YATA_OK && yata_value_to_json(&meta, &json) == YATA_OK);
    REQUIRE(bytes_equal(bytes_of(&json), (yata_bytes){(const uint8_t *)"{\"z\":1,\"a\":[null]}", 18}));
    require_state(doc, update);
    yata_buffer_free(&json);
    close_doc(doc);
}

/* ---- D12 ---- */

typedef struct noted_events {
    yata_buffer at[4];
    unsigned count;
} noted_events;

static void note_event(void *ctx, yata_doc *doc, const yata_txn *txn, yata_bytes update) {
    (void)doc, (void)txn;
    noted_events *events = ctx;
    REQUIRE(events->count < 4);
    yata_buffer *event = &events->at[events->count++];
    yata_buffer_init(event, NULL);
    REQUIRE(yata_buffer_append(event, update.data, update.len) == YATA_OK);
}

static void push_int(yata_doc *doc, const char *array, int64_t i) {
    yata_txn *txn;
    yata_value value = {.kind = YATA_VALUE_INT, .u.integer = i};
    REQUIRE(yata_txn_begin(doc, no_bytes(), &txn) == YATA_OK);
    REQUIRE(yata_array_push(root(doc, array, YATA_KIND_ARRAY), txn, &value, 1) == YATA_OK);
    REQUIRE(yata_txn_commit(txn) == YATA_OK);
}

static void push_to_b(void *ctx, const yata_event *event) {
    (void)event;
    push_int(ctx, "b", 2);
}

/* A push to b in an observer of a: the first event of yjs is 0102010008010161017d0108010162017d0200, which has both
 * blocks, and the second has b's again. */
static void d12_events_of_transactions_in_observers(void) {
    yata_doc *doc = open_doc(1);
    noted_events events = {.count = 0};
    uint32_t id;
    REQUIRE(yata_doc_observe_update(doc, note_event, &events, &id) == YATA_OK);
    REQUIRE(yata_type_observe(root(doc, "a", YATA_KIND_ARRAY), push_to_b, doc, &id) == YATA_OK);
    push_int(doc, "a", 1);
    REQUIRE(events.count == 2);
    require_bytes(&events.at[0], "0101010008010161017d0100");
    require_bytes(&events.at[1], "0101010108010162017d0200");
    for (unsigned i = 0; i < events.count; i++) yata_buffer_free(&events.at[i]);
    close_doc(doc);
}

/* ---- D14 ---- */

/* From the middle of a surrogate pair on: the receiver's text then differs from the sender's. Yata sends the same bytes
 * as yjs (quirk Q11), so that peers of both kinds agree. */
static void d14_diff_from_the_middle_of_a_surrogate_pair(void) {
    yata_doc *doc = open_doc(9);
    REQUIRE(apply(doc, "01010100 04010174 06 61f09f988062 00") == YATA_OK);
    yata_buffer vector = bytes_from("01 01 02"), diff;
    yata_buffer_init(&diff, NULL);
    REQUIRE(yata_doc_encode_diff(doc, bytes_of(&vector), &diff) == YATA_OK);
    require_bytes(&diff, "01010102 840101 04 efbfbd62 00");
    yata_buffer_free(&vector);
    yata_buffer_free(&diff);
    close_doc(doc);
}

/* ---- D15 ---- */

/* yjs has the blocks in the document by then, sends an event and throws. */
static void d15_truncated_delete_set(void) {
    yata_doc *doc = open_doc(9);
    noted_events events = {.count = 0};
    uint32_t id;
    REQUIRE(yata_doc_observe_update(doc, note_event, &events, &id) == YATA_OK);
    REQUIRE(apply(doc, "01010100 04010174 03616263 01 01 01 01") == YATA_ERR_END);
    REQUIRE(events.count == 0);
    require_state(doc, EMPTY);
    close_doc(doc);
}

/* ---- D16 ---- */

/* A TypeError in yjs, in the middle of a transaction. */
static void d16_item_that_is_its_own_origin_or_parent(void) {
    static const char *const updates[] = {
        "01010100 84 0100 0161 00",    /* origin */
        "01010100 44 0100 0161 00",    /* right origin */
        "01010100 04 00 0100 0161 00", /* parent */
    };
    yata_doc *doc = open_doc(9);
    for (size_t i = 0; i < sizeof updates / sizeof *updates; i++) {
        REQUIRE(apply(doc, updates[i]) == YATA_ERR_VALUE);
        require_state(doc, EMPTY);
    }
    close_doc(doc);
}

/* ---- D17 ---- */

/* yrs refuses the whole update; in yjs and Yata the item becomes a collected block. */
static void d17_parent_that_is_no_type(void) {
    yata_doc *doc = open_doc(9);
    REQUIRE(apply(doc, "01 02 01 00 | 04010174 0161 | 04 00 0100 0162 | 00") == YATA_OK);
    require_state(doc, "010201000401017401610001 0101010101");
    require_json(doc, "t", YATA_KIND_TEXT, "\"a\"");
    close_doc(doc);
}

static const struct test tests[] = {
    {"d1_merge_of_a_text_and_its_beginning", d1_merge_of_a_text_and_its_beginning},
    {"d2_section_that_begins_with_a_skip", d2_section_that_begins_with_a_skip},
    {"d3_binary_content_in_format_v2", d3_binary_content_in_format_v2},
    {"d4_legacy_json_content", d4_legacy_json_content},
    {"d5_name_of_an_xml_hook", d5_name_of_an_xml_hook},
    {"d6_deep_value", d6_deep_value},
    {"d7_diff_with_what_waits", d7_diff_with_what_waits},
    {"d8_numbers_and_order_of_members", d8_numbers_and_order_of_members},
    {"d9_options_of_subdocuments", d9_options_of_subdocuments},
    {"d12_events_of_transactions_in_observers", d12_events_of_transactions_in_observers},
    {"d14_diff_from_the_middle_of_a_surrogate_pair", d14_diff_from_the_middle_of_a_surrogate_pair},
    {"d15_truncated_delete_set", d15_truncated_delete_set},
    {"d16_item_that_is_its_own_origin_or_parent", d16_item_that_is_its_own_origin_or_parent},
    {"d17_parent_that_is_no_type", d17_parent_that_is_no_type},
};

int main(int argc, char **argv) {
    return run_tests(tests, sizeof tests / sizeof *tests, argc, argv);
}
