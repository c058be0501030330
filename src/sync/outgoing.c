/* SPDX-License-Identifier: MIT */
/*
 * outgoing.c - what waits to be sent to a peer, and making it when it is taken.
 *
 * Order: our question, the answer to the peer's, a difference for what was dropped, awareness, then the queue as it
 * came. Answer and difference are made from the document as it is now, so they replace all updates that wait.
 */
#include "sync/presence.h"
#include "sync/session.h"

#include "doc/model.h"

/* ------------------------------------------------------------------------
 * Shared messages
 */
yt_shared *yt_shared_new(yt_mem *mem, yata_message_kind kind, yata_bytes payload) {
    uint8_t head[YT_MESSAGE_HEAD];
    size_t n = kind == YATA_MESSAGE_CUSTOM ? 0 : yt_message_head(kind, payload.len, head);
    if (payload.len > SIZE_MAX - sizeof(yt_shared) - n) return NULL;
    yt_shared *message = yt_alloc(mem, sizeof *message + n + payload.len);
    if (!message) return NULL;
    memset(message, 0, sizeof *message);
    message->refs = 1;
    message->kind = (uint8_t)kind;
    message->len = n + payload.len;
    memcpy(message->data, head, n);
    if (payload.len) memcpy(message->data + n, payload.data, payload.len);
    return message;
}

void yt_shared_drop(yt_mem *mem, yt_shared *message) {
    if (message && --message->refs == 0) yt_free(mem, message, sizeof *message + message->len);
}

/* ------------------------------------------------------------------------
 * The queue
 */
static void drop_kind(yata_sync *s, yata_message_kind kind) {
    uint32_t n = 0;
    for (uint32_t i = s->head; i < s->queue.len; i++) {
        yt_shared *message = s->queue.data[i];
        if (message->kind == kind) {
            s->queued_bytes -= message->len;
            yt_shared_drop(&s->hub->mem, message);
        } else {
            s->queue.data[n++] = message;
        }
    }
    s->queue.len = n;
    s->head = 0;
}

/* What was taken makes place at the front, each time half of the queue was taken: O(1) a message. */
static void close_up(yata_sync *s) {
    if (s->head < s->queue.len - s->head) return;
    uint32_t n = s->queue.len - s->head;
    if (n) memmove(s->queue.data, s->queue.data + s->head, n * sizeof *s->queue.data);
    s->queue.len = n;
    s->head = 0;
}

static bool push(yata_sync *s, yt_shared *message) {
    if (message->len > s->options.queue_bytes || s->queued_bytes > s->options.queue_bytes - message->len) return false;
    if (!yt_vec_reserve(&s->hub->mem, &s->queue, 1)) return false;
    message->refs++;
    s->queued_bytes += message->len;
    yt_vec_put(&s->queue, message);
    return true;
}

/* The news of one client that is still waiting at the end of the queue is out of date. */
static void replace_last(yata_sync *s, const yt_shared *message) {
    if (s->head == s->queue.len || !message->alone) return;
    yt_shared *last = s->queue.data[s->queue.len - 1];
    if (last->kind != YATA_MESSAGE_AWARENESS || !last->alone || last->client != message->client) return;
    s->queue.len--;
    s->queued_bytes -= last->len;
    yt_shared_drop(&s->hub->mem, last);
}

static void offer_awareness(yata_sync *s, yt_shared *message) {
    if (s->want_known) return;
    if (message) {
        replace_last(s, message);
        if (push(s, message)) return;
    }
    drop_kind(s, YATA_MESSAGE_AWARENESS);
    s->want_known = true;
}

static void offer_update(yata_sync *s, yt_shared *message) {
    if (s->behind || (message && push(s, message))) return;
    drop_kind(s, YATA_MESSAGE_UPDATE);
    s->behind = true;
    s->overflows++;
}

void yt_sync_offer(yata_sync *s, yata_message_kind kind, yt_shared *message) {
    bool had = yata_sync_has_next(s);
    if (kind == YATA_MESSAGE_AWARENESS)
        offer_awareness(s, message);
    else
        offer_update(s, message);
    yt_sync_woke(s, had);
}

void yt_sync_woke(yata_sync *s, bool had) {
    if (!had && s->options.wake && yata_sync_has_next(s)) s->options.wake(s->options.ctx, s);
}

static void release_given(yata_sync *s) {
    yt_shared_drop(&s->hub->mem, s->given);
    s->given = NULL;
}

void yt_sync_clear(yata_sync *s) {
    for (uint32_t i = s->head; i < s->queue.len; i++) yt_shared_drop(&s->hub->mem, s->queue.data[i]);
    yt_vec_free(&s->hub->mem, &s->queue);
    s->head = 0;
    s->queued_bytes = 0;
    s->want_ask = s->want_answer = s->behind = s->want_states = s->want_known = false;
    s->asked = s->synced = s->denied = false;
    s->futile = (yata_pending){0, 0, 0};
    release_given(s);
    yata_buffer_free(&s->vector);
    yata_buffer_free(&s->made);
}

bool yata_sync_has_next(const yata_sync *s) {
    if (!s || !s->connected) return false;
    return s->want_ask || s->want_answer || s->behind || s->want_states || s->want_known || s->head < s->queue.len;
}

