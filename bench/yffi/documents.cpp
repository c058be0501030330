/* SPDX-License-Identifier: MIT */
/* documents.cpp - whole documents: loaded, encoded, read, and edited at one place. */
#include "library.hpp"

#include <cstring>
#include <map>
#include <memory>

namespace bench {

namespace {

/* A document that several rows look at: loaded once in a program. */
Doc &loaded(const std::string &name) {
    static std::map<std::string, std::unique_ptr<Doc>> all;
    std::unique_ptr<Doc> &doc = all[name];
    if (!doc) {
        doc.reset(new Doc(2));
        if (doc->apply(material(name + ".v1")) != 0) fail(name, "cannot be loaded");
    }
    return *doc;
}

/* Characters of a history's text; of NAME-x100 a hundred times as many. */
size_t length_of(const std::string &name) {
    size_t times = name.find("-x100");
    return times == std::string::npos ? material(name + ".text").size()
                                      : 100 * material(name.substr(0, times) + ".text").size();
}

void load(Row &row, const std::string &name, int format) {
    const std::string &update = material(name + (format == 1 ? ".v1" : ".v2"));
    size_t expected = length_of(name);
    Doc doc(2);
    Branch *text = doc.text();
    int code = -1;
    const bool first = row.first();
    if (first) forget_peak();
    size_t resident = resident_bytes(), heap = heap_bytes();
    row.time([&] {
        code = format == 1 ? doc.apply(update.data(), update.size()) : doc.apply_v2(update.data(), update.size());
    });
    row.count("heap", static_cast<double>(heap_bytes() - heap));
    if (first) row.count("peak_resident", static_cast<double>(peak_resident_bytes() - resident));
    row.check(code == 0 && text != nullptr && doc.text_len() == expected, "the loaded text has another length");
}

void destroy(Row &row, const std::string &name) {
    Doc doc(2);
    row.check(doc.apply(material(name + ".v1")) == 0 && doc.text_len() == length_of(name), "cannot be loaded");
    size_t before = heap_bytes();
    row.time([&] { doc.destroy(); });
    row.check(before == 0 || heap_bytes() < before, "nothing was released");
}

void encode(Row &row, const std::string &name, int format) {
    Doc &doc = loaded(name);
    Bytes state;
    row.time([&] { state = format == 1 ? doc.state() : doc.state_v2(); });
    row.count("bytes", state.len);
    Doc again(3);
    row.check(state.data &&
                  (format == 1 ? again.apply(state.data, state.len) : again.apply_v2(state.data, state.len)) == 0,
              "the state cannot be loaded");
    row.check(again.text_len() == length_of(name), "the state has another text");
}

void read_string(Row &row, const std::string &name) {
    Doc &doc = loaded(name);
    Branch *root = doc.text();
    char *text = nullptr;
    doc.read([&](YTransaction *txn) { row.time([&] { text = ytext_string(root, txn); }); });
    row.check(text && std::strlen(text) == length_of(name), "the string has another length");
    ystring_destroy(text);
}

const int VECTORS = 1000;
void state_vector(Row &row, const std::string &name) {
    Doc &doc = loaded(name);
    uint64_t sum = 0;
    doc.read([&](YTransaction *txn) {
        row.time([&] {
            for (int i = 0; i < VECTORS; i++) {
                uint32_t len = 0;
                char *vector = ytransaction_state_vector_v1(txn, &len);
                sum += len;
                ybinary_destroy(vector, len);
            }
        });
    });
    row.check(sum >= 3 * VECTORS, "an empty state vector");
}

/* What a peer is sent that has everything: the delete set. */
void diff_of_nothing(Row &row, const std::string &name) {
    Doc &doc = loaded(name);
    Bytes vector = doc.state_vector(), diff;
    row.time([&] { diff = doc.diff(vector); });
    row.count("bytes", diff.len);
    row.check(diff.data && diff.len >= 2 && diff.data[0] == 0, "a diff with blocks in it");
}

/* A document of its own: others do not want what is typed here. */
void keystrokes(Row &row, const std::string &name, uint32_t count) {
    static std::map<std::string, std::unique_ptr<Doc>> all;
    std::unique_ptr<Doc> &doc = all[name];
    if (!doc) {
        doc.reset(new Doc(2));
        if (doc->apply(material(name + ".v1")) != 0) fail(name, "cannot be loaded");
        Branch *root = doc->text();
        uint32_t at = static_cast<uint32_t>(length_of(name) / 2);
        doc->write([&](YTransaction *txn) { ytext_insert(root, txn, at, "x", nullptr); });
    }
    Branch *text = doc->text();
    uint32_t before = doc->text_len();
    uint32_t middle = static_cast<uint32_t>(length_of(name) / 2);
    static Random random(1);
    row.time([&] {
        for (uint32_t i = 0; i < count; i++) {
            uint32_t at = middle - 500 + random.below(1000);
            doc->write([&](YTransaction *txn) { ytext_insert(text, txn, at, "x", nullptr); });
        }
    });
    row.check(doc->text_len() == before + count, "a keystroke is missing");
}

/* The first one after loading, when nothing has been asked about positions yet. */
void first_keystroke(Row &row, const std::string &name) {
    Doc doc(2);
    Branch *text = doc.text();
    row.check(doc.apply(material(name + ".v1")) == 0, "cannot be loaded");
    uint32_t at = static_cast<uint32_t>(length_of(name) / 2);
    row.time([&] { doc.write([&](YTransaction *txn) { ytext_insert(text, txn, at, "x", nullptr); }); });
    row.check(doc.text_len() == length_of(name) + 1, "a keystroke is missing");
}

/* A transaction in a document that knows so many clients: at one place, its own client's typing. */
void transaction_among(Row &row, uint32_t clients, uint32_t count) {
    static std::map<uint32_t, std::unique_ptr<Doc>> all;
    std::unique_ptr<Doc> &doc = all[clients];
    if (!doc) {
        doc.reset(new Doc(2));
        if (doc->apply(material("clients-" + std::to_string(clients) + ".v1")) != 0)
            fail("clients", "cannot be loaded");
        Branch *root = doc->text();
        doc->write([&](YTransaction *txn) { ytext_insert(root, txn, 1, "x", nullptr); });
    }
    Branch *text = doc->text();
    uint32_t before = doc->text_len();
    row.check(before > clients, "clients are missing");
    row.time([&] {
        for (uint32_t i = 0; i < count; i++)
            doc->write([&](YTransaction *txn) { ytext_insert(text, txn, 1, "x", nullptr); });
    });
    row.check(doc->text_len() == before + count, "a transaction is missing");
}

} // namespace

void add_documents() {
    std::vector<std::string> names = histories();
    std::string big = names.front();
    for (const std::string &name : names)
        if (name == "automerge-paper") big = name;
    const auto ms = benchmark::kMillisecond;
    for (const std::string &name : names) {
        add("load/" + name + "/v1", 1, [name](Row &r) { load(r, name, 1); })->Unit(ms);
        add("load/" + name + "/v2", 1, [name](Row &r) { load(r, name, 2); })->Unit(ms);
        add("encode/" + name + "/v1", 1, [name](Row &r) { encode(r, name, 1); })->Unit(ms);
        add("encode/" + name + "/v2", 1, [name](Row &r) { encode(r, name, 2); })->Unit(ms);
    }
    for (std::string name : {big, big + "-x100"}) {
        if (!has_material(name + ".v1")) continue;
        bool many = name != big;
        if (many) { /* four times, so that memory is warm in most, as it is in rows that are short */
            add(
                "load/" + name + "/v1", 1, [name](Row &r) { load(r, name, 1); }, 4)
                ->Unit(ms);
            add(
                "load/" + name + "/v2", 1, [name](Row &r) { load(r, name, 2); }, 4)
                ->Unit(ms);
            add("encode/" + name + "/v1", 1, [name](Row &r) { encode(r, name, 1); })->Unit(ms);
        }
        add(
            "destroy/" + name, 1, [name](Row &r) { destroy(r, name); }, many ? 2 : 20)
            ->Unit(ms);
        add(
            "first keystroke in the middle/" + name, 1, [name](Row &r) { first_keystroke(r, name); }, many ? 2 : 20)
            ->Unit(ms);
        add("read string/" + name, 1, [name](Row &r) { read_string(r, name); })->Unit(ms);
        add("state vector/" + name, VECTORS, [name](Row &r) { state_vector(r, name); });
        add("diff of nothing/" + name, 1, [name](Row &r) { diff_of_nothing(r, name); })->Unit(ms);
        /* Few for yffi, which takes 21 ms for each of them in the big document. */
        uint32_t count = upstream ? (many ? 5 : 100) : 1000;
        add("keystroke in the middle/" + name, count, [name, count](Row &r) { keystrokes(r, name, count); });
    }
    for (uint32_t clients : {1u, 10000u, 100000u}) {
        if (!has_material("clients-" + std::to_string(clients) + ".v1")) continue;
        if (upstream && clients > 10000) continue; /* yffi takes 22 s to load so many */
        uint32_t count = 1000;
        add("transaction among clients/" + std::to_string(clients), count,
            [clients, count](Row &r) { transaction_among(r, clients, count); });
    }
}

} // namespace bench
