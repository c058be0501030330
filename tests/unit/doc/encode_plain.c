/* SPDX-License-Identifier: MIT */
/*
 * encode_plain.c - blocks that go into an update by the dozen are written as those that go one by one: without a
 * document, a conversion takes each block through the general way, and must come to the same bytes.
 */
#include "../peer.h"
#include "harness/random.h"

enum { CLIENTS = 3, STEPS = 400 };

static yata_buffer state_as(const peer *p, bool v2) {
    yata_buffer out;
    yata_buffer_init(&out, NULL);
    OK(v2 ? yata_doc_encode_state_v2(p->doc, &out) : yata_doc_encode_state(p->doc, &out));
    return out;
}

static void expect_converted(const yata_buffer *from, yata_update_format format, yata_update_format to,
                             const yata_buffer *expected) {
    yata_buffer out;
    yata_buffer_init(&out, NULL);
    OK(yata_update_convert(bytes_of(from), format, to, &out, NULL));
    cr_assert_eq(out.len, expected->len);
    cr_assert_eq(memcmp(out.data, expected->data, out.len), 0);
    yata_buffer_free(&out);
}

static void expect_general_bytes(const peer *p) {
    yata_buffer v1 = state_as(p, false), v2 = state_as(p, true);
    expect_converted(&v1, YATA_UPDATE_V1, YATA_UPDATE_V1, &v1);
    expect_converted(&v1, YATA_UPDATE_V1, YATA_UPDATE_V2, &v2);
    expect_converted(&v2, YATA_UPDATE_V2, YATA_UPDATE_V1, &v1);
    expect_converted(&v2, YATA_UPDATE_V2, YATA_UPDATE_V2, &v2);
    yata_buffer_free(&v1);
    yata_buffer_free(&v2);
}

/* What a peer with any other state lacks: its first block is mostly cut. */
static void expect_general_diffs(const peer *p, uint64_t client, uint32_t clock) {
    uint8_t sv[16];
    yata_buffer whole = state_as(p, false), diff, again;
    yata_buffer_init(&diff, NULL);
    yata_buffer_init(&again, NULL);
    uint8_t *end = yt_put_var_uint(yt_put_var_uint((sv[0] = 1, sv + 1), client), clock);
    yata_bytes vector = {sv, (size_t)(end - sv)};
    OK(yata_doc_encode_diff(p->doc, vector, &diff));
    OK(yata_update_diff(bytes_of(&whole), vector, &again, NULL));
    cr_assert_eq(diff.len, again.len);
    cr_assert_eq(memcmp(diff.data, again.data, diff.len), 0);
    yata_buffer_free(&whole);
    yata_buffer_free(&diff);
    yata_buffer_free(&again);
}

/* Texts of one to four bytes a character, from a single one to longer than what is copied as words; deletions; now and
 * then a format or an embed, which are not plain. */
static void edit(peer *p, rng *seed) {
    static const char *const words[] = {"a",
                                        "\xC3\xA4",
                                        "\xE2\x82\xAC",
                                        "\xF0\x9F\x99\x82",
                                        "sixteen letters.",
                                        "seventeen letters",
                                        "a word or two that are longer than all the others"};
    yata_type text = text_root(p);
    uint32_t len;
    OK(yata_text_length(text, &len));
    uint32_t at = rng_below(seed, len + 1);
    OK(yata_text_round_up(text, &at));
    switch (rng_below(seed, 8)) {
    case 0:
        if (at < len) {
            uint32_t to = at + 1 + rng_below(seed, 3);
            OK(yata_text_round_up(text, to < len ? &to : &len));
            erase_text(p, text, at, (to < len ? to : len) - at);
        }
        break;
    case 1: {
        yata_value embed = INT(7);
        OK(yata_text_embed(text, begin(p), at, &embed, NULL));
        commit(p);
        break;
    }
    default:
        write_text(p, text, at, words[rng_below(seed, sizeof words / sizeof *words)]);
    }
}

Test(encode_plain, the_general_way_writes_the_same) {
    for (uint64_t seed = 1; seed <= 8; seed++) {
        peer p[CLIENTS];
        static const uint64_t clients[CLIENTS] = {1, 300, (UINT64_C(1) << 53) - 1};
        for (uint32_t i = 0; i < CLIENTS; i++) peer_open(&p[i], clients[i]);
        rng random = rng_from(seed);
        for (uint32_t step = 0; step < STEPS; step++) {
            peer *to = &p[rng_below(&random, CLIENTS)], *from = &p[rng_below(&random, CLIENTS)];
            edit(to, &random);
            if (step % 16 || to == from) continue;
            yata_buffer state = state_as(from, false);
            OK(yata_doc_apply(to->doc, bytes_of(&state), no_bytes(), NULL));
            yata_buffer_free(&state);
            expect_general_bytes(to);
            for (uint32_t i = 0; i < CLIENTS; i++) expect_general_diffs(to, clients[i], rng_below(&random, 300));
        }
        for (uint32_t i = 0; i < CLIENTS; i++) peer_close(&p[i]);
    }
}
