/* SPDX-License-Identifier: MIT */
/*
 * content.c - contents as slices of chunks (model.h).
 *
 * Splitting and joining are O(1) but for two cases: the byte place of a cut in a text that is not ASCII is searched
 * from the front, and a cut inside a surrogate pair rewrites the text, because both halves become U+FFFD (yjs#248).
 */
#include "doc/content.h"

#include "base/utf.h"
#include "doc/branch.h"
#include "doc/pool.h"
#include "doc/text_marks.h"
#include "wire/any.h"

static const yata_bytes replacement = {(const uint8_t *)"\xEF\xBF\xBD", 3};

uint32_t yt_text_bytes(const yata_doc *doc, const yt_item *it) {
    if (it->wide != YT_WIDE_MANY) return it->len + it->wide;
    const yt_chunk *c = yt_chunk_at(doc, it->chunk);
    bool inside;
    return (uint32_t)yt_text_at_utf16(doc, yt_slice_of(it), c->len - it->at, it->len, &inside);
}

static yata_bytes text_of(const yata_doc *doc, const yt_item *it) {
    yata_bytes text = {yt_text(doc, yt_slice_of(it)), yt_text_bytes(doc, it)};
    return text;
}

/* ------------------------------------------------------------------------
 * Import, drop
 */
static bool import_text(yata_doc *doc, yt_item *it, const yt_block *b, uint32_t offset) {
    yata_bytes head = {NULL, 0}, tail = b->data;
    if (offset) {
        bool inside;
        size_t at = yt_utf8_at_utf16(tail.data, tail.len, offset, &inside);
        if (inside) {
            head = replacement;
            at += 4;
        }
        tail.data += at;
        tail.len -= at;
    }
    yt_slice slice;
    if (!yt_text_put(doc, head, tail, &slice)) return false;
    it->chunk = slice.chunk;
    it->at = slice.at;
    it->wide = yt_text_wide((uint32_t)(head.len + tail.len), b->len - offset);
    return true;
}

static bool import_values(yata_doc *doc, yt_item *it, const yt_block *b, uint32_t offset) {
    yata_bytes values = b->data;
    const uint8_t *end = values.data + values.len;
    for (uint32_t i = 0; i < offset; i++) values.data = yt_any_skip(values.data, end);
    values.len = (size_t)(end - values.data);
    yt_slice slice;
    if (!yt_values_put(doc, values, b->len - offset, &slice)) return false;
    it->chunk = slice.chunk;
    it->at = slice.at;
    return true;
}

static bool import_elements(yata_doc *doc, yt_item *it, yata_bytes first, const yata_bytes *second) {
    yt_slice slice;
    if (!yt_elements_put(doc, first, second, &slice)) return false;
    it->chunk = slice.chunk;
    it->at = slice.at;
    return true;
}

bool yt_content_import(yata_doc *doc, yt_ref ref, const yt_block *b, uint32_t offset) {
    yt_item *it = yt_at(doc, ref);
    yata_bytes name = {(const uint8_t *)b->name.data, b->name.len};
    bool done = true;
    switch (b->content) {
    case YT_STRING:
        done = import_text(doc, it, b, offset);
        break;
    case YT_ANY:
    case YT_JSON:
        done = import_values(doc, it, b, offset);
        break;
    case YT_BINARY:
    case YT_EMBED:
        done = import_elements(doc, it, b->data, NULL);
        break;
    case YT_FORMAT:
    case YT_DOC:
        done = import_elements(doc, it, name, &b->data);
        break;
    case YT_TYPE: {
        yt_branch *branch = yt_branch_new(doc, (yata_kind)(b->type_ref + 1), ref, b->name);
        if (!branch) return false;
        it->chunk = branch->ref;
        break;
    }
    default:
        break;
    }
    if (!done) return false;
    it->content = b->content;
    it->len = b->len - offset;
    return true;
}

void yt_content_drop(yata_doc *doc, const yt_item *it) {
    if (it->content != YT_DELETED && it->content != YT_TYPE) yt_chunk_drop(doc, it->chunk);
}

void yt_item_discard(yata_doc *doc, yt_ref ref) {
    const yt_item *it = yt_at(doc, ref);
    if (it->content == YT_TYPE)
        yt_branch_free(doc, yt_branch_at(doc, it->chunk));
    else
        yt_content_drop(doc, it);
    yt_item_free(doc, ref);
}

/* ------------------------------------------------------------------------
 * Split, join
 */
