/* SPDX-License-Identifier: MIT */
/* random.h - the deterministic generator of the tests: the same seed gives the same run everywhere. */
#ifndef YATA_TESTS_RANDOM_H
#define YATA_TESTS_RANDOM_H

#include <stdbool.h>
#include <stdint.h>

typedef struct rng {
    uint64_t state;
} rng;

/* splitmix64 */
static inline uint64_t rng_next(rng *r) {
    uint64_t z = (r->state += UINT64_C(0x9E3779B97F4A7C15));
    z = (z ^ (z >> 30)) * UINT64_C(0xBF58476D1CE4E5B9);
    z = (z ^ (z >> 27)) * UINT64_C(0x94D049BB133111EB);
    return z ^ (z >> 31);
}

/* Mixed once: the sequences of neighbouring seeds have nothing in common. */
static inline rng rng_from(uint64_t seed) {
    rng r = {seed};
    return (rng){rng_next(&r) ^ UINT64_C(0x59617461)};
}

static inline uint32_t rng_below(rng *r, uint32_t n) {
    return n ? (uint32_t)(rng_next(r) % n) : 0;
}
static inline bool rng_one_in(rng *r, uint32_t n) {
    return rng_below(r, n) == 0;
}

#endif
