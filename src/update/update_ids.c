/* SPDX-License-Identifier: MIT */
/*
 * update_ids.c - the ids that an update makes and deletes (spec/id-sets.md).
 *
 * Skips are holes: what they stand for is not made.
 */
#include "ids/id_set_object.h"
#include "update/delete_list.h"
#include "update/update_stream.h"

static yata_fault gather(const yt_decoder_ops *format, yata_bytes update, yt_id_gathering *made,
                         yt_id_gathering *deleted) {
    yt_update_stream in;
    yt_update_stream_init(&in, &made->mem, format, update);
    in.no_skips = true;
    yt_update_stream_start(&in);
    bool ok = true;
    for (; in.stream.block && ok; yt_update_stream_next(&in)) {
        const yt_block *b = in.stream.block;
        ok = yt_id_set_add(&made->mem, &made->ids, b->id.client, b->id.clock, b->len);
    }
    yt_delete_list list = {0};
    if (ok) yt_delete_list_read(&in.d, &list);
    for (uint32_t i = 0; i < list.len && ok; i++) {
        yt_run run = list.data[i].run;
        ok = yt_id_set_add(&deleted->mem, &deleted->ids, list.data[i].client, run.clock, run.len);
    }
    yt_delete_list_free(&made->mem, &list);
    yata_fault fault = in.d.in.fault;
    yt_update_stream_close(&in);
    return ok || fault.status ? fault : (yata_fault){YATA_ERR_MEMORY, 0};
}

/* Both sets are gathered first, so that a bad update adds nothing. */
static yata_status update_ids(const yt_decoder_ops *format, yata_bytes update, yata_id_set *inserts,
                              yata_id_set *deletes, yata_fault *fault) {
    yata_fault ignored;
    if (!fault) fault = &ignored;
    *fault = (yata_fault){YATA_ERR_ARGUMENT, 0};
    const yata_id_set *some = inserts ? inserts : deletes;
    if (!some || (update.len && !update.data)) return YATA_ERR_ARGUMENT;
    yt_id_gathering made = yt_id_gather(&some->mem.allocator), deleted = yt_id_gather(&some->mem.allocator);
    *fault = gather(format, update, &made, &deleted);
    fault->status = yt_id_gathered(&made, inserts, fault->status);
    fault->status = yt_id_gathered(&deleted, deletes, fault->status);
    return fault->status;
}

yata_status yata_update_ids(yata_bytes update, yata_id_set *inserts, yata_id_set *deletes, yata_fault *fault) {
    return update_ids(&yt_decoder_v1, update, inserts, deletes, fault);
}

yata_status yata_update_ids_v2(yata_bytes update, yata_id_set *inserts, yata_id_set *deletes, yata_fault *fault) {
    return update_ids(&yt_decoder_v2, update, inserts, deletes, fault);
}
