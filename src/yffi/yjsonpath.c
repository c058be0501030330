/* SPDX-License-Identifier: MIT */
/* yjsonpath.c - queries over the content of a document. */
#include "yffi/handles.h"

struct YJsonPathIter {
    YDoc *doc; /* a reference */
    yata_json_path *path;
    yata_json_path_walk *walk;
};

YJsonPathIter *ytransaction_json_path(YTransaction *txn, const char *json_path) {
    if (!txn || !json_path) return NULL;
    YJsonPathIter *iter = calloc(1, sizeof *iter);
    if (!iter) return NULL;
    iter->doc = ydoc_clone(txn->doc);
    yata_status status = yata_json_path_compile(yr_str(json_path), &yr_allocator, &iter->path, NULL);
    if (!status) status = yata_json_path_select(iter->path, txn->doc->core, NULL, &iter->walk);
    if (!status) return iter;
    yjson_path_iter_destroy(iter);
    return NULL;
}

YOutput *yjson_path_iter_next(YJsonPathIter *iter) {
    yata_value value;
    if (!iter || !yata_json_path_next(iter->walk, &value)) return NULL;
    return yr_output_new(iter->doc, &value, NULL);
}

void yjson_path_iter_destroy(YJsonPathIter *iter) {
    if (!iter) return;
    yata_json_path_end(iter->walk);
    yata_json_path_free(iter->path);
    ydoc_destroy(iter->doc);
    free(iter);
}
