#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Compiles each public header alone, twice in one file, as C11 and as C++17, with every warning an error. Each must be
installed, and part of yata.h.

usage: headers.py INCLUDE-FOLDER -- CC... [-- CXX...]
"""
import pathlib
import subprocess
import sys

STRICT = ["-Wall", "-Wextra", "-Wpedantic", "-Wshadow", "-Werror", "-fsyntax-only"]


def main():
    groups = [[]]
    for arg in sys.argv[1:]:
        if arg == "--":
            groups.append([])
        else:
            groups[-1].append(arg)
    include = pathlib.Path(groups[0][0])
    languages = [("C11", [*groups[1], "-x", "c", "-std=c11"])]
    if len(groups) > 2:
        languages.append(("C++17", [*groups[2], "-x", "c++", "-std=c++17"]))

    headers = sorted(p.relative_to(include) for p in include.rglob("*.h"))
    failed = 0
    for name, command in languages:
        for header in headers:
            line = f"#include <{header}>\n"
            run = subprocess.run([*command, *STRICT, f"-I{include}", "-"], input=line + line, text=True,
                                 capture_output=True)
            if run.returncode != 0:
                failed += 1
                print(f"{header} is not {name} by itself:\n{run.stderr}")
    installed = (include / "meson.build").read_text()
    umbrella = (include / "yata/yata.h").read_text()
    for header in headers:
        if f"'{header}'" not in installed:
            failed += 1
            print(f"{header} is not listed in include/meson.build")
        if header.parent.name == "yata" and header.name != "yata.h" and f"<{header}>" not in umbrella:
            failed += 1
            print(f"{header} is not part of yata.h")
    print(f"{len(headers)} headers as {' and '.join(name for name, _ in languages)}, {failed} faults")
    return 1 if failed or not headers else 0


if __name__ == "__main__":
    sys.exit(main())
