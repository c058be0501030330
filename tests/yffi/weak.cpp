/* SPDX-License-Identifier: MIT */
/* weak.cpp - weak links. */
#include "check.h"

static const Weak *quote_text(Branch *text, YTransaction *txn, int start, int end, int8_t start_exclusive = 0,
                              int8_t end_exclusive = 0) {
    uint32_t first = (uint32_t)start, last = (uint32_t)end;
    return ytext_quote(text, txn, start < 0 ? nullptr : &first, end < 0 ? nullptr : &last, start_exclusive,
                       end_exclusive);
}
static const Weak *quote_array(Branch *array, YTransaction *txn, int start, int end, int8_t start_exclusive = 0,
                               int8_t end_exclusive = 0) {
    uint32_t first = (uint32_t)start, last = (uint32_t)end;
    return yarray_quote(array, txn, start < 0 ? nullptr : &first, end < 0 ? nullptr : &last, start_exclusive,
                        end_exclusive);
}
static Branch *weak_at(Branch *map, YTransaction *txn, const char *key) {
    YOutput *cell = ymap_get(map, txn, key);
    CHECK(cell && cell->tag == Y_WEAK_LINK && cell->len == 1);
    Branch *link = cell ? youtput_read_yweak(cell) : nullptr;
    youtput_destroy(cell);
    return link;
}
static Branch *put(Branch *map, YTransaction *txn, const char *key, const Weak *weak) {
    YInput input = yinput_weak(weak);
    CHECK(input.tag == Y_WEAK_LINK && input.value.weak == weak);
    ymap_insert(map, txn, key, &input);
    return weak_at(map, txn, key);
}
static std::string elements(Branch *link, YTransaction *txn) {
    std::string out;
    YWeakIter *iter = yweak_iter(link, txn);
    while (YOutput *cell = yweak_iter_next(iter)) out += (out.empty() ? "" : " ") + shown(cell);
    CHECK(yweak_iter_next(iter) == nullptr);
    yweak_iter_destroy(iter);
    return out;
}
static void numbers(Branch *array, YTransaction *txn, int count) {
    static const char *digits[] = {"1", "2", "3", "4", "5", "6"};
    std::vector<YInput> values;
    for (int i = 0; i < count; i++) values.push_back(yinput_string(digits[i]));
    yarray_insert_range(array, txn, 0, values.data(), (uint32_t)count);
}

CASE(weak_link_references) {
    YDoc *doc = doc_with(1);
    Branch *text = ytext(doc, "text"), *array = yarray(doc, "array"), *map = ymap(doc, "map");
    YTransaction *txn = write(doc);

    ytext_insert(text, txn, 0, "hello world!", nullptr);
    Branch *quote = put(map, txn, "quote", quote_text(text, txn, 2, 10));
    CHECK(take(yweak_string(quote, txn)) == "llo world");
    ytext_insert(text, txn, 5, " beautiful", nullptr);
    CHECK(take(yweak_string(quote, txn)) == "llo beautiful world");
    Branch *quoted = nullptr;
    uint32_t start = 0, end = 0;
    yweak_read(quote, txn, &quoted, &start, &end);
    CHECK(quoted == text && start == 2 && end == 20);

    /* A link to the link. */
    const Weak *weak = ymap_link(map, txn, "quote");
    CHECK(weak != nullptr);
    YInput input = yinput_weak(weak);
    ymap_insert(map, txn, "again", &input);
    YOutput *value = yweak_deref(weak_at(map, txn, "again"), txn);
    CHECK(value && value->tag == Y_WEAK_LINK && youtput_read_yweak(value) == quote);
    youtput_destroy(value);

    numbers(array, txn, 4);
    Branch *range = put(map, txn, "range", quote_array(array, txn, 1, 3, 0, 1));
    CHECK(elements(range, txn) == "'2' '3'");
    ytransaction_commit(txn);
    ydoc_destroy(doc);
}

