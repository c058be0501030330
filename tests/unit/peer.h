/* SPDX-License-Identifier: MIT */
/*
 * peer.h - a document under test: memory that is counted and can fail, a transaction at hand, a proof of all invariants
 * after each step.
 *
 *   peer p;
 *   peer_open(&p, 1);
 *   yata_type t = text_root(&p);
 *   write_text(&p, t, 0, "hello");
 *   expect_state(&p, "01 01 01 00 ...");
 *   peer_close(&p);
 */
#ifndef YATA_TESTS_UNIT_PEER_H
#define YATA_TESTS_UNIT_PEER_H

#include "doc/branch.h"
#include "doc/store.h"
#include "fixture.h"
#include <criterion/criterion.h>

typedef struct peer {
    counted_memory memory;
    yata_allocator allocator;
    yata_doc *doc;
    yata_txn *txn;
} peer;

#define OK(call)            cr_assert_eq((call), YATA_OK)
#define FAILS(status, call) cr_assert_eq((call), (status))
#define STR(literal)        ((yata_str){(literal), sizeof(literal) - 1})
#define PLAIN(kind_, ...)   ((yata_value){.kind = YATA_VALUE_##kind_, __VA_ARGS__})
#define INT(i)              PLAIN(INT, .u.integer = (i))
#define TEXT(literal)       PLAIN(STRING, .u.string = STR(literal))

/* ------------------------------------------------------------------------
 * Documents
 */
static inline void sound(const peer *p) {
    const char *what = NULL;
    bool holds = yata_doc_check(p->doc, &what);
    cr_assert(holds, "%s", what ? what : "");
}

static inline void peer_open_with(peer *p, yata_doc_options options) {
    memset(p, 0, sizeof *p);
    p->allocator = counted_allocator(&p->memory);
    options.allocator = &p->allocator;
    OK(yata_doc_new(&options, &p->doc));
}

static inline void peer_open(peer *p, uint64_t client) {
    yata_doc_options options = yata_doc_options_default();
    options.client_id = client;
    peer_open_with(p, options);
}

static inline void peer_open_unit(peer *p, uint64_t client, yata_offset_unit unit) {
    yata_doc_options options = yata_doc_options_default();
    options.client_id = client;
    options.offset_unit = unit;
    peer_open_with(p, options);
}

static inline void peer_open_keeping(peer *p, uint64_t client) {
    yata_doc_options options = yata_doc_options_default();
    options.client_id = client;
    options.keep_deleted = true;
    peer_open_with(p, options);
}

static inline void peer_close(peer *p) {
    sound(p);
    yata_doc_free(p->doc);
    cr_assert_eq(p->memory.live, 0);
}

static inline yata_txn *begin(peer *p) {
    OK(yata_txn_begin(p->doc, no_bytes(), &p->txn));
    return p->txn;
}

static inline void commit(peer *p) {
    OK(yata_txn_commit(p->txn));
    p->txn = NULL;
    sound(p);
}

static inline yata_type root(peer *p, const char *name, yata_kind kind) {
    yata_type type = {NULL, 0, 0};
    OK(yata_doc_root(p->doc, str_of(name), kind, &type));
    return type;
}
static inline yata_type text_root(peer *p) {
    return root(p, "t", YATA_KIND_TEXT);
}
static inline yata_type array_root(peer *p) {
    return root(p, "a", YATA_KIND_ARRAY);
}
static inline yata_type map_root(peer *p) {
    return root(p, "m", YATA_KIND_MAP);
}

static inline yt_branch *branch_of(yata_type type) {
    yt_branch *branch = NULL;
    OK(yt_branch_resolve(type, &branch));
    return branch;
}

/* ------------------------------------------------------------------------
 * Edits, each in a transaction of its own
 */
static inline void write_text(peer *p, yata_type text, uint32_t at, const char *what) {
    OK(yata_text_insert(text, begin(p), at, str_of(what)));
    commit(p);
}

static inline void erase_text(peer *p, yata_type text, uint32_t at, uint32_t len) {
    OK(yata_text_delete(text, begin(p), at, len));
    commit(p);
}

static inline void put_int(peer *p, yata_type array, uint32_t at, int64_t i) {
    yata_value value = INT(i);
    OK(yata_array_insert(array, begin(p), at, &value, 1));
    commit(p);
}

static inline void erase_array(peer *p, yata_type array, uint32_t at, uint32_t len) {
    OK(yata_array_delete(array, begin(p), at, len));
    commit(p);
}

static inline void set_int(peer *p, yata_type map, const char *key, int64_t i) {
    yata_value value = INT(i);
    OK(yata_map_set(map, begin(p), str_of(key), &value));
    commit(p);
}

