/* SPDX-License-Identifier: MIT */
/* json_path.c - queries. The results are those of yrs 0.27.3; where its order is that of a hash table, ours is fixed.
 */
#include "../peer.h"

#include <yata/json_path.h>

/* By yjs: a map "store" with books and more, an array "arr", a fragment "xml", a text "t". */
static const char document[] =
    "0119010027010573746f726504626f6f6b00070001000128000101046e616d650177014128000101057072696365017b4021"
    "e666666666662800010104746167730175037701787701797602046e616d657704646565700570726963657d018701010128"
    "000105046e616d650177014228000105057072696365017b4036fd70a3d70a3d880105047603046e616d6577014305707269"
    "63657d03046d6f72657602046e616d657701440161760101627d057d07770373747275027d0175027d0275017d0328010573"
    "746f7265076772c3b6c39f65017d0528010573746f726508616e792074657874017d0627010573746f7265066e6573746564"
    "012700010e0161012800010f016301760201627d010164760101627d022800010f0178017d09080103617272027d017d0281"
    "011301880114047d047d057d067d07070103786d6c030170870119060400011a027474280001190269640177017607000119"
    "0301712800011e026964017701770401017404746578740101011401";

static void open_document(peer *p) {
    peer_open(p, 9);
    root(p, "store", YATA_KIND_MAP);
    root(p, "arr", YATA_KIND_ARRAY);
    root(p, "xml", YATA_KIND_XML_FRAGMENT);
    root(p, "t", YATA_KIND_TEXT);
    OK(take(p, document));
}

/* Plain values as JSON, shared types by their kind. */
static void print(const yata_value *value, yata_buffer *out) {
    yata_kind kind;
    if (out->len) OK(yata_buffer_append(out, " ", 1));
    if (value->kind != YATA_VALUE_TYPE) {
        OK(yata_value_to_json(value, out));
        return;
    }
    OK(yata_type_kind(value->u.type, &kind));
    OK(yata_buffer_append(out, yata_kind_name(kind), strlen(yata_kind_name(kind))));
}

static void expect_from(const peer *p, const char *path, const yata_value *start, const char *results) {
    yata_json_path *compiled;
    yata_json_path_walk *walk;
    yata_value value;
    yata_buffer out;
    yata_buffer_init(&out, NULL);
    OK(yata_json_path_compile(str_of(path), &p->allocator, &compiled, NULL));
    for (int again = 0; again < 2; again++) { /* a path can be used many times */
        OK(yata_json_path_select(compiled, p->doc, start, &walk));
        out.len = 0;
        while (yata_json_path_next(walk, &value)) print(&value, &out);
        cr_assert_not(yata_json_path_next(walk, &value));
        OK(yata_json_path_status(walk));
        yata_json_path_end(walk);
        cr_assert(out.len == strlen(results) && !memcmp(results, out.len ? (const char *)out.data : "", out.len),
                  "%s: expected %s, seen %.*s", path, results, (int)out.len, (const char *)out.data);
    }
    yata_json_path_free(compiled);
    yata_buffer_free(&out);
}

typedef struct answer {
    const char *path, *results;
} answer;

