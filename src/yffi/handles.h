/* SPDX-License-Identifier: MIT */
/*
 * handles.h - what stands behind the handles of libyrs.h, and what its files share.
 *
 * The layer sees the public headers of Yata only. A YDoc is a counted reference on one yata_doc and knows
 *
 *   branches        the Branch given out for each type, so that the same type is always the same pointer
 *   subdocs         which YDoc stands for which instance of a subdocument
 *   subs            its observers, and those of its types
 *   the lock        one writer or many readers; `guard` is held only for a few steps, never while a callback runs
 *
 * Invariant: a Branch lives as long as its document; that of a type which is gone moves to `gone`.
 */
#ifndef YR_HANDLES_H
#define YR_HANDLES_H

#ifndef YFFI_BUILD
#define YFFI_BUILD
#endif
#include <libyrs.h>
#include <yata/yata.h>

#include <pthread.h>
#include <stdatomic.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#ifdef __has_include
#if __has_include(<sys/single_threaded.h>)
#include <sys/single_threaded.h>
#define YR_TELLS_THREADS
#endif
#endif

/* ------------------------------------------------------------------------
 * Documents
 */
typedef enum yr_topic {
    YR_UPDATES_V1,
    YR_UPDATES_V2,
    YR_AFTER,
    YR_SUBDOCS,
    YR_CLEAR,
    YR_TYPE,
    YR_DEEP,
    YR_UNDO_ADDED, /* of a manager, not of a document */
    YR_UNDO_POPPED,
    YR_AWARENESS_CHANGE, /* of an awareness */
    YR_AWARENESS_UPDATE
} yr_topic;

/* A subscription. It is in the list of its document until one of the two ends. */
struct YSubscription {
    struct YSubscription *next, **at; /* at: what points here; NULL once the document is gone */
    YDoc *doc;
    Branch *branch; /* TYPE, DEEP */
    yr_topic topic;
    int8_t tag;     /* TYPE: kind of the callback, Y_TEXT, ... */
    uint32_t id;    /* of the core; CLEAR: unused */
    uint64_t order; /* in which they were made */
    void *state;
    void (*cb)(void); /* cast to what the topic says */
    uint32_t key_len;
    char key[]; /* of ABI 28 */
};
typedef struct YSubscription yr_sub;

/* Where the Branch of a type is. Places never move while their document lives, so looking takes no lock. */
typedef _Atomic(Branch *) yr_branch_place;
enum { YR_SEGMENTS = 28 };

/* A subdocument that somebody holds. */
typedef struct yr_subdoc {
    yata_subdoc instance;
    YDoc *doc; /* a reference */
} yr_subdoc;

struct TransactionInner {
    YDoc *doc;
    yata_txn *core; /* NULL: reads only */
    bool held;      /* not a caller's: the core makes transactions of its own, `core` is what a callback sees */
    pthread_t thread;
    struct TransactionInner *next; /* readers */
};

/* What is rare: its registers are not saved where it is not called. */
#if defined(__GNUC__)
#define YR_APART __attribute__((noinline))
#else
#define YR_APART
#endif

/* Is there no other thread? Then locked operations are not needed (glibc tells since 2.32). */
static inline bool yr_is_alone(void) {
#ifdef YR_TELLS_THREADS
    return __libc_single_threaded;
#else
    return false;
#endif
}

/* Held for a few steps, never while a callback runs; who finds it taken looks again soon. A transaction takes it twice:
 * that is two exchanges, where a mutex takes four and as many calls. */
typedef struct yr_guard {
    _Atomic bool taken;
} yr_guard;
void yr_guard_wait(yr_guard *guard); /* ydoc.c: until it is ours */
static inline void yr_guard_take(yr_guard *guard) {
    if (yr_is_alone() && !atomic_load_explicit(&guard->taken, memory_order_acquire))
        atomic_store_explicit(&guard->taken, true, memory_order_relaxed);
    else if (atomic_exchange_explicit(&guard->taken, true, memory_order_acquire))
        yr_guard_wait(guard);
}
static inline void yr_guard_give(yr_guard *guard) {
    atomic_store_explicit(&guard->taken, false, memory_order_release);
}

