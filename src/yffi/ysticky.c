/* SPDX-License-Identifier: MIT */
/* ysticky.c - sticky indexes: the relative positions of the core. */
#include "yffi/handles.h"

struct StickyIndex {
    yata_position position;
    char root[]; /* what position.root views */
};

static YStickyIndex *keep(const yata_position *position) {
    YStickyIndex *made = malloc(sizeof *made + position->root.len + 1);
    if (!made) return NULL;
    made->position = *position;
    if (position->has_root && position->root.len) memcpy(made->root, position->root.data, position->root.len);
    made->root[position->root.len] = 0;
    made->position.root.data = made->root;
    return made;
}

/* The associations that there are. */
static bool is_known(const yata_position *position) {
    return position->assoc == 0 || position->assoc == -1;
}

YStickyIndex *ysticky_index_from_index(const Branch *branch, YTransaction *txn, uint32_t index, int8_t assoc) {
    yata_position position;
    if (!branch || !yr_reads(txn)) return NULL;
    if (yr_is_text(branch) && yata_text_round_up(branch->type, &index)) return NULL;
    if (yata_position_from_index(branch->type, index, assoc < 0 ? -1 : 0, &position)) return NULL;
    if (assoc >= 0 && !position.has_item) return NULL; /* there is no unit behind the end */
    if (position.has_item) position.has_type = position.has_root = false;
    return keep(&position);
}

void ysticky_index_destroy(YStickyIndex *pos) {
    free(pos);
}

int8_t ysticky_index_assoc(const YStickyIndex *pos) {
    return pos && pos->position.assoc < 0 ? -1 : 0;
}

char *ysticky_index_encode(const YStickyIndex *pos, uint32_t *len) {
    yata_buffer out;
    if (!pos) return NULL;
    yata_buffer_init(&out, &yr_allocator);
    return yr_bytes(&out, yata_position_encode(&pos->position, &out), len);
}

YStickyIndex *ysticky_index_decode(const char *binary, uint32_t len) {
    yata_position position;
    if (!binary || yata_position_decode(yr_view(binary, len), &position, NULL)) return NULL;
    return is_known(&position) ? keep(&position) : NULL;
}

char *ysticky_index_to_json(const YStickyIndex *pos) {
    yata_buffer out;
    if (!pos) return NULL;
    yata_buffer_init(&out, &yr_allocator);
    return yr_string(&out, yata_position_to_json(&pos->position, &out));
}

YStickyIndex *ysticky_index_from_json(const char *json) {
    yata_position position;
    yata_buffer name;
    if (!json) return NULL;
    yata_buffer_init(&name, &yr_allocator);
    YStickyIndex *made = NULL;
    if (!yata_position_from_json(yr_str(json), &name, &position, NULL) && is_known(&position)) made = keep(&position);
    yata_buffer_free(&name);
    return made;
}

void ysticky_index_read(const YStickyIndex *pos, const YTransaction *txn, Branch **out_branch, uint32_t *out_index) {
    yata_type type;
    uint32_t index;
    if (!pos || !yr_reads(txn) || !out_branch || !out_index) return;
    if (yata_position_resolve(&pos->position, txn->doc->core, true, &type, &index)) return;
    Branch *branch = yr_branch(txn->doc, type);
    if (!branch) return;
    *out_branch = branch;
    *out_index = index;
}
