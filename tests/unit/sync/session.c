/* SPDX-License-Identifier: MIT */
/* hub.c, session.c, outgoing.c - documents in step, over connections that are slow, cut, closed, or hostile. */
#include <yata/sync.h>

#include "../peer.h"
#include "sync/session.h"

/* A document with its awareness and its hub. */
typedef struct site {
    peer p;
    yata_awareness *a;
    yata_sync_hub *hub;
    uint32_t woken;
    uint32_t messages;
    yata_buffer last; /* the last auth or custom message */
} site;

static void site_open(site *x, uint64_t client) {
    memset(x, 0, sizeof *x);
    peer_open(&x->p, client);
    yata_awareness_options options = yata_awareness_options_default();
    options.client_id = client;
    options.allocator = &x->p.allocator;
    OK(yata_awareness_new(&options, &x->a));
    OK(yata_sync_hub_new(x->p.doc, x->a, &x->p.allocator, &x->hub));
    yata_buffer_init(&x->last, NULL);
}

static void site_close(site *x) {
    yata_sync_hub_free(x->hub);
    yata_awareness_free(x->a);
    yata_buffer_free(&x->last);
    peer_close(&x->p);
}

static void on_wake(void *ctx, yata_sync *s) {
    site *x = ctx;
    cr_assert(yata_sync_has_next(s));
    x->woken++;
}

static void on_message(void *ctx, yata_sync *s, const yata_message *m) {
    site *x = ctx;
    (void)s;
    x->messages++;
    x->last.len = 0;
    OK(yata_buffer_append(&x->last, m->whole.data, m->whole.len));
}

static yata_sync *session_with(site *x, yata_sync_options options) {
    yata_sync *s;
    options.origin = (yata_bytes){(const uint8_t *)"net", 3};
    options.wake = on_wake;
    options.message = on_message;
    options.ctx = x;
    OK(yata_sync_new(x->hub, &options, &s));
    OK(yata_sync_connect(s));
    return s;
}

static yata_sync *session(site *x) {
    return session_with(x, yata_sync_options_default());
}

/* The next message, as hexadecimal. */
static void expect_next(yata_sync *s, const char *hex) {
    yata_bytes message;
    OK(yata_sync_next(s, &message));
    yata_buffer seen = {.data = (uint8_t *)message.data, .len = message.len};
    expect_bytes(&seen, hex);
}

static void expect_none(yata_sync *s) {
    yata_bytes message;
    cr_assert_not(yata_sync_has_next(s));
    OK(yata_sync_next(s, &message));
    cr_assert_null(message.data);
}

static size_t hand_over(yata_sync *from, yata_sync *to) {
    yata_bytes message;
    size_t n = 0;
    for (;; n++) {
        OK(yata_sync_next(from, &message));
        if (!message.data) return n;
        yata_bytes exact = exact_copy(message);
        OK(yata_sync_receive(to, exact, NULL));
        free((void *)exact.data);
        cr_assert(n < 1000, "they talk for ever");
    }
}

/* Until nobody has anything to say. */
static size_t talk(yata_sync *a, yata_sync *b) {
    size_t n = 0, m;
    do {
        m = hand_over(a, b) + hand_over(b, a);
        n += m;
    } while (m);
    return n;
}

static yata_status hear(yata_sync *s, const char *hex, yata_sync_result *result) {
    yata_buffer frame = bytes_from(hex);
    yata_bytes exact = exact_copy(bytes_of(&frame));
    yata_status status = yata_sync_receive(s, exact, result);
    free((void *)exact.data);
    yata_buffer_free(&frame);
    return status;
}

static void drain(yata_sync *s) {
    yata_bytes message;
    do OK(yata_sync_next(s, &message));
    while (message.data);
}

static void expect_same(site *a, site *b) {
    expect_same_state(&a->p, &b->p);
    yata_buffer x, y;
    yata_buffer_init(&x, NULL);
    yata_buffer_init(&y, NULL);
    OK(yata_doc_encode_state_vector(a->p.doc, &x));
    OK(yata_doc_encode_state_vector(b->p.doc, &y));
    cr_assert(bytes_equal(bytes_of(&x), bytes_of(&y)));
    yata_buffer_free(&x);
    yata_buffer_free(&y);
}

