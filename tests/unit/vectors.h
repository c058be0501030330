/* SPDX-License-Identifier: MIT */
/*
 * vectors.h - walks the lines of a file in tests/vectors: a word, then two words more; or as many as there are.
 *
 * Shape: vectors v = vectors_open("lib0.txt"); while (vectors_next(&v, "any")) ... v.a, v.b ...; vectors_close(&v);
 */
#ifndef YATA_TESTS_UNIT_VECTORS_H
#define YATA_TESTS_UNIT_VECTORS_H

#include "harness/bytes.h"

typedef struct vectors {
    char *text, *next;
    const char *a, *b; /* words two and three of the line */
    uint32_t seen;
} vectors;

static inline vectors vectors_open(const char *name) {
    char path[1024];
    snprintf(path, sizeof path, "%s/%s", YATA_VECTORS_DIR, name);
    FILE *file = fopen(path, "rb");
    REQUIRE(file);
    REQUIRE(fseek(file, 0, SEEK_END) == 0);
    long size = ftell(file);
    rewind(file);
    vectors v = {.text = malloc((size_t)size + 1)};
    REQUIRE(v.text && fread(v.text, 1, (size_t)size, file) == (size_t)size);
    v.text[size] = 0;
    v.next = v.text;
    fclose(file);
    return v;
}

/* The next line of this kind. */
static inline bool vectors_next(vectors *v, const char *kind) {
    while (*v->next) {
        char *line = v->next, *end = strchr(line, '\n');
        REQUIRE(end);
        v->next = end + 1;
        *end = 0;
        char *a = strchr(line, ' ');
        REQUIRE(a);
        *a++ = 0;
        if (strcmp(line, kind) != 0) continue;
        char *b = strchr(a, ' ');
        REQUIRE(b);
        *b++ = 0;
        v->a = a;
        v->b = b;
        v->seen++;
        return true;
    }
    return false;
}

/* The next line of whatever kind, cut into words; 0: the end. */
static inline uint32_t vectors_words(vectors *v, const char **words, uint32_t most) {
    uint32_t n = 0;
    if (!*v->next) return 0;
    char *at = v->next, *end = strchr(at, '\n');
    REQUIRE(end);
    v->next = end + 1;
    *end = 0;
    while (at) {
        REQUIRE(n < most);
        words[n++] = at;
        at = strchr(at, ' ');
        if (at) *at++ = 0;
    }
    v->seen++;
    return n;
}

/* A file without lines of this kind proves nothing. */
static inline void vectors_close(vectors *v) {
    REQUIRE(v->seen > 0);
    free(v->text);
}

/* The bytes that a word names; "-" is none. */
static inline yata_buffer vectors_bytes(const char *hex) {
    yata_buffer out;
    yata_buffer_init(&out, NULL);
    hex_append(&out, hex);
    REQUIRE(out.len * 2 == strlen(hex) || strcmp(hex, "-") == 0);
    return out;
}

#endif
