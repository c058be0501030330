/* SPDX-License-Identifier: MIT */
/*
 * weak.c - weak links in the public interface: making, inserting and reading them (spec/weak.md).
 *
 * Where the ends of a quote come to stand is yrs's rule, because it shows in the bytes: the beginning at whatever
 * stands behind the units before it, tombstones included, the end at an element that is there.
 */
#include "base/utf.h"
#include "doc/branch.h"
#include "doc/content.h"
#include "doc/seq_index.h"
#include "doc/weak_links.h"
#include "types/insert.h"
#include "types/map.h"
#include "types/richtext.h"
#include "types/sequence.h"
#include "types/xml_string.h"

#include <yata/weak.h>

enum {
    TEXTS = YT_KIND(YATA_KIND_TEXT) | YT_KIND(YATA_KIND_XML_TEXT),
    ARRAYS = YT_KIND(YATA_KIND_ARRAY),
    MAPS = YT_KIND(YATA_KIND_MAP) | YT_KIND(YATA_KIND_XML_ELEMENT) | YT_KIND(YATA_KIND_XML_HOOK) | TEXTS,
    QUOTABLE =
        TEXTS | ARRAYS | YT_KIND(YATA_KIND_XML_ELEMENT) | YT_KIND(YATA_KIND_XML_FRAGMENT) | YT_KIND(YATA_KIND_UNTYPED)
};

/* ------------------------------------------------------------------------
 * Making
 */
static yata_id id_at(const yata_doc *doc, const yt_item *it, uint32_t offset) {
    return (yata_id){yt_client_at(doc, it->id.slot)->client, it->id.clock + offset};
}

yata_status yata_map_link(yata_type map, yata_str key, yata_link *out) {
    yt_branch *branch;
    if (!out || (key.len && !key.data)) return YATA_ERR_ARGUMENT;
    yata_status status = yt_look(map, MAPS | YT_KIND(YATA_KIND_UNTYPED), &branch);
    if (status) return status;
    uint32_t interned = yt_strings_find(&map.doc->strings, key);
    const yt_map_entry *entry = interned == YT_NONE ? NULL : yt_entry_find(branch, interned);
    if (!entry) return YATA_ERR_NOT_FOUND;
    yata_id id = id_at(map.doc, yt_at(map.doc, entry->item), 0);
    *out = (yata_link){.start = {.id = id}, .end = {.id = id, .after = true}};
    return YATA_OK;
}

static yata_link_end open_end(const yata_doc *doc, const yt_branch *branch) {
    yata_link_end end = {.open = true};
    if (branch->owner)
        end.id = id_at(doc, yt_at(doc, branch->owner), 0);
    else
        end.root = yt_strings_get(&doc->strings, branch->name);
    return end;
}

/* The item and the clock in it behind `index` units; ref 0: the end. */
static yata_status find_unit(yata_doc *doc, yt_branch *branch, uint32_t index, yt_ref *ref, uint32_t *offset) {
    yt_seq_pos pos;
    bool text = YT_KIND(branch->kind) & TEXTS;
    yata_status status = text ? yt_seq_find(doc, branch, index, &pos) : yt_sequence_find(doc, branch, index, &pos);
    if (status) return status;
    *ref = pos.item;
    *offset = pos.offset;
    if (!pos.item || pos.offset == yt_at(doc, pos.item)->len) {
        *ref = pos.item ? yt_at(doc, pos.item)->right : branch->first;
        *offset = 0;
    }
    return YATA_OK;
}

static yata_status find_end(yata_doc *doc, yt_branch *branch, const yata_quote *range, bool start, yata_link_end *out) {
    uint32_t offset = 0;
    yt_ref ref = 0;
    *out = open_end(doc, branch);
    out->after = !start;
    if (start ? range->start_open : range->end_open) return YATA_OK;
    yata_status status = find_unit(doc, branch, start ? range->start : range->end, &ref, &offset);
    while (!start && ref && !yt_is_visible(yt_at(doc, ref))) ref = yt_at(doc, ref)->right;
    if (status || !ref) return YATA_ERR_RANGE;
    *out = (yata_link_end){.id = id_at(doc, yt_at(doc, ref), offset)};
    out->after = start ? range->start_excluded : !range->end_excluded;
    return YATA_OK;
}