/* ------------------------------------------------------------------------
 * Wishes
 */

/* A message whose payload `made` will hold behind room for the head. */
static yata_status begin_made(yata_sync *s) {
    static const uint8_t room[YT_MESSAGE_HEAD];
    s->made.len = 0;
    return yata_buffer_append(&s->made, room, sizeof room);
}

static yata_bytes end_made(yata_sync *s, yata_message_kind kind) {
    uint8_t head[YT_MESSAGE_HEAD];
    size_t len = s->made.len - YT_MESSAGE_HEAD, n = yt_message_head(kind, len, head);
    memcpy(s->made.data + YT_MESSAGE_HEAD - n, head, n);
    return (yata_bytes){s->made.data + YT_MESSAGE_HEAD - n, n + len};
}

static yata_status make_question(yata_sync *s, yata_bytes *out) {
    yata_status status = begin_made(s);
    if (!status) status = yata_doc_encode_state_vector(s->hub->doc, &s->made);
    if (status) return status;
    s->want_ask = false;
    s->asked = true;
    *out = end_made(s, YATA_MESSAGE_STEP1);
    return YATA_OK;
}

/* Afterwards the peer has what we have; without memory to note that, we go on from what it had before. */
static void note_vector(yata_sync *s) {
    yata_buffer vector;
    yata_buffer_init(&vector, &s->hub->mem.allocator);
    if (yata_doc_encode_state_vector(s->hub->doc, &vector)) {
        yata_buffer_free(&vector);
        return;
    }
    yata_buffer_free(&s->vector);
    s->vector = vector;
}

static yata_status make_difference(yata_sync *s, yata_bytes *out) {
    yata_bytes vector = {s->vector.data, s->vector.len};
    yata_status status = begin_made(s);
    if (!status) status = yata_doc_encode_diff(s->hub->doc, vector, &s->made);
    if (status) return status;
    *out = end_made(s, s->want_answer ? YATA_MESSAGE_STEP2 : YATA_MESSAGE_UPDATE);
    s->want_answer = s->behind = false;
    drop_kind(s, YATA_MESSAGE_UPDATE);
    note_vector(s);
    return YATA_OK;
}

static yata_status encode_known(const yata_awareness *a, yata_buffer *out) {
    yt_mem mem;
    yt_writer w;
    yt_mem_init(&mem, &out->allocator);
    yt_writer_init(&w, &mem);
    yt_write_var_uint(&w, a->known.len);
    for (uint32_t i = 0; i < a->known.len; i++) yt_awareness_write_entry(&w, &a->known.data[i]);
    return yt_writer_to_buffer(&w, out);
}

static yata_status make_states(yata_sync *s, yata_bytes *out) {
    const yata_awareness *a = s->hub->awareness;
    yata_status status = begin_made(s);
    if (!status) status = s->want_known ? encode_known(a, &s->made) : yata_awareness_encode_all(a, &s->made);
    if (status) return status;
    s->want_states = s->want_known = false;
    drop_kind(s, YATA_MESSAGE_AWARENESS);
    *out = end_made(s, YATA_MESSAGE_AWARENESS);
    return YATA_OK;
}

yata_status yata_sync_next(yata_sync *s, yata_bytes *message) {
    if (!s || !message) return YATA_ERR_ARGUMENT;
    *message = (yata_bytes){NULL, 0};
    if (!s->connected) return YATA_OK;
    release_given(s);
    if (s->want_ask) return make_question(s, message);
    if (s->want_answer || s->behind) return make_difference(s, message);
    if (s->want_states || s->want_known) return make_states(s, message);
    if (s->made.cap > s->options.queue_bytes) yata_buffer_free(&s->made); /* a large answer is not kept for ever */
    if (s->head == s->queue.len) return YATA_OK;
    s->given = s->queue.data[s->head++];
    s->queued_bytes -= s->given->len;
    close_up(s);
    *message = (yata_bytes){s->given->data, s->given->len};
    return YATA_OK;
}

/* ------------------------------------------------------------------------
 * The application
 */
yata_status yata_sync_send(yata_sync *s, yata_bytes message) {
    if (!s || !message.data || !message.len) return YATA_ERR_ARGUMENT;
    if (!s->connected) return YATA_ERR_STATE;
    if (message.len > s->options.queue_bytes || s->queued_bytes > s->options.queue_bytes - message.len)
        return YATA_ERR_LIMIT;
    bool had = yata_sync_has_next(s);
    yt_shared *shared = yt_shared_new(&s->hub->mem, YATA_MESSAGE_CUSTOM, message);
    bool pushed = shared && push(s, shared);
    yt_shared_drop(&s->hub->mem, shared);
    if (!pushed) return YATA_ERR_MEMORY;
    yt_sync_woke(s, had);
    return YATA_OK;
}

yata_status yata_sync_request(yata_sync *s) {
    if (!s) return YATA_ERR_ARGUMENT;
    if (!s->connected) return YATA_ERR_STATE;
    bool had = yata_sync_has_next(s);
    s->want_ask = true;
    yt_sync_woke(s, had);
    return YATA_OK;
}
