/* SPDX-License-Identifier: MIT */
/* types.cpp - texts, arrays, maps, XML, and the values in them. */
#include "check.h"

static YInput text_of(const char *s) {
    return yinput_string(s);
}

/* ------------------------------------------------------------------------
 * Text
 */
CASE(ytext_basic) {
    YDoc *doc = doc_with(1);
    Branch *text = ytext(doc, "test");
    YTransaction *txn = write(doc);
    ytext_insert(text, txn, 0, "hello", nullptr);
    ytext_insert(text, txn, 5, " world", nullptr);
    ytext_remove_range(text, txn, 0, 6);
    CHECK(ytext_len(text, txn) == 5);
    CHECK(take(ytext_string(text, txn)) == "world");
    ytext_insert(text, txn, 99, "!", nullptr); /* at the end */
    ytext_insert(text, txn, 0, "", nullptr);
    CHECK(take(ytext_string(text, txn)) == "world!");
    ytext_remove_range(text, txn, 6, 0);
    if (OURS) {
        ytext_remove_range(text, txn, 5, 2);
        ytext_remove_range(nullptr, txn, 0, 1);
        ytext_insert(text, nullptr, 0, "x", nullptr);
        ytext_insert(text, txn, 0, nullptr, nullptr);
        YInput number = yinput_long(1);
        ytext_insert(text, txn, 0, "x", &number); /* attributes that are no map */
        ytext_insert(text, txn, 0, "\xff", nullptr);
        CHECK(!ytext_string(nullptr, txn));
    }
    CHECK(take(ytext_string(text, txn)) == "world!");
    ytransaction_commit(txn);
    ydoc_destroy(doc);
}

CASE(ytext_offsets_in_bytes) {
    YDoc *doc = doc_with(1, Y_OFFSET_BYTES);
    Branch *text = ytext(doc, "t");
    YTransaction *txn = write(doc);
    ytext_insert(text, txn, 0, "bé€z", nullptr);
    CHECK(ytext_len(text, txn) == 7);
    ytext_insert(text, txn, 3, "-", nullptr);
    CHECK(take(ytext_string(text, txn)) == "bé-€z");
    if (OURS) {
        ytext_insert(text, txn, 2, "+", nullptr); /* inside the é: behind it */
        CHECK(take(ytext_string(text, txn)) == "bé+-€z");
        ytext_remove_range(text, txn, 5, 1); /* the € starts at 5 */
        CHECK(take(ytext_string(text, txn)) == "bé+-z");
    }
    ytransaction_commit(txn);
    ydoc_destroy(doc);
}

CASE(unicode_support) {
    YDoc *doc = doc_with(1, Y_SHOULD_LOAD | Y_OFFSET_UTF16), *peer = doc_with(2);
    Branch *text = ytext(doc, "t");
    std::string all;
    for (int i = 0; i < 20; i++) all += std::string("\xF0\x9F\x87") + (char)(0xA6 + i);
    YTransaction *txn = write(doc);
    ytext_insert(text, txn, 0, all.c_str(), nullptr);
    CHECK(ytext_len(text, txn) == 40);
    ytransaction_commit(txn);
    txn = write(doc);
    ytext_remove_range(text, txn, 0, 5);
    CHECK(take(ytext_string(text, txn)) == all.substr(12));
    ytransaction_commit(txn);
    if (OURS) { /* in yffi clocks and contents differ from here on */
        sync(doc, peer);
        txn = ydoc_read_transaction(peer);
        CHECK(take(ytext_string(ytype_get(txn, "t"), txn)) == all.substr(12));
        ytransaction_commit(txn);
    }
    ydoc_destroy(doc);
    ydoc_destroy(peer);
}

static std::string show_chunks(Branch *text, YTransaction *txn) {
    uint32_t n = 0;
    YChunk *chunks = ytext_chunks(text, txn, &n);
    std::string out;
    for (uint32_t i = 0; i < n; i++) {
        std::map<std::string, std::string> formats;
        for (uint32_t k = 0; k < chunks[i].fmt_len; k++) formats[chunks[i].fmt[k].key] = show(chunks[i].fmt[k].value);
        out += show(&chunks[i].data);
        for (auto &f : formats) out += " " + f.first + "=" + f.second;
        out += ";";
    }
    ychunks_destroy(chunks, n);
    return out;
}

