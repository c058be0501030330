/* SPDX-License-Identifier: MIT */
/* update_feed.c - updates in pieces: written through a callback, read from a stream, in both formats. */
#include "../peer.h"
#include "../vectors.h"
#include "harness/random.h"
#include <yata/update.h>
#include <yata/yata.h>

/* ------------------------------------------------------------------------
 * Documents
 */

/* Everything that an update can say, and enough of it for many pieces. */
static void fill(peer *p, uint32_t rounds) {
    peer_open(p, 1);
    yata_type t = text_root(p), a = array_root(p), m = map_root(p), inner;
    yata_value one = INT(1), formats;
    yata_buffer bytes;
    rng r = rng_from(rounds);
    yata_buffer_init(&bytes, NULL);
    OK(yata_value_from_json(STR("{\"bold\":true,\"color\":{\"r\":[1,2]}}"), &bytes, &formats, NULL));
    for (uint32_t i = 0; i < rounds; i++) {
        uint32_t len;
        begin(p);
        OK(yata_text_length(t, &len));
        OK(yata_text_insert(t, p->txn, rng_below(&r, len + 1), STR("some \xC3\xA9 text")));
        if (i % 5 == 0) OK(yata_text_insert_with(t, p->txn, 0, STR("formatted"), &formats));
        if (i % 3 == 0) OK(yata_text_delete(t, p->txn, rng_below(&r, 9), 1));
        OK(yata_array_push(a, p->txn, &one, 1));
        if (i % 7 == 0) OK(yata_array_push_type(a, p->txn, YATA_KIND_XML_ELEMENT, STR("p"), &inner));
        if (i % 4 == 0) OK(yata_map_set(m, p->txn, STR("key"), &formats));
        if (i % 9 == 0) OK(yata_map_set_type(m, p->txn, STR("type"), YATA_KIND_TEXT, STR(""), &inner));
        OK(yata_txn_commit(p->txn));
        if (i % 10 == 9) OK(yata_doc_set_client_id(p->doc, 1 + (i * 7) % 5));
    }
    OK(take(p, "01 02 63 01 84 63 00 01 62 84 63 01 01 63 01 64 01 03 02")); /* waits */
    yata_buffer_free(&bytes);
}

/* ------------------------------------------------------------------------
 * Writing
 */
typedef struct writing {
    yata_buffer out;
    size_t pieces, longest, stop_after;
} writing;

static bool write_piece(void *ctx, yata_bytes piece) {
    writing *w = ctx;
    cr_assert(piece.len > 0);
    if (w->stop_after && w->pieces == w->stop_after) return false;
    w->pieces++;
    if (piece.len > w->longest) w->longest = piece.len;
    OK(yata_buffer_append(&w->out, piece.data, piece.len));
    return true;
}

static void expect_written(const peer *p, yata_bytes vector, yata_update_format format) {
    writing w = {.pieces = 0};
    yata_buffer expected;
    yata_buffer_init(&w.out, NULL);
    yata_buffer_init(&expected, NULL);
    OK((format == YATA_UPDATE_V1 ? yata_doc_encode_diff : yata_doc_encode_diff_v2)(p->doc, vector, &expected));
    OK(yata_doc_write_diff(p->doc, vector, format, NULL, write_piece, &w));
    cr_assert(bytes_equal(bytes_of(&expected), bytes_of(&w.out)), "%zu bytes, not %zu", w.out.len, expected.len);
    yata_buffer_free(&expected);
    yata_buffer_free(&w.out);
}

Test(update_feed, written_as_it_is_encoded) {
    static const uint32_t sizes[] = {0, 1, 30, 2500};
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
        peer p;
        fill(&p, sizes[i]);
        yata_buffer vector = bytes_from("02 01 07 03 02");
        for (int format = YATA_UPDATE_V1; format <= YATA_UPDATE_V2; format++) {
            expect_written(&p, no_bytes(), (yata_update_format)format);
            expect_written(&p, bytes_of(&vector), (yata_update_format)format);
        }
        yata_buffer_free(&vector);
        peer_close(&p);
    }
}

