/* SPDX-License-Identifier: MIT */
/*
 * tree.c - replays what tree.mjs adds to the programs: XML and subdocuments.
 *
 *   record := '<' type { 0 at | 1 behind | 2 } kind name | '<' type 3 from len     children
 *           | '@' type { 0 at | 1 | 2 key } guid flags meta                        a document into an array, a map
 *           | '@' type { 3 | 4 } { 0 index | 1 key }                               load, destroy
 *           | '>' peer root kind text                                              the tree as walks see it
 *           | '%' peer text                                                        the live subdocuments
 */
#include "run.h"

static const char *const names[] = {"p", "P", "div", "H1", "ÉTÉ", "straße", "STRASSE", "ΟΔΟΣ", "ǅ", "", "😀"};

/* ---- text ---- */

static void add(yata_buffer *out, const char *text) {
    REQUIRE(yata_buffer_append(out, text, strlen(text)) == YATA_OK);
}

static void add_str(yata_buffer *out, yata_str str) {
    REQUIRE(yata_buffer_append(out, str.data, str.len) == YATA_OK);
}

static void add_number(yata_buffer *out, uint32_t n) {
    char text[16];
    snprintf(text, sizeof text, "%u", (unsigned)n);
    add(out, text);
}

/* ---- children ---- */

void child_op(void) {
    yata_type parent = target(), sibling = {NULL, 0, 0};
    uint64_t op = number();
    uint32_t at = op == 2 ? 0 : (uint32_t)number();
    if (run.verbose) printf("XML child %u at %u\n", (unsigned)op, at);
    if (op == 3) {
        uint32_t len = (uint32_t)number();
        if (!run.dead) expect_ok(yata_xml_delete(parent, run.txn, at, len), "xml delete");
        return;
    }
    yata_kind kind = (yata_kind)number();
    yata_str name = str_from(bytes());
    if (run.dead) return;
    if (op == 0) {
        expect_ok(yata_xml_insert(parent, run.txn, at, kind, name, NULL), "xml insert");
    } else if (op == 1) {
        if (at > 0) expect_ok(yata_xml_get(parent, at - 1, &sibling), "xml get");
        if (!run.dead) expect_ok(yata_xml_insert_after(parent, run.txn, sibling, kind, name, NULL), "xml insert after");
    } else {
        expect_ok(yata_xml_push(parent, run.txn, kind, name, NULL), "xml push");
    }
}

static void add_type(yata_buffer *out, yata_status status, yata_type type) {
    yata_kind kind = YATA_KIND_UNTYPED;
    yata_str name;
    if (status == YATA_ERR_NOT_FOUND) {
        add(out, "-");
        return;
    }
    expect_ok(status, "a way through the tree");
    if (run.dead) return;
    expect_ok(yata_type_kind(type, &kind), "kind");
    add_number(out, kind);
    if (yata_type_name(type, &name) == YATA_OK) add_str(out, name);
}

/* The place of a child, counted. */
static uint32_t place_of(yata_type parent, yata_type child) {
    uint32_t len = 0;
    expect_ok(yata_xml_length(parent, &len), "length");
    for (uint32_t i = 0; i < len && !run.dead; i++) {
        yata_type at;
        expect_ok(yata_xml_get(parent, i, &at), "get");
        if (at.ref == child.ref) return i;
    }
    return UINT32_MAX;
}

static void add_node(yata_buffer *out, yata_type node) {
    yata_type parent = {NULL, 0, 0}, above, other = {NULL, 0, 0};
    yata_kind kind = YATA_KIND_UNTYPED;
    add_type(out, YATA_OK, node);
    add(out, ",");
    expect_ok(yata_type_parent(node, &parent), "parent");
    if (run.dead) return;
    bool root = yata_type_parent(parent, &above) == YATA_ERR_NOT_FOUND;
    add_type(out, root ? YATA_ERR_NOT_FOUND : YATA_OK, parent);
    add(out, ",");
    add_number(out, place_of(parent, node));
    expect_ok(yata_type_kind(node, &kind), "kind");
    if (kind == YATA_KIND_XML_ELEMENT || kind == YATA_KIND_XML_TEXT) {
        add(out, ",");
        yata_status status = yata_xml_prev_sibling(node, &other);
        add_type(out, status, other);
        add(out, ",");
        status = yata_xml_next_sibling(node, &other);
        add_type(out, status, other);
    }
    add(out, ";");
}

