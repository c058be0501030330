/* SPDX-License-Identifier: MIT */
/*
 * number.c - doubles as decimal text and back, exactly, without tables of powers.
 *
 * Printing is the free-format algorithm of Steele and White in Dybvig's arrangement: value, half a gap and scale are
 * big integers, digits come out until no shorter text could mean this double. Parsing divides two big integers: 64 bits
 * of quotient and "is there a rest" decide the rounding. Both are short, and right for every input; texts of at most 15
 * digits, that is nearly all, take the fast paths, which need no big integers.
 *
 * Why 768 digits are enough: the middle between two neighbouring doubles has at most 767; whatever follows only says
 * "more than that", for which one digit stands.
 *
 * Invariant: a big integer has no zero word at its top; BIG_WORDS holds the largest that can come up (see parse_exact).
 */
#include "base/number.h"
#include "base/config.h"
#include <float.h>

_Static_assert(sizeof(double) == 8 && DBL_MANT_DIG == 53, "doubles are IEEE 754 binary64");

/* Where doubles are computed in wider registers, one operation would round twice. */
#if defined(FLT_EVAL_METHOD) && FLT_EVAL_METHOD == 0
#define PLAIN_DOUBLES 1
#else
#define PLAIN_DOUBLES 0
#endif

#define BIG_WORDS   84
#define MAX_DIGITS  768
#define HIDDEN_BIT  (UINT64_C(1) << 52)
#define EXPONENT_OF 0x7FF

static const double exact_powers[] = {1e0,  1e1,  1e2,  1e3,  1e4,  1e5,  1e6,  1e7,  1e8,  1e9,  1e10, 1e11,
                                      1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22};

static uint64_t bits_of(double x) {
    uint64_t bits;
    memcpy(&bits, &x, sizeof bits);
    return bits;
}

static double double_of(uint64_t bits) {
    double x;
    memcpy(&x, &bits, sizeof x);
    return x;
}

static int32_t bit_length(uint64_t x) {
    int32_t n = 0;
    for (int32_t step = 32; step; step /= 2) {
        if (x >> step) {
            x >>= step;
            n += step;
        }
    }
    return n + (x != 0);
}

/* ------------------------------------------------------------------------
 * Big integers
 */
typedef struct big {
    uint32_t len;
    uint32_t words[BIG_WORDS]; /* lowest first */
} big;

static void big_set(big *b, uint64_t x) {
    b->words[0] = (uint32_t)x;
    b->words[1] = (uint32_t)(x >> 32);
    b->len = x >> 32 ? 2 : x != 0;
}

static int32_t big_bits(const big *b) {
    return b->len ? (int32_t)(b->len - 1) * 32 + bit_length(b->words[b->len - 1]) : 0;
}

/* b = b * factor + addend */
static void big_mul_add(big *b, uint32_t factor, uint32_t addend) {
    uint64_t carry = addend;
    for (uint32_t i = 0; i < b->len; i++) {
        carry += (uint64_t)b->words[i] * factor;
        b->words[i] = (uint32_t)carry;
        carry >>= 32;
    }
    if (carry) {
        YT_ASSERT(b->len < BIG_WORDS);
        b->words[b->len++] = (uint32_t)carry;
    }
}

static void big_mul_pow5(big *b, int32_t power) {
    for (; power >= 13; power -= 13) big_mul_add(b, 1220703125, 0);
    for (; power > 0; power--) big_mul_add(b, 5, 0);
}

static void big_shift(big *b, int32_t bits) {
    uint32_t words = (uint32_t)bits / 32, rest = (uint32_t)bits % 32;
    if (b->len == 0 || bits == 0) return;
    if (rest) big_mul_add(b, UINT32_C(1) << rest, 0);
    YT_ASSERT(b->len + words <= BIG_WORDS);
    memmove(b->words + words, b->words, b->len * sizeof *b->words);
    memset(b->words, 0, words * sizeof *b->words);
    b->len += words;
}

