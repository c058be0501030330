/* SPDX-License-Identifier: MIT */
/*
 * apply.c - an update comes in: decode all of it, then integrate.
 *
 * The order is that of Yjs: highest client first; a block that needs another one, which is in the same update, waits on
 * a stack until that one is in; what needs something that is nowhere is parked with everything behind it (pending.c).
 * After the update, parked clients whose wait is over are continued, until nothing moves: whatever can be integrated
 * is.
 */
#include "base/sort.h"
#include "block/link.h"
#include "doc/append.h"
#include "doc/branch.h"
#include "doc/content.h"
#include "doc/delete.h"
#include "doc/integrate.h"
#include "doc/load.h"
#include "doc/pending.h"
#include "doc/pool.h"
#include "update/update.h"

/* The blocks of one client that are still to be looked at. */
typedef struct queue {
    uint64_t client;
    uint32_t section, last; /* sections of the update, `last` excluded */
    uint32_t at;            /* block in the section */
    uint32_t state;         /* dry run: the client's state as it would be */
} queue;

enum { FEW_QUEUES = 2 };

typedef struct apply {
    yata_txn *txn;
    yata_doc *doc;
    const yt_update *update;
    queue *queues; /* by descending client */
    uint32_t queue_count;
    YT_VEC(const yt_block *) stack;
    YT_VEC(const yt_block *) blocked;  /* to be parked */
    YT_VEC(yt_pending_client *) asked; /* the stack, where parked blocks are looked at */
    bool dry;
    size_t parked;         /* dry run: bytes that would have to wait */
    queue few[FEW_QUEUES]; /* most updates need no more */
} apply;

/* Field by field, as in yt_update_init, and without the queues. */
static void begin(apply *a, yata_txn *txn, yata_doc *doc, const yt_update *update) {
    a->txn = txn;
    a->doc = doc;
    a->update = update;
    a->queues = NULL;
    a->queue_count = 0;
    memset(&a->stack, 0, sizeof a->stack);
    memset(&a->blocked, 0, sizeof a->blocked);
    memset(&a->asked, 0, sizeof a->asked);
    a->dry = false;
    a->parked = 0;
}

/* ------------------------------------------------------------------------
 * Queues
 */
static bool make_queues(apply *a) {
    const yt_update *update = a->update;
    uint32_t n = update->sections.len;
    if (!n) return true;
    a->queues = n <= FEW_QUEUES ? a->few : yt_alloc(&a->doc->mem, n * sizeof *a->queues);
    if (!a->queues) return false;
    for (uint32_t i = 0; i < n; i++) {
        uint64_t client = update->sections.data[i].client;
        if (a->queue_count && a->queues[a->queue_count - 1].client == client)
            a->queues[a->queue_count - 1].last = i + 1;
        else
            a->queues[a->queue_count++] = (queue){client, i, i + 1, 0, 0};
    }
    return true;
}

static void free_queues(apply *a) {
    if (a->queues != a->few) yt_free(&a->doc->mem, a->queues, a->update->sections.len * sizeof *a->queues);
}

static const yt_block *next_block(const apply *a, queue *q) {
    while (q->section < q->last) {
        const yt_section *section = &a->update->sections.data[q->section];
        if (q->at < section->count) return &a->update->blocks.data[section->first + q->at++];
        q->section++;
        q->at = 0;
    }
    return NULL;
}

/* What comes next and needs nothing special. */
static void take_plain(const apply *a, queue *q) {
    if (q->section == q->last) return;
    const yt_section *section = &a->update->sections.data[q->section];
    uint32_t slot = yt_slot_near(a->doc, q->client);
    if (slot != YT_NONE)
        q->at += yt_append(a->txn, slot, &a->update->blocks.data[section->first + q->at], section->count - q->at);
}

static queue *find_queue(const apply *a, uint64_t client) {
    uint32_t low = 0, high = a->queue_count;
    while (low < high) {
        uint32_t mid = low + (high - low) / 2;
        if (a->queues[mid].client == client) return &a->queues[mid];
        if (a->queues[mid].client > client)
            low = mid + 1;
        else
            high = mid;
    }
    return NULL;
}

/* ------------------------------------------------------------------------
 * One block
 */
static uint32_t client_state(yata_doc *doc, uint64_t client) {
    return yt_state(doc, yt_slot_near(doc, client));
}

