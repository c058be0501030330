/* SPDX-License-Identifier: MIT */
/*
 * chunk.h - append-only, counted memory for contents (drawn in model.h).
 *
 * Putting content at the end of a chunk gives a slice of it; slices split without copying and join when one begins
 * where the other ends. A chunk goes when its last slice does.
 */
#ifndef YT_DOC_CHUNK_H
#define YT_DOC_CHUNK_H

#include "base/utf.h"
#include "doc/model.h"

typedef struct yt_slice {
    uint32_t chunk, at;
} yt_slice;

static inline yt_chunk *yt_chunk_at(const yata_doc *doc, uint32_t ref) {
    return &doc->chunks.all.data[ref];
}

void yt_chunks_init(yata_doc *doc);
void yt_chunks_free(yata_doc *doc);
/* Gives back the room of the chunks that are being filled. Views of contents end. */
void yt_chunks_trim(yata_doc *doc);
/* The next puts come to that much together: one chunk of the right size is made ready. A hint; memory may lack. */
void yt_chunks_expect(yata_doc *doc, size_t text_bytes, size_t value_bytes, size_t value_count);

/* What `expected` told has come: gives back room that was made for it in vain. */
void yt_chunks_expected(yata_doc *doc);

/* Copies two pieces of text as one slice, with one reference. False: no memory, nothing changed. */
bool yt_text_put(yata_doc *doc, yata_bytes a, yata_bytes b, yt_slice *out);
/* The same for a block's text, where the chunk that is being filled has room; false: it has none. */
static inline bool yt_text_append(yata_doc *doc, const yt_block *b, uint32_t *chunk, uint32_t *at) {
    const yata_bytes text = b->data;
    uint32_t ref = doc->chunks.text;
    if (YT_UNLIKELY(ref == YT_NONE)) return false;
    yt_chunk *c = yt_chunk_at(doc, ref);
    if (YT_UNLIKELY(text.len > c->cap - c->len)) return false;
    *chunk = ref;
    *at = c->len;
    if (YT_LIKELY(b->padded && c->cap - c->len >= YT_UTF8_SHORT))
        memcpy(c->data + c->len, text.data, YT_UTF8_SHORT); /* a copy of known size is two instructions */
    else
        memcpy(c->data + c->len, text.data, text.len);
    c->len += (uint32_t)text.len;
    c->refs++;
    return true;
}
/* Copies `count` canonical values that stand back to back, with one reference. */
bool yt_values_put(yata_doc *doc, yata_bytes values, uint32_t count, yt_slice *out);
/* Copies two elements of raw bytes. */
bool yt_elements_put(yata_doc *doc, yata_bytes first, const yata_bytes *second, yt_slice *out);

/* Makes right's text (or elements) stand right behind left's: where they are, at the end of left's chunk, or both in a
 * new place. left may move; right's slice loses its reference. Amortised O(right) for a run that grows. False: no
 * memory. */
bool yt_text_join(yata_doc *doc, yt_slice *left, uint32_t left_bytes, yt_slice right, uint32_t right_bytes);
bool yt_values_join(yata_doc *doc, yt_slice *left, uint32_t left_count, yt_slice right, uint32_t right_count);

/* Copies text (or canonical values) behind a slice that ends where its chunk does. False: it does not, or there is no
 * memory. Amortised O(more). */
bool yt_text_grow(yata_doc *doc, yt_slice slice, uint32_t bytes, yata_bytes more);
bool yt_values_grow(yata_doc *doc, yt_slice slice, uint32_t count, yata_bytes values, uint32_t more);

void yt_chunk_keep(yata_doc *doc, uint32_t chunk); /* one more reference */
void yt_chunk_drop(yata_doc *doc, uint32_t chunk); /* one less */

/* Bytes of elements [at, at+count). */
yata_bytes yt_elements(const yata_doc *doc, yt_slice slice, uint32_t count);
static inline const uint8_t *yt_text(const yata_doc *doc, yt_slice slice) {
    return yt_chunk_at(doc, slice.chunk)->data + slice.at;
}

#endif
