/* SPDX-License-Identifier: MIT */
/*
 * seq_tree.c - a B+tree whose leaves are stretches of the linked list.
 *
 *   nodes                       [ 9  7 | 12 ]                       units (and formats) below each child
 *                              /      |
 *   leaves          {first, 4 items} {first, 3 items} ...           where a stretch begins, and how long it is
 *                      |                |
 *   list            a ⇄ b ⇄ c ⇄ d  ⇄   e ⇄ f ⇄ g ⇄ ...              item.u.leaf names the leaf
 *
 * A leaf keeps no list of its items: they are linked to each other anyhow. So the tree costs about one byte an item,
 * putting an item into the middle of a leaf moves nothing, and what is paid for it is a walk over half a leaf, next to
 * one another in memory for text that was typed or loaded in order. Leaves and nodes are 32-bit places in two arrays,
 * so a tree is dropped by freeing two arrays.
 *
 * Leaf 0 is the GAP: the stretch that nobody has looked at yet, however long it is. A new tree is a gap and nothing
 * else, and costs nothing; its sum is known, because the branch counts what it shows. Who wants to get into the gap
 * opens it from the end that is nearer to him: 24 items at a time become a leaf. So the first edit far inside a list
 * that was loaded walks there once, as it must, and the next ones find what that one opened. What opens altogether is
 * each item once. Who only reads walks in the gap, and leaves it as it is; for his sake each edit that finds its place
 * without a walk opens a bit more.
 *
 *   leaves          {..24 items} {..24 items} {GAP, first, ? items} {..24 items}
 *
 * An item that no leaf has taken up names leaf 0, with a tree or without one: what is loaded need not be told.
 *
 * Formats are found by their keys, too: seq_format.c.
 *
 * Leaves and nodes that became small are poured into a neighbour under the same node; what holds nothing is freed.
 *
 * Invariants: no leaf and no node is empty; all leaves are equally deep; a sum is what stands below it; the items of
 * the gap are neighbours; where there is no tree, all items name leaf 0.
 */
#include "doc/seq_tree.h"

#include "doc/content.h"
#include "doc/seq_node.h"

enum {
    LEAF = YT_SEQ_LEAF,
    FANOUT = YT_SEQ_FANOUT,
    FILL = LEAF - LEAF / 4, /* what opening puts into a leaf */
    GAP = YT_SEQ_GAP,
    UNCOUNTED = UINT8_MAX, /* the count of the gap, or 0 if nothing is left of it */
    MORE = 32,             /* leaves that are opened for the readers by an edit that needs none of them */
    AHEAD = 6              /* items: so far around are loaded early (what was typed in a row lies in a row) */
};

_Static_assert(LEAF >= 4 && LEAF < UNCOUNTED && FANOUT >= 4 && FANOUT <= 255, "counts are kept in bytes");

yt_seq_sum yt_seq_sum_of(const yata_doc *doc, const yt_item *it) {
    yt_seq_sum sum = {0, 0};
    if (yt_is_deleted(it)) return sum;
    if (it->content == YT_FORMAT)
        sum.marks = 1;
    else if (yt_content_countable(it->content))
        sum.units = it->wide ? yt_units(doc, it) : it->len;
    return sum;
}

static yt_seq_sum minus(yt_seq_sum sum) {
    sum.units = 0 - sum.units;
    sum.marks = 0 - sum.marks;
    return sum;
}

static void plus(yt_seq_sum *sum, yt_seq_sum more) {
    sum->units += more.units;
    sum->marks += more.marks;
}

static yt_seq_sum total(const yt_seq_node *node) {
    yt_seq_sum sum = {0, 0};
    for (uint32_t i = 0; i < node->len; i++) plus(&sum, node->sum[i]);
    return sum;
}

static uint32_t all_keys(const yt_seq_node *node) {
    uint32_t keys = 0;
    for (uint32_t i = 0; i < node->len; i++) keys |= node->keys[i];
    return keys;
}

/* All sums above a leaf. */
static void add_above(const yt_seq_tree *tree, const yt_seq_leaf *leaf, yt_seq_sum more) {
    uint32_t at = leaf->at;
    for (uint32_t ref = leaf->node; ref != YT_NONE;) {
        yt_seq_node *node = yt_seq_node_at(tree, ref);
        plus(&node->sum[at], more);
        at = node->at;
        ref = node->parent;
    }
}

void yt_seq_tree_add(yt_branch *branch, const yt_item *it, yt_seq_sum more) {
    add_above(branch->tree, yt_seq_leaf_at(branch->tree, it->u.leaf), more);
}

