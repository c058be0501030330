/* SPDX-License-Identifier: MIT */
/*
 * material.hpp - what the benchmarks work on, as files that bench-data writes once: so every library is given the same
 * bytes, no program parses JSON, and none needs another's code.
 *
 * A folder of material holds
 *   NAME.patches    an editing history, see below
 *   NAME.text       the text afterwards
 *   NAME.v1, .v2    the state afterwards as one update: client 0x1234567, root `text`
 *   NAME.updates    a count, then updates, each behind its length
 *   wide.*          the first history once more, in letters that are not ASCII
 *   material.txt    "recorded" or "generated", then the names of the histories, a line each
 *
 * Numbers are little-endian, 32 bits. A history is the number of its patches and then for each: the position and what
 * is deleted there, in Unicode scalar values, in UTF-16 units, in bytes; the bytes of what is inserted, these, and a
 * zero.
 */
#ifndef YATA_BENCH_MATERIAL_HPP
#define YATA_BENCH_MATERIAL_HPP

#include <cstdint>
#include <string>
#include <vector>

namespace bench {

enum unit { SCALAR, UTF16, BYTE };

struct prepared_patch {
    uint32_t at[3], deleted[3]; /* by unit */
    uint32_t len;               /* bytes of `inserted`, without its zero */
    const char *inserted;
};

/* A history in memory. What is inserted points into `bytes`. */
struct prepared {
    std::string bytes;
    std::vector<prepared_patch> patches;
};

/* Files are looked for in the folder that is the first argument, once the options of the runner were taken out, or else
 * YATA_MATERIAL. A missing one ends the program. False: the arguments are not that, and it was said. */
bool material_folder(int argc, char **argv);
bool has_material(const std::string &file);
/* Read once, kept for the rest of the program. */
const std::string &material(const std::string &file);
const prepared &patches(const std::string &history);
/* Views into the file; the first `count` of them. */
struct view {
    const char *data;
    uint32_t len;
};
std::vector<view> updates(const std::string &file, size_t count);
/* The names of the histories, and whether people recorded them. */
std::vector<std::string> histories();
bool recorded_histories();

} // namespace bench

#endif
