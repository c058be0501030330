/* SPDX-License-Identifier: MIT */
/* load.c - updates into empty documents: what is refused late leaves nothing, and order is that of any update. */
#include "../peer.h"

#include "doc/load.h"
#include "wire/writer.h"

/* A bit of everything that can be taken back, by one client, and then a lot of text. */
static void write_much(peer *p) {
    yata_type text = text_root(p), array = array_root(p), map = map_root(p);
    write_text(p, text, 0,
               "gr\xC3\xBC\xC3\x9F"
               "e");
    for (int i = 0; i < 100; i++) write_text(p, text, i % 7 == 0 ? 0 : 3, "ab");
    erase_text(p, text, 10, 25);
    for (int i = 0; i < 20; i++) put_int(p, array, 0, i);
    erase_array(p, array, 3, 2);
    yata_type inner = put_type(p, array, 1, YATA_KIND_ARRAY, "");
    for (int i = 0; i < 5; i++) put_int(p, inner, 0, i);
    for (int i = 0; i < 12; i++) set_int(p, map, i % 2 ? "odd" : "even", i);
    for (int i = 0; i < 300; i++) write_text(p, text, 5, "x");
}

static yata_buffer much(uint64_t client) {
    peer p;
    peer_open(&p, client);
    write_much(&p);
    yata_buffer state = state_of(&p);
    peer_close(&p);
    return state;
}

/* Wherever it is cut off, and in a transaction of its own or not: as if it had never come. */
Test(load, refused_late) {
    yata_buffer whole = much(7);
    for (size_t len = whole.len - 1; len > 8; len -= len > 400 ? 97 : 1) {
        peer p;
        peer_open(&p, 1);
        yata_type text = text_root(&p);
        yata_buffer before = state_of(&p);
        size_t used = p.doc->mem.used;
        bool own = len % 2;
        if (!own) begin(&p);
        cr_assert(yata_doc_apply(p.doc, (yata_bytes){whole.data, len}, no_bytes(), NULL) != YATA_OK);
        if (!own) cr_assert(yata_txn_local(p.txn));
        if (!own) commit(&p);
        sound(&p);
        cr_assert_eq(p.doc->clients.len, 0);
        cr_assert_eq(p.doc->roots.len, 1);
        cr_assert_eq(p.doc->pool.live, 0);
        cr_assert_eq(p.doc->branches.data[text.ref].generation, text.generation);
        cr_assert_leq(p.doc->mem.used, used + 4096); /* names stay, and room of transactions */
        yata_buffer after = state_of(&p);
        cr_assert(bytes_equal(bytes_of(&before), bytes_of(&after)));
        yata_buffer_free(&before);
        yata_buffer_free(&after);
        expect_text(text, "");
        OK(take_bytes(&p, bytes_of(&whole)));
        sound(&p);
        yata_buffer loaded = state_of(&p);
        cr_assert(bytes_equal(bytes_of(&loaded), bytes_of(&whole)));
        yata_buffer_free(&loaded);
        peer_close(&p);
    }
    yata_buffer_free(&whole);
}

/* What a refused update of many clients has noted is not kept for the transactions that follow. */
Test(load, refused_late_by_many_clients) {
    enum { CLIENTS = 2000, SECTION = 10 };
    static uint8_t bytes[4 + CLIENTS * SECTION];
    size_t len = 0;
    bytes[len++] = 0x80 | (CLIENTS & 0x7f);
    bytes[len++] = CLIENTS >> 7;
    for (uint32_t i = 0; i < CLIENTS; i++) {
        uint32_t client = 128 + CLIENTS - i; /* of two bytes */
        const uint8_t section[SECTION] = {1, (uint8_t)(0x80 | client), (uint8_t)(client >> 7), 0, 4, 1, 1, 't', 1, 'a'};
        memcpy(bytes + len, section, SECTION);
        len += SECTION;
    }
    bytes[len++] = 0;
    peer p;
    peer_open(&p, 1);
    yata_type text = text_root(&p);
    size_t used = p.doc->mem.used;
    cr_assert(yata_doc_apply(p.doc, (yata_bytes){bytes, len - 1}, no_bytes(), NULL) != YATA_OK);
    cr_assert_leq(p.doc->mem.used, used + 8192);
    write_text(&p, text, 0, "a");
    cr_assert_leq(p.doc->mem.used, used + 8192 + 4096);
    OK(take_bytes(&p, (yata_bytes){bytes, len}));
    cr_assert_eq(p.doc->clients.len, CLIENTS + 1);
    peer_close(&p);
}

