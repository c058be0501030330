/* SPDX-License-Identifier: MIT */
/*
 * encoding.c - hex and base64.
 *
 * Both readers collect bits and give out bytes, so a file of any size needs no
 * second pass. They are strict where leniency would hide a cut-off file: half a
 * byte at the end is an error, and so are left-over bits that are not zero.
 */
#include "encoding.h"

#include <string.h>

enum { CHUNK = 4096 };

bool encoding_parse(const char *word, encoding *out) {
    static const char *const names[] = {"binary", "hex", "base64"};
    for (int i = 0; i < 3; i++) {
        if (strcmp(word, names[i]) != 0) continue;
        *out = (encoding)i;
        return true;
    }
    return false;
}

/* Gathers output, so that the buffer is asked once per chunk. */
typedef struct sink {
    yata_buffer *out;
    size_t len;
    uint8_t chunk[CHUNK];
} sink;

static bool sink_flush(sink *s) {
    if (s->len && yata_buffer_append(s->out, s->chunk, s->len) != YATA_OK) return false;
    s->len = 0;
    return true;
}

static bool sink_put(sink *s, uint8_t byte) {
    if (s->len == CHUNK && !sink_flush(s)) return false;
    s->chunk[s->len++] = byte;
    return true;
}

static bool is_space(uint8_t c) {
    return c == ' ' || (c >= '\t' && c <= '\r');
}

static int hex_digit(uint8_t c) {
    if (c >= '0' && c <= '9') return c - '0';
    if (c >= 'a' && c <= 'f') return c - 'a' + 10;
    if (c >= 'A' && c <= 'F') return c - 'A' + 10;
    return -1;
}

static int base64_digit(uint8_t c) {
    if (c >= 'A' && c <= 'Z') return c - 'A';
    if (c >= 'a' && c <= 'z') return c - 'a' + 26;
    if (c >= '0' && c <= '9') return c - '0' + 52;
    if (c == '+' || c == '-') return 62;
    if (c == '/' || c == '_') return 63;
    return -1;
}

static bool refuse(encoding_fault *fault, size_t offset, const char *reason) {
    *fault = (encoding_fault){offset, reason};
    return false;
}

static bool decode_hex(yata_bytes text, sink *to, encoding_fault *fault) {
    int high = -1;
    for (size_t i = 0; i < text.len; i++) {
        if (is_space(text.data[i])) continue;
        int digit = hex_digit(text.data[i]);
        if (digit < 0) return refuse(fault, i, "not a hex digit");
        if (high < 0) {
            high = digit;
            continue;
        }
        if (!sink_put(to, (uint8_t)(high << 4 | digit))) return refuse(fault, i, NULL);
        high = -1;
    }
    if (high >= 0) return refuse(fault, text.len, "the hex text ends in the middle of a byte");
    return true;
}

/* The padding at `i` and what may follow it. */
static bool check_padding(yata_bytes text, size_t i, unsigned digits, encoding_fault *fault) {
    unsigned padding = 0;
    for (; i < text.len; i++) {
        if (is_space(text.data[i])) continue;
        if (text.data[i] != '=') return refuse(fault, i, "base64 goes on after its padding");
        if ((digits + ++padding) % 4 == 0) {
            /* the group is full: nothing but white space from here on */
            for (i++; i < text.len; i++) {
                if (!is_space(text.data[i])) return refuse(fault, i, "base64 goes on after its padding");
            }
            return digits % 4 >= 2 ? true : refuse(fault, text.len, "misplaced base64 padding");
        }
    }
    return refuse(fault, text.len, "incomplete base64 padding");
}

static bool decode_base64(yata_bytes text, sink *to, encoding_fault *fault) {
    uint32_t bits = 0;
    unsigned have = 0, digits = 0;
    for (size_t i = 0; i < text.len; i++) {
        if (is_space(text.data[i])) continue;
        if (text.data[i] == '=') {
            if (!check_padding(text, i, digits, fault)) return false;
            break;
        }
        int digit = base64_digit(text.data[i]);
        if (digit < 0) return refuse(fault, i, "not a base64 digit");
        bits = (bits << 6 | (uint32_t)digit) & 0xFFFF;
        have += 6;
        digits = (digits + 1) % 4;
        if (have < 8) continue;
        have -= 8;
        if (!sink_put(to, (uint8_t)(bits >> have))) return refuse(fault, i, NULL);
    }
    if (digits == 1 || (bits & ((1u << have) - 1)) != 0) {
        return refuse(fault, text.len, "the base64 text ends in the middle of a byte");
    }
    return true;
}

bool encoding_decode(encoding from, yata_bytes text, yata_buffer *out, encoding_fault *fault) {
    if (from == ENCODING_BINARY) {
        if (yata_buffer_append(out, text.data, text.len) == YATA_OK) return true;
        return refuse(fault, 0, NULL);
    }
    sink to = {.out = out};
    if (!(from == ENCODING_HEX ? decode_hex : decode_base64)(text, &to, fault)) return false;
    return sink_flush(&to) ? true : refuse(fault, text.len, NULL);
}

static bool encode_hex(yata_bytes bytes, sink *to) {
    static const char digits[] = "0123456789abcdef";
    for (size_t i = 0; i < bytes.len; i++) {
        if (!sink_put(to, (uint8_t)digits[bytes.data[i] >> 4])) return false;
        if (!sink_put(to, (uint8_t)digits[bytes.data[i] & 15])) return false;
    }
    return true;
}

static bool encode_base64(yata_bytes bytes, sink *to) {
    static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    for (size_t i = 0; i < bytes.len; i += 3) {
        size_t left = bytes.len - i;
        uint32_t group = (uint32_t)bytes.data[i] << 16;
        if (left > 1) group |= (uint32_t)bytes.data[i + 1] << 8;
        if (left > 2) group |= bytes.data[i + 2];
        for (size_t d = 0; d < 4; d++) {
            char digit = d > left ? '=' : digits[group >> (18 - 6 * d) & 63];
            if (!sink_put(to, (uint8_t)digit)) return false;
        }
    }
    return true;
}

yata_status encoding_encode(encoding to, yata_bytes bytes, yata_buffer *out) {
    if (to == ENCODING_BINARY) return yata_buffer_append(out, bytes.data, bytes.len);
    sink s = {.out = out};
    bool ok = (to == ENCODING_HEX ? encode_hex : encode_base64)(bytes, &s);
    return ok && sink_put(&s, '\n') && sink_flush(&s) ? YATA_OK : YATA_ERR_MEMORY;
}
