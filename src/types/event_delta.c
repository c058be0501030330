/* SPDX-License-Identifier: MIT */
/*
 * event_delta.c - what a transaction did to a sequence.
 *
 * The list is walked once: what is new and visible was inserted, what is deleted by the transaction and not new was
 * deleted, the rest was retained. In texts the formats that hold before and after are followed side by side, to tell
 * what a retained stretch gained or lost; the steps are those of Yjs (YTextEvent), including that a format found to
 * change nothing is removed.
 */
#include "doc/content.h"
#include "doc/delete.h"
#include "doc/format.h"
#include "types/delta.h"
#include "types/event.h"

/* ------------------------------------------------------------------------
 * Arrays and XML
 */
typedef struct run {
    int kind; /* enum yata_delta_kind, -1: none */
    uint32_t len;
} run;

static yata_status end_run(yata_delta *delta, run *r) {
    yata_status status = r->kind < 0 || r->kind == YATA_DELTA_INSERT
                             ? YATA_OK
                             : yt_delta_step(delta, (yata_delta_kind)r->kind, r->len, NULL);
    *r = (run){-1, 0};
    return status;
}

static yata_status lengthen(yata_delta *delta, run *r, int kind, uint32_t len) {
    yata_status status = r->kind == kind ? YATA_OK : end_run(delta, r);
    r->kind = kind;
    r->len += len;
    return status;
}

static yata_status list_delta(const yata_event *event, const yt_branch *branch, yata_delta *delta) {
    const yata_doc *doc = event->txn->doc;
    run r = {-1, 0};
    yata_status status = YATA_OK;
    for (yt_ref ref = branch->first; ref && !status; ref = yt_at(doc, ref)->right) {
        const yt_item *it = yt_at(doc, ref);
        bool added = yt_event_adds(event, it);
        if (yt_is_deleted(it)) {
            uint32_t units = added ? 0 : yt_event_deleted_units(event, it);
            if (units) status = lengthen(delta, &r, YATA_DELTA_DELETE, units);
        } else if (!added) {
            status = lengthen(delta, &r, YATA_DELTA_RETAIN, it->len);
        } else {
            status = lengthen(delta, &r, YATA_DELTA_INSERT, 0);
            for (uint32_t i = 0; i < it->len && !status; i++) {
                yata_value value;
                yt_content_element(doc, it, i, &value);
                status = yt_delta_element(delta, &value);
            }
        }
    }
    if (!status && r.kind == YATA_DELTA_DELETE) status = end_run(delta, &r);
    return status;
}

/* ------------------------------------------------------------------------
 * Texts
 */
typedef struct text_walk {
    const yata_event *event;
    yata_doc *doc;
    yata_delta *delta;
    yata_txn *cleaning;    /* opened for the first format that is removed */
    int action;            /* enum yata_delta_kind, -1: none */
    uint32_t len;          /* of retain or delete */
    yt_attributes current; /* in force now */
    yt_attributes old;     /* in force before */
    yt_attributes changed; /* what the retained stretch gets */
} text_walk;

static yata_status end_action(text_walk *t) {
    yata_status status = YATA_OK;
    if (t->action == YATA_DELTA_INSERT)
        status = yt_delta_flush(t->delta, &t->current);
    else if (t->action >= 0)
        status = yt_delta_step(t->delta, (yata_delta_kind)t->action, t->len,
                               t->action == YATA_DELTA_RETAIN ? &t->changed : NULL);
    t->action = -1;
    t->len = 0;
    return status;
}

static yata_status act(text_walk *t, yata_delta_kind action, uint32_t len) {
    yata_status status = t->action == (int)action ? YATA_OK : end_action(t);
    t->action = (int)action;
    t->len += len;
    return status;
}

static yata_status remove_format(text_walk *t, yt_ref ref) {
    yata_status status = YATA_OK;
    if (t->doc->as_yrs) return status;
    if (yt_is_deleted(yt_at(t->doc, ref))) return status; /* in a transaction that came after the event's */
    if (!t->cleaning) {
        status = yata_txn_begin(t->doc, (yata_bytes){NULL, 0}, &t->cleaning);
        if (!status && t->cleaning->depth == 1) t->cleaning->internal = true;
    }
    return status ? status : yt_delete(t->cleaning, ref);
}

static bool is_null(yata_bytes value) {
    return value.len == 1 && value.data[0] == yt_any_null.data[0];
}

static yata_status set(text_walk *t, yt_attributes *attributes, yata_bytes key, yata_bytes value) {
    return yt_attribute_set(&t->doc->mem, attributes, key, value) ? YATA_OK : YATA_ERR_MEMORY;
}

