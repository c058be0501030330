/* SPDX-License-Identifier: MIT */
/*
 * subdoc.c - subdocuments as the application sees them: putting them into arrays and maps, asking about one, its
 * document. What happens to them is in doc/instance.c.
 *
 * Options are written in the order of Yjs (gc, autoLoad, meta), each only if it is not the default; then what else the
 * caller gives.
 */
#include "doc/instance.h"

#include "base/utf.h"
#include "doc/branch.h"
#include "doc/content.h"
#include "types/insert.h"
#include "types/map.h"
#include "types/sequence.h"
#include "wire/any.h"

#include <yata/subdoc.h>

enum {
    ARRAYS = YT_KIND(YATA_KIND_ARRAY),
    MAPS = YT_KIND(YATA_KIND_MAP) | YT_KIND(YATA_KIND_TEXT) | YT_KIND(YATA_KIND_XML_ELEMENT) |
           YT_KIND(YATA_KIND_XML_HOOK) | YT_KIND(YATA_KIND_XML_TEXT),
    READABLE_ARRAYS =
        ARRAYS | YT_KIND(YATA_KIND_UNTYPED) | YT_KIND(YATA_KIND_XML_FRAGMENT) | YT_KIND(YATA_KIND_XML_ELEMENT),
    READABLE_MAPS = MAPS | YT_KIND(YATA_KIND_UNTYPED),
    UUID = 36
};

/* ------------------------------------------------------------------------
 * Making one
 */

/* A subdocument on its way into the document. */
typedef struct coming {
    const yata_subdoc_options *options;
    char uuid[UUID];
    yt_writer bytes;
    uint8_t *collection;
    yt_block content;
} coming;

static yata_status write_uuid(const yata_doc *doc, char *out) {
    static const char digits[] = "0123456789abcdef";
    uint64_t random[2];
    for (int i = 0; i < 2; i++)
        if (!doc->random(doc->random_ctx, &random[i])) return YATA_ERR_ARGUMENT; /* then the caller has to choose */
    random[0] = (random[0] & ~(uint64_t)0xF000) | 0x4000;                        /* version 4 */
    random[1] = (random[1] & ~((uint64_t)3 << 62)) | (uint64_t)1 << 63;          /* variant 1 */
    for (unsigned i = 0, at = 0; i < 32; i++) {
        if (i == 8 || i == 12 || i == 16 || i == 20) out[at++] = '-';
        out[at++] = digits[random[i / 16] >> (60 - 4 * (i % 16)) & 15];
    }
    return YATA_OK;
}

static void write_key(yt_writer *w, const char *key) {
    size_t n = 0;
    while (key[n]) n++;
    yt_write_var_bytes(w, key, n);
}

/* The object, with room announced for `more` members. */
static yata_status write_known(yt_writer *w, const yata_subdoc_options *options, uint32_t more) {
    const yata_value *meta = options->meta;
    if (meta && (meta->kind == YATA_VALUE_NULL || meta->kind == YATA_VALUE_UNDEFINED)) meta = NULL;
    yt_write_u8(w, YT_ANY_OBJECT);
    yt_write_var_uint(w, (options->keep_deleted ? 1u : 0u) + (options->auto_load ? 1u : 0u) + (meta ? 1u : 0u) + more);
    if (options->keep_deleted) {
        write_key(w, "gc");
        yt_write_u8(w, YT_ANY_FALSE);
    }
    if (options->auto_load) {
        write_key(w, "autoLoad");
        yt_write_u8(w, YT_ANY_TRUE);
    }
    if (meta) {
        write_key(w, "meta");
        yata_status status = yt_any_write_value(w, meta);
        if (status) return status;
    }
    return w->failed ? YATA_ERR_MEMORY : YATA_OK;
}

static yata_status write_all(yt_writer *w, const yata_subdoc_options *options) {
    yata_value_iter it;
    yata_value value;
    yata_str key;
    if (options->more->kind != YATA_VALUE_OBJECT) return YATA_ERR_ARGUMENT;
    yata_status status = yata_value_iter_init(&it, options->more);
    if (!status) status = write_known(w, options, it.left);
    while (!status && yata_value_iter_next(&it, &key, &value)) {
        yt_write_var_bytes(w, key.data, key.len);
        status = yt_any_write_value(w, &value);
    }
    return !status && w->failed ? YATA_ERR_MEMORY : status;
}

