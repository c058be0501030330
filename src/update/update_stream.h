/* SPDX-License-Identifier: MIT */
/*
 * update_stream.h - an update read block by block, in the order of its bytes.
 *
 * Memory: the stream itself and what one block needs. Blocks are those that the merge of Yjs sees: that an item has a
 * key is forgotten where the key is not on the wire (spec/quirks.md).
 */
#ifndef YT_UPDATE_UPDATE_STREAM_H
#define YT_UPDATE_UPDATE_STREAM_H

#include "update/codec.h"
#include "update/update_merge.h"

typedef struct yt_update_stream {
    yt_block_stream stream; /* its block is valid until the next one */
    yt_decoder d;           /* d.in.fault: what went wrong */
    yt_arena arena;
    yt_block block;
    uint32_t sections, blocks; /* left */
    uint32_t clock;            /* of the next block */
    bool no_skips;             /* leaves them out */
    bool sorted_only;          /* stops where clients do not descend or clocks go back ... */
    bool unsorted;             /* ... and says so */
} yt_update_stream;

/* Opens it and reads the first block. stream->stream.block is NULL at the end, and at a fault. */
void yt_update_stream_open(yt_update_stream *s, yt_mem *mem, const yt_decoder_ops *format, yata_bytes bytes);
static inline void yt_update_stream_next(yt_update_stream *s) {
    s->stream.next(&s->stream);
}
/* Settings come between init and start; open does both without any. */
void yt_update_stream_init(yt_update_stream *s, yt_mem *mem, const yt_decoder_ops *format, yata_bytes bytes);
void yt_update_stream_start(yt_update_stream *s);
/* At the end of the blocks the delete set follows: s->d can read it. */
void yt_update_stream_close(yt_update_stream *s);

#endif
