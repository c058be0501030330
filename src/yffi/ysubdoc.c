/* SPDX-License-Identifier: MIT */
/*
 * ysubdoc.c - documents in documents.
 *
 * The core knows instances: a guid and options at a place in the parent. In yffi the subdocument is a document that the
 * caller brought along or got from the parent. So a parent keeps a table from instances to YDocs; the document that the
 * core would make for an instance is never asked for.
 *
 * Invariant: an entry of the table holds one reference on its YDoc, whose `parent` and `instance` point back.
 */
#include "yffi/handles.h"

/* ------------------------------------------------------------------------
 * The table
 */
static bool same(yata_subdoc a, yata_subdoc b) {
    return a.parent == b.parent && a.ref == b.ref && a.generation == b.generation;
}

static yr_subdoc *entry(YDoc *parent, yata_subdoc instance) {
    for (uint32_t i = 0; i < parent->subdoc_count; i++)
        if (same(parent->subdocs[i].instance, instance)) return &parent->subdocs[i];
    return NULL;
}

/* The YDoc of an instance is one no more; the caller gets the table's reference. */
static YDoc *unlink_entry(YDoc *parent, yr_subdoc *at) {
    YDoc *doc = at->doc;
    memmove(at, at + 1, (size_t)(parent->subdocs + parent->subdoc_count - (at + 1)) * sizeof *at);
    parent->subdoc_count--;
    doc->parent = NULL;
    return doc;
}

yata_status yr_subdoc_link(YDoc *parent, yata_subdoc instance, YDoc *doc) {
    yata_status status = yr_subdocs_watch(parent);
    if (status) return status;
    if (parent->subdoc_count == parent->subdoc_cap) {
        uint32_t cap = parent->subdoc_cap ? 2 * parent->subdoc_cap : 4;
        yr_subdoc *more = realloc(parent->subdocs, cap * sizeof *more);
        if (!more) return YATA_ERR_MEMORY;
        parent->subdocs = more;
        parent->subdoc_cap = cap;
    }
    yr_doc_keep(doc);
    doc->parent = parent;
    doc->instance = instance;
    parent->subdocs[parent->subdoc_count++] = (yr_subdoc){instance, doc};
    return YATA_OK;
}

void yr_subdocs_free(YDoc *doc) {
    while (doc->subdoc_count) ydoc_destroy(unlink_entry(doc, &doc->subdocs[doc->subdoc_count - 1]));
    free(doc->subdocs);
    free(doc->reported);
}

/* ------------------------------------------------------------------------
 * Options
 *
 * What peers of yffi are told beside guid and what the core knows: the unit of offsets ("encoding", 1 for bytes, which
 * yffi 0.27 takes only as a big integer), and the collection.
 */
yata_status yr_subdoc_put(const YDoc *doc, yata_builder *builder, yata_value *more, yata_subdoc_options *out) {
    yata_value unit = {.kind = YATA_VALUE_BIGINT, .u = {.integer = doc->flags & Y_OFFSET_UTF16 ? 0 : 1}};
    yata_value collection = {.kind = YATA_VALUE_STRING, .u = {.string = yr_str(doc->collection_id)}};
    yata_builder_init(builder, &yr_allocator);
    yata_builder_begin_object(builder);
    yata_builder_key(builder, yr_str("encoding"));
    yata_builder_add(builder, &unit);
    if (doc->collection_id) {
        yata_builder_key(builder, yr_str("collectionId"));
        yata_builder_add(builder, &collection);
    }
    yata_builder_end(builder);
    *out = (yata_subdoc_options){.guid = yr_str(doc->guid),
                                 .keep_deleted = (doc->flags & Y_SKIP_GC) != 0,
                                 .auto_load = (doc->flags & Y_AUTO_LOAD) != 0,
                                 .defer = !(doc->flags & Y_SHOULD_LOAD),
                                 .collection_id = yr_str(doc->collection_id),
                                 .more = more};
    return yata_builder_finish(builder, more);
}

static bool member(const yata_value *object, const char *name, yata_value *out) {
    yata_value_iter it;
    yata_str key;
    size_t len = strlen(name);
    if (yata_value_iter_init(&it, object)) return false;
    while (yata_value_iter_next(&it, &key, out))
        if (key.len == len && !memcmp(key.data, name, len)) return true;
    return false;
}

