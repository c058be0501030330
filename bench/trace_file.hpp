/* SPDX-License-Identifier: MIT */
/* trace_file.hpp - recorded editing histories, read by the reader of the yata command (tools/yata/trace.h). */
#ifndef YATA_BENCH_TRACE_FILE_HPP
#define YATA_BENCH_TRACE_FILE_HPP

#include <cstdint>
#include <string>
#include <vector>

namespace bench {

struct patch {
    uint32_t position, deleted; /* in Unicode scalar values */
    std::string inserted;
};

struct history {
    std::string name;
    std::vector<patch> patches;
    bool has_end = false;
    std::string end; /* the text afterwards */
};

/* The sequential histories in the folder YATA_TRACES, by name. Empty if there is none. */
std::vector<history> recorded();

} // namespace bench

#endif
