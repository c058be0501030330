/* SPDX-License-Identifier: MIT */
/* xml.c - XML types: children, ways through the tree. */
#include <yata/xml.h>
#include "../peer.h"

static yata_type fragment(peer *p) {
    return root(p, "x", YATA_KIND_XML_FRAGMENT);
}

static yata_type put(peer *p, yata_type parent, uint32_t at, yata_kind kind, const char *name) {
    yata_type out = {NULL, 0, 0};
    OK(yata_xml_insert(parent, begin(p), at, kind, str_of(name), &out));
    commit(p);
    return out;
}

static void expect_xml(yata_type type, const char *expected) {
    yata_buffer out;
    yata_buffer_init(&out, NULL);
    OK(yata_xml_to_string(type, &out));
    expect_seen(&out, expected);
    yata_buffer_free(&out);
}

static void expect_type(yata_status status, yata_type seen, yata_type expected) {
    OK(status);
    cr_assert(seen.ref == expected.ref && seen.generation == expected.generation);
}

Test(xml, statuses) {
    peer p, q;
    peer_open(&p, 1);
    peer_open(&q, 2);
    yata_type x = fragment(&p), t = text_root(&p), none = {NULL, 0, 0}, out,
              foreign = put(&q, fragment(&q), 0, YATA_KIND_XML_TEXT, "");
    yata_type attribute, child = put(&p, x, 0, YATA_KIND_XML_ELEMENT, "p");
    OK(yata_map_set_type(child, begin(&p), STR("k"), YATA_KIND_XML_ELEMENT, STR("a"), &attribute));
    commit(&p);
    yata_buffer text;
    yata_buffer_init(&text, NULL);
    yata_xml_walk walk;
    uint32_t length;
    yata_txn *txn = begin(&p);
    FAILS(YATA_ERR_ARGUMENT, yata_xml_insert(none, txn, 0, YATA_KIND_XML_TEXT, STR(""), &out));
    FAILS(YATA_ERR_TYPE, yata_xml_insert(t, txn, 0, YATA_KIND_XML_TEXT, STR(""), &out));
    FAILS(YATA_ERR_ARGUMENT, yata_xml_insert(x, NULL, 0, YATA_KIND_XML_TEXT, STR(""), &out));
    FAILS(YATA_ERR_ARGUMENT, yata_xml_insert(x, txn, 0, YATA_KIND_TEXT, STR(""), &out));
    FAILS(YATA_ERR_ARGUMENT, yata_xml_insert(x, txn, 0, (yata_kind)40, STR(""), &out));
    FAILS(YATA_ERR_ARGUMENT, yata_xml_insert(x, txn, 0, YATA_KIND_XML_ELEMENT, (yata_str){NULL, 0}, &out));
    FAILS(YATA_ERR_UTF8, yata_xml_insert(x, txn, 0, YATA_KIND_XML_HOOK, STR("\xFF"), &out));
    FAILS(YATA_ERR_RANGE, yata_xml_insert(x, txn, 2, YATA_KIND_XML_TEXT, STR(""), &out));
    FAILS(YATA_ERR_ARGUMENT, yata_xml_insert_after(x, txn, x, YATA_KIND_XML_TEXT, STR(""), &out));
    FAILS(YATA_ERR_ARGUMENT, yata_xml_insert_after(x, txn, foreign, YATA_KIND_XML_TEXT, STR(""), &out));
    FAILS(YATA_ERR_ARGUMENT, yata_xml_insert_after(child, txn, child, YATA_KIND_XML_TEXT, STR(""), &out));
    FAILS(YATA_ERR_ARGUMENT, yata_xml_insert_after(child, txn, attribute, YATA_KIND_XML_TEXT, STR(""), &out));
    FAILS(YATA_ERR_TYPE, yata_xml_insert_after(t, txn, none, YATA_KIND_XML_TEXT, STR(""), &out));
    FAILS(YATA_ERR_TYPE, yata_xml_push(t, txn, YATA_KIND_XML_TEXT, STR(""), &out));
    FAILS(YATA_ERR_TYPE, yata_xml_delete(t, txn, 0, 0));
    FAILS(YATA_ERR_RANGE, yata_xml_delete(x, txn, 0, 2));
    FAILS(YATA_ERR_TYPE, yata_xml_length(t, &length));
    FAILS(YATA_ERR_ARGUMENT, yata_xml_length(x, NULL));
    FAILS(YATA_ERR_TYPE, yata_xml_get(t, 0, &out));
    FAILS(YATA_ERR_RANGE, yata_xml_get(x, 1, &out));
    FAILS(YATA_ERR_ARGUMENT, yata_xml_get(x, 0, NULL));
    FAILS(YATA_ERR_TYPE, yata_xml_first_child(t, &out));
    FAILS(YATA_ERR_NOT_FOUND, yata_xml_first_child(child, &out));
    FAILS(YATA_ERR_ARGUMENT, yata_xml_first_child(x, NULL));
    FAILS(YATA_ERR_ARGUMENT, yata_xml_next_sibling(none, &out));
    FAILS(YATA_ERR_ARGUMENT, yata_xml_next_sibling(child, NULL));
    FAILS(YATA_ERR_NOT_FOUND, yata_xml_next_sibling(x, &out));
    FAILS(YATA_ERR_NOT_FOUND, yata_xml_prev_sibling(attribute, &out));
    FAILS(YATA_ERR_ARGUMENT, yata_type_parent(none, &out));
    FAILS(YATA_ERR_ARGUMENT, yata_type_parent(child, NULL));
    FAILS(YATA_ERR_NOT_FOUND, yata_type_parent(x, &out));
    FAILS(YATA_ERR_TYPE, yata_xml_walk_init(&walk, t));
    cr_assert_not(yata_xml_walk_next(&walk, &out));
    FAILS(YATA_ERR_TYPE, yata_xml_find(t, STR("p"), &out));
    FAILS(YATA_ERR_NOT_FOUND, yata_xml_find(x, STR("q"), &out));
    FAILS(YATA_ERR_NOT_FOUND, yata_xml_find(x, STR(""), &out));
    FAILS(YATA_ERR_NOT_FOUND, yata_xml_find(x, STR("\xFF"), &out));
    FAILS(YATA_ERR_ARGUMENT, yata_xml_find(x, STR("p"), NULL));
    FAILS(YATA_ERR_ARGUMENT, yata_xml_to_string(x, NULL));
    FAILS(YATA_ERR_TYPE, yata_xml_to_string(t, &text));
    FAILS(YATA_ERR_ARGUMENT, yata_xml_to_string(none, &text));
    commit(&p);
    peer_close(&p);
    peer_close(&q);
}

