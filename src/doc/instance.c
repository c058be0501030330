/* SPDX-License-Identifier: MIT */
/*
 * instance.c - instances of subdocuments and what transactions note of them (spec/types.md, "Subdocuments").
 *
 * The sequences of events are those of Yjs (ContentDoc and Doc.destroy), one that is surprising included: an instance
 * whose item was deleted is told as removed twice, because destroying it afterwards is a transaction of its own.
 */
#include "doc/instance.h"

#include "base/sort.h"
#include "doc/branch.h"
#include "doc/content.h"
#include "doc/delete.h"
#include "wire/any.h"

/* ------------------------------------------------------------------------
 * The table
 */
yt_subdocs *yt_subdocs_of(yata_doc *doc) {
    if (!doc->subdocs) {
        doc->subdocs = yt_calloc(&doc->mem, sizeof *doc->subdocs);
        if (doc->subdocs) doc->subdocs->free = YT_NONE;
    }
    return doc->subdocs;
}

static size_t size_of(const yt_subdoc *s) {
    return sizeof *s + s->guid_len + s->options_len;
}

static void release(yata_doc *doc, yt_subdoc *s) {
    yt_free(&doc->mem, s->collection, s->collection_len);
    yt_free(&doc->mem, s, size_of(s));
}

yata_doc *yt_subdocs_free(yata_doc *doc, yata_doc *chain) {
    yt_subdocs *table = doc->subdocs;
    if (!table) return chain;
    while (table->ended) {
        yata_doc *next = table->ended->next;
        table->ended->next = chain;
        chain = table->ended;
        table->ended = next;
    }
    for (uint32_t i = 0; i < table->all.len; i++) {
        yt_subdoc *s = table->all.data[i].subdoc;
        if (!s) continue;
        if (s->document) {
            s->document->next = chain;
            chain = s->document;
        }
        release(doc, s);
    }
    yt_vec_free(&doc->mem, &table->all);
    yt_vec_free(&doc->mem, &table->live);
    yt_vec_free(&doc->mem, &table->observers);
    yt_u64_map_free(&doc->mem, &table->by_item);
    yt_free(&doc->mem, table->collection, table->collection_len);
    yt_free(&doc->mem, table, sizeof *table);
    doc->subdocs = NULL;
    return chain;
}

/* A new instance in the table, held by nobody. NULL: no memory. */
static yt_subdoc *make(yata_doc *doc, yata_bytes guid, yata_bytes options) {
    yt_subdocs *table = yt_subdocs_of(doc);
    if (!table || guid.len > UINT32_MAX || options.len > UINT32_MAX) return NULL;
    if (!yt_vec_reserve(&doc->mem, &table->live, table->all.len + 1 - table->live.len)) return NULL;
    if (table->free == YT_NONE && !yt_vec_reserve(&doc->mem, &table->all, 1)) return NULL;
    yt_subdoc *s = yt_calloc(&doc->mem, sizeof *s + guid.len + options.len);
    if (!s) return NULL;
    uint32_t ref = table->free;
    if (ref == YT_NONE) {
        ref = table->all.len;
        yt_subdoc_place place = {NULL, 0, YT_NONE};
        yt_vec_put(&table->all, place);
    } else {
        table->free = table->all.data[ref].next_free;
    }
    table->all.data[ref].subdoc = s;
    s->ref = ref;
    s->generation = table->all.data[ref].generation;
    s->added.subdoc = s->loaded.subdoc = s->deleted.subdoc = s->ended.subdoc = s;
    s->guid_len = (uint32_t)guid.len;
    s->options_len = (uint32_t)options.len;
    if (guid.len) memcpy(s->bytes, guid.data, guid.len);
    if (options.len) memcpy(s->bytes + guid.len, options.data, options.len);
    return s;
}

static void drop(yata_doc *doc, yt_subdoc *s) {
    if (--s->refs) return;
    yt_subdocs *table = doc->subdocs;
    yt_subdoc_place *place = &table->all.data[s->ref];
    place->subdoc = NULL;
    place->generation++;
    place->next_free = table->free;
    table->free = s->ref;
    if (s->document) { /* perhaps one of its own callbacks is running: it goes when it is idle */
        s->document->next = table->ended;
        table->ended = s->document;
    }
    release(doc, s);
}