/* Puts never move what is there, so views of left's text stay good while both halves are written anew. */
static bool split_pair(yata_doc *doc, yt_item *left, uint32_t diff, yt_item *right, uint32_t at) {
    yata_bytes text = text_of(doc, left);
    yata_bytes head = {text.data, at}, tail = {text.data + at + 4, text.len - at - 4};
    yt_slice l, r;
    if (!yt_text_put(doc, head, replacement, &l)) return false;
    if (!yt_text_put(doc, replacement, tail, &r)) {
        yt_chunk_drop(doc, l.chunk);
        return false;
    }
    yt_chunk_drop(doc, left->chunk);
    right->chunk = r.chunk;
    right->at = r.at;
    right->wide = yt_text_wide((uint32_t)tail.len + 3, left->len - diff);
    left->chunk = l.chunk;
    left->at = l.at;
    left->wide = yt_text_wide(at + 3, diff);
    return true;
}

static bool split_text(yata_doc *doc, yt_item *left, uint32_t diff, yt_item *right) {
    uint32_t at = diff;
    if (left->wide) {
        yt_text_mark(doc, left);
        yata_bytes text = text_of(doc, left);
        bool inside;
        at = (uint32_t)yt_text_at_utf16(doc, yt_slice_of(left), text.len, diff, &inside);
        if (inside) return split_pair(doc, left, diff, right, at);
        right->wide = yt_text_wide((uint32_t)text.len - at, left->len - diff);
        left->wide = yt_text_wide(at, diff);
    }
    yt_chunk_keep(doc, left->chunk);
    right->chunk = left->chunk;
    right->at = left->at + at;
    return true;
}

bool yt_content_split(yata_doc *doc, yt_item *left, uint32_t diff, yt_item *right) {
    YT_ASSERT(diff > 0 && diff < left->len && yt_content_splits(left->content));
    if (left->content == YT_STRING) {
        if (!split_text(doc, left, diff, right)) return false;
    } else if (left->content != YT_DELETED) {
        yt_chunk_keep(doc, left->chunk);
        right->chunk = left->chunk;
        right->at = left->at + diff;
    }
    right->content = left->content;
    right->len = left->len - diff;
    left->len = diff;
    return true;
}

bool yt_content_join(yata_doc *doc, yt_item *left, const yt_item *right) {
    if (left->content != right->content || left->len > YT_CLOCK_MAX - right->len) return false;
    yt_slice l = yt_slice_of(left), r = yt_slice_of(right);
    switch (left->content) {
    case YT_DELETED:
        break;
    case YT_STRING: {
        yt_text_mark(doc, left);
        uint32_t bytes = yt_text_bytes(doc, left), more = yt_text_bytes(doc, right);
        if (more > UINT32_MAX - bytes || !yt_text_join(doc, &l, bytes, r, more)) return false;
        left->wide = yt_text_wide(bytes + more, left->len + right->len);
        break;
    }
    case YT_ANY:
    case YT_JSON:
        if (!yt_values_join(doc, &l, left->len, r, right->len)) return false;
        break;
    default:
        return false;
    }
    left->chunk = l.chunk;
    left->at = l.at;
    left->len += right->len;
    return true;
}

bool yt_content_grow(yata_doc *doc, yt_item *it, const yt_block *content) {
    yt_slice slice = yt_slice_of(it);
    if (it->content == YT_STRING) {
        yt_text_mark(doc, it);
        uint32_t bytes = yt_text_bytes(doc, it);
        if (content->data.len > UINT32_MAX - bytes) return false;
        if (!yt_text_grow(doc, slice, bytes, content->data)) return false;
        it->len += content->len;
        it->wide = yt_text_wide(bytes + (uint32_t)content->data.len, it->len);
        return true;
    }
    if (!yt_values_grow(doc, slice, it->len, content->data, content->len)) return false;
    it->len += content->len;
    return true;
}

void yt_content_cut(const yata_doc *doc, yt_item *it, uint32_t len) {
    if (it->content == YT_STRING)
        yt_text_keep(doc, it, 0, len);
    else
        it->len = len;
}

bool yt_text_has_border(const yata_doc *doc, const yt_item *it, uint32_t clocks) {
    bool inside = false;
    if (it->wide) (void)yt_text_at_utf16(doc, yt_slice_of(it), yt_text_bytes(doc, it), clocks, &inside);
    return !inside;
}

void yt_text_keep(const yata_doc *doc, yt_item *it, uint32_t from, uint32_t to) {
    uint32_t start = from, end = to;
    if (it->wide) {
        yt_slice slice = yt_slice_of(it);
        bool inside;
        end = yt_text_bytes(doc, it);
        if (from) start = (uint32_t)yt_text_at_utf16(doc, slice, end, from, &inside);
        if (to < it->len) end = (uint32_t)yt_text_at_utf16(doc, slice, end, to, &inside);
        it->wide = yt_text_wide(end - start, to - from);
    }
    it->at += start;
    it->len = to - from;
}

