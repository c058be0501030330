/* SPDX-License-Identifier: MIT */
/*
 * id_set.c - any bytes as two id sets, one behind the other, in the form that the first byte names.
 *
 * What is accepted is written in one form, which reads back as itself; and the laws of sets hold between the two.
 */
#include "target.h"
#include <yata/yata.h>

static yata_id_set *new_set(const yata_allocator *allocator) {
    yata_id_set *set = NULL;
    REQUIRE(yata_id_set_new(allocator, &set) == YATA_OK);
    return set;
}

static yata_id_set *copy_of(const yata_id_set *set) {
    yata_id_set *copy = NULL;
    REQUIRE(yata_id_set_copy(set, &copy) == YATA_OK);
    return copy;
}

static void check_bytes(const yata_allocator *allocator, const yata_id_set *set, yata_id_format format) {
    yata_buffer bytes, twice;
    yata_buffer_init(&bytes, allocator);
    yata_buffer_init(&twice, allocator);
    yata_id_set *again = new_set(allocator);
    REQUIRE(yata_id_set_encode(set, format, &bytes) == YATA_OK);
    REQUIRE(yata_id_set_decode(again, bytes_of(&bytes), format, NULL, NULL) == YATA_OK);
    REQUIRE(yata_id_set_equal(set, again));
    REQUIRE(yata_id_set_encode(again, format, &twice) == YATA_OK);
    require_equal("the bytes of a set", &bytes, &twice);
    yata_id_set_free(again);
    yata_buffer_free(&bytes);
    yata_buffer_free(&twice);
}

/* Each run is in the set, what touches it is not. */
static void check_runs(const yata_id_set *set) {
    yata_id_set_iter it = yata_id_set_begin(set);
    yata_id first;
    uint32_t len, n = 0;
    for (; yata_id_set_next(&it, &first, &len); n++) {
        REQUIRE(len > 0);
        yata_id last = {first.client, first.clock + len - 1}, behind = {first.client, first.clock + len};
        REQUIRE(yata_id_set_contains(set, first) && yata_id_set_contains(set, last));
        REQUIRE(!yata_id_set_contains(set, behind));
    }
    REQUIRE(n == yata_id_set_run_count(set));
    REQUIRE(yata_id_set_is_empty(set) == (n == 0));
}

static void check_laws(const yata_id_set *a, const yata_id_set *b) {
    yata_id_set *both = copy_of(a), *either = copy_of(a), *less = copy_of(a), *back = copy_of(b);
    REQUIRE(yata_id_set_intersect(both, b) == YATA_OK);
    REQUIRE(yata_id_set_merge(either, b) == YATA_OK);
    REQUIRE(yata_id_set_diff(less, b) == YATA_OK);
    REQUIRE(yata_id_set_merge(back, a) == YATA_OK);
    REQUIRE(yata_id_set_equal(either, back)); /* a + b = b + a */
    check_runs(both);
    check_runs(either);
    check_runs(less);
    REQUIRE(yata_id_set_diff(either, b) == YATA_OK);
    REQUIRE(yata_id_set_equal(either, less)); /* (a + b) - b = a - b */
    REQUIRE(yata_id_set_merge(less, both) == YATA_OK);
    REQUIRE(yata_id_set_equal(less, a)); /* (a - b) + (a & b) = a */
    yata_id_set_free(both);
    yata_id_set_free(either);
    yata_id_set_free(less);
    yata_id_set_free(back);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    if (size == 0) return 0;
    counted_memory memory = {0};
    yata_allocator allocator = counted_allocator(&memory);
    yata_id_format format = (yata_id_format)(1 + data[0] % 3);
    yata_bytes bytes = {data + 1, size - 1};
    yata_id_set *a = new_set(&allocator), *b = new_set(&allocator);
    size_t used = 0;
    yata_fault fault;
    if (yata_id_set_decode(a, bytes, format, &used, &fault) == YATA_OK) {
        REQUIRE(used <= bytes.len);
        check_runs(a);
        check_bytes(&allocator, a, format);
        bytes = (yata_bytes){bytes.data + used, bytes.len - used};
        if (yata_id_set_decode(b, bytes, format, NULL, &fault) != YATA_OK) REQUIRE(yata_id_set_is_empty(b));
        check_laws(a, b);
    } else {
        REQUIRE(fault.offset <= bytes.len);
        REQUIRE(yata_id_set_is_empty(a));
    }
    REQUIRE(memory.peak <= 512 * size + 8192);
    yata_id_set_free(a);
    yata_id_set_free(b);
    REQUIRE(memory.live == 0);
    return 0;
}