static uint32_t state_of(const apply *a, uint64_t client) {
    const queue *q = a->dry ? find_queue(a, client) : NULL;
    return q ? q->state : client_state(a->doc, client);
}

/* Is this, which the block builds on, not there? */
static inline bool is_missing(const apply *a, const yt_block *b, const yata_id *need, yata_id *missing) {
    if (need->client == b->id.client || need->clock < state_of(a, need->client)) return false;
    *missing = *need;
    return true;
}

/* What a weak link leads to comes first. */
static bool lacks_end(const apply *a, const yt_block *b, yata_id *missing) {
    yata_link link = yt_link_view(b->name);
    return (!link.start.root.data && is_missing(a, b, &link.start.id, missing)) ||
           (!link.end.root.data && is_missing(a, b, &link.end.id, missing));
}

/* The first thing that the block needs and that is not there. state: what its client has. */
static bool find_missing(const apply *a, const yt_block *b, uint32_t state, yata_id *missing) {
    if (state < b->id.clock) {
        *missing = (yata_id){b->id.client, b->id.clock - 1};
        return true;
    }
    return ((b->info & YT_INFO_ORIGIN) && is_missing(a, b, &b->origin, missing)) ||
           ((b->info & YT_INFO_RIGHT) && is_missing(a, b, &b->right, missing)) ||
           (b->parent == YT_PARENT_ID && is_missing(a, b, &b->parent_id, missing)) ||
           (YT_UNLIKELY(b->content == YT_TYPE && b->type_ref == YT_TYPE_REF_WEAK) && lacks_end(a, b, missing));
}

/* What the ids of a block stand for in this document. */
typedef struct place {
    yt_id origin, right_origin;
    yt_ref left, right;
    yt_branch *branch; /* NULL: its surroundings were collected, so it becomes a GC */
    uint32_t key;      /* YT_NONE: sequence item */
} place;

static yata_status find_parent(yata_doc *doc, const yt_block *b, place *p) {
    if (b->parent == YT_PARENT_NEIGHBOUR || p->left) { /* of a block that is partly known, its own first part */
        const yt_item *neighbour = yt_at(doc, p->left ? p->left : p->right);
        p->branch = yt_branch_at(doc, neighbour->parent);
        if (yt_is_keyed(neighbour)) p->key = neighbour->u.key;
        return YATA_OK;
    }
    if (b->parent == YT_PARENT_ROOT) {
        p->branch = yt_root(doc, b->parent_root);
        if (!p->branch) return YATA_ERR_MEMORY;
    } else {
        uint32_t slot = yt_slot_near(doc, b->parent_id.client);
        yt_ref owner = yt_item_find(yt_client_at(doc, slot), b->parent_id.clock);
        if (owner && yt_at(doc, owner)->content == YT_TYPE) p->branch = yt_branch_at(doc, yt_at(doc, owner)->chunk);
    }
    if (b->info & YT_INFO_KEY) {
        p->key = yt_strings_intern(&doc->mem, &doc->strings, b->key);
        if (p->key == YT_NONE) return YATA_ERR_MEMORY;
    }
    return YATA_OK;
}

static yata_status find_place(yata_txn *txn, const yt_block *b, uint32_t slot, uint32_t offset, place *p) {
    yata_doc *doc = txn->doc;
    bool collected = false;
    yata_status status = YATA_OK;
    *p = (place){{YT_NONE, 0}, {YT_NONE, 0}, 0, 0, NULL, YT_NONE};
    if (offset || (b->info & YT_INFO_ORIGIN)) {
        if (offset)
            p->origin = (yt_id){slot, b->id.clock + offset - 1};
        else
            p->origin = (yt_id){yt_slot_near(doc, b->origin.client), b->origin.clock};
        status = yt_clean_end(txn, p->origin.slot, p->origin.clock, &p->left);
        collected = !p->left;
    }
    if (!status && (b->info & YT_INFO_RIGHT)) {
        p->right_origin = (yt_id){yt_slot_near(doc, b->right.client), b->right.clock};
        yt_ref next = p->left ? yt_at(doc, p->left)->right : 0;
        if (next && yt_id_equal(yt_at(doc, next)->id, p->right_origin)) /* nearly always: nothing came between */
            p->right = next;
        else
            status = yt_clean_start(txn, p->right_origin.slot, p->right_origin.clock, &p->right);
        collected |= !p->right;
    }
    if (status || collected) return status;
    return find_parent(doc, b, p);
}

