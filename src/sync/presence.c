/* SPDX-License-Identifier: MIT */
/* presence.c - the table of clients and the list of their states (presence.h has the picture). */
#include "sync/presence.h"

yata_status yt_presence_reserve(yata_awareness *a, uint64_t client, uint32_t nth) {
    if (nth >= a->limits.clients || a->known.len >= a->limits.clients - nth) return YATA_ERR_LIMIT;
    if (!yt_vec_reserve(&a->mem, &a->known, nth + 1)) return YATA_ERR_MEMORY;
    return yt_u64_map_put(&a->mem, &a->index, client, a->known.len + nth) ? YATA_OK : YATA_ERR_MEMORY;
}

void yt_presence_unreserve(yata_awareness *a, uint64_t client) {
    yt_u64_map_remove(&a->index, client);
}

yt_presence *yt_presence_put(yata_awareness *a, uint64_t client) {
    YT_ASSERT(yt_u64_map_get(&a->index, client) == a->known.len);
    yt_presence p = {.client = client, .before = YT_NONE, .after = YT_NONE};
    yt_vec_put(&a->known, p);
    return &a->known.data[a->known.len - 1];
}

uint8_t *yt_presence_copy(yata_awareness *a, const yt_writer *json) {
    uint8_t *state = yt_alloc(&a->mem, json->len);
    if (state) memcpy(state, json->data, json->len);
    return state;
}

/* ------------------------------------------------------------------------
 * The list of states
 */
static void unlink_state(yata_awareness *a, yt_presence *p) {
    if (p->before == YT_NONE)
        a->first = p->after;
    else
        a->known.data[p->before].after = p->after;
    if (p->after == YT_NONE)
        a->last = p->before;
    else
        a->known.data[p->after].before = p->before;
    p->before = p->after = YT_NONE;
    a->states--;
}

static void link_state(yata_awareness *a, yt_presence *p) {
    uint32_t i = (uint32_t)(p - a->known.data);
    p->before = a->last;
    p->after = YT_NONE;
    if (a->last == YT_NONE)
        a->first = i;
    else
        a->known.data[a->last].after = i;
    a->last = i;
    a->states++;
}

void yt_presence_set(yata_awareness *a, yt_presence *p, uint8_t *state, uint32_t len) {
    if (p->state && !state) unlink_state(a, p);
    if (!p->state && state) link_state(a, p);
    a->bytes -= p->len;
    yt_free(&a->mem, p->state, p->len);
    p->state = state;
    p->len = state ? len : 0;
    if (state) p->lapsed = false;
    a->bytes += p->len;
}

void yt_presence_move(yata_awareness *a, yt_presence *from, yt_presence *to) {
    uint8_t *state = from->state;
    uint32_t len = from->len;
    a->bytes -= len;
    unlink_state(a, from);
    from->state = NULL;
    from->len = 0;
    yt_presence_set(a, to, state, len);
}

/* ------------------------------------------------------------------------
 * Forgetting
 */
static bool is_forgettable(const yata_awareness *a, const yt_presence *p, uint64_t now) {
    return !p->state && p->client != a->client_id && now >= p->updated && (now - p->updated) / 2 >= a->outdated_ms;
}

/* What is left moves together. While that goes on, `before` holds the new places. */
void yt_presence_forget(yata_awareness *a, uint64_t now) {
    uint32_t kept = 0, previous = YT_NONE;
    for (uint32_t i = 0; i < a->known.len; i++) {
        yt_presence *p = &a->known.data[i];
        bool forget = is_forgettable(a, p, now);
        if (forget) yt_u64_map_remove(&a->index, p->client);
        p->before = forget ? YT_NONE : kept++;
    }
    for (uint32_t i = 0; i < a->known.len; i++) {
        yt_presence *p = &a->known.data[i];
        if (p->after != YT_NONE) p->after = a->known.data[p->after].before;
    }
    if (a->first != YT_NONE) {
        a->first = a->known.data[a->first].before;
        a->last = a->known.data[a->last].before;
    }
    for (uint32_t i = 0; i < a->known.len; i++) {
        uint32_t place = a->known.data[i].before;
        if (place == YT_NONE) continue;
        a->known.data[place] = a->known.data[i];
        a->known.data[place].before = YT_NONE;
        yt_u64_map_put(&a->mem, &a->index, a->known.data[place].client, place); /* replaces: cannot fail */
    }
    a->known.len = kept;
    for (uint32_t i = a->first; i != YT_NONE; i = a->known.data[i].after) {
        a->known.data[i].before = previous;
        previous = i;
    }
}
