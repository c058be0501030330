/* SPDX-License-Identifier: MIT */
/*
 * arguments.c - the command line of a subcommand.
 *
 * getopt_long does the scanning, told to stay silent: it words its complaints
 * differently from system to system, and ours end in a hint at --help.
 *
 * Rows of the table with the same name never meet in one subcommand.
 */
#include "arguments.h"
#include "command.h"
#include "report.h"

#include <errno.h>
#include <getopt.h>
#include <stdlib.h>
#include <string.h>

#define CLIENT_MAX ((UINT64_C(1) << 53) - 1)
#define REPEAT_MAX 1000000
#define SIZE_LIMIT ((UINT64_C(1) << 31) - 1) /* of an update, by default */

static const struct row {
    const char *name;
    char letter; /* 0: none */
    bool value;
    unsigned flag;
} table[] = {
    {"help", 'h', false, OPTION_HELP},   {"in", 0, true, OPTION_IN},           {"out", 0, true, OPTION_OUT},
    {"out", 0, true, OPTION_OUT_FILE},   {"output", 'o', true, OPTION_OUTPUT}, {"no-gc", 0, false, OPTION_NO_GC},
    {"root", 0, true, OPTION_ROOT_KIND}, {"root", 0, true, OPTION_ROOT},       {"pretty", 0, false, OPTION_PRETTY},
    {"sv", 0, true, OPTION_SV_FILE},     {"sv", 0, false, OPTION_SV},          {"binary", 0, false, OPTION_BINARY},
    {"quiet", 'q', false, OPTION_QUIET}, {"per-op", 0, false, OPTION_PER_OP},  {"client", 0, true, OPTION_CLIENT},
    {"repeat", 0, true, OPTION_REPEAT},  {"from", 0, true, OPTION_FROM},       {"to", 0, true, OPTION_TO},
    {"no-doc", 0, false, OPTION_NO_DOC}, {"delta", 0, false, OPTION_DELTA},    {"size", 0, true, OPTION_SIZE},
    {"keep", 0, true, OPTION_KEEP},
};
enum { ROWS = sizeof table / sizeof table[0], FIRST_VALUE = 256 };

/* getopt's two descriptions of the rows a command takes. */
typedef struct scanner {
    struct option longs[ROWS + 1];
    char letters[2 * ROWS + 2];
} scanner;

static void scanner_init(scanner *scan, unsigned accepts) {
    memset(scan, 0, sizeof *scan);
    size_t count = 0, len = 0;
    scan->letters[len++] = ':'; /* a missing value answers ':' instead of '?' */
    for (size_t i = 0; i < ROWS; i++) {
        if (!(table[i].flag & accepts)) continue;
        struct option *option = &scan->longs[count++];
        option->name = table[i].name;
        option->has_arg = table[i].value ? required_argument : no_argument;
        option->val = FIRST_VALUE + (int)i;
        if (!table[i].letter) continue;
        scan->letters[len++] = table[i].letter;
        if (table[i].value) scan->letters[len++] = ':';
    }
}

static const struct row *row_of(int value, unsigned accepts) {
    for (size_t i = 0; i < ROWS; i++) {
        if (!(table[i].flag & accepts)) continue;
        if (value == FIRST_VALUE + (int)i || (table[i].letter && value == table[i].letter)) return &table[i];
    }
    return NULL;
}

/* getopt said '?': an unknown option, an ambiguous abbreviation, or a value where none belongs. */
static int complain(const command *cmd, const scanner *scan, const char *word) {
    if (optopt >= FIRST_VALUE) {
        return report_usage(cmd->name, "option --%s takes no value", table[optopt - FIRST_VALUE].name);
    }
    if (optopt != 0) return report_usage(cmd->name, "unknown option -%c", optopt);
    size_t len = strcspn(word, "="), matches = 0;
    for (const struct option *o = scan->longs; o->name && len > 2; o++) {
        matches += strncmp(o->name, word + 2, len - 2) == 0;
    }
    return report_usage(cmd->name, "%s option %.*s", matches > 1 ? "ambiguous" : "unknown", (int)len, word);
}

static int parse_encoding(const command *cmd, const char *option, const char *word, encoding *out) {
    if (encoding_parse(word, out)) return EXIT_FINE;
    return report_usage(cmd->name, "--%s is binary, hex or base64, not '%s'", option, word);
}

static int parse_format(const command *cmd, const char *option, const char *word, yata_update_format *out) {
    if (format_parse(word, out)) return EXIT_FINE;
    return report_usage(cmd->name, "--%s is v1 or v2, not '%s'", option, word);
}

static int parse_keep(const command *cmd, const char *word, yata_obfuscation *out) {
    if (strcmp(word, "formats") == 0) {
        out->formats = true;
    } else if (strcmp(word, "subdocuments") == 0) {
        out->subdocuments = true;
    } else if (strcmp(word, "names") == 0) {
        out->names = true;
    } else {
        return report_usage(cmd->name, "--keep is formats, subdocuments or names, not '%s'", word);
    }
    return EXIT_FINE;
}

