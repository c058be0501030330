/* SPDX-License-Identifier: MIT */
/* ids.c - sets and maps of ids, and weak links. */
#include "oom/steps.h"
#include <yata/id_map.h>
#include <yata/weak.h>

static void see_set(scenario *s, const yata_id_set *set, yata_id_format format) {
    yata_buffer out;
    yata_buffer_init(&out, &s->allocator);
    TRY(yata_id_set_encode(set, format, &out));
    see(s, bytes_of(&out));
    yata_buffer_free(&out);
}

/* Enough clients for an index, and enough runs of one for pages. */
static void fill_set(scenario *s, yata_id_set *set, uint32_t step) {
    for (uint32_t i = 0; i < 12; i++) TRY(yata_id_set_add(set, (yata_id){(i * 7) % 13, i}, 3));
    for (uint32_t i = 0; i < 300; i++) TRY(yata_id_set_add(set, (yata_id){5, 100 + step * ((i * 7) % 300)}, 1));
    TRY(yata_id_set_remove(set, (yata_id){5, 120}, 90));
}

void scenario_id_sets(scenario *s) {
    yata_id_set *a = NULL, *b = NULL, *c = NULL;
    TRY(yata_id_set_new(&s->allocator, &a));
    TRY(yata_id_set_new(&s->allocator, &b));
    fill_set(s, a, 2);
    fill_set(s, b, 3);
    TRY(yata_id_set_copy(a, &c));
    TRY(yata_id_set_merge(c, b));
    see_set(s, c, YATA_IDS_V1);
    TRY(yata_id_set_intersect(c, a));
    see_set(s, c, YATA_IDS_V2);
    TRY(yata_id_set_diff(c, b));
    see_set(s, c, YATA_IDS_YRS);
    yata_buffer bytes;
    yata_buffer_init(&bytes, &s->allocator);
    TRY(yata_id_set_encode(a, YATA_IDS_V2, &bytes));
    TRY(yata_id_set_decode(b, bytes_of(&bytes), YATA_IDS_V2, NULL, NULL));
    see_set(s, b, YATA_IDS_V1);
    yata_buffer_free(&bytes);
    yata_id_set_free(a);
    yata_id_set_free(b);
    yata_id_set_free(c);
}

static void see_map(scenario *s, const yata_id_map *map, yata_id_format format) {
    yata_buffer out;
    yata_buffer_init(&out, &s->allocator);
    TRY(yata_id_map_encode(map, format, &out));
    see(s, bytes_of(&out));
    yata_buffer_free(&out);
}

static void fill_map(scenario *s, yata_id_map *map, uint32_t step) {
    static const char *const names[] = {"insert", "delete", "\xC3\xA9"};
    for (uint32_t i = 0; i < 24; i++) {
        yata_attribute attributes[2] = {
            {str_of(names[i % 3]), {.kind = YATA_VALUE_STRING, .u.string = str_of("Bob")}},
            {str_of("at"), {.kind = YATA_VALUE_INT, .u.integer = i % 5}},
        };
        TRY(yata_id_map_add(map, (yata_id){i % 4, step * ((i * 5) % 24)}, 4, attributes, 1 + i % 2));
    }
    TRY(yata_id_map_remove(map, (yata_id){2, 10}, 9));
}

static bool keep_some(void *ctx, const yata_id_map *map, const yata_attributed *run) {
    (void)ctx, (void)map;
    return run->first.clock % 3 != 0;
}

