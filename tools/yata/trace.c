/* SPDX-License-Identifier: MIT */
/*
 * trace.c - reading an editing trace.
 *
 * The JSON is flattened into arrays once, so that a replay measures the engine
 * and not the walk through JSON objects. The texts stay where jansson put them.
 */
#include "trace.h"
#include "gzip.h"
#include "input.h"
#include "report.h"

#include <jansson.h>
#include <stdlib.h>
#include <string.h>

/* All that a reading function needs. */
typedef struct loader {
    const char *path;
    trace *out;
} loader;

static json_t *parse(const char *path, yata_bytes text) {
    json_error_t error;
    json_t *json = json_loadb((const char *)text.data, text.len, JSON_ALLOW_NUL, &error);
    if (json) return json;
    if (!error.text[0] ||
        json_error_code(&error) == json_error_out_of_memory) { /* some failures to allocate say nothing */
        report_file(path, "%s", yata_status_name(YATA_ERR_MEMORY));
    } else {
        report_file(path, "byte %d: %s", error.position > 0 ? error.position : 0, error.text);
    }
    return NULL;
}

static json_t *load_json(const char *path) {
    yata_buffer file, text;
    yata_buffer_init(&file, NULL);
    yata_buffer_init(&text, NULL);
    json_t *json = NULL;
    if (input_read_as(path, ENCODING_BINARY, "a trace", &file)) {
        yata_bytes bytes = {file.data, file.len};
        if (!gzip_recognise(bytes)) {
            json = parse(path, bytes);
        } else if (gzip_unpack(path, bytes, &text)) {
            json = parse(path, (yata_bytes){text.data, text.len});
        }
    }
    yata_buffer_free(&text);
    yata_buffer_free(&file);
    return json;
}

/* A text member; absent is empty. */
static bool get_text(const loader *l, const char *key, yata_str *out) {
    json_t *value = json_object_get(l->out->json, key);
    *out = (yata_str){"", 0};
    if (!value) return true;
    if (!json_is_string(value)) {
        report_file(l->path, "%s is not a text", key);
        return false;
    }
    *out = (yata_str){json_string_value(value), json_string_length(value)};
    return true;
}

static bool is_count(const json_t *value) {
    return json_is_integer(value) && json_integer_value(value) >= 0 && json_integer_value(value) <= UINT32_MAX;
}

/* Everything but the transactions. */
static bool get_head(const loader *l) {
    trace *t = l->out;
    if (!json_is_object((json_t *)t->json)) {
        report_file(l->path, "not a trace: no JSON object");
        return false;
    }
    if (!json_is_string(json_object_get(t->json, "endContent"))) {
        report_file(l->path, "not a trace: endContent is missing");
        return false;
    }
    yata_str kind;
    if (!get_text(l, "kind", &kind) || !get_text(l, "startContent", &t->start) || !get_text(l, "endContent", &t->end)) {
        return false;
    }
    t->concurrent = strcmp(kind.data, "concurrent") == 0;
    t->agent_count = 1;
    if (!t->concurrent) return true;
    json_t *agents = json_object_get(t->json, "numAgents");
    if (!is_count(agents) || json_integer_value(agents) == 0) {
        report_file(l->path, "numAgents is not a number of agents");
        return false;
    }
    t->agent_count = (uint32_t)json_integer_value(agents);
    return true;
}

/* Counts first, so that each array is allocated once. */
static bool allocate(const loader *l, json_t *txns) {
    trace *t = l->out;
    size_t i;
    json_t *txn;
    t->txn_count = json_array_size(txns);
    json_array_foreach(txns, i, txn) {
        t->patch_count += json_array_size(json_object_get(txn, "patches"));
        t->parent_count += json_array_size(json_object_get(txn, "parents"));
    }
    if (t->agent_count > 1 && t->agent_count > t->txn_count) {
        report_file(l->path, "numAgents is more than there are transactions");
        return false;
    }
    t->txns = calloc(t->txn_count + 1, sizeof *t->txns);
    t->patches = calloc(t->patch_count + 1, sizeof *t->patches);
    t->parents = calloc(t->parent_count + 1, sizeof *t->parents);
    if (t->txns && t->patches && t->parents) return true;
    report_file(l->path, "%s", yata_status_name(YATA_ERR_MEMORY));
    return false;
}

