/* SPDX-License-Identifier: MIT */
/*
 * edits.c - the input is a list of decisions: who edits what, what the network delivers, loses and doubles.
 *
 * The engine and its naive twin must agree after every step, and all peers in the end (tests/property/session.h).
 */
#include "property/session.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { MOST_BYTES = 72 }; /* the twin hands over whole histories: its cost grows with the power of the steps */

typedef struct input {
    const uint8_t *data;
    size_t len, at;
} input;

static uint32_t below(void *ctx, uint32_t n) {
    input *in = ctx;
    uint32_t v = in->at < in->len ? in->data[in->at++] : 0;
    if (n > 256) v = v << 8 | (in->at < in->len ? in->data[in->at++] : 0);
    return v % n;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    input in = {data, size < MOST_BYTES ? size : MOST_BYTES, 0};
    session s;
    session_begin(&s, (session_source){below, &in}, 2 + below(&in, SESSION_PEERS - 1));
    while (in.at < in.len) session_step(&s);
    session_converge(&s);
    session_end(&s);
    return 0;
}
