/* SPDX-License-Identifier: MIT */
/*
 * update_stream.c - see update_stream.h.
 *
 * Every check of yt_update_read is made here, too, block by block, so that what a stream has given to its end, and its
 * delete set, is a whole and well-formed update.
 */
#include "update/update_stream.h"
#include "update/update.h"

/* Opens the next section that has blocks. False: there is none. */
static bool next_section(yt_update_stream *s) {
    uint64_t client = s->block.id.client;
    uint32_t clock = s->clock;
    bool first = s->block.len == UINT32_MAX;
    while (s->sections > 0 && yt_reader_ok(&s->d.in)) {
        yata_id id;
        s->sections--;
        s->blocks = s->d.ops->section(&s->d, &id);
        if (!yt_reader_ok(&s->d.in) || !s->blocks) continue;
        if (s->sorted_only && !first && (id.client > client || (id.client == client && id.clock < clock))) {
            s->unsorted = true;
            return false;
        }
        s->block.id.client = id.client;
        s->clock = id.clock;
        return true;
    }
    return false;
}

static void next_block(yt_block_stream *stream) {
    yt_update_stream *s = (yt_update_stream *)stream;
    stream->block = NULL;
    if (s->arena.last) yt_arena_reset(s->d.mem, &s->arena);
    do {
        if (s->blocks == 0 && !next_section(s)) return;
        s->blocks--;
        s->block.id.clock = s->clock;
        yt_block_read(&s->d, &s->block);
        if (!yt_reader_ok(&s->d.in)) return;
        s->clock += s->block.len;
    } while (s->no_skips && s->block.content == YT_SKIP);
    if (s->block.info & (YT_INFO_ORIGIN | YT_INFO_RIGHT)) s->block.info &= (uint8_t)~YT_INFO_KEY;
    stream->block = &s->block;
}

void yt_update_stream_init(yt_update_stream *s, yt_mem *mem, const yt_decoder_ops *format, yata_bytes bytes) {
    memset(s, 0, sizeof *s);
    s->stream.next = next_block;
    s->block.len = UINT32_MAX; /* there was none before */
    s->d = (yt_decoder){.ops = format, .mem = mem, .arena = &s->arena};
    yt_reader_init(&s->d.in, bytes.data, bytes.len);
}

void yt_update_stream_start(yt_update_stream *s) {
    s->sections = s->d.ops->sections(&s->d);
    next_block(&s->stream);
}

void yt_update_stream_open(yt_update_stream *s, yt_mem *mem, const yt_decoder_ops *format, yata_bytes bytes) {
    yt_update_stream_init(s, mem, format, bytes);
    yt_update_stream_start(s);
}

void yt_update_stream_close(yt_update_stream *s) {
    s->d.ops->close(&s->d);
    yt_arena_free(s->d.mem, &s->arena);
}
