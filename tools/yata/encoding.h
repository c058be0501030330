/* SPDX-License-Identifier: MIT */
/* encoding.h - bytes written as text: hex and base64 (RFC 4648), in both directions. */
#ifndef YATA_TOOL_ENCODING_H
#define YATA_TOOL_ENCODING_H

#include <yata/base.h>

typedef enum encoding { ENCODING_BINARY, ENCODING_HEX, ENCODING_BASE64 } encoding;

/* "binary", "hex" or "base64". */
bool encoding_parse(const char *word, encoding *out);

/* What was wrong with a text, and where; reason is NULL when the memory was short. */
typedef struct encoding_fault {
    size_t offset;
    const char *reason;
} encoding_fault;

/* Appends the bytes that a text stands for. White space is ignored. base64 may use either alphabet of RFC 4648 and
 * may leave the padding out. */
bool encoding_decode(encoding from, yata_bytes text, yata_buffer *out, encoding_fault *fault);
/* Appends the text for bytes; hex and base64 end in a newline. */
yata_status encoding_encode(encoding to, yata_bytes bytes, yata_buffer *out);

#endif
