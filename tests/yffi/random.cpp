/* SPDX-License-Identifier: MIT */
/*
 * random.cpp - a program of calls, made from a seed, that prints what it sees. Linked against yffi and against ours it
 * must print the same (differential.py). Three peers edit texts, arrays, maps and XML and exchange updates in order;
 * only what both promise is asked: no offsets inside characters, no gaps, no order of keys. The first word of each line
 * is its seed.
 *
 * usage: random FIRST COUNT
 */
#include "check.h"

#include <cinttypes>
#include <cstdlib>

namespace {

struct Random {
    uint64_t s;
    uint32_t below(uint32_t n) {
        s ^= s << 13;
        s ^= s >> 7;
        s ^= s << 17;
        return n ? (uint32_t)((s >> 11) % n) : 0;
    }
};

enum { PEERS = 3, STEPS = 40 };

struct Peer {
    YDoc *doc;
    Branch *text, *array, *map, *xml;
    std::multiset<std::string> seen; /* by observers since it was last printed; their order is random in yffi */
};

void note_text(void *state, const YTextEvent *e) {
    uint32_t n = 0;
    YDeltaOut *d = ytext_event_delta(e, &n);
    std::string out = " text";
    for (uint32_t i = 0; i < n; i++) {
        out += " " + std::to_string(d[i].tag) + ":" + std::to_string(d[i].len);
        if (d[i].insert) out += show(d[i].insert);
        std::map<std::string, std::string> attrs;
        for (uint32_t k = 0; k < d[i].attributes_len; k++)
            attrs[d[i].attributes[k].key] = show(&d[i].attributes[k].value);
        for (auto &a : attrs) out += "," + a.first + "=" + a.second;
    }
    ytext_delta_destroy(d, n);
    ((Peer *)state)->seen.insert(out);
}

void note_array(void *state, const YArrayEvent *e) {
    uint32_t n = 0;
    YEventChange *d = yarray_event_delta(e, &n);
    std::string out = " array";
    for (uint32_t i = 0; i < n; i++) {
        out += " " + std::to_string(d[i].tag) + ":" + std::to_string(d[i].len);
        for (uint32_t k = 0; d[i].values && k < d[i].len; k++) out += show(&d[i].values[k]);
    }
    yevent_delta_destroy(d, n);
    ((Peer *)state)->seen.insert(out);
}

void note_map(void *state, const YMapEvent *e) {
    uint32_t n = 0;
    YEventKeyChange *d = ymap_event_keys(e, &n);
    std::map<std::string, std::string> all;
    for (uint32_t i = 0; i < n; i++)
        all[d[i].key] = std::to_string(d[i].tag) + (d[i].old_value ? show(d[i].old_value) : "") + ">" +
                        (d[i].new_value ? show(d[i].new_value) : "");
    yevent_keys_destroy(d, n);
    std::string out = " map";
    for (auto &k : all) out += " " + k.first + ":" + k.second;
    ((Peer *)state)->seen.insert(out);
}

const char *WORDS[] = {"a", "hello", "x y", "\xc3\xa9t\xc3\xa9", "\xe2\x82\xac", "lorem ipsum dolor"};

YInput plain(Random &r) {
    static char *keys[] = {(char *)"k"};
    static YInput inner;
    switch (r.below(7)) {
    case 0:
        return yinput_bool((uint8_t)r.below(2));
    case 1:
        return yinput_null();
    case 2:
        return yinput_float(0.5 + r.below(100));
    case 3:
        return yinput_long(r.below(1000));
    case 4:
        inner = yinput_string(WORDS[r.below(6)]);
        return yinput_json_map(keys, &inner, 1);
    case 5:
        inner = yinput_long(r.below(10));
        return yinput_json_array(&inner, 1);
    default:
        return yinput_string(WORDS[r.below(6)]);
    }
}

void edit_text(Random &r, Branch *text, YTransaction *txn) {
    static char *names[] = {(char *)"bold", (char *)"em"};
    uint32_t len = ytext_len(text, txn), at = r.below(len + 1), n = r.below(len - at + 1);
    YInput value = r.below(3) ? yinput_bool(1) : yinput_null();
    YInput attrs = yinput_json_map(&names[r.below(2)], &value, 1);
    switch (r.below(6)) {
    case 0:
        ytext_remove_range(text, txn, at, n > 4 ? 4 : n);
        break;
    case 1:
        if (n) ytext_format(text, txn, at, n, &attrs);
        break;
    case 2: {
        YInput yes = yinput_bool(1), bold = yinput_json_map(&names[r.below(2)], &yes, 1);
        ytext_insert(text, txn, at, WORDS[r.below(6)], &bold);
        break;
    }
    case 3: {
        YInput embed = yinput_string("img");
        if (r.below(3) == 0) ytext_insert_embed(text, txn, at, &embed, nullptr);
        break;
    }
    default:
        ytext_insert(text, txn, at, WORDS[r.below(6)], nullptr);
    }
}

void edit_array(Random &r, Branch *array, YTransaction *txn) {
    uint32_t len = yarray_len(array), at = r.below(len + 1), n = r.below(len - at + 1);
    YInput one = yinput_long(7), items[3] = {plain(r), yinput_yarray(&one, 1), yinput_string("s")};
    if (r.below(4) == 0)
        yarray_remove_range(array, txn, at, n > 2 ? 2 : n);
    else
        yarray_insert_range(array, txn, at, items, 1 + r.below(3));
}

void edit_map(Random &r, Branch *map, YTransaction *txn) {
    static const char *keys[] = {"one", "two", "three", "four"};
    const char *key = keys[r.below(4)];
    YInput value = plain(r), text = yinput_ytext((char *)"in map");
    switch (r.below(5)) {
    case 0:
        ymap_remove(map, txn, key);
        break;
    case 1:
        ymap_insert(map, txn, key, &text);
        break;
    default:
        ymap_insert(map, txn, key, &value);
    }
}

void edit_xml(Random &r, Branch *xml, YTransaction *txn) {
    uint32_t len = yxmlelem_child_len(xml, txn), at = r.below(len + 1);
    if (r.below(4) == 0 && at < len) {
        yxmlelem_remove_range(xml, txn, at, 1);
    } else if (r.below(2)) {
        Branch *e = yxmlelem_insert_elem(xml, txn, at, "p");
        YInput v = yinput_string("v");
        yxmlelem_insert_attr(e, txn, "id", &v);
    } else {
        yxmltext_insert(yxmlelem_insert_text(xml, txn, at), txn, 0, WORDS[r.below(6)], nullptr);
    }
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

void print(uint64_t seed, int step, int who, Peer &p) {
    YTransaction *txn = ydoc_read_transaction(p.doc);
    std::map<std::string, std::string> entries;
    YMapIter *it = ymap_iter(p.map, txn);
    for (YMapEntry *e; (e = ymap_iter_next(it)); ymap_entry_destroy(e)) entries[e->key] = show(e->value);
    ymap_iter_destroy(it);
    std::printf("%" PRIu64 " %d %d text%s (%u) array %s xml %s map", seed, step, who, chunks_of(p.text, txn).c_str(),
                ytext_len(p.text, txn), take(ybranch_json(p.array, txn)).c_str(),
                take(ybranch_json(p.xml, txn)).c_str());
    for (auto &e : entries) std::printf(" %s=%s", e.first.c_str(), e.second.c_str());
    std::printf(" |");
    for (auto &e : p.seen) std::printf("%s", e.c_str());
    std::printf("\n");
    p.seen.clear();
    ytransaction_commit(txn);
}

void run(uint64_t seed) {
    Random r = {seed * 0x9E3779B97F4A7C15u + 1};
    Peer peers[PEERS];
    std::vector<Observer> subs;
    for (int i = 0; i < PEERS; i++) {
        YDoc *doc = doc_with((uint64_t)i + 1, seed % 2 ? Y_OFFSET_UTF16 : Y_OFFSET_UTF16 | Y_SKIP_GC);
        peers[i] = Peer{doc, ytext(doc, "text"), yarray(doc, "array"), ymap(doc, "map"), yxmlfragment(doc, "xml"), {}};
        subs.push_back(text_observe(peers[i].text, &peers[i], note_text));
        subs.push_back(array_observe(peers[i].array, &peers[i], note_array));
        subs.push_back(map_observe(peers[i].map, &peers[i], note_map));
    }
    for (int step = 0; step < STEPS; step++) {
        int who = (int)r.below(PEERS), with = (int)r.below(PEERS);
        Peer &p = peers[who];
        if (r.below(4) == 0 && with != who) {
            sync(peers[with].doc, p.doc);
        } else { /* one type in a transaction, so that the order of observers does not show */
            YTransaction *txn = write(p.doc);
            uint32_t what = r.below(4), n = 1 + r.below(3);
            for (uint32_t i = 0; i < n; i++) {
                if (what == 0) edit_text(r, p.text, txn);
                if (what == 1) edit_array(r, p.array, txn);
                if (what == 2) edit_map(r, p.map, txn);
                if (what == 3) edit_xml(r, p.xml, txn);
            }
            ytransaction_commit(txn);
        }
        print(seed, step, who, p);
    }
    for (int round = 0; round < 2; round++)
        for (int i = 0; i < PEERS; i++)
            for (int k = 0; k < PEERS; k++)
                if (i != k) sync(peers[k].doc, peers[i].doc);
    for (int i = 0; i < PEERS; i++) {
        peers[i].seen.clear();
        print(seed, STEPS, i, peers[i]);
    }
    for (auto &s : subs) s.stop();
    for (int i = 0; i < PEERS; i++) ydoc_destroy(peers[i].doc);
}

} // namespace

int main(int argc, char **argv) {
    uint64_t first = argc > 1 ? std::strtoull(argv[1], nullptr, 10) : 1,
             count = argc > 2 ? std::strtoull(argv[2], nullptr, 10) : 1;
    for (uint64_t seed = first; seed < first + count; seed++) run(seed);
    return failures() != 0;
}
