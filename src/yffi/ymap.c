/* SPDX-License-Identifier: MIT */
/* ymap.c - maps; with other names, the attributes of XML elements and texts. */
#include "yffi/handles.h"

/* YMapEntry and YXmlAttr are the same struct with other names, and so are their iterators. */
struct YMapIter {
    YDoc *doc; /* a reference */
    yata_map_iter it;
};

static yata_status get(const Branch *map, const YTransaction *txn, yata_str key, yata_value *out) {
    if (!map || !yr_reads(txn) || !key.data) return YATA_ERR_ARGUMENT;
    return yata_map_get(map->type, key, out);
}

uint32_t ymap_len(const Branch *map, const YTransaction *txn) {
    uint32_t size = 0;
    if (!map || !yr_reads(txn) || yata_map_size(map->type, &size)) return 0;
    return size;
}

void ymap_insert(const Branch *map, YTransaction *txn, const char *key, const YInput *value) {
    if (map && key && yr_writes(txn)) (void)yr_insert_key(map->doc, map->type, txn, yr_str(key), value);
}

uint8_t ymap_remove(const Branch *map, YTransaction *txn, const char *key) {
    if (!map || !key || !yr_writes(txn)) return 0;
    return yata_map_delete(map->type, txn->core, yr_str(key)) == YATA_OK;
}

YOutput *ymap_get(const Branch *map, const YTransaction *txn, const char *key) {
    yata_value value;
    yata_str name = yr_str(key);
    if (get(map, txn, name, &value)) return NULL;
    yr_source source = {.type = map->type, .keyed = true, .key = name};
    return yr_output_new(map->doc, &value, &source);
}

char *ymap_get_json(const Branch *map, const YTransaction *txn, const char *key) {
    yata_value value;
    yata_buffer out;
    if (get(map, txn, yr_str(key), &value)) return NULL;
    yata_buffer_init(&out, &yr_allocator);
    return yr_string(&out, yr_json_value(&value, &out));
}

void ymap_remove_all(const Branch *map, YTransaction *txn) {
    if (map && yr_writes(txn)) (void)yata_map_clear(map->type, txn->core);
}

/* ------------------------------------------------------------------------
 * Walking
 */
YMapIter *ymap_iter(const Branch *map, const YTransaction *txn) {
    YMapIter *iter = map && yr_reads(txn) ? malloc(sizeof *iter) : NULL;
    if (!iter) return NULL;
    iter->doc = ydoc_clone(map->doc);
    (void)yata_map_iter_init(&iter->it, map->type);
    return iter;
}

YMapEntry *ymap_iter_next(YMapIter *iter) {
    yata_str key;
    yata_value value;
    if (!iter || !yata_map_iter_next(&iter->it, &key, &value)) return NULL;
    yr_source source = {.type = iter->it.map, .keyed = true, .key = key};
    yr_arena arena;
    YMapEntry *entry =
        yr_arena_begin(&arena, sizeof *entry, yr_aligned(sizeof(YOutput)) + key.len + 1 + yr_output_room(&value));
    YOutput *cell = yr_arena_get(&arena, sizeof *cell);
    if (cell) {
        entry->key = yr_arena_string(&arena, key);
        entry->value = cell;
        yr_output(&arena, iter->doc, &value, &source, cell);
    }
    return yr_arena_end(&arena, entry);
}

void ymap_iter_destroy(YMapIter *iter) {
    if (!iter) return;
    ydoc_destroy(iter->doc);
    free(iter);
}

/* ------------------------------------------------------------------------
 * Attributes
 */
_Static_assert(sizeof(YMapEntry) == sizeof(YXmlAttr) && offsetof(YMapEntry, value) == offsetof(YXmlAttr, value),
               "an attribute is an entry");

static bool has_attributes(const Branch *xml) {
    int8_t tag = xml ? yr_branch_tag(xml) : 0;
    return tag == Y_XML_ELEM || tag == Y_XML_TEXT;
}

void yxmlelem_insert_attr(const Branch *xml, YTransaction *txn, const char *attr_name, const YInput *attr_value) {
    if (has_attributes(xml)) ymap_insert(xml, txn, attr_name, attr_value);
}
void yxmltext_insert_attr(const Branch *txt, YTransaction *txn, const char *attr_name, const YInput *attr_value) {
    yxmlelem_insert_attr(txt, txn, attr_name, attr_value);
}

void yxmlelem_remove_attr(const Branch *xml, YTransaction *txn, const char *attr_name) {
    if (has_attributes(xml)) (void)ymap_remove(xml, txn, attr_name);
}
void yxmltext_remove_attr(const Branch *txt, YTransaction *txn, const char *attr_name) {
    yxmlelem_remove_attr(txt, txn, attr_name);
}

YOutput *yxmlelem_get_attr(const Branch *xml, const YTransaction *txn, const char *attr_name) {
    return has_attributes(xml) ? ymap_get(xml, txn, attr_name) : NULL;
}
YOutput *yxmltext_get_attr(const Branch *txt, const YTransaction *txn, const char *attr_name) {
    return yxmlelem_get_attr(txt, txn, attr_name);
}

YXmlAttrIter *yxmlelem_attr_iter(const Branch *xml, const YTransaction *txn) {
    return (YXmlAttrIter *)ymap_iter(xml, txn);
}
YXmlAttrIter *yxmltext_attr_iter(const Branch *xml, const YTransaction *txn) {
    return (YXmlAttrIter *)ymap_iter(xml, txn);
}
YXmlAttr *yxmlattr_iter_next(YXmlAttrIter *iterator) {
    return (YXmlAttr *)ymap_iter_next((YMapIter *)iterator);
}
void yxmlattr_iter_destroy(YXmlAttrIter *iterator) {
    ymap_iter_destroy((YMapIter *)iterator);
}
