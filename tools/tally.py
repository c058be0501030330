#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Counts the test cases of the last `meson test` run and names those that did not pass.

A program that speaks TAP counts as its cases, any other as one. (Meson's JUnit report is no help: it calls tests that
ran out of time passed.)

usage: tally.py BUILD-FOLDER       prints "PASSED FAILED SKIPPED", then a line for each failure or skip
"""
import json
import pathlib
import re
import sys

CASE = re.compile(r"^(not )?ok\b(?: \d+)?(?: - )?([^#\n]*)(#\s*SKIP.*)?", re.M | re.I)
GOOD = ("OK", "EXPECTEDFAIL")


def main():
    passed, failed, skipped = 0, [], []
    for line in (pathlib.Path(sys.argv[1]) / "meson-logs" / "testlog.json").read_text().splitlines():
        test = json.loads(line)
        name, out = test["name"], test.get("stdout") or ""
        if "TAP version" not in out and not re.search(r"^1\.\.\d+", out, re.M):
            cases = []
        else:
            cases = CASE.findall(out)
        bad = [f"{name} {title.strip()}" for no, title, _ in cases if no]
        left_out = [f"{name} {title.strip()} {skip}" for no, title, skip in cases if skip and not no]
        passed += len(cases) - len(bad) - len(left_out)
        skipped += left_out
        failed += bad
        if test["result"] == "SKIP":
            if not left_out:
                skipped.append(f"{name} {out.strip()}".strip())
        elif test["result"] not in GOOD:
            if not bad:
                failed.append(f"{name} ({test['result'].lower()})")
        elif not cases:
            passed += 1
    print(passed, len(failed), len(skipped))
    for what, names in (("failed", failed), ("skipped", skipped)):
        for name in names:
            print(f"{what} {name}")


if __name__ == "__main__":
    main()
