/* SPDX-License-Identifier: MIT */
/*
 * delete_list.c - see delete_list.h; spec/update-v1.md, "Delete set".
 *
 * mergeUpdates of Yjs sorts and joins runs, diffUpdate and the conversions leave them as they are. Both are here, so
 * that the bytes are the same.
 */
#include "update/delete_list.h"
#include "base/sort.h"

bool yt_delete_list_add(yt_mem *mem, yt_delete_list *list, uint64_t client, yt_run run) {
    if (!yt_vec_reserve(mem, list, 1)) return false;
    yt_deletion deletion = {client, run, list->len};
    yt_vec_put(list, deletion);
    return true;
}

void yt_delete_list_read(yt_decoder *d, yt_delete_list *list) {
    for (uint32_t clients = d->ops->delete_clients(d); clients > 0 && yt_reader_ok(&d->in); clients--) {
        uint64_t client;
        for (uint32_t left = d->ops->delete_client(d, &client); left > 0 && yt_reader_ok(&d->in); left--) {
            yt_run run = d->ops->delete_run(d);
            if (yt_reader_ok(&d->in) && !yt_delete_list_add(d->mem, list, client, run))
                yt_reader_fail_at(&d->in, YATA_ERR_MEMORY, d->in.pos);
        }
    }
}

static bool by_clock(const void *a, const void *b) {
    const yt_deletion *x = a, *y = b;
    if (x->client != y->client) return x->client > y->client;
    return x->run.clock < y->run.clock;
}

static bool by_place(const void *a, const void *b) {
    const yt_deletion *x = a, *y = b;
    if (x->client != y->client) return x->client > y->client;
    return x->place < y->place;
}

void yt_delete_list_merge(yt_delete_list *list) {
    if (!list->len) return;
    yt_sort(list->data, list->len, sizeof *list->data, by_clock);
    uint32_t n = 0;
    for (uint32_t i = 1; i < list->len; i++) {
        yt_deletion *last = &list->data[n], next = list->data[i];
        uint32_t end = last->run.clock + last->run.len, next_end = next.run.clock + next.run.len;
        if (next.client != last->client || next.run.clock > end)
            list->data[++n] = next;
        else if (next_end > end)
            last->run.len = next_end - last->run.clock;
    }
    list->len = n + 1;
    for (uint32_t i = 0; i < list->len; i++) list->data[i].place = i;
}

/* v2 knows neither empty runs nor steps back. */
static void make_sayable(yt_delete_list *list) {
    uint32_t n = 0;
    for (uint32_t i = 0; i < list->len; i++)
        if (list->data[i].run.len) list->data[n++] = list->data[i];
    list->len = n;
    for (uint32_t i = 1; i < n; i++) {
        const yt_deletion *last = &list->data[i - 1], *next = &list->data[i];
        if (last->client != next->client || next->run.clock >= last->run.clock + last->run.len) continue;
        yt_delete_list_merge(list);
        return;
    }
}

void yt_delete_list_write(yt_delete_list *list, yt_encoder *e) {
    if (list->len) yt_sort(list->data, list->len, sizeof *list->data, by_place);
    if (e->ops == &yt_encoder_v2) make_sayable(list);
    uint32_t clients = 0;
    for (uint32_t i = 0; i < list->len; i++) clients += !i || list->data[i - 1].client != list->data[i].client;
    e->ops->delete_clients(e, clients);
    for (uint32_t i = 0, end; i < list->len; i = end) {
        uint64_t client = list->data[i].client;
        for (end = i; end < list->len && list->data[end].client == client;) end++;
        e->ops->delete_client(e, client, end - i);
        for (uint32_t at = i; at < end; at++) e->ops->delete_runs(e, &list->data[at].run, 1);
    }
}
