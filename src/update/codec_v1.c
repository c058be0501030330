/* SPDX-License-Identifier: MIT */
/*
 * codec_v1.c - update format v1: every field of a block in line, one after the other (spec/update-v1.md).
 *
 * Contents that are JSON text on the wire (embeds, formats, legacy JSON) become plain values here and text again when
 * written, because everything above this file knows values in one form only. Values that are not canonical are
 * rewritten. Both go to the arena; all other contents stay views of the input.
 *
 * Invariant: the encoder writes what Yjs writes, byte for byte; the decoder takes what Yjs takes and refuses what no
 * document could hold. The reader's fault is sticky, so fields are read in a row and looked at once.
 */
#include "base/utf.h"
#include "update/codec.h"
#include "wire/any.h"

/* The shortest section is its three numbers, the shortest block an info byte and a length. */
enum { SECTION_BYTES = 3, BLOCK_BYTES = 2 };

/* Tags of plain values (wire/any.h). */
enum { ANY_UNDEFINED = 0x7F, ANY_NULL = 0x7E, ANY_FALSE = 0x79, ANY_TRUE = 0x78 };

/* ------------------------------------------------------------------------
 * Decoder
 */

static uint32_t read_sections(yt_decoder *d) {
    return yt_read_count(&d->in, SECTION_BYTES);
}

static uint32_t read_section(yt_decoder *d, yata_id *first) {
    /* The count comes before two more numbers; those of its blocks that fit are checked against the rest. */
    uint32_t blocks = yt_read_count(&d->in, BLOCK_BYTES);
    first->client = yt_read_var_uint(&d->in);
    first->clock = yt_read_clock(&d->in);
    return yt_reader_ok(&d->in) ? blocks : 0;
}

static yata_id read_id(yt_reader *r) {
    yata_id id;
    id.client = yt_read_var_uint(r);
    id.clock = yt_read_clock(r);
    return id;
}

static void read_parent(yt_reader *r, yt_block *b) {
    /* Yjs takes every number but 1 for "an id follows". */
    if (yt_read_var_uint(r) == 1) {
        b->parent = YT_PARENT_ROOT;
        b->parent_root = yt_read_var_string(r, NULL);
    } else {
        b->parent = YT_PARENT_ID;
        b->parent_id = read_id(r);
    }
    if (b->info & YT_INFO_KEY) b->key = yt_read_var_string(r, NULL);
}

/* Moves what was written to the arena. Frees the writer. */
static yata_bytes to_arena(yt_decoder *d, yt_writer *w) {
    yata_bytes kept = {NULL, 0};
    void *place = w->failed || w->len == 0 ? NULL : yt_arena_alloc(d->mem, d->arena, w->len);
    if (place) {
        memcpy(place, w->data, w->len);
        kept = (yata_bytes){place, w->len};
    } else if (yt_reader_ok(&d->in)) {
        yt_reader_fail_at(&d->in, YATA_ERR_MEMORY, d->in.pos);
    }
    yt_writer_free(w);
    return kept;
}

/* The literals, which most formats consist of, have values that need no memory. */
static yata_bytes json_literal(yata_str text) {
    static const uint8_t values[] = {ANY_NULL, ANY_TRUE, ANY_FALSE};
    if (text.len == 4 && memcmp(text.data, "null", 4) == 0) return (yata_bytes){&values[0], 1};
    if (text.len == 4 && memcmp(text.data, "true", 4) == 0) return (yata_bytes){&values[1], 1};
    if (text.len == 5 && memcmp(text.data, "false", 5) == 0) return (yata_bytes){&values[2], 1};
    return (yata_bytes){NULL, 0};
}

/* Appends the value of a JSON text that is part of the input. */
static void json_to_any(yt_decoder *d, yata_str text, yt_writer *any) {
    yt_reader in;
    yt_reader_init(&in, (const uint8_t *)text.data, text.len);
    yt_json_read(&in, any);
    if (yt_reader_ok(&in)) return;
    yt_reader_fail_at(&d->in, in.fault.status, (const uint8_t *)text.data + in.fault.offset);
}

