/* SPDX-License-Identifier: MIT */
/*
 * text_marks.h - places in long texts beyond ASCII: from UTF-16 units to bytes and back without counting from the
 * front.
 *
 *   text chunk    data |..........|..........|..........|....      every STRIDE bytes a mark:
 *                 ends            u1         u2         u3         units of all the data before it
 *
 * Data in a chunk does not change, so marks stay true while it grows. They are made when the writer looks for a place
 * in a long text, as far as that reaches; who reads uses what there is. Four bytes for each 256 of text, in such
 * chunks.
 */
#ifndef YT_DOC_TEXT_MARKS_H
#define YT_DOC_TEXT_MARKS_H

#include "doc/chunk.h"

/* Makes the marks of the chunk up to the end of this text, if it is long. A hint: memory may lack. O(what has none). */
void yt_text_mark(yata_doc *doc, const yt_item *it);
/* As yt_utf8_count_utf16 of the first `bytes` of the slice. */
size_t yt_text_count_utf16(const yata_doc *doc, yt_slice slice, size_t bytes);
/* As yt_utf8_at_utf16 in the slice, which has so many bytes. */
size_t yt_text_at_utf16(const yata_doc *doc, yt_slice slice, size_t bytes, size_t units, bool *inside);
/* For check(): are the marks within these bytes of a chunk true? */
bool yt_text_marks_check(const yt_chunk *chunk, uint32_t from, uint32_t to);

#endif
