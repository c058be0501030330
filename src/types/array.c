/* SPDX-License-Identifier: MIT */
/*
 * array.c - shared arrays.
 *
 * New elements go right behind the element before them, in front of whatever was deleted there (texts do it the other
 * way round); values that follow each other in one call share an item. Both are as in Yjs.
 */
#include "doc/branch.h"
#include "doc/content.h"
#include "doc/delete.h"
#include "doc/integrate.h"
#include "doc/seq_index.h"
#include "types/insert.h"
#include "types/sequence.h"
#include "wire/any.h"

#include <yata/array.h>

enum {
    ARRAYS = YT_KIND(YATA_KIND_ARRAY),
    READABLE = ARRAYS | YT_KIND(YATA_KIND_UNTYPED) | YT_KIND(YATA_KIND_XML_FRAGMENT) | YT_KIND(YATA_KIND_XML_ELEMENT)
};

yata_status yt_sequence_find(yata_doc *doc, yt_branch *branch, uint32_t index, yt_seq_pos *out) {
    if (branch->units == branch->len) return yt_seq_find(doc, branch, index, out);
    /* A foreign peer has put text here, whose units are not clocks. */
    *out = (yt_seq_pos){0, 0, 0};
    if (index > branch->len) return YATA_ERR_RANGE;
    for (yt_ref ref = branch->first; index; ref = yt_at(doc, ref)->right) {
        const yt_item *it = yt_at(doc, ref);
        if (!yt_is_visible(it)) continue;
        if (out->item) out->start += yt_units(doc, yt_at(doc, out->item));
        out->item = ref;
        out->offset = index < it->len ? index : it->len;
        index -= out->offset;
    }
    return YATA_OK;
}

/* Finds the place behind `index` elements and cuts it clean. */
static yata_status find_place(yata_txn *txn, yt_branch *branch, uint32_t index, yt_seq_pos *pos) {
    yt_ref half;
    yata_status status = yt_sequence_find(txn->doc, branch, index, pos);
    if (!status && pos->item && pos->offset < yt_at(txn->doc, pos->item)->len)
        status = yt_split_item(txn, pos->item, pos->offset, &half);
    return status;
}

/* Units before such a place. */
static uint32_t units_before(const yata_doc *doc, const yt_seq_pos *pos) {
    return pos->item ? pos->start + yt_units(doc, yt_at(doc, pos->item)) : 0;
}

/* Finds the place where something is to be put; *units: those before it. */
static yata_status find_gap(yata_txn *txn, yt_branch *branch, uint32_t index, yt_ref *left, uint32_t *units) {
    yt_seq_pos pos;
    yata_status status = find_place(txn, branch, index, &pos);
    if (status) return status;
    *units = units_before(txn->doc, &pos);
    *left = pos.item;
    if (txn->doc->as_yrs && branch->kind == YATA_KIND_ARRAY) { /* behind what is deleted there */
        yt_ref next = yt_seq_next_living(txn->doc, branch, pos.item);
        *left = next ? yt_at(txn->doc, next)->left : branch->last;
    }
    return status;
}

static yt_ref right_of(const yata_doc *doc, const yt_branch *branch, yt_ref left) {
    return left ? yt_at(doc, left)->right : branch->first;
}

/* By the rules of yrs binary is a plain value like others. */
static bool alone(const yata_doc *doc, const yata_value *value) {
    return value->kind == YATA_VALUE_BINARY && !doc->as_yrs;
}

/* Writes every value as it will be stored, before the first is put in: all are taken or none. What stays alone is only
 * looked at. */
static yata_status write_values(yata_doc *doc, const yata_value *values, size_t count, yt_writer *w) {
    if (count > YT_CLOCK_MAX || (count && !values)) return YATA_ERR_ARGUMENT;
    yata_status status = YATA_OK;
    yt_block content;
    for (size_t i = 0; i < count && !status; i++)
        status =
            alone(doc, &values[i]) ? yt_value_content(doc, &values[i], w, &content) : yt_any_write_value(w, &values[i]);
    return status;
}