/* A block that is known already, or its beginning: Yjs cuts items at its origins before it looks whether it has the
 * block. Mostly they merge again at commit, but a cut inside a surrogate pair shows (spec/quirks.md). */
static yata_status cut_known(yata_txn *txn, const yt_block *b) {
    yata_status status = YATA_OK;
    yt_ref ref;
    if (b->content == YT_GC) return YATA_OK;
    if (b->info & YT_INFO_ORIGIN)
        status = yt_clean_end(txn, yt_slot_near(txn->doc, b->origin.client), b->origin.clock, &ref);
    if (!status && (b->info & YT_INFO_RIGHT))
        status = yt_clean_start(txn, yt_slot_near(txn->doc, b->right.client), b->right.clock, &ref);
    return status;
}

yata_status yt_integrate_block(yata_txn *txn, const yt_block *b, uint32_t offset) {
    yata_doc *doc = txn->doc;
    if (offset >= b->len) return cut_known(txn, b);
    uint32_t slot = yt_slot(doc, b->id.client);
    if (slot == YT_NONE) return YATA_ERR_MEMORY;
    if (b->id.client == doc->client_id) txn->clash = true;
    if (b->content == YT_GC) return yt_integrate_gc(txn, slot, b->len - offset);
    place p;
    yata_status status = offset ? cut_known(txn, b) : YATA_OK;
    if (!status) status = find_place(txn, b, slot, offset, &p);
    if (status) return status;
    if (!p.branch) return yt_integrate_gc(txn, slot, b->len - offset);
    yt_ref ref = yt_item_new(doc);
    if (!ref) return YATA_ERR_MEMORY;
    yt_item *it = yt_at(doc, ref);
    it->id = (yt_id){slot, b->id.clock + offset};
    it->origin = p.origin;
    it->right_origin = p.right_origin;
    it->left = p.left;
    it->right = p.right;
    it->parent = p.branch->ref;
    if (p.key != YT_NONE) {
        it->flags = YT_ITEM_KEYED;
        it->u.key = p.key;
    }
    if (!yt_content_import(doc, ref, b, offset)) {
        yt_item_free(doc, ref);
        return YATA_ERR_MEMORY;
    }
    status = yt_integrate(txn, ref);
    if (status) yt_item_discard(doc, ref);
    return status;
}

/* ------------------------------------------------------------------------
 * The update
 */

static size_t sum(size_t a, size_t b) { /* v2 names one key for many blocks: more than the update's length */
    return b > SIZE_MAX - a ? SIZE_MAX : a + b;
}

/* What is on the stack waits for something that is not here: it, and all that follows it of the same clients, is
 * parked. */
static yata_status park_stack(apply *a) {
    for (uint32_t i = 0; i < a->stack.len; i++) {
        const yt_block *b = a->stack.data[i];
        queue *q = find_queue(a, b->id.client);
        do {
            if (b->content == YT_SKIP) continue;
            if (a->dry)
                a->parked = sum(a->parked, yt_pending_size(b));
            else if (yt_vec_reserve(&a->doc->mem, &a->blocked, 1))
                yt_vec_put(&a->blocked, b);
            else
                return YATA_ERR_MEMORY;
        } while ((b = next_block(a, q)));
    }
    a->stack.len = 0;
    return YATA_OK;
}

static yata_status integrate_update(apply *a) {
    yata_status status = YATA_OK;
    uint32_t current = 0; /* queues before it are empty */
    const yt_block *b = NULL;
    for (;;) {
        if (!b && a->stack.len) b = a->stack.data[--a->stack.len];
        if (!b && !a->dry && current < a->queue_count) take_plain(a, &a->queues[current]);
        while (!b && current < a->queue_count) {
            b = next_block(a, &a->queues[current]);
            if (!b) current++;
        }
        if (!b) return YATA_OK;
        yata_id missing;
        uint32_t state = state_of(a, b->id.client);
        if (b->content == YT_SKIP) {
            b = NULL;
        } else if (find_missing(a, b, state, &missing)) {
            if (!yt_vec_reserve(&a->doc->mem, &a->stack, 1)) return YATA_ERR_MEMORY;
            yt_vec_put(&a->stack, b);
            queue *q = missing.client == b->id.client ? NULL : find_queue(a, missing.client);
            b = q ? next_block(a, q) : NULL;
            if (!b) status = park_stack(a);
        } else {
            if (!a->dry)
                status = yt_integrate_block(a->txn, b, state - b->id.clock);
            else if (state < b->id.clock + b->len)
                find_queue(a, b->id.client)->state = b->id.clock + b->len;
            b = NULL;
        }
        if (status) return status;
    }
}

