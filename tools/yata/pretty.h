/* SPDX-License-Identifier: MIT */
/* pretty.h - JSON with line breaks and indentation. */
#ifndef YATA_TOOL_PRETTY_H
#define YATA_TOOL_PRETTY_H

#include <yata/base.h>

/* Appends `json`, which must be well formed, one member or element a line, two spaces a level. */
yata_status pretty_json(yata_bytes json, yata_buffer *out);

#endif
