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
#include "block/link.h"
#include "update/codec_value.h"
#include "wire/any.h"

/* The shortest section is its three numbers, the shortest block an info byte and a length. */
enum { SECTION_BYTES = 3, BLOCK_BYTES = 2 };

/* A client of more than eight bytes is written strangely and not remembered: no masked word equals 1. */
static yt_written_client written_client(uint64_t client, const uint8_t *bytes, size_t len) {
    yt_written_client own = {.word = 1};
    if (len == 0 || len > sizeof own.word) return own;
    own = (yt_written_client){.client = client, .len = len};
    memcpy(&own.word, bytes, len);
    memset(&own.mask, 0xFF, len);
    return own;
}

/* ------------------------------------------------------------------------
 * Decoder
 */

static uint32_t read_sections(yt_decoder *d) {
    return yt_read_count(&d->in, SECTION_BYTES);
}

static uint32_t read_section(yt_decoder *d, yata_id *first) {
    /* The count comes before two more numbers; those of its blocks that fit are checked against the rest. */
    uint32_t blocks = yt_read_count(&d->in, BLOCK_BYTES);
    const uint8_t *start = d->in.pos;
    first->client = yt_read_var_uint(&d->in);
    /* Not worth it for one block. */
    d->own = written_client(first->client, start, blocks > 1 ? (size_t)(d->in.pos - start) : 0);
    first->clock = yt_read_clock(&d->in);
    return yt_reader_ok(&d->in) ? blocks : 0;
}

static inline uint64_t read_client(yt_decoder *d) {
    yt_reader *r = &d->in;
    if (yt_reader_left(r) >= sizeof(uint64_t)) {
        uint64_t word;
        memcpy(&word, r->pos, sizeof word);
        if ((word & d->own.mask) == d->own.word) {
            r->pos += d->own.len;
            return d->own.client;
        }
    }
    return yt_read_var_uint(r);
}

static inline yata_id read_id(yt_decoder *d) {
    yata_id id;
    id.client = read_client(d);
    id.clock = yt_read_clock(&d->in);
    return id;
}

static void read_parent(yt_decoder *d, yt_block *b) {
    yt_reader *r = &d->in;
    /* Yjs takes every number but 1 for "an id follows". */
    if (yt_read_var_uint(r) == 1) {
        b->parent = YT_PARENT_ROOT;
        b->parent_root = yt_read_var_string(r, NULL);
    } else {
        b->parent = YT_PARENT_ID;
        b->parent_id = read_id(d);
    }
    if (b->info & YT_INFO_KEY) b->key = yt_read_var_string(r, NULL);
}

static yata_bytes read_json(yt_decoder *d) {
    yata_str text = yt_read_var_string(&d->in, NULL);
    return yt_reader_ok(&d->in) ? yt_decode_json(d, text) : (yata_bytes){NULL, 0};
}

static void read_json_list(yt_decoder *d, yt_block *b) {
    yt_writer any;
    yt_writer_init(&any, d->mem);
    b->len = yt_read_count(&d->in, 1);
    for (uint32_t left = b->len; left > 0 && yt_reader_ok(&d->in); left--) {
        yata_str text = yt_read_var_string(&d->in, NULL);
        if (yt_reader_ok(&d->in)) yt_decode_json_element(d, text, &any);
    }
    if (b->len > 0) b->data = yt_decode_keep(d, &any);
}

static void read_string(yt_decoder *d, yt_block *b) {
    const uint8_t *start = d->in.pos;
    yt_utf8_info info;
    /* Most texts are shorter than 128 bytes; what is wrong with one is found out by the general way. */
    if (YT_LIKELY(start < d->in.end && *start < 0x80 && *start < d->in.end - start) &&
        yt_utf8_scan(start + 1, *start, &info, NULL)) {
        b->data = (yata_bytes){start + 1, *start};
        b->len = (uint32_t)info.utf16;
        d->in.pos = start + 1 + *start;
        return;
    }
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
    if (b->type_ref == YT_TYPE_REF_WEAK) {
        yata_link link;
        yt_link_read(&d->in, NULL, &link);
        b->name = yt_decode_link(d, &link);
    }
}

