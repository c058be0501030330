/* SPDX-License-Identifier: MIT */
/* weak.c - weak links: what yrs makes of them read and made again; ends, deletion, events, failing memory. */
#include "../peer.h"
#include "../vectors.h"
#include "doc/weak_links.h"
#include <yata/yata.h>

/* ------------------------------------------------------------------------
 * As yrs does
 */
typedef struct replay {
    peer p;
    const char *words[8];
} replay;

static yata_buffer hex_of(const char *word) {
    return bytes_from(strcmp(word, "-") == 0 ? "" : word);
}

/* The link of a document of the vectors: in the map under "q", or the first of the list. */
static bool find_weak(peer *p, yata_type *out) {
    yata_value value;
    yata_type map = map_root(p), list = root(p, "l", YATA_KIND_ARRAY);
    if (yata_map_get(map, str_of("q"), &value) != YATA_OK && yata_array_get(list, 0, &value) != YATA_OK) return false;
    cr_assert_eq(value.kind, YATA_VALUE_TYPE);
    yata_kind kind;
    OK(yata_type_kind(value.u.type, &kind));
    cr_assert_eq(kind, YATA_KIND_WEAK);
    *out = value.u.type;
    return true;
}

static bool find_link(peer *p, yata_link *out) {
    yata_type weak;
    if (!find_weak(p, &weak)) return false;
    expect_json(weak, "null");
    OK(yata_link_of(weak, out));
    return true;
}

static void count_event(void *ctx, const yata_event *event) {
    (void)event;
    ++*(uint32_t *)ctx;
}

static void put_number(char *out, size_t size, const yata_value *value) {
    cr_assert_eq(value->kind, YATA_VALUE_INT);
    size_t n = strlen(out);
    snprintf(out + n, size - n, "%s%d", n ? "," : "", (int)value->u.integer);
}

/* What the link shows. */
static void expect_shown(peer *p, const char *what, const char *word) {
    yata_link link;
    cr_assert(find_link(p, &link));
    if (strcmp(what, "text") == 0 || strcmp(what, "xml") == 0) {
        if (strcmp(word, "panic") == 0) return;
        yata_buffer seen, expected = hex_of(word);
        yata_buffer_init(&seen, NULL);
        OK(*what == 't' ? yata_link_read_text(p->doc, &link, &seen) : yata_link_read_xml(p->doc, &link, &seen));
        cr_assert(bytes_equal(bytes_of(&seen), bytes_of(&expected)), "%s: %.*s, not %.*s", what, (int)seen.len,
                  (char *)seen.data, (int)expected.len, (char *)expected.data);
        yata_buffer_free(&seen);
        yata_buffer_free(&expected);
        return;
    }
    char seen[256] = "";
    yata_value value;
    if (strcmp(what, "value") == 0) {
        if (yata_link_deref(p->doc, &link, &value) == YATA_OK) put_number(seen, sizeof seen, &value);
    } else {
        yata_link_iter it;
        OK(yata_link_iter_init(&it, p->doc, &link));
        while (yata_link_iter_next(&it, &value)) put_number(seen, sizeof seen, &value);
    }
    cr_assert_str_eq(*seen ? seen : "-", word);
}

static bool is_shown(const char *word) {
    return strcmp(word, "text") == 0 || strcmp(word, "xml") == 0 || strcmp(word, "value") == 0 ||
           strcmp(word, "elements") == 0;
}

static void expect_bytes_of(yata_bytes seen, const char *hex, const char *name) {
    yata_buffer expected = hex_of(hex);
    if (!bytes_equal(seen, bytes_of(&expected))) {
        bytes_print(stderr, "expected", bytes_of(&expected));
        bytes_print(stderr, "seen    ", seen);
        cr_assert_fail("%s: other bytes", name);
    }
    yata_buffer_free(&expected);
}

/* yrs does not find the range of a link that begins behind the last unit of a block (Q96): in the document itself if
 * formats have cut there, in readers of the whole state always. */
static bool is_lost(const char *name, bool reader) {
    if (!strstr(name, "start excluded") && !strstr(name, "both excluded")) return false;
    return reader || strstr(name, "formatted");
}

