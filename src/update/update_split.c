/* SPDX-License-Identifier: MIT */
/*
 * update_split.c - one large update as many small ones.
 *
 * Sections stand in the order of clients, not in that in which blocks build on each other. Cut as they stand, the first
 * parts would wait for the last. So blocks are put in the order of integration (a block that needs another client's
 * goes after it), and that order is cut. A part is written, as every update, with clients descending.
 *
 *     blocks in order   a b c d | e f g | h h h | h h i | deletions
 *                        part 1   part 2   (h was cut)
 *
 * What a part will take is measured block by block and verified when it is written; a part that came out too large is
 * written again with half of its blocks.
 */
#include "base/sort.h"
#include "base/utf.h"
#include "update/update.h"
#include "update/update_writer.h"
#include <yata/update.h>

/* Bounds: section, deletions of a client, one run; what an update takes without anything in it. */
enum { SECTION_BYTES = 20, CLIENT_BYTES = 16, RUN_BYTES = 10, EMPTY_V1 = 12, EMPTY_V2 = 40 };

typedef struct queue {
    uint64_t client;
    uint32_t section, last; /* sections of the update, `last` excluded */
    uint32_t at;            /* block in the section */
    uint32_t part;          /* the last one with blocks of this client */
    bool asked;             /* on the stack */
} queue;

typedef struct piece {
    yt_block block; /* its end may be cut */
    uint32_t offset;
} piece;

typedef struct splitter {
    yt_mem *mem;
    const yt_encoder_ops *format;
    size_t max;
    yata_update_part_fn fn;
    void *ctx;
    yt_update update;
    queue *queues; /* by descending client */
    uint32_t queue_count;
    YT_VEC(queue *) stack;
    YT_VEC(piece) pieces;
    yt_delete_list deletes;
    yt_encoder meter; /* what blocks take */
    size_t size;      /* of the part so far, at most */
    uint32_t part;
    uint64_t deleter; /* client of the last run in it */
    bool stopped;     /* the caller wants no more */
    yata_status status;
} splitter;

/* ------------------------------------------------------------------------
 * Parts
 */
static bool piece_before(const void *a, const void *b) {
    const piece *const *x = a, *const *y = b;
    const yata_id *i = &(*x)->block.id, *j = &(*y)->block.id;
    if (i->client != j->client) return i->client > j->client;
    return i->clock + (*x)->offset < j->clock + (*y)->offset;
}

/* Writes these pieces, and the deletions if they are the last. */
static yata_status encode(splitter *s, const piece *pieces, uint32_t count, bool last, yata_buffer *out) {
    const piece **order = count ? yt_alloc(s->mem, count * sizeof *order) : NULL;
    if (count && !order) return YATA_ERR_MEMORY;
    for (uint32_t i = 0; i < count; i++) order[i] = &pieces[i];
    if (count) yt_sort(order, count, sizeof *order, piece_before);
    yt_update_writer w;
    yt_update_writer_init(&w, s->mem, s->format);
    for (uint32_t i = 0; i < count; i++) yt_update_writer_put(&w, &order[i]->block, order[i]->offset);
    yt_free(s->mem, order, count * sizeof *order);
    yt_delete_list none = {0};
    out->len = 0;
    return yt_update_writer_finish(&w, last ? &s->deletes : &none, out);
}

static void flush(splitter *s) {
    yata_buffer out;
    yata_buffer_init(&out, &s->mem->allocator);
    for (uint32_t from = 0; !s->status && !s->stopped && (from < s->pieces.len || s->deletes.len);) {
        uint32_t n = s->pieces.len - from;
        const piece *pieces = n ? s->pieces.data + from : NULL;
        s->status = encode(s, pieces, n, true, &out);
        while (!s->status && out.len > s->max && n > 1) {
            n /= 2;
            s->status = encode(s, pieces, n, false, &out);
        }
        from += n;
        if (s->status) break;
        if (from == s->pieces.len) s->deletes.len = 0;
        s->stopped = !s->fn(s->ctx, (yata_bytes){out.data, out.len});
    }
    yata_buffer_free(&out);
    s->pieces.len = 0;
    s->deletes.len = 0;
    s->size = s->format == &yt_encoder_v2 ? EMPTY_V2 : EMPTY_V1;
    s->part++;
}

