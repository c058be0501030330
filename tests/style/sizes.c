/* SPDX-License-Identifier: MIT */
/*
 * sizes.c - prints how large the structures are of which a document has many, and fails when one outgrows its budget.
 *
 * A larger budget is a decision: change it here, with the reason in the commit.
 */
#include "doc/model.h"

#include <stdio.h>

typedef struct size_row {
    const char *name;
    size_t size, budget; /* bytes on 64-bit machines */
} size_row;

int main(void) {
    const size_row rows[] = {
        {"item", sizeof(yt_item), 56},      {"block list entry", sizeof(yt_entry), 8},
        {"deleted run", sizeof(yt_run), 8}, {"map entry", sizeof(yt_map_entry), 8},
        {"chunk", sizeof(yt_chunk), 40},    {"client", sizeof(yt_client), 72},
        {"branch", sizeof(yt_branch), 152}, {"decoded block", sizeof(yt_block), 120},
    };
    int over = 0;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        const size_row *row = &rows[i];
        printf("%-18s %4zu of %4zu%s\n", row->name, row->size, row->budget,
               row->size > row->budget ? "  TOO LARGE" : "");
        over += row->size > row->budget;
    }
    printf("%-18s %4zu\n", "document", sizeof(yata_doc));
    return over ? 1 : 0;
}
