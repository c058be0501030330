/* SPDX-License-Identifier: MIT */
/*
 * traces.cpp - whole editing histories: played keystroke by keystroke, loaded as one update, encoded.
 *
 * Recorded histories come from the folder YATA_TRACES (files of the editing-traces collection). Without it a history is
 * generated, and the names of the benchmarks say so.
 */
#include "document.hpp"
#include "generate.hpp"
#include "trace_file.hpp"

#include <benchmark/benchmark.h>
#include <memory>
#include <vector>

using bench::buffer;
using bench::document;
using bench::str;

namespace {

void play(document &doc, const bench::history &h) {
    yata_type text = doc.root(YATA_KIND_TEXT);
    for (const bench::patch &p : h.patches) {
        doc.transact([&](yata_txn *txn) {
            if (p.deleted) CHECK(yata_text_delete(text, txn, p.position, p.deleted));
            if (!p.inserted.empty()) CHECK(yata_text_insert(text, txn, p.position, str(p.inserted)));
        });
    }
}

void play_all(benchmark::State &state, const bench::history &h) {
    for (auto _ : state) {
        document doc(1, YATA_OFFSET_SCALAR);
        play(doc, h);
        state.PauseTiming();
        buffer text;
        CHECK(yata_text_read(doc.root(YATA_KIND_TEXT), &text.raw));
        if (h.has_end && text.text() != h.end) state.SkipWithError("the text at the end is another");
        state.counters["memory"] = static_cast<double>(doc.memory().used);
        state.counters["items"] = static_cast<double>(doc.memory().item_count);
        state.ResumeTiming();
    }
    state.SetItemsProcessed(state.iterations() * static_cast<int64_t>(h.patches.size()));
}

void load(benchmark::State &state, const bench::history &h) {
    document source(1, YATA_OFFSET_SCALAR);
    buffer update;
    play(source, h);
    source.encode(update);
    for (auto _ : state) {
        document doc(2);
        doc.apply(update.bytes());
    }
    state.SetBytesProcessed(state.iterations() * static_cast<int64_t>(update.raw.len));
}

void encode(benchmark::State &state, const bench::history &h) {
    document doc(1, YATA_OFFSET_SCALAR);
    buffer update;
    play(doc, h);
    for (auto _ : state) {
        update.clear();
        doc.encode(update);
    }
    state.counters["bytes"] = static_cast<double>(update.raw.len);
    state.SetBytesProcessed(state.iterations() * static_cast<int64_t>(update.raw.len));
}

} // namespace

int main(int argc, char **argv) {
    benchmark::Initialize(&argc, argv);
    if (benchmark::ReportUnrecognizedArguments(argc, argv)) return 1;
    std::vector<bench::history> histories = bench::recorded();
    if (histories.empty()) histories.push_back(bench::generate(100000));
    for (const bench::history &h : histories) {
        auto name = [&](const char *what) { return std::string("trace/") + what + " [" + h.name + "]"; };
        const auto unit = benchmark::kMillisecond;
        benchmark::RegisterBenchmark(name("play").c_str(), play_all, std::cref(h))->Unit(unit);
        benchmark::RegisterBenchmark(name("load").c_str(), load, std::cref(h))->Unit(unit);
        benchmark::RegisterBenchmark(name("encode").c_str(), encode, std::cref(h))->Unit(unit);
    }
    benchmark::RunSpecifiedBenchmarks();
    return 0;
}
