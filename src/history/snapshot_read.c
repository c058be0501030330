/* SPDX-License-Identifier: MIT */
/*
 * snapshot_read.c - types as they were (spec/snapshots.md, "Reading").
 *
 * An item is there if its id lies below the client's state and outside the deletions. Lists and maps are read without
 * touching the document, unit by unit; texts are cut at the borders first, because that is what Yjs does and the
 * merging afterwards shows in the bytes.
 */
#include "doc/branch.h"
#include "doc/content.h"
#include "history/snapshot.h"
#include "types/delta.h"
#include "types/insert.h"
#include "wire/any.h"

enum {
    TEXTS = YT_KIND(YATA_KIND_TEXT) | YT_KIND(YATA_KIND_XML_TEXT) | YT_KIND(YATA_KIND_UNTYPED),
    LISTS = YT_KIND(YATA_KIND_ARRAY) | YT_KIND(YATA_KIND_XML_ELEMENT) | YT_KIND(YATA_KIND_XML_FRAGMENT) |
            YT_KIND(YATA_KIND_UNTYPED),
    MAPS = YT_KIND(YATA_KIND_MAP) | YT_KIND(YATA_KIND_XML_ELEMENT) | YT_KIND(YATA_KIND_XML_HOOK) | TEXTS
};

yata_status yt_snapshot_look(yata_type type, unsigned kinds, yt_branch **out) {
    if (!type.doc || type.ref >= type.doc->branches.len) return YATA_ERR_ARGUMENT;
    *out = yt_branch_at(type.doc, type.ref);
    if (!*out || (*out)->generation != type.generation) return YATA_ERR_GONE;
    return YT_KIND((*out)->kind) & kinds ? YATA_OK : YATA_ERR_TYPE;
}

/* ------------------------------------------------------------------------
 * Visibility
 */
static yata_id public_id(const yata_doc *doc, const yt_item *it) {
    return (yata_id){yt_client_at(doc, it->id.slot)->client, it->id.clock};
}

uint32_t yt_snapshot_piece(const yata_snapshot *snapshot, const yata_doc *doc, const yt_item *it, uint32_t offset,
                           bool *visible) {
    yata_id id = public_id(doc, it);
    uint32_t state = yt_state_vector_get(&snapshot->states, id.client), clock = id.clock + offset;
    uint32_t end = id.clock + it->len;
    *visible = false;
    if (clock >= state) return end - clock;
    if (end > state) end = state;
    const yt_runs *runs = yt_id_set_find(&snapshot->deletes, id.client);
    yt_run run;
    if (runs && yt_runs_find(runs, clock, &run)) {
        if (run.clock <= clock) return (run.clock + run.len < end ? run.clock + run.len : end) - clock;
        if (run.clock < end) end = run.clock;
    }
    *visible = true;
    return end - clock;
}

bool yt_snapshot_shows_item(const yata_snapshot *snapshot, const yata_doc *doc, const yt_item *it) {
    return snapshot ? yata_snapshot_shows(snapshot, public_id(doc, it)) : !yt_is_deleted(it);
}

/* ------------------------------------------------------------------------
 * Lists
 */
yata_status yata_snapshot_list_init(yata_snapshot_list *list, const yata_snapshot *snapshot, yata_type type) {
    yt_branch *branch;
    if (!list) return YATA_ERR_ARGUMENT;
    *list = (yata_snapshot_list){snapshot, type, 0, 0};
    if (!snapshot) return YATA_ERR_ARGUMENT;
    yata_status status = yt_snapshot_look(type, LISTS, &branch);
    if (!status) list->item = branch->first;
    return status;
}

bool yata_snapshot_list_next(yata_snapshot_list *list, yata_value *out) {
    const yata_doc *doc = list->type.doc;
    while (list->item) {
        const yt_item *it = yt_at(doc, list->item);
        bool visible = false;
        while (yt_content_countable(it->content) && list->offset < it->len) {
            uint32_t piece = yt_snapshot_piece(list->snapshot, doc, it, list->offset, &visible);
            if (visible) {
                yt_content_element(doc, it, list->offset++, out);
                return true;
            }
            list->offset += piece;
        }
        list->item = it->right;
        list->offset = 0;
    }
    return false;
}

/* ------------------------------------------------------------------------
 * Maps
 */
yt_ref yt_snapshot_entry(const yata_snapshot *snapshot, const yata_doc *doc, const yt_map_entry *entry) {
    yt_ref ref = entry->item;
    while (ref) {
        yata_id id = public_id(doc, yt_at(doc, ref));
        if (id.clock < yt_state_vector_get(&snapshot->states, id.client)) break;
        ref = yt_at(doc, ref)->left;
    }
    return ref && yt_snapshot_shows_item(snapshot, doc, yt_at(doc, ref)) ? ref : 0;
}

