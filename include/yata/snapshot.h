/* SPDX-License-Identifier: MIT */
/*
 * snapshot.h - past states of a document: remember them, read them, compare them, go back to them.
 *
 * A snapshot is small: it says which units there were and which of them were deleted, not what they were. Reading
 * needs the document, and the document must have kept deleted content (keep_deleted, Yjs: gc: false). A snapshot is
 * independent of documents: it can be stored and used with any replica that has at least what it speaks of.
 *
 * Sources: "Document Snapshots" (Y.Snapshot) in the Yjs documentation; spec/snapshots.md.
 */
#ifndef YATA_SNAPSHOT_H
#define YATA_SNAPSHOT_H

#include <yata/delta.h>
#include <yata/doc.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct yata_snapshot yata_snapshot;

/* ------------------------------------------------------------------------
 * Making and storing. allocator: NULL for the default.
 */

/* The state now; what is pending is not part of it. O(clients + runs of deletions). */
YATA_API yata_status yata_snapshot_take(const yata_doc *doc, const yata_allocator *allocator, yata_snapshot **out);
/* Of a document in which nothing has happened. */
YATA_API yata_status yata_snapshot_new(const yata_allocator *allocator, yata_snapshot **out);
/* NULL is fine. */
YATA_API void yata_snapshot_free(yata_snapshot *snapshot);

/* Appends the bytes: a delete set, then a state vector. */
YATA_API yata_status yata_snapshot_encode(const yata_snapshot *snapshot, yata_buffer *out);
YATA_API yata_status yata_snapshot_encode_v2(const yata_snapshot *snapshot, yata_buffer *out);
/* What stands behind is ignored. Refused: status and, in fault (may be NULL), where. Memory O(bytes). */
YATA_API yata_status yata_snapshot_decode(yata_bytes bytes, const yata_allocator *allocator, yata_snapshot **out,
                                          yata_fault *fault);
YATA_API yata_status yata_snapshot_decode_v2(yata_bytes bytes, const yata_allocator *allocator, yata_snapshot **out,
                                             yata_fault *fault);

/* ------------------------------------------------------------------------
 * Asking
 */
YATA_API bool yata_snapshot_equal(const yata_snapshot *a, const yata_snapshot *b);
/* Was this unit there, and not deleted? */
YATA_API bool yata_snapshot_shows(const yata_snapshot *snapshot, yata_id id);
/* Does the snapshot know all that the update makes and deletes? The update is checked first; fault may be NULL. */
YATA_API yata_status yata_snapshot_contains_update(const yata_snapshot *snapshot, yata_bytes update, bool *out,
                                                   yata_fault *fault);
YATA_API yata_status yata_snapshot_contains_update_v2(const yata_snapshot *snapshot, yata_bytes update, bool *out,
                                                      yata_fault *fault);

/* ------------------------------------------------------------------------
 * Reading the past
 *
 * Types: handles of types that are alive now or were deleted and kept. YATA_ERR_GONE: collected. Where single pieces of
 * content were collected they are left out. What a handle got from here shows of a type that is deleted now can only be
 * read by these functions.
 */

/* Walks the elements of an array, or the children of an XML type, as they were. Indexes do not matter here: text among
 * them counts code units. Any change of the document ends the walk. */
typedef struct yata_snapshot_list {
    const yata_snapshot *snapshot;
    yata_type type;
    uint32_t item, offset;
} yata_snapshot_list;
YATA_API yata_status yata_snapshot_list_init(yata_snapshot_list *list, const yata_snapshot *snapshot, yata_type type);
YATA_API bool yata_snapshot_list_next(yata_snapshot_list *list, yata_value *out);

/* The value that a key of a map, or an attribute of an XML type, had. A view, valid until the next change of the
 * document. YATA_ERR_NOT_FOUND. O(changes of the key since). */
YATA_API yata_status yata_snapshot_map_get(const yata_snapshot *snapshot, yata_type type, yata_str key,
                                           yata_value *out);
/* Walks all of them, in the order in which keys were first set. Any change of the document ends the walk. */
typedef struct yata_snapshot_map {
    const yata_snapshot *snapshot;
    yata_type type;
    uint32_t entry;
} yata_snapshot_map;
YATA_API yata_status yata_snapshot_map_init(yata_snapshot_map *map, const yata_snapshot *snapshot, yata_type type);
YATA_API bool yata_snapshot_map_next(yata_snapshot_map *map, yata_str *key, yata_value *out);

typedef enum yata_snapshot_change { YATA_CHANGE_REMOVED = 0, YATA_CHANGE_ADDED = 1 } yata_snapshot_change;
/* What to say of a piece of text that was removed or added: `out`, the value of the attribute "ychange", is copied when
 * the call returns; UNDEFINED for none. id: the first unit of the piece; its client tells who wrote (not who removed)
 * it. Where the value is an object with "user" (the client) and "type" ("removed" or "added") as in Yjs, pieces that
 * follow each other and say the same are one operation. */
typedef void (*yata_snapshot_change_fn)(void *ctx, yata_snapshot_change change, yata_id id, yata_value *out);

/* A text as it was, as inserts appended to `delta` (delta.h). snapshot NULL: as it is now. before: NULL, or an older
 * state: text that was removed since is shown, too, and marked as removed, text that is new is marked as added; formats
 * are those of `snapshot`. change NULL: marks are {"type": "removed"} and {"type": "added"}.
 * A transaction is begun (or joined), because items are cut at the borders of the states while reading and merged again
 * at its end, as in Yjs. Nobody is told of a change, and there is none, unless a border lies inside a surrogate pair,
 * whose halves then become U+FFFD (spec/quirks.md, Q10). O(cuts * log blocks + text). */
YATA_API yata_status yata_snapshot_text(const yata_snapshot *snapshot, const yata_snapshot *before, yata_type text,
                                        yata_snapshot_change_fn change, void *ctx, yata_delta *delta);

/* ------------------------------------------------------------------------
 * The whole document
 *
 * YATA_ERR_STATE: the document collects deleted content, so that the past is not there. YATA_ERR_NOT_FOUND: the
 * snapshot speaks of what the document does not have.
 */

/* Appends the state that the document had as an update. Cuts and merges as above. */
YATA_API yata_status yata_snapshot_encode_state(const yata_snapshot *snapshot, yata_doc *doc, yata_buffer *out);
YATA_API yata_status yata_snapshot_encode_state_v2(const yata_snapshot *snapshot, yata_doc *doc, yata_buffer *out);
/* A new document in that state. options: NULL for the defaults. */
YATA_API yata_status yata_snapshot_to_doc(const yata_snapshot *snapshot, yata_doc *origin,
                                          const yata_doc_options *options, yata_doc **out);

/* Makes the content equal to that of the snapshot by ordinary edits in the open transaction, which all peers follow:
 * what was added since is deleted, what was deleted since is inserted anew at its place, what was there all the time
 * stays as it is. YATA_ERR_GONE: some of the content was collected elsewhere; nothing changed. YATA_ERR_MEMORY: part
 * of it may be done; doing it again completes it. O(document). */
YATA_API yata_status yata_snapshot_restore(const yata_snapshot *snapshot, yata_txn *txn);

#ifdef __cplusplus
}
#endif
#endif
