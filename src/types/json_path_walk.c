/* SPDX-License-Identifier: MIT */
/*
 * json_path_walk.c - going through a document along a path (spec/json-path.md, "Walk").
 *
 * A frame is a place of the walk: what it stands at and which step comes next. Steps with one result change the frame;
 * steps with several give it a source, and each value that the source yields opens a frame above it. Below ".." a frame
 * that does not match tries its children instead. The frames are a stack of the walk, not of the program.
 */
#include "doc/branch.h"
#include "doc/content.h"
#include "types/json_path.h"
#include "types/map.h"
#include "types/sequence.h"
#include "wire/any.h"

#include <yata/value.h>

typedef enum source_kind {
    NO_SOURCE,
    ROOTS,    /* next: root */
    MEMBERS,  /* of a plain array or object */
    ELEMENTS, /* of a list: item, offset */
    ENTRIES,  /* of a map: next entry */
    SEVERAL   /* next: of the names or numbers of the step */
} source_kind;

typedef struct frame {
    yata_value current; /* UNDEFINED with `at_doc`: the document */
    uint32_t step;
    bool at_doc, descending;
    source_kind source;
    const yt_branch *branch;  /* ELEMENTS, ENTRIES */
    uint32_t next, offset;    /* ROOTS, ENTRIES, SEVERAL: number; ELEMENTS: item and place in it */
    yata_value_iter members;  /* MEMBERS */
    uint32_t skip, left, gap; /* elements to pass first, to look at, to pass after each */
} frame;

struct yata_json_path_walk {
    yt_mem mem;
    const yata_json_path *path;
    const yata_doc *doc;
    yata_status status;
    bool done;
    YT_VEC(frame) frames;
};

/* ------------------------------------------------------------------------
 * Looking into a value
 */
static yt_branch *branch_of(const frame *f) {
    yt_branch *branch;
    if (f->at_doc || f->current.kind != YATA_VALUE_TYPE || yt_branch_resolve(f->current.u.type, &branch)) return NULL;
    return branch;
}

static bool is_kind(const yt_branch *branch, yata_kind a, yata_kind b, yata_kind c) {
    return branch && (branch->kind == a || branch->kind == b || branch->kind == c);
}

static bool is_list(const yt_branch *branch) {
    return is_kind(branch, YATA_KIND_ARRAY, YATA_KIND_XML_ELEMENT, YATA_KIND_XML_FRAGMENT);
}

static bool has_keys(const yt_branch *branch) {
    return is_kind(branch, YATA_KIND_MAP, YATA_KIND_XML_ELEMENT, YATA_KIND_XML_TEXT) ||
           is_kind(branch, YATA_KIND_XML_HOOK, YATA_KIND_UNTYPED, YATA_KIND_UNTYPED);
}

/* Begins to walk a checked array or object of the document. */
static void open_members(const yata_value *value, yata_value_iter *out) {
    yt_reader r;
    yt_reader_init(&r, value->u.any.data + 1, value->u.any.len - 1);
    *out = (yata_value_iter){.left = (uint32_t)yt_read_var_uint(&r), .object = value->kind == YATA_VALUE_OBJECT};
    out->pos = r.pos;
    out->end = r.end;
}

static yata_value type_value(const yata_doc *doc, const yt_branch *branch) {
    yata_value value = {.kind = YATA_VALUE_TYPE};
    value.u.type = yt_branch_handle(doc, branch);
    return value;
}

/* What a map shows of an entry. */
static void entry_value(const yata_doc *doc, yt_ref ref, yata_value *out) {
    const yt_item *it = yt_at(doc, ref);
    yt_content_value(doc, it, it->content == YT_STRING ? 0 : it->len - 1, out);
}

static bool get_member(const yata_doc *doc, const frame *f, yata_str name, yata_value *out) {
    if (f->at_doc) {
        const yt_branch *root = yt_root_find(doc, name);
        if (root) *out = type_value(doc, root);
        return root != NULL;
    }
    if (f->current.kind == YATA_VALUE_OBJECT) {
        yata_value_iter it;
        yata_str key;
        open_members(&f->current, &it);
        while (yata_value_iter_next(&it, &key, out))
            if (key.len == name.len && (!key.len || !memcmp(key.data, name.data, key.len))) return true;
        return false;
    }
    const yt_branch *branch = branch_of(f);
    yt_ref ref = has_keys(branch) ? yt_map_find(doc, branch, name) : 0;
    if (ref) entry_value(doc, ref, out);
    return ref != 0;
}

