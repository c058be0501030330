#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""What the gate compares with yffi: exported symbols, the cases, and some random programs, for both generations.

The crates are fetched and built by cargo once and kept in the work folder. Programs are compiled against libyrs.h of ours:
that it declares the same is shown by compare.py, for which cbindgen is needed.

usage: peer.py --work FOLDER [--build-only] [--library 27=LIBYRS.SO --library 28=LIBYRS.SO] [--count 100] PROJECT
"""
import argparse
import pathlib
import subprocess
import sys

import compare
import differential
import inventory


def symbols(theirs, ours):
    missing = sorted(compare.exported(theirs) - compare.exported(ours))
    for name in missing:
        print(f"{name}: not exported by ours")
    return len(missing)


def cases(project, work, abi, theirs):
    """The cases, linked against yffi: what they take for granted there must hold there."""
    here = project / "tests/yffi"
    sources = [here / name for name in ["main.cpp", "show.cpp", *inventory.SOURCES]]
    program = differential.build(work / f"cases-{abi}", sources, abi, [project / "include", here], theirs, "-DUPSTREAM")
    done = subprocess.run([str(program)], capture_output=True, text=True, timeout=600)
    print(f"yffi {abi}: {done.stdout.strip().splitlines()[-1] if done.stdout else ''}")
    if done.returncode:
        print(done.stdout, done.stderr, f"ended with status {done.returncode}", sep="\n")
    return 1 if done.returncode else 0


def main():
    options = argparse.ArgumentParser()
    options.add_argument("--work", type=pathlib.Path, required=True)
    options.add_argument("--library", action="append", default=[], metavar="ABI=FILE")
    options.add_argument("--build-only", action="store_true")
    options.add_argument("--count", type=int, default=100)
    options.add_argument("project", type=pathlib.Path)
    args = options.parse_args()
    work = args.work.resolve()
    work.mkdir(parents=True, exist_ok=True)
    built = {}
    for abi in compare.VERSIONS:
        try:
            built[abi] = compare.build(work, abi)[1]
        except subprocess.CalledProcessError as error:
            print(error.stdout or "", error.stderr or "", sep="\n")
            print(f"{' '.join(error.cmd)} failed: {((error.stderr or '').strip().splitlines() or ['?'])[-1]}")
            return 1
    if args.build_only:
        return 0
    faults = 0
    for abi, ours in (item.split("=", 1) for item in args.library):
        faults += symbols(built[abi], ours)
        faults += cases(args.project, work, abi, built[abi])
        faults += subprocess.run([sys.executable, str(args.project / "tests/yffi/differential.py"), "--peer",
                                  f"{args.project / 'include'},{built[abi]}", "--library", ours, "--abi", abi, "--count",
                                  str(args.count), str(args.project)], check=False).returncode
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