static uint32_t big_word(const big *b, uint32_t i) {
    return i < b->len ? b->words[i] : 0;
}

/* Compares a * 2^a_shift + b * 2^b_shift with c; the shifts are below 32. b may be NULL. */
static int big_compare_sum(const big *a, uint32_t a_shift, const big *b, uint32_t b_shift, const big *c) {
    static const big zero = {0, {0}};
    if (!b) b = &zero;
    uint32_t n = a->len > b->len ? a->len : b->len;
    if (c->len > n) n = c->len;
    uint64_t carry_a = 0, carry_b = 0, carry = 0;
    int result = 0;
    for (uint32_t i = 0; i <= n; i++) { /* from below: the last difference decides */
        carry_a |= (uint64_t)big_word(a, i) << a_shift;
        carry_b |= (uint64_t)big_word(b, i) << b_shift;
        carry += (uint64_t)(uint32_t)carry_a + (uint32_t)carry_b;
        uint32_t sum = (uint32_t)carry, other = big_word(c, i);
        if (sum != other) result = sum < other ? -1 : 1;
        carry_a >>= 32;
        carry_b >>= 32;
        carry >>= 32;
    }
    return result;
}

/* Returns n / (d * 2^(32 * words)), which must be below 2^32, and leaves the rest in n. The top bit of d is set. */
static uint32_t big_divide(big *n, const big *d, uint32_t words) {
    uint32_t top = d->len + words;
    if (n->len < top) return 0;
    uint64_t head = (uint64_t)big_word(n, top) << 32 | big_word(n, top - 1);
    uint64_t guess = head / d->words[d->len - 1]; /* never too small, and at most 2 too large */
    uint32_t quotient = guess > UINT32_MAX ? UINT32_MAX : (uint32_t)guess;
    if (n->len == top) n->words[n->len++] = 0;

    uint64_t product = 0;
    uint32_t borrow = 0;
    for (uint32_t i = 0; i <= d->len; i++) {
        product += (uint64_t)big_word(d, i) * quotient;
        uint64_t difference = (uint64_t)n->words[i + words] - (uint32_t)product - borrow;
        n->words[i + words] = (uint32_t)difference;
        borrow = difference >> 32 != 0;
        product >>= 32;
    }
    while (borrow) {
        uint64_t sum = 0;
        quotient--;
        for (uint32_t i = 0; i <= d->len; i++) {
            sum += (uint64_t)n->words[i + words] + big_word(d, i);
            n->words[i + words] = (uint32_t)sum;
            sum >>= 32;
        }
        borrow = sum == 0;
    }
    while (n->len && n->words[n->len - 1] == 0) n->len--;
    return quotient;
}

/* ------------------------------------------------------------------------
 * Printing
 */

/* A positive number 0.d1d2d3... * 10^point */
typedef struct decimal {
    uint8_t digits[20];
    uint32_t count;
    int32_t point;
} decimal;

static uint32_t write_digits(char *out, uint64_t x) {
    char text[20];
    uint32_t n = 0, at = sizeof text;
    do {
        text[--at] = (char)('0' + x % 10);
        x /= 10;
    } while (x);
    n = (uint32_t)sizeof text - at;
    memcpy(out, text + at, n);
    return n;
}

/* floor(log10(2^x)) for |x| < 1651 */
static int32_t log10_of_pow2(int32_t x) {
    return ((x * 78913 + (1024 << 18)) >> 18) - 1024;
}

/*
 * At most 15 digits: different decimals of this size never mean the same double, so one that reads back is the
 * shortest. False if there is none.
 */
