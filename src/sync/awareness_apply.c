/* SPDX-License-Identifier: MIT */
/*
 * awareness_apply.c - taking what others say (spec/sync.md, "Applying").
 *
 * The update is played on paper first: entry by entry, with what earlier entries would have changed, and all memory
 * is got. Only when the last byte was read is anything put in place, and nothing can fail any more.
 *
 * Invariant: `by_client` names the last note of a client, so that a client that comes twice is compared with itself.
 */
#include "sync/presence.h"

/* What one accepted entry does. */
typedef struct note {
    uint64_t client, clock;
    uint8_t *state; /* NULL: none, or `keep` */
    uint32_t len;
    yata_bytes after; /* the state then; of `keep` that of an earlier note, or the one in place */
    bool keep;        /* the own state stays, only the clock goes on */
    bool made;        /* the first that is heard of this client */
} note;

typedef struct applying {
    yata_awareness *a;
    yt_awareness_news news;
    YT_VEC(note) notes;
    yt_u64_map by_client;
    uint32_t made;
    size_t bytes;   /* of all states in the end */
    yt_writer json; /* of the entry at hand */
} applying;

/* A client as it will be when the entry at hand is looked at. */
typedef struct standing {
    bool known, lapsed;
    uint64_t clock;
    yata_bytes state; /* data NULL: none */
} standing;

static standing stands(const applying *k, uint64_t client) {
    const yt_presence *p = yt_presence_find(k->a, client);
    uint32_t i = yt_u64_map_get(&k->by_client, client);
    standing s = {.known = p != NULL};
    if (p) {
        s.clock = p->clock;
        s.lapsed = p->lapsed;
        s.state = (yata_bytes){p->state, p->len};
    }
    if (i == YT_NONE) return s;
    const note *n = &k->notes.data[i];
    s.known = true;
    s.clock = n->clock;
    s.lapsed = false;
    s.state = n->after;
    return s;
}

static yata_status check_bytes(applying *k, size_t old, size_t new) {
    if (new > k->a->limits.state_bytes) return YATA_ERR_LIMIT;
    k->bytes = k->bytes - old + new;
    return YATA_OK;
}

/* Which lists an entry goes to. */
static yata_status announce(applying *k, const standing *was, const note *n) {
    yata_awareness *a = k->a;
    yt_news what;
    bool ok = true;
    if (n->keep) {
        what = YT_NEWS_UPDATED;
    } else if (!n->state) {
        if (!was->known) return YATA_OK; /* only the clock is remembered */
        what = was->state.data ? YT_NEWS_GONE : YT_NEWS_REMOVED;
    } else if (!was->state.data) {
        what = YT_NEWS_ADDED;
    } else {
        bool equal = a->change_observers && yt_state_equal(&a->mem, was->state, (yata_bytes){n->state, n->len}, &ok);
        what = equal ? YT_NEWS_UPDATED : YT_NEWS_CHANGED;
    }
    return ok && yt_news_add(a, &k->news, what, n->client) ? YATA_OK : YATA_ERR_MEMORY;
}

static yata_status take(applying *k, note n, const standing *was, bool null) {
    yata_awareness *a = k->a;
    yata_status status = YATA_OK;
    n.made = !was->known;
    if (n.client == a->client_id && null && was->state.data) {
        n.keep = true;
        n.after = was->state;
        if (n.clock < YT_AWARENESS_CLOCK_MAX) n.clock++;
    } else {
        status = check_bytes(k, was->state.len, null ? 0 : k->json.len);
    }
    if (status) return status;
    if (!yt_vec_reserve(&a->mem, &k->notes, 1)) return YATA_ERR_MEMORY;
    if (n.made && (status = yt_presence_reserve(a, n.client, k->made))) return status;
    if (!null) {
        n.state = yt_presence_copy(a, &k->json);
        n.len = (uint32_t)k->json.len;
        n.after = (yata_bytes){n.state, n.len};
    }
    yt_vec_put(&k->notes, n); /* from here on it is freed with the others */
    k->made += n.made;
    if (!null && !n.state) return YATA_ERR_MEMORY;
    if (!yt_u64_map_put(&a->mem, &k->by_client, n.client, k->notes.len - 1)) return YATA_ERR_MEMORY;
    return announce(k, was, &n);
}