/* Frees the documents of instances that are over and that nobody is working in. */
static void free_ended(yt_subdocs *table) {
    yata_doc **at = &table->ended;
    while (*at) {
        yata_doc *d = *at;
        if (d->txn || d->cleaning || d->notifying || (d->subdocs && d->subdocs->notifying)) {
            at = &d->next;
            continue;
        }
        *at = d->next;
        d->parent = NULL;
        yata_doc_free(d);
    }
}

yt_subdoc *yt_subdoc_of_item(const yata_doc *doc, yt_ref item) {
    uint32_t ref = doc->subdocs ? yt_u64_map_get(&doc->subdocs->by_item, item) : YT_NONE;
    return ref == YT_NONE ? NULL : doc->subdocs->all.data[ref].subdoc;
}

yata_status yt_subdoc_resolve(yata_subdoc handle, yt_subdoc **out) {
    const yt_subdocs *table = handle.parent ? handle.parent->subdocs : NULL;
    if (!table || handle.ref >= table->all.len) return YATA_ERR_ARGUMENT;
    const yt_subdoc_place *place = &table->all.data[handle.ref];
    if (!place->subdoc || place->generation != handle.generation) return YATA_ERR_GONE;
    *out = place->subdoc;
    return YATA_OK;
}

yata_subdoc yt_subdoc_handle(const yata_doc *doc, const yt_subdoc *subdoc) {
    union {
        const yata_doc *in;
        yata_doc *out;
    } cast = {doc};
    yata_subdoc handle = {cast.out, subdoc->ref, subdoc->generation};
    return handle;
}

/* ------------------------------------------------------------------------
 * Options
 */
void yt_subdoc_option(const yt_subdoc *subdoc, const char *name, yata_value *out) {
    yata_value options, value;
    yata_value_iter it;
    yata_str key;
    size_t len = 0;
    while (name[len]) len++;
    memset(out, 0, sizeof *out);
    yt_any_view((yata_bytes){subdoc->bytes + subdoc->guid_len, subdoc->options_len}, &options);
    if (options.kind != YATA_VALUE_OBJECT || yata_value_iter_init(&it, &options)) return;
    while (yata_value_iter_next(&it, &key, &value))
        if (key.len == len && !memcmp(key.data, name, len)) *out = value;
}

bool yt_value_is_true(const yata_value *value) {
    switch (value->kind) {
    case YATA_VALUE_UNDEFINED:
    case YATA_VALUE_NULL:
        return false;
    case YATA_VALUE_BOOL:
        return value->u.boolean;
    case YATA_VALUE_INT:
    case YATA_VALUE_BIGINT:
        return value->u.integer != 0;
    case YATA_VALUE_FLOAT: /* NaN is neither */
        return value->u.number < 0 || value->u.number > 0;
    case YATA_VALUE_STRING:
        return value->u.string.len != 0;
    default:
        return true;
    }
}

static bool to_be_loaded(const yt_subdoc *s) {
    yata_value should, automatic;
    yt_subdoc_option(s, "shouldLoad", &should);
    yt_subdoc_option(s, "autoLoad", &automatic);
    return yt_value_is_true(&should) || yt_value_is_true(&automatic);
}

/* ------------------------------------------------------------------------
 * Notes
 */
bool yt_subdoc_reserve(yata_txn *txn) {
    if (!txn->subdocs) txn->subdocs = yt_calloc(&txn->doc->mem, sizeof *txn->subdocs);
    txn->rare = true;
    return txn->subdocs != NULL;
}

static void note(yt_subdoc_list *list, yt_subdoc_link *link) {
    link->next = NULL;
    if (list->last)
        list->last->next = link;
    else
        list->first = link;
    list->last = link;
    link->subdoc->refs++;
}

static void note_added(yata_txn *txn, yt_subdoc *s) {
    s->added_txn = txn->number;
    note(&txn->subdocs->added, &s->added);
}

void yt_subdoc_note_loaded(yata_txn *txn, yt_subdoc *subdoc) {
    subdoc->should_load = true;
    note(&txn->subdocs->loaded, &subdoc->loaded);
}

static void note_removed(yata_txn *txn, yt_subdoc *s, yt_subdoc_link *link) {
    if (s->removed_txn == txn->number) return;
    s->removed_txn = txn->number;
    if (link != &s->deleted || s->ordered != txn->number) link->order = ++txn->subdocs->order;
    note(&txn->subdocs->removed, link);
}

static void drop_list(yata_doc *doc, yt_subdoc_list *list) {
    for (yt_subdoc_link *link = list->first; link;) {
        yt_subdoc_link *next = link->next;
        drop(doc, link->subdoc);
        link = next;
    }
}

