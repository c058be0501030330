#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Measures Yata beside other libraries in one run, and says whether what is promised holds.

Yata and yffi run the same source (bench/yffi); yjs, Loro, Automerge and diamond-types do what is comparable
(bench/peers). Each peer is optional: one that cannot be built is named, and its columns stay empty.

    bench/compare.py --prepare      builds everything, which takes minutes the first time, and measures nothing
    bench/compare.py                measures for at most 12 minutes, most important rows first

Results go to bench/results/NAME.json, .md and three .svg, after every step: a run that is stopped keeps what it has.
The exit status is 0 if the run was complete, also where a threshold is missed (--strict: 1 then); 130 if stopped.
"""
import argparse
import datetime
import json
import os
import pathlib
import platform
import re
import signal
import subprocess
import sys
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
from report import build, claims, counts, markdown, svg  # noqa: E402
from report.programs import Absent, Native, Script  # noqa: E402

PROJECT = pathlib.Path(__file__).resolve().parents[1]
DMONAD = re.compile(r"^B[123]\.")
# What the peers with formats of their own are asked for, and yjs besides (bench/peers).
FOREIGN = re.compile(r"^(replay/[\w-]+/(a transaction each|one transaction|update observer)"
                     r"|(load|encode)/[\w-]+/v[12])$")
YJS = re.compile(r"^(keystroke in the middle/[\w-]+|small updates/\d+|updates (reversed|shuffled)/(1|8)000"
                 r"|concurrent prepends/8000|(append|push), one transaction/10000)$")
# Where a peer takes minutes.
TOO_LONG = {
    "automerge": re.compile(r"^replay/(?!friendsforever)|^(load|encode)/(?!friendsforever)"),
    "loro": re.compile(r"-x100"),
    "yjs": re.compile(r"^encode/.*-x100"),
}
# What takes yffi half a minute or more: measured once, behind the other claims.
SLOW = re.compile(r"^(replay/(automerge-paper|seph-blog1|generated)/one transaction|append, one transaction/100000)$")
COUNTED = re.compile(r"^((load|encode)/automerge-paper/v[12]"
                     r"|(updates reversed|updates shuffled|concurrent prepends)/(1000|8000|64000)"
                     r"|(insert|remove|format|array get) (anywhere)/\d+|(make|read) sticky index/\d+)$")


def arguments():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--prepare", action="store_true", help="build, write the material, measure nothing")
    parser.add_argument("--minutes", type=float, default=12, help="of measuring [12]")
    parser.add_argument("--only", default="", metavar="REGEX", help="rows to measure")
    parser.add_argument("--repetitions", type=int, default=5, help="of a row, at most; 3 of rows of no claim [5]")
    parser.add_argument("--peers", default="yffi,yjs,loro,automerge,diamond-types", metavar="LIST",
                        help="which, or none")
    parser.add_argument("--yffi", metavar="HEADER,LIBRARY", help="a yffi 0.28 that was built elsewhere")
    parser.add_argument("--no-counts", action="store_true", help="no instruction counts")
    parser.add_argument("--traces", default=os.environ.get("YATA_TRACES"), metavar="FOLDER",
                        help="recorded histories [YATA_TRACES]; without, generated ones")
    parser.add_argument("--small", action="store_true", help="little material, for a look")
    parser.add_argument("--programs", type=pathlib.Path, help="folder with bench-yffi, ... that were built before")
    parser.add_argument("--out", type=pathlib.Path, help="where results go, without suffix [bench/results/DATE]")
    parser.add_argument("--strict", action="store_true", help="fail where a threshold is missed or not measured")
    return parser.parse_args()


def say(*what):
    print(*what, flush=True)


def output_of(*command):
    try:
        return subprocess.run(command, capture_output=True, text=True, check=True, cwd=PROJECT).stdout.strip()
    except (OSError, subprocess.CalledProcessError):
        return "unknown"


def machine():
    cpu = "unknown"
    if pathlib.Path("/proc/cpuinfo").exists():
        found = re.search(r"^model name\s*: (.*)$", pathlib.Path("/proc/cpuinfo").read_text(), re.M)
        cpu = found[1] if found else cpu
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    return {"processor": cpu, "cores": os.cpu_count(), "memory": f"{memory:.0f} GiB", "system": platform.platform(),
            "compiler": output_of("cc", "--version").splitlines()[0], "node": output_of("node", "--version")}


class Run:
    def __init__(self, options):
        self.options = options
        self.start = None
        self.results = {"started": datetime.datetime.now(datetime.timezone.utc).isoformat(timespec="seconds"),
                        "commit": output_of("git", "describe", "--always", "--dirty"), "machine": machine(),
                        "versions": {}, "absent": {}, "rows": {}, "instructions": {}, "complete": False}
        self.programs = {}
        self.out = options.out or PROJECT / "bench/results" / datetime.date.today().isoformat()

    # ---- building ----
    def peer(self, name, make):
        if name not in self.options.peers.split(","):
            return None
        try:
            return make()
        except Absent as why:
            self.results["absent"][name] = str(why)
            say(f"!! {name} is not compared: {why}")
            return None

    def build(self):
        folder = build.folder_of(PROJECT)
        folder.mkdir(parents=True, exist_ok=True)
        say(f"building in {folder}")
        yffi = self.peer("yffi", lambda: build.yffi(PROJECT, folder, self.options.yffi))
        programs = self.options.programs or build.yata(PROJECT, folder, yffi)
        if yffi and not (programs / "bench-yffi-peer").exists():
            self.results["absent"]["yffi"] = f"there is no bench-yffi-peer in {programs}"
            yffi = None
        node = None
        for name in ("yjs", "loro", "automerge"):
            node = self.peer(name, lambda: build.node(PROJECT, folder)) or node
        diamond = self.peer("diamond-types", lambda: build.diamond_types(PROJECT, folder))
        material = build.material(programs, folder, self.options.traces, self.options.small)
        if not self.options.traces:
            say("!! no recorded histories (--traces, YATA_TRACES): a generated one is played, and its claims stay open")

        own = "0.1.0"
        self.programs[claims.OURS] = Native(claims.OURS, own, programs / "bench-yffi", material)
        self.native = Native(claims.OURS, own, programs / "bench-native", material)
        if yffi:
            self.programs[claims.YFFI] = Native(claims.YFFI, build.YFFI, programs / "bench-yffi-peer", material)
        if node:
            place, versions = node
            for name, package in (("yjs", "yjs"), ("loro", "loro-crdt"), ("automerge", "@automerge/automerge")):
                if name in self.options.peers.split(","):
                    command = ["node", "--expose-gc", place / f"{name}.mjs"]
                    self.programs[name] = Script(name, versions[package], command, material)
        if diamond:
            self.programs[claims.DIAMOND] = Script(claims.DIAMOND, build.DIAMOND_TYPES, [diamond], material)
        self.results["versions"] = {name: program.version for name, program in self.programs.items()}
        text = material / "automerge-paper.text"
        self.results["text_bytes"] = text.stat().st_size if text.exists() else None

    # ---- measuring ----
    def left(self):
        return self.options.minutes * 60 - (time.monotonic() - self.start)

    def put(self, row, name, measure):
        place = self.results["rows"].setdefault(row, {})
        if self.left() <= 0:
            place[name] = {"absent": "no time was left"}
            return
        try:
            place[name] = measure()
            median = claims.median(self.results, row, name)
            say(f"{median:14,.0f} ns  {name:14} {row}  ({len(place[name]['times'])}x)")
        except Absent as why:
            place[name] = {"absent": str(why)}
            say(f"{'-':>14}     {name:14} {row}: {why}")

    def ours(self, row, repetitions, seconds):
        program = self.native if row in self.native_rows else self.programs[claims.OURS]
        self.put(row, claims.OURS, lambda: program.measure(row, repetitions, seconds, min(120, self.left())))

    def yffi(self, row, repetitions, seconds):
        if row in self.yffi_rows:
            program = self.programs[claims.YFFI]
            self.put(row, claims.YFFI, lambda: program.measure(row, repetitions, seconds, min(200, self.left())))

    def both(self, row, repetitions, seconds):
        self.ours(row, repetitions, seconds)
        if not SLOW.match(row):
            self.yffi(row, repetitions, seconds)

    def count(self, row):
        place = self.results["instructions"].setdefault(row, {})
        for name in (claims.OURS, claims.YFFI):
            program = self.programs.get(name)
            if not program or self.left() <= 0 or (name == claims.YFFI and not row.startswith(("load/", "encode/"))):
                continue
            try:
                place[name] = counts.count(program, row, min(120, max(1, self.left())))
                say(f"{place[name]:14,} instructions  {name:8} {row}")
            except Absent as why:
                say(f"{'-':>14} instructions  {name:8} {row}: {why}")

    def foreign(self, name, row):
        if name not in self.programs or (TOO_LONG.get(name) and TOO_LONG[name].search(row)):
            return
        if FOREIGN.match(row) or (name == "yjs" and (YJS.match(row) or DMONAD.match(row))):
            program = self.programs[name]
            self.put(row, name, lambda: program.measure(row, 3, 3, min(40, self.left())))

    def measure(self):
        only = re.compile(self.options.only)
        rows = [r for r in self.programs[claims.OURS].rows() if only.search(r)]
        self.native_rows = {r: True for r in self.native.rows() if only.search(r)}
        self.yffi_rows = set(self.programs[claims.YFFI].rows()) if claims.YFFI in self.programs else set()
        first = claims.rows_of_claims(rows + list(self.native_rows))
        rest = [r for r in rows + list(self.native_rows) if r not in first]
        self.start = time.monotonic()
        self.results["load_before"] = os.getloadavg()
        least = min(3, self.options.repetitions)
        long = [r for r in rest if r.startswith("replay/") or "-x100" in r]
        steps = [(self.both, (row, self.options.repetitions, 3)) for row in first]
        steps += [(self.yffi, (row, 1, 1)) for row in first if SLOW.match(row)]
        if not self.options.no_counts:
            steps += [(self.count, (row,)) for row in rows if COUNTED.match(row)]
        steps += [(self.foreign, (name, row)) for name in ("yjs", "diamond-types") for row in rows]
        steps += [(self.both, (row, least, 1)) for row in rest if row not in long]
        steps += [(self.foreign, (name, row)) for name in ("loro", "automerge") for row in rows]
        steps += [(self.both, (row, least, 1)) for row in long]
        steps += [(self.yffi, (row, 1, 1)) for row in rest if SLOW.match(row)]
        written = time.monotonic()
        for step, what in steps:
            step(*what)
            if time.monotonic() - written > 5:
                self.write()
                written = time.monotonic()
        self.results["complete"] = self.left() > 0
        if self.left() <= 0:
            say(f"!! the time of {self.options.minutes:g} minutes was over before the last row (--minutes)")

    # ---- results ----
    def write(self):
        self.results["seconds"] = round(time.monotonic() - self.start)
        self.results["load_after"] = os.getloadavg()
        self.results["claims"] = claims.verdicts(self.results)
        self.results["slower"] = claims.slower_rows(self.results)
        self.out.parent.mkdir(parents=True, exist_ok=True)
        files = {".json": json.dumps(self.results, indent=1) + "\n", ".md": markdown.page(self.results, self.out.name),
                 "-ratios.svg": svg.ratios(self.results), "-curves.svg": svg.curves(self.results),
                 "-replay.svg": svg.replays(self.results)}
        for suffix, content in files.items():
            part = self.out.with_name(self.out.name + suffix + ".part")
            part.write_text(content)
            part.replace(self.out.with_name(self.out.name + suffix))


def main():
    options = arguments()
    run = Run(options)
    try:
        run.build()
    except Absent as why:
        sys.exit(f"compare: {why}")
    if options.prepare:
        say("everything is built")
        return 0

    def stop(*_):
        raise KeyboardInterrupt

    signal.signal(signal.SIGTERM, stop)
    stopped = False
    try:
        run.measure()
    except KeyboardInterrupt:
        stopped = True
        say("!! stopped; what was measured is kept")
    run.write()
    say("\n" + markdown.verdict_table(run.results))
    missed = [c for c in run.results["claims"] if not c["holds"]]
    say(f"results: {run.out}.json, .md, -ratios.svg, -curves.svg, -replay.svg ({run.results['seconds']} s)")
    return 130 if stopped else 1 if options.strict and missed else 0


if __name__ == "__main__":
    sys.exit(main())
