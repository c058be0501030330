/* SPDX-License-Identifier: MIT */
/* awareness.c and its parts - who is there, as y-protocols 1.0.7 does it, without its defects. */
#include <yata/awareness.h>

#include "../peer.h"
#include "sync/presence.h"

typedef struct crowd {
    counted_memory memory;
    yata_allocator allocator;
    yata_awareness *a;
    uint64_t time;
    yata_buffer log; /* what observers were told: "change local +1 ~2 -3\n" */
    yata_awareness *nested;
} crowd;

static uint64_t time_of(void *ctx) {
    return *(uint64_t *)ctx;
}

static void crowd_open_with(crowd *c, uint64_t client, yata_awareness_limits limits) {
    memset(c, 0, sizeof *c);
    c->allocator = counted_allocator(&c->memory);
    c->time = 1000;
    yata_buffer_init(&c->log, NULL);
    yata_awareness_options options = yata_awareness_options_default();
    options.client_id = client;
    options.allocator = &c->allocator;
    options.now = time_of;
    options.now_ctx = &c->time;
    options.limits = limits;
    OK(yata_awareness_new(&options, &c->a));
}

static void crowd_open(crowd *c, uint64_t client) {
    crowd_open_with(c, client, (yata_awareness_limits){0});
}

static void crowd_close(crowd *c) {
    cr_assert_eq(yata_awareness_memory(c->a), c->memory.live);
    yata_awareness_free(c->a);
    yata_buffer_free(&c->log);
    cr_assert_eq(c->memory.live, 0);
}

static void log_list(crowd *c, char sign, const uint64_t *clients, size_t count) {
    char text[32];
    for (size_t i = 0; i < count; i++) {
        int n = snprintf(text, sizeof text, " %c%llu", sign, (unsigned long long)clients[i]);
        OK(yata_buffer_append(&c->log, text, (size_t)n));
    }
}

static void log_event(crowd *c, const char *name, const yata_awareness_event *event) {
    static const char *const causes[] = {"local", "applied", "removed", "timeout"};
    char text[64];
    int n = snprintf(text, sizeof text, "%s %s %.*s", name, causes[event->cause], (int)event->origin.len,
                     event->origin.data ? (const char *)event->origin.data : "");
    OK(yata_buffer_append(&c->log, text, (size_t)n));
    log_list(c, '+', event->added, event->added_count);
    log_list(c, '~', event->updated, event->updated_count);
    log_list(c, '-', event->removed, event->removed_count);
    OK(yata_buffer_append(&c->log, "\n", 1));
}

static void on_change(void *ctx, yata_awareness *a, const yata_awareness_event *event) {
    crowd *c = ctx;
    cr_assert_eq(a, c->a);
    log_event(c, "change", event);
}

static void on_update(void *ctx, yata_awareness *a, const yata_awareness_event *event) {
    crowd *c = ctx;
    cr_assert_eq(a, c->a);
    log_event(c, "update", event);
}

static void watch(crowd *c) {
    uint32_t subscription;
    OK(yata_awareness_observe_update(c->a, on_update, c, &subscription));
    OK(yata_awareness_observe_change(c->a, on_change, c, &subscription));
}

static void expect_log(crowd *c, const char *expected) {
    expect_seen(&c->log, expected);
    c->log.len = 0;
}

static yata_status hear(crowd *c, const char *hex) {
    yata_buffer update = bytes_from(hex);
    yata_bytes exact = exact_copy(bytes_of(&update));
    yata_fault fault;
    yata_status status = yata_awareness_apply(c->a, exact, (yata_bytes){(const uint8_t *)"net", 3}, &fault);
    cr_assert_eq(status, fault.status);
    free((void *)exact.data);
    yata_buffer_free(&update);
    return status;
}

/* One entry: client, clock < 128, state. */
static yata_status hear_state(crowd *c, uint8_t client, uint8_t clock, const char *json) {
    yata_buffer update;
    uint8_t head[] = {1, client, clock, (uint8_t)strlen(json)};
    yata_buffer_init(&update, NULL);
    OK(yata_buffer_append(&update, head, sizeof head));
    OK(yata_buffer_append(&update, json, strlen(json)));
    yata_status status = yata_awareness_apply(c->a, bytes_of(&update), (yata_bytes){(const uint8_t *)"net", 3}, NULL);
    yata_buffer_free(&update);
    return status;
}

static void expect_all(crowd *c, const char *hex) {
    yata_buffer out;
    yata_buffer_init(&out, NULL);
    OK(yata_awareness_encode_all(c->a, &out));
    expect_bytes(&out, hex);
    yata_buffer_free(&out);
}

