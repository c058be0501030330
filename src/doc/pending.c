/* SPDX-License-Identifier: MIT */
/*
 * pending.c - the waiting room.
 *
 * Each client waits with its first block, for one clock of one client; waiting clients are chained by the client they
 * wait for. An arriving update costs what it wakes, not what waits: n blocks in any order cost O(n log n) look-ups.
 *
 * Every client has room in `ready` from the moment it exists, so that waking cannot fail.
 */
#include "doc/pending.h"

#include "base/sort.h"
#include "doc/store.h"
#include "update/update_merge.h"

static void block_free(yata_doc *doc, yt_pending_block *b) {
    doc->pending.blocks--;
    doc->pending.bytes -= b->size;
    yt_free(&doc->mem, b, b->size);
}

static void blocks_free(yata_doc *doc, yt_pending_list *list) {
    yt_pending_place place = yt_pending_list_begin(list);
    while (yt_pending_list_at(list, place)) {
        yt_pending_block *b = list->pages.data[place.page].blocks[place.at];
        place = yt_pending_list_next(list, place);
        block_free(doc, b);
    }
    yt_pending_list_free(&doc->mem, list);
}

void yt_pending_free(yata_doc *doc) {
    yt_pending *pending = &doc->pending;
    for (uint32_t i = 0; i < pending->clients.len; i++) {
        yt_pending_client *p = pending->clients.data[i];
        blocks_free(doc, &p->blocks);
        yt_free(&doc->mem, p, sizeof *p);
    }
    yt_vec_free(&doc->mem, &pending->clients);
    yt_vec_free(&doc->mem, &pending->ready);
    yt_u64_map_free(&doc->mem, &pending->index);
    yt_u64_map_free(&doc->mem, &pending->waiters);
}

void yt_pending_tidy(yata_doc *doc) {
    if (!doc->pending.blocks && doc->pending.clients.len) yt_pending_free(doc);
}

yt_pending_client *yt_pending_find(const yt_pending *pending, uint64_t client) {
    uint32_t at = yt_u64_map_get(&pending->index, client);
    return at == YT_NONE ? NULL : pending->clients.data[at];
}

bool yt_pending_admits(const yata_doc *doc, uint32_t more) {
    const yt_pending *pending = &doc->pending;
    if (doc->clients.len > doc->limits.clients || more > doc->limits.clients - doc->clients.len) return false;
    uint32_t room = doc->limits.clients - doc->clients.len - more, waiting = pending->clients.len;
    if (waiting <= room) return true;
    for (uint32_t i = 0; i < pending->clients.len; i++)
        waiting -= yt_slot_find(doc, pending->clients.data[i]->client) != YT_NONE;
    return waiting <= room;
}

static yt_pending_client *client_new(yata_doc *doc, uint64_t client) {
    yt_pending *pending = &doc->pending;
    /* A client is there at most once: room for all of them is room for ever. */
    uint32_t room = pending->clients.len + 1 - pending->ready.len;
    if (!yt_vec_reserve(&doc->mem, &pending->clients, 1) || !yt_vec_reserve(&doc->mem, &pending->ready, room))
        return NULL;
    yt_pending_client *p = yt_calloc(&doc->mem, sizeof *p);
    if (!p) return NULL;
    if (!yt_u64_map_put(&doc->mem, &pending->index, client, pending->clients.len)) {
        yt_free(&doc->mem, p, sizeof *p);
        return NULL;
    }
    p->client = client;
    p->next_waiter = YT_NONE;
    yt_vec_put(&pending->clients, p);
    return p;
}

/* ------------------------------------------------------------------------
 * Blocks
 */
static char *copy(char *to, const void *from, size_t n) {
    if (n) memcpy(to, from, n);
    return to + n;
}

