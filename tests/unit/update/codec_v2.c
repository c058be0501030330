/* SPDX-License-Identifier: MIT */
/*
 * codec_v2.c - update format v2 in both directions.
 *
 * What yjs wrote comes back byte for byte. Around that: what only this format can say (names by number, halves of
 * characters, runs without end), every truncation, every refusal with its offset, and memory that runs out at each
 * call.
 */
#include "../words.h"
#include "session.h"
#include <criterion/criterion.h>

static yata_fault read_v2(yt_mem *mem, yata_bytes bytes, yt_update *out) {
    return yt_update_read(mem, &yt_decoder_v2, bytes, SIZE_MAX, out);
}

static yata_status write_as(yt_mem *mem, const yt_encoder_ops *format, const yt_update *u, yata_buffer *out) {
    yt_encoder e;
    format->init(&e, mem);
    e.ops->sections(&e, u->sections.len);
    for (uint32_t i = 0; i < u->sections.len; i++) {
        yt_section section = u->sections.data[i];
        const yt_block *b = &u->blocks.data[section.first];
        e.ops->section(&e, section.count, section.client, b->id.clock);
        for (uint32_t k = 0; k < section.count; k++) e.ops->block(&e, &b[k], 0);
    }
    e.ops->delete_clients(&e, u->deletes.len);
    for (uint32_t i = 0; i < u->deletes.len; i++) {
        const yt_id_set_client *client = &u->deletes.clients[i];
        e.ops->delete_client(&e, client->client, client->runs.count);
        yt_run run;
        for (yt_runs_iter it = yt_runs_begin(&client->runs); yt_runs_next(&it, &run);) e.ops->delete_runs(&e, &run, 1);
    }
    cr_assert(e.ops->size(&e) > 0);
    return e.ops->finish(&e, out);
}

static void expect_comes_back(yata_bytes update, const char *name) {
    counted_mem c;
    counted_begin(&c);
    yata_bytes exact = exact_copy(update);
    yt_update u;
    yata_fault fault = read_v2(&c.mem, exact, &u);
    cr_assert_eq(fault.status, YATA_OK, "%s: %s at %zu", name, yata_status_name(fault.status), fault.offset);
    yata_buffer written;
    yata_buffer_init(&written, &c.allocator);
    cr_assert_eq(write_as(&c.mem, &yt_encoder_v2, &u, &written), YATA_OK);
    if (!bytes_equal(update, bytes_of(&written))) {
        bytes_print(stdout, "expected", update);
        bytes_print(stdout, "written ", bytes_of(&written));
        cr_assert(false, "%s", name);
    }
    yata_buffer_free(&written);
    yt_update_free(&c.mem, &u);
    free((void *)exact.data);
    counted_end(&c);
}

Test(codec_v2, what_yjs_wrote_comes_back) {
    char name[256] = "";
    uint32_t seen = 0;
    words w = words_open("updates.txt");
    while (words_next(&w)) {
        if (words_is(&w, "name")) snprintf(name, sizeof name, "%s %s %s", w.at[1], w.at[2], w.at[3]);
        if (!words_is(&w, "v2")) continue;
        yata_buffer bytes = words_bytes(&w, 1);
        expect_comes_back(bytes_of(&bytes), name);
        yata_buffer_free(&bytes);
        seen++;
    }
    words_close(&w);
    cr_assert_gt(seen, 100);
}

/* "p" twice: yjs writes the name again under the next number. Repeated numbers are read; so are numbers that skip. */
Test(codec_v2, names_by_number) {
    counted_mem c;
    counted_begin(&c);
    /* numbers 0, 0 : the string column has one "p" */
    yata_buffer bytes =
        bytes_from("00 | 02 0100 | 02 4100 | 01 00 | 00 | 03 070087 | 05 02 7870 4100 | 01 01 | 02 4300 | 00 | "
                   "01 02 00 00");
    yt_update u;
    yata_fault fault = read_v2(&c.mem, bytes_of(&bytes), &u);
    cr_assert_eq(fault.status, YATA_OK, "%s at %zu", yata_status_name(fault.status), fault.offset);
    cr_assert_eq(u.blocks.len, 2);
    for (uint32_t i = 0; i < 2; i++) {
        cr_assert_eq(u.blocks.data[i].name.len, 1);
        cr_assert_eq(u.blocks.data[i].name.data[0], 'p');
    }
    yata_buffer written, expected = bytes_from("00020002024100010000030700870603787070410101010243000001020000");
    yata_buffer_init(&written, &c.allocator);
    cr_assert_eq(write_as(&c.mem, &yt_encoder_v2, &u, &written), YATA_OK);
    cr_assert(bytes_equal(bytes_of(&expected), bytes_of(&written)));
    yata_buffer_free(&written);
    yata_buffer_free(&expected);
    yata_buffer_free(&bytes);
    yt_update_free(&c.mem, &u);
    counted_end(&c);
}

