/* SPDX-License-Identifier: MIT */
/*
 * yevent.c - calling observers, and what events say.
 *
 * An event struct of libyrs.h has two pointers: `inner` is a `seen` on the stack of the call, `txn` the transaction.
 * Copies are as good as the original while the callback runs.
 */
#include "yffi/handles.h"

YAfterTransactionEvent *yr_after_event(YDoc *doc, const yata_txn *txn);

typedef struct seen {
    YDoc *doc;
    const yata_event *core;
} seen;

/* In transactions that the core makes by itself nobody else knows which: callbacks may ask for its origin. */
static const TransactionMut *transaction_of(const YDoc *doc, const yata_txn *txn) {
    if (doc->writer && doc->writer->held) doc->writer->core = (yata_txn *)(uintptr_t)txn;
    return (const TransactionMut *)doc->writer;
}

/* ------------------------------------------------------------------------
 * Calling
 */
static void on_update(void *ctx, yata_doc *core, const yata_txn *txn, yata_bytes update) {
    const yr_sub *sub = ctx;
    (void)core;
    (void)txn;
    ((void (*)(void *, uint32_t, const char *))sub->cb)(sub->state, (uint32_t)update.len, (const char *)update.data);
}

static void on_after(void *ctx, yata_doc *core, const yata_txn *txn) {
    const yr_sub *sub = ctx;
    (void)core;
    YAfterTransactionEvent *event = yr_after_event(sub->doc, txn);
    if (event) ((void (*)(void *, YAfterTransactionEvent *))sub->cb)(sub->state, event);
    yr_arena_free(event);
}

/* May a callback for types of kind `wanted` be called with this type? */
static bool suits(int8_t wanted, int8_t tag) {
    switch (wanted) {
    case Y_TEXT:
    case Y_XML_TEXT:
        return tag == Y_TEXT || tag == Y_XML_TEXT;
    case Y_XML_ELEM:
        return tag == Y_XML_ELEM || tag == Y_XML_FRAG;
    default:
        return tag == wanted;
    }
}

static void on_type(void *ctx, const yata_event *core) {
    const yr_sub *sub = ctx;
    if (!suits(sub->tag, yr_tag(yata_event_target(core)))) return;
    seen inner = {sub->doc, core};
    YTextEvent event = {&inner, transaction_of(sub->doc, yata_event_txn(core))}; /* all kinds look the same */
    ((void (*)(void *, const YTextEvent *))sub->cb)(sub->state, &event);
}

static void on_deep(void *ctx, const yata_event *const *events, size_t count, const yata_txn *txn) {
    const yr_sub *sub = ctx;
    const TransactionMut *transaction = transaction_of(sub->doc, txn);
    YEvent *all = calloc(count, sizeof *all);
    seen *inner = calloc(count, sizeof *inner);
    if (all && inner) {
        uint32_t n = 0;
        for (size_t i = 0; i < count; i++) {
            int8_t tag = yr_tag(yata_event_target(events[i]));
            if (tag == Y_UNDEFINED) continue;
            inner[n] = (seen){sub->doc, events[i]};
            all[n].tag = tag;
            all[n].content.text = (YTextEvent){&inner[n], transaction};
            n++;
        }
        if (n) ((void (*)(void *, uint32_t, const YEvent *))sub->cb)(sub->state, n, all);
    }
    free(all);
    free(inner);
}

yata_status yr_observe_core(yr_sub *sub) {
    yata_doc *core = sub->doc->core;
    switch (sub->topic) {
    case YR_UPDATES_V1:
        return yata_doc_observe_update(core, on_update, sub, &sub->id);
    case YR_UPDATES_V2:
        return yata_doc_observe_update_v2(core, on_update, sub, &sub->id);
    case YR_AFTER:
        return yata_doc_observe_txn(core, YATA_STAGE_CLEANED, on_after, sub, &sub->id);
    case YR_SUBDOCS:
        return yr_subdocs_watch(sub->doc);
    case YR_TYPE:
        return yata_type_observe(sub->branch->type, on_type, sub, &sub->id);
    case YR_DEEP:
        return yata_type_observe_deep(sub->branch->type, on_deep, sub, &sub->id);
    default:
        return YATA_OK;
    }
}

void yr_unobserve_core(const yr_sub *sub) {
    yata_doc *core = sub->doc->core;
    switch (sub->topic) {
    case YR_UPDATES_V1:
    case YR_UPDATES_V2:
        (void)yata_doc_unobserve_update(core, sub->id);
        break;
    case YR_AFTER:
        (void)yata_doc_unobserve_txn(core, sub->id);
        break;
    case YR_TYPE:
    case YR_DEEP:
        (void)yata_type_unobserve(sub->branch->type, sub->id);
        break;
    default:
        break;
    }
}

/* ------------------------------------------------------------------------
 * Targets and paths
 */
static Branch *target(const seen *e) {
    return e ? yr_branch(e->doc, yata_event_target(e->core)) : NULL;
}

