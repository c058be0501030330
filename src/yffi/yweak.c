/* SPDX-License-Identifier: MIT */
/*
 * yweak.c - weak links: references to map entries, and quotes of ranges.
 *
 * A Weak is a link that was made and may be inserted. In yffi inserting takes it away from the caller, and a second
 * insertion is a use after free. Here it stays good: one that was inserted is released with its document at the latest,
 * one that was not by yweak_destroy, also after the document.
 */
#include "yffi/handles.h"

struct LinkSource {
    struct LinkSource *next, **at; /* of the document; at NULL: that has ended */
    YDoc *doc;
    bool inserted;
    yata_link link;
    char names[]; /* of roots, which the link views */
};

struct YWeakIter {
    YDoc *doc; /* a reference */
    yata_link_iter it;
    bool is_text; /* what is quoted: its characters come one by one */
    yata_str run; /* those that are left of a run */
};

/* ------------------------------------------------------------------------
 * Making and releasing
 */
static void unlink_weak(Weak *weak) {
    if (!weak->at) return;
    *weak->at = weak->next;
    if (weak->next) weak->next->at = weak->at;
    weak->at = NULL;
}

static void link_weak(YDoc *doc, Weak *weak) {
    weak->doc = doc;
    weak->next = doc->links;
    weak->at = &doc->links;
    if (weak->next) weak->next->at = &weak->next;
    doc->links = weak;
}

static char *move_name(yata_link_end *end, char *to) {
    size_t len = end->root.data ? end->root.len : 0;
    if (!end->root.data) return to;
    if (len) memcpy(to, end->root.data, len);
    end->root.data = to;
    return to + len + 1;
}

static const Weak *make(YDoc *doc, const yata_link *link) {
    Weak *weak = calloc(1, sizeof *weak + link->start.root.len + link->end.root.len + 2);
    if (!weak) return NULL;
    weak->link = *link;
    (void)move_name(&weak->link.end, move_name(&weak->link.start, weak->names));
    yr_guard_take(&doc->guard);
    link_weak(doc, weak);
    yr_guard_give(&doc->guard);
    return weak;
}

void yweak_destroy(const Weak *weak) {
    Weak *mine = (Weak *)(uintptr_t)weak;
    if (!mine) return;
    YDoc *doc = mine->at ? mine->doc : NULL;
    if (doc) yr_guard_take(&doc->guard);
    unlink_weak(mine);
    if (doc) yr_guard_give(&doc->guard);
    free(mine);
}

void yr_links_free(YDoc *doc) {
    while (doc->links) {
        Weak *weak = doc->links;
        unlink_weak(weak);
        if (weak->inserted) free(weak);
    }
}

/* ------------------------------------------------------------------------
 * Inserting
 */
static bool end_known(const yata_link_end *end, yata_bytes state) {
    yata_state_vector_iter it;
    yata_id id;
    if (end->open && end->root.data) return true;
    if (yata_state_vector_iter_init(&it, state)) return false;
    while (yata_state_vector_iter_next(&it, &id))
        if (id.client == end->id.client) return end->id.clock < id.clock;
    return false;
}

/* What was made in a document is there. */
bool yr_link_known(const YDoc *doc, const Weak *weak) {
    yata_buffer state;
    if (weak->at && weak->doc == doc) return true;
    yata_buffer_init(&state, &yr_allocator);
    bool known = !yata_doc_encode_state_vector(doc->core, &state);
    yata_bytes vector = {state.data, state.len};
    known = known && end_known(&weak->link.start, vector) && end_known(&weak->link.end, vector);
    yata_buffer_free(&state);
    return known;
}

const yata_link *yr_link_take(YDoc *doc, const Weak *weak) {
    Weak *mine = (Weak *)(uintptr_t)weak;
    yr_guard_take(&doc->guard);
    if (!mine->at) link_weak(doc, mine);
    yr_guard_give(&doc->guard);
    mine->inserted = true;
    return &mine->link;
}

