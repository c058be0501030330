/* SPDX-License-Identifier: MIT */
/*
 * codec_v1.c - update format v1 in both directions.
 *
 * What yjs wrote (tests/vectors) comes back byte for byte, and is cut as yjs cuts it. Around that: each field of each
 * kind, every truncation, every refusal with its offset, and memory that runs out at each call.
 */
#include "session.h"
#include <criterion/criterion.h>

/* ------------------------------------------------------------------------
 * Vectors
 */

static void expect_from(yata_bytes update, uint32_t clock, yata_bytes expected, const char *what) {
    counted_mem c;
    counted_begin(&c);
    yata_bytes exact = exact_copy(update);
    yt_update u;
    yata_fault fault = read_update(&c.mem, exact, &u);
    cr_assert_eq(fault.status, YATA_OK, "%s: status %d at %zu", what, fault.status, fault.offset);
    yata_buffer written;
    yata_buffer_init(&written, &c.allocator);
    cr_assert_eq(write_update(&c.mem, &u, clock, &written), YATA_OK);
    if (!bytes_equal(bytes_of(&written), expected)) {
        bytes_print(stdout, "expected", expected);
        bytes_print(stdout, "written ", bytes_of(&written));
        cr_assert(false, "%s from %u", what, clock);
    }
    yata_buffer_free(&written);
    yt_update_free(&c.mem, &u);
    free((void *)exact.data);
    counted_end(&c);
}

static void expect_hex(const char *update, const char *expected) {
    yata_buffer in = bytes_from(update), out = bytes_from(expected);
    expect_from(bytes_of(&in), 0, bytes_of(&out), update);
    yata_buffer_free(&in);
    yata_buffer_free(&out);
}

/* Calls `each` with every line of a vector file, split at its first space. */
static uint32_t each_line(const char *path, void (*each)(const char *word, const char *rest)) {
    static char line[1 << 20];
    FILE *file = fopen(path, "r");
    REQUIRE(file);
    uint32_t lines = 0;
    while (fgets(line, sizeof line, file)) {
        line[strcspn(line, "\n")] = 0;
        char *rest = strchr(line, ' ');
        if (rest) *rest++ = 0;
        each(line, rest ? rest : "");
        lines++;
    }
    fclose(file);
    return lines;
}

static char vector_name[256];

static void round_trip_line(const char *word, const char *rest) {
    if (strcmp(word, "name") == 0) snprintf(vector_name, sizeof vector_name, "%s", rest);
    if (strcmp(word, "update") != 0 && strcmp(word, "encoded") != 0) return;
    yata_buffer bytes = bytes_from(rest);
    expect_from(bytes_of(&bytes), 0, bytes_of(&bytes), vector_name);
    yata_buffer_free(&bytes);
}

Test(codec_v1, what_yjs_wrote_comes_back) {
    static const char *const files[] = {"text", "rich_text", "array",    "values", "map",
                                        "xml",  "legacy",    "sessions", "pending"};
    for (size_t i = 0; i < sizeof files / sizeof *files; i++) {
        char path[512];
        snprintf(path, sizeof path, "%s/docs/%s.txt", YATA_VECTORS_DIR, files[i]);
        cr_assert_gt(each_line(path, round_trip_line), 10);
    }
}

static yata_buffer cut_update;
static uint32_t cuts;

static void cut_line(const char *word, const char *rest) {
    if (strcmp(word, "name") == 0) snprintf(vector_name, sizeof vector_name, "%s", rest);
    if (strcmp(word, "update") == 0) cut_update = bytes_from(rest);
    if (strcmp(word, "end") == 0) yata_buffer_free(&cut_update);
    if (strcmp(word, "from") != 0) return;
    char *hex;
    uint32_t clock = (uint32_t)strtoul(rest, &hex, 10);
    yata_buffer expected = bytes_from(hex);
    expect_from(bytes_of(&cut_update), clock, bytes_of(&expected), vector_name);
    yata_buffer_free(&expected);
    cuts++;
}

Test(codec_v1, cuts_as_yjs_does) {
    each_line(YATA_VECTORS_DIR "/cuts.txt", cut_line);
    cr_assert_gt(cuts, 100);
}