/* Ten times the document, the same memory. */
Test(update_feed, writing_takes_little_memory) {
    size_t peaks[2][2];
    for (int large = 0; large < 2; large++) {
        peer p;
        fill(&p, large ? 6000 : 600);
        for (int v2 = 0; v2 < 2; v2++) {
            counted_memory memory = {0};
            yata_allocator allocator = counted_allocator(&memory);
            writing w = {.pieces = 0};
            yata_buffer_init(&w.out, NULL);
            OK(yata_doc_write_diff(p.doc, no_bytes(), v2 ? YATA_UPDATE_V2 : YATA_UPDATE_V1, &allocator, write_piece,
                                   &w));
            cr_assert_eq(memory.live, 0);
            cr_assert(!large || w.out.len > 100000);
            peaks[large][v2] = memory.peak;
            yata_buffer_free(&w.out);
        }
        peer_close(&p);
    }
    cr_assert_lt(peaks[1][0], 24000, "%zu", peaks[1][0]);
    cr_assert_lt(peaks[1][1], 120000, "%zu", peaks[1][1]);
    cr_assert_leq(peaks[1][0], peaks[0][0] * 2, "%zu %zu", peaks[0][0], peaks[1][0]);
}

Test(update_feed, writing_can_be_stopped) {
    peer p;
    fill(&p, 2000);
    for (int v2 = 0; v2 < 2; v2++) {
        for (size_t after = 1; after < 4; after++) {
            writing w = {.stop_after = after};
            yata_buffer_init(&w.out, NULL);
            FAILS(YATA_ERR_STATE,
                  yata_doc_write_diff(p.doc, no_bytes(), v2 ? YATA_UPDATE_V2 : YATA_UPDATE_V1, NULL, write_piece, &w));
            cr_assert_eq(w.pieces, after);
            yata_buffer_free(&w.out);
        }
    }
    writing w = {.pieces = 0};
    FAILS(YATA_ERR_ARGUMENT, yata_doc_write_diff(NULL, no_bytes(), YATA_UPDATE_V1, NULL, write_piece, &w));
    FAILS(YATA_ERR_ARGUMENT, yata_doc_write_diff(p.doc, no_bytes(), YATA_UPDATE_V1, NULL, NULL, &w));
    FAILS(YATA_ERR_ARGUMENT, yata_doc_write_diff(p.doc, no_bytes(), (yata_update_format)3, NULL, write_piece, &w));
    FAILS(YATA_ERR_END,
          yata_doc_write_diff(p.doc, (yata_bytes){(const uint8_t *)"\5", 1}, YATA_UPDATE_V1, NULL, write_piece, &w));
    peer_close(&p);
}

Test(update_feed, writing_without_memory) {
    peer p;
    fill(&p, 40);
    for (int v2 = 0; v2 < 2; v2++) {
        for (uint64_t n = 1;; n++) {
            counted_memory memory = {.fail_at = n, .fail_after = true};
            yata_allocator allocator = counted_allocator(&memory);
            writing w = {.pieces = 0};
            yata_buffer_init(&w.out, NULL);
            yata_status status = yata_doc_write_diff(p.doc, no_bytes(), v2 ? YATA_UPDATE_V2 : YATA_UPDATE_V1,
                                                     &allocator, write_piece, &w);
            yata_buffer_free(&w.out);
            cr_assert_eq(memory.live, 0);
            cr_assert_eq(status, memory.failures ? YATA_ERR_MEMORY : YATA_OK);
            if (!memory.failures) break;
        }
    }
    peer_close(&p);
}

/* ------------------------------------------------------------------------
 * Reading
 */
typedef struct reading {
    yata_buffer parts; /* each behind its length */
    size_t count, longest;
    yata_doc *doc; /* NULL, or where they are applied */
    bool v2;
    size_t refuse_at;
} reading;