/* What observers of a link in yrs do not hear of (Q117): a text before the first element of a range that is open at
 * the start, an element behind the last one of an array that is quoted to its end, an entry that comes again. */
static bool is_missed(const char *name, uint32_t step) {
    bool both = strstr(name, "both open") != NULL;
    if (strstr(name, "text quote")) return step == 2 && (both || strstr(name, "start open"));
    if (strstr(name, "array quote")) return step == 6 && (both || strstr(name, "end open"));
    return step == 5 && strstr(name, "map link");
}

/* Documents of yrs, step by step in one format, and as a whole: the same content, the same bytes. */
static void read_documents(bool v2) {
    vectors v = vectors_open("weak.txt");
    char name[200] = "";
    const char *w[20];
    uint32_t n, documents = 0, shown = 0, told = 0, all_told = 0, subscription = 0, step = 0;
    yata_type weak;
    peer p, whole;
    while ((n = vectors_words(&v, w, 20)) > 0) {
        if (strcmp(w[0], "name") == 0) {
            *name = 0;
            for (uint32_t i = 1; i < n; i++) strcat(strcat(name, " "), w[i]);
            peer_open(&p, 777);
            subscription = step = 0;
            documents++;
        } else if (strcmp(w[0], "update") == 0) {
            yata_buffer update = hex_of(w[v2 ? 2 : 1]);
            OK((v2 ? yata_doc_apply_v2 : yata_doc_apply)(p.doc, bytes_of(&update), no_bytes(), NULL));
            sound(&p);
            yata_buffer_free(&update);
        } else if (strcmp(w[0], "told") == 0) {
            if (!is_lost(name, false))
                cr_assert_eq(told, (uint32_t)atoi(w[1]) + is_missed(name, step), "%s, step %u: %u", name, step, told);
            step++;
            all_told += told;
            told = 0;
            if (!subscription && find_weak(&p, &weak)) OK(yata_type_observe(weak, count_event, &told, &subscription));
        } else if (is_shown(w[0])) {
            if (is_lost(name, false) && strstr(name, "both")) continue; /* and then reads on to the end */
            expect_shown(&p, w[0], w[1]);
            shown++;
        } else if (strcmp(w[0], "state") == 0) {
            peer_open(&whole, 778);
            yata_buffer state = hex_of(w[v2 ? 2 : 1]);
            OK((v2 ? yata_doc_apply_v2 : yata_doc_apply)(whole.doc, bytes_of(&state), no_bytes(), NULL));
            yata_buffer_free(&state);
            yata_buffer seen;
            yata_buffer_init(&seen, NULL);
            OK((v2 ? yata_doc_encode_state_v2 : yata_doc_encode_state)(p.doc, &seen));
            if (!is_lost(name, false)) expect_bytes_of(bytes_of(&seen), w[v2 ? 2 : 1], name);
            yata_buffer_free(&seen);
        } else if (strcmp(w[0], "read") == 0) {
            yata_buffer seen = state_of(&whole);
            if (!is_lost(name, true)) expect_bytes_of(bytes_of(&seen), w[1], name);
            if (is_lost(name, true)) expect_same_state(&p, &whole);
            yata_buffer_free(&seen);
        } else {
            peer_close(&p);
            peer_close(&whole);
        }
    }
    cr_assert(documents >= 20 && shown >= 100 && all_told >= 50);
    vectors_close(&v);
}

Test(weak, documents_of_yrs_in_v1) {
    read_documents(false);
}

Test(weak, documents_of_yrs_in_v2) {
    read_documents(true);
}

/* ------------------------------------------------------------------------
 * Made here
 */
static yata_quote quote(uint32_t start, uint32_t end) {
    return (yata_quote){.start = start, .end = end};
}

static yata_type set_quote(peer *p, yata_type quoted, const yata_quote *range, const char *key) {
    yata_link link;
    yata_type weak = {NULL, 0, 0};
    OK(yata_type_quote(quoted, range, &link));
    OK(yata_map_set_link(map_root(p), begin(p), str_of(key), &link, &weak));
    commit(p);
    return weak;
}