static void read_doc(yt_decoder *d, yt_block *b) {
    b->name = yt_read_var_string(&d->in, NULL);
    b->data = yt_decode_options(d);
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
        b->data = yt_decode_any_list(d, b->len);
        break;
    case YT_DOC:
        read_doc(d, b);
        break;
    }
}

/* An id of the section's client with a clock of up to four bytes; NULL: any other, or `p` is NULL. */
static inline const uint8_t *quick_id(const yt_written_client *own, const uint8_t *p, yata_id *id) {
    uint64_t word;
    if (!p) return NULL;
    memcpy(&word, p, sizeof word);
    if ((word & own->mask) != own->word) return NULL;
    id->client = own->client;
    return yt_quick_clock(p + own->len, &id->clock);
}

/* Both ids at once, where the input is long enough for words of eight bytes to be taken from it. */
static inline bool read_quickly(yt_decoder *d, yt_block *b) {
    enum { TWO_IDS = 2 * (8 + YT_QUICK_CLOCK) + 8 };
    if (yt_reader_left(&d->in) < TWO_IDS) return false;
    const uint8_t *p = d->in.pos;
    if (b->info & YT_INFO_ORIGIN) p = quick_id(&d->own, p, &b->origin);
    if (b->info & YT_INFO_RIGHT) p = quick_id(&d->own, p, &b->right);
    if (p) d->in.pos = p;
    return p;
}

static void read_block(yt_decoder *d, yt_block *b) {
    yt_reader *r = &d->in;
    const uint8_t *start = r->pos;
    yt_block_clear(b);
    uint8_t info = YT_LIKELY(start < r->end) ? *r->pos++ : yt_read_u8(r);
    b->content = info & YT_INFO_CONTENT;
    if (b->content != YT_GC && b->content != YT_SKIP) {
        if (b->content > YT_SKIP) {
            yt_reader_fail_at(r, YATA_ERR_KIND, start);
            return;
        }
        b->info = info & (YT_INFO_ORIGIN | YT_INFO_RIGHT | YT_INFO_KEY);
        if (!(info & (YT_INFO_ORIGIN | YT_INFO_RIGHT))) {
            read_parent(d, b);
        } else if (!read_quickly(d, b)) {
            if (info & YT_INFO_ORIGIN) b->origin = read_id(d);
            if (info & YT_INFO_RIGHT) b->right = read_id(d);
        }
    }
    read_content(d, b);
}

/* The start of a block that is plain, where words of eight bytes may be taken from the input; NULL: it is not. */
static inline const uint8_t *quick_origins(const yt_written_client *own, const uint8_t *p, yt_block *b) {
    uint8_t info = *p++, content = info & YT_INFO_CONTENT;
    if ((content != YT_STRING && content != YT_DELETED) || !(info & (YT_INFO_ORIGIN | YT_INFO_RIGHT)) ||
        (info & YT_INFO_KEY))
        return NULL;
    yt_block_clear(b);
    b->content = content;
    b->info = info & (YT_INFO_ORIGIN | YT_INFO_RIGHT);
    if (info & YT_INFO_ORIGIN) p = quick_id(own, p, &b->origin);
    if (info & YT_INFO_RIGHT) p = quick_id(own, p, &b->right);
    return p;
}

/* A text of under 128 bytes with its length before it; NULL: longer, or none at all. */
static inline const uint8_t *quick_text(const uint8_t *p, const uint8_t *end, yt_block *b) {
    uint8_t bytes = *p++;
    yt_utf8_info info;
    if (bytes <= YT_UTF8_SHORT && end - p >= YT_UTF8_SHORT && yt_utf8_is_short_ascii(p, bytes)) {
        b->data = (yata_bytes){p, bytes};
        b->len = bytes;
        b->padded = 1;
        return p + bytes;
    }
    if (bytes >= 0x80 || bytes > end - p || !yt_utf8_scan(p, bytes, &info, NULL)) return NULL;
    b->data = (yata_bytes){p, bytes};
    b->len = (uint32_t)info.utf16;
    return p + bytes;
}

