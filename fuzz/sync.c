/* SPDX-License-Identifier: MIT */
/*
 * sync.c - any bytes as what peers say in a session, and as a stream of frames.
 *
 * Input: one byte of choices, then a byte stream. The stream is cut into frames by a frame reader that gets it in
 * pieces of the chosen size, and by one that gets it at once: both must see the same. Each frame goes to one of two
 * sessions of a document with awareness; everything that comes out must be well-formed messages. In the end an honest
 * peer connects, and both have the same document. Memory is bounded by the input.
 */
#include "target.h"

typedef struct site {
    yata_doc *doc;
    yata_awareness *awareness;
    yata_sync_hub *hub;
    yata_sync *sessions[2];
} site;

static void open(site *x, const yata_allocator *allocator, uint64_t client, uint8_t choices) {
    yata_doc_options options = target_options(allocator);
    options.client_id = client;
    REQUIRE(yata_doc_new(&options, &x->doc) == YATA_OK);
    yata_awareness_options watched = yata_awareness_options_default();
    watched.client_id = client;
    watched.allocator = allocator;
    watched.limits.clients = 64;
    watched.limits.state_bytes = 256;
    REQUIRE(yata_awareness_new(&watched, &x->awareness) == YATA_OK);
    REQUIRE(yata_sync_hub_new(x->doc, x->awareness, allocator, &x->hub) == YATA_OK);
    for (int i = 0; i < 2; i++) {
        yata_sync_options session = yata_sync_options_default();
        session.read_only = choices >> 4 & i;
        session.queue_bytes = choices & 32 ? 64 : 0;
        session.awareness_clients = choices & 64 ? 3 : 0;
        REQUIRE(yata_sync_new(x->hub, &session, &x->sessions[i]) == YATA_OK);
        REQUIRE(yata_sync_connect(x->sessions[i]) == YATA_OK);
    }
}

static void close(site *x) {
    require_valid(x->doc);
    yata_sync_hub_free(x->hub);
    yata_awareness_free(x->awareness);
    yata_doc_free(x->doc);
}

/* Everything a session says is a frame of one message, with a payload that readers take. */
static void check_message(yata_bytes frame, const yata_allocator *allocator) {
    yata_message_reader reader;
    yata_message m;
    yata_awareness_update_iter it;
    REQUIRE(yata_message_reader_init(&reader, frame) == YATA_OK);
    REQUIRE(yata_message_reader_next(&reader, &m) && m.whole.len == frame.len);
    switch (m.kind) {
    case YATA_MESSAGE_STEP1:
        REQUIRE(yata_state_vector_check(m.payload).status == YATA_OK);
        break;
    case YATA_MESSAGE_STEP2:
    case YATA_MESSAGE_UPDATE:
        REQUIRE(yata_update_check(m.payload, allocator).status == YATA_OK);
        break;
    case YATA_MESSAGE_AWARENESS:
        REQUIRE(yata_awareness_update_iter_init(&it, m.payload) == YATA_OK);
        for (yata_awareness_entry entry; yata_awareness_update_iter_next(&it, &entry);) continue;
        REQUIRE(it.fault.status == YATA_OK && it.left == 0);
        break;
    default:
        REQUIRE(m.kind == YATA_MESSAGE_DENIED);
    }
}

static void drain(yata_sync *s, const yata_allocator *allocator) {
    yata_bytes message;
    for (;;) {
        REQUIRE(yata_sync_next(s, &message) == YATA_OK);
        if (!message.data) return;
        check_message(message, allocator);
    }
}

static void hear(site *x, int i, yata_bytes frame, const yata_allocator *allocator) {
    yata_sync_result result;
    yata_sync_state state;
    yata_status status = yata_sync_receive(x->sessions[i], frame, &result);
    REQUIRE(status == result.fault.status && result.fault.offset <= frame.len);
    yata_sync_state_of(x->sessions[i], &state);
    REQUIRE(state.queued_bytes == 0 || yata_sync_has_next(x->sessions[i]));
    if (status) { /* as a server should: the connection is closed, and comes again */
        yata_sync_disconnect(x->sessions[i]);
        REQUIRE(yata_sync_connect(x->sessions[i]) == YATA_OK);
    }
    if (frame.len % 2) drain(x->sessions[i], allocator);
}

