/* SPDX-License-Identifier: MIT */
/*
 * codec_v2.c - update format v2: the fields of all blocks in columns, each run-length coded (spec/update-v2.md).
 *
 *   00 | key clocks | clients | left clocks | right clocks | infos | strings | parent infos | type refs | lengths |
 * rest
 *
 * Embeds and formats are plain values here, not JSON. Names go through a table of numbers that Yjs never fills: each
 * name is written again under a new number; readers take repeated numbers.
 *
 * Invariants: the encoder writes what Yjs writes, byte for byte. A run of a column has no length until it is used, so
 * what the decoder does and gives is bounded by the number of blocks, and that by the policy in base/config.h; contents
 * are bounded by the bytes that are there.
 */
#include "base/utf.h"
#include "block/link.h"
#include "base/vec.h"
#include "update/codec_value.h"
#include "update/update.h"
#include "wire/any.h"

static const uint8_t replacement[] = {0xEF, 0xBF, 0xBD};

/* ------------------------------------------------------------------------
 * Decoder
 */
typedef struct yt_columns_in {
    yt_rle_in key_clock, client, left_clock, right_clock, info, parent, type_ref, len;
    yt_rle_text_in strings;
    YT_VEC(yata_str) keys;
    const uint8_t *end;        /* of the input: the reader's moves when it fails */
    uint64_t blocks, repeated; /* that may still come */
    uint32_t deleted;          /* end of the run of deletions before */
} yt_columns_in;

static uint32_t read_sections(yt_decoder *d) {
    yt_reader *r = &d->in;
    size_t len = yt_reader_left(r);
    yt_columns_in *c = d->columns = yt_calloc(d->mem, sizeof *c);
    if (!c) {
        yt_reader_fail_at(r, YATA_ERR_MEMORY, r->pos);
        return 0;
    }
    c->end = r->end;
    c->blocks = (uint64_t)len + YT_V2_BLOCKS;
    c->repeated = (uint64_t)len * 16 + YT_V2_REPEATED;
    yt_read_var_uint(r); /* flags that mean nothing yet */
    yt_rle_in_init(&c->key_clock, yt_read_var_bytes(r));
    yt_rle_in_init(&c->client, yt_read_var_bytes(r));
    yt_rle_in_init(&c->left_clock, yt_read_var_bytes(r));
    yt_rle_in_init(&c->right_clock, yt_read_var_bytes(r));
    yt_rle_in_init(&c->info, yt_read_var_bytes(r));
    yata_bytes strings = yt_read_var_bytes(r);
    if (yt_reader_ok(r)) yt_rle_text_in_init(&c->strings, strings, r);
    yt_rle_in_init(&c->parent, yt_read_var_bytes(r));
    yt_rle_in_init(&c->type_ref, yt_read_var_bytes(r));
    yt_rle_in_init(&c->len, yt_read_var_bytes(r));
    return yt_read_count(r, 2);
}

static uint32_t read_section(yt_decoder *d, yata_id *first) {
    const uint8_t *start = d->in.pos;
    uint64_t blocks = yt_read_var_uint(&d->in);
    first->client = yt_rle_next_uint(&d->columns->client, &d->in);
    first->clock = yt_read_clock(&d->in);
    if (blocks > d->columns->blocks) yt_reader_fail_at(&d->in, YATA_ERR_LIMIT, start);
    if (!yt_reader_ok(&d->in)) return 0;
    d->columns->blocks -= blocks;
    return (uint32_t)blocks;
}

/* A string without the halves of characters that it begins or ends with. */
static yata_str whole_string(yt_decoder *d, yt_rle_string s) {
    if (!s.half_before && !s.half_behind) return (yata_str){(const char *)s.bytes.data, s.bytes.len};
    yt_writer w;
    yt_writer_init(&w, d->mem);
    if (s.half_before) yt_write_bytes(&w, replacement, sizeof replacement);
    yt_write_bytes(&w, s.bytes.data, s.bytes.len);
    if (s.half_behind) yt_write_bytes(&w, replacement, sizeof replacement);
    yata_bytes kept = yt_decode_keep(d, &w);
    return (yata_str){(const char *)kept.data, kept.len};
}

