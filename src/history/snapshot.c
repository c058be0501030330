/* SPDX-License-Identifier: MIT */
/*
 * snapshot.c - states of the past as a state vector and a delete set (spec/snapshots.md).
 *
 * Invariant: both are in their one form (entries above 0, runs sorted and joined), so that equal states are equal sets,
 * whoever wrote them.
 */
#include "history/snapshot.h"

#include "doc/branch.h"
#include "doc/encode_state.h"
#include "doc/integrate.h"

#include <yata/update.h>

/* ------------------------------------------------------------------------
 * Making
 */
yata_status yata_snapshot_new(const yata_allocator *allocator, yata_snapshot **out) {
    if (!out) return YATA_ERR_ARGUMENT;
    yt_mem mem;
    yt_mem_init(&mem, allocator);
    if (!mem.allocator.alloc) return YATA_ERR_ARGUMENT;
    yata_snapshot *snapshot = yt_calloc(&mem, sizeof *snapshot);
    *out = snapshot;
    if (!snapshot) return YATA_ERR_MEMORY;
    snapshot->mem = mem;
    return YATA_OK;
}

void yata_snapshot_free(yata_snapshot *snapshot) {
    if (!snapshot) return;
    yt_state_vector_free(&snapshot->mem, &snapshot->states);
    yt_id_set_free(&snapshot->mem, &snapshot->deletes);
    yt_mem mem = snapshot->mem;
    yt_free(&mem, snapshot, sizeof *snapshot);
}

static bool copy_client(yata_snapshot *s, const yt_client *client) {
    yt_run run;
    if (!client->state) return true;
    if (!yt_state_vector_set(&s->mem, &s->states, client->client, client->state)) return false;
    for (yt_runs_iter it = yt_runs_begin(&client->deleted); yt_runs_next(&it, &run);)
        if (!yt_id_set_add(&s->mem, &s->deletes, client->client, run.clock, run.len)) return false;
    return true;
}

yata_status yata_snapshot_take(const yata_doc *doc, const yata_allocator *allocator, yata_snapshot **out) {
    yata_snapshot *s;
    if (!doc || !out) return YATA_ERR_ARGUMENT;
    *out = NULL;
    yata_status status = yata_snapshot_new(allocator, &s);
    if (status) return status;
    for (uint32_t i = 0; i < doc->clients.len; i++)
        if (!copy_client(s, &doc->clients.data[i])) {
            yata_snapshot_free(s);
            return YATA_ERR_MEMORY;
        }
    *out = s;
    return YATA_OK;
}

/* ------------------------------------------------------------------------
 * Bytes
 */

static void write_states(const yt_state_vector *states, yt_writer *w) {
    size_t size = states->len * sizeof(yt_state_entry);
    yt_state_entry *order = size ? yt_alloc(w->mem, size) : NULL;
    if (size && !order) {
        w->failed = true;
        return;
    }
    if (size) memcpy(order, states->entries, size);
    yt_state_entries_sort(order, states->len);
    yt_state_entries_write(order, states->len, w);
    yt_free(w->mem, order, size);
}

static yata_status encode(const yata_snapshot *snapshot, void (*write)(const yt_id_set *set, yt_writer *w),
                          yata_buffer *out) {
    if (!snapshot || !out) return YATA_ERR_ARGUMENT;
    yt_mem mem;
    yt_mem_init(&mem, &out->allocator);
    yt_writer w;
    yt_writer_init(&w, &mem);
    write(&snapshot->deletes, &w);
    write_states(&snapshot->states, &w);
    return yt_writer_to_buffer(&w, out);
}

yata_status yata_snapshot_encode(const yata_snapshot *snapshot, yata_buffer *out) {
    return encode(snapshot, yt_id_set_write_v1, out);
}

yata_status yata_snapshot_encode_v2(const yata_snapshot *snapshot, yata_buffer *out) {
    return encode(snapshot, yt_id_set_write_v2, out);
}

/* Clock 0 says nothing. */
static bool drop_zeros(yata_snapshot *s) {
    yt_state_vector states = {0};
    bool ok = true;
    for (uint32_t i = 0; i < s->states.len && ok; i++)
        if (s->states.entries[i].clock)
            ok = yt_state_vector_set(&s->mem, &states, s->states.entries[i].client, s->states.entries[i].clock);
    yt_state_vector_free(&s->mem, &s->states);
    s->states = states;
    return ok;
}