/* A copy without the first `offset` clocks. */
static yt_pending_block *block_new(yata_doc *doc, const yt_block *from, uint32_t offset) {
    size_t size = yt_pending_size(from);
    yt_pending_block *b = yt_alloc(&doc->mem, size);
    if (!b) return NULL;
    b->size = size;
    b->block = *from;
    if (from->content == YT_STRING) b->block.padded = 0;
    yt_tail tail = {from->data, false};
    if (offset) {
        tail = yt_block_tail(from, offset);
        b->block.id.clock += offset;
        b->block.len -= offset;
        b->block.info |= YT_INFO_ORIGIN;
        b->block.origin = (yata_id){from->id.client, from->id.clock + offset - 1};
        b->block.parent = YT_PARENT_NEIGHBOUR;
    }
    char *p = (char *)(b + 1);
    b->block.data = (yata_bytes){(const uint8_t *)p, tail.rest.len + (tail.broken ? 3 : 0)};
    if (tail.broken) p = copy(p, "\xEF\xBF\xBD", 3);
    p = copy(p, tail.rest.data, tail.rest.len);
    if (from->name.data) b->block.name.data = p;
    p = copy(p, from->name.data, from->name.len);
    if (from->key.data) b->block.key.data = p;
    p = copy(p, from->key.data, from->key.len);
    if (b->block.parent != YT_PARENT_ROOT) return b;
    b->block.parent_root.data = p;
    copy(p, from->parent_root.data, from->parent_root.len);
    return b;
}

static void unchain(yt_pending *pending, yt_pending_client *p);

static void push_ready(yt_pending *pending, yt_pending_client *p) {
    if (p->ready) return;
    p->ready = true;
    yt_vec_put(&pending->ready, p); /* client_new made room */
}

/* Its client has something new at the front, perhaps. */
static void look_again(yata_doc *doc, yt_pending_client *p) {
    unchain(&doc->pending, p);
    push_ready(&doc->pending, p);
}

static bool insert(yata_doc *doc, const yt_block *block, uint32_t offset) {
    yt_pending_client *p = yt_pending_find(&doc->pending, block->id.client);
    if (!p) p = client_new(doc, block->id.client);
    if (!p) return false;
    yt_pending_block *b = block_new(doc, block, offset);
    if (!b) return false;
    if (!yt_pending_list_add(&doc->mem, &p->blocks, b)) {
        yt_free(&doc->mem, b, b->size);
        return false;
    }
    doc->pending.blocks++;
    doc->pending.bytes += b->size;
    look_again(doc, p);
    return true;
}

/* ------------------------------------------------------------------------
 * Parking
 */

/* How a block stands to what waits of its client. */
typedef enum relation { APART, KNOWN, ENTANGLED } relation;

static relation relate(const yata_doc *doc, const yt_block *b) {
    const yt_pending_client *p = yt_pending_find(&doc->pending, b->id.client);
    if (!p || !p->blocks.count) return APART;
    yt_pending_place at = yt_pending_list_behind(&p->blocks, b->id.clock);
    uint32_t end = b->id.clock + b->len;
    const yt_block *left = yt_pending_list_before(&p->blocks, at), *right = yt_pending_list_at(&p->blocks, at);
    if (left && left->id.clock == b->id.clock && left->len == b->len && left->content == b->content) return KNOWN;
    bool gc = b->content == YT_GC; /* GCs that touch become one */
    if (left && left->id.clock + left->len + (gc && left->content == YT_GC) > b->id.clock) return ENTANGLED;
    return right && end + (gc && right->content == YT_GC) > right->id.clock ? ENTANGLED : APART;
}

typedef struct waiting_stream { /* all that waits, by descending client */
    yt_block_stream stream;
    yt_pending_client **clients;
    uint32_t count, client; /* the next is `place` of clients[client] */
    yt_pending_place place;
    bool begun;
} waiting_stream;