static void expect_clients(crowd *c, const char *hex, const uint64_t *clients, size_t count) {
    yata_buffer out;
    yata_buffer_init(&out, NULL);
    OK(yata_awareness_encode(c->a, clients, count, &out));
    expect_bytes(&out, hex);
    yata_buffer_free(&out);
}

static void expect_client(crowd *c, uint64_t client, uint64_t clock, const char *json) {
    uint64_t seen, updated;
    yata_str state;
    OK(yata_awareness_clock(c->a, client, &seen, &updated));
    cr_assert_eq(seen, clock, "clock %llu", (unsigned long long)seen);
    if (!json) {
        FAILS(YATA_ERR_NOT_FOUND, yata_awareness_state(c->a, client, &state));
        return;
    }
    OK(yata_awareness_state(c->a, client, &state));
    cr_assert(state.len == strlen(json) && !memcmp(state.data, json, state.len), "%.*s", (int)state.len, state.data);
}

#define LOCAL(json) OK(yata_awareness_set_local(c.a, STR(json), NULL))

/* ------------------------------------------------------------------------
 * The own state
 */
Test(awareness, begins_with_an_empty_state) {
    crowd c;
    crowd_open(&c, 1);
    cr_assert_eq(yata_awareness_client_id(c.a), 1);
    cr_assert_eq(yata_awareness_count(c.a), 1);
    expect_client(&c, 1, 0, "{}");
    expect_all(&c, "01 01 00 02 7b7d");
    crowd_close(&c);
}

Test(awareness, local_states_count_the_clock) {
    crowd c;
    crowd_open(&c, 1);
    watch(&c);
    LOCAL(" { \"n\" : \"x\" } ");
    expect_all(&c, "01 01 01 09 7b226e223a2278227d");
    expect_log(&c, "change local local ~1\nupdate local local ~1\n");
    LOCAL("{\"n\":\"x\"}"); /* equal: only observers of updates */
    expect_log(&c, "update local local ~1\n");
    LOCAL("null");
    expect_client(&c, 1, 3, NULL);
    expect_clients(&c, "01 01 03 04 6e756c6c", (uint64_t[]){1}, 1);
    expect_all(&c, "00");
    expect_log(&c, "change local local -1\nupdate local local -1\n");
    OK(yata_awareness_set_local(c.a, (yata_str){NULL, 0}, NULL)); /* not there before: no change */
    expect_log(&c, "update local local -1\n");
    expect_client(&c, 1, 4, NULL);
    LOCAL("[1]");
    expect_log(&c, "change local local +1\nupdate local local +1\n");
    crowd_close(&c);
}

Test(awareness, states_are_written_as_javascript_would) {
    static const char *const pairs[][2] = {
        {"{\"b\":1,\"2\":0,\"a\":-0,\"1\":1.50}", "{\"1\":1.5,\"2\":0,\"b\":1,\"a\":0}"},
        {"{\"a\":1,\"a\":2}", "{\"a\":2}"},
        {"[1e21, 123456789012345678901, 1e400, \"\\u00e9\\n\\/\"]",
         "[1e+21,123456789012345680000,null,\"\xC3\xA9\\n/\"]"},
        {"\"\\ud83d\\ude00\"", "\"\xF0\x9F\x98\x80\""},
        {"true", "true"},
        {"0", "0"},
    };
    crowd c;
    crowd_open(&c, 1);
    for (size_t i = 0; i < sizeof pairs / sizeof *pairs; i++) {
        OK(yata_awareness_set_local(c.a, str_of(pairs[i][0]), NULL));
        expect_client(&c, 1, i + 1, pairs[i][1]);
    }
    crowd_close(&c);
}

Test(awareness, fields_of_the_own_state) {
    crowd c;
    yata_fault fault;
    crowd_open(&c, 1);
    OK(yata_awareness_set_local_field(c.a, STR("user"), STR("{\"n\":1}"), NULL));
    expect_client(&c, 1, 1, "{\"user\":{\"n\":1}}");
    OK(yata_awareness_set_local_field(c.a, STR("at"), STR("[2 ]"), NULL));
    OK(yata_awareness_set_local_field(c.a, STR("user"), STR("null"), NULL));
    OK(yata_awareness_set_local_field(c.a, STR("7\"\n"), STR("1"), &fault));
    OK(yata_awareness_set_local_field(c.a, STR("7"), STR("1"), &fault));
    expect_client(&c, 1, 5, "{\"7\":1,\"user\":null,\"at\":[2],\"7\\\"\\n\":1}");
    FAILS(YATA_ERR_JSON, yata_awareness_set_local_field(c.a, STR("x"), STR("[1"), &fault));
    cr_assert(fault.status == YATA_ERR_JSON && fault.offset == 2);
    FAILS(YATA_ERR_UTF8, yata_awareness_set_local_field(c.a, STR("\xFF"), STR("1"), NULL));
    FAILS(YATA_ERR_ARGUMENT, yata_awareness_set_local_field(c.a, STR("x"), (yata_str){NULL, 0}, NULL));
    FAILS(YATA_ERR_ARGUMENT, yata_awareness_set_local_field(NULL, STR("x"), STR("1"), NULL));
    expect_client(&c, 1, 5, "{\"7\":1,\"user\":null,\"at\":[2],\"7\\\"\\n\":1}");
    LOCAL("[]");
    FAILS(YATA_ERR_TYPE, yata_awareness_set_local_field(c.a, STR("x"), STR("1"), NULL));
    LOCAL("null");
    FAILS(YATA_ERR_NOT_FOUND, yata_awareness_set_local_field(c.a, STR("x"), STR("1"), NULL));
    crowd_close(&c);
}

