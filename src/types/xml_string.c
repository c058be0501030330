/* SPDX-License-Identifier: MIT */
/*
 * xml_string.c - XML as text, exactly as Yjs prints it (spec/types.md, "XML as text").
 *
 * A walk over the tree that finds its way back by the items of the types it went into, so that depth costs nothing.
 * Only two things must be remembered on the way down, each in a frame: the formats in force where a text with formats
 * is left for a type inside it, and the sorted attributes of an element while one of them is a type itself.
 */
#include "types/xml_string.h"

#include "base/letter_case.h"
#include "base/number.h"
#include "base/sort.h"
#include "base/utf.h"
#include "doc/branch.h"
#include "doc/content.h"
#include "doc/format.h"
#include "wire/any.h"

typedef struct attribute {
    yata_str key;
    yt_ref item;
} attribute;

/* What an open branch keeps: an element its attributes until they are written, a text its formats. */
typedef struct frame {
    attribute *list;
    uint32_t n, next;
    yt_attributes formats;
} frame;

typedef enum phase { ATTRIBUTES, CHILDREN, END } phase;

typedef struct walk {
    yt_writer *w;
    const yata_doc *doc;
    const yt_branch *top, *branch;
    yata_kind top_kind;
    phase phase;
    yt_ref ref;        /* next child */
    bool tagged;       /* in a text with formats: their tags are open */
    yt_quote *quote;   /* NULL: all of it; else only its pieces of the top branch, of which ... */
    yt_ref piece;      /* ... the next is here, 0: no more */
    uint32_t from, to; /* clocks */
    YT_VEC(frame) frames;
} walk;

/* ------------------------------------------------------------------------
 * Order
 */

/* The first code unit of UTF-16 at p, weighed so that surrogates come before U+E000, as JavaScript sorts. */
static uint32_t weight(const uint8_t *p, size_t left) {
    if (left >= 4 && p[0] >= 0xF0) return 0xD800;
    if (left >= 3 && p[0] >= 0xE0) return (uint32_t)(p[0] & 15) << 12 | (uint32_t)(p[1] & 63) << 6 | (p[2] & 63);
    return p[0];
}

bool yt_utf16_before(yata_str x, yata_str y) {
    size_t n = x.len < y.len ? x.len : y.len, i = 0;
    while (i < n && x.data[i] == y.data[i]) i++;
    if (i == n) return x.len < y.len;
    while (i && ((uint8_t)x.data[i] & 0xC0) == 0x80) /* back to the start of the character that differs */
        i--;
    const uint8_t *p = (const uint8_t *)x.data + i, *q = (const uint8_t *)y.data + i;
    bool far = p[0] >= 0xE0 && q[0] >= 0xE0;
    if (far && (p[0] >= 0xF0) != (q[0] >= 0xF0)) return weight(p, x.len - i) < weight(q, y.len - i);
    return memcmp(p, q, n - i) < 0;
}

static bool attribute_before(const void *a, const void *b) {
    return yt_utf16_before(((const attribute *)a)->key, ((const attribute *)b)->key);
}

static yata_str as_str(yata_bytes bytes) {
    yata_str str = {(const char *)bytes.data, bytes.len};
    return str;
}

static bool format_before(const void *a, const void *b) {
    return yt_utf16_before(as_str(((const yt_attribute *)a)->key), as_str(((const yt_attribute *)b)->key));
}

/* ------------------------------------------------------------------------
 * Names and values
 */
