/* SPDX-License-Identifier: MIT */
/*
 * config.h - limits and hooks fixed at compile time, each with its reason. Override with -D.
 */
#ifndef YT_BASE_CONFIG_H
#define YT_BASE_CONFIG_H

/* memcpy, memmove, memset, memcmp: all that is needed of a C library. */
#include <string.h>

/* Broken invariants only, never bad input. */
#ifndef YT_ASSERT
#if defined(NDEBUG) || !defined(__STDC_HOSTED__) || !__STDC_HOSTED__
#define YT_ASSERT(x) ((void)0)
#else
#include <assert.h>
#define YT_ASSERT(x) assert(x)
#endif
#endif

/* Nesting of arrays and objects inside one plain value. Readers keep one word a level on the C stack; JavaScript
 * peers fail from about 10,000 levels. */
#ifndef YT_ANY_DEPTH
#define YT_ANY_DEPTH 512
#endif

/* Longest list of one client's blocks in one page of the block store. */
#ifndef YT_PAGE_ENTRIES
#define YT_PAGE_ENTRIES 256
#endif

/* Items in one slab of the item pool: 3.5 kB, so that a small document stays small. A power of two. */
#ifndef YT_SLAB_ITEMS
#define YT_SLAB_ITEMS 64
#endif

/* Positions in a long sequence are found through a tree; 0 (build option seq_tree) leaves it out: then they are found
 * by walking, whatever the length. */
#ifndef YT_SEQ_TREE
#define YT_SEQ_TREE 1
#endif

/* The tree is built when a writer has walked over so many items in vain. */
#ifndef YT_SEQ_FAR
#define YT_SEQ_FAR 128
#endif

/* Items that a leaf of the tree stands for, at most; children of a node, at most (a node is 328 bytes). 4 to 255. */
#ifndef YT_SEQ_LEAF
#define YT_SEQ_LEAF 32
#endif
#ifndef YT_SEQ_FANOUT
#define YT_SEQ_FANOUT 20
#endif

/* Largest chunk in which contents of different items share memory. */
#ifndef YT_CHUNK_BYTES
#define YT_CHUNK_BYTES 8192
#endif

/* Update v2 says in a few bytes that a million blocks are alike, so its blocks are not bounded by its length. This many
 * are read, and one more for each byte: 120 bytes of memory for each while an update is applied. */
#ifndef YT_V2_BLOCKS
#define YT_V2_BLOCKS (UINT32_C(1) << 18)
#endif

/* A name can be repeated there by its number. So many bytes of names may be repeated in one update, and 16 more for
 * each of its bytes. No known writer repeats any. */
#ifndef YT_V2_REPEATED
#define YT_V2_REPEATED (UINT32_C(1) << 24)
#endif

#define YT_CLOCK_MAX  UINT32_MAX
#define YT_CLIENT_MAX ((UINT64_C(1) << 53) - 1)

#if defined(__GNUC__)
#define YT_LIKELY(x)   __builtin_expect(!!(x), 1)
#define YT_UNLIKELY(x) __builtin_expect(!!(x), 0)
#define YT_PREFETCH(p) __builtin_prefetch(p)     /* of any address */
#define YT_APART       __attribute__((noinline)) /* what is rare: its registers are not saved where it is not called */
#else
#define YT_LIKELY(x)   (x)
#define YT_UNLIKELY(x) (x)
#define YT_PREFETCH(p) ((void)(p))
#define YT_APART
#endif

#endif
