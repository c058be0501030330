/* SPDX-License-Identifier: MIT */
/* seq_tree.c - the tree over long lists: built when somebody walks far, kept up by every change, dropped without harm.
 */
#include "doc/seq_tree.h"
#include "doc/content.h"
#include "doc/format.h"
#include "doc/seq_index.h"
#include "../peer.h"
#include "harness/random.h"

/* A text of n items that do not merge: every other character was put in before its left neighbour. */
static yata_type long_text(peer *p, uint32_t n) {
    yata_type t = text_root(p);
    OK(yata_text_insert(t, begin(p), 0, STR("$")));
    for (uint32_t i = 0; i < n; i++) OK(yata_text_insert(t, p->txn, i & ~1u, STR("x")));
    commit(p);
    return t;
}

/* A far walk in a transaction: the tree is there, and half of it is open. */
static void build(peer *p, yata_type t) {
    yt_seq_pos pos;
    begin(p);
    OK(yt_seq_find(p->doc, branch_of(t), branch_of(t)->units / 2, &pos));
    commit(p);
}

/* Items that no leaf has taken up. */
static uint32_t gap_of(const peer *p, yata_type t) {
    uint32_t n = 0;
    for (yt_ref ref = branch_of(t)->first; ref; ref = yt_at(p->doc, ref)->right) n += !yt_at(p->doc, ref)->u.leaf;
    return n;
}

/* Opens what is left. */
static void open_all(peer *p, yata_type t) {
    yt_branch *branch = branch_of(t);
    uint32_t start;
    begin(p);
    for (yt_ref ref = branch->first; ref; ref = yt_at(p->doc, ref)->right)
        (void)yt_seq_tree_before(p->doc, branch, ref, p->doc);
    OK(branch->units ? (yt_seq_tree_find(p->doc, branch, branch->units, p->doc, &start), YATA_OK) : YATA_OK);
    cr_assert_eq(gap_of(p, t), 0);
    commit(p);
}

/* All that the tree can be asked by a reader, against the list; that opens nothing. */
static void expect_list(const peer *p, yata_type t) {
    yt_branch *branch = branch_of(t);
    cr_assert_not_null(branch->tree);
    uint32_t gap = gap_of(p, t);
    yt_seq_sum sum = {0, 0};
    yt_ref living = 0, format = 0; /* the last ones that were found */
    uint32_t start;
    for (yt_ref ref = branch->first; ref; ref = yt_at(p->doc, ref)->right) {
        const yt_item *it = yt_at(p->doc, ref);
        yt_seq_sum before = yt_seq_tree_before(p->doc, branch, ref, NULL), own = yt_seq_sum_of(p->doc, it);
        cr_assert(before.units == sum.units && before.marks == sum.marks);
        cr_assert_eq(yt_seq_start(p->doc, branch, ref), sum.units);
        cr_assert_eq(yt_seq_formats_to(p->doc, branch, ref), sum.marks + own.marks);
        if (own.units) {
            cr_assert_eq(yt_seq_tree_find(p->doc, branch, sum.units + 1, NULL, &start), ref);
            cr_assert_eq(yt_seq_tree_find(p->doc, branch, sum.units + own.units, NULL, &start), ref);
            cr_assert_eq(start, sum.units);
        }
        if (own.units || own.marks) {
            cr_assert_eq(yt_seq_tree_next(p->doc, branch, living, true, NULL), ref);
            cr_assert_eq(yt_seq_next_living(p->doc, branch, living), ref);
            living = ref;
        }
        if (own.marks) {
            cr_assert_eq(yt_seq_next_format(p->doc, branch, format), ref);
            format = ref;
        }
        sum.units += own.units;
        sum.marks += own.marks;
    }
    cr_assert_eq(yt_seq_tree_next(p->doc, branch, living, true, NULL), 0);
    cr_assert_eq(yt_seq_next_format(p->doc, branch, format), 0);
    cr_assert_eq(gap_of(p, t), gap);
}

