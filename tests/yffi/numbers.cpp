/* SPDX-License-Identifier: MIT */
/* numbers.cpp - integers and floats: what is written is what is read. */
#include "check.h"

static std::string at(YDoc *doc, const char *key) {
    YTransaction *txn = ydoc_read_transaction(doc);
    std::string out = shown(ymap_get(ytype_get(txn, "m"), txn, key));
    ytransaction_commit(txn);
    return out;
}
static void put(YDoc *doc, const char *key, YInput value) {
    Branch *map = ymap(doc, "m");
    YTransaction *txn = write(doc);
    ymap_insert(map, txn, key, &value);
    ytransaction_commit(txn);
}

CASE(numbers_of_two_kinds) {
    YDoc *doc = doc_with(1), *peer = doc_with(2);
    YInput inner[] = {yinput_float(5), yinput_long(5), yinput_float(8e9), yinput_float(0)};
    put(doc, "float", yinput_float(5));
    put(doc, "long", yinput_long(5));
    put(doc, "big float", yinput_float(8e9));
    put(doc, "big long", yinput_long(8000000000));
    put(doc, "negative", yinput_long(-8000000000));
    put(doc, "biggest", yinput_long(INT64_MAX));
    put(doc, "fraction", yinput_float(2.5));
    put(doc, "zero", yinput_float(0));
    put(doc, "list", yinput_json_array(inner, 4));
    put(doc, "json", yinput_json("[1, 2.0, 3e9, 4.5, -7]"));
    sync(doc, peer);
    for (YDoc *d : {doc, peer}) {
        CHECK(at(d, "float") == "num 5" && at(d, "long") == "int 5");
        CHECK(at(d, "big float") == "num 8000000000");
        CHECK(at(d, "fraction") == "num 2.5" && at(d, "zero") == "num 0");
        if (d == doc || YFFI_ABI < 28) {
            CHECK(at(d, "big long") == "int 8000000000" && at(d, "negative") == "int -8000000000");
            CHECK(at(d, "biggest") == "int 9223372036854775807");
        } else { /* of which yffi 0.28 makes floats on the way, of the last another number, too */
            BETTER(at(d, "big long") == "int 8000000000" && at(d, "negative") == "int -8000000000");
            BETTER(at(d, "biggest") == "int 9223372036854775807");
        }
        CHECK(at(d, "list") == "[num 5, int 5, num 8000000000, num 0]");
        CHECK(at(d, "json") == (YFFI_ABI >= 28 ? "[int 1, num 2, num 3000000000, num 4.5, int -7]"
                                               : "[num 1, num 2, num 3000000000, num 4.5, num -7]"));
    }
    ydoc_destroy(doc);
    ydoc_destroy(peer);
}

CASE(numbers_in_texts) {
    YDoc *doc = doc_with(1);
    Branch *text = ytext(doc, "t");
    char *names[] = {(char *)"size"};
    YInput size = yinput_float(5), format = yinput_json_map(names, &size, 1), embed = yinput_float(7);
    YTransaction *txn = write(doc);
    ytext_insert(text, txn, 0, "x", &format);
    ytext_insert_embed(text, txn, 1, &embed, nullptr);
    uint32_t n = 0;
    YChunk *chunks = ytext_chunks(text, txn, &n);
    CHECK(n == 2 && show(chunks[0].fmt[0].value) == "num 5" && show(&chunks[1].data) == "num 7");
    ychunks_destroy(chunks, n);
    ytransaction_commit(txn);
    ydoc_destroy(doc);
}

/* What came from Yjs, 5, reads as what the generation takes it for; also in a snapshot of the past. */
CASE(numbers_from_elsewhere) {
    YDoc *doc = doc_with(1, Y_OFFSET_UTF16 | Y_SKIP_GC), *then = doc_with(2);
    YTransaction *txn = write(doc);
    CHECK(apply_v1(txn, std::string("\1\1\7\0\x28\1\1m\1k\1\x7d\5\0", 14)) == 0);
    ytransaction_commit(txn);
    CHECK(at(doc, "k") == (YFFI_ABI >= 28 ? "int 5" : "num 5"));
    put(doc, "f", yinput_float(6));
    txn = ydoc_read_transaction(doc);
    uint32_t len = 0, state_len = 0;
    char *snapshot = ytransaction_snapshot(txn, &len);
    char *bytes = ytransaction_encode_state_from_snapshot_v1(txn, snapshot, len, &state_len);
    ytransaction_commit(txn);
    CHECK(bytes != nullptr);
    txn = write(then);
    CHECK(ytransaction_apply(txn, bytes, state_len) == 0);
    ytransaction_commit(txn);
    ybinary_destroy(snapshot, len);
    ybinary_destroy(bytes, state_len);
    CHECK(at(then, "f") == "num 6" && at(then, "k") == at(doc, "k"));
    ydoc_destroy(doc);
    ydoc_destroy(then);
}
