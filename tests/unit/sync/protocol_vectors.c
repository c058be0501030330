/* SPDX-License-Identifier: MIT */
/* protocol_vectors.c - messages made by y-protocols 1.0.7 (tests/vectors/gen/protocol.mjs), made here as the same
 * bytes. */
#include "../peer.h"
#include "../vectors.h"

static void expect_equal(const yata_buffer *expected, yata_bytes seen) {
    if (bytes_equal(bytes_of(expected), seen)) return;
    bytes_print(stderr, "expected", bytes_of(expected));
    bytes_print(stderr, "seen    ", seen);
    cr_assert_fail("other bytes than those of y-protocols");
}

Test(protocol_vectors, states) {
    vectors v = vectors_open("protocol.txt");
    while (vectors_next(&v, "state")) {
        yata_awareness_options options = yata_awareness_options_default();
        yata_buffer json = vectors_bytes(v.a), update = vectors_bytes(v.b), out;
        yata_awareness *a, *b;
        yata_buffer_init(&out, NULL);
        options.client_id = 1;
        OK(yata_awareness_new(&options, &a));
        OK(yata_awareness_set_local(a, str_from(bytes_of(&json)), NULL));
        OK(yata_awareness_encode(a, (uint64_t[]){1}, 1, &out));
        expect_equal(&update, bytes_of(&out));
        options.client_id = 2; /* and on to somebody else */
        OK(yata_awareness_new(&options, &b));
        OK(yata_awareness_apply(b, bytes_of(&update), no_bytes(), NULL));
        out.len = 0;
        OK(yata_awareness_encode(b, (uint64_t[]){1}, 1, &out));
        expect_equal(&update, bytes_of(&out));
        yata_awareness_free(a);
        yata_awareness_free(b);
        yata_buffer_free(&json);
        yata_buffer_free(&update);
        yata_buffer_free(&out);
    }
    vectors_close(&v);
}

static yata_status wrap(void *ctx, const yata_awareness_entry *entry, yata_buffer *out) {
    (void)ctx;
    yata_status status = yata_buffer_append(out, "{\"state\":", 9);
    if (!status) status = yata_buffer_append(out, entry->json.data, entry->json.len);
    return status ? status : yata_buffer_append(out, "}", 1);
}

Test(protocol_vectors, modified) {
    vectors v = vectors_open("protocol.txt");
    while (vectors_next(&v, "modify")) {
        yata_buffer update = vectors_bytes(v.a), expected = vectors_bytes(v.b), out;
        yata_buffer_init(&out, NULL);
        OK(yata_awareness_update_modify(bytes_of(&update), wrap, NULL, &out, NULL));
        expect_equal(&expected, bytes_of(&out));
        yata_buffer_free(&update);
        yata_buffer_free(&expected);
        yata_buffer_free(&out);
    }
    vectors_close(&v);
}

/* A session of a document with that state, asked for its first message of this kind. */
static void expect_said(const char *kind, const char *question) {
    vectors v = vectors_open("protocol.txt");
    while (vectors_next(&v, kind)) {
        yata_buffer state = vectors_bytes(v.a), expected = vectors_bytes(v.b);
        yata_sync_hub *hub;
        yata_sync *s;
        yata_bytes message;
        peer p;
        peer_open(&p, 7);
        OK(yata_sync_hub_new(p.doc, NULL, &p.allocator, &hub));
        OK(yata_sync_new(hub, NULL, &s));
        bool update = question && !*question;
        if (!update) OK(take_bytes(&p, bytes_of(&state)));
        OK(yata_sync_connect(s));
        if (question) OK(yata_sync_next(s, &message)); /* our own question */
        if (question && *question) {
            yata_buffer frame = bytes_from(question);
            OK(yata_sync_receive(s, bytes_of(&frame), NULL));
            yata_buffer_free(&frame);
        }
        if (update) OK(take_bytes(&p, bytes_of(&state)));
        OK(yata_sync_next(s, &message));
        expect_equal(&expected, message);
        yata_sync_hub_free(hub);
        peer_close(&p);
        yata_buffer_free(&state);
        yata_buffer_free(&expected);
    }
    vectors_close(&v);
}

Test(protocol_vectors, questions) {
    expect_said("step1", NULL);
}

Test(protocol_vectors, answers) {
    expect_said("step2", "00 00 01 00");
}

Test(protocol_vectors, updates) {
    expect_said("update", "");
}

Test(protocol_vectors, refusals) {
    vectors v = vectors_open("protocol.txt");
    while (vectors_next(&v, "denied")) {
        yata_buffer reason = vectors_bytes(v.a), expected = vectors_bytes(v.b), out;
        yata_buffer_init(&out, NULL);
        OK(yata_message_write_denied(&out, str_from(bytes_of(&reason))));
        expect_equal(&expected, bytes_of(&out));
        yata_message_reader reader;
        yata_message m;
        OK(yata_message_reader_init(&reader, bytes_of(&expected)));
        cr_assert(yata_message_reader_next(&reader, &m));
        cr_assert(m.kind == YATA_MESSAGE_DENIED && m.reason.len == reason.len);
        yata_buffer_free(&reason);
        yata_buffer_free(&expected);
        yata_buffer_free(&out);
    }
    vectors_close(&v);
}
