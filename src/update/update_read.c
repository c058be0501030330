/* SPDX-License-Identifier: MIT */
/*
 * update_read.c - a whole update as checked blocks, before any document is touched (spec/update-v1.md, "Checks").
 *
 * The codec checks what one field can tell; here are the checks between fields, which are the same for both formats:
 * clocks stay in range, and a block builds only on what its client made earlier.
 *
 * Memory: 120 bytes a block, whose shortest form is two bytes on the wire in v1. The array is therefore sized by what a
 * section announces and not above what the rest of the input could hold, so that hostile input costs at most about 60
 * times its size. In v2 a byte can stand for many blocks; there the codec bounds their number, and the array grows with
 * what was really read.
 */
#include "update/update.h"
#include "block/link.h"
#include "base/config.h"
#include "base/sort.h"

_Static_assert(sizeof(yt_block) <= 128, "the promise on memory counts on it");

/* Shortest block in any format that states each block. */
enum { BLOCK_BYTES = 2 };

void yt_update_free(yt_mem *mem, yt_update *update) {
    yt_vec_free(mem, &update->blocks);
    yt_vec_free(mem, &update->sections);
    yt_id_set_free(mem, &update->deletes);
    yt_arena_free(mem, &update->arena);
}

void yt_update_clear(yt_mem *mem, yt_update *update) {
    update->blocks.len = update->sections.len = 0;
    yt_id_set_clear(mem, &update->deletes);
    if (update->arena.last) yt_arena_free(mem, &update->arena);
    update->bytes = 0;
}

/* Room for more blocks. Grows by half, but not beyond what the input can still hold; never by what is only claimed. */
static bool reserve_blocks(yt_mem *mem, yt_update *update, uint32_t count, size_t bytes_left) {
    if (count > bytes_left / BLOCK_BYTES) count = (uint32_t)(bytes_left / BLOCK_BYTES);
    if (count == 0) count = 1; /* v2: more than one block in a byte */
    if (count <= update->blocks.cap - update->blocks.len) return true;
    if (count > YT_CLOCK_MAX - update->blocks.len) return false;
    size_t need = (size_t)update->blocks.len + count, most = update->blocks.len + bytes_left / BLOCK_BYTES;
    size_t cap = (size_t)update->blocks.cap + update->blocks.cap / 2;
    if (cap > most && need <= most) cap = most;
    if (cap < need) cap = need;
    if (cap > UINT32_MAX || cap > SIZE_MAX / sizeof(yt_block)) return false;
    yt_block *grown = yt_realloc(mem, update->blocks.data, update->blocks.cap * sizeof *grown, cap * sizeof *grown);
    if (!grown) return false;
    update->blocks.data = grown;
    update->blocks.cap = (uint32_t)cap;
    return true;
}

/* Would this block refer to itself, or to what its client made later? */
static inline bool refers_ahead(const yt_block *b) {
    uint64_t client = b->id.client;
    uint32_t clock = b->id.clock;
    if ((b->info & YT_INFO_ORIGIN) && b->origin.client == client && b->origin.clock >= clock) return true;
    if ((b->info & YT_INFO_RIGHT) && b->right.client == client && b->right.clock >= clock) return true;
    if (b->parent == YT_PARENT_ID && b->parent_id.client == client && b->parent_id.clock >= clock) return true;
    if (YT_LIKELY(b->content != YT_TYPE || b->type_ref != YT_TYPE_REF_WEAK)) return false;
    yata_link link = yt_link_view(b->name);
    return yt_link_refers_ahead(&link, client, clock);
}

bool yt_block_check(yt_decoder *d, const yt_block *b, const uint8_t *start) {
    if (!yt_reader_ok(&d->in)) return false;
    if (refers_ahead(b))
        yt_reader_fail_at(&d->in, YATA_ERR_VALUE, start);
    else if (b->len > YT_CLOCK_MAX - b->id.clock)
        yt_reader_fail_at(&d->in, YATA_ERR_LIMIT, start);
    return yt_reader_ok(&d->in);
}

void yt_block_read(yt_decoder *d, yt_block *b) {
    const uint8_t *start = d->in.pos;
    d->ops->block(d, b);
    (void)yt_block_check(d, b, start);
}

/* Bytes that the blocks that are still to come may take: what is left, in v1. In v2 they are in columns, so no more can
 * be said than that there is not more than the whole input. */
static size_t bytes_left(const yt_decoder *d, const yt_update *update, size_t whole) {
    if (d->ops == &yt_decoder_v1) return yt_reader_left(&d->in);
    size_t read = (size_t)update->blocks.len * BLOCK_BYTES;
    return whole > read ? whole - read : 0;
}

/* The next blocks of a section, plain ones or a single other one: how many were kept; `left` and `id` move on. */
static uint32_t read_some(yt_decoder *d, yata_id *id, uint32_t *left, yt_block *blocks, uint32_t room) {
    uint32_t kept, plain = d->ops->plain(d, id, blocks, *left < room ? *left : room, &kept);
    if (!yt_reader_ok(&d->in)) return 0;
    *left -= plain;
    if (plain) return kept;
    blocks->id = *id;
    yt_block_read(d, blocks);
    if (!yt_reader_ok(&d->in)) return 0;
    id->clock += blocks->len;
    --*left;
    return blocks->len > 0; /* a block of no length names nothing: it can be left out */
}

