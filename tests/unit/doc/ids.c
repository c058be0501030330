/* SPDX-License-Identifier: MIT */
/* ids.c - the ids of transactions, updates and documents. */
#include "../peer.h"
#include "../vectors.h"
#include <yata/yata.h>

static yata_id_set *new_set(void) {
    yata_id_set *set = NULL;
    OK(yata_id_set_new(NULL, &set));
    return set;
}

static void expect_set(const yata_id_set *set, const char *hex) {
    yata_buffer seen;
    yata_buffer_init(&seen, NULL);
    OK(yata_id_set_encode(set, YATA_IDS_V2, &seen));
    expect_bytes(&seen, hex);
    yata_buffer_free(&seen);
}

typedef struct told {
    yata_id_set *inserts, *deletes;
    uint32_t calls;
} told;

static void note(void *ctx, yata_doc *doc, const yata_txn *txn) {
    told *t = ctx;
    (void)doc;
    t->calls++;
    OK(yata_txn_ids(txn, t->inserts, t->deletes));
}

/* Inside a transaction, in an observer of its end, and of the update that it made. */
Test(ids, of_a_transaction) {
    peer p;
    peer_open(&p, 5);
    yata_type t = text_root(&p);
    write_text(&p, t, 0, "hello");
    told after = {new_set(), new_set(), 0};
    uint32_t subscription;
    OK(yata_doc_observe_txn(p.doc, YATA_STAGE_AFTER, note, &after, &subscription));
    yata_txn *txn = begin(&p);
    yata_id_set *inserts = new_set(), *deletes = new_set();
    OK(yata_txn_ids(txn, inserts, deletes));
    cr_assert(yata_id_set_is_empty(inserts) && yata_id_set_is_empty(deletes));
    OK(yata_text_insert(t, txn, 5, str_of(" world")));
    OK(yata_text_delete(t, txn, 3, 4));
    OK(yata_txn_ids(txn, inserts, deletes));
    expect_set(inserts, "01 05 01 05 05");
    expect_set(deletes, "01 05 01 03 03");
    OK(yata_txn_ids(txn, NULL, NULL));
    commit(&p);
    cr_assert_eq(after.calls, 1);
    cr_assert(yata_id_set_equal(after.inserts, inserts));
    cr_assert(yata_id_set_equal(after.deletes, deletes));
    cr_assert_eq(yata_txn_ids(NULL, inserts, NULL), YATA_ERR_ARGUMENT);
    yata_id_set_free(inserts);
    yata_id_set_free(deletes);
    yata_id_set_free(after.inserts);
    yata_id_set_free(after.deletes);
    peer_close(&p);
}

static void expect_ids(yata_bytes update, const char *inserted, const char *deleted, bool v2) {
    yata_id_set *inserts = new_set(), *deletes = new_set(), *only = new_set();
    yata_fault fault;
    yata_status (*ids)(yata_bytes, yata_id_set *, yata_id_set *, yata_fault *) =
        v2 ? yata_update_ids_v2 : yata_update_ids;
    OK(ids(update, inserts, deletes, &fault));
    expect_set(inserts, inserted);
    expect_set(deletes, deleted);
    OK(ids(update, NULL, only, NULL));
    cr_assert(yata_id_set_equal(deletes, only));
    /* A part of it adds nothing. */
    yata_status status = ids((yata_bytes){update.data, update.len - 1}, inserts, deletes, &fault);
    cr_assert_eq(status, fault.status);
    cr_assert_neq(status, YATA_OK);
    expect_set(inserts, inserted);
    cr_assert_eq(ids(update, NULL, NULL, &fault), YATA_ERR_ARGUMENT);
    yata_id_set_free(inserts);
    yata_id_set_free(deletes);
    yata_id_set_free(only);
}

Test(ids, as_yjs_does) {
    vectors v = vectors_open("ids.txt");
    const char *w[64];
    uint32_t updates = 0, documents = 0;
    while (vectors_words(&v, w, 64)) {
        bool document = strcmp(w[0], "document") == 0;
        if (!document && strcmp(w[0], "update") != 0) continue;
        yata_buffer update = bytes_from(w[1]), other;
        yata_buffer_init(&other, NULL);
        expect_ids(bytes_of(&update), w[2], w[3], false);
        OK(yata_update_convert(bytes_of(&update), YATA_UPDATE_V1, YATA_UPDATE_V2, &other, NULL));
        expect_ids(bytes_of(&other), w[2], w[3], true);
        if (document) {
            peer p;
            peer_open_keeping(&p, 77);
            OK(take_bytes(&p, bytes_of(&update)));
            yata_id_set *inserts = new_set(), *deletes = new_set();
            OK(yata_doc_ids(p.doc, inserts, deletes));
            expect_set(inserts, w[2]);
            expect_set(deletes, w[3]);
            yata_id_set_free(inserts);
            yata_id_set_free(deletes);
            peer_close(&p);
        }
        updates += !document;
        documents += document;
        yata_buffer_free(&update);
        yata_buffer_free(&other);
    }
    cr_assert(updates >= 10 && documents == 1);
    vectors_close(&v);
}

/* A hole of an update is not made by it. */
Test(ids, skips_are_not_made) {
    yata_buffer update = bytes_from("01 03 01 00 04 01 01 74 01 61 | 0a 03 | 84 01 03 01 62 | 00");
    expect_ids(bytes_of(&update), "01 01 02 00 00 03 00", "00", false);
    yata_buffer_free(&update);
}
