/* SPDX-License-Identifier: MIT */
/* old_names.c - programs that use the names of older versions, in C and (old_names.cpp) in C++. */
#define YFFI_OLD_NAMES
#include <libyrs.h>

#include <stdio.h>
#include <string.h>

int main(void) {
    YDoc *doc = ydoc_new();
    YText *text = ytext(doc, "text");
    YArray *array = yarray(doc, "array");
    YMap *map = ymap(doc, "map");
    YTransaction *txn = ydoc_write_transaction(doc);
    uint32_t origin = 9;
    ytext_insert(text, txn, 0, "old", NULL);
    int failures = !txn || ytransaction_origin(txn, &origin) || origin;
    ytransaction_commit(txn);
    /* The function itself, and the form of today. */
    YTransaction *(*begin)(YDoc *, uint32_t, const char *) = ydoc_write_transaction;
    txn = begin(doc, 2, "me");
    failures += !ytransaction_origin(txn, &origin) || origin != 2;
    ytransaction_commit(txn);
    txn = ydoc_write_transaction(doc, 3, "you");
    failures += !ytransaction_origin(txn, &origin) || origin != 3;
    char *string = ytext_string(text, txn);
    failures += strcmp(string, "old") != 0 || yarray_len(array) || ymap_len(map, txn);
    ystring_destroy(string);
    ytransaction_commit(txn);
    ydoc_destroy(doc);
    printf("%d failures\n", failures);
    return failures;
}