Test(xml, children) {
    peer p;
    peer_open(&p, 1);
    yata_type x = fragment(&p), a, b, c, d, out;
    uint32_t length;
    b = put(&p, x, 0, YATA_KIND_XML_ELEMENT, "B");
    a = put(&p, x, 0, YATA_KIND_XML_TEXT, "");
    begin(&p);
    OK(yata_xml_push(x, p.txn, YATA_KIND_XML_HOOK, STR("hook"), &d));
    OK(yata_xml_insert_after(x, p.txn, b, YATA_KIND_XML_FRAGMENT, STR(""), &c));
    OK(yata_xml_insert_after(x, p.txn, (yata_type){NULL, 0, 0}, YATA_KIND_XML_ELEMENT, STR("first"), NULL));
    OK(yata_text_insert(a, p.txn, 0, STR("text")));
    commit(&p);
    expect_xml(x, "<first></first>text<b></b>[object Object]");
    OK(yata_xml_length(x, &length));
    cr_assert_eq(length, 5);
    const yata_type order[] = {a, b, c, d};
    for (uint32_t i = 0; i < 4; i++) {
        expect_type(yata_xml_get(x, i + 1, &out), out, order[i]);
        if (i) expect_type(yata_xml_prev_sibling(order[i], &out), out, order[i - 1]);
        if (i < 3) expect_type(yata_xml_next_sibling(order[i], &out), out, order[i + 1]);
        expect_type(yata_type_parent(order[i], &out), out, x);
    }
    FAILS(YATA_ERR_NOT_FOUND, yata_xml_next_sibling(d, &out));
    OK(yata_xml_delete(x, begin(&p), 0, 1));
    commit(&p);
    expect_type(yata_xml_first_child(x, &out), out, a);
    FAILS(YATA_ERR_NOT_FOUND, yata_xml_prev_sibling(a, &out));
    OK(yata_xml_delete(x, begin(&p), 1, 2));
    commit(&p);
    expect_type(yata_xml_next_sibling(a, &out), out, d);
    FAILS(YATA_ERR_GONE, yata_xml_next_sibling(b, &out));
    FAILS(YATA_ERR_GONE, yata_type_parent(c, &out));
    peer_close(&p);
}

/* Plain values and texts among the children, from a foreign peer: they count, and are passed over. */
Test(xml, foreign_children) {
    static const yata_offset_unit units[] = {YATA_OFFSET_UTF16, YATA_OFFSET_UTF8};
    for (int u = 0; u < 2; u++) {
        peer p;
        peer_open_unit(&p, 1, units[u]);
        OK(take(&p, "01 04 05 00 08 01 01 78 02 7d01 7701 61 87 05 01 03 01 70 84 05 02 02 C3A9 83 05 03 01 07 00"));
        yata_type x = fragment(&p), child, out;
        uint32_t length;
        OK(yata_xml_length(x, &length));
        cr_assert_eq(length, 5);
        FAILS(YATA_ERR_TYPE, yata_xml_get(x, 0, &out));
        OK(yata_xml_get(x, 2, &child));
        FAILS(YATA_ERR_TYPE, yata_xml_get(x, 4, &out));
        expect_type(yata_xml_first_child(x, &out), out, child);
        FAILS(YATA_ERR_NOT_FOUND, yata_xml_next_sibling(child, &out));
        FAILS(YATA_ERR_NOT_FOUND, yata_xml_prev_sibling(child, &out));
        expect_xml(x, "1a<p></p>\xC3\xA9"
                      "7");
        OK(yata_xml_push(x, begin(&p), YATA_KIND_XML_ELEMENT, STR("q"), NULL));
        OK(yata_xml_insert(x, p.txn, 4, YATA_KIND_XML_ELEMENT, STR("r"), NULL));
        commit(&p);
        expect_xml(x, "1a<p></p>\xC3\xA9<r></r>7<q></q>");
        peer_close(&p);
    }
}

