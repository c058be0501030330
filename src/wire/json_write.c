/* SPDX-License-Identifier: MIT */
/*
 * json_write.c - lib0 "any" values as JSON text, byte for byte what JSON.stringify prints (spec/lib0.md).
 *
 * JSON has fewer kinds of values: undefined members are left out, undefined elements and numbers that are not finite
 * are null, big integers are printed as integers, binary as {"$binary":"<base64>"}; on the wire binary is what
 * JSON.stringify makes of it, an object of its bytes.
 */
#include "base/number.h"
#include "wire/any.h"

/* ------------------------------------------------------------------------
 * Strings
 */
static void write_escape(yt_writer *w, uint8_t c) {
    static const char hex[] = "0123456789abcdef";
    char letter = 0;
    switch (c) {
    case '\b':
        letter = 'b';
        break;
    case '\t':
        letter = 't';
        break;
    case '\n':
        letter = 'n';
        break;
    case '\f':
        letter = 'f';
        break;
    case '\r':
        letter = 'r';
        break;
    case '"':
    case '\\':
        letter = (char)c;
        break;
    default:
        break;
    }
    char text[6] = {'\\', letter, '0', '0', hex[c >> 4], hex[c & 15]};
    if (letter) {
        yt_write_bytes(w, text, 2);
    } else {
        text[1] = 'u';
        yt_write_bytes(w, text, 6);
    }
}

void yt_json_write_string(yt_writer *w, yata_str str) {
    const uint8_t *p = (const uint8_t *)str.data;
    size_t plain = 0; /* where the bytes that need no escape begin */
    yt_write_u8(w, '"');
    for (size_t i = 0; i < str.len; i++) {
        if (YT_LIKELY(p[i] >= 0x20 && p[i] != '"' && p[i] != '\\')) continue;
        yt_write_bytes(w, p + plain, i - plain);
        write_escape(w, p[i]);
        plain = i + 1;
    }
    if (str.len > plain) yt_write_bytes(w, p + plain, str.len - plain);
    yt_write_u8(w, '"');
}