void yt_subdoc_notes_free(yata_txn *txn) {
    yt_subdoc_notes *notes = txn->subdocs;
    if (!notes) return;
    if (txn->doc->subdocs) {
        drop_list(txn->doc, &notes->added);
        drop_list(txn->doc, &notes->removed);
        drop_list(txn->doc, &notes->loaded);
        free_ended(txn->doc->subdocs);
    }
    yt_free(&txn->doc->mem, notes, sizeof *notes);
    txn->subdocs = NULL;
}

/* ------------------------------------------------------------------------
 * Items that come and go
 */
bool yt_subdoc_prepare(yata_txn *txn, yt_ref item) {
    yata_doc *doc = txn->doc;
    yt_block content;
    yt_content_view(doc, yt_at(doc, item), &content);
    if (!yt_subdoc_reserve(txn)) return false;
    yt_subdoc *s = make(doc, (yata_bytes){(const uint8_t *)content.name.data, content.name.len}, content.data);
    if (!s) return false;
    s->refs = 1;
    if (!yt_u64_map_put(&doc->mem, &doc->subdocs->by_item, item, s->ref)) {
        drop(doc, s);
        return false;
    }
    s->item = item;
    doc->subdocs->held++;
    return true;
}

/* The item does not hold it any more. */
static void let_go(yata_doc *doc, yt_subdoc *s) {
    yt_u64_map_remove(&doc->subdocs->by_item, s->item);
    doc->subdocs->held--;
    s->item = 0;
    drop(doc, s);
}

void yt_subdoc_cancel(yata_doc *doc, yt_ref item) {
    let_go(doc, yt_subdoc_of_item(doc, item));
}

void yt_subdoc_integrated(yata_txn *txn, yt_ref item) {
    yt_subdoc *s = yt_subdoc_of_item(txn->doc, item);
    note_added(txn, s);
    bool load = txn->subdocs->load == YT_LOAD_BY_OPTIONS ? to_be_loaded(s) : txn->subdocs->load == YT_LOAD;
    if (load) yt_subdoc_note_loaded(txn, s);
}

void yt_subdoc_deleted(yata_txn *txn, yt_ref item) {
    yt_subdoc *s = yt_subdoc_of_item(txn->doc, item);
    if (!s) return;
    s->gone = true;
    s->was = item;
    if (s->added_txn == txn->number)
        s->added_txn = 0; /* came and went: the note stays in its list and is passed over */
    else
        note_removed(txn, s, &s->deleted);
    let_go(txn->doc, s);
}

static yt_subdoc *find_gone(const yt_subdoc_list *list, yt_ref item) {
    for (const yt_subdoc_link *link = list->first; link; link = link->next)
        if (link->subdoc->gone && link->subdoc->was == item) return link->subdoc;
    return NULL;
}

static void unlink_removed(yt_subdoc_list *list, yt_subdoc *s) {
    yt_subdoc_link *last = NULL, **at = &list->first;
    while (*at != &s->deleted) {
        last = *at;
        at = &last->next;
    }
    *at = s->deleted.next;
    if (list->last == &s->deleted) list->last = last;
    s->refs--;
}

void yt_subdoc_revived(yata_txn *txn, yt_ref item) {
    yata_doc *doc = txn->doc;
    yt_subdoc *s = find_gone(&txn->subdocs->removed, item);
    if (s) {
        s->removed_txn = 0;
        s->refs++;
        unlink_removed(&txn->subdocs->removed, s);
    } else { /* it came in this transaction */
        s = find_gone(&txn->subdocs->added, item);
        s->added_txn = txn->number;
        s->refs++;
    }
    s->gone = false;
    s->item = item;
    bool put = yt_u64_map_put(&doc->mem, &doc->subdocs->by_item, item, s->ref); /* where it was, there is room */
    YT_ASSERT(put);
    (void)put;
    doc->subdocs->held++;
}

void yt_subdoc_order(yata_txn *txn, yt_ref item) {
    yt_subdoc *s = yt_subdoc_of_item(txn->doc, item);
    if (!s || s->ordered == txn->number || !yt_subdoc_reserve(txn)) return;
    s->ordered = txn->number;
    s->deleted.order = ++txn->subdocs->order;
}

void yt_subdocs_order(yata_txn *txn, const yt_branch *branch) {
    const yata_doc *doc = txn->doc;
    if (!doc->subdocs || !doc->subdocs->held || !yt_subdoc_reserve(txn)) return;
    yt_inside walk = yt_inside_begin(doc, branch);
    for (yt_ref ref; (ref = yt_inside_next(&walk));)
        if (yt_at(doc, ref)->content == YT_DOC) yt_subdoc_order(txn, ref);
}

