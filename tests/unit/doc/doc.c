/* SPDX-License-Identifier: MIT */
/* doc.c - documents, their options, roots, kinds and memory. */
#include "../peer.h"

static bool fixed_random(void *ctx, uint64_t *out) {
    *out = *(uint64_t *)ctx;
    return true;
}
static bool no_random(void *ctx, uint64_t *out) {
    (void)ctx;
    (void)out;
    return false;
}

/* ------------------------------------------------------------------------
 * Options
 */
Test(doc, defaults) {
    yata_doc *doc, *other;
    OK(yata_doc_new(NULL, &doc));
    OK(yata_doc_new(NULL, &other));
    cr_assert(yata_doc_client_id(doc) > 0 && yata_doc_client_id(doc) <= UINT32_MAX);
    cr_assert_neq(yata_doc_client_id(doc), yata_doc_client_id(other));
    cr_assert_eq(yata_doc_offset_unit(doc), YATA_OFFSET_UTF16);
    cr_assert_eq(yata_doc_root_count(doc), 0);
    cr_assert_eq(doc->limits.pending_bytes, (size_t)1 << 28);
    yata_doc_free(doc);
    yata_doc_free(other);
    yata_doc_free(NULL);
}

Test(doc, options_are_checked) {
    counted_memory memory = {0};
    yata_allocator allocator = counted_allocator(&memory), broken = allocator;
    yata_doc_options options = yata_doc_options_default();
    yata_doc *doc;
    options.allocator = &allocator;
    FAILS(YATA_ERR_ARGUMENT, yata_doc_new(&options, NULL));
    options.client_id = YT_CLIENT_MAX + 1;
    FAILS(YATA_ERR_ARGUMENT, yata_doc_new(&options, &doc));
    cr_assert_null(doc);
    options.client_id = YT_CLIENT_MAX;
    options.offset_unit = (yata_offset_unit)3;
    FAILS(YATA_ERR_ARGUMENT, yata_doc_new(&options, &doc));
    options.offset_unit = YATA_OFFSET_SCALAR;
    OK(yata_doc_new(&options, &doc));
    cr_assert_eq(yata_doc_client_id(doc), YT_CLIENT_MAX);
    cr_assert_eq(yata_doc_offset_unit(doc), YATA_OFFSET_SCALAR);
    yata_doc_free(doc);
    options.client_id = 0;
    options.random = no_random;
    FAILS(YATA_ERR_ARGUMENT, yata_doc_new(&options, &doc));
    options.client_id = 1;
    OK(yata_doc_new(&options, &doc));
    yata_doc_free(doc);
    for (int i = 0; i < 3; i++) {
        broken = allocator;
        if (i == 0) broken.alloc = NULL;
        if (i == 1) broken.realloc = NULL;
        if (i == 2) broken.free = NULL;
        options.allocator = &broken;
        FAILS(YATA_ERR_ARGUMENT, yata_doc_new(&options, &doc));
    }
    options.allocator = &allocator;
    memory.fail_at = memory.calls + 1;
    FAILS(YATA_ERR_MEMORY, yata_doc_new(&options, &doc));
    cr_assert_null(doc);
    cr_assert_eq(memory.live, 0);
}

Test(doc, random_client_ids) {
    uint64_t random = UINT64_C(0x1234567890);
    yata_doc_options options = yata_doc_options_default();
    options.random = fixed_random;
    options.random_ctx = &random;
    yata_doc *doc;
    OK(yata_doc_new(&options, &doc));
    cr_assert_eq(yata_doc_client_id(doc), 0x34567890);
    yata_doc_free(doc);
    random = UINT64_C(1) << 32; /* 0 is no id */
    OK(yata_doc_new(&options, &doc));
    cr_assert_neq(yata_doc_client_id(doc), 0);
    yata_doc_free(doc);
}

