/* SPDX-License-Identifier: MIT */
/* log.c - `yata log`: the structs and deletions of an update, a line each. No document is made. */
#include "command.h"
#include "output.h"
#include "stored.h"

static yata_status list(const arguments *args, yata_bytes update, yata_buffer *out, yata_fault *fault) {
    return format_of(args->from)->log(update, out, fault);
}

static int run(const arguments *args) {
    yata_buffer lines;
    yata_buffer_init(&lines, NULL);
    int code = stored_make(args, list, &lines);
    if (code == EXIT_FINE) code = output_text(args, (yata_bytes){lines.data, lines.len});
    yata_buffer_free(&lines);
    return code;
}

const command command_log = {
    .name = "log",
    .summary = "list the structs and deletions of an update",
    .accepts = OPTION_IN | OPTION_FROM | OPTION_OUTPUT,
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
            "      --from v1|v2      update format of the file (default v1)\n"
            "      --in FORMAT       what the file holds: binary (default), hex or base64\n"
            "  -o, --output FILE     write to FILE instead of standard output\n"
            "  -h, --help            print this help\n"
            "\n"
            "Examples:\n"
            "  yata log update.bin\n"
            "  yata diff --sv peer.sv doc.bin | yata log -\n",
};