/* The block of the values from i on that share an item; *rest: the bytes of those that are still to come. */
static yata_status next_run(const yata_doc *doc, const yata_value *values, size_t i, size_t count, yata_bytes *rest,
                            yt_block *out) {
    if (alone(doc, &values[i])) return yt_value_content(doc, &values[i], NULL, out);
    size_t n = 1;
    while (i + n < count && !alone(doc, &values[i + n])) n++;
    const uint8_t *end = rest->data + rest->len, *p = rest->data;
    if (i + n == count) p = end;
    for (size_t k = 0; k < n && p < end; k++) p = yt_any_skip(p, end);
    *out = (yt_block){.content = YT_ANY, .len = (uint32_t)n, .data = {rest->data, (size_t)(p - rest->data)}};
    *rest = (yata_bytes){p, (size_t)(end - p)};
    return YATA_OK;
}

/* Puts the values, whose bytes were written, behind `left`, which has `units` up to its end. */
static yata_status insert_values(yata_txn *txn, yt_branch *branch, yt_ref left, uint32_t units,
                                 const yata_value *values, size_t count, yata_bytes bytes) {
    yata_doc *doc = txn->doc;
    yt_ref right = right_of(doc, branch, left);
    uint32_t before = yt_own_state(doc);
    yata_status status = YATA_OK;
    for (size_t i = 0; i < count && !status;) {
        yt_block content;
        status = next_run(doc, values, i, count, &bytes, &content);
        i += content.len;
        units += content.len;
        if (!status) status = yt_write(txn, branch, left, right, &content, &left);
        if (!status) yt_seq_written(doc, branch, left, units);
    }
    if (status) yt_take_back(txn, before);
    return status;
}

yata_status yata_array_insert(yata_type array, yata_txn *txn, uint32_t index, const yata_value *values, size_t count) {
    yt_branch *branch;
    yt_ref left;
    uint32_t units;
    yata_status status = yt_open(array, txn, ARRAYS, &branch);
    if (status) return status;
    yt_writer w;
    yt_writer_init(&w, &txn->doc->mem);
    status = write_values(txn->doc, values, count, &w);
    if (!status && index > branch->len) status = YATA_ERR_RANGE;
    if (!status && count) {
        status = find_gap(txn, branch, index, &left, &units);
        if (!status) status = insert_values(txn, branch, left, units, values, count, (yata_bytes){w.data, w.len});
    }
    yt_writer_free(&w);
    return status;
}

yata_status yata_array_push(yata_type array, yata_txn *txn, const yata_value *values, size_t count) {
    yt_branch *branch;
    yata_status status = yt_open(array, txn, ARRAYS, &branch);
    if (status) return status;
    yt_writer w;
    yt_writer_init(&w, &txn->doc->mem);
    status = write_values(txn->doc, values, count, &w);
    if (!status && count)
        status = insert_values(txn, branch, branch->last, branch->units, values, count, (yata_bytes){w.data, w.len});
    yt_writer_free(&w);
    return status;
}

yata_status yt_sequence_put(yata_txn *txn, yt_branch *branch, uint32_t index, const yt_block *content, yt_ref *out) {
    yt_ref left;
    uint32_t units;
    yata_status status = find_gap(txn, branch, index, &left, &units);
    if (!status) status = yt_sequence_put_after(txn, branch, left, content, out);
    if (!status) yt_seq_edited(branch, *out, units);
    return status;
}

yata_status yt_sequence_put_after(yata_txn *txn, yt_branch *branch, yt_ref left, const yt_block *content, yt_ref *out) {
    return yt_insert(txn, branch, left, right_of(txn->doc, branch, left), YT_NONE, content, out);
}

yata_status yt_sequence_push(yata_txn *txn, yt_branch *branch, const yt_block *content, yt_ref *out) {
    uint32_t index = branch->units;
    yata_status status = yt_sequence_put_after(txn, branch, branch->last, content, out);
    if (!status) yt_seq_edited(branch, *out, index);
    return status;
}

