/* SPDX-License-Identifier: MIT */
/* status.c - names, the version, and buffers whose memory runs out. */
#include "fixture.h"
#include <criterion/criterion.h>

Test(status, every_status_has_a_name_of_its_own) {
    for (int a = 0; a >= YATA_ERR_NOT_FOUND; a--) {
        const char *name = yata_status_name((yata_status)a);
        cr_assert_str_neq(name, yata_status_name((yata_status)1));
        for (int b = 0; b > a; b--) cr_assert_str_neq(name, yata_status_name((yata_status)b));
    }
    cr_assert_str_eq(yata_status_name(YATA_OK), "ok");
    cr_assert_str_eq(yata_status_name(YATA_ERR_MEMORY), "out of memory");
    cr_assert_str_eq(yata_status_name((yata_status)1), "unknown status");
    cr_assert_str_eq(yata_status_name((yata_status)-15), "unknown status");
}

Test(status, every_kind_has_a_name_of_its_own) {
    for (int a = 0; a <= YATA_KIND_WEAK; a++) {
        const char *name = yata_kind_name((yata_kind)a);
        cr_assert_str_neq(name, yata_kind_name((yata_kind)9));
        for (int b = 0; b < a; b++) cr_assert_str_neq(name, yata_kind_name((yata_kind)b));
    }
    cr_assert_str_eq(yata_kind_name(YATA_KIND_ARRAY), "array");
    cr_assert_str_eq(yata_kind_name((yata_kind)9), "unknown kind");
}

Test(status, version_is_that_of_the_macros) {
    char version[32];
    snprintf(version, sizeof version, "%d.%d.%d", YATA_VERSION_MAJOR, YATA_VERSION_MINOR, YATA_VERSION_PATCH);
    cr_assert_str_eq(yata_version(), version);
}

Test(buffer, grows_and_keeps_what_it_holds) {
    counted_mem c;
    counted_begin(&c);
    yata_buffer buffer;
    yata_buffer_init(&buffer, &c.allocator);
    for (uint32_t i = 0; i < 1000; i++) {
        uint8_t byte = (uint8_t)i;
        cr_assert_eq(yata_buffer_append(&buffer, &byte, 1), YATA_OK);
    }
    cr_assert_eq(buffer.len, 1000);
    for (uint32_t i = 0; i < 1000; i++) cr_assert_eq(buffer.data[i], (uint8_t)i);
    cr_assert_lt(c.memory.calls, 8);
    yata_buffer_free(&buffer);
    cr_assert(buffer.data == NULL && buffer.len == 0 && buffer.cap == 0);
    yata_buffer_free(&buffer);
    counted_end(&c);
}

Test(buffer, nothing_and_nonsense) {
    yata_buffer buffer;
    yata_buffer_init(&buffer, NULL);
    cr_assert_eq(yata_buffer_append(&buffer, NULL, 0), YATA_OK);
    cr_assert_null(buffer.data);
    cr_assert_eq(yata_buffer_append(&buffer, NULL, 1), YATA_ERR_ARGUMENT);
    cr_assert_eq(yata_buffer_append(NULL, "a", 1), YATA_ERR_ARGUMENT);
    cr_assert_eq(yata_buffer_append(&buffer, "abc", 3), YATA_OK);
    cr_assert_eq(yata_buffer_append(&buffer, "x", SIZE_MAX - 1), YATA_ERR_MEMORY);
    cr_assert_eq(yata_buffer_append(&buffer, "x", SIZE_MAX - 3), YATA_ERR_MEMORY);
    cr_assert_arr_eq(buffer.data, "abc", 3);
    yata_buffer_free(&buffer);
}

Test(buffer, without_memory_it_stays_as_it_was) {
    counted_mem c;
    counted_begin(&c);
    yata_buffer buffer;
    yata_buffer_init(&buffer, &c.allocator);
    counted_fail(&c, 1);
    cr_assert_eq(yata_buffer_append(&buffer, "abc", 3), YATA_ERR_MEMORY);
    counted_fail(&c, 0);
    cr_assert_eq(yata_buffer_append(&buffer, "abc", 3), YATA_OK);
    counted_fail(&c, 1);
    uint8_t many[100] = {0};
    cr_assert_eq(yata_buffer_append(&buffer, many, sizeof many), YATA_ERR_MEMORY);
    cr_assert_eq(buffer.len, 3);
    cr_assert_arr_eq(buffer.data, "abc", 3);
    yata_buffer_free(&buffer);
    counted_end(&c);
}

Test(buffer, without_an_allocator_there_is_no_memory) {
    yata_allocator none = {NULL, NULL, NULL, NULL};
    yata_buffer buffer;
    yata_buffer_init(&buffer, &none);
    cr_assert_eq(yata_buffer_append(&buffer, "a", 1), YATA_ERR_MEMORY);
    yata_buffer_free(&buffer);
}