CASE(ytext_formatting) {
    YDoc *doc = doc_with(1);
    Branch *text = ytext(doc, "t");
    YTransaction *txn = write(doc);
    CHECK(show_chunks(text, txn) == "");
    char *i[] = {(char *)"i"}, *b[] = {(char *)"b"};
    YInput yes = yinput_bool(1), no = yinput_null();
    YInput italic = yinput_json_map(i, &yes, 1), bold = yinput_json_map(b, &yes, 1), plain = yinput_json_map(b, &no, 1);
    ytext_insert(text, txn, 0, "hello world", &italic);
    ytext_format(text, txn, 6, 5, &bold);
    ytext_insert(text, txn, 11, "!", &bold);
    CHECK(show_chunks(text, txn) == "'hello ' i=true;'world' b=true i=true;'!' b=true;");
    ytext_format(text, txn, 6, 100, &plain); /* clipped */
    CHECK(show_chunks(text, txn) == "'hello world' i=true;'!';");
    ytext_format(text, txn, 99, 1, &bold);
    if (OURS) ytext_format(text, txn, 0, 1, nullptr);
    CHECK(ytext_len(text, txn) == 12);
    ytransaction_commit(txn);
    ychunks_destroy(nullptr, 0);
    ydoc_destroy(doc);
}

CASE(ytext_insert_embed) {
    YDoc *doc = doc_with(1);
    Branch *text = ytext(doc, "t");
    YTransaction *txn = write(doc);
    char *bold[] = {(char *)"bold"}, *width[] = {(char *)"width"}, *image[] = {(char *)"image"};
    YInput yes = yinput_bool(1), hundred = yinput_long(100), url = text_of("imageSrc.png");
    YInput a1 = yinput_json_map(bold, &yes, 1), a2 = yinput_json_map(width, &hundred, 1),
           embed = yinput_json_map(image, &url, 1);
    ytext_insert(text, txn, 0, "ab", &a1);
    ytext_insert_embed(text, txn, 1, &embed, &a2);
    CHECK(show_chunks(text, txn) == "'a' bold=true;{image: 'imageSrc.png'} width=int 100;'b' bold=true;");
    CHECK(ytext_len(text, txn) == 3);
    CHECK(take(ytext_string(text, txn)) == "ab");
    YInput list = yinput_yarray(&yes, 1);
    ytext_insert_embed(text, txn, 3, &list, nullptr);
    CHECK(ytext_len(text, txn) == 4);
    if (OURS) ytext_insert_embed(text, txn, 0, nullptr, nullptr);
    ytransaction_commit(txn);
    ydoc_destroy(doc);
}

CASE(ytext_insert_delta) {
    YDoc *doc = doc_with(1);
    Branch *fragment = yxmlfragment(doc, "x");
    YTransaction *txn = write(doc);
    Branch *text = yxmlelem_insert_text(fragment, txn, 0);
    ytext_insert(text, txn, 0, "hexxlo world", nullptr);
    char *bold[] = {(char *)"bold"};
    YInput yes = yinput_bool(1), attrs = yinput_json_map(bold, &yes, 1), l = text_of("l");
    YDeltaIn delta[] = {ydelta_input_retain(2, nullptr), ydelta_input_delete(2), ydelta_input_insert(&l, nullptr),
                        ydelta_input_retain(3, nullptr), ydelta_input_retain(5, &attrs)};
    ytext_insert_delta(text, txn, delta, 5);
    CHECK(take(yxmltext_string(text, txn)) == "hello <bold>world</bold>");
    YInput number = yinput_float(4.5);
    YDeltaIn more[] = {ydelta_input_insert(&number, &attrs)};
    ytext_insert_delta(text, txn, more, 1);
    CHECK(ytext_len(text, txn) == 12);
    CHECK(take(yxmltext_string(text, txn)) == "<bold>4.5</bold>hello <bold>world</bold>");
    if (OURS) {
        YDeltaIn bad[] = {{77, 1, nullptr, nullptr}};
        ytext_insert_delta(text, txn, bad, 1);
        ytext_insert_delta(text, txn, nullptr, 1);
    }
    ytransaction_commit(txn);
    ydoc_destroy(doc);
}

/* ------------------------------------------------------------------------
 * Arrays
 */
