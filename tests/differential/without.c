/* SPDX-License-Identifier: MIT */
/*
 * without.c - updates without a document: what without.mjs asked of yjs, asked of Yata.
 *
 *   record := 'm' v2 n update* merged | 'q' v2 update vector diff | 'v' v2 update vector | 'k' v2 update converted
 *           | 'N' v2 update meta | 'O' v2 kept update obfuscated
 * v2: 1 if the updates are of format v2.
 */
#include "run.h"

void check_merge(void) {
    enum { MOST = 64 };
    bool v2 = number() != 0;
    size_t count = (size_t)number();
    yata_bytes updates[MOST];
    REQUIRE(count <= MOST);
    for (size_t i = 0; i < count; i++) updates[i] = bytes();
    yata_bytes expected = bytes();
    if (run.dead) return;
    yata_buffer out;
    yata_buffer_init(&out, &run.allocator);
    expect_ok((v2 ? yata_update_merge_v2 : yata_update_merge)(updates, count, &out, NULL), "merge");
    if (!run.all && !bytes_equal(expected, bytes_of(&out)))
        for (size_t i = 0; i < count; i++) print_log("  update", updates[i], v2);
    expect_bytes("merge", expected, bytes_of(&out), v2 ? UPDATE_V2 : UPDATE);
    yata_buffer_free(&out);
}

static bool add_client(void *ctx, uint64_t client, uint32_t from, uint32_t to) {
    char text[64];
    int len = snprintf(text, sizeof text, "%llu:%u-%u;", (unsigned long long)client, (unsigned)from, (unsigned)to);
    return yata_buffer_append(ctx, text, (size_t)len) == YATA_OK;
}

void check_meta(void) {
    bool v2 = number() != 0;
    yata_bytes update = bytes(), expected = bytes();
    if (run.dead) return;
    yata_buffer out;
    yata_buffer_init(&out, &run.allocator);
    yata_update_visitor visitor = {.ctx = &out, .client = add_client};
    expect_ok((v2 ? yata_update_meta_v2 : yata_update_meta)(update, &visitor, &run.allocator, NULL), "meta");
    expect_bytes("clients of an update", expected, bytes_of(&out), PLAIN);
    yata_buffer_free(&out);
}

void check_without(int what) {
    bool v2 = number() != 0;
    uint64_t kept = what == 'O' ? number() : 0;
    yata_bytes update = bytes(), vector = what == 'q' ? bytes() : no_bytes(), expected = bytes();
    if (run.dead) return;
    yata_buffer out;
    yata_buffer_init(&out, &run.allocator);
    content kind = v2 ? UPDATE_V2 : UPDATE;
    if (what == 'q') {
        expect_ok((v2 ? yata_update_diff_v2 : yata_update_diff)(update, vector, &out, NULL), "diff of an update");
        expect_bytes("diff of an update", expected, bytes_of(&out), kind);
    } else if (what == 'v') {
        expect_ok((v2 ? yata_update_state_vector_v2 : yata_update_state_vector)(update, &out, NULL), "state vector of");
        expect_bytes("state vector of an update", expected, bytes_of(&out), PLAIN);
    } else if (what == 'k') {
        yata_update_format from = v2 ? YATA_UPDATE_V2 : YATA_UPDATE_V1, to = v2 ? YATA_UPDATE_V1 : YATA_UPDATE_V2;
        expect_ok(yata_update_convert(update, from, to, &out, NULL), "convert");
        expect_bytes("conversion", expected, bytes_of(&out), v2 ? UPDATE : UPDATE_V2);
    } else {
        yata_obfuscation keep = {(kept & 1) != 0, (kept & 2) != 0, (kept & 4) != 0};
        expect_ok((v2 ? yata_update_obfuscate_v2 : yata_update_obfuscate)(update, &keep, &out, NULL), "obfuscate");
        expect_bytes("obfuscated update", expected, bytes_of(&out), kind);
    }
    yata_buffer_free(&out);
}
