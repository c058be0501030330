/* SPDX-License-Identifier: MIT */
/* delta.c and text_delta.c - lists of operations, texts as deltas and deltas on texts, as yjs 13.6.33 does it. */
#include <yata/delta.h>
#include "../peer.h"

static yata_delta *delta_new(void) {
    yata_delta *delta;
    OK(yata_delta_new(NULL, &delta));
    return delta;
}

static yata_delta *delta_of(const char *json) {
    yata_delta *delta = delta_new();
    yata_fault fault;
    OK(yata_delta_from_json(delta, str_of(json), &fault));
    return delta;
}

static void expect_delta(const yata_delta *delta, const char *json) {
    yata_buffer out;
    yata_buffer_init(&out, NULL);
    OK(yata_delta_to_json(delta, &out));
    expect_seen(&out, json);
    yata_buffer_free(&out);
}

static void apply_delta(peer *p, yata_type t, const char *json) {
    yata_delta *delta = delta_of(json);
    OK(yata_text_apply_delta(t, begin(p), delta));
    commit(p);
    yata_delta_free(delta);
}

static void expect_text_delta(yata_type t, const char *json) {
    yata_delta *delta = delta_new();
    OK(yata_text_to_delta(t, delta));
    expect_delta(delta, json);
    yata_delta_free(delta);
}

/* ------------------------------------------------------------------------
 * Lists of operations
 */
Test(delta, statuses) {
    yata_delta *delta = delta_new();
    yata_allocator none = {0};
    yata_delta_op op = {.kind = YATA_DELTA_RETAIN, .len = 1}, seen;
    yata_value bad = PLAIN(STRING, .u.string = {"\xFF", 1}), one = INT(1), doc = PLAIN(DOC, .u.string = {"g", 1});
    yata_buffer out;
    yata_buffer_init(&out, NULL);
    FAILS(YATA_ERR_ARGUMENT, yata_delta_new(NULL, NULL));
    FAILS(YATA_ERR_ARGUMENT, yata_delta_new(&none, &(yata_delta *){NULL}));
    yata_delta_free(NULL);
    cr_assert_eq(yata_delta_count(NULL), 0);
    FAILS(YATA_ERR_ARGUMENT, yata_delta_at(NULL, 0, &seen));
    FAILS(YATA_ERR_ARGUMENT, yata_delta_at(delta, 0, NULL));
    FAILS(YATA_ERR_RANGE, yata_delta_at(delta, 0, &seen));
    FAILS(YATA_ERR_ARGUMENT, yata_delta_push(NULL, &op));
    FAILS(YATA_ERR_ARGUMENT, yata_delta_push(delta, NULL));
    op.kind = (yata_delta_kind)3;
    FAILS(YATA_ERR_ARGUMENT, yata_delta_push(delta, &op));
    op = (yata_delta_op){.kind = YATA_DELTA_INSERT, .count = 1};
    FAILS(YATA_ERR_ARGUMENT, yata_delta_push(delta, &op));
    op.values = &one;
    op.count = 2;
    FAILS(YATA_ERR_ARGUMENT, yata_delta_push(delta, &op));
    op.count = 1;
    op.attributes = one;
    FAILS(YATA_ERR_ARGUMENT, yata_delta_push(delta, &op));
    op.attributes = (yata_value){.kind = YATA_VALUE_UNDEFINED};
    op.values = &bad;
    FAILS(YATA_ERR_UTF8, yata_delta_push(delta, &op));
    op.values = &doc;
    FAILS(YATA_ERR_ARGUMENT, yata_delta_push(delta, &op));
    FAILS(YATA_ERR_ARGUMENT, yata_delta_from_json(NULL, STR("[]"), NULL));
    FAILS(YATA_ERR_ARGUMENT, yata_delta_to_json(NULL, &out));
    FAILS(YATA_ERR_ARGUMENT, yata_delta_to_json(delta, NULL));
    cr_assert_eq(yata_delta_count(delta), 0);
    expect_delta(delta, "[]");
    yata_delta_free(delta);
}

