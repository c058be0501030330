/* SPDX-License-Identifier: MIT */
/*
 * output.c - writing results.
 *
 * A plain file is replaced in one step: the new content goes into a file beside
 * it that takes its name when all of it is on disk. So `yata apply doc -o doc`
 * ends with the old document or with the new one, also on a full disk.
 *
 * Devices, pipes, links and files of others are written in place: a new file
 * under their name would not be the same thing.
 */
#include "output.h"
#include "command.h"
#include "pretty.h"
#include "report.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* 0, or the errno of the failure. */
static int write_all(int fd, yata_bytes bytes) {
    size_t done = 0;
    while (done < bytes.len) {
        size_t part = bytes.len - done;
        if (part > (size_t)1 << 30) part = (size_t)1 << 30; /* some systems refuse more in one call */
        ssize_t put = write(fd, bytes.data + done, part);
        if (put < 0 && errno == EINTR) continue;
        if (put < 0) return errno;
        done += (size_t)put;
    }
    return 0;
}

static int write_in_place(const char *path, yata_bytes bytes) {
    int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
    if (fd < 0) return errno;
    int error = write_all(fd, bytes);
    if (close(fd) != 0 && !error) error = errno;
    return error;
}

/* Is this a name that a new file may take over? mode: of the file to be. */
static bool replaceable(const char *path, mode_t *mode) {
    struct stat st;
    if (lstat(path, &st) == 0) {
        *mode = st.st_mode & 07777;
        return S_ISREG(st.st_mode) && st.st_nlink == 1 && st.st_uid == geteuid() && access(path, W_OK) == 0;
    }
    bool absent = errno == ENOENT;
    mode_t mask = umask(0);
    umask(mask);
    *mode = 0666 & ~mask;
    return absent;
}

static int fill(int fd, mode_t mode, yata_bytes bytes) {
    int error = write_all(fd, bytes);
    if (!error && fchmod(fd, mode) != 0) error = errno;
    if (!error && fsync(fd) != 0) error = errno;
    if (close(fd) != 0 && !error) error = errno;
    return error;
}

static int write_file(const char *path, yata_bytes bytes) {
    static const char suffix[] = ".XXXXXX";
    mode_t mode = 0;
    if (!replaceable(path, &mode)) return write_in_place(path, bytes);
    size_t len = strlen(path);
    char *name = malloc(len + sizeof suffix);
    if (!name) return ENOMEM;
    memcpy(name, path, len);
    memcpy(name + len, suffix, sizeof suffix);
    int fd = mkstemp(name);
    int error = 0;
    if (fd < 0) { /* a folder without room for a second name, or one that takes no new files */
        error = write_in_place(path, bytes);
    } else {
        error = fill(fd, mode, bytes);
        if (!error && rename(name, path) != 0) error = errno;
        if (error) unlink(name);
    }
    free(name);
    return error;
}

static int put(const arguments *args, yata_bytes bytes) {
    if (args->output && strcmp(args->output, "-") != 0) {
        int error = write_file(args->output, bytes);
        if (error) report_errno(args->output, error);
        return error ? EXIT_DATA : EXIT_FINE;
    }
    int error = write_all(STDOUT_FILENO, bytes);
    if (!error || error == EPIPE) return EXIT_FINE;
    report_errno("(standard output)", error);
    return EXIT_DATA;
}

int output_flush(void) {
    errno = 0;
    if (fflush(stdout) == 0 && !ferror(stdout)) return EXIT_FINE;
    if (errno == EPIPE) return EXIT_FINE;
    report_errno("(standard output)", errno ? errno : EIO);
    return EXIT_DATA;
}

int output_text(const arguments *args, yata_bytes text) {
    return put(args, text);
}

int output_json(const arguments *args, yata_bytes json) {
    yata_buffer text;
    yata_buffer_init(&text, NULL);
    yata_status status =
        args->given & OPTION_PRETTY ? pretty_json(json, &text) : yata_buffer_append(&text, json.data, json.len);
    if (status == YATA_OK) status = yata_buffer_append(&text, "\n", 1);
    int code = EXIT_DATA;
    if (status == YATA_OK) {
        code = put(args, (yata_bytes){text.data, text.len});
    } else {
        report("%s", yata_status_name(status));
    }
    yata_buffer_free(&text);
    return code;
}

int output_bytes(const arguments *args, yata_bytes bytes) {
    if (args->out == ENCODING_BINARY) {
        bool asked = args->output || (args->given & OPTION_OUT);
        if (!asked && isatty(STDOUT_FILENO)) {
            report("binary is not for a terminal: use -o FILE, --out hex or --out base64 (--out binary insists)");
            return EXIT_USAGE;
        }
        return put(args, bytes);
    }
    yata_buffer text;
    yata_buffer_init(&text, NULL);
    yata_status status = encoding_encode(args->out, bytes, &text);
    int code = EXIT_DATA;
    if (status == YATA_OK) {
        code = put(args, (yata_bytes){text.data, text.len});
    } else {
        report("%s", yata_status_name(status));
    }
    yata_buffer_free(&text);
    return code;
}
