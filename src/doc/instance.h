/* SPDX-License-Identifier: MIT */
/*
 * instance.h - subdocuments of a document: a table beside the items, which is there only if there ever was one.
 *
 *   DOC item ── by_item ──> instance ──> its document, if somebody asked for it
 *
 * An instance is held by its item, by the list of live ones, and by the notes of transactions; when nobody holds it any
 * more it goes. Notes are links inside the instance (each can be made only once), so that noting cannot fail.
 */
#ifndef YT_DOC_INSTANCE_H
#define YT_DOC_INSTANCE_H

#include "doc/txn.h"
#include <yata/subdoc.h>

typedef struct yt_subdoc_link {
    struct yt_subdoc *subdoc;
    struct yt_subdoc_link *next;
    uint32_t order; /* in which removals are told */
} yt_subdoc_link;

typedef struct yt_subdoc_list {
    yt_subdoc_link *first, *last;
} yt_subdoc_list;

/* What a transaction did to subdocuments. */
typedef struct yt_subdoc_notes {
    yt_subdoc_list added, removed, loaded;
    uint32_t order;                                      /* last given out */
    enum { YT_LOAD_BY_OPTIONS, YT_LOAD, YT_DEFER } load; /* what the one that is being made here says */
} yt_subdoc_notes;

typedef struct yt_subdoc {
    uint32_t ref, generation;
    yt_ref item;   /* that holds it; 0: no more */
    yt_ref was;    /* that held it until it was deleted */
    uint32_t refs; /* who holds it */
    bool should_load;
    bool gone;            /* its item was deleted */
    bool destroyed;       /* yata_subdoc_destroy, or the end of a deleted one */
    bool live;            /* in the list of live ones */
    uint32_t added_txn;   /* number of the transaction that added it, 0 once that is taken back */
    uint32_t removed_txn; /* number of the last transaction that noted its removal */
    uint32_t ordered;     /* number of the transaction that gave `deleted` its order ahead of the deletion */
    yt_subdoc_link added, loaded, deleted, ended;
    yata_doc *document;
    uint8_t *collection;
    uint32_t collection_len;
    uint32_t guid_len, options_len;
    uint8_t bytes[]; /* guid, options */
} yt_subdoc;

typedef struct yt_subdoc_place {
    yt_subdoc *subdoc; /* NULL: free */
    uint32_t generation;
    uint32_t next_free;
} yt_subdoc_place;

typedef struct yt_subdoc_observer {
    uint32_t id;
    yata_subdocs_fn fn;
    void *ctx;
} yt_subdoc_observer;

typedef struct yt_subdocs {
    YT_VEC(yt_subdoc_place) all;
    uint32_t free;
    uint32_t held; /* by items */
    yt_u64_map by_item;
    YT_VEC(yt_subdoc *) live; /* has room for all */
    YT_VEC(yt_subdoc_observer) observers;
    uint32_t notifying;
    uint8_t *collection;
    size_t collection_len;
    yata_doc *ended; /* documents that were in use when their instance went; chained through `next` */
} yt_subdocs;

/* The table, made if there is none; NULL: no memory. */
yt_subdocs *yt_subdocs_of(yata_doc *doc);
/* Frees the table and the notes; the documents in it are put in front of `chain`, which is returned. */
yata_doc *yt_subdocs_free(yata_doc *doc, yata_doc *chain);

/* Before an item with DOC content is integrated: makes its instance. False: no memory. */
bool yt_subdoc_prepare(yata_txn *txn, yt_ref item);
/* It was not integrated after all. */
void yt_subdoc_cancel(yata_doc *doc, yt_ref item);
/* It was: notes it as added, and as loaded if it is to be loaded. */
void yt_subdoc_integrated(yata_txn *txn, yt_ref item);
/* Room to note that a DOC item is deleted; then, that it was. */
bool yt_subdoc_reserve(yata_txn *txn);
void yt_subdoc_deleted(yata_txn *txn, yt_ref item);
/* The deletion is taken back: by the transaction that made it, of which it was the last. Cannot fail. */
void yt_subdoc_revived(yata_txn *txn, yt_ref item);
/* A DOC item, a type is about to be deleted together with others: removals will be told in the order of Yjs, which is
 * that of these calls, and depth first in a type. */
void yt_subdoc_order(yata_txn *txn, yt_ref item);
void yt_subdocs_order(yata_txn *txn, const yt_branch *branch);

/* Notes the load of one that is not loaded, in an open transaction that has notes. */
void yt_subdoc_note_loaded(yata_txn *txn, yt_subdoc *subdoc);
yata_status yt_subdoc_destroy(yata_doc *doc, yt_subdoc *subdoc);

/* NULL: none. */
yt_subdoc *yt_subdoc_of_item(const yata_doc *doc, yt_ref item);
yata_status yt_subdoc_resolve(yata_subdoc handle, yt_subdoc **out);
yata_subdoc yt_subdoc_handle(const yata_doc *doc, const yt_subdoc *subdoc);
/* An option by name; undefined if there is none. */
void yt_subdoc_option(const yt_subdoc *subdoc, const char *name, yata_value *out);
/* As a condition in JavaScript. */
bool yt_value_is_true(const yata_value *value);

/* Brings the list of live ones up to date with a transaction, tells observers, and destroys what was deleted. */
yata_status yt_notify_subdocs(yata_txn *txn);
void yt_subdoc_notes_free(yata_txn *txn);
bool yt_subdocs_check(const yata_doc *doc, uint32_t doc_items);

#endif
