/* SPDX-License-Identifier: MIT */
/*
 * json.c - shared types as JSON, like toJSON() and JSON.stringify in Yjs.
 *
 * The walk goes down into nested types and finds its way back by their items, so that depth costs nothing. Only XML
 * needs a buffer of its own, because its text is printed as a JSON string.
 */
#include "doc/branch.h"
#include "doc/content.h"
#include "types/xml_string.h"
#include "wire/any.h"

#include <yata/doc.h>

typedef struct walk {
    const yata_doc *doc;
    yt_writer *w;
    const yt_branch *top, *branch;
    yata_kind kind;     /* of `branch` */
    yata_kind top_kind; /* as the top is to be read */
    yt_ref ref;         /* arrays: next item */
    uint32_t entry;     /* maps: next entry */
    bool comma;
} walk;

static yata_kind kind_of(const walk *k, const yt_branch *b) {
    return b == k->top ? k->top_kind : (yata_kind)b->kind;
}

static bool is_map(yata_kind kind) {
    return kind == YATA_KIND_MAP || kind == YATA_KIND_XML_HOOK;
}

static void write_text(const walk *k) {
    yt_writer text;
    yt_writer_init(&text, k->w->mem);
    if (k->kind == YATA_KIND_TEXT) {
        for (yt_ref ref = k->branch->first; ref; ref = yt_at(k->doc, ref)->right) {
            const yt_item *it = yt_at(k->doc, ref);
            if (it->content == YT_STRING && !yt_is_deleted(it))
                yt_write_bytes(&text, yt_text(k->doc, yt_slice_of(it)), yt_text_bytes(k->doc, it));
        }
    } else {
        yt_xml_to_string(&text, k->doc, k->branch, k->kind);
    }
    yt_json_write_string(k->w, (yata_str){(const char *)text.data, text.len});
    k->w->failed |= text.failed;
    yt_writer_free(&text);
}

/* Begins a branch; those that are texts are over at once. True: there is content to walk. */
static bool open_branch(walk *k, const yt_branch *b) {
    k->branch = b;
    k->kind = kind_of(k, b);
    k->comma = false;
    k->ref = b->first;
    k->entry = 0;
    if (is_map(k->kind)) {
        yt_write_u8(k->w, '{');
    } else if (k->kind == YATA_KIND_ARRAY) {
        yt_write_u8(k->w, '[');
    } else if (k->kind == YATA_KIND_UNTYPED) {
        yt_write_bytes(k->w, "null", 4);
        return false;
    } else if (k->kind == YATA_KIND_WEAK) {
        yt_write_bytes(k->w, "null", 4);
        return false;
    } else {
        write_text(k);
        return false;
    }
    return true;
}

/* Continues behind the item of a nested type that is over. */
static void leave(walk *k) {
    const yt_item *owner = yt_at(k->doc, k->branch->owner);
    k->branch = yt_branch_at(k->doc, owner->parent);
    k->kind = kind_of(k, k->branch);
    k->comma = true;
    if (is_map(k->kind))
        k->entry = (uint32_t)(yt_entry_find(k->branch, owner->u.key) - k->branch->entries.data) + 1;
    else
        k->ref = owner->right;
}

static void write_comma(walk *k) {
    if (k->comma) yt_write_u8(k->w, ',');
    k->comma = true;
}

/* A lone surrogate as a JSON string. */
static void write_half(yt_writer *w, uint32_t unit) {
    static const char digits[] = "0123456789abcdef";
    yt_write_bytes(w, "\"\\u", 3);
    for (int shift = 12; shift >= 0; shift -= 4) yt_write_u8(w, (uint8_t)digits[unit >> shift & 15]);
    yt_write_u8(w, '"');
}

/* Element i of an item that holds no type. */
static void write_element(const walk *k, const yt_item *it, uint32_t i) {
    yt_slice slice = {it->chunk, it->at + i};
    if (it->content == YT_STRING) {
        yt_json_write_string(k->w, (yata_str){(const char *)yt_text(k->doc, slice), yt_text_bytes(k->doc, it)});
    } else if (it->content == YT_BINARY) {
        yt_write_bytes(k->w, "{\"$binary\":\"", 12);
        yt_json_write_base64(k->w, yt_elements(k->doc, slice, 1));
        yt_write_bytes(k->w, "\"}", 2);
    } else if (it->content == YT_DOC) {
        yata_bytes guid = yt_elements(k->doc, slice, 1);
        yt_write_bytes(k->w, "{\"$doc\":", 8);
        yt_json_write_string(k->w, (yata_str){(const char *)guid.data, guid.len});
        yt_write_u8(k->w, '}');
    } else {
        yt_any_to_json(k->w, yt_elements(k->doc, slice, 1));
    }
}

/* A text where an array is expected: one string for each code unit, halves of a pair as JSON.stringify prints them. */
static void write_units(walk *k, const yt_item *it) {
    const uint8_t *p = yt_text(k->doc, yt_slice_of(it)), *end = p + yt_text_bytes(k->doc, it);
    while (p < end) {
        size_t n = p[0] < 0x80 ? 1 : p[0] < 0xE0 ? 2 : p[0] < 0xF0 ? 3 : 4;
        write_comma(k);
        if (n < 4) {
            yt_json_write_string(k->w, (yata_str){(const char *)p, n});
        } else {
            uint32_t c = ((p[0] & 7u) << 18 | (p[1] & 63u) << 12 | (p[2] & 63u) << 6 | (p[3] & 63u)) - 0x10000;
            write_half(k->w, 0xD800 + (c >> 10));
            write_comma(k);
            write_half(k->w, 0xDC00 + (c & 0x3FF));
        }
        p += n;
    }
}

