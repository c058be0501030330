/* SPDX-License-Identifier: MIT */
/*
 * edit_rules.c - local edits by the rules of yrs. Each program was run with yffi 0.27.3 (documents of client 1, a
 * transaction for each call); the states are what it encoded.
 */
#include "../peer.h"

static yata_value member(const char *json, yata_buffer *bytes) {
    yata_value out;
    yata_buffer_init(bytes, NULL);
    OK(yata_value_from_json(str_of(json), bytes, &out, NULL));
    return out;
}

static void open_as_yrs(peer *p, bool keep_formats) {
    yata_doc_options options = yata_doc_options_default();
    options.client_id = 1;
    options.rules = YATA_RULES_YRS;
    options.keep_formats = keep_formats;
    peer_open_with(p, options);
}

/* attributes: NULL inherits */
static void insert(peer *p, yata_type t, uint32_t at, const char *what, const char *attributes) {
    yata_buffer bytes;
    if (!attributes) {
        write_text(p, t, at, what);
        return;
    }
    yata_value with = member(attributes, &bytes);
    OK(yata_text_insert_with(t, begin(p), at, str_of(what), &with));
    commit(p);
    yata_buffer_free(&bytes);
}

static void format(peer *p, yata_type t, uint32_t at, uint32_t len, const char *attributes) {
    yata_buffer bytes;
    yata_value with = member(attributes, &bytes);
    OK(yata_text_format(t, begin(p), at, len, &with));
    commit(p);
    yata_buffer_free(&bytes);
}

static void embed(peer *p, yata_type t, uint32_t at, yata_value what) {
    static const yata_value around = {.kind = YATA_VALUE_UNDEFINED};
    OK(yata_text_embed(t, begin(p), at, &what, &around));
    commit(p);
}

static void put(peer *p, yata_type a, uint32_t at, int64_t what) {
    yata_value value = INT(what);
    OK(yata_array_insert(a, begin(p), at, &value, 1));
    commit(p);
}

Test(edit_rules, options) {
    yata_doc_options options = yata_doc_options_default();
    yata_doc *doc;
    options.rules = (yata_edit_rules)2;
    FAILS(YATA_ERR_ARGUMENT, yata_doc_new(&options, &doc));
}

Test(edit_rules, elements_go_behind_deleted_ones) {
    peer p;
    open_as_yrs(&p, true);
    yata_type a = root(&p, "a", YATA_KIND_ARRAY);
    for (uint32_t i = 0; i < 3; i++) put(&p, a, i, i + 1);
    OK(yata_array_delete(a, begin(&p), 1, 1));
    commit(&p);
    put(&p, a, 1, 4);
    expect_state(&p, "0104010008010161017d0181010001880101017d03c801010102017d040101010101");
    peer_close(&p);
}

Test(edit_rules, binary_is_a_value_among_others) {
    peer p;
    open_as_yrs(&p, true);
    yata_type a = root(&p, "a", YATA_KIND_ARRAY);
    yata_value values[2] = {PLAIN(NULL, .u.integer = 0), PLAIN(BINARY, .u.binary = {(const uint8_t *)"\1\2", 2})};
    OK(yata_array_insert(a, begin(&p), 0, values, 2));
    commit(&p);
    expect_state(&p, "0101010008010161027e7402010200");
    peer_close(&p);
}

Test(edit_rules, deleting_takes_formats_only_where_some_hold) {
    peer p;
    open_as_yrs(&p, true);
    yata_type t = text_root(&p);
    insert(&p, t, 0, "ad", NULL);
    insert(&p, t, 1, "bc", "{\"b\":true}");
    erase_text(&p, t, 1, 2);
    expect_state(
        &p, "010501000401017401618401000164c60100010101620474727565c10102010102c6010401010162046e756c6c0101010302");
    insert(&p, t, 1, "x", NULL); /* before all formats */
    expect_state(&p,
                 "010601000401017401618401000164c60100010101620474727565c10102010102c6010401010162046e756c6cc401000102"
                 "01780101010302");
    peer_close(&p);

    open_as_yrs(&p, true);
    t = text_root(&p);
    insert(&p, t, 0, "ad", NULL);
    insert(&p, t, 1, "bc", "{\"b\":true}");
    erase_text(&p, t, 2, 2);
    expect_state(
        &p, "0106010004010174016181010001c60100010101620474727565c4010201010162c10103010101c6010401010162046e756c6c"
            "01010201010401");
    peer_close(&p);
}