static void add_query(yata_buffer *out, yata_type root, yata_str name) {
    yata_xml_walk walk;
    yata_type found = {NULL, 0, 0};
    bool some = false;
    for (expect_ok(yata_xml_walk_init(&walk, root), "walk"); yata_xml_walk_next_named(&walk, name, &found);) {
        if (some) add(out, " ");
        add_type(out, YATA_OK, found);
        some = true;
    }
    add(out, "|");
    yata_status status = yata_xml_find(root, name, &found);
    add_type(out, status, found);
    add(out, ";");
}

void check_tree(void) {
    peer *p = peer_number();
    yata_str name = str_from(bytes());
    yata_kind kind = (yata_kind)number();
    yata_bytes expected = bytes();
    yata_type root, node = {NULL, 0, 0};
    yata_xml_walk walk;
    if (run.dead) return;
    yata_buffer out;
    yata_buffer_init(&out, NULL);
    expect_ok(yata_doc_root(p->doc, name, kind, &root), "root");
    yata_status first = yata_xml_first_child(root, &node);
    add_type(&out, first, node);
    add(&out, ";");
    expect_ok(yata_xml_walk_init(&walk, root), "walk");
    while (!run.dead && yata_xml_walk_next(&walk, &node)) add_node(&out, node);
    for (size_t i = 0; i < sizeof names / sizeof *names && !run.dead; i++) add_query(&out, root, str_of(names[i]));
    if (!run.dead && !bytes_equal(expected, bytes_of(&out)))
        printf("  yjs  %.*s\n  yata %.*s\n", (int)expected.len, (const char *)expected.data, (int)out.len,
               (const char *)out.data);
    expect_bytes("tree", expected, bytes_of(&out), PLAIN);
    yata_buffer_free(&out);
}

/* ---- subdocuments ---- */

void doc_op(void) {
    yata_type type = target();
    uint64_t op = number();
    yata_subdoc subdoc = {NULL, 0, 0};
    if (op > 2) {
        bool keyed = number() != 0;
        uint32_t index = keyed ? 0 : (uint32_t)number();
        yata_str key = keyed ? str_from(bytes()) : str_of("");
        if (run.verbose) printf("%s a subdocument\n", op == 3 ? "load" : "destroy");
        if (run.dead) return;
        expect_ok(keyed ? yata_map_get_doc(type, key, &subdoc) : yata_array_get_doc(type, index, &subdoc), "get doc");
        if (!run.dead) expect_ok(op == 3 ? yata_subdoc_load(subdoc) : yata_subdoc_destroy(subdoc), "load, destroy");
        return;
    }
    uint32_t at = op == 0 ? (uint32_t)number() : 0;
    yata_str key = op == 2 ? str_from(bytes()) : str_of("");
    yata_str guid = str_from(bytes());
    uint64_t flags = number();
    yata_value all = {.kind = YATA_VALUE_ARRAY, .u.any = bytes()}, meta;
    yata_value_iter iter;
    if (run.verbose) printf("subdocument %.*s\n", (int)guid.len, guid.data);
    if (run.dead) return;
    expect_ok(yata_value_iter_init(&iter, &all), "meta");
    REQUIRE(yata_value_iter_next(&iter, NULL, &meta));
    yata_subdoc_options options = {.guid = guid,
                                   .keep_deleted = (flags & 1) != 0,
                                   .auto_load = (flags & 2) != 0,
                                   .defer = (flags & 4) != 0,
                                   .meta = &meta};
    expect_ok(op == 0   ? yata_array_insert_doc(type, run.txn, at, &options, &subdoc)
              : op == 1 ? yata_array_push_doc(type, run.txn, &options, &subdoc)
                        : yata_map_set_doc(type, run.txn, key, &options, &subdoc),
              "insert doc");
    if (!run.dead && !yata_subdoc_alive(subdoc)) fail("a new subdocument is not alive");
}

