/* SPDX-License-Identifier: MIT */
/*
 * row.hpp - one measured row: set-up, a phase that counts, checks afterwards.
 *
 * Only the phase is timed, in processor time of the thread, and only its instructions are counted (callgrind
 * --toggle-collect=bench_measured). A row that checked nothing, or whose check fails, ends the program: a benchmark of
 * something that did not work would be a fast one.
 *
 * Counters: `ops`, operations of a phase (a time per operation is real_time / ops); `checks`; what a row adds.
 */
#ifndef YATA_BENCH_ROW_HPP
#define YATA_BENCH_ROW_HPP

#include <benchmark/benchmark.h>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <utility>

extern "C" void bench_measured(void (*run)(void *), void *self);

namespace bench {

double thread_seconds();
/* Bytes in use of malloc's; 0 where it does not tell (another C library, sanitizers). */
size_t heap_bytes();
/* Resident bytes of the process: from now on the most is noted anew; the most since then. 0 where that is unknown. */
size_t resident_bytes();
size_t peak_resident_bytes();
void forget_peak();
/* True when each row is to run once only (YATA_BENCH_ONCE): for callgrind, and for tests of the rows themselves. */
bool once();
[[noreturn]] void fail(const std::string &row, const char *what);

template <class Phase> double measured(Phase phase) {
    double start = thread_seconds();
    bench_measured([](void *self) { (*static_cast<Phase *>(self))(); }, &phase);
    return thread_seconds() - start;
}

class Row {
  public:
    Row(benchmark::State &s, const std::string &n, double operations) : state(s), name(n), ops(operations) {}
    template <class Phase> void time(Phase phase) { state.SetIterationTime(measured(phase)); }
    void check(bool good, const char *what) {
        if (!good) fail(name, what);
        checks++;
    }
    void count(const char *counter, double value) { state.counters[counter] = value; }
    /* True in the first iteration. Peaks are looked at in that one alone: giving memory back to the system before each
     * would make every phase fetch it anew. */
    bool first() { return !std::exchange(begun, true); }
    void finish() {
        if (checks == 0) fail(name, "nothing was checked");
        count("ops", ops);
        count("checks", checks);
    }
    benchmark::State &state;

  private:
    std::string name;
    double ops, checks = 0;
    bool begun = false;
};

/* Registers a row. body(row) runs once an iteration: it sets up, calls row.time once, and checks. iterations: where the
 * set-up takes much longer than the phase, so many; 0: as many as it takes to be measured well. */
benchmark::internal::Benchmark *add(const std::string &name, double ops, std::function<void(Row &)> body,
                                    int64_t iterations = 0);
/* The same at sizes from..to, each ten times the last; body(row, size), per operation, with a fitted complexity. */
/* iterations: so many, where making ready takes much longer than what is timed; 0: until enough time was measured. */
void add_curve(const std::string &name, int64_t from, int64_t to, double ops, std::function<void(Row &, int64_t)> body,
               int64_t iterations = 0);

} // namespace bench

#endif