static void write_scalar_value(yt_writer *w, uint32_t c) {
    uint8_t bytes[4];
    size_t n = 0;
    if (c < 0x80) {
        bytes[n++] = (uint8_t)c;
    } else if (c < 0x800) {
        bytes[n++] = (uint8_t)(0xC0 | c >> 6);
        bytes[n++] = (uint8_t)(0x80 | (c & 63));
    } else {
        if (c < 0x10000) {
            bytes[n++] = (uint8_t)(0xE0 | c >> 12);
        } else {
            bytes[n++] = (uint8_t)(0xF0 | c >> 18);
            bytes[n++] = (uint8_t)(0x80 | (c >> 12 & 63));
        }
        bytes[n++] = (uint8_t)(0x80 | (c >> 6 & 63));
        bytes[n++] = (uint8_t)(0x80 | (c & 63));
    }
    yt_write_bytes(w, bytes, n);
}

/* A root has no name of its own: Yjs calls it "UNDEFINED". */
static void write_tag_name(yt_writer *w, const yata_doc *doc, const yt_branch *b) {
    if (!b->owner || b->name == YT_NONE) {
        yt_write_text(w, "undefined");
        return;
    }
    yt_case_walk name = {.text = yt_strings_get(&doc->strings, b->name)};
    for (uint32_t c; yt_next_lower(&name, &c);) write_scalar_value(w, c);
}

/* Element i of an item that is no type, through String(). */
static void write_element(yt_writer *w, const yata_doc *doc, const yt_item *it, uint32_t i) {
    yt_slice slice = {it->chunk, it->at + i};
    switch (it->content) {
    case YT_STRING:
        yt_write_bytes(w, yt_text(doc, yt_slice_of(it)), yt_text_bytes(doc, it));
        break;
    case YT_ANY:
    case YT_JSON:
    case YT_EMBED:
        yt_any_to_string(w, yt_elements(doc, slice, 1));
        break;
    case YT_BINARY: {
        yata_bytes bytes = yt_elements(doc, slice, 1);
        char text[YT_NUMBER_MAX];
        for (size_t at = 0; at < bytes.len && !w->failed; at++) {
            if (at) yt_write_u8(w, ',');
            yt_write_bytes(w, text, yt_number_print_int(bytes.data[at], text));
        }
        break;
    }
    default:
        yt_write_text(w, "[object Object]");
    }
}

/* ------------------------------------------------------------------------
 * Formats as tags
 */
static void write_member(yt_writer *w, yata_str key, yata_bytes value) {
    yt_write_u8(w, ' ');
    yt_write_bytes(w, key.data, key.len);
    yt_write_bytes(w, "=\"", 2);
    yt_any_to_string(w, value);
    yt_write_u8(w, '"');
}

typedef struct member {
    yata_str key;
    yata_bytes value;
} member;

static bool member_before(const void *a, const void *b) {
    return yt_utf16_before(((const member *)a)->key, ((const member *)b)->key);
}

/* 0, 1, 10, 100, ..., 2, 20: the numbers below n, in the order of their decimals as text. */
static uint32_t next_as_text(uint32_t i, uint32_t n) {
    if (!i) return 1;
    if (i < n && i <= (n - 1) / 10) return i * 10;
    while (i % 10 == 9 || i + 1 >= n) {
        i /= 10;
        if (!i) return n;
    }
    return i + 1;
}

/* The members of an array, or of a string its code units, have their indexes as keys. */
static void write_indexed(yt_writer *w, const member *all, uint32_t n) {
    char text[YT_NUMBER_MAX];
    for (uint32_t i = 0, left = n; left && !w->failed; left--, i = next_as_text(i, n)) {
        yata_str key = {text, yt_number_print_int(i, text)};
        if (all[i].key.data) { /* a code unit */
            yt_write_u8(w, ' ');
            yt_write_bytes(w, key.data, key.len);
            yt_write_bytes(w, "=\"", 2);
            yt_write_bytes(w, all[i].key.data, all[i].key.len);
            yt_write_u8(w, '"');
        } else {
            write_member(w, key, all[i].value);
        }
    }
}

