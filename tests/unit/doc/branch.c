/* SPDX-License-Identifier: MIT */
/* branch.c - handles and their generations, map entries, roots. */
#include "doc/branch.h"
#include "../peer.h"

static const yata_str no_name = {NULL, 0};

Test(branch, a_freed_place_is_taken_again_with_a_new_generation) {
    peer p;
    peer_open(&p, 1);
    yt_branch *a = yt_branch_new(p.doc, YATA_KIND_MAP, 0, no_name);
    yata_type old = yt_branch_handle(p.doc, a);
    cr_assert_eq(a->name, YT_NONE);
    cr_assert(yata_type_alive(old));
    yt_branch_free(p.doc, a);
    yt_branch *out = NULL;
    FAILS(YATA_ERR_GONE, yt_branch_resolve(old, &out));
    yt_branch *b = yt_branch_new(p.doc, YATA_KIND_TEXT, 0, no_name);
    cr_assert_eq(b->ref, old.ref);
    cr_assert_eq(b->generation, old.generation + 1);
    FAILS(YATA_ERR_GONE, yt_branch_resolve(old, &out));
    OK(yt_branch_resolve(yt_branch_handle(p.doc, b), &out));
    cr_assert_eq(out, b);
    peer_close(&p);
}

Test(branch, many_places_are_freed_and_taken) {
    peer p;
    peer_open(&p, 1);
    yt_branch *all[100];
    for (uint32_t round = 0; round < 5; round++) {
        for (uint32_t i = 0; i < 100; i++) {
            all[i] = yt_branch_new(p.doc, YATA_KIND_MAP, 0, no_name);
            cr_assert_eq(yt_branch_at(p.doc, all[i]->ref), all[i]);
            cr_assert_eq(all[i]->generation, round);
        }
        for (uint32_t i = 0; i < 100; i++) yt_branch_free(p.doc, all[(i * 37) % 100]);
    }
    cr_assert_eq(p.doc->branches.len, 100);
    peer_close(&p);
}

Test(branch, no_handle) {
    peer p;
    peer_open(&p, 1);
    yt_branch *out = NULL;
    FAILS(YATA_ERR_ARGUMENT, yt_branch_resolve((yata_type){NULL, 0, 0}, &out));
    FAILS(YATA_ERR_ARGUMENT, yt_branch_resolve((yata_type){p.doc, 0, 0}, &out));
    cr_assert_not(yata_type_alive((yata_type){p.doc, 7, 0}));
    peer_close(&p);
}

Test(branch, handles_of_what_was_deleted) {
    peer p, q;
    peer_open(&p, 1);
    peer_open_keeping(&q, 2);
    peer *both[] = {&p, &q};
    for (int i = 0; i < 2; i++) {
        yata_type array = array_root(both[i]), nested = put_type(both[i], array, 0, YATA_KIND_ARRAY, "");
        yata_type inner = put_type(both[i], nested, 0, YATA_KIND_MAP, "");
        cr_assert(yata_type_alive(nested) && yata_type_alive(inner));
        erase_array(both[i], array, 0, 1);
        cr_assert_not(yata_type_alive(nested) || yata_type_alive(inner));
        yata_value value = INT(1);
        uint32_t length;
        FAILS(YATA_ERR_GONE, yata_array_push(nested, begin(both[i]), &value, 1));
        FAILS(YATA_ERR_GONE, yata_map_set(inner, both[i]->txn, STR("k"), &value));
        FAILS(YATA_ERR_GONE, yata_array_length(nested, &length));
        commit(both[i]);
        yata_type next = put_type(both[i], array, 0, YATA_KIND_ARRAY, "");
        cr_assert(yata_type_alive(next));
        cr_assert_not(yata_type_alive(nested) || yata_type_alive(inner));
    }
    peer_close(&p);
    peer_close(&q);
}

/* ------------------------------------------------------------------------
 * Entries
 */
Test(branch, entries_are_found_before_and_after_the_index) {
    peer p;
    peer_open(&p, 1);
    yt_branch *b = yt_branch_new(p.doc, YATA_KIND_MAP, 0, no_name);
    for (uint32_t i = 0; i < 300; i++) {
        uint32_t key = i * 7919 % 1009;
        cr_assert_null(yt_entry_find(b, key));
        cr_assert(yt_entry_reserve(p.doc, b, key));
        cr_assert_null(yt_entry_find(b, key));
        yt_entry_put(p.doc, b, key, i + 1);
        cr_assert_eq(b->entry_index.len, i < 8 ? 0 : i + 1);
        for (uint32_t k = 0; k <= i; k++) cr_assert_eq(yt_entry_find(b, k * 7919 % 1009)->item, k + 1);
        cr_assert(yt_entry_reserve(p.doc, b, key)); /* one that is there */
    }
    cr_assert_null(yt_entry_find(b, 2000));
    yt_branch_free(p.doc, b);
    peer_close(&p);
}

/* Each allocation of the reserve fails once; nothing is lost by that. */
Test(branch, entries_without_memory) {
    peer p;
    peer_open(&p, 1);
    yt_branch *b = yt_branch_new(p.doc, YATA_KIND_MAP, 0, no_name);
    uint32_t refused = 0;
    for (uint32_t i = 0; i < 40; i++) {
        for (uint64_t n = 1;; n++) {
            p.memory.failures = 0;
            p.memory.fail_at = p.memory.calls + n;
            bool done = yt_entry_reserve(p.doc, b, i);
            p.memory.fail_at = 0;
            cr_assert_eq(done, p.memory.failures == 0);
            for (uint32_t k = 0; k < i; k++) cr_assert_eq(yt_entry_find(b, k)->item, k + 1);
            cr_assert_null(yt_entry_find(b, i));
            if (done) break;
            refused++;
        }
        uint64_t calls = p.memory.calls;
        yt_entry_put(p.doc, b, i, i + 1);
        cr_assert_eq(p.memory.calls, calls, "a put after a reserve allocated");
    }
    cr_assert_geq(refused, 4);
    yt_branch_free(p.doc, b);
    peer_close(&p);
}

/* ------------------------------------------------------------------------
 * Roots
 */
Test(branch, roots) {
    peer p;
    peer_open(&p, 1);
    cr_assert_null(yt_root_find(p.doc, STR("x")));
    yt_branch *x = yt_root(p.doc, STR("x")), *none = yt_root(p.doc, no_name);
    cr_assert_eq(yt_root(p.doc, STR("x")), x);
    cr_assert_eq(yt_root(p.doc, STR("")), none);
    cr_assert_eq(yt_root_find(p.doc, no_name), none);
    yt_strings_intern(&p.doc->mem, &p.doc->strings, STR("a key, no root"));
    cr_assert_null(yt_root_find(p.doc, STR("a key, no root")));
    cr_assert_eq(p.doc->roots.len, 2);
    peer_close(&p);
}

static void open_empty(peer *p) {
    peer_open(p, 1);
}

static bool make_root(peer *p) {
    bool made = yt_root(p->doc, STR("root")) != NULL;
    cr_assert_eq(p->doc->roots.len, made);
    cr_assert_eq(yt_root_find(p->doc, STR("root")) != NULL, made);
    return made;
}

Test(branch, a_root_without_memory) {
    fail_each(open_empty, make_root);
}
