/* SPDX-License-Identifier: MIT */
/*
 * sync.h - keeping documents in step over connections.
 *
 * A HUB joins a document (and, if wanted, an awareness) with all who are connected to it: one connection in a client,
 * many in a server. A SESSION is one connection. It does no input or output: it is fed with the frames that arrive and
 * asked for the messages that are to be sent.
 *
 *   received frame ──> yata_sync_receive ──> document, awareness ──> all other sessions
 *   yata_sync_next ──> message, to be sent as a frame of its own
 *
 * Both ends are equal. Peers are Yata, or whatever speaks y-protocols (y-websocket, Hocuspocus without its envelope,
 * pycrdt, yrs). Lost connections cost nothing but a new yata_sync_connect: each end tells what it has and gets what it
 * lacks.
 *
 * Lifetimes: the hub is freed before its document and its awareness, and frees its sessions. Nothing of it may be freed
 * inside an observer or one of its own callbacks. Documents can be edited freely in between: sessions learn of it.
 *
 * Source: spec/sync.md, "Sessions".
 */
#ifndef YATA_SYNC_H
#define YATA_SYNC_H

#include <yata/awareness.h>
#include <yata/doc.h>
#include <yata/protocol.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct yata_sync_hub yata_sync_hub;
typedef struct yata_sync yata_sync;

/* awareness: NULL for none. allocator: NULL for the default. */
YATA_API yata_status yata_sync_hub_new(yata_doc *doc, yata_awareness *awareness, const yata_allocator *allocator,
                                       yata_sync_hub **out);
/* Ends all sessions. NULL is fine. */
YATA_API void yata_sync_hub_free(yata_sync_hub *hub);
YATA_API uint32_t yata_sync_hub_connected(const yata_sync_hub *hub);
/* Bytes asked of the allocator, messages that wait included (each counts once, however many sessions it waits for). */
YATA_API size_t yata_sync_hub_memory(const yata_sync_hub *hub);

typedef struct yata_sync_options {
    /* Origin of the transactions and awareness events that come from this peer. Copied. */
    yata_bytes origin;
    bool read_only;         /* the peer's updates are refused, and it is not asked for any; awareness is taken */
    yata_str denied_reason; /* what it is told then; {NULL, 0}: "read only". Copied. */
    size_t message_bytes;   /* longest frame that is looked at; 0: 2^26 */
    /* Bytes of messages that may wait to be sent; 0: 2^20. When a peer is so slow that there would be more, the waiting
     * updates are dropped, and instead of them it gets one difference, computed when it is ready for it. */
    size_t queue_bytes;
    uint32_t awareness_clients; /* for how many clients this peer may speak; 0: any number */
    /* There is something to send, and there was not before. May be called inside any change of document and awareness:
     * only take a note. */
    void (*wake)(void *ctx, yata_sync *session);
    /* An auth or custom message came; a view, valid during the call. NULL: they are passed over. */
    void (*message)(void *ctx, yata_sync *session, const yata_message *message);
    void *ctx;
} yata_sync_options;

YATA_API yata_sync_options yata_sync_options_default(void);

/* A session that is not connected yet. options: NULL for the defaults. */
YATA_API yata_status yata_sync_new(yata_sync_hub *hub, const yata_sync_options *options, yata_sync **out);
/* Disconnects, if need be. NULL is fine. */
YATA_API void yata_sync_free(yata_sync *session);

/* A connection begins: the peer is told what we have and who is here. What was left of an earlier one is forgotten. */
YATA_API yata_status yata_sync_connect(yata_sync *session);
/* It ended: nothing more is kept for the peer; the clients it spoke for go away from the awareness (if there is memory
 * for that; otherwise when they are outdated). */
YATA_API void yata_sync_disconnect(yata_sync *session);

/* What came of a frame. */
typedef struct yata_sync_result {
    yata_fault fault;  /* offset in the frame, of a refused payload of its beginning or of the fault in it */
    uint32_t messages; /* that were dealt with, refused ones included                                      */
    uint32_t refused;  /* updates that a read-only peer tried                                              */
    bool pending;      /* the document waits for updates that have not arrived                             */
} yata_sync_result;

/* Deals with the messages of one frame, in their order. A status but YATA_OK: the frame is malformed or over a limit;
 * what stands before the fault was dealt with, the faulty message changed nothing; close the connection (after
 * YATA_ERR_MEMORY the same frame can be given again). YATA_ERR_STATE: not connected, or inside a transaction or
 * observer of the document; nothing was done. result: may be NULL. */
YATA_API yata_status yata_sync_receive(yata_sync *session, yata_bytes frame, yata_sync_result *result);

/* The next message to send, as one frame; valid until the next call with this session. data NULL: there is none. It
 * counts as sent: if that fails, disconnect. Answers and differences are made here, from the state of the document as
 * it is now. YATA_ERR_MEMORY: try again. */
YATA_API yata_status yata_sync_next(yata_sync *session, yata_bytes *message);
YATA_API bool yata_sync_has_next(const yata_sync *session);

/* Adds a message of the application (yata_message_write_custom, _denied, ...). YATA_ERR_LIMIT: too much waits. */
YATA_API yata_status yata_sync_send(yata_sync *session, yata_bytes message);
/* Asks the peer for what is missing here, once more. */
YATA_API yata_status yata_sync_request(yata_sync *session);

typedef struct yata_sync_state {
    bool connected;
    bool asked;          /* we have asked and wait for the answer                              */
    bool synced;         /* at least one answer came since we connected                        */
    bool behind;         /* waiting updates were dropped; a difference comes in their place    */
    size_t queued_bytes; /* of messages that wait (answers and differences are made later)     */
    uint64_t overflows;  /* how often updates were dropped                                     */
    uint32_t clients;    /* the peer speaks for                                                */
} yata_sync_state;
YATA_API void yata_sync_state_of(const yata_sync *session, yata_sync_state *out);
/* What the document waits for, as a state vector (yata_doc_encode_missing). */
YATA_API yata_status yata_sync_missing(const yata_sync *session, yata_buffer *out);

#ifdef __cplusplus
}
#endif
#endif
