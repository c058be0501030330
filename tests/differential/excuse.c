/* SPDX-License-Identifier: MIT */
/*
 * excuse.c - differences that spec/quirks.md explains: how they are recognised, and how often there were any.
 *
 * A comparison is never left out because a program might show a quirk: the difference must be exactly the one that the
 * quirk makes. Where yjs is put right before it is asked (observe.mjs), the stream says so: '!' quirk.
 */
#include "run.h"

void excuse(uint64_t quirk) {
    REQUIRE(quirk < QUIRKS);
    if (!run.dead) run.excused[quirk]++;
}

void print_excused(void) {
    bool some = false;
    for (unsigned i = 0; i < QUIRKS; i++) {
        if (!run.excused[i]) continue;
        printf("%s Q%u %llu", some ? "," : "excused:", i, (unsigned long long)run.excused[i]);
        some = true;
    }
    if (some) printf("\n");
    if (run.unseen) printf("not compared: %llu deltas (Q58)\n", (unsigned long long)run.unseen);
}

/* ---- Q30: blocks of transactions that wait ---- */

typedef struct range {
    uint64_t client;
    uint32_t from, to;
} range;

/* What an update is about. */
typedef struct ranges {
    range *at;
    size_t blocks, count; /* of blocks, then of deletions */
} ranges;

static void add_range(ranges *r, uint64_t client, uint32_t from, uint32_t to) {
    r->at = realloc(r->at, (r->count + 1) * sizeof *r->at);
    REQUIRE(r->at);
    r->at[r->count++] = (range){client, from, to};
}

static bool on_client(void *ctx, uint64_t client, uint32_t from, uint32_t to) {
    add_range(ctx, client, from, to);
    ((ranges *)ctx)->blocks++;
    return true;
}

static bool on_deleted(void *ctx, yata_id first, uint32_t len) {
    add_range(ctx, first.client, first.clock, first.clock + len);
    return true;
}

static ranges ranges_of(yata_bytes update, bool v2) {
    ranges r = {0};
    yata_update_visitor visitor = {.ctx = &r, .client = on_client, .deleted = on_deleted};
    expect_ok((v2 ? yata_update_meta_v2 : yata_update_meta)(update, &visitor, NULL, NULL), "meta");
    return r;
}

static void append_number(yata_buffer *out, uint64_t v) {
    uint8_t bytes[10];
    size_t n = 0;
    for (; v > 127; v >>= 7) bytes[n++] = (uint8_t)(v | 128);
    bytes[n++] = (uint8_t)v;
    REQUIRE(yata_buffer_append(out, bytes, n) == YATA_OK);
}

/* Those from number `first` on, in the form of a delete set. */
static void id_set_of(const ranges *r, size_t first, yata_buffer *out) {
    append_number(out, r->count - first);
    for (size_t i = first; i < r->count; i++) {
        append_number(out, r->at[i].client);
        append_number(out, 1);
        append_number(out, r->at[i].from);
        append_number(out, r->at[i].to - r->at[i].from);
    }
}

static bool same_deletions(const ranges *a, const ranges *b) {
    size_t n = a->count - a->blocks;
    if (b->count - b->blocks != n) return false;
    for (size_t i = 0; i < n; i++) {
        const range *x = &a->at[a->blocks + i], *y = &b->at[b->blocks + i];
        if (x->client != y->client || x->from != y->from || x->to != y->to) return false;
    }
    return true;
}

/* Are all the blocks of `rest` in one of the events? */
static bool in_events(const ranges *rest, const yata_buffer *events, uint32_t count, bool v2) {
    bool all = true;
    for (size_t i = 0; i < rest->blocks && all; i++) {
        uint32_t at = rest->at[i].from; /* up to here they are */
        for (uint32_t e = 0; e < count; e++) {
            ranges later = ranges_of(bytes_of(&events[e]), v2);
            for (size_t k = 0; k < later.blocks; k++) {
                const range *r = &later.at[k];
                if (r->client == rest->at[i].client && r->from <= at && at < r->to) at = r->to;
            }
            free(later.at);
        }
        all = at >= rest->at[i].to;
    }
    return all;
}

/* Are they the same but for blocks that later events delete? yjs may have collected those already. */
static bool same_but_for_deleted(yata_bytes a, yata_bytes b, const yata_buffer *events, uint32_t count, bool v2) {
    ranges gone = {0};
    for (uint32_t e = 0; e < count; e++) {
        ranges later = ranges_of(bytes_of(&events[e]), v2);
        for (size_t i = later.blocks; i < later.count; i++)
            add_range(&gone, later.at[i].client, later.at[i].from, later.at[i].to);
        free(later.at);
    }
    yata_buffer ids, rest[2];
    yata_buffer_init(&ids, NULL);
    yata_buffer_init(&rest[0], NULL);
    yata_buffer_init(&rest[1], NULL);
    id_set_of(&gone, 0, &ids);
    yata_status (*exclude)(yata_bytes, yata_bytes, yata_buffer *, yata_fault *) =
        v2 ? yata_update_exclude_v2 : yata_update_exclude;
    expect_ok(exclude(a, bytes_of(&ids), &rest[0], NULL), "exclude");
    expect_ok(exclude(b, bytes_of(&ids), &rest[1], NULL), "exclude");
    bool same = bytes_equal(bytes_of(&rest[0]), bytes_of(&rest[1]));
    free(gone.at);
    yata_buffer_free(&ids);
    yata_buffer_free(&rest[0]);
    yata_buffer_free(&rest[1]);
    return same;
}

bool holds_later_blocks(yata_bytes yjs, const yata_buffer *yata, uint32_t later, bool v2) {
    yata_buffer ids, both[2], rest;
    yata_buffer_init(&ids, NULL);
    yata_buffer_init(&both[0], NULL);
    yata_buffer_init(&both[1], NULL);
    yata_buffer_init(&rest, NULL);
    ranges ours = ranges_of(bytes_of(yata), v2), theirs = ranges_of(yjs, v2);
    bool holds = later > 0 && same_deletions(&ours, &theirs);
    id_set_of(&ours, 0, &ids);
    yata_status (*intersect)(yata_bytes, yata_bytes, yata_buffer *, yata_fault *) =
        v2 ? yata_update_intersect_v2 : yata_update_intersect;
    expect_ok(intersect(yjs, bytes_of(&ids), &both[0], NULL), "intersect");
    expect_ok(intersect(bytes_of(yata), bytes_of(&ids), &both[1], NULL), "intersect");
    if (holds && !bytes_equal(bytes_of(&both[0]), bytes_of(&both[1])) &&
        !same_but_for_deleted(bytes_of(&both[0]), bytes_of(&both[1]), yata + 1, later, v2)) {
        print_log("  of yjs", bytes_of(&both[0]), v2);
        print_log("  of yata", bytes_of(&both[1]), v2);
        holds = false;
    }
    expect_ok((v2 ? yata_update_exclude_v2 : yata_update_exclude)(yjs, bytes_of(&ids), &rest, NULL), "exclude");
    ranges more = ranges_of(bytes_of(&rest), v2);
    holds = holds && in_events(&more, yata + 1, later, v2);
    free(ours.at);
    free(theirs.at);
    free(more.at);
    yata_buffer_free(&ids);
    yata_buffer_free(&both[0]);
    yata_buffer_free(&both[1]);
    yata_buffer_free(&rest);
    return holds;
}
