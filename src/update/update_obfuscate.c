/* SPDX-License-Identifier: MIT */
/*
 * update_obfuscate.c - the shape of an update without what it says, to show a fault without showing a text.
 *
 * As obfuscateUpdate of Yjs, byte for byte: items are numbered, and what an item contains becomes its number. Names,
 * keys and values of formats that are equal stay equal, each has the number of the item it was first seen in. Ids,
 * lengths, kinds and names of roots stay.
 */
#include "base/hash.h"
#include "base/number.h"
#include "base/vec.h"
#include "update/update_stream.h"
#include "update/update_writer.h"
#include "wire/any.h"
#include <yata/update.h>

/* What was seen, and the mark it then got: the number of the item. */
typedef struct seen {
    yt_strings strings;
    YT_VEC(uint64_t) marks;
} seen;

typedef struct obfuscator {
    yt_mem *mem;
    yata_obfuscation keep;
    seen keys, names, format_keys, format_values;
    uint32_t number; /* of this item */
    yt_writer text;  /* its new contents */
    bool failed;
} obfuscator;

static void seen_free(yt_mem *mem, seen *s) {
    yt_strings_free(mem, &s->strings);
    yt_vec_free(mem, &s->marks);
}

static uint64_t first_seen(obfuscator *o, seen *s, yata_str str, uint64_t mark) {
    uint32_t id = yt_vec_reserve(o->mem, &s->marks, 1) ? yt_strings_intern(o->mem, &s->strings, str) : YT_NONE;
    if (id == YT_NONE) {
        o->failed = true;
        return 0;
    }
    if (id == s->marks.len) yt_vec_put(&s->marks, mark);
    return s->marks.data[id];
}

/* ------------------------------------------------------------------------
 * Pieces of text: places in `text`, which moves while it grows
 */
typedef struct span {
    size_t from, to;
} span;

static span put_text(obfuscator *o, const char *prefix, uint64_t number) {
    span s = {o->text.len, 0};
    char digits[YT_NUMBER_MAX];
    while (*prefix) yt_write_u8(&o->text, (uint8_t)*prefix++);
    yt_write_bytes(&o->text, digits, yt_number_print_int((int64_t)number, digits));
    s.to = o->text.len;
    return s;
}

static yata_bytes bytes_at(const obfuscator *o, span s) {
    return (yata_bytes){s.to > s.from ? o->text.data + s.from : NULL, s.to - s.from};
}

static yata_str str_at(const obfuscator *o, span s) {
    yata_bytes b = bytes_at(o, s);
    return (yata_str){(const char *)b.data, b.len};
}

/* ------------------------------------------------------------------------
 * Contents
 */

/* Equal values stay equal. Objects are never equal: they are not looked for. -0 equals 0. */
static void put_format_value(obfuscator *o, yata_bytes value) {
    static const uint8_t zero[] = {YT_ANY_INTEGER, 0}, object[] = {YT_ANY_OBJECT, 1, 1, 'i'};
    uint8_t tag = value.data[0];
    if (tag == YT_ANY_NULL) { /* ends a format, and goes on doing so */
        yt_write_u8(&o->text, YT_ANY_NULL);
        return;
    }
    uint64_t number = o->number;
    if (value.len == 2 && tag == YT_ANY_INTEGER && value.data[1] == 0x40) value.data = zero;
    if (tag != YT_ANY_OBJECT && tag != YT_ANY_ARRAY && tag != YT_ANY_BINARY)
        number = first_seen(o, &o->format_values, (yata_str){(const char *)value.data, value.len}, number);
    yt_write_bytes(&o->text, object, sizeof object);
    yt_any_write_number(&o->text, (double)number);
}

static span put_contents(obfuscator *o, const yt_block *b) {
    static const uint8_t no_members[] = {YT_ANY_OBJECT, 0};
    span s = {o->text.len, 0};
    switch ((yt_content)b->content) {
    case YT_ANY:
    case YT_JSON:
        for (uint32_t i = 0; i < b->len && !o->text.failed; i++) yt_any_write_number(&o->text, o->number);
        break;
    case YT_BINARY:
        yt_write_u8(&o->text, (uint8_t)o->number);
        break;
    case YT_STRING:
        if (b->len && yt_writer_reserve(&o->text, b->len)) {
            memset(o->text.data + o->text.len, '0' + (int)(o->number % 10), b->len);
            o->text.len += b->len;
        }
        break;
    case YT_EMBED:
    case YT_DOC:
        yt_write_bytes(&o->text, no_members, sizeof no_members);
        break;
    case YT_FORMAT:
        put_format_value(o, b->data);
        break;
    default:
        break;
    }
    s.to = o->text.len;
    return s;
}

