/* SPDX-License-Identifier: MIT */
/*
 * update_merge_all.c - many updates into one, in the bytes of mergeUpdates of Yjs (spec/update-v1.md, "Merging").
 *
 * Inputs are read block by block, all at once: memory is a few hundred bytes for each open input, and the output.
 *
 * The merge wants clients descending and clocks ascending. An input of another order is noticed when its stream gets
 * there; then everything is begun again with that input read as a whole and sorted. Yjs does not notice and loses
 * blocks.
 */
#include "update/update.h"
#include "update/update_stream.h"
#include "update/update_writer.h"
#include <yata/update.h>

/* An input that had to be sorted. */
typedef struct sorted {
    yt_block_stream stream;
    yt_update update;
    yt_block block;
    uint32_t section, at;
} sorted;

typedef struct input {
    yata_bytes bytes;
    yt_update_stream open;
    sorted *sorted; /* instead */
} input;

typedef struct join {
    yt_mem *mem;
    const yt_decoder_ops *from;
    input *inputs;
    yt_block_stream **streams;
    uint32_t count;
    yt_update_writer writer;
    yt_delete_list deletes;
    yata_fault fault;
} join;

/* ------------------------------------------------------------------------
 * Inputs
 */
static void next_sorted(yt_block_stream *stream) {
    sorted *s = (sorted *)stream;
    stream->block = NULL;
    for (; s->section < s->update.sections.len; s->section++, s->at = 0) {
        const yt_section *section = &s->update.sections.data[s->section];
        while (s->at < section->count) {
            s->block = s->update.blocks.data[section->first + s->at++];
            if (s->block.content == YT_SKIP) continue;
            if (s->block.info & (YT_INFO_ORIGIN | YT_INFO_RIGHT)) s->block.info &= (uint8_t)~YT_INFO_KEY;
            stream->block = &s->block;
            return;
        }
    }
}

static yata_status sort_input(join *j, input *in) {
    in->sorted = yt_calloc(j->mem, sizeof *in->sorted);
    if (!in->sorted) return YATA_ERR_MEMORY;
    in->sorted->stream.next = next_sorted;
    yata_fault fault = yt_update_read(j->mem, j->from, in->bytes, SIZE_MAX, &in->sorted->update);
    if (!fault.status) return YATA_OK;
    yt_free(j->mem, in->sorted, sizeof *in->sorted);
    in->sorted = NULL;
    return fault.status;
}

static void begin_input(join *j, uint32_t i) {
    input *in = &j->inputs[i];
    if (in->sorted) {
        in->sorted->section = in->sorted->at = 0;
        next_sorted(&in->sorted->stream);
        j->streams[i] = &in->sorted->stream;
        return;
    }
    yt_update_stream_init(&in->open, j->mem, j->from, in->bytes);
    in->open.no_skips = in->open.sorted_only = true;
    yt_update_stream_start(&in->open);
    j->streams[i] = &in->open.stream;
}

/* Reads the deletions behind its blocks. Closes it. */
static void end_input(join *j, uint32_t i, size_t offset) {
    input *in = &j->inputs[i];
    if (in->sorted) return;
    if (!j->fault.status) yt_delete_list_read(&in->open.d, &j->deletes);
    if (!j->fault.status && !yt_reader_ok(&in->open.d.in)) {
        j->fault = in->open.d.in.fault;
        j->fault.offset += offset;
    }
    yt_update_stream_close(&in->open);
}

static void add_sorted_deletes(join *j, const yt_id_set *deletes) {
    for (uint32_t i = 0; i < deletes->len; i++) {
        yt_run run;
        for (yt_runs_iter it = yt_runs_begin(&deletes->clients[i].runs); yt_runs_next(&it, &run);)
            if (!yt_delete_list_add(j->mem, &j->deletes, deletes->clients[i].client, run)) {
                j->fault.status = YATA_ERR_MEMORY;
                return;
            }
    }
}

/* ------------------------------------------------------------------------
 * The merge
 */
static bool put(void *ctx, const yt_block *block, uint32_t offset) {
    return yt_update_writer_put(ctx, block, offset);
}

