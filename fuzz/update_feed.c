/* SPDX-License-Identifier: MIT */
/*
 * update_feed.c - any bytes as an update that arrives in pieces.
 *
 * Input: a byte for the format and the size of pieces, one for the size of parts, then the update. What is refused as a
 * whole is refused in pieces, for the same reason; what is accepted comes in the same parts whatever the pieces are,
 * each part is well formed, and applied one after the other they lead where the whole leads. Memory is bounded: in
 * format v1 by the parts and the longest block that has come, which no number in the bytes can make longer than they
 * are. What such a document writes through a callback is what it encodes.
 */
#include "target.h"
#include "unit/fixture.h"

#include <yata/id_set.h>
#include <yata/update.h>

typedef struct parts {
    yata_buffer out; /* each behind its length */
    yata_doc *doc;   /* NULL, or where they are applied */
    bool v2;
    bool refused; /* the document has its own limits */
} parts;

static yata_status take(void *ctx, yata_bytes part) {
    parts *p = ctx;
    REQUIRE((p->v2 ? yata_update_check_v2 : yata_update_check)(part, NULL).status == YATA_OK);
    REQUIRE(yata_frame_write(&p->out, part) == YATA_OK);
    if (p->doc && (p->v2 ? yata_doc_apply_v2 : yata_doc_apply)(p->doc, part, no_bytes(), NULL)) p->refused = true;
    return YATA_OK;
}

static yata_fault feed(yata_bytes update, size_t size, size_t part_bytes, parts *p) {
    counted_memory memory = {0};
    yata_allocator allocator = counted_allocator(&memory);
    yata_update_feed_options options = {.part_bytes = part_bytes, .allocator = &allocator};
    options.format = p->v2 ? YATA_UPDATE_V2 : YATA_UPDATE_V1;
    yata_update_feed *f = NULL;
    yata_fault fault = {YATA_OK, 0};
    yata_buffer_init(&p->out, NULL);
    REQUIRE(yata_update_feed_new(&options, take, p, &f) == YATA_OK);
    for (size_t at = 0; at < update.len && !fault.status; at += size) {
        yata_bytes piece = exact_copy((yata_bytes){update.data + at, size < update.len - at ? size : update.len - at});
        REQUIRE(yata_update_feed_put(f, piece, &fault) == fault.status);
        free((void *)piece.data);
    }
    if (!fault.status) REQUIRE(yata_update_feed_end(f, &fault) == fault.status);
    REQUIRE(fault.offset <= update.len);
    if (!p->v2) REQUIRE(memory.peak <= 40 * update.len + 16384);
    yata_update_feed_free(f);
    REQUIRE(memory.live == 0);
    return fault;
}

static bool write_piece(void *ctx, yata_bytes piece) {
    return yata_buffer_append(ctx, piece.data, piece.len) == YATA_OK;
}

static void check_written(const yata_doc *doc) {
    for (int v2 = 0; v2 < 2; v2++) {
        yata_buffer encoded, written;
        yata_buffer_init(&encoded, NULL);
        yata_buffer_init(&written, NULL);
        REQUIRE((v2 ? yata_doc_encode_state_v2 : yata_doc_encode_state)(doc, &encoded) == YATA_OK);
        REQUIRE(yata_doc_write_diff(doc, no_bytes(), v2 ? YATA_UPDATE_V2 : YATA_UPDATE_V1, NULL, write_piece,
                                    &written) == YATA_OK);
        require_equal("what is written", &encoded, &written);
        yata_buffer_free(&encoded);
        yata_buffer_free(&written);
    }
}

static void see(const yata_doc *doc, yata_buffer *out) {
    yata_buffer_init(out, NULL);
    REQUIRE(yata_doc_to_json(doc, out) == YATA_OK);
    REQUIRE(yata_doc_encode_state_vector(doc, out) == YATA_OK);
}

/* Does each client have one section? In an update of two, which nobody honest makes, both may have other blocks under
 * one id: of these the first one counts, and which that is depends on what comes together. */
static bool once_each(yata_bytes update) {
    yata_id_set *inserts = NULL;
    uint64_t sections = 0;
    REQUIRE(yata_id_set_new(NULL, &inserts) == YATA_OK);
    REQUIRE(yata_update_ids(update, inserts, NULL, NULL) == YATA_OK);
    for (size_t i = 0; i < 8; i++) {
        sections |= (uint64_t)(update.data[i] & 0x7F) << (7 * i);
        if (update.data[i] < 0x80) break;
    }
    bool once = sections == yata_id_set_client_count(inserts);
    yata_id_set_free(inserts);
    return once;
}

static void compare(yata_bytes update, size_t size, size_t part_bytes, bool v2) {
    yata_doc_options options = target_options(NULL);
    parts in_parts = {.v2 = v2}, whole = {.v2 = v2};
    yata_doc *doc;
    REQUIRE(yata_doc_new(&options, &in_parts.doc) == YATA_OK);
    REQUIRE(yata_doc_new(&options, &doc) == YATA_OK);
    yata_fault a = feed(update, size, part_bytes, &in_parts), b = feed(update, SIZE_MAX / 2, part_bytes, &whole);
    yata_fault check = (v2 ? yata_update_check_v2 : yata_update_check)(update, NULL);
    /* Whoever has the whole sees at once that counts promise more than there is; in pieces another fault may come
     * first. */
    REQUIRE(a.status == b.status && (a.status == YATA_OK) == (check.status == YATA_OK));
    if (check.status != YATA_ERR_END) REQUIRE(a.status == check.status);
    require_equal("parts", &in_parts.out, &whole.out);
    require_valid(in_parts.doc);
    yata_status status = (v2 ? yata_doc_apply_v2 : yata_doc_apply)(doc, update, no_bytes(), NULL);
    if (!a.status && !status && !in_parts.refused && (v2 || once_each(update))) {
        yata_buffer x, y;
        see(doc, &x);
        see(in_parts.doc, &y);
        require_equal("documents", &x, &y);
        check_written(doc);
        yata_buffer_free(&x);
        yata_buffer_free(&y);
    }
    yata_buffer_free(&in_parts.out);
    yata_buffer_free(&whole.out);
    yata_doc_free(in_parts.doc);
    yata_doc_free(doc);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    if (size < 2) return 0;
    yata_bytes update = exact_copy((yata_bytes){data + 2, size - 2});
    compare(update, 1 + (data[0] >> 1), 1 + (size_t)data[1] * 4, data[0] & 1);
    free((void *)update.data);
    return 0;
}
