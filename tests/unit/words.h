/* SPDX-License-Identifier: MIT */
/*
 * words.h - walks a file of tests/vectors line by line, each split at its spaces.
 *
 * Shape: words w = words_open("updates.txt"); while (words_next(&w)) if (words_is(&w, "v2")) ... w.at[1] ...;
 * words_close(&w);
 */
#ifndef YATA_TESTS_UNIT_WORDS_H
#define YATA_TESTS_UNIT_WORDS_H

#include "harness/bytes.h"

enum { WORDS = 32 };

typedef struct words {
    FILE *file;
    char *line;
    const char *at[WORDS]; /* the first word says what the line is; "" beyond the last */
    uint32_t count;
} words;

enum { WORDS_LINE = 1 << 20 };

static inline words words_open(const char *name) {
    char path[1024];
    snprintf(path, sizeof path, "%s/%s", YATA_VECTORS_DIR, name);
    words w = {.file = fopen(path, "rb"), .line = malloc(WORDS_LINE)};
    REQUIRE(w.file && w.line);
    return w;
}

/* Empty lines are passed. */
static inline bool words_next(words *w) {
    do {
        if (!fgets(w->line, WORDS_LINE, w->file)) return false;
        w->line[strcspn(w->line, "\n")] = 0;
    } while (!*w->line);
    w->count = 0;
    for (uint32_t i = 0; i < WORDS; i++) w->at[i] = "";
    for (char *p = w->line; p && w->count < WORDS;) {
        w->at[w->count++] = p;
        p = strchr(p, ' ');
        if (p) *p++ = 0;
    }
    return true;
}

static inline bool words_is(const words *w, const char *kind) {
    return strcmp(w->at[0], kind) == 0;
}

/* The bytes of a word; "-" is none. */
static inline yata_buffer words_bytes(const words *w, uint32_t i) {
    yata_buffer out;
    yata_buffer_init(&out, NULL);
    hex_append(&out, w->at[i]);
    REQUIRE(out.len * 2 == strlen(w->at[i]) || strcmp(w->at[i], "-") == 0);
    return out;
}

static inline void words_close(words *w) {
    fclose(w->file);
    free(w->line);
}

#endif