Test(doc, no_document) {
    yata_memory memory;
    yata_type type;
    const char *what;
    cr_assert_eq(yata_doc_client_id(NULL), 0);
    cr_assert_eq(yata_doc_offset_unit(NULL), YATA_OFFSET_UTF16);
    cr_assert_eq(yata_doc_root_count(NULL), 0);
    FAILS(YATA_ERR_ARGUMENT, yata_doc_root_at(NULL, 0, NULL, NULL));
    FAILS(YATA_ERR_ARGUMENT, yata_doc_root_find(NULL, STR("x"), &type));
    FAILS(YATA_ERR_ARGUMENT, yata_doc_root(NULL, STR("x"), YATA_KIND_MAP, &type));
    cr_assert_not(yata_doc_check(NULL, &what));
    cr_assert_str_eq(what, "no document");
    cr_assert_not(yata_doc_check(NULL, NULL));
    memset(&memory, 1, sizeof memory);
    yata_doc_memory(NULL, &memory);
    cr_assert_eq(memory.used + memory.peak + memory.items + memory.text + memory.blocks, 0);
    yata_pending pending;
    memset(&pending, 1, sizeof pending);
    yata_doc_pending(NULL, &pending);
    cr_assert_eq(pending.blocks + pending.deletes + pending.bytes, 0);
}

Test(doc, memory) {
    peer p;
    peer_open(&p, 1);
    yata_memory m;
    yata_doc_memory(p.doc, &m);
    cr_assert_eq(m.used, p.memory.live);
    cr_assert_eq(m.item_count + m.client_count, 0);
    yata_type t = text_root(&p);
    write_text(&p, t, 0, "hello");
    write_text(&p, t, 0, "hello");
    OK(take(&p, "01 01 05 00 00 03 00"));
    yata_doc_memory(p.doc, &m);
    cr_assert_eq(m.used, p.memory.live);
    cr_assert_leq(m.peak, p.memory.peak);
    cr_assert_geq(m.peak, m.used);
    cr_assert_eq(m.item_count, 2);
    cr_assert_eq(m.client_count, 2);
    cr_assert_geq(m.items, YT_SLAB_ITEMS * sizeof(yt_item));
    cr_assert_geq(m.text, 10);
    cr_assert_geq(m.blocks, 3 * sizeof(yt_entry));
    cr_assert_leq(m.items + m.text + m.blocks, m.used);
    peer_close(&p);
}

/* ------------------------------------------------------------------------
 * Roots
 */
Test(doc, roots_are_typed_once) {
    peer p;
    peer_open(&p, 1);
    yata_type x, again;
    yata_kind kind;
    FAILS(YATA_ERR_NOT_FOUND, yata_doc_root_find(p.doc, STR("x"), &x));
    OK(yata_doc_root(p.doc, STR("x"), YATA_KIND_UNTYPED, &x));
    OK(yata_type_kind(x, &kind));
    cr_assert_eq(kind, YATA_KIND_UNTYPED);
    OK(yata_doc_root(p.doc, STR("x"), YATA_KIND_MAP, &again));
    cr_assert_eq(again.ref, x.ref);
    OK(yata_type_kind(x, &kind));
    cr_assert_eq(kind, YATA_KIND_MAP);
    OK(yata_doc_root(p.doc, STR("x"), YATA_KIND_UNTYPED, &again));
    OK(yata_doc_root(p.doc, STR("x"), YATA_KIND_MAP, &again));
    FAILS(YATA_ERR_TYPE, yata_doc_root(p.doc, STR("x"), YATA_KIND_ARRAY, &again));
    OK(yata_doc_root_find(p.doc, STR("x"), &again));
    cr_assert_eq(again.ref, x.ref);
    peer_close(&p);
}

