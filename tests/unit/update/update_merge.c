/* SPDX-License-Identifier: MIT */
/*
 * update_merge.c - many updates as one, against yjs; inputs in an order that yjs does not expect; memory that runs out.
 */
#include "../fixture.h"
#include "../words.h"
#include <criterion/criterion.h>
#include <yata/yata.h>

enum { MOST = 16 };

typedef yata_status merging(const yata_bytes *updates, size_t count, yata_buffer *out, yata_fault *fault);

static void expect_merged(merging *run, const yata_buffer *parts, size_t count, const yata_buffer *expected,
                          const char *name) {
    yata_bytes updates[MOST];
    for (size_t i = 0; i < count; i++) updates[i] = bytes_of(&parts[i]);
    bool failed = true;
    for (uint64_t n = 1; failed; n++) {
        counted_mem c;
        counted_begin(&c);
        counted_fail(&c, n);
        yata_buffer out;
        yata_buffer_init(&out, &c.allocator);
        yata_fault fault;
        yata_status status = run(updates, count, &out, &fault);
        failed = c.memory.failures > 0;
        cr_assert_eq(status, failed ? YATA_ERR_MEMORY : YATA_OK, "%s: %s", name, yata_status_name(status));
        cr_assert_eq(fault.status, status);
        if (failed) cr_assert_eq(out.len, 0);
        if (!failed && !bytes_equal(bytes_of(expected), bytes_of(&out))) {
            bytes_print(stdout, "expected", bytes_of(expected));
            bytes_print(stdout, "got     ", bytes_of(&out));
            cr_assert(false, "%s", name);
        }
        yata_buffer_free(&out);
        counted_end(&c);
    }
}

Test(update_merge, what_yjs_merged) {
    char name[256] = "";
    yata_buffer parts[MOST], parts2[MOST];
    size_t count = 0, seen = 0;
    words w = words_open("updates.txt");
    while (words_next(&w)) {
        if (words_is(&w, "name")) snprintf(name, sizeof name, "%s %s %s", w.at[1], w.at[2], w.at[3]);
        if (words_is(&w, "part")) {
            REQUIRE(count < MOST);
            parts[count] = words_bytes(&w, 1);
            yata_buffer_init(&parts2[count], NULL);
            cr_assert_eq(
                yata_update_convert(bytes_of(&parts[count]), YATA_UPDATE_V1, YATA_UPDATE_V2, &parts2[count], NULL),
                YATA_OK);
            count++;
        }
        if (!words_is(&w, "merged")) continue;
        yata_buffer v1 = words_bytes(&w, 1), v2 = words_bytes(&w, 2);
        expect_merged(yata_update_merge, parts, count, &v1, name);
        expect_merged(yata_update_merge_v2, parts2, count, &v2, name);
        yata_buffer_free(&v1);
        yata_buffer_free(&v2);
        for (size_t i = 0; i < count; i++) {
            yata_buffer_free(&parts[i]);
            yata_buffer_free(&parts2[i]);
        }
        count = 0;
        seen++;
    }
    words_close(&w);
    cr_assert_gt(seen, 15);
}

static void expect_hex(const char *const *hex, size_t count, const char *expected) {
    yata_buffer parts[MOST], out = bytes_from(expected);
    for (size_t i = 0; i < count; i++) parts[i] = bytes_from(hex[i]);
    expect_merged(yata_update_merge, parts, count, &out, expected);
    for (size_t i = 0; i < count; i++) yata_buffer_free(&parts[i]);
    yata_buffer_free(&out);
}

/* Clients ascending, a client twice, clocks that go back: yjs loses blocks or clocks of these (spec/quirks.md). */
Test(update_merge, inputs_in_another_order) {
    static const char *const ascending[] = {"02 01 01 00 04010174 0161 01 02 00 04010174 0162 00", "00 00"};
    expect_hex(ascending, 2, "02 01 02 00 04010174 0162 01 01 00 04010174 0161 00");
    static const char *const backwards[] = {"00 00", "02 01 01 03 84 0102 0164 01 01 00 04010174 03616263 00"};
    expect_hex(backwards, 2, "01 02 01 00 04010174 03616263 84 0102 0164 00");
    static const char *const both[] = {"02 01 01 00 04010174 0161 01 02 00 04010174 0162 01 01 01 00 01",
                                       "02 01 01 00 04010174 0161 01 03 00 04010174 0163 00"};
    expect_hex(both, 2, "03 01 03 00 04010174 0163 01 02 00 04010174 0162 01 01 00 04010174 0161 01 01 01 00 01");
}

/* Where GCs meet they become one; an item and a GC of the same clocks are taken as yjs takes them. */
Test(update_merge, collected_blocks) {
    static const char *const touching[] = {"01 01 01 00 00 03 00", "01 01 01 03 00 02 00"};
    expect_hex(touching, 2, "01 01 01 00 00 05 00");
    static const char *const overlapping[] = {"01 01 01 00 00 03 00", "01 01 01 02 00 04 00"};
    expect_hex(overlapping, 2, "01 01 01 00 00 06 00");
    static const char *const gap[] = {"01 01 01 00 00 03 00", "01 01 01 05 00 01 00"};
    expect_hex(gap, 2, "01 03 01 00 00 03 0a 02 00 01 00");
}

Test(update_merge, deletions_are_joined) {
    static const char *const runs[] = {"00 01 01 02 05 02 00 02", "00 02 01 01 02 03 03 01 00 01"};
    expect_hex(runs, 2, "00 02 03 01 00 01 01 01 00 07");
}

Test(update_merge, faults_count_through_all_inputs) {
    yata_buffer good = bytes_from("01 01 01 00 00 03 00"), bad = bytes_from("01 01 01 00 0b 00"), out;
    yata_bytes updates[] = {bytes_of(&good), bytes_of(&bad), bytes_of(&good)};
    yata_buffer_init(&out, NULL);
    yata_fault fault;
    cr_assert_eq(yata_update_merge(updates, 3, &out, &fault), YATA_ERR_KIND);
    cr_assert_eq(fault.offset, good.len + 4);
    cr_assert_eq(yata_update_merge(&updates[1], 1, &out, &fault), YATA_ERR_KIND);
    cr_assert_eq(fault.offset, 4);
    cr_assert_eq(yata_update_merge(NULL, 2, &out, &fault), YATA_ERR_ARGUMENT);
    cr_assert_eq(yata_update_merge(updates, 3, NULL, NULL), YATA_ERR_ARGUMENT);
    cr_assert_eq(out.len, 0);
    yata_buffer_free(&good);
    yata_buffer_free(&bad);
}
