/* SPDX-License-Identifier: MIT */
/* subdocuments.cpp - what peers learn of a subdocument: its unit of offsets, its collection, whether it collects. */
#include "check.h"

static YDoc *named(const char *guid, const char *collection, uint8_t flags) {
    YOptions options = yoptions();
    ystring_destroy((char *)options.guid);
    options.guid = guid;
    options.collection_id = collection;
    options.flags = flags;
    return ydoc_new_with_options(options);
}

/* Units of an emoji in a text of that document. */
static uint32_t units(YDoc *doc) {
    Branch *text = ytext(doc, "t");
    YTransaction *txn = write(doc);
    ytext_insert(text, txn, 0, "\xF0\x9F\x98\x80", nullptr);
    uint32_t len = ytext_len(text, txn);
    ytransaction_commit(txn);
    return len;
}

CASE(subdocuments_tell_peers) {
    YDoc *doc = doc_with(1), *peer = doc_with(2, Y_OFFSET_BYTES);
    Branch *map = ymap(doc, "m"), *list = yarray(doc, "l");
    YDoc *bytes = named("in-bytes", nullptr, Y_OFFSET_BYTES), *utf16 = named("in-utf16", "group", Y_OFFSET_UTF16);
    YDoc *automatic = named("automatic", nullptr, Y_OFFSET_UTF16 | Y_AUTO_LOAD | Y_SKIP_GC);
    YTransaction *txn = write(doc);
    YInput one = yinput_ydoc(bytes), two[] = {yinput_ydoc(utf16), yinput_ydoc(automatic)};
    ymap_insert(map, txn, "k", &one);
    yarray_insert_range(list, txn, 0, two, 2);
    ytransaction_commit(txn);
    sync(doc, peer);

    txn = ydoc_read_transaction(peer);
    YOutput *cells[] = {ymap_get(ytype_get(txn, "m"), txn, "k"), yarray_get(ytype_get(txn, "l"), txn, 0),
                        yarray_get(ytype_get(txn, "l"), txn, 1)};
    YDoc *found[3];
    for (int i = 0; i < 3; i++) found[i] = youtput_read_ydoc(cells[i]);
    CHECK(found[0] && found[1] && found[2]);
    CHECK(take(ydoc_guid(found[0])) == "in-bytes" && take(ydoc_guid(found[1])) == "in-utf16");
    CHECK(units(found[0]) == 4 && units(found[1]) == 2 && units(found[2]) == 2);
    CHECK(take(ydoc_collection_id(found[0])) == "(null)" && take(ydoc_collection_id(found[1])) == "group");
    CHECK(!ydoc_auto_load(found[0]) && !ydoc_auto_load(found[1]) && ydoc_auto_load(found[2]));
    CHECK(!ydoc_should_load(found[0]) && !ydoc_should_load(found[1]));
    for (YOutput *cell : cells) youtput_destroy(cell);
    ytransaction_commit(txn);
    for (YDoc *d : {bytes, utf16, automatic, doc, peer}) ydoc_destroy(d);
}