static bool sees(site *x, uint64_t client) {
    yata_str json;
    return yata_awareness_state(x->a, client, &json) == YATA_OK;
}

#define SET(x, json) OK(yata_awareness_set_local((x).a, STR(json), NULL))

/* ------------------------------------------------------------------------
 * Two
 */
Test(sync, first_words) {
    site x;
    site_open(&x, 1);
    write_text(&x.p, text_root(&x.p), 0, "a");
    yata_sync *s = session(&x);
    cr_assert_eq(x.woken, 1);
    expect_next(s, "00 00 03 01 0101");
    expect_next(s, "01 06 01 0100 02 7b7d");
    expect_none(s);
    OK(hear(s, "00 00 01 00", NULL));
    cr_assert_eq(x.woken, 2);
    expect_next(s, "00 01 0b 01 01 01 00 04 01 01 74 01 61 00");
    expect_none(s);
    write_text(&x.p, text_root(&x.p), 1, "b");
    cr_assert_eq(x.woken, 3);
    expect_next(s, "00 02 0a 01 01 01 01 84 01 00 01 62 00");
    expect_none(s);
    site_close(&x);
}

Test(sync, both_directions_and_again) {
    site a, b;
    site_open(&a, 1);
    site_open(&b, 2);
    SET(a, "{\"n\":\"a\"}");
    SET(b, "{\"n\":\"b\"}");
    write_text(&a.p, text_root(&a.p), 0, "from a");
    write_text(&b.p, text_root(&b.p), 0, "from b");
    yata_sync *s = session(&a), *t = session(&b);
    talk(s, t);
    expect_same(&a, &b);
    cr_assert(sees(&a, 2) && sees(&b, 1));
    yata_sync_state state;
    yata_sync_state_of(s, &state);
    cr_assert(state.connected && state.synced && !state.asked && state.clients == 1);

    yata_sync_disconnect(s);
    yata_sync_disconnect(t);
    cr_assert(!sees(&a, 2) && !sees(&b, 1));
    cr_assert_eq(a.hub->update_subscription, 0); /* nobody listens: the document encodes nothing */
    write_text(&a.p, text_root(&a.p), 0, "alone ");
    erase_text(&b.p, text_root(&b.p), 0, 3);
    write_text(&b.p, text_root(&b.p), 0, "apart ");
    OK(yata_sync_connect(s));
    OK(yata_sync_connect(t));
    talk(s, t);
    expect_same(&a, &b);
    cr_assert(sees(&a, 2) && sees(&b, 1));
    write_text(&a.p, text_root(&a.p), 0, "x");
    SET(b, "{\"n\":\"B\"}");
    cr_assert_eq(talk(s, t), 2);
    expect_same(&a, &b);
    site_close(&a);
    site_close(&b);
}

/* What came from a peer does not go back to it; with a new connection of the same session the rest is known. */
Test(sync, no_echo) {
    site a, b;
    site_open(&a, 1);
    site_open(&b, 2);
    yata_sync *s = session(&a), *t = session(&b);
    talk(s, t);
    write_text(&a.p, text_root(&a.p), 0, "word");
    cr_assert_eq(hand_over(s, t), 1);
    expect_none(t);
    SET(a, "1");
    cr_assert_eq(hand_over(s, t), 1);
    expect_none(t);
    site_close(&a);
    site_close(&b);
}

/* An observer answers an update by an edit: that does go back. */
static void on_answer(void *ctx, yata_doc *doc, const yata_txn *txn, yata_bytes update) {
    peer *p = ctx;
    (void)update;
    if (yata_txn_local(txn)) return;
    yata_txn *edit;
    yata_type t;
    OK(yata_doc_root(doc, STR("t"), YATA_KIND_TEXT, &t));
    OK(yata_txn_begin(doc, no_bytes(), &edit));
    OK(yata_text_insert(t, edit, 0, STR("!")));
    OK(yata_txn_commit(edit));
    (void)p;
}

