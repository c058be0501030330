/* SPDX-License-Identifier: MIT */
/* editor.c - a document with one text, edited by patches. Positions are those of the traces: Unicode scalar values. */
#include "editor.h"
#include "report.h"

#include <string.h>

static const yata_bytes no_origin = {NULL, 0};

yata_status editor_open(editor *e, const arguments *args, uint64_t client) {
    *e = (editor){0};
    yata_doc_options options = yata_doc_options_default();
    options.client_id = client;
    options.offset_unit = YATA_OFFSET_SCALAR;
    options.keep_deleted = (args->given & OPTION_NO_GC) != 0;
    yata_status status = yata_doc_new(&options, &e->doc);
    if (status != YATA_OK) return status;
    return yata_doc_root(e->doc, args->root, YATA_KIND_TEXT, &e->text);
}

void editor_close(editor *e) {
    yata_doc_free(e->doc);
    *e = (editor){0};
}

yata_status editor_start(editor *e, yata_str start) {
    if (start.len == 0) return YATA_OK;
    yata_txn *txn = NULL;
    yata_status status = yata_txn_begin(e->doc, no_origin, &txn);
    if (status != YATA_OK) return status;
    status = yata_text_insert(e->text, txn, 0, start);
    yata_status ended = yata_txn_commit(txn);
    return status != YATA_OK ? status : ended;
}

static yata_status apply_patch(editor *e, yata_txn *txn, const trace_patch *patch) {
    yata_status status = YATA_OK;
    if (patch->deleted > 0) status = yata_text_delete(e->text, txn, patch->position, patch->deleted);
    if (status != YATA_OK || patch->inserted.len == 0) return status;
    return yata_text_insert(e->text, txn, patch->position, patch->inserted);
}

/* Patches [first, end) in one transaction; *at: the one that failed. */
static yata_status apply_patches(editor *e, const trace *t, size_t first, size_t end, size_t *at) {
    yata_txn *txn = NULL;
    *at = first;
    yata_status status = yata_txn_begin(e->doc, no_origin, &txn);
    if (status != YATA_OK) return status;
    for (; *at < end; ++*at) {
        status = apply_patch(e, txn, &t->patches[*at]);
        if (status != YATA_OK) break;
    }
    yata_status ended = yata_txn_commit(txn);
    return status != YATA_OK ? status : ended;
}

bool editor_apply(editor *e, const trace *t, size_t txn, bool per_op, editor_fault *fault) {
    size_t first = t->txns[txn].patch, end = t->txns[txn].patch_end, at = first;
    yata_status status = YATA_OK;
    if (per_op) {
        for (size_t i = first; i < end && status == YATA_OK; i++) status = apply_patches(e, t, i, i + 1, &at);
    } else {
        status = apply_patches(e, t, first, end, &at);
    }
    if (status == YATA_OK) return true;
    *fault = (editor_fault){status, txn, at - first};
    return false;
}

bool editor_verify(const editor *e, const char *path, yata_str expected) {
    yata_buffer text;
    yata_buffer_init(&text, NULL);
    yata_status status = yata_text_read(e->text, &text);
    bool same = false;
    if (status != YATA_OK) {
        report_file(path, "%s", yata_status_name(status));
    } else {
        size_t i = 0;
        while (i < text.len && i < expected.len && text.data[i] == (uint8_t)expected.data[i]) i++;
        same = i == text.len && i == expected.len;
        if (!same) {
            report_file(path, "the text differs from endContent at byte %zu: it has %zu bytes, expected are %zu", i,
                        text.len, expected.len);
        }
    }
    yata_buffer_free(&text);
    return same;
}