Test(edit_rules, formats_behind_the_stretch_are_taken_up) {
    peer p;
    open_as_yrs(&p, true);
    yata_type t = text_root(&p);
    insert(&p, t, 0, "abcd", NULL);
    format(&p, t, 1, 1, "{\"b\":true}");
    format(&p, t, 2, 1, "{\"b\":true}");
    expect_state(&p,
                 "01070100040101740161840100016284010101638401020164c60100010101620474727565c10101010201c6010201030162"
                 "046e756c6c0101010501");
    peer_close(&p);

    open_as_yrs(&p, true);
    t = text_root(&p);
    insert(&p, t, 0, "abcd", NULL);
    format(&p, t, 2, 2, "{\"b\":true}");
    format(&p, t, 1, 1, "{\"b\":null}");
    format(&p, t, 0, 2, "{\"b\":true}");
    format(&p, t, 1, 2, "{\"b\":null}");
    expect_state(
        &p, "01090100040101740161840100016284010101638401020164c101010102018601030162046e756c6c46010001620474727565"
            "c6010001010162046e756c6cc601020103016204747275650101010401");
    format(&p, t, 3, 9, "{\"b\":null}"); /* no line feeds behind the end */
    expect_text(t, "abcd");
    peer_close(&p);
}

Test(edit_rules, embeds_go_right_there) {
    peer p;
    open_as_yrs(&p, true);
    yata_type t = text_root(&p);
    insert(&p, t, 0, "abc", NULL);
    format(&p, t, 2, 1, "{\"b\":true}");
    embed(&p, t, 3, TEXT("e"));
    yata_value f = TEXT("f"), around = {.kind = YATA_VALUE_UNDEFINED};
    yata_txn *txn = begin(&p);
    OK(yata_text_delete(t, txn, 1, 1));
    OK(yata_text_embed(t, txn, 1, &f, &around));
    commit(&p);
    expect_state(&p,
                 "01070100040101740161810100018401010163c601010102016204747275658601020162046e756c6cc501020104032265"
                 "22c501000101032266220101010101");
    peer_close(&p);
}

Test(edit_rules, deltas_know_of_formats_from_the_start) {
    peer p;
    yata_delta *delta;
    open_as_yrs(&p, true);
    yata_type t = text_root(&p);
    insert(&p, t, 0, "abcd", NULL);
    format(&p, t, 1, 2, "{\"b\":true}");
    OK(yata_delta_new(NULL, &delta));
    OK(yata_delta_from_json(delta, STR("[{\"retain\":1},{\"delete\":2}]"), NULL));
    OK(yata_text_apply_delta(t, begin(&p), delta));
    commit(&p);
    expect_state(&p, "01050100040101740161810100028401020164c10100010101c1010201030101010201020402");
    yata_delta_free(delta);
    peer_close(&p);
}

/* A peer leaves formats around a deleted character. Who does not keep superfluous ones removes the first of them. */
Test(edit_rules, superfluous_formats_stay) {
    for (int keep = 0; keep < 2; keep++) {
        peer a, b;
        open_as_yrs(&a, true);
        yata_doc_options options = yata_doc_options_default();
        options.client_id = 2;
        options.keep_formats = keep;
        peer_open_with(&b, options);
        yata_type t = text_root(&a);
        (void)text_root(&b);
        insert(&a, t, 0, "abc", NULL);
        format(&a, t, 1, 1, "{\"b\":true}");
        send_all(&a, &b);
        erase_text(&a, t, 1, 1);
        send_all(&a, &b);
        expect_state(
            &b, keep ? "01050100040101740161810100018401010163c60100010101620474727565c6010101020162046e756c6c01010101"
                       "01"
                     : "01050100040101740161810100018401010163c10100010101c6010101020162046e756c6c0101020101"
                       "0301");
        peer_close(&a);
        peer_close(&b);
    }
}
