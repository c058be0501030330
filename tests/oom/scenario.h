/* SPDX-License-Identifier: MIT */
/*
 * scenario.h - pieces of work that are repeated with every allocation failing in turn.
 *
 * A scenario is a function that uses Yata through TRY and COMMIT and writes what it sees to `seen`. When a call says
 * YATA_ERR_MEMORY the documents must be sound; then memory is there again and the same call must succeed. So every run
 * must end with the same `seen`, whichever allocation failed.
 */
#ifndef YATA_TESTS_SCENARIO_H
#define YATA_TESTS_SCENARIO_H

#include "harness/allocator.h"

enum { SCENARIO_DOCS = 4 };

typedef struct scenario {
    counted_memory memory;
    yata_allocator allocator; /* give it to everything that takes one */
    yata_doc *docs[SCENARIO_DOCS];
    uint32_t doc_count;
    uint64_t random;     /* the same numbers in every run */
    yata_buffer seen;    /* on the allocator of the system */
    yata_bytes document; /* for those that load one */
} scenario;

typedef struct scenario_entry {
    const char *name;
    void (*run)(scenario *s);
} scenario_entry;

extern const scenario_entry scenarios[];
extern const uint32_t scenario_count;
/* Loads s->document, encodes and edits it. */
void scenario_document(scenario *s);

/* updates.c */
void scenario_format_v2(scenario *s);
void scenario_updates(scenario *s);
/* events.c */
void scenario_rich_text(scenario *s);
void scenario_rich_text_as_yrs(scenario *s);
void scenario_deltas(scenario *s);
void scenario_events(scenario *s);
void scenario_reading(scenario *s);
/* history.c */
void scenario_undo(scenario *s);
void scenario_undo_deep(scenario *s);
void scenario_undo_many(scenario *s);
void scenario_undo_two(scenario *s);
void scenario_recording(scenario *s);
void scenario_undo_ids(scenario *s);
/* ids.c */
void scenario_id_sets(scenario *s);
void scenario_id_maps(scenario *s);
void scenario_weak_links(scenario *s);

/* A call failed for want of memory: the documents are looked at, then there is memory again. */
void scenario_failed(scenario *s, const char *file, int line);

#define TRY(call)                                                                                                      \
    do {                                                                                                               \
        yata_status status_ = (call);                                                                                  \
        if (status_ == YATA_ERR_MEMORY) {                                                                              \
            scenario_failed(s, __FILE__, __LINE__);                                                                    \
            status_ = (call);                                                                                          \
        }                                                                                                              \
        REQUIRE(status_ == YATA_OK);                                                                                   \
    } while (0)

/* A commit happens in any case; the status says whether something was left out. */
#define COMMIT(txn)                                                                                                    \
    do {                                                                                                               \
        yata_status status_ = yata_txn_commit(txn);                                                                    \
        if (status_ == YATA_ERR_MEMORY)                                                                                \
            scenario_failed(s, __FILE__, __LINE__);                                                                    \
        else                                                                                                           \
            REQUIRE(status_ == YATA_OK);                                                                               \
    } while (0)

#endif
