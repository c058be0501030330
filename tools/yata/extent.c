/* SPDX-License-Identifier: MIT */
/*
 * extent.c - where an update ends.
 *
 * Readers stop at the end of the deletions and ignore what follows. Two updates
 * in one file (cat a b > c) are therefore read as the first one, silently. An
 * update says itself how long it is, so exactly the prefixes that contain all of
 * it are valid: one look at the file without its last byte tells whether there
 * is anything behind, and halving finds the place.
 */
#include "extent.h"

static bool whole(const update_format *f, yata_bytes update, size_t len) {
    return f->check((yata_bytes){update.data, len}, NULL).status == YATA_OK;
}

size_t extent_of_update(const update_format *f, yata_bytes update) {
    if (update.len == 0 || !whole(f, update, update.len - 1)) return update.len;
    size_t low = 0, high = update.len - 1; /* too short; long enough */
    while (high - low > 1) {
        size_t mid = low + (high - low) / 2;
        if (whole(f, update, mid)) {
            high = mid;
        } else {
            low = mid;
        }
    }
    return high;
}
