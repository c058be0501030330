/* SPDX-License-Identifier: MIT */
/*
 * libyrs.h - the C interface of yffi, served by Yata.
 *
 * A program written for yffi compiles and links against this unchanged. Two generations of the interface are in use:
 * YFFI_ABI 27 (yffi 0.27: subscriptions are handles) and 28 (yffi 0.28: subscriptions have keys, those of documents
 * are made in a transaction). The library is built for one of them; define YFFI_ABI alike before including this.
 *
 * What holds everywhere
 *   - Strings are UTF-8 and end with a zero byte. What is passed in is copied; it stays the caller's.
 *   - Strings that are returned end with ystring_destroy, bytes with ybinary_destroy, cells with youtput_destroy; every
 *     *_destroy function takes NULL.
 *   - Indexes and lengths of texts are in the unit of the document: bytes, or UTF-16 units with Y_OFFSET_UTF16. One
 * that lies inside a character counts as the end of that character.
 *   - Nothing aborts: a NULL argument, an index beyond the end, a transaction that may not write, bytes that are no
 *     update make the call do nothing and return NULL, 0 or an error code. An edit is done as a whole or not at all.
 *   - Pointers to Branch are the library's, stay the same for the same type, and may be used as long as the document
 *     lives, also when the type was deleted (it then reads as empty).
 *   - One thread may hold a write transaction, or any number of threads read transactions. Inside callbacks reading is
 *     allowed, also with ydoc_read_transaction.
 *   - Maps, attributes and members of JSON objects come in the order in which their keys were first set.
 *
 * What yffi does not have is at the end, under "Additions of Yata".
 */
#ifndef LIBYRS_H
#define LIBYRS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#ifndef YFFI_ABI
#define YFFI_ABI 28
#endif
#if YFFI_ABI != 27 && YFFI_ABI != 28
#error "YFFI_ABI is 27 or 28"
#endif

#if defined(_WIN32) && defined(YFFI_BUILD)
#define YFFI_API __declspec(dllexport)
#elif defined(__GNUC__)
#define YFFI_API __attribute__((visibility("default")))
#else
#define YFFI_API
#endif