/* Bytes that the piece takes, at most. */
static size_t measure(splitter *s, const piece *p) {
    size_t before = s->format->size(&s->meter);
    s->format->block(&s->meter, &p->block, p->offset);
    size_t size = s->format->size(&s->meter);
    if (size == SIZE_MAX) {
        s->status = YATA_ERR_MEMORY;
        return 0;
    }
    size -= before;
    if (before > 65536) { /* only the growth is of interest */
        s->format->drop(&s->meter);
        s->format->init(&s->meter, s->mem);
    }
    /* v2: the run that this one may have to close */
    return s->format == &yt_encoder_v2 ? size + 8 : size;
}

static void shorten(piece *p, const yt_block *whole, uint32_t end) {
    p->block = *whole;
    yt_tail head = yt_block_head(whole, end);
    if (head.broken) head = yt_block_head(whole, ++end); /* half a pair goes with its other half */
    p->block.len = end;
    p->block.data = head.rest;
}

static void add_piece(splitter *s, queue *q, const piece *p, size_t size) {
    if (q->part != s->part) size += SECTION_BYTES;
    if (s->size + size > s->max && (s->pieces.len || s->deletes.len)) flush(s);
    if (s->status || s->stopped) return;
    if (!yt_vec_reserve(s->mem, &s->pieces, 1)) {
        s->status = YATA_ERR_MEMORY;
        return;
    }
    yt_vec_put(&s->pieces, *p);
    q->part = s->part;
    s->size += size;
}

static void add_block(splitter *s, queue *q, const yt_block *b) {
    size_t room = s->max > SECTION_BYTES + EMPTY_V2 ? s->max - SECTION_BYTES - EMPTY_V2 : 1;
    for (uint32_t from = 0; from < b->len && !s->status && !s->stopped;) {
        piece p = {*b, from};
        size_t size = measure(s, &p);
        /* Halved until it fits. */
        for (uint32_t len = b->len - from; size > room && len > 1 && yt_content_splits(b->content);) {
            len /= 2;
            uint32_t before = p.block.len;
            shorten(&p, b, from + len);
            if (p.block.len == before) break; /* a single pair */
            size = measure(s, &p);
        }
        add_piece(s, q, &p, size);
        from = p.block.len;
    }
}

static void add_run(splitter *s, uint64_t client, yt_run run) {
    bool same = s->deletes.len && s->deleter == client;
    size_t size = same ? RUN_BYTES : RUN_BYTES + CLIENT_BYTES;
    if (s->size + size > s->max && (s->pieces.len || s->deletes.len)) {
        flush(s);
        size = RUN_BYTES + CLIENT_BYTES;
    }
    if (s->status || s->stopped) return;
    if (!yt_delete_list_add(s->mem, &s->deletes, client, run)) s->status = YATA_ERR_MEMORY;
    s->deleter = client;
    s->size += size;
}

/* ------------------------------------------------------------------------
 * The order of integration
 */
static bool make_queues(splitter *s) {
    const yt_update *update = &s->update;
    uint32_t n = update->sections.len;
    if (!n) return true;
    s->queues = yt_alloc(s->mem, n * sizeof *s->queues);
    if (!s->queues) return false;
    for (uint32_t i = 0; i < n; i++) {
        uint64_t client = update->sections.data[i].client;
        if (s->queue_count && s->queues[s->queue_count - 1].client == client)
            s->queues[s->queue_count - 1].last = i + 1;
        else
            s->queues[s->queue_count++] = (queue){client, i, i + 1, 0, UINT32_MAX, false};
    }
    /* Each queue is on the stack once. */
    return yt_vec_reserve(s->mem, &s->stack, s->queue_count);
}

/* The first block that is left, NULL: none. */
static const yt_block *head(const splitter *s, queue *q) {
    for (; q->section < q->last; q->section++, q->at = 0) {
        const yt_section *section = &s->update.sections.data[q->section];
        for (; q->at < section->count; q->at++) {
            const yt_block *b = &s->update.blocks.data[section->first + q->at];
            if (b->content != YT_SKIP) return b;
        }
    }
    return NULL;
}

