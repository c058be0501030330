/* SPDX-License-Identifier: MIT */
/*
 * youtput.c - values on their way out: cells of YOutput, and their readers.
 *
 * A cell with everything in it is one arena (ymemory.c). Arrays and objects are copied level by level with a stack of
 * our own, whose depth the core bounds.
 */
#include "yffi/handles.h"
#include "yffi/vector.h"

/* ------------------------------------------------------------------------
 * Filling
 */

/* An array or object that is being copied. */
typedef struct copying {
    yata_value_iter it;
    YOutput *cells;     /* of an array */
    YMapEntry *members; /* of an object */
    uint32_t at;
} copying;

static void number(const yata_value *value, YOutput *cell) {
    bool integer = value->kind == YATA_VALUE_BIGINT ||
                   (YFFI_ABI >= 28 && value->kind == YATA_VALUE_INT && !value->u.typed.is_float);
    cell->tag = integer ? Y_JSON_INT : Y_JSON_NUM;
    cell->len = 1;
    if (integer)
        cell->value.integer = value->u.integer;
    else
        cell->value.num = value->kind == YATA_VALUE_FLOAT ? value->u.number : (double)value->u.integer;
}

static void plain(yr_arena *arena, const yata_value *value, YOutput *cell) {
    cell->len = 1;
    switch (value->kind) {
    case YATA_VALUE_NULL:
        *cell = (YOutput){.tag = Y_JSON_NULL, .len = 0};
        break;
    case YATA_VALUE_BOOL:
        cell->tag = Y_JSON_BOOL;
        cell->value.flag = value->u.boolean ? Y_TRUE : Y_FALSE;
        break;
    case YATA_VALUE_INT:
    case YATA_VALUE_FLOAT:
    case YATA_VALUE_BIGINT:
        number(value, cell);
        break;
    case YATA_VALUE_STRING:
        cell->tag = Y_JSON_STR;
        cell->len = (uint32_t)value->u.string.len;
        cell->value.str = yr_arena_string(arena, value->u.string);
        break;
    case YATA_VALUE_BINARY:
        cell->tag = Y_JSON_BUF;
        cell->len = (uint32_t)value->u.binary.len;
        cell->value.buf = yr_arena_string(arena, (yata_str){(const char *)value->u.binary.data, value->u.binary.len});
        break;
    default:
        *cell = (YOutput){.tag = Y_JSON_UNDEF, .len = 0};
    }
}

/* Starts on an array or object: its cell, and what is to be filled. */
static void open_value(yr_arena *arena, const yata_value *value, YOutput *cell, copying *c) {
    uint32_t n = yata_value_count(value);
    *c = (copying){.at = 0};
    cell->len = n;
    if (value->kind == YATA_VALUE_ARRAY) {
        cell->tag = Y_JSON_ARR;
        cell->value.array = c->cells = n ? yr_arena_get(arena, n * sizeof *c->cells) : NULL;
    } else {
        cell->tag = Y_JSON_MAP;
        cell->value.map = c->members = n ? yr_arena_get(arena, n * sizeof *c->members) : NULL;
    }
    if (yata_value_iter_init(&c->it, value)) arena->failed = true;
}

/* The cell for the next value of `c`; NULL: no more, or no memory. */
static YOutput *next_cell(yr_arena *arena, copying *c, yata_value *value) {
    yata_str key;
    if (arena->failed || !yata_value_iter_next(&c->it, &key, value)) return NULL;
    uint32_t at = c->at++;
    if (c->cells) return &c->cells[at];
    YOutput *cell = yr_arena_get(arena, sizeof *cell);
    c->members[at].key = yr_arena_string(arena, key);
    c->members[at].value = cell;
    return cell;
}

static void nested(yr_arena *arena, const yata_value *value, YOutput *cell) {
    YR_VECTOR(copying) stack = {NULL, 0, 0};
    yata_value inner;
    if (!yr_vector_reserve(&stack)) {
        arena->failed = true;
        return;
    }
    open_value(arena, value, cell, &stack.data[stack.len++]);
    while (stack.len && !arena->failed) {
        YOutput *next = next_cell(arena, &stack.data[stack.len - 1], &inner);
        if (!next) {
            stack.len--;
        } else if (inner.kind != YATA_VALUE_ARRAY && inner.kind != YATA_VALUE_OBJECT) {
            plain(arena, &inner, next);
        } else if (yr_vector_reserve(&stack)) {
            open_value(arena, &inner, next, &stack.data[stack.len++]);
        } else {
            arena->failed = true;
        }
    }
    free(stack.data);
}

