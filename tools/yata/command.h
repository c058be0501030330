/* SPDX-License-Identifier: MIT */
/*
 * command.h - what a subcommand of `yata` is, and the list of them.
 *
 * A subcommand says which options it takes and how many files; the shared
 * parser (arguments.h) does the rest, so that all of them sound the same.
 */
#ifndef YATA_TOOL_COMMAND_H
#define YATA_TOOL_COMMAND_H

#include "arguments.h"

/* What the process answers. Nothing else is ever returned. */
enum {
    EXIT_FINE = 0,
    EXIT_DATA = 1, /* bad data, a mismatch, or a file that cannot be read or written */
    EXIT_USAGE = 2 /* the command line makes no sense */
};

typedef struct command {
    const char *name;
    const char *summary;      /* one line, for the list in `yata --help` */
    const char *help;         /* all of `yata NAME --help` */
    unsigned accepts;         /* OPTION_* */
    int files_min, files_max; /* files_max 0: any number */
    int (*run)(const arguments *args);
} command;

extern const command command_show, command_log, command_meta, command_sv, command_diff, command_apply, command_merge,
    command_split, command_convert, command_obfuscate, command_check, command_replay;

#endif
