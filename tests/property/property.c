/* SPDX-License-Identifier: MIT */
/*
 * property.c - random sessions of several peers against the naive twin, and every order of delivery of short ones.
 *
 *   property [SEED [COUNT]]          also from YATA_SEED, YATA_COUNT
 *
 * The seed of a failing session is the last one printed.
 */
#include "harness/random.h"
#include "property/session.h"

static uint32_t rng_source(void *ctx, uint32_t n) {
    return rng_below(ctx, n);
}

static uint64_t announced;
static void announce(uint64_t seed) {
    announced = seed;
}
static void tell_seed(void) {
    if (announced) fprintf(stderr, "seed %llu\n", (unsigned long long)announced);
}

/* Peers edit and exchange over a bad network; afterwards all are equal. */
static void random_session(uint64_t seed) {
    rng r = rng_from(seed);
    session s;
    announce(seed);
    session_begin(&s, (session_source){rng_source, &r}, 2 + rng_below(&r, 4));
    for (uint32_t steps = 10 + rng_below(&r, seed % 50 == 0 ? 200 : 50); steps > 0; steps--) session_step(&s);
    session_converge(&s);
    session_end(&s);
}

/* ---- every order ---- */

enum { MOST_UPDATES = 6 };

/* Heap's algorithm, one step: the next permutation of `order`. */
static bool next_order(uint32_t *order, uint32_t n, uint32_t *counters, uint32_t *level) {
    while (*level < n) {
        if (counters[*level] >= *level) {
            counters[(*level)++] = 0;
            continue;
        }
        uint32_t other = *level % 2 ? counters[*level] : 0, swap = order[other];
        order[other] = order[*level];
        order[*level] = swap;
        counters[*level]++;
        *level = 0;
        return true;
    }
    return false;
}

/* Delivers n updates to a fresh document in one order; half-way the state goes through a second document: what waits
 * must be part of it. */
static void deliver(const yata_bytes *updates, const uint32_t *order, uint32_t n, uint32_t relay_after,
                    yata_doc **out) {
    yata_doc_options options = yata_doc_options_default();
    options.client_id = 99;
    yata_doc *doc;
    REQUIRE(yata_doc_new(&options, &doc) == YATA_OK);
    for (uint32_t i = 0; i < n; i++) {
        REQUIRE(yata_doc_apply(doc, updates[order[i]], no_bytes(), NULL) == YATA_OK);
        REQUIRE(yata_doc_check(doc, NULL));
        if (i + 1 != relay_after) continue;
        yata_buffer state;
        yata_buffer_init(&state, NULL);
        REQUIRE(yata_doc_encode_state(doc, &state) == YATA_OK);
        yata_doc_free(doc);
        REQUIRE(yata_doc_new(&options, &doc) == YATA_OK);
        REQUIRE(yata_doc_apply(doc, bytes_of(&state), no_bytes(), NULL) == YATA_OK);
        REQUIRE(yata_doc_check(doc, NULL));
        yata_buffer_free(&state);
    }
    yata_pending pending;
    yata_doc_pending(doc, &pending);
    REQUIRE(pending.blocks == 0 && pending.deletes == 0);
    *out = doc;
}

/* All n! orders end in the same normal form. Answers it in `form` (of the first order). */
static void all_orders(const yata_bytes *updates, uint32_t n, yata_buffer *form) {
    uint32_t order[MOST_UPDATES], counters[MOST_UPDATES] = {0}, level = 0, orders = 0;
    yata_buffer other;
    yata_buffer_init(&other, NULL);
    REQUIRE(n <= MOST_UPDATES);
    for (uint32_t i = 0; i < n; i++) order[i] = i;
    do {
        yata_doc *doc;
        deliver(updates, order, n, orders % (n + 1), &doc);
        other.len = 0;
        session_normal_form(doc, orders == 0 ? form : &other);
        yata_doc_free(doc);
        if (orders++ == 0 || bytes_equal(bytes_of(form), bytes_of(&other))) continue;
        for (uint32_t i = 0; i < n; i++) bytes_print(stderr, "update", updates[order[i]]);
        bytes_print(stderr, "first order", bytes_of(form));
        bytes_print(stderr, "this order ", bytes_of(&other));
        FAIL("all orders end in the same normal form");
    } while (next_order(order, n, counters, &level));
    uint32_t factorial = 1;
    for (uint32_t i = 2; i <= n; i++) factorial *= i;
    REQUIRE(orders == factorial);
    yata_buffer_free(&other);
}

