/* SPDX-License-Identifier: MIT */
/* id_set.c - sets of ids over many clients, and the bytes of delete sets. */
#include "ids/id_set.h"
#include "../fixture.h"
#include <criterion/criterion.h>

static yata_fault read_bytes(yt_mem *mem, yt_id_set *set, yata_bytes bytes) {
    yata_bytes exact = exact_copy(bytes);
    yt_reader r;
    yt_reader_init(&r, exact.data, exact.len);
    yt_id_set_read_v1(mem, set, &r);
    free((void *)exact.data);
    return r.fault;
}

static yata_fault read_hex(yt_mem *mem, yt_id_set *set, const char *hex) {
    yata_buffer bytes = bytes_from(hex);
    yata_fault fault = read_bytes(mem, set, bytes_of(&bytes));
    yata_buffer_free(&bytes);
    return fault;
}

static void expect_written(yt_mem *mem, const yt_id_set *set, const char *hex) {
    yata_buffer expected = bytes_from(hex);
    yt_writer w;
    yt_writer_init(&w, mem);
    yt_id_set_write_v1(set, &w);
    cr_assert_not(w.failed);
    cr_assert(bytes_equal(bytes_of(&expected), (yata_bytes){w.data, w.len}), "%s", hex);
    yt_writer_free(&w);
    yata_buffer_free(&expected);
}

Test(id_set, empty) {
    counted_mem c;
    counted_begin(&c);
    yt_id_set set = {0};
    cr_assert(yt_id_set_is_empty(&set));
    cr_assert_eq(yt_id_set_run_count(&set), 0);
    cr_assert_null(yt_id_set_find(&set, 1));
    cr_assert_not(yt_id_set_contains(&set, (yata_id){1, 0}));
    cr_assert(yt_id_set_add(&c.mem, &set, 1, 5, 0));
    cr_assert_eq(set.len, 0);
    expect_written(&c.mem, &set, "00");
    yt_id_set_free(&c.mem, &set);
    counted_end(&c);
}

Test(id_set, few_and_many_clients) {
    counted_mem c;
    counted_begin(&c);
    yt_id_set set = {0};
    for (uint32_t round = 0; round < 3; round++) {
        for (uint64_t client = 0; client < 500; client++) {
            cr_assert(yt_id_set_add(&c.mem, &set, client * 7, round * 10, 2));
        }
    }
    cr_assert_eq(set.len, 500);
    cr_assert_eq(yt_id_set_run_count(&set), 500 * 3);
    cr_assert_not(yt_id_set_is_empty(&set));
    for (uint64_t client = 0; client < 500; client++) {
        cr_assert_eq(set.clients[client].client, client * 7); /* order of arrival */
        cr_assert_eq(yt_id_set_find(&set, client * 7)->count, 3);
        cr_assert(yt_id_set_contains(&set, (yata_id){client * 7, 21}));
        cr_assert_not(yt_id_set_contains(&set, (yata_id){client * 7, 22}));
        cr_assert_null(yt_id_set_find(&set, client * 7 + 1));
    }
    yt_id_set_free(&c.mem, &set);
    counted_end(&c);
}

/* A client whose runs were all taken out does not show. */
Test(id_set, clients_without_runs) {
    counted_mem c;
    counted_begin(&c);
    yt_id_set set = {0};
    cr_assert(yt_id_set_add(&c.mem, &set, 3, 0, 9));
    cr_assert_null(yt_id_set_runs(&set, 4));
    cr_assert(yt_runs_remove(&c.mem, yt_id_set_runs(&set, 3), 0, 9));
    cr_assert(yt_id_set_is_empty(&set));
    expect_written(&c.mem, &set, "00");
    cr_assert(yt_id_set_add(&c.mem, &set, 4, 1, 1));
    expect_written(&c.mem, &set, "01 04 01 01 01");
    yt_id_set_free(&c.mem, &set);
    counted_end(&c);
}

Test(id_set, canonical_bytes_come_back) {
    static const char *const vectors[] = {
        "00",
        "01 01 01 01 01",                     /* client 1: clock 1 */
        "02 09 01 0401 01 02 0003 0502",      /* clients descending, several runs */
        "01 ffffffffffffff0f 01 00 01",       /* client 2^53-1 */
        "01 01 01 feffffff0f 01",             /* the last clock that can be deleted */
        "01 01 01 00 ffffffff0f",             /* all of them */
        "02 80808010 02 0101 0401 7f 01 0001" /* numbers of several bytes */
    };
    for (size_t i = 0; i < sizeof vectors / sizeof *vectors; i++) {
        counted_mem c;
        counted_begin(&c);
        yt_id_set set = {0};
        cr_assert_eq(read_hex(&c.mem, &set, vectors[i]).status, YATA_OK, "%s", vectors[i]);
        expect_written(&c.mem, &set, vectors[i]);
        yt_id_set_free(&c.mem, &set);
        counted_end(&c);
    }
}