static uint32_t read_plain(yt_decoder *d, yata_id *id, yt_block *blocks, uint32_t most, uint32_t *kept) {
    enum {
        LONGEST = 1 + 2 * (8 + YT_QUICK_CLOCK) + YT_QUICK_CLOCK + 8
    }; /* info, two ids, a length; and a word that is taken whole */
    const yt_written_client own = d->own;
    const uint8_t *end = d->in.end;
    uint32_t clock = id->clock, n = 0;
    for (; n < most && end - d->in.pos >= LONGEST; n++) {
        yt_block *b = &blocks[n];
        const uint8_t *p = quick_origins(&own, d->in.pos, b);
        if (!p) break;
        if (b->content == YT_DELETED)
            p = yt_quick_clock(p, &b->len);
        else
            p = quick_text(p, end, b);
        /* Ids that are not there are 0, and an id needs something before: clock is then above 0. */
        if (!p || !b->len || b->len > YT_CLOCK_MAX - clock || b->origin.clock >= clock || b->right.clock >= clock)
            break;
        b->id = (yata_id){id->client, clock};
        clock += b->len;
        d->in.pos = p;
    }
    id->clock = clock;
    *kept = n;
    return n;
}

static uint32_t read_delete_clients(yt_decoder *d) {
    return yt_read_count(&d->in, 2);
}

static uint32_t read_delete_client(yt_decoder *d, uint64_t *client) {
    *client = yt_read_var_uint(&d->in);
    return yt_read_count(&d->in, 2);
}

static yt_run read_delete_run(yt_decoder *d) {
    const uint8_t *start = d->in.pos;
    yt_run run;
    run.clock = yt_read_clock(&d->in);
    run.len = yt_read_clock(&d->in);
    if (run.len > YT_CLOCK_MAX - run.clock) yt_reader_fail_at(&d->in, YATA_ERR_LIMIT, start);
    return run;
}

static void read_delete_set(yt_decoder *d, yt_id_set *out) {
    yt_id_set_read_unknown_v1(d->mem, out, d->known, &d->in);
}

static void close(yt_decoder *d) {
    (void)d; /* keeps nothing */
}

const yt_decoder_ops yt_decoder_v1 = {
    read_sections,       read_section,       read_block,      read_plain, read_delete_set,
    read_delete_clients, read_delete_client, read_delete_run, close,
};

/* ------------------------------------------------------------------------
 * Encoder
 */

/* Most of what is written are small numbers, so a block's head is put into reserved room through a plain pointer. Its
 * longest form: info, four numbers of at most eight and five bytes, parent info, a length; and a word copied whole. */
enum { HEAD_BYTES = 64 };

static inline uint8_t *put_id(const yt_written_client *own, uint8_t *p, yata_id id) {
    if (YT_LIKELY(id.client == own->client && own->len)) {
        memcpy(p, &own->word, sizeof own->word);
        p += own->len;
    } else {
        p = yt_put_var_uint(p, id.client);
    }
    return yt_put_clock(p, id.clock);
}

static inline void write_number(yt_writer *w, uint64_t x) {
    if (YT_LIKELY(w->cap - w->len >= 10 && !w->failed)) {
        w->len = (size_t)(yt_put_var_uint(w->data + w->len, x) - w->data);
    } else {
        yt_write_var_uint(w, x);
    }
}

static void expect(yt_encoder *e, size_t blocks, size_t text_bytes, size_t head_bytes) {
    (void)blocks;
    yt_writer_hint(&e->rest, text_bytes + head_bytes);
}

static void write_sections(yt_encoder *e, uint32_t count) {
    yt_write_var_uint(&e->rest, count);
}

static void write_section(yt_encoder *e, uint32_t blocks, uint64_t client, uint32_t first_clock) {
    yt_write_var_uint(&e->rest, blocks);
    uint8_t bytes[10];
    size_t len = (size_t)(yt_put_var_uint(bytes, client) - bytes);
    e->own = written_client(client, bytes, len);
    yt_write_bytes(&e->rest, bytes, len);
    yt_write_var_uint(&e->rest, first_clock);
}

