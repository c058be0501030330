/* SPDX-License-Identifier: MIT */
/*
 * status.c - the small public things of base.h: names, the version, owned buffers.
 *
 * A buffer carries its allocator, because it leaves the library and is freed long after the call that filled it.
 */
#include "base/config.h"
#include "base/memory.h"
#include <yata/base.h>

#define TEXT_OF(x) #x
#define TEXT(x)    TEXT_OF(x)

const char *yata_version(void) {
    return TEXT(YATA_VERSION_MAJOR) "." TEXT(YATA_VERSION_MINOR) "." TEXT(YATA_VERSION_PATCH);
}

const char *yata_status_name(yata_status status) {
    switch (status) {
    case YATA_OK:
        return "ok";
    case YATA_ERR_MEMORY:
        return "out of memory";
    case YATA_ERR_END:
        return "unexpected end of input";
    case YATA_ERR_NUMBER:
        return "number out of range";
    case YATA_ERR_UTF8:
        return "invalid UTF-8";
    case YATA_ERR_JSON:
        return "malformed JSON";
    case YATA_ERR_KIND:
        return "unknown kind";
    case YATA_ERR_VALUE:
        return "impossible value";
    case YATA_ERR_LIMIT:
        return "limit exceeded";
    case YATA_ERR_RANGE:
        return "index out of range";
    case YATA_ERR_TYPE:
        return "wrong type";
    case YATA_ERR_GONE:
        return "type was deleted";
    case YATA_ERR_STATE:
        return "not possible now";
    case YATA_ERR_ARGUMENT:
        return "invalid argument";
    case YATA_ERR_NOT_FOUND:
        return "not found";
    }
    return "unknown status";
}

const char *yata_kind_name(yata_kind kind) {
    switch (kind) {
    case YATA_KIND_UNTYPED:
        return "untyped";
    case YATA_KIND_ARRAY:
        return "array";
    case YATA_KIND_MAP:
        return "map";
    case YATA_KIND_TEXT:
        return "text";
    case YATA_KIND_XML_ELEMENT:
        return "xml element";
    case YATA_KIND_XML_FRAGMENT:
        return "xml fragment";
    case YATA_KIND_XML_HOOK:
        return "xml hook";
    case YATA_KIND_XML_TEXT:
        return "xml text";
    case YATA_KIND_WEAK:
        return "weak link";
    }
    return "unknown kind";
}

void yata_buffer_init(yata_buffer *buffer, const yata_allocator *allocator) {
    memset(buffer, 0, sizeof *buffer);
    if (!allocator) allocator = yata_allocator_default();
    if (allocator) buffer->allocator = *allocator;
}

void yata_buffer_free(yata_buffer *buffer) {
    if (buffer->data) buffer->allocator.free(buffer->allocator.ctx, buffer->data, buffer->cap);
    buffer->data = NULL;
    buffer->len = buffer->cap = 0;
}

bool yt_buffer_reserve(yata_buffer *buffer, size_t more) {
    if (more <= buffer->cap - buffer->len) return true;
    if (more > SIZE_MAX / 2 - buffer->len) return false;
    size_t need = buffer->len + more;
    size_t cap = buffer->cap > SIZE_MAX / 4 ? need : buffer->cap * 2;
    if (cap < need) cap = need;
    if (cap < 64) cap = 64;
    const yata_allocator *a = &buffer->allocator;
    if (!a->alloc) return false;
    uint8_t *data = buffer->data ? a->realloc(a->ctx, buffer->data, buffer->cap, cap) : a->alloc(a->ctx, cap);
    if (!data) return false;
    buffer->data = data;
    buffer->cap = cap;
    return true;
}

yata_status yata_buffer_append(yata_buffer *buffer, const void *data, size_t len) {
    if (!buffer || (!data && len)) return YATA_ERR_ARGUMENT;
    if (len == 0) return YATA_OK;
    if (!yt_buffer_reserve(buffer, len)) return YATA_ERR_MEMORY;
    memcpy(buffer->data + buffer->len, data, len);
    buffer->len += len;
    return YATA_OK;
}
