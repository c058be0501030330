/* SPDX-License-Identifier: MIT */
/*
 * message.c - messages of the sync protocol, as y-protocols writes and reads them.
 *
 *   00 00 vector | 00 01 update | 00 02 update | 01 awareness update | 02 00 reason | 02 01 | 03 | type payload
 */
#include "sync/message.h"

#include "base/utf.h"

/* ------------------------------------------------------------------------
 * Reading
 */
yata_status yata_message_reader_init(yata_message_reader *reader, yata_bytes frame) {
    if (!reader) return YATA_ERR_ARGUMENT;
    memset(reader, 0, sizeof *reader);
    if (frame.len && !frame.data) return reader->fault.status = YATA_ERR_ARGUMENT;
    yt_reader r;
    yt_reader_init(&r, frame.data, frame.len);
    reader->start = reader->pos = r.pos;
    reader->end = r.end;
    return YATA_OK;
}

static void read_sync(yt_reader *r, yata_message *m) {
    static const yata_message_kind kinds[] = {YATA_MESSAGE_STEP1, YATA_MESSAGE_STEP2, YATA_MESSAGE_UPDATE};
    const uint8_t *at = r->pos;
    uint64_t kind = yt_read_var_uint(r);
    if (!yt_reader_ok(r)) return;
    if (kind > YT_SYNC_UPDATE) {
        yt_reader_fail_at(r, YATA_ERR_KIND, at);
        return;
    }
    m->kind = kinds[kind];
    m->payload = yt_read_var_bytes(r);
}

static void read_auth(yt_reader *r, yata_message *m) {
    const uint8_t *at = r->pos;
    uint64_t kind = yt_read_var_uint(r);
    if (!yt_reader_ok(r)) return;
    m->kind = kind == YT_AUTH_DENIED ? YATA_MESSAGE_DENIED : YATA_MESSAGE_GRANTED;
    if (kind == YT_AUTH_DENIED)
        m->reason = yt_read_var_string(r, NULL);
    else if (kind != YT_AUTH_GRANTED)
        yt_reader_fail_at(r, YATA_ERR_KIND, at);
}

static void read_message(yt_reader *r, yata_message *m) {
    m->type = yt_read_var_uint(r);
    switch (m->type) {
    case YT_WIRE_SYNC:
        read_sync(r, m);
        break;
    case YT_WIRE_AWARENESS:
        m->kind = YATA_MESSAGE_AWARENESS;
        m->payload = yt_read_var_bytes(r);
        break;
    case YT_WIRE_AUTH:
        read_auth(r, m);
        break;
    case YT_WIRE_QUERY:
        m->kind = YATA_MESSAGE_QUERY;
        break;
    default:
        m->kind = YATA_MESSAGE_CUSTOM;
        m->payload = yt_read_var_bytes(r);
        break;
    }
}

bool yata_message_reader_next(yata_message_reader *reader, yata_message *out) {
    if (!reader || !out || reader->fault.status || reader->pos == reader->end) return false;
    yt_reader r = {.start = reader->start, .pos = reader->pos, .end = reader->end};
    yata_message m = {.kind = YATA_MESSAGE_CUSTOM};
    read_message(&r, &m);
    reader->fault = r.fault;
    if (!yt_reader_ok(&r)) return false;
    m.whole = (yata_bytes){reader->pos, (size_t)(r.pos - reader->pos)};
    reader->pos = r.pos;
    *out = m;
    return true;
}

/* ------------------------------------------------------------------------
 * Writing
 */
static size_t put_number(uint8_t *out, uint64_t x) {
    size_t n = 0;
    for (; x >= 0x80; x >>= 7) out[n++] = (uint8_t)(x | 0x80);
    out[n++] = (uint8_t)x;
    return n;
}

size_t yt_message_head(yata_message_kind kind, size_t len, uint8_t out[YT_MESSAGE_HEAD]) {
    static const uint8_t sync[] = {YT_SYNC_STEP1, YT_SYNC_STEP2, YT_SYNC_UPDATE};
    size_t n = 0;
    out[n++] = kind == YATA_MESSAGE_AWARENESS ? YT_WIRE_AWARENESS : YT_WIRE_SYNC;
    if (kind != YATA_MESSAGE_AWARENESS) out[n++] = sync[kind];
    return n + put_number(out + n, len);
}

/* A head and bytes, or nothing. */
static yata_status append(yata_buffer *out, const uint8_t *head, size_t head_len, const void *data, size_t len) {
    if (!out || (len && !data)) return YATA_ERR_ARGUMENT;
    size_t before = out->len;
    yata_status status = yata_buffer_append(out, head, head_len);
    if (!status && len) status = yata_buffer_append(out, data, len);
    if (status) out->len = before;
    return status;
}

static yata_status append_message(yata_buffer *out, yata_message_kind kind, yata_bytes payload) {
    uint8_t head[YT_MESSAGE_HEAD];
    return append(out, head, yt_message_head(kind, payload.len, head), payload.data, payload.len);
}

yata_status yata_message_write_step1(yata_buffer *out, yata_bytes state_vector) {
    return append_message(out, YATA_MESSAGE_STEP1, state_vector);
}

yata_status yata_message_write_step2(yata_buffer *out, yata_bytes update) {
    return append_message(out, YATA_MESSAGE_STEP2, update);
}

yata_status yata_message_write_update(yata_buffer *out, yata_bytes update) {
    return append_message(out, YATA_MESSAGE_UPDATE, update);
}

yata_status yata_message_write_awareness(yata_buffer *out, yata_bytes update) {
    return append_message(out, YATA_MESSAGE_AWARENESS, update);
}

yata_status yata_message_write_denied(yata_buffer *out, yata_str reason) {
    uint8_t head[YT_MESSAGE_HEAD] = {YT_WIRE_AUTH, YT_AUTH_DENIED};
    if (reason.len && !reason.data) return YATA_ERR_ARGUMENT;
    if (!yt_utf8_scan((const uint8_t *)reason.data, reason.len, NULL, NULL)) return YATA_ERR_UTF8;
    return append(out, head, 2 + put_number(head + 2, reason.len), reason.data, reason.len);
}

yata_status yata_message_write_granted(yata_buffer *out) {
    static const uint8_t message[] = {YT_WIRE_AUTH, YT_AUTH_GRANTED};
    return append(out, message, sizeof message, NULL, 0);
}

yata_status yata_message_write_query(yata_buffer *out) {
    static const uint8_t message[] = {YT_WIRE_QUERY};
    return append(out, message, sizeof message, NULL, 0);
}

yata_status yata_message_write_custom(yata_buffer *out, uint64_t type, yata_bytes payload) {
    if (type < YT_WIRE_CUSTOM || type > (UINT64_C(1) << 53) - 1) return YATA_ERR_ARGUMENT;
    uint8_t head[20];
    size_t n = put_number(head, type);
    return append(out, head, n + put_number(head + n, payload.len), payload.data, payload.len);
}