static bool shortest_small(double x, decimal *d) {
    if (!PLAIN_DOUBLES || x < 1e-7 || x >= 1e15) return false;
    int32_t binary = (int32_t)(bits_of(x) >> 52) - 1023;
    int32_t places = 14 - log10_of_pow2(binary);
    if (places > 22) places = 22;
    double scaled = x * exact_powers[places];
    uint64_t whole = (uint64_t)(scaled + 0.5);
    if (whole >= UINT64_C(1000000000000000)) { /* one digit more than guessed */
        places--;
        whole = (uint64_t)(x * exact_powers[places] + 0.5);
    }
    if ((double)whole / exact_powers[places] < x || (double)whole / exact_powers[places] > x) return false;
    char text[20];
    d->count = write_digits(text, whole);
    d->point = (int32_t)d->count - places;
    while (text[d->count - 1] == '0') d->count--;
    for (uint32_t i = 0; i < d->count; i++) d->digits[i] = (uint8_t)(text[i] - '0');
    return true;
}

/*
 * value = rest / scale, gap = half the distance to the double below, all as big integers. Above a power of two the
 * distance is twice that below.
 */
typedef struct shortest_state {
    big rest, gap, scale;
    uint32_t up;    /* gap * 2^up: half the distance to the double above */
    bool inclusive; /* the middles themselves read back as this double (ties go to even) */
} shortest_state;

/* Sets up the state so that value < 10^point, digits are the quotients of 10 * rest / scale. */
static int32_t shortest_begin(shortest_state *s, uint64_t mantissa, int32_t exponent, bool uneven) {
    int32_t point = log10_of_pow2(exponent + bit_length(mantissa) - 1) + 1; /* or one more */
    int32_t doubled = uneven ? 2 : 1;
    int32_t rest2 = (exponent > 0 ? exponent : 0) + (point < 0 ? -point : 0);
    int32_t scale2 = doubled + (exponent < 0 ? -exponent : 0) + (point > 0 ? point : 0);
    int32_t common = rest2 < scale2 ? rest2 : scale2;
    big_set(&s->rest, mantissa << doubled);
    big_set(&s->gap, 1);
    big_set(&s->scale, 1);
    big_mul_pow5(&s->rest, -point);
    big_mul_pow5(&s->gap, -point);
    big_mul_pow5(&s->scale, point);
    big_shift(&s->scale, scale2 - common);

    int32_t align = (32 - big_bits(&s->scale) % 32) % 32; /* big_divide wants the top bit set */
    big_shift(&s->scale, align);
    big_shift(&s->rest, rest2 - common + align);
    big_shift(&s->gap, rest2 - common + align);
    s->up = uneven;
    s->inclusive = mantissa % 2 == 0;
    return point;
}

/* Does the text end here, because rounding down (up) gives this double? */
static bool ends_low(const shortest_state *s) {
    int order = big_compare_sum(&s->rest, 0, NULL, 0, &s->gap);
    return order < 0 || (order == 0 && s->inclusive);
}

static bool ends_high(const shortest_state *s) {
    int order = big_compare_sum(&s->rest, 0, &s->gap, s->up, &s->scale);
    return order > 0 || (order == 0 && s->inclusive);
}

static void shortest_exact(double x, decimal *d) {
    uint64_t bits = bits_of(x), fraction = bits & (HIDDEN_BIT - 1);
    int32_t biased = (int32_t)(bits >> 52 & EXPONENT_OF);
    uint64_t mantissa = biased ? fraction | HIDDEN_BIT : fraction;
    int32_t exponent = (biased ? biased : 1) - 1075;

    shortest_state s;
    d->point = shortest_begin(&s, mantissa, exponent, fraction == 0 && biased > 1);
    d->count = 0;
    bool scaled = ends_high(&s); /* it is 10^point or more, or rounds to that */
    d->point += scaled;
    for (;;) {
        if (!scaled) {
            big_mul_add(&s.rest, 10, 0);
            big_mul_add(&s.gap, 10, 0);
        }
        scaled = false;
        uint32_t digit = big_divide(&s.rest, &s.scale, 0);
        bool low = ends_low(&s), high = ends_high(&s);
        if (low && high) {
            int half = big_compare_sum(&s.rest, 1, NULL, 0, &s.scale);
            high = half > 0 || (half == 0 && digit % 2 == 1);
        }
        d->digits[d->count++] = (uint8_t)(digit + (high ? 1 : 0));
        if (low || high) return;
    }
}