/* What others may write is joined, sorted, and stripped of what is empty. */
Test(id_set, other_forms_become_canonical) {
    static const char *const vectors[][2] = {
        {"01 01 03 0501 0002 0601", "01 01 02 0002 0502"}, /* unsorted, touching */
        {"01 01 03 0005 0103 0900", "01 01 01 0005"},      /* contained, empty */
        {"02 03 00 02 01 0500", "00"},                     /* nothing at all */
        {"02 01 01 0101 09 01 0101", "02 09 01 0101 01 01 0101"},
        {"03 01 01 0101 09 01 0101 01 01 0301", "02 09 01 0101 01 02 0101 0301"}, /* a client twice */
        {"8100 818000 8100 8000 8100", "01 01 01 0001"},                          /* numbers longer than need be */
    };
    for (size_t i = 0; i < sizeof vectors / sizeof *vectors; i++) {
        counted_mem c;
        counted_begin(&c);
        yt_id_set set = {0};
        cr_assert_eq(read_hex(&c.mem, &set, vectors[i][0]).status, YATA_OK, "%s", vectors[i][0]);
        expect_written(&c.mem, &set, vectors[i][1]);
        yt_id_set_free(&c.mem, &set);
        counted_end(&c);
    }
}

Test(id_set, refuses) {
    static const struct {
        const char *hex;
        yata_status status;
        size_t offset;
    } vectors[] = {
        {"", YATA_ERR_END, 0},
        {"ff", YATA_ERR_END, 1},
        {"05 01 00", YATA_ERR_END, 0},                       /* more clients than bytes */
        {"01 01 ffffffff0f 0001", YATA_ERR_END, 2},          /* more runs than bytes */
        {"01 01 01 ffffffff0f 01", YATA_ERR_LIMIT, 3},       /* ends beyond the last clock */
        {"01 01 01 01 ffffffff0f", YATA_ERR_LIMIT, 3},       /* so does this */
        {"01 01 01 8080808010 01", YATA_ERR_LIMIT, 3},       /* clock 2^32 */
        {"01 01 01 01 8080808010", YATA_ERR_LIMIT, 4},       /* length 2^32 */
        {"01 8080808080808010 01 0001", YATA_ERR_NUMBER, 1}, /* client 2^53 */
    };
    for (size_t i = 0; i < sizeof vectors / sizeof *vectors; i++) {
        counted_mem c;
        counted_begin(&c);
        yt_id_set set = {0};
        yata_fault fault = read_hex(&c.mem, &set, vectors[i].hex);
        cr_assert_eq(fault.status, vectors[i].status, "%s: %d", vectors[i].hex, fault.status);
        cr_assert_eq(fault.offset, vectors[i].offset, "%s: %zu", vectors[i].hex, fault.offset);
        yt_id_set_free(&c.mem, &set);
        counted_end(&c);
    }
}

static const char many[] = "0c 0c02 0101 0501 0b01 0102 0a01 0301 0901 0101 0801 0101 0701 0101"
                           "0601 0101 0501 0101 0401 0101 0301 0101 0201 0101 0101 0101";

Test(id_set, refuses_each_truncation) {
    yata_buffer bytes = bytes_from(many);
    for (size_t n = 0; n <= bytes.len; n++) {
        counted_mem c;
        counted_begin(&c);
        yt_id_set set = {0};
        yata_fault fault = read_bytes(&c.mem, &set, (yata_bytes){bytes.data, n});
        cr_assert_eq(fault.status, n == bytes.len ? YATA_OK : YATA_ERR_END);
        cr_assert_leq(fault.offset, n);
        yt_id_set_free(&c.mem, &set);
        counted_end(&c);
    }
    yata_buffer_free(&bytes);
}

/* Out of memory at each allocation: reading says so, and once there is memory again it can be done again. */
Test(id_set, out_of_memory_at_each_call) {
    yata_buffer bytes = bytes_from(many);
    uint64_t n = 1;
    for (bool failed = true; failed; n++) {
        counted_mem c;
        counted_begin(&c);
        yt_id_set set = {0};
        counted_fail(&c, n);
        yata_fault fault = read_bytes(&c.mem, &set, bytes_of(&bytes));
        yt_writer w;
        yt_writer_init(&w, &c.mem);
        yt_id_set_write_v1(&set, &w);
        failed = c.memory.failures > 0;
        cr_assert_eq(fault.status != YATA_OK || w.failed, failed);
        cr_assert(fault.status == YATA_OK || fault.status == YATA_ERR_MEMORY);
        yt_writer_free(&w);
        counted_fail(&c, 0);
        cr_assert_eq(read_bytes(&c.mem, &set, bytes_of(&bytes)).status, YATA_OK);
        expect_written(&c.mem, &set, many);
        for (uint32_t client = 1; client <= 12; client++) cr_assert_not_null(yt_id_set_find(&set, client));
        yt_id_set_free(&c.mem, &set);
        counted_end(&c);
    }
    cr_assert_gt(n, 10);
    yata_buffer_free(&bytes);
}
