/* SPDX-License-Identifier: MIT */
/* mutant.c - see mutant.h. */
#include "hostile/mutant.h"

enum { LINE_MAX_BYTES = 1 << 20, MUTANT_MAX_BYTES = 1 << 16 };

/* ---- seeds ---- */

static yata_bytes hex_line(const char *hex) {
    yata_buffer out;
    yata_buffer_init(&out, NULL);
    hex_append(&out, hex);
    uint8_t *data = malloc(out.len ? out.len : 1);
    REQUIRE(data);
    if (out.len) memcpy(data, out.data, out.len);
    yata_bytes bytes = {data, out.len};
    yata_buffer_free(&out);
    return bytes;
}

/* Nothing, if it is no update. */
static yata_bytes in_v2(yata_bytes update) {
    yata_buffer out;
    yata_buffer_init(&out, NULL);
    (void)yata_update_convert(update, YATA_UPDATE_V1, YATA_UPDATE_V2, &out, NULL);
    uint8_t *data = malloc(out.len ? out.len : 1);
    REQUIRE(data);
    if (out.len) memcpy(data, out.data, out.len);
    yata_bytes bytes = {data, out.len};
    yata_buffer_free(&out);
    return bytes;
}

static void add(mutant_seeds *seeds, yata_bytes update) {
    seeds->updates = realloc(seeds->updates, (seeds->count + 1) * sizeof *seeds->updates);
    seeds->updates_v2 = realloc(seeds->updates_v2, (seeds->count + 1) * sizeof *seeds->updates_v2);
    seeds->vectors = realloc(seeds->vectors, (seeds->count + 1) * sizeof *seeds->vectors);
    REQUIRE(seeds->updates && seeds->updates_v2 && seeds->vectors);
    seeds->updates[seeds->count] = update;
    seeds->updates_v2[seeds->count] = in_v2(update);
    seeds->vectors[seeds->count++] = hex_line("");
}

void mutant_seeds_read(mutant_seeds *seeds, char **files, int count) {
    char *line = malloc(LINE_MAX_BYTES);
    REQUIRE(line);
    *seeds = (mutant_seeds){0};
    add(seeds, hex_line("0000"));
    for (int i = 0; i < count; i++) {
        FILE *in = fopen(files[i], "rb");
        REQUIRE(in);
        while (fgets(line, LINE_MAX_BYTES, in)) {
            if (strncmp(line, "update ", 7) == 0) {
                add(seeds, hex_line(line + 7));
            } else if (strncmp(line, "vector ", 7) == 0) {
                free((void *)seeds->vectors[seeds->count - 1].data);
                seeds->vectors[seeds->count - 1] = hex_line(line + 7);
            }
        }
        fclose(in);
    }
    free(line);
}

void mutant_seeds_free(mutant_seeds *seeds) {
    for (uint32_t i = 0; i < seeds->count; i++) {
        free((void *)seeds->updates[i].data);
        free((void *)seeds->updates_v2[i].data);
        free((void *)seeds->vectors[i].data);
    }
    free(seeds->updates);
    free(seeds->updates_v2);
    free(seeds->vectors);
}

/* ---- changes ---- */

typedef struct draft {
    uint8_t data[MUTANT_MAX_BYTES];
    size_t len;
} draft;

/* Replaces [from, from+old) by other bytes; what does not fit is cut. */
static void splice(draft *d, size_t from, size_t old, const uint8_t *bytes, size_t len) {
    static uint8_t tail[MUTANT_MAX_BYTES];
    size_t tail_len = d->len - from - old;
    memcpy(tail, d->data + from + old, tail_len);
    if (len > MUTANT_MAX_BYTES - from) len = MUTANT_MAX_BYTES - from;
    if (len) memmove(d->data + from, bytes, len);
    if (tail_len > MUTANT_MAX_BYTES - from - len) tail_len = MUTANT_MAX_BYTES - from - len;
    memcpy(d->data + from + len, tail, tail_len);
    d->len = from + len + tail_len;
}