Test(sync, edits_of_observers_go_back) {
    site a, b;
    uint32_t subscription;
    site_open(&a, 1);
    site_open(&b, 2);
    yata_sync *s = session(&a), *t = session(&b);
    talk(s, t);
    OK(yata_doc_observe_update(b.p.doc, on_answer, &b.p, &subscription));
    write_text(&a.p, text_root(&a.p), 0, "word");
    cr_assert_eq(talk(s, t), 2);
    expect_text(text_root(&a.p), "!word");
    expect_same(&a, &b);
    site_close(&a);
    site_close(&b);
}

/* ------------------------------------------------------------------------
 * Many
 */
Test(sync, one_message_for_all) {
    site hub, site_of[3];
    yata_sync *up[3], *down[3];
    site_open(&hub, 9);
    OK(yata_awareness_set_local(hub.a, (yata_str){NULL, 0}, NULL));
    for (uint64_t i = 0; i < 3; i++) {
        site_open(&site_of[i], i + 1);
        up[i] = session(&site_of[i]);
        down[i] = session(&hub);
        talk(up[i], down[i]);
    }
    char words[501] = {0};
    memset(words, 'w', 500);
    size_t before = yata_sync_hub_memory(hub.hub);
    write_text(&site_of[0].p, text_root(&site_of[0].p), 0, words);
    hand_over(up[0], down[0]);
    expect_none(down[0]);
    cr_assert(down[1]->queue.data[0] == down[2]->queue.data[0] && down[1]->queue.data[0]->refs == 2);
    cr_assert(yata_sync_hub_memory(hub.hub) - before < 2 * 500);
    talk(down[1], up[1]);
    talk(down[2], up[2]);
    SET(site_of[1], "{\"here\":true}");
    talk(down[1], up[1]);
    for (int i = 0; i < 3; i++) talk(down[i], up[i]);
    for (int i = 0; i < 3; i++) {
        expect_same(&hub, &site_of[i]);
        cr_assert(sees(&site_of[i], 2));
    }
    yata_sync_disconnect(up[1]);
    yata_sync_disconnect(down[1]); /* whoever it spoke for goes away everywhere */
    for (int i = 0; i < 3; i += 2) {
        talk(down[i], up[i]);
        cr_assert_not(sees(&site_of[i], 2));
    }
    cr_assert_eq(yata_sync_hub_connected(hub.hub), 2);
    yata_sync_free(down[1]);
    down[1] = session(&hub);
    OK(yata_sync_connect(up[1]));
    talk(down[1], up[1]);
    for (int i = 0; i < 3; i++) talk(down[i], up[i]);
    for (int i = 0; i < 3; i++) cr_assert(sees(&site_of[i], 2));
    for (int i = 0; i < 3; i++) site_close(&site_of[i]);
    site_close(&hub);
}

/* A peer's update sets free what another one sent: the first lacks it, too. */
Test(sync, what_waited_goes_to_everybody) {
    site hub, a, b, c;
    site_open(&hub, 9);
    site_open(&a, 1);
    site_open(&b, 2);
    site_open(&c, 3);
    yata_buffer first, both, second;
    yata_buffer_init(&second, NULL);
    write_text(&c.p, text_root(&c.p), 0, "one ");
    first = state_of(&c.p);
    yata_buffer vector = bytes_from("01 0304");
    write_text(&c.p, text_root(&c.p), 4, "two");
    OK(yata_doc_encode_diff(c.p.doc, bytes_of(&vector), &second));
    OK(take_bytes(&a.p, bytes_of(&first)));
    yata_sync *up = session(&a), *down = session(&hub), *other = session(&hub);
    drain(other);
    OK(hear(other, "00 01 02 0000", NULL)); /* the first question is answered */
    both = (yata_buffer){.allocator = vector.allocator};
    OK(yata_message_write_update(&both, bytes_of(&second)));
    yata_sync_result result;
    OK(yata_sync_receive(other, bytes_of(&both), &result)); /* builds on what only `a` has */
    cr_assert(result.pending);
    yata_buffer missing;
    yata_buffer_init(&missing, NULL);
    OK(yata_sync_missing(other, &missing));
    expect_bytes(&missing, "01 0300");
    expect_next(other, "00 00 01 00"); /* do you have more? */
    talk(up, down);
    expect_text(text_root(&a.p), "one two");
    expect_same(&a, &hub);
    yata_buffer_free(&missing);
    yata_buffer_free(&first);
    yata_buffer_free(&second);
    yata_buffer_free(&both);
    yata_buffer_free(&vector);
    site_close(&a);
    site_close(&b);
    site_close(&c);
    site_close(&hub);
}