static inline yata_type put_type(peer *p, yata_type array, uint32_t at, yata_kind kind, const char *name) {
    yata_type type = {NULL, 0, 0};
    OK(yata_array_insert_type(array, begin(p), at, kind, str_of(name), &type));
    commit(p);
    return type;
}

/* ------------------------------------------------------------------------
 * Updates
 */
static inline yata_status take_bytes(peer *p, yata_bytes update) {
    yata_status status = yata_doc_apply(p->doc, update, no_bytes(), NULL);
    sound(p);
    return status;
}

/* An update written as hexadecimal (fixture.h). */
static inline yata_status take(peer *p, const char *hex) {
    yata_buffer update = bytes_from(hex);
    yata_status status = take_bytes(p, bytes_of(&update));
    yata_buffer_free(&update);
    return status;
}

static inline yata_buffer state_of(const peer *p) {
    yata_buffer out;
    yata_buffer_init(&out, NULL);
    OK(yata_doc_encode_state(p->doc, &out));
    return out;
}

static inline void send_all(peer *from, peer *to) {
    yata_buffer update = state_of(from);
    OK(take_bytes(to, bytes_of(&update)));
    yata_buffer_free(&update);
}

static inline void expect_bytes(const yata_buffer *seen, const char *hex) {
    yata_buffer expected = bytes_from(hex);
    if (!bytes_equal(bytes_of(&expected), bytes_of(seen))) {
        bytes_print(stderr, "expected", bytes_of(&expected));
        bytes_print(stderr, "seen    ", bytes_of(seen));
        cr_assert_fail("other bytes than expected");
    }
    yata_buffer_free(&expected);
}

static inline void expect_state(const peer *p, const char *hex) {
    yata_buffer state = state_of(p);
    expect_bytes(&state, hex);
    yata_buffer_free(&state);
}

static inline void expect_same_state(const peer *a, const peer *b) {
    yata_buffer x = state_of(a), y = state_of(b);
    cr_assert(bytes_equal(bytes_of(&x), bytes_of(&y)));
    yata_buffer_free(&x);
    yata_buffer_free(&y);
}

/* ------------------------------------------------------------------------
 * What is seen
 */
static inline void expect_seen(const yata_buffer *seen, const char *expected) {
    cr_assert(seen->len == strlen(expected) && !memcmp(expected, seen->len ? (const char *)seen->data : "", seen->len),
              "expected %s, seen %.*s", expected, (int)seen->len, (const char *)seen->data);
}

static inline void expect_text(yata_type text, const char *expected) {
    yata_buffer out;
    yata_buffer_init(&out, NULL);
    OK(yata_text_read(text, &out));
    expect_seen(&out, expected);
    yata_buffer_free(&out);
}

static inline void expect_json(yata_type type, const char *expected) {
    yata_buffer out;
    yata_buffer_init(&out, NULL);
    OK(yata_type_to_json(type, &out));
    expect_seen(&out, expected);
    yata_buffer_free(&out);
}

static inline void expect_doc_json(const peer *p, const char *expected) {
    yata_buffer out;
    yata_buffer_init(&out, NULL);
    OK(yata_doc_to_json(p->doc, &out));
    expect_seen(&out, expected);
    yata_buffer_free(&out);
}

/* Blocks in the lists of all clients. */
static inline uint32_t block_count(const peer *p) {
    uint32_t n = 0;
    for (uint32_t slot = 0; slot < p->doc->clients.len; slot++) {
        const yt_client *client = yt_client_at(p->doc, slot);
        for (uint32_t i = 0; i < client->page_count; i++) n += client->pages[i]->len;
    }
    return n;
}

/* ------------------------------------------------------------------------
 * Failing memory
 */

/* Prepares a document, then tries something with the n-th allocation failing, alone and with all that follow, for
 * every n until it passes without meeting a failure. `attempt` tells whether it succeeded, ends its transactions, and
 * may leave whatever it likes: the document must be sound and nothing may leak. */
static inline void fail_each(void (*open)(peer *p), bool (*attempt)(peer *p)) {
    for (int after = 0; after < 2; after++) {
        bool met = true;
        for (uint64_t n = 1; met; n++) {
            peer p;
            open(&p);
            p.memory.fail_at = p.memory.calls + n;
            p.memory.fail_after = after != 0;
            bool done = attempt(&p);
            met = p.memory.failures > 0;
            p.memory.fail_at = 0;
            cr_assert(done || met, "nothing was refused at %llu", (unsigned long long)n);
            peer_close(&p);
        }
    }
}

#endif
