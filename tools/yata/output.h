/* SPDX-License-Identifier: MIT */
/* output.h - writing results to standard output or to a file. */
#ifndef YATA_TOOL_OUTPUT_H
#define YATA_TOOL_OUTPUT_H

#include "arguments.h"

/* Both write to the file of -o, or to standard output, and answer an exit code; what went wrong has been reported.
 * A reader who closes the pipe early is no failure. */

/* Bytes in the encoding of --out. Refuses to send binary to a terminal, unless it was asked for by name. */
int output_bytes(const arguments *args, yata_bytes bytes);
/* JSON, on one line or as --pretty says, and a newline. */
int output_json(const arguments *args, yata_bytes json);
/* Text as it is. */
int output_text(const arguments *args, yata_bytes text);
/* What was printed to stdout through stdio, with the same answer. */
int output_flush(void);

#endif
