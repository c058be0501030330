/* SPDX-License-Identifier: MIT */
/* sequences.cpp - texts and arrays: long transactions, and edits at random places of documents of many items. */
#include "library.hpp"

#include <map>
#include <memory>
#include <vector>

namespace bench {

namespace {

/* `insert` once for each i, in one transaction or in one each, with the memory that it takes. */
template <typename Insert> void grow(Row &row, Doc &doc, int64_t count, bool together, Insert insert) {
    const bool first = row.first();
    if (first) forget_peak();
    size_t resident = resident_bytes(), heap = heap_bytes();
    row.time([&] {
        if (together)
            doc.write([&](YTransaction *txn) {
                for (uint32_t i = 0; i < count; i++) insert(txn, i);
            });
        else
            for (uint32_t i = 0; i < count; i++) doc.write([&](YTransaction *txn) { insert(txn, i); });
    });
    row.count("heap", static_cast<double>(heap_bytes() - heap));
    if (first) row.count("peak_resident", static_cast<double>(peak_resident_bytes() - resident));
}

void append_text(Row &row, int64_t count, bool together) {
    Doc doc(1);
    Branch *text = doc.text();
    grow(row, doc, count, together, [&](YTransaction *txn, uint32_t i) { ytext_insert(text, txn, i, "x", nullptr); });
    row.check(doc.text_len() == count, "characters are missing");
}

void push_array(Row &row, int64_t count, bool together) {
    Doc doc(1);
    Branch *array = yarray(doc.raw, "array");
    YInput value = yinput_long(7);
    grow(row, doc, count, together,
         [&](YTransaction *txn, uint32_t i) { yarray_insert_range(array, txn, i, &value, 1); });
    row.check(yarray_len(array) == count, "elements are missing");
}

void insert_range(Row &row, uint32_t count) {
    Doc doc(1);
    Branch *array = yarray(doc.raw, "array");
    std::vector<YInput> values;
    for (uint32_t i = 0; i < count; i++) values.push_back(yinput_long(i));
    row.time([&] { doc.write([&](YTransaction *txn) { yarray_insert_range(array, txn, 0, values.data(), count); }); });
    row.check(yarray_len(array) == count, "elements are missing");
}

/* Random inserts in one transaction, from nothing. */
void insert_anywhere_in_one(Row &row, uint32_t count) {
    Doc doc(1);
    Branch *text = doc.text();
    Random random(1);
    row.time([&] {
        doc.write([&](YTransaction *txn) {
            for (uint32_t i = 0; i < count; i++) ytext_insert(text, txn, random.below(i + 1), "x", nullptr);
        });
    });
    row.check(doc.text_len() == count, "characters are missing");
}

/* Documents of so many items at random places. What is done to them stays, as in an editor; an iteration does little
 * beside that. They are warm: somebody has been everywhere before anything is measured. */
/* Somebody has been everywhere in it: what a place costs the first time is another row ("first keystroke"). */
void visit(Doc &doc, Branch *text, Branch *array) {
    const uint32_t places = 100;
    doc.write([&](YTransaction *txn) {
        uint32_t len = ytext_len(text, txn), elements = array ? yarray_len(array) : 0;
        for (uint32_t i = 0; i < places; i++) {
            ysticky_index_destroy(
                ysticky_index_from_index(text, txn, static_cast<uint32_t>(len * uint64_t{i} / places), 0));
            if (i < elements)
                youtput_destroy(yarray_get(array, txn, static_cast<uint32_t>(elements * uint64_t{i} / places)));
        }
    });
}

Doc &scattered(const char *kind, int64_t count) {
    static std::map<std::string, std::unique_ptr<Doc>> all;
    std::string name = kind + ("-" + std::to_string(count));
    std::unique_ptr<Doc> &doc = all[name];
    if (!doc) {
        doc.reset(new Doc(2));
        if (doc->apply(material(name + ".v1")) != 0) fail(name, "cannot be loaded");
        Branch *text = doc->text(), *array = yarray(doc->raw, "array");
        YInput value = yinput_long(7);
        doc->write([&](YTransaction *txn) {
            ytext_insert(text, txn, ytext_len(text, txn) / 2, "x", nullptr);
            yarray_insert_range(array, txn, yarray_len(array) / 2, &value, 1);
        });
        visit(*doc, text, array);
    }
    return *doc;
}

const uint32_t EDITS = upstream ? 20 : 200; /* an iteration */

void insert_anywhere(Row &row, int64_t items) {
    Doc &doc = scattered("text", items);
    Branch *text = doc.text();
    static Random random(2);
    uint32_t len = doc.text_len();
    row.time([&] {
        for (uint32_t i = 0; i < EDITS; i++) {
            uint32_t at = random.below(len + i + 1);
            doc.write([&](YTransaction *txn) { ytext_insert(text, txn, at, "x", nullptr); });
        }
    });
    row.check(doc.text_len() == len + EDITS, "inserted text is missing");
    /* The same size for the next iteration. */
    doc.write([&](YTransaction *txn) { ytext_remove_range(text, txn, random.below(len), EDITS); });
}

void remove_anywhere(Row &row, int64_t items) {
    Doc &doc = scattered("text", items);
    Branch *text = doc.text();
    static Random random(3);
    for (uint32_t i = 0; i < EDITS; i++) {
        uint32_t at = random.below(doc.text_len());
        doc.write([&](YTransaction *txn) { ytext_insert(text, txn, at, "x", nullptr); });
    }
    uint32_t len = doc.text_len();
    row.time([&] {
        for (uint32_t i = 0; i < EDITS; i++) {
            uint32_t at = random.below(len - i);
            doc.write([&](YTransaction *txn) { ytext_remove_range(text, txn, at, 1); });
        }
    });
    row.check(doc.text_len() == len - EDITS, "text was not removed");
}

/* A fresh document each time: formats stay, and the next ones look at them. */
void format_anywhere(Row &row, int64_t items) {
    Doc doc(2);
    Branch *text = doc.text();
    row.check(doc.apply(material("text-" + std::to_string(items) + ".v1")) == 0, "cannot be loaded");
    Random random(4);
    uint32_t len = doc.text_len();
    char *keys[] = {const_cast<char *>("bold")};
    YInput yes = yinput_bool(1), attributes = yinput_json_map(keys, &yes, 1);
    doc.write([&](YTransaction *txn) { ytext_format(text, txn, len / 2, 4, &attributes); });
    visit(doc, text, nullptr);
    row.time([&] {
        for (uint32_t i = 0; i < EDITS; i++) {
            uint32_t at = random.below(len - 4);
            doc.write([&](YTransaction *txn) { ytext_format(text, txn, at, 4, &attributes); });
        }
    });
    row.check(doc.text_len() == len, "formatting changed the length");
    uint32_t pieces = 0;
    doc.read([&](YTransaction *txn) {
        YChunk *chunks = ytext_chunks(text, txn, &pieces);
        ychunks_destroy(chunks, pieces);
    });
    row.check(pieces > EDITS / 2, "formats are missing");
}

/* Keystrokes in plain text and in bold behind so many formats: every other word is bold or, more rarely, a link. */
void type_behind_formats(Row &row, int64_t formats) {
    static std::map<int64_t, std::unique_ptr<Doc>> all;
    std::unique_ptr<Doc> &doc = all[formats];
    if (!doc) {
        doc.reset(new Doc(1));
        Branch *made = doc->text();
        char *keys[] = {const_cast<char *>("bold"), const_cast<char *>("link")};
        YInput yes = yinput_bool(1), bold = yinput_json_map(keys, &yes, 1), link = yinput_json_map(keys + 1, &yes, 1);
        doc->write([&](YTransaction *txn) {
            for (int64_t i = 0; i < formats / 2; i++) {
                ytext_insert(made, txn, static_cast<uint32_t>(i * 8), "word", i % 100 ? &bold : &link);
                ytext_insert(made, txn, static_cast<uint32_t>(i * 8 + 4), "word", nullptr);
            }
        });
    }
    Branch *text = doc->text();
    static Random random(8);
    uint32_t len = doc->text_len();
    row.time([&] {
        for (uint32_t i = 0; i < EDITS; i++) {
            uint32_t at = len - 1 - random.below(len / 4);
            doc->write([&](YTransaction *txn) { ytext_insert(text, txn, at, "x", nullptr); });
        }
    });
    row.check(doc->text_len() == len + EDITS, "keystrokes are missing");
}

void make_sticky(Row &row, int64_t items) {
    Doc &doc = scattered("text", items);
    Branch *text = doc.text();
    static Random random(5);
    uint32_t len = doc.text_len(), made = 0;
    std::vector<YStickyIndex *> all(EDITS);
    std::vector<uint32_t> places(EDITS);
    for (uint32_t &place : places) place = random.below(len);
    doc.write([&](YTransaction *txn) {
        row.time([&] {
            for (uint32_t i = 0; i < EDITS; i++) all[i] = ysticky_index_from_index(text, txn, places[i], 0);
        });
        for (uint32_t i = 0; i < EDITS; i++) {
            Branch *where = nullptr;
            uint32_t at = UINT32_MAX;
            ysticky_index_read(all[i], txn, &where, &at);
            made += at == places[i];
            ysticky_index_destroy(all[i]);
        }
    });
    row.check(made == EDITS, "a sticky index leads elsewhere");
}

void read_sticky(Row &row, int64_t items) {
    Doc &doc = scattered("text", items);
    Branch *text = doc.text();
    static Random random(6);
    uint32_t len = doc.text_len();
    std::vector<YStickyIndex *> all(EDITS);
    std::vector<uint32_t> places(EDITS), found(EDITS, UINT32_MAX);
    doc.write([&](YTransaction *txn) {
        for (uint32_t i = 0; i < EDITS; i++)
            all[i] = ysticky_index_from_index(text, txn, places[i] = random.below(len), 0);
        row.time([&] {
            for (uint32_t i = 0; i < EDITS; i++) {
                Branch *where = nullptr;
                ysticky_index_read(all[i], txn, &where, &found[i]);
            }
        });
    });
    row.check(found == places, "a sticky index leads elsewhere");
    for (YStickyIndex *one : all) ysticky_index_destroy(one);
}

void get_anywhere(Row &row, int64_t items) {
    Doc &doc = scattered("array", items);
    Branch *array = yarray(doc.raw, "array");
    static Random random(7);
    uint32_t len = yarray_len(array), found = 0;
    doc.read([&](YTransaction *txn) {
        row.time([&] {
            for (uint32_t i = 0; i < EDITS; i++) {
                YOutput *value = yarray_get(array, txn, random.below(len));
                found += value && (value->tag == Y_JSON_INT || value->tag == Y_JSON_NUM);
                youtput_destroy(value);
            }
        });
    });
    row.check(found == EDITS, "an element is missing");
}

} // namespace

void add_sequences() {
    const auto ms = benchmark::kMillisecond;
    bool small = !has_material("text-1000000.v1");
    auto counts = [&](const std::string &name, std::vector<int64_t> sizes, void (*body)(Row &, int64_t, bool),
                      bool together) {
        for (int64_t n : sizes)
            add(name + "/" + std::to_string(n), static_cast<double>(n), [=](Row &r) {
                body(r, n, together);
            })->Unit(ms);
    };
    std::vector<int64_t> sizes = small ? std::vector<int64_t>{10000} : std::vector<int64_t>{10000, 100000};
    counts("append, one transaction", sizes, append_text, true);
    /* yffi was stopped after 100 s of 100,000. */
    counts("push, one transaction", upstream ? std::vector<int64_t>{10000} : sizes, push_array, true);
    counts("append, a transaction each", sizes, append_text, false);
    counts("push, a transaction each", sizes, push_array, false);
    add("insert range/100000", 100000, [](Row &r) { insert_range(r, 100000); })->Unit(ms);
    uint32_t scattered_in_one = upstream || small ? 10000 : 100000;
    add("insert anywhere, one transaction/" + std::to_string(scattered_in_one), scattered_in_one, [=](Row &r) {
        insert_anywhere_in_one(r, scattered_in_one);
    })->Unit(ms);
    int64_t to = small ? 1000 : upstream ? 100000 : 1000000;
    add_curve("insert anywhere", 1000, to, EDITS, insert_anywhere);
    add_curve("remove anywhere", 1000, to, EDITS, remove_anywhere);
    add_curve("format anywhere", 1000, to, EDITS, format_anywhere, 10);
    /* yffi takes 12 s to make the text with 100,000 of them. */
    add_curve("type behind formats", 1000, upstream ? 10000 : to, EDITS, type_behind_formats);
    add_curve("make sticky index", 1000, to, EDITS, make_sticky);
    add_curve("read sticky index", 1000, to, EDITS, read_sticky);
    add_curve("array get anywhere", 1000, to, EDITS, get_anywhere);
}

} // namespace bench
