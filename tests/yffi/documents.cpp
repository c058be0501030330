/* SPDX-License-Identifier: MIT */
/* documents.cpp - documents, transactions, updates, ids. */
#include "check.h"

CASE(update_exchange_basic) {
    YDoc *a = doc_with(1), *b = doc_with(2);
    Branch *ta = ytext(a, "test"), *tb = ytext(b, "test");
    YTransaction *xa = write(a), *xb = write(b);
    ytext_insert(ta, xa, 0, "world", nullptr);
    ytext_insert(tb, xb, 0, "hello ", nullptr);
    std::string to_b = diff(xa, state_vector(xb)), to_a = diff(xb, state_vector(xa));
    CHECK(apply_v1(xa, to_a) == 0);
    CHECK(apply_v1(xb, to_b) == 0);
    std::string sa = take(ytext_string(ta, xa)), sb = take(ytext_string(tb, xb));
    CHECK(sa == sb);
    CHECK(sa == "worldhello ");
    ytransaction_commit(xa);
    ytransaction_commit(xb);
    ydoc_destroy(a);
    ydoc_destroy(b);
}

CASE(options) {
    YOptions o = yoptions(), p = yoptions();
    CHECK(o.flags == Y_SHOULD_LOAD);
    CHECK(o.guid && std::strlen(o.guid) == 36 && o.guid[14] == '4');
    CHECK(std::strcmp(o.guid, p.guid) != 0);
    CHECK(o.collection_id == nullptr);
    CHECK(o.id < (uint64_t)1 << 53 && o.id != p.id);
    o.id = UINT64_MAX;
    o.collection_id = "shelf";
    YDoc *doc = ydoc_new_with_options(o);
    CHECK(ydoc_id(doc) == ((uint64_t)1 << 53) - 1);
    CHECK(take(ydoc_guid(doc)) == o.guid);
    CHECK(take(ydoc_collection_id(doc)) == "shelf");
    CHECK(ydoc_should_load(doc) == 1 && ydoc_auto_load(doc) == 0);
    ystring_destroy((char *)o.guid);
    ystring_destroy((char *)p.guid);
    ydoc_destroy(doc);
    YDoc *zero = doc_with(0, Y_AUTO_LOAD);
    CHECK(ydoc_id(zero) == 0);
    CHECK(ydoc_collection_id(zero) == nullptr);
    CHECK(ydoc_should_load(zero) == 0 || !OURS);
    CHECK(ydoc_auto_load(zero) == 1);
    ydoc_destroy(zero);
    YDoc *fresh = ydoc_new();
    CHECK(ydoc_should_load(fresh) == 1 && ydoc_auto_load(fresh) == 0);
    CHECK(take(ydoc_guid(fresh)).size() == 36);
    ydoc_destroy(fresh);
    ydoc_destroy(nullptr);
    BETTER(ydoc_id(nullptr) == 0 && !ydoc_guid(nullptr) && !ydoc_clone(nullptr));
}

CASE(clones_share) {
    YDoc *doc = doc_with(7), *other = ydoc_clone(doc);
    Branch *text = ytext(doc, "t");
    YTransaction *txn = write(doc);
    ytext_insert(text, txn, 0, "abc", nullptr);
    ytransaction_commit(txn);
    ydoc_destroy(doc);
    CHECK(ydoc_id(other) == 7);
    txn = ydoc_read_transaction(other);
    CHECK(take(ytext_string(ytype_get(txn, "t"), txn)) == "abc");
    ytransaction_commit(txn);
    ydoc_destroy(other);
}

CASE(one_writer_many_readers) {
    YDoc *doc = doc_with(1);
    YTransaction *r1 = ydoc_read_transaction(doc), *r2 = ydoc_read_transaction(doc);
    CHECK(r1 && r2);
    CHECK(!write(doc));
    CHECK(ytransaction_writeable(r1) == 0);
    ytransaction_commit(r1);
    CHECK(!write(doc));
    ytransaction_commit(r2);
    YTransaction *w = ydoc_write_transaction(doc, 3, "me!");
    CHECK(w && ytransaction_writeable(w) == 1);
    CHECK(!write(doc) && !ydoc_read_transaction(doc));
#ifndef UPSTREAM
    uint32_t len;
    const char *origin = ytransaction_origin(w, &len);
    CHECK(len == 3 && !std::memcmp(origin, "me!", 3));
#endif
    BETTER(ytext(doc, "inside") != nullptr); /* yffi waits for ever */
    ytransaction_commit(w);
    BETTER((ytransaction_commit(nullptr), true));
    ydoc_destroy(doc);
}

