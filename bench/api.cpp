/* SPDX-License-Identifier: MIT */
/*
 * api.cpp - the public interface at sizes from 10^3 on: what matters is the curve, not one point.
 *
 * Every edit has its own transaction, as in an editor. Counters: items of the document, bytes of its memory.
 */
#include "document.hpp"

#include <benchmark/benchmark.h>
#include <random>

using bench::buffer;
using bench::document;
using bench::str;

namespace {

void report(benchmark::State &state, const document &doc) {
    state.counters["items"] = static_cast<double>(doc.memory().item_count);
    state.counters["memory"] = static_cast<double>(doc.memory().used);
}

/* After the loop: the rate of edits. */
void rate(benchmark::State &state) {
    state.SetItemsProcessed(state.iterations() * state.range(0));
}

/* Where the next character goes, given how many there are. */
struct at_end {
    uint32_t operator()(uint32_t len) { return len; }
};
struct at_front {
    uint32_t operator()(uint32_t) { return 0; }
};
struct anywhere {
    std::mt19937 random{1};
    uint32_t operator()(uint32_t len) { return static_cast<uint32_t>(random() % (len + 1)); }
};

template <class Place> void type_into(document &doc, int64_t count) {
    yata_type text = doc.root(YATA_KIND_TEXT);
    Place place;
    for (uint32_t i = 0; i < count; i++)
        doc.transact([&](yata_txn *txn) { CHECK(yata_text_insert(text, txn, place(i), str("x"))); });
}

template <class Place> void text_insert(benchmark::State &state) {
    for (auto _ : state) {
        document doc;
        type_into<Place>(doc, state.range(0));
        state.PauseTiming();
        report(state, doc);
        state.ResumeTiming();
    }
    rate(state);
}
BENCHMARK_TEMPLATE(text_insert, at_end)->Name("text/type")->RangeMultiplier(10)->Range(1000, 1000000);
BENCHMARK_TEMPLATE(text_insert, at_front)->Name("text/prepend")->RangeMultiplier(10)->Range(1000, 100000);
BENCHMARK_TEMPLATE(text_insert, anywhere)->Name("text/random")->RangeMultiplier(10)->Range(1000, 1000000);

void text_delete_front(benchmark::State &state) {
    for (auto _ : state) {
        state.PauseTiming();
        document doc;
        yata_type text = doc.root(YATA_KIND_TEXT);
        type_into<at_end>(doc, state.range(0));
        state.ResumeTiming();
        for (int64_t i = 0; i < state.range(0); i++)
            doc.transact([&](yata_txn *txn) { CHECK(yata_text_delete(text, txn, 0, 1)); });
    }
    rate(state);
}
BENCHMARK(text_delete_front)->Name("text/delete at the front")->RangeMultiplier(10)->Range(1000, 100000);

/* All of it in one transaction: what is new is not merged until its end. */
template <class Place> void text_one_transaction(benchmark::State &state) {
    for (auto _ : state) {
        document doc;
        yata_type text = doc.root(YATA_KIND_TEXT);
        Place place;
        doc.transact([&](yata_txn *txn) {
            for (uint32_t i = 0; i < state.range(0); i++) CHECK(yata_text_insert(text, txn, place(i), str("x")));
        });
        state.PauseTiming();
        report(state, doc);
        state.ResumeTiming();
    }
    rate(state);
}
BENCHMARK_TEMPLATE(text_one_transaction, at_end)
    ->Name("text/type, one transaction")
    ->RangeMultiplier(10)
    ->Range(1000, 1000000);
BENCHMARK_TEMPLATE(text_one_transaction, anywhere)
    ->Name("text/random, one transaction")
    ->RangeMultiplier(10)
    ->Range(1000, 1000000);

/* One edit at a random place of a text of that many items, each in a transaction. */
enum class edit { insert, erase, format };
template <edit Kind> void text_edit(benchmark::State &state) {
    document doc;
    yata_type text = doc.root(YATA_KIND_TEXT);
    type_into<anywhere>(doc, state.range(0));
    std::mt19937 random{2};
    const uint8_t bold[] = {0x76, 1, 1, 'b', 0x78};
    yata_value attributes{};
    attributes.kind = YATA_VALUE_OBJECT;
    attributes.u.any = {bold, sizeof bold};
    for (auto _ : state) {
        uint32_t len;
        CHECK(yata_text_length(text, &len));
        uint32_t at = static_cast<uint32_t>(random() % (len - 8));
        doc.transact([&](yata_txn *txn) {
            if (Kind == edit::insert) CHECK(yata_text_insert(text, txn, at, str("x")));
            if (Kind == edit::erase) {
                CHECK(yata_text_delete(text, txn, at, 1));
                CHECK(yata_text_insert(text, txn, static_cast<uint32_t>(random() % (len - 8)), str("x")));
            }
            if (Kind == edit::format) CHECK(yata_text_format(text, txn, at, 4, &attributes));
        });
    }
    state.SetComplexityN(state.range(0));
    report(state, doc);
}
BENCHMARK_TEMPLATE(text_edit, edit::insert)
    ->Name("text/one insert")
    ->RangeMultiplier(10)
    ->Range(1000, 1000000)
    ->Complexity();
BENCHMARK_TEMPLATE(text_edit, edit::erase)
    ->Name("text/one delete, one insert")
    ->RangeMultiplier(10)
    ->Range(1000, 1000000)
    ->Complexity();
/* A fixed number: every format stays, and is looked at by the next one. */
BENCHMARK_TEMPLATE(text_edit, edit::format)
    ->Name("text/one format")
    ->RangeMultiplier(10)
    ->Range(1000, 1000000)
    ->Iterations(500);

/* Elements at random places of an array of that many items. */
void array_get(benchmark::State &state) {
    document doc;
    yata_type array = doc.root(YATA_KIND_ARRAY);
    yata_value value{};
    value.kind = YATA_VALUE_INT;
    std::mt19937 random{3};
    doc.transact([&](yata_txn *txn) {
        for (uint32_t i = 0; i < state.range(0); i++)
            CHECK(yata_array_insert(array, txn, static_cast<uint32_t>(random() % (i + 1)), &value, 1));
    });
    for (auto _ : state) {
        CHECK(yata_array_get(array, static_cast<uint32_t>(random() % state.range(0)), &value));
        benchmark::DoNotOptimize(value);
    }
    state.SetComplexityN(state.range(0));
    report(state, doc);
}
BENCHMARK(array_get)->Name("array/get anywhere")->RangeMultiplier(10)->Range(1000, 1000000)->Complexity();

void map_set(benchmark::State &state, bool same_key) {
    yata_value value{};
    value.kind = YATA_VALUE_INT;
    for (auto _ : state) {
        document doc;
        yata_type map = doc.root(YATA_KIND_MAP);
        for (int64_t i = 0; i < state.range(0); i++) {
            std::string key = "key " + std::to_string(same_key ? 0 : i);
            value.u.integer = i;
            doc.transact([&](yata_txn *txn) { CHECK(yata_map_set(map, txn, str(key), &value)); });
        }
        state.PauseTiming();
        report(state, doc);
        state.ResumeTiming();
    }
    rate(state);
}
BENCHMARK_CAPTURE(map_set, one_key, true)->Name("map/set one key")->RangeMultiplier(10)->Range(1000, 100000);
BENCHMARK_CAPTURE(map_set, many_keys, false)->Name("map/set many keys")->RangeMultiplier(10)->Range(1000, 100000);

void array_push(benchmark::State &state) {
    yata_value value{};
    value.kind = YATA_VALUE_INT;
    for (auto _ : state) {
        document doc;
        yata_type array = doc.root(YATA_KIND_ARRAY);
        for (int64_t i = 0; i < state.range(0); i++) {
            value.u.integer = i;
            doc.transact([&](yata_txn *txn) { CHECK(yata_array_push(array, txn, &value, 1)); });
        }
        state.PauseTiming();
        report(state, doc);
        state.ResumeTiming();
    }
    rate(state);
}
BENCHMARK(array_push)->Name("array/push")->RangeMultiplier(10)->Range(1000, 100000);

/* A document of many small items: characters typed at random places. */
void scattered(document &doc, int64_t count) {
    type_into<anywhere>(doc, count);
}

void update_load(benchmark::State &state) {
    document source;
    buffer update;
    scattered(source, state.range(0));
    source.encode(update);
    for (auto _ : state) {
        document doc(2);
        doc.apply(update.bytes());
    }
    state.SetBytesProcessed(state.iterations() * static_cast<int64_t>(update.raw.len));
}
BENCHMARK(update_load)->Name("update/load")->RangeMultiplier(10)->Range(1000, 10000);

void update_encode(benchmark::State &state) {
    document doc;
    buffer update;
    scattered(doc, state.range(0));
    for (auto _ : state) {
        update.clear();
        doc.encode(update);
    }
    state.SetBytesProcessed(state.iterations() * static_cast<int64_t>(update.raw.len));
}
BENCHMARK(update_encode)->Name("update/encode")->RangeMultiplier(10)->Range(1000, 10000);

/* What a peer gets who lacks the last character only. */
void update_encode_diff(benchmark::State &state) {
    document doc;
    buffer vector, diff;
    scattered(doc, state.range(0));
    CHECK(yata_doc_encode_state_vector(doc.raw, &vector.raw));
    yata_type text = doc.root(YATA_KIND_TEXT);
    doc.transact([&](yata_txn *txn) { CHECK(yata_text_insert(text, txn, 0, str("x"))); });
    for (auto _ : state) {
        diff.clear();
        CHECK(yata_doc_encode_diff(doc.raw, vector.bytes(), &diff.raw));
    }
}
BENCHMARK(update_encode_diff)->Name("update/diff of one")->RangeMultiplier(10)->Range(1000, 10000);

} // namespace
