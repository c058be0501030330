/* SPDX-License-Identifier: MIT */
/* xml.c - children, siblings, walks and queries of XML types. The bytes are those of yjs for the same edits. */
#include "../peer.h"

#define NO_TYPE ((yata_type){NULL, 0, 0})

static yata_type fragment_root(peer *p) {
    return root(p, "x", YATA_KIND_XML_FRAGMENT);
}

static yata_type child(peer *p, yata_type parent, uint32_t at, yata_kind kind, const char *name) {
    yata_type made = NO_TYPE;
    OK(yata_xml_insert(parent, begin(p), at, kind, str_of(name), &made));
    commit(p);
    return made;
}

static yata_type element(peer *p, yata_type parent, uint32_t at, const char *name) {
    return child(p, parent, at, YATA_KIND_XML_ELEMENT, name);
}

static void expect_xml(yata_type type, const char *expected) {
    yata_buffer out;
    yata_buffer_init(&out, NULL);
    OK(yata_xml_to_string(type, &out));
    expect_seen(&out, expected);
    yata_buffer_free(&out);
}

static bool same(yata_type a, yata_type b) {
    return a.doc == b.doc && a.ref == b.ref && a.generation == b.generation;
}

Test(xml, children_are_where_arrays_would_have_them) {
    peer p;
    peer_open(&p, 1);
    yata_type x = fragment_root(&p), a = element(&p, x, 0, "a"), c = element(&p, x, 1, "c"), made = NO_TYPE;
    (void)c;
    OK(yata_xml_insert_after(x, begin(&p), a, YATA_KIND_XML_ELEMENT, STR("b"), &made));
    commit(&p);
    OK(yata_xml_insert_after(x, begin(&p), NO_TYPE, YATA_KIND_XML_TEXT, STR(""), NULL));
    commit(&p);
    OK(yata_xml_push(x, begin(&p), YATA_KIND_XML_HOOK, STR("h"), NULL));
    commit(&p);
    OK(yata_xml_insert(x, begin(&p), 1, YATA_KIND_XML_FRAGMENT, STR("ignored"), NULL));
    commit(&p);
    expect_xml(x, "<a></a><b></b><c></c>[object Object]");
    OK(yata_xml_delete(x, begin(&p), 2, 2));
    commit(&p);
    expect_xml(x, "<c></c>[object Object]");
    uint32_t len = 0;
    OK(yata_xml_length(x, &len));
    cr_assert_eq(len, 4);
    expect_state(&p,
                 "01 06 01 00 01 01 01 78 01 | 87 01 00 03 01 63 | c1 01 00 01 01 01 | 47 01 00 06 | 87 01 01 05 01 68"
                 "| c7 01 03 01 00 04 | 01 01 02 00 01 02 01");
    peer_close(&p);
}

