#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""What the shared library exports is exactly what the public headers declare.

usage: exports.py NM LIBRARY INCLUDE-FOLDER
"""
import pathlib
import re
import subprocess
import sys

# Sections that the linker itself marks.
LINKER = {"_init", "_fini", "_edata", "_end", "__bss_start"}
DECLARED = re.compile(r"^YATA_API\b[^;{]*?\b(\w+)\(", re.M)


def main():
    nm, library, include = sys.argv[1:]
    out = subprocess.run([nm, "-D", "--defined-only", library], check=True, text=True, capture_output=True).stdout
    exported = {line.split()[-1].split("@")[0] for line in out.splitlines() if line.strip()} - LINKER
    declared = set()
    for path in pathlib.Path(include).rglob("*.h"):
        declared |= set(DECLARED.findall(path.read_text()))

    faults = [f"exported, but not public: {name}" for name in sorted(exported - declared)]
    faults += [f"declared, but not exported: {name}" for name in sorted(declared - exported)]
    faults += [f"public, but without the prefix yata_: {name}" for name in sorted(declared)
               if not name.startswith("yata_")]
    for fault in faults:
        print(fault)
    print(f"{len(exported)} exports, {len(declared)} declarations, {len(faults)} faults")
    return 1 if faults or not declared else 0


if __name__ == "__main__":
    sys.exit(main())
