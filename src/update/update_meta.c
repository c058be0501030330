/* SPDX-License-Identifier: MIT */
/*
 * update_meta.c - what an update is about: whose blocks, which deletions, which roots.
 *
 * One walk collects, and only an update that is whole and well formed is told about: a visitor never has to take
 * anything back.
 */
#include "base/hash.h"
#include "base/vec.h"
#include "update/update_stream.h"
#include "update/delete_list.h"
#include <yata/update.h>

typedef struct client_range {
    uint64_t client;
    uint32_t from, to;
} client_range;

typedef struct meta {
    yt_mem mem;
    YT_VEC(client_range) clients;
    yt_u64_map places; /* client -> place in `clients` */
    yt_strings roots;
    yt_delete_list deletes;
} meta;

static bool note_client(meta *m, const yt_block *b) {
    client_range *last = m->clients.len ? &m->clients.data[m->clients.len - 1] : NULL;
    if (!last || last->client != b->id.client) {
        uint32_t place = yt_u64_map_get(&m->places, b->id.client);
        if (place == YT_NONE) {
            place = m->clients.len;
            if (!yt_vec_reserve(&m->mem, &m->clients, 1) || !yt_u64_map_put(&m->mem, &m->places, b->id.client, place))
                return false;
            client_range range = {b->id.client, b->id.clock, b->id.clock};
            yt_vec_put(&m->clients, range);
        }
        last = &m->clients.data[place];
    }
    if (b->id.clock < last->from) last->from = b->id.clock;
    if (b->id.clock + b->len > last->to) last->to = b->id.clock + b->len;
    return true;
}

static bool note(meta *m, const yt_block *b) {
    if (b->parent == YT_PARENT_ROOT && yt_strings_intern(&m->mem, &m->roots, b->parent_root) == YT_NONE) return false;
    return note_client(m, b);
}

static void tell(const meta *m, const yata_update_visitor *v) {
    bool go_on = true;
    for (uint32_t i = 0; v->client && i < m->clients.len && go_on; i++) {
        const client_range *range = &m->clients.data[i];
        go_on = v->client(v->ctx, range->client, range->from, range->to);
    }
    for (uint32_t i = 0; v->deleted && i < m->deletes.len && go_on; i++) {
        const yt_deletion *deletion = &m->deletes.data[i];
        yata_id first = {deletion->client, deletion->run.clock};
        if (deletion->run.len) go_on = v->deleted(v->ctx, first, deletion->run.len);
    }
    for (uint32_t i = 0; v->root && i < m->roots.len && go_on; i++)
        go_on = v->root(v->ctx, yt_strings_get(&m->roots, i));
}

static yata_status visit(const yt_decoder_ops *format, yata_bytes update, const yata_update_visitor *visitor,
                         const yata_allocator *allocator, yata_fault *fault) {
    yata_fault ignored;
    if (!fault) fault = &ignored;
    *fault = (yata_fault){YATA_ERR_ARGUMENT, 0};
    if (!visitor || (update.len && !update.data)) return YATA_ERR_ARGUMENT;
    meta m = {0};
    yt_mem_init(&m.mem, allocator);
    yt_update_stream in;
    yt_update_stream_open(&in, &m.mem, format, update);
    bool ok = true;
    for (; in.stream.block && ok; yt_update_stream_next(&in)) ok = note(&m, in.stream.block);
    if (ok) yt_delete_list_read(&in.d, &m.deletes);
    *fault = in.d.in.fault;
    if (!ok && !fault->status) fault->status = YATA_ERR_MEMORY;
    yt_update_stream_close(&in);
    if (!fault->status) {
        yt_delete_list_merge(&m.deletes);
        tell(&m, visitor);
    }
    yt_vec_free(&m.mem, &m.clients);
    yt_u64_map_free(&m.mem, &m.places);
    yt_strings_free(&m.mem, &m.roots);
    yt_delete_list_free(&m.mem, &m.deletes);
    return fault->status;
}

yata_status yata_update_meta(yata_bytes update, const yata_update_visitor *visitor, const yata_allocator *allocator,
                             yata_fault *fault) {
    return visit(&yt_decoder_v1, update, visitor, allocator, fault);
}

yata_status yata_update_meta_v2(yata_bytes update, const yata_update_visitor *visitor, const yata_allocator *allocator,
                                yata_fault *fault) {
    return visit(&yt_decoder_v2, update, visitor, allocator, fault);
}
