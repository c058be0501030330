/* SPDX-License-Identifier: MIT */
/*
 * position.c - relative positions (spec/positions.md).
 *
 * A position is an id and an association, so that everything here is arithmetic on one item: an index becomes the unit
 * beside it, a unit becomes the sum of what stands before it. Ids count UTF-16 units whatever the offset unit of the
 * document is; only the two ends of the way, yt_seq_find and yt_clocks_to_units, know of units.
 */
#include "base/number.h"
#include "base/utf.h"
#include "doc/branch.h"
#include "doc/content.h"
#include "doc/redo.h"
#include "doc/store.h"
#include "types/sequence.h"
#include "wire/any.h"

#include <yata/position.h>

enum { BY_ITEM = 0, BY_ROOT = 1, BY_TYPE = 2 }; /* tags on the wire */

#define ASSOC_MAX ((INT64_C(1) << 53) - 1)

static bool is_valid(const yata_position *p) {
    return p && (p->has_item || p->has_type || p->has_root) && p->assoc >= -ASSOC_MAX && p->assoc <= ASSOC_MAX &&
           (!p->has_item || p->item.client <= YT_CLIENT_MAX) && (!p->has_type || p->type.client <= YT_CLIENT_MAX) &&
           (!p->has_root || !p->root.len || p->root.data);
}

/* ------------------------------------------------------------------------
 * From an index
 */

/* Elements of arrays and XML are clocks, also where a foreign peer has put text among them. */
static bool counts_clocks(const yt_branch *branch) {
    return branch->kind == YATA_KIND_ARRAY || branch->kind == YATA_KIND_XML_ELEMENT ||
           branch->kind == YATA_KIND_XML_FRAGMENT;
}

static yata_id public_id(const yata_doc *doc, yt_id id) {
    return (yata_id){yt_client_at(doc, id.slot)->client, id.clock};
}

/* The unit behind a place: false at the end. */
static bool unit_behind(yata_doc *doc, yt_branch *branch, const yt_seq_pos *pos, yt_id *out) {
    yt_ref ref = pos->item;
    if (pos->item) {
        const yt_item *it = yt_at(doc, pos->item);
        if (pos->offset < it->len) {
            *out = (yt_id){it->id.slot, it->id.clock + pos->offset};
            return true;
        }
    }
    do ref = yt_seq_next_living(doc, branch, ref);
    while (ref && !yt_is_visible(yt_at(doc, ref)));
    if (ref) *out = yt_at(doc, ref)->id;
    return ref != 0;
}

yata_status yata_position_from_index(yata_type type, uint32_t index, int64_t assoc, yata_position *out) {
    yt_branch *branch;
    yt_seq_pos pos;
    yt_id unit = {YT_NONE, 0};
    if (!out || assoc > ASSOC_MAX || assoc < -ASSOC_MAX) return YATA_ERR_ARGUMENT;
    yata_status status = yt_branch_resolve(type, &branch);
    if (status) return status;
    yata_doc *doc = type.doc;
    status = counts_clocks(branch) ? yt_sequence_find(doc, branch, index, &pos) : yt_seq_find(doc, branch, index, &pos);
    if (status) return status;
    *out = (yata_position){.assoc = assoc};
    if (assoc < 0 && pos.item) {
        const yt_item *it = yt_at(doc, pos.item);
        unit = (yt_id){it->id.slot, it->id.clock + pos.offset - 1};
        out->has_item = true;
    } else if (assoc >= 0) {
        out->has_item = unit_behind(doc, branch, &pos, &unit);
    }
    if (out->has_item) out->item = public_id(doc, unit);
    out->has_type = branch->owner != 0;
    out->has_root = !branch->owner;
    if (branch->owner)
        out->type = public_id(doc, yt_at(doc, branch->owner)->id);
    else
        out->root = yt_strings_get(&doc->strings, branch->name);
    return YATA_OK;
}

/* ------------------------------------------------------------------------
 * Bytes
 */
yata_status yata_position_encode(const yata_position *position, yata_buffer *out) {
    if (!is_valid(position) || !out) return YATA_ERR_ARGUMENT;
    yt_mem mem;
    yt_mem_init(&mem, &out->allocator);
    yt_writer w;
    yt_writer_init(&w, &mem);
    if (position->has_item || !position->has_root) {
        const yata_id *id = position->has_item ? &position->item : &position->type;
        yt_write_u8(&w, position->has_item ? BY_ITEM : BY_TYPE);
        yt_write_var_uint(&w, id->client);
        yt_write_var_uint(&w, id->clock);
    } else {
        yt_write_u8(&w, BY_ROOT);
        yt_write_var_bytes(&w, position->root.data, position->root.len);
    }
    yt_write_var_int(&w, position->assoc);
    return yt_writer_to_buffer(&w, out);
}

static yata_id read_id(yt_reader *r) {
    yata_id id = {yt_read_var_uint(r), 0};
    id.clock = yt_read_clock(r);
    return id;
}