static yata_bytes read_json(yt_decoder *d) {
    yata_str text = yt_read_var_string(&d->in, NULL);
    if (!yt_reader_ok(&d->in)) return (yata_bytes){NULL, 0};
    yata_bytes literal = json_literal(text);
    if (literal.len) return literal;
    yt_writer any;
    yt_writer_init(&any, d->mem);
    json_to_any(d, text, &any);
    return to_arena(d, &any);
}

static void read_json_list(yt_decoder *d, yt_block *b) {
    static const char undefined[] = "undefined";
    yt_writer any;
    yt_writer_init(&any, d->mem);
    b->len = yt_read_count(&d->in, 1);
    for (uint32_t left = b->len; left > 0 && yt_reader_ok(&d->in); left--) {
        yata_str text = yt_read_var_string(&d->in, NULL);
        if (!yt_reader_ok(&d->in)) break;
        if (text.len == sizeof undefined - 1 && memcmp(text.data, undefined, text.len) == 0) {
            yt_write_u8(&any, ANY_UNDEFINED);
        } else {
            json_to_any(d, text, &any);
        }
    }
    if (b->len > 0) b->data = to_arena(d, &any);
}

/* `n` values back to back: the bytes of the input if they are canonical. */
static yata_bytes read_any_list(yt_decoder *d, uint32_t n) {
    const uint8_t *start = d->in.pos;
    yt_writer copy;
    bool copying = false;
    for (; n > 0 && yt_reader_ok(&d->in); n--) {
        bool canonical = true;
        yata_bytes value = yt_any_read(&d->in, &canonical);
        if (!yt_reader_ok(&d->in)) break;
        if (!canonical && !copying) {
            copying = true;
            yt_writer_init(&copy, d->mem);
            yt_write_bytes(&copy, start, (size_t)(value.data - start));
        }
        if (copying) yt_any_write_canonical(&copy, value);
    }
    if (copying) return to_arena(d, &copy);
    return (yata_bytes){start, (size_t)(d->in.pos - start)};
}

static void read_string(yt_decoder *d, yt_block *b) {
    const uint8_t *start = d->in.pos;
    yt_utf8_info info;
    yata_str text = yt_read_var_string(&d->in, &info);
    b->data = (yata_bytes){(const uint8_t *)text.data, text.len};
    b->len = (uint32_t)info.utf16;
    if (info.utf16 > YT_CLOCK_MAX) yt_reader_fail_at(&d->in, YATA_ERR_LIMIT, start);
}

static void read_type(yt_decoder *d, yt_block *b) {
    const uint8_t *start = d->in.pos;
    uint64_t type_ref = yt_read_var_uint(&d->in);
    if (type_ref >= YT_TYPE_REFS) {
        yt_reader_fail_at(&d->in, YATA_ERR_KIND, start);
        return;
    }
    b->type_ref = (uint8_t)type_ref;
    if (yt_type_ref_named(b->type_ref)) b->name = yt_read_var_string(&d->in, NULL);
}

static void read_doc(yt_decoder *d, yt_block *b) {
    b->name = yt_read_var_string(&d->in, NULL);
    const uint8_t *start = d->in.pos;
    b->data = read_any_list(d, 1);
    /* Options are looked into by every reader, so they must be something that has members. */
    if (b->data.len && (b->data.data[0] == ANY_UNDEFINED || b->data.data[0] == ANY_NULL)) {
        yt_reader_fail_at(&d->in, YATA_ERR_VALUE, start);
    }
}

