/* SPDX-License-Identifier: MIT */
/* additions.cpp - what libyrs has and yffi has not: updates without a document, awareness, sessions. */
#include "check.h"

#ifndef UPSTREAM

static std::string text_in(YDoc *doc) {
    Branch *text = ytext(doc, "t");
    YTransaction *txn = ydoc_read_transaction(doc);
    std::string out = take(ytext_string(text, txn));
    ytransaction_commit(txn);
    return out;
}
static void insert(YDoc *doc, uint32_t at, const char *what) {
    Branch *text = ytext(doc, "t");
    YTransaction *txn = write(doc);
    ytext_insert(text, txn, at, what, nullptr);
    ytransaction_commit(txn);
}
static std::string whole(YDoc *doc) {
    YTransaction *txn = ydoc_read_transaction(doc);
    std::string out = state(txn);
    ytransaction_commit(txn);
    return out;
}
static std::string whole_v2(YDoc *doc) {
    YTransaction *txn = ydoc_read_transaction(doc);
    uint32_t len = 0;
    char *bytes = ytransaction_state_diff_v2(txn, nullptr, 0, &len);
    ytransaction_commit(txn);
    return take(bytes, len);
}

/* ------------------------------------------------------------------------
 * Updates without a document
 */
CASE(updates_merged) {
    YDoc *a = doc_with(1), *b = doc_with(2), *both = doc_with(3);
    insert(a, 0, "abc");
    insert(b, 0, "xyz");
    for (int v2 = 0; v2 < 2; v2++) {
        auto merge = v2 ? yupdate_merge_v2 : yupdate_merge_v1;
        std::string one = v2 ? whole_v2(a) : whole(a), two = v2 ? whole_v2(b) : whole(b);
        const char *updates[] = {one.data(), two.data()};
        uint32_t lens[] = {(uint32_t)one.size(), (uint32_t)two.size()}, len = 0;
        char *merged = merge(updates, lens, 2, &len);
        CHECK(merged != nullptr);
        YTransaction *txn = write(both);
        CHECK((v2 ? ytransaction_apply_v2 : ytransaction_apply)(txn, merged, len) == 0);
        ytransaction_commit(txn);
        ybinary_destroy(merged, len);
        CHECK(text_in(both) == "abcxyz");
        merged = merge(nullptr, nullptr, 0, &len);
        CHECK(take(merged, len).size() == (v2 ? 13u : 2u));
        CHECK(!merge(nullptr, lens, 2, &len) && !merge(updates, nullptr, 2, &len) && !merge(updates, lens, 2, nullptr));
        updates[1] = "\x05";
        lens[1] = 1;
        CHECK(merge(updates, lens, 2, &len) == nullptr);
        updates[1] = nullptr;
        CHECK(merge(updates, lens, 2, &len) == nullptr);
    }
    ydoc_destroy(a);
    ydoc_destroy(b);
    ydoc_destroy(both);
}

