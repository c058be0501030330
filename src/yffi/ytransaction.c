/* SPDX-License-Identifier: MIT */
/*
 * ytransaction.c - what is asked of a transaction: state, updates, what waits. (Opening and ending: ydoc.c.)
 */
#include "yffi/handles.h"

const char *ytransaction_origin(const YTransaction *txn, uint32_t *len) {
    yata_bytes origin = {NULL, 0};
    if (txn && txn->core) origin = yata_txn_origin(txn->core);
    if (len) *len = (uint32_t)origin.len;
    return (const char *)origin.data;
}

void ytransaction_force_gc(YTransaction *txn) {
    if (yr_writes(txn)) (void)yata_txn_collect(txn->core);
}

/* ------------------------------------------------------------------------
 * State
 */
char *ytransaction_state_vector_v1(const YTransaction *txn, uint32_t *len) {
    if (!txn) return NULL;
    yata_buffer out;
    yata_buffer_init(&out, &yr_allocator);
    return yr_bytes(&out, yata_doc_encode_state_vector(txn->doc->core, &out), len);
}

static char *state_diff(const YTransaction *txn, const char *sv, uint32_t sv_len, uint32_t *len,
                        yata_status (*encode)(const yata_doc *, yata_bytes, yata_buffer *)) {
    /* An empty vector is one byte; no byte at all is no vector. */
    if (!txn || (sv && yata_state_vector_check(yr_view(sv, sv_len)).status)) return NULL;
    yata_buffer out;
    yata_buffer_init(&out, &yr_allocator);
    return yr_bytes(&out, encode(txn->doc->core, yr_view(sv, sv ? sv_len : 0), &out), len);
}

char *ytransaction_state_diff_v1(const YTransaction *txn, const char *sv, uint32_t sv_len, uint32_t *len) {
    return state_diff(txn, sv, sv_len, len, yata_doc_encode_diff);
}

char *ytransaction_state_diff_v2(const YTransaction *txn, const char *sv, uint32_t sv_len, uint32_t *len) {
    return state_diff(txn, sv, sv_len, len, yata_doc_encode_diff_v2);
}

/* ------------------------------------------------------------------------
 * Updates
 */
uint8_t yr_error_code(yata_status status) {
    switch (status) {
    case YATA_OK:
        return 0;
    case YATA_ERR_NUMBER:
        return ERR_CODE_VAR_INT;
    case YATA_ERR_END:
        return ERR_CODE_EOS;
    case YATA_ERR_JSON:
        return ERR_CODE_INVALID_JSON;
    case YATA_ERR_MEMORY:
    case YATA_ERR_LIMIT:
        return ERR_NOT_ENOUGH_MEMORY;
    case YATA_ERR_TYPE:
        return ERR_INVALID_PARENT;
    case YATA_ERR_ARGUMENT:
    case YATA_ERR_STATE:
        return ERR_CODE_OTHER;
    default:
        return ERR_CODE_UNEXPECTED_VALUE;
    }
}

uint8_t ytransaction_apply(YTransaction *txn, const char *diff, uint32_t diff_len) {
    if (!yr_writes(txn) || !diff) return ERR_CODE_OTHER;
    return yr_error_code(yata_txn_apply(txn->core, yr_view(diff, diff_len), NULL));
}

uint8_t ytransaction_apply_v2(YTransaction *txn, const char *diff, uint32_t diff_len) {
    if (!yr_writes(txn) || !diff) return ERR_CODE_OTHER;
    return yr_error_code(yata_txn_apply_v2(txn->core, yr_view(diff, diff_len), NULL));
}

static char *debug(const char *update, uint32_t len, yata_status (*log)(yata_bytes, yata_buffer *, yata_fault *)) {
    if (!update) return NULL;
    yata_buffer out;
    yata_buffer_init(&out, &yr_allocator);
    return yr_string(&out, log(yr_view(update, len), &out, NULL));
}

