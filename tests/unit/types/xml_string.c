/* SPDX-License-Identifier: MIT */
/* xml_string.c - XML as text. The updates and the texts are from yjs 13.6.33. */
#include "types/xml_string.h"
#include "../peer.h"

/* An update that makes the fragment x, and what toString() of it is. */
typedef struct printed {
    const char *name, *update, *text;
} printed;

static const printed vectors[] = {
    {"attribute values",
     "0110010007010178030150280001000169017d0528000100016e017cbf00000028000100036e616e017b7ff8000000000000"
     "2800010003696e66017cff80000028000100017a017d40280001000162017828000100036e756c017e2800010003756e6401"
     "7f28000100036172720175067d0175037d027e75017d0375007701787f760028000100036f626a01760101617d0123000100"
     "0362696e030102ff2800010003626967017a000000000000000c280001000165017500280001000265650175027500750028"
     "000100026e300175017e00",
     "<p arr=\"1,2,,3,,x,,[object Object]\" b=\"true\" big=\"12\" bin=\"1,2,255\" e=\"\" ee=\",\" i=\""
     "5\" inf=\"-Infinity\" n=\"-0.5\" n0=\"\" nan=\"NaN\" nul=\"null\" obj=\"[object Object]\" und=\""
     "undefined\" z=\"0\"></p>"},
    {"types as attributes",
     "010a01000701017803016127000100017403016227000101017506040001020268692700010101760028000100017a017701"
     "312700010001680504686f6f6b07000101060400010802696e0700010003015800",
     "<a h=\"[object Object]\" t=\"<b u=\"hi\" v=\"[object Object]\">in</b>\" z=\"1\"><x></x></a>"},
    {"formats",
     "0126010007010178060400010001618401010162840102016384010301648401040265664601010162052273747222c60107"
     "01010161225b312c322c332c342c352c362c372c382c392c31302c31312c5b312c6e756c6c5d5dc6010401050162046e756c"
     "6cc6010901050161046e756c6cc601010102017a0135c6010b010201790474727565c601020103017a046e756c6cc6010d01"
     "030179046e756c6cc6010e0103016203227122c6010f01030161046e756c6cc501100103077b2278223a317dc60111010301"
     "62052273747222c6011201030161225b312c322c332c342c352c362c372c382c392c31302c31312c5b312c6e756c6c5d5dc6"
     "0111011204626f6c64027b7dc6011401120162046e756c6cc701150112030145c60116011204626f6c64046e756c6cc60117"
     "011201620322712207000116060400011905696e6e6572c6010301040162046e756c6cc6011f01040161046e756c6cc70120"
     "010401c6012101040162052273747222c6012201040161225b312c322c332c342c352c362c372c382c392c31302c31312c5b"
     "312c6e756c6c5d5dc5012101220135870119060400012501648401260265658401280170c60126012701690a7b2271223a22"
     "c3a9227dc6012801290169046e756c6c00",
     "<a 0=\"1\" 1=\"2\" 10=\"11\" 11=\"1,\" 2=\"3\" 3=\"4\" 4=\"5\" 5=\"6\" 6=\"7\" 7=\"8\" 8=\"9\" "
     "9=\"10\"><b 0=\"s\" 1=\"t\" 2=\"r\">a</b></a><a 0=\"1\" 1=\"2\" 10=\"11\" 11=\"1,\" 2=\"3\" 3=\""
     "4\" 4=\"5\" 5=\"6\" 6=\"7\" 7=\"8\" 8=\"9\" 9=\"10\"><b 0=\"s\" 1=\"t\" 2=\"r\"><y><z>b</z></y>"
     "</b></a><b 0=\"q\">[object Object]</b><bold><e>innerd<i q=\"é\">ee</i>p</e></bold><a 0=\"1\" 1="
     "\"2\" 10=\"11\" 11=\"1,\" 2=\"3\" 3=\"4\" 4=\"5\" 5=\"6\" 6=\"7\" 7=\"8\" 8=\"9\" 9=\"10\"><b 0"
     "=\"s\" 1=\"t\" 2=\"r\">c</b></a>[object Object]5<a 0=\"1\" 1=\"2\" 10=\"11\" 11=\"1,\" 2=\"3\" "
     "3=\"4\" 4=\"5\" 5=\"6\" 6=\"7\" 7=\"8\" 8=\"9\" 9=\"10\"><b 0=\"s\" 1=\"t\" 2=\"r\">d</b></a>ef"
     ""},
    {"hook and types", "01050100070101780501688701000604000101016187010104870103030dc389c380cea3ce91cea320c4b000",
     "[object Object]a<éàσας i̇></éàσας i̇>"},
    {"surrogates",
     "010c0100070101780301702800010004f09f9880017d012800010003efbfae017d02280001000161017d0307000100060400"
     "0104017846010504f09f98800474727565c60106010503efbfae0474727565c60107010502c3a9127b22f09f9880223a312c"
     "22efbfae223a327d86010504f09f9880046e756c6c86010903efbfae046e756c6c86010a02c3a9046e756c6c00",
     "<p a=\"3\" 😀=\"1\" ￮=\"2\"><é 😀=\"1\" ￮=\"2\"><😀><￮>x</￮></😀></é></p>"},
};

