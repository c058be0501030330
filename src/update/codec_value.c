/* SPDX-License-Identifier: MIT */
/*
 * codec_value.c - values inside contents (spec/update-v1.md, "Contents").
 *
 * Above the formats there is one form of a plain value, the canonical one. Whatever else is on the wire, JSON text or
 * bytes that lib0 would write otherwise, becomes that here, in the decoder's arena; what is canonical stays a view of
 * the input.
 */
#include "update/codec_value.h"
#include "wire/any.h"

yata_bytes yt_decode_keep(yt_decoder *d, yt_writer *w) {
    yata_bytes kept = {NULL, 0};
    void *place = w->failed || w->len == 0 ? NULL : yt_arena_alloc(d->mem, d->arena, w->len);
    if (place) {
        memcpy(place, w->data, w->len);
        kept = (yata_bytes){place, w->len};
    } else if (yt_reader_ok(&d->in)) {
        yt_reader_fail_at(&d->in, YATA_ERR_MEMORY, d->in.pos);
    }
    yt_writer_free(w);
    return kept;
}

/* The literals, which most formats consist of, have values that need no memory. */
static yata_bytes json_literal(yata_str text) {
    static const uint8_t values[] = {YT_ANY_NULL, YT_ANY_TRUE, YT_ANY_FALSE};
    if (text.len == 4 && memcmp(text.data, "null", 4) == 0) return (yata_bytes){&values[0], 1};
    if (text.len == 4 && memcmp(text.data, "true", 4) == 0) return (yata_bytes){&values[1], 1};
    if (text.len == 5 && memcmp(text.data, "false", 5) == 0) return (yata_bytes){&values[2], 1};
    return (yata_bytes){NULL, 0};
}

static void json_to_any(yt_decoder *d, yata_str text, yt_writer *any) {
    yt_reader in;
    yt_reader_init(&in, (const uint8_t *)text.data, text.len);
    yt_json_read(&in, any);
    if (yt_reader_ok(&in)) return;
    const uint8_t *at = (const uint8_t *)text.data + in.fault.offset;
    bool copied = (uintptr_t)at < (uintptr_t)d->in.start || (uintptr_t)at > (uintptr_t)d->in.end;
    yt_reader_fail_at(&d->in, in.fault.status, copied ? d->in.pos : at);
}

yata_bytes yt_decode_json(yt_decoder *d, yata_str text) {
    yata_bytes literal = json_literal(text);
    if (literal.len) return literal;
    yt_writer any;
    yt_writer_init(&any, d->mem);
    json_to_any(d, text, &any);
    return yt_decode_keep(d, &any);
}

void yt_decode_json_element(yt_decoder *d, yata_str text, yt_writer *any) {
    static const char undefined[] = "undefined";
    if (text.len == sizeof undefined - 1 && memcmp(text.data, undefined, text.len) == 0)
        yt_write_u8(any, YT_ANY_UNDEFINED);
    else
        json_to_any(d, text, any);
}

yata_bytes yt_decode_any_list(yt_decoder *d, uint32_t n) {
    const uint8_t *start = d->in.pos;
    yt_writer copy;
    bool copying = false;
    for (; n > 0 && yt_reader_ok(&d->in); n--) {
        bool canonical = true;
        yata_bytes value = yt_any_read(&d->in, d->mem->keep_floats, &canonical);
        if (!yt_reader_ok(&d->in)) break;
        if (!canonical && !copying) {
            copying = true;
            yt_writer_init(&copy, d->mem);
            yt_write_bytes(&copy, start, (size_t)(value.data - start));
        }
        if (copying) yt_any_write_canonical(&copy, value);
    }
    if (copying) return yt_decode_keep(d, &copy);
    return (yata_bytes){start, (size_t)(d->in.pos - start)};
}

yata_bytes yt_decode_options(yt_decoder *d) {
    const uint8_t *start = d->in.pos;
    yata_bytes options = yt_decode_any_list(d, 1);
    /* Options are looked into by every reader, so they must be something that has members. */
    if (options.len && (options.data[0] == YT_ANY_UNDEFINED || options.data[0] == YT_ANY_NULL))
        yt_reader_fail_at(&d->in, YATA_ERR_VALUE, start);
    return options;
}

yata_str yt_decode_link(yt_decoder *d, const yata_link *link) {
    yata_str none = {NULL, 0};
    if (!yt_reader_ok(&d->in)) return none;
    yt_writer w;
    yt_writer_init(&w, d->mem);
    yt_link_write(&w, NULL, link);
    yata_bytes kept = yt_decode_keep(d, &w);
    return (yata_str){(const char *)kept.data, kept.len};
}
