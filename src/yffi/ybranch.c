/* SPDX-License-Identifier: MIT */
/*
 * ybranch.c - types as pointers: roots, ids, kinds.
 */
#include "yffi/handles.h"

#include <stdatomic.h>

/* ------------------------------------------------------------------------
 * Pointers
 */
enum { FIRST = 8 }; /* places in segment 0; each later one has twice as many as the one before it */

/* The place of a ref, NULL if its segment is not there. *segment: that one. */
static yr_branch_place *place_of(const YDoc *doc, uint32_t ref, uint32_t *segment) {
    *segment = 31 - (uint32_t)__builtin_clz(ref / FIRST + 1);
    yr_branch_place *places = atomic_load_explicit(&doc->branches[*segment], memory_order_acquire);
    return places ? &places[ref - FIRST * ((UINT32_C(1) << *segment) - 1)] : NULL;
}

/* The Branch of a type, NULL if it was not given out yet. */
static Branch *known(const YDoc *doc, yata_type type) {
    uint32_t segment;
    if (type.ref >= UINT32_MAX / 2) return NULL;
    yr_branch_place *place = place_of(doc, type.ref, &segment);
    Branch *branch = place ? atomic_load_explicit(place, memory_order_acquire) : NULL;
    return branch && branch->type.generation == type.generation ? branch : NULL;
}

/* With the guard held: the place, made if it is not there. */
static yr_branch_place *make_place(YDoc *doc, uint32_t ref) {
    uint32_t segment;
    yr_branch_place *place = place_of(doc, ref, &segment);
    if (place) return place;
    yr_branch_place *places = calloc((size_t)FIRST << segment, sizeof *places);
    if (places) atomic_store_explicit(&doc->branches[segment], places, memory_order_release);
    return places ? place_of(doc, ref, &segment) : NULL;
}

/* With the guard held. */
static Branch *branch_at(YDoc *doc, yata_type type) {
    Branch *branch = known(doc, type);
    if (branch || type.ref >= UINT32_MAX / 2) return branch;
    yr_branch_place *place = make_place(doc, type.ref);
    Branch *made = place ? malloc(sizeof *made) : NULL;
    if (!made) return NULL;
    *made = (Branch){doc, type, yr_tag(type), NULL};
    branch = atomic_load_explicit(place, memory_order_relaxed);
    if (branch) {
        branch->next = doc->gone;
        doc->gone = branch;
    }
    atomic_store_explicit(place, made, memory_order_release);
    return made;
}

Branch *yr_branch(YDoc *doc, yata_type type) {
    if (!type.doc) return NULL;
    Branch *branch = known(doc, type);
    if (branch) return branch;
    yr_guard_take(&doc->guard);
    branch = branch_at(doc, type);
    yr_guard_give(&doc->guard);
    return branch;
}

void yr_branches_free(YDoc *doc) {
    for (uint32_t segment = 0; segment < YR_SEGMENTS; segment++) {
        yr_branch_place *places = doc->branches[segment];
        for (size_t i = 0; places && i < (size_t)FIRST << segment; i++) free(places[i]);
        free(places);
    }
    while (doc->gone) {
        Branch *next = doc->gone->next;
        free(doc->gone);
        doc->gone = next;
    }
}

/* ------------------------------------------------------------------------
 * Kinds
 */
int8_t yr_tag(yata_type type) {
    static const int8_t tags[] = {
        [YATA_KIND_UNTYPED] = Y_UNDEFINED,  [YATA_KIND_ARRAY] = Y_ARRAY,          [YATA_KIND_MAP] = Y_MAP,
        [YATA_KIND_TEXT] = Y_TEXT,          [YATA_KIND_XML_ELEMENT] = Y_XML_ELEM, [YATA_KIND_XML_FRAGMENT] = Y_XML_FRAG,
        [YATA_KIND_XML_HOOK] = Y_UNDEFINED, [YATA_KIND_XML_TEXT] = Y_XML_TEXT,    [YATA_KIND_WEAK] = Y_WEAK_LINK,
    };
    yata_kind kind;
    if (yata_type_kind(type, &kind) || (size_t)kind >= sizeof tags) return Y_UNDEFINED;
    return tags[kind];
}

