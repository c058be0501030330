/* SPDX-License-Identifier: MIT */
/*
 * any_string.c - lib0 "any" values as JavaScript's String() prints them, which is how they stand in XML attributes.
 *
 * Arrays are their elements, joined by commas, with nothing for null and undefined; so are the bytes of binary. An
 * object says no more than that it is one.
 */
#include "base/number.h"
#include "wire/any.h"

static void write_binary(yt_writer *w, yata_bytes bytes) {
    char text[YT_NUMBER_MAX];
    for (size_t i = 0; i < bytes.len && !w->failed; i++) {
        if (i) yt_write_u8(w, ',');
        yt_write_bytes(w, text, yt_number_print_int(bytes.data[i], text));
    }
}

static void write_scalar(yt_writer *w, const yata_value *value) {
    char text[YT_NUMBER_MAX];
    switch (value->kind) {
    case YATA_VALUE_UNDEFINED:
        yt_write_text(w, "undefined");
        break;
    case YATA_VALUE_NULL:
        yt_write_text(w, "null");
        break;
    case YATA_VALUE_BOOL:
        yt_write_text(w, value->u.boolean ? "true" : "false");
        break;
    case YATA_VALUE_INT:
    case YATA_VALUE_BIGINT:
        yt_write_bytes(w, text, yt_number_print_int(value->u.integer, text));
        break;
    case YATA_VALUE_FLOAT: {
        double x = value->u.number;
        if (x - x == 0)
            yt_write_bytes(w, text, yt_number_print(x, text));
        else
            yt_write_text(w, x > 0 ? "Infinity" : x < 0 ? "-Infinity" : "NaN");
        break;
    }
    case YATA_VALUE_STRING:
        yt_write_bytes(w, value->u.string.data, value->u.string.len);
        break;
    case YATA_VALUE_BINARY:
        write_binary(w, value->u.binary);
        break;
    default:
        yt_write_text(w, "[object Object]");
    }
}

void yt_any_to_string(yt_writer *w, yata_bytes any) {
    uint32_t left[YT_ANY_DEPTH]; /* elements still to come at each level of arrays */
    uint32_t depth = 0;
    yt_reader r;
    yt_reader_init(&r, any.data, any.len);
    do {
        const uint8_t *at = r.pos;
        if (*at == YT_ANY_ARRAY) {
            YT_ASSERT(depth < YT_ANY_DEPTH);
            yt_read_u8(&r);
            left[depth++] = (uint32_t)yt_read_var_uint(&r);
        } else {
            r.pos = yt_any_skip(at, r.end);
            yata_value value;
            yt_any_view((yata_bytes){at, (size_t)(r.pos - at)}, &value);
            if (!depth || value.kind > YATA_VALUE_NULL) write_scalar(w, &value);
        }
        bool first = *at == YT_ANY_ARRAY;
        while (depth && !left[depth - 1]) {
            depth--;
            first = false;
        }
        if (!depth || w->failed) return;
        left[depth - 1]--;
        if (!first) yt_write_u8(w, ',');
    } while (true);
}
