/* SPDX-License-Identifier: MIT */
/*
 * delta.c - lists of operations: building, reading, JSON.
 *
 * Operations hold places in one array of values, not pointers, because the array grows; views are made when asked for.
 */
#include "types/delta.h"

#include "base/utf.h"
#include "doc/content.h"
#include "wire/any.h"

struct yt_delta_entry {
    uint8_t kind;
    bool has_attributes;
    uint32_t len;          /* RETAIN, DELETE; INSERT: not 0 if it is a list of elements */
    uint32_t first, count; /* INSERT: values */
    yata_bytes attributes; /* one any */
};

typedef struct yt_delta_entry entry;

yata_status yata_delta_new(const yata_allocator *allocator, yata_delta **out) {
    if (!out) return YATA_ERR_ARGUMENT;
    yt_mem mem;
    yt_mem_init(&mem, allocator);
    if (!mem.allocator.alloc) return YATA_ERR_ARGUMENT;
    yata_delta *delta = yt_calloc(&mem, sizeof *delta);
    *out = delta;
    if (!delta) return YATA_ERR_MEMORY;
    delta->mem = mem;
    delta->mem.keep_floats = true; /* what comes from documents is as they keep it, what goes into them becomes so */
    yt_writer_init(&delta->text, &delta->mem);
    return YATA_OK;
}

void yata_delta_free(yata_delta *delta) {
    if (!delta) return;
    yt_vec_free(&delta->mem, &delta->ops);
    yt_vec_free(&delta->mem, &delta->values);
    yt_arena_free(&delta->mem, &delta->bytes);
    yt_writer_free(&delta->text);
    yt_mem mem = delta->mem;
    yt_free(&mem, delta, sizeof *delta);
}

size_t yata_delta_count(const yata_delta *delta) {
    return delta ? delta->ops.len : 0;
}

yata_status yata_delta_at(const yata_delta *delta, size_t i, yata_delta_op *out) {
    if (!delta || !out) return YATA_ERR_ARGUMENT;
    if (i >= delta->ops.len) return YATA_ERR_RANGE;
    const entry *e = &delta->ops.data[i];
    *out = (yata_delta_op){.kind = (yata_delta_kind)e->kind, .len = e->len, .count = e->count};
    if (e->count) out->values = delta->values.data + e->first;
    if (e->has_attributes) yt_any_view(e->attributes, &out->attributes);
    return YATA_OK;
}

/* ------------------------------------------------------------------------
 * Building
 */
static yata_status copy_bytes(yata_delta *delta, yata_bytes from, yata_bytes *to) {
    *to = (yata_bytes){(const uint8_t *)"", 0};
    if (!from.len) return YATA_OK;
    uint8_t *p = yt_arena_alloc(&delta->mem, &delta->bytes, from.len);
    if (!p) return YATA_ERR_MEMORY;
    memcpy(p, from.data, from.len);
    *to = (yata_bytes){p, from.len};
    return YATA_OK;
}

static yata_status copy_value(yata_delta *delta, const yata_value *from, yata_value *to) {
    *to = *from;
    yata_bytes bytes;
    yata_status status = YATA_OK;
    switch (from->kind) {
    case YATA_VALUE_STRING:
    case YATA_VALUE_DOC:
        status = copy_bytes(delta, (yata_bytes){(const uint8_t *)from->u.string.data, from->u.string.len}, &bytes);
        to->u.string = (yata_str){(const char *)bytes.data, bytes.len};
        break;
    case YATA_VALUE_BINARY:
        status = copy_bytes(delta, from->u.binary, &bytes);
        to->u.binary = bytes;
        break;
    case YATA_VALUE_ARRAY:
    case YATA_VALUE_OBJECT:
        status = copy_bytes(delta, from->u.any, &bytes);
        to->u.any = bytes;
        break;
    default:
        break;
    }
    return status;
}

/* The attributes as an object in the order of JavaScript; null values stay. */
static yata_status copy_attributes(yata_delta *delta, const yt_attributes *attributes, entry *e) {
    if (!attributes || !yt_attributes_count(attributes)) return YATA_OK;
    yt_writer raw, any;
    yt_writer_init(&raw, &delta->mem);
    yt_writer_init(&any, &delta->mem);
    yt_write_u8(&raw, YT_ANY_OBJECT);
    yt_write_var_uint(&raw, yt_attributes_count(attributes));
    for (uint32_t i = 0; i < attributes->all.len; i++) {
        const yt_attribute *attribute = &attributes->all.data[i];
        if (!yt_attribute_there(attribute)) continue;
        yt_write_var_bytes(&raw, attribute->key.data, attribute->key.len);
        yt_write_bytes(&raw, attribute->value.data, attribute->value.len);
    }
    yata_status status = YATA_ERR_MEMORY;
    if (!raw.failed) yt_any_write_canonical(&any, (yata_bytes){raw.data, raw.len});
    if (!raw.failed && !any.failed) status = copy_bytes(delta, (yata_bytes){any.data, any.len}, &e->attributes);
    e->has_attributes = true;
    yt_writer_free(&raw);
    yt_writer_free(&any);
    return status;
}

