/* SPDX-License-Identifier: MIT */
/*
 * show.c - `yata show`: what a document says.
 *
 * The bytes name roots and do not type them. Types given with --root come
 * first; the rest is guessed by the library from what a root contains.
 */
#include "command.h"
#include "document.h"
#include "output.h"
#include "pretty.h"
#include "report.h"

/* Gives the roots of --root their kinds. A name that is in no file is shown empty, as Yjs would; a typing error should
 * be noticed all the same. */
static int type_roots(const arguments *args, yata_doc *doc) {
    for (size_t i = 0; i < args->root_count; i++) {
        const root_kind *root = &args->roots[i];
        yata_type type = {NULL, 0, 0};
        if (yata_doc_root_find(doc, root->name, &type) == YATA_ERR_NOT_FOUND) {
            report("no root named '%.*s' in these files: it is shown empty", (int)root->name.len, root->name.data);
        }
        yata_status status = yata_doc_root(doc, root->name, root->kind, &type);
        if (status == YATA_OK) continue;
        report("root '%.*s' as %s: %s", (int)root->name.len, root->name.data, yata_kind_name(root->kind),
               yata_status_name(status));
        return status == YATA_ERR_TYPE ? EXIT_USAGE : EXIT_DATA;
    }
    return EXIT_FINE;
}

static int print(const arguments *args, const yata_doc *doc) {
    yata_buffer json, text;
    yata_buffer_init(&json, NULL);
    yata_buffer_init(&text, NULL);
    yata_buffer *shown = &json;
    yata_status status = yata_doc_to_json(doc, &json);
    if (status == YATA_OK && (args->given & OPTION_PRETTY)) {
        shown = &text;
        status = pretty_json((yata_bytes){json.data, json.len}, &text);
    }
    if (status == YATA_OK) status = yata_buffer_append(shown, "\n", 1);
    int code = EXIT_DATA;
    if (status == YATA_OK) {
        code = output_text(args, (yata_bytes){shown->data, shown->len});
    } else {
        report("%s", yata_status_name(status));
    }
    yata_buffer_free(&text);
    yata_buffer_free(&json);
    return code;
}

static int run(const arguments *args) {
    yata_doc *doc = NULL;
    int code = document_build(args, &doc);
    if (code != EXIT_FINE) return code;
    code = type_roots(args, doc);
    if (code == EXIT_FINE) code = print(args, doc);
    yata_doc_free(doc);
    return code;
}

const command command_show = {
    .name = "show",
    .summary = "print the content of a document as JSON",
    .accepts = OPTION_IN | OPTION_OUTPUT | OPTION_NO_GC | OPTION_ROOT_KIND | OPTION_PRETTY,
    .files_min = 1,
    .run = run,
    .help = "yata show - print the content of a document as JSON\n"
            "\n"
            "Usage: yata show [OPTION]... FILE...\n"
            "\n"
            "Applies the updates in FILE... in order (- is standard input) and prints {\"root\": value, ...}.\n"
            "Updates name their roots but do not say what they are. Without --root a root with keys is\n"
            "shown as a map, one with text as a text, one with XML as XML, anything else as an array.\n"
            "What waits for updates that are not there is reported on standard error.\n"
            "\n"
            "Options:\n"
            "      --root NAME:KIND  read the root NAME as text, array, map or xml; may be repeated\n"
            "      --pretty          one value a line, indented\n"
            "      --no-gc           keep deleted content in memory\n"
            "      --in FORMAT       what the files hold: binary (default), hex or base64\n"
            "  -o, --output FILE     write to FILE instead of standard output\n"
            "  -h, --help            print this help\n"
            "\n"
            "Examples:\n"
            "  yata show doc.bin\n"
            "  yata show --root body:text --pretty doc.bin later.bin\n"
            "  echo 01010100040101740361626300 | yata show --in hex -\n",
};
