/* SPDX-License-Identifier: MIT */
/*
 * session.c - one connection: beginning, ending, and what the peer says.
 *
 * Updates go back to everybody but the peer they came from. One exception: when something waited in the document, the
 * peer's update may have set free what others sent, and the peer lacks it as well.
 */
#include "base/utf.h"
#include "sync/presence.h"
#include "sync/session.h"

#include "doc/model.h"

#define MESSAGE_BYTES ((size_t)1 << 26)
#define QUEUE_BYTES   ((size_t)1 << 20)

static const yata_str read_only_reason = {"read only", 9};

yata_sync_options yata_sync_options_default(void) {
    return (yata_sync_options){0};
}

/* ------------------------------------------------------------------------
 * Making and freeing
 */
static yata_status copy_options(yata_sync *s, const yata_sync_options *options) {
    yt_mem *mem = &s->hub->mem;
    yata_bytes origin = options->origin;
    yata_str reason = options->denied_reason.data ? options->denied_reason : read_only_reason;
    s->options = *options;
    if (!s->options.message_bytes) s->options.message_bytes = MESSAGE_BYTES;
    if (!s->options.queue_bytes) s->options.queue_bytes = QUEUE_BYTES;
    s->options.origin = (yata_bytes){NULL, 0};
    s->options.denied_reason = (yata_str){NULL, 0};
    uint8_t *copy = origin.len ? yt_alloc(mem, origin.len) : NULL;
    if (origin.len && !copy) return YATA_ERR_MEMORY;
    if (origin.len) memcpy(copy, origin.data, origin.len);
    s->options.origin = (yata_bytes){copy, origin.len};
    if (!reason.len) return YATA_OK;
    char *text = yt_alloc(mem, reason.len);
    if (!text) return YATA_ERR_MEMORY;
    memcpy(text, reason.data, reason.len);
    s->options.denied_reason = (yata_str){text, reason.len};
    return YATA_OK;
}

static uint32_t free_slot(const yata_sync_hub *hub) {
    uint32_t i = 0;
    while (i < hub->sessions.len && hub->sessions.data[i]) i++;
    return i;
}

yata_status yata_sync_new(yata_sync_hub *hub, const yata_sync_options *options, yata_sync **out) {
    if (!out) return YATA_ERR_ARGUMENT;
    *out = NULL;
    yata_sync_options o = options ? *options : yata_sync_options_default();
    if (!hub || (o.origin.len && !o.origin.data) || (o.denied_reason.len && !o.denied_reason.data))
        return YATA_ERR_ARGUMENT;
    if (!yt_utf8_scan((const uint8_t *)o.denied_reason.data, o.denied_reason.len, NULL, NULL)) return YATA_ERR_UTF8;
    if (!yt_vec_reserve(&hub->mem, &hub->sessions, 1)) return YATA_ERR_MEMORY;
    yata_sync *s = yt_calloc(&hub->mem, sizeof *s);
    if (!s) return YATA_ERR_MEMORY;
    s->hub = hub;
    s->slot = free_slot(hub);
    if (s->slot == hub->sessions.len) yt_vec_put(&hub->sessions, NULL);
    hub->sessions.data[s->slot] = s;
    yata_buffer_init(&s->vector, &hub->mem.allocator);
    yata_buffer_init(&s->made, &hub->mem.allocator);
    yata_status status = copy_options(s, &o);
    if (status) {
        yata_sync_free(s);
        return status;
    }
    *out = s;
    return YATA_OK;
}

void yata_sync_free(yata_sync *s) {
    if (!s) return;
    yata_sync_disconnect(s);
    yata_sync_hub *hub = s->hub;
    hub->sessions.data[s->slot] = NULL;
    while (hub->sessions.len && !hub->sessions.data[hub->sessions.len - 1]) hub->sessions.len--;
    yt_free(&hub->mem, (void *)s->options.origin.data, s->options.origin.len);
    yt_free(&hub->mem, (void *)s->options.denied_reason.data, s->options.denied_reason.len);
    yt_free(&hub->mem, s, sizeof *s);
}

/* ------------------------------------------------------------------------
 * Connections
 */

