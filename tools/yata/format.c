/* SPDX-License-Identifier: MIT */
/* format.c - the table of what the library offers for each update format. */
#include "format.h"

#include <string.h>

static const update_format formats[] = {
    {
        .name = "v1",
        .apply = yata_doc_apply,
        .encode_state = yata_doc_encode_state,
        .encode_diff = yata_doc_encode_diff,
        .check = yata_update_check,
        .log = yata_update_log,
        .merge = yata_update_merge,
        .diff = yata_update_diff,
        .state_vector = yata_update_state_vector,
        .meta = yata_update_meta,
        .split = yata_update_split,
        .obfuscate = yata_update_obfuscate,
    },
    {
        .name = "v2",
        .apply = yata_doc_apply_v2,
        .encode_state = yata_doc_encode_state_v2,
        .encode_diff = yata_doc_encode_diff_v2,
        .check = yata_update_check_v2,
        .log = yata_update_log_v2,
        .merge = yata_update_merge_v2,
        .diff = yata_update_diff_v2,
        .state_vector = yata_update_state_vector_v2,
        .meta = yata_update_meta_v2,
        .split = yata_update_split_v2,
        .obfuscate = yata_update_obfuscate_v2,
    },
};

const update_format *format_of(yata_update_format which) {
    return &formats[which == YATA_UPDATE_V2];
}

yata_update_format format_other(yata_update_format which) {
    return which == YATA_UPDATE_V2 ? YATA_UPDATE_V1 : YATA_UPDATE_V2;
}

bool format_parse(const char *word, yata_update_format *out) {
    *out = strcmp(word, "v2") == 0 ? YATA_UPDATE_V2 : YATA_UPDATE_V1;
    return strcmp(word, format_of(*out)->name) == 0;
}
