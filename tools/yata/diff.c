/* SPDX-License-Identifier: MIT */
/* diff.c - `yata diff`: the update that takes a peer with a given state vector to the state of a document. */
#include "command.h"
#include "document.h"
#include "input.h"
#include "output.h"
#include "report.h"

static bool read_vector(const arguments *args, yata_buffer *out) {
    if (!input_read_as(args->sv_file, args->in, "a state vector", out)) return false;
    yata_fault fault = yata_state_vector_check((yata_bytes){out->data, out->len});
    if (fault.status == YATA_OK) return true;
    report_fault(args->sv_file, fault);
    return false;
}

static int write_diff(const arguments *args, const yata_doc *doc, yata_bytes vector) {
    yata_buffer update;
    yata_buffer_init(&update, NULL);
    yata_status status = yata_doc_encode_diff(doc, vector, &update);
    int code = EXIT_DATA;
    if (status == YATA_OK) {
        code = output_bytes(args, (yata_bytes){update.data, update.len});
    } else {
        report("%s", yata_status_name(status));
    }
    yata_buffer_free(&update);
    return code;
}

static int run(const arguments *args) {
    if (!args->sv_file) return report_usage("diff", "missing --sv FILE");
    yata_buffer vector;
    yata_buffer_init(&vector, NULL);
    yata_doc *doc = NULL;
    int code = read_vector(args, &vector) ? document_build(args, &doc) : EXIT_DATA;
    if (code == EXIT_FINE) code = write_diff(args, doc, (yata_bytes){vector.data, vector.len});
    yata_doc_free(doc);
    yata_buffer_free(&vector);
    return code;
}

const command command_diff = {
    .name = "diff",
    .summary = "write what a peer with a given state vector lacks",
    .accepts = OPTION_IN | OPTION_OUT | OPTION_OUTPUT | OPTION_NO_GC | OPTION_SV_FILE,
    .files_min = 1,
    .run = run,
    .help = "yata diff - write what a peer with a given state vector lacks\n"
            "\n"
            "Usage: yata diff --sv SVFILE [OPTION]... FILE...\n"
            "\n"
            "Applies the updates in FILE... in order (- is standard input) and writes the update that\n"
            "brings a peer whose encoded state vector is in SVFILE to the same state. All deletions are\n"
            "part of it, as in Yjs.\n"
            "\n"
            "Options:\n"
            "      --sv SVFILE       the state vector of the peer, as `yata sv --binary` writes it\n"
            "      --no-gc           keep deleted content\n"
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
