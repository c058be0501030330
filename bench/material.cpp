/* SPDX-License-Identifier: MIT */
#include "material.hpp"

#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <map>
#include <sstream>

namespace bench {

static std::string folder = ".";

bool material_folder(int argc, char **argv) {
    const char *name = argc > 1 ? argv[1] : std::getenv("YATA_MATERIAL");
    if (argc > 2 || !name) {
        std::fprintf(stderr, "usage: %s FOLDER [--benchmark_...]: bench-data makes the folder\n", argv[0]);
        return false;
    }
    folder = name;
    return true;
}

bool has_material(const std::string &file) {
    FILE *in = std::fopen((folder + "/" + file).c_str(), "rb");
    if (in) std::fclose(in);
    return in != nullptr;
}

[[noreturn]] static void give_up(const std::string &file, const char *why) {
    std::fprintf(stderr, "%s/%s: %s (bench-data makes it)\n", folder.c_str(), file.c_str(), why);
    std::exit(1);
}

const std::string &material(const std::string &file) {
    static std::map<std::string, std::string> files;
    auto found = files.find(file);
    if (found != files.end()) return found->second;
    FILE *in = std::fopen((folder + "/" + file).c_str(), "rb");
    if (!in) give_up(file, "cannot be read");
    std::string bytes;
    char part[1 << 16];
    for (size_t got; (got = std::fread(part, 1, sizeof part, in)) > 0;) bytes.append(part, got);
    std::fclose(in);
    return files[file] = std::move(bytes);
}

namespace {

/* Numbers from the front of a file. */
struct numbers {
    const std::string &file, &bytes;
    size_t at = 0;
    uint32_t next() {
        if (bytes.size() - at < 4) give_up(file, "ends too early");
        const unsigned char *b = reinterpret_cast<const unsigned char *>(bytes.data()) + at;
        at += 4;
        return b[0] | uint32_t{b[1]} << 8 | uint32_t{b[2]} << 16 | uint32_t{b[3]} << 24;
    }
    const char *skip(size_t len) {
        if (bytes.size() - at < len) give_up(file, "ends too early");
        at += len;
        return bytes.data() + at - len;
    }
};

} // namespace

const prepared &patches(const std::string &history) {
    static std::map<std::string, prepared> all;
    auto found = all.find(history);
    if (found != all.end()) return found->second;
    prepared &made = all[history];
    std::string file = history + ".patches";
    made.bytes = material(file);
    numbers in{file, made.bytes};
    made.patches.resize(in.next());
    for (prepared_patch &p : made.patches) {
        for (int u = 0; u < 3; u++) {
            p.at[u] = in.next();
            p.deleted[u] = in.next();
        }
        p.len = in.next();
        p.inserted = in.skip(p.len + 1);
    }
    return made;
}

std::vector<view> updates(const std::string &file, size_t count) {
    numbers in{file, material(file)};
    if (in.next() < count) give_up(file, "holds too few updates");
    std::vector<view> all(count);
    for (view &v : all) {
        v.len = in.next();
        v.data = in.skip(v.len);
    }
    return all;
}

std::vector<std::string> histories() {
    std::istringstream lines(material("material.txt"));
    std::string line;
    std::vector<std::string> names;
    std::getline(lines, line);
    while (std::getline(lines, line))
        if (!line.empty()) names.push_back(line);
    return names;
}

bool recorded_histories() {
    return material("material.txt").rfind("recorded", 0) == 0;
}

} // namespace bench
