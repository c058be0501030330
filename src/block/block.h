/* SPDX-License-Identifier: MIT */
/*
 * block.h - one struct of an update as plain data: no document, no neighbours.
 *
 * Decoders make blocks, encoders write them, the document turns blocks into items and shows its items as blocks.
 * All views point into the bytes read (or an arena beside them, or the document).
 *
 * The info byte on the wire:
 *
 *     7 6 5 4 3 2 1 0
 *     | | | +-------+-- content kind (enum yt_content)
 *     | | +------------ the item has a key (parentSub)
 *     | +-------------- right origin present
 *     +---------------- origin present
 */
#ifndef YT_BLOCK_BLOCK_H
#define YT_BLOCK_BLOCK_H

#include <yata/base.h>

typedef enum yt_content {
    YT_GC = 0,      /* collected: only its length is known                            */
    YT_DELETED = 1, /* an item whose content is gone, but which still places others   */
    YT_JSON = 2,    /* legacy: JSON values                                            */
    YT_BINARY = 3,
    YT_STRING = 4,
    YT_EMBED = 5,  /* an object in rich text                                          */
    YT_FORMAT = 6, /* a format starts or ends here; not countable                     */
    YT_TYPE = 7,   /* a nested shared type                                            */
    YT_ANY = 8,    /* plain values                                                    */
    YT_DOC = 9,    /* a subdocument                                                   */
    YT_SKIP = 10   /* a hole; never stored                                            */
} yt_content;

enum { YT_INFO_ORIGIN = 0x80, YT_INFO_RIGHT = 0x40, YT_INFO_KEY = 0x20, YT_INFO_CONTENT = 0x1F };

typedef enum yt_parent {
    YT_PARENT_NEIGHBOUR = 0, /* that of the origin or right origin; nothing on the wire */
    YT_PARENT_ROOT = 1,      /* root type `parent_root`                                 */
    YT_PARENT_ID = 2         /* the type made by item `parent_id`                       */
} yt_parent;

typedef struct yt_block {
    yata_id id;
    uint32_t len;    /* in clocks: UTF-16 units for strings. 0 is legal on the wire (quirk) */
    uint8_t content; /* enum yt_content */
    uint8_t info;    /* YT_INFO_ORIGIN | YT_INFO_RIGHT | YT_INFO_KEY */
    uint8_t parent;  /* enum yt_parent */
    union {
        uint8_t type_ref; /* TYPE: 0 array, 1 map, 2 text, 3 xml element, 4 xml fragment, 5 xml hook, 6 xml text,
                             7 weak link (yrs) */
        uint8_t padded;   /* STRING: 1: of at most YT_UTF8_SHORT bytes, and so many can be read where it is */
    };
    yata_id origin; /* if YT_INFO_ORIGIN */
    yata_id right;  /* if YT_INFO_RIGHT  */
    union {
        yata_id parent_id;    /* if YT_PARENT_ID   */
        yata_str parent_root; /* if YT_PARENT_ROOT */
    };
    yata_str key;  /* if YT_INFO_KEY and parent is not NEIGHBOUR (else the key is that of the neighbour) */
    yata_str name; /* FORMAT: format key. TYPE: tag or hook name, link (block/link.h). DOC: guid. */
    /* STRING: UTF-8. BINARY: the bytes. ANY, JSON: `len` canonical any values back to back (wire/any.h).
     * EMBED, FORMAT: one canonical any. DOC: its options, one canonical any. Others: empty. */
    yata_bytes data;
} yt_block;

/* All but the id. Field by field: for the whole struct compilers call memset or use a string instruction, both slower.
 */
static inline void yt_block_clear(yt_block *b) {
    static const yata_id no_id = {0, 0};
    static const yata_str no_str = {NULL, 0};
    static const yata_bytes no_bytes = {NULL, 0};
    b->len = 0;
    b->content = b->info = b->parent = b->type_ref = 0;
    b->origin = no_id;
    b->right = no_id;
    b->parent_root = no_str;
    b->key = no_str;
    b->name = no_str;
    b->data = no_bytes;
}

/* Does it count in lengths and indexes? All but GC, DELETED, FORMAT, SKIP. */
static inline bool yt_content_countable(uint8_t content) {
    return content != YT_GC && content != YT_DELETED && content != YT_FORMAT && content != YT_SKIP;
}
/* Can it be cut, and grow by what follows it? */
static inline bool yt_content_splits(uint8_t content) {
    return content == YT_DELETED || content == YT_JSON || content == YT_STRING || content == YT_ANY;
}
const char *yt_content_name(uint8_t content); /* "string"; "?" for what is no kind */

/* Types on the wire: yata_kind less one. */
enum { YT_TYPE_REFS = 8 };
/* Does a type with this reference carry a name (tag of an element, name of a hook)? */
static inline bool yt_type_ref_named(uint8_t type_ref) {
    return type_ref == 3 || type_ref == 5;
}

/* What follows the first `units` clocks of the contents of a block that can be cut, as Yjs writes it. A cut inside a
 * surrogate pair loses the character: `broken` says that a U+FFFD stands for its second half, before `rest`. O(units).
 */
typedef struct yt_tail {
    yata_bytes rest;
    bool broken;
} yt_tail;
yt_tail yt_block_tail(const yt_block *block, uint32_t units);
/* The contents of its first `units` clocks; `broken` says that a U+FFFD stands for a first half, behind `rest`. */
yt_tail yt_block_head(const yt_block *block, uint32_t units);

#endif
