/* SPDX-License-Identifier: MIT */
/*
 * platform.h - the little that an operating system gives. Exactly one of platform_hosted.c and platform_bare.c is
 * part of a build (option `hosted`).
 */
#ifndef YT_BASE_PLATFORM_H
#define YT_BASE_PLATFORM_H

#include <yata/base.h>

const yata_allocator *yt_platform_allocator(void); /* NULL on bare builds  */
bool yt_platform_random(uint64_t *out);            /* false on bare builds */
/* Milliseconds since some moment, steadily growing; false on bare builds. */
bool yt_platform_ticks(uint64_t *out);

#endif
