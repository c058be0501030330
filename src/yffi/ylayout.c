/* SPDX-License-Identifier: MIT */
/*
 * ylayout.c - the structs of libyrs.h are those of yffi, byte by byte, where pointers have 64 bits.
 */
#include <libyrs.h>
#include <stddef.h>

#if UINTPTR_MAX == UINT64_MAX
#define SIZE(type, size)         _Static_assert(sizeof(type) == (size), "size of " #type)
#define AT(type, member, offset) _Static_assert(offsetof(type, member) == (offset), "place of " #type "." #member)

SIZE(YOptions, 32);
AT(YOptions, guid, 8);
AT(YOptions, collection_id, 16);
AT(YOptions, flags, 24);
SIZE(YOutput, 16);
AT(YOutput, len, 4);
AT(YOutput, value, 8);
SIZE(YInput, 24);
AT(YInput, len, 4);
AT(YInput, value, 8);
SIZE(YMapInputData, 16);
AT(YMapInputData, values, 8);
SIZE(YMapEntry, 16);
AT(YMapEntry, value, 8);
SIZE(YXmlAttr, 16);
AT(YXmlAttr, value, 8);
SIZE(YStateVector, 24);
AT(YStateVector, client_ids, 8);
AT(YStateVector, clocks, 16);
SIZE(YIdRange, 8);
AT(YIdRange, end, 4);
SIZE(YIdRangeSeq, 16);
AT(YIdRangeSeq, seq, 8);
SIZE(YIdSet, 24);
AT(YIdSet, client_ids, 8);
AT(YIdSet, ranges, 16);
SIZE(YAfterTransactionEvent, 72);
AT(YAfterTransactionEvent, after_state, 24);
AT(YAfterTransactionEvent, delete_set, 48);
SIZE(YSubdocsEvent, 40);
AT(YSubdocsEvent, removed_len, 4);
AT(YSubdocsEvent, loaded_len, 8);
AT(YSubdocsEvent, added, 16);
AT(YSubdocsEvent, removed, 24);
AT(YSubdocsEvent, loaded, 32);
SIZE(YPendingUpdate, 40);
AT(YPendingUpdate, update_v1, 24);
AT(YPendingUpdate, update_len, 32);
SIZE(YDeltaIn, 24);
AT(YDeltaIn, len, 4);
AT(YDeltaIn, attributes, 8);
AT(YDeltaIn, insert, 16);
SIZE(YChunk, 32);
AT(YChunk, fmt_len, 16);
AT(YChunk, fmt, 24);
SIZE(YTextEvent, 16);
SIZE(YMapEvent, 16);
SIZE(YArrayEvent, 16);
SIZE(YXmlEvent, 16);
SIZE(YXmlTextEvent, 16);
SIZE(YWeakLinkEvent, 16);
AT(YTextEvent, txn, 8);
SIZE(YEvent, 24);
AT(YEvent, content, 8);
SIZE(YPathSegment, 16);
AT(YPathSegment, value, 8);
SIZE(YDeltaAttr, 24);
AT(YDeltaAttr, value, 8);
SIZE(YDeltaOut, 32);
AT(YDeltaOut, len, 4);
AT(YDeltaOut, attributes_len, 8);
AT(YDeltaOut, attributes, 16);
AT(YDeltaOut, insert, 24);
SIZE(YEventChange, 16);
AT(YEventChange, len, 4);
AT(YEventChange, values, 8);
SIZE(YEventKeyChange, 32);
AT(YEventKeyChange, tag, 8);
AT(YEventKeyChange, old_value, 16);
AT(YEventKeyChange, new_value, 24);
SIZE(YUndoManagerOptions, 4);
SIZE(YUndoEvent, 32);
AT(YUndoEvent, origin, 8);
AT(YUndoEvent, origin_len, 16);
AT(YUndoEvent, meta, 24);
SIZE(YBranchId, 16);
AT(YBranchId, variant, 8);
#endif