CASE(yarray_basic) {
    YDoc *doc = doc_with(1);
    Branch *array = yarray(doc, "test");
    YTransaction *txn = write(doc);
    YInput inner[] = {yinput_float(0.5), yinput_bool(1)};
    YInput items[] = {yinput_yarray(inner, 2), text_of("hello"), yinput_long(123)};
    yarray_insert_range(array, txn, 0, items, 3);
    yarray_remove_range(array, txn, 1, 1);
    CHECK(yarray_len(array) == 2);
    YArrayIter *it = yarray_iter(array, txn);
    YOutput *cell = yarray_iter_next(it);
    Branch *nested = youtput_read_yarray(cell);
    CHECK(nested && yarray_len(nested) == 2);
    CHECK(shown(yarray_get(nested, txn, 0)) == "num 0.5" && shown(yarray_get(nested, txn, 1)) == "true");
    youtput_destroy(cell);
    CHECK(shown(yarray_iter_next(it)) == "int 123");
    CHECK(!yarray_iter_next(it));
    yarray_iter_destroy(it);
    yarray_iter_destroy(nullptr);
    CHECK(!yarray_get(array, txn, 2) && !yarray_get_json(array, txn, 2));
    CHECK(take(yarray_get_json(array, txn, 0)) == "[0.5,true]");
    yarray_insert_range(array, txn, 0, items, 0);
    if (OURS) {
        yarray_insert_range(array, txn, 3, items, 1);
        yarray_insert_range(array, txn, 0, nullptr, 1);
        yarray_remove_range(array, txn, 1, 2);
        yarray_remove_range(array, txn, 3, 0);
        YInput bad[] = {text_of("x"), yinput_json("{oops")};
        yarray_insert_range(array, txn, 0, bad, 2); /* all or nothing */
        YInput type = yinput_yarray(nullptr, 0);
        YInput wrong = yinput_json_array(&type, 1); /* a type among plain values */
        yarray_insert_range(array, txn, 0, &wrong, 1);
        CHECK(!yarray_iter(nullptr, txn) && !yarray_iter_next(nullptr));
        YTransaction *none = nullptr;
        CHECK(!yarray_get(array, none, 0));
    }
    CHECK(yarray_len(array) == 2);
    ytransaction_commit(txn);
    BETTER(yarray_len(nullptr) == 0);
    ydoc_destroy(doc);
}

CASE(types_after_types) {
    YDoc *doc = doc_with(1), *peer = doc_with(2);
    Branch *array = yarray(doc, "a");
    YTransaction *txn = write(doc);
    char *keys[] = {(char *)"k", (char *)"l"};
    YInput values[] = {yinput_ytext((char *)"deep"), yinput_long(2)};
    YInput inner = yinput_ymap(keys, values, 2);
    YInput items[] = {yinput_long(1), yinput_bool(0), inner, yinput_undefined(), yinput_yxmltext((char *)"x")};
    yarray_insert_range(array, txn, 0, items, 5);
    std::string json = take(ybranch_json(array, txn));
    CHECK(json == "[1,false,{\"k\":\"deep\",\"l\":2},null,\"x\"]" ||
          json == "[1,false,{\"l\":2,\"k\":\"deep\"},null,\"x\"]");
    ytransaction_commit(txn);
    sync(doc, peer);
    Branch *theirs = yarray(peer, "a");
    txn = ydoc_read_transaction(peer);
    CHECK(yarray_len(theirs) == 5);
    CHECK(shown(yarray_get(theirs, txn, 3)) == "undefined");
    ytransaction_commit(txn);
    ydoc_destroy(doc);
    ydoc_destroy(peer);
}

/* ------------------------------------------------------------------------
 * Maps
 */
