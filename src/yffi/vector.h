/* SPDX-License-Identifier: MIT */
/* vector.h - growing arrays of this layer: YR_VECTOR(type) v = {NULL, 0, 0}; free(v.data) in the end. */
#ifndef YR_VECTOR_H
#define YR_VECTOR_H

#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#define YR_VECTOR(type)                                                                                                \
    struct {                                                                                                           \
        type *data;                                                                                                    \
        uint32_t len, cap;                                                                                             \
    }

/* data: where the pointer is. Through memory, because it points to any type. */
static inline bool yr_vector_grow(void *data, uint32_t *cap, size_t size) {
    void *old, *grown;
    uint32_t more = *cap ? 2 * *cap : 8;
    memcpy(&old, data, sizeof old);
    grown = more > *cap ? realloc(old, more * size) : NULL;
    if (!grown) return false;
    memcpy(data, &grown, sizeof grown);
    *cap = more;
    return true;
}

/* Room for one more; false: no memory. */
#define yr_vector_reserve(v) ((v)->len < (v)->cap || yr_vector_grow(&(v)->data, &(v)->cap, sizeof *(v)->data))

#endif