Test(xml, what_is_no_place_and_no_child) {
    peer p;
    peer_open(&p, 1);
    yata_type x = fragment_root(&p), a = element(&p, x, 0, "a"), inner = element(&p, a, 0, "b"), made = NO_TYPE;
    yata_type text = child(&p, a, 1, YATA_KIND_XML_TEXT, ""), array = array_root(&p);
    begin(&p);
    FAILS(YATA_ERR_RANGE, yata_xml_insert(x, p.txn, 2, YATA_KIND_XML_TEXT, STR(""), &made));
    FAILS(YATA_ERR_ARGUMENT, yata_xml_insert(x, p.txn, 0, YATA_KIND_ARRAY, STR(""), &made));
    FAILS(YATA_ERR_ARGUMENT, yata_xml_insert(x, p.txn, 0, YATA_KIND_UNTYPED, STR(""), &made));
    FAILS(YATA_ERR_ARGUMENT, yata_xml_insert(x, p.txn, 0, (yata_kind)99, STR(""), &made));
    FAILS(YATA_ERR_ARGUMENT, yata_xml_insert(x, p.txn, 0, YATA_KIND_XML_ELEMENT, (yata_str){NULL, 0}, &made));
    FAILS(YATA_ERR_UTF8, yata_xml_insert(x, p.txn, 0, YATA_KIND_XML_ELEMENT, STR("\xff"), &made));
    FAILS(YATA_ERR_TYPE, yata_xml_insert(text, p.txn, 0, YATA_KIND_XML_TEXT, STR(""), &made));
    FAILS(YATA_ERR_TYPE, yata_xml_push(array, p.txn, YATA_KIND_XML_TEXT, STR(""), &made));
    FAILS(YATA_ERR_ARGUMENT, yata_xml_insert_after(x, p.txn, inner, YATA_KIND_XML_TEXT, STR(""), &made));
    FAILS(YATA_ERR_ARGUMENT, yata_xml_insert_after(x, p.txn, x, YATA_KIND_XML_TEXT, STR(""), &made));
    FAILS(YATA_ERR_RANGE, yata_xml_delete(x, p.txn, 0, 2));
    FAILS(YATA_ERR_RANGE, yata_xml_get(x, 1, &made));
    FAILS(YATA_ERR_TYPE, yata_xml_get(array, 0, &made));
    OK(yata_xml_delete(x, p.txn, 0, 0));
    OK(yata_xml_delete(x, p.txn, 0, 1));
    FAILS(YATA_ERR_GONE, yata_xml_insert(a, p.txn, 0, YATA_KIND_XML_TEXT, STR(""), &made));
    FAILS(YATA_ERR_GONE, yata_xml_insert_after(x, p.txn, a, YATA_KIND_XML_TEXT, STR(""), &made));
    commit(&p);
    FAILS(YATA_ERR_ARGUMENT, yata_xml_insert(x, NULL, 0, YATA_KIND_XML_TEXT, STR(""), &made));
    peer_close(&p);
}

Test(xml, siblings_and_parents) {
    peer p;
    peer_open(&p, 1);
    yata_type x = fragment_root(&p), a = element(&p, x, 0, "a"), b = element(&p, x, 1, "b"), c = element(&p, x, 2, "c");
    yata_type found = NO_TYPE, map = map_root(&p), held = NO_TYPE;
    OK(yata_xml_first_child(x, &found));
    cr_assert(same(found, a));
    OK(yata_xml_next_sibling(a, &found));
    cr_assert(same(found, b));
    OK(yata_xml_delete(x, begin(&p), 1, 1));
    commit(&p);
    OK(yata_xml_next_sibling(a, &found));
    cr_assert(same(found, c));
    OK(yata_xml_prev_sibling(c, &found));
    cr_assert(same(found, a));
    FAILS(YATA_ERR_NOT_FOUND, yata_xml_prev_sibling(a, &found));
    FAILS(YATA_ERR_NOT_FOUND, yata_xml_next_sibling(c, &found));
    FAILS(YATA_ERR_GONE, yata_xml_next_sibling(b, &found));
    FAILS(YATA_ERR_NOT_FOUND, yata_xml_next_sibling(x, &found));
    FAILS(YATA_ERR_NOT_FOUND, yata_xml_first_child(a, &found));
    OK(yata_type_parent(c, &found));
    cr_assert(same(found, x));
    FAILS(YATA_ERR_NOT_FOUND, yata_type_parent(x, &found));
    FAILS(YATA_ERR_GONE, yata_type_parent(b, &found));
    OK(yata_map_set_type(map, begin(&p), STR("k"), YATA_KIND_XML_ELEMENT, STR("k"), &held));
    commit(&p);
    OK(yata_type_parent(held, &found));
    cr_assert(same(found, map));
    FAILS(YATA_ERR_NOT_FOUND, yata_xml_next_sibling(held, &found));
    FAILS(YATA_ERR_NOT_FOUND, yata_xml_prev_sibling(held, &found));
    peer_close(&p);
}