CASE(a_transaction_keeps_the_document) {
    YDoc *doc = doc_with(1);
    Branch *text = ytext(doc, "t");
    YTransaction *txn = write(doc);
    ydoc_destroy(doc);
    ytext_insert(text, txn, 0, "x", nullptr);
    CHECK(take(ytext_string(text, txn)) == "x");
    ytransaction_commit(txn);
}

CASE(roots) {
    YDoc *doc = doc_with(1), *peer = doc_with(2);
    Branch *text = ytext(doc, "a");
    CHECK(ytext(doc, "a") == text);
    CHECK(yarray(doc, "a") == text && ytype_kind(text) == Y_TEXT);
    CHECK(ytype_kind(yarray(doc, "b")) == Y_ARRAY && ytype_kind(ymap(doc, "c")) == Y_MAP);
    CHECK(ytype_kind(yxmlfragment(doc, "d")) == Y_XML_FRAG);
    CHECK(ytype_kind(nullptr) == 0);
    YTransaction *txn = write(doc);
    CHECK(ytype_get(txn, "a") == text && !ytype_get(txn, "nothing"));
    ytext_insert(text, txn, 0, "hi", nullptr);
    ytransaction_commit(txn);
    sync(doc, peer);
    txn = ydoc_read_transaction(peer);
    Branch *unknown = ytype_get(txn, "a");
    CHECK(unknown && ytype_kind(unknown) == 0);
    CHECK(!ybranch_json(unknown, txn));
    ytransaction_commit(txn);
    CHECK(ytext(peer, "a") == unknown && ytype_kind(unknown) == Y_TEXT);
    BETTER(!ytext(nullptr, "a") && !ytext(doc, nullptr));
    ydoc_destroy(doc);
    ydoc_destroy(peer);
}

CASE(branch_ids) {
    YDoc *doc = doc_with(1), *peer = doc_with(2);
    Branch *map = ymap(doc, "map");
    YBranchId id = ybranch_id(map);
    CHECK(id.client_or_len == -3 && !std::memcmp(id.variant.name, "map", 3));
    YTransaction *txn = write(doc);
    YInput empty = yinput_yarray(nullptr, 0);
    ymap_insert(map, txn, "list", &empty);
    YOutput *cell = ymap_get(map, txn, "list");
    Branch *list = youtput_read_yarray(cell);
    youtput_destroy(cell);
    YBranchId nested = ybranch_id(list);
    CHECK(nested.client_or_len == 1 && nested.variant.clock == 0);
    CHECK(ybranch_get(&id, txn) == map && ybranch_get(&nested, txn) == list);
    YTransaction *other = write(peer);
    CHECK(!ybranch_get(&nested, other) && !ybranch_get(&id, other));
    CHECK(apply_v1(other, state(txn)) == 0);
    Branch *theirs = ybranch_get(&nested, other);
    CHECK(theirs && theirs != list && ytype_kind(theirs) == Y_ARRAY);
    CHECK(ybranch_get(&id, other));
    CHECK(ybranch_alive(list) == 1 && ybranch_alive(nullptr) == 0);
    ymap_remove(map, txn, "list");
    CHECK(ybranch_alive(list) == 0);
    ytransaction_commit(other);
    ytransaction_commit(txn);
    BETTER(ybranch_alive(list) == 0 && yarray_len(list) == 0); /* yffi has freed it */
    ydoc_destroy(doc);
    ydoc_destroy(peer);
}

CASE(state_vectors_and_diffs) {
    YDoc *doc = doc_with(1);
    Branch *text = ytext(doc, "t");
    YTransaction *txn = write(doc);
    CHECK(state_vector(txn) == std::string("\0", 1));
    CHECK(state(txn) == std::string("\0\0", 2));
    ytext_insert(text, txn, 0, "abc", nullptr);
    CHECK(state_vector(txn) == "\1\1\3");
    CHECK(state(txn) == std::string("\1\1\1\0\4\1\1t\3abc\0", 13));
    CHECK(diff(txn, "\1\1\3") == std::string("\0\0", 2));
    uint32_t len = 77;
    CHECK(!ytransaction_state_diff_v1(txn, "\1", 1, &len) && len == 77);
    CHECK(!ytransaction_state_diff_v2(txn, "\1", 1, &len) && len == 77);
    char *v2 = ytransaction_state_diff_v2(txn, nullptr, 0, &len);
    std::string second = take(v2, len);
    ytransaction_commit(txn);
    YDoc *peer = doc_with(2);
    Branch *theirs = ytext(peer, "t");
    txn = write(peer);
    CHECK(ytransaction_apply_v2(txn, second.data(), (uint32_t)second.size()) == 0);
    CHECK(take(ytext_string(theirs, txn)) == "abc");
    BETTER(ytransaction_apply_v2(txn, "\xff\xff", 2) != 0);
    ytransaction_commit(txn);
    ydoc_destroy(doc);
    ydoc_destroy(peer);
}