static bool get_element(const yata_doc *doc, const frame *f, int64_t index, yata_value *out) {
    yt_branch *branch = branch_of(f);
    if (f->current.kind == YATA_VALUE_ARRAY && !f->at_doc) {
        yata_value_iter it;
        open_members(&f->current, &it);
        if (index < 0) index += it.left;
        if (index < 0 || index >= it.left) return false;
        while (yata_value_iter_next(&it, NULL, out) && index) index--;
        return true;
    }
    if (!is_list(branch) && !is_kind(branch, YATA_KIND_UNTYPED, YATA_KIND_UNTYPED, YATA_KIND_UNTYPED)) return false;
    yt_seq_pos pos;
    if (index < 0) index += branch->len;
    if (index < 0 || index >= branch->len || yt_sequence_find(f->current.u.type.doc, branch, (uint32_t)index + 1, &pos))
        return false;
    yt_content_element(doc, yt_at(doc, pos.item), pos.offset - 1, out);
    return true;
}

/* ------------------------------------------------------------------------
 * Sources
 */

/* All that is in the frame's value; false: it is no container. */
static bool open_all(frame *f) {
    const yt_branch *branch = branch_of(f);
    f->next = f->offset = f->skip = f->gap = 0;
    f->left = UINT32_MAX;
    f->branch = branch;
    if (f->at_doc) {
        f->source = ROOTS;
    } else if (f->current.kind == YATA_VALUE_ARRAY || f->current.kind == YATA_VALUE_OBJECT) {
        f->source = MEMBERS;
        open_members(&f->current, &f->members);
    } else if (is_list(branch) || (branch && branch->kind == YATA_KIND_UNTYPED && branch->first)) {
        f->source = ELEMENTS;
        f->next = branch->first;
    } else if (is_kind(branch, YATA_KIND_MAP, YATA_KIND_XML_HOOK, YATA_KIND_UNTYPED)) {
        f->source = ENTRIES;
    }
    return f->source != NO_SOURCE;
}

static bool open_range(frame *f, const int64_t *numbers) {
    if (f->at_doc || f->current.kind == YATA_VALUE_OBJECT) return false;
    const yt_branch *branch = branch_of(f);
    if (f->current.kind != YATA_VALUE_ARRAY && !is_list(branch)) return false;
    open_all(f);
    f->skip = (uint32_t)numbers[0];
    if (numbers[1] >= numbers[0]) f->left = (uint32_t)(numbers[1] - numbers[0]); /* else without end, as in yrs */
    f->gap = (uint32_t)(numbers[2] - 1);
    return true;
}

/* Can single names (or numbers) be asked of the frame's value? */
static bool takes_names(const frame *f) {
    return f->at_doc || f->current.kind == YATA_VALUE_OBJECT || has_keys(branch_of(f));
}

static bool takes_numbers(const frame *f) {
    const yt_branch *branch = branch_of(f);
    return !f->at_doc && (f->current.kind == YATA_VALUE_ARRAY || is_list(branch) ||
                          is_kind(branch, YATA_KIND_UNTYPED, YATA_KIND_UNTYPED, YATA_KIND_UNTYPED));
}

/* Elements are not copied before it is known that they are wanted. */
static bool next_element(const yata_doc *doc, frame *f, yata_value *out) {
    for (; f->next; f->next = yt_at(doc, f->next)->right, f->offset = 0) {
        const yt_item *it = yt_at(doc, f->next);
        if (!yt_is_visible(it)) continue;
        uint32_t rest = it->len - f->offset, pass = f->skip < rest ? f->skip : rest;
        f->skip -= pass;
        f->offset += pass;
        if (f->offset == it->len) continue;
        yt_content_element(doc, it, f->offset++, out);
        return true;
    }
    return false;
}

static bool next_member(frame *f, yata_value *out) {
    for (; f->skip; f->skip--)
        if (!yata_value_iter_next(&f->members, NULL, out)) return false;
    return yata_value_iter_next(&f->members, NULL, out);
}

static bool next_entry(const yata_doc *doc, frame *f, yata_value *out) {
    while (f->next < f->branch->entries.len) {
        yt_ref ref = f->branch->entries.data[f->next++].item;
        if (yt_is_deleted(yt_at(doc, ref))) continue;
        entry_value(doc, ref, out);
        return true;
    }
    return false;
}

/* The next of the names or numbers of the step before that there is. */
static bool next_of_several(const yata_json_path_walk *walk, frame *f, yata_value *out) {
    const yt_path_step *step = &walk->path->steps.data[f->step - 1];
    while (f->next < step->count) {
        uint32_t i = step->first + f->next++;
        if (step->kind == YT_STEP_MEMBERS ? get_member(walk->doc, f, walk->path->names.data[i], out)
                                          : get_element(walk->doc, f, walk->path->numbers.data[i], out))
            return true;
    }
    return false;
}

