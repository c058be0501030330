/* SPDX-License-Identifier: MIT */
/* state_vector.c - clients and their next clocks, and the bytes of state vectors. */
#include "ids/state_vector.h"
#include "../fixture.h"
#include <criterion/criterion.h>

static yata_fault read_bytes(yt_mem *mem, yt_state_vector *sv, yata_bytes bytes) {
    yata_bytes exact = exact_copy(bytes);
    yt_reader r;
    yt_reader_init(&r, exact.data, exact.len);
    yt_state_vector_read(mem, sv, &r);
    free((void *)exact.data);
    return r.fault;
}

static yata_fault read_hex(yt_mem *mem, yt_state_vector *sv, const char *hex) {
    yata_buffer bytes = bytes_from(hex);
    yata_fault fault = read_bytes(mem, sv, bytes_of(&bytes));
    yata_buffer_free(&bytes);
    return fault;
}

static void expect_written(yt_mem *mem, yt_state_vector *sv, const char *hex) {
    yata_buffer expected = bytes_from(hex);
    yt_state_entries_sort(sv->entries, sv->len);
    yt_writer w;
    yt_writer_init(&w, mem);
    yt_state_entries_write(sv->entries, sv->len, &w);
    cr_assert(bytes_equal(bytes_of(&expected), (yata_bytes){w.data, w.len}), "%s", hex);
    yt_writer_free(&w);
    yata_buffer_free(&expected);
}

Test(state_vector, set_and_get) {
    counted_mem c;
    counted_begin(&c);
    yt_state_vector sv = {0};
    cr_assert_eq(yt_state_vector_get(&sv, 5), 0);
    for (uint32_t round = 1; round <= 2; round++) {
        for (uint64_t client = 0; client < 300; client++) {
            cr_assert(yt_state_vector_set(&c.mem, &sv, client * 1000003, (uint32_t)client + round));
        }
    }
    cr_assert_eq(sv.len, 300);
    for (uint64_t client = 0; client < 300; client++) {
        cr_assert_eq(sv.entries[client].client, client * 1000003); /* order of arrival */
        cr_assert_eq(yt_state_vector_get(&sv, client * 1000003), client + 2);
        cr_assert_eq(yt_state_vector_get(&sv, client * 1000003 + 1), 0);
    }
    yt_state_vector_free(&c.mem, &sv);
    counted_end(&c);
}

Test(state_vector, clock_zero_is_known_but_not_written) {
    counted_mem c;
    counted_begin(&c);
    yt_state_vector sv = {0};
    cr_assert_eq(read_hex(&c.mem, &sv, "02 09 00 01 03").status, YATA_OK);
    cr_assert_eq(sv.len, 2);
    expect_written(&c.mem, &sv, "01 01 03");
    yt_state_vector_free(&c.mem, &sv);
    counted_end(&c);
}

Test(state_vector, bytes) {
    static const char *const vectors[][2] = {
        {"00", "00"},
        {"01 01 03", "01 01 03"},
        {"02 01 03 09 04", "02 09 04 01 03"},                                 /* order of others */
        {"03 01 03 09 04 01 07", "02 09 04 01 07"},                           /* the last entry wins, as in Map.set */
        {"01 ffffffffffffff0f ffffffff0f", "01 ffffffffffffff0f ffffffff0f"}, /* the highest of both */
        {"01 01 8080808010", "01 01 ffffffff0f"},                             /* nothing is newer */
        {"01 01 03 ffff", "01 01 03"},                                        /* what follows is not looked at */
    };
    for (size_t i = 0; i < sizeof vectors / sizeof *vectors; i++) {
        counted_mem c;
        counted_begin(&c);
        yt_state_vector sv = {0};
        cr_assert_eq(read_hex(&c.mem, &sv, vectors[i][0]).status, YATA_OK, "%s", vectors[i][0]);
        expect_written(&c.mem, &sv, vectors[i][1]);
        yt_state_vector_free(&c.mem, &sv);
        counted_end(&c);
    }
}

Test(state_vector, refuses) {
    static const struct {
        const char *hex;
        yata_status status;
        size_t offset;
    } vectors[] = {
        {"", YATA_ERR_END, 0},
        {"02 01 01", YATA_ERR_END, 0},
        {"ffffffffffffff0f 01 01", YATA_ERR_END, 0},
        {"01 01 80", YATA_ERR_END, 3},
        {"01 ffffffffffffff1f 01", YATA_ERR_NUMBER, 1},
        {"01 01 ffffffffffffff1f", YATA_ERR_NUMBER, 2},
    };
    for (size_t i = 0; i < sizeof vectors / sizeof *vectors; i++) {
        counted_mem c;
        counted_begin(&c);
        yt_state_vector sv = {0};
        yata_fault fault = read_hex(&c.mem, &sv, vectors[i].hex);
        cr_assert_eq(fault.status, vectors[i].status, "%s: %d", vectors[i].hex, fault.status);
        cr_assert_eq(fault.offset, vectors[i].offset, "%s: %zu", vectors[i].hex, fault.offset);
        yt_state_vector_free(&c.mem, &sv);
        counted_end(&c);
    }
}

static const char many[] = "0c 0c01 0b01 0a01 0901 0801 0701 0601 0501 0401 0301 0201 0101";

Test(state_vector, refuses_each_truncation) {
    yata_buffer bytes = bytes_from(many);
    for (size_t n = 0; n < bytes.len; n++) {
        counted_mem c;
        counted_begin(&c);
        yt_state_vector sv = {0};
        cr_assert_eq(read_bytes(&c.mem, &sv, (yata_bytes){bytes.data, n}).status, YATA_ERR_END);
        yt_state_vector_free(&c.mem, &sv);
        counted_end(&c);
    }
    yata_buffer_free(&bytes);
}

Test(state_vector, out_of_memory_at_each_call) {
    yata_buffer bytes = bytes_from(many);
    uint64_t n = 1;
    for (bool failed = true; failed; n++) {
        counted_mem c;
        counted_begin(&c);
        yt_state_vector sv = {0};
        counted_fail(&c, n);
        yata_fault fault = read_bytes(&c.mem, &sv, bytes_of(&bytes));
        failed = c.memory.failures > 0;
        cr_assert_eq(fault.status, failed ? YATA_ERR_MEMORY : YATA_OK);
        counted_fail(&c, 0);
        cr_assert_eq(read_bytes(&c.mem, &sv, bytes_of(&bytes)).status, YATA_OK);
        for (uint32_t client = 1; client <= 12; client++) cr_assert_eq(yt_state_vector_get(&sv, client), 1);
        expect_written(&c.mem, &sv, many);
        yt_state_vector_free(&c.mem, &sv);
        counted_end(&c);
    }
    cr_assert_gt(n, 3);
    yata_buffer_free(&bytes);
}