/* The queue that has this id, unless it is through with it or waits itself. */
static queue *find_holder(const splitter *s, uint64_t client, uint32_t clock) {
    uint32_t low = 0, high = s->queue_count;
    while (low < high) {
        uint32_t mid = low + (high - low) / 2;
        queue *q = &s->queues[mid];
        if (q->client == client) {
            const yt_block *b = q->asked ? NULL : head(s, q);
            return b && b->id.clock <= clock ? q : NULL;
        }
        if (q->client > client)
            low = mid + 1;
        else
            high = mid;
    }
    return NULL;
}

static queue *find_needed(const splitter *s, const yt_block *b) {
    queue *q = NULL;
    if (b->info & YT_INFO_ORIGIN) q = find_holder(s, b->origin.client, b->origin.clock);
    if (!q && (b->info & YT_INFO_RIGHT)) q = find_holder(s, b->right.client, b->right.clock);
    if (!q && b->parent == YT_PARENT_ID) q = find_holder(s, b->parent_id.client, b->parent_id.clock);
    return q;
}

static void ask(splitter *s, queue *q) {
    yt_vec_put(&s->stack, q);
    q->asked = true;
}

static void add_queue(splitter *s, queue *q) {
    ask(s, q);
    while (s->stack.len && !s->status && !s->stopped) {
        queue *top = s->stack.data[s->stack.len - 1], *other;
        const yt_block *b = head(s, top);
        if (b && (other = find_needed(s, b))) {
            ask(s, other);
            continue;
        }
        if (b) {
            add_block(s, top, b);
            top->at++;
            if (s->stack.len == 1) continue;
        }
        top->asked = false; /* whoever asked for it looks again */
        s->stack.len--;
    }
}

static void add_all(splitter *s) {
    for (uint32_t i = 0; i < s->queue_count && !s->status && !s->stopped; i++) add_queue(s, &s->queues[i]);
    for (uint32_t i = 0; i < s->update.deletes.len; i++) {
        const yt_id_set_client *client = &s->update.deletes.clients[i];
        yt_run run;
        for (yt_runs_iter it = yt_runs_begin(&client->runs); yt_runs_next(&it, &run) && !s->status && !s->stopped;)
            add_run(s, client->client, run);
    }
    flush(s);
}

/* ------------------------------------------------------------------------
 * Entry
 */
static yata_status split(const yt_decoder_ops *from, const yt_encoder_ops *to, yata_bytes update, size_t max_bytes,
                         yata_update_part_fn fn, void *ctx, const yata_allocator *allocator, yata_fault *fault) {
    yata_fault ignored;
    if (!fault) fault = &ignored;
    *fault = (yata_fault){YATA_ERR_ARGUMENT, 0};
    if (!fn || (update.len && !update.data)) return YATA_ERR_ARGUMENT;
    yt_mem mem;
    yt_mem_init(&mem, allocator);
    splitter s = {.mem = &mem, .format = to, .max = max_bytes, .fn = fn, .ctx = ctx};
    *fault = yt_update_read(&mem, from, update, SIZE_MAX, &s.update);
    if (fault->status) return fault->status;
    if (update.len <= max_bytes) {
        (void)fn(ctx, update);
    } else {
        s.size = to == &yt_encoder_v2 ? EMPTY_V2 : EMPTY_V1;
        to->init(&s.meter, &mem);
        if (make_queues(&s))
            add_all(&s);
        else
            s.status = YATA_ERR_MEMORY;
        to->drop(&s.meter);
        yt_vec_free(&mem, &s.stack);
        yt_vec_free(&mem, &s.pieces);
        yt_delete_list_free(&mem, &s.deletes);
        yt_free(&mem, s.queues, s.update.sections.len * sizeof *s.queues);
    }
    yt_update_free(&mem, &s.update);
    fault->status = s.status;
    return s.status;
}

yata_status yata_update_split(yata_bytes update, size_t max_bytes, yata_update_part_fn fn, void *ctx,
                              const yata_allocator *allocator, yata_fault *fault) {
    return split(&yt_decoder_v1, &yt_encoder_v1, update, max_bytes, fn, ctx, allocator, fault);
}

yata_status yata_update_split_v2(yata_bytes update, size_t max_bytes, yata_update_part_fn fn, void *ctx,
                                 const yata_allocator *allocator, yata_fault *fault) {
    return split(&yt_decoder_v2, &yt_encoder_v2, update, max_bytes, fn, ctx, allocator, fault);
}