static void add_list(yata_buffer *out, const yata_subdoc *list, size_t count) {
    for (size_t i = 0; i < count; i++) {
        yata_str guid;
        bool load;
        REQUIRE(yata_subdoc_guid(list[i], &guid) == YATA_OK);
        REQUIRE(yata_subdoc_should_load(list[i], &load) == YATA_OK);
        if (i) add(out, " ");
        add_str(out, guid);
        if (load) add(out, "*");
    }
}

static void on_subdocs(void *ctx, yata_doc *doc, const yata_txn *txn, const yata_subdocs_event *event) {
    peer *p = ctx;
    if (run.dead) return;
    REQUIRE(doc == p->doc && yata_txn_doc(txn) == doc);
    add(&p->log, "s+");
    add_list(&p->log, event->added, event->added_count);
    add(&p->log, "-");
    add_list(&p->log, event->removed, event->removed_count);
    add(&p->log, "~");
    add_list(&p->log, event->loaded, event->loaded_count);
}

/* Its document is used, so that one that lives too long or too short is found out. */
static void use_document(yata_subdoc subdoc) {
    yata_doc *doc;
    yata_type text;
    yata_txn *txn;
    uint32_t len;
    expect_ok(yata_subdoc_doc(subdoc, &doc), "document");
    if (run.dead) return;
    REQUIRE(yata_doc_root(doc, str_of("t"), YATA_KIND_TEXT, &text) == YATA_OK);
    REQUIRE(yata_txn_begin(doc, no_bytes(), &txn) == YATA_OK);
    REQUIRE(yata_text_insert(text, txn, 0, str_of("ab")) == YATA_OK && yata_text_delete(text, txn, 0, 1) == YATA_OK);
    REQUIRE(yata_txn_commit(txn) == YATA_OK);
    REQUIRE(yata_text_length(text, &len) == YATA_OK && len > 0);
    yata_doc_free(doc); /* it is the parent's: nothing happens */
}

void check_subdocs(void) {
    peer *p = peer_number();
    yata_bytes expected = bytes();
    if (run.dead) return;
    yata_buffer out;
    yata_buffer_init(&out, NULL);
    for (uint32_t i = 0; i < yata_doc_subdoc_count(p->doc) && !run.dead; i++) {
        yata_subdoc subdoc;
        yata_str guid = {NULL, 0};
        yata_value options, key_value, meta;
        yata_value_iter iter;
        yata_str key;
        bool load = false, automatic = false, collects = true;
        expect_ok(yata_doc_subdoc_at(p->doc, i, &subdoc), "subdoc at");
        expect_ok(yata_subdoc_guid(subdoc, &guid), "guid");
        expect_ok(yata_subdoc_should_load(subdoc, &load), "should load");
        expect_ok(yata_subdoc_auto_load(subdoc, &automatic), "auto load");
        expect_ok(yata_subdoc_meta(subdoc, &meta), "meta");
        expect_ok(yata_subdoc_options_value(subdoc, &options), "options");
        expect_ok(yata_value_iter_init(&iter, &options), "options");
        while (!run.dead && yata_value_iter_next(&iter, &key, &key_value))
            if (key.len == 2) collects = false; /* "gc" */
        if (i) add(&out, ";");
        add_str(&out, guid);
        add(&out, load ? " 1" : " 0");
        add(&out, automatic ? "1" : "0");
        add(&out, collects ? "1 " : "0 ");
        expect_ok(yata_value_to_json(&meta, &out), "JSON");
        if (run.seed % 3 == 0) use_document(subdoc);
    }
    if (!run.dead && !bytes_equal(expected, bytes_of(&out)))
        printf("  yjs  %.*s\n  yata %.*s\n", (int)expected.len, (const char *)expected.data, (int)out.len,
               (const char *)out.data);
    expect_bytes("subdocuments", expected, bytes_of(&out), PLAIN);
    yata_buffer_free(&out);
}

void trees_begin(peer *p) {
    uint32_t subscription;
    REQUIRE(yata_doc_observe_subdocs(p->doc, on_subdocs, p, &subscription) == YATA_OK);
}