/* Sections in another order than that of Yjs, and blocks that wait for a section behind theirs: as anywhere else. */
Test(load, sections_in_any_order) {
    static const char *const orders[] = {
        "02 01 09 00 84 05 00 01 62 01 05 00 04 01 01 74 01 61 00", /* 9 waits for 5 */
        "02 01 05 00 04 01 01 74 01 61 01 09 00 84 05 00 01 62 00", /* lowest first */
        "03 01 05 00 04 01 01 74 01 61 00 09 00 01 09 00 84 05 00 01 62 00",
    };
    for (size_t i = 0; i < sizeof orders / sizeof *orders; i++) {
        peer p;
        peer_open(&p, 1);
        OK(take(&p, orders[i]));
        expect_text(text_root(&p), "ab");
        expect_state(&p, "02 01 09 00 84 05 00 01 62 01 05 00 04 01 01 74 01 61 00");
        peer_close(&p);
    }
}

/* The second client's blocks overlap, leave a gap, and name what is nowhere: they wait, what came before stays. */
Test(load, rest_waits) {
    peer p;
    peer_open(&p, 1);
    yata_buffer update = bytes_from("02 02 09 00 04 01 01 74 01 61 84 09 00 01 62 01 05 03 84 09 01 01 63 00");
    yata_apply_result result;
    OK(yata_doc_apply(p.doc, bytes_of(&update), no_bytes(), &result));
    cr_assert(result.pending);
    sound(&p);
    expect_text(text_root(&p), "ab");
    OK(take(&p, "01 01 05 00 84 09 01 03 78 79 7A 00"));
    expect_text(text_root(&p), "abcxyz");
    yata_buffer_free(&update);
    peer_close(&p);
}

static void count_stage(void *ctx, yata_doc *doc, const yata_txn *txn) {
    (void)doc, (void)txn;
    ++*(int *)ctx;
}

/* A refused update is no transaction for those who hear of them. */
Test(load, observed_stages) {
    peer p;
    peer_open(&p, 1);
    int calls = 0;
    uint32_t subscription;
    OK(yata_doc_observe_txn(p.doc, YATA_STAGE_BEFORE, count_stage, &calls, &subscription));
    cr_assert(take(&p, "01 02 05 00 04 01 01 74 01 61 84 05 00") != YATA_OK);
    cr_assert_eq(calls, 0);
    OK(take(&p, "01 02 05 00 04 01 01 74 01 61 84 05 00 01 62 00"));
    cr_assert_eq(calls, 1);
    expect_text(text_root(&p), "ab");
    peer_close(&p);
}

static bool load_much(peer *p) {
    static yata_buffer whole;
    if (!whole.len) whole = much(7);
    bool done = yata_doc_apply(p->doc, bytes_of(&whole), no_bytes(), NULL) == YATA_OK;
    sound(p);
    if (done) return true;
    p->memory.fail_at = 0;
    OK(take_bytes(p, bytes_of(&whole)));
    yata_buffer state = state_of(p);
    cr_assert(bytes_equal(bytes_of(&state), bytes_of(&whole)));
    yata_buffer_free(&state);
    return false;
}

static void open_first(peer *p) {
    peer_open(p, 1);
}

Test(load, failing_memory) {
    fail_each(open_first, load_much);
}

/* Blocks that nobody joined are joined at commit, few or many, unless something comes between them: it may come later,
 * and from elsewhere. */
Test(load, joins_what_was_not_joined) {
    for (uint32_t between = 0; between < 3; between++) {
        peer p, q;
        peer_open(&p, 1);
        enum { BLOCKS = 40 };
        char hex[32 * BLOCKS];
        int n = snprintf(hex, sizeof hex, "01 %s 05 00 04 01 01 74 01 61", between ? "2A" : "28");
        for (int i = 1; i < BLOCKS; i++) n += snprintf(hex + n, sizeof hex - n, "84 05 %02X 01 61", i - 1);
        const char *const last[] = {"", "C4 05 09 05 0A 01 62 84 05 27 01 63",
                                    "C4 05 09 05 0A 01 62 C4 05 13 05 14 01 63"};
        snprintf(hex + n, sizeof hex - n, "%s 00", last[between]); /* between clocks 9 and 10, and 19 and 20 */
        OK(take(&p, hex));
        cr_assert_eq(block_count(&p), between == 0 ? 1 : between == 1 ? 4 : 5);
        peer_open(&q, 2);
        send_all(&p, &q);
        expect_same_state(&p, &q);
        peer_close(&p);
        peer_close(&q);
    }
}