static yata_status decode(yata_bytes bytes, void (*read)(yt_mem *mem, yt_id_set *set, yt_reader *r),
                          const yata_allocator *allocator, yata_snapshot **out, yata_fault *fault) {
    yata_snapshot *s;
    if (fault) *fault = (yata_fault){YATA_OK, 0};
    if (!out || (bytes.len && !bytes.data)) return YATA_ERR_ARGUMENT;
    *out = NULL;
    yata_status status = yata_snapshot_new(allocator, &s);
    yt_reader r;
    yt_reader_init(&r, bytes.data, bytes.len);
    if (!status) {
        read(&s->mem, &s->deletes, &r);
        if (yt_reader_ok(&r)) yt_state_vector_read(&s->mem, &s->states, &r);
        status = r.fault.status;
        bool zeros = false;
        for (uint32_t i = 0; i < s->states.len; i++) zeros |= !s->states.entries[i].clock;
        if (!status && zeros && !drop_zeros(s)) status = YATA_ERR_MEMORY;
    }
    if (fault) *fault = (yata_fault){status, r.fault.offset};
    if (status)
        yata_snapshot_free(s);
    else
        *out = s;
    return status;
}

yata_status yata_snapshot_decode(yata_bytes bytes, const yata_allocator *allocator, yata_snapshot **out,
                                 yata_fault *fault) {
    return decode(bytes, yt_id_set_read_v1, allocator, out, fault);
}

yata_status yata_snapshot_decode_v2(yata_bytes bytes, const yata_allocator *allocator, yata_snapshot **out,
                                    yata_fault *fault) {
    return decode(bytes, yt_id_set_read_v2, allocator, out, fault);
}

/* ------------------------------------------------------------------------
 * Asking
 */
static bool same_runs(const yt_runs *a, const yt_runs *b) {
    yt_run x, y;
    if (!b || a->count != b->count) return false;
    yt_runs_iter j = yt_runs_begin(b);
    for (yt_runs_iter i = yt_runs_begin(a); yt_runs_next(&i, &x) && yt_runs_next(&j, &y);)
        if (x.clock != y.clock || x.len != y.len) return false;
    return true;
}

bool yata_snapshot_equal(const yata_snapshot *a, const yata_snapshot *b) {
    if (!a || !b || a->states.len != b->states.len || a->deletes.len != b->deletes.len) return a == b;
    for (uint32_t i = 0; i < a->states.len; i++)
        if (yt_state_vector_get(&b->states, a->states.entries[i].client) != a->states.entries[i].clock) return false;
    for (uint32_t i = 0; i < a->deletes.len; i++)
        if (!same_runs(&a->deletes.clients[i].runs, yt_id_set_find(&b->deletes, a->deletes.clients[i].client)))
            return false;
    return true;
}

bool yata_snapshot_shows(const yata_snapshot *snapshot, yata_id id) {
    return snapshot && id.clock < yt_state_vector_get(&snapshot->states, id.client) &&
           !yt_id_set_contains(&snapshot->deletes, id);
}

typedef struct containment {
    const yata_snapshot *snapshot;
    bool all;
} containment;

static bool knows_client(void *ctx, uint64_t client, uint32_t from, uint32_t to) {
    containment *c = ctx;
    (void)from;
    c->all = to <= yt_state_vector_get(&c->snapshot->states, client);
    return c->all;
}

static bool knows_deletion(void *ctx, yata_id first, uint32_t len) {
    containment *c = ctx;
    const yt_runs *runs = yt_id_set_find(&c->snapshot->deletes, first.client);
    yt_run run;
    c->all = !len || (runs && yt_runs_find(runs, first.clock, &run) && run.clock <= first.clock &&
                      first.clock + len <= run.clock + run.len);
    return c->all;
}

typedef yata_status meta_fn(yata_bytes update, const yata_update_visitor *visitor, const yata_allocator *allocator,
                            yata_fault *fault);

static yata_status contains(const yata_snapshot *snapshot, meta_fn *meta, yata_bytes update, bool *out,
                            yata_fault *fault) {
    if (!snapshot || !out) return YATA_ERR_ARGUMENT;
    containment c = {snapshot, true};
    yata_update_visitor visitor = {.ctx = &c, .client = knows_client, .deleted = knows_deletion};
    yata_status status = meta(update, &visitor, &snapshot->mem.allocator, fault);
    if (!status) *out = c.all;
    return status;
}

yata_status yata_snapshot_contains_update(const yata_snapshot *snapshot, yata_bytes update, bool *out,
                                          yata_fault *fault) {
    return contains(snapshot, yata_update_meta, update, out, fault);
}