Test(codec_v1, other_forms_become_canonical) {
    static const char *const vectors[][2] = {
        /* numbers that are longer than need be */
        {"8100 8100 8100 8000 04 8100 8100 74 8300 616263 8000", "01 01 01 00 04 01 0174 03616263 00"},
        /* clients ascending; a client twice, the later clocks first */
        {"02 01 01 00 04010174 0161 01 02 00 04010174 0162 00", "02 01 02 00 04010174 0162 01 01 00 04010174 0161 00"},
        {"02 01 01 05 04010174 0161 01 01 00 04010174 0162 00", "02 01 01 00 04010174 0162 01 01 05 04010174 0161 00"},
        /* sections and blocks of no length */
        {"01 00 01 00 00", "00 00"},
        {"01 03 01 00 04010174 00 0000 04010174 0161 00", "01 01 01 00 04010174 0161 00"},
        {"01 03 01 00 0a00 08010174 00 02010174 00 00", "00 00"},
        {"01 01 01 00 01010174 00 00", "00 00"},
        /* flags of collected blocks and holes mean nothing */
        {"01 02 01 00 e003 ea02 00", "01 02 01 00 0003 0a02 00"},
        /* parent info: all but 1 is an id */
        {"01 01 01 05 04 07 02 03 0161 00", "01 01 01 05 04 00 02 03 0161 00"},
        /* bytes behind the delete set */
        {"00 00 ff", "00 00"},
        /* JSON with spaces, escapes and members in JavaScript's order */
        {"01 01 01 00 05 010174 0d 7b 20 22 61 22 20 3a 20 31 2e 30 20 7d 00",
         "01 01 01 00 05 010174 07 7b2261223a317d 00"},
        {"01 01 01 00 05 010174 08 225c7530306534 22 00", "01 01 01 00 05 010174 04 22c3a422 00"},
        {"01 01 01 00 02 010161 02 0431653130 09756e646566696e6564 00",
         "01 01 01 00 02 010161 02 0b3130303030303030303030 09756e646566696e6564 00"},
        /* plain values that lib0 writes otherwise: 1 as float64, 2^40 as integer, after one that is canonical */
        {"01 01 01 00 08 010161 03 7e 7b3ff0000000000000 7d808080808040 00",
         "01 01 01 00 08 010161 03 7e 7d01 7c53800000 00"},
        /* options of a subdocument */
        {"01 01 01 00 09 010161 0167 76 01 0161 7b3ff0000000000000 00",
         "01 01 01 00 09 010161 0167 76 01 0161 7d01 00"},
    };
    for (size_t i = 0; i < sizeof vectors / sizeof *vectors; i++) expect_hex(vectors[i][0], vectors[i][1]);
}

/* ------------------------------------------------------------------------
 * Fields
 */

typedef struct one_block {
    counted_mem c;
    yata_buffer bytes;
    yt_update update;
    yt_block b;
} one_block;

static void read_one(one_block *o, const char *hex) {
    counted_begin(&o->c);
    o->bytes = bytes_from(hex);
    yata_fault fault = read_update(&o->c.mem, bytes_of(&o->bytes), &o->update);
    cr_assert_eq(fault.status, YATA_OK, "%s: %d at %zu", hex, fault.status, fault.offset);
    cr_assert_eq(o->update.blocks.len, 1);
    o->b = o->update.blocks.data[0];
}

static void done(one_block *o) {
    yt_update_free(&o->c.mem, &o->update);
    yata_buffer_free(&o->bytes);
    counted_end(&o->c);
}

static bool is_text(yata_str str, const char *text) {
    return bytes_equal((yata_bytes){(const uint8_t *)str.data, str.len},
                       (yata_bytes){(const uint8_t *)text, strlen(text)});
}

static bool is_bytes(yata_bytes bytes, const char *hex) {
    yata_buffer expected = bytes_from(hex);
    bool equal = bytes_equal(bytes, bytes_of(&expected));
    yata_buffer_free(&expected);
    return equal;
}

