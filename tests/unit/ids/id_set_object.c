/* SPDX-License-Identifier: MIT */
/* id_set_object.c - id sets as values: algebra, bytes, and what Yjs 14 makes of the same. */
#include "../fixture.h"
#include "../vectors.h"
#include "ids/id_set_object.h"
#include <criterion/criterion.h>

#define OK(call) cr_assert_eq((call), YATA_OK)

static yata_id_set *new_set(counted_mem *c) {
    yata_id_set *set = NULL;
    OK(yata_id_set_new(&c->allocator, &set));
    return set;
}

static void add(yata_id_set *set, uint64_t client, uint32_t clock, uint32_t len) {
    OK(yata_id_set_add(set, (yata_id){client, clock}, len));
}

static yata_bytes hex(const char *word, yata_buffer *out) {
    *out = bytes_from(strcmp(word, "-") == 0 ? "" : word);
    return bytes_of(out);
}

static yata_id_set *decoded(counted_mem *c, const char *word, yata_id_format format) {
    yata_buffer bytes;
    yata_id_set *set = new_set(c);
    OK(yata_id_set_decode(set, hex(word, &bytes), format, NULL, NULL));
    yata_buffer_free(&bytes);
    return set;
}

static void expect_encoded(const yata_id_set *set, yata_id_format format, const char *word) {
    yata_buffer expected, seen;
    yata_buffer_init(&seen, NULL);
    hex(word, &expected);
    OK(yata_id_set_encode(set, format, &seen));
    cr_assert(bytes_equal(bytes_of(&expected), bytes_of(&seen)), "%s", word);
    yata_buffer_free(&expected);
    yata_buffer_free(&seen);
}

Test(id_set_object, empty) {
    counted_mem c;
    counted_begin(&c);
    yata_id_set *set = new_set(&c);
    cr_assert(yata_id_set_is_empty(set));
    expect_encoded(set, YATA_IDS_V1, "00");
    expect_encoded(set, YATA_IDS_V2, "00");
    add(set, 5, 3, 0);
    cr_assert(yata_id_set_is_empty(set));
    add(set, 5, 3, 4);
    cr_assert_not(yata_id_set_is_empty(set));
    OK(yata_id_set_remove(set, (yata_id){5, 0}, 100));
    cr_assert(yata_id_set_is_empty(set));
    cr_assert_eq(yata_id_set_client_count(set), 0);
    expect_encoded(set, YATA_IDS_V2, "00");
    yata_id_set_free(set);
    yata_id_set_free(NULL);
    counted_end(&c);
}

/* The bytes of Yjs 14's encodeIdSet and of pycrdt for the same set. */
Test(id_set_object, forms) {
    counted_mem c;
    counted_begin(&c);
    yata_id_set *set = new_set(&c);
    add(set, 9, 4, 1);
    add(set, 1, 5, 2);
    add(set, 1, 0, 3);
    expect_encoded(set, YATA_IDS_V1, "02 09 01 04 01 01 02 00 03 05 02");
    expect_encoded(set, YATA_IDS_V2, "02 09 01 04 00 01 02 00 02 02 01");
    expect_encoded(set, YATA_IDS_YRS, "02 01 02 00 03 05 02 09 01 04 01");
    yata_id_set *again = decoded(&c, "020102000305020901 0401", YATA_IDS_YRS);
    cr_assert(yata_id_set_equal(set, again));
    add(again, 9, 5, 1);
    cr_assert_not(yata_id_set_equal(set, again));
    OK(yata_id_set_remove(again, (yata_id){9, 4}, 2));
    cr_assert_not(yata_id_set_equal(set, again));
    cr_assert_not(yata_id_set_equal(again, set));
    yata_id_set_clear(again);
    cr_assert(yata_id_set_is_empty(again));
    yata_id_set_free(set);
    yata_id_set_free(again);
    counted_end(&c);
}

Test(id_set_object, walk_in_order) {
    counted_mem c;
    counted_begin(&c);
    yata_id_set *set = new_set(&c);
    for (uint32_t i = 0; i < 40; i++) add(set, (i * 7) % 40, i * 3, 2);
    for (uint32_t i = 0; i < 40; i++) add(set, i, 500, 2);
    OK(yata_id_set_remove(set, (yata_id){3, 0}, 1000));
    yata_id_set_iter it = yata_id_set_begin(set);
    yata_id first;
    uint32_t len, n = 0;
    uint64_t before = 0;
    uint32_t clock = 0;
    while (yata_id_set_next(&it, &first, &len)) {
        cr_assert(n == 0 || first.client > before || (first.client == before && first.clock > clock));
        cr_assert_eq(len, 2);
        cr_assert_neq(first.client, 3);
        before = first.client;
        clock = first.clock;
        n++;
    }
    cr_assert_eq(n, 78);
    cr_assert_eq(yata_id_set_run_count(set), 78);
    cr_assert_eq(yata_id_set_client_count(set), 39);
    yata_id_set_free(set);
    counted_end(&c);
}

