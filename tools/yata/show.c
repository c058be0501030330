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

/* Texts as deltas; the rest as JSON of the library has it. Roots that nothing says anything of are left out there, too.
 */
static yata_status append_root(yata_type type, yata_kind kind, yata_buffer *out) {
    if (kind != YATA_KIND_TEXT && kind != YATA_KIND_XML_TEXT) return yata_type_to_json_as(type, kind, out);
    yata_delta *delta = NULL;
    yata_status status = yata_delta_new(NULL, &delta);
    if (status == YATA_OK) status = yata_text_to_delta(type, delta);
    if (status == YATA_OK) status = yata_delta_to_json(delta, out);
    yata_delta_free(delta);
    return status;
}

static yata_status append_roots(const yata_doc *doc, yata_buffer *out) {
    const char *before = "{";
    yata_status status = YATA_OK;
    for (uint32_t i = 0; i < yata_doc_root_count(doc) && status == YATA_OK; i++) {
        yata_value name = {.kind = YATA_VALUE_STRING};
        yata_type type;
        yata_kind kind = YATA_KIND_UNTYPED;
        status = yata_doc_root_at(doc, i, &name.u.string, &type);
        if (status == YATA_OK) status = yata_type_guess_kind(type, &kind);
        if (status != YATA_OK || kind == YATA_KIND_UNTYPED) continue;
        status = yata_buffer_append(out, before, 1);
        if (status == YATA_OK) status = yata_value_to_json(&name, out);
        if (status == YATA_OK) status = yata_buffer_append(out, ":", 1);
        if (status == YATA_OK) status = append_root(type, kind, out);
        before = ",";
    }
    if (status == YATA_OK && *before == '{') status = yata_buffer_append(out, "{", 1);
    return status == YATA_OK ? yata_buffer_append(out, "}", 1) : status;
}

static int print(const arguments *args, const yata_doc *doc) {
    yata_buffer json;
    yata_buffer_init(&json, NULL);
    yata_status status = args->given & OPTION_DELTA ? append_roots(doc, &json) : yata_doc_to_json(doc, &json);
    int code = EXIT_DATA;
    if (status == YATA_OK) {
        code = output_json(args, (yata_bytes){json.data, json.len});
    } else {
        report("%s", yata_status_name(status));
    }
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
    .accepts = OPTION_IN | OPTION_OUTPUT | OPTION_NO_GC | OPTION_ROOT_KIND | OPTION_PRETTY | OPTION_DELTA | OPTION_FROM,
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
            "      --delta           print roots that are texts as deltas, with formats and embeds\n"
            "      --pretty          one value a line, indented\n"
            "      --no-gc           keep deleted content in memory\n"
            "      --from v1|v2      update format of the files (default v1)\n"
            "      --in FORMAT       what the files hold: binary (default), hex or base64\n"
            "  -o, --output FILE     write to FILE instead of standard output\n"
            "  -h, --help            print this help\n"
            "\n"
            "Examples:\n"
            "  yata show doc.bin\n"
            "  yata show --root body:text --pretty doc.bin later.bin\n"
            "  echo 01010100040101740361626300 | yata show --in hex -\n",
};