Test(json_path, results) {
    static const answer answers[] = {
        {"$", ""},
        {"@", ""},
        {"", ""},
        {"$.store.book[*].price", "8.95 22.99 3"},
        {"$.store.book[*].name", "\"A\" \"B\" \"C\""},
        {"$.store.book.*",
         "map map {\"name\":\"C\",\"price\":3,\"more\":{\"name\":\"D\",\"a\":{\"b\":5}}} 7 \"str\" [1,[2,[3]]]"},
        {"$..name", "\"A\" \"B\" \"C\""},
        {"$.store..name", "\"A\" \"B\" \"C\""},
        {"$.store..price", "8.95 22.99 3"},
        {"$.store..", "array 5 6 map"},
        {"$.store..*",
         "map map {\"name\":\"C\",\"price\":3,\"more\":{\"name\":\"D\",\"a\":{\"b\":5}}} 7 \"str\" [1,[2,[3]]] map"},
        {"$..b", "5 1"},
        {"$.store..a.b", "5 1"},
        {"$.store..a..b", "1"},
        {"$.store.nested..b", "1"},
        {"$.store.nested.a..b", "1"},
        {"$.store.book[2].more..b", "5"},
        {"$.store.book[0].tags[*]", "\"x\" \"y\" {\"name\":\"deep\",\"price\":1}"},
        {"$.store.book[0].tags[-1].name", "\"deep\""},
        {"$.store.book[0].tags[1:]", "\"y\" {\"name\":\"deep\",\"price\":1}"},
        {"$.store.book[-1]", "[1,[2,[3]]]"},
        {"$.store.book[-1][1][1][0]", "3"},
        {"$.store.book[-9]", ""},
        {"$.store.book[99]", ""},
        {"$.store.book[0,1,-2].name", "\"A\" \"B\""},
        {"$.store.book[1:3].name", "\"B\" \"C\""},
        {"$.arr[*]", "1 2 4 5 6 7"},
        {"$.arr[:3]", "1 2 4"},
        {"$.arr[3:]", "5 6 7"},
        {"$.arr[3:1]", "5 6 7"},
        {"$.arr[1:6:2]", "2 5 7"},
        {"$.arr[::2]", "1 4 6"},
        {"$.arr[::3]", "1 5"},
        {"$.arr[2:2]", ""},
        {"$.arr[0, 2, -1, 50]", "1 4 7"},
        {"$.arr[+1]", "2"},
        {"$.arr[-6]", "1"},
        {"$.arr[-7]", ""},
        {"$.store.gr\xC3\xB6\xC3\x9F"
         "e",
         "5"},
        {"$.store['any text']", "6"},
        {"$.store['gr\xC3\xB6\xC3\x9F"
         "e', 'any text', 'none']",
         "5 6"},
        {"store.gr\xC3\xB6\xC3\x9F"
         "e",
         "5"},
        {"$store.gr\xC3\xB6\xC3\x9F"
         "e",
         "5"},
        {"$.store[0]", ""},
        {"$.arr.name", ""},
        {"$.t", "text"},
        {"$.t[0]", ""},
        {"$.t.*", ""},
        {"$.xml", "xml fragment"},
        {"$.xml[0]", "xml element"},
        {"$.xml[0].id", "\"v\""},
        {"$.xml[*].id", "\"v\""},
        {"$.xml..id", "\"v\""},
        {"$.xml[0][0].id", "\"w\""},
        {"$.xml[0,1]", "xml element xml text"},
        {"$.xml[0:1].id", "\"v\""},
        {"$.xml[0].*", "xml element"},
        {"$['store','arr']", "map array"},
        {"$.store.book[0", "map"},
        {"$.store['gr\xC3\xB6\xC3\x9F"
         "e'",
         "5"},
        {"$.store..[1]", "map"},
        {"$.store..book[0].name", ""},
        {"$.store.book..[0]", "\"x\" 1"},
        {"$.store.*.*",
         "map map {\"name\":\"C\",\"price\":3,\"more\":{\"name\":\"D\",\"a\":{\"b\":5}}} 7 \"str\" [1,[2,[3]]] map"},
        {"$.*[0]", "1 xml element"},
        {"*", "map array xml fragment text"},
        {"..", "map array xml fragment text"},
        {"..name", "\"A\" \"B\" \"C\""},
        {"$.store.book[*]..name", "\"deep\" \"D\""},
        {"$.store.book[*].tags..name", "\"deep\""},
        {"$.arr[0]..", ""},
        {"$.store.book[5]..", "1 [2,[3]]"},
        {"$.store.book[5]..*", "2 [3]"},
        {"$.store.book[5].*.*", "2 [3]"},
        {"$.store..tags[2].price", "1"},
        {"$.store..nested.a.c.b", ""},
        {"$.store.nested..a.c.d", ""},
        {"$.store..c.zzz", ""},
        {"$.store..x", "9"},
        {"$.arr['a'", ""},
        {"$.arr[1 , 2]", "2 4"},
    };
    peer p;
    open_document(&p);
    for (size_t i = 0; i < sizeof answers / sizeof *answers; i++)
        expect_from(&p, answers[i].path, NULL, answers[i].results);
    peer_close(&p);
}