CASE(apply_says_what_is_wrong) {
    YDoc *doc = doc_with(1);
    YTransaction *txn = write(doc);
    CHECK(apply_v1(txn, "") == ERR_CODE_EOS);
    CHECK(apply_v1(txn, "\1\1") == ERR_CODE_EOS);
    CHECK(apply_v1(txn, std::string(12, '\xff')) == ERR_CODE_VAR_INT);
    CHECK(apply_v1(txn, std::string("\1\1\1\0\xf\1\1t\0", 9)) == ERR_CODE_UNEXPECTED_VALUE);
    CHECK(apply_v1(txn, std::string("\0\0", 2)) == 0);
    BETTER(ytransaction_apply(txn, nullptr, 0) != 0);
    ytransaction_commit(txn);
    txn = ydoc_read_transaction(doc);
    BETTER(apply_v1(txn, std::string("\0\0", 2)) != 0); /* a read transaction */
    ytransaction_commit(txn);
    ydoc_destroy(doc);
}

CASE(what_waits) {
    YDoc *a = doc_with(1), *b = doc_with(2);
    Branch *text = ytext(a, "t");
    std::vector<std::string> updates;
    Observer sub = observe_updates_v1(a, &updates, [](void *s, uint32_t len, const char *bytes) {
        ((std::vector<std::string> *)s)->emplace_back(bytes, len);
    });
    for (const char *s : {"a", "b"}) {
        YTransaction *txn = write(a);
        ytext_insert(text, txn, ytext_len(text, txn), s, nullptr);
        ytransaction_commit(txn);
    }
    YTransaction *txn = write(a);
    ytext_remove_range(text, txn, 0, 1);
    ytransaction_commit(txn);
    CHECK(updates.size() == 3);
    sub.stop();
    txn = write(b);
    CHECK(!ytransaction_pending_update(txn) && !ytransaction_pending_ds(txn));
    CHECK(apply_v1(txn, updates[1]) == 0);
    YPendingUpdate *pending = ytransaction_pending_update(txn);
    CHECK(pending && pending->missing.entries_count == 1);
    CHECK(pending->missing.client_ids[0] == 1 && pending->missing.clocks[0] == 0);
    CHECK(pending->update_len > 2);
    ypending_update_destroy(pending);
    CHECK(apply_v1(txn, updates[2]) == 0);
    YIdSet *ds = ytransaction_pending_ds(txn);
    CHECK(ds && ds->entries_count == 1 && ds->client_ids[0] == 1);
    CHECK(ds->ranges[0].len == 1 && ds->ranges[0].seq[0].start == 0 && ds->ranges[0].seq[0].end == 1);
    ydelete_set_destroy(ds);
    CHECK(apply_v1(txn, updates[0]) == 0);
    CHECK(!ytransaction_pending_update(txn) && !ytransaction_pending_ds(txn));
    ytransaction_commit(txn);
    Branch *theirs = ytext(b, "t");
    txn = ydoc_read_transaction(b);
    CHECK(take(ytext_string(theirs, txn)) == "b");
    ytransaction_commit(txn);
    ypending_update_destroy(nullptr);
    ydelete_set_destroy(nullptr);
    ydoc_destroy(a);
    ydoc_destroy(b);
}

CASE(debug_text_of_updates) {
    char *text = yupdate_debug_v1("\1\1\1\0\4\1\1t\3abc\0", 13);
    CHECK(text && *text);
    ystring_destroy(text);
    CHECK(!yupdate_debug_v1("\1", 1));
    CHECK(!yupdate_debug_v2("\1", 1));
    char *empty = yupdate_debug_v2("\0\0\0\0\0\0\1\0\0\0\0\0\0", 13);
    CHECK(empty);
    ystring_destroy(empty);
}

CASE(forced_collection) {
    YDoc *doc = doc_with(1, Y_OFFSET_UTF16 | Y_SKIP_GC);
    Branch *text = ytext(doc, "t");
    YTransaction *txn = write(doc);
    ytext_insert(text, txn, 0, "secret", nullptr);
    ytransaction_commit(txn);
    txn = write(doc);
    ytext_remove_range(text, txn, 0, 6);
    ytransaction_commit(txn);
    txn = write(doc);
    CHECK(state(txn).find("secret") != std::string::npos);
    ytransaction_force_gc(txn);
    CHECK(state(txn).find("secret") == std::string::npos);
    ytransaction_commit(txn);
    txn = ydoc_read_transaction(doc);
    BETTER((ytransaction_force_gc(txn), true));
    CHECK(take(ytext_string(text, txn)) == "");
    ytransaction_commit(txn);
    ydoc_destroy(doc);
}
