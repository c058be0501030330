/* SPDX-License-Identifier: MIT */
/*
 * update.h - Yjs updates: apply them to a document, make them from one, be told
 * of them, and look into them without a document.
 *
 * Bytes are those of Yjs's update format v1 (spec/update-v1.md); a function whose
 * name ends in _v2 does the same with update format v2 (spec/update-v2.md).
 */
#ifndef YATA_UPDATE_H
#define YATA_UPDATE_H

#include <yata/doc.h>

#ifdef __cplusplus
extern "C" {
#endif

/* What came of an apply. */
typedef struct yata_apply_result {
    yata_fault fault; /* why and where the bytes were refused                                     */
    bool pending;     /* something of the document now waits for updates that have not arrived    */
} yata_apply_result;

/* Applies an update in a transaction of its own. The whole update is checked first: refused bytes (status and
 * result->fault) leave the document, its pending data and the next event as they were. What builds on blocks
 * that have not arrived waits and is integrated when they do; every order of arrival ends in the same content
 * (spec/quirks.md, Q47). Applying the same update again changes nothing. YATA_ERR_MEMORY: the document is valid, part
 * of the update may be in it, and the same update can be applied again. result: may be NULL. */
YATA_API yata_status yata_doc_apply(yata_doc *doc, yata_bytes update, yata_bytes origin, yata_apply_result *result);
YATA_API yata_status yata_doc_apply_v2(yata_doc *doc, yata_bytes update, yata_bytes origin, yata_apply_result *result);
/* The same inside an open transaction, which from then on is not local. */
YATA_API yata_status yata_txn_apply(yata_txn *txn, yata_bytes update, yata_apply_result *result);
YATA_API yata_status yata_txn_apply_v2(yata_txn *txn, yata_bytes update, yata_apply_result *result);

/* The whole document as an update; what is pending is part of it. */
YATA_API yata_status yata_doc_encode_state(const yata_doc *doc, yata_buffer *out);
YATA_API yata_status yata_doc_encode_state_v2(const yata_doc *doc, yata_buffer *out);
/* What a peer with that state vector lacks (and all deletions, as in Yjs). An empty vector: the whole state. */
YATA_API yata_status yata_doc_encode_diff(const yata_doc *doc, yata_bytes state_vector, yata_buffer *out);
YATA_API yata_status yata_doc_encode_diff_v2(const yata_doc *doc, yata_bytes state_vector, yata_buffer *out);
/* The state vector: for each client the clock that is expected next. */
YATA_API yata_status yata_doc_encode_state_vector(const yata_doc *doc, yata_buffer *out);

/* What waits for missing updates. */
typedef struct yata_pending {
    uint32_t blocks;  /* structs that cannot be integrated yet               */
    uint32_t deletes; /* ranges of deletions of things that have not arrived */
    size_t bytes;     /* memory they take                                    */
} yata_pending;
YATA_API void yata_doc_pending(const yata_doc *doc, yata_pending *out);
/* What they wait for, as a state vector: the first missing clock of each client concerned. Asking peers for a diff
 * against the document's own state vector brings it. */
YATA_API yata_status yata_doc_encode_missing(const yata_doc *doc, yata_buffer *out);

/* The waiting blocks as an update, without deletions. */
YATA_API yata_status yata_doc_encode_pending(const yata_doc *doc, yata_buffer *out);
/* The waiting deletions: calls visitor->deleted for each, clients descending, clocks ascending, until it says false. */
struct yata_update_visitor;
YATA_API void yata_doc_visit_pending(const yata_doc *doc, const struct yata_update_visitor *visitor);

/* Called at the end of each transaction that changed something, with the update that takes a peer from the state
 * before it to the state after it. `update` is valid during the call. Reading, writing (in a new transaction),
 * subscribing and unsubscribing are allowed inside. */
typedef void (*yata_update_fn)(void *ctx, yata_doc *doc, const yata_txn *txn, yata_bytes update);
YATA_API yata_status yata_doc_observe_update(yata_doc *doc, yata_update_fn fn, void *ctx, uint32_t *subscription);
YATA_API yata_status yata_doc_observe_update_v2(yata_doc *doc, yata_update_fn fn, void *ctx, uint32_t *subscription);
YATA_API yata_status yata_doc_unobserve_update(yata_doc *doc, uint32_t subscription);

/* ------------------------------------------------------------------------
 * Without a document. allocator: NULL for the default.
 */

/* Is this a whole, well-formed update? The same checks that apply makes. */
YATA_API yata_fault yata_update_check(yata_bytes update, const yata_allocator *allocator);
YATA_API yata_fault yata_update_check_v2(yata_bytes update, const yata_allocator *allocator);
/* Appends one readable line for each struct and each range of deletions. */
YATA_API yata_status yata_update_log(yata_bytes update, yata_buffer *out, yata_fault *fault);
YATA_API yata_status yata_update_log_v2(yata_bytes update, yata_buffer *out, yata_fault *fault);

/* Many updates as one that does the same, in any order. What overlaps is taken once; holes between blocks of a client
 * stay holes. A single update is returned as it is, no update is the empty one. Time O(bytes * log count); memory is
 * the output and a few hundred bytes for each input. fault: NULL, or receives why and where; the offset counts through
 * all inputs, as if they stood one behind the other. */
YATA_API yata_status yata_update_merge(const yata_bytes *updates, size_t count, yata_buffer *out, yata_fault *fault);
YATA_API yata_status yata_update_merge_v2(const yata_bytes *updates, size_t count, yata_buffer *out, yata_fault *fault);
/* The part of an update that a peer with that state vector lacks (and all its deletions, as in Yjs). A bad state vector
 * is refused with the fault's offset in the vector. */
YATA_API yata_status yata_update_diff(yata_bytes update, yata_bytes state_vector, yata_buffer *out, yata_fault *fault);
YATA_API yata_status yata_update_diff_v2(yata_bytes update, yata_bytes state_vector, yata_buffer *out,
                                         yata_fault *fault);
/* The state vector that an empty document has after it: clients whose blocks begin at clock 0, up to the first hole. */
YATA_API yata_status yata_update_state_vector(yata_bytes update, yata_buffer *out, yata_fault *fault);
YATA_API yata_status yata_update_state_vector_v2(yata_bytes update, yata_buffer *out, yata_fault *fault);

typedef enum yata_update_format { YATA_UPDATE_V1 = 1, YATA_UPDATE_V2 = 2 } yata_update_format;
/* The same update, block by block, in the other format (or the same, in the form in which it is usually written). */
YATA_API yata_status yata_update_convert(yata_bytes update, yata_update_format from, yata_update_format to,
                                         yata_buffer *out, yata_fault *fault);

/* What an update is about. Any of the functions may be NULL; each says whether to go on. */
typedef struct yata_update_visitor {
    void *ctx;
    /* There are blocks of this client, from the clock `from` up to, not including, `to`; perhaps with holes. */
    bool (*client)(void *ctx, uint64_t client, uint32_t from, uint32_t to);
    /* These clocks are deleted. Clients descending, clocks ascending. */
    bool (*deleted)(void *ctx, yata_id first, uint32_t len);
    /* Something in this root is new. Each root once; what lies deeper does not name its root. */
    bool (*root)(void *ctx, yata_str name);
} yata_update_visitor;
/* What a transaction did, for observers of it: calls `client` with the clocks of each client that has new blocks, then
 * `deleted`. Clients in the order in which they were touched, clocks ascending. O(what it did). */
YATA_API void yata_txn_changes(const yata_txn *txn, const yata_update_visitor *visitor);
/* Checks the whole update, then tells the visitor, in this order, of clients, deletions and roots, clients and roots as
 * they come in the update. allocator: NULL for the default. */
YATA_API yata_status yata_update_meta(yata_bytes update, const yata_update_visitor *visitor,
                                      const yata_allocator *allocator, yata_fault *fault);
YATA_API yata_status yata_update_meta_v2(yata_bytes update, const yata_update_visitor *visitor,
                                         const yata_allocator *allocator, yata_fault *fault);

/* The part of an update that makes or deletes these ids, and the part that does not. ids: a set of ids in the form of a
 * delete set of format v1 (spec/update-v1.md, "Delete set"). A bad set is refused with the fault's offset in the set.
 */
YATA_API yata_status yata_update_intersect(yata_bytes update, yata_bytes ids, yata_buffer *out, yata_fault *fault);
YATA_API yata_status yata_update_intersect_v2(yata_bytes update, yata_bytes ids, yata_buffer *out, yata_fault *fault);
YATA_API yata_status yata_update_exclude(yata_bytes update, yata_bytes ids, yata_buffer *out, yata_fault *fault);
YATA_API yata_status yata_update_exclude_v2(yata_bytes update, yata_bytes ids, yata_buffer *out, yata_fault *fault);

/* Takes a part of an update; false: no more of them. */
typedef bool (*yata_update_part_fn)(void *ctx, yata_bytes part);
/* Cuts an update into parts of at most max_bytes, each an update of its own. Applied one after the other they do what
 * the whole does, and none waits for a later one. Deletions come last. What cannot be cut (a large value) may make a
 * part larger. An update that is small enough is its only part, unchanged. Memory: O(update). */
YATA_API yata_status yata_update_split(yata_bytes update, size_t max_bytes, yata_update_part_fn fn, void *ctx,
                                       const yata_allocator *allocator, yata_fault *fault);
YATA_API yata_status yata_update_split_v2(yata_bytes update, size_t max_bytes, yata_update_part_fn fn, void *ctx,
                                          const yata_allocator *allocator, yata_fault *fault);

/* What yata_update_obfuscate leaves readable; all false: nothing. */
typedef struct yata_obfuscation {
    bool formats;      /* keys and values of formats in rich text */
    bool subdocuments; /* their guids and options                 */
    bool names;        /* tags of XML elements, names of XML hooks */
} yata_obfuscation;
/* The same update with other contents: text, values and keys are replaced by numbers of items, equal keys stay equal.
 * Ids, lengths, structure and names of roots stay. To report a fault without the text. keep: NULL for nothing. */
YATA_API yata_status yata_update_obfuscate(yata_bytes update, const yata_obfuscation *keep, yata_buffer *out,
                                           yata_fault *fault);
YATA_API yata_status yata_update_obfuscate_v2(yata_bytes update, const yata_obfuscation *keep, yata_buffer *out,
                                              yata_fault *fault);

/* Reads a state vector entry by entry. */
typedef struct yata_state_vector_iter {
    const uint8_t *start, *pos, *end;
    uint64_t left;
    yata_fault fault;
} yata_state_vector_iter;
YATA_API yata_status yata_state_vector_iter_init(yata_state_vector_iter *iter, yata_bytes state_vector);
/* False at the end and at the first fault (iter->fault). */
YATA_API bool yata_state_vector_iter_next(yata_state_vector_iter *iter, yata_id *out);
/* Checks all of it. */
YATA_API yata_fault yata_state_vector_check(yata_bytes state_vector);

/* ------------------------------------------------------------------------
 * In pieces: updates that are not in memory as a whole.
 */

/* Takes a piece of what is written; valid during the call. False: no more of it. */
typedef bool (*yata_write_fn)(void *ctx, yata_bytes piece);
/* Writes the bytes that yata_doc_encode_diff, or for V2 yata_doc_encode_diff_v2, would append. An empty vector: the
 * whole state. Memory, of `allocator` (NULL: the default): O(clients), some 40 kB, and two to three times the longest
 * block (the value or run of text that one item holds), however long the update is. V1 goes over the document once; V2
 * up to twelve times, since the length of each column stands before it: where memory is no matter, encode.
 * YATA_ERR_STATE: `write` wanted no more. It must not change the document. */
YATA_API yata_status yata_doc_write_diff(const yata_doc *doc, yata_bytes state_vector, yata_update_format format,
                                         const yata_allocator *allocator, yata_write_fn write, void *ctx);

/* Takes an update that arrives in pieces, and gives it on as small ones, its parts, each checked and an update of its
 * own, which can be applied, stored or sent. Applied one after the other, in one transaction or in many, they do what
 * the whole does; parts may wait for later ones, as far as blocks stand before those that they build on.
 *
 *   yata_update_feed_new(NULL, take, ctx, &feed);
 *   while (...bytes arrive...) status = yata_update_feed_put(feed, piece, &fault);
 *   status = yata_update_feed_end(feed, &fault);
 *
 * Which parts come depends on the bytes only, not on the pieces. V1 is read as it comes: memory is O(part_bytes) and
 * twice the longest block, however long the update is. V2 has what blocks consist of at different places, and is held
 * until its end: memory is O(update). */
typedef struct yata_update_feed yata_update_feed;
/* Takes a part, of the format of the whole; a view. Any status but YATA_OK ends the work with that status. */
typedef yata_status (*yata_update_take_fn)(void *ctx, yata_bytes part);
typedef struct yata_update_feed_options {
    yata_update_format format;       /* 0: V1                                                                */
    size_t part_bytes;               /* a part is given on when it is so long [65,536]                       */
    size_t held_bytes;               /* of a block that has not arrived as a whole, or of a V2 update [2^31-1] */
    const yata_allocator *allocator; /* NULL: the default. Copied. */
} yata_update_feed_options;
YATA_API yata_update_feed_options yata_update_feed_options_default(void);
YATA_API yata_status yata_update_feed_new(const yata_update_feed_options *options, yata_update_take_fn take, void *ctx,
                                          yata_update_feed **out);
YATA_API void yata_update_feed_free(yata_update_feed *feed); /* NULL is fine */
/* Any status but YATA_OK is final: each further call gives it again. fault: NULL, or why and where, in the bytes of all
 * pieces. What was given on before a fault stays given. YATA_ERR_LIMIT: a block is longer than held_bytes, or a clock
 * beyond 2^32-1. Bytes behind the update are ignored, as in Yjs. */
YATA_API yata_status yata_update_feed_put(yata_update_feed *feed, yata_bytes piece, yata_fault *fault);
/* No more will come: gives on the rest; at least one part comes in any case. YATA_ERR_END: the update is not complete.
 * YATA_ERR_STATE: it was called before. */
YATA_API yata_status yata_update_feed_end(yata_update_feed *feed, yata_fault *fault);
/* Bytes asked of the allocator. */
YATA_API size_t yata_update_feed_memory(const yata_update_feed *feed);

#ifdef __cplusplus
}
#endif
#endif
