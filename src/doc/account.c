/* SPDX-License-Identifier: MIT */
/*
 * account.c - what the memory of a document is for, and giving back what it can do without.
 *
 * `used` is counted at every allocation; the categories are added up when somebody asks, from the capacities of what is
 * there, so that nothing has to be counted on the way.
 *
 * Trimming frees what is derived, what is kept for the next edit, and room to grow. All of it comes again when it is
 * needed; what the document is, its bytes and the order of events do not change.
 */
#include "doc/branch.h"
#include "doc/chunk.h"
#include "doc/pool.h"
#include "doc/seq_index.h"
#include "doc/store.h"
#include "doc/txn.h"

#include <yata/doc.h>

/* ------------------------------------------------------------------------
 * What it is for
 */
static size_t index_bytes(const yt_branch *branch) {
    const yt_seq_tree *tree = branch->tree;
    if (!tree) return 0;
    return sizeof *tree + tree->leaves.cap * sizeof *tree->leaves.data + tree->nodes.cap * sizeof *tree->nodes.data +
           yt_strings_bytes(&tree->keys);
}

static size_t branch_bytes(const yt_branch *branch) {
    return sizeof *branch + branch->entries.cap * sizeof *branch->entries.data +
           yt_u32_map_bytes(&branch->entry_index) + branch->observers.cap * sizeof *branch->observers.data;
}

static void add_branches(const yata_doc *doc, yata_memory *out) {
    out->maps = doc->branches.cap * sizeof *doc->branches.data + doc->roots.cap * sizeof *doc->roots.data +
                yt_u32_map_bytes(&doc->root_index) + yt_strings_bytes(&doc->strings);
    for (uint32_t i = 0; i < doc->branches.len; i++) {
        const yt_branch *branch = yt_branch_at(doc, i);
        if (!branch) continue;
        out->maps += branch_bytes(branch);
        out->index += index_bytes(branch);
    }
    out->index += (size_t)doc->marks_cap * sizeof *doc->marks;
}

static void add_clients(const yata_doc *doc, yata_memory *out) {
    out->blocks = doc->block_bytes + doc->clients.cap * sizeof *doc->clients.data + yt_u64_map_bytes(&doc->slots);
    for (uint32_t i = 0; i < doc->clients.len; i++) out->deleted += yt_runs_bytes(&doc->clients.data[i].deleted);
}

static void add_pending(const yata_doc *doc, yata_memory *out) {
    const yt_pending *p = &doc->pending;
    out->pending = p->bytes + p->clients.cap * sizeof *p->clients.data + p->ready.cap * sizeof *p->ready.data +
                   yt_u64_map_bytes(&p->index) + yt_u64_map_bytes(&p->waiters) + yt_id_set_bytes(&p->deletes);
    for (uint32_t i = 0; i < p->clients.len; i++) {
        const yt_pending_client *client = p->clients.data[i];
        const yt_pending_list *list = &client->blocks;
        out->pending += sizeof *client + list->pages.cap * sizeof *list->pages.data;
        for (uint32_t k = 0; k < list->pages.len; k++)
            out->pending += list->pages.data[k].cap * sizeof *list->pages.data[k].blocks;
    }
}

void yata_doc_memory(const yata_doc *doc, yata_memory *out) {
    memset(out, 0, sizeof *out);
    if (!doc) return;
    out->used = doc->mem.used;
    out->peak = doc->mem.peak;
    out->items = (size_t)doc->pool.slab_count * YT_SLAB_ITEMS * sizeof(yt_item) +
                 doc->pool.slab_cap * sizeof(yt_item *) + doc->pool.rows.cap * sizeof *doc->pool.rows.data;
    out->text = doc->chunks.bytes + doc->chunks.all.cap * sizeof(yt_chunk);
    add_clients(doc, out);
    add_branches(doc, out);
    add_pending(doc, out);
    out->item_count = doc->pool.live;
    out->client_count = doc->clients.len;
}

/* ------------------------------------------------------------------------
 * Trimming
 */
static void drop_indexes(yata_doc *doc) {
    for (uint32_t i = 0; i < doc->branches.len; i++) {
        yt_branch *branch = yt_branch_at(doc, i);
        if (branch) yt_seq_drop(doc, branch);
    }
    yt_free(&doc->mem, doc->marks, (size_t)doc->marks_cap * sizeof *doc->marks);
    doc->marks = NULL;
    doc->marks_cap = doc->mark = 0;
}

yata_status yata_doc_trim(yata_doc *doc) {
    if (!doc) return YATA_ERR_ARGUMENT;
    if (doc->txn || doc->cleaning) return YATA_ERR_STATE;
    drop_indexes(doc);
    yt_txn_drop_spare(doc);
    yt_pool_trim(doc);
    yt_chunks_trim(doc);
    yt_clients_trim(doc);
    return YATA_OK;
}