/* Elements and hooks share their names: an element may get the name that was made for a hook. */
static span put_name(obfuscator *o, const yt_block *b) {
    if (b->content == YT_DOC) return put_text(o, "", o->number);
    if (b->content == YT_FORMAT) return put_text(o, "", first_seen(o, &o->format_keys, b->name, o->number));
    uint64_t mark = first_seen(o, &o->names, b->name, (uint64_t)o->number * 2 + (b->type_ref == 5));
    return put_text(o, mark & 1 ? "hook-" : "node-", mark / 2);
}

static bool is_kept(const obfuscator *o, const yt_block *b) {
    if (b->content == YT_FORMAT) return o->keep.formats;
    if (b->content == YT_DOC) return o->keep.subdocuments;
    if (b->content == YT_TYPE) return o->keep.names || !yt_type_ref_named(b->type_ref);
    return b->content == YT_DELETED;
}

static void obfuscate_block(obfuscator *o, yt_block *b) {
    if (b->content == YT_GC || b->content == YT_SKIP) return;
    bool kept = is_kept(o, b), named = b->content == YT_DOC || b->content == YT_FORMAT || b->content == YT_TYPE;
    bool keyed = (b->info & YT_INFO_KEY) && b->key.len;
    span name = {0, 0}, contents = {0, 0}, key = {0, 0};
    o->text.len = 0;
    if (!kept && named) name = put_name(o, b);
    if (!kept) contents = put_contents(o, b);
    if (keyed) key = put_text(o, "", first_seen(o, &o->keys, b->key, o->number));
    if (!kept && named) b->name = str_at(o, name);
    if (!kept) b->data = bytes_at(o, contents);
    if (keyed) b->key = str_at(o, key);
    o->number++;
}

/* ------------------------------------------------------------------------
 * The update
 */
static yata_status obfuscate(const yt_decoder_ops *from, const yt_encoder_ops *to, yata_bytes update,
                             const yata_obfuscation *keep, yata_buffer *out, yata_fault *fault) {
    yata_fault ignored;
    if (!fault) fault = &ignored;
    *fault = (yata_fault){YATA_ERR_ARGUMENT, 0};
    if (!out || (update.len && !update.data)) return YATA_ERR_ARGUMENT;
    yt_mem mem;
    yt_mem_init(&mem, &out->allocator);
    obfuscator o = {.mem = &mem};
    if (keep) o.keep = *keep;
    yt_writer_init(&o.text, &mem);
    yt_update_stream in;
    yt_update_writer writer;
    yt_delete_list deletes = {0};
    yt_update_stream_open(&in, &mem, from, update);
    yt_update_writer_init(&writer, &mem, to);
    for (; in.stream.block && !o.failed && !o.text.failed; yt_update_stream_next(&in)) {
        yt_block b = *in.stream.block;
        obfuscate_block(&o, &b);
        if (!o.failed && !o.text.failed) yt_update_writer_put(&writer, &b, 0);
    }
    if (!in.stream.block) yt_delete_list_read(&in.d, &deletes);
    *fault = in.d.in.fault;
    if (!fault->status && (o.failed || o.text.failed)) fault->status = YATA_ERR_MEMORY;
    yt_update_stream_close(&in);
    if (fault->status)
        yt_update_writer_drop(&writer);
    else
        fault->status = yt_update_writer_finish(&writer, &deletes, out);
    yt_delete_list_free(&mem, &deletes);
    yt_writer_free(&o.text);
    seen_free(&mem, &o.keys);
    seen_free(&mem, &o.names);
    seen_free(&mem, &o.format_keys);
    seen_free(&mem, &o.format_values);
    return fault->status;
}

yata_status yata_update_obfuscate(yata_bytes update, const yata_obfuscation *keep, yata_buffer *out,
                                  yata_fault *fault) {
    return obfuscate(&yt_decoder_v1, &yt_encoder_v1, update, keep, out, fault);
}

yata_status yata_update_obfuscate_v2(yata_bytes update, const yata_obfuscation *keep, yata_buffer *out,
                                     yata_fault *fault) {
    return obfuscate(&yt_decoder_v2, &yt_encoder_v2, update, keep, out, fault);
}