Branch *ytext_event_target(const YTextEvent *e) {
    return e ? target(e->inner) : NULL;
}
Branch *yarray_event_target(const YArrayEvent *e) {
    return e ? target(e->inner) : NULL;
}
Branch *ymap_event_target(const YMapEvent *e) {
    return e ? target(e->inner) : NULL;
}
Branch *yxmlelem_event_target(const YXmlEvent *e) {
    return e ? target(e->inner) : NULL;
}
Branch *yxmltext_event_target(const YXmlTextEvent *e) {
    return e ? target(e->inner) : NULL;
}

static YPathSegment *path(const seen *e, uint32_t *len) {
    if (len) *len = 0;
    size_t n = e && len ? yata_event_path_length(e->core) : 0;
    if (!n) return NULL;
    yr_arena arena;
    YPathSegment *out = yr_arena_begin(&arena, n * sizeof *out, 0);
    yata_path_step *steps = malloc(n * sizeof *steps);
    if (!steps || yata_event_path(e->core, steps, n)) arena.failed = true;
    for (size_t i = 0; i < n && !arena.failed; i++) {
        if (steps[i].is_key) {
            out[i].tag = Y_EVENT_PATH_KEY;
            out[i].value.key = yr_arena_string(&arena, steps[i].key);
        } else {
            out[i].tag = Y_EVENT_PATH_INDEX;
            out[i].value.index = steps[i].index;
        }
    }
    free(steps);
    out = yr_arena_end(&arena, out);
    if (out) *len = (uint32_t)n;
    return out;
}

YPathSegment *ytext_event_path(const YTextEvent *e, uint32_t *len) {
    return path(e ? e->inner : NULL, len);
}
YPathSegment *ymap_event_path(const YMapEvent *e, uint32_t *len) {
    return path(e ? e->inner : NULL, len);
}
YPathSegment *yxmlelem_event_path(const YXmlEvent *e, uint32_t *len) {
    return path(e ? e->inner : NULL, len);
}
YPathSegment *yxmltext_event_path(const YXmlTextEvent *e, uint32_t *len) {
    return path(e ? e->inner : NULL, len);
}
YPathSegment *yarray_event_path(const YArrayEvent *e, uint32_t *len) {
    return path(e ? e->inner : NULL, len);
}
void ypath_destroy(YPathSegment *path, uint32_t len) {
    (void)len;
    yr_arena_free(path);
}

/* ------------------------------------------------------------------------
 * Deltas
 */

/* The changes of the sequence, without a plain retain at the end; NULL: none. */
static yata_delta *changes(const seen *e, size_t *count) {
    yata_delta *delta;
    yata_delta_op last;
    *count = 0;
    if (!e || yata_delta_new(&yr_allocator, &delta)) return NULL;
    size_t n = yata_event_delta(e->core, delta) ? 0 : yata_delta_count(delta);
    while (n && !yata_delta_at(delta, n - 1, &last) && last.kind == YATA_DELTA_RETAIN &&
           last.attributes.kind != YATA_VALUE_OBJECT)
        n--;
    *count = n;
    return delta;
}

static uint8_t change_tag(yata_delta_kind kind) {
    return kind == YATA_DELTA_INSERT   ? Y_EVENT_CHANGE_ADD
           : kind == YATA_DELTA_DELETE ? Y_EVENT_CHANGE_DELETE
                                       : Y_EVENT_CHANGE_RETAIN;
}

static void attributes_out(yr_arena *arena, YDoc *doc, const yata_value *object, YDeltaOut *out) {
    uint32_t n;
    const YMapEntry *members = yr_output_members(arena, doc, object, &n);
    if (!members || !n) return;
    out->attributes = yr_arena_get(arena, n * sizeof *out->attributes);
    if (!out->attributes) return;
    out->attributes_len = n;
    for (uint32_t i = 0; i < n; i++) out->attributes[i] = (YDeltaAttr){members[i].key, *members[i].value};
}

static YDeltaOut *text_delta(const seen *e, uint32_t *len) {
    size_t n;
    yata_delta_op op;
    if (len) *len = 0;
    yata_delta *delta = len ? changes(e, &n) : NULL;
    if (!delta) return NULL;
    yr_arena arena;
    YDeltaOut *out = n ? yr_arena_begin(&arena, n * sizeof *out, 0) : NULL;
    for (size_t i = 0; out && i < n && !arena.failed && !yata_delta_at(delta, i, &op); i++) {
        bool add = op.kind == YATA_DELTA_INSERT;
        out[i].tag = change_tag(op.kind);
        out[i].len = add ? 1 : op.len;
        attributes_out(&arena, e->doc, &op.attributes, &out[i]);
        out[i].insert = add ? yr_arena_get(&arena, sizeof *out[i].insert) : NULL;
        if (out[i].insert) yr_output(&arena, e->doc, &op.values[0], NULL, out[i].insert);
    }
    yata_delta_free(delta);
    if (out) out = yr_arena_end(&arena, out);
    if (out) *len = (uint32_t)n;
    return out;
}

