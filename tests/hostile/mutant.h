/* SPDX-License-Identifier: MIT */
/*
 * mutant.h - spoils valid updates of both formats and state vectors.
 *
 * The valid ones are the documents of tests/vectors/docs (made by yjs). A mutant is one of them after one to three
 * changes: bits flipped, cut, a tail, the rest of another one, bytes that mean something, numbers blown up to 2^7 ...
 * 2^64, ranges taken out, doubled or overwritten. Each goes to a document: the empty one, the one before it in its
 * file (often the same session at another time), or any. The same seed makes the same mutants.
 */
#ifndef YATA_TESTS_MUTANT_H
#define YATA_TESTS_MUTANT_H

#include "harness/bytes.h"
#include "harness/random.h"

enum { MUTANT_UPDATE = 1, MUTANT_UPDATE_V2 = 2, MUTANT_STATE_VECTOR = 3 };

typedef struct mutant_seeds {
    yata_bytes *updates, *updates_v2, *vectors; /* owned; as many of each */
    uint32_t count;
} mutant_seeds;

typedef struct mutant {
    int kind;
    uint32_t base; /* number of the update that the document holds before; 0 is the empty document */
    uint8_t *bytes;
    size_t len;
} mutant;

/* Reads the files of tests/vectors/docs. Number 0 is an empty document. */
void mutant_seeds_read(mutant_seeds *seeds, char **files, int count);
void mutant_seeds_free(mutant_seeds *seeds);

/* out->bytes is a block of exactly its size; free it. */
void mutant_make(const mutant_seeds *seeds, rng *r, mutant *out);

#endif
