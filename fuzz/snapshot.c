/* SPDX-License-Identifier: MIT */
/*
 * snapshot.c - any bytes as a snapshot, in both formats.
 *
 * What is accepted is written in both formats and reads back as the same. Used on small documents, where its borders
 * may lie anywhere, also inside of characters, it leaves them valid; what it shows can be read, and restored. After a
 * byte 240 the input is the length of a snapshot, the snapshot, and an update that makes the document.
 */
#include "target.h"

static void check_forms(const yata_snapshot *snapshot, const yata_allocator *allocator) {
    yata_buffer v1, v2;
    yata_snapshot *a, *b;
    yata_buffer_init(&v1, allocator);
    yata_buffer_init(&v2, allocator);
    REQUIRE(yata_snapshot_encode(snapshot, &v1) == YATA_OK);
    REQUIRE(yata_snapshot_encode_v2(snapshot, &v2) == YATA_OK);
    REQUIRE(yata_snapshot_decode(bytes_of(&v1), allocator, &a, NULL) == YATA_OK);
    REQUIRE(yata_snapshot_decode_v2(bytes_of(&v2), allocator, &b, NULL) == YATA_OK);
    REQUIRE(yata_snapshot_equal(snapshot, a) && yata_snapshot_equal(a, b));
    v2.len = 0;
    REQUIRE(yata_snapshot_encode(b, &v2) == YATA_OK);
    require_equal("written twice", &v1, &v2);
    yata_snapshot_free(a);
    yata_snapshot_free(b);
    yata_buffer_free(&v1);
    yata_buffer_free(&v2);
}

static yata_doc *open_doc(const yata_allocator *allocator, bool keep) {
    /* By yjs, client 1: "a😀b" with "b" deleted; an array [text "x", 7]; a map {k: 1}. */
    static const uint8_t update[] = {0x01, 0x06, 0x01, 0x00, 0x04, 0x01, 0x01, 0x74, 0x05, 0x61, 0xf0, 0x9f, 0x98,
                                     0x80, 0x81, 0x01, 0x02, 0x01, 0x07, 0x01, 0x01, 0x61, 0x02, 0x88, 0x01, 0x04,
                                     0x01, 0x7d, 0x07, 0x04, 0x00, 0x01, 0x04, 0x01, 0x78, 0x28, 0x01, 0x01, 0x6d,
                                     0x01, 0x6b, 0x01, 0x7d, 0x01, 0x01, 0x01, 0x01, 0x03, 0x01};
    yata_doc_options options = target_options(allocator);
    options.keep_deleted = keep;
    yata_doc *doc;
    yata_type t, a, m;
    yata_txn *txn;
    REQUIRE(yata_doc_new(&options, &doc) == YATA_OK);
    REQUIRE(yata_doc_root(doc, str_of("t"), YATA_KIND_TEXT, &t) == YATA_OK);
    REQUIRE(yata_doc_root(doc, str_of("a"), YATA_KIND_ARRAY, &a) == YATA_OK);
    REQUIRE(yata_doc_root(doc, str_of("m"), YATA_KIND_MAP, &m) == YATA_OK);
    REQUIRE(yata_doc_apply(doc, (yata_bytes){update, sizeof update}, no_bytes(), NULL) == YATA_OK);
    REQUIRE(yata_txn_begin(doc, no_bytes(), &txn) == YATA_OK);
    REQUIRE(yata_text_insert(t, txn, 1, str_of("later")) == YATA_OK);
    REQUIRE(yata_array_delete(a, txn, 0, 1) == YATA_OK);
    REQUIRE(yata_map_delete(m, txn, str_of("k")) == YATA_OK);
    REQUIRE(yata_txn_commit(txn) == YATA_OK);
    return doc;
}

static void read_past(const yata_snapshot *snapshot, yata_doc *doc, const yata_allocator *allocator) {
    yata_type t, a, m;
    yata_value value;
    yata_str key;
    yata_snapshot_list list;
    yata_snapshot_map map;
    yata_delta *delta;
    REQUIRE(yata_doc_root_find(doc, str_of("t"), &t) == YATA_OK);
    REQUIRE(yata_doc_root_find(doc, str_of("a"), &a) == YATA_OK);
    REQUIRE(yata_doc_root_find(doc, str_of("m"), &m) == YATA_OK);
    REQUIRE(yata_snapshot_list_init(&list, snapshot, a) == YATA_OK);
    while (yata_snapshot_list_next(&list, &value)) {
    }
    REQUIRE(yata_snapshot_map_init(&map, snapshot, m) == YATA_OK);
    while (yata_snapshot_map_next(&map, &key, &value))
        REQUIRE(yata_snapshot_map_get(snapshot, m, key, &value) == YATA_OK);
    REQUIRE(yata_delta_new(allocator, &delta) == YATA_OK);
    REQUIRE(yata_snapshot_text(snapshot, NULL, t, NULL, NULL, delta) == YATA_OK);
    REQUIRE(yata_snapshot_text(NULL, snapshot, t, NULL, NULL, delta) == YATA_OK);
    yata_delta_free(delta);
    require_valid(doc);
}

