/* SPDX-License-Identifier: MIT */
/*
 * native.cpp - bench-native: Yata by its own interface, without the layer of libyrs: histories in both units, small
 * parts by themselves, and updates without a document.
 *
 *   bench-native [FOLDER OF MATERIAL] [--benchmark_...]
 */
#include "document.hpp"
#include "material.hpp"
#include "row.hpp"

#include <cstdlib>
#include <memory>
#include <random>
#include <vector>

using bench::add;
using bench::buffer;
using bench::document;
using bench::has_material;
using bench::material;
using bench::Row;
using bench::str;

namespace {

yata_bytes bytes_of(const std::string &file) {
    const std::string &all = material(file);
    return {reinterpret_cast<const uint8_t *>(all.data()), all.size()};
}

yata_type text_root(document &doc) {
    yata_type type;
    CHECK(yata_doc_root(doc.raw, str("text"), YATA_KIND_TEXT, &type));
    return type;
}

/* ------------------------------------------------------------------------
 * Histories
 */
enum class how { each, observed, one };

void edit(yata_type text, yata_txn *txn, const bench::prepared_patch &p, bench::unit unit) {
    if (p.deleted[unit]) CHECK(yata_text_delete(text, txn, p.at[unit], p.deleted[unit]));
    if (p.len) CHECK(yata_text_insert(text, txn, p.at[unit], {p.inserted, p.len}));
}

void replay(Row &row, const std::string &name, how way, bench::unit unit) {
    const bench::prepared &history = bench::patches(name);
    document doc(1, unit == bench::UTF16 ? YATA_OFFSET_UTF16 : YATA_OFFSET_UTF8);
    yata_type text = text_root(doc);
    size_t heard = 0;
    uint32_t subscription;
    if (way == how::observed)
        CHECK(yata_doc_observe_update(
            doc.raw, [](void *ctx, yata_doc *, const yata_txn *, yata_bytes) { ++*static_cast<size_t *>(ctx); }, &heard,
            &subscription));
    row.time([&] {
        if (way == how::one)
            doc.transact([&](yata_txn *txn) {
                for (const auto &p : history.patches) edit(text, txn, p, unit);
            });
        else
            for (const auto &p : history.patches) doc.transact([&](yata_txn *txn) { edit(text, txn, p, unit); });
    });
    row.count("memory", static_cast<double>(doc.memory().used));
    row.count("items", doc.memory().item_count);
    buffer end;
    CHECK(yata_text_read(text, &end.raw));
    row.check(end.text() == material(name + ".text"), "the text at the end is another");
    if (way == how::observed) row.check(heard == history.patches.size(), "an observer missed transactions");
}

void add_replays() {
    std::vector<std::string> names = bench::histories();
    names.push_back("wide");
    for (const std::string &name : names) {
        double ops = static_cast<double>(bench::patches(name).patches.size());
        auto row = [&](const char *title, how way, bench::unit unit) {
            add("native replay/" + name + "/" + title, ops, [=](Row &r) {
                replay(r, name, way, unit);
            })->Unit(benchmark::kMillisecond);
        };
        row("a transaction each", how::each, bench::BYTE);
        row("a transaction each, UTF-16", how::each, bench::UTF16);
        row("update observer", how::observed, bench::BYTE);
        row("one transaction", how::one, bench::BYTE);
        row("one transaction, UTF-16", how::one, bench::UTF16);
    }
}

/* ------------------------------------------------------------------------
 * Small parts
 */

/* Numbers of one to ten bytes, as the clients and clocks of a state vector. */
void varints(Row &row) {
    document doc;
    const uint32_t clients = 1000;
    for (uint64_t i = 0; i < clients; i++) {
        CHECK(yata_doc_set_client_id(doc.raw, (UINT64_C(1) << i % 53) + i));
        doc.transact([&](yata_txn *txn) { CHECK(yata_text_insert(text_root(doc), txn, 0, str("x"))); });
    }
    buffer vector;
    CHECK(yata_doc_encode_state_vector(doc.raw, &vector.raw));
    uint32_t seen = 0;
    row.time([&] {
        for (int i = 0; i < 10; i++) {
            yata_state_vector_iter iter;
            yata_id id;
            CHECK(yata_state_vector_iter_init(&iter, vector.bytes()));
            while (yata_state_vector_iter_next(&iter, &id)) seen += id.clock;
        }
    });
    row.check(seen == 10 * clients, "clients are missing");
}

const char JSON[] =
    "{\"name\":\"a value of some length\",\"list\":[1,2.5,-300000,true,null,\"text\"],\"deep\":{\"a\":{\"b\":[{}]}}}";

void any_from_json(Row &row) {
    buffer bytes, again;
    yata_value value{};
    row.time([&] {
        for (int i = 0; i < 1000; i++) {
            bytes.clear();
            CHECK(yata_value_from_json(str(JSON), &bytes.raw, &value, nullptr));
        }
    });
    CHECK(yata_value_to_json(&value, &again.raw));
    row.check(again.text() == JSON, "another value");
}

void any_to_json(Row &row) {
    buffer bytes, out;
    yata_value value{};
    CHECK(yata_value_from_json(str(JSON), &bytes.raw, &value, nullptr));
    row.time([&] {
        for (int i = 0; i < 1000; i++) {
            out.clear();
            CHECK(yata_value_to_json(&value, &out.raw));
        }
    });
    row.check(out.text() == JSON, "another text");
}

/* Runs of ids of eight clients in no order. */
struct ids {
    yata_id_set *set = nullptr;
    explicit ids(uint32_t count) {
        CHECK(yata_id_set_new(nullptr, &set));
        std::mt19937 random{1};
        for (uint32_t i = 0; i < count; i++) add(random, count);
    }
    ~ids() { yata_id_set_free(set); }
    void add(std::mt19937 &random, uint32_t count) {
        yata_id id{1 + random() % 8, static_cast<uint32_t>(random() % (count * 10))};
        CHECK(yata_id_set_add(set, id, 1 + static_cast<uint32_t>(random() % 3)));
    }
};

void id_set_add(Row &row, int64_t count) {
    ids all(static_cast<uint32_t>(count));
    std::mt19937 random{2};
    uint32_t before = yata_id_set_run_count(all.set);
    row.time([&] {
        for (int i = 0; i < 1000; i++) all.add(random, static_cast<uint32_t>(count));
    });
    row.check(before > 0 && yata_id_set_run_count(all.set) != before, "nothing was added");
}

void id_set_contains(Row &row, int64_t count) {
    ids all(static_cast<uint32_t>(count));
    std::mt19937 random{2};
    uint32_t found = 0;
    row.time([&] {
        for (int i = 0; i < 1000; i++)
            found += yata_id_set_contains(
                all.set, {1 + random() % 8, static_cast<uint32_t>(random() % (static_cast<uint64_t>(count) * 10))});
    });
    row.check(found > 0 && found < 1000, "everything or nothing was found");
}

/* One edit of another client at a random place: decoded, put in its place, committed. */
void integrate(Row &row, int64_t items) {
    std::string name = "text-" + std::to_string(items) + ".v1";
    document doc(2), other(3);
    doc.apply(bytes_of(name));
    other.apply(bytes_of(name));
    std::vector<std::string> made;
    uint32_t subscription, len;
    CHECK(yata_doc_observe_update(
        other.raw,
        [](void *ctx, yata_doc *, const yata_txn *, yata_bytes update) {
            static_cast<std::vector<std::string> *>(ctx)->emplace_back(reinterpret_cast<const char *>(update.data),
                                                                       update.len);
        },
        &made, &subscription));
    std::mt19937 random{1};
    yata_type text = text_root(other);
    CHECK(yata_text_length(text, &len));
    for (int i = 0; i < 200; i++)
        other.transact([&](yata_txn *txn) {
            CHECK(yata_text_insert(text, txn, static_cast<uint32_t>(random() % len), str("x")));
        });
    row.time([&] {
        for (const std::string &u : made) doc.apply({reinterpret_cast<const uint8_t *>(u.data()), u.size()});
    });
    uint32_t after;
    CHECK(yata_text_length(text_root(doc), &after));
    row.check(made.size() == 200 && after == len + 200, "an update is missing");
}

/* ------------------------------------------------------------------------
 * Updates without a document
 */
void merge_updates(Row &row, int64_t count) {
    std::string source = bench::histories().front();
    std::vector<yata_bytes> all;
    for (const bench::view &v : bench::updates(source + ".updates", static_cast<size_t>(count)))
        all.push_back({reinterpret_cast<const uint8_t *>(v.data), v.len});
    buffer out;
    row.time([&] { CHECK(yata_update_merge(all.data(), all.size(), &out.raw, nullptr)); });
    document one, other;
    one.apply(out.bytes());
    for (const yata_bytes &u : all) other.apply(u);
    buffer a, b;
    one.encode(a);
    other.encode(b);
    row.check(out.raw.len > 2 && a.text() == b.text(), "the merged update says something else");
}

void convert(Row &row, const std::string &name) {
    buffer out;
    row.time([&] {
        out.clear();
        CHECK(yata_update_convert(bytes_of(name + ".v1"), YATA_UPDATE_V1, YATA_UPDATE_V2, &out.raw, nullptr));
    });
    row.check(out.text() == material(name + ".v2"), "other bytes than those of the document");
}

void check_update(Row &row, const std::string &name) {
    yata_fault fault;
    row.time([&] { fault = yata_update_check(bytes_of(name + ".v1"), nullptr); });
    row.check(fault.status == YATA_OK, "refused");
}

/* A text to JSON: all its pieces. */
void to_json(Row &row, const std::string &name) {
    static std::unique_ptr<document> doc;
    if (!doc) {
        doc.reset(new document(2));
        doc->apply(bytes_of(name + ".v1"));
        text_root(*doc);
    }
    buffer out;
    row.time([&] {
        out.clear();
        CHECK(yata_doc_to_json(doc->raw, &out.raw));
    });
    row.check(out.raw.len > material(name + ".text").size(), "text is missing");
}

} // namespace

