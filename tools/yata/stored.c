/* SPDX-License-Identifier: MIT */
/*
 * stored.c - updates in files.
 *
 * Nothing in the bytes says which format they are in, and guessing would be
 * wrong one day, so --from decides. Where the format named does not take all of
 * the bytes and the other one does, a line says so. That is a failure even when
 * the format named would be content with fewer: most updates of format v2 begin
 * with what is an empty one in format v1.
 *
 * Readers stop at the end of the deletions and ignore what follows. Two updates
 * in one file are one too many, and what nobody reads should not vanish without
 * a word.
 */
#include "stored.h"
#include "command.h"
#include "extent.h"
#include "input.h"
#include "output.h"
#include "report.h"

bool stored_in_other_format(const arguments *args, const char *path, yata_bytes bytes) {
    const update_format *other = format_of(format_other(args->from));
    if (other->check(bytes, NULL).status != YATA_OK || extent_of_update(other, bytes) < bytes.len) return false;
    report_file(path, "this is an update of format %s: --from %s reads it", other->name, other->name);
    return true;
}

bool stored_read(const arguments *args, const char *path, yata_buffer *out) {
    size_t before = out->len;
    if (!input_read_as(path, args->in, "an update", out)) return false;
    yata_bytes bytes = {out->data + before, out->len - before};
    size_t end = extent_of_update(format_of(args->from), bytes);
    if (end < bytes.len && stored_in_other_format(args, path, bytes)) return false;
    if (end < bytes.len)
        report_file(path, "byte %zu: the update ends here, %zu more are ignored", end, bytes.len - end);
    out->len = before + end;
    return true;
}

int stored_refuse(const arguments *args, const char *path, yata_bytes update, yata_status status, yata_fault fault) {
    if (fault.status == YATA_OK) {
        report_file(path, "%s", yata_status_name(status));
        return EXIT_DATA;
    }
    report_fault(path, fault);
    if (fault.status != YATA_ERR_MEMORY) stored_in_other_format(args, path, update);
    return EXIT_DATA;
}

int stored_convert(const arguments *args, yata_bytes update, yata_buffer *out) {
    yata_status status = yata_update_convert(update, args->from, args->to, out, NULL);
    if (status == YATA_OK) return EXIT_FINE;
    report("%s", yata_status_name(status));
    return EXIT_DATA;
}

int stored_write(const arguments *args, yata_bytes update) {
    if (args->from == args->to) return output_bytes(args, update);
    yata_buffer converted;
    yata_buffer_init(&converted, NULL);
    int code = stored_convert(args, update, &converted);
    if (code == EXIT_FINE) code = output_bytes(args, (yata_bytes){converted.data, converted.len});
    yata_buffer_free(&converted);
    return code;
}

int stored_make(const arguments *args, stored_fn fn, yata_buffer *out) {
    const char *path = args->files[0];
    yata_buffer update;
    yata_buffer_init(&update, NULL);
    int code = EXIT_DATA;
    if (stored_read(args, path, &update)) {
        yata_fault fault = {YATA_OK, 0};
        yata_bytes bytes = {update.data, update.len};
        yata_status status = fn(args, bytes, out, &fault);
        code = status == YATA_OK ? EXIT_FINE : stored_refuse(args, path, bytes, status, fault);
    }
    yata_buffer_free(&update);
    return code;
}
