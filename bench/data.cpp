/* SPDX-License-Identifier: MIT */
/*
 * data.cpp - writes the material of the benchmarks (material.hpp) into a folder, by the native interface.
 *
 *   bench-data FOLDER [--small]     histories from YATA_TRACES, else a generated one; --small: no document of a million
 *                                   items, nothing a hundred times over
 *
 * The 100x document is the first history played a hundred times, each time from the front of what is there already, as
 * dmonad's crdt-benchmarks do.
 */
#include "document.hpp"
#include "generate.hpp"
#include "material.hpp"
#include "trace_file.hpp"

#include <cstring>
#include <filesystem>
#include <random>

using bench::buffer;
using bench::document;
using bench::str;

namespace {

std::filesystem::path folder;
const uint64_t CLIENT = 0x1234567; /* as long in bytes as random ids are */

void write(const std::string &name, std::string_view bytes) {
    std::filesystem::path half = folder / (name + ".part"), path = folder / name;
    FILE *out = std::fopen(half.c_str(), "wb");
    if (!out || std::fwrite(bytes.data(), 1, bytes.size(), out) != bytes.size() || std::fclose(out) != 0) {
        std::fprintf(stderr, "%s cannot be written\n", half.c_str());
        std::exit(1);
    }
    std::filesystem::rename(half, path);
    std::printf("%-40s %12zu bytes\n", name.c_str(), bytes.size());
}

void append_number(std::string &out, size_t n) {
    for (int shift = 0; shift < 32; shift += 8) out.push_back(static_cast<char>(n >> shift & 255));
}

unsigned width(std::string_view text, size_t at) {
    unsigned char c = static_cast<unsigned char>(text[at]);
    return c < 0x80 ? 1 : c < 0xE0 ? 2 : c < 0xF0 ? 3 : 4;
}

/* A text around a gap, which counts what is left of the gap in three units: histories edit near where they edited last,
 * so following them costs the distances. */
class follower {
  public:
    /* Moves to a position in scalars; fills the positions in all units. */
    void go(uint32_t position, uint32_t at[3]) {
        while (left.size() > position) move_left();
        while (left.size() < position) move_right();
        at[bench::SCALAR] = static_cast<uint32_t>(left.size());
        at[bench::UTF16] = units;
        at[bench::BYTE] = bytes;
    }
    void erase(uint32_t count, uint32_t deleted[3]) {
        deleted[0] = deleted[1] = deleted[2] = 0;
        for (; count > 0; count--) {
            if (right.empty()) fail();
            deleted[bench::SCALAR]++;
            deleted[bench::UTF16] += right.back().size() == 4 ? 2 : 1;
            deleted[bench::BYTE] += static_cast<uint32_t>(right.back().size());
            right.pop_back();
        }
    }
    void insert(std::string_view text) {
        for (size_t i = 0; i < text.size();) {
            unsigned w = width(text, i);
            right.push_back(std::string(text.substr(i, w)));
            move_right();
            i += w;
        }
    }
    std::string text() {
        std::string all;
        for (const auto &c : left) all += c;
        for (size_t i = right.size(); i > 0; i--) all += right[i - 1];
        return all;
    }

  private:
    std::vector<std::string> left, right; /* a character each; `right` backwards */
    uint32_t units = 0, bytes = 0;        /* of `left` */