Test(xml, a_walk_passes_over_what_is_no_type) {
    peer p;
    peer_open(&p, 1);
    /* fragment x: "ab", 5, <p>, deleted <q>, [true] (written by somebody else) */
    OK(take(&p, "01 05 02 00 04 01 01 78 02 61 62 | 88 02 01 01 7d 05 | 87 02 02 03 01 70 | 87 02 03 03 01 71"
                "| 88 02 04 01 78 | 01 02 01 04 01"));
    yata_type x = fragment_root(&p), found = NO_TYPE, p_ = NO_TYPE;
    yata_xml_walk walk;
    OK(yata_xml_first_child(x, &p_));
    FAILS(YATA_ERR_NOT_FOUND, yata_xml_next_sibling(p_, &found));
    FAILS(YATA_ERR_NOT_FOUND, yata_xml_prev_sibling(p_, &found));
    OK(yata_xml_walk_init(&walk, x));
    cr_assert(yata_xml_walk_next(&walk, &found));
    cr_assert(same(found, p_));
    cr_assert_not(yata_xml_walk_next(&walk, &found));
    cr_assert_not(yata_xml_walk_next(&walk, &found));
    FAILS(YATA_ERR_TYPE, yata_xml_get(x, 0, &found));
    OK(yata_xml_get(x, 3, &found));
    cr_assert(same(found, p_));
    expect_xml(x, "ab5<p></p>true");
    peer_close(&p);
}

Test(xml, a_walk_goes_down_and_up) {
    peer p;
    peer_open(&p, 1);
    yata_type x = fragment_root(&p), ul = element(&p, x, 0, "UL"), li = element(&p, ul, 0, "li"), found = NO_TYPE;
    element(&p, li, 0, "b");
    child(&p, li, 1, YATA_KIND_XML_TEXT, "");
    element(&p, child(&p, ul, 1, YATA_KIND_XML_FRAGMENT, ""), 0, "Li");
    child(&p, x, 1, YATA_KIND_XML_HOOK, "li");
    element(&p, x, 2, "");
    static const char *const expected[] = {"UL", "li", "b", "-", "-", "Li", "li", ""};
    yata_xml_walk walk;
    yata_str name;
    OK(yata_xml_walk_init(&walk, x));
    for (size_t i = 0; i < sizeof expected / sizeof *expected; i++) {
        cr_assert(yata_xml_walk_next(&walk, &found));
        if (yata_type_name(found, &name)) name = STR("-");
        cr_assert(name.len == strlen(expected[i]) && !memcmp(name.data, expected[i], name.len), "%zu", i);
    }
    cr_assert_not(yata_xml_walk_next(&walk, &found));
    uint32_t count = 0;
    OK(yata_xml_walk_init(&walk, x));
    while (yata_xml_walk_next_named(&walk, STR("lI"), &found)) count++;
    cr_assert_eq(count, 2); /* a hook has no tag */
    OK(yata_xml_find(x, STR("B"), &found));
    FAILS(YATA_ERR_NOT_FOUND, yata_xml_find(x, STR("ul "), &found));
    FAILS(YATA_ERR_NOT_FOUND, yata_xml_find(x, STR(""), &found));
    FAILS(YATA_ERR_NOT_FOUND, yata_xml_find(x, STR("\xff"), &found));
    FAILS(YATA_ERR_NOT_FOUND, yata_xml_find(ul, STR("ul"), &found)); /* not the root itself */
    FAILS(YATA_ERR_TYPE, yata_xml_find(map_root(&p), STR("b"), &found));
    cr_assert_not(yata_xml_walk_next(&(yata_xml_walk){NO_TYPE, 0, 0}, &found));
    peer_close(&p);
}