static YOptions options_of(YDoc *parent, yata_subdoc instance) {
    yata_value all, one;
    bool load = false, automatic = false;
    YOptions options = {yata_doc_client_id(parent->core), NULL, NULL, 0};
    (void)yata_subdoc_should_load(instance, &load);
    (void)yata_subdoc_auto_load(instance, &automatic);
    if (!yata_subdoc_options_value(instance, &all)) {
        if (member(&all, "gc", &one) && one.kind == YATA_VALUE_BOOL && !one.u.boolean) options.flags |= Y_SKIP_GC;
        bool told = member(&all, "encoding", &one) && (one.kind == YATA_VALUE_BIGINT || one.kind == YATA_VALUE_INT);
        /* Documents that say nothing come from Yjs: they count as their parent does. */
        if (told ? one.u.integer == 0 : (parent->flags & Y_OFFSET_UTF16) != 0) options.flags |= Y_OFFSET_UTF16;
    }
    if (load) options.flags |= Y_SHOULD_LOAD;
    if (automatic) options.flags |= Y_AUTO_LOAD;
    return options;
}

static yata_str told_collection(yata_subdoc instance) {
    yata_value all, one;
    bool told = !yata_subdoc_options_value(instance, &all) && member(&all, "collectionId", &one);
    return told && one.kind == YATA_VALUE_STRING ? one.u.string : (yata_str){NULL, 0};
}

/* ------------------------------------------------------------------------
 * From instances to documents
 */
YDoc *yr_subdoc_of(YDoc *parent, yata_subdoc instance) {
    yata_str guid = {NULL, 0}, collection = {NULL, 0};
    yr_subdoc *known = entry(parent, instance);
    if (known) return known->doc;
    if (yata_subdoc_guid(instance, &guid)) return NULL;
    (void)yata_subdoc_collection_id(instance, &collection);
    if (!collection.data) collection = told_collection(instance);
    YOptions options = options_of(parent, instance);
    char *name = yr_copy(guid), *group = collection.data ? yr_copy(collection) : NULL;
    options.guid = name;
    options.collection_id = group;
    YDoc *doc = name ? yr_doc_new(&options) : NULL;
    if (doc && yr_subdoc_link(parent, instance, doc)) {
        ydoc_destroy(doc);
        doc = NULL;
    } else if (doc) {
        doc->refs--; /* the table has it */
    }
    free(name);
    free(group);
    return doc;
}

YDoc *yr_subdoc_by_guid(YDoc *parent, yata_str guid) {
    yata_subdoc instance;
    yata_str other;
    for (uint32_t i = 0; i < parent->subdoc_count; i++)
        if (strlen(parent->subdocs[i].doc->guid) == guid.len &&
            !memcmp(parent->subdocs[i].doc->guid, guid.data, guid.len))
            return parent->subdocs[i].doc;
    for (uint32_t i = 0; !yata_doc_subdoc_at(parent->core, i, &instance); i++)
        if (!yata_subdoc_guid(instance, &other) && other.len == guid.len && !memcmp(other.data, guid.data, guid.len))
            return yr_subdoc_of(parent, instance);
    return NULL;
}

YDoc **ytransaction_subdocs(YTransaction *txn, uint32_t *len) {
    if (len) *len = 0;
    if (!txn || !len) return NULL;
    uint32_t n = yata_doc_subdoc_count(txn->doc->core);
    YDoc **all = malloc((n ? n : 1) * sizeof(YDoc *));
    yata_subdoc instance;
    for (uint32_t i = 0; all && i < n && !yata_doc_subdoc_at(txn->doc->core, i, &instance); i++) {
        pthread_mutex_lock(&txn->doc->naming);
        YDoc *doc = yr_subdoc_of(txn->doc, instance);
        pthread_mutex_unlock(&txn->doc->naming);
        if (doc) all[(*len)++] = doc;
    }
    return all;
}

/* ------------------------------------------------------------------------
 * Loading and clearing
 */
void ydoc_load(YDoc *doc, YTransaction *parent_txn) {
    if (!doc || (doc->parent && !yr_writes(parent_txn))) return;
    bool loaded = (doc->flags & Y_SHOULD_LOAD) != 0;
    doc->flags |= Y_SHOULD_LOAD;
    if (doc->parent && !loaded) (void)yata_subdoc_load(doc->instance);
}

/* Calls the observers of its end, which end with it. They may end each other. */
static void cleared(YDoc *doc) {
    uint64_t last = 0;
    for (yr_sub *sub; (sub = yr_next_sub(doc->subs, YR_CLEAR, &last));)
        ((void (*)(void *, YDoc *))sub->cb)(sub->state, doc);
    yr_subs_drop(doc, false);
}

/* A document and, before it, the subdocuments in it. */
static void end_document(YDoc *doc) {
    yr_doc_keep(doc);
    for (uint32_t i = 0; i < doc->subdoc_count; i++) end_document(doc->subdocs[i].doc);
    cleared(doc);
    yr_undo_leave(doc);
    ydoc_destroy(doc);
}

