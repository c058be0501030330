/* SPDX-License-Identifier: MIT */
/* message.c and frame.c - messages as y-protocols has them, frames in streams that come in pieces. */
#include <yata/protocol.h>

#include "../peer.h"

#define BYTES(literal) ((yata_bytes){(const uint8_t *)(literal), sizeof(literal) - 1})

Test(message, written_as_in_y_protocols) {
    yata_buffer out;
    yata_buffer_init(&out, NULL);
    OK(yata_message_write_step1(&out, BYTES("\x01\x01\x01")));
    OK(yata_message_write_step2(&out, BYTES("\0\0")));
    OK(yata_message_write_update(&out, BYTES("\0\0")));
    OK(yata_message_write_awareness(&out, BYTES("\x00")));
    OK(yata_message_write_denied(&out, STR("n\xC3\xA9")));
    OK(yata_message_write_granted(&out));
    OK(yata_message_write_query(&out));
    OK(yata_message_write_custom(&out, 200, BYTES("ab")));
    OK(yata_message_write_custom(&out, 4, no_bytes()));
    expect_bytes(&out, "00 00 03 010101 | 00 01 02 0000 | 00 02 02 0000 | 01 01 00 | 02 00 03 6ec3a9 | 02 01 | 03 |"
                       "c801 02 6162 | 04 00");
    static const yata_message_kind kinds[] = {YATA_MESSAGE_STEP1,     YATA_MESSAGE_STEP2,  YATA_MESSAGE_UPDATE,
                                              YATA_MESSAGE_AWARENESS, YATA_MESSAGE_DENIED, YATA_MESSAGE_GRANTED,
                                              YATA_MESSAGE_QUERY,     YATA_MESSAGE_CUSTOM, YATA_MESSAGE_CUSTOM};
    static const size_t payloads[] = {3, 2, 2, 1, 0, 0, 0, 2, 0};
    yata_message_reader reader;
    yata_message m;
    size_t at = 0;
    OK(yata_message_reader_init(&reader, bytes_of(&out)));
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
        cr_assert(yata_message_reader_next(&reader, &m));
        cr_assert_eq(m.kind, kinds[i]);
        cr_assert_eq(m.payload.len, payloads[i]);
        cr_assert_eq(m.whole.data, out.data + at);
        at += m.whole.len;
        if (m.kind == YATA_MESSAGE_DENIED) cr_assert(m.reason.len == 3 && !memcmp(m.reason.data, "n\xC3\xA9", 3));
        if (i == 7) cr_assert_eq(m.type, 200);
    }
    cr_assert_eq(at, out.len);
    cr_assert_not(yata_message_reader_next(&reader, &m));
    OK(reader.fault.status);
    yata_buffer_free(&out);
}

Test(message, refused) {
    static const struct {
        const char *hex;
        yata_status status;
        size_t offset, whole; /* messages in front of it */
    } cases[] = {
        {"00", YATA_ERR_END, 1, 0},           {"00 03 00", YATA_ERR_KIND, 1, 0},
        {"00 00 02 01", YATA_ERR_END, 2, 0},  {"03 00 02 01 ", YATA_ERR_END, 3, 1},
        {"02 02", YATA_ERR_KIND, 1, 0},       {"02", YATA_ERR_END, 1, 0},
        {"02 00 01 ff", YATA_ERR_UTF8, 3, 0}, {"03 03 01", YATA_ERR_END, 3, 2},
        {"04", YATA_ERR_END, 1, 0},           {"ffffffffffffffff7f 00", YATA_ERR_NUMBER, 0, 0},
        {"80", YATA_ERR_END, 1, 0},           {"01 ffffffff0f", YATA_ERR_END, 1, 0},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        yata_buffer bytes = bytes_from(cases[i].hex);
        yata_bytes exact = exact_copy(bytes_of(&bytes));
        yata_message_reader reader;
        yata_message m;
        size_t n = 0;
        OK(yata_message_reader_init(&reader, exact));
        while (yata_message_reader_next(&reader, &m)) n++;
        cr_assert_eq(reader.fault.status, cases[i].status, "%zu", i);
        cr_assert_eq(reader.fault.offset, cases[i].offset, "%zu: %zu", i, reader.fault.offset);
        cr_assert_eq(n, cases[i].whole);
        cr_assert_not(yata_message_reader_next(&reader, &m));
        free((void *)exact.data);
        yata_buffer_free(&bytes);
    }
}

Test(message, statuses) {
    yata_buffer out;
    yata_message_reader reader;
    yata_buffer_init(&out, NULL);
    FAILS(YATA_ERR_ARGUMENT, yata_message_write_custom(&out, 3, no_bytes()));
    FAILS(YATA_ERR_ARGUMENT, yata_message_write_custom(&out, UINT64_C(1) << 53, no_bytes()));
    FAILS(YATA_ERR_ARGUMENT, yata_message_write_update(NULL, no_bytes()));
    FAILS(YATA_ERR_ARGUMENT, yata_message_write_update(&out, (yata_bytes){NULL, 1}));
    FAILS(YATA_ERR_ARGUMENT, yata_message_write_denied(&out, (yata_str){NULL, 1}));
    FAILS(YATA_ERR_UTF8, yata_message_write_denied(&out, STR("\xFF")));
    FAILS(YATA_ERR_ARGUMENT, yata_message_reader_init(NULL, no_bytes()));
    FAILS(YATA_ERR_ARGUMENT, yata_message_reader_init(&reader, (yata_bytes){NULL, 1}));
    FAILS(YATA_ERR_ARGUMENT, yata_frame_write(NULL, no_bytes()));
    cr_assert_eq(out.len, 0);
    OK(yata_message_write_custom(&out, (UINT64_C(1) << 53) - 1, no_bytes()));
    expect_bytes(&out, "ffffffffffffff0f 00");
    yata_buffer_free(&out);
}