CASE(ymap_basic) {
    YDoc *doc = doc_with(1);
    Branch *map = ymap(doc, "test");
    YTransaction *txn = write(doc);
    YInput list[] = {yinput_long(11), yinput_long(22)};
    YInput a = text_of("value"), b = yinput_json_array(list, 2);
    ymap_insert(map, txn, "a", &a);
    ymap_insert(map, txn, "b", &b);
    CHECK(ymap_len(map, txn) == 2);
    std::map<std::string, std::string> all;
    YMapIter *it = ymap_iter(map, txn);
    for (YMapEntry *e; (e = ymap_iter_next(it)); ymap_entry_destroy(e)) all[e->key] = show(e->value);
    ymap_iter_destroy(it);
    CHECK(all.size() == 2 && all["a"] == "'value'" && all["b"] == "[int 11, int 22]");
    CHECK(ymap_remove(map, txn, "a") == 1);
    CHECK(ymap_remove(map, txn, "a") == 0);
    CHECK(ymap_len(map, txn) == 1 && !ymap_get(map, txn, "a") && !ymap_get_json(map, txn, "a"));
    CHECK(take(ymap_get_json(map, txn, "b")) == "[11,22]");
    ymap_insert(map, txn, "", &a);
    CHECK(shown(ymap_get(map, txn, "")) == "'value'");
    ymap_remove_all(map, txn);
    CHECK(ymap_len(map, txn) == 0);
    ymap_remove_all(map, txn);
    if (OURS) {
        ymap_insert(map, txn, nullptr, &a);
        ymap_insert(map, txn, "x", nullptr);
        ymap_insert(nullptr, txn, "x", &a);
        CHECK(ymap_len(map, txn) == 0 && !ymap_iter(nullptr, txn) && !ymap_iter_next(nullptr));
    }
    ymap_iter_destroy(nullptr);
    ymap_entry_destroy(nullptr);
    ytransaction_commit(txn);
    txn = ydoc_read_transaction(doc);
    if (OURS) {
        ymap_insert(map, txn, "x", &a);
        CHECK(ymap_len(map, txn) == 0);
    }
    ytransaction_commit(txn);
    ydoc_destroy(doc);
}

CASE(ymap_multiple_nested_maps) {
    YDoc *doc = doc_with(1);
    Branch *map = ymap(doc, "t");
    YTransaction *txn = write(doc);
    char *k[] = {(char *)"inner"};
    YInput leaf = text_of("v"), low = yinput_ymap(k, &leaf, 1), high = yinput_ymap(k, &low, 1);
    ymap_insert(map, txn, "outer", &high);
    YOutput *cell = ymap_get(map, txn, "outer");
    CHECK(ymap_len(youtput_read_ymap(cell), txn) == 1);
    CHECK(take(ybranch_json(map, txn)) == "{\"outer\":{\"inner\":{\"inner\":\"v\"}}}");
    youtput_destroy(cell);
    ytransaction_commit(txn);
    ydoc_destroy(doc);
}

/* ------------------------------------------------------------------------
 * Inputs and outputs
 */
