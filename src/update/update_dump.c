/* SPDX-License-Identifier: MIT */
/*
 * update_dump.c - an update as lines for people.
 *
 *     1:0+3  string  parent "t"  "abc"
 *     1:3+1  string  origin 1:0  right 1:1  "X"
 *     1:4+1  format  right 1:0  "bold" = true
 *     1:5+1  type  parent 1:4  key "z"  map
 *     1:6+2  gc
 *     delete 1:1+1
 *
 * A line begins with the first id and the length in clocks. `origin` and `right` are there when they are on the wire;
 * so are `parent` (a root's name, or the id of the item that made the type) and `key`. The content comes last, cut to
 * one screen line: values as JSON, bytes in hexadecimal.
 *
 * Blocks come in the order of the input, even those of no length, because what is looked for is often there; deletions
 * come as the set they make. The whole update is checked before the first line is written.
 */
#include "base/number.h"
#include "block/link.h"
#include "base/utf.h"
#include "update/update.h"
#include "wire/any.h"
#include <yata/update.h>

/* Contents, names and keys are cut after so many bytes of text. */
enum { CONTENT_BYTES = 80, NAME_BYTES = 60, HEX_BYTES = 32 };

static void put(yt_writer *w, const char *text) {
    while (*text) yt_write_u8(w, (uint8_t)*text++);
}

static void put_number(yt_writer *w, uint64_t x) {
    char digits[YT_NUMBER_MAX];
    yt_write_bytes(w, digits, yt_number_print_int((int64_t)x, digits));
}

static void put_id(yt_writer *w, yata_id id) {
    put_number(w, id.client);
    put(w, ":");
    put_number(w, id.clock);
}

/* An id with what follows it: "1:0+3". */
static void put_ids(yt_writer *w, yata_id id, uint32_t len) {
    put_id(w, id);
    put(w, "+");
    put_number(w, len);
}

/* Cuts what was written since `start` to `max` bytes, at a character; `more`: something was left out already. */
static void shorten(yt_writer *w, size_t start, size_t max, bool more) {
    if (w->failed || (w->len - start <= max && !more)) return;
    size_t at = w->len - start < max ? w->len - start : max;
    while (at > 0 && start + at < w->len && (w->data[start + at] & 0xC0) == 0x80) at--;
    w->len = start + at;
    put(w, "...");
}

/* Text as a JSON string; one that was cut has no closing quote. Only what can be shown is converted. */
static void put_text(yt_writer *w, yata_str str, size_t max) {
    size_t start = w->len;
    bool more = str.len > max;
    if (more) {
        str.len = max;
        while (!yt_utf8_is_boundary((const uint8_t *)str.data, max + 1, str.len)) str.len--;
    }
    yt_json_write_string(w, str);
    if (more && !w->failed) w->len--;
    shorten(w, start, max, more);
}

/* Values back to back, with commas. */
static void put_values(yt_writer *w, yata_bytes list) {
    const uint8_t *end = list.data + list.len;
    size_t start = w->len;
    for (const uint8_t *p = list.data, *next; p < end && w->len - start <= CONTENT_BYTES; p = next) {
        next = yt_any_skip(p, end);
        if (p > list.data) put(w, ", ");
        if (*p == YT_ANY_UNDEFINED)
            put(w, "undefined");
        else
            yt_any_to_json(w, (yata_bytes){p, (size_t)(next - p)});
    }
    shorten(w, start, CONTENT_BYTES, false);
}

static void put_hex(yt_writer *w, yata_bytes bytes) {
    static const char digits[] = "0123456789abcdef";
    put_number(w, bytes.len);
    put(w, bytes.len == 1 ? " byte" : " bytes");
    if (bytes.len > 0) put(w, " ");
    for (size_t i = 0; i < bytes.len && i < HEX_BYTES; i++) {
        yt_write_u8(w, (uint8_t)digits[bytes.data[i] >> 4]);
        yt_write_u8(w, (uint8_t)digits[bytes.data[i] & 15]);
    }
    if (bytes.len > HEX_BYTES) put(w, "...");
}

static void put_place(yt_writer *w, const yt_block *b) {
    if (b->info & YT_INFO_ORIGIN) {
        put(w, "  origin ");
        put_id(w, b->origin);
    }
    if (b->info & YT_INFO_RIGHT) {
        put(w, "  right ");
        put_id(w, b->right);
    }
    if (b->parent == YT_PARENT_NEIGHBOUR) return;
    put(w, "  parent ");
    if (b->parent == YT_PARENT_ROOT)
        put_text(w, b->parent_root, NAME_BYTES);
    else
        put_id(w, b->parent_id);
    if (!(b->info & YT_INFO_KEY)) return;
    put(w, "  key ");
    put_text(w, b->key, NAME_BYTES);
}

static void put_link_end(yt_writer *w, const yata_link_end *end) {
    put(w, end->open ? " all of " : end->after ? " behind " : " before ");
    if (end->open && end->root.data)
        put_text(w, end->root, NAME_BYTES);
    else
        put_id(w, end->id);
}