/* Peers that saw this end go may have noted the clock: with a new one they see it come again. */
static yata_status renew_state(yata_awareness *a) {
    const yt_presence *p = yt_presence_find(a, a->client_id);
    if (!p->state || p->clock == YT_AWARENESS_CLOCK_MAX) return YATA_OK;
    return yata_awareness_set_local(a, (yata_str){(const char *)p->state, p->len}, NULL);
}

yata_status yata_sync_connect(yata_sync *s) {
    if (!s) return YATA_ERR_ARGUMENT;
    yata_sync_hub *hub = s->hub;
    yata_sync_disconnect(s);
    if (s->again && hub->awareness) {
        yata_status status = renew_state(hub->awareness);
        if (status) return status;
    }
    if (!hub->connected) {
        yata_status status = yt_hub_listen(hub);
        if (status) return status;
    }
    hub->connected++;
    s->connected = s->again = true;
    s->want_ask = !s->options.read_only;
    s->want_states = hub->awareness && yata_awareness_count(hub->awareness) > 0;
    yt_sync_woke(s, false);
    return YATA_OK;
}

void yata_sync_disconnect(yata_sync *s) {
    if (!s || !s->connected) return;
    yata_sync_hub *hub = s->hub;
    s->connected = false;
    yt_sync_clear(s);
    yt_hub_disown(hub, s);
    if (--hub->connected == 0) yt_hub_unlisten(hub);
}

/* ------------------------------------------------------------------------
 * What the peer says
 */
/* A vector is kept as long as the connection: one of more clients than the document takes is not. */
static yata_status check_vector(const yata_sync *s, yata_bytes vector, yata_fault *fault) {
    yata_state_vector_iter it;
    *fault = yata_state_vector_check(vector);
    if (!fault->status && yata_state_vector_iter_init(&it, vector) == YATA_OK && it.left > s->hub->doc->limits.clients)
        fault->status = YATA_ERR_LIMIT;
    return fault->status;
}

static yata_status take_question(yata_sync *s, const yata_message *m, yata_fault *fault) {
    yata_status checked = check_vector(s, m->payload, fault);
    if (checked) return checked;
    yata_buffer vector;
    yata_buffer_init(&vector, &s->hub->mem.allocator);
    yata_status status = yata_buffer_append(&vector, m->payload.data, m->payload.len);
    if (status) return status;
    yata_buffer_free(&s->vector);
    s->vector = vector;
    s->want_answer = true;
    s->behind = false;
    return YATA_OK;
}

static bool is_empty_update(yata_bytes update) {
    return update.len == 2 && update.data[0] == 0 && update.data[1] == 0;
}

/* It is told once in a connection. */
static yata_status refuse(yata_sync *s, yata_sync_result *result) {
    result->refused++;
    yata_buffer message;
    yata_buffer_init(&message, &s->hub->mem.allocator);
    yata_status status = yata_message_write_denied(&message, s->options.denied_reason);
    if (!status && !s->denied) {
        status = yata_sync_send(s, (yata_bytes){message.data, message.len});
        s->denied = status == YATA_OK;
        if (status == YATA_ERR_LIMIT) status = YATA_OK; /* it does not listen */
    }
    yata_buffer_free(&message);
    return status;
}

static bool same_pending(yata_pending a, yata_pending b) {
    return a.blocks == b.blocks && a.deletes == b.deletes;
}

/* Something waits: the peer may have what it waits for, unless its last answer left exactly that. */
static void ask_for_more(yata_sync *s, bool answer, bool pending) {
    yata_pending now = {0, 0, 0};
    if (pending) yata_doc_pending(s->hub->doc, &now);
    if (answer) {
        s->asked = false;
        s->synced = true;
        s->futile = now;
    } else if (pending && !s->asked && !same_pending(now, s->futile)) {
        s->want_ask = true;
    }
}

static yata_status take_update(yata_sync *s, const yata_message *m, yata_sync_result *result, yata_fault *fault) {
    yata_sync_hub *hub = s->hub;
    yata_doc *doc = hub->doc;
    bool answer = m->kind == YATA_MESSAGE_STEP2;
    if (s->options.read_only) return is_empty_update(m->payload) ? YATA_OK : refuse(s, result);
    bool waiting = doc->pending.blocks || !yt_id_set_is_empty(&doc->pending.deletes);
    yata_apply_result applied;
    yata_sync *outer = hub->source;
    hub->source = s;
    hub->source_number = waiting ? 0 : doc->txn_number == UINT32_MAX ? 1 : doc->txn_number + 1;
    yata_status status = yata_doc_apply(doc, m->payload, s->options.origin, &applied);
    hub->source = outer;
    hub->source_number = 0;
    *fault = applied.fault;
    result->pending = applied.pending;
    if (!status) ask_for_more(s, answer, applied.pending);
    return status;
}

