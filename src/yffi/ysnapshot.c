/* SPDX-License-Identifier: MIT */
/*
 * ysnapshot.c - snapshots, and the state that a document had.
 *
 * The core cuts blocks at the borders of a snapshot, which is an edit. A caller with a read transaction may have others
 * beside it, so the cuts are then made in a copy.
 */
#include "yffi/handles.h"

char *ytransaction_snapshot(const YTransaction *txn, uint32_t *len) {
    yata_snapshot *snapshot;
    yata_buffer out;
    if (!txn || yata_snapshot_take(txn->doc->core, &yr_allocator, &snapshot)) return NULL;
    yata_buffer_init(&out, &yr_allocator);
    yata_status status = yata_snapshot_encode(snapshot, &out);
    yata_snapshot_free(snapshot);
    return yr_bytes(&out, status, len);
}

/* A document with the same blocks. */
static yata_status copy_of(const YDoc *doc, yata_doc **out) {
    yata_doc_options options = yata_doc_options_default();
    yata_buffer state;
    options.client_id = 1;
    options.keep_deleted = true;
    options.keep_floats = YFFI_ABI >= 28;
    options.allocator = &yr_allocator;
    yata_buffer_init(&state, &yr_allocator);
    yata_status status = yata_doc_new(&options, out);
    if (!status) status = yata_doc_encode_state(doc->core, &state);
    if (!status) status = yata_doc_apply(*out, (yata_bytes){state.data, state.len}, (yata_bytes){NULL, 0}, NULL);
    yata_buffer_free(&state);
    if (!status) return YATA_OK;
    yata_doc_free(*out);
    *out = NULL;
    return status;
}

static char *state_then(const YTransaction *txn, const char *bytes, uint32_t bytes_len, uint32_t *len,
                        yata_status (*encode)(const yata_snapshot *, yata_doc *, yata_buffer *)) {
    yata_snapshot *snapshot;
    yata_doc *copy = NULL;
    yata_buffer out;
    if (!txn || !bytes || !(txn->doc->flags & Y_SKIP_GC)) return NULL;
    if (yata_snapshot_decode(yr_view(bytes, bytes_len), &yr_allocator, &snapshot, NULL)) return NULL;
    yata_buffer_init(&out, &yr_allocator);
    yata_status status = yr_writes(txn) ? YATA_OK : copy_of(txn->doc, &copy);
    if (!status) status = encode(snapshot, copy ? copy : txn->doc->core, &out);
    yata_doc_free(copy);
    yata_snapshot_free(snapshot);
    return yr_bytes(&out, status, len);
}

char *ytransaction_encode_state_from_snapshot_v1(const YTransaction *txn, const char *snapshot, uint32_t snapshot_len,
                                                 uint32_t *len) {
    return state_then(txn, snapshot, snapshot_len, len, yata_snapshot_encode_state);
}

char *ytransaction_encode_state_from_snapshot_v2(const YTransaction *txn, const char *snapshot, uint32_t snapshot_len,
                                                 uint32_t *len) {
    return state_then(txn, snapshot, snapshot_len, len, yata_snapshot_encode_state_v2);
}