Test(awareness, another_client_id) {
    crowd c;
    crowd_open(&c, 1);
    LOCAL("{\"a\":1}");
    OK(hear_state(&c, 5, 9, "{\"b\":1}"));
    watch(&c);
    OK(yata_awareness_set_client_id(c.a, 1));
    expect_log(&c, "");
    OK(yata_awareness_set_client_id(c.a, 2));
    expect_log(&c, "change local local +2 -1\nupdate local local +2 -1\n");
    expect_client(&c, 1, 2, NULL);
    expect_client(&c, 2, 1, "{\"a\":1}");
    OK(yata_awareness_set_client_id(c.a, 5)); /* somebody else's: it becomes ours */
    expect_log(&c, "change local local ~5 -2\nupdate local local ~5 -2\n");
    expect_client(&c, 5, 10, "{\"a\":1}");
    cr_assert_eq(yata_awareness_count(c.a), 1);
    LOCAL("null");
    c.log.len = 0;
    OK(yata_awareness_set_client_id(c.a, 6)); /* nobody moves */
    expect_log(&c, "");
    expect_client(&c, 6, 1, NULL);
    FAILS(YATA_ERR_ARGUMENT, yata_awareness_set_client_id(c.a, UINT64_C(1) << 53));
    FAILS(YATA_ERR_ARGUMENT, yata_awareness_set_client_id(NULL, 1));
    crowd_close(&c);
}

/* ------------------------------------------------------------------------
 * Applying
 */
Test(awareness, newer_states_are_taken) {
    crowd c;
    crowd_open(&c, 1);
    watch(&c);
    OK(hear_state(&c, 7, 0, "{}")); /* clock 0 of a client never heard of is nothing new */
    expect_log(&c, "");
    FAILS(YATA_ERR_NOT_FOUND, yata_awareness_clock(c.a, 7, NULL, NULL));
    OK(hear_state(&c, 7, 1, "{\"a\":[1,2]}"));
    expect_log(&c, "change applied net +7\nupdate applied net +7\n");
    OK(hear_state(&c, 7, 1, "{\"a\":3}"));
    OK(hear_state(&c, 7, 0, "null"));
    expect_log(&c, "");
    OK(hear_state(&c, 7, 2, " {\"a\" : [1.0,2]}"));
    expect_log(&c, "update applied net ~7\n");
    OK(hear_state(&c, 7, 3, "{\"a\":[2,1]}"));
    expect_log(&c, "change applied net ~7\nupdate applied net ~7\n");
    OK(hear_state(&c, 7, 3, "null")); /* null wins over the same clock */
    expect_log(&c, "change applied net -7\nupdate applied net -7\n");
    expect_client(&c, 7, 3, NULL);
    OK(hear_state(&c, 7, 3, "null"));
    expect_log(&c, "");
    crowd_close(&c);
}

/* Q81: y-protocols tells of an update. */
Test(awareness, who_comes_again_is_added) {
    crowd c;
    crowd_open(&c, 1);
    OK(hear_state(&c, 7, 1, "{}"));
    OK(hear_state(&c, 7, 2, "null"));
    watch(&c);
    OK(hear_state(&c, 7, 3, "{}"));
    expect_log(&c, "change applied net +7\nupdate applied net +7\n");
    crowd_close(&c);
}

