/* SPDX-License-Identifier: MIT */
/* update_writer.c - see update_writer.h. Both formats have the counts in `rest`. */
#include "update/update_writer.h"
#include "wire/any.h"

static void put_count(yt_update_writer *w, size_t at, uint32_t count) {
    if (!w->e.rest.failed) yt_any_write_count(&w->e.rest, at, count);
}

void yt_update_writer_init(yt_update_writer *w, yt_mem *mem, const yt_encoder_ops *format) {
    format->init(&w->e, mem);
    w->section = 0;
    w->sections = w->blocks = 0;
    w->client = 0;
    w->clock = 0;
    format->sections(&w->e, 0);
}

static void close_section(yt_update_writer *w) {
    if (w->blocks) put_count(w, w->section, w->blocks);
    w->blocks = 0;
}

bool yt_update_writer_put(yt_update_writer *w, const yt_block *b, uint32_t offset) {
    uint32_t clock = b->id.clock + offset;
    if (!w->blocks || b->id.client != w->client || clock < w->clock) {
        close_section(w);
        w->section = w->e.rest.len;
        w->sections++;
        w->client = b->id.client;
        w->clock = clock;
        w->e.ops->section(&w->e, 0, w->client, clock);
    }
    if (clock > w->clock) {
        yt_block skip = {.id = {w->client, w->clock}, .content = YT_SKIP, .len = clock - w->clock};
        w->e.ops->block(&w->e, &skip, 0);
        w->blocks++;
    }
    w->e.ops->block(&w->e, b, offset);
    w->blocks++;
    w->clock = b->id.clock + b->len;
    return !w->e.rest.failed;
}

yata_status yt_update_writer_finish(yt_update_writer *w, yt_delete_list *deletes, yata_buffer *out) {
    close_section(w);
    put_count(w, 0, w->sections);
    yt_delete_list_write(deletes, &w->e);
    return w->e.ops->finish(&w->e, out);
}

void yt_update_writer_drop(yt_update_writer *w) {
    w->e.ops->drop(&w->e);
}
