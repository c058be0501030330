/* SPDX-License-Identifier: MIT */
/* insert.h - new items by the local client. */
#ifndef YT_TYPES_INSERT_H
#define YT_TYPES_INSERT_H

#include "doc/chunk.h"
#include "wire/writer.h"

/* The branch of a handle, if `txn` may write to it and its kind is one of the bits `kinds` (YT_KIND). */
#define YT_KIND(kind) (1u << (kind))
yata_status yt_open(yata_type type, const yata_txn *txn, unsigned kinds, yt_branch **out);
/* The same for reading. */
yata_status yt_look(yata_type type, unsigned kinds, yt_branch **out);

/* A new item with the content of `content` (its content fields), behind left and before right, which are neighbours;
 * key YT_NONE: in the sequence. */
yata_status yt_insert(yata_txn *txn, yt_branch *branch, yt_ref left, yt_ref right, uint32_t key,
                      const yt_block *content, yt_ref *out);

/* The same in the sequence, for content that can be typed: nothing new may be made, but *out (`left`) have grown. */
yata_status yt_write(yata_txn *txn, yt_branch *branch, yt_ref left, yt_ref right, const yt_block *content, yt_ref *out);
/* The shared type that a TYPE item holds. */
yata_type yt_type_of(const yata_doc *doc, yt_ref ref);

/* The same in the sequence, with the content of a format that is there already, which both then hold. */
yata_status yt_insert_again(yata_txn *txn, yt_branch *branch, yt_ref left, yt_ref right, yt_slice format, yt_ref *out);

/* The clock of the next local item, and the way back to it for an edit of several inserts that could not be finished.
 */
uint32_t yt_own_state(yata_doc *doc);
void yt_take_back(yata_txn *txn, uint32_t clock);

/* Text: its content fields, viewing `str`. YATA_ERR_ARGUMENT, YATA_ERR_UTF8, YATA_ERR_LIMIT. */
yata_status yt_text_content(yata_str str, yt_block *out);
/* A new empty type: its content fields. YATA_ERR_ARGUMENT, YATA_ERR_UTF8. */
yata_status yt_type_content(yata_kind kind, yata_str name, yt_block *out);
/* One plain value: BINARY, or ANY over bytes that are appended to `w`. Shared types and subdocuments:
 * YATA_ERR_ARGUMENT. */
yata_status yt_value_content(const yata_doc *doc, const yata_value *value, yt_writer *w, yt_block *out);

#endif
