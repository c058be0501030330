/* SPDX-License-Identifier: MIT */
/*
 * yjson.c - JSON as yffi prints it: compact, undefined and what has no JSON as null, buffers as arrays of numbers,
 * subdocuments as {"guid": ...}, texts and XML as strings. And the display form of plain values, which is what stands
 * in XML.
 *
 * A tree is walked with a stack of iterators of our own.
 */
#include "yffi/number_text.h"
#include "yffi/vector.h"

typedef enum walking { ARRAY, MAP, VALUE } walking;

typedef struct level {
    walking kind;
    bool first, object;
    union {
        yata_array_iter array;
        yata_map_iter map;
        yata_value_iter value;
    } it;
} level;

typedef YR_VECTOR(level) levels;

static yata_status put(yata_buffer *out, const char *text) {
    return yata_buffer_append(out, text, strlen(text));
}

/* ------------------------------------------------------------------------
 * Strings
 */
static yata_status put_string(yata_str str, yata_buffer *out) {
    static const char hex[] = "0123456789abcdef";
    yata_status status = yata_buffer_append(out, "\"", 1);
    size_t start = 0;
    for (size_t i = 0; i < str.len && !status; i++) {
        unsigned char c = (unsigned char)str.data[i];
        if (c >= 0x20 && c != '"' && c != '\\') continue;
        char escape[6] = {'\\', 0, '0', '0', hex[c >> 4], hex[c & 15]};
        const char *letter = c < 0x20 ? strchr("\bb\ff\nn\rr\tt", c) : NULL;
        escape[1] = c >= 0x20 ? (char)c : c && letter ? letter[1] : 'u';
        status = yata_buffer_append(out, str.data + start, i - start);
        if (!status) status = yata_buffer_append(out, escape, escape[1] == 'u' ? 6 : 2);
        start = i + 1;
    }
    if (!status && str.len > start) status = yata_buffer_append(out, str.data + start, str.len - start);
    return status ? status : yata_buffer_append(out, "\"", 1);
}

static yata_status put_buffer(yata_bytes bytes, yata_buffer *out) {
    yata_status status = put(out, "[");
    for (size_t i = 0; i < bytes.len && !status; i++) {
        if (i) status = put(out, ",");
        if (!status) status = yr_print_integer(bytes.data[i], out);
    }
    return status ? status : put(out, "]");
}

/* A text, or XML, as one string. */
static yata_status put_markup(yata_type type, bool plain, yata_buffer *out) {
    yata_buffer text;
    yata_buffer_init(&text, &yr_allocator);
    yata_status status = plain ? yata_text_read(type, &text) : yr_markup(type, &text);
    if (!status) status = put_string((yata_str){(const char *)text.data, text.len}, out);
    yata_buffer_free(&text);
    return status;
}

/* ------------------------------------------------------------------------
 * JSON
 */
static yata_status open_level(levels *stack, level top, yata_buffer *out) {
    if (!yr_vector_reserve(stack)) return YATA_ERR_MEMORY;
    top.first = true;
    stack->data[stack->len++] = top;
    return put(out, top.object ? "{" : "[");
}

static yata_status open_type(levels *stack, yata_type type, yata_buffer *out) {
    level top = {.kind = ARRAY};
    yata_status status;
    switch (yr_tag(type)) {
    case Y_ARRAY:
        status = yata_array_iter_init(&top.it.array, type);
        return status ? status : open_level(stack, top, out);
    case Y_MAP:
        top.kind = MAP;
        top.object = true;
        status = yata_map_iter_init(&top.it.map, type);
        return status ? status : open_level(stack, top, out);
    case Y_TEXT:
        return put_markup(type, true, out);
    case Y_XML_ELEM:
    case Y_XML_FRAG:
    case Y_XML_TEXT:
        return put_markup(type, false, out);
    default:
        return put(out, "null");
    }
}

static yata_status open_value(levels *stack, const yata_value *value, yata_buffer *out) {
    yata_status status;
    level top = {.kind = VALUE, .object = value->kind == YATA_VALUE_OBJECT};
    switch (value->kind) {
    case YATA_VALUE_BOOL:
        return put(out, value->u.boolean ? "true" : "false");
    case YATA_VALUE_INT:
    case YATA_VALUE_BIGINT:
        return yr_print_integer(value->u.integer, out);
    case YATA_VALUE_FLOAT:
        return yr_print_json_number(value->u.number, out);
    case YATA_VALUE_STRING:
        return put_string(value->u.string, out);
    case YATA_VALUE_BINARY:
        return put_buffer(value->u.binary, out);
    case YATA_VALUE_ARRAY:
    case YATA_VALUE_OBJECT:
        status = yata_value_iter_init(&top.it.value, value);
        return status ? status : open_level(stack, top, out);
    case YATA_VALUE_TYPE:
        return open_type(stack, value->u.type, out);
    case YATA_VALUE_DOC:
        status = put(out, "{\"guid\":");
        if (!status) status = put_string(value->u.string, out);
        return status ? status : put(out, "}");
    default:
        return put(out, "null");
    }
}

