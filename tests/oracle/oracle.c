/* SPDX-License-Identifier: MIT */
/*
 * oracle.c - the naive twin of the engine. Reading order: sequences, integration, deletion, local changes, exchange,
 * JSON. It follows the description of YATA in spec/integrate.md, one entry at a time.
 *
 * Surrogate pairs: the engine, as Yjs, keeps a run of text together until something needs a border inside it. A border
 * in the middle of a pair destroys both halves for ever (U+FFFD). Here: cut_before().
 */
#include "oracle/oracle.h"
#include "harness/bytes.h"

typedef struct node {
    oracle_entry entry;
    uint32_t left, right; /* neighbours in the sequence, ORACLE_NONE at its ends */
    bool deleted;
    bool before, conflicting; /* marks of one integration */
} node;

struct oracle {
    uint64_t client;
    node *nodes; /* in order of integration */
    uint32_t count, capacity;
    oracle_message waiting; /* entries sorted by id */
    oracle_message news;    /* local changes since oracle_take */
};

static bool same(yata_id a, yata_id b) {
    return a.client == b.client && a.clock == b.clock;
}

static uint32_t find(const oracle *o, yata_id id) {
    for (uint32_t i = o->count; i-- > 0;)
        if (same(o->nodes[i].entry.id, id)) return i;
    return ORACLE_NONE;
}

static uint32_t next_clock(const oracle *o, uint64_t client) {
    uint32_t clock = 0;
    for (uint32_t i = 0; i < o->count; i++)
        if (o->nodes[i].entry.id.client == client) clock++;
    return clock;
}

/* ---- messages: growing lists ---- */
static void *grown(void *list, uint32_t count, size_t size) {
    if (count & (count - 1)) return list; /* full at powers of two only */
    void *more = realloc(list, (count ? (size_t)count * 2 : 1) * size);
    REQUIRE(more);
    return more;
}

static void add_entry(oracle_message *m, const oracle_entry *entry) {
    m->entries = grown(m->entries, m->entry_count, sizeof *m->entries);
    m->entries[m->entry_count++] = *entry;
}

static void add_deleted(oracle_message *m, yata_id id) {
    m->deleted = grown(m->deleted, m->deleted_count, sizeof *m->deleted);
    m->deleted[m->deleted_count++] = id;
}

void oracle_message_free(oracle_message *message) {
    free(message->entries);
    free(message->deleted);
    *message = (oracle_message){0};
}

oracle *oracle_new(uint64_t client) {
    oracle *o = calloc(1, sizeof *o);
    REQUIRE(o);
    o->client = client;
    return o;
}

void oracle_free(oracle *o) {
    if (!o) return;
    oracle_message_free(&o->waiting);
    oracle_message_free(&o->news);
    free(o->nodes);
    free(o);
}

/* ---- sequences: the content of a text or array, or all values a key ever had ---- */

static bool belongs(const node *n, yata_id parent, char key) {
    return same(n->entry.parent, parent) && n->entry.key == key;
}

static uint32_t first(const oracle *o, yata_id parent, char key) {
    for (uint32_t i = 0; i < o->count; i++)
        if (o->nodes[i].left == ORACLE_NONE && belongs(&o->nodes[i], parent, key)) return i;
    return ORACLE_NONE;
}

static uint32_t last(const oracle *o, yata_id parent, char key) {
    for (uint32_t i = 0; i < o->count; i++)
        if (o->nodes[i].right == ORACLE_NONE && belongs(&o->nodes[i], parent, key)) return i;
    return ORACLE_NONE;
}

/* The living entry at an index, ORACLE_NONE at the end. */
static uint32_t at(const oracle *o, yata_id parent, uint32_t index) {
    uint32_t i = first(o, parent, 0);
    for (; i != ORACLE_NONE; i = o->nodes[i].right)
        if (!o->nodes[i].deleted && index-- == 0) break;
    return i;
}

uint32_t oracle_length(const oracle *o, yata_id sequence) {
    uint32_t length = 0;
    for (uint32_t i = first(o, sequence, 0); i != ORACLE_NONE; i = o->nodes[i].right) length += !o->nodes[i].deleted;
    return length;
}

/* ---- surrogate pairs ---- */

/* The first half of the pair whose second half is `low`; ORACLE_NONE if that is none (any more). */
static uint32_t high_of(const oracle *o, uint32_t low) {
    const oracle_entry *e = &o->nodes[low].entry;
    if (e->content.what != ORACLE_UNIT || (e->content.number & 0xFC00) != 0xDC00) return ORACLE_NONE;
    return find(o, (yata_id){e->id.client, e->id.clock - 1});
}