/* It lives while there are references, readers, or a writer. */
struct YDoc {
    yata_doc *core;
    _Atomic uint32_t refs; /* the last one goes under the guard */
    yr_guard guard;
    pthread_mutex_t sleep; /* of who waits; taken with the guard held, never the other way round */
    pthread_cond_t free;   /* the lock may have become free; somebody waits for it: */
    uint32_t waiting;
    pthread_mutex_t naming; /* held by who looks for the YDoc of a subdocument, as it may have to be made */
    YTransaction own;       /* of the writer; there is only one at a time */
    YTransaction *writer;   /* NULL: none; else `own`, or what yr_enter was given */
    YTransaction *readers;
    _Atomic bool committing; /* callbacks of the writer run; written by him only, in any order with what others see */

    _Atomic(yr_branch_place *) branches[YR_SEGMENTS]; /* by the ref of the type (ybranch.c) */
    Branch *gone;
    struct LinkSource *links; /* made for it and not released; under the guard */
    struct yr_part *undos;    /* the parts of undo managers that look at it */
    struct yr_hub *hubs;      /* of its sessions */
    YSync *ended_syncs;       /* to be freed when this thread leaves */

    yr_sub *subs;
    uint64_t sub_order;

    char *guid, *collection_id;
    uint8_t flags;

    /* As a parent */
    yr_subdoc *subdocs;
    uint32_t subdoc_count, subdoc_cap;
    uint32_t subdocs_id;   /* our own observer of the core, 0: none */
    yata_subdoc *reported; /* removed instances that the core will tell of once more */
    uint32_t reported_count;
    /* As a subdocument: the parent lives at least as long as this says so. */
    YDoc *parent;
    yata_subdoc instance;
    bool ended; /* cleared by the caller; the transaction of the parent will tell */
};

struct Branch {
    YDoc *doc;
    yata_type type;
    int8_t tag;   /* its kind; Y_UNDEFINED: it was not known when this was made */
    Branch *next; /* in `gone` */
};

/* ydoc.c: a document with these options; guid and collection are copied. NULL: no memory. */
YDoc *yr_doc_new(const YOptions *options);
void yr_doc_keep(YDoc *doc);
/* May the bearer read now, may it write? */
bool yr_reads(const YTransaction *txn);
bool yr_writes(const YTransaction *txn);
/* Waits until no other thread is in a transaction, and keeps them out until yr_unlock. For a few steps only. */
void yr_lock(YDoc *doc);
void yr_unlock(YDoc *doc);

/* Keeps everybody else out, without a transaction of the core: whoever calls makes one. Reading is allowed in its
 * callbacks. NULL: somebody is inside. */
YTransaction *yr_hold(YDoc *doc);
void yr_release(YTransaction *hold);
/* The same, once no other thread is inside. False: this thread is. The caller has a reference on the document. */
bool yr_enter(YDoc *doc, YTransaction *hold);

/* ybranch.c */
Branch *yr_branch(YDoc *doc, yata_type type);
/* Kind of a type as libyrs counts; Y_UNDEFINED if it is not known. */
int8_t yr_tag(yata_type type);
/* The same without a look at the type, which may be gone: a kind that is known stays. */
static inline int8_t yr_branch_tag(const Branch *branch) {
    return branch->tag != Y_UNDEFINED ? branch->tag : yr_tag(branch->type);
}
bool yr_is_text(const Branch *branch);
void yr_branches_free(YDoc *doc);

/* ------------------------------------------------------------------------
 * Memory
 */
extern const yata_allocator yr_allocator; /* malloc: what the callers may free */
/* A buffer of the library as a string or as bytes of the caller. NULL: no memory, or `status` is an error. */
char *yr_string(yata_buffer *buffer, yata_status status);
char *yr_bytes(yata_buffer *buffer, yata_status status, uint32_t *len);
char *yr_copy(yata_str str);
static inline yata_str yr_str(const char *s) {
    return (yata_str){s, s ? strlen(s) : 0};
}
static inline yata_bytes yr_view(const char *data, uint32_t len) {
    return (yata_bytes){(const uint8_t *)data, len};
}

