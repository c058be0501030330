/* SPDX-License-Identifier: MIT */
/*
 * session.c - a trace being replayed.
 *
 * A transaction of a concurrent trace edits the merge of its parents, while the
 * agents it merges from may be further on already. So each agent keeps the
 * update of every transaction it made, as a peer on a network would have
 * received it, and a merge hands over the ones in between.
 *
 * Invariant: each agent builds on all of its own work, so its document is the
 * merge it is asked for, and nothing has to be taken back. A trace where this
 * does not hold is refused (YATA_ERR_VALUE).
 */
#include "session.h"

#include <stdlib.h>

typedef struct agent {
    editor editor;
    yata_buffer updates; /* end to end */
    size_t *ends;        /* of each update in `updates` */
    size_t update_count, ends_cap;
    yata_status heard; /* sticky: could every update be kept? */
    uint32_t *known;   /* per agent: how many of its updates are in this document */
} agent;

static const yata_bytes no_origin = {NULL, 0};

static yata_status keep_update(agent *a, yata_bytes update) {
    if (a->update_count == UINT32_MAX) return YATA_ERR_LIMIT;
    if (a->update_count == a->ends_cap) {
        size_t cap = a->ends_cap ? 2 * a->ends_cap : 1024;
        size_t *grown = cap <= SIZE_MAX / sizeof *grown ? realloc(a->ends, cap * sizeof *grown) : NULL;
        if (!grown) return YATA_ERR_MEMORY;
        a->ends = grown;
        a->ends_cap = cap;
    }
    yata_status status = yata_buffer_append(&a->updates, update.data, update.len);
    if (status == YATA_OK) a->ends[a->update_count++] = a->updates.len;
    return status;
}

static void on_update(void *ctx, yata_doc *doc, const yata_txn *txn, yata_bytes update) {
    (void)doc;
    agent *a = ctx;
    if (!yata_txn_local(txn) || a->heard != YATA_OK) return;
    a->heard = keep_update(a, update);
}

static yata_status open_agent(agent *a, const arguments *args, const trace *t, uint64_t client) {
    uint32_t subscription = 0;
    yata_status status = editor_open(&a->editor, args, client);
    if (status != YATA_OK || !t->concurrent) return status;
    a->known = calloc(t->agent_count, sizeof *a->known);
    if (!a->known) return YATA_ERR_MEMORY;
    return yata_doc_observe_update(a->editor.doc, on_update, a, &subscription);
}

/* The start text is typed by the first agent and known to all before the first transaction. */
static yata_status start(session *s) {
    agent *first = &s->agents[0];
    yata_status status = editor_start(&first->editor, s->trace->start);
    if (status == YATA_OK) status = first->heard;
    if (!s->trace->concurrent) return status;
    for (uint32_t i = 0; i < s->trace->agent_count && status == YATA_OK; i++) {
        if (i > 0 && first->update_count > 0) {
            yata_bytes update = {first->updates.data, first->updates.len};
            status = yata_doc_apply(s->agents[i].editor.doc, update, no_origin, NULL);
        }
        s->agents[i].known[0] = (uint32_t)first->update_count;
    }
    return status;
}

yata_status session_open(session *s, const arguments *args, const trace *t) {
    *s = (session){.trace = t};
    s->agents = calloc(t->agent_count, sizeof *s->agents);
    if (!s->agents) return YATA_ERR_MEMORY;
    for (uint32_t i = 0; i < t->agent_count; i++) yata_buffer_init(&s->agents[i].updates, NULL);
    if (t->concurrent) {
        if (t->txn_count > SIZE_MAX / sizeof *s->versions / t->agent_count) return YATA_ERR_LIMIT;
        s->versions = calloc(t->txn_count * t->agent_count + 1, sizeof *s->versions);
        if (!s->versions) return YATA_ERR_MEMORY;
    }
    for (uint32_t i = 0; i < t->agent_count; i++) {
        yata_status status = open_agent(&s->agents[i], args, t, args->client + i);
        if (status != YATA_OK) return status;
    }
    return start(s);
}

