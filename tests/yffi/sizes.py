#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Measures yffi and libyrs: the stripped shared library, and a small program that is linked with the static one.

yffi is the crate built as compare.py does (release, link-time optimization, one unit, no unwinding). Both programs are
linked with --gc-sections and stripped; what stays dynamic is the C library alone.

usage: sizes.py --ours 28=LIBYRS.SO,LIBYRS.A --theirs 28=LIBYRS.SO,LIBYRS.A,HEADER PROJECT
"""
import argparse
import pathlib
import shutil
import subprocess
import tempfile

PROGRAM = r"""
#include <stdio.h>
#include "libyrs.h"
int main(void) {
    YDoc *doc = ydoc_new();
    Branch *text = ytext(doc, "text");
    YTransaction *txn = ydoc_write_transaction(doc, 0, NULL);
    ytext_insert(text, txn, 0, "hello", NULL);
    uint32_t len;
    char *update = ytransaction_state_diff_v1(txn, NULL, 0, &len);
    char *string = ytext_string(text, txn);
    printf("%s, %u bytes\n", string, len);
    ystring_destroy(string);
    ybinary_destroy(update, len);
    ytransaction_commit(txn);
    ydoc_destroy(doc);
}
"""


def stripped(file, work):
    copy = pathlib.Path(work) / "stripped"
    subprocess.run(["strip", "-o", str(copy), str(file)], check=True)
    return copy.stat().st_size


def program(archive, header, work, abi):
    folder = pathlib.Path(tempfile.mkdtemp(dir=work))
    shutil.copy(header, folder / "libyrs.h")
    (folder / "program.c").write_text(PROGRAM)
    out = folder / "program"
    subprocess.run(["cc", "-w", "-O2", f"-DYFFI_ABI={abi}", f"-I{folder}", str(folder / "program.c"), str(archive),
                    "-Wl,--gc-sections", "-pthread", "-lm", "-ldl", "-o", str(out)], check=True)
    print(f"  {subprocess.run([str(out)], check=True, capture_output=True, text=True).stdout.strip()}")
    return stripped(out, work)


def main():
    options = argparse.ArgumentParser()
    options.add_argument("--ours", action="append", default=[], metavar="ABI=SO,A")
    options.add_argument("--theirs", action="append", default=[], metavar="ABI=SO,A,HEADER")
    options.add_argument("project", type=pathlib.Path)
    args = options.parse_args()
    with tempfile.TemporaryDirectory() as work:
        for who, given in (("yffi", args.theirs), ("libyrs", args.ours)):
            for abi, files in (item.split("=", 1) for item in given):
                shared, archive, *header = files.split(",")
                size = program(archive, header[0] if header else args.project / "include/libyrs.h", work, abi)
                print(f"{who}, interface {abi}: shared {stripped(shared, work):,} bytes, program {size:,} bytes")


if __name__ == "__main__":
    main()
