/* SPDX-License-Identifier: MIT */
/*
 * awareness.c - any bytes as awareness updates.
 *
 * Input: pieces, each with a byte of its length in front, the last one as long as it likes; each is applied as an
 * update, modified, walked. Refused ones leave everything as it was and tell nobody; what is accepted encodes as an
 * update that leads a second awareness to the same states. What is kept is bounded by the limits, however many updates
 * came and whatever they say; what one update takes besides, by its length.
 */
#include "target.h"

/* What is accepted, and what that takes at most: a record and its place in the index for each client, both with room
 * to grow, the states, and what an empty awareness has. */
enum { CLIENTS = 64, STATE_BYTES = 256, TOTAL_BYTES = 1024 };
enum { KEPT = CLIENTS * 3 / 2 * 64 + CLIENTS * 4 * 12 + TOTAL_BYTES + STATE_BYTES + 2048, A_BYTE = 128, ONCE = 8192 };

typedef struct seen {
    uint32_t events;
} seen;

static void on_event(void *ctx, yata_awareness *a, const yata_awareness_event *event) {
    seen *s = ctx;
    (void)a;
    s->events++;
    REQUIRE(event->added_count + event->updated_count + event->removed_count > 0);
}

static uint64_t time_of(void *ctx) {
    return *(uint64_t *)ctx;
}

static yata_awareness *open(const yata_allocator *allocator, uint64_t client, uint64_t *now) {
    yata_awareness_options options = yata_awareness_options_default();
    options.client_id = client;
    options.allocator = allocator;
    options.now = time_of;
    options.now_ctx = now;
    options.limits.clients = CLIENTS;
    options.limits.state_bytes = STATE_BYTES;
    options.limits.total_bytes = TOTAL_BYTES;
    yata_awareness *a = NULL;
    REQUIRE(yata_awareness_new(&options, &a) == YATA_OK);
    return a;
}

/* All that is known, those without a state included. */
static void encode(const yata_awareness *a, yata_buffer *out) {
    yata_buffer_init(out, NULL);
    REQUIRE(yata_awareness_encode_all(a, out) == YATA_OK);
}

static yata_status leave(void *ctx, const yata_awareness_entry *entry, yata_buffer *out) {
    (void)ctx, (void)entry, (void)out;
    return YATA_OK;
}

/* Reading without an awareness refuses what an awareness refuses, limits apart. */
static void without_awareness(yata_bytes update, yata_status applied, size_t applied_at) {
    yata_buffer modified, again;
    yata_fault fault;
    yata_buffer_init(&modified, NULL);
    yata_buffer_init(&again, NULL);
    yata_status status = yata_awareness_update_modify(update, leave, NULL, &modified, &fault);
    REQUIRE(fault.offset <= update.len);
    if (applied == YATA_OK) REQUIRE(status == YATA_OK);
    if (status && status != YATA_ERR_LIMIT && applied != YATA_ERR_LIMIT)
        REQUIRE(applied == status && applied_at == fault.offset);
    if (!status) {
        REQUIRE(yata_awareness_update_modify(bytes_of(&modified), leave, NULL, &again, &fault) == YATA_OK);
        require_equal("modified updates", &modified, &again);
    }
    yata_buffer_free(&modified);
    yata_buffer_free(&again);
}

/* Every state and all together are within their limits. */
static void check_limits(const yata_awareness *a, const counted_memory *memory) {
    yata_awareness_iter it = yata_awareness_states(a);
    size_t total = 0;
    uint32_t n = 0;
    uint64_t client;
    yata_str json;
    for (; yata_awareness_iter_next(&it, &client, &json); n++) {
        REQUIRE(json.len <= STATE_BYTES);
        total += json.len;
    }
    REQUIRE(n == yata_awareness_count(a) && n <= CLIENTS && total <= TOTAL_BYTES);
    REQUIRE(memory->live <= KEPT);
}

static void apply(yata_awareness *a, seen *s, yata_bytes update, counted_memory *memory) {
    yata_buffer before, after;
    yata_fault fault;
    uint32_t events = s->events;
    encode(a, &before);
    memory->peak = memory->live;
    yata_status status = yata_awareness_apply(a, update, no_bytes(), &fault);
    REQUIRE(memory->peak <= KEPT + A_BYTE * update.len + ONCE);
    check_limits(a, memory);
    REQUIRE(status == fault.status && fault.offset <= update.len);
    encode(a, &after);
    if (status) {
        require_equal("states around a refused update", &before, &after);
        REQUIRE(s->events == events);
    } else {
        yata_buffer twice;
        events = s->events;
        bool own = yata_awareness_apply(a, bytes_of(&after), no_bytes(), NULL) != YATA_OK;
        REQUIRE(!own && s->events == events);
        encode(a, &twice);
        require_equal("states after their own update", &after, &twice);
        yata_buffer_free(&twice);
    }
    without_awareness(update, status, fault.offset);
    yata_buffer_free(&before);
    yata_buffer_free(&after);
}

/* Others learn the same; they pass over clients at clock 0 and their own. */
static void compare_with_another(const yata_awareness *a, const yata_allocator *allocator, uint64_t *now) {
    yata_awareness *b = open(allocator, UINT64_C(9007199254740990), now);
    yata_buffer all;
    encode(a, &all);
    REQUIRE(yata_awareness_apply(b, bytes_of(&all), no_bytes(), NULL) == YATA_OK);
    yata_awareness_iter it = yata_awareness_states(a);
    uint64_t client, clock, other;
    yata_str json, copy;
    while (yata_awareness_iter_next(&it, &client, &json)) {
        REQUIRE(yata_awareness_clock(a, client, &clock, NULL) == YATA_OK);
        if (clock == 0 || client == yata_awareness_client_id(b)) continue;
        REQUIRE(yata_awareness_clock(b, client, &other, NULL) == YATA_OK && other == clock);
        REQUIRE(yata_awareness_state(b, client, &copy) == YATA_OK);
        REQUIRE(copy.len == json.len && memcmp(copy.data, json.data, json.len) == 0);
    }
    yata_buffer_free(&all);
    yata_awareness_free(b);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    counted_memory memory = {0};
    yata_allocator allocator = counted_allocator(&memory);
    uint64_t now = 0;
    seen s = {0};
    uint32_t subscription;
    yata_awareness *a = open(&allocator, 1, &now);
    REQUIRE(yata_awareness_observe_change(a, on_event, &s, &subscription) == YATA_OK);
    REQUIRE(yata_awareness_observe_update(a, on_event, &s, &subscription) == YATA_OK);
    for (size_t at = 0; at < size;) {
        size_t len = data[at++];
        if (len == 255 || len > size - at) len = size - at;
        apply(a, &s, (yata_bytes){data + at, len}, &memory);
        at += len;
        now += 4000;
        if (len % 3 == 0) REQUIRE(yata_awareness_tick(a) == YATA_OK);
        check_limits(a, &memory);
    }
    compare_with_another(a, &allocator, &now);
    yata_awareness_free(a);
    REQUIRE(memory.live == 0);
    return 0;
}
