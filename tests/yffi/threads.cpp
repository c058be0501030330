/* SPDX-License-Identifier: MIT */
/*
 * threads.cpp - several threads read one document while another one writes it, for the thread sanitizer (and for what
 * it sees without). Everything that only reads is called; what is read must be of one moment.
 *
 * usage: threads [READERS [SECONDS]]
 */
#include "check.h"

#include <atomic>
#include <chrono>
#include <cstdlib>
#include <thread>

namespace {

struct Shared {
    YDoc *doc;
    Branch *text, *array, *map, *xml, *long_array, *docs;
    std::string vector, snapshot;
    YStickyIndex *position = nullptr;
    std::atomic<int> together{0}; /* readers that are inside for the first time: they wait for each other */
    std::atomic<bool> done{false}, wants{false}; /* the writer wants to write: no new reader begins */
    std::atomic<long> reads{0}, writes{0}, updates{0}, faults{0};
};

void fault(Shared &s, const char *what) {
    if (s.faults++ == 0) std::printf("%s\n", what);
}
#define EXPECT(s, condition)                                                                                           \
    if (!(condition)) fault(s, #condition)

/* Each transaction adds one character, one element, one entry and one child: their numbers are always equal. */
void write_once(Shared &s, uint32_t n) {
    YTransaction *txn;
    s.wants = true;
    while (!(txn = write(s.doc))) std::this_thread::sleep_for(std::chrono::microseconds(20));
    s.wants = false;
    char word[2] = {(char)('a' + n % 26), 0};
    YInput value = yinput_long(n), bold = yinput_bool(1);
    char *names[] = {(char *)"bold"};
    YInput attrs = yinput_json_map(names, &bold, 1);
    uint32_t len = ytext_len(s.text, txn);
    ytext_insert(s.text, txn, len / 2, word, n % 3 ? nullptr : &attrs);
    yarray_insert_range(s.array, txn, len / 3, &value, 1);
    std::string key = "k" + std::to_string(len);
    ymap_insert(s.map, txn, key.c_str(), &value);
    Branch *child = yxmlelem_insert_elem(s.xml, txn, len / 2, "p");
    yxmlelem_insert_attr(child, txn, "id", &value);
    ytransaction_commit(txn);
    s.writes++;
}

/* A subdocument, for which the first one who asks makes a YDoc; then places far from each other in a long list. */
void read_places(Shared &s, YTransaction *txn, uint32_t n) {
    YOutput *doc = ymap_get(s.docs, txn, "doc");
    EXPECT(s, doc && doc->tag == Y_DOC && take(ydoc_guid(youtput_read_ydoc(doc))).size() == 36);
    youtput_destroy(doc);
    uint32_t len = yarray_len(s.long_array);
    for (uint32_t i = 0; i < 5; i++) {
        YOutput *value = yarray_get(s.long_array, txn, (n * 31u + i * 997u) % len);
        EXPECT(s, value && value->tag == Y_JSON_INT);
        youtput_destroy(value);
    }
    EXPECT(s, take(yarray_get_json(s.long_array, txn, n % len)) != "(null)");
    Branch *branch = nullptr;
    uint32_t index = 0;
    ysticky_index_read(s.position, txn, &branch, &index);
    EXPECT(s, branch == s.long_array && index > 0);
}

void read_types(Shared &s, YTransaction *txn) {
    uint32_t len = ytext_len(s.text, txn), n = 0, chunk_units = 0;
    EXPECT(s, take(ytext_string(s.text, txn)).size() == len);
    EXPECT(s, yarray_len(s.array) == len && ymap_len(s.map, txn) == len && yxmlelem_child_len(s.xml, txn) == len);
    YChunk *chunks = ytext_chunks(s.text, txn, &n);
    for (uint32_t i = 0; i < n; i++) chunk_units += chunks[i].data.len;
    ychunks_destroy(chunks, n);
    EXPECT(s, chunk_units == len);
    n = 0;
    YArrayIter *elements = yarray_iter(s.array, txn);
    for (YOutput *v; (v = yarray_iter_next(elements)); youtput_destroy(v)) n++;
    yarray_iter_destroy(elements);
    EXPECT(s, n == len);
    n = 0;
    YMapIter *entries = ymap_iter(s.map, txn);
    for (YMapEntry *e; (e = ymap_iter_next(entries)); ymap_entry_destroy(e)) n++;
    ymap_iter_destroy(entries);
    EXPECT(s, n == len);
    n = 0;
    YXmlTreeWalker *walker = yxmlelem_tree_walker(s.xml, txn);
    for (YOutput *v; (v = yxmlelem_tree_walker_next(walker)); youtput_destroy(v)) {
        YOutput *id = yxmlelem_get_attr(v->value.y_type, txn, "id"), *next = yxml_next_sibling(v->value.y_type, txn);
        EXPECT(s, id && yxmlelem_parent(v->value.y_type) == s.xml);
        youtput_destroy(id);
        youtput_destroy(next);
        n++;
    }
    yxmlelem_tree_walker_destroy(walker);
    EXPECT(s, n == len);
    if (len) {
        YOutput *last = (YOutput *)yxmlelem_get(s.xml, txn, len - 1);
        EXPECT(s, last && take(yxmlelem_string(last->value.y_type, txn)).size() > 3);
        YBranchId id = ybranch_id(last->value.y_type);
        EXPECT(s, ybranch_get(&id, txn) == last->value.y_type && ybranch_alive(last->value.y_type));
        youtput_destroy(last);
    }
}

void read_whole(Shared &s, YTransaction *txn) {
    uint32_t n = 0;
    for (Branch *branch : {s.text, s.array, s.map, s.xml}) EXPECT(s, take(ybranch_json(branch, txn)) != "(null)");
    EXPECT(s, ytype_get(txn, "text") == s.text && ytype_kind(s.map) == Y_MAP);
    EXPECT(s, state_vector(txn).size() > 1 && state(txn).size() > 10 && !diff(txn, s.vector).empty());
    char *bytes = ytransaction_state_diff_v2(txn, s.vector.data(), (uint32_t)s.vector.size(), &n);
    EXPECT(s, bytes != nullptr);
    ybinary_destroy(bytes, n);
    bytes = ytransaction_snapshot(txn, &n);
    EXPECT(s, bytes != nullptr);
    ybinary_destroy(bytes, n);
    bytes = ytransaction_encode_state_from_snapshot_v1(txn, s.snapshot.data(), (uint32_t)s.snapshot.size(), &n);
    EXPECT(s, bytes != nullptr);
    ybinary_destroy(bytes, n);
    EXPECT(s, ytransaction_pending_update(txn) == nullptr && ytransaction_pending_ds(txn) == nullptr);
    YJsonPathIter *path = ytransaction_json_path(txn, "$.array[*]");
    n = 0;
    for (YOutput *v; (v = yjson_path_iter_next(path)); youtput_destroy(v)) n++;
    yjson_path_iter_destroy(path);
    EXPECT(s, n == yarray_len(s.array));
    EXPECT(s, ydoc_id(s.doc) == 1 && take(ydoc_guid(s.doc)).size() == 36);
    EXPECT(s, ydoc_write_transaction(s.doc, 0, nullptr) == nullptr);
}

void read(Shared &s, int readers, uint32_t seed) {
    YTransaction *first = ydoc_read_transaction(s.doc);
    s.together++;
    while (s.together < readers) std::this_thread::yield();
    read_places(s, first, seed);
    ytransaction_commit(first);
    for (uint32_t n = seed; !s.done; n += 17) {
        YTransaction *txn = ydoc_read_transaction(s.doc);
        if (txn) {
            read_places(s, txn, n);
            read_types(s, txn);
            read_whole(s, txn);
            ytransaction_commit(txn);
            s.reads++;
        }
        do std::this_thread::sleep_for(std::chrono::microseconds(100 + seed % 300));
        while (s.wants && !s.done);
    }
}

/* Loaded, not made here, and never written: so there is no index before a reader looks for a place. */
void fill(Shared &s) {
    YDoc *other = doc_with(2), *sub = doc_with(3);
    Branch *array = yarray(other, "long"), *docs = ymap(other, "docs");
    YTransaction *txn = write(other);
    for (uint32_t i = 0; i < 3000; i++) {
        YInput value = yinput_long(i);
        yarray_insert_range(array, txn, i / 2, &value, 1);
    }
    YInput doc = yinput_ydoc(sub);
    ymap_insert(docs, txn, "doc", &doc);
    YStickyIndex *position = ysticky_index_from_index(array, txn, 2000, 0);
    uint32_t len = 0;
    char *bytes = ysticky_index_encode(position, &len);
    s.position = ysticky_index_decode(bytes, len);
    ybinary_destroy(bytes, len);
    ysticky_index_destroy(position);
    ytransaction_commit(txn);
    ::sync(other, s.doc);
    ydoc_destroy(sub);
    ydoc_destroy(other);
}

} // namespace

int main(int argc, char **argv) {
    int readers = argc > 1 ? std::atoi(argv[1]) : 3;
    double seconds = argc > 2 ? std::atof(argv[2]) : 2;
    Shared s;
    s.doc = doc_with(1, Y_OFFSET_UTF16 | Y_SKIP_GC);
    s.text = ytext(s.doc, "text");
    s.array = yarray(s.doc, "array");
    s.map = ymap(s.doc, "map");
    s.xml = yxmlfragment(s.doc, "xml");
    s.long_array = yarray(s.doc, "long");
    s.docs = ymap(s.doc, "docs");
    fill(s);
    write_once(s, 0);
    YTransaction *txn = ydoc_read_transaction(s.doc);
    uint32_t len = 0;
    char *bytes = ytransaction_snapshot(txn, &len);
    s.snapshot = take(bytes, len);
    s.vector = state_vector(txn);
    ytransaction_commit(txn);
    Observer sub =
        observe_updates_v1(s.doc, &s, [](void *state, uint32_t, const char *) { ((Shared *)state)->updates++; });
    std::vector<std::thread> threads;
    for (int i = 0; i < readers; i++) threads.emplace_back(read, std::ref(s), readers, (uint32_t)i * 101 + 1);
    while (s.together < readers) std::this_thread::yield();
    auto end = std::chrono::steady_clock::now() + std::chrono::duration<double>(seconds);
    for (uint32_t n = 1; (s.writes < 12 || std::chrono::steady_clock::now() < end) && n < 400; n++) {
        write_once(s, n);
        std::this_thread::sleep_for(std::chrono::microseconds(300));
    }
    s.done = true;
    for (auto &thread : threads) thread.join();
    sub.stop();
    ysticky_index_destroy(s.position);
    ydoc_destroy(s.doc);
    std::printf("%d readers, %ld reads, %ld writes, %ld updates, %ld faults\n", readers, s.reads.load(),
                s.writes.load(), s.updates.load(), s.faults.load());
    return s.faults || s.reads < readers || s.writes < 10 || s.updates + 1 != s.writes;
}