static yata_status added_format(text_walk *t, yt_ref ref, yata_bytes key, yata_bytes value) {
    const yata_bytes *now = yt_attribute_get(&t->current, key);
    /* In yrs nothing is not null here: the retained stretch ends before a null that ends nothing. */
    if (now ? yt_attribute_equal(*now, value) : is_null(value) && !t->doc->as_yrs)
        return is_null(value) ? YATA_OK : remove_format(t, ref);
    yata_status status = t->action == YATA_DELTA_RETAIN ? end_action(t) : YATA_OK;
    if (status) return status;
    if (!yt_attribute_equal(value, yt_attribute_or_null(&t->old, key))) return set(t, &t->changed, key, value);
    yt_attribute_remove(&t->changed, key);
    return YATA_OK;
}

static yata_status deleted_format(text_walk *t, yata_bytes key, yata_bytes value) {
    yata_bytes now = yt_attribute_or_null(&t->current, key);
    yata_status status = set(t, &t->old, key, value);
    if (status || yt_attribute_equal(now, value)) return status;
    if (t->action == YATA_DELTA_RETAIN) status = end_action(t);
    return status ? status : set(t, &t->changed, key, now);
}

static yata_status kept_format(text_walk *t, yt_ref ref, yata_bytes key, yata_bytes value) {
    yata_status status = set(t, &t->old, key, value);
    const yata_bytes *changed = yt_attribute_get(&t->changed, key);
    if (status || !changed) return status;
    if (yt_attribute_equal(*changed, value)) return is_null(*changed) ? YATA_OK : remove_format(t, ref);
    if (t->action == YATA_DELTA_RETAIN) status = end_action(t);
    if (status) return status;
    if (!is_null(value)) return set(t, &t->changed, key, value);
    yt_attribute_remove(&t->changed, key);
    return YATA_OK;
}

static yata_status pass_format(text_walk *t, yt_ref ref) {
    const yt_item *it = yt_at(t->doc, ref);
    bool deletes = yt_event_deletes(t->event, it);
    yata_bytes key = yt_format_key(t->doc, it), value = yt_format_value(t->doc, it);
    yata_status status = YATA_OK;
    if (yt_event_adds(t->event, it)) {
        if (!deletes) status = added_format(t, ref, key, value);
    } else if (deletes) {
        status = deleted_format(t, key, value);
    } else if (!yt_is_deleted(it)) {
        status = kept_format(t, ref, key, value);
    }
    if (status || yt_is_deleted(it)) return status;
    if (t->action == YATA_DELTA_INSERT) status = end_action(t);
    if (!status && !yt_format_pass(t->doc, &t->doc->mem, &t->current, it)) status = YATA_ERR_MEMORY;
    return status;
}

static yata_status pass_content(text_walk *t, const yt_item *it) {
    if (!yt_event_adds(t->event, it)) {
        uint32_t units = yt_event_deleted_units(t->event, it);
        if (units) return act(t, YATA_DELTA_DELETE, units);
        return yt_is_deleted(it) ? YATA_OK : act(t, YATA_DELTA_RETAIN, yt_units(t->doc, it));
    }
    if (yt_event_deletes(t->event, it)) return YATA_OK;
    if (it->content == YT_STRING) {
        yata_status status = act(t, YATA_DELTA_INSERT, 0);
        yata_bytes text = {yt_text(t->doc, yt_slice_of(it)), yt_text_bytes(t->doc, it)};
        return status ? status : yt_delta_text(t->delta, text);
    }
    yata_value value;
    yata_status status = end_action(t);
    yt_content_value(t->doc, it, 0, &value);
    return status ? status : yt_delta_embed(t->delta, &value, &t->current);
}

static yata_status text_delta(const yata_event *event, const yt_branch *branch, yata_delta *delta) {
    text_walk t = {.event = event, .doc = event->txn->doc, .delta = delta, .action = -1};
    yata_status status = YATA_OK;
    for (yt_ref ref = branch->first; ref && !status; ref = yt_at(t.doc, ref)->right) {
        const yt_item *it = yt_at(t.doc, ref);
        if (it->content == YT_FORMAT)
            status = pass_format(&t, ref);
        else if (it->content == YT_STRING || it->content == YT_EMBED || it->content == YT_TYPE)
            status = pass_content(&t, it);
    }
    if (!status) status = end_action(&t);
    if (t.cleaning) {
        yata_status committed = yata_txn_commit(t.cleaning);
        if (!status) status = committed;
    }
    yt_attributes_free(&t.doc->mem, &t.current);
    yt_attributes_free(&t.doc->mem, &t.old);
    yt_attributes_free(&t.doc->mem, &t.changed);
    return status;
}

yata_status yata_event_delta(const yata_event *event, yata_delta *delta) {
    if (!event || !delta) return YATA_ERR_ARGUMENT;
    const yt_branch *branch = yt_txn_changed(event->txn->doc, event->change);
    if (!branch) return YATA_ERR_GONE;
    bool text = branch->kind == YATA_KIND_TEXT || branch->kind == YATA_KIND_XML_TEXT;
    if (!text && !event->change->list) return YATA_OK;
    yt_delta_begin(delta);
    yata_status status = text ? text_delta(event, branch, delta) : list_delta(event, branch, delta);
    if (text) yt_delta_trim(delta);
    return yt_delta_end(delta, status);
}