CASE(weak_links_of_entries) {
    YDoc *doc = doc_with(1), *peer = doc_with(2);
    Branch *map = ymap(doc, "m"), *links = ymap(doc, "links");
    YTransaction *txn = write(doc);
    CHECK(ymap_link(map, txn, "k") == nullptr);
    YInput value = yinput_string("one");
    ymap_insert(map, txn, "k", &value);
    Branch *link = put(links, txn, "l", ymap_link(map, txn, "k"));
    CHECK(ytype_kind(link) == Y_WEAK_LINK && ybranch_alive(link));
    CHECK(ybranch_json(link, txn) == nullptr);
    CHECK(take(ybranch_json(links, txn)) == "{\"l\":null}");
    CHECK(shown(yweak_deref(link, txn)) == "'one'");
    value = yinput_string("two");
    ymap_insert(map, txn, "k", &value);
    CHECK(shown(yweak_deref(link, txn)) == "'two'");
    YInput nested = yinput_yarray(nullptr, 0);
    ymap_insert(map, txn, "k", &nested);
    YOutput *now = ymap_get(map, txn, "k"), *linked = yweak_deref(link, txn);
    CHECK(linked->tag == Y_ARRAY && youtput_read_yarray(linked) == youtput_read_yarray(now));
    youtput_destroy(now);
    youtput_destroy(linked);
    ytransaction_commit(txn);

    sync(doc, peer);
    Branch *there = ymap(peer, "links");
    txn = write(peer);
    linked = yweak_deref(weak_at(there, txn, "l"), txn);
    CHECK(linked && linked->tag == Y_ARRAY);
    youtput_destroy(linked);
    ytransaction_commit(txn);

    txn = write(doc);
    CHECK(ymap_remove(map, txn, "k") == 1);
    CHECK(yweak_deref(link, txn) == nullptr);
    const Weak *gone = ymap_link(map, txn, "k"); /* a key that was set once */
    CHECK(gone != nullptr);
    yweak_destroy(gone);
    ytransaction_commit(txn);
    ydoc_destroy(doc);
    ydoc_destroy(peer);
}

struct Range {
    int start, end;
    int8_t start_exclusive, end_exclusive;
    const char *text, *list;
};

CASE(weak_quotes) {
    static const Range ranges[] = {
        {1, 3, 0, 0, "bcd", "'2' '3' '4'"}, {1, 3, 1, 0, "cd", "'3' '4'"}, {1, 3, 0, 1, "bc", "'2' '3'"},
        {1, 3, 1, 1, "c", "'3'"},           {2, 2, 0, 0, "c", "'3'"},      {0, 5, 0, 1, "abcde", "'1' '2' '3' '4' '5'"},
        {5, 5, 0, 0, "f", "'6'"},
    };
    for (const Range &r : ranges) {
        YDoc *doc = doc_with(1);
        Branch *text = ytext(doc, "t"), *array = yarray(doc, "a"), *links = ymap(doc, "links");
        YTransaction *txn = write(doc);
        ytext_insert(text, txn, 0, "abcdef", nullptr);
        numbers(array, txn, 6);
        Branch *one = put(links, txn, "t", quote_text(text, txn, r.start, r.end, r.start_exclusive, r.end_exclusive));
        Branch *two = put(links, txn, "a", quote_array(array, txn, r.start, r.end, r.start_exclusive, r.end_exclusive));
        CHECK(take(yweak_string(one, txn)) == r.text);
        CHECK(take(yweak_xml_string(one, txn)) == r.text);
        CHECK(elements(two, txn) == r.list);
        std::string letters;
        for (const char *c = r.text; *c; c++) letters += (c == r.text ? "'" : " '") + std::string(1, *c) + "'";
        CHECK(elements(one, txn) == letters);
        for (Branch *link : {one, two}) {
            Branch *quoted = nullptr;
            uint32_t start = 99, end = 99;
            yweak_read(link, txn, &quoted, &start, &end);
            CHECK(quoted == (link == one ? text : array));
            CHECK(start == (uint32_t)r.start && end == (uint32_t)r.end);
        }
        ytransaction_commit(txn);
        ydoc_destroy(doc);
    }
}