/* An answer that leaves the same things missing is not asked for again and again. */
Test(sync, nobody_asks_for_ever) {
    site x;
    site_open(&x, 1);
    yata_sync *s = session(&x);
    drain(s);
    OK(hear(s, "00 02 0a 01 01 07 05 84 07 04 01 61 00", NULL));
    yata_sync_state state;
    yata_sync_state_of(s, &state);
    cr_assert(state.asked);
    expect_none(s); /* the first question is still open */
    OK(hear(s, "00 01 02 0000", NULL));
    yata_sync_state_of(s, &state);
    cr_assert(state.synced && !state.asked);
    OK(hear(s, "00 02 0a 01 01 07 05 84 07 04 01 61 00", NULL)); /* the same once more: nothing new waits */
    expect_none(s);
    OK(hear(s, "00 02 0a 01 01 08 05 84 08 04 01 61 00", NULL));
    expect_next(s, "00 00 01 00");
    expect_none(s);
    site_close(&x);
}

/* ------------------------------------------------------------------------
 * Slow and hostile peers
 */
Test(sync, a_slow_peer_catches_up) {
    site a, b;
    site_open(&a, 1);
    site_open(&b, 2);
    yata_sync_options options = yata_sync_options_default();
    options.queue_bytes = 100;
    yata_sync *s = session_with(&a, options), *t = session(&b);
    talk(s, t);
    yata_type text = text_root(&a.p);
    for (uint32_t i = 0; i < 50; i++) write_text(&a.p, text, i, "x");
    yata_sync_state state;
    yata_sync_state_of(s, &state);
    cr_assert(state.behind && state.queued_bytes == 0 && state.overflows == 1);
    cr_assert_eq(hand_over(s, t), 1);
    expect_same(&a, &b);
    yata_sync_state_of(s, &state);
    cr_assert_not(state.behind);
    write_text(&a.p, text, 0, "y"); /* only what is new goes on */
    for (uint32_t i = 0; i < 50; i++) write_text(&a.p, text, i, "z");
    yata_bytes message;
    OK(yata_sync_next(s, &message));
    cr_assert(message.len < 150);
    OK(yata_sync_receive(t, message, NULL));
    expect_same(&a, &b);

    static const uint8_t custom[] = {100, 98};
    OK(yata_sync_send(s, (yata_bytes){custom, 2}));
    uint8_t large[101] = {4, 99};
    FAILS(YATA_ERR_LIMIT, yata_sync_send(s, (yata_bytes){large, sizeof large}));
    SET(a, "\"a state that is longer than what may wait in the queue: it becomes a wish, and is told in the end, when "
           "there is somebody to take it\"");
    expect_next(s, "01 8b01 01 0101 8601 22 61 20 73 74 61 74 65 20 74 68 61 74 20 69 73 20 6c 6f 6e 67 65 72 20 74 68"
                   "61 6e 20 77 68 61 74 20 6d 61 79 20 77 61 69 74 20 69 6e 20 74 68 65 20 71 75 65 75 65 3a 20 69 74"
                   "20 62 65 63 6f 6d 65 73 20 61 20 77 69 73 68 2c 20 61 6e 64 20 69 73 20 74 6f 6c 64 20 69 6e 20 74"
                   "68 65 20 65 6e 64 2c 20 77 68 65 6e 20 74 68 65 72 65 20 69 73 20 73 6f 6d 65 62 6f 64 79 20 74 6f"
                   "20 74 61 6b 65 20 69 74 22 |");
    expect_next(s, "64 62");
    site_close(&a);
    site_close(&b);
}

