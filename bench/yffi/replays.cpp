/* SPDX-License-Identifier: MIT */
/* replays.cpp - editing histories, keystroke by keystroke. */
#include "library.hpp"

namespace bench {

namespace {

enum class how { each, observed, one };

void insert_and_remove(Branch *text, YTransaction *txn, const prepared_patch &p, unit u) {
    if (p.deleted[u]) ytext_remove_range(text, txn, p.at[u], p.deleted[u]);
    if (p.len) ytext_insert(text, txn, p.at[u], p.inserted, nullptr);
}

struct heard {
    uint64_t updates = 0, bytes = 0;
};

void replay(Row &row, const std::string &name, how way, unit u) {
    const prepared &history = patches(name);
    Doc doc(1, u == UTF16 ? Y_OFFSET_UTF16 : Y_OFFSET_BYTES);
    Branch *text = doc.text();
    heard updates;
    if (way == how::observed)
        doc.write([&](YTransaction *txn) {
            ytransaction_observe_updates_v1(txn, 5, "bench", &updates, [](void *state, uint32_t len, const char *) {
                heard *h = static_cast<heard *>(state);
                h->updates++;
                h->bytes += len;
            });
        });
    const bool first = row.first();
    if (first) forget_peak();
    size_t resident = resident_bytes(), heap = heap_bytes();
    row.time([&] {
        if (way == how::one) {
            doc.write([&](YTransaction *txn) {
                for (const prepared_patch &p : history.patches) insert_and_remove(text, txn, p, u);
            });
        } else {
            for (const prepared_patch &p : history.patches)
                doc.write([&](YTransaction *txn) { insert_and_remove(text, txn, p, u); });
        }
    });
    row.count("heap", static_cast<double>(heap_bytes() - heap));
    if (first) row.count("peak_resident", static_cast<double>(peak_resident_bytes() - resident));
    row.check(doc.text_string() == material(name + ".text"), "the text at the end is another");
    if (way == how::observed) {
        row.check(updates.updates == history.patches.size(), "an observer missed transactions");
        row.check(updates.bytes > history.patches.size(), "updates without content");
    }
}

} // namespace

void add_replays() {
    const std::string big = "automerge-paper";
    for (const std::string &name : histories()) {
        double ops = static_cast<double>(patches(name).patches.size());
        auto row = [&](const char *title, how way, unit u) {
            add("replay/" + name + "/" + title, ops, [name, way, u](Row &r) {
                replay(r, name, way, u);
            })->Unit(benchmark::kMillisecond);
        };
        row("a transaction each", how::each, BYTE);
        row("a transaction each, UTF-16", how::each, UTF16);
        if (name == big || !recorded_histories()) row("update observer", how::observed, BYTE);
        row("one transaction", how::one, BYTE);
    }
}

} // namespace bench
