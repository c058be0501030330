/* SPDX-License-Identifier: MIT */
/*
 * load.c - an update into an empty document, placed while it is read.
 *
 * A refused update must change nothing, so an update is read and checked as a whole before its first block is placed;
 * of a big one that takes more memory than the document does. But an empty document is easily made empty again: here a
 * few blocks are read, placed, and forgotten, and if something is wrong with one of those that follow, all that came is
 * thrown away.
 *
 *   sections   [ client 9: b b b b b b | b b b ][ client 4: b b b b b ]   deletions
 *                placed while read       ^ this one waits for client 4, or cannot be taken back:
 *                                          the rest is read as a whole and goes the general way (apply.c)
 *
 * The order is that of apply.c: what is placed here would have been placed first there, too.
 */
#include "doc/load.h"

#include "block/link.h"
#include "doc/append.h"
#include "doc/branch.h"
#include "doc/chunk.h"
#include "doc/pool.h"
#include "doc/seq_index.h"
#include "doc/txn.h"

enum {
    BATCH = 64,
    BLOCK_BYTES = 2,  /* of an update, for a block, at least */
    USUAL_BYTES = 16, /* the same, mostly; twice as many are no rarity */
    IN_ADVANCE = 4    /* for so many times its own length an update gets items at once */
};

/* Sections came in another order than that in which they are to be placed. No other function returns it here. */
#define UNSORTED YATA_ERR_STATE

bool yt_load_possible(const yata_doc *doc, const yata_txn *txn) {
    if (doc->clients.len || doc->pending.clients.len || doc->pending.deletes.len) return false;
    if (doc->weak || doc->subdocs || doc->cleanup) return false;
    if (!txn) return !doc->stages.len; /* they would hear of the transaction */
    return !txn->touched.len && !txn->changed.len && !txn->merge.len && !txn->subdocs;
}

/* ------------------------------------------------------------------------
 * Taking back
 */
static void empty_root(yata_doc *doc, yt_branch *branch) {
    yt_seq_drop(doc, branch);
    yt_vec_free(&doc->mem, &branch->entries);
    yt_u32_map_free(&doc->mem, &branch->entry_index);
    branch->first = branch->last = 0;
    branch->len = branch->units = branch->live = 0;
    branch->cursor = branch->cursor_index = 0;
    branch->wide = branch->formatted = branch->cleaned = false;
    branch->change_txn = branch->change = branch->cleaning = 0;
}

static void empty_branches(yata_doc *doc, uint32_t roots) {
    while (doc->roots.len > roots) {
        yt_branch *branch = yt_branch_at(doc, doc->roots.data[--doc->roots.len]);
        yt_u32_map_remove(&doc->root_index, branch->name);
        yt_branch_free(doc, branch);
    }
    for (uint32_t i = 0; i < doc->branches.len; i++) {
        yt_branch *branch = yt_branch_at(doc, i);
        if (branch && branch->owner)
            yt_branch_free(doc, branch);
        else if (branch)
            empty_root(doc, branch);
    }
}

static void empty_txn(yata_txn *txn) {
    yt_mem *mem = &txn->doc->mem;
    for (uint32_t i = 0; i < txn->touched.len; i++) yt_runs_free(mem, &txn->touched.data[i].deleted);
    for (uint32_t i = 0; i < txn->changed.len; i++) yt_vec_free(mem, &txn->changed.data[i].keys);
    txn->touched.len = txn->changed.len = txn->merge.len = 0;
    txn->deletions = 0;
    txn->garbage = txn->cleaning = false;
    txn->local = true;
}

void yt_load_take_back(yt_load *load) {
    if (!load->txn) return;
    yata_doc *doc = load->txn->doc;
    empty_txn(load->txn);
    empty_branches(doc, load->roots);
    yt_clients_free(doc);
    yt_chunks_free(doc);
    yt_chunks_init(doc);
    yt_pool_free(doc);
    doc->placed = 0;
    load->txn = NULL;
}

/* ------------------------------------------------------------------------
 * Placing
 */
static inline bool is_there(yata_doc *doc, yata_id id) {
    return id.clock < yt_state(doc, yt_slot_near(doc, id.client));
}

/* Can it be placed now, and taken back? A subdocument has a life of its own, links lead to and fro, and blocks under
 * our client id are a clash. */
