/* SPDX-License-Identifier: MIT */
/* log.c - `yata log`: the structs and deletions of an update, a line each. No document is made. */
#include "command.h"
#include "input.h"
#include "output.h"
#include "report.h"

static int run(const arguments *args) {
    const char *path = args->files[0];
    yata_buffer update, lines;
    yata_buffer_init(&update, NULL);
    yata_buffer_init(&lines, NULL);
    int code = EXIT_DATA;
    if (input_read_as(path, args->in, "an update", &update)) {
        yata_fault fault = {YATA_OK, 0};
        yata_status status = yata_update_log((yata_bytes){update.data, update.len}, &lines, &fault);
        if (status == YATA_OK) {
            code = output_text(args, (yata_bytes){lines.data, lines.len});
        } else if (fault.status != YATA_OK) {
            report_fault(path, fault);
        } else {
            report_file(path, "%s", yata_status_name(status));
        }
    }
    yata_buffer_free(&lines);
    yata_buffer_free(&update);
    return code;
}

const command command_log = {
    .name = "log",
    .summary = "list the structs and deletions of an update",
    .accepts = OPTION_IN | OPTION_OUTPUT,
    .files_min = 1,
    .files_max = 1,
    .run = run,
    .help = "yata log - list the structs and deletions of an update\n"
            "\n"
            "Usage: yata log [OPTION]... FILE\n"
            "\n"
            "Prints one line for each struct and each range of deletions of the update in FILE (- is\n"
            "standard input), in the order of the bytes. No document is made: an update that waits for\n"
            "others is listed like any other.\n"
            "\n"
            "Options:\n"
            "      --in FORMAT       what the file holds: binary (default), hex or base64\n"
            "  -o, --output FILE     write to FILE instead of standard output\n"
            "  -h, --help            print this help\n"
            "\n"
            "Examples:\n"
            "  yata log update.bin\n"
            "  yata diff --sv peer.sv doc.bin | yata log -\n",
};
