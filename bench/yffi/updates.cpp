/* SPDX-License-Identifier: MIT */
/* updates.cpp - updates as they come from others: small, late, out of order; and what two made meanwhile. */
#include "library.hpp"

#include <algorithm>
#include <string>
#include <vector>

namespace bench {

namespace {

enum class order { as_made, reversed, shuffled };

std::string source() {
    std::vector<std::string> names = histories();
    for (const std::string &name : names)
        if (name == "automerge-paper") return name;
    return names.front();
}

void apply_all(Row &row, int64_t count, order in) {
    std::vector<view> all = updates(source() + ".updates", static_cast<size_t>(count));
    if (in == order::reversed) std::reverse(all.begin(), all.end());
    if (in == order::shuffled) {
        Random random(1);
        for (size_t i = all.size(); i > 1; i--) std::swap(all[i - 1], all[random.below(static_cast<uint32_t>(i))]);
    }
    Doc doc(2);
    doc.text();
    int bad = 0;
    row.time([&] {
        for (const view &u : all) bad += doc.apply(u.data, u.len) != 0;
    });
    row.check(bad == 0, "an update was refused");
    /* The history once more, as far as these updates go. The first `count` patches made them. */
    static int64_t known = 0;
    static std::string expected;
    if (known != count) {
        const prepared &history = patches(source());
        Doc again(1);
        Branch *text = again.text();
        for (int64_t i = 0; i < count; i++) {
            const prepared_patch &p = history.patches[static_cast<size_t>(i) % history.patches.size()];
            again.write([&](YTransaction *txn) {
                if (p.deleted[BYTE]) ytext_remove_range(text, txn, p.at[BYTE], p.deleted[BYTE]);
                if (p.len) ytext_insert(text, txn, p.at[BYTE], p.inserted, nullptr);
            });
        }
        expected = again.text_string();
        known = count;
    }
    row.check(!expected.empty() && doc.text_string() == expected, "the updates make another text");
    Bytes missing;
    doc.read([&](YTransaction *txn) {
        YPendingUpdate *waits = ytransaction_pending_update(txn);
        row.check(!waits, "something still waits");
        ypending_update_destroy(waits);
    });
}

/* Two clients put so many characters each in front of a text; then each gets what the other wrote. */
void prepends(Row &row, int64_t count) {
    Doc a(1), b(2);
    for (Doc *doc : {&a, &b}) {
        Branch *text = doc->text();
        for (int64_t i = 0; i < count; i++) {
            const char c[2] = {static_cast<char>((doc == &a ? 'a' : 'A') + i % 26), 0};
            doc->write([&](YTransaction *txn) { ytext_insert(text, txn, 0, c, nullptr); });
        }
    }
    Bytes from_a = a.state(), from_b = b.state();
    int bad = 0;
    row.time([&] {
        bad += a.apply(from_b.data, from_b.len) != 0;
        bad += b.apply(from_a.data, from_a.len) != 0;
    });
    std::string one = a.text_string(), other = b.text_string();
    row.check(bad == 0 && one == other && one.size() == 2 * static_cast<size_t>(count), "the two differ");
}

} // namespace

void add_updates() {
    const auto ms = benchmark::kMillisecond;
    bool small = !has_material("text-1000000.v1");
    auto curve = [&](const std::string &name, int64_t to, std::function<void(Row &, int64_t)> body) {
        for (int64_t count : {1000, 8000, 64000, 256000, 1000000})
            if (count <= to)
                add(name + "/" + std::to_string(count), static_cast<double>(count), [body, count](Row &r) {
                    body(r, count);
                })->Unit(ms);
    };
    add("small updates/10000", 10000, [](Row &r) { apply_all(r, 10000, order::as_made); })->Unit(ms);
    int64_t most = small ? 8000 : 1000000;
    curve("small updates in order", most, [](Row &r, int64_t n) { apply_all(r, n, order::as_made); });
    /* What is quadratic in yffi stops where it takes seconds. */
    int64_t waited = upstream ? 8000 : most;
    curve("updates reversed", waited, [](Row &r, int64_t n) { apply_all(r, n, order::reversed); });
    curve("updates shuffled", waited, [](Row &r, int64_t n) { apply_all(r, n, order::shuffled); });
    curve("concurrent prepends", waited, prepends);
}

} // namespace bench
