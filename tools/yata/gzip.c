/* SPDX-License-Identifier: MIT */
/* gzip.c - unpacking .gz from memory, so that reading files and its error messages stay in one place (input.c). */
#include "gzip.h"
#include "report.h"

#include <limits.h>

#define ZLIB_CONST
#include <zlib.h>

enum { CHUNK = 1 << 16, WINDOW_GZIP = 15 + 16 };

bool gzip_recognise(yata_bytes bytes) {
    return bytes.len >= 2 && bytes.data[0] == 0x1F && bytes.data[1] == 0x8B;
}

/* Feeds the rest of `packed` to the stream, and takes what comes out. Z_STREAM_END at the end of a member. */
static int step(z_stream *z, yata_bytes packed, size_t *used, uint8_t *chunk, yata_buffer *out) {
    size_t left = packed.len - *used;
    z->next_in = packed.data + *used;
    z->avail_in = left > UINT_MAX ? UINT_MAX : (uInt)left;
    uInt given = z->avail_in;
    z->next_out = chunk;
    z->avail_out = CHUNK;
    int code = inflate(z, Z_NO_FLUSH);
    *used += given - z->avail_in;
    if (code != Z_OK && code != Z_STREAM_END) return code;
    if (yata_buffer_append(out, chunk, CHUNK - z->avail_out) != YATA_OK) return Z_MEM_ERROR;
    return code;
}

bool gzip_unpack(const char *path, yata_bytes packed, yata_buffer *out) {
    uint8_t chunk[CHUNK];
    z_stream z = {0};
    size_t used = 0;
    int code = inflateInit2(&z, WINDOW_GZIP);
    while (code == Z_OK) {
        code = step(&z, packed, &used, chunk, out);
        if (code == Z_STREAM_END && used < packed.len) code = inflateReset(&z); /* another member follows */
        if (code == Z_OK && used == packed.len && z.avail_out > 0) code = Z_BUF_ERROR;
    }
    if (code == Z_MEM_ERROR) {
        report_file(path, "%s", yata_status_name(YATA_ERR_MEMORY));
    } else if (code == Z_BUF_ERROR) {
        report_file(path, "byte %zu: the gzip data ends in the middle", used);
    } else if (code != Z_STREAM_END) {
        report_file(path, "byte %zu: bad gzip data%s%s", used, z.msg ? ": " : "", z.msg ? z.msg : "");
    }
    inflateEnd(&z);
    return code == Z_STREAM_END;
}