/* The next item of an array. The branch to go into, if it is a nested type. */
static const yt_branch *step_array(walk *k) {
    const yt_item *it = yt_at(k->doc, k->ref);
    k->ref = it->right;
    if (!yt_is_visible(it)) return NULL;
    if (it->content == YT_TYPE) {
        write_comma(k);
        return yt_branch_at(k->doc, it->chunk);
    }
    if (it->content == YT_STRING) {
        write_units(k, it);
        return NULL;
    }
    for (uint32_t i = 0; i < it->len; i++) {
        write_comma(k);
        write_element(k, it, i);
    }
    return NULL;
}

static bool is_undefined(const walk *k, const yt_item *it) {
    if (!yt_content_countable(it->content)) return true; /* a format: only a foreign peer can put one under a key */
    if (it->content != YT_ANY && it->content != YT_JSON) return false;
    return yt_elements(k->doc, (yt_slice){it->chunk, it->at + it->len - 1}, 1).data[0] == 127;
}

/* The next entry of a map. */
static const yt_branch *step_map(walk *k) {
    const yt_map_entry *entry = &k->branch->entries.data[k->entry++];
    const yt_item *it = yt_at(k->doc, entry->item);
    if (yt_is_deleted(it) || is_undefined(k, it)) return NULL;
    write_comma(k);
    yt_json_write_string(k->w, yt_strings_get(&k->doc->strings, entry->key));
    yt_write_u8(k->w, ':');
    if (it->content == YT_TYPE) return yt_branch_at(k->doc, it->chunk);
    write_element(k, it, it->content == YT_STRING ? 0 : it->len - 1);
    return NULL;
}

static void write_branch(yt_writer *w, const yata_doc *doc, const yt_branch *branch, yata_kind kind) {
    walk k = {.doc = doc, .w = w, .top = branch, .top_kind = kind};
    bool inside = open_branch(&k, branch);
    while (!w->failed) {
        if (inside) {
            bool map = is_map(k.kind);
            if (map ? k.entry < k.branch->entries.len : k.ref != 0) {
                const yt_branch *child = map ? step_map(&k) : step_array(&k);
                if (child) inside = open_branch(&k, child);
                continue;
            }
            yt_write_u8(w, map ? '}' : ']');
        }
        if (k.branch == branch) return;
        leave(&k);
        inside = true;
    }
}

/* ------------------------------------------------------------------------
 * Entry
 */
static yata_status append_branch(const yata_doc *doc, const yt_branch *branch, yata_kind kind, yata_buffer *out) {
    yt_mem mem;
    yt_mem_init(&mem, &out->allocator);
    yt_writer w;
    yt_writer_init(&w, &mem);
    write_branch(&w, doc, branch, kind);
    return yt_writer_to_buffer(&w, out);
}

yata_status yata_type_to_json_as(yata_type type, yata_kind kind, yata_buffer *out) {
    yt_branch *branch;
    if (!out || (unsigned)kind > YATA_KIND_WEAK) return YATA_ERR_ARGUMENT;
    yata_status status = yt_branch_resolve(type, &branch);
    if (status) return status;
    if (branch->kind != YATA_KIND_UNTYPED && branch->kind != kind) return YATA_ERR_TYPE;
    return append_branch(type.doc, branch, kind, out);
}

yata_status yata_type_to_json(yata_type type, yata_buffer *out) {
    yata_kind kind;
    yata_status status = yata_type_guess_kind(type, &kind);
    return status ? status : yata_type_to_json_as(type, kind, out);
}

yata_status yata_doc_to_json(const yata_doc *doc, yata_buffer *out) {
    if (!doc || !out) return YATA_ERR_ARGUMENT;
    size_t len = out->len;
    bool comma = false;
    yata_status status = yata_buffer_append(out, "{", 1);
    for (uint32_t i = 0; i < yata_doc_root_count(doc) && !status; i++) {
        yata_str name;
        yata_type type;
        yata_kind kind;
        status = yata_doc_root_at(doc, i, &name, &type);
        if (!status) status = yata_type_guess_kind(type, &kind);
        if (status || kind == YATA_KIND_UNTYPED) continue; /* never typed and empty: undefined in JavaScript, too */
        yata_value key = {.kind = YATA_VALUE_STRING, .u.string = name};
        if (comma) status = yata_buffer_append(out, ",", 1);
        if (!status) status = yata_value_to_json(&key, out);
        if (!status) status = yata_buffer_append(out, ":", 1);
        if (!status) status = yata_type_to_json_as(type, kind, out);
        comma = true;
    }
    if (!status) status = yata_buffer_append(out, "}", 1);
    if (status) out->len = len;
    return status;
}

yata_status yata_value_to_json(const yata_value *value, yata_buffer *out) {
    if (!value || !out) return YATA_ERR_ARGUMENT;
    if (value->kind != YATA_VALUE_TYPE) return yt_value_plain_to_json(value, out);
    yt_branch *branch;
    yata_status status = yt_branch_find(value->u.type, &branch);
    if (status) return status;
    if (!branch->owner) return yata_type_to_json(value->u.type, out);
    return append_branch(value->u.type.doc, branch, (yata_kind)branch->kind, out);
}
