/* SPDX-License-Identifier: MIT */
/*
 * richtext.c - formats are items between the characters; inserting with formats opens and closes them around the new
 * text, formatting opens and closes them around old text and removes those in between.
 */
#include "types/richtext.h"

#include "base/utf.h"
#include "doc/branch.h"
#include "doc/content.h"
#include "doc/delete.h"
#include "doc/integrate.h"
#include "doc/seq_index.h"
#include "types/insert.h"
#include "wire/any.h"

#include <yata/text.h>

enum { TEXTS = YT_KIND(YATA_KIND_TEXT) | YT_KIND(YATA_KIND_XML_TEXT) };

/* ------------------------------------------------------------------------
 * Attributes from a caller
 */
static yata_status read_given(yata_doc *doc, yt_given *out) {
    yata_value object, value;
    yata_value_iter it;
    yata_str key;
    yt_any_view((yata_bytes){out->bytes.data, out->bytes.len}, &object);
    yata_status status = yata_value_iter_init(&it, &object);
    while (!status && yata_value_iter_next(&it, &key, &value)) {
        const uint8_t *start = (const uint8_t *)key.data + key.len;
        yata_bytes name = {(const uint8_t *)key.data, key.len}, bytes = {start, (size_t)(it.pos - start)};
        if (value.kind == YATA_VALUE_UNDEFINED) return YATA_ERR_ARGUMENT;
        if (!yt_attribute_set(&doc->mem, &out->attributes, name, bytes)) status = YATA_ERR_MEMORY;
    }
    return status;
}

yata_status yt_given_init(yata_doc *doc, const yata_value *object, yt_given *out) {
    memset(out, 0, sizeof *out);
    yt_writer_init(&out->bytes, &doc->mem);
    if (!object) return YATA_OK;
    if (object->kind != YATA_VALUE_OBJECT) return YATA_ERR_ARGUMENT;
    yata_status status = yt_any_write_value(&out->bytes, object);
    if (!status) status = read_given(doc, out);
    if (status) yt_given_free(doc, out);
    return status;
}

void yt_given_free(yata_doc *doc, yt_given *given) {
    yt_attributes_free(&doc->mem, &given->attributes);
    yt_writer_free(&given->bytes);
}

/* ------------------------------------------------------------------------
 * Places
 */
yt_ref yt_text_right(const yata_doc *doc, const yt_text_pos *pos) {
    return pos->left ? yt_at(doc, pos->left)->right : pos->branch->first;
}

void yt_text_begin(yt_branch *branch, yt_text_pos *pos) {
    memset(pos, 0, sizeof *pos);
    pos->branch = branch;
    pos->stepwise = true;
}

void yt_text_end(yata_doc *doc, yt_text_pos *pos) {
    yt_attributes_free(&doc->mem, &pos->current);
}

/* Moves over tombstones: the item to the right is then the one returned, which is not deleted, or there is none. */
static yt_ref next_living(yata_doc *doc, yt_text_pos *pos) {
    yt_ref ref = yt_seq_next_living(doc, pos->branch, pos->left);
    pos->left = ref ? yt_at(doc, ref)->left : pos->branch->last;
    return ref;
}

/* One item to the right, which there is. */
static yata_status forward(yata_doc *doc, yt_text_pos *pos) {
    pos->left = yt_text_right(doc, pos);
    const yt_item *it = yt_at(doc, pos->left);
    return !yt_is_format(it) || yt_format_pass(doc, &doc->mem, &pos->current, it) ? YATA_OK : YATA_ERR_MEMORY;
}

/* Cuts the item `ref` if it shows more than `units`; *shown: what it shows then. */
static yata_status cut(yata_txn *txn, yt_ref ref, uint32_t units, uint32_t *shown) {
    const yt_item *it = yt_at(txn->doc, ref);
    uint32_t clocks;
    yt_ref rest;
    *shown = yt_units(txn->doc, it);
    if (units >= *shown) return YATA_OK;
    *shown = units;
    if (!yt_units_to_clocks(txn->doc, it, units, &clocks)) return YATA_ERR_RANGE;
    return yt_split_item(txn, ref, clocks, &rest);
}

/* `mark`: how many formats there are up to where it came into force. */
static bool came_before(const void *a, const void *b) {
    const yt_attribute *x = a, *y = b;
    return x->mark < y->mark;
}

