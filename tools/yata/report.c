/* SPDX-License-Identifier: MIT */
/*
 * report.c - what goes to standard error.
 *
 * Nothing here is checked: where standard error cannot be written there is
 * nobody left to tell, and the exit code still says it.
 */
#include "report.h"
#include "command.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

const char *report_name(const char *path) {
    return strcmp(path, "-") == 0 ? "(standard input)" : path;
}

void report(const char *format, ...) {
    va_list args;
    va_start(args, format);
    fputs("yata: ", stderr);
    vfprintf(stderr, format, args);
    fputc('\n', stderr);
    va_end(args);
}

void report_file(const char *path, const char *format, ...) {
    va_list args;
    va_start(args, format);
    fprintf(stderr, "yata: %s: ", report_name(path));
    vfprintf(stderr, format, args);
    fputc('\n', stderr);
    va_end(args);
}

void report_errno(const char *path, int error) {
    report_file(path, "%s", strerror(error));
}

void report_fault(const char *path, yata_fault fault) {
    const char *reason = yata_status_name(fault.status);
    if (fault.status == YATA_ERR_MEMORY) {
        report_file(path, "%s", reason);
    } else {
        report_file(path, "byte %zu: %s", fault.offset, reason);
    }
}

int report_usage(const char *name, const char *format, ...) {
    va_list args;
    va_start(args, format);
    fputs("yata: ", stderr);
    vfprintf(stderr, format, args);
    fprintf(stderr, "; see 'yata %s%s--help'\n", name ? name : "", name ? " " : "");
    va_end(args);
    return EXIT_USAGE;
}
