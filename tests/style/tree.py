#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""What a file of the project may not contain.

  - paths of one machine and host names of package registries: the tree must work anywhere;
  - marks of unfinished work, conflict marks, tabs where spaces belong, blanks at line ends;
  - a C file without its licence line, or of more than 1000 lines;
  - what a build makes: a file that is neither text nor data of the tests, or one of more than a megabyte.

usage: tree.py PROJECT
"""
import pathlib
import re
import subprocess
import sys

# Written in pieces, or this file would be its own first fault.
MACHINE = re.compile(r"(?<![\w.$}])/(?:work|tmp|root|home|Users|mnt)/" + r"[\w.-]|https?://registry\." + r"|[A-Z]:\\Users")
UNFINISHED = re.compile(r"\b(?:TO" + r"DO|FIX" + r"ME|XX" + r"X|HA" + r"CK)\b")
CONFLICT = re.compile(r"^(?:<{7}|>{7}|={7})(?: |$)", re.M)
BINARY = {".bin", ".gz", ".png"}
MADE = {".git", "__pycache__", "node_modules"}
DATA = ("tests/vectors/", "fuzz/corpus/")
LARGEST = 1 << 20


def tracked(root):
    """The files under version control, or all files of a release archive; text or not."""
    git = subprocess.run(["git", "-C", str(root), "ls-files", "-z"], capture_output=True)
    if git.returncode == 0 and git.stdout:
        paths = [root / name.decode() for name in git.stdout.split(b"\0") if name]
    else:
        paths = [p for p in root.rglob("*") if not MADE & set(p.relative_to(root).parts[:-1])
                 and not p.relative_to(root).parts[0].startswith("build")]
    return sorted(p for p in paths if p.is_file() and p.suffix not in BINARY)


def main():
    root = pathlib.Path(sys.argv[1])
    faults = []
    files = tracked(root)
    for path in files:
        rel = str(path.relative_to(root))
        raw = path.read_bytes()
        if len(raw) > LARGEST:
            faults.append(f"{rel}: {len(raw)} bytes are more than a source or a vector needs")
        if b"\0" in raw:
            if not rel.startswith(DATA):
                faults.append(f"{rel}: neither text nor data of the tests")
            continue
        text = raw.decode("utf-8", errors="replace")
        data = rel.startswith(DATA)

        def fault(match, what):
            line = text.count("\n", 0, match.start()) + 1
            faults.append(f"{rel}:{line}: {what}: {match.group(0).strip()!r}")

        for match in MACHINE.finditer(text):
            fault(match, "a name of one machine")
        if data:
            continue
        for match in CONFLICT.finditer(text):
            fault(match, "a conflict mark")
        for match in re.finditer(r"[ \t]+$", text, re.M):
            fault(match, "blanks at the end of a line")
        for match in re.finditer(r"\r", text):
            fault(match, "a carriage return")
        if path.suffix in (".c", ".h", ".py", ".cpp", ".mjs", ".build"):
            for match in UNFINISHED.finditer(text):
                fault(match, "unfinished")
            for match in re.finditer(r"\t", text):
                fault(match, "a tab")
        if path.suffix in (".c", ".h", ".cpp"):
            if not text.startswith("/* SPDX-License-Identifier: MIT */\n"):
                faults.append(f"{rel}:1: the first line must be the licence")
            lines = text.count("\n")
            if lines > 1000:
                faults.append(f"{rel}: {lines} lines are more than one noun")
        if text and not text.endswith("\n"):
            faults.append(f"{rel}: the last line does not end")

    for line in faults:
        print(line)
    print(f"{len(files)} files, {len(faults)} faults")
    return 1 if faults or not files else 0


if __name__ == "__main__":
    sys.exit(main())
