/* SPDX-License-Identifier: MIT */
/*
 * update.h - a whole update, decoded and checked, without a document.
 *
 *   blocks    [ client 9: b b b ][ client 9: b ][ client 4: b b b b ]     sections by client descending, clock
 * ascending deletes   client -> runs
 */
#ifndef YT_UPDATE_UPDATE_H
#define YT_UPDATE_UPDATE_H

#include "base/vec.h"
#include "update/codec.h"

typedef struct yt_section {
    uint64_t client;
    uint32_t first, count; /* blocks[first .. first+count) */
} yt_section;

typedef struct yt_update {
    YT_VEC(yt_block) blocks;
    YT_VEC(yt_section) sections; /* sorted: client descending, then first clock ascending (stable) */
    yt_id_set deletes;
    yt_arena arena; /* contents that are not views of the input */
    size_t bytes;   /* of the input, if all contents are views of it that do not overlap; else 0 */
} yt_update;

/* Empty, without room. Field by field: compilers clear all of it by an instruction that takes 10 ns to begin. */
static inline void yt_update_init(yt_update *update) {
    memset(&update->blocks, 0, sizeof update->blocks);
    memset(&update->sections, 0, sizeof update->sections);
    memset(&update->deletes, 0, sizeof update->deletes);
    memset(&update->arena, 0, sizeof update->arena);
    update->bytes = 0;
}

/* Decodes and checks all of it: kinds, lengths, UTF-8, JSON, numbers, ids that refer to themselves or (of the same
 * client) to later clocks, clocks that would pass 2^32-1. On a fault nothing is left to free. Views point into `bytes`,
 * which must stay. Bytes after the delete set are ignored, as in Yjs. Memory: O(bytes). max_bytes: longer input is
 * YATA_ERR_LIMIT. */
yata_fault yt_update_read(yt_mem *mem, const yt_decoder_ops *format, yata_bytes bytes, size_t max_bytes,
                          yt_update *out);

/* An update read in pieces: some blocks at a time, then what is left. */
typedef struct yt_update_reader {
    yt_decoder d;
    size_t whole;      /* bytes of the input */
    uint32_t sections; /* that are still to be opened */
    uint32_t blocks;   /* of the open one that are still to be read */
    yata_id id;        /* the next one's */
} yt_update_reader;

/* `out` is empty, but may have room; its arena gets the contents that are not views of the input. */
void yt_update_reader_open(yt_update_reader *r, yt_mem *mem, const yt_decoder_ops *format, yata_bytes bytes,
                           size_t max_bytes, yt_update *out);
/* The next blocks, of one section, in the order of the input, with all checks of yt_update_read: how many, `most` at
 * most. 0: there are no more, or a fault, which is with the reader. */
uint32_t yt_update_reader_next(yt_update_reader *r, yt_block *blocks, uint32_t most);
/* All that is left, behind `begun`, the last blocks that were read: then that is the update. Closes the reader. On a
 * fault, the reader's too, nothing is left to free. */
yata_fault yt_update_reader_rest(yt_update_reader *r, const yt_block *begun, uint32_t count, yt_update *out);
/* Instead: frees what reader and update have. */
void yt_update_reader_drop(yt_update_reader *r, yt_update *out);

/* Empties an update; the room for blocks and sections stays. */
void yt_update_clear(yt_mem *mem, yt_update *update);
void yt_update_free(yt_mem *mem, yt_update *update);

/* The checks between the fields of a block that was just read, from `start` on. False: it does not pass, and the fault
 * is with the reader. */
bool yt_block_check(yt_decoder *d, const yt_block *b, const uint8_t *start);
/* The next block, checked. b->id was set by the caller. */
void yt_block_read(yt_decoder *d, yt_block *b);

#endif