static bool is_id(yata_id id, uint64_t client, uint32_t clock) {
    return id.client == client && id.clock == clock;
}

Test(codec_v1, string_in_a_root) {
    one_block o;
    read_one(&o, "01 01 ac02 07 24 01 0174 016b 07 61 f09f9880 c3a4 00");
    cr_assert(is_id(o.b.id, 300, 7));
    cr_assert_eq(o.b.content, YT_STRING);
    cr_assert_eq(o.b.len, 4);
    cr_assert_eq(o.b.info, YT_INFO_KEY);
    cr_assert_eq(o.b.parent, YT_PARENT_ROOT);
    cr_assert(is_text(o.b.parent_root, "t"));
    cr_assert(is_text(o.b.key, "k"));
    cr_assert(is_bytes(o.b.data, "61 f09f9880 c3a4"));
    cr_assert_eq(o.c.memory.live, o.update.blocks.cap * sizeof(yt_block) + o.update.sections.cap * sizeof(yt_section));
    done(&o);
}

/* Ids of the section's own client and of others, with numbers of every size, at the end of the input and before it. */
Test(codec_v1, ids_of_each_size) {
    for (uint32_t own = 0; own <= 53; own++) {
        for (uint32_t other = 0; other <= 53; other++) {
            counted_mem c;
            counted_begin(&c);
            yt_block blocks[3] = {{.content = YT_DELETED, .len = 1, .info = YT_INFO_ORIGIN | YT_INFO_RIGHT},
                                  {.content = YT_DELETED, .len = 2, .info = YT_INFO_ORIGIN},
                                  {.content = YT_DELETED, .len = 3, .parent = YT_PARENT_ID}};
            yata_id id = {(UINT64_C(1) << own) - 1, UINT32_MAX - 6};
            yata_id to = {(UINT64_C(1) << other) - 1, (uint32_t)(((UINT64_C(1) << (own + other) / 4) - 1))};
            yt_encoder e;
            yt_encoder_init_v1(&e, &c.mem);
            e.ops->sections(&e, 1);
            e.ops->section(&e, 3, id.client, id.clock);
            for (uint32_t i = 0; i < 3; i++) {
                blocks[i].id = id;
                blocks[i].origin = to;
                blocks[i].right = (yata_id){id.client, to.clock};
                if (i == 2) blocks[i].parent_id = to;
                e.ops->block(&e, &blocks[i], 0);
                id.clock += blocks[i].len;
            }
            e.ops->delete_clients(&e, 0);
            yata_buffer bytes;
            yata_buffer_init(&bytes, &c.allocator);
            cr_assert_eq(e.ops->finish(&e, &bytes), YATA_OK);
            yata_bytes exact = exact_copy(bytes_of(&bytes));
            yt_update u;
            cr_assert_eq(read_update(&c.mem, exact, &u).status, YATA_OK);
            const yt_block *read = u.blocks.data;
            cr_assert_eq(u.blocks.len, 3);
            cr_assert(is_id(read[0].id, blocks[0].id.client, blocks[0].id.clock));
            cr_assert(is_id(read[0].origin, to.client, to.clock) && is_id(read[0].right, id.client, to.clock));
            cr_assert(is_id(read[1].origin, to.client, to.clock) && is_id(read[2].parent_id, to.client, to.clock));
            yt_update_free(&c.mem, &u);
            free((void *)exact.data);
            yata_buffer_free(&bytes);
            counted_end(&c);
        }
    }
}

/* With origins there is no parent on the wire, and no key although its flag is set. */
Test(codec_v1, origins) {
    one_block o;
    read_one(&o, "01 01 05 09 e1 04 ffffffff0f ffffffffffffff0f 01 06 00");
    cr_assert_eq(o.b.content, YT_DELETED);
    cr_assert_eq(o.b.len, 6);
    cr_assert_eq(o.b.info, YT_INFO_ORIGIN | YT_INFO_RIGHT | YT_INFO_KEY);
    cr_assert(is_id(o.b.origin, 4, UINT32_MAX));
    cr_assert(is_id(o.b.right, YT_CLIENT_MAX, 1));
    cr_assert_eq(o.b.parent, YT_PARENT_NEIGHBOUR);
    cr_assert_eq(o.b.key.len, 0);
    done(&o);
}

