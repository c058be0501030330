/* SPDX-License-Identifier: MIT */
/* floats.c - documents that keep 5.0 apart from 5 (yata_doc_options.keep_floats), and those that do not. */
#include "../peer.h"

static void open_keeping(peer *p, uint64_t client) {
    yata_doc_options options = yata_doc_options_default();
    options.client_id = client;
    options.keep_floats = true;
    peer_open_with(p, options);
}

static yata_value number(double x) {
    return (yata_value){.kind = YATA_VALUE_FLOAT, .u.number = x};
}

static void expect_int(const yata_value *value, int64_t i, bool is_float) {
    cr_assert_eq(value->kind, YATA_VALUE_INT);
    cr_assert_eq(value->u.integer, i);
    cr_assert_eq(value->u.typed.integer, i);
    cr_assert_eq(value->u.typed.is_float, is_float);
}

static const char KEPT[] = "01 01 01 00 | 08 01 01 6c 06 7d05 7c40a00000 7d80c0b2cd3b 7c4fee6b28 7c80000000"
                           "76 02 01 61 7c40a00000 01 62 75 02 7d05 7c40e00000 | 00";
static const char CANONICAL[] = "01 01 01 00 | 08 01 01 6c 06 7d05 7d05 7c4fee6b28 7c4fee6b28 7d40"
                                "76 02 01 61 7d05 01 62 75 02 7d05 7d07 | 00";

/* 5, 5.0, 8e9 both ways, -0; and {a: 5.0, b: [5, 7.0]}. */
static void fill(peer *p, bool keep) {
    yata_type l = root(p, "l", YATA_KIND_ARRAY);
    yata_value five = INT(5), whole = number(5), seven = number(7), nested;
    yata_value all[] = {five, whole, INT(8000000000), number(8e9), number(-0.0)};
    yata_builder b;
    yata_builder_init(&b, NULL);
    b.keep_floats = keep;
    yata_builder_begin_object(&b);
    yata_builder_key(&b, STR("a"));
    yata_builder_add(&b, &whole);
    yata_builder_key(&b, STR("b"));
    yata_builder_begin_array(&b);
    yata_builder_add(&b, &five);
    yata_builder_add(&b, &seven);
    yata_builder_end(&b);
    yata_builder_end(&b);
    OK(yata_builder_finish(&b, &nested));
    begin(p);
    OK(yata_array_insert(l, p->txn, 0, all, 5));
    commit(p);
    begin(p);
    OK(yata_array_insert(l, p->txn, 5, &nested, 1));
    commit(p);
    yata_builder_free(&b);
}

static void expect_kept(peer *p) {
    yata_type l = root(p, "l", YATA_KIND_ARRAY);
    yata_value value, inner;
    yata_value_iter it;
    yata_str key;
    OK(yata_array_get(l, 0, &value));
    expect_int(&value, 5, false);
    OK(yata_array_get(l, 1, &value));
    expect_int(&value, 5, true);
    OK(yata_array_get(l, 2, &value));
    expect_int(&value, 8000000000, false);
    OK(yata_array_get(l, 3, &value));
    expect_int(&value, 8000000000, true);
    OK(yata_array_get(l, 4, &value));
    cr_assert_eq(value.kind, YATA_VALUE_FLOAT);
    OK(yata_array_get(l, 5, &value));
    OK(yata_value_iter_init(&it, &value));
    cr_assert(yata_value_iter_next(&it, &key, &inner));
    expect_int(&inner, 5, true);
    cr_assert(yata_value_iter_next(&it, &key, &value));
    OK(yata_value_iter_init(&it, &value));
    cr_assert(yata_value_iter_next(&it, NULL, &inner));
    expect_int(&inner, 5, false);
    cr_assert(yata_value_iter_next(&it, NULL, &inner));
    expect_int(&inner, 7, true);
}

