/* SPDX-License-Identifier: MIT */
/*
 * update_feed.c - an update that arrives in pieces, given on as small updates (spec/update-v1.md, section 12).
 *
 *   pieces ──> held: what is not a whole block yet ──> part: whole blocks as they came, under new headers ──> callback
 *
 * Format v1 is read block by block, so that what is held does not grow with the update. What a block is, and whether it
 * may be, is asked of the same decoder that reads whole updates: it says that the bytes end too early, and then more
 * are waited for. To read a block of n bytes that arrives bit by bit costs O(n): it is looked at again only when half
 * as much has come on top.
 *
 * Format v2 has its columns before its blocks and cannot be read before its end: it is held, and cut then.
 *
 * Invariant: which parts come does not depend on the pieces, only on the bytes.
 */
#include "base/config.h"
#include "base/vec.h"
#include "update/update.h"

#include <yata/update.h>

enum { PART_BYTES = 65536, STEP = 4096 };

/* What is read next. */
typedef enum awaited {
    SECTIONS,
    SECTION,
    BLOCK,
    DELETE_CLIENTS,
    DELETE_CLIENT,
    DELETE_RUN,
    NOTHING /* what comes behind the update is ignored, as in Yjs */
} awaited;

/* Blocks of one client, or deleted runs: `count` of them from place `at` of the bytes on. */
typedef struct stretch {
    uint64_t client;
    uint32_t clock, end, count; /* of blocks: the clocks */
    size_t at;
} stretch;

typedef YT_VEC(stretch) stretches;

struct yata_update_feed {
    yt_mem mem;
    yata_update_feed_options options;
    yata_update_take_fn take;
    void *ctx;
    yt_decoder decoder;
    yt_arena arena;
    awaited awaited;
    uint64_t sections, blocks, clients, runs; /* that are still to come */
    yata_id next;                             /* block */
    uint64_t deleter;
    yt_writer held;
    size_t passed; /* bytes of the update before those that are held */
    size_t try_at; /* so many must be held for another look */
    yt_writer blocks_out, runs_out;
    stretches of_blocks, of_runs; /* in the part */
    bool gave;                    /* a part */
    bool ended;
    yata_fault fault; /* for ever */
};

/* ------------------------------------------------------------------------
 * Making, freeing
 */
yata_update_feed_options yata_update_feed_options_default(void) {
    return (yata_update_feed_options){0};
}

yata_status yata_update_feed_new(const yata_update_feed_options *options, yata_update_take_fn take, void *ctx,
                                 yata_update_feed **out) {
    if (!take || !out) return YATA_ERR_ARGUMENT;
    yata_update_feed_options o = options ? *options : yata_update_feed_options_default();
    if (!o.format) o.format = YATA_UPDATE_V1;
    if (o.format != YATA_UPDATE_V1 && o.format != YATA_UPDATE_V2) return YATA_ERR_ARGUMENT;
    if (!o.part_bytes) o.part_bytes = PART_BYTES;
    if (!o.held_bytes) o.held_bytes = INT32_MAX;
    yt_mem mem;
    yt_mem_init(&mem, o.allocator);
    yata_update_feed *f = yt_calloc(&mem, sizeof *f);
    if (!f) return YATA_ERR_MEMORY;
    f->mem = mem;
    f->options = o;
    f->take = take;
    f->ctx = ctx;
    f->decoder = (yt_decoder){.ops = &yt_decoder_v1, .mem = &f->mem, .arena = &f->arena};
    yt_writer_init(&f->held, &f->mem);
    yt_writer_init(&f->blocks_out, &f->mem);
    yt_writer_init(&f->runs_out, &f->mem);
    *out = f;
    return YATA_OK;
}

void yata_update_feed_free(yata_update_feed *f) {
    if (!f) return;
    yt_mem mem = f->mem;
    f->held.mem = f->blocks_out.mem = f->runs_out.mem = &mem;
    yt_writer_free(&f->held);
    yt_writer_free(&f->blocks_out);
    yt_writer_free(&f->runs_out);
    yt_vec_free(&mem, &f->of_blocks);
    yt_vec_free(&mem, &f->of_runs);
    yt_arena_free(&mem, &f->arena);
    yt_free(&mem, f, sizeof *f);
}

/* ------------------------------------------------------------------------
 * Parts
 */
static size_t end_of(const stretches *all, uint32_t i, size_t len) {
    return i + 1 < all->len ? all->data[i + 1].at : len;
}

