/* SPDX-License-Identifier: MIT */
/* update_dump.c - updates as lines. */
#include "../fixture.h"
#include <criterion/criterion.h>
#include <yata/update.h>

static void expect_lines(const char *hex, const char *lines) {
    counted_mem c;
    counted_begin(&c);
    yata_buffer bytes = bytes_from(hex), out;
    yata_buffer_init(&out, &c.allocator);
    yata_fault fault;
    cr_assert_eq(yata_update_log(bytes_of(&bytes), &out, &fault), YATA_OK, "%s", hex);
    cr_assert_eq(fault.status, YATA_OK);
    if (!bytes_equal(bytes_of(&out), (yata_bytes){(const uint8_t *)lines, strlen(lines)})) {
        printf("expected:\n%sgot:\n%.*s", lines, (int)out.len, (const char *)out.data);
        cr_assert(false, "%s", hex);
    }
    yata_buffer_free(&out);
    yata_buffer_free(&bytes);
    counted_end(&c);
}

Test(update_dump, empty) {
    expect_lines("0000", "");
    expect_lines("01 00 01 00 00", "");
}

Test(update_dump, text) {
    expect_lines("01 03 01 00 040101740161 84 0100 026263 c4 0100 0101 0158 00",
                 "1:0+1  string  parent \"t\"  \"a\"\n"
                 "1:1+2  string  origin 1:0  \"bc\"\n"
                 "1:3+1  string  origin 1:0  right 1:1  \"X\"\n");
    expect_lines("01 03 01 00 04010174 0161 81 0100 01 84 0101 0163 01 01 01 01 01",
                 "1:0+1  string  parent \"t\"  \"a\"\n"
                 "1:1+1  deleted  origin 1:0\n"
                 "1:2+1  string  origin 1:1  \"c\"\n"
                 "delete 1:1+1\n");
}

Test(update_dump, each_kind) {
    expect_lines("01 0d ac02 05"
                 "  46 07 00 04626f6c64 0474727565"
                 "  05 010174 077b2269223a317d"
                 "  08 00 ac02 00 04 7d01 770178 7f 75017e"
                 "  02 010161 02 0131 09756e646566696e6564"
                 "  28 01016d 016b 01 7d02"
                 "  03 010161 02 09ff"
                 "  03 010161 01 00"
                 "  07 010161 01"
                 "  27 00 ac02 05 017a 03 0170"
                 "  09 010161 026731 7600"
                 "  00 05"
                 "  0a 02"
                 "  04 010174 00"
                 "00",
                 "300:5+1  format  right 7:0  \"bold\" = true\n"
                 "300:6+1  embed  parent \"t\"  {\"i\":1}\n"
                 "300:7+4  any  parent 300:0  1, \"x\", undefined, [null]\n"
                 "300:11+2  json  parent \"a\"  1, undefined\n"
                 "300:13+1  any  parent \"m\"  key \"k\"  2\n"
                 "300:14+1  binary  parent \"a\"  2 bytes 09ff\n"
                 "300:15+1  binary  parent \"a\"  1 byte 00\n"
                 "300:16+1  type  parent \"a\"  map\n"
                 "300:17+1  type  parent 300:5  key \"z\"  xml element \"p\"\n"
                 "300:18+1  doc  parent \"a\"  \"g1\" {}\n"
                 "300:19+5  gc\n"
                 "300:24+2  skip\n"
                 "300:26+0  string  parent \"t\"  \"\"\n");
}

Test(update_dump, lists_of_nothing) {
    expect_lines("01 04 01 00 02 010174 00 08 010174 00 03 010174 00 0000 00", "1:0+0  json  parent \"t\"\n"
                                                                               "1:0+0  any  parent \"t\"\n"
                                                                               "1:0+1  binary  parent \"t\"  0 bytes\n"
                                                                               "1:1+0  gc\n");
}

/* Blocks in the order of the input; deletions joined. */
Test(update_dump, order) {
    expect_lines("02 01 01 05 0001 01 ffffffffffffff0f 00 0001 02 01 02 0001 0102 09 01 0001",
                 "1:5+1  gc\n"
                 "9007199254740991:0+1  gc\n"
                 "delete 1:0+3\n"
                 "delete 9:0+1\n");
}

