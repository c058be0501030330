/* SPDX-License-Identifier: MIT */
/*
 * report.h - what goes to standard error.
 *
 * One form for all: "yata: FILE: byte 17: reason". Standard input is called
 * (standard input).
 */
#ifndef YATA_TOOL_REPORT_H
#define YATA_TOOL_REPORT_H

#include <yata/base.h>

#if defined(__GNUC__)
#define REPORT_FORMAT(at) __attribute__((format(printf, at, at + 1)))
#else
#define REPORT_FORMAT(at)
#endif

/* The name to call a file of the command line by. */
const char *report_name(const char *path);

/* "yata: ..." */
void report(const char *format, ...) REPORT_FORMAT(1);
/* "yata: FILE: ..." */
void report_file(const char *path, const char *format, ...) REPORT_FORMAT(2);
/* "yata: FILE: No such file or directory" */
void report_errno(const char *path, int error);
/* "yata: FILE: byte 17: reason", or without the byte where it means nothing */
void report_fault(const char *path, yata_fault fault);
/* "yata: ..." and a hint at the help of a command (NULL: of all); answers EXIT_USAGE */
int report_usage(const char *name, const char *format, ...) REPORT_FORMAT(2);

#endif
