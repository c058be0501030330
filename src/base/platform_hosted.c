/* SPDX-License-Identifier: MIT */
/*
 * platform_hosted.c - memory and random numbers of an operating system.
 *
 * The only file of the library that calls the C library beyond mem*.
 */
#if defined(_WIN32)
#define _CRT_RAND_S
#elif !defined(_DEFAULT_SOURCE)
#define _DEFAULT_SOURCE /* getentropy under -std=c11 */
#endif
#include "base/config.h"
#include "base/platform.h"
#include <stdlib.h>
#if defined(__APPLE__)
#include <sys/random.h>
#elif !defined(_WIN32)
#include <unistd.h>
#endif

static void *hosted_alloc(void *ctx, size_t size) {
    (void)ctx;
    return malloc(size);
}

static void *hosted_realloc(void *ctx, void *ptr, size_t old_size, size_t new_size) {
    (void)ctx;
    (void)old_size;
    return realloc(ptr, new_size);
}

static void hosted_free(void *ctx, void *ptr, size_t size) {
    (void)ctx;
    (void)size;
    free(ptr);
}

static const yata_allocator hosted_allocator = {NULL, hosted_alloc, hosted_realloc, hosted_free};

const yata_allocator *yt_platform_allocator(void) {
    return &hosted_allocator;
}

bool yt_platform_random(uint64_t *out) {
#if defined(_WIN32)
    unsigned int low, high;
    if (rand_s(&low) != 0 || rand_s(&high) != 0) return false;
    *out = (uint64_t)high << 32 | low;
    return true;
#else
    return getentropy(out, sizeof *out) == 0;
#endif
}