Test(update_dump, long_contents_are_cut) {
    expect_lines("01 01 01 00 04 010150 8101 (129*61) 00",
                 "1:0+129  string  parent \"P\"  "
                 "\"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa...\n");
    /* 80 bytes fit, with their quotes 82 do not */
    expect_lines("01 01 01 00 04 010150 50 (80*61) 00",
                 "1:0+80  string  parent \"P\"  "
                 "\"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa...\n");
    /* at a character: 78 a, then two of four bytes */
    expect_lines("01 01 01 00 04 010150 56 (78*61) f09f9880 f09f9880 00",
                 "1:0+82  string  parent \"P\"  "
                 "\"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa...\n");
    /* what is escaped is longer than it was */
    expect_lines(
        "01 01 01 00 04 010150 14 (20*01) 00",
        "1:0+20  string  parent \"P\"  "
        "\"\\u0001\\u0001\\u0001\\u0001\\u0001\\u0001\\u0001\\u0001\\u0001\\u0001\\u0001\\u0001\\u0001\\...\n");
    expect_lines("01 01 01 00 24 010150 48 (72*6b) 0161 00",
                 "1:0+1  string  parent \"P\"  key "
                 "\"kkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkk...  \"a\"\n");
    expect_lines("01 01 01 00 03 010150 21 (33*ab) 00",
                 "1:0+1  binary  parent \"P\"  33 bytes "
                 "abababababababababababababababababababababababababababababababab...\n");
    expect_lines("01 01 01 00 08 010150 28 (40*7e) 00",
                 "1:0+40  any  parent \"P\"  null, null, null, null, null, null, null, null, null, null, null, "
                 "null, null, nu...\n");
}

Test(update_dump, refuses) {
    counted_mem c;
    counted_begin(&c);
    yata_buffer bytes = bytes_from("01 01 01 00 0b010174 03616263 00"), out;
    yata_buffer_init(&out, &c.allocator);
    cr_assert_eq(yata_buffer_append(&out, "kept", 4), YATA_OK);
    yata_fault fault;
    cr_assert_eq(yata_update_log(bytes_of(&bytes), &out, &fault), YATA_ERR_KIND);
    cr_assert(fault.status == YATA_ERR_KIND && fault.offset == 4);
    cr_assert_eq(out.len, 4);
    cr_assert_eq(yata_update_log(bytes_of(&bytes), &out, NULL), YATA_ERR_KIND);
    cr_assert_eq(yata_update_log(bytes_of(&bytes), NULL, &fault), YATA_ERR_ARGUMENT);
    cr_assert_eq(fault.status, YATA_ERR_ARGUMENT);
    cr_assert_eq(yata_update_log((yata_bytes){NULL, 1}, &out, NULL), YATA_ERR_ARGUMENT);
    yata_buffer_free(&out);
    yata_buffer_free(&bytes);
    counted_end(&c);
}

Test(update_dump, appends_or_leaves_alone_when_memory_ends) {
    static const char hex[] = "01 04 01 00 04010174 0161 05 010174 077b2269223a317d 08 010150 28 (40*7e)"
                              "04 010150 64 (100*61) 02 01 01 0001 02 02 0001 0501";
    yata_buffer bytes = bytes_from(hex);
    uint64_t n = 1;
    for (bool failed = true; failed; n++) {
        counted_mem c;
        counted_begin(&c);
        yata_buffer out;
        yata_buffer_init(&out, &c.allocator);
        cr_assert_eq(yata_buffer_append(&out, "kept", 4), YATA_OK);
        counted_fail(&c, n);
        yata_fault fault;
        yata_status status = yata_update_log(bytes_of(&bytes), &out, &fault);
        failed = c.memory.failures > 0;
        cr_assert_eq(status, failed ? YATA_ERR_MEMORY : YATA_OK);
        cr_assert_eq(fault.status, status);
        if (failed)
            cr_assert_eq(out.len, 4);
        else
            cr_assert_gt(out.len, 4);
        cr_assert_eq(memcmp(out.data, "kept", 4), 0);
        yata_buffer_free(&out);
        counted_end(&c);
    }
    cr_assert_gt(n, 5);
    yata_buffer_free(&bytes);
}