/* Q80: y-protocols tells that the own state was removed. */
Test(awareness, nobody_removes_the_own_state) {
    crowd c;
    crowd_open(&c, 1);
    LOCAL("{\"a\":1}");
    watch(&c);
    OK(hear_state(&c, 1, 1, "null"));
    expect_client(&c, 1, 2, "{\"a\":1}");
    expect_log(&c, "update applied net ~1\n");
    OK(hear_state(&c, 1, 20, "null"));
    expect_client(&c, 1, 21, "{\"a\":1}");
    expect_log(&c, "update applied net ~1\n");
    OK(hear_state(&c, 1, 22, "{\"b\":1}")); /* another state is taken, as in y-protocols */
    expect_client(&c, 1, 22, "{\"b\":1}");
    LOCAL("null");
    c.log.len = 0;
    OK(hear_state(&c, 1, 30, "null"));
    expect_client(&c, 1, 30, NULL);
    expect_log(&c, "update applied net -1\n"); /* Q82: it was not there, so nothing changed */
    crowd_close(&c);
}

Test(awareness, gone_before_it_came) {
    crowd c;
    crowd_open(&c, 1);
    watch(&c);
    OK(hear_state(&c, 7, 4, "null"));
    expect_log(&c, "");
    expect_client(&c, 7, 4, NULL);
    OK(hear_state(&c, 7, 4, "{}"));
    expect_client(&c, 7, 4, NULL);
    OK(hear_state(&c, 7, 5, "{}"));
    expect_log(&c, "change applied net +7\nupdate applied net +7\n");
    crowd_close(&c);
}

Test(awareness, one_client_twice_in_an_update) {
    crowd c;
    crowd_open(&c, 1);
    watch(&c);
    /* 7: {} at 1, 1 at 2, null at 2, 2 at 3; 8: 1 at 1, then older, then the same */
    OK(hear(&c, "07 070102 7b7d | 070201 31 | 070204 6e756c6c | 070301 32 | 080201 31 | 080101 35 | 080301 31"));
    expect_log(&c, "change applied net +7 +7 +8 ~7 -7\nupdate applied net +7 +7 +8 ~7 ~8 -7\n");
    expect_client(&c, 7, 3, "2");
    expect_client(&c, 8, 3, "1");
    OK(hear(&c, "02 010504 6e756c6c | 010904 6e756c6c"));
    expect_client(&c, 1, 10, "{}");
    expect_log(&c, "update applied net ~1 ~1\n");
    LOCAL("null");
    c.log.len = 0;
    /* the own client: comes, is kept, has another state */
    OK(hear(&c, "03 011402 7b7d | 011504 6e756c6c | 011e01 31"));
    expect_client(&c, 1, 30, "1");
    expect_log(&c, "change applied net +1 ~1\nupdate applied net +1 ~1 ~1\n");
    crowd_close(&c);
}

Test(awareness, order_of_states_is_that_of_a_map) {
    crowd c;
    crowd_open(&c, 1);
    for (uint8_t i = 2; i < 6; i++) OK(hear_state(&c, i, 1, "0"));
    OK(hear_state(&c, 3, 2, "null"));
    OK(hear_state(&c, 2, 2, "2"));
    OK(hear_state(&c, 3, 3, "3"));
    OK(hear_state(&c, 5, 1, "null"));
    expect_all(&c, "04 010002 7b7d | 020201 32 | 040101 30 | 030301 33");
    LOCAL("null");
    LOCAL("1");
    expect_all(&c, "04 020201 32 | 040101 30 | 030301 33 | 010201 31");
    yata_awareness_iter it = yata_awareness_states(c.a);
    uint64_t client, expected[] = {2, 4, 3, 1};
    yata_str json;
    for (size_t i = 0; i < 4; i++) {
        cr_assert(yata_awareness_iter_next(&it, &client, &json));
        cr_assert_eq(client, expected[i]);
    }
    cr_assert_not(yata_awareness_iter_next(&it, &client, &json));
    FAILS(YATA_ERR_NOT_FOUND,
          yata_awareness_encode(c.a, (uint64_t[]){1, 99}, 2, &(yata_buffer){.allocator = c.allocator}));
    expect_clients(&c, "02 050104 6e756c6c | 020201 32", (uint64_t[]){5, 2}, 2);
    crowd_close(&c);
}

