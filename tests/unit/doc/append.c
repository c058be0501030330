/* SPDX-License-Identifier: MIT */
/* append.c - many blocks in a row, by the short way: nothing of the result may depend on it. */
#include "../peer.h"

#include "doc/append.h"

static uint32_t draw(uint64_t *seed, uint32_t below) {
    *seed = *seed * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
    return (uint32_t)(*seed >> 33) % below;
}

static uint32_t length(const peer *p) {
    uint32_t len;
    OK(yata_text_length(text_root((peer *)p), &len));
    return len;
}

/* Writes on, jumps, and erases, as people do; some of it is not ASCII, some is longer than a word of 16 bytes. */
static void edit(peer *p, uint64_t *seed) {
    static const char *const words[] = {"a", "bc", "\xC3\xA4", "\xE2\x82\xAC", "quite a long word, and more", "."};
    yata_type text = text_root(p);
    uint32_t len = length(p), at = draw(seed, len + 1);
    if (len > 40 && draw(seed, 3) == 0) {
        uint32_t n = 1 + draw(seed, 9);
        erase_text(p, text, at > len - n ? len - n : at, n);
        return;
    }
    for (uint32_t n = 1 + draw(seed, 3); n; n--) {
        const char *word = words[draw(seed, sizeof words / sizeof *words)];
        write_text(p, text, at, word);
        if (draw(seed, 2)) at += length(p) - len; /* behind it */
        len = length(p);
    }
}

/* However it comes, as a whole, many edits at a time, or (of a hundred so many) alone, in v1 or v2: the same bytes in
 * as many blocks. */
static void same_however_it_comes(uint64_t seed, uint32_t steps, uint32_t alone, bool two, yata_offset_unit unit) {
    peer writers[2], pieces, whole;
    peer_open_unit(&writers[0], 7, YATA_OFFSET_UTF16);
    peer_open_unit(&writers[1], 9, YATA_OFFSET_UTF16);
    peer_open_unit(&pieces, 1, unit);
    for (uint32_t i = 0; i < steps; i++) {
        peer *p = &writers[two && draw(&seed, 2)];
        edit(p, &seed);
        if (draw(&seed, 100) < alone) send_all(p, &pieces);
        if (two && draw(&seed, 30) == 0) send_all(&pieces, p);
    }
    for (int i = 0; i < 2; i++) send_all(&writers[i], &pieces);
    yata_buffer v1 = state_of(&pieces), v2;
    yata_buffer_init(&v2, NULL);
    OK(yata_doc_encode_state_v2(pieces.doc, &v2));
    for (int format = 1; format <= 2; format++) {
        peer_open_unit(&whole, 2, unit);
        OK(format == 1 ? take_bytes(&whole, bytes_of(&v1))
                       : yata_doc_apply_v2(whole.doc, bytes_of(&v2), no_bytes(), NULL));
        sound(&whole);
        cr_assert_null(whole.doc->ends.items);
        expect_same_state(&whole, &pieces);
        cr_assert_eq(block_count(&whole), block_count(&pieces));
        cr_assert_eq(length(&whole), length(&pieces));
        peer_close(&whole);
    }
    yata_buffer_free(&v1);
    yata_buffer_free(&v2);
    peer_close(&writers[0]);
    peer_close(&writers[1]);
    peer_close(&pieces);
}

Test(append, same_however_it_comes) {
    for (uint64_t seed = 1; seed <= 60; seed++)
        same_however_it_comes(seed, 30 + 20 * (uint32_t)(seed % 25), seed % 4 ? 5 : 100, seed % 3 == 0,
                              seed % 2 ? YATA_OFFSET_UTF16 : YATA_OFFSET_UTF8);
}

