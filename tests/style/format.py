#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""C and C++ are laid out as .clang-format says. Other releases of clang-format disagree in details, so it must be 14.

usage: format.py PROJECT      exit status 77: no clang-format 14 here
"""
import pathlib
import shutil
import subprocess
import sys

from tree import tracked


def find():
    for name in ("clang-format-14", "clang-format"):
        if shutil.which(name):
            version = subprocess.run([name, "--version"], text=True, capture_output=True).stdout
            if "version 14." in version:
                return name
    return None


def main():
    root = pathlib.Path(sys.argv[1])
    tool = find()
    if not tool:
        print("clang-format 14 is missing")
        return 77
    files = [str(p) for p in tracked(root) if p.suffix in (".c", ".h", ".cpp")]
    faults = []
    for path in files:
        run = subprocess.run([tool, "--dry-run", "-Werror", path], capture_output=True)
        if run.returncode != 0:
            faults.append(path)
            print(f"{pathlib.Path(path).relative_to(root)}: run {tool} -i")
    print(f"{len(files)} files, {len(faults)} faults")
    return 1 if faults or not files else 0


if __name__ == "__main__":
    sys.exit(main())
