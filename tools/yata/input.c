/* SPDX-License-Identifier: MIT */
/*
 * input.c - reading files and standard input whole.
 *
 * Plain read calls: a pipe, a device and a file are all the same to them, and
 * names and contents stay bytes.
 */
#include "input.h"
#include "report.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

enum { CHUNK = 1 << 16 };

static bool read_all(int fd, const char *path, yata_buffer *out) {
    uint8_t chunk[CHUNK];
    for (;;) {
        ssize_t got = read(fd, chunk, sizeof chunk);
        if (got == 0) return true;
        if (got < 0) {
            if (errno == EINTR) continue;
            report_errno(path, errno);
            return false;
        }
        yata_status status = yata_buffer_append(out, chunk, (size_t)got);
        if (status != YATA_OK) {
            report_file(path, "%s", yata_status_name(status));
            return false;
        }
    }
}

bool input_read(const char *path, yata_buffer *out) {
    if (strcmp(path, "-") == 0) return read_all(STDIN_FILENO, path, out);
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0) {
        report_errno(path, errno);
        return false;
    }
    bool ok = read_all(fd, path, out);
    close(fd); /* only read from: nothing can be lost */
    return ok;
}

static bool decode(const char *path, encoding from, yata_bytes text, yata_buffer *out) {
    encoding_fault fault = {0, NULL};
    if (encoding_decode(from, text, out, &fault)) return true;
    if (fault.reason) {
        report_file(path, "byte %zu: %s", fault.offset, fault.reason);
    } else {
        report_file(path, "%s", yata_status_name(YATA_ERR_MEMORY));
    }
    return false;
}

bool input_read_as(const char *path, encoding from, const char *what, yata_buffer *out) {
    size_t before = out->len;
    bool ok = false;
    if (from == ENCODING_BINARY) {
        ok = input_read(path, out);
    } else {
        yata_buffer text;
        yata_buffer_init(&text, NULL);
        ok = input_read(path, &text) && decode(path, from, (yata_bytes){text.data, text.len}, out);
        yata_buffer_free(&text);
    }
    if (ok && out->len == before) {
        report_file(path, "byte 0: empty, which is not %s", what);
        return false;
    }
    return ok;
}
