/* SPDX-License-Identifier: MIT */
/* views.cpp - all that reads, as text. */
#include "program.h"

#include <algorithm>

namespace {

std::string attributes_of(YXmlAttrIter *it) {
    std::map<std::string, std::string> all;
    for (YXmlAttr *a; (a = yxmlattr_iter_next(it)); yxmlattr_destroy(a)) all[a->name] = show(a->value);
    yxmlattr_iter_destroy(it);
    std::string out;
    for (auto &a : all) out += " " + a.first + "=" + a.second;
    return out;
}

std::string node_of(YOutput *node) {
    if (!node) return "-";
    std::string out = name_of(node->value.y_type) + "/" + std::to_string(node->tag);
    youtput_destroy(node);
    return out;
}

std::string map_of(Branch *map, YTransaction *txn) {
    std::map<std::string, std::string> entries;
    YMapIter *it = ymap_iter(map, txn);
    for (YMapEntry *e; (e = ymap_iter_next(it)); ymap_entry_destroy(e)) {
        YOutput *value = ymap_get(map, txn, e->key);
        entries[e->key] = show(e->value) + (value && value->tag == e->value->tag ? "" : " and not");
        youtput_destroy(value);
    }
    ymap_iter_destroy(it);
    std::string out = " (" + std::to_string(ymap_len(map, txn)) + ")";
    for (auto &e : entries) out += " " + e.first + "=" + e.second;
    return out;
}

std::string tree_of(Branch *xml, YTransaction *txn) {
    std::string out;
    YXmlTreeWalker *walker = yxmlelem_tree_walker(xml, txn);
    for (YOutput *v; (v = yxmlelem_tree_walker_next(walker));) out += " " + node_of(v);
    yxmlelem_tree_walker_destroy(walker);
    return out;
}

/* Attributes of markup come in any order in yffi, so an element with more than one is not printed as such. */
std::string branch_view(const Peer &peer, Branch *branch, YTransaction *txn) {
    std::string out = name_of(branch) + "/" + std::to_string(ytype_kind(branch)) + " ";
    YBranchId id = ybranch_id(branch);
    if (ybranch_get(&id, txn) != branch || !ybranch_alive(branch)) out += "LOST ";
    switch (ytype_kind(branch)) {
    case Y_TEXT:
        return out + take(ytext_string(branch, txn)) + " " + std::to_string(ytext_len(branch, txn)) +
               chunks_of(branch, txn);
    case Y_XML_TEXT:
        return out + take(yxmltext_string(branch, txn)) + " " + std::to_string(yxmltext_len(branch, txn)) +
               chunks_of(branch, txn) + attributes_of(yxmltext_attr_iter(branch, txn)) + " " +
               node_of(yxml_next_sibling(branch, txn)) + " " + node_of(yxml_prev_sibling(branch, txn));
    case Y_ARRAY: {
        YArrayIter *it = yarray_iter(branch, txn);
        for (YOutput *v; (v = yarray_iter_next(it)); youtput_destroy(v)) out += show(v) + ",";
        yarray_iter_destroy(it);
        return out + " " + std::to_string(yarray_len(branch));
    }
    case Y_MAP:
        return out + map_of(branch, txn);
    case Y_XML_ELEM:
        out += take(yxmlelem_tag(branch)) + attributes_of(yxmlelem_attr_iter(branch, txn)) + " " +
               node_of(yxml_next_sibling(branch, txn)) + " " + node_of(yxml_prev_sibling(branch, txn)) + " ";
        /* fall through */
    default: {
        Branch *parent = yxmlelem_parent(branch);
        out += std::to_string(yxmlelem_child_len(branch, txn)) + " " + node_of(yxmlelem_first_child(branch)) + " in " +
               (parent ? name_of(parent) : "-");
        return branch == peer.xml ? out + tree_of(branch, txn) : out;
    }
    }
}

const char *PATHS[] = {"$.array[*]",     "$.map.one",          "$.array[-2]",     "$.array[1][0]", "$.array[-1]",
                       "$.array[0:4:2]", "$.map['one','two']", "$.array[0,2,-1]", "$.map.one.in",  "$.array[0].k",
                       "$.xml[0]",       "$.nothing",          "$.array[*][0]",   "array[1]"};

std::string path_view(const char *path, YTransaction *txn) {
    std::multiset<std::string> found;
    YJsonPathIter *it = ytransaction_json_path(txn, path);
    if (!it) return "(null)";
    for (YOutput *v; (v = yjson_path_iter_next(it)); youtput_destroy(v))
        found.insert(v->tag > 0 && v->tag != Y_DOC ? name_of(v->value.y_type) : show(v));
    yjson_path_iter_destroy(it);
    std::string out = path;
    for (auto &f : found) out += " " + f;
    return out;
}

/* In a type that is gone there is no position, though yffi may answer one. */
std::string position_view(const Position &position, const std::vector<Branch *> &living, YTransaction *txn) {
    Branch *branch = nullptr;
    uint32_t index = 0;
    ysticky_index_read(position.sticky, txn, &branch, &index);
    return " " + position.name + ">" +
           (std::find(living.begin(), living.end(), branch) != living.end()
                ? name_of(branch) + ":" + std::to_string(index)
                : "?");
}

/* An integer in an embed is a number after format v1. */
std::string shown(Branch *text, Branch *array, Branch *map, YTransaction *txn) {
    std::string out = chunks_of(text, txn) + " " + std::to_string(yarray_len(array)) + map_of(map, txn);
    for (size_t at; (at = out.find("int ")) != std::string::npos;) out.replace(at, 3, "num");
    return out;
}

/* Is a document as it was, in another one, what it showed then? */
std::string past_view(const Program &p, const Snapshot &snapshot, YTransaction *txn, bool v2) {
    uint32_t len = 0;
    auto encode = v2 ? ytransaction_encode_state_from_snapshot_v2 : ytransaction_encode_state_from_snapshot_v1;
    char *bytes = encode(txn, snapshot.bytes.data(), (uint32_t)snapshot.bytes.size(), &len);
    std::string update = take(bytes, len);
    YDoc *doc = doc_with(999, p.style.utf16 ? Y_OFFSET_UTF16 : 0);
    Branch *text = ytext(doc, "text"), *array = yarray(doc, "array"), *map = ymap(doc, "map");
    YTransaction *fresh = write(doc);
    auto apply = v2 ? ytransaction_apply_v2 : ytransaction_apply;
    uint8_t status = apply(fresh, update.data(), (uint32_t)update.size());
    bool same = !status && shown(text, array, map, fresh) == snapshot.shown;
    ytransaction_commit(fresh);
    ydoc_destroy(doc);
    wrong_pasts() += !same;
    return same || !OURS ? "was" : "never was";
}

std::string snapshot_of(YTransaction *txn) {
    uint32_t len = 0;
    char *bytes = ytransaction_snapshot(txn, &len);
    return take(bytes, len);
}

/* The characters of JSON in order, since yffi's members come in any. */
std::string json_view(Branch *branch, YTransaction *txn) {
    std::string json = take(ybranch_json(branch, txn));
    std::sort(json.begin(), json.end());
    return digest(json);
}

/* The state in both formats, after it was loaded into a fresh document: yffi leaves cuts in what it has (Q142). Where
 * more than one client has deletions, the order of these is another one: yffi ascends, Yjs descends. */
std::string bytes_view(const Program &p, YTransaction *txn) {
    YDoc *doc = doc_with(999, p.style.utf16 ? Y_OFFSET_UTF16 : 0);
    YTransaction *fresh = write(doc);
    std::string out = " state " + std::to_string(apply_v1(fresh, state(txn)));
    ytransaction_commit(fresh);
    fresh = ydoc_read_transaction(doc);
    if (snapshot_of(fresh)[0] < 2) {
        uint32_t len = 0;
        char *v2 = ytransaction_state_diff_v2(fresh, nullptr, 0, &len);
        out += " " + digest(state(fresh)) + " " + digest(take(v2, len));
    }
    ytransaction_commit(fresh);
    ydoc_destroy(doc);
    return out;
}

} // namespace