static void put_link(yt_writer *w, yata_str bytes) {
    yata_link link = yt_link_view(bytes);
    put_link_end(w, &link.start);
    if (yata_link_single(&link)) return;
    put(w, " to");
    put_link_end(w, &link.end);
}

static void put_type(yt_writer *w, const yt_block *b) {
    put(w, yata_kind_name((yata_kind)(b->type_ref + 1)));
    if (b->type_ref == YT_TYPE_REF_WEAK) put_link(w, b->name);
    if (!yt_type_ref_named(b->type_ref)) return;
    put(w, " ");
    put_text(w, b->name, NAME_BYTES);
}

static void put_content(yt_writer *w, const yt_block *b) {
    bool list = b->content == YT_ANY || b->content == YT_JSON;
    if (b->content == YT_GC || b->content == YT_SKIP || b->content == YT_DELETED || (list && b->len == 0)) return;
    put(w, "  ");
    switch ((yt_content)b->content) {
    case YT_STRING:
        put_text(w, (yata_str){(const char *)b->data.data, b->data.len}, CONTENT_BYTES);
        break;
    case YT_BINARY:
        put_hex(w, b->data);
        break;
    case YT_FORMAT:
        put_text(w, b->name, NAME_BYTES);
        put(w, " = ");
        put_values(w, b->data);
        break;
    case YT_TYPE:
        put_type(w, b);
        break;
    case YT_DOC:
        put_text(w, b->name, NAME_BYTES);
        put(w, " ");
        put_values(w, b->data);
        break;
    default:
        put_values(w, b->data);
        break;
    }
}

static void put_block(yt_writer *w, const yt_block *b) {
    put_ids(w, b->id, b->len);
    put(w, "  ");
    put(w, yt_content_name(b->content));
    put_place(w, b);
    put_content(w, b);
    put(w, "\n");
}

/* Decodes blocks one by one: the array of them is not needed. The input was checked. */
static void put_blocks(yt_writer *w, yt_decoder *d) {
    for (uint32_t sections = d->ops->sections(d); sections > 0 && yt_reader_ok(&d->in); sections--) {
        yt_block b = {0};
        for (uint32_t left = d->ops->section(d, &b.id); left > 0 && !w->failed; left--) {
            d->ops->block(d, &b);
            if (!yt_reader_ok(&d->in)) return; /* memory */
            put_block(w, &b);
            b.id.clock += b.len;
        }
    }
}

static void put_deletes(yt_writer *w, const yt_id_set *deletes) {
    for (uint32_t i = 0; i < deletes->len && !w->failed; i++) {
        yt_run run;
        for (yt_runs_iter it = yt_runs_begin(&deletes->clients[i].runs); yt_runs_next(&it, &run);) {
            put(w, "delete ");
            put_ids(w, (yata_id){deletes->clients[i].client, run.clock}, run.len);
            put(w, "\n");
        }
    }
}

static yata_fault write_lines(yt_mem *mem, const yt_decoder_ops *format, yata_bytes bytes, yt_writer *w) {
    yt_arena arena = {0};
    yt_id_set deletes = {0};
    yt_decoder d = {.ops = format, .mem = mem, .arena = &arena};
    yt_reader_init(&d.in, bytes.data, bytes.len);
    put_blocks(w, &d);
    if (!w->failed) d.ops->delete_set(&d, &deletes);
    put_deletes(w, &deletes);
    format->close(&d);
    yt_id_set_free(mem, &deletes);
    yt_arena_free(mem, &arena);
    return d.in.fault;
}

static yata_status log_update(const yt_decoder_ops *format, yata_bytes bytes, yata_buffer *out, yata_fault *fault) {
    yata_fault none;
    if (!fault) fault = &none;
    *fault = (yata_fault){YATA_ERR_ARGUMENT, 0};
    if (!out || (!bytes.data && bytes.len)) return YATA_ERR_ARGUMENT;
    yt_mem mem;
    yt_mem_init(&mem, &out->allocator);
    yt_update update;
    *fault = yt_update_read(&mem, format, bytes, SIZE_MAX, &update);
    if (fault->status != YATA_OK) return fault->status;
    yt_update_free(&mem, &update);

    yt_writer w;
    yt_writer_init(&w, &mem);
    *fault = write_lines(&mem, format, bytes, &w);
    if (fault->status != YATA_OK) {
        yt_writer_free(&w);
        return fault->status;
    }
    fault->status = yt_writer_to_buffer(&w, out);
    return fault->status;
}

yata_status yata_update_log(yata_bytes bytes, yata_buffer *out, yata_fault *fault) {
    return log_update(&yt_decoder_v1, bytes, out, fault);
}

yata_status yata_update_log_v2(yata_bytes bytes, yata_buffer *out, yata_fault *fault) {
    return log_update(&yt_decoder_v2, bytes, out, fault);
}