static bool entry_value(const yata_snapshot *snapshot, const yata_doc *doc, const yt_map_entry *entry,
                        yata_value *out) {
    yt_ref ref = yt_snapshot_entry(snapshot, doc, entry);
    if (!ref || yt_at(doc, ref)->content == YT_DELETED) return false;
    const yt_item *it = yt_at(doc, ref);
    if (out) yt_content_value(doc, it, it->content == YT_STRING ? 0 : it->len - 1, out);
    return true;
}

yata_status yata_snapshot_map_get(const yata_snapshot *snapshot, yata_type type, yata_str key, yata_value *out) {
    yt_branch *branch;
    if (!snapshot || (key.len && !key.data)) return YATA_ERR_ARGUMENT;
    yata_status status = yt_snapshot_look(type, MAPS, &branch);
    if (status) return status;
    uint32_t interned = yt_strings_find(&type.doc->strings, key);
    const yt_map_entry *entry = interned == YT_NONE ? NULL : yt_entry_find(branch, interned);
    return entry && entry_value(snapshot, type.doc, entry, out) ? YATA_OK : YATA_ERR_NOT_FOUND;
}

yata_status yata_snapshot_map_init(yata_snapshot_map *map, const yata_snapshot *snapshot, yata_type type) {
    yt_branch *branch;
    if (!map) return YATA_ERR_ARGUMENT;
    *map = (yata_snapshot_map){snapshot, type, UINT32_MAX};
    if (!snapshot) return YATA_ERR_ARGUMENT;
    yata_status status = yt_snapshot_look(type, MAPS, &branch);
    if (!status) map->entry = 0;
    return status;
}

bool yata_snapshot_map_next(yata_snapshot_map *map, yata_str *key, yata_value *out) {
    yt_branch *branch;
    if (map->entry == UINT32_MAX || yt_snapshot_look(map->type, MAPS, &branch)) return false;
    while (map->entry < branch->entries.len) {
        const yt_map_entry *entry = &branch->entries.data[map->entry++];
        if (!entry_value(map->snapshot, map->type.doc, entry, out)) continue;
        if (key) *key = yt_strings_get(&map->type.doc->strings, entry->key);
        return true;
    }
    return false;
}

/* ------------------------------------------------------------------------
 * Texts
 */
typedef struct text_walk {
    yata_doc *doc;
    const yata_snapshot *snapshot, *before;
    yata_snapshot_change_fn change;
    void *ctx;
    yata_delta *delta;
    yt_attributes current;
    yt_writer mark; /* the value of "ychange" in `current` */
} text_walk;

static const yata_bytes mark_name = {(const uint8_t *)"ychange", 7};

static bool is_text(const yata_value *value, const char *text, size_t len) {
    return value->kind == YATA_VALUE_STRING && value->u.string.len == len && !memcmp(value->u.string.data, text, len);
}

static bool is_client(const yata_value *value, uint64_t client) {
    if (value->kind == YATA_VALUE_INT) return value->u.integer >= 0 && (uint64_t)value->u.integer == client;
    return value->kind == YATA_VALUE_FLOAT && value->u.number == (double)client;
}

/* Does the mark in force say this already: {user: the client, type: the change}? */
static bool says(yata_bytes mark, yata_snapshot_change change, yata_id id) {
    yata_value value, member;
    yata_value_iter it;
    yata_str name;
    bool user = false, type = false;
    yt_any_view(mark, &value);
    if (value.kind != YATA_VALUE_OBJECT || yata_value_iter_init(&it, &value)) return false;
    while (yata_value_iter_next(&it, &name, &member)) {
        if (name.len == 4 && !memcmp(name.data, "user", 4)) user = is_client(&member, id.client);
        if (name.len == 4 && !memcmp(name.data, "type", 4))
            type = change == YATA_CHANGE_REMOVED ? is_text(&member, "removed", 7) : is_text(&member, "added", 5);
    }
    return user && type;
}

/* {"type": "removed"} and {"type": "added"} */
static yata_bytes usual_mark(yata_snapshot_change change) {
    static const char removed[] = "\x76\x01\x04type\x77\x07removed", added[] = "\x76\x01\x04type\x77\x05"
                                                                               "added";
    return change == YATA_CHANGE_REMOVED ? (yata_bytes){(const uint8_t *)removed, sizeof removed - 1}
                                         : (yata_bytes){(const uint8_t *)added, sizeof added - 1};
}

