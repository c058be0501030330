/* SPDX-License-Identifier: MIT */
/*
 * format.c - attributes, and the removal of formats that change nothing. The concurrent edits were made by yjs 13.6.33:
 * client 1 types "hello world", client 2 takes it; then both edit, and a third takes the edits of both, one update at a
 * time. Its state is expected.
 */
#include "doc/format.h"
#include "../peer.h"

static yata_bytes raw(const char *text) {
    return (yata_bytes){(const uint8_t *)text, strlen(text)};
}

/* ------------------------------------------------------------------------
 * Attributes
 */
Test(format, attributes_keep_their_order) {
    counted_mem c;
    counted_begin(&c);
    yt_attributes a = {0}, b = {0};
    cr_assert_null(yt_attribute_get(&a, raw("x")));
    cr_assert(bytes_equal(yt_attribute_or_null(&a, raw("x")), yt_any_null));
    cr_assert(yt_attributes_copy(&c.mem, &b, &a)); /* of none: needs no memory */
    cr_assert_eq(c.memory.calls, 0);
    static const char *const keys[] = {"b", "10", "a", "9", "c", "", "2"};
    for (int i = 0; i < 7; i++) cr_assert(yt_attribute_set(&c.mem, &a, raw(keys[i]), raw("\x79")));
    cr_assert(yt_attribute_set(&c.mem, &a, raw("a"), raw("\x78"))); /* at its old place */
    cr_assert_eq(a.all.len, 7);
    cr_assert(bytes_equal(a.all.data[2].value, raw("\x78")));
    cr_assert(bytes_equal(*yt_attribute_get(&a, raw("a")), raw("\x78")));
    cr_assert_eq(yt_attribute_entry(&a, raw("a"))->home.chunk, YT_NONE);
    cr_assert(yt_attributes_copy(&c.mem, &b, &a));
    yt_attribute_remove(&a, raw("9"));
    yt_attribute_remove(&a, raw("nothing"));
    cr_assert_eq(a.all.len, 6);
    cr_assert(bytes_equal(a.all.data[3].key, raw("c")));
    cr_assert_eq(b.all.len, 7);
    yt_attributes_arrange(&b); /* as members of an object in JavaScript */
    static const char *const arranged[] = {"2", "9", "10", "b", "a", "c", ""};
    for (int i = 0; i < 7; i++) cr_assert(bytes_equal(b.all.data[i].key, raw(arranged[i])), "%s", arranged[i]);
    counted_fail(&c, 1);
    yt_attributes more = {0};
    cr_assert_not(yt_attribute_set(&c.mem, &more, raw("x"), raw("\x78")));
    cr_assert_not(yt_attributes_copy(&c.mem, &more, &a));
    cr_assert_eq(more.all.len, 0);
    yt_attributes_free(&c.mem, &a);
    yt_attributes_free(&c.mem, &b);
    counted_end(&c);
}

enum { MANY = 300 };

static yata_bytes number_key(char (*names)[8], int i) {
    snprintf(names[i], sizeof names[i], "%s%d", i % 3 ? "k" : "", i);
    return raw(names[i]);
}

/* Keys in the order in which they came, a key that left and came again at the end. */
static void expect_keys(const yt_attributes *a, const int *order, uint32_t n, char (*names)[8]) {
    uint32_t seen = 0;
    cr_assert_eq(yt_attributes_count(a), n);
    for (uint32_t i = 0; i < a->all.len; i++) {
        if (!yt_attribute_there(&a->all.data[i])) continue;
        cr_assert(bytes_equal(a->all.data[i].key, raw(names[order[seen]])), "%u", seen);
        seen++;
    }
    cr_assert_eq(seen, n);
    for (uint32_t i = 0; i < n; i++)
        cr_assert_eq(yt_attribute_entry(a, raw(names[order[i]]))->mark, (uint32_t)order[i]);
}