static int parse_number(const command *cmd, const char *option, const char *word, uint64_t max, uint64_t *out) {
    char *end = NULL;
    errno = 0;
    unsigned long long value = strtoull(word, &end, 10);
    /* strtoull takes blanks and signs, which are typing errors here. */
    if (word[0] < '0' || word[0] > '9' || *end || errno || value < 1 || value > max) {
        return report_usage(cmd->name, "--%s is a number from 1 to %llu, not '%s'", option, (unsigned long long)max,
                            word);
    }
    *out = value;
    return EXIT_FINE;
}

/* NAME:KIND; the last colon counts, so that names may have some. */
static int parse_root_kind(const command *cmd, arguments *args, const char *word) {
    static const struct {
        const char *name;
        yata_kind kind;
    } kinds[] = {
        {"text", YATA_KIND_TEXT}, {"array", YATA_KIND_ARRAY}, {"map", YATA_KIND_MAP}, {"xml", YATA_KIND_XML_FRAGMENT}};
    const char *colon = strrchr(word, ':');
    for (size_t i = 0; colon && i < sizeof kinds / sizeof kinds[0]; i++) {
        if (strcmp(colon + 1, kinds[i].name) != 0) continue;
        root_kind *grown = realloc(args->roots, (args->root_count + 1) * sizeof *grown);
        if (!grown) {
            report("out of memory");
            return EXIT_DATA;
        }
        args->roots = grown;
        args->roots[args->root_count++] = (root_kind){{word, (size_t)(colon - word)}, kinds[i].kind};
        return EXIT_FINE;
    }
    return report_usage(cmd->name, "--root is NAME:text, NAME:array, NAME:map or NAME:xml, not '%s'", word);
}

static int take(const command *cmd, arguments *args, const struct row *row, char *value) {
    uint64_t number = 0;
    int code = EXIT_FINE;
    args->given |= row->flag;
    switch (row->flag) {
    case OPTION_IN:
        return parse_encoding(cmd, row->name, value, &args->in);
    case OPTION_OUT:
        return parse_encoding(cmd, row->name, value, &args->out);
    case OPTION_FROM:
        return parse_format(cmd, row->name, value, &args->from);
    case OPTION_TO:
        return parse_format(cmd, row->name, value, &args->to);
    case OPTION_KEEP:
        return parse_keep(cmd, value, &args->keep);
    case OPTION_SIZE:
        code = parse_number(cmd, row->name, value, SIZE_LIMIT, &number);
        if (code == EXIT_FINE) args->size = (size_t)number;
        return code;
    case OPTION_OUTPUT:
    case OPTION_OUT_FILE:
        args->output = value;
        return EXIT_FINE;
    case OPTION_ROOT_KIND:
        return parse_root_kind(cmd, args, value);
    case OPTION_ROOT:
        args->root = (yata_str){value, strlen(value)};
        return EXIT_FINE;
    case OPTION_SV_FILE:
        args->sv_file = value;
        return EXIT_FINE;
    case OPTION_CLIENT:
        return parse_number(cmd, row->name, value, CLIENT_MAX, &args->client);
    case OPTION_REPEAT:
        code = parse_number(cmd, row->name, value, REPEAT_MAX, &number);
        if (code == EXIT_FINE) args->repeat = (uint32_t)number;
        return code;
    default:
        return EXIT_FINE;
    }
}

static bool is_stdin(const char *file) {
    return strcmp(file, "-") == 0;
}

static int check_files(const command *cmd, const arguments *args) {
    if (args->file_count < cmd->files_min) return report_usage(cmd->name, "missing FILE");
    if (cmd->files_max && args->file_count > cmd->files_max) {
        return report_usage(cmd->name, "one FILE is enough, '%s' is too much", args->files[cmd->files_max]);
    }
    int stdins = args->sv_file && is_stdin(args->sv_file);
    for (int i = 0; i < args->file_count; i++) stdins += is_stdin(args->files[i]);
    if (stdins > 1) return report_usage(cmd->name, "standard input (-) can be read only once");
    return EXIT_FINE;
}

int arguments_parse(arguments *args, const command *cmd, int argc, char **argv) {
    *args = (arguments){.root = {"text", 4}, .client = 1, .repeat = 1, .from = YATA_UPDATE_V1};
    scanner scan;
    scanner_init(&scan, cmd->accepts | OPTION_HELP);
    opterr = 0;
    optind = 1;
    for (;;) {
        const char *word = optind < argc ? argv[optind] : "";
        int value = getopt_long(argc, argv, scan.letters, scan.longs, NULL);
        if (value == -1) break;
        /* getopt moves file names behind the options, so the word it looked at is the one before optind. */
        if (optind > 1) word = argv[optind - 1];
        if (value == ':') return report_usage(cmd->name, "option %s needs a value", word);
        if (value == '?') return complain(cmd, &scan, word);
        const struct row *row = row_of(value, cmd->accepts | OPTION_HELP);
        if (!row) return report_usage(cmd->name, "unknown option %s", word);
        int code = take(cmd, args, row, optarg);
        if (code != EXIT_FINE) return code;
        if (row->flag == OPTION_HELP) return EXIT_FINE;
    }
    if (!(args->given & OPTION_TO)) args->to = args->from;
    args->files = argv + optind;
    args->file_count = argc - optind;
    return check_files(cmd, args);
}

void arguments_free(arguments *args) {
    free(args->roots);
    args->roots = NULL;
    args->root_count = 0;
}
