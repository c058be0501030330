/* SPDX-License-Identifier: MIT */
/*
 * awareness_update.c - awareness updates as bytes: reading, writing, modifying.
 *
 *   update   count (client clock state)*        varints; the state is JSON text with its length in front
 */
#include "sync/presence.h"

/* ------------------------------------------------------------------------
 * Writing
 */
void yt_awareness_write_entry(yt_writer *w, const yt_presence *p) {
    yt_write_var_uint(w, p->client);
    yt_write_var_uint(w, p->clock);
    yt_write_var_bytes(w, p->state ? (const void *)p->state : "null", p->state ? p->len : 4);
}

yata_status yata_awareness_encode(const yata_awareness *a, const uint64_t *clients, size_t count, yata_buffer *out) {
    if (!a || !out || (count && !clients)) return YATA_ERR_ARGUMENT;
    yt_mem mem;
    yt_writer w;
    yt_mem_init(&mem, &out->allocator);
    yt_writer_init(&w, &mem);
    yt_write_var_uint(&w, count);
    for (size_t i = 0; i < count; i++) {
        const yt_presence *p = yt_presence_find(a, clients[i]);
        if (!p) {
            yt_writer_free(&w);
            return YATA_ERR_NOT_FOUND;
        }
        yt_awareness_write_entry(&w, p);
    }
    return yt_writer_to_buffer(&w, out);
}

yata_status yata_awareness_encode_all(const yata_awareness *a, yata_buffer *out) {
    if (!a || !out) return YATA_ERR_ARGUMENT;
    yt_mem mem;
    yt_writer w;
    yt_mem_init(&mem, &out->allocator);
    yt_writer_init(&w, &mem);
    yt_write_var_uint(&w, a->states);
    for (uint32_t i = a->first; i != YT_NONE; i = a->known.data[i].after)
        yt_awareness_write_entry(&w, &a->known.data[i]);
    return yt_writer_to_buffer(&w, out);
}

/* ------------------------------------------------------------------------
 * Reading
 */
static bool is_space(char c) {
    return c == ' ' || c == '\n' || c == '\r' || c == '\t';
}

static bool is_null(yata_str json) {
    size_t from = 0, to = json.len;
    while (from < to && is_space(json.data[from])) from++;
    while (to > from && is_space(json.data[to - 1])) to--;
    return to - from == 4 && memcmp(json.data + from, "null", 4) == 0;
}

yata_status yata_awareness_update_iter_init(yata_awareness_update_iter *iter, yata_bytes update) {
    if (!iter) return YATA_ERR_ARGUMENT;
    memset(iter, 0, sizeof *iter);
    if (update.len && !update.data) return iter->fault.status = YATA_ERR_ARGUMENT;
    yt_reader r;
    yt_reader_init(&r, update.data, update.len);
    iter->left = yt_read_count(&r, YT_AWARENESS_ENTRY_MIN);
    iter->start = r.start;
    iter->pos = r.pos;
    iter->end = r.end;
    iter->fault = r.fault;
    return r.fault.status;
}

bool yata_awareness_update_iter_next(yata_awareness_update_iter *iter, yata_awareness_entry *out) {
    if (!iter || !out || !iter->left || iter->fault.status) return false;
    yt_reader r = {.start = iter->start, .pos = iter->pos, .end = iter->end};
    yata_awareness_entry entry;
    entry.client = yt_read_var_uint(&r);
    entry.clock = yt_read_var_uint(&r);
    entry.json = yt_read_var_string(&r, NULL);
    iter->pos = r.pos;
    iter->fault = r.fault;
    if (!yt_reader_ok(&r)) return false;
    entry.gone = is_null(entry.json);
    iter->left--;
    *out = entry;
    return true;
}

/* ------------------------------------------------------------------------
 * Modifying
 */

/* The state of one entry, as `fn` wants it. */
static yata_status modify_entry(const yata_awareness_entry *entry, yata_awareness_modify_fn fn, void *ctx,
                                yata_buffer *given, yt_writer *w, yata_fault *fault) {
    given->len = 0;
    yata_status status = fn(ctx, entry, given);
    if (status) return status;
    bool theirs = given->len == 0, null;
    yt_reader text;
    yt_writer json;
    yt_writer_init(&json, w->mem);
    if (theirs)
        yt_reader_init(&text, (const uint8_t *)entry->json.data, entry->json.len);
    else
        yt_reader_init(&text, given->data, given->len);
    yt_state_normalize(&text, &json, &null);
    status = text.fault.status;
    if (theirs) fault->offset = text.fault.offset; /* in the text; the caller adds where that begins */
    if (!status && json.failed) status = YATA_ERR_MEMORY;
    if (!status) {
        yt_write_var_uint(w, entry->client);
        yt_write_var_uint(w, entry->clock);
        yt_write_var_bytes(w, json.data, json.len);
    }
    yt_writer_free(&json);
    return status;
}

yata_status yata_awareness_update_modify(yata_bytes update, yata_awareness_modify_fn fn, void *ctx, yata_buffer *out,
                                         yata_fault *fault) {
    yata_fault none;
    if (!fault) fault = &none;
    *fault = (yata_fault){YATA_OK, 0};
    if (!fn || !out) return YATA_ERR_ARGUMENT;
    yt_mem mem;
    yt_writer w;
    yata_buffer given;
    yata_awareness_update_iter it;
    yata_awareness_entry entry;
    yt_mem_init(&mem, &out->allocator);
    yt_writer_init(&w, &mem);
    yata_buffer_init(&given, &out->allocator);
    yata_status status = yata_awareness_update_iter_init(&it, update);
    yt_write_var_uint(&w, it.left);
    while (!status && yata_awareness_update_iter_next(&it, &entry)) {
        status = modify_entry(&entry, fn, ctx, &given, &w, fault);
        if (status) fault->offset += (size_t)((const uint8_t *)entry.json.data - update.data);
    }
    if (!status) status = it.fault.status;
    if (it.fault.status) fault->offset = it.fault.offset;
    fault->status = status;
    yata_buffer_free(&given);
    if (status) {
        yt_writer_free(&w);
        return status;
    }
    return fault->status = yt_writer_to_buffer(&w, out);
}
