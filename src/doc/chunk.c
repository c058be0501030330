/* SPDX-License-Identifier: MIT */
/*
 * chunk.c - where contents live.
 *
 * Offsets are 32-bit and relative to the chunk, so a chunk may be reallocated while slices of it exist. Two chunks are
 * being filled at a time, one for text and one for values; they start small and double up to YT_CHUNK_BYTES. Content
 * larger than what is left gets a chunk of its own size.
 *
 * Joining is where typing would turn quadratic if it copied: the growing run is at the end of its chunk after at most
 * one move, and from then on only the new part is copied into spare room that doubles.
 */
#include "doc/chunk.h"
#include "wire/any.h"

enum { FIRST_CHUNK = 64, AT_ONCE = 1 << 20 };

void yt_chunks_init(yata_doc *doc) {
    doc->chunks.free = doc->chunks.text = doc->chunks.values = YT_NONE;
}

static void release(yata_doc *doc, yt_chunk *c) {
    size_t bytes = c->cap + (size_t)c->ends_cap * sizeof *c->ends;
    yt_free(&doc->mem, c->data, c->cap);
    yt_free(&doc->mem, c->ends, (size_t)c->ends_cap * sizeof *c->ends);
    doc->chunks.bytes -= bytes;
    *c = (yt_chunk){0};
}

void yt_chunks_free(yata_doc *doc) {
    for (uint32_t i = 0; i < doc->chunks.all.len; i++)
        if (doc->chunks.all.data[i].data) release(doc, &doc->chunks.all.data[i]);
    yt_vec_free(&doc->mem, &doc->chunks.all);
}

/* A chunk of that size, YT_NONE if there is no memory. */
static uint32_t chunk_new(yata_doc *doc, size_t bytes, size_t elements) {
    yt_chunks *chunks = &doc->chunks;
    if (bytes > UINT32_MAX || elements > UINT32_MAX / sizeof(uint32_t)) return YT_NONE;
    if (chunks->free == YT_NONE && !yt_vec_reserve(&doc->mem, &chunks->all, 1)) return YT_NONE;
    yt_chunk c = {.cap = bytes ? (uint32_t)bytes : 1, .ends_cap = (uint32_t)elements};
    c.data = yt_alloc(&doc->mem, c.cap);
    if (!c.data) return YT_NONE;
    if (elements) {
        c.ends = yt_alloc(&doc->mem, elements * sizeof *c.ends);
        if (!c.ends) {
            yt_free(&doc->mem, c.data, c.cap);
            return YT_NONE;
        }
    }
    uint32_t ref = chunks->free;
    if (ref != YT_NONE) {
        chunks->free = chunks->all.data[ref].len;
        chunks->all.data[ref] = c;
    } else {
        ref = chunks->all.len;
        yt_vec_put(&chunks->all, c);
    }
    chunks->bytes += c.cap + (size_t)c.ends_cap * sizeof *c.ends;
    return ref;
}

static void chunk_free(yata_doc *doc, uint32_t ref) {
    yt_chunk *c = yt_chunk_at(doc, ref);
    release(doc, c);
    c->len = doc->chunks.free;
    doc->chunks.free = ref;
}

/* Another chunk is filled from now on; the old one goes if nothing is in it. */
static void fill(yata_doc *doc, uint32_t *current, uint32_t next) {
    uint32_t old = *current;
    *current = next;
    if (old != YT_NONE && !yt_chunk_at(doc, old)->refs) chunk_free(doc, old);
}

/* Room of a chunk that is being filled; without elements it would not be one of values any more. */
static void shrink(yata_doc *doc, uint32_t *current) {
    if (*current == YT_NONE) return;
    yt_chunk *c = yt_chunk_at(doc, *current);
    if (!c->refs) {
        fill(doc, current, YT_NONE);
        return;
    }
    if (c->len && c->len < c->cap) {
        uint8_t *data = yt_realloc(&doc->mem, c->data, c->cap, c->len);
        if (!data) return;
        doc->chunks.bytes -= c->cap - c->len;
        c->data = data;
        c->cap = c->len;
    }
    if (c->count && c->count < c->ends_cap) {
        uint32_t *ends = yt_realloc(&doc->mem, c->ends, c->ends_cap * sizeof *ends, c->count * sizeof *ends);
        if (!ends) return;
        doc->chunks.bytes -= (c->ends_cap - c->count) * sizeof *ends;
        c->ends = ends;
        c->ends_cap = c->count;
    }
}

