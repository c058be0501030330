/* SPDX-License-Identifier: MIT */
/*
 * weak_links.h - weak links in a document (spec/weak.md).
 *
 * A weak link is a branch without content; its name has the bytes of what it leads to. A document that has one has a
 * table of them, found from the link and from the type that it leads into:
 *
 *   quoted type ── heads ──> entries[i] ── next ──> entries[k] ...
 *   link        ── places ─> entries[i]
 *
 * Items that a link leads to are LINKED: cut at the ends of the range, and not merged. Nothing else is kept of a range;
 * who wants to know whether it changed walks over it.
 */
#ifndef YT_DOC_WEAK_LINKS_H
#define YT_DOC_WEAK_LINKS_H

#include "block/link.h"
#include "doc/model.h"

typedef struct yt_weak_entry {
    uint32_t branch;             /* the link; YT_NONE: a free place, `next` is the next free one */
    uint32_t quoted, generation; /* the type that it leads into */
    uint32_t next;
} yt_weak_entry;

struct yt_weak {
    YT_VEC(yt_weak_entry) entries;
    yt_u64_map heads, places;
    uint32_t free; /* YT_NONE: none */
};

/* Walks the pieces of a range, tombstones included.
 * Shape: yt_quote q; if (yt_quote_begin(&q, doc, &link)) while (yt_quote_next(&q, &ref, &from, &to)) ...
 * The pieces are clocks [from, to) of an item, never empty. Of a map entry: the last element of its value. */
typedef struct yt_quote {
    const yata_doc *doc;
    const yt_branch *branch; /* that is quoted */
    yt_ref ref;              /* next item */
    uint32_t from;           /* where the range begins in it */
    yt_id end;               /* slot YT_NONE: open */
    bool end_after, done;
} yt_quote;
/* False: there is nothing that it could lead to (any more). */
bool yt_quote_begin(yt_quote *q, const yata_doc *doc, const yata_link *link);
bool yt_quote_next(yt_quote *q, yt_ref *ref, uint32_t *from, uint32_t *to);

/* The item that has an id, 0 if it is not there or was collected. */
yt_ref yt_link_item(const yata_doc *doc, yata_id id);
static inline bool yt_is_weak(const yt_branch *branch) {
    return branch->kind == YATA_KIND_WEAK;
}
static inline yata_link yt_weak_link(const yata_doc *doc, const yt_branch *weak) {
    return yt_link_view(yt_strings_get(&doc->strings, weak->name));
}

/* A link is going to be integrated: puts it into the table. False: no memory. */
bool yt_weak_prepare(yata_doc *doc, const yt_branch *weak);
/* It was integrated: cuts and marks what it leads to, as far as memory goes. */
void yt_weak_integrated(yata_txn *txn, const yt_branch *weak);
/* It was deleted: what no other link leads to may merge again. */
void yt_weak_deleted(yata_txn *txn, const yt_branch *weak);
/* The deletion is taken back, the last one first. Cannot fail. */
void yt_weak_revived(yata_doc *doc, const yt_branch *weak);
/* Takes it out of the table, if it is there. */
void yt_weak_forget(yata_doc *doc, uint32_t branch);
void yt_weak_free(yata_doc *doc);

/* Notes links whose range was changed by the transaction as changed. Asked only if types are observed. */
bool yt_weak_note_changes(yata_txn *txn);
/* The links that lead to this item: each call gives one more, until it is NULL. place: YT_NONE at first. */
const yt_branch *yt_weak_next_to(const yata_doc *doc, yt_ref item, uint32_t *place);

#endif