Test(doc, names_of_roots) {
    peer p;
    peer_open(&p, 1);
    yata_type out, empty, null;
    FAILS(YATA_ERR_ARGUMENT, yata_doc_root(p.doc, STR("x"), YATA_KIND_MAP, NULL));
    FAILS(YATA_ERR_ARGUMENT, yata_doc_root(p.doc, (yata_str){NULL, 2}, YATA_KIND_MAP, &out));
    FAILS(YATA_ERR_ARGUMENT, yata_doc_root(p.doc, STR("x"), (yata_kind)8, &out));
    FAILS(YATA_ERR_UTF8, yata_doc_root(p.doc, STR("\xFF"), YATA_KIND_MAP, &out));
    FAILS(YATA_ERR_ARGUMENT, yata_doc_root_find(p.doc, STR("x"), NULL));
    FAILS(YATA_ERR_ARGUMENT, yata_doc_root_find(p.doc, (yata_str){NULL, 2}, &out));
    cr_assert_eq(yata_doc_root_count(p.doc), 0);
    OK(yata_doc_root(p.doc, STR(""), YATA_KIND_MAP, &empty));
    OK(yata_doc_root(p.doc, (yata_str){NULL, 0}, YATA_KIND_MAP, &null));
    cr_assert_eq(empty.ref, null.ref);
    OK(yata_doc_root(p.doc, STR("with\0nul"), YATA_KIND_TEXT, &out));
    yata_str name;
    OK(yata_doc_root_at(p.doc, 0, &name, &out));
    cr_assert(name.len == 0 && out.ref == empty.ref);
    OK(yata_doc_root_at(p.doc, 1, &name, NULL));
    cr_assert_eq(name.len, 8);
    OK(yata_doc_root_at(p.doc, 1, NULL, NULL));
    FAILS(YATA_ERR_RANGE, yata_doc_root_at(p.doc, 2, &name, NULL));
    cr_assert_eq(yata_doc_root_count(p.doc), 2);
    p.memory.fail_at = p.memory.calls + 1;
    FAILS(YATA_ERR_MEMORY, yata_doc_root(p.doc, STR("new"), YATA_KIND_TEXT, &out));
    p.memory.fail_at = 0;
    peer_close(&p);
}

/* Bytes name roots, they do not type them. */
Test(doc, what_content_suggests) {
    static const struct {
        const char *update;
        yata_kind kind;
    } cases[] = {
        {"00 00", YATA_KIND_UNTYPED},
        {"01 01 05 00 04 01 01 78 01 61 00", YATA_KIND_TEXT},
        {"01 01 05 00 05 01 01 78 02 7b7d 00", YATA_KIND_TEXT},
        {"01 01 05 00 06 01 01 78 01 62 04 74727565 00", YATA_KIND_TEXT},
        {"01 01 05 00 08 01 01 78 01 7d01 00", YATA_KIND_ARRAY},
        {"01 01 05 00 07 01 01 78 00 00", YATA_KIND_ARRAY},
        {"01 01 05 00 07 01 01 78 03 01 70 00", YATA_KIND_XML_FRAGMENT},
        {"01 01 05 00 07 01 01 78 06 00", YATA_KIND_XML_FRAGMENT},
        {"01 01 05 00 28 01 01 78 01 6b 01 7d01 00", YATA_KIND_MAP},
        {"01 01 05 00 01 01 01 78 03 00", YATA_KIND_UNTYPED},              /* only what was deleted */
        {"01 02 05 00 01 01 01 78 03 88 05 02 01 7e 00", YATA_KIND_ARRAY}, /* and something behind it */
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        peer p;
        peer_open(&p, 1);
        yata_kind kind;
        yata_type x = root(&p, "x", YATA_KIND_UNTYPED);
        OK(take(&p, cases[i].update));
        OK(yata_type_guess_kind(x, &kind));
        cr_assert_eq(kind, cases[i].kind, "%s", cases[i].update);
        root(&p, "x", YATA_KIND_XML_TEXT);
        OK(yata_type_guess_kind(x, &kind));
        cr_assert_eq(kind, YATA_KIND_XML_TEXT);
        peer_close(&p);
    }
}

