/* SPDX-License-Identifier: MIT */
/* sv.c - `yata sv`: the state vector of a document, for people (JSON) or for `yata diff` (its bytes). */
#include "command.h"
#include "document.h"
#include "output.h"
#include "report.h"

#include <inttypes.h>
#include <stdio.h>

/* Appends {"client": clock, ...} and a newline. */
static yata_status print_json(yata_bytes vector, yata_buffer *out) {
    yata_state_vector_iter iter;
    yata_status status = yata_state_vector_iter_init(&iter, vector);
    if (status == YATA_OK) status = yata_buffer_append(out, "{", 1);
    const char *comma = "";
    yata_id id;
    while (status == YATA_OK && yata_state_vector_iter_next(&iter, &id)) {
        char entry[64];
        int len = snprintf(entry, sizeof entry, "%s\"%" PRIu64 "\": %" PRIu32, comma, id.client, id.clock);
        status = yata_buffer_append(out, entry, (size_t)len);
        comma = ", ";
    }
    if (status == YATA_OK) status = iter.fault.status;
    return status == YATA_OK ? yata_buffer_append(out, "}\n", 2) : status;
}

static int run(const arguments *args) {
    yata_doc *doc = NULL;
    int code = document_build(args, &doc);
    if (code != EXIT_FINE) return code;
    yata_buffer vector, json;
    yata_buffer_init(&vector, NULL);
    yata_buffer_init(&json, NULL);
    bool binary = (args->given & (OPTION_BINARY | OPTION_OUT)) != 0;
    yata_status status = yata_doc_encode_state_vector(doc, &vector);
    yata_bytes bytes = {vector.data, vector.len};
    if (status == YATA_OK && !binary) status = print_json(bytes, &json);
    if (status != YATA_OK) {
        report("%s", yata_status_name(status));
        code = EXIT_DATA;
    } else if (binary) {
        code = output_bytes(args, bytes);
    } else {
        code = output_text(args, (yata_bytes){json.data, json.len});
    }
    yata_buffer_free(&json);
    yata_buffer_free(&vector);
    yata_doc_free(doc);
    return code;
}

const command command_sv = {
    .name = "sv",
    .summary = "print the state vector of a document",
    .accepts = OPTION_IN | OPTION_OUT | OPTION_OUTPUT | OPTION_BINARY,
    .files_min = 1,
    .run = run,
    .help = "yata sv - print the state vector of a document\n"
            "\n"
            "Usage: yata sv [OPTION]... FILE...\n"
            "\n"
            "Applies the updates in FILE... in order (- is standard input) and prints what the document\n"
            "has of each client, as JSON {\"client\": clock}: the clock is the one expected next. With\n"
            "--binary or --out it writes the encoded vector instead, as `yata diff --sv` reads it.\n"
            "\n"
            "Options:\n"
            "      --binary          write the encoded vector\n"
            "      --out FORMAT      write the encoded vector as binary, hex or base64\n"
            "      --in FORMAT       what the files hold: binary (default), hex or base64\n"
            "  -o, --output FILE     write to FILE instead of standard output\n"
            "  -h, --help            print this help\n"
            "\n"
            "Examples:\n"
            "  yata sv doc.bin\n"
            "  yata sv --binary -o mine.sv doc.bin\n",
};
