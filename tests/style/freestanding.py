#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""The core needs four functions of a C library and has no variables.

Looks at an archive compiled with -ffreestanding and fails on
  - an undefined symbol that is neither memcpy, memmove, memset, memcmp nor part of the compiler's run-time;
  - an object in a writable section: the library has no hidden state.

usage: freestanding.py NM ARCHIVE
"""
import re
import subprocess
import sys

ALLOWED = {"memcpy", "memmove", "memset", "memcmp"}
# What compilers call on their own: 64-bit and floating point arithmetic, register save and restore, position
# independence, stack protection.
RUNTIME = re.compile(
    r"^(__aeabi_\w+"
    r"|__(u?div|u?mod|u?divmod|mul|ashl|ashr|lshr|neg|u?cmp|clz|ctz|popcount|bswap|ffs|parity"
    r"|add|sub|eq|ne|lt|le|gt|ge|unord|fix|fixuns|float|floatun|extend|trunc)(si|di|ti|sf|df|tf|hi)\w*"
    r"|__gnu_thumb1_case_\w+|__riscv_(save|restore)_\d+|_(rest|save)(gpr|fpr)_\w+"
    r"|__x86\.get_pc_thunk\.\w+|_GLOBAL_OFFSET_TABLE_|_gp_disp|__gnu_local_gp|\.TOC\."
    r"|__stack_chk_fail(_local)?|__stack_chk_guard)$"
)


def symbols(nm, archive):
    """(type, name) of each symbol of each member."""
    out = subprocess.run([nm, "-f", "posix", archive], check=True, text=True, capture_output=True).stdout
    for line in out.splitlines():
        fields = line.split()
        if len(fields) >= 2 and len(fields[1]) == 1:
            yield fields[1], fields[0]


def main():
    nm, archive = sys.argv[1:]
    table = list(symbols(nm, archive))
    defined = {name for kind, name in table if kind not in "Uw"}
    needed = {name for kind, name in table if kind in "Uw"} - defined
    variables = {name for kind, name in table if kind in "BbDdCSsGg"}

    faults = [f"needs {name}" for name in sorted(needed) if name not in ALLOWED and not RUNTIME.match(name)]
    faults += [f"has the variable {name}" for name in sorted(variables)]
    for fault in faults:
        print(f"not freestanding: {fault}")
    print(f"{len(defined)} symbols; needs: {' '.join(sorted(needed)) or 'nothing'}")
    return 1 if faults or not defined else 0


if __name__ == "__main__":
    sys.exit(main())
