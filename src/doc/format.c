/* SPDX-License-Identifier: MIT */
/*
 * format.c - keeping rich text free of formats that change nothing (spec/types.md, "Formats").
 *
 * The rules are those of Yjs, step by step, because every peer cleans by itself and what they delete must be the same.
 */
#include "doc/format.h"

#include "base/hash.h"
#include "base/sort.h"
#include "doc/branch.h"
#include "doc/content.h"
#include "doc/delete.h"
#include "wire/any.h"

/* ------------------------------------------------------------------------
 * Attributes
 */
static bool same_bytes(yata_bytes a, yata_bytes b) {
    return a.len == b.len && (!a.len || !memcmp(a.data, b.data, a.len));
}

const yata_bytes yt_any_null = {(const uint8_t *)"\x7e", 1};

enum { FEW = 8 }; /* so many are compared one by one */

typedef struct yt_attribute_index {
    yt_strings names;
    YT_VEC(uint32_t) places; /* of each name; YT_NONE: removed */
} yt_attribute_index;

static void drop_index(yt_mem *mem, yt_attributes *attributes) {
    yt_attribute_index *index = attributes->index;
    if (!index) return;
    yt_strings_free(mem, &index->names);
    yt_vec_free(mem, &index->places);
    yt_free(mem, index, sizeof *index);
    attributes->index = NULL;
}

void yt_attributes_free(yt_mem *mem, yt_attributes *attributes) {
    drop_index(mem, attributes);
    yt_vec_free(mem, &attributes->all);
    attributes->gone = 0;
}

static yata_str name_of(const yt_attribute *attribute) {
    return (yata_str){(const char *)attribute->key.data, attribute->key.len};
}

static uint32_t find(const yt_attributes *attributes, yata_bytes key) {
    if (attributes->index) {
        uint32_t name = yt_strings_find(&attributes->index->names, (yata_str){(const char *)key.data, key.len});
        return name == YT_NONE ? YT_NONE : attributes->index->places.data[name];
    }
    for (uint32_t i = 0; i < attributes->all.len; i++)
        if (same_bytes(attributes->all.data[i].key, key)) return i;
    return YT_NONE;
}

static bool note_place(yt_mem *mem, yt_attributes *attributes, uint32_t place) {
    yt_attribute_index *index = attributes->index;
    yt_attribute *attribute = &attributes->all.data[place];
    if (!yt_vec_reserve(mem, &index->places, 1)) return false; /* first: each name has a place */
    uint32_t name = yt_strings_intern(mem, &index->names, name_of(attribute));
    if (name == YT_NONE) return false;
    if (name == index->places.len)
        yt_vec_put(&index->places, place);
    else
        index->places.data[name] = place;
    attribute->name = name;
    return true;
}

static bool make_index(yt_mem *mem, yt_attributes *attributes) {
    bool ok = (attributes->index = yt_calloc(mem, sizeof *attributes->index)) != NULL;
    for (uint32_t i = 0; i < attributes->all.len && ok; i++) ok = note_place(mem, attributes, i);
    if (!ok) drop_index(mem, attributes);
    return ok;
}

static void renumber(yt_attributes *attributes) {
    for (uint32_t i = 0; i < attributes->all.len && attributes->index; i++)
        attributes->index->places.data[attributes->all.data[i].name] = i;
}

/* Closes the places without value. */
static void settle(yt_attributes *attributes) {
    uint32_t n = 0;
    if (!attributes->gone) return;
    for (uint32_t i = 0; i < attributes->all.len; i++)
        if (yt_attribute_there(&attributes->all.data[i])) attributes->all.data[n++] = attributes->all.data[i];
    attributes->all.len = n;
    attributes->gone = 0;
    renumber(attributes);
}

const yt_attribute *yt_attribute_entry(const yt_attributes *attributes, yata_bytes key) {
    uint32_t i = find(attributes, key);
    return i == YT_NONE ? NULL : &attributes->all.data[i];
}

const yata_bytes *yt_attribute_get(const yt_attributes *attributes, yata_bytes key) {
    const yt_attribute *attribute = yt_attribute_entry(attributes, key);
    return attribute ? &attribute->value : NULL;
}

yata_bytes yt_attribute_or_null(const yt_attributes *attributes, yata_bytes key) {
    const yata_bytes *value = yt_attribute_get(attributes, key);
    return value ? *value : yt_any_null;
}

