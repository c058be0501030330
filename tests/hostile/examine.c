/* SPDX-License-Identifier: MIT */
/* examine.c - see examine.h. */
#include "hostile/examine.h"

enum { WRITER = 1234567 };

typedef struct subject {
    yata_doc *doc;
    yata_buffer event;
    uint32_t events;
    uint64_t random;
} subject;

/* The same numbers for each subject: a document takes a new client id when somebody else uses its own. */
static bool numbers(void *ctx, uint64_t *out) {
    *out = *(uint64_t *)ctx += 0x9E3779B9u;
    return true;
}

/* Everything that can be seen of a document. */
typedef struct picture {
    yata_buffer state, vector, json, missing;
    yata_pending pending;
} picture;

static counted_memory memory;
static bool apart; /* the copy of the update that is examined has other content */
static bool v2;    /* the format of the update that is examined */

static yata_status apply(yata_doc *doc, yata_bytes update, yata_apply_result *result) {
    return (v2 ? yata_doc_apply_v2 : yata_doc_apply)(doc, update, no_bytes(), result);
}

static void on_update(void *ctx, yata_doc *doc, const yata_txn *txn, yata_bytes update) {
    (void)doc, (void)txn;
    subject *s = ctx;
    s->events++;
    s->event.len = 0;
    REQUIRE(yata_buffer_append(&s->event, update.data, update.len) == YATA_OK);
}

static void subject_begin(subject *s, const examine_base *base, uint64_t client) {
    yata_allocator allocator = counted_allocator(&memory);
    yata_doc_options options = yata_doc_options_default();
    options.client_id = client;
    options.keep_deleted = base->keep_deleted;
    options.allocator = &allocator;
    *s = (subject){.random = client};
    options.random = numbers;
    options.random_ctx = &s->random;
    REQUIRE(yata_doc_new(&options, &s->doc) == YATA_OK);
    yata_buffer_init(&s->event, NULL);
    REQUIRE(yata_doc_apply(s->doc, base->update, no_bytes(), NULL) == YATA_OK);
    uint32_t subscription;
    REQUIRE(yata_doc_observe_update(s->doc, on_update, s, &subscription) == YATA_OK);
}

static void subject_end(subject *s) {
    yata_doc_free(s->doc);
    yata_buffer_free(&s->event);
}

static void take_picture(yata_doc *doc, picture *p) {
    yata_buffer_init(&p->state, NULL);
    yata_buffer_init(&p->vector, NULL);
    yata_buffer_init(&p->json, NULL);
    yata_buffer_init(&p->missing, NULL);
    REQUIRE(yata_doc_encode_state(doc, &p->state) == YATA_OK);
    REQUIRE(yata_doc_encode_state_vector(doc, &p->vector) == YATA_OK);
    REQUIRE(yata_doc_to_json(doc, &p->json) == YATA_OK);
    REQUIRE(yata_doc_encode_missing(doc, &p->missing) == YATA_OK);
    yata_doc_pending(doc, &p->pending);
}

static void free_picture(picture *p) {
    yata_buffer_free(&p->state);
    yata_buffer_free(&p->vector);
    yata_buffer_free(&p->json);
    yata_buffer_free(&p->missing);
}

static bool same_buffer(const yata_buffer *a, const yata_buffer *b) {
    return bytes_equal(bytes_of(a), bytes_of(b));
}

static void require_same_picture(const picture *a, const picture *b) {
    REQUIRE(same_buffer(&a->state, &b->state));
    REQUIRE(same_buffer(&a->vector, &b->vector));
    REQUIRE(same_buffer(&a->json, &b->json));
    REQUIRE(same_buffer(&a->missing, &b->missing));
    REQUIRE(a->pending.blocks == b->pending.blocks && a->pending.deletes == b->pending.deletes);
}

static yata_kind kind_in(yata_type type, yata_kind otherwise) {
    yata_kind kind;
    REQUIRE(yata_type_guess_kind(type, &kind) == YATA_OK);
    return kind == YATA_KIND_UNTYPED ? otherwise : kind;
}

/* Every root of `doc` as JSON, read as the kind it seems to have there; roots without content are left out. */
static void put_roots(const yata_doc *doc, const yata_doc *other, yata_buffer *out) {
    for (uint32_t i = 0; i < yata_doc_root_count(doc); i++) {
        yata_str name;
        yata_type type, same;
        REQUIRE(yata_doc_root_at(doc, i, &name, &type) == YATA_OK);
        yata_kind kind = kind_in(type, YATA_KIND_TEXT);
        if (yata_doc_root_find(other, name, &same) == YATA_OK && kind_in(same, kind) != kind) continue;
        size_t before = out->len;
        REQUIRE(yata_type_to_json_as(type, kind, out) == YATA_OK);
        if (out->len == before + 2) out->len = before;
    }
}