/* The same of two documents that go on, with cursors and trees in them, and get many edits at a time. */
Test(append, into_documents_in_use) {
    for (uint64_t seed = 101; seed <= 116; seed++) {
        uint64_t random = seed;
        peer peers[2];
        peer_open(&peers[0], 7);
        peer_open(&peers[1], 9);
        for (int i = 0; i < 40; i++) {
            peer *from = &peers[draw(&random, 2)], *to = from == &peers[0] ? &peers[1] : &peers[0];
            for (uint32_t n = draw(&random, 60); n; n--) edit(from, &random);
            send_all(from, to);
            sound(to);
            if (draw(&random, 2)) continue;
            send_all(to, from);
            expect_same_state(from, to);
        }
        peer_close(&peers[0]);
        peer_close(&peers[1]);
    }
}

/* ------------------------------------------------------------------------
 * What ends a row
 */
typedef struct script {
    char hex[4096];
    int len, clock;
} script;

static void put(script *s, const char *hex) {
    s->len += snprintf(s->hex + s->len, sizeof s->hex - (size_t)s->len, "%s ", hex);
    s->clock++;
}

/* A character, or a tombstone of one, behind that clock of client 5. */
static void put_behind(script *s, bool dead, int origin) {
    char block[32];
    snprintf(block, sizeof block, dead ? "81 05 %02X 01" : "84 05 %02X 01 78", (unsigned)origin);
    put(s, block);
}

static void script_take(peer *p, script *s, const char *deletes) {
    char all[sizeof s->hex + 64];
    peer_open(p, 1);
    snprintf(all, sizeof all, "01 %02X 05 00 %s %s", (unsigned)s->clock, s->hex, deletes);
    OK(take(p, all));
}

/* One border of sixty is to be joined, wherever it is. */
Test(append, joins_one_border) {
    for (int at = 1; at < 59; at++) {
        script s = {.len = 0};
        peer p;
        put(&s, "04 01 01 74 01 61");
        while (s.clock < 60) put_behind(&s, (s.clock + (s.clock > at)) % 2, s.clock - 1);
        script_take(&p, &s, "00");
        cr_assert_eq(block_count(&p), 59, "border %d", at);
        peer_close(&p);
    }
}

/* The only text that is not ASCII. */
Test(append, first_wide_text) {
    for (int at = 1; at < 30; at++) {
        script s = {.len = 0};
        peer p;
        put(&s, "04 01 01 74 01 61");
        while (s.clock < 30) {
            char wide[32];
            snprintf(wide, sizeof wide, "84 05 %02X 02 C3 A4", (unsigned)s.clock - 1);
            if (s.clock == at)
                put(&s, wide);
            else
                put_behind(&s, s.clock % 2, s.clock - 1);
        }
        script_take(&p, &s, "00");
        cr_assert(branch_of(text_root(&p))->wide);
        peer_close(&p);
    }
}

/* An entry of the text's attributes is no neighbour of its characters. */
Test(append, entries_between_characters) {
    script s = {.len = 0};
    peer p;
    put(&s, "04 01 01 74 01 61");
    put(&s, "21 01 01 74 01 6B 01"); /* deleted, under key k */
    for (int i = 0; i < 8; i++) put_behind(&s, i % 2, i ? s.clock - 1 : 0);
    put(&s, "81 05 01 01"); /* what took its place, deleted, too */
    put_behind(&s, false, 9);
    put(&s, "88 05 0A 01 7D 05"); /* and what is there now */
    script_take(&p, &s, "00");
    expect_text(text_root(&p), "axxxxx");
    cr_assert_eq(branch_of(text_root(&p))->live, 1);
    peer_close(&p);
}

/* Blocks behind which, in a row, one comes that needs another way: because of what stands there already, or of whose
 * ids it names. States are those of yjs 13.6.33. */