bool yt_attribute_put(yt_mem *mem, yt_attributes *attributes, yt_attribute attribute) {
    uint32_t i = find(attributes, attribute.key), n = attributes->all.len;
    if (i != YT_NONE) {
        attribute.name = attributes->all.data[i].name;
        attributes->all.data[i] = attribute;
        return true;
    }
    if (!yt_vec_reserve(mem, &attributes->all, 1)) return false;
    yt_vec_put(&attributes->all, attribute);
    if (attributes->index ? note_place(mem, attributes, n) : n < FEW || make_index(mem, attributes)) return true;
    attributes->all.len = n;
    return false;
}

bool yt_attribute_set(yt_mem *mem, yt_attributes *attributes, yata_bytes key, yata_bytes value) {
    return yt_attribute_put(mem, attributes, (yt_attribute){.key = key, .value = value, .home.chunk = YT_NONE});
}

void yt_attribute_remove(yt_attributes *attributes, yata_bytes key) {
    uint32_t i = find(attributes, key);
    if (i == YT_NONE) return;
    if (attributes->index) {
        attributes->index->places.data[attributes->all.data[i].name] = YT_NONE;
        attributes->all.data[i].value = (yata_bytes){NULL, 0};
        if (++attributes->gone > attributes->all.len / 2) settle(attributes);
        return;
    }
    attributes->all.len--;
    memmove(attributes->all.data + i, attributes->all.data + i + 1,
            (attributes->all.len - i) * sizeof *attributes->all.data);
}

void yt_attributes_sort(yt_attributes *attributes, bool (*before)(const void *a, const void *b)) {
    settle(attributes);
    if (attributes->all.len) yt_sort(attributes->all.data, attributes->all.len, sizeof(yt_attribute), before);
    renumber(attributes);
}

/* `mark`: the place before. */
static bool member_before(const void *a, const void *b) {
    const yt_attribute *x = a, *y = b;
    uint32_t i, k;
    bool first = yt_any_key_index(name_of(x), &i), second = yt_any_key_index(name_of(y), &k);
    return first && second ? i < k : first != second ? first : x->mark < y->mark;
}

void yt_attributes_arrange(yt_attributes *attributes) {
    uint32_t number;
    bool indexes = false;
    for (uint32_t i = 0; i < attributes->all.len; i++) {
        attributes->all.data[i].mark = i;
        indexes |= yt_any_key_index(name_of(&attributes->all.data[i]), &number);
    }
    if (indexes) yt_attributes_sort(attributes, member_before);
}

bool yt_attributes_copy(yt_mem *mem, yt_attributes *to, const yt_attributes *from) {
    yt_attributes_free(mem, to);
    if (!yt_attributes_count(from)) return true;
    if (!yt_vec_reserve(mem, &to->all, yt_attributes_count(from))) return false;
    for (uint32_t i = 0; i < from->all.len; i++)
        if (yt_attribute_there(&from->all.data[i])) yt_vec_put(&to->all, from->all.data[i]);
    if (to->all.len <= FEW || make_index(mem, to)) return true;
    yt_attributes_free(mem, to);
    return false;
}

/* What typeof calls an object; null is none here. */
static bool is_object(yata_bytes any) {
    return any.len && any.data[0] >= YT_ANY_BINARY && any.data[0] <= YT_ANY_OBJECT;
}

/* Canonical numbers are equal if their bytes are, but for NaN, which equals nothing, and -0, which equals 0. */
static bool same_scalar(yata_bytes a, yata_bytes b) {
    static const yata_bytes zero = {(const uint8_t *)"\x7d\x00", 2}, minus_zero = {(const uint8_t *)"\x7d\x40", 2};
    yata_value value;
    if (same_bytes(a, minus_zero)) a = zero;
    if (same_bytes(b, minus_zero)) b = zero;
    if (!same_bytes(a, b)) return false;
    if (a.data[0] != YT_ANY_FLOAT64) return true;
    yt_any_view(a, &value);
    return value.u.number == value.u.number;
}

bool yt_attribute_same(yata_bytes a, yata_bytes b) {
    if (is_object(a)) return a.data == b.data;
    return !is_object(b) && same_scalar(a, b);
}

/* The bytes of the last value that the iterator gave, which began at `from`, or behind its key. */
static yata_bytes bytes_of_last(const yata_value_iter *it, const uint8_t *from, yata_str key) {
    if (it->object) from = (const uint8_t *)key.data + key.len;
    return (yata_bytes){from, (size_t)(it->pos - from)};
}

/* The members of one value, from where the last one was found: two values in one order are compared in one walk. */
typedef struct members {
    yata_value whole;
    yata_value_iter it;
    uint32_t count, at;
} members;

