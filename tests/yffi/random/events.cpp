/* SPDX-License-Identifier: MIT */
/* events.cpp - observers of everything, which note what they are told. */
#include "program.h"

namespace {

std::string path_of(YPathSegment *path, uint32_t n) {
    std::string out = "@";
    for (uint32_t i = 0; i < n; i++)
        out += "/" +
               (path[i].tag == Y_EVENT_PATH_KEY ? std::string(path[i].value.key) : std::to_string(path[i].value.index));
    ypath_destroy(path, n);
    return out;
}

std::string text_delta(YDeltaOut *d, uint32_t n) {
    std::string out;
    for (uint32_t i = 0; i < n; i++) {
        out += " " + std::to_string(d[i].tag) + ":" + std::to_string(d[i].len);
        if (d[i].insert) out += show(d[i].insert);
        std::map<std::string, std::string> attrs;
        for (uint32_t k = 0; k < d[i].attributes_len; k++)
            attrs[d[i].attributes[k].key] = show(&d[i].attributes[k].value);
        for (auto &a : attrs) out += "," + a.first + "=" + a.second;
    }
    ytext_delta_destroy(d, n);
    return out;
}

std::string list_delta(YEventChange *d, uint32_t n) {
    std::string out;
    for (uint32_t i = 0; i < n; i++) {
        out += " " + std::to_string(d[i].tag) + ":" + std::to_string(d[i].len);
        for (uint32_t k = 0; d[i].values && k < d[i].len; k++) out += show(&d[i].values[k]);
    }
    yevent_delta_destroy(d, n);
    return out;
}

std::string key_changes(YEventKeyChange *d, uint32_t n) {
    std::map<std::string, std::string> all;
    for (uint32_t i = 0; i < n; i++)
        all[d[i].key] = std::to_string(d[i].tag) + (d[i].old_value ? show(d[i].old_value) : "") + ">" +
                        (d[i].new_value ? show(d[i].new_value) : "");
    yevent_keys_destroy(d, n);
    std::string out;
    for (auto &k : all) out += " " + k.first + ":" + k.second;
    return out;
}

std::string of_text(const YTextEvent *e) {
    uint32_t n = 0, m = 0;
    YDeltaOut *d = ytext_event_delta(e, &n);
    YPathSegment *path = ytext_event_path(e, &m);
    return "text " + name_of(ytext_event_target(e)) + path_of(path, m) + text_delta(d, n);
}
std::string of_array(const YArrayEvent *e) {
    uint32_t n = 0, m = 0;
    YEventChange *d = yarray_event_delta(e, &n);
    YPathSegment *path = yarray_event_path(e, &m);
    return "array " + name_of(yarray_event_target(e)) + path_of(path, m) + list_delta(d, n);
}
std::string of_map(const YMapEvent *e) {
    uint32_t n = 0, m = 0;
    YEventKeyChange *d = ymap_event_keys(e, &n);
    YPathSegment *path = ymap_event_path(e, &m);
    return "map " + name_of(ymap_event_target(e)) + path_of(path, m) + key_changes(d, n);
}
std::string of_xml(const YXmlEvent *e) {
    uint32_t n = 0, m = 0, k = 0;
    YEventChange *d = yxmlelem_event_delta(e, &n);
    YEventKeyChange *keys = yxmlelem_event_keys(e, &k);
    YPathSegment *path = yxmlelem_event_path(e, &m);
    return "xml " + name_of(yxmlelem_event_target(e)) + path_of(path, m) + list_delta(d, n) + key_changes(keys, k);
}
std::string of_xml_text(const YXmlTextEvent *e) {
    uint32_t n = 0, m = 0, k = 0;
    YDeltaOut *d = yxmltext_event_delta(e, &n);
    YEventKeyChange *keys = yxmltext_event_keys(e, &k);
    YPathSegment *path = yxmltext_event_path(e, &m);
    return "xmltext " + name_of(yxmltext_event_target(e)) + path_of(path, m) + text_delta(d, n) + key_changes(keys, k);
}

void note(void *state, const std::string &what) {
    ((Peer *)state)->seen.insert(" {" + what + "}");
}
void note_text(void *state, const YTextEvent *e) {
    note(state, of_text(e));
}
void note_array(void *state, const YArrayEvent *e) {
    note(state, of_array(e));
}
void note_map(void *state, const YMapEvent *e) {
    note(state, of_map(e));
}
void note_xml(void *state, const YXmlEvent *e) {
    note(state, of_xml(e));
}

/* Shallow ones come first; those of the same depth in any order. */
void note_deep(void *state, uint32_t n, const YEvent *events) {
    std::multiset<std::string> all;
    size_t depth = 0;
    bool sorted = true;
    for (uint32_t i = 0; i < n; i++) {
        const YEvent &e = events[i];
        uint32_t steps = 0;
        YPathSegment *path = nullptr;
        if (e.tag == Y_TEXT) all.insert(of_text(&e.content.text)), path = ytext_event_path(&e.content.text, &steps);
        if (e.tag == Y_ARRAY)
            all.insert(of_array(&e.content.array)), path = yarray_event_path(&e.content.array, &steps);
        if (e.tag == Y_MAP) all.insert(of_map(&e.content.map)), path = ymap_event_path(&e.content.map, &steps);
        if (e.tag == Y_XML_ELEM || e.tag == Y_XML_FRAG)
            all.insert(of_xml(&e.content.xml_elem)), path = yxmlelem_event_path(&e.content.xml_elem, &steps);
        if (e.tag == Y_XML_TEXT)
            all.insert(of_xml_text(&e.content.xml_text)), path = yxmltext_event_path(&e.content.xml_text, &steps);
        ypath_destroy(path, steps);
        sorted = sorted && depth <= steps;
        depth = steps;
    }
    std::string out = sorted ? "deep" : "deep in wrong order";
    for (auto &one : all) out += " (" + one + ")";
    note(state, out);
}

/* A client without a clock is told of or not, as it happens (Q138). */
std::map<uint64_t, uint32_t> vector_of(const YStateVector &v) {
    std::map<uint64_t, uint32_t> all;
    for (uint32_t i = 0; i < v.entries_count; i++)
        if (v.clocks[i]) all[v.client_ids[i]] = v.clocks[i];
    return all;
}

std::string vector_text(const std::map<uint64_t, uint32_t> &v) {
    std::string out;
    for (auto &a : v) out += " " + std::to_string(a.first) + ":" + std::to_string(a.second);
    return out;
}

/* What arrived as deleted already counts as deleted in yffi, also if nothing of it is left (Q141): only deletions of
 * what was there are told of transactions that receive. */
void note_transaction(void *state, YAfterTransactionEvent *e) {
    Peer &peer = *(Peer *)state;
    std::map<uint64_t, uint32_t> before = vector_of(e->before_state);
    std::string head = "after" + vector_text(before) + " >" + vector_text(vector_of(e->after_state)) + " -", out = head;
    uint32_t deleted = 0;
    for (uint32_t i = 0; i < e->delete_set.entries_count; i++) {
        uint64_t client = e->delete_set.client_ids[i];
        for (uint32_t k = 0; k < e->delete_set.ranges[i].len; k++) {
            YIdRange range = e->delete_set.ranges[i].seq[k];
            if (peer.receiving && range.end > before[client]) range.end = before[client];
            if (range.start < range.end) deleted += range.end - range.start;
            if (range.start < range.end)
                out +=
                    " " + std::to_string(client) + ":" + std::to_string(range.start) + "-" + std::to_string(range.end);
        }
    }
    if (undoing()) /* which clocks they have is left open */
        out = head + (deleted ? " " + std::to_string(deleted) : "");
    bool empty = out.back() == '-' && before == vector_of(e->after_state);
    if (!undoing() || !empty) note(state, out);
}

void note_v1(void *state, uint32_t, const char *) {
    note(state, "v1");
}
void note_v2(void *state, uint32_t, const char *) {
    note(state, "v2");
}

} // namespace

void observe(Peer &peer) {
    peer.subs.push_back(text_observe(peer.text, &peer, note_text));
    peer.subs.push_back(array_observe(peer.array, &peer, note_array));
    peer.subs.push_back(map_observe(peer.map, &peer, note_map));
    peer.subs.push_back(xmlelem_observe(peer.xml, &peer, note_xml));
    for (Branch *root : {peer.text, peer.array, peer.map, peer.xml})
        peer.subs.push_back(observe_deep(root, &peer, note_deep));
    peer.subs.push_back(observe_after_transaction(peer.doc, &peer, note_transaction));
    peer.subs.push_back(observe_updates_v1(peer.doc, &peer, note_v1));
    peer.subs.push_back(observe_updates_v2(peer.doc, &peer, note_v2));
}
