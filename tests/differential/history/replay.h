/* SPDX-License-Identifier: MIT */
/* replay.h - what the two halves of the replay share: documents, the words of the line, how a difference is told. */
#ifndef YATA_TESTS_HISTORY_REPLAY_H
#define YATA_TESTS_HISTORY_REPLAY_H

#include <yata/yata.h>

enum { UNITS = 3, POSITIONS = 64, WORDS = 4096 };

typedef struct replay_state {
    char seed[32], *whole, *words[WORDS];
    uint32_t count;
    unsigned long line_number, programs, compared;
    yata_doc *docs[UNITS]; /* by offset unit */
    yata_undo *undos[UNITS];
    yata_position positions[POSITIONS];
    yata_buffer names[POSITIONS]; /* of their roots */
    bool has[POSITIONS];
} replay_state;

extern replay_state replay;

/* Prints the line and ends the program. */
void differ(const char *what);
const char *word(uint32_t i);
uint64_t number(uint32_t i);
yata_buffer bytes_at(uint32_t i);
void expect_hex(const char *what, const yata_buffer *seen, uint32_t i);
/* The type that a word names; false: it is not there. */
bool type_at(yata_doc *doc, uint32_t i, yata_type *out);

/* snapshots.c: false if the line is not about snapshots. */
bool snapshot_line(void);
void snapshots_close(void);

#endif
