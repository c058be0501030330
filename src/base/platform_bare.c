/* SPDX-License-Identifier: MIT */
/*
 * platform_bare.c - no operating system: callers bring the allocator, and client ids.
 */
#include "base/platform.h"

const yata_allocator *yt_platform_allocator(void) {
    return NULL;
}

bool yt_platform_random(uint64_t *out) {
    (void)out;
    return false;
}

bool yt_platform_ticks(uint64_t *out) {
    (void)out;
    return false;
}
