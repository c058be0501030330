/* SPDX-License-Identifier: MIT */
/*
 * letter_case.h - letters in lower and upper case, as JavaScript's toLowerCase() and toUpperCase() have them.
 *
 * XML needs it: tag names print in lower case, and queries compare in upper case (spec/types.md).
 */
#ifndef YT_BASE_LETTER_CASE_H
#define YT_BASE_LETTER_CASE_H

#include <yata/base.h>

#define YT_CASE_MAX 3 /* characters that one can become */

/* The lower (upper) case of one scalar value: how many characters it becomes. No language's own rules. */
unsigned yt_lower(uint32_t c, uint32_t out[YT_CASE_MAX]);
unsigned yt_upper(uint32_t c, uint32_t out[YT_CASE_MAX]);

/* Walks text in lower (upper) case, scalar value by scalar value. The text must be UTF-8 (checked before). A capital
 * sigma at the end of a word becomes its final form. */
typedef struct yt_case_walk {
    yata_str text;
    size_t at;
    uint32_t next[YT_CASE_MAX];
    unsigned used, count;
    bool after_letter; /* a letter that has a case stands before, with nothing but marks between */
} yt_case_walk;
/* False at the end. */
bool yt_next_lower(yt_case_walk *walk, uint32_t *out);
bool yt_next_upper(yt_case_walk *walk, uint32_t *out);

/* Equal when both are in upper case? */
bool yt_equal_upper(yata_str a, yata_str b);

#endif
