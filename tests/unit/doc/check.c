/* SPDX-License-Identifier: MIT */
/* check.c - the proof notices each thing that can be wrong: a sound document is broken by hand, and mended. */
#include "../peer.h"
#include "doc/content.h"

/* A text "ab" and "c" (client 1), an element 7, a map with two keys of which one was set twice, a nested array, a GC.
 */
typedef struct broken {
    peer p;
    yata_type text, array, map;
    yt_client *client;
} broken;

static void open_broken(broken *b) {
    peer_open(&b->p, 1);
    b->text = text_root(&b->p);
    b->array = array_root(&b->p);
    b->map = map_root(&b->p);
    write_text(&b->p, b->text, 0,
               "\xC3\xA9"
               "b");
    write_text(&b->p, b->text, 0, "c");
    put_int(&b->p, b->array, 0, 7);
    put_type(&b->p, b->array, 0, YATA_KIND_ARRAY, "");
    set_int(&b->p, b->map, "k", 1);
    set_int(&b->p, b->map, "k", 2);
    set_int(&b->p, b->map, "l", 3);
    OK(take(&b->p, "01 01 05 00 00 03 00"));
    b->client = yt_client_at(b->p.doc, 0);
}

static yt_item *first_of(const broken *b, yata_type type) {
    return yt_at(b->p.doc, branch_of(type)->first);
}

static void expect_broken(const broken *b, const char *expected) {
    const char *what = NULL;
    cr_assert_not(yata_doc_check(b->p.doc, &what), "not noticed: %s", expected);
    cr_assert_str_eq(what, expected);
    cr_assert_not(yata_doc_check(b->p.doc, NULL));
}

/* Changes something, expects this message, changes it back. */
#define BREAK(place, value, message)                                                                                   \
    do {                                                                                                               \
        unsigned char kept_[sizeof(place)];                                                                            \
        memcpy(kept_, &(place), sizeof kept_);                                                                         \
        (place) = (value);                                                                                             \
        expect_broken(&b, (message));                                                                                  \
        memcpy(&(place), kept_, sizeof kept_);                                                                         \
        sound(&b.p);                                                                                                   \
    } while (0)

Test(check, clients_and_blocks) {
    broken b;
    open_broken(&b);
    BREAK(b.client->client, 77, "1: a client is not found by its id");
    BREAK(b.client->state, b.client->state + 1, "2: an item does not reach to the next block");
    BREAK(b.client->state, b.client->state - 1, "1: blocks are not contiguous");
    BREAK(b.client->page_count, 0, "6: a clock in the set is not deleted");
    yt_client *gc = yt_client_at(b.p.doc, 1);
    yt_runs none = {0};
    BREAK(gc->deleted, none, "6: a deleted clock is not in the set");
    yt_page *page = b.client->pages[0];
    BREAK(page->len, page->cap + 1, "1: a page is empty or over-full");
    BREAK(page->len, 0, "1: a page is empty or over-full");
    BREAK(page->cap, YT_PAGE_ENTRIES + 1, "1: a page is empty or over-full");
    BREAK(page->clocks[0], 1, "1: blocks are not contiguous");
    BREAK(page->clocks[1], 0, "1: blocks are not contiguous");
    BREAK(page->clocks[page->cap + 1], page->clocks[page->cap], "2: an entry and its item have different ids");
    BREAK(b.p.doc->pool.live, b.p.doc->pool.live + 1, "1: an item is in no block list");
    /* Client 5 has a GC of three clocks: the set may say neither less nor more. */
    gc->deleted.u.one.runs[0].len = 2;
    expect_broken(&b, "6: a clock in the set is not deleted");
    gc->deleted.u.one.runs[0].len = 0;
    expect_broken(&b, "6: the set of deleted clocks is out of order");
    gc->deleted.u.one.runs[0].len = 3;
    BREAK(gc->state, 2, "6: a clock in the set is not deleted");
    peer_close(&b.p);
}

Test(check, a_list_that_ends_too_early) {
    broken b;
    open_broken(&b);
    yt_client *gc = yt_client_at(b.p.doc, 1);
    yt_page *page = gc->pages[0];
    yt_runs kept = gc->deleted, none = {0};
    gc->page_count = 0;
    gc->deleted = none;
    expect_broken(&b, "1: the blocks end before the client's state");
    gc->page_count = 1;
    gc->deleted = kept;
    cr_assert_eq(page, gc->pages[0]);
    peer_close(&b.p);
}

Test(check, sets_of_deleted_clocks) {
    broken b;
    open_broken(&b);
    yt_mem *mem = &b.p.doc->mem;
    cr_assert(yt_runs_add(mem, &b.client->deleted, 0, 1)); /* a living item */
    expect_broken(&b, "6: a deleted clock is not in the set");
    cr_assert(yt_runs_remove(mem, &b.client->deleted, 0, 1));
    sound(&b.p);
    cr_assert(yt_runs_add(mem, &b.client->deleted, b.client->state, 1)); /* beyond the end */
    expect_broken(&b, "6: a clock in the set is not deleted");
    cr_assert(yt_runs_remove(mem, &b.client->deleted, b.client->state, 1));
    uint32_t gone = yt_at(b.p.doc, yt_at(b.p.doc, branch_of(b.map)->entries.data[0].item)->left)->id.clock;
    cr_assert(yt_runs_add(mem, &b.client->deleted, gone + 1, 1)); /* longer than what is deleted */
    expect_broken(&b, "6: a clock in the set is not deleted");
    cr_assert(yt_runs_remove(mem, &b.client->deleted, gone + 1, 1));
    peer_close(&b.p);
}

