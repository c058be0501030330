/* SPDX-License-Identifier: MIT */
/*
 * bytes.h - views of literals, hexadecimal text and comparison of bytes, for test programs.
 *
 * Test programs may end the process: a check that fails prints where and exits with 1.
 */
#ifndef YATA_TESTS_BYTES_H
#define YATA_TESTS_BYTES_H

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <yata/yata.h>

/* Ends the program, in every build type. */
#define FAIL(text)                                                                                                     \
    do {                                                                                                               \
        fflush(stdout);                                                                                                \
        fprintf(stderr, "%s:%d: broken: %s\n", __FILE__, __LINE__, text);                                              \
        exit(1);                                                                                                       \
    } while (0)

#define REQUIRE(condition)                                                                                             \
    do {                                                                                                               \
        if (!(condition)) FAIL(#condition);                                                                            \
    } while (0)

static inline yata_str str_of(const char *text) {
    return (yata_str){text, strlen(text)};
}
static inline yata_str str_from(yata_bytes bytes) {
    return (yata_str){(const char *)bytes.data, bytes.len};
}
static inline yata_bytes bytes_of(const yata_buffer *buffer) {
    return (yata_bytes){buffer->data, buffer->len};
}
static inline yata_bytes no_bytes(void) {
    return (yata_bytes){NULL, 0};
}

static inline bool bytes_equal(yata_bytes a, yata_bytes b) {
    return a.len == b.len && (a.len == 0 || memcmp(a.data, b.data, a.len) == 0);
}

static inline void bytes_print(FILE *out, const char *label, yata_bytes bytes) {
    fprintf(out, "%s (%zu bytes) ", label, bytes.len);
    for (size_t i = 0; i < bytes.len; i++) fprintf(out, "%02x", bytes.data[i]);
    fputc('\n', out);
}

static inline int hex_digit(char c) {
    if (c >= '0' && c <= '9') return c - '0';
    if (c >= 'a' && c <= 'f') return c - 'a' + 10;
    if (c >= 'A' && c <= 'F') return c - 'A' + 10;
    return -1;
}

/* Appends the bytes that `hex` names; stops at the first character that is no digit. */
static inline void hex_append(yata_buffer *out, const char *hex) {
    for (; hex_digit(hex[0]) >= 0 && hex_digit(hex[1]) >= 0; hex += 2) {
        uint8_t byte = (uint8_t)(hex_digit(hex[0]) << 4 | hex_digit(hex[1]));
        REQUIRE(yata_buffer_append(out, &byte, 1) == YATA_OK);
    }
}

/* A fresh buffer with these bytes; spaces and bars are skipped. A `(n*HH)` is n times one byte. */
static inline yata_buffer bytes_from(const char *hex) {
    yata_buffer out;
    yata_buffer_init(&out, NULL);
    while (*hex) {
        unsigned long times = 1;
        if (*hex == ' ' || *hex == '|') {
            hex++;
            continue;
        }
        bool repeated = *hex == '(';
        if (repeated) {
            char *star;
            times = strtoul(hex + 1, &star, 10);
            REQUIRE(*star == '*');
            hex = star + 1;
        }
        REQUIRE(hex_digit(hex[0]) >= 0 && hex_digit(hex[1]) >= 0);
        while (times-- > 0) {
            uint8_t byte = (uint8_t)(hex_digit(hex[0]) << 4 | hex_digit(hex[1]));
            REQUIRE(yata_buffer_append(&out, &byte, 1) == YATA_OK);
        }
        hex += 2;
        if (repeated) {
            REQUIRE(*hex == ')');
            hex++;
        }
    }
    return out;
}

#endif
