/* SPDX-License-Identifier: MIT */
/*
 * update_select.c - the part of an update that a set of ids names, or all but that part.
 *
 * A block of which only some clocks are wanted is cut on both sides: its end is shortened here, its beginning left out
 * by the encoder, which then writes the unit before the cut as origin. What is left out between two blocks of a client
 * becomes a Skip. Cuts inside a surrogate pair leave U+FFFD, as everywhere (spec/quirks.md).
 */
#include "update/update_stream.h"
#include "update/update_writer.h"
#include <yata/update.h>

typedef struct selection {
    yt_mem mem;
    yt_id_set ids;
    bool inside; /* what is in the set; otherwise what is not */
    yt_update_writer out;
    yt_writer text; /* the end of a text that was cut in a pair */
    bool failed;
} selection;

/* The next wanted clocks of [from, to). */
static bool next_piece(const selection *s, const yt_runs *runs, uint32_t from, uint32_t to, yt_run *piece) {
    yt_run run = {to, 0};
    bool found = runs && from < to && yt_runs_find(runs, from, &run) && run.clock < to;
    uint32_t start = found && run.clock > from ? run.clock : from, end = found ? run.clock + run.len : to;
    if (end > to) end = to;
    if (s->inside) {
        *piece = (yt_run){start, end - start};
        return found;
    }
    while (found && start == from && start < to) { /* pass what is in the set */
        from = end;
        found = from < to && yt_runs_find(runs, from, &run) && run.clock < to;
        start = found && run.clock > from ? run.clock : from;
        end = found ? run.clock + run.len : to;
        if (end > to) end = to;
        if (!found) break;
    }
    *piece = (yt_run){from, (found ? start : to) - from};
    return piece->len > 0;
}

/* Shortens the block; what it contains stays valid until the next cut. */
static void cut_end(selection *s, yt_block *b, uint32_t len) {
    static const uint8_t replacement[] = {0xEF, 0xBF, 0xBD};
    if (len == b->len) return;
    yt_tail head = yt_block_head(b, len);
    b->len = len;
    b->data = head.rest;
    if (!head.broken) return;
    s->text.len = 0;
    yt_write_bytes(&s->text, head.rest.data, head.rest.len);
    yt_write_bytes(&s->text, replacement, sizeof replacement);
    b->data = (yata_bytes){s->text.data, s->text.len};
    if (s->text.failed) s->failed = true;
}

static void select_block(selection *s, const yt_block *b) {
    const yt_runs *runs = yt_id_set_find(&s->ids, b->id.client);
    uint32_t from = b->id.clock, to = from + b->len;
    yt_run piece;
    while (!s->failed && next_piece(s, runs, from, to, &piece)) {
        yt_block part = *b;
        cut_end(s, &part, piece.clock + piece.len - b->id.clock);
        if (!s->failed && !yt_update_writer_put(&s->out, &part, piece.clock - b->id.clock)) s->failed = true;
        from = piece.clock + piece.len;
    }
}

static void select_deletions(selection *s, const yt_delete_list *all, yt_delete_list *out) {
    for (uint32_t i = 0; i < all->len; i++) {
        const yt_deletion *deletion = &all->data[i];
        const yt_runs *runs = yt_id_set_find(&s->ids, deletion->client);
        uint32_t from = deletion->run.clock, to = from + deletion->run.len;
        yt_run piece;
        while (!s->failed && next_piece(s, runs, from, to, &piece)) {
            if (!yt_delete_list_add(&s->mem, out, deletion->client, piece)) s->failed = true;
            from = piece.clock + piece.len;
        }
    }
}

static void read_ids(selection *s, yata_bytes ids, yata_fault *fault) {
    yt_reader r;
    yt_reader_init(&r, ids.data, ids.len);
    yt_id_set_read_v1(&s->mem, &s->ids, &r);
    *fault = r.fault;
}

static yata_status select_part(const yt_decoder_ops *from, const yt_encoder_ops *to, bool inside, yata_bytes update,
                               yata_bytes ids, yata_buffer *out, yata_fault *fault) {
    yata_fault ignored;
    if (!fault) fault = &ignored;
    *fault = (yata_fault){YATA_ERR_ARGUMENT, 0};
    if (!out || (update.len && !update.data) || (ids.len && !ids.data)) return YATA_ERR_ARGUMENT;
    selection s = {.inside = inside};
    yt_mem_init(&s.mem, &out->allocator);
    read_ids(&s, ids, fault);
    if (!fault->status) {
        yt_writer_init(&s.text, &s.mem);
        yt_update_stream in;
        yt_delete_list all = {0}, deletes = {0};
        yt_update_stream_init(&in, &s.mem, from, update);
        in.no_skips = true;
        yt_update_stream_start(&in);
        yt_update_writer_init(&s.out, &s.mem, to);
        for (; in.stream.block && !s.failed; yt_update_stream_next(&in)) select_block(&s, in.stream.block);
        if (!s.failed) yt_delete_list_read(&in.d, &all);
        *fault = in.d.in.fault;
        yt_update_stream_close(&in);
        yt_delete_list_merge(&all);
        if (!fault->status) select_deletions(&s, &all, &deletes);
        if (s.failed && !fault->status) fault->status = YATA_ERR_MEMORY;
        if (fault->status)
            yt_update_writer_drop(&s.out);
        else
            fault->status = yt_update_writer_finish(&s.out, &deletes, out);
        yt_delete_list_free(&s.mem, &all);
        yt_delete_list_free(&s.mem, &deletes);
        yt_writer_free(&s.text);
    }
    yt_id_set_free(&s.mem, &s.ids);
    return fault->status;
}

yata_status yata_update_intersect(yata_bytes update, yata_bytes ids, yata_buffer *out, yata_fault *fault) {
    return select_part(&yt_decoder_v1, &yt_encoder_v1, true, update, ids, out, fault);
}

yata_status yata_update_intersect_v2(yata_bytes update, yata_bytes ids, yata_buffer *out, yata_fault *fault) {
    return select_part(&yt_decoder_v2, &yt_encoder_v2, true, update, ids, out, fault);
}

yata_status yata_update_exclude(yata_bytes update, yata_bytes ids, yata_buffer *out, yata_fault *fault) {
    return select_part(&yt_decoder_v1, &yt_encoder_v1, false, update, ids, out, fault);
}

yata_status yata_update_exclude_v2(yata_bytes update, yata_bytes ids, yata_buffer *out, yata_fault *fault) {
    return select_part(&yt_decoder_v2, &yt_encoder_v2, false, update, ids, out, fault);
}