Test(delta, operations_are_copied) {
    yata_delta *delta = delta_new();
    char text[] = "text";
    uint8_t bytes[] = {1, 2}, object[] = {0x76, 1, 1, 'b', 0x78}, list[] = {0x75, 0}, empty[] = {0x76, 0};
    yata_value string = PLAIN(STRING, .u.string = {text, 4}), binary = PLAIN(BINARY, .u.binary = {bytes, 2});
    yata_value array = PLAIN(ARRAY, .u.any = {list, 2}), bold = PLAIN(OBJECT, .u.any = {object, 5});
    yata_value nothing = PLAIN(OBJECT, .u.any = {empty, 2});
    yata_delta_op op = {.kind = YATA_DELTA_INSERT, .values = &string, .count = 1, .attributes = bold}, seen;
    OK(yata_delta_push(delta, &op));
    op.values = &binary;
    op.attributes = nothing;
    OK(yata_delta_push(delta, &op));
    op.values = &array;
    op.attributes = (yata_value){.kind = YATA_VALUE_UNDEFINED};
    OK(yata_delta_push(delta, &op));
    op = (yata_delta_op){.kind = YATA_DELTA_RETAIN, .len = 7, .attributes = bold};
    OK(yata_delta_push(delta, &op));
    op = (yata_delta_op){.kind = YATA_DELTA_DELETE, .len = 3};
    OK(yata_delta_push(delta, &op));
    memset(text, 'x', 4);
    memset(bytes, 9, 2);
    memset(object, 0x7e, 5);
    memset(list, 0x7e, 2);
    cr_assert_eq(yata_delta_count(delta), 5);
    OK(yata_delta_at(delta, 0, &seen));
    cr_assert(seen.count == 1 && !memcmp(seen.values->u.string.data, "text", 4));
    OK(yata_delta_at(delta, 3, &seen));
    cr_assert(seen.kind == YATA_DELTA_RETAIN && seen.len == 7 && seen.attributes.kind == YATA_VALUE_OBJECT);
    expect_delta(delta, "[{\"insert\":\"text\",\"attributes\":{\"b\":true}},{\"insert\":{\"$binary\":\"AQI=\"}},"
                        "{\"insert\":[]},{\"retain\":7,\"attributes\":{\"b\":true}},{\"delete\":3}]");
    yata_delta_free(delta);
}

Test(delta, from_json) {
    yata_delta *delta = delta_of("[{\"retain\":2},{\"insert\":\"x\",\"attributes\":{\"b\":null}},{\"attributes\":null,"
                                 "\"delete\":1,\"other\":true},{\"insert\":{\"image\":1}},{\"retain\":0}]");
    static const char expected[] = "[{\"retain\":2},{\"insert\":\"x\",\"attributes\":{\"b\":null}},{\"delete\":1},"
                                   "{\"insert\":{\"image\":1}},{\"retain\":0}]";
    expect_delta(delta, expected);
    static const char *const wrong[] = {
        "{}",
        "[1]",
        "[{}]",
        "[{\"retain\":1},{\"attributes\":{}}]",
        "[{\"retain\":-1}]",
        "[{\"retain\":1.5}]",
        "[{\"retain\":4294967296}]",
        "[{\"delete\":\"1\"}]",
        "[{\"retain\":1,\"delete\":1}]",
        "[{\"insert\":\"x\",\"attributes\":1}]",
        "[{\"insert\":\"x\"},{\"lost\":1}]",
    };
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        yata_fault fault = {YATA_OK, 0};
        FAILS(YATA_ERR_VALUE, yata_delta_from_json(delta, str_of(wrong[i]), &fault));
        cr_assert_eq(fault.status, YATA_ERR_VALUE);
    }
    FAILS(YATA_ERR_JSON, yata_delta_from_json(delta, STR("[{]"), NULL));
    FAILS(YATA_ERR_VALUE, yata_delta_from_json(delta, STR("[{}]"), NULL));
    expect_delta(delta, expected); /* nothing was appended */
    yata_delta_free(delta);
}

/* ------------------------------------------------------------------------
 * Texts
 */
