/* SPDX-License-Identifier: MIT */
/*
 * base.h - what every other header speaks of: status codes, the allocator,
 * byte views and owned buffers, identifiers and kinds of shared types.
 *
 * Nothing here knows a document.
 */
#ifndef YATA_BASE_H
#define YATA_BASE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#define YATA_VERSION_MAJOR 0
#define YATA_VERSION_MINOR 1
#define YATA_VERSION_PATCH 0

#if defined(_WIN32) && defined(YATA_SHARED)
#if defined(YATA_BUILD)
#define YATA_API __declspec(dllexport)
#else
#define YATA_API __declspec(dllimport)
#endif
#elif defined(__GNUC__)
#define YATA_API __attribute__((visibility("default")))
#else
#define YATA_API
#endif

/* ------------------------------------------------------------------------
 * Status
 *
 * Every function that can fail returns one. The numbers are pinned: they never
 * change their meaning and none is ever reused.
 */
typedef enum yata_status {
    YATA_OK = 0,
    YATA_ERR_MEMORY = -1,    /* the allocator said no, or a memory limit was met            */
    YATA_ERR_END = -2,       /* the bytes end in the middle of a value                      */
    YATA_ERR_NUMBER = -3,    /* a number is not representable: > 2^53-1, or a bad varint    */
    YATA_ERR_UTF8 = -4,      /* a string is not UTF-8                                       */
    YATA_ERR_JSON = -5,      /* a JSON text (in embeds, formats, legacy JSON) is malformed  */
    YATA_ERR_KIND = -6,      /* unknown content kind, type kind or value tag                */
    YATA_ERR_VALUE = -7,     /* a field is well formed but impossible (id refers to itself) */
    YATA_ERR_LIMIT = -8,     /* a limit of the document, or of this library, is exceeded    */
    YATA_ERR_RANGE = -9,     /* an index or length lies outside the sequence                */
    YATA_ERR_TYPE = -10,     /* this shared type is of another kind                         */
    YATA_ERR_GONE = -11,     /* the shared type was deleted                                 */
    YATA_ERR_STATE = -12,    /* not now: no transaction is open, or one is in the way       */
    YATA_ERR_ARGUMENT = -13, /* a NULL or contradictory argument                            */
    YATA_ERR_NOT_FOUND = -14 /* no such key, root or subscription                           */
} yata_status;

/* The name of a status, "ok", "out of memory", ... Never NULL; static memory. */
YATA_API const char *yata_status_name(yata_status status);

/* What a decoder says of bytes it refuses. */
typedef struct yata_fault {
    yata_status status; /* YATA_OK when there was none                              */
    size_t offset;      /* byte offset into the input at which the fault was seen   */
} yata_fault;

/* "0.1.0". Static memory. */
YATA_API const char *yata_version(void);

/* ------------------------------------------------------------------------
 * Memory
 *
 * All memory of a document comes from the allocator given to it. Sizes are
 * given back on realloc and free, so an allocator needs no headers of its own.
 * `alloc` and `realloc` return NULL when there is none; memory is aligned for
 * uint64_t and pointers. `realloc` is never called with size 0 or NULL.
 */
typedef struct yata_allocator {
    void *ctx;
    void *(*alloc)(void *ctx, size_t size);
    void *(*realloc)(void *ctx, void *ptr, size_t old_size, size_t new_size);
    void (*free)(void *ctx, void *ptr, size_t size);
} yata_allocator;

/* The allocator used where NULL is passed: malloc on hosted builds, NULL on
 * freestanding ones (there every `const yata_allocator *` is required). */
YATA_API const yata_allocator *yata_allocator_default(void);

/* ------------------------------------------------------------------------
 * Views and buffers
 */

/* A view of bytes: not owned, not terminated. */
typedef struct yata_bytes {
    const uint8_t *data;
    size_t len;
} yata_bytes;

/* A view of UTF-8 text: `len` in bytes, not terminated, may contain U+0000. */
typedef struct yata_str {
    const char *data;
    size_t len;
} yata_str;

/* Bytes owned by the caller. Functions that produce bytes append to one; when
 * they fail, `len` is what it was before. Initialise, use many times, free. */
typedef struct yata_buffer {
    uint8_t *data;
    size_t len, cap;
    yata_allocator allocator;
} yata_buffer;

/* allocator: NULL for the default. Allocates nothing yet. */
YATA_API void yata_buffer_init(yata_buffer *buffer, const yata_allocator *allocator);
YATA_API void yata_buffer_free(yata_buffer *buffer);
YATA_API yata_status yata_buffer_append(yata_buffer *buffer, const void *data, size_t len);

/* ------------------------------------------------------------------------
 * Identifiers
 */

/* Names one unit of content (a UTF-16 code unit of text, an array element, ...).
 * client: 53 bits, clock: counts the units a client has made, from 0. */
typedef struct yata_id {
    uint64_t client;
    uint32_t clock;
} yata_id;

/* The kinds of shared types. A root that arrived from a peer is UNTYPED until
 * somebody asks for it by kind: the bytes name roots, they do not type them. */
typedef enum yata_kind {
    YATA_KIND_UNTYPED = 0,
    YATA_KIND_ARRAY = 1,
    YATA_KIND_MAP = 2,
    YATA_KIND_TEXT = 3,
    YATA_KIND_XML_ELEMENT = 4,
    YATA_KIND_XML_FRAGMENT = 5,
    YATA_KIND_XML_HOOK = 6,
    YATA_KIND_XML_TEXT = 7,
    YATA_KIND_WEAK = 8 /* a weak link (weak.h); never a root */
} yata_kind;

/* "array", "map", ... Never NULL; static memory. */
YATA_API const char *yata_kind_name(yata_kind kind);

typedef struct yata_doc yata_doc;
typedef struct yata_txn yata_txn;

/* A handle on a shared type: a plain value, copy it freely. It stays safe to
 * use after its type was deleted: every function then answers YATA_ERR_GONE.
 * It must not be used after its document was freed. {NULL, 0, 0} is no type. */
typedef struct yata_type {
    yata_doc *doc;
    uint32_t ref;
    uint32_t generation;
} yata_type;

#ifdef __cplusplus
}
#endif
#endif
