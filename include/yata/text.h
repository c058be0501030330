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
/* Deletes [index, index+len). */
YATA_API yata_status yata_text_delete(yata_type text, yata_txn *txn, uint32_t index, uint32_t len);
YATA_API yata_status yata_text_length(yata_type text, uint32_t *out);
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
