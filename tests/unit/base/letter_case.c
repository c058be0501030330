/* SPDX-License-Identifier: MIT */
/* letter_case.c - letters in lower and upper case; the sums are those of node 20 over all scalar values. */
#include "base/letter_case.h"
#include "../fixture.h"
#include <criterion/criterion.h>

static uint32_t mix(uint32_t sum, const uint32_t *out, unsigned n) {
    for (unsigned i = 0; i < n; i++) sum = (sum ^ out[i]) * 16777619u;
    return (sum ^ n) * 16777619u;
}

Test(letter_case, all_of_unicode) {
    uint32_t lower = 2166136261u, upper = 2166136261u, out[YT_CASE_MAX];
    for (uint32_t c = 0; c < 0x110000; c++) {
        if (c >= 0xD800 && c < 0xE000) continue;
        lower = mix(lower, out, yt_lower(c, out));
        upper = mix(upper, out, yt_upper(c, out));
    }
    cr_assert_eq(lower, 453342974u);
    cr_assert_eq(upper, 3640523111u);
}

static void expect_lower(const char *text, const char *expected) {
    yt_case_walk walk = {.text = str_of(text)}, plain = {.text = str_of(expected)};
    uint32_t c, d;
    while (yt_next_lower(&walk, &c)) {
        /* `expected` is in lower case already, but for final sigmas, which stay as they are */
        cr_assert(yt_next_lower(&plain, &d) && c == d, "%s: %X, not %X", text, c, d);
    }
    cr_assert_not(yt_next_lower(&plain, &d));
}

Test(letter_case, text) {
    expect_lower("", "");
    expect_lower("Ab \xC3\x89 \xE1\xBA\x9E \xF0\x90\x90\x80", "ab \xC3\xA9 \xC3\x9F \xF0\x90\x90\xA8");
    expect_lower("\xC4\xB0", "i\xCC\x87");
}

Test(letter_case, final_sigma) {
    expect_lower("\xCE\xA3", "\xCF\x83");                                 /* alone */
    expect_lower("\xCE\x91\xCE\xA3", "\xCE\xB1\xCF\x82");                 /* at the end of a word */
    expect_lower("\xCE\x91\xCE\xA3 b", "\xCE\xB1\xCF\x82 b");             /* ... before another one */
    expect_lower("\xCE\x91\xCE\xA3\xCE\x91", "\xCE\xB1\xCF\x83\xCE\xB1"); /* inside */
    expect_lower("\xCE\x91\xCE\xA3.b", "\xCE\xB1\xCF\x83.b");             /* a full stop is looked past */
    expect_lower("\xCE\x91\xCE\xA3\xCC\x81", "\xCE\xB1\xCF\x82\xCC\x81");
    expect_lower("1\xCE\xA3", "1\xCF\x83");
}

Test(letter_case, equal_in_upper_case) {
    cr_assert(yt_equal_upper(str_of(""), str_of("")));
    cr_assert(yt_equal_upper(str_of("div"), str_of("DIV")));
    cr_assert(yt_equal_upper(str_of("stra\xC3\x9F"
                                    "e"),
                             str_of("STRASSE")));
    cr_assert(yt_equal_upper(str_of("\xC7\x85"), str_of("\xC7\x86"))); /* a title letter */
    cr_assert_not(yt_equal_upper(str_of("a"), str_of("ab")));
    cr_assert_not(yt_equal_upper(str_of("ab"), str_of("a")));
    cr_assert_not(yt_equal_upper(str_of("a"), str_of("b")));
}