void yt_chunks_trim(yata_doc *doc) {
    shrink(doc, &doc->chunks.text);
    shrink(doc, &doc->chunks.values);
}

void yt_chunks_expected(yata_doc *doc) {
    yt_chunks *chunks = &doc->chunks;
    chunks->expected = 0;
    if (chunks->text != YT_NONE && yt_chunk_at(doc, chunks->text)->cap > YT_CHUNK_BYTES) shrink(doc, &chunks->text);
}

static bool has_room(const yt_chunk *c, size_t bytes, size_t elements) {
    return bytes <= c->cap - c->len && elements <= c->ends_cap - c->count;
}

/* expected: bytes that are about to come; there is room for them, but for no more than there is already. Of a lot all
 * is asked for at once: yt_chunks_expected gives back what was not used, and until it is used it costs systems that
 * give out so much nothing. */
static size_t next_size(size_t cap, size_t bytes, size_t expected, size_t all) {
    size_t size = cap < FIRST_CHUNK ? FIRST_CHUNK : cap * 2;
    if (size > YT_CHUNK_BYTES) size = YT_CHUNK_BYTES;
    if (expected > all && expected < AT_ONCE) expected = all;
    if (size < expected) size = expected;
    return size < bytes ? bytes : size;
}

/* A chunk with that much room, to put something at its end. */
static uint32_t room(yata_doc *doc, uint32_t *current, size_t bytes, size_t elements) {
    uint32_t ref = *current;
    size_t cap = 0, ends = 0;
    if (ref != YT_NONE) {
        const yt_chunk *c = yt_chunk_at(doc, ref);
        if (has_room(c, bytes, elements)) return ref;
        cap = c->cap;
        ends = c->ends_cap;
    }
    size_t more = elements;
    if (elements) {
        more = ends < 8 ? 8 : ends * 2;
        if (more > YT_CHUNK_BYTES / 8) more = YT_CHUNK_BYTES / 8;
        if (more < elements) more = elements;
    }
    size_t expected = elements ? 0 : doc->chunks.expected;
    ref = chunk_new(doc, next_size(cap, bytes, expected, doc->chunks.bytes), more);
    if (ref == YT_NONE && expected > bytes) ref = chunk_new(doc, next_size(cap, bytes, 0, 0), more);
    if (ref != YT_NONE) fill(doc, current, ref);
    return ref;
}

void yt_chunks_expect(yata_doc *doc, size_t text_bytes, size_t value_bytes, size_t value_count) {
    yt_chunks *chunks = &doc->chunks;
    if (text_bytes > YT_CHUNK_BYTES) {
        uint32_t ref = chunk_new(doc, text_bytes, 0);
        if (ref != YT_NONE) fill(doc, &chunks->text, ref);
    }
    if (value_bytes > YT_CHUNK_BYTES || value_count > YT_CHUNK_BYTES / 8) {
        uint32_t ref = chunk_new(doc, value_bytes, value_count);
        if (ref != YT_NONE) fill(doc, &chunks->values, ref);
    }
}

bool yt_text_put(yata_doc *doc, yata_bytes a, yata_bytes b, yt_slice *out) {
    if (b.len > UINT32_MAX || a.len > UINT32_MAX - b.len) return false;
    uint32_t ref = room(doc, &doc->chunks.text, a.len + b.len, 0);
    if (ref == YT_NONE) return false;
    yt_chunk *c = yt_chunk_at(doc, ref);
    out->chunk = ref;
    out->at = c->len;
    if (a.len) memcpy(c->data + c->len, a.data, a.len);
    if (b.len) memcpy(c->data + c->len + a.len, b.data, b.len);
    c->len += (uint32_t)(a.len + b.len);
    c->refs++;
    return true;
}