/* The next frame when the whole stream is there at once. */
static void expect_frame(yata_frame_reader *whole, yata_bytes *rest, yata_bytes frame) {
    yata_bytes other;
    REQUIRE(yata_frame_reader_next(whole, rest, &other) == YATA_OK && other.data);
    REQUIRE(bytes_equal(frame, other));
}

static void play(site *x, yata_bytes stream, size_t size, const yata_allocator *allocator) {
    yata_frame_reader pieces, whole;
    yata_bytes rest = stream, frame, other;
    yata_frame_reader_init(&pieces, 2048, allocator);
    yata_frame_reader_init(&whole, 2048, allocator);
    yata_status status = YATA_OK;
    int i = 0;
    for (size_t at = 0; at < stream.len && !status; at += size) {
        yata_bytes piece = {stream.data + at, size < stream.len - at ? size : stream.len - at};
        while ((status = yata_frame_reader_next(&pieces, &piece, &frame)) == YATA_OK && frame.data) {
            expect_frame(&whole, &rest, frame);
            hear(x, i++ % 2, frame, allocator);
        }
        REQUIRE(status || piece.len == 0);
    }
    REQUIRE(yata_frame_reader_next(&whole, &rest, &other) == status && !other.data);
    yata_frame_reader_free(&pieces);
    yata_frame_reader_free(&whole);
}

static void talk(yata_sync *a, yata_sync *b) {
    yata_bytes message;
    for (int turns = 0, quiet = 0; quiet < 2; turns++) {
        yata_sync *from = turns % 2 ? b : a, *to = turns % 2 ? a : b;
        REQUIRE(turns < 100);
        REQUIRE(yata_sync_next(from, &message) == YATA_OK);
        quiet = message.data ? 0 : quiet + 1;
        if (message.data) REQUIRE(yata_sync_receive(to, message, NULL) == YATA_OK);
    }
}

/* An honest peer gets what is here, pending parts included. It may have more: of two different blocks with one id,
 * which no honest peer makes, only one can be had, and what waited behind the other one may be free there. */
static void compare_with_another(site *x, const yata_allocator *allocator) {
    site y;
    open(&y, allocator, 4711, 0);
    yata_sync_options session = yata_sync_options_default();
    yata_sync *honest;
    REQUIRE(yata_sync_new(x->hub, &session, &honest) == YATA_OK);
    REQUIRE(yata_sync_connect(honest) == YATA_OK);
    talk(y.sessions[0], honest);
    yata_buffer ours, theirs;
    yata_buffer_init(&ours, NULL);
    yata_buffer_init(&theirs, NULL);
    REQUIRE(yata_doc_encode_state_vector(x->doc, &ours) == YATA_OK);
    REQUIRE(yata_doc_encode_state_vector(y.doc, &theirs) == YATA_OK);
    yata_state_vector_iter a, b;
    yata_id id, other;
    REQUIRE(yata_state_vector_iter_init(&a, bytes_of(&ours)) == YATA_OK);
    while (yata_state_vector_iter_next(&a, &id)) {
        bool found = false;
        REQUIRE(yata_state_vector_iter_init(&b, bytes_of(&theirs)) == YATA_OK);
        while (!found && yata_state_vector_iter_next(&b, &other))
            found = other.client == id.client && other.clock >= id.clock;
        REQUIRE(found);
    }
    yata_buffer_free(&ours);
    yata_buffer_free(&theirs);
    close(&y);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    if (size == 0) return 0;
    counted_memory memory = {0};
    yata_allocator allocator = counted_allocator(&memory);
    site x;
    open(&x, &allocator, 4242, data[0]);
    play(&x, (yata_bytes){data + 1, size - 1}, 1 + data[0] % 16, &allocator);
    for (int i = 0; i < 2; i++) drain(x.sessions[i], &allocator);
    compare_with_another(&x, &allocator);
    close(&x);
    REQUIRE(memory.live == 0);
    return 0;
}