static void next_waiting(yt_block_stream *stream) {
    waiting_stream *s = (waiting_stream *)stream;
    stream->block = NULL;
    for (; s->client < s->count; s->client++, s->begun = false) {
        const yt_pending_list *list = &s->clients[s->client]->blocks;
        if (!s->begun) s->place = yt_pending_list_begin(list);
        s->begun = true;
        stream->block = yt_pending_list_at(list, s->place);
        if (!stream->block) continue;
        s->place = yt_pending_list_next(list, s->place);
        return;
    }
}

typedef struct list_stream {
    yt_block_stream stream;
    const yt_block *const *blocks;
    uint32_t count, at;
} list_stream;

static void next_listed(yt_block_stream *stream) {
    list_stream *s = (list_stream *)stream;
    stream->block = s->at < s->count ? s->blocks[s->at++] : NULL;
}

static bool client_before(const void *a, const void *b) {
    return (*(yt_pending_client *const *)a)->client > (*(yt_pending_client *const *)b)->client;
}

/* The lists that take the places of those there are. */
typedef struct merged_client {
    yt_pending_client *client;
    yt_pending_list blocks;
} merged_client;

typedef struct merged {
    yata_doc *doc;
    YT_VEC(merged_client) clients;
} merged;

static merged_client *merged_of(merged *m, uint64_t client) {
    merged_client *last = m->clients.len ? &m->clients.data[m->clients.len - 1] : NULL;
    if (last && last->client->client == client) return last;
    yt_pending_client *p = yt_pending_find(&m->doc->pending, client);
    if (!p) p = client_new(m->doc, client);
    if (!p || !yt_vec_reserve(&m->doc->mem, &m->clients, 1)) return NULL;
    merged_client empty = {.client = p};
    yt_vec_put(&m->clients, empty);
    return &m->clients.data[m->clients.len - 1];
}

static bool collect_merged(void *ctx, const yt_block *block, uint32_t offset) {
    merged *m = ctx;
    if (block->content == YT_SKIP) return true;
    merged_client *to = merged_of(m, block->id.client);
    yt_pending_block *b = to ? block_new(m->doc, block, offset) : NULL;
    if (!b) return false;
    if (!yt_pending_list_add(&m->doc->mem, &to->blocks, b)) {
        yt_free(&m->doc->mem, b, b->size);
        return false;
    }
    m->doc->pending.blocks++;
    m->doc->pending.bytes += b->size;
    return true;
}

/* Everything that waits is merged with what comes, as two updates are. O(all of it), for a case that is rare: the same
 * clocks in different pieces. */
static bool merge_in(yata_doc *doc, const yt_block *const *blocks, uint32_t count) {
    yt_pending *pending = &doc->pending;
    waiting_stream waiting = {.stream.next = next_waiting, .count = pending->clients.len};
    list_stream coming = {.stream.next = next_listed, .blocks = blocks, .count = count};
    yt_block_stream *streams[2] = {&waiting.stream, &coming.stream};
    merged m = {.doc = doc};
    size_t size = waiting.count * sizeof *waiting.clients;
    waiting.clients = yt_alloc(&doc->mem, size);
    if (!waiting.clients) return false;
    memcpy(waiting.clients, pending->clients.data, size);
    yt_sort(waiting.clients, waiting.count, sizeof *waiting.clients, client_before);
    next_waiting(&waiting.stream);
    next_listed(&coming.stream);
    bool ok = yt_merge_blocks(&doc->mem, streams, 2, collect_merged, &m) == YATA_OK;
    yt_free(&doc->mem, waiting.clients, size);
    for (uint32_t i = 0; i < pending->clients.len && ok; i++) blocks_free(doc, &pending->clients.data[i]->blocks);
    for (uint32_t i = 0; i < m.clients.len; i++) {
        merged_client *to = &m.clients.data[i];
        if (!ok) {
            blocks_free(doc, &to->blocks);
            continue;
        }
        to->client->blocks = to->blocks;
        look_again(doc, to->client);
    }
    yt_vec_free(&doc->mem, &m.clients);
    return ok;
}

