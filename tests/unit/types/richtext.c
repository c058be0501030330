/* SPDX-License-Identifier: MIT */
/*
 * richtext.c - formats at a place. Each program below was run with yjs 13.6.33 (insert, insertEmbed, format, delete of
 * a Y.Text of client 1, one transaction each); the states are what it encoded.
 */
#include "../peer.h"

/* A value over the bytes of a JSON text. */
typedef struct json {
    yata_buffer bytes;
    yata_value value;
} json;

static json json_of(const char *text) {
    json j;
    yata_buffer_init(&j.bytes, NULL);
    OK(yata_value_from_json(str_of(text), &j.bytes, &j.value, NULL));
    return j;
}

static void insert_with(peer *p, yata_type t, uint32_t at, const char *what, const char *attributes) {
    json a = json_of(attributes);
    OK(yata_text_insert_with(t, begin(p), at, str_of(what), &a.value));
    commit(p);
    yata_buffer_free(&a.bytes);
}

static void format(peer *p, yata_type t, uint32_t at, uint32_t len, const char *attributes) {
    json a = json_of(attributes);
    OK(yata_text_format(t, begin(p), at, len, &a.value));
    commit(p);
    yata_buffer_free(&a.bytes);
}

static void embed(peer *p, yata_type t, uint32_t at, const char *what, const char *attributes) {
    json e = json_of(what), a = json_of(attributes ? attributes : "null");
    OK(yata_text_embed(t, begin(p), at, &e.value, attributes ? &a.value : NULL));
    commit(p);
    yata_buffer_free(&e.bytes);
    yata_buffer_free(&a.bytes);
}

Test(richtext, statuses) {
    peer p;
    peer_open_unit(&p, 1, YATA_OFFSET_UTF8);
    yata_type t = text_root(&p), a = array_root(&p), out;
    json bold = json_of("{\"b\":true}"), list = json_of("[1]");
    yata_value type = PLAIN(TYPE, .u.type = a), one = INT(1);
    static const uint8_t undefined_member[] = {0x76, 1, 1, 'b', 0x7f};
    yata_value undefined = PLAIN(OBJECT, .u.any = {undefined_member, 5});
    yata_value malformed = PLAIN(OBJECT, .u.any = {undefined_member, 4});
    write_text(&p, t, 0, "a\xE2\x82\xAC");
    yata_txn *txn = begin(&p);
    FAILS(YATA_ERR_TYPE, yata_text_insert_with(a, txn, 0, STR("x"), &bold.value));
    yata_value nothing = PLAIN(UNDEFINED, .u.integer = 0);
    FAILS(YATA_ERR_ARGUMENT, yata_text_embed(t, txn, 0, &nothing, NULL));
    FAILS(YATA_ERR_UTF8, yata_text_insert_with(t, txn, 0, STR("\xFF"), &bold.value));
    FAILS(YATA_ERR_RANGE, yata_text_insert_with(t, txn, 5, STR("x"), &bold.value));
    FAILS(YATA_ERR_RANGE, yata_text_insert_with(t, txn, 5, STR(""), &bold.value));
    FAILS(YATA_ERR_RANGE, yata_text_insert_with(t, txn, 2, STR("x"), &bold.value));
    FAILS(YATA_ERR_ARGUMENT, yata_text_insert_with(t, txn, 0, STR("x"), &list.value));
    FAILS(YATA_ERR_ARGUMENT, yata_text_insert_with(t, txn, 0, STR("x"), &undefined));
    FAILS(YATA_ERR_END, yata_text_insert_with(t, txn, 0, STR("x"), &malformed));
    OK(yata_text_insert_with(t, txn, 0, STR(""), &bold.value));
    FAILS(YATA_ERR_TYPE, yata_text_embed(a, txn, 0, &one, NULL));
    FAILS(YATA_ERR_ARGUMENT, yata_text_embed(t, txn, 0, NULL, NULL));
    FAILS(YATA_ERR_ARGUMENT, yata_text_embed(t, txn, 0, &type, NULL));
    FAILS(YATA_ERR_ARGUMENT, yata_text_embed(t, txn, 0, &one, &one));
    FAILS(YATA_ERR_RANGE, yata_text_embed(t, txn, 9, &one, NULL));
    FAILS(YATA_ERR_TYPE, yata_text_embed_type(a, txn, 0, YATA_KIND_MAP, STR(""), NULL, &out));
    FAILS(YATA_ERR_ARGUMENT, yata_text_embed_type(t, txn, 0, YATA_KIND_UNTYPED, STR(""), NULL, &out));
    FAILS(YATA_ERR_RANGE, yata_text_embed_type(t, txn, 9, YATA_KIND_MAP, STR(""), NULL, &out));
    FAILS(YATA_ERR_TYPE, yata_text_format(a, txn, 0, 1, &bold.value));
    FAILS(YATA_ERR_ARGUMENT, yata_text_format(t, txn, 0, 1, NULL));
    FAILS(YATA_ERR_ARGUMENT, yata_text_format(t, txn, 0, 1, &one));
    FAILS(YATA_ERR_RANGE, yata_text_format(t, txn, 5, 1, &bold.value));
    FAILS(YATA_ERR_RANGE, yata_text_format(t, txn, 2, 2, &bold.value));
    FAILS(YATA_ERR_RANGE, yata_text_format(t, txn, 0, 2, &bold.value));
    FAILS(YATA_ERR_LIMIT, yata_text_format(t, txn, 1, UINT32_MAX, &bold.value));
    OK(yata_text_format(t, txn, 1, 0, &bold.value));
    OK(yata_text_format(t, txn, 4, 3, &bold.value)); /* at the very end: nothing */
    commit(&p);
    expect_state(&p, "01 01 01 00 04 01 01 74 04 61 e282ac 00");
    yata_buffer_free(&bold.bytes);
    yata_buffer_free(&list.bytes);
    peer_close(&p);
}