Test(delta, statuses_with_texts) {
    peer p;
    peer_open(&p, 1);
    yata_type t = text_root(&p), a = array_root(&p);
    yata_delta *delta = delta_new();
    yata_txn *txn = begin(&p);
    FAILS(YATA_ERR_TYPE, yata_text_to_delta(a, delta));
    FAILS(YATA_ERR_ARGUMENT, yata_text_to_delta(t, NULL));
    FAILS(YATA_ERR_TYPE, yata_text_apply_delta(a, txn, delta));
    FAILS(YATA_ERR_ARGUMENT, yata_text_apply_delta(t, txn, NULL));
    FAILS(YATA_ERR_ARGUMENT, yata_text_apply_delta(t, NULL, delta));
    yata_value type = PLAIN(TYPE, .u.type = a), text = TEXT("x");
    yata_delta_op ops[] = {{.kind = YATA_DELTA_INSERT, .values = &text, .count = 1},
                           {.kind = YATA_DELTA_INSERT, .values = &type, .count = 1}};
    OK(yata_delta_push(delta, &ops[0]));
    OK(yata_delta_push(delta, &ops[1]));
    FAILS(YATA_ERR_ARGUMENT, yata_text_apply_delta(t, txn, delta)); /* nothing of it */
    commit(&p);
    expect_text(t, "");
    yata_delta_free(delta);
    peer_close(&p);
}

Test(delta, of_texts) {
    peer p;
    peer_open(&p, 1);
    yata_type t = text_root(&p), m;
    expect_text_delta(t, "[]");
    write_text(&p, t, 0, "hello world");
    erase_text(&p, t, 4, 2);
    expect_text_delta(t, "[{\"insert\":\"hellworld\"}]");
    apply_delta(&p, t,
                "[{\"retain\":2,\"attributes\":{\"b\":true}},{\"insert\":{\"x\":[1]}},{\"retain\":1},"
                "{\"insert\":\"\"},{\"insert\":\"IT\",\"attributes\":{\"i\":1,\"b\":null}},{\"delete\":2}]");
    OK(yata_text_embed_type(t, begin(&p), 1, YATA_KIND_MAP, STR(""), NULL, &m));
    commit(&p);
    set_int(&p, m, "k", 1);
    expect_text_delta(t, "[{\"insert\":\"h\",\"attributes\":{\"b\":true}},{\"insert\":{\"k\":1}},{\"insert\":\"e\","
                         "\"attributes\":{\"b\":true}},{\"insert\":{\"x\":[1]}},{\"insert\":\"l\"},"
                         "{\"insert\":\"IT\",\"attributes\":{\"i\":1}},{\"insert\":\"orld\"}]");
    peer_close(&p);
}

/* yjs, one transaction for each line */
Test(delta, applied_to_rich_texts) {
    static const struct {
        const char *format[3], *delta, *state;
        uint32_t ranges[3][2];
    } cases[] = {
        {{"{\"b\":1}", "{\"b\":2}"},
         "[{\"retain\":2},{\"delete\":3},{\"insert\":\"X\"}]",
         "010a010004010174016184010001628101010181010202840104026667c60100010101620131c6010401050162046e756c6cc10102010"
         "301"
         "c10104010801c401080105015801010202030902",
         {{1, 4}, {3, 2}}},
        {{"{\"b\":1}", "{\"b\":2}"},
         "[{\"retain\":3},{\"delete\":2},{\"insert\":\"X\"}]",
         "010c01000401017401618401000262638101020284010401668401050167c60100010101620131c6010501060162046e756c6cc101020"
         "103"
         "01c10104010501c6010a01050162046e756c6cc4010b01050158c6010c01050162013101010203020902",
         {{1, 5}, {3, 2}}},
        {{"{\"b\":1}", "{\"b\":null}"},
         "[{\"retain\":3},{\"delete\":2},{\"insert\":\"X\",\"attributes\":{\"b\":1}},{\"retain\":1,\"attributes\":"
         "{\"i\":true}},{\"insert\":{\"e\":1}},{\"delete\":99}]",
         "010d010004010174016184010002626381010202840104016681010501c60100010101620131c6010501060162046e756c6cc10102010"
         "30"
         "1c10104010501c4010a01050158c6010b010501690474727565c6010801060169046e756c6cc5010d0106077b2265223a317d01010303"
         "02"
         "06010902",
         {{1, 5}, {3, 2}}},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        peer p;
        peer_open(&p, 1);
        yata_type t = text_root(&p);
        write_text(&p, t, 0, "abcdefg");
        for (int f = 0; f < 2; f++) {
            yata_buffer bytes;
            yata_value attributes;
            yata_buffer_init(&bytes, NULL);
            OK(yata_value_from_json(str_of(cases[i].format[f]), &bytes, &attributes, NULL));
            OK(yata_text_format(t, begin(&p), cases[i].ranges[f][0], cases[i].ranges[f][1], &attributes));
            commit(&p);
            yata_buffer_free(&bytes);
        }
        apply_delta(&p, t, cases[i].delta);
        expect_state(&p, cases[i].state);
        peer_close(&p);
    }
}