Test(append, other_neighbours) {
#define FIVE "01 05 09 00 04 01 01 74 01 61 81 09 00 01 84 09 01 01 62 81 09 02 01 84 09 03 01 63 00" /* a-b-c */
#define ROW  "01 03 09 05 84 09 04 01 64 81 09 05 01 "
#define KEPT "02 07 09 00 04 01 01 74 01 61 81 09 00 01 84 09 01 01 62 81 09 02 01 84 09 03 02 63 64 81 09 05 01 "
    static const char *const cases[][5] = {
        /* between the same two as one by another client */
        {FIVE, "01 01 04 00 C4 09 02 09 03 01 7A 00", ROW "C4 09 02 09 03 01 79 00", "abzycd",
         KEPT "C4 09 02 09 03 01 79 01 04 00 C4 09 02 09 03 01 7A 01 09 03 01 01 03 01 06 01"},
        /* no right origin, but a neighbour */
        {FIVE, "01 01 04 00 C4 09 02 09 03 01 7A 00", ROW "84 09 02 01 79 00", "abzycd",
         KEPT "84 09 02 01 79 01 04 00 C4 09 02 09 03 01 7A 01 09 03 01 01 03 01 06 01"},
        /* an id of another client, with a clock that would fit */
        {FIVE, "01 01 04 00 44 09 00 04 7A 7A 7A 7A 00", ROW "C4 09 02 04 03 01 79 00", "zzzzabycd",
         KEPT "C4 09 02 04 03 01 79 01 04 00 44 09 00 04 7A 7A 7A 7A 01 09 03 01 01 03 01 06 01"},
        {FIVE, "01 01 04 00 44 09 00 04 7A 7A 7A 7A 00", ROW "C4 04 02 09 03 01 79 00", "zzzzyabcd",
         KEPT "C4 04 02 09 03 01 79 01 04 00 44 09 00 04 7A 7A 7A 7A 01 09 03 01 01 03 01 06 01"},
        /* in the middle of an item */
        {"01 03 09 00 04 01 01 74 03 61 62 63 81 09 02 01 84 09 03 01 64 00", "00 00",
         "01 03 09 05 84 09 04 01 65 81 09 05 01 C4 09 00 09 03 01 79 00", "aybcde",
         "01 06 09 00 04 01 01 74 01 61 84 09 00 02 62 63 81 09 02 01 84 09 03 02 64 65 81 09 05 01 "
         "C4 09 00 09 03 01 79 01 09 02 03 01 06 01"},
        /* between halves of an item that was there before, and then again */
        {"01 01 09 00 04 01 01 74 03 61 62 63 00", "00 00",
         "01 0C 09 03 44 09 01 01 5A 84 09 02 01 78 C4 09 00 09 01 01 79 C4 09 05 09 01 01 79 81 09 04 01 84 09 07 01 "
         "78 81 09 08 01 84 09 09 01 78 81 09 0A 01 84 09 0B 01 78 81 09 0C 01 84 09 0D 01 78 00",
         "Zayybcxxxxx",
         "01 0D 09 00 04 01 01 74 01 61 84 09 00 02 62 63 44 09 01 01 5A 84 09 02 01 78 C4 09 00 09 01 02 79 79 81 09 "
         "04 01 84 09 07 01 78 81 09 08 01 84 09 09 01 78 81 09 0A 01 84 09 0B 01 78 81 09 0C 01 84 09 0D 01 78 01 09 "
         "04 07 01 09 01 0B 01 0D 01"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        peer p;
        peer_open(&p, 1);
        for (int k = 0; k < 3; k++) OK(take(&p, cases[i][k]));
        expect_text(text_root(&p), cases[i][3]);
        expect_state(&p, cases[i][4]);
        peer_close(&p);
    }
}

/* Somebody writes here, too: where he is moves with what comes before it. */
Test(append, before_the_cursor) {
    peer p;
    peer_open(&p, 1);
    OK(take(&p, FIVE));
    write_text(&p, text_root(&p), 3, "q");
    OK(take(&p, "01 04 09 05 C4 09 00 09 01 01 64 81 09 05 01 C4 09 05 09 06 01 65 C4 09 05 09 07 01 66 00"));
    write_text(&p, text_root(&p), 7, "!");
    expect_text(text_root(&p), "adfebcq!");
    peer_close(&p);
}