/* Code units as text; halves of a pair cannot stand alone in UTF-8. */
static uint32_t split_units(yata_str str, member *all) {
    uint32_t n = 0;
    for (size_t at = 0; at < str.len;) {
        uint8_t c = (uint8_t)str.data[at];
        size_t len = c < 0x80 ? 1 : c < 0xE0 ? 2 : c < 0xF0 ? 3 : 4;
        yata_str unit = {str.data + at, len};
        if (len == 4) {
            unit = (yata_str){"\xEF\xBF\xBD", 3};
            all[n++].key = unit;
        }
        all[n++].key = unit;
        at += len;
    }
    return n;
}

static void write_members(yt_writer *w, yata_bytes any) {
    yata_value value, element;
    yata_value_iter it;
    yt_any_view(any, &value);
    bool string = value.kind == YATA_VALUE_STRING;
    if (!string && value.kind != YATA_VALUE_ARRAY && value.kind != YATA_VALUE_OBJECT) return;
    size_t room = string ? value.u.string.len : yata_value_count(&value);
    if (!room) return;
    if (room > SIZE_MAX / sizeof(member)) {
        w->failed = true;
        return;
    }
    member *all = yt_alloc(w->mem, room * sizeof *all);
    if (!all) {
        w->failed = true;
        return;
    }
    uint32_t n = 0;
    if (string) {
        n = split_units(value.u.string, all);
    } else if (!yata_value_iter_init(&it, &value)) {
        const uint8_t *from = it.pos;
        while (n < room && yata_value_iter_next(&it, &all[n].key, &element)) {
            if (it.object) from = (const uint8_t *)all[n].key.data + all[n].key.len;
            all[n++].value = (yata_bytes){from, (size_t)(it.pos - from)};
            from = it.pos;
        }
    }
    if (value.kind == YATA_VALUE_OBJECT) {
        yt_sort(all, n, sizeof *all, member_before);
        for (uint32_t i = 0; i < n && !w->failed; i++) write_member(w, all[i].key, all[i].value);
    } else {
        write_indexed(w, all, n);
    }
    yt_free(w->mem, all, room * sizeof *all);
}

static frame *top_frame(walk *k) {
    return &k->frames.data[k->frames.len - 1];
}

static void open_tags(walk *k) {
    yt_attributes *formats = &top_frame(k)->formats;
    if (k->tagged) return;
    k->tagged = true;
    yt_attributes_sort(formats, format_before);
    for (uint32_t i = 0; i < formats->all.len && !k->w->failed; i++) {
        const yt_attribute *a = &formats->all.data[i];
        yt_write_u8(k->w, '<');
        yt_write_bytes(k->w, a->key.data, a->key.len);
        write_members(k->w, a->value);
        yt_write_u8(k->w, '>');
    }
}

static void close_tags(walk *k) {
    const yt_attributes *formats = &top_frame(k)->formats;
    if (!k->tagged) return;
    k->tagged = false;
    for (uint32_t i = formats->all.len; i-- > 0;) {
        const yt_attribute *a = &formats->all.data[i];
        yt_write_bytes(k->w, "</", 2);
        yt_write_bytes(k->w, a->key.data, a->key.len);
        yt_write_u8(k->w, '>');
    }
}

/* ------------------------------------------------------------------------
 * The tree
 */
static yata_kind kind_of(const walk *k, const yt_branch *b) {
    return b == k->top ? k->top_kind : (yata_kind)b->kind;
}

static bool has_tags(const walk *k) {
    return kind_of(k, k->branch) == YATA_KIND_XML_TEXT && k->branch->formatted;
}

static frame *push_frame(walk *k) {
    if (!yt_vec_reserve(k->w->mem, &k->frames, 1)) {
        k->w->failed = true;
        return NULL;
    }
    frame f = {0};
    yt_vec_put(&k->frames, f);
    return top_frame(k);
}

static void pop_frame(walk *k) {
    frame *f = &k->frames.data[--k->frames.len];
    yt_free(k->w->mem, f->list, f->n * sizeof *f->list);
    yt_attributes_free(k->w->mem, &f->formats);
}

