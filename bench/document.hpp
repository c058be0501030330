/* SPDX-License-Identifier: MIT */
/*
 * document.hpp - a document and its transactions as C++ objects that end the program when anything fails: a benchmark
 * of something that did not work would be a fast one.
 */
#ifndef YATA_BENCH_DOCUMENT_HPP
#define YATA_BENCH_DOCUMENT_HPP

#include <cstdio>
#include <cstdlib>
#include <string>
#include <string_view>
#include <yata/yata.h>

namespace bench {

inline void check(yata_status status, const char *what) {
    if (status == YATA_OK) return;
    std::fprintf(stderr, "%s: %s\n", what, yata_status_name(status));
    std::exit(1);
}
#define CHECK(call) bench::check((call), #call)

inline yata_str str(std::string_view s) {
    return {s.data(), s.size()};
}

class buffer {
  public:
    buffer() { yata_buffer_init(&raw, nullptr); }
    ~buffer() { yata_buffer_free(&raw); }
    buffer(const buffer &) = delete;
    buffer &operator=(const buffer &) = delete;
    yata_bytes bytes() const { return {raw.data, raw.len}; }
    std::string_view text() const { return {reinterpret_cast<const char *>(raw.data), raw.len}; }
    void clear() { raw.len = 0; }
    yata_buffer raw;
};

class document {
  public:
    explicit document(uint64_t client = 1, yata_offset_unit unit = YATA_OFFSET_UTF16) {
        yata_doc_options options = yata_doc_options_default();
        options.client_id = client;
        options.offset_unit = unit;
        CHECK(yata_doc_new(&options, &raw));
    }
    ~document() { yata_doc_free(raw); }
    document(const document &) = delete;
    document &operator=(const document &) = delete;

    yata_type root(yata_kind kind) {
        yata_type type;
        CHECK(yata_doc_root(raw, str("root"), kind, &type));
        return type;
    }
    template <class Edit> void transact(Edit edit) {
        yata_txn *txn;
        CHECK(yata_txn_begin(raw, {nullptr, 0}, &txn));
        edit(txn);
        CHECK(yata_txn_commit(txn));
    }
    void apply(yata_bytes update) { CHECK(yata_doc_apply(raw, update, {nullptr, 0}, nullptr)); }
    void encode(buffer &out) const { CHECK(yata_doc_encode_state(raw, &out.raw)); }
    yata_memory memory() const {
        yata_memory memory;
        yata_doc_memory(raw, &memory);
        return memory;
    }
    yata_doc *raw = nullptr;
};

} // namespace bench

#endif