void ydoc_clear(YDoc *doc, YTransaction *parent_txn) {
    if (!doc || (parent_txn && !yr_writes(parent_txn))) return;
    yr_doc_keep(doc);
    YDoc *parent = doc->parent;
    if (parent && parent_txn && parent_txn->doc == parent) {
        doc->ended = yata_subdoc_destroy(doc->instance) == YATA_OK; /* told with the transaction */
    }
    end_document(doc);
    ydoc_destroy(doc);
}

/* ------------------------------------------------------------------------
 * Events
 */

/* The core tells of the removal of a deleted instance twice: in its transaction, and when it is then destroyed. */
static bool told_before(YDoc *parent, yata_subdoc instance) {
    for (uint32_t i = 0; i < parent->reported_count; i++) {
        if (!same(parent->reported[i], instance)) continue;
        parent->reported[i] = parent->reported[--parent->reported_count];
        return true;
    }
    return false;
}

static void will_be_told_again(YDoc *parent, yata_subdoc instance) {
    yata_subdoc *more = realloc(parent->reported, (parent->reported_count + 1) * sizeof *more);
    if (!more) return;
    parent->reported = more;
    parent->reported[parent->reported_count++] = instance;
}

/* Coming into a parent, a document takes over its client id, and its collection if it has none. */
static void adopt(YDoc *parent, YDoc *doc) {
    (void)yata_doc_set_client_id(doc->core, yata_doc_client_id(parent->core));
    if (doc->collection_id || !parent->collection_id) return;
    doc->collection_id = yr_copy(yr_str(parent->collection_id));
    (void)yata_doc_set_collection_id(doc->core, yr_str(parent->collection_id));
}

static void call(YDoc *parent, YSubdocsEvent *event) {
    uint64_t last = 0;
    for (yr_sub *sub = parent->subs; sub;) {
        if (sub->topic != YR_SUBDOCS || sub->order <= last) {
            sub = sub->next;
            continue;
        }
        last = sub->order;
        ((void (*)(void *, YSubdocsEvent *))sub->cb)(sub->state, event);
        sub = parent->subs;
    }
}

/* The removed documents are theirs no more who hold them for the parent. */
static void let_go(YDoc *parent, YDoc *doc) {
    for (uint32_t i = 0; i < parent->subdoc_count; i++) {
        if (parent->subdocs[i].doc != doc) continue;
        (void)unlink_entry(parent, &parent->subdocs[i]);
        if (!doc->ended) end_document(doc);
        doc->ended = false;
        ydoc_destroy(doc);
        return;
    }
}

static void on_subdocs(void *ctx, yata_doc *core, const yata_txn *txn, const yata_subdocs_event *core_event) {
    YDoc *parent = ctx;
    (void)core;
    (void)txn;
    size_t most = core_event->added_count + core_event->removed_count + core_event->loaded_count;
    YDoc **all = malloc((most + 1) * sizeof(YDoc *));
    if (!all) return;
    YSubdocsEvent event = {.added = all, .removed = all + core_event->added_count};
    event.loaded = event.removed + core_event->removed_count;
    for (size_t i = 0; i < core_event->added_count; i++) {
        YDoc *doc = yr_subdoc_of(parent, core_event->added[i]);
        if (!doc) continue;
        adopt(parent, doc);
        event.added[event.added_len++] = doc;
    }
    for (size_t i = 0; i < core_event->removed_count; i++) {
        if (told_before(parent, core_event->removed[i])) continue;
        YDoc *doc = yr_subdoc_of(parent, core_event->removed[i]);
        if (!doc) continue;
        if (!doc->ended) will_be_told_again(parent, core_event->removed[i]);
        event.removed[event.removed_len++] = doc;
    }
    for (size_t i = 0; i < core_event->loaded_count; i++) {
        YDoc *doc = yr_subdoc_of(parent, core_event->loaded[i]);
        if (!doc) continue;
        doc->flags |= Y_SHOULD_LOAD;
        event.loaded[event.loaded_len++] = doc;
    }
    if (event.added_len || event.removed_len || event.loaded_len) call(parent, &event);
    for (uint32_t i = 0; i < event.removed_len; i++) let_go(parent, event.removed[i]);
    free(all);
}

yata_status yr_subdocs_watch(YDoc *doc) {
    if (doc->subdocs_id) return YATA_OK;
    return yata_doc_observe_subdocs(doc->core, on_subdocs, doc, &doc->subdocs_id);
}
