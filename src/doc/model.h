/* SPDX-License-Identifier: MIT */
/*
 * model.h - all structures of a live document, on a few screens.
 *
 * A document is a set of BLOCKS, each owned by the client that made it and named by clocks. A block is an ITEM (content
 * with a place), or a GC (a collected stretch, only its length is left). Items stand in doubly linked lists: one list
 * per sequence, one CHAIN per map key (the last of a chain is the value). The BRANCH is what the user calls a shared
 * type: the head of one list and of many chains.
 *
 *   doc ── clients[slot] ── pages ── clocks, items                    by id: find, split, encode
 *    │
 *    ├─── branches[ref] ── first ⇄ item ⇄ item ⇄ item ── last         by place: read, edit
 *    │                  └─ entries {key, last item of the chain}
 *    └─── chunks[ref] ── bytes                                        contents, as slices
 *
 * Handles. An item is named by a 32-bit `yt_ref`, an index into the pool (0 is none), a client by a dense `slot`, a
 * branch and a chunk by their index. That keeps the item at 56 bytes on 32- and 64-bit machines; items do not move
 * while they live, so a pointer got from a handle is good until that item is freed.
 *
 * Contents. Texts are UTF-8 slices of text chunks; everything else is elements of value chunks:
 *
 *   text chunk    data  |..hello..|world|               slice = at (byte), bytes = item.len + item.wide
 *   value chunk   data  |7d01|7701|..|                  slice = at (first element), item.len elements
 *                 ends  [2, 4, ...]                     end offset of each element
 *
 *   STRING             text slice
 *   ANY, JSON          item.len elements, each a canonical any (wire/any.h)
 *   EMBED              1 element: any
 *   BINARY             1 element: the bytes
 *   FORMAT             2 elements: key bytes, any value
 *   DOC                2 elements: guid bytes, any options
 *   TYPE               `chunk` holds the branch, no element
 *   DELETED            nothing
 *
 * Invariants (yt_check proves them; the numbers are those of the messages there)
 *   1 blocks of a client are contiguous from clock 0 to its state, in pages that are neither empty nor over-full
 *   2 an entry's clock is its item's, and its length reaches to the next entry
 *   3 left and right agree; first and last of a branch are the ends of its list
 *   4 the entry of a key names the last item of its chain; every other item of the chain is deleted
 *   5 branch.len, branch.units and branch.formats are the sums over items that are not deleted, branch.live counts keys
 *     whose value is not
 *   6 client.deleted is exactly the set of clocks of deleted items and GCs
 *   7 items in a deleted type are deleted
 *   8 chunk.refs counts the items that hold a slice; slices lie inside their chunk, on character boundaries
 *   9 a TYPE item and its branch name each other
 *  10 a DOC item and its instance name each other (instance.h)
 *  11 ids of items that took the place of others are known, and stand exactly where an item says so (redo.h)
 *  11 the leaves of a branch's tree are its list, cut into stretches; each sum in it is that of what is below
 */
#ifndef YT_DOC_MODEL_H
#define YT_DOC_MODEL_H

#include "base/config.h"
#include "base/hash.h"
#include "base/vec.h"
#include "block/block.h"
#include "ids/id_set.h"
#include "update/update.h"
#include <yata/event.h>
#include <yata/update.h>

typedef uint32_t yt_ref; /* item handle, 0 = none */

/* An id in memory: the client by slot. slot YT_NONE: no id. */
typedef struct yt_id {
    uint32_t slot, clock;
} yt_id;

/* ------------------------------------------------------------------------
 * Item
 */
enum {
    YT_ITEM_DELETED = 1,
    YT_ITEM_KEYED = 2,  /* a map entry: `key` is meant, not `leaf` */
    YT_ITEM_KEEP = 4,   /* not to be collected (undo) */
    YT_ITEM_REDONE = 8, /* another item took its place (redo.h) */
    YT_ITEM_LINKED = 16 /* a weak link leads here: it is not merged (weak_links.h) */
};

#define YT_WIDE_MANY UINT16_MAX