CASE(weak_quotes_without_ends) {
    YDoc *doc = doc_with(1);
    Branch *text = ytext(doc, "t"), *array = yarray(doc, "a"), *links = ymap(doc, "links");
    YTransaction *txn = write(doc);
    ytext_insert(text, txn, 0, "abcdef", nullptr);
    numbers(array, txn, 3);
    Branch *all = put(links, txn, "all", quote_text(text, txn, -1, -1));
    Branch *list = put(links, txn, "list", quote_array(array, txn, -1, -1));
    ytext_insert(text, txn, 6, "!", nullptr);
    ytext_insert(text, txn, 0, ".", nullptr);
    CHECK(take(yweak_string(all, txn)) == ".abcdef!");
    CHECK(elements(list, txn) == "'1' '2' '3'");
    Branch *quoted = nullptr;
    uint32_t start = 99, end = 99;
    yweak_read(all, txn, &quoted, &start, &end);
    CHECK(!quoted && !start && !end);
    /* Open at one end only: yffi aborts. */
    BETTER(take(yweak_string(put(links, txn, "to", quote_text(text, txn, -1, 2)), txn)) == ".ab");
    BETTER(take(yweak_string(put(links, txn, "from", quote_text(text, txn, 5, -1)), txn)) == "ef!");
    BETTER(elements(put(links, txn, "tail", quote_array(array, txn, 1, -1)), txn) == "'2' '3'");
    if (OURS) {
        yweak_read(weak_at(links, txn, "from"), txn, &quoted, &start, &end);
        CHECK(quoted == text && start == 5 && end == 8);
    }
    ytransaction_commit(txn);
    ydoc_destroy(doc);
}

CASE(weak_quotes_out_of_bounds) {
    YDoc *doc = doc_with(1);
    Branch *text = ytext(doc, "t"), *array = yarray(doc, "a");
    YTransaction *txn = write(doc);
    CHECK(quote_text(text, txn, 0, 0) == nullptr);
    CHECK(quote_array(array, txn, 0, 0) == nullptr);
    ytext_insert(text, txn, 0, "abc", nullptr);
    numbers(array, txn, 3);
    CHECK(quote_text(text, txn, 0, 3, 0, 1) == nullptr); /* the end must be there, excluded or not */
    CHECK(quote_array(array, txn, 0, 3, 0, 1) == nullptr);
    CHECK(quote_text(text, txn, 4, 9) == nullptr);
    CHECK(quote_array(array, txn, 3, 3) == nullptr);
    BETTER(quote_text(text, txn, 2, 1) == nullptr); /* the wrong way round */
    BETTER(quote_array(array, txn, 2, 1) == nullptr);
    const Weak *one = quote_text(text, txn, 0, 1), *two = quote_array(array, txn, 0, 1);
    CHECK(one && two);
    ytransaction_commit(txn);
    yweak_destroy(one); /* never inserted */
    ydoc_destroy(doc);
    yweak_destroy(two); /* nor this, whose document is no more */
}

/* A quote goes by whole characters. */
CASE(weak_quotes_of_characters) {
    for (uint8_t unit : {Y_OFFSET_UTF16, Y_OFFSET_BYTES}) {
        YDoc *doc = doc_with(1, unit);
        Branch *text = ytext(doc, "t"), *links = ymap(doc, "links");
        YTransaction *txn = write(doc);
        ytext_insert(text, txn, 0, "a\xF0\x9F\x98\x80z", nullptr);
        Branch *link = put(links, txn, "l", quote_text(text, txn, 0, 1));
        CHECK(take(yweak_string(link, txn)) == "a\xF0\x9F\x98\x80");
        CHECK(elements(link, txn) == "'a' '\xF0\x9F\x98\x80'");
        Branch *quoted = nullptr;
        uint32_t start = 99, end = 99, last = unit == Y_OFFSET_UTF16 ? 2 : 4;
        yweak_read(link, txn, &quoted, &start, &end);
        CHECK(quoted == text && start == 0 && end == 1);
        link = put(links, txn, "m", quote_text(text, txn, 1, (int)last + 1));
        CHECK(take(yweak_string(link, txn)) == "\xF0\x9F\x98\x80z");
        if (OURS) { /* the last unit of the character stands for it, too */
            link = put(links, txn, "n", quote_text(text, txn, 0, (int)last));
            CHECK(take(yweak_string(link, txn)) == "a\xF0\x9F\x98\x80");
            link = put(links, txn, "o", quote_text(text, txn, (int)last, (int)last + 1, 1, 0));
            CHECK(take(yweak_string(link, txn)) == "z");
            link = put(links, txn, "p", quote_text(text, txn, 0, 1, 0, 1));
            CHECK(take(yweak_string(link, txn)) == "a");
        }
        ytransaction_commit(txn);
        ydoc_destroy(doc);
    }
}

