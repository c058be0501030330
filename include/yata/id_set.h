/* SPDX-License-Identifier: MIT */
/*
 * id_set.h - sets of ids: what a transaction or an update made and deleted, and the algebra of such sets.
 *
 * A set holds runs of clocks for each client; runs that touch are one. Clocks count UTF-16 units of text and elements,
 * whatever the offset unit of a document. Order everywhere: clients ascending, clocks ascending.
 *
 * A set has its own memory and belongs to the caller; nothing here keeps a document alive or needs one, except the
 * functions at the end. A function that fails leaves the set as it was.
 *
 * Sources: "IdSet" in the source of Yjs 14; spec/id-sets.md.
 */
#ifndef YATA_ID_SET_H
#define YATA_ID_SET_H

#include <yata/doc.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct yata_id_set yata_id_set;

/* allocator: NULL for the default. Copied. */
YATA_API yata_status yata_id_set_new(const yata_allocator *allocator, yata_id_set **out);
YATA_API void yata_id_set_free(yata_id_set *set); /* NULL is fine */
/* Another set with the same ids, on the same allocator. */
YATA_API yata_status yata_id_set_copy(const yata_id_set *set, yata_id_set **out);
YATA_API void yata_id_set_clear(yata_id_set *set);

/* ------------------------------------------------------------------------
 * Ids. first and len: the clocks [first.clock, first.clock + len) of one client; an end beyond 2^32-1 or a client
 * beyond 2^53-1 is YATA_ERR_LIMIT, len 0 is nothing. O(log runs of the client) and, for a client that is new,
 * O(clients).
 */
YATA_API yata_status yata_id_set_add(yata_id_set *set, yata_id first, uint32_t len);
YATA_API yata_status yata_id_set_remove(yata_id_set *set, yata_id first, uint32_t len);
YATA_API bool yata_id_set_contains(const yata_id_set *set, yata_id id);
YATA_API bool yata_id_set_is_empty(const yata_id_set *set);
/* Clients of which the set has ids, and runs of all of them. */
YATA_API uint32_t yata_id_set_client_count(const yata_id_set *set);
YATA_API uint32_t yata_id_set_run_count(const yata_id_set *set);
/* The same ids? O(runs). */
YATA_API bool yata_id_set_equal(const yata_id_set *a, const yata_id_set *b);

/* ------------------------------------------------------------------------
 * Algebra, into `set`. O(runs of both). other: may be the set itself.
 */
YATA_API yata_status yata_id_set_merge(yata_id_set *set, const yata_id_set *other);     /* union               */
YATA_API yata_status yata_id_set_diff(yata_id_set *set, const yata_id_set *other);      /* what other lacks    */
YATA_API yata_status yata_id_set_intersect(yata_id_set *set, const yata_id_set *other); /* what both have      */

/* Walks the runs. Shape: yata_id_set_iter it = yata_id_set_begin(set);
 *                        while (yata_id_set_next(&it, &first, &len)) ...
 * The set must not change meanwhile. O(1) a step. */
typedef struct yata_id_set_iter {
    const yata_id_set *set;
    uint32_t client, page, at;
} yata_id_set_iter;
YATA_API yata_id_set_iter yata_id_set_begin(const yata_id_set *set);
YATA_API bool yata_id_set_next(yata_id_set_iter *iter, yata_id *first, uint32_t *len);

/* ------------------------------------------------------------------------
 * Bytes
 *
 * The forms cannot be told apart by looking: one run in one of them is another run in the other (spec/quirks.md, Q90).
 */
typedef enum yata_id_format {
    YATA_IDS_V1 = 1, /* clocks and lengths as they are: a delete set of update format v1 */
    YATA_IDS_V2 = 2, /* differences: a delete set of update format v2, encodeIdSet of Yjs 14 */
    YATA_IDS_YRS = 3 /* as V1, but clients ascend: what yrs and pycrdt write; the same as V1 for reading */
} yata_id_format;

/* Appends the set. Equal sets have equal bytes. */
YATA_API yata_status yata_id_set_encode(const yata_id_set *set, yata_id_format format, yata_buffer *out);
/* Adds what the bytes say to the set. used: NULL if the set is to be all of `bytes` (YATA_ERR_VALUE otherwise), or
 * receives the length of what was read. fault: NULL, or why and where. Memory: O(bytes), checked before it is asked
 * for.
 */
YATA_API yata_status yata_id_set_decode(yata_id_set *set, yata_bytes bytes, yata_id_format format, size_t *used,
                                        yata_fault *fault);

/* ------------------------------------------------------------------------
 * What was made, what was deleted. The ids are added to `inserts` and `deletes`, of which either may be NULL. Something
 * made and deleted at once is in both. YATA_ERR_MEMORY: `inserts` may have been added to.
 */

/* By a transaction: open, or inside an observer. O(clients and runs that it touched). */
YATA_API yata_status yata_txn_ids(const yata_txn *txn, yata_id_set *inserts, yata_id_set *deletes);
/* By everything in the document, now; what is pending is not in it. O(clients and runs). */
YATA_API yata_status yata_doc_ids(const yata_doc *doc, yata_id_set *inserts, yata_id_set *deletes);
/* By an update, without a document. A bad update adds nothing. fault: NULL, or why and where. */
YATA_API yata_status yata_update_ids(yata_bytes update, yata_id_set *inserts, yata_id_set *deletes, yata_fault *fault);
YATA_API yata_status yata_update_ids_v2(yata_bytes update, yata_id_set *inserts, yata_id_set *deletes,
                                        yata_fault *fault);

#ifdef __cplusplus
}
#endif
#endif
