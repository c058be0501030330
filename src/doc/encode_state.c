/* SPDX-License-Identifier: MIT */
/*
 * encode_state.c - writing updates from the store.
 *
 * An update lists clients in descending order; of each, its blocks from a clock on. The state of a document includes
 * what is pending, after a Skip where something is missing, so that a relay does not lose it: the bytes equal those of
 * yjs, which merges its pending update into the state.
 *
 * Writing uses the allocator of the output only, so that readers may encode at the same time.
 */
#include "doc/encode_state.h"

#include "base/utf.h"
#include "doc/branch.h"
#include "doc/content.h"
#include "doc/encode_plain.h"
#include "doc/pending.h"
#include "doc/text_marks.h"
#include "ids/state_vector.h"
#include "update/update_sink.h"

/* ------------------------------------------------------------------------
 * Blocks
 */
static yata_id wire_id(const yata_doc *doc, yt_id id) {
    yata_id out = {yt_client_at(doc, id.slot)->client, id.clock};
    return out;
}

void yt_item_view(const yata_doc *doc, const yt_item *it, yt_block *out) {
    out->id = wire_id(doc, it->id);
    out->info = 0;
    out->parent = YT_PARENT_NEIGHBOUR;
    if (it->origin.slot != YT_NONE) {
        out->info |= YT_INFO_ORIGIN;
        out->origin = wire_id(doc, it->origin);
    }
    if (it->right_origin.slot != YT_NONE) {
        out->info |= YT_INFO_RIGHT;
        out->right = wire_id(doc, it->right_origin);
    }
    if (yt_is_keyed(it)) {
        out->info |= YT_INFO_KEY;
        out->key = yt_strings_get(&doc->strings, it->u.key);
    }
    if (!(out->info & (YT_INFO_ORIGIN | YT_INFO_RIGHT))) {
        const yt_branch *branch = yt_branch_at(doc, it->parent);
        if (branch->owner) {
            out->parent = YT_PARENT_ID;
            out->parent_id = wire_id(doc, yt_at(doc, branch->owner)->id);
        } else {
            out->parent = YT_PARENT_ROOT;
            out->parent_root = yt_strings_get(&doc->strings, branch->name);
        }
    }
    yt_content_view(doc, it, out);
}

/* Only the first `len` clocks of an item that is longer. */
static void cut_tail(const yata_doc *doc, const yt_item *it, uint32_t len, yt_block *b) {
    bool inside;
    if (b->content == YT_STRING)
        b->data.len = yt_text_at_utf16(doc, yt_slice_of(it), b->data.len, len, &inside);
    else if (b->content != YT_DELETED)
        b->data = yt_elements(doc, yt_slice_of(it), len);
    b->len = len;
}

/* Of a text beyond ASCII, or of values, that are written from `offset` on, leaves out most of what is before that: it
 * is looked up here, and counted by who writes. */
static void cut_head(const yata_doc *doc, const yt_item *it, yt_block *b, uint32_t *offset) {
    bool values = b->content == YT_ANY || b->content == YT_JSON;
    if ((!values && (b->content != YT_STRING || !it->wide)) || *offset < 2) return;
    uint32_t drop = *offset - 1;
    if (values) {
        yt_slice rest = {it->chunk, it->at + drop};
        b->data = yt_elements(doc, rest, b->len - drop);
    } else {
        bool inside;
        size_t at = yt_text_at_utf16(doc, yt_slice_of(it), b->data.len, drop, &inside);
        drop -= inside;
        b->data.data += at;
        b->data.len -= at;
    }
    b->id.clock += drop;
    b->len -= drop;
    *offset -= drop;
}

/* Blocks that contain clocks of [from, to). */
static uint32_t count_blocks(const yt_client *client, uint32_t from, uint32_t to) {
    yt_place a = yt_store_find(client, from), b = yt_store_find(client, to - 1);
    uint32_t n = b.at + 1 - a.at;
    for (uint32_t page = a.page; page < b.page; page++) n += client->pages[page]->len;
    return n;
}

/* Where something waits, Yjs merges it with the state, and its merge forgets that a block has a key unless the key is
 * written with it (spec/quirks.md). */
static void write_merged(yt_encoder *e, yt_block *b, uint32_t offset) {
    if (offset || (b->info & (YT_INFO_ORIGIN | YT_INFO_RIGHT))) b->info &= (uint8_t)~YT_INFO_KEY;
    e->ops->block(e, b, offset);
}

