/* SPDX-License-Identifier: MIT */
/*
 * abi.h - one way to observe for both interfaces, so that one test source compiles against yffi 0.27, against ours with
 * ABI 27, against yffi 0.28, and against ours with ABI 28. UPSTREAM: it is yffi.
 */
#ifndef TESTS_YFFI_ABI_H
#define TESTS_YFFI_ABI_H

#ifdef UPSTREAM
extern "C" {
#include <libyrs.h>
}
#else
#include <libyrs.h>
#endif

#include <functional>
#include <string>

#ifndef YFFI_ABI
#error "say which interface: -DYFFI_ABI=27 or 28"
#endif

/* Ends when told to, once. */
struct Observer {
    std::function<void()> end;
    void stop() {
        if (end) end();
        end = nullptr;
    }
};

#if YFFI_ABI >= 28

inline std::string fresh_key() {
    static int n = 0;
    return "key" + std::to_string(++n);
}

#define OBSERVE_TYPE(name, type, event)                                                                                \
    inline Observer name(type *branch, void *state, void (*cb)(void *, const event *)) {                               \
        std::string key = fresh_key();                                                                                 \
        y##name(branch, (uint32_t)key.size(), key.data(), state, cb);                                                  \
        return Observer{[=] { yunobserve(branch, (uint32_t)key.size(), key.data()); }};                                \
    }

inline Observer observe_deep(Branch *branch, void *state, void (*cb)(void *, uint32_t, const YEvent *)) {
    std::string key = fresh_key();
    yobserve_deep(branch, (uint32_t)key.size(), key.data(), state, cb);
    return Observer{[=] { yunobserve_deep(branch, (uint32_t)key.size(), key.data()); }};
}

/* In a transaction of its own. */
#define OBSERVE_DOC(name, ...)                                                                                         \
    inline Observer observe_##name(YDoc *doc, void *state, void (*cb)(__VA_ARGS__)) {                                  \
        std::string key = fresh_key();                                                                                 \
        YTransaction *txn = ydoc_write_transaction(doc, 0, nullptr);                                                   \
        ytransaction_observe_##name(txn, (uint32_t)key.size(), key.data(), state, cb);                                 \
        ytransaction_commit(txn);                                                                                      \
        return Observer{[=] {                                                                                          \
            YTransaction *again = ydoc_write_transaction(doc, 0, nullptr);                                             \
            ytransaction_unobserve_##name(again, (uint32_t)key.size(), key.data());                                    \
            ytransaction_commit(again);                                                                                \
        }};                                                                                                            \
    }

#else

#define OBSERVE_TYPE(name, type, event)                                                                                \
    inline Observer name(type *branch, void *state, void (*cb)(void *, const event *)) {                               \
        YSubscription *sub = y##name(branch, state, cb);                                                               \
        return Observer{[=] { yunobserve(sub); }};                                                                     \
    }

inline Observer observe_deep(Branch *branch, void *state, void (*cb)(void *, uint32_t, const YEvent *)) {
    YSubscription *sub = yobserve_deep(branch, state, cb);
    return Observer{[=] { yunobserve(sub); }};
}

#define OBSERVE_DOC(name, ...)                                                                                         \
    inline Observer observe_##name(YDoc *doc, void *state, void (*cb)(__VA_ARGS__)) {                                  \
        YSubscription *sub = ydoc_observe_##name(doc, state, cb);                                                      \
        return Observer{[=] { yunobserve(sub); }};                                                                     \
    }

#endif

/* Of undo managers. */
#if YFFI_ABI >= 28
#define OBSERVE_UNDO(what)                                                                                             \
    inline Observer undo_observe_##what(YUndoManager *mgr, void *state, void (*cb)(void *, const YUndoEvent *)) {      \
        std::string key = fresh_key();                                                                                 \
        yundo_manager_observe_##what(mgr, (uint32_t)key.size(), key.data(), state, cb);                                \
        return Observer{[=] { yundo_manager_unobserve_##what(mgr, (uint32_t)key.size(), key.data()); }};               \
    }
#else
#define OBSERVE_UNDO(what)                                                                                             \
    inline Observer undo_observe_##what(YUndoManager *mgr, void *state, void (*cb)(void *, const YUndoEvent *)) {      \
        YSubscription *sub = yundo_manager_observe_##what(mgr, state, cb);                                             \
        return Observer{[=] { yunobserve(sub); }};                                                                     \
    }
#endif

OBSERVE_UNDO(added)
OBSERVE_UNDO(popped)
OBSERVE_TYPE(weak_observe, const Branch, YWeakLinkEvent)
OBSERVE_TYPE(text_observe, Branch, YTextEvent)
OBSERVE_TYPE(array_observe, Branch, YArrayEvent)
OBSERVE_TYPE(map_observe, Branch, YMapEvent)
OBSERVE_TYPE(xmlelem_observe, Branch, YXmlEvent)
OBSERVE_TYPE(xmltext_observe, Branch, YXmlTextEvent)
OBSERVE_DOC(updates_v1, void *, uint32_t, const char *)
OBSERVE_DOC(updates_v2, void *, uint32_t, const char *)
OBSERVE_DOC(after_transaction, void *, YAfterTransactionEvent *)
OBSERVE_DOC(subdocs, void *, YSubdocsEvent *)
OBSERVE_DOC(clear, void *, YDoc *)

#endif