static void write_string(yt_writer *w, yata_str str) {
    yt_write_var_bytes(w, str.data, str.len);
}

/* The text of one value with its length before it, which is known only afterwards. */
static void write_json(yt_writer *w, yata_bytes any) {
    size_t start = w->len;
    yt_any_stringify(w, any);
    size_t text = w->len - start, prefix = yt_var_uint_size(text);
    if (!yt_writer_reserve(w, prefix)) return;
    memmove(w->data + start + prefix, w->data + start, text);
    w->len = start;
    write_number(w, text);
    w->len += text;
}

static void write_json_list(yt_writer *w, yata_bytes list) {
    if (list.len == 0) return;
    const uint8_t *end = list.data + list.len;
    for (const uint8_t *p = list.data, *next; p < end; p = next) {
        next = yt_any_skip(p, end);
        if (*p == YT_ANY_UNDEFINED)
            yt_write_var_bytes(w, "undefined", 9);
        else
            write_json(w, (yata_bytes){p, (size_t)(next - p)});
    }
}

static void write_text(yt_writer *w, yt_tail text) {
    static const uint8_t replacement[] = {0xEF, 0xBF, 0xBD};
    size_t half = text.broken ? sizeof replacement : 0;
    write_number(w, text.rest.len + half);
    yt_write_bytes(w, replacement, half);
    yt_write_bytes(w, text.rest.data, text.rest.len);
}

static void write_content(yt_writer *w, const yt_block *b, uint32_t offset) {
    yt_tail tail = offset ? yt_block_tail(b, offset) : (yt_tail){b->data, false};
    switch ((yt_content)b->content) {
    case YT_GC:
    case YT_SKIP:
    case YT_DELETED:
        write_number(w, b->len - offset);
        break;
    case YT_JSON:
        write_number(w, b->len - offset);
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
        if (b->type_ref == YT_TYPE_REF_WEAK) yt_write_bytes(w, b->name.data, b->name.len);
        break;
    case YT_ANY:
        write_number(w, b->len - offset);
        yt_write_bytes(w, tail.rest.data, tail.rest.len);
        break;
    case YT_DOC:
        write_string(w, b->name);
        yt_write_bytes(w, b->data.data, b->data.len);
        break;
    }
}

/* Parent and key of an item without origins. */
static void write_parent(yt_encoder *e, const yt_block *b) {
    YT_ASSERT(b->parent != YT_PARENT_NEIGHBOUR);
    yt_writer *w = &e->rest;
    yt_write_u8(w, b->parent == YT_PARENT_ROOT);
    if (b->parent == YT_PARENT_ROOT) {
        write_string(w, b->parent_root);
    } else if (yt_writer_reserve(w, HEAD_BYTES)) {
        w->len = (size_t)(put_id(&e->own, w->data + w->len, b->parent_id) - w->data);
    }
    if (b->info & YT_INFO_KEY) write_string(w, b->key);
}

static void write_block(yt_encoder *e, const yt_block *b, uint32_t offset) {
    YT_ASSERT(offset == 0 || offset < b->len);
    yt_writer *w = &e->rest;
    if (!yt_writer_reserve(w, HEAD_BYTES)) return;
    uint8_t *p = w->data + w->len;
    bool item = b->content != YT_GC && b->content != YT_SKIP;
    uint8_t info = b->content;
    if (item) info |= b->info | (offset > 0 ? YT_INFO_ORIGIN : 0);
    *p++ = info;
    if (info & YT_INFO_ORIGIN) {
        p = put_id(&e->own, p, offset > 0 ? (yata_id){b->id.client, b->id.clock + offset - 1} : b->origin);
    }
    if (info & YT_INFO_RIGHT) p = put_id(&e->own, p, b->right);
    w->len = (size_t)(p - w->data);
    if (item && !(info & (YT_INFO_ORIGIN | YT_INFO_RIGHT))) write_parent(e, b);
    write_content(w, b, offset);
}

