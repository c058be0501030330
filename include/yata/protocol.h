/* SPDX-License-Identifier: MIT */
/*
 * protocol.h - the messages of the Yjs sync protocol: reading, writing, and frames for byte streams.
 *
 * A MESSAGE is what peers say: "this is my state vector", "this is an update". A FRAME is what a transport delivers as
 * one piece: WebSockets do; every frame holds one message or several, one behind the other. A byte STREAM (TCP, a pipe)
 * has no frames: there each is preceded by its length (yata_frame_write, yata_frame_reader).
 *
 * Bytes are those of y-protocols 1.0.7 (spec/sync.md). Sessions (sync.h) do all of this by themselves.
 */
#ifndef YATA_PROTOCOL_H
#define YATA_PROTOCOL_H

#include <yata/base.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef enum yata_message_kind {
    YATA_MESSAGE_STEP1 = 0,     /* payload: the sender's state vector; asks for what it lacks          */
    YATA_MESSAGE_STEP2 = 1,     /* payload: the answer, an update v1                                   */
    YATA_MESSAGE_UPDATE = 2,    /* payload: an update v1                                               */
    YATA_MESSAGE_AWARENESS = 3, /* payload: an awareness update (awareness.h)                          */
    YATA_MESSAGE_DENIED = 4,    /* reason: why the peer may not do what it tried                       */
    YATA_MESSAGE_GRANTED = 5,   /* said by yrs                                                         */
    YATA_MESSAGE_QUERY = 6,     /* asks for all awareness states                                       */
    YATA_MESSAGE_CUSTOM = 7     /* type: its number, from 4; payload: bytes with their length in front */
} yata_message_kind;

/* Views of the frame. Payloads are not looked into. */
typedef struct yata_message {
    yata_message_kind kind;
    uint64_t type; /* first number on the wire: 0 sync, 1 awareness, 2 auth, 3 query, others custom */
    yata_bytes payload;
    yata_str reason;  /* DENIED */
    yata_bytes whole; /* the message as it stands in the frame */
} yata_message;

/* Reads the messages of one frame. */
typedef struct yata_message_reader {
    const uint8_t *start, *pos, *end;
    yata_fault fault;
} yata_message_reader;
YATA_API yata_status yata_message_reader_init(yata_message_reader *reader, yata_bytes frame);
/* False at the end and at the first fault (reader->fault): bytes that end inside a message, YATA_ERR_KIND for an
 * unknown kind of sync or auth message. */
YATA_API bool yata_message_reader_next(yata_message_reader *reader, yata_message *out);

/* ------------------------------------------------------------------------
 * Writing: each appends one message.
 */
YATA_API yata_status yata_message_write_step1(yata_buffer *out, yata_bytes state_vector);
YATA_API yata_status yata_message_write_step2(yata_buffer *out, yata_bytes update);
YATA_API yata_status yata_message_write_update(yata_buffer *out, yata_bytes update);
YATA_API yata_status yata_message_write_awareness(yata_buffer *out, yata_bytes update);
/* YATA_ERR_UTF8. */
YATA_API yata_status yata_message_write_denied(yata_buffer *out, yata_str reason);
YATA_API yata_status yata_message_write_granted(yata_buffer *out);
YATA_API yata_status yata_message_write_query(yata_buffer *out);
/* In the form of yrs: the number, then the bytes with their length. YATA_ERR_ARGUMENT for numbers below 4 and above
 * 2^53-1. */
YATA_API yata_status yata_message_write_custom(yata_buffer *out, uint64_t type, yata_bytes payload);

/* ------------------------------------------------------------------------
 * Frames in byte streams: a varint with the length, then the frame. pycrdt's write_message has this form, too.
 */

/* Appends one frame. */
YATA_API yata_status yata_frame_write(yata_buffer *out, yata_bytes frame);

/* Takes a stream in pieces of any size and gives it back in frames:
 *
 *   yata_bytes piece = {received, n}, frame;
 *   while ((status = yata_frame_reader_next(&reader, &piece, &frame)) == YATA_OK && frame.data)
 *       ...one frame...
 */
typedef struct yata_frame_reader {
    yata_buffer held; /* the beginning of a frame */
    uint64_t length;  /* of that frame, as far as it is known */
    size_t max_bytes;
    uint32_t digits; /* bytes of the length read so far */
    bool measured;   /* the length is complete */
    bool given;      /* `held` was given out */
    yata_status failed;
} yata_frame_reader;

/* max_bytes: longest frame, 0: 2^26. allocator: NULL for the default. */
YATA_API void yata_frame_reader_init(yata_frame_reader *reader, size_t max_bytes, const yata_allocator *allocator);
YATA_API void yata_frame_reader_free(yata_frame_reader *reader);
/* Takes bytes from the front of `piece`. frame: the next frame, a view of `piece` or of the reader, valid until the
 * next call or until `piece` goes; data NULL: the piece is used up and more is needed. A frame of length 0 has data,
 * too. YATA_ERR_LIMIT: a longer frame was announced; YATA_ERR_NUMBER: its length is no number; both for ever, as no end
 * of the frame can be found. YATA_ERR_MEMORY: nothing was taken. Memory grows with bytes that came, not with a length
 * that was claimed. */
YATA_API yata_status yata_frame_reader_next(yata_frame_reader *reader, yata_bytes *piece, yata_bytes *frame);

#ifdef __cplusplus
}
#endif
#endif
