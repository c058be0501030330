/* SPDX-License-Identifier: MIT */
/* updates.c - format v2, and updates without a document. */
#include "oom/steps.h"

/* Something of everything: text with formats, a list, a map with a type inside, an element, a subdocument, deletions.
 */
static yata_doc *mixed(scenario *s) {
    yata_doc *doc = new_doc(s, 1, YATA_OFFSET_UTF16, false);
    yata_type t = root(s, doc, "t", YATA_KIND_TEXT), a = root(s, doc, "a", YATA_KIND_ARRAY);
    yata_type m = root(s, doc, "m", YATA_KIND_MAP), x = root(s, doc, "x", YATA_KIND_XML_FRAGMENT), inner;
    yata_subdoc subdoc;
    yata_buffer bytes;
    yata_value formats, seven = {.kind = YATA_VALUE_INT, .u.integer = 7};
    yata_buffer_init(&bytes, &s->allocator);
    TRY(yata_value_from_json(str_of("{\"bold\":true,\"color\":{\"r\":[1,2]}}"), &bytes, &formats, NULL));
    yata_txn *txn = begin(s, doc);
    TRY(yata_text_insert_with(t, txn, 0, str_of("formatted \xF0\x9F\x98\x80"), &formats));
    TRY(yata_text_insert(t, txn, 3, str_of("plain")));
    for (int i = 0; i < 5; i++) TRY(yata_array_push(a, txn, &seven, 1));
    TRY(yata_map_set_type(m, txn, str_of("inner"), YATA_KIND_ARRAY, str_of(""), &inner));
    TRY(yata_array_push(inner, txn, &formats, 1));
    TRY(yata_map_set(m, txn, str_of("key"), &seven));
    TRY(yata_map_set(m, txn, str_of("key"), &formats));
    TRY(yata_map_set_doc(m, txn, str_of("doc"), &(yata_subdoc_options){.guid = str_of("guid")}, &subdoc));
    TRY(yata_xml_push(x, txn, YATA_KIND_XML_ELEMENT, str_of("p"), &inner));
    COMMIT(txn);
    txn = begin(s, doc);
    TRY(yata_text_delete(t, txn, 2, 4));
    TRY(yata_array_delete(a, txn, 1, 1));
    TRY(yata_array_delete(a, txn, 2, 1));
    COMMIT(txn);
    yata_buffer_free(&bytes);
    return doc;
}

static void on_update(void *ctx, yata_doc *doc, const yata_txn *txn, yata_bytes update) {
    (void)doc, (void)txn;
    REQUIRE(update.len > 0);
    ++*(uint32_t *)ctx;
}

/* An update may be left out of an event, so what is seen does not depend on it. */
void scenario_format_v2(scenario *s) {
    yata_doc *doc = mixed(s), *other = new_doc(s, 2, YATA_OFFSET_UTF16, true);
    yata_buffer state, vector, diff;
    uint32_t told = 0, subscription;
    yata_buffer_init(&state, &s->allocator);
    yata_buffer_init(&vector, &s->allocator);
    yata_buffer_init(&diff, &s->allocator);
    TRY(yata_doc_observe_update_v2(other, on_update, &told, &subscription));
    TRY(yata_doc_encode_state_v2(doc, &state));
    see(s, bytes_of(&state));
    TRY(yata_doc_apply_v2(other, bytes_of(&state), no_bytes(), NULL));
    TRY(yata_doc_encode_state_vector(other, &vector));
    yata_txn *txn = begin(s, doc);
    TRY(yata_text_insert(root(s, doc, "t", YATA_KIND_TEXT), txn, 1, str_of("more")));
    COMMIT(txn);
    TRY(yata_doc_encode_diff_v2(doc, bytes_of(&vector), &diff));
    see(s, bytes_of(&diff));
    txn = begin(s, other);
    TRY(yata_txn_apply_v2(txn, bytes_of(&diff), NULL));
    COMMIT(txn);
    see_json(s, other);
    TRY(yata_doc_unobserve_update(other, subscription));
    yata_buffer_free(&state);
    yata_buffer_free(&vector);
    yata_buffer_free(&diff);
}