char *yupdate_debug_v1(const char *update, uint32_t update_len) {
    return debug(update, update_len, yata_update_log);
}

char *yupdate_debug_v2(const char *update, uint32_t update_len) {
    return debug(update, update_len, yata_update_log_v2);
}

/* ------------------------------------------------------------------------
 * Ids and vectors as structs
 */
typedef struct counted {
    yata_id first; /* of a range */
    uint32_t len;
} counted;

typedef struct gathering {
    yata_buffer ranges; /* of `counted` */
    bool failed;
} gathering;

static bool gather(void *ctx, yata_id first, uint32_t len) {
    gathering *g = ctx;
    counted c = {first, len};
    g->failed = yata_buffer_append(&g->ranges, &c, sizeof c) != YATA_OK;
    return !g->failed;
}

static int by_id(const void *a, const void *b) {
    const counted *x = a, *y = b;
    if (x->first.client != y->first.client) return x->first.client < y->first.client ? -1 : 1;
    return x->first.clock < y->first.clock ? -1 : x->first.clock > y->first.clock;
}

/* Fills a set from ranges in any order. */
static void fill_set(yr_arena *arena, counted *all, size_t n, YIdSet *set) {
    uint32_t clients = 0;
    if (n) qsort(all, n, sizeof *all, by_id);
    for (size_t i = 0; i < n; i++) clients += !i || all[i].first.client != all[i - 1].first.client;
    set->entries_count = clients;
    set->client_ids = yr_arena_get(arena, clients * sizeof *set->client_ids);
    set->ranges = yr_arena_get(arena, clients * sizeof *set->ranges);
    YIdRange *ranges = yr_arena_get(arena, n * sizeof *ranges);
    if (arena->failed) return;
    uint32_t at = 0;
    for (size_t i = 0; i < n; i++) {
        ranges[i] = (YIdRange){all[i].first.clock, all[i].first.clock + all[i].len};
        if (!i || all[i].first.client != all[i - 1].first.client) {
            set->client_ids[at] = all[i].first.client;
            set->ranges[at++] = (YIdRangeSeq){0, ranges + i};
        }
        set->ranges[at - 1].len++;
    }
}

void yr_fill_vector(yr_arena *arena, yata_bytes encoded, YStateVector *out) {
    yata_state_vector_iter it;
    yata_id id;
    uint32_t n = 0;
    if (yata_state_vector_iter_init(&it, encoded)) return;
    while (yata_state_vector_iter_next(&it, &id)) n++;
    out->client_ids = yr_arena_get(arena, n * sizeof *out->client_ids);
    out->clocks = yr_arena_get(arena, n * sizeof *out->clocks);
    if (arena->failed || yata_state_vector_iter_init(&it, encoded)) return;
    while (yata_state_vector_iter_next(&it, &id)) {
        out->client_ids[out->entries_count] = id.client;
        out->clocks[out->entries_count++] = id.clock;
    }
}

/* ------------------------------------------------------------------------
 * What waits
 */
YIdSet *ytransaction_pending_ds(const YTransaction *txn) {
    if (!txn) return NULL;
    gathering g = {.failed = false};
    yata_buffer_init(&g.ranges, &yr_allocator);
    yata_update_visitor visitor = {.ctx = &g, .deleted = gather};
    yata_doc_visit_pending(txn->doc->core, &visitor);
    YIdSet *set = NULL;
    yr_arena arena;
    if (!g.failed && g.ranges.len) {
        set = yr_arena_begin(&arena, sizeof *set, 0);
        if (set) fill_set(&arena, (counted *)(void *)g.ranges.data, g.ranges.len / sizeof(counted), set);
        set = yr_arena_end(&arena, set);
    }
    yata_buffer_free(&g.ranges);
    return set;
}

void ydelete_set_destroy(YIdSet *ds) {
    yr_arena_free(ds);
}