static void put_values(yt_chunk *c, yata_bytes values, uint32_t count) {
    const uint8_t *p = values.data, *end = p + values.len;
    uint32_t start = c->len;
    for (uint32_t i = 0; i < count; i++) {
        p = yt_any_skip(p, end);
        c->ends[c->count++] = start + (uint32_t)(p - values.data);
    }
    if (values.len) memcpy(c->data + start, values.data, values.len);
    c->len += (uint32_t)values.len;
}

bool yt_values_put(yata_doc *doc, yata_bytes values, uint32_t count, yt_slice *out) {
    uint32_t ref = room(doc, &doc->chunks.values, values.len, count);
    if (ref == YT_NONE) return false;
    yt_chunk *c = yt_chunk_at(doc, ref);
    out->chunk = ref;
    out->at = c->count;
    put_values(c, values, count);
    c->refs++;
    return true;
}

static void put_element(yt_chunk *c, yata_bytes element) {
    if (element.len) memcpy(c->data + c->len, element.data, element.len);
    c->len += (uint32_t)element.len;
    c->ends[c->count++] = c->len;
}

bool yt_elements_put(yata_doc *doc, yata_bytes first, const yata_bytes *second, yt_slice *out) {
    uint32_t ref = room(doc, &doc->chunks.values, first.len + (second ? second->len : 0), second ? 2 : 1);
    if (ref == YT_NONE) return false;
    yt_chunk *c = yt_chunk_at(doc, ref);
    out->chunk = ref;
    out->at = c->count;
    put_element(c, first);
    if (second) put_element(c, *second);
    c->refs++;
    return true;
}

yata_bytes yt_elements(const yata_doc *doc, yt_slice slice, uint32_t count) {
    const yt_chunk *c = yt_chunk_at(doc, slice.chunk);
    uint32_t from = slice.at ? c->ends[slice.at - 1] : 0;
    uint32_t to = slice.at + count ? c->ends[slice.at + count - 1] : 0;
    yata_bytes bytes = {c->data + from, count ? to - from : 0};
    return bytes;
}

void yt_chunk_keep(yata_doc *doc, uint32_t chunk) {
    yt_chunk_at(doc, chunk)->refs++;
}

void yt_chunk_drop(yata_doc *doc, uint32_t chunk) {
    yt_chunk *c = yt_chunk_at(doc, chunk);
    YT_ASSERT(c->refs > 0);
    if (--c->refs) return;
    if (chunk == doc->chunks.text || chunk == doc->chunks.values)
        c->len = c->count = 0; /* still being filled: begin anew */
    else
        chunk_free(doc, chunk);
}

/* Grows the chunk, whose end is a run of `run` bytes, if the run is what fills it: a chunk shared by many is left as it
 * is. */
static bool grow_text(yata_doc *doc, yt_chunk *c, uint32_t run, uint32_t more) {
    if (more <= c->cap - c->len) return true;
    if (run < c->len / 2 || c->len > UINT32_MAX - more) return false;
    size_t cap = c->len + (size_t)more;
    cap += cap / 2 > 64 ? cap / 2 : 64;
    if (cap > UINT32_MAX) return false;
    uint8_t *data = yt_realloc(&doc->mem, c->data, c->cap, cap);
    if (!data) return false;
    doc->chunks.bytes += cap - c->cap;
    c->data = data;
    c->cap = (uint32_t)cap;
    return true;
}

