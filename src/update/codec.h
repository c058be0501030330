/* SPDX-License-Identifier: MIT */
/*
 * codec.h - the interface that both update formats fill in.
 *
 * A format is a row of functions at the granularity of a whole block: one indirect call per block, the fields inside
 * are read and written directly. v1 (codec_v1.c) has its fields in line; v2 (codec_v2.c) has them in columns and joins
 * them in `finish`.
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
#include "wire/rle.h"
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
    /* Number of sections; the first to be called. */
    uint32_t (*sections)(yt_decoder *d);
    /* Next section: how many blocks, whose, from which clock. */
    uint32_t (*section)(yt_decoder *d, yata_id *first);
    /* Next block; b->id was set by the caller. All fields are written. Converted contents (JSON text, values in
     * non-canonical form) go to the arena. Faults go to d->in. */
    void (*block)(yt_decoder *d, yt_block *b);
    /* The next blocks as long as they are as most are, texts and tombstones of lists that name ids of this client:
     * `most` of them at most, 0 if the next is none. All that yt_block_check (update.h) asks of a block holds for them.
     * b->id is set here, `id` moves behind them. Those of no length are left out: *kept are in `blocks`. */
    uint32_t (*plain)(yt_decoder *d, yata_id *id, yt_block *blocks, uint32_t most, uint32_t *kept);
    void (*delete_set)(yt_decoder *d, yt_id_set *out);
    /* The delete set piece by piece, instead: how many clients; of each how many runs; the runs. */
    uint32_t (*delete_clients)(yt_decoder *d);
    uint32_t (*delete_client)(yt_decoder *d, uint64_t *client);
    yt_run (*delete_run)(yt_decoder *d);
    /* Frees what the decoder keeps for itself. What it gave stays. */
    void (*close)(yt_decoder *d);
} yt_decoder_ops;

struct yt_decoder {
    const yt_decoder_ops *ops;
    yt_reader in;
    yt_mem *mem;
    yt_arena *arena;
    yt_written_client own;
    bool repeats;                  /* v2: what was given twice is there once */
    const yt_known_ids *known;     /* deletions that delete_set leaves out; NULL: none */
    struct yt_columns_in *columns; /* v2 */
};

/* Blocks as most of them are, a few dozen at a time: whole texts and tombstones of lists that stand between neighbours.
 * Field by field, and each field has those only that there are: format v2 writes them as they stand, and v1 takes the
 * next one of each. */
enum { YT_PLAIN_BLOCKS = YT_RLE_BATCH };

typedef struct yt_plain_text {
    const uint8_t *data; /* UTF-8 */
    uint32_t bytes;
    uint32_t readable; /* bytes of memory from `data` on */
} yt_plain_text;

typedef struct yt_plain {
    uint32_t blocks, lefts, rights, texts, tombstones; /* how many there are */
    uint64_t client;                                   /* whose blocks they are */
    bool foreign;                                      /* `clients` tells whose ids they name; else only his */
    /* Lines for rle.h: the first is at 1. */
    uint8_t info[YT_RLE_LINE];             /* as on the wire: content, YT_INFO_ORIGIN, YT_INFO_RIGHT */
    uint32_t left[YT_RLE_LINE];            /* clocks of origins ... */
    uint32_t right[YT_RLE_LINE];           /* ... and of right origins */
    uint32_t tombstone[YT_RLE_LINE];       /* lengths */
    uint32_t units[YT_RLE_LINE];           /* lengths of texts, in UTF-16 */
    yt_plain_text text[YT_PLAIN_BLOCKS];   /* behind the last one, if there are fewer than blocks, one without bytes */
    uint64_t clients[2 * YT_PLAIN_BLOCKS]; /* of each block that of its origin, and that of its right origin */
} yt_plain;

/* v2: what is written beside `rest`. */
typedef struct yt_columns_out {
    yt_rle_out key_clock, client, left_clock, right_clock, info, lengths, parent, type_ref, len;
    yt_writer text; /* all strings; `lengths` has theirs */
    uint32_t next_key, deleted;
} yt_columns_out;
/* Nothing more will come: the runs that are still open are written. */
void yt_columns_flush(yt_columns_out *c);

typedef struct yt_encoder_ops {
    void (*init)(yt_encoder *e, yt_mem *mem);
    /* So much will be written: so many blocks, their contents, and, in format v1, what stands before those. A hint,
     * which may be left out. */
    void (*expect)(yt_encoder *e, size_t blocks, size_t text_bytes, size_t head_bytes);
    void (*sections)(yt_encoder *e, uint32_t count);
    void (*section)(yt_encoder *e, uint32_t blocks, uint64_t client, uint32_t first_clock);
    /* Writes b without its first `offset` clocks (0 <= offset < b->len, or 0): its origin is then the unit before.
     * A cut inside a surrogate pair writes U+FFFD for the second half, as Yjs does. */
    void (*block)(yt_encoder *e, const yt_block *b, uint32_t offset);
    /* The same for blocks that are plain. */
    void (*plain)(yt_encoder *e, yt_plain *blocks); /* which are then used up */
    void (*delete_clients)(yt_encoder *e, uint32_t count);
    void (*delete_client)(yt_encoder *e, uint64_t client, uint32_t runs);
    void (*delete_runs)(yt_encoder *e, const yt_run *runs, uint32_t count); /* some or all of them */
    /* Appends the finished update to `out`; frees the encoder in any case. */
    yata_status (*finish)(yt_encoder *e, yata_buffer *out);
    /* What `finish` would append now, at most; SIZE_MAX: nothing, memory is missing. */
    size_t (*size)(const yt_encoder *e);
    /* Instead of `finish`: frees the encoder. */
    void (*drop)(yt_encoder *e);
} yt_encoder_ops;

struct yt_encoder {
    const yt_encoder_ops *ops;
    yt_writer rest; /* v1: everything */
    yt_written_client own;
    yt_columns_out columns; /* v2 */
};

extern const yt_decoder_ops yt_decoder_v1;
extern const yt_decoder_ops yt_decoder_v2;
extern const yt_encoder_ops yt_encoder_v1;
extern const yt_encoder_ops yt_encoder_v2;

static inline void yt_encoder_init_v1(yt_encoder *e, yt_mem *mem) {
    yt_encoder_v1.init(e, mem);
}
static inline void yt_encoder_free(yt_encoder *e) {
    e->ops->drop(e);
}

#endif
