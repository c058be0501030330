/* SPDX-License-Identifier: MIT */
/*
 * doc.h - documents, transactions and root types.
 *
 * A document holds shared types under root names. Everything that changes it
 * happens inside a transaction; reading needs none. One thread may write; while
 * nobody writes, any number may read.
 *
 * Sources: "Y.Doc" and "Transactions" in the Yjs documentation; spec/design.md.
 */
#ifndef YATA_DOC_H
#define YATA_DOC_H

#include <yata/base.h>
#include <yata/value.h>

#ifdef __cplusplus
extern "C" {
#endif

/* The unit of every index and length in a text. Clocks on the wire are always UTF-16. */
typedef enum yata_offset_unit {
    YATA_OFFSET_UTF16 = 0, /* code units, as Yjs and JavaScript count; an edit inside a surrogate pair turns both
                              halves into U+FFFD, as in Yjs */
    YATA_OFFSET_UTF8 = 1,  /* bytes; an offset inside a character is YATA_ERR_RANGE */
    YATA_OFFSET_SCALAR = 2 /* Unicode scalar values ("code points") */
} yata_offset_unit;

/* What a document accepts. 0 means the default, in brackets. */
typedef struct yata_limits {
    size_t update_bytes;  /* longest update that is looked at [2^31-1]               */
    size_t pending_bytes; /* memory of what waits for missing updates [2^28]         */
    uint32_t clients;     /* whose blocks are here or wait, its own included [2^24]  */
} yata_limits;

/* Where a local edit has a choice, everybody sees the same but where two edit at one place, and the bytes differ.
 * YJS: elements go before deleted ones at their place; formats that an edit makes superfluous are removed.
 * YRS: as yrs, the engine in Rust, does: elements of arrays go behind deleted ones, text without attributes before the
 * formats at its place; superfluous formats stay but where formatted text is deleted; binary values are no items of
 * their own. (spec/yffi.md, "Places and formats") */
typedef enum yata_edit_rules { YATA_RULES_YJS = 0, YATA_RULES_YRS = 1 } yata_edit_rules;

typedef struct yata_doc_options {
    uint64_t client_id; /* 0: a random 32-bit one. At most 2^53-1. */
    yata_offset_unit offset_unit;
    bool keep_deleted; /* true: never collect deleted content (Yjs: gc: false) */
    bool keep_formats; /* true: what remote edits make superfluous stays (yrs: cleanup_formatting: false) */
    bool keep_floats;  /* true: FLOAT 5.0 is kept apart from INT 5, however big (as in yrs from 0.28 on), and so it is
                          with what comes in updates; false: both are 5, written as in JavaScript */
    yata_edit_rules rules;
    const yata_allocator *allocator; /* NULL: the default. Copied. */
    yata_limits limits;
    /* Fills *out with a random number; false when there is none. NULL: the platform's. */
    bool (*random)(void *ctx, uint64_t *out);
    void *random_ctx;
} yata_doc_options;

YATA_API yata_doc_options yata_doc_options_default(void);
/* The random numbers of the system, in the form of options.random: what NULL means there. False when there are none,
 * as on freestanding builds. ctx is not looked at. */
YATA_API bool yata_random_default(void *ctx, uint64_t *out);

/* options: NULL for the defaults. */
YATA_API yata_status yata_doc_new(const yata_doc_options *options, yata_doc **out);
/* NULL is fine. Every handle and view of the document ends here. An open transaction is dropped. Not to be called from
 * inside a callback of the document. */
YATA_API void yata_doc_free(yata_doc *doc);

YATA_API uint64_t yata_doc_client_id(const yata_doc *doc);
/* What is edited from now on is that client's: any number up to 2^53-1, which nobody else may use (Yjs: doc.clientID =
 * id). YATA_ERR_STATE inside a transaction. */
YATA_API yata_status yata_doc_set_client_id(yata_doc *doc, uint64_t id);
YATA_API yata_offset_unit yata_doc_offset_unit(const yata_doc *doc);

/* Bytes asked of the allocator. The parts do not overlap; what of `used` is in none of them are transactions,
 * observers, undo, weak links and what belongs to subdocuments (whose own documents count for themselves). */
typedef struct yata_memory {
    size_t used;    /* now, all of the document                                          */
    size_t peak;    /* the most there ever was                                           */
    size_t items;   /* of `used`: pooled items                                           */
    size_t text;    /* of `used`: content (text, values)                                 */
    size_t blocks;  /* of `used`: clients and their block lists                          */
    size_t deleted; /* of `used`: sets of deleted clocks                                 */
    size_t index;   /* of `used`: trees of positions, marks of the conflict scan         */
    size_t maps;    /* of `used`: types, entries of maps, names                          */
    size_t pending; /* of `used`: what waits for missing updates                         */
    uint32_t item_count;
    uint32_t client_count;
} yata_memory;
/* O(clients + types). doc: may be NULL. */
YATA_API void yata_doc_memory(const yata_doc *doc, yata_memory *out);
/* Gives back what the document can do without: trees of positions, what is kept for the next transaction, room to grow
 * of the newest content and block lists, slabs at the end of the pool without an item. All of it comes again when it is
 * needed. Handles, bytes and events stay as they are; views of contents end. YATA_ERR_STATE: inside a transaction or a
 * callback. Cannot fail otherwise: what would need memory is left as it is. O(types + clients + freed items). */
YATA_API yata_status yata_doc_trim(yata_doc *doc);

/* Verifies every invariant of the document (src/doc/model.h); for tests and fuzzers. O(document).
 * what: NULL, or receives a static text naming the broken invariant. True when all hold. */
YATA_API bool yata_doc_check(const yata_doc *doc, const char **what);

/* ------------------------------------------------------------------------
 * Transactions
 *
 * A begin inside an open transaction joins it (its origin is ignored); the
 * outermost commit ends it: content that was deleted is collected, blocks are
 * merged, observers are called. Origin: any bytes, copied, handed to observers.
 *
 * A commit inside an observer callback only queues: its observers are called
 * after those of the running one.
 */
YATA_API yata_status yata_txn_begin(yata_doc *doc, yata_bytes origin, yata_txn **out);
/* Collects whatever was deleted up to now, also where the document keeps deleted content, but not what undo needs.
 * Blocks are merged at the commit. O(deleted blocks). */
YATA_API yata_status yata_txn_collect(yata_txn *txn);
/* The document has changed whatever the status; YATA_ERR_MEMORY says that a callback or a merge was left out. */
YATA_API yata_status yata_txn_commit(yata_txn *txn);

YATA_API yata_doc *yata_txn_doc(const yata_txn *txn);
YATA_API yata_bytes yata_txn_origin(const yata_txn *txn);
YATA_API bool yata_txn_local(const yata_txn *txn); /* false once an update was applied in it */

/* ------------------------------------------------------------------------
 * Roots
 */

/* The root of that name, made if there is none. An untyped one becomes of that kind; asking for another kind
 * later is YATA_ERR_TYPE. YATA_KIND_UNTYPED takes it as it is. Allowed at any time, also inside transactions. */
YATA_API yata_status yata_doc_root(yata_doc *doc, yata_str name, yata_kind kind, yata_type *out);
/* Without making one: YATA_ERR_NOT_FOUND. */
YATA_API yata_status yata_doc_root_find(const yata_doc *doc, yata_str name, yata_type *out);
/* Roots in the order in which they came to be. name: valid as long as the document. */
YATA_API uint32_t yata_doc_root_count(const yata_doc *doc);
YATA_API yata_status yata_doc_root_at(const yata_doc *doc, uint32_t i, yata_str *name, yata_type *out);

/* ------------------------------------------------------------------------
 * Any shared type
 */

/* Also of a type that was deleted, as long as it is not collected: events show such types. */
YATA_API yata_status yata_type_kind(yata_type type, yata_kind *out);
/* The kind itself, or for UNTYPED roots what the content suggests: entries with keys make a MAP, text or formats
 * a TEXT, elements or texts of XML an XML_FRAGMENT, other content an ARRAY. Empty stays UNTYPED. */
YATA_API yata_status yata_type_guess_kind(yata_type type, yata_kind *out);
/* Tag name of an XML element, name of an XML hook; YATA_ERR_TYPE for others. */
YATA_API yata_status yata_type_name(yata_type type, yata_str *out);
YATA_API bool yata_type_alive(yata_type type);
/* A name of a type that means the same in every replica: that of a root, or the unit that made a nested type. */
typedef struct yata_type_id {
    bool is_root;
    yata_str name; /* roots: a view, valid as long as the document */
    yata_id id;    /* nested types */
} yata_type_id;
/* YATA_ERR_GONE. */
YATA_API yata_status yata_type_get_id(yata_type type, yata_type_id *out);
/* YATA_ERR_NOT_FOUND: there is no such root, nothing of that id has arrived, or it is no type; YATA_ERR_GONE: it was
 * deleted. Finding a nested type: O(log blocks). */
YATA_API yata_status yata_doc_type_by_id(const yata_doc *doc, const yata_type_id *id, yata_type *out);
/* Content as JSON, like toJSON() in Yjs (untyped roots by guess_kind). */
YATA_API yata_status yata_type_to_json(yata_type type, yata_buffer *out);
/* The same, reading an UNTYPED root as `kind`. */
YATA_API yata_status yata_type_to_json_as(yata_type type, yata_kind kind, yata_buffer *out);
/* {"root": value, ...} of all roots, in the order of yata_doc_root_at. */
YATA_API yata_status yata_doc_to_json(const yata_doc *doc, yata_buffer *out);

#ifdef __cplusplus
}
#endif
#endif