/* What holds behind `end`, by key: the last format of each, in the order in which the keys came into force. */
static yata_status gather_by_key(yata_doc *doc, yt_text_pos *pos, yt_ref end, uint32_t keys) {
    yt_attributes *current = &pos->current;
    yt_attributes_free(&doc->mem, current);
    for (uint32_t key = 0; key < keys; key++) {
        yt_ref ref = yt_seq_format_of_key(doc, pos->branch, end, key);
        if (!ref) continue;
        yt_attribute attribute = yt_format_attribute(doc, yt_at(doc, ref));
        attribute.mark = key;
        if (yt_attribute_same(attribute.value, yt_any_null)) continue;
        if (!yt_attribute_put(&doc->mem, current, attribute)) return YATA_ERR_MEMORY;
    }
    if (current->all.len < 2) return YATA_OK;
    for (uint32_t i = 0; i < current->all.len; i++) {
        yt_attribute *attribute = &current->all.data[i];
        attribute->mark = yt_seq_format_since(doc, pos->branch, end, attribute->mark);
    }
    yt_attributes_sort(current, came_before);
    return YATA_OK;
}

/* What holds behind `end`: from the start on, item by item; with a tree, from format to format; where these are many,
 * by key. */
static yata_status gather_formats(yata_doc *doc, yt_text_pos *pos, yt_ref end) {
    uint32_t far = yt_seq_has_tree(pos->branch) ? 0 : YT_SEQ_FAR;
    for (uint32_t steps = 0; pos->left != end; steps++) {
        if (steps >= far && yt_seq_walked_far(doc, pos->branch)) break;
        yata_status status = forward(doc, pos);
        if (status) return status;
    }
    if (pos->left == end) return YATA_OK;
    uint32_t n = yt_seq_formats_to(doc, pos->branch, end) - yt_seq_formats_to(doc, pos->branch, pos->left);
    uint32_t keys = n < YT_SEQ_FANOUT ? YT_NONE : yt_seq_format_keys(doc, pos->branch, end);
    if (keys <= n / YT_SEQ_FANOUT) return gather_by_key(doc, pos, end, keys);
    while (n--) {
        pos->left = yt_seq_next_format(doc, pos->branch, pos->left);
        if (!yt_format_pass(doc, &doc->mem, &pos->current, yt_at(doc, pos->left))) return YATA_ERR_MEMORY;
    }
    return YATA_OK;
}

yata_status yt_text_seek_found(yata_txn *txn, yt_branch *branch, const yt_seq_pos *at, yt_text_pos *pos) {
    yata_doc *doc = txn->doc;
    yata_status status = YATA_OK;
    yt_ref rest;
    yt_text_begin(branch, pos);
    pos->stepwise = false;
    if (at->item && at->offset < yt_at(doc, at->item)->len) status = yt_split_item(txn, at->item, at->offset, &rest);
    if (!status && branch->formatted) status = gather_formats(doc, pos, at->item);
    pos->left = at->item;
    return status;
}

yata_status yt_text_seek(yata_txn *txn, yt_branch *branch, uint32_t index, yt_text_pos *pos) {
    yt_seq_pos at;
    yt_text_begin(branch, pos);
    yata_status status = yt_seq_find(txn->doc, branch, index, &at);
    return status ? status : yt_text_seek_found(txn, branch, &at, pos);
}

/* ------------------------------------------------------------------------
 * Formats around a place
 */

/* Moves right over what is deleted, and over formats that set what is wanted anyhow. */
static yata_status minimize(yata_doc *doc, yt_text_pos *pos, const yt_attributes *wanted) {
    yata_status status = YATA_OK;
    for (yt_ref ref; !status && (ref = next_living(doc, pos)); status = forward(doc, pos)) {
        const yt_item *it = yt_at(doc, ref);
        if (it->content != YT_FORMAT) break;
        const yata_bytes *want = yt_attribute_get(wanted, yt_format_key(doc, it));
        if ((!want && doc->as_yrs) || !yt_attribute_equal(want ? *want : yt_any_null, yt_format_value(doc, it))) break;
    }
    return status;
}

/* A new item here, or more of the one to the left; the place moves behind it. */
static yata_status put(yata_txn *txn, yt_text_pos *pos, const yt_block *content, yt_ref *out) {
    yt_ref ref;
    yata_status status = yt_write(txn, pos->branch, pos->left, yt_text_right(txn->doc, pos), content, &ref);
    if (status) return status;
    if (out) *out = ref;
    return ref == pos->left ? YATA_OK : forward(txn->doc, pos);
}

