/* SPDX-License-Identifier: MIT */
/*
 * target.h - what the fuzz targets share: documents on a counting allocator, and what must hold of them at any time.
 *
 * Client ids and random numbers are fixed, so that an input always does the same.
 */
#ifndef YATA_FUZZ_TARGET_H
#define YATA_FUZZ_TARGET_H

#include "harness/allocator.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static inline bool same_random(void *ctx, uint64_t *out) {
    (void)ctx;
    *out = UINT64_C(0x123456789ABCDEF);
    return true;
}

static inline yata_doc_options target_options(const yata_allocator *allocator) {
    yata_doc_options options = yata_doc_options_default();
    options.client_id = 4242;
    options.allocator = allocator;
    options.random = same_random;
    return options;
}

/* Every invariant of the document. */
static inline void require_valid(const yata_doc *doc) {
    const char *what = "?";
    if (yata_doc_check(doc, &what)) return;
    fprintf(stderr, "invariant: %s\n", what);
    FAIL("the document is broken");
}

static inline void require_equal(const char *what, const yata_buffer *a, const yata_buffer *b) {
    if (bytes_equal(bytes_of(a), bytes_of(b))) return;
    fprintf(stderr, "%s differ:\n", what);
    bytes_print(stderr, "one  ", bytes_of(a));
    bytes_print(stderr, "other", bytes_of(b));
    FAIL("they must be equal");
}

#endif
