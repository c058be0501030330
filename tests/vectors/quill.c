/* SPDX-License-Identifier: MIT */
/*
 * quill.c - documents of the editor Quill, made by yjs (gen/quill.mjs): each is loaded, its delta must be that of yjs;
 * the delta, applied to an empty document and to one that holds something, must give the bytes that it gives in yjs.
 */
#include "harness/allocator.h"

enum { LINE_MAX_BYTES = 1 << 20, CLIENT = 5 };

static struct {
    char name[64];
    yata_buffer base; /* what changes are applied to */
    yata_doc *doc;    /* that of the last line */
    counted_memory memory;
    yata_allocator allocator;
    unsigned comparisons, deltas, failed;
} test;

static void expect(const char *what, yata_bytes expected, yata_bytes got) {
    test.comparisons++;
    if (bytes_equal(expected, got)) return;
    printf("%s: %s\n", test.name, what);
    bytes_print(stdout, "  yjs ", expected);
    bytes_print(stdout, "  yata", got);
    test.failed++;
}

static yata_type text(void) {
    yata_type type;
    REQUIRE(yata_doc_root(test.doc, str_of("quill"), YATA_KIND_TEXT, &type) == YATA_OK);
    return type;
}

static void open_doc(const yata_buffer *update) {
    yata_doc_options options = yata_doc_options_default();
    options.client_id = CLIENT;
    options.allocator = &test.allocator;
    yata_doc_free(test.doc);
    REQUIRE(yata_doc_new(&options, &test.doc) == YATA_OK);
    (void)text(); /* peers know the kind of a root before they receive */
    if (update) REQUIRE(yata_doc_apply(test.doc, bytes_of(update), no_bytes(), NULL) == YATA_OK);
}

static void apply_delta(const char *json) {
    yata_delta *delta;
    yata_txn *txn;
    REQUIRE(yata_delta_new(&test.allocator, &delta) == YATA_OK);
    REQUIRE(yata_delta_from_json(delta, str_of(json), NULL) == YATA_OK);
    REQUIRE(yata_txn_begin(test.doc, no_bytes(), &txn) == YATA_OK);
    REQUIRE(yata_text_apply_delta(text(), txn, delta) == YATA_OK);
    REQUIRE(yata_txn_commit(txn) == YATA_OK);
    yata_delta_free(delta);
    const char *broken = NULL;
    if (!yata_doc_check(test.doc, &broken)) FAIL(broken ? broken : "yata_doc_check");
}

static void expect_delta(const char *json) {
    yata_delta *delta;
    yata_buffer out;
    yata_buffer_init(&out, NULL);
    REQUIRE(yata_delta_new(&test.allocator, &delta) == YATA_OK);
    REQUIRE(yata_text_to_delta(text(), delta) == YATA_OK && yata_delta_to_json(delta, &out) == YATA_OK);
    expect("delta", (yata_bytes){(const uint8_t *)json, strlen(json)}, bytes_of(&out));
    yata_delta_free(delta);
    yata_buffer_free(&out);
    test.deltas++;
}

static void expect_state(const char *hex) {
    yata_buffer expected, state;
    yata_buffer_init(&expected, NULL);
    yata_buffer_init(&state, NULL);
    hex_append(&expected, hex);
    REQUIRE(yata_doc_encode_state(test.doc, &state) == YATA_OK);
    expect("state", bytes_of(&expected), bytes_of(&state));
    yata_buffer_free(&expected);
    yata_buffer_free(&state);
}

static void line(char *text_line) {
    static char own[LINE_MAX_BYTES]; /* the delta of the document */
    char *rest = strchr(text_line, ' ');
    if (!rest) {
        REQUIRE(text_line[0] == '\0' || strcmp(text_line, "end") == 0);
        return;
    }
    *rest++ = '\0';
    if (strcmp(text_line, "name") == 0) {
        snprintf(test.name, sizeof test.name, "%s", rest);
    } else if (strcmp(text_line, "update") == 0 || strcmp(text_line, "base") == 0) {
        test.base.len = 0;
        hex_append(&test.base, rest);
        open_doc(&test.base);
    } else if (strcmp(text_line, "delta") == 0) {
        expect_delta(rest);
        snprintf(own, sizeof own, "%s", rest);
    } else if (strcmp(text_line, "fresh") == 0) {
        open_doc(NULL);
        apply_delta(own);
        expect_state(rest);
    } else if (strcmp(text_line, "change") == 0) {
        open_doc(&test.base);
        apply_delta(rest);
    } else if (strcmp(text_line, "state") == 0) {
        expect_state(rest);
    } else if (strcmp(text_line, "reads") == 0) {
        expect_delta(rest);
    } else {
        FAIL(text_line);
    }
}

int main(int argc, char **argv) {
    static char read[LINE_MAX_BYTES];
    REQUIRE(argc == 2);
    FILE *in = fopen(argv[1], "rb");
    REQUIRE(in);
    test.allocator = counted_allocator(&test.memory);
    yata_buffer_init(&test.base, NULL);
    while (fgets(read, sizeof read, in)) {
        read[strcspn(read, "\n")] = '\0';
        line(read);
    }
    fclose(in);
    yata_doc_free(test.doc);
    yata_buffer_free(&test.base);
    REQUIRE(test.memory.live == 0);
    printf("%u comparisons, %u of deltas, %u failed\n", test.comparisons, test.deltas, test.failed);
    return test.failed != 0 || test.deltas == 0;
}