static yata_str read_string(yt_decoder *d, uint32_t *units) {
    yt_rle_string s = yt_rle_next_string(&d->columns->strings, &d->in);
    if (units) *units = s.units;
    return whole_string(d, s);
}

static bool in_input(const yt_decoder *d, yata_str str) {
    uintptr_t at = (uintptr_t)str.data;
    return !str.len || (at >= (uintptr_t)d->in.start && at < (uintptr_t)d->columns->end);
}

/* A key may outlive the arena, and what was given out must outlive the key: bytes that are not of the input are copied
 * each time. */
static yata_str copy_unless_input(yt_decoder *d, yata_str str, bool for_ever) {
    if (in_input(d, str)) return str;
    if (for_ever) {
        char *copy = yt_alloc(d->mem, str.len);
        if (!copy) {
            yt_reader_fail_at(&d->in, YATA_ERR_MEMORY, d->in.pos);
            return (yata_str){NULL, 0};
        }
        memcpy(copy, str.data, str.len);
        return (yata_str){copy, str.len};
    }
    yt_writer w;
    yt_writer_init(&w, d->mem);
    yt_write_bytes(&w, str.data, str.len);
    yata_bytes kept = yt_decode_keep(d, &w);
    return (yata_str){(const char *)kept.data, kept.len};
}

static yata_str read_key(yt_decoder *d) {
    yt_columns_in *c = d->columns;
    const uint8_t *start = c->key_clock.pos;
    uint32_t number = yt_rle_next_diff(&c->key_clock, &d->in);
    if (!yt_reader_ok(&d->in)) return (yata_str){NULL, 0};
    if (number < c->keys.len) {
        yata_str key = c->keys.data[number];
        if (key.len <= c->repeated) {
            c->repeated -= key.len;
            d->repeats = true;
            return copy_unless_input(d, key, false);
        }
        yt_reader_fail_at(&d->in, YATA_ERR_LIMIT, start);
        return (yata_str){NULL, 0};
    }
    yata_str key = read_string(d, NULL);
    if (!yt_reader_ok(&d->in)) return key;
    yata_str kept = copy_unless_input(d, key, true);
    if (!yt_reader_ok(&d->in)) return kept;
    if (yt_vec_reserve(d->mem, &c->keys, 1)) {
        yt_vec_put(&c->keys, kept);
    } else {
        if (kept.data != key.data) yt_free(d->mem, (void *)kept.data, kept.len);
        yt_reader_fail_at(&d->in, YATA_ERR_MEMORY, d->in.pos);
    }
    return key;
}

static yata_id read_left(yt_decoder *d) {
    yata_id id;
    id.client = yt_rle_next_uint(&d->columns->client, &d->in);
    id.clock = yt_rle_next_diff(&d->columns->left_clock, &d->in);
    return id;
}

static yata_id read_right(yt_decoder *d) {
    yata_id id;
    id.client = yt_rle_next_uint(&d->columns->client, &d->in);
    id.clock = yt_rle_next_diff(&d->columns->right_clock, &d->in);
    return id;
}

static void read_parent(yt_decoder *d, yt_block *b) {
    if (yt_rle_next_u8(&d->columns->parent, &d->in) == 1) {
        b->parent = YT_PARENT_ROOT;
        b->parent_root = read_string(d, NULL);
    } else {
        b->parent = YT_PARENT_ID;
        b->parent_id = read_left(d);
    }
    if (b->info & YT_INFO_KEY) b->key = read_string(d, NULL);
}