Test(awareness, equal_as_values) {
    static const struct {
        const char *a, *b;
        bool equal;
    } cases[] = {
        {"{\"a\":1,\"b\":[{\"x\":1,\"y\":2}]}", "{\"b\":[{\"y\":2,\"x\":1}],\"a\":1}", true},
        {"{\"a\":1,\"b\":2}", "{\"a\":1,\"c\":2}", false},
        {"{\"a\":1,\"b\":2}", "{\"a\":1}", false},
        {"{\"a\":{}}", "{\"a\":[]}", false},
        {"{\"a\":-0.0}", "{\"a\":0}", true},
        {"[1,2]", "[2,1]", false},
        {"{\"ab\":1,\"a\":2}", "{\"a\":2,\"ab\":1}", true},
        {"{\"a\":\"x\"}", "{\"a\":\"y\"}", false},
        {"{\"a\":{\"x\":[[[1]]]},\"b\":1}", "{\"b\":1,\"a\":{\"x\":[[[2]]]}}", false},
    };
    yt_mem mem;
    yt_mem_init(&mem, NULL);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        bool ok;
        yata_str a = str_of(cases[i].a), b = str_of(cases[i].b);
        yata_bytes x = {(const uint8_t *)a.data, a.len}, y = {(const uint8_t *)b.data, b.len};
        cr_assert_eq(yt_state_equal(&mem, x, y, &ok), cases[i].equal, "%s %s", cases[i].a, cases[i].b);
        cr_assert(ok);
    }
    cr_assert_eq(mem.used, 0);
}

/* ------------------------------------------------------------------------
 * Strangers
 */
Test(awareness, refused_as_a_whole) {
    static const struct {
        const char *hex;
        yata_status status;
    } cases[] = {
        {"", YATA_ERR_END},
        {"02 070102 7b7d", YATA_ERR_END},
        {"02 070102 7b7d 08", YATA_ERR_END},
        {"02 070102 7b7d 080102 7b", YATA_ERR_END},
        {"02 070102 7b7d 080102 7b7b", YATA_ERR_JSON},
        {"02 070102 7b7d 080100 0909", YATA_ERR_JSON},
        {"02 070102 7b7d 080103 22ff22", YATA_ERR_UTF8},
        {"02 070102 7b7d ffffffffffffffff0f 0101 30", YATA_ERR_NUMBER},
        {"02 070102 7b7d 08 ffffffffffffffff0f 01 30", YATA_ERR_NUMBER},
        {"ffffffff0f 070102 7b7d", YATA_ERR_END},
        {"02 070102 7b7d 0801 d804 (600*5b)", YATA_ERR_LIMIT},
    };
    crowd c;
    crowd_open(&c, 1);
    OK(hear_state(&c, 7, 1, "null"));
    watch(&c);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        size_t live = c.memory.live;
        FAILS(cases[i].status, hear(&c, cases[i].hex));
        cr_assert_eq(c.memory.live, live);
        expect_client(&c, 7, 1, NULL);
        FAILS(YATA_ERR_NOT_FOUND, yata_awareness_clock(c.a, 8, NULL, NULL));
    }
    expect_log(&c, "");
    yata_fault fault;
    yata_buffer bad = bytes_from("02 070202 7b7d 080104 5b312c5d");
    FAILS(YATA_ERR_JSON, yata_awareness_apply(c.a, bytes_of(&bad), no_bytes(), &fault));
    cr_assert_eq(fault.offset, 12);
    yata_buffer_free(&bad);
    OK(hear(&c, "01 070202 7b7d ffff")); /* bytes behind it: ignored, as in y-protocols */
    expect_client(&c, 7, 2, "{}");
    crowd_close(&c);
}

Test(awareness, clocks_far_ahead) {
    crowd c;
    crowd_open(&c, 1);
    watch(&c);
    OK(hear(&c, "02 07 ffffffffffffff0f 01 31 | 01 ffffffffffffff0f 04 6e756c6c"));
    expect_client(&c, 7, (UINT64_C(1) << 53) - 1, "1");
    expect_client(&c, 1, (UINT64_C(1) << 53) - 1, "{}"); /* no further: nothing wraps */
    expect_log(&c, "change applied net +7\nupdate applied net +7 ~1\n");
    FAILS(YATA_ERR_LIMIT, yata_awareness_set_local(c.a, STR("1"), NULL));
    expect_client(&c, 1, (UINT64_C(1) << 53) - 1, "{}");
    c.time += 20000;
    OK(yata_awareness_tick(c.a)); /* cannot be renewed */
    expect_log(&c, "");
    OK(hear(&c, "01 07 ffffffffffffff0f 04 6e756c6c"));
    expect_client(&c, 7, (UINT64_C(1) << 53) - 1, NULL);
    OK(yata_awareness_set_client_id(c.a, 2)); /* the way out */
    expect_client(&c, 1, (UINT64_C(1) << 53) - 1, NULL);
    LOCAL("1");
    expect_client(&c, 2, 2, "1");
    FAILS(YATA_ERR_LIMIT, yata_awareness_set_client_id(c.a, 7));
    OK(yata_awareness_remove(c.a, (uint64_t[]){2, 2, 99}, 3, no_bytes()));
    expect_client(&c, 2, 3, NULL);
    crowd_close(&c);
}