int &wrong_pasts() {
    static int n = 0;
    return n;
}

std::string chunks_of(Branch *text, YTransaction *txn) {
    uint32_t n = 0;
    YChunk *chunks = ytext_chunks(text, txn, &n);
    std::string out;
    for (uint32_t i = 0; i < n; i++) {
        out += " " + show(&chunks[i].data);
        std::map<std::string, std::string> fmt;
        for (uint32_t k = 0; k < chunks[i].fmt_len; k++) fmt[chunks[i].fmt[k].key] = show(chunks[i].fmt[k].value);
        for (auto &f : fmt) out += "," + f.first + "=" + f.second;
    }
    ychunks_destroy(chunks, n);
    return out;
}

std::string view(Program &p, Peer &peer) {
    YTransaction *txn = ydoc_read_transaction(peer.doc);
    std::string out;
    std::vector<Branch *> living = types_of(peer, txn);
    for (Branch *branch : living) out += " [" + branch_view(peer, branch, txn) + "]";
    out += " " + json_view(peer.array, txn) + json_view(peer.map, txn) + take(ybranch_json(peer.text, txn));
    out += " <" + path_view(PATHS[p.r.below(sizeof PATHS / sizeof *PATHS)], txn) + ">";
    for (auto &position : peer.positions) out += position_view(position, living, txn);
    if (p.style.plain && !undoing()) out += bytes_view(p, txn);
    if (p.style.keep && p.r.one_in(4))
        peer.snapshots.push_back({snapshot_of(txn), shown(peer.text, peer.array, peer.map, txn)});
    if (!peer.snapshots.empty() && p.r.one_in(4))
        out += " past " + past_view(p, peer.snapshots[p.r.below((uint32_t)peer.snapshots.size())], txn, p.r.one_in(2));
    ytransaction_commit(txn);
    return out;
}