/* What yrs does not give: more kinds of values answer to lists of names and numbers, and quotes quote. */
Test(json_path, more_than_yrs) {
    peer p;
    open_document(&p);
    yata_value five = INT(5);
    OK(yata_map_set(map_root(&p), begin(&p), STR("a:b,]['"), &five));
    OK(yata_map_set(map_root(&p), p.txn, STR("x]"), &five));
    commit(&p);
    expect_from(&p, "$.xml[0]['id','none']", NULL, "\"v\"");
    expect_from(&p, "$.arr[ 1 , 2 ]", NULL, "2 4");
    expect_from(&p, "$.m['x]']", NULL, "5");
    expect_from(&p, "$.m['x]','a:b']", NULL, "5");
    peer untyped;
    peer_open(&untyped, 9);
    OK(take(&untyped, document));
    expect_from(&untyped, "$.arr[0,-1]", NULL, "1 7");
    expect_from(&untyped, "$.arr[1]", NULL, "2");
    expect_from(&untyped, "$.store['any text']", NULL, "6");
    expect_from(&untyped, "$.store.book[*].name", NULL, "\"A\" \"B\" \"C\"");
    peer_close(&untyped);
    peer_close(&p);
}

Test(json_path, from_a_value) {
    peer p;
    open_document(&p);
    yata_value store = PLAIN(TYPE, .u.type = root(&p, "store", YATA_KIND_MAP)), plain, bad;
    expect_from(&p, "@.book[0].name", &store, "\"A\"");
    expect_from(&p, "book[0].name", &store, "\"A\"");
    expect_from(&p, "$.arr[0]", &store, "1");
    expect_from(&p, "", &store, "");
    expect_from(&p, "@", &store, "map");
    yata_buffer bytes;
    yata_buffer_init(&bytes, NULL);
    OK(yata_value_from_json(STR("{\"a\":[1,{\"b\":2}]}"), &bytes, &plain, NULL));
    expect_from(&p, "..b", &plain, "2");
    expect_from(&p, "a[*]", &plain, "1 {\"b\":2}");
    expect_from(&p, "a[0].b", &plain, "");
    bad = plain;
    bad.u.any.len--;
    yata_json_path *path;
    yata_json_path_walk *walk;
    OK(yata_json_path_compile(STR("a"), NULL, &path, NULL));
    cr_assert_neq(yata_json_path_select(path, p.doc, &bad, &walk), YATA_OK);
    FAILS(YATA_ERR_ARGUMENT, yata_json_path_select(NULL, p.doc, NULL, &walk));
    FAILS(YATA_ERR_ARGUMENT, yata_json_path_select(path, NULL, NULL, &walk));
    FAILS(YATA_ERR_ARGUMENT, yata_json_path_status(NULL));
    cr_assert_not(yata_json_path_next(NULL, &plain));
    yata_json_path_end(NULL);
    yata_json_path_free(path);
    yata_json_path_free(NULL);
    yata_buffer_free(&bytes);
    peer_close(&p);
}

