/* SPDX-License-Identifier: MIT */
/*
 * presence.h - the clients an awareness knows of, and its parts (spec/sync.md, "Awareness").
 *
 *   known   [0] 7 "{..}"   [1] 9 none   [2] 4 "{..}"      in the order in which they were first heard of
 *   states   first ── 4 ⇄ 7 ── last                       in the order in which their states came, as a Map of
 *                                                         JavaScript has it: who comes again stands at the end
 *
 * Invariants: index[known[i].client] == i; exactly those with a state are in the list; `bytes` is the sum of their
 * lengths.
 */
#ifndef YT_SYNC_PRESENCE_H
#define YT_SYNC_PRESENCE_H

#include "base/config.h"
#include "base/hash.h"
#include "base/vec.h"
#include "wire/reader.h"
#include "wire/writer.h"

#include <yata/awareness.h>

#define YT_AWARENESS_CLOCK_MAX ((UINT64_C(1) << 53) - 1)
#define YT_AWARENESS_ENTRY_MIN 4 /* bytes: client, clock, length, one character of JSON */

typedef struct yt_presence {
    uint64_t client, clock;
    uint64_t updated; /* ms */
    uint8_t *state;   /* NULL: none */
    uint32_t len;
    bool lapsed;            /* its connection was lost: the same clock brings it back */
    bool leaving;           /* on the list of clients that are being removed */
    uint32_t before, after; /* neighbours among the states, YT_NONE at the ends */
} yt_presence;

typedef struct yt_awareness_observer {
    uint32_t id; /* 0: unsubscribed during a round of calls */
    bool update;
    yata_awareness_fn fn;
    void *ctx;
} yt_awareness_observer;

/* What is to be told. */
typedef struct yt_awareness_news {
    YT_VEC(uint64_t) added, updated, removed; /* observers of updates */
    YT_VEC(uint64_t) changed, gone;           /* observers of changes, in the place of the last two */
} yt_awareness_news;

struct yata_awareness {
    yt_mem mem;
    uint64_t client_id;
    uint64_t outdated_ms;
    uint64_t (*now)(void *ctx);
    void *now_ctx;
    yata_awareness_limits limits;

    YT_VEC(yt_presence) known;
    yt_u64_map index;
    uint32_t first, last, states;
    size_t bytes;

    YT_VEC(yt_awareness_observer) observers;
    uint32_t observer_id, notifying;
    uint32_t change_observers; /* how many: comparing states is only for them */
};

static inline uint64_t yt_awareness_now(const yata_awareness *a) {
    return a->now ? a->now(a->now_ctx) : 0;
}
/* NULL: never heard of. */
static inline yt_presence *yt_presence_find(const yata_awareness *a, uint64_t client) {
    uint32_t i = yt_u64_map_get(&a->index, client);
    return i < a->known.len ? &a->known.data[i] : NULL;
}

/* Room for a new client, the `nth` (from 0) of those that come at once: then yt_presence_put, called in this order,
 * cannot fail. Until then it is not found; yt_presence_unreserve takes it back. */
yata_status yt_presence_reserve(yata_awareness *a, uint64_t client, uint32_t nth);
void yt_presence_unreserve(yata_awareness *a, uint64_t client);
yt_presence *yt_presence_put(yata_awareness *a, uint64_t client);
/* Takes over `state` (NULL: none), which a->mem gave. */
void yt_presence_set(yata_awareness *a, yt_presence *p, uint8_t *state, uint32_t len);
/* Hands the state of one over to the other. */
void yt_presence_move(yata_awareness *a, yt_presence *from, yt_presence *to);
/* Forgets clients without a state that were not heard of for twice the timeout. O(clients known). */
void yt_presence_forget(yata_awareness *a, uint64_t now);
/* A copy of a state, NULL: no memory. */
uint8_t *yt_presence_copy(yata_awareness *a, const yt_writer *json);

/* ---- states as JSON (awareness_state.c) ---- */

/* Appends JSON.stringify(JSON.parse(text)); `*null`: that is null. Faults go to the reader, which holds nothing but the
 * text; out of memory to the writer. */
void yt_state_normalize(yt_reader *text, yt_writer *out, bool *null);
/* Do two normalised states mean the same? False in *ok: no memory. */
bool yt_state_equal(yt_mem *mem, yata_bytes a, yata_bytes b, bool *ok);

/* ---- events (awareness_event.c) ---- */
typedef enum yt_news { YT_NEWS_ADDED, YT_NEWS_UPDATED, YT_NEWS_CHANGED, YT_NEWS_REMOVED, YT_NEWS_GONE } yt_news;

/* CHANGED is updated, and told to observers of changes, too; so is GONE of removed. False: no memory. */
bool yt_news_add(yata_awareness *a, yt_awareness_news *news, yt_news what, uint64_t client);
/* Tells, and frees the lists. */
void yt_news_tell(yata_awareness *a, yt_awareness_news *news, yata_awareness_cause cause, yata_bytes origin);
void yt_news_free(yata_awareness *a, yt_awareness_news *news);

/* ---- encoding (awareness_update.c) ---- */
void yt_awareness_write_entry(yt_writer *w, const yt_presence *p);

#endif
