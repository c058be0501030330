/* SPDX-License-Identifier: MIT */
/*
 * deep.c - a million shared types inside each other, on a small stack: nothing recurses where the input chooses how
 * deep, and nothing takes quadratic time.
 *
 *   deep [LEVELS [KIND]]       1000000 of each kind: arrays, maps, elements, clients
 *
 * Each step prints its seconds; ten times the levels must not take a hundred times as long. That is for the reader: a
 * machine may be slow, so the test fails for the stack, for wrong results and, by the time limit of the suite, for
 * quadratic time (10^12 steps take an hour).
 */
#include "harness/allocator.h"
#include <pthread.h>
#include <time.h>

enum { STACK = 256 * 1024, CLIENT = 7 };

typedef enum shape { ARRAYS, MAPS, ELEMENTS, CLIENTS, SHAPES } shape;
static const char *const shape_names[SHAPES] = {"arrays", "maps", "elements", "clients"};

typedef struct plan {
    shape shape;
    uint32_t levels;
} plan;

static double last;

static double now(void) {
    struct timespec t;
    REQUIRE(timespec_get(&t, TIME_UTC) == TIME_UTC);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static void step(const char *what) {
    double t = now();
    printf("    %-34s %6.3f s\n", what, t - last);
    fflush(stdout);
    last = now();
}

/* ---- the update: type i is the only child of type i-1 ---- */

static void put(yata_buffer *out, uint8_t byte) {
    REQUIRE(yata_buffer_append(out, &byte, 1) == YATA_OK);
}

static void put_number(yata_buffer *out, uint32_t x) {
    for (; x > 127; x >>= 7) put(out, (uint8_t)(x | 128));
    put(out, (uint8_t)x);
}

/* Who makes level i, and by which clock. Clients: the outermost has the lowest id, and comes last in the update. */
static uint32_t client_of(const plan *p, uint32_t i) {
    return p->shape == CLIENTS ? CLIENT + i : CLIENT;
}
static uint32_t clock_of(const plan *p, uint32_t i) {
    return p->shape == CLIENTS ? 0 : i;
}

static void put_level(yata_buffer *out, const plan *p, uint32_t i) {
    static const uint8_t type_refs[SHAPES] = {0, 1, 3, 0};
    put(out, p->shape == MAPS && i ? 0x27 : 0x07);
    put(out, i == 0); /* parent: a root by name, or an item */
    if (i == 0) {
        put(out, 1);
        put(out, 'r');
    } else {
        put_number(out, client_of(p, i - 1));
        put_number(out, clock_of(p, i - 1));
    }
    if (p->shape == MAPS && i) {
        put(out, 1);
        put(out, 'k');
    }
    put(out, type_refs[p->shape]);
    if (p->shape == ELEMENTS) {
        put(out, 1);
        put(out, 'p');
    }
}

static yata_buffer make_update(const plan *p) {
    yata_buffer out;
    yata_buffer_init(&out, NULL);
    bool clients = p->shape == CLIENTS;
    put_number(&out, clients ? p->levels : 1);
    for (uint32_t n = 0; n < p->levels; n++) {
        uint32_t i = clients ? p->levels - 1 - n : n;
        if (n == 0 || clients) {
            put_number(&out, clients ? 1 : p->levels);
            put_number(&out, client_of(p, i));
            put(&out, 0);
        }
        put_level(&out, p, i);
    }
    put(&out, 0);
    return out;
}

/* ---- documents ---- */

static yata_doc *new_doc(const yata_allocator *allocator, bool keep_deleted) {
    yata_doc_options options = yata_doc_options_default();
    options.client_id = 1;
    options.keep_deleted = keep_deleted;
    options.allocator = allocator;
    yata_doc *doc;
    REQUIRE(yata_doc_new(&options, &doc) == YATA_OK);
    return doc;
}

static yata_kind root_kind(const plan *p) {
    return p->shape == ELEMENTS ? YATA_KIND_XML_FRAGMENT : YATA_KIND_ARRAY;
}

static yata_type root_of(const plan *p, yata_doc *doc) {
    yata_type root;
    REQUIRE(yata_doc_root(doc, str_of("r"), root_kind(p), &root) == YATA_OK);
    return root;
}

/* The only type inside, false: none. */
static bool child_of(const plan *p, yata_type *type) {
    yata_value value;
    yata_kind kind;
    yata_type child;
    REQUIRE(yata_type_kind(*type, &kind) == YATA_OK);
    if (p->shape == ELEMENTS) {
        if (yata_xml_first_child(*type, &child) || yata_type_kind(child, &kind)) return false;
        if (kind != YATA_KIND_XML_ELEMENT) return false;
    } else {
        yata_status status =
            kind == YATA_KIND_MAP ? yata_map_get(*type, str_of("k"), &value) : yata_array_get(*type, 0, &value);
        if (status || value.kind != YATA_VALUE_TYPE) return false;
        child = value.u.type;
    }
    *type = child;
    return true;
}

typedef struct watch {
    const plan *plan;
    uint32_t calls;
    size_t events, longest;
    yata_path_step *steps;
} watch;

static void on_deep(void *ctx, const yata_event *const *events, size_t count, const yata_txn *txn) {
    (void)txn;
    watch *w = ctx;
    w->calls++;
    w->events += count;
    for (size_t i = 0; i < count; i++) {
        size_t length = yata_event_path_length(events[i]);
        REQUIRE(i == 0 || length >= yata_event_path_length(events[i - 1]));
        if (i + 1 < count) continue;
        w->longest = length;
        REQUIRE(yata_event_path(events[i], w->steps, length) == YATA_OK);
        for (size_t k = 0; k < length; k++)
            REQUIRE(w->steps[k].is_key ? w->plan->shape == MAPS : w->steps[k].index == 0);
    }
}

static void add_below(const plan *p, yata_type type, yata_txn *txn) {
    yata_value one = {.kind = YATA_VALUE_INT, .u.integer = 1};
    yata_type text;
    yata_kind kind;
    REQUIRE(yata_type_kind(type, &kind) == YATA_OK);
    if (p->shape == ELEMENTS)
        REQUIRE(yata_xml_push(type, txn, YATA_KIND_XML_TEXT, str_of(""), &text) == YATA_OK);
    else if (kind == YATA_KIND_MAP)
        REQUIRE(yata_map_set(type, txn, str_of("x"), &one) == YATA_OK);
    else
        REQUIRE(yata_array_push(type, txn, &one, 1) == YATA_OK);
}

/* At the root and half-way down. */
static void observe(const plan *p, yata_doc *doc) {
    uint32_t half = p->levels / 2, depth = 0, top_id, half_id;
    watch top = {.plan = p, .steps = malloc((p->levels + 1) * sizeof *top.steps)};
    watch below = {.plan = p, .steps = malloc((p->levels + 1) * sizeof *top.steps)};
    yata_type root = root_of(p, doc), type = root, middle = root;
    yata_txn *txn;
    REQUIRE(top.steps && below.steps);
    while (child_of(p, &type))
        if (++depth == half) middle = type;
    REQUIRE(depth == p->levels);
    step("walking to the innermost");
    REQUIRE(yata_type_observe_deep(root, on_deep, &top, &top_id) == YATA_OK);
    REQUIRE(yata_type_observe_deep(middle, on_deep, &below, &half_id) == YATA_OK);
    REQUIRE(yata_txn_begin(doc, no_bytes(), &txn) == YATA_OK);
    add_below(p, type, txn);
    REQUIRE(yata_txn_commit(txn) == YATA_OK);
    REQUIRE(top.calls == 1 && top.events == 1 && top.longest == p->levels);
    REQUIRE(below.calls == 1 && below.events == 1 && below.longest == p->levels - half);
    step("a deep event, its path");
    REQUIRE(yata_txn_begin(doc, no_bytes(), &txn) == YATA_OK);
    for (type = root; child_of(p, &type);) add_below(p, type, txn);
    REQUIRE(yata_txn_commit(txn) == YATA_OK);
    REQUIRE(top.calls == 2 && top.events == 1u + p->levels && top.longest == p->levels);
    REQUIRE(below.calls == 2 && below.events == 2u + p->levels - half && below.longest == p->levels - half);
    step("deep events of every level");
    REQUIRE(yata_type_unobserve(root, top_id) == YATA_OK);
    REQUIRE(yata_type_unobserve(middle, half_id) == YATA_OK);
    free(top.steps);
    free(below.steps);
}

/* Levels so much alike take no bytes in format v2, and beyond the bound on blocks they are refused (spec/security.md).
 */
static yata_status status_v2(const plan *p, yata_bytes update) {
    return p->levels <= 262144 + update.len ? YATA_OK : YATA_ERR_LIMIT;
}

static void look(const plan *p, yata_doc *doc, yata_bytes update) {
    yata_buffer out;
    const char *what = NULL;
    yata_buffer_init(&out, NULL);
    REQUIRE(yata_doc_encode_state(doc, &out) == YATA_OK);
    REQUIRE(bytes_equal(bytes_of(&out), update));
    step("encode v1");
    out.len = 0;
    REQUIRE(yata_doc_encode_state_v2(doc, &out) == YATA_OK);
    step("encode v2");
    yata_doc *other = new_doc(NULL, false);
    REQUIRE(yata_doc_apply_v2(other, bytes_of(&out), no_bytes(), NULL) == status_v2(p, bytes_of(&out)));
    step("apply v2");
    yata_doc_free(other);
    step("free");
    out.len = 0;
    (void)root_of(p, doc);
    REQUIRE(yata_doc_to_json(doc, &out) == YATA_OK);
    REQUIRE(out.len > p->levels);
    step("JSON");
    if (p->shape == ELEMENTS) {
        yata_xml_walk walk;
        yata_type type;
        uint32_t n = 0;
        out.len = 0;
        REQUIRE(yata_xml_to_string(root_of(p, doc), &out) == YATA_OK);
        REQUIRE(out.len == 7 * (size_t)p->levels); /* <p></p> */
        step("XML as a string");
        REQUIRE(yata_xml_walk_init(&walk, root_of(p, doc)) == YATA_OK);
        while (yata_xml_walk_next(&walk, &type)) n++;
        REQUIRE(n == p->levels);
        step("tree walk");
    }
    REQUIRE(yata_doc_check(doc, &what));
    step("check");
    yata_buffer_free(&out);
}

static void delete_outermost(const plan *p, yata_doc *doc) {
    yata_type root = root_of(p, doc);
    yata_txn *txn;
    const char *what = NULL;
    yata_buffer out;
    yata_buffer_init(&out, NULL);
    REQUIRE(yata_txn_begin(doc, no_bytes(), &txn) == YATA_OK);
    REQUIRE((p->shape == ELEMENTS ? yata_xml_delete : yata_array_delete)(root, txn, 0, 1) == YATA_OK);
    REQUIRE(yata_txn_commit(txn) == YATA_OK);
    step("delete the outermost, collect");
    REQUIRE(yata_doc_check(doc, &what));
    REQUIRE(yata_doc_encode_state(doc, &out) == YATA_OK);
    yata_buffer_free(&out);
    step("check, encode");
}

static bool on_part(void *ctx, yata_bytes part) {
    (void)part;
    ++*(uint32_t *)ctx;
    return true;
}

static void without_document(const plan *p, yata_bytes update) {
    yata_buffer out, vector, v2;
    yata_bytes twice[2] = {update, update};
    uint32_t parts = 0;
    yata_buffer_init(&out, NULL);
    yata_buffer_init(&vector, NULL);
    yata_buffer_init(&v2, NULL);
    REQUIRE(yata_update_check(update, NULL).status == YATA_OK);
    REQUIRE(yata_update_merge(twice, 2, &out, NULL) == YATA_OK);
    REQUIRE(bytes_equal(bytes_of(&out), update));
    out.len = 0;
    REQUIRE(yata_update_state_vector(update, &vector, NULL) == YATA_OK);
    REQUIRE(yata_update_diff(update, bytes_of(&vector), &out, NULL) == YATA_OK);
    REQUIRE(yata_update_convert(update, YATA_UPDATE_V1, YATA_UPDATE_V2, &v2, NULL) == YATA_OK);
    out.len = 0;
    yata_status status = yata_update_convert(bytes_of(&v2), YATA_UPDATE_V2, YATA_UPDATE_V1, &out, NULL);
    REQUIRE(status == status_v2(p, bytes_of(&v2)));
    REQUIRE(status || bytes_equal(bytes_of(&out), update));
    step("merge, diff, convert");
    out.len = 0;
    REQUIRE(yata_update_obfuscate(update, NULL, &out, NULL) == YATA_OK);
    out.len = 0;
    REQUIRE(yata_update_log(update, &out, NULL) == YATA_OK);
    REQUIRE(yata_update_split(update, update.len / 10, on_part, &parts, NULL, NULL) == YATA_OK);
    REQUIRE(parts > 9 || p->levels < 1000);
    step("obfuscate, log, split");
    yata_buffer_free(&out);
    yata_buffer_free(&vector);
    yata_buffer_free(&v2);
}

/* The outermost comes last: everything waits for it. */
static void out_of_order(const plan *p, yata_bytes update) {
    yata_doc *doc = new_doc(NULL, false);
    yata_buffer rest, first, vector;
    yata_buffer_init(&rest, NULL);
    yata_buffer_init(&first, NULL);
    yata_buffer_init(&vector, NULL);
    put(&vector, 1); /* the first level is known */
    put_number(&vector, client_of(p, 0));
    put(&vector, 1);
    REQUIRE(yata_update_diff(update, bytes_of(&vector), &rest, NULL) == YATA_OK);
    REQUIRE(yata_doc_apply(doc, bytes_of(&rest), no_bytes(), NULL) == YATA_OK);
    yata_pending pending;
    yata_doc_pending(doc, &pending);
    REQUIRE(pending.blocks == p->levels - 1);
    step("all but the outermost: wait");
    put(&first, 1);
    put(&first, 1);
    put_number(&first, client_of(p, 0));
    put(&first, 0);
    put_level(&first, p, 0);
    put(&first, 0);
    REQUIRE(yata_doc_apply(doc, bytes_of(&first), no_bytes(), NULL) == YATA_OK);
    yata_doc_pending(doc, &pending);
    REQUIRE(pending.blocks == 0);
    step("the outermost: all are in");
    yata_doc_free(doc);
    yata_buffer_free(&rest);
    yata_buffer_free(&first);
    yata_buffer_free(&vector);
}

static void *run(void *ctx) {
    const plan *p = ctx;
    last = now();
    counted_memory memory = {0};
    yata_allocator allocator = counted_allocator(&memory);
    yata_buffer update = make_update(p);
    printf("%s, %u levels, %zu bytes\n", shape_names[p->shape], p->levels, update.len);
    step("make");
    for (int keep = 0; keep < 2; keep++) {
        yata_doc *doc = new_doc(&allocator, keep);
        REQUIRE(yata_doc_apply(doc, bytes_of(&update), no_bytes(), NULL) == YATA_OK);
        step("apply v1");
        if (!keep) look(p, doc, bytes_of(&update));
        if (!keep) observe(p, doc);
        delete_outermost(p, doc);
        yata_doc_free(doc);
        step("free");
    }
    printf("    peak of a document: %zu bytes\n", memory.peak);
    REQUIRE(memory.live == 0);
    without_document(p, bytes_of(&update));
    out_of_order(p, bytes_of(&update));
    yata_buffer_free(&update);
    return NULL;
}

/* Plain values have a limit; beyond it they are refused, by a loop as well. */
static void *run_values(void *ctx) {
    const plan *p = ctx;
    yata_buffer update, json;
    yata_value value;
    yata_buffer_init(&update, NULL);
    yata_buffer_init(&json, NULL);
    static const uint8_t head[] = {1, 1, CLIENT, 0, 8, 1, 1, 'r', 1};
    REQUIRE(yata_buffer_append(&update, head, sizeof head) == YATA_OK);
    for (uint32_t i = 0; i < p->levels; i++) {
        put(&update, 117);
        put(&update, 1);
        put(&json, '[');
    }
    put(&update, 126);
    put(&update, 0);
    for (uint32_t i = 0; i < p->levels; i++) put(&json, ']');
    yata_doc *doc = new_doc(NULL, false);
    REQUIRE(yata_doc_apply(doc, bytes_of(&update), no_bytes(), NULL) == YATA_ERR_LIMIT);
    REQUIRE(yata_update_check(bytes_of(&update), NULL).status == YATA_ERR_LIMIT);
    update.len = 0;
    REQUIRE(yata_value_from_json(str_from(bytes_of(&json)), &update, &value, NULL) == YATA_ERR_LIMIT);
    yata_doc_free(doc);
    yata_buffer_free(&update);
    yata_buffer_free(&json);
    return NULL;
}

static void on_small_stack(void *(*fn)(void *), plan *p) {
    pthread_attr_t attributes;
    pthread_t thread;
    REQUIRE(pthread_attr_init(&attributes) == 0);
    REQUIRE(pthread_attr_setstacksize(&attributes, STACK) == 0);
    REQUIRE(pthread_create(&thread, &attributes, fn, p) == 0);
    REQUIRE(pthread_join(thread, NULL) == 0);
    pthread_attr_destroy(&attributes);
}

int main(int argc, char **argv) {
    plan p = {.levels = argc > 1 ? (uint32_t)strtoul(argv[1], NULL, 10) : 1000000};
    for (int s = 0; s < SHAPES; s++) {
        if (argc > 2 && strcmp(argv[2], shape_names[s]) != 0) continue;
        p.shape = (shape)s;
        on_small_stack(run, &p);
    }
    on_small_stack(run_values, &p);
    return 0;
}
