/* SPDX-License-Identifier: MIT */
/*
 * redo.h - what undo leaves on items: which one took the place of a deleted one, and what must not be collected.
 *
 * Undo never revives a tombstone: it makes a new item with the same content and remembers its id at the old one
 * (Yjs: Item.redone). Few items ever have one, so the ids stand in a table beside the items, which is there only if
 * somebody undoes:
 *
 *   item, REDONE ── by_item ──> ids[i] = {slot, clock} of the unit that took the place of its first unit
 *
 * Rules (those of Yjs): the halves of a cut item have both an id; an item that has one is not joined to another; the id
 * goes with the item. It is neither stored nor sent.
 */
#ifndef YT_DOC_REDO_H
#define YT_DOC_REDO_H

#include "doc/store.h"

/* The id that took the place of the item's first unit. False: none did. */
bool yt_redone_get(const yata_doc *doc, yt_ref ref, yt_id *out);
/* Sets it, for an item that has none. False: no memory, nothing changed. */
bool yt_redone_put(yata_doc *doc, yt_ref ref, yt_id id);
/* The item has none any more. Cannot fail. */
void yt_redone_drop(yata_doc *doc, yt_ref ref);
void yt_redone_free(yata_doc *doc);

/* Where the unit `id`, which must be known (clock below its client's state), is now: the item that holds it, or the one
 * that holds what took its place, as often as it was replaced; `diff` clocks into that item. 0: it was collected, and
 * diff is undefined. Changes nothing. O(log n) for each replacement. */
yt_ref yt_follow_redone(const yata_doc *doc, yt_id id, uint32_t *diff);

/* Sets or clears KEEP (gc.c) at the item and all it stands in, up to the first that is so already. */
void yt_keep_item(yata_doc *doc, yt_ref ref, bool keep);

/* For check(): is an id set exactly where an item says so? */
bool yt_redone_check(const yata_doc *doc, uint32_t flagged);

#endif