CASE(updates_compared_and_converted) {
    YDoc *doc = doc_with(1), *peer = doc_with(2);
    insert(doc, 0, "abc");
    sync(doc, peer);
    YTransaction *txn = ydoc_read_transaction(peer);
    std::string sv = state_vector(txn);
    ytransaction_commit(txn);
    insert(doc, 3, "def");
    std::string v1 = whole(doc), v2 = whole_v2(doc);
    uint32_t len = 0, sv_len = (uint32_t)sv.size();

    char *bytes = yupdate_state_vector_v1(v1.data(), (uint32_t)v1.size(), &len);
    CHECK(take(bytes, len) == std::string("\1\1\6"));
    bytes = yupdate_state_vector_v2(v2.data(), (uint32_t)v2.size(), &len);
    CHECK(take(bytes, len) == std::string("\1\1\6"));
    CHECK(!yupdate_state_vector_v1("\5", 1, &len) && !yupdate_state_vector_v2("\5", 1, &len));
    CHECK(!yupdate_state_vector_v1(nullptr, 0, &len) && !yupdate_state_vector_v2(v2.data(), 13, nullptr));

    bytes = yupdate_diff_v1(v1.data(), (uint32_t)v1.size(), sv.data(), sv_len, &len);
    std::string part = take(bytes, len);
    CHECK(part.size() < v1.size());
    txn = write(peer);
    CHECK(apply_v1(txn, part) == 0);
    ytransaction_commit(txn);
    CHECK(text_in(peer) == "abcdef");
    bytes = yupdate_diff_v2(v2.data(), (uint32_t)v2.size(), sv.data(), sv_len, &len);
    char *again = yupdate_v2_to_v1(bytes, len, &len);
    CHECK(take(again, len) == part);
    ybinary_destroy(bytes, len);
    bytes = yupdate_diff_v1(v1.data(), (uint32_t)v1.size(), nullptr, 0, &len);
    CHECK(take(bytes, len) == v1);
    CHECK(!yupdate_diff_v1(v1.data(), (uint32_t)v1.size(), "", 0, &len));
    CHECK(!yupdate_diff_v1("\5", 1, sv.data(), sv_len, &len) && !yupdate_diff_v2("\5", 1, sv.data(), sv_len, &len));
    CHECK(!yupdate_diff_v1(nullptr, 0, sv.data(), sv_len, &len) && !yupdate_diff_v2(nullptr, 0, nullptr, 0, &len));

    bytes = yupdate_v1_to_v2(v1.data(), (uint32_t)v1.size(), &len);
    CHECK(take(bytes, len) == v2);
    bytes = yupdate_v2_to_v1(v2.data(), (uint32_t)v2.size(), &len);
    CHECK(take(bytes, len) == v1);
    CHECK(!yupdate_v1_to_v2("\5", 1, &len) && !yupdate_v2_to_v1("\5", 1, &len));
    CHECK(!yupdate_v1_to_v2(nullptr, 0, &len) && !yupdate_v2_to_v1(nullptr, 0, &len));
    ydoc_destroy(doc);
    ydoc_destroy(peer);
}

/* ------------------------------------------------------------------------
 * Roots, documents of types, origins
 */
CASE(roots_and_origins) {
    YDoc *doc = doc_with(1);
    Branch *text = ytext(doc, "first");
    ymap(doc, "second");
    CHECK(ybranch_doc(text) == doc && ybranch_doc(nullptr) == nullptr);
    YTransaction *txn = ydoc_write_transaction(doc, 2, "me");
    CHECK(take(ytransaction_root_name(txn, 0)) == "first" && take(ytransaction_root_name(txn, 1)) == "second");
    CHECK(!ytransaction_root_name(txn, 2) && !ytransaction_root_name(nullptr, 0));
    uint32_t len = 9;
    CHECK(std::string(ytransaction_origin(txn, &len), 2) == "me" && len == 2);
    CHECK(!ytransaction_origin(nullptr, &len) && len == 0);
    ytransaction_commit(txn);
    ydoc_destroy(doc);
}

/* ------------------------------------------------------------------------
 * Awareness
 */