/* The strings of two items share a character: each half is U+FFFD. So it is in a name that is repeated by its number,
 * which nobody can take from the input. */
Test(codec_v2, halves_of_a_character) {
    static const char *const forms[] = {
        "00 | 02 0002 | 02 4100 | 01 00 | 00 | 03 060086 | 08 05 74f09f9880 4101 | 01 01 | 00 | 00 | 01 02 00 78 79 00",
        "00 | 02 0100 | 02 4100 | 01 00 | 00 | 03 060086 | 08 05 74f09f9880 4100 | 01 01 | 00 | 00 | 01 02 00 78 79 00",
    };
    for (size_t i = 0; i < 2; i++) {
        bool failed = true;
        for (uint64_t n = 1; failed; n++) {
            counted_mem c;
            counted_begin(&c);
            counted_fail(&c, n);
            yata_buffer bytes = bytes_from(forms[i]);
            yt_update u;
            yata_fault fault = read_v2(&c.mem, bytes_of(&bytes), &u);
            failed = c.memory.failures > 0;
            cr_assert_eq(fault.status, failed ? YATA_ERR_MEMORY : YATA_OK, "%s at %zu", yata_status_name(fault.status),
                         fault.offset);
            for (uint32_t k = 0; k < 2 && !failed; k++) {
                yata_str name = u.blocks.data[k].name;
                cr_assert(name.len == 3 && memcmp(name.data, "\xEF\xBF\xBD", 3) == 0);
            }
            if (!failed) yt_update_free(&c.mem, &u);
            yata_buffer_free(&bytes);
            counted_end(&c);
        }
    }
}

Test(codec_v2, every_truncation_is_refused) {
    words w = words_open("updates.txt");
    for (uint32_t seen = 0; seen < 60 && words_next(&w);) {
        if (!words_is(&w, "v2")) continue;
        seen++;
        yata_buffer bytes = words_bytes(&w, 1);
        for (size_t len = 0; len < bytes.len; len++) {
            counted_mem c;
            counted_begin(&c);
            yata_bytes exact = exact_copy((yata_bytes){bytes.data, len});
            yt_update u;
            yata_fault fault = read_v2(&c.mem, exact, &u);
            cr_assert_eq(fault.status, YATA_ERR_END, "%zu of %zu", len, bytes.len);
            cr_assert_leq(fault.offset, len);
            free((void *)exact.data);
            counted_end(&c);
        }
        yata_buffer_free(&bytes);
    }
    words_close(&w);
}

Test(codec_v2, refusals) {
    static const struct {
        const char *hex;
        yata_status status;
        size_t offset;
    } faults[] = {
        /* 2^28 blocks, and columns for one: yjs#687 */
        {"00010000000001000100010200001602000001fdffffffff7f0000", YATA_ERR_END, 14},
        /* more blocks than the policy allows */
        {"00 00 01 01 00 00 01 00 01 00 00 00 02 41 00 | 01 8080808001 00 00", YATA_ERR_LIMIT, 16},
        /* kind 11; type 7 */
        {"00 00 01 01 00 00 01 0b 01 00 00 00 00 | 01 01 00 00", YATA_ERR_KIND, 7},
        {"00 00 01 01 00 00 01 07 03 01 74 01 01 01 01 08 00 | 01 01 00 00", YATA_ERR_KIND, 15},
        /* a list longer than what is left */
        {"00 00 01 01 00 00 01 08 03 01 74 01 01 01 00 01 09 | 01 01 00 7d 01 00", YATA_ERR_END, 16},
        /* an item that is its own origin */
        {"00 00 02 41 00 01 00 00 01 84 03 01 74 01 00 00 00 | 01 01 00 00", YATA_ERR_VALUE, 20},
        /* a run of deletions beyond the last clock */
        {"00 00 00 00 00 00 01 00 00 00 00 | 00 | 01 01 01 ffffffff0f 00", YATA_ERR_LIMIT, 15},
        /* a section beyond the bytes */
        {"00 00 00 00 00 00 01 00 00 00 00 | 09 00", YATA_ERR_END, 11},
    };
    for (size_t i = 0; i < sizeof faults / sizeof *faults; i++) {
        counted_mem c;
        counted_begin(&c);
        yata_buffer bytes = bytes_from(faults[i].hex);
        yata_bytes exact = exact_copy(bytes_of(&bytes));
        yt_update u;
        yata_fault fault = read_v2(&c.mem, exact, &u);
        cr_assert_eq(fault.status, faults[i].status, "%s: %s", faults[i].hex, yata_status_name(fault.status));
        cr_assert_eq(fault.offset, faults[i].offset, "%s: %zu", faults[i].hex, fault.offset);
        cr_assert_lt(c.memory.peak, 10000);
        free((void *)exact.data);
        yata_buffer_free(&bytes);
        counted_end(&c);
    }
}

