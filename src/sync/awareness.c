/* SPDX-License-Identifier: MIT */
/*
 * awareness.c - the own state, looking at all states, and time.
 *
 * Every change is made in two steps: all memory is got (states, room in tables, lists of what is to be told), then
 * nothing can fail any more.
 */
#include "base/utf.h"
#include "sync/presence.h"
#include "wire/any.h"

#define OUTDATED_MS 30000

static const yata_bytes from_local = {(const uint8_t *)"local", 5};
static const yata_bytes from_timeout = {(const uint8_t *)"timeout", 7};

yata_awareness_options yata_awareness_options_default(void) {
    return (yata_awareness_options){0};
}

static yata_awareness_limits limits_of(yata_awareness_limits limits) {
    if (!limits.clients) limits.clients = UINT32_C(1) << 16;
    if (!limits.state_bytes) limits.state_bytes = (size_t)1 << 20;
    if (!limits.total_bytes) limits.total_bytes = (size_t)1 << 26;
    if (limits.state_bytes > UINT32_MAX) limits.state_bytes = UINT32_MAX;
    return limits;
}

yata_status yata_awareness_new(const yata_awareness_options *options, yata_awareness **out) {
    if (!out) return YATA_ERR_ARGUMENT;
    *out = NULL;
    yata_awareness_options o = options ? *options : yata_awareness_options_default();
    yt_mem mem;
    yt_mem_init(&mem, o.allocator);
    if (!mem.allocator.alloc || o.client_id > YT_CLIENT_MAX) return YATA_ERR_ARGUMENT;
    yata_awareness *a = yt_calloc(&mem, sizeof *a);
    if (!a) return YATA_ERR_MEMORY;
    a->mem = mem;
    a->client_id = o.client_id;
    a->outdated_ms = o.outdated_ms ? o.outdated_ms : OUTDATED_MS;
    a->now = o.now;
    a->now_ctx = o.now_ctx;
    a->limits = limits_of(o.limits);
    a->first = a->last = YT_NONE;
    yata_status status = yata_awareness_set_local(a, (yata_str){"{}", 2}, NULL);
    if (status) {
        yata_awareness_free(a);
        return status;
    }
    *out = a;
    return YATA_OK;
}

void yata_awareness_free(yata_awareness *a) {
    if (!a) return;
    YT_ASSERT(!a->notifying);
    for (uint32_t i = 0; i < a->known.len; i++) yt_free(&a->mem, a->known.data[i].state, a->known.data[i].len);
    yt_vec_free(&a->mem, &a->known);
    yt_u64_map_free(&a->mem, &a->index);
    yt_vec_free(&a->mem, &a->observers);
    yt_mem mem = a->mem;
    yt_free(&mem, a, sizeof *a);
}

uint64_t yata_awareness_client_id(const yata_awareness *a) {
    return a ? a->client_id : 0;
}

size_t yata_awareness_memory(const yata_awareness *a) {
    return a ? a->mem.used : 0;
}

/* ------------------------------------------------------------------------
 * The own state
 */

/* Takes over `state`, also when it fails. NULL: no state. */
static yata_status put_local(yata_awareness *a, uint8_t *state, uint32_t len) {
    yt_presence *p = yt_presence_find(a, a->client_id);
    yt_awareness_news news = {0};
    yata_status status = YATA_OK;
    size_t rest = a->bytes - (p ? p->len : 0);
    bool had = p && p->state, equal = false, ok = true;
    if ((p && p->clock == YT_AWARENESS_CLOCK_MAX) || len > a->limits.total_bytes || rest > a->limits.total_bytes - len)
        status = YATA_ERR_LIMIT;
    if (!status && !p) status = yt_presence_reserve(a, a->client_id, 0);
    if (!status && had && state && a->change_observers)
        equal = yt_state_equal(&a->mem, (yata_bytes){p->state, p->len}, (yata_bytes){state, len}, &ok);
    if (!status) {
        yt_news what = !state  ? (had ? YT_NEWS_GONE : YT_NEWS_REMOVED)
                       : !had  ? YT_NEWS_ADDED
                       : equal ? YT_NEWS_UPDATED
                               : YT_NEWS_CHANGED;
        ok = ok && yt_news_add(a, &news, what, a->client_id);
        if (!ok) status = YATA_ERR_MEMORY;
    }
    if (status) {
        if (!p) yt_presence_unreserve(a, a->client_id);
        yt_news_free(a, &news);
        yt_free(&a->mem, state, len);
        return status;
    }
    if (!p)
        p = yt_presence_put(a, a->client_id);
    else
        p->clock++;
    yt_presence_set(a, p, state, len);
    p->updated = yt_awareness_now(a);
    yt_news_tell(a, &news, YATA_AWARENESS_LOCAL, from_local);
    return YATA_OK;
}