/* ------------------------------------------------------------------------
 * Places for leaves and nodes
 */
void yt_seq_tree_drop(yata_doc *doc, yt_branch *branch) {
    if (!branch->tree) return;
    for (yt_ref ref = branch->first; ref; ref = yt_at(doc, ref)->right) yt_at(doc, ref)->u.leaf = GAP;
    yt_seq_tree_free(doc, branch);
}

void yt_seq_tree_free(yata_doc *doc, yt_branch *branch) {
    yt_seq_tree *tree = branch->tree;
    if (!tree) return;
    yt_strings_free(&doc->mem, &tree->keys);
    yt_vec_free(&doc->mem, &tree->leaves);
    yt_vec_free(&doc->mem, &tree->nodes);
    yt_free(&doc->mem, tree, sizeof *tree);
    branch->tree = NULL;
}

/* Room for one more leaf, and for the nodes that this can take? */
static bool reserve(yata_doc *doc, yt_seq_tree *tree) {
    return yt_vec_reserve(&doc->mem, &tree->leaves, 1) && yt_vec_reserve(&doc->mem, &tree->nodes, tree->height + 1);
}

static uint32_t leaf_new(yt_seq_tree *tree) {
    uint32_t ref = tree->free_leaf;
    if (ref != YT_NONE) {
        tree->free_leaf = yt_seq_leaf_at(tree, ref)->node;
        return ref;
    }
    yt_seq_leaf leaf = {0};
    ref = tree->leaves.len;
    yt_vec_put(&tree->leaves, leaf);
    return ref;
}

static uint32_t node_new(yt_seq_tree *tree, bool bottom) {
    uint32_t ref = tree->free_node;
    if (ref != YT_NONE) {
        tree->free_node = yt_seq_node_at(tree, ref)->parent;
    } else {
        ref = tree->nodes.len++;
    }
    yt_seq_node *node = yt_seq_node_at(tree, ref);
    node->parent = YT_NONE;
    node->at = node->len = 0;
    node->bottom = bottom;
    return ref;
}

static void leaf_free(yt_seq_tree *tree, uint32_t ref) {
    yt_seq_leaf *leaf = yt_seq_leaf_at(tree, ref);
    leaf->count = 0;
    leaf->node = tree->free_leaf;
    tree->free_leaf = ref;
}

static void node_free(yt_seq_tree *tree, uint32_t ref) {
    yt_seq_node *node = yt_seq_node_at(tree, ref);
    node->len = 0;
    node->parent = tree->free_node;
    tree->free_node = ref;
}

/* ------------------------------------------------------------------------
 * Children
 */

/* Tells the children from `from` on where they are. */
static void place_children(const yt_seq_tree *tree, uint32_t ref, uint32_t from) {
    const yt_seq_node *node = yt_seq_node_at(tree, ref);
    for (uint32_t i = from; i < node->len; i++) {
        if (node->bottom) {
            yt_seq_leaf *leaf = yt_seq_leaf_at(tree, node->child[i]);
            leaf->node = ref;
            leaf->at = (uint8_t)i;
        } else {
            yt_seq_node *child = yt_seq_node_at(tree, node->child[i]);
            child->parent = ref;
            child->at = (uint8_t)i;
        }
    }
}

static void move_children(yt_seq_node *to, uint32_t to_at, const yt_seq_node *from, uint32_t from_at, uint32_t n) {
    memmove(to->child + to_at, from->child + from_at, n * sizeof *to->child);
    memmove(to->sum + to_at, from->sum + from_at, n * sizeof *to->sum);
    memmove(to->keys + to_at, from->keys + from_at, n * sizeof *to->keys);
}

static void put_child(yt_seq_tree *tree, uint32_t ref, uint32_t at, uint32_t child, yt_seq_sum sum, uint32_t keys) {
    yt_seq_node *node = yt_seq_node_at(tree, ref);
    move_children(node, at + 1, node, at, node->len - at);
    node->child[at] = child;
    node->sum[at] = sum;
    node->keys[at] = keys;
    node->len++;
    place_children(tree, ref, at);
}

/* The root gets a node above it. */
static void grow(yt_seq_tree *tree) {
    uint32_t old = tree->root;
    yt_seq_sum sum = total(yt_seq_node_at(tree, old));
    tree->root = node_new(tree, false);
    tree->height++;
    put_child(tree, tree->root, 0, old, sum, all_keys(yt_seq_node_at(tree, old)));
}

