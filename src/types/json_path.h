/* SPDX-License-Identifier: MIT */
/* json_path.h - compiled paths: a row of steps. */
#ifndef YT_TYPES_JSON_PATH_H
#define YT_TYPES_JSON_PATH_H

#include "base/vec.h"

#include <yata/json_path.h>

typedef enum yt_path_step_kind {
    YT_STEP_ROOT,    /* $ */
    YT_STEP_HERE,    /* @ */
    YT_STEP_MEMBER,  /* names[first] */
    YT_STEP_INDEX,   /* numbers[first] */
    YT_STEP_ALL,     /* * */
    YT_STEP_DESCEND, /* .. */
    YT_STEP_RANGE,   /* numbers[first ..]: from, to, step */
    YT_STEP_MEMBERS, /* names[first .. first + count) */
    YT_STEP_INDEXES  /* numbers[first .. first + count) */
} yt_path_step_kind;

typedef struct yt_path_step {
    yt_path_step_kind kind;
    uint32_t first, count;
} yt_path_step;

struct yata_json_path {
    yt_mem mem;
    char *text; /* what names are views of */
    size_t len;
    YT_VEC(yt_path_step) steps;
    YT_VEC(yata_str) names;
    YT_VEC(int64_t) numbers;
};

#endif