/* A short session of two or three peers whose updates come in every order. */
static void ordered_session(uint64_t seed) {
    rng r = rng_from(seed ^ UINT64_C(0x6f726465720000));
    session s;
    announce(seed);
    session_begin(&s, (session_source){rng_source, &r}, 1 + rng_below(&r, 3));
    uint32_t most = seed % 20 == 0 ? MOST_UPDATES : 3 + rng_below(&r, 2);
    for (uint32_t i = 0; i < 20 && s.log_count < most; i++) {
        session_edit(&s, rng_below(&r, s.peer_count));
        if (s.log_count && rng_one_in(&r, 2))
            session_exchange(&s, rng_below(&r, s.peer_count), rng_below(&r, s.peer_count), true);
    }
    yata_bytes updates[MOST_UPDATES];
    for (uint32_t i = 0; i < s.log_count; i++) updates[i] = s.log[i].bytes;
    yata_buffer form, own;
    yata_buffer_init(&form, NULL);
    yata_buffer_init(&own, NULL);
    all_orders(updates, s.log_count, &form);
    session_converge(&s);
    session_normal_form(s.peers[0].doc, &own);
    REQUIRE(bytes_equal(bytes_of(&form), bytes_of(&own)));
    yata_buffer_free(&form);
    yata_buffer_free(&own);
    session_end(&s);
}

/* Four updates of one client; an implementation that retries only what it last parked loses text in 6 of 24 orders. */
static void four_updates_of_one_client(void) {
    static const char *const hex[] = {
        "01010a03c40a000a01016400",
        "01010a0004010174016100",
        "01010a02440a00016300",
        "01010a01840a00016200",
    };
    yata_buffer bytes[4], form, text;
    yata_bytes updates[4];
    for (uint32_t i = 0; i < 4; i++) {
        yata_buffer_init(&bytes[i], NULL);
        hex_append(&bytes[i], hex[i]);
        updates[i] = bytes_of(&bytes[i]);
    }
    yata_buffer_init(&form, NULL);
    yata_buffer_init(&text, NULL);
    all_orders(updates, 4, &form);
    yata_doc *doc;
    yata_type type;
    REQUIRE(yata_doc_new(NULL, &doc) == YATA_OK);
    REQUIRE(yata_doc_apply(doc, bytes_of(&form), no_bytes(), NULL) == YATA_OK);
    REQUIRE(yata_doc_root(doc, str_of("t"), YATA_KIND_TEXT, &type) == YATA_OK);
    REQUIRE(yata_text_read(type, &text) == YATA_OK);
    REQUIRE(text.len == 4 && memcmp(text.data, "cadb", 4) == 0);
    yata_doc_free(doc);
    for (uint32_t i = 0; i < 4; i++) yata_buffer_free(&bytes[i]);
    yata_buffer_free(&form);
    yata_buffer_free(&text);
}

static uint64_t setting(int argc, char **argv, int place, const char *name, uint64_t otherwise) {
    const char *text = argc > place ? argv[place] : getenv(name);
    return text ? strtoull(text, NULL, 10) : otherwise;
}

int main(int argc, char **argv) {
    uint64_t seed = setting(argc, argv, 1, "YATA_SEED", 1), count = setting(argc, argv, 2, "YATA_COUNT", 300);
    atexit(tell_seed);
    four_updates_of_one_client();
    for (uint64_t i = 0; i < count; i++) random_session(seed + i);
    for (uint64_t i = 0; i < count / 2 + 1; i++) ordered_session(seed + i);
    announced = 0;
    printf("%llu random sessions, %llu in every order\n", (unsigned long long)count,
           (unsigned long long)(count / 2 + 1));
    return 0;
}