/* A length; as the count of a list, of which each element takes one of `left` bytes at least. */
static uint32_t read_len(yt_decoder *d, uint64_t left) {
    const uint8_t *start = d->columns->len.pos;
    uint64_t len = yt_rle_quick_uint(&d->columns->len, &d->in);
    if (len <= left && len <= YT_CLOCK_MAX) return (uint32_t)len;
    yt_reader_fail_at(&d->in, len > left ? YATA_ERR_END : YATA_ERR_LIMIT, start);
    return 0;
}

static void read_json_list(yt_decoder *d, yt_block *b) {
    yt_writer any;
    yt_writer_init(&any, d->mem);
    b->len = read_len(d, d->columns->strings.units);
    for (uint32_t left = b->len; left > 0 && yt_reader_ok(&d->in); left--) {
        yata_str text = read_string(d, NULL);
        if (yt_reader_ok(&d->in)) yt_decode_json_element(d, text, &any);
    }
    if (b->len > 0) b->data = yt_decode_keep(d, &any);
}

static yata_str read_link_name(void *ctx) {
    return read_string(ctx, NULL);
}

static void read_type(yt_decoder *d, yt_block *b) {
    const uint8_t *start = d->columns->type_ref.pos;
    uint64_t type_ref = yt_rle_next_uint(&d->columns->type_ref, &d->in);
    if (type_ref >= YT_TYPE_REFS) {
        yt_reader_fail_at(&d->in, YATA_ERR_KIND, start);
        return;
    }
    b->type_ref = (uint8_t)type_ref;
    if (yt_type_ref_named(b->type_ref)) b->name = read_key(d);
    if (b->type_ref == YT_TYPE_REF_WEAK) {
        yt_link_names names = {.ctx = d, .read = read_link_name};
        yata_link link;
        yt_link_read(&d->in, &names, &link);
        b->name = yt_decode_link(d, &link);
    }
}

static void read_content(yt_decoder *d, yt_block *b) {
    yata_str text;
    b->len = 1;
    switch ((yt_content)b->content) {
    case YT_GC:
    case YT_DELETED:
        b->len = read_len(d, UINT64_MAX);
        break;
    case YT_SKIP:
        b->len = yt_read_clock(&d->in);
        break;
    case YT_JSON:
        read_json_list(d, b);
        break;
    case YT_BINARY:
        b->data = yt_read_var_bytes(&d->in);
        break;
    case YT_STRING:
        text = read_string(d, &b->len);
        b->data = (yata_bytes){(const uint8_t *)text.data, text.len};
        break;
    case YT_EMBED:
        b->data = yt_decode_any_list(d, 1);
        break;
    case YT_FORMAT:
        b->name = read_key(d);
        b->data = yt_decode_any_list(d, 1);
        break;
    case YT_TYPE:
        read_type(d, b);
        break;
    case YT_ANY:
        b->len = read_len(d, yt_reader_left(&d->in));
        b->data = yt_decode_any_list(d, b->len);
        break;
    case YT_DOC:
        b->name = read_string(d, NULL);
        b->data = yt_decode_options(d);
        break;
    }
}

static void read_block(yt_decoder *d, yt_block *b) {
    const uint8_t *start = d->columns->info.pos;
    yt_block_clear(b);
    uint8_t info = yt_rle_next_u8(&d->columns->info, &d->in);
    if (!yt_reader_ok(&d->in)) return;
    b->content = info & YT_INFO_CONTENT;
    if (b->content != YT_GC && b->content != YT_SKIP) {
        if (b->content > YT_SKIP) {
            yt_reader_fail_at(&d->in, YATA_ERR_KIND, start);
            return;
        }
        b->info = info & (YT_INFO_ORIGIN | YT_INFO_RIGHT | YT_INFO_KEY);
        if (info & YT_INFO_ORIGIN) b->origin = read_left(d);
        if (info & YT_INFO_RIGHT) b->right = read_right(d);
        if (!(info & (YT_INFO_ORIGIN | YT_INFO_RIGHT))) read_parent(d, b);
    }
    read_content(d, b);
}