static yata_status take_part(void *ctx, yata_bytes part) {
    reading *r = ctx;
    if (r->refuse_at && r->count + 1 == r->refuse_at) return YATA_ERR_GONE;
    r->count++;
    if (part.len > r->longest) r->longest = part.len;
    cr_assert_eq((r->v2 ? yata_update_check_v2 : yata_update_check)(part, NULL).status, YATA_OK);
    OK(yata_frame_write(&r->parts, part));
    if (r->doc) OK((r->v2 ? yata_doc_apply_v2 : yata_doc_apply)(r->doc, part, no_bytes(), NULL));
    return YATA_OK;
}

static yata_status feed(yata_bytes update, size_t size, yata_update_feed_options options, reading *r,
                        yata_fault *fault) {
    yata_update_feed *f = NULL;
    yata_buffer_init(&r->parts, NULL);
    r->v2 = options.format == YATA_UPDATE_V2;
    OK(yata_update_feed_new(&options, take_part, r, &f));
    yata_status status = YATA_OK;
    for (size_t at = 0; at < update.len && !status; at += size) {
        size_t n = size < update.len - at ? size : update.len - at;
        yata_bytes piece = exact_copy((yata_bytes){update.data + at, n});
        status = yata_update_feed_put(f, piece, fault);
        free((void *)piece.data);
    }
    yata_fault again;
    if (status) cr_assert_eq(yata_update_feed_end(f, &again), status);
    if (!status) status = yata_update_feed_end(f, fault);
    yata_update_feed_free(f);
    return status;
}

/* In pieces of any size the same parts come; they make the same document. */
static void expect_fed(yata_bytes update, bool v2, size_t part_bytes) {
    static const size_t sizes[] = {SIZE_MAX / 2, 1, 2, 7, 100, 4096, 5000};
    yata_update_feed_options options = yata_update_feed_options_default();
    options.format = v2 ? YATA_UPDATE_V2 : YATA_UPDATE_V1;
    options.part_bytes = part_bytes;
    peer whole, parts;
    peer_open(&whole, 77);
    peer_open(&parts, 77);
    OK((v2 ? yata_doc_apply_v2 : yata_doc_apply)(whole.doc, update, no_bytes(), NULL));
    reading first = {.doc = parts.doc};
    yata_fault fault;
    OK(feed(update, sizes[0], options, &first, &fault));
    cr_assert_geq(first.count, 1);
    sound(&parts);
    yata_buffer a, b;
    yata_buffer_init(&a, NULL);
    yata_buffer_init(&b, NULL);
    OK(yata_doc_to_json(whole.doc, &a));
    OK(yata_doc_to_json(parts.doc, &b));
    OK(yata_doc_encode_state_vector(whole.doc, &a));
    OK(yata_doc_encode_state_vector(parts.doc, &b));
    cr_assert(bytes_equal(bytes_of(&a), bytes_of(&b)));
    for (size_t i = 1; i < sizeof sizes / sizeof *sizes; i++) {
        if (sizes[i] < 7 && update.len > 20000) continue;
        reading r = {.doc = NULL};
        OK(feed(update, sizes[i], options, &r, &fault));
        cr_assert(bytes_equal(bytes_of(&first.parts), bytes_of(&r.parts)), "pieces of %zu", sizes[i]);
        yata_buffer_free(&r.parts);
    }
    yata_buffer_free(&first.parts);
    yata_buffer_free(&a);
    yata_buffer_free(&b);
    peer_close(&whole);
    peer_close(&parts);
}

Test(update_feed, pieces_of_any_size) {
    static const uint32_t sizes[] = {0, 1, 60, 800};
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
        peer p;
        fill(&p, sizes[i]);
        yata_buffer v1 = state_of(&p), v2;
        yata_buffer_init(&v2, NULL);
        OK(yata_doc_encode_state_v2(p.doc, &v2));
        for (size_t part = 1; part < 100000; part = part * 9 + 50) {
            expect_fed(bytes_of(&v1), false, part);
            if (part > 1) expect_fed(bytes_of(&v2), true, part);
        }
        yata_buffer_free(&v1);
        yata_buffer_free(&v2);
        peer_close(&p);
    }
}

