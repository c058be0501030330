/* SPDX-License-Identifier: MIT */
/*
 * update_writer.h - an update from a stream of blocks whose numbers are not known beforehand.
 *
 * Counts stand before what they count. One byte is kept for each and the rest moved if it needs more, once for each
 * section and once for all of it: O(bytes).
 */
#ifndef YT_UPDATE_UPDATE_WRITER_H
#define YT_UPDATE_UPDATE_WRITER_H

#include "update/codec.h"
#include "update/delete_list.h"

typedef struct yt_update_writer {
    yt_encoder e;
    size_t section;            /* place of the count of the open one */
    uint32_t sections, blocks; /* blocks of the open section */
    uint64_t client;
    uint32_t clock; /* that follows */
} yt_update_writer;

void yt_update_writer_init(yt_update_writer *w, yt_mem *mem, const yt_encoder_ops *format);
/* Appends `b` without its first `offset` clocks. Another client, or a clock that goes back, opens a section; clocks
 * that are left out become a Skip. False: no memory. */
bool yt_update_writer_put(yt_update_writer *w, const yt_block *b, uint32_t offset);
/* Writes the delete set and appends all of it to `out`; frees the writer in any case. */
yata_status yt_update_writer_finish(yt_update_writer *w, yt_delete_list *deletes, yata_buffer *out);
void yt_update_writer_drop(yt_update_writer *w);

#endif