Test(id_set_object, limits) {
    counted_mem c;
    counted_begin(&c);
    yata_id_set *set = new_set(&c);
    cr_assert_eq(yata_id_set_add(set, (yata_id){1, UINT32_MAX}, 1), YATA_ERR_LIMIT);
    OK(yata_id_set_add(set, (yata_id){1, UINT32_MAX - 1}, 1));
    cr_assert_eq(yata_id_set_add(set, (yata_id){UINT64_C(1) << 53, 0}, 1), YATA_ERR_LIMIT);
    OK(yata_id_set_add(set, (yata_id){(UINT64_C(1) << 53) - 1, 0}, 1));
    cr_assert_eq(yata_id_set_remove(set, (yata_id){1, 5}, UINT32_MAX), YATA_ERR_LIMIT);
    cr_assert_eq(yata_id_set_add(NULL, (yata_id){1, 5}, 1), YATA_ERR_ARGUMENT);
    cr_assert_eq(yata_id_set_new(NULL, NULL), YATA_ERR_ARGUMENT);
    cr_assert_eq(yata_id_set_encode(set, (yata_id_format)9, NULL), YATA_ERR_ARGUMENT);
    yata_id_set_free(set);
    counted_end(&c);
}

Test(id_set_object, bad_bytes) {
    static const struct {
        const char *bytes;
        yata_id_format format;
        yata_status status;
        size_t offset;
    } bad[] = {
        {"", YATA_IDS_V1, YATA_ERR_END, 0},
        {"05 01 01", YATA_IDS_V2, YATA_ERR_END, 0},
        {"01 01 05 00 00", YATA_IDS_V2, YATA_ERR_END, 2},
        {"01 01 01 00", YATA_IDS_V2, YATA_ERR_END, 2},
        {"00 00", YATA_IDS_V2, YATA_ERR_VALUE, 1},
        {"01 01 01 00 01 07", YATA_IDS_V1, YATA_ERR_VALUE, 5},
        {"01 01 01 ffffffff0f 00", YATA_IDS_V2, YATA_ERR_LIMIT, 3},
        {"01 01 01 00 ffffffff0f", YATA_IDS_V2, YATA_ERR_LIMIT, 3},
        {"01 01 02 05 00 ffffffff0f 00", YATA_IDS_V2, YATA_ERR_LIMIT, 5},
        {"01 ffffffffffffff1f 01 00 00", YATA_IDS_V2, YATA_ERR_NUMBER, 1},
    };
    counted_mem c;
    counted_begin(&c);
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        yata_id_set *set = new_set(&c);
        add(set, 4, 4, 4);
        yata_buffer bytes = bytes_from(bad[i].bytes);
        yata_bytes exact = exact_copy(bytes_of(&bytes));
        yata_fault fault;
        cr_assert_eq(yata_id_set_decode(set, exact, bad[i].format, NULL, &fault), bad[i].status, "%s", bad[i].bytes);
        cr_assert_eq(fault.offset, bad[i].offset, "%s: %zu", bad[i].bytes, fault.offset);
        expect_encoded(set, YATA_IDS_V1, "01 04 01 04 04");
        free((void *)exact.data);
        yata_buffer_free(&bytes);
        yata_id_set_free(set);
    }
    counted_end(&c);
}

/* Two sets behind each other: the inserts and deletes of Yjs 14's ContentIds. */
Test(id_set_object, used) {
    counted_mem c;
    counted_begin(&c);
    yata_id_set *inserts = new_set(&c), *deletes = new_set(&c);
    yata_buffer bytes = bytes_from("01 01 01 00 04 | 01 01 01 02 00");
    size_t used = 0;
    OK(yata_id_set_decode(inserts, bytes_of(&bytes), YATA_IDS_V2, &used, NULL));
    cr_assert_eq(used, 5);
    OK(yata_id_set_decode(deletes, (yata_bytes){bytes.data + used, bytes.len - used}, YATA_IDS_V2, NULL, NULL));
    expect_encoded(inserts, YATA_IDS_V1, "01 01 01 00 05");
    expect_encoded(deletes, YATA_IDS_V1, "01 01 01 02 01");
    yata_buffer_free(&bytes);
    yata_id_set_free(inserts);
    yata_id_set_free(deletes);
    counted_end(&c);
}