yata_status yata_array_insert_type(yata_type array, yata_txn *txn, uint32_t index, yata_kind kind, yata_str name,
                                   yata_type *out) {
    yt_branch *branch;
    yt_block content;
    yt_ref ref;
    yata_status status = yt_open(array, txn, ARRAYS, &branch);
    if (!status) status = yt_type_content(kind, name, &content);
    if (!status) status = yt_sequence_put(txn, branch, index, &content, &ref);
    if (!status && out) *out = yt_type_of(txn->doc, ref);
    return status;
}

yata_status yata_array_push_type(yata_type array, yata_txn *txn, yata_kind kind, yata_str name, yata_type *out) {
    yt_branch *branch;
    yt_block content;
    yt_ref ref;
    yata_status status = yt_open(array, txn, ARRAYS, &branch);
    if (!status) status = yt_type_content(kind, name, &content);
    if (!status) status = yt_sequence_push(txn, branch, &content, &ref);
    if (!status && out) *out = yt_type_of(txn->doc, ref);
    return status;
}

yata_status yt_sequence_delete(yata_txn *txn, yt_branch *branch, uint32_t index, uint32_t len) {
    yata_doc *doc = txn->doc;
    if (index > branch->len || len > branch->len - index) return YATA_ERR_RANGE;
    if (!len) return YATA_OK;
    yt_seq_pos pos;
    yata_status status = find_place(txn, branch, index, &pos);
    yt_refs refs = {NULL, 0, 0};
    for (yt_ref ref = pos.item, half; len && !status;) {
        ref = yt_seq_next_living(doc, branch, ref);
        const yt_item *it = yt_at(doc, ref);
        if (!yt_is_visible(it)) continue;
        if (len < it->len) status = yt_split_item(txn, ref, len, &half);
        len -= it->len < len ? it->len : len;
        if (!status && !yt_delete_gather(txn, ref, &refs)) status = YATA_ERR_MEMORY;
    }
    if (!status) status = yt_delete_gathered(txn, &refs);
    yt_vec_free(&txn->doc->mem, &refs);
    if (!status && pos.item) yt_seq_edited(branch, pos.item, pos.start);
    return status;
}

yata_status yata_array_delete(yata_type array, yata_txn *txn, uint32_t index, uint32_t len) {
    yt_branch *branch;
    yata_status status = yt_open(array, txn, ARRAYS, &branch);
    return status ? status : yt_sequence_delete(txn, branch, index, len);
}

/* ------------------------------------------------------------------------
 * Reading
 */
yata_status yata_array_length(yata_type array, uint32_t *out) {
    yt_branch *branch;
    if (!out) return YATA_ERR_ARGUMENT;
    yata_status status = yt_look(array, READABLE, &branch);
    if (!status) *out = branch->len;
    return status;
}

yata_status yata_array_get(yata_type array, uint32_t index, yata_value *out) {
    yt_branch *branch;
    yt_seq_pos pos;
    if (!out) return YATA_ERR_ARGUMENT;
    yata_status status = yt_look(array, READABLE, &branch);
    if (!status && index >= branch->len) status = YATA_ERR_RANGE;
    if (!status) status = yt_sequence_find(array.doc, branch, index + 1, &pos);
    if (!status) yt_content_element(array.doc, yt_at(array.doc, pos.item), pos.offset - 1, out);
    return status;
}

yata_status yata_array_iter_init(yata_array_iter *iter, yata_type array) {
    yt_branch *branch;
    yata_status status = yt_look(array, READABLE, &branch);
    *iter = (yata_array_iter){array, status ? 0 : branch->first, 0};
    return status;
}

bool yata_array_iter_next(yata_array_iter *iter, yata_value *out) {
    const yata_doc *doc = iter->array.doc;
    while (iter->item) {
        const yt_item *it = yt_at(doc, iter->item);
        if (yt_is_visible(it) && iter->offset < it->len) {
            yt_content_element(doc, it, iter->offset++, out);
            return true;
        }
        iter->item = it->right;
        iter->offset = 0;
    }
    return false;
}
