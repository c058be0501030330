/* SPDX-License-Identifier: MIT */
/*
 * branch.c - the table of shared types.
 *
 * A handle is {document, place, generation}. Freeing a branch raises the generation of its place, so that a handle
 * somebody kept can be told from the branch that took the place.
 */
#include "doc/branch.h"

#include "doc/seq_index.h"
#include "doc/weak_links.h"

enum { LINEAR_ENTRIES = 8 }; /* up to here a key is found by looking at all */

yt_branch *yt_branch_new(yata_doc *doc, yata_kind kind, yt_ref owner, yata_str name) {
    uint32_t interned = YT_NONE;
    if (name.data) {
        interned = yt_strings_intern(&doc->mem, &doc->strings, name);
        if (interned == YT_NONE) return NULL;
    }
    if (doc->free_branch == YT_NONE && !yt_vec_reserve(&doc->mem, &doc->branches, 1)) return NULL;
    yt_branch *branch = yt_calloc(&doc->mem, sizeof *branch);
    if (!branch) return NULL;
    uint32_t ref = doc->free_branch;
    if (ref == YT_NONE) {
        ref = doc->branches.len;
        yt_branch_place place = {NULL, 0, YT_NONE};
        yt_vec_put(&doc->branches, place);
    } else {
        doc->free_branch = doc->branches.data[ref].next_free;
    }
    doc->branches.data[ref].branch = branch;
    branch->ref = ref;
    branch->generation = doc->branches.data[ref].generation;
    branch->kind = (uint8_t)kind;
    branch->owner = owner;
    branch->name = interned;
    return branch;
}

static void release(yata_doc *doc, yt_branch *branch) {
    doc->type_observers -= branch->observers.len;
    yt_vec_free(&doc->mem, &branch->observers);
    yt_vec_free(&doc->mem, &branch->entries);
    yt_seq_free(doc, branch);
    yt_u32_map_free(&doc->mem, &branch->entry_index);
    yt_free(&doc->mem, branch, sizeof *branch);
}

void yt_branch_free(yata_doc *doc, yt_branch *branch) {
    yt_branch_place *place = &doc->branches.data[branch->ref];
    uint32_t ref = branch->ref;
    if (branch->kind == YATA_KIND_WEAK) yt_weak_forget(doc, ref);
    release(doc, branch);
    place->branch = NULL;
    place->generation++;
    place->next_free = doc->free_branch;
    doc->free_branch = ref;
}

void yt_branches_free(yata_doc *doc) {
    for (uint32_t i = 0; i < doc->branches.len; i++)
        if (doc->branches.data[i].branch) release(doc, doc->branches.data[i].branch);
    yt_vec_free(&doc->mem, &doc->branches);
}

yata_type yt_branch_handle(const yata_doc *doc, const yt_branch *branch) {
    /* Reading through a handle changes nothing; the one who writes through it also holds a transaction. */
    union {
        const yata_doc *in;
        yata_doc *out;
    } cast = {doc};
    yata_type type = {cast.out, branch->ref, branch->generation};
    return type;
}

yata_status yt_branch_find(yata_type type, yt_branch **out) {
    if (!type.doc || type.ref >= type.doc->branches.len) return YATA_ERR_ARGUMENT;
    yt_branch *branch = yt_branch_at(type.doc, type.ref);
    if (!branch || branch->generation != type.generation) return YATA_ERR_GONE;
    *out = branch;
    return YATA_OK;
}

yata_status yt_branch_resolve(yata_type type, yt_branch **out) {
    yt_branch *branch;
    yata_status status = yt_branch_find(type, &branch);
    if (status) return status;
    if (branch->owner && yt_is_deleted(yt_at(type.doc, branch->owner))) return YATA_ERR_GONE;
    *out = branch;
    return YATA_OK;
}

/* ------------------------------------------------------------------------
 * Map entries
 */
yt_map_entry *yt_entry_find(const yt_branch *branch, uint32_t key) {
    if (branch->entry_index.len) {
        uint32_t at = yt_u32_map_get(&branch->entry_index, key);
        return at == YT_NONE ? NULL : &branch->entries.data[at];
    }
    for (uint32_t i = 0; i < branch->entries.len; i++)
        if (branch->entries.data[i].key == key) return &branch->entries.data[i];
    return NULL;
}

bool yt_entry_reserve(yata_doc *doc, yt_branch *branch, uint32_t key) {
    uint32_t n = branch->entries.len;
    if (yt_entry_find(branch, key)) return true;
    if (!yt_vec_reserve(&doc->mem, &branch->entries, 1)) return false;
    if (n < LINEAR_ENTRIES) return true;
    /* Room in the index: put and taken out again. The map does not shrink. */
    for (uint32_t i = branch->entry_index.len; i < n; i++)
        if (!yt_u32_map_put(&doc->mem, &branch->entry_index, branch->entries.data[i].key, i)) {
            yt_u32_map_free(&doc->mem, &branch->entry_index);
            return false;
        }
    if (yt_u32_map_put(&doc->mem, &branch->entry_index, key, n)) {
        yt_u32_map_remove(&branch->entry_index, key);
        return true;
    }
    if (n == LINEAR_ENTRIES) yt_u32_map_free(&doc->mem, &branch->entry_index);
    return false;
}

void yt_entry_put(yata_doc *doc, yt_branch *branch, uint32_t key, yt_ref item) {
    yt_map_entry entry = {key, item};
    if (branch->entry_index.len) {
        bool put = yt_u32_map_put(&doc->mem, &branch->entry_index, key, branch->entries.len);
        YT_ASSERT(put); /* yt_entry_reserve made room */
        (void)put;
    }
    yt_vec_put(&branch->entries, entry);
}

/* ------------------------------------------------------------------------
 * Roots
 */
yt_branch *yt_root_find(const yata_doc *doc, yata_str name) {
    uint32_t key = yt_strings_find(&doc->strings, name);
    if (key == YT_NONE) return NULL;
    uint32_t ref = yt_u32_map_get(&doc->root_index, key);
    return ref == YT_NONE ? NULL : yt_branch_at(doc, ref);
}

yt_branch *yt_root(yata_doc *doc, yata_str name) {
    yt_branch *branch = yt_root_find(doc, name);
    if (branch) return branch;
    if (!name.data) name.data = "";
    if (!yt_vec_reserve(&doc->mem, &doc->roots, 1)) return NULL;
    branch = yt_branch_new(doc, YATA_KIND_UNTYPED, 0, name);
    if (!branch) return NULL;
    if (!yt_u32_map_put(&doc->mem, &doc->root_index, branch->name, branch->ref)) {
        yt_branch_free(doc, branch);
        return NULL;
    }
    yt_vec_put(&doc->roots, branch->ref);
    return branch;
}