Test(richtext, formatting_inserting_deleting) {
    peer p;
    peer_open(&p, 1);
    yata_type t = text_root(&p);
    write_text(&p, t, 0, "hello world");
    format(&p, t, 0, 5, "{\"bold\":true}");
    expect_state(&p,
                 "01040100040101740568656c6c6f8401040620776f726c6446010004626f6c640474727565c60104010504626f6c64046e"
                 "756c6c00");
    insert_with(&p, t, 5, "!", "{\"bold\":true,\"color\":\"red\"}");
    expect_state(&p,
                 "01070100040101740568656c6c6f8401040620776f726c6446010004626f6c640474727565c60104010504626f6c64046e"
                 "756c6cc60104010c05636f6c6f72052272656422c4010d010c0121c6010e010c05636f6c6f72046e756c6c00");
    write_text(&p, t, 3, "x");
    expect_state(&p,
                 "01090100040101740368656c840102026c6f8401040620776f726c6446010004626f6c640474727565c60104010504626f"
                 "6c64046e756c6cc60104010c05636f6c6f72052272656422c4010d010c0121c6010e010c05636f6c6f72046e756c6cc401"
                 "020103017800");
    erase_text(&p, t, 0, 8);
    expect_state(&p,
                 "010801000101017403810102028101040184010505776f726c6441010001c10104010501c10104010c03c1010201030101"
                 "010200060b06");
    format(&p, t, 0, 20, "{\"em\":{}}"); /* beyond the end: line feeds */
    expect_text(t, "world\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n");
    expect_state(&p,
                 "010b01000101017403810102028101040184010505776f726c6441010001c10104010501c10104010c03c1010201030"
                 "1c60105010602656d027b7d84010a0f0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a86012002656d046e756c6c01010200060b06");
    embed(&p, t, 2, "{\"image\":\"u\"}", NULL);
    expect_state(&p,
                 "010f01000101017403810102028101040184010502776f84010703726c6441010001c10104010501c10104010c03c10102"
                 "010301c60105010602656d027b7d84010a0f0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a86012002656d046e756c6cc60107010802"
                 "656d046e756c6cc5012201080d7b22696d616765223a2275227dc60123010802656d027b7d01010200060b06");
    format(&p, t, 0, 3, "{\"bold\":null,\"em\":null}");
    expect_state(&p,
                 "010f01000101017403810102028101040184010502776f84010703726c6441010001c10104010501c10104010c03c10102"
                 "010301c1010501060184010a0f0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a86012002656d046e756c6cc10107010801c5012201"
                 "080d7b22696d616765223a2275227dc60123010802656d027b7d01010300060b072201");
    peer_close(&p);
}

Test(richtext, inserts_with_exact_attributes) {
    peer p;
    peer_open(&p, 1);
    yata_type t = text_root(&p);
    insert_with(&p, t, 0, "ab", "{\"b\":true}");
    insert_with(&p, t, 1, "c", "{\"i\":1}");
    write_text(&p, t, 3, "d"); /* takes on what holds there */
    insert_with(&p, t, 4, "e", "{}");
    expect_state(&p,
                 "010b01000601017401620474727565840100016184010101628601020162046e756c6cc60101010201690131c601040102"
                 "0162046e756c6cc4010501020163c6010601020169046e756c6cc60107010201620474727565c401020103016484010301"
                 "6500");
    peer_close(&p);
}

