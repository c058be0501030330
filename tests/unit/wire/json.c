/* SPDX-License-Identifier: MIT */
/* json.c - JSON text against JSON.parse and JSON.stringify (tests/vectors/lib0.txt). */
#include "fixture.h"
#include "vectors.h"
#include "wire/any.h"
#include <criterion/criterion.h>

Test(json, read_like_node) {
    counted_mem c;
    counted_begin(&c);
    vectors v = vectors_open("lib0.txt");
    while (vectors_next(&v, "json")) {
        yata_buffer text = vectors_bytes(v.a);
        yata_bytes copy = exact_copy(bytes_of(&text));
        yt_reader r;
        yt_writer w;
        yt_reader_init(&r, copy.data, copy.len);
        yt_writer_init(&w, &c.mem);
        yt_json_read(&r, &w);
        if (strcmp(v.b, "error") == 0) {
            cr_assert(r.fault.status == YATA_ERR_JSON && r.fault.offset <= copy.len && w.len == 0, "%.80s", v.a);
        } else {
            yata_buffer expected = vectors_bytes(v.b);
            cr_assert(yt_reader_ok(&r), "%.80s", v.a);
            cr_assert(bytes_equal((yata_bytes){w.data, w.len}, bytes_of(&expected)), "%.80s", v.a);
            yata_buffer_free(&expected);
        }
        yt_writer_free(&w);
        free((void *)copy.data);
        yata_buffer_free(&text);
    }
    vectors_close(&v);
    counted_end(&c);
}

Test(json, printed_like_node) {
    counted_mem c;
    counted_begin(&c);
    vectors v = vectors_open("lib0.txt");
    while (vectors_next(&v, "any")) {
        yata_buffer any = vectors_bytes(v.a), expected = vectors_bytes(v.b);
        yata_bytes copy = exact_copy(bytes_of(&any));
        yt_writer w;
        yt_writer_init(&w, &c.mem);
        yt_any_to_json(&w, copy);
        cr_assert(bytes_equal((yata_bytes){w.data, w.len}, bytes_of(&expected)), "%.80s: %.*s", v.a, (int)w.len,
                  (char *)w.data);
        yt_writer_free(&w);
        free((void *)copy.data);
        yata_buffer_free(&any);
        yata_buffer_free(&expected);
    }
    vectors_close(&v);
    counted_end(&c);
}

static void expect_fault(const char *text, size_t len, yata_status status, size_t offset) {
    yata_buffer bytes;
    yata_value value;
    yata_fault fault;
    yata_buffer_init(&bytes, NULL);
    cr_assert_eq(yata_buffer_append(&bytes, "x", 1), YATA_OK);
    cr_assert_eq(yata_value_from_json((yata_str){text, len}, &bytes, &value, &fault), status, "%s", text);
    cr_assert_eq(fault.status, status);
    cr_assert_eq(fault.offset, offset, "%s: at %zu", text, fault.offset);
    cr_assert(bytes.len == 1 && bytes.data[0] == 'x');
    yata_buffer_free(&bytes);
}

Test(json, faults_and_their_places) {
    static const struct {
        const char *text;
        size_t offset;
    } cases[] = {{"", 0},         {"  ", 2},          {"[1,]", 3},  {"[1 2]", 3}, {"{\"a\" 1}", 5}, {"{\"a\":}", 5},
                 {"{1:2}", 1},    {"nul", 0},         {" tru", 1},  {"1 2", 2},   {"\"ab", 3},      {"\"a\nb\"", 2},
                 {"\"a\\x\"", 2}, {"\"\\u12g4\"", 1}, {"\"a\\", 3}, {"[1}", 2},   {"01", 1},        {"-", 0}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        expect_fault(cases[i].text, strlen(cases[i].text), YATA_ERR_JSON, cases[i].offset);
    }
    expect_fault("[\"a\xff\"]", 6, YATA_ERR_UTF8, 3);
    expect_fault("null\0", 5, YATA_ERR_JSON, 4);
}

