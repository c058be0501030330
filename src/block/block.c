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

yt_tail yt_block_tail(const yt_block *block, uint32_t units) {
    YT_ASSERT(units == 0 || block->data.len == 0 || (yt_content_splits(block->content) && units <= block->len));
    yt_tail tail = {block->data, false};
    if (units == 0 || block->data.len == 0) return tail;
    const uint8_t *data = block->data.data, *end = data + block->data.len;
    const uint8_t *cut = data;
    if (block->content == YT_STRING) {
        size_t at = block->data.len == block->len ? units /* ASCII */
                                                  : yt_utf8_at_utf16(data, block->data.len, units, &tail.broken);
        cut = data + at + (tail.broken ? 4 : 0);
    } else {
        for (uint32_t i = 0; i < units; i++) cut = yt_any_skip(cut, end);
    }
    tail.rest = (yata_bytes){cut, (size_t)(end - cut)};
    return tail;
}