Test(floats, kept_or_not) {
    peer keeping, other;
    open_keeping(&keeping, 1);
    peer_open(&other, 1);
    fill(&keeping, true);
    fill(&other, true); /* what a builder kept does not enter */
    expect_state(&keeping, KEPT);
    expect_state(&other, CANONICAL);
    expect_kept(&keeping);
    expect_json(root(&keeping, "l", YATA_KIND_ARRAY), "[5,5,8000000000,8000000000,0,{\"a\":5,\"b\":[5,7]}]");
    peer_close(&keeping);
    peer_close(&other);
    open_keeping(&keeping, 1);
    fill(&keeping, false); /* nor comes back what it did not keep */
    yata_value value, inner;
    yata_value_iter it;
    OK(yata_array_get(root(&keeping, "l", YATA_KIND_ARRAY), 5, &value));
    OK(yata_value_iter_init(&it, &value));
    cr_assert(yata_value_iter_next(&it, NULL, &inner));
    expect_int(&inner, 5, false);
    peer_close(&keeping);
}

/* In updates of both formats, on arrival and in what is sent on. */
Test(floats, in_updates) {
    peer from, keeping, other;
    open_keeping(&from, 1);
    fill(&from, true);
    for (int v2 = 0; v2 < 2; v2++) {
        yata_buffer update;
        yata_buffer_init(&update, NULL);
        OK(v2 ? yata_doc_encode_state_v2(from.doc, &update) : yata_doc_encode_state(from.doc, &update));
        yata_bytes bytes = {update.data, update.len};
        open_keeping(&keeping, 2);
        peer_open(&other, 3);
        OK(v2 ? yata_doc_apply_v2(keeping.doc, bytes, no_bytes(), NULL)
              : yata_doc_apply(keeping.doc, bytes, no_bytes(), NULL));
        OK(v2 ? yata_doc_apply_v2(other.doc, bytes, no_bytes(), NULL)
              : yata_doc_apply(other.doc, bytes, no_bytes(), NULL));
        expect_state(&keeping, KEPT);
        expect_kept(&keeping);
        expect_state(&other, CANONICAL);
        peer_close(&keeping);
        peer_close(&other);
        yata_buffer_free(&update);
    }
    peer_close(&from);
}

/* Non-canonical forms of floats become the shortest, members get their order, but floats stay. */
Test(floats, canonical_forms) {
    peer keeping;
    open_keeping(&keeping, 2);
    OK(take(&keeping, "01 01 01 00 | 08 01 01 6c 02 7b4014000000000000 76 02 01 32 7c40a00000 01 31 7d8500 | 00"));
    expect_state(&keeping, "01 01 01 00 | 08 01 01 6c 02 7c40a00000 76 02 01 31 7d05 01 32 7c40a00000 | 00");
    peer_close(&keeping);
}

/* Formats and embeds: floats while they are here; format v1 has them as JSON, which knows no difference. */
Test(floats, of_texts) {
    peer keeping, other;
    open_keeping(&keeping, 1);
    open_keeping(&other, 2);
    yata_type t = text_root(&keeping);
    yata_value size = number(5), embed = number(7), object;
    yata_builder b;
    yata_builder_init(&b, NULL);
    b.keep_floats = true;
    yata_builder_begin_object(&b);
    yata_builder_key(&b, STR("s"));
    yata_builder_add(&b, &size);
    yata_builder_end(&b);
    OK(yata_builder_finish(&b, &object));
    begin(&keeping);
    OK(yata_text_insert_with(t, keeping.txn, 0, STR("x"), &object));
    OK(yata_text_embed(t, keeping.txn, 1, &embed, &object));
    commit(&keeping);
    yata_builder_free(&b);
    yata_buffer update;
    yata_buffer_init(&update, NULL);
    OK(yata_doc_encode_state(keeping.doc, &update));
    OK(yata_doc_apply(other.doc, (yata_bytes){update.data, update.len}, no_bytes(), NULL));
    yata_buffer_free(&update);
    for (peer *p = &keeping; p; p = p == &keeping ? &other : NULL) {
        yata_delta *delta;
        yata_delta_op op;
        yata_value value;
        yata_value_iter it;
        OK(yata_delta_new(NULL, &delta));
        OK(yata_text_to_delta(text_root(p), delta));
        cr_assert_eq(yata_delta_count(delta), 2);
        OK(yata_delta_at(delta, 1, &op));
        expect_int(&op.values[0], 7, p == &keeping);
        OK(yata_value_iter_init(&it, &op.attributes));
        cr_assert(yata_value_iter_next(&it, NULL, &value));
        expect_int(&value, 5, p == &keeping);
        yata_delta_free(delta);
    }
    peer_close(&keeping);
    peer_close(&other);
}