/* Is there a member of that name with the same value? An array's elements have their index as name. */
static bool has_same(members *m, yata_str name, uint32_t index, yata_bytes value) {
    yata_value v;
    yata_str key = {NULL, 0};
    uint32_t number;
    for (uint32_t n = 0; n < m->count; n++) {
        if (m->at == m->count && yata_value_iter_init(&m->it, &m->whole)) return false;
        if (m->at == m->count) m->at = 0;
        const uint8_t *from = m->it.pos;
        if (!yata_value_iter_next(&m->it, &key, &v)) return false;
        uint32_t at = m->at++;
        bool object = m->it.object;
        bool found = object && name.data ? key.len == name.len && (!key.len || !memcmp(key.data, name.data, key.len))
                     : object            ? yt_any_key_index(key, &number) && number == index
                     : name.data         ? yt_any_key_index(name, &number) && number == at
                                         : at == index;
        if (found) return yt_attribute_same(bytes_of_last(&m->it, from, key), value);
    }
    return false;
}

bool yt_attribute_equal(yata_bytes a, yata_bytes b) {
    if (yt_attribute_same(a, b)) return true;
    if (!is_object(a) || !is_object(b)) return false;
    if (a.data[0] == YT_ANY_BINARY || b.data[0] == YT_ANY_BINARY) return same_bytes(a, b);
    yata_value whole, v;
    yata_value_iter it;
    yata_str key = {NULL, 0};
    uint32_t index = 0;
    members other = {.at = 0};
    yt_any_view(a, &whole);
    yt_any_view(b, &other.whole);
    other.count = yata_value_count(&other.whole);
    if (yata_value_count(&whole) != other.count || yata_value_iter_init(&it, &whole)) return false;
    if (yata_value_iter_init(&other.it, &other.whole)) return false;
    for (const uint8_t *from = it.pos; yata_value_iter_next(&it, &key, &v); from = it.pos, index++)
        if (!has_same(&other, key, index, bytes_of_last(&it, from, key))) return false;
    return true;
}

/* ------------------------------------------------------------------------
 * Formats
 */
yata_bytes yt_format_key(const yata_doc *doc, const yt_item *format) {
    return yt_elements(doc, yt_slice_of(format), 1);
}

yata_bytes yt_format_value(const yata_doc *doc, const yt_item *format) {
    yt_slice slice = {format->chunk, format->at + 1};
    return yt_elements(doc, slice, 1);
}

yt_attribute yt_format_attribute(const yata_doc *doc, const yt_item *format) {
    return (yt_attribute){
        .key = yt_format_key(doc, format), .value = yt_format_value(doc, format), .home = yt_slice_of(format)};
}

bool yt_format_pass(const yata_doc *doc, yt_mem *mem, yt_attributes *current, const yt_item *format) {
    yt_attribute attribute = yt_format_attribute(doc, format);
    if (!same_bytes(attribute.value, yt_any_null)) return yt_attribute_put(mem, current, attribute);
    yt_attribute_remove(current, attribute.key);
    return true;
}

/* Of each key the last format of the gap, in `mark`; left empty if there are few. */
static bool note_last(yata_doc *doc, yt_ref start, yt_ref end, yt_attributes *last) {
    uint32_t formats = 0;
    for (yt_ref ref = start; ref != end && formats <= FEW; ref = yt_at(doc, ref)->right)
        formats += yt_is_format(yt_at(doc, ref));
    for (yt_ref ref = start; ref != end && formats > FEW; ref = yt_at(doc, ref)->right) {
        if (!yt_is_format(yt_at(doc, ref))) continue;
        yt_attribute attribute = yt_format_attribute(doc, yt_at(doc, ref));
        attribute.mark = ref;
        if (!yt_attribute_put(&doc->mem, last, attribute)) return false;
    }
    return true;
}

/* Is the format `of` the last of its key before `end`? */
static bool is_last_of_key(const yata_doc *doc, yt_ref of, yt_ref end, const yt_attributes *last) {
    yata_bytes key = yt_format_key(doc, yt_at(doc, of));
    if (last->all.len) return yt_attribute_entry(last, key)->mark == of;
    for (yt_ref ref = yt_at(doc, of)->right; ref != end; ref = yt_at(doc, ref)->right) {
        const yt_item *it = yt_at(doc, ref);
        if (yt_is_format(it) && same_bytes(yt_format_key(doc, it), key)) return false;
    }
    return true;
}

