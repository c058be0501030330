/* SPDX-License-Identifier: MIT */
/* encode_plain.h - the short way of items into an update. */
#ifndef YT_DOC_ENCODE_PLAIN_H
#define YT_DOC_ENCODE_PLAIN_H

#include "doc/model.h"
#include "doc/store.h"
#include "update/codec.h"

/* Writes the blocks from `place` on, whole ones, up to the first that is not plain or reaches behind the clock `to`.
 * Returns the clock of that one, and `place` is its place; `to` if there is none, and `place` is then no longer good.
 * O(what is written). */
uint32_t yt_encode_plain(const yata_doc *doc, const yt_client *client, yt_place *place, uint32_t to, yt_encoder *e);

#endif
