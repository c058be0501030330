/* SPDX-License-Identifier: MIT */
/*
 * ytext.c - texts, and texts of XML.
 *
 * An index inside a character is that of its end, so a character belongs to the range in which it starts
 * (libyrs.h). The core would refuse it, or as Yjs does replace the character.
 */
#include "yffi/handles.h"

/* ------------------------------------------------------------------------
 * Places
 */

/* Where an edit begins: at most at the end. */
static bool place(const Branch *txt, const YTransaction *txn, uint32_t index, uint32_t *out) {
    uint32_t len;
    if (!yr_writes(txn) || !yr_is_text(txt) || yata_text_length(txt->type, &len)) return false;
    *out = index < len ? index : len;
    return !yata_text_round_up(txt->type, out);
}

/* [*index, *index + *len) with whole characters. */
static bool range(const Branch *txt, uint32_t *index, uint32_t *len) {
    uint32_t end = *index + *len;
    if (yata_text_round_up(txt->type, index) || yata_text_round_up(txt->type, &end)) return false;
    *len = end > *index ? end - *index : 0;
    return true;
}

/* ------------------------------------------------------------------------
 * Editing
 */

/* Does the core refuse an index that lies inside a character? Where it counts bytes it does, so that an edit may be
 * tried before the index is looked at. */
static bool refuses_inside(const Branch *txt, const YTransaction *txn) {
    return txt && yr_writes(txn) && !(txt->doc->flags & Y_OFFSET_UTF16);
}

static YR_APART void insert(const Branch *txt, YTransaction *txn, uint32_t index, const char *value,
                            const YInput *attrs) {
    yr_built built;
    const yata_value *with;
    if (!place(txt, txn, index, &index)) return;
    if (!attrs) {
        (void)yata_text_insert(txt->type, txn->core, index, yr_str(value));
        return;
    }
    yata_status status = yr_input_attributes(attrs, &built, &with);
    if (!status) (void)yata_text_insert_with(txt->type, txn->core, index, yr_str(value), with);
    yr_built_free(&built);
}

void ytext_insert(const Branch *txt, YTransaction *txn, uint32_t index, const char *value, const YInput *attrs) {
    if (!value || !*value) return;
    if (!attrs && refuses_inside(txt, txn) && !yata_text_insert(txt->type, txn->core, index, yr_str(value))) return;
    insert(txt, txn, index, value, attrs);
}

void ytext_format(const Branch *txt, YTransaction *txn, uint32_t index, uint32_t len, const YInput *attrs) {
    yr_built built;
    const yata_value *with;
    uint32_t all;
    if (!attrs || !yr_writes(txn) || !yr_is_text(txt) || yata_text_length(txt->type, &all) || index >= all) return;
    if (len > all - index) len = all - index;
    yata_status status = yr_input_attributes(attrs, &built, &with);
    if (!status && range(txt, &index, &len) && len) (void)yata_text_format(txt->type, txn->core, index, len, with);
    yr_built_free(&built);
}

void ytext_insert_embed(const Branch *txt, YTransaction *txn, uint32_t index, const YInput *content,
                        const YInput *attrs) {
    if (place(txt, txn, index, &index)) (void)yr_insert_embed(txt, txn, index, content, attrs);
}

static YR_APART void remove_range(const Branch *txt, YTransaction *txn, uint32_t index, uint32_t length) {
    uint32_t all;
    if (!yr_writes(txn) || !yr_is_text(txt) || yata_text_length(txt->type, &all)) return;
    if (index > all || length > all - index || !range(txt, &index, &length) || !length) return;
    (void)yata_text_delete(txt->type, txn->core, index, length);
}

void ytext_remove_range(const Branch *txt, YTransaction *txn, uint32_t index, uint32_t length) {
    if (refuses_inside(txt, txn) && !yata_text_delete(txt->type, txn->core, index, length)) return;
    remove_range(txt, txn, index, length);
}

/* ------------------------------------------------------------------------
 * Deltas
 */
