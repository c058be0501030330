/* SPDX-License-Identifier: MIT */
/*
 * split.c - `yata split`: one large update as many small ones, a file each.
 *
 * Files are numbered with leading zeros, so that PREFIX* lists them in the
 * order in which they are to be applied; how many zeros is known when all parts
 * are there, so nothing is written before.
 */
#include "command.h"
#include "output.h"
#include "report.h"
#include "stored.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { DIGITS_MIN = 3, DIGITS_MAX = 20 };

/* All parts, one behind the other. */
typedef struct parts {
    yata_buffer bytes;
    size_t *ends;
    size_t count, cap;
    yata_status status;
} parts;

static bool take(void *ctx, yata_bytes part) {
    parts *p = ctx;
    if (p->count == p->cap) {
        size_t cap = p->cap ? 2 * p->cap : 16;
        size_t *grown = realloc(p->ends, cap * sizeof *grown);
        if (!grown) {
            p->status = YATA_ERR_MEMORY;
            return false;
        }
        p->ends = grown;
        p->cap = cap;
    }
    p->status = yata_buffer_append(&p->bytes, part.data, part.len);
    if (p->status != YATA_OK) return false;
    p->ends[p->count++] = p->bytes.len;
    return true;
}

/* Converts first: the size is that of what is written. */
static int cut(const arguments *args, const char *path, yata_bytes update, parts *out) {
    yata_buffer converted;
    yata_buffer_init(&converted, NULL);
    yata_fault fault = {YATA_OK, 0};
    yata_status status = YATA_OK;
    yata_bytes source = update;
    if (args->from != args->to) {
        status = yata_update_convert(update, args->from, args->to, &converted, &fault);
        source = (yata_bytes){converted.data, converted.len};
    }
    if (status == YATA_OK) status = format_of(args->to)->split(source, args->size, take, out, NULL, &fault);
    if (status == YATA_OK) status = out->status;
    yata_buffer_free(&converted);
    return status == YATA_OK ? EXIT_FINE : stored_refuse(args, path, update, status, fault);
}

static int write_parts(const arguments *args, const char *prefix, const char *dot, const parts *p) {
    int digits = DIGITS_MIN;
    for (size_t rest = (p->count - 1) / 1000; rest && digits < DIGITS_MAX; rest /= 10) digits++;
    size_t room = strlen(prefix) + strlen(dot) + DIGITS_MAX + 1;
    char *name = malloc(room);
    if (!name) {
        report("%s", yata_status_name(YATA_ERR_MEMORY));
        return EXIT_DATA;
    }
    int code = EXIT_FINE;
    size_t start = 0;
    for (size_t i = 0; i < p->count && code == EXIT_FINE; start = p->ends[i++]) {
        yata_bytes part = {p->bytes.data + start, p->ends[i] - start};
        snprintf(name, room, "%s%s%0*zu", prefix, dot, digits, i);
        arguments one = *args;
        one.output = name;
        code = output_bytes(&one, part);
        if (code == EXIT_FINE && part.len > args->size) {
            report_file(name, "%zu bytes: it holds something that cannot be cut", part.len);
        }
    }
    free(name);
    return code;
}

static int run(const arguments *args) {
    const char *path = args->files[0];
    if (!args->size) return report_usage("split", "missing --size BYTES");
    if (!args->output && strcmp(path, "-") == 0) {
        return report_usage("split", "missing -o PREFIX: standard input has no name to begin those of the parts with");
    }
    yata_buffer update;
    yata_buffer_init(&update, NULL);
    parts p = {.count = 0};
    yata_buffer_init(&p.bytes, NULL);
    int code = EXIT_DATA;
    if (stored_read(args, path, &update)) code = cut(args, path, (yata_bytes){update.data, update.len}, &p);
    if (code == EXIT_FINE) code = write_parts(args, args->output ? args->output : path, args->output ? "" : ".", &p);
    free(p.ends);
    yata_buffer_free(&p.bytes);
    yata_buffer_free(&update);
    return code;
}

const command command_split = {
    .name = "split",
    .summary = "cut an update into parts of a given size",
    .accepts = OPTION_IN | OPTION_OUT | OPTION_FROM | OPTION_TO | OPTION_OUTPUT | OPTION_SIZE,
    .files_min = 1,
    .files_max = 1,
    .run = run,
    .help = "yata split - cut an update into parts of a given size\n"
            "\n"
            "Usage: yata split --size BYTES [OPTION]... FILE\n"
            "\n"
            "Writes the update in FILE (- is standard input) as many, in files PREFIX000, PREFIX001 and\n"
            "so on. Each is an update of its own; applied in this order, none waits for a later one, and\n"
            "together they do what the whole does. What cannot be cut, such as one large value, may make\n"
            "a part larger than asked for, which is reported. No document is made.\n"
            "\n"
            "Options:\n"
            "      --size BYTES      the most that a part may take, before --out encodes it\n"
            "  -o, --output PREFIX   what the names of the parts begin with (default: FILE and a dot)\n"
            "      --from v1|v2      update format of the file (default v1)\n"
            "      --to v1|v2        update format to write (default: the one read)\n"
            "      --in FORMAT       what the file holds: binary (default), hex or base64\n"
            "      --out FORMAT      write binary (default), hex or base64\n"
            "  -h, --help            print this help\n"
            "\n"
            "Example:\n"
            "  yata split --size 65536 -o part. doc.bin && yata apply -o same.bin part.*\n",
};
