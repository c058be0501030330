#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Runs the same random programs against yffi and against libyrs and compares what they print (random.cpp).

Compiles the program twice; --peer says where yffi was built (compare.py builds it and keeps it in its --work folder).

What yffi prints may change from run to run, where the order of its hash maps shows. So a seed of which ours differs is run
again with yffi, up to --again times, until one of its traces is ours. Only a seed of which yffi prints different traces
can pass that way; they are counted and named.

usage: differential.py --peer HEADER-FOLDER,LIBYRS.SO --library LIBYRS.SO [--abi 28] [--first 1] [--count 100] PROJECT
"""
import argparse
import collections
import pathlib
import subprocess
import sys
import tempfile

SOURCES = ["random.cpp", "show.cpp"]


def build(out, sources, abi, includes, library, *more):
    library = pathlib.Path(library).resolve()
    command = ["c++", "-std=c++17", "-O1", "-w", f"-DYFFI_ABI={abi}", *more, *(f"-I{i}" for i in includes), *sources,
               "-o", out, library, f"-Wl,-rpath,{library.parent}"]
    subprocess.run([str(c) for c in command], check=True)
    return out


def run(program, first, count):
    """{seed: lines}, and the exit status. Each line begins with its seed."""
    done = subprocess.run([str(program), str(first), str(count)], capture_output=True, text=True)
    traces = collections.defaultdict(list)
    for line in done.stdout.splitlines():
        traces[line.split(" ", 1)[0]].append(line)
    return traces, done.returncode


def show(theirs, ours):
    for a, b in zip(theirs + [""], ours + [""]):
        if a != b:
            print(f"yffi: {a}\nours: {b}")
            return


def main():
    options = argparse.ArgumentParser()
    options.add_argument("--peer", required=True)
    options.add_argument("--library", required=True)
    options.add_argument("--abi", default="28")
    options.add_argument("--first", type=int, default=1)
    options.add_argument("--count", type=int, default=100)
    options.add_argument("--again", type=int, default=300)
    options.add_argument("project", type=pathlib.Path)
    args = options.parse_args()
    folder, theirs = args.peer.split(",")
    here = args.project / "tests/yffi"
    sources = [here / name for name in SOURCES]
    different, changing, lines = [], [], 0
    with tempfile.TemporaryDirectory() as work:
        peer = build(pathlib.Path(work) / "theirs", sources, args.abi, [folder, here], theirs, "-DUPSTREAM")
        ours = build(pathlib.Path(work) / "ours", sources, args.abi, [args.project / "include", here], args.library)
        for first in range(args.first, args.first + args.count, 200):
            count = min(200, args.first + args.count - first)
            (a, _), (b, status) = run(peer, first, count), run(ours, first, count)
            if status:
                print(f"ours ended with status {status} in the seeds {first} to {first + count - 1}")
                different.append(first)
            for seed in map(str, range(first, first + count)):
                lines += len(b[seed])
                if a[seed] == b[seed] and b[seed]:
                    continue
                if any(run(peer, seed, 1)[0][seed] == b[seed] for _ in range(args.again)):
                    changing.append(int(seed))
                    continue
                if len(different) < 3:
                    show(a[seed], b[seed])
                different.append(int(seed))
    print(f"yffi {args.abi}: {args.count} seeds from {args.first}, {lines} lines; {len(changing)} of which yffi's own trace "
          f"changes, ours being one of them {changing[:10] or ''}; {len(different)} different {different[:20] or ''}")
    return 1 if different else 0


if __name__ == "__main__":
    sys.exit(main())