static yata_status clean_gap(yata_txn *txn, yt_ref start, yt_ref end, yt_ref here, const yt_attributes *at_start,
                             yt_attributes *current, const yt_attributes *last) {
    yata_doc *doc = txn->doc;
    bool reached = false;
    for (yt_ref ref = start; ref != end; ref = yt_at(doc, ref)->right) {
        const yt_item *it = yt_at(doc, ref);
        reached |= ref == here;
        if (!yt_is_format(it)) continue;
        yata_bytes key = yt_format_key(doc, it), value = yt_format_value(doc, it);
        yata_bytes before = yt_attribute_or_null(at_start, key);
        if (!is_last_of_key(doc, ref, end, last) || yt_attribute_same(before, value)) {
            yata_status status = yt_delete(txn, ref);
            if (status) return status;
            if (!reached && yt_attribute_same(yt_attribute_or_null(current, key), value) &&
                !yt_attribute_same(before, value)) {
                if (same_bytes(before, yt_any_null))
                    yt_attribute_remove(current, key);
                else if (!yt_attribute_put(&doc->mem, current, *yt_attribute_entry(at_start, key)))
                    return YATA_ERR_MEMORY;
            }
        } else if (!reached && !yt_format_pass(doc, &doc->mem, current, it)) {
            return YATA_ERR_MEMORY;
        }
    }
    return YATA_OK;
}

yata_status yt_format_clean_gap(yata_txn *txn, yt_ref start, yt_ref here, const yt_attributes *at_start,
                                yt_attributes *current) {
    yata_doc *doc = txn->doc;
    yt_attributes last = {0};
    yt_ref end = start;
    while (end && !yt_is_visible(yt_at(doc, end))) end = yt_at(doc, end)->right;
    yata_status status = note_last(doc, start, end, &last) ? YATA_OK : YATA_ERR_MEMORY;
    if (!status) status = clean_gap(txn, start, end, here, at_start, current, &last);
    yt_attributes_free(&doc->mem, &last);
    return status;
}

yata_status yt_format_clean_behind(yata_txn *txn, yt_ref start, yt_ref here, const yt_attributes *at_start,
                                   yt_attributes *current) {
    yata_doc *doc = txn->doc;
    yt_ref end = here, next;
    for (; end; end = yt_at(doc, end)->right) {
        const yt_item *it = yt_at(doc, end);
        if (it->content == YT_STRING || it->content == YT_EMBED) break; /* deleted or not */
        if (yt_is_format(it) && !yt_format_pass(doc, &doc->mem, current, it)) return YATA_ERR_MEMORY;
    }
    yata_status status = YATA_OK;
    for (yt_ref ref = start; ref && ref != end && !status; ref = next) {
        const yt_item *it = yt_at(doc, ref);
        next = it->right;
        if (!yt_is_format(it)) continue;
        yata_bytes key = yt_format_key(doc, it), value = yt_format_value(doc, it);
        if (!yt_attribute_equal(yt_attribute_or_null(current, key), value) ||
            yt_attribute_equal(yt_attribute_or_null(at_start, key), value))
            status = yt_delete(txn, ref);
    }
    return status;
}

/* ------------------------------------------------------------------------
 * After a transaction from outside
 */

/* Around a deleted item, without knowing what holds there: of formats with the same key and nothing between, only the
 * last counts. */
static yata_status clean_around(yata_txn *txn, yt_ref ref) {
    yata_doc *doc = txn->doc;
    for (yt_ref right; (right = yt_at(doc, ref)->right) && !yt_is_visible(yt_at(doc, right));) ref = right;
    yt_attributes seen = {0};
    yata_status status = YATA_OK;
    for (; ref && !yt_is_visible(yt_at(doc, ref)) && !status; ref = yt_at(doc, ref)->left) {
        const yt_item *it = yt_at(doc, ref);
        if (!yt_is_format(it)) continue;
        yata_bytes key = yt_format_key(doc, it);
        if (yt_attribute_get(&seen, key))
            status = yt_delete(txn, ref);
        else if (!yt_attribute_set(&doc->mem, &seen, key, yt_any_null))
            status = YATA_ERR_MEMORY;
    }
    yt_attributes_free(&doc->mem, &seen);
    return status;
}

/* What Yjs calls cleaning the whole text: it goes through all gaps, but each of them begins with the visible item
 * before it, behind which nothing is looked at. Only the gap at the very start is cleaned. */
static yata_status clean_start(yata_txn *txn, const yt_branch *branch) {
    yata_doc *doc = txn->doc;
    yt_attributes at_start = {0}, current = {0};
    bool ok = true;
    yt_ref end = branch->first;
    for (; end && ok && !yt_is_visible(yt_at(doc, end)); end = yt_at(doc, end)->right)
        if (yt_is_format(yt_at(doc, end))) ok = yt_format_pass(doc, &doc->mem, &current, yt_at(doc, end));
    yata_status status = !ok ? YATA_ERR_MEMORY : YATA_OK;
    if (ok && end) status = yt_format_clean_gap(txn, branch->first, end, &at_start, &current);
    yt_attributes_free(&doc->mem, &current);
    return status;
}

