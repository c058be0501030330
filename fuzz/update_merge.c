/* SPDX-License-Identifier: MIT */
/*
 * update_merge.c - any bytes as updates without a document.
 *
 * The first byte chooses the format; then come up to eight updates, each with two bytes of length in front. What is
 * well formed can be merged, and the merged update compared, converted, selected from, cut and obfuscated; each result
 * is well formed. Memory may run out at any call (second byte): then nothing is appended and nothing leaks.
 */
#include "target.h"

enum { UPDATES = 8, MAX_PART = 60 };

static bool v2;
static counted_memory memory;
static yata_allocator allocator;

static yata_status check(yata_bytes update) {
    return v2 ? yata_update_check_v2(update, NULL).status : yata_update_check(update, NULL).status;
}

static yata_buffer buffer(void) {
    yata_buffer out;
    yata_buffer_init(&out, &allocator);
    return out;
}

static yata_buffer convert(yata_bytes update, yata_update_format from, yata_update_format to) {
    yata_buffer out = buffer();
    REQUIRE(yata_update_convert(update, from, to, &out, NULL) == YATA_OK);
    return out;
}

/* What one format can say, the other can; from then on nothing changes. */
static void examine_conversion(yata_bytes update) {
    yata_update_format here = v2 ? YATA_UPDATE_V2 : YATA_UPDATE_V1, there = v2 ? YATA_UPDATE_V1 : YATA_UPDATE_V2;
    yata_buffer a = convert(update, here, there), b = convert(bytes_of(&a), there, here);
    yata_buffer c = convert(bytes_of(&b), here, there), d = convert(bytes_of(&c), there, here);
    require_equal("conversions", &a, &c);
    require_equal("conversions back", &b, &d);
    yata_buffer_free(&a);
    yata_buffer_free(&b);
    yata_buffer_free(&c);
    yata_buffer_free(&d);
}

typedef struct parts {
    yata_doc *doc;
    bool waits; /* something did, in between */
} parts;

static bool take_part(void *ctx, yata_bytes part) {
    parts *p = ctx;
    yata_apply_result result;
    REQUIRE(check(part) == YATA_OK);
    REQUIRE((v2 ? yata_doc_apply_v2 : yata_doc_apply)(p->doc, part, no_bytes(), &result) == YATA_OK);
    p->waits |= result.pending;
    return true;
}

static yata_doc *new_doc(void) {
    yata_doc_options options = target_options(&allocator);
    yata_doc *doc;
    REQUIRE(yata_doc_new(&options, &doc) == YATA_OK);
    return doc;
}

static void require_same_vector(const yata_doc *a, const yata_doc *b) {
    yata_buffer x = buffer(), y = buffer();
    REQUIRE(yata_doc_encode_state_vector(a, &x) == YATA_OK);
    REQUIRE(yata_doc_encode_state_vector(b, &y) == YATA_OK);
    require_equal("state vectors", &x, &y);
    yata_buffer_free(&x);
    yata_buffer_free(&y);
}

/* Parts do what the whole does, and do not wait for each other. */
static void examine_parts(yata_bytes update) {
    yata_doc *whole = new_doc();
    yata_apply_result result;
    REQUIRE((v2 ? yata_doc_apply_v2 : yata_doc_apply)(whole, update, no_bytes(), &result) == YATA_OK);
    parts p = {new_doc(), false};
    REQUIRE((v2 ? yata_update_split_v2 : yata_update_split)(update, MAX_PART, take_part, &p, &allocator, NULL) ==
            YATA_OK);
    require_valid(p.doc);
    if (!result.pending) {
        REQUIRE(!p.waits);
        require_same_vector(whole, p.doc);
    }
    yata_doc_free(whole);
    yata_doc_free(p.doc);
}

typedef struct half {
    yata_buffer ids;
    uint64_t clients;
} half;

static void put_number(yata_buffer *out, uint64_t x) {
    uint8_t bytes[10];
    size_t n = 0;
    for (; x > 127; x >>= 7) bytes[n++] = (uint8_t)(x | 128);
    bytes[n++] = (uint8_t)x;
    REQUIRE(yata_buffer_append(out, bytes, n) == YATA_OK);
}

/* The middle of what a client has. */
static bool take_client(void *ctx, uint64_t client, uint32_t from, uint32_t to) {
    half *h = ctx;
    put_number(&h->ids, client);
    put_number(&h->ids, 1);
    put_number(&h->ids, from + (to - from) / 4);
    put_number(&h->ids, (to - from) / 2);
    h->clients++;
    return true;
}