/* A delta is counted in the unit of the document. */
Test(delta, units) {
    static const yata_offset_unit units[] = {YATA_OFFSET_UTF16, YATA_OFFSET_UTF8, YATA_OFFSET_SCALAR};
    static const char *const deltas[] = {
        "[{\"retain\":3},{\"delete\":1},{\"insert\":\"-\"}]",
        "[{\"retain\":5},{\"delete\":3},{\"insert\":\"-\"}]",
        "[{\"retain\":2},{\"delete\":1},{\"insert\":\"-\"}]",
    };
    for (int u = 0; u < 3; u++) {
        peer p;
        peer_open_unit(&p, 1, units[u]);
        yata_type t = text_root(&p);
        write_text(&p, t, 0, "a\xF0\x9F\x98\x80\xE2\x82\xAC\xC3\xA9");
        apply_delta(&p, t, deltas[u]);
        expect_text(t, "a\xF0\x9F\x98\x80-\xC3\xA9");
        peer_close(&p);
    }
}

/* ------------------------------------------------------------------------
 * Without memory nothing is appended, and the delta can be used again
 */
static const char many[] = "[{\"insert\":\"some text that takes memory\",\"attributes\":{\"b\":true}},{\"retain\":1},"
                           "{\"insert\":{\"x\":1}},{\"delete\":3}]";

Test(delta, without_memory) {
    peer p;
    peer_open(&p, 1);
    yata_type t = text_root(&p);
    apply_delta(&p, t, "[{\"insert\":\"ab\",\"attributes\":{\"b\":true}},{\"insert\":{\"x\":1}},{\"insert\":\"cd\"}]");
    for (int which = 0; which < 3; which++) { /* JSON; a text, failing in the delta or in the document */
        for (uint64_t n = 1;; n++) {
            counted_memory memory = {0};
            yata_allocator allocator = counted_allocator(&memory);
            yata_delta *delta;
            OK(yata_delta_new(&allocator, &delta));
            OK(yata_delta_from_json(delta, STR("[{\"insert\":\"first\"},{\"retain\":2}]"), NULL));
            counted_memory *failing = which == 2 ? &p.memory : &memory;
            failing->failures = 0;
            failing->fail_at = failing->calls + n;
            yata_status status = which ? yata_text_to_delta(t, delta) : yata_delta_from_json(delta, STR(many), NULL);
            failing->fail_at = 0;
            FAILS(failing->failures ? YATA_ERR_MEMORY : YATA_OK, status);
            if (status) {
                expect_delta(delta, "[{\"insert\":\"first\"},{\"retain\":2}]");
                OK(yata_text_to_delta(t, delta));
                cr_assert_eq(yata_delta_count(delta), 5);
            }
            yata_delta_free(delta);
            cr_assert_eq(memory.live, 0);
            if (!status) break;
        }
    }
    peer_close(&p);
}

static yata_type text;

static void open_text(peer *p) {
    peer_open(p, 1);
    text = text_root(p);
    apply_delta(p, text, "[{\"insert\":\"ab\",\"attributes\":{\"b\":true}},{\"insert\":\"cdefgh\"}]");
}

static bool change_text(peer *p) {
    yata_delta *delta = delta_of(many);
    yata_status status = yata_txn_begin(p->doc, no_bytes(), &p->txn);
    if (!status) {
        status = yata_text_apply_delta(text, p->txn, delta);
        sound(p);
        OK(yata_txn_commit(p->txn));
    }
    cr_assert(status == YATA_OK || status == YATA_ERR_MEMORY);
    yata_delta_free(delta);
    return !status;
}

Test(delta, applied_without_memory) {
    fail_each(open_text, change_text);
}
