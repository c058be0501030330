/* SPDX-License-Identifier: MIT */
/*
 * event.h - being told what changed.
 *
 * At the end of a transaction observers are called in this order: those of each changed type, in the order of the first
 * change; those that observe deep, ancestors included; those of the transaction's end; then, after deleted content was
 * collected, those of updates (update.h). What an event says is computed when it is asked for, and only then.
 *
 * Inside a callback reading, subscribing and unsubscribing are allowed, and so are transactions: their observers are
 * called after those of the running one.
 *
 * Source: "Y.Event" in the Yjs documentation.
 */
#ifndef YATA_EVENT_H
#define YATA_EVENT_H

#include <yata/delta.h>
#include <yata/doc.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Valid during the callback. */
typedef struct yata_event yata_event;

typedef void (*yata_event_fn)(void *ctx, const yata_event *event);
/* All changes at and below the observed type in one transaction, those with shorter paths first. */
typedef void (*yata_deep_event_fn)(void *ctx, const yata_event *const *events, size_t count, const yata_txn *txn);

/* subscription: ends it, of both kinds; it also ends with the type. */
YATA_API yata_status yata_type_observe(yata_type type, yata_event_fn fn, void *ctx, uint32_t *subscription);
YATA_API yata_status yata_type_observe_deep(yata_type type, yata_deep_event_fn fn, void *ctx, uint32_t *subscription);
YATA_API yata_status yata_type_unobserve(yata_type type, uint32_t subscription);

/* ------------------------------------------------------------------------
 * What an event says
 */
YATA_API yata_type yata_event_target(const yata_event *event);
/* The type whose observer is being called: the target or, with observe_deep, an ancestor. */
YATA_API yata_type yata_event_current_target(const yata_event *event);
YATA_API const yata_txn *yata_event_txn(const yata_event *event);
/* Did the sequence change (elements, text, formats)? */
YATA_API bool yata_event_list_changed(const yata_event *event);

/* One step of the way from the current target down to the target. */
typedef struct yata_path_step {
    bool is_key;
    yata_str key;   /* of a map entry or attribute */
    uint32_t index; /* in a sequence, visible elements before it, in the offset unit */
} yata_path_step;
YATA_API size_t yata_event_path_length(const yata_event *event);
/* Step i of the path. O(depth + siblings). */
YATA_API yata_status yata_event_path_at(const yata_event *event, size_t i, yata_path_step *out);
/* All of them, outermost first. count: that of yata_event_path_length, else YATA_ERR_RANGE. O(depth + siblings). */
YATA_API yata_status yata_event_path(const yata_event *event, yata_path_step *out, size_t count);

typedef enum yata_key_action { YATA_KEY_ADD = 0, YATA_KEY_UPDATE = 1, YATA_KEY_DELETE = 2 } yata_key_action;
typedef struct yata_key_change {
    yata_str key;
    yata_key_action action;
    yata_value old_value; /* UPDATE, DELETE; UNDEFINED if it was collected before */
    yata_value new_value; /* ADD, UPDATE */
} yata_key_change;
typedef struct yata_key_iter {
    const yata_event *event;
    uint32_t at;
} yata_key_iter;
/* Walks the map entries (or attributes) that changed, in the order of their first change. */
YATA_API yata_key_iter yata_event_keys(const yata_event *event);
YATA_API bool yata_key_iter_next(yata_key_iter *iter, yata_key_change *out);

/* What happened to the sequence, appended to `delta`. Of texts with formats: computing it may remove formats that
 * became superfluous, in a transaction of its own, as in Yjs. */
YATA_API yata_status yata_event_delta(const yata_event *event, yata_delta *delta);

/* ------------------------------------------------------------------------
 * Transactions
 */
typedef enum yata_txn_stage {
    YATA_STAGE_BEFORE_ALL = 0, /* the first of a series of transactions begins (txn NULL) */
    YATA_STAGE_BEFORE = 1,     /* a transaction begins                                    */
    YATA_STAGE_OBSERVERS = 2,  /* it ended; observers of types come next                  */
    YATA_STAGE_AFTER = 3,      /* they were called; deleted content is still there        */
    YATA_STAGE_CLEANED = 4,    /* collected and merged; observers of updates come next    */
    YATA_STAGE_AFTER_ALL = 5   /* nothing waits any more (txn NULL)                       */
} yata_txn_stage;
typedef void (*yata_txn_fn)(void *ctx, yata_doc *doc, const yata_txn *txn);
YATA_API yata_status yata_doc_observe_txn(yata_doc *doc, yata_txn_stage stage, yata_txn_fn fn, void *ctx,
                                          uint32_t *subscription);
YATA_API yata_status yata_doc_unobserve_txn(yata_doc *doc, uint32_t subscription);

#ifdef __cplusplus
}
#endif
#endif