Test(seq_tree, is_built_by_a_far_walk_of_the_writer) {
    peer p;
    peer_open(&p, 1);
    yata_type t = long_text(&p, 3 * YT_SEQ_FAR);
    yt_branch *branch = branch_of(t);
    yt_seq_drop(p.doc, branch);
    cr_assert_null(branch->tree);
    yt_seq_pos pos;
    OK(yt_seq_find(p.doc, branch, branch->units / 2, &pos)); /* a reader, who changes nothing */
    cr_assert_null(branch->tree);
    begin(&p);
    OK(yt_seq_find(p.doc, branch, 5, &pos)); /* not far */
    cr_assert_null(branch->tree);
    OK(yt_seq_find(p.doc, branch, branch->units / 2, &pos));
    cr_assert_not_null(branch->tree);
    commit(&p);
    expect_list(&p, t);
    yata_memory with, without;
    yata_doc_memory(p.doc, &with);
    yt_seq_drop(p.doc, branch);
    yata_doc_memory(p.doc, &without);
    cr_assert_lt(with.used - without.used, 2000, "%zu", (size_t)(with.used - without.used)); /* 384 items */
    peer_close(&p);
}

/* What the writer asks for is opened, from the nearer end, and the rest stays as it is. */
Test(seq_tree, is_opened_from_the_nearer_end) {
    enum { N = 1500 };
    peer p;
    peer_open(&p, 1);
    yata_type t = long_text(&p, N);
    yt_branch *branch = branch_of(t);
    uint32_t start, units = branch->units;
    yt_seq_drop(p.doc, branch);
    cr_assert(yt_seq_tree_build(p.doc, branch));
    cr_assert_gt(gap_of(&p, t), N / 2);
    expect_list(&p, t);
    uint32_t all = gap_of(&p, t);
    (void)yt_seq_tree_find(p.doc, branch, units / 4, p.doc, &start);
    cr_assert(gap_of(&p, t) < all * 4 / 5 && gap_of(&p, t) > all / 2);
    cr_assert_neq(yt_at(p.doc, branch->first)->u.leaf, 0);
    cr_assert_eq(yt_at(p.doc, branch->last)->u.leaf, 0);
    expect_list(&p, t);
    sound(&p);
    uint32_t gap = gap_of(&p, t);
    (void)yt_seq_tree_find(p.doc, branch, units - 5, p.doc, &start);
    cr_assert_geq(gap_of(&p, t), gap - YT_SEQ_LEAF);
    cr_assert_neq(yt_at(p.doc, branch->last)->u.leaf, 0);
    expect_list(&p, t);
    sound(&p);
    gap = gap_of(&p, t);
    (void)yt_seq_tree_find(p.doc, branch, units / 5, NULL, &start); /* open */
    (void)yt_seq_tree_next(p.doc, branch, branch->first, true, p.doc);
    (void)yt_seq_tree_before(p.doc, branch, branch->last, p.doc);
    cr_assert_eq(gap_of(&p, t), gap);
    (void)yt_seq_tree_before(p.doc, branch, yt_at(p.doc, branch->tree->leaves.data[0].first)->right, p.doc);
    cr_assert_eq(gap_of(&p, t), gap - (YT_SEQ_LEAF - YT_SEQ_LEAF / 4));
    for (uint32_t n = 0; (gap = gap_of(&p, t)) != 0; n++) { /* a bit more each time, for readers */
        (void)yt_seq_tree_find(p.doc, branch, units / 5, p.doc, &start);
        cr_assert(gap_of(&p, t) < gap && n < 4);
        sound(&p);
    }
    open_all(&p, t);
    expect_list(&p, t);
    sound(&p);
    peer_close(&p);
}

/* Deleting all that the gap has, and putting in around its ends. */
Test(seq_tree, the_gap_may_become_empty_or_grow) {
    peer p, q;
    peer_open(&p, 1);
    peer_open(&q, 2);
    yata_type t = long_text(&p, 900), u = text_root(&q);
    yt_branch *branch = branch_of(t);
    send_all(&p, &q);
    for (uint32_t round = 0; round < 2; round++) {
        yt_seq_drop(p.doc, branch);
        cr_assert(yt_seq_tree_build(p.doc, branch));
        uint32_t start, units = branch->units, gap = gap_of(&p, t);
        if (round) { /* an end of the list is in the gap */
            write_text(&p, t, 0, "front");
            sound(&p);
        }
        (void)yt_seq_tree_find(p.doc, branch, units / 3, p.doc, &start);
        (void)yt_seq_tree_find(p.doc, branch, units - units / 3, p.doc, &start);
        cr_assert(gap_of(&p, t) && gap_of(&p, t) < gap);
        for (uint32_t at = units / 3 - 40; at < units / 3 + 40; at += 3) { /* from another one: nobody looks */
            write_text(&q, u, at, "-");
            write_text(&q, u, units - at, "+");
        }
        send_all(&q, &p);
        sound(&p);
        expect_list(&p, t);
        erase_text(&q, u, units / 4, units / 2);
        send_all(&q, &p);
        sound(&p);
        expect_list(&p, t);
        open_all(&p, t);
        expect_list(&p, t);
        sound(&p);
    }
    peer_close(&p);
    peer_close(&q);
}