/* Beyond a few keys there is an index, and removing leaves places without value. */
Test(format, many_attributes_keep_their_order) {
    counted_mem c;
    counted_begin(&c);
    yt_attributes a = {0}, b = {0};
    static char names[MANY][8];
    static int order[2 * MANY];
    uint32_t n = 0;
    for (int i = 0; i < MANY; i++) {
        yt_attribute attribute = {.key = number_key(names, i), .value = raw("\x79"), .mark = (uint32_t)i};
        cr_assert(yt_attribute_put(&c.mem, &a, attribute));
        order[n++] = i;
    }
    expect_keys(&a, order, n, names);
    for (int round = 0; round < 3; round++) { /* every other leaves, and comes again */
        uint32_t kept = 0, left = 0;
        static int again[MANY];
        for (uint32_t i = 0; i < n; i++) {
            if (i % 2) {
                yt_attribute_remove(&a, raw(names[order[i]]));
                yt_attribute_remove(&a, raw(names[order[i]]));
                cr_assert_null(yt_attribute_get(&a, raw(names[order[i]])));
                again[left++] = order[i];
            } else {
                order[kept++] = order[i];
            }
        }
        expect_keys(&a, order, kept, names);
        cr_assert(yt_attributes_copy(&c.mem, &b, &a));
        expect_keys(&b, order, kept, names);
        for (uint32_t i = 0; i < left; i++) {
            yt_attribute attribute = {.key = raw(names[again[i]]), .value = raw("\x78"), .mark = (uint32_t)again[i]};
            cr_assert(yt_attribute_put(&c.mem, &a, attribute));
            order[kept++] = again[i];
        }
        expect_keys(&a, order, n, names);
    }
    yt_attribute_remove(&a, raw(names[order[0]]));
    yt_attributes_arrange(&a);
    cr_assert_eq(a.all.len, MANY - 1);
    for (uint32_t i = 1; i < 80; i++)
        cr_assert_lt(strtol((const char *)a.all.data[i - 1].key.data, NULL, 10),
                     strtol((const char *)a.all.data[i].key.data, NULL, 10));
    for (uint32_t i = 0; i < a.all.len; i++) cr_assert_eq(yt_attribute_entry(&a, a.all.data[i].key), &a.all.data[i]);
    for (int i = 0; i < MANY; i++) yt_attribute_remove(&a, raw(names[i]));
    cr_assert_eq(yt_attributes_count(&a), 0);
    cr_assert_null(yt_attribute_get(&a, raw("k1")));
    yt_attributes_free(&c.mem, &a);
    yt_attributes_free(&c.mem, &b);
    counted_end(&c);
}

/* When memory fails nothing is changed, at the border to the index too. */
Test(format, many_attributes_without_memory) {
    static char names[MANY][8];
    for (uint64_t fail = 1; fail < 60; fail++) {
        counted_mem c;
        counted_begin(&c);
        counted_fail(&c, fail);
        yt_attributes a = {0}, b = {0};
        uint32_t n = 0;
        for (int i = 0; i < 40; i++) {
            bool in = yt_attribute_set(&c.mem, &a, number_key(names, i), raw("\x79"));
            n += in;
            cr_assert_eq(yt_attributes_count(&a), n);
            cr_assert_eq(yt_attribute_get(&a, raw(names[i])) != NULL, in);
        }
        if (!yt_attributes_copy(&c.mem, &b, &a)) cr_assert_eq(yt_attributes_count(&b), 0);
        yt_attributes_free(&c.mem, &a);
        yt_attributes_free(&c.mem, &b);
        counted_end(&c);
    }
}

/* Any bytes of a JSON text. */
static yata_buffer any_of(const char *json) {
    yata_buffer bytes;
    yata_value value;
    yata_buffer_init(&bytes, NULL);
    OK(yata_value_from_json(str_of(json), &bytes, &value, NULL));
    return bytes;
}

