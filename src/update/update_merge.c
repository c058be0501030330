/* SPDX-License-Identifier: MIT */
/*
 * update_merge.c - a merge of sorted streams (spec/update-v1.md, "Merging").
 *
 * Overlaps are the point of interest: the same clocks may come as one long item from one peer and, cut and deleted, as
 * three from another. All choices are right, but peers that compare bytes need the same one, so the choice is that of
 * Yjs. There, streams are kept in an array that is sorted again (stably) after each step; the one that was read last
 * stood in front and stays before its equals.
 *
 * But asked about a GC and an item at the same clock, the comparison of Yjs says "less" either way, so that each
 * sorting turns some of them round, by the probes that the algorithm happens to make. Up to 63 streams are therefore
 * kept in an array, too, and sorted by the algorithm of V8 when such a pair is among them. More are kept in a heap,
 * where the order of the array is a number that falls with each step; the choice between a GC and an item is then a
 * simpler one.
 */
#include "update/update_merge.h"
#include "base/config.h"

/* V8 sorts shorter arrays by binary insertion alone. */
enum { ARRAY_MAX = 63 };

typedef struct cursor {
    yt_block_stream *stream;
    int64_t order; /* heap */
} cursor;

typedef struct merge {
    cursor *list; /* the first one is read from */
    uint32_t len;
    bool heap;
    bool mixed; /* array: it holds a GC and an item at the same clock */
    int64_t order;
    yt_block_sink *sink;
    void *ctx;
    yt_block out; /* the last one taken; not yet given away if it is a GC, because it may grow */
    bool any;     /* `out` is set */
    bool failed;
} merge;

static const yata_id *id_of(const cursor *c) {
    return &c->stream->block->id;
}

static bool is_gc(const cursor *c) {
    return c->stream->block->content == YT_GC;
}

/* ------------------------------------------------------------------------
 * The array of Yjs
 */
static int compare_ids(const cursor *a, const cursor *b) {
    const yata_id *x = id_of(a), *y = id_of(b);
    if (x->client != y->client) return x->client > y->client ? -1 : 1;
    return x->clock < y->clock ? -1 : x->clock > y->clock;
}

static bool less(const cursor *a, const cursor *b) {
    int order = compare_ids(a, b);
    return order ? order < 0 : is_gc(a) != is_gc(b);
}

/* The run that is there already, turned round if it descends; then one insertion after the other. */
static void sort_array(cursor *list, uint32_t len) {
    if (len < 2) return;
    uint32_t run = 2;
    bool descending = less(&list[1], &list[0]);
    while (run < len && less(&list[run], &list[run - 1]) == descending) run++;
    for (uint32_t i = 0; descending && i < run / 2; i++) {
        cursor moved = list[i];
        list[i] = list[run - 1 - i];
        list[run - 1 - i] = moved;
    }
    for (; run < len; run++) {
        cursor moved = list[run];
        uint32_t low = 0, high = run;
        while (low < high) {
            uint32_t mid = low + (high - low) / 2;
            if (less(&moved, &list[mid]))
                high = mid;
            else
                low = mid + 1;
        }
        memmove(list + low + 1, list + low, (run - low) * sizeof *list);
        list[low] = moved;
    }
}

static void sort_mixed(merge *m) {
    sort_array(m->list, m->len);
    m->mixed = false;
    for (uint32_t i = 1; i < m->len && !m->mixed; i++)
        m->mixed = compare_ids(&m->list[i - 1], &m->list[i]) == 0 && is_gc(&m->list[i - 1]) != is_gc(&m->list[i]);
}

static void settle_array(merge *m) {
    if (!m->list[0].stream->block) {
        memmove(m->list, m->list + 1, --m->len * sizeof *m->list);
        if (m->mixed) sort_mixed(m);
        return;
    }
    uint32_t to = 1; /* it goes before its equals */
    while (!m->mixed && to < m->len && compare_ids(&m->list[to], &m->list[0]) < 0) to++;
    for (uint32_t i = to; !m->mixed && i < m->len && compare_ids(&m->list[i], &m->list[0]) == 0; i++)
        m->mixed = is_gc(&m->list[i]) != is_gc(&m->list[0]);
    if (m->mixed) {
        sort_mixed(m);
        return;
    }
    cursor moved = m->list[0];
    memmove(m->list, m->list + 1, (to - 1) * sizeof *m->list);
    m->list[to - 1] = moved;
}

/* ------------------------------------------------------------------------
 * The heap
 */
static bool before(const cursor *a, const cursor *b) {
    int order = compare_ids(a, b);
    if (order) return order < 0;
    return is_gc(a) == is_gc(b) ? a->order < b->order : a->order > b->order;
}

static void sift_down(merge *m, uint32_t at) {
    cursor moved = m->list[at];
    for (uint32_t child; (child = 2 * at + 1) < m->len; at = child) {
        if (child + 1 < m->len && before(&m->list[child + 1], &m->list[child])) child++;
        if (!before(&m->list[child], &moved)) break;
        m->list[at] = m->list[child];
    }
    m->list[at] = moved;
}

static void settle_heap(merge *m) {
    if (!m->list[0].stream->block)
        m->list[0] = m->list[--m->len];
    else
        m->list[0].order = --m->order;
    if (m->len) sift_down(m, 0);
}

/* The first stream was read from. */
static void settle(merge *m) {
    if (m->heap)
        settle_heap(m);
    else
        settle_array(m);
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
    yt_block_stream *s = m->list[0].stream;
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
        if (m->out.content == YT_GC && s->block->content == YT_GC) {
            m->out.len += s->block->len - known; /* and it stays, to be passed in the next step */
        } else {
            take(m, s->block, known);
            s->next(s);
        }
    }
    for (; s->block && s->block->id.client == client && s->block->id.clock == end_of(&m->out); s->next(s))
        take(m, s->block, 0);
    settle(m);
}

yata_status yt_merge_blocks(yt_mem *mem, yt_block_stream *const *streams, uint32_t count, yt_block_sink *sink,
                            void *ctx) {
    if (!count) return YATA_OK;
    merge m = {.sink = sink, .ctx = ctx};
    m.list = yt_alloc(mem, count * sizeof *m.list);
    if (!m.list) return YATA_ERR_MEMORY;
    for (uint32_t i = 0; i < count; i++)
        if (streams[i]->block) m.list[m.len++] = (cursor){streams[i], (int64_t)i + 1};
    m.heap = m.len > ARRAY_MAX;
    if (!m.heap) sort_mixed(&m);
    for (uint32_t i = m.heap ? m.len / 2 : 0; i-- > 0;) sift_down(&m, i);
    while (m.len && !m.failed) step(&m);
    give_kept(&m);
    yt_free(mem, m.list, count * sizeof *m.list);
    return m.failed ? YATA_ERR_MEMORY : YATA_OK;
}
