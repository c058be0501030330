/* SPDX-License-Identifier: MIT */
/*
 * update_select.c - parts of updates: those that a set of ids names and the rest, those of a limited size, and what an
 * update is about. With memory that runs out at each call.
 */
#include "../fixture.h"
#include "../words.h"
#include <criterion/criterion.h>
#include <yata/yata.h>

typedef yata_status selecting(yata_bytes update, yata_bytes ids, yata_buffer *out, yata_fault *fault);

static void expect_selected(selecting *run, const char *update, const char *ids, const char *expected) {
    yata_buffer in = bytes_from(update), set = bytes_from(ids), wanted = bytes_from(expected);
    bool failed = true;
    for (uint64_t n = 1; failed; n++) {
        counted_mem c;
        counted_begin(&c);
        counted_fail(&c, n);
        yata_buffer out;
        yata_buffer_init(&out, &c.allocator);
        yata_status status = run(bytes_of(&in), bytes_of(&set), &out, NULL);
        failed = c.memory.failures > 0;
        cr_assert_eq(status, failed ? YATA_ERR_MEMORY : YATA_OK, "%s", yata_status_name(status));
        if (failed) cr_assert_eq(out.len, 0);
        if (!failed && !bytes_equal(bytes_of(&wanted), bytes_of(&out))) {
            bytes_print(stdout, "expected", bytes_of(&wanted));
            bytes_print(stdout, "got     ", bytes_of(&out));
            cr_assert(false, "%s", update);
        }
        yata_buffer_free(&out);
        counted_end(&c);
    }
    yata_buffer_free(&in);
    yata_buffer_free(&set);
    yata_buffer_free(&wanted);
}

#define ABCDEF "01 01 01 00 04 01 0174 06 616263646566 01 01 01 01 03"

Test(update_select, cuts_on_both_sides) {
    /* clocks 2 and 3 */
    expect_selected(yata_update_intersect, ABCDEF, "01 01 01 02 02", "01 01 01 02 84 0101 02 6364 01 01 01 02 02");
    expect_selected(yata_update_exclude, ABCDEF, "01 01 01 02 02",
                    "01 03 01 00 04 01 0174 02 6162 0a 02 84 0103 02 6566 01 01 01 01 01");
    /* clocks 0 and 4, which are not neighbours */
    expect_selected(yata_update_intersect, ABCDEF, "01 01 02 00 01 04 01",
                    "01 03 01 00 04 01 0174 01 61 0a 03 84 0103 01 65 00");
    /* all, none */
    expect_selected(yata_update_intersect, ABCDEF, "01 01 01 00 09", ABCDEF);
    expect_selected(yata_update_exclude, ABCDEF, "01 01 01 00 09", "00 00");
    expect_selected(yata_update_intersect, ABCDEF, "00", "00 00");
    expect_selected(yata_update_exclude, ABCDEF, "01 02 01 00 09", ABCDEF);
}

Test(update_select, cuts_inside_a_pair) {
    static const char text[] = "01 01 01 00 04 01 0174 06 61f09f988062 00"; /* a😀b */
    expect_selected(yata_update_intersect, text, "01 01 01 00 02", "01 01 01 00 04 01 0174 04 61efbfbd 00");
    expect_selected(yata_update_intersect, text, "01 01 01 02 01", "01 01 01 02 84 0101 03 efbfbd 00");
    expect_selected(yata_update_exclude, text, "01 01 01 01 01",
                    "01 03 01 00 04 01 0174 01 61 0a 01 84 0101 04 efbfbd62 00");
}

Test(update_select, refusals) {
    yata_buffer update = bytes_from(ABCDEF), bad = bytes_from("01 01"), out;
    yata_buffer_init(&out, NULL);
    yata_fault fault;
    cr_assert_eq(yata_update_intersect(bytes_of(&update), bytes_of(&bad), &out, &fault), YATA_ERR_END);
    cr_assert_eq(yata_update_exclude(bytes_of(&bad), bytes_of(&bad), &out, &fault), YATA_ERR_END);
    cr_assert_eq(yata_update_exclude(bytes_of(&update), bytes_of(&bad), NULL, &fault), YATA_ERR_ARGUMENT);
    cr_assert_eq(yata_update_intersect_v2(bytes_of(&update), no_bytes(), &out, &fault), YATA_ERR_END);
    cr_assert_eq(out.len, 0);
    yata_buffer_free(&update);
    yata_buffer_free(&bad);
}

/* ------------------------------------------------------------------------
 * What it is about
 */
typedef struct told {
    char text[512];
    uint32_t most; /* calls */
} told;

static bool tell(told *t, const char *what, uint64_t a, uint64_t b, uint64_t c) {
    size_t len = strlen(t->text);
    snprintf(t->text + len, sizeof t->text - len, "%s %llu %llu %llu; ", what, (unsigned long long)a,
             (unsigned long long)b, (unsigned long long)c);
    return --t->most > 0;
}
static bool on_client(void *ctx, uint64_t client, uint32_t from, uint32_t to) {
    return tell(ctx, "client", client, from, to);
}
static bool on_deleted(void *ctx, yata_id first, uint32_t len) {
    return tell(ctx, "deleted", first.client, first.clock, len);
}
static bool on_root(void *ctx, yata_str name) {
    return tell(ctx, "root", (uint64_t)(uint8_t)name.data[0], name.len, 0);
}