/* Deleted elements that are kept still tell what it was. */
Test(doc, what_deleted_content_suggests) {
    peer p;
    peer_open_keeping(&p, 1);
    yata_type x = root(&p, "x", YATA_KIND_UNTYPED);
    yata_kind kind;
    OK(take(&p, "01 02 05 00 08 01 01 78 01 7d01 87 05 00 03 01 70 01 05 01 00 02"));
    OK(yata_type_guess_kind(x, &kind));
    cr_assert_eq(kind, YATA_KIND_XML_FRAGMENT);
    peer_close(&p);
}

/* ------------------------------------------------------------------------
 * Kinds and names
 */
Test(doc, kinds_and_names_of_types) {
    peer p;
    peer_open(&p, 1);
    yata_type a = array_root(&p), none = {NULL, 0, 0};
    yata_kind kind;
    yata_str name;
    for (int k = YATA_KIND_ARRAY; k <= YATA_KIND_XML_TEXT; k++) {
        yata_type t = put_type(&p, a, 0, (yata_kind)k, "Name");
        OK(yata_type_kind(t, &kind));
        cr_assert_eq((int)kind, k);
        OK(yata_type_guess_kind(t, &kind));
        cr_assert_eq((int)kind, k);
        if (k == YATA_KIND_XML_ELEMENT || k == YATA_KIND_XML_HOOK) {
            OK(yata_type_name(t, &name));
            cr_assert(name.len == 4 && !memcmp(name.data, "Name", 4));
        } else {
            FAILS(YATA_ERR_TYPE, yata_type_name(t, &name));
        }
        erase_array(&p, a, 0, 1);
        FAILS(YATA_ERR_GONE, yata_type_kind(t, &kind));
        FAILS(YATA_ERR_GONE, yata_type_guess_kind(t, &kind));
        FAILS(YATA_ERR_GONE, yata_type_name(t, &name));
    }
    FAILS(YATA_ERR_ARGUMENT, yata_type_kind(none, &kind));
    FAILS(YATA_ERR_ARGUMENT, yata_type_name(none, &name));
    FAILS(YATA_ERR_ARGUMENT, yata_type_guess_kind(none, &kind));
    FAILS(YATA_ERR_ARGUMENT, yata_type_kind(a, NULL));
    FAILS(YATA_ERR_ARGUMENT, yata_type_name(a, NULL));
    FAILS(YATA_ERR_ARGUMENT, yata_type_guess_kind(a, NULL));
    yata_type element = root(&p, "e", YATA_KIND_XML_ELEMENT);
    OK(yata_type_name(element, &name)); /* a root has a name, but no tag */
    cr_assert_eq(name.len, 0);
    peer_close(&p);
}

Test(doc, client_ids_can_be_chosen_later) {
    peer p;
    peer_open(&p, 5);
    OK(yata_doc_set_client_id(p.doc, 0));
    cr_assert_eq(yata_doc_client_id(p.doc), 0);
    FAILS(YATA_ERR_ARGUMENT, yata_doc_set_client_id(p.doc, UINT64_C(1) << 53));
    FAILS(YATA_ERR_ARGUMENT, yata_doc_set_client_id(NULL, 1));
    OK(yata_doc_set_client_id(p.doc, (UINT64_C(1) << 53) - 1));
    yata_type t = text_root(&p);
    write_text(&p, t, 0, "a");
    begin(&p);
    FAILS(YATA_ERR_STATE, yata_doc_set_client_id(p.doc, 7));
    commit(&p);
    OK(yata_doc_set_client_id(p.doc, 7));
    write_text(&p, t, 1, "b");
    uint64_t one, other;
    cr_assert(yata_random_default(NULL, &one) && yata_random_default(NULL, &other) && one != other);
    cr_assert_not(yata_random_default(NULL, NULL));
    peer_close(&p);
}

