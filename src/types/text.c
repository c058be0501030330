/* SPDX-License-Identifier: MIT */
/*
 * text.c - shared text: plain insert, delete and reading. The work at a place is done in richtext.c.
 */
#include "base/utf.h"
#include "doc/branch.h"
#include "doc/content.h"
#include "doc/erase.h"
#include "doc/grow.h"
#include "doc/seq_index.h"
#include "doc/text_marks.h"
#include "types/insert.h"
#include "types/richtext.h"
#include "wire/writer.h"

#include <yata/text.h>

enum { TEXTS = YT_KIND(YATA_KIND_TEXT) | YT_KIND(YATA_KIND_XML_TEXT), READABLE = TEXTS | YT_KIND(YATA_KIND_UNTYPED) };

/* ------------------------------------------------------------------------
 * Editing
 */
static YT_APART yata_status insert_anywhere(yata_type text, yata_txn *txn, uint32_t index, yata_str str) {
    yt_branch *branch;
    yt_block content;
    yata_status status = yt_open(text, txn, TEXTS, &branch);
    if (!status) status = yt_text_content(str, &content);
    if (status) return status;
    yata_doc *doc = txn->doc;
    yt_seq_pos at;
    if (!content.len) return yt_seq_find(doc, branch, index, &at);
    if (yt_grow_at(txn, branch, index, &content)) return YATA_OK;
    yt_text_pos pos;
    yt_ref ref;
    status = yt_text_seek(txn, branch, index, &pos);
    uint32_t units = branch->units;
    if (!status) status = yt_text_put_inheriting(txn, &pos, &content, &ref);
    if (!status) {
        yt_seq_written(doc, branch, ref, index + branch->units - units);
        yt_pen_down(doc, branch);
    }
    yt_text_end(doc, &pos);
    return status;
}

yata_status yata_text_insert(yata_type text, yata_txn *txn, uint32_t index, yata_str str) {
    return yt_type_on(text, txn, index, str) ? YATA_OK : insert_anywhere(text, txn, index, str);
}

static YT_APART yata_status delete_anywhere(yata_type text, yata_txn *txn, uint32_t index, uint32_t len) {
    yt_branch *branch;
    yata_status status = yt_open(text, txn, TEXTS, &branch);
    if (status) return status;
    yata_doc *doc = txn->doc;
    if (index > branch->units || len > branch->units - index) return YATA_ERR_RANGE;
    if (len && yt_erase(txn, branch, index, len)) return YATA_OK;
    yt_seq_pos at, end;
    status = yt_seq_find(doc, branch, index, &at);
    if (!status && doc->unit == YATA_OFFSET_UTF8 && branch->wide) status = yt_seq_find(doc, branch, index + len, &end);
    if (status || !len) return status;
    yt_text_pos pos;
    status = yt_text_seek_found(txn, branch, &at, &pos);
    if (!status) status = yt_text_delete(txn, &pos, len);
    if (!status && at.item) yt_seq_edited(branch, at.item, at.start);
    yt_text_end(doc, &pos);
    return status;
}

yata_status yata_text_delete(yata_type text, yata_txn *txn, uint32_t index, uint32_t len) {
    return yt_erase_on(text, txn, index, len) ? YATA_OK : delete_anywhere(text, txn, index, len);
}

/* ------------------------------------------------------------------------
 * Reading
 */
yata_status yata_text_length(yata_type text, uint32_t *out) {
    yt_branch *branch;
    if (!out) return YATA_ERR_ARGUMENT;
    yata_status status = yt_look(text, READABLE, &branch);
    if (!status) *out = branch->units;
    return status;
}

/* Does this place lie between the halves of a surrogate pair? Only units of UTF-16 can say such a thing. */
static bool inside_pair(const yata_doc *doc, const yt_seq_pos *pos) {
    const yt_item *it = pos->item ? yt_at(doc, pos->item) : NULL;
    bool inside = false;
    if (it && it->content == YT_STRING && it->wide && pos->offset < it->len)
        (void)yt_text_at_utf16(doc, yt_slice_of(it), yt_text_bytes(doc, it), pos->offset, &inside);
    return inside;
}

yata_status yata_text_round_up(yata_type text, uint32_t *index) {
    yt_branch *branch;
    yt_seq_pos pos;
    if (!index) return YATA_ERR_ARGUMENT;
    yata_status status = yt_look(text, READABLE, &branch);
    if (status) return status;
    if (*index > branch->units) return YATA_ERR_RANGE;
    if (!branch->wide) return YATA_OK;
    uint32_t at = *index;
    while ((status = yt_seq_find(text.doc, branch, at, &pos)) == YATA_ERR_RANGE && at < branch->units) at++;
    if (!status) *index = at + inside_pair(text.doc, &pos);
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

enum { ROOM = 16 }; /* yt_put_bytes asks for it */

/* Appends the texts from `ref` on for which there is room; returns the first for which there is none, 0 at the end. */
static yt_ref append_texts(const yata_doc *doc, yt_ref ref, yata_buffer *out) {
    uint8_t *p = out->data ? out->data + out->len : NULL;
    size_t room = out->cap - out->len;
    while (ref) {
        const yt_item *it = yt_at(doc, ref);
        if (it->content == YT_STRING && !yt_is_deleted(it)) {
            size_t bytes = YT_LIKELY(!it->wide) ? it->len : yt_text_bytes(doc, it);
            if (bytes + ROOM > room) break;
            const yt_chunk *chunk = yt_chunk_at(doc, it->chunk);
            p = yt_put_bytes(p, chunk->data + it->at, bytes, chunk->cap - it->at);
            room -= bytes;
        }
        ref = it->right;
    }
    out->len = out->cap - room;
    return ref;
}

yata_status yata_text_read(yata_type text, yata_buffer *out) {
    if (!out) return YATA_ERR_ARGUMENT;
    yt_branch *branch;
    yata_status status = yt_look(text, READABLE, &branch);
    const yata_doc *doc = text.doc;
    size_t len = out->len;
    yt_ref ref = status ? 0 : branch->first;
    if (ref) (void)yt_buffer_reserve(out, (size_t)branch->units + ROOM); /* all of it, if all is ASCII */
    while ((ref = append_texts(doc, ref, out)) && !status) {             /* makes the buffer grow */
        const yt_item *it = yt_at(doc, ref);
        status = yata_buffer_append(out, yt_text(doc, yt_slice_of(it)), yt_text_bytes(doc, it));
        ref = it->right;
    }
    if (status) out->len = len;
    return status;
}