YPendingUpdate *ytransaction_pending_update(const YTransaction *txn) {
    yata_pending pending;
    if (!txn) return NULL;
    yata_doc_pending(txn->doc->core, &pending);
    if (!pending.blocks) return NULL;
    yata_buffer missing, update;
    yata_buffer_init(&missing, &yr_allocator);
    yata_buffer_init(&update, &yr_allocator);
    yr_arena arena;
    YPendingUpdate *out = yr_arena_begin(&arena, sizeof *out, 0);
    yata_status status = yata_doc_encode_missing(txn->doc->core, &missing);
    if (!status) status = yata_doc_encode_pending(txn->doc->core, &update);
    if (!status && out) {
        yr_fill_vector(&arena, (yata_bytes){missing.data, missing.len}, &out->missing);
        out->update_v1 = yr_arena_string(&arena, (yata_str){(const char *)update.data, update.len});
        out->update_len = (uint32_t)update.len;
    }
    if (status) arena.failed = true;
    yata_buffer_free(&missing);
    yata_buffer_free(&update);
    return yr_arena_end(&arena, out);
}

void ypending_update_destroy(YPendingUpdate *update) {
    yr_arena_free(update);
}

/* ------------------------------------------------------------------------
 * The event at the end of a transaction
 */
typedef struct change {
    uint64_t client;
    uint32_t before;
} change;

typedef struct summing {
    gathering deleted;
    yata_buffer changes; /* of `change` */
} summing;

static bool sum_client(void *ctx, uint64_t client, uint32_t from, uint32_t to) {
    summing *s = ctx;
    (void)to;
    change c = {client, from};
    s->deleted.failed |= yata_buffer_append(&s->changes, &c, sizeof c) != YATA_OK;
    return !s->deleted.failed;
}

static bool sum_deleted(void *ctx, yata_id first, uint32_t len) {
    return gather(&((summing *)ctx)->deleted, first, len);
}

/* The vector before is the one after it, with the clocks at which its changes began. */
static void lower(const YStateVector *after, yr_arena *arena, const change *changes, size_t n, YStateVector *before) {
    uint32_t count = after->entries_count;
    before->entries_count = count;
    before->client_ids = yr_arena_get(arena, count * sizeof *before->client_ids);
    before->clocks = yr_arena_get(arena, count * sizeof *before->clocks);
    if (arena->failed) return;
    for (uint32_t i = 0; i < count; i++) {
        before->client_ids[i] = after->client_ids[i];
        before->clocks[i] = after->clocks[i];
        for (size_t k = 0; k < n; k++)
            if (changes[k].client == after->client_ids[i]) before->clocks[i] = changes[k].before;
    }
}

YAfterTransactionEvent *yr_after_event(YDoc *doc, const yata_txn *txn) {
    summing s = {.deleted.failed = false};
    yata_buffer state;
    yata_buffer_init(&s.deleted.ranges, &yr_allocator);
    yata_buffer_init(&s.changes, &yr_allocator);
    yata_buffer_init(&state, &yr_allocator);
    yata_update_visitor visitor = {.ctx = &s, .client = sum_client, .deleted = sum_deleted};
    yata_txn_changes(txn, &visitor);
    yr_arena arena;
    YAfterTransactionEvent *event = yr_arena_begin(&arena, sizeof *event, 0);
    if (event && !s.deleted.failed && !yata_doc_encode_state_vector(doc->core, &state)) {
        yr_fill_vector(&arena, (yata_bytes){state.data, state.len}, &event->after_state);
        lower(&event->after_state, &arena, (const change *)(const void *)s.changes.data, s.changes.len / sizeof(change),
              &event->before_state);
        fill_set(&arena, (counted *)(void *)s.deleted.ranges.data, s.deleted.ranges.len / sizeof(counted),
                 &event->delete_set);
    } else {
        arena.failed = true;
    }
    yata_buffer_free(&s.deleted.ranges);
    yata_buffer_free(&s.changes);
    yata_buffer_free(&state);
    return yr_arena_end(&arena, event);
}