typedef struct yt_item {
    yt_id id;
    yt_id origin;       /* the unit to the left when it was made  */
    yt_id right_origin; /* the unit to the right when it was made */
    yt_ref left, right; /* neighbours now, deleted ones included  */
    uint32_t len;       /* in clocks */
    uint32_t parent;    /* branch */
    union {
        uint32_t key;  /* KEYED: interned */
        uint32_t leaf; /* sequence items: leaf of the position index; 0: none has taken it up */
    } u;
    uint8_t content; /* enum yt_content, never GC or SKIP */
    uint8_t flags;
    uint16_t wide;  /* STRING: UTF-8 bytes - len; YT_WIDE_MANY: count them */
    uint32_t chunk; /* TYPE: the branch */
    uint32_t at;
} yt_item;

_Static_assert(sizeof(yt_item) == 56, "the item is 56 bytes on every target");

/* Slabs that are one allocation. */
typedef struct yt_slab_row {
    uint32_t first, count;
} yt_slab_row;

typedef struct yt_pool {
    yt_item **slabs; /* YT_SLAB_ITEMS each; item 0 is never given out */
    uint32_t slab_count, slab_cap;
    uint32_t made; /* handles ever given out, 0 included */
    uint32_t live;
    yt_ref free;              /* chain of freed items through `left` */
    uint32_t expected;        /* items that are about to be made, if all is well */
    uint32_t vouched;         /* slabs that may be asked for at once, however few there are */
    YT_VEC(yt_slab_row) rows; /* by `first`; all other slabs stand alone */
} yt_pool;

/* Where to look for the item that ends with a clock, while many come (append.c): by the clock's low bits. */
typedef struct yt_ends {
    yt_ref *items;  /* 0: none yet */
    uint32_t count; /* a power of two; 0: nothing is noted */
} yt_ends;

/* ------------------------------------------------------------------------
 * Chunks
 */
typedef struct yt_chunk {
    uint8_t *data; /* NULL: this place is free, `len` is the next free one */
    uint32_t *ends;
    uint32_t len, cap;        /* bytes */
    uint32_t count, ends_cap; /* elements; of text chunks marks (text_marks.h) */
    uint32_t refs;            /* items with a slice here */
} yt_chunk;

typedef struct yt_chunks {
    YT_VEC(yt_chunk) all;
    uint32_t free;         /* first free place, YT_NONE if none */
    uint32_t text, values; /* the chunk that is being filled; YT_NONE if none */
    size_t bytes;          /* memory of all chunks */
    size_t expected;       /* bytes of text that are about to come, at most */
} yt_chunks;

/* ------------------------------------------------------------------------
 * Clients and their blocks
 */
typedef struct yt_entry {
    uint32_t clock;
    yt_ref item; /* 0: a GC up to the next entry's clock */
} yt_entry;

typedef struct yt_page { /* drawn in store.h */
    uint32_t len, cap;
    yt_ref row; /* not 0: entry i is item row + i, and no items stand behind the clocks */
    uint32_t clocks[];
} yt_page;

typedef struct yt_client {
    uint64_t client;
    uint32_t state; /* clock expected next */
    uint32_t page_count, page_cap;
    yt_page **pages;
    yt_runs deleted;
    uint32_t txn;   /* number of the transaction that touched it last */
    uint32_t touch; /* its place in that transaction's `touched` */
} yt_client;

/* A place in a client's block list. */
typedef struct yt_place {
    uint32_t page, at;
} yt_place;

/* ------------------------------------------------------------------------
 * Branches
 */
typedef struct yt_map_entry {
    uint32_t key;
    yt_ref item; /* last of the chain */
} yt_map_entry;

typedef struct yt_type_observer {
    uint32_t id; /* 0: unsubscribed during a round of calls */
    bool deep;
    union {
        yata_event_fn shallow;
        yata_deep_event_fn deep;
    } fn;
    void *ctx;
} yt_type_observer;

/* The position index of a long list (seq_tree.c, drawn there): counts of what stands below, up to the root. */
typedef struct yt_seq_sum {
    uint32_t units; /* of visible items, in the document's offset unit */
    uint32_t marks; /* formats that are not deleted                    */
} yt_seq_sum;

typedef struct yt_seq_leaf {
    yt_ref first;      /* a leaf stands for `count` neighbours in the list, from here on; leaf 0 for all others */
    uint32_t node;     /* above it ... */
    uint8_t at, count; /* ... there at this place; count 0: free, `node` is the next free one */
} yt_seq_leaf;