Test(xml, attributes_hold_every_kind_of_value) {
    peer p;
    peer_open(&p, 1);
    yata_type e = element(&p, fragment_root(&p), 0, "p"), made = NO_TYPE;
    set_int(&p, e, "i", 5);
    yata_value value = PLAIN(BOOL, .u.boolean = true);
    OK(yata_map_set(e, begin(&p), STR("b"), &value));
    commit(&p);
    OK(yata_map_set_type(e, begin(&p), STR("t"), YATA_KIND_XML_TEXT, STR(""), &made));
    OK(yata_text_insert(made, p.txn, 0, STR("in")));
    commit(&p);
    expect_xml(e, "<p b=\"true\" i=\"5\" t=\"in\"></p>");
    OK(yata_map_delete(e, begin(&p), STR("b")));
    commit(&p);
    expect_xml(e, "<p i=\"5\" t=\"in\"></p>");
    uint32_t size = 0;
    OK(yata_map_size(e, &size));
    cr_assert_eq(size, 2);
    peer_close(&p);
}

/* As deep as memory goes: printing, walking and deleting need no stack. */
Test(xml, deep_trees) {
    enum { DEPTH = 100000 };
    peer p;
    peer_open(&p, 1);
    yata_type x = fragment_root(&p), at = x, found = NO_TYPE;
    begin(&p);
    for (uint32_t i = 0; i < DEPTH; i++) {
        OK(yata_xml_insert(at, p.txn, 0, i % 3 ? YATA_KIND_XML_ELEMENT : YATA_KIND_XML_FRAGMENT, STR("e"), &at));
    }
    OK(yata_xml_insert(at, p.txn, 0, YATA_KIND_XML_ELEMENT, STR("last"), NULL));
    commit(&p);
    OK(yata_xml_find(x, STR("LAST"), &found));
    yata_buffer out;
    yata_buffer_init(&out, NULL);
    OK(yata_xml_to_string(x, &out));
    cr_assert_eq(out.len, DEPTH / 3 * 2 * 7 + 13);
    yata_buffer_free(&out);
    uint32_t depth = 0;
    while (yata_type_parent(found, &found) == YATA_OK) depth++;
    cr_assert_eq(depth, DEPTH + 1);
    OK(yata_xml_delete(x, begin(&p), 0, 1));
    commit(&p);
    expect_xml(x, "");
    peer_close(&p);
}

Test(xml, wide_trees_and_long_ways) {
    enum { WIDTH = 5000 };
    peer p;
    peer_open(&p, 1);
    yata_type x = fragment_root(&p), found = NO_TYPE;
    begin(&p);
    for (uint32_t i = 0; i < WIDTH; i++) OK(yata_xml_push(x, p.txn, YATA_KIND_XML_ELEMENT, STR("e"), NULL));
    commit(&p);
    uint32_t n = 1;
    for (yata_status s = yata_xml_first_child(x, &found); (s = yata_xml_next_sibling(found, &found)) == YATA_OK;) n++;
    cr_assert_eq(n, WIDTH);
    peer_close(&p);
}

static void open_fragment(peer *p) {
    peer_open(p, 1);
    element(p, fragment_root(p), 0, "a");
}

static bool try_children(peer *p) {
    yata_type x = NO_TYPE, a = NO_TYPE, made = NO_TYPE;
    yata_txn *txn;
    bool ok = !yata_doc_root_find(p->doc, STR("x"), &x) && !yata_xml_get(x, 0, &a);
    if (!ok || yata_txn_begin(p->doc, no_bytes(), &txn)) return false;
    ok = !yata_xml_insert(a, txn, 0, YATA_KIND_XML_TEXT, STR(""), &made);
    ok = ok && !yata_text_insert(made, txn, 0, STR("text"));
    ok = ok && !yata_xml_insert_after(x, txn, a, YATA_KIND_XML_ELEMENT, STR("new name"), NULL);
    ok = ok && !yata_xml_delete(x, txn, 0, 1);
    return !yata_txn_commit(txn) && ok;
}

Test(xml, without_memory) {
    fail_each(open_fragment, try_children);
}