/* What the next info byte is, if that is at hand without a fault; else 0, which is no plain block. */
static inline uint8_t peek_info(yt_rle_in *c) {
    if (YT_LIKELY(c->left)) return (uint8_t)c->value;
    return c->end - c->pos >= 1 ? c->pos[0] : 0;
}

static inline bool is_plain_info(uint8_t info) {
    uint8_t content = info & YT_INFO_CONTENT;
    return (content == YT_STRING || content == YT_DELETED) && (info & (YT_INFO_ORIGIN | YT_INFO_RIGHT)) &&
           !(info & YT_INFO_KEY);
}

/* A string of the column that is ASCII up to its end. */
static inline void read_plain_text(yt_decoder *d, yt_block *b) {
    yt_rle_text_in *c = &d->columns->strings;
    if (YT_UNLIKELY(!c->ascii)) {
        yata_str text = read_string(d, &b->len);
        b->data = (yata_bytes){(const uint8_t *)text.data, text.len};
        return;
    }
    const uint8_t *fault = c->lengths.pos;
    uint64_t units = yt_rle_quick_uint(&c->lengths, &d->in);
    if (YT_UNLIKELY(units > c->units || units > YT_CLOCK_MAX)) {
        yt_reader_fail_at(&d->in, units > c->units ? YATA_ERR_END : YATA_ERR_LIMIT, fault);
        return;
    }
    b->len = (uint32_t)units;
    b->data = (yata_bytes){c->pos, (size_t)units};
    b->padded = units <= YT_UTF8_SHORT && c->units >= YT_UTF8_SHORT;
    c->units -= units;
    c->pos += units;
}

static inline void read_plain_len(yt_decoder *d, yt_block *b) {
    const uint8_t *start = d->columns->len.pos;
    uint64_t len = yt_rle_quick_uint(&d->columns->len, &d->in);
    if (YT_UNLIKELY(len > YT_CLOCK_MAX)) {
        yt_reader_fail_at(&d->in, YATA_ERR_LIMIT, start);
        len = 0;
    }
    b->len = (uint32_t)len;
}

/* One block that is plain by its info; all but its id is written. */
static inline void read_plain_block(yt_decoder *d, yt_block *b) {
    yt_columns_in *c = d->columns;
    yt_block_clear(b);
    uint8_t info = yt_rle_quick_u8(&c->info, &d->in);
    b->content = info & YT_INFO_CONTENT;
    b->info = info & (YT_INFO_ORIGIN | YT_INFO_RIGHT);
    if (info & YT_INFO_ORIGIN) {
        b->origin.client = yt_rle_quick_uint(&c->client, &d->in);
        b->origin.clock = yt_rle_quick_diff(&c->left_clock, &d->in);
    }
    if (info & YT_INFO_RIGHT) {
        b->right.client = yt_rle_quick_uint(&c->client, &d->in);
        b->right.clock = yt_rle_quick_diff(&c->right_clock, &d->in);
    }
    if (b->content == YT_STRING)
        read_plain_text(d, b);
    else
        read_plain_len(d, b);
}

/* Might the block not pass yt_block_check? */
static inline bool is_doubtful(const yt_decoder *d, const yt_block *b) {
    return !yt_reader_ok(&d->in) || b->len > YT_CLOCK_MAX - b->id.clock ||
           (b->origin.client == b->id.client && b->origin.clock >= b->id.clock) ||
           (b->right.client == b->id.client && b->right.clock >= b->id.clock);
}

static uint32_t read_plain(yt_decoder *d, yata_id *id, yt_block *blocks, uint32_t most, uint32_t *kept) {
    uint32_t n = 0;
    *kept = 0;
    for (; n < most && is_plain_info(peek_info(&d->columns->info)); n++) {
        yt_block *b = &blocks[*kept];
        const uint8_t *start = d->in.pos;
        b->id = *id;
        read_plain_block(d, b);
        if (YT_UNLIKELY(is_doubtful(d, b)) && !yt_block_check(d, b, start)) break;
        id->clock += b->len;
        *kept += b->len > 0;
    }
    return n;
}

