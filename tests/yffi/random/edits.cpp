/* SPDX-License-Identifier: MIT */
/* edits.cpp - one random edit. What it did is noted in words. */
#include "program.h"

#include <deque>

namespace {

const char *WORDS[] = {"a", "hello", "x y", "lorem ipsum dolor", "\xc3\xa9t\xc3\xa9", "\xe2\x82\xac", "", "zz"};
const char *KEYS[] = {"one", "two", "three", "four"};

const char *word(Program &p, bool empty = false) {
    const char *w = WORDS[p.r.below(p.style.utf16 ? 8 : 4)];
    return *w || empty ? w : "w";
}

void note(Peer &peer, const std::string &what) {
    peer.did += " " + what;
}
std::string num(uint32_t n) {
    return std::to_string(n);
}

/* Inputs are built of cells that live until the next step. */
std::deque<YInput> cells;
std::deque<std::vector<YInput>> rows;
std::deque<std::vector<char *>> names;

YInput *cell(const YInput &input) {
    cells.push_back(input);
    return &cells.back();
}
YInput map_of(const std::vector<char *> &keys, const std::vector<YInput> &values, bool shared) {
    names.push_back(keys);
    rows.push_back(values);
    auto make = shared ? yinput_ymap : yinput_json_map;
    return make(names.back().data(), rows.back().data(), (uint32_t)values.size());
}
YInput array_of(const std::vector<YInput> &values, bool shared) {
    rows.push_back(values);
    auto make = shared ? yinput_yarray : yinput_json_array;
    return make(rows.back().data(), (uint32_t)values.size());
}

/* json: only what survives as JSON, in which format v1 has embeds (Q139). */
YInput plain(Program &p, bool json = false, int depth = 0) {
    static char bytes[] = {0, 1, (char)255};
    switch (p.r.below(depth < 2 ? 11 : 6)) {
    case 0:
        return yinput_bool((uint8_t)p.r.below(2));
    case 1:
        return yinput_null();
    case 2:
        return yinput_float(0.5 + p.r.below(100));
    case 3:
        return yinput_long((int64_t)p.r.below(2000) - 1000);
    case 4:
    case 5:
        return yinput_string(word(p, !json)); /* "" in a delta: Q137 */
    case 6:
        return json || p.style.plain
                   ? map_of({(char *)"k"}, {plain(p, json, depth + 1)}, false)
                   : map_of({(char *)"k", (char *)"l"}, {plain(p, json, depth + 1), plain(p, json, depth + 1)}, false);
    case 7:
        return array_of({plain(p, json, depth + 1), plain(p, json, depth + 1)}, false);
    case 8:
        return json ? yinput_null() : yinput_binary(bytes, p.r.below(4));
    case 9:
        return json ? yinput_null() : yinput_undefined();
    default:
        return yinput_json("{\"j\":[1.5,null,\"t\"]}");
    }
}

/* A type with something in it. */
YInput shared(Program &p, int depth = 0) {
    YInput inner = depth < 2 && p.r.one_in(3) ? shared(p, depth + 1) : plain(p);
    switch (p.r.below(5)) {
    case 0:
        return array_of({inner, plain(p)}, true);
    case 1:
        return map_of({(char *)"in"}, {inner}, true);
    case 2:
        return yinput_yxmltext((char *)word(p, true));
    case 3:
        return yinput_yxmlelem((char *)"section");
    default:
        return yinput_ytext((char *)word(p, true));
    }
}

YInput attributes(Program &p) {
    YInput value;
    switch (p.r.below(6)) {
    case 0:
    case 1:
        value = yinput_null();
        break;
    case 2:
        value = yinput_string("red");
        break;
    case 3:
        value = map_of({(char *)"href"}, {yinput_string("u")}, false);
        break;
    default:
        value = yinput_bool(1);
    }
    return map_of({(char *)(p.style.plain || p.r.one_in(2) ? "bold" : "em")}, {value}, false);
}

/* ------------------------------------------------------------------------
 * Texts
 */

/* No part of what was written is cut: places are between ASCII, or any in units of UTF-16. */
void delta(Program &p, Peer &peer, Branch *text, YTransaction *txn) {
    std::vector<YDeltaIn> ops;
    uint32_t left = ytext_len(text, txn);
    std::string did = "delta " + name_of(text);
    for (uint32_t i = 0, n = 1 + p.r.below(4); i < n; i++) {
        uint32_t len = 1 + p.r.below(4);
        YInput *with = p.r.one_in(3) ? cell(attributes(p)) : nullptr;
        if (len > left || p.r.one_in(3)) {
            ops.push_back(ydelta_input_insert(cell(p.r.one_in(5) ? plain(p, true) : yinput_string(word(p))), with));
            did += " +";
            continue;
        }
        left -= len;
        bool drop = p.r.one_in(2);
        ops.push_back(drop ? ydelta_input_delete(len) : ydelta_input_retain(len, with));
        did += (drop ? " -" : " =") + num(len);
    }
    note(peer, did);
    ytext_insert_delta(text, txn, ops.data(), (uint32_t)ops.size());
}

void edit_text(Program &p, Peer &peer, Branch *text, YTransaction *txn) {
    uint32_t len = ytext_len(text, txn), at = p.r.below(len + 1), n = p.r.below(len - at + 1);
    bool xml = ytype_kind(text) == Y_XML_TEXT && p.r.one_in(2);
    std::string where = name_of(text) + " " + num(at);
    YInput with = attributes(p);
    switch (p.r.below(8)) {
    case 0: /* of nothing: Q137 */
        if (n > 4) n = 4;
        note(peer, "remove " + where + " " + num(n));
        if (n) (xml ? yxmltext_remove_range : ytext_remove_range)(text, txn, at, n);
        break;
    case 1:
        note(peer, "format " + where + " " + num(n));
        if (n) (xml ? yxmltext_format : ytext_format)(text, txn, at, n, &with);
        break;
    case 2:
        note(peer, "insert " + where + " with formats");
        (xml ? yxmltext_insert : ytext_insert)(text, txn, at, word(p), &with);
        break;
    case 3: {
        bool formatted = p.r.one_in(2); /* types that have content: Q140 */
        YInput what = formatted || p.r.one_in(2) ? plain(p, true) : shared(p);
        note(peer, "embed " + where);
        (xml ? yxmltext_insert_embed : ytext_insert_embed)(text, txn, at, &what, formatted ? &with : nullptr);
        break;
    }
    case 4:
        if (p.r.one_in(2)) return delta(p, peer, text, txn);
        /* fall through */
    default:
        note(peer, "insert " + where);
        (xml ? yxmltext_insert : ytext_insert)(text, txn, at, word(p), nullptr);
    }
}

/* ------------------------------------------------------------------------
 * Arrays and maps
 */
YInput any_input(Program &p) {
    return p.r.one_in(3) ? shared(p) : plain(p);
}

void edit_array(Program &p, Peer &peer, Branch *array, YTransaction *txn) {
    uint32_t len = yarray_len(array), at = p.r.below(len + 1), n = p.r.below(len - at + 1);
    std::string where = name_of(array) + " " + num(at);
    if (p.r.one_in(3) || len > 12) {
        if (n > 2) n = 2;
        note(peer, "remove " + where + " " + num(n));
        yarray_remove_range(array, txn, at, n);
        return;
    }
    std::vector<YInput> items;
    for (uint32_t i = 0, count = 1 + p.r.below(3); i < count; i++) items.push_back(any_input(p));
    note(peer, "insert " + where + " " + num((uint32_t)items.size()));
    yarray_insert_range(array, txn, at, items.data(), (uint32_t)items.size());
}

void edit_map(Program &p, Peer &peer, Branch *map, YTransaction *txn) {
    const char *key = KEYS[p.r.below(4)];
    uint32_t what = p.r.below(12);
    std::string where = name_of(map) + " " + key;
    if (what == 0) {
        note(peer, "clear " + where);
        ymap_remove_all(map, txn);
    } else if (what < 4) {
        note(peer, "remove " + where + " " + num(ymap_remove(map, txn, key)));
    } else {
        YInput value = any_input(p);
        note(peer, "set " + where);
        ymap_insert(map, txn, key, &value);
    }
}

/* ------------------------------------------------------------------------
 * XML
 */
void edit_attribute(Program &p, Peer &peer, Branch *node, YTransaction *txn) {
    bool text = ytype_kind(node) == Y_XML_TEXT;
    const char *key = KEYS[p.r.below(2)];
    if (p.r.one_in(4)) {
        note(peer, "remove attribute " + name_of(node) + " " + key);
        (text ? yxmltext_remove_attr : yxmlelem_remove_attr)(node, txn, key);
        return;
    }
    YInput value = p.r.one_in(2) ? yinput_string(word(p)) : plain(p);
    note(peer, "set attribute " + name_of(node) + " " + key);
    (text ? yxmltext_insert_attr : yxmlelem_insert_attr)(node, txn, key, &value);
}

void edit_xml(Program &p, Peer &peer, Branch *node, YTransaction *txn) {
    uint32_t len = yxmlelem_child_len(node, txn), at = p.r.below(len + 1);
    std::string where = name_of(node) + " " + num(at);
    if (at < len && (p.r.one_in(3) || len > 8)) {
        uint32_t n = 1 + p.r.below(len - at > 2 ? 2 : len - at);
        note(peer, "remove " + where + " " + num(n));
        yxmlelem_remove_range(node, txn, at, n);
    } else if (p.r.one_in(2)) {
        note(peer, "element " + where);
        edit_attribute(p, peer, yxmlelem_insert_elem(node, txn, at, p.r.one_in(2) ? "p" : "Div"), txn);
    } else {
        note(peer, "text " + where);
        yxmltext_insert(yxmlelem_insert_text(node, txn, at), txn, 0, word(p), nullptr);
    }
}

void add(std::vector<Branch *> &out, const YOutput *value) {
    if (value && value->tag > 0 && value->tag != Y_DOC && value->tag != Y_WEAK_LINK) out.push_back(value->value.y_type);
}

void add_children(std::vector<Branch *> &out, Branch *branch, YTransaction *txn) {
    uint32_t n = 0;
    switch (ytype_kind(branch)) {
    case Y_ARRAY: {
        YArrayIter *it = yarray_iter(branch, txn);
        for (YOutput *v; (v = yarray_iter_next(it)); youtput_destroy(v)) add(out, v);
        yarray_iter_destroy(it);
        break;
    }
    case Y_MAP: {
        std::map<std::string, Branch *> found;
        YMapIter *it = ymap_iter(branch, txn);
        for (YMapEntry *e; (e = ymap_iter_next(it)); ymap_entry_destroy(e)) {
            std::vector<Branch *> one;
            add(one, e->value);
            if (!one.empty()) found[e->key] = one[0];
        }
        ymap_iter_destroy(it);
        for (auto &f : found) out.push_back(f.second);
        break;
    }
    case Y_TEXT:
    case Y_XML_TEXT: {
        YChunk *chunks = ytext_chunks(branch, txn, &n);
        for (uint32_t i = 0; i < n; i++) add(out, &chunks[i].data);
        ychunks_destroy(chunks, n);
        break;
    }
    case Y_XML_ELEM:
    case Y_XML_FRAG:
        for (uint32_t i = 0; i < yxmlelem_child_len(branch, txn); i++) {
            YOutput *v = (YOutput *)yxmlelem_get(branch, txn, i);
            add(out, v);
            youtput_destroy(v);
        }
    }
}

} // namespace

