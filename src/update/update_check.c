/* SPDX-License-Identifier: MIT */
/*
 * update_check.c - may these bytes be trusted? Updates and state vectors, without a document.
 *
 * An update is checked by reading it as apply would: there is one set of checks (update_read.c), so that what passes
 * here cannot be refused there. A state vector needs no memory at all: it is walked.
 */
#include "update/update.h"
#include <yata/update.h>

static yata_fault check(const yt_decoder_ops *format, yata_bytes bytes, const yata_allocator *allocator) {
    if (!bytes.data && bytes.len) return (yata_fault){YATA_ERR_ARGUMENT, 0};
    yt_mem mem;
    yt_mem_init(&mem, allocator);
    yt_update update;
    yata_fault fault = yt_update_read(&mem, format, bytes, SIZE_MAX, &update);
    if (fault.status == YATA_OK) yt_update_free(&mem, &update);
    return fault;
}

yata_fault yata_update_check(yata_bytes bytes, const yata_allocator *allocator) {
    return check(&yt_decoder_v1, bytes, allocator);
}

yata_fault yata_update_check_v2(yata_bytes bytes, const yata_allocator *allocator) {
    return check(&yt_decoder_v2, bytes, allocator);
}

/* ------------------------------------------------------------------------
 * State vectors. The iterator is a reader, laid open so that it can live on the caller's stack.
 */

static yt_reader reader_of(const yata_state_vector_iter *iter) {
    return (yt_reader){iter->start, iter->pos, iter->end, iter->fault};
}

static void keep(yata_state_vector_iter *iter, const yt_reader *r) {
    iter->pos = r->pos;
    iter->end = r->end;
    iter->fault = r->fault;
    if (!yt_reader_ok(r)) iter->left = 0;
}

yata_status yata_state_vector_iter_init(yata_state_vector_iter *iter, yata_bytes bytes) {
    if (!iter) return YATA_ERR_ARGUMENT;
    memset(iter, 0, sizeof *iter);
    if (!bytes.data && bytes.len) {
        iter->fault.status = YATA_ERR_ARGUMENT;
        return YATA_ERR_ARGUMENT;
    }
    yt_reader r;
    yt_reader_init(&r, bytes.data, bytes.len);
    iter->start = r.start;
    iter->left = yt_read_count(&r, 2);
    keep(iter, &r);
    return iter->fault.status;
}

bool yata_state_vector_iter_next(yata_state_vector_iter *iter, yata_id *out) {
    if (iter->left == 0) return false;
    yt_reader r = reader_of(iter);
    uint64_t client = yt_read_var_uint(&r), clock = yt_read_var_uint(&r);
    iter->left--;
    keep(iter, &r);
    if (!yt_reader_ok(&r)) return false;
    if (out) *out = (yata_id){client, clock > YT_CLOCK_MAX ? YT_CLOCK_MAX : (uint32_t)clock};
    return true;
}

yata_fault yata_state_vector_check(yata_bytes bytes) {
    yata_state_vector_iter iter;
    if (yata_state_vector_iter_init(&iter, bytes) == YATA_OK) {
        while (yata_state_vector_iter_next(&iter, NULL)) {
        }
    }
    return iter.fault;
}
