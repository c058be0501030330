/* SPDX-License-Identifier: MIT */
/* apply.c - `yata apply`: many updates in, one update out, the state of the document they make. */
#include "command.h"
#include "document.h"
#include "output.h"
#include "report.h"

static int run(const arguments *args) {
    yata_doc *doc = NULL;
    int code = document_build(args, &doc);
    if (code != EXIT_FINE) return code;
    yata_buffer state;
    yata_buffer_init(&state, NULL);
    yata_status status = format_of(args->to)->encode_state(doc, &state);
    if (status == YATA_OK) {
        code = output_bytes(args, (yata_bytes){state.data, state.len});
    } else {
        report("%s", yata_status_name(status));
        code = EXIT_DATA;
    }
    yata_buffer_free(&state);
    yata_doc_free(doc);
    return code;
}

const command command_apply = {
    .name = "apply",
    .summary = "turn many updates into one (compaction)",
    .accepts = OPTION_IN | OPTION_OUT | OPTION_FROM | OPTION_TO | OPTION_OUTPUT | OPTION_NO_GC,
    .files_min = 1,
    .run = run,
    .help = "yata apply - turn many updates into one (compaction)\n"
            "\n"
            "Usage: yata apply [OPTION]... FILE...\n"
            "\n"
            "Applies the updates in FILE... in order (- is standard input) and writes the state of the\n"
            "document they make as one update. Content that was deleted is dropped, unless --no-gc is\n"
            "given; what waits for updates that are not there stays part of the state.\n"
            "\n"
            "Options:\n"
            "      --no-gc           keep deleted content\n"
            "      --from v1|v2      update format of the files (default v1)\n"
            "      --to v1|v2        update format to write (default: the one read)\n"
            "      --in FORMAT       what the files hold: binary (default), hex or base64\n"
            "      --out FORMAT      write binary (default), hex or base64\n"
            "  -o, --output FILE     write to FILE instead of standard output; it may be one of FILE...\n"
            "  -h, --help            print this help\n"
            "\n"
            "Examples:\n"
            "  yata apply -o doc.bin doc.bin updates/*.bin\n"
            "  yata apply --out base64 doc.bin\n",
};
