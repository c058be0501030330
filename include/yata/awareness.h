/* SPDX-License-Identifier: MIT */
/*
 * awareness.h - who is there, and what they say of themselves: names, cursors, selections.
 *
 * Each client has one state, a JSON value, and a clock that grows with each change of it. States are not part of the
 * document, are not stored, and go away when their client has not been heard of for a while. Bytes are those of
 * y-protocols 1.0.7 (spec/sync.md).
 *
 * Nothing here looks at the time by itself: give a clock in the options and call yata_awareness_tick every few seconds.
 *
 * Source: "Awareness" in the Yjs documentation.
 */
#ifndef YATA_AWARENESS_H
#define YATA_AWARENESS_H

#include <yata/base.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct yata_awareness yata_awareness;

/* What is accepted of strangers. 0 means the default, in brackets. */
typedef struct yata_awareness_limits {
    uint32_t clients;   /* that are remembered, those without a state included [65,536] */
    size_t state_bytes; /* longest state, as JSON without spaces [2^20]                 */
    size_t total_bytes; /* all states together [2^26]                                   */
} yata_awareness_limits;

typedef struct yata_awareness_options {
    uint64_t client_id;              /* the document's (yata_doc_client_id). At most 2^53-1. */
    const yata_allocator *allocator; /* NULL: the default. Copied. */
    uint64_t outdated_ms;            /* a client not heard of for so long is gone; 0: 30,000. The own state is renewed
                                        after half of it. */
    /* Milliseconds from any start, never less than before. NULL: time stands still, nobody becomes outdated. */
    uint64_t (*now)(void *ctx);
    void *now_ctx;
    yata_awareness_limits limits;
} yata_awareness_options;

YATA_API yata_awareness_options yata_awareness_options_default(void);

/* Begins with the own state {} at clock 0, as in y-protocols. Peers ignore clock 0: set a state, if only {}. A server
 * that is nobody sets none ({NULL, 0}). options: NULL for the defaults (client 0). */
YATA_API yata_status yata_awareness_new(const yata_awareness_options *options, yata_awareness **out);
/* NULL is fine. Tells nobody: to say goodbye, set no local state and send the update first. Not inside an observer. */
YATA_API void yata_awareness_free(yata_awareness *awareness);

YATA_API uint64_t yata_awareness_client_id(const yata_awareness *awareness);
/* Bytes asked of the allocator. */
YATA_API size_t yata_awareness_memory(const yata_awareness *awareness);

/* ------------------------------------------------------------------------
 * The own state
 */

/* json: any JSON text, kept as JSON.stringify(JSON.parse(json)); {NULL, 0} or null: no state, the client goes away.
 * Each call counts the clock on, also with an equal state. YATA_ERR_JSON, YATA_ERR_UTF8; YATA_ERR_LIMIT for its length
 * or its depth, or if the clock has no number left; nothing changes then. fault: NULL, or where in `json`. */
YATA_API yata_status yata_awareness_set_local(yata_awareness *awareness, yata_str json, yata_fault *fault);
/* Sets one member of the own state. YATA_ERR_NOT_FOUND: there is no own state; YATA_ERR_TYPE: it is no object. */
YATA_API yata_status yata_awareness_set_local_field(yata_awareness *awareness, yata_str name, yata_str json,
                                                    yata_fault *fault);
/* The own state under another client id, when the document's has changed (Yjs stays with the old one). The old id goes
 * away. */
YATA_API yata_status yata_awareness_set_client_id(yata_awareness *awareness, uint64_t client_id);

/* ------------------------------------------------------------------------
 * All states. Views are valid until the next call that can change something.
 */
YATA_API uint32_t yata_awareness_count(const yata_awareness *awareness);
/* YATA_ERR_NOT_FOUND: that client has none. */
YATA_API yata_status yata_awareness_state(const yata_awareness *awareness, uint64_t client, yata_str *json);
/* What is remembered of a client, with or without a state. updated: when it was last heard of, in time of the clock
 * hook. Either may be NULL. */
YATA_API yata_status yata_awareness_clock(const yata_awareness *awareness, uint64_t client, uint64_t *clock,
                                          uint64_t *updated);

/* Walks the states, in the order in which they came (again, if the client had gone). Any change ends the walk. */
typedef struct yata_awareness_iter {
    const yata_awareness *awareness;
    uint32_t next;
} yata_awareness_iter;
YATA_API yata_awareness_iter yata_awareness_states(const yata_awareness *awareness);
YATA_API bool yata_awareness_iter_next(yata_awareness_iter *iter, uint64_t *client, yata_str *json);

/* ------------------------------------------------------------------------
 * Updates
 */