    [[noreturn]] static void fail() {
        std::fprintf(stderr, "a history edits beyond its end\n");
        std::exit(1);
    }
    void count(const std::string &c, uint32_t sign) {
        units += sign * (c.size() == 4 ? 2 : 1);
        bytes += sign * static_cast<uint32_t>(c.size());
    }
    void move_left() {
        count(left.back(), UINT32_MAX);
        right.push_back(std::move(left.back()));
        left.pop_back();
    }
    void move_right() {
        if (right.empty()) fail();
        count(right.back(), 1);
        left.push_back(std::move(right.back()));
        right.pop_back();
    }
};

void write_patches(const bench::history &h) {
    std::string out;
    follower text;
    append_number(out, h.patches.size());
    for (const bench::patch &p : h.patches) {
        uint32_t at[3], deleted[3];
        text.go(p.position, at);
        text.erase(p.deleted, deleted);
        text.insert(p.inserted);
        for (int u = 0; u < 3; u++) {
            append_number(out, at[u]);
            append_number(out, deleted[u]);
        }
        append_number(out, p.inserted.size());
        out.append(p.inserted.c_str(), p.inserted.size() + 1);
    }
    if (h.has_end && text.text() != h.end) {
        std::fprintf(stderr, "%s: the text at the end is another\n", h.name.c_str());
        std::exit(1);
    }
    write(h.name + ".patches", out);
    write(h.name + ".text", text.text());
}

/* Every patch in a transaction. */
void play(document &doc, yata_type text, const bench::history &h) {
    for (const bench::patch &p : h.patches) {
        doc.transact([&](yata_txn *txn) {
            if (p.deleted) CHECK(yata_text_delete(text, txn, p.position, p.deleted));
            if (!p.inserted.empty()) CHECK(yata_text_insert(text, txn, p.position, str(p.inserted)));
        });
    }
}

yata_type root(document &doc, const char *name, yata_kind kind) {
    yata_type type;
    CHECK(yata_doc_root(doc.raw, str(name), kind, &type));
    return type;
}

void write_states(const std::string &name, const document &doc) {
    buffer v1, v2;
    CHECK(yata_doc_encode_state(doc.raw, &v1.raw));
    CHECK(yata_doc_encode_state_v2(doc.raw, &v2.raw));
    write(name + ".v1", v1.text());
    write(name + ".v2", v2.text());
}

/* The same edits in letters of two bytes, digits of three, capitals of four (and two UTF-16 units). */
bench::history widened(const bench::history &h) {
    auto wide = [](std::string_view text) {
        std::string out;
        for (char c : text) {
            if (c >= 'a' && c <= 'z')
                out += {static_cast<char>(c < 'q' ? 0xD0 : 0xD1),
                        static_cast<char>(c < 'q' ? c - 'a' + 0xB0 : c - 'q' + 0x80)};
            else if (c >= '0' && c <= '9')
                out += {static_cast<char>(0xE4), static_cast<char>(0xB8), static_cast<char>(c - '0' + 0x80)};
            else if (c >= 'A' && c <= 'Z')
                out += {static_cast<char>(0xF0), static_cast<char>(0x9F), static_cast<char>(0x98),
                        static_cast<char>(c - 'A' + 0x80)};
            else
                out += c;
        }
        return out;
    };
    bench::history out = h;
    for (bench::patch &p : out.patches) p.inserted = wide(p.inserted);
    out.end = wide(out.end);
    out.name = "wide";
    return out;
}

void write_history(const bench::history &h) {
    document doc(CLIENT, YATA_OFFSET_SCALAR);
    play(doc, root(doc, "text", YATA_KIND_TEXT), h);
    write_patches(h);
    write_states(h.name, doc);
}

/* The updates of a history that is played again and again from the front, `count` of them at most. */
void write_updates(const bench::history &h, size_t count) {
    document doc(CLIENT, YATA_OFFSET_SCALAR);
    struct {
        std::string out;
        size_t made;
    } all{std::string(4, '\0'), 0};
    uint32_t subscription;
    CHECK(yata_doc_observe_update(
        doc.raw,
        [](void *ctx, yata_doc *, const yata_txn *, yata_bytes update) {
            auto *to = static_cast<decltype(all) *>(ctx);
            append_number(to->out, update.len);
            to->out.append(reinterpret_cast<const char *>(update.data), update.len);
            to->made++;
        },
        &all, &subscription));
    yata_type text = root(doc, "text", YATA_KIND_TEXT);
    while (all.made < count) {
        bench::history part = h;
        part.patches.resize(std::min(h.patches.size(), count - all.made));
        play(doc, text, part);
    }
    for (int i = 0; i < 4; i++) all.out[static_cast<size_t>(i)] = static_cast<char>(all.made >> 8 * i & 255);
    write(h.name + ".updates", all.out);
}

void write_many_times(const bench::history &h, int times) {
    document doc(CLIENT, YATA_OFFSET_SCALAR);
    yata_type text = root(doc, "text", YATA_KIND_TEXT);
    for (int i = 0; i < times; i++) play(doc, text, h);
    write_states(h.name + "-x" + std::to_string(times), doc);
}

/* Characters, or numbers, at random places: so many items that do not merge. */
void write_scattered(uint32_t count) {
    document texts(CLIENT), arrays(CLIENT);
    yata_type text = root(texts, "text", YATA_KIND_TEXT), array = root(arrays, "array", YATA_KIND_ARRAY);
    std::mt19937 random{1};
    yata_value value{};
    value.kind = YATA_VALUE_INT;
    for (uint32_t i = 0; i < count; i++) {
        uint32_t at = static_cast<uint32_t>(random() % (i + 1));
        char c = static_cast<char>('a' + i % 26);
        value.u.integer = i;
        texts.transact([&](yata_txn *txn) { CHECK(yata_text_insert(text, txn, at, {&c, 1})); });
        arrays.transact([&](yata_txn *txn) { CHECK(yata_array_insert(array, txn, at, &value, 1)); });
    }
    write_states("text-" + std::to_string(count), texts);
    write_states("array-" + std::to_string(count), arrays);
}

/* Characters of as many clients, one each, all at the end of one text. */
void write_clients(uint32_t count) {
    document doc;
    yata_type text = root(doc, "text", YATA_KIND_TEXT);
    for (uint32_t i = 0; i < count; i++) {
        CHECK(yata_doc_set_client_id(doc.raw, 1000 + i));
        doc.transact([&](yata_txn *txn) { CHECK(yata_text_insert(text, txn, i, str("x"))); });
    }
    write_states("clients-" + std::to_string(count), doc);
}

} // namespace

int main(int argc, char **argv) {
    bool small = argc == 3 && std::string_view(argv[2]) == "--small";
    if (argc < 2 || argc > 3 || (argc == 3 && !small)) {
        std::fprintf(stderr, "usage: %s FOLDER [--small]\n", argv[0]);
        return 2;
    }
    folder = argv[1];
    std::filesystem::create_directories(folder);
    std::vector<bench::history> all = bench::recorded();
    bool recorded = !all.empty();
    if (!recorded) all.push_back(bench::generate(small ? 10000 : 100000));
    std::string names = recorded ? "recorded\n" : "generated, no YATA_TRACES\n";
    for (const bench::history &h : all) {
        write_history(h);
        names += h.name + "\n";
    }
    const bench::history *first = &all.front();
    for (const bench::history &h : all)
        if (h.name == "automerge-paper") first = &h;
    write_history(widened(*first));
    write_updates(*first, small ? 10000 : 1000000);
    if (!small) write_many_times(*first, 100);
    for (uint32_t count = 1000; count <= (small ? 1000u : 1000000u); count *= 10) write_scattered(count);
    for (uint32_t count = 1; count <= (small ? 1u : 100000u); count *= count == 1 ? 10000 : 10) write_clients(count);
    write("material.txt", names); /* last: its presence says that all is there */
    return 0;
}