Test(sync, awareness_is_not_told_twice) {
    site a;
    site_open(&a, 1);
    yata_sync *s = session(&a);
    drain(s);
    for (int i = 0; i < 100; i++) SET(a, "7");
    expect_next(s, "01 05 01 01 64 01 37"); /* only the last one: the others are out of date */
    expect_none(s);
    OK(hear(s, "03", NULL));
    expect_next(s, "01 05 01 01 64 01 37");
    expect_none(s);
    site_close(&a);
}

/* Null for us: our answer goes back to whoever said it. */
Test(sync, we_are_still_here) {
    site a;
    site_open(&a, 1);
    yata_sync *s = session(&a);
    drain(s);
    OK(hear(s, "01 08 01 01 05 04 6e756c6c", NULL));
    expect_next(s, "01 06 01 01 06 02 7b7d");
    expect_none(s);
    site_close(&a);
}

Test(sync, read_only_peers) {
    site a;
    site_open(&a, 1);
    yata_sync_options options = yata_sync_options_default();
    options.read_only = true;
    options.denied_reason = STR("no");
    yata_sync *s = session_with(&a, options);
    yata_sync_result result;
    expect_next(s, "01 06 01 0100 02 7b7d"); /* it is not asked what it has */
    OK(hear(s, "00 00 01 00", &result));
    expect_next(s, "00 01 02 0000");
    OK(hear(s, "00 01 02 0000", &result)); /* nothing is no offence */
    cr_assert_eq(result.refused, 0);
    OK(hear(s, "00 02 0b 01 01 07 00 04 01 01 74 01 61 00 | 00 01 0b 01 01 07 00 04 01 01 74 01 61 00", &result));
    cr_assert(result.refused == 2 && result.messages == 2);
    expect_next(s, "02 00 02 6e6f");
    expect_none(s);
    expect_state(&a.p, "0000");
    OK(hear(s, "01 06 01 0701 02 7b7d", &result));
    cr_assert(sees(&a, 7));
    write_text(&a.p, text_root(&a.p), 0, "a");
    expect_next(s, "00 02 0b 01 01 01 00 04 01 01 74 01 61 00");
    site_close(&a);
}

Test(sync, refused_frames) {
    static const struct {
        const char *hex;
        yata_status status;
        size_t offset;
        uint32_t messages;
    } cases[] = {
        {"00 05", YATA_ERR_KIND, 1, 0},
        {"03 00 00 02 0107", YATA_ERR_END, 4, 1},
        {"03 03 00 02 03 010107", YATA_ERR_END, 5, 2},
        {"01 05 01 0701 01 7b", YATA_ERR_JSON, 7, 0},
        {"00 02 ff", YATA_ERR_END, 3, 0},
        {"00 02 0b 01 01 07 00 04 01 01 74 01 ff 00", YATA_ERR_UTF8, 12, 0},
    };
    site a;
    site_open(&a, 1);
    yata_sync *s = session(&a);
    drain(s);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        yata_sync_result result;
        FAILS(cases[i].status, hear(s, cases[i].hex, &result));
        cr_assert_eq(result.fault.status, cases[i].status);
        cr_assert_eq(result.fault.offset, cases[i].offset, "%zu: %zu", i, result.fault.offset);
        cr_assert_eq(result.messages, cases[i].messages, "%zu", i);
        expect_state(&a.p, "0000");
        cr_assert_eq(yata_awareness_count(a.a), 1);
        drain(s);
    }
    site_close(&a);
}

