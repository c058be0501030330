/* SPDX-License-Identifier: MIT */
/*
 * check.h - cases that run one after the other in one program, which links against yffi as well as against ours.
 *
 *   CASE(name) { ... }       registers a case
 *   CHECK(condition)         of the contract: holds everywhere
 *   BETTER(condition)        holds of ours; yffi has a defect there, and the condition is not even evaluated
 */
#ifndef TESTS_YFFI_CHECK_H
#define TESTS_YFFI_CHECK_H

#include "abi.h"

#include <cstdio>
#include <cstring>
#include <map>
#include <set>
#include <string>
#include <vector>

struct Case {
    const char *name;
    void (*run)();
};
inline std::vector<Case> &cases() {
    static std::vector<Case> all;
    return all;
}
struct Registered {
    Registered(const char *name, void (*run)()) { cases().push_back({name, run}); }
};
inline int &failures() {
    static int n = 0;
    return n;
}
inline long &checks() {
    static long n = 0;
    return n;
}

#define CASE(name)                                                                                                     \
    static void case_##name();                                                                                         \
    static Registered registered_##name(#name, case_##name);                                                           \
    static void case_##name()

#define CHECK(condition)                                                                                               \
    do {                                                                                                               \
        checks()++;                                                                                                    \
        if (!(condition)) {                                                                                            \
            failures()++;                                                                                              \
            std::printf("%s:%d: %s\n", __FILE__, __LINE__, #condition);                                                \
        }                                                                                                              \
    } while (0)

#ifdef UPSTREAM
enum { OURS = 0 };
#define BETTER(condition) ((void)0)
#else
enum { OURS = 1 };
#define BETTER(condition) CHECK(condition)
#endif

/* Takes a string of the library. */
inline std::string take(char *s) {
    if (!s) return "(null)";
    std::string out = s;
    ystring_destroy(s);
    return out;
}
inline std::string take(char *bytes, const uint32_t &len) {
    if (!bytes) return "(null)";
    std::string out(bytes, len);
    ybinary_destroy(bytes, len);
    return out;
}

/* A document with this client id. */
inline YDoc *doc_with(uint64_t id, uint8_t flags = Y_OFFSET_UTF16) {
    YOptions options = yoptions();
    ystring_destroy((char *)options.guid);
    options.guid = nullptr;
    options.id = id;
    options.flags = flags;
    return ydoc_new_with_options(options);
}
inline YTransaction *write(YDoc *doc) {
    return ydoc_write_transaction(doc, 0, nullptr);
}

inline std::string state_vector(YTransaction *txn) {
    uint32_t len = 0;
    char *bytes = ytransaction_state_vector_v1(txn, &len);
    return take(bytes, len);
}
inline std::string diff(YTransaction *txn, const std::string &sv) {
    uint32_t len = 0;
    char *bytes = ytransaction_state_diff_v1(txn, sv.data(), (uint32_t)sv.size(), &len);
    return take(bytes, len);
}
inline std::string state(YTransaction *txn) {
    uint32_t len = 0;
    char *bytes = ytransaction_state_diff_v1(txn, nullptr, 0, &len);
    return take(bytes, len);
}
inline uint8_t apply_v1(YTransaction *txn, const std::string &update) {
    return ytransaction_apply(txn, update.data(), (uint32_t)update.size());
}
/* What a change of `from` brings to `to`. */
inline void sync(YDoc *from, YDoc *to) {
    YTransaction *a = ydoc_read_transaction(from), *b = write(to);
    CHECK(apply_v1(b, diff(a, state_vector(b))) == 0);
    ytransaction_commit(b);
    ytransaction_commit(a);
}

/* A value as text, for comparing; releases it. */
std::string show(const YOutput *cell);
inline std::string shown(YOutput *cell) {
    std::string out = show(cell);
    youtput_destroy(cell);
    return out;
}

#endif