yata_status yata_snapshot_contains_update_v2(const yata_snapshot *snapshot, yata_bytes update, bool *out,
                                             yata_fault *fault) {
    return contains(snapshot, yata_update_meta_v2, update, out, fault);
}

/* ------------------------------------------------------------------------
 * The document
 */
static yata_status cut_at(yata_txn *txn, uint64_t client, uint32_t clock) {
    yt_ref ref;
    uint32_t slot = yt_slot_find(txn->doc, client);
    return clock < yt_state(txn->doc, slot) ? yt_clean_start(txn, slot, clock, &ref) : YATA_OK;
}

yata_status yt_snapshot_cut(const yata_snapshot *snapshot, yata_txn *txn) {
    yata_status status = YATA_OK;
    for (uint32_t i = 0; i < snapshot->states.len && !status; i++)
        status = cut_at(txn, snapshot->states.entries[i].client, snapshot->states.entries[i].clock);
    for (uint32_t i = 0; i < snapshot->deletes.len && !status; i++) {
        const yt_id_set_client *client = &snapshot->deletes.clients[i];
        yt_run run;
        for (yt_runs_iter it = yt_runs_begin(&client->runs); !status && yt_runs_next(&it, &run);) {
            if (run.clock >= yt_state(txn->doc, yt_slot_find(txn->doc, client->client))) break;
            status = cut_at(txn, client->client, run.clock);
            if (!status) status = cut_at(txn, client->client, run.clock + run.len);
        }
    }
    return status;
}

yata_status yt_snapshot_check(const yata_snapshot *snapshot, const yata_doc *doc) {
    if (!doc->keep_deleted) return YATA_ERR_STATE;
    for (uint32_t i = 0; i < snapshot->states.len; i++)
        if (yt_state(doc, yt_slot_find(doc, snapshot->states.entries[i].client)) < snapshot->states.entries[i].clock)
            return YATA_ERR_NOT_FOUND;
    return YATA_OK;
}

static yata_status encode_cut(const yata_snapshot *snapshot, yata_txn *txn, const yt_encoder_ops *format,
                              yata_buffer *out) {
    yata_status status = YATA_OK;
    for (uint32_t i = 0; i < snapshot->states.len && !status; i++)
        status = cut_at(txn, snapshot->states.entries[i].client, snapshot->states.entries[i].clock);
    return status ? status : yt_encode_past(txn->doc, &snapshot->states, &snapshot->deletes, format, out);
}

static yata_status encode_state(const yata_snapshot *snapshot, yata_doc *doc, const yt_encoder_ops *format,
                                yata_buffer *out) {
    yata_txn *txn;
    if (!snapshot || !doc || !out) return YATA_ERR_ARGUMENT;
    size_t len = out->len;
    yata_status status = yt_snapshot_check(snapshot, doc);
    if (!status) status = yata_txn_begin(doc, (yata_bytes){NULL, 0}, &txn);
    if (status) return status;
    status = encode_cut(snapshot, txn, format, out);
    yata_status committed = yata_txn_commit(txn);
    if (!status) status = committed;
    if (status) out->len = len;
    return status;
}

yata_status yata_snapshot_encode_state(const yata_snapshot *snapshot, yata_doc *doc, yata_buffer *out) {
    return encode_state(snapshot, doc, &yt_encoder_v1, out);
}

yata_status yata_snapshot_encode_state_v2(const yata_snapshot *snapshot, yata_doc *doc, yata_buffer *out) {
    return encode_state(snapshot, doc, &yt_encoder_v2, out);
}

yata_status yata_snapshot_to_doc(const yata_snapshot *snapshot, yata_doc *origin, const yata_doc_options *options,
                                 yata_doc **out) {
    static const yata_bytes why = {(const uint8_t *)"snapshot", 8};
    yata_buffer state;
    if (!snapshot || !origin || !out) return YATA_ERR_ARGUMENT;
    *out = NULL;
    yata_buffer_init(&state, &origin->mem.allocator);
    yata_status status = yata_snapshot_encode_state_v2(snapshot, origin, &state);
    if (!status) status = yata_doc_new(options, out);
    if (!status) status = yata_doc_apply_v2(*out, (yata_bytes){state.data, state.len}, why, NULL);
    if (status) {
        yata_doc_free(*out);
        *out = NULL;
    }
    yata_buffer_free(&state);
    return status;
}