Test(message, nothing_is_half_written) {
    counted_memory memory = {0};
    yata_allocator allocator = counted_allocator(&memory);
    static const uint8_t much[1000];
    for (uint64_t n = 1; n < 4; n++) {
        yata_buffer out;
        yata_buffer_init(&out, &allocator);
        OK(yata_buffer_append(&out, much, 3));
        memory.fail_at = memory.calls + n;
        yata_status status = yata_message_write_update(&out, (yata_bytes){much, sizeof much});
        memory.fail_at = 0;
        cr_assert_eq(out.len, status ? 3 : 3 + 4 + sizeof much);
        yata_buffer_free(&out);
    }
    cr_assert(memory.failures > 0 && memory.live == 0);
}

/* ------------------------------------------------------------------------
 * Frames
 */
static void frames_of(yata_buffer *stream, size_t lengths[], size_t count) {
    uint8_t bytes[1024];
    for (size_t i = 0; i < count; i++) {
        memset(bytes, (int)i, sizeof bytes);
        OK(yata_frame_write(stream, (yata_bytes){bytes, lengths[i]}));
    }
}

/* The stream in pieces of any size gives the same frames. */
Test(frame, any_pieces) {
    size_t lengths[] = {0, 1, 127, 128, 0, 300, 2, 1000, 0};
    yata_buffer stream;
    yata_buffer_init(&stream, NULL);
    frames_of(&stream, lengths, 9);
    for (size_t size = 1; size <= stream.len; size += size < 20 ? 1 : 37) {
        counted_memory memory = {0};
        yata_allocator allocator = counted_allocator(&memory);
        yata_frame_reader reader;
        size_t seen = 0;
        yata_frame_reader_init(&reader, 1000, &allocator);
        for (size_t at = 0; at < stream.len; at += size) {
            yata_bytes piece = {stream.data + at, size < stream.len - at ? size : stream.len - at}, frame;
            yata_bytes exact = exact_copy(piece);
            piece.data = exact.data;
            for (;;) {
                OK(yata_frame_reader_next(&reader, &piece, &frame));
                if (!frame.data) break;
                cr_assert_eq(frame.len, lengths[seen]);
                for (size_t i = 0; i < frame.len; i++) cr_assert_eq(frame.data[i], seen);
                seen++;
            }
            cr_assert_eq(piece.len, 0);
            free((void *)exact.data);
        }
        cr_assert_eq(seen, 9);
        if (size >= stream.len) cr_assert_eq(memory.calls, 0); /* nothing was cut, nothing is copied */
        yata_frame_reader_free(&reader);
        cr_assert_eq(memory.live, 0);
    }
    yata_buffer_free(&stream);
}

Test(frame, claims_cost_nothing) {
    counted_memory memory = {0};
    yata_allocator allocator = counted_allocator(&memory);
    yata_frame_reader reader;
    yata_bytes frame, piece = BYTES("\xff\xff\xff\x07xyz"); /* 2^24 - 1 bytes are to come */
    yata_frame_reader_init(&reader, 0, &allocator);
    OK(yata_frame_reader_next(&reader, &piece, &frame));
    cr_assert(!frame.data && piece.len == 0 && memory.live < 1000);
    yata_frame_reader_free(&reader);
    yata_frame_reader_free(NULL);
    cr_assert_eq(memory.live, 0);
}

Test(frame, refused_for_ever) {
    yata_frame_reader reader;
    yata_bytes frame, piece;
    yata_frame_reader_init(&reader, 127, NULL);
    piece = BYTES("\x80\x01");
    FAILS(YATA_ERR_LIMIT, yata_frame_reader_next(&reader, &piece, &frame));
    piece = BYTES("\x01z");
    FAILS(YATA_ERR_LIMIT, yata_frame_reader_next(&reader, &piece, &frame));
    cr_assert_null(frame.data);
    yata_frame_reader_free(&reader);
    yata_frame_reader_init(&reader, SIZE_MAX, NULL);
    piece = BYTES("\x80\x80\x80\x80\x80\x80\x80\x80\x80");
    FAILS(YATA_ERR_NUMBER, yata_frame_reader_next(&reader, &piece, &frame));
    FAILS(YATA_ERR_ARGUMENT, yata_frame_reader_next(NULL, &piece, &frame));
    FAILS(YATA_ERR_ARGUMENT, yata_frame_reader_next(&reader, &piece, NULL));
    FAILS(YATA_ERR_ARGUMENT, yata_frame_reader_next(&reader, &(yata_bytes){NULL, 1}, &frame));
    yata_frame_reader_free(&reader);
}

Test(frame, without_memory_the_piece_stays) {
    counted_memory memory = {.fail_at = 1};
    yata_allocator allocator = counted_allocator(&memory);
    yata_frame_reader reader;
    yata_bytes frame, piece = BYTES("\x03xy");
    yata_frame_reader_init(&reader, 0, &allocator);
    FAILS(YATA_ERR_MEMORY, yata_frame_reader_next(&reader, &piece, &frame));
    cr_assert_eq(piece.len, 2);
    OK(yata_frame_reader_next(&reader, &piece, &frame));
    cr_assert_null(frame.data);
    piece = BYTES("z\x01w");
    OK(yata_frame_reader_next(&reader, &piece, &frame));
    cr_assert(bytes_equal(frame, BYTES("xyz")));
    OK(yata_frame_reader_next(&reader, &piece, &frame));
    cr_assert(bytes_equal(frame, BYTES("w")));
    OK(yata_frame_reader_next(&reader, &piece, &frame));
    cr_assert_null(frame.data);
    yata_frame_reader_free(&reader);
    cr_assert_eq(memory.live, 0);
}
