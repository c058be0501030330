/* SPDX-License-Identifier: MIT */
/*
 * update_part.c - what can be asked of one update without a document: what a peer lacks of it, which state it leads to,
 * the same in the other format (spec/update-v1.md, "Without a document").
 *
 * Each is one walk over the blocks, of which one is in memory at a time. The bytes are those of diffUpdate,
 * encodeStateVectorFromUpdate and convertUpdateFormat of Yjs.
 */
#include "ids/state_vector.h"
#include "update/update_stream.h"
#include "update/update_writer.h"
#include "wire/any.h"
#include <yata/update.h>

typedef struct walk {
    yt_mem mem;
    yt_update_stream in;
    yt_update_writer out;
} walk;

static yata_status begin(walk *w, yata_bytes update, yata_buffer *out, yata_fault **fault, yata_fault *ignored) {
    if (!*fault) *fault = ignored;
    **fault = (yata_fault){YATA_ERR_ARGUMENT, 0};
    if (!out || (update.len && !update.data)) return YATA_ERR_ARGUMENT;
    **fault = (yata_fault){YATA_OK, 0};
    yt_mem_init(&w->mem, &out->allocator);
    return YATA_OK;
}

/* Blocks are through: the deletions follow as they are. */
static yata_status finish(walk *w, yata_buffer *out, yata_fault *fault) {
    yt_delete_list deletes = {0};
    yt_delete_list_read(&w->in.d, &deletes);
    *fault = w->in.d.in.fault;
    yt_update_stream_close(&w->in);
    if (fault->status)
        yt_update_writer_drop(&w->out);
    else
        fault->status = yt_update_writer_finish(&w->out, &deletes, out);
    yt_delete_list_free(&w->mem, &deletes);
    return fault->status;
}

/* ------------------------------------------------------------------------
 * What a peer lacks
 */

/* The walk of diffUpdate: of each client, everything from the first block on that the vector does not cover, but no
 * Skip first. */
static void write_missing(walk *w, const yt_state_vector *sv) {
    yt_update_stream *in = &w->in;
    const yt_block *b;
    while ((b = in->stream.block)) {
        uint64_t client = b->id.client;
        uint32_t known = yt_state_vector_get(sv, client);
        if (b->content == YT_SKIP || b->id.clock + b->len <= known) {
            yt_update_stream_next(in);
            continue;
        }
        yt_update_writer_put(&w->out, b, known > b->id.clock ? known - b->id.clock : 0);
        for (yt_update_stream_next(in); (b = in->stream.block) && b->id.client == client; yt_update_stream_next(in))
            yt_update_writer_put(&w->out, b, 0);
    }
}

static yata_status diff(const yt_decoder_ops *from, const yt_encoder_ops *to, yata_bytes update,
                        yata_bytes state_vector, yata_buffer *out, yata_fault *fault) {
    walk w;
    yata_fault ignored;
    if (state_vector.len && !state_vector.data) out = NULL;
    if (begin(&w, update, out, &fault, &ignored)) return YATA_ERR_ARGUMENT;
    yt_state_vector sv = {0};
    if (state_vector.len) {
        yt_reader r;
        yt_reader_init(&r, state_vector.data, state_vector.len);
        yt_state_vector_read(&w.mem, &sv, &r);
        *fault = r.fault;
    }
    if (!fault->status) {
        yt_update_stream_open(&w.in, &w.mem, from, update);
        yt_update_writer_init(&w.out, &w.mem, to);
        write_missing(&w, &sv);
        finish(&w, out, fault);
    }
    yt_state_vector_free(&w.mem, &sv);
    return fault->status;
}

yata_status yata_update_diff(yata_bytes update, yata_bytes state_vector, yata_buffer *out, yata_fault *fault) {
    return diff(&yt_decoder_v1, &yt_encoder_v1, update, state_vector, out, fault);
}

yata_status yata_update_diff_v2(yata_bytes update, yata_bytes state_vector, yata_buffer *out, yata_fault *fault) {
    return diff(&yt_decoder_v2, &yt_encoder_v2, update, state_vector, out, fault);
}

/* ------------------------------------------------------------------------
 * The state that it leads to
 */
static uint32_t write_states(yt_update_stream *in, yt_writer *w) {
    uint32_t count = 0;
    const yt_block *b = in->stream.block;
    while (b) {
        uint64_t client = b->id.client;
        uint32_t state = 0;
        for (; b && b->id.client == client; yt_update_stream_next(in), b = in->stream.block)
            if (b->content != YT_SKIP && b->id.clock == state) state += b->len;
        if (!state) continue;
        yt_write_var_uint(w, client);
        yt_write_var_uint(w, state);
        count++;
    }
    return count;
}

static yata_status state_vector_of(const yt_decoder_ops *from, yata_bytes update, yata_buffer *out, yata_fault *fault) {
    walk w;
    yata_fault ignored;
    if (begin(&w, update, out, &fault, &ignored)) return YATA_ERR_ARGUMENT;
    yt_writer vector;
    yt_writer_init(&vector, &w.mem);
    yt_write_u8(&vector, 0);
    yt_update_stream_open(&w.in, &w.mem, from, update);
    uint32_t count = write_states(&w.in, &vector);
    if (!vector.failed) yt_any_write_count(&vector, 0, count);
    yt_id_set deletes = {0};
    w.in.d.ops->delete_set(&w.in.d, &deletes); /* is it a whole update? */
    yt_id_set_free(&w.mem, &deletes);
    *fault = w.in.d.in.fault;
    yt_update_stream_close(&w.in);
    if (fault->status)
        yt_writer_free(&vector);
    else
        fault->status = yt_writer_to_buffer(&vector, out);
    return fault->status;
}

yata_status yata_update_state_vector(yata_bytes update, yata_buffer *out, yata_fault *fault) {
    return state_vector_of(&yt_decoder_v1, update, out, fault);
}

yata_status yata_update_state_vector_v2(yata_bytes update, yata_buffer *out, yata_fault *fault) {
    return state_vector_of(&yt_decoder_v2, update, out, fault);
}

/* ------------------------------------------------------------------------
 * The other format
 */
yata_status yata_update_convert(yata_bytes update, yata_update_format from, yata_update_format to, yata_buffer *out,
                                yata_fault *fault) {
    walk w;
    yata_fault ignored;
    if ((from != YATA_UPDATE_V1 && from != YATA_UPDATE_V2) || (to != YATA_UPDATE_V1 && to != YATA_UPDATE_V2))
        out = NULL;
    if (begin(&w, update, out, &fault, &ignored)) return YATA_ERR_ARGUMENT;
    yt_update_stream_open(&w.in, &w.mem, from == YATA_UPDATE_V2 ? &yt_decoder_v2 : &yt_decoder_v1, update);
    yt_update_writer_init(&w.out, &w.mem, to == YATA_UPDATE_V2 ? &yt_encoder_v2 : &yt_encoder_v1);
    for (; w.in.stream.block; yt_update_stream_next(&w.in)) yt_update_writer_put(&w.out, w.in.stream.block, 0);
    return finish(&w, out, fault);
}