/* equalAttrs() of yjs, and ===: of two texts that are read apart. */
Test(format, equal_attributes) {
    static const struct {
        const char *a, *b;
        bool equal, same;
    } cases[] = {
        {"1", "1", true, true},
        {"1", "2", false, false},
        {"0", "-0", true, true},
        {"-0", "0", true, true},
        {"\"x\"", "\"x\"", true, true},
        {"null", "null", true, true},
        {"null", "{}", false, false},
        {"{}", "{}", true, false},
        {"{}", "[]", true, false}, /* nothing differs */
        {"{\"a\":1,\"b\":\"x\"}", "{\"b\":\"x\",\"a\":1}", true, false},
        {"{\"a\":1,\"b\":2}", "{\"a\":1,\"c\":2}", false, false},
        {"{\"a\":1}", "{\"a\":1,\"b\":2}", false, false},
        {"{\"a\":{}}", "{\"a\":{}}", false, false}, /* nested objects are never the same one */
        {"[1,2]", "[1,2]", true, false},
        {"[1,2]", "[2,1]", false, false},
        {"{\"0\":1,\"1\":2}", "[1,2]", true, false},
        {"[1,2]", "{\"0\":1,\"1\":2}", true, false},
        {"[1]", "{\"x\":1}", false, false},
        {"{\"x\":1}", "[1]", false, false},
        {"1", "{}", false, false},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        yata_buffer a = any_of(cases[i].a), b = any_of(cases[i].b);
        cr_assert_eq(yt_attribute_equal(bytes_of(&a), bytes_of(&b)), cases[i].equal, "%s %s", cases[i].a, cases[i].b);
        cr_assert_eq(yt_attribute_same(bytes_of(&a), bytes_of(&b)), cases[i].same, "%s %s", cases[i].a, cases[i].b);
        cr_assert(yt_attribute_equal(bytes_of(&a), bytes_of(&a)));
        yata_buffer_free(&a);
        yata_buffer_free(&b);
    }
    yata_bytes binary = {(const uint8_t *)"\x74\x01x", 3}, other = {(const uint8_t *)"\x74\x01x\x7e", 3};
    yata_bytes nan = {(const uint8_t *)"\x7b\x7f\xf8\0\0\0\0\0\0", 9},
               pi = {(const uint8_t *)"\x7b\x40\x09\x21\xfb\x54\x44\x2d\x18", 9};
    yata_bytes empty = {(const uint8_t *)"\x76\x00", 2};
    cr_assert(yt_attribute_equal(binary, other));
    cr_assert_not(yt_attribute_same(binary, other));
    cr_assert_not(yt_attribute_equal(binary, empty));
    cr_assert_not(yt_attribute_equal(nan, nan));
    cr_assert(yt_attribute_equal(pi, pi));
}

/* ------------------------------------------------------------------------
 * Cleaning
 */
static const char hello[] = "01010100040101740b68656c6c6f20776f726c6400";

static const char bold[] =
    "0105010004010174026865840101046c6c6f2084010505776f726c64c60101010201620131c6010501060162046e756c6c00";

typedef struct meeting {
    const char *what;
    const char *base; /* hello world, if NULL */
    const char *updates[4];
    const char *state;
} meeting;