static void edit(yata_type t, rng *r, yata_txn *txn) {
    uint32_t len = branch_of(t)->units, at = rng_below(r, len + 1), n;
    uint8_t bold[] = {0x76, 1, 1, 'b', rng_one_in(r, 2) ? 0x78 : 0x79};
    yata_value attributes = PLAIN(OBJECT, .u.any = {bold, sizeof bold});
    switch (rng_below(r, 8)) {
    case 0:
    case 1:
    case 2: /* a stretch from 1 to a third of all */
        n = 1 + rng_below(r, rng_one_in(r, 20) ? len / 3 + 1 : 3);
        if (n <= len - at && !(len < 200 && n > 5)) OK(yata_text_delete(t, txn, at, n));
        break;
    case 3:
        OK(yata_text_format(t, txn, at, rng_below(r, len - at + 1) / 8, &attributes));
        break;
    case 4:
        for (n = rng_below(r, 60); n; n--) OK(yata_text_insert(t, txn, at, STR("\xC3\xA9"))); /* backwards */
        break;
    default:
        for (n = 0; n < rng_below(r, 9); n++) OK(yata_text_insert(t, txn, at + n, STR("f")));
    }
}

/* Both peers see the same in the end, and so does one that has no tree at all. */
Test(seq_tree, is_right_after_every_edit) {
    for (uint64_t seed = 1; seed <= 6; seed++) {
        rng r = rng_from(seed);
        peer a, b;
        peer_open(&a, 1);
        peer_open(&b, 2);
        yata_type t = long_text(&a, 600), u = text_root(&b);
        send_all(&a, &b);
        build(&a, t);
        build(&b, u);
        for (uint32_t i = 0; i < 120; i++) {
            peer *p = rng_one_in(&r, 3) ? &b : &a;
            begin(p);
            for (uint32_t n = 1 + rng_below(&r, 4); n; n--) edit(p == &a ? t : u, &r, p->txn);
            commit(p);
            if (rng_one_in(&r, 10)) send_all(&a, &b);
            if (rng_one_in(&r, 10)) send_all(&b, &a);
            build(p, p == &a ? t : u);
            if (i % 10 == 0) expect_list(p, p == &a ? t : u);
        }
        send_all(&a, &b);
        send_all(&b, &a);
        expect_same_state(&a, &b);
        expect_list(&a, t);
        while (branch_of(t)->units) /* down to nothing */
            erase_text(&a, t, 0, branch_of(t)->units < 40 ? branch_of(t)->units : 1 + rng_below(&r, 40));
        peer_close(&a);
        peer_close(&b);
    }
}

/* More keys than there are bits for them. */
enum { KEYS = 20 };

static void format_key(yata_type t, yata_txn *txn, uint32_t key, bool on, uint32_t at, uint32_t len) {
    uint8_t bytes[] = {0x76, 1, 1, (uint8_t)('a' + key), on ? 0x78 : 0x7e};
    yata_value attributes = PLAIN(OBJECT, .u.any = {bytes, sizeof bytes});
    OK(yata_text_format(t, txn, at, len, &attributes));
}

static yata_str key_name(const peer *p, yt_ref format) {
    yata_bytes key = yt_format_key(p->doc, yt_at(p->doc, format));
    return (yata_str){(const char *)key.data, key.len};
}

/* What is asked by key, against a walk from the start. */
static void expect_keys(const peer *p, yata_type t, uint32_t every) {
    const yt_branch *branch = branch_of(t);
    yt_ref last[KEYS] = {0};
    uint32_t since[KEYS] = {0}, rank = 0, n = 0, asked = 0;
    for (yt_ref ref = branch->first; ref; ref = yt_at(p->doc, ref)->right, n++) {
        if (yt_is_format(yt_at(p->doc, ref))) {
            uint32_t key = (uint32_t)(key_name(p, ref).data[0] - 'a');
            bool null = yt_format_value(p->doc, yt_at(p->doc, ref)).data[0] == 0x7e;
            rank++;
            if (null)
                since[key] = 0;
            else if (!since[key])
                since[key] = rank;
            last[key] = ref;
        }
        if (n % every) continue;
        uint32_t keys = yt_seq_format_keys(p->doc, branch, ref), seen = 0, wanted = 0;
        if (keys == YT_NONE) continue; /* a reader, to whom the gap is closed */
        asked++;
        for (uint32_t i = 0; i < keys; i++) {
            yt_ref found = yt_seq_format_of_key(p->doc, branch, ref, i);
            if (!found) continue;
            uint32_t key = (uint32_t)(key_name(p, found).data[0] - 'a');
            seen++;
            cr_assert_eq(found, last[key]);
            if (since[key]) cr_assert_eq(yt_seq_format_since(p->doc, branch, ref, i), since[key]);
        }
        for (uint32_t i = 0; i < KEYS; i++) wanted += last[i] != 0;
        cr_assert_eq(seen, wanted);
    }
    cr_assert_gt(asked, 0);
}