static bool block_before(const void *a, const void *b) {
    const yata_id *x = &(*(const yt_block *const *)a)->id, *y = &(*(const yt_block *const *)b)->id;
    return x->client != y->client ? x->client > y->client : x->clock < y->clock;
}

static yata_status park_blocked(apply *a) {
    yt_sort(a->blocked.data, a->blocked.len, sizeof *a->blocked.data, block_before);
    return yt_pending_park(a->doc, a->blocked.data, a->blocked.len) ? YATA_OK : YATA_ERR_MEMORY;
}

/* The parked client that can be asked for this id, NULL if there is none or it is already being asked. */
static yt_pending_client *find_parked(const apply *a, yata_id id, uint64_t asking) {
    yt_pending_client *p = id.client == asking ? NULL : yt_pending_find(&a->doc->pending, id.client);
    return p && p->ready && !p->parked && !p->asked && yt_pending_head(p) ? p : NULL;
}

static yata_status ask(apply *a, yt_pending_client *p) {
    if (!yt_vec_reserve(&a->doc->mem, &a->asked, 1)) return YATA_ERR_MEMORY;
    yt_vec_put(&a->asked, p);
    p->asked = true;
    return YATA_OK;
}

/* Those on the stack wait, each with its first block. */
static yata_status park_again(apply *a) {
    for (uint32_t i = 0; i < a->asked.len; i++) {
        yt_pending_client *p = a->asked.data[i];
        yata_id missing;
        p->parked = true;
        p->asked = false;
        const yt_block *b = yt_pending_head(p);
        if (find_missing(a, b, client_state(a->doc, b->id.client), &missing) &&
            !yt_pending_wait(a->doc, p, missing.client, missing.clock))
            return YATA_ERR_MEMORY;
    }
    a->asked.len = 0;
    return YATA_OK;
}

/* As integrate_update, over what is parked: `p` and whom it asks. */
static yata_status continue_parked(apply *a, yt_pending_client *p) {
    yata_status status = ask(a, p);
    while (!status && a->asked.len) {
        yt_pending_client *top = a->asked.data[a->asked.len - 1], *other;
        const yt_block *b = yt_pending_head(top);
        yata_id missing;
        uint32_t state = b ? client_state(a->doc, b->id.client) : 0;
        if (!b) {
            top->asked = false;
            a->asked.len--;
        } else if (find_missing(a, b, state, &missing)) {
            other = find_parked(a, missing, top->client);
            status = other ? ask(a, other) : park_again(a);
        } else {
            status = yt_integrate_block(a->txn, b, state - b->id.clock);
            if (status) break;
            yt_pending_pop(a->doc, top);
            if (a->asked.len == 1) continue;
            top->asked = false; /* whoever asked for it looks again */
            a->asked.len--;
        }
    }
    return status;
}

static yata_status integrate_parked(apply *a) {
    yata_doc *doc = a->doc;
    if (!doc->pending.blocks) return YATA_OK;
    for (uint32_t i = 0; i < a->txn->touched.len; i++) {
        const yt_client *client = yt_client_at(doc, a->txn->touched.data[i].slot);
        yt_pending_wake(doc, client->client, client->state);
    }
    yt_pending_wake(doc, doc->client_id, client_state(doc, doc->client_id)); /* what was written here since */
    if (!doc->pending.ready.len) return YATA_OK;
    yt_pending_gather(doc);
    yata_status status = YATA_OK;
    for (uint32_t i = 0; i < doc->pending.ready.len && !status; i++)
        if (!doc->pending.ready.data[i]->parked) status = continue_parked(a, doc->pending.ready.data[i]);
    yt_pending_settle(doc);
    yt_pending_tidy(doc);
    return status;
}

