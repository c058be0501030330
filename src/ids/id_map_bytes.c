/* SPDX-License-Identifier: MIT */
/*
 * id_map_bytes.c - the bytes of id maps (spec/id-sets.md).
 *
 *   map        := count client*                    clients ascending
 *   client     := difference count run*            to the client before, the first to 0
 *   run        := clock len count attribute*       as in a delete set of the same format
 *   attribute  := number [name any]                name and value where the number is the next new one
 *   name       := number [string]                  likewise
 *
 * A reader decodes all of it before it changes the map.
 */
#include "ids/id_map.h"
#include "base/config.h"

#define CLIENT_MAX ((UINT64_C(1) << 53) - 1)

/* ------------------------------------------------------------------------
 * Writing
 */

/* The numbers that attributes and names have on the wire; YT_NONE: not written yet. */
typedef struct numbering {
    const yt_attr_book *book;
    uint32_t *attributes, *names;
    uint32_t next_attribute, next_name;
} numbering;

static void write_attribute(yt_writer *w, numbering *n, uint32_t attribute) {
    if (n->attributes[attribute] != YT_NONE) {
        yt_write_var_uint(w, n->attributes[attribute]);
        return;
    }
    yt_write_var_uint(w, n->attributes[attribute] = n->next_attribute++);
    uint32_t name;
    yata_str text = yt_attr_name(n->book, attribute, &name);
    if (n->names[name] != YT_NONE) {
        yt_write_var_uint(w, n->names[name]);
    } else {
        yt_write_var_uint(w, n->names[name] = n->next_name++);
        yt_write_var_bytes(w, text.data, text.len);
    }
    yata_bytes value = yt_attr_value(n->book, attribute);
    yt_write_bytes(w, value.data, value.len);
}

static void write_runs(yt_writer *w, numbering *n, const yt_attr_runs *runs, bool differences) {
    yt_write_var_uint(w, runs->len);
    uint32_t end = 0;
    for (uint32_t i = 0; i < runs->len; i++) {
        yt_attr_run run = runs->data[i];
        yt_write_var_uint(w, differences ? run.clock - end : run.clock);
        yt_write_var_uint(w, differences ? run.len - 1 : run.len);
        end = run.clock + run.len;
        uint32_t count;
        yata_str list = yt_attr_list(n->book, run.list, &count);
        yt_write_var_uint(w, count);
        for (uint32_t k = 0; k < count; k++) write_attribute(w, n, yt_attr_at(list, k));
    }
}

static bool known_format(yata_id_format format) {
    return format == YATA_IDS_V1 || format == YATA_IDS_V2 || format == YATA_IDS_YRS;
}

yata_status yata_id_map_encode(const yata_id_map *map, yata_id_format format, yata_buffer *out) {
    if (!map || !out || !known_format(format)) return YATA_ERR_ARGUMENT;
    yt_mem mem;
    yt_mem_init(&mem, &out->allocator);
    uint32_t attributes = map->book.attributes.len, names = map->book.names.len;
    size_t size = ((size_t)attributes + names + 1) * sizeof(uint32_t);
    uint32_t *numbers = yt_alloc(&mem, size);
    if (!numbers) return YATA_ERR_MEMORY;
    memset(numbers, 0xFF, size);
    numbering n = {.book = &map->book, .attributes = numbers, .names = numbers + attributes};
    yt_writer w;
    yt_writer_init(&w, &mem);
    yt_write_var_uint(&w, map->clients.len);
    uint64_t before = 0;
    for (uint32_t i = 0; i < map->clients.len; i++) {
        const yt_attr_client *client = &map->clients.data[i];
        yt_write_var_uint(&w, client->client - before);
        write_runs(&w, &n, &client->runs, format == YATA_IDS_V2);
        before = client->client;
    }
    yt_free(&mem, numbers, size);
    return yt_writer_to_buffer(&w, out);
}

/* ------------------------------------------------------------------------
 * Reading
 */
typedef struct map_reader {
    yt_reader *r;
    yt_mem *mem;
    yt_attr_book *book;
    YT_VEC(uint32_t) attributes; /* by number on the wire: the number in the book */
    YT_VEC(yata_str) names;
    YT_VEC(uint32_t) list; /* of the run that is being read */
    yt_writer any;
    bool differences;
} map_reader;

static void out_of_memory(map_reader *m) {
    yt_reader_fail_at(m->r, YATA_ERR_MEMORY, m->r->pos);
}

static yata_str read_name(map_reader *m) {
    const uint8_t *start = m->r->pos;
    uint64_t number = yt_read_var_uint(m->r);
    yata_str name = {NULL, 0};
    if (!yt_reader_ok(m->r)) return name;
    if (number > m->names.len) {
        yt_reader_fail_at(m->r, YATA_ERR_VALUE, start);
        return name;
    }
    if (number < m->names.len) return m->names.data[number];
    name = yt_read_var_string(m->r, NULL);
    if (!yt_reader_ok(m->r)) return name;
    if (yt_vec_reserve(m->mem, &m->names, 1))
        yt_vec_put(&m->names, name);
    else
        out_of_memory(m);
    return name;
}

