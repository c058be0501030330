/* SPDX-License-Identifier: MIT */
/*
 * update_merge.c - a merge of sorted streams over a heap (spec/update-v1.md, "Merging").
 *
 * Overlaps are the point of interest: the same clocks may come as one long item from one peer and, cut and deleted, as
 * three from another. All choices are right, but peers that compare bytes need the same one, so the choice is that of
 * Yjs. There, streams are kept in an array that is sorted again (stably) after each step; the one that was read last
 * stood in front and stays before its equals. Here that is a number that falls with each step.
 */
#include "update/update_merge.h"

typedef struct cursor {
    yt_block_stream *stream;
    int64_t order;
} cursor;

typedef struct merge {
    cursor *heap;
    uint32_t len;
    int64_t order;
    yt_block_sink *sink;
    void *ctx;
    yt_block out; /* the last one taken; not yet given away if it is a GC, because it may grow */
    bool any;     /* `out` is set */
    bool failed;
} merge;

/* ------------------------------------------------------------------------
 * The heap
 */
static bool before(const cursor *a, const cursor *b) {
    const yata_id *x = &a->stream->block->id, *y = &b->stream->block->id;
    if (x->client != y->client) return x->client > y->client;
    if (x->clock != y->clock) return x->clock < y->clock;
    /* Asked about a GC and an item at the same clock, Yjs's comparison says "less" either way; the sort asks about the
     * later one first, and so puts it in front. */
    bool gc = a->stream->block->content == YT_GC;
    return gc == (b->stream->block->content == YT_GC) ? a->order < b->order : a->order > b->order;
}

static void sift_down(merge *m, uint32_t at) {
    cursor moved = m->heap[at];
    for (uint32_t child; (child = 2 * at + 1) < m->len; at = child) {
        if (child + 1 < m->len && before(&m->heap[child + 1], &m->heap[child])) child++;
        if (!before(&m->heap[child], &moved)) break;
        m->heap[at] = m->heap[child];
    }
    m->heap[at] = moved;
}

/* The first stream was read from. */
static void settle(merge *m) {
    if (!m->heap[0].stream->block)
        m->heap[0] = m->heap[--m->len];
    else
        m->heap[0].order = --m->order;
    if (m->len) sift_down(m, 0);
}

/* ------------------------------------------------------------------------
 * Output
 */
static uint32_t end_of(const yt_block *b) {
    return b->id.clock + b->len;
}

static void give(merge *m, const yt_block *b, uint32_t offset) {
    if (!m->failed && !m->sink(m->ctx, b, offset)) m->failed = true;
}

static void give_kept(merge *m) {
    if (m->any && m->out.content == YT_GC) give(m, &m->out, 0);
    m->any = false;
}

static void take(merge *m, const yt_block *b, uint32_t offset) {
    give_kept(m);
    if (b->content != YT_GC) give(m, b, offset);
    m->out = *b;
    m->out.id.clock += offset;
    m->out.len -= offset;
    m->any = true;
}

static void take_skip(merge *m, uint32_t to) {
    yt_block skip = {.id = {m->out.id.client, end_of(&m->out)}, .content = YT_SKIP};
    skip.len = to - skip.id.clock;
    take(m, &skip, 0);
}

/* Passes what is already out. False: this stream has nothing to give now. */
static bool pass_known(merge *m, yt_block_stream *s, uint64_t client) {
    bool passed = false;
    while (s->block && s->block->id.client == m->out.id.client && end_of(s->block) <= end_of(&m->out)) {
        s->next(s);
        passed = true;
    }
    return s->block && s->block->id.client == client && !(passed && s->block->id.clock > end_of(&m->out));
}

static void step(merge *m) {
    yt_block_stream *s = m->heap[0].stream;
    uint64_t client = s->block->id.client;
    if (!m->any) {
        take(m, s->block, 0);
        s->next(s);
    } else if (!pass_known(m, s, client)) {
        settle(m);
        return;
    } else if (client != m->out.id.client) {
        take(m, s->block, 0);
        s->next(s);
    } else if (end_of(&m->out) < s->block->id.clock) {
        take_skip(m, s->block->id.clock);
    } else {
        uint32_t known = end_of(&m->out) - s->block->id.clock;
        if (m->out.content == YT_GC && s->block->content == YT_GC)
            m->out.len += s->block->len - known;
        else
            take(m, s->block, known);
        s->next(s);
    }
    for (; s->block && s->block->id.client == client && s->block->id.clock == end_of(&m->out); s->next(s))
        take(m, s->block, 0);
    settle(m);
}

yata_status yt_merge_blocks(yt_mem *mem, yt_block_stream *const *streams, uint32_t count, yt_block_sink *sink,
                            void *ctx) {
    if (!count) return YATA_OK;
    merge m = {.sink = sink, .ctx = ctx};
    m.heap = yt_alloc(mem, count * sizeof *m.heap);
    if (!m.heap) return YATA_ERR_MEMORY;
    for (uint32_t i = 0; i < count; i++)
        if (streams[i]->block) m.heap[m.len++] = (cursor){streams[i], (int64_t)i + 1};
    for (uint32_t i = m.len / 2; i-- > 0;) sift_down(&m, i);
    while (m.len && !m.failed) step(&m);
    give_kept(&m);
    yt_free(mem, m.heap, count * sizeof *m.heap);
    return m.failed ? YATA_ERR_MEMORY : YATA_OK;
}
