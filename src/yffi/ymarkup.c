/* SPDX-License-Identifier: MIT */
/*
 * ymarkup.c - XML as yffi prints it: names as they were given, attributes in the order in which they were set, every
 * run of a text inside the tags of its formats, in the order of their names. Nothing is escaped; it is meant for
 * people.
 */
#include "yffi/handles.h"
#include "yffi/vector.h"

static yata_status put(yata_buffer *out, const char *text) {
    return yata_buffer_append(out, text, strlen(text));
}
static yata_status put_str(yata_buffer *out, yata_str str) {
    return str.len ? yata_buffer_append(out, str.data, str.len) : YATA_OK;
}

/* ------------------------------------------------------------------------
 * Attributes
 */
static yata_status attribute(yata_str name, const yata_value *value, yata_buffer *out) {
    yata_status status = put(out, " ");
    if (!status) status = put_str(out, name);
    if (!status) status = put(out, "=\"");
    if (!status) status = yr_display(value, out);
    return status ? status : put(out, "\"");
}

static yata_status open_element(yata_type type, yata_buffer *out) {
    yata_map_iter it;
    yata_str name;
    yata_value value;
    yata_status status = yata_type_name(type, &name);
    if (!status) status = put(out, "<");
    if (!status) status = put_str(out, name);
    if (!status) status = yata_map_iter_init(&it, type);
    while (!status && yata_map_iter_next(&it, &name, &value)) status = attribute(name, &value, out);
    return status ? status : put(out, ">");
}

static yata_status close_element(yata_type type, yata_buffer *out) {
    yata_str name;
    yata_status status = yata_type_name(type, &name);
    if (!status) status = put(out, "</");
    if (!status) status = put_str(out, name);
    return status ? status : put(out, ">");
}

/* ------------------------------------------------------------------------
 * Texts
 */
typedef struct format {
    yata_str name;
    yata_value value;
} format;

static int by_name(const void *a, const void *b) {
    const format *x = a, *y = b;
    size_t n = x->name.len < y->name.len ? x->name.len : y->name.len;
    int order = n ? memcmp(x->name.data, y->name.data, n) : 0;
    return order ? order : (x->name.len > y->name.len) - (x->name.len < y->name.len);
}

/* The formats of a run by name; the caller frees. */
static yata_status formats_of(const yata_value *attributes, format **out, uint32_t *count) {
    yata_value_iter it;
    *out = NULL;
    *count = 0;
    if (attributes->kind != YATA_VALUE_OBJECT) return YATA_OK;
    uint32_t n = yata_value_count(attributes);
    format *all = malloc((n ? n : 1) * sizeof *all);
    if (!all) return YATA_ERR_MEMORY;
    yata_status status = yata_value_iter_init(&it, attributes);
    while (!status && *count < n && yata_value_iter_next(&it, &all[*count].name, &all[*count].value)) ++*count;
    qsort(all, *count, sizeof *all, by_name);
    *out = all;
    return status;
}

static yata_status open_format(const format *f, yata_buffer *out) {
    yata_value_iter it;
    yata_str name;
    yata_value value;
    yata_status status = put(out, "<");
    if (!status) status = put_str(out, f->name);
    if (!status && f->value.kind == YATA_VALUE_OBJECT) {
        status = yata_value_iter_init(&it, &f->value);
        while (!status && yata_value_iter_next(&it, &name, &value)) status = attribute(name, &value, out);
    }
    return status ? status : put(out, ">");
}

static yata_status close_format(const format *f, yata_buffer *out) {
    yata_status status = put(out, "</");
    if (!status) status = put_str(out, f->name);
    return status ? status : put(out, ">");
}

static yata_status run(const yata_delta_op *op, yata_buffer *out) {
    format *formats;
    uint32_t n;
    yata_status status = formats_of(&op->attributes, &formats, &n);
    for (uint32_t i = 0; i < n && !status; i++) status = open_format(&formats[i], out);
    bool shown = op->values[0].kind != YATA_VALUE_TYPE && op->values[0].kind != YATA_VALUE_DOC;
    if (!status && shown) status = yr_display(&op->values[0], out);
    for (uint32_t i = n; i > 0 && !status; i--) status = close_format(&formats[i - 1], out);
    free(formats);
    return status;
}

static yata_status text(yata_type type, yata_buffer *out) {
    yata_delta *delta;
    yata_delta_op op;
    yata_status status = yata_delta_new(&yr_allocator, &delta);
    if (status) return status;
    status = yata_text_to_delta(type, delta);
    for (size_t i = 0; !status && i < yata_delta_count(delta); i++) {
        status = yata_delta_at(delta, i, &op);
        if (!status) status = run(&op, out);
    }
    yata_delta_free(delta);
    return status;
}

/* ------------------------------------------------------------------------
 * The tree
 */
typedef struct level {
    yata_type type;
    yata_array_iter it;
} level;
typedef YR_VECTOR(level) levels;

static yata_status enter(levels *stack, yata_type type, yata_buffer *out) {
    int8_t tag = yr_tag(type);
    if (tag == Y_TEXT || tag == Y_XML_TEXT) return text(type, out);
    if (tag != Y_XML_ELEM && tag != Y_XML_FRAG) return YATA_OK;
    yata_status status = tag == Y_XML_ELEM ? open_element(type, out) : YATA_OK;
    if (!status && !yr_vector_reserve(stack)) status = YATA_ERR_MEMORY;
    if (status) return status;
    level *top = &stack->data[stack->len++];
    top->type = type;
    return yata_array_iter_init(&top->it, type);
}

yata_status yr_markup(yata_type type, yata_buffer *out) {
    levels stack = {NULL, 0, 0};
    yata_value child;
    yata_status status = enter(&stack, type, out);
    while (!status && stack.len) {
        level *top = &stack.data[stack.len - 1];
        if (yata_array_iter_next(&top->it, &child)) {
            if (child.kind == YATA_VALUE_TYPE) status = enter(&stack, child.u.type, out);
        } else {
            if (yr_tag(top->type) == Y_XML_ELEM) status = close_element(top->type, out);
            stack.len--;
        }
    }
    free(stack.data);
    return status;
}
