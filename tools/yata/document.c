/* SPDX-License-Identifier: MIT */
/*
 * document.c - the document that files make.
 *
 * Updates may come in any order, and some may be missing: what waits for them
 * is kept, and reported in words. That is a note, not a failure, because a
 * document with a gap is still a document.
 */
#include "document.h"
#include "command.h"
#include "report.h"
#include "stored.h"

#include <inttypes.h>

static int apply_file(const arguments *args, const char *path, yata_doc *doc) {
    yata_buffer update;
    yata_buffer_init(&update, NULL);
    int code = EXIT_DATA;
    if (stored_read(args, path, &update)) {
        yata_apply_result result = {{YATA_OK, 0}, false};
        yata_bytes bytes = {update.data, update.len};
        yata_status status = format_of(args->from)->apply(doc, bytes, (yata_bytes){NULL, 0}, &result);
        code = status == YATA_OK ? EXIT_FINE : stored_refuse(args, path, bytes, status, result.fault);
    }
    yata_buffer_free(&update);
    return code;
}

static void report_missing(const yata_doc *doc) {
    yata_buffer missing;
    yata_buffer_init(&missing, NULL);
    yata_state_vector_iter iter;
    if (yata_doc_encode_missing(doc, &missing) == YATA_OK &&
        yata_state_vector_iter_init(&iter, (yata_bytes){missing.data, missing.len}) == YATA_OK) {
        yata_id id;
        while (yata_state_vector_iter_next(&iter, &id)) {
            report("pending: missing from client %" PRIu64 ": clock %" PRIu32 " and on", id.client, id.clock);
        }
    }
    yata_buffer_free(&missing);
}

static void report_pending(const yata_doc *doc) {
    yata_pending pending = {0};
    yata_doc_pending(doc, &pending);
    if (pending.blocks == 0 && pending.deletes == 0) return;
    report("pending: %" PRIu32 " struct%s and %" PRIu32 " range%s of deletions wait for updates that are not here",
           pending.blocks, pending.blocks == 1 ? "" : "s", pending.deletes, pending.deletes == 1 ? "" : "s");
    report_missing(doc);
}

int document_build(const arguments *args, yata_doc **out) {
    yata_doc_options options = yata_doc_options_default();
    options.keep_deleted = (args->given & OPTION_NO_GC) != 0;
    yata_doc *doc = NULL;
    yata_status status = yata_doc_new(&options, &doc);
    if (status != YATA_OK) {
        report("%s", yata_status_name(status));
        return EXIT_DATA;
    }
    for (int i = 0; i < args->file_count; i++) {
        int code = apply_file(args, args->files[i], doc);
        if (code == EXIT_FINE) continue;
        yata_doc_free(doc);
        return code;
    }
    report_pending(doc);
    *out = doc;
    return EXIT_FINE;
}
