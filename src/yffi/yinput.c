/* SPDX-License-Identifier: MIT */
/*
 * yinput.c - values on their way in: the constructors of YInput, and their translation for the core.
 *
 * A YInput is a tree in the memory of the caller. It is walked with a stack of our own. Plain values become one value
 * of the core; shared types are made empty and then filled, one inside the other, in the order in which yffi makes
 * them, since that order shows in the bytes.
 */
#include "yffi/handles.h"
#include "yffi/vector.h"

enum { DEPTH = 512 }; /* of plain values, as in the core */

/* ------------------------------------------------------------------------
 * Constructors
 */
YInput yinput_null(void) {
    return (YInput){.tag = Y_JSON_NULL, .len = 0};
}
YInput yinput_undefined(void) {
    return (YInput){.tag = Y_JSON_UNDEF, .len = 0};
}
YInput yinput_bool(uint8_t flag) {
    return (YInput){.tag = Y_JSON_BOOL, .len = 1, .value = {.flag = flag ? Y_TRUE : Y_FALSE}};
}
YInput yinput_float(double num) {
    return (YInput){.tag = Y_JSON_NUM, .len = 1, .value = {.num = num}};
}
YInput yinput_long(int64_t integer) {
    return (YInput){.tag = Y_JSON_INT, .len = 1, .value = {.integer = integer}};
}
YInput yinput_string(const char *str) {
    return (YInput){.tag = Y_JSON_STR, .len = 1, .value = {.str = (char *)(uintptr_t)str}};
}
YInput yinput_json(const char *str) {
    return (YInput){.tag = Y_JSON, .len = 1, .value = {.str = (char *)(uintptr_t)str}};
}
YInput yinput_binary(const char *buf, uint32_t len) {
    return (YInput){.tag = Y_JSON_BUF, .len = len, .value = {.buf = (char *)(uintptr_t)buf}};
}
YInput yinput_json_array(YInput *values, uint32_t len) {
    return (YInput){.tag = Y_JSON_ARR, .len = len, .value = {.values = values}};
}
YInput yinput_json_map(char **keys, YInput *values, uint32_t len) {
    return (YInput){.tag = Y_JSON_MAP, .len = len, .value = {.map = {keys, values}}};
}
YInput yinput_yarray(YInput *values, uint32_t len) {
    return (YInput){.tag = Y_ARRAY, .len = len, .value = {.values = values}};
}
YInput yinput_ymap(char **keys, YInput *values, uint32_t len) {
    return (YInput){.tag = Y_MAP, .len = len, .value = {.map = {keys, values}}};
}
YInput yinput_ytext(char *str) {
    return (YInput){.tag = Y_TEXT, .len = 1, .value = {.str = str}};
}
YInput yinput_yxmlelem(char *name) {
    return (YInput){.tag = Y_XML_ELEM, .len = 1, .value = {.str = name}};
}
YInput yinput_yxmltext(char *str) {
    return (YInput){.tag = Y_XML_TEXT, .len = 1, .value = {.str = str}};
}
YInput yinput_ydoc(YDoc *doc) {
    return (YInput){.tag = Y_DOC, .len = 1, .value = {.doc = doc}};
}

/* ------------------------------------------------------------------------
 * Numbers
 *
 * yffi 0.27 writes integers of 64 bits as JavaScript's big integers always, 0.28 only where a number would not do.
 * There it is a float beyond 31 bits, and comes back as one; here it stays an integer, up to 53 bits, which everybody
 * reads.
 */
static yata_value integer(int64_t i) {
    yata_value value = {.kind = YATA_VALUE_BIGINT, .u = {.integer = i}};
#if YFFI_ABI >= 28
    if (i >= -INT64_C(0x1FFFFFFFFFFFFF) && i <= INT64_C(0x1FFFFFFFFFFFFF)) value.kind = YATA_VALUE_INT;
#endif
    return value;
}

static yata_value number(double x) {
    return (yata_value){.kind = YATA_VALUE_FLOAT, .u = {.number = x}};
}