/* What is inserted at the ends belongs to the range where they are excluded. */
CASE(weak_quotes_grow) {
    YDoc *doc = doc_with(1), *peer = doc_with(2);
    Branch *array = yarray(doc, "a"), *links = ymap(doc, "links");
    YTransaction *txn = write(doc);
    numbers(array, txn, 4);
    put(links, txn, "with", quote_array(array, txn, 1, 2));
    put(links, txn, "without", quote_array(array, txn, 0, 3, 1, 1));
    ytransaction_commit(txn);
    sync(doc, peer);
    Branch *there = yarray(peer, "a");
    txn = write(peer);
    YInput x = yinput_string("x"), y = yinput_string("y"), z = yinput_string("z");
    yarray_insert_range(there, txn, 3, &z, 1);
    yarray_insert_range(there, txn, 2, &y, 1);
    yarray_insert_range(there, txn, 1, &x, 1);
    ytransaction_commit(txn);
    sync(peer, doc);
    txn = ydoc_read_transaction(doc);
    CHECK(elements(weak_at(links, txn, "with"), txn) == "'2' 'y' '3'");
    CHECK(elements(weak_at(links, txn, "without"), txn) == "'x' '2' 'y' '3' 'z'");
    ytransaction_commit(txn);
    txn = write(doc);
    yarray_remove_range(array, txn, 2, 2);
    CHECK(elements(weak_at(links, txn, "with"), txn) == "'3'");
    ytransaction_commit(txn);
    ydoc_destroy(doc);
    ydoc_destroy(peer);
}

CASE(weak_links_with_formats) {
    YDoc *doc = doc_with(1);
    Branch *root = yxmlfragment(doc, "x"), *links = ymap(doc, "links");
    YTransaction *txn = write(doc);
    Branch *text = yxmlelem_insert_text(root, txn, 0);
    char *names[] = {(char *)"b"};
    YInput yes = yinput_bool(1), bold = yinput_json_map(names, &yes, 1);
    yxmltext_insert(text, txn, 0, "some bold text", nullptr);
    yxmltext_format(text, txn, 5, 4, &bold);
    Branch *link = put(links, txn, "l", quote_text(text, txn, 3, 10));
    CHECK(take(yweak_string(link, txn)) == "e bold t");
    CHECK(take(yweak_xml_string(link, txn)) == "e <b>bold</b> t");
    ytransaction_commit(txn);
    ydoc_destroy(doc);
}

/* Wherever a shared type may stand. */
CASE(weak_links_inserted) {
    YDoc *doc = doc_with(1);
    Branch *array = yarray(doc, "a"), *text = ytext(doc, "t"), *map = ymap(doc, "m"), *root = yxmlfragment(doc, "x");
    YTransaction *txn = write(doc);
    numbers(array, txn, 2);
    YInput two[] = {yinput_weak(quote_array(array, txn, 0, 0)), yinput_string("9")};
    yarray_insert_range(array, txn, 2, two, 2);
    YOutput *cell = yarray_get(array, txn, 2);
    CHECK(cell && cell->tag == Y_WEAK_LINK && elements(youtput_read_yweak(cell), txn) == "'1'");
    youtput_destroy(cell);
    CHECK(yarray_len(array) == 4);

    ytext_insert(text, txn, 0, "abc", nullptr);
    YInput embed = yinput_weak(quote_text(text, txn, 0, 1));
    ytext_insert_embed(text, txn, 3, &embed, nullptr);
    uint32_t n = 0;
    YChunk *chunks = ytext_chunks(text, txn, &n);
    CHECK(n == 2 && chunks[1].data.tag == Y_WEAK_LINK);
    CHECK(n == 2 && take(yweak_string(youtput_read_yweak(&chunks[1].data), txn)) == "ab");
    ychunks_destroy(chunks, n);

    char *keys[] = {(char *)"in"};
    YInput inside = yinput_weak(quote_array(array, txn, 1, 1)), nested = yinput_ymap(keys, &inside, 1);
    ymap_insert(map, txn, "n", &nested);
    cell = ymap_get(map, txn, "n");
    CHECK(elements(weak_at(youtput_read_ymap(cell), txn, "in"), txn) == "'2'");
    youtput_destroy(cell);

    Branch *element = yxmlelem_insert_elem(root, txn, 0, "p");
    YInput attribute = yinput_weak(ymap_link(map, txn, "n"));
    yxmlelem_insert_attr(element, txn, "l", &attribute);
    cell = yxmlelem_get_attr(element, txn, "l");
    CHECK(cell && cell->tag == Y_WEAK_LINK);
    YOutput *value = yweak_deref(youtput_read_yweak(cell), txn);
    CHECK(value && value->tag == Y_MAP);
    youtput_destroy(value);
    youtput_destroy(cell);
    ytransaction_commit(txn);
    ydoc_destroy(doc);
}