Test(sync, limits) {
    site a;
    site_open(&a, 1);
    yata_sync_options options = yata_sync_options_default();
    options.message_bytes = 20;
    options.awareness_clients = 2;
    yata_sync *s = session_with(&a, options), *t = session(&a);
    drain(s);
    FAILS(YATA_ERR_LIMIT, hear(s, "03 (20*03)", NULL));
    OK(hear(s, "(20*03)", NULL));
    OK(hear(s, "01 09 02 070101 31 080101 31", NULL));
    FAILS(YATA_ERR_LIMIT, hear(s, "01 05 01 090101 31", NULL));
    OK(hear(s, "01 09 02 070201 32 080201 32", NULL));
    OK(hear(s, "01 08 01 070204 6e756c6c", NULL));
    OK(hear(s, "01 05 01 090101 31", NULL));
    yata_sync_state state;
    yata_sync_state_of(s, &state);
    cr_assert_eq(state.clients, 2);
    OK(hear(t, "01 05 01 090201 31", NULL)); /* it went over to another connection */
    yata_sync_state_of(s, &state);
    cr_assert_eq(state.clients, 1);
    yata_sync_disconnect(s);
    cr_assert(sees(&a, 9) && !sees(&a, 8));
    site_close(&a);
}

/* What a session keeps of its peer is bounded: vectors of more clients than the document takes are refused, and asking
 * again and again, or saying whatever takes an answer, makes one answer. */
Test(sync, flooded) {
    site a;
    site_open(&a, 1);
    a.p.doc->limits.clients = 3;
    yata_sync *s = session(&a);
    drain(s);
    OK(hear(s, "00 00 07 03 0701 0801 0901", NULL));
    yata_sync_result result;
    FAILS(YATA_ERR_LIMIT, hear(s, "03 03 00 00 09 04 0701 0801 0901 0a01", &result));
    cr_assert_eq(result.messages, 2);
    drain(s);
    size_t idle = yata_sync_hub_memory(a.hub);
    for (int i = 0; i < 1000; i++) OK(hear(s, "00 00 07 03 0701 0801 0901 (50*03) 00 02 02 0000", NULL));
    cr_assert(yata_sync_hub_memory(a.hub) <= idle + 64, "%zu, not %zu", yata_sync_hub_memory(a.hub), idle);
    yata_bytes message;
    int answers = 0;
    for (; yata_sync_has_next(s); answers++) OK(yata_sync_next(s, &message));
    cr_assert(answers <= 2);
    site_close(&a);
}

/* ------------------------------------------------------------------------
 * Messages of the application, statuses
 */
Test(sync, custom_messages_pass_through) {
    site a, b;
    site_open(&a, 1);
    site_open(&b, 2);
    yata_sync *s = session(&a), *t = session(&b);
    talk(s, t);
    yata_buffer message;
    yata_buffer_init(&message, NULL);
    OK(yata_message_write_custom(&message, 77, (yata_bytes){(const uint8_t *)"hello", 5}));
    OK(yata_sync_send(s, bytes_of(&message)));
    talk(s, t);
    cr_assert_eq(b.messages, 1);
    expect_bytes(&b.last, "4d 05 68656c6c6f");
    message.len = 0;
    OK(yata_message_write_denied(&message, STR("x")));
    OK(yata_sync_send(s, bytes_of(&message)));
    talk(s, t);
    expect_bytes(&b.last, "02 00 01 78");
    yata_buffer_free(&message);
    site_close(&a);
    site_close(&b);
}

static void on_inside(void *ctx, yata_doc *doc, const yata_txn *txn, yata_bytes update) {
    yata_sync *s = ctx;
    (void)doc, (void)txn, (void)update;
    FAILS(YATA_ERR_STATE, yata_sync_receive(s, (yata_bytes){(const uint8_t *)"\3", 1}, NULL));
}