static void expect_quoted(yata_type weak, const char *expected) {
    yata_link link;
    yata_buffer seen;
    yata_buffer_init(&seen, NULL);
    OK(yata_link_of(weak, &link));
    OK(yata_link_read_text(weak.doc, &link, &seen));
    expect_seen(&seen, expected);
    yata_buffer_free(&seen);
}

static void expect_update(peer *p, yata_buffer *vector, const char *hex, const char *name) {
    yata_buffer seen;
    yata_buffer_init(&seen, NULL);
    OK(yata_doc_encode_diff(p->doc, bytes_of(vector), &seen));
    expect_bytes_of(bytes_of(&seen), hex, name);
    yata_buffer_free(&seen);
    vector->len = 0;
    OK(yata_doc_encode_state_vector(p->doc, vector));
}

static const yata_quote ranges[] = {
    {2, 6, false, false, false, false}, {2, 6, false, false, false, true}, {2, 6, false, false, true, false},
    {2, 6, false, false, true, true},   {0, 6, true, false, false, false}, {2, 0, false, true, false, false},
    {0, 0, true, true, false, false},
};
static const char *const range_names[] = {"included",   "end excluded", "start excluded", "both excluded",
                                          "start open", "end open",     "both open"};

/* The edits of gen/weak.rs, made by Yata: each update has the bytes that yrs sends. */
static void make_document(peer *p, const char *name, vectors *v) {
    const char *w[20];
    yata_buffer vector;
    yata_buffer_init(&vector, NULL);
    bool array = strncmp(name, "array", 5) == 0;
    uint32_t range = 0, n, step = 0;
    while (!strstr(name, range_names[range])) range++;
    peer_open(p, array ? 2 : 1);
    yata_type text = array ? root(p, "a", YATA_KIND_ARRAY) : text_root(p), map = map_root(p), weak;
    yata_type list = root(p, "l", YATA_KIND_ARRAY);
    static const struct {
        uint32_t at;
        const char *text;
        uint32_t array_at;
    } edits[] = {{0, "A", 1}, {3, "BB", 3}, {5, "C", 5}, {12, "D", 9}, {8, "\xC3\xA9", 12}};
    while ((n = vectors_words(v, w, 20)) > 0 && strcmp(w[0], "state") != 0) {
        if (strcmp(w[0], "update") != 0) {
            if (is_shown(w[0])) expect_shown(p, w[0], w[1]);
            continue;
        }
        yata_link link;
        if (step == 0 && array) {
            yata_value values[8];
            for (int i = 0; i < 8; i++) values[i] = INT(i);
            OK(yata_array_insert(text, begin(p), 0, values, 8));
        } else if (step == 0) {
            OK(yata_text_insert(text, begin(p), 0, str_of("hello world")));
        } else if (step == 1) {
            OK(yata_type_quote(text, &ranges[range], &link));
            if (array)
                OK(yata_array_insert_link(list, begin(p), 0, &link, &weak));
            else
                OK(yata_map_set_link(map, begin(p), str_of("q"), &link, &weak));
        } else if (step < 7 && array) {
            yata_value value = INT(8 + (int)step);
            OK(yata_array_insert(text, begin(p), edits[step - 2].array_at, &value, 1));
        } else if (step < 7) {
            OK(yata_text_insert(text, begin(p), edits[step - 2].at, str_of(edits[step - 2].text)));
        } else if (step == 7) {
            OK(array ? yata_array_delete(text, begin(p), 3, 3) : yata_text_delete(text, begin(p), 4, 2));
        }
        if (p->txn) commit(p);
        expect_update(p, &vector, w[1], name);
        step++;
    }
    cr_assert_eq(step, 9);
    yata_buffer seen = state_of(p);
    expect_bytes_of(bytes_of(&seen), w[1], name);
    yata_buffer_free(&seen);
    yata_buffer_free(&vector);
    peer_close(p);
}

Test(weak, made_as_yrs_makes_them) {
    vectors v = vectors_open("weak.txt");
    const char *w[20];
    uint32_t n, made = 0;
    while ((n = vectors_words(&v, w, 20)) > 0) {
        char name[200] = "";
        if (strcmp(w[0], "name") != 0) continue;
        for (uint32_t i = 1; i < n; i++) strcat(strcat(name, i > 1 ? " " : ""), w[i]);
        if (strstr(name, "formatted") || !strstr(name, "quote")) continue;
        peer p;
        make_document(&p, name, &v);
        made++;
    }
    cr_assert_eq(made, 14);
    vectors_close(&v);
}

