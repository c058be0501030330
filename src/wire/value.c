/* SPDX-License-Identifier: MIT */
/*
 * value.c - plain values in the public interface: walking them, building them, and from JSON text.
 *
 * An iterator is two pointers into lib0 bytes that were checked once, when it was made. A builder appends lib0 bytes as
 * they come; as in json_read.c the counts are filled in when a level ends, and members get JavaScript's order in the
 * end.
 *
 * Invariant: a builder that failed keeps its first status and ignores every call until it is freed.
 */
#include "wire/any.h"

/* ------------------------------------------------------------------------
 * Walking
 */
static bool nests(const yata_value *value) {
    return value->kind == YATA_VALUE_ARRAY || value->kind == YATA_VALUE_OBJECT;
}

static uint8_t tag_of(const yata_value *value) {
    return value->kind == YATA_VALUE_OBJECT ? YT_ANY_OBJECT : YT_ANY_ARRAY;
}

yata_status yata_value_iter_init(yata_value_iter *iter, const yata_value *value) {
    if (!iter || !value) return YATA_ERR_ARGUMENT;
    memset(iter, 0, sizeof *iter);
    if (!nests(value)) return YATA_ERR_TYPE;
    bool canonical;
    yata_status status = yt_any_check(value->u.any, tag_of(value), false, &canonical);
    if (status) return status;
    yt_reader r;
    yt_reader_init(&r, value->u.any.data + 1, value->u.any.len - 1);
    iter->left = (uint32_t)yt_read_var_uint(&r);
    iter->pos = r.pos;
    iter->end = r.end;
    iter->object = value->kind == YATA_VALUE_OBJECT;
    return YATA_OK;
}

bool yata_value_iter_next(yata_value_iter *iter, yata_str *key, yata_value *value) {
    if (key) *key = (yata_str){NULL, 0};
    if (iter->left == 0) return false;
    iter->left--;
    yt_reader r;
    yt_reader_init(&r, iter->pos, (size_t)(iter->end - iter->pos));
    if (iter->object) {
        yata_bytes bytes = yt_read_var_bytes(&r);
        if (key) *key = (yata_str){(const char *)bytes.data, bytes.len};
    }
    iter->pos = yt_any_skip(r.pos, iter->end);
    yt_any_view((yata_bytes){r.pos, (size_t)(iter->pos - r.pos)}, value);
    return true;
}

uint32_t yata_value_count(const yata_value *value) {
    if (!value || !nests(value) || value->u.any.len == 0) return 0;
    yt_reader r;
    yt_reader_init(&r, value->u.any.data, value->u.any.len);
    if (yt_read_u8(&r) != tag_of(value)) return 0;
    return yt_read_count(&r, value->kind == YATA_VALUE_OBJECT ? 2 : 1);
}

/* ------------------------------------------------------------------------
 * A public buffer as the output of internal writers
 */
static void borrow(yt_writer *w, yt_mem *mem, const yata_buffer *buffer) {
    memset(mem, 0, sizeof *mem);
    mem->allocator = buffer->allocator;
    mem->used = buffer->cap;
    yt_writer_init(w, mem);
    w->data = buffer->data;
    w->len = buffer->len;
    w->cap = buffer->cap;
}

/* Memory that was got stays with the buffer, also after a failure. */
static void give_back(const yt_writer *w, yata_buffer *buffer) {
    buffer->data = w->data;
    buffer->len = w->len;
    buffer->cap = w->cap;
}

yata_status yata_value_from_json(yata_str json, yata_buffer *bytes, yata_value *out, yata_fault *fault) {
    yata_fault none = {YATA_OK, 0};
    if (!fault) fault = &none;
    *fault = none;
    if (!bytes || !out || (!json.data && json.len)) return fault->status = YATA_ERR_ARGUMENT;
    yt_mem mem;
    yt_writer w;
    yt_reader r;
    size_t start = bytes->len;
    borrow(&w, &mem, bytes);
    yt_reader_init(&r, (const uint8_t *)json.data, json.len);
    yt_json_read(&r, &w);
    give_back(&w, bytes);
    *fault = r.fault;
    if (w.failed) *fault = (yata_fault){YATA_ERR_MEMORY, 0};
    if (fault->status == YATA_OK) yt_any_view((yata_bytes){bytes->data + start, bytes->len - start}, out);
    return fault->status;
}

/* ------------------------------------------------------------------------
 * Building
 */
typedef struct yata_builder_level {
    size_t count_at; /* where the byte kept for the count is */
    uint32_t count;
    bool object;
    bool named; /* the name of the next member has been written */
} yata_builder_level;

void yata_builder_init(yata_builder *builder, const yata_allocator *allocator) {
    memset(builder, 0, sizeof *builder);
    yata_buffer_init(&builder->bytes, allocator);
}

