/* SPDX-License-Identifier: MIT */
/*
 * insert.c - what all types do to write: check the handle, make an item, integrate it.
 *
 * A local item is made between two neighbours as they stand, deleted ones included (spec/integrate.md, "Local
 * inserts"): only then does it land at the same place everywhere.
 */
#include "types/insert.h"

#include "base/utf.h"
#include "doc/branch.h"
#include "doc/content.h"
#include "doc/grow.h"
#include "doc/integrate.h"
#include "doc/pending.h"
#include "doc/pool.h"
#include "wire/any.h"

yata_status yt_look(yata_type type, unsigned kinds, yt_branch **out) {
    yata_status status = yt_branch_resolve(type, out);
    if (status) return status;
    return YT_KIND((*out)->kind) & kinds ? YATA_OK : YATA_ERR_TYPE;
}

yata_status yt_open(yata_type type, const yata_txn *txn, unsigned kinds, yt_branch **out) {
    yata_status status = yt_look(type, kinds, out);
    return status ? status : yt_txn_writable(txn, type.doc);
}

/* A new item without content between these two. */
static yata_status item_between(yata_txn *txn, const yt_branch *branch, yt_ref left, yt_ref right, yt_ref *out) {
    yata_doc *doc = txn->doc;
    uint32_t slot = yt_slot_near(doc, doc->client_id);
    if (slot == YT_NONE) {
        if (!yt_pending_find(&doc->pending, doc->client_id) && !yt_pending_admits(doc, 1)) return YATA_ERR_LIMIT;
        slot = yt_slot(doc, doc->client_id);
        if (slot == YT_NONE) return YATA_ERR_MEMORY;
    }
    yt_ref ref = yt_item_new(doc);
    if (!ref) return YATA_ERR_MEMORY;
    yt_item *it = yt_at(doc, ref);
    it->id = (yt_id){slot, yt_state(doc, slot)};
    it->origin = left ? yt_last_id(yt_at(doc, left)) : (yt_id){YT_NONE, 0};
    it->right_origin = right ? yt_at(doc, right)->id : (yt_id){YT_NONE, 0};
    it->left = left;
    it->right = right;
    it->parent = branch->ref;
    *out = ref;
    return YATA_OK;
}

static yata_status integrate(yata_txn *txn, yt_ref ref, yt_ref *out) {
    yata_status status = yt_integrate(txn, ref);
    if (status)
        yt_item_discard(txn->doc, ref);
    else
        *out = ref;
    return status;
}

yata_status yt_insert(yata_txn *txn, yt_branch *branch, yt_ref left, yt_ref right, uint32_t key,
                      const yt_block *content, yt_ref *out) {
    yata_doc *doc = txn->doc;
    yt_ref ref;
    yata_status status = item_between(txn, branch, left, right, &ref);
    if (status) return status;
    if (key != YT_NONE) {
        yt_at(doc, ref)->flags = YT_ITEM_KEYED;
        yt_at(doc, ref)->u.key = key;
    }
    if (!yt_content_import(doc, ref, content, 0)) {
        yt_item_free(doc, ref);
        return YATA_ERR_MEMORY;
    }
    return integrate(txn, ref, out);
}

yata_status yt_write(yata_txn *txn, yt_branch *branch, yt_ref left, yt_ref right, const yt_block *content,
                     yt_ref *out) {
    if (!yt_grow_item(txn, branch, left, right, content))
        return yt_insert(txn, branch, left, right, YT_NONE, content, out);
    *out = left;
    return YATA_OK;
}

yata_status yt_insert_again(yata_txn *txn, yt_branch *branch, yt_ref left, yt_ref right, yt_slice format, yt_ref *out) {
    yata_doc *doc = txn->doc;
    yt_ref ref;
    yata_status status = item_between(txn, branch, left, right, &ref);
    if (status) return status;
    yt_item *it = yt_at(doc, ref);
    yt_chunk_keep(doc, format.chunk);
    it->content = YT_FORMAT;
    it->len = 1;
    it->chunk = format.chunk;
    it->at = format.at;
    return integrate(txn, ref, out);
}

yata_type yt_type_of(const yata_doc *doc, yt_ref ref) {
    return yt_branch_handle(doc, yt_branch_at(doc, yt_at(doc, ref)->chunk));
}

uint32_t yt_own_state(yata_doc *doc) {
    return yt_state(doc, yt_slot_near(doc, doc->client_id));
}

void yt_take_back(yata_txn *txn, uint32_t clock) {
    uint32_t slot = yt_slot_near(txn->doc, txn->doc->client_id);
    if (slot != YT_NONE) yt_integrate_undo(txn, slot, clock);
}

yata_status yt_text_content(yata_str str, yt_block *out) {
    yt_utf8_info info;
    if (str.len && !str.data) return YATA_ERR_ARGUMENT;
    if (str.len > YT_CLOCK_MAX) return YATA_ERR_LIMIT;
    if (!yt_utf8_scan((const uint8_t *)str.data, str.len, &info, NULL)) return YATA_ERR_UTF8;
    out->id = (yata_id){0, 0};
    yt_block_clear(out);
    out->content = YT_STRING;
    out->len = (uint32_t)info.utf16;
    out->data = (yata_bytes){(const uint8_t *)str.data, str.len};
    return YATA_OK;
}

yata_status yt_type_content(yata_kind kind, yata_str name, yt_block *out) {
    if (kind == YATA_KIND_UNTYPED || (unsigned)kind > YATA_KIND_XML_TEXT) return YATA_ERR_ARGUMENT;
    *out = (yt_block){.content = YT_TYPE, .len = 1, .type_ref = (uint8_t)(kind - 1)};
    if (kind != YATA_KIND_XML_ELEMENT && kind != YATA_KIND_XML_HOOK) return YATA_OK;
    if (!name.data) return YATA_ERR_ARGUMENT;
    if (!yt_utf8_scan((const uint8_t *)name.data, name.len, NULL, NULL)) return YATA_ERR_UTF8;
    out->name = name;
    return YATA_OK;
}

yata_status yt_value_content(const yata_doc *doc, const yata_value *value, yt_writer *w, yt_block *out) {
    if (!value) return YATA_ERR_ARGUMENT;
    if (value->kind == YATA_VALUE_BINARY && !doc->as_yrs) {
        if (value->u.binary.len && !value->u.binary.data) return YATA_ERR_ARGUMENT;
        *out = (yt_block){.content = YT_BINARY, .len = 1, .data = value->u.binary};
        return YATA_OK;
    }
    yata_status status = yt_any_write_value(w, value);
    *out = (yt_block){.content = YT_ANY, .len = 1, .data = {w->data, w->len}};
    return status;
}