Test(awareness, limits) {
    crowd c;
    crowd_open_with(&c, 1, (yata_awareness_limits){.clients = 4, .state_bytes = 10, .total_bytes = 20});
    watch(&c);
    FAILS(YATA_ERR_LIMIT, yata_awareness_set_local(c.a, STR("\"123456789\""), NULL));
    FAILS(YATA_ERR_LIMIT, hear_state(&c, 7, 1, "\"123456789\""));
    LOCAL("\"12345678\"");
    OK(hear_state(&c, 7, 1, "  \"12345678\"  ")); /* spaces do not count */
    FAILS(YATA_ERR_LIMIT, hear_state(&c, 8, 1, "0"));
    OK(hear_state(&c, 7, 2, "0"));
    OK(hear_state(&c, 8, 1, "0"));
    FAILS(YATA_ERR_LIMIT, hear(&c, "02 090104 6e756c6c | 0a0104 6e756c6c"));
    OK(hear_state(&c, 9, 1, "null"));
    FAILS(YATA_ERR_LIMIT, hear_state(&c, 10, 1, "0"));
    c.time += 59999;
    FAILS(YATA_ERR_LIMIT, hear_state(&c, 10, 1, "0"));
    c.time += 1; /* 9 is long gone and is forgotten where there is no room */
    OK(hear_state(&c, 10, 1, "0"));
    FAILS(YATA_ERR_NOT_FOUND, yata_awareness_clock(c.a, 9, NULL, NULL));
    expect_all(&c, "04 01010a 223132333435363738 22 | 070201 30 | 080101 30 | 0a0101 30");
    OK(hear_state(&c, 7, 2, "null"));
    OK(hear_state(&c, 8, 2, "8"));
    c.log.len = 0;
    c.time += 30000;
    OK(yata_awareness_tick(c.a));
    expect_log(&c, "update local local ~1\nchange timeout timeout -8 -10\nupdate timeout timeout -8 -10\n");
    expect_client(&c, 7, 2, NULL);
    FAILS(YATA_ERR_LIMIT, yata_awareness_set_client_id(c.a, 99));
    c.time += 30000;
    OK(yata_awareness_tick(c.a)); /* many are remembered: who is long gone is not */
    FAILS(YATA_ERR_NOT_FOUND, yata_awareness_clock(c.a, 7, NULL, NULL));
    expect_all(&c, "01 01030a 223132333435363738 22");
    OK(hear_state(&c, 7, 1, "7"));
    crowd_close(&c);
}

/* ------------------------------------------------------------------------
 * Time
 */
Test(awareness, renewed_and_outdated) {
    crowd c;
    crowd_open(&c, 1);
    OK(hear_state(&c, 7, 1, "{}"));
    c.time += 10000;
    OK(hear_state(&c, 8, 1, "{}"));
    watch(&c);
    c.time += 4999;
    OK(yata_awareness_tick(c.a));
    expect_log(&c, "");
    c.time += 1;
    OK(yata_awareness_tick(c.a));
    expect_log(&c, "update local local ~1\n");
    expect_client(&c, 1, 1, "{}");
    c.time += 14999;
    OK(yata_awareness_tick(c.a));
    expect_log(&c, "");
    c.time += 1;
    OK(yata_awareness_tick(c.a));
    expect_log(&c, "update local local ~1\nchange timeout timeout -7\nupdate timeout timeout -7\n");
    expect_client(&c, 7, 1, NULL); /* its clock is not ours to count */
    LOCAL("null");
    c.log.len = 0;
    c.time = 0; /* a clock that goes back makes nobody older */
    OK(yata_awareness_tick(c.a));
    expect_log(&c, "");
    crowd_close(&c);
}

Test(awareness, without_a_clock_nobody_ages) {
    yata_awareness *a;
    OK(yata_awareness_new(NULL, &a));
    OK(yata_awareness_tick(a));
    cr_assert_eq(yata_awareness_count(a), 1);
    yata_awareness_free(a);
}

Test(awareness, removing) {
    crowd c;
    crowd_open(&c, 1);
    OK(hear_state(&c, 7, 5, "{}"));
    OK(hear_state(&c, 8, 5, "null"));
    watch(&c);
    OK(yata_awareness_remove(c.a, (uint64_t[]){8, 9}, 2, no_bytes()));
    expect_log(&c, "");
    OK(yata_awareness_remove(c.a, (uint64_t[]){7, 1, 8, 7, 1}, 5, (yata_bytes){(const uint8_t *)"closed", 6}));
    expect_log(&c, "change removed closed -7 -1\nupdate removed closed -7 -1\n");
    expect_client(&c, 7, 5, NULL);
    expect_client(&c, 1, 1, NULL);
    crowd_close(&c);
}

/* ------------------------------------------------------------------------
 * Observers
 */