static void write_blocks(const yata_doc *doc, const yt_client *client, uint32_t from, uint32_t to, bool merged,
                         yt_encoder *e) {
    yt_place place = yt_store_find(client, from);
    uint32_t clock = from;
    do {
        yt_entry entry = yt_entry_at(client, place);
        if (clock == entry.clock) {
            clock = yt_encode_plain(doc, client, &place, to, e);
            if (clock >= to) return;
            entry = yt_entry_at(client, place);
        }
        uint32_t len = yt_place_len(client, place), offset = clock - entry.clock;
        yt_block b;
        if (entry.item) {
            const yt_item *it = yt_at(doc, entry.item);
            yt_item_view(doc, it, &b);
            if (len > to - entry.clock) cut_tail(doc, it, len = to - entry.clock, &b);
            if (offset) cut_head(doc, it, &b, &offset);
        } else {
            if (len > to - entry.clock) len = to - entry.clock;
            b = (yt_block){.content = YT_GC, .len = len};
        }
        if (merged)
            write_merged(e, &b, offset);
        else
            e->ops->block(e, &b, offset);
        clock = entry.clock + len;
    } while (clock < to && yt_place_next(client, &place));
}

static void write_runs(const yt_runs *runs, uint64_t client, yt_encoder *e) {
    e->ops->delete_client(e, client, runs->count);
    for (uint32_t i = 0; i < runs->page_count; i++)
        e->ops->delete_runs(e, yt_runs_page(runs, i)->runs, yt_runs_page(runs, i)->len);
}

/* ------------------------------------------------------------------------
 * Transactions
 */
yata_status yt_encode_txn(const yata_txn *txn, const yt_encoder_ops *format, yata_buffer *out, bool *empty) {
    const yata_doc *doc = txn->doc;
    yt_mem mem;
    yt_mem_init(&mem, &out->allocator);
    *empty = true;
    enum {
        FEW = 4,
        KEY_STROKE = 128
    }; /* clients; bytes of an update, with what writers ask for beyond what they need */
    uint32_t n = txn->touched.len, sections = 0, deleters = 0;
    yt_state_entry few[FEW], *order = few; /* client, place in touched */
    if (n > FEW) order = yt_alloc(&mem, n * sizeof *order);
    if (!order) return YATA_ERR_MEMORY;
    for (uint32_t i = 0; i < n; i++) {
        const yt_touch *touch = &txn->touched.data[i];
        order[i] = (yt_state_entry){yt_client_at(doc, touch->slot)->client, i};
        sections += touch->after > touch->before;
        deleters += touch->deleted.count > 0;
    }
    yata_status status = YATA_OK;
    if (sections || deleters) {
        *empty = false;
        yt_state_entries_sort(order, n);
        yt_encoder e;
        format->init(&e, &mem);
        yt_writer_hint(&e.rest, KEY_STROKE);
        e.ops->sections(&e, sections);
        for (uint32_t i = 0; i < n; i++) {
            const yt_touch *touch = &txn->touched.data[order[i].clock];
            const yt_client *client = yt_client_at(doc, touch->slot);
            if (touch->after == touch->before) continue;
            e.ops->section(&e, count_blocks(client, touch->before, touch->after), client->client, touch->before);
            write_blocks(doc, client, touch->before, touch->after, false, &e);
        }
        e.ops->delete_clients(&e, deleters);
        for (uint32_t i = 0; i < n; i++) {
            const yt_touch *touch = &txn->touched.data[order[i].clock];
            if (!touch->deleted.count) continue;
            write_runs(&touch->deleted, order[i].client, &e);
        }
        status = e.ops->finish(&e, out);
    }
    if (n > FEW) yt_free(&mem, order, n * sizeof *order);
    return status;
}

/* ------------------------------------------------------------------------
 * The state
 */

/* The clients concerned, descending. */
typedef struct clients {
    yt_state_entry *order; /* client, and its clock in the state vector */
    uint32_t len, cap;
} clients;