static const meeting meetings[] = {
    {"both make 0 to 5 bold",
     NULL,
     {"0102010b46010004626f6c640474727565c60104010504626f6c64046e756c6c00",
      "0102020046010004626f6c640474727565c60104010504626f6c64046e756c6c00"},
     "0202020046010004626f6c640474727565c60104010504626f6c64046e756c6c040100040101740568656c6c6f8401040620776f726c64"
     "41010001c60104010504626f6c64046e756c6c0101010b01"},
    {"0 to 5 and 3 to 8 are made bold",
     NULL,
     {"0102010b46010004626f6c640474727565c60104010504626f6c64046e756c6c00",
      "01020200c60102010304626f6c640474727565c60107010804626f6c64046e756c6c00"},
     "02020200c60102010304626f6c640474727565c60107010804626f6c64046e756c6c060100040101740368656c840102026c6f840104"
     "0320776f84010703726c6446010004626f6c640474727565c60104010504626f6c64046e756c6c00"},
    {"2 to 6 is made bold, everything is deleted",
     NULL,
     {"0102010bc60101010204626f6c640474727565c60105010604626f6c64046e756c6c00", "00010101000b"},
     "0105010001010174028101010481010505c10101010201c60105010604626f6c64046e756c6c010101000c"},
    {"2 to 6 is made bold, in it 4 to 6 otherwise, 3 to 8 is deleted",
     NULL,
     {"0102010bc60101010204626f6c640474727565c60105010604626f6c64046e756c6c00",
      "0102010dc60103010404626f6c6403227822c60105010c04626f6c64047472756500", "000101010305"},
     "010a010004010174026865840101016c81010201810103028101050284010703726c64c60101010204626f6c640474727565c6010501060"
     "4626f6c64046e756c6cc10103010401c10105010c0101010203050d02"},
    {"all is made bold, 3 to 6 otherwise",
     NULL,
     {"0102010b46010004626f6c64047472756586010a04626f6c64046e756c6c00",
      "01020200c60102010304626f6c640d7b2261223a312c2262223a327dc60105010604626f6c64046e756c6c00"},
     "02020200c60102010304626f6c640d7b2261223a312c2262223a327dc60105010604626f6c64046e756c6c050100040101740368656c8401"
     "02036c6f2084010505776f726c6446010004626f6c64047472756586010a04626f6c64046e756c6c00"},
    {"0 to 4 is made bold, 4 to 8 italic, 2 to 7 is deleted",
     NULL,
     {"0102010b46010004626f6c640474727565c60103010404626f6c64046e756c6c00",
      "0102010dc6010c010401690474727565c6010701080169046e756c6c00", "000101010205"},
     "01090100040101740268658101010281010303840106016f84010703726c6446010004626f6c640474727565c60103010404626f6c64046e"
     "756c6cc6010c010401690474727565c6010701080169046e756c6c0101010205"},
    {"0 to 5 is made bold, an italic X is typed there, the letter before it is deleted",
     NULL,
     {"0102010b46010004626f6c640474727565c60104010504626f6c64046e756c6c00",
      "01030200c60104010501690474727565c4020001050158c6020101050169046e756c6c00", "000101010401"},
     "02030200c60104010501690474727565c4020001050158c6020101050169046e756c6c050100040101740468656c6c8101030184010406"
     "20776f726c6446010004626f6c640474727565c60104010504626f6c64046e756c6c0101010401"},
    {"2 to 6 was bold, and is unformatted",
     bold,
     {"000101010b02"},
     "0105010004010174026865840101046c6c6f2084010505776f726c64c10101010201c101050106010101010b02"},
    {"2 to 6 was bold; 3 to 5 is unformatted, all is made bold otherwise, 1 to 10 is deleted",
     bold,
     {"0102010dc6010201030162046e756c6cc6010401050162013100", "0102010f4601000162013286010a0162046e756c6c0101010b04",
      "000101010109"},
     "010d010004010174016881010001810101018101020281010401810105048401090164c10101010201c10105010601c10102010301c10104"
     "0105014601000162013286010a0162046e756c6c01010201090b04"},
    {"2 to 6 was bold; formats come and go",
     bold,
     {"0102010d4601000162013386010a0162046e756c6c0101010b02", "0102010fc60103010401630131c6010601070163046e756c6c00",
      "01030111c6010201030162046e756c6cc60104010501620133c1011201050101010305020f021301",
      "0101011484010e020a0a0101020d021102"},
     "0110010004010174026865840101016c840102016c840103016f8101040181010501840106046f726c64c10101010201c1010501060141010"
     "001"
     "81010a01c10103010401c10106010701c10102010301c1010401050284010e020a0a01010205020b09"},
};

enum { MEETINGS = sizeof meetings / sizeof *meetings };

Test(format, what_a_third_peer_cleans) {
    for (size_t i = 0; i < MEETINGS; i++) {
        peer p;
        peer_open(&p, 3);
        if (meetings[i].base) text_root(&p); /* known as a text before its formats come */
        OK(take(&p, meetings[i].base ? meetings[i].base : hello));
        text_root(&p);
        for (int u = 0; u < 4 && meetings[i].updates[u]; u++) OK(take(&p, meetings[i].updates[u]));
        expect_state(&p, meetings[i].state);
        peer_close(&p);
    }
}

