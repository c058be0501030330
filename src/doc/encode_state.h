/* SPDX-License-Identifier: MIT */
/* encode_state.h - the document, or a part of it, as an update. */
#ifndef YT_DOC_ENCODE_STATE_H
#define YT_DOC_ENCODE_STATE_H

#include "doc/txn.h"
#include "ids/state_vector.h"
#include "update/codec.h"

/* The item as a block; views of the document. */
void yt_item_view(const yata_doc *doc, const yt_item *it, yt_block *out);
/* What the transaction did, appended. *empty: it did nothing, and nothing was appended. */
yata_status yt_encode_txn(const yata_txn *txn, const yt_encoder_ops *format, yata_buffer *out, bool *empty);
/* The blocks up to these states, none of which is beyond the document's, and these deletions; what is pending is left
 * out. */
yata_status yt_encode_past(const yata_doc *doc, const yt_state_vector *states, const yt_id_set *deletes,
                           const yt_encoder_ops *format, yata_buffer *out);

#endif
