/* SPDX-License-Identifier: MIT */
/*
 * link.h - what a weak link leads to, as bytes (spec/weak.md, "Bytes").
 *
 * In a block of a weak link `name` has them, in the form of update format v1 and in one way only: so the document keeps
 * them as it keeps the names of elements, and equal links are equal bytes.
 *
 *   link   := flags end [end]            the second is absent if both are at one element
 *   end    := client clock | name        a name if the end is open and the type a root
 */
#ifndef YT_BLOCK_LINK_H
#define YT_BLOCK_LINK_H

#include "wire/reader.h"
#include "wire/writer.h"
#include <yata/weak.h>

enum { YT_TYPE_REF_WEAK = 7 };

enum {
    YT_LINK_QUOTE = 1, /* two ends */
    YT_LINK_START_AFTER = 2,
    YT_LINK_END_AFTER = 4,
    YT_LINK_START_OPEN = 8,
    YT_LINK_END_OPEN = 16,
    YT_LINK_ROOT = 32
};

/* Where names come from and go to: in line, or in the column of strings. */
typedef struct yt_link_names {
    void *ctx;
    yata_str (*read)(void *ctx);
    void (*write)(void *ctx, yata_str name);
} yt_link_names;

/* names: NULL for those that stand in line. Faults go to the reader. */
void yt_link_read(yt_reader *r, const yt_link_names *names, yata_link *out);
void yt_link_write(yt_writer *w, const yt_link_names *names, const yata_link *link);
/* The link of a block or branch, from the bytes that yt_link_write made. */
yata_link yt_link_view(yata_str bytes);
/* Does it name a clock of this client from `clock` on? */
bool yt_link_refers_ahead(const yata_link *link, uint64_t client, uint32_t clock);

#endif