static yata_status play_entry(applying *k, yt_reader *r) {
    const uint8_t *first = r->pos;
    note n = {.client = yt_read_var_uint(r)};
    n.clock = yt_read_var_uint(r);
    yata_str text = yt_read_var_string(r, NULL);
    if (!yt_reader_ok(r)) return r->fault.status;
    yt_reader json;
    bool null;
    yt_reader_init(&json, (const uint8_t *)text.data, text.len);
    k->json.len = 0;
    yt_state_normalize(&json, &k->json, &null);
    if (!yt_reader_ok(&json)) {
        yt_reader_fail_at(r, json.fault.status, (const uint8_t *)text.data + json.fault.offset);
        return json.fault.status;
    }
    if (k->json.failed) return YATA_ERR_MEMORY;
    standing was = stands(k, n.client);
    bool newer = was.clock < n.clock || (was.clock == n.clock && (null ? was.state.data != NULL : was.lapsed));
    yata_status status = newer ? take(k, n, &was, null) : YATA_OK;
    if (status) yt_reader_fail_at(r, status, first);
    return status;
}

static yata_status play(applying *k, yt_reader *r) {
    yata_awareness *a = k->a;
    uint32_t count = yt_read_count(r, YT_AWARENESS_ENTRY_MIN);
    if (!yt_reader_ok(r)) return r->fault.status;
    if (count > a->limits.clients - a->known.len) yt_presence_forget(a, yt_awareness_now(a));
    for (uint32_t i = 0; i < count; i++) {
        yata_status status = play_entry(k, r);
        if (status) return status;
    }
    return k->bytes > a->limits.total_bytes && k->bytes > a->bytes ? YATA_ERR_LIMIT : YATA_OK;
}

static void put_in_place(applying *k) {
    yata_awareness *a = k->a;
    uint64_t now = k->notes.len ? yt_awareness_now(a) : 0;
    for (uint32_t i = 0; i < k->notes.len; i++) {
        note *n = &k->notes.data[i];
        yt_presence *p = n->made ? yt_presence_put(a, n->client) : yt_presence_find(a, n->client);
        if (!n->keep) yt_presence_set(a, p, n->state, n->len);
        n->state = NULL;
        p->clock = n->clock;
        p->updated = now;
        p->lapsed = false;
    }
}

yata_status yata_awareness_apply(yata_awareness *a, yata_bytes update, yata_bytes origin, yata_fault *fault) {
    if (fault) *fault = (yata_fault){YATA_OK, 0};
    if (!a || (update.len && !update.data) || (origin.len && !origin.data)) return YATA_ERR_ARGUMENT;
    applying k = {.a = a, .bytes = a->bytes};
    yt_reader r;
    yt_reader_init(&r, update.data, update.len);
    yt_writer_init(&k.json, &a->mem);
    yata_status status = play(&k, &r);
    if (status) {
        for (uint32_t i = 0; i < k.notes.len; i++) {
            yt_free(&a->mem, k.notes.data[i].state, k.notes.data[i].len);
            if (k.notes.data[i].made) yt_presence_unreserve(a, k.notes.data[i].client);
        }
        yt_news_free(a, &k.news);
    } else {
        put_in_place(&k);
    }
    yt_vec_free(&a->mem, &k.notes);
    yt_u64_map_free(&a->mem, &k.by_client);
    yt_writer_free(&k.json);
    if (fault) *fault = (yata_fault){status, r.fault.offset};
    if (!status) yt_news_tell(a, &k.news, YATA_AWARENESS_APPLIED, origin);
    return status;
}
