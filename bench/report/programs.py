# SPDX-License-Identifier: MIT
"""Programs that measure rows, one process for each repetition: nothing is warm from another row, a row that takes too
long can be stopped, and one that crashes takes nothing with it.

A measurement is {"times": [nanoseconds per operation, ...], "ops": operations of a phase, counters...}. A row that
could not be measured is {"absent": why}. Zero time, zero operations or no check make a row absent: nothing was
measured.
"""
import json
import os
import signal
import subprocess
import time

NANOSECONDS = {"ns": 1, "us": 1e3, "ms": 1e6, "s": 1e9}
COUNTERS = ("heap", "peak_resident", "bytes")


class Absent(Exception):
    pass


def run(command, seconds, env=None):
    """The output of a command; Absent when it fails or takes longer. Its children end with it."""
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
                               start_new_session=True, env={**os.environ, **(env or {})})
    try:
        out, err = process.communicate(timeout=seconds)
    except BaseException as stopped:
        os.killpg(process.pid, signal.SIGKILL)
        process.communicate()
        if isinstance(stopped, subprocess.TimeoutExpired):
            raise Absent(f"more than {seconds:.0f} s") from None
        raise
    if process.returncode == 3:
        raise Absent("it does not have that")
    if process.returncode:
        why = (err.strip() or out.strip() or "no message").splitlines()[-1][:200]
        raise Absent(f"ended with status {process.returncode}: {why}")
    return out, err


def plausible(times, ops, checks):
    if not times or min(times) <= 0 or ops < 1 or checks < 1:
        raise Absent("nothing was measured")


class Native:
    """A program of Google Benchmark with the rows of bench/row.hpp."""

    def __init__(self, name, version, path, material):
        self.name, self.version, self.path, self.material = name, version, path, str(material)

    def rows(self):
        out, _ = run([str(self.path), self.material, "--benchmark_list_tests"], 60)
        return [line.split("/iterations:")[0].removesuffix("/manual_time") for line in out.splitlines() if line]

    def command(self, row, *options):
        plain = "".join(f"[{c}]" if c in ".+*?()[]{}|$" else c for c in row)
        only = f"--benchmark_filter=^{plain}(/iterations:[0-9]+)?/manual_time$"
        return [str(self.path), self.material, only, *options]

    def once(self, row, limit, env=None):
        out, _ = run(self.command(row, "--benchmark_format=json", "--benchmark_min_time=0.02"), limit, env)
        found = [b for b in json.loads(out)["benchmarks"] if b["run_type"] == "iteration"] if out.strip() else []
        if len(found) != 1:
            raise Absent("it does not have that")
        row = found[0]
        if row.get("error_occurred"):
            raise Absent(row["error_message"])
        time_of_one = row["real_time"] * NANOSECONDS[row["time_unit"]] / row["ops"]
        plausible([time_of_one], row["ops"], row["checks"])
        return time_of_one, row

    def measure(self, row, repetitions, seconds, limit):
        """At most so many repetitions; no further one after so many seconds. limit: of the whole, in seconds."""
        start = time.monotonic()
        times, result = [], None
        while len(times) < repetitions and (not times or time.monotonic() - start < seconds):
            took, result = self.once(row, max(1, limit - (time.monotonic() - start)))
            times.append(took)
        return {"times": times, "ops": result["ops"], **{c: result[c] for c in COUNTERS if c in result}}


class Script:
    """A program called as PROGRAM MATERIAL ROW REPETITIONS SECONDS, which prints a line of JSON for each repetition
    (bench/peers)."""

    def __init__(self, name, version, command, material):
        self.name, self.version, self.start, self.material = name, version, [str(c) for c in command], str(material)

    def measure(self, row, repetitions, seconds, limit):
        out, _ = run([*self.start, self.material, row, str(repetitions), str(seconds)], limit)
        lines = [json.loads(line) for line in out.splitlines() if line]
        if not lines:
            raise Absent("nothing was measured")
        times = [line["seconds"] * 1e9 / line["ops"] for line in lines]
        plausible(times, lines[0]["ops"], min(line["checks"] for line in lines))
        result = {"times": times, "ops": lines[0]["ops"]}
        if lines[0]["bytes"]:
            result["bytes"] = lines[0]["bytes"]
        return result
