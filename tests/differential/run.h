/* SPDX-License-Identifier: MIT */
/* run.h - the running program, for the files of this test: reading the stream, telling differences. */
#ifndef YATA_TESTS_DIFFERENTIAL_RUN_H
#define YATA_TESTS_DIFFERENTIAL_RUN_H

#include "harness/allocator.h"

enum { PEERS = 4, EVENTS = 32, WATCHES = 16, QUIRKS = 150 };

/* A subscription to a type. */
typedef struct watch {
    struct peer *peer;
    uint64_t number; /* of the program's choice; 0: none */
    yata_type type;
    uint32_t subscription;
    bool deep, delta; /* delta: events are asked for it, too */
} watch;

typedef struct peer {
    yata_doc *doc;
    uint32_t events, events_v2;
    yata_buffer event[EVENTS]; /* the first ones since they were compared */
    yata_buffer event_v2[EVENTS];
    watch watches[WATCHES];
    yata_buffer log; /* every call of an observer since it was compared */
    bool asking;     /* for a delta */
} peer;

typedef struct field field;

extern struct run_state {
    bool verbose, all, dead; /* dead: this program has failed, its rest is only read */
    bool stages, nesting;    /* this program observes transactions; it makes transactions inside observers */
    bool nested;             /* it has made one since the last comparison */
    bool trees;              /* it has XML roots and subdocuments */
    uint64_t seed, step, programs, checks, failed;
    uint64_t excused[QUIRKS]; /* by the number in spec/quirks.md */
    uint64_t unseen;          /* deltas that could not be compared, because of Q58 */
    peer peers[PEERS];
    uint32_t peer_count, writer;
    yata_txn *txn;
    counted_memory memory;
    yata_allocator allocator;
    field *fields; /* of the current record */
} run;

/* ---- the stream (run.c) ---- */
int letter(void);
uint64_t number(void);
yata_bytes bytes(void);
peer *peer_number(void);
yata_type target(void); /* a type of the peer whose number was read last */
/* Reads what belongs to this letter and does it. False: no such letter. */
bool record(int c);

/* Compares what the observers of a peer were told. */
void check_events(peer *p);

/* ---- telling (run.c) ---- */
void fail(const char *what);
void expect_ok(yata_status status, const char *what);
typedef enum content { PLAIN = 0, UPDATE = 1, UPDATE_V2 = 2 } content;
void expect_bytes(const char *what, yata_bytes expected, yata_bytes got, content kind);
void print_log(const char *label, yata_bytes update, bool v2);

/* ---- differences that spec/quirks.md explains (excuse.c) ---- */
void excuse(uint64_t quirk);
/* Is this update event of yjs that of Yata and, in front of their own, blocks of the events that follow? */
bool holds_later_blocks(yata_bytes yjs, const yata_buffer *yata, uint32_t later, bool v2);
void print_excused(void);

/* ---- updates without a document (without.c) ---- */
void check_merge(void);
void check_without(int what);
void check_meta(void);

/* ---- observers (observe.c) ---- */
void observers_begin(peer *p);
void observers_end(peer *p);
void log_letter(peer *p, char c);
void observe_type(void);
void unobserve_type(void);
void check_log(peer *p);

/* ---- undo (undo.c) ---- */
void undo_op(void);
void undo_end(void);

/* ---- XML and subdocuments (tree.c) ---- */
void trees_begin(peer *p);
void child_op(void);
void doc_op(void);
void check_tree(void);
void check_subdocs(void);

#endif