/* An id of the same client, or of any. */
static inline uint8_t *put_plain_id(const yt_written_client *own, uint8_t *p, const uint64_t **clients, bool foreign,
                                    uint32_t clock) {
    if (foreign) return put_id(own, p, (yata_id){*(*clients)++, clock});
    memcpy(p, &own->word, sizeof own->word);
    return yt_put_clock(p + own->len, clock);
}

/* Whether a block is a text cannot be foreseen, so that decides no jump: a tombstone is written like a text of no
 * bytes. */
static inline void write_plain_blocks(yt_writer *w, const yt_written_client *own, const yt_plain *b, bool foreign) {
    uint8_t *p = w->data + w->len;
    const uint8_t *end = w->data + w->cap;
    const uint32_t *left = b->left + 1, *right = b->right + 1, *tombstone = b->tombstone + 1;
    const uint64_t *clients = b->clients;
    const yt_plain_text *text = b->text;
    for (uint32_t i = 0; i < b->blocks; i++) {
        if (YT_UNLIKELY((size_t)(end - p) < HEAD_BYTES + (size_t)text->bytes)) { /* the head leaves 16 bytes unused */
            w->len = (size_t)(p - w->data);
            if (!yt_writer_reserve(w, HEAD_BYTES + (size_t)text->bytes)) return;
            p = w->data + w->len;
            end = w->data + w->cap;
        }
        uint8_t info = b->info[1 + i];
        bool is_text = (info & YT_INFO_CONTENT) == YT_STRING;
        uint32_t mask = 0 - (uint32_t)is_text, bytes = text->bytes & mask;
        *p++ = info;
        if (YT_LIKELY(info & YT_INFO_ORIGIN)) p = put_plain_id(own, p, &clients, foreign, *left++);
        if (YT_LIKELY(info & YT_INFO_RIGHT)) p = put_plain_id(own, p, &clients, foreign, *right++);
        p = yt_put_clock(p, bytes | (*tombstone & ~mask));
        p = yt_put_bytes(p, text->data, bytes, text->readable);
        text += is_text;
        tombstone += !is_text;
    }
    w->len = (size_t)(p - w->data);
}

static void write_plain(yt_encoder *e, yt_plain *blocks) {
    const yt_written_client own = e->own; /* what is written might be it, for all the compiler knows */
    YT_ASSERT(own.len > 0 && own.client == blocks->client);
    if (e->rest.failed) return;
    if (blocks->foreign)
        write_plain_blocks(&e->rest, &own, blocks, true);
    else
        write_plain_blocks(&e->rest, &own, blocks, false);
}

static void write_delete_clients(yt_encoder *e, uint32_t count) {
    write_number(&e->rest, count);
}

static void write_delete_client(yt_encoder *e, uint64_t client, uint32_t runs) {
    write_number(&e->rest, client);
    write_number(&e->rest, runs);
}

static void write_delete_runs(yt_encoder *e, const yt_run *runs, uint32_t count) {
    enum { RUN_BYTES = 10 };
    yt_writer *w = &e->rest;
    if (!yt_writer_reserve(w, (size_t)count * RUN_BYTES)) return;
    uint8_t *p = w->data + w->len;
    for (const yt_run *run = runs; run < runs + count; run++) p = yt_put_clock(yt_put_clock(p, run->clock), run->len);
    w->len = (size_t)(p - w->data);
}

static yata_status finish(yt_encoder *e, yata_buffer *out) {
    return yt_writer_to_buffer(&e->rest, out);
}

static void init(yt_encoder *e, yt_mem *mem) {
    e->ops = &yt_encoder_v1;
    e->own = (yt_written_client){0};
    yt_writer_init(&e->rest, mem);
}

static size_t size(const yt_encoder *e) {
    return e->rest.failed ? SIZE_MAX : e->rest.len;
}

static void drop(yt_encoder *e) {
    yt_writer_free(&e->rest);
}

const yt_encoder_ops yt_encoder_v1 = {
    init,
    expect,
    write_sections,
    write_section,
    write_block,
    write_plain,
    write_delete_clients,
    write_delete_client,
    write_delete_runs,
    finish,
    size,
    drop,
};
