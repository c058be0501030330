#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""The program in the README is the program that is built and run by the demo.

usage: readme.py PROJECT
"""
import pathlib
import re
import sys


def main():
    root = pathlib.Path(sys.argv[1])
    shown = re.search(r"^```c\n(.*?)^```$", (root / "README.md").read_text(), re.M | re.S)
    built = (root / "tools/demo.d/edit.c").read_text()
    code = built[built.index("#include"):]
    if not shown or shown.group(1) != code:
        print("the example in README.md is not that of tools/demo.d/edit.c")
        return 1
    print(f"{code.count(chr(10))} lines are the same")
    return 0


if __name__ == "__main__":
    sys.exit(main())