static void expect_op(counted_mem *c, const char *a, const char *b, const char *result,
                      yata_status (*op)(yata_id_set *, const yata_id_set *)) {
    yata_id_set *x = decoded(c, a, YATA_IDS_V2), *y = decoded(c, b, YATA_IDS_V2), *same = NULL;
    OK(yata_id_set_copy(x, &same));
    cr_assert(yata_id_set_equal(x, same));
    OK(op(x, y));
    expect_encoded(x, YATA_IDS_V2, result);
    expect_encoded(y, YATA_IDS_V2, b);
    yata_id_set *itself = decoded(c, a, YATA_IDS_V2);
    OK(op(itself, itself));
    if (op == yata_id_set_diff)
        cr_assert(yata_id_set_is_empty(itself));
    else
        cr_assert(yata_id_set_equal(itself, same));
    yata_id_set_free(x);
    yata_id_set_free(y);
    yata_id_set_free(same);
    yata_id_set_free(itself);
}

Test(id_set_object, as_yjs_does) {
    counted_mem c;
    counted_begin(&c);
    vectors v = vectors_open("ids.txt");
    const char *w[64];
    uint32_t sets = 0, pairs = 0;
    while (vectors_words(&v, w, 64)) {
        if (strcmp(w[0], "set") == 0) {
            yata_id_set *set = decoded(&c, w[1], YATA_IDS_V2), *same = decoded(&c, w[2], YATA_IDS_V1);
            cr_assert(yata_id_set_equal(set, same));
            expect_encoded(set, YATA_IDS_V2, w[1]);
            expect_encoded(set, YATA_IDS_V1, w[2]);
            yata_id_set_free(set);
            yata_id_set_free(same);
            sets++;
        } else if (strcmp(w[0], "sets") == 0) {
            expect_op(&c, w[1], w[2], w[3], yata_id_set_merge);
            expect_op(&c, w[1], w[2], w[4], yata_id_set_diff);
            expect_op(&c, w[1], w[2], w[5], yata_id_set_intersect);
            pairs++;
        }
    }
    cr_assert(sets >= 100 && pairs >= 100);
    vectors_close(&v);
    counted_end(&c);
}

Test(id_set_object, as_pycrdt_writes) {
    counted_mem c;
    counted_begin(&c);
    vectors v = vectors_open("ids_pycrdt.txt");
    uint32_t sets = 0;
    while (vectors_next(&v, "as-set")) {
        yata_id_set *set = decoded(&c, v.b, YATA_IDS_YRS);
        expect_encoded(set, YATA_IDS_YRS, v.b);
        yata_id_set_free(set);
        sets++;
    }
    cr_assert(sets >= 100);
    vectors_close(&v);
    counted_end(&c);
}

/* Whatever allocation fails, the set is what it was. */
Test(id_set_object, memory) {
    for (uint64_t n = 1, met = 1; met; n++) {
        counted_mem c;
        counted_begin(&c);
        yata_id_set *set = new_set(&c), *other = new_set(&c), *copy = NULL;
        for (uint32_t i = 0; i < 12; i++) add(set, 50 - i, 3, 4);
        for (uint32_t i = 0; i < 12; i++) add(other, 44 + i, 5, 7);
        yata_buffer bytes;
        hex("020903040101010102000203020101", &bytes);
        counted_fail(&c, n);
        yata_status status = yata_id_set_merge(set, other);
        if (!status) status = yata_id_set_add(set, (yata_id){1000, 1}, 1);
        if (!status) status = yata_id_set_remove(set, (yata_id){44, 4}, 1);
        if (!status) status = yata_id_set_diff(set, other);
        if (!status) status = yata_id_set_intersect(set, other);
        if (!status) status = yata_id_set_copy(other, &copy);
        if (!status) status = yata_id_set_decode(set, bytes_of(&bytes), YATA_IDS_V2, NULL, NULL);
        met = c.memory.failures > 0;
        cr_assert_eq(status, met ? YATA_ERR_MEMORY : YATA_OK);
        counted_fail(&c, 0);
        yata_id_set_iter it = yata_id_set_begin(set);
        yata_id first;
        uint32_t len;
        while (yata_id_set_next(&it, &first, &len)) cr_assert(yata_id_set_contains(set, first));
        OK(yata_id_set_merge(set, other));
        yata_buffer_free(&bytes);
        yata_id_set_free(set);
        yata_id_set_free(other);
        yata_id_set_free(copy);
        counted_end(&c);
    }
}