Test(codec_v2, out_of_memory) {
    words w = words_open("updates.txt");
    for (uint32_t seen = 0; seen < 40 && words_next(&w);) {
        if (!words_is(&w, "v2")) continue;
        seen++;
        yata_buffer bytes = words_bytes(&w, 1);
        bool failed = true;
        for (uint64_t n = 1; failed; n++) {
            counted_mem c;
            counted_begin(&c);
            counted_fail(&c, n);
            yata_buffer written;
            yata_buffer_init(&written, &c.allocator);
            yt_update u;
            yata_status status = read_v2(&c.mem, bytes_of(&bytes), &u).status;
            if (status == YATA_OK) {
                status = write_as(&c.mem, &yt_encoder_v2, &u, &written);
                yt_update_free(&c.mem, &u);
            }
            failed = c.memory.failures > 0;
            cr_assert_eq(status, failed ? YATA_ERR_MEMORY : YATA_OK, "%s", yata_status_name(status));
            yata_buffer_free(&written);
            counted_end(&c);
        }
        yata_buffer_free(&bytes);
    }
    words_close(&w);
}

Test(codec_v2, an_encoder_can_be_left) {
    counted_mem c;
    counted_begin(&c);
    yt_encoder e;
    yt_encoder_v2.init(&e, &c.mem);
    e.ops->sections(&e, 1);
    e.ops->section(&e, 1, 1, 0);
    yt_block gc = {.content = YT_GC, .len = 2};
    e.ops->block(&e, &gc, 0);
    e.ops->drop(&e);
    counted_end(&c);
}

/* What v1 makes of values that JSON lacks; both updates by yjs 13.6.33, but for the last two, where it throws. */
Test(codec_v2, values_that_json_lacks) {
    static const struct {
        const char *v2, *v1;
    } embeds[] = {
        {"74030102ff", "15 7b2230223a312c2231223a322c2232223a3235357d"}, /* {"0":1,"1":2,"2":255} */
        {"7400", "02 7b7d"},
        {"750174020102", "0f 5b7b2230223a312c2231223a327d5d"},
        {"760101787601017975037b7ff80000000000007f740103",
         "1f 7b2278223a7b2279223a5b6e756c6c2c6e756c6c2c7b2230223a337d5d7d7d"},
        {"7b7ff8000000000000", "04 6e756c6c"},
        {"7c7f800000", "04 6e756c6c"},
        {"7d40", "01 30"},
        {"760201617f01627d01", "07 7b2262223a317d"},
        {"75027f7d01", "08 5b6e756c6c2c315d"},
        {"7a000000000000000a", "02 3130"},
        {"7f", "04 6e756c6c"},
    };
    for (size_t i = 0; i < sizeof embeds / sizeof *embeds; i++) {
        char hex[200];
        snprintf(hex, sizeof hex, "00 00 01 01 00 00 01 05 03 01 74 01 01 01 00 00 01 01 00 %s 00", embeds[i].v2);
        yata_buffer v2 = bytes_from(hex), out;
        snprintf(hex, sizeof hex, "01 01 01 00 05 01 01 74 %s 00", embeds[i].v1);
        yata_buffer v1 = bytes_from(hex);
        yata_buffer_init(&out, NULL);
        cr_assert_eq(yata_update_convert(bytes_of(&v2), YATA_UPDATE_V2, YATA_UPDATE_V1, &out, NULL), YATA_OK);
        cr_assert(bytes_equal(bytes_of(&out), bytes_of(&v1)), "%s", embeds[i].v2);
        out.len = 0; /* and in v2 it stays what it is */
        cr_assert_eq(yata_update_merge_v2(&(yata_bytes){v2.data, v2.len}, 1, &out, NULL), YATA_OK);
        cr_assert(bytes_equal(bytes_of(&out), bytes_of(&v2)), "%s", embeds[i].v2);
        yata_buffer_free(&out);
        yata_buffer_free(&v1);
        yata_buffer_free(&v2);
    }
}