/* ------------------------------------------------------------------------
 * Views
 */
static yata_str element_str(const yata_doc *doc, yt_slice slice) {
    yata_bytes bytes = yt_elements(doc, slice, 1);
    yata_str str = {(const char *)bytes.data, bytes.len};
    return str;
}

void yt_content_view(const yata_doc *doc, const yt_item *it, yt_block *b) {
    yt_slice slice = yt_slice_of(it), second = {it->chunk, it->at + 1};
    b->content = it->content;
    b->len = it->len;
    b->type_ref = 0;
    b->name = (yata_str){NULL, 0};
    b->data = (yata_bytes){NULL, 0};
    switch (it->content) {
    case YT_STRING:
        b->data = text_of(doc, it);
        break;
    case YT_ANY:
    case YT_JSON:
        b->data = yt_elements(doc, slice, it->len);
        break;
    case YT_BINARY:
    case YT_EMBED:
        b->data = yt_elements(doc, slice, 1);
        break;
    case YT_FORMAT:
    case YT_DOC:
        b->name = element_str(doc, slice);
        b->data = yt_elements(doc, second, 1);
        break;
    case YT_TYPE: {
        const yt_branch *branch = yt_branch_at(doc, it->chunk);
        b->type_ref = (uint8_t)(branch->kind - 1);
        if (branch->name != YT_NONE) b->name = yt_strings_get(&doc->strings, branch->name);
        break;
    }
    default:
        break;
    }
}

void yt_content_value(const yata_doc *doc, const yt_item *it, uint32_t i, yata_value *out) {
    yt_slice slice = {it->chunk, it->at + i};
    memset(out, 0, sizeof *out);
    switch (it->content) {
    case YT_STRING: {
        yata_bytes text = text_of(doc, it);
        out->kind = YATA_VALUE_STRING;
        out->u.string = (yata_str){(const char *)text.data, text.len};
        break;
    }
    case YT_ANY:
    case YT_JSON:
    case YT_EMBED:
        yt_any_view(yt_elements(doc, slice, 1), out);
        break;
    case YT_BINARY:
        out->kind = YATA_VALUE_BINARY;
        out->u.binary = yt_elements(doc, slice, 1);
        break;
    case YT_DOC:
        out->kind = YATA_VALUE_DOC;
        out->u.string = element_str(doc, slice);
        break;
    case YT_TYPE: {
        const yt_branch *branch = yt_branch_at(doc, it->chunk);
        out->kind = YATA_VALUE_TYPE;
        out->u.type = yt_branch_handle(doc, branch);
        break;
    }
    default:
        break; /* undefined: collected */
    }
}

void yt_content_element(const yata_doc *doc, const yt_item *it, uint32_t i, yata_value *out) {
    if (it->content != YT_STRING) {
        yt_content_value(doc, it, i, out);
        return;
    }
    yata_bytes text = text_of(doc, it);
    bool inside;
    size_t from = yt_text_at_utf16(doc, yt_slice_of(it), text.len, i, &inside), to = from + 1;
    while (to < text.len && (text.data[to] & 0xC0) == 0x80) to++;
    yata_bytes c = to - from == 4 ? replacement : (yata_bytes){text.data + from, to - from};
    out->kind = YATA_VALUE_STRING;
    out->u.string = (yata_str){(const char *)c.data, c.len};
}

/* ------------------------------------------------------------------------
 * Offset units
 */
uint32_t yt_units_wide(const yata_doc *doc, const yt_item *it) {
    yata_bytes text = text_of(doc, it);
    if (doc->unit == YATA_OFFSET_UTF8) return (uint32_t)text.len;
    return (uint32_t)yt_utf8_count_scalars(text.data, text.len);
}

bool yt_units_to_clocks_wide(const yata_doc *doc, const yt_item *it, uint32_t units, uint32_t *clocks) {
    yata_bytes text = text_of(doc, it);
    size_t at = units;
    if (doc->unit == YATA_OFFSET_SCALAR)
        at = yt_utf8_at_scalar(text.data, text.len, units);
    else if (!yt_utf8_is_boundary(text.data, text.len, at))
        return false;
    *clocks = (uint32_t)yt_text_count_utf16(doc, yt_slice_of(it), at);
    return true;
}

uint32_t yt_clocks_to_units(const yata_doc *doc, const yt_item *it, uint32_t clocks) {
    if (yt_units_are_clocks(doc, it)) return clocks;
    yata_bytes text = text_of(doc, it);
    bool inside;
    size_t at = yt_text_at_utf16(doc, yt_slice_of(it), text.len, clocks, &inside);
    return doc->unit == YATA_OFFSET_UTF8 ? (uint32_t)at : (uint32_t)yt_utf8_count_scalars(text.data, at);
}
