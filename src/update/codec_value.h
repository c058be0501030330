/* SPDX-License-Identifier: MIT */
/* codec_value.h - values inside contents, as far as both update formats have them in the same form. */
#ifndef YT_UPDATE_CODEC_VALUE_H
#define YT_UPDATE_CODEC_VALUE_H

#include "block/link.h"
#include "update/codec.h"

/* Moves what was written to the decoder's arena, and frees the writer. Out of memory: a fault, and nothing. */
yata_bytes yt_decode_keep(yt_decoder *d, yt_writer *w);
/* A JSON text as a value. */
yata_bytes yt_decode_json(yt_decoder *d, yata_str text);
/* The same for an element of a legacy list, appended: it may also be the word `undefined`. */
void yt_decode_json_element(yt_decoder *d, yata_str text, yt_writer *any);
/* `n` values back to back, canonical: the bytes of the input if they are. */
yata_bytes yt_decode_any_list(yt_decoder *d, uint32_t n);
/* The options of a subdocument. */
yata_bytes yt_decode_options(yt_decoder *d);

/* The bytes of a link that was read (block/link.h), which live as long as the arena. */
yata_str yt_decode_link(yt_decoder *d, const yata_link *link);

#endif