CASE(yinput_types) {
    YDoc *doc = doc_with(1);
    Branch *map = ymap(doc, "t");
    YTransaction *txn = write(doc);
    YInput parts[] = {yinput_float(0.25), yinput_bool(0), text_of("s")};
    char *keys[] = {(char *)"x", (char *)"y", (char *)"z"};
    struct {
        YInput input;
        const char *shown;
        int8_t tag;
        uint32_t len;
    } all[] = {
        {text_of("abcd"), "'abcd'", Y_JSON_STR, 4},
        {yinput_binary("\1\0\3\4", 4), "buf 01 00 03 04", Y_JSON_BUF, 4},
        {yinput_long(12), "int 12", Y_JSON_INT, 1},
        {yinput_long(-8000000000), "int -8000000000", Y_JSON_INT, 1},
        {yinput_float(3.14), "num 3.1400000000000001", Y_JSON_NUM, 1},
        {yinput_bool(1), "true", Y_JSON_BOOL, 1},
        {yinput_bool(77), "true", Y_JSON_BOOL, 1},
        {yinput_null(), "null", Y_JSON_NULL, 0},
        {yinput_undefined(), "undefined", Y_JSON_UNDEF, 0},
        {yinput_json_array(parts, 3), "[num 0.25, false, 's']", Y_JSON_ARR, 3},
        {yinput_json_map(keys, parts, 3), "{x: num 0.25, y: false, z: 's'}", Y_JSON_MAP, 3},
        {yinput_json_array(nullptr, 0), "[]", Y_JSON_ARR, 0},
        {yinput_ytext((char *)"t"), "type 3", Y_TEXT, 1},
        {yinput_yarray(parts, 3), "type 1", Y_ARRAY, 1},
        {yinput_ymap(keys, parts, 3), "type 2", Y_MAP, 1},
        {yinput_yxmlelem((char *)"p"), "type 4", Y_XML_ELEM, 1},
        {yinput_yxmltext((char *)"t"), "type 5", Y_XML_TEXT, 1},
    };
    for (auto &one : all) {
        ymap_insert(map, txn, "k", &one.input);
        YOutput *cell = ymap_get(map, txn, "k");
        CHECK(cell && cell->tag == one.tag);
        CHECK(show(cell) == one.shown);
        CHECK(cell->len == one.len);
        CHECK(!youtput_read_bool(cell) == (one.tag != Y_JSON_BOOL));
        CHECK(!youtput_read_float(cell) == (one.tag != Y_JSON_NUM));
        CHECK(!youtput_read_long(cell) == (one.tag != Y_JSON_INT));
        CHECK(!youtput_read_string(cell) == (one.tag != Y_JSON_STR));
        CHECK(!youtput_read_binary(cell) == (one.tag != Y_JSON_BUF));
        CHECK(!youtput_read_ytext(cell) == (one.tag != Y_TEXT));
        CHECK(!youtput_read_yarray(cell) == (one.tag != Y_ARRAY));
        CHECK(!youtput_read_ymap(cell) == (one.tag != Y_MAP));
        CHECK(!youtput_read_yxmlelem(cell) == (one.tag != Y_XML_ELEM));
        CHECK(!youtput_read_yxmltext(cell) == (one.tag != Y_XML_TEXT));
        CHECK(!youtput_read_ydoc(cell) && !youtput_read_yweak(cell));
        if (one.len) {
            CHECK(!youtput_read_json_array(cell) == (one.tag != Y_JSON_ARR));
            CHECK(!youtput_read_json_map(cell) == (one.tag != Y_JSON_MAP));
        }
        youtput_destroy(cell);
    }
    YInput empty = yinput_binary(nullptr, 0);
    if (OURS) {
        ymap_insert(map, txn, "k", &empty);
        CHECK(shown(ymap_get(map, txn, "k")) == "buf");
        CHECK(!youtput_read_bool(nullptr) && !youtput_read_ymap(nullptr) && !youtput_read_ydoc(nullptr) &&
              !youtput_read_json_map(nullptr) && !youtput_read_string(nullptr) && !youtput_read_yweak(nullptr));
    }
    youtput_destroy(nullptr);
    ystring_destroy(nullptr);
    ybinary_destroy(nullptr, 0);
    ytransaction_commit(txn);
    ydoc_destroy(doc);
}

CASE(ymap_json_input) {
    YDoc *doc = doc_with(1);
    Branch *map = ymap(doc, "t");
    YTransaction *txn = write(doc);
    YInput json = yinput_json("{\"float\": 3.14, \"int\": -36028797018963968, \"str\": \"h\\u00e9\", "
                              "\"arr\": [1.5, 2.5], \"map\": {\"k\": [true, null]}}");
    ymap_insert(map, txn, "v", &json);
    CHECK(shown(ymap_get(map, txn, "v")) ==
          "{arr: [num 1.5, num 2.5], float: num 3.1400000000000001, int: int -36028797018963968, "
          "map: {k: [true, null]}, str: 'h\xc3\xa9'}");
    YInput small = yinput_json("[1, 2]");
    ymap_insert(map, txn, "n", &small);
#if YFFI_ABI < 28
    CHECK(shown(ymap_get(map, txn, "n")) == "[num 1, num 2]");
#else
    CHECK(shown(ymap_get(map, txn, "n")) == "[int 1, int 2]");
#endif
    if (OURS) {
        for (const char *bad : {"", "{", "[1,]", "{\"a\"}", "nul", "\"x", "01", "1 2", "[1}", "{\"a\":1,}", "1e999"}) {
            YInput wrong = yinput_json(bad);
            ymap_insert(map, txn, "bad", &wrong);
            CHECK(!ymap_get(map, txn, "bad"));
        }
    }
    for (const char *good : {" true ", "[ ]", "{ }", "-0.5", "\"\"", "[[],[{}]]"}) {
        YInput right = yinput_json(good);
        ymap_insert(map, txn, "good", &right);
        YOutput *cell = ymap_get(map, txn, "good");
        CHECK(cell);
        youtput_destroy(cell);
        ymap_remove(map, txn, "good");
    }
    ytransaction_commit(txn);
    ydoc_destroy(doc);
}

