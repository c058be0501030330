/* SPDX-License-Identifier: MIT */
/*
 * editor.h - one document with one text, edited by the patches of a trace.
 *
 * A sequential trace has one editor; a concurrent one has one for each agent.
 */
#ifndef YATA_TOOL_EDITOR_H
#define YATA_TOOL_EDITOR_H

#include "arguments.h"
#include "trace.h"

typedef struct editor {
    yata_doc *doc;
    yata_type text;
} editor;

/* A patch that failed. */
typedef struct editor_fault {
    yata_status status;
    size_t txn, patch; /* indexes, counted as in the file */
} editor_fault;

/* An empty document for a client. editor_close is due also after a failure. */
yata_status editor_open(editor *e, const arguments *args, uint64_t client);
void editor_close(editor *e);

/* Types the start text, in a transaction of its own. */
yata_status editor_start(editor *e, yata_str start);
/* Applies one transaction of a trace: in one of ours, or with per_op in one for each patch. */
bool editor_apply(editor *e, const trace *t, size_t txn, bool per_op, editor_fault *fault);

/* Does the text read as expected? Otherwise a report about `path`. */
bool editor_verify(const editor *e, const char *path, yata_str expected);

#endif