void yata_builder_free(yata_builder *builder) {
    yt_mem mem;
    yt_mem_init(&mem, &builder->bytes.allocator);
    yt_free(&mem, builder->levels, (size_t)builder->levels_cap * sizeof *builder->levels);
    yata_buffer_free(&builder->bytes);
    yata_allocator allocator = builder->bytes.allocator;
    yata_builder_init(builder, &allocator);
}

static void stick(yata_builder *b, yata_status status) {
    if (b->status == YATA_OK) b->status = status;
}

/* May a value come now? Counts it. */
static bool admit(yata_builder *b) {
    if (b->status) return false;
    yata_builder_level *top = b->depth ? &b->levels[b->depth - 1] : NULL;
    if (!top || (top->object && !top->named)) {
        stick(b, YATA_ERR_STATE);
        return false;
    }
    if (top->count == UINT32_MAX) {
        stick(b, YATA_ERR_LIMIT);
        return false;
    }
    top->count++;
    top->named = false;
    return true;
}

static void begin(yata_builder *b, bool object) {
    if (b->depth == 0 && b->bytes.len > 0) stick(b, YATA_ERR_STATE); /* one builder, one value */
    if (b->depth == YT_ANY_DEPTH) stick(b, YATA_ERR_LIMIT);
    if (b->status || (b->depth > 0 && !admit(b))) return;
    yt_mem mem;
    yt_mem_init(&mem, &b->bytes.allocator);
    yata_builder_level *levels = yt_grow(&mem, b->levels, &b->levels_cap, b->depth + 1, sizeof *levels);
    if (levels) b->levels = levels;
    const uint8_t head[2] = {object ? YT_ANY_OBJECT : YT_ANY_ARRAY, 0};
    if (!levels || yata_buffer_append(&b->bytes, head, sizeof head) != YATA_OK) {
        stick(b, YATA_ERR_MEMORY);
        return;
    }
    levels[b->depth++] = (yata_builder_level){b->bytes.len - 1, 0, object, false};
}

void yata_builder_begin_array(yata_builder *builder) {
    begin(builder, false);
}

void yata_builder_begin_object(yata_builder *builder) {
    begin(builder, true);
}

void yata_builder_key(yata_builder *builder, yata_str key) {
    if (builder->status) return;
    yata_builder_level *top = builder->depth ? &builder->levels[builder->depth - 1] : NULL;
    if (!top || !top->object || top->named) {
        stick(builder, YATA_ERR_STATE);
        return;
    }
    /* As a string value, without its tag. */
    yata_value name = {.kind = YATA_VALUE_STRING, .u.string = key};
    yt_mem mem;
    yt_writer w;
    borrow(&w, &mem, &builder->bytes);
    size_t at = w.len;
    yata_status status = yt_any_write_value(&w, &name);
    if (status == YATA_OK) {
        memmove(w.data + at, w.data + at + 1, w.len - at - 1);
        w.len--;
        top->named = true;
    }
    give_back(&w, &builder->bytes);
    stick(builder, status);
}

void yata_builder_add(yata_builder *builder, const yata_value *value) {
    if (!value) stick(builder, YATA_ERR_ARGUMENT);
    if (!admit(builder)) return;
    yt_mem mem;
    yt_writer w;
    borrow(&w, &mem, &builder->bytes);
    mem.keep_floats = builder->keep_floats;
    stick(builder, yt_any_write_value(&w, value));
    give_back(&w, &builder->bytes);
}

void yata_builder_end(yata_builder *builder) {
    if (builder->status) return;
    yata_builder_level *top = builder->depth ? &builder->levels[builder->depth - 1] : NULL;
    if (!top || top->named) {
        stick(builder, YATA_ERR_STATE);
        return;
    }
    yt_mem mem;
    yt_writer w;
    borrow(&w, &mem, &builder->bytes);
    yt_any_write_count(&w, top->count_at, top->count);
    give_back(&w, &builder->bytes);
    if (w.failed) stick(builder, YATA_ERR_MEMORY);
    builder->depth--;
}

yata_status yata_builder_finish(yata_builder *builder, yata_value *out) {
    if (builder->status) return builder->status;
    if (!out) return YATA_ERR_ARGUMENT;
    if (builder->depth > 0 || builder->bytes.len == 0) return YATA_ERR_STATE;
    yata_bytes built = {builder->bytes.data, builder->bytes.len};
    bool canonical = true;
    yata_status status = yt_any_check(built, built.data[0], builder->keep_floats,
                                      &canonical); /* nested values may have made it too deep */
    if (status == YATA_OK && !canonical) {
        yt_mem mem;
        yt_writer w;
        borrow(&w, &mem, &builder->bytes);
        mem.keep_floats = builder->keep_floats;
        yt_any_put_in_order(&w, 0);
        give_back(&w, &builder->bytes);
        if (w.failed) status = YATA_ERR_MEMORY;
    }
    stick(builder, status);
    if (status == YATA_OK) yt_any_view((yata_bytes){builder->bytes.data, builder->bytes.len}, out);
    return status;
}