YInput yinput_weak(const Weak *weak) {
    return (YInput){.tag = Y_WEAK_LINK, .len = 1, .value = {.weak = weak}};
}

/* ------------------------------------------------------------------------
 * Links to entries, quotes
 */
const Weak *ymap_link(const Branch *map, const YTransaction *txn, const char *key) {
    yata_link link;
    if (!map || !yr_reads(txn) || !key || yata_map_link(map->type, yr_str(key), &link)) return NULL;
    return make(map->doc, &link);
}

/* The character of a text that unit `index` belongs to. A quote goes by whole characters, whatever unit of one a caller
 * names: it begins at the first unit, and ends behind the last. */
typedef struct character {
    uint32_t index; /* of its first unit */
    uint32_t last;  /* clocks from the first to the last unit */
} character;

static bool find_character(yata_type text, uint32_t index, character *out) {
    uint32_t len, end = index + 1, first = index, again = index;
    if (yata_text_length(text, &len) || index >= len || yata_text_round_up(text, &end)) return false;
    while (!yata_text_round_up(text, &again) && again != first && first) again = --first;
    out->index = first;
    bool utf16 = yata_doc_offset_unit(text.doc) == YATA_OFFSET_UTF16;
    out->last = end - first == (utf16 ? 2 : 4);
    return true;
}

static uint32_t first_unit(yata_type text, uint32_t index) {
    character found;
    return find_character(text, index, &found) ? found.index : index;
}

/* An end at which the range includes what is before its element's end lies at the last unit of a character. */
static yata_status quote_text(yata_type text, yata_quote *range, yata_link *out) {
    character first = {0, 0}, last = {0, 0};
    if (!range->start_open && range->start_excluded) {
        if (!find_character(text, range->start, &first)) return YATA_ERR_RANGE;
        range->start = first.index;
    } else if (!range->start_open && yata_text_round_up(text, &range->start)) {
        return YATA_ERR_RANGE;
    }
    if (!range->end_open && !range->end_excluded) {
        if (!find_character(text, range->end, &last)) return YATA_ERR_RANGE;
        range->end = last.index;
    } else if (!range->end_open && yata_text_round_up(text, &range->end)) {
        return YATA_ERR_RANGE;
    }
    yata_status status = yata_type_quote(text, range, out);
    if (status) return status;
    out->start.id.clock += first.last;
    out->end.id.clock += last.last;
    return YATA_OK;
}

static const Weak *quote(const Branch *branch, const YTransaction *txn, const uint32_t *start, const uint32_t *end,
                         int8_t start_exclusive, int8_t end_exclusive) {
    yata_link link;
    if (!branch || !yr_reads(txn)) return NULL;
    yata_quote range = {.start = start ? *start : 0,
                        .end = end ? *end : 0,
                        .start_open = !start,
                        .end_open = !end,
                        .start_excluded = start_exclusive != 0,
                        .end_excluded = end_exclusive != 0};
    yata_status status =
        yr_is_text(branch) ? quote_text(branch->type, &range, &link) : yata_type_quote(branch->type, &range, &link);
    return status ? NULL : make(branch->doc, &link);
}

const Weak *ytext_quote(const Branch *text, YTransaction *txn, uint32_t *start_index, uint32_t *end_index,
                        int8_t start_exclusive, int8_t end_exclusive) {
    return quote(text, txn, start_index, end_index, start_exclusive, end_exclusive);
}

const Weak *yarray_quote(const Branch *array, YTransaction *txn, uint32_t *start_index, uint32_t *end_index,
                         int8_t start_exclusive, int8_t end_exclusive) {
    return quote(array, txn, start_index, end_index, start_exclusive, end_exclusive);
}

/* ------------------------------------------------------------------------
 * Reading
 */