Test(json, depth) {
    char text[YT_ANY_DEPTH * 2 + 2];
    memset(text, '[', YT_ANY_DEPTH + 1);
    memset(text + YT_ANY_DEPTH + 1, ']', YT_ANY_DEPTH + 1);
    expect_fault(text, sizeof text, YATA_ERR_LIMIT, YT_ANY_DEPTH);
    yata_buffer bytes;
    yata_value value;
    yata_buffer_init(&bytes, NULL);
    cr_assert_eq(yata_value_from_json((yata_str){text + 1, sizeof text - 2}, &bytes, &value, NULL), YATA_OK);
    yata_buffer_free(&bytes);
}

/* 100,000 members with names that come twice, and in the worst order. */
Test(json, many_members_are_not_quadratic) {
    counted_mem c;
    counted_begin(&c);
    yata_buffer text, bytes, again;
    yata_buffer_init(&text, &c.allocator);
    yata_buffer_init(&bytes, &c.allocator);
    yata_buffer_init(&again, &c.allocator);
    for (uint32_t i = 0; i < 100000; i++) {
        char member[40];
        int n =
            snprintf(member, sizeof member, "%c\"%s%u\":%u", i ? ',' : '{', i % 2 ? "k" : "", (100000 - i) % 70000, i);
        cr_assert_eq(yata_buffer_append(&text, member, (size_t)n), YATA_OK);
    }
    cr_assert_eq(yata_buffer_append(&text, "}", 1), YATA_OK);
    yata_value value;
    cr_assert_eq(yata_value_from_json(str_from(bytes_of(&text)), &bytes, &value, NULL), YATA_OK);
    cr_assert_eq(yata_value_count(&value), 70000);
    cr_assert_eq(yt_value_plain_to_json(&value, &again), YATA_OK);
    yata_buffer_free(&text);
    yata_buffer_free(&bytes);
    yata_buffer_free(&again);
    counted_end(&c);
}

Test(json, every_failing_allocation) {
    yata_buffer text;
    yata_buffer_init(&text, NULL);
    for (uint32_t i = 0; i < 200; i++) {
        char member[64];
        int n =
            snprintf(member, sizeof member, "%c\"%u\":[{\"b\":\"x\\n\",\"b\":[1,2.5]},true]", i ? ',' : '{', 200 - i);
        cr_assert_eq(yata_buffer_append(&text, member, (size_t)n), YATA_OK);
    }
    cr_assert_eq(yata_buffer_append(&text, "}", 1), YATA_OK);
    for (uint64_t n = 1;; n++) {
        counted_mem c;
        counted_begin(&c);
        yata_buffer bytes, json;
        yata_value value;
        yata_fault fault;
        yata_buffer_init(&bytes, &c.allocator);
        yata_buffer_init(&json, &c.allocator);
        counted_fail(&c, n);
        yata_status status = yata_value_from_json(str_from(bytes_of(&text)), &bytes, &value, &fault);
        cr_assert_eq(status, fault.status);
        if (status == YATA_OK) {
            status = yt_value_plain_to_json(&value, &json);
            if (status) cr_assert_eq(json.len, 0);
        } else {
            cr_assert_eq(bytes.len, 0);
        }
        cr_assert_eq(status, c.memory.failures ? YATA_ERR_MEMORY : YATA_OK);
        yata_buffer_free(&bytes);
        yata_buffer_free(&json);
        counted_end(&c);
        if (status == YATA_OK) break;
    }
    yata_buffer_free(&text);
}

static void expect_json(const yata_value *value, const char *json) {
    yata_buffer out;
    yata_buffer_init(&out, NULL);
    cr_assert_eq(yata_buffer_append(&out, ">", 1), YATA_OK);
    cr_assert_eq(yt_value_plain_to_json(value, &out), YATA_OK);
    cr_assert(out.len == strlen(json) + 1 && memcmp(out.data + 1, json, out.len - 1) == 0, "%.*s", (int)out.len,
              (char *)out.data);
    yata_buffer_free(&out);
}

