/* SPDX-License-Identifier: MIT */
/* number_text.h - numbers as yffi prints them (ynumber.c). Each appends. */
#ifndef YR_NUMBER_TEXT_H
#define YR_NUMBER_TEXT_H

#include "yffi/handles.h"

yata_status yr_print_integer(int64_t i, yata_buffer *out);
/* In JSON: whole numbers up to 2^63 as integers, others plain from 0.00001 on, exponents outside; NaN and infinities
 * as null. */
yata_status yr_print_json_number(double x, yata_buffer *out);
/* In XML: never with an exponent. */
yata_status yr_print_plain_number(double x, yata_buffer *out);

#endif