static void cut_before(oracle *o, uint32_t low) {
    if (low == ORACLE_NONE) return;
    uint32_t high = high_of(o, low);
    if (high != ORACLE_NONE) o->nodes[low].entry.content.number = o->nodes[high].entry.content.number = 0xFFFD;
}

/* ---- integration ---- */

static void forget_conflicts(oracle *o) {
    for (uint32_t i = 0; i < o->count; i++) o->nodes[i].conflicting = false;
}

static bool same_origin(const oracle_entry *a, const oracle_entry *b) {
    return a->has_origin == b->has_origin && (!a->has_origin || same(a->origin, b->origin));
}

static bool same_right(const oracle_entry *a, const oracle_entry *b) {
    return a->has_right == b->has_right && (!a->has_right || same(a->right, b->right));
}

/* The place of `e` among those that were put between its origin and its right origin meanwhile: its left neighbour. */
static uint32_t place(oracle *o, const oracle_entry *e) {
    uint32_t left = e->has_origin ? find(o, e->origin) : ORACLE_NONE;
    uint32_t right = e->has_right ? find(o, e->right) : ORACLE_NONE;
    for (uint32_t i = 0; i < o->count; i++) o->nodes[i].before = o->nodes[i].conflicting = false;
    uint32_t other = left != ORACLE_NONE ? o->nodes[left].right : first(o, e->parent, e->key);
    for (; other != ORACLE_NONE && other != right; other = o->nodes[other].right) {
        node *n = &o->nodes[other];
        n->before = n->conflicting = true;
        if (same_origin(&n->entry, e)) {
            if (n->entry.id.client < e->id.client) {
                left = other; /* same wish: the smaller client goes first */
                forget_conflicts(o);
            } else if (same_right(&n->entry, e)) {
                break;
            }
        } else {
            uint32_t origin = n->entry.has_origin ? find(o, n->entry.origin) : ORACLE_NONE;
            if (origin == ORACLE_NONE || !o->nodes[origin].before) break; /* it began left of us: lines never cross */
            if (!o->nodes[origin].conflicting) {
                left = other; /* it follows something that goes before us */
                forget_conflicts(o);
            }
        }
    }
    return left;
}

static void integrate(oracle *o, const oracle_entry *e) {
    if (e->has_origin) cut_before(o, find(o, (yata_id){e->origin.client, e->origin.clock + 1}));
    if (e->has_right) cut_before(o, find(o, e->right));
    uint32_t left = place(o, e);
    uint32_t right = left != ORACLE_NONE ? o->nodes[left].right : first(o, e->parent, e->key);
    if (o->count == o->capacity) {
        o->capacity = o->capacity ? o->capacity * 2 : 64;
        o->nodes = realloc(o->nodes, o->capacity * sizeof *o->nodes);
        REQUIRE(o->nodes);
    }
    uint32_t self = o->count++;
    o->nodes[self] = (node){.entry = *e, .left = left, .right = right};
    if (left != ORACLE_NONE) o->nodes[left].right = self;
    if (right != ORACLE_NONE) o->nodes[right].left = self;
    if (e->key) { /* the last one of a key is its value, all others are dead */
        if (right != ORACLE_NONE)
            o->nodes[self].deleted = true;
        else if (left != ORACLE_NONE)
            o->nodes[left].deleted = true;
    }
}

/* ---- deletion ---- */

/* After a batch of deletions: a pair of which one half lives and the other does not was cut. */
static void cut_half_deleted(oracle *o) {
    for (uint32_t low = 0; low < o->count; low++) {
        uint32_t high = high_of(o, low);
        if (high != ORACLE_NONE && o->nodes[low].deleted != o->nodes[high].deleted) cut_before(o, low);
    }
}

static void delete_here(oracle *o, uint32_t i) {
    o->nodes[i].deleted = true;
    add_deleted(&o->news, o->nodes[i].entry.id);
}

void oracle_delete(oracle *o, yata_id sequence, uint32_t index, uint32_t len) {
    for (uint32_t i = at(o, sequence, index); len > 0; i = o->nodes[i].right) {
        REQUIRE(i != ORACLE_NONE);
        if (o->nodes[i].deleted) continue;
        delete_here(o, i);
        len--;
    }
    cut_half_deleted(o);
}

bool oracle_map_delete(oracle *o, yata_id map, char key) {
    uint32_t value = last(o, map, key);
    if (value == ORACLE_NONE || o->nodes[value].deleted) return false;
    delete_here(o, value);
    return true;
}

/* ---- local changes ---- */

