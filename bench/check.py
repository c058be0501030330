#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Tests the benchmarks themselves, with little material: that every row runs and checks its result, that nothing can be
measured that was not done, that a run which is stopped keeps what it has, and that orders of growth are told apart.

usage: check.py PROGRAMS WORK [--no-valgrind]       speaks TAP
"""
import json
import math
import os
import pathlib
import signal
import subprocess
import sys
import time
import traceback
import xml.etree.ElementTree

BENCH = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(BENCH))
from report import claims, programs as measuring  # noqa: E402

PROGRAMS, WORK = (pathlib.Path(a) for a in sys.argv[1:3])
PATIENCE = int(os.environ.get("YATA_PATIENCE", "1"))
ENV = {k: v for k, v in os.environ.items() if k != "YATA_TRACES"} | {"YATA_BUILD": str(WORK)}
MATERIAL = WORK / "material"


def run(*command, env=None):
    return subprocess.run([str(c) for c in command], capture_output=True, text=True, timeout=100 * PATIENCE,
                          check=False, env=env or ENV)


def compare(*options, out):
    return [str(BENCH / "compare.py"), "--programs", str(PROGRAMS), "--small", "--peers", "none", "--no-counts",
            "--out", str(out), *options]


def material_is_written():
    done = run(PROGRAMS / "bench-data", MATERIAL, "--small")
    assert done.returncode == 0, done.stderr
    assert (MATERIAL / "material.txt").read_text().startswith("generated")


def every_row_runs(program):
    def test():
        listed = run(PROGRAMS / program, MATERIAL, "--benchmark_list_tests").stdout.split("\n")[:-1]
        done = run(PROGRAMS / program, MATERIAL, "--benchmark_format=json", env=ENV | {"YATA_BENCH_ONCE": "1"})
        assert done.returncode == 0, done.stderr
        rows = [b for b in json.loads(done.stdout)["benchmarks"] if b["run_type"] == "iteration"]
        assert len(rows) == len(listed) > 20, (len(rows), len(listed))
        for row in rows:
            assert not row.get("error_occurred"), row
            assert row["real_time"] > 0 and row["ops"] >= 1 and row["checks"] >= 1, row
    return test


def without_material_it_fails():
    for program in ("bench-yffi", "bench-native"):
        assert run(PROGRAMS / program, WORK / "nothing").returncode != 0
        assert run(PROGRAMS / program).returncode == 2


def wrong_material_is_noticed():
    """A history whose text at the end is another one: the program ends, whatever the time was."""
    place = WORK / "wrong"
    place.mkdir(exist_ok=True)
    for file in MATERIAL.iterdir():
        (place / file.name).write_bytes(file.read_bytes())
    (place / "generated.text").write_text("another")
    done = run(PROGRAMS / "bench-yffi", place, "--benchmark_filter=^replay/generated/one transaction")
    assert done.returncode != 0 and "the text at the end is another" in done.stderr, done
    program = measuring.Native("yata", "", PROGRAMS / "bench-yffi", place)
    try:
        program.measure("replay/generated/one transaction", 1, 1, 60)
    except measuring.Absent as why:
        assert "another" in str(why)
    else:
        raise AssertionError("it was measured")


def unknown_rows_are_absent():
    program = measuring.Native("yata", "", PROGRAMS / "bench-yffi", MATERIAL)
    try:
        program.measure("no such row", 1, 1, 60)
    except measuring.Absent:
        return
    raise AssertionError("it was measured")


def results_are_written():
    out = WORK / "results/whole"
    rows = "^(load/generated/v1|read string/generated|native replay/generated/one transaction)$"
    done = run(*compare("--only", rows, "--repetitions", "2", out=out))
    assert done.returncode == 0, done.stderr + done.stdout
    results = json.loads(out.with_name("whole.json").read_text())
    for row in ("load/generated/v1", "native replay/generated/one transaction"):
        assert min(results["rows"][row]["yata"]["times"]) > 0, row
    assert results["machine"]["compiler"] and results["commit"] and results["complete"]
    assert not any(c["holds"] for c in results["claims"]), "a claim holds without its peer"
    assert "load/generated/v1" in out.with_name("whole.md").read_text()
    for plot in ("ratios", "curves", "replay"):
        xml.etree.ElementTree.parse(out.with_name(f"whole-{plot}.svg"))


def stopped_runs_keep_their_results():
    out = WORK / "results/stopped"
    process = subprocess.Popen(compare(out=out), env=ENV, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    seen = 0
    for line in process.stdout:
        seen += " ns " in line
        if seen == 2:
            process.send_signal(signal.SIGTERM)
            seen += 1
    assert process.wait(60 * PATIENCE) == 130, process.returncode
    results = json.loads(out.with_name("stopped.json").read_text())
    assert not results["complete"]
    assert any("times" in m for r in results["rows"].values() for m in r.values())


def a_row_that_takes_too_long_is_stopped():
    start = time.monotonic()
    try:
        measuring.run(["sleep", "100"], 0.2)
    except measuring.Absent as why:
        assert "more than" in str(why) and time.monotonic() - start < 50
        return
    raise AssertionError("it was waited for")


def orders_of_growth_are_told_apart():
    sizes = (1000, 10000, 100000, 1000000)
    for order, of in (("1", lambda n: 7), ("log n", lambda n: 3 * math.log2(n)), ("sqrt n", math.sqrt),
                      ("n", lambda n: n / 9), ("n log n", lambda n: n * math.log2(n)), ("n^2", lambda n: n * n)):
        for wobble in (0, 0.05):
            points = [(n, of(n) * (1 + wobble * (-1) ** i)) for i, n in enumerate(sizes)]
            assert claims.fit(points)["order"] == order, (order, points)


def verdicts_follow_the_numbers():
    row = f"replay/{claims.PAPER}/a transaction each"
    for theirs, holds, reached in ((50, False, False), (150, True, False), (300, True, True)):
        results = {"rows": {row: {"yata": {"times": [1.0]}, "yffi": {"times": [theirs]}}}, "instructions": {},
                   "text_bytes": 1}
        first = claims.verdicts(results)[0]
        assert (first["holds"], first["reached"]) == (holds, reached), first
    slower = claims.slower_rows({"rows": {"a": {"yata": {"times": [2.0]}, "yjs": {"times": [1.0]}}}})
    assert slower == [("a", "yjs", 2.0)]
    empty = claims.verdicts({"rows": {}, "instructions": {}, "text_bytes": None})
    assert not any(c["holds"] for c in empty)


def instructions_are_counted_and_compared():
    baseline = WORK / "baseline.json"
    tool = [BENCH / "instructions.py", "--programs", PROGRAMS, "--only", "load/generated/v1", "--baseline", baseline]
    assert run(*tool, "--save").returncode == 0
    same = run(*tool, "--compare")
    assert same.returncode == 0 and "nothing takes over 3 % more" in same.stdout, same.stdout + same.stderr
    saved = json.loads(baseline.read_text())
    saved["rows"]["generated"]["load/generated/v1"] = int(saved["rows"]["generated"]["load/generated/v1"] * 0.9)
    baseline.write_text(json.dumps(saved))
    worse = run(*tool, "--compare")
    assert worse.returncode == 1 and "WORSE" in worse.stdout, worse.stdout + worse.stderr


def main():
    WORK.mkdir(parents=True, exist_ok=True)
    tests = [material_is_written, every_row_runs("bench-yffi"), every_row_runs("bench-native"),
             without_material_it_fails, wrong_material_is_noticed, unknown_rows_are_absent, results_are_written,
             stopped_runs_keep_their_results, a_row_that_takes_too_long_is_stopped, orders_of_growth_are_told_apart,
             verdicts_follow_the_numbers, instructions_are_counted_and_compared]
    names = [t.__name__.replace("_", " ") for t in tests]
    names[1:3] = ["every row of bench-yffi runs", "every row of bench-native runs"]
    no_valgrind = "--no-valgrind" in sys.argv or run("sh", "-c", "command -v valgrind").returncode != 0
    print("TAP version 13")
    print(f"1..{len(tests)}")
    bad = 0
    for i, (name, test) in enumerate(zip(names, tests), 1):
        if test is instructions_are_counted_and_compared and no_valgrind:
            print(f"ok {i} - {name} # SKIP no valgrind for this build")
            continue
        try:
            test()
            print(f"ok {i} - {name}", flush=True)
        except Exception:  # whatever it is, the others run
            bad += 1
            print(f"not ok {i} - {name}")
            print("\n".join("# " + line for line in traceback.format_exc().splitlines()), flush=True)
    return bad > 0


if __name__ == "__main__":
    sys.exit(main())