/* A root that nobody has typed yet is not cleaned. */
Test(format, only_known_texts_are_cleaned) {
    peer p;
    peer_open(&p, 3);
    OK(take(&p, hello));
    for (int u = 0; u < 2; u++) OK(take(&p, meetings[0].updates[u]));
    yata_type t = root(&p, "t", YATA_KIND_UNTYPED);
    cr_assert(branch_of(t)->formatted && !branch_of(t)->cleaned);
    cr_assert_eq(p.doc->pool.live, block_count(&p));
    cr_assert_not(yt_is_deleted(yt_at(p.doc, branch_of(t)->first)));
    peer_close(&p);
}

/* The cleaning is a transaction: it is told, and peers that clean for themselves agree. */
static uint32_t told;

static void count(void *ctx, yata_doc *doc, const yata_txn *txn, yata_bytes update) {
    (void)doc;
    (void)txn;
    (void)update;
    (void)ctx;
    told++;
}

Test(format, cleaning_is_a_transaction_of_its_own) {
    peer p, q;
    peer_open(&p, 3);
    peer_open(&q, 4);
    peer *both[] = {&p, &q};
    uint32_t id;
    OK(yata_doc_observe_update(p.doc, count, NULL, &id));
    for (int i = 0; i < 2; i++) {
        OK(take(both[i], hello));
        text_root(both[i]);
        for (int u = 0; u < 2; u++) OK(take(both[i], meetings[0].updates[i ? 1 - u : u]));
    }
    cr_assert_eq(told, 4);
    send_all(&p, &q);
    send_all(&q, &p);
    expect_same_state(&p, &q);
    peer_close(&p);
    peer_close(&q);
}

/* ------------------------------------------------------------------------
 * Without memory
 */
static const meeting *tried;

static void open_base(peer *p) {
    peer_open(p, 3);
    if (tried->base) text_root(p);
    OK(take(p, tried->base ? tried->base : hello));
    text_root(p);
}

/* Failing is allowed, being unsound is not; the text is the same in any case. */
static bool meet(peer *p) {
    bool done = true;
    for (int u = 0; u < 4 && tried->updates[u]; u++) {
        yata_buffer update = bytes_from(tried->updates[u]);
        yata_status status = yata_doc_apply(p->doc, bytes_of(&update), no_bytes(), NULL);
        cr_assert(status == YATA_OK || status == YATA_ERR_MEMORY);
        if (status) {
            done = false;
            p->memory.fail_at = 0;
            OK(yata_doc_apply(p->doc, bytes_of(&update), no_bytes(), NULL));
        }
        yata_buffer_free(&update);
        sound(p);
    }
    return done;
}

Test(format, without_memory) {
    for (size_t i = 0; i < MEETINGS; i++) {
        tried = &meetings[i];
        fail_each(open_base, meet);
    }
}

/* Members in another order are found, too. */
Test(format, equal_in_any_order) {
    static const char *const pairs[][2] = {
        {"{\"a\":1,\"b\":2,\"c\":3,\"d\":4}", "{\"c\":3,\"d\":4,\"a\":1,\"b\":2}"},
        {"{\"a\":1,\"b\":2,\"c\":3}", "{\"c\":3,\"b\":2,\"a\":1}"},
        {"[1,2,3]", "{\"0\":1,\"1\":2,\"2\":3}"},
        {"{}", "[]"},
        {"{\"a\":1,\"b\":2}", "{\"b\":1,\"a\":2}"},
        {"{\"a\":1,\"b\":2}", "{\"a\":1,\"c\":2}"},
        {"[1,2,3]", "[3,2,1]"},
        {"{\"a\":1}", "{\"a\":1,\"b\":1}"},
    };
    for (size_t i = 0; i < sizeof pairs / sizeof *pairs; i++) {
        yata_buffer bytes[2];
        yata_value values[2];
        for (int k = 0; k < 2; k++) {
            yata_buffer_init(&bytes[k], NULL);
            OK(yata_value_from_json(str_of(pairs[i][k]), &bytes[k], &values[k], NULL));
        }
        for (int k = 0; k < 2; k++)
            cr_assert_eq(yt_attribute_equal(bytes_of(&bytes[k]), bytes_of(&bytes[1 - k])), i < 4, "%s", pairs[i][k]);
        for (int k = 0; k < 2; k++) yata_buffer_free(&bytes[k]);
    }
}