Test(richtext, null_ends_a_format) {
    peer p;
    peer_open(&p, 1);
    yata_type t = text_root(&p);
    insert_with(&p, t, 0, "ab", "{\"b\":true}");
    insert_with(&p, t, 1, "c", "{\"b\":null}");
    format(&p, t, 0, 3, "{\"b\":null}");
    expect_state(&p,
                 "0107010001010174018401000161840101016281010201c10101010201c4010401020163c10105010201010103000103020"
                 "601");
    peer_close(&p);
}

Test(richtext, embeds_and_types) {
    peer p;
    peer_open(&p, 1);
    yata_type t = text_root(&p), m;
    write_text(&p, t, 0, "ab");
    embed(&p, t, 1, "{\"image\":\"x\"}", "{\"w\":1}");
    OK(yata_text_embed_type(t, begin(&p), 0, YATA_KIND_MAP, STR(""), NULL, &m));
    commit(&p);
    write_text(&p, t, 0, "z");
    expect_state(&p,
                 "010701000401017401618401000162c60100010101770131c5010201010d7b22696d616765223a2278227dc6010301010177"
                 "046e756c6c47010001440105017a00");
    set_int(&p, m, "k", 1);
    expect_json(m, "{\"k\":1}");
    OK(yata_text_embed_type(t, begin(&p), 0, YATA_KIND_XML_ELEMENT, STR("br"), NULL, NULL));
    commit(&p);
    erase_text(&p, t, 0, 3);
    cr_assert_not(yata_type_alive(m));
    expect_text(t, "ab");
    peer_close(&p);
}

Test(richtext, formats_over_formats) {
    peer p;
    peer_open(&p, 1);
    yata_type t = text_root(&p);
    write_text(&p, t, 0, "abcdef");
    format(&p, t, 1, 2, "{\"b\":1}");
    format(&p, t, 0, 6, "{\"b\":2}");
    format(&p, t, 2, 2, "{\"b\":null,\"c\":\"x\"}");
    erase_text(&p, t, 1, 4);
    expect_text(t, "af");
    expect_state(&p,
                 "010c0100040101740161810100018101010181010201810103018401040166c10100010101c1010201030146010001620132"
                 "8601050162046e756c6cc10101010202c10103010402010103010406020a04");
    peer_close(&p);
}

Test(richtext, beyond_the_end_are_line_feeds) {
    peer p;
    peer_open(&p, 1);
    yata_type t = text_root(&p);
    write_text(&p, t, 0, "ab");
    format(&p, t, 1, 4, "{\"b\":1}");
    format(&p, t, 5, 2, "{\"i\":1}");
    format(&p, t, 3, 9, "{\"b\":null}");
    expect_text(t, "ab\n\n\n\n\n\n\n\n\n\n");
    expect_state(&p,
                 "010b01000401017401618401000162c60100010101620131840101010a840103020a0a8101050186010601690131840107"
                 "020a0a8601090169046e756c6cc6010301040162046e756c6c84010a050a0a0a0a0a0101010601");
    peer_close(&p);
}

Test(richtext, deleting_everything_takes_the_formats) {
    peer p;
    peer_open(&p, 1);
    yata_type t = text_root(&p);
    insert_with(&p, t, 0, "ab", "{\"b\":1}");
    insert_with(&p, t, 2, "cd", "{\"b\":2}");
    erase_text(&p, t, 0, 4);
    write_text(&p, t, 0, "x");
    expect_state(&p, "01040100010101740381010201c1010201030484010301780101010008");
    peer_close(&p);
}

/* Objects are equal if their members are, in any order. */
Test(richtext, objects_as_values) {
    peer p;
    peer_open(&p, 1);
    yata_type t = text_root(&p);
    insert_with(&p, t, 0, "ab", "{\"b\":{\"x\":1,\"y\":2}}");
    insert_with(&p, t, 1, "c", "{\"b\":{\"y\":2,\"x\":1}}");
    write_text(&p, t, 3, "d");
    expect_state(&p,
                 "010601000601017401620d7b2278223a312c2279223a327d840100016184010101628601020162046e756c6cc4010101020"
                 "163c401020103016400");
    peer_close(&p);
}