/* A format that takes up what an earlier one said shares its content: in Yjs the values are then one object, and
 * whether they are shows (yt_attribute_same). */
static yata_status put_format(yata_txn *txn, yt_text_pos *pos, const yt_attribute *a) {
    yt_block content = {
        .content = YT_FORMAT, .len = 1, .name = {(const char *)a->key.data, a->key.len}, .data = a->value};
    if (a->home.chunk == YT_NONE) return put(txn, pos, &content, NULL);
    yt_ref ref;
    yata_status status = yt_insert_again(txn, pos->branch, pos->left, yt_text_right(txn->doc, pos), a->home, &ref);
    return status ? status : forward(txn->doc, pos);
}

/* Opens what is wanted and not in force; `negated`: what is to hold again behind. */
static yata_status open_formats(yata_txn *txn, yt_text_pos *pos, const yt_attributes *wanted, yt_attributes *negated) {
    yata_doc *doc = txn->doc;
    yata_status status = YATA_OK;
    for (uint32_t i = 0; i < wanted->all.len && !status; i++) {
        yt_attribute want = wanted->all.data[i];
        if (!yt_attribute_there(&want)) continue;
        const yt_attribute *now = yt_attribute_entry(&pos->current, want.key);
        if (yt_attribute_equal(now ? now->value : yt_any_null, want.value)) continue;
        yt_attribute none = {.key = want.key, .value = yt_any_null, .home.chunk = YT_NONE};
        if (!yt_attribute_put(&doc->mem, negated, now ? *now : none)) return YATA_ERR_MEMORY;
        status = put_format(txn, pos, &want);
    }
    return status;
}

static yata_status close_formats(yata_txn *txn, yt_text_pos *pos, yt_attributes *negated) {
    yata_doc *doc = txn->doc;
    yata_status status = YATA_OK;
    for (yt_ref ref; !status && (ref = yt_text_right(doc, pos)); status = forward(doc, pos)) {
        const yt_item *it = yt_at(doc, ref);
        if (yt_is_deleted(it)) continue;
        if (it->content != YT_FORMAT) break;
        yata_bytes key = yt_format_key(doc, it);
        const yata_bytes *wanted = yt_attribute_get(negated, key);
        if (!wanted || !yt_attribute_equal(*wanted, yt_format_value(doc, it))) break;
        yt_attribute_remove(negated, key);
    }
    for (uint32_t i = 0; i < negated->all.len && !status; i++)
        if (yt_attribute_there(&negated->all.data[i])) status = put_format(txn, pos, &negated->all.data[i]);
    return status;
}

/* ------------------------------------------------------------------------
 * Edits at a place
 */
yata_status yt_text_put_content(yata_txn *txn, yt_text_pos *pos, const yt_block *content, yt_attributes *attributes,
                                yt_ref *out) {
    yata_doc *doc = txn->doc;
    for (uint32_t i = 0; i < pos->current.all.len; i++) {
        yata_bytes key = pos->current.all.data[i].key;
        if (!yt_attribute_there(&pos->current.all.data[i])) continue;
        if (!yt_attribute_get(attributes, key) && !yt_attribute_set(&doc->mem, attributes, key, yt_any_null))
            return YATA_ERR_MEMORY;
    }
    yt_attributes_arrange(attributes);
    yt_attributes negated = {0};
    uint32_t before = yt_own_state(doc);
    yata_status status = minimize(doc, pos, attributes);
    if (!status) status = open_formats(txn, pos, attributes, &negated);
    if (!status) status = put(txn, pos, content, out);
    if (!status) status = close_formats(txn, pos, &negated);
    if (status) yt_take_back(txn, before);
    yt_attributes_free(&doc->mem, &negated);
    return status;
}

yata_status yt_text_put_inheriting(yata_txn *txn, yt_text_pos *pos, const yt_block *content, yt_ref *out) {
    yata_doc *doc = txn->doc;
    yt_attributes inherited = {0};
    if (doc->as_yrs) {
        if (content->content == YT_STRING) (void)next_living(doc, pos);
        return put(txn, pos, content, out);
    }
    yata_status status = yt_attributes_copy(&doc->mem, &inherited, &pos->current) ? YATA_OK : YATA_ERR_MEMORY;
    if (!status) status = yt_text_put_content(txn, pos, content, &inherited, out);
    yt_attributes_free(&doc->mem, &inherited);
    return status;
}