CASE(weak_observe) {
    YDoc *doc = doc_with(1);
    Branch *map = ymap(doc, "m"), *links = ymap(doc, "links");
    YTransaction *txn = write(doc);
    YInput value = yinput_string("one");
    ymap_insert(map, txn, "k", &value);
    Branch *link = put(links, txn, "l", ymap_link(map, txn, "k"));
    ytransaction_commit(txn);
    static int calls, deep;
    calls = deep = 0;
    Observer observer = weak_observe(link, &calls, [](void *state, const YWeakLinkEvent *e) {
        ++*(int *)state;
        CHECK(e->txn != nullptr);
    });
    Observer around = observe_deep(links, &deep, [](void *state, uint32_t n, const YEvent *events) {
        for (uint32_t i = 0; i < n; i++) *(int *)state += events[i].tag == Y_WEAK_LINK;
    });
    txn = write(doc);
    value = yinput_string("two");
    ymap_insert(map, txn, "k", &value);
    ytransaction_commit(txn);
    CHECK(calls == 1 && deep == 1);
    txn = write(doc);
    ymap_insert(map, txn, "elsewhere", &value);
    ytransaction_commit(txn);
    CHECK(calls == 1);
    txn = write(doc);
    ymap_remove(map, txn, "k");
    ytransaction_commit(txn);
    CHECK(calls == 2);
    observer.stop();
    around.stop();
    txn = write(doc);
    ymap_insert(map, txn, "k", &value);
    ytransaction_commit(txn);
    CHECK(calls == 2);
    ydoc_destroy(doc);
}

CASE(weak_observe_range) {
    YDoc *doc = doc_with(1);
    Branch *array = yarray(doc, "a"), *text = ytext(doc, "t"), *links = ymap(doc, "links");
    YTransaction *txn = write(doc);
    numbers(array, txn, 5);
    ytext_insert(text, txn, 0, "abcdef", nullptr);
    Branch *list = put(links, txn, "l", quote_array(array, txn, 1, 3)),
           *part = put(links, txn, "t", quote_text(text, txn, 1, 4));
    ytransaction_commit(txn);
    static int calls[2];
    calls[0] = calls[1] = 0;
    auto count = [](void *state, const YWeakLinkEvent *) { ++*(int *)state; };
    Observer one = weak_observe(list, &calls[0], count), two = weak_observe(part, &calls[1], count);
    txn = write(doc);
    YInput value = yinput_string("x");
    yarray_insert_range(array, txn, 2, &value, 1);
    ytransaction_commit(txn);
    CHECK(calls[0] == 1 && calls[1] == 0);
    txn = write(doc);
    yarray_insert_range(array, txn, 0, &value, 1);
    ytransaction_commit(txn);
    CHECK(calls[0] == 1);
    txn = write(doc);
    ytext_remove_range(text, txn, 2, 1); /* in the middle of a block, where yffi does not notice */
    ytransaction_commit(txn);
    BETTER(calls[1] == 1);
    one.stop();
    two.stop();
    ydoc_destroy(doc);
}