static Observer observe_change(YAwareness *awareness, void *state, void (*cb)(void *, const YAwarenessEvent *)) {
#if YFFI_ABI >= 28
    std::string key = fresh_key();
    yawareness_observe_change(awareness, (uint32_t)key.size(), key.data(), state, cb);
    return Observer{[=] { yawareness_unobserve_change(awareness, (uint32_t)key.size(), key.data()); }};
#else
    YSubscription *sub = yawareness_observe_change(awareness, state, cb);
    return Observer{[=] { yunobserve(sub); }};
#endif
}
static Observer observe_update(YAwareness *awareness, void *state, void (*cb)(void *, const YAwarenessEvent *)) {
#if YFFI_ABI >= 28
    std::string key = fresh_key();
    yawareness_observe_update(awareness, (uint32_t)key.size(), key.data(), state, cb);
    return Observer{[=] { yawareness_unobserve_update(awareness, (uint32_t)key.size(), key.data()); }};
#else
    YSubscription *sub = yawareness_observe_update(awareness, state, cb);
    return Observer{[=] { yunobserve(sub); }};
#endif
}
static void note(void *state, const YAwarenessEvent *e) {
    std::string &log = *(std::string *)state;
    log += std::to_string(e->cause);
    for (uint32_t i = 0; i < e->added_len; i++) log += "+" + std::to_string(e->added[i]);
    for (uint32_t i = 0; i < e->updated_len; i++) log += "~" + std::to_string(e->updated[i]);
    for (uint32_t i = 0; i < e->removed_len; i++) log += "-" + std::to_string(e->removed[i]);
    log += std::string(e->origin ? e->origin : "", e->origin_len) + " ";
}
static std::string clients(YAwareness *awareness) {
    uint32_t n = 0;
    uint64_t *all = yawareness_clients(awareness, &n);
    std::string out;
    for (uint32_t i = 0; i < n; i++) out += std::to_string(all[i]) + " ";
    yawareness_clients_destroy(all, n);
    return out;
}

CASE(awareness_states) {
    YDoc *doc = doc_with(1), *peer = doc_with(2);
    YAwareness *a = yawareness(doc, 0), *b = yawareness(peer, 1000);
    CHECK(a && b && yawareness_client_id(a) == 1 && yawareness_client_id(b) == 2);
    CHECK(clients(a) == "" && !yawareness_state(a, 1));
    std::string changes, updates, theirs;
    Observer one = observe_change(a, &changes, note), two = observe_update(a, &updates, note);
    Observer three = observe_change(b, &theirs, note);
    CHECK(yawareness_set_state(a, "{ \"name\": \"Ada\" }") == 0);
    CHECK(take(yawareness_state(a, 1)) == "{\"name\":\"Ada\"}");
    CHECK(yawareness_set_field(a, "cursor", "5") == 0);
    CHECK(take(yawareness_state(a, 1)) == "{\"name\":\"Ada\",\"cursor\":5}");
    CHECK(yawareness_set_field(a, "cursor", "5") == 0); /* nothing new, but to be sent */
    CHECK(changes == "0+1 0~1 " && updates == "0+1 0~1 0~1 ");
    CHECK(yawareness_tick(a) == 0 && yawareness_tick(b) == 0);

    uint32_t len = 0;
    char *update = yawareness_encode(a, nullptr, 0, &len);
    CHECK(update && yawareness_apply(b, update, len, 4, "peer") == 0);
    CHECK(theirs == "1+1peer " && clients(b) == "1 ");
    CHECK(take(yawareness_state(b, 1)) == "{\"name\":\"Ada\",\"cursor\":5}");
    ybinary_destroy(update, len);
    CHECK(yawareness_set_state(a, nullptr) == 0 && clients(a) == "");
    uint64_t me = 1, nobody = 77;
    update = yawareness_encode(a, &me, 1, &len);
    CHECK(update && yawareness_apply(b, update, len, 0, nullptr) == 0 && clients(b) == "");
    CHECK(theirs == "1+1peer 1-1 ");
    ybinary_destroy(update, len);
    one.stop();
    two.stop();
    three.stop();
    CHECK(yawareness_set_state(b, "1") == 0 && yawareness_remove(b, &nobody, 1) == 0 && clients(b) == "2 ");
    CHECK(theirs == "1+1peer 1-1 ");

    /* What is refused changes nothing. */
    CHECK(yawareness_set_state(b, "{") == ERR_CODE_INVALID_JSON && take(yawareness_state(b, 2)) == "1");
    CHECK(yawareness_set_field(b, "x", "1") != 0 && yawareness_set_field(a, "x", "1") != 0);
    CHECK(yawareness_set_field(b, nullptr, "1") && yawareness_set_field(b, "x", nullptr));
    CHECK(!yawareness_encode(b, &nobody, 1, &len) && !yawareness_encode(nullptr, nullptr, 0, &len));
    CHECK(yawareness_apply(b, "\5", 1, 0, nullptr) != 0 && yawareness_apply(b, nullptr, 0, 0, nullptr) != 0);
    CHECK(yawareness_apply(b, "\0", 1, 3, nullptr) != 0 && yawareness_apply(nullptr, "\0", 1, 0, nullptr) != 0);
    CHECK(yawareness_remove(b, nullptr, 1) && yawareness_remove(nullptr, &me, 1));
    CHECK(yawareness_set_state(nullptr, "1") && yawareness_set_field(nullptr, "x", "1") && yawareness_tick(nullptr));
    CHECK(!yawareness(nullptr, 0) && !yawareness_client_id(nullptr) && !yawareness_state(nullptr, 1));
    CHECK(!yawareness_clients(nullptr, &len) && !yawareness_clients(b, nullptr));
    yawareness_clients_destroy(nullptr, 0);
    observe_change(nullptr, nullptr, note);
    observe_update(nullptr, nullptr, note);
    observe_update(b, nullptr, nullptr);
    yawareness_destroy(nullptr);
    yawareness_destroy(a);
    ydoc_destroy(doc);
    ydoc_destroy(peer); /* the awareness has a reference */
    CHECK(yawareness_set_state(b, "2") == 0 && yawareness_remove(b, &me, 1) == 0);
    yawareness_destroy(b);
}

