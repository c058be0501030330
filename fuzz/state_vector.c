/* SPDX-License-Identifier: MIT */
/*
 * state_vector.c - any bytes as a state vector.
 *
 * Reader, iterator and check must agree on what is refused and where; what is accepted is written in one form, which
 * reads back as itself.
 */
#include "harness/allocator.h"
#include "ids/state_vector.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static yata_fault read_vector(yt_mem *mem, yt_state_vector *sv, yata_bytes bytes) {
    yt_reader r;
    yt_reader_init(&r, bytes.data, bytes.len);
    yt_state_vector_read(mem, sv, &r);
    return r.fault;
}

static void write_vector(const yt_state_vector *sv, yt_writer *w) {
    size_t size = sv->len * sizeof(yt_state_entry);
    yt_state_entry *sorted = malloc(size ? size : 1);
    REQUIRE(sorted);
    if (size) memcpy(sorted, sv->entries, size);
    yt_state_entries_sort(sorted, sv->len);
    for (uint32_t i = 1; i < sv->len; i++) REQUIRE(sorted[i - 1].client > sorted[i].client);
    yt_state_entries_write(sorted, sv->len, w);
    REQUIRE(!w->failed);
    free(sorted);
}

/* The iterator sees every entry; the last one of a client counts. */
static void compare_iterator(yata_bytes bytes, const yt_state_vector *sv, yata_fault fault) {
    yata_state_vector_iter iter;
    yata_id id;
    uint32_t seen = 0;
    if (yata_state_vector_iter_init(&iter, bytes) == YATA_OK)
        while (yata_state_vector_iter_next(&iter, &id)) seen++;
    REQUIRE(fault.status != YATA_OK || seen >= sv->len);
    REQUIRE(iter.fault.status == fault.status && iter.fault.offset == fault.offset);
    yata_fault checked = yata_state_vector_check(bytes);
    REQUIRE(checked.status == fault.status && checked.offset == fault.offset);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    counted_memory memory = {0};
    yata_allocator allocator = counted_allocator(&memory);
    yt_mem mem;
    yt_mem_init(&mem, &allocator);
    yata_bytes bytes = {data, size};
    yt_state_vector sv = {0}, again = {0};
    yata_fault fault = read_vector(&mem, &sv, bytes);
    REQUIRE(fault.offset <= size);
    REQUIRE(mem.peak <= 64 * size + 1024);
    compare_iterator(bytes, &sv, fault);
    if (fault.status == YATA_OK) {
        yt_writer w, twice;
        yt_writer_init(&w, &mem);
        yt_writer_init(&twice, &mem);
        write_vector(&sv, &w);
        REQUIRE(read_vector(&mem, &again, (yata_bytes){w.data, w.len}).status == YATA_OK);
        write_vector(&again, &twice);
        REQUIRE(bytes_equal((yata_bytes){w.data, w.len}, (yata_bytes){twice.data, twice.len}));
        for (uint32_t i = 0; i < sv.len; i++) {
            yt_state_entry entry = sv.entries[i];
            REQUIRE(yt_state_vector_get(&sv, entry.client) == entry.clock);
            REQUIRE(yt_state_vector_get(&again, entry.client) == entry.clock);
        }
        yt_writer_free(&w);
        yt_writer_free(&twice);
    }
    yt_state_vector_free(&mem, &sv);
    yt_state_vector_free(&mem, &again);
    REQUIRE(memory.live == 0);
    return 0;
}
