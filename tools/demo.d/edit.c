/* SPDX-License-Identifier: MIT */
/* edit.c - reads a document, edits it, writes it: usage  edit WORDS ITEM < before.bin > after.bin */
#include <stdio.h>
#include <string.h>
#include <yata/yata.h>

static yata_str str(const char *s) {
    return (yata_str){s, strlen(s)};
}

int main(int argc, char **argv) {
    static uint8_t input[1 << 20];
    yata_bytes update = {input, fread(input, 1, sizeof input, stdin)}, no_origin = {NULL, 0};
    yata_str words = str(argc > 1 ? argv[1] : "Hello. ");
    yata_value item = {.kind = YATA_VALUE_STRING, .u.string = str(argc > 2 ? argv[2] : "hello")};
    yata_doc *doc = NULL;
    yata_txn *txn;
    yata_type notes, todo;
    yata_buffer state;
    yata_buffer_init(&state, NULL);

    yata_status status = yata_doc_new(NULL, &doc);
    if (!status) status = yata_doc_apply(doc, update, no_origin, NULL);
    if (!status) status = yata_doc_root(doc, str("notes"), YATA_KIND_TEXT, &notes);
    if (!status) status = yata_doc_root(doc, str("todo"), YATA_KIND_ARRAY, &todo);
    if (!status) status = yata_txn_begin(doc, no_origin, &txn);
    if (!status) status = yata_text_insert(notes, txn, 0, words);
    if (!status) status = yata_array_push(todo, txn, &item, 1);
    if (!status) status = yata_txn_commit(txn);
    if (!status) status = yata_doc_encode_state(doc, &state);
    if (!status) fwrite(state.data, 1, state.len, stdout);
    if (status) fprintf(stderr, "edit: %s\n", yata_status_name(status));

    yata_buffer_free(&state);
    yata_doc_free(doc);
    return status ? 1 : 0;
}