static bool next_value(const yata_json_path_walk *walk, frame *f, yata_value *out) {
    const yata_doc *doc = walk->doc;
    if (f->source == SEVERAL) return next_of_several(walk, f, out);
    if (f->source == ENTRIES) return next_entry(doc, f, out);
    if (f->source == ROOTS) {
        if (f->next == doc->roots.len) return false;
        *out = type_value(doc, yt_branch_at(doc, doc->roots.data[f->next++]));
        return true;
    }
    if (!f->left) return false;
    bool found = f->source == MEMBERS ? next_member(f, out) : next_element(doc, f, out);
    if (f->left != UINT32_MAX) f->left -= f->gap < f->left ? f->gap + 1 : f->left;
    f->skip = f->gap;
    return found;
}

/* ------------------------------------------------------------------------
 * The walk
 */
typedef enum outcome { MATCHED, OPENED, MISSED } outcome;

/* Takes the steps of the top frame, until it has all or needs others. */
static outcome take_steps(const yata_json_path_walk *walk, frame *f) {
    const yata_json_path *path = walk->path;
    while (f->step < path->steps.len) {
        const yt_path_step *step = &path->steps.data[f->step++];
        yata_value value;
        bool opened = false, found = false;
        switch (step->kind) {
        case YT_STEP_ROOT:
            f->at_doc = true;
            continue;
        case YT_STEP_HERE:
            continue;
        case YT_STEP_MEMBER:
            found = get_member(walk->doc, f, path->names.data[step->first], &value);
            break;
        case YT_STEP_INDEX:
            found = get_element(walk->doc, f, path->numbers.data[step->first], &value);
            break;
        case YT_STEP_DESCEND:
        case YT_STEP_ALL:
            opened = open_all(f);
            f->descending |= opened && step->kind == YT_STEP_DESCEND;
            break;
        case YT_STEP_RANGE:
            opened = open_range(f, path->numbers.data + step->first);
            break;
        default:
            opened = step->kind == YT_STEP_MEMBERS ? takes_names(f) : takes_numbers(f);
            f->next = 0;
            if (opened) f->source = SEVERAL;
        }
        if (opened) return OPENED;
        if (!found) return MISSED;
        f->current = value;
        f->at_doc = false;
    }
    return MATCHED;
}

static bool push(yata_json_path_walk *walk, frame f) {
    if (!yt_vec_reserve(&walk->mem, &walk->frames, 1)) {
        walk->status = YATA_ERR_MEMORY;
        walk->done = true;
        return false;
    }
    yt_vec_put(&walk->frames, f);
    return true;
}

bool yata_json_path_next(yata_json_path_walk *walk, yata_value *out) {
    if (!walk || !out) return false;
    while (!walk->done && walk->frames.len) {
        frame *f = &walk->frames.data[walk->frames.len - 1];
        yata_value value;
        if (f->source != NO_SOURCE) {
            if (!next_value(walk, f, &value)) {
                walk->frames.len--;
                continue;
            }
            if (!push(walk, (frame){.current = value, .step = f->step, .descending = f->descending})) break;
            f = &walk->frames.data[walk->frames.len - 1];
        } else if (f->step == walk->path->steps.len) { /* its result was given */
            walk->frames.len--;
            continue;
        }
        outcome result = take_steps(walk, f);
        if (result == MATCHED) {
            walk->done = f->at_doc;
            *out = f->current;
            return !walk->done;
        }
        if (result == OPENED) continue;
        if (f->descending && open_all(f))
            f->step--; /* the step that failed is tried further down */
        else
            walk->frames.len--;
    }
    walk->done = true;
    return false;
}

yata_status yata_json_path_select(const yata_json_path *path, const yata_doc *doc, const yata_value *start,
                                  yata_json_path_walk **out) {
    if (!path || !doc || !out) return YATA_ERR_ARGUMENT;
    *out = NULL;
    if (start && start->kind == YATA_VALUE_TYPE && start->u.type.doc != doc) return YATA_ERR_ARGUMENT;
    if (start && (start->kind == YATA_VALUE_ARRAY || start->kind == YATA_VALUE_OBJECT)) {
        yata_value_iter it; /* a caller's bytes are checked, once */
        yata_status status = yata_value_iter_init(&it, start);
        if (status) return status;
    }
    yt_mem mem;
    yt_mem_init(&mem, &path->mem.allocator);
    yata_json_path_walk *walk = yt_calloc(&mem, sizeof *walk);
    if (!walk) return YATA_ERR_MEMORY;
    walk->mem = mem;
    walk->path = path;
    walk->doc = doc;
    frame f = {.at_doc = !start};
    if (start) f.current = *start;
    if (!push(walk, f)) {
        yata_json_path_end(walk);
        return YATA_ERR_MEMORY;
    }
    *out = walk;
    return YATA_OK;
}

yata_status yata_json_path_status(const yata_json_path_walk *walk) {
    return walk ? walk->status : YATA_ERR_ARGUMENT;
}

void yata_json_path_end(yata_json_path_walk *walk) {
    if (!walk) return;
    yt_vec_free(&walk->mem, &walk->frames);
    yt_mem mem = walk->mem;
    yt_free(&mem, walk, sizeof *walk);
}