/* One attempt. *again: an input was in another order, and is sorted now. */
static void merge(join *j, const yt_encoder_ops *to, bool *again) {
    *again = false;
    yt_update_writer_init(&j->writer, j->mem, to);
    for (uint32_t i = 0; i < j->count; i++) begin_input(j, i);
    yata_status status = yt_merge_blocks(j->mem, j->streams, j->count, put, &j->writer);
    if (status) j->fault.status = status;
    for (uint32_t i = 0; i < j->count; i++) *again |= !j->inputs[i].sorted && j->inputs[i].open.unsorted;
    size_t offset = 0;
    for (uint32_t i = 0; i < j->count; offset += j->inputs[i++].bytes.len) {
        input *in = &j->inputs[i];
        if (!*again) {
            end_input(j, i, offset);
            if (in->sorted && !j->fault.status) add_sorted_deletes(j, &in->sorted->update.deletes);
            continue;
        }
        if (in->sorted) continue;
        bool unsorted = in->open.unsorted;
        yt_update_stream_close(&in->open);
        if (unsorted && !j->fault.status) j->fault.status = sort_input(j, in);
    }
    if (*again) yt_update_writer_drop(&j->writer);
}

static yata_status merge_many(yt_mem *mem, const yt_decoder_ops *from, const yt_encoder_ops *to,
                              const yata_bytes *updates, uint32_t count, yata_buffer *out, yata_fault *fault) {
    join j = {.mem = mem, .from = from, .count = count};
    size_t inputs = count * sizeof *j.inputs, streams = count * sizeof *j.streams;
    if (count) {
        j.inputs = yt_calloc(mem, inputs);
        j.streams = yt_alloc(mem, streams);
    }
    if (count && (!j.inputs || !j.streams)) {
        j.fault.status = YATA_ERR_MEMORY;
    } else {
        bool again = true;
        for (uint32_t i = 0; i < count; i++) j.inputs[i].bytes = updates[i];
        while (again && !j.fault.status) merge(&j, to, &again);
        yt_delete_list_merge(&j.deletes);
        if (!again && j.fault.status)
            yt_update_writer_drop(&j.writer);
        else if (!again)
            j.fault.status = yt_update_writer_finish(&j.writer, &j.deletes, out);
        for (uint32_t i = 0; i < count; i++) {
            if (!j.inputs[i].sorted) continue;
            yt_update_free(mem, &j.inputs[i].sorted->update);
            yt_free(mem, j.inputs[i].sorted, sizeof *j.inputs[i].sorted);
        }
    }
    yt_delete_list_free(mem, &j.deletes);
    yt_free(mem, j.inputs, inputs);
    yt_free(mem, j.streams, streams);
    *fault = j.fault;
    return j.fault.status;
}

/* One update is its own merge. It is only checked. */
static yata_status copy(yt_mem *mem, const yt_decoder_ops *from, yata_bytes update, yata_buffer *out,
                        yata_fault *fault) {
    yt_update_stream s;
    yt_update_stream_open(&s, mem, from, update);
    while (s.stream.block) yt_update_stream_next(&s);
    yt_id_set deletes = {0};
    s.d.ops->delete_set(&s.d, &deletes);
    yt_id_set_free(mem, &deletes);
    *fault = s.d.in.fault;
    yt_update_stream_close(&s);
    if (!fault->status) fault->status = yata_buffer_append(out, update.data, update.len);
    return fault->status;
}

static yata_status merge_updates(const yt_decoder_ops *from, const yt_encoder_ops *to, const yata_bytes *updates,
                                 size_t count, yata_buffer *out, yata_fault *fault) {
    yata_fault ignored;
    if (!fault) fault = &ignored;
    *fault = (yata_fault){YATA_ERR_ARGUMENT, 0};
    if (!out || (count && !updates)) return YATA_ERR_ARGUMENT;
    for (size_t i = 0; i < count; i++)
        if (updates[i].len && !updates[i].data) return YATA_ERR_ARGUMENT;
    yt_mem mem;
    yt_mem_init(&mem, &out->allocator);
    if (count == 1) return copy(&mem, from, updates[0], out, fault);
    if (count > UINT32_MAX || count > SIZE_MAX / sizeof(input)) return fault->status = YATA_ERR_LIMIT;
    return merge_many(&mem, from, to, updates, (uint32_t)count, out, fault);
}

yata_status yata_update_merge(const yata_bytes *updates, size_t count, yata_buffer *out, yata_fault *fault) {
    return merge_updates(&yt_decoder_v1, &yt_encoder_v1, updates, count, out, fault);
}

yata_status yata_update_merge_v2(const yata_bytes *updates, size_t count, yata_buffer *out, yata_fault *fault) {
    return merge_updates(&yt_decoder_v2, &yt_encoder_v2, updates, count, out, fault);
}