static uint32_t read_delete_clients(yt_decoder *d) {
    return yt_read_count(&d->in, 2);
}

static uint32_t read_delete_client(yt_decoder *d, uint64_t *client) {
    d->columns->deleted = 0;
    *client = yt_read_var_uint(&d->in);
    return yt_read_count(&d->in, 2);
}

static yt_run read_delete_run(yt_decoder *d) {
    const uint8_t *start = d->in.pos;
    yt_run run = {0, 0};
    uint32_t gap = yt_read_clock(&d->in), less = yt_read_clock(&d->in), most = YT_CLOCK_MAX - d->columns->deleted;
    if (gap > most || less >= most - gap) {
        yt_reader_fail_at(&d->in, YATA_ERR_LIMIT, start);
        return run;
    }
    run.clock = d->columns->deleted + gap;
    run.len = less + 1;
    d->columns->deleted = run.clock + run.len;
    return run;
}

static void read_delete_set(yt_decoder *d, yt_id_set *out) {
    for (uint32_t clients = read_delete_clients(d); clients > 0 && yt_reader_ok(&d->in); clients--) {
        uint64_t client;
        yt_runs *runs = NULL; /* of the client, once it has any */
        uint32_t left = read_delete_client(d, &client);
        yt_known_walk walk = yt_known_begin(d->known, client);
        for (; left > 0 && yt_reader_ok(&d->in); left--) {
            yt_run run = read_delete_run(d);
            if (!yt_reader_ok(&d->in)) return;
            if (yt_known_covers(&walk, run.clock, run.clock + run.len)) continue;
            if (YT_LIKELY(runs && yt_runs_add_last(runs, run.clock, run.clock + run.len))) continue;
            if (!yt_id_set_add(d->mem, out, client, run.clock, run.len))
                yt_reader_fail_at(&d->in, YATA_ERR_MEMORY, d->in.pos);
            runs = yt_id_set_runs(out, client);
        }
    }
}

static void close(yt_decoder *d) {
    yt_columns_in *c = d->columns;
    if (!c) return;
    for (uint32_t i = 0; i < c->keys.len; i++) {
        yata_str key = c->keys.data[i];
        if (!in_input(d, key)) yt_free(d->mem, (void *)key.data, key.len);
    }
    yt_vec_free(d->mem, &c->keys);
    yt_free(d->mem, c, sizeof *c);
    d->columns = NULL;
}

const yt_decoder_ops yt_decoder_v2 = {
    read_sections,       read_section,       read_block,      read_plain, read_delete_set,
    read_delete_clients, read_delete_client, read_delete_run, close,
};

/* ------------------------------------------------------------------------
 * Encoder
 */
/* A byte for each value is not enough, but with twice that, which is the next size, it mostly is. */
static void expect(yt_encoder *e, size_t blocks, size_t text_bytes, size_t head_bytes) {
    (void)head_bytes;
    yt_writer_hint(&e->columns.left_clock.w, blocks);
    yt_writer_hint(&e->columns.right_clock.w, blocks);
    yt_writer_hint(&e->columns.info.w, blocks);
    yt_writer_hint(&e->columns.len.w, blocks / 2);
    yt_writer_hint(&e->columns.lengths.w, blocks / 2);
    yt_writer_hint(&e->columns.text, text_bytes);
}

static void write_sections(yt_encoder *e, uint32_t count) {
    yt_write_var_uint(&e->rest, count);
}

static void write_section(yt_encoder *e, uint32_t blocks, uint64_t client, uint32_t first_clock) {
    yt_write_var_uint(&e->rest, blocks);
    yt_rle_put_uint(&e->columns.client, client);
    yt_write_var_uint(&e->rest, first_clock);
}