Test(codec_v1, parent_by_id) {
    one_block o;
    read_one(&o, "01 01 01 05 28 00 02 03 016b 01 7e 00");
    cr_assert_eq(o.b.parent, YT_PARENT_ID);
    cr_assert(is_id(o.b.parent_id, 2, 3));
    cr_assert(is_text(o.b.key, "k"));
    cr_assert(is_bytes(o.b.data, "7e"));
    done(&o);
}

Test(codec_v1, formats_and_embeds) {
    static const struct {
        const char *json, *any;
    } values[] = {
        {"04 6e756c6c", "7e"},         {"04 74727565", "78"},
        {"05 66616c7365", "79"},       {"05 2272656422", "7703726564"},
        {"04 31302e35", "7c41280000"}, {"0e 5b312c7b2261223a6e756c6c7d5d", "75027d01760101617e"},
    };
    for (size_t i = 0; i < sizeof values / sizeof *values; i++) {
        char hex[128];
        one_block o;
        snprintf(hex, sizeof hex, "01 01 01 00 06 010174 04626f6c64 %s 00", values[i].json);
        read_one(&o, hex);
        cr_assert_eq(o.b.content, YT_FORMAT);
        cr_assert_eq(o.b.len, 1);
        cr_assert(is_text(o.b.name, "bold"));
        cr_assert(is_bytes(o.b.data, values[i].any), "%s", values[i].json);
        done(&o);
        snprintf(hex, sizeof hex, "01 01 01 00 05 010174 %s 00", values[i].json);
        read_one(&o, hex);
        cr_assert_eq(o.b.content, YT_EMBED);
        cr_assert_eq(o.b.len, 1);
        cr_assert(is_bytes(o.b.data, values[i].any), "%s", values[i].json);
        done(&o);
    }
}

Test(codec_v1, lists) {
    one_block o;
    read_one(&o, "01 01 01 00 02 010161 03 0131 09756e646566696e6564 0422c3a422 00");
    cr_assert_eq(o.b.content, YT_JSON);
    cr_assert_eq(o.b.len, 3);
    cr_assert(is_bytes(o.b.data, "7d01 7f 7702c3a4"));
    done(&o);
    read_one(&o, "01 01 01 00 08 010161 03 7d01 7f 7501 7d02 00");
    cr_assert_eq(o.b.content, YT_ANY);
    cr_assert_eq(o.b.len, 3);
    cr_assert(is_bytes(o.b.data, "7d01 7f 7501 7d02"));
    cr_assert_eq(o.b.data.data, o.bytes.data + 9); /* a view */
    done(&o);
    read_one(&o, "01 01 01 00 03 010161 02 09 08 00");
    cr_assert_eq(o.b.content, YT_BINARY);
    cr_assert_eq(o.b.len, 1);
    cr_assert(is_bytes(o.b.data, "0908"));
    done(&o);
}

Test(codec_v1, types_and_documents) {
    for (uint8_t ref = 0; ref < YT_TYPE_REFS; ref++) {
        char hex[64];
        one_block o;
        snprintf(hex, sizeof hex, "01 01 01 00 07 010161 %02x %s 00", ref,
                 yt_type_ref_named(ref) ? "0170"
                 : ref == 7             ? "04 05 00"
                                        : "");
        read_one(&o, hex);
        cr_assert_eq(o.b.content, YT_TYPE);
        cr_assert_eq(o.b.type_ref, ref);
        cr_assert(is_text(o.b.name, yt_type_ref_named(ref) ? "p" : "") || ref == 7);
        done(&o);
    }
    one_block o;
    read_one(&o, "01 01 01 00 09 010161 026731 7600 00");
    cr_assert_eq(o.b.content, YT_DOC);
    cr_assert(is_text(o.b.name, "g1"));
    cr_assert(is_bytes(o.b.data, "7600"));
    done(&o);
}

/* ------------------------------------------------------------------------
 * Refusals
 */