void yt_json_write_base64(yt_writer *w, yata_bytes bytes) {
    static const char letters[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    for (size_t at = 0; at < bytes.len; at += 3) {
        size_t n = bytes.len - at;
        uint32_t three = (uint32_t)bytes.data[at] << 16;
        if (n > 1) three |= (uint32_t)bytes.data[at + 1] << 8;
        if (n > 2) three |= bytes.data[at + 2];
        char four[4] = {letters[three >> 18], letters[three >> 12 & 63], n > 1 ? letters[three >> 6 & 63] : '=',
                        n > 2 ? letters[three & 63] : '='};
        yt_write_bytes(w, four, sizeof four);
    }
}

/* ------------------------------------------------------------------------
 * Values
 */
static void print_integer(yt_writer *w, int64_t x) {
    char text[YT_NUMBER_MAX];
    yt_write_bytes(w, text, yt_number_print_int(x, text));
}

static void write_scalar(yt_writer *w, const yata_value *value) {
    char text[YT_NUMBER_MAX];
    switch (value->kind) {
    case YATA_VALUE_BOOL:
        yt_write_text(w, value->u.boolean ? "true" : "false");
        break;
    case YATA_VALUE_INT:
    case YATA_VALUE_BIGINT:
        print_integer(w, value->u.integer);
        break;
    case YATA_VALUE_FLOAT:
        yt_write_bytes(w, text, yt_number_print(value->u.number, text));
        break;
    case YATA_VALUE_STRING:
        yt_json_write_string(w, value->u.string);
        break;
    case YATA_VALUE_BINARY:
        yt_write_text(w, "{\"$binary\":\"");
        yt_json_write_base64(w, value->u.binary);
        yt_write_text(w, "\"}");
        break;
    case YATA_VALUE_DOC:
        yt_write_text(w, "{\"$doc\":");
        yt_json_write_string(w, value->u.string);
        yt_write_u8(w, '}');
        break;
    default:
        yt_write_text(w, "null");
    }
}

/* {"0":1,"1":255} */
static void write_members(yt_writer *w, yata_bytes bytes) {
    yt_write_u8(w, '{');
    for (size_t i = 0; i < bytes.len && !w->failed; i++) {
        yt_write_text(w, i ? ",\"" : "\"");
        print_integer(w, (int64_t)i);
        yt_write_text(w, "\":");
        print_integer(w, bytes.data[i]);
    }
    yt_write_u8(w, '}');
}

typedef struct printing {
    yt_writer *w;
    bool wire;  /* binary as in JavaScript */
    bool comma; /* something stands before, at this level */
    uint32_t depth;
    uint32_t left[YT_ANY_DEPTH]; /* values still to come at each level */
    bool object[YT_ANY_DEPTH];
} printing;

/* Prints the value at r, of a container its head only. */
static void print_value(printing *k, yt_reader *r) {
    const uint8_t *at = r->pos;
    if (*at != YT_ANY_ARRAY && *at != YT_ANY_OBJECT) {
        yata_value value;
        r->pos = yt_any_skip(at, r->end);
        yt_any_view((yata_bytes){at, (size_t)(r->pos - at)}, &value);
        if (k->wire && value.kind == YATA_VALUE_BINARY)
            write_members(k->w, value.u.binary);
        else
            write_scalar(k->w, &value);
        k->comma = true;
        return;
    }
    bool object = yt_read_u8(r) == YT_ANY_OBJECT;
    YT_ASSERT(k->depth < YT_ANY_DEPTH);
    k->object[k->depth] = object;
    k->left[k->depth++] = (uint32_t)yt_read_var_uint(r);
    yt_write_u8(k->w, object ? '{' : '[');
    k->comma = false;
}

/* Prints a member's name. False: the member is undefined and was passed over. */
static bool print_key(printing *k, yt_reader *r) {
    yata_bytes key = yt_read_var_bytes(r);
    if (*r->pos == YT_ANY_UNDEFINED) {
        r->pos++;
        return false;
    }
    if (k->comma) yt_write_u8(k->w, ',');
    yt_json_write_string(k->w, (yata_str){(const char *)key.data, key.len});
    yt_write_u8(k->w, ':');
    return true;
}

static void print(yt_writer *w, yata_bytes any, bool wire) {
    printing k; /* levels are written before they are read */
    yt_reader r;
    k.w = w;
    k.wire = wire;
    k.comma = false;
    k.depth = 0;
    yt_reader_init(&r, any.data, any.len);
    print_value(&k, &r);
    while (k.depth && !w->failed) {
        uint32_t top = k.depth - 1;
        if (k.left[top] == 0) {
            yt_write_u8(w, k.object[top] ? '}' : ']');
            k.depth--;
            k.comma = true;
            continue;
        }
        k.left[top]--;
        if (k.object[top]) {
            if (!print_key(&k, &r)) continue;
        } else if (k.comma) {
            yt_write_u8(w, ',');
        }
        print_value(&k, &r);
    }
}

void yt_any_to_json(yt_writer *w, yata_bytes any) {
    print(w, any, false);
}

void yt_any_stringify(yt_writer *w, yata_bytes any) {
    print(w, any, true);
}

/* ------------------------------------------------------------------------
 * Values of callers
 */
static yata_status print_plain(yt_writer *w, const yata_value *value) {
    if (value->kind == YATA_VALUE_TYPE) return YATA_ERR_ARGUMENT;
    bool doc = value->kind == YATA_VALUE_DOC;
    if (doc && !value->u.string.data && value->u.string.len) return YATA_ERR_ARGUMENT;
    /* Through the canonical bytes: they are checked, and members have their order. */
    yata_value as_string = *value;
    if (doc) as_string.kind = YATA_VALUE_STRING;
    yt_writer bytes;
    yt_writer_init(&bytes, w->mem);
    yata_status status = yt_any_write_value(&bytes, &as_string);
    if (status == YATA_OK && doc) {
        write_scalar(w, value);
    } else if (status == YATA_OK) {
        yt_any_to_json(w, (yata_bytes){bytes.data, bytes.len});
    }
    yt_writer_free(&bytes);
    return status;
}

yata_status yt_value_plain_to_json(const yata_value *value, yata_buffer *out) {
    if (!value || !out) return YATA_ERR_ARGUMENT;
    yt_mem mem;
    yt_writer w;
    yt_mem_init(&mem, &out->allocator);
    yt_writer_init(&w, &mem);
    yata_status status = print_plain(&w, value);
    if (status) {
        yt_writer_free(&w);
        return status;
    }
    return yt_writer_to_buffer(&w, out);
}
