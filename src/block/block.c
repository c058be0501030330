/* SPDX-License-Identifier: MIT */
/*
 * block.c - what the kinds of content have in common in both directions: their names and how they are cut.
 *
 * Cutting is about bytes only, because contents here have no owner: text is cut at a UTF-16 offset, lists of values
 * between two values. See spec/update-v1.md, "Contents".
 */
#include "block/block.h"
#include "base/config.h"
#include "base/utf.h"
#include "wire/any.h"

const char *yt_content_name(uint8_t content) {
    switch ((yt_content)content) {
    case YT_GC:
        return "gc";
    case YT_DELETED:
        return "deleted";
    case YT_JSON:
        return "json";
    case YT_BINARY:
        return "binary";
    case YT_STRING:
        return "string";
    case YT_EMBED:
        return "embed";
    case YT_FORMAT:
        return "format";
    case YT_TYPE:
        return "type";
    case YT_ANY:
        return "any";
    case YT_DOC:
        return "doc";
    case YT_SKIP:
        return "skip";
    }
    return "?";
}

/* Where the first `units` clocks end; *broken: that is inside the four bytes of a pair. */
static const uint8_t *cut(const yt_block *block, uint32_t units, bool *broken) {
    const uint8_t *data = block->data.data, *end = data + block->data.len, *at = data;
    *broken = false;
    if (block->content == YT_STRING)
        return data + (block->data.len == block->len /* ASCII */
                           ? units
                           : yt_utf8_at_utf16(data, block->data.len, units, broken));
    for (uint32_t i = 0; i < units; i++) at = yt_any_skip(at, end);
    return at;
}

yt_tail yt_block_tail(const yt_block *block, uint32_t units) {
    YT_ASSERT(units == 0 || block->data.len == 0 || (yt_content_splits(block->content) && units <= block->len));
    yt_tail tail = {block->data, false};
    if (units == 0 || block->data.len == 0) return tail;
    const uint8_t *end = block->data.data + block->data.len, *at = cut(block, units, &tail.broken);
    if (tail.broken) at += 4;
    tail.rest = (yata_bytes){at, (size_t)(end - at)};
    return tail;
}

yt_tail yt_block_head(const yt_block *block, uint32_t units) {
    YT_ASSERT(block->data.len == 0 || (yt_content_splits(block->content) && units <= block->len));
    yt_tail head = {block->data, false};
    if (units < block->len && block->data.len)
        head.rest.len = (size_t)(cut(block, units, &head.broken) - block->data.data);
    return head;
}