typedef struct yt_seq_node {
    uint32_t parent; /* YT_NONE: the root */
    uint8_t at, len; /* len 0: free, `parent` is the next free one */
    bool bottom;     /* its children are leaves */
    uint32_t child[YT_SEQ_FANOUT];
    yt_seq_sum sum[YT_SEQ_FANOUT];
    uint32_t keys[YT_SEQ_FANOUT]; /* bits of the keys of formats below; more may be set (seq_tree.c) */
} yt_seq_node;

typedef struct yt_seq_tree {
    YT_VEC(yt_seq_leaf) leaves;
    YT_VEC(yt_seq_node) nodes;
    uint32_t free_leaf, free_node, root, height; /* levels of nodes */
    yt_strings keys; /* of all formats that were ever seen outside of the gap; their number decides the bit */
    bool blind;      /* memory lacked: `keys` is not complete */
} yt_seq_tree;

/* At the cursor of a text. The pen: who types on behind its item makes that grow (grow.c). The eraser: more can be
 * erased at the end or the start of its item, beside a tombstone (erase.c). */
enum yt_tool { YT_TOOL_NONE, YT_PEN, YT_ERASER_AT_END, YT_ERASER_AT_START };

typedef struct yt_branch {
    uint32_t ref, generation;
    uint8_t kind;   /* enum yata_kind */
    bool wide;      /* a text that is not ASCII was ever put in */
    bool formatted; /* a FORMAT was ever put in ... */
    bool cleaned;   /* ... while it was known to be a text: superfluous formats are removed */
    yt_ref owner;   /* the TYPE item; 0: a root */
    uint32_t name;  /* interned: root name, tag or hook name; YT_NONE */
    yt_ref first, last;
    uint32_t len;                 /* visible clocks */
    uint32_t units;               /* visible length in the document's offset unit */
    uint32_t formats;             /* in the list that are not deleted */
    YT_VEC(yt_map_entry) entries; /* in order of first appearance */
    yt_u32_map entry_index;       /* key -> place, once there are more than a few */
    uint32_t live;                /* entries whose value is not deleted */
    yt_ref cursor;                /* where the last edit was ... */
    uint32_t cursor_index;        /* ... and how many units stand before it (seq_index.h) */
    uint8_t tool;                 /* enum yt_tool: what can be done there without asking anything again */
    yt_seq_tree *tree;            /* NULL: positions are found by walking */
    YT_VEC(yt_type_observer) observers;
    struct yt_branch *next; /* work list of delete and gc */
    uint32_t change_txn;    /* number of the transaction that changed it last ... */
    uint32_t change;        /* ... and its place in `changed` there */
    uint32_t cleaning;      /* number of the transaction that is to clean its start (format.c)  */
} yt_branch;

/* Also a free place keeps its generation. */
typedef struct yt_branch_place {
    yt_branch *branch; /* NULL: free */
    uint32_t generation;
    uint32_t next_free;
} yt_branch_place;

/* ------------------------------------------------------------------------
 * Transaction
 *
 * Records what it touches and nothing else.
 */
typedef struct yt_touch {
    uint32_t slot;
    uint32_t before, after;    /* the client's state when first touched, and when the transaction's body ended */
    uint32_t deletion;         /* the how-manieth client of which something was deleted, from 1; 0: nothing was */
    uint32_t counted, settled; /* of the blocks from `counted` up to `settled` at most `joins` can be merged into ... */
    uint32_t joins; /* ... the one before, if nothing is deleted but tombstones; both equal: it is not known */
    yt_runs deleted;
} yt_touch;

typedef struct yt_touch_place {
    uint32_t slot, at; /* in `touched` */
} yt_touch_place;

/* A type that existed before the transaction and was changed by it. */
typedef struct yt_change {
    uint32_t branch; /* YT_NONE: it was deleted afterwards */
    uint32_t generation;
    bool list;             /* its sequence changed */
    YT_VEC(uint32_t) keys; /* entries that changed, repeats possible; kept only if somebody observes types */
} yt_change;