void session_close(session *s) {
    for (uint32_t i = 0; s->agents && i < s->trace->agent_count; i++) {
        agent *a = &s->agents[i];
        editor_close(&a->editor);
        yata_buffer_free(&a->updates);
        free(a->ends);
        free(a->known);
    }
    free(s->agents);
    free(s->versions);
    *s = (session){0};
}

static yata_bytes update_of(const agent *a, size_t i) {
    size_t begin = i ? a->ends[i - 1] : 0;
    return (yata_bytes){a->updates.data + begin, a->ends[i] - begin};
}

/* The version that transaction `txn` edits: the merge of its parents. */
static uint32_t *merge_versions(session *s, size_t txn) {
    const trace *t = s->trace;
    uint32_t *version = &s->versions[txn * t->agent_count];
    for (size_t p = t->txns[txn].parent; p < t->txns[txn].parent_end; p++) {
        const uint32_t *parent = &s->versions[t->parents[p] * t->agent_count];
        for (uint32_t i = 0; i < t->agent_count; i++) {
            if (version[i] < parent[i]) version[i] = parent[i];
        }
    }
    /* The start text is no transaction, so no parent speaks of it. */
    uint32_t typed = t->start.len > 0;
    if (version[0] < typed) version[0] = typed;
    return version;
}

/* Brings the document of agent `to` up to a version, in one transaction. */
static yata_status bring_up_to(session *s, uint32_t to, const uint32_t *version) {
    agent *a = &s->agents[to];
    yata_txn *txn = NULL;
    yata_status status = YATA_OK;
    for (uint32_t from = 0; from < s->trace->agent_count && status == YATA_OK; from++) {
        if (from == to || version[from] == a->known[from]) continue;
        if (version[from] < a->known[from]) {
            status = YATA_ERR_VALUE;
            break;
        }
        if (!txn) status = yata_txn_begin(a->editor.doc, no_origin, &txn);
        for (uint32_t i = a->known[from]; i < version[from] && status == YATA_OK; i++) {
            status = yata_txn_apply(txn, update_of(&s->agents[from], i), NULL);
        }
        a->known[from] = version[from];
    }
    if (!txn) return status;
    s->merge_count++;
    yata_status ended = yata_txn_commit(txn);
    return status != YATA_OK ? status : ended;
}

static bool replay_txn(session *s, size_t txn, bool per_op, editor_fault *fault) {
    uint32_t at = s->trace->txns[txn].agent;
    agent *a = &s->agents[at];
    if (!s->trace->concurrent) return editor_apply(&a->editor, s->trace, txn, per_op, fault);
    uint32_t *version = merge_versions(s, txn);
    yata_status status = version[at] < a->update_count ? YATA_ERR_VALUE : bring_up_to(s, at, version);
    *fault = (editor_fault){status, txn, 0};
    if (status != YATA_OK || !editor_apply(&a->editor, s->trace, txn, per_op, fault)) return false;
    version[at] = (uint32_t)a->update_count;
    fault->status = a->heard;
    return a->heard == YATA_OK;
}

/* Everybody hears everything. */
static bool settle(session *s, editor_fault *fault) {
    uint32_t count = s->trace->agent_count;
    uint32_t *all = calloc(count, sizeof *all);
    yata_status status = all ? YATA_OK : YATA_ERR_MEMORY;
    for (uint32_t i = 0; all && i < count; i++) all[i] = (uint32_t)s->agents[i].update_count;
    for (uint32_t i = 0; i < count && status == YATA_OK; i++) status = bring_up_to(s, i, all);
    free(all);
    *fault = (editor_fault){status, s->trace->txn_count, 0};
    return status == YATA_OK;
}

bool session_run(session *s, bool per_op, editor_fault *fault) {
    for (size_t txn = 0; txn < s->trace->txn_count; txn++) {
        if (!replay_txn(s, txn, per_op, fault)) return false;
    }
    return s->trace->concurrent ? settle(s, fault) : true;
}

const editor *session_editor(const session *s, uint32_t i) {
    return &s->agents[i].editor;
}