/* ------------------------------------------------------------------------
 * JSON
 *
 * The core reads JSON as JavaScript does, where all numbers are doubles. Here integers keep their 64 bits; so the
 * structure is read here, and only scalars are left to the core.
 */
typedef struct json {
    const char *p;
    yr_built *built;
    char open[DEPTH]; /* what is open: '[' or '{' */
    uint32_t depth;
} json;

static char json_peek(json *j) {
    while (*j->p == ' ' || *j->p == '\n' || *j->p == '\r' || *j->p == '\t') j->p++;
    return *j->p;
}

/* The end of the scalar at p. */
static const char *json_scalar_end(const char *p) {
    if (*p != '"') {
        while (*p && *p != ',' && *p != ']' && *p != '}' && *p != ' ' && *p != '\n' && *p != '\r' && *p != '\t') p++;
        return p;
    }
    for (p++; *p && *p != '"'; p++)
        if (*p == '\\' && p[1]) p++;
    return *p ? p + 1 : p;
}

/* Is the literal an integer of 64 bits? */
static bool json_integer(const char *p, const char *end, int64_t *out) {
    bool minus = *p == '-';
    uint64_t i = 0, most = (uint64_t)INT64_MAX + minus;
    if (minus) p++;
    if (p == end || (*p == '0' && end - p > 1)) return false;
    for (; p < end; p++) {
        if (*p < '0' || *p > '9') return false;
        uint64_t digit = (uint64_t)(*p - '0');
        if (i > (most - digit) / 10) return false;
        i = i * 10 + digit;
    }
    *out = minus ? (int64_t)(0 - i) : (int64_t)i;
    return true;
}

static yata_value json_number(int64_t i) {
#if YFFI_ABI >= 28
    return integer(i);
#else
    if (i >= -INT64_C(0x1FFFFFFFFFFFFF) && i <= INT64_C(0x1FFFFFFFFFFFFF)) return number((double)i);
    return integer(i);
#endif
}

static yata_status json_scalar(json *j, yata_value *out) {
    const char *end = json_scalar_end(j->p);
    int64_t i;
    if (json_integer(j->p, end, &i)) {
        *out = json_number(i);
        j->p = end;
        return YATA_OK;
    }
    j->built->scratch.len = 0;
    yata_str text = {j->p, (size_t)(end - j->p)};
    yata_status status = yata_value_from_json(text, &j->built->scratch, out, NULL);
    if (!status && out->kind == YATA_VALUE_FLOAT && out->u.number - out->u.number != 0) status = YATA_ERR_JSON;
    if (!status && out->kind == YATA_VALUE_INT) *out = number((double)out->u.integer); /* 2.0, 3e9 */
    j->p = end;
    return status;
}

static yata_status json_key(json *j) {
    yata_value key;
    if (json_peek(j) != '"') return YATA_ERR_JSON;
    yata_status status = json_scalar(j, &key);
    if (status) return status;
    yata_builder_key(&j->built->builder, key.u.string);
    if (json_peek(j) != ':') return YATA_ERR_JSON;
    j->p++;
    return YATA_OK;
}

/* One value, or the beginning of one; *opened: the latter. */
static yata_status json_value(json *j, bool *opened) {
    char c = json_peek(j);
    *opened = c == '[' || c == '{';
    if (!*opened) {
        yata_value value;
        yata_status status = json_scalar(j, &value);
        if (!status) yata_builder_add(&j->built->builder, &value);
        return status;
    }
    if (j->depth == DEPTH) return YATA_ERR_LIMIT;
    j->open[j->depth++] = c;
    if (c == '[')
        yata_builder_begin_array(&j->built->builder);
    else
        yata_builder_begin_object(&j->built->builder);
    j->p++;
    return YATA_OK;
}

/* After a value: closes what ends here, until another value comes. */
static yata_status json_next(json *j, bool fresh) {
    while (j->depth) {
        char open = j->open[j->depth - 1], c = json_peek(j);
        if (c == (open == '[' ? ']' : '}')) {
            yata_builder_end(&j->built->builder);
            j->depth--;
            j->p++;
            fresh = false;
            continue;
        }
        if (!fresh) {
            if (c != ',') return YATA_ERR_JSON;
            j->p++;
        }
        return open == '{' ? json_key(j) : YATA_OK;
    }
    return YATA_OK;
}

