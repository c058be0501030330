/* SPDX-License-Identifier: MIT */
/*
 * text.c - shared text: plain insert, delete and reading.
 *
 * New text goes behind the deleted items that follow its place, and behind format items that change nothing there; that
 * is where Yjs puts it (spec/integrate.md, "Local inserts").
 */
#include "base/utf.h"
#include "doc/branch.h"
#include "doc/content.h"
#include "doc/delete.h"
#include "doc/integrate.h"
#include "doc/seq_index.h"
#include "types/insert.h"

#include <yata/text.h>

enum { TEXTS = YT_KIND(YATA_KIND_TEXT) | YT_KIND(YATA_KIND_XML_TEXT), READABLE = TEXTS | YT_KIND(YATA_KIND_UNTYPED) };

static yt_ref right_of(const yata_doc *doc, const yt_branch *branch, yt_ref left) {
    return left ? yt_at(doc, left)->right : branch->first;
}

/* ------------------------------------------------------------------------
 * Formats at a place
 */
static yata_bytes format_part(const yata_doc *doc, const yt_item *format, uint32_t part) {
    yt_slice slice = {format->chunk, format->at + part};
    return yt_elements(doc, slice, 1);
}

static bool same_bytes(yata_bytes a, yata_bytes b) {
    return a.len == b.len && (!a.len || !memcmp(a.data, b.data, a.len));
}

static bool is_null(yata_bytes any) {
    return any.len == 1 && any.data[0] == 126;
}

/* Does this format set its key to what it already is behind `left`? */
static bool changes_nothing(const yata_doc *doc, yt_ref left, const yt_item *format) {
    yata_bytes key = format_part(doc, format, 0), value = format_part(doc, format, 1);
    for (yt_ref ref = left; ref; ref = yt_at(doc, ref)->left) {
        const yt_item *it = yt_at(doc, ref);
        if (it->content == YT_FORMAT && !yt_is_deleted(it) && same_bytes(format_part(doc, it, 0), key))
            return same_bytes(format_part(doc, it, 1), value);
    }
    return is_null(value);
}

static yt_ref skip_right(const yata_doc *doc, const yt_branch *branch, yt_ref left) {
    for (yt_ref ref; (ref = right_of(doc, branch, left)); left = ref) {
        const yt_item *it = yt_at(doc, ref);
        if (!yt_is_deleted(it) && !(it->content == YT_FORMAT && changes_nothing(doc, left, it))) break;
    }
    return left;
}

/* ------------------------------------------------------------------------
 * Editing
 */
yata_status yata_text_insert(yata_type text, yata_txn *txn, uint32_t index, yata_str str) {
    yt_branch *branch;
    yata_status status = yt_open(text, txn, TEXTS, &branch);
    if (status) return status;
    if (str.len && !str.data) return YATA_ERR_ARGUMENT;
    yata_doc *doc = txn->doc;
    yt_utf8_info info;
    if (!yt_utf8_scan((const uint8_t *)str.data, str.len, &info, NULL)) return YATA_ERR_UTF8;
    if (str.len > YT_CLOCK_MAX) return YATA_ERR_LIMIT;
    yt_seq_pos pos;
    status = yt_seq_find(doc, branch, index, &pos);
    if (status || !str.len) return status;
    yt_ref half, ref;
    if (pos.item && pos.offset < yt_at(doc, pos.item)->len) status = yt_split_item(txn, pos.item, pos.offset, &half);
    if (status) return status;
    yt_ref left = skip_right(doc, branch, pos.item);
    yt_block content = {
        .content = YT_STRING, .len = (uint32_t)info.utf16, .data = {(const uint8_t *)str.data, str.len}};
    status = yt_insert(txn, branch, left, right_of(doc, branch, left), YT_NONE, &content, &ref);
    if (!status) yt_seq_edited(branch, ref, index);
    return status;
}

yata_status yata_text_delete(yata_type text, yata_txn *txn, uint32_t index, uint32_t len) {
    yt_branch *branch;
    yata_status status = yt_open(text, txn, TEXTS, &branch);
    if (status) return status;
    yata_doc *doc = txn->doc;
    if (index > branch->units || len > branch->units - index) return YATA_ERR_RANGE;
    yt_seq_pos pos, end;
    status = yt_seq_find(doc, branch, index, &pos);
    if (!status && doc->unit == YATA_OFFSET_UTF8) status = yt_seq_find(doc, branch, index + len, &end);
    if (status || !len) return status;
    yt_ref half;
    if (pos.item && pos.offset < yt_at(doc, pos.item)->len) status = yt_split_item(txn, pos.item, pos.offset, &half);
    for (yt_ref ref = right_of(doc, branch, pos.item); len && !status; ref = yt_at(doc, ref)->right) {
        const yt_item *it = yt_at(doc, ref);
        if (!yt_is_visible(it)) continue;
        uint32_t units = yt_units(doc, it), clocks;
        if (len < units) {
            yt_units_to_clocks(doc, it, len, &clocks);
            status = yt_split_item(txn, ref, clocks, &half);
            units = len;
        }
        if (!status) status = yt_delete(txn, ref);
        len -= units;
    }
    if (pos.item) yt_seq_edited(branch, pos.item, pos.start);
    return status;
}

/* ------------------------------------------------------------------------
 * Reading
 */
yata_status yata_text_length(yata_type text, uint32_t *out) {
    yt_branch *branch;
    yata_status status = yt_look(text, READABLE, &branch);
    if (!status) *out = branch->units;
    return status;
}

yata_status yata_text_iter_init(yata_text_iter *iter, yata_type text) {
    yt_branch *branch;
    yata_status status = yt_look(text, READABLE, &branch);
    *iter = (yata_text_iter){text, status ? 0 : branch->first};
    return status;
}

bool yata_text_iter_next(yata_text_iter *iter, yata_value *out) {
    const yata_doc *doc = iter->text.doc;
    while (iter->item) {
        const yt_item *it = yt_at(doc, iter->item);
        iter->item = it->right;
        if (!yt_is_visible(it)) continue;
        yt_content_value(doc, it, 0, out);
        return true;
    }
    return false;
}

yata_status yata_text_read(yata_type text, yata_buffer *out) {
    if (!out) return YATA_ERR_ARGUMENT;
    yt_branch *branch;
    yata_status status = yt_look(text, READABLE, &branch);
    size_t len = out->len;
    for (yt_ref ref = status ? 0 : branch->first; ref && !status; ref = yt_at(text.doc, ref)->right) {
        const yt_item *it = yt_at(text.doc, ref);
        if (it->content == YT_STRING && !yt_is_deleted(it))
            status = yata_buffer_append(out, yt_text(text.doc, yt_slice_of(it)), yt_text_bytes(text.doc, it));
    }
    if (status) out->len = len;
    return status;
}
