/* SPDX-License-Identifier: MIT */
/*
 * doc.c - making and freeing documents, their roots, their memory.
 */
#include "doc/branch.h"
#include "doc/chunk.h"
#include "doc/observer.h"
#include "doc/pending.h"
#include "doc/pool.h"
#include "doc/redo.h"
#include "doc/instance.h"
#include "doc/txn.h"
#include "doc/weak_links.h"

#include "base/platform.h"
#include "base/utf.h"
#include <yata/doc.h>

bool yata_random_default(void *ctx, uint64_t *out) {
    (void)ctx;
    return out && yt_platform_random(out);
}

yata_doc_options yata_doc_options_default(void) {
    yata_doc_options options;
    memset(&options, 0, sizeof options);
    return options;
}

static yata_status set_options(yata_doc *doc, const yata_doc_options *options) {
    if (options->client_id > YT_CLIENT_MAX || (unsigned)options->offset_unit > YATA_OFFSET_SCALAR ||
        (unsigned)options->rules > YATA_RULES_YRS)
        return YATA_ERR_ARGUMENT;
    doc->unit = options->offset_unit;
    doc->keep_deleted = options->keep_deleted;
    doc->keep_formats = options->keep_formats;
    doc->mem.keep_floats = options->keep_floats;
    doc->as_yrs = options->rules == YATA_RULES_YRS;
    doc->limits = options->limits;
    if (!doc->limits.update_bytes) doc->limits.update_bytes = INT32_MAX;
    if (!doc->limits.pending_bytes) doc->limits.pending_bytes = (size_t)1 << 28;
    if (!doc->limits.clients) doc->limits.clients = (uint32_t)1 << 24;
    doc->random = options->random ? options->random : yata_random_default;
    doc->random_ctx = options->random_ctx;
    doc->client_id = options->client_id;
    if (!doc->client_id) {
        uint64_t random;
        if (!doc->random(doc->random_ctx, &random)) return YATA_ERR_ARGUMENT; /* then the caller has to choose one */
        doc->client_id = random & UINT32_MAX;
        if (!doc->client_id) doc->client_id = 1;
    }
    return YATA_OK;
}

yata_status yata_doc_new(const yata_doc_options *options, yata_doc **out) {
    yata_doc_options defaults = yata_doc_options_default();
    if (!options) options = &defaults;
    if (!out) return YATA_ERR_ARGUMENT;
    *out = NULL;
    yt_mem mem;
    yt_mem_init(&mem, options->allocator);
    if (!mem.allocator.alloc || !mem.allocator.realloc || !mem.allocator.free) return YATA_ERR_ARGUMENT;
    yata_doc *doc = yt_calloc(&mem, sizeof *doc);
    if (!doc) return YATA_ERR_MEMORY;
    doc->mem = mem;
    doc->free_branch = YT_NONE;
    yt_chunks_init(doc);
    yata_status status = set_options(doc, options);
    if (status)
        yata_doc_free(doc);
    else
        *out = doc;
    return status;
}

/* All but the subdocuments, which are gone. */
static void free_one(yata_doc *doc) {
    YT_ASSERT(!doc->cleanup); /* nobody frees a document from inside its callbacks */
    while (doc->histories) {
        yt_history *history = doc->histories;
        doc->histories = history->next;
        history->free(history);
    }
    if (doc->txn) yt_txn_free(doc->txn);
    yt_txn_drop_spare(doc);
    yt_update_free(&doc->mem, &doc->read);
    yt_pending_free(doc);
    yt_id_set_free(&doc->mem, &doc->pending.deletes);
    yt_observers_free(doc);
    yt_vec_free(&doc->mem, &doc->stages);
    yt_clients_free(doc);
    yt_branches_free(doc);
    yt_chunks_free(doc);
    yt_pool_free(doc);
    yt_redone_free(doc);
    yt_weak_free(doc);
    yt_vec_free(&doc->mem, &doc->roots);
    yt_u32_map_free(&doc->mem, &doc->root_index);
    yt_strings_free(&doc->mem, &doc->strings);
    yt_free(&doc->mem, doc->marks, (size_t)doc->marks_cap * sizeof *doc->marks);
    yt_mem mem = doc->mem;
    yt_free(&mem, doc, sizeof *doc);
}

void yata_doc_free(yata_doc *doc) {
    if (!doc || doc->parent) return;
    doc->next = NULL;
    while (doc) { /* subdocuments of subdocuments: one after the other */
        yata_doc *rest = yt_subdocs_free(doc, doc->next);
        free_one(doc);
        doc = rest;
    }
}

uint64_t yata_doc_client_id(const yata_doc *doc) {
    return doc ? doc->client_id : 0;
}

yata_status yata_doc_set_client_id(yata_doc *doc, uint64_t id) {
    if (!doc || id > YT_CLIENT_MAX) return YATA_ERR_ARGUMENT;
    if (doc->txn) return YATA_ERR_STATE;
    doc->client_id = id;
    return YATA_OK;
}

yata_offset_unit yata_doc_offset_unit(const yata_doc *doc) {
    return doc ? doc->unit : YATA_OFFSET_UTF16;
}

/* ------------------------------------------------------------------------
 * Roots
 */
yata_status yata_doc_root(yata_doc *doc, yata_str name, yata_kind kind, yata_type *out) {
    if (!doc || !out || (name.len && !name.data) || (unsigned)kind > YATA_KIND_XML_TEXT) return YATA_ERR_ARGUMENT;
    if (name.len && !yt_utf8_scan((const uint8_t *)name.data, name.len, NULL, NULL)) return YATA_ERR_UTF8;
    yt_branch *branch = yt_root(doc, name);
    if (!branch) return YATA_ERR_MEMORY;
    if (kind != YATA_KIND_UNTYPED) {
        if (branch->kind != YATA_KIND_UNTYPED && branch->kind != kind) return YATA_ERR_TYPE;
        branch->kind = (uint8_t)kind;
    }
    *out = yt_branch_handle(doc, branch);
    return YATA_OK;
}

