/* SPDX-License-Identifier: MIT */
/* writer.c - lib0 primitives to bytes, the way into public buffers, and memory that runs out. */
#include "wire/writer.h"
#include "fixture.h"
#include "vectors.h"
#include <criterion/criterion.h>

static void expect_bytes(const yt_writer *w, const char *hex) {
    yata_buffer expected = bytes_from(hex);
    cr_assert(bytes_equal((yata_bytes){w->data, w->len}, bytes_of(&expected)), "not %s", hex);
    yata_buffer_free(&expected);
}

Test(writer, numbers_of_lib0) {
    counted_mem c;
    counted_begin(&c);
    yt_writer w;
    vectors v = vectors_open("lib0.txt");
    while (vectors_next(&v, "uint")) {
        yt_writer_init(&w, &c.mem);
        yt_write_var_uint(&w, strtoull(v.a, NULL, 10));
        expect_bytes(&w, v.b);
        yt_writer_free(&w);
    }
    vectors_close(&v);
    v = vectors_open("lib0.txt");
    while (vectors_next(&v, "int")) {
        if (strcmp(v.a, "-0") == 0) continue;
        yt_writer_init(&w, &c.mem);
        yt_write_var_int(&w, strtoll(v.a, NULL, 10));
        expect_bytes(&w, v.b);
        yt_writer_free(&w);
    }
    vectors_close(&v);
    counted_end(&c);
}

Test(writer, everything_else) {
    counted_mem c;
    counted_begin(&c);
    yt_writer w;
    yt_writer_init(&w, &c.mem);
    yt_write_u8(&w, 1);
    yt_write_u32_be(&w, 0x02030405);
    yt_write_u64_be(&w, UINT64_C(0x060708090A0B0C0D));
    yt_write_bytes(&w, "ab", 2);
    yt_write_bytes(&w, NULL, 0);
    yt_write_var_bytes(&w, "cd", 2);
    yt_write_var_bytes(&w, NULL, 0);
    yt_write_var_uint(&w, UINT64_MAX);
    yt_write_var_int(&w, INT64_MIN);
    expect_bytes(&w, "01 02030405 060708090a0b0c0d 6162 026364 00 (9*ff)01 c0 (7*80) 8002");
    yt_writer_free(&w);
    counted_end(&c);
}

static void write_much(yt_writer *w) {
    uint8_t bytes[50];
    memset(bytes, 7, sizeof bytes);
    for (uint32_t i = 0; i < 40; i++) {
        yt_write_u8(w, (uint8_t)i);
        yt_write_u32_be(w, i);
        yt_write_u64_be(w, i);
        yt_write_var_uint(w, i * 1000);
        yt_write_var_int(w, -(int64_t)i * 1000);
        yt_write_var_bytes(w, bytes, sizeof bytes);
    }
}

Test(writer, every_failing_allocation) {
    for (uint64_t n = 1;; n++) {
        counted_mem c;
        counted_begin(&c);
        counted_fail(&c, n);
        c.memory.fail_after = false;
        yt_writer w;
        yata_buffer out;
        yt_writer_init(&w, &c.mem);
        yata_buffer_init(&out, &c.allocator);
        write_much(&w);
        cr_assert_eq(w.failed, c.memory.failures > 0);
        if (w.failed) {
            size_t len = w.len;
            write_much(&w);
            cr_assert(w.len == len && !yt_writer_reserve(&w, 0));
        }
        bool ended = !w.failed;
        cr_assert_eq(yt_writer_to_buffer(&w, &out), w.failed ? YATA_ERR_MEMORY : YATA_OK);
        cr_assert(w.data == NULL && (out.len == 0) == w.failed);
        yata_buffer_free(&out);
        counted_end(&c);
        if (ended) break;
    }
}

Test(writer, more_than_all_memory) {
    counted_mem c;
    counted_begin(&c);
    yt_writer w;
    yt_writer_init(&w, &c.mem);
    yt_write_u8(&w, 1);
    cr_assert(!yt_writer_reserve(&w, SIZE_MAX));
    cr_assert(w.failed && w.len == 1);
    yt_writer_free(&w);
    counted_end(&c);
}

Test(writer, an_empty_buffer_takes_the_memory) {
    counted_mem c;
    counted_begin(&c);
    yt_writer w;
    yata_buffer out;
    yt_writer_init(&w, &c.mem);
    yata_buffer_init(&out, &c.allocator);
    yt_write_bytes(&w, "abc", 3);
    const uint8_t *data = w.data;
    cr_assert_eq(yt_writer_to_buffer(&w, &out), YATA_OK);
    cr_assert(out.data == data && out.len == 3);
    yt_writer_init(&w, &c.mem);
    yt_write_bytes(&w, "de", 2);
    cr_assert_eq(yt_writer_to_buffer(&w, &out), YATA_OK);
    cr_assert(out.len == 5 && memcmp(out.data, "abcde", 5) == 0);
    yt_writer_init(&w, &c.mem);
    cr_assert_eq(yt_writer_to_buffer(&w, &out), YATA_OK); /* nothing */
    cr_assert_eq(out.len, 5);
    yata_buffer_free(&out);
    counted_end(&c);
}

Test(writer, a_buffer_of_another_allocator_gets_a_copy) {
    counted_mem c, other;
    counted_begin(&c);
    counted_begin(&other);
    yt_writer w;
    yata_buffer out;
    yata_buffer_init(&out, &other.allocator);
    yt_writer_init(&w, &c.mem);
    yt_write_bytes(&w, "abc", 3);
    cr_assert_eq(yt_writer_to_buffer(&w, &out), YATA_OK);
    counted_end(&c);
    cr_assert(out.len == 3 && memcmp(out.data, "abc", 3) == 0);
    yt_writer_init(&w, &c.mem);
    for (uint32_t i = 0; i < 200; i++) yt_write_u8(&w, 0);
    counted_fail(&other, 1);
    cr_assert_eq(yt_writer_to_buffer(&w, &out), YATA_ERR_MEMORY);
    cr_assert_eq(out.len, 3);
    yata_buffer_free(&out);
    counted_end(&c);
    counted_end(&other);
}