/* Adds the document `text` to the builder. */
static yata_status add_json(yr_built *built, const char *text) {
    json *j = text ? malloc(sizeof *j) : NULL;
    if (!j) return text ? YATA_ERR_MEMORY : YATA_ERR_ARGUMENT;
    j->p = text;
    j->built = built;
    j->depth = 0;
    yata_status status;
    bool opened;
    do {
        status = json_value(j, &opened);
        if (!status) status = json_next(j, opened);
    } while (!status && j->depth);
    if (!status && json_peek(j)) status = YATA_ERR_JSON;
    free(j);
    return status;
}

/* ------------------------------------------------------------------------
 * Plain values
 */
static yata_status scalar(const YInput *input, yata_value *out) {
    switch (input->tag) {
    case Y_JSON_UNDEF:
        *out = (yata_value){.kind = YATA_VALUE_UNDEFINED};
        return YATA_OK;
    case Y_JSON_NULL:
        *out = (yata_value){.kind = YATA_VALUE_NULL};
        return YATA_OK;
    case Y_JSON_BOOL:
        *out = (yata_value){.kind = YATA_VALUE_BOOL, .u = {.boolean = input->value.flag != 0}};
        return YATA_OK;
    case Y_JSON_NUM:
        *out = number(input->value.num);
        return YATA_OK;
    case Y_JSON_INT:
        *out = integer(input->value.integer);
        return YATA_OK;
    case Y_JSON_STR:
        *out = (yata_value){.kind = YATA_VALUE_STRING, .u = {.string = yr_str(input->value.str)}};
        return input->value.str ? YATA_OK : YATA_ERR_ARGUMENT;
    case Y_JSON_BUF:
        *out = (yata_value){.kind = YATA_VALUE_BINARY, .u = {.binary = yr_view(input->value.buf, input->len)}};
        return input->value.buf || !input->len ? YATA_OK : YATA_ERR_ARGUMENT;
    case Y_DOC: /* inside plain values, as in yffi */
        *out = (yata_value){.kind = YATA_VALUE_UNDEFINED};
        return YATA_OK;
    default:
        return YATA_ERR_ARGUMENT;
    }
}

/* Adds the whole tree to the builder. */
static yata_status add_tree(yr_built *built, const YInput *input) {
    struct {
        const YInput *input;
        uint32_t at;
    } stack[DEPTH];
    uint32_t depth = 0;
    yata_status status = YATA_OK;
    yata_builder *b = &built->builder;
    for (const YInput *in = input; in && !status;) {
        yata_value value;
        bool map = in->tag == Y_JSON_MAP;
        if (in->tag == Y_JSON) {
            status = add_json(built, in->value.str);
        } else if (map || in->tag == Y_JSON_ARR) {
            bool given = !in->len || (map ? in->value.map.keys && in->value.map.values : in->value.values != NULL);
            if (!given || depth == DEPTH) status = given ? YATA_ERR_LIMIT : YATA_ERR_ARGUMENT;
            if (status) break;
            if (map)
                yata_builder_begin_object(b);
            else
                yata_builder_begin_array(b);
            stack[depth].input = in;
            stack[depth++].at = 0;
        } else {
            status = scalar(in, &value);
            if (!status) yata_builder_add(b, &value);
        }
        in = NULL;
        while (depth && !in && !status) {
            const YInput *top = stack[depth - 1].input;
            uint32_t at = stack[depth - 1].at++;
            if (at == top->len) {
                yata_builder_end(b);
                depth--;
            } else if (top->tag == Y_JSON_MAP) {
                if (!top->value.map.keys[at]) status = YATA_ERR_ARGUMENT;
                if (!status) yata_builder_key(b, yr_str(top->value.map.keys[at]));
                in = &top->value.map.values[at];
            } else {
                in = &top->value.values[at];
            }
        }
    }
    return status;
}