yata_status yata_type_quote(yata_type type, const yata_quote *range, yata_link *out) {
    yt_branch *branch;
    if (!range || !out) return YATA_ERR_ARGUMENT;
    yata_status status = yt_look(type, QUOTABLE, &branch);
    if (status) return status;
    if (!range->start_open && !range->end_open && range->end < range->start) return YATA_ERR_RANGE;
    yata_link link;
    status = find_end(type.doc, branch, range, true, &link.start);
    if (!status) status = find_end(type.doc, branch, range, false, &link.end);
    if (!status) *out = link;
    return status;
}

/* ------------------------------------------------------------------------
 * Inserting
 */
static bool end_known(const yata_doc *doc, const yata_link_end *end) {
    if (end->open && end->root.data) return yt_utf8_scan((const uint8_t *)end->root.data, end->root.len, NULL, NULL);
    uint32_t slot = yt_slot_find(doc, end->id.client);
    return slot != YT_NONE && end->id.clock < yt_state(doc, slot);
}

/* The content fields; `w` holds the bytes. */
static yata_status link_content(const yata_doc *doc, const yata_link *link, yt_writer *w, yt_block *out) {
    if (!link || !end_known(doc, &link->start) || !end_known(doc, &link->end)) return YATA_ERR_ARGUMENT;
    yt_link_write(w, NULL, link);
    yata_str bytes = {(const char *)w->data, w->len};
    *out = (yt_block){.content = YT_TYPE, .len = 1, .type_ref = YT_TYPE_REF_WEAK, .name = bytes};
    return w->failed ? YATA_ERR_MEMORY : YATA_OK;
}

/* Where a link is put. */
typedef struct target {
    unsigned kinds;
    yata_str key;
    uint32_t index;
    const yata_value *attributes;
} target;

static yata_status insert(yata_type type, yata_txn *txn, const target *t, const yata_link *link, yata_type *out) {
    yt_branch *branch;
    yt_block content;
    yt_ref ref;
    yata_status status = yt_open(type, txn, t->kinds, &branch);
    if (status) return status;
    yt_writer w;
    yt_writer_init(&w, &txn->doc->mem);
    status = link_content(txn->doc, link, &w, &content);
    if (!status && t->kinds == TEXTS)
        status = yt_text_insert_content(txn, branch, t->index, &content, t->attributes, &ref);
    else if (!status && t->kinds == ARRAYS)
        status = yt_sequence_put(txn, branch, t->index, &content, &ref);
    else if (!status)
        status = yt_map_put(txn, branch, t->key, &content, &ref);
    yt_writer_free(&w);
    if (!status && out) *out = yt_type_of(txn->doc, ref);
    return status;
}

yata_status yata_map_set_link(yata_type map, yata_txn *txn, yata_str key, const yata_link *link, yata_type *out) {
    return insert(map, txn, &(target){.kinds = MAPS, .key = key}, link, out);
}

yata_status yata_array_insert_link(yata_type array, yata_txn *txn, uint32_t index, const yata_link *link,
                                   yata_type *out) {
    return insert(array, txn, &(target){.kinds = ARRAYS, .index = index}, link, out);
}

yata_status yata_text_embed_link(yata_type text, yata_txn *txn, uint32_t index, const yata_link *link,
                                 const yata_value *attributes, yata_type *out) {
    return insert(text, txn, &(target){.kinds = TEXTS, .index = index, .attributes = attributes}, link, out);
}

/* ------------------------------------------------------------------------
 * Reading
 */
yata_status yata_link_of(yata_type weak, yata_link *out) {
    yt_branch *branch;
    if (!out) return YATA_ERR_ARGUMENT;
    yata_status status = yt_look(weak, YT_KIND(YATA_KIND_WEAK), &branch);
    if (!status) *out = yt_weak_link(weak.doc, branch);
    return status;
}

yata_status yata_link_iter_init(yata_link_iter *iter, const yata_doc *doc, const yata_link *link) {
    yt_quote q;
    if (!iter || !doc || !link) return YATA_ERR_ARGUMENT;
    *iter = (yata_link_iter){.doc = doc, .done = true};
    if (!yt_quote_begin(&q, doc, link)) return YATA_OK;
    iter->next = q.ref;
    iter->at = q.from; /* of the block that comes */
    iter->end_slot = q.end.slot;
    iter->end_clock = q.end.clock;
    iter->end_after = q.end_after;
    iter->done = q.done;
    return YATA_OK;
}