/* The same programs in the units of bytes and characters, over text that is not ASCII. */
Test(richtext, other_units) {
    static const yata_offset_unit units[] = {YATA_OFFSET_UTF16, YATA_OFFSET_UTF8, YATA_OFFSET_SCALAR};
    static const uint32_t at[3][3] = {{1, 3, 6}, {2, 6, 14}, {1, 2, 5}}; /* behind é, behind 😀, behind €-€ */
    yata_buffer first;
    yata_buffer_init(&first, NULL);
    for (int u = 0; u < 3; u++) {
        peer p;
        peer_open_unit(&p, 1, units[u]);
        yata_type t = text_root(&p);
        write_text(&p, t, 0, "\xC3\xA9\xF0\x9F\x98\x80\xE2\x82\xAC-\xE2\x82\xAC");
        cr_assert_geq(branch_of(t)->units, at[u][2] - 1);
        format(&p, t, at[u][0], at[u][1] - at[u][0], "{\"b\":1}");
        insert_with(&p, t, at[u][1], "\xC3\xA9", "{\"i\":1}");
        erase_text(&p, t, 0, at[u][0]);
        yata_buffer state = state_of(&p);
        if (u == 0)
            OK(yata_buffer_append(&first, state.data, state.len));
        else
            cr_assert(bytes_equal(bytes_of(&first), bytes_of(&state)));
        yata_buffer_free(&state);
        peer_close(&p);
    }
    yata_buffer_free(&first);
}

/* ------------------------------------------------------------------------
 * Without memory
 */
static yata_type text;

static void open_formatted(peer *p) {
    peer_open(p, 1);
    text = text_root(p);
    write_text(p, text, 0, "abcdef");
    format(p, text, 1, 2, "{\"b\":1}");
    format(p, text, 2, 3, "{\"i\":1}");
}

typedef yata_status edit(yata_txn *txn, const yata_value *attributes);

static yata_status edit_insert(yata_txn *txn, const yata_value *attributes) {
    return yata_text_insert_with(text, txn, 3, STR("xyz"), attributes);
}
static yata_status edit_inherit(yata_txn *txn, const yata_value *attributes) {
    (void)attributes;
    return yata_text_insert(text, txn, 3, STR("xyz"));
}
static yata_status edit_embed(yata_txn *txn, const yata_value *attributes) {
    return yata_text_embed(text, txn, 3, attributes, attributes);
}
static yata_status edit_type(yata_txn *txn, const yata_value *attributes) {
    return yata_text_embed_type(text, txn, 3, YATA_KIND_MAP, STR(""), attributes, NULL);
}
static yata_status edit_format(yata_txn *txn, const yata_value *attributes) {
    return yata_text_format(text, txn, 0, 5, attributes);
}
static yata_status edit_lines(yata_txn *txn, const yata_value *attributes) {
    return yata_text_format(text, txn, 3, 50, attributes);
}
static yata_status edit_delete(yata_txn *txn, const yata_value *attributes) {
    (void)attributes;
    return yata_text_delete(text, txn, 1, 4);
}

static edit *const edits[] = {edit_insert, edit_inherit, edit_embed, edit_type, edit_format, edit_lines, edit_delete};
static edit *tried;

static bool try_edit(peer *p) {
    json attributes = json_of("{\"b\":2,\"c\":null,\"d\":{\"x\":1}}");
    bool done = false;
    if (!yata_txn_begin(p->doc, no_bytes(), &p->txn)) {
        yata_status status = tried(p->txn, &attributes.value);
        cr_assert(status == YATA_OK || status == YATA_ERR_MEMORY);
        sound(p);
        if (status && tried != edit_lines) expect_text(text, "abcdef");
        OK(yata_txn_commit(p->txn));
        done = !status;
    }
    yata_buffer_free(&attributes.bytes);
    return done;
}

Test(richtext, without_memory) {
    for (size_t i = 0; i < sizeof edits / sizeof *edits; i++) {
        tried = edits[i];
        fail_each(open_formatted, try_edit);
    }
}

/* ------------------------------------------------------------------------
 * Many keys
 */
enum { KEYS = 12 };

static yata_value many_keys(yata_builder *b, bool null, bool backwards) {
    yata_value object;
    yata_builder_init(b, NULL);
    yata_builder_begin_object(b);
    for (int i = 0; i < KEYS; i++) {
        int k = backwards ? KEYS - 1 - i : i;
        char key[8];
        snprintf(key, sizeof key, "%s%d", k % 4 == 3 ? "" : "k", k);
        yata_value value = {.kind = null ? YATA_VALUE_NULL : YATA_VALUE_INT, .u.integer = k};
        yata_builder_key(b, str_of(key));
        yata_builder_add(b, &value);
    }
    yata_builder_end(b);
    OK(yata_builder_finish(b, &object));
    return object;
}