/* What is small is one part: itself. */
Test(update_feed, one_part) {
    static const char *const cases[] = {
        "00 00", "01 01 05 00 04 01 01 74 01 61 00", "00 01 07 02 00 01 05 03",
        "02 01 09 00 04 01 01 74 01 61 02 05 03 84 05 02 01 62 84 05 03 01 63 01 05 01 00 02"};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        yata_buffer update = bytes_from(cases[i]), expected;
        reading r = {.doc = NULL};
        yata_fault fault;
        OK(feed(bytes_of(&update), 3, yata_update_feed_options_default(), &r, &fault));
        yata_buffer_init(&expected, NULL);
        OK(yata_frame_write(&expected, bytes_of(&update)));
        cr_assert(bytes_equal(bytes_of(&expected), bytes_of(&r.parts)), "%s", cases[i]);
        yata_buffer_free(&expected);
        yata_buffer_free(&r.parts);
        yata_buffer_free(&update);
    }
}

/* Ten times the update, the same memory. */
Test(update_feed, reading_takes_little_memory) {
    size_t peaks[2];
    for (int large = 0; large < 2; large++) {
        peer p;
        fill(&p, large ? 6000 : 600);
        yata_buffer update = state_of(&p);
        counted_memory memory = {0};
        yata_allocator allocator = counted_allocator(&memory);
        yata_update_feed_options options = yata_update_feed_options_default();
        options.part_bytes = 2000;
        options.allocator = &allocator;
        reading r = {.doc = NULL};
        yata_fault fault;
        OK(feed(bytes_of(&update), 1000, options, &r, &fault));
        cr_assert_eq(memory.live, 0);
        cr_assert_lt(r.longest, 2600);
        peaks[large] = memory.peak;
        yata_buffer_free(&r.parts);
        yata_buffer_free(&update);
        peer_close(&p);
    }
    cr_assert_lt(peaks[1], 24000, "%zu", peaks[1]);
    cr_assert_leq(peaks[1], peaks[0] + 2000, "%zu, %zu", peaks[0], peaks[1]);
}

/* Refused where the whole is refused, whatever the pieces; each end of it is an end too early. */
Test(update_feed, refused) {
    static const struct {
        const char *hex;
        yata_status status;
    } cases[] = {
        {"", YATA_ERR_END},
        {"01 01 05 00 04 01 01 74 02 61", YATA_ERR_END},
        {"01 01 05 00 04 01 01 74 01 ff 00", YATA_ERR_UTF8},
        {"01 01 05 00 1f 00", YATA_ERR_KIND},
        {"01 02 05 00 04 01 01 74 01 61 84 05 07 01 62 00", YATA_ERR_VALUE},
        {"01 01 ffffffffffffffff0f 00 04 01 01 74 01 61 00", YATA_ERR_NUMBER},
        {"01 02 05 00 04 01 01 74 01 61 45 05 00 01 7b 00", YATA_ERR_KIND},
        {"00 01 05 01 ffffffff0f 01", YATA_ERR_LIMIT},
        {"ffffffff0f 01 05 00", YATA_ERR_END},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        yata_buffer update = bytes_from(cases[i].hex);
        yata_fault check = yata_update_check(bytes_of(&update), NULL), fault;
        for (size_t size = 1; size < 20; size += 6) {
            reading r = {.doc = NULL};
            yata_status status = feed(bytes_of(&update), size, yata_update_feed_options_default(), &r, &fault);
            cr_assert_eq(status, check.status, "%s: %d, not %d", cases[i].hex, status, check.status);
            cr_assert_eq(fault.status, status);
            if (status != YATA_ERR_END) cr_assert_eq(fault.offset, check.offset, "%s: %zu", cases[i].hex, fault.offset);
            yata_buffer_free(&r.parts);
        }
        yata_buffer_free(&update);
    }
    peer p;
    fill(&p, 12);
    yata_buffer update = state_of(&p);
    for (size_t len = 0; len < update.len; len++) {
        reading r = {.doc = NULL};
        yata_fault fault;
        FAILS(YATA_ERR_END, feed((yata_bytes){update.data, len}, 11, yata_update_feed_options_default(), &r, &fault));
        cr_assert_eq(fault.offset, len);
        yata_buffer_free(&r.parts);
    }
    yata_buffer_free(&update);
    peer_close(&p);
}