/* What is added may have names that stand there already: the object is arranged as any other of a caller. */
static yata_status write_options(yt_writer *w, const yata_subdoc_options *options) {
    if (!options->more) return write_known(w, options, 0);
    yt_writer all;
    yt_writer_init(&all, w->mem);
    yata_status status = write_all(&all, options);
    yata_value object = {.kind = YATA_VALUE_OBJECT, .u = {.any = {all.data, all.len}}};
    if (!status) status = yt_any_write_value(w, &object);
    yt_writer_free(&all);
    return !status && w->failed ? YATA_ERR_MEMORY : status;
}

static yata_status check_str(yata_str str) {
    if (str.len && !str.data) return YATA_ERR_ARGUMENT;
    if (str.len > UINT32_MAX) return YATA_ERR_LIMIT;
    return yt_utf8_scan((const uint8_t *)str.data, str.len, NULL, NULL) ? YATA_OK : YATA_ERR_UTF8;
}

static void coming_free(yata_txn *txn, coming *c) {
    if (txn->subdocs) txn->subdocs->load = YT_LOAD_BY_OPTIONS;
    yt_writer_free(&c->bytes);
    if (c->collection) yt_free(&txn->doc->mem, c->collection, c->options->collection_id.len);
}

static yata_status coming_init(yata_txn *txn, const yata_subdoc_options *options, coming *c) {
    yata_doc *doc = txn->doc;
    static const yata_subdoc_options none;
    memset(c, 0, sizeof *c);
    c->options = options = options ? options : &none;
    yata_str guid = options->guid;
    yt_writer_init(&c->bytes, &doc->mem);
    yata_status status = check_str(guid);
    if (!status) status = check_str(options->collection_id);
    if (!status && !guid.data) {
        status = write_uuid(doc, c->uuid);
        guid = (yata_str){c->uuid, UUID};
    }
    if (!status) status = write_options(&c->bytes, options);
    if (!status && !yt_subdoc_reserve(txn)) status = YATA_ERR_MEMORY;
    if (!status && options->collection_id.len) {
        c->collection = yt_alloc(&doc->mem, options->collection_id.len);
        if (!c->collection) status = YATA_ERR_MEMORY;
    }
    if (status) {
        coming_free(txn, c);
        return status;
    }
    txn->subdocs->load = options->defer ? YT_DEFER : YT_LOAD;
    if (c->collection) memcpy(c->collection, options->collection_id.data, options->collection_id.len);
    c->content = (yt_block){.content = YT_DOC, .len = 1, .name = guid, .data = {c->bytes.data, c->bytes.len}};
    return YATA_OK;
}

/* It came: what peers are not told. */
static void arrive(yata_txn *txn, yt_ref ref, coming *c, yata_subdoc *out) {
    yt_subdoc *s = yt_subdoc_of_item(txn->doc, ref);
    s->collection = c->collection;
    s->collection_len = (uint32_t)c->options->collection_id.len;
    c->collection = NULL;
    if (out) *out = yt_subdoc_handle(txn->doc, s);
}

static yata_status put(yata_txn *txn, yt_branch *branch, bool push, uint32_t index, const yata_subdoc_options *options,
                       yata_subdoc *out) {
    coming c;
    yt_ref ref;
    yata_status status = coming_init(txn, options, &c);
    if (status) return status;
    status =
        push ? yt_sequence_push(txn, branch, &c.content, &ref) : yt_sequence_put(txn, branch, index, &c.content, &ref);
    if (!status) arrive(txn, ref, &c, out);
    coming_free(txn, &c);
    return status;
}

yata_status yata_array_insert_doc(yata_type array, yata_txn *txn, uint32_t index, const yata_subdoc_options *options,
                                  yata_subdoc *out) {
    yt_branch *branch;
    yata_status status = yt_open(array, txn, ARRAYS, &branch);
    if (!status && index > branch->len) status = YATA_ERR_RANGE;
    return status ? status : put(txn, branch, false, index, options, out);
}

