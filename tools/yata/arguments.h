/* SPDX-License-Identifier: MIT */
/*
 * arguments.h - the command line of a subcommand, parsed and checked.
 *
 * One table of all options serves every subcommand; each names the rows it
 * takes. Views point into argv.
 */
#ifndef YATA_TOOL_ARGUMENTS_H
#define YATA_TOOL_ARGUMENTS_H

#include "encoding.h"
#include "format.h"

enum {
    OPTION_HELP = 1u << 0,
    OPTION_IN = 1u << 1,        /* --in binary|hex|base64 */
    OPTION_OUT = 1u << 2,       /* --out binary|hex|base64 */
    OPTION_OUTPUT = 1u << 3,    /* -o, --output FILE */
    OPTION_OUT_FILE = 1u << 4,  /* --out FILE: the same, in replay */
    OPTION_NO_GC = 1u << 5,     /* --no-gc */
    OPTION_ROOT_KIND = 1u << 6, /* --root NAME:KIND, many times */
    OPTION_ROOT = 1u << 7,      /* --root NAME */
    OPTION_PRETTY = 1u << 8,    /* --pretty */
    OPTION_SV_FILE = 1u << 9,   /* --sv FILE */
    OPTION_SV = 1u << 10,       /* --sv: the files are state vectors */
    OPTION_BINARY = 1u << 11,   /* --binary */
    OPTION_QUIET = 1u << 12,    /* -q, --quiet */
    OPTION_PER_OP = 1u << 13,   /* --per-op */
    OPTION_CLIENT = 1u << 14,   /* --client N */
    OPTION_REPEAT = 1u << 15,   /* --repeat N */
    OPTION_FROM = 1u << 16,     /* --from v1|v2 */
    OPTION_TO = 1u << 17,       /* --to v1|v2 */
    OPTION_NO_DOC = 1u << 18,   /* --no-doc */
    OPTION_DELTA = 1u << 19,    /* --delta */
    OPTION_SIZE = 1u << 20,     /* --size BYTES */
    OPTION_KEEP = 1u << 21      /* --keep formats|subdocuments|names, many times */
};

/* A root and the kind to read it as. */
typedef struct root_kind {
    yata_str name;
    yata_kind kind;
} root_kind;

typedef struct arguments {
    unsigned given;          /* OPTION_* that were there */
    encoding in, out;        /* ENCODING_BINARY unless said otherwise */
    yata_update_format from; /* v1 by default */
    yata_update_format to;   /* the same as `from` by default */
    const char *output;      /* NULL: standard output */
    const char *sv_file;     /* NULL: none */
    root_kind *roots;        /* of --root NAME:KIND */
    size_t root_count;
    yata_str root;   /* of --root NAME; "text" by default */
    uint64_t client; /* 1 by default */
    uint32_t repeat; /* 1 by default */
    size_t size;     /* of --size */
    yata_obfuscation keep;
    char **files;
    int file_count;
} arguments;

struct command;

/* Parses argv[1...] for a command. EXIT_FINE or EXIT_USAGE, which has been reported then. After --help nothing else
 * is looked at. arguments_free is due in every case. */
int arguments_parse(arguments *args, const struct command *cmd, int argc, char **argv);
void arguments_free(arguments *args);

#endif
