/* SPDX-License-Identifier: MIT */
/*
 * main.c - the `yata` command: finds the subcommand and runs it.
 *
 * The command sees the public headers only, like any other program.
 */
#include "command.h"
#include "output.h"
#include "report.h"

#include <signal.h>
#include <stdio.h>
#include <string.h>

static const command *const commands[] = {&command_show,    &command_log,       &command_meta,  &command_sv,
                                          &command_diff,    &command_apply,     &command_merge, &command_split,
                                          &command_convert, &command_obfuscate, &command_check, &command_replay};
enum { COMMANDS = sizeof commands / sizeof commands[0] };

static const command *find(const char *name) {
    for (size_t i = 0; i < COMMANDS; i++) {
        if (strcmp(commands[i]->name, name) == 0) return commands[i];
    }
    return NULL;
}

static void print_help(void) {
    fputs("yata - look into, check, merge and compact Yjs updates\n"
          "\n"
          "Usage: yata COMMAND [OPTION]... FILE...\n"
          "\n"
          "Commands:\n",
          stdout);
    for (size_t i = 0; i < COMMANDS; i++) printf("  %-9s  %s\n", commands[i]->name, commands[i]->summary);
    fputs("\n"
          "Options:\n"
          "  -h, --help     print this help; after a command: the help of that command\n"
          "      --version  print the version\n"
          "\n"
          "FILE is a Yjs update; - is standard input. Its update format is v1, or with --from v2 the\n"
          "other one. Files are read as binary, or with --in hex and --in base64 as text. Results go to\n"
          "standard output or to the file of -o; --out hex and --out base64 write them as text.\n"
          "\n"
          "Exit codes: 0 fine; 1 bad data, a mismatch, or a file that cannot be read or written;\n"
          "2 a command line that makes no sense.\n"
          "\n"
          "Examples:\n"
          "  yata show doc.bin                             what a document says, as JSON\n"
          "  yata apply -o doc.bin doc.bin updates/*.bin   many updates become one\n"
          "  yata check backup/*.bin                       is everything readable?\n",
          stdout);
}

static int help(const char *name) {
    const command *cmd = find(name);
    if (!cmd) return report_usage(NULL, "there is no command '%s'", name);
    fputs(cmd->help, stdout);
    return output_flush();
}

static int run(const command *cmd, int argc, char **argv) {
    arguments args;
    int code = arguments_parse(&args, cmd, argc, argv);
    if (code == EXIT_FINE) code = args.given & OPTION_HELP ? help(cmd->name) : cmd->run(&args);
    arguments_free(&args);
    return code;
}

int main(int argc, char **argv) {
    signal(SIGPIPE, SIG_IGN); /* `yata show doc | head` ends by EPIPE, in the order we like */
    if (argc < 2) return report_usage(NULL, "missing command");
    const char *word = argv[1];
    if (strcmp(word, "--help") == 0 || strcmp(word, "-h") == 0 || strcmp(word, "help") == 0) {
        if (argc > 2) return help(argv[2]);
        print_help();
        return output_flush();
    }
    if (strcmp(word, "--version") == 0) {
        printf("yata %s\n", yata_version());
        return output_flush();
    }
    const command *cmd = find(word);
    if (cmd) return run(cmd, argc - 1, argv + 1);
    return report_usage(NULL, word[0] == '-' ? "unknown option %s" : "there is no command '%s'", word);
}