Test(sync, statuses) {
    site a;
    uint32_t subscription;
    yata_sync *s;
    yata_sync_hub *hub;
    yata_bytes message;
    yata_allocator none = {0};
    site_open(&a, 1);
    FAILS(YATA_ERR_ARGUMENT, yata_sync_hub_new(NULL, NULL, NULL, &hub));
    FAILS(YATA_ERR_ARGUMENT, yata_sync_hub_new(a.p.doc, NULL, &none, &hub));
    FAILS(YATA_ERR_ARGUMENT, yata_sync_hub_new(a.p.doc, NULL, NULL, NULL));
    FAILS(YATA_ERR_ARGUMENT, yata_sync_new(NULL, NULL, &s));
    FAILS(YATA_ERR_ARGUMENT, yata_sync_new(a.hub, NULL, NULL));
    FAILS(YATA_ERR_UTF8, yata_sync_new(a.hub, &(yata_sync_options){.denied_reason = STR("\xFF")}, &s));
    OK(yata_sync_new(a.hub, NULL, &s));
    FAILS(YATA_ERR_STATE, hear(s, "03", NULL));
    FAILS(YATA_ERR_STATE, yata_sync_request(s));
    FAILS(YATA_ERR_STATE, yata_sync_send(s, (yata_bytes){(const uint8_t *)"\3", 1}));
    expect_none(s);
    OK(yata_sync_connect(s));
    drain(s);
    OK(yata_sync_request(s));
    expect_next(s, "00 00 01 00");
    FAILS(YATA_ERR_ARGUMENT, yata_sync_send(s, no_bytes()));
    FAILS(YATA_ERR_ARGUMENT, yata_sync_receive(NULL, no_bytes(), NULL));
    FAILS(YATA_ERR_ARGUMENT, yata_sync_next(NULL, &message));
    FAILS(YATA_ERR_ARGUMENT, yata_sync_connect(NULL));
    FAILS(YATA_ERR_ARGUMENT, yata_sync_request(NULL));
    FAILS(YATA_ERR_ARGUMENT, yata_sync_missing(NULL, NULL));
    yata_sync_disconnect(NULL);
    yata_sync_free(NULL);
    yata_sync_hub_free(NULL);
    cr_assert(yata_sync_hub_connected(NULL) == 0 && yata_sync_hub_memory(NULL) == 0);
    begin(&a.p);
    FAILS(YATA_ERR_STATE, hear(s, "03", NULL));
    commit(&a.p);
    OK(yata_doc_observe_update(a.p.doc, on_inside, s, &subscription));
    write_text(&a.p, text_root(&a.p), 0, "a");
    site_close(&a);
}

Test(sync, without_awareness) {
    peer p;
    yata_sync_hub *hub;
    yata_sync *s;
    peer_open(&p, 1);
    OK(yata_sync_hub_new(p.doc, NULL, &p.allocator, &hub));
    OK(yata_sync_new(hub, NULL, &s));
    OK(yata_sync_connect(s));
    expect_next(s, "00 00 01 00");
    OK(hear(s, "03 01 06 01 0701 02 7b7d 02 01", NULL));
    expect_none(s);
    yata_sync_hub_free(hub);
    peer_close(&p);
}

/* ------------------------------------------------------------------------
 * Failing memory: whatever is refused, both sides end with the same.
 */
Test(sync, without_memory_nothing_is_lost) {
    for (int after = 0; after < 2; after++) {
        for (uint64_t n = 1;; n++) {
            site a, b;
            site_open(&a, 1);
            site_open(&b, 2);
            yata_sync *s = session(&a), *t = session(&b), *third = session(&a);
            talk(s, t);
            drain(third);
            a.p.memory.fail_at = a.p.memory.calls + n;
            a.p.memory.fail_after = after;
            for (uint32_t i = 0; i < 6; i++) {
                yata_txn *txn;
                if (yata_txn_begin(a.p.doc, no_bytes(), &txn)) continue;
                yata_type t_a;
                if (!yata_doc_root(a.p.doc, STR("t"), YATA_KIND_TEXT, &t_a)) yata_text_insert(t_a, txn, 0, STR("ab"));
                yata_txn_commit(txn);
                yata_awareness_set_local(a.a, STR("{\"x\":1}"), NULL);
            }
            bool met = a.p.memory.failures > 0;
            a.p.memory.fail_at = 0;
            talk(s, t);
            expect_same(&a, &b);
            yata_str x, y;
            OK(yata_awareness_state(a.a, 1, &x));
            if (yata_awareness_state(b.a, 1, &y) == YATA_OK)
                cr_assert(x.len == y.len && !memcmp(x.data, y.data, x.len));
            site_close(&a);
            site_close(&b);
            if (!met) break;
        }
    }
}
