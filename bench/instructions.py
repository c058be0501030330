#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Counts the instructions of the key rows by callgrind, and compares them with a baseline.

Counts hardly depend on the machine, but on the compiler, the C library and the options of the build: what was counted
with others is compared all the same, and only warned about.

    bench/instructions.py                prints the counts of the working tree
    bench/instructions.py --compare      names what takes over 3 % more than the baseline; exit status 1 then
    bench/instructions.py --save         makes these counts the baseline (bench/baseline.json)

Rows of a generated history can be counted everywhere; those of automerge-paper need YATA_TRACES. Both are in the
baseline, and what cannot be counted is said.
"""
import argparse
import json
import os
import pathlib
import re
import subprocess
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
from report import build, counts  # noqa: E402
from report.programs import Absent, Native  # noqa: E402

PROJECT = pathlib.Path(__file__).resolve().parents[1]
BASELINE = PROJECT / "bench/baseline.json"
LIMIT = 0.03
# The part of a row before NAME: by bench-yffi; "native ...": by bench-native.
OF_HISTORY = ["load/NAME/v1", "load/NAME/v2", "encode/NAME/v1", "encode/NAME/v2", "replay/NAME/a transaction each",
              "replay/NAME/update observer", "replay/NAME/one transaction", "native replay/NAME/one transaction",
              "native replay/NAME/a transaction each, UTF-16", "keystroke in the middle/NAME",
              "first keystroke in the middle/NAME", "diff of nothing/NAME", "read string/NAME",
              "convert v1 to v2/NAME", "check update/NAME"]
OF_NONE = ["small updates/10000", "updates reversed/1000", "updates shuffled/1000", "concurrent prepends/1000",
           "insert anywhere/1000", "integrate anywhere/1000", "push, one transaction/10000",
           "append, one transaction/10000", "map set, a transaction each/10000x10", "map get/10000",
           "map walk/10000", "insert range/100000", "xml build/10000", "xml walk/10000", "undo/1000", "redo/1000",
           "merge updates/10000", "B1.8 append numbers", "B1.9 insert one range of numbers",
           "B2.2 both insert characters anywhere", "B3.1 many set a number"]
QUICK = ["load/NAME/v1", "encode/NAME/v1", "replay/NAME/one transaction"]


def arguments():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--compare", action="store_true", help="with the baseline")
    parser.add_argument("--save", action="store_true", help="as the baseline")
    parser.add_argument("--quick", action="store_true", help="three rows only")
    parser.add_argument("--only", default="", metavar="REGEX", help="rows to count")
    parser.add_argument("--traces", default=os.environ.get("YATA_TRACES"), metavar="FOLDER",
                        help="recorded histories [YATA_TRACES]")
    parser.add_argument("--programs", type=pathlib.Path, help="folder with programs that were built before")
    parser.add_argument("--baseline", type=pathlib.Path, default=BASELINE, help="another file")
    return parser.parse_args()


def circumstances():
    """What counts depend on besides the source."""
    version = subprocess.run(["cc", "--version"], capture_output=True, text=True, check=False).stdout
    libc = "-".join(os.confstr("CS_GNU_LIBC_VERSION").split())
    return {"compiler": version.split("\n")[0], "libc": libc, "machine": os.uname().machine}


def count(options):
    """{history: {row: instructions}}"""
    folder = build.folder_of(PROJECT)
    folder.mkdir(parents=True, exist_ok=True)
    programs = options.programs or build.yata(PROJECT, folder, None)
    only = re.compile(options.only)
    found = {}
    for history, traces in (("generated", None), ("automerge-paper", options.traces)):
        if history != "generated" and not traces:
            print(f"!! rows of {history} are not counted: no YATA_TRACES")
            continue
        material = build.material(programs, folder, traces, small=traces is None)
        rows = QUICK if options.quick else OF_HISTORY + (OF_NONE if traces is None else [])
        found[history] = {}
        for name in rows:
            row = name.replace("NAME", history)
            if not only.search(row):
                continue
            for program in ("bench-yffi", "bench-native"):
                try:
                    found[history][row] = counts.count(Native(program, "", programs / program, material), row)
                    break
                except Absent as absent:
                    why = absent
            else:
                print(f"!! {row}: {why}")
    return found


def compare(found, baseline):
    """Prints all rows; returns those that take more."""
    worse = []
    print(f"{'baseline':>14} {'now':>14} {'change':>8}  row")
    for history, rows in found.items():
        before = baseline["rows"].get(history, {})
        for row, now in rows.items():
            if row not in before:
                print(f"{'-':>14} {now:14,} {'':>8}  {row} (not in the baseline)")
                continue
            change = now / before[row] - 1
            mark = "  WORSE" if change > LIMIT else "  better" if change < -LIMIT else ""
            print(f"{before[row]:14,} {now:14,} {change:+8.1%}  {row}{mark}")
            if change > LIMIT:
                worse.append((row, change))
    return worse


def main():
    options = arguments()
    if not counts.possible():
        print("there is no valgrind")
        return 77
    try:
        found = count(options)
    except Absent as why:
        sys.exit(f"instructions: {why}")
    if not any(found.values()):
        sys.exit("instructions: nothing was counted")
    if options.save:
        old = json.loads(options.baseline.read_text()) if options.baseline.exists() else {"rows": {}}
        # Rows that could not be counted here keep what they had, if it was counted alike.
        rows = old["rows"] if old.get("counted_with") == circumstances() else {}
        for history, counted in found.items():
            rows.setdefault(history, {}).update(counted)
        options.baseline.write_text(json.dumps({"counted_with": circumstances(), "rows": rows}, indent=1) + "\n")
        print(f"saved to {options.baseline}")
    if not options.compare:
        if not options.save:
            for rows in found.values():
                for row, n in rows.items():
                    print(f"{n:14,}  {row}")
        return 0
    baseline = json.loads(options.baseline.read_text())
    worse = compare(found, baseline)
    if baseline["counted_with"] != circumstances():
        print(f"!! the baseline was counted with {baseline['counted_with']}, this with {circumstances()}: "
              "a warning only")
    if worse:
        print("takes more than 3 % more:")
        for row, change in worse:
            print(f"    {row}: {change:+.1%}")
        return 1 if baseline["counted_with"] == circumstances() else 0
    print("nothing takes over 3 % more")
    return 0


if __name__ == "__main__":
    sys.exit(main())