Test(seq_tree, finds_formats_by_key) {
    for (uint64_t seed = 1; seed <= 4; seed++) {
        rng r = rng_from(seed);
        peer p;
        peer_open(&p, 1);
        yata_type t = long_text(&p, 900);
        if (seed % 2) build(&p, t);
        begin(&p);
        for (uint32_t i = 0; i < 400; i++) {
            uint32_t len = branch_of(t)->units, at = rng_below(&r, len), n = rng_below(&r, len - at) / 20 + 1;
            uint32_t key = rng_one_in(&r, 3) ? rng_below(&r, KEYS) : rng_below(&r, 3);
            if (rng_one_in(&r, 9))
                OK(yata_text_delete(t, p.txn, at, n > 5 ? 5 : n));
            else
                format_key(t, p.txn, key, !rng_one_in(&r, 3), at, n);
            if (i % 100 == 50) {
                sound(&p);
                expect_keys(&p, t, 7);
                expect_list(&p, t);
            }
        }
        commit(&p);
        yt_seq_drop(p.doc, branch_of(t));
        build(&p, t);
        cr_assert_gt(gap_of(&p, t), 0);
        expect_keys(&p, t, 3); /* as a reader: what he can */
        sound(&p);
        begin(&p);
        expect_keys(&p, t, 3);
        sound(&p);
        commit(&p);
        open_all(&p, t);
        expect_keys(&p, t, 1);
        sound(&p);
        peer_close(&p);
    }
}

/* Far behind many formats text takes on what holds there, and keeps the order in which it came. */
Test(seq_tree, text_between_many_formats_takes_on_theirs) {
    peer p, q;
    peer_open(&p, 1);
    peer_open(&q, 2);
    yata_type t = long_text(&p, 600), u = text_root(&q);
    begin(&p);
    format_key(t, p.txn, 5, true, 3, 590);
    format_key(t, p.txn, 2, true, 5, 590);
    for (uint32_t i = 10; i < 500; i += 4) format_key(t, p.txn, 7, true, i, 2);
    commit(&p);
    send_all(&p, &q);
    for (uint32_t i = 0; i < 2; i++) { /* with a tree, and without one */
        if (i) yt_seq_drop(p.doc, branch_of(t));
        for (uint32_t at = 505; at < 515; at++) { /* plain text: what is in force ends before it, and begins again */
            write_text(&p, t, at, "+");
            OK(yata_text_insert_with(t, begin(&p), at + 1, STR("-"), NULL));
            commit(&p);
        }
        sound(&p);
    }
    send_all(&p, &q);
    expect_same_state(&p, &q);
    (void)u;
    peer_close(&p);
    peer_close(&q);
}

Test(seq_tree, goes_with_its_list) {
    peer p;
    peer_open(&p, 1);
    yata_type a = array_root(&p), t = put_type(&p, a, 0, YATA_KIND_TEXT, "");
    begin(&p);
    OK(yata_text_insert(t, p.txn, 0, STR("$")));
    for (uint32_t i = 0; i < 3 * YT_SEQ_FAR; i++) OK(yata_text_insert(t, p.txn, i & ~1u, STR("x")));
    commit(&p);
    build(&p, t);
    cr_assert_not_null(branch_of(t)->tree);
    erase_array(&p, a, 0, 1);
    peer_close(&p); /* finds what was not freed */
}

/* Without memory for the tree, edits go on without it. */
Test(seq_tree, lacks_memory_and_nobody_notices) {
    for (uint64_t n = 1; n < 40; n++) {
        peer p;
        peer_open(&p, 1);
        yata_type t = long_text(&p, 300);
        yt_branch *branch = branch_of(t);
        yt_seq_drop(p.doc, branch);
        begin(&p);
        yt_seq_pos pos;
        p.memory.fail_at = p.memory.calls + n;
        OK(yt_seq_find(p.doc, branch, 150, &pos));
        for (uint32_t i = 0; i < 60; i++) {
            yata_status status = yata_text_insert(t, p.txn, 150 - (i & 1), STR("y"));
            cr_assert(!status || status == YATA_ERR_MEMORY);
            sound(&p);
        }
        p.memory.fail_at = 0;
        commit(&p);
        peer_close(&p);
    }
}

