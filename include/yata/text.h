/* SPDX-License-Identifier: MIT */
/*
 * text.h - shared text (Y.Text; also XML text).
 *
 * Indexes and lengths are in the document's offset unit (doc.h). Embedded
 * objects and nested types count as one.
 */
#ifndef YATA_TEXT_H
#define YATA_TEXT_H

#include <yata/doc.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Inserts before `index`; at the end when it equals the length, else beyond it: YATA_ERR_RANGE. Text in a formatted
 * run takes on its formats. Bytes that are not UTF-8: YATA_ERR_UTF8. Nothing changes on failure. */
YATA_API yata_status yata_text_insert(yata_type text, yata_txn *txn, uint32_t index, yata_str str);
/* The same with exactly these formats (an OBJECT value: name -> value, null for "not"); those in force there that are
 * not named end before the text and go on behind it. */
YATA_API yata_status yata_text_insert_with(yata_type text, yata_txn *txn, uint32_t index, yata_str str,
                                           const yata_value *attributes);
/* Inserts a value (an embed, one unit long; not undefined), or an empty shared type. attributes: an OBJECT, NULL for
 * none, or an UNDEFINED value for those in force there, as text that is inserted takes them on. */
YATA_API yata_status yata_text_embed(yata_type text, yata_txn *txn, uint32_t index, const yata_value *embed,
                                     const yata_value *attributes);
YATA_API yata_status yata_text_embed_type(yata_type text, yata_txn *txn, uint32_t index, yata_kind kind, yata_str name,
                                          const yata_value *attributes, yata_type *out);
/* Out of memory half-way, formatting may have been done in part; every other edit is done or not.
 * Gives [index, index+len) these formats; null ends one. What lies beyond the end is made of line feeds first, as in
 * Yjs 13, on which its editors rely; at the very end of the text, or in an empty one, nothing happens. */
YATA_API yata_status yata_text_format(yata_type text, yata_txn *txn, uint32_t index, uint32_t len,
                                      const yata_value *attributes);
/* Deletes [index, index+len); formats that thereby hold for nothing go, too. */
YATA_API yata_status yata_text_delete(yata_type text, yata_txn *txn, uint32_t index, uint32_t len);
YATA_API yata_status yata_text_length(yata_type text, uint32_t *out);
/* Moves an index that lies inside a character to the end of that character. YATA_ERR_RANGE beyond the length. */
YATA_API yata_status yata_text_round_up(yata_type text, uint32_t *index);
/* Appends the plain text (embeds and formats left out) as UTF-8. */
YATA_API yata_status yata_text_read(yata_type text, yata_buffer *out);

/* Walks the pieces of the text without copying. Any change of the document ends the walk. */
typedef struct yata_text_iter {
    yata_type text;
    uint32_t item;
} yata_text_iter;
YATA_API yata_status yata_text_iter_init(yata_text_iter *iter, yata_type text);
/* False at the end. kind STRING: a run of text; anything else: an embedded value or type. */
YATA_API bool yata_text_iter_next(yata_text_iter *iter, yata_value *out);

#ifdef __cplusplus
}
#endif
#endif
