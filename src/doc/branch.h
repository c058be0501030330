/* SPDX-License-Identifier: MIT */
/* branch.h - shared types from inside: making, freeing, handles, map entries, roots. */
#ifndef YT_DOC_BRANCH_H
#define YT_DOC_BRANCH_H

#include "doc/model.h"

/* owner: the TYPE item, 0 for a root. name: tag, hook or root name; {NULL,0} none. NULL: no memory. */
yt_branch *yt_branch_new(yata_doc *doc, yata_kind kind, yt_ref owner, yata_str name);
/* Its list and chains must be gone. Handles on it are from now on YATA_ERR_GONE. */
void yt_branch_free(yata_doc *doc, yt_branch *branch);
void yt_branches_free(yata_doc *doc);

yata_type yt_branch_handle(const yata_doc *doc, const yt_branch *branch);
/* The branch of a handle: YATA_ERR_GONE if it or its owner is deleted, YATA_ERR_ARGUMENT for no type. */
yata_status yt_branch_resolve(yata_type type, yt_branch **out);
/* The same, deleted or not: YATA_ERR_GONE once it is collected. */
yata_status yt_branch_find(yata_type type, yt_branch **out);
/* The branch of a public call that writes; NULL: some check of it fails, or `type` is deleted and collected. */
static inline yt_branch *yt_branch_written(yata_type type, const yata_txn *txn) {
    const yata_doc *doc = type.doc;
    if (!doc || !txn || doc->txn != txn || type.ref >= doc->branches.len) return NULL;
    yt_branch *branch = yt_branch_at(doc, type.ref);
    return branch && branch->generation == type.generation ? branch : NULL;
}

/* The entry of a key, NULL if it never had one. The pointer is good until the next yt_entry_put. */
yt_map_entry *yt_entry_find(const yt_branch *branch, uint32_t key);
/* Room for one more entry? After it yt_entry_put cannot fail. */
bool yt_entry_reserve(yata_doc *doc, yt_branch *branch, uint32_t key);
void yt_entry_put(yata_doc *doc, yt_branch *branch, uint32_t key, yt_ref item);

/* The root of that name, made UNTYPED if there is none. NULL: no memory. */
yt_branch *yt_root(yata_doc *doc, yata_str name);
yt_branch *yt_root_find(const yata_doc *doc, yata_str name);

#endif
