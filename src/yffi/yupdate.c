/* SPDX-License-Identifier: MIT */
/* yupdate.c - updates without a document (additions of ours): merging, comparing, converting. */
#include "yffi/handles.h"

typedef yata_status merge_fn(const yata_bytes *, size_t, yata_buffer *, yata_fault *);
typedef yata_status diff_fn(yata_bytes, yata_bytes, yata_buffer *, yata_fault *);
typedef yata_status vector_fn(yata_bytes, yata_buffer *, yata_fault *);

static char *merge(const char *const *updates, const uint32_t *lens, uint32_t count, uint32_t *len, merge_fn *fn) {
    yata_buffer out;
    if (count && (!updates || !lens)) return NULL;
    yata_bytes *all = malloc((count ? count : 1) * sizeof *all);
    if (!all) return NULL;
    yata_status status = YATA_OK;
    for (uint32_t i = 0; i < count; i++) {
        all[i] = yr_view(updates[i], lens[i]);
        if (!updates[i]) status = YATA_ERR_ARGUMENT;
    }
    yata_buffer_init(&out, &yr_allocator);
    if (!status) status = fn(all, count, &out, NULL);
    free(all);
    return yr_bytes(&out, status, len);
}

char *yupdate_merge_v1(const char *const *updates, const uint32_t *lens, uint32_t count, uint32_t *len) {
    return merge(updates, lens, count, len, yata_update_merge);
}
char *yupdate_merge_v2(const char *const *updates, const uint32_t *lens, uint32_t count, uint32_t *len) {
    return merge(updates, lens, count, len, yata_update_merge_v2);
}

/* A vector is at least one byte; NULL is an empty one. */
static char *diff(const char *update, uint32_t update_len, const char *sv, uint32_t sv_len, uint32_t *len,
                  diff_fn *fn) {
    yata_buffer out;
    if (!update) return NULL;
    yata_bytes vector = sv ? yr_view(sv, sv_len) : yr_view("", 1);
    yata_buffer_init(&out, &yr_allocator);
    yata_status status = yata_state_vector_check(vector).status;
    if (!status) status = fn(yr_view(update, update_len), vector, &out, NULL);
    return yr_bytes(&out, status, len);
}

char *yupdate_diff_v1(const char *update, uint32_t update_len, const char *sv, uint32_t sv_len, uint32_t *len) {
    return diff(update, update_len, sv, sv_len, len, yata_update_diff);
}
char *yupdate_diff_v2(const char *update, uint32_t update_len, const char *sv, uint32_t sv_len, uint32_t *len) {
    return diff(update, update_len, sv, sv_len, len, yata_update_diff_v2);
}

static char *vector_of(const char *update, uint32_t update_len, uint32_t *len, vector_fn *fn) {
    yata_buffer out;
    if (!update) return NULL;
    yata_buffer_init(&out, &yr_allocator);
    return yr_bytes(&out, fn(yr_view(update, update_len), &out, NULL), len);
}

char *yupdate_state_vector_v1(const char *update, uint32_t update_len, uint32_t *len) {
    return vector_of(update, update_len, len, yata_update_state_vector);
}
char *yupdate_state_vector_v2(const char *update, uint32_t update_len, uint32_t *len) {
    return vector_of(update, update_len, len, yata_update_state_vector_v2);
}

static char *convert(const char *update, uint32_t update_len, uint32_t *len, yata_update_format from,
                     yata_update_format to) {
    yata_buffer out;
    if (!update) return NULL;
    yata_buffer_init(&out, &yr_allocator);
    return yr_bytes(&out, yata_update_convert(yr_view(update, update_len), from, to, &out, NULL), len);
}

char *yupdate_v1_to_v2(const char *update, uint32_t update_len, uint32_t *len) {
    return convert(update, update_len, len, YATA_UPDATE_V1, YATA_UPDATE_V2);
}
char *yupdate_v2_to_v1(const char *update, uint32_t update_len, uint32_t *len) {
    return convert(update, update_len, len, YATA_UPDATE_V2, YATA_UPDATE_V1);
}