int main(int argc, char **argv) {
    benchmark::Initialize(&argc, argv);
    if (!bench::material_folder(argc, argv)) return 2;
    bool small = !has_material("text-1000000.v1");
    add_replays();
    add("varint/20000", 20000, varints);
    add("any from JSON", 1000, any_from_json);
    add("any to JSON", 1000, any_to_json);
    int64_t most = small ? 1000 : 1000000;
    bench::add_curve("id set add", 1000, most, 1000, id_set_add);
    bench::add_curve("id set contains", 1000, most, 1000, id_set_contains);
    bench::add_curve("integrate anywhere", 1000, most, 200, integrate);
    for (int64_t count = 1000; count <= (small ? 10000 : 100000); count *= 10)
        add("merge updates/" + std::to_string(count), static_cast<double>(count), [=](Row &r) {
            merge_updates(r, count);
        })->Unit(benchmark::kMillisecond);
    std::string first = bench::histories().front();
    add("convert v1 to v2/" + first, 1, [=](Row &r) { convert(r, first); })->Unit(benchmark::kMillisecond);
    add("check update/" + first, 1, [=](Row &r) { check_update(r, first); })->Unit(benchmark::kMillisecond);
    add("to JSON/" + first, 1, [=](Row &r) { to_json(r, first); })->Unit(benchmark::kMillisecond);
    benchmark::RunSpecifiedBenchmarks();
    return 0;
}
