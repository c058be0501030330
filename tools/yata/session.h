/* SPDX-License-Identifier: MIT */
/*
 * session.h - a trace being replayed: an editor for each agent, and what they
 * have told each other.
 */
#ifndef YATA_TOOL_SESSION_H
#define YATA_TOOL_SESSION_H

#include "editor.h"

struct agent;

typedef struct session {
    const trace *trace;
    struct agent *agents; /* trace->agent_count */
    uint32_t *versions;   /* of concurrent traces: per transaction and agent, how many of its updates it builds on */
    size_t merge_count;   /* transactions that began with news from others */
} session;

/* Makes the documents and types the start text. session_close is due also after a failure. */
yata_status session_open(session *s, const arguments *args, const trace *t);
void session_close(session *s);
/* Replays all transactions; at the end every agent knows everything. */
bool session_run(session *s, bool per_op, editor_fault *fault);
const editor *session_editor(const session *s, uint32_t i);

#endif
