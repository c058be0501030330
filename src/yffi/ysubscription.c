/* SPDX-License-Identifier: MIT */
/*
 * ysubscription.c - observers: handles in ABI 27, keys in ABI 28, one list behind both.
 *
 * Each is a subscription of its own in the core, which knows how to end one in the middle of a round of calls. So what
 * a callback gets as its context is not touched after the callback was called: it may have ended itself.
 */
#include "yffi/handles.h"

/* ------------------------------------------------------------------------
 * The list
 */
static void unlink_sub(yr_sub *sub) {
    if (!sub->at) return;
    *sub->at = sub->next;
    if (sub->next) sub->next->at = sub->at;
    sub->at = NULL;
    sub->next = NULL;
}

/* Behind all others, so that the list has their order. */
static void link_sub(yr_sub **list, yr_sub *sub) {
    while (*list) list = &(*list)->next;
    sub->at = list;
    sub->next = NULL;
    *list = sub;
}

static yr_sub *new_sub(yr_topic topic, uint32_t key_len, const char *key, void *state, void (*cb)(void)) {
    if (!cb || (key_len && !key)) return NULL;
    yr_sub *sub = calloc(1, sizeof *sub + key_len);
    if (!sub) return NULL;
    sub->topic = topic;
    sub->state = state;
    sub->cb = cb;
    sub->key_len = key_len;
    if (key_len) memcpy(sub->key, key, key_len);
    return sub;
}

yr_sub *yr_make_sub(yr_sub **list, uint64_t *order, yr_topic topic, uint32_t key_len, const char *key, void *state,
                    void (*cb)(void)) {
    yr_sub *sub = new_sub(topic, key_len, key, state, cb);
    if (!sub) return NULL;
    sub->order = ++*order;
    link_sub(list, sub);
    return sub;
}

void yr_drop_sub(yr_sub *sub) {
    unlink_sub(sub);
    if (YFFI_ABI >= 28) free(sub); /* of ABI 27, handles stay the caller's */
}

/* Updates of format v1 are told before those of v2: later observers of v2 join behind. */
static void reorder_updates(YDoc *doc) {
    for (yr_sub *sub = doc->subs; sub; sub = sub->next) {
        if (sub->topic != YR_UPDATES_V2) continue;
        yr_unobserve_core(sub);
        (void)yr_observe_core(sub);
    }
}

yr_sub *yr_subscribe(YDoc *doc, Branch *branch, yr_topic topic, int8_t tag, uint32_t key_len, const char *key,
                     void *state, void (*cb)(void)) {
    yr_sub *sub = doc ? new_sub(topic, key_len, key, state, cb) : NULL;
    if (!sub) return NULL;
    sub->doc = doc;
    sub->order = ++doc->sub_order;
    sub->branch = branch;
    sub->tag = tag;
    if (yr_observe_core(sub)) {
        free(sub);
        return NULL;
    }
    link_sub(&doc->subs, sub);
    if (topic == YR_UPDATES_V1 && !doc->committing) reorder_updates(doc);
    return sub;
}

void yr_unsubscribe(yr_sub *sub) {
    if (!sub) return;
    if (sub->at && sub->doc) yr_unobserve_core(sub);
    unlink_sub(sub);
    free(sub);
}

yr_sub *yr_find_sub(yr_sub *list, const Branch *branch, yr_topic topic, uint32_t key_len, const char *key) {
    for (yr_sub *sub = list; sub; sub = sub->next) {
        if (sub->branch != branch || sub->topic != topic || sub->key_len != key_len) continue;
        if (!key_len || !memcmp(sub->key, key, key_len)) return sub;
    }
    return NULL;
}

yr_sub *yr_next_sub(yr_sub *list, yr_topic topic, uint64_t *last) {
    yr_sub *sub = list;
    while (sub && (sub->topic != topic || sub->order <= *last)) sub = sub->next;
    if (sub) *last = sub->order;
    return sub;
}

bool yr_drop_sub_key(yr_sub *list, yr_topic topic, uint32_t key_len, const char *key) {
    yr_sub *sub = key || !key_len ? yr_find_sub(list, NULL, topic, key_len, key) : NULL;
    if (sub) yr_drop_sub(sub);
    return sub != NULL;
}