static char *put_digits(char *p, const decimal *d, uint32_t from, uint32_t to) {
    for (uint32_t i = from; i < to; i++) *p++ = (char)(i < d->count ? '0' + d->digits[i] : '0');
    return p;
}

/* ECMAScript, Number::toString, steps 6 to 10. */
static char *lay_out(char *p, const decimal *d) {
    int32_t point = d->point;
    if (point > 0 && point <= 21) {
        p = put_digits(p, d, 0, (uint32_t)point);
        if ((uint32_t)point < d->count) *p++ = '.';
        return put_digits(p, d, (uint32_t)point, d->count);
    }
    if (point > -6 && point <= 0) {
        *p++ = '0';
        *p++ = '.';
        for (; point < 0; point++) *p++ = '0';
        return put_digits(p, d, 0, d->count);
    }
    p = put_digits(p, d, 0, 1);
    if (d->count > 1) *p++ = '.';
    p = put_digits(p, d, 1, d->count);
    *p++ = 'e';
    *p++ = point > 0 ? '+' : '-';
    return p + write_digits(p, (uint64_t)(point > 0 ? point - 1 : 1 - point));
}

size_t yt_number_print_int(int64_t x, char *out) {
    char *p = out;
    if (x < 0) *p++ = '-';
    p += write_digits(p, x < 0 ? 0 - (uint64_t)x : (uint64_t)x);
    return (size_t)(p - out);
}

size_t yt_number_print(double x, char *out) {
    if ((bits_of(x) >> 52 & EXPONENT_OF) == EXPONENT_OF) {
        memcpy(out, "null", 4);
        return 4;
    }
    if (x > -9007199254740992.0 && x < 9007199254740992.0) {
        int64_t whole = (int64_t)x;
        if (!((double)whole < x) && !((double)whole > x)) return yt_number_print_int(whole, out);
    }
    char *p = out;
    if (x < 0) {
        *p++ = '-';
        x = -x;
    }
    decimal d;
    if (!shortest_small(x, &d)) shortest_exact(x, &d);
    return (size_t)(lay_out(p, &d) - out);
}

/* ------------------------------------------------------------------------
 * Parsing
 */

/* mantissa (its rest of bits: sticky) * 2^exponent, to the nearest double, ties to even. */
static double round_to_double(uint64_t quotient, bool sticky, int32_t exponent) {
    int32_t top = exponent + bit_length(quotient) - 1; /* power of two of the highest bit */
    int32_t drop = top >= -1022 ? bit_length(quotient) - 53 : -1074 - exponent;
    if (top > 1023) return double_of((uint64_t)EXPONENT_OF << 52);
    if (drop > 64) return 0;
    uint64_t mantissa = drop == 64 ? 0 : quotient >> drop;
    uint64_t rest = drop == 64 ? quotient : quotient & ((UINT64_C(1) << drop) - 1);
    uint64_t half = UINT64_C(1) << (drop - 1);
    if (rest > half || (rest == half && (sticky || mantissa % 2 == 1))) mantissa++;
    /* The hidden bit, or a carry into it, raises the exponent by itself. */
    uint64_t biased = top >= -1022 ? (uint64_t)(top + 1022) : 0;
    return double_of((biased << 52) + mantissa);
}

/* digits * 10^exponent, digits > 0 with 1 to MAX_DIGITS + 1 of them: at most 2,555 bits, against 5^1092 with 2,536. */
static double parse_exact(big *n, int32_t exponent) {
    big d;
    big_set(&d, 1);
    big_mul_pow5(n, exponent);
    big_mul_pow5(&d, -exponent);
    /* Shift both so that the quotient has 63 or 64 bits and the top bit of d is set. */
    int32_t n_bits = big_bits(n), d_bits = big_bits(&d);
    int32_t least = n_bits - 63 > d_bits ? n_bits - 63 : d_bits;
    int32_t d_shift = (least + 31) / 32 * 32 - d_bits;
    int32_t n_shift = d_bits + d_shift + 63 - n_bits;
    big_shift(n, n_shift);
    big_shift(&d, d_shift);
    uint64_t quotient = (uint64_t)big_divide(n, &d, 1) << 32;
    quotient |= big_divide(n, &d, 0);
    return round_to_double(quotient, n->len != 0, exponent - n_shift + d_shift);
}