#if YFFI_ABI >= 28
CASE(awareness_keys) {
    YDoc *doc = doc_with(1);
    YAwareness *a = yawareness(doc, 0);
    std::string first, second;
    yawareness_observe_change(a, 1, "k", &first, note);
    yawareness_observe_change(a, 1, "k", &second, note);
    yawareness_observe_update(a, 0, nullptr, &first, note);
    yawareness_set_state(a, "1");
    CHECK(first == "0+1 " && second == "0+1 ");
    CHECK(yawareness_unobserve_change(a, 1, "k") == 1 && yawareness_unobserve_change(a, 1, "k") == 0);
    CHECK(yawareness_unobserve_update(a, 0, nullptr) == 1 && yawareness_unobserve_update(a, 1, "x") == 0);
    CHECK(!yawareness_unobserve_update(nullptr, 0, nullptr) && !yawareness_unobserve_change(a, 1, nullptr));
    yawareness_destroy(a);
    ydoc_destroy(doc);
}
#endif

CASE(awareness_destroyed_in_its_callback) {
    YDoc *doc = doc_with(1);
    static YAwareness *a;
    static int calls;
    calls = 0;
    a = yawareness(doc, 0);
    Observer one = observe_change(a, nullptr, [](void *, const YAwarenessEvent *) {
        calls++;
        CHECK(yawareness_set_state(a, nullptr) == 0);
        yawareness_destroy(a);
    });
    CHECK(yawareness_set_state(a, "1") == 0);
    CHECK(calls == 2);
#if YFFI_ABI < 28
    one.stop();
#endif
    ydoc_destroy(doc);
}

/* ------------------------------------------------------------------------
 * Sessions
 */

/* Carries messages between the two ends of a connection until both are quiet. */
static int carry(YSync *a, YSync *b) {
    int messages = 0;
    for (bool quiet = false; !quiet;) {
        quiet = true;
        for (auto ends : {std::make_pair(a, b), std::make_pair(b, a)}) {
            uint32_t len = 0;
            while (char *message = ysync_next(ends.first, &len)) {
                CHECK(ysync_receive(ends.second, message, len) == 0);
                ybinary_destroy(message, len);
                quiet = false;
                messages++;
            }
        }
    }
    return messages;
}

