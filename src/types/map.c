/* SPDX-License-Identifier: MIT */
/*
 * map.c - shared maps.
 *
 * A key is a chain of items; setting appends to it, the last one is the value (spec/integrate.md, "Map entries").
 */
#include "base/utf.h"
#include "doc/branch.h"
#include "doc/content.h"
#include "doc/delete.h"
#include "types/insert.h"
#include "types/map.h"

#include <yata/map.h>

enum {
    MAPS = YT_KIND(YATA_KIND_MAP) | YT_KIND(YATA_KIND_TEXT) | YT_KIND(YATA_KIND_XML_ELEMENT) |
           YT_KIND(YATA_KIND_XML_HOOK) | YT_KIND(YATA_KIND_XML_TEXT),
    READABLE = MAPS | YT_KIND(YATA_KIND_UNTYPED)
};

yata_status yt_map_put(yata_txn *txn, yt_branch *branch, yata_str key, const yt_block *content, yt_ref *out) {
    yata_doc *doc = txn->doc;
    if (key.len && !key.data) return YATA_ERR_ARGUMENT;
    if (!yt_utf8_scan((const uint8_t *)key.data, key.len, NULL, NULL)) return YATA_ERR_UTF8;
    uint32_t interned = yt_strings_intern(&doc->mem, &doc->strings, key);
    if (interned == YT_NONE) return YATA_ERR_MEMORY;
    const yt_map_entry *entry = yt_entry_find(branch, interned);
    return yt_insert(txn, branch, entry ? entry->item : 0, 0, interned, content, out);
}

yata_status yata_map_set(yata_type map, yata_txn *txn, yata_str key, const yata_value *value) {
    yt_branch *branch;
    yata_status status = yt_open(map, txn, MAPS, &branch);
    if (status) return status;
    yt_writer w;
    yt_writer_init(&w, &txn->doc->mem);
    yt_block content;
    yt_ref ref;
    status = yt_value_content(txn->doc, value, &w, &content);
    if (!status) status = yt_map_put(txn, branch, key, &content, &ref);
    yt_writer_free(&w);
    return status;
}

yata_status yata_map_set_type(yata_type map, yata_txn *txn, yata_str key, yata_kind kind, yata_str name,
                              yata_type *out) {
    yt_branch *branch;
    yt_block content;
    yt_ref ref;
    yata_status status = yt_open(map, txn, MAPS, &branch);
    if (!status) status = yt_type_content(kind, name, &content);
    if (!status) status = yt_map_put(txn, branch, key, &content, &ref);
    if (!status && out) *out = yt_type_of(txn->doc, ref);
    return status;
}

yt_ref yt_map_find(const yata_doc *doc, const yt_branch *branch, yata_str key) {
    uint32_t interned = yt_strings_find(&doc->strings, key);
    const yt_map_entry *entry = interned == YT_NONE ? NULL : yt_entry_find(branch, interned);
    return entry && !yt_is_deleted(yt_at(doc, entry->item)) ? entry->item : 0;
}

yata_status yata_map_delete(yata_type map, yata_txn *txn, yata_str key) {
    yt_branch *branch;
    if (key.len && !key.data) return YATA_ERR_ARGUMENT;
    yata_status status = yt_open(map, txn, MAPS, &branch);
    if (status) return status;
    yt_ref ref = yt_map_find(map.doc, branch, key);
    return ref ? yt_delete(txn, ref) : YATA_ERR_NOT_FOUND;
}

yata_status yata_map_clear(yata_type map, yata_txn *txn) {
    yt_branch *branch;
    yata_status status = yt_open(map, txn, MAPS, &branch);
    if (status) return status;
    yt_refs refs = {NULL, 0, 0};
    for (uint32_t i = 0; i < branch->entries.len && !status; i++)
        if (!yt_delete_gather(txn, branch->entries.data[i].item, &refs)) status = YATA_ERR_MEMORY;
    if (!status) status = yt_delete_gathered(txn, &refs);
    yt_vec_free(&txn->doc->mem, &refs);
    return status;
}

/* What a map shows of an entry: the last element, should a foreign peer have put several there. */
static void entry_value(const yata_doc *doc, const yt_item *it, yata_value *out) {
    yt_content_value(doc, it, it->content == YT_STRING ? 0 : it->len - 1, out);
}

yata_status yata_map_get(yata_type map, yata_str key, yata_value *out) {
    yt_branch *branch;
    if (key.len && !key.data) return YATA_ERR_ARGUMENT;
    yata_status status = yt_look(map, READABLE, &branch);
    if (status) return status;
    yt_ref ref = yt_map_find(map.doc, branch, key);
    if (!ref) return YATA_ERR_NOT_FOUND;
    if (out) entry_value(map.doc, yt_at(map.doc, ref), out);
    return YATA_OK;
}

yata_status yata_map_size(yata_type map, uint32_t *out) {
    yt_branch *branch;
    if (!out) return YATA_ERR_ARGUMENT;
    yata_status status = yt_look(map, READABLE, &branch);
    if (!status) *out = branch->live;
    return status;
}

yata_status yata_map_iter_init(yata_map_iter *iter, yata_type map) {
    yt_branch *branch;
    yata_status status = yt_look(map, READABLE, &branch);
    *iter = (yata_map_iter){map, status ? UINT32_MAX : 0};
    return status;
}

bool yata_map_iter_next(yata_map_iter *iter, yata_str *key, yata_value *out) {
    yt_branch *branch;
    if (iter->entry == UINT32_MAX || yt_branch_resolve(iter->map, &branch)) return false;
    const yata_doc *doc = iter->map.doc;
    while (iter->entry < branch->entries.len) {
        const yt_map_entry *entry = &branch->entries.data[iter->entry++];
        const yt_item *it = yt_at(doc, entry->item);
        if (yt_is_deleted(it)) continue;
        if (key) *key = yt_strings_get(&doc->strings, entry->key);
        if (out) entry_value(doc, it, out);
        return true;
    }
    return false;
}