static void write_text(yt_encoder *e, const void *text, size_t len, size_t units) {
    yt_write_bytes(&e->columns.text, text, len);
    yt_rle_put_uint(&e->columns.lengths, units);
}

static void write_string(yt_encoder *e, yata_str str) {
    write_text(e, str.data, str.len, yt_utf8_count_utf16((const uint8_t *)str.data, str.len));
}

static void write_link_name(void *ctx, yata_str name) {
    write_string(ctx, name);
}

/* Numbers in `rest`, names in the column of strings. */
static void write_link(yt_encoder *e, yata_str bytes) {
    yt_link_names names = {.ctx = e, .write = write_link_name};
    yata_link link = yt_link_view(bytes);
    yt_link_write(&e->rest, &names, &link);
}

static void write_key(yt_encoder *e, yata_str key) {
    yt_rle_put_diff(&e->columns.key_clock, e->columns.next_key++);
    write_string(e, key);
}

static void write_left(yt_encoder *e, yata_id id) {
    yt_rle_put_uint(&e->columns.client, id.client);
    yt_rle_put_diff(&e->columns.left_clock, id.clock);
}

static void write_right(yt_encoder *e, yata_id id) {
    yt_rle_put_uint(&e->columns.client, id.client);
    yt_rle_put_diff(&e->columns.right_clock, id.clock);
}

static void write_json_list(yt_encoder *e, yata_bytes list) {
    static const yata_str undefined = {"undefined", 9};
    if (list.len == 0) return;
    yt_writer *text = &e->columns.text;
    const uint8_t *end = list.data + list.len;
    for (const uint8_t *p = list.data, *next; p < end; p = next) {
        next = yt_any_skip(p, end);
        if (*p == YT_ANY_UNDEFINED) {
            write_string(e, undefined);
            continue;
        }
        size_t start = text->len;
        yt_any_stringify(text, (yata_bytes){p, (size_t)(next - p)});
        if (!text->failed)
            yt_rle_put_uint(&e->columns.lengths, yt_utf8_count_utf16(text->data + start, text->len - start));
    }
}

static void write_content(yt_encoder *e, const yt_block *b, uint32_t offset) {
    yt_tail tail = offset ? yt_block_tail(b, offset) : (yt_tail){b->data, false};
    switch ((yt_content)b->content) {
    case YT_GC:
    case YT_DELETED:
        yt_rle_put_uint(&e->columns.len, b->len - offset);
        break;
    case YT_SKIP:
        yt_write_var_uint(&e->rest, b->len - offset);
        break;
    case YT_JSON:
        yt_rle_put_uint(&e->columns.len, b->len - offset);
        write_json_list(e, tail.rest);
        break;
    case YT_BINARY:
        yt_write_var_bytes(&e->rest, b->data.data, b->data.len);
        break;
    case YT_STRING:
        if (tail.broken) yt_write_bytes(&e->columns.text, replacement, sizeof replacement);
        write_text(e, tail.rest.data, tail.rest.len, b->len - offset);
        break;
    case YT_EMBED:
        yt_write_bytes(&e->rest, b->data.data, b->data.len);
        break;
    case YT_FORMAT:
        write_key(e, b->name);
        yt_write_bytes(&e->rest, b->data.data, b->data.len);
        break;
    case YT_TYPE:
        yt_rle_put_uint(&e->columns.type_ref, b->type_ref);
        if (yt_type_ref_named(b->type_ref)) write_key(e, b->name);
        if (b->type_ref == YT_TYPE_REF_WEAK) write_link(e, b->name);
        break;
    case YT_ANY:
        yt_rle_put_uint(&e->columns.len, b->len - offset);
        yt_write_bytes(&e->rest, tail.rest.data, tail.rest.len);
        break;
    case YT_DOC:
        write_string(e, b->name);
        yt_write_bytes(&e->rest, b->data.data, b->data.len);
        break;
    }
}

