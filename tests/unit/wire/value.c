/* SPDX-License-Identifier: MIT */
/* value.c - walking and building values through the public interface. */
#include "base/config.h"
#include "fixture.h"
#include "wire/any.h"
#include <criterion/criterion.h>

static yata_value from_json(const char *json, yata_buffer *bytes) {
    yata_value value;
    cr_assert_eq(yata_value_from_json(str_of(json), bytes, &value, NULL), YATA_OK);
    return value;
}

Test(value, walking_an_array_and_an_object) {
    yata_buffer bytes;
    yata_buffer_init(&bytes, NULL);
    yata_value_iter iter;
    yata_str key;
    yata_value v, array = from_json("[1,[2,3],\"x\"]", &bytes);
    cr_assert_eq(yata_value_count(&array), 3);
    cr_assert_eq(yata_value_iter_init(&iter, &array), YATA_OK);
    cr_assert(yata_value_iter_next(&iter, &key, &v) && v.kind == YATA_VALUE_INT && v.u.integer == 1 &&
              key.data == NULL);
    cr_assert(yata_value_iter_next(&iter, NULL, &v) && v.kind == YATA_VALUE_ARRAY && yata_value_count(&v) == 2);
    cr_assert(yata_value_iter_next(&iter, &key, &v) && v.kind == YATA_VALUE_STRING && v.u.string.data[0] == 'x');
    cr_assert(!yata_value_iter_next(&iter, &key, &v));
    cr_assert(!yata_value_iter_next(&iter, NULL, &v));

    bytes.len = 0;
    yata_value object = from_json("{\"b\":{\"c\":null},\"a\":true}", &bytes);
    cr_assert_eq(yata_value_count(&object), 2);
    cr_assert_eq(yata_value_iter_init(&iter, &object), YATA_OK);
    cr_assert(yata_value_iter_next(&iter, &key, &v) && key.len == 1 && key.data[0] == 'b' &&
              v.kind == YATA_VALUE_OBJECT);
    cr_assert(yata_value_iter_next(&iter, NULL, &v) && v.kind == YATA_VALUE_BOOL);
    cr_assert(!yata_value_iter_next(&iter, &key, &v) && key.data == NULL);
    yata_buffer_free(&bytes);
}

Test(value, walking_what_cannot_be_walked) {
    yata_value_iter iter;
    yata_value v = {.kind = YATA_VALUE_NULL}, out;
    cr_assert_eq(yata_value_iter_init(&iter, &v), YATA_ERR_TYPE);
    cr_assert(!yata_value_iter_next(&iter, NULL, &out));
    cr_assert_eq(yata_value_iter_init(NULL, &v), YATA_ERR_ARGUMENT);
    cr_assert_eq(yata_value_iter_init(&iter, NULL), YATA_ERR_ARGUMENT);
    cr_assert_eq(yata_value_count(&v), 0);
    cr_assert_eq(yata_value_count(NULL), 0);
    static const struct {
        yata_value_kind kind;
        const char *bytes;
        size_t len;
        yata_status status;
        uint32_t count;
    } cases[] = {{YATA_VALUE_ARRAY, "", 0, YATA_ERR_END, 0},
                 {YATA_VALUE_ARRAY, "\x75", 1, YATA_ERR_END, 0},
                 {YATA_VALUE_ARRAY, "\x75\x02\x7e", 3, YATA_ERR_END, 0},
                 {YATA_VALUE_ARRAY, "\x76\0", 2, YATA_ERR_VALUE, 0},
                 {YATA_VALUE_OBJECT, "\x75\0", 2, YATA_ERR_VALUE, 0},
                 {YATA_VALUE_ARRAY, "\x75\0\0", 3, YATA_ERR_VALUE, 0},
                 {YATA_VALUE_ARRAY, "\x75\x01\x01", 3, YATA_ERR_KIND, 1},
                 {YATA_VALUE_OBJECT, "\x76\x81\0\0\x7e", 5, YATA_OK, 1}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        v = (yata_value){.kind = cases[i].kind, .u.any = {(const uint8_t *)cases[i].bytes, cases[i].len}};
        cr_assert_eq(yata_value_iter_init(&iter, &v), cases[i].status, "case %zu", i);
        cr_assert_eq(yata_value_count(&v), cases[i].count, "case %zu", i);
        if (cases[i].status) cr_assert(!yata_value_iter_next(&iter, NULL, &out));
    }
}

static void build(yata_builder *b) {
    static const yata_value one = {.kind = YATA_VALUE_INT, .u.integer = 1},
                            yes = {.kind = YATA_VALUE_BOOL, .u.boolean = true};
    yata_builder_begin_object(b);
    yata_builder_key(b, str_of("z"));
    yata_builder_begin_array(b);
    for (uint32_t i = 0; i < 200; i++) yata_builder_add(b, &one);
    yata_builder_end(b);
    yata_builder_key(b, str_of("1"));
    yata_builder_begin_object(b);
    yata_builder_end(b);
    yata_builder_key(b, str_of("a"));
    yata_builder_add(b, &one);
    yata_builder_key(b, str_of("a"));
    yata_builder_add(b, &yes);
    yata_builder_end(b);
}