static bool nests(const YInput *input) {
    return input->tag == Y_JSON || input->tag == Y_JSON_ARR || input->tag == Y_JSON_MAP;
}

yata_status yr_input_value(const YInput *input, yr_built *built) {
    built->nests = input && nests(input);
    if (!built->nests) return input ? scalar(input, &built->value) : YATA_ERR_ARGUMENT;
    yata_builder_init(&built->builder, &yr_allocator);
    built->builder.keep_floats = YFFI_ABI >= 28;
    yata_buffer_init(&built->scratch, &yr_allocator);
    /* A document may be a scalar: it is put in an array, of which it is then taken. */
    yata_builder_begin_array(&built->builder);
    yata_status status = add_tree(built, input);
    yata_builder_end(&built->builder);
    yata_value array;
    yata_value_iter it;
    if (!status) status = yata_builder_finish(&built->builder, &array);
    if (!status) status = yata_value_iter_init(&it, &array);
    if (!status && !yata_value_iter_next(&it, NULL, &built->value)) status = YATA_ERR_ARGUMENT;
    return status;
}

void yr_built_free(yr_built *built) {
    if (!built->nests) return;
    yata_builder_free(&built->builder);
    yata_buffer_free(&built->scratch);
}

yata_status yr_input_attributes(const YInput *input, yr_built *built, const yata_value **out) {
    yata_status status = YATA_OK;
    *out = NULL;
    if (input) {
        status = yr_input_value(input, built);
        if (!status && built->value.kind != YATA_VALUE_OBJECT) status = YATA_ERR_ARGUMENT;
        *out = &built->value;
    } else {
        built->nests = false;
    }
    return status;
}

/* ------------------------------------------------------------------------
 * Shared types and what is in them
 */

/* A type that is being filled. */
typedef struct filling {
    yata_type type;
    const YInput *values; /* of arrays and maps */
    char **keys;          /* NULL: an array */
    uint32_t at, count;
    uint32_t index; /* arrays: where the next value goes */
} filling;

static bool shared_kind(const YInput *input, yata_kind *kind, yata_str *name) {
    *name = (yata_str){NULL, 0};
    switch (input->tag) {
    case Y_ARRAY:
        *kind = YATA_KIND_ARRAY;
        return true;
    case Y_MAP:
        *kind = YATA_KIND_MAP;
        return true;
    case Y_TEXT:
        *kind = YATA_KIND_TEXT;
        return true;
    case Y_XML_TEXT:
        *kind = YATA_KIND_XML_TEXT;
        return true;
    case Y_XML_FRAG:
        *kind = YATA_KIND_XML_FRAGMENT;
        return true;
    case Y_XML_ELEM:
        *kind = YATA_KIND_XML_ELEMENT;
        *name = yr_str(input->value.str);
        return input->value.str != NULL;
    default:
        return false;
    }
}

/* Would this be taken, with everything in it? Checked before the first edit. */
static yata_status check(const YDoc *doc, const YInput *input) {
    yata_value value;
    if (input->tag <= 0 && !nests(input)) return scalar(input, &value);
    YR_VECTOR(const YInput *) todo = {NULL, 0, 0};
    yata_status status = YATA_OK;
    while (input && !status) {
        yata_kind kind;
        yata_str name;
        bool map = input->tag == Y_MAP, array = input->tag == Y_ARRAY;
        if (input->tag <= 0) {
            yr_built built;
            status = yr_input_value(input, &built);
            yr_built_free(&built);
        } else if (input->tag == Y_DOC) {
            if (!input->value.doc) status = YATA_ERR_ARGUMENT;
        } else if (input->tag == Y_WEAK_LINK) {
            if (!input->value.weak || !yr_link_known(doc, input->value.weak)) status = YATA_ERR_ARGUMENT;
        } else if (!shared_kind(input, &kind, &name)) {
            status = YATA_ERR_ARGUMENT;
        }
        uint32_t n = !status && (map || array) ? input->len : 0;
        const YInput *values = map ? input->value.map.values : array ? input->value.values : NULL;
        if (n && (!values || (map && !input->value.map.keys))) status = YATA_ERR_ARGUMENT;
        for (uint32_t i = 0; i < n && !status; i++) {
            if (map && !input->value.map.keys[i]) status = YATA_ERR_ARGUMENT;
            if (!status && !yr_vector_reserve(&todo)) status = YATA_ERR_MEMORY;
            if (!status) todo.data[todo.len++] = &values[i];
        }
        input = todo.len ? todo.data[--todo.len] : NULL;
    }
    free(todo.data);
    return status;
}

