/* SPDX-License-Identifier: MIT */
/*
 * update_v1.c - any bytes as an update, for a document chosen by the first byte.
 *
 * The promises are those of tests/hostile/examine.h: refused bytes change nothing, accepted ones leave a document that
 * is sound, can be stored, loaded and edited.
 */
#include "hostile/examine.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* What yjs wrote (tests/vectors/docs has them by these names). Small, because they are applied for every input. */
static const char *const bases[] = {
    /* empty update */
    "0000",
    /* insertion among tombstones */
    "01050100040101740161810100048401040166c10104010501c401060105015901010201040601",
    /* insertion inside a surrogate pair */
    "01030100040101740461efbfbd84010104efbfbd62c401010102015800",
    /* overlapping formats */
    "01090100040101740368656c840102026c6f8401040420776f72840108026c6446010004626f6c640474727565c101040105"
    "01c60102010305636f6c6f72052272656422c6010d010304626f6c64046e756c6cc60108010905636f6c6f72046e756c6c01"
    "01010c01",
    /* nested types */
    "010701002701016d016d01280001000171017d012701016d01610008000102017d012701016d017402040001040574f09f91"
    "8d2700010001640100",
    /* nested type deleted, kept */
    "01020100070101610128000100016b017701760101010002",
    /* deleted and set again */
    "010401002101016d0161012801016d0162017d022801016d0163017d03a80100017d040101010001",
    /* nested elements */
    "01090100070101780302756c0700010003026c69070001010604000102016187010103026c69870104060400010501622800"
    "010005636c6173730177016c280001000269640177013100",
    /* subdocument with options */
    "010101002901016d0164026732760302676379086175746f4c6f616478046d6574617602013275017e01617d0100",
    /* one in the middle missing */
    "0108010004010174016184010001620a018401020164840103016584010401662701016d016b0008000106027d017d020101"
    "010103",
    /* parent type missing */
    "01080100040101740161840100016284010101638401020164840103016584010401660a0108000106027d017d0201010101"
    "03",
    /* split */
    "010301000201016102013101328201010201330134c8010101020177036e657700",
    /* session 3, state */
    "021cffffffffffffff0f002901016d047375623102673376002701016d026e32020400ffffffffffffff0f010574f09f918d"
    "a9ffffffffffffff0f000267307601086175746f4c6f6164780401017402787884ffffffffffffff0f070378787884ffffff"
    "ffffffff0f0a077878787878787884ffffffffffffff0f110f78787878787878787878787878787884ffffffffffffff0f20"
    "037878782801016d026b32017b433fffffffffffffc5ffffffffffffff0f11ffffffffffffff0f120b7b226b223a5b312c32"
    "5d7d07010161020400ffffffffffffff0f26066e65737465642801016d026b33017e87ffffffffffffff0f26012800ffffff"
    "ffffffff0f2e0171017d01c4ffffffffffffff0f07ffffffffffffff0f08010ac6ffffffffffffff0f25ffffffffffffff0f"
    "1205636f6c6f72052272656422c6ffffffffffffff0f31ffffffffffffff0f12066974616c69630474727565c4ffffffffff"
    "ffff0f32ffffffffffffff0f121e787878787878787878787878787878787878787878787878787878787878c6ffffffffff"
    "ffff0f50ffffffffffffff0f1205636f6c6f72046e756c6cc6ffffffffffffff0f51ffffffffffffff0f12066974616c6963"
    "046e756c6c070101780301700700ffffffffffffff0f53060400ffffffffffffff0f5408f09f87a8f09f87ad2800ffffffff"
    "ffffff0f5302696401770276332901016d04737562300267337601086175746f4c6f616478c4ffffffffffffff0f0affffff"
    "ffffffff0f0b010a0c01000701017803017007000100060400010108f09f918df09f8fbd2800010002696401770276370701"
    "016101280001070171017d01470100030364697607000109060400010a0c6c6f72656d20697073756d202800010902696401"
    "7702763504010174026263a9ffffffffffffff0f5a026732760001ffffffffffffff0f03000121035a01",
};

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    if (size == 0) return 0;
    uint8_t *update = malloc(size - 1 ? size - 1 : 1); /* exact, so that a sanitizer sees a read beyond */
    REQUIRE(update);
    memcpy(update, data + 1, size - 1);
    yata_buffer base;
    yata_buffer_init(&base, NULL);
    hex_append(&base, bases[(data[0] >> 1) % (sizeof bases / sizeof *bases)]);
    examine_base before = {bytes_of(&base), data[0] & 1};
    (void)examine_update(&before, (yata_bytes){update, size - 1});
    yata_buffer_free(&base);
    free(update);
    return 0;
}
