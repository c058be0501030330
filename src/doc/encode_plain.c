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

/* Nothing of it has to be looked up elsewhere but the text. */
static inline bool is_plain(const yt_item *it) {
    const uint32_t contents = 1u << YT_DELETED | 1u << YT_STRING;
    return (contents >> it->content & 1) && it->wide != YT_WIDE_MANY && !yt_is_keyed(it);
}

static const uint8_t none[16];
static const yt_chunk no_chunk = {.data = (uint8_t *)none, .cap = sizeof none};

/* What is needed for each item, without looking it up each time. */
typedef struct source {
    yt_item *const *slabs;
    const yt_chunk *chunks[2]; /* of no text; of texts */
} source;

static inline const yt_item *item_at(const source *from, yt_ref ref) {
    return &from->slabs[ref / YT_SLAB_ITEMS][ref % YT_SLAB_ITEMS];
}

/* Writes the length and the text of an item behind those of the batch. Whether it has a text changes so often that a
 * jump would mostly be foreseen wrongly: both are written, and one of them counts. Returns how many texts that are. */
static inline uint32_t put_content(const source *from, const yt_item *it, yt_plain *out, uint32_t texts,
                                   uint32_t tombstones) {
    uint32_t is_text = it->content == YT_STRING, mask = 0 - is_text, at = it->at & mask, len = it->len;
    const yt_chunk *chunk = from->chunks[is_text] + (it->chunk & mask);
    yt_plain_text *text = &out->text[texts];
    text->data = chunk->data + at;
    text->bytes = (len + it->wide) & mask;
    text->readable = chunk->cap - at;
    out->units[1 + texts] = len;
    out->tombstone[1 + tombstones] = len;
    return is_text;
}

/* Blocks from entry `first` of a page on, `count` at most, that stand between two of the same client, as most of those
 * do that somebody types. */
static void gather_own(const yata_doc *doc, uint32_t slot, const yt_page *page, uint32_t first, uint32_t count,
                       yt_plain *out) {
    const source from = {doc->pool.slabs, {&no_chunk, doc->chunks.all.data}};
    uint32_t n = 0, texts = 0;
    for (yt_ref ref; n < count && (ref = yt_page_item(page, first + n)); n++) {
        const yt_item *it = item_at(&from, ref);
        if (!is_plain(it) || it->origin.slot != slot || it->right_origin.slot != slot) break;
        out->info[1 + n] = it->content | YT_INFO_ORIGIN | YT_INFO_RIGHT;
        out->left[1 + n] = it->origin.clock;
        out->right[1 + n] = it->right_origin.clock;
        texts += put_content(&from, it, out, texts, n - texts);
    }
    out->blocks = out->lefts = out->rights = n;
    out->texts = texts;
    out->foreign = false;
}

static inline void put_client(const yata_doc *doc, yt_id id, yt_plain *out) {
    out->clients[out->lefts + out->rights] = yt_client_at(doc, id.slot)->client;
}

/* The same for blocks that stand anywhere. */
static void gather_any(const yata_doc *doc, const yt_page *page, uint32_t first, uint32_t count, yt_plain *out) {
    const source from = {doc->pool.slabs, {&no_chunk, doc->chunks.all.data}};
    uint32_t n = 0, texts = 0;
    out->lefts = out->rights = 0;
    for (yt_ref ref; n < count && (ref = yt_page_item(page, first + n)); n++) {
        const yt_item *it = item_at(&from, ref);
        if (!is_plain(it) || (it->origin.slot & it->right_origin.slot) == YT_NONE) break;
        out->info[1 + n] = it->content;
        if (it->origin.slot != YT_NONE) {
            out->info[1 + n] |= YT_INFO_ORIGIN;
            put_client(doc, it->origin, out);
            out->left[++out->lefts] = it->origin.clock;
        }
        if (it->right_origin.slot != YT_NONE) {
            out->info[1 + n] |= YT_INFO_RIGHT;
            put_client(doc, it->right_origin, out);
            out->right[++out->rights] = it->right_origin.clock;
        }
        texts += put_content(&from, it, out, texts, n - texts);
    }
    out->blocks = n;
    out->texts = texts;
    out->foreign = true;
}

/* Entries from `place` on in its page that end at or before `end`, a batch at most. */
static uint32_t count_ahead(const yt_client *client, yt_place place, yt_place end) {
    uint32_t behind = place.page < end.page ? client->pages[place.page]->len : end.at, n = behind - place.at;
    return n < YT_PLAIN_BLOCKS ? n : YT_PLAIN_BLOCKS;
}

static bool is_before(yt_place a, yt_place b) {
    return a.page < b.page || (a.page == b.page && a.at < b.at);
}

uint32_t yt_encode_plain(const yata_doc *doc, const yt_client *client, yt_place *place, uint32_t to, yt_encoder *e) {
    yt_plain batch;
    uint32_t slot = (uint32_t)(client - doc->clients.data);
    yt_place end = {client->page_count, 0};
    if (to < client->state) end = yt_store_find(client, to); /* the block that contains it is not written here */
    batch.client = client->client;
    while (is_before(*place, end)) {
        const yt_page *page = client->pages[place->page];
        uint32_t count = count_ahead(client, *place, end);
        gather_own(doc, slot, page, place->at, count, &batch);
        if (!batch.blocks) gather_any(doc, page, place->at, count, &batch);
        if (!batch.blocks) break;
        batch.tombstones = batch.blocks - batch.texts;
        e->ops->plain(e, &batch);
        place->at += batch.blocks;
        if (place->at < page->len) continue;
        place->page++;
        place->at = 0;
    }
    return place->page < client->page_count ? yt_entry_at(client, *place).clock : client->state;
}