struct yata_txn {
    struct yata_txn *next; /* waiting for its cleanup */
    uint32_t number;
    uint32_t depth; /* begins minus commits */
    bool local;
    bool clash;              /* somebody else made blocks under our client id */
    bool garbage;            /* something that had content was deleted: it is to be collected, and merged */
    bool cleaning;           /* superfluous formats are to be removed after it */
    bool merged;             /* its blocks were merged: its notes on them are used up */
    bool rare;               /* it touched more than a client and a sequence, or has notes that typing has not */
    bool internal;           /* made by the library after another one: removes superfluous formats; not to be undone */
    struct yt_history *undo; /* whose undo or redo this is */
    uint8_t *origin;
    size_t origin_len;
    uint32_t deletions;              /* clients of which something was deleted */
    YT_VEC(yt_touch_place) by_slot;  /* sorted; empty until a later transaction begins (txn.c) */
    struct yt_subdoc_notes *subdocs; /* NULL: nothing happened to subdocuments (instance.h) */
    /* What is above is 0 when a transaction begins; what follows has room from the one before (txn.c). */
    struct yata_doc *doc;
    YT_VEC(yt_touch) touched;  /* the first one's runs have room, too, if it is `roomy` */
    YT_VEC(yt_change) changed; /* in order of the first change */
    YT_VEC(yt_id) merge;       /* blocks to try to merge at commit: right halves of splits */
    bool roomy;
    uint8_t short_origin[16]; /* `origin` is here if it fits */
};

/* ------------------------------------------------------------------------
 * Pending: blocks and deletions that arrived before what they need
 */
typedef struct yt_pending_block {
    yt_block block; /* views point behind this struct */
    size_t size;    /* of the allocation */
} yt_pending_block;

typedef struct yt_pending_page {
    yt_pending_block **blocks;
    uint32_t len, cap;
} yt_pending_page;

typedef struct yt_pending_list { /* pending_list.h */
    YT_VEC(yt_pending_page) pages;
    uint32_t head; /* in the first page: the first that is left */
    uint32_t count;
} yt_pending_list;

typedef struct yt_pending_client {
    uint64_t client;
    yt_pending_list blocks; /* by clock; may overlap */
    uint64_t wait_client;   /* it waits for this client ... */
    uint32_t wait_clock;    /* ... to have this clock; that is: state > wait_clock */
    uint32_t next_waiter;   /* chain of those that wait for the same client; YT_NONE ends it */
    bool waiting;           /* in such a chain */
    bool ready;             /* in `ready`, or taken from there */
    bool parked;            /* in the running round nothing more can be done for it */
    bool asked;             /* on the stack of the running round */
} yt_pending_client;

/* Clients stay here, without blocks, until nothing at all is pending. */
typedef struct yt_pending {
    YT_VEC(yt_pending_client *) clients;
    yt_u64_map index;                  /* client -> place */
    yt_u64_map waiters;                /* client waited for -> first place of a chain */
    YT_VEC(yt_pending_client *) ready; /* to be looked at; has room for all */
    uint32_t blocks;
    size_t bytes;
    yt_id_set deletes;
    bool overdue; /* memory lacked: some of them may name what has arrived */
} yt_pending;

/* ------------------------------------------------------------------------
 * Undo: who records transactions (history/undo.h), and which item took the place of which (redo.h)
 */
typedef struct yt_history {
    struct yt_history *next; /* in the order in which they came */
    /* A transaction ended, the observers of types were called, nothing is collected yet. NULL: it is to be freed. */
    yata_status (*ended)(struct yt_history *history, yata_txn *txn);
    void (*free)(struct yt_history *history);
    uint32_t busy; /* depth of what it is doing: it is not freed meanwhile */
} yt_history;

typedef struct yt_redone {
    YT_VEC(yt_id) ids;
    uint32_t free;      /* first free place, from 1; 0: none */
    yt_u32_map by_item; /* item -> place */
} yt_redone;

/* ------------------------------------------------------------------------
 * Document
 */
typedef struct yt_observer {
    uint32_t id; /* 0: unsubscribed during a round of calls */
    bool v2;     /* which format it gets */
    yata_update_fn fn;
    void *ctx;
} yt_observer;

typedef struct yt_stage_observer {
    uint32_t id;
    yata_txn_stage stage;
    yata_txn_fn fn;
    void *ctx;
} yt_stage_observer;

struct yata_doc {
    yt_mem mem;
    uint64_t client_id;
    yata_offset_unit unit;
    bool keep_deleted, keep_formats;
    bool as_yrs; /* local edits follow its rules (yata_edit_rules) */
    yata_limits limits;
    bool (*random)(void *ctx, uint64_t *out);
    void *random_ctx;

