/* SPDX-License-Identifier: MIT */
/*
 * json_path.h - queries over the content of a document: "$.store.book[*].price".
 *
 * A path is compiled once and used with any document. Its results come one by one, in document order (that of lists, of
 * keys as they were first set, of members, of roots as they came to be); nothing is collected beforehand.
 *
 *   $  @            the document, only at the beginning; the place where the walk stands (changes nothing)
 *   .name  name     a root, a key, a member, an XML attribute   ['any name']  the same
 *   [2]  [-1]       an element, from the end if negative        [0,2,-1]  ['a','b']  several, in this order
 *   *  .*  [*]      all roots, values, elements or children     [from:to:step]  a range of elements
 *   ..              all levels below: "$.a..name"
 *
 * Names: an ASCII letter or any character beyond ASCII, then also digits and "_". There are no filters.
 * Source: the queries of yrs (y-crdt), whose results and order these are; spec/json-path.md.
 */
#ifndef YATA_JSON_PATH_H
#define YATA_JSON_PATH_H

#include <yata/doc.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct yata_json_path yata_json_path;

/* allocator: NULL for the default. What is no path: YATA_ERR_VALUE, what is none here (filters): YATA_ERR_KIND,
 * YATA_ERR_UTF8; fault (may be NULL) tells at which byte. Like yrs it takes a last "[" that is not closed. Memory
 * O(path). */
YATA_API yata_status yata_json_path_compile(yata_str path, const yata_allocator *allocator, yata_json_path **out,
                                            yata_fault *fault);
/* NULL is fine. Not while a walk uses it. */
YATA_API void yata_json_path_free(yata_json_path *path);

typedef struct yata_json_path_walk yata_json_path_walk;

/* Begins a walk. start: NULL for the document, or a value of it (also of kind TYPE) from which a path without "$" goes.
 * `path`, `doc` and `start`'s bytes must outlive the walk; any change of the document ends it. Memory comes from the
 * allocator of the path: a few words for each level that the walk is below its start. */
YATA_API yata_status yata_json_path_select(const yata_json_path *path, const yata_doc *doc, const yata_value *start,
                                           yata_json_path_walk **out);
/* The next result, a view valid until the document changes. False: there are no more, or no memory; the status tells.
 * The document itself is no value, so "$" alone has no result. A whole walk visits each place at most once, unless the
 * path itself lists one twice; members of plain values are searched, O(value). */
YATA_API bool yata_json_path_next(yata_json_path_walk *walk, yata_value *out);
YATA_API yata_status yata_json_path_status(const yata_json_path_walk *walk);
/* NULL is fine. */
YATA_API void yata_json_path_end(yata_json_path_walk *walk);

#ifdef __cplusplus
}
#endif
#endif