#ifndef UPSTREAM

/* What aborts, crashes or is used after it was freed in yffi. */
CASE(weak_errors) {
    YDoc *doc = doc_with(1), *stranger = doc_with(2);
    Branch *array = yarray(doc, "a"), *map = ymap(doc, "m"), *text = ytext(doc, "t");
    YTransaction *txn = write(doc);
    numbers(array, txn, 3);
    YInput value = yinput_long(1);
    ymap_insert(map, txn, "k", &value);
    uint32_t at = 1, start = 99, end = 99;
    CHECK(!ymap_link(nullptr, txn, "k") && !ymap_link(map, nullptr, "k") && !ymap_link(map, txn, nullptr));
    CHECK(!yarray_quote(nullptr, txn, &at, &at, 0, 0) && !yarray_quote(array, nullptr, &at, &at, 0, 0));
    CHECK(!ytext_quote(nullptr, txn, &at, &at, 0, 0) && !ytext_quote(text, nullptr, &at, &at, 0, 0));
    CHECK(!yarray_quote(map, txn, &at, &at, 0, 0) && !ymap_link(array, txn, "k"));
    Branch *out = nullptr;
    for (Branch *wrong : {(Branch *)nullptr, map}) {
        CHECK(!yweak_deref(wrong, txn) && !yweak_iter(wrong, txn));
        CHECK(!yweak_string(wrong, txn) && !yweak_xml_string(wrong, txn));
        yweak_read(wrong, txn, &out, &start, &end);
    }
    CHECK(!out && start == 99 && end == 99);
    CHECK(yweak_iter_next(nullptr) == nullptr);
    yweak_iter_destroy(nullptr);
    yweak_destroy(nullptr);
    weak_observe(nullptr, nullptr, [](void *, const YWeakLinkEvent *) {});
    weak_observe(map, nullptr, nullptr);

    /* One Weak, inserted more than once, and destroyed then. */
    const Weak *weak = quote_array(array, txn, 0, 1);
    Branch *first = put(map, txn, "x", weak), *second = put(map, txn, "y", weak);
    CHECK(first != second && elements(first, txn) == "'1' '2'" && elements(second, txn) == "'1' '2'");
    yweak_destroy(weak);
    CHECK(!yweak_deref(first, nullptr) && !yweak_iter(first, nullptr) && !yweak_string(first, nullptr));
    yweak_read(first, txn, nullptr, &start, &end);
    ytransaction_commit(txn);

    /* Into a document that does not know what it leads to: nothing happens, not even in part. */
    txn = ydoc_read_transaction(doc);
    weak = ymap_link(map, txn, "k"); /* making one changes nothing */
    CHECK(weak != nullptr);
    Branch *there = yarray(stranger, "a");
    YTransaction *other = write(stranger);
    YInput two[] = {yinput_long(1), yinput_weak(weak)};
    yarray_insert_range(there, other, 0, two, 2);
    CHECK(yarray_len(there) == 0);
    YInput none = yinput_weak(nullptr);
    yarray_insert_range(there, other, 0, &none, 1);
    CHECK(yarray_len(there) == 0);
    ytransaction_commit(other);
    ytransaction_commit(txn);
    /* Once it knows, it can. */
    sync(doc, stranger);
    CHECK(ydoc_clone(doc) == doc);
    ydoc_destroy(doc);
    other = write(stranger);
    Branch *known = put(ymap(stranger, "m"), other, "z", weak);
    CHECK(shown(yweak_deref(known, other)) == "int 1");
    ytransaction_commit(other);
    yweak_destroy(weak);

    /* A link that was inserted goes with its document, and one whose document is gone with that it was put into. */
    txn = write(doc);
    put(map, txn, "last", ymap_link(map, txn, "k"));
    weak = ymap_link(map, txn, "k");
    ytransaction_commit(txn);
    ydoc_destroy(doc);
    other = write(stranger);
    known = put(ymap(stranger, "m"), other, "late", weak);
    CHECK(shown(yweak_deref(known, other)) == "int 1");
    ytransaction_commit(other);
    ydoc_destroy(stranger);
}

#endif