static bool list_clients(const yata_doc *doc, yt_mem *mem, const yt_state_vector *sv, clients *out) {
    const yt_pending *pending = &doc->pending;
    *out = (clients){NULL, 0, doc->clients.len + pending->clients.len + pending->deletes.len};
    if (!out->cap) return true;
    out->order = yt_alloc(mem, out->cap * sizeof *out->order);
    if (!out->order) return false;
    for (uint32_t i = 0; i < doc->clients.len; i++) out->order[out->len++].client = doc->clients.data[i].client;
    for (uint32_t i = 0; i < pending->clients.len; i++)
        out->order[out->len++].client = pending->clients.data[i]->client;
    for (uint32_t i = 0; i < pending->deletes.len; i++)
        out->order[out->len++].client = pending->deletes.clients[i].client;
    yt_state_entries_sort(out->order, out->len);
    uint32_t n = 0;
    for (uint32_t i = 0; i < out->len; i++)
        if (!n || out->order[n - 1].client != out->order[i].client) out->order[n++].client = out->order[i].client;
    out->len = n;
    for (uint32_t i = 0; i < n; i++) out->order[i].clock = yt_state_vector_get(sv, out->order[i].client);
    return true;
}

/* Writes the waiting blocks of a client behind `clock`, with Skips over what is missing if something was written before
 * them; e NULL: only counts. Returns the number of blocks. */
static uint32_t write_pending(const yt_pending_client *pending, uint32_t clock, bool begun, yt_encoder *e) {
    uint32_t n = 0;
    const yt_pending_list *list = &pending->blocks;
    yt_pending_place place = yt_pending_list_begin(list);
    for (const yt_block *at; (at = yt_pending_list_at(list, place)); place = yt_pending_list_next(list, place)) {
        yt_block b = *at;
        uint32_t end = b.id.clock + b.len, offset = 0;
        if (end <= clock) continue;
        if (b.id.clock < clock) offset = clock - b.id.clock;
        if (begun && b.id.clock > clock) {
            yt_block skip = {.content = YT_SKIP, .len = b.id.clock - clock};
            if (e) e->ops->block(e, &skip, 0);
            n++;
        }
        if (e) write_merged(e, &b, offset);
        n++;
        begun = true;
        clock = end;
    }
    return n;
}

/* First clock that the waiting blocks of a client would write; YT_CLOCK_MAX: none. */
static uint32_t pending_start(const yt_pending_client *pending, uint32_t clock) {
    const yt_pending_list *list = &pending->blocks;
    yt_pending_place place = yt_pending_list_begin(list);
    for (const yt_block *b; (b = yt_pending_list_at(list, place)); place = yt_pending_list_next(list, place)) {
        if (b->id.clock + b->len > clock) return b->id.clock > clock ? b->id.clock : clock;
    }
    return YT_CLOCK_MAX;
}

/* Writes the section of one client; e NULL: only tells whether there is one. */
static bool write_section(const yata_doc *doc, yt_state_entry from, yt_encoder *e) {
    uint32_t slot = yt_slot_find(doc, from.client), state = yt_state(doc, slot);
    const yt_pending_client *pending = doc->pending.blocks ? yt_pending_find(&doc->pending, from.client) : NULL;
    bool stored = state > from.clock;
    uint32_t clock = stored ? state : from.clock, waiting = pending ? write_pending(pending, clock, stored, NULL) : 0;
    if (!stored && !waiting) return false;
    if (!e) return true;
    if (stored) {
        const yt_client *client = yt_client_at(doc, slot);
        e->ops->section(e, count_blocks(client, from.clock, state) + waiting, from.client, from.clock);
        write_blocks(doc, client, from.clock, state, doc->pending.blocks || !yt_id_set_is_empty(&doc->pending.deletes),
                     e);
    } else {
        e->ops->section(e, waiting, from.client, pending_start(pending, clock));
    }
    if (waiting) write_pending(pending, clock, stored, e);
    return true;
}

/* Writes the deletions of one client, waiting ones included; e NULL: only tells whether there are any. False in *ok: no
 * memory. */