static bool link_of(const Branch *branch, const YTransaction *txn, yata_link *out) {
    return branch && yr_reads(txn) && !yata_link_of(branch->type, out);
}

YOutput *yweak_deref(const Branch *map_link, const YTransaction *txn) {
    yata_link link;
    yata_value value;
    if (!link_of(map_link, txn, &link) || yata_link_deref(map_link->doc->core, &link, &value)) return NULL;
    return yr_output_new(map_link->doc, &value, NULL);
}

/* Of a quote that is open on both sides yffi says 0 and 0, and not what it quotes. */
void yweak_read(const Branch *text_link, const YTransaction *txn, Branch **out_branch, uint32_t *out_start_index,
                uint32_t *out_end_index) {
    yata_link link;
    yata_type type;
    uint32_t start = 0, end = 0;
    if (!out_branch || !out_start_index || !out_end_index || !link_of(text_link, txn, &link)) return;
    bool open = link.start.open && link.end.open;
    if (!open) {
        if (yata_link_range(text_link->doc->core, &link, &type, &start, &end)) return;
        Branch *branch = yr_branch(text_link->doc, type);
        if (!branch) return;
        if (yr_is_text(branch)) {
            start = first_unit(type, start);
            end = first_unit(type, end);
        }
        *out_branch = branch;
    }
    *out_start_index = start;
    *out_end_index = end;
}

static bool quotes_text(const YDoc *doc, const yata_link *link) {
    yata_type type;
    uint32_t start, end;
    if (yata_link_range(doc->core, link, &type, &start, &end)) return false;
    int8_t tag = yr_tag(type);
    return tag == Y_TEXT || tag == Y_XML_TEXT;
}

YWeakIter *yweak_iter(const Branch *array_link, const YTransaction *txn) {
    yata_link link;
    YWeakIter *iter = link_of(array_link, txn, &link) ? malloc(sizeof *iter) : NULL;
    if (!iter) return NULL;
    *iter = (YWeakIter){.doc = ydoc_clone(array_link->doc), .is_text = quotes_text(array_link->doc, &link)};
    if (!yata_link_iter_init(&iter->it, iter->doc->core, &link)) return iter;
    yweak_iter_destroy(iter);
    return NULL;
}

/* Bytes of the first character. */
static size_t character_bytes(yata_str text) {
    size_t n = 1;
    while (n < text.len && ((unsigned char)text.data[n] & 0xC0) == 0x80) n++;
    return n;
}

YOutput *yweak_iter_next(YWeakIter *iter) {
    yata_value value = {.kind = YATA_VALUE_STRING};
    if (!iter) return NULL;
    while (!iter->run.len) {
        if (!yata_link_iter_next(&iter->it, &value)) return NULL;
        if (!iter->is_text || value.kind != YATA_VALUE_STRING) return yr_output_new(iter->doc, &value, NULL);
        iter->run = value.u.string;
    }
    size_t n = character_bytes(iter->run);
    value.u.string = (yata_str){iter->run.data, n};
    iter->run.data += n;
    iter->run.len -= n;
    return yr_output_new(iter->doc, &value, NULL);
}

void yweak_iter_destroy(YWeakIter *iter) {
    if (!iter) return;
    ydoc_destroy(iter->doc);
    free(iter);
}

static char *text_of(const Branch *branch, const YTransaction *txn,
                     yata_status (*read)(const yata_doc *, const yata_link *, yata_buffer *)) {
    yata_link link;
    yata_buffer out;
    if (!link_of(branch, txn, &link)) return NULL;
    yata_buffer_init(&out, &yr_allocator);
    return yr_string(&out, read(branch->doc->core, &link, &out));
}

char *yweak_string(const Branch *text_link, const YTransaction *txn) {
    return text_of(text_link, txn, yata_link_read_text);
}

char *yweak_xml_string(const Branch *xml_text_link, const YTransaction *txn) {
    return text_of(xml_text_link, txn, yata_link_read_xml);
}