Test(weak, map_entries) {
    peer p;
    peer_open(&p, 3);
    yata_type m = map_root(&p), list = root(&p, "l", YATA_KIND_ARRAY), weak;
    yata_link link;
    yata_value value;
    cr_assert_eq(yata_map_link(m, str_of("a"), &link), YATA_ERR_NOT_FOUND);
    set_int(&p, m, "a", 1);
    OK(yata_map_link(m, str_of("a"), &link));
    cr_assert(yata_link_single(&link));
    OK(yata_array_insert_link(list, begin(&p), 0, &link, &weak));
    commit(&p);
    for (int i = 1; i < 5; i++) {
        set_int(&p, m, "a", i);
        OK(yata_link_deref(p.doc, &link, &value));
        cr_assert_eq(value.u.integer, i);
    }
    OK(yata_map_delete(m, begin(&p), str_of("a")));
    commit(&p);
    cr_assert_eq(yata_link_deref(p.doc, &link, &value), YATA_ERR_NOT_FOUND);
    set_int(&p, m, "a", 9);
    OK(yata_link_deref(p.doc, &link, &value));
    cr_assert_eq(value.u.integer, 9);
    expect_doc_json(&p, "{\"m\":{\"a\":9},\"l\":[null]}");
    yata_kind kind;
    OK(yata_type_kind(weak, &kind));
    cr_assert_eq(kind, YATA_KIND_WEAK);
    cr_assert_eq(yata_map_set(weak, begin(&p), str_of("k"), &value), YATA_ERR_TYPE);
    commit(&p);
    peer_close(&p);
}

Test(weak, refused) {
    peer p;
    peer_open(&p, 1);
    yata_type t = text_root(&p), m = map_root(&p);
    write_text(&p, t, 0, "hello");
    yata_link link, twice;
    yata_quote range = quote(0, 5); /* the end must exist */
    cr_assert_eq(yata_type_quote(t, &range, &link), YATA_ERR_RANGE);
    range = quote(6, 7);
    cr_assert_eq(yata_type_quote(t, &range, &link), YATA_ERR_RANGE);
    range = quote(3, 2);
    cr_assert_eq(yata_type_quote(t, &range, &link), YATA_ERR_RANGE);
    cr_assert_eq(yata_type_quote(m, &range, &link), YATA_ERR_TYPE);
    range = quote(1, 3);
    OK(yata_type_quote(t, &range, &link));
    twice = link;
    twice.end.id.clock = 5; /* nobody has made that */
    yata_txn *txn = begin(&p);
    cr_assert_eq(yata_map_set_link(m, txn, str_of("q"), &twice, NULL), YATA_ERR_ARGUMENT);
    cr_assert_eq(yata_array_insert_link(m, txn, 0, &link, NULL), YATA_ERR_TYPE);
    OK(yata_map_set_link(m, txn, str_of("q"), &link, NULL));
    commit(&p);
    yata_type list = array_root(&p);
    cr_assert_eq(yata_link_of(list, &twice), YATA_ERR_TYPE);
    /* a link to itself, and to what comes later */
    cr_assert_eq(take(&p, "01 01 09 00 27 01 016d 0171 07 04 09 00 00"), YATA_ERR_VALUE);
    cr_assert_eq(take(&p, "01 01 09 00 27 01 016d 0171 07 05 01 00 09 03 00"), YATA_ERR_VALUE);
    peer_close(&p);
}

/* A link that comes before what it leads to waits for it; what is said in a longer form is kept in the short one. */
Test(weak, waits_and_is_kept_short) {
    peer p;
    peer_open(&p, 1);
    yata_apply_result result;
    yata_buffer update = bytes_from("01 01 09 00 27 01 016d 0171 07 c5 05 01 05 01 00");
    OK(yata_doc_apply(p.doc, bytes_of(&update), no_bytes(), &result));
    cr_assert(result.pending);
    OK(take(&p, "01 01 05 00 04 01 0174 03 616263 00"));
    expect_state(&p,
                 "02 01 09 00 27 01 016d 0171 07 04 05 01 | 03 05 00 04 01 0174 01 61 84 05 00 01 62 84 05 01 01 63 "
                 "| 00");
    yata_buffer_free(&update);
    peer_close(&p);
}