/* Consecutive plain values from `f->at` on, as one insertion. */
static yata_status insert_plain(filling *f, yata_txn *txn) {
    const YInput *inputs = &f->values[f->at];
    uint32_t n = 0, nested = 0, made = 0, left = f->count - f->at;
    for (; n < left && inputs[n].tag <= 0; n++) nested += nests(&inputs[n]);
    yr_built *built = malloc((nested + 1) * sizeof *built);
    yata_value *values = malloc(n * sizeof *values);
    yata_status status = built && values ? YATA_OK : YATA_ERR_MEMORY;
    for (uint32_t i = 0; i < n && !status; i++) {
        if (inputs[i].tag == Y_JSON_INT) {
            values[i] = integer(inputs[i].value.integer);
            continue;
        }
        if (!nests(&inputs[i])) {
            status = scalar(&inputs[i], &values[i]);
            continue;
        }
        status = yr_input_value(&inputs[i], &built[made++]);
        values[i] = built[made - 1].value;
    }
    if (!status) status = yata_array_insert(f->type, txn, f->index, values, n);
    while (made) yr_built_free(&built[--made]);
    free(built);
    free(values);
    f->at += n;
    f->index += n;
    return status;
}

static yata_status insert_doc(YDoc *doc, const filling *f, yata_txn *txn, const YInput *input) {
    yata_builder builder;
    yata_value more;
    yata_subdoc_options options;
    yata_subdoc instance;
    yata_status status = yr_subdoc_put(input->value.doc, &builder, &more, &options);
    if (!status && f->keys)
        status = yata_map_set_doc(f->type, txn, yr_str(f->keys[f->at]), &options, &instance);
    else if (!status)
        status = yata_array_insert_doc(f->type, txn, f->index, &options, &instance);
    yata_builder_free(&builder);
    return status ? status : yr_subdoc_link(doc, instance, input->value.doc);
}

static yata_status insert_link(YDoc *doc, const filling *f, yata_txn *txn, const YInput *input) {
    const yata_link *link = yr_link_take(doc, input->value.weak);
    return f->keys ? yata_map_set_link(f->type, txn, yr_str(f->keys[f->at]), link, NULL)
                   : yata_array_insert_link(f->type, txn, f->index, link, NULL);
}

static yata_status set_plain(const filling *f, yata_txn *txn, const YInput *input) {
    yr_built built;
    yata_status status = yr_input_value(input, &built);
    if (!status) status = yata_map_set(f->type, txn, yr_str(f->keys[f->at]), &built.value);
    yr_built_free(&built);
    return status;
}

/* What is to be put into a new type. */
static yata_status begin_filling(yata_type type, const YInput *input, yata_txn *txn, filling *out) {
    *out = (filling){.type = type};
    if (input->tag == Y_ARRAY || input->tag == Y_MAP) {
        out->count = input->len;
        out->values = input->tag == Y_MAP ? input->value.map.values : input->value.values;
        out->keys = input->tag == Y_MAP ? input->value.map.keys : NULL;
    } else if ((input->tag == Y_TEXT || input->tag == Y_XML_TEXT) && input->value.str) {
        return yata_text_insert(type, txn, 0, yr_str(input->value.str));
    }
    return YATA_OK;
}