/* A format inside the formatted stretch. *stop: it belongs to what follows. */
static yata_status reformat(yata_txn *txn, yt_ref ref, bool at_end, const yt_attributes *wanted, yt_attributes *negated,
                            bool *stop) {
    yata_doc *doc = txn->doc;
    yt_attribute found = yt_format_attribute(doc, yt_at(doc, ref));
    const yata_bytes *want = yt_attribute_get(wanted, found.key);
    if (!want) return YATA_OK;
    if (yt_attribute_equal(*want, found.value)) {
        yt_attribute_remove(negated, found.key);
    } else if (at_end && !doc->as_yrs) {
        *stop = true;
        return YATA_OK;
    } else if (!yt_attribute_put(&doc->mem, negated, found)) {
        return YATA_ERR_MEMORY;
    }
    return yt_delete(txn, ref);
}

static yata_status put_line_feeds(yata_txn *txn, yt_text_pos *pos, uint32_t count) {
    yt_writer w;
    yt_writer_init(&w, &txn->doc->mem);
    yata_status status = YATA_ERR_MEMORY;
    if (yt_writer_reserve(&w, count)) {
        memset(w.data, '\n', count);
        yt_block content = {.content = YT_STRING, .len = count, .data = {w.data, count}};
        status = put(txn, pos, &content, NULL);
    }
    yt_writer_free(&w);
    return status;
}

yata_status yt_text_format(yata_txn *txn, yt_text_pos *pos, uint32_t len, const yt_attributes *attributes) {
    yata_doc *doc = txn->doc;
    yt_attributes negated = {0};
    yata_status status = minimize(doc, pos, attributes);
    if (!status) status = open_formats(txn, pos, attributes, &negated);
    for (yt_ref ref; !status && (ref = yt_text_right(doc, pos));) {
        const yt_item *it = yt_at(doc, ref);
        if (!len && !(yt_attributes_count(&negated) && !yt_is_visible(it))) break;
        bool stop = false;
        if (yt_is_format(it)) {
            status = reformat(txn, ref, !len, attributes, &negated, &stop);
        } else if (!yt_is_deleted(it)) {
            uint32_t shown;
            status = cut(txn, ref, len, &shown);
            len -= shown;
        }
        if (stop) break;
        if (!status) status = forward(doc, pos);
    }
    if (!status && len && !doc->as_yrs) status = put_line_feeds(txn, pos, len);
    if (!status) status = close_formats(txn, pos, &negated);
    yt_attributes_free(&doc->mem, &negated);
    return status;
}

/* yrs knows of no formats at a place before which none is in force, unless it came there step by step. */
static void clean_gap(yata_txn *txn, yt_text_pos *pos, yt_ref start, const yt_attributes *at_start) {
    yt_ref here = yt_text_right(txn->doc, pos);
    if (!txn->doc->as_yrs)
        (void)yt_format_clean_gap(txn, start, here, at_start, &pos->current);
    else if (pos->stepwise || yt_attributes_count(at_start))
        (void)yt_format_clean_behind(txn, start, here, at_start, &pos->current);
}

yata_status yt_text_delete(yata_txn *txn, yt_text_pos *pos, uint32_t len) {
    yata_doc *doc = txn->doc;
    yt_attributes at_start = {0};
    yt_refs refs = {NULL, 0, 0};
    yt_ref start = yt_text_right(doc, pos), one = 0;
    yata_status status = yt_attributes_copy(&doc->mem, &at_start, &pos->current) ? YATA_OK : YATA_ERR_MEMORY;
    for (yt_ref ref; len && !status && (ref = next_living(doc, pos));) {
        if (yt_is_visible(yt_at(doc, ref))) {
            uint32_t shown;
            status = cut(txn, ref, len, &shown);
            len -= shown;
            if (!status && !len && !refs.len && yt_at(doc, ref)->content == YT_STRING && !txn->undo) {
                one = ref; /* needs no list */
                break;
            }
            if (!status && !yt_delete_gather(txn, ref, &refs)) status = YATA_ERR_MEMORY;
        }
        if (!status) status = forward(doc, pos);
    }
    if (!status) status = one ? yt_delete(txn, one) : yt_delete_gathered(txn, &refs);
    if (!status && one) status = forward(doc, pos);
    /* The text is gone; should memory lack now, formats that hold for nothing stay. */
    if (!status && start && pos->branch->formatted) clean_gap(txn, pos, start, &at_start);
    yt_vec_free(&doc->mem, &refs);
    yt_attributes_free(&doc->mem, &at_start);
    return status;
}