static void go_back(const yata_snapshot *snapshot, yata_doc *doc, const yata_allocator *allocator) {
    yata_buffer state;
    yata_txn *txn;
    yata_doc *past = NULL;
    yata_buffer_init(&state, allocator);
    yata_doc_options options = target_options(allocator);
    yata_status status = yata_snapshot_encode_state(snapshot, doc, &state);
    REQUIRE(status == YATA_OK || status == YATA_ERR_NOT_FOUND || status == YATA_ERR_STATE);
    REQUIRE(yata_snapshot_to_doc(snapshot, doc, &options, &past) == status);
    if (past) require_valid(past);
    yata_doc_free(past);
    REQUIRE(yata_txn_begin(doc, no_bytes(), &txn) == YATA_OK);
    yata_status restored = yata_snapshot_restore(snapshot, txn);
    REQUIRE(restored == status || (status == YATA_OK && restored == YATA_ERR_GONE));
    REQUIRE(yata_txn_commit(txn) == YATA_OK);
    require_valid(doc);
    yata_buffer_free(&state);
}

/* All types that can be reached, as they were: what is alive, then what the past shows. */
static void read_everything(const yata_snapshot *snapshot, yata_doc *doc, const yata_allocator *allocator) {
    for (uint32_t i = 0; i < yata_doc_root_count(doc); i++) {
        yata_str name, key;
        yata_type type, nested;
        yata_value value;
        yata_snapshot_list list;
        yata_snapshot_map map;
        yata_delta *delta;
        REQUIRE(yata_doc_root_at(doc, i, &name, &type) == YATA_OK);
        REQUIRE(yata_snapshot_list_init(&list, snapshot, type) == YATA_OK);
        while (yata_snapshot_list_next(&list, &value)) {
            if (value.kind != YATA_VALUE_TYPE) continue;
            nested = value.u.type;
            yata_status status = yata_snapshot_map_init(&map, snapshot, nested);
            REQUIRE(status == YATA_OK || status == YATA_ERR_TYPE);
            while (yata_snapshot_map_next(&map, &key, &value)) {
            }
        }
        REQUIRE(yata_snapshot_map_init(&map, snapshot, type) == YATA_OK);
        while (yata_snapshot_map_next(&map, &key, &value)) {
        }
        REQUIRE(yata_delta_new(allocator, &delta) == YATA_OK);
        REQUIRE(yata_snapshot_text(snapshot, snapshot, type, NULL, NULL, delta) == YATA_OK);
        yata_delta_free(delta);
    }
    require_valid(doc);
}

static void use_with_update(const uint8_t *data, size_t size, const yata_allocator *allocator) {
    size_t len = data[0] < size - 1 ? data[0] : size - 1;
    yata_snapshot *snapshot;
    yata_doc *doc;
    yata_doc_options options = target_options(allocator);
    options.keep_deleted = true;
    if (yata_snapshot_decode((yata_bytes){data + 1, len}, allocator, &snapshot, NULL)) return;
    REQUIRE(yata_doc_new(&options, &doc) == YATA_OK);
    if (!yata_doc_apply(doc, (yata_bytes){data + 1 + len, size - 1 - len}, no_bytes(), NULL)) {
        read_everything(snapshot, doc, allocator);
        go_back(snapshot, doc, allocator);
        read_everything(snapshot, doc, allocator);
    }
    yata_doc_free(doc);
    yata_snapshot_free(snapshot);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    counted_memory memory = {0};
    yata_allocator allocator = counted_allocator(&memory);
    if (size > 1 && data[0] == 240) {
        use_with_update(data + 1, size - 1, &allocator);
        REQUIRE(memory.live == 0);
        return 0;
    }
    for (int format = 0; format < 2; format++) {
        yata_snapshot *snapshot;
        yata_fault fault;
        yata_status status = format ? yata_snapshot_decode_v2((yata_bytes){data, size}, &allocator, &snapshot, &fault)
                                    : yata_snapshot_decode((yata_bytes){data, size}, &allocator, &snapshot, &fault);
        REQUIRE(status == fault.status && fault.offset <= size);
        REQUIRE(memory.peak <= 64 * size + 1024);
        if (status) {
            REQUIRE(!snapshot);
            continue;
        }
        check_forms(snapshot, &allocator);
        for (int keep = 0; keep < 2; keep++) {
            yata_doc *doc = open_doc(&allocator, keep);
            read_past(snapshot, doc, &allocator);
            go_back(snapshot, doc, &allocator);
            yata_doc_free(doc);
        }
        bool contained;
        yata_status verdict = yata_snapshot_contains_update(snapshot, (yata_bytes){data, size}, &contained, &fault);
        REQUIRE(verdict == fault.status);
        yata_snapshot_free(snapshot);
        memory.peak = 0;
    }
    REQUIRE(memory.live == 0);
    return 0;
}
