/* SPDX-License-Identifier: MIT */
/* xml_string.c - XML as text, as toString() of yjs 13.6.33 prints it. */
#include "types/xml_string.h"
#include <yata/xml.h>
#include "../peer.h"

static void expect_xml(yata_type type, const char *expected) {
    yata_buffer out;
    yata_buffer_init(&out, NULL);
    OK(yata_xml_to_string(type, &out));
    expect_seen(&out, expected);
    yata_buffer_free(&out);
}

/*
 * yjs: an element "Para" with a text "hello world" (1 to 4 bold {}; 0 to 4 a {href, class} and b {z}; 2 to 7 arr ["x",
 * 1, null], s "a\u00e9" and an emoji, n 5, t true; an embed at 3; then the first three are deleted), and attributes of
 * all kinds: numbers, objects, arrays, binary, undefined, null, big integers, and shared types. Behind it a hook and an
 * element \u00c4\u00c9, before it an element and a text.
 */
static const char state[] =
    "0132010007010178030450617261070001000601000101018101020181010301840104016c840105036f2077840108046f72"
    "6c64c10102010301c60105010604626f6c64046e756c6c41010202c6010e01060161046e756c6cc6011101060162046e756c"
    "6cc10103010404c60108010903617272046e756c6cc6011701090173046e756c6cc601180109016e046e756c6cc601190109"
    "0174046e756c6cc10104010507c5012101050d7b22696d616765223a2278227dc6012201050161187b2268726566223a2275"
    "222c22636c617373223a2263227dc6012301050162097b227a223a2231227dc60124010504626f6c64027b7dc60125010503"
    "6172720c5b2278222c312c6e756c6c5dc6012601050173092261c3a9f09f988022c601270105016e0135c601280105017404"
    "74727565280001010274610177013128000100016e017c40b0000028000100016f017601017175027d01760101727e280001"
    "00016c0175047d0177016175027d027e7600230001000362696e030102ff280001000175017f28000100017a017e28000100"
    "03626967017a000000000000007b28000100016601798701000504686f6f6b8701330304c384c3892700010002656c030269"
    "6e07000135060400013604646565702700010003747874020400013b05706c61696e27000100036d61700128000141016b01"
    "7d012700010004617272540008000143037d017701627e470100030141c7014701000604000148017801010502030d010f02"
    "13041b07";
static const char printed[] =
    "<a></a>x<para arrT=\"[object Object]\" big=\"123\" bin=\"1,2,255\" el=\"<in>deep</in>\" f="
    "\"false\" l=\"1,a,2,,[object Object]\" map=\"[object Object]\" n=\"5.5\" o=\"[object Objec"
    "t]\" txt=\"plain\" u=\"undefined\" z=\"null\">[object Object]<a class=\"c\" href=\"u\"><ar"
    "r 0=\"x\" 1=\"1\" 2=\"null\"><b z=\"1\"><bold><n><s 0=\"a\" 1=\"\xC3\xA9\" 2=\"\xEF\xBF\xBD"
    "\" 3=\"\xEF\xBF\xBD\"><t>l</t></s></n></bold></b></arr></a><arr 0=\"x\" 1=\"1\" 2=\"null\""
    "><n><s 0=\"a\" 1=\"\xC3\xA9\" 2=\"\xEF\xBF\xBD\" 3=\"\xEF\xBF\xBD\"><t>o w</t></s></n></ar"
    "r>orld</para>[object Object]<\xC3\xA4\xC3\xA9></\xC3\xA4\xC3\xA9>";

Test(xml_string, everything) {
    peer p;
    peer_open(&p, 2);
    OK(take(&p, state));
    yata_type x = root(&p, "x", YATA_KIND_XML_FRAGMENT), child;
    expect_xml(x, printed);
    OK(yata_xml_get(x, 0, &child));
    expect_xml(child, "<a></a>");
    OK(yata_xml_get(x, 1, &child));
    expect_xml(child, "x");
    OK(yata_xml_get(x, 3, &child));
    expect_xml(child, "[object Object]");
    peer_close(&p);
}

/* Where there is no memory nothing is appended. */
Test(xml_string, without_memory) {
    peer p;
    peer_open(&p, 2);
    OK(take(&p, state));
    yata_type x = root(&p, "x", YATA_KIND_XML_FRAGMENT);
    for (uint64_t n = 1;; n++) {
        counted_memory memory = {.fail_at = n};
        yata_allocator allocator = counted_allocator(&memory);
        yata_buffer out;
        yata_buffer_init(&out, &allocator);
        yata_status status = yata_xml_to_string(x, &out);
        FAILS(memory.failures ? YATA_ERR_MEMORY : YATA_OK, status);
        cr_assert_eq(out.len > 0, status == YATA_OK);
        yata_buffer_free(&out);
        cr_assert_eq(memory.live, 0);
        if (!status) break;
    }
    peer_close(&p);
}

/* Keys are sorted by UTF-16 units: characters of two units before U+E000. */
Test(xml_string, the_order_of_keys) {
    static const char *const sorted[] = {"",
                                         "a",
                                         "a\xC3\xA9",
                                         "b",
                                         "\xC3\xA9",
                                         "\xE2\x82\xAC",
                                         "\xF0\x9F\x98\x80",
                                         "\xF0\x9F\x98\x81",
                                         "\xEE\x80\x80",
                                         "\xEF\xBF\xBF"};
    for (size_t i = 0; i < sizeof sorted / sizeof *sorted; i++)
        for (size_t k = 0; k < sizeof sorted / sizeof *sorted; k++)
            cr_assert_eq(yt_utf16_before(str_of(sorted[i]), str_of(sorted[k])), i < k, "%zu %zu", i, k);
    cr_assert(yt_utf16_before(STR("\xE2\x82\xAC"), STR("\xE2\x82\xAD")));
    cr_assert_not(yt_utf16_before(STR("\xE2\x82\xAD"), STR("\xE2\x82\xAC")));
}
