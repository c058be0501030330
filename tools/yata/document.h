/* SPDX-License-Identifier: MIT */
/* document.h - the document that the files of a command line make. */
#ifndef YATA_TOOL_DOCUMENT_H
#define YATA_TOOL_DOCUMENT_H

#include "arguments.h"

/* Applies every file in order, and says on standard error what is still missing then. An exit code; on EXIT_FINE
 * the caller frees *out. */
int document_build(const arguments *args, yata_doc **out);

#endif
