#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Runs the same random programs against yffi and against libyrs and compares what they print (random.cpp).

Compiles the program twice; --peer says where yffi was built (compare.py builds it and keeps it in its --work folder).

usage: differential.py --peer HEADER-FOLDER,LIBYRS.SO --library LIBYRS.SO [--abi 28] [--first 1] [--count 100] PROJECT
"""
import argparse
import os
import pathlib
import subprocess
import sys
import tempfile


def build(out, sources, abi, includes, library, *more):
    library = pathlib.Path(library).resolve()
    command = ["c++", "-std=c++17", "-O1", "-w", f"-DYFFI_ABI={abi}", *more, *(f"-I{i}" for i in includes), *sources,
               "-o", out, library, f"-Wl,-rpath,{library.parent}"]
    subprocess.run([str(c) for c in command], check=True)
    return out


def main():
    options = argparse.ArgumentParser()
    options.add_argument("--peer", required=True)
    options.add_argument("--library", required=True)
    options.add_argument("--abi", default="28")
    options.add_argument("--first", type=int, default=1)
    options.add_argument("--count", type=int, default=100)
    options.add_argument("project", type=pathlib.Path)
    args = options.parse_args()
    folder, theirs = args.peer.split(",")
    here = args.project / "tests/yffi"
    sources = [here / "random.cpp", here / "show.cpp"]
    different = []
    with tempfile.TemporaryDirectory() as work:
        peer = build(pathlib.Path(work) / "theirs", sources, args.abi, [folder, here], theirs, "-DUPSTREAM")
        ours = build(pathlib.Path(work) / "ours", sources, args.abi, [args.project / "include", here], args.library)
        for seed in range(args.first, args.first + args.count):
            seen = [subprocess.run([str(program), str(seed), "1"], capture_output=True, text=True, env=os.environ)
                    for program in (peer, ours)]
            if seen[0].stdout == seen[1].stdout and not seen[1].returncode:
                continue
            different.append(seed)
            if len(different) == 1:
                for a, b in zip(seen[0].stdout.splitlines(), seen[1].stdout.splitlines()):
                    if a != b:
                        print(f"yffi: {a}\nours: {b}")
                        break
    print(f"{args.count} seeds from {args.first}, {len(different)} different {different[:20] or ''}")
    return 1 if different else 0


if __name__ == "__main__":
    sys.exit(main())