static yata_status add(yata_delta *delta, entry e, const yata_value *value, const yt_attributes *attributes) {
    yata_value copy;
    if (!yt_vec_reserve(&delta->mem, &delta->ops, 1) || !yt_vec_reserve(&delta->mem, &delta->values, 1))
        return YATA_ERR_MEMORY;
    yata_status status = copy_attributes(delta, attributes, &e);
    if (!status && value) status = copy_value(delta, value, &copy);
    if (status) return status;
    e.first = delta->values.len;
    if (value) {
        yt_vec_put(&delta->values, copy);
        e.count = 1;
    }
    yt_vec_put(&delta->ops, e);
    return YATA_OK;
}

void yt_delta_begin(yata_delta *delta) {
    delta->from = delta->ops.len;
    delta->from_value = delta->values.len;
}

yata_status yt_delta_end(yata_delta *delta, yata_status status) {
    delta->text.len = 0;
    delta->text.failed = false;
    if (!status) return YATA_OK;
    delta->ops.len = delta->from;
    delta->values.len = delta->from_value;
    return status;
}

static entry *last(yata_delta *delta, yata_delta_kind kind) {
    entry *e = delta->ops.len > delta->from ? &delta->ops.data[delta->ops.len - 1] : NULL;
    return e && e->kind == kind && !e->has_attributes ? e : NULL;
}

yata_status yt_delta_step(yata_delta *delta, yata_delta_kind kind, uint32_t len, const yt_attributes *attributes) {
    return len ? add(delta, (entry){.kind = (uint8_t)kind, .len = len}, NULL, attributes) : YATA_OK;
}

yata_status yt_delta_element(yata_delta *delta, const yata_value *value) {
    entry *e = last(delta, YATA_DELTA_INSERT);
    if (!e) return add(delta, (entry){.kind = YATA_DELTA_INSERT, .len = 1}, value, NULL);
    yata_value copy;
    if (!yt_vec_reserve(&delta->mem, &delta->values, 1)) return YATA_ERR_MEMORY;
    yata_status status = copy_value(delta, value, &copy);
    if (status) return status;
    yt_vec_put(&delta->values, copy);
    e->count++;
    return YATA_OK;
}

yata_status yt_delta_embed(yata_delta *delta, const yata_value *value, const yt_attributes *attributes) {
    return add(delta, (entry){.kind = YATA_DELTA_INSERT}, value, attributes);
}

yata_status yt_delta_text(yata_delta *delta, yata_bytes text) {
    yt_write_bytes(&delta->text, text.data, text.len);
    return delta->text.failed ? YATA_ERR_MEMORY : YATA_OK;
}

yata_status yt_delta_flush(yata_delta *delta, const yt_attributes *attributes) {
    if (!delta->text.len) return YATA_OK;
    yata_value value = {.kind = YATA_VALUE_STRING, .u.string = {(const char *)delta->text.data, delta->text.len}};
    delta->text.len = 0;
    return add(delta, (entry){.kind = YATA_DELTA_INSERT}, &value, attributes);
}

void yt_delta_trim(yata_delta *delta) {
    while (last(delta, YATA_DELTA_RETAIN)) delta->ops.len--;
}

/* ------------------------------------------------------------------------
 * From a caller
 */
yata_status yata_delta_push(yata_delta *delta, const yata_delta_op *op) {
    if (!delta || !op || (unsigned)op->kind > YATA_DELTA_DELETE) return YATA_ERR_ARGUMENT;
    const yata_value *attributes = &op->attributes;
    if (attributes->kind != YATA_VALUE_UNDEFINED && attributes->kind != YATA_VALUE_OBJECT) return YATA_ERR_ARGUMENT;
    if (op->kind == YATA_DELTA_INSERT && (op->count != 1 || !op->values)) return YATA_ERR_ARGUMENT;
    yt_writer checked;
    yt_writer_init(&checked, &delta->mem);
    yata_status status = YATA_OK;
    entry e = {.kind = (uint8_t)op->kind, .len = op->kind == YATA_DELTA_INSERT ? 0 : op->len};
    if (attributes->kind == YATA_VALUE_OBJECT) {
        status = yt_any_write_value(&checked, attributes);
        if (!status) status = copy_bytes(delta, (yata_bytes){checked.data, checked.len}, &e.attributes);
        e.has_attributes = yata_value_count(attributes) > 0;
        checked.len = 0;
    }
    const yata_value *value = op->kind == YATA_DELTA_INSERT ? op->values : NULL;
    yata_value view;
    if (!status && value && value->kind != YATA_VALUE_TYPE) {
        status = yt_any_write_value(&checked, value);
        yt_any_view((yata_bytes){checked.data, checked.len}, &view);
        value = &view;
    }
    if (!status) status = add(delta, e, value, NULL);
    yt_writer_free(&checked);
    return status;
}

