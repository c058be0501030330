/* SPDX-License-Identifier: MIT */
/*
 * codec.h - the interface that both update formats fill in.
 *
 * A format is a row of functions at the granularity of a whole block: one indirect call per block, the fields inside
 * are read and written directly. v1 (codec_v1.c) has its fields in line; v2, when it comes, has them in columns and
 * joins them in `finish`.
 *
 *   update    := sections deleteSet
 *   section   := count client firstClock block*
 */
#ifndef YT_UPDATE_CODEC_H
#define YT_UPDATE_CODEC_H

#include "base/arena.h"
#include "block/block.h"
#include "ids/id_set.h"
#include "wire/reader.h"
#include "wire/writer.h"

typedef struct yt_decoder yt_decoder;
typedef struct yt_encoder yt_encoder;

/* v1: the client of the current section as it is written. Most ids name it: it is then compared and copied as a word,
 * not decoded and encoded. */
typedef struct yt_written_client {
    uint64_t word, mask; /* its bytes, and which of eight they are */
    uint64_t client;
    size_t len; /* 0: none */
} yt_written_client;

typedef struct yt_decoder_ops {
    /* Number of sections. */
    uint32_t (*sections)(yt_decoder *d);
    /* Next section: how many blocks, whose, from which clock. */
    uint32_t (*section)(yt_decoder *d, yata_id *first);
    /* Next block; b->id was set by the caller. All fields are written. Converted contents (JSON text, values in
     * non-canonical form) go to the arena. Faults go to d->in. */
    void (*block)(yt_decoder *d, yt_block *b);
    void (*delete_set)(yt_decoder *d, yt_id_set *out);
} yt_decoder_ops;

struct yt_decoder {
    const yt_decoder_ops *ops;
    yt_reader in;
    yt_mem *mem;
    yt_arena *arena;
    yt_written_client own;
};

typedef struct yt_encoder_ops {
    void (*sections)(yt_encoder *e, uint32_t count);
    void (*section)(yt_encoder *e, uint32_t blocks, uint64_t client, uint32_t first_clock);
    /* Writes b without its first `offset` clocks (0 <= offset < b->len, or 0): its origin is then the unit before.
     * A cut inside a surrogate pair writes U+FFFD for the second half, as Yjs does. */
    void (*block)(yt_encoder *e, const yt_block *b, uint32_t offset);
    void (*delete_clients)(yt_encoder *e, uint32_t count);
    void (*delete_client)(yt_encoder *e, uint64_t client, uint32_t runs);
    void (*delete_run)(yt_encoder *e, yt_run run);
    /* Appends the finished update to `out`; frees the encoder in any case. */
    yata_status (*finish)(yt_encoder *e, yata_buffer *out);
} yt_encoder_ops;

struct yt_encoder {
    const yt_encoder_ops *ops;
    yt_writer rest; /* v1: everything */
    yt_written_client own;
};

extern const yt_decoder_ops yt_decoder_v1;
extern const yt_encoder_ops yt_encoder_v1;

void yt_encoder_init_v1(yt_encoder *e, yt_mem *mem);
void yt_encoder_free(yt_encoder *e); /* for paths that never reach finish */

#endif
