#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Runs the same random programs against yffi and against libyrs and compares what they print (random.cpp).

Compiles the program twice; --peer says where yffi was built (compare.py builds it and keeps it in its --work folder).

What yffi prints may change from run to run, where the order of its hash maps shows. So a seed of which ours differs is run
again with yffi, up to --again times, until one of its traces is ours. Only a seed of which yffi prints different traces
can pass that way; they are counted and named. So are the seeds in which yffi aborts, until which the traces must be the same, and those in
which yffi's own peers do not end alike; ours must in every seed.

usage: differential.py --peer HEADER-FOLDER,LIBYRS.SO --library LIBYRS.SO [--abi 28] [--first 1] [--count 100] PROJECT
"""
import argparse
import collections
import pathlib
import subprocess
import sys
import tempfile

excused = collections.Counter()  # defects of yffi that the program itself recognised
BATCH = 100  # seeds that one process runs
SOURCES = ["random.cpp", "random/edits.cpp", "random/events.cpp", "random/views.cpp", "show.cpp"]


def build(out, sources, abi, includes, library, *more):
    library = pathlib.Path(library).resolve()
    command = ["c++", "-std=c++17", "-O1", "-w", f"-DYFFI_ABI={abi}", *more, *(f"-I{i}" for i in includes), *sources,
               "-o", out, library, f"-Wl,-rpath,{library.parent}"]
    subprocess.run([str(c) for c in command], check=True)
    return out


def run(program, first, count):
    """{seed: lines} of the seeds that were run, and the exit status. Each line begins with its seed."""
    done = subprocess.run([str(program), str(first), str(count)], capture_output=True)
    traces = collections.defaultdict(list)
    for line in done.stdout.decode(errors="replace").split("\n")[:-1]:
        traces[line.split(" ", 1)[0]].append(line)
    excused.update({line.split(":")[0]: int(line.split(":")[1]) for line in done.stderr.decode(errors="replace").splitlines()
                    if line.startswith("pasts that never were:")})
    return traces, done.returncode


def ends_alike(lines):
    """Did all peers end with the same content? A line is: seed step peer: calls | content <path> ... | events.
    An integer in an embed is a number for who got it in format v1."""
    last = lines[-1].split(" ")[1]
    return len({line.split("|")[1].split(" <")[0].replace("int ", "num ") for line in lines if line.split(" ")[1] == last}) == 1


def show(theirs, ours):
    """Where the traces part."""
    for a, b in zip(theirs + [""], ours + [""]):
        if a != b:
            at = next((i for i, (x, y) in enumerate(zip(a, b)) if x != y), min(len(a), len(b)))
            print(f"{a[:100]} ...\n  yffi: {a[max(0, at - 150):at + 150]}\n  ours: {b[max(0, at - 150):at + 150]}")
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
    different, changing, aborted, diverged, lines = [], [], [], [], 0
    with tempfile.TemporaryDirectory() as work:
        peer = build(pathlib.Path(work) / "theirs", sources, args.abi, [folder, here], theirs, "-DUPSTREAM")
        ours = build(pathlib.Path(work) / "ours", sources, args.abi, [args.project / "include", here], args.library)
        for first in range(args.first, args.first + args.count, BATCH):
            count = min(BATCH, args.first + args.count - first)
            (a, end), (b, status) = run(peer, first, count), run(ours, first, count)
            if status:
                print(f"ours ended with status {status} in the seeds {first} to {first + count - 1}")
                different.append(first)
            for seed in map(str, range(first, first + count)):
                lines += len(b[seed])
                if b[seed] and not ends_alike(b[seed]):
                    print(f"{seed}: our peers do not end alike")
                    different.append(int(seed))
                    continue
                if a[seed] == b[seed] and b[seed]:
                    continue
                for again in range(args.again):
                    theirs, end = run(peer, seed, 1)
                    theirs = theirs[seed]
                    if end and theirs == b[seed][:len(theirs)]:
                        aborted.append(int(seed))
                        break
                    if not end and theirs == b[seed]:
                        if again or a[seed]:
                            changing.append(int(seed))
                        break
                else:
                    if theirs and not end and not ends_alike(theirs):
                        diverged.append(int(seed))
                        continue
                    if len(different) < 5:
                        show(a[seed] or theirs, b[seed])
                    different.append(int(seed))
    print(f"yffi {args.abi}: {args.count} seeds from {args.first}, {lines} lines")
    print(f"    {len(changing)} of which yffi's own trace changes, ours being one of them {changing[:10] or ''}")
    print(f"    {len(aborted)} in which yffi aborts, ours being the same until then {aborted[:10] or ''}")
    print(f"    {len(diverged)} in which the peers of yffi end with other content than each other {diverged[:10] or ''}")
    for what, n in excused.items():
        print(f"    {n} {what} in yffi")
    print(f"    {len(different)} different {different[:20] or ''}")
    return 1 if different else 0


if __name__ == "__main__":
    sys.exit(main())