/* ------------------------------------------------------------------------
 * Deletions
 */
static yata_status delete_run(yata_txn *txn, uint64_t client, yt_run run) {
    yata_doc *doc = txn->doc;
    uint32_t slot = yt_slot_near(doc, client), state = yt_state(doc, slot), end = run.clock + run.len;
    yata_status status = YATA_OK;
    if (run.clock < state) status = yt_delete_range(txn, slot, run.clock, (end < state ? end : state) - run.clock);
    if (status || end <= state) return status;
    uint32_t clock = run.clock > state ? run.clock : state;
    return yt_id_set_add(&doc->mem, &doc->pending.deletes, client, clock, end - clock) ? YATA_OK : YATA_ERR_MEMORY;
}

/* What one client's runs name. Mostly it is deleted already, since tombstones come as such: both sets are walked side
 * by side. */
static yata_status apply_deletes_of(yata_txn *txn, const yt_id_set_client *deletes) {
    const yt_known_ids done = {yt_deleted_of, txn->doc};
    yt_known_walk walk = yt_known_begin(&done, deletes->client);
    yt_run run;
    for (yt_runs_iter it = yt_runs_begin(&deletes->runs); yt_runs_next(&it, &run);) {
        if (yt_known_covers(&walk, run.clock, run.clock + run.len)) continue;
        yata_status status = delete_run(txn, deletes->client, run);
        if (status) return status;
        yt_known_changed(&walk, run.clock); /* the set, but not who is a client */
    }
    return YATA_OK;
}

static yata_status apply_deletes(yata_txn *txn, const yt_id_set *deletes) {
    for (uint32_t i = 0; i < deletes->len; i++) {
        yata_status status = apply_deletes_of(txn, &deletes->clients[i]);
        if (status) return status;
    }
    return YATA_OK;
}

static yata_status apply_waiting_of(yata_txn *txn, uint32_t slot) {
    yata_doc *doc = txn->doc;
    if (slot == YT_NONE) return YATA_OK;
    yt_runs *runs = yt_id_set_runs(&doc->pending.deletes, yt_client_at(doc, slot)->client);
    yt_run run;
    while (runs && yt_runs_find(runs, 0, &run) && run.clock < yt_state(doc, slot)) {
        uint32_t known = yt_state(doc, slot) - run.clock;
        if (known > run.len) known = run.len;
        yata_status status = yt_delete_range(txn, slot, run.clock, known);
        if (status) return status;
        if (!yt_runs_remove(&doc->mem, runs, run.clock, known)) return YATA_ERR_MEMORY;
    }
    return YATA_OK;
}

/* Deletions that waited for what has now arrived, or was written here since. */
static yata_status apply_waiting_deletes(yata_txn *txn) {
    yata_doc *doc = txn->doc;
    if (!doc->pending.deletes.len) return YATA_OK;
    yata_status status = apply_waiting_of(txn, yt_slot_find(doc, doc->client_id));
    for (uint32_t i = 0; i < txn->touched.len && !status; i++)
        status = apply_waiting_of(txn, txn->touched.data[i].slot);
    for (uint32_t i = 0; doc->pending.overdue && i < doc->pending.deletes.len && !status; i++)
        status = apply_waiting_of(txn, yt_slot_find(doc, doc->pending.deletes.clients[i].client));
    if (!status) doc->pending.overdue = false;
    if (yt_id_set_is_empty(&doc->pending.deletes)) yt_id_set_free(&doc->mem, &doc->pending.deletes);
    return status;
}

/* ------------------------------------------------------------------------
 * Entry
 */
/* Room for content, made in one piece. */
static void expect_content(yata_doc *doc, const yt_update *update) {
    size_t text = 0, values = 0, count = 0;
    for (uint32_t i = 0; i < update->blocks.len; i++) {
        const yt_block *b = &update->blocks.data[i];
        if (b->content == YT_STRING) {
            text += b->data.len;
        } else if (yt_content_countable(b->content) || b->content == YT_FORMAT) {
            values += b->data.len + b->name.len;
            count += b->content == YT_FORMAT || b->content == YT_DOC ? 2 : b->len;
        }
    }
    yt_chunks_expect(doc, text, values, count);
}

static bool fits(size_t limit, size_t bytes, size_t ranges) {
    return bytes <= limit && ranges <= (limit - bytes) / sizeof(yt_run);
}