/* Makes `child` the child behind place `at` of a node. What is below it was below the child at `at` so far, and is
 * taken from the sum there. Room was made (reserve). A full node gives its upper half away, or, if the child comes to
 * its very end, nothing: a list that grows at its end has full nodes. */
static void add_child(yt_seq_tree *tree, uint32_t ref, uint32_t at, uint32_t child, yt_seq_sum sum, uint32_t keys) {
    for (;;) {
        bool full = yt_seq_node_at(tree, ref)->len == FANOUT;
        if (full && ref == tree->root) grow(tree);
        plus(&yt_seq_node_at(tree, ref)->sum[at], minus(sum));
        if (!full) {
            put_child(tree, ref, at + 1, child, sum, keys);
            return;
        }
        uint32_t right = node_new(tree, yt_seq_node_at(tree, ref)->bottom),
                 keep = at + 1 == FANOUT ? FANOUT : FANOUT / 2;
        yt_seq_node *node = yt_seq_node_at(tree, ref), *upper = yt_seq_node_at(tree, right);
        upper->len = (uint8_t)(FANOUT - keep);
        node->len = (uint8_t)keep;
        move_children(upper, 0, node, keep, upper->len);
        place_children(tree, right, 0);
        if (at >= keep || keep == FANOUT)
            put_child(tree, right, at + 1 - keep, child, sum, keys);
        else
            put_child(tree, ref, at + 1, child, sum, keys);
        at = node->at;
        ref = node->parent;
        yt_seq_node_at(tree, ref)->keys[at] = all_keys(node);
        child = right;
        sum = total(upper);
        keys = all_keys(upper);
    }
}

static void remove_child(yt_seq_tree *tree, uint32_t ref, uint32_t at) {
    yt_seq_node *node = yt_seq_node_at(tree, ref);
    node->len--;
    move_children(node, at, node, at + 1, node->len - at);
    place_children(tree, ref, at);
}

/* Pours child at + 1 of a node, a node itself, into child `at`, if together they leave room to grow. */
static bool join_nodes(yt_seq_tree *tree, uint32_t above, uint32_t at) {
    yt_seq_node *parent = yt_seq_node_at(tree, above);
    uint32_t left_ref = parent->child[at], right_ref = parent->child[at + 1];
    yt_seq_node *left = yt_seq_node_at(tree, left_ref), *right = yt_seq_node_at(tree, right_ref);
    if (left->len + right->len > FANOUT - FANOUT / 4) return false;
    uint32_t old = left->len;
    move_children(left, old, right, 0, right->len);
    left->len = (uint8_t)(old + right->len);
    place_children(tree, left_ref, old);
    plus(&parent->sum[at], parent->sum[at + 1]);
    parent->keys[at] |= parent->keys[at + 1];
    node_free(tree, right_ref);
    remove_child(tree, above, at + 1);
    return true;
}

/* A node has lost a child: it, and what is above it, may have become empty or small. */
static void shrink(yt_seq_tree *tree, uint32_t ref) {
    for (;;) {
        yt_seq_node *node = yt_seq_node_at(tree, ref);
        uint32_t above = node->parent, at = node->at;
        if (above == YT_NONE || node->len > FANOUT / 4) break;
        if (!node->len) {
            node_free(tree, ref);
            remove_child(tree, above, at);
        } else if (!(at + 1 < yt_seq_node_at(tree, above)->len && join_nodes(tree, above, at)) &&
                   !(at && join_nodes(tree, above, at - 1))) {
            break;
        }
        ref = above;
    }
    while (tree->height > 1 && yt_seq_node_at(tree, tree->root)->len == 1) {
        uint32_t old = tree->root;
        tree->root = yt_seq_node_at(tree, old)->child[0];
        yt_seq_node_at(tree, tree->root)->parent = YT_NONE;
        node_free(tree, old);
        tree->height--;
    }
}

/* The words above a node are what is in the nodes again. */
static void settle_keys(const yt_seq_tree *tree, uint32_t ref) {
    for (const yt_seq_node *node = yt_seq_node_at(tree, ref); node->parent != YT_NONE;
         node = yt_seq_node_at(tree, node->parent))
        yt_seq_node_at(tree, node->parent)->keys[node->at] = all_keys(node);
}

/* ------------------------------------------------------------------------
 * Leaves
 */

static bool is_in_gap(const yata_doc *doc, yt_ref ref) {
    return ref && yt_at(doc, ref)->u.leaf == GAP;
}

/* The items from `ref` on belong to the leaf. */
static void name_items(const yata_doc *doc, yt_ref ref, uint32_t count, uint32_t leaf) {
    for (; count; count--, ref = yt_at(doc, ref)->right) yt_at(doc, ref)->u.leaf = leaf;
}