/* What is left of the section that is open. Blocks of it may be in the update already, from `first` on. */
static void read_section(yt_update_reader *r, yt_update *update, uint32_t first) {
    yt_decoder *d = &r->d;
    if (!reserve_blocks(d->mem, update, r->blocks, bytes_left(d, update, r->whole)) ||
        !yt_vec_reserve(d->mem, &update->sections, 1)) {
        yt_reader_fail_at(&d->in, YATA_ERR_MEMORY, d->in.pos);
        return;
    }
    while (r->blocks > 0) {
        if (update->blocks.len == update->blocks.cap &&
            !reserve_blocks(d->mem, update, r->blocks, bytes_left(d, update, r->whole))) {
            yt_reader_fail_at(&d->in, YATA_ERR_MEMORY, d->in.pos);
            return;
        }
        update->blocks.len += read_some(d, &r->id, &r->blocks, &update->blocks.data[update->blocks.len],
                                        update->blocks.cap - update->blocks.len);
        if (!yt_reader_ok(&d->in)) return;
    }
    if (update->blocks.len == first) return;
    yt_section section = {r->id.client, first, update->blocks.len - first};
    yt_vec_put(&update->sections, section);
}

/* False: there is none left. */
static bool open_section(yt_update_reader *r) {
    if (!r->sections || !yt_reader_ok(&r->d.in)) return false;
    r->sections--;
    r->blocks = r->d.ops->section(&r->d, &r->id);
    return true;
}

/* The order in which blocks are integrated. */
typedef struct section_key {
    yt_section section;
    uint32_t clock;
} section_key;

static bool section_before(const void *a, const void *b) {
    const section_key *x = a, *y = b;
    if (x->section.client != y->section.client) return x->section.client > y->section.client;
    if (x->clock != y->clock) return x->clock < y->clock;
    return x->section.first < y->section.first;
}

static bool sort_sections(yt_mem *mem, yt_update *update) {
    uint32_t n = update->sections.len;
    if (n < 2) return true;
    section_key *keys = yt_alloc(mem, n * sizeof *keys);
    if (!keys) return false;
    for (uint32_t i = 0; i < n; i++) {
        yt_section section = update->sections.data[i];
        keys[i] = (section_key){section, update->blocks.data[section.first].id.clock};
    }
    yt_sort(keys, n, sizeof *keys, section_before);
    for (uint32_t i = 0; i < n; i++) update->sections.data[i] = keys[i].section;
    yt_free(mem, keys, n * sizeof *keys);
    return true;
}

void yt_update_reader_open(yt_update_reader *r, yt_mem *mem, const yt_decoder_ops *format, yata_bytes bytes,
                           size_t max_bytes, yt_update *out) {
    r->d.ops = format; /* field by field, as in yt_update_init */
    r->d.mem = mem;
    r->d.arena = &out->arena;
    r->d.own = (yt_written_client){0};
    r->d.repeats = false;
    r->d.columns = NULL;
    r->d.known = NULL;
    r->whole = bytes.len;
    r->sections = r->blocks = 0;
    r->id = (yata_id){0, 0};
    yt_reader_init(&r->d.in, bytes.data, bytes.len);
    if (bytes.len > max_bytes)
        yt_reader_fail_at(&r->d.in, YATA_ERR_LIMIT, bytes.data + max_bytes);
    else
        r->sections = format->sections(&r->d);
}

uint32_t yt_update_reader_next(yt_update_reader *r, yt_block *blocks, uint32_t most) {
    uint32_t n = 0;
    while (n == 0 && yt_reader_ok(&r->d.in) && (r->blocks || open_section(r)))
        while (n < most && r->blocks && yt_reader_ok(&r->d.in))
            n += read_some(&r->d, &r->id, &r->blocks, blocks + n, most - n);
    return yt_reader_ok(&r->d.in) ? n : 0;
}

yata_fault yt_update_reader_rest(yt_update_reader *r, const yt_block *begun, uint32_t count, yt_update *out) {
    yt_decoder *d = &r->d;
    if (count && !yt_vec_reserve(d->mem, &out->blocks, count))
        yt_reader_fail_at(&d->in, YATA_ERR_MEMORY, d->in.pos);
    else if (count)
        memcpy(out->blocks.data, begun, count * sizeof *begun);
    out->blocks.len = yt_reader_ok(&d->in) ? count : 0;
    if (count && yt_reader_ok(&d->in)) read_section(r, out, 0);
    while (yt_reader_ok(&d->in) && (r->blocks || open_section(r)))
        if (r->blocks) read_section(r, out, out->blocks.len);
    if (yt_reader_ok(&d->in)) d->ops->delete_set(d, &out->deletes);
    if (yt_reader_ok(&d->in) && !sort_sections(d->mem, out)) yt_reader_fail_at(&d->in, YATA_ERR_MEMORY, d->in.pos);
    d->ops->close(d);
    out->bytes = d->repeats || out->arena.last ? 0 : r->whole;
    if (!yt_reader_ok(&d->in)) yt_update_free(d->mem, out);
    return d->in.fault;
}

void yt_update_reader_drop(yt_update_reader *r, yt_update *out) {
    r->d.ops->close(&r->d);
    yt_update_free(r->d.mem, out);
}

yata_fault yt_update_read(yt_mem *mem, const yt_decoder_ops *format, yata_bytes bytes, size_t max_bytes,
                          yt_update *out) {
    yt_update_reader r;
    memset(out, 0, sizeof *out);
    yt_update_reader_open(&r, mem, format, bytes, max_bytes, out);
    return yt_update_reader_rest(&r, NULL, 0, out);
}