bool yt_text_join(yata_doc *doc, yt_slice *left, uint32_t left_bytes, yt_slice right, uint32_t right_bytes) {
    if (left->chunk == right.chunk && left->at + left_bytes == right.at) {
        yt_chunk_drop(doc, right.chunk);
        return true;
    }
    yt_chunk *c = yt_chunk_at(doc, left->chunk);
    if (left->at + left_bytes == c->len && grow_text(doc, c, left_bytes, right_bytes)) {
        if (right_bytes) memcpy(c->data + c->len, yt_text(doc, right), right_bytes);
        c->len += right_bytes;
        yt_chunk_drop(doc, right.chunk);
        return true;
    }
    size_t both = (size_t)left_bytes + right_bytes;
    uint32_t ref = chunk_new(doc, both + both / 2, 0);
    if (ref == YT_NONE) return false;
    c = yt_chunk_at(doc, ref);
    if (left_bytes) memcpy(c->data, yt_text(doc, *left), left_bytes);
    if (right_bytes) memcpy(c->data + left_bytes, yt_text(doc, right), right_bytes);
    c->len = left_bytes + right_bytes;
    c->refs = 1;
    yt_chunk_drop(doc, left->chunk);
    yt_chunk_drop(doc, right.chunk);
    left->chunk = ref;
    left->at = 0;
    return true;
}

static bool grow_values(yata_doc *doc, yt_chunk *c, uint32_t run_bytes, size_t more_bytes, uint32_t more) {
    if (more > c->ends_cap - c->count) {
        if (run_bytes < c->len / 2) return false;
        uint32_t old = c->ends_cap;
        uint32_t *ends = yt_grow(&doc->mem, c->ends, &c->ends_cap, c->count + more, sizeof *ends);
        if (!ends) return false;
        doc->chunks.bytes += (size_t)(c->ends_cap - old) * sizeof *ends;
        c->ends = ends;
    }
    return more_bytes <= UINT32_MAX && grow_text(doc, c, run_bytes, (uint32_t)more_bytes);
}

static void put_elements(yt_chunk *c, const yt_chunk *from, uint32_t at, uint32_t count) {
    for (uint32_t i = at; i < at + count; i++) {
        uint32_t start = i ? from->ends[i - 1] : 0;
        yata_bytes element = {from->data + start, from->ends[i] - start};
        put_element(c, element);
    }
}

bool yt_text_grow(yata_doc *doc, yt_slice slice, uint32_t bytes, yata_bytes more) {
    yt_chunk *c = yt_chunk_at(doc, slice.chunk);
    if (slice.at + bytes != c->len || !grow_text(doc, c, bytes, (uint32_t)more.len)) return false;
    if (more.len) memcpy(c->data + c->len, more.data, more.len);
    c->len += (uint32_t)more.len;
    return true;
}

bool yt_values_grow(yata_doc *doc, yt_slice slice, uint32_t count, yata_bytes values, uint32_t more) {
    yt_chunk *c = yt_chunk_at(doc, slice.chunk);
    if (slice.at + count != c->count) return false;
    uint32_t bytes = (uint32_t)yt_elements(doc, slice, count).len;
    if (!grow_values(doc, c, bytes, values.len, more)) return false;
    put_values(c, values, more);
    return true;
}

bool yt_values_join(yata_doc *doc, yt_slice *left, uint32_t left_count, yt_slice right, uint32_t right_count) {
    if (left->chunk == right.chunk && left->at + left_count == right.at) {
        yt_chunk_drop(doc, right.chunk);
        return true;
    }
    yt_chunk *c = yt_chunk_at(doc, left->chunk);
    size_t left_bytes = yt_elements(doc, *left, left_count).len;
    size_t right_bytes = yt_elements(doc, right, right_count).len;
    if (left->at + left_count == c->count && grow_values(doc, c, (uint32_t)left_bytes, right_bytes, right_count)) {
        put_elements(c, yt_chunk_at(doc, right.chunk), right.at, right_count);
        yt_chunk_drop(doc, right.chunk);
        return true;
    }
    size_t bytes = left_bytes + right_bytes, count = (size_t)left_count + right_count;
    uint32_t ref = chunk_new(doc, bytes + bytes / 2, count + count / 2 + 1);
    if (ref == YT_NONE) return false;
    c = yt_chunk_at(doc, ref);
    put_elements(c, yt_chunk_at(doc, left->chunk), left->at, left_count);
    put_elements(c, yt_chunk_at(doc, right.chunk), right.at, right_count);
    c->refs = 1;
    yt_chunk_drop(doc, left->chunk);
    yt_chunk_drop(doc, right.chunk);
    left->chunk = ref;
    left->at = 0;
    return true;
}