static void expect_fault(const char *hex, yata_status status, size_t offset) {
    counted_mem c;
    counted_begin(&c);
    yata_buffer bytes = bytes_from(hex);
    yata_bytes exact = exact_copy(bytes_of(&bytes));
    yt_update u;
    yata_fault fault = read_update(&c.mem, exact, &u);
    cr_assert_eq(fault.status, status, "%s: %s at %zu", hex, yata_status_name(fault.status), fault.offset);
    cr_assert_eq(fault.offset, offset, "%s: at %zu", hex, fault.offset);
    free((void *)exact.data);
    yata_buffer_free(&bytes);
    counted_end(&c);
}

Test(codec_v1, refuses_kinds) {
    for (uint8_t kind = YT_SKIP + 1; kind <= YT_INFO_CONTENT; kind++) {
        char hex[64];
        snprintf(hex, sizeof hex, "01 01 01 00 %02x 010161 01 00 00", kind);
        expect_fault(hex, YATA_ERR_KIND, 4);
        snprintf(hex, sizeof hex, "01 01 01 00 %02x 010161 01 00 00", kind | YT_INFO_KEY);
        expect_fault(hex, YATA_ERR_KIND, 4);
    }
    expect_fault("01 01 01 00 07 010161 08 00", YATA_ERR_KIND, 8);
    expect_fault("01 01 01 00 07 010161 0f 00", YATA_ERR_KIND, 8);
    expect_fault("01 01 01 00 07 010161 8302 0170 00", YATA_ERR_KIND, 8);
    expect_fault("01 01 01 00 08 010161 01 73 00", YATA_ERR_KIND, 9);
}

Test(codec_v1, refuses_numbers) {
    expect_fault("01 01 8080808080808010 00 0001 00", YATA_ERR_NUMBER, 2);
    expect_fault("01 01 01 8080808010 0001 00", YATA_ERR_LIMIT, 3);
    expect_fault("01 01 01 00 00 8080808010 00", YATA_ERR_LIMIT, 5);
    expect_fault("01 01 01 00 84 8080808080808010 00 0161 00", YATA_ERR_NUMBER, 5);
    expect_fault("01 01 01 00 84 02 8080808010 0161 00", YATA_ERR_LIMIT, 6);
    expect_fault("01 01 01 00 44 02 8080808010 0161 00", YATA_ERR_LIMIT, 6);
    expect_fault("01 01 01 00 04 00 02 8080808010 0161 00", YATA_ERR_LIMIT, 7);
}

Test(codec_v1, refuses_counts_beyond_the_input) {
    expect_fault("ffffffff0f 00", YATA_ERR_END, 0);
    expect_fault("01 ffffffff0f 01 00 00", YATA_ERR_END, 1);
    expect_fault("01 01 01 00 08 010161 ffffffff0f 00", YATA_ERR_END, 8);
    expect_fault("01 01 01 00 02 010161 7f 00 00", YATA_ERR_END, 8);
    expect_fault("01 01 01 00 03 010161 ffffffffffffff0f 00", YATA_ERR_END, 8);
    expect_fault("01 01 01 00 04 010174 ffffffffffffff0f 61 00", YATA_ERR_END, 8);
}

Test(codec_v1, refuses_text) {
    expect_fault("01 01 01 00 04 010174 01ff 00", YATA_ERR_UTF8, 9);
    expect_fault("01 01 01 00 04 010174 03eda080 00", YATA_ERR_UTF8, 9);
    expect_fault("01 01 01 00 04 0101c0 0161 00", YATA_ERR_UTF8, 7);
    expect_fault("01 01 01 00 24 010174 0280 80 0161 00", YATA_ERR_UTF8, 9);
    expect_fault("01 01 01 00 06 010174 01ff 0131 00", YATA_ERR_UTF8, 9);
    expect_fault("01 01 01 00 07 010174 03 01ff 00", YATA_ERR_UTF8, 10);
    expect_fault("01 01 01 00 09 010174 01ff 7600 00", YATA_ERR_UTF8, 9);
}