/* The next piece that is not deleted, in `item`, `at` and `to`. */
static bool step(yata_link_iter *iter) {
    yt_quote q = {.doc = iter->doc, .ref = iter->next, .from = iter->item ? 0 : iter->at, .done = iter->done};
    q.end = (yt_id){iter->end_slot, iter->end_clock};
    q.end_after = iter->end_after;
    bool found;
    do found = yt_quote_next(&q, &iter->item, &iter->at, &iter->to);
    while (found && !yt_is_visible(yt_at(iter->doc, iter->item)));
    iter->next = q.ref;
    iter->done = q.done;
    if (!found) iter->at = iter->to = 0;
    return found;
}

/* Of a text: the characters; halves of pairs are left out. */
static yata_str piece_of(const yata_doc *doc, const yt_item *it, uint32_t from, uint32_t to) {
    const uint8_t *text = yt_text(doc, yt_slice_of(it));
    size_t bytes = yt_text_bytes(doc, it);
    bool inside;
    size_t first = yt_utf8_at_utf16(text, bytes, from, &inside);
    if (inside) first += 4;
    size_t last = yt_utf8_at_utf16(text, bytes, to, &inside);
    return (yata_str){(const char *)text + first, last > first ? last - first : 0};
}

bool yata_link_iter_next(yata_link_iter *iter, yata_value *out) {
    if (!iter->doc || (!(iter->item && iter->at < iter->to) && !step(iter))) return false;
    const yt_item *it = yt_at(iter->doc, iter->item);
    if (it->content == YT_STRING) {
        out->kind = YATA_VALUE_STRING;
        out->u.string = piece_of(iter->doc, it, iter->at, iter->to);
        iter->at = iter->to;
    } else {
        yt_content_value(iter->doc, it, iter->at++, out);
    }
    return true;
}

yata_status yata_link_deref(const yata_doc *doc, const yata_link *link, yata_value *out) {
    yata_link_iter iter;
    if (!out) return YATA_ERR_ARGUMENT;
    yata_status status = yata_link_iter_init(&iter, doc, link);
    return status ? status : yata_link_iter_next(&iter, out) ? YATA_OK : YATA_ERR_NOT_FOUND;
}

/* Units before an element; false: it was collected. */
static bool index_of(const yata_doc *doc, const yata_link_end *end, const yt_branch *branch, uint32_t *out) {
    yt_ref ref = yt_link_item(doc, end->id);
    if (!ref) return false;
    const yt_item *it = yt_at(doc, ref);
    *out = 0;
    if (yt_is_keyed(it)) return true;
    *out = yt_seq_start(doc, branch, ref);
    if (yt_is_visible(it)) *out += yt_clocks_to_units(doc, it, end->id.clock - it->id.clock);
    return true;
}

yata_status yata_link_range(const yata_doc *doc, const yata_link *link, yata_type *type, uint32_t *start,
                            uint32_t *end) {
    yt_quote q;
    uint32_t first = 0, last = 0;
    if (!doc || !link || !type || !start || !end) return YATA_ERR_ARGUMENT;
    if (!yt_quote_begin(&q, doc, link)) return YATA_ERR_NOT_FOUND;
    if (!link->start.open && !index_of(doc, &link->start, q.branch, &first)) return YATA_ERR_NOT_FOUND;
    if (link->end.open)
        last = q.branch->units;
    else if (!index_of(doc, &link->end, q.branch, &last))
        return YATA_ERR_NOT_FOUND;
    *type = yt_branch_handle(doc, q.branch);
    *start = first;
    *end = last;
    return YATA_OK;
}

yata_status yata_link_read_text(const yata_doc *doc, const yata_link *link, yata_buffer *out) {
    yata_link_iter iter;
    yata_value value;
    if (!out) return YATA_ERR_ARGUMENT;
    size_t len = out->len;
    yata_status status = yata_link_iter_init(&iter, doc, link);
    while (!status && yata_link_iter_next(&iter, &value)) {
        const yt_item *it = yt_at(doc, iter.item);
        if (it->content == YT_STRING) status = yata_buffer_append(out, value.u.string.data, value.u.string.len);
    }
    if (status) out->len = len;
    return status;
}

yata_status yata_link_read_xml(const yata_doc *doc, const yata_link *link, yata_buffer *out) {
    if (!doc || !link || !out) return YATA_ERR_ARGUMENT;
    yt_mem mem;
    yt_mem_init(&mem, &out->allocator);
    yt_writer w;
    yt_writer_init(&w, &mem);
    yt_xml_quote_to_string(&w, doc, link);
    return yt_writer_to_buffer(&w, out);
}
