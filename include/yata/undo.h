/* SPDX-License-Identifier: MIT */
/*
 * undo.h - undo and redo (Y.UndoManager).
 *
 * A manager records the transactions of one document that concern its SCOPE (some types and all that is in them, or the
 * whole document) and come from a tracked ORIGIN. What it recorded stands on a stack, in STEPS: transactions that
 * follow each other quickly share one. Undoing a step deletes what it inserted and inserts what it deleted, in a
 * transaction of its own, which others see as an edit like any other: what they changed in the meantime stays. What it
 * undid stands on the redo stack until something new is recorded.
 *
 * What was deleted in recorded transactions is not collected while a step on a stack needs it.
 *
 * A manager is made with one document, and is freed with it at the latest. Others can join it: it then has one order of
 * steps for all of them, each of one document. A document that is freed leaves, with its steps. Documents must not be
 * freed inside the callbacks of a manager they belong to.
 *
 * Sources: "Y.UndoManager" in the Yjs documentation; spec/undo.md.
 */
#ifndef YATA_UNDO_H
#define YATA_UNDO_H

#include <yata/id_set.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct yata_undo yata_undo;

typedef enum yata_undo_stack { YATA_UNDO_STACK = 0, YATA_REDO_STACK = 1 } yata_undo_stack;

/* Something that undoing (or redoing) is about to delete. Valid during the call. */
typedef struct yata_undo_deletion {
    yata_id id;
    uint32_t len;     /* in clocks */
    yata_type parent; /* where it stands */
    bool is_key;
    yata_str key;     /* of a map entry or attribute */
    yata_value value; /* its (first) value; the type, if it is one */
} yata_undo_deletion;

typedef struct yata_undo_options {
    int32_t
        capture_timeout;   /* milliseconds: an edit so soon after the last one joins its step. 0: 500; below 0: never */
    bool overwrite_remote; /* undoing a map entry also replaces what others have set since (Yjs:
                              ignoreRemoteMapChanges) */
    /* Milliseconds since any moment, never going back. NULL: the platform's; without one no step is joined. */
    uint64_t (*now)(void *ctx);
    /* Should this transaction be recorded? Asked of each one, undo and redo included. NULL: yes. */
    bool (*capture)(void *ctx, const yata_txn *txn);
    /* May this be deleted? NULL: yes. What is in a type comes before the type. It must not change the document. */
    bool (*may_delete)(void *ctx, const yata_undo_deletion *deletion);
    /* A step goes whose meta is not NULL. It must not call anything of the manager. NULL: nothing is done. */
    void (*free_meta)(void *ctx, void *meta);
    void *ctx; /* of all of these */
} yata_undo_options;

YATA_API yata_undo_options yata_undo_options_default(void);

/* A manager without a scope that tracks the empty origin, which local edits and updates have if none was given.
 * options: NULL for the defaults. All memory is the document's, that of steps of another one is the other one's. */
YATA_API yata_status yata_undo_new(yata_doc *doc, const yata_undo_options *options, yata_undo **out);
/* NULL is fine. Its steps go as by yata_undo_clear, without an event. Allowed in observers, its own, too. */
YATA_API void yata_undo_free(yata_undo *undo);
/* The document that it was made with. */
YATA_API yata_doc *yata_undo_doc(const yata_undo *undo);

/* ------------------------------------------------------------------------
 * What is recorded
 */

/* A type, with all that is in it. Twice is once. If it is of another document, that joins. */
YATA_API yata_status yata_undo_add_scope(yata_undo *undo, yata_type type);
/* YATA_ERR_NOT_FOUND: it is not in the scope. Works on types that are gone, too. */
YATA_API yata_status yata_undo_remove_scope(yata_undo *undo, yata_type type);
/* All of the document that it was made with, or only the types. */
YATA_API yata_status yata_undo_set_whole_document(yata_undo *undo, bool whole);
/* All of any document, which joins if it is another one. */
YATA_API yata_status yata_undo_add_document(yata_undo *undo, yata_doc *doc);
/* Another document leaves, with its types and its steps. YATA_ERR_ARGUMENT: it was made with that one.
 * YATA_ERR_NOT_FOUND. YATA_ERR_STATE: inside a callback. */
YATA_API yata_status yata_undo_remove_document(yata_undo *undo, yata_doc *doc);

/* Transactions of that origin are recorded; copied. Empty: those without an origin, as at the beginning. */
YATA_API yata_status yata_undo_add_origin(yata_undo *undo, yata_bytes origin);
YATA_API yata_status yata_undo_remove_origin(yata_undo *undo, yata_bytes origin);
/* The origin of its own transactions, 8 bytes: distinct among the managers made with the same document, and always
 * tracked. Valid as long as it. */