Test(doc, types_are_found_by_their_ids) {
    peer p;
    peer_open(&p, 5);
    yata_type map = root(&p, "m", YATA_KIND_MAP), inner, found, none = {NULL, 0, 0};
    yata_value one = INT(1);
    yata_type_id id;
    OK(yata_type_get_id(map, &id));
    cr_assert(id.is_root && id.name.len == 1 && id.name.data[0] == 'm');
    OK(yata_doc_type_by_id(p.doc, &id, &found));
    cr_assert_eq(found.ref, map.ref);
    begin(&p);
    OK(yata_map_set(map, p.txn, STR("plain"), &one));
    OK(yata_map_set_type(map, p.txn, STR("k"), YATA_KIND_ARRAY, STR(""), &inner));
    commit(&p);
    OK(yata_type_get_id(inner, &id));
    cr_assert(!id.is_root && id.id.client == 5 && id.id.clock == 1);
    OK(yata_doc_type_by_id(p.doc, &id, &found));
    cr_assert(found.ref == inner.ref && found.generation == inner.generation);
    yata_type_id plain = {.id = {5, 0}}, later = {.id = {5, 2}}, nobody = {.id = {6, 0}},
                 huge = {.id = {UINT64_MAX, 0}}, no_root = {.is_root = true, .name = STR("x")};
    FAILS(YATA_ERR_NOT_FOUND, yata_doc_type_by_id(p.doc, &plain, &found));
    FAILS(YATA_ERR_NOT_FOUND, yata_doc_type_by_id(p.doc, &later, &found));
    FAILS(YATA_ERR_NOT_FOUND, yata_doc_type_by_id(p.doc, &nobody, &found));
    FAILS(YATA_ERR_NOT_FOUND, yata_doc_type_by_id(p.doc, &huge, &found));
    FAILS(YATA_ERR_NOT_FOUND, yata_doc_type_by_id(p.doc, &no_root, &found));
    FAILS(YATA_ERR_ARGUMENT, yata_doc_type_by_id(NULL, &id, &found));
    FAILS(YATA_ERR_ARGUMENT, yata_type_get_id(inner, NULL));
    cr_assert_neq(yata_type_get_id(none, &id), YATA_OK);
    begin(&p);
    OK(yata_map_delete(map, p.txn, STR("k")));
    FAILS(YATA_ERR_GONE, yata_doc_type_by_id(p.doc, &(yata_type_id){.id = {5, 1}}, &found));
    commit(&p);
    FAILS(YATA_ERR_GONE, yata_doc_type_by_id(p.doc, &(yata_type_id){.id = {5, 1}}, &found));
    FAILS(YATA_ERR_GONE, yata_type_get_id(inner, &id));
    peer_close(&p);
}

/* ------------------------------------------------------------------------
 * Categories, trimming
 */

/* A document with something in every category. */
static void fill_everything(peer *p) {
    peer_open(p, 1);
    yata_type t = text_root(p), m = map_root(p), a = array_root(p);
    for (uint32_t i = 0; i < 600; i++) {
        begin(p);
        OK(yata_text_insert(t, p->txn, (i * 7919) % (i + 1), STR("x")));
        OK(yata_txn_commit(p->txn));
    }
    for (uint32_t i = 0; i < 40; i++) {
        char key[8];
        snprintf(key, sizeof key, "k%u", i);
        set_int(p, m, key, i);
    }
    for (uint32_t i = 0; i < 40; i += 2) erase_text(p, t, 300 - i * 7, 2);
    put_int(p, a, 0, 1);
    OK(take(p, "01 02 05 01 84 05 00 01 62 84 07 00 01 63 00")); /* waits */
}

static size_t parts(const yata_memory *m) {
    return m->items + m->text + m->blocks + m->deleted + m->index + m->maps + m->pending;
}