static const char *broken(peer *p) {
    const char *what = NULL;
    cr_assert_not(yata_doc_check(p->doc, &what));
    return what;
}

Test(seq_tree, check_notices_what_is_wrong) {
    peer p;
    peer_open(&p, 1);
    yata_type t = long_text(&p, 900);
    build(&p, t);
    open_all(&p, t);
    yt_seq_tree *tree = branch_of(t)->tree;
    yt_seq_node *root = &tree->nodes.data[tree->root], *node = &tree->nodes.data[root->child[1]];
    yt_seq_leaf *leaf = &tree->leaves.data[node->child[1]];
    cr_assert_eq(tree->height, 2);
    yt_item *it = yt_at(p.doc, leaf->first);
    sound(&p);
#define BREAKS(type, thing, wrong, message)                                                                            \
    do {                                                                                                               \
        type saved_ = (thing);                                                                                         \
        (thing) = (type)(wrong);                                                                                       \
        cr_assert_str_eq(broken(&p), message);                                                                         \
        (thing) = saved_;                                                                                              \
    } while (0)
    node->sum[1].units++; /* and one level up, too */
    BREAKS(uint32_t, root->sum[1].units, root->sum[1].units + 1, "11: the sum of a leaf is wrong");
    node->sum[1].units--;
    BREAKS(uint32_t, node->sum[1].marks, 1, "11: the sum of a node is wrong");
    BREAKS(uint32_t, root->sum[1].units, 5, "11: the sum of a node is wrong");
    BREAKS(uint32_t, it->u.leaf, 70000, "11: an item names no leaf");
    BREAKS(uint32_t, leaf->first, it->right, "11: a leaf does not begin where the one before ends");
    BREAKS(uint32_t, tree->free_leaf, 0, "11: a leaf or a node is lost");
    BREAKS(uint32_t, tree->free_node, 0, "11: a leaf or a node is lost");
    BREAKS(uint8_t, leaf->count, 0, "11: a leaf is empty or over-full");
    BREAKS(uint8_t, leaf->count, leaf->count + 1, "11: an item and its leaf do not agree");
    BREAKS(uint8_t, leaf->at, 0, "11: a leaf is not in its node");
    BREAKS(uint8_t, node->at, 0, "11: a node is not in its parent");
    BREAKS(uint8_t, node->len, YT_SEQ_FANOUT + 1, "11: a node is empty or over-full");
    BREAKS(bool, node->bottom, false, "11: a leaf is not in its node");
    BREAKS(uint32_t, branch_of(t)->formats, 1, "5: the number of formats of a branch is wrong");
    begin(&p);
    format_key(t, p.txn, 1, true, 100, 3);
    commit(&p);
    sound(&p);
    yt_ref format = yt_seq_next_format(p.doc, branch_of(t), 0);
    tree = branch_of(t)->tree;
    yt_seq_leaf *around = &tree->leaves.data[yt_at(p.doc, format)->u.leaf];
    yt_seq_node *above = &tree->nodes.data[around->node];
    BREAKS(uint32_t, above->keys[around->at], 0, "11: the key of a format is not noted above its leaf");
    BREAKS(uint32_t, tree->nodes.data[tree->root].keys[above->at], 0, "11: a key is not noted above its node");
    sound(&p);
    yt_seq_drop(p.doc, branch_of(t));
    BREAKS(uint32_t, it->u.leaf, 1, "11: an item names a leaf of no tree");
    build(&p, t);
    tree = branch_of(t)->tree;
    yt_seq_leaf *gap = &tree->leaves.data[0];
    cr_assert_neq(gap->count, 0);
    BREAKS(uint8_t, gap->count, 5, "11: a leaf is empty or over-full");
    BREAKS(uint8_t, gap->count, 0, "11: an item names no leaf");
    BREAKS(uint32_t, gap->first, yt_at(p.doc, gap->first)->right,
           "11: a leaf does not begin where the one before ends");
    BREAKS(uint32_t, yt_at(p.doc, yt_at(p.doc, gap->first)->right)->u.leaf, 1,
           "11: the sum of a leaf is wrong"); /* the gap ends too early */
    sound(&p);
    peer_close(&p);
}
