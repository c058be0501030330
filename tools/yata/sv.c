/* SPDX-License-Identifier: MIT */
/* sv.c - `yata sv`: the state vector of a document, for people (JSON) or for `yata diff` (its bytes). */
#include "command.h"
#include "document.h"
#include "output.h"
#include "report.h"
#include "stored.h"

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

static int make_from_doc(const arguments *args, yata_buffer *out) {
    yata_doc *doc = NULL;
    int code = document_build(args, &doc);
    if (code != EXIT_FINE) return code;
    yata_status status = yata_doc_encode_state_vector(doc, out);
    yata_doc_free(doc);
    if (status == YATA_OK) return EXIT_FINE;
    report("%s", yata_status_name(status));
    return EXIT_DATA;
}

static yata_status make_from_update(const arguments *args, yata_bytes update, yata_buffer *out, yata_fault *fault) {
    return format_of(args->from)->state_vector(update, out, fault);
}

static int print(const arguments *args, yata_bytes vector) {
    if (args->given & (OPTION_BINARY | OPTION_OUT)) return output_bytes(args, vector);
    yata_buffer json;
    yata_buffer_init(&json, NULL);
    yata_status status = print_json(vector, &json);
    int code = EXIT_DATA;
    if (status == YATA_OK) {
        code = output_text(args, (yata_bytes){json.data, json.len});
    } else {
        report("%s", yata_status_name(status));
    }
    yata_buffer_free(&json);
    return code;
}

static int run(const arguments *args) {
    bool without = (args->given & OPTION_NO_DOC) != 0;
    if (without && args->file_count > 1) return report_usage("sv", "--no-doc takes one FILE; `yata merge` makes one");
    yata_buffer vector;
    yata_buffer_init(&vector, NULL);
    int code = without ? stored_make(args, make_from_update, &vector) : make_from_doc(args, &vector);
    if (code == EXIT_FINE) code = print(args, (yata_bytes){vector.data, vector.len});
    yata_buffer_free(&vector);
    return code;
}

const command command_sv = {
    .name = "sv",
    .summary = "print the state vector of a document",
    .accepts = OPTION_IN | OPTION_OUT | OPTION_OUTPUT | OPTION_BINARY | OPTION_FROM | OPTION_NO_DOC,
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
            "      --no-doc          look into one update without making a document\n"
            "      --from v1|v2      update format of the files (default v1)\n"
            "      --in FORMAT       what the files hold: binary (default), hex or base64\n"
            "  -o, --output FILE     write to FILE instead of standard output\n"
            "  -h, --help            print this help\n"
            "\n"
            "Examples:\n"
            "  yata sv doc.bin\n"
            "  yata sv --binary -o mine.sv doc.bin\n",
};
