/* SPDX-License-Identifier: MIT */
/*
 * ybranch.c - types as pointers: roots, ids, kinds.
 */
#include "yffi/handles.h"

/* ------------------------------------------------------------------------
 * Pointers
 */
static bool grow(YDoc *doc, uint32_t ref) {
    if (ref < doc->branch_cap) return true;
    uint32_t cap = doc->branch_cap ? doc->branch_cap : 8;
    while (cap <= ref) cap *= 2;
    Branch **more = realloc(doc->branches, cap * sizeof *more);
    if (!more) return false;
    memset(more + doc->branch_cap, 0, (cap - doc->branch_cap) * sizeof *more);
    doc->branches = more;
    doc->branch_cap = cap;
    return true;
}

/* With the guard held. */
static Branch *branch_at(YDoc *doc, yata_type type) {
    if (type.ref >= UINT32_MAX / 2 || !grow(doc, type.ref)) return NULL;
    Branch *branch = doc->branches[type.ref];
    if (branch && branch->type.generation == type.generation) return branch;
    Branch *made = malloc(sizeof *made);
    if (!made) return NULL;
    *made = (Branch){doc, type, NULL};
    if (branch) {
        branch->next = doc->gone;
        doc->gone = branch;
    }
    doc->branches[type.ref] = made;
    return made;
}

Branch *yr_branch(YDoc *doc, yata_type type) {
    if (!type.doc) return NULL;
    pthread_mutex_lock(&doc->guard);
    Branch *branch = branch_at(doc, type);
    pthread_mutex_unlock(&doc->guard);
    return branch;
}

void yr_branches_free(YDoc *doc) {
    for (uint32_t i = 0; i < doc->branch_cap; i++) free(doc->branches[i]);
    while (doc->gone) {
        Branch *next = doc->gone->next;
        free(doc->gone);
        doc->gone = next;
    }
    free(doc->branches);
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
    int8_t tag = branch ? yr_tag(branch->type) : 0;
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