/* ------------------------------------------------------------------------
 * Public
 */
yata_status yt_text_insert_content(yata_txn *txn, yt_branch *branch, uint32_t index, const yt_block *content,
                                   const yata_value *attributes, yt_ref *out) {
    yt_given given;
    yt_text_pos pos;
    bool inherits = attributes && attributes->kind == YATA_VALUE_UNDEFINED;
    yata_status status = yt_given_init(txn->doc, inherits ? NULL : attributes, &given);
    if (status) return status;
    status = yt_text_seek(txn, branch, index, &pos);
    uint32_t units = branch->units;
    if (!status && inherits)
        status = yt_text_put_inheriting(txn, &pos, content, out);
    else if (!status)
        status = yt_text_put_content(txn, &pos, content, &given.attributes, out);
    if (!status) yt_seq_written(txn->doc, branch, *out, index + branch->units - units);
    yt_text_end(txn->doc, &pos);
    yt_given_free(txn->doc, &given);
    return status;
}

yata_status yata_text_insert_with(yata_type text, yata_txn *txn, uint32_t index, yata_str str,
                                  const yata_value *attributes) {
    yt_branch *branch;
    yt_block content;
    yt_ref ref;
    yata_status status = yt_open(text, txn, TEXTS, &branch);
    if (!status) status = yt_text_content(str, &content);
    if (status) return status;
    if (index > branch->units) return YATA_ERR_RANGE;
    return content.len ? yt_text_insert_content(txn, branch, index, &content, attributes, &ref) : YATA_OK;
}

yata_status yata_text_embed(yata_type text, yata_txn *txn, uint32_t index, const yata_value *embed,
                            const yata_value *attributes) {
    yt_branch *branch;
    yt_ref ref;
    yata_status status = yt_open(text, txn, TEXTS, &branch);
    if (status) return status;
    if (!embed || embed->kind == YATA_VALUE_UNDEFINED) return YATA_ERR_ARGUMENT; /* as in Yjs: v1 has no text for it */
    yt_writer w;
    yt_writer_init(&w, &txn->doc->mem);
    status = yt_any_write_value(&w, embed);
    yt_block content = {.content = YT_EMBED, .len = 1, .data = {w.data, w.len}};
    if (!status) status = yt_text_insert_content(txn, branch, index, &content, attributes, &ref);
    yt_writer_free(&w);
    return status;
}

yata_status yata_text_embed_type(yata_type text, yata_txn *txn, uint32_t index, yata_kind kind, yata_str name,
                                 const yata_value *attributes, yata_type *out) {
    yt_branch *branch;
    yt_block content;
    yt_ref ref;
    yata_status status = yt_open(text, txn, TEXTS, &branch);
    if (!status) status = yt_type_content(kind, name, &content);
    if (!status) status = yt_text_insert_content(txn, branch, index, &content, attributes, &ref);
    if (!status && out) *out = yt_type_of(txn->doc, ref);
    return status;
}

yata_status yata_text_format(yata_type text, yata_txn *txn, uint32_t index, uint32_t len,
                             const yata_value *attributes) {
    yt_branch *branch;
    yt_given given;
    yt_text_pos pos;
    yata_status status = yt_open(text, txn, TEXTS, &branch);
    if (status) return status;
    yata_doc *doc = txn->doc;
    if (!attributes) return YATA_ERR_ARGUMENT;
    if (index > branch->units) return YATA_ERR_RANGE;
    if (len > YT_CLOCK_MAX - index) return YATA_ERR_LIMIT;
    status = yt_given_init(doc, attributes, &given);
    if (status) return status;
    yt_seq_pos end;
    if (doc->unit == YATA_OFFSET_UTF8 && index + len <= branch->units)
        status = yt_seq_find(doc, branch, index + len, &end);
    if (!status && len) {
        status = yt_text_seek(txn, branch, index, &pos);
        if (!status && yt_text_right(doc, &pos)) status = yt_text_format(txn, &pos, len, &given.attributes);
        yt_text_end(doc, &pos);
    }
    yt_given_free(doc, &given);
    return status;
}