/* What was read: `significant` digits from p on (points are skipped), the last of them stands for 10^exponent. */
static double parse_digits(const char *p, uint64_t significant, int64_t exponent) {
    big n;
    big_set(&n, 0);
    uint64_t used = significant < MAX_DIGITS ? significant : MAX_DIGITS;
    for (uint64_t left = used; left > 0; p++) {
        if (*p == '.') continue;
        left--;
        if (n.len) {
            big_mul_add(&n, 10, (uint32_t)(*p - '0'));
        } else {
            big_set(&n, (uint64_t)(*p - '0'));
        }
    }
    if (used < significant) { /* whatever it is, it is more than nothing: trailing zeros are not counted in */
        big_mul_add(&n, 10, 1);
        exponent += (int64_t)(significant - used) - 1;
    }
    return parse_exact(&n, (int32_t)exponent);
}

static bool is_digit(const char *p, const char *end) {
    return p < end && *p >= '0' && *p <= '9';
}

/* Reads "e+12" at p, if it is there: its end. */
static const char *read_exponent(const char *p, const char *end, int64_t *exponent) {
    const char *at = p + 1;
    bool negative = at < end && *at == '-';
    if (at < end && (*at == '-' || *at == '+')) at++;
    if (!is_digit(at, end)) return p;
    int64_t x = 0;
    for (; is_digit(at, end); at++) {
        if (x < INT64_MAX / 100) x = x * 10 + (*at - '0'); /* beyond that it is 0 or infinite whatever the digits */
    }
    *exponent += negative ? -x : x;
    return at;
}

size_t yt_number_parse(const char *p, size_t n, double *out) {
    const char *at = p, *end = n ? p + n : p;
    bool negative = at < end && *at == '-';
    if (negative) at++;
    if (!is_digit(at, end)) return 0;
    if (*at == '0' && is_digit(at + 1, end)) end = at + 1; /* "01" is 0, and then something else */

    const char *first = NULL;     /* first digit that is not 0 */
    uint64_t value = 0, seen = 0; /* digits from `first` on; value is right while seen <= 19 */
    uint64_t significant = 0;     /* seen, without zeros at the end */
    int64_t point = 0;            /* digits behind the point */
    bool fraction = false;
    for (;; at++) {
        if (at < end && *at == '.' && !fraction && is_digit(at + 1, end)) {
            fraction = true;
            continue;
        }
        if (!is_digit(at, end)) break;
        point += fraction;
        if (!first && *at == '0') continue;
        if (!first) first = at;
        seen++;
        if (seen <= 19) value = value * 10 + (uint64_t)(*at - '0');
        if (*at != '0') significant = seen;
    }
    int64_t exponent = 0;
    if (at < end && (*at == 'e' || *at == 'E')) at = read_exponent(at, end, &exponent);

    double x;
    int64_t magnitude = (int64_t)seen - point + exponent; /* 10^(magnitude-1) <= x < 10^magnitude */
    if (!first || magnitude < -323) {
        x = 0;
    } else if (magnitude > 309) {
        x = double_of((uint64_t)EXPONENT_OF << 52);
    } else if (PLAIN_DOUBLES && seen <= 19 && value <= HIDDEN_BIT * 2 && exponent - point >= -22 &&
               exponent - point <= 22) {
        int64_t scale = exponent - point; /* both numbers are exact, so one operation rounds once */
        x = scale < 0 ? (double)value / exact_powers[-scale] : (double)value * exact_powers[scale];
    } else {
        x = parse_digits(first, significant, exponent - point + (int64_t)(seen - significant));
    }
    *out = negative ? -x : x;
    return (size_t)(at - p);
}