YATA_API yata_bytes yata_undo_origin(const yata_undo *undo);

/* The next edit begins a new step. */
YATA_API yata_status yata_undo_stop(yata_undo *undo);

/* ------------------------------------------------------------------------
 * Undoing
 */

/* Takes steps from the stack until one of them changed something. changed: may be NULL; false if none did.
 * YATA_ERR_STATE: in the document of the step a transaction is open, or one is just ending (in a callback).
 * YATA_ERR_MEMORY: with `changed` false nothing happened, and it can be tried again; with `changed` true it happened,
 * but a callback was left out. O(what the step inserted and deleted), and log n for each block. */
YATA_API yata_status yata_undo_undo(yata_undo *undo, bool *changed);
YATA_API yata_status yata_undo_redo(yata_undo *undo, bool *changed);

YATA_API bool yata_undo_can_undo(const yata_undo *undo);
YATA_API bool yata_undo_can_redo(const yata_undo *undo);
/* Steps on that stack. */
YATA_API uint32_t yata_undo_count(const yata_undo *undo, yata_undo_stack stack);
/* The document that step i of that stack, from the bottom, changed. NULL: no such step. */
YATA_API yata_doc *yata_undo_step_doc(const yata_undo *undo, yata_undo_stack stack, uint32_t i);
/* Adds the ids that step i inserted and deleted to these sets, of which either may be NULL. YATA_ERR_RANGE: no such
 * step. YATA_ERR_MEMORY: `inserts` may have been added to. O(runs). */
YATA_API yata_status yata_undo_step_ids(const yata_undo *undo, yata_undo_stack stack, uint32_t i, yata_id_set *inserts,
                                        yata_id_set *deletes);
/* The place for the caller's own data with step i of that stack, from the bottom; NULL in the beginning. NULL: no such
 * step. Valid until the stack changes. */
YATA_API void **yata_undo_meta(yata_undo *undo, yata_undo_stack stack, uint32_t i);
/* Forgets the steps of one or both stacks. */
YATA_API yata_status yata_undo_clear(yata_undo *undo, bool undo_stack, bool redo_stack);

/* Undoes what has these ids, without a manager: what was inserted is deleted, what was deleted is inserted again, as
 * far as it was not collected (Yjs 14: undoContentIds). Ids in both sets are passed over, and so are those that have
 * not arrived. inserts, deletes: NULL for none. options: may_delete, overwrite_remote and ctx count; NULL for the
 * defaults. Otherwise as yata_undo_undo. The ids are those of a transaction (yata_txn_ids), an update, a step, or the
 * difference of two snapshots. */
YATA_API yata_status yata_undo_ids(yata_doc *doc, const yata_id_set *inserts, const yata_id_set *deletes,
                                   const yata_undo_options *options, bool *changed);

/* ------------------------------------------------------------------------
 * Events
 *
 * ADDED and UPDATED come when the transaction ends, before those of updates; POPPED when undo or redo is done with
 * everything else. Inside all calls of this header are allowed but undo and redo (in POPPED these, too).
 */
typedef enum yata_undo_what {
    YATA_UNDO_ADDED = 0,   /* a new step is on top of `stack`                    */
    YATA_UNDO_UPDATED = 1, /* a transaction joined the step on top of it         */
    YATA_UNDO_POPPED = 2,  /* the step was taken from `stack` and undone, redone */
    YATA_UNDO_CLEARED = 3  /* steps were forgotten                               */
} yata_undo_what;

typedef struct yata_undo_event {
    yata_undo_what what;
    yata_undo_stack stack;
    yata_doc *doc;     /* that the step changed; NULL: CLEARED                   */
    yata_bytes origin; /* of the transaction                                     */
    void **meta;       /* of the step. POPPED: set it to NULL to keep what it is */
    /* Types that the transaction changed, each followed by those it stands in; each once. */
    const yata_type *changed;
    size_t changed_count;
    const yata_txn *txn;                         /* ADDED, UPDATED           */
    bool undo_stack_cleared, redo_stack_cleared; /* CLEARED: what was asked for */
} yata_undo_event;
typedef void (*yata_undo_fn)(void *ctx, yata_undo *undo, const yata_undo_event *event);
YATA_API yata_status yata_undo_observe(yata_undo *undo, yata_undo_fn fn, void *ctx, uint32_t *subscription);
YATA_API yata_status yata_undo_unobserve(yata_undo *undo, uint32_t subscription);

#ifdef __cplusplus
}
#endif
#endif
