/* SPDX-License-Identifier: MIT */
/*
 * id_map.c - any bytes as two id maps, one behind the other, in the form that the first byte names.
 *
 * What is accepted reads back as itself, and its ids are those that the same operations on sets give.
 */
#include "target.h"
#include <yata/yata.h>

static yata_id_map *new_map(const yata_allocator *allocator) {
    yata_id_map *map = NULL;
    REQUIRE(yata_id_map_new(allocator, &map) == YATA_OK);
    return map;
}

static yata_id_map *copy_of(const yata_id_map *map) {
    yata_id_map *copy = NULL;
    bool equal = false;
    REQUIRE(yata_id_map_copy(map, &copy) == YATA_OK);
    REQUIRE(yata_id_map_equal(map, copy, &equal) == YATA_OK && equal);
    return copy;
}

static yata_id_set *ids_of(const yata_id_map *map) {
    yata_id_set *set = NULL;
    REQUIRE(yata_id_set_new(NULL, &set) == YATA_OK);
    REQUIRE(yata_id_map_to_set(map, set) == YATA_OK);
    return set;
}

static void check_bytes(const yata_allocator *allocator, const yata_id_map *map, yata_id_format format) {
    yata_buffer bytes, twice;
    yata_buffer_init(&bytes, allocator);
    yata_buffer_init(&twice, allocator);
    yata_id_map *again = new_map(allocator);
    bool equal = false;
    REQUIRE(yata_id_map_encode(map, format, &bytes) == YATA_OK);
    REQUIRE(yata_id_map_decode(again, bytes_of(&bytes), format, NULL, NULL) == YATA_OK);
    REQUIRE(yata_id_map_equal(map, again, &equal) == YATA_OK && equal);
    REQUIRE(yata_id_map_encode(again, format, &twice) == YATA_OK);
    require_equal("the bytes of a map", &bytes, &twice);
    yata_id_map_free(again);
    yata_buffer_free(&bytes);
    yata_buffer_free(&twice);
}

/* Runs ascend, do not overlap, and their attributes can be read. */
static void check_runs(const yata_id_map *map) {
    yata_id_map_iter it = yata_id_map_begin(map);
    yata_attributed run;
    yata_id next = {0, 0};
    uint32_t n = 0;
    for (; yata_id_map_next(&it, &run); n++) {
        REQUIRE(run.known && run.len > 0);
        REQUIRE(n == 0 || run.first.client > next.client ||
                (run.first.client == next.client && run.first.clock >= next.clock));
        REQUIRE(yata_id_map_contains(map, run.first));
        yata_attribute a;
        for (uint32_t i = 0; i < run.count; i++) REQUIRE(yata_id_map_attribute(map, &run, i, &a) == YATA_OK);
        REQUIRE(yata_id_map_attribute(map, &run, run.count, &a) == YATA_ERR_RANGE);
        next = (yata_id){run.first.client, run.first.clock + run.len};
    }
    REQUIRE(n == yata_id_map_run_count(map));
}

typedef yata_status (*map_op)(yata_id_map *, const yata_id_map *);
typedef yata_status (*set_op)(yata_id_set *, const yata_id_set *);

static void check_op(const yata_id_map *a, const yata_id_map *b, map_op op, set_op ids_op) {
    yata_id_map *map = copy_of(a);
    yata_id_set *set = ids_of(a), *other = ids_of(b);
    REQUIRE(op(map, b) == YATA_OK);
    REQUIRE(ids_op(set, other) == YATA_OK);
    check_runs(map);
    yata_id_set *seen = ids_of(map);
    REQUIRE(yata_id_set_equal(seen, set));
    yata_id_set_free(seen);
    yata_id_set_free(set);
    yata_id_set_free(other);
    yata_id_map_free(map);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    if (size == 0) return 0;
    counted_memory memory = {0};
    yata_allocator allocator = counted_allocator(&memory);
    yata_id_format format = (yata_id_format)(1 + data[0] % 3);
    yata_bytes bytes = {data + 1, size - 1};
    yata_id_map *a = new_map(&allocator), *b = new_map(&allocator);
    size_t used = 0;
    yata_fault fault;
    if (yata_id_map_decode(a, bytes, format, &used, &fault) == YATA_OK) {
        REQUIRE(used <= bytes.len);
        check_runs(a);
        check_bytes(&allocator, a, format);
        bytes = (yata_bytes){bytes.data + used, bytes.len - used};
        REQUIRE(memory.peak <= 512 * size + 65536);
        if (yata_id_map_decode(b, bytes, format, NULL, &fault) != YATA_OK) REQUIRE(yata_id_map_is_empty(b));
        check_op(a, b, yata_id_map_merge, yata_id_set_merge);
        check_op(a, b, yata_id_map_diff, yata_id_set_diff);
        check_op(a, b, yata_id_map_intersect, yata_id_set_intersect);
    } else {
        REQUIRE(fault.offset <= bytes.len);
        REQUIRE(yata_id_map_is_empty(a));
        REQUIRE(memory.peak <= 512 * size + 65536);
    }
    yata_id_map_free(a);
    yata_id_map_free(b);
    REQUIRE(memory.live == 0);
    return 0;
}
