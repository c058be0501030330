/* SPDX-License-Identifier: MIT */
/*
 * replay.c [FILE...] - replays what record.mjs wrote about positions and snapshots and compares every answer.
 *
 * Three documents follow the reader of the program, one for each offset unit. Lines and words: record.mjs. At the first
 * difference it prints the seed and the line and ends with code 1. Without FILE it reads the standard input.
 */
#include "replay.h"

#include "../../harness/bytes.h"

replay_state replay;

/* ------------------------------------------------------------------------
 * Words
 */
void differ(const char *what) {
    printf("seed %s line %lu: %s differs\n  %s\n", replay.seed, replay.line_number, what, replay.whole);
    exit(1);
}

const char *word(uint32_t i) {
    if (i >= replay.count) differ("the number of words");
    return replay.words[i];
}

uint64_t number(uint32_t i) {
    return strtoull(word(i), NULL, 10);
}

yata_buffer bytes_at(uint32_t i) {
    yata_buffer out;
    yata_buffer_init(&out, NULL);
    hex_append(&out, word(i));
    return out;
}

void expect_hex(const char *what, const yata_buffer *seen, uint32_t i) {
    yata_buffer expected = bytes_at(i);
    replay.compared++;
    if (!bytes_equal(bytes_of(&expected), bytes_of(seen))) {
        bytes_print(stdout, "yjs ", bytes_of(&expected));
        bytes_print(stdout, "here", bytes_of(seen));
        printf("as text: %.*s\n    and: %.*s\n", (int)expected.len, (const char *)expected.data, (int)seen->len,
               (const char *)seen->data);
        differ(what);
    }
    yata_buffer_free(&expected);
}

bool type_at(yata_doc *doc, uint32_t i, yata_type *out) {
    const char *name = word(i);
    if (name[0] == 'r') {
        yata_buffer bytes;
        yata_buffer_init(&bytes, NULL);
        hex_append(&bytes, name + 2);
        yata_status status = yata_doc_root_find(doc, str_from(bytes_of(&bytes)), out);
        yata_buffer_free(&bytes);
        return status == YATA_OK;
    }
    char *colon;
    yata_position p = {.has_type = true};
    p.type.client = strtoull(name + 2, &colon, 10);
    p.type.clock = (uint32_t)strtoull(colon + 1, NULL, 10);
    return yata_position_resolve(&p, doc, false, out, NULL) == YATA_OK;
}

/* ------------------------------------------------------------------------
 * Documents
 */
static void close_docs(void) {
    for (int u = 0; u < UNITS; u++) yata_doc_free(replay.docs[u]); /* and the managers with them */
    for (uint32_t i = 0; i < POSITIONS; i++) yata_buffer_free(&replay.names[i]);
    memset(replay.docs, 0, sizeof replay.docs);
    memset(replay.has, 0, sizeof replay.has);
    snapshots_close();
}

static void open_docs(void) {
    close_docs();
    for (int u = 0; u < UNITS; u++) {
        yata_doc_options options = yata_doc_options_default();
        options.keep_deleted = number(1) != 0;
        options.client_id = number(2);
        options.offset_unit = (yata_offset_unit)u;
        REQUIRE(yata_doc_new(&options, &replay.docs[u]) == YATA_OK);
    }
}

static void make_root(void) {
    yata_buffer name = bytes_at(1);
    for (int u = 0; u < UNITS; u++) {
        yata_type type;
        REQUIRE(yata_doc_root(replay.docs[u], str_from(bytes_of(&name)), (yata_kind)number(2), &type) == YATA_OK);
    }
    yata_buffer_free(&name);
}

static const yata_bytes net = {(const uint8_t *)"net", 3};

static void apply_update(void) {
    yata_buffer update = bytes_at(1);
    for (int u = 0; u < UNITS; u++)
        if (yata_doc_apply(replay.docs[u], bytes_of(&update), net, NULL)) differ("the verdict on an update");
    yata_buffer_free(&update);
}