/* ------------------------------------------------------------------------
 * The end of an instance
 */

/* The fresh instance that takes its place at the item. */
static yt_subdoc *replace(yata_txn *txn, const yt_subdoc *s) {
    yata_doc *doc = txn->doc;
    yt_subdoc *fresh =
        make(doc, (yata_bytes){s->bytes, s->guid_len}, (yata_bytes){s->bytes + s->guid_len, s->options_len});
    if (!fresh) return NULL;
    fresh->refs = 1;
    fresh->item = s->item;
    bool put = yt_u64_map_put(&doc->mem, &doc->subdocs->by_item, s->item, fresh->ref);
    if (!put) { /* a table that is not grown for a key it has could still refuse */
        fresh->item = 0;
        drop(doc, fresh);
        return NULL;
    }
    return fresh;
}

static yata_status destroy_in(yata_txn *txn, yt_subdoc *s) {
    if (!yt_subdoc_reserve(txn)) return YATA_ERR_MEMORY;
    if (s->item) {
        yt_subdoc *fresh = replace(txn, s);
        if (!fresh) return YATA_ERR_MEMORY;
        note_added(txn, fresh);
    }
    s->destroyed = true;
    note_removed(txn, s, &s->ended);
    if (s->item) {
        s->item = 0;
        drop(txn->doc, s);
    }
    return YATA_OK;
}

yata_status yt_subdoc_destroy(yata_doc *doc, yt_subdoc *subdoc) {
    yata_txn *txn;
    if (subdoc->destroyed) return YATA_ERR_GONE;
    yata_status status = yata_txn_begin(doc, (yata_bytes){NULL, 0}, &txn);
    if (status) return status;
    status = destroy_in(txn, subdoc);
    yata_status committed = yata_txn_commit(txn);
    return status ? status : committed;
}

/* ------------------------------------------------------------------------
 * Observers
 */
yata_status yata_doc_observe_subdocs(yata_doc *doc, yata_subdocs_fn fn, void *ctx, uint32_t *subscription) {
    if (!doc || !fn || !subscription) return YATA_ERR_ARGUMENT;
    if (doc->observer_id == UINT32_MAX) return YATA_ERR_LIMIT;
    yt_subdocs *table = yt_subdocs_of(doc);
    if (!table || !yt_vec_reserve(&doc->mem, &table->observers, 1)) return YATA_ERR_MEMORY;
    yt_subdoc_observer observer = {++doc->observer_id, fn, ctx};
    yt_vec_put(&table->observers, observer);
    *subscription = observer.id;
    return YATA_OK;
}

yata_status yata_doc_unobserve_subdocs(yata_doc *doc, uint32_t subscription) {
    if (!doc || !subscription) return YATA_ERR_ARGUMENT;
    yt_subdocs *table = doc->subdocs;
    for (uint32_t i = 0; table && i < table->observers.len; i++) {
        if (table->observers.data[i].id != subscription) continue;
        table->observers.data[i].id = 0;
        if (!table->notifying) yt_vec_drop_unset(&table->observers, id);
        return YATA_OK;
    }
    return YATA_ERR_NOT_FOUND;
}

static bool is_told(const yata_txn *txn, const yt_subdoc_list *list, const yt_subdoc *s) {
    return list != &txn->subdocs->added || s->added_txn == txn->number;
}

static size_t count(const yata_txn *txn, const yt_subdoc_list *list) {
    size_t n = 0;
    for (const yt_subdoc_link *link = list->first; link; link = link->next) n += is_told(txn, list, link->subdoc);
    return n;
}

static yata_subdoc *fill(const yata_txn *txn, const yt_subdoc_list *list, yata_subdoc *at) {
    for (const yt_subdoc_link *link = list->first; link; link = link->next)
        if (is_told(txn, list, link->subdoc)) *at++ = yt_subdoc_handle(txn->doc, link->subdoc);
    return at;
}

static bool link_before(const void *a, const void *b) {
    return (*(yt_subdoc_link *const *)a)->order < (*(yt_subdoc_link *const *)b)->order;
}