Test(update_select, what_an_update_is_about) {
    yata_buffer update = bytes_from("02 03 09 05 04 01 0174 0161 0a 02 28 01 016d 016b 01 7e 01 01 00 84 0905 0162 "
                                    "02 02 01 07 02 01 02 05 01 01 01");
    bool failed = true;
    for (uint64_t n = 1; failed; n++) {
        counted_mem c;
        counted_begin(&c);
        counted_fail(&c, n);
        told t = {"", 100};
        yata_update_visitor visitor = {&t, on_client, on_deleted, on_root};
        yata_fault fault;
        yata_status status = yata_update_meta(bytes_of(&update), &visitor, &c.allocator, &fault);
        failed = c.memory.failures > 0;
        cr_assert_eq(status, failed ? YATA_ERR_MEMORY : YATA_OK);
        cr_assert_str_eq(t.text,
                         failed ? ""
                                : "client 9 5 9; client 1 0 1; deleted 2 7 2; deleted 1 1 1; deleted 1 5 1; "
                                  "root 116 1 0; root 109 1 0; ",
                         "%s", t.text);
        counted_end(&c);
    }
    told t = {"", 2};
    yata_update_visitor visitor = {&t, on_client, on_deleted, on_root};
    cr_assert_eq(yata_update_meta(bytes_of(&update), &visitor, NULL, NULL), YATA_OK);
    cr_assert_str_eq(t.text, "client 9 5 9; client 1 0 1; ");
    update.len--; /* nothing is told of what is not whole */
    t = (told){"", 100};
    cr_assert_eq(yata_update_meta(bytes_of(&update), &visitor, NULL, NULL), YATA_ERR_END);
    cr_assert_str_eq(t.text, "");
    yata_buffer_free(&update);
}

/* ------------------------------------------------------------------------
 * Parts
 */
typedef struct parts {
    yata_doc *doc;
    size_t count, largest;
    bool v2, waits;
} parts;

static bool take_part(void *ctx, yata_bytes part) {
    parts *p = ctx;
    yata_apply_result result;
    cr_assert_eq((p->v2 ? yata_doc_apply_v2 : yata_doc_apply)(p->doc, part, no_bytes(), &result), YATA_OK);
    p->waits |= result.pending;
    p->count++;
    if (part.len > p->largest) p->largest = part.len;
    return true;
}

static void expect_parts(yata_bytes update, size_t max, bool v2, const char *name) {
    parts whole = {.v2 = v2}, cut = {.v2 = v2};
    cr_assert_eq(yata_doc_new(NULL, &whole.doc), YATA_OK);
    cr_assert_eq(yata_doc_new(NULL, &cut.doc), YATA_OK);
    take_part(&whole, update);
    counted_mem c;
    counted_begin(&c);
    cr_assert_eq((v2 ? yata_update_split_v2 : yata_update_split)(update, max, take_part, &cut, &c.allocator, NULL),
                 YATA_OK);
    counted_end(&c);
    yata_buffer a, b;
    yata_buffer_init(&a, NULL);
    yata_buffer_init(&b, NULL);
    cr_assert_eq(yata_doc_encode_state_vector(whole.doc, &a), YATA_OK);
    cr_assert_eq(yata_doc_encode_state_vector(cut.doc, &b), YATA_OK);
    cr_assert(cut.count > 0 && bytes_equal(bytes_of(&a), bytes_of(&b)), "%s", name);
    if (!whole.waits) cr_assert(!cut.waits, "%s: a part waits", name);
    yata_doc_free(whole.doc);
    yata_doc_free(cut.doc);
    yata_buffer_free(&a);
    yata_buffer_free(&b);
}

Test(update_select, parts_do_what_the_whole_does) {
    char name[256] = "";
    words w = words_open("updates.txt");
    uint32_t seen = 0;
    while (words_next(&w)) {
        if (words_is(&w, "name")) snprintf(name, sizeof name, "%s %s %s", w.at[1], w.at[2], w.at[3]);
        bool v2 = words_is(&w, "v2");
        if (!v2 && !words_is(&w, "update")) continue;
        yata_buffer update = words_bytes(&w, 1);
        static const size_t sizes[] = {100, 300, 1000};
        for (size_t i = 0; i < 3; i++)
            if (update.len > 2 * sizes[i]) expect_parts(bytes_of(&update), sizes[i], v2, name);
        yata_buffer_free(&update);
        seen++;
    }
    words_close(&w);
    cr_assert_gt(seen, 200);
}

static bool count_part(void *ctx, yata_bytes part) {
    parts *p = ctx;
    cr_assert_eq(yata_update_check(part, NULL).status, YATA_OK);
    if (part.len > p->largest) p->largest = part.len;
    return ++p->count < 1000;
}

Test(update_select, a_long_text_is_cut) {
    yata_buffer update = bytes_from("01 01 01 00 04 01 0174 904e (10000*61) 00");
    bool failed = true;
    for (uint64_t n = 1; failed; n++) {
        counted_mem c;
        counted_begin(&c);
        counted_fail(&c, n);
        parts p = {0};
        yata_status status = yata_update_split(bytes_of(&update), 500, count_part, &p, &c.allocator, NULL);
        failed = c.memory.failures > 0;
        cr_assert_eq(status, failed ? YATA_ERR_MEMORY : YATA_OK);
        if (!failed)
            cr_assert(p.count >= 20 && p.count < 60 && p.largest <= 500, "%zu parts of %zu", p.count, p.largest);
        counted_end(&c);
    }
    parts p = {.count = 998};
    cr_assert_eq(yata_update_split(bytes_of(&update), 500, count_part, &p, NULL, NULL), YATA_OK);
    cr_assert_eq(p.count, 1000); /* the caller wanted no more */
    yata_buffer_free(&update);
}
