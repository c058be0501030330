/* SPDX-License-Identifier: MIT */
/* block.c - names of contents, and cutting them. */
#include "block/block.h"
#include "../fixture.h"
#include <criterion/criterion.h>

Test(block, every_kind_has_a_name) {
    for (uint8_t a = YT_GC; a <= YT_SKIP; a++) {
        cr_assert_neq(strcmp(yt_content_name(a), "?"), 0);
        for (uint8_t b = YT_GC; b < a; b++) cr_assert_neq(strcmp(yt_content_name(a), yt_content_name(b)), 0);
    }
    cr_assert_str_eq(yt_content_name(YT_STRING), "string");
    cr_assert_str_eq(yt_content_name(YT_SKIP + 1), "?");
    cr_assert_str_eq(yt_content_name(255), "?");
}

Test(block, what_counts_and_what_splits) {
    for (uint8_t kind = YT_GC; kind <= YT_SKIP; kind++) {
        bool shown = kind != YT_GC && kind != YT_DELETED && kind != YT_FORMAT && kind != YT_SKIP;
        cr_assert_eq(yt_content_countable(kind), shown);
        bool list = kind == YT_DELETED || kind == YT_JSON || kind == YT_STRING || kind == YT_ANY;
        cr_assert_eq(yt_content_splits(kind), list);
    }
}

Test(block, types_with_names) {
    for (uint8_t ref = 0; ref < YT_TYPE_REFS; ref++) cr_assert_eq(yt_type_ref_named(ref), ref == 3 || ref == 5);
}

static void expect_tail(uint8_t content, const char *data, uint32_t len, uint32_t units, const char *rest,
                        bool broken) {
    yata_buffer whole = bytes_from(data), expected = bytes_from(rest);
    yt_block block = {.content = content, .len = len, .data = bytes_of(&whole)};
    yt_tail tail = yt_block_tail(&block, units);
    cr_assert(bytes_equal(tail.rest, bytes_of(&expected)), "%s from %u", data, units);
    cr_assert_eq(tail.broken, broken, "%s from %u", data, units);
    yata_buffer_free(&whole);
    yata_buffer_free(&expected);
}

Test(block, text_is_cut_at_utf16_units) {
    expect_tail(YT_STRING, "616263", 3, 0, "616263", false);
    expect_tail(YT_STRING, "616263", 3, 2, "63", false);
    expect_tail(YT_STRING, "616263", 3, 3, "", false);
    /* a, U+1F600, U+00E9 */
    static const char text[] = "61 f09f9880 c3a9";
    expect_tail(YT_STRING, text, 4, 0, text, false);
    expect_tail(YT_STRING, text, 4, 1, "f09f9880 c3a9", false);
    expect_tail(YT_STRING, text, 4, 2, "c3a9", true);
    expect_tail(YT_STRING, text, 4, 3, "c3a9", false);
    expect_tail(YT_STRING, text, 4, 4, "", false);
    /* As many bytes as units would be ASCII; these only look like it from afar. */
    expect_tail(YT_STRING, "f09f9880", 2, 1, "", true);
}

Test(block, values_are_cut_between_values) {
    static const char values[] = "7d01 770178 75027d027d03 7e";
    expect_tail(YT_ANY, values, 4, 0, values, false);
    expect_tail(YT_ANY, values, 4, 1, "770178 75027d027d03 7e", false);
    expect_tail(YT_JSON, values, 4, 2, "75027d027d03 7e", false);
    expect_tail(YT_ANY, values, 4, 3, "7e", false);
    expect_tail(YT_ANY, values, 4, 4, "", false);
}

Test(block, contents_without_bytes) {
    expect_tail(YT_DELETED, "", 5, 3, "", false);
    expect_tail(YT_GC, "", 5, 0, "", false);
    expect_tail(YT_BINARY, "0102", 1, 0, "0102", false);
}
