/* SPDX-License-Identifier: MIT */
/* diff.c - `yata diff`: the update that takes a peer with a given state vector to the state of a document. */
#include "command.h"
#include "document.h"
#include "input.h"
#include "output.h"
#include "report.h"
#include "stored.h"

static bool read_vector(const arguments *args, yata_buffer *out) {
    if (!input_read_as(args->sv_file, args->in, "a state vector", out)) return false;
    yata_fault fault = yata_state_vector_check((yata_bytes){out->data, out->len});
    if (fault.status == YATA_OK) return true;
    report_fault(args->sv_file, fault);
    return false;
}

static int diff_doc(const arguments *args, yata_bytes vector, yata_buffer *out) {
    yata_doc *doc = NULL;
    int code = document_build(args, &doc);
    if (code != EXIT_FINE) return code;
    yata_status status = format_of(args->to)->encode_diff(doc, vector, out);
    yata_doc_free(doc);
    if (status == YATA_OK) return EXIT_FINE;
    report("%s", yata_status_name(status));
    return EXIT_DATA;
}

/* The vector has been checked: what is refused here is the update. */
static int diff_update(const arguments *args, yata_bytes vector, yata_buffer *out) {
    const char *path = args->files[0];
    yata_buffer update, part;
    yata_buffer_init(&update, NULL);
    yata_buffer_init(&part, NULL);
    int code = EXIT_DATA;
    if (stored_read(args, path, &update)) {
        yata_fault fault = {YATA_OK, 0};
        yata_bytes bytes = {update.data, update.len};
        yata_buffer *made = args->from == args->to ? out : &part;
        yata_status status = format_of(args->from)->diff(bytes, vector, made, &fault);
        code = status == YATA_OK ? EXIT_FINE : stored_refuse(args, path, bytes, status, fault);
        if (code == EXIT_FINE && made == &part) code = stored_convert(args, (yata_bytes){part.data, part.len}, out);
    }
    yata_buffer_free(&part);
    yata_buffer_free(&update);
    return code;
}

static int check_usage(const arguments *args) {
    if (!args->sv_file) return report_usage("diff", "missing --sv FILE");
    if (!(args->given & OPTION_NO_DOC)) return EXIT_FINE;
    if (args->file_count > 1) return report_usage("diff", "--no-doc takes one FILE; `yata merge` makes one");
    if (args->given & OPTION_NO_GC)
        return report_usage("diff", "--no-doc and --no-gc: without a document nothing is collected");
    return EXIT_FINE;
}

static int run(const arguments *args) {
    int code = check_usage(args);
    if (code != EXIT_FINE) return code;
    yata_buffer vector, update;
    yata_buffer_init(&vector, NULL);
    yata_buffer_init(&update, NULL);
    code = EXIT_DATA;
    if (read_vector(args, &vector)) {
        yata_bytes bytes = {vector.data, vector.len};
        code = args->given & OPTION_NO_DOC ? diff_update(args, bytes, &update) : diff_doc(args, bytes, &update);
    }
    if (code == EXIT_FINE) code = output_bytes(args, (yata_bytes){update.data, update.len});
    yata_buffer_free(&update);
    yata_buffer_free(&vector);
    return code;
}

const command command_diff = {
    .name = "diff",
    .summary = "write what a peer with a given state vector lacks",
    .accepts = OPTION_IN | OPTION_OUT | OPTION_OUTPUT | OPTION_NO_GC | OPTION_SV_FILE | OPTION_FROM | OPTION_TO |
               OPTION_NO_DOC,
    .files_min = 1,
    .run = run,
    .help = "yata diff - write what a peer with a given state vector lacks\n"
            "\n"
            "Usage: yata diff --sv SVFILE [OPTION]... FILE...\n"
            "\n"
            "Applies the updates in FILE... in order (- is standard input) and writes the update that\n"
            "brings a peer whose encoded state vector is in SVFILE to the same state. All deletions are\n"
            "part of it, as in Yjs. With --no-doc, the update in one FILE is cut as it stands: faster, and\n"
            "what it builds on need not be there.\n"
            "\n"
            "Options:\n"
            "      --sv SVFILE       the state vector of the peer, as `yata sv --binary` writes it\n"
            "      --no-doc          select from one update without making a document\n"
            "      --no-gc           keep deleted content\n"
            "      --from v1|v2      update format of the files (default v1)\n"
            "      --to v1|v2        update format to write (default: the one read)\n"
            "      --in FORMAT       what the files hold, SVFILE too: binary (default), hex or base64\n"
            "      --out FORMAT      write binary (default), hex or base64\n"
            "  -o, --output FILE     write to FILE instead of standard output\n"
            "  -h, --help            print this help\n"
            "\n"
            "Example, bringing theirs.bin up to ours.bin:\n"
            "  yata sv --binary -o theirs.sv theirs.bin\n"
            "  yata diff --sv theirs.sv -o missing.bin ours.bin\n"
            "  yata apply -o theirs.bin theirs.bin missing.bin\n",
};
