/* SPDX-License-Identifier: MIT */
/*
 * library.hpp - the interface of yffi 0.28, as C++ objects. UPSTREAM: the library is yffi itself; else it is Yata's
 * libyrs. Everything in this folder is compiled twice, and knows no other difference.
 */
#ifndef YATA_BENCH_LIBRARY_HPP
#define YATA_BENCH_LIBRARY_HPP

#ifdef UPSTREAM
extern "C" {
#include <libyrs.h>
}
#else
#include <libyrs.h>
#endif

#include "../material.hpp"
#include "../row.hpp"

#include <string>

namespace bench {

/* Where the library stands in for itself: its rows may be too long to be waited for. */
#ifdef UPSTREAM
constexpr bool upstream = true;
#else
constexpr bool upstream = false;
#endif

/* Bytes that a library returned. */
class Bytes {
  public:
    Bytes() = default;
    Bytes(char *d, uint32_t n) : data(d), len(n) {}
    Bytes(Bytes &&other) noexcept : data(other.data), len(other.len) { other.data = nullptr; }
    Bytes &operator=(Bytes &&other) noexcept {
        std::swap(data, other.data);
        std::swap(len, other.len);
        return *this;
    }
    ~Bytes() {
        if (data) ybinary_destroy(data, len);
    }
    char *data = nullptr;
    uint32_t len = 0;
};

class Doc {
  public:
    explicit Doc(uint64_t client = 1, uint8_t flags = Y_OFFSET_BYTES) {
        YOptions options = yoptions();
        ystring_destroy(const_cast<char *>(options.guid));
        options.guid = "00000000-0000-4000-8000-000000000000";
        options.id = client;
        options.flags = flags;
        raw = ydoc_new_with_options(options);
    }
    ~Doc() { destroy(); }
    Doc(const Doc &) = delete;
    Doc &operator=(const Doc &) = delete;

    void destroy() {
        if (raw) ydoc_destroy(raw);
        raw = nullptr;
    }
    template <class Edit> void write(Edit edit) {
        YTransaction *txn = ydoc_write_transaction(raw, 0, nullptr);
        edit(txn);
        ytransaction_commit(txn);
    }
    template <class Look> void read(Look look) {
        YTransaction *txn = ydoc_read_transaction(raw);
        look(txn);
        ytransaction_commit(txn);
    }
    /* 0 if it was good. */
    int apply(const char *update, size_t len) {
        int code = 0;
        write([&](YTransaction *txn) { code = ytransaction_apply(txn, update, static_cast<uint32_t>(len)); });
        return code;
    }
    int apply_v2(const char *update, size_t len) {
        int code = 0;
        write([&](YTransaction *txn) { code = ytransaction_apply_v2(txn, update, static_cast<uint32_t>(len)); });
        return code;
    }
    int apply(const std::string &update) { return apply(update.data(), update.size()); }
    Bytes state_vector() {
        Bytes out;
        read([&](YTransaction *txn) { out.data = ytransaction_state_vector_v1(txn, &out.len); });
        return out;
    }
    Bytes diff(const Bytes &state_vector) {
        Bytes out;
        read([&](YTransaction *txn) {
            out.data = ytransaction_state_diff_v1(txn, state_vector.data, state_vector.len, &out.len);
        });
        return out;
    }
    Bytes state() { return diff(Bytes()); }
    Bytes state_v2() {
        Bytes out;
        read([&](YTransaction *txn) { out.data = ytransaction_state_diff_v2(txn, nullptr, 0, &out.len); });
        return out;
    }
    /* Roots are asked for outside of transactions: yffi waits for their end. */
    Branch *text() { return ytext(raw, "text"); }
    uint32_t text_len() {
        uint32_t len = 0;
        Branch *root = text();
        read([&](YTransaction *txn) { len = ytext_len(root, txn); });
        return len;
    }
    std::string text_string() {
        std::string all;
        Branch *root = text();
        read([&](YTransaction *txn) {
            char *s = ytext_string(root, txn);
            all = s;
            ystring_destroy(s);
        });
        return all;
    }
    YDoc *raw = nullptr;
};

/* xorshift64*: the same numbers in every library and in bench/peers. */
class Random {
  public:
    explicit Random(uint64_t seed) : x(seed * UINT64_C(0x9E3779B97F4A7C15) + 1) {}
    uint32_t below(uint32_t n) {
        x ^= x >> 12;
        x ^= x << 25;
        x ^= x >> 27;
        return static_cast<uint32_t>((x * UINT64_C(0x2545F4914F6CDD1D) >> 32) % n);
    }

  private:
    uint64_t x;
};

void add_replays();
void add_documents();
void add_updates();
void add_sequences();
void add_values();
void add_dmonad();

} // namespace bench

#endif
