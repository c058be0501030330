/* SPDX-License-Identifier: MIT */
/* text_marks.c - counts at regular places of text chunks (drawn in text_marks.h). Mark m is at byte m * STRIDE; mark 0
 * is not kept. A mark may lie inside a character: that is counted before it. */
#include "doc/text_marks.h"

#include "base/utf.h"

enum { STRIDE = 256, LONG = 4 * STRIDE };

static uint32_t units_at(const yt_chunk *c, uint32_t mark) {
    return mark ? c->ends[mark - 1] : 0;
}

/* The first mark at or behind a byte. */
static uint32_t first_mark(uint32_t at) {
    return at / STRIDE + (at % STRIDE != 0);
}

void yt_text_mark(yata_doc *doc, const yt_item *it) {
    if (it->content != YT_STRING || !it->wide || it->len < LONG) return;
    yt_chunk *c = yt_chunk_at(doc, it->chunk);
    size_t end = it->wide == YT_WIDE_MANY ? c->len : it->at + it->len + it->wide;
    uint32_t marks = (uint32_t)(end / STRIDE), old = c->ends_cap;
    if (marks <= c->count) return;
    uint32_t *ends = yt_grow(&doc->mem, c->ends, &c->ends_cap, marks, sizeof *ends);
    if (!ends) return;
    doc->chunks.bytes += (size_t)(c->ends_cap - old) * sizeof *ends;
    c->ends = ends;
    for (; c->count < marks; c->count++)
        ends[c->count] =
            units_at(c, c->count) + (uint32_t)yt_utf8_count_utf16(c->data + (size_t)c->count * STRIDE, STRIDE);
}

size_t yt_text_count_utf16(const yata_doc *doc, yt_slice slice, size_t bytes) {
    const yt_chunk *c = yt_chunk_at(doc, slice.chunk);
    const uint8_t *text = c->data + slice.at;
    uint32_t end = slice.at + (uint32_t)bytes, first = first_mark(slice.at), last = end / STRIDE;
    if (last > c->count) last = c->count;
    if (last <= first) return yt_utf8_count_utf16(text, bytes);
    size_t head = (size_t)first * STRIDE - slice.at, behind = (size_t)last * STRIDE;
    return yt_utf8_count_utf16(text, head) + (units_at(c, last) - units_at(c, first)) +
           yt_utf8_count_utf16(c->data + behind, end - behind);
}

size_t yt_text_at_utf16(const yata_doc *doc, yt_slice slice, size_t bytes, size_t units, bool *inside) {
    const yt_chunk *c = yt_chunk_at(doc, slice.chunk);
    const uint8_t *text = c->data + slice.at;
    uint32_t low = first_mark(slice.at), high = (uint32_t)((slice.at + bytes) / STRIDE);
    if (high > c->count) high = c->count;
    if (high <= low || units < STRIDE) return yt_utf8_at_utf16(text, bytes, units, inside);
    size_t head = yt_utf8_count_utf16(text, (size_t)low * STRIDE - slice.at);
    if (head > units) return yt_utf8_at_utf16(text, bytes, units, inside);
    size_t target = units - head + units_at(c, low);
    while (low < high) { /* the last mark with at most that many units before it */
        uint32_t mid = high - (high - low) / 2;
        if (units_at(c, mid) <= target)
            low = mid;
        else
            high = mid - 1;
    }
    size_t from = (size_t)low * STRIDE - slice.at;
    return from + yt_utf8_at_utf16(text + from, bytes - from, target - units_at(c, low), inside);
}

bool yt_text_marks_check(const yt_chunk *chunk, uint32_t from, uint32_t to) {
    if (chunk->count > chunk->len / STRIDE || chunk->count > chunk->ends_cap) return false;
    for (uint32_t m = first_mark(from); m < chunk->count && (m + 1) * STRIDE <= to; m++)
        if (units_at(chunk, m + 1) - units_at(chunk, m) !=
            yt_utf8_count_utf16(chunk->data + (size_t)m * STRIDE, STRIDE))
            return false;
    return true;
}