Test(json_path, faults) {
    static const struct {
        const char *path;
        yata_status status;
        size_t offset;
    } faults[] = {
        {".", YATA_ERR_VALUE, 1},
        {"$.a.", YATA_ERR_VALUE, 4},
        {"$._a", YATA_ERR_VALUE, 2},
        {"$.1", YATA_ERR_VALUE, 2},
        {"$ .a", YATA_ERR_VALUE, 1},
        {"$[?(@.x)]", YATA_ERR_KIND, 2},
        {"$[]", YATA_ERR_VALUE, 2},
        {"$[", YATA_ERR_VALUE, 2},
        {"$[1,]", YATA_ERR_VALUE, 4},
        {"$[1,'a']", YATA_ERR_VALUE, 4},
        {"$['a',1]", YATA_ERR_VALUE, 6},
        {"$['a", YATA_ERR_VALUE, 4},
        {"$[1x]", YATA_ERR_VALUE, 3},
        {"$[1:2:0]", YATA_ERR_VALUE, 6},
        {"$[-1:2]", YATA_ERR_VALUE, 4},
        {"$[1:-2]", YATA_ERR_VALUE, 4},
        {"$[1:2:3:4]", YATA_ERR_VALUE, 7},
        {"$[2147483648]", YATA_ERR_VALUE, 2},
        {"$[-2147483649]", YATA_ERR_VALUE, 2},
        {"$[4294967296:]", YATA_ERR_VALUE, 2},
        {"$.a[*b]", YATA_ERR_VALUE, 5},
        {"*$*$*", YATA_ERR_VALUE, 1},
        {"$.a]", YATA_ERR_VALUE, 3},
        {"$.a\xFF", YATA_ERR_UTF8, 3},
        {"$[\"a\"]", YATA_ERR_VALUE, 2},
    };
    for (size_t i = 0; i < sizeof faults / sizeof *faults; i++) {
        yata_fault fault;
        yata_json_path *path = (yata_json_path *)&fault;
        yata_status status = yata_json_path_compile(str_of(faults[i].path), NULL, &path, &fault);
        cr_assert(status == faults[i].status && fault.status == status && fault.offset == faults[i].offset && !path,
                  "%s: %s at %zu", faults[i].path, yata_status_name(status), fault.offset);
    }
    yata_json_path *path;
    FAILS(YATA_ERR_ARGUMENT, yata_json_path_compile((yata_str){NULL, 1}, NULL, &path, NULL));
    FAILS(YATA_ERR_ARGUMENT, yata_json_path_compile(STR("$"), NULL, NULL, NULL));
    OK(yata_json_path_compile(STR("$[2147483647][-2147483648][4294967295:4294967295:4294967295]"), NULL, &path, NULL));
    yata_json_path_free(path);
}

/* The walk goes as deep as the document without a stack of the program. */
Test(json_path, deep) {
    enum { DEPTH = 20000 };
    peer p;
    peer_open(&p, 1);
    yata_type type = array_root(&p);
    yata_value end = TEXT("end");
    begin(&p);
    for (int i = 0; i < DEPTH; i++) OK(yata_array_insert_type(type, p.txn, 0, YATA_KIND_ARRAY, STR(""), &type));
    OK(yata_array_insert_type(type, p.txn, 0, YATA_KIND_MAP, STR(""), &type));
    OK(yata_map_set(type, p.txn, STR("k"), &end));
    commit(&p);
    expect_from(&p, "$..k", NULL, "\"end\"");
    peer_close(&p);
}

static bool try_walk(peer *p) {
    yata_json_path *path;
    yata_json_path_walk *walk;
    yata_value value;
    uint32_t results = 0;
    if (yata_json_path_compile(STR("$.store['x','book'][0:2:1]..price"), &p->allocator, &path, NULL)) return false;
    yata_status status = yata_json_path_select(path, p->doc, NULL, &walk);
    if (!status) {
        while (yata_json_path_next(walk, &value)) results++;
        status = yata_json_path_status(walk);
        cr_assert(status == YATA_ERR_MEMORY || results == 1);
        yata_json_path_end(walk);
    }
    yata_json_path_free(path);
    return !status;
}

Test(json_path, no_memory) {
    fail_each(open_document, try_walk);
}