/* The over-full leaf that `ref` was put into gives items away to a new one: its last if it is that one, which a list
 * that grows at its end makes full leaves of, else half of them. */
static void split_leaf(yata_doc *doc, yt_seq_tree *tree, uint32_t old, yt_ref put) {
    uint32_t new = leaf_new(tree), keep = 0, half = yt_seq_leaf_at(tree, old)->count / 2u;
    yt_seq_leaf *left = yt_seq_leaf_at(tree, old), *right = yt_seq_leaf_at(tree, new);
    yt_ref ref = left->first;
    bool last = !yt_at(doc, put)->right || yt_at(doc, yt_at(doc, put)->right)->u.leaf != old;
    if (last) {
        ref = put;
        keep = left->count - 1u;
    } else {
        for (; keep < half; keep++) ref = yt_at(doc, ref)->right;
    }
    right->first = ref;
    right->count = (uint8_t)(left->count - keep);
    left->count = (uint8_t)keep;
    yt_seq_sum sum = {0, 0};
    uint32_t keys = 0;
    for (uint32_t i = right->count; i; i--, ref = yt_at(doc, ref)->right) {
        yt_item *it = yt_at(doc, ref);
        it->u.leaf = new;
        plus(&sum, yt_seq_sum_of(doc, it));
        if (yt_is_format(it)) keys |= yt_seq_format_bits(doc, tree, it);
    }
    add_child(tree, left->node, left->at, new, sum, keys);
}

void yt_seq_tree_insert(yata_doc *doc, yt_branch *branch, yt_ref ref, yt_seq_sum more) {
    yt_seq_tree *tree = branch->tree;
    yt_item *it = yt_at(doc, ref);
    uint32_t at = yt_at(doc, it->left ? it->left : it->right)->u.leaf;
    yt_seq_leaf *leaf = yt_seq_leaf_at(tree, at);
    if (leaf->count == LEAF && !reserve(doc, tree)) {
        yt_seq_tree_drop(doc, branch);
        return;
    }
    leaf = yt_seq_leaf_at(tree, at);
    it->u.leaf = at;
    if (!it->left) leaf->first = ref;
    add_above(tree, leaf, more);
    if (at != GAP && ++leaf->count > LEAF) split_leaf(doc, tree, at, ref);
    if (yt_is_format(it)) yt_seq_tree_note_format(doc, branch, it);
}

/* Pours the leaf behind place `at` of a node into the one there. */
static bool join_leaves(const yata_doc *doc, yt_seq_tree *tree, uint32_t above, uint32_t at) {
    yt_seq_node *node = yt_seq_node_at(tree, above);
    uint32_t left_ref = node->child[at], right_ref = node->child[at + 1];
    yt_seq_leaf *left = yt_seq_leaf_at(tree, left_ref), *right = yt_seq_leaf_at(tree, right_ref);
    if (left->count + right->count > LEAF - LEAF / 4) return false;
    if (left->count < right->count) { /* fewer items get a new name */
        name_items(doc, left->first, left->count, right_ref);
        right->first = left->first;
        right->count = (uint8_t)(right->count + left->count);
        node->child[at] = right_ref;
        right->at = (uint8_t)at;
        right_ref = left_ref;
    } else {
        name_items(doc, right->first, right->count, left_ref);
        left->count = (uint8_t)(left->count + right->count);
    }
    plus(&node->sum[at], node->sum[at + 1]);
    node->keys[at] |= node->keys[at + 1];
    leaf_free(tree, right_ref);
    remove_child(tree, above, at + 1);
    return true;
}

void yt_seq_tree_remove(yata_doc *doc, yt_branch *branch, yt_ref ref, yt_seq_sum less) {
    yt_seq_tree *tree = branch->tree;
    if (!branch->first) {
        yt_seq_tree_free(doc, branch);
        return;
    }
    const yt_item *it = yt_at(doc, ref);
    yt_seq_leaf *leaf = yt_seq_leaf_at(tree, it->u.leaf);
    uint32_t above = leaf->node, at = leaf->at;
    add_above(tree, leaf, minus(less));
    if (leaf->first == ref) leaf->first = it->right;
    if (it->u.leaf == GAP) {
        if (is_in_gap(doc, leaf->first)) return;
        leaf->count = 0;
        remove_child(tree, above, at);
        shrink(tree, above);
        return;
    }
    leaf->count--;
    if (leaf->count > LEAF / 4) return;
    if (!leaf->count) {
        leaf_free(tree, it->u.leaf);
        remove_child(tree, above, at);
    } else if (!(at + 1 < yt_seq_node_at(tree, above)->len && join_leaves(doc, tree, above, at)) &&
               !(at && join_leaves(doc, tree, above, at - 1))) {
        return;
    }
    shrink(tree, above);
}