bool yr_unsubscribe_key(YDoc *doc, const Branch *branch, yr_topic topic, uint32_t key_len, const char *key) {
    yr_sub *sub = doc && (key || !key_len) ? yr_find_sub(doc->subs, branch, topic, key_len, key) : NULL;
    yr_unsubscribe(sub);
    return sub != NULL;
}

void yr_subs_drop(YDoc *doc, bool all) {
    for (yr_sub *sub = doc->subs, *next; sub; sub = next) {
        next = sub->next;
        if (sub->branch && !all) continue;
        yr_unobserve_core(sub);
        yr_drop_sub(sub);
    }
}

/* ------------------------------------------------------------------------
 * The functions of the two interfaces
 */
typedef void (*fn)(void);

#if YFFI_ABI < 28

void yunobserve(YSubscription *subscription) {
    yr_unsubscribe(subscription);
}

YSubscription *ydoc_observe_updates_v1(YDoc *doc, void *state, void (*cb)(void *, uint32_t, const char *)) {
    return yr_subscribe(doc, NULL, YR_UPDATES_V1, 0, 0, NULL, state, (fn)cb);
}
YSubscription *ydoc_observe_updates_v2(YDoc *doc, void *state, void (*cb)(void *, uint32_t, const char *)) {
    return yr_subscribe(doc, NULL, YR_UPDATES_V2, 0, 0, NULL, state, (fn)cb);
}
YSubscription *ydoc_observe_after_transaction(YDoc *doc, void *state, void (*cb)(void *, YAfterTransactionEvent *)) {
    return yr_subscribe(doc, NULL, YR_AFTER, 0, 0, NULL, state, (fn)cb);
}
YSubscription *ydoc_observe_subdocs(YDoc *doc, void *state, void (*cb)(void *, YSubdocsEvent *)) {
    return yr_subscribe(doc, NULL, YR_SUBDOCS, 0, 0, NULL, state, (fn)cb);
}
YSubscription *ydoc_observe_clear(YDoc *doc, void *state, void (*cb)(void *, YDoc *)) {
    return yr_subscribe(doc, NULL, YR_CLEAR, 0, 0, NULL, state, (fn)cb);
}

static YSubscription *observe(const Branch *branch, yr_topic topic, int8_t tag, void *state, fn cb) {
    Branch *observed = (Branch *)(uintptr_t)branch;
    return branch ? yr_subscribe(branch->doc, observed, topic, tag, 0, NULL, state, cb) : NULL;
}

YSubscription *ytext_observe(const Branch *txt, void *state, void (*cb)(void *, const YTextEvent *)) {
    return observe(txt, YR_TYPE, Y_TEXT, state, (fn)cb);
}
YSubscription *ymap_observe(const Branch *map, void *state, void (*cb)(void *, const YMapEvent *)) {
    return observe(map, YR_TYPE, Y_MAP, state, (fn)cb);
}
YSubscription *yarray_observe(const Branch *array, void *state, void (*cb)(void *, const YArrayEvent *)) {
    return observe(array, YR_TYPE, Y_ARRAY, state, (fn)cb);
}
YSubscription *yxmlelem_observe(const Branch *xml, void *state, void (*cb)(void *, const YXmlEvent *)) {
    return observe(xml, YR_TYPE, Y_XML_ELEM, state, (fn)cb);
}
YSubscription *yxmltext_observe(const Branch *xml, void *state, void (*cb)(void *, const YXmlTextEvent *)) {
    return observe(xml, YR_TYPE, Y_XML_TEXT, state, (fn)cb);
}
YSubscription *yweak_observe(const Branch *weak, void *state, void (*cb)(void *, const YWeakLinkEvent *)) {
    return observe(weak, YR_TYPE, Y_WEAK_LINK, state, (fn)cb);
}
YSubscription *yobserve_deep(Branch *ytype, void *state, void (*cb)(void *, uint32_t, const YEvent *)) {
    return observe(ytype, YR_DEEP, 0, state, (fn)cb);
}

#else

