/* SPDX-License-Identifier: MIT */
/*
 * update_read.c - any bytes as an update, without a document.
 *
 * Reading costs memory in proportion to the input. What is accepted is written in one form, which reads back as itself;
 * every block that can be cut, cut anywhere, is accepted again; and it can be shown as lines.
 */
#include "harness/allocator.h"
#include "update/update.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static yata_fault read_update(yt_mem *mem, yata_bytes bytes, yt_update *out) {
    return yt_update_read(mem, &yt_decoder_v1, bytes, SIZE_MAX, out);
}

static void write_update(yt_mem *mem, const yt_update *u, yata_buffer *out) {
    yt_encoder e;
    yt_encoder_init_v1(&e, mem);
    e.ops->sections(&e, u->sections.len);
    for (uint32_t i = 0; i < u->sections.len; i++) {
        yt_section section = u->sections.data[i];
        const yt_block *b = &u->blocks.data[section.first];
        e.ops->section(&e, section.count, section.client, b->id.clock);
        for (uint32_t k = 0; k < section.count; k++) e.ops->block(&e, &b[k], 0);
    }
    yt_id_set_write_v1(&u->deletes, &e.rest);
    REQUIRE(e.ops->finish(&e, out) == YATA_OK);
}

/* Section by section, because blocks lie in the order in which they came. */
static void compare(const yt_update *a, const yt_update *b) {
    REQUIRE(a->blocks.len == b->blocks.len && a->sections.len == b->sections.len);
    for (uint32_t i = 0; i < a->sections.len; i++) {
        yt_section s = a->sections.data[i], t = b->sections.data[i];
        REQUIRE(s.client == t.client && s.count == t.count);
        for (uint32_t k = 0; k < s.count; k++) {
            const yt_block *x = &a->blocks.data[s.first + k], *y = &b->blocks.data[t.first + k];
            REQUIRE(x->id.client == s.client && y->id.client == s.client && x->id.clock == y->id.clock);
            REQUIRE(x->len == y->len && x->content == y->content && x->info == y->info && x->parent == y->parent);
        }
    }
}

/* Writes the first blocks once more, each without its first half. */
static void cut_blocks(yt_mem *mem, const yt_update *u) {
    for (uint32_t i = 0; i < u->blocks.len && i < 64; i++) {
        const yt_block *b = &u->blocks.data[i];
        bool whole = !yt_content_splits(b->content) && b->content != YT_GC && b->content != YT_SKIP;
        if (b->len < 2 || whole) continue;
        uint32_t offset = b->len / 2;
        yata_buffer bytes;
        yata_buffer_init(&bytes, &mem->allocator);
        yt_encoder e;
        yt_encoder_init_v1(&e, mem);
        e.ops->sections(&e, 1);
        e.ops->section(&e, 1, b->id.client, b->id.clock + offset);
        e.ops->block(&e, b, offset);
        e.ops->delete_clients(&e, 0);
        REQUIRE(e.ops->finish(&e, &bytes) == YATA_OK);
        yt_update half;
        REQUIRE(read_update(mem, (yata_bytes){bytes.data, bytes.len}, &half).status == YATA_OK);
        REQUIRE(half.blocks.len == 1 && half.blocks.data[0].len == b->len - offset);
        yt_update_free(mem, &half);
        yata_buffer_free(&bytes);
    }
}

static void show(yata_bytes bytes, const yata_allocator *allocator) {
    yata_buffer lines;
    yata_buffer_init(&lines, allocator);
    REQUIRE(yata_update_log(bytes, &lines, NULL) == YATA_OK);
    yata_buffer_free(&lines);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    counted_memory memory = {0};
    yata_allocator allocator = counted_allocator(&memory);
    yt_mem mem;
    yt_mem_init(&mem, &allocator);
    yt_update u, again;
    yata_fault fault = read_update(&mem, (yata_bytes){data, size}, &u);
    REQUIRE(fault.offset <= size);
    REQUIRE(mem.peak <= 64 * size + 65536);
    if (fault.status == YATA_OK) {
        yata_buffer bytes, twice;
        yata_buffer_init(&bytes, &allocator);
        yata_buffer_init(&twice, &allocator);
        write_update(&mem, &u, &bytes);
        REQUIRE(read_update(&mem, (yata_bytes){bytes.data, bytes.len}, &again).status == YATA_OK);
        compare(&u, &again);
        write_update(&mem, &again, &twice);
        REQUIRE(bytes_equal((yata_bytes){bytes.data, bytes.len}, (yata_bytes){twice.data, twice.len}));
        cut_blocks(&mem, &u);
        show((yata_bytes){data, size}, &allocator);
        yt_update_free(&mem, &again);
        yata_buffer_free(&bytes);
        yata_buffer_free(&twice);
        yt_update_free(&mem, &u);
    } else {
        REQUIRE(memory.live == 0);
    }
    REQUIRE(memory.live == 0);
    return 0;
}