static void read_content(yt_decoder *d, yt_block *b) {
    b->len = 1;
    switch ((yt_content)b->content) {
    case YT_GC:
    case YT_SKIP:
    case YT_DELETED:
        b->len = yt_read_clock(&d->in);
        break;
    case YT_JSON:
        read_json_list(d, b);
        break;
    case YT_BINARY:
        b->data = yt_read_var_bytes(&d->in);
        break;
    case YT_STRING:
        read_string(d, b);
        break;
    case YT_EMBED:
        b->data = read_json(d);
        break;
    case YT_FORMAT:
        b->name = yt_read_var_string(&d->in, NULL);
        b->data = read_json(d);
        break;
    case YT_TYPE:
        read_type(d, b);
        break;
    case YT_ANY:
        b->len = yt_read_count(&d->in, 1);
        b->data = read_any_list(d, b->len);
        break;
    case YT_DOC:
        read_doc(d, b);
        break;
    }
}

static void read_block(yt_decoder *d, yt_block *b) {
    yt_reader *r = &d->in;
    const uint8_t *start = r->pos;
    *b = (yt_block){.id = b->id};
    uint8_t info = yt_read_u8(r);
    b->content = info & YT_INFO_CONTENT;
    if (b->content != YT_GC && b->content != YT_SKIP) {
        if (b->content > YT_SKIP) {
            yt_reader_fail_at(r, YATA_ERR_KIND, start);
            return;
        }
        b->info = info & (YT_INFO_ORIGIN | YT_INFO_RIGHT | YT_INFO_KEY);
        if (info & YT_INFO_ORIGIN) b->origin = read_id(r);
        if (info & YT_INFO_RIGHT) b->right = read_id(r);
        if (!(info & (YT_INFO_ORIGIN | YT_INFO_RIGHT))) read_parent(r, b);
    }
    read_content(d, b);
}

static void read_delete_set(yt_decoder *d, yt_id_set *out) {
    yt_id_set_read_v1(d->mem, out, &d->in);
}

const yt_decoder_ops yt_decoder_v1 = {read_sections, read_section, read_block, read_delete_set};

/* ------------------------------------------------------------------------
 * Encoder
 */

static void write_sections(yt_encoder *e, uint32_t count) {
    yt_write_var_uint(&e->rest, count);
}

static void write_section(yt_encoder *e, uint32_t blocks, uint64_t client, uint32_t first_clock) {
    yt_write_var_uint(&e->rest, blocks);
    yt_write_var_uint(&e->rest, client);
    yt_write_var_uint(&e->rest, first_clock);
}

static void write_id(yt_writer *w, yata_id id) {
    yt_write_var_uint(w, id.client);
    yt_write_var_uint(w, id.clock);
}

static void write_string(yt_writer *w, yata_str str) {
    yt_write_var_bytes(w, str.data, str.len);
}

static void write_parent(yt_writer *w, const yt_block *b) {
    YT_ASSERT(b->parent != YT_PARENT_NEIGHBOUR);
    yt_write_u8(w, b->parent == YT_PARENT_ROOT);
    if (b->parent == YT_PARENT_ROOT)
        write_string(w, b->parent_root);
    else
        write_id(w, b->parent_id);
    if (b->info & YT_INFO_KEY) write_string(w, b->key);
}

/* Bytes that a number of this size takes. */
static size_t var_uint_size(size_t x) {
    size_t n = 1;
    while (x >>= 7) n++;
    return n;
}

/* The text of one value with its length before it, which is known only afterwards. */
static void write_json(yt_writer *w, yata_bytes any) {
    size_t start = w->len;
    yt_any_to_json(w, any);
    size_t text = w->len - start, prefix = var_uint_size(text);
    if (!yt_writer_reserve(w, prefix)) return;
    memmove(w->data + start + prefix, w->data + start, text);
    w->len = start;
    yt_write_var_uint(w, text);
    w->len += text;
}

