/* SPDX-License-Identifier: MIT */
/* any_string.c - values through String(); the texts are those of node 20. */
#include "../fixture.h"
#include "wire/any.h"
#include <criterion/criterion.h>

static void expect(const char *hex, const char *expected) {
    counted_mem c;
    counted_begin(&c);
    yata_buffer any = bytes_from(hex);
    yt_writer w;
    yt_writer_init(&w, &c.mem);
    yt_any_to_string(&w, bytes_of(&any));
    cr_assert(!w.failed && w.len == strlen(expected) && !memcmp(w.len ? (const char *)w.data : "", expected, w.len),
              "%s: expected %s, seen %.*s", hex, expected, (int)w.len, (const char *)w.data);
    yt_writer_free(&w);
    yata_buffer_free(&any);
    counted_end(&c);
}

Test(any_string, scalars) {
    expect("7f", "undefined");
    expect("7e", "null");
    expect("78", "true");
    expect("79", "false");
    expect("7d05", "5");
    expect("7d45", "-5");
    expect("7d40", "0"); /* -0 */
    expect("7c bf000000", "-0.5");
    expect("7c 7f800000", "Infinity");
    expect("7c ff800000", "-Infinity");
    expect("7b 7ff8000000000000", "NaN");
    expect("7a 000000000000000c", "12");
    expect("7a ffffffffffffffff", "-1");
    expect("77 00", "");
    expect("77 03 613c62", "a<b");
    expect("74 00", "");
    expect("74 03 0102ff", "1,2,255");
    expect("76 00", "[object Object]");
}

Test(any_string, arrays) {
    expect("75 00", "");
    expect("75 02 7d01 7d02", "1,2");
    expect("75 01 7e", "");
    expect("75 04 7e 7f 7e 7d01", ",,,1");
    expect("75 02 75 00 75 00", ",");
    expect("75 03 75 02 7d01 75 01 7d02 76 01 01 61 7d01 75 01 75 01 78", "1,2,[object Object],true");
    expect("75 02 74 02 0102 77 01 78", "1,2,x");
}

Test(any_string, as_deep_as_values_go) {
    char hex[YT_ANY_DEPTH * 4 + 16] = "";
    for (int i = 0; i < YT_ANY_DEPTH - 1; i++) memcpy(hex + 4 * i, "7501", 5);
    strcat(hex, "7d09");
    expect(hex, "9");
}

Test(any_string, without_memory) {
    for (uint64_t n = 1; n < 8; n++) {
        counted_mem c;
        counted_begin(&c);
        counted_fail(&c, n);
        yata_buffer any = bytes_from("75 02 77 64 (100*61) 78");
        yt_writer w;
        yt_writer_init(&w, &c.mem);
        yt_any_to_string(&w, bytes_of(&any));
        cr_assert(w.failed == (c.memory.failures > 0));
        yt_writer_free(&w);
        yata_buffer_free(&any);
        counted_end(&c);
    }
}