/* Appends the states of these clients, `null` for those without one. YATA_ERR_NOT_FOUND: one was never heard of. */
YATA_API yata_status yata_awareness_encode(const yata_awareness *awareness, const uint64_t *clients, size_t count,
                                           yata_buffer *out);
/* All states, in the order of yata_awareness_states. */
YATA_API yata_status yata_awareness_encode_all(const yata_awareness *awareness, yata_buffer *out);

/* Takes what is newer than what is known. Checked as a whole first: refused bytes (malformed, over a limit) and a lack
 * of memory change nothing and tell nobody. Bytes behind the update are ignored, as in y-protocols.
 * A client cannot be removed here by others: the own state stays, and its clock goes beyond theirs (observers of
 * updates are told, so that it is sent). origin: any bytes, handed to observers. fault: may be NULL. O(update). */
YATA_API yata_status yata_awareness_apply(yata_awareness *awareness, yata_bytes update, yata_bytes origin,
                                          yata_fault *fault);
/* Takes states away, here; clients without one are passed over. Encoding these clients afterwards tells others. */
YATA_API yata_status yata_awareness_remove(yata_awareness *awareness, const uint64_t *clients, size_t count,
                                           yata_bytes origin);
/* To be called every few seconds (y-protocols: each tenth of the timeout): renews the own state, removes others that
 * are outdated, forgets who is long gone where many are. O(clients known). YATA_ERR_MEMORY: try again. */
YATA_API yata_status yata_awareness_tick(yata_awareness *awareness);

/* ------------------------------------------------------------------------
 * Events
 */
typedef enum yata_awareness_cause {
    YATA_AWARENESS_LOCAL = 0,   /* the own state was set or renewed         */
    YATA_AWARENESS_APPLIED = 1, /* an update was applied                    */
    YATA_AWARENESS_REMOVED = 2, /* yata_awareness_remove                    */
    YATA_AWARENESS_TIMEOUT = 3  /* outdated                                 */
} yata_awareness_cause;

/* Lists of clients, valid during the call. A client that comes twice in one update can be in two lists. */
typedef struct yata_awareness_event {
    const uint64_t *added, *updated, *removed;
    size_t added_count, updated_count, removed_count;
    yata_awareness_cause cause;
    yata_bytes origin; /* as given; "local" and "timeout" for the two other causes, as in y-protocols */
} yata_awareness_event;

/* Inside, everything but freeing is allowed; events of changes made there are told at once, before the rest. */
typedef void (*yata_awareness_fn)(void *ctx, yata_awareness *awareness, const yata_awareness_event *event);

/* Changes: somebody came, went, or has another state than before (compared as values: 1.0 is 1, the order of members
 * does not matter). */
YATA_API yata_status yata_awareness_observe_change(yata_awareness *awareness, yata_awareness_fn fn, void *ctx,
                                                   uint32_t *subscription);
/* Updates: whatever others should be sent; also renewed clocks. Called after the observers of changes. */
YATA_API yata_status yata_awareness_observe_update(yata_awareness *awareness, yata_awareness_fn fn, void *ctx,
                                                   uint32_t *subscription);
YATA_API yata_status yata_awareness_unobserve(yata_awareness *awareness, uint32_t subscription);

/* ------------------------------------------------------------------------
 * Updates without an awareness
 */

typedef struct yata_awareness_entry {
    uint64_t client, clock;
    yata_str json; /* as it was sent; a view of the update */
    bool gone;     /* the state is null */
} yata_awareness_entry;

/* Reads an update entry by entry. JSON is not looked into, except for null. */
typedef struct yata_awareness_update_iter {
    const uint8_t *start, *pos, *end;
    uint64_t left;
    yata_fault fault;
} yata_awareness_update_iter;
YATA_API yata_status yata_awareness_update_iter_init(yata_awareness_update_iter *iter, yata_bytes update);
/* False at the end and at the first fault (iter->fault). */
YATA_API bool yata_awareness_update_iter_next(yata_awareness_update_iter *iter, yata_awareness_entry *out);

/* Gives the state that is to stand in the place of this one: appends JSON to `out` (which comes empty; nothing appended
 * leaves it as it is). Any status but YATA_OK ends the work with that status. */
typedef yata_status (*yata_awareness_modify_fn)(void *ctx, const yata_awareness_entry *entry, yata_buffer *out);
/* The same update with other states, each in the form of JSON.stringify. For servers that fill in what clients may not
 * choose. */
YATA_API yata_status yata_awareness_update_modify(yata_bytes update, yata_awareness_modify_fn fn, void *ctx,
                                                  yata_buffer *out, yata_fault *fault);

#ifdef __cplusplus
}
#endif
#endif
