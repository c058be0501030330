/* SPDX-License-Identifier: MIT */
#include "row.hpp"

#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <time.h>
#ifdef __GLIBC__
#include <malloc.h>
#endif

/* In a file of its own, so that it is a function whatever the optimiser does: callgrind toggles on it. */
extern "C" __attribute__((noinline)) void bench_measured(void (*run)(void *), void *self) {
    run(self);
}

namespace bench {

double thread_seconds() {
    timespec now;
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
    return static_cast<double>(now.tv_sec) + static_cast<double>(now.tv_nsec) * 1e-9;
}

size_t heap_bytes() {
#ifdef __GLIBC__
    struct mallinfo2 info = mallinfo2();
    return info.uordblks + info.hblkhd;
#else
    return 0;
#endif
}

static size_t status_kilobytes(const char *key) {
    FILE *in = std::fopen("/proc/self/status", "r");
    if (!in) return 0;
    char line[256];
    size_t found = 0;
    while (std::fgets(line, sizeof line, in))
        if (std::strncmp(line, key, std::strlen(key)) == 0) found = std::strtoull(line + std::strlen(key), nullptr, 10);
    std::fclose(in);
    return found;
}

size_t resident_bytes() {
    return status_kilobytes("VmRSS:") * 1024;
}

size_t peak_resident_bytes() {
    return status_kilobytes("VmHWM:") * 1024;
}

void forget_peak() {
#ifdef __GLIBC__
    malloc_trim(0);
#endif
    FILE *out = std::fopen("/proc/self/clear_refs", "w");
    if (!out) return;
    std::fputs("5", out);
    std::fclose(out);
}

bool once() {
    static const bool is = std::getenv("YATA_BENCH_ONCE") != nullptr;
    return is;
}

void fail(const std::string &row, const char *what) {
    std::fprintf(stderr, "%s: %s\n", row.c_str(), what);
    std::exit(1);
}

benchmark::internal::Benchmark *add(const std::string &name, double ops, std::function<void(Row &)> body,
                                    int64_t iterations) {
    auto *made = benchmark::RegisterBenchmark(name.c_str(), [name, ops, body](benchmark::State &state) {
        Row row(state, name, ops);
        for (auto _ : state) body(row);
        row.finish();
    });
    made->UseManualTime();
    if (once()) iterations = 1;
    if (iterations) made->Iterations(iterations);
    return made;
}

void add_curve(const std::string &name, int64_t from, int64_t to, double ops, std::function<void(Row &, int64_t)> body,
               int64_t iterations) {
    auto *made = benchmark::RegisterBenchmark(name.c_str(), [name, ops, body](benchmark::State &state) {
        Row row(state, name, ops);
        for (auto _ : state) body(row, state.range(0));
        row.finish();
        state.SetComplexityN(state.range(0));
    });
    made->UseManualTime()->RangeMultiplier(10)->Range(from, to)->Complexity();
    if (once() || iterations) made->Iterations(once() ? 1 : iterations);
}

} // namespace bench
