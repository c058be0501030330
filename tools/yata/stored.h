/* SPDX-License-Identifier: MIT */
/*
 * stored.h - updates in files: read, refused, worked on without a document, written.
 */
#ifndef YATA_TOOL_STORED_H
#define YATA_TOOL_STORED_H

#include "arguments.h"

/* Are these bytes, which --from did not take all of, an update of the other format? Then that has been reported. */
bool stored_in_other_format(const arguments *args, const char *path, yata_bytes bytes);
/* Appends the update in a file. Bytes behind its end are dropped with a note. Whether it is valid is for the one who
 * reads it to say. False when there is none, which has been reported then. */
bool stored_read(const arguments *args, const char *path, yata_buffer *out);
/* Reports why an update was refused (fault may be YATA_OK: the status says it), and that it is of the other format if
 * it is. Answers EXIT_DATA. */
int stored_refuse(const arguments *args, const char *path, yata_bytes update, yata_status status, yata_fault fault);
/* Puts an update of format --from into format --to. Answers an exit code. */
int stored_convert(const arguments *args, yata_bytes update, yata_buffer *out);
/* Writes one as --to and --out say. Answers an exit code. */
int stored_write(const arguments *args, yata_bytes update);

/* What makes bytes of one update. */
typedef yata_status (*stored_fn)(const arguments *args, yata_bytes update, yata_buffer *out, yata_fault *fault);
/* Reads the one file of the command line and lets `fn` append to *out. Answers an exit code. */
int stored_make(const arguments *args, stored_fn fn, yata_buffer *out);

#endif