static yata_status give_part(yata_update_feed *f) {
    yt_writer w;
    yt_writer_init(&w, &f->mem);
    yt_write_var_uint(&w, f->of_blocks.len);
    for (uint32_t i = 0; i < f->of_blocks.len; i++) {
        const stretch *s = &f->of_blocks.data[i];
        yt_write_var_uint(&w, s->count);
        yt_write_var_uint(&w, s->client);
        yt_write_var_uint(&w, s->clock);
        yt_write_bytes(&w, f->blocks_out.data + s->at, end_of(&f->of_blocks, i, f->blocks_out.len) - s->at);
    }
    yt_write_var_uint(&w, f->of_runs.len);
    for (uint32_t i = 0; i < f->of_runs.len; i++) {
        const stretch *s = &f->of_runs.data[i];
        yt_write_var_uint(&w, s->client);
        yt_write_var_uint(&w, s->count);
        yt_write_bytes(&w, f->runs_out.data + s->at, end_of(&f->of_runs, i, f->runs_out.len) - s->at);
    }
    yata_status status = w.failed ? YATA_ERR_MEMORY : f->take(f->ctx, (yata_bytes){w.data, w.len});
    yt_writer_free(&w);
    f->blocks_out.len = f->runs_out.len = 0;
    f->of_blocks.len = f->of_runs.len = 0;
    f->gave = true;
    return status;
}

static yata_status add(yata_update_feed *f, yt_writer *bytes, stretch *last, const uint8_t *from, const uint8_t *to) {
    yt_write_bytes(bytes, from, (size_t)(to - from));
    if (bytes->failed) return YATA_ERR_MEMORY;
    last->count++;
    return f->blocks_out.len + f->runs_out.len < f->options.part_bytes ? YATA_OK : give_part(f);
}

/* The last stretch, if what comes belongs to it, or a new one. NULL: no memory. */
static stretch *stretch_for(yata_update_feed *f, stretches *all, bool goes_on, uint64_t client, uint32_t clock,
                            size_t at) {
    if (goes_on) return &all->data[all->len - 1];
    if (!yt_vec_reserve(&f->mem, all, 1)) return NULL;
    stretch s = {client, clock, clock, 0, at};
    yt_vec_put(all, s);
    return &all->data[all->len - 1];
}

static yata_status add_block(yata_update_feed *f, uint32_t len, const uint8_t *from, const uint8_t *to) {
    stretches *all = &f->of_blocks;
    const stretch *last = all->len ? &all->data[all->len - 1] : NULL;
    bool goes_on = last && last->client == f->next.client && last->end == f->next.clock;
    stretch *s = stretch_for(f, all, goes_on, f->next.client, f->next.clock, f->blocks_out.len);
    if (!s) return YATA_ERR_MEMORY;
    s->end += len;
    return add(f, &f->blocks_out, s, from, to);
}

static yata_status add_run(yata_update_feed *f, const uint8_t *from, const uint8_t *to) {
    stretches *all = &f->of_runs;
    bool goes_on = all->len && all->data[all->len - 1].client == f->deleter;
    stretch *s = stretch_for(f, all, goes_on, f->deleter, 0, f->runs_out.len);
    return s ? add(f, &f->runs_out, s, from, to) : YATA_ERR_MEMORY;
}

/* ------------------------------------------------------------------------
 * Reading: each takes one thing, if it is there as a whole
 */
static void read_section(yata_update_feed *f, yt_reader *r) {
    uint64_t blocks = yt_read_var_uint(r);
    yata_id first = {.client = yt_read_var_uint(r)};
    first.clock = yt_read_clock(r);
    if (!yt_reader_ok(r)) return;
    f->sections--;
    f->blocks = blocks;
    f->next = first;
    f->awaited = BLOCK;
}

static void read_block(yata_update_feed *f, yt_reader *r, yata_status *status) {
    yt_block b;
    const uint8_t *start = r->pos;
    f->decoder.in = *r;
    f->decoder.own = (yt_written_client){.word = 1}; /* not known as it was written */
    b.id = f->next;
    yt_block_read(&f->decoder, &b);
    *r = f->decoder.in;
    if (yt_reader_ok(r)) {
        *status = add_block(f, b.len, start, r->pos);
        f->next.clock += b.len;
        f->blocks--;
    }
    yt_arena_reset(&f->mem, &f->arena);
}

static void read_run(yata_update_feed *f, yt_reader *r, yata_status *status) {
    const uint8_t *start = r->pos;
    uint32_t clock = yt_read_clock(r), len = yt_read_clock(r);
    if (!yt_reader_ok(r)) return;
    if (len > YT_CLOCK_MAX - clock) {
        yt_reader_fail_at(r, YATA_ERR_LIMIT, start);
        return;
    }
    f->runs--;
    *status = add_run(f, start, r->pos);
}

