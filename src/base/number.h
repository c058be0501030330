/* SPDX-License-Identifier: MIT */
/*
 * number.h - decimal text of doubles without a C library.
 *
 * Printing gives the shortest digits that read back as the same double, laid out as ECMAScript's Number::toString
 * (so that JSON equals JSON.stringify); parsing is correctly rounded. Both are exact (big integers on the stack);
 * a fast path serves integers below 2^53.
 */
#ifndef YT_BASE_NUMBER_H
#define YT_BASE_NUMBER_H

#include <yata/base.h>

#define YT_NUMBER_MAX 32

/* Writes at most YT_NUMBER_MAX bytes, no terminator; returns how many. NaN and infinities: "null", -0: "0". */
size_t yt_number_print(double x, char *out);
size_t yt_number_print_int(int64_t x, char *out);
/* Parses the JSON number at p: bytes used, 0 if there is none. Overflow gives an infinity, as in JavaScript. */
size_t yt_number_parse(const char *p, size_t n, double *out);

#endif