/* Everything that is returned as one pointer and released by one call is in one arena: its blocks, and the documents
 * it holds. The pointer that the caller has is right behind the first block's header. */
typedef struct yr_block {
    struct yr_block *next;
    struct yr_held *held; /* in the first block */
    max_align_t data[];
} yr_block;

typedef struct yr_arena {
    yr_block *first, *last;
    char *at, *end; /* what is free in the last block: structs are taken from its front, strings from its end */
    bool failed;
} yr_arena;

static inline size_t yr_aligned(size_t size) {
    return (size + sizeof(max_align_t) - 1) / sizeof(max_align_t) * sizeof(max_align_t);
}
/* `size` bytes for the caller's pointer, all 0; `room`: what else is known to be needed, to be in the same block. */
static inline void *yr_arena_begin(yr_arena *arena, size_t size, size_t room) {
    size_t own = yr_aligned(size);
    yr_block *block = malloc(sizeof *block + own + room);
    arena->first = arena->last = block;
    arena->failed = !block;
    if (!block) return NULL;
    block->next = NULL;
    block->held = NULL;
    arena->at = (char *)block->data + own;
    arena->end = arena->at + room;
    return memset(block->data, 0, size);
}
/* `size` bytes, all 0. */
void *yr_arena_get(yr_arena *arena, size_t size);
/* A copy. NULL: no memory. */
char *yr_arena_string(yr_arena *arena, yata_str str);
/* A reference that is given back with the arena. */
void yr_arena_hold(yr_arena *arena, YDoc *doc);
/* What begin returned, or NULL after a failure, everything being released. */
void *yr_arena_end(yr_arena *arena, void *begun);
void yr_arena_free(void *begun);

/* ------------------------------------------------------------------------
 * Values
 */

/* Where a value came from, to find the instance of a subdocument: an index of a sequence or a key. */
typedef struct yr_source {
    yata_type type;
    bool keyed;
    uint32_t index;
    yata_str key;
} yr_source;
/* youtput.c: fills a cell. source: NULL if it is not known. */
void yr_output(yr_arena *arena, YDoc *doc, const yata_value *value, const yr_source *source, YOutput *cell);
/* One cell for the caller. */
YOutput *yr_output_new(YDoc *doc, const yata_value *value, const yr_source *source);
YOutput *yr_output_branch(Branch *branch);
/* What a value needs besides its cell, so far as it is one block; see yr_arena_begin. */
static inline size_t yr_output_room(const yata_value *value) {
    return value->kind == YATA_VALUE_STRING   ? value->u.string.len + 1
           : value->kind == YATA_VALUE_BINARY ? value->u.binary.len + 1
                                              : 0;
}
/* An object's members. */
YMapEntry *yr_output_members(yr_arena *arena, YDoc *doc, const yata_value *object, uint32_t *count);

/* yinput.c: a plain value as the core takes it. The memory is in `built` until it is released. */
typedef struct yr_built {
    yata_builder builder;
    yata_buffer scratch;
    yata_value value;
    bool nests; /* the others are in use */
} yr_built;
yata_status yr_input_value(const YInput *input, yr_built *built);
/* As attributes: NULL gives none, what is no map is an error. */
yata_status yr_input_attributes(const YInput *input, yr_built *built, const yata_value **out);
void yr_built_free(yr_built *built);
yata_status yr_insert_range(YDoc *doc, yata_type type, YTransaction *txn, uint32_t index, const YInput *items,
                            uint32_t count);
yata_status yr_insert_key(YDoc *doc, yata_type type, YTransaction *txn, yata_str key, const YInput *input);
yata_status yr_insert_embed(const Branch *text, YTransaction *txn, uint32_t index, const YInput *content,
                            const YInput *attributes);

