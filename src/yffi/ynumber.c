/* SPDX-License-Identifier: MIT */
/*
 * ynumber.c - how yffi prints numbers: other layouts of the same shortest digits that the core finds.
 */
#include "yffi/number_text.h"

/* The digits of a finite number other than 0: 0.d1d2d3... * 10^point. From the core's text, that of JavaScript:
 * "123", "0.00123", "1.23e+25". */
typedef struct digits {
    char at[32];
    int count, point;
    bool minus;
} digits;

static yata_status find_digits(double x, digits *out) {
    yata_value value = {.kind = YATA_VALUE_FLOAT, .u = {.number = x}};
    yata_buffer text;
    yata_buffer_init(&text, &yr_allocator);
    yata_status status = yata_value_to_json(&value, &text);
    *out = (digits){.minus = false};
    bool fraction = false, exponent = false, down = false;
    int power = 0;
    for (size_t i = 0; i < text.len && !status; i++) {
        char c = (char)text.data[i];
        if (c == 'e')
            exponent = true;
        else if (c == '-' && exponent)
            down = true;
        else if (c == '-')
            out->minus = true;
        else if (c == '.')
            fraction = true;
        else if (c >= '0' && c <= '9' && exponent)
            power = power * 10 + (c - '0');
        else if (c >= '0' && c <= '9') {
            if ((out->count || c != '0') && out->count < (int)sizeof out->at) out->at[out->count++] = c;
            if (!fraction && (out->count || c != '0')) out->point++;
            if (fraction && !out->count) out->point--;
        }
    }
    out->point += down ? -power : power;
    while (out->count && out->at[out->count - 1] == '0') out->count--;
    yata_buffer_free(&text);
    return status;
}

static yata_status put(yata_buffer *out, const char *text, size_t n) {
    return yata_buffer_append(out, text, n);
}

static yata_status zeros(yata_buffer *out, int n) {
    yata_status status = YATA_OK;
    for (; n > 0 && !status; n--) status = put(out, "0", 1);
    return status;
}

/* 123.45, 0.0012, 1200 */
static yata_status plain(const digits *d, yata_buffer *out) {
    int whole = d->point > 0 ? (d->point < d->count ? d->point : d->count) : 0;
    yata_status status = put(out, "-", d->minus);
    if (!status) status = d->point > 0 ? put(out, d->at, (size_t)whole) : put(out, "0", 1);
    if (!status) status = zeros(out, d->point - d->count);
    if (!status && whole < d->count) status = put(out, ".", 1);
    if (!status && whole < d->count) status = zeros(out, -d->point);
    if (!status) status = put(out, d->at + whole, (size_t)(d->count - whole));
    return status;
}

yata_status yr_print_integer(int64_t i, yata_buffer *out) {
    char text[24];
    size_t at = sizeof text;
    uint64_t left = i < 0 ? 0 - (uint64_t)i : (uint64_t)i;
    do text[--at] = (char)('0' + left % 10);
    while (left /= 10);
    if (i < 0) text[--at] = '-';
    return put(out, text + at, sizeof text - at);
}

/* 1.5e+300, 1e-7 */
static yata_status scientific(const digits *d, yata_buffer *out) {
    yata_status status = put(out, "-", d->minus);
    if (!status) status = put(out, d->at, 1);
    if (!status && d->count > 1) status = put(out, ".", 1);
    if (!status) status = put(out, d->at + 1, (size_t)d->count - 1);
    if (!status) status = put(out, d->point > 0 ? "e+" : "e", d->point > 0 ? 2 : 1);
    return status ? status : yr_print_integer(d->point - 1, out);
}

yata_status yr_print_json_number(double x, yata_buffer *out) {
    if (x - x != 0) return put(out, "null", 4);
    if (x >= -0x1p63 && x < 0x1p63 && (double)(int64_t)x == x) return yr_print_integer((int64_t)x, out);
    if (x == 0x1p63) return yr_print_integer(INT64_MAX, out);
    digits d;
    yata_status status = find_digits(x, &d);
    if (status) return status;
    return d.point < -4 || x > 0x1p63 || x < -0x1p63 ? scientific(&d, out) : plain(&d, out);
}

yata_status yr_print_plain_number(double x, yata_buffer *out) {
    if (x != x) return put(out, "NaN", 3);
    if (x - x != 0) return x < 0 ? put(out, "-inf", 4) : put(out, "inf", 3);
    if (x == 0) return 1 / x < 0 ? put(out, "-0", 2) : put(out, "0", 1);
    digits d;
    yata_status status = find_digits(x, &d);
    return status ? status : plain(&d, out);
}