Test(xml, walks) {
    peer p;
    peer_open(&p, 1);
    yata_type x = fragment(&p), out;
    yata_xml_walk walk;
    OK(yata_xml_walk_init(&walk, x));
    cr_assert_not(yata_xml_walk_next(&walk, &out));
    yata_type a = put(&p, x, 0, YATA_KIND_XML_ELEMENT, "a"), b = put(&p, a, 0, YATA_KIND_XML_ELEMENT, "B");
    yata_type t = put(&p, b, 0, YATA_KIND_XML_TEXT, ""), c = put(&p, a, 1, YATA_KIND_XML_FRAGMENT, "");
    yata_type d = put(&p, c, 0, YATA_KIND_XML_ELEMENT, "\xC3\xA4"), e = put(&p, x, 1, YATA_KIND_XML_HOOK, "b");
    yata_type gone = put(&p, x, 2, YATA_KIND_XML_ELEMENT, "gone"), last = put(&p, x, 3, YATA_KIND_XML_ELEMENT, "b");
    yata_type inner;
    OK(yata_text_embed_type(t, begin(&p), 0, YATA_KIND_XML_ELEMENT, STR("b"), NULL, &inner)); /* is not in the tree */
    OK(yata_xml_delete(x, p.txn, 2, 1));
    commit(&p);
    cr_assert_not(yata_type_alive(gone));
    const yata_type all[] = {a, b, t, c, d, e, last};
    OK(yata_xml_walk_init(&walk, x));
    for (int i = 0; i < 7; i++) {
        cr_assert(yata_xml_walk_next(&walk, &out));
        cr_assert_eq(out.ref, all[i].ref);
    }
    cr_assert_not(yata_xml_walk_next(&walk, &out));
    cr_assert_not(yata_xml_walk_next(&walk, &out));
    OK(yata_xml_walk_init(&walk, a)); /* what is beside the root is not walked */
    for (int i = 1; i < 5; i++) {
        cr_assert(yata_xml_walk_next(&walk, &out));
        cr_assert_eq(out.ref, all[i].ref);
    }
    cr_assert_not(yata_xml_walk_next(&walk, &out));
    OK(yata_xml_walk_init(&walk, x));
    cr_assert(yata_xml_walk_next_named(&walk, STR("b"), &out) && out.ref == b.ref);
    cr_assert(yata_xml_walk_next_named(&walk, STR("B"), &out) && out.ref == last.ref);
    cr_assert_not(yata_xml_walk_next_named(&walk, STR("B"), &out));
    expect_type(yata_xml_find(x, STR("\xC3\x84"), &out), out, d); /* upper case */
    peer_close(&p);
}

Test(xml, a_hundred_thousand_levels) {
    enum { DEEP = 100000 };
    peer p;
    peer_open(&p, 1);
    yata_type x = fragment(&p), at = x, out;
    begin(&p);
    for (uint32_t i = 0; i < DEEP; i++) OK(yata_xml_push(at, p.txn, YATA_KIND_XML_ELEMENT, STR("e"), &at));
    commit(&p);
    yata_xml_walk walk;
    uint32_t n = 0;
    OK(yata_xml_walk_init(&walk, x));
    while (yata_xml_walk_next(&walk, &out)) n++;
    cr_assert_eq(n, DEEP);
    cr_assert_eq(out.ref, at.ref);
    yata_buffer text;
    yata_buffer_init(&text, NULL);
    OK(yata_xml_to_string(x, &text));
    cr_assert_eq(text.len, DEEP * 7);
    yata_buffer_free(&text);
    OK(yata_xml_delete(x, begin(&p), 0, 1));
    commit(&p);
    expect_xml(x, "");
    peer_close(&p);
}

static yata_type parent;

static void open_parent(peer *p) {
    peer_open(p, 1);
    parent = fragment(p);
    put(p, parent, 0, YATA_KIND_XML_TEXT, "");
}

static bool add_children(peer *p) {
    yata_type out;
    uint32_t length;
    if (yata_txn_begin(p->doc, no_bytes(), &p->txn)) return false;
    yata_status a = yata_xml_insert(parent, p->txn, 0, YATA_KIND_XML_ELEMENT, STR("a"), &out);
    yata_status b = yata_xml_insert_after(parent, p->txn, (yata_type){NULL, 0, 0}, YATA_KIND_XML_HOOK, STR("b"), &out);
    yata_status c = yata_xml_push(parent, p->txn, YATA_KIND_XML_TEXT, STR(""), &out);
    OK(yata_txn_commit(p->txn));
    OK(yata_xml_length(parent, &length));
    cr_assert_eq(length, 1u + !a + !b + !c);
    return !a && !b && !c;
}

Test(xml, without_memory) {
    fail_each(open_parent, add_children);
}