Test(doc, memory_by_category) {
    peer p;
    yata_memory m;
    fill_everything(&p);
    yata_doc_memory(p.doc, &m);
    cr_assert_eq(m.used, p.memory.live);
    cr_assert(m.items && m.text && m.blocks && m.deleted && m.index && m.maps && m.pending);
    cr_assert_leq(parts(&m), m.used);
    /* What is in no part is the document itself, and what is kept for the next transaction. */
    cr_assert_leq(m.used, parts(&m) + sizeof *p.doc + 6000, "%zu of %zu", parts(&m), m.used);
    yata_doc_free(p.doc);
    cr_assert_eq(p.memory.live, 0);
}

Test(doc, trim) {
    peer p;
    yata_memory before, after, again;
    fill_everything(&p);
    yata_type t = text_root(&p);
    FAILS(YATA_ERR_ARGUMENT, yata_doc_trim(NULL));
    begin(&p);
    FAILS(YATA_ERR_STATE, yata_doc_trim(p.doc));
    commit(&p);
    yata_buffer state = state_of(&p);
    yata_doc_memory(p.doc, &before);
    OK(yata_doc_trim(p.doc));
    sound(&p);
    yata_doc_memory(p.doc, &after);
    cr_assert_eq(after.index, 0);
    cr_assert_lt(after.used, before.used - before.index);
    cr_assert_leq(after.used, parts(&after) + sizeof *p.doc + 600, "%zu of %zu", parts(&after), after.used);
    yata_buffer same = state_of(&p);
    cr_assert(bytes_equal(bytes_of(&state), bytes_of(&same)));
    OK(yata_doc_trim(p.doc));
    yata_doc_memory(p.doc, &again);
    cr_assert_eq(again.used, after.used);
    /* And the document goes on. */
    write_text(&p, t, 300, "more text");
    erase_text(&p, t, 10, 200);
    set_int(&p, map_root(&p), "new", 1);
    OK(take(&p, "01 01 07 00 04 01 01 74 01 77 00"));
    yata_buffer_free(&state);
    yata_buffer_free(&same);
    peer_close(&p);
}

/* What a large deletion leaves free goes back, as far as it stands at the end. */
Test(doc, trim_after_deleting_much) {
    peer p;
    yata_memory before, after;
    peer_open(&p, 1);
    yata_type a = array_root(&p), outer, inner;
    put_int(&p, a, 0, 7);
    outer = put_type(&p, a, 1, YATA_KIND_ARRAY, "");
    for (int i = 0; i < 3000; i++) {
        begin(&p);
        OK(yata_array_push_type(outer, p.txn, YATA_KIND_MAP, STR(""), &inner));
        OK(yata_map_set_type(inner, p.txn, STR("k"), YATA_KIND_ARRAY, STR(""), NULL));
        OK(yata_txn_commit(p.txn));
    }
    erase_array(&p, a, 1, 1);
    yata_buffer state = state_of(&p);
    yata_doc_memory(p.doc, &before);
    OK(yata_doc_trim(p.doc));
    sound(&p);
    yata_doc_memory(p.doc, &after);
    cr_assert_lt(after.items, before.items / 4, "%zu of %zu for %u", after.items, before.items, after.item_count);
    yata_buffer same = state_of(&p);
    cr_assert(bytes_equal(bytes_of(&state), bytes_of(&same)));
    for (int i = 0; i < 200; i++) put_int(&p, a, 0, i);
    yata_buffer_free(&state);
    yata_buffer_free(&same);
    peer_close(&p);
}

static bool trim_all(peer *p) {
    OK(yata_doc_trim(p->doc));
    sound(p);
    yata_type t = text_root(p);
    if (yata_txn_begin(p->doc, no_bytes(), &p->txn)) return false;
    yata_status status = yata_text_insert(t, p->txn, 200, STR("x"));
    return !yata_txn_commit(p->txn) && !status;
}
Test(doc, trim_without_memory) {
    fail_each(fill_everything, trim_all);
}