/* The same content, though keys and roots may come in another order: the same letters. */
static bool same_content(const yata_doc *one, const yata_doc *other) {
    bool same = true;
    int32_t letters[256] = {0};
    yata_buffer a, b;
    yata_buffer_init(&a, NULL);
    yata_buffer_init(&b, NULL);
    put_roots(one, other, &a);
    put_roots(other, one, &b);
    for (size_t i = 0; i < a.len; i++) letters[a.data[i]]++;
    for (size_t i = 0; i < b.len; i++) letters[b.data[i]]--;
    for (int i = 0; i < 256; i++) same &= letters[i] == 0;
    if (!same && getenv("YATA_VERBOSE"))
        fprintf(stderr, "%.*s\n%.*s\n", (int)a.len, (const char *)a.data, (int)b.len, (const char *)b.data);
    yata_buffer_free(&a);
    yata_buffer_free(&b);
    return same;
}

static void require_sound(const yata_doc *doc) {
    const char *broken = NULL;
    if (!yata_doc_check(doc, &broken)) FAIL(broken ? broken : "yata_doc_check");
}

/* One transaction with something for every root. Clocks may be used up (YATA_ERR_LIMIT); anything else works. */
static void edit(subject *s) {
    yata_txn *txn;
    yata_value one = {.kind = YATA_VALUE_INT, .u.integer = 1};
    REQUIRE(yata_txn_begin(s->doc, no_bytes(), &txn) == YATA_OK);
    yata_type type;
    REQUIRE(yata_doc_root(s->doc, str_of("edited"), YATA_KIND_UNTYPED, &type) == YATA_OK);
    for (uint32_t i = 0; i < yata_doc_root_count(s->doc); i++) {
        yata_str name;
        yata_kind kind;
        uint32_t length = 0;
        yata_status status = YATA_OK;
        REQUIRE(yata_doc_root_at(s->doc, i, &name, &type) == YATA_OK);
        REQUIRE(yata_type_guess_kind(type, &kind) == YATA_OK);
        if (kind == YATA_KIND_UNTYPED) kind = YATA_KIND_TEXT;
        REQUIRE(yata_doc_root(s->doc, name, kind, &type) == YATA_OK);
        if (kind == YATA_KIND_TEXT) {
            REQUIRE(yata_text_length(type, &length) == YATA_OK);
            status = yata_text_insert(type, txn, length / 2, str_of("edit"));
            if (status == YATA_OK && length) REQUIRE(yata_text_delete(type, txn, 0, 1) == YATA_OK);
        } else if (kind == YATA_KIND_ARRAY) {
            REQUIRE(yata_array_length(type, &length) == YATA_OK);
            status = yata_array_insert(type, txn, length / 2, &one, 1);
            if (status == YATA_OK && length) REQUIRE(yata_array_delete(type, txn, length, 1) == YATA_OK);
        } else if (kind == YATA_KIND_MAP) {
            status = yata_map_set(type, txn, str_of("k"), &one);
            if (status == YATA_OK) REQUIRE(yata_map_clear(type, txn) == YATA_OK);
        }
        REQUIRE(status == YATA_OK || status == YATA_ERR_LIMIT);
    }
    s->events = 0;
    REQUIRE(yata_txn_commit(txn) == YATA_OK);
    require_sound(s->doc);
}

static void examine_refused(const examine_base *base, subject *s, const picture *before) {
    picture after;
    REQUIRE(s->events == 0);
    take_picture(s->doc, &after);
    require_same_picture(before, &after);
    free_picture(&after);
    subject untouched;
    subject_begin(&untouched, base, WRITER);
    edit(&untouched);
    edit(s);
    REQUIRE(untouched.events == s->events);
    REQUIRE(same_buffer(&untouched.event, &s->event));
    subject_end(&untouched);
}

