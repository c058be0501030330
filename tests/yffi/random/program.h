/* SPDX-License-Identifier: MIT */
/*
 * program.h - what the files of a random program share (random.cpp tells what it is).
 *
 * A program is three or four peers, each a document with the four roots, and decisions that are taken from a seed and
 * from what both libraries must show alike: lengths, children, keys. So both run the same program as long as they
 * agree.
 */
#ifndef TESTS_YFFI_RANDOM_PROGRAM_H
#define TESTS_YFFI_RANDOM_PROGRAM_H

#include "../check.h"

#include <cinttypes>
#include <cstdlib>

struct Random {
    uint64_t s;
    uint32_t below(uint32_t n) {
        s ^= s << 13;
        s ^= s >> 7;
        s ^= s << 17;
        return n ? (uint32_t)((s >> 11) % n) : 0;
    }
    bool one_in(uint32_t n) { return below(n) == 0; }
};

/* What a seed decides about a whole program. */
struct Style {
    bool plain; /* one format name, one member in a JSON map, no subdocuments: then yffi's bytes do not change from run
                   to run, and are compared */
    bool utf16; /* offsets; else bytes, and then only ASCII is written (Q104) */
    bool keep;  /* deleted content: snapshots can be shown */
    bool undo;  /* each peer has an undo manager of what it does itself; every transaction is a step */
    bool shuffle; /* updates of different peers overtake each other */
};

/* An update on its way. seen[i]: how many updates of peer i its maker had. */
struct Message {
    std::string update;
    bool v2;
    std::vector<uint32_t> seen;
};

struct Position {
    YStickyIndex *sticky;
    std::string name;
};

/* shown: what the document showed when it was taken. */
struct Snapshot {
    std::string bytes, shown;
};

struct Peer {
    YDoc *doc;
    Branch *text, *array, *map, *xml;
    std::multiset<std::string> seen; /* by observers since it was last printed: their order is random in yffi */
    std::string did;                 /* the calls of this step */
    std::vector<Position> positions;
    std::vector<Snapshot> snapshots;
    std::vector<Observer> subs;
    YUndoManager *undo;
    bool receiving;              /* an update is being applied */
    std::vector<uint32_t> has;   /* updates of each peer that arrived */
    std::vector<uint32_t> needs; /* and those that what arrived builds on */
    std::vector<Message> made;   /* its own updates, oldest first */
};

struct Program {
    Random r;
    Style style;
    std::vector<Peer> peers;
};

/* 64 bits of any bytes, for printing. */
inline std::string digest(const std::string &bytes) {
    uint64_t h = 0xcbf29ce484222325u;
    for (unsigned char c : bytes) h = (h ^ c) * 0x100000001b3u;
    char text[40];
    std::snprintf(text, sizeof text, "%zu:%016" PRIx64, bytes.size(), h);
    return text;
}
inline std::string hex(const std::string &bytes) {
    std::string out;
    char two[3];
    for (unsigned char c : bytes) {
        std::snprintf(two, sizeof two, "%02x", c);
        out += two;
    }
    return out;
}

/* edits.cpp: one edit of something in the document. */
void edit(Program &p, Peer &peer, YTransaction *txn);
/* All living types below the roots, parents first. */
std::vector<Branch *> types_of(const Peer &peer, YTransaction *txn);
std::string name_of(const Branch *branch);
/* In programs with undo: yffi brings things back in an order that changes from run to run, and so do their clocks; it
 * looks at steps that change nothing in transactions of their own; and positions in what came back are wrong (Q137). */
bool &undoing();

/* events.cpp */
void observe(Peer &peer);

/* views.cpp: everything that can be asked of the document, in one line. */
std::string view(Program &p, Peer &peer);
std::string chunks_of(Branch *text, YTransaction *txn);
/* How often yffi showed a past that never was (Q144). */
int &wrong_pasts();

#endif
