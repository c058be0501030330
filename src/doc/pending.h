/* SPDX-License-Identifier: MIT */
/* pending.h - blocks that arrived before what they need. */
#ifndef YT_DOC_PENDING_H
#define YT_DOC_PENDING_H

#include "doc/pending_list.h"

void yt_pending_free(yata_doc *doc);
/* Forgets the clients that are left without blocks, if no block is left at all. */
void yt_pending_tidy(yata_doc *doc);

/* The waiting blocks of a client, NULL if it never had any. */
yt_pending_client *yt_pending_find(const yt_pending *pending, uint64_t client);
/* Whether the limit of clients leaves room for so many new ones. Those that wait count as known: their blocks must not
 * fail when their turn comes. Usually O(1), near the limit O(clients that wait). */
bool yt_pending_admits(const yata_doc *doc, uint32_t more);
/* Copies blocks, by descending client and ascending clock, into the lists of their clients, and makes those clients
 * ready to be looked at. Where they overlap what waits already, the choice is that of Yjs, which merges them as updates
 * (update_merge.h). False: no memory; some may be in. */
bool yt_pending_park(yata_doc *doc, const yt_block *const *blocks, uint32_t count);
static inline const yt_block *yt_pending_head(const yt_pending_client *p) {
    return yt_pending_list_at(&p->blocks, yt_pending_list_begin(&p->blocks));
}
/* Memory that a block takes while it waits. */
static inline size_t yt_pending_size(const yt_block *b) {
    size_t root = b->parent == YT_PARENT_ROOT ? b->parent_root.len : 0;
    return sizeof(yt_pending_block) + b->data.len + b->name.len + b->key.len + root +
           3; /* a cut may put U+FFFD where 4 bytes were */
}
/* More than so many blocks take, whose contents are different stretches of so many bytes. */
static inline size_t yt_pending_most(uint32_t blocks, size_t bytes) {
    size_t each = sizeof(yt_pending_block) + 3;
    return blocks > (SIZE_MAX - bytes) / each ? SIZE_MAX : blocks * each + bytes;
}
/* Takes the first block out. */
void yt_pending_pop(yata_doc *doc, yt_pending_client *p);

/* There is nothing to do for `p`, which was ready, until `client` has passed `clock`. False: no memory; it stays ready.
 */
bool yt_pending_wait(yata_doc *doc, yt_pending_client *p, uint64_t client, uint32_t clock);
/* `client` reached `state`: those whose wait is over become ready. Cannot fail. */
void yt_pending_wake(yata_doc *doc, uint64_t client, uint32_t state);
/* Makes ready, too, who waits for one that is ready, and who waits for those; then sorts `ready` by descending client.
 */
void yt_pending_gather(yata_doc *doc);
/* The round is over: forgets who is not ready any more. */
void yt_pending_settle(yata_doc *doc);

#endif