static bool write_deletes(const yata_doc *doc, uint64_t client, yt_mem *mem, yt_encoder *e, bool *ok) {
    uint32_t slot = yt_slot_find(doc, client);
    const yt_runs *stored = slot == YT_NONE ? NULL : &yt_client_at(doc, slot)->deleted;
    const yt_runs *waiting = doc->pending.deletes.len ? yt_id_set_find(&doc->pending.deletes, client) : NULL;
    if (stored && !stored->count) stored = NULL;
    if (waiting && !waiting->count) waiting = NULL;
    if (!e || (!stored && !waiting)) return stored || waiting;
    if (!stored || !waiting) {
        write_runs(stored ? stored : waiting, client, e);
        return true;
    }
    yt_runs both = {0};
    yt_run run;
    for (yt_runs_iter it = yt_runs_begin(stored); *ok && yt_runs_next(&it, &run);)
        *ok = yt_runs_add(mem, &both, run.clock, run.len);
    for (yt_runs_iter it = yt_runs_begin(waiting); *ok && yt_runs_next(&it, &run);)
        *ok = yt_runs_add(mem, &both, run.clock, run.len);
    write_runs(&both, client, e);
    yt_runs_free(mem, &both);
    return true;
}

/* What is written, in the order of clients. False: no memory. */
static bool write_state(const yata_doc *doc, yt_mem *mem, const clients *all, yt_encoder *e) {
    uint32_t sections = 0, deleters = 0;
    bool ok = true;
    for (uint32_t i = 0; i < all->len; i++) {
        sections += write_section(doc, all->order[i], NULL);
        deleters += write_deletes(doc, all->order[i].client, mem, NULL, &ok);
    }
    e->ops->sections(e, sections);
    for (uint32_t i = 0; i < all->len; i++) write_section(doc, all->order[i], e);
    e->ops->delete_clients(e, deleters);
    for (uint32_t i = 0; i < all->len && ok; i++) write_deletes(doc, all->order[i].client, mem, e, &ok);
    return ok;
}

/* Where room is made for the whole state at once, little is copied while it grows. Most blocks stand between two of the
 * same client. */
static void expect_all(const yata_doc *doc, yt_encoder *e) {
    size_t blocks = 0, heads = 0;
    for (uint32_t i = 0; i < doc->clients.len; i++) {
        const yt_client *client = &doc->clients.data[i];
        size_t clock = yt_var_uint_size(client->state), id = yt_var_uint_size(client->client) + clock;
        size_t block = 1 + 2 * id + 1, run = clock + 1,
               count = 0; /* info, both origins, a length; where, and how long */
        for (uint32_t page = 0; page < client->page_count; page++) count += client->pages[page]->len;
        blocks += count;
        heads += block * count + run * client->deleted.count;
    }
    e->ops->expect(e, blocks, doc->chunks.bytes, heads + heads / 64); /* some take more */
}

static yata_status encode(const yata_doc *doc, const yt_encoder_ops *format, yt_mem *mem, const yt_state_vector *sv,
                          yata_buffer *out) {
    clients all;
    if (!list_clients(doc, mem, sv, &all)) return YATA_ERR_MEMORY;
    yt_encoder e;
    format->init(&e, mem);
    if (!sv->len && doc->chunks.bytes > YT_CHUNK_BYTES) expect_all(doc, &e);
    bool ok = write_state(doc, mem, &all, &e);
    yt_free(mem, all.order, all.cap * sizeof *all.order);
    if (!ok) {
        yt_encoder_free(&e);
        return YATA_ERR_MEMORY;
    }
    return e.ops->finish(&e, out);
}

/* What somebody has; no bytes: nothing. */
static yata_status read_state_vector(yt_mem *mem, yata_bytes bytes, yt_state_vector *out) {
    if (!bytes.len) return YATA_OK;
    yt_reader r;
    yt_reader_init(&r, bytes.data, bytes.len);
    yt_state_vector_read(mem, out, &r);
    return r.fault.status;
}

static yata_status write_to(const yata_doc *doc, const yt_encoder_ops *format, yt_mem *mem, const yt_state_vector *sv,
                            yata_write_fn write, void *ctx) {
    clients all;
    yt_sink sink;
    bool ok = true;
    if (!list_clients(doc, mem, sv, &all)) return YATA_ERR_MEMORY;
    for (yt_sink_begin(&sink, format, mem, write, ctx); ok && yt_sink_pass(&sink);)
        ok = write_state(doc, mem, &all, &sink.encoder);
    yata_status status = yt_sink_end(&sink);
    yt_free(mem, all.order, all.cap * sizeof *all.order);
    return ok ? status : YATA_ERR_MEMORY;
}

