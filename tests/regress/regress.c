/* SPDX-License-Identifier: MIT */
/*
 * regress.c - one named test for each bug that was fixed: the smallest input that showed it.
 *
 *   regress [NAME...]       all, or those
 */
#include "harness/allocator.h"
#include "named_test.h"

static yata_status apply(yata_doc *doc, const char *hex) {
    yata_buffer update;
    yata_buffer_init(&update, NULL);
    hex_append(&update, hex);
    yata_status status = yata_doc_apply(doc, bytes_of(&update), no_bytes(), NULL);
    yata_buffer_free(&update);
    return status;
}

static yata_doc *doc_with(const char *hex) {
    yata_doc_options options = yata_doc_options_default();
    options.client_id = 1234567;
    yata_doc *doc;
    REQUIRE(yata_doc_new(&options, &doc) == YATA_OK);
    REQUIRE(apply(doc, hex) == YATA_OK);
    return doc;
}

static void require_sound(const yata_doc *doc) {
    const char *broken = NULL;
    if (!yata_doc_check(doc, &broken)) FAIL(broken ? broken : "yata_doc_check");
}

/* Found by tests/hostile. A block whose first clock is known as the value of a map key, and whose rest claims to be
 * text of a root: the rest was linked behind the map entry. */
static void rest_of_a_block_with_another_parent(void) {
    yata_doc *doc = doc_with("0101010028"
                             "01016d016b017d0100"); /* 1:0 any, parent "m", key "k" */
    REQUIRE(apply(doc, "010101000401017403616263"
                       "00") == YATA_OK); /* 1:0+3 string "abc", parent "t" */
    require_sound(doc);
    yata_doc_free(doc);
}

static void require_json(const yata_doc *doc, const char *expected) {
    yata_buffer json;
    yata_buffer_init(&json, NULL);
    REQUIRE(yata_doc_to_json(doc, &json) == YATA_OK);
    if (!bytes_equal(bytes_of(&json), (yata_bytes){(const uint8_t *)expected, strlen(expected)})) {
        fprintf(stderr, "%.*s\n", (int)json.len, (const char *)json.data);
        FAIL(expected);
    }
    yata_buffer_free(&json);
}

/* Found by tests/hostile. A format whose origin is a map entry becomes the value of that key; it has none (yjs:
 * undefined), and its name and its value must not be read as a list of values. */
static void format_as_value_of_a_key(void) {
    yata_doc *doc = doc_with("010201002101016d0161012101016d0162010101010002"); /* "a" and "b" set and deleted */
    REQUIRE(apply(doc, "0103010006010174057769647468033130308501000d7b22696d616765223a2261227d860101057769647468046e75"
                       "6c6c00") == YATA_OK); /* 1:2 format, origin 1:1 */
    require_sound(doc);
    require_json(doc, "{\"m\":{}}");
    yata_doc_free(doc);
}

/* Found by tests/hostile and the fuzz target `exchange`. A block whose origin is its right origin, too, stands where
 * the pieces around it put it, so that each copy differs from the one before, as in yjs (tests/hostile/README.md). */
static void copies_go_to_and_fro(void) {
    static const char *const contents[] = {"{\"t\":\"acb\"}", "{\"t\":\"abc\"}", "{\"t\":\"acb\"}"}; /* by yjs */
    yata_doc *doc = doc_with("01010a0004010174016100"), *copy;
    REQUIRE(apply(doc, "01010a01840a00016200") == YATA_OK);
    REQUIRE(apply(doc, "01010b00c40a010a01016300") == YATA_OK); /* 11:0 "c", origin 10:1, right origin 10:1 */
    for (size_t i = 0; i < sizeof contents / sizeof *contents; i++) {
        yata_buffer state;
        yata_type text;
        yata_buffer_init(&state, NULL);
        REQUIRE(yata_doc_root(doc, str_of("t"), YATA_KIND_TEXT, &text) == YATA_OK);
        require_sound(doc);
        require_json(doc, contents[i]);
        REQUIRE(yata_doc_encode_state(doc, &state) == YATA_OK);
        REQUIRE(yata_doc_new(NULL, &copy) == YATA_OK);
        REQUIRE(yata_doc_apply(copy, bytes_of(&state), no_bytes(), NULL) == YATA_OK);
        yata_buffer_free(&state);
        yata_doc_free(doc);
        doc = copy;
    }
    yata_doc_free(doc);
}

static const struct test tests[] = {
    {"copies_go_to_and_fro", copies_go_to_and_fro},
    {"format_as_value_of_a_key", format_as_value_of_a_key},
    {"rest_of_a_block_with_another_parent", rest_of_a_block_with_another_parent},
};

int main(int argc, char **argv) {
    return run_tests(tests, sizeof tests / sizeof *tests, argc, argv);
}