Test(weak, cut_joined_and_deleted) {
    peer p;
    peer_open(&p, 1);
    yata_type t = text_root(&p), m = map_root(&p);
    write_text(&p, t, 0, "hello world");
    yata_quote ab = quote(2, 6), bc = quote(4, 8);
    yata_type one = set_quote(&p, t, &ab, "one"), two = set_quote(&p, t, &bc, "two");
    expect_quoted(one, "llo w");
    expect_quoted(two, "o wor");
    write_text(&p, t, 5, "!");
    expect_quoted(one, "llo! w");
    erase_text(&p, t, 3, 2);
    expect_quoted(one, "l! w");
    expect_quoted(two, "! wor");
    OK(yata_map_delete(m, begin(&p), str_of("one")));
    commit(&p);
    expect_quoted(two, "! wor");
    OK(yata_map_delete(m, begin(&p), str_of("two")));
    commit(&p);
    for (yt_ref ref = branch_of(t)->first; ref; ref = yt_at(p.doc, ref)->right)
        cr_assert_not(yt_at(p.doc, ref)->flags & YT_ITEM_LINKED);
    expect_text(t, "hel! world");
    peer_close(&p);
}

/* Many blocks that come into a range belong to it. */
Test(weak, edits_of_others) {
    enum { EDITS = 20 };
    peer p, q;
    peer_open(&p, 1);
    peer_open(&q, 9);
    yata_type t = text_root(&p), m = map_root(&p);
    write_text(&p, t, 0, "abcdefghijklmnopqrstuvwxyz");
    yata_quote middle = quote(2, 24);
    yata_type one = set_quote(&p, t, &middle, "one");
    send_all(&p, &q);
    for (uint32_t i = 0; i < EDITS; i++) write_text(&q, text_root(&q), 23 - i, ".");
    send_all(&q, &p);
    sound(&p);
    expect_quoted(one, "cd.e.f.g.h.i.j.k.l.m.n.o.p.q.r.s.t.u.v.w.xy");
    uint32_t linked = 0;
    for (yt_ref ref = branch_of(t)->first; ref; ref = yt_at(p.doc, ref)->right)
        linked += yt_at(p.doc, ref)->len == 1 && yt_at(p.doc, ref)->flags & YT_ITEM_LINKED;
    cr_assert_geq(linked, EDITS);
    OK(yata_map_delete(m, begin(&p), str_of("one")));
    commit(&p);
    peer_close(&p);
    peer_close(&q);
}

Test(weak, range_and_type_gone) {
    peer p;
    peer_open(&p, 1);
    yata_type list = array_root(&p), inner = put_type(&p, list, 0, YATA_KIND_TEXT, ""), type;
    write_text(&p, inner, 0, "abcdef");
    yata_quote all = {.start_open = true, .end_open = true}, part = quote(1, 3);
    yata_type whole = set_quote(&p, inner, &all, "whole"), weak = set_quote(&p, inner, &part, "part");
    expect_quoted(whole, "abcdef");
    yata_link link;
    uint32_t start, end;
    write_text(&p, inner, 0, "__");
    OK(yata_link_of(weak, &link));
    OK(yata_link_range(p.doc, &link, &type, &start, &end));
    cr_assert(start == 3 && end == 5 && type.ref == inner.ref);
    OK(yata_link_of(whole, &link));
    OK(yata_link_range(p.doc, &link, &type, &start, &end));
    cr_assert(start == 0 && end == 8);
    erase_array(&p, list, 0, 1);
    cr_assert_eq(yata_link_range(p.doc, &link, &type, &start, &end), YATA_ERR_NOT_FOUND);
    expect_quoted(whole, "");
    expect_quoted(weak, "");
    /* Another type takes its place. */
    put_type(&p, list, 0, YATA_KIND_TEXT, "");
    peer_close(&p);
}