static bool on_part(void *ctx, yata_bytes part) {
    see(ctx, part);
    return true;
}

static bool on_client(void *ctx, uint64_t client, uint32_t from, uint32_t to) {
    (void)ctx;
    return client < UINT64_MAX && from < to;
}

static bool on_root(void *ctx, yata_str name) {
    (void)ctx;
    return name.len > 0;
}

/* Calls f twice if memory fails the first time; what it has appended must be gone then. */
#define SEE(call)                                                                                                      \
    do {                                                                                                               \
        TRY(call);                                                                                                     \
        see(s, bytes_of(&out));                                                                                        \
        out.len = 0;                                                                                                   \
    } while (0)

static void examine(scenario *s, yata_bytes v1, yata_bytes v2) {
    static const uint8_t vector_bytes[] = {1, 1, 6}, ids_bytes[] = {1, 1, 2, 0, 5, 8, 7};
    yata_bytes vector = {vector_bytes, sizeof vector_bytes}, ids = {ids_bytes, sizeof ids_bytes};
    yata_update_visitor visitor = {.client = on_client, .root = on_root};
    yata_buffer out, older;
    yata_buffer_init(&out, &s->allocator);
    yata_buffer_init(&older, &s->allocator);
    TRY(yata_update_check(v1, &s->allocator).status);
    TRY(yata_update_check_v2(v2, &s->allocator).status);
    TRY(yata_update_diff(v1, vector, &older, NULL));
    yata_bytes two[] = {bytes_of(&older), v1};
    SEE(yata_update_merge(two, 2, &out, NULL));
    SEE(yata_update_diff_v2(v2, vector, &out, NULL));
    two[0] = v2, two[1] = v2;
    SEE(yata_update_merge_v2(two, 2, &out, NULL));
    SEE(yata_update_state_vector(v1, &out, NULL));
    SEE(yata_update_state_vector_v2(v2, &out, NULL));
    SEE(yata_update_convert(v1, YATA_UPDATE_V1, YATA_UPDATE_V2, &out, NULL));
    SEE(yata_update_convert(v2, YATA_UPDATE_V2, YATA_UPDATE_V1, &out, NULL));
    SEE(yata_update_intersect(v1, ids, &out, NULL));
    SEE(yata_update_intersect_v2(v2, ids, &out, NULL));
    SEE(yata_update_exclude(v1, ids, &out, NULL));
    SEE(yata_update_exclude_v2(v2, ids, &out, NULL));
    SEE(yata_update_obfuscate(v1, NULL, &out, NULL));
    SEE(yata_update_obfuscate_v2(v2, NULL, &out, NULL));
    SEE(yata_update_log(v1, &out, NULL));
    SEE(yata_update_log_v2(v2, &out, NULL));
    TRY(yata_update_meta(v1, &visitor, &s->allocator, NULL));
    TRY(yata_update_meta_v2(v2, &visitor, &s->allocator, NULL));
    yata_buffer_free(&older);
    yata_buffer_free(&out);
}

/* Parts that were given out before memory failed are given out again: only the last attempt is seen. */
static void split(scenario *s, yata_bytes update, bool v2) {
    for (;;) {
        size_t before = s->seen.len;
        yata_status status =
            (v2 ? yata_update_split_v2 : yata_update_split)(update, 60, on_part, s, &s->allocator, NULL);
        if (status == YATA_OK) return;
        REQUIRE(status == YATA_ERR_MEMORY);
        s->seen.len = before;
        scenario_failed(s, __FILE__, __LINE__);
    }
}

void scenario_updates(scenario *s) {
    yata_doc *doc = mixed(s);
    yata_buffer v1, v2;
    yata_buffer_init(&v1, &s->allocator);
    yata_buffer_init(&v2, &s->allocator);
    TRY(yata_doc_encode_state(doc, &v1));
    TRY(yata_doc_encode_state_v2(doc, &v2));
    examine(s, bytes_of(&v1), bytes_of(&v2));
    split(s, bytes_of(&v1), false);
    split(s, bytes_of(&v2), true);
    yata_buffer_free(&v1);
    yata_buffer_free(&v2);
}