/* JSON text as a state of its own memory; *state NULL for null. */
static yata_status read_state(yata_awareness *a, yata_str json, uint8_t **state, uint32_t *len, yata_fault *fault) {
    yt_reader r;
    yt_writer w;
    bool null;
    *state = NULL;
    *len = 0;
    yt_reader_init(&r, (const uint8_t *)json.data, json.len);
    yt_writer_init(&w, &a->mem);
    yt_state_normalize(&r, &w, &null);
    yata_status status = r.fault.status;
    if (!status && w.failed) status = YATA_ERR_MEMORY;
    if (!status && w.len > a->limits.state_bytes) status = YATA_ERR_LIMIT;
    if (!status && !null) {
        *state = yt_presence_copy(a, &w);
        *len = (uint32_t)w.len;
        if (!*state) status = YATA_ERR_MEMORY;
    }
    if (fault) *fault = (yata_fault){status, r.fault.offset};
    yt_writer_free(&w);
    return status;
}

yata_status yata_awareness_set_local(yata_awareness *a, yata_str json, yata_fault *fault) {
    if (fault) *fault = (yata_fault){YATA_OK, 0};
    if (!a || (json.len && !json.data)) return YATA_ERR_ARGUMENT;
    uint8_t *state = NULL;
    uint32_t len = 0;
    yata_status status = json.data ? read_state(a, json, &state, &len, fault) : YATA_OK;
    if (!status) status = put_local(a, state, len);
    if (fault) fault->status = status;
    return status;
}

/* Members of equal names: the last one counts, at the place of the first. So the new one is written behind the rest. */
yata_status yata_awareness_set_local_field(yata_awareness *a, yata_str name, yata_str json, yata_fault *fault) {
    if (fault) *fault = (yata_fault){YATA_OK, 0};
    if (!a || !json.data || (name.len && !name.data)) return YATA_ERR_ARGUMENT;
    const yt_presence *p = yt_presence_find(a, a->client_id);
    if (!p || !p->state) return YATA_ERR_NOT_FOUND;
    if (p->state[0] != '{') return YATA_ERR_TYPE;
    if (!yt_utf8_scan((const uint8_t *)name.data, name.len, NULL, NULL)) return YATA_ERR_UTF8;
    yt_reader r;
    yt_writer w, value;
    bool null;
    yt_reader_init(&r, (const uint8_t *)json.data, json.len);
    yt_writer_init(&value, &a->mem);
    yt_writer_init(&w, &a->mem);
    yt_state_normalize(&r, &value, &null);
    yt_write_bytes(&w, p->state, p->len - 1);
    if (p->len > 2) yt_write_u8(&w, ',');
    yt_json_write_string(&w, name);
    yt_write_u8(&w, ':');
    yt_write_bytes(&w, value.data, value.len);
    yt_write_u8(&w, '}');
    yata_status status = r.fault.status;
    if (!status && (w.failed || value.failed)) status = YATA_ERR_MEMORY;
    if (fault) *fault = (yata_fault){status, r.fault.offset};
    if (!status) status = yata_awareness_set_local(a, (yata_str){(const char *)w.data, w.len}, NULL);
    if (fault) fault->status = status;
    yt_writer_free(&value);
    yt_writer_free(&w);
    return status;
}

/* The new id begins at clock 1, which others do not ignore. */
yata_status yata_awareness_set_client_id(yata_awareness *a, uint64_t client_id) {
    if (!a || client_id > YT_CLIENT_MAX) return YATA_ERR_ARGUMENT;
    if (client_id == a->client_id) return YATA_OK;
    yt_presence *to = yt_presence_find(a, client_id), *from = yt_presence_find(a, a->client_id);
    bool made = !to, had = to && to->state, moves = from->state != NULL;
    yt_awareness_news news = {0};
    yata_status status = YATA_OK;
    if (to && to->clock == YT_AWARENESS_CLOCK_MAX) return YATA_ERR_LIMIT;
    if (made) status = yt_presence_reserve(a, client_id, 0);
    if (!status && moves &&
        !(yt_news_add(a, &news, had ? YT_NEWS_CHANGED : YT_NEWS_ADDED, client_id) &&
          yt_news_add(a, &news, YT_NEWS_GONE, a->client_id)))
        status = YATA_ERR_MEMORY;
    if (status) {
        if (made) yt_presence_unreserve(a, client_id);
        yt_news_free(a, &news);
        return status;
    }
    if (made) to = yt_presence_put(a, client_id);
    from = yt_presence_find(a, a->client_id);
    uint64_t now = yt_awareness_now(a);
    a->client_id = client_id;
    if (moves) {
        yt_presence_move(a, from, to);
        if (from->clock < YT_AWARENESS_CLOCK_MAX) from->clock++;
        from->updated = now;
    }
    to->clock++;
    to->updated = now;
    yt_news_tell(a, &news, YATA_AWARENESS_LOCAL, from_local);
    return YATA_OK;
}

/* ------------------------------------------------------------------------
 * All states
 */
uint32_t yata_awareness_count(const yata_awareness *a) {
    return a ? a->states : 0;
}

static yata_str json_of(const yt_presence *p) {
    return (yata_str){(const char *)p->state, p->len};
}