static void write_json_list(yt_writer *w, yata_bytes list) {
    const uint8_t *end = list.data + list.len;
    for (const uint8_t *p = list.data, *next; p < end; p = next) {
        next = yt_any_skip(p, end);
        if (*p == ANY_UNDEFINED)
            yt_write_var_bytes(w, "undefined", 9);
        else
            write_json(w, (yata_bytes){p, (size_t)(next - p)});
    }
}

static void write_text(yt_writer *w, yt_tail text) {
    static const uint8_t replacement[] = {0xEF, 0xBF, 0xBD};
    size_t half = text.broken ? sizeof replacement : 0;
    yt_write_var_uint(w, text.rest.len + half);
    yt_write_bytes(w, replacement, half);
    yt_write_bytes(w, text.rest.data, text.rest.len);
}

static void write_content(yt_writer *w, const yt_block *b, uint32_t offset) {
    yt_tail tail = yt_block_tail(b, offset);
    switch ((yt_content)b->content) {
    case YT_GC:
    case YT_SKIP:
    case YT_DELETED:
        yt_write_var_uint(w, b->len - offset);
        break;
    case YT_JSON:
        yt_write_var_uint(w, b->len - offset);
        write_json_list(w, tail.rest);
        break;
    case YT_BINARY:
        yt_write_var_bytes(w, b->data.data, b->data.len);
        break;
    case YT_STRING:
        write_text(w, tail);
        break;
    case YT_EMBED:
        write_json(w, b->data);
        break;
    case YT_FORMAT:
        write_string(w, b->name);
        write_json(w, b->data);
        break;
    case YT_TYPE:
        yt_write_u8(w, b->type_ref);
        if (yt_type_ref_named(b->type_ref)) write_string(w, b->name);
        break;
    case YT_ANY:
        yt_write_var_uint(w, b->len - offset);
        yt_write_bytes(w, tail.rest.data, tail.rest.len);
        break;
    case YT_DOC:
        write_string(w, b->name);
        yt_write_bytes(w, b->data.data, b->data.len);
        break;
    }
}

static void write_block(yt_encoder *e, const yt_block *b, uint32_t offset) {
    YT_ASSERT(offset == 0 || offset < b->len);
    yt_writer *w = &e->rest;
    if (b->content == YT_GC || b->content == YT_SKIP) {
        yt_write_u8(w, b->content);
    } else {
        uint8_t info = b->content | b->info;
        yata_id origin = b->origin;
        if (offset > 0) {
            info |= YT_INFO_ORIGIN;
            origin = (yata_id){b->id.client, b->id.clock + offset - 1};
        }
        yt_write_u8(w, info);
        if (info & YT_INFO_ORIGIN) write_id(w, origin);
        if (info & YT_INFO_RIGHT) write_id(w, b->right);
        if (!(info & (YT_INFO_ORIGIN | YT_INFO_RIGHT))) write_parent(w, b);
    }
    write_content(w, b, offset);
}

static void write_delete_clients(yt_encoder *e, uint32_t count) {
    yt_write_var_uint(&e->rest, count);
}

static void write_delete_client(yt_encoder *e, uint64_t client, uint32_t runs) {
    yt_write_var_uint(&e->rest, client);
    yt_write_var_uint(&e->rest, runs);
}

static void write_delete_run(yt_encoder *e, yt_run run) {
    yt_write_var_uint(&e->rest, run.clock);
    yt_write_var_uint(&e->rest, run.len);
}

static yata_status finish(yt_encoder *e, yata_buffer *out) {
    return yt_writer_to_buffer(&e->rest, out);
}

const yt_encoder_ops yt_encoder_v1 = {
    write_sections, write_section, write_block, write_delete_clients, write_delete_client, write_delete_run, finish,
};

void yt_encoder_init_v1(yt_encoder *e, yt_mem *mem) {
    e->ops = &yt_encoder_v1;
    yt_writer_init(&e->rest, mem);
}

void yt_encoder_free(yt_encoder *e) {
    yt_writer_free(&e->rest);
}