static void examine_selection(yata_bytes update) {
    half h = {buffer(), 0};
    yata_update_visitor visitor = {.ctx = &h, .client = take_client};
    REQUIRE((v2 ? yata_update_meta_v2 : yata_update_meta)(update, &visitor, &allocator, NULL) == YATA_OK);
    yata_buffer ids = buffer(), inside = buffer(), outside = buffer(), all = buffer();
    put_number(&ids, h.clients);
    REQUIRE(yata_buffer_append(&ids, h.ids.data, h.ids.len) == YATA_OK);
    REQUIRE((v2 ? yata_update_intersect_v2 : yata_update_intersect)(update, bytes_of(&ids), &inside, NULL) == YATA_OK);
    REQUIRE((v2 ? yata_update_exclude_v2 : yata_update_exclude)(update, bytes_of(&ids), &outside, NULL) == YATA_OK);
    REQUIRE(check(bytes_of(&inside)) == YATA_OK && check(bytes_of(&outside)) == YATA_OK);
    yata_bytes both[] = {bytes_of(&inside), bytes_of(&outside)};
    REQUIRE((v2 ? yata_update_merge_v2 : yata_update_merge)(both, 2, &all, NULL) == YATA_OK);
    yata_buffer x = buffer(), y = buffer();
    REQUIRE((v2 ? yata_update_state_vector_v2 : yata_update_state_vector)(update, &x, NULL) == YATA_OK);
    REQUIRE((v2 ? yata_update_state_vector_v2 : yata_update_state_vector)(bytes_of(&all), &y, NULL) == YATA_OK);
    require_equal("state vectors of updates", &x, &y);
    yata_buffer *const buffers[] = {&h.ids, &ids, &inside, &outside, &all, &x, &y};
    for (size_t i = 0; i < sizeof buffers / sizeof *buffers; i++) yata_buffer_free(buffers[i]);
}

static void examine_merged(yata_bytes update) {
    REQUIRE(check(update) == YATA_OK);
    yata_bytes twice[] = {update, update};
    yata_buffer again = buffer(), diff = buffer(), shown = buffer();
    REQUIRE((v2 ? yata_update_merge_v2 : yata_update_merge)(twice, 2, &again, NULL) == YATA_OK);
    REQUIRE(check(bytes_of(&again)) == YATA_OK);
    static const uint8_t vector[] = {1, 1, 2};
    REQUIRE((v2 ? yata_update_diff_v2 : yata_update_diff)(update, (yata_bytes){vector, 3}, &diff, NULL) == YATA_OK);
    REQUIRE(check(bytes_of(&diff)) == YATA_OK);
    REQUIRE((v2 ? yata_update_obfuscate_v2 : yata_update_obfuscate)(update, NULL, &shown, NULL) == YATA_OK);
    REQUIRE(check(bytes_of(&shown)) == YATA_OK);
    yata_buffer_free(&again);
    yata_buffer_free(&diff);
    yata_buffer_free(&shown);
    examine_conversion(update);
    examine_selection(update);
    examine_parts(update);
}

static void starve(const yata_bytes *updates, size_t count, uint64_t call) {
    memory.calls = 0;
    memory.fail_at = call;
    yata_buffer out = buffer();
    yata_status status = (v2 ? yata_update_merge_v2 : yata_update_merge)(updates, count, &out, NULL);
    REQUIRE(status == YATA_OK || out.len == 0);
    memory.fail_at = 0;
    yata_buffer_free(&out);
    REQUIRE(memory.live == 0);
}

/* A sanitizer sees a read of one byte beyond it. */
static yata_bytes exact_copy(yata_bytes bytes) {
    uint8_t *copy = malloc(bytes.len ? bytes.len : 1);
    REQUIRE(copy);
    if (bytes.len) memcpy(copy, bytes.data, bytes.len);
    return (yata_bytes){copy, bytes.len};
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    if (size < 2) return 0;
    v2 = data[0] & 1;
    allocator = counted_allocator(&memory);
    uint8_t starving = data[1];
    yata_bytes updates[UPDATES];
    size_t count = 0;
    bool good = true;
    data += 2, size -= 2;
    /* A single update would be returned as it is: there is always an empty one, too. */
    static const uint8_t nothing[] = {0, 0}, nothing_v2[] = {0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0};
    yata_bytes empty = v2 ? (yata_bytes){nothing_v2, sizeof nothing_v2} : (yata_bytes){nothing, sizeof nothing};
    updates[count++] = exact_copy(empty);
    while (count < UPDATES && size >= 2) {
        size_t len = (size_t)data[0] | (size_t)data[1] << 8;
        data += 2, size -= 2;
        if (len > size) len = size;
        updates[count++] = exact_copy((yata_bytes){data, len});
        good &= check(updates[count - 1]) == YATA_OK;
        data += len, size -= len;
    }
    yata_buffer merged = buffer();
    yata_status status = (v2 ? yata_update_merge_v2 : yata_update_merge)(updates, count, &merged, NULL);
    REQUIRE(good == (status == YATA_OK));
    REQUIRE(good || merged.len == 0);
    if (good) examine_merged(bytes_of(&merged));
    yata_buffer_free(&merged);
    REQUIRE(memory.live == 0);
    if (starving) starve(updates, count, starving);
    for (size_t i = 0; i < count; i++) free((void *)updates[i].data);
    return 0;
}
