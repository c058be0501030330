/* SPDX-License-Identifier: MIT */
/*
 * pretty.c - JSON with line breaks.
 *
 * Works on the text alone: numbers and escapes stay as the library printed
 * them, and nesting is a counter, so depth costs no stack.
 */
#include "pretty.h"

/* Deeper levels are not moved further right: a document nested a hundred thousand deep would otherwise print
 * gigabytes of blanks. */
enum { LEVELS_SHOWN = 60 };

static yata_status new_line(yata_buffer *out, size_t depth) {
    static const char blanks[2 * LEVELS_SHOWN + 1] = "                                                            "
                                                     "                                                            ";
    yata_status status = yata_buffer_append(out, "\n", 1);
    if (status != YATA_OK) return status;
    return yata_buffer_append(out, blanks, 2 * (depth < LEVELS_SHOWN ? depth : LEVELS_SHOWN));
}

/* The end of the string that starts at `i`: the index after its closing quote. */
static size_t string_end(yata_bytes json, size_t i) {
    for (i++; i < json.len; i++) {
        if (json.data[i] == '\\') {
            i++;
        } else if (json.data[i] == '"') {
            return i + 1;
        }
    }
    return json.len;
}

static bool is_space(uint8_t c) {
    return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

static size_t skip_space(yata_bytes json, size_t i) {
    while (i < json.len && is_space(json.data[i])) i++;
    return i;
}

/* One of { [ ] } at `i`; *next: where to go on. */
static yata_status bracket(yata_bytes json, size_t i, size_t *depth, yata_buffer *out, size_t *next) {
    uint8_t c = json.data[i];
    *next = i + 1;
    yata_status status = YATA_OK;
    if (c == ']' || c == '}') {
        if (*depth > 0) --*depth;
        status = new_line(out, *depth);
        return status == YATA_OK ? yata_buffer_append(out, &c, 1) : status;
    }
    status = yata_buffer_append(out, &c, 1);
    if (status != YATA_OK) return status;
    size_t after = skip_space(json, i + 1);
    if (after < json.len && json.data[after] == c + 2) { /* {} and [] stay whole: '}' is '{' + 2, ']' is '[' + 2 */
        *next = after + 1;
        return yata_buffer_append(out, &json.data[after], 1);
    }
    return new_line(out, ++*depth);
}

yata_status pretty_json(yata_bytes json, yata_buffer *out) {
    size_t depth = 0, i = 0;
    yata_status status = YATA_OK;
    while (i < json.len && status == YATA_OK) {
        uint8_t c = json.data[i];
        size_t next = i + 1;
        if (c == '{' || c == '[' || c == '}' || c == ']') {
            status = bracket(json, i, &depth, out, &next);
        } else if (c == ',') {
            status = yata_buffer_append(out, ",", 1);
            if (status == YATA_OK) status = new_line(out, depth);
        } else if (c == ':') {
            status = yata_buffer_append(out, ": ", 2);
        } else if (!is_space(c)) {
            if (c == '"') next = string_end(json, i);
            status = yata_buffer_append(out, json.data + i, next - i);
        }
        i = next;
    }
    return status;
}