static bool read_patch(const json_t *json, trace_patch *out) {
    const json_t *position = json_array_get(json, 0), *deleted = json_array_get(json, 1);
    const json_t *inserted = json_array_get(json, 2);
    if (json_array_size(json) != 3 || !is_count(position) || !is_count(deleted) || !json_is_string(inserted)) {
        return false;
    }
    out->position = (uint32_t)json_integer_value(position);
    out->deleted = (uint32_t)json_integer_value(deleted);
    out->inserted = (yata_str){json_string_value(inserted), json_string_length(inserted)};
    return true;
}

static bool read_patches(const loader *l, size_t txn, json_t *patches, size_t *next) {
    trace *t = l->out;
    size_t i;
    json_t *json;
    if (!json_is_array(patches)) {
        report_file(l->path, "transaction %zu: patches is not a list", txn);
        return false;
    }
    json_array_foreach(patches, i, json) {
        trace_patch *patch = &t->patches[(*next)++];
        if (!read_patch(json, patch)) {
            report_file(l->path, "transaction %zu: patch %zu is not [position, deleted, \"inserted\"]", txn, i);
            return false;
        }
        t->insert_count += patch->inserted.len > 0;
        t->delete_count += patch->deleted > 0;
    }
    return true;
}

static bool read_parents(const loader *l, size_t txn, json_t *parents, size_t *next) {
    size_t i;
    json_t *json;
    if (!json_is_array(parents)) {
        report_file(l->path, "transaction %zu: parents is not a list", txn);
        return false;
    }
    json_array_foreach(parents, i, json) {
        if (!is_count(json) || (size_t)json_integer_value(json) >= txn) {
            report_file(l->path, "transaction %zu: parent %zu is not an earlier transaction", txn, i);
            return false;
        }
        l->out->parents[(*next)++] = (size_t)json_integer_value(json);
    }
    return true;
}

static bool read_txns(const loader *l, json_t *txns) {
    trace *t = l->out;
    size_t i, patch = 0, parent = 0;
    json_t *json;
    json_array_foreach(txns, i, json) {
        trace_txn *txn = &t->txns[i];
        txn->patch = patch;
        txn->parent = parent;
        if (!read_patches(l, i, json_object_get(json, "patches"), &patch)) return false;
        txn->patch_end = patch;
        if (!t->concurrent) continue;
        if (!read_parents(l, i, json_object_get(json, "parents"), &parent)) return false;
        txn->parent_end = parent;
        const json_t *agent = json_object_get(json, "agent");
        if (!is_count(agent) || json_integer_value(agent) >= t->agent_count) {
            report_file(l->path, "transaction %zu: agent is not one of the %u", i, (unsigned)t->agent_count);
            return false;
        }
        txn->agent = (uint32_t)json_integer_value(agent);
    }
    return true;
}

bool trace_load(const char *path, trace *out) {
    *out = (trace){0};
    loader l = {path, out};
    out->json = load_json(path);
    if (!out->json) return false;
    json_t *txns = json_object_get(out->json, "txns");
    bool ok = get_head(&l);
    if (ok && !json_is_array(txns)) {
        report_file(path, "not a trace: txns is not a list");
        ok = false;
    }
    ok = ok && allocate(&l, txns) && read_txns(&l, txns);
    if (!ok) trace_free(out);
    return ok;
}

void trace_free(trace *t) {
    free(t->txns);
    free(t->patches);
    free(t->parents);
    json_decref(t->json);
    *t = (trace){0};
}