static void examine_accepted(const examine_base *base, subject *s, yata_bytes update) {
    picture now, copied, again;
    take_picture(s->doc, &now);
    subject copy;
    examine_base state = {bytes_of(&now.state), base->keep_deleted};
    subject_begin(&copy, &state, WRITER + 1);
    require_sound(copy.doc);
    take_picture(copy.doc, &copied);
    /* A block that is known may wait, too, and hold up what follows it: one with other neighbours than those it was
     * known with (spec/quirks.md). The state leaves it out, and the copy goes on. */
    bool stray = now.pending.blocks > copied.pending.blocks;
    REQUIRE(stray || same_buffer(&now.vector, &copied.vector));
    REQUIRE(stray || (now.pending.blocks != 0) == (copied.pending.blocks != 0));
    REQUIRE(stray || (now.pending.deletes != 0) == (copied.pending.deletes != 0));
    /* Blocks that no peer could have made end where their order of arrival puts them, in Yjs too (README.md). */
    apart = !same_content(s->doc, copy.doc);
    REQUIRE(yata_doc_apply(copy.doc, bytes_of(&now.state), no_bytes(), NULL) == YATA_OK);
    REQUIRE(apply(copy.doc, update, NULL) == YATA_OK);
    REQUIRE(copy.events == 0);
    require_sound(copy.doc);
    take_picture(copy.doc, &again);
    REQUIRE(same_buffer(&copied.vector, &again.vector));
    if (base->update.len == 2) {
        REQUIRE(same_buffer(&copied.json, &again.json));
        /* Blocks that contradict each other and wait are cut, and ask for others, in their order of arrival. */
        if (copied.pending.blocks == 0 && again.pending.blocks == 0) require_same_picture(&copied, &again);
        REQUIRE(copied.pending.blocks == 0 || again.pending.blocks != 0);
    }
    free_picture(&copied);
    free_picture(&again);
    free_picture(&now);
    edit(s);
    if (s->events) REQUIRE(yata_doc_apply(copy.doc, bytes_of(&s->event), no_bytes(), NULL) == YATA_OK);
    require_sound(copy.doc);
    subject_end(&copy);
}

static void print_update(const char *label, yata_bytes update, bool of_v2) {
    yata_buffer log;
    yata_buffer_init(&log, NULL);
    (void)(of_v2 ? yata_update_log_v2 : yata_update_log)(update, &log, NULL);
    bytes_print(stderr, label, update);
    fprintf(stderr, "%.*s", (int)log.len, (const char *)log.data);
    yata_buffer_free(&log);
}

static yata_fault examine(const examine_base *base, yata_bytes update) {
    subject s;
    picture before;
    if (getenv("YATA_VERBOSE")) {
        print_update("base", base->update, false);
        print_update("update", update, v2);
    }
    memory = (counted_memory){0};
    apart = false;
    subject_begin(&s, base, WRITER);
    take_picture(s.doc, &before);
    yata_apply_result result = {{YATA_OK, 0}, false};
    yata_status status = apply(s.doc, update, &result);
    REQUIRE(result.fault.status == status);
    REQUIRE(result.fault.offset <= update.len);
    yata_fault checked = (v2 ? yata_update_check_v2 : yata_update_check)(update, NULL);
    REQUIRE((checked.status == YATA_OK) == (status == YATA_OK));
    require_sound(s.doc);
    if (status == YATA_OK)
        examine_accepted(base, &s, update);
    else
        examine_refused(base, &s, &before);
    free_picture(&before);
    subject_end(&s);
    REQUIRE(memory.live == 0);
    return result.fault;
}

yata_fault examine_update(const examine_base *base, yata_bytes update) {
    v2 = false;
    return examine(base, update);
}

yata_fault examine_update_v2(const examine_base *base, yata_bytes update) {
    v2 = true;
    return examine(base, update);
}

bool examine_apart(void) {
    return apart;
}

yata_fault examine_state_vector(const examine_base *base, yata_bytes vector) {
    subject s;
    picture before, after;
    yata_buffer diff;
    memory = (counted_memory){0};
    yata_buffer_init(&diff, NULL);
    subject_begin(&s, base, WRITER);
    take_picture(s.doc, &before);
    yata_fault fault = yata_state_vector_check(vector);
    yata_status status = yata_doc_encode_diff(s.doc, vector, &diff);
    REQUIRE((status == YATA_OK) == (fault.status == YATA_OK || vector.len == 0));
    REQUIRE(fault.offset <= vector.len);
    if (status == YATA_OK)
        REQUIRE(yata_update_check(bytes_of(&diff), NULL).status == YATA_OK);
    else
        REQUIRE(diff.len == 0);
    take_picture(s.doc, &after);
    require_same_picture(&before, &after);
    require_sound(s.doc);
    free_picture(&before);
    free_picture(&after);
    yata_buffer_free(&diff);
    subject_end(&s);
    REQUIRE(memory.live == 0);
    return fault;
}