static bool is_ready(yata_doc *doc, const yt_block *b) {
    if (b->content == YT_SKIP || b->content == YT_DOC || b->id.client == doc->client_id) return false;
    if (b->content == YT_TYPE && b->type_ref == YT_TYPE_REF_WEAK) return false;
    return b->id.clock == yt_state(doc, yt_slot_near(doc, b->id.client)) &&
           (!(b->info & YT_INFO_ORIGIN) || is_there(doc, b->origin)) &&
           (!(b->info & YT_INFO_RIGHT) || is_there(doc, b->right)) &&
           (b->parent != YT_PARENT_ID || is_there(doc, b->parent_id));
}

/* Places blocks of one client, up to one that is not ready: how many. */
static yata_status place(yata_txn *txn, const yt_block *blocks, uint32_t count, uint32_t *placed) {
    yata_doc *doc = txn->doc;
    for (*placed = 0; *placed < count; ++*placed) {
        uint32_t slot = yt_slot_near(doc, blocks->id.client);
        if (slot != YT_NONE) *placed += yt_append(txn, slot, blocks + *placed, count - *placed);
        if (*placed == count || !is_ready(doc, &blocks[*placed])) break;
        yata_status status = yt_integrate_block(txn, &blocks[*placed], 0);
        if (status) return status;
    }
    return YATA_OK;
}

/* How much will come if the update is what it says: room for it is made at once as far as the update's length vouches
 * for it, and else doubles. */
static void expect(yata_doc *doc, const yt_update_reader *in, uint32_t read) {
    size_t vouched = in->whole / (YT_SLAB_ITEMS * sizeof(yt_item) / IN_ADVANCE);
    doc->pool.expected = in->blocks < UINT32_MAX - read - YT_SLAB_ITEMS ? in->blocks + read + YT_SLAB_ITEMS - 1 : 0;
    doc->pool.vouched = vouched < UINT32_MAX ? (uint32_t)vouched : UINT32_MAX;
    doc->chunks.expected = in->d.ops == &yt_decoder_v1 ? yt_reader_left(&in->d.in) : in->whole;
}

/* Reads and places batch by batch; then the rest is read, behind what is left of the last batch. */
static yata_status place_all(yata_txn *txn, yt_update_reader *in, yt_update *rest, yt_block *batch, uint32_t most) {
    yata_status status = YATA_OK;
    yata_id end = {UINT64_MAX, 0}; /* of what was read */
    uint32_t n, placed = 0;
    do {
        if (rest->arena.last) yt_arena_reset(in->d.mem, &rest->arena);
        n = yt_update_reader_next(in, batch, most);
        placed = 0;
        if (!n) break;
        /* The general way begins with the highest client. */
        if (batch->id.client > end.client || (batch->id.client == end.client && batch->id.clock < end.clock)) {
            status = UNSORTED;
            break;
        }
        end = (yata_id){in->id.client, in->id.clock};
        expect(txn->doc, in, n);
        status = place(txn, batch, n, &placed);
    } while (!status && placed == n);
    if (status) {
        yt_update_reader_drop(in, rest);
        return status;
    }
    const yt_known_ids known = {yt_deleted_of, txn->doc}; /* deletions that are done need not be read */
    in->d.known = &known;
    status = yt_update_reader_rest(in, batch + placed, n - placed, rest).status;
    in->d.known = NULL;
    return status;
}

yata_status yt_load_blocks(yt_load *load, yata_txn *txn, yt_update_reader *in, yt_update *rest) {
    yata_doc *doc = txn->doc;
    const yata_bytes bytes = {in->d.in.start, in->whole};
    uint32_t most = in->whole / BLOCK_BYTES < BATCH ? (uint32_t)(in->whole / BLOCK_BYTES) + 1 : BATCH;
    yt_block *batch = yt_alloc(&doc->mem, most * sizeof *batch);
    if (!batch) {
        yt_update_reader_drop(in, rest);
        return YATA_ERR_MEMORY;
    }
    *load = (yt_load){txn, doc->roots.len};
    txn->local = false;
    yt_ends_open(doc, in->whole / USUAL_BYTES);
    yata_status status = place_all(txn, in, rest, batch, most);
    yt_ends_close(doc);
    yt_free(&doc->mem, batch, most * sizeof *batch);
    yt_pool_expected(doc);
    yt_chunks_expected(doc);
    if (!status) return YATA_OK;
    yt_load_take_back(load);
    if (status != UNSORTED) return status;
    yt_update_reader_open(in, &doc->mem, in->d.ops, bytes, SIZE_MAX, rest);
    return yt_update_reader_rest(in, NULL, 0, rest).status;
}