static bool is_name(yata_str key, const char *name, size_t len) {
    return key.len == len && !memcmp(key.data, name, len);
}

/* One member of the JSON array. */
static yata_status push_object(yata_delta *delta, const yata_value *object) {
    yata_value_iter it;
    yata_str key;
    yata_value value, insert;
    yata_delta_op op = {.len = 0};
    int kinds = 0;
    if (object->kind != YATA_VALUE_OBJECT || yata_value_iter_init(&it, object)) return YATA_ERR_VALUE;
    while (yata_value_iter_next(&it, &key, &value)) {
        if (is_name(key, "attributes", 10)) {
            if (value.kind == YATA_VALUE_OBJECT)
                op.attributes = value;
            else if (value.kind != YATA_VALUE_NULL)
                return YATA_ERR_VALUE;
        } else if (is_name(key, "insert", 6)) {
            insert = value;
            op.values = &insert;
            op.count = 1;
            kinds++;
        } else if (is_name(key, "retain", 6) || is_name(key, "delete", 6)) {
            if (value.kind != YATA_VALUE_INT || value.u.integer < 0 || value.u.integer > UINT32_MAX)
                return YATA_ERR_VALUE;
            op.kind = key.data[0] == 'r' ? YATA_DELTA_RETAIN : YATA_DELTA_DELETE;
            op.len = (uint32_t)value.u.integer;
            kinds++;
        }
    }
    return kinds == 1 ? yata_delta_push(delta, &op) : YATA_ERR_VALUE;
}

yata_status yata_delta_from_json(yata_delta *delta, yata_str json, yata_fault *fault) {
    if (!delta) return YATA_ERR_ARGUMENT;
    yata_buffer bytes;
    yata_buffer_init(&bytes, &delta->mem.allocator);
    yata_value array, element;
    yata_value_iter it;
    uint32_t ops = delta->ops.len, values = delta->values.len;
    yata_status status = yata_value_from_json(json, &bytes, &array, fault);
    if (!status && (array.kind != YATA_VALUE_ARRAY || yata_value_iter_init(&it, &array))) status = YATA_ERR_VALUE;
    while (!status && yata_value_iter_next(&it, NULL, &element)) status = push_object(delta, &element);
    if (status) {
        delta->ops.len = ops;
        delta->values.len = values;
        if (fault && !fault->status) fault->status = status;
    }
    yata_buffer_free(&bytes);
    return status;
}

/* ------------------------------------------------------------------------
 * JSON
 */
static yata_status append(yata_buffer *out, const char *text, size_t len) {
    return yata_buffer_append(out, text, len);
}

static yata_status append_insert(const yata_delta *delta, const entry *e, yata_buffer *out) {
    /* Elements of sequences are a list even when there is one; a text's insert is the value itself. */
    bool list = e->len != 0;
    yata_status status = append(out, list ? "[" : "", list);
    for (uint32_t i = 0; i < e->count && !status; i++) {
        if (i) status = append(out, ",", 1);
        if (!status) status = yata_value_to_json(&delta->values.data[e->first + i], out);
    }
    return status ? status : append(out, list ? "]" : "", list);
}

static yata_status append_op(const yata_delta *delta, const entry *e, yata_buffer *out) {
    static const char *const names[] = {"{\"insert\":", "{\"retain\":", "{\"delete\":"};
    yata_status status = append(out, names[e->kind], 10);
    yata_value len = {.kind = YATA_VALUE_INT, .u.integer = e->len}, attributes;
    if (!status) status = e->kind == YATA_DELTA_INSERT ? append_insert(delta, e, out) : yata_value_to_json(&len, out);
    if (!status && e->has_attributes) {
        status = append(out, ",\"attributes\":", 14);
        yt_any_view(e->attributes, &attributes);
        if (!status) status = yata_value_to_json(&attributes, out);
    }
    return status ? status : append(out, "}", 1);
}

yata_status yata_delta_to_json(const yata_delta *delta, yata_buffer *out) {
    if (!delta || !out) return YATA_ERR_ARGUMENT;
    size_t len = out->len;
    yata_status status = append(out, "[", 1);
    for (uint32_t i = 0; i < delta->ops.len && !status; i++) {
        if (i) status = append(out, ",", 1);
        if (!status) status = append_op(delta, &delta->ops.data[i], out);
    }
    if (!status) status = append(out, "]", 1);
    if (status) out->len = len;
    return status;
}