yata_status yata_array_push_doc(yata_type array, yata_txn *txn, const yata_subdoc_options *options, yata_subdoc *out) {
    yt_branch *branch;
    yata_status status = yt_open(array, txn, ARRAYS, &branch);
    return status ? status : put(txn, branch, true, 0, options, out);
}

yata_status yata_map_set_doc(yata_type map, yata_txn *txn, yata_str key, const yata_subdoc_options *options,
                             yata_subdoc *out) {
    yt_branch *branch;
    coming c;
    yt_ref ref;
    yata_status status = yt_open(map, txn, MAPS, &branch);
    if (!status) status = coming_init(txn, options, &c);
    if (status) return status;
    status = yt_map_put(txn, branch, key, &c.content, &ref);
    if (!status) arrive(txn, ref, &c, out);
    coming_free(txn, &c);
    return status;
}

/* ------------------------------------------------------------------------
 * Finding one
 */
static yata_status give(const yata_doc *doc, yt_ref ref, yata_subdoc *out) {
    const yt_subdoc *s = yt_subdoc_of_item(doc, ref);
    if (!s) return YATA_ERR_TYPE;
    *out = yt_subdoc_handle(doc, s);
    return YATA_OK;
}

yata_status yata_array_get_doc(yata_type array, uint32_t index, yata_subdoc *out) {
    yt_branch *branch;
    yt_seq_pos pos;
    yata_status status = yt_look(array, READABLE_ARRAYS, &branch);
    if (!status && index >= branch->len) status = YATA_ERR_RANGE;
    if (!status) status = yt_sequence_find(array.doc, branch, index + 1, &pos);
    return status ? status : give(array.doc, pos.item, out);
}

yata_status yata_map_get_doc(yata_type map, yata_str key, yata_subdoc *out) {
    yt_branch *branch;
    yata_status status = yt_look(map, READABLE_MAPS, &branch);
    if (status) return status;
    yt_ref ref = yt_map_find(map.doc, branch, key);
    return ref ? give(map.doc, ref, out) : YATA_ERR_NOT_FOUND;
}

uint32_t yata_doc_subdoc_count(const yata_doc *doc) {
    return doc && doc->subdocs ? doc->subdocs->live.len : 0;
}

yata_status yata_doc_subdoc_at(const yata_doc *doc, uint32_t i, yata_subdoc *out) {
    if (!doc || !out) return YATA_ERR_ARGUMENT;
    if (i >= yata_doc_subdoc_count(doc)) return YATA_ERR_RANGE;
    *out = yt_subdoc_handle(doc, doc->subdocs->live.data[i]);
    return YATA_OK;
}

/* ------------------------------------------------------------------------
 * About one
 */
bool yata_subdoc_alive(yata_subdoc subdoc) {
    yt_subdoc *s;
    return !yt_subdoc_resolve(subdoc, &s) && s->item;
}

yata_status yata_subdoc_guid(yata_subdoc subdoc, yata_str *out) {
    yt_subdoc *s;
    yata_status status = yt_subdoc_resolve(subdoc, &s);
    if (!status) *out = (yata_str){(const char *)s->bytes, s->guid_len};
    return status;
}

yata_status yata_subdoc_options_value(yata_subdoc subdoc, yata_value *out) {
    yt_subdoc *s;
    yata_status status = yt_subdoc_resolve(subdoc, &s);
    if (!status) yt_any_view((yata_bytes){s->bytes + s->guid_len, s->options_len}, out);
    return status;
}

yata_status yata_subdoc_meta(yata_subdoc subdoc, yata_value *out) {
    yt_subdoc *s;
    yata_status status = yt_subdoc_resolve(subdoc, &s);
    if (status) return status;
    yt_subdoc_option(s, "meta", out);
    if (out->kind == YATA_VALUE_UNDEFINED) out->kind = YATA_VALUE_NULL;
    return YATA_OK;
}

yata_status yata_subdoc_should_load(yata_subdoc subdoc, bool *out) {
    yt_subdoc *s;
    yata_status status = yt_subdoc_resolve(subdoc, &s);
    if (!status) *out = s->should_load;
    return status;
}

