/* SPDX-License-Identifier: MIT */
/* values.cpp - maps, XML, and undo. */
#include "library.hpp"

#include <map>
#include <memory>
#include <vector>

namespace bench {

namespace {

std::vector<std::string> keys(uint32_t count) {
    std::vector<std::string> all;
    for (uint32_t i = 0; i < count; i++) all.push_back("key " + std::to_string(i));
    return all;
}

enum class how { each, one };

/* Every key, so many times over. */
void set_map(Row &row, uint32_t count, uint32_t rounds, how way) {
    std::vector<std::string> names = keys(count);
    Doc doc(1);
    Branch *map = ymap(doc.raw, "map");
    size_t heap = heap_bytes();
    auto set = [&](YTransaction *txn, uint32_t i) {
        YInput value = yinput_long(i);
        ymap_insert(map, txn, names[i % count].c_str(), &value);
    };
    row.time([&] {
        if (way == how::one)
            doc.write([&](YTransaction *txn) {
                for (uint32_t i = 0; i < count * rounds; i++) set(txn, i);
            });
        else
            for (uint32_t i = 0; i < count * rounds; i++) doc.write([&](YTransaction *txn) { set(txn, i); });
    });
    row.count("heap", static_cast<double>(heap_bytes() - heap));
    doc.read([&](YTransaction *txn) { row.check(ymap_len(map, txn) == count, "keys are missing"); });
}

/* 10,000 keys, each set ten times. */
struct big_map {
    Doc doc{1};
    std::vector<std::string> names = keys(10000);
    Branch *map;
    big_map() : map(ymap(doc.raw, "map")) {
        for (uint32_t i = 0; i < 100000; i++) {
            YInput value = yinput_long(i);
            doc.write([&](YTransaction *txn) { ymap_insert(map, txn, names[i % 10000].c_str(), &value); });
        }
    }
    static big_map &shared() {
        static big_map it;
        return it;
    }
};

void get_map(Row &row) {
    big_map &big = big_map::shared();
    static Random random(1);
    uint32_t found = 0;
    big.doc.read([&](YTransaction *txn) {
        row.time([&] {
            for (uint32_t i = 0; i < 10000; i++) {
                YOutput *value = ymap_get(big.map, txn, big.names[random.below(10000)].c_str());
                found += value && value->tag < 0;
                youtput_destroy(value);
            }
        });
    });
    row.check(found == 10000, "a key is missing");
}

void walk_map(Row &row) {
    big_map &big = big_map::shared();
    uint32_t found = 0;
    big.doc.read([&](YTransaction *txn) {
        row.time([&] {
            YMapIter *iter = ymap_iter(big.map, txn);
            while (YMapEntry *entry = ymap_iter_next(iter)) {
                found++;
                ymap_entry_destroy(entry);
            }
            ymap_iter_destroy(iter);
        });
    });
    row.check(found == 10000, "a key is missing");
}

void load_map(Row &row) {
    Bytes state = big_map::shared().doc.state();
    Doc doc(2);
    Branch *map = ymap(doc.raw, "map");
    int code = -1;
    row.time([&] { code = doc.apply(state.data, state.len); });
    doc.read([&](YTransaction *txn) { row.check(code == 0 && ymap_len(map, txn) == 10000, "keys are missing"); });
}

/* Elements with an attribute and a text in a fragment, each behind the last. */
void build(Doc &doc, uint32_t count) {
    Branch *root = yxmlfragment(doc.raw, "xml");
    YInput value = yinput_string("value");
    doc.write([&](YTransaction *txn) {
        for (uint32_t i = 0; i < count; i++) {
            Branch *element = yxmlelem_insert_elem(root, txn, i, "element");
            yxmlelem_insert_attr(element, txn, "attribute", &value);
            Branch *text = yxmlelem_insert_text(element, txn, 0);
            yxmltext_insert(text, txn, 0, "text", nullptr);
        }
    });
}

void build_xml(Row &row, uint32_t count) {
    Doc doc(1);
    row.time([&] { build(doc, count); });
    Branch *root = yxmlfragment(doc.raw, "xml");
    doc.read([&](YTransaction *txn) { row.check(yxmlelem_child_len(root, txn) == count, "elements are missing"); });
}

Doc &xml_document(uint32_t count) {
    static std::unique_ptr<Doc> doc;
    if (!doc) {
        doc.reset(new Doc(1));
        build(*doc, count);
    }
    return *doc;
}

void walk_xml(Row &row, uint32_t count) {
    Doc &doc = xml_document(count);
    Branch *root = yxmlfragment(doc.raw, "xml");
    uint32_t found = 0;
    doc.read([&](YTransaction *txn) {
        row.time([&] {
            YXmlTreeWalker *walker = yxmlelem_tree_walker(root, txn);
            while (YOutput *node = yxmlelem_tree_walker_next(walker)) {
                found++;
                youtput_destroy(node);
            }
            yxmlelem_tree_walker_destroy(walker);
        });
    });
    row.check(found == 2 * count, "nodes are missing");
}

void get_xml(Row &row, uint32_t count) {
    Doc &doc = xml_document(count);
    Branch *root = yxmlfragment(doc.raw, "xml");
    static Random random(1);
    uint32_t found = 0;
    doc.read([&](YTransaction *txn) {
        row.time([&] {
            for (int i = 0; i < 100; i++) {
                const YOutput *node = yxmlelem_get(root, txn, random.below(count));
                found += node != nullptr;
                youtput_destroy(const_cast<YOutput *>(node));
            }
        });
    });
    row.check(found == 100, "nodes are missing");
}

/* So many steps of one character each, all undone or done again. */
void undo(Row &row, uint32_t steps, bool again) {
    Doc doc(1);
    Branch *text = doc.text();
    YUndoManagerOptions options;
    options.capture_timeout_millis = 0;
    YUndoManager *manager = yundo_manager(&options);
    yundo_manager_add_scope(manager, doc.raw, text);
    for (uint32_t i = 0; i < steps; i++) {
        doc.write([&](YTransaction *txn) { ytext_insert(text, txn, i / 2, "x", nullptr); });
        yundo_manager_stop(manager);
    }
    if (again)
        while (yundo_manager_undo(manager)) {
        }
    uint32_t before = doc.text_len(), done = 0;
    row.time([&] {
        while (again ? yundo_manager_redo(manager) : yundo_manager_undo(manager)) done++;
    });
    row.check(before == (again ? 0 : steps) && doc.text_len() == steps - before, "something was not undone");
    row.check(done == steps, "other steps than were made");
    yundo_manager_destroy(manager);
}

} // namespace

void add_values() {
    const auto ms = benchmark::kMillisecond;
    add("map set, one transaction/10000x10", 100000, [](Row &r) { set_map(r, 10000, 10, how::one); })->Unit(ms);
    add("map set, a transaction each/10000x10", 100000, [](Row &r) { set_map(r, 10000, 10, how::each); })->Unit(ms);
    add("map set one key, a transaction each/100000", 100000, [](Row &r) {
        set_map(r, 1, 100000, how::each);
    })->Unit(ms);
    add("map set two keys in turn/100000", 100000, [](Row &r) { set_map(r, 2, 50000, how::each); })->Unit(ms);
    add("map get/10000", 10000, get_map)->Unit(benchmark::kMicrosecond);
    add("map walk/10000", 10000, walk_map)->Unit(benchmark::kMicrosecond);
    add("map load/10000x10", 1, load_map)->Unit(ms);
    add("xml build/10000", 10000, [](Row &r) { build_xml(r, 10000); })->Unit(ms);
    add("xml walk/10000", 20000, [](Row &r) { walk_xml(r, 10000); })->Unit(ms);
    add("xml get/10000", 100, [](Row &r) { get_xml(r, 10000); })->Unit(ms);
    for (uint32_t steps : {1000u, 10000u}) {
        add("undo/" + std::to_string(steps), steps, [=](Row &r) { undo(r, steps, false); })->Unit(ms);
        add("redo/" + std::to_string(steps), steps, [=](Row &r) { undo(r, steps, true); })->Unit(ms);
    }
}

} // namespace bench