bool yt_pending_park(yata_doc *doc, const yt_block *const *blocks, uint32_t count) {
    for (uint32_t i = 0; i < count; i++)
        if (relate(doc, blocks[i]) == ENTANGLED) return merge_in(doc, blocks, count);
    for (uint32_t i = 0; i < count; i++) {
        if (relate(doc, blocks[i]) == KNOWN)
            look_again(doc, yt_pending_find(&doc->pending, blocks[i]->id.client));
        else if (!insert(doc, blocks[i], 0))
            return false;
    }
    return true;
}

void yt_pending_pop(yata_doc *doc, yt_pending_client *p) {
    block_free(doc, yt_pending_list_pop(&doc->mem, &p->blocks));
}

/* ------------------------------------------------------------------------
 * Waiting
 */
static void unchain(yt_pending *pending, yt_pending_client *p) {
    if (!p->waiting) return;
    uint32_t at = yt_u64_map_get(&pending->waiters, p->wait_client);
    yt_pending_client *before = NULL;
    while (pending->clients.data[at] != p) {
        before = pending->clients.data[at];
        at = before->next_waiter;
    }
    p->waiting = false;
    if (before)
        before->next_waiter = p->next_waiter;
    else if (p->next_waiter == YT_NONE)
        yt_u64_map_remove(&pending->waiters, p->wait_client);
    else /* replaces a value that is there: needs no memory */
        yt_u64_map_put(NULL, &pending->waiters, p->wait_client, p->next_waiter);
}

bool yt_pending_wait(yata_doc *doc, yt_pending_client *p, uint64_t client, uint32_t clock) {
    yt_pending *pending = &doc->pending;
    uint32_t place = yt_u64_map_get(&pending->index, p->client);
    uint32_t first = yt_u64_map_get(&pending->waiters, client);
    if (!yt_u64_map_put(&doc->mem, &pending->waiters, client, place)) return false;
    p->ready = false;
    p->wait_client = client;
    p->wait_clock = clock;
    p->next_waiter = first;
    p->waiting = true;
    return true;
}

void yt_pending_wake(yata_doc *doc, uint64_t client, uint32_t state) {
    yt_pending *pending = &doc->pending;
    uint32_t at = yt_u64_map_get(&pending->waiters, client), kept = YT_NONE;
    if (at == YT_NONE) return;
    while (at != YT_NONE) {
        yt_pending_client *p = pending->clients.data[at];
        uint32_t next = p->next_waiter;
        if (p->wait_clock < state) {
            p->waiting = false;
            push_ready(pending, p);
        } else {
            p->next_waiter = kept;
            kept = at;
        }
        at = next;
    }
    if (kept == YT_NONE)
        yt_u64_map_remove(&pending->waiters, client);
    else
        yt_u64_map_put(&doc->mem, &pending->waiters, client, kept); /* replaces */
}

void yt_pending_gather(yata_doc *doc) {
    yt_pending *pending = &doc->pending;
    for (uint32_t i = 0; i < pending->ready.len; i++) {
        uint64_t client = pending->ready.data[i]->client;
        uint32_t at = yt_u64_map_get(&pending->waiters, client);
        while (at != YT_NONE) {
            yt_pending_client *p = pending->clients.data[at];
            at = p->next_waiter;
            p->waiting = false;
            push_ready(pending, p);
        }
        yt_u64_map_remove(&pending->waiters, client);
    }
    yt_sort(pending->ready.data, pending->ready.len, sizeof *pending->ready.data, client_before);
}

void yt_pending_settle(yata_doc *doc) {
    yt_pending *pending = &doc->pending;
    uint32_t n = 0;
    for (uint32_t i = 0; i < pending->ready.len; i++) {
        yt_pending_client *p = pending->ready.data[i];
        p->parked = p->asked = false;
        if (!p->blocks.count) p->ready = false;
        if (p->ready) pending->ready.data[n++] = p;
    }
    pending->ready.len = n;
}