    yt_pool pool;
    yt_chunks chunks;
    YT_VEC(yt_client) clients; /* by slot */
    yt_u64_map slots;          /* client -> slot */
    uint32_t near_slots[8];    /* slots the writer found last, by the lowest bits of the client (yt_slot_near) */
    struct {                   /* where text was erased last (erase.c), or nowhere any more */
        uint32_t slot;
        yt_place block;        /* of the right one of the text and the tombstone beside it */
        yt_runs_near all, own; /* among the deletions of that client, and in the open transaction */
    } near;
    size_t block_bytes; /* memory of pages and their directories */

    YT_VEC(yt_branch_place) branches;
    uint32_t free_branch;
    yt_strings strings;     /* keys and names */
    YT_VEC(uint32_t) roots; /* branches, in order of appearance */
    yt_u32_map root_index;  /* interned name -> branch */

    yt_pending pending;

    yata_txn *txn;     /* the open one */
    yata_txn *cleanup; /* ended ones, the first is being cleaned up */
    yata_txn *cleanup_last;
    bool cleaning;
    uint32_t txn_number;
    yata_txn *spare; /* an ended one, empty, for the next; NULL: none */
    yt_update read;  /* empty, with a little room for what is applied next */

    YT_VEC(yt_observer) observers;
    uint32_t observer_id; /* last given out */
    YT_VEC(yt_stage_observer) stages;
    yata_status (*notify_types)(yata_txn *txn); /* set with the first observer of a type (types/event.c) */
    bool left_observers;                        /* some observers of types left during a round */
    uint32_t type_observers;                    /* subscriptions to types */
    uint32_t notifying;                         /* depth of rounds of calls */

    yt_history *histories;
    uint32_t history_number; /* last given out */
    yt_redone redone;
    struct yt_weak *weak;       /* NULL: there never was a weak link (weak_links.h) */
    struct yt_subdocs *subdocs; /* NULL: there never was one (instance.h) */
    struct yata_doc *parent;    /* whose subdocument it is */
    struct yata_doc *next;      /* chain of documents that are being freed */

    uint32_t *marks; /* conflict scan: by item handle (integrate.c); NULL until a long scan needs them */
    uint32_t marks_cap, mark;
    yt_ends ends;  /* while an update is loaded */
    yt_ref placed; /* the item that a scan placed last, if nothing was placed, cut or freed since; 0 */
};

/* ------------------------------------------------------------------------
 * From handles to things
 */
static inline yt_item *yt_at(const yata_doc *doc, yt_ref ref) {
    return &doc->pool.slabs[ref / YT_SLAB_ITEMS][ref % YT_SLAB_ITEMS];
}
static inline yt_branch *yt_branch_at(const yata_doc *doc, uint32_t ref) {
    return doc->branches.data[ref].branch;
}

/* For comparing: a word, which compilers take from memory as one. */
static inline uint64_t yt_id_word(yt_id id) {
    return (uint64_t)id.clock << 32 | id.slot;
}
static inline bool yt_id_equal(yt_id a, yt_id b) {
    return yt_id_word(a) == yt_id_word(b);
}
static inline bool yt_is_deleted(const yt_item *it) {
    return (it->flags & YT_ITEM_DELETED) != 0;
}
static inline bool yt_is_keyed(const yt_item *it) {
    return (it->flags & YT_ITEM_KEYED) != 0;
}
static inline bool yt_is_visible(const yt_item *it) {
    return !yt_is_deleted(it) && yt_content_countable(it->content);
}
static inline bool yt_is_format(const yt_item *it) {
    return it->content == YT_FORMAT && !yt_is_deleted(it);
}
static inline yt_id yt_last_id(const yt_item *it) {
    yt_id id = {it->id.slot, it->id.clock + it->len - 1};
    return id;
}

/* Does `right` begin with the clock that follows `left`, and at its place, as what is cut from an item does? */
static inline bool yt_continues(const yt_item *left, const yt_item *right) {
    return right->id.clock == left->id.clock + left->len && right->id.slot == left->id.slot &&
           yt_id_equal(right->right_origin, left->right_origin) && yt_id_equal(right->origin, yt_last_id(left));
}

#endif