static bool next_value(level *top, yata_str *key, yata_value *value) {
    switch (top->kind) {
    case ARRAY:
        return yata_array_iter_next(&top->it.array, value);
    case MAP:
        return yata_map_iter_next(&top->it.map, key, value);
    default:
        return yata_value_iter_next(&top->it.value, key, value);
    }
}

static yata_status walk(levels *stack, yata_buffer *out) {
    yata_status status = YATA_OK;
    while (stack->len && !status) {
        level *top = &stack->data[stack->len - 1];
        yata_str key = {NULL, 0};
        yata_value value;
        if (!next_value(top, &key, &value)) {
            status = put(out, top->object ? "}" : "]");
            stack->len--;
            continue;
        }
        if (!top->first) status = put(out, ",");
        top->first = false;
        if (!status && top->object) status = put_string(key, out);
        if (!status && top->object) status = put(out, ":");
        if (!status) status = open_value(stack, &value, out);
    }
    free(stack->data);
    return status;
}

yata_status yr_json_value(const yata_value *value, yata_buffer *out) {
    levels stack = {NULL, 0, 0};
    yata_status status = open_value(&stack, value, out);
    yata_status walked = walk(&stack, out);
    return status ? status : walked;
}

yata_status yr_json_type(yata_type type, yata_buffer *out) {
    yata_value value = {.kind = YATA_VALUE_TYPE, .u = {.type = type}};
    return yr_json_value(&value, out);
}

/* ------------------------------------------------------------------------
 * Display
 */
static yata_status display_scalar(const yata_value *value, yata_buffer *out) {
    static const char hex[] = "0123456789abcdef";
    yata_status status;
    switch (value->kind) {
    case YATA_VALUE_NULL:
        return put(out, "null");
    case YATA_VALUE_BOOL:
        return put(out, value->u.boolean ? "true" : "false");
    case YATA_VALUE_INT:
    case YATA_VALUE_BIGINT:
        return yr_print_integer(value->u.integer, out);
    case YATA_VALUE_FLOAT:
        return yr_print_plain_number(value->u.number, out);
    case YATA_VALUE_STRING:
    case YATA_VALUE_DOC:
        return yata_buffer_append(out, value->u.string.data, value->u.string.len);
    case YATA_VALUE_TYPE:
        return yr_tag(value->u.type) == Y_TEXT ? yata_text_read(value->u.type, out) : yr_json_type(value->u.type, out);
    case YATA_VALUE_BINARY:
        status = put(out, "0x");
        for (size_t i = 0; i < value->u.binary.len && !status; i++) {
            uint8_t byte = value->u.binary.data[i];
            char two[2] = {hex[byte >> 4], hex[byte & 15]};
            status = yata_buffer_append(out, two, 2);
        }
        return status;
    default:
        return put(out, "undefined");
    }
}

yata_status yr_display(const yata_value *value, yata_buffer *out) {
    YR_VECTOR(level) stack = {NULL, 0, 0};
    yata_status status = YATA_OK;
    yata_value current = *value;
    for (;;) {
        bool nests = current.kind == YATA_VALUE_ARRAY || current.kind == YATA_VALUE_OBJECT;
        if (!nests) {
            status = display_scalar(&current, out);
        } else if (!yr_vector_reserve(&stack)) {
            status = YATA_ERR_MEMORY;
        } else {
            level *top = &stack.data[stack.len++];
            *top = (level){.kind = VALUE, .first = true, .object = current.kind == YATA_VALUE_OBJECT};
            status = yata_value_iter_init(&top->it.value, &current);
            if (!status) status = put(out, top->object ? "{" : "[");
        }
        yata_str key;
        while (!status && stack.len && !yata_value_iter_next(&stack.data[stack.len - 1].it.value, &key, &current))
            status = put(out, stack.data[--stack.len].object ? "}" : "]");
        if (status || !stack.len) break;
        level *top = &stack.data[stack.len - 1];
        if (!top->first) status = put(out, ", ");
        top->first = false;
        if (!status && top->object) status = yata_buffer_append(out, key.data, key.len);
        if (!status && top->object) status = put(out, ": ");
        if (status) break;
    }
    free(stack.data);
    return status;
}