Test(codec_v1, refuses_json) {
    expect_fault("01 01 01 00 05 010174 00 00", YATA_ERR_JSON, 9);
    expect_fault("01 01 01 00 05 010174 035b6e5d 00", YATA_ERR_JSON, 10);
    expect_fault("01 01 01 00 06 010174 0162 0432 2031 31 00", YATA_ERR_JSON, 13);
    expect_fault("01 01 01 00 02 010161 02 0131 08756e646566696e65 00", YATA_ERR_JSON, 12);
}

Test(codec_v1, refuses_options_of_nothing) {
    expect_fault("01 01 01 00 09 010161 0167 7e 00", YATA_ERR_VALUE, 10);
    expect_fault("01 01 01 00 09 010161 0167 7f 00", YATA_ERR_VALUE, 10);
}

/* ------------------------------------------------------------------------
 * Endings
 */

/* One block of each kind, each kind of place, values to convert, and deletions. */
static const char each_kind[] = "02"
                                "0c 8002 00"
                                "  04 01 0174 03616263"
                                "  c4 8002 01 8002 02 02c3a4"
                                "  46 8002 00 04626f6c64 0474727565"
                                "  86 8002 02 04626f6c64 0b7b2261223a5b312e355d7d"
                                "  05 01 0174 08225c7530306534 22"
                                "  28 01 016d 016b 02 7e 7b3ff0000000000000"
                                "  27 01 016d 016b 05 0168"
                                "  03 00 8002 09 02 0908"
                                "  02 01 0161 03 05 5b312c325d 09756e646566696e6564 0422c3a422"
                                "  09 01 0161 0167 76 01 0161 7b3ff0000000000000"
                                "  00 05"
                                "  01 01 0174 04"
                                "02 05 07"
                                "  0a 03"
                                "  84 8002 00 01 78"
                                "02 8002 01 00 01  05 02 00 02 05 01";

Test(codec_v1, refuses_each_truncation) {
    counted_mem c;
    counted_begin(&c);
    yata_buffer bytes = bytes_from(each_kind);
    for (size_t n = 0; n <= bytes.len; n++) {
        yata_bytes exact = exact_copy((yata_bytes){bytes.data, n});
        yt_update u;
        yata_fault fault = read_update(&c.mem, exact, &u);
        cr_assert_eq(fault.status, n == bytes.len ? YATA_OK : YATA_ERR_END, "%zu: %s", n,
                     yata_status_name(fault.status));
        cr_assert_leq(fault.offset, n);
        if (n == bytes.len) yt_update_free(&c.mem, &u);
        free((void *)exact.data);
        cr_assert_eq(c.memory.live, 0, "%zu", n);
    }
    yata_buffer_free(&bytes);
    counted_end(&c);
}

Test(codec_v1, out_of_memory_at_each_call) {
    yata_buffer bytes = bytes_from(each_kind);
    uint64_t n = 1;
    for (bool failed = true; failed; n++) {
        counted_mem c;
        counted_begin(&c);
        yata_buffer written;
        yata_buffer_init(&written, &c.allocator);
        counted_fail(&c, n);
        yt_update u;
        yata_fault fault = read_update(&c.mem, bytes_of(&bytes), &u);
        yata_status status = fault.status;
        if (status == YATA_OK) {
            status = write_update(&c.mem, &u, 0, &written);
            yt_update_free(&c.mem, &u);
        }
        failed = c.memory.failures > 0;
        cr_assert_eq(status, failed ? YATA_ERR_MEMORY : YATA_OK, "%s", yata_status_name(status));
        if (failed) cr_assert_eq(written.len, 0);
        yata_buffer_free(&written);
        counted_end(&c);
    }
    cr_assert_gt(n, 20);
    yata_buffer_free(&bytes);
}

Test(codec_v1, an_encoder_can_be_left) {
    counted_mem c;
    counted_begin(&c);
    yt_encoder e;
    yt_encoder_init_v1(&e, &c.mem);
    e.ops->sections(&e, 1);
    cr_assert_gt(c.memory.live, 0);
    yt_encoder_free(&e);
    counted_end(&c);
}
