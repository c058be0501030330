/* SPDX-License-Identifier: MIT */
/*
 * ydoc.c - documents: options, references, and the lock of one writer or many readers.
 *
 * The lock never makes a caller of a transaction wait: it answers NULL. What waits is a root that has to be made while
 * another thread is in a transaction, as libyrs.h lets a caller ask for roots at any time.
 */
#include "yffi/handles.h"

enum { UUID = 36 };
#define CLIENT_MASK ((UINT64_C(1) << 53) - 1)

/* ------------------------------------------------------------------------
 * Options
 */
static uint64_t random_number(void) {
    uint64_t out = 0;
    (void)yata_random_default(NULL, &out);
    return out;
}

/* A random UUID (version 4). */
static char *new_guid(void) {
    static const char digits[] = "0123456789abcdef";
    uint64_t random[2] = {random_number(), random_number()};
    random[0] = (random[0] & ~(uint64_t)0xF000) | 0x4000;
    random[1] = (random[1] & ~((uint64_t)3 << 62)) | (uint64_t)1 << 63;
    char *guid = malloc(UUID + 1);
    if (!guid) return NULL;
    for (unsigned i = 0, at = 0; i < 32; i++) {
        if (i == 8 || i == 12 || i == 16 || i == 20) guid[at++] = '-';
        guid[at++] = digits[random[i / 16] >> (60 - 4 * (i % 16)) & 15];
    }
    guid[UUID] = 0;
    return guid;
}

YOptions yoptions(void) {
    YOptions options = {random_number() & CLIENT_MASK, new_guid(), NULL, Y_SHOULD_LOAD};
    return options;
}

/* ------------------------------------------------------------------------
 * References
 */
static yata_status make_core(YDoc *doc, const YOptions *options) {
    yata_doc_options core = yata_doc_options_default();
    core.client_id = 1; /* 0 would mean a random one of 32 bits */
    core.offset_unit = options->flags & Y_OFFSET_UTF16 ? YATA_OFFSET_UTF16 : YATA_OFFSET_UTF8;
    core.keep_deleted = (options->flags & Y_SKIP_GC) != 0;
    core.keep_formats = !(options->flags & Y_CLEANUP_FMT);
    core.rules = YATA_RULES_YRS;
    core.keep_floats = YFFI_ABI >= 28;
    core.allocator = yata_allocator_default(); /* knows what large documents like */
    if (!core.allocator) core.allocator = &yr_allocator;
    yata_status status = yata_doc_new(&core, &doc->core);
    if (!status) status = yata_doc_set_client_id(doc->core, options->id & CLIENT_MASK);
    if (!status && doc->collection_id) status = yata_doc_set_collection_id(doc->core, yr_str(doc->collection_id));
    return status;
}

YDoc *yr_doc_new(const YOptions *options) {
    YDoc *doc = calloc(1, sizeof *doc);
    if (!doc) return NULL;
    doc->refs = 1;
    doc->flags = options->flags;
    doc->guid = options->guid ? yr_copy(yr_str(options->guid)) : new_guid();
    doc->collection_id = options->collection_id ? yr_copy(yr_str(options->collection_id)) : NULL;
    pthread_mutex_init(&doc->sleep, NULL);
    pthread_mutex_init(&doc->naming, NULL);
    pthread_cond_init(&doc->free, NULL);
    bool ok = doc->guid && (!options->collection_id || doc->collection_id);
    if (ok && !make_core(doc, options)) return doc;
    ydoc_destroy(doc);
    return NULL;
}

YDoc *ydoc_new_with_options(YOptions options) {
    return yr_doc_new(&options);
}

YDoc *ydoc_new(void) {
    YOptions options = {random_number(), NULL, NULL, Y_SHOULD_LOAD};
    return yr_doc_new(&options);
}

void yr_doc_keep(YDoc *doc) {
    doc->refs++;
}

YDoc *ydoc_clone(YDoc *doc) {
    if (doc) yr_doc_keep(doc);
    return doc;
}

static YR_APART void free_doc(YDoc *value) {
    yr_subs_drop(value, true);
    yr_subdocs_free(value);
    yr_links_free(value);
    yr_branches_free(value);
    yata_doc_free(value->core);
    pthread_cond_destroy(&value->free);
    pthread_mutex_destroy(&value->naming);
    pthread_mutex_destroy(&value->sleep);
    free(value->guid);
    free(value->collection_id);
    free(value);
}

void ydoc_destroy(YDoc *value) {
    if (!value) return;
    yr_guard_take(&value->guard);
    bool last = !--value->refs && !value->writer;
    yr_guard_give(&value->guard);
    if (last) free_doc(value);
}

uint64_t ydoc_id(YDoc *doc) {
    return doc ? yata_doc_client_id(doc->core) : 0;
}

char *ydoc_guid(YDoc *doc) {
    return doc ? yr_copy(yr_str(doc->guid)) : NULL;
}

char *ydoc_collection_id(YDoc *doc) {
    return doc && doc->collection_id ? yr_copy(yr_str(doc->collection_id)) : NULL;
}

uint8_t ydoc_should_load(YDoc *doc) {
    return doc && doc->flags & Y_SHOULD_LOAD;
}

uint8_t ydoc_auto_load(YDoc *doc) {
    return doc && doc->flags & Y_AUTO_LOAD;
}

/* ------------------------------------------------------------------------
 * The lock
 */
