/* SPDX-License-Identifier: MIT */
/*
 * text_delta.c - rich text to deltas and back.
 */
#include "base/utf.h"
#include "doc/content.h"
#include "types/delta.h"
#include "types/insert.h"
#include "types/richtext.h"
#include "wire/any.h"

#include <yata/text.h>

enum { TEXTS = YT_KIND(YATA_KIND_TEXT) | YT_KIND(YATA_KIND_XML_TEXT), READABLE = TEXTS | YT_KIND(YATA_KIND_UNTYPED) };

yata_status yata_text_to_delta(yata_type text, yata_delta *delta) {
    yt_branch *branch;
    yata_status status = yt_look(text, READABLE, &branch);
    if (status) return status;
    if (!delta) return YATA_ERR_ARGUMENT;
    const yata_doc *doc = text.doc;
    yt_attributes current = {0}; /* not in the memory of the document: others may read it at the same time */
    yt_delta_begin(delta);
    for (yt_ref ref = branch->first; ref && !status; ref = yt_at(doc, ref)->right) {
        const yt_item *it = yt_at(doc, ref);
        yata_value value;
        if (yt_is_deleted(it)) continue;
        if (it->content == YT_STRING) {
            status = yt_delta_text(delta, (yata_bytes){yt_text(doc, yt_slice_of(it)), yt_text_bytes(doc, it)});
        } else if (it->content == YT_FORMAT) {
            status = yt_delta_flush(delta, &current);
            if (!status && !yt_format_pass(doc, &delta->mem, &current, it)) status = YATA_ERR_MEMORY;
        } else if (it->content == YT_EMBED || it->content == YT_TYPE) {
            status = yt_delta_flush(delta, &current);
            yt_content_value(doc, it, 0, &value);
            if (!status) status = yt_delta_embed(delta, &value, &current);
        }
    }
    if (!status) status = yt_delta_flush(delta, &current);
    yt_attributes_free(&delta->mem, &current);
    return yt_delta_end(delta, status);
}

static yata_status apply_insert(yata_txn *txn, yt_text_pos *pos, const yata_delta_op *op, yt_attributes *attributes) {
    yt_block content;
    yt_ref ref;
    yt_writer w;
    const yata_value *value = op->values;
    if (value->kind == YATA_VALUE_STRING) {
        yata_status status = yt_text_content(value->u.string, &content);
        return status || !content.len ? status : yt_text_put_content(txn, pos, &content, attributes, &ref);
    }
    yt_writer_init(&w, &txn->doc->mem);
    yata_status status = yt_any_write_value(&w, value);
    content = (yt_block){.content = YT_EMBED, .len = 1, .data = {w.data, w.len}};
    if (!status) status = yt_text_put_content(txn, pos, &content, attributes, &ref);
    yt_writer_free(&w);
    return status;
}

static yata_status apply_op(yata_txn *txn, yt_text_pos *pos, const yata_delta_op *op) {
    yt_given given;
    yata_status status =
        yt_given_init(txn->doc, op->attributes.kind == YATA_VALUE_OBJECT ? &op->attributes : NULL, &given);
    if (status) return status;
    if (op->kind == YATA_DELTA_INSERT)
        status = apply_insert(txn, pos, op, &given.attributes);
    else if (op->kind == YATA_DELTA_RETAIN)
        status = yt_text_format(txn, pos, op->len, &given.attributes);
    else
        status = yt_text_delete(txn, pos, op->len);
    yt_given_free(txn->doc, &given);
    return status;
}

/* Nothing is changed by a delta that cannot be applied. */
static yata_status check_delta(const yata_delta *delta) {
    yata_delta_op op;
    for (size_t i = 0; i < yata_delta_count(delta); i++) {
        yata_status status = yata_delta_at(delta, i, &op);
        if (status) return status;
        if (op.kind != YATA_DELTA_INSERT) continue;
        if (op.count != 1 || op.values->kind == YATA_VALUE_UNDEFINED || op.values->kind == YATA_VALUE_TYPE ||
            op.values->kind == YATA_VALUE_DOC)
            return YATA_ERR_ARGUMENT;
    }
    return YATA_OK;
}

yata_status yata_text_apply_delta(yata_type text, yata_txn *txn, const yata_delta *delta) {
    yt_branch *branch;
    yt_text_pos pos;
    yata_delta_op op;
    yata_status status = yt_open(text, txn, TEXTS, &branch);
    if (status) return status;
    if (!delta) return YATA_ERR_ARGUMENT;
    status = check_delta(delta);
    if (status) return status;
    yt_text_begin(branch, &pos);
    for (size_t i = 0; i < yata_delta_count(delta) && !status; i++) {
        status = yata_delta_at(delta, i, &op);
        if (!status) status = apply_op(txn, &pos, &op);
    }
    yt_text_end(txn->doc, &pos);
    return status;
}
