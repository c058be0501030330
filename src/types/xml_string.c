/* SPDX-License-Identifier: MIT */
/*
 * xml_string.c - a walk over an XML tree that needs no stack: from the end of an element back to its item, and on.
 */
#include "types/xml_string.h"

#include "base/sort.h"
#include "doc/branch.h"
#include "doc/content.h"
#include "wire/any.h"

/* ------------------------------------------------------------------------
 * Attributes
 */
typedef struct attribute {
    yata_str key;
    yt_ref item;
} attribute;

/* The first code unit of UTF-16 at p, weighed so that surrogates come before U+E000, as JavaScript sorts. */
static uint32_t weight(const uint8_t *p, size_t left) {
    if (left >= 4 && p[0] >= 0xF0) return 0xD800;
    if (left >= 3 && p[0] >= 0xE0) return (uint32_t)(p[0] & 15) << 12 | (uint32_t)(p[1] & 63) << 6 | (p[2] & 63);
    return p[0];
}

static bool key_before(const void *a, const void *b) {
    yata_str x = ((const attribute *)a)->key, y = ((const attribute *)b)->key;
    size_t n = x.len < y.len ? x.len : y.len, i = 0;
    while (i < n && x.data[i] == y.data[i]) i++;
    if (i == n) return x.len < y.len;
    while (i && ((uint8_t)x.data[i] & 0xC0) == 0x80) /* back to the start of the character that differs */
        i--;
    const uint8_t *p = (const uint8_t *)x.data + i, *q = (const uint8_t *)y.data + i;
    bool far = p[0] >= 0xE0 && q[0] >= 0xE0;
    if (far && (p[0] >= 0xF0) != (q[0] >= 0xF0)) return weight(p, x.len - i) < weight(q, y.len - i);
    return memcmp(p, q, (x.len < y.len ? x.len : y.len) - i) < 0;
}

static void write_value(yt_writer *w, const yata_doc *doc, const yt_item *it) {
    yata_value value;
    yt_content_value(doc, it, it->content == YT_STRING ? 0 : it->len - 1, &value);
    if (value.kind == YATA_VALUE_STRING)
        yt_write_bytes(w, value.u.string.data, value.u.string.len);
    else if (it->content == YT_ANY || it->content == YT_JSON)
        yt_any_to_json(w, yt_elements(doc, (yt_slice){it->chunk, it->at + it->len - 1}, 1));
    else
        yt_write_bytes(w, "[object Object]", 15);
}

static void write_attributes(yt_writer *w, const yata_doc *doc, const yt_branch *b) {
    uint32_t n = 0;
    if (!b->live) return;
    attribute *all = yt_alloc(w->mem, b->live * sizeof *all);
    if (!all) {
        w->failed = true;
        return;
    }
    for (uint32_t i = 0; i < b->entries.len; i++) {
        yt_ref ref = b->entries.data[i].item;
        if (!yt_is_deleted(yt_at(doc, ref)))
            all[n++] = (attribute){yt_strings_get(&doc->strings, b->entries.data[i].key), ref};
    }
    yt_sort(all, n, sizeof *all, key_before);
    for (uint32_t i = 0; i < n; i++) {
        yt_write_u8(w, ' ');
        yt_write_bytes(w, all[i].key.data, all[i].key.len);
        yt_write_bytes(w, "=\"", 2);
        write_value(w, doc, yt_at(doc, all[i].item));
        yt_write_u8(w, '"');
    }
    yt_free(w->mem, all, b->live * sizeof *all);
}

/* ------------------------------------------------------------------------
 * The tree
 */
static void write_tag(yt_writer *w, const yata_doc *doc, const yt_branch *b) {
    yata_str name =
        b->owner && b->name != YT_NONE ? yt_strings_get(&doc->strings, b->name) : (yata_str){"undefined", 9};
    for (size_t i = 0; i < name.len; i++) {
        char c = name.data[i];
        yt_write_u8(w, (uint8_t)(c >= 'A' && c <= 'Z' ? c + 32 : c));
    }
}

static bool has_children(const yt_branch *b) {
    return b->kind == YATA_KIND_XML_ELEMENT || b->kind == YATA_KIND_XML_FRAGMENT;
}

static void open_branch(yt_writer *w, const yata_doc *doc, const yt_branch *b) {
    if (b->kind == YATA_KIND_XML_ELEMENT) {
        yt_write_u8(w, '<');
        write_tag(w, doc, b);
        write_attributes(w, doc, b);
        yt_write_u8(w, '>');
    } else if (!has_children(b) && b->kind != YATA_KIND_XML_TEXT && b->kind != YATA_KIND_TEXT && b->owner) {
        yt_write_bytes(w, "[object Object]", 15);
    }
}

static void close_branch(yt_writer *w, const yata_doc *doc, const yt_branch *b) {
    if (b->kind != YATA_KIND_XML_ELEMENT) return;
    yt_write_bytes(w, "</", 2);
    write_tag(w, doc, b);
    yt_write_u8(w, '>');
}

void yt_xml_to_string(yt_writer *w, const yata_doc *doc, const yt_branch *branch) {
    const yt_branch *b = branch;
    open_branch(w, doc, b);
    yt_ref ref = b->first;
    for (;;) {
        if (!ref || w->failed) {
            close_branch(w, doc, b);
            if (b == branch || w->failed) return;
            const yt_item *owner = yt_at(doc, b->owner);
            b = yt_branch_at(doc, owner->parent);
            ref = owner->right;
            continue;
        }
        const yt_item *it = yt_at(doc, ref);
        ref = it->right;
        if (!yt_is_visible(it)) continue;
        if (it->content == YT_TYPE) {
            b = yt_branch_at(doc, it->chunk);
            open_branch(w, doc, b);
            ref = has_children(b) || b->kind == YATA_KIND_XML_TEXT || b->kind == YATA_KIND_TEXT ? b->first : 0;
        } else if (it->content == YT_STRING) {
            yt_write_bytes(w, yt_text(doc, yt_slice_of(it)), yt_text_bytes(doc, it));
        }
    }
}
