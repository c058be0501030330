/* SPDX-License-Identifier: MIT */
/*
 * oracle.h - the naive twin: YATA as one reads it in a paper, to compare the engine with.
 *
 * One entry for each UTF-16 unit of text, each array element, each value of a map key. Everything is found by walking;
 * nothing is joined, collected or indexed. What peers exchange are the entries and the ids of deleted ones.
 *
 * Roots are named by ids that no client has: {ORACLE_ROOT, number}.
 */
#ifndef YATA_TESTS_ORACLE_H
#define YATA_TESTS_ORACLE_H

#include <yata/base.h>

#define ORACLE_ROOT UINT64_MAX
#define ORACLE_NONE UINT32_MAX
typedef enum oracle_what { ORACLE_UNIT, ORACLE_NUMBER, ORACLE_TEXT, ORACLE_ARRAY, ORACLE_MAP } oracle_what;

/* What an entry holds: a UTF-16 unit, a number, or a type that is empty at first. */
typedef struct oracle_content {
    oracle_what what;
    int32_t number;
} oracle_content;

typedef struct oracle_entry {
    yata_id id;
    yata_id parent;  /* a root, or the entry that made the type */
    char key;        /* in maps; 0 elsewhere */
    bool has_origin; /* what was left of it when it was made... */
    bool has_right;  /* ...and right of it */
    yata_id origin, right;
    oracle_content content;
    bool emptied;   /* deleted by one who collects: a type that was in it is gone */
    bool collected; /* was inside something deleted, at one who collects: only its id is known */
} oracle_entry;

/* What one peer tells another. */
typedef struct oracle_message {
    oracle_entry *entries;
    yata_id *deleted;
    uint32_t entry_count, deleted_count, entry_room, deleted_room;
} oracle_message;

typedef struct oracle oracle;
/* collects: the twin of a document that does not keep what is deleted. */
oracle *oracle_new(uint64_t client, bool collects);
void oracle_free(oracle *o);

/* Local changes. Indexes and lengths must lie inside; text counts UTF-16 units. */
void oracle_delete(oracle *o, yata_id sequence, uint32_t index, uint32_t len);
void oracle_text_insert(oracle *o, yata_id text, uint32_t index, const uint16_t *units, uint32_t count);
yata_id oracle_array_insert(oracle *o, yata_id array, uint32_t index, oracle_content content);
yata_id oracle_array_push(oracle *o, yata_id array, oracle_content content);
yata_id oracle_map_set(oracle *o, yata_id map, char key, oracle_content content);
bool oracle_map_delete(oracle *o, yata_id map, char key);

uint32_t oracle_length(const oracle *o, yata_id sequence);
/* The n-th living type directly inside `parent`, found by index or by key; false when there are fewer. */
bool oracle_child(const oracle *o, yata_id parent, uint32_t n, yata_id *type, oracle_what *what, uint32_t *index,
                  char *key);

/* What was done here since the last call. */
oracle_message oracle_take(oracle *o);
/* Everything that is known here, also what waits. */
oracle_message oracle_state(const oracle *o);
void oracle_apply(oracle *o, const oracle_message *message);
void oracle_message_free(oracle_message *message);
/* Entries and deletions that wait for others. */
uint32_t oracle_pending(const oracle *o);

/* JSON of a type; keys of maps in their alphabetical order. */
void oracle_json(const oracle *o, yata_id type, oracle_what what, yata_buffer *out);

#endif
