/* SPDX-License-Identifier: MIT */
/*
 * update_sink.c - writing an update without having all of it in memory (update_sink.h).
 *
 * After each call of the encoder its writers are looked at: what belongs to the part that is being given out goes to
 * the callback as soon as there are a few kilobytes, what belongs to others is dropped. A column that is run-length
 * coded keeps its open run outside of its writer, so that it goes on where it was.
 *
 * Invariant: no writer holds more than SMALL, or PIECE, and what one call of the encoder has written.
 */
#include "update/update_sink.h"

enum { PIECE = 4096, SMALL = 32768 };
enum { TEXT = 5, LENGTHS = 6, REST = 10 }; /* places among the parts of v2 */

/* ------------------------------------------------------------------------
 * Giving out
 */
static void give(yt_sink *s, const void *data, size_t len) {
    if (!len || s->stopped || s->failed) return;
    s->stopped = !s->write(s->ctx, (yata_bytes){data, len});
}

static void give_length(yt_sink *s, uint64_t length) {
    uint8_t bytes[10];
    give(s, bytes, (size_t)(yt_put_var_uint(bytes, length) - bytes));
}

/* What stands before a part: the length of its column. That of strings is two parts in one. */
static void give_head(yt_sink *s, int part) {
    if (s->count == 1 || part == LENGTHS || part == REST) return;
    if (part == TEXT) give_length(s, yt_var_uint_size(s->sizes[TEXT]) + s->sizes[TEXT] + s->sizes[LENGTHS]);
    give_length(s, s->sizes[part]);
}

/* ------------------------------------------------------------------------
 * What was just written
 */
static void drain_part(yt_sink *s, int i, bool all) {
    yt_writer *w = s->parts[i];
    s->failed |= w->failed;
    if (s->failed) return;
    if (!s->measured) {
        s->sizes[i] += w->len;
        w->len = 0;
    } else if (i == s->first) {
        if (w->len < PIECE && !all) return;
        s->given += w->len;
        give(s, w->data, w->len);
        w->len = 0;
    } else if (i < s->first || i >= s->next) {
        w->len = 0;
    }
}

static void drain(yt_sink *s) {
    for (int i = 0; i < s->count; i++) drain_part(s, i, false);
}

static yt_sink *sink_of(yt_encoder *e) {
    return (yt_sink *)(void *)e;
}

static void put_sections(yt_encoder *e, uint32_t count) {
    sink_of(e)->format->sections(e, count);
    drain(sink_of(e));
}
static void put_section(yt_encoder *e, uint32_t blocks, uint64_t client, uint32_t first_clock) {
    sink_of(e)->format->section(e, blocks, client, first_clock);
    drain(sink_of(e));
}
static void put_block(yt_encoder *e, const yt_block *b, uint32_t offset) {
    sink_of(e)->format->block(e, b, offset);
    drain(sink_of(e));
}
static void put_delete_clients(yt_encoder *e, uint32_t count) {
    sink_of(e)->format->delete_clients(e, count);
    drain(sink_of(e));
}
static void put_delete_client(yt_encoder *e, uint64_t client, uint32_t runs) {
    sink_of(e)->format->delete_client(e, client, runs);
    drain(sink_of(e));
}
static void put_plain(yt_encoder *e, yt_plain *blocks) {
    sink_of(e)->format->plain(e, blocks);
    drain(sink_of(e));
}
static void put_delete_runs(yt_encoder *e, const yt_run *runs, uint32_t count) {
    sink_of(e)->format->delete_runs(e, runs, count);
    drain(sink_of(e));
}

static const yt_encoder_ops sink_ops = {
    .sections = put_sections,
    .section = put_section,
    .block = put_block,
    .plain = put_plain,
    .delete_clients = put_delete_clients,
    .delete_client = put_delete_client,
    .delete_runs = put_delete_runs,
};

/* ------------------------------------------------------------------------
 * Passes
 */
static void open_pass(yt_sink *s) {
    yt_encoder *e = &s->encoder;
    s->format->init(e, s->mem);
    e->ops = &sink_ops;
    s->given = 0;
    s->open = true;
}

/* The parts that were held in this pass stand behind the first. */
static void give_held(yt_sink *s) {
    for (int i = s->first + 1; i < s->next && !s->failed; i++) {
        yt_writer *w = s->parts[i];
        s->changed |= w->len != s->sizes[i];
        give_head(s, i);
        give(s, w->data, w->len);
    }
}

static void close_pass(yt_sink *s) {
    if (s->count > 1) yt_columns_flush(&s->encoder.columns);
    for (int i = 0; i < s->count; i++) drain_part(s, i, true);
    if (s->measured && !s->failed) {
        s->changed |= s->count > 1 && s->given != s->sizes[s->first];
        give_held(s);
    }
    s->format->drop(&s->encoder);
    s->open = false;
}

/* The next part that has anything in it, and as many behind it as are small together. */
static void choose_parts(yt_sink *s) {
    size_t held = 0;
    s->first = s->next;
    give_head(s, s->first);
    for (s->next = s->first + 1; s->next < s->count && s->sizes[s->next] <= SMALL - held; s->next++)
        held += s->sizes[s->next];
}

void yt_sink_begin(yt_sink *s, const yt_encoder_ops *format, yt_mem *mem, yata_write_fn write, void *ctx) {
    memset(s, 0, sizeof *s);
    s->format = format;
    s->mem = mem;
    s->write = write;
    s->ctx = ctx;
    yt_columns_out *c = &s->encoder.columns;
    if (format == &yt_encoder_v2) {
        yt_writer *parts[YT_SINK_PARTS] = {&c->key_clock.w, &c->client.w, &c->left_clock.w, &c->right_clock.w,
                                           &c->info.w,      &c->text,     &c->lengths.w,    &c->parent.w,
                                           &c->type_ref.w,  &c->len.w,    &s->encoder.rest};
        memcpy(s->parts, parts, sizeof parts);
        s->count = YT_SINK_PARTS;
    } else {
        s->parts[0] = &s->encoder.rest;
        s->count = 1;
        s->measured = true;
    }
}

bool yt_sink_pass(yt_sink *s) {
    static const uint8_t flags = 0;
    if (s->open) {
        bool measuring = !s->measured;
        close_pass(s);
        s->measured = true;
        if (measuring) give(s, &flags, 1);
    }
    if (s->failed || s->stopped || s->changed || (s->measured && s->next == s->count)) return false;
    if (s->measured) choose_parts(s);
    open_pass(s);
    return true;
}

yata_status yt_sink_end(yt_sink *s) {
    if (s->open) s->format->drop(&s->encoder);
    return s->failed ? YATA_ERR_MEMORY : s->stopped || s->changed ? YATA_ERR_STATE : YATA_OK;
}
