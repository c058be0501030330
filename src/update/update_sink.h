/* SPDX-License-Identifier: MIT */
/*
 * update_sink.h - an encoder whose output goes to a callback while it is written.
 *
 * Format v1 is written in one pass. Format v2 has columns, each with its length in front: a first pass measures them,
 * and then each further pass gives out one column, or several small ones together, and forgets what belongs to others.
 *
 *   for (yt_sink_begin(&s, format, mem, write, ctx); yt_sink_pass(&s);) ...write the update to &s.encoder, the same
 * each time... status = yt_sink_end(&s);
 */
#ifndef YT_UPDATE_UPDATE_SINK_H
#define YT_UPDATE_UPDATE_SINK_H

#include "update/codec.h"
#include <yata/update.h>

/* What an update of format v2 consists of: eleven writers, in the order in which they stand in it. */
enum { YT_SINK_PARTS = 11 };

typedef struct yt_sink {
    yt_encoder encoder; /* first: its functions find the sink around it */
    const yt_encoder_ops *format;
    yt_mem *mem;
    yata_write_fn write;
    void *ctx;
    yt_writer *parts[YT_SINK_PARTS];
    size_t sizes[YT_SINK_PARTS]; /* measured */
    int count;                   /* of parts */
    int first, next;             /* this pass is for these; next: where the following one goes on */
    size_t given;                /* bytes of the first of them so far */
    bool measured, open, stopped, failed, changed;
} yt_sink;

void yt_sink_begin(yt_sink *s, const yt_encoder_ops *format, yt_mem *mem, yata_write_fn write, void *ctx);
/* Ends the pass before, and begins another one. False: that was all, or there is no use in going on. */
bool yt_sink_pass(yt_sink *s);
/* YATA_ERR_MEMORY; YATA_ERR_STATE: the callback wanted no more, or not every pass wrote the same. */
yata_status yt_sink_end(yt_sink *s);

#endif