yata_status yata_awareness_state(const yata_awareness *a, uint64_t client, yata_str *json) {
    if (!a || !json) return YATA_ERR_ARGUMENT;
    const yt_presence *p = yt_presence_find(a, client);
    if (!p || !p->state) return YATA_ERR_NOT_FOUND;
    *json = json_of(p);
    return YATA_OK;
}

yata_status yata_awareness_clock(const yata_awareness *a, uint64_t client, uint64_t *clock, uint64_t *updated) {
    if (!a) return YATA_ERR_ARGUMENT;
    const yt_presence *p = yt_presence_find(a, client);
    if (!p) return YATA_ERR_NOT_FOUND;
    if (clock) *clock = p->clock;
    if (updated) *updated = p->updated;
    return YATA_OK;
}

yata_awareness_iter yata_awareness_states(const yata_awareness *a) {
    return (yata_awareness_iter){a, a ? a->first : YT_NONE};
}

bool yata_awareness_iter_next(yata_awareness_iter *iter, uint64_t *client, yata_str *json) {
    if (!iter || !iter->awareness || iter->next == YT_NONE) return false;
    const yt_presence *p = &iter->awareness->known.data[iter->next];
    iter->next = p->after;
    if (client) *client = p->client;
    if (json) *json = json_of(p);
    return true;
}

/* ------------------------------------------------------------------------
 * Going away
 */
static void take_away(yata_awareness *a, yt_presence *p) {
    yt_presence_set(a, p, NULL, 0);
    if (p->client != a->client_id) return;
    if (p->clock < YT_AWARENESS_CLOCK_MAX) p->clock++;
    p->updated = yt_awareness_now(a);
}

/* Lists those who have a state, each once. */
static bool list_leaving(yata_awareness *a, const uint64_t *clients, size_t count, yt_awareness_news *news) {
    for (size_t i = 0; i < count; i++) {
        yt_presence *p = yt_presence_find(a, clients[i]);
        if (!p || !p->state || p->leaving) continue;
        if (!yt_news_add(a, news, YT_NEWS_GONE, clients[i])) return false;
        p->leaving = true;
    }
    return true;
}

yata_status yata_awareness_remove(yata_awareness *a, const uint64_t *clients, size_t count, yata_bytes origin) {
    if (!a || (count && !clients) || (origin.len && !origin.data)) return YATA_ERR_ARGUMENT;
    yt_awareness_news news = {0};
    bool listed = list_leaving(a, clients, count, &news);
    for (size_t i = 0; i < count; i++) {
        yt_presence *p = yt_presence_find(a, clients[i]);
        if (!p || !p->leaving) continue;
        p->leaving = false;
        if (listed) take_away(a, p);
    }
    if (!listed) {
        yt_news_free(a, &news);
        return YATA_ERR_MEMORY;
    }
    yt_news_tell(a, &news, YATA_AWARENESS_REMOVED, origin);
    return YATA_OK;
}

static bool is_older(uint64_t now, uint64_t updated, uint64_t ms) {
    return now >= updated && now - updated >= ms;
}

/* With an equal state nothing changes but the clock. */
static yata_status renew(yata_awareness *a, yt_presence *own, uint64_t now) {
    yt_awareness_news news = {0};
    if (!yt_news_add(a, &news, YT_NEWS_UPDATED, a->client_id)) {
        yt_news_free(a, &news);
        return YATA_ERR_MEMORY;
    }
    own->clock++;
    own->updated = now;
    yt_news_tell(a, &news, YATA_AWARENESS_LOCAL, from_local);
    return YATA_OK;
}

static bool is_outdated(const yata_awareness *a, const yt_presence *p, uint64_t now) {
    return p->state && p->client != a->client_id && is_older(now, p->updated, a->outdated_ms);
}

yata_status yata_awareness_tick(yata_awareness *a) {
    if (!a) return YATA_ERR_ARGUMENT;
    if (!a->now) return YATA_OK;
    uint64_t now = yt_awareness_now(a);
    yata_status status = YATA_OK;
    yt_presence *own = yt_presence_find(a, a->client_id);
    bool due = own->state && own->clock < YT_AWARENESS_CLOCK_MAX && is_older(now, own->updated, a->outdated_ms / 2);
    if (due) status = renew(a, own, now);
    yt_awareness_news news = {0};
    for (uint32_t i = 0; i < a->known.len && !status; i++) {
        const yt_presence *p = &a->known.data[i];
        if (is_outdated(a, p, now) && !yt_news_add(a, &news, YT_NEWS_GONE, p->client)) status = YATA_ERR_MEMORY;
    }
    if (status) {
        yt_news_free(a, &news);
        return status;
    }
    for (uint32_t i = 0; i < a->known.len; i++) {
        yt_presence *p = &a->known.data[i];
        if (is_outdated(a, p, now)) yt_presence_set(a, p, NULL, 0);
    }
    if (a->known.len > a->limits.clients / 2) yt_presence_forget(a, now);
    yt_news_tell(a, &news, YATA_AWARENESS_TIMEOUT, from_timeout);
    return YATA_OK;
}