std::string name_of(const Branch *branch) {
    YBranchId id = ybranch_id(branch);
    if (id.client_or_len < 0) return std::string((const char *)id.variant.name, (size_t)-id.client_or_len);
    return std::to_string(id.client_or_len) + "." + (undoing() ? "" : std::to_string(id.variant.clock));
}

bool &undoing() {
    static bool is = false;
    return is;
}

std::vector<Branch *> types_of(const Peer &peer, YTransaction *txn) {
    std::vector<Branch *> all = {peer.text, peer.array, peer.map, peer.xml};
    for (size_t i = 0; i < all.size(); i++) add_children(all, all[i], txn);
    return all;
}

void edit(Program &p, Peer &peer, YTransaction *txn) {
    std::vector<Branch *> all = types_of(peer, txn);
    Branch *branch = all[p.r.one_in(2) ? p.r.below(4) : p.r.below((uint32_t)all.size())];
    switch (ytype_kind(branch)) {
    case Y_TEXT:
        edit_text(p, peer, branch, txn);
        break;
    case Y_XML_TEXT:
        if (p.r.one_in(4))
            edit_attribute(p, peer, branch, txn);
        else
            edit_text(p, peer, branch, txn);
        break;
    case Y_ARRAY:
        edit_array(p, peer, branch, txn);
        break;
    case Y_MAP:
        edit_map(p, peer, branch, txn);
        break;
    case Y_XML_ELEM:
        if (p.r.one_in(3)) {
            edit_attribute(p, peer, branch, txn);
            break;
        }
        /* fall through */
    default:
        edit_xml(p, peer, branch, txn);
    }
    cells.clear();
    rows.clear();
    names.clear();
}
