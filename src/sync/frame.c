/* SPDX-License-Identifier: MIT */
/*
 * frame.c - frames in a byte stream that comes in pieces of any size.
 *
 * The usual frame lies whole in one piece and is given out as a view of it. Only what is cut is copied: into `held`,
 * which grows with the bytes that came.
 *
 * Invariant: `held` has fewer bytes than `length`, unless it was given out.
 */
#include "sync/message.h"

#define FRAME_MAX_BYTES (UINT32_C(1) << 26)
#define LENGTH_DIGITS   8 /* of seven bits: 2^53-1 needs no more, and a length without an end is no length */

static const uint8_t nothing[1];

yata_status yata_frame_write(yata_buffer *out, yata_bytes frame) {
    if (!out || (frame.len && !frame.data)) return YATA_ERR_ARGUMENT;
    uint8_t head[10];
    size_t n = 0;
    for (size_t x = frame.len;; x >>= 7) {
        head[n++] = (uint8_t)(x < 0x80 ? x : x | 0x80);
        if (x < 0x80) break;
    }
    size_t before = out->len;
    yata_status status = yata_buffer_append(out, head, n);
    if (!status && frame.len) status = yata_buffer_append(out, frame.data, frame.len);
    if (status) out->len = before;
    return status;
}

void yata_frame_reader_init(yata_frame_reader *reader, size_t max_bytes, const yata_allocator *allocator) {
    memset(reader, 0, sizeof *reader);
    reader->max_bytes = max_bytes ? max_bytes : FRAME_MAX_BYTES;
    yata_buffer_init(&reader->held, allocator);
}

void yata_frame_reader_free(yata_frame_reader *reader) {
    if (reader) yata_buffer_free(&reader->held);
}

/* Digits of the length, until it is complete or the piece is used up. */
static yata_status measure(yata_frame_reader *reader, yata_bytes *piece) {
    while (!reader->measured && piece->len) {
        uint8_t byte = *piece->data++;
        piece->len--;
        if (reader->digits == LENGTH_DIGITS) return YATA_ERR_NUMBER;
        reader->length |= (uint64_t)(byte & 0x7F) << 7 * reader->digits++;
        if (reader->length > reader->max_bytes) return YATA_ERR_LIMIT;
        reader->measured = byte < 0x80;
    }
    return YATA_OK;
}

static void begin_frame(yata_frame_reader *reader) {
    reader->length = 0;
    reader->digits = 0;
    reader->measured = false;
}

yata_status yata_frame_reader_next(yata_frame_reader *reader, yata_bytes *piece, yata_bytes *frame) {
    if (!reader || !piece || !frame || (piece->len && !piece->data)) return YATA_ERR_ARGUMENT;
    *frame = (yata_bytes){NULL, 0};
    if (reader->given) reader->held.len = 0;
    reader->given = false;
    if (!reader->failed) reader->failed = measure(reader, piece);
    if (reader->failed) return reader->failed;
    if (!reader->measured) return YATA_OK;
    size_t missing = (size_t)reader->length - reader->held.len;
    size_t n = piece->len < missing ? piece->len : missing;
    bool whole = n == missing;
    if (whole && !reader->held.len) {
        *frame = (yata_bytes){n ? piece->data : nothing, n};
    } else if (n) {
        yata_status status = yata_buffer_append(&reader->held, piece->data, n);
        if (status) return status;
        if (whole) *frame = (yata_bytes){reader->held.data, reader->held.len};
        reader->given = whole;
    }
    if (n) piece->data += n;
    piece->len -= n;
    if (whole) begin_frame(reader);
    return YATA_OK;
}