/* ------------------------------------------------------------------------
 * Building
 */
bool yt_seq_tree_build(yata_doc *doc, yt_branch *branch) {
    yt_seq_tree *tree = yt_calloc(&doc->mem, sizeof *tree);
    if (!tree) return false;
    branch->tree = tree;
    tree->free_leaf = tree->free_node = YT_NONE;
    if (!reserve(doc, tree)) {
        yt_seq_tree_free(doc, branch);
        return false;
    }
    tree->height = 1;
    tree->root = node_new(tree, true);
    uint32_t gap = leaf_new(tree);
    YT_ASSERT(gap == GAP);
    yt_seq_leaf_at(tree, gap)->first = branch->first;
    yt_seq_leaf_at(tree, gap)->count = UNCOUNTED;
    put_child(tree, tree->root, 0, gap, (yt_seq_sum){branch->units, branch->formats}, branch->formats ? UINT32_MAX : 0);
    return true;
}

/* The last item of the gap: the one before the leaf behind it. */
static yt_ref last_in_gap(const yata_doc *doc, const yt_branch *branch) {
    const yt_seq_tree *tree = branch->tree;
    const yt_seq_leaf *gap = yt_seq_leaf_at(tree, GAP);
    const yt_seq_node *node = yt_seq_node_at(tree, gap->node);
    uint32_t at = gap->at + 1u;
    while (at == node->len) {
        if (node->parent == YT_NONE) return branch->last;
        at = node->at + 1u;
        node = yt_seq_node_at(tree, node->parent);
    }
    for (; !node->bottom; at = 0) node = yt_seq_node_at(tree, node->child[at]);
    return yt_at(doc, yt_seq_leaf_at(tree, node->child[at])->first)->left;
}

/* Chains in memory are walked no faster than memory answers; who types makes items in a row, backwards or forwards, so
 * what lies around an item is asked for before its turn comes. */
static void load_early(const yt_item *it) {
    const uintptr_t at = (uintptr_t)it, away = AHEAD * sizeof *it;
    YT_PREFETCH((const void *)(at + away));
    YT_PREFETCH((const void *)(at - away));
}

/* What goes from the gap into a leaf. */
typedef struct opened {
    yt_seq_sum sum;
    uint32_t keys, count;
    yt_ref end; /* the last item that was met */
} opened;

/* Gives up to FILL items, from `ref` at one end of the gap on, to a leaf. */
static opened take_from_gap(yata_doc *doc, yt_seq_tree *tree, yt_ref ref, bool front, uint32_t leaf) {
    opened o = {.end = ref};
    while (o.count < FILL && is_in_gap(doc, ref)) {
        yt_item *it = yt_at(doc, ref);
        load_early(it);
        it->u.leaf = leaf;
        plus(&o.sum, yt_seq_sum_of(doc, it));
        if (yt_is_format(it)) o.keys |= yt_seq_format_learn(doc, tree, it);
        o.count++;
        o.end = ref;
        ref = front ? it->right : it->left;
    }
    return o;
}

/* Makes a leaf of the first items of the gap, or of the last; *sum: theirs. YT_NONE: no memory, nothing changed. */
static uint32_t open_gap(yata_doc *doc, yt_branch *branch, bool front, yt_seq_sum *sum) {
    yt_seq_tree *tree = branch->tree;
    if (!reserve(doc, tree)) return YT_NONE;
    uint32_t new = leaf_new(tree);
    yt_seq_leaf *gap = yt_seq_leaf_at(tree, GAP), *leaf = yt_seq_leaf_at(tree, new);
    yt_seq_node *node = yt_seq_node_at(tree, gap->node);
    yt_ref from = front ? gap->first : last_in_gap(doc, branch);
    opened o = take_from_gap(doc, tree, from, front, new);
    uint32_t gap_keys = node->keys[gap->at];
    *sum = o.sum;
    leaf->count = (uint8_t)o.count;
    leaf->first = front ? from : o.end;
    leaf->node = gap->node;
    leaf->at = gap->at;
    if (front) gap->first = yt_at(doc, o.end)->right;
    if (front ? !is_in_gap(doc, gap->first) : o.end == gap->first) { /* nothing is left of it */
        node->child[leaf->at] = new;
        node->keys[leaf->at] = o.keys;
        gap->count = 0;
        settle_keys(tree, leaf->node);
    } else if (front) {
        yt_seq_sum rest = minus(o.sum);
        plus(&rest, node->sum[leaf->at]);
        node->child[leaf->at] = new;
        node->keys[leaf->at] = o.keys;
        add_child(tree, leaf->node, leaf->at, GAP, rest, gap_keys);
    } else {
        add_child(tree, gap->node, gap->at, new, o.sum, o.keys);
    }
    return new;
}

