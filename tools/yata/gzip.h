/* SPDX-License-Identifier: MIT */
/* gzip.h - unpacking .gz (RFC 1952) from memory. */
#ifndef YATA_TOOL_GZIP_H
#define YATA_TOOL_GZIP_H

#include <yata/base.h>

bool gzip_recognise(yata_bytes bytes);
/* Appends what `packed` holds, all members of it. False with a report about `path` otherwise. */
bool gzip_unpack(const char *path, yata_bytes packed, yata_buffer *out);

#endif