static void read_new_attribute(map_reader *m) {
    yata_str name = read_name(m);
    bool canonical = true;
    yata_bytes any = yt_reader_ok(m->r) ? yt_any_read(m->r, false, &canonical) : (yata_bytes){NULL, 0};
    if (!yt_reader_ok(m->r)) return;
    if (!canonical) {
        m->any.len = 0;
        yt_any_write_canonical(&m->any, any);
        any = (yata_bytes){m->any.data, m->any.len};
    }
    uint32_t attribute = m->any.failed ? YT_NONE : yt_attr_intern(m->mem, m->book, name, any);
    if (attribute == YT_NONE || !yt_vec_reserve(m->mem, &m->attributes, 1))
        out_of_memory(m);
    else
        yt_vec_put(&m->attributes, attribute);
}

static uint32_t read_list(map_reader *m) {
    m->list.len = 0;
    for (uint32_t left = yt_read_count(m->r, 1); left > 0 && yt_reader_ok(m->r); left--) {
        const uint8_t *start = m->r->pos;
        uint64_t number = yt_read_var_uint(m->r);
        if (number > m->attributes.len) yt_reader_fail_at(m->r, YATA_ERR_VALUE, start);
        if (yt_reader_ok(m->r) && number == m->attributes.len) read_new_attribute(m);
        if (!yt_reader_ok(m->r)) return YT_NONE;
        if (!yt_vec_reserve(m->mem, &m->list, 1)) {
            out_of_memory(m);
            return YT_NONE;
        }
        yt_vec_put(&m->list, m->attributes.data[number]);
    }
    if (!yt_reader_ok(m->r)) return YT_NONE;
    uint32_t list = yt_attr_intern_list(m->mem, m->book, m->list.data, m->list.len);
    if (list == YT_NONE) out_of_memory(m);
    return list;
}

static void read_run(map_reader *m, yt_attr_build *b, uint64_t client, uint32_t *end) {
    const uint8_t *start = m->r->pos;
    uint64_t clock = yt_read_clock(m->r), len = yt_read_clock(m->r);
    if (m->differences) {
        clock += *end;
        len++;
    }
    if (!yt_reader_ok(m->r)) return;
    if (clock + len > YT_CLOCK_MAX)
        yt_reader_fail_at(m->r, YATA_ERR_LIMIT, start);
    else if (clock < *end)
        yt_reader_fail_at(m->r, YATA_ERR_VALUE, start);
    uint32_t list = yt_reader_ok(m->r) ? read_list(m) : YT_NONE;
    if (!yt_reader_ok(m->r)) return;
    *end = (uint32_t)(clock + len);
    yt_attr_put(b, client, (uint32_t)clock, *end, list);
    if (b->failed) out_of_memory(m);
}

static void read_map(map_reader *m, yt_attr_build *b) {
    uint64_t client = 0;
    uint32_t clients = yt_read_count(m->r, 2);
    for (uint32_t i = 0; i < clients && yt_reader_ok(m->r); i++) {
        const uint8_t *start = m->r->pos;
        uint64_t difference = yt_read_var_uint(m->r);
        if (yt_reader_ok(m->r) && i && !difference) yt_reader_fail_at(m->r, YATA_ERR_VALUE, start);
        if (yt_reader_ok(m->r) && difference > CLIENT_MAX - client) yt_reader_fail_at(m->r, YATA_ERR_NUMBER, start);
        client += difference;
        uint32_t end = 0;
        for (uint32_t left = yt_read_count(m->r, 3); left > 0 && yt_reader_ok(m->r); left--)
            read_run(m, b, client, &end);
    }
}

yata_status yata_id_map_decode(yata_id_map *map, yata_bytes bytes, yata_id_format format, size_t *used,
                               yata_fault *fault) {
    yata_fault ignored;
    if (!fault) fault = &ignored;
    *fault = (yata_fault){YATA_ERR_ARGUMENT, 0};
    if (!map || (bytes.len && !bytes.data) || !known_format(format)) return YATA_ERR_ARGUMENT;
    yata_id_map *read;
    fault->status = yata_id_map_new(&map->mem.allocator, &read);
    if (fault->status) return fault->status;
    yt_reader r;
    yt_reader_init(&r, bytes.data, bytes.len);
    map_reader m = {.r = &r, .mem = &read->mem, .book = &read->book, .differences = format == YATA_IDS_V2};
    yt_writer_init(&m.any, m.mem);
    yt_attr_build b = yt_attr_build_for(read);
    read_map(&m, &b);
    if (yt_reader_ok(&r) && !used && yt_reader_left(&r)) yt_reader_fail_at(&r, YATA_ERR_VALUE, r.pos);
    yata_status built = yt_attr_build_finish(&b, read);
    *fault = r.fault;
    if (!fault->status) fault->status = built;
    if (!fault->status) fault->status = yata_id_map_merge(map, read);
    if (!fault->status && used) *used = yt_reader_offset(&r);
    yt_writer_free(&m.any);
    yt_vec_free(m.mem, &m.attributes);
    yt_vec_free(m.mem, &m.names);
    yt_vec_free(m.mem, &m.list);
    yata_id_map_free(read);
    return fault->status;
}