#ifdef __cplusplus
extern "C" {
#endif

/* ------------------------------------------------------------------------
 * Constants
 */

/* What a cell (YInput, YOutput) holds: plain values up to 0, shared types above. */
#define Y_JSON       (-9) /* input only: the text of a JSON document */
#define Y_JSON_BOOL  (-8)
#define Y_JSON_NUM   (-7) /* a double            */
#define Y_JSON_INT   (-6) /* a 64-bit integer    */
#define Y_JSON_STR   (-5)
#define Y_JSON_BUF   (-4)
#define Y_JSON_ARR   (-3)
#define Y_JSON_MAP   (-2)
#define Y_JSON_NULL  (-1)
#define Y_JSON_UNDEF 0
#define Y_ARRAY      1
#define Y_MAP        2
#define Y_TEXT       3
#define Y_XML_ELEM   4
#define Y_XML_TEXT   5
#define Y_XML_FRAG   6
#define Y_DOC        7
#define Y_WEAK_LINK  8
#define Y_UNDEFINED  9 /* a root whose kind nobody has named yet */

#define Y_TRUE  1
#define Y_FALSE 0

/* YOptions.flags */
#define Y_OFFSET_BYTES 0
#define Y_OFFSET_UTF16 1
#define Y_SKIP_GC      2  /* keep what was deleted: snapshots can then be encoded */
#define Y_AUTO_LOAD    4  /* as a subdocument: every peer should load it          */
#define Y_SHOULD_LOAD  8  /* as a subdocument: it should be loaded here           */
#define Y_CLEANUP_FMT  16 /* remove formats that became superfluous after remote edits; Yata always does */

/* What ytransaction_apply answers besides 0. */
#define ERR_CODE_IO               1
#define ERR_CODE_VAR_INT          2
#define ERR_CODE_EOS              3
#define ERR_CODE_UNEXPECTED_VALUE 4
#define ERR_CODE_INVALID_JSON     5
#define ERR_CODE_OTHER            6
#define ERR_NOT_ENOUGH_MEMORY     7
#define ERR_TYPE_MISMATCH         8
#define ERR_CUSTOM                9
#define ERR_INVALID_PARENT        9

/* Changes: of sequences and texts */
#define Y_EVENT_CHANGE_ADD    1
#define Y_EVENT_CHANGE_DELETE 2
#define Y_EVENT_CHANGE_RETAIN 3
/* ... and of keys */
#define Y_EVENT_KEY_CHANGE_ADD    4
#define Y_EVENT_KEY_CHANGE_DELETE 5
#define Y_EVENT_KEY_CHANGE_UPDATE 6
/* Steps of paths */
#define Y_EVENT_PATH_KEY   1
#define Y_EVENT_PATH_INDEX 2

/* Named by yffi, used by none of its functions. */
#define YCHANGE_ADD    1
#define YCHANGE_RETAIN 0
#define YCHANGE_REMOVE (-1)

#define Y_KIND_UNDO 0
#define Y_KIND_REDO 1

/* ------------------------------------------------------------------------
 * Handles
 */
typedef struct YDoc YDoc;
typedef struct Branch Branch;
typedef struct Transaction Transaction;
typedef struct TransactionMut TransactionMut;
typedef struct TransactionInner TransactionInner;
typedef TransactionInner YTransaction;
typedef struct YArrayIter YArrayIter;
typedef struct YMapIter YMapIter;
typedef struct YXmlAttrIter YXmlAttrIter;
typedef struct YXmlTreeWalker YXmlTreeWalker;
typedef struct YJsonPathIter YJsonPathIter;
typedef struct YWeakIter YWeakIter;
typedef struct YUndoManager YUndoManager;
typedef struct LinkSource LinkSource;
typedef LinkSource Weak;
typedef struct Unquote Unquote;
typedef struct StickyIndex StickyIndex;
typedef StickyIndex YStickyIndex;
#if YFFI_ABI < 28
typedef struct YSubscription YSubscription;
#endif

/* ------------------------------------------------------------------------
 * Values
 */
struct YOutput;
struct YInput;

/* An entry of a map, or a member of a JSON object. */
typedef struct YMapEntry {
    const char *key;
    const struct YOutput *value;
} YMapEntry;

/* An attribute of an XML element or text. */
typedef struct YXmlAttr {
    const char *name;
    const struct YOutput *value;
} YXmlAttr;

typedef union YOutputContent {
    uint8_t flag;
    double num;
    int64_t integer;
    char *str;
    const char *buf;
    struct YOutput *array;
    YMapEntry *map;
    Branch *y_type;
    YDoc *y_doc;
} YOutputContent;

/* A value that was read. It is released as a whole by whoever got a pointer to it; cells inside others are not. */
typedef struct YOutput {
    int8_t tag;
    uint32_t len; /* strings and buffers: bytes; arrays, objects: elements; 0 of null and undefined; else 1 */
    YOutputContent value;
} YOutput;

typedef struct YMapInputData {
    char **keys;
    struct YInput *values;
} YMapInputData;

typedef union YInputContent {
    uint8_t flag;
    double num;
    int64_t integer;
    char *str;
    char *buf;
    struct YInput *values;
    YMapInputData map;
    YDoc *doc;
    const Weak *weak;
} YInputContent;

/* A value to be written. What it points to is the caller's and must live until the call it is given to. */
typedef struct YInput {
    int8_t tag;
    uint32_t len; /* buffers: bytes; arrays, maps: elements */
    YInputContent value;
} YInput;

/* ------------------------------------------------------------------------
 * What documents are made of, what they tell
 */
typedef struct YOptions {
    uint64_t id;               /* client id, of which the lower 53 bits count */
    const char *guid;          /* NULL: a random UUID */
    const char *collection_id; /* NULL: none */
    uint8_t flags;
} YOptions;

typedef struct YStateVector {
    uint32_t entries_count;
    uint64_t *client_ids;
    uint32_t *clocks;
} YStateVector;

typedef struct YIdRange {
    uint32_t start;
    uint32_t end; /* not included */
} YIdRange;

typedef struct YIdRangeSeq {
    uint32_t len;
    YIdRange *seq;
} YIdRangeSeq;

/* Ids by client, clients ascending. */
typedef struct YIdSet {
    uint32_t entries_count;
    uint64_t *client_ids;
    YIdRangeSeq *ranges;
} YIdSet;

typedef struct YAfterTransactionEvent {
    YStateVector before_state; /* with clock 0 for clients that were new in it */
    YStateVector after_state;
    YIdSet delete_set;
} YAfterTransactionEvent;

/* The documents belong to the event: use ydoc_clone to keep one. */
typedef struct YSubdocsEvent {
    uint32_t added_len;
    uint32_t removed_len;
    uint32_t loaded_len;
    YDoc **added;
    YDoc **removed;
    YDoc **loaded;
} YSubdocsEvent;

/* What arrived before something it builds on. */
typedef struct YPendingUpdate {
    YStateVector missing; /* whose blocks are waited for, and our clock of each */
    char *update_v1;
    uint32_t update_len;
} YPendingUpdate;

/* ------------------------------------------------------------------------
 * Texts
 */
typedef struct YDeltaIn {
    uint8_t tag; /* Y_EVENT_CHANGE_* */
    uint32_t len;
    const YInput *attributes; /* NULL: none */
    const YInput *insert;
} YDeltaIn;

/* A run of text with the same formats, or one embedded value. */
typedef struct YChunk {
    YOutput data;
    uint32_t fmt_len;
    YMapEntry *fmt;
} YChunk;

/* ------------------------------------------------------------------------
 * Events: valid inside their callback. Copies of the structs are as good as they are.
 */
typedef struct YTextEvent {
    const void *inner;
    const TransactionMut *txn;
} YTextEvent;

typedef struct YMapEvent {
    const void *inner;
    const TransactionMut *txn;
} YMapEvent;

typedef struct YArrayEvent {
    const void *inner;
    const TransactionMut *txn;
} YArrayEvent;

typedef struct YXmlEvent {
    const void *inner;
    const TransactionMut *txn;
} YXmlEvent;

typedef struct YXmlTextEvent {
    const void *inner;
    const TransactionMut *txn;
} YXmlTextEvent;

typedef struct YWeakLinkEvent {
    const void *inner;
    const TransactionMut *txn;
} YWeakLinkEvent;

typedef union YEventContent {
    YTextEvent text;
    YMapEvent map;
    YArrayEvent array;
    YXmlEvent xml_elem;
    YXmlTextEvent xml_text;
    YWeakLinkEvent weak;
} YEventContent;

/* One event of a deep observer; the tag is that of the type that changed. */
typedef struct YEvent {
    int8_t tag;
    YEventContent content;
} YEvent;

typedef union YPathSegmentCase {
    const char *key;
    uint32_t index;
} YPathSegmentCase;

typedef struct YPathSegment {
    char tag; /* Y_EVENT_PATH_* */
    YPathSegmentCase value;
} YPathSegment;

typedef struct YDeltaAttr {
    const char *key;
    YOutput value;
} YDeltaAttr;

/* A change of a text. */
typedef struct YDeltaOut {
    uint8_t tag;
    uint32_t len; /* RETAIN, DELETE: in the unit of the document; ADD: 1 */
    uint32_t attributes_len;
    YDeltaAttr *attributes;
    YOutput *insert; /* ADD: a string or an embedded value, else NULL */
} YDeltaOut;

/* A change of a sequence. */
typedef struct YEventChange {
    uint8_t tag;
    uint32_t len;
    const YOutput *values; /* ADD: `len` of them, else NULL */
} YEventChange;

typedef struct YEventKeyChange {
    const char *key;
    char tag; /* Y_EVENT_KEY_CHANGE_* */
    const YOutput *old_value;
    const YOutput *new_value;
} YEventKeyChange;

/* ------------------------------------------------------------------------
 * Undo, branch ids
 */
typedef struct YUndoManagerOptions {
    int32_t capture_timeout_millis; /* negative: 500 */
} YUndoManagerOptions;

typedef struct YUndoEvent {
    char kind; /* Y_KIND_* */
    const char *origin;
    uint32_t origin_len;
    void *meta; /* the callback's: what it writes here comes back when the same step is undone or redone */
} YUndoEvent;

typedef union YBranchIdVariant {
    uint32_t clock;
    const uint8_t *name;
} YBranchIdVariant;

/* Names a type in every replica. */
typedef struct YBranchId {
    int64_t client_or_len; /* nested types: the client; roots: minus the bytes of the name */
    YBranchIdVariant variant;
} YBranchId;

/* ========================================================================
 * Options and releasing
 */

/* A random client id, a guid in memory of its own (ystring_destroy), no collection, Y_SHOULD_LOAD: offsets in bytes. */
YFFI_API YOptions yoptions(void);
YFFI_API void ymap_entry_destroy(YMapEntry *value);
YFFI_API void yxmlattr_destroy(YXmlAttr *attr);
YFFI_API void ystring_destroy(char *str);
YFFI_API void ybinary_destroy(char *ptr, uint32_t len);
/* A cell that was returned as a pointer, with all that is in it. Types in it are not touched. */
YFFI_API void youtput_destroy(YOutput *val);

/* ========================================================================
 * Documents
 */
YFFI_API YDoc *ydoc_new(void);
YFFI_API YDoc *ydoc_new_with_options(YOptions options);
/* One more reference on the same document, to be given back by ydoc_destroy. */
YFFI_API YDoc *ydoc_clone(YDoc *doc);
/* Gives a reference back. The document ends with the last one; transactions, undo managers, and a parent that holds it
 * have references of their own. */
YFFI_API void ydoc_destroy(YDoc *value);
YFFI_API uint64_t ydoc_id(YDoc *doc);
YFFI_API char *ydoc_guid(YDoc *doc);
YFFI_API char *ydoc_collection_id(YDoc *doc); /* NULL: none */
YFFI_API uint8_t ydoc_should_load(YDoc *doc);
YFFI_API uint8_t ydoc_auto_load(YDoc *doc);
/* Asks for the content of a subdocument: observers of the parent's subdocuments are told, the first time. */
YFFI_API void ydoc_load(YDoc *doc, YTransaction *parent_txn);
/* Ends a document and its subdocuments: observers of its clearing are called, all its observers go. Of a subdocument a
 * fresh, unloaded one takes the place. parent_txn: NULL if it is none. */
YFFI_API void ydoc_clear(YDoc *doc, YTransaction *parent_txn);

/* NULL while somebody writes (but not to the writer's own callbacks). */
YFFI_API YTransaction *ydoc_read_transaction(YDoc *doc);
/* NULL while there is any other transaction. origin: any bytes, copied. */
YFFI_API YTransaction *ydoc_write_transaction(YDoc *doc, uint32_t origin_len, const char *origin);

/* Observers of documents. Updates: after each transaction that changed something; the bytes live during the call.
 * after_transaction: after each one that could write. clear: when the document is cleared. */
#if YFFI_ABI < 28
YFFI_API YSubscription *ydoc_observe_updates_v1(YDoc *doc, void *state, void (*cb)(void *, uint32_t, const char *));
YFFI_API YSubscription *ydoc_observe_updates_v2(YDoc *doc, void *state, void (*cb)(void *, uint32_t, const char *));
YFFI_API YSubscription *ydoc_observe_after_transaction(YDoc *doc, void *state,
                                                       void (*cb)(void *, YAfterTransactionEvent *));
YFFI_API YSubscription *ydoc_observe_subdocs(YDoc *doc, void *state, void (*cb)(void *, YSubdocsEvent *));
YFFI_API YSubscription *ydoc_observe_clear(YDoc *doc, void *state, void (*cb)(void *, YDoc *));
#else
/* key: any bytes, copied; a second observer with the same key takes the place of the first. unobserve: 1 if there was
 * one. In write transactions only. */
YFFI_API void ytransaction_observe_updates_v1(YTransaction *txn, uint32_t key_len, const char *key, void *state,
                                              void (*cb)(void *, uint32_t, const char *));
YFFI_API uint8_t ytransaction_unobserve_updates_v1(YTransaction *txn, uint32_t key_len, const char *key);
YFFI_API void ytransaction_observe_updates_v2(YTransaction *txn, uint32_t key_len, const char *key, void *state,
                                              void (*cb)(void *, uint32_t, const char *));
YFFI_API uint8_t ytransaction_unobserve_updates_v2(YTransaction *txn, uint32_t key_len, const char *key);
YFFI_API void ytransaction_observe_after_transaction(YTransaction *txn, uint32_t key_len, const char *key, void *state,
                                                     void (*cb)(void *, YAfterTransactionEvent *));
YFFI_API uint8_t ytransaction_unobserve_after_transaction(YTransaction *txn, uint32_t key_len, const char *key);
YFFI_API void ytransaction_observe_subdocs(YTransaction *txn, uint32_t key_len, const char *key, void *state,
                                           void (*cb)(void *, YSubdocsEvent *));
YFFI_API uint8_t ytransaction_unobserve_subdocs(YTransaction *txn, uint32_t key_len, const char *key);
YFFI_API void ytransaction_observe_clear(YTransaction *txn, uint32_t key_len, const char *key, void *state,
                                         void (*cb)(void *, YDoc *));
YFFI_API uint8_t ytransaction_unobserve_clear(YTransaction *txn, uint32_t key_len, const char *key);
#endif

/* ========================================================================
 * Transactions and updates
 */

/* Ends it and releases it; observers are called if it could write. */
YFFI_API void ytransaction_commit(YTransaction *txn);
YFFI_API uint8_t ytransaction_writeable(YTransaction *txn);
/* Collects everything that was deleted, also with Y_SKIP_GC, but not what an undo manager needs. */
YFFI_API void ytransaction_force_gc(YTransaction *txn);
/* The subdocuments, borrowed; the array is released with free(). */
YFFI_API YDoc **ytransaction_subdocs(YTransaction *txn, uint32_t *len);

YFFI_API char *ytransaction_state_vector_v1(const YTransaction *txn, uint32_t *len);
/* What a peer with that state vector (always format v1; NULL: an empty one) lacks, and what waits for missing updates.
 * NULL if it is not a state vector. */
YFFI_API char *ytransaction_state_diff_v1(const YTransaction *txn, const char *sv, uint32_t sv_len, uint32_t *len);
YFFI_API char *ytransaction_state_diff_v2(const YTransaction *txn, const char *sv, uint32_t sv_len, uint32_t *len);
/* 0 or an error code, after which nothing has changed. What comes too early waits inside, and the answer is 0. */
YFFI_API uint8_t ytransaction_apply(YTransaction *txn, const char *diff, uint32_t diff_len);
YFFI_API uint8_t ytransaction_apply_v2(YTransaction *txn, const char *diff, uint32_t diff_len);
/* Deletions, and blocks, that wait. NULL: none. */
YFFI_API YIdSet *ytransaction_pending_ds(const YTransaction *txn);
YFFI_API void ydelete_set_destroy(YIdSet *ds);
YFFI_API YPendingUpdate *ytransaction_pending_update(const YTransaction *txn);
YFFI_API void ypending_update_destroy(YPendingUpdate *update);
/* A readable list of what is in an update, NULL if it is none. The text may change between versions. */
YFFI_API char *yupdate_debug_v1(const char *update, uint32_t update_len);
YFFI_API char *yupdate_debug_v2(const char *update, uint32_t update_len);

/* Snapshots: which units were there, in format v1. */
YFFI_API char *ytransaction_snapshot(const YTransaction *txn, uint32_t *len);
/* The state that the document had then, as an update. NULL: it does not have Y_SKIP_GC, or that is no snapshot of it.
 */
YFFI_API char *ytransaction_encode_state_from_snapshot_v1(const YTransaction *txn, const char *snapshot,
                                                          uint32_t snapshot_len, uint32_t *len);
YFFI_API char *ytransaction_encode_state_from_snapshot_v2(const YTransaction *txn, const char *snapshot,
                                                          uint32_t snapshot_len, uint32_t *len);

/* Results of a query such as "$.store.book[*].price", one by one. NULL: it is none. The transaction must outlive it. */
YFFI_API YJsonPathIter *ytransaction_json_path(YTransaction *txn, const char *json_path);
YFFI_API YOutput *yjson_path_iter_next(YJsonPathIter *iter);
YFFI_API void yjson_path_iter_destroy(YJsonPathIter *iter);

/* ========================================================================
 * Roots and branches
 */

/* The root of that name, made if there is none; one whose kind is not known yet gets this one. One of another kind is
 * returned as it is. Allowed at any time. */
YFFI_API Branch *ytext(YDoc *doc, const char *name);
YFFI_API Branch *yarray(YDoc *doc, const char *name);
YFFI_API Branch *ymap(YDoc *doc, const char *name);
YFFI_API Branch *yxmlfragment(YDoc *doc, const char *name);
/* NULL: there is none. */
YFFI_API Branch *ytype_get(YTransaction *txn, const char *name);
/* Y_ARRAY to Y_WEAK_LINK; 0 where the kind is not known. */
YFFI_API int8_t ytype_kind(const Branch *branch);
/* The name in it is the library's, valid as long as the document, and has no zero byte at its end. */
YFFI_API YBranchId ybranch_id(const Branch *branch);
YFFI_API Branch *ybranch_get(const YBranchId *branch_id, YTransaction *txn);
YFFI_API uint8_t ybranch_alive(Branch *branch);
/* The content as JSON; texts and XML as a string of their text. NULL where the kind is not known, and of links. */
YFFI_API char *ybranch_json(Branch *branch, YTransaction *txn);

/* ========================================================================
 * Texts (also for XML texts)
 */
YFFI_API uint32_t ytext_len(const Branch *txt, const YTransaction *txn);
YFFI_API char *ytext_string(const Branch *txt, const YTransaction *txn);
/* attrs: NULL, and the text takes on the formats around it, or a JSON map (yinput_json_map, yinput_json), and it has
 * exactly those. Beyond the end: at the end. */
YFFI_API void ytext_insert(const Branch *txt, YTransaction *txn, uint32_t index, const char *value,
                           const YInput *attrs);
/* Sets formats of a range, as far as there is text; null removes one. */
YFFI_API void ytext_format(const Branch *txt, YTransaction *txn, uint32_t index, uint32_t len, const YInput *attrs);
YFFI_API void ytext_insert_embed(const Branch *txt, YTransaction *txn, uint32_t index, const YInput *content,
                                 const YInput *attrs);
YFFI_API void ytext_insert_delta(const Branch *txt, YTransaction *txn, YDeltaIn *delta, uint32_t delta_len);
YFFI_API YDeltaIn ydelta_input_retain(uint32_t len, const YInput *attrs);
YFFI_API YDeltaIn ydelta_input_delete(uint32_t len);
YFFI_API YDeltaIn ydelta_input_insert(const YInput *data, const YInput *attrs);
YFFI_API void ytext_remove_range(const Branch *txt, YTransaction *txn, uint32_t index, uint32_t length);
YFFI_API YChunk *ytext_chunks(const Branch *txt, const YTransaction *txn, uint32_t *chunks_len);
YFFI_API void ychunks_destroy(YChunk *chunks, uint32_t len);

/* ========================================================================
 * Arrays
 */
YFFI_API uint32_t yarray_len(const Branch *array);
YFFI_API YOutput *yarray_get(const Branch *array, const YTransaction *txn, uint32_t index);
YFFI_API char *yarray_get_json(const Branch *array, const YTransaction *txn, uint32_t index);
YFFI_API void yarray_insert_range(const Branch *array, YTransaction *txn, uint32_t index, const YInput *items,
                                  uint32_t items_len);
YFFI_API void yarray_remove_range(const Branch *array, YTransaction *txn, uint32_t index, uint32_t len);
YFFI_API YArrayIter *yarray_iter(const Branch *array, YTransaction *txn);
YFFI_API YOutput *yarray_iter_next(YArrayIter *iterator);
YFFI_API void yarray_iter_destroy(YArrayIter *iter);

/* ========================================================================
 * Maps
 */
YFFI_API uint32_t ymap_len(const Branch *map, const YTransaction *txn);
YFFI_API void ymap_insert(const Branch *map, YTransaction *txn, const char *key, const YInput *value);
/* 1 if there was a value. */
YFFI_API uint8_t ymap_remove(const Branch *map, YTransaction *txn, const char *key);
YFFI_API YOutput *ymap_get(const Branch *map, const YTransaction *txn, const char *key);
YFFI_API char *ymap_get_json(const Branch *map, const YTransaction *txn, const char *key);
YFFI_API void ymap_remove_all(const Branch *map, YTransaction *txn);
YFFI_API YMapIter *ymap_iter(const Branch *map, const YTransaction *txn);
YFFI_API YMapEntry *ymap_iter_next(YMapIter *iter);
YFFI_API void ymap_iter_destroy(YMapIter *iter);

/* ========================================================================
 * XML. Where it says `xml` the type is an element or a fragment.
 */
YFFI_API char *yxmlelem_tag(const Branch *xml); /* NULL: no element */
/* The element with all in it, as text in which nothing is escaped; of a fragment its children. */
YFFI_API char *yxmlelem_string(const Branch *xml, const YTransaction *txn);
YFFI_API void yxmlelem_insert_attr(const Branch *xml, YTransaction *txn, const char *attr_name,
                                   const YInput *attr_value);
YFFI_API void yxmlelem_remove_attr(const Branch *xml, YTransaction *txn, const char *attr_name);
YFFI_API YOutput *yxmlelem_get_attr(const Branch *xml, const YTransaction *txn, const char *attr_name);
YFFI_API YXmlAttrIter *yxmlelem_attr_iter(const Branch *xml, const YTransaction *txn);
YFFI_API YXmlAttrIter *yxmltext_attr_iter(const Branch *xml, const YTransaction *txn);
YFFI_API YXmlAttr *yxmlattr_iter_next(YXmlAttrIter *iterator);
YFFI_API void yxmlattr_iter_destroy(YXmlAttrIter *iterator);
YFFI_API YOutput *yxml_next_sibling(const Branch *xml, const YTransaction *txn);
YFFI_API YOutput *yxml_prev_sibling(const Branch *xml, const YTransaction *txn);
YFFI_API Branch *yxmlelem_parent(const Branch *xml);
YFFI_API uint32_t yxmlelem_child_len(const Branch *xml, const YTransaction *txn);
YFFI_API YOutput *yxmlelem_first_child(const Branch *xml);
YFFI_API YXmlTreeWalker *yxmlelem_tree_walker(const Branch *xml, const YTransaction *txn);
YFFI_API YOutput *yxmlelem_tree_walker_next(YXmlTreeWalker *iterator);
YFFI_API void yxmlelem_tree_walker_destroy(YXmlTreeWalker *iter);
YFFI_API Branch *yxmlelem_insert_elem(const Branch *xml, YTransaction *txn, uint32_t index, const char *name);
YFFI_API Branch *yxmlelem_insert_text(const Branch *xml, YTransaction *txn, uint32_t index);
YFFI_API void yxmlelem_remove_range(const Branch *xml, YTransaction *txn, uint32_t index, uint32_t len);
/* The caller's, whatever the type says: youtput_destroy. */
YFFI_API const YOutput *yxmlelem_get(const Branch *xml, const YTransaction *txn, uint32_t index);

YFFI_API uint32_t yxmltext_len(const Branch *txt, const YTransaction *txn);
/* With formats as tags. */
YFFI_API char *yxmltext_string(const Branch *txt, const YTransaction *txn);
YFFI_API void yxmltext_insert(const Branch *txt, YTransaction *txn, uint32_t index, const char *str,
                              const YInput *attrs);
YFFI_API void yxmltext_insert_embed(const Branch *txt, YTransaction *txn, uint32_t index, const YInput *content,
                                    const YInput *attrs);
YFFI_API void yxmltext_format(const Branch *txt, YTransaction *txn, uint32_t index, uint32_t len, const YInput *attrs);
YFFI_API void yxmltext_remove_range(const Branch *txt, YTransaction *txn, uint32_t idx, uint32_t len);
YFFI_API void yxmltext_insert_attr(const Branch *txt, YTransaction *txn, const char *attr_name,
                                   const YInput *attr_value);
YFFI_API void yxmltext_remove_attr(const Branch *txt, YTransaction *txn, const char *attr_name);
YFFI_API YOutput *yxmltext_get_attr(const Branch *txt, const YTransaction *txn, const char *attr_name);

/* ========================================================================
 * Inputs: by value, nothing is allocated, pointers are kept
 */
YFFI_API YInput yinput_null(void);
YFFI_API YInput yinput_undefined(void);
YFFI_API YInput yinput_bool(uint8_t flag);
YFFI_API YInput yinput_float(double num);
YFFI_API YInput yinput_long(int64_t integer);
YFFI_API YInput yinput_string(const char *str);
/* The text of a JSON document; one that is malformed makes the call it is given to do nothing. */
YFFI_API YInput yinput_json(const char *str);
YFFI_API YInput yinput_binary(const char *buf, uint32_t len);
YFFI_API YInput yinput_json_array(YInput *values, uint32_t len);
YFFI_API YInput yinput_json_map(char **keys, YInput *values, uint32_t len);
/* Shared types with their first content. */
YFFI_API YInput yinput_yarray(YInput *values, uint32_t len);
YFFI_API YInput yinput_ymap(char **keys, YInput *values, uint32_t len);
YFFI_API YInput yinput_ytext(char *str);
YFFI_API YInput yinput_yxmlelem(char *name);
YFFI_API YInput yinput_yxmltext(char *str);
/* A subdocument; the reference stays the caller's. */
YFFI_API YInput yinput_ydoc(YDoc *doc);
/* A weak link (below). It may be inserted more than once, and is released with its document then. */
YFFI_API YInput yinput_weak(const Weak *weak);

/* ========================================================================
 * Outputs: views into the cell, NULL if something else is in it. (Fragments: read value.y_type.)
 */
YFFI_API YDoc *youtput_read_ydoc(const YOutput *val);
YFFI_API const uint8_t *youtput_read_bool(const YOutput *val);
YFFI_API const double *youtput_read_float(const YOutput *val);
YFFI_API const int64_t *youtput_read_long(const YOutput *val);
YFFI_API char *youtput_read_string(const YOutput *val);
YFFI_API const char *youtput_read_binary(const YOutput *val);
YFFI_API YOutput *youtput_read_json_array(const YOutput *val);
YFFI_API YMapEntry *youtput_read_json_map(const YOutput *val);
YFFI_API Branch *youtput_read_yarray(const YOutput *val);
YFFI_API Branch *youtput_read_yxmlelem(const YOutput *val);
YFFI_API Branch *youtput_read_ymap(const YOutput *val);
YFFI_API Branch *youtput_read_ytext(const YOutput *val);
YFFI_API Branch *youtput_read_yxmltext(const YOutput *val);
YFFI_API Branch *youtput_read_yweak(const YOutput *val);

/* ========================================================================
 * Observers of types. No transaction is needed, one may be open. A callback for another kind of type is not called.
 */
#if YFFI_ABI < 28
YFFI_API void yunobserve(YSubscription *subscription);
YFFI_API YSubscription *ytext_observe(const Branch *txt, void *state, void (*cb)(void *, const YTextEvent *));
YFFI_API YSubscription *ymap_observe(const Branch *map, void *state, void (*cb)(void *, const YMapEvent *));
YFFI_API YSubscription *yarray_observe(const Branch *array, void *state, void (*cb)(void *, const YArrayEvent *));
YFFI_API YSubscription *yxmlelem_observe(const Branch *xml, void *state, void (*cb)(void *, const YXmlEvent *));
YFFI_API YSubscription *yxmltext_observe(const Branch *xml, void *state, void (*cb)(void *, const YXmlTextEvent *));
YFFI_API YSubscription *yweak_observe(const Branch *weak, void *state, void (*cb)(void *, const YWeakLinkEvent *));
YFFI_API YSubscription *yobserve_deep(Branch *ytype, void *state, void (*cb)(void *, uint32_t, const YEvent *));
#else
YFFI_API uint8_t yunobserve(const Branch *branch, uint32_t key_len, const char *key);
YFFI_API uint8_t yunobserve_deep(const Branch *branch, uint32_t key_len, const char *key);
YFFI_API void ytext_observe(const Branch *txt, uint32_t key_len, const char *key, void *state,
                            void (*cb)(void *, const YTextEvent *));
YFFI_API void ymap_observe(const Branch *map, uint32_t key_len, const char *key, void *state,
                           void (*cb)(void *, const YMapEvent *));
YFFI_API void yarray_observe(const Branch *array, uint32_t key_len, const char *key, void *state,
                             void (*cb)(void *, const YArrayEvent *));
YFFI_API void yxmlelem_observe(const Branch *xml, uint32_t key_len, const char *key, void *state,
                               void (*cb)(void *, const YXmlEvent *));
YFFI_API void yxmltext_observe(const Branch *xml, uint32_t key_len, const char *key, void *state,
                               void (*cb)(void *, const YXmlTextEvent *));
YFFI_API void yweak_observe(const Branch *weak, uint32_t key_len, const char *key, void *state,
                            void (*cb)(void *, const YWeakLinkEvent *));
YFFI_API void yobserve_deep(Branch *ytype, uint32_t key_len, const char *key, void *state,
                            void (*cb)(void *, uint32_t, const YEvent *));
#endif

/* The type that changed. */
YFFI_API Branch *ytext_event_target(const YTextEvent *e);
YFFI_API Branch *yarray_event_target(const YArrayEvent *e);
YFFI_API Branch *ymap_event_target(const YMapEvent *e);
YFFI_API Branch *yxmlelem_event_target(const YXmlEvent *e);
YFFI_API Branch *yxmltext_event_target(const YXmlTextEvent *e);
/* The way from the observed type down to it. */
YFFI_API YPathSegment *ytext_event_path(const YTextEvent *e, uint32_t *len);
YFFI_API YPathSegment *ymap_event_path(const YMapEvent *e, uint32_t *len);
YFFI_API YPathSegment *yxmlelem_event_path(const YXmlEvent *e, uint32_t *len);
YFFI_API YPathSegment *yxmltext_event_path(const YXmlTextEvent *e, uint32_t *len);
YFFI_API YPathSegment *yarray_event_path(const YArrayEvent *e, uint32_t *len);
YFFI_API void ypath_destroy(YPathSegment *path, uint32_t len);
/* What happened to it. */
YFFI_API YDeltaOut *ytext_event_delta(const YTextEvent *e, uint32_t *len);
YFFI_API YDeltaOut *yxmltext_event_delta(const YXmlTextEvent *e, uint32_t *len);
YFFI_API YEventChange *yarray_event_delta(const YArrayEvent *e, uint32_t *len);
YFFI_API YEventChange *yxmlelem_event_delta(const YXmlEvent *e, uint32_t *len);
YFFI_API void ytext_delta_destroy(YDeltaOut *delta, uint32_t len);
YFFI_API void yevent_delta_destroy(YEventChange *delta, uint32_t len);
YFFI_API YEventKeyChange *ymap_event_keys(const YMapEvent *e, uint32_t *len);
YFFI_API YEventKeyChange *yxmlelem_event_keys(const YXmlEvent *e, uint32_t *len);
YFFI_API YEventKeyChange *yxmltext_event_keys(const YXmlTextEvent *e, uint32_t *len);
YFFI_API void yevent_keys_destroy(YEventKeyChange *keys, uint32_t len);

/* ========================================================================
 * Sticky indexes: places that stay where they are while others edit
 */

/* assoc: 0 or more for the unit behind the place, less for the one before it. NULL beyond the end, and for the unit
 * behind the end. */
YFFI_API YStickyIndex *ysticky_index_from_index(const Branch *branch, YTransaction *txn, uint32_t index, int8_t assoc);
YFFI_API void ysticky_index_destroy(YStickyIndex *pos);
YFFI_API int8_t ysticky_index_assoc(const YStickyIndex *pos); /* 0 or -1 */
/* As bytes and as JSON; back again: NULL if it is none. */
YFFI_API char *ysticky_index_encode(const YStickyIndex *pos, uint32_t *len);
YFFI_API YStickyIndex *ysticky_index_decode(const char *binary, uint32_t len);
YFFI_API char *ysticky_index_to_json(const YStickyIndex *pos);
YFFI_API YStickyIndex *ysticky_index_from_json(const char *json);
/* Where it is now. What it names may not be here (yet): then the outputs stay as they are. */
YFFI_API void ysticky_index_read(const YStickyIndex *pos, const YTransaction *txn, Branch **out_branch,
                                 uint32_t *out_index);

/* ========================================================================
 * Weak links: shared types that show what stands elsewhere in the document
 *
 * A link is made first and then inserted (yinput_weak). What it leads to may change and go; the link shows it as it is.
 */

/* To the entry of a map, whatever its value is or will be. NULL: the key was never set. */
YFFI_API const Weak *ymap_link(const Branch *map, const YTransaction *txn, const char *key);
/* A range from the unit (element) *start_index to *end_index. Both must be there, also when they are excluded: then
 * what comes in between them and their neighbour inside belongs to the range. NULL instead of an index: from the
 * beginning, to the end. NULL: there is no such range. */
YFFI_API const Weak *ytext_quote(const Branch *text, YTransaction *txn, uint32_t *start_index, uint32_t *end_index,
                                 int8_t start_exclusive, int8_t end_exclusive);
YFFI_API const Weak *yarray_quote(const Branch *array, YTransaction *txn, uint32_t *start_index, uint32_t *end_index,
                                  int8_t start_exclusive, int8_t end_exclusive);
/* A link that was not inserted, also after its document has ended. */
YFFI_API void yweak_destroy(const Weak *weak);

/* Reading: from the type that an inserted link is (youtput_read_yweak). */

/* The value of the entry, or the first one in the range; NULL: it is gone. */
YFFI_API YOutput *yweak_deref(const Branch *map_link, const YTransaction *txn);
/* What is quoted, and where the units named when quoting are now. Outputs stay as they are if they are not there any
 * more; of a quote without ends the indexes are 0, and the type stays. */
YFFI_API void yweak_read(const Branch *text_link, const YTransaction *txn, Branch **out_branch,
                         uint32_t *out_start_index, uint32_t *out_end_index);
/* The elements, one by one; of texts the characters. The transaction must outlive it. */
YFFI_API YWeakIter *yweak_iter(const Branch *array_link, const YTransaction *txn);
YFFI_API YOutput *yweak_iter_next(YWeakIter *iter);
YFFI_API void yweak_iter_destroy(YWeakIter *iter);
/* The text, without formats, and with formats as tags. NULL: it is no link. */
YFFI_API char *yweak_string(const Branch *text_link, const YTransaction *txn);
YFFI_API char *yweak_xml_string(const Branch *xml_text_link, const YTransaction *txn);

/* ========================================================================
 * Undo managers
 *
 * A manager records transactions that change the types of its scope, with all in them. Those that follow each other
 * quickly, in one document, are one step. Undoing a step is a transaction like any other, with the manager as origin.
 */

/* options: NULL for 500 ms. 0 ms: each transaction is a step. */
YFFI_API YUndoManager *yundo_manager(const YUndoManagerOptions *options);
/* Allowed at any time, also in callbacks. */
YFFI_API void yundo_manager_destroy(YUndoManager *mgr);
/* Until an origin is added, transactions without one are recorded; from then on those with one of the added origins. */
YFFI_API void yundo_manager_add_origin(YUndoManager *mgr, uint32_t origin_len, const char *origin);
YFFI_API void yundo_manager_remove_origin(YUndoManager *mgr, uint32_t origin_len, const char *origin);
/* A type of that document. The manager has a reference on the document until it is destroyed or the document cleared.
 */
YFFI_API void yundo_manager_add_scope(YUndoManager *mgr, const YDoc *doc, const Branch *ytype);
/* Forgets all steps. */
YFFI_API void yundo_manager_clear(YUndoManager *mgr);
/* What comes next is a step of its own. */
YFFI_API void yundo_manager_stop(YUndoManager *mgr);
/* 1 if something changed. 0, too, while there is a transaction, and inside callbacks. */
YFFI_API uint8_t yundo_manager_undo(YUndoManager *mgr);
YFFI_API uint8_t yundo_manager_redo(YUndoManager *mgr);
YFFI_API uint32_t yundo_manager_undo_stack_len(YUndoManager *mgr);
YFFI_API uint32_t yundo_manager_redo_stack_len(YUndoManager *mgr);

/* added: a step came, on the stack that `kind` names; what the callback writes to `meta` (it may, whatever the type
 * says) stays with the step. popped: a step was undone or redone; `meta` is what stayed with it. */
#if YFFI_ABI < 28
YFFI_API YSubscription *yundo_manager_observe_added(YUndoManager *mgr, void *state,
                                                    void (*callback)(void *, const YUndoEvent *));
YFFI_API YSubscription *yundo_manager_observe_popped(YUndoManager *mgr, void *state,
                                                     void (*callback)(void *, const YUndoEvent *));
#else
YFFI_API void yundo_manager_observe_added(YUndoManager *mgr, uint32_t key_len, const char *key, void *state,
                                          void (*callback)(void *, const YUndoEvent *));
YFFI_API uint8_t yundo_manager_unobserve_added(YUndoManager *mgr, uint32_t key_len, const char *key);
YFFI_API void yundo_manager_observe_popped(YUndoManager *mgr, uint32_t key_len, const char *key, void *state,
                                           void (*callback)(void *, const YUndoEvent *));
YFFI_API uint8_t yundo_manager_unobserve_popped(YUndoManager *mgr, uint32_t key_len, const char *key);
#endif

/* ========================================================================
 * Additions of Yata: not in yffi
 */

/* The origin of a transaction, also of the one an event names ((const YTransaction *)event->txn): borrowed. */
YFFI_API const char *ytransaction_origin(const YTransaction *txn, uint32_t *len);
/* The document of a type, borrowed. */
YFFI_API YDoc *ybranch_doc(const Branch *branch);
/* Name of the root number i, released by ystring_destroy; NULL beyond the last. */
YFFI_API char *ytransaction_root_name(const YTransaction *txn, uint32_t i);

/* ------------------------------------------------------------------------
 * Updates without a document. Results are released by ybinary_destroy; NULL: what was given is no update (or vector).
 */

/* Several updates as one that does the same, in any order; none give the empty update. */
YFFI_API char *yupdate_merge_v1(const char *const *updates, const uint32_t *lens, uint32_t count, uint32_t *len);
YFFI_API char *yupdate_merge_v2(const char *const *updates, const uint32_t *lens, uint32_t count, uint32_t *len);
/* What of an update a peer with that state vector (format v1, NULL: an empty one) lacks. */
YFFI_API char *yupdate_diff_v1(const char *update, uint32_t update_len, const char *sv, uint32_t sv_len, uint32_t *len);
YFFI_API char *yupdate_diff_v2(const char *update, uint32_t update_len, const char *sv, uint32_t sv_len, uint32_t *len);
/* The state vector (format v1) that an empty document has once it was applied. */
YFFI_API char *yupdate_state_vector_v1(const char *update, uint32_t update_len, uint32_t *len);
YFFI_API char *yupdate_state_vector_v2(const char *update, uint32_t update_len, uint32_t *len);
/* The same update in the other format. */
YFFI_API char *yupdate_v1_to_v2(const char *update, uint32_t update_len, uint32_t *len);
YFFI_API char *yupdate_v2_to_v1(const char *update, uint32_t update_len, uint32_t *len);

/* ------------------------------------------------------------------------
 * Awareness: who is there, and what they say of themselves (names, cursors), in the bytes of y-protocols
 *
 * Each client has a state, a JSON value. States are not part of the document, and go when their client was not heard of
 * for a while. What answers uint8_t answers as ytransaction_apply; anything but 0 changed nothing.
 */
typedef struct YAwareness YAwareness;

#define Y_AWARENESS_LOCAL   0 /* the own state was set or renewed */
#define Y_AWARENESS_APPLIED 1 /* yawareness_apply, or a session   */
#define Y_AWARENESS_REMOVED 2 /* yawareness_remove                */
#define Y_AWARENESS_TIMEOUT 3 /* not heard of                     */

/* Clients that came, have another state, or went; valid inside the callback. */
typedef struct YAwarenessEvent {
    char cause; /* Y_AWARENESS_* */
    uint32_t added_len;
    uint32_t updated_len;
    uint32_t removed_len;
    const uint64_t *added;
    const uint64_t *updated;
    const uint64_t *removed;
    const char *origin; /* as given to yawareness_apply, or in YSyncOptions */
    uint32_t origin_len;
} YAwarenessEvent;

/* Under the client id that the document has now; without an own state. timeout_millis: when somebody silent is gone, 0
 * for 30,000; the own state is renewed after half of it. It has a reference on the document. */
YFFI_API YAwareness *yawareness(YDoc *doc, uint32_t timeout_millis);
/* Tells nobody: set no state first, and send the update. Allowed at any time, also in callbacks. */
YFFI_API void yawareness_destroy(YAwareness *awareness);
YFFI_API uint64_t yawareness_client_id(const YAwareness *awareness);
/* The own state, JSON text. NULL: none, this client goes away. */
YFFI_API uint8_t yawareness_set_state(YAwareness *awareness, const char *json);
/* One member of it; there must be one, an object. */
YFFI_API uint8_t yawareness_set_field(YAwareness *awareness, const char *name, const char *json);
/* Anybody's, as JSON, released by ystring_destroy; NULL: none. */
YFFI_API char *yawareness_state(const YAwareness *awareness, uint64_t client_id);
/* All that have a state, in the order in which they came; released by yawareness_clients_destroy. */
YFFI_API uint64_t *yawareness_clients(const YAwareness *awareness, uint32_t *len);
YFFI_API void yawareness_clients_destroy(uint64_t *clients, uint32_t len);
/* An update with the states of these clients (NULL: of all), null for those who went. NULL: one was never heard of. */
YFFI_API char *yawareness_encode(const YAwareness *awareness, const uint64_t *clients, uint32_t clients_len,
                                 uint32_t *len);
YFFI_API uint8_t yawareness_apply(YAwareness *awareness, const char *update, uint32_t update_len, uint32_t origin_len,
                                  const char *origin);
/* Takes states away, here; encoding these clients afterwards tells others. */
YFFI_API uint8_t yawareness_remove(YAwareness *awareness, const uint64_t *clients, uint32_t clients_len);
/* To be called every few seconds: renews the own state, removes who was not heard of. */
YFFI_API uint8_t yawareness_tick(YAwareness *awareness);

/* change: a state is another one than before. update: something is to be sent, also if it is only the clock. */
#if YFFI_ABI < 28
YFFI_API YSubscription *yawareness_observe_change(YAwareness *awareness, void *state,
                                                  void (*cb)(void *, const YAwarenessEvent *));
YFFI_API YSubscription *yawareness_observe_update(YAwareness *awareness, void *state,
                                                  void (*cb)(void *, const YAwarenessEvent *));
#else
YFFI_API void yawareness_observe_change(YAwareness *awareness, uint32_t key_len, const char *key, void *state,
                                        void (*cb)(void *, const YAwarenessEvent *));
YFFI_API uint8_t yawareness_unobserve_change(YAwareness *awareness, uint32_t key_len, const char *key);
YFFI_API void yawareness_observe_update(YAwareness *awareness, uint32_t key_len, const char *key, void *state,
                                        void (*cb)(void *, const YAwarenessEvent *));
YFFI_API uint8_t yawareness_unobserve_update(YAwareness *awareness, uint32_t key_len, const char *key);
#endif

/* ------------------------------------------------------------------------
 * Sessions: one connection to a peer that speaks the sync protocol of Yjs (y-websocket and others)
 *
 * A session does no input or output. Give it each frame that arrives, and send what ysync_next has, each as a frame of
 * its own. A document may have any number of sessions; what comes through one goes out through the others, as do edits.
 * They wait for transactions of other threads.
 */
typedef struct YSync YSync;

typedef struct YSyncOptions {
    const char *origin; /* of the transactions that come from this peer; copied */
    uint32_t origin_len;
    uint8_t read_only;         /* the peer's updates are refused                                  */
    const char *denied_reason; /* what it is told then; NULL: "read only"                         */
    uint32_t message_bytes;    /* longest frame that is looked at; 0: 2^26                        */
    uint32_t queue_bytes;      /* how much may wait; then one difference takes its place; 0: 2^20 */
    void *state;
    /* There is something to send, and there was not before. Called inside transactions: only take a note. */
    void (*wake)(void *state, YSync *sync);
} YSyncOptions;

/* A session that is not connected yet. awareness: of this document, or NULL. options: NULL for zeros. It has references
 * on both. */
YFFI_API YSync *ysync(YDoc *doc, YAwareness *awareness, const YSyncOptions *options);
/* Disconnects first. Allowed at any time, also in callbacks. */
YFFI_API void ysync_destroy(YSync *sync);
/* A connection begins: the peer is told what is here. Again after a lost one. */
YFFI_API uint8_t ysync_connect(YSync *sync);
/* It ended: the clients the peer spoke for go away from the awareness. */
YFFI_API void ysync_disconnect(YSync *sync);
/* 0 or an error code, after which the connection should be closed. ERR_CODE_OTHER: not connected, or this thread has a
 * transaction; nothing was done. ERR_NOT_ENOUGH_MEMORY: too long, or try again. */
YFFI_API uint8_t ysync_receive(YSync *sync, const char *frame, uint32_t frame_len);
/* The next message to send, released by ybinary_destroy; it counts as sent. NULL: there is none. */
YFFI_API char *ysync_next(YSync *sync, uint32_t *len);
YFFI_API uint8_t ysync_has_next(const YSync *sync);
/* 1 once the peer has answered what it was asked on connecting. */
YFFI_API uint8_t ysync_synced(const YSync *sync);

/* ------------------------------------------------------------------------
 * Names of older versions of yffi, with which its own documentation still shows it: on request, as programs may use
 * these names for something else.
 */
#ifdef YFFI_OLD_NAMES
typedef Branch YText;
typedef Branch YArray;
typedef Branch YMap;
typedef Branch YXmlElement;
typedef Branch YXmlText;
#ifdef __cplusplus
}
/* Without an origin. */
static inline YTransaction *ydoc_write_transaction(YDoc *doc) {
    return ydoc_write_transaction(doc, 0, NULL);
}
extern "C" {
#else
#define YFFI_WRITE_1(doc)                              (ydoc_write_transaction)(doc, 0, NULL)
#define YFFI_WRITE_3(doc, origin_len, origin)          (ydoc_write_transaction)(doc, origin_len, origin)
#define YFFI_WRITE(doc, origin_len, origin, name, ...) name
#define ydoc_write_transaction(...)                    YFFI_WRITE(__VA_ARGS__, YFFI_WRITE_3, 0, YFFI_WRITE_1, 0)(__VA_ARGS__)
#endif
#endif

#ifdef __cplusplus
}
#endif
#endif
