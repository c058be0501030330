/* SPDX-License-Identifier: MIT */
/*
 * vec.h - typed growable arrays: the only macro family of the project.
 *
 *   YT_VEC(int) v = {0};
 *   if (!yt_vec_reserve(mem, &v, 1)) return YATA_ERR_MEMORY;
 *   yt_vec_put(&v, 7);               after a reserve: cannot fail
 *   yt_vec_free(mem, &v);
 */
#ifndef YT_BASE_VEC_H
#define YT_BASE_VEC_H

#include "base/memory.h"

#define YT_VEC(T)                                                                                                      \
    struct {                                                                                                           \
        T *data;                                                                                                       \
        uint32_t len, cap;                                                                                             \
    }

/* Room for `n` more elements? */
#define yt_vec_reserve(mem, v, n)                                                                                      \
    yt_vec_reserve_((mem), (void **)&(v)->data, &(v)->cap, (v)->len, (n), sizeof *(v)->data)
#define yt_vec_put(v, element) ((void)((v)->data[(v)->len++] = (element)))
#define yt_vec_free(mem, v)                                                                                            \
    (yt_free((mem), (v)->data, (size_t)(v)->cap * sizeof *(v)->data), (v)->data = NULL, (v)->len = (v)->cap = 0)
/* Takes out the elements whose `member` is 0; the others stay in order. */
#define yt_vec_drop_unset(v, member)                                                                                   \
    do {                                                                                                               \
        uint32_t kept_ = 0;                                                                                            \
        for (uint32_t i_ = 0; i_ < (v)->len; i_++)                                                                     \
            if ((v)->data[i_].member) (v)->data[kept_++] = (v)->data[i_];                                              \
        (v)->len = kept_;                                                                                              \
    } while (0)

static inline bool yt_vec_reserve_(yt_mem *mem, void **data, uint32_t *cap, uint32_t len, uint32_t n, size_t element) {
    if (n <= *cap - len) return true;
    if (n > UINT32_MAX - len) return false;
    void *grown = yt_grow(mem, *data, cap, len + n, element);
    if (!grown) return false;
    *data = grown;
    return true;
}

#endif