static void on_nested(void *ctx, yata_awareness *a, const yata_awareness_event *event) {
    crowd *c = ctx;
    log_event(c, "first", event);
    if (event->cause == YATA_AWARENESS_APPLIED) OK(yata_awareness_set_local(a, STR("{\"seen\":true}"), NULL));
}

static uint32_t own_subscription;
static void on_once(void *ctx, yata_awareness *a, const yata_awareness_event *event) {
    log_event(ctx, "once", event);
    OK(yata_awareness_unobserve(a, own_subscription));
}

Test(awareness, observers_may_change_things) {
    crowd c;
    uint32_t nested;
    crowd_open(&c, 1);
    OK(yata_awareness_observe_change(c.a, on_nested, &c, &nested));
    OK(yata_awareness_observe_update(c.a, on_once, &c, &own_subscription));
    watch(&c);
    OK(hear_state(&c, 7, 1, "{}"));
    expect_log(&c, "first applied net +7\n"
                   "first local local ~1\nchange local local ~1\nonce local local ~1\nupdate local local ~1\n"
                   "change applied net +7\nupdate applied net +7\n");
    FAILS(YATA_ERR_NOT_FOUND, yata_awareness_unobserve(c.a, own_subscription));
    OK(yata_awareness_unobserve(c.a, nested));
    FAILS(YATA_ERR_NOT_FOUND, yata_awareness_unobserve(c.a, nested));
    FAILS(YATA_ERR_ARGUMENT, yata_awareness_unobserve(c.a, 0));
    LOCAL("2");
    expect_log(&c, "change local local ~1\nupdate local local ~1\n");
    crowd_close(&c);
}

/* ------------------------------------------------------------------------
 * Updates without an awareness
 */
static yata_status relabel(void *ctx, const yata_awareness_entry *entry, yata_buffer *out) {
    (void)ctx;
    if (entry->clock == 9) return YATA_ERR_VALUE;
    if (entry->gone || entry->client == 8) return YATA_OK;
    const char *json = entry->client == 7 ? "{ \"name\" : 1.0 }" : "{";
    return yata_buffer_append(out, json, strlen(json));
}

Test(awareness, modified_updates) {
    yata_buffer out, update = bytes_from("03 070105 7b 20 20 20 7d | 080103 20 31 20 | 090104 6e756c6c");
    yata_fault fault;
    yata_buffer_init(&out, NULL);
    /* 9 is gone, 8 is left as it is, in the form of JavaScript */
    OK(yata_awareness_update_modify(bytes_of(&update), relabel, NULL, &out, &fault));
    expect_bytes(&out, "03 07010a 7b226e616d65223a317d | 080101 31 | 090104 6e756c6c");
    yata_buffer_free(&update);
    static const struct {
        const char *hex;
        yata_status status;
        size_t offset;
    } bad[] = {
        {"02 070102 7b7d", YATA_ERR_END, 0}, {"01 080102 7b7b", YATA_ERR_JSON, 5},   {"01 0a0101 31", YATA_ERR_JSON, 4},
        {"01 070901 31", YATA_ERR_VALUE, 4}, {"02 070101 31 0801", YATA_ERR_END, 0},
    };
    size_t len = out.len;
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        update = bytes_from(bad[i].hex);
        FAILS(bad[i].status, yata_awareness_update_modify(bytes_of(&update), relabel, NULL, &out, &fault));
        cr_assert(fault.status == bad[i].status && fault.offset == bad[i].offset, "%zu: %zu", i, fault.offset);
        cr_assert_eq(out.len, len);
        yata_buffer_free(&update);
    }
    yata_buffer_free(&out);
}

Test(awareness, update_entries) {
    yata_buffer update = bytes_from("02 070102 7b7d | 08 8001 06 20 6e756c6c 0a");
    yata_awareness_update_iter it;
    yata_awareness_entry entry;
    OK(yata_awareness_update_iter_init(&it, bytes_of(&update)));
    cr_assert(yata_awareness_update_iter_next(&it, &entry));
    cr_assert(entry.client == 7 && entry.clock == 1 && !entry.gone && entry.json.len == 2);
    cr_assert(yata_awareness_update_iter_next(&it, &entry));
    cr_assert(entry.client == 8 && entry.clock == 128 && entry.gone);
    cr_assert_not(yata_awareness_update_iter_next(&it, &entry));
    OK(it.fault.status);
    OK(yata_awareness_update_iter_init(&it, (yata_bytes){update.data, update.len - 1}));
    cr_assert(yata_awareness_update_iter_next(&it, &entry));
    cr_assert_not(yata_awareness_update_iter_next(&it, &entry));
    cr_assert(it.fault.status == YATA_ERR_END && it.fault.offset == 9);
    FAILS(YATA_ERR_ARGUMENT, yata_awareness_update_iter_init(NULL, no_bytes()));
    FAILS(YATA_ERR_ARGUMENT, yata_awareness_update_iter_init(&it, (yata_bytes){NULL, 1}));
    yata_buffer_free(&update);
}