/* manager: of all roots, recording what comes from the writers. */
static void make_manager(void) {
    for (int u = 0; u < UNITS; u++) {
        yata_undo_options options = yata_undo_options_default();
        options.capture_timeout = -1;
        REQUIRE(yata_undo_new(replay.docs[u], &options, &replay.undos[u]) == YATA_OK);
        REQUIRE(yata_undo_add_origin(replay.undos[u], net) == YATA_OK);
        REQUIRE(yata_undo_remove_origin(replay.undos[u], no_bytes()) == YATA_OK);
        for (uint32_t i = 0; i < yata_doc_root_count(replay.docs[u]); i++) {
            yata_str name;
            yata_type type;
            REQUIRE(yata_doc_root_at(replay.docs[u], i, &name, &type) == YATA_OK);
            REQUIRE(yata_undo_add_scope(replay.undos[u], type) == YATA_OK);
        }
    }
}

/* undo undo|redo 0|1 */
static void go_back(void) {
    for (int u = 0; u < UNITS; u++) {
        bool changed = false, redo = strcmp(word(1), "redo") == 0;
        yata_status status = (redo ? yata_undo_redo : yata_undo_undo)(replay.undos[u], &changed);
        if (status || changed != (number(2) != 0)) differ("whether there was something to undo");
    }
}

static void compare_state(void) {
    for (int u = 0; u < UNITS; u++) {
        yata_buffer state;
        yata_buffer_init(&state, NULL);
        REQUIRE(yata_doc_encode_state(replay.docs[u], &state) == YATA_OK);
        expect_hex("the state", &state, 1);
        yata_buffer_free(&state);
        const char *what;
        if (!yata_doc_check(replay.docs[u], &what)) differ(what);
    }
}

/* ------------------------------------------------------------------------
 * Positions
 */
static void compare_position(const yata_position *p, uint32_t bytes, uint32_t json) {
    yata_buffer out;
    yata_buffer_init(&out, NULL);
    REQUIRE(yata_position_encode(p, &out) == YATA_OK);
    expect_hex("a position as bytes", &out, bytes);
    out.len = 0;
    REQUIRE(yata_position_to_json(p, &out) == YATA_OK);
    expect_hex("a position as JSON", &out, json);
    yata_buffer_free(&out);
}

static uint32_t place(void) {
    uint32_t i = (uint32_t)number(1);
    REQUIRE(i < POSITIONS);
    replay.has[i] = true;
    return i;
}

static void keep(uint32_t i, const yata_position *p) {
    replay.positions[i] = *p;
    replay.names[i].len = 0;
    yata_buffer_init(&replay.names[i], NULL);
    REQUIRE(yata_buffer_append(&replay.names[i], p->root.data, p->has_root ? p->root.len : 0) == YATA_OK);
    replay.positions[i].root.data = (const char *)replay.names[i].data;
}

/* position NUMBER TYPE UTF16 UTF8 SCALARS ASSOC BYTES JSON */
static void make_position(void) {
    uint32_t i = place();
    for (int u = 0; u < UNITS; u++) {
        yata_type type;
        yata_position p;
        const char *index = word(3 + (uint32_t)u);
        if (strcmp(index, "-") == 0) continue;
        if (!type_at(replay.docs[u], 2, &type)) differ("a type");
        if (yata_position_from_index(type, (uint32_t)strtoul(index, NULL, 10), strtoll(word(6), NULL, 10), &p))
            differ("whether there is such a place");
        compare_position(&p, 7, 8);
        if (!u) {
            yata_buffer_free(&replay.names[i]);
            keep(i, &p);
        } else if (!yata_position_equal(&p, &replay.positions[i])) {
            differ("a position in another unit");
        }
    }
}

/* decode NUMBER BYTES JSON */
static void decode_position(void) {
    uint32_t i = place();
    yata_position p;
    yata_buffer bytes = bytes_at(2);
    if (yata_position_decode(bytes_of(&bytes), &p, NULL)) differ("the verdict on a position");
    compare_position(&p, 2, 3);
    keep(i, &p);
    yata_buffer_free(&bytes);
}