/* A new entry between two neighbours. */
static yata_id insert_between(oracle *o, yata_id parent, char key, uint32_t left, uint32_t right,
                              oracle_content content) {
    oracle_entry e = {.id = {o->client, next_clock(o, o->client)}, .parent = parent, .key = key, .content = content};
    if (left != ORACLE_NONE) e.has_origin = true, e.origin = o->nodes[left].entry.id;
    if (right != ORACLE_NONE) e.has_right = true, e.right = o->nodes[right].entry.id;
    integrate(o, &e);
    add_entry(&o->news, &e);
    return e.id;
}

/* Texts insert after the tombstones at the position, arrays before them. */
void oracle_text_insert(oracle *o, yata_id text, uint32_t index, const uint16_t *units, uint32_t count) {
    if (count == 0) return;
    uint32_t left = index ? at(o, text, index - 1) : ORACLE_NONE;
    uint32_t right = left != ORACLE_NONE ? o->nodes[left].right : first(o, text, 0);
    if (left != ORACLE_NONE)
        cut_before(o, find(o, (yata_id){o->nodes[left].entry.id.client, o->nodes[left].entry.id.clock + 1}));
    for (; right != ORACLE_NONE && o->nodes[right].deleted; right = o->nodes[right].right) left = right;
    for (uint32_t i = 0; i < count; i++)
        left = find(o, insert_between(o, text, 0, left, right, (oracle_content){ORACLE_UNIT, units[i]}));
}

yata_id oracle_array_insert(oracle *o, yata_id array, uint32_t index, oracle_content content) {
    uint32_t left = index ? at(o, array, index - 1) : ORACLE_NONE;
    uint32_t right = left != ORACLE_NONE ? o->nodes[left].right : first(o, array, 0);
    return insert_between(o, array, 0, left, right, content);
}

yata_id oracle_array_push(oracle *o, yata_id array, oracle_content content) {
    return insert_between(o, array, 0, last(o, array, 0), ORACLE_NONE, content);
}

yata_id oracle_map_set(oracle *o, yata_id map, char key, oracle_content content) {
    uint32_t old = last(o, map, key);
    if (old != ORACLE_NONE && !o->nodes[old].deleted) add_deleted(&o->news, o->nodes[old].entry.id);
    return insert_between(o, map, key, old, ORACLE_NONE, content);
}

/* ---- exchange ---- */

oracle_message oracle_take(oracle *o) {
    oracle_message news = o->news;
    o->news = (oracle_message){0};
    return news;
}

oracle_message oracle_state(const oracle *o) {
    oracle_message m = {0};
    for (uint32_t i = 0; i < o->count; i++) {
        add_entry(&m, &o->nodes[i].entry);
        if (o->nodes[i].deleted) add_deleted(&m, o->nodes[i].entry.id);
    }
    for (uint32_t i = 0; i < o->waiting.entry_count; i++) add_entry(&m, &o->waiting.entries[i]);
    for (uint32_t i = 0; i < o->waiting.deleted_count; i++) add_deleted(&m, o->waiting.deleted[i]);
    return m;
}

static bool known(const oracle *o, yata_id id) {
    return id.client == ORACLE_ROOT || find(o, id) != ORACLE_NONE;
}

static bool ready(const oracle *o, const oracle_entry *e) {
    return next_clock(o, e->id.client) == e->id.clock && known(o, e->parent) &&
           (!e->has_origin || known(o, e->origin)) && (!e->has_right || known(o, e->right));
}

static int by_id(const void *a, const void *b) {
    const yata_id *x = &((const oracle_entry *)a)->id, *y = &((const oracle_entry *)b)->id;
    if (x->client != y->client) return x->client < y->client ? -1 : 1;
    return x->clock < y->clock ? -1 : x->clock > y->clock;
}

/* Integrates what can be until nothing more can. Sorted, so that both halves of a pair come together. */
static void integrate_waiting(oracle *o) {
    oracle_message *w = &o->waiting;
    if (w->entry_count) qsort(w->entries, w->entry_count, sizeof *w->entries, by_id);
    for (bool progress = true; progress;) {
        progress = false;
        uint32_t kept = 0;
        for (uint32_t i = 0; i < w->entry_count; i++) {
            if (known(o, w->entries[i].id)) continue;
            if (ready(o, &w->entries[i])) {
                integrate(o, &w->entries[i]);
                progress = true;
            } else {
                w->entries[kept++] = w->entries[i];
            }
        }
        w->entry_count = kept;
    }
}

static void rebuild(oracle_message *w) { /* restores what grown() expects after the list became shorter */
    oracle_message copy = {0};
    for (uint32_t i = 0; i < w->entry_count; i++) add_entry(&copy, &w->entries[i]);
    for (uint32_t i = 0; i < w->deleted_count; i++) add_deleted(&copy, w->deleted[i]);
    oracle_message_free(w);
    *w = copy;
}