Test(update_feed, limits_and_statuses) {
    yata_update_feed *f = NULL;
    yata_update_feed_options options = yata_update_feed_options_default();
    reading r = {.doc = NULL, .refuse_at = 1};
    yata_fault fault;
    yata_buffer update = bytes_from("01 01 05 00 04 01 01 74 c801 (200*61) 00");
    FAILS(YATA_ERR_ARGUMENT, yata_update_feed_new(NULL, NULL, NULL, &f));
    FAILS(YATA_ERR_ARGUMENT, yata_update_feed_new(NULL, take_part, &r, NULL));
    options.format = (yata_update_format)9;
    FAILS(YATA_ERR_ARGUMENT, yata_update_feed_new(&options, take_part, &r, &f));
    FAILS(YATA_ERR_ARGUMENT, yata_update_feed_put(NULL, no_bytes(), NULL));
    FAILS(YATA_ERR_ARGUMENT, yata_update_feed_end(NULL, NULL));
    cr_assert_eq(yata_update_feed_memory(NULL), 0);
    yata_update_feed_free(NULL);
    options = yata_update_feed_options_default();
    options.held_bytes = 100;
    FAILS(YATA_ERR_LIMIT, feed(bytes_of(&update), 10, options, &r, &fault));
    yata_buffer_free(&r.parts);
    FAILS(YATA_ERR_GONE, feed(bytes_of(&update), 10, yata_update_feed_options_default(), &r, &fault));
    yata_buffer_free(&r.parts);
    r.refuse_at = 0;
    OK(yata_update_feed_new(NULL, take_part, &r, &f));
    OK(yata_update_feed_put(f, bytes_of(&update), NULL));
    OK(yata_update_feed_put(f, bytes_of(&update), NULL)); /* behind it: ignored */
    yata_buffer_init(&r.parts, NULL);
    OK(yata_update_feed_end(f, NULL));
    FAILS(YATA_ERR_STATE, yata_update_feed_end(f, NULL));
    FAILS(YATA_ERR_STATE, yata_update_feed_put(f, no_bytes(), NULL));
    cr_assert_eq(r.count, 1);
    yata_update_feed_free(f);
    yata_buffer_free(&r.parts);
    yata_buffer_free(&update);
}

static yata_status ignore_part(void *ctx, yata_bytes part) {
    (void)ctx, (void)part;
    return YATA_OK;
}

/* Out of memory is final, too; nothing leaks. */
Test(update_feed, reading_without_memory) {
    peer p;
    fill(&p, 30);
    yata_buffer v1 = state_of(&p), v2;
    yata_buffer_init(&v2, NULL);
    OK(yata_doc_encode_state_v2(p.doc, &v2));
    for (int which = 0; which < 2; which++) {
        yata_bytes update = which ? bytes_of(&v2) : bytes_of(&v1);
        for (uint64_t n = 1;; n++) {
            counted_memory memory = {.fail_at = n, .fail_after = true};
            yata_allocator allocator = counted_allocator(&memory);
            yata_update_feed_options options = {.allocator = &allocator, .part_bytes = 300};
            options.format = which ? YATA_UPDATE_V2 : YATA_UPDATE_V1;
            yata_update_feed *f = NULL;
            yata_status status = yata_update_feed_new(&options, ignore_part, NULL, &f);
            for (size_t at = 0; at < update.len && !status; at += 100) {
                yata_bytes piece = {update.data + at, update.len - at < 100 ? update.len - at : 100};
                status = yata_update_feed_put(f, piece, NULL);
            }
            if (!status) status = yata_update_feed_end(f, NULL);
            yata_update_feed_free(f);
            cr_assert_eq(memory.live, 0);
            cr_assert_eq(status, memory.failures ? YATA_ERR_MEMORY : YATA_OK);
            if (!memory.failures) break;
        }
    }
    yata_buffer_free(&v1);
    yata_buffer_free(&v2);
    peer_close(&p);
}
