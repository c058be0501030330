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
    bool collects;
    node *nodes; /* in order of integration */
    uint32_t count, room;
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
static void *grown(void *list, uint32_t count, uint32_t *room, size_t size) {
    if (count < *room) return list;
    *room = count ? count * 2 : 8;
    list = realloc(list, *room * size);
    REQUIRE(list);
    return list;
}

static void add_entry(oracle_message *m, const oracle_entry *entry) {
    m->entries = grown(m->entries, m->entry_count, &m->entry_room, sizeof *m->entries);
    m->entries[m->entry_count++] = *entry;
}

static void add_deleted(oracle_message *m, yata_id id) {
    m->deleted = grown(m->deleted, m->deleted_count, &m->deleted_room, sizeof *m->deleted);
    m->deleted[m->deleted_count++] = id;
}

void oracle_message_free(oracle_message *message) {
    free(message->entries);
    free(message->deleted);
    *message = (oracle_message){0};
}

oracle *oracle_new(uint64_t client, bool collects) {
    oracle *o = calloc(1, sizeof *o);
    REQUIRE(o);
    o->client = client;
    o->collects = collects;
    return o;
}

void oracle_free(oracle *o) {
    oracle_message_free(&o->waiting);
    oracle_message_free(&o->news);
    free(o->nodes);
    free(o);
}

/* ---- sequences: the content of a text or array, or all values a key ever had ---- */

/* An end of a sequence: the entry without a neighbour on that side. */
static uint32_t end_of(const oracle *o, yata_id parent, char key, bool right) {
    for (uint32_t i = 0; i < o->count; i++) {
        const node *n = &o->nodes[i];
        if (same(n->entry.parent, parent) && n->entry.key == key && (right ? n->right : n->left) == ORACLE_NONE)
            return i;
    }
    return ORACLE_NONE;
}
static uint32_t first(const oracle *o, yata_id parent, char key) {
    return end_of(o, parent, key, false);
}
static uint32_t last(const oracle *o, yata_id parent, char key) {
    return end_of(o, parent, key, true);
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

static bool same_side(bool has_a, yata_id a, bool has_b, yata_id b) {
    return has_a == has_b && (!has_a || same(a, b));
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
        if (same_side(n->entry.has_origin, n->entry.origin, e->has_origin, e->origin)) {
            if (n->entry.id.client < e->id.client) {
                left = other; /* same wish: the smaller client goes first */
                forget_conflicts(o);
            } else if (same_side(n->entry.has_right, n->entry.right, e->has_right, e->right)) {
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

/* Deletes an entry and what is inside; told: where the ids go, or NULL. Recursion: as deep as types nest. */
static void kill(oracle *o, uint32_t i, oracle_message *told) {
    if (o->nodes[i].deleted) return;
    o->nodes[i].deleted = true;
    if (told) add_deleted(told, o->nodes[i].entry.id);
    for (uint32_t child = 0; child < o->count; child++)
        if (same(o->nodes[child].entry.parent, o->nodes[i].entry.id)) kill(o, child, told);
}

static bool is_collected(const oracle *o, bool named, yata_id id) {
    uint32_t i = named ? find(o, id) : ORACLE_NONE;
    return i != ORACLE_NONE && o->nodes[i].entry.collected;
}

static void integrate(oracle *o, const oracle_entry *e, oracle_message *told) {
    uint32_t owner = find(o, e->parent), left = ORACLE_NONE, right = ORACLE_NONE, self = o->count;
    o->nodes = grown(o->nodes, o->count, &o->room, sizeof *o->nodes);
    if (e->collected || (owner != ORACLE_NONE && (o->nodes[owner].entry.emptied || o->nodes[owner].entry.collected)) ||
        is_collected(o, e->has_origin, e->origin) || is_collected(o, e->has_right, e->right)) {
        o->nodes[o->count++] =
            (node){{.id = e->id, .parent = {ORACLE_ROOT, ORACLE_NONE}, .collected = true}, left, right, true, 0, 0};
        return;
    }
    if (e->has_origin) cut_before(o, find(o, (yata_id){e->origin.client, e->origin.clock + 1}));
    if (e->has_right) cut_before(o, find(o, e->right));
    left = place(o, e);
    right = left != ORACLE_NONE ? o->nodes[left].right : first(o, e->parent, e->key);
    o->nodes[o->count++] = (node){.entry = *e, .left = left, .right = right};
    if (left != ORACLE_NONE) o->nodes[left].right = self;
    if (right != ORACLE_NONE) o->nodes[right].left = self;
    if (e->key && right == ORACLE_NONE && left != ORACLE_NONE) kill(o, left, told); /* the last is the value of a key */
    if ((e->key && right != ORACLE_NONE) || (owner != ORACLE_NONE && o->nodes[owner].deleted)) kill(o, self, told);
}

/* The end of a transaction. Whoever collects keeps of deleted entries where they were, of what is in them nothing. */
static void collect(oracle *o) {
    for (uint32_t i = 0; o->collects && i < o->count; i++) {
        node *n = &o->nodes[i];
        uint32_t owner = find(o, n->entry.parent);
        n->entry.emptied |= n->deleted;
        n->entry.collected |= owner != ORACLE_NONE && o->nodes[owner].deleted;
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

void oracle_delete(oracle *o, yata_id sequence, uint32_t index, uint32_t len) {
    for (uint32_t i = at(o, sequence, index); len > 0; i = o->nodes[i].right) {
        REQUIRE(i != ORACLE_NONE);
        if (o->nodes[i].deleted) continue;
        kill(o, i, &o->news);
        len--;
    }
    cut_half_deleted(o);
}

bool oracle_map_delete(oracle *o, yata_id map, char key) {
    uint32_t value = last(o, map, key);
    if (value == ORACLE_NONE || o->nodes[value].deleted) return false;
    kill(o, value, &o->news);
    return true;
}

/* ---- local changes ---- */
/* A new entry between two neighbours. */
static yata_id insert_between(oracle *o, yata_id parent, char key, uint32_t left, uint32_t right,
                              oracle_content content) {
    oracle_entry e = {.id = {o->client, next_clock(o, o->client)}, .parent = parent, .key = key, .content = content};
    if (left != ORACLE_NONE) e.has_origin = true, e.origin = o->nodes[left].entry.id;
    if (right != ORACLE_NONE) e.has_right = true, e.right = o->nodes[right].entry.id;
    integrate(o, &e, &o->news);
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
    return insert_between(o, map, key, last(o, map, key), ORACLE_NONE, content);
}

/* ---- exchange ---- */
oracle_message oracle_take(oracle *o) {
    oracle_message news = o->news;
    o->news = (oracle_message){0};
    collect(o);
    for (uint32_t i = 0; i < news.entry_count; i++) news.entries[i] = o->nodes[find(o, news.entries[i].id)].entry;
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
    return next_clock(o, e->id.client) == e->id.clock &&
           (e->collected ||
            (known(o, e->parent) && (!e->has_origin || known(o, e->origin)) && (!e->has_right || known(o, e->right))));
}

static int by_id(const void *a, const void *b) {
    const yata_id *x = a, *y = b; /* the first member of an entry */
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
                integrate(o, &w->entries[i], NULL);
                progress = true;
            } else {
                w->entries[kept++] = w->entries[i];
            }
        }
        w->entry_count = kept;
    }
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
            kill(o, n, NULL);
        else
            w->deleted[kept++] = w->deleted[i];
    }
    w->deleted_count = kept;
    cut_half_deleted(o);
    collect(o);
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