/* How many clients would it speak for? Those that it names for the first time and has not given up. */
static bool speaks_for_too_many(const yata_sync *s, yata_bytes update) {
    yata_awareness_update_iter it;
    yata_awareness_entry entry;
    uint64_t more = 0;
    if (!s->options.awareness_clients || yata_awareness_update_iter_init(&it, update)) return false;
    while (yata_awareness_update_iter_next(&it, &entry)) {
        if (entry.gone || entry.client == s->hub->awareness->client_id) continue;
        more += yt_u64_map_get(&s->hub->owners, entry.client) != s->slot;
    }
    return s->clients + more > s->options.awareness_clients;
}

static yata_status take_awareness(yata_sync *s, const yata_message *m, yata_fault *fault) {
    yata_sync_hub *hub = s->hub;
    if (!hub->awareness) return YATA_OK;
    if (speaks_for_too_many(s, m->payload)) return YATA_ERR_LIMIT;
    yata_sync *outer = hub->source;
    hub->source = s;
    yata_status status = yata_awareness_apply(hub->awareness, m->payload, s->options.origin, fault);
    hub->source = outer;
    return status;
}

static yata_status take_message(yata_sync *s, const yata_message *m, yata_sync_result *result, yata_fault *fault) {
    switch (m->kind) {
    case YATA_MESSAGE_STEP1:
        return take_question(s, m, fault);
    case YATA_MESSAGE_STEP2:
    case YATA_MESSAGE_UPDATE:
        return take_update(s, m, result, fault);
    case YATA_MESSAGE_AWARENESS:
        return take_awareness(s, m, fault);
    case YATA_MESSAGE_QUERY:
        s->want_states = s->hub->awareness != NULL;
        return YATA_OK;
    default:
        if (s->options.message) s->options.message(s->options.ctx, s, m);
        return YATA_OK;
    }
}

static yata_status take_frame(yata_sync *s, yata_bytes frame, yata_sync_result *result) {
    yata_message_reader reader;
    yata_message message;
    if (frame.len > s->options.message_bytes) return YATA_ERR_LIMIT;
    yata_message_reader_init(&reader, frame);
    while (s->connected && yata_message_reader_next(&reader, &message)) {
        yata_fault fault = {YATA_OK, 0};
        yata_status status = take_message(s, &message, result, &fault);
        if (status) {
            const uint8_t *at = message.payload.data ? message.payload.data : message.whole.data;
            result->fault.offset = (size_t)(at - frame.data) + fault.offset;
            return status;
        }
        result->messages++;
    }
    result->fault.offset = reader.fault.offset;
    return reader.fault.status;
}

yata_status yata_sync_receive(yata_sync *s, yata_bytes frame, yata_sync_result *result) {
    yata_sync_result unseen;
    if (!result) result = &unseen;
    memset(result, 0, sizeof *result);
    if (!s || (frame.len && !frame.data)) return YATA_ERR_ARGUMENT;
    yata_doc *doc = s->hub->doc;
    if (!s->connected || doc->txn || doc->cleaning) return YATA_ERR_STATE;
    bool had = yata_sync_has_next(s);
    result->fault.status = take_frame(s, frame, result);
    result->pending = doc->pending.blocks || !yt_id_set_is_empty(&doc->pending.deletes);
    yt_sync_woke(s, had);
    return result->fault.status;
}

/* ------------------------------------------------------------------------
 * Looking
 */
void yata_sync_state_of(const yata_sync *s, yata_sync_state *out) {
    *out = (yata_sync_state){0};
    if (!s) return;
    out->connected = s->connected;
    out->asked = s->asked || s->want_ask;
    out->synced = s->synced;
    out->behind = s->behind;
    out->queued_bytes = s->queued_bytes;
    out->overflows = s->overflows;
    out->clients = s->clients;
}

yata_status yata_sync_missing(const yata_sync *s, yata_buffer *out) {
    return s ? yata_doc_encode_missing(s->hub->doc, out) : YATA_ERR_ARGUMENT;
}
