/* SPDX-License-Identifier: MIT */
/*
 * dmonad.cpp - the families B1 to B3 of dmonad's crdt-benchmarks, N = 6000 (B4, the editing history, is in
 * replays.cpp).
 *
 * B1: one client edits, another gets each update. B2: two clients edit alone, then get each other's updates. B3: 20
 * times the root of N clients do one thing each, one gets it all. As there, the time includes making and applying
 * updates. Numbers are drawn by our generator, so sizes differ a little from those of the collection.
 */
#include "library.hpp"

#include <cmath>
#include <memory>
#include <vector>

namespace bench {

namespace {

const uint32_t N = 6000;

using Edit = std::function<void(Branch *, YTransaction *, uint32_t, Random &)>;

/* Where updates go. */
struct wire {
    std::vector<std::string> updates;
    static void hear(void *state, uint32_t len, const char *update) {
        static_cast<wire *>(state)->updates.emplace_back(update, len);
    }
    void listen(Doc &doc) {
        doc.write([&](YTransaction *txn) { ytransaction_observe_updates_v1(txn, 4, "wire", this, hear); });
    }
    /* Gives all of them to `doc`. */
    void deliver(Row &row, Doc &doc) {
        int bad = 0;
        for (const std::string &u : updates) bad += doc.apply(u) != 0;
        updates.clear();
        row.check(bad == 0, "an update was refused");
    }
};

std::string json(Doc &doc, Branch *branch) {
    std::string all;
    doc.write([&](YTransaction *txn) {
        char *text = ybranch_json(branch, txn);
        if (text) all = text;
        ystring_destroy(text);
    });
    return all;
}

using Root = Branch *(*)(Doc &);
Branch *text_root(Doc &doc) {
    return doc.text();
}
Branch *array_root(Doc &doc) {
    return yarray(doc.raw, "array");
}
Branch *map_root(Doc &doc) {
    return ymap(doc.raw, "map");
}

std::string letters(Random &random, uint32_t count) {
    std::string all;
    for (uint32_t i = 0; i < count; i++) all.push_back(static_cast<char>('a' + random.below(26)));
    return all;
}
std::string word(Random &random) {
    return letters(random, 2 + random.below(7));
}
void insert(Branch *text, YTransaction *txn, uint32_t at, const std::string &what) {
    ytext_insert(text, txn, at, what.c_str(), nullptr);
}
uint32_t anywhere(Branch *text, YTransaction *txn, Random &random) {
    return random.below(ytext_len(text, txn) + 1);
}
void insert_number(Branch *array, YTransaction *txn, uint32_t at, uint32_t number) {
    YInput value = yinput_long(number);
    yarray_insert_range(array, txn, at, &value, 1);
}
void insert_or_delete(Branch *text, YTransaction *txn, Random &random) {
    uint32_t len = ytext_len(text, txn), at = random.below(len + 1);
    if (len == at || random.below(2) == 0) {
        insert(text, txn, at, word(random));
    } else {
        uint32_t count = 1 + random.below(9);
        ytext_remove_range(text, txn, at, count < len - at ? count : len - at);
    }
}

void one_client(const char *name, Root root, uint32_t edits, Edit edit) {
    add(name, edits, [=](Row &row) {
        Doc a(1), b(2);
        Branch *here = root(a), *there = root(b);
        wire to_b;
        to_b.listen(a);
        Random random(42);
        row.time([&] {
            for (uint32_t i = 0; i < edits; i++) {
                a.write([&](YTransaction *txn) { edit(here, txn, i, random); });
                to_b.deliver(row, b);
            }
        });
        std::string one = json(a, here);
        row.check(one.size() >= 2 && one == json(b, there), "the two differ");
    })->Unit(benchmark::kMillisecond);
}

void two_clients(const char *name, uint32_t edits, Edit edit) {
    add(name, edits, [=](Row &row) {
        Doc a(1), b(2);
        Branch *one = text_root(a), *other = text_root(b);
        wire from_a, from_b;
        from_a.listen(a);
        Random random(42);
        a.write([&](YTransaction *txn) { insert(one, txn, 0, letters(random, 100)); });
        from_a.deliver(row, b);
        from_b.listen(b);
        row.time([&] {
            for (uint32_t i = 0; i < edits; i++) {
                a.write([&](YTransaction *txn) { edit(one, txn, i, random); });
                b.write([&](YTransaction *txn) { edit(other, txn, i, random); });
            }
            std::vector<std::string> kept = from_b.updates; /* what comes in is heard, too */
            from_a.deliver(row, b);
            from_b.updates = kept;
            from_b.deliver(row, a);
        });
        row.check(a.text_len() > 0 && a.text_string() == b.text_string(), "the two differ");
    })->Unit(benchmark::kMillisecond);
}

void many_clients(const char *name, Root root, Edit edit) {
    const uint32_t clients = static_cast<uint32_t>(20 * std::sqrt(N));
    add(name, clients, [=](Row &row) {
        std::vector<std::unique_ptr<Doc>> docs;
        std::vector<wire> wires(clients);
        std::vector<Branch *> roots;
        for (uint32_t i = 0; i < clients; i++) {
            docs.emplace_back(new Doc(1 + i));
            roots.push_back(root(*docs[i]));
            wires[i].listen(*docs[i]);
        }
        Random random(42);
        row.time([&] {
            for (uint32_t i = 0; i < clients; i++)
                docs[i]->write([&](YTransaction *txn) { edit(roots[i], txn, i, random); });
            for (uint32_t i = 1; i < clients; i++) wires[i].deliver(row, *docs[0]);
        });
        row.check(json(*docs[0], roots[0]).size() > 3, "nothing arrived");
        Bytes vector = docs[0]->state_vector();
        row.check(vector.len > clients, "clients are missing");
    })->Unit(benchmark::kMillisecond);
}

} // namespace

void add_dmonad() {
    auto txt = text_root;
    auto arr = array_root;
    one_client("B1.1 append characters", txt, N,
               [](Branch *t, YTransaction *txn, uint32_t i, Random &r) { insert(t, txn, i, letters(r, 1)); });
    one_client("B1.2 insert one string", txt, 1,
               [](Branch *t, YTransaction *txn, uint32_t, Random &r) { insert(t, txn, 0, letters(r, N)); });
    one_client("B1.3 prepend characters", txt, N,
               [](Branch *t, YTransaction *txn, uint32_t, Random &r) { insert(t, txn, 0, letters(r, 1)); });
    one_client("B1.4 insert characters anywhere", txt, N, [](Branch *t, YTransaction *txn, uint32_t, Random &r) {
        uint32_t at = anywhere(t, txn, r);
        insert(t, txn, at, letters(r, 1));
    });
    one_client("B1.5 insert words anywhere", txt, N, [](Branch *t, YTransaction *txn, uint32_t, Random &r) {
        uint32_t at = anywhere(t, txn, r);
        insert(t, txn, at, word(r));
    });
    one_client("B1.6 insert one string, delete it", txt, 2, [](Branch *t, YTransaction *txn, uint32_t i, Random &r) {
        if (i == 0)
            insert(t, txn, 0, letters(r, N));
        else
            ytext_remove_range(t, txn, 0, N);
    });
    one_client("B1.7 insert and delete words anywhere", txt, N,
               [](Branch *t, YTransaction *txn, uint32_t, Random &r) { insert_or_delete(t, txn, r); });
    one_client("B1.8 append numbers", arr, N,
               [](Branch *a, YTransaction *txn, uint32_t i, Random &) { insert_number(a, txn, i, i); });
    one_client("B1.9 insert one range of numbers", arr, 1, [](Branch *a, YTransaction *txn, uint32_t, Random &) {
        std::vector<YInput> all(N);
        for (uint32_t i = 0; i < N; i++) all[i] = yinput_long(i);
        yarray_insert_range(a, txn, 0, all.data(), N);
    });
    one_client("B1.10 prepend numbers", arr, N,
               [](Branch *a, YTransaction *txn, uint32_t i, Random &) { insert_number(a, txn, 0, i); });
    one_client("B1.11 insert numbers anywhere", arr, N,
               [](Branch *a, YTransaction *txn, uint32_t i, Random &r) { insert_number(a, txn, r.below(i + 1), i); });
    two_clients("B2.1 both insert one string", 1,
                [](Branch *t, YTransaction *txn, uint32_t, Random &r) { insert(t, txn, 0, letters(r, N)); });
    two_clients("B2.2 both insert characters anywhere", N, [](Branch *t, YTransaction *txn, uint32_t, Random &r) {
        uint32_t at = anywhere(t, txn, r);
        insert(t, txn, at, letters(r, 1));
    });
    two_clients("B2.3 both insert words anywhere", N, [](Branch *t, YTransaction *txn, uint32_t, Random &r) {
        uint32_t at = anywhere(t, txn, r);
        insert(t, txn, at, word(r));
    });
    two_clients("B2.4 both insert and delete words", N,
                [](Branch *t, YTransaction *txn, uint32_t, Random &r) { insert_or_delete(t, txn, r); });
    many_clients("B3.1 many set a number", map_root, [](Branch *m, YTransaction *txn, uint32_t i, Random &) {
        YInput value = yinput_long(i);
        ymap_insert(m, txn, "v", &value);
    });
    many_clients("B3.2 many set an object", map_root, [](Branch *m, YTransaction *txn, uint32_t i, Random &) {
        char *keys[] = {const_cast<char *>("name"), const_cast<char *>("address")};
        std::string name = std::to_string(i);
        YInput values[] = {yinput_string(name.c_str()), yinput_string("here")};
        YInput object = yinput_json_map(keys, values, 2);
        ymap_insert(m, txn, "v", &object);
    });
    many_clients("B3.3 many set a string", map_root, [](Branch *m, YTransaction *txn, uint32_t, Random &r) {
        std::string what = letters(r, static_cast<uint32_t>(std::sqrt(N)));
        YInput value = yinput_string(what.c_str());
        ymap_insert(m, txn, "v", &value);
    });
    many_clients("B3.4 many insert a text", arr, [](Branch *a, YTransaction *txn, uint32_t, Random &r) {
        std::string what = letters(r, 10);
        YInput value = yinput_ytext(const_cast<char *>(what.c_str()));
        yarray_insert_range(a, txn, 0, &value, 1);
    });
    many_clients("B3.5 many insert a string", arr, [](Branch *a, YTransaction *txn, uint32_t, Random &r) {
        std::string what = letters(r, static_cast<uint32_t>(std::sqrt(N)));
        YInput value = yinput_string(what.c_str());
        yarray_insert_range(a, txn, 0, &value, 1);
    });
}

} // namespace bench