yata_status yata_doc_root_find(const yata_doc *doc, yata_str name, yata_type *out) {
    if (!doc || !out || (name.len && !name.data)) return YATA_ERR_ARGUMENT;
    const yt_branch *branch = yt_root_find(doc, name);
    if (!branch) return YATA_ERR_NOT_FOUND;
    *out = yt_branch_handle(doc, branch);
    return YATA_OK;
}

uint32_t yata_doc_root_count(const yata_doc *doc) {
    return doc ? doc->roots.len : 0;
}

yata_status yata_doc_root_at(const yata_doc *doc, uint32_t i, yata_str *name, yata_type *out) {
    if (!doc) return YATA_ERR_ARGUMENT;
    if (i >= doc->roots.len) return YATA_ERR_RANGE;
    const yt_branch *branch = yt_branch_at(doc, doc->roots.data[i]);
    if (name) *name = yt_strings_get(&doc->strings, branch->name);
    if (out) *out = yt_branch_handle(doc, branch);
    return YATA_OK;
}

/* ------------------------------------------------------------------------
 * Any shared type
 */
yata_status yata_type_kind(yata_type type, yata_kind *out) {
    yt_branch *branch;
    if (!out) return YATA_ERR_ARGUMENT;
    yata_status status = yt_branch_find(type, &branch);
    if (!status) *out = (yata_kind)branch->kind;
    return status;
}

yata_status yata_type_name(yata_type type, yata_str *out) {
    yt_branch *branch;
    if (!out) return YATA_ERR_ARGUMENT;
    yata_status status = yt_branch_resolve(type, &branch);
    if (status) return status;
    if (branch->kind != YATA_KIND_XML_ELEMENT && branch->kind != YATA_KIND_XML_HOOK) return YATA_ERR_TYPE;
    *out =
        branch->owner && branch->name != YT_NONE ? yt_strings_get(&type.doc->strings, branch->name) : (yata_str){"", 0};
    return YATA_OK;
}

yata_status yata_type_get_id(yata_type type, yata_type_id *out) {
    yt_branch *branch;
    if (!out) return YATA_ERR_ARGUMENT;
    yata_status status = yt_branch_resolve(type, &branch);
    if (status) return status;
    memset(out, 0, sizeof *out);
    out->is_root = !branch->owner;
    if (out->is_root) {
        out->name = yt_strings_get(&type.doc->strings, branch->name);
    } else {
        yt_id id = yt_at(type.doc, branch->owner)->id;
        out->id = (yata_id){yt_client_at(type.doc, id.slot)->client, id.clock};
    }
    return YATA_OK;
}

yata_status yata_doc_type_by_id(const yata_doc *doc, const yata_type_id *id, yata_type *out) {
    if (!doc || !id || !out) return YATA_ERR_ARGUMENT;
    if (id->is_root) return yata_doc_root_find(doc, id->name, out);
    uint32_t slot = id->id.client <= YT_CLIENT_MAX ? yt_slot_find(doc, id->id.client) : YT_NONE;
    if (slot == YT_NONE || id->id.clock >= yt_state(doc, slot)) return YATA_ERR_NOT_FOUND;
    const yt_client *client = yt_client_at(doc, slot);
    const yt_entry entry = yt_entry_at(client, yt_store_find(client, id->id.clock));
    if (!entry.item) return YATA_ERR_GONE;
    const yt_item *item = yt_at(doc, entry.item);
    if (yt_is_deleted(item)) return YATA_ERR_GONE;
    if (item->content != YT_TYPE) return YATA_ERR_NOT_FOUND;
    *out = yt_branch_handle(doc, yt_branch_at(doc, item->chunk));
    return YATA_OK;
}

bool yata_type_alive(yata_type type) {
    yt_branch *branch;
    return yt_branch_resolve(type, &branch) == YATA_OK;
}

/* What the bytes suggest of a root that nobody typed. */
static yata_kind guess(const yata_doc *doc, const yt_branch *branch) {
    if (branch->entries.len) return YATA_KIND_MAP;
    if (branch->formatted) return YATA_KIND_TEXT;
    yata_kind kind = YATA_KIND_UNTYPED;
    for (yt_ref ref = branch->first; ref; ref = yt_at(doc, ref)->right) {
        const yt_item *it = yt_at(doc, ref);
        if (it->content == YT_STRING || it->content == YT_EMBED) return YATA_KIND_TEXT;
        if (it->content == YT_DELETED) continue;
        kind = YATA_KIND_ARRAY;
        if (it->content == YT_TYPE && yt_branch_at(doc, it->chunk)->kind >= YATA_KIND_XML_ELEMENT &&
            yt_branch_at(doc, it->chunk)->kind != YATA_KIND_WEAK)
            return YATA_KIND_XML_FRAGMENT;
        if (!yt_is_deleted(it)) return kind;
    }
    return kind;
}

yata_status yata_type_guess_kind(yata_type type, yata_kind *out) {
    yt_branch *branch;
    if (!out) return YATA_ERR_ARGUMENT;
    yata_status status = yt_branch_resolve(type, &branch);
    if (!status) *out = branch->kind != YATA_KIND_UNTYPED ? (yata_kind)branch->kind : guess(type.doc, branch);
    return status;
}
