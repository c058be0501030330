/* SPDX-License-Identifier: MIT */
/*
 * trace.h - an editing trace: who typed what, where, in which order.
 *
 * The JSON is that of the editing-traces collection:
 *   {"startContent", "endContent", "txns": [{"patches": [[position, deleted, "inserted"], ...]}, ...]}
 * Concurrent traces have "kind": "concurrent" and "numAgents", and each
 * transaction the indexes of its "parents" and its "agent"; the state it edits
 * is the merge of its parents. Positions count Unicode scalar values.
 */
#ifndef YATA_TOOL_TRACE_H
#define YATA_TOOL_TRACE_H

#include <yata/base.h>

typedef struct trace_patch {
    uint32_t position, deleted;
    yata_str inserted;
} trace_patch;

typedef struct trace_txn {
    size_t patch, patch_end;   /* in trace.patches */
    size_t parent, parent_end; /* in trace.parents */
    uint32_t agent;
} trace_txn;

typedef struct trace {
    bool concurrent;
    uint32_t agent_count; /* 1 in sequential traces */
    yata_str start, end;  /* the text before and after */
    trace_txn *txns;
    trace_patch *patches;
    size_t *parents; /* each is less than the index of its transaction */
    size_t txn_count, patch_count, parent_count;
    size_t insert_count, delete_count; /* patches that insert, that delete */
    void *json;                        /* owns the texts */
} trace;

/* Reads a .json or .json.gz ("-": standard input). False with a report otherwise. */
bool trace_load(const char *path, trace *out);
void trace_free(trace *t);

#endif