Test(awareness, statuses) {
    yata_awareness *a = NULL;
    yata_allocator none = {0};
    yata_awareness_options options = yata_awareness_options_default();
    yata_buffer out;
    uint32_t subscription;
    yata_buffer_init(&out, NULL);
    FAILS(YATA_ERR_ARGUMENT, yata_awareness_new(&options, NULL));
    options.allocator = &none;
    FAILS(YATA_ERR_ARGUMENT, yata_awareness_new(&options, &a));
    options = (yata_awareness_options){.client_id = UINT64_C(1) << 53};
    FAILS(YATA_ERR_ARGUMENT, yata_awareness_new(&options, &a));
    yata_awareness_free(NULL);
    cr_assert_eq(yata_awareness_client_id(NULL), 0);
    cr_assert_eq(yata_awareness_memory(NULL), 0);
    cr_assert_eq(yata_awareness_count(NULL), 0);
    FAILS(YATA_ERR_ARGUMENT, yata_awareness_set_local(NULL, STR("1"), NULL));
    FAILS(YATA_ERR_ARGUMENT, yata_awareness_tick(NULL));
    FAILS(YATA_ERR_ARGUMENT, yata_awareness_apply(NULL, no_bytes(), no_bytes(), NULL));
    FAILS(YATA_ERR_ARGUMENT, yata_awareness_remove(NULL, NULL, 0, no_bytes()));
    FAILS(YATA_ERR_ARGUMENT, yata_awareness_encode(NULL, NULL, 0, &out));
    FAILS(YATA_ERR_ARGUMENT, yata_awareness_encode_all(NULL, &out));
    FAILS(YATA_ERR_ARGUMENT, yata_awareness_clock(NULL, 1, NULL, NULL));
    FAILS(YATA_ERR_ARGUMENT, yata_awareness_state(NULL, 1, &(yata_str){NULL, 0}));
    FAILS(YATA_ERR_ARGUMENT, yata_awareness_observe_change(NULL, on_change, NULL, &subscription));
    FAILS(YATA_ERR_ARGUMENT, yata_awareness_update_modify(no_bytes(), NULL, NULL, &out, NULL));
    yata_awareness_iter it = yata_awareness_states(NULL);
    cr_assert_not(yata_awareness_iter_next(&it, NULL, NULL));
    yata_fault fault;
    OK(yata_awareness_new(NULL, &a));
    FAILS(YATA_ERR_JSON, yata_awareness_set_local(a, STR("{\"a\" 1}"), &fault));
    cr_assert(fault.status == YATA_ERR_JSON && fault.offset == 5);
    FAILS(YATA_ERR_JSON, yata_awareness_set_local(a, STR(""), &fault));
    yata_awareness_free(a);
}

/* ------------------------------------------------------------------------
 * Failing memory
 */
Test(awareness, without_memory_nothing_changes) {
    for (int after = 0; after < 2; after++) {
        for (uint64_t n = 1;; n++) {
            crowd c;
            crowd_open(&c, 1);
            for (uint8_t i = 10; i < 22; i++) OK(hear_state(&c, i, 1, "{\"x\":1,\"y\":[2]}"));
            watch(&c);
            c.memory.fail_at = c.memory.calls + n;
            c.memory.fail_after = after;
            yata_status status = hear(&c, "06 0a020f 7b2279223a5b325d2c2278223a317d | 1e0102 7b7d | 1f0102 7b7d |"
                                          "1e0201 31 | 0b0204 6e756c6c | 010404 6e756c6c");
            c.memory.fail_at = 0;
            if (c.memory.failures) {
                FAILS(YATA_ERR_MEMORY, status);
                expect_log(&c, "");
                expect_client(&c, 10, 1, "{\"x\":1,\"y\":[2]}");
                FAILS(YATA_ERR_NOT_FOUND, yata_awareness_clock(c.a, 30, NULL, NULL));
                OK(hear_state(&c, 30, 1, "{}"));
                expect_client(&c, 30, 1, "{}");
            } else {
                OK(status);
                expect_log(&c, "change applied net +30 +31 ~30 -11\nupdate applied net +30 +31 ~10 ~30 ~1 -11\n");
            }
            bool met = c.memory.failures > 0;
            crowd_close(&c);
            if (!met) break;
        }
    }
}