static void write_parent(yt_encoder *e, const yt_block *b) {
    YT_ASSERT(b->parent != YT_PARENT_NEIGHBOUR);
    yt_rle_put_u8(&e->columns.parent, b->parent == YT_PARENT_ROOT);
    if (b->parent == YT_PARENT_ROOT)
        write_string(e, b->parent_root);
    else
        write_left(e, b->parent_id);
    if (b->info & YT_INFO_KEY) write_string(e, b->key);
}

static void write_block(yt_encoder *e, const yt_block *b, uint32_t offset) {
    YT_ASSERT(offset == 0 || offset < b->len);
    uint8_t info = b->content;
    if (b->content != YT_GC && b->content != YT_SKIP) info |= b->info | (offset > 0 ? YT_INFO_ORIGIN : 0);
    yt_rle_put_u8(&e->columns.info, info);
    if (info & YT_INFO_ORIGIN)
        write_left(e, offset > 0 ? (yata_id){b->id.client, b->id.clock + offset - 1} : b->origin);
    if (info & YT_INFO_RIGHT) write_right(e, b->right);
    if (b->content != YT_GC && b->content != YT_SKIP && !(info & (YT_INFO_ORIGIN | YT_INFO_RIGHT))) write_parent(e, b);
    write_content(e, b, offset);
}

static void write_plain_clients(yt_rle_out *column, const yt_plain *b) {
    uint32_t ids = b->lefts + b->rights;
    if (!b->foreign)
        yt_rle_repeat_uint(column, b->client, ids);
    else
        for (uint32_t i = 0; i < ids; i++) yt_rle_put_uint(column, b->clients[i]);
}

/* Texts of neighbours mostly stand together, where they are kept: then they are copied together. */
static void write_plain_texts(yt_writer *w, const yt_plain_text *texts, uint32_t count) {
    for (uint32_t i = 0; i < count;) {
        const uint8_t *start = texts[i].data, *end = start + texts[i].bytes;
        while (++i < count && texts[i].data == end) end += texts[i].bytes;
        yt_write_bytes(w, start, (size_t)(end - start));
    }
}

static void write_plain(yt_encoder *e, yt_plain *blocks) {
    yt_columns_out *c = &e->columns;
    yt_rle_put_u8s(&c->info, blocks->info, blocks->blocks);
    write_plain_clients(&c->client, blocks);
    yt_rle_put_diffs(&c->left_clock, blocks->left, blocks->lefts);
    yt_rle_put_diffs(&c->right_clock, blocks->right, blocks->rights);
    yt_rle_put_uints(&c->len, blocks->tombstone, blocks->tombstones);
    yt_rle_put_uints(&c->lengths, blocks->units, blocks->texts);
    write_plain_texts(&c->text, blocks->text, blocks->texts);
}

static void write_delete_clients(yt_encoder *e, uint32_t count) {
    yt_write_var_uint(&e->rest, count);
}

static void write_delete_client(yt_encoder *e, uint64_t client, uint32_t runs) {
    e->columns.deleted = 0;
    yt_write_var_uint(&e->rest, client);
    yt_write_var_uint(&e->rest, runs);
}

static void write_delete_runs(yt_encoder *e, const yt_run *runs, uint32_t count) {
    enum { RUN_BYTES = 10 };
    yt_writer *w = &e->rest;
    if (!yt_writer_reserve(w, (size_t)count * RUN_BYTES)) return;
    uint8_t *p = w->data + w->len;
    uint32_t before = e->columns.deleted;
    for (const yt_run *run = runs; run < runs + count; run++) {
        YT_ASSERT(run->len > 0 && run->clock >= before);
        p = yt_put_clock(yt_put_clock(p, run->clock - before), run->len - 1);
        before = run->clock + run->len;
    }
    e->columns.deleted = before;
    w->len = (size_t)(p - w->data);
}

/* The columns in their order, without the strings and with them. */
enum { COLUMNS = 8, STRINGS = 5 };

