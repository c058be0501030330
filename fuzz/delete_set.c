/* SPDX-License-Identifier: MIT */
/*
 * delete_set.c - any bytes as a delete set.
 *
 * What is accepted is a set of sorted runs that do not touch; it is written in one form, which reads back as itself.
 * Taking each run out again leaves nothing.
 */
#include "harness/allocator.h"
#include "ids/id_set.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static yata_fault read_set(yt_mem *mem, yt_id_set *set, yata_bytes bytes) {
    yt_reader r;
    yt_reader_init(&r, bytes.data, bytes.len);
    yt_id_set_read_v1(mem, set, &r);
    return r.fault;
}

static void check_set(const yt_id_set *set) {
    uint32_t runs = 0;
    for (uint32_t i = 0; i < set->len; i++) {
        const yt_id_set_client *client = &set->clients[i];
        REQUIRE(yt_runs_check(&client->runs));
        REQUIRE(yt_id_set_find(set, client->client) == &client->runs);
        runs += client->runs.count;
        yt_run run;
        for (yt_runs_iter it = yt_runs_begin(&client->runs); yt_runs_next(&it, &run);) {
            REQUIRE(yt_id_set_contains(set, (yata_id){client->client, run.clock}));
            REQUIRE(yt_id_set_contains(set, (yata_id){client->client, run.clock + run.len - 1}));
            REQUIRE(!yt_id_set_contains(set, (yata_id){client->client, run.clock + run.len}));
        }
    }
    REQUIRE(runs == yt_id_set_run_count(set));
    REQUIRE(yt_id_set_is_empty(set) == (runs == 0));
}

/* Every other run first, so that pages empty in no order. */
static void take_out(yt_mem *mem, yt_id_set *set) {
    for (uint32_t i = 0; i < set->len; i++) {
        yt_runs *runs = &set->clients[i].runs;
        uint32_t clock = 0, seen = 0;
        while (runs->count > 0) {
            yt_run run;
            if (!yt_runs_find(runs, clock, &run)) {
                clock = 0;
                seen = 1;
                continue;
            }
            clock = run.clock + run.len;
            if (seen++ % 2) REQUIRE(yt_runs_remove(mem, runs, run.clock, run.len));
        }
        REQUIRE(yt_runs_check(runs));
    }
    REQUIRE(yt_id_set_is_empty(set));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    counted_memory memory = {0};
    yata_allocator allocator = counted_allocator(&memory);
    yt_mem mem;
    yt_mem_init(&mem, &allocator);
    yt_id_set set = {0}, again = {0};
    yata_fault fault = read_set(&mem, &set, (yata_bytes){data, size});
    REQUIRE(fault.offset <= size);
    REQUIRE(mem.peak <= 64 * size + 2048);
    check_set(&set);
    if (fault.status == YATA_OK) {
        yt_writer w, twice;
        yt_writer_init(&w, &mem);
        yt_writer_init(&twice, &mem);
        yt_id_set_write_v1(&set, &w);
        REQUIRE(read_set(&mem, &again, (yata_bytes){w.data, w.len}).status == YATA_OK);
        check_set(&again);
        yt_id_set_write_v1(&again, &twice);
        REQUIRE(bytes_equal((yata_bytes){w.data, w.len}, (yata_bytes){twice.data, twice.len}));
        REQUIRE(yt_id_set_run_count(&set) == yt_id_set_run_count(&again));
        yt_writer_free(&w);
        yt_writer_free(&twice);
    }
    take_out(&mem, &set);
    yt_id_set_free(&mem, &set);
    yt_id_set_free(&mem, &again);
    REQUIRE(memory.live == 0);
    return 0;
}