CASE(yarray_json_input) {
    YDoc *doc = doc_with(1);
    Branch *array = yarray(doc, "t");
    YTransaction *txn = write(doc);
    YInput json[] = {yinput_json("{\"a\":{\"b\":[\"c\"]}}"), yinput_json("\"x\"")};
    yarray_insert_range(array, txn, 0, json, 2);
    CHECK(yarray_len(array) == 2);
    CHECK(shown(yarray_get(array, txn, 0)) == "{a: {b: ['c']}}" && shown(yarray_get(array, txn, 1)) == "'x'");
    ytransaction_commit(txn);
    ydoc_destroy(doc);
}

CASE(json_output) {
    YDoc *doc = doc_with(1);
    Branch *array = yarray(doc, "t");
    YTransaction *txn = write(doc);
    char *keys[] = {(char *)"key"};
    YInput value = text_of("value");
    YInput items[] = {yinput_json_map(keys, &value, 1),
                      yinput_float(3.14),
                      yinput_long(100),
                      text_of("hello"),
                      yinput_null(),
                      yinput_bool(1)};
    yarray_insert_range(array, txn, 0, items, 6);
    CHECK(take(ybranch_json(array, txn)) == "[{\"key\":\"value\"},3.14,100,\"hello\",null,true]");
    yarray_remove_range(array, txn, 0, 6);
    YInput odd[] = {yinput_undefined(),
                    yinput_binary("\0\x10\xff", 3),
                    text_of("\"\\\b\f\n\r\t\x1f\x7f/<é"),
                    yinput_float(1e300),
                    yinput_float(1e-7),
                    yinput_float(0.00001),
                    yinput_float(9.99e-6),
                    yinput_float(1e16),
                    yinput_float(-2.5),
                    yinput_float(1e19)};
    yarray_insert_range(array, txn, 0, odd, 10);
    CHECK(take(ybranch_json(array, txn)) ==
          "[null,[0,16,255],\"\\\"\\\\\\b\\f\\n\\r\\t\\u001f\x7f/<é\",1e+300,1e-7,0.00001,9.99e-6,"
          "10000000000000000,-2.5,1e+19]");
    CHECK(!ybranch_json(nullptr, txn));
    ytransaction_commit(txn);
    ydoc_destroy(doc);
}

CASE(strings_with_zero_bytes) {
    if (!OURS) return; /* yffi dies of them */
    YDoc *doc = doc_with(1);
    YTransaction *txn = write(doc);
    CHECK(apply_v1(txn, std::string("\1\1\1\0\4\1\1t\3a\0b\0", 13)) == 0);
    Branch *text = ytext(doc, "t");
    CHECK(ytext_len(text, txn) == 3);
    CHECK(take(ytext_string(text, txn)) == "a");
    CHECK(take(ybranch_json(text, txn)) == "\"a\\u0000b\"");
    uint32_t n;
    YChunk *chunks = ytext_chunks(text, txn, &n);
    CHECK(n == 1 && chunks[0].data.len == 3 && !std::memcmp(chunks[0].data.value.str, "a\0b", 3));
    ychunks_destroy(chunks, n);
    ytransaction_commit(txn);
    ydoc_destroy(doc);
}

CASE(content_json) {
    if (!OURS) return; /* yffi reads one string too many */
    YDoc *doc = doc_with(1);
    YTransaction *txn = write(doc);
    CHECK(apply_v1(txn, std::string("\1\1\1\0\2\1\1a\2\1"
                                    "1\3\"x\"\0",
                                    16)) == 0);
    Branch *array = yarray(doc, "a");
    CHECK(take(ybranch_json(array, txn)) == "[1,\"x\"]");
    ytransaction_commit(txn);
    ydoc_destroy(doc);
}

/* ------------------------------------------------------------------------
 * XML
 */