static void list_columns(yt_columns_out *c, yt_rle_out *columns[COLUMNS]) {
    yt_rle_out *list[COLUMNS] = {&c->key_clock, &c->client, &c->left_clock, &c->right_clock,
                                 &c->info,      &c->parent, &c->type_ref,   &c->len};
    memcpy(columns, list, sizeof list);
}

static void drop(yt_encoder *e) {
    yt_rle_out *columns[COLUMNS];
    list_columns(&e->columns, columns);
    for (int i = 0; i < COLUMNS; i++) yt_writer_free(&columns[i]->w);
    yt_writer_free(&e->columns.lengths.w);
    yt_writer_free(&e->columns.text);
    yt_writer_free(&e->rest);
}

static void join_strings(yt_writer *w, const yt_columns_out *c) {
    yt_write_var_uint(w, yt_var_uint_size(c->text.len) + c->text.len + c->lengths.w.len);
    yt_write_var_bytes(w, c->text.data, c->text.len);
    yt_write_bytes(w, c->lengths.w.data, c->lengths.w.len);
}

void yt_columns_flush(yt_columns_out *c) {
    yt_rle_flush_diff(&c->key_clock);
    yt_rle_flush_uint(&c->client);
    yt_rle_flush_diff(&c->left_clock);
    yt_rle_flush_diff(&c->right_clock);
    yt_rle_flush_uint(&c->type_ref);
    yt_rle_flush_uint(&c->len);
    yt_rle_flush_uint(&c->lengths);
}

static yata_status finish(yt_encoder *e, yata_buffer *out) {
    yt_columns_out *c = &e->columns;
    yt_rle_out *columns[COLUMNS];
    list_columns(c, columns);
    yt_columns_flush(c);
    yt_writer w;
    yt_writer_init(&w, e->rest.mem);
    size_t most = e->ops->size(e);
    w.failed = most == SIZE_MAX;
    if (yt_writer_reserve(&w, most)) {
        yt_write_u8(&w, 0);
        for (int i = 0; i < COLUMNS; i++) {
            if (i == STRINGS) join_strings(&w, c);
            yt_write_var_bytes(&w, columns[i]->w.data, columns[i]->w.len);
        }
        yt_write_bytes(&w, e->rest.data, e->rest.len);
    }
    drop(e);
    return yt_writer_to_buffer(&w, out);
}

/* Each column has a length before it and, until it is flushed, one open run. */
static size_t size(const yt_encoder *e) {
    enum { RUN = 16, LENGTH = 5 };
    const yt_columns_out *c = &e->columns;
    size_t columns = c->key_clock.w.len + c->client.w.len + c->left_clock.w.len + c->right_clock.w.len + c->info.w.len +
                     c->parent.w.len + c->type_ref.w.len + c->len.w.len + c->lengths.w.len;
    bool failed = e->rest.failed || c->text.failed || c->lengths.w.failed || c->key_clock.w.failed ||
                  c->client.w.failed || c->left_clock.w.failed || c->right_clock.w.failed || c->info.w.failed ||
                  c->parent.w.failed || c->type_ref.w.failed || c->len.w.failed;
    if (failed) return SIZE_MAX;
    return 1 + columns + c->text.len + e->rest.len + (COLUMNS + 2) * (RUN + LENGTH);
}

static void init(yt_encoder *e, yt_mem *mem) {
    e->ops = &yt_encoder_v2;
    yt_writer_init(&e->rest, mem);
    yt_rle_out *columns[COLUMNS];
    list_columns(&e->columns, columns);
    for (int i = 0; i < COLUMNS; i++) yt_rle_out_init(columns[i], mem);
    yt_rle_out_init(&e->columns.lengths, mem);
    yt_writer_init(&e->columns.text, mem);
    e->columns.next_key = e->columns.deleted = 0;
}

const yt_encoder_ops yt_encoder_v2 = {
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