/* json NUMBER TEXT BYTES JSON */
static void parse_position(void) {
    uint32_t i = place();
    yata_position p;
    yata_buffer text = bytes_at(2), name;
    yata_buffer_init(&name, NULL);
    if (yata_position_from_json(str_from(bytes_of(&text)), &name, &p, NULL)) differ("the verdict on JSON");
    compare_position(&p, 3, 4);
    keep(i, &p);
    yata_buffer_free(&text);
    yata_buffer_free(&name);
}

/* equal NUMBER NUMBER 0|1 */
static void compare_positions(void) {
    replay.compared++;
    REQUIRE(number(1) < POSITIONS && number(2) < POSITIONS);
    if (yata_position_equal(&replay.positions[number(1)], &replay.positions[number(2)]) != (number(3) != 0))
        differ("whether two positions are equal");
}

/* resolve NUMBER FOLLOW TYPE UTF16 UTF8 SCALARS, or none */
static void resolve_position(void) {
    REQUIRE(number(1) < POSITIONS && replay.has[number(1)]);
    for (int u = 0; u < UNITS; u++) {
        yata_type type, expected;
        uint32_t index;
        yata_status status =
            yata_position_resolve(&replay.positions[number(1)], replay.docs[u], number(2) != 0, &type, &index);
        replay.compared++;
        if (strcmp(word(3), "none") == 0) {
            if (status != YATA_ERR_GONE && status != YATA_ERR_NOT_FOUND) differ("whether a place is known");
            continue;
        }
        if (status) differ("whether a place is known");
        if (!type_at(replay.docs[u], 3, &expected) || type.ref != expected.ref) differ("the type of a place");
        if (index != number(4 + (uint32_t)u)) {
            printf("index %u in unit %d\n", (unsigned)index, u);
            differ("an index");
        }
    }
}

/* ------------------------------------------------------------------------
 * Lines
 */
static const struct command {
    const char *name;
    void (*run)(void);
} commands[] = {
    {"doc", open_docs},          {"root", make_root},      {"apply", apply_update},      {"manager", make_manager},
    {"undo", go_back},           {"state", compare_state}, {"end", close_docs},          {"position", make_position},
    {"decode", decode_position}, {"json", parse_position}, {"equal", compare_positions}, {"resolve", resolve_position},
};

static void run_line(void) {
    for (size_t i = 0; i < sizeof commands / sizeof *commands; i++)
        if (strcmp(word(0), commands[i].name) == 0) {
            commands[i].run();
            return;
        }
    if (!snapshot_line()) differ("the kind of line");
}

static void run_file(FILE *in) {
    size_t cap = 1 << 16;
    char *line = malloc(cap);
    REQUIRE(line);
    for (size_t len = 0;;) {
        if (!fgets(line + len, (int)(cap - len), in)) break;
        len += strlen(line + len);
        if (line[len - 1] != '\n') { /* a longer line */
            cap *= 2;
            line = realloc(line, cap);
            REQUIRE(line);
            continue;
        }
        line[len - 1] = 0;
        len = 0;
        replay.line_number++;
        free(replay.whole);
        size_t size = strlen(line) + 1;
        REQUIRE((replay.whole = malloc(size)) != NULL);
        memcpy(replay.whole, line, size);
        replay.count = 0;
        for (char *p = line; p && replay.count < WORDS;) {
            replay.words[replay.count++] = p;
            p = strchr(p, ' ');
            if (p) *p++ = 0;
        }
        if (strcmp(word(0), "seed") == 0) {
            snprintf(replay.seed, sizeof replay.seed, "%s", word(1));
            replay.programs++;
        } else {
            run_line();
        }
    }
    free(line);
}

int main(int argc, char **argv) {
    if (argc < 2) run_file(stdin);
    for (int i = 1; i < argc; i++) {
        FILE *in = fopen(argv[i], "rb");
        REQUIRE(in);
        replay.line_number = 0;
        run_file(in);
        fclose(in);
    }
    close_docs();
    free(replay.whole);
    REQUIRE(replay.programs > 0);
    printf("%lu programs, %lu comparisons: no difference\n", replay.programs, replay.compared);
    return 0;
}