CASE(yxmlelement_basic) {
    YDoc *doc = doc_with(1);
    Branch *fragment = yxmlfragment(doc, "test");
    YTransaction *txn = write(doc);
    Branch *xml = yxmlelem_insert_elem(fragment, txn, 0, "div");
    YInput v1 = text_of("value1"), v2 = text_of("value2");
    yxmlelem_insert_attr(xml, txn, "key1", &v1);
    yxmlelem_insert_attr(xml, txn, "key2", &v2);
    std::set<std::string> attrs;
    YXmlAttrIter *it = yxmlelem_attr_iter(xml, txn);
    for (YXmlAttr *a; (a = yxmlattr_iter_next(it)); yxmlattr_destroy(a)) attrs.insert(a->name + show(a->value));
    yxmlattr_iter_destroy(it);
    CHECK(attrs == (std::set<std::string>{"key1'value1'", "key2'value2'"}));
    yxmlelem_remove_attr(xml, txn, "key2");
    yxmlelem_remove_attr(xml, txn, "key2");
    CHECK(!yxmlelem_get_attr(xml, txn, "key2") && shown(yxmlelem_get_attr(xml, txn, "key1")) == "'value1'");
    yxmlelem_remove_attr(xml, txn, "key1");
    Branch *p = yxmlelem_insert_elem(xml, txn, 0, "p"), *inner = yxmlelem_insert_text(p, txn, 0);
    yxmltext_insert(inner, txn, 0, "hello", nullptr);
    Branch *world = yxmlelem_insert_text(xml, txn, 1);
    yxmltext_insert(world, txn, 0, "world", nullptr);
    CHECK(yxmlelem_child_len(xml, txn) == 2);
    CHECK(take(yxmlelem_tag(xml)) == "div" && take(yxmlelem_tag(p)) == "p");
    CHECK(!yxmlelem_tag(fragment) && !yxmlelem_tag(inner));
    CHECK(yxmlelem_parent(p) == xml && yxmlelem_parent(xml) == fragment && !yxmlelem_parent(fragment));
    YOutput *first = yxmlelem_first_child(xml);
    CHECK(youtput_read_yxmlelem(first) == p);
    youtput_destroy(first);
    CHECK(!yxmlelem_first_child(inner) || !OURS);
    YOutput *next = yxml_next_sibling(p, txn);
    CHECK(youtput_read_yxmltext(next) == world);
    youtput_destroy(next);
    CHECK(!yxml_next_sibling(world, txn) && !yxml_prev_sibling(p, txn));
    YOutput *prev = yxml_prev_sibling(world, txn);
    CHECK(youtput_read_yxmlelem(prev) == p);
    youtput_destroy(prev);
    CHECK(take(yxmlelem_string(p, txn)) == "<p>hello</p>");
    CHECK(take(yxmlelem_string(xml, txn)) == "<div><p>hello</p>world</div>");
    CHECK(take(ybranch_json(fragment, txn)) == "\"<div><p>hello</p>world</div>\"");
    BETTER(take(yxmlelem_string(fragment, txn)) == "<div><p>hello</p>world</div>");
    YOutput *got = (YOutput *)yxmlelem_get(xml, txn, 1);
    CHECK(youtput_read_yxmltext(got) == world);
    youtput_destroy(got);
    CHECK(!yxmlelem_get(xml, txn, 2));
    YXmlTreeWalker *walker = yxmlelem_tree_walker(xml, txn);
    for (Branch *expected : {p, inner, world}) {
        YOutput *cell = yxmlelem_tree_walker_next(walker);
        CHECK(cell && cell->value.y_type == expected);
        youtput_destroy(cell);
    }
    CHECK(!yxmlelem_tree_walker_next(walker));
    yxmlelem_tree_walker_destroy(walker);
    yxmlelem_tree_walker_destroy(nullptr);
    yxmlelem_remove_range(xml, txn, 0, 1);
    CHECK(yxmlelem_child_len(xml, txn) == 1);
    if (OURS) {
        yxmlelem_remove_range(xml, txn, 0, 2);
        CHECK(!yxmlelem_insert_elem(xml, txn, 5, "x") && !yxmlelem_insert_text(xml, txn, 5));
        CHECK(!yxmlelem_insert_elem(xml, txn, 0, nullptr) && !yxmlelem_insert_text(nullptr, txn, 0));
        CHECK(!yxmlelem_tree_walker(nullptr, txn) && !yxmlelem_tree_walker_next(nullptr));
        CHECK(!yxmlelem_attr_iter(nullptr, txn) && !yxmlattr_iter_next(nullptr));
        CHECK(!yxml_next_sibling(nullptr, txn) && !yxml_prev_sibling(nullptr, txn) && !yxmlelem_parent(nullptr));
        CHECK(!yxmlelem_string(nullptr, txn) && !yxmlelem_tag(nullptr) && !yxmlelem_get(nullptr, txn, 0));
    }
    yxmlattr_destroy(nullptr);
    yxmlattr_iter_destroy(nullptr);
    CHECK(yxmlelem_child_len(xml, txn) == 1);
    ytransaction_commit(txn);
    ydoc_destroy(doc);
}

