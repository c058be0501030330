/* SPDX-License-Identifier: MIT */
/*
 * subdoc.h - documents inside documents (subdocuments of Y.Doc).
 *
 * An array or a map can hold a subdocument: a guid and options. That is all the parent's updates carry; the content is
 * a document of its own, which the application exchanges separately, by guid. Subdocuments are loaded lazily: the
 * parent only remembers whether the application should load one, and tells when that changes.
 *
 * Each time a subdocument comes into the document there is a new INSTANCE of it. Destroying an instance puts a fresh,
 * unloaded one in its place; deleting the item that holds it removes it.
 *
 * Sources: "Subdocuments" in the Yjs documentation; spec/types.md.
 */
#ifndef YATA_SUBDOC_H
#define YATA_SUBDOC_H

#include <yata/doc.h>

#ifdef __cplusplus
extern "C" {
#endif

/* A handle on one instance: a plain value, copy it freely. Once the instance is over and the events about it were told,
 * every function answers YATA_ERR_GONE. It must not be used after the parent was freed. */
typedef struct yata_subdoc {
    yata_doc *parent;
    uint32_t ref;
    uint32_t generation;
} yata_subdoc;

typedef struct yata_subdoc_options {
    yata_str guid;          /* {NULL, 0}: a random UUID (version 4)                                  */
    bool keep_deleted;      /* its document does not collect (Yjs: gc: false); peers are told        */
    bool auto_load;         /* every peer should load it as soon as it learns of it                  */
    bool defer;             /* do not count as loaded here (Yjs: shouldLoad: false); not told        */
    const yata_value *meta; /* NULL or null: none; peers are told                                    */
    yata_str collection_id; /* {NULL, 0}: the parent's; not told                                     */
    const yata_value *more; /* NULL, or an OBJECT: members that peers are told besides, for those who
                               know them (yata_subdoc_options_value)                                 */
} yata_subdoc_options;

/* ------------------------------------------------------------------------
 * Putting one into a type. options: NULL for none. out: may be NULL.
 */
YATA_API yata_status yata_array_insert_doc(yata_type array, yata_txn *txn, uint32_t index,
                                           const yata_subdoc_options *options, yata_subdoc *out);
/* Behind everything: as yata_array_push. */
YATA_API yata_status yata_array_push_doc(yata_type array, yata_txn *txn, const yata_subdoc_options *options,
                                         yata_subdoc *out);
/* Also as an attribute of an XML element or text. */
YATA_API yata_status yata_map_set_doc(yata_type map, yata_txn *txn, yata_str key, const yata_subdoc_options *options,
                                      yata_subdoc *out);

/* The current instance there. YATA_ERR_TYPE: something else is there. */
YATA_API yata_status yata_array_get_doc(yata_type array, uint32_t index, yata_subdoc *out);
YATA_API yata_status yata_map_get_doc(yata_type map, yata_str key, yata_subdoc *out);

/* All that are in the document after its last transaction, in the order in which they came. A guid can be there more
 * than once. */
YATA_API uint32_t yata_doc_subdoc_count(const yata_doc *doc);
YATA_API yata_status yata_doc_subdoc_at(const yata_doc *doc, uint32_t i, yata_subdoc *out);

/* ------------------------------------------------------------------------
 * About one. Views are valid as long as the instance.
 */
YATA_API bool yata_subdoc_alive(yata_subdoc subdoc);
YATA_API yata_status yata_subdoc_guid(yata_subdoc subdoc, yata_str *out);
/* Its options as they are on the wire, an OBJECT; unknown members are kept. */
YATA_API yata_status yata_subdoc_options_value(yata_subdoc subdoc, yata_value *out);
/* Null if there is none. */
YATA_API yata_status yata_subdoc_meta(yata_subdoc subdoc, yata_value *out);
/* Should it be loaded? True once it was (or it was made here and not deferred). */
YATA_API yata_status yata_subdoc_should_load(yata_subdoc subdoc, bool *out);
YATA_API yata_status yata_subdoc_auto_load(yata_subdoc subdoc, bool *out);
/* {NULL, 0}: none, also not the parent's. */
YATA_API yata_status yata_subdoc_collection_id(yata_subdoc subdoc, yata_str *out);
/* The collection of the document itself, from which its subdocuments inherit. Copied. {NULL, 0}: none. */
YATA_API yata_status yata_doc_set_collection_id(yata_doc *doc, yata_str id);

/* Asks for its content: should_load becomes true and observers are told, the first time. In the open transaction of
 * the parent, or in one of its own. */
YATA_API yata_status yata_subdoc_load(yata_subdoc subdoc);
/* Ends this instance, with its document. Where it is still held, a fresh one takes its place, unloaded. Observers are
 * told (the new one added, this one removed). Transactions as in load. */
YATA_API yata_status yata_subdoc_destroy(yata_subdoc subdoc);

/* The document of this instance, empty when it is first asked for; it belongs to the parent and lives as long as the
 * instance (yata_doc_free does nothing to it). Its client id, offset unit, limits, memory and randomness are the
 * parent's; whether it collects is in the options. Its transactions are its own. */
YATA_API yata_status yata_subdoc_doc(yata_subdoc subdoc, yata_doc **out);

/* ------------------------------------------------------------------------
 * Events
 *
 * At the end of a transaction, after the observers of updates. Each list is in the order in which it came about. As in
 * Yjs: an instance that came and went inside one transaction is neither added nor removed, but loaded if it was to be
 * loaded; a deleted instance is then destroyed, which tells of its removal a second time, in a transaction of its own.
 */
typedef struct yata_subdocs_event {
    const yata_subdoc *added, *removed, *loaded;
    size_t added_count, removed_count, loaded_count;
} yata_subdocs_event;
typedef void (*yata_subdocs_fn)(void *ctx, yata_doc *doc, const yata_txn *txn, const yata_subdocs_event *event);
YATA_API yata_status yata_doc_observe_subdocs(yata_doc *doc, yata_subdocs_fn fn, void *ctx, uint32_t *subscription);
YATA_API yata_status yata_doc_unobserve_subdocs(yata_doc *doc, uint32_t subscription);

#ifdef __cplusplus
}
#endif
#endif