static void subdocument(yr_arena *arena, YDoc *doc, const yata_value *value, const yr_source *source, YOutput *cell) {
    yata_subdoc instance;
    YDoc *found = NULL;
    yata_status status = YATA_ERR_NOT_FOUND;
    pthread_mutex_lock(&doc->naming);
    if (source)
        status = source->keyed ? yata_map_get_doc(source->type, source->key, &instance)
                               : yata_array_get_doc(source->type, source->index, &instance);
    found = status ? yr_subdoc_by_guid(doc, value->u.string) : yr_subdoc_of(doc, instance);
    pthread_mutex_unlock(&doc->naming);
    *cell = (YOutput){.tag = found ? Y_DOC : Y_JSON_UNDEF, .len = found ? 1 : 0, .value = {.y_doc = found}};
    if (found) yr_arena_hold(arena, found);
}

static void shared(yr_arena *arena, Branch *branch, YOutput *cell) {
    if (branch)
        *cell = (YOutput){.tag = yr_branch_tag(branch), .len = 1, .value = {.y_type = branch}};
    else
        arena->failed = true;
}

void yr_output(yr_arena *arena, YDoc *doc, const yata_value *value, const yr_source *source, YOutput *cell) {
    if (arena->failed) return;
    switch (value->kind) {
    case YATA_VALUE_ARRAY:
    case YATA_VALUE_OBJECT:
        nested(arena, value, cell);
        break;
    case YATA_VALUE_TYPE:
        shared(arena, yr_branch(doc, value->u.type), cell);
        break;
    case YATA_VALUE_DOC:
        subdocument(arena, doc, value, source, cell);
        break;
    default:
        plain(arena, value, cell);
    }
}

YOutput *yr_output_new(YDoc *doc, const yata_value *value, const yr_source *source) {
    yr_arena arena;
    bool short_way = value->kind == YATA_VALUE_INT || value->kind == YATA_VALUE_FLOAT;
    YOutput *cell = yr_arena_begin(&arena, sizeof *cell, short_way ? 0 : yr_output_room(value));
    if (cell && short_way) {
        number(value, cell);
        return cell;
    }
    yr_output(&arena, doc, value, source, cell);
    return yr_arena_end(&arena, cell);
}

YOutput *yr_output_branch(Branch *branch) {
    yr_arena arena;
    YOutput *cell = branch ? yr_arena_begin(&arena, sizeof *cell, 0) : NULL;
    if (cell) shared(&arena, branch, cell);
    return cell;
}

YMapEntry *yr_output_members(yr_arena *arena, YDoc *doc, const yata_value *object, uint32_t *count) {
    YOutput cell;
    *count = 0;
    if (object->kind != YATA_VALUE_OBJECT || arena->failed) return NULL;
    yr_output(arena, doc, object, NULL, &cell);
    if (arena->failed) return NULL;
    *count = cell.len;
    return cell.value.map;
}

/* ------------------------------------------------------------------------
 * Reading
 */
static bool holds(const YOutput *val, int8_t tag) {
    return val && val->tag == tag;
}

YDoc *youtput_read_ydoc(const YOutput *val) {
    return holds(val, Y_DOC) ? val->value.y_doc : NULL;
}
const uint8_t *youtput_read_bool(const YOutput *val) {
    return holds(val, Y_JSON_BOOL) ? &val->value.flag : NULL;
}
const double *youtput_read_float(const YOutput *val) {
    return holds(val, Y_JSON_NUM) ? &val->value.num : NULL;
}
const int64_t *youtput_read_long(const YOutput *val) {
    return holds(val, Y_JSON_INT) ? &val->value.integer : NULL;
}
char *youtput_read_string(const YOutput *val) {
    return holds(val, Y_JSON_STR) ? val->value.str : NULL;
}
const char *youtput_read_binary(const YOutput *val) {
    return holds(val, Y_JSON_BUF) ? val->value.buf : NULL;
}
YOutput *youtput_read_json_array(const YOutput *val) {
    return holds(val, Y_JSON_ARR) ? val->value.array : NULL;
}
YMapEntry *youtput_read_json_map(const YOutput *val) {
    return holds(val, Y_JSON_MAP) ? val->value.map : NULL;
}
Branch *youtput_read_yarray(const YOutput *val) {
    return holds(val, Y_ARRAY) ? val->value.y_type : NULL;
}
Branch *youtput_read_yxmlelem(const YOutput *val) {
    return holds(val, Y_XML_ELEM) ? val->value.y_type : NULL;
}
Branch *youtput_read_ymap(const YOutput *val) {
    return holds(val, Y_MAP) ? val->value.y_type : NULL;
}
Branch *youtput_read_ytext(const YOutput *val) {
    return holds(val, Y_TEXT) ? val->value.y_type : NULL;
}
Branch *youtput_read_yxmltext(const YOutput *val) {
    return holds(val, Y_XML_TEXT) ? val->value.y_type : NULL;
}
Branch *youtput_read_yweak(const YOutput *val) {
    return holds(val, Y_WEAK_LINK) ? val->value.y_type : NULL;
}