void oracle_apply(oracle *o, const oracle_message *message) {
    oracle_message *w = &o->waiting;
    for (uint32_t i = 0; i < message->entry_count; i++) add_entry(w, &message->entries[i]);
    for (uint32_t i = 0; i < message->deleted_count; i++) add_deleted(w, message->deleted[i]);
    integrate_waiting(o);
    uint32_t kept = 0;
    for (uint32_t i = 0; i < w->deleted_count; i++) {
        uint32_t n = find(o, w->deleted[i]);
        if (n != ORACLE_NONE)
            o->nodes[n].deleted = true;
        else
            w->deleted[kept++] = w->deleted[i];
    }
    w->deleted_count = kept;
    cut_half_deleted(o);
    rebuild(w);
}

uint32_t oracle_pending(const oracle *o) {
    return o->waiting.entry_count + o->waiting.deleted_count;
}

bool oracle_child(const oracle *o, yata_id parent, uint32_t n, yata_id *type, oracle_what *what, uint32_t *index,
                  char *key) {
    for (uint32_t i = 0; i < o->count; i++) {
        const oracle_entry *e = &o->nodes[i].entry;
        if (o->nodes[i].deleted || !same(e->parent, parent) || e->content.what < ORACLE_TEXT || n-- > 0) continue;
        *type = e->id;
        *what = e->content.what;
        *key = e->key;
        *index = 0;
        for (uint32_t l = o->nodes[i].left; l != ORACLE_NONE; l = o->nodes[l].left) *index += !o->nodes[l].deleted;
        return true;
    }
    return false;
}

/* ---- JSON ---- */

static void put(yata_buffer *out, const void *data, size_t len) {
    REQUIRE(yata_buffer_append(out, data, len) == YATA_OK);
}

static void put_code(yata_buffer *out, uint32_t c) {
    uint8_t utf8[4];
    size_t n = c < 0x80 ? 1 : c < 0x800 ? 2 : c < 0x10000 ? 3 : 4;
    for (size_t i = n; i-- > 1; c >>= 6) utf8[i] = (uint8_t)(0x80 | (c & 0x3F));
    utf8[0] = (uint8_t)(n == 1 ? c : c | (0xF00u >> n & 0xF0u));
    put(out, utf8, n);
}

static void put_text(const oracle *o, yata_id text, yata_buffer *out) {
    uint32_t high = 0;
    put(out, "\"", 1);
    for (uint32_t i = first(o, text, 0); i != ORACLE_NONE; i = o->nodes[i].right) {
        if (o->nodes[i].deleted) continue;
        uint32_t unit = (uint32_t)o->nodes[i].entry.content.number;
        if ((unit & 0xFC00) == 0xD800)
            high = unit;
        else
            put_code(out, (unit & 0xFC00) == 0xDC00 ? 0x10000 + ((high & 0x3FF) << 10) + (unit & 0x3FF) : unit);
    }
    put(out, "\"", 1);
}

static void put_value(const oracle *o, const oracle_entry *e, yata_buffer *out) {
    char digits[16];
    if (e->content.what == ORACLE_NUMBER)
        put(out, digits, (size_t)snprintf(digits, sizeof digits, "%d", e->content.number));
    else
        oracle_json(o, e->id, e->content.what, out);
}

/* Recursion: as deep as types nest, which the tests decide. */
void oracle_json(const oracle *o, yata_id type, oracle_what what, yata_buffer *out) {
    bool some = false;
    if (what == ORACLE_TEXT) {
        put_text(o, type, out);
        return;
    }
    put(out, what == ORACLE_ARRAY ? "[" : "{", 1);
    if (what == ORACLE_ARRAY) {
        for (uint32_t i = first(o, type, 0); i != ORACLE_NONE; i = o->nodes[i].right) {
            if (o->nodes[i].deleted) continue;
            if (some) put(out, ",", 1);
            some = true;
            put_value(o, &o->nodes[i].entry, out);
        }
    } else {
        for (int key = 1; key < 128; key++) {
            uint32_t value = last(o, type, (char)key);
            if (value == ORACLE_NONE || o->nodes[value].deleted) continue;
            char name[6];
            put(out, name, (size_t)snprintf(name, sizeof name, "%s\"%c\":", some ? "," : "", key));
            some = true;
            put_value(o, &o->nodes[value].entry, out);
        }
    }
    put(out, what == ORACLE_ARRAY ? "]" : "}", 1);
}
