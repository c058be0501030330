/* SPDX-License-Identifier: MIT */
/*
 * session.h - an update read and written again, for the tests of this layer.
 */
#ifndef YATA_TESTS_UNIT_UPDATE_SESSION_H
#define YATA_TESTS_UNIT_UPDATE_SESSION_H

#include "../fixture.h"
#include "update/update.h"

/* Reads from a copy of exactly this size, which must be freed with the update. */
static inline yata_fault read_update(yt_mem *mem, yata_bytes exact, yt_update *out) {
    return yt_update_read(mem, &yt_decoder_v1, exact, SIZE_MAX, out);
}

static inline uint64_t end_of(const yt_block *b) {
    return (uint64_t)b->id.clock + b->len;
}

/* How many blocks of a section are written if everything before `clock` is known. */
static inline uint32_t blocks_from(const yt_update *u, yt_section section, uint32_t clock) {
    uint32_t n = 0;
    for (uint32_t i = 0; i < section.count; i++) n += end_of(&u->blocks.data[section.first + i]) > clock;
    return n;
}

/* Writes the update without what lies before `clock`, as Yjs writes it for a peer that knows so much of each client. */
static inline yata_status write_update(yt_mem *mem, const yt_update *u, uint32_t clock, yata_buffer *out) {
    yt_encoder e;
    yt_encoder_init_v1(&e, mem);
    uint32_t sections = 0;
    for (uint32_t i = 0; i < u->sections.len; i++) sections += blocks_from(u, u->sections.data[i], clock) > 0;
    e.ops->sections(&e, sections);
    for (uint32_t i = 0; i < u->sections.len; i++) {
        yt_section section = u->sections.data[i];
        uint32_t n = blocks_from(u, section, clock);
        if (n == 0) continue;
        const yt_block *b = &u->blocks.data[section.first + section.count - n];
        uint32_t offset = clock > b->id.clock ? clock - b->id.clock : 0;
        e.ops->section(&e, n, section.client, b->id.clock + offset);
        for (uint32_t k = 0; k < n; k++) e.ops->block(&e, &b[k], k == 0 ? offset : 0);
    }
    e.ops->delete_clients(&e, u->deletes.len);
    for (uint32_t i = 0; i < u->deletes.len; i++) {
        const yt_id_set_client *client = &u->deletes.clients[i];
        e.ops->delete_client(&e, client->client, client->runs.count);
        yt_run run;
        for (yt_runs_iter it = yt_runs_begin(&client->runs); yt_runs_next(&it, &run);) e.ops->delete_runs(&e, &run, 1);
    }
    return e.ops->finish(&e, out);
}

#endif
