/* SPDX-License-Identifier: MIT */
/*
 * session.h - hub and sessions (spec/sync.md, "Sessions").
 *
 *   document ── update ──> hub ── one shared message ──┬── queue of session 0
 *                                                      ├── queue of session 1      except where it came from
 *                                                      └── ...
 *
 * A session keeps WISHES beside its queue: to ask, to answer, to catch up, to tell of all states. They are turned into
 * bytes when the transport takes them (outgoing.c), so that they cost no memory while they wait and are never out of
 * date. Whatever cannot be queued (no memory, no room) becomes a wish, and so nothing is ever lost.
 *
 * Invariants: queued_bytes is the sum over the queue; a session that is behind has no update in its queue; one that is
 * not connected has neither queue nor wishes.
 */
#ifndef YT_SYNC_SESSION_H
#define YT_SYNC_SESSION_H

#include "base/hash.h"
#include "base/vec.h"
#include "sync/message.h"

#include <yata/sync.h>
#include <yata/update.h>

/* A message that waits in any number of queues. */
typedef struct yt_shared {
    uint32_t refs;
    uint8_t kind;    /* enum yata_message_kind; CUSTOM stands for all that must not be dropped */
    bool alone;      /* AWARENESS: of one client only ... */
    uint64_t client; /* ... this one */
    size_t len;
    uint8_t data[];
} yt_shared;

struct yata_sync {
    yata_sync_hub *hub;
    uint32_t slot; /* place in the hub */
    yata_sync_options options;

    bool connected, again; /* again: not for the first time */
    bool want_ask, want_answer, behind;
    bool want_states; /* all awareness states ... */
    bool want_known;  /* ... and who has gone */
    bool asked, synced;
    bool denied;         /* it was told that it may not write */
    yata_pending futile; /* what waited after the last answer: asking again would bring no more */
    uint64_t overflows;
    uint32_t clients;

    yata_buffer vector; /* what the peer has for certain; empty: nothing is known */
    YT_VEC(yt_shared *) queue;
    uint32_t head;
    size_t queued_bytes;
    yt_shared *given; /* what yata_sync_next gave out: this, ... */
    yata_buffer made; /* ... or this */
};

struct yata_sync_hub {
    yt_mem mem;
    yata_doc *doc;
    yata_awareness *awareness;
    YT_VEC(yata_sync *) sessions; /* NULL: a free place */
    uint32_t connected;
    uint32_t update_subscription, cleaned_subscription, all_subscription, awareness_subscription;

    yata_sync *source;      /* whose message is being applied ... */
    uint32_t source_number; /* ... in the transaction of this number; 0: it goes to the source, too */
    bool expected;          /* a transaction changed something, and the update has not been seen yet */

    yt_u64_map owners; /* client -> slot of the session that speaks for it */
    YT_VEC(uint64_t) list;
};

/* ---- outgoing.c ---- */
/* NULL: no memory. */
yt_shared *yt_shared_new(yt_mem *mem, yata_message_kind kind, yata_bytes payload);
void yt_shared_drop(yt_mem *mem, yt_shared *message);
/* Queues an update or awareness message, or turns it into a wish. message NULL: there was no memory to make it. */
void yt_sync_offer(yata_sync *s, yata_message_kind kind, yt_shared *message);
/* Tells the application if there is something to send now and there was not. */
void yt_sync_woke(yata_sync *s, bool had);
/* Forgets queue and wishes. */
void yt_sync_clear(yata_sync *s);

/* ---- hub.c ---- */
yata_status yt_hub_listen(yata_sync_hub *hub);
void yt_hub_unlisten(yata_sync_hub *hub);
/* The clients that this session speaks for go away. */
void yt_hub_disown(yata_sync_hub *hub, yata_sync *s);

#endif