YDeltaIn ydelta_input_retain(uint32_t len, const YInput *attrs) {
    return (YDeltaIn){Y_EVENT_CHANGE_RETAIN, len, attrs, NULL};
}
YDeltaIn ydelta_input_delete(uint32_t len) {
    return (YDeltaIn){Y_EVENT_CHANGE_DELETE, len, NULL, NULL};
}
YDeltaIn ydelta_input_insert(const YInput *data, const YInput *attrs) {
    return (YDeltaIn){Y_EVENT_CHANGE_ADD, 1, attrs, data};
}

/* One insertion with exactly its attributes. */
static void insert_op(const Branch *txt, YTransaction *txn, uint32_t *at, const YDeltaIn *op) {
    YInput none = yinput_json_map(NULL, NULL, 0);
    const YInput *attributes = op->attributes ? op->attributes : &none;
    uint32_t before, after;
    if (!op->insert || yata_text_length(txt->type, &before)) return;
    if (op->insert->tag == Y_JSON_STR)
        ytext_insert(txt, txn, *at, op->insert->value.str, attributes);
    else
        ytext_insert_embed(txt, txn, *at, op->insert, attributes);
    if (!yata_text_length(txt->type, &after) && after > before) *at += after - before;
}

/* One after the other, each looking for its place anew: for deltas that insert shared types. */
static void apply_steps(const Branch *txt, YTransaction *txn, const YDeltaIn *delta, uint32_t delta_len) {
    uint32_t at = 0, all;
    for (uint32_t i = 0; i < delta_len; i++) {
        const YDeltaIn *op = &delta[i];
        if (yata_text_length(txt->type, &all)) return;
        uint32_t left = at < all ? all - at : 0, len = op->len < left ? op->len : left;
        switch (op->tag) {
        case Y_EVENT_CHANGE_ADD:
            insert_op(txt, txn, &at, op);
            break;
        case Y_EVENT_CHANGE_DELETE:
            ytext_remove_range(txt, txn, at, len);
            break;
        case Y_EVENT_CHANGE_RETAIN:
            if (op->attributes) ytext_format(txt, txn, at, len, op->attributes);
            at += len;
            break;
        default:
            return;
        }
    }
}

static yata_status push_op(yata_delta *delta, yata_delta_kind kind, uint32_t len, const YDeltaIn *op) {
    yr_built built, formats;
    const yata_value *with;
    YInput nothing = yinput_undefined();
    yata_status valued = yr_input_value(kind == YATA_DELTA_INSERT ? op->insert : &nothing, &built);
    yata_status status = yr_input_attributes(op->attributes, &formats, &with);
    if (!status) status = valued;
    yata_delta_op out = {.kind = kind, .len = len, .count = kind == YATA_DELTA_INSERT, .values = &built.value};
    if (with) out.attributes = *with;
    if (!status) status = yata_delta_push(delta, &out);
    yr_built_free(&built);
    yr_built_free(&formats);
    return status;
}

/* As one of the core, whole characters being kept and deleted. What follows an operation that is none is left out. */
static yata_status make_delta(const Branch *txt, const YDeltaIn *ops, uint32_t count, yata_delta *delta) {
    uint32_t at = 0, all;
    yata_status status = yata_text_length(txt->type, &all);
    for (uint32_t i = 0; i < count && !status; i++) {
        const YDeltaIn *op = &ops[i];
        if (op->tag == Y_EVENT_CHANGE_ADD) {
            if (op->insert) status = push_op(delta, YATA_DELTA_INSERT, 1, op);
        } else if (op->tag == Y_EVENT_CHANGE_DELETE || op->tag == Y_EVENT_CHANGE_RETAIN) {
            uint32_t end = op->len < all - at ? at + op->len : all;
            bool deletes = op->tag == Y_EVENT_CHANGE_DELETE;
            status = yata_text_round_up(txt->type, &end);
            if (!status && end > at)
                status = push_op(delta, deletes ? YATA_DELTA_DELETE : YATA_DELTA_RETAIN, end - at, op);
            at = end;
        } else {
            return status;
        }
    }
    return status;
}