CASE(sync_two_documents) {
    YDoc *doc = doc_with(1), *peer = doc_with(2);
    insert(doc, 0, "abc");
    insert(peer, 0, "xyz");
    static int woken;
    woken = 0;
    YSyncOptions options = {};
    options.origin = "wire";
    options.origin_len = 4;
    options.wake = [](void *state, YSync *sync) {
        CHECK(sync != nullptr && state == &woken);
        woken++;
    };
    options.state = &woken;
    YSync *a = ysync(doc, nullptr, &options), *b = ysync(peer, nullptr, nullptr);
    CHECK(a && b && !ysync_synced(a) && !ysync_has_next(a));
    CHECK(ysync_connect(a) == 0 && ysync_connect(b) == 0);
    CHECK(woken == 1 && ysync_has_next(a));
    CHECK(carry(a, b) > 0);
    CHECK(ysync_synced(a) && ysync_synced(b) && !ysync_has_next(a));
    CHECK(text_in(doc) == "abcxyz" && text_in(peer) == "abcxyz");

    /* Edits travel; observers see where they came from, also through the transaction of the event. */
    std::string origins;
    Observer seen = text_observe(ytext(doc, "t"), &origins, [](void *state, const YTextEvent *e) {
        uint32_t len = 0;
        const char *origin = ytransaction_origin((const YTransaction *)e->txn, &len);
        *(std::string *)state += std::string(origin ? origin : "", len) + ";";
        CHECK(!ytransaction_writeable((YTransaction *)e->txn));
    });
    insert(peer, 6, "!");
    carry(a, b);
    insert(doc, 0, "-");
    carry(a, b);
    CHECK(text_in(doc) == "-abcxyz!" && text_in(peer) == "-abcxyz!");
    CHECK(origins == "wire;;");
    seen.stop();

    /* A lost connection costs nothing but a new one. */
    ysync_disconnect(a);
    ysync_disconnect(b);
    CHECK(!ysync_synced(a));
    insert(doc, 0, "1");
    insert(peer, 0, "2");
    CHECK(carry(a, b) == 0);
    CHECK(ysync_connect(a) == 0 && ysync_connect(b) == 0);
    carry(a, b);
    CHECK(text_in(doc) == text_in(peer) && text_in(doc).size() == 10);
    ysync_destroy(a);
    ydoc_destroy(peer);
    ysync_destroy(b);
    ydoc_destroy(doc);
}

/* A server with several clients, and states that come and go with them. */
CASE(sync_many_with_awareness) {
    YDoc *server = doc_with(9), *docs[3];
    YAwareness *hall = yawareness(server, 0), *people[3];
    YSync *here[3], *there[3];
    for (int i = 0; i < 3; i++) {
        docs[i] = doc_with((uint64_t)i + 1);
        people[i] = yawareness(docs[i], 0);
        CHECK(yawareness_set_state(people[i], "{}") == 0);
        here[i] = ysync(server, hall, nullptr);
        there[i] = ysync(docs[i], people[i], nullptr);
        CHECK(ysync_connect(here[i]) == 0 && ysync_connect(there[i]) == 0);
    }
    auto all = [&] {
        for (int round = 0; round < 3; round++)
            for (int i = 0; i < 3; i++) carry(here[i], there[i]);
    };
    all();
    insert(docs[0], 0, "hello");
    all();
    CHECK(text_in(server) == "hello" && text_in(docs[1]) == "hello" && text_in(docs[2]) == "hello");
    CHECK(clients(hall) == "1 2 3 " && clients(people[2]).size() == 6);
    ysync_destroy(here[1]); /* the connection to 2 is lost */
    ysync_disconnect(there[1]);
    carry(here[0], there[0]);
    CHECK(clients(hall) == "1 3 " && !yawareness_state(people[0], 2));
    for (int i = 0; i < 3; i++) {
        if (i != 1) ysync_destroy(here[i]);
        yawareness_destroy(people[i]);
        ysync_destroy(there[i]);
        ydoc_destroy(docs[i]);
    }
    yawareness_destroy(hall);
    ydoc_destroy(server);
}