Test(weak, embedded_in_the_text_it_quotes) {
    peer p, q;
    peer_open(&p, 1);
    peer_open(&q, 2);
    yata_type t = text_root(&p), weak;
    write_text(&p, t, 0, "hello world");
    yata_quote all = {.start_open = true, .end_open = true};
    yata_link link;
    OK(yata_type_quote(t, &all, &link));
    OK(yata_text_embed_link(t, begin(&p), 5, &link, NULL, &weak));
    commit(&p);
    expect_quoted(weak, "hello world");
    write_text(&p, t, 6, "!");
    expect_quoted(weak, "hello! world");
    send_all(&p, &q);
    expect_same_state(&p, &q);
    peer_close(&p);
    peer_close(&q);
}

/* ------------------------------------------------------------------------
 * Events
 */
typedef struct heard {
    uint32_t calls, deep_events;
    yata_type target;
} heard;

static void on_event(void *ctx, const yata_event *event) {
    heard *h = ctx;
    h->calls++;
    h->target = yata_event_target(event);
    cr_assert_eq(yata_event_path_length(event), 0);
}

static void on_deep(void *ctx, const yata_event *const *events, size_t count, const yata_txn *txn) {
    heard *h = ctx;
    (void)txn;
    h->deep_events += (uint32_t)count;
    h->target = yata_event_target(events[count - 1]);
    for (size_t i = 0; i < count; i++) {
        yata_path_step step;
        for (size_t k = 0; k < yata_event_path_length(events[i]); k++) OK(yata_event_path_at(events[i], k, &step));
    }
}

static void expect_heard(heard *h, uint32_t calls) {
    cr_assert_eq(h->calls, calls, "%u", h->calls);
    h->calls = 0;
}

Test(weak, quotes_hear_of_all_that_happens_in_them) {
    peer p, q;
    peer_open(&p, 1);
    peer_open(&q, 2);
    yata_type t = text_root(&p);
    write_text(&p, t, 0, "hello world");
    yata_quote range = quote(2, 6);
    yata_type weak = set_quote(&p, t, &range, "q");
    heard h = {0, 0, {NULL, 0, 0}};
    uint32_t subscription;
    OK(yata_type_observe(weak, on_event, &h, &subscription));
    write_text(&p, t, 0, "outside ");
    expect_heard(&h, 0);
    write_text(&p, t, 19, "!");
    expect_heard(&h, 0);
    write_text(&p, t, 12, "in");
    expect_heard(&h, 1);
    cr_assert_eq(h.target.ref, weak.ref);
    erase_text(&p, t, 11, 2); /* across a cut */
    expect_heard(&h, 1);
    erase_text(&p, t, 0, 8);
    expect_heard(&h, 0);
    erase_text(&p, t, 0, 3); /* its first element, too */
    expect_heard(&h, 1);
    send_all(&p, &q);
    yata_type other = text_root(&q);
    write_text(&q, other, 1, "remote");
    send_all(&q, &p);
    expect_heard(&h, 1);
    OK(yata_type_unobserve(weak, subscription));
    write_text(&p, t, 1, "x");
    expect_heard(&h, 0);
    peer_close(&p);
    peer_close(&q);
}

Test(weak, entries_tell_of_their_values) {
    peer p;
    peer_open(&p, 1);
    yata_type m = map_root(&p), list = array_root(&p), weak;
    set_int(&p, m, "a", 1);
    yata_link link;
    OK(yata_map_link(m, str_of("a"), &link));
    OK(yata_array_insert_link(list, begin(&p), 0, &link, &weak));
    commit(&p);
    heard h = {0, 0, {NULL, 0, 0}};
    uint32_t subscription;
    OK(yata_type_observe(weak, on_event, &h, &subscription));
    set_int(&p, m, "a", 2);
    expect_heard(&h, 1);
    set_int(&p, m, "b", 2);
    expect_heard(&h, 0);
    OK(yata_map_delete(m, begin(&p), str_of("a")));
    commit(&p);
    expect_heard(&h, 1);
    set_int(&p, m, "a", 3);
    expect_heard(&h, 1);
    erase_array(&p, list, 0, 1);
    set_int(&p, m, "a", 4);
    expect_heard(&h, 0);
    peer_close(&p);
}

