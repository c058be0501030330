/* SPDX-License-Identifier: MIT */
/*
 * encode_plain.c - texts and tombstones of lists go into an update by the dozen.
 *
 * Nearly every block of a document is one, and needs nothing but what stands in the item: no key, no parent, no
 * contents to be put into another form. Those are handed to the format as they are, many at a time; for the others
 * encode_state.c makes a yt_block of each. The bytes are the same either way.
 */
#include "doc/encode_plain.h"

#include "doc/chunk.h"

/* So many that what a call costs is not felt, so few that they are still in the first cache: 2 kB. */
enum { BATCH = 32 };

/* Nothing of it has to be looked up elsewhere but the text. */
static inline bool is_plain(const yt_item *it) {
    return (it->content == YT_DELETED || (it->content == YT_STRING && it->wide != YT_WIDE_MANY)) && !yt_is_keyed(it) &&
           (it->origin.slot != YT_NONE || it->right_origin.slot != YT_NONE);
}

typedef struct source {
    const yata_doc *doc;
    uint64_t client; /* whose blocks they are ... */
    uint32_t slot;   /* ... and most of what they stand between */
} source;

static inline void put_id(const source *from, yata_id *out, yt_id id) {
    out->client = YT_LIKELY(id.slot == from->slot) ? from->client : yt_client_at(from->doc, id.slot)->client;
    out->clock = id.clock;
}

static inline void view(const source *from, const yt_item *it, yt_plain *out) {
    uint8_t info = it->content;
    if (it->origin.slot != YT_NONE) {
        info |= YT_INFO_ORIGIN;
        put_id(from, &out->origin, it->origin);
    }
    if (it->right_origin.slot != YT_NONE) {
        info |= YT_INFO_RIGHT;
        put_id(from, &out->right, it->right_origin);
    }
    out->info = info;
    out->len = it->len;
    out->bytes = 0;
    if (it->content == YT_DELETED) return;
    const yt_chunk *chunk = yt_chunk_at(from->doc, it->chunk);
    out->bytes = it->len + it->wide;
    out->text = chunk->data + it->at;
    out->readable = chunk->cap - it->at;
}

/* Views of as many as there are from entry `first` of a page on, a batch at most; *clock moves behind them. */
static uint32_t gather(const source *from, const yt_page *page, uint32_t first, uint32_t *clock, uint32_t to,
                       yt_plain *batch) {
    uint32_t n = 0, at = *clock, most = page->len - first < BATCH ? page->len - first : BATCH;
    for (yt_ref ref; n < most && at < to && (ref = yt_page_item(page, first + n)); n++) {
        const yt_item *it = yt_at(from->doc, ref);
        if (!is_plain(it) || it->len > to - at) break;
        view(from, it, &batch[n]);
        at += it->len;
    }
    *clock = at;
    return n;
}

uint32_t yt_encode_plain(const yata_doc *doc, const yt_client *client, yt_place *place, uint32_t to, yt_encoder *e) {
    yt_plain batch[BATCH];
    const source from = {doc, client->client, (uint32_t)(client - doc->clients.data)};
    uint32_t clock = yt_entry_at(client, *place).clock, n = BATCH;
    while (clock < to && n) {
        const yt_page *page = client->pages[place->page];
        n = gather(&from, page, place->at, &clock, to, batch);
        if (n) e->ops->plain(e, batch, n);
        place->at += n;
        if (place->at < page->len) continue;
        place->page++;
        place->at = 0;
    }
    return clock;
}