void ytext_insert_delta(const Branch *txt, YTransaction *txn, YDeltaIn *delta, uint32_t delta_len) {
    if (!yr_writes(txn) || !yr_is_text(txt) || !delta) return;
    for (uint32_t i = 0; i < delta_len; i++) {
        bool inserts = delta[i].tag == Y_EVENT_CHANGE_ADD && delta[i].insert;
        if (inserts && delta[i].insert->tag > 0) {
            apply_steps(txt, txn, delta, delta_len);
            return;
        }
    }
    yata_delta *plain;
    if (yata_delta_new(&yr_allocator, &plain)) return;
    if (!make_delta(txt, delta, delta_len, plain)) (void)yata_text_apply_delta(txt->type, txn->core, plain);
    yata_delta_free(plain);
}

/* ------------------------------------------------------------------------
 * Reading
 */
uint32_t ytext_len(const Branch *txt, const YTransaction *txn) {
    uint32_t len = 0;
    if (!txt || !yr_reads(txn) || yata_text_length(txt->type, &len)) return 0;
    return len;
}

/* Of what is no text: an empty string. */
char *ytext_string(const Branch *txt, const YTransaction *txn) {
    yata_buffer out;
    if (!txt || !yr_reads(txn)) return NULL;
    yata_buffer_init(&out, &yr_allocator);
    yata_status status = yata_text_read(txt->type, &out);
    if (status == YATA_ERR_TYPE || status == YATA_ERR_GONE) status = YATA_OK;
    return yr_string(&out, status);
}

YChunk *ytext_chunks(const Branch *txt, const YTransaction *txn, uint32_t *chunks_len) {
    yata_delta *delta;
    yata_delta_op op;
    if (chunks_len) *chunks_len = 0;
    if (!txt || !yr_reads(txn) || !chunks_len || yata_delta_new(&yr_allocator, &delta)) return NULL;
    size_t n = yata_text_to_delta(txt->type, delta) ? 0 : yata_delta_count(delta);
    yr_arena arena;
    YChunk *chunks = n ? yr_arena_begin(&arena, n * sizeof *chunks, 0) : NULL;
    for (size_t i = 0; chunks && i < n && !arena.failed && !yata_delta_at(delta, i, &op); i++) {
        yr_output(&arena, txt->doc, &op.values[0], NULL, &chunks[i].data);
        chunks[i].fmt = yr_output_members(&arena, txt->doc, &op.attributes, &chunks[i].fmt_len);
    }
    yata_delta_free(delta);
    if (chunks) chunks = yr_arena_end(&arena, chunks);
    if (chunks) *chunks_len = (uint32_t)n;
    return chunks;
}

void ychunks_destroy(YChunk *chunks, uint32_t len) {
    (void)len;
    yr_arena_free(chunks);
}

/* ------------------------------------------------------------------------
 * The same under the names of XML
 */
uint32_t yxmltext_len(const Branch *txt, const YTransaction *txn) {
    return ytext_len(txt, txn);
}
void yxmltext_insert(const Branch *txt, YTransaction *txn, uint32_t index, const char *str, const YInput *attrs) {
    ytext_insert(txt, txn, index, str, attrs);
}
void yxmltext_insert_embed(const Branch *txt, YTransaction *txn, uint32_t index, const YInput *content,
                           const YInput *attrs) {
    ytext_insert_embed(txt, txn, index, content, attrs);
}
void yxmltext_format(const Branch *txt, YTransaction *txn, uint32_t index, uint32_t len, const YInput *attrs) {
    ytext_format(txt, txn, index, len, attrs);
}
void yxmltext_remove_range(const Branch *txt, YTransaction *txn, uint32_t idx, uint32_t len) {
    ytext_remove_range(txt, txn, idx, len);
}
