/* SPDX-License-Identifier: MIT */
/*
 * examine.h - gives bytes that nobody vouches for to a document and verifies what Yata promises about them.
 *
 * Refused: the state, the JSON, what is pending and the next update event are what they were; the offset of the fault
 * lies inside the bytes. Accepted: the invariants hold, the state can be encoded and loaded (twice: the second time
 * changes no state vector), the copy has the same state vector and the same clients waiting, both can be edited, and
 * the copy takes the update of the edit. A broken promise ends the process; with YATA_VERBOSE set, base and update are
 * printed first.
 */
#ifndef YATA_TESTS_EXAMINE_H
#define YATA_TESTS_EXAMINE_H

#include "harness/allocator.h"

typedef struct examine_base {
    yata_bytes update; /* what the document holds before */
    bool keep_deleted;
} examine_base;

/* What came of it: the status and fault of yata_doc_apply. */
yata_fault examine_update(const examine_base *base, yata_bytes update);
/* The same for an update of format v2. The base is of format v1. */
yata_fault examine_update_v2(const examine_base *base, yata_bytes update);

/* Whether the copy of the last one came out with other content: not promised for bytes that no peer could have made
 * (README.md). False after a refusal. */
bool examine_apart(void);

/* The same for a state vector: yata_doc_encode_diff, whose answer must be an update. */
yata_fault examine_state_vector(const examine_base *base, yata_bytes vector);

#endif
