/* SPDX-License-Identifier: MIT */
/* input.h - reading files and standard input ("-") whole. */
#ifndef YATA_TOOL_INPUT_H
#define YATA_TOOL_INPUT_H

#include "encoding.h"

/* Appends the bytes of a file. False when it cannot be read, which has been reported then. */
bool input_read(const char *path, yata_buffer *out);
/* The same, turning hex or base64 into the bytes it stands for. `what` names the thing expected ("an update"): a
 * file without a single byte is reported as not being one. */
bool input_read_as(const char *path, encoding from, const char *what, yata_buffer *out);

#endif
