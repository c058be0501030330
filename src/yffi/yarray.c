/* SPDX-License-Identifier: MIT */
/* yarray.c - arrays. */
#include "yffi/handles.h"

struct YArrayIter {
    YDoc *doc; /* a reference */
    yata_array_iter it;
    uint32_t index;
};

uint32_t yarray_len(const Branch *array) {
    uint32_t len = 0;
    if (!array || yata_array_length(array->type, &len)) return 0;
    return len;
}

YOutput *yarray_get(const Branch *array, const YTransaction *txn, uint32_t index) {
    yata_value value;
    if (!array || !yr_reads(txn) || yata_array_get(array->type, index, &value)) return NULL;
    yr_source source = {.type = array->type, .index = index};
    return yr_output_new(array->doc, &value, &source);
}

char *yarray_get_json(const Branch *array, const YTransaction *txn, uint32_t index) {
    yata_value value;
    yata_buffer out;
    if (!array || !yr_reads(txn) || yata_array_get(array->type, index, &value)) return NULL;
    yata_buffer_init(&out, &yr_allocator);
    return yr_string(&out, yr_json_value(&value, &out));
}

void yarray_insert_range(const Branch *array, YTransaction *txn, uint32_t index, const YInput *items,
                         uint32_t items_len) {
    if (array && yr_writes(txn) && items_len)
        (void)yr_insert_range(array->doc, array->type, txn, index, items, items_len);
}

void yarray_remove_range(const Branch *array, YTransaction *txn, uint32_t index, uint32_t len) {
    if (array && yr_writes(txn)) (void)yata_array_delete(array->type, txn->core, index, len);
}

YArrayIter *yarray_iter(const Branch *array, YTransaction *txn) {
    YArrayIter *iter = array && yr_reads(txn) ? malloc(sizeof *iter) : NULL;
    if (!iter) return NULL;
    *iter = (YArrayIter){.doc = ydoc_clone(array->doc)};
    (void)yata_array_iter_init(&iter->it, array->type);
    return iter;
}

YOutput *yarray_iter_next(YArrayIter *iterator) {
    yata_value value;
    if (!iterator || !yata_array_iter_next(&iterator->it, &value)) return NULL;
    yr_source source = {.type = iterator->it.array, .index = iterator->index++};
    return yr_output_new(iterator->doc, &value, &source);
}

void yarray_iter_destroy(YArrayIter *iter) {
    if (!iter) return;
    ydoc_destroy(iter->doc);
    free(iter);
}