yata_status yata_position_decode(yata_bytes bytes, yata_position *out, yata_fault *fault) {
    if (!out || (bytes.len && !bytes.data)) return YATA_ERR_ARGUMENT;
    yt_reader r;
    yata_position p = {.assoc = 0};
    yt_reader_init(&r, bytes.data, bytes.len);
    uint64_t tag = yt_read_var_uint(&r);
    if (tag == BY_ITEM) {
        p.has_item = true;
        p.item = read_id(&r);
    } else if (tag == BY_ROOT) {
        p.has_root = true;
        p.root = yt_read_var_string(&r, NULL);
    } else if (tag == BY_TYPE) {
        p.has_type = true;
        p.type = read_id(&r);
    } else {
        yt_reader_fail_at(&r, YATA_ERR_KIND, r.start);
    }
    if (yt_reader_ok(&r) && yt_reader_left(&r)) p.assoc = yt_read_var_int(&r, NULL);
    if (fault) *fault = r.fault;
    if (yt_reader_ok(&r)) *out = p;
    return r.fault.status;
}

/* ------------------------------------------------------------------------
 * JSON
 */
static void write_number(yt_writer *w, int64_t x) {
    char digits[YT_NUMBER_MAX];
    yt_write_bytes(w, digits, yt_number_print_int(x, digits));
}

static void write_id(yt_writer *w, const char *name, yata_id id) {
    yt_write_text(w, name);
    yt_write_text(w, ":{\"client\":");
    write_number(w, (int64_t)id.client);
    yt_write_text(w, ",\"clock\":");
    write_number(w, id.clock);
    yt_write_text(w, "},");
}

yata_status yata_position_to_json(const yata_position *position, yata_buffer *out) {
    if (!is_valid(position) || !out) return YATA_ERR_ARGUMENT;
    yt_mem mem;
    yt_mem_init(&mem, &out->allocator);
    yt_writer w;
    yt_writer_init(&w, &mem);
    yt_write_text(&w, "{");
    if (position->has_type) write_id(&w, "\"type\"", position->type);
    if (position->has_root) {
        yt_write_text(&w, "\"tname\":");
        yt_json_write_string(&w, position->root);
        yt_write_text(&w, ",");
    }
    if (position->has_item) write_id(&w, "\"item\"", position->item);
    yt_write_text(&w, "\"assoc\":");
    write_number(&w, position->assoc);
    yt_write_text(&w, "}");
    return yt_writer_to_buffer(&w, out);
}

static bool is_name(yata_str key, const char *name, size_t len) {
    return key.len == len && !memcmp(key.data, name, len);
}

/* An integer of at most `max`, either way. JSON numbers without a fraction may come as floats. */
static bool integer_of(const yata_value *value, int64_t max, int64_t *out) {
    if (value->kind == YATA_VALUE_INT) {
        *out = value->u.integer;
    } else if (value->kind == YATA_VALUE_FLOAT) {
        if (!(value->u.number >= -(double)max && value->u.number <= (double)max)) return false;
        *out = (int64_t)value->u.number;
        if ((double)*out != value->u.number) return false;
    } else {
        return false;
    }
    return *out <= max && *out >= -max;
}

/* {"client": ..., "clock": ...}, or null for none. */
static bool id_of(const yata_value *value, bool *has, yata_id *out) {
    yata_value_iter it;
    yata_str key;
    yata_value member;
    int64_t client = -1, clock = -1;
    *has = value->kind != YATA_VALUE_NULL;
    if (!*has) return true;
    if (value->kind != YATA_VALUE_OBJECT || yata_value_iter_init(&it, value)) return false;
    while (yata_value_iter_next(&it, &key, &member)) {
        if (is_name(key, "client", 6) && !integer_of(&member, (int64_t)YT_CLIENT_MAX, &client)) return false;
        if (is_name(key, "clock", 5) && !integer_of(&member, YT_CLOCK_MAX, &clock)) return false;
    }
    if (client < 0 || clock < 0) return false;
    *out = (yata_id){(uint64_t)client, (uint32_t)clock};
    return true;
}

static bool member_of(yata_position *p, yata_str key, const yata_value *value) {
    if (is_name(key, "item", 4)) return id_of(value, &p->has_item, &p->item);
    if (is_name(key, "type", 4)) return id_of(value, &p->has_type, &p->type);
    if (is_name(key, "assoc", 5)) {
        p->assoc = 0;
        return value->kind == YATA_VALUE_NULL || integer_of(value, ASSOC_MAX, &p->assoc);
    }
    if (!is_name(key, "tname", 5)) return true;
    p->has_root = value->kind == YATA_VALUE_STRING;
    if (p->has_root) p->root = value->u.string;
    return p->has_root || value->kind == YATA_VALUE_NULL;
}

static yata_status read_object(const yata_value *object, yata_position *p) {
    yata_value_iter it;
    yata_str key;
    yata_value value;
    if (object->kind != YATA_VALUE_OBJECT) return YATA_ERR_VALUE;
    yata_status status = yata_value_iter_init(&it, object);
    while (!status && yata_value_iter_next(&it, &key, &value))
        if (!member_of(p, key, &value)) status = YATA_ERR_VALUE;
    if (!status && !is_valid(p)) status = YATA_ERR_VALUE;
    return status;
}

