/* SPDX-License-Identifier: MIT */
/* convert.c - `yata convert`: the same update in the other format. */
#include "command.h"
#include "output.h"
#include "report.h"
#include "stored.h"

static yata_status convert(const arguments *args, yata_bytes update, yata_buffer *out, yata_fault *fault) {
    return yata_update_convert(update, args->from, args->to, out, fault);
}

static int run(const arguments *given) {
    if (!(given->given & OPTION_TO)) return report_usage("convert", "missing --to v1|v2");
    arguments args = *given;
    if (!(args.given & OPTION_FROM)) args.from = format_other(args.to);
    yata_buffer converted;
    yata_buffer_init(&converted, NULL);
    int code = stored_make(&args, convert, &converted);
    if (code == EXIT_FINE) code = output_bytes(&args, (yata_bytes){converted.data, converted.len});
    yata_buffer_free(&converted);
    return code;
}

const command command_convert = {
    .name = "convert",
    .summary = "write an update in the other update format",
    .accepts = OPTION_IN | OPTION_OUT | OPTION_FROM | OPTION_TO | OPTION_OUTPUT,
    .files_min = 1,
    .files_max = 1,
    .run = run,
    .help = "yata convert - write an update in the other update format\n"
            "\n"
            "Usage: yata convert --to v1|v2 [OPTION]... FILE\n"
            "\n"
            "Writes the update in FILE (- is standard input) block by block in the other format. No\n"
            "document is made. From a format to itself, the update comes out as it is usually written.\n"
            "\n"
            "Options:\n"
            "      --to v1|v2        update format to write\n"
            "      --from v1|v2      update format of the file (default: the one that --to is not)\n"
            "      --in FORMAT       what the file holds: binary (default), hex or base64\n"
            "      --out FORMAT      write binary (default), hex or base64\n"
            "  -o, --output FILE     write to FILE instead of standard output; it may be the one read\n"
            "  -h, --help            print this help\n"
            "\n"
            "Example:\n"
            "  yata convert --to v2 -o doc.v2 doc.bin\n",
};
