/* SPDX-License-Identifier: MIT */
/*
 * session.h - several peers of the real engine, each with its naive twin beside it, and a network that loses, doubles
 * and reorders.
 *
 * All decisions come from one source, so that a seed or the bytes of a fuzzer make a session. After every step the
 * peer that was touched is checked: yata_doc_check, its content equals the twin's, what waits here waits there. In the
 * end everything is delivered and all peers must know the same. A broken promise ends the process (REQUIRE).
 */
#ifndef YATA_TESTS_SESSION_H
#define YATA_TESTS_SESSION_H

#include "harness/allocator.h"
#include "oracle/oracle.h"

/* A number below n; n > 0. */
typedef struct session_source {
    uint32_t (*below)(void *ctx, uint32_t n);
    void *ctx;
} session_source;

enum { SESSION_PEERS = 5, SESSION_ROOTS = 3 };

typedef struct session_peer {
    yata_doc *doc;
    oracle *twin;
    yata_buffer event; /* of the running call */
    uint32_t events;
} session_peer;

typedef struct session_update {
    yata_bytes bytes; /* owned */
    oracle_message message;
} session_update;

typedef struct session {
    session_source source;
    session_peer peers[SESSION_PEERS];
    uint32_t peer_count;
    bool verbose;        /* YATA_VERBOSE is set: every update goes to standard error */
    session_update *log; /* every local transaction that changed something */
    uint32_t log_count;
    counted_memory memory;
    yata_allocator allocator;
} session;

/* 2 to 5 peers; keep_deleted, client ids and their order are drawn. */
void session_begin(session *s, session_source source, uint32_t peers);
/* One transaction of 1 to 4 operations at a peer. */
void session_edit(session *s, uint32_t peer);
/* Applies the update with that number to a peer. */
void session_deliver(session *s, uint32_t peer, uint32_t update);
/* Brings the whole state of one peer, or what the other lacks, to the other. */
void session_exchange(session *s, uint32_t from, uint32_t to, bool diff);
/* Any of these. */
void session_step(session *s);
/* Delivers everything in drawn order, compares all peers. */
void session_converge(session *s);
/* Frees all; nothing may be left. */
void session_end(session *s);

/* The state in the form in which peers that know the same are the same: loaded into a fresh document that collects
 * (what was split or kept by one history and not by another is joined and dropped), encoded again. */
void session_normal_form(yata_doc *doc, yata_buffer *out);

#endif