/* Calls f for every item of the ended transaction: deleted ones, or those that are new. */
typedef yata_status visit(yata_txn *txn, yt_ref ref, uint32_t mark);

static yata_status each_item(yata_txn *txn, const yt_client *client, uint32_t from, uint32_t to, visit *f,
                             uint32_t mark) {
    yt_place place = yt_store_find(client, from);
    do {
        const yt_entry entry = yt_entry_at(client, place);
        if (entry.clock >= to) break;
        yata_status status = entry.item ? f(txn, entry.item, mark) : YATA_OK;
        if (status) return status;
    } while (yt_place_next(client, &place));
    return YATA_OK;
}

/* `cleaning` of a branch: the number of the transaction that will clean its start. */
static yata_status mark_new(yata_txn *txn, yt_ref ref, uint32_t mark) {
    const yt_item *it = yt_at(txn->doc, ref);
    if (yt_is_format(it) && !yt_is_keyed(it)) yt_branch_at(txn->doc, it->parent)->cleaning = mark;
    return YATA_OK;
}

static yata_status look_at_deleted(yata_txn *txn, yt_ref ref, uint32_t mark) {
    const yt_item *it = yt_at(txn->doc, ref);
    yt_branch *branch = yt_branch_at(txn->doc, it->parent);
    if (!yt_is_deleted(it) || yt_is_keyed(it) || !branch->cleaned || branch->cleaning == mark) return YATA_OK;
    if (it->content != YT_FORMAT) return clean_around(txn, ref);
    branch->cleaning = mark;
    return YATA_OK;
}

static yata_status clean_marked(yata_txn *txn, yt_ref ref, uint32_t mark) {
    const yt_item *it = yt_at(txn->doc, ref);
    yt_branch *branch = yt_branch_at(txn->doc, it->parent);
    if (branch->cleaning != mark) return YATA_OK;
    branch->cleaning = 0;
    return clean_start(txn, branch);
}

static yata_status each_new(yata_txn *txn, const yata_txn *ended, visit *f, uint32_t mark) {
    yata_status status = YATA_OK;
    for (uint32_t i = 0; i < ended->touched.len && !status; i++) {
        const yt_touch *touch = &ended->touched.data[i];
        const yt_client *client = yt_client_at(txn->doc, touch->slot);
        if (touch->before < touch->after) status = each_item(txn, client, touch->before, touch->after, f, mark);
    }
    return status;
}

/* Clients in the order in which something of them was first deleted, as in Yjs: what is looked at first decides whether
 * a text is cleaned around a place or at its start. */
static yata_status each_deleted(yata_txn *txn, const yata_txn *ended, visit *f, uint32_t mark) {
    uint32_t n = ended->deletions;
    if (!n) return YATA_OK;
    const yt_touch **order = yt_calloc(&txn->doc->mem, n * sizeof *order);
    if (!order) return YATA_ERR_MEMORY;
    for (uint32_t i = 0; i < ended->touched.len; i++)
        if (ended->touched.data[i].deletion) order[ended->touched.data[i].deletion - 1] = &ended->touched.data[i];
    yata_status status = YATA_OK;
    for (uint32_t i = 0; i < n && !status; i++) {
        yt_run run;
        for (yt_runs_iter it = yt_runs_begin(&order[i]->deleted); !status && yt_runs_next(&it, &run);)
            status = each_item(txn, yt_client_at(txn->doc, order[i]->slot), run.clock, run.clock + run.len, f, mark);
    }
    yt_free(&txn->doc->mem, order, n * sizeof *order);
    return status;
}

void yt_format_note_change(yata_txn *ended, const yt_branch *branch) {
    if (!ended->local && branch->cleaned && !ended->doc->keep_formats) ended->cleaning = true;
}

void yt_format_note_changes(yata_txn *ended) {
    for (uint32_t i = 0; i < ended->changed.len && !ended->local; i++) {
        const yt_branch *branch = yt_txn_changed(ended->doc, &ended->changed.data[i]);
        if (branch) yt_format_note_change(ended, branch);
    }
}

yata_status yt_format_clean_after(yata_txn *txn, const yata_txn *ended) {
    uint32_t mark = txn->number;
    yata_status status = each_new(txn, ended, mark_new, mark);
    if (!status) status = each_deleted(txn, ended, look_at_deleted, mark);
    if (!status) status = each_new(txn, ended, clean_marked, mark);
    if (!status) status = each_deleted(txn, ended, clean_marked, mark);
    return status;
}