static yt_seq_sum gap_sum(const yt_seq_tree *tree) {
    const yt_seq_leaf *gap = yt_seq_leaf_at(tree, GAP);
    return yt_seq_node_at(tree, gap->node)->sum[gap->at];
}

/* Opens the gap up to the unit number `left` in it, from the nearer end; as far as memory reaches. */
static void open_to_unit(yata_doc *doc, yt_branch *branch, uint32_t left) {
    uint32_t units = gap_sum(branch->tree).units;
    bool front = left <= units / 2;
    uint32_t way = front ? left : units - left + 1;
    yt_seq_sum sum;
    while (open_gap(doc, branch, front, &sum) != YT_NONE && sum.units < way) way -= sum.units;
}

static void open_more(yata_doc *doc, yt_branch *branch) {
    yt_seq_sum sum;
    for (uint32_t n = MORE; n && yt_seq_leaf_at(branch->tree, GAP)->count; n--)
        if (open_gap(doc, branch, true, &sum) == YT_NONE) return;
}

/* Opens the gap up to an item, from the nearer end, which is not known: from both in turn. False: no memory. */
static bool open_to_item(yata_doc *doc, yt_branch *branch, yt_ref ref) {
    yt_seq_sum sum;
    for (bool front = true; is_in_gap(doc, ref); front = !front)
        if (open_gap(doc, branch, front, &sum) == YT_NONE) return false;
    return true;
}

/* ------------------------------------------------------------------------
 * Asking
 */
/* The leaf with unit number *index, which becomes that in the leaf. */
static uint32_t leaf_of_unit(const yt_seq_tree *tree, uint32_t *index) {
    uint32_t ref = tree->root, left = *index;
    for (uint32_t level = tree->height; level; level--) {
        const yt_seq_node *node = yt_seq_node_at(tree, ref);
        uint32_t i = 0;
        while (left > node->sum[i].units) left -= node->sum[i++].units;
        ref = node->child[i];
    }
    *index = left;
    return ref;
}

/* From the end of the gap back to the item with unit number *left in it, which becomes that in the item. */
static yt_ref find_from_end_of_gap(const yata_doc *doc, const yt_branch *branch, uint32_t *left) {
    uint32_t behind = gap_sum(branch->tree).units - *left;
    for (yt_ref ref = last_in_gap(doc, branch);; ref = yt_at(doc, ref)->left) {
        uint32_t units = yt_seq_sum_of(doc, yt_at(doc, ref)).units;
        if (behind < units) {
            *left = units - behind;
            return ref;
        }
        behind -= units;
    }
}

yt_ref yt_seq_tree_find(const yata_doc *doc, const yt_branch *branch, uint32_t index, yata_doc *writer,
                        uint32_t *start) {
    const yt_seq_tree *tree = branch->tree;
    uint32_t left = index, leaf = leaf_of_unit(tree, &left);
    if (writer && yt_seq_leaf_at(tree, GAP)->count) {
        yt_branch *open = yt_branch_at(doc, branch->ref);
        if (leaf == GAP)
            open_to_unit(writer, open, left);
        else
            open_more(writer, open);
        left = index;
        leaf = leaf_of_unit(tree, &left);
    }
    yt_ref ref = yt_seq_leaf_at(tree, leaf)->first;
    if (leaf == GAP && left > gap_sum(tree).units / 2) {
        ref = find_from_end_of_gap(doc, branch, &left);
    } else {
        for (;;) {
            const yt_item *it = yt_at(doc, ref);
            uint32_t units = yt_visible_units(doc, it);
            if (left <= units) break;
            left -= units;
            ref = it->right;
        }
    }
    *start = index - left;
    return ref;
}

static yt_seq_sum before_leaf(const yt_seq_tree *tree, const yt_seq_leaf *leaf) {
    yt_seq_sum sum = {0, 0};
    uint32_t at = leaf->at;
    for (uint32_t above = leaf->node; above != YT_NONE;) {
        const yt_seq_node *node = yt_seq_node_at(tree, above);
        for (uint32_t i = 0; i < at; i++) plus(&sum, node->sum[i]);
        at = node->at;
        above = node->parent;
    }
    return sum;
}

