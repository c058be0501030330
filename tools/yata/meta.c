/* SPDX-License-Identifier: MIT */
/*
 * meta.c - `yata meta`: whom an update comes from and what it touches.
 *
 * The library tells of clients, deletions and roots in this order, so that one
 * list is open at a time.
 */
#include "command.h"
#include "output.h"
#include "stored.h"

#include <string.h>

enum { LISTS = 3 };

typedef struct page {
    yata_builder json;
    int opened; /* lists so far; the last one is open */
} page;

static void key(page *p, const char *name) {
    yata_builder_key(&p->json, (yata_str){name, strlen(name)});
}

/* Opens the lists up to this one. */
static void open_list(page *p, int list) {
    static const char *const names[LISTS] = {"clients", "deleted", "roots"};
    while (p->opened <= list) {
        if (p->opened) yata_builder_end(&p->json);
        key(p, names[p->opened++]);
        yata_builder_begin_array(&p->json);
    }
}

static void number(page *p, const char *name, uint64_t n) {
    key(p, name);
    yata_builder_add(&p->json, &(yata_value){.kind = YATA_VALUE_INT, .u.integer = (int64_t)n});
}

static bool range(page *p, int list, uint64_t client, uint32_t from, uint64_t to) {
    open_list(p, list);
    yata_builder_begin_object(&p->json);
    number(p, "client", client);
    number(p, "from", from);
    number(p, "to", to);
    yata_builder_end(&p->json);
    return p->json.status == YATA_OK;
}

static bool on_client(void *ctx, uint64_t client, uint32_t from, uint32_t to) {
    return range(ctx, 0, client, from, to);
}

static bool on_deleted(void *ctx, yata_id first, uint32_t len) {
    return range(ctx, 1, first.client, first.clock, (uint64_t)first.clock + len);
}

static bool on_root(void *ctx, yata_str name) {
    page *p = ctx;
    open_list(p, 2);
    yata_builder_add(&p->json, &(yata_value){.kind = YATA_VALUE_STRING, .u.string = name});
    return p->json.status == YATA_OK;
}

static yata_status describe(const arguments *args, yata_bytes update, yata_buffer *out, yata_fault *fault) {
    page p = {.opened = 0};
    yata_builder_init(&p.json, NULL);
    yata_builder_begin_object(&p.json);
    const yata_update_visitor visitor = {&p, on_client, on_deleted, on_root};
    yata_status status = format_of(args->from)->meta(update, &visitor, NULL, fault);
    if (status == YATA_OK) {
        yata_value value = {.kind = YATA_VALUE_NULL};
        open_list(&p, LISTS - 1);
        yata_builder_end(&p.json);
        yata_builder_end(&p.json);
        status = yata_builder_finish(&p.json, &value);
        if (status == YATA_OK) status = yata_value_to_json(&value, out);
    }
    yata_builder_free(&p.json);
    return status;
}

static int run(const arguments *args) {
    yata_buffer json;
    yata_buffer_init(&json, NULL);
    int code = stored_make(args, describe, &json);
    if (code == EXIT_FINE) code = output_json(args, (yata_bytes){json.data, json.len});
    yata_buffer_free(&json);
    return code;
}

const command command_meta = {
    .name = "meta",
    .summary = "say whom an update comes from and what it touches",
    .accepts = OPTION_IN | OPTION_FROM | OPTION_OUTPUT | OPTION_PRETTY,
    .files_min = 1,
    .files_max = 1,
    .run = run,
    .help = "yata meta - say whom an update comes from and what it touches\n"
            "\n"
            "Usage: yata meta [OPTION]... FILE\n"
            "\n"
            "Prints, as JSON, of the update in FILE (- is standard input): the clients that made its\n"
            "blocks, with the clocks from the first one up to, not including, `to` (there may be holes\n"
            "between); the ranges of clocks that it deletes; and the roots that it names. Changes deeper\n"
            "in a document do not name their root. No document is made.\n"
            "\n"
            "Options:\n"
            "      --pretty          one value a line, indented\n"
            "      --from v1|v2      update format of the file (default v1)\n"
            "      --in FORMAT       what the file holds: binary (default), hex or base64\n"
            "  -o, --output FILE     write to FILE instead of standard output\n"
            "  -h, --help            print this help\n"
            "\n"
            "Example:\n"
            "  yata meta update.bin\n",
};
