/* SPDX-License-Identifier: MIT */
/*
 * sort.h - sorting in place, without memory and without recursion, in O(n log n) for every input.
 *
 * Sorted input, the usual case, costs one comparison an element. The order of equal elements is not kept.
 */
#ifndef YT_BASE_SORT_H
#define YT_BASE_SORT_H

#include <yata/base.h>

#define YT_SORT_ELEMENT 64 /* largest element, in bytes */

void yt_sort(void *array, size_t n, size_t element, bool (*before)(const void *a, const void *b));

#endif