/* Numbers at the borders of 7, 8, 16, 32, 53 and 64 bits, and ones that never end. */
static size_t big_number(rng *r, uint8_t *out) {
    static const uint8_t bits[] = {7, 8, 14, 16, 24, 31, 32, 33, 52, 53, 54, 63};
    if (rng_one_in(r, 6)) {
        size_t len = 5 + rng_below(r, 10);
        memset(out, 0xFF, len - 1);
        out[len - 1] = (uint8_t)rng_below(r, 128);
        return len;
    }
    uint64_t v = (UINT64_C(1) << bits[rng_below(r, sizeof bits)]) - rng_below(r, 3);
    size_t len = 0;
    for (; v > 127; v >>= 7) out[len++] = (uint8_t)(v | 128);
    out[len++] = (uint8_t)v;
    return len;
}

static void change(draft *d, rng *r, yata_bytes other) {
    static const uint8_t telling[] = {0,    1,    2,   0x0A, 0x3F, 0x40, 0x7F, 0x80,
                                      0xC0, 0xFF, 117, 118,  119,  0x04, 0x87, 0x28};
    uint8_t bytes[16];
    size_t at = rng_below(r, (uint32_t)d->len + 1), left = d->len - at, n;
    switch (rng_below(r, 11)) {
    case 0:
        for (n = 1 + rng_below(r, 8); n > 0 && d->len; n--)
            d->data[rng_below(r, (uint32_t)d->len)] ^= (uint8_t)(1u << rng_below(r, 8));
        return;
    case 1:
        d->len = at;
        return;
    case 2:
        n = 1 + rng_below(r, 16);
        for (size_t i = 0; i < n; i++) bytes[i] = (uint8_t)rng_next(r);
        splice(d, d->len, 0, bytes, n);
        return;
    case 3:
        n = rng_below(r, (uint32_t)other.len + 1);
        splice(d, at, left, other.data + n, other.len - n);
        return;
    case 4:
        for (n = 1 + rng_below(r, 3); n > 0 && d->len; n--)
            d->data[rng_below(r, (uint32_t)d->len)] = telling[rng_below(r, sizeof telling)];
        return;
    case 5:
    case 6:
        n = big_number(r, bytes);
        splice(d, at, left ? 1 : 0, bytes, n);
        return;
    case 7:
        splice(d, at, rng_below(r, (uint32_t)(left < 16 ? left : 16) + 1), NULL, 0);
        return;
    case 8:
        n = rng_below(r, (uint32_t)(left < 64 ? left : 64) + 1);
        splice(d, at, 0, d->data + at, n);
        return;
    case 9:
        n = rng_below(r, (uint32_t)(left < 8 ? left : 8) + 1);
        for (size_t i = 0; i < n; i++) d->data[at + i] = (uint8_t)rng_next(r);
        return;
    default: /* small numbers stay plausible: lengths, clocks and references a little off */
        if (left) d->data[at] = (uint8_t)((d->data[at] & 128) | ((d->data[at] + 127 + rng_below(r, 3)) & 127));
        return;
    }
}

void mutant_make(const mutant_seeds *seeds, rng *r, mutant *out) {
    static draft d;
    uint32_t draw = rng_below(r, 8);
    int kind = draw == 0 ? MUTANT_STATE_VECTOR : draw < 4 ? MUTANT_UPDATE_V2 : MUTANT_UPDATE;
    const yata_bytes *list = kind == MUTANT_UPDATE      ? seeds->updates
                             : kind == MUTANT_UPDATE_V2 ? seeds->updates_v2
                                                        : seeds->vectors;
    uint32_t seed = rng_below(r, seeds->count);
    d.len = list[seed].len < MUTANT_MAX_BYTES ? list[seed].len : MUTANT_MAX_BYTES;
    memcpy(d.data, list[seed].data, d.len);
    for (uint32_t n = rng_one_in(r, 3) ? 1 + rng_below(r, 3) : 1; n > 0; n--)
        change(&d, r, list[rng_below(r, seeds->count)]);
    const uint32_t bases[] = {0, seed ? seed - 1 : 0, seed, rng_below(r, seeds->count)};
    *out = (mutant){kind, bases[rng_below(r, 4)], malloc(d.len ? d.len : 1), d.len};
    REQUIRE(out->bytes);
    memcpy(out->bytes, d.data, d.len);
}