Test(check, items) {
    broken b;
    open_broken(&b);
    yt_item *c = first_of(&b, b.text), *ab = yt_at(b.p.doc, c->right), *type = first_of(&b, b.array);
    BREAK(c->id.slot, 1, "2: an entry and its item have different ids");
    BREAK(c->id.clock, 77, "2: an entry and its item have different ids");
    BREAK(c->len, 9, "2: an item does not reach to the next block");
    BREAK(c->parent, 99, "3: an item has no parent");
    BREAK(type->chunk, 99, "9: a type item and its branch do not name each other");
    BREAK(type->chunk, branch_of(b.map)->ref, "9: a type item and its branch do not name each other");
    BREAK(c->content, YT_DELETED, "6: an item without content is not deleted");
    BREAK(c->chunk, 99, "8: a slice of no chunk");
    BREAK(ab->at, 5000, "8: a text reaches beyond its chunk");
    BREAK(ab->wide, 5000, "8: a text reaches beyond its chunk");
    BREAK(ab->at, ab->at + 1, "8: a text is not UTF-8");
    BREAK(ab->wide, 0, "8: the length of a text is wrong");
    yt_item *seven = yt_at(b.p.doc, type->right);
    BREAK(seven->at, 99, "8: a slice reaches beyond its chunk");
    BREAK(yt_chunk_at(b.p.doc, ab->chunk)->refs, 9, "8: the references to chunks do not add up");
    peer_close(&b.p);
}

Test(check, lists_and_chains) {
    broken b;
    open_broken(&b);
    yt_branch *text = branch_of(b.text), *array = branch_of(b.array), *map = branch_of(b.map);
    yt_item *c = first_of(&b, b.text), *ab = yt_at(b.p.doc, c->right);
    BREAK(ab->right, text->first, "3: the last item has a right neighbour");
    BREAK(c->left, text->last, "3: left and right do not agree");
    BREAK(c->right, 0, "3: left and right do not agree");
    BREAK(text->first, text->last, "3: the first item of a branch is not the end of its list");
    BREAK(text->last, array->last, "3: an item stands in a foreign list");
    BREAK(c->flags, YT_ITEM_KEYED, "4: an item has a wrong key");
    yt_item *k = yt_at(b.p.doc, map->entries.data[0].item);
    BREAK(k->u.key, k->u.key + 1, "4: an item has a wrong key");
    BREAK(map->entries.data[0].item, 0, "4: a key has no item");
    BREAK(map->entries.data[1].key, map->entries.data[0].key, "4: a key is not found");
    BREAK(map->live, 1, "5: the number of live keys is wrong");
    BREAK(text->len, 1, "5: the length of a branch is wrong");
    BREAK(text->units, 1, "5: the length of a branch is wrong");
    uint32_t len = map->entries.len;
    map->entries.len = 1; /* the other key's items are in no list then */
    map->live = 1;
    expect_broken(&b, "3: an item stands in no list");
    map->entries.len = len;
    map->live = 2;
    peer_close(&b.p);
}

/* Two lists over the same items would be walked for ever, were items not counted. */
Test(check, circles) {
    broken b;
    open_broken(&b);
    yt_branch *text = branch_of(b.text);
    yt_item *c = first_of(&b, b.text), *ab = yt_at(b.p.doc, c->right);
    c->left = text->last;
    ab->right = text->first;
    expect_broken(&b, "3: the last item has a right neighbour");
    c->left = 0;
    ab->right = 0;
    put_int(&b.p, b.array, 0, 8); /* 8, type, 7 */
    yt_branch *array = branch_of(b.array);
    yt_ref middle = yt_at(b.p.doc, array->first)->right;
    yt_at(b.p.doc, array->first)->left = middle; /* first <-> middle */
    yt_ref was = yt_at(b.p.doc, middle)->right;
    cr_assert_not(yata_doc_check(b.p.doc, NULL));
    yt_at(b.p.doc, array->first)->left = 0;
    yt_at(b.p.doc, middle)->right = was;
    peer_close(&b.p);
}

Test(check, types) {
    broken b;
    open_broken(&b);
    yt_branch *stray = yt_branch_new(b.p.doc, YATA_KIND_MAP, branch_of(b.text)->first, (yata_str){NULL, 0});
    expect_broken(&b, "9: a branch has no item");
    yt_branch_free(b.p.doc, stray);
    /* A living item in a dead type. */
    yata_type inner = put_type(&b.p, b.array, 0, YATA_KIND_ARRAY, "");
    put_int(&b.p, inner, 0, 1);
    yt_item *owner = yt_at(b.p.doc, branch_of(inner)->owner);
    yt_branch *array = branch_of(b.array);
    owner->flags |= YT_ITEM_DELETED;
    cr_assert(yt_runs_add(&b.p.doc->mem, &b.client->deleted, owner->id.clock, 1));
    array->len--;
    array->units--;
    array->cursor = 0;
    expect_broken(&b, "7: an item in a deleted type is not deleted");
    owner->flags = 0;
    cr_assert(yt_runs_remove(&b.p.doc->mem, &b.client->deleted, owner->id.clock, 1));
    array->len++;
    array->units++;
    peer_close(&b.p);
}