CASE(sync_read_only) {
    YDoc *doc = doc_with(1), *peer = doc_with(2);
    insert(doc, 0, "abc");
    insert(peer, 0, "xyz");
    YSyncOptions options = {};
    options.read_only = 1;
    options.denied_reason = "look, do not touch";
    YSync *a = ysync(doc, nullptr, &options), *b = ysync(peer, nullptr, nullptr);
    CHECK(ysync_connect(a) == 0 && ysync_connect(b) == 0);
    carry(a, b);
    insert(peer, 0, "!");
    carry(a, b);
    CHECK(text_in(doc) == "abc" && text_in(peer) == "!abcxyz");
    ysync_destroy(a);
    ysync_destroy(b);
    ydoc_destroy(doc);
    ydoc_destroy(peer);
}

static YSync *victim;

CASE(sync_errors) {
    YDoc *doc = doc_with(1), *other = doc_with(2);
    YAwareness *elsewhere = yawareness(other, 0);
    YSyncOptions options = {};
    options.origin_len = 3;
    CHECK(!ysync(nullptr, nullptr, nullptr) && !ysync(doc, elsewhere, nullptr) && !ysync(doc, nullptr, &options));
    uint32_t len = 7;
    CHECK(ysync_connect(nullptr) != 0 && ysync_receive(nullptr, "", 0) != 0);
    CHECK(!ysync_next(nullptr, &len) && !ysync_has_next(nullptr) && !ysync_synced(nullptr) && len == 0);
    ysync_disconnect(nullptr);
    ysync_destroy(nullptr);

    YSync *a = ysync(doc, nullptr, nullptr);
    CHECK(ysync_receive(a, "\0\0\1\0", 4) == ERR_CODE_OTHER); /* not connected */
    CHECK(ysync_next(a, &len) == nullptr && ysync_next(a, nullptr) == nullptr);
    CHECK(ysync_connect(a) == 0);
    CHECK(ysync_receive(a, nullptr, 3) == ERR_CODE_OTHER);
    CHECK(ysync_receive(a, "\0\5", 2) != 0 && ysync_receive(a, "\0\2\5", 3) != 0); /* malformed */
    YTransaction *txn = write(doc);
    CHECK(ysync_receive(a, "\0\0\1\0", 4) == ERR_CODE_OTHER);
    ytransaction_commit(txn);
    txn = ydoc_read_transaction(doc);
    CHECK(ysync_receive(a, "\0\0\1\0", 4) == ERR_CODE_OTHER);
    char *message = ysync_next(a, &len); /* but reading is possible */
    CHECK(message != nullptr);
    ybinary_destroy(message, len);
    ytransaction_commit(txn);
    CHECK(ysync_receive(a, "\0\0\1\0", 4) == 0);

    /* Destroyed inside a transaction, and in a callback. */
    txn = write(doc);
    ysync_destroy(a);
    ytransaction_commit(txn);
    a = ysync(doc, nullptr, nullptr);
    txn = ydoc_read_transaction(doc);
    ysync_destroy(a);
    ytransaction_commit(txn);
    YAwareness *hall = yawareness(doc, 0);
    a = ysync(doc, hall, nullptr);
    victim = ysync(doc, hall, nullptr);
    CHECK(ysync_connect(a) == 0 && ysync_connect(victim) == 0);
    Observer text = text_observe(ytext(doc, "t"), nullptr, [](void *, const YTextEvent *) { ysync_destroy(victim); });
    insert(doc, 0, "a");
    CHECK(ysync_has_next(a));
    text.stop();
    victim = a;
    Observer change = observe_change(hall, nullptr, [](void *, const YAwarenessEvent *) {
        if (victim) ysync_destroy(victim);
        victim = nullptr;
    });
    CHECK(ysync_receive(a, "\1\x06\1\x05\1\x02{}", 8) == 0); /* a client that arrives */
    CHECK(!victim);
    change.stop();
    yawareness_destroy(hall);
    yawareness_destroy(elsewhere);
    ydoc_destroy(doc);
    ydoc_destroy(other);
}

#endif
