/* SPDX-License-Identifier: MIT */
/* update_check.c - the public checks of updates and state vectors. */
#include "../fixture.h"
#include <criterion/criterion.h>
#include <yata/update.h>

Test(update_check, answers_as_apply_does) {
    static const struct {
        const char *hex;
        yata_status status;
        size_t offset;
    } vectors[] = {
        {"0000", YATA_OK, 0},
        {"01 01 01 00 04010174 03616263 00", YATA_OK, 0},
        {"01 01 01 00 04010174 03616263 00 ff", YATA_OK, 0},
        {"", YATA_ERR_END, 0},
        {"01 01 01 00 04010174 03616263", YATA_ERR_END, 12},
        {"01 01 01 00 0b010174 03616263 00", YATA_ERR_KIND, 4},
        {"01 01 01 00 84 01 00 0161 00", YATA_ERR_VALUE, 4},
    };
    for (size_t i = 0; i < sizeof vectors / sizeof *vectors; i++) {
        counted_mem c;
        counted_begin(&c);
        yata_buffer bytes = bytes_from(vectors[i].hex);
        yata_fault fault = yata_update_check(bytes_of(&bytes), &c.allocator);
        cr_assert_eq(fault.status, vectors[i].status, "%s", vectors[i].hex);
        cr_assert_eq(fault.offset, vectors[i].offset, "%s: %zu", vectors[i].hex, fault.offset);
        cr_assert_eq(yata_update_check(bytes_of(&bytes), NULL).status, vectors[i].status);
        yata_buffer_free(&bytes);
        counted_end(&c);
    }
    cr_assert_eq(yata_update_check((yata_bytes){NULL, 3}, NULL).status, YATA_ERR_ARGUMENT);
}

Test(update_check, out_of_memory) {
    counted_mem c;
    counted_begin(&c);
    yata_buffer bytes = bytes_from("01 01 01 00 04010174 03616263 00");
    counted_fail(&c, 1);
    cr_assert_eq(yata_update_check(bytes_of(&bytes), &c.allocator).status, YATA_ERR_MEMORY);
    yata_buffer_free(&bytes);
    counted_end(&c);
}

Test(state_vector_iter, walks) {
    yata_buffer bytes = bytes_from("03 ffffffffffffff0f 01 09 8080808010 01 00");
    static const yata_id expected[] = {{(UINT64_C(1) << 53) - 1, 1}, {9, UINT32_MAX}, {1, 0}};
    yata_state_vector_iter iter;
    cr_assert_eq(yata_state_vector_iter_init(&iter, bytes_of(&bytes)), YATA_OK);
    yata_id id;
    for (size_t i = 0; i < 3; i++) {
        cr_assert(yata_state_vector_iter_next(&iter, &id));
        cr_assert_eq(id.client, expected[i].client);
        cr_assert_eq(id.clock, expected[i].clock);
    }
    cr_assert_not(yata_state_vector_iter_next(&iter, &id));
    cr_assert_not(yata_state_vector_iter_next(&iter, NULL));
    cr_assert_eq(iter.fault.status, YATA_OK);
    cr_assert_eq(yata_state_vector_check(bytes_of(&bytes)).status, YATA_OK);
    yata_buffer_free(&bytes);
}

Test(state_vector_iter, stops_at_faults) {
    static const struct {
        const char *hex;
        yata_status status;
        size_t offset;
        uint32_t good;
    } vectors[] = {
        {"", YATA_ERR_END, 0, 0},
        {"80", YATA_ERR_END, 1, 0},
        {"02 01 01", YATA_ERR_END, 0, 0},
        {"02 01 01 80 80", YATA_ERR_END, 5, 1},
        {"02 01 01 01 ffffffffffffff1f", YATA_ERR_NUMBER, 4, 1},
        {"01 ffffffffffffff1f 01", YATA_ERR_NUMBER, 1, 0},
    };
    for (size_t i = 0; i < sizeof vectors / sizeof *vectors; i++) {
        yata_buffer bytes = bytes_from(vectors[i].hex);
        yata_bytes exact = exact_copy(bytes_of(&bytes));
        yata_state_vector_iter iter;
        (void)yata_state_vector_iter_init(&iter, exact);
        uint32_t good = 0;
        while (yata_state_vector_iter_next(&iter, NULL)) good++;
        cr_assert_eq(good, vectors[i].good, "%s", vectors[i].hex);
        cr_assert_eq(iter.fault.status, vectors[i].status, "%s", vectors[i].hex);
        cr_assert_eq(iter.fault.offset, vectors[i].offset, "%s: %zu", vectors[i].hex, iter.fault.offset);
        cr_assert_not(yata_state_vector_iter_next(&iter, NULL));
        yata_fault fault = yata_state_vector_check(exact);
        cr_assert(fault.status == vectors[i].status && fault.offset == vectors[i].offset);
        free((void *)exact.data);
        yata_buffer_free(&bytes);
    }
    yata_state_vector_iter iter;
    cr_assert_eq(yata_state_vector_iter_init(NULL, no_bytes()), YATA_ERR_ARGUMENT);
    cr_assert_eq(yata_state_vector_iter_init(&iter, (yata_bytes){NULL, 3}), YATA_ERR_ARGUMENT);
    cr_assert_not(yata_state_vector_iter_next(&iter, NULL));
    cr_assert_eq(yata_state_vector_check((yata_bytes){NULL, 3}).status, YATA_ERR_ARGUMENT);
}