yata_status yata_subdoc_auto_load(yata_subdoc subdoc, bool *out) {
    yt_subdoc *s;
    yata_value value;
    yata_status status = yt_subdoc_resolve(subdoc, &s);
    if (status) return status;
    yt_subdoc_option(s, "autoLoad", &value);
    *out = yt_value_is_true(&value);
    return YATA_OK;
}

yata_status yata_subdoc_collection_id(yata_subdoc subdoc, yata_str *out) {
    yt_subdoc *s;
    yata_value value;
    yata_status status = yt_subdoc_resolve(subdoc, &s);
    if (status) return status;
    const yt_subdocs *table = subdoc.parent->subdocs;
    yt_subdoc_option(s, "collectionid", &value);
    if (s->collection)
        *out = (yata_str){(const char *)s->collection, s->collection_len};
    else if (value.kind == YATA_VALUE_STRING)
        *out = value.u.string;
    else
        *out = (yata_str){(const char *)table->collection, table->collection_len};
    return YATA_OK;
}

yata_status yata_doc_set_collection_id(yata_doc *doc, yata_str id) {
    if (!doc) return YATA_ERR_ARGUMENT;
    yata_status status = check_str(id);
    if (status) return status;
    yt_subdocs *table = yt_subdocs_of(doc);
    uint8_t *copy = id.len && table ? yt_alloc(&doc->mem, id.len) : NULL;
    if (!table || (id.len && !copy)) return YATA_ERR_MEMORY;
    if (copy) memcpy(copy, id.data, id.len);
    yt_free(&doc->mem, table->collection, table->collection_len);
    table->collection = copy;
    table->collection_len = id.len;
    return YATA_OK;
}

yata_status yata_subdoc_load(yata_subdoc subdoc) {
    yt_subdoc *s;
    yata_txn *txn;
    yata_status status = yt_subdoc_resolve(subdoc, &s);
    if (!status && s->destroyed) status = YATA_ERR_GONE;
    if (status || s->should_load) return status;
    status = yata_txn_begin(subdoc.parent, (yata_bytes){NULL, 0}, &txn);
    if (status) return status;
    if (yt_subdoc_reserve(txn))
        yt_subdoc_note_loaded(txn, s);
    else
        status = YATA_ERR_MEMORY;
    yata_status committed = yata_txn_commit(txn);
    return status ? status : committed;
}

yata_status yata_subdoc_destroy(yata_subdoc subdoc) {
    yt_subdoc *s;
    yata_status status = yt_subdoc_resolve(subdoc, &s);
    return status ? status : yt_subdoc_destroy(subdoc.parent, s);
}

yata_status yata_subdoc_doc(yata_subdoc subdoc, yata_doc **out) {
    yt_subdoc *s;
    yata_value gc;
    yata_str collection;
    yata_status status = yt_subdoc_resolve(subdoc, &s);
    if (status) return status;
    if (!out) return YATA_ERR_ARGUMENT;
    if (!s->document) {
        const yata_doc *parent = subdoc.parent;
        yt_subdoc_option(s, "gc", &gc);
        yata_doc_options options = {.client_id = parent->client_id,
                                    .offset_unit = parent->unit,
                                    .keep_formats = parent->keep_formats,
                                    .keep_floats = parent->mem.keep_floats,
                                    .rules = parent->as_yrs ? YATA_RULES_YRS : YATA_RULES_YJS,
                                    .keep_deleted = gc.kind != YATA_VALUE_UNDEFINED && !yt_value_is_true(&gc),
                                    .allocator = &parent->mem.allocator,
                                    .limits = parent->limits,
                                    .random = parent->random,
                                    .random_ctx = parent->random_ctx};
        yata_doc *document;
        status = yata_doc_new(&options, &document);
        if (status) return status;
        status = yata_subdoc_collection_id(subdoc, &collection);
        if (!status && collection.len) status = yata_doc_set_collection_id(document, collection);
        if (status) {
            yata_doc_free(document);
            return status;
        }
        document->parent = subdoc.parent;
        s->document = document;
    }
    *out = s->document;
    return YATA_OK;
}