/* How many ranges of deletions would have to wait. */
static size_t count_waiting(const apply *a) {
    size_t n = 0;
    for (uint32_t i = 0; i < a->update->deletes.len; i++) {
        const yt_id_set_client *deletes = &a->update->deletes.clients[i];
        uint32_t state = state_of(a, deletes->client);
        yt_run run;
        for (yt_runs_iter it = yt_runs_begin(&deletes->runs); yt_runs_next(&it, &run);)
            n += run.clock + run.len > state;
    }
    return n;
}

/* New clients of the update, those with nothing but holes left out. */
static uint32_t count_strangers(const yata_doc *doc, const yt_update *update) {
    uint32_t n = 0;
    uint64_t counted = UINT64_MAX; /* sections of one client follow each other */
    for (uint32_t i = 0; i < update->sections.len; i++) {
        const yt_section *section = &update->sections.data[i];
        uint32_t at = 0;
        while (at < section->count && update->blocks.data[section->first + at].content == YT_SKIP) at++;
        if (at == section->count || section->client == counted) continue;
        counted = section->client;
        n += yt_slot_find(doc, counted) == YT_NONE && !yt_pending_find(&doc->pending, counted);
    }
    return n;
}

/* YATA_ERR_LIMIT if the update brings more new clients than the document may come to know. */
static yata_status check_clients(const yata_doc *doc, const yt_update *update) {
    if (yt_pending_admits(doc, update->sections.len)) return YATA_OK;
    uint32_t strangers = count_strangers(doc, update);
    return strangers == 0 || yt_pending_admits(doc, strangers) ? YATA_OK : YATA_ERR_LIMIT;
}

/* YATA_ERR_LIMIT if so much of the update would have to wait that the waiting room is too small. */
static yata_status check_room(yata_doc *doc, const yt_update *update) {
    size_t bytes = doc->pending.bytes, limit = doc->limits.pending_bytes;
    size_t ranges = yt_id_set_run_count(&doc->pending.deletes), most = bytes;
    if (update->bytes && fits(limit, sum(most, yt_pending_most(update->blocks.len, update->bytes)),
                              ranges + yt_id_set_run_count(&update->deletes)))
        return YATA_OK;
    for (uint32_t i = 0; i < update->blocks.len; i++) most = sum(most, yt_pending_size(&update->blocks.data[i]));
    if (fits(limit, most, ranges + yt_id_set_run_count(&update->deletes))) return YATA_OK;
    apply a;
    begin(&a, NULL, doc, update);
    a.dry = true;
    yata_status status = make_queues(&a) ? YATA_OK : YATA_ERR_MEMORY;
    for (uint32_t i = 0; i < a.queue_count; i++) a.queues[i].state = client_state(doc, a.queues[i].client);
    if (!status) status = integrate_update(&a);
    if (!status) {
        size_t more = count_waiting(&a);
        if ((a.parked || more) && !fits(limit, sum(bytes, a.parked), ranges + more)) status = YATA_ERR_LIMIT;
    }
    yt_vec_free(&doc->mem, &a.stack);
    free_queues(&a);
    return status;
}

static yata_status apply_update(yata_txn *txn, const yt_update *update) {
    apply a;
    begin(&a, txn, txn->doc, update);
    expect_content(txn->doc, update);
    yata_status status = make_queues(&a) ? YATA_OK : YATA_ERR_MEMORY;
    if (!status) status = integrate_update(&a);
    if (!status) status = park_blocked(&a);
    if (!status) status = apply_deletes(txn, &update->deletes);
    if (!status) status = integrate_parked(&a);
    if (!status) status = apply_waiting_deletes(txn);
    if (status) txn->doc->pending.overdue = true;
    yt_vec_free(&txn->doc->mem, &a.stack);
    yt_vec_free(&txn->doc->mem, &a.blocked);
    yt_vec_free(&txn->doc->mem, &a.asked);
    free_queues(&a);
    return status;
}

/* What a keystroke needs is kept for the next one. */
static void keep_room(yata_doc *doc, yt_update *update) {
    enum { SPARE_BLOCKS = 4, SPARE_SECTIONS = 4 };
    if (doc->read.blocks.cap || update->blocks.cap > SPARE_BLOCKS || update->sections.cap > SPARE_SECTIONS) {
        yt_update_free(&doc->mem, update);
        return;
    }
    yt_update_clear(&doc->mem, update);
    doc->read = *update;
}