/* Puts in the next value; *made: a type, which is to be filled before the rest. */
static yata_status step(YDoc *doc, filling *f, yata_txn *txn, filling *made) {
    const YInput *input = &f->values[f->at];
    yata_kind kind;
    yata_str name;
    yata_type type;
    yata_status status;
    *made = (filling){.count = 0};
    if (input->tag <= 0 && !f->keys) return insert_plain(f, txn);
    if (input->tag <= 0) {
        status = set_plain(f, txn, input);
    } else if (input->tag == Y_DOC) {
        status = insert_doc(doc, f, txn, input);
    } else if (input->tag == Y_WEAK_LINK) {
        status = insert_link(doc, f, txn, input);
    } else if (shared_kind(input, &kind, &name)) {
        status = f->keys ? yata_map_set_type(f->type, txn, yr_str(f->keys[f->at]), kind, name, &type)
                         : yata_array_insert_type(f->type, txn, f->index, kind, name, &type);
        if (!status) status = begin_filling(type, input, txn, made);
    } else {
        status = YATA_ERR_ARGUMENT;
    }
    f->at++;
    f->index++;
    return status;
}

static yata_status fill(YDoc *doc, yata_txn *txn, filling first) {
    YR_VECTOR(filling) stack = {NULL, 0, 0};
    yata_status status = yr_vector_reserve(&stack) ? YATA_OK : YATA_ERR_MEMORY;
    if (!status) stack.data[stack.len++] = first;
    while (stack.len && !status) {
        filling *top = &stack.data[stack.len - 1], made;
        if (top->at == top->count) {
            stack.len--;
            continue;
        }
        status = step(doc, top, txn, &made);
        if (status || !made.count) continue;
        if (!yr_vector_reserve(&stack)) status = YATA_ERR_MEMORY;
        if (!status) stack.data[stack.len++] = made;
    }
    free(stack.data);
    return status;
}

yata_status yr_insert_range(YDoc *doc, yata_type type, YTransaction *txn, uint32_t index, const YInput *items,
                            uint32_t count) {
    uint32_t len;
    if (!items) return YATA_ERR_ARGUMENT;
    yata_status status = yata_array_length(type, &len);
    if (!status && index > len) status = YATA_ERR_RANGE;
    /* Plain values are taken by the core as a whole or not at all. */
    uint32_t plain = 0;
    while (plain < count && items[plain].tag <= 0) plain++;
    for (uint32_t i = 0; i < count && plain < count && !status; i++) status = check(doc, &items[i]);
    if (status) return status;
    filling f = {.type = type, .values = items, .count = count, .index = index};
    return fill(doc, txn->core, f);
}

yata_status yr_insert_key(YDoc *doc, yata_type type, YTransaction *txn, yata_str key, const YInput *input) {
    char *keys[1] = {(char *)(uintptr_t)key.data};
    yata_status status = input ? check(doc, input) : YATA_ERR_ARGUMENT;
    filling f = {.type = type, .values = input, .keys = keys, .count = 1};
    return status ? status : fill(doc, txn->core, f);
}

yata_status yr_insert_embed(const Branch *text, YTransaction *txn, uint32_t index, const YInput *content,
                            const YInput *attributes) {
    yr_built built, formats;
    const yata_value *with;
    yata_kind kind;
    yata_str name;
    yata_type type;
    filling f;
    yata_status status = content ? check(text->doc, content) : YATA_ERR_ARGUMENT;
    if (status) return status;
    status = yr_input_attributes(attributes, &formats, &with);
    static const yata_value around = {.kind = YATA_VALUE_UNDEFINED};
    if (!with) with = &around;
    if (!status && content->tag <= 0) {
        status = yr_input_value(content, &built);
        if (!status) status = yata_text_embed(text->type, txn->core, index, &built.value, with);
        yr_built_free(&built);
    } else if (!status && content->tag == Y_WEAK_LINK) {
        const yata_link *link = yr_link_take(text->doc, content->value.weak);
        status = yata_text_embed_link(text->type, txn->core, index, link, with, NULL);
    } else if (!status && shared_kind(content, &kind, &name)) {
        status = yata_text_embed_type(text->type, txn->core, index, kind, name, with, &type);
        if (!status) status = begin_filling(type, content, txn->core, &f);
        if (!status) status = fill(text->doc, txn->core, f);
    } else if (!status) {
        status = YATA_ERR_ARGUMENT;
    }
    yr_built_free(&formats);
    return status;
}
