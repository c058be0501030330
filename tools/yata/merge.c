/* SPDX-License-Identifier: MIT */
/*
 * merge.c - `yata merge`: many updates in, one update out, without a document.
 *
 * Unlike `apply` it integrates nothing: deleted content stays, holes stay
 * holes, and memory does not grow with the history.
 */
#include "command.h"
#include "report.h"
#include "stored.h"

#include <stdlib.h>

/* All files one behind the other, and where each begins: views come last, because the bytes move while they grow. */
typedef struct inputs {
    yata_buffer bytes;
    size_t *ends;
    yata_bytes *views;
    size_t count;
} inputs;

static int inputs_read(inputs *in, const arguments *args) {
    in->count = (size_t)args->file_count;
    in->ends = calloc(in->count, sizeof *in->ends);
    in->views = calloc(in->count, sizeof *in->views);
    if (!in->ends || !in->views) {
        report("%s", yata_status_name(YATA_ERR_MEMORY));
        return EXIT_DATA;
    }
    for (size_t i = 0; i < in->count; i++) {
        if (!stored_read(args, args->files[i], &in->bytes)) return EXIT_DATA;
        in->ends[i] = in->bytes.len;
    }
    for (size_t i = 0, start = 0; i < in->count; start = in->ends[i++]) {
        in->views[i] = (yata_bytes){in->bytes.data + start, in->ends[i] - start};
    }
    return EXIT_FINE;
}

/* The library counts through all updates. Which one it was, and where, a look at each of them tells better: at the seam
 * of two the number could mean either. */
static int refuse(const inputs *in, const arguments *args, yata_status status) {
    const update_format *f = format_of(args->from);
    for (size_t i = 0; i < in->count && status != YATA_ERR_MEMORY; i++) {
        yata_fault fault = f->check(in->views[i], NULL);
        if (fault.status != YATA_OK) return stored_refuse(args, args->files[i], in->views[i], fault.status, fault);
    }
    report("%s", yata_status_name(status));
    return EXIT_DATA;
}

static int run(const arguments *args) {
    inputs in = {.count = 0};
    yata_buffer merged;
    yata_buffer_init(&in.bytes, NULL);
    yata_buffer_init(&merged, NULL);
    int code = inputs_read(&in, args);
    if (code == EXIT_FINE) {
        const update_format *f = format_of(args->from);
        /* A single update comes back as it is, unread. */
        yata_status status = in.count == 1 ? f->check(in.views[0], NULL).status : YATA_OK;
        if (status == YATA_OK) status = f->merge(in.views, in.count, &merged, NULL);
        code =
            status == YATA_OK ? stored_write(args, (yata_bytes){merged.data, merged.len}) : refuse(&in, args, status);
    }
    yata_buffer_free(&merged);
    yata_buffer_free(&in.bytes);
    free(in.views);
    free(in.ends);
    return code;
}

const command command_merge = {
    .name = "merge",
    .summary = "turn many updates into one, without a document",
    .accepts = OPTION_IN | OPTION_OUT | OPTION_FROM | OPTION_TO | OPTION_OUTPUT,
    .files_min = 1,
    .run = run,
    .help = "yata merge - turn many updates into one, without a document\n"
            "\n"
            "Usage: yata merge [OPTION]... FILE...\n"
            "\n"
            "Writes one update that does what those in FILE... do (- is standard input), whatever their\n"
            "order. What overlaps is taken once, holes stay holes. Nothing is integrated: deleted content\n"
            "is kept, which `yata apply` would drop, and it is faster for it.\n"
            "\n"
            "Options:\n"
            "      --from v1|v2      update format of the files (default v1)\n"
            "      --to v1|v2        update format to write (default: the one read)\n"
            "      --in FORMAT       what the files hold: binary (default), hex or base64\n"
            "      --out FORMAT      write binary (default), hex or base64\n"
            "  -o, --output FILE     write to FILE instead of standard output; it may be one of FILE...\n"
            "  -h, --help            print this help\n"
            "\n"
            "Examples:\n"
            "  yata merge -o day.bin updates/*.bin\n"
            "  yata merge --from v2 --to v1 a.bin b.bin | yata log -\n",
};