static void begin_attributes(walk *k) {
    const yt_branch *b = k->branch;
    frame *f = push_frame(k);
    if (!f) return;
    f->list = yt_alloc(k->w->mem, b->live * sizeof *f->list);
    if (!f->list) {
        k->w->failed = true;
        return;
    }
    f->n = b->live;
    uint32_t n = 0;
    for (uint32_t i = 0; i < b->entries.len; i++) {
        yt_ref ref = b->entries.data[i].item;
        if (!yt_is_deleted(yt_at(k->doc, ref)))
            f->list[n++] = (attribute){yt_strings_get(&k->doc->strings, b->entries.data[i].key), ref};
    }
    yt_sort(f->list, n, sizeof *f->list, attribute_before);
    k->phase = ATTRIBUTES;
}

static void enter(walk *k, const yt_branch *b) {
    k->branch = b;
    k->ref = b->first;
    k->phase = CHILDREN;
    k->tagged = false;
    switch (kind_of(k, b)) {
    case YATA_KIND_XML_ELEMENT:
        yt_write_u8(k->w, '<');
        write_tag_name(k->w, k->doc, b);
        if (b->live)
            begin_attributes(k);
        else
            yt_write_u8(k->w, '>');
        break;
    case YATA_KIND_XML_FRAGMENT:
    case YATA_KIND_TEXT:
        break;
    case YATA_KIND_XML_TEXT:
        if (b->formatted) push_frame(k);
        break;
    default:
        yt_write_text(k->w, "[object Object]");
        k->phase = END;
    }
}

static void step_attributes(walk *k) {
    frame *f = top_frame(k);
    if (f->next == f->n) {
        yt_write_u8(k->w, '>');
        pop_frame(k);
        k->phase = CHILDREN;
        k->ref = k->branch->first; /* an attribute may have led elsewhere */
        k->tagged = false;
        return;
    }
    const attribute *a = &f->list[f->next++];
    const yt_item *it = yt_at(k->doc, a->item);
    yt_write_u8(k->w, ' ');
    yt_write_bytes(k->w, a->key.data, a->key.len);
    yt_write_bytes(k->w, "=\"", 2);
    if (it->content == YT_TYPE) {
        enter(k, yt_branch_at(k->doc, it->chunk));
        return;
    }
    write_element(k->w, k->doc, it, it->content == YT_STRING ? 0 : it->len - 1);
    yt_write_u8(k->w, '"');
}

/* The characters of the piece; halves of pairs are left out. */
static void write_piece(walk *k, const yt_item *it) {
    const uint8_t *text = yt_text(k->doc, yt_slice_of(it));
    size_t bytes = yt_text_bytes(k->doc, it);
    bool inside;
    size_t from = yt_utf8_at_utf16(text, bytes, k->from, &inside);
    if (inside) from += 4;
    size_t to = yt_utf8_at_utf16(text, bytes, k->to, &inside);
    if (from < to) yt_write_bytes(k->w, text + from, to - from);
}

static void next_piece(walk *k) {
    if (!yt_quote_next(k->quote, &k->piece, &k->from, &k->to)) k->piece = 0;
}

/* The next item of a text: texts show no more than strings, XML texts also embeds and types, and formats as tags. */
static void step_text(walk *k, const yt_item *it) {
    bool xml = kind_of(k, k->branch) == YATA_KIND_XML_TEXT, tags = has_tags(k);
    if (it->content == YT_FORMAT && tags) {
        close_tags(k);
        yt_attributes *formats = &top_frame(k)->formats;
        yata_bytes key = yt_format_key(k->doc, it), value = yt_format_value(k->doc, it);
        if (value.data[0] == YT_ANY_NULL)
            yt_attribute_remove(formats, key);
        else if (!yt_attribute_set(k->w->mem, formats, key, value))
            k->w->failed = true;
    } else if (it->content == YT_STRING) {
        if (tags) open_tags(k);
        if (k->quote && k->branch == k->top)
            write_piece(k, it);
        else
            write_element(k->w, k->doc, it, 0);
    } else if (xml && (it->content == YT_EMBED || it->content == YT_TYPE)) {
        if (tags) {
            close_tags(k);
            open_tags(k);
        }
        if (it->content == YT_TYPE) {
            enter(k, yt_branch_at(k->doc, it->chunk));
            return;
        }
        write_element(k->w, k->doc, it, 0);
        if (tags) close_tags(k);
    }
}

