/* SPDX-License-Identifier: MIT */
/*
 * random.cpp - a program of calls, made from a seed, that prints what it sees. Linked against yffi and against ours it
 * must print the same (differential.py). Peers edit texts, arrays, maps and XML, nested at will, exchange updates of
 * both formats, take positions and snapshots, and observe everything. Only what both promise is asked: no offsets
 * inside characters, no order of keys. The first word of each line is its seed.
 *
 * In programs that shuffle, updates of different peers overtake each other, those of one peer do not. While what
 * arrived builds on something that did not, nothing is edited or printed: yffi integrates more of it than Yjs and we
 * (Q101).
 *
 * usage: random FIRST COUNT
 */
#include "random/program.h"

namespace {

enum { STEPS = 30 };

void note_made(void *state, uint32_t len, const char *bytes) {
    ((std::vector<std::string> *)state)->push_back(std::string(bytes, len));
}

/* Edits in one transaction, and perhaps takes a position. */
void change(Program &p, Peer &peer) {
    YTransaction *txn = ydoc_write_transaction(peer.doc, 2, "me");
    for (uint32_t i = 0, n = 1 + p.r.below(4); i < n; i++) edit(p, peer, txn);
    if (!undoing() && p.r.one_in(3)) {
        std::vector<Branch *> all = types_of(peer, txn);
        Branch *branch = all[p.r.below((uint32_t)all.size())];
        int8_t kind = ytype_kind(branch), assoc = p.r.one_in(2) ? 0 : -1;
        uint32_t len = kind == Y_ARRAY                        ? yarray_len(branch)
                       : kind == Y_TEXT || kind == Y_XML_TEXT ? ytext_len(branch, txn)
                                                              : 0;
        YStickyIndex *sticky = len ? ysticky_index_from_index(branch, txn, p.r.below(len + 1), assoc) : nullptr;
        if (sticky) {
            uint32_t n = 0;
            char *bytes = ysticky_index_encode(sticky, &n);
            std::string name = hex(take(bytes, n)) + take(ysticky_index_to_json(sticky));
            peer.positions.push_back({sticky, name});
        }
    }
    ytransaction_commit(txn);
}

/* Edits in one transaction, or undoes one, and what that sends. */
void work(Program &p, uint32_t who) {
    Peer &peer = p.peers[who];
    bool v2 = p.r.one_in(3);
    std::vector<std::string> updates;
    Observer sub =
        v2 ? observe_updates_v2(peer.doc, &updates, note_made) : observe_updates_v1(peer.doc, &updates, note_made);
    if (peer.undo && p.r.one_in(3)) {
        bool again = p.r.one_in(3);
        peer.did = again ? " redo " : " undo ";
        peer.did += std::to_string((again ? yundo_manager_redo : yundo_manager_undo)(peer.undo));
    } else {
        change(p, peer);
    }
    if (peer.undo)
        peer.did += " (" + std::to_string(yundo_manager_undo_stack_len(peer.undo)) + " " +
                    std::to_string(yundo_manager_redo_stack_len(peer.undo)) + ")";
    sub.stop();
    for (auto &update : updates) {
        p.peers[who].has[who]++;
        peer.needs = peer.has;
        peer.made.push_back({update, v2, peer.has});
    }
}

bool whole(const Peer &peer) {
    for (size_t i = 0; i < peer.has.size(); i++)
        if (peer.has[i] < peer.needs[i]) return false;
    return true;
}

/* The next update of `from`, or all of them; early: even if they build on what is not there. */
void deliver(Program &p, uint32_t who, uint32_t from, bool all, bool early) {
    Peer &peer = p.peers[who], &other = p.peers[from];
    do {
        if (peer.has[from] == other.made.size()) return;
        const Message &m = other.made[peer.has[from]];
        for (size_t i = 0; i < m.seen.size(); i++)
            if (!early && i != from && m.seen[i] > peer.has[i]) return;
        for (size_t i = 0; i < m.seen.size(); i++)
            if (m.seen[i] > peer.needs[i]) peer.needs[i] = m.seen[i];
        peer.has[from]++;
        YTransaction *txn = write(peer.doc);
        auto apply = m.v2 ? ytransaction_apply_v2 : ytransaction_apply;
        CHECK(apply(txn, m.update.data(), (uint32_t)m.update.size()) == 0);
        peer.receiving = true;
        ytransaction_commit(txn);
        peer.receiving = false;
    } while (all);
}

void print(Program &p, uint64_t seed, int step, uint32_t who, bool events) {
    Peer &peer = p.peers[who];
    std::printf("%" PRIu64 " %d %u:%s |%s |", seed, step, who, peer.did.c_str(), view(p, peer).c_str());
    for (auto &e : peer.seen) std::printf("%s", events ? e.c_str() : "");
    std::printf("\n");
    peer.seen.clear();
    peer.did.clear();
}

void begin(Program &p, uint64_t seed) {
    p.r.s = seed * 0x9E3779B97F4A7C15u + 1;
    p.style = {seed % 2 == 0, seed % 5 != 0, seed % 3 == 0, seed % 7 == 0, seed % 4 > 1};
    undoing() = p.style.undo;
    p.peers.resize(3 + seed % 2);
    uint32_t n = (uint32_t)p.peers.size();
    for (uint32_t i = 0; i < n; i++) {
        Peer &peer = p.peers[i];
        YDoc *doc = doc_with(i + 1, (uint8_t)((p.style.utf16 ? Y_OFFSET_UTF16 : 0) | (p.style.keep ? Y_SKIP_GC : 0)));
        peer.doc = doc;
        peer.text = ytext(doc, "text");
        peer.array = yarray(doc, "array");
        peer.map = ymap(doc, "map");
        peer.xml = yxmlfragment(doc, "xml");
        peer.has.assign(n, 0);
        peer.needs.assign(n, 0);
        observe(peer);
        peer.undo = nullptr;
        if (p.style.undo) {
            YUndoManagerOptions options = {0};
            peer.undo = yundo_manager(&options);
            for (Branch *root : {peer.text, peer.array, peer.map, peer.xml})
                yundo_manager_add_scope(peer.undo, doc, root);
            yundo_manager_add_origin(peer.undo, 2, "me");
        }
        peer.seen.clear();
    }
}

void end(Program &p) {
    for (Peer &peer : p.peers) {
        for (auto &s : peer.subs) s.stop();
        if (peer.undo) yundo_manager_destroy(peer.undo);
        for (auto &position : peer.positions) ysticky_index_destroy(position.sticky);
        ydoc_destroy(peer.doc);
    }
}

void run(uint64_t seed) {
    Program p;
    begin(p, seed);
    uint32_t n = (uint32_t)p.peers.size();
    for (int step = 0; step < STEPS; step++) {
        uint32_t who = p.r.below(n), from = p.r.below(n);
        Peer &peer = p.peers[who];
        bool before = whole(peer);
        if (from != who && p.r.one_in(2)) {
            peer.did = " from " + std::to_string(from);
            deliver(p, who, from, p.r.one_in(2), p.style.shuffle);
        } else if (before) {
            work(p, who);
        }
        if (whole(peer)) print(p, seed, step, who, before);
        peer.seen.clear();
    }
    for (uint32_t i = 0; i < n; i++)
        for (uint32_t k = 0; k < n; k++)
            if (i != k) deliver(p, i, k, true, true);
    for (uint32_t i = 0; i < n; i++) print(p, seed, STEPS, i, false);
    end(p);
}

} // namespace

int main(int argc, char **argv) {
    uint64_t first = argc > 1 ? std::strtoull(argv[1], nullptr, 10) : 1,
             count = argc > 2 ? std::strtoull(argv[2], nullptr, 10) : 1;
    std::setvbuf(stdout, nullptr, _IOLBF, 1 << 16); /* what was printed before yffi aborts counts */
    for (uint64_t seed = first; seed < first + count; seed++) run(seed);
    if (wrong_pasts()) std::fprintf(stderr, "pasts that never were: %d\n", wrong_pasts());
    return failures() != 0;
}