Test(builder, nested_values_in_javascript_order) {
    counted_mem c;
    counted_begin(&c);
    yata_builder b;
    yata_value value;
    yata_buffer json;
    yata_builder_init(&b, &c.allocator);
    yata_buffer_init(&json, &c.allocator);
    build(&b);
    cr_assert_eq(yata_builder_finish(&b, &value), YATA_OK);
    cr_assert_eq(yata_builder_finish(&b, &value), YATA_OK);
    cr_assert_eq(yata_value_count(&value), 3);
    cr_assert_eq(yt_value_plain_to_json(&value, &json), YATA_OK);
    cr_assert_eq(json.len, strlen("{\"1\":{},\"z\":[],\"a\":true}") + 399);
    cr_assert(memcmp(json.data, "{\"1\":{},\"z\":[1,1,", 17) == 0);
    cr_assert(memcmp(json.data + json.len - 13, ",1],\"a\":true}", 13) == 0);
    yata_builder_free(&b);
    yata_buffer_free(&json);
    counted_end(&c);
}

Test(builder, every_failing_allocation) {
    for (uint64_t n = 1;; n++) {
        counted_mem c;
        counted_begin(&c);
        yata_builder b;
        yata_value value;
        yata_builder_init(&b, &c.allocator);
        counted_fail(&c, n);
        c.memory.fail_after = false;
        build(&b);
        yata_status status = yata_builder_finish(&b, &value);
        cr_assert_eq(status, c.memory.failures ? YATA_ERR_MEMORY : YATA_OK);
        cr_assert_eq(yata_builder_finish(&b, &value), status);
        yata_builder_free(&b);
        counted_end(&c);
        if (status == YATA_OK) break;
    }
}

/* Steps: [ array, { object, k key, v value, x bad value, n NULL, ) end. */
static yata_status build_steps(const char *steps) {
    yata_builder b;
    yata_value value = {.kind = YATA_VALUE_NULL}, bad = {.kind = YATA_VALUE_STRING, .u.string = {"\xff", 1}}, out;
    yata_builder_init(&b, NULL);
    for (; *steps; steps++) {
        switch (*steps) {
        case '[':
            yata_builder_begin_array(&b);
            break;
        case '{':
            yata_builder_begin_object(&b);
            break;
        case 'k':
            yata_builder_key(&b, str_of("k"));
            break;
        case 'y':
            yata_builder_key(&b, (yata_str){"\xff", 1});
            break;
        case 'v':
            yata_builder_add(&b, &value);
            break;
        case 'x':
            yata_builder_add(&b, &bad);
            break;
        case 'n':
            yata_builder_add(&b, NULL);
            break;
        default:
            yata_builder_end(&b);
        }
    }
    yata_status status = yata_builder_finish(&b, &out);
    yata_builder_free(&b);
    return status;
}

Test(builder, misuse_sticks) {
    static const struct {
        const char *steps;
        yata_status status;
    } cases[] = {{"", YATA_ERR_STATE},    {"[", YATA_ERR_STATE},           {"v", YATA_ERR_STATE},
                 {"k", YATA_ERR_STATE},   {")", YATA_ERR_STATE},           {"[k)", YATA_ERR_STATE},
                 {"{v)", YATA_ERR_STATE}, {"{kk)", YATA_ERR_STATE},        {"{k)", YATA_ERR_STATE},
                 {"{[)", YATA_ERR_STATE}, {"[)[)", YATA_ERR_STATE},        {"[)v", YATA_ERR_STATE},
                 {"[))", YATA_ERR_STATE}, {"[x)", YATA_ERR_UTF8},          {"[xk)", YATA_ERR_UTF8},
                 {"{yv)", YATA_ERR_UTF8}, {"[n)", YATA_ERR_ARGUMENT},      {"[x[)", YATA_ERR_UTF8},
                 {"{kv)", YATA_OK},       {"[[{k[v)))))", YATA_ERR_STATE}, {"[)", YATA_OK},
                 {"[v{k[)kv)v)", YATA_OK}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        cr_assert_eq(build_steps(cases[i].steps), cases[i].status, "%s", cases[i].steps);
    }
    yata_builder b;
    yata_builder_init(&b, NULL);
    yata_builder_begin_array(&b);
    yata_builder_end(&b);
    cr_assert_eq(yata_builder_finish(&b, NULL), YATA_ERR_ARGUMENT);
    yata_builder_free(&b);
}

Test(builder, depth) {
    yata_builder b;
    yata_value deep, out;
    yata_builder_init(&b, NULL);
    for (uint32_t i = 0; i < YT_ANY_DEPTH; i++) yata_builder_begin_array(&b);
    for (uint32_t i = 0; i < YT_ANY_DEPTH; i++) yata_builder_end(&b);
    cr_assert_eq(yata_builder_finish(&b, &deep), YATA_OK);

    yata_builder outer; /* one level more, by a value that is given whole */
    yata_builder_init(&outer, NULL);
    yata_builder_begin_array(&outer);
    yata_builder_add(&outer, &deep);
    yata_builder_end(&outer);
    cr_assert_eq(yata_builder_finish(&outer, &out), YATA_ERR_LIMIT);
    yata_builder_free(&outer);
    yata_builder_free(&b);

    for (uint32_t i = 0; i <= YT_ANY_DEPTH; i++) yata_builder_begin_array(&b); /* a freed builder is a new one */
    cr_assert_eq(yata_builder_finish(&b, &out), YATA_ERR_LIMIT);
    yata_builder_free(&b);
}