static void step_children(walk *k) {
    if (!k->ref) {
        k->phase = END;
        return;
    }
    const yt_item *it = yt_at(k->doc, k->ref);
    bool quoted = k->quote && k->branch == k->top;
    if (quoted && !k->piece) {
        k->phase = END;
        return;
    }
    if (quoted && k->ref != k->piece && it->content != YT_FORMAT) { /* before the range */
        k->ref = it->right;
        return;
    }
    if (quoted && k->ref == k->piece) {
        if (!yt_is_deleted(it)) step_text(k, it);
        if (k->branch == k->top) k->ref = it->right;
        next_piece(k);
        return;
    }
    k->ref = it->right;
    if (yt_is_deleted(it)) return;
    yata_kind kind = kind_of(k, k->branch);
    if (kind == YATA_KIND_TEXT || kind == YATA_KIND_XML_TEXT) {
        step_text(k, it);
    } else if (it->content == YT_TYPE) {
        enter(k, yt_branch_at(k->doc, it->chunk));
    } else if (yt_content_countable(it->content)) {
        for (uint32_t i = 0, n = it->content == YT_STRING ? 1 : it->len; i < n && !k->w->failed; i++)
            write_element(k->w, k->doc, it, i);
    }
}

/* Ends the branch and goes on behind its item. False: it was the top. */
static bool leave(walk *k) {
    const yt_branch *b = k->branch;
    if (kind_of(k, b) == YATA_KIND_XML_ELEMENT) {
        yt_write_bytes(k->w, "</", 2);
        write_tag_name(k->w, k->doc, b);
        yt_write_u8(k->w, '>');
    } else if (has_tags(k)) {
        close_tags(k);
        pop_frame(k);
    }
    if (b == k->top) return false;
    const yt_item *owner = yt_at(k->doc, b->owner);
    k->branch = yt_branch_at(k->doc, owner->parent);
    if (yt_is_keyed(owner)) {
        yt_write_u8(k->w, '"');
        k->phase = ATTRIBUTES;
        return true;
    }
    k->ref = owner->right;
    k->phase = CHILDREN;
    k->tagged = has_tags(k);
    if (k->tagged) close_tags(k);
    return true;
}

static void run(walk *k) {
    enter(k, k->top);
    for (bool more = true; more && !k->w->failed;) {
        if (k->phase == ATTRIBUTES)
            step_attributes(k);
        else if (k->phase == CHILDREN)
            step_children(k);
        else
            more = leave(k);
    }
    while (k->frames.len) pop_frame(k);
    yt_vec_free(k->w->mem, &k->frames);
}

void yt_xml_to_string(yt_writer *w, const yata_doc *doc, const yt_branch *branch, yata_kind kind) {
    walk k = {.w = w, .doc = doc, .top = branch, .top_kind = kind};
    run(&k);
}

void yt_xml_quote_to_string(yt_writer *w, const yata_doc *doc, const yata_link *link) {
    yt_quote quote;
    if (!yt_quote_begin(&quote, doc, link)) return;
    walk k = {.w = w, .doc = doc, .top = quote.branch, .top_kind = YATA_KIND_XML_TEXT, .quote = &quote};
    next_piece(&k);
    if (k.piece && !yt_is_keyed(yt_at(doc, k.piece))) run(&k);
}