Test(json, values_of_callers) {
    static const uint8_t disorder[] = {118, 4, 1, 'b', 127, 1, '1', 121, 1, '0', 120, 1, '1', 126};
    expect_json(&(yata_value){.kind = YATA_VALUE_UNDEFINED}, "null");
    expect_json(&(yata_value){.kind = YATA_VALUE_INT, .u.integer = -5}, "-5");
    expect_json(&(yata_value){.kind = YATA_VALUE_FLOAT, .u.number = -0.0}, "0");
    expect_json(&(yata_value){.kind = YATA_VALUE_BIGINT, .u.integer = INT64_MIN}, "-9223372036854775808");
    expect_json(&(yata_value){.kind = YATA_VALUE_STRING, .u.string = {"a\"\x01", 3}}, "\"a\\\"\\u0001\"");
    expect_json(&(yata_value){.kind = YATA_VALUE_BINARY, .u.binary = {(const uint8_t *)"abcd", 4}},
                "{\"$binary\":\"YWJjZA==\"}");
    expect_json(&(yata_value){.kind = YATA_VALUE_DOC, .u.string = {"g\n", 2}}, "{\"$doc\":\"g\\n\"}");
    expect_json(&(yata_value){.kind = YATA_VALUE_OBJECT, .u.any = {disorder, sizeof disorder}},
                "{\"0\":true,\"1\":null}");
}

Test(json, values_that_are_refused) {
    yata_buffer out;
    yata_buffer_init(&out, NULL);
    yata_value value = {.kind = YATA_VALUE_TYPE};
    cr_assert_eq(yt_value_plain_to_json(&value, &out), YATA_ERR_ARGUMENT);
    cr_assert_eq(yt_value_plain_to_json(NULL, &out), YATA_ERR_ARGUMENT);
    cr_assert_eq(yt_value_plain_to_json(&value, NULL), YATA_ERR_ARGUMENT);
    value = (yata_value){.kind = YATA_VALUE_DOC, .u.string = {NULL, 1}};
    cr_assert_eq(yt_value_plain_to_json(&value, &out), YATA_ERR_ARGUMENT);
    value = (yata_value){.kind = YATA_VALUE_DOC, .u.string = {"\xff", 1}};
    cr_assert_eq(yt_value_plain_to_json(&value, &out), YATA_ERR_UTF8);
    value = (yata_value){.kind = YATA_VALUE_ARRAY, .u.any = {(const uint8_t *)"\x75", 1}};
    cr_assert_eq(yt_value_plain_to_json(&value, &out), YATA_ERR_END);
    cr_assert_eq(out.len, 0);
    yata_fault fault;
    cr_assert_eq(yata_value_from_json((yata_str){NULL, 1}, &out, &value, &fault), YATA_ERR_ARGUMENT);
    cr_assert_eq(fault.status, YATA_ERR_ARGUMENT);
    cr_assert_eq(yata_value_from_json((yata_str){"1", 1}, NULL, &value, NULL), YATA_ERR_ARGUMENT);
    cr_assert_eq(yata_value_from_json((yata_str){"1", 1}, &out, NULL, NULL), YATA_ERR_ARGUMENT);
}

Test(json, base64) {
    static const char *const expected[] = {"", "/w==", "//4=", "//79", "//79AA=="};
    counted_mem c;
    counted_begin(&c);
    for (size_t n = 0; n < 5; n++) {
        yt_writer w;
        yt_writer_init(&w, &c.mem);
        yt_json_write_base64(&w, (yata_bytes){(const uint8_t *)"\xff\xfe\xfd\0", n});
        cr_assert(w.len == strlen(expected[n]) && (n == 0 || memcmp(w.data, expected[n], w.len) == 0));
        yt_writer_free(&w);
    }
    counted_end(&c);
}