yt_seq_sum yt_seq_tree_before(const yata_doc *doc, const yt_branch *branch, yt_ref ref, yata_doc *writer) {
    const yt_seq_tree *tree = branch->tree;
    if (writer) (void)open_to_item(writer, yt_branch_at(doc, branch->ref), ref);
    const yt_seq_leaf *leaf = yt_seq_leaf_at(tree, yt_at(doc, ref)->u.leaf);
    yt_seq_sum sum = before_leaf(tree, leaf);
    for (yt_ref at = leaf->first; at != ref; at = yt_at(doc, at)->right) plus(&sum, yt_seq_sum_of(doc, yt_at(doc, at)));
    return sum;
}

static bool wanted(yt_seq_sum sum, bool visible) {
    return sum.marks || (visible && sum.units);
}

static yt_ref next_in_leaf(const yata_doc *doc, yt_ref ref, uint32_t leaf, bool visible) {
    for (; ref; ref = yt_at(doc, ref)->right) {
        const yt_item *it = yt_at(doc, ref);
        if (it->u.leaf != leaf) return 0;
        if (yt_is_format(it) || (visible && yt_is_visible(it))) return ref;
    }
    return 0;
}

/* A leaf that there is something wanted in: the gap is opened for the writer, who will look there again. */
static bool opened_instead(yata_doc *writer, const yata_doc *doc, const yt_branch *branch, uint32_t *above,
                           uint32_t *at) {
    yt_seq_sum sum;
    uint32_t leaf = YT_NONE;
    if (writer) leaf = open_gap(writer, yt_branch_at(doc, branch->ref), true, &sum);
    if (leaf == YT_NONE) return false;
    *above = yt_seq_leaf_at(branch->tree, leaf)->node;
    *at = yt_seq_leaf_at(branch->tree, leaf)->at;
    return true;
}

yt_ref yt_seq_tree_next(const yata_doc *doc, const yt_branch *branch, yt_ref ref, bool visible, yata_doc *writer) {
    const yt_seq_tree *tree = branch->tree;
    uint32_t above = tree->root, at = 0;
    if (ref) {
        if (writer) (void)open_to_item(writer, yt_branch_at(doc, branch->ref), ref);
        const yt_item *it = yt_at(doc, ref);
        yt_ref found = next_in_leaf(doc, it->right, it->u.leaf, visible);
        if (found) return found;
        above = yt_seq_leaf_at(tree, it->u.leaf)->node;
        at = yt_seq_leaf_at(tree, it->u.leaf)->at + 1u;
    }
    for (;;) { /* up to where there is something, then down to it */
        const yt_seq_node *node = yt_seq_node_at(tree, above);
        while (at < node->len && !wanted(node->sum[at], visible)) at++;
        if (at == node->len) {
            if (node->parent == YT_NONE) return 0;
            at = node->at + 1u;
            above = node->parent;
        } else if (node->bottom && node->child[at] == GAP && opened_instead(writer, doc, branch, &above, &at)) {
            continue;
        } else if (node->bottom) {
            return next_in_leaf(doc, yt_seq_leaf_at(tree, node->child[at])->first, node->child[at], visible);
        } else {
            above = node->child[at];
            at = 0;
        }
    }
}

uint32_t yt_seq_tree_keys(const yata_doc *doc, const yt_branch *branch, yt_ref ref, yata_doc *writer) {
    const yt_seq_tree *tree = branch->tree;
    yt_seq_sum sum;
    uint32_t formats = yt_seq_tree_before(doc, branch, ref, writer).marks + yt_is_format(yt_at(doc, ref));
    const yt_seq_leaf *gap = yt_seq_leaf_at(tree, GAP);
    while (gap->count && gap_sum(tree).marks && before_leaf(tree, gap).marks < formats) { /* there, some are unknown */
        if (!writer || open_gap(writer, yt_branch_at(doc, branch->ref), true, &sum) == YT_NONE) return YT_NONE;
        gap = yt_seq_leaf_at(tree, GAP);
    }
    return tree->blind ? YT_NONE : tree->keys.len;
}

/* ------------------------------------------------------------------------
 * Check
 */
static bool same(yt_seq_sum a, yt_seq_sum b) {
    return a.units == b.units && a.marks == b.marks;
}