void scenario_id_maps(scenario *s) {
    yata_id_map *a = NULL, *b = NULL, *c = NULL;
    yata_id_set *set = NULL;
    yata_attribute by = {str_of("by"), {.kind = YATA_VALUE_BOOL, .u.boolean = true}};
    bool equal;
    TRY(yata_id_map_new(&s->allocator, &a));
    TRY(yata_id_map_new(&s->allocator, &b));
    TRY(yata_id_set_new(&s->allocator, &set));
    fill_map(s, a, 3);
    fill_map(s, b, 2);
    TRY(yata_id_map_copy(a, &c));
    TRY(yata_id_map_merge(c, b));
    see_map(s, c, YATA_IDS_V2);
    TRY(yata_id_map_intersect(c, a));
    see_map(s, c, YATA_IDS_V1);
    TRY(yata_id_map_to_set(c, set));
    TRY(yata_id_map_diff(b, c));
    TRY(yata_id_map_add_set(b, set, &by, 1));
    TRY(yata_id_map_filter(b, keep_some, NULL));
    see_map(s, b, YATA_IDS_V2);
    TRY(yata_id_map_intersect_set(b, set));
    TRY(yata_id_map_diff_set(a, set));
    yata_buffer bytes;
    yata_buffer_init(&bytes, &s->allocator);
    TRY(yata_id_map_encode(b, YATA_IDS_V2, &bytes));
    TRY(yata_id_map_decode(a, bytes_of(&bytes), YATA_IDS_V2, NULL, NULL));
    TRY(yata_id_map_equal(a, b, &equal));
    see_map(s, a, equal ? YATA_IDS_V1 : YATA_IDS_V2);
    yata_buffer_free(&bytes);
    yata_id_map_free(a);
    yata_id_map_free(b);
    yata_id_map_free(c);
    yata_id_set_free(set);
}

/* ------------------------------------------------------------------------
 * Weak links
 */
static void see_link(scenario *s, const yata_doc *doc, yata_type weak) {
    yata_link link;
    yata_buffer out;
    TRY(yata_link_of(weak, &link));
    yata_buffer_init(&out, &s->allocator);
    TRY(yata_link_read_text(doc, &link, &out));
    TRY(yata_link_read_xml(doc, &link, &out));
    see(s, bytes_of(&out));
    yata_buffer_free(&out);
}

static void ignore_event(void *ctx, const yata_event *event) {
    (void)ctx, (void)event;
}

/* A link that lacked memory for its cuts is there all the same, so what is read does not depend on them. */
void scenario_weak_links(scenario *s) {
    yata_doc *doc = new_doc(s, 1, YATA_OFFSET_UTF16, false), *other = new_doc(s, 2, YATA_OFFSET_UTF16, false);
    yata_type t = root(s, doc, "t", YATA_KIND_TEXT), m = root(s, doc, "m", YATA_KIND_MAP), quote, entry, inside;
    yata_quote range = {.start = 2, .end = 7};
    yata_link link;
    yata_value seven = {.kind = YATA_VALUE_INT, .u.integer = 7};
    yata_buffer state;
    uint32_t subscription;
    yata_txn *txn = begin(s, doc);
    TRY(yata_text_insert(t, txn, 0, str_of("some text to quote")));
    TRY(yata_map_set(m, txn, str_of("k"), &seven));
    COMMIT(txn);
    txn = begin(s, doc);
    TRY(yata_type_quote(t, &range, &link));
    TRY(yata_map_set_link(m, txn, str_of("quote"), &link, &quote));
    TRY(yata_array_insert_link(root(s, doc, "a", YATA_KIND_ARRAY), txn, 0, &link, NULL));
    TRY(yata_text_embed_link(t, txn, 4, &link, NULL, &inside));
    TRY(yata_map_link(m, str_of("k"), &link));
    TRY(yata_map_set_link(m, txn, str_of("entry"), &link, &entry));
    TRY(yata_type_observe(quote, ignore_event, NULL, &subscription));
    TRY(yata_type_observe(entry, ignore_event, NULL, &subscription));
    COMMIT(txn);
    for (uint32_t i = 0; i < 3; i++) {
        txn = begin(s, doc);
        TRY(yata_text_insert(t, txn, 4 + i, str_of("XY")));
        TRY(yata_text_delete(t, txn, 6, 1));
        TRY(yata_map_set(m, txn, str_of("k"), &seven));
        if (i == 1) TRY(yata_array_delete(root(s, doc, "a", YATA_KIND_ARRAY), txn, 0, 1));
        COMMIT(txn);
    }
    see_link(s, doc, quote);
    encode(s, doc, no_bytes(), &state);
    TRY(yata_doc_apply(other, bytes_of(&state), no_bytes(), NULL));
    yata_buffer_free(&state);
    yata_value value;
    TRY(yata_map_get(root(s, other, "m", YATA_KIND_MAP), str_of("quote"), &value));
    REQUIRE(value.kind == YATA_VALUE_TYPE);
    see_link(s, other, value.u.type);
    see_json(s, other);
}