/* One step. False: there is nothing more to read. */
static bool read_next(yata_update_feed *f, yt_reader *r, yata_status *status) {
    switch (f->awaited) {
    case SECTIONS:
        f->sections = yt_read_var_uint(r);
        if (yt_reader_ok(r)) f->awaited = SECTION;
        return true;
    case SECTION:
        if (f->sections)
            read_section(f, r);
        else
            f->awaited = DELETE_CLIENTS;
        return true;
    case BLOCK:
        if (f->blocks)
            read_block(f, r, status);
        else
            f->awaited = SECTION;
        return true;
    case DELETE_CLIENTS:
        f->clients = yt_read_var_uint(r);
        if (yt_reader_ok(r)) f->awaited = DELETE_CLIENT;
        return true;
    case DELETE_CLIENT:
        if (!f->clients) {
            f->awaited = NOTHING;
            return true;
        }
        f->deleter = yt_read_var_uint(r);
        f->runs = yt_read_var_uint(r);
        if (!yt_reader_ok(r)) return true;
        f->clients--;
        f->awaited = DELETE_RUN;
        return true;
    case DELETE_RUN:
        if (f->runs)
            read_run(f, r, status);
        else
            f->awaited = DELETE_CLIENT;
        return true;
    default:
        return false;
    }
}

/* Reads what is held as far as it goes. */
static yata_status read_held(yata_update_feed *f) {
    yata_status status = YATA_OK;
    yt_reader r;
    yt_reader_init(&r, f->held.data, f->held.len);
    const uint8_t *done = r.pos;
    while (!status && read_next(f, &r, &status) && yt_reader_ok(&r)) done = r.pos;
    size_t used = (size_t)(done - r.start);
    f->fault = (yata_fault){status, f->passed + used};
    if (!status && !yt_reader_ok(&r) && r.fault.status != YATA_ERR_END) {
        status = r.fault.status;
        f->fault = (yata_fault){status, f->passed + r.fault.offset};
    }
    f->passed += used;
    f->held.len -= used;
    if (used && f->held.len) memmove(f->held.data, f->held.data + used, f->held.len);
    f->try_at = f->held.len + f->held.len / 2 + 1;
    if (f->awaited == NOTHING) f->held.len = 0;
    return status;
}

static yata_status take_bytes(yata_update_feed *f, yata_bytes piece) {
    while (piece.len && f->awaited != NOTHING) {
        size_t n = piece.len < STEP ? piece.len : STEP;
        if (f->held.len + n > f->options.held_bytes) {
            f->fault = (yata_fault){YATA_ERR_LIMIT, f->passed + f->options.held_bytes};
            return YATA_ERR_LIMIT;
        }
        yt_write_bytes(&f->held, piece.data, n);
        if (f->held.failed) return YATA_ERR_MEMORY;
        piece.data += n;
        piece.len -= n;
        if (f->options.format == YATA_UPDATE_V2 || f->held.len < f->try_at) continue;
        yata_status status = read_held(f);
        if (status) return status;
    }
    return YATA_OK;
}

/* Whatever ends it is kept, and told again. */
static yata_status settle(yata_update_feed *f, yata_status status, yata_fault *fault) {
    if (status && f->fault.status != status) f->fault = (yata_fault){status, f->passed};
    if (!status) f->fault = (yata_fault){YATA_OK, 0};
    if (fault) *fault = f->fault;
    return status;
}

yata_status yata_update_feed_put(yata_update_feed *f, yata_bytes piece, yata_fault *fault) {
    if (fault) *fault = (yata_fault){YATA_OK, 0};
    if (!f || (piece.len && !piece.data)) return YATA_ERR_ARGUMENT;
    if (f->ended) return YATA_ERR_STATE;
    if (f->fault.status) return settle(f, f->fault.status, fault);
    return settle(f, take_bytes(f, piece), fault);
}

/* ------------------------------------------------------------------------
 * The end
 */
typedef struct taking {
    yata_update_feed *feed;
    yata_status status;
} taking;

static bool take_part(void *ctx, yata_bytes part) {
    taking *t = ctx;
    t->status = t->feed->take(t->feed->ctx, part);
    return t->status == YATA_OK;
}

static yata_status end_v2(yata_update_feed *f) {
    taking t = {f, YATA_OK};
    yata_bytes update = {f->held.data, f->held.len};
    yata_status status =
        yata_update_split_v2(update, f->options.part_bytes, take_part, &t, &f->mem.allocator, &f->fault);
    return status ? status : t.status;
}

static yata_status end_v1(yata_update_feed *f) {
    yata_status status = read_held(f);
    if (!status && f->awaited != NOTHING) {
        f->fault = (yata_fault){YATA_ERR_END, f->passed + f->held.len};
        status = YATA_ERR_END;
    }
    if (!status && (!f->gave || f->of_blocks.len || f->of_runs.len)) status = give_part(f);
    return status;
}

yata_status yata_update_feed_end(yata_update_feed *f, yata_fault *fault) {
    if (fault) *fault = (yata_fault){YATA_OK, 0};
    if (!f) return YATA_ERR_ARGUMENT;
    if (f->ended) return YATA_ERR_STATE;
    if (f->fault.status) return settle(f, f->fault.status, fault);
    f->ended = true;
    return settle(f, f->options.format == YATA_UPDATE_V2 ? end_v2(f) : end_v1(f), fault);
}

size_t yata_update_feed_memory(const yata_update_feed *f) {
    return f ? f->mem.used : 0;
}