/* One leaf, which begins at `ref`, its place and its sum. */
static const char *check_leaf(const yata_doc *doc, const yt_seq_tree *tree, uint32_t leaf_ref, yt_ref ref) {
    const yt_seq_leaf *leaf = yt_seq_leaf_at(tree, leaf_ref);
    yt_seq_sum sum = {0, 0};
    uint32_t keys = 0;
    if (leaf->first != ref) return "11: a leaf does not begin where the one before ends";
    if (leaf_ref == GAP ? leaf->count != UNCOUNTED : !leaf->count || leaf->count > LEAF)
        return "11: a leaf is empty or over-full";
    for (uint32_t i = leaf->count; leaf_ref == GAP ? is_in_gap(doc, ref) : i; i--, ref = yt_at(doc, ref)->right) {
        if (!ref || yt_at(doc, ref)->u.leaf != leaf_ref) return "11: an item and its leaf do not agree";
        const yt_item *it = yt_at(doc, ref);
        plus(&sum, yt_seq_sum_of(doc, it));
        if (!yt_is_format(it) || tree->blind) continue;
        uint32_t bits = yt_seq_format_bits(doc, tree, it);
        if (!bits && leaf_ref != GAP) return "11: the key of a format has no number";
        keys |= bits;
    }
    const yt_seq_node *node = yt_seq_node_at(tree, leaf->node);
    if (!node->bottom || leaf->at >= node->len || node->child[leaf->at] != leaf_ref)
        return "11: a leaf is not in its node";
    if (keys & ~node->keys[leaf->at]) return "11: the key of a format is not noted above its leaf";
    return same(sum, node->sum[leaf->at]) ? NULL : "11: the sum of a leaf is wrong";
}

/* The nodes above a leaf of which it is the first. *depth: how many there are above the leaf. */
static const char *check_above(const yt_seq_tree *tree, const yt_seq_leaf *leaf, uint32_t *nodes, uint32_t *depth) {
    uint32_t at = leaf->at, ref = leaf->node;
    bool first = true;
    *depth = 0;
    for (;;) {
        const yt_seq_node *node = yt_seq_node_at(tree, ref);
        if (!node->len || node->len > FANOUT || ++*depth > tree->height) return "11: a node is empty or over-full";
        first &= at == 0;
        *nodes += first;
        if (node->parent == YT_NONE) return ref == tree->root ? NULL : "11: a node is not below the root";
        const yt_seq_node *parent = yt_seq_node_at(tree, node->parent);
        if (parent->bottom || node->at >= parent->len || parent->child[node->at] != ref)
            return "11: a node is not in its parent";
        if (first && (all_keys(node) & ~parent->keys[node->at])) return "11: a key is not noted above its node";
        if (first && !same(total(node), parent->sum[node->at])) return "11: the sum of a node is wrong";
        at = node->at;
        ref = node->parent;
    }
}

const char *yt_seq_tree_check(const yata_doc *doc, const yt_branch *branch) {
    const yt_seq_tree *tree = branch->tree;
    uint32_t leaves = !yt_seq_leaf_at(tree, GAP)->count, nodes = 0, depth; /* the gap stays a leaf when it is empty */
    for (yt_ref ref = branch->first; ref;) {
        uint32_t leaf_ref = yt_at(doc, ref)->u.leaf;
        if (leaf_ref >= tree->leaves.len || ++leaves > tree->leaves.len) return "11: an item names no leaf";
        const yt_seq_leaf *leaf = yt_seq_leaf_at(tree, leaf_ref);
        const char *what = check_leaf(doc, tree, leaf_ref, ref);
        if (!what) what = check_above(tree, leaf, &nodes, &depth);
        if (what) return what;
        if (depth != tree->height) return "11: leaves are not equally deep";
        if (leaf_ref == GAP)
            while (is_in_gap(doc, ref)) ref = yt_at(doc, ref)->right;
        else
            for (uint32_t i = leaf->count; i; i--) ref = yt_at(doc, ref)->right;
    }
    for (uint32_t ref = tree->free_leaf; ref != YT_NONE && leaves <= tree->leaves.len;
         ref = yt_seq_leaf_at(tree, ref)->node)
        leaves++;
    for (uint32_t ref = tree->free_node; ref != YT_NONE && nodes <= tree->nodes.len;
         ref = yt_seq_node_at(tree, ref)->parent)
        nodes++;
    if (leaves != tree->leaves.len || nodes != tree->nodes.len) return "11: a leaf or a node is lost";
    const yt_seq_sum all = {branch->units, branch->formats};
    return same(total(yt_seq_node_at(tree, tree->root)), all) ? NULL : "11: the sum of all is wrong";
}
