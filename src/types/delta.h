/* SPDX-License-Identifier: MIT */
/* delta.h - making deltas from documents. */
#ifndef YT_TYPES_DELTA_H
#define YT_TYPES_DELTA_H

#include "base/arena.h"
#include "base/vec.h"
#include "doc/format.h"
#include "wire/writer.h"

#include <yata/delta.h>

struct yata_delta {
    yt_mem mem;
    YT_VEC(struct yt_delta_entry) ops;
    YT_VEC(yata_value) values; /* of all inserts */
    yt_arena bytes;            /* what values and attributes view */
    yt_writer text;            /* the insert that is growing */
    uint32_t from, from_value; /* where the operations begin that are being appended, and their values */
};

/* What a document appends stands between these two; where it failed, the end takes it back. Nothing of it joins what
 * was there before. */
void yt_delta_begin(yata_delta *delta);
yata_status yt_delta_end(yata_delta *delta, yata_status status);

/* Appends an operation; nothing for length 0. */
yata_status yt_delta_step(yata_delta *delta, yata_delta_kind kind, uint32_t len, const yt_attributes *attributes);
/* Appends one element of a sequence to the last insert without attributes. The value is copied. */
yata_status yt_delta_element(yata_delta *delta, const yata_value *value);
/* Appends an insert of its own: embed or type. */
yata_status yt_delta_embed(yata_delta *delta, const yata_value *value, const yt_attributes *attributes);
/* Grows the insert of text; yt_delta_flush ends it. */
yata_status yt_delta_text(yata_delta *delta, yata_bytes text);
yata_status yt_delta_flush(yata_delta *delta, const yt_attributes *attributes);
/* Takes a trailing retain without attributes off. */
void yt_delta_trim(yata_delta *delta);

#endif