/* So many that they are found by an index; states by yjs 13.6.33. */
Test(richtext, more_keys_than_a_few) {
    static const char *const states[] = {
        "011b010004010174016184010001628401010163c60100010101330133c60103010101370137c601040101023131023131c6"
        "01050101026b300130c601060101026b310131c601070101026b320132c601080101026b340134c601090101026b350135c6"
        "010a0101026b360136c6010b0101026b380138c6010c0101026b390139c6010d0101036b3130023130c6010101020133046e"
        "756c6cc6010f01020137046e756c6cc601100102023131046e756c6cc601110102026b30046e756c6cc601120102026b3104"
        "6e756c6cc601130102026b32046e756c6cc601140102026b34046e756c6cc601150102026b35046e756c6cc601160102026b"
        "36046e756c6cc601170102026b38046e756c6cc601180102026b39046e756c6cc601190102036b3130046e756c6c00",
        "011c010004010174016184010001628401010163c60100010101330133c60103010101370137c601040101023131023131c6"
        "01050101026b300130c601060101026b310131c601070101026b320132c601080101026b340134c601090101026b350135c6"
        "010a0101026b360136c6010b0101026b380138c6010c0101026b390139c6010d0101036b3130023130c6010101020133046e"
        "756c6cc6010f01020137046e756c6cc601100102023131046e756c6cc601110102026b30046e756c6cc601120102026b3104"
        "6e756c6cc601130102026b32046e756c6cc601140102026b34046e756c6cc601150102026b35046e756c6cc601160102026b"
        "36046e756c6cc601170102026b38046e756c6cc601180102026b39046e756c6cc601190102036b3130046e756c6cc4010101"
        "0f017800",
        "0106010004010174016184010001628401010163c1010001010cc1010101020cc40101010f01780101010318",
        "011e010004010174016184010001628401010163c1010001010cc1010101020cc40101010f0178c6010e010101330133c601"
        "1c010101370137c6011d0101023131023131c6011e0101036b3130023130c6011f0101026b390139c601200101026b380138"
        "c601210101026b360136c601220101026b350135c601230101026b340134c601240101026b320132c601250101026b310131"
        "c601260101026b300130c60101011b0133046e756c6cc60128011b0137046e756c6cc60129011b023131046e756c6cc6012a"
        "011b036b3130046e756c6cc6012b011b026b39046e756c6cc6012c011b026b38046e756c6cc6012d011b026b36046e756c6c"
        "c6012e011b026b35046e756c6cc6012f011b026b34046e756c6cc60130011b026b32046e756c6cc60131011b026b31046e75"
        "6c6cc60132011b026b30046e756c6c0101010318",
        "01080100040101740161810100018401010163c1010001010cc1010101020cc40101010f0178c1010e01010cc10101011b0c"
        "010103010103181c18",
        "010801000101017401810100018401010163c1010001010cc1010101020cc10101010f01c1010e01010cc10101011b260101"
        "020002034b",
    };
    peer p;
    peer_open(&p, 1);
    yata_builder b[3];
    yata_value set = many_keys(&b[0], false, false), clear = many_keys(&b[1], true, true);
    yata_value back = many_keys(&b[2], false, true);
    yata_type t = text_root(&p);
    for (uint32_t i = 0; i < sizeof states / sizeof *states; i++) {
        yata_txn *txn = begin(&p);
        if (i == 0) {
            OK(yata_text_insert(t, txn, 0, STR("abc")));
            commit(&p);
            txn = begin(&p);
            OK(yata_text_format(t, txn, 1, 1, &set));
        } else if (i == 1) {
            OK(yata_text_insert(t, txn, 2, STR("x")));
        } else if (i < 4) {
            OK(yata_text_format(t, txn, 1, i == 2 ? 2 : 1, i == 2 ? &clear : &back));
        } else if (i == 4) {
            OK(yata_text_delete(t, txn, 1, 1));
        } else {
            OK(yata_text_insert_with(t, txn, 1, STR("yz"), &set));
            commit(&p);
            OK(yata_text_delete(t, begin(&p), 0, 4));
        }
        commit(&p);
        yata_buffer state = state_of(&p), expected = bytes_from(states[i]);
        cr_assert(bytes_equal(bytes_of(&state), bytes_of(&expected)), "%u", i);
        yata_buffer_free(&state);
        yata_buffer_free(&expected);
    }
    for (int i = 0; i < 3; i++) yata_builder_free(&b[i]);
    peer_close(&p);
}