YTransaction *ydoc_read_transaction(YDoc *doc) {
    YTransaction *txn = doc ? malloc(sizeof *txn) : NULL;
    if (!txn) return NULL;
    *txn = (YTransaction){.doc = doc, .thread = pthread_self()};
    yr_guard_take(&doc->guard);
    bool may = !doc->writer || (doc->committing && pthread_equal(doc->writer->thread, txn->thread));
    if (may) {
        yr_doc_keep(doc);
        txn->next = doc->readers;
        doc->readers = txn;
    }
    yr_guard_give(&doc->guard);
    if (may) return txn;
    free(txn);
    return NULL;
}

/* Who has it may have to wait for a processor: after some looks it is left to him for longer. */
YR_APART void yr_guard_wait(yr_guard *guard) {
    enum { LOOKS = 64 };
    const struct timespec nap = {0, 50000};
    for (unsigned looks = 0;; looks++) {
        if (looks < LOOKS)
            sched_yield();
        else
            nanosleep(&nap, NULL);
        if (!atomic_load_explicit(&guard->taken, memory_order_relaxed) &&
            !atomic_exchange_explicit(&guard->taken, true, memory_order_acquire))
            return;
    }
}

static void set_committing(YDoc *doc, bool committing) {
    atomic_store_explicit(&doc->committing, committing, memory_order_relaxed);
}

/* With the guard held: the writer is in if nobody is. */
static bool let_in(YDoc *doc, YTransaction *writer, bool held, pthread_t self) {
    if (doc->writer || doc->readers) return false;
    *writer = (YTransaction){.doc = doc, .held = held, .thread = self};
    doc->writer = writer;
    set_committing(doc, held);
    return true;
}

/* NULL: somebody is inside. */
static YTransaction *lock_all(YDoc *doc, bool held) {
    yr_guard_take(&doc->guard);
    bool in = let_in(doc, &doc->own, held, pthread_self());
    yr_guard_give(&doc->guard);
    return in ? &doc->own : NULL;
}

static YR_APART void wake(YDoc *doc) {
    pthread_mutex_lock(&doc->sleep);
    pthread_cond_broadcast(&doc->free);
    pthread_mutex_unlock(&doc->sleep);
}

/* With the guard held. */
static void tell_waiting(YDoc *doc) {
    if (doc->waiting) wake(doc);
}

/* The document may go with it. */
static void unlock_all(YDoc *doc) {
    if (doc->ended_syncs) yr_syncs_sweep(doc);
    yr_guard_take(&doc->guard);
    set_committing(doc, false);
    doc->writer = NULL;
    tell_waiting(doc);
    bool last = !doc->refs;
    yr_guard_give(&doc->guard);
    if (last) free_doc(doc);
}

YTransaction *ydoc_write_transaction(YDoc *doc, uint32_t origin_len, const char *origin) {
    if (!doc || (origin_len && !origin)) return NULL;
    YTransaction *txn = lock_all(doc, false);
    if (!txn || !yata_txn_begin(doc->core, yr_view(origin, origin_len), &txn->core)) return txn;
    unlock_all(doc);
    return NULL;
}

YTransaction *yr_hold(YDoc *doc) {
    return lock_all(doc, true);
}

void yr_release(YTransaction *hold) {
    unlock_all(hold->doc);
}

/* Is anybody but this thread inside? */
static bool others(const YDoc *doc, pthread_t self) {
    if (doc->writer && !pthread_equal(doc->writer->thread, self)) return true;
    for (const YTransaction *txn = doc->readers; txn; txn = txn->next)
        if (!pthread_equal(txn->thread, self)) return true;
    return false;
}

/* With the guard held, which is given away meanwhile. */
static void wait_for_others(YDoc *doc, pthread_t self) {
    doc->waiting++;
    while (others(doc, self)) {
        pthread_mutex_lock(&doc->sleep); /* before the guard is given away: whoever tells then waits for the sleep */
        yr_guard_give(&doc->guard);
        pthread_cond_wait(&doc->free, &doc->sleep);
        pthread_mutex_unlock(&doc->sleep);
        yr_guard_take(&doc->guard);
    }
    doc->waiting--;
}

bool yr_enter(YDoc *doc, YTransaction *hold) {
    pthread_t self = pthread_self();
    yr_guard_take(&doc->guard);
    wait_for_others(doc, self);
    bool outside = let_in(doc, hold, true, self);
    yr_guard_give(&doc->guard);
    return outside;
}

static YR_APART void end_reading(YTransaction *txn) {
    YDoc *doc = txn->doc;
    yr_guard_take(&doc->guard);
    YTransaction **at = &doc->readers;
    while (*at && *at != txn) at = &(*at)->next;
    if (*at) *at = txn->next;
    tell_waiting(doc);
    bool sweep = doc->ended_syncs != NULL;
    yr_guard_give(&doc->guard);
    free(txn);
    YTransaction hold;
    if (sweep && yr_enter(doc, &hold)) yr_release(&hold);
    ydoc_destroy(doc);
}

void ytransaction_commit(YTransaction *txn) {
    if (!txn) return;
    YDoc *doc = txn->doc;
    if (txn == doc->writer && doc->committing) return; /* from inside one of its own callbacks */
    if (!txn->core) {
        end_reading(txn);
        return;
    }
    set_committing(doc, true);
    (void)yata_txn_commit(txn->core);
    unlock_all(doc);
}

uint8_t ytransaction_writeable(YTransaction *txn) {
    return yr_writes(txn);
}

bool yr_reads(const YTransaction *txn) {
    return txn != NULL;
}

bool yr_writes(const YTransaction *txn) {
    return txn && txn->core && !txn->doc->committing;
}

void yr_lock(YDoc *doc) {
    yr_guard_take(&doc->guard);
    wait_for_others(doc, pthread_self());
}

void yr_unlock(YDoc *doc) {
    yr_guard_give(&doc->guard);
}
