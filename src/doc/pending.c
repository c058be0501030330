/* SPDX-License-Identifier: MIT */
/*
 * pending.c - the waiting room.
 *
 * Each client waits with its first block, for one clock of one client; waiting clients are chained by the client they
 * wait for. An arriving update costs what it wakes, not what waits: n blocks in any order cost O(n log n) look-ups.
 *
 * Every client has room in the `ready` heap from the moment it exists, so that waking cannot fail.
 */
#include "doc/pending.h"

static size_t root_len(const yt_block *b) {
    return b->parent == YT_PARENT_ROOT ? b->parent_root.len : 0;
}

size_t yt_pending_size(const yt_block *b) {
    return sizeof(yt_pending_block) + b->data.len + b->name.len + b->key.len + root_len(b);
}

static void block_free(yata_doc *doc, yt_pending_block *b) {
    doc->pending.blocks--;
    doc->pending.bytes -= b->size;
    yt_free(&doc->mem, b, b->size);
}

void yt_pending_free(yata_doc *doc) {
    yt_pending *pending = &doc->pending;
    for (uint32_t i = 0; i < pending->clients.len; i++) {
        yt_pending_client *p = pending->clients.data[i];
        while (p->head < p->blocks.len) block_free(doc, p->blocks.data[p->head++]);
        yt_vec_free(&doc->mem, &p->blocks);
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

static yt_pending_client *client_new(yata_doc *doc, uint64_t client) {
    yt_pending *pending = &doc->pending;
    /* The heap holds a client at most once: room for all of them is room for ever. */
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

static yt_pending_block *block_new(yata_doc *doc, const yt_block *from) {
    size_t size = yt_pending_size(from);
    yt_pending_block *b = yt_alloc(&doc->mem, size);
    if (!b) return NULL;
    b->size = size;
    b->block = *from;
    char *p = (char *)(b + 1);
    b->block.data.data = (const uint8_t *)p;
    p = copy(p, from->data.data, from->data.len);
    if (from->name.data) b->block.name.data = p;
    p = copy(p, from->name.data, from->name.len);
    if (from->key.data) b->block.key.data = p;
    p = copy(p, from->key.data, from->key.len);
    if (from->parent != YT_PARENT_ROOT) return b;
    b->block.parent_root.data = p;
    copy(p, from->parent_root.data, from->parent_root.len);
    return b;
}

/* First place whose block begins behind the clock. */
static uint32_t place_behind(const yt_pending_client *p, uint32_t clock) {
    uint32_t low = p->head, high = p->blocks.len;
    while (low < high) {
        uint32_t mid = low + (high - low) / 2;
        if (p->blocks.data[mid]->block.id.clock <= clock)
            low = mid + 1;
        else
            high = mid;
    }
    return low;
}

static void push_ready(yt_pending *pending, uint32_t place);

static void unchain(yt_pending *pending, yt_pending_client *p);

bool yt_pending_add(yata_doc *doc, const yt_block *block) {
    yt_pending_client *p = yt_pending_find(&doc->pending, block->id.client);
    if (!p) p = client_new(doc, block->id.client);
    if (!p || !yt_vec_reserve(&doc->mem, &p->blocks, 1)) return false;
    uint32_t at = place_behind(p, block->id.clock);
    const yt_block *before = at > p->head ? &p->blocks.data[at - 1]->block : NULL;
    if (!before || before->id.clock + before->len < block->id.clock + block->len ||
        before->id.clock != block->id.clock) {
        yt_pending_block *b = block_new(doc, block);
        if (!b) return false;
        if (at == p->head && p->head) { /* room in front: blocks that arrive backwards are not moved */
            p->blocks.data[--p->head] = b;
        } else {
            memmove(p->blocks.data + at + 1, p->blocks.data + at, (p->blocks.len - at) * sizeof *p->blocks.data);
            p->blocks.data[at] = b;
            p->blocks.len++;
        }
        doc->pending.blocks++;
        doc->pending.bytes += b->size;
    }
    unchain(&doc->pending, p);
    if (!p->ready) push_ready(&doc->pending, yt_u64_map_get(&doc->pending.index, p->client));
    return true;
}

void yt_pending_pop(yata_doc *doc, yt_pending_client *p) {
    block_free(doc, p->blocks.data[p->head++]);
    if (p->head == p->blocks.len) p->head = p->blocks.len = 0;
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
    if (!yt_u64_map_put(&doc->mem, &pending->waiters, client, place)) {
        push_ready(pending, place);
        return false;
    }
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
            push_ready(pending, at);
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

/* ------------------------------------------------------------------------
 * The heap of those to look at, highest client first
 */
static uint64_t client_at(const yt_pending *pending, uint32_t i) {
    return pending->clients.data[pending->ready.data[i]]->client;
}

static void swap(yt_pending *pending, uint32_t a, uint32_t b) {
    uint32_t t = pending->ready.data[a];
    pending->ready.data[a] = pending->ready.data[b];
    pending->ready.data[b] = t;
}

static void push_ready(yt_pending *pending, uint32_t place) {
    pending->clients.data[place]->ready = true;
    uint32_t at = pending->ready.len;
    yt_vec_put(&pending->ready, place); /* client_new made room */
    while (at && client_at(pending, (at - 1) / 2) < client_at(pending, at)) {
        swap(pending, at, (at - 1) / 2);
        at = (at - 1) / 2;
    }
}

yt_pending_client *yt_pending_take(yata_doc *doc) {
    yt_pending *pending = &doc->pending;
    if (!pending->ready.len) return NULL;
    yt_pending_client *p = pending->clients.data[pending->ready.data[0]];
    uint32_t n = --pending->ready.len;
    pending->ready.data[0] = pending->ready.data[n];
    for (uint32_t at = 0, child; (child = 2 * at + 1) < n; at = child) {
        if (child + 1 < n && client_at(pending, child + 1) > client_at(pending, child)) child++;
        if (client_at(pending, child) <= client_at(pending, at)) break;
        swap(pending, child, at);
    }
    p->ready = false;
    return p;
}

void yt_pending_again(yata_doc *doc, const yt_pending_client *p) {
    push_ready(&doc->pending, yt_u64_map_get(&doc->pending.index, p->client));
}
