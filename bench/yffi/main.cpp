/* SPDX-License-Identifier: MIT */
/*
 * main.cpp - bench-yffi (Yata) and bench-yffi-peer (yffi): the rows of this folder.
 *
 *   bench-yffi [FOLDER OF MATERIAL] [--benchmark_...]
 *
 * The folder (bench-data makes it) is the first argument that is no option, else YATA_MATERIAL.
 */
#include "library.hpp"

#include <cstdio>
#include <cstdlib>

int main(int argc, char **argv) {
    benchmark::Initialize(&argc, argv);
    if (!bench::material_folder(argc, argv)) return 2;
    bench::add_replays();
    bench::add_documents();
    bench::add_updates();
    bench::add_sequences();
    bench::add_values();
    bench::add_dmonad();
    benchmark::RunSpecifiedBenchmarks();
    return 0;
}
