/* SPDX-License-Identifier: MIT */
#include "trace_file.hpp"

#include <algorithm>
#include <cstdlib>
#include <filesystem>

extern "C" {
#include "trace.h"
}

namespace bench {

static std::string_view view(yata_str s) {
    return {s.data, s.len};
}

static bool read(const std::filesystem::path &path, history &out) {
    trace t;
    if (!trace_load(path.c_str(), &t)) return false;
    bool usable = !t.concurrent && t.start.len == 0;
    if (usable) {
        out.name = path.filename().string();
        out.name.resize(out.name.find(".json"));
        out.has_end = true;
        out.end = view(t.end);
        for (size_t i = 0; i < t.patch_count; i++) {
            const trace_patch &p = t.patches[i];
            out.patches.push_back({p.position, p.deleted, std::string(view(p.inserted))});
        }
    }
    trace_free(&t);
    return usable;
}

std::vector<history> recorded() {
    std::vector<history> all;
    const char *folder = std::getenv("YATA_TRACES");
    if (!folder) return all;
    std::vector<std::filesystem::path> paths;
    for (const auto &entry : std::filesystem::directory_iterator(folder))
        if (entry.path().filename().string().find(".json") != std::string::npos) paths.push_back(entry.path());
    std::sort(paths.begin(), paths.end());
    for (const auto &path : paths) {
        history h;
        if (read(path, h)) all.push_back(std::move(h));
    }
    return all;
}

} // namespace bench