/* What changes inside what a link leads to, also through a link to a link, and round in a circle. */
Test(weak, deep_observers_follow_links) {
    peer p;
    peer_open(&p, 1);
    yata_type m = map_root(&p), list = array_root(&p), other = root(&p, "other", YATA_KIND_ARRAY), inner, weak;
    yata_link link;
    OK(yata_map_set_type(m, begin(&p), str_of("t"), YATA_KIND_TEXT, (yata_str){NULL, 0}, &inner));
    commit(&p);
    OK(yata_map_link(m, str_of("t"), &link));
    OK(yata_array_insert_link(list, begin(&p), 0, &link, &weak));
    commit(&p);
    yata_quote all = {.start_open = true, .end_open = true};
    OK(yata_type_quote(list, &all, &link));
    OK(yata_array_insert_link(other, begin(&p), 0, &link, NULL));
    OK(yata_type_quote(other, &all, &link));
    OK(yata_array_insert_link(list, p.txn, 1, &link, NULL)); /* list quotes other quotes list */
    commit(&p);
    heard direct = {0, 0, {NULL, 0, 0}}, above = direct, far = direct;
    uint32_t subscription;
    OK(yata_type_observe_deep(weak, on_deep, &direct, &subscription));
    OK(yata_type_observe_deep(list, on_deep, &above, &subscription));
    OK(yata_type_observe_deep(other, on_deep, &far, &subscription));
    write_text(&p, inner, 0, "x");
    cr_assert_eq(direct.deep_events, 1);
    cr_assert_eq(direct.target.ref, inner.ref);
    cr_assert_eq(above.deep_events, 1);
    cr_assert_eq(far.deep_events, 1);
    peer_close(&p);
}

/* ------------------------------------------------------------------------
 * Memory
 */
static void open_with_text(peer *p) {
    peer_open(p, 1);
    write_text(p, text_root(p), 0, "hello world");
    set_int(p, map_root(p), "a", 1);
    array_root(p);
}

static void ignore_event(void *ctx, const yata_event *event) {
    (void)ctx;
    (void)event;
}

static bool link_and_edit(peer *p) {
    yata_type t = text_root(p), m = map_root(p), weak;
    yata_link link, entry;
    yata_quote range = quote(2, 6);
    yata_txn *txn;
    uint32_t subscription;
    OK(yata_type_quote(t, &range, &link));
    OK(yata_map_link(m, str_of("a"), &entry));
    if (yata_txn_begin(p->doc, no_bytes(), &txn)) return false;
    yata_status status = yata_map_set_link(m, txn, str_of("q"), &link, &weak);
    if (!status) status = yata_array_insert_link(array_root(p), txn, 0, &entry, NULL);
    if (!status) status = yata_type_observe(weak, ignore_event, NULL, &subscription);
    yata_status committed = yata_txn_commit(txn);
    sound(p);
    if (status || committed || yata_txn_begin(p->doc, no_bytes(), &txn)) return false;
    status = yata_text_insert(t, txn, 4, str_of("XX"));
    if (!status) status = yata_map_delete(m, txn, str_of("q"));
    committed = yata_txn_commit(txn);
    sound(p);
    return !status && !committed;
}

Test(weak, failing_memory) {
    fail_each(open_with_text, link_and_edit);
}

/* Notes on many links are not kept for the transactions that follow. */
Test(weak, many_links_to_one_text) {
    enum { LINKS = 500 };
    peer p;
    peer_open(&p, 1);
    yata_type t = text_root(&p);
    write_text(&p, t, 0, "abc");
    yata_quote middle = quote(1, 2);
    for (int i = 0; i < LINKS; i++) {
        char key[16];
        snprintf(key, sizeof key, "%d", i);
        set_quote(&p, t, &middle, key);
    }
    write_text(&p, t, 3, "d");
    uint32_t subscription;
    OK(yata_type_observe(t, ignore_event, NULL, &subscription));
    size_t used = p.doc->mem.used;
    write_text(&p, t, 2, "-");
    cr_assert_leq(p.doc->mem.used, used + 4096);
    peer_close(&p);
}