yata_status yata_doc_write_diff(const yata_doc *doc, yata_bytes state_vector, yata_update_format format,
                                const yata_allocator *allocator, yata_write_fn write, void *ctx) {
    if (!doc || !write || (state_vector.len && !state_vector.data)) return YATA_ERR_ARGUMENT;
    if (format != YATA_UPDATE_V1 && format != YATA_UPDATE_V2) return YATA_ERR_ARGUMENT;
    yt_mem mem;
    yt_mem_init(&mem, allocator);
    yt_state_vector sv = {0};
    yata_status status = read_state_vector(&mem, state_vector, &sv);
    if (!status)
        status = write_to(doc, format == YATA_UPDATE_V1 ? &yt_encoder_v1 : &yt_encoder_v2, &mem, &sv, write, ctx);
    yt_state_vector_free(&mem, &sv);
    return status;
}

/* Both sorted. */
static void write_past(const yata_doc *doc, const yt_state_entry *states, uint32_t state_count,
                       const yt_state_entry *deleters, uint32_t deleter_count, const yt_id_set *deletes,
                       yt_encoder *e) {
    e->ops->sections(e, state_count);
    for (uint32_t i = 0; i < state_count; i++) {
        const yt_client *client = yt_client_at(doc, yt_slot_find(doc, states[i].client));
        e->ops->section(e, count_blocks(client, 0, states[i].clock), states[i].client, 0);
        write_blocks(doc, client, 0, states[i].clock, false, e);
    }
    e->ops->delete_clients(e, deleter_count);
    for (uint32_t i = 0; i < deleter_count; i++)
        write_runs(&deletes->clients[deleters[i].clock].runs, deleters[i].client, e);
}

yata_status yt_encode_past(const yata_doc *doc, const yt_state_vector *states, const yt_id_set *deletes,
                           const yt_encoder_ops *format, yata_buffer *out) {
    yt_mem mem;
    yt_mem_init(&mem, &out->allocator);
    size_t n = (size_t)states->len + deletes->len;
    yt_state_entry *order = n ? yt_alloc(&mem, n * sizeof *order) : NULL,
                   *deleters = order ? order + states->len : NULL;
    if (n && !order) return YATA_ERR_MEMORY;
    uint32_t deleter_count = 0, state_count = 0;
    for (uint32_t i = 0; i < states->len; i++)
        if (states->entries[i].clock) order[state_count++] = states->entries[i];
    for (uint32_t i = 0; i < deletes->len; i++)
        if (deletes->clients[i].runs.count) deleters[deleter_count++] = (yt_state_entry){deletes->clients[i].client, i};
    yt_state_entries_sort(order, state_count);
    yt_state_entries_sort(deleters, deleter_count);
    yt_encoder e;
    format->init(&e, &mem);
    write_past(doc, order, state_count, deleters, deleter_count, deletes, &e);
    yt_free(&mem, order, n * sizeof *order);
    return e.ops->finish(&e, out);
}

yata_status yata_doc_encode_pending(const yata_doc *doc, yata_buffer *out) {
    if (!doc || !out) return YATA_ERR_ARGUMENT;
    yt_mem mem;
    yt_mem_init(&mem, &out->allocator);
    yt_state_vector none = {0};
    clients all;
    if (!list_clients(doc, &mem, &none, &all)) return YATA_ERR_MEMORY;
    uint32_t sections = 0;
    for (uint32_t i = 0; i < all.len; i++) { /* behind what is stored only what waits is left */
        all.order[i].clock = yt_state(doc, yt_slot_find(doc, all.order[i].client));
        sections += write_section(doc, all.order[i], NULL);
    }
    yt_encoder e;
    yt_encoder_v1.init(&e, &mem);
    e.ops->sections(&e, sections);
    for (uint32_t i = 0; i < all.len; i++) write_section(doc, all.order[i], &e);
    e.ops->delete_clients(&e, 0);
    yt_free(&mem, all.order, all.cap * sizeof *all.order);
    return e.ops->finish(&e, out);
}

void yata_doc_visit_pending(const yata_doc *doc, const yata_update_visitor *visitor) {
    if (!doc || !visitor || !visitor->deleted) return;
    for (uint32_t i = doc->pending.deletes.len; i-- > 0;) {
        const yt_id_set_client *deletes = &doc->pending.deletes.clients[i];
        yt_run run;
        for (yt_runs_iter it = yt_runs_begin(&deletes->runs); yt_runs_next(&it, &run);)
            if (!visitor->deleted(visitor->ctx, (yata_id){deletes->client, run.clock}, run.len)) return;
    }
}

