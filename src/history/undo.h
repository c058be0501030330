/* SPDX-License-Identifier: MIT */
/*
 * undo.h - the undo manager from inside.
 *
 *   transaction ends ── undo_record.c ──> step {insertions, deletions} on a stack
 *   undo             ── undo_pop.c ─────> deletes the insertions, makes the deletions again (undo_again.c)
 *
 *   manager ── members[0] ── its own document          each member is a history of its document, in which it and its
 *           ├─ members[1] ── another document          steps have their memory; the manager has it in members[0]'s
 *           └─ stacks     ── steps, each of one member
 *
 * Invariant: every item that a step deleted, in the scope and at its time, has KEEP set until the step goes.
 */
#ifndef YT_HISTORY_UNDO_H
#define YT_HISTORY_UNDO_H

#include "doc/delete.h"
#include <yata/undo.h>

/* What one or several transactions did. Clients stand in the order in which Yjs would go through them. */
typedef struct yt_step {
    struct yt_member *member;
    yt_id_set insertions, deletions;
    void *meta;
} yt_step;

typedef YT_VEC(yt_step *) yt_steps;

typedef struct yt_undo_observer {
    uint32_t id; /* 0: unsubscribed during a round of calls */
    yata_undo_fn fn;
    void *ctx;
} yt_undo_observer;

typedef YT_VEC(yata_type) yt_types;

/* Bytes of an origin; `data` NULL: the empty one. */
typedef struct yt_origin {
    uint8_t *data;
    size_t len;
} yt_origin;

typedef enum yt_undo_doing { YT_NOTHING = 0, YT_UNDOING = 1, YT_REDOING = 2 } yt_undo_doing;

typedef struct yt_made {
    yt_ref from, item;
    uint32_t log; /* length of the log of deletions before it was made */
} yt_made;
typedef YT_VEC(yt_made) yt_mades;

/* One of the documents that a manager looks at. */
typedef struct yt_member {
    yt_history base; /* first: the document knows this part */
    yata_undo *undo; /* NULL: the manager is gone */
    yata_doc *doc;
    bool whole;
    yt_types scope;
    yt_u64_map known;    /* branch -> is it in the scope? during an operation, far down */
    yt_types changed[2]; /* types for the event of a transaction of others, of its own (for POPPED, too) */
    /* Kept for the next undo or redo, if it is small (undo.c): a step, and work lists, all empty. */
    yt_step *spare;
    yt_refs room[4];
    yt_mades made_room;
} yt_member;

struct yata_undo {
    yata_doc *doc; /* of the first member */
    yata_undo_options options;
    uint8_t origin[8];
    uint32_t busy; /* depth of what it is doing: it is not freed meanwhile. Noted at its members, too */
    bool left;     /* it is to be freed */
    YT_VEC(yt_member *) members;
    YT_VEC(yt_origin) origins;
    yt_steps stacks[2];   /* by yata_undo_stack */
    bool joining;         /* the next transaction may join the top step ... */
    uint64_t last_change; /* ... if it comes soon after this */
    yt_undo_doing doing;
    yt_step *made; /* of the undo or redo that is ending: its step for the other stack, which has room */
    YT_VEC(yt_undo_observer) observers;
    uint32_t observer_id;
};

/* Does the item stand in the scope? O(types of the scope), and their depth for the first. */
bool yt_undo_in_scope(yt_member *member, yt_ref ref);
/* The same of a type itself. */
bool yt_undo_branch_in_scope(yt_member *member, const yt_branch *branch);
/* At the end of each operation. */
void yt_undo_forget_known(yt_member *member);

/* Around everything that may call callbacks; when nothing goes on any more and it is to be freed, it is freed. */
void yt_undo_enter(yata_undo *undo);
void yt_undo_leave(yata_undo *undo);

/* Calls the observers. */
void yt_undo_notify(yata_undo *undo, yata_undo_event *event);

/* The step of a transaction. NULL: no memory. */
yt_step *yt_step_of(yt_member *member, const yata_txn *txn);
/* An empty step. NULL: no memory. */
yt_step *yt_step_new(yt_member *member);
/* Frees it; what it kept stays kept. */
void yt_step_free(const yata_undo *undo, yt_step *step);
bool yt_undo_tracks(const yt_member *member, const yata_txn *txn);
/* The hook of the document. */
yata_status yt_undo_record(yt_history *history, yata_txn *txn);

/* Does something with each item of these clocks, which are known; items are cut so that they end with them. */
typedef yata_status yt_each_fn(void *ctx, yt_ref ref);
yata_status yt_each_item(yata_txn *txn, uint64_t client, yt_run run, yt_each_fn *fn, void *ctx);

/* ---- making items again (undo_again.c) ---- */

typedef struct yt_again {
    yt_member *member;
    yata_txn *txn;
    const yt_step *step;
    yata_undo_stack stack; /* that `step` is in ... */
    uint32_t below;        /* ... with so many below it */
    yt_mades made;
    yt_refs log;       /* what was deleted */
    uint32_t log_made; /* its length when the last item was made: what comes then is only deleted */
    yt_refs path;      /* work list */
} yt_again;

/* Makes a deleted item again, and before it deleted types that it stands in, if they are to be made again, too.
 * *done: is there now an item in its place? */
yata_status yt_make_again(yt_again *again, yt_ref ref, bool *done);
/* Takes everything back. Cannot fail. */
void yt_unmake(yt_again *again);

#endif
