/* SPDX-License-Identifier: MIT */
/*
 * update_part.c - updates without a document, against yjs: converted, compared with a state vector, obfuscated; and all
 * of it with memory that runs out at each call.
 */
#include "../fixture.h"
#include "../words.h"
#include <criterion/criterion.h>
#include <yata/yata.h>

typedef yata_status operation(const yata_buffer *in, yata_buffer *out);

static yata_status to_v2(const yata_buffer *in, yata_buffer *out) {
    return yata_update_convert(bytes_of(&in[0]), YATA_UPDATE_V1, YATA_UPDATE_V2, out, NULL);
}
static yata_status to_v1(const yata_buffer *in, yata_buffer *out) {
    return yata_update_convert(bytes_of(&in[0]), YATA_UPDATE_V2, YATA_UPDATE_V1, out, NULL);
}
static yata_status vector_v1(const yata_buffer *in, yata_buffer *out) {
    return yata_update_state_vector(bytes_of(&in[0]), out, NULL);
}
static yata_status vector_v2(const yata_buffer *in, yata_buffer *out) {
    return yata_update_state_vector_v2(bytes_of(&in[0]), out, NULL);
}
static yata_status diff_v1(const yata_buffer *in, yata_buffer *out) {
    return yata_update_diff(bytes_of(&in[0]), bytes_of(&in[1]), out, NULL);
}
static yata_status diff_v2(const yata_buffer *in, yata_buffer *out) {
    return yata_update_diff_v2(bytes_of(&in[0]), bytes_of(&in[1]), out, NULL);
}
static yata_status obfuscate_v1(const yata_buffer *in, yata_buffer *out) {
    return yata_update_obfuscate(bytes_of(&in[0]), NULL, out, NULL);
}
static yata_status obfuscate_v2(const yata_buffer *in, yata_buffer *out) {
    return yata_update_obfuscate_v2(bytes_of(&in[0]), NULL, out, NULL);
}

/* At first with enough memory, then without. */
static void expect(operation *run, const yata_buffer *in, const yata_buffer *expected, const char *what, bool starve) {
    bool failed = true;
    for (uint64_t n = starve ? 1 : 0; failed; n = n ? n + 1 : 1) {
        counted_mem c;
        counted_begin(&c);
        counted_fail(&c, n);
        yata_buffer out;
        yata_buffer_init(&out, &c.allocator);
        yata_status status = run(in, &out);
        failed = c.memory.failures > 0;
        if (failed) {
            cr_assert(status == YATA_ERR_MEMORY && out.len == 0, "%s: %s", what, yata_status_name(status));
        } else {
            cr_assert_eq(status, YATA_OK, "%s: %s", what, yata_status_name(status));
            if (!bytes_equal(bytes_of(expected), bytes_of(&out))) {
                bytes_print(stdout, "expected", bytes_of(expected));
                bytes_print(stdout, "got     ", bytes_of(&out));
                cr_assert(false, "%s", what);
            }
        }
        yata_buffer_free(&out);
        counted_end(&c);
    }
}

Test(update_part, what_yjs_makes_of_them) {
    yata_buffer v1[2], v2[2], out[2];
    uint32_t seen = 0;
    bool small = false;
    words w = words_open("updates.txt");
    yata_buffer_init(&v1[0], NULL);
    yata_buffer_init(&v2[0], NULL);
    while (words_next(&w)) {
        if (words_is(&w, "update")) {
            yata_buffer_free(&v1[0]);
            v1[0] = words_bytes(&w, 1);
            small = v1[0].len < 120;
            seen++;
        } else if (words_is(&w, "v2")) {
            yata_buffer_free(&v2[0]);
            v2[0] = words_bytes(&w, 1);
            expect(to_v2, v1, v2, "to v2", small);
        } else if (words_is(&w, "back")) {
            out[0] = words_bytes(&w, 1);
            expect(to_v1, v2, out, "to v1", small);
            yata_buffer_free(&out[0]);
        } else if (words_is(&w, "vector")) {
            out[0] = words_bytes(&w, 1);
            expect(vector_v1, v1, out, "state vector", small);
            expect(vector_v2, v2, out, "state vector, v2", small);
            yata_buffer_free(&out[0]);
        } else if (words_is(&w, "obfuscated")) {
            out[0] = words_bytes(&w, 1);
            out[1] = words_bytes(&w, 2);
            expect(obfuscate_v1, v1, &out[0], "obfuscated", small);
            expect(obfuscate_v2, v2, &out[1], "obfuscated, v2", small);
            yata_buffer_free(&out[0]);
            yata_buffer_free(&out[1]);
        } else if (words_is(&w, "diff")) {
            v1[1] = words_bytes(&w, 1);
            v2[1] = v1[1];
            out[0] = words_bytes(&w, 2);
            out[1] = words_bytes(&w, 3);
            expect(diff_v1, v1, &out[0], "diff", small);
            expect(diff_v2, v2, &out[1], "diff, v2", small);
            yata_buffer_free(&out[0]);
            yata_buffer_free(&out[1]);
            yata_buffer_free(&v1[1]);
        }
    }
    yata_buffer_free(&v1[0]);
    yata_buffer_free(&v2[0]);
    words_close(&w);
    cr_assert_gt(seen, 100);
}

static void expect_faults(operation *run, const char *hex, const char *second, yata_status status) {
    yata_buffer in[2] = {bytes_from(hex), bytes_from(second)}, out;
    yata_buffer_init(&out, NULL);
    cr_assert_eq(run(in, &out), status, "%s", hex);
    cr_assert_eq(out.len, 0);
    yata_buffer_free(&in[0]);
    yata_buffer_free(&in[1]);
}

Test(update_part, refusals) {
    static operation *const of_v1[] = {to_v2, vector_v1, diff_v1, obfuscate_v1};
    static operation *const of_v2[] = {to_v1, vector_v2, diff_v2, obfuscate_v2};
    for (size_t i = 0; i < 4; i++) {
        expect_faults(of_v1[i], "", "00", YATA_ERR_END);
        expect_faults(of_v1[i], "00", "00", YATA_ERR_END);
        expect_faults(of_v1[i], "01 01 01 00 0b 00", "00", YATA_ERR_KIND);
        expect_faults(of_v1[i], "01 01 01 00 04 01 0174 01ff 00", "00", YATA_ERR_UTF8);
        expect_faults(of_v2[i], "", "00", YATA_ERR_END);
        expect_faults(of_v2[i], "00 00 01 01 00 00 01 0b 01 00 00 00 00 | 01 01 00 00", "00", YATA_ERR_KIND);
    }
    expect_faults(diff_v1, "00 00", "01", YATA_ERR_END);
    yata_buffer out;
    yata_buffer_init(&out, NULL);
    yata_fault fault;
    static const uint8_t empty[] = {0, 0};
    yata_bytes update = {empty, 2};
    cr_assert_eq(yata_update_convert(update, YATA_UPDATE_V1, (yata_update_format)3, &out, &fault), YATA_ERR_ARGUMENT);
    cr_assert_eq(yata_update_convert(update, YATA_UPDATE_V1, YATA_UPDATE_V1, NULL, &fault), YATA_ERR_ARGUMENT);
    cr_assert_eq(fault.status, YATA_ERR_ARGUMENT);
    cr_assert_eq(yata_update_diff((yata_bytes){NULL, 2}, no_bytes(), &out, NULL), YATA_ERR_ARGUMENT);
}