/* Reads all of the update, or of one that can be loaded what could not be placed at once. */
static yata_status read_update(yata_doc *doc, yata_txn **txn, yt_load *load, const yt_decoder_ops *format,
                               yata_bytes bytes, yata_bytes origin, yt_update *out, yata_fault *fault) {
    yt_update_reader in;
    yata_status status = YATA_OK;
    yt_update_reader_open(&in, &doc->mem, format, bytes, doc->limits.update_bytes, out);
    if (!in.sections || !yt_load_possible(doc, doc->txn) || !yt_pending_admits(doc, in.sections)) {
        *fault = yt_update_reader_rest(&in, NULL, 0, out);
        return fault->status;
    }
    if (!*txn) status = yata_txn_begin(doc, origin, txn);
    if (status)
        yt_update_reader_drop(&in, out);
    else
        status = yt_load_blocks(load, *txn, &in, out);
    *fault = in.d.in.fault;
    return status;
}

static yata_status begin_and_apply(yata_doc *doc, yata_txn *txn, const yt_decoder_ops *format, yata_bytes bytes,
                                   yata_bytes origin, yata_apply_result *result) {
    yata_apply_result ignored;
    if (!result) result = &ignored;
    *result = (yata_apply_result){{YATA_OK, 0}, false};
    yt_update update = doc->read;
    yt_update_init(&doc->read);
    const bool own = !txn;
    yt_load load = {0};
    yata_status status = read_update(doc, &txn, &load, format, bytes, origin, &update, &result->fault);
    bool changes = false; /* from here on nothing is taken back */
    if (!status) {
        status = check_clients(doc, &update);
        if (!status) status = check_room(doc, &update);
        if (!status && !txn) status = yata_txn_begin(doc, origin, &txn);
        if (!status) {
            changes = true;
            txn->local = false;
            status = apply_update(txn, &update);
        }
        keep_room(doc, &update);
    }
    if (!changes) yt_load_take_back(&load);
    if (own && txn) {
        yata_status committed = YATA_OK;
        if (changes)
            committed = yata_txn_commit(txn);
        else
            yt_txn_cancel(txn);
        if (!status) status = committed;
    }
    result->pending = doc->pending.blocks || !yt_id_set_is_empty(&doc->pending.deletes);
    return status;
}

static yata_status apply_to_doc(yata_doc *doc, const yt_decoder_ops *format, yata_bytes update, yata_bytes origin,
                                yata_apply_result *result) {
    if (!doc || (update.len && !update.data)) return YATA_ERR_ARGUMENT;
    return begin_and_apply(doc, NULL, format, update, origin, result);
}

static yata_status apply_in_txn(yata_txn *txn, const yt_decoder_ops *format, yata_bytes update,
                                yata_apply_result *result) {
    if (!txn || (update.len && !update.data)) return YATA_ERR_ARGUMENT;
    if (txn->doc->txn != txn) return YATA_ERR_STATE;
    return begin_and_apply(txn->doc, txn, format, update, (yata_bytes){NULL, 0}, result);
}

yata_status yata_doc_apply(yata_doc *doc, yata_bytes update, yata_bytes origin, yata_apply_result *result) {
    return apply_to_doc(doc, &yt_decoder_v1, update, origin, result);
}

yata_status yata_doc_apply_v2(yata_doc *doc, yata_bytes update, yata_bytes origin, yata_apply_result *result) {
    return apply_to_doc(doc, &yt_decoder_v2, update, origin, result);
}

yata_status yata_txn_apply(yata_txn *txn, yata_bytes update, yata_apply_result *result) {
    return apply_in_txn(txn, &yt_decoder_v1, update, result);
}

yata_status yata_txn_apply_v2(yata_txn *txn, yata_bytes update, yata_apply_result *result) {
    return apply_in_txn(txn, &yt_decoder_v2, update, result);
}

void yata_doc_pending(const yata_doc *doc, yata_pending *out) {
    *out = (yata_pending){0, 0, 0};
    if (!doc) return;
    *out = (yata_pending){doc->pending.blocks, yt_id_set_run_count(&doc->pending.deletes), doc->pending.bytes};
}