static yata_status encode_diff(const yata_doc *doc, const yt_encoder_ops *format, yata_bytes state_vector,
                               yata_buffer *out) {
    if (!doc || !out || (state_vector.len && !state_vector.data)) return YATA_ERR_ARGUMENT;
    yt_mem mem;
    yt_mem_init(&mem, &out->allocator);
    yt_state_vector sv = {0};
    yata_status status = read_state_vector(&mem, state_vector, &sv);
    if (!status) status = encode(doc, format, &mem, &sv, out);
    yt_state_vector_free(&mem, &sv);
    return status;
}

yata_status yata_doc_encode_state(const yata_doc *doc, yata_buffer *out) {
    return encode_diff(doc, &yt_encoder_v1, (yata_bytes){NULL, 0}, out);
}

yata_status yata_doc_encode_state_v2(const yata_doc *doc, yata_buffer *out) {
    return encode_diff(doc, &yt_encoder_v2, (yata_bytes){NULL, 0}, out);
}

yata_status yata_doc_encode_diff(const yata_doc *doc, yata_bytes state_vector, yata_buffer *out) {
    return encode_diff(doc, &yt_encoder_v1, state_vector, out);
}

yata_status yata_doc_encode_diff_v2(const yata_doc *doc, yata_bytes state_vector, yata_buffer *out) {
    return encode_diff(doc, &yt_encoder_v2, state_vector, out);
}

/* ------------------------------------------------------------------------
 * State vectors
 */
static yata_status write_entries(yt_mem *mem, yt_state_entry *entries, uint32_t n, yata_buffer *out) {
    yt_writer w;
    yt_writer_init(&w, mem);
    yt_state_entries_sort(entries, n);
    yt_state_entries_write(entries, n, &w);
    return yt_writer_to_buffer(&w, out);
}

yata_status yata_doc_encode_state_vector(const yata_doc *doc, yata_buffer *out) {
    if (!doc || !out) return YATA_ERR_ARGUMENT;
    yt_mem mem;
    yt_mem_init(&mem, &out->allocator);
    uint32_t n = doc->clients.len;
    yt_state_entry *entries = n ? yt_alloc(&mem, n * sizeof *entries) : NULL;
    if (n && !entries) return YATA_ERR_MEMORY;
    for (uint32_t i = 0; i < n; i++)
        entries[i] = (yt_state_entry){doc->clients.data[i].client, doc->clients.data[i].state};
    yata_status status = write_entries(&mem, entries, n, out);
    yt_free(&mem, entries, n * sizeof *entries);
    return status;
}

yata_status yata_doc_encode_missing(const yata_doc *doc, yata_buffer *out) {
    if (!doc || !out) return YATA_ERR_ARGUMENT;
    yt_mem mem;
    yt_mem_init(&mem, &out->allocator);
    yt_state_vector missing = {0};
    bool ok = true;
    for (uint32_t i = 0; i < doc->pending.clients.len && ok; i++) {
        const yt_pending_client *p = doc->pending.clients.data[i];
        if (!p->blocks.count) continue;
        /* After running out of memory a client may be left that was not looked at. */
        uint64_t client = p->waiting ? p->wait_client : p->client;
        ok = yt_state_vector_set(&mem, &missing, client, yt_state(doc, yt_slot_find(doc, client)));
    }
    for (uint32_t i = 0; i < doc->pending.deletes.len && ok; i++) {
        const yt_id_set_client *deletes = &doc->pending.deletes.clients[i];
        if (deletes->runs.count)
            ok =
                yt_state_vector_set(&mem, &missing, deletes->client, yt_state(doc, yt_slot_find(doc, deletes->client)));
    }
    yt_writer w;
    yt_writer_init(&w, &mem);
    yt_state_entries_sort(missing.entries, missing.len);
    yt_write_var_uint(&w, missing.len);
    for (uint32_t i = 0; i < missing.len; i++) { /* clock 0 included: nothing of that client has arrived */
        yt_write_var_uint(&w, missing.entries[i].client);
        yt_write_var_uint(&w, missing.entries[i].clock);
    }
    yt_state_vector_free(&mem, &missing);
    if (!ok) {
        yt_writer_free(&w);
        return YATA_ERR_MEMORY;
    }
    return yt_writer_to_buffer(&w, out);
}