static void replace(YDoc *doc, Branch *branch, yr_topic topic, int8_t tag, uint32_t key_len, const char *key,
                    void *state, fn cb) {
    (void)yr_unsubscribe_key(doc, branch, topic, key_len, key);
    (void)yr_subscribe(doc, branch, topic, tag, key_len, key, state, cb);
}

static void observe_doc(YTransaction *txn, yr_topic topic, uint32_t key_len, const char *key, void *state, fn cb) {
    if (yr_writes(txn)) replace(txn->doc, NULL, topic, 0, key_len, key, state, cb);
}

static uint8_t unobserve_doc(YTransaction *txn, yr_topic topic, uint32_t key_len, const char *key) {
    return yr_writes(txn) && yr_unsubscribe_key(txn->doc, NULL, topic, key_len, key);
}

#define OBSERVE(name, topic, event)                                                                                    \
    void ytransaction_observe_##name(YTransaction *txn, uint32_t key_len, const char *key, void *state,                \
                                     void(*cb) event) {                                                                \
        observe_doc(txn, topic, key_len, key, state, (fn)cb);                                                          \
    }                                                                                                                  \
    uint8_t ytransaction_unobserve_##name(YTransaction *txn, uint32_t key_len, const char *key) {                      \
        return unobserve_doc(txn, topic, key_len, key);                                                                \
    }

OBSERVE(updates_v1, YR_UPDATES_V1, (void *, uint32_t, const char *))
OBSERVE(updates_v2, YR_UPDATES_V2, (void *, uint32_t, const char *))
OBSERVE(after_transaction, YR_AFTER, (void *, YAfterTransactionEvent *))
OBSERVE(subdocs, YR_SUBDOCS, (void *, YSubdocsEvent *))
OBSERVE(clear, YR_CLEAR, (void *, YDoc *))

static void observe(const Branch *branch, yr_topic topic, int8_t tag, uint32_t key_len, const char *key, void *state,
                    fn cb) {
    if (branch) replace(branch->doc, (Branch *)(uintptr_t)branch, topic, tag, key_len, key, state, cb);
}

uint8_t yunobserve(const Branch *branch, uint32_t key_len, const char *key) {
    return branch && yr_unsubscribe_key(branch->doc, branch, YR_TYPE, key_len, key);
}
uint8_t yunobserve_deep(const Branch *branch, uint32_t key_len, const char *key) {
    return branch && yr_unsubscribe_key(branch->doc, branch, YR_DEEP, key_len, key);
}

void ytext_observe(const Branch *txt, uint32_t key_len, const char *key, void *state,
                   void (*cb)(void *, const YTextEvent *)) {
    observe(txt, YR_TYPE, Y_TEXT, key_len, key, state, (fn)cb);
}
void ymap_observe(const Branch *map, uint32_t key_len, const char *key, void *state,
                  void (*cb)(void *, const YMapEvent *)) {
    observe(map, YR_TYPE, Y_MAP, key_len, key, state, (fn)cb);
}
void yarray_observe(const Branch *array, uint32_t key_len, const char *key, void *state,
                    void (*cb)(void *, const YArrayEvent *)) {
    observe(array, YR_TYPE, Y_ARRAY, key_len, key, state, (fn)cb);
}
void yxmlelem_observe(const Branch *xml, uint32_t key_len, const char *key, void *state,
                      void (*cb)(void *, const YXmlEvent *)) {
    observe(xml, YR_TYPE, Y_XML_ELEM, key_len, key, state, (fn)cb);
}
void yxmltext_observe(const Branch *xml, uint32_t key_len, const char *key, void *state,
                      void (*cb)(void *, const YXmlTextEvent *)) {
    observe(xml, YR_TYPE, Y_XML_TEXT, key_len, key, state, (fn)cb);
}
void yweak_observe(const Branch *weak, uint32_t key_len, const char *key, void *state,
                   void (*cb)(void *, const YWeakLinkEvent *)) {
    observe(weak, YR_TYPE, Y_WEAK_LINK, key_len, key, state, (fn)cb);
}
void yobserve_deep(Branch *ytype, uint32_t key_len, const char *key, void *state,
                   void (*cb)(void *, uint32_t, const YEvent *)) {
    observe(ytype, YR_DEEP, 0, key_len, key, state, (fn)cb);
}

#endif
