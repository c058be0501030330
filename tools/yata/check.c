/* SPDX-License-Identifier: MIT */
/* check.c - `yata check`: are these files whole, well-formed updates (or state vectors)? */
#include "command.h"
#include "extent.h"
#include "input.h"
#include "output.h"
#include "report.h"
#include "stored.h"

#include <stdio.h>

/* Results go to standard output line by line, so that they and the faults on standard error keep their order. */
static int say_valid(const char *path, const char *what, size_t len) {
    printf("%s: valid %s, %zu byte%s\n", report_name(path), what, len, len == 1 ? "" : "s");
    return output_flush();
}

static int check_file(const arguments *args, const char *path) {
    bool vector = (args->given & OPTION_SV) != 0;
    yata_buffer bytes;
    yata_buffer_init(&bytes, NULL);
    int code = EXIT_DATA;
    if (input_read_as(path, args->in, vector ? "a state vector" : "an update", &bytes)) {
        yata_bytes view = {bytes.data, bytes.len};
        yata_fault fault = vector ? yata_state_vector_check(view) : format_of(args->from)->check(view, NULL);
        size_t end = vector || fault.status != YATA_OK ? view.len : extent_of_update(format_of(args->from), view);
        if (fault.status != YATA_OK) {
            if (vector) {
                report_fault(path, fault);
            } else {
                stored_refuse(args, path, view, fault.status, fault);
            }
        } else if (end < view.len) {
            report_file(path, "byte %zu: the update ends here, and %zu more follow", end, view.len - end);
            stored_in_other_format(args, path, view);
        } else if (args->given & OPTION_QUIET) {
            code = EXIT_FINE;
        } else {
            code = say_valid(path, vector ? "state vector" : "update", bytes.len);
        }
    }
    yata_buffer_free(&bytes);
    return code;
}

static int run(const arguments *args) {
    if ((args->given & OPTION_SV) && (args->given & OPTION_FROM)) {
        return report_usage("check", "--from is for updates: state vectors have one form");
    }
    int code = EXIT_FINE;
    for (int i = 0; i < args->file_count; i++) {
        int one = check_file(args, args->files[i]);
        if (one != EXIT_FINE) code = one;
    }
    return code;
}

const command command_check = {
    .name = "check",
    .summary = "say whether files are valid updates",
    .accepts = OPTION_IN | OPTION_FROM | OPTION_SV | OPTION_QUIET,
    .files_min = 1,
    .run = run,
    .help = "yata check - say whether files are valid updates\n"
            "\n"
            "Usage: yata check [OPTION]... FILE...\n"
            "\n"
            "Decodes each FILE (- is standard input) to its end. A valid one gets a line on standard\n"
            "output; for any other, standard error tells the byte and the reason. Every file is looked\n"
            "at; the exit code is 1 when one of them was not valid or could not be read.\n"
            "\n"
            "Options:\n"
            "      --sv              the files hold state vectors instead of updates\n"
            "  -q, --quiet           say nothing of valid files\n"
            "      --from v1|v2      update format of the files (default v1)\n"
            "      --in FORMAT       what the files hold: binary (default), hex or base64\n"
            "  -h, --help            print this help\n"
            "\n"
            "Examples:\n"
            "  yata check doc.bin\n"
            "  yata check -q backup/*.bin && echo all fine\n",
};