/* Puts the removals in the order in which they are told. */
static bool sort_removed(yata_txn *txn) {
    yata_doc *doc = txn->doc;
    yt_subdoc_list *list = &txn->subdocs->removed;
    bool sorted = true;
    size_t n = 0, i = 0;
    for (const yt_subdoc_link *link = list->first; link; link = link->next, n++)
        sorted &= !link->next || link->order < link->next->order;
    if (sorted) return true;
    yt_subdoc_link **all = yt_alloc(&doc->mem, n * sizeof *all);
    if (!all) return false;
    for (yt_subdoc_link *link = list->first; link; link = link->next) all[i++] = link;
    yt_sort(all, n, sizeof *all, link_before);
    list->first = all[0];
    list->last = all[n - 1];
    for (i = 0; i < n; i++) all[i]->next = i + 1 < n ? all[i + 1] : NULL;
    yt_free(&doc->mem, all, n * sizeof *all);
    return true;
}

static yata_status tell(yata_txn *txn) {
    yata_doc *doc = txn->doc;
    yt_subdocs *table = doc->subdocs;
    const yt_subdoc_notes *notes = txn->subdocs;
    uint32_t n = table->observers.len;
    yata_subdocs_event event = {.added_count = count(txn, &notes->added),
                                .removed_count = count(txn, &notes->removed),
                                .loaded_count = count(txn, &notes->loaded)};
    size_t total = event.added_count + event.removed_count + event.loaded_count;
    if (!n || !total) return YATA_OK;
    yata_subdoc *all = yt_alloc(&doc->mem, total * sizeof *all);
    if (!all) return YATA_ERR_MEMORY;
    event.added = all;
    event.loaded = fill(txn, &notes->added, all);
    yata_subdoc *removed = fill(txn, &notes->loaded, all + event.added_count);
    fill(txn, &notes->removed, removed);
    event.removed = removed;
    table->notifying++;
    for (uint32_t i = 0; i < n; i++) {
        yt_subdoc_observer observer = table->observers.data[i];
        if (observer.id) observer.fn(observer.ctx, doc, txn, &event);
    }
    if (!--table->notifying) yt_vec_drop_unset(&table->observers, id);
    yt_free(&doc->mem, all, total * sizeof *all);
    return YATA_OK;
}

/* The live ones: those that were added come, then those that were removed go. */
static void update_live(yata_txn *txn) {
    yata_doc *doc = txn->doc;
    yt_subdocs *table = doc->subdocs;
    for (const yt_subdoc_link *link = txn->subdocs->added.first; link; link = link->next) {
        yt_subdoc *s = link->subdoc;
        if (s->added_txn != txn->number) continue;
        s->live = true;
        s->refs++;
        yt_vec_put(&table->live, s);
    }
    bool some = false;
    for (const yt_subdoc_link *link = txn->subdocs->removed.first; link; link = link->next) {
        some |= link->subdoc->live;
        link->subdoc->live = false;
    }
    if (!some) return;
    uint32_t kept = 0;
    for (uint32_t i = 0; i < table->live.len; i++) {
        yt_subdoc *s = table->live.data[i];
        if (s->live)
            table->live.data[kept++] = s;
        else
            s->refs--; /* the note still holds it */
    }
    table->live.len = kept;
}

yata_status yt_notify_subdocs(yata_txn *txn) {
    if (!txn->subdocs || !txn->doc->subdocs) return YATA_OK;
    update_live(txn);
    yata_status status = sort_removed(txn) ? tell(txn) : YATA_ERR_MEMORY;
    for (const yt_subdoc_link *link = txn->subdocs->removed.first; link; link = link->next) {
        if (link->subdoc->destroyed) continue;
        yata_status destroyed = yt_subdoc_destroy(txn->doc, link->subdoc);
        if (!status) status = destroyed;
    }
    return status;
}

bool yt_subdocs_check(const yata_doc *doc, uint32_t doc_items) {
    const yt_subdocs *table = doc->subdocs;
    if (!table) return !doc_items;
    uint32_t held = 0, live = 0;
    for (uint32_t i = 0; i < table->all.len; i++) {
        const yt_subdoc *s = table->all.data[i].subdoc;
        if (!s) continue;
        if (s->ref != i || s->generation != table->all.data[i].generation || !s->refs) return false;
        live += s->live;
        if (!s->item) continue;
        const yt_item *it = yt_at(doc, s->item);
        if (it->content != YT_DOC || yt_is_deleted(it) || yt_subdoc_of_item(doc, s->item) != s) return false;
        held++;
    }
    return held == doc_items && held == table->held && live == table->live.len && table->live.cap >= table->live.len;
}