/* yjson.c: as yffi prints JSON. */
yata_status yr_json_value(const yata_value *value, yata_buffer *out);
yata_status yr_json_type(yata_type type, yata_buffer *out);
/* As yffi displays plain values in XML. */
yata_status yr_display(const yata_value *value, yata_buffer *out);
/* ymarkup.c: as yffi prints XML. */
yata_status yr_markup(yata_type type, yata_buffer *out);

/* ------------------------------------------------------------------------
 * Observers
 */

/* ysubscription.c: lists of subscriptions. `order` is the last number given out in it. */
yr_sub *yr_make_sub(yr_sub **list, uint64_t *order, yr_topic topic, uint32_t key_len, const char *key, void *state,
                    void (*cb)(void));
yr_sub *yr_find_sub(yr_sub *list, const Branch *branch, yr_topic topic, uint32_t key_len, const char *key);
/* The next of a topic behind that with number *last, which moves to it; at first 0. Subscriptions may come and go
 * meanwhile, this one, too. */
yr_sub *yr_next_sub(yr_sub *list, yr_topic topic, uint64_t *last);
/* Takes it out of its list, and frees it where nobody has its handle (ABI 28). */
void yr_drop_sub(yr_sub *sub);
/* The same for that with a key. False: there is none. */
bool yr_drop_sub_key(yr_sub *list, yr_topic topic, uint32_t key_len, const char *key);
/* Makes one; with a key, it replaces that of the same topic, branch and key. NULL: not possible. */
yr_sub *yr_subscribe(YDoc *doc, Branch *branch, yr_topic topic, int8_t tag, uint32_t key_len, const char *key,
                     void *state, void (*cb)(void));
bool yr_unsubscribe_key(YDoc *doc, const Branch *branch, yr_topic topic, uint32_t key_len, const char *key);
void yr_unsubscribe(yr_sub *sub);
/* Ends those of the document itself; all: those of its types, too. */
void yr_subs_drop(YDoc *doc, bool all);
/* yevent.c: subscribes in the core. */
yata_status yr_observe_core(yr_sub *sub);
void yr_unobserve_core(const yr_sub *sub);

/* What of several threads is done with an awareness is done with the lock of its document. */
struct YAwareness {
    yata_awareness *core;
    _Atomic uint32_t refs; /* the caller's, and the sessions' */
    YDoc *doc;             /* a reference */
    yr_sub *subs;
    uint64_t sub_order;
    uint32_t change_id, update_id; /* of the core; 0: none */
    bool ended;
};
void yr_awareness_keep(YAwareness *awareness);
void yr_awareness_drop(YAwareness *awareness);
/* ysync.c: frees the sessions that ended. */
void yr_syncs_sweep(YDoc *doc);
/* ytransaction.c: as ytransaction_apply answers. */
uint8_t yr_error_code(yata_status status);

/* yundo.c: undo managers forget the document. */
void yr_undo_leave(YDoc *doc);
/* yweak.c: the core's form of a link that is to be inserted into `doc`; NULL: it leads to what is not there. */
const yata_link *yr_link_take(YDoc *doc, const Weak *weak);
bool yr_link_known(const YDoc *doc, const Weak *weak);
/* The document ends: what was inserted is released, the rest is the callers'. */
void yr_links_free(YDoc *doc);

/* ysubdoc.c: the options with which a document goes into a parent; `builder`, to be freed, holds what is told more. */
yata_status yr_subdoc_put(const YDoc *doc, yata_builder *builder, yata_value *more, yata_subdoc_options *out);
/* The instance `instance` of `parent` is `doc` from now on. */
yata_status yr_subdoc_link(YDoc *parent, yata_subdoc instance, YDoc *doc);
/* The document of an instance, made if there is none; borrowed. */
YDoc *yr_subdoc_of(YDoc *parent, yata_subdoc instance);
YDoc *yr_subdoc_by_guid(YDoc *parent, yata_str guid);
/* The core tells us, too. */
yata_status yr_subdocs_watch(YDoc *doc);
void yr_subdocs_free(YDoc *doc);

#endif
