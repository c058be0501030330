/* SPDX-License-Identifier: MIT */
/*
 * platform_hosted.c - memory, random numbers and time of an operating system.
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
#include <time.h>
#if defined(__linux__)
#include <sys/mman.h>
#endif
#if defined(__APPLE__)
#include <sys/random.h>
#elif !defined(_WIN32)
#include <unistd.h>
#endif

/* Memory that is soon used as a whole may come in huge pages: each saves 512 faults of the first touch. */
static void advise_huge(void *ptr, size_t size) {
#if defined(__linux__) && defined(MADV_HUGEPAGE)
    enum { WORTH_IT = 4 << 20, PAGE = 4096 }; /* two huge pages, of which one is whole wherever it begins */
    if (!ptr || size < WORTH_IT) return;
    uintptr_t start = ((uintptr_t)ptr + PAGE - 1) / PAGE * PAGE, end = ((uintptr_t)ptr + size) / PAGE * PAGE;
    (void)madvise((void *)start, end - start, MADV_HUGEPAGE); /* a hint; with larger pages it fails */
#else
    (void)ptr;
    (void)size;
#endif
}

static void *hosted_alloc(void *ctx, size_t size) {
    (void)ctx;
    void *ptr = malloc(size);
    advise_huge(ptr, size);
    return ptr;
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

bool yt_platform_ticks(uint64_t *out) {
    struct timespec now;
#if defined(_WIN32)
    if (timespec_get(&now, TIME_UTC) != TIME_UTC) return false;
#else
    if (clock_gettime(CLOCK_MONOTONIC, &now) != 0) return false;
#endif
    *out = (uint64_t)now.tv_sec * 1000 + (uint64_t)now.tv_nsec / 1000000;
    return true;
}