/* A few bytes that announce many blocks get no more room than four times their length, and give back what they did not
 * need. */
Test(load, announces_too_much) {
    enum { BYTES = 60000, BLOCKS = (BYTES - 12) / 2 };
    static uint8_t bytes[BYTES] = {
        1, 0x80 | (BLOCKS & 0x7f), 0x80 | (BLOCKS >> 7 & 0x7f), BLOCKS >> 14, 5, 0, 4, 1, 1, 't', 1, 'a'};
    for (size_t i = 12; i < BYTES; i++) bytes[i] = i % 2; /* GCs of one clock each */
    peer p;
    peer_open(&p, 1);
    size_t used = p.doc->mem.used;
    p.doc->mem.peak = used;
    OK(take_bytes(&p, (yata_bytes){bytes, sizeof bytes}));
    expect_text(text_root(&p), "a");
    cr_assert_leq(p.doc->mem.peak, used + 8 * sizeof bytes + 65536);
    cr_assert_eq(p.doc->pool.slab_count, 1);
    write_text(&p, text_root(&p), 1, "b");
    expect_text(text_root(&p), "ab");
    peer_close(&p);
}

/* Items stay what they are when their slabs move. */
Test(load, gives_back_what_it_did_not_need) {
    enum { TEXTS = 200, GCS = 4000 };
    static char hex[32 * TEXTS + 8 * GCS];
    int n = snprintf(hex, sizeof hex, "01 %02X %02X 05 00 04 01 01 74 01 61 ", 0x80 | ((TEXTS + GCS) & 0x7f),
                     (TEXTS + GCS) >> 7);
    for (int i = 1; i < TEXTS; i++) {
        char origin[8];
        snprintf(origin, sizeof origin, i <= 0x80 ? "%02X" : "%02X 01", i <= 0x80 ? i - 1 : ((i - 1) & 0x7f) | 0x80);
        n += snprintf(hex + n, sizeof hex - (size_t)n, "%s 05 %s 01%s ", i % 2 ? "81" : "84", origin,
                      i % 2 ? "" : " 61");
    }
    for (int i = 0; i < GCS; i++) n += snprintf(hex + n, sizeof hex - (size_t)n, "00 01 ");
    snprintf(hex + n, sizeof hex - (size_t)n, "00");
    peer p, q;
    peer_open(&p, 1);
    OK(take(&p, hex));
    cr_assert_eq(block_count(&p), TEXTS + 1);
    cr_assert_leq(p.doc->pool.slab_count, TEXTS / YT_SLAB_ITEMS + 1);
    peer_open(&q, 2);
    send_all(&p, &q);
    expect_same_state(&p, &q);
    write_text(&p, text_root(&p), 50, "b");
    sound(&p);
    peer_close(&p);
    peer_close(&q);
}

/* A delete set that names its client again for each run: as dear as one that does not. */
Test(load, deletions_that_repeat_their_client, .timeout = 60) {
    enum { RUNS = 200000 };
    yt_writer w;
    yt_mem mem;
    yt_mem_init(&mem, NULL);
    yt_writer_init(&w, &mem);
    yt_write_var_uint(&w, 1);
    yt_write_var_uint(&w, 2 * RUNS);
    yt_write_var_uint(&w, 5);
    yt_write_var_uint(&w, 0);
    for (uint32_t clock = 0; clock < 2 * RUNS; clock++) {
        yt_write_u8(&w, clock == 0 ? 4 : clock % 2 ? 0x81 : 0x84);
        if (clock == 0) {
            yt_write_u8(&w, 1);
            yt_write_var_bytes(&w, "t", 1);
        } else {
            yt_write_var_uint(&w, 5);
            yt_write_var_uint(&w, clock - 1);
        }
        if (clock % 2)
            yt_write_var_uint(&w, 1);
        else
            yt_write_var_bytes(&w, "a", 1);
    }
    yt_write_var_uint(&w, RUNS);
    for (uint32_t i = 0; i < RUNS; i++) {
        yt_write_var_uint(&w, 5);
        yt_write_var_uint(&w, 1);
        yt_write_var_uint(&w, 2 * RUNS - 1);
        yt_write_var_uint(&w, 1);
    }
    peer p;
    peer_open(&p, 1);
    OK(take_bytes(&p, (yata_bytes){w.data, w.len}));
    cr_assert_eq(branch_of(text_root(&p))->len, RUNS);
    peer_close(&p);
    yt_writer_free(&w);
}
