/* SPDX-License-Identifier: MIT */
/*
 * docs.c - loads every document of the vector files given as arguments and compares with what yjs answered: the state
 * encoded again, the state vector, what is pending, the JSON of the roots. README.md describes the lines.
 */
#include "harness/allocator.h"

enum { LINE_MAX_BYTES = 1 << 20 };

static struct {
    const char *file;
    char name[256];
    bool gc, has_encoded;
    yata_buffer update, encoded, vector;
    yata_doc *doc;
    counted_memory memory;
    yata_allocator allocator;
    uint32_t vectors, failed;
    bool wrong; /* this vector */
} test;

static void differs(const char *what, yata_bytes expected, yata_bytes got) {
    if (!test.wrong) printf("%s: %s\n", test.file, test.name);
    test.wrong = true;
    printf("  %s\n", what);
    bytes_print(stdout, "    yjs ", expected);
    bytes_print(stdout, "    yata", got);
}

static void expect(const char *what, yata_bytes expected, yata_bytes got) {
    if (!bytes_equal(expected, got)) differs(what, expected, got);
}

static yata_bytes state(yata_doc *doc, yata_buffer *out) {
    out->len = 0;
    REQUIRE(yata_doc_encode_state(doc, out) == YATA_OK);
    return bytes_of(out);
}

static void check_doc(const char *when) {
    const char *broken = NULL;
    if (!yata_doc_check(test.doc, &broken)) {
        printf("%s: %s: %s: %s\n", test.file, test.name, when, broken ? broken : "check");
        test.wrong = true;
    }
}

/* Everything is known once the `pending` line is read: `json` lines follow. */
static void load(bool blocks, bool deletes) {
    yata_doc_options options = yata_doc_options_default();
    options.client_id = 77;
    options.keep_deleted = !test.gc;
    options.allocator = &test.allocator;
    REQUIRE(yata_doc_new(&options, &test.doc) == YATA_OK);
    yata_apply_result result;
    yata_status status = yata_doc_apply(test.doc, bytes_of(&test.update), no_bytes(), &result);
    if (status != YATA_OK) {
        printf("%s: %s: refused: %s at %zu\n", test.file, test.name, yata_status_name(status), result.fault.offset);
        test.wrong = true;
    }
    check_doc("after loading");
    yata_bytes expected = bytes_of(test.has_encoded ? &test.encoded : &test.update);
    yata_buffer out;
    yata_buffer_init(&out, NULL);
    expect("state", expected, state(test.doc, &out));
    out.len = 0;
    REQUIRE(yata_doc_encode_state_vector(test.doc, &out) == YATA_OK);
    expect("state vector", bytes_of(&test.vector), bytes_of(&out));
    yata_pending pending;
    yata_doc_pending(test.doc, &pending);
    if ((pending.blocks != 0) != blocks || (pending.deletes != 0) != deletes) {
        printf("%s: %s: pending: %u blocks, %u deletions\n", test.file, test.name, pending.blocks, pending.deletes);
        test.wrong = true;
    }
    REQUIRE(yata_doc_apply(test.doc, bytes_of(&test.update), no_bytes(), NULL) == YATA_OK);
    check_doc("after loading twice");
    expect("state, loaded twice", expected, state(test.doc, &out));
    yata_buffer_free(&out);
}

static void check_json(const char *line) {
    char *rest;
    yata_kind kind = (yata_kind)strtol(line, &rest, 10);
    yata_buffer root, out;
    yata_buffer_init(&root, NULL);
    yata_buffer_init(&out, NULL);
    hex_append(&root, ++rest);
    const char *json = strchr(rest, ' ') + 1;
    yata_bytes expected = {(const uint8_t *)json, strlen(json)};
    yata_type type;
    yata_str name = str_from(bytes_of(&root));
    if (yata_doc_root_find(test.doc, name, &type) == YATA_OK) {
        REQUIRE(yata_type_to_json_as(type, kind, &out) == YATA_OK);
        expect("JSON, read as", expected, bytes_of(&out));
    }
    out.len = 0;
    REQUIRE(yata_doc_root(test.doc, name, kind, &type) == YATA_OK);
    REQUIRE(yata_type_to_json(type, &out) == YATA_OK);
    expect("JSON", expected, bytes_of(&out));
    yata_buffer_free(&root);
    yata_buffer_free(&out);
}

static void end(void) {
    yata_doc_free(test.doc);
    test.doc = NULL;
    if (test.memory.live != 0) {
        printf("%s: %s: %zu bytes leak\n", test.file, test.name, test.memory.live);
        test.wrong = true;
        test.memory.live = 0;
    }
    test.vectors++;
    test.failed += test.wrong;
    test.wrong = false;
}

static void line(const char *text) {
    if (strncmp(text, "name ", 5) == 0) {
        test.update.len = test.encoded.len = test.vector.len = 0;
        test.has_encoded = false;
        snprintf(test.name, sizeof test.name, "%.255s", text + 5);
    } else if (strncmp(text, "gc ", 3) == 0) {
        test.gc = text[3] == '1';
    } else if (strncmp(text, "update ", 7) == 0) {
        hex_append(&test.update, text + 7);
    } else if (strncmp(text, "encoded ", 8) == 0) {
        test.has_encoded = true;
        hex_append(&test.encoded, text + 8);
    } else if (strncmp(text, "vector ", 7) == 0) {
        hex_append(&test.vector, text + 7);
    } else if (strncmp(text, "pending ", 8) == 0) {
        load(text[8] == '1', text[10] == '1');
    } else if (strncmp(text, "json ", 5) == 0) {
        check_json(text + 5);
    } else if (strcmp(text, "end") == 0) {
        end();
    } else {
        REQUIRE(text[0] == '\0');
    }
}

int main(int argc, char **argv) {
    static char text[LINE_MAX_BYTES];
    test.allocator = counted_allocator(&test.memory);
    yata_buffer_init(&test.update, NULL);
    yata_buffer_init(&test.encoded, NULL);
    yata_buffer_init(&test.vector, NULL);
    for (int i = 1; i < argc; i++) {
        test.file = argv[i];
        FILE *in = fopen(argv[i], "rb");
        REQUIRE(in);
        while (fgets(text, sizeof text, in)) {
            text[strcspn(text, "\n")] = '\0';
            line(text);
        }
        fclose(in);
    }
    yata_buffer_free(&test.update);
    yata_buffer_free(&test.encoded);
    yata_buffer_free(&test.vector);
    printf("%u vectors, %u failed\n", test.vectors, test.failed);
    return test.failed != 0 || test.vectors == 0;
}