static void expect_printed(yata_type type, const char *expected) {
    yata_buffer out;
    yata_buffer_init(&out, NULL);
    OK(yata_xml_to_string(type, &out));
    expect_seen(&out, expected);
    yata_buffer_free(&out);
}

Test(xml_string, what_yjs_prints) {
    for (size_t i = 0; i < sizeof vectors / sizeof *vectors; i++) {
        peer p;
        peer_open(&p, 77);
        OK(take(&p, vectors[i].update));
        expect_printed(root(&p, "x", YATA_KIND_XML_FRAGMENT), vectors[i].text);
        peer_close(&p);
    }
}

Test(xml_string, roots) {
    peer p;
    peer_open(&p, 1);
    yata_type e = root(&p, "e", YATA_KIND_XML_ELEMENT), t = root(&p, "xt", YATA_KIND_XML_TEXT);
    yata_type h = root(&p, "h", YATA_KIND_XML_HOOK), f = root(&p, "f", YATA_KIND_XML_FRAGMENT);
    set_int(&p, e, "k", 1);
    write_text(&p, t, 0, "<&>");
    expect_printed(e, "<undefined k=\"1\"></undefined>");
    expect_printed(t, "<&>");
    expect_printed(h, "[object Object]");
    expect_printed(f, "");
    yata_buffer out;
    yata_buffer_init(&out, NULL);
    FAILS(YATA_ERR_TYPE, yata_xml_to_string(text_root(&p), &out));
    FAILS(YATA_ERR_ARGUMENT, yata_xml_to_string(e, NULL));
    cr_assert_eq(out.len, 0);
    yata_buffer_free(&out);
    peer_close(&p);
}

/* Types in texts with formats in types in texts ...: what is remembered on the way down lies in the heap. */
Test(xml_string, texts_in_texts) {
    enum { DEPTH = 3000 };
    peer p;
    peer_open(&p, 1);
    yata_type at = root(&p, "xt", YATA_KIND_XML_TEXT), top = at;
    yata_buffer json, out;
    yata_value bold;
    yata_buffer_init(&json, NULL);
    yata_buffer_init(&out, NULL);
    OK(yata_value_from_json(STR("{\"b\":true}"), &json, &bold, NULL));
    begin(&p);
    for (uint32_t i = 0; i < DEPTH; i++) {
        OK(yata_text_insert_with(at, p.txn, 0, STR("x"), &bold));
        OK(yata_text_embed_type(at, p.txn, 1, YATA_KIND_XML_TEXT, STR(""), &bold, &at));
    }
    commit(&p);
    OK(yata_xml_to_string(top, &out));
    cr_assert_eq(out.len, DEPTH * 15); /* <b>x</b><b>...</b> */
    yata_buffer_free(&out);
    yata_buffer_free(&json);
    peer_close(&p);
}

/* The same through attributes: <a k="<a k=...></a>"></a>. */
Test(xml_string, types_in_attributes) {
    enum { DEPTH = 3000 };
    peer p;
    peer_open(&p, 1);
    yata_type at = root(&p, "e", YATA_KIND_XML_ELEMENT), top = at;
    yata_buffer out;
    yata_buffer_init(&out, NULL);
    begin(&p);
    for (uint32_t i = 0; i < DEPTH; i++)
        OK(yata_map_set_type(at, p.txn, STR("k"), YATA_KIND_XML_ELEMENT, STR("a"), &at));
    commit(&p);
    OK(yata_xml_to_string(top, &out));
    cr_assert_eq(out.len, 23 + 5 + DEPTH * 7 + (DEPTH - 1) * 5);
    yata_buffer_free(&out);
    peer_close(&p);
}

Test(xml_string, order_of_utf16) {
    static const char *const sorted[] = {"",           "a",          "a0",     "b",      "\u00e9", "\ud7ff",
                                         "\U00010000", "\U0001f600", "\ue000", "\uffee", "\uffff"};
    for (size_t i = 0; i < sizeof sorted / sizeof *sorted; i++)
        for (size_t j = 0; j < sizeof sorted / sizeof *sorted; j++)
            cr_assert_eq(yt_utf16_before(str_of(sorted[i]), str_of(sorted[j])), i < j, "%zu %zu", i, j);
}

Test(xml_string, without_memory) {
    for (size_t i = 0; i < sizeof vectors / sizeof *vectors; i++) {
        peer p;
        peer_open(&p, 77);
        OK(take(&p, vectors[i].update));
        yata_type x = root(&p, "x", YATA_KIND_XML_FRAGMENT);
        for (uint64_t n = 1;; n++) {
            counted_memory memory = {.fail_at = n};
            yata_allocator allocator = counted_allocator(&memory);
            yata_buffer out;
            yata_buffer_init(&out, &allocator);
            yata_status status = yata_xml_to_string(x, &out);
            cr_assert_eq(status, memory.failures ? YATA_ERR_MEMORY : YATA_OK);
            if (!status) expect_seen(&out, vectors[i].text);
            yata_buffer_free(&out);
            cr_assert_eq(memory.live, 0);
            if (!memory.failures) break;
        }
        peer_close(&p);
    }
}