static yata_status put_mark(text_walk *k, yata_snapshot_change change, yata_id id) {
    yata_status status = yt_delta_flush(k->delta, &k->current);
    if (status) return status;
    yata_bytes any = usual_mark(change);
    if (k->change) {
        yata_value value = {.kind = YATA_VALUE_UNDEFINED};
        k->change(k->ctx, change, id, &value);
        k->mark.len = 0;
        k->mark.failed = false;
        status = yt_any_write_value(&k->mark, &value);
        any = (yata_bytes){k->mark.data, k->mark.len};
    }
    if (!status && !yt_attribute_set(&k->delta->mem, &k->current, mark_name, any)) status = YATA_ERR_MEMORY;
    return status;
}

/* The mark that a piece of text asks for, before it is appended. */
static yata_status mark_text(text_walk *k, const yt_item *it) {
    const yata_bytes *current = yt_attribute_get(&k->current, mark_name);
    yata_id id = public_id(k->doc, it);
    bool removed = k->snapshot && !yt_snapshot_shows_item(k->snapshot, k->doc, it);
    if (removed || (k->before && !yt_snapshot_shows_item(k->before, k->doc, it))) {
        yata_snapshot_change change = removed ? YATA_CHANGE_REMOVED : YATA_CHANGE_ADDED;
        return current && says(*current, change, id) ? YATA_OK : put_mark(k, change, id);
    }
    if (!current) return YATA_OK;
    yata_status status = yt_delta_flush(k->delta, &k->current);
    yt_attribute_remove(&k->current, mark_name);
    return status;
}

static yata_status read_item(text_walk *k, const yt_item *it) {
    bool shown = yt_snapshot_shows_item(k->snapshot, k->doc, it);
    yata_status status = YATA_OK;
    yata_value value;
    if (!shown && !(k->before && yt_snapshot_shows_item(k->before, k->doc, it))) return YATA_OK;
    if (it->content == YT_STRING) {
        status = mark_text(k, it);
        if (!status)
            status = yt_delta_text(k->delta, (yata_bytes){yt_text(k->doc, yt_slice_of(it)), yt_text_bytes(k->doc, it)});
    } else if (it->content == YT_EMBED || it->content == YT_TYPE) {
        status = yt_delta_flush(k->delta, &k->current);
        yt_content_value(k->doc, it, 0, &value);
        if (!status) status = yt_delta_embed(k->delta, &value, &k->current);
    } else if (it->content == YT_FORMAT && shown) {
        status = yt_delta_flush(k->delta, &k->current);
        if (!status && !yt_format_pass(k->doc, &k->delta->mem, &k->current, it)) status = YATA_ERR_MEMORY;
    }
    return status;
}

static yata_status read_text(text_walk *k, const yt_branch *branch) {
    yata_status status = YATA_OK;
    yt_delta_begin(k->delta);
    for (yt_ref ref = branch->first; ref && !status; ref = yt_at(k->doc, ref)->right)
        status = read_item(k, yt_at(k->doc, ref));
    if (!status) status = yt_delta_flush(k->delta, &k->current);
    return yt_delta_end(k->delta, status);
}

yata_status yata_snapshot_text(const yata_snapshot *snapshot, const yata_snapshot *before, yata_type text,
                               yata_snapshot_change_fn change, void *ctx, yata_delta *delta) {
    static const yata_bytes why = {(const uint8_t *)"cleanup", 7};
    yt_branch *branch;
    yata_txn *txn = NULL;
    if (!delta) return YATA_ERR_ARGUMENT;
    yata_status status = yt_snapshot_look(text, TEXTS, &branch);
    if (status) return status;
    text_walk k = {.doc = text.doc, .snapshot = snapshot, .before = before, .change = change, .ctx = ctx};
    k.delta = delta;
    yt_writer_init(&k.mark, &delta->mem);
    if (snapshot || before) status = yata_txn_begin(text.doc, why, &txn);
    if (!status && snapshot) status = yt_snapshot_cut(snapshot, txn);
    if (!status && before) status = yt_snapshot_cut(before, txn);
    if (!status) status = read_text(&k, branch);
    yt_attributes_free(&delta->mem, &k.current);
    yt_writer_free(&k.mark);
    /* Who gets a failure gets nothing appended. */
    yata_status committed = txn ? yata_txn_commit(txn) : YATA_OK;
    if (!status && committed) {
        delta->ops.len = delta->from;
        delta->values.len = delta->from_value;
        status = committed;
    }
    return status;
}
