/* SPDX-License-Identifier: MIT */
/*
 * update_merge.h - many streams of blocks into one, without a document.
 *
 * Each stream gives blocks by descending client and ascending clock, without Skips. What comes out has the same order,
 * nothing twice, and Skips over holes.
 */
#ifndef YT_UPDATE_UPDATE_MERGE_H
#define YT_UPDATE_UPDATE_MERGE_H

#include "block/block.h"
#include "base/memory.h"

/* The first member of whatever knows where blocks come from. A block is given to the sink before its stream goes on. */
typedef struct yt_block_stream {
    const yt_block *block; /* the current one, NULL at the end */
    void (*next)(struct yt_block_stream *stream);
} yt_block_stream;

/* Takes `block` without its first `offset` clocks. False: stop, there is no memory. */
typedef bool yt_block_sink(void *ctx, const yt_block *block, uint32_t offset);

/* The same choice between overlapping blocks as mergeUpdates of Yjs 13: a stream that has begun a contiguous stretch
 * goes on to its end, the others fill in behind; between equal beginnings the stream that was read last comes first, at
 * the start the earlier one. O(blocks * log streams). YATA_ERR_MEMORY. */
yata_status yt_merge_blocks(yt_mem *mem, yt_block_stream *const *streams, uint32_t count, yt_block_sink *sink,
                            void *ctx);

#endif
