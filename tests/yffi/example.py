#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Compiles and runs the example in the README of yffi's crate, against yffi and against libyrs.

The example is of an older version: it names a type YText and opens write transactions with one argument, both of which
the header of yffi has no more. So three things are shown, for both generations:
  - as it stands it does not compile against yffi (if it does, it was corrected: then drop this script's allowances);
  - as it stands it compiles against libyrs.h with YFFI_OLD_NAMES, and prints what it should;
  - with the smallest correction, the two names, it compiles against both headers and prints the same.

The text is taken from the crate that cargo fetches and is not kept. Arguments as for compare.py; a peer's third file is
its README. Where there is no cargo it says so and skips (exit status 77).

usage: example.py --library 28=LIBYRS.SO [--work FOLDER] [--peer 28=HEADER,LIBRARY,README] PROJECT
"""
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile

from compare import fetch, for_each

EXPECTED = "hello world"
CORRECTIONS = [(r"\bYText\b", "Branch"), (r"(?<=ydoc_write_transaction)\((\w+)\)", r"(\1, 0, NULL)")]


def example(readme):
    found = re.search(r"^```c\n(.*?)^```", readme.read_text(), re.M | re.S)
    if not found:
        sys.exit(f"{readme}: no example in C")
    return found[1]


def attempt(text, header, library, work, *options):
    """What it prints, or None if it does not compile."""
    folder = pathlib.Path(tempfile.mkdtemp(dir=work))
    shutil.copy(header, folder / "libyrs.h")
    (folder / "example.c").write_text(text)
    library = pathlib.Path(library).resolve()
    built = subprocess.run(["cc", "-std=gnu11", "-w", *options, f"-I{folder}", str(folder / "example.c"), str(library),
                            f"-Wl,-rpath,{library.parent}", "-o", str(folder / "example")], capture_output=True, check=False)
    if built.returncode:
        return None
    return subprocess.run([str(folder / "example")], capture_output=True, text=True, check=True).stdout


def show(project, work, abi, ours, peer):
    header, library, readme = peer or (*fetch(work, abi), work / f"yffi-{abi}/README.md")
    text = corrected = example(readme)
    for pattern, by in CORRECTIONS:
        corrected = re.sub(pattern, by, corrected)
    mine = project / "include/libyrs.h"
    define = f"-DYFFI_ABI={abi}"
    faults = 0
    for what, seen, expected in [
            ("yffi, as it stands", attempt(text, header, library, work), None),
            ("libyrs, as it stands, with YFFI_OLD_NAMES", attempt(text, mine, ours, work, define, "-DYFFI_OLD_NAMES"),
             EXPECTED),
            ("yffi, corrected", attempt(corrected, header, library, work), EXPECTED),
            ("libyrs, corrected", attempt(corrected, mine, ours, work, define), EXPECTED)]:
        said = "does not compile" if seen is None else f"prints {seen!r}"
        print(f"{abi}: {what}: {said}{'' if seen == expected else ', which was not expected'}")
        faults += seen != expected
    return faults


if __name__ == "__main__":
    sys.exit(for_each(show, "HEADER,LIBRARY,README"))
