/* SPDX-License-Identifier: MIT */
/* obfuscate.c - `yata obfuscate`: an update that can be shown to others. */
#include "command.h"
#include "stored.h"

static yata_status obfuscate(const arguments *args, yata_bytes update, yata_buffer *out, yata_fault *fault) {
    return format_of(args->from)->obfuscate(update, &args->keep, out, fault);
}

static int run(const arguments *args) {
    yata_buffer obscure;
    yata_buffer_init(&obscure, NULL);
    int code = stored_make(args, obfuscate, &obscure);
    if (code == EXIT_FINE) code = stored_write(args, (yata_bytes){obscure.data, obscure.len});
    yata_buffer_free(&obscure);
    return code;
}

const command command_obfuscate = {
    .name = "obfuscate",
    .summary = "replace the contents of an update",
    .accepts = OPTION_IN | OPTION_OUT | OPTION_FROM | OPTION_TO | OPTION_OUTPUT | OPTION_KEEP,
    .files_min = 1,
    .files_max = 1,
    .run = run,
    .help = "yata obfuscate - replace the contents of an update\n"
            "\n"
            "Usage: yata obfuscate [OPTION]... FILE\n"
            "\n"
            "Writes the update in FILE (- is standard input) with other contents: text, values and keys\n"
            "are replaced by numbers, equal keys stay equal. Ids, lengths and structure stay, and so do\n"
            "the names of roots. It makes the same trouble as the original, and may be shown.\n"
            "\n"
            "Options:\n"
            "      --keep PART       leave PART readable: formats (of rich text), subdocuments (guids and\n"
            "                        options) or names (of XML elements and hooks); may be repeated\n"
            "      --from v1|v2      update format of the file (default v1)\n"
            "      --to v1|v2        update format to write (default: the one read)\n"
            "      --in FORMAT       what the file holds: binary (default), hex or base64\n"
            "      --out FORMAT      write binary (default), hex or base64\n"
            "  -o, --output FILE     write to FILE instead of standard output\n"
            "  -h, --help            print this help\n"
            "\n"
            "Example:\n"
            "  yata obfuscate --keep formats --out base64 trouble.bin\n",
};