yata_status yata_position_from_json(yata_str json, yata_buffer *name, yata_position *out, yata_fault *fault) {
    if (fault) *fault = (yata_fault){YATA_OK, 0};
    if (!name || !out || (json.len && !json.data)) return YATA_ERR_ARGUMENT;
    yata_buffer bytes;
    yata_buffer_init(&bytes, &name->allocator);
    yata_value object;
    yata_position p = {.assoc = 0};
    yata_status status = yata_value_from_json(json, &bytes, &object, fault);
    if (!status) status = read_object(&object, &p);
    if (!status && p.has_root) {
        size_t at = name->len;
        status = yata_buffer_append(name, p.root.data, p.root.len);
        p.root.data = name->data ? (const char *)name->data + at : "";
    }
    if (!status) *out = p;
    if (fault && !fault->status) fault->status = status;
    yata_buffer_free(&bytes);
    return status;
}

/* ------------------------------------------------------------------------
 * To an index
 */

/* The item that holds a unit, and how many of its clocks stand before it. */
static yata_status find_unit(const yata_doc *doc, yata_id id, bool follow_redone, yt_ref *out, uint32_t *offset) {
    uint32_t slot = yt_slot_find(doc, id.client);
    if (yt_state(doc, slot) <= id.clock) return YATA_ERR_NOT_FOUND;
    if (follow_redone) {
        *out = yt_follow_redone(doc, (yt_id){slot, id.clock}, offset);
        return *out ? YATA_OK : YATA_ERR_GONE;
    }
    *out = yt_item_find(yt_client_at(doc, slot), id.clock);
    if (!*out) return YATA_ERR_GONE;
    *offset = id.clock - yt_at(doc, *out)->id.clock;
    return YATA_OK;
}

static uint32_t size_of(const yata_doc *doc, const yt_branch *branch, const yt_item *it) {
    return !yt_is_visible(it) ? 0 : counts_clocks(branch) ? it->len : yt_units(doc, it);
}

static yata_status resolve_item(const yata_position *position, const yata_doc *doc, bool follow_redone,
                                const yt_branch **branch, uint32_t *index) {
    yt_ref ref;
    uint32_t offset;
    yata_status status = find_unit(doc, position->item, follow_redone, &ref, &offset);
    if (status) return status;
    const yt_item *it = yt_at(doc, ref);
    *branch = yt_branch_at(doc, it->parent);
    *index = 0;
    if (yt_is_visible(it)) {
        offset += position->assoc < 0;
        *index = counts_clocks(*branch) ? offset : yt_clocks_to_units(doc, it, offset);
    }
    if (!yt_is_keyed(it) && ((*branch)->units == (*branch)->len || !counts_clocks(*branch))) {
        *index += yt_seq_start(doc, *branch, ref);
        return YATA_OK;
    }
    for (ref = it->left; ref; ref = yt_at(doc, ref)->left) *index += size_of(doc, *branch, yt_at(doc, ref));
    return YATA_OK;
}

static yata_status resolve_type(const yata_position *position, const yata_doc *doc, bool follow_redone,
                                const yt_branch **branch) {
    yt_ref ref;
    uint32_t offset;
    if (position->has_root) {
        *branch = yt_root_find(doc, position->root);
        return *branch ? YATA_OK : YATA_ERR_NOT_FOUND;
    }
    yata_status status = find_unit(doc, position->type, follow_redone, &ref, &offset);
    if (!status && yt_at(doc, ref)->content != YT_TYPE) status = YATA_ERR_GONE;
    if (!status) *branch = yt_branch_at(doc, yt_at(doc, ref)->chunk);
    return status;
}

yata_status yata_position_resolve(const yata_position *position, const yata_doc *doc, bool follow_redone,
                                  yata_type *type, uint32_t *index) {
    const yt_branch *branch;
    uint32_t at = 0;
    yata_status status;
    if (!is_valid(position) || !doc) return YATA_ERR_ARGUMENT;
    if (position->has_item) {
        status = resolve_item(position, doc, follow_redone, &branch, &at);
    } else {
        status = resolve_type(position, doc, follow_redone, &branch);
        if (!status && position->assoc >= 0) at = counts_clocks(branch) ? branch->len : branch->units;
    }
    if (status) return status;
    if (type) *type = yt_branch_handle(doc, branch);
    if (index) *index = at;
    return YATA_OK;
}

/* ------------------------------------------------------------------------
 * Comparing
 */
static bool same_id(bool has_a, yata_id a, bool has_b, yata_id b) {
    return has_a == has_b && (!has_a || (a.client == b.client && a.clock == b.clock));
}

bool yata_position_equal(const yata_position *a, const yata_position *b) {
    if (!a || !b) return a == b;
    if (a->assoc != b->assoc || a->has_root != b->has_root) return false;
    if (a->has_root && (a->root.len != b->root.len || (a->root.len && memcmp(a->root.data, b->root.data, a->root.len))))
        return false;
    return same_id(a->has_item, a->item, b->has_item, b->item) && same_id(a->has_type, a->type, b->has_type, b->type);
}