int8_t ytype_kind(const Branch *branch) {
    int8_t tag = branch ? yr_tag(branch->type) : Y_UNDEFINED;
    return tag == Y_UNDEFINED ? 0 : tag;
}

bool yr_is_text(const Branch *branch) {
    int8_t tag = branch ? yr_branch_tag(branch) : 0;
    return tag == Y_TEXT || tag == Y_XML_TEXT;
}

uint8_t ybranch_alive(Branch *branch) {
    return branch && yata_type_alive(branch->type);
}

YDoc *ybranch_doc(const Branch *branch) {
    return branch ? branch->doc : NULL;
}

/* ------------------------------------------------------------------------
 * Roots
 */
static Branch *root(YDoc *doc, const char *name, yata_kind kind) {
    yata_type type;
    if (!doc || !name) return NULL;
    yr_lock(doc);
    yata_status status = yata_doc_root(doc->core, yr_str(name), kind, &type);
    if (status == YATA_ERR_TYPE) status = yata_doc_root_find(doc->core, yr_str(name), &type);
    Branch *branch = status ? NULL : branch_at(doc, type);
    yr_unlock(doc);
    /* Observers of transactions are told of this as of one that changed nothing, if none is open. */
    ytransaction_commit(ydoc_write_transaction(doc, 0, NULL));
    return branch;
}

Branch *ytext(YDoc *doc, const char *name) {
    return root(doc, name, YATA_KIND_TEXT);
}
Branch *yarray(YDoc *doc, const char *name) {
    return root(doc, name, YATA_KIND_ARRAY);
}
Branch *ymap(YDoc *doc, const char *name) {
    return root(doc, name, YATA_KIND_MAP);
}
Branch *yxmlfragment(YDoc *doc, const char *name) {
    return root(doc, name, YATA_KIND_XML_FRAGMENT);
}

Branch *ytype_get(YTransaction *txn, const char *name) {
    yata_type type;
    if (!txn || !name || yata_doc_root_find(txn->doc->core, yr_str(name), &type)) return NULL;
    return yr_branch(txn->doc, type);
}

char *ytransaction_root_name(const YTransaction *txn, uint32_t i) {
    yata_str name;
    if (!txn || yata_doc_root_at(txn->doc->core, i, &name, NULL)) return NULL;
    return yr_copy(name);
}

/* ------------------------------------------------------------------------
 * Ids
 */
YBranchId ybranch_id(const Branch *branch) {
    YBranchId none = {0, {0}}, id = none;
    yata_type_id found;
    if (!branch || yata_type_get_id(branch->type, &found)) return none;
    if (found.is_root) {
        id.client_or_len = -(int64_t)found.name.len;
        id.variant.name = (const uint8_t *)found.name.data;
    } else {
        id.client_or_len = (int64_t)found.id.client;
        id.variant.clock = found.id.clock;
    }
    return id;
}

Branch *ybranch_get(const YBranchId *branch_id, YTransaction *txn) {
    yata_type type;
    if (!branch_id || !txn) return NULL;
    yata_type_id id = {.is_root = branch_id->client_or_len < 0};
    if (id.is_root)
        id.name = (yata_str){(const char *)branch_id->variant.name, (size_t)-branch_id->client_or_len};
    else
        id.id = (yata_id){(uint64_t)branch_id->client_or_len, branch_id->variant.clock};
    return yata_doc_type_by_id(txn->doc->core, &id, &type) ? NULL : yr_branch(txn->doc, type);
}

char *ybranch_json(Branch *branch, YTransaction *txn) {
    if (!branch || !txn || !ytype_kind(branch) || ytype_kind(branch) == Y_WEAK_LINK) return NULL;
    yata_buffer out;
    yata_buffer_init(&out, &yr_allocator);
    return yr_string(&out, yr_json_type(branch->type, &out));
}
