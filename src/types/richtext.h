/* SPDX-License-Identifier: MIT */
/*
 * richtext.h - editing at a place with formats (spec/types.md, "Formats"). The steps and their order are those of Yjs,
 * since they show in the bytes.
 */
#ifndef YT_TYPES_RICHTEXT_H
#define YT_TYPES_RICHTEXT_H

#include "doc/format.h"
#include "doc/seq_index.h"
#include "wire/writer.h"

/* A place between two items and what holds there. */
typedef struct yt_text_pos {
    yt_branch *branch;
    yt_ref left;
    yt_attributes current;
    bool stepwise; /* it came here from the start of the text (yt_text_begin) */
} yt_text_pos;

/* Attributes as a caller gave them: an OBJECT value; NULL: none. The views live in `bytes`. */
typedef struct yt_given {
    yt_attributes attributes;
    yt_writer bytes;
} yt_given;

yata_status yt_given_init(yata_doc *doc, const yata_value *object, yt_given *out);
void yt_given_free(yata_doc *doc, yt_given *given);

yt_ref yt_text_right(const yata_doc *doc, const yt_text_pos *pos);
/* The start of the text. */
void yt_text_begin(yt_branch *branch, yt_text_pos *pos);
/* Behind `index` units; cuts the item there. O(text) where there are formats. */
yata_status yt_text_seek(yata_txn *txn, yt_branch *branch, uint32_t index, yt_text_pos *pos);
/* The same at a place that was found already. */
yata_status yt_text_seek_found(yata_txn *txn, yt_branch *branch, const yt_seq_pos *at, yt_text_pos *pos);
void yt_text_end(yata_doc *doc, yt_text_pos *pos);

/* Inserts the content with exactly the attributes; the place moves behind it. out: the item. `attributes` may grow. */
yata_status yt_text_put_content(yata_txn *txn, yt_text_pos *pos, const yt_block *content, yt_attributes *attributes,
                                yt_ref *out);
/* The same with the attributes that hold there. */
yata_status yt_text_put_inheriting(yata_txn *txn, yt_text_pos *pos, const yt_block *content, yt_ref *out);
/* The same before unit `index`, with attributes as a caller gave them: an OBJECT, or NULL for those that hold there. */
yata_status yt_text_insert_content(yata_txn *txn, yt_branch *branch, uint32_t index, const yt_block *content,
                                   const yata_value *object, yt_ref *out);
/* Formats the next `len` units; moves behind them. */
yata_status yt_text_format(yata_txn *txn, yt_text_pos *pos, uint32_t len, const yt_attributes *attributes);
/* Deletes the next `len` units, or what there is of them. */
yata_status yt_text_delete(yata_txn *txn, yt_text_pos *pos, uint32_t len);

#endif
