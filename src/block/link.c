/* SPDX-License-Identifier: MIT */
/* link.c - reading and writing what weak links lead to (link.h). */
#include "block/link.h"

bool yata_link_single(const yata_link *link) {
    const yata_link_end *start = &link->start, *end = &link->end;
    return !start->open && !end->open && start->id.client == end->id.client && start->id.clock == end->id.clock;
}

static void read_end(yt_reader *r, const yt_link_names *names, bool root, yata_link_end *out) {
    if (root && out->open) {
        out->root = names ? names->read(names->ctx) : yt_read_var_string(r, NULL);
        if (!out->root.data) out->root.data = "";
        return;
    }
    out->id.client = yt_read_var_uint(r);
    out->id.clock = yt_read_clock(r);
}

void yt_link_read(yt_reader *r, const yt_link_names *names, yata_link *out) {
    uint8_t flags = yt_read_u8(r);
    *out =
        (yata_link){.start = {.open = (flags & YT_LINK_START_OPEN) != 0, .after = (flags & YT_LINK_START_AFTER) != 0},
                    .end = {.open = (flags & YT_LINK_END_OPEN) != 0, .after = (flags & YT_LINK_END_AFTER) != 0}};
    read_end(r, names, (flags & YT_LINK_ROOT) != 0, &out->start);
    if (out->end.open || (flags & YT_LINK_QUOTE)) {
        read_end(r, names, (flags & YT_LINK_ROOT) != 0, &out->end);
    } else { /* at the same place, open or not */
        out->end.open = out->start.open;
        out->end.id = out->start.id;
        out->end.root = out->start.root;
    }
}

static void write_end(yt_writer *w, const yt_link_names *names, const yata_link_end *end) {
    if (!end->open || !end->root.data) {
        yt_write_var_uint(w, end->id.client);
        yt_write_var_uint(w, end->id.clock);
    } else if (names) {
        names->write(names->ctx, end->root);
    } else {
        yt_write_var_bytes(w, end->root.data, end->root.len);
    }
}

void yt_link_write(yt_writer *w, const yt_link_names *names, const yata_link *link) {
    bool single = yata_link_single(link);
    bool root = (link->start.open && link->start.root.data) || (link->end.open && link->end.root.data);
    yt_write_u8(w, (uint8_t)((single ? 0 : YT_LINK_QUOTE) | (link->start.after ? YT_LINK_START_AFTER : 0) |
                             (link->end.after ? YT_LINK_END_AFTER : 0) | (link->start.open ? YT_LINK_START_OPEN : 0) |
                             (link->end.open ? YT_LINK_END_OPEN : 0) | (root ? YT_LINK_ROOT : 0)));
    write_end(w, names, &link->start);
    if (!single) write_end(w, names, &link->end);
}

yata_link yt_link_view(yata_str bytes) {
    yt_reader r;
    yata_link link;
    yt_reader_init(&r, (const uint8_t *)bytes.data, bytes.len);
    yt_link_read(&r, NULL, &link);
    YT_ASSERT(yt_reader_ok(&r) && !yt_reader_left(&r));
    return link;
}

static bool end_ahead(const yata_link_end *end, uint64_t client, uint32_t clock) {
    return !end->root.data && end->id.client == client && end->id.clock >= clock;
}

bool yt_link_refers_ahead(const yata_link *link, uint64_t client, uint32_t clock) {
    return end_ahead(&link->start, client, clock) || end_ahead(&link->end, client, clock);
}