YDeltaOut *ytext_event_delta(const YTextEvent *e, uint32_t *len) {
    return text_delta(e ? e->inner : NULL, len);
}
YDeltaOut *yxmltext_event_delta(const YXmlTextEvent *e, uint32_t *len) {
    return text_delta(e ? e->inner : NULL, len);
}
void ytext_delta_destroy(YDeltaOut *delta, uint32_t len) {
    (void)len;
    yr_arena_free(delta);
}

static YEventChange *list_delta(const seen *e, uint32_t *len) {
    size_t n;
    yata_delta_op op;
    if (len) *len = 0;
    yata_delta *delta = len ? changes(e, &n) : NULL;
    if (!delta) return NULL;
    yr_arena arena;
    uint32_t index = 0; /* in the list as it is now */
    YEventChange *out = n ? yr_arena_begin(&arena, n * sizeof *out, 0) : NULL;
    for (size_t i = 0; out && i < n && !arena.failed && !yata_delta_at(delta, i, &op); i++) {
        out[i].tag = change_tag(op.kind);
        out[i].len = op.kind == YATA_DELTA_INSERT ? (uint32_t)op.count : op.len;
        if (op.kind == YATA_DELTA_RETAIN) index += op.len;
        if (op.kind != YATA_DELTA_INSERT) continue;
        YOutput *cells = yr_arena_get(&arena, op.count * sizeof *cells);
        out[i].values = cells;
        for (size_t k = 0; cells && k < op.count; k++, index++) {
            yr_source source = {.type = yata_event_target(e->core), .index = index};
            yr_output(&arena, e->doc, &op.values[k], &source, &cells[k]);
        }
    }
    yata_delta_free(delta);
    if (out) out = yr_arena_end(&arena, out);
    if (out) *len = (uint32_t)n;
    return out;
}

YEventChange *yarray_event_delta(const YArrayEvent *e, uint32_t *len) {
    return list_delta(e ? e->inner : NULL, len);
}
YEventChange *yxmlelem_event_delta(const YXmlEvent *e, uint32_t *len) {
    return list_delta(e ? e->inner : NULL, len);
}
void yevent_delta_destroy(YEventChange *delta, uint32_t len) {
    (void)len;
    yr_arena_free(delta);
}

/* ------------------------------------------------------------------------
 * Keys
 */
static YOutput *key_value(yr_arena *arena, const seen *e, const yata_value *value, yata_str key, bool now) {
    yr_source source = {.type = yata_event_target(e->core), .keyed = true, .key = key};
    YOutput *cell = yr_arena_get(arena, sizeof *cell);
    if (cell) yr_output(arena, e->doc, value, now ? &source : NULL, cell);
    return cell;
}

static YEventKeyChange *keys(const seen *e, uint32_t *len) {
    yata_key_change change;
    uint32_t n = 0;
    if (len) *len = 0;
    if (!e || !len) return NULL;
    yata_key_iter it = yata_event_keys(e->core);
    while (yata_key_iter_next(&it, &change)) n++;
    if (!n) return NULL;
    yr_arena arena;
    YEventKeyChange *out = yr_arena_begin(&arena, n * sizeof *out, 0);
    it = yata_event_keys(e->core);
    for (uint32_t i = 0; i < n && !arena.failed && yata_key_iter_next(&it, &change); i++) {
        static const char tags[] = {[YATA_KEY_ADD] = Y_EVENT_KEY_CHANGE_ADD,
                                    [YATA_KEY_UPDATE] = Y_EVENT_KEY_CHANGE_UPDATE,
                                    [YATA_KEY_DELETE] = Y_EVENT_KEY_CHANGE_DELETE};
        out[i].key = yr_arena_string(&arena, change.key);
        out[i].tag = tags[change.action];
        if (change.action != YATA_KEY_ADD)
            out[i].old_value = key_value(&arena, e, &change.old_value, change.key, false);
        if (change.action != YATA_KEY_DELETE)
            out[i].new_value = key_value(&arena, e, &change.new_value, change.key, true);
    }
    out = yr_arena_end(&arena, out);
    if (out) *len = n;
    return out;
}

YEventKeyChange *ymap_event_keys(const YMapEvent *e, uint32_t *len) {
    return keys(e ? e->inner : NULL, len);
}
YEventKeyChange *yxmlelem_event_keys(const YXmlEvent *e, uint32_t *len) {
    return keys(e ? e->inner : NULL, len);
}
YEventKeyChange *yxmltext_event_keys(const YXmlTextEvent *e, uint32_t *len) {
    return keys(e ? e->inner : NULL, len);
}
void yevent_keys_destroy(YEventKeyChange *keys, uint32_t len) {
    (void)len;
    yr_arena_free(keys);
}
