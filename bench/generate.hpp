/* SPDX-License-Identifier: MIT */
/* generate.hpp - an editing history for machines that have no recorded one. */
#ifndef YATA_BENCH_GENERATE_HPP
#define YATA_BENCH_GENERATE_HPP

#include "trace_file.hpp"

#include <random>

namespace bench {

/* Typing and deleting in stretches, with jumps: a session of somebody who writes. */
inline history generate(uint32_t edits) {
    history h;
    std::mt19937 random{1};
    uint32_t len = 0, cursor = 0;
    for (uint32_t i = 0; i < edits; i++) {
        if (random() % 50 == 0) cursor = static_cast<uint32_t>(random() % (len + 1));
        if (cursor > 0 && random() % 4 == 0) {
            h.patches.push_back({--cursor, 1, ""});
            len--;
        } else {
            h.patches.push_back({cursor++, 0, std::string(1, static_cast<char>('a' + random() % 26))});
            len++;
        }
    }
    h.name = "generated";
    return h;
}

} // namespace bench

#endif