CASE(yxmltext_all) {
    YDoc *doc = doc_with(1);
    Branch *fragment = yxmlfragment(doc, "x");
    YTransaction *txn = write(doc);
    Branch *text = yxmlelem_insert_text(fragment, txn, 0);
    yxmltext_insert(text, txn, 0, "hello world", nullptr);
    char *a[] = {(char *)"href"}, *k[] = {(char *)"a"}, *b[] = {(char *)"b"};
    YInput url = text_of("u"), link = yinput_json_map(a, &url, 1), yes = yinput_bool(1);
    YInput anchor = yinput_json_map(k, &link, 1), bold = yinput_json_map(b, &yes, 1);
    yxmltext_format(text, txn, 0, 5, &bold);
    yxmltext_format(text, txn, 3, 5, &anchor);
    CHECK(take(yxmltext_string(text, txn)) == "<b>hel</b><a href=\"u\"><b>lo</b></a><a href=\"u\"> wo</a>rld");
    CHECK(yxmltext_len(text, txn) == 11);
    YInput embed = yinput_float(1e21);
    yxmltext_insert_embed(text, txn, 11, &embed, nullptr);
    CHECK(yxmltext_len(text, txn) == 12);
    yxmltext_remove_range(text, txn, 0, 8);
    CHECK(take(yxmltext_string(text, txn)) == "rld1000000000000000000000");
    YInput v = yinput_bool(0);
    yxmltext_insert_attr(text, txn, "x", &v);
    CHECK(shown(yxmltext_get_attr(text, txn, "x")) == "false" && !yxmltext_get_attr(text, txn, "y"));
    YXmlAttrIter *it = yxmltext_attr_iter(text, txn);
    YXmlAttr *attr = yxmlattr_iter_next(it);
    CHECK(attr && !std::strcmp(attr->name, "x"));
    yxmlattr_destroy(attr);
    CHECK(!yxmlattr_iter_next(it));
    yxmlattr_iter_destroy(it);
    yxmltext_remove_attr(text, txn, "x");
    yxmltext_remove_attr(text, txn, "x");
    CHECK(!yxmltext_get_attr(text, txn, "x"));
    if (OURS) {
        yxmltext_remove_range(text, txn, 0, 99);
        yxmltext_format(text, txn, 0, 1, nullptr);
        CHECK(!yxmltext_string(nullptr, txn) && !yxmltext_get_attr(nullptr, txn, "x") &&
              yxmltext_len(nullptr, txn) == 0);
    }
    CHECK(yxmltext_len(text, txn) == 4);
    ytransaction_commit(txn);
    ydoc_destroy(doc);
}

CASE(xml_attributes_display) {
    YDoc *doc = doc_with(1);
    Branch *fragment = yxmlfragment(doc, "x");
    YTransaction *txn = write(doc);
    struct {
        YInput input;
        const char *text;
    } all[] = {
        {yinput_float(1.5), "1.5"},        {yinput_bool(1), "true"},
        {yinput_null(), "null"},           {yinput_undefined(), "undefined"},
        {yinput_long(-7), "-7"},           {yinput_json("[1.5,\"s\",{\"k\":1.5}]"), "[1.5, s, {k: 1.5}]"},
        {text_of("<&\">"), "<&\">"},       {yinput_binary("\1\xfe", 2), "0x01fe"},
        {yinput_float(1e-7), "0.0000001"},
    };
    for (auto &one : all) {
        Branch *e = yxmlelem_insert_elem(fragment, txn, 0, "Tag");
        yxmlelem_insert_attr(e, txn, "a", &one.input);
        CHECK(take(yxmlelem_string(e, txn)) == std::string("<Tag a=\"") + one.text + "\"></Tag>");
    }
    ytransaction_commit(txn);
    ydoc_destroy(doc);
}
