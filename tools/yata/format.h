/* SPDX-License-Identifier: MIT */
/*
 * format.h - the library's functions on updates, by update format.
 *
 * They come in pairs, one for format v1 and one for v2. A command line names a
 * format once, so a table spares every subcommand the choice.
 */
#ifndef YATA_TOOL_FORMAT_H
#define YATA_TOOL_FORMAT_H

#include <yata/yata.h>

typedef struct update_format {
    const char *name; /* "v1" */
    yata_status (*apply)(yata_doc *doc, yata_bytes update, yata_bytes origin, yata_apply_result *result);
    yata_status (*encode_state)(const yata_doc *doc, yata_buffer *out);
    yata_status (*encode_diff)(const yata_doc *doc, yata_bytes state_vector, yata_buffer *out);
    yata_fault (*check)(yata_bytes update, const yata_allocator *allocator);
    yata_status (*log)(yata_bytes update, yata_buffer *out, yata_fault *fault);
    yata_status (*merge)(const yata_bytes *updates, size_t count, yata_buffer *out, yata_fault *fault);
    yata_status (*diff)(yata_bytes update, yata_bytes state_vector, yata_buffer *out, yata_fault *fault);
    yata_status (*state_vector)(yata_bytes update, yata_buffer *out, yata_fault *fault);
    yata_status (*meta)(yata_bytes update, const yata_update_visitor *visitor, const yata_allocator *allocator,
                        yata_fault *fault);
    yata_status (*split)(yata_bytes update, size_t max_bytes, yata_update_part_fn fn, void *ctx,
                         const yata_allocator *allocator, yata_fault *fault);
    yata_status (*obfuscate)(yata_bytes update, const yata_obfuscation *keep, yata_buffer *out, yata_fault *fault);
} update_format;

const update_format *format_of(yata_update_format which);
yata_update_format format_other(yata_update_format which);
/* "v1" or "v2". */
bool format_parse(const char *word, yata_update_format *out);

#endif
